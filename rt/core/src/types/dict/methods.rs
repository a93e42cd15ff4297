//! Owns: the type object `dict` and its methods, merging of mappings.
//! Never: touches the table but through `Dict`'s methods.
//! Source: CPython 3.13, Objects/dictobject.c.

use super::{Dict, views};
use crate::def::{F1, F2, F3, Method, Raw};
use crate::error::hierarchy::TYPE_ERROR;
use crate::error::{self, PyResult, key_error, type_error, value_error};
use crate::name::{Name, names};
use crate::object;
use crate::protocol::call::{call, call_method_name};
use crate::protocol::{attr, iter, repr, sequence};
use crate::types::class::special::Special;
use crate::types::class::{ClassDef, Hooks, Type, TypeFlags};
use crate::types::none::not_implemented;
use crate::types::str::value::StrBuilder;
use crate::types::tuple;
use crate::value::{NONE, Value};

pub(super) fn body(v: &Value) -> PyResult<&Dict> {
    match v.downcast::<Dict>() {
        Some(d) => Ok(d),
        None => Err(type_error(format!("descriptor requires a 'dict' object but received a '{}'", v.ty().name()))),
    }
}

fn dict_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(ty) => Ok(object::new(ty, Dict::new())),
        None => Err(type_error("dict.__new__(X): X is not a type object")),
    }
}
fn dict_init(all: &[Value], kw: &[Name]) -> PyResult {
    update_args("dict", all, kw)
}
fn dict_update(all: &[Value], kw: &[Name]) -> PyResult {
    update_args("update", all, kw)
}
fn update_args(name: &str, all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(v) = pos.first() else { return Err(type_error(format!("unbound method dict.{name}() needs an argument"))) };
    let d = body(v)?;
    match &pos[1..] {
        [] => {}
        [source] => update(d, source)?,
        more => return Err(type_error(format!("{name} expected at most 1 argument, got {}", more.len()))),
    }
    for (k, x) in kw.iter().zip(&all[pos.len()..]) {
        d.set_name(*k, x.clone());
    }
    Ok(NONE)
}

/// `d.update(source)`: a mapping if it has `keys`, else pairs.
pub fn update(d: &Dict, source: &Value) -> PyResult<()> {
    if source.downcast::<Dict>().is_some() || attr::lookup_optional(source, names::keys.get())?.is_some() {
        return merge(d, source, true);
    }
    merge_pairs(d, source)
}
/// Copies a mapping's items; existing keys are replaced when `replace`.
pub fn merge(d: &Dict, source: &Value, replace: bool) -> PyResult<()> {
    if let Some(other) = source.downcast::<Dict>()
        && source.ty().special_is_native(Special::Iter)
        && source.ty().special_is_native(Special::GetItem)
    {
        if std::ptr::eq(d, other) {
            return Ok(());
        }
        for (h, k, v) in other.hashed_items() {
            if replace || d.get_hashed(h, &k)?.is_none() {
                d.set_hashed(h, k, v)?;
            }
        }
        return Ok(());
    }
    let keys = call_method_name(source, names::keys.get(), &[])?;
    let mut it = iter::Iter::new(&keys)?;
    while let Some(k) = it.next()? {
        if !replace && d.contains(&k)? {
            continue;
        }
        let v = sequence::getitem(source, &k)?;
        d.set(k, v)?;
    }
    Ok(())
}
/// Copies an iterable of pairs.
pub fn merge_pairs(d: &Dict, source: &Value) -> PyResult<()> {
    let mut it = iter::Iter::new(source)?;
    let mut i = 0;
    while let Some(pair) = it.next()? {
        let items = match iter::collect(&pair) {
            Ok(items) => items,
            Err(r) if error::matches(&r, &TYPE_ERROR) => {
                drop(error::take(r));
                return Err(type_error(format!("cannot convert dictionary update sequence element #{i} to a sequence")));
            }
            Err(r) => return Err(r),
        };
        let n = items.len();
        let Ok([k, v]) = <[Value; 2]>::try_from(items) else {
            return Err(value_error(format!("dictionary update sequence element #{i} has length {n}; 2 is required")));
        };
        d.set(k, v)?;
        i += 1;
    }
    Ok(())
}
/// The items of any mapping.
pub fn items_of(mapping: &Value) -> PyResult<Vec<(Value, Value)>> {
    if let Some(d) = mapping.downcast_exact::<Dict>() {
        return Ok(d.items());
    }
    let d = Dict::new();
    merge(&d, mapping, true)?;
    Ok(d.items())
}

fn dict_repr(v: &Value) -> PyResult {
    let d = body(v)?;
    if d.is_empty() {
        return Ok(Value::str("{}"));
    }
    let Some(_guard) = repr::enter(v) else { return Ok(Value::str("{...}")) };
    let mut c = d.cursor();
    repr::join("{", "}", usize::MAX, |_, b: &mut StrBuilder| {
        let Some((k, x)) = d.advance(&mut c)? else { return Ok(false) };
        repr::push_repr(b, &k)?;
        b.push_str(": ");
        repr::push_repr(b, &x)?;
        Ok(true)
    })
}
fn dict_len(v: &Value) -> PyResult {
    Ok(body(v)?.len().into())
}
fn dict_contains(v: &Value, k: &Value) -> PyResult {
    Ok(body(v)?.contains(k)?.into())
}
/// What `d[key]` gives when the key is not there: `__missing__` of a subclass, or KeyError.
pub fn missing(v: &Value, key: &Value) -> PyResult {
    if !std::ptr::eq(v.ty(), &DICT)
        && let Some(r) = crate::protocol::call::try_special(v, Special::Missing, &[key.clone()])
    {
        return r;
    }
    Err(key_error(key.clone()))
}
fn dict_getitem(v: &Value, key: &Value) -> PyResult {
    match body(v)?.get(key)? {
        Some(x) => Ok(x),
        None => missing(v, key),
    }
}
fn dict_setitem(v: &Value, key: &Value, value: &Value) -> PyResult {
    body(v)?.set(key.clone(), value.clone())?;
    Ok(NONE)
}
fn dict_delitem(v: &Value, key: &Value) -> PyResult {
    match body(v)?.remove(key)? {
        Some(old) => {
            drop(old);
            Ok(NONE)
        }
        None => Err(key_error(key.clone())),
    }
}
fn dict_iter(v: &Value) -> PyResult {
    views::iterator(v, views::Part::Keys, false)
}
fn dict_reversed(v: &Value) -> PyResult {
    views::iterator(v, views::Part::Keys, true)
}
fn get(v: &Value, key: &Value, default: &Value) -> PyResult {
    Ok(body(v)?.get(key)?.unwrap_or_else(|| default.clone()))
}
fn setdefault(v: &Value, key: &Value, default: &Value) -> PyResult {
    body(v)?.setdefault(key, default)
}
fn pop(v: &Value, key: &Value, default: &Value) -> PyResult {
    match body(v)?.remove(key)? {
        Some(x) => Ok(x),
        None if default.is_unbound() => Err(key_error(key.clone())),
        None => Ok(default.clone()),
    }
}
fn popitem(v: &Value) -> PyResult {
    match body(v)?.pop_last() {
        Some((k, x)) => Ok(tuple::of([k, x])),
        None => Err(key_error(Value::str("popitem(): dictionary is empty"))),
    }
}
fn clear(v: &Value) -> PyResult {
    body(v)?.clear();
    Ok(NONE)
}
fn copy(v: &Value) -> PyResult {
    Ok(object::new(&DICT, body(v)?.copy()))
}
fn fromkeys(class: &Value, source: &Value, value: &Value) -> PyResult {
    let new = call(class, &[])?;
    if let Some(d) = new.downcast_exact::<Dict>() {
        iter::for_each(source, |k| d.set(k, value.clone()))?;
    } else {
        iter::for_each(source, |k| sequence::setitem(&new, &k, value.clone()))?;
    }
    Ok(new)
}
fn dict_eq(v: &Value, w: &Value) -> PyResult {
    let (a, Some(b)) = (body(v)?, w.downcast::<Dict>()) else { return Ok(not_implemented()) };
    Ok(equal(a, b)?.into())
}
/// Equality of the items, regardless of order.
pub(crate) fn equal(a: &Dict, b: &Dict) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (h, k, x) in a.hashed_items() {
        match b.get_hashed(h, &k)? {
            Some(y) if sequence::same_or_eq(&x, &y)? => {}
            Some(_) | None => return Ok(false),
        }
    }
    Ok(true)
}
fn dict_ne(v: &Value, w: &Value) -> PyResult {
    let r = dict_eq(v, w)?;
    Ok(r.as_bool().map_or(r, |b| Value::bool(!b)))
}
fn dict_or(v: &Value, w: &Value) -> PyResult {
    if v.downcast::<Dict>().is_none() || w.downcast::<Dict>().is_none() {
        return Ok(not_implemented());
    }
    let new = object::new(&DICT, body(v)?.copy());
    merge(body(&new)?, w, true)?;
    Ok(new)
}
fn dict_ror(v: &Value, w: &Value) -> PyResult {
    dict_or(w, v)
}
fn dict_ior(v: &Value, w: &Value) -> PyResult {
    update(body(v)?, w)?;
    Ok(v.clone())
}
fn no_order(_v: &Value, _w: &Value) -> PyResult {
    Ok(not_implemented())
}
fn keys(v: &Value) -> PyResult {
    Ok(views::view(v, views::Part::Keys))
}
fn values(v: &Value) -> PyResult {
    Ok(views::view(v, views::Part::Values))
}
fn items(v: &Value) -> PyResult {
    Ok(views::view(v, views::Part::Items))
}
fn sizeof(v: &Value) -> PyResult {
    Ok((64 + 24 * body(v)?.len()).into())
}

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(dict_new)),
    Method::new("__init__(self, *args, **kw)", Raw(dict_init)),
    Method::new("__repr__(self, /)", F1(dict_repr)),
    Method::new("__len__(self, /)", F1(dict_len)),
    Method::new("__contains__(self, key, /)", F2(dict_contains)),
    Method::new("__getitem__(self, key, /)", F2(dict_getitem)),
    Method::new("__setitem__(self, key, value, /)", F3(dict_setitem)),
    Method::new("__delitem__(self, key, /)", F2(dict_delitem)),
    Method::new("__iter__(self, /)", F1(dict_iter)),
    Method::new("__reversed__(self, /)", F1(dict_reversed)),
    Method::new("__eq__(self, value, /)", F2(dict_eq)),
    Method::new("__ne__(self, value, /)", F2(dict_ne)),
    Method::new("__lt__(self, value, /)", F2(no_order)),
    Method::new("__le__(self, value, /)", F2(no_order)),
    Method::new("__gt__(self, value, /)", F2(no_order)),
    Method::new("__ge__(self, value, /)", F2(no_order)),
    Method::new("__or__(self, value, /)", F2(dict_or)),
    Method::new("__ror__(self, value, /)", F2(dict_ror)),
    Method::new("__ior__(self, value, /)", F2(dict_ior)),
    Method::new("__sizeof__(self, /)", F1(sizeof)),
    Method::new("get(self, key, default=None, /)", F3(get)),
    Method::new("setdefault(self, key, default=None, /)", F3(setdefault)),
    Method::new("pop(self, key, default=..., /)", F3(pop)),
    Method::new("popitem(self, /)", F1(popitem)),
    Method::new("keys(self, /)", F1(keys)),
    Method::new("values(self, /)", F1(values)),
    Method::new("items(self, /)", F1(items)),
    Method::new("update(self, *args, **kw)", Raw(dict_update)),
    Method::class("fromkeys(type, iterable, value=None, /)", F3(fromkeys)),
    Method::new("clear(self, /)", F1(clear)),
    Method::new("copy(self, /)", F1(copy)),
    Method::class("__class_getitem__(cls, object, /)", F2(crate::types::alias::new)),
];
fn setup(ty: &'static Type) {
    // Dictionaries are not hashable.
    ty.dict.borrow_mut().insert(names::__hash__.get(), NONE);
}
static DEF: ClassDef = ClassDef::new::<Dict>("dict")
    .methods(METHODS)
    .hooks(Hooks { iter: Some(dict_iter), ..Hooks::NONE })
    .setup(setup)
    .flags(TypeFlags::MAPPING);
pub static DICT: Type = Type::builtin(&DEF);
