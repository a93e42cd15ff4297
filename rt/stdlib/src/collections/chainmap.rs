//! Owns: `collections.ChainMap`.
//! Never: writes to any mapping but the first.
//! Source: CPython 3.13, Lib/collections/__init__.py (`ChainMap`).

use rtcore::error::hierarchy::KEY_ERROR;
use rtcore::error::{self, key_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::{call, call_method_name};
use rtcore::protocol::sequence::{contains, delitem, getitem, setitem, truth};
use rtcore::protocol::{attr, iter, repr};
use rtcore::types::dict::{Dict, items_of, update};
use rtcore::types::list::List;
use rtcore::types::none::not_implemented;
use std::cell::RefCell;

pub struct ChainMap {
    /// A list.
    maps: RefCell<Value>,
}
impl Payload for ChainMap {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.maps.borrow());
    }
}
impl Native for ChainMap {
    fn class() -> &'static Type {
        &CHAIN_MAP
    }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(ty) => Ok(object::new(ty, ChainMap { maps: RefCell::new(NONE) })),
        None => Err(type_error("not a type")),
    }
}
fn init(all: &[Value], _: &[Name]) -> PyResult {
    let Some((v, maps)) = all.split_first() else { return Ok(NONE) };
    let maps = if maps.is_empty() { vec![Dict::new_value()] } else { maps.to_vec() };
    if let Some(c) = v.downcast::<ChainMap>() {
        drop(c.maps.replace(List::value(maps)));
    }
    Ok(NONE)
}
fn maps(v: &Value) -> PyResult<Vec<Value>> {
    match v.downcast::<ChainMap>() {
        Some(c) => iter::collect(&c.maps.borrow().clone()),
        None => Err(type_error("not a ChainMap")),
    }
}
fn first(v: &Value) -> PyResult {
    maps(v)?.first().cloned().ok_or_else(|| error::index_error("list index out of range"))
}
fn find(v: &Value, key: &Value) -> PyResult<Option<Value>> {
    for m in maps(v)? {
        if let Some(d) = m.downcast_exact::<Dict>() {
            if let Some(x) = d.get(key)? {
                return Ok(Some(x));
            }
            continue;
        }
        match getitem(&m, key) {
            Ok(x) => return Ok(Some(x)),
            Err(r) if error::matches(&r, &KEY_ERROR) => drop(error::take(r)),
            Err(r) => return Err(r),
        }
    }
    Ok(None)
}
fn getitem_(v: &Value, key: &Value) -> PyResult {
    if let Some(x) = find(v, key)? {
        return Ok(x);
    }
    match attr::type_attr(v, names::__missing__.get())? {
        Some(f) => call(&f, std::slice::from_ref(key)),
        None => Err(key_error(key.clone())),
    }
}
fn missing(_v: &Value, key: &Value) -> PyResult {
    Err(key_error(key.clone()))
}
fn contains_(v: &Value, key: &Value) -> PyResult {
    for m in maps(v)? {
        if contains(&m, key)? {
            return Ok(TRUE);
        }
    }
    Ok(FALSE)
}
fn get(v: &Value, key: &Value, default: &Value) -> PyResult {
    if truth(&contains_(v, key)?)? { getitem(v, key) } else { Ok(default.clone()) }
}
/// All keys, those of the last mapping first.
fn keys_dict(v: &Value) -> PyResult {
    let d = Dict::new_value();
    if let Some(t) = d.downcast::<Dict>() {
        for m in maps(v)?.iter().rev() {
            iter::for_each(m, |k| t.setdefault(&k, &NONE).map(drop))?;
        }
    }
    Ok(d)
}
fn merged(v: &Value) -> PyResult {
    let d = keys_dict(v)?;
    if let Some(t) = d.downcast::<Dict>() {
        for k in t.keys() {
            t.set(k.clone(), getitem(v, &k)?)?;
        }
    }
    Ok(d)
}
fn iter_(v: &Value) -> PyResult {
    iter::iter(&keys_dict(v)?)
}
fn len(v: &Value) -> PyResult {
    Ok(keys_dict(v)?.downcast::<Dict>().map_or(0, Dict::len).into())
}
fn bool_(v: &Value) -> PyResult {
    for m in maps(v)? {
        if truth(&m)? {
            return Ok(TRUE);
        }
    }
    Ok(FALSE)
}
fn view(v: &Value, name: &str) -> PyResult {
    call_method_name(&merged(v)?, Name::new(name), &[])
}
fn cm_repr(v: &Value) -> PyResult {
    let Some(_guard) = repr::enter(v) else { return Ok(Value::str("...")) };
    let parts = maps(v)?.iter().map(repr::repr_string).collect::<PyResult<Vec<_>>>()?;
    Ok(Value::string(format!("{}({})", v.ty().name(), parts.join(", "))))
}
fn setitem_(v: &Value, key: &Value, value: &Value) -> PyResult {
    setitem(&first(v)?, key, value.clone())?;
    Ok(NONE)
}
fn not_in_first(key: &Value) -> PyResult<error::Raised> {
    Ok(key_error(Value::string(format!("Key not found in the first mapping: {}", repr::repr_string(key)?))))
}
fn delitem_(v: &Value, key: &Value) -> PyResult {
    match delitem(&first(v)?, key) {
        Ok(()) => Ok(NONE),
        Err(r) if error::matches(&r, &KEY_ERROR) => {
            drop(error::take(r));
            Err(not_in_first(key)?)
        }
        Err(r) => Err(r),
    }
}
fn pop(all: &[Value], _: &[Name]) -> PyResult {
    let Some((v, args)) = all.split_first() else { return Ok(NONE) };
    match call_method_name(&first(v)?, Name::new("pop"), args) {
        Err(r) if error::matches(&r, &KEY_ERROR) => {
            drop(error::take(r));
            Err(not_in_first(args.first().unwrap_or(&NONE))?)
        }
        other => other,
    }
}
fn popitem(v: &Value) -> PyResult {
    match call_method_name(&first(v)?, Name::new("popitem"), &[]) {
        Err(r) if error::matches(&r, &KEY_ERROR) => {
            drop(error::take(r));
            Err(key_error(Value::str("No keys found in the first mapping.")))
        }
        other => other,
    }
}
fn clear(v: &Value) -> PyResult {
    call_method_name(&first(v)?, Name::new("clear"), &[])
}
fn setdefault(v: &Value, key: &Value, default: &Value) -> PyResult {
    match find(v, key)? {
        Some(x) => Ok(x),
        None => {
            setitem(v, key, default.clone())?;
            Ok(default.clone())
        }
    }
}
fn update_(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(v) = all.first() else { return Ok(NONE) };
    let d = Dict::new();
    if let Some(source) = all[..pos].get(1) {
        update(&d, source)?;
    }
    for (k, x) in kw.iter().zip(&all[pos..]) {
        d.set_name(*k, x.clone());
    }
    for (k, x) in d.items() {
        setitem(v, &k, x)?;
    }
    Ok(NONE)
}
fn new_child(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(v) = all.first() else { return Ok(NONE) };
    let mut m = all[..pos].get(1).cloned().unwrap_or(NONE);
    let mut updates = vec![];
    for (k, x) in kw.iter().zip(&all[pos..]) {
        if k.as_str() == "m" { m = x.clone() } else { updates.push((*k, x.clone())) }
    }
    let child = if m.is_none() {
        Dict::from_names(updates)
    } else {
        for (k, x) in updates {
            setitem(&m, &k.value(), x)?;
        }
        m
    };
    let mut all_maps = vec![child];
    all_maps.extend(maps(v)?);
    call(&Value::of_type(v.ty()), &all_maps)
}
fn parents(v: &Value) -> PyResult {
    call(&Value::of_type(v.ty()), maps(v)?.get(1..).unwrap_or(&[]))
}
fn copy(v: &Value) -> PyResult {
    let mut all = maps(v)?;
    if let Some(m) = all.first_mut() {
        *m = call_method_name(m, Name::new("copy"), &[])?;
    }
    call(&Value::of_type(v.ty()), &all)
}
fn eq(v: &Value, w: &Value) -> PyResult {
    let other = match (w.downcast::<ChainMap>(), w.downcast::<Dict>()) {
        (Some(_), _) => merged(w)?,
        (None, Some(_)) => w.clone(),
        (None, None) => return Ok(not_implemented()),
    };
    Ok(rtcore::protocol::compare::eq(&merged(v)?, &other)?.into())
}
fn ne(v: &Value, w: &Value) -> PyResult {
    let r = eq(v, w)?;
    Ok(r.as_bool().map_or(r, |b| Value::bool(!b)))
}
fn or(v: &Value, w: &Value) -> PyResult {
    if v.downcast::<ChainMap>().is_none() {
        if v.downcast::<Dict>().is_none() {
            return Ok(not_implemented());
        }
        let d = Dict::new_value();
        if let Some(t) = d.downcast::<Dict>() {
            update(t, v)?;
            for (k, x) in items_of(&merged(w)?)? {
                t.set(k, x)?;
            }
        }
        return call(&Value::of_type(w.ty()), &[d]);
    }
    if w.downcast::<Dict>().is_none() && w.downcast::<ChainMap>().is_none() {
        return Ok(not_implemented());
    }
    let new = copy(v)?;
    call_method_name(&first(&new)?, Name::new("update"), std::slice::from_ref(w))?;
    Ok(new)
}
fn ior(v: &Value, w: &Value) -> PyResult {
    call_method_name(&first(v)?, Name::new("update"), std::slice::from_ref(w))?;
    Ok(v.clone())
}
fn fromkeys(class: &Value, source: &Value, value: &Value) -> PyResult {
    let d = call_method_name(&Value::of_type(&rtcore::types::dict::DICT), Name::new("fromkeys"), &[source.clone(), value.clone()])?;
    call(class, &[d])
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, *maps)", Raw(init)),
    Method::new("__missing__(self, key)", F2(missing)),
    Method::new("__getitem__(self, key)", F2(getitem_)),
    Method::new("__setitem__(self, key, value)", F3(setitem_)),
    Method::new("__delitem__(self, key)", F2(delitem_)),
    Method::new("__contains__(self, key)", F2(contains_)),
    Method::new("__iter__(self)", F1(iter_)),
    Method::new("__len__(self)", F1(len)),
    Method::new("__bool__(self)", F1(bool_)),
    Method::new("__repr__(self)", F1(cm_repr)),
    Method::new("__eq__(self, other)", F2(eq)),
    Method::new("__ne__(self, other)", F2(ne)),
    Method::new("__or__(self, other)", F2(or)),
    Method::new("__ror__(self, other)", F2(|a, b| or(b, a))),
    Method::new("__ior__(self, other)", F2(ior)),
    Method::new("get(self, key, default=None)", F3(get)),
    Method::new("keys(self)", F1(|v| view(v, "keys"))),
    Method::new("values(self)", F1(|v| view(v, "values"))),
    Method::new("items(self)", F1(|v| view(v, "items"))),
    Method::new("pop(self, key, *args)", Raw(pop)),
    Method::new("popitem(self)", F1(popitem)),
    Method::new("clear(self)", F1(clear)),
    Method::new("setdefault(self, key, default=None)", F3(setdefault)),
    Method::new("update(self, other=(), /, **kwds)", Raw(update_)),
    Method::new("new_child(self, m=None, **kwargs)", Raw(new_child)),
    Method::new("copy(self)", F1(copy)),
    Method::new("__copy__(self)", F1(copy)),
    Method::class("fromkeys(cls, iterable, value=None, /)", F3(fromkeys)),
];
static GETSET: &[GetSet] = &[
    GetSet::rw(
        "maps",
        |v| Ok(v.downcast::<ChainMap>().map_or(NONE, |c| c.maps.borrow().clone())),
        |v, new| {
            if let Some(c) = v.downcast::<ChainMap>() {
                drop(c.maps.replace(new.unwrap_or(NONE)));
            }
            Ok(())
        },
    ),
    GetSet::ro("parents", parents),
];
static DEF: ClassDef = ClassDef::new::<ChainMap>("ChainMap")
    .module("collections")
    .methods(METHODS)
    .getset(GETSET)
    .flags(TypeFlags::ATTRS | TypeFlags::MAPPING)
    .setup(|t| t.set_own(names::__hash__.get(), NONE))
    .hooks(Hooks { iter: Some(iter_), ..Hooks::NONE });
pub static CHAIN_MAP: Type = Type::builtin(&DEF);
