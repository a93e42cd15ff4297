//! Owns: the list of all containers that the cycle collector walks.
//! Never: runs Python code while linking or unlinking.

use crate::gil::Gil;
use crate::object::GcHead;
use std::cell::Cell;

struct List {
    head: Cell<*const GcHead>,
    count: Cell<usize>,
}

static ALL: Gil<List> = Gil::new(List { head: Cell::new(std::ptr::null()), count: Cell::new(0) });

/// # Safety
/// `g` is the unlinked head of a new object.
#[inline]
pub unsafe fn link(g: *const GcHead) {
    // SAFETY: `g` and the current head are live links.
    unsafe {
        let head = ALL.head.get();
        (*(g as *mut GcHead)).prev = Cell::new(std::ptr::null());
        (*(g as *mut GcHead)).next = Cell::new(head);
        if !head.is_null() {
            (*head).prev.set(g);
        }
        ALL.head.set(g);
        ALL.count.set(ALL.count.get() + 1);
    }
}

/// # Safety
/// `g` is linked.
#[inline]
pub unsafe fn unlink(g: *const GcHead) {
    // SAFETY: neighbours of a linked head are live.
    unsafe {
        let (prev, next) = ((*g).prev.get(), (*g).next.get());
        if prev.is_null() { ALL.head.set(next) } else { (*prev).next.set(next) }
        if !next.is_null() {
            (*next).prev.set(prev);
        }
        ALL.count.set(ALL.count.get() - 1);
    }
}

/// How many containers are alive.
pub fn tracked() -> usize {
    ALL.count.get()
}
