//! Owns: `types._GeneratorWrapper`, which lets a generator-like object be awaited.
//! Never: wraps what a generator function made: that generator is marked instead (`generator`).
//! Source: CPython 3.13, Lib/types.py.

use crate::def::{F1, F2, Method, Raw};
use crate::error::{PyResult, type_error};
use crate::frame::generator::GENERATOR;
use crate::name::{Name, names};
use crate::object::{self, Native, Payload};
use crate::protocol::attr::{getattr_name, setattr_name};
use crate::protocol::call::call_method_name;
use crate::types::class::{ClassDef, GetSet, Type, TypeFlags};
use crate::value::{NONE, Value};
use std::cell::RefCell;

struct Wrapper(RefCell<Value>);
impl Payload for Wrapper {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.0.borrow());
    }
}
impl Native for Wrapper {
    fn class() -> &'static Type {
        &GENERATOR_WRAPPER
    }
}
/// `_GeneratorWrapper(gen)`.
pub fn wrap(generator: &Value) -> PyResult {
    let v = object::new(&GENERATOR_WRAPPER, Wrapper(RefCell::new(NONE)));
    init(&v, generator)?;
    Ok(v)
}
/// `isinstance(v, Generator) and not isinstance(v, Coroutine)`, as the classes of `collections.abc` see it.
pub fn is_generator_like(v: &Value) -> bool {
    let has = |name: Name| v.ty().lookup(name).is_some_and(|f| !f.is_none());
    let parts = [names::__iter__.get(), names::__next__.get(), names::send.get(), names::throw.get(), names::close.get()];
    parts.into_iter().all(has) && !has(names::__await__.get())
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&GENERATOR_WRAPPER);
    Ok(object::new(ty, Wrapper(RefCell::new(NONE))))
}
fn init(v: &Value, generator: &Value) -> PyResult {
    if let Some(w) = v.downcast::<Wrapper>() {
        let old = w.0.replace(generator.clone());
        drop(old);
    }
    for name in [names::__name__.get(), names::__qualname__.get()] {
        let value = crate::protocol::attr::lookup_optional(generator, name)?.unwrap_or(NONE);
        setattr_name(v, name, Some(value))?;
    }
    Ok(NONE)
}
fn wrapped(v: &Value) -> PyResult {
    v.downcast::<Wrapper>().map(|w| w.0.borrow().clone()).ok_or_else(|| type_error("expected a _GeneratorWrapper"))
}
fn send(v: &Value, value: &Value) -> PyResult {
    call_method_name(&wrapped(v)?, names::send.get(), &[value.clone()])
}
fn throw(all: &[Value], _: &[Name]) -> PyResult {
    let Some((v, rest)) = all.split_first() else { return Err(type_error("throw() takes an exception")) };
    call_method_name(&wrapped(v)?, names::throw.get(), rest)
}
fn close(v: &Value) -> PyResult {
    call_method_name(&wrapped(v)?, names::close.get(), &[])
}
fn next(v: &Value) -> PyResult {
    call_method_name(&wrapped(v)?, names::__next__.get(), &[])
}
fn iter(v: &Value) -> PyResult {
    let inner = wrapped(v)?;
    Ok(if inner.ty() == &GENERATOR { inner } else { v.clone() })
}
macro_rules! parts {
    ($($f:ident $name:literal)*) => { $(fn $f(v: &Value) -> PyResult { getattr_name(&wrapped(v)?, Name::new($name)) })* };
}
parts! { code "gi_code" frame "gi_frame" running "gi_running" yieldfrom "gi_yieldfrom" }
static GETSET: &[GetSet] = &[
    GetSet::ro("gi_code", code),
    GetSet::ro("gi_frame", frame),
    GetSet::ro("gi_running", running),
    GetSet::ro("gi_yieldfrom", yieldfrom),
    GetSet::ro("cr_code", code),
    GetSet::ro("cr_frame", frame),
    GetSet::ro("cr_running", running),
    GetSet::ro("cr_await", yieldfrom),
];
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, gen)", F2(init)),
    Method::new("send(self, val)", F2(send)),
    Method::new("throw(self, *args)", Raw(throw)),
    Method::new("close(self)", F1(close)),
    Method::new("__next__(self)", F1(next)),
    Method::new("__iter__(self)", F1(iter)),
    Method::new("__await__(self)", F1(iter)),
];
static DEF: ClassDef =
    ClassDef::new::<Wrapper>("_GeneratorWrapper").module("types").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static GENERATOR_WRAPPER: Type = Type::builtin(&DEF);
