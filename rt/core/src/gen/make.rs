//! Owns: values made from literals, and function objects. Never: calls what it makes.

use crate::def::{Body, Def, Kind};
use crate::error::PyResult;
use crate::name::Name;
use crate::types::dict::Dict;
use crate::types::function::{self, Function};
use crate::types::module::ModuleDef;
use crate::value::{NONE, Value};

#[inline(always)]
pub const fn int(n: i64) -> Value {
    Value::int(n)
}
#[inline(always)]
pub const fn float(x: f64) -> Value {
    Value::float(x)
}
#[inline(always)]
pub const fn bool_(b: bool) -> Value {
    Value::bool(b)
}
/// An int literal beyond i64.
#[cold]
pub fn bigint(digits: &'static str) -> Value {
    match crate::num::parse::int(digits, 10) {
        Ok(n) => n.into(),
        Err(_) => NONE,
    }
}
pub fn complex(real: f64, imag: f64) -> Value {
    crate::num::complex::Complex { re: real, im: imag }.into()
}
pub fn bytes(b: &[u8]) -> Value {
    crate::types::bytes::from_slice(b)
}
/// A str literal with lone surrogates.
pub fn str_points(points: &[u32]) -> Value {
    crate::object::new(&crate::types::str::STR, crate::types::str::Str::from_code_points(points.iter().copied()))
}
pub fn slice(lower: Value, upper: Value, step: Value) -> Value {
    crate::types::slice::value(lower, upper, step)
}

/// `def` without defaults or captures.
pub fn function(def: &'static Def) -> Value {
    function::function(def, vec![], vec![], &[])
}
pub fn function_with(def: &'static Def, defaults: &[Value], kwdefaults: &[(&'static str, Value)]) -> Value {
    function::function(def, vec![], defaults.to_vec(), kwdefaults)
}
pub fn closure(def: &'static Def, captured: &[Value]) -> Value {
    function::function(def, captured.to_vec(), vec![], &[])
}
pub fn closure_with(def: &'static Def, captured: &[Value], defaults: &[Value], kwdefaults: &[(&'static str, Value)]) -> Value {
    function::function(def, captured.to_vec(), defaults.to_vec(), kwdefaults)
}
/// A function object with its annotations.
pub fn annotated(f: Value, annotations: &[(&'static str, Value)]) -> Value {
    if let Some(body) = f.downcast::<Function>() {
        let made = Dict::from_names(annotations.iter().map(|(n, v)| (Name::new(n), v.clone())).collect());
        let old = body.annotations.replace(made);
        drop(old);
    }
    f
}
pub fn with_type_params(f: Value, params: &[Value]) -> Value {
    if let Some(body) = f.downcast::<Function>() {
        let old = body.type_params.replace(crate::types::tuple::new(params.to_vec()));
        drop(old);
    }
    f
}
/// `locals()` of a function: what is bound.
pub fn locals(names: &[(&'static str, Value)]) -> Value {
    Dict::from_names(names.iter().filter(|(_, v)| !v.is_unbound()).map(|(n, v)| (Name::new(n), v.clone())).collect())
}

/// `globals()`; `locals()` at module level.
pub fn globals(module: &'static ModuleDef) -> PyResult {
    crate::types::module::dict_of(&module.module())
}
/// `dir()`: the sorted names of a namespace.
pub fn dir_of(namespace: &Value) -> PyResult {
    let names = crate::types::list::List::value(crate::protocol::iter::collect(namespace)?);
    crate::protocol::call::call_method_name(&names, Name::new("sort"), &[])?;
    Ok(names)
}

fn typing(name: &str, args: &[Value], kw: &[(&str, Value)]) -> PyResult {
    let typing = crate::types::module::import::import_module("typing")?;
    let maker = crate::protocol::attr::getattr_name(&typing, Name::new(name))?;
    let names: Vec<Name> = kw.iter().map(|(n, _)| Name::new(n)).collect();
    let values: Vec<Value> = args.iter().cloned().chain(kw.iter().map(|(_, v)| v.clone())).collect();
    crate::protocol::call::call_kw(&maker, &values, &names)
}
/// Type parameters are made by `typing`; a program without it gets None in their place.
fn typing_or_none(name: &str, args: &[Value], kw: &[(&str, Value)]) -> Value {
    typing(name, args, kw).unwrap_or_else(|r| {
        drop(crate::error::take(r));
        NONE
    })
}
/// A parameter of a list `[T: bound = default]`; bound and default are computed when they are asked for.
fn parameter(kind: i64, name: &'static str, bound: Value, constraints: bool, default: Value) -> Value {
    let args = [Value::int(kind), Name::new(name).value(), bound, Value::bool(constraints), default];
    typing_or_none("_type_param", &args, &[])
}
pub fn type_var(name: &'static str, bound: Value, constraints: bool, default: Value) -> Value {
    parameter(0, name, bound, constraints, default)
}
pub fn type_var_tuple(name: &'static str, bound: Value, constraints: bool, default: Value) -> Value {
    parameter(1, name, bound, constraints, default)
}
pub fn param_spec(name: &'static str, bound: Value, constraints: bool, default: Value) -> Value {
    parameter(2, name, bound, constraints, default)
}
pub fn type_alias(name: &'static str, params: &[Value], value: Value) -> Value {
    typing_or_none("_type_alias", &[Name::new(name).value(), crate::types::tuple::new(params.to_vec()), value], &[])
}
/// `Generic[T, …]`, the base that a class with type parameters gets.
pub fn generic(params: &[Value]) -> Value {
    let made = typing_or_none("_generic", &[crate::types::tuple::new(params.to_vec())], &[]);
    if made.is_none() {
        return Value::of_type(&crate::types::object_::OBJECT);
    }
    let old = CLASS_PARAMS.replace((made.clone(), crate::types::tuple::new(params.to_vec())));
    drop(old);
    made
}
/// The base that `generic` made last, and the parameter list it was made of.
static CLASS_PARAMS: crate::gil::GilRefCell<(Value, Value)> = crate::gil::Gil::new(std::cell::RefCell::new((NONE, NONE)));
/// The parameter list of the class statement that has these bases.
pub fn class_params(bases: &[Value]) -> Option<Value> {
    let last = CLASS_PARAMS.borrow();
    if last.0.is_none() || !bases.iter().any(|b| b.is(&last.0)) { None } else { Some(last.1.clone()) }
}

impl Def {
    /// How generated code describes a synchronous function: its module and first line, name, parameters, body.
    pub const fn function(module: &'static ModuleDef, line: u32, qualname: &'static str, params: &'static [&'static str], body: Body) -> Def {
        Def::new(qualname, params, body).in_module(module).at("", line)
    }
    pub const fn coroutine(module: &'static ModuleDef, line: u32, qualname: &'static str, params: &'static [&'static str], body: Body) -> Def {
        Def::function(module, line, qualname, params, body).kind(Kind::Coroutine)
    }
    pub const fn generator(module: &'static ModuleDef, line: u32, qualname: &'static str, params: &'static [&'static str], body: Body) -> Def {
        Def::function(module, line, qualname, params, body).kind(Kind::Generator)
    }
    pub const fn async_generator(module: &'static ModuleDef, line: u32, qualname: &'static str, params: &'static [&'static str], body: Body) -> Def {
        Def::function(module, line, qualname, params, body).kind(Kind::AsyncGenerator)
    }
}
