//! Owns: a clock that stands still while a program computes and jumps to the next deadline when it waits. Loaded
//! before the C library into CPython and into compiled programs alike, so that sleeps cost nothing and two deadlines
//! are equal exactly when the program says so, on a busy machine too.
//! Never: is linked into anything: the fuzzer compiles it into a library of its own (`order_fuzz/preload.rs`).

use std::ffi::{c_char, c_int, c_long, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

#[repr(C)]
pub struct Timespec {
    seconds: c_long,
    nanoseconds: c_long,
}

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, symbol: *const c_char) -> *mut c_void;
    fn _exit(status: c_int) -> !;
}

const RTLD_NEXT: *mut c_void = -1isize as *mut c_void;
const CLOCK_MONOTONIC: c_int = 1;
/// Ends a program that waits for what cannot come.
const STUCK: c_int = 97;

/// Starts at a whole second, so that deadlines in eighths of a second are exact in binary and in milliseconds.
static NOW: AtomicI64 = AtomicI64::new(4_096_000_000_000);

type ClockGettime = unsafe extern "C" fn(c_int, *mut Timespec) -> c_int;
type EpollWait = unsafe extern "C" fn(c_int, *mut c_void, c_int, c_int) -> c_int;

fn next(name: &'static std::ffi::CStr, slot: &OnceLock<usize>) -> usize {
    // SAFETY: a lookup by a name that ends in a zero byte.
    *slot.get_or_init(|| unsafe { dlsym(RTLD_NEXT, name.as_ptr()) as usize })
}

/// # Safety
/// As the C library's function of the name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int {
    static REAL: OnceLock<usize> = OnceLock::new();
    if clock == CLOCK_MONOTONIC {
        let now = NOW.load(Ordering::Relaxed);
        // SAFETY: the caller gives a place for the answer.
        unsafe { time.write(Timespec { seconds: now / 1_000_000_000, nanoseconds: now % 1_000_000_000 }) };
        return 0;
    }
    // SAFETY: the next library's function of this name has this signature.
    unsafe { std::mem::transmute::<usize, ClockGettime>(next(c"clock_gettime", &REAL))(clock, time) }
}

/// # Safety
/// As the C library's function of the name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn epoll_wait(file: c_int, events: *mut c_void, most: c_int, milliseconds: c_int) -> c_int {
    static REAL: OnceLock<usize> = OnceLock::new();
    // SAFETY: the next library's function of this name has this signature.
    let real = unsafe { std::mem::transmute::<usize, EpollWait>(next(c"epoll_wait", &REAL)) };
    // SAFETY: the caller's own arguments.
    let found = unsafe { real(file, events, most, 0) };
    if found != 0 || milliseconds == 0 {
        return found;
    }
    if milliseconds < 0 {
        // SAFETY: ends the process.
        unsafe { _exit(STUCK) };
    }
    NOW.fetch_add(i64::from(milliseconds) * 1_000_000, Ordering::Relaxed);
    0
}
