//! Owns: `isinstance` and `issubclass`.
//! Never: knows abstract base classes; those answer through `__instancecheck__`.
//! Source: CPython 3.13, Objects/abstract.c (`object_isinstance`, `object_issubclass`).

use crate::error::{PyResult, type_error};
use crate::name::names;
use crate::protocol::call::try_special;
use crate::protocol::sequence::truth;
use crate::types::class::Type;
use crate::types::class::methods::TYPE;
use crate::types::class::special::Special;
use crate::types::{alias, tuple};
use crate::value::Value;

/// `isinstance(v, t)` for one class, without `__instancecheck__`; honours a faked `__class__`.
pub fn is_real_instance(v: &Value, t: &'static Type) -> PyResult<bool> {
    if v.ty().is_subtype(t) {
        return Ok(true);
    }
    if v.ty().is_static() {
        return Ok(false);
    }
    let class = crate::protocol::attr::lookup_optional(v, names::__class__.get())?;
    Ok(class.and_then(|c| c.as_type()).is_some_and(|c| !std::ptr::eq(c, v.ty()) && c.is_subtype(t)))
}

pub fn isinstance(v: &Value, cls: &Value) -> PyResult<bool> {
    if let Some(t) = cls.as_type() {
        if std::ptr::eq(v.ty(), t) {
            return Ok(true);
        }
        if std::ptr::eq(cls.ty(), &TYPE) {
            return is_real_instance(v, t);
        }
    }
    if tuple::is_tuple(cls) {
        for c in tuple::items(cls) {
            if isinstance(v, c)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(members) = alias::union_members(cls) {
        for c in members {
            if isinstance(v, &c)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if cls.is_none() {
        return Err(type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
    }
    match try_special(cls, Special::InstanceCheck, std::slice::from_ref(v)) {
        Some(r) => truth(&r?),
        None => match cls.as_type() {
            Some(t) => is_real_instance(v, t),
            None => Err(type_error("isinstance() arg 2 must be a type, a tuple of types, or a union")),
        },
    }
}

pub fn issubclass(sub: &Value, cls: &Value) -> PyResult<bool> {
    if tuple::is_tuple(cls) {
        for c in tuple::items(cls) {
            if issubclass(sub, c)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(members) = alias::union_members(cls) {
        for c in members {
            if issubclass(sub, &c)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let (Some(s), Some(t)) = (sub.as_type(), cls.as_type())
        && std::ptr::eq(cls.ty(), &TYPE)
    {
        return Ok(s.is_subtype(t));
    }
    if sub.as_type().is_none() {
        return Err(type_error("issubclass() arg 1 must be a class"));
    }
    match try_special(cls, Special::SubclassCheck, std::slice::from_ref(sub)) {
        Some(r) => truth(&r?),
        None => Err(type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union")),
    }
}
