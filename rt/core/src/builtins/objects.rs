//! Owns: builtins about objects and their attributes: `callable delattr dir getattr hasattr id
//! isinstance issubclass setattr vars`.
//! Never: looks attributes up by itself.
//! Source: CPython 3.13, Python/bltinmodule.c, Objects/object.c (`PyObject_Dir`).

use crate::error::type_error;
use crate::methods::*;
use crate::protocol::call::try_special;
use crate::protocol::{attr, instance, iter};
use crate::types::class::special::Special;
use crate::types::list::{self, List};
use crate::value::Tag;

/// `id(v)`: the address of an object; a number for inline values that equal values share.
pub fn id_of(v: &Value) -> u64 {
    match v.tag() {
        Tag::Obj => v.bits(),
        tag @ (Tag::Unbound | Tag::None | Tag::Bool | Tag::Int | Tag::Float) => {
            (v.bits().wrapping_mul(32).wrapping_add(tag as u64 * 8) & 0x0000_ffff_ffff_fff8) | 0x0001_0000_0000_0000
        }
    }
}
fn id(v: &Value) -> PyResult {
    Ok(Value::int(id_of(v) as i64))
}
pub(super) fn is_callable(v: &Value) -> bool {
    v.ty().hooks().call.is_some() || v.ty().special(Special::Call).is_some()
}
fn callable(v: &Value) -> PyResult {
    Ok(is_callable(v).into())
}
fn attr_name(name: &Value) -> PyResult<Name> {
    Name::of(name).ok_or_else(|| type_error(format!("attribute name must be string, not '{}'", name.ty().full_name())))
}
fn getattr(v: &Value, name: &Value, default: &Value) -> PyResult {
    let name = attr_name(name)?;
    if default.is_unbound() {
        return attr::getattr_name(v, name);
    }
    Ok(attr::lookup_optional(v, name)?.unwrap_or_else(|| default.clone()))
}
fn hasattr(v: &Value, name: &Value) -> PyResult {
    Ok(attr::hasattr(v, attr_name(name)?)?.into())
}
fn setattr(v: &Value, name: &Value, value: &Value) -> PyResult {
    attr::setattr_name(v, attr_name(name)?, Some(value.clone()))?;
    Ok(NONE)
}
fn delattr(v: &Value, name: &Value) -> PyResult {
    attr::delattr_name(v, attr_name(name)?)?;
    Ok(NONE)
}
fn isinstance(v: &Value, class: &Value) -> PyResult {
    Ok(instance::isinstance(v, class)?.into())
}
fn issubclass(v: &Value, class: &Value) -> PyResult {
    Ok(instance::issubclass(v, class)?.into())
}
fn vars(v: &Value) -> PyResult {
    if v.is_unbound() {
        return Err(crate::error::system_error("vars() without argument needs the caller's frame"));
    }
    match attr::lookup_optional(v, names::__dict__.get())? {
        Some(d) => Ok(d),
        None => Err(type_error("vars() argument must have __dict__ attribute")),
    }
}
fn dir(v: &Value) -> PyResult {
    if v.is_unbound() {
        return Err(crate::error::system_error("dir() without argument needs the caller's frame"));
    }
    let items = match try_special(v, Special::Dir, &[]) {
        Some(r) => iter::collect(&r?)?,
        None => return Err(type_error("object does not provide __dir__")),
    };
    let l = List::value(items);
    list::sorted(&l, &NONE, false)
}

pub(super) static METHODS: &[Method] = &[
    Method::new("callable(obj, /)", F1(callable)),
    Method::new("delattr(obj, name, /)", F2(delattr)),
    Method::new("dir(object=..., /)", F1(dir)),
    Method::new("getattr(object, name, default=..., /)", F3(getattr)),
    Method::new("hasattr(obj, name, /)", F2(hasattr)),
    Method::new("id(obj, /)", F1(id)),
    Method::new("isinstance(obj, class_or_tuple, /)", F2(isinstance)),
    Method::new("issubclass(cls, class_or_tuple, /)", F2(issubclass)),
    Method::new("setattr(obj, name, value, /)", F3(setattr)),
    Method::new("vars(object=..., /)", F1(vars)),
];
