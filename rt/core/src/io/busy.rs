//! Owns: that one thread at a time is in a buffered stream, whose system calls run without the interpreter's lock.
//! Never: keeps the thread itself from entering again, as `read` does when it flushes.
//! Source: CPython 3.13, Modules/_io/bufferedio.c (`_enter_buffered_busy`).

use crate::gil::{Bell, Gil, GilCell, is_threaded, thread_id};
use std::cell::Cell;

static FREE: Bell = Bell::new();
static WAITING: GilCell<usize> = Gil::new(Cell::new(0));

/// Part of a stream; `owner` is 0 while nobody is in it.
#[derive(Default)]
pub struct Busy {
    owner: Cell<usize>,
    depth: Cell<u32>,
}
/// The stream is this thread's until this is dropped.
pub struct Entered<'a>(&'a Busy);

impl Busy {
    #[inline]
    pub fn enter(&self) -> Entered<'_> {
        if is_threaded() {
            self.wait();
        }
        self.depth.set(self.depth.get() + 1);
        Entered(self)
    }
    #[cold]
    fn wait(&self) {
        let me = thread_id();
        while self.depth.get() > 0 && self.owner.get() != me && self.owner.get() != 0 {
            WAITING.set(WAITING.get() + 1);
            FREE.wait();
            WAITING.set(WAITING.get() - 1);
        }
        self.owner.set(me);
    }
}
impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        let depth = self.0.depth.get() - 1;
        self.0.depth.set(depth);
        if depth == 0 {
            self.0.owner.set(0);
            if WAITING.get() > 0 {
                FREE.ring();
            }
        }
    }
}
