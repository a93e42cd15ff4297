//! Owns: the operators of `bytes` and `bytearray`. Never: what only one of them has.

use super::{buffer, like, me, unchanged};
use crate::error::{index_error, memory_error, type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence::{self, as_index, as_size, is_index};
use crate::text::search;
use crate::types::none::not_implemented;
use crate::types::slice::Slice;
use std::cmp::Ordering;

pub fn len(v: &Value) -> PyResult {
    Ok(me(v)?.len().into())
}

pub fn contains(v: &Value, key: &Value) -> PyResult {
    if is_index(key) {
        let byte = super::make::byte(key, "byte must be in range(0, 256)")?;
        return Ok(Value::bool(me(v)?.contains(&byte)));
    }
    let sub = buffer::required(key)?;
    Ok(Value::bool(search::find(&me(v)?, &sub).is_some()))
}

pub fn getitem(v: &Value, key: &Value) -> PyResult {
    let is_array = v.downcast::<super::ByteArray>().is_some();
    if let Some(slice) = key.downcast::<Slice>() {
        let b = sequence::bounds(slice, || me(v).map_or(0, |b| b.len()))?;
        let data = me(v)?;
        if b.count == data.len() && b.step == 1 {
            drop(data);
            return unchanged(v);
        }
        let part = if b.step == 1 {
            data.get(b.start as usize..b.start as usize + b.count).unwrap_or(&[]).to_vec()
        } else {
            b.indices().filter_map(|i| data.get(i).copied()).collect()
        };
        drop(data);
        return Ok(like(v, part));
    }
    if !is_index(key) {
        let (what, got) = (if is_array { "bytearray" } else { "byte" }, key.ty().full_name());
        return Err(type_error(format!("{what} indices must be integers or slices, not {got}")));
    }
    let i = as_index(key)?;
    let data = me(v)?;
    let at = if i < 0 { i + data.len() as i64 } else { i };
    match usize::try_from(at).ok().and_then(|at| data.get(at)) {
        Some(byte) => Ok(Value::int((*byte).into())),
        None => Err(index_error(if is_array { "bytearray index out of range" } else { "index out of range" })),
    }
}

pub fn add(v: &Value, other: &Value) -> PyResult {
    let Some(right) = buffer::view(other)? else {
        return Err(type_error(format!("can't concat {} to {}", other.ty().full_name(), v.ty().name())));
    };
    let mut out = me(v)?.to_vec();
    out.extend_from_slice(&right);
    Ok(like(v, out))
}

pub fn mul(v: &Value, n: &Value) -> PyResult {
    let n = as_size(n)?.max(0) as usize;
    if n == 1 {
        return unchanged(v);
    }
    let data = me(v)?;
    match data.len().checked_mul(n) {
        Some(size) if size < 1 << 40 => {
            let out = data.repeat(n);
            drop(data);
            Ok(like(v, out))
        }
        _ => Err(memory_error("")),
    }
}

pub fn mod_(v: &Value, args: &Value) -> PyResult {
    let template = me(v)?.to_vec();
    Ok(like(v, crate::types::str::percent::format_bytes(&template, args)?))
}
pub fn rmod(_v: &Value, _template: &Value) -> PyResult {
    Ok(not_implemented())
}

fn compare(a: &Value, b: &Value, holds: fn(Ordering) -> bool) -> PyResult {
    if a.is(b) {
        return Ok(Value::bool(holds(Ordering::Equal)));
    }
    let both_plain = super::as_bytes(a).is_some() && super::as_bytes(b).is_some();
    let left_is_bytes = a.downcast::<super::Bytes>().is_some();
    if left_is_bytes && !both_plain {
        return Ok(not_implemented());
    }
    let Some(right) = buffer::view(b)? else { return Ok(not_implemented()) };
    Ok(Value::bool(holds(me(a)?.cmp(&right))))
}
macro_rules! comparisons {
    ($($name:ident $holds:ident;)*) => { $(pub fn $name(a: &Value, b: &Value) -> PyResult { compare(a, b, Ordering::$holds) })* };
}
comparisons! { eq is_eq; ne is_ne; lt is_lt; le is_le; gt is_gt; ge is_ge; }

/// A byte or a run of bytes to look for.
pub fn needle(v: &Value) -> PyResult<Vec<u8>> {
    if let Some(b) = buffer::view(v)? {
        return Ok(b.to_vec());
    }
    if is_index(v) {
        let n = sequence::index_value(v)?.as_inline_int().and_then(|n| u8::try_from(n).ok());
        return n.map(|n| vec![n]).ok_or_else(|| value_error("byte must be in range(0, 256)"));
    }
    let got = v.ty().full_name();
    Err(type_error(format!("argument should be integer or bytes-like object, not '{got}'")))
}
