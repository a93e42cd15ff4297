//! Owns: generator objects: construction, `send`, `throw`, `close`, iteration, `types.coroutine`.
//! Never: knows the body.
//! Source: CPython 3.13, Objects/genobject.c.

use super::header::{self, Frame, flags, kind_name};
use super::methods::{GETSET_GENERATOR, frame_repr};
use super::slot::{self, Tag};
use super::{Input, Step, finish, put, throw};
use crate::def::{Def, F1, F2, Kind, Method, Raw};
use crate::error::{PyResult, Raised, stop_iteration, type_error};
use crate::name::Name;
use crate::protocol::awaitable::GENERATOR_COROUTINES;
use crate::types::class::{ClassDef, Hooks, Type, TypeFlags};
use crate::types::function::Function;
use crate::value::{NONE, Value};
use std::future::Future;
use std::task::Poll;

/// The generator object of a call of `def`.
#[inline]
pub fn generator<F: Future<Output = PyResult> + 'static>(def: &'static Def, future: F) -> Value {
    header::new(&GENERATOR, Kind::Generator, 0, def, future)
}

pub(super) fn frame(v: &Value, kind: Kind) -> PyResult<&Frame> {
    match v.downcast::<Frame>() {
        Some(f) if f.kind() == kind => Ok(f),
        Some(_) | None => Err(type_error(format!("descriptor requires a '{}' object but received a '{}'", kind_name(kind), v.ty().name()))),
    }
}

/// What a step gives to Python code: StopIteration carries the result.
pub(super) fn surface(step: Step) -> PyResult {
    match step {
        Step::Yielded(v) => Ok(v),
        Step::Returned(v) => Err(stop_iteration(v)),
        Step::Raised(r) => Err(r),
    }
}

/// The next item for `for` loops, without StopIteration; a result is dropped. (`next(g)` shows it:
/// it calls `__next__` for types with `Hooks::resume`.)
#[inline]
pub fn next(v: &Value) -> Result<Option<Value>, Raised> {
    let Some(f) = v.downcast::<Frame>() else { return Err(type_error("not a generator")) };
    slot::put(Tag::Send, NONE);
    match f.resume(v) {
        Poll::Pending => Ok(Some(slot::take().1)),
        Poll::Ready(Ok(_)) => Ok(None),
        Poll::Ready(Err(r)) => Err(r),
    }
}
fn iter(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn resume_hook(v: &Value, _first: bool) -> Poll<PyResult> {
    match v.downcast::<Frame>() {
        Some(f) => f.resume(v),
        None => Poll::Ready(Ok(NONE)),
    }
}
fn dunder_next(v: &Value) -> PyResult {
    let f = frame(v, Kind::Generator)?;
    slot::put(Tag::Send, NONE);
    surface(finish(f.resume(v)))
}
fn send(v: &Value, arg: &Value) -> PyResult {
    let f = frame(v, Kind::Generator)?;
    slot::put(Tag::Send, arg.clone());
    surface(finish(f.resume(v)))
}
fn throw_(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some((v, args)) = all.split_first() else { return Err(type_error("throw needs a generator")) };
    let f = frame(v, Kind::Generator)?;
    let exc = throw::exception(args)?;
    put(Input::Throw(exc));
    surface(finish(f.resume(v)))
}
fn close(v: &Value) -> PyResult {
    frame(v, Kind::Generator)?.close(v)
}

/// `types.coroutine(func)`: generators that `func` makes may be awaited.
pub fn types_coroutine(func: &Value) -> PyResult {
    if !super::callable(func) {
        return Err(type_error("types.coroutine() expects a callable"));
    }
    GENERATOR_COROUTINES.set(true);
    if func.downcast::<Function>().is_some_and(|f| f.def.kind == Kind::Coroutine) {
        return Ok(func.clone());
    }
    Ok(crate::object::new(&COROUTINE_MAKER, CoroutineMaker { func: func.clone() }))
}
/// What `types.coroutine` returns: calls the function and marks its generator.
struct CoroutineMaker {
    func: Value,
}
impl crate::object::Payload for CoroutineMaker {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.func);
    }
}
impl crate::object::Native for CoroutineMaker {
    fn class() -> &'static Type {
        &COROUTINE_MAKER
    }
}
fn call_maker(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let Some(m) = v.downcast::<CoroutineMaker>() else { return Err(type_error("not a coroutine function")) };
    let made = crate::protocol::call::call_kw(&m.func, values, kw)?;
    let makes_it = m.func.downcast::<Function>().is_some_and(|f| f.def.kind == Kind::Generator);
    if let Some(f) = made.downcast::<Frame>()
        && f.kind() == Kind::Generator
    {
        if makes_it {
            f.set_flag(flags::ITERABLE_COROUTINE, true);
        } else if !f.flag(flags::ITERABLE_COROUTINE) {
            return super::wrapper::wrap(&made);
        }
        return Ok(made);
    }
    if made.downcast::<Frame>().is_none() && super::wrapper::is_generator_like(&made) { super::wrapper::wrap(&made) } else { Ok(made) }
}
fn bind_maker(v: &Value, receiver: &Value, _: &'static Type) -> PyResult {
    if receiver.is_unbound() { Ok(v.clone()) } else { Ok(crate::types::function::bound::new(v.clone(), receiver.clone())) }
}
fn maker_attr(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    match v.downcast::<CoroutineMaker>() {
        Some(m) => crate::protocol::attr::lookup(&m.func, name),
        None => Ok(None),
    }
}
static COROUTINE_MAKER_DEF: ClassDef = ClassDef::new::<CoroutineMaker>("function").hooks(Hooks {
    call: Some(call_maker),
    descr_get: Some(bind_maker),
    getattr: Some(maker_attr),
    ..Hooks::NONE
});
static COROUTINE_MAKER: Type = Type::builtin(&COROUTINE_MAKER_DEF);

static METHODS: &[Method] = &[
    Method::new("__next__(self, /)", F1(dunder_next)),
    Method::new("__iter__(self, /)", F1(iter)),
    Method::new("__repr__(self, /)", F1(frame_repr)),
    Method::new("send(self, arg, /)", F2(send)),
    Method::new("throw(self, /, *args)", Raw(throw_)),
    Method::new("close(self, /)", F1(close)),
];
static DEF: ClassDef = ClassDef::new::<Frame>("generator").methods(METHODS).getset(GETSET_GENERATOR).flags(TypeFlags::FINAL).hooks(Hooks {
    next: Some(next),
    iter: Some(iter),
    resume: Some(resume_hook),
    ..Hooks::NONE
});
pub static GENERATOR: Type = Type::builtin(&DEF);
