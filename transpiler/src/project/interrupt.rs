//! Owns: noticing Ctrl-C while a compiler runs, so that it ends in one message and no half-written file; a file that would
//! grow beyond what is allowed is an error like a full disk, not a signal (CPython ignores that signal, too).
//! Never: keeps a program that `run` starts from getting the signal (`exec` resets handlers).

use std::sync::atomic::{AtomicBool, Ordering};

static HAPPENED: AtomicBool = AtomicBool::new(false);

pub fn happened() -> bool {
    HAPPENED.load(Ordering::SeqCst)
}

#[cfg(unix)]
pub fn listen() {
    unsafe extern "C" {
        fn signal(number: i32, handler: usize) -> usize;
    }
    extern "C" fn note(_: i32) {
        HAPPENED.store(true, Ordering::SeqCst);
    }
    const SIGINT: i32 = 2;
    const SIGXFSZ: i32 = 25;
    const SIG_IGN: usize = 1;
    // SAFETY: the handler only stores to an atomic, which is async-signal-safe, and `signal` is C's own.
    unsafe {
        signal(SIGINT, note as extern "C" fn(i32) as usize);
        signal(SIGXFSZ, SIG_IGN);
    }
}

#[cfg(not(unix))]
pub fn listen() {}
