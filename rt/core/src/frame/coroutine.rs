//! Owns: coroutine objects: construction, `send`, `throw`, `close`, `__await__`, the warning about
//! coroutines that were never awaited.
//! Never: knows the body.
//! Source: CPython 3.13, Objects/genobject.c.

use super::generator::{GENERATOR, frame, surface};
use super::header::{self, Frame, flags};
use super::methods::{GETSET_COROUTINE, frame_repr, qualname_text};
use super::slot::{self, Tag};
use super::{Input, finish, put, throw};
use crate::def::{Def, F1, F2, Kind, Method, Raw};
use crate::error::hierarchy::RUNTIME_WARNING;
use crate::error::{self, PyResult, type_error};
use crate::name::Name;
use crate::object::{self, Native, Payload};
use crate::types::class::{ClassDef, Hooks, Type, TypeFlags};
use crate::types::object_::OBJECT;
use crate::value::{NONE, Value};
use std::future::Future;
use std::task::Poll;

/// The coroutine object of a call of `def`.
#[inline]
pub fn coroutine<F: Future<Output = PyResult> + 'static>(def: &'static Def, future: F) -> Value {
    header::new(&COROUTINE, Kind::Coroutine, 0, def, future)
}
/// A coroutine object of a function of the runtime.
#[inline]
pub fn native_coroutine<F: Future<Output = PyResult> + 'static>(def: &'static Def, future: F) -> Value {
    header::new(&COROUTINE, Kind::Coroutine, flags::NATIVE, def, future)
}

/// A finished coroutine object that stands for a frame awaited directly, in reports.
pub(super) fn husk(def: &'static Def) -> Value {
    let v = coroutine(def, std::future::ready(Ok(NONE)));
    if let Some(f) = v.downcast::<Frame>() {
        f.abandon();
    }
    v
}

/// Source: CPython 3.13, Python/_warnings.c, `_PyErr_WarnUnawaitedCoroutine`.
pub(super) fn warn_never_awaited(f: &Frame, this: &Value) {
    let text = format!("coroutine '{}' was never awaited", qualname_text(f));
    if let Err(r) = crate::warn::warn_with_source(&RUNTIME_WARNING, &text, 1, this) {
        error::unraisable(r, "", this);
    }
}

fn send(v: &Value, arg: &Value) -> PyResult {
    let f = frame(v, Kind::Coroutine)?;
    slot::put(Tag::Send, arg.clone());
    surface(finish(f.resume(v)))
}
fn throw_(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some((v, args)) = all.split_first() else { return Err(type_error("throw needs a coroutine")) };
    let f = frame(v, Kind::Coroutine)?;
    let exc = throw::exception(args)?;
    put(Input::Throw(exc));
    surface(finish(f.resume(v)))
}
fn close(v: &Value) -> PyResult {
    frame(v, Kind::Coroutine)?.close(v)
}
fn await_(v: &Value) -> PyResult {
    frame(v, Kind::Coroutine)?;
    Ok(object::new(&COROUTINE_WRAPPER, Wrapper { coro: v.clone() }))
}

static METHODS: &[Method] = &[
    Method::new("send(self, arg, /)", F2(send)),
    Method::new("throw(self, /, *args)", Raw(throw_)),
    Method::new("close(self, /)", F1(close)),
    Method::new("__await__(self, /)", F1(await_)),
    Method::new("__repr__(self, /)", F1(frame_repr)),
];
static DEF: ClassDef = ClassDef::new::<Frame>("coroutine")
    .like(&OBJECT, &GENERATOR)
    .methods(METHODS)
    .getset(GETSET_COROUTINE)
    .flags(TypeFlags::FINAL);
pub static COROUTINE: Type = Type::builtin(&DEF);

/// What `coro.__await__()` gives: an iterator over the coroutine.
struct Wrapper {
    coro: Value,
}
impl Payload for Wrapper {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.coro);
    }
}
impl Native for Wrapper {
    fn class() -> &'static Type {
        &COROUTINE_WRAPPER
    }
}
fn inner(v: &Value) -> PyResult<&Value> {
    v.downcast::<Wrapper>().map(|w| &w.coro).ok_or_else(|| type_error("not a coroutine_wrapper"))
}
fn wrapper_iter(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn wrapper_next(v: &Value) -> PyResult {
    send(inner(v)?, &NONE)
}
fn wrapper_send(v: &Value, arg: &Value) -> PyResult {
    send(inner(v)?, arg)
}
fn wrapper_throw(all: &[Value], kw: &[Name]) -> PyResult {
    let Some((v, args)) = all.split_first() else { return Err(type_error("throw needs a coroutine")) };
    let mut with = vec![inner(v)?.clone()];
    with.extend_from_slice(args);
    throw_(&with, kw)
}
fn wrapper_close(v: &Value) -> PyResult {
    close(inner(v)?)
}
fn wrapper_resume(v: &Value, _first: bool) -> Poll<PyResult> {
    let Some(w) = v.downcast::<Wrapper>() else { return Poll::Ready(Ok(NONE)) };
    match w.coro.downcast::<Frame>() {
        Some(f) => f.resume(&w.coro),
        None => Poll::Ready(Ok(NONE)),
    }
}
fn wrapper_step(v: &Value) -> Result<Option<Value>, error::Raised> {
    match wrapper_next(v) {
        Ok(v) => Ok(Some(v)),
        Err(r) => super::stop_value(r).map(|_| None),
    }
}
static WRAPPER_METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(wrapper_iter)),
    Method::new("__next__(self, /)", F1(wrapper_next)),
    Method::new("send(self, arg, /)", F2(wrapper_send)),
    Method::new("throw(self, /, *args)", Raw(wrapper_throw)),
    Method::new("close(self, /)", F1(wrapper_close)),
];
static WRAPPER_DEF: ClassDef = ClassDef::new::<Wrapper>("coroutine_wrapper").methods(WRAPPER_METHODS).hooks(Hooks {
    next: Some(wrapper_step),
    iter: Some(wrapper_iter),
    resume: Some(wrapper_resume),
    ..Hooks::NONE
});
pub static COROUTINE_WRAPPER: Type = Type::builtin(&WRAPPER_DEF);
