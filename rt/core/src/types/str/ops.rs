//! Owns: the operators and special methods of `str`. Never: `%` and `format` templates (`percent`, `format`).

use super::{Str, me, unchanged, value};
use crate::error::{index_error, memory_error, type_error};
use crate::methods::*;
use crate::protocol::sequence::{self, as_index, as_size, is_index};
use crate::text::{escape, search};
use crate::types::none::not_implemented;
use crate::types::slice::Slice;
use crate::types::tuple;
use std::cmp::Ordering;

pub fn repr(v: &Value) -> PyResult {
    Ok(value(escape::repr(me(v)?)))
}
pub fn str_(v: &Value) -> PyResult {
    unchanged(v)
}
pub fn hash(v: &Value) -> PyResult {
    Ok(Value::int(me(v)?.hash()))
}
pub fn len(v: &Value) -> PyResult {
    Ok(me(v)?.char_len().into())
}
pub fn sizeof(v: &Value) -> PyResult {
    let s = me(v)?;
    Ok(Value::from(if s.is_ascii() { 41 + s.char_len() } else { 58 + s.as_bytes().len() }))
}
pub fn getnewargs(v: &Value) -> PyResult {
    Ok(tuple::new(vec![value(me(v)?.clone())]))
}

pub fn contains(v: &Value, key: &Value) -> PyResult {
    let Some(sub) = key.as_str_obj() else {
        let got = key.ty().full_name();
        return Err(type_error(format!("'in <string>' requires string as left operand, not {got}")));
    };
    Ok(Value::bool(search::find(me(v)?.as_bytes(), sub.as_bytes()).is_some()))
}

pub fn getitem(v: &Value, key: &Value) -> PyResult {
    let s = me(v)?;
    if let Some(slice) = key.downcast::<Slice>() {
        let b = sequence::bounds(slice, || s.char_len())?;
        if b.count == s.char_len() && b.step == 1 {
            return unchanged(v);
        }
        if b.count == 0 {
            return Ok(super::empty());
        }
        return Ok(value(s.slice_step(b.start as usize, b.step as isize, b.count)));
    }
    if !is_index(key) {
        let got = key.ty().full_name();
        return Err(type_error(format!("string indices must be integers, not '{got}'")));
    }
    let i = as_index(key)?;
    let at = if i < 0 { i + s.char_len() as i64 } else { i };
    match usize::try_from(at) {
        Ok(at) if at < s.char_len() => Ok(super::of_code_point(s.char_at(at))),
        _ => Err(index_error("string index out of range")),
    }
}

/// The operator tries this after the operands' number methods, so it may refuse for good.
pub fn add(v: &Value, other: &Value) -> PyResult {
    let (a, Some(b)) = (me(v)?, other.as_str_obj()) else {
        return Err(type_error(format!("can only concatenate str (not \"{}\") to str", other.ty().full_name())));
    };
    if b.is_empty() {
        return unchanged(v);
    }
    if a.is_empty() {
        return unchanged(other);
    }
    Ok(object::new(&super::STR, a.concat(b)))
}

/// `s += other` into the only reference of an exact str, in place; false when it cannot be.
pub fn append_in_place(target: &mut Value, other: &Value) -> bool {
    if !target.is_unique() || target.downcast_exact::<Str>().is_none() || other.is(target) {
        return false;
    }
    let Some(text) = other.as_str_obj() else { return false };
    match in_place(target) {
        Some(s) => {
            s.push(text);
            true
        }
        None => false,
    }
}

/// The text of a str that nobody else refers to.
pub(crate) fn in_place(target: &mut Value) -> Option<&mut Str> {
    if !target.is_unique() {
        return None;
    }
    let s: *const Str = target.downcast_exact::<Str>()?;
    // SAFETY: the count is one and `target` is borrowed exclusively, so no other reference to the text exists.
    Some(unsafe { &mut *s.cast_mut() })
}

pub fn mul(v: &Value, n: &Value) -> PyResult {
    let n = as_size(n)?;
    let s = me(v)?;
    if n == 1 {
        return unchanged(v);
    }
    if n <= 0 || s.is_empty() {
        return Ok(super::empty());
    }
    match s.as_bytes().len().checked_mul(n as usize) {
        Some(size) if size < 1 << 40 => Ok(value(s.repeat(n as usize))),
        _ => Err(memory_error("")),
    }
}
pub fn mod_(v: &Value, args: &Value) -> PyResult {
    super::percent::format(v, args)
}
pub fn rmod(v: &Value, template: &Value) -> PyResult {
    if template.as_str_obj().is_none() { Ok(not_implemented()) } else { super::percent::format(template, v) }
}

fn compare(a: &Value, b: &Value, holds: fn(Ordering) -> bool) -> PyResult {
    let (a, Some(b)) = (me(a)?, b.as_str_obj()) else { return Ok(not_implemented()) };
    Ok(Value::bool(holds(a.cmp(b))))
}
pub fn eq(a: &Value, b: &Value) -> PyResult {
    let (a, Some(b)) = (me(a)?, b.as_str_obj()) else { return Ok(not_implemented()) };
    Ok(Value::bool(a == b))
}
pub fn ne(a: &Value, b: &Value) -> PyResult {
    let (a, Some(b)) = (me(a)?, b.as_str_obj()) else { return Ok(not_implemented()) };
    Ok(Value::bool(a != b))
}
pub fn lt(a: &Value, b: &Value) -> PyResult {
    compare(a, b, Ordering::is_lt)
}
pub fn le(a: &Value, b: &Value) -> PyResult {
    compare(a, b, Ordering::is_le)
}
pub fn gt(a: &Value, b: &Value) -> PyResult {
    compare(a, b, Ordering::is_gt)
}
pub fn ge(a: &Value, b: &Value) -> PyResult {
    compare(a, b, Ordering::is_ge)
}

pub fn format(v: &Value, spec: &Value) -> PyResult {
    crate::protocol::format::str_format(v, spec)
}
