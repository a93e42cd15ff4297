//! Owns: `mappingproxy`, the read-only view of a mapping (`type.__dict__`, `types.MappingProxyType`).
//! Never: changes what it shows.
//! Source: CPython 3.13, Objects/descrobject.c (`mappingproxy_methods`).

use crate::def::{F1, F2, F3, Method, Raw};
use crate::error::{PyResult, type_error};
use crate::name::Name;
use crate::object::{self, Native, Payload};
use crate::protocol::call::call_method_name;
use crate::protocol::{iter, repr, sequence};
use crate::types::class::{ClassDef, Type, TypeFlags};
use crate::types::dict::Dict;
use crate::value::Value;

pub struct Proxy {
    mapping: Value,
}
impl Payload for Proxy {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.mapping);
    }
}
impl Native for Proxy {
    fn class() -> &'static Type {
        &MAPPINGPROXY
    }
}

pub fn new(mapping: Value) -> Value {
    object::new(&MAPPINGPROXY, Proxy { mapping })
}
/// A class's `__dict__`: what its table holds now.
pub fn of_type(t: &'static Type) -> PyResult {
    t.mro();
    let items = t.dict.borrow().iter().map(|(n, v)| (n, v.clone())).collect();
    Ok(new(Dict::from_names(items)))
}
fn inner(v: &Value) -> PyResult<&Value> {
    match v.downcast::<Proxy>() {
        Some(p) => Ok(&p.mapping),
        None => Err(type_error("descriptor requires a 'mappingproxy' object")),
    }
}
fn proxy_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all {
        [_, m] => Ok(new(m.clone())),
        _ => Err(type_error("mappingproxy() missing required argument 'mapping' (pos 1)")),
    }
}
macro_rules! forward {
    ($($f:ident $name:literal;)*) => {
        $(fn $f(v: &Value) -> PyResult { call_method_name(inner(v)?, Name::new($name), &[]) })*
    };
}
forward! { keys "keys"; values "values"; items "items"; copy "copy"; }
fn get(v: &Value, k: &Value, d: &Value) -> PyResult {
    call_method_name(inner(v)?, Name::new("get"), &[k.clone(), d.clone()])
}
fn getitem(v: &Value, k: &Value) -> PyResult {
    sequence::getitem(inner(v)?, k)
}
fn contains(v: &Value, k: &Value) -> PyResult {
    Ok(Value::bool(sequence::contains(inner(v)?, k)?))
}
fn len(v: &Value) -> PyResult {
    Ok(Value::int(sequence::len(inner(v)?)? as i64))
}
fn iterate(v: &Value) -> PyResult {
    iter::iter(inner(v)?)
}
fn show(v: &Value) -> PyResult {
    Ok(Value::string(format!("mappingproxy({})", repr::repr_string(inner(v)?)?)))
}
fn eq(a: &Value, b: &Value) -> PyResult {
    let b = match b.downcast::<Proxy>() {
        Some(p) => &p.mapping,
        None => b,
    };
    Ok(Value::bool(crate::protocol::compare::eq(inner(a)?, b)?))
}
fn or(a: &Value, b: &Value) -> PyResult {
    let b = match b.downcast::<Proxy>() {
        Some(p) => p.mapping.clone(),
        None => b.clone(),
    };
    crate::protocol::number::or_(inner(a)?, &b)
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args)", Raw(proxy_new)),
    Method::new("keys(self, /)", F1(keys)),
    Method::new("values(self, /)", F1(values)),
    Method::new("items(self, /)", F1(items)),
    Method::new("copy(self, /)", F1(copy)),
    Method::new("get(self, key, default=None, /)", F3(get)),
    Method::new("__getitem__(self, key, /)", F2(getitem)),
    Method::new("__contains__(self, key, /)", F2(contains)),
    Method::new("__len__(self, /)", F1(len)),
    Method::new("__iter__(self, /)", F1(iterate)),
    Method::new("__repr__(self, /)", F1(show)),
    Method::new("__str__(self, /)", F1(|v| repr::str_(inner(v)?))),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__or__(self, value, /)", F2(or)),
];
static DEF: ClassDef = ClassDef::new::<Proxy>("mappingproxy").methods(METHODS).flags(TypeFlags::MAPPING);
pub static MAPPINGPROXY: Type = Type::builtin(&DEF);
