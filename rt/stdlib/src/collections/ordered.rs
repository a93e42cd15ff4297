//! Owns: `collections.OrderedDict`.
//! Never: keeps an order of its own: dictionaries already keep it.
//! Source: CPython 3.13, Objects/odictobject.c.

use rtcore::error::{key_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::protocol::sequence::{same_or_eq, truth};
use rtcore::protocol::{attr, iter, repr};
use rtcore::types::class::special::Special;
use rtcore::types::dict::views::{self, Part};
use rtcore::types::dict::{DICT, Dict, merge, update};
use rtcore::types::none::not_implemented;
use rtcore::types::tuple;

fn body(v: &Value) -> PyResult<&Dict> {
    v.downcast::<Dict>().ok_or_else(|| type_error("not an OrderedDict"))
}
fn od_iter(v: &Value) -> PyResult {
    views::ordered_iterator(v, Part::Keys, false)
}
fn move_to_end(v: &Value, key: &Value, last: &Value) -> PyResult {
    if body(v)?.move_to_end(key, truth(last)?)? { Ok(NONE) } else { Err(key_error(key.clone())) }
}
fn popitem(v: &Value, last: &Value) -> PyResult {
    let d = body(v)?;
    let pair = if truth(last)? { d.pop_last() } else { d.pop_first() };
    match pair {
        Some((k, x)) => Ok(tuple::of([k, x])),
        None => Err(key_error(Value::str("dictionary is empty"))),
    }
}
fn od_repr(v: &Value) -> PyResult {
    let name = v.ty().name();
    if body(v)?.is_empty() {
        return Ok(Value::string(format!("{name}()")));
    }
    let Some(f) = DICT.special(Special::Repr).cloned() else { return Ok(NONE) };
    let text = call(&f, std::slice::from_ref(v))?;
    let text = repr::str_string(&text)?;
    Ok(Value::string(if text == "{...}" { "...".into() } else { format!("{name}({text})") }))
}
fn eq(v: &Value, w: &Value) -> PyResult {
    let (a, Some(b)) = (body(v)?, w.downcast::<Dict>()) else { return Ok(not_implemented()) };
    let Some(f) = DICT.special(Special::Eq).cloned() else { return Ok(NONE) };
    let same = call(&f, &[v.clone(), w.clone()])?;
    if same.as_bool() != Some(true) || !w.ty().is_subtype(&ORDERED_DICT) {
        return Ok(same);
    }
    for (x, y) in a.keys().iter().zip(&b.keys()) {
        if !same_or_eq(x, y)? {
            return Ok(FALSE);
        }
    }
    Ok(TRUE)
}
fn ne(v: &Value, w: &Value) -> PyResult {
    let r = eq(v, w)?;
    Ok(r.as_bool().map_or(r, |b| Value::bool(!b)))
}
fn copy(v: &Value) -> PyResult {
    let new = call(&Value::of_type(v.ty()), &[])?;
    match new.downcast::<Dict>() {
        Some(d) => merge(d, v, true)?,
        None => return Err(type_error("OrderedDict.copy")),
    }
    if let Some(state) = attr::lookup_optional(v, names::__dict__.get())? {
        for (k, x) in rtcore::types::dict::items_of(&state)? {
            attr::setattr_value(&new, &k, x)?;
        }
    }
    Ok(new)
}
fn or(v: &Value, w: &Value) -> PyResult {
    let (Some(_), Some(_)) = (v.downcast::<Dict>(), w.downcast::<Dict>()) else { return Ok(not_implemented()) };
    let ty = if v.ty().is_subtype(&ORDERED_DICT) { v.ty() } else { w.ty() };
    let new = call(&Value::of_type(ty), std::slice::from_ref(v))?;
    update(body(&new)?, w)?;
    Ok(new)
}
fn reduce(v: &Value) -> PyResult {
    let state = attr::lookup_optional(v, names::__dict__.get())?.unwrap_or(NONE);
    let state = if truth(&state)? { state } else { NONE };
    let items = iter::iter(&views::view(v, Part::Items))?;
    Ok(tuple::of([Value::of_type(v.ty()), tuple::empty(), state, NONE, items]))
}
static METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(od_iter)),
    Method::new("__reversed__(self, /)", F1(|v| views::ordered_iterator(v, Part::Keys, true))),
    Method::new("keys(self, /)", F1(|v| Ok(views::ordered_view(v, Part::Keys)))),
    Method::new("values(self, /)", F1(|v| Ok(views::ordered_view(v, Part::Values)))),
    Method::new("items(self, /)", F1(|v| Ok(views::ordered_view(v, Part::Items)))),
    Method::new("move_to_end(self, key, last=True)", F3(move_to_end)),
    Method::new("popitem(self, last=True)", F2(popitem)),
    Method::new("__repr__(self, /)", F1(od_repr)),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__ne__(self, value, /)", F2(ne)),
    Method::new("__or__(self, value, /)", F2(or)),
    Method::new("__ror__(self, value, /)", F2(|a, b| or(b, a))),
    Method::new("__reduce__(self, /)", F1(reduce)),
    Method::new("__copy__(self, /)", F1(copy)),
    Method::new("copy(self, /)", F1(copy)),
];
static DEF: ClassDef = ClassDef::new::<Dict>("OrderedDict")
    .module("collections")
    .like(&DICT, &DICT)
    .methods(METHODS)
    .flags(TypeFlags::ATTRS | TypeFlags::MAPPING)
    .setup(|t| t.set_own(names::__hash__.get(), NONE))
    .hooks(Hooks { iter: Some(od_iter), ..Hooks::NONE });
pub static ORDERED_DICT: Type = Type::builtin(&DEF);
