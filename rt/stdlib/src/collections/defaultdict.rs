//! Owns: `collections.defaultdict`.
//! Never: calls the factory but for `d[key]`.
//! Source: CPython 3.13, Modules/_collectionsmodule.c.

use rtcore::error::{key_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::protocol::{iter, repr};
use rtcore::types::class::special::Special;
use rtcore::types::dict::{DICT, Dict, merge, update};
use rtcore::types::dict::views;
use rtcore::types::none::not_implemented;
use rtcore::types::tuple;

fn body(v: &Value) -> PyResult<&Dict> {
    v.downcast::<Dict>().ok_or_else(|| type_error("not a defaultdict"))
}
fn init(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(v) = pos.first() else { return Err(type_error("descriptor '__init__' needs an argument")) };
    let d = body(v)?;
    let factory = pos.get(1).cloned().unwrap_or(NONE);
    let callable = factory.ty().hooks().call.is_some() || factory.ty().special(Special::Call).is_some();
    if !factory.is_none() && !callable {
        return Err(type_error("first argument must be callable or None"));
    }
    if pos.len() > 3 {
        return Err(type_error(format!("defaultdict expected at most 2 arguments, got {}", pos.len() - 1)));
    }
    drop(d.set_extra(factory));
    if let Some(source) = pos.get(2) {
        update(d, source)?;
    }
    for (k, x) in kw.iter().zip(&all[pos.len()..]) {
        d.set_name(*k, x.clone());
    }
    Ok(NONE)
}
fn missing(v: &Value, key: &Value) -> PyResult {
    let d = body(v)?;
    let factory = d.extra();
    if factory.is_none() {
        return Err(key_error(key.clone()));
    }
    let value = call(&factory, &[])?;
    d.set(key.clone(), value.clone())?;
    Ok(value)
}
fn dd_repr(v: &Value) -> PyResult {
    let d = body(v)?;
    let factory = d.extra();
    let factory = match repr::enter(&factory) {
        Some(_guard) => repr::repr_string(&factory)?,
        None => "...".into(),
    };
    // The dict part is printed as a dict is.
    let Some(f) = DICT.special(Special::Repr).cloned() else { return Ok(NONE) };
    let text = call(&f, std::slice::from_ref(v))?;
    Ok(Value::string(format!("{}({factory}, {})", v.ty().name(), repr::str_string(&text)?)))
}
fn copy(v: &Value) -> PyResult {
    call(&Value::of_type(v.ty()), &[body(v)?.extra(), v.clone()])
}
fn or(v: &Value, w: &Value) -> PyResult {
    let (Some(_), Some(_)) = (v.downcast::<Dict>(), w.downcast::<Dict>()) else { return Ok(not_implemented()) };
    let (own, left) = if v.ty().is_subtype(&DEFAULTDICT) { (v, v) } else { (w, v) };
    let new = call(&Value::of_type(own.ty()), &[body(own)?.extra(), left.clone()])?;
    merge(body(&new)?, w, true)?;
    Ok(new)
}
fn reduce(v: &Value) -> PyResult {
    let factory = body(v)?.extra();
    let args = if factory.is_none() { tuple::empty() } else { tuple::of([factory]) };
    let items = iter::iter(&views::view(v, views::Part::Items))?;
    Ok(tuple::of([Value::of_type(v.ty()), args, NONE, NONE, items]))
}
fn set_factory(v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(body(v)?.set_extra(new.unwrap_or(NONE)));
    Ok(())
}
static METHODS: &[Method] = &[
    Method::new("__init__(self, *args, **kw)", Raw(init)),
    Method::new("__missing__(self, key, /)", F2(missing)),
    Method::new("__repr__(self, /)", F1(dd_repr)),
    Method::new("__or__(self, value, /)", F2(or)),
    Method::new("__ror__(self, value, /)", F2(|a, b| or(b, a))),
    Method::new("__copy__(self, /)", F1(copy)),
    Method::new("__reduce__(self, /)", F1(reduce)),
    Method::new("copy(self, /)", F1(copy)),
];
static GETSET: &[GetSet] = &[GetSet::rw("default_factory", |v| Ok(body(v)?.extra()), set_factory)];
static DEF: ClassDef = ClassDef::new::<Dict>("defaultdict")
    .module("collections")
    .like(&DICT, &DICT)
    .methods(METHODS)
    .getset(GETSET)
    .hooks(Hooks { iter: Some(|v| views::iterator(v, views::Part::Keys, false)), ..Hooks::NONE });
pub static DEFAULTDICT: Type = Type::builtin(&DEF);
