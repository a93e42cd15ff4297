//! Owns: bound methods (`method` objects).
//! Never: decides what is bound; that is the descriptor protocol.
//! Source: CPython 3.13, Objects/classobject.c.

use crate::def::{F1, F2, Method, Raw};
use crate::error::{PyResult, type_error};
use crate::name::{Name, names};
use crate::object::{self, Native, Payload};
use crate::protocol::call::{call_kw, with_first};
use crate::types::class::{ClassDef, GetSet, Hooks, Type};
use crate::value::Value;

pub struct BoundMethod {
    pub func: Value,
    pub receiver: Value,
}
impl Payload for BoundMethod {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.func);
        visit(&self.receiver);
    }
}
impl Native for BoundMethod {
    fn class() -> &'static Type {
        &METHOD
    }
}

pub fn new(func: Value, receiver: Value) -> Value {
    object::new(&METHOD, BoundMethod { func, receiver })
}
fn call_hook(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    match f.downcast_exact::<BoundMethod>() {
        Some(m) => with_first(&m.receiver, values, |all| call_kw(&m.func, all, kw)),
        None => Err(type_error("not a method")),
    }
}
fn parts(v: &Value) -> PyResult<&BoundMethod> {
    v.downcast::<BoundMethod>().ok_or_else(|| type_error("descriptor requires a 'method' object"))
}
fn get_func(v: &Value) -> PyResult {
    Ok(parts(v)?.func.clone())
}
fn get_self(v: &Value) -> PyResult {
    Ok(parts(v)?.receiver.clone())
}
fn getattr(v: &Value, name: Name) -> Result<Option<Value>, crate::error::Raised> {
    if METHOD.lookup(name).is_some() && name != names::__doc__.get() {
        return crate::protocol::attr::lookup_generic(v, name);
    }
    let func = &parts(v)?.func;
    match crate::protocol::attr::lookup(func, name)? {
        Some(found) => Ok(Some(found)),
        None => Err(crate::protocol::attr::no_attribute(func, name)),
    }
}
fn setattr(v: &Value, name: Name, _new: Option<Value>) -> Result<(), crate::error::Raised> {
    Err(crate::protocol::attr::attribute_error(format!("'method' object has no attribute '{name}' and no __dict__ for setting new attributes"), v, name))
}
fn repr(v: &Value) -> PyResult {
    let m = parts(v)?;
    let q = match crate::protocol::attr::lookup_optional(&m.func, names::__qualname__.get())? {
        Some(q) => q,
        None => crate::protocol::attr::lookup_optional(&m.func, names::__name__.get())?.unwrap_or(Value::str("?")),
    };
    let r = crate::protocol::repr::repr_string(&m.receiver)?;
    Ok(Value::string(format!("<bound method {} of {r}>", q.as_str().unwrap_or("?"))))
}
fn eq(a: &Value, b: &Value) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<BoundMethod>(), b.downcast::<BoundMethod>()) else {
        return Ok(crate::types::none::not_implemented());
    };
    Ok(Value::bool(x.receiver.is(&y.receiver) && crate::protocol::compare::eq(&x.func, &y.func)?))
}
fn hash(v: &Value) -> PyResult {
    let m = parts(v)?;
    Ok(Value::int(m.receiver.bits() as i64 >> 4 ^ crate::protocol::hash::hash(&m.func)?))
}
fn method_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all {
        [_, f, r] if !r.is_none() => Ok(new(f.clone(), r.clone())),
        [_, _, _] => Err(type_error("instance must not be None")),
        _ => Err(type_error(format!("method expected 2 arguments, got {}", all.len().saturating_sub(1)))),
    }
}

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args)", Raw(method_new)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__call__(self, /, *args, **kwargs)", Raw(crate::protocol::call::call_first)),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__hash__(self, /)", F1(hash)),
];
static GETSET: &[GetSet] = &[GetSet::ro("__func__", get_func), GetSet::ro("__self__", get_self)];
static DEF: ClassDef = ClassDef::new::<BoundMethod>("method").methods(METHODS).getset(GETSET).hooks(Hooks {
    call: Some(call_hook),
    getattr: Some(getattr),
    setattr: Some(setattr),
    ..Hooks::NONE
});
pub static METHOD: Type = Type::builtin(&DEF);
