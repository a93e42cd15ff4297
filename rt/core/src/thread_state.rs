//! Owns: what belongs to a Python thread (pending and handled exception, resumption slot, frame depth,
//! current context) while the thread does not hold the GIL.
//! Never: is looked at by a running thread: the running thread's state is in plain statics, because a
//! load from a static is several times cheaper than one from thread-local storage in another crate.

use crate::gil::{Gil, GilRefCell};
use crate::value::Value;
use std::cell::RefCell;

/// The event loop that the running thread runs, for asyncio.
pub static RUNNING_LOOP: GilRefCell<Option<Value>> = Gil::new(RefCell::new(None));

/// The state of a thread that gave the GIL up.
pub struct State {
    error: crate::error::ThreadState,
    slot: crate::frame::slot::ThreadState,
    stack: crate::frame::stack::ThreadState,
    context: crate::contextvars::ThreadState,
    running_loop: Option<Value>,
}

/// Takes the running thread's state out of the statics; the GIL is about to be released.
pub fn save() -> State {
    State {
        error: crate::error::ThreadState::save(),
        slot: crate::frame::slot::ThreadState::save(),
        stack: crate::frame::stack::ThreadState::save(),
        context: crate::contextvars::ThreadState::save(),
        running_loop: RUNNING_LOOP.take(),
    }
}
/// Puts a thread's state into the statics; the GIL was just acquired.
pub fn restore(state: State) {
    let State { error, slot, stack, context, running_loop } = state;
    error.restore();
    slot.restore();
    stack.restore();
    context.restore();
    *RUNNING_LOOP.borrow_mut() = running_loop;
}
/// The state of a thread that has not run Python yet.
pub fn fresh() -> State {
    State {
        error: crate::error::ThreadState::fresh(),
        slot: crate::frame::slot::ThreadState::fresh(),
        stack: crate::frame::stack::ThreadState::fresh(),
        context: crate::contextvars::ThreadState::fresh(),
        running_loop: None,
    }
}
