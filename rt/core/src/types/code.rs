//! Owns: code objects (`f.__code__`) as far as introspection reads them.
//! Never: holds bytecode; there is none.

use crate::def::{Def, F1, Kind, Method};
use crate::error::{PyResult, type_error};
use crate::name::Name;
use crate::object::{self, Native, Payload};
use crate::types::class::{ClassDef, GetSet, Type};
use crate::types::tuple;
use crate::value::Value;

pub struct Code(pub &'static Def);
impl Payload for Code {}
impl Native for Code {
    fn class() -> &'static Type {
        &CODE
    }
}
pub fn new(def: &'static Def) -> Value {
    object::new(&CODE, Code(def))
}
fn def(v: &Value) -> PyResult<&'static Def> {
    v.downcast::<Code>().map(|c| c.0).ok_or_else(|| type_error("descriptor requires a 'code' object"))
}
fn strings(names: &[&str]) -> Value {
    tuple::new(names.iter().map(|n| Name::new(n).value()).collect())
}
fn co_name(v: &Value) -> PyResult {
    Ok(Name::new(def(v)?.name()).value())
}
fn co_qualname(v: &Value) -> PyResult {
    Ok(Name::new(def(v)?.qualname).value())
}
fn co_filename(v: &Value) -> PyResult {
    Ok(Value::str(def(v)?.file()))
}
fn co_firstlineno(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(def(v)?.line)))
}
fn co_argcount(v: &Value) -> PyResult {
    let d = def(v)?;
    Ok(Value::int((d.params.len() - d.kwonly) as i64))
}
fn co_posonlyargcount(v: &Value) -> PyResult {
    Ok(Value::int(def(v)?.posonly as i64))
}
fn co_kwonlyargcount(v: &Value) -> PyResult {
    Ok(Value::int(def(v)?.kwonly as i64))
}
fn varnames(d: &'static Def) -> Vec<&'static str> {
    let mut out = d.params.to_vec();
    out.extend(d.varargs);
    out.extend(d.varkw);
    out.extend(d.locals);
    out
}
fn co_varnames(v: &Value) -> PyResult {
    Ok(strings(&varnames(def(v)?)))
}
fn co_nlocals(v: &Value) -> PyResult {
    Ok(Value::int(varnames(def(v)?).len() as i64))
}
fn co_freevars(v: &Value) -> PyResult {
    Ok(strings(def(v)?.freevars))
}
/// CPython 3.13: Include/cpython/code.h.
fn co_flags(v: &Value) -> PyResult {
    let d = def(v)?;
    let kind = match d.kind {
        Kind::Function => 0,
        Kind::Generator => 0x20,
        Kind::Coroutine => 0x80,
        Kind::AsyncGenerator => 0x200,
    };
    let nested = if d.freevars.is_empty() { 0 } else { 0x10 };
    Ok(Value::int(3 | kind | nested | if d.varargs.is_some() { 4 } else { 0 } | if d.varkw.is_some() { 8 } else { 0 }))
}
fn repr(v: &Value) -> PyResult {
    let d = def(v)?;
    Ok(Value::string(format!("<code object {} at {:#x}, file \"{}\", line {}>", d.name(), v.bits(), d.file(), d.line)))
}
static METHODS: &[Method] = &[Method::new("__repr__(self, /)", F1(repr))];
static GETSET: &[GetSet] = &[
    GetSet::ro("co_name", co_name),
    GetSet::ro("co_qualname", co_qualname),
    GetSet::ro("co_filename", co_filename),
    GetSet::ro("co_firstlineno", co_firstlineno),
    GetSet::ro("co_argcount", co_argcount),
    GetSet::ro("co_posonlyargcount", co_posonlyargcount),
    GetSet::ro("co_kwonlyargcount", co_kwonlyargcount),
    GetSet::ro("co_varnames", co_varnames),
    GetSet::ro("co_nlocals", co_nlocals),
    GetSet::ro("co_freevars", co_freevars),
    GetSet::ro("co_flags", co_flags),
];
static DEF: ClassDef = ClassDef::new::<Code>("code").methods(METHODS).getset(GETSET);
pub static CODE: Type = Type::builtin(&DEF);
