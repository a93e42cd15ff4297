//! Owns: the iterator of a Future, for code that drives an await by hand.
//! Never: serves the runtime's own awaits; those are `futures::wait`.
//! Source: CPython 3.13, Modules/_asynciomodule.c (futureiterobject).

use crate::futures::as_future;
use crate::glue::VCell;
use rtcore::def::{F1, F2, Method};
use rtcore::error::hierarchy::is_exception;
use rtcore::error::{self, PyResult, runtime_error, type_error};
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, Hooks, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use std::task::Poll;

/// What `fut.__await__()` gives.
pub struct FutureIter {
    future: VCell,
}
/// `fut.__await__()`.
pub fn new(future: &Value) -> Value {
    object::new(&FUTURE_ITER, FutureIter { future: VCell::new(future.clone()) })
}
impl Payload for FutureIter {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.future.visit(visit);
    }
    fn clear(&self) {
        drop(self.future.take());
    }
}
impl Native for FutureIter {
    fn class() -> &'static Type {
        &FUTURE_ITER
    }
}
/// One resumption: `Pending` with the future to wait for, or the result. `FutureIter_am_send`.
fn iter_step(v: &Value) -> PyResult<Poll<Value>> {
    let Some(it) = v.downcast::<FutureIter>() else { return Err(type_error("expected a FutureIter")) };
    let fut = it.future.get();
    let Some(f) = as_future(&fut) else { return Ok(Poll::Ready(NONE)) };
    if !f.done() {
        if f.blocking.get() {
            return Err(runtime_error("await wasn't used with future"));
        }
        f.blocking.set(true);
        return Ok(Poll::Pending);
    }
    drop(it.future.take());
    f.result().map(Poll::Ready)
}
fn iter_next(v: &Value) -> PyResult<Option<Value>> {
    let fut = v.downcast::<FutureIter>().map_or(NONE, |i| i.future.get());
    match iter_step(v)? {
        Poll::Pending => Ok(Some(fut)),
        Poll::Ready(r) => Err(error::stop_iteration(r)),
    }
}
fn iter_dunder_next(v: &Value) -> PyResult {
    match iter_next(v)? {
        Some(f) => Ok(f),
        None => Err(error::stop_iteration(NONE)),
    }
}
fn iter_send(v: &Value, _sent: &Value) -> PyResult {
    iter_dunder_next(v)
}
fn iter_throw(v: &Value, args: &Value) -> PyResult {
    let args = rtcore::types::tuple::items(args);
    if let [typ] = args
        && !is_exception(typ)
        && !typ.as_type().is_some_and(|t| t.has_flag(TypeFlags::EXCEPTION))
    {
        return Err(type_error("exceptions must be classes deriving BaseException or instances of such a class"));
    }
    let exc = rtcore::frame::throw::exception(args)?;
    if let Some(it) = v.downcast::<FutureIter>() {
        drop(it.future.take());
    }
    Err(error::set_pending(exc))
}
fn iter_close(v: &Value) -> PyResult {
    if let Some(it) = v.downcast::<FutureIter>() {
        drop(it.future.take());
    }
    Ok(NONE)
}
fn iter_self(v: &Value) -> PyResult {
    Ok(v.clone())
}
/// The slot protocol: the iterator as what an `await` delegates to.
fn iter_resume(v: &Value, _first: bool) -> Poll<PyResult> {
    use rtcore::frame::slot::{self, Tag};
    let fut = v.downcast::<FutureIter>().map_or(NONE, |i| i.future.get());
    let (tag, sent) = slot::take();
    if tag != Tag::Send {
        if let Some(it) = v.downcast::<FutureIter>() {
            drop(it.future.take());
        }
        return Poll::Ready(Err(error::set_pending(sent)));
    }
    drop(sent);
    match iter_step(v) {
        Ok(Poll::Pending) => {
            slot::put(Tag::Out, fut);
            Poll::Pending
        }
        Ok(Poll::Ready(r)) => Poll::Ready(Ok(r)),
        Err(r) => Poll::Ready(Err(r)),
    }
}
static ITER_METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(iter_self)),
    Method::new("__next__(self, /)", F1(iter_dunder_next)),
    Method::new("send(self, value, /)", F2(iter_send)),
    Method::new("throw(self, *args)", F2(iter_throw)),
    Method::new("close(self, /)", F1(iter_close)),
];
static ITER_DEF: ClassDef = ClassDef::new::<FutureIter>("FutureIter").module("_asyncio").methods(ITER_METHODS).hooks(Hooks {
    iter: Some(iter_self),
    resume: Some(iter_resume),
    ..Hooks::NONE
});
pub static FUTURE_ITER: Type = Type::builtin(&ITER_DEF);
