//! Owns: the per-thread resumption slot through which drivers and suspended leaves talk.
//! Never: knows who drives or who is suspended.
//!
//! `poll` is `send`: before a poll the driver puts SEND, THROW or EXIT; the innermost suspended leaf
//! takes it. When a leaf suspends it puts OUT (or ITEM, in an async generator) and returns
//! `Pending`; the driver takes that. No Python code and no drop runs while the slot is full, so one
//! slot per thread is enough.

use crate::gil::Gil;
use crate::object::Header;
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;

/// What the slot holds.
#[repr(u8)]
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Tag {
    Empty = 0,
    /// The value of a `yield` or of an `await`'s resumption.
    Send = 1,
    /// An exception to raise at the innermost leaf.
    Throw = 2,
    /// GeneratorExit, which closes inner frames and is then raised in the outer one.
    Exit = 3,
    /// What a leaf yields to its driver.
    Out = 4,
    /// What an async generator yields to its consumer.
    Item = 5,
    /// A question where a suspended frame stands, which changes nothing (`place`).
    Ask = 6,
}

struct Slot {
    tag: Cell<Tag>,
    value: UnsafeCell<MaybeUninit<Value>>,
    /// What the frame that just suspended waits for (`cr_await`); borrowed, null for a plain yield.
    awaited: Cell<*const Header>,
}

/// The running thread's slot.
static SLOT: Gil<Slot> = Gil::new(Slot { tag: Cell::new(Tag::Empty), value: UnsafeCell::new(MaybeUninit::uninit()), awaited: Cell::new(std::ptr::null()) });

/// The slot of a thread that does not hold the GIL.
pub(crate) struct ThreadState {
    tag: Tag,
    value: Value,
    awaited: *const Header,
}
impl ThreadState {
    pub(crate) fn save() -> ThreadState {
        let (tag, value) = take();
        ThreadState { tag, value, awaited: awaited() }
    }
    pub(crate) fn fresh() -> ThreadState {
        ThreadState { tag: Tag::Empty, value: crate::value::NONE, awaited: std::ptr::null() }
    }
    pub(crate) fn restore(self) {
        let ThreadState { tag, value, awaited } = self;
        if tag != Tag::Empty {
            put(tag, value);
        }
        set_awaited(awaited);
    }
}

/// Fills the empty slot.
#[inline(always)]
pub fn put(tag: Tag, v: Value) {
    SLOT.with(|s| {
        debug_assert!(s.tag.get() == Tag::Empty, "slot is full: {:?}", s.tag.get());
        // SAFETY: the slot is empty, so nothing is overwritten that would have to be dropped.
        unsafe { (*s.value.get()).write(v) };
        s.tag.set(tag);
    });
}
/// Empties the full slot.
#[inline(always)]
pub fn take() -> (Tag, Value) {
    SLOT.with(|s| {
        let tag = s.tag.replace(Tag::Empty);
        if tag == Tag::Empty {
            return (Tag::Empty, crate::value::NONE);
        }
        // SAFETY: a tag other than Empty says that `put` wrote the value and nobody took it since.
        (tag, unsafe { (*s.value.get()).assume_init_read() })
    })
}
#[inline(always)]
pub fn tag() -> Tag {
    SLOT.with(|s| s.tag.get())
}
/// Changes what the full slot's value means.
#[inline(always)]
pub fn retag(tag: Tag) {
    SLOT.with(|s| {
        debug_assert!(s.tag.get() != Tag::Empty);
        s.tag.set(tag);
    });
}

/// Notes what the suspending leaf waits for.
#[inline(always)]
pub fn set_awaited(v: *const Header) {
    SLOT.with(|s| s.awaited.set(v));
}
#[inline(always)]
pub fn awaited() -> *const Header {
    SLOT.with(|s| s.awaited.get())
}
