//! Owns: what a native coroutine that waits for one future at a time is without a frame: an object that is awaited
//! like the coroutine, and goes on by calling a function.
//! Never: decides when to wait; the functions of `Steps` do.
//!
//! `await queue.get()` makes one of these where it must wait. It takes part in the protocol of `frame`: its hook
//! finds SEND, THROW or EXIT in the slot, and a failure that is thrown in meets no handled exception of its own.

use super::slot::{self, Tag};
use crate::def::{F1, Method};
use crate::error::{self, PyResult, set_pending};
use crate::object::{self, Native, Payload};
use crate::types::class::{ClassDef, Hooks, Type};
use crate::value::{NONE, Value};
use std::cell::{Cell, RefCell};
use std::task::Poll;

/// What follows a wait.
pub enum Next {
    Done(PyResult),
    /// There is another object to wait for.
    Wait(Value),
}
/// The parts of a wait.
pub struct Steps {
    /// Whether the awaited object is done; then nothing is yielded. Marks it as awaited where it is not.
    pub begin: fn(&Value) -> bool,
    /// The wait has ended.
    pub resume: fn(Ended) -> Next,
}
/// A wait that has ended.
pub struct Ended<'a> {
    /// The object whose method is awaited.
    pub of: &'a Value,
    /// What the method was given; UNBOUND when it takes nothing.
    pub argument: &'a Value,
    /// What was waited for.
    pub what: &'a Value,
    pub outcome: PyResult,
}

pub struct Waiting {
    of: RefCell<Value>,
    argument: Value,
    what: RefCell<Value>,
    steps: &'static Steps,
    begun: Cell<bool>,
}
impl Payload for Waiting {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.of.borrow());
        visit(&self.argument);
        visit(&self.what.borrow());
    }
}
impl Native for Waiting {
    fn class() -> &'static Type {
        &WAITING
    }
}

/// Waits for `what` on behalf of a method of `of`, called with `argument`.
pub fn waiting(of: Value, argument: Value, what: Value, steps: &'static Steps) -> Value {
    object::new(&WAITING, Waiting { of: RefCell::new(of), argument, what: RefCell::new(what), steps, begun: Cell::new(false) })
}

/// What the method that is awaited belongs to.
pub fn of(v: &Value) -> Option<Value> {
    v.downcast_exact::<Waiting>().map(|w| w.of.borrow().clone())
}
/// The hook; the slot is full.
pub fn resume(v: &Value, _first: bool) -> Poll<PyResult> {
    let (tag, sent) = slot::take();
    let Some(w) = v.downcast_exact::<Waiting>() else { return Poll::Ready(Ok(NONE)) };
    let outcome = if tag == Tag::Send { Ok(sent) } else { Err(set_pending(sent)) };
    if w.begun.replace(true) || outcome.is_err() { go_on(w, outcome) } else { wait(w) }
}
fn wait(w: &Waiting) -> Poll<PyResult> {
    let what = w.what.borrow().clone();
    if (w.steps.begin)(&what) {
        return go_on(w, Ok(NONE));
    }
    slot::put(Tag::Out, what);
    Poll::Pending
}
fn go_on(w: &Waiting, outcome: PyResult) -> Poll<PyResult> {
    let (of, what) = (w.of.borrow().clone(), w.what.replace(NONE));
    match (w.steps.resume)(Ended { of: &of, argument: &w.argument, what: &what, outcome }) {
        Next::Done(result) => Poll::Ready(result),
        Next::Wait(next) => {
            *w.what.borrow_mut() = next;
            wait(w)
        }
    }
}
/// GeneratorExit at the wait (`gen_close_iter`).
fn close(v: &Value) -> PyResult {
    slot::put(Tag::Exit, super::header::generator_exit(&error::handled()));
    match resume(v, false) {
        Poll::Pending => {
            drop(slot::take());
            Err(error::runtime_error("coroutine ignored GeneratorExit"))
        }
        Poll::Ready(Ok(_)) => Ok(NONE),
        Poll::Ready(Err(raised)) if error::matches(&raised, &error::hierarchy::GENERATOR_EXIT) => {
            drop(error::take(raised));
            Ok(NONE)
        }
        Poll::Ready(Err(raised)) => Err(raised),
    }
}

static METHODS: &[Method] = &[Method::new("close(self, /)", F1(close))];
static DEF: ClassDef =
    ClassDef::new::<Waiting>("coroutine").methods(METHODS).hooks(Hooks { resume: Some(resume), ..Hooks::NONE });
static WAITING: Type = Type::builtin(&DEF);
