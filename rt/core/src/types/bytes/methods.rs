//! Owns: stripping, replacing, padding and translating bytes. Never: the algorithms (`text`).

use super::{buffer, like, me, unchanged, value};
use crate::error::{memory_error, overflow_error, type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence::as_ssize_arg;
use crate::text::split::{self, Side};
use crate::text::{pad, search};

fn strip_side(v: &Value, set: &Value, side: Side) -> PyResult {
    let piece = if set.is_none() {
        split::strip_space::<split::Bytes>(&me(v)?, side)
    } else {
        let set = buffer::required(set)?;
        split::strip_bytes(&me(v)?, &set, side)
    };
    let data = me(v)?;
    if piece == (0..data.len()) {
        drop(data);
        return unchanged(v);
    }
    let rest = data.get(piece).unwrap_or(&[]).to_vec();
    drop(data);
    Ok(like(v, rest))
}
pub fn strip(v: &Value, set: &Value) -> PyResult {
    strip_side(v, set, Side::Both)
}
pub fn lstrip(v: &Value, set: &Value) -> PyResult {
    strip_side(v, set, Side::Left)
}
pub fn rstrip(v: &Value, set: &Value) -> PyResult {
    strip_side(v, set, Side::Right)
}

pub fn removeprefix(v: &Value, prefix: &Value) -> PyResult {
    let prefix = buffer::required(prefix)?.to_vec();
    let rest = me(v)?.strip_prefix(prefix.as_slice()).map(<[u8]>::to_vec);
    match rest {
        Some(rest) if !prefix.is_empty() => Ok(like(v, rest)),
        _ => unchanged(v),
    }
}
pub fn removesuffix(v: &Value, suffix: &Value) -> PyResult {
    let suffix = buffer::required(suffix)?.to_vec();
    let rest = me(v)?.strip_suffix(suffix.as_slice()).map(<[u8]>::to_vec);
    match rest {
        Some(rest) if !suffix.is_empty() => Ok(like(v, rest)),
        _ => unchanged(v),
    }
}

pub fn replace(v: &Value, old: &Value, new: &Value, count: &Value) -> PyResult {
    let old = buffer::required(old)?.to_vec();
    let new = buffer::required(new)?.to_vec();
    let limit = split::limit(as_ssize_arg(count)?);
    let data = me(v)?.to_vec();
    if limit == 0 || (old.is_empty() && new.is_empty()) {
        return unchanged(v);
    }
    if old.is_empty() {
        return Ok(like(v, search::interleave(&data, &new, limit, |_| 1)));
    }
    match search::replace(&data, &old, &new, limit) {
        Some(out) => Ok(like(v, out)),
        None => unchanged(v),
    }
}

pub fn maketrans(from: &Value, to: &Value) -> PyResult {
    let from = buffer::required(from)?;
    let to = buffer::required(to)?;
    if from.len() != to.len() {
        return Err(value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&a, &b) in from.iter().zip(to.iter()) {
        table[usize::from(a)] = b;
    }
    Ok(value(table))
}

pub fn translate(v: &Value, table: &Value, delete: &Value) -> PyResult {
    let table = if table.is_none() { None } else { Some(buffer::required(table)?.to_vec()) };
    if table.as_ref().is_some_and(|t| t.len() != 256) {
        return Err(value_error("translation table must be 256 characters long"));
    }
    let delete = if delete.is_unbound() { Vec::new() } else { buffer::required(delete)?.to_vec() };
    let map = |b: &u8| table.as_ref().and_then(|t| t.get(usize::from(*b)).copied()).unwrap_or(*b);
    let out = me(v)?.iter().filter(|b| !delete.contains(b)).map(map).collect();
    Ok(like(v, out))
}

fn width_arg(width: &Value) -> PyResult<usize> {
    let width = usize::try_from(as_ssize_arg(width)?).unwrap_or(0);
    if width > 1 << 46 { Err(memory_error("")) } else { Ok(width) }
}
fn fill_arg(fill: &Value, name: &str) -> PyResult<u8> {
    if fill.is_unbound() {
        return Ok(b' ');
    }
    let bytes = super::as_bytes(fill);
    match bytes.as_deref() {
        Some([only]) => Ok(*only),
        _ => {
            let got = crate::types::str::methods::shown_type(fill);
            Err(type_error(format!("{name}() argument 2 must be a byte string of length 1, not {got}")))
        }
    }
}
fn padded(v: &Value, left: usize, right: usize, fill: u8) -> PyResult {
    if left + right == 0 {
        return unchanged(v);
    }
    let mut out = vec![fill; left];
    out.extend_from_slice(&me(v)?);
    out.resize(out.len() + right, fill);
    Ok(like(v, out))
}
pub fn center(v: &Value, width: &Value, fill: &Value) -> PyResult {
    let (left, right) = pad::center_split(me(v)?.len(), width_arg(width)?);
    padded(v, left, right, fill_arg(fill, "center")?)
}
pub fn ljust(v: &Value, width: &Value, fill: &Value) -> PyResult {
    let pad = width_arg(width)?.saturating_sub(me(v)?.len());
    padded(v, 0, pad, fill_arg(fill, "ljust")?)
}
pub fn rjust(v: &Value, width: &Value, fill: &Value) -> PyResult {
    let pad = width_arg(width)?.saturating_sub(me(v)?.len());
    padded(v, pad, 0, fill_arg(fill, "rjust")?)
}
pub fn zfill(v: &Value, width: &Value) -> PyResult {
    let width = width_arg(width)?;
    let data = me(v)?.to_vec();
    if width <= data.len() {
        return unchanged(v);
    }
    Ok(like(v, pad::zfill_bytes(&data, data.len(), width)))
}
pub fn expandtabs(v: &Value, tabsize: &Value) -> PyResult {
    let tabsize = as_ssize_arg(tabsize)?;
    if tabsize > i32::MAX.into() {
        return Err(overflow_error("Python int too large to convert to C int"));
    }
    let out = pad::expandtabs(&me(v)?, usize::try_from(tabsize).unwrap_or(0), false);
    Ok(like(v, out))
}
