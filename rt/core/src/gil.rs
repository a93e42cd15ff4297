//! Owns: cells whose access is serialised by the global interpreter lock.
//! Never: locks by itself; holding the GIL is the precondition of touching any `Value`.

use std::cell::{Cell, RefCell};
use std::ops::Deref;

/// A value that is only touched by the thread that holds the GIL.
#[repr(transparent)]
pub struct Gil<T>(T);

// SAFETY: every access happens on the thread that holds the GIL (DESIGN: threads), so no two
// threads touch the content at the same time and the lock orders the accesses.
unsafe impl<T> Sync for Gil<T> {}
// SAFETY: as above; the content moves between threads only through the GIL's hand-over.
unsafe impl<T> Send for Gil<T> {}

impl<T> Gil<T> {
    pub const fn new(value: T) -> Self {
        Gil(value)
    }
}

impl<T> Deref for Gil<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

/// A `Cell` in a static.
pub type GilCell<T> = Gil<Cell<T>>;
/// A `RefCell` in a static.
pub type GilRefCell<T> = Gil<RefCell<T>>;
