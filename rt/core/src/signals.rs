//! Owns: what happens when a signal arrives: flags set by the C-level handler, descriptors that are
//! written to so that waits end, and the Python-level handler of each signal.
//! Never: runs a handler inside the C-level handler; `check` does, on the main thread.
//! Source: CPython 3.13, Modules/signalmodule.c. Without SA_RESTART, so that reads are interrupted.

use crate::error::hierarchy::KEYBOARD_INTERRUPT;
use crate::error::{PyResult, raise_args};
use crate::gil::Gil;
use crate::protocol::call::call;
use crate::value::{NONE, Value};
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, Ordering};

pub const NSIG: usize = 65;
static FLAGS: [AtomicBool; NSIG] = [const { AtomicBool::new(false) }; NSIG];
static ANY: AtomicBool = AtomicBool::new(false);
/// The descriptor (an eventfd) of the loop that waits.
static LOOP_FD: AtomicI32 = AtomicI32::new(-1);
/// `signal.set_wakeup_fd`: gets the number of the signal as one byte.
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);

/// What the program set for a signal.
#[derive(Clone)]
pub enum Handler {
    Default,
    Ignore,
    /// `signal.default_int_handler`: raises KeyboardInterrupt.
    Interrupt,
    Python(Value),
    /// A native function with its data; used by asyncio.
    Native(fn(i32, &Value) -> PyResult<()>, Value),
    /// An event loop has a handler for it, which runs in the loop's next pass.
    Loop,
    /// The runtime says something about the program at a signal that the program leaves to the system.
    Report(fn()),
}
/// What the program set; for the others the system is asked.
static HANDLERS: Gil<RefCell<[Option<Handler>; NSIG]>> = Gil::new(RefCell::new([const { None }; NSIG]));
/// When the oldest SIGINT that nobody has noticed came, in seconds of the monotonic clock.
static UNNOTICED: AtomicI64 = AtomicI64::new(0);
/// So long a SIGINT may stay unnoticed before the next one ends the program.
const PATIENCE: i64 = 2;

extern "C" fn on_signal(n: i32) {
    if let Some(f) = FLAGS.get(n as usize) {
        let again = f.swap(true, Ordering::AcqRel);
        if n == libc::SIGINT {
            // SAFETY: the calls are allowed in signal handlers.
            unsafe {
                let mut now: libc::timespec = std::mem::zeroed();
                libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now);
                if !again {
                    UNNOTICED.store(now.tv_sec, Ordering::Relaxed);
                } else if now.tv_sec - UNNOTICED.load(Ordering::Relaxed) >= PATIENCE {
                    // The program is somewhere where nothing asks. Two that come together, as from a terminal and
                    // from a parent that passes it on, are one for CPython and here.
                    libc::signal(libc::SIGINT, libc::SIG_DFL);
                    libc::raise(libc::SIGINT);
                }
            }
        }
        ANY.store(true, Ordering::Release);
    }
    // SAFETY: `write` may be called in signal handlers; errno is put back for the interrupted code.
    unsafe {
        let errno = *libc::__errno_location();
        let fd = LOOP_FD.load(Ordering::Acquire);
        if fd >= 0 {
            let one: u64 = 1;
            libc::write(fd, (&raw const one).cast(), 8);
        }
        let fd = WAKEUP_FD.load(Ordering::Acquire);
        if fd >= 0 {
            let byte = n as u8;
            libc::write(fd, (&raw const byte).cast(), 1);
        }
        *libc::__errno_location() = errno;
    }
}
fn sigaction(n: i32, handler: usize) -> std::io::Result<()> {
    // SAFETY: the structure is zeroed and filled before the call; the handler only does what is
    // allowed in one.
    unsafe {
        let mut sa: libc::sigaction = std::mem::zeroed();
        sa.sa_sigaction = handler;
        sa.sa_flags = 0;
        libc::sigemptyset(&mut sa.sa_mask);
        if libc::sigaction(n, &sa, std::ptr::null_mut()) < 0 { Err(std::io::Error::last_os_error()) } else { Ok(()) }
    }
}
/// What the system does with a signal.
fn disposition(n: i32) -> Handler {
    // SAFETY: asks for the disposition, which is plain data.
    let ignored = unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        libc::sigaction(n, std::ptr::null(), &mut old) == 0 && old.sa_sigaction == libc::SIG_IGN
    };
    if ignored { Handler::Ignore } else { Handler::Default }
}
/// Ctrl-C becomes KeyboardInterrupt, unless whoever started the program has it ignored; writing beyond a limit of size
/// is an error, not a signal (and so is writing into a closed pipe, which Rust's start has seen to).
/// Source: CPython 3.13, Python/pylifecycle.c (`init_signals`), Modules/signalmodule.c (`signal_install_handlers`).
pub fn start() {
    drop(sigaction(libc::SIGXFSZ, libc::SIG_IGN));
    if matches!(disposition(libc::SIGINT), Handler::Default) {
        // Without a handler Ctrl-C ends the program, which is the next best thing.
        drop(set(libc::SIGINT, Handler::Interrupt));
    }
}
/// The handler of a signal; the system's disposition when the program set none.
pub fn get(n: i32) -> Handler {
    let set = HANDLERS.borrow().get(n as usize).cloned().flatten();
    set.unwrap_or_else(|| disposition(n))
}
/// Sets the handler and returns the old one.
pub fn set(n: i32, h: Handler) -> std::io::Result<Handler> {
    let os = match &h {
        Handler::Default => libc::SIG_DFL,
        Handler::Ignore => libc::SIG_IGN,
        Handler::Interrupt | Handler::Python(_) | Handler::Native(..) | Handler::Loop | Handler::Report(_) => on_signal as extern "C" fn(i32) as usize,
    };
    let before = disposition(n);
    sigaction(n, os)?;
    let mut table = HANDLERS.borrow_mut();
    Ok(table.get_mut(n as usize).and_then(|slot| slot.replace(h)).unwrap_or(before))
}
/// Has `f` called at a signal for which the program has no handler. For the program it has none still.
pub fn offer(n: i32, f: fn()) {
    let free = HANDLERS.borrow().get(n as usize).is_some_and(Option::is_none);
    if free && matches!(disposition(n), Handler::Default) {
        drop(set(n, Handler::Report(f)));
    }
}
/// Takes an offer back that still stands.
pub fn withdraw(n: i32) {
    let mut table = HANDLERS.borrow_mut();
    if let Some(slot @ Some(Handler::Report(_))) = table.get_mut(n as usize) {
        *slot = None;
        drop(sigaction(n, libc::SIG_DFL));
    }
}
pub fn set_loop_fd(fd: i32) -> i32 {
    LOOP_FD.swap(fd, Ordering::AcqRel)
}
pub fn set_wakeup_fd(fd: i32) -> i32 {
    WAKEUP_FD.swap(fd, Ordering::AcqRel)
}
/// True when a signal waits to be handled: one load.
#[inline(always)]
pub fn pending() -> bool {
    ANY.load(Ordering::Relaxed)
}
/// The signals that arrived since the last call, lowest first.
pub fn take() -> Vec<i32> {
    if !ANY.swap(false, Ordering::AcqRel) {
        return vec![];
    }
    (1..NSIG as i32).filter(|n| FLAGS[*n as usize].swap(false, Ordering::AcqRel)).collect()
}
/// Signals that `check` has left for the loop.
static FOR_LOOP: [AtomicBool; NSIG] = [const { AtomicBool::new(false) }; NSIG];
static ANY_FOR_LOOP: AtomicBool = AtomicBool::new(false);
/// Runs the Python-level handlers of signals that arrived.
pub fn check() -> PyResult<()> {
    if !pending() {
        return Ok(());
    }
    for n in take() {
        run(n)?;
    }
    Ok(())
}
/// True when the loop has signals to look at.
#[inline(always)]
pub fn pending_for_loop() -> bool {
    pending() || ANY_FOR_LOOP.load(Ordering::Relaxed)
}
/// The same as `take`, with those that were left for the loop.
pub fn take_for_loop() -> Vec<i32> {
    let mut all = take();
    if ANY_FOR_LOOP.swap(false, Ordering::AcqRel) {
        all.extend((1..NSIG as i32).filter(|n| FOR_LOOP[*n as usize].swap(false, Ordering::AcqRel)));
        all.sort_unstable();
        all.dedup();
    }
    all
}
pub fn run(n: i32) -> PyResult<()> {
    match get(n) {
        Handler::Default | Handler::Ignore => Ok(()),
        Handler::Interrupt => Err(raise_args(&KEYBOARD_INTERRUPT, vec![])),
        Handler::Python(f) => {
            let frame = crate::frame::object::current(0).unwrap_or(NONE);
            call(&f, &[Value::int(i64::from(n)), frame]).map(drop)
        }
        Handler::Native(f, data) => f(n, &data),
        Handler::Report(f) => {
            f();
            Ok(())
        }
        Handler::Loop => {
            if let Some(f) = FOR_LOOP.get(n as usize) {
                f.store(true, Ordering::Release);
                ANY_FOR_LOOP.store(true, Ordering::Release);
            }
            Ok(())
        }
    }
}
/// Blocks every signal on the calling thread.
pub fn block_here() {
    // SAFETY: the set is filled before it is used.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut set);
        libc::pthread_sigmask(libc::SIG_BLOCK, &set, std::ptr::null_mut());
    }
}
/// Ends the process as an unhandled SIGINT does.
pub fn die_by_sigint() {
    // SAFETY: plain system calls with valid arguments.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::raise(libc::SIGINT);
    }
}
