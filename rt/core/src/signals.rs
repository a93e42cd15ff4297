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
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

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
}
static HANDLERS: Gil<RefCell<Vec<Handler>>> = Gil::new(RefCell::new(Vec::new()));

extern "C" fn on_signal(n: i32) {
    if let Some(f) = FLAGS.get(n as usize) {
        if f.swap(true, Ordering::AcqRel) && n == libc::SIGINT {
            // The one before has not been noticed: the program is somewhere where nothing asks.
            // SAFETY: both calls are allowed in signal handlers.
            unsafe {
                libc::signal(libc::SIGINT, libc::SIG_DFL);
                libc::raise(libc::SIGINT);
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
/// Ctrl-C becomes KeyboardInterrupt, unless whoever started the program has it ignored. CPython: `signal_install_handlers`.
pub fn start() {
    // SAFETY: asks for the disposition, which is plain data.
    let ignored = unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        libc::sigaction(libc::SIGINT, std::ptr::null(), &mut old) == 0 && old.sa_sigaction == libc::SIG_IGN
    };
    let handler = if ignored { Handler::Ignore } else { Handler::Interrupt };
    // Without a handler Ctrl-C ends the program, which is the next best thing.
    drop(set(libc::SIGINT, handler));
}
/// The handler of a signal; the system's disposition when the program set none.
pub fn get(n: i32) -> Handler {
    match HANDLERS.borrow().get(n as usize) {
        Some(h) => h.clone(),
        None if n == libc::SIGINT => Handler::Interrupt,
        None => Handler::Default,
    }
}
/// Sets the handler and returns the old one.
pub fn set(n: i32, h: Handler) -> std::io::Result<Handler> {
    let os = match &h {
        Handler::Default => libc::SIG_DFL,
        Handler::Ignore => libc::SIG_IGN,
        Handler::Interrupt | Handler::Python(_) | Handler::Native(..) | Handler::Loop => on_signal as extern "C" fn(i32) as usize,
    };
    sigaction(n, os)?;
    let mut table = HANDLERS.borrow_mut();
    if table.is_empty() {
        *table = vec![Handler::Default; NSIG];
        table[libc::SIGINT as usize] = Handler::Interrupt;
        table[libc::SIGPIPE as usize] = Handler::Ignore;
    }
    Ok(match table.get_mut(n as usize) {
        Some(slot) => std::mem::replace(slot, h),
        None => Handler::Default,
    })
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
