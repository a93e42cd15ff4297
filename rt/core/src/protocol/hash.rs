//! Owns: `hash(v)`: fast paths, then `__hash__`. Never: a type's own hash function (`num::hash`, the types).
//!
//! CPython 3.13: Objects/object.c (PyObject_Hash), Objects/typeobject.c (slot_tp_hash).

use crate::error::type_error;
use crate::methods::*;
use crate::num::{Int, hash as numeric};
use crate::protocol::call::call_special;
use crate::protocol::number::int_ref;
use crate::types::class::special::Special;
use crate::types::str::Str;
use crate::value::Tag;

/// `hash(v)`. Never -1.
#[inline]
pub fn hash(v: &Value) -> PyResult<i64> {
    match v.tag() {
        Tag::Int | Tag::Bool => Ok(numeric::int_i64(v.bits() as i64)),
        Tag::Float => {
            let f = f64::from_bits(v.bits());
            Ok(numeric::float(f, v.bits().rotate_right(4) as i64 >> 1))
        }
        Tag::None | Tag::Unbound => Ok(numeric::NONE),
        Tag::Obj => hash_object(v),
    }
}

fn hash_object(v: &Value) -> PyResult<i64> {
    if let Some(s) = v.downcast_exact::<Str>() {
        return Ok(s.hash());
    }
    if let Some(i) = v.downcast_exact::<Int>() {
        return Ok(numeric::int(i.as_ref()));
    }
    let ty = v.ty();
    let Some(f) = ty.special(Special::Hash) else { return Err(unhashable(v)) };
    if f.is_none() {
        return Err(unhashable(v));
    }
    let f = f.clone();
    let r = call_special(&f, v, &[])?;
    match int_ref(&r) {
        Some(i) => Ok(match i.to_i64() {
            // A machine integer is the hash itself; -1 is reserved.
            Some(-1) => -2,
            Some(h) => h,
            None => numeric::int(i),
        }),
        None => Err(type_error("__hash__ method should return an integer")),
    }
}

#[cold]
pub fn unhashable(v: &Value) -> Raised {
    type_error(format!("unhashable type: '{}'", v.ty().full_name()))
}
