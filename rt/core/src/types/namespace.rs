//! Owns: `types.SimpleNamespace`.
//! Never: anything but attributes.
//! Source: CPython 3.13, Objects/namespaceobject.c.

use crate::methods::*;
use crate::protocol::repr::{self, repr_string};
use crate::types::dict::{Dict, items_of};
use crate::types::none::not_implemented;

pub struct Namespace;
impl Payload for Namespace {}
impl Native for Namespace {
    fn class() -> &'static Type {
        &NAMESPACE
    }
}
/// A namespace with these attributes.
pub fn new(items: Vec<(Name, Value)>) -> Value {
    let v = object::new(&NAMESPACE, Namespace);
    if let Some(a) = v.header().and_then(|h| h.attrs()) {
        for (n, x) in items {
            a.set(n, x);
        }
    }
    v
}
fn items(v: &Value) -> Vec<(Name, Value)> {
    v.header().and_then(|h| h.attrs()).map_or_else(Vec::new, |a| a.items())
}
fn namespace_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(t) => Ok(object::new(t, Namespace)),
        None => Err(crate::error::type_error("X is not a type object")),
    }
}
fn init(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(v) = all.first() else { return Ok(NONE) };
    if pos > 2 {
        return Err(crate::error::type_error(format!("{} expected at most 1 argument, got {}", v.ty().name(), pos - 1)));
    }
    let Some(a) = v.header().and_then(|h| h.attrs()) else { return Ok(NONE) };
    if pos == 2 {
        let source = if all[1].downcast::<Dict>().is_some() { all[1].clone() } else { crate::protocol::call::call(&Value::of_type(&crate::types::dict::DICT), &all[1..2])? };
        for (k, x) in items_of(&source)? {
            let Some(n) = Name::of(&k) else {
                return Err(crate::error::type_error("keywords must be strings"));
            };
            a.set(n, x);
        }
    }
    for (n, x) in kw.iter().zip(&all[pos..]) {
        a.set(*n, x.clone());
    }
    Ok(NONE)
}
fn show(v: &Value) -> PyResult {
    let name = if std::ptr::eq(v.ty(), &NAMESPACE) { "namespace" } else { v.ty().name() };
    let Some(_guard) = repr::enter(v) else { return Ok(Value::string(format!("{name}(...)"))) };
    let mut parts = vec![];
    for (n, x) in items(v) {
        parts.push(format!("{n}={}", repr_string(&x)?));
    }
    Ok(Value::string(format!("{name}({})", parts.join(", "))))
}
fn eq(a: &Value, b: &Value) -> PyResult {
    if a.downcast::<Namespace>().is_none() || b.downcast::<Namespace>().is_none() {
        return Ok(not_implemented());
    }
    let same = crate::protocol::compare::eq(&Dict::from_names(items(a)), &Dict::from_names(items(b)))?;
    Ok(Value::bool(same))
}
fn replace(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(v) = all.first() else { return Ok(NONE) };
    let copy = object::new(v.ty(), Namespace);
    if let Some(a) = copy.header().and_then(|h| h.attrs()) {
        for (n, x) in items(v) {
            a.set(n, x);
        }
        for (n, x) in kw.iter().zip(&all[1..]) {
            a.set(*n, x.clone());
        }
    }
    Ok(copy)
}
fn dict(v: &Value) -> PyResult {
    Ok(v.header().and_then(|h| h.attrs()).map_or(NONE, |a| a.to_dict()))
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(namespace_new)),
    Method::new("__init__(self, /, *args, **kwargs)", Raw(init)),
    Method::new("__repr__(self, /)", F1(show)),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__replace__(self, /, **changes)", Raw(replace)),
];
static GETSET: &[GetSet] = &[GetSet::ro("__dict__", dict)];
static DEF: ClassDef =
    ClassDef::new::<Namespace>("SimpleNamespace").module("types").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS);
pub static NAMESPACE: Type = Type::builtin(&DEF);
