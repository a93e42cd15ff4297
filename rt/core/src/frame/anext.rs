//! Owns: the awaitable of `anext(iterator, default)`.
//! Never: drives the iterator itself: it waits for what `__anext__` gave.
//! Source: CPython 3.13, Objects/iterobject.c (`anextawaitableobject`).

use super::coroutine::native_coroutine;
use super::header::Frame;
use super::slot::{self, Tag};
use super::{Input, finish, put, throw};
use super::generator::surface;
use crate::def::{Def, F1, F2, Method, Raw};
use crate::error::hierarchy::STOP_ASYNC_ITERATION;
use crate::error::{self, PyResult, Raised, type_error};
use crate::name::Name;
use crate::object::{self, Native, Payload};
use crate::types::class::{ClassDef, Hooks, Type};
use crate::value::{NONE, Value};
use std::cell::RefCell;
use std::task::Poll;

/// Keeps what it waits for until it is freed itself, as CPython's does: a task keeps its generator alive.
struct Anext {
    wrapped: Value,
    default: Value,
    /// The coroutine that waits, from the first step on.
    waiting: RefCell<Value>,
}
impl Payload for Anext {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.wrapped);
        visit(&self.default);
        visit(&self.waiting.borrow());
    }
}
impl Native for Anext {
    fn class() -> &'static Type {
        &ANEXT_AWAITABLE
    }
}

pub(super) fn new(wrapped: Value, default: Value) -> Value {
    object::new(&ANEXT_AWAITABLE, Anext { wrapped, default, waiting: RefCell::new(NONE) })
}

async fn wait(wrapped: Value, default: Value) -> PyResult {
    match super::await_(wrapped).await {
        Err(r) if error::matches(&r, &STOP_ASYNC_ITERATION) => {
            drop(error::take(r));
            Ok(default)
        }
        other => other,
    }
}

impl Anext {
    fn waiting(&self) -> Value {
        static ANEXT: Def = Def::new("anext", &["iterator", "default"], F1(|_| Ok(NONE)));
        let now = self.waiting.borrow().clone();
        if !now.is_none() {
            return now;
        }
        let made = native_coroutine(&ANEXT, wait(self.wrapped.clone(), self.default.clone()));
        *self.waiting.borrow_mut() = made.clone();
        made
    }
    /// Resumes with what the slot holds.
    fn step(&self) -> Poll<PyResult> {
        let waiting = self.waiting();
        let Some(f) = waiting.downcast::<Frame>() else { return Poll::Ready(Err(type_error("not a coroutine"))) };
        let r = f.resume(&waiting);
        if r.is_ready() {
            drop(self.waiting.replace(NONE));
        }
        r
    }
}

fn body(v: &Value) -> PyResult<&Anext> {
    v.downcast::<Anext>().ok_or_else(|| type_error("not an anext_awaitable"))
}
fn same(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn send(v: &Value, arg: &Value) -> PyResult {
    let a = body(v)?;
    slot::put(Tag::Send, arg.clone());
    surface(finish(a.step()))
}
fn next(v: &Value) -> PyResult {
    send(v, &NONE)
}
fn throw_method(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some((v, args)) = all.split_first() else { return Err(type_error("throw needs an anext_awaitable")) };
    let a = body(v)?;
    put(Input::Throw(throw::exception(args)?));
    surface(finish(a.step()))
}
fn close(v: &Value) -> PyResult {
    let a = body(v)?;
    let waiting = a.waiting.borrow().clone();
    match waiting.downcast::<Frame>() {
        Some(f) => f.close(&waiting).map(|_| NONE),
        None => crate::protocol::call::call_method_name(&a.wrapped, Name::new("close"), &[]),
    }
}
fn resume(v: &Value, _first: bool) -> Poll<PyResult> {
    match v.downcast::<Anext>() {
        Some(a) => a.step(),
        None => Poll::Ready(Ok(NONE)),
    }
}
fn step(v: &Value) -> Result<Option<Value>, Raised> {
    match next(v) {
        Ok(v) => Ok(Some(v)),
        Err(r) => super::stop_value(r).map(|_| None),
    }
}

static METHODS: &[Method] = &[
    Method::new("__await__(self, /)", F1(same)),
    Method::new("__iter__(self, /)", F1(same)),
    Method::new("__next__(self, /)", F1(next)),
    Method::new("send(self, arg, /)", F2(send)),
    Method::new("throw(self, /, *args)", Raw(throw_method)),
    Method::new("close(self, /)", F1(close)),
];
static DEF: ClassDef = ClassDef::new::<Anext>("anext_awaitable").methods(METHODS).hooks(Hooks {
    next: Some(step),
    iter: Some(same),
    resume: Some(resume),
    ..Hooks::NONE
});
static ANEXT_AWAITABLE: Type = Type::builtin(&DEF);
