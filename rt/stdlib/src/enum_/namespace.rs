//! Owns: the namespace of an enumeration's class body: which names are members, `auto()` values,
//! duplicate names; `auto`, `member` and `nonmember`.
//! Never: makes members; that is `meta`.
//! Source: CPython 3.13, Lib/enum.py (`EnumDict`).

use super::text;
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::{call, repr};
use rtcore::types::dict::{DICT, Dict};
use rtcore::types::list::List;
use rtcore::types::tuple;
use std::cell::RefCell;

/// `auto()`, `member(x)` and `nonmember(x)`.
pub struct Marker {
    pub value: RefCell<Value>,
}
impl Payload for Marker {}
impl Native for Marker {
    fn class() -> &'static Type {
        &AUTO
    }
}
fn marker_new(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else { return Err(type_error("X is not a type object")) };
    let value = if all.len() > 1 && kw.is_empty() { all[1].clone() } else { all.get(1).cloned().unwrap_or(UNBOUND) };
    Ok(object::new(ty, Marker { value: RefCell::new(value) }))
}
fn marker_value(v: &Value) -> PyResult {
    let x = v.downcast::<Marker>().map_or(UNBOUND, |m| m.value.borrow().clone());
    Ok(if x.is_unbound() { NONE } else { x })
}
static MARKER_METHODS: &[Method] = &[Method::static_("__new__(cls, *args, **kw)", Raw(marker_new))];
static MARKER_FIELDS: &[GetSet] = &[GetSet::ro("value", marker_value)];
static AUTO_DEF: ClassDef = ClassDef::new::<Marker>("auto").module("enum").methods(MARKER_METHODS).getset(MARKER_FIELDS);
pub static AUTO: Type = Type::builtin(&AUTO_DEF);
static MEMBER_DEF: ClassDef =
    ClassDef::new::<Marker>("member").module("enum").like(&rtcore::types::object_::OBJECT, &AUTO).methods(MARKER_METHODS).getset(MARKER_FIELDS);
pub static MEMBER: Type = Type::builtin(&MEMBER_DEF);
static NONMEMBER_DEF: ClassDef =
    ClassDef::new::<Marker>("nonmember").module("enum").like(&rtcore::types::object_::OBJECT, &AUTO).methods(MARKER_METHODS).getset(MARKER_FIELDS);
pub static NONMEMBER: Type = Type::builtin(&NONMEMBER_DEF);

/// What the class body has said so far; kept beside the namespace dict, under hidden keys of it.
pub const MEMBERS: &str = "__tauraro_enum_members__";
const LAST: &str = "__tauraro_enum_last_values__";
const GENERATE: &str = "__tauraro_enum_generate__";
const CLASS: &str = "__tauraro_enum_class__";
const IGNORE: &str = "__tauraro_enum_ignore__";
pub const HIDDEN: &[&str] = &[MEMBERS, LAST, GENERATE, CLASS, IGNORE];

static DEF: ClassDef = ClassDef::new::<Dict>("EnumDict").module("enum").like(&DICT, &DICT).methods(METHODS).flags(TypeFlags::MAPPING);
pub static ENUM_DICT: Type = Type::builtin(&DEF);
static METHODS: &[Method] = &[Method::new("__setitem__(self, key, value, /)", F3(setitem))];

/// A new namespace for the class `name`; `generate` is the inherited `_generate_next_value_`.
pub fn new(name: &str, generate: Option<Value>) -> PyResult {
    let v = object::new(&ENUM_DICT, Dict::new());
    if let Some(d) = v.downcast::<Dict>() {
        d.set_name(Name::new(MEMBERS), List::value(vec![]));
        d.set_name(Name::new(LAST), List::value(vec![]));
        d.set_name(Name::new(CLASS), Value::str(name));
        d.set_name(Name::new(IGNORE), tuple::empty());
        if let Some(g) = generate {
            d.set_name(Name::new(GENERATE), g);
        }
    }
    Ok(v)
}
fn is_sunder(s: &str) -> bool {
    s.len() > 2 && s.starts_with('_') && s.ends_with('_') && !s[1..].starts_with('_') && !s[..s.len() - 1].ends_with('_')
}
fn is_dunder(s: &str) -> bool {
    s.len() > 4 && s.starts_with("__") && s.ends_with("__") && !s[2..].starts_with('_') && !s[..s.len() - 2].ends_with('_')
}
fn is_private(class: &str, s: &str) -> bool {
    let prefix = format!("_{}__", class.trim_start_matches('_'));
    s.starts_with(&prefix) && s.len() > prefix.len() && !(s.ends_with("__"))
}
/// True when the value is a descriptor, which never becomes a member.
pub fn is_descriptor(v: &Value) -> bool {
    let t = v.ty();
    let h = t.hooks();
    h.descr_get.is_some()
        || h.descr_set.is_some()
        || [&names::__get__, &names::__set__, &names::__delete__].iter().any(|s| t.lookup(s.get()).is_some())
}
pub fn list_items(d: &Dict, key: &str) -> Vec<Value> {
    d.get_name(Name::new(key)).and_then(|l| l.downcast::<List>().map(List::to_vec)).unwrap_or_default()
}
fn push(d: &Dict, key: &str, v: Value) {
    if let Some(l) = d.get_name(Name::new(key))
        && let Some(l) = l.downcast::<List>()
    {
        l.push(v);
    }
}
/// `auto()` becomes the next value; inside a tuple each `auto()` does.
fn resolve_auto(d: &Dict, key: &Value, v: &Value) -> PyResult {
    if v.is_obj() && std::ptr::eq(v.ty(), &AUTO) {
        let Some(m) = v.downcast::<Marker>() else { return Ok(v.clone()) };
        if m.value.borrow().is_unbound() {
            let last = list_items(d, LAST);
            let count = list_items(d, MEMBERS).len();
            let g = d.get_name(Name::new(GENERATE)).unwrap_or(NONE);
            let next = call::call(&g, &[key.clone(), Value::int(1), Value::from(count), List::value(last)])?;
            *m.value.borrow_mut() = next;
        }
        return Ok(m.value.borrow().clone());
    }
    if tuple::is_tuple(v) && tuple::items(v).iter().any(|x| x.is_obj() && std::ptr::eq(x.ty(), &AUTO)) && std::ptr::eq(v.ty(), &tuple::TUPLE) {
        let mut out = vec![];
        for x in tuple::items(v) {
            out.push(resolve_auto(d, key, x)?);
        }
        return Ok(tuple::new(out));
    }
    Ok(v.clone())
}
fn setitem(this: &Value, key: &Value, v: &Value) -> PyResult {
    let Some(d) = this.downcast::<Dict>() else { return Err(type_error("not a dict")) };
    let class = d.get_name(Name::new(CLASS)).map(|c| text(&c)).unwrap_or_default();
    let k = text(key);
    let members = list_items(d, MEMBERS);
    let is_member = |x: &str| members.iter().any(|m| m.as_str() == Some(x));
    let mut value = v.clone();
    if is_private(&class, &k) {
        // Private names stay plain attributes.
    } else if is_sunder(&k) {
        const KNOWN: [&str; 9] = [
            "_order_",
            "_generate_next_value_",
            "_numeric_repr_",
            "_missing_",
            "_ignore_",
            "_iter_member_",
            "_iter_member_by_value_",
            "_iter_member_by_def_",
            "_add_alias_",
        ];
        if !KNOWN.contains(&k.as_str()) && k != "_add_value_alias_" {
            return Err(value_error(format!("_sunder_ names, such as {}, are reserved for future Enum use", repr::repr_string(key)?)));
        }
        if k == "_generate_next_value_" {
            let f = match v.downcast::<rtcore::types::descriptors::Wrapper>() {
                Some(w) => w.func.borrow().clone(),
                None => v.clone(),
            };
            d.set_name(Name::new(GENERATE), f);
        } else if k == "_ignore_" {
            let list = match v.as_str() {
                Some(s) => s.replace(',', " ").split_whitespace().map(Value::str).collect(),
                None => rtcore::protocol::iter::collect(v)?,
            };
            for i in &list {
                if i.as_str().is_some_and(is_member) {
                    return Err(value_error(format!("_ignore_ cannot specify already set names: {}", repr::repr_string(i)?)));
                }
            }
            d.set_name(Name::new(IGNORE), tuple::new(list));
        }
    } else if is_dunder(&k) {
        // Special names are never members.
    } else if is_member(&k) {
        let old = d.get_name(Name::new(&k)).unwrap_or(NONE);
        return Err(type_error(format!("{} already defined as {}", repr::repr_string(key)?, repr::repr_string(&old)?)));
    } else if d.get_name(Name::new(IGNORE)).is_some_and(|t| tuple::items(&t).iter().any(|x| x.as_str() == Some(&k))) {
        // Ignored names are dropped by the metaclass.
    } else if v.is_obj() && std::ptr::eq(v.ty(), &NONMEMBER) {
        value = v.downcast::<Marker>().map_or(NONE, |m| m.value.borrow().clone());
    } else if is_descriptor(v) && !std::ptr::eq(v.ty(), &MEMBER) {
        // Methods and properties.
    } else {
        if d.get_name(Name::new(&k)).is_some() {
            let old = d.get_name(Name::new(&k)).unwrap_or(NONE);
            return Err(type_error(format!("{} already defined as {}", repr::repr_string(key)?, repr::repr_string(&old)?)));
        }
        if v.is_obj() && std::ptr::eq(v.ty(), &MEMBER) {
            value = v.downcast::<Marker>().map_or(NONE, |m| m.value.borrow().clone());
        } else {
            value = resolve_auto(d, key, v)?;
        }
        push(d, MEMBERS, key.clone());
        push(d, LAST, value.clone());
    }
    match Name::of(key) {
        Some(name) => d.set_name(name, value),
        None => d.set(key.clone(), value)?,
    }
    Ok(NONE)
}
/// The names listed in `_ignore_`.
pub fn ignored(d: &Dict) -> Vec<String> {
    d.get_name(Name::new(IGNORE)).map(|t| tuple::items(&t).iter().map(text).collect()).unwrap_or_default()
}
