//! Owns: the methods that take bytes apart or put them together. Never: the algorithms (`text::split`).

use super::{buffer, like, me, unchanged};
use crate::error::{type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence;
use crate::text::split::{self, Bytes as ByteUnits, Piece};
use crate::text::search;
use crate::types::list::List;
use crate::types::str::split::join_items;
use crate::types::tuple;

fn pieces(v: &Value, data: &[u8], pieces: Vec<Piece>) -> Value {
    List::value(pieces.into_iter().map(|p| like(v, data.get(p).unwrap_or(&[]).to_vec())).collect())
}

type BySep = fn(&[u8], &[u8], usize) -> Vec<Piece>;
type BySpace = fn(&[u8], usize) -> Vec<Piece>;

fn split_with(v: &Value, sep: &Value, maxsplit: &Value, by_sep: BySep, by_space: BySpace) -> PyResult {
    let limit = split::limit(sequence::as_ssize_arg(maxsplit)?);
    let data = me(v)?.to_vec();
    if sep.is_none() {
        return Ok(pieces(v, &data, by_space(&data, limit)));
    }
    let sep = buffer::required(sep)?;
    if sep.is_empty() {
        return Err(value_error("empty separator"));
    }
    Ok(pieces(v, &data, by_sep(&data, &sep, limit)))
}
pub fn split(v: &Value, sep: &Value, maxsplit: &Value) -> PyResult {
    split_with(v, sep, maxsplit, split::split, split::split_space::<ByteUnits>)
}
pub fn rsplit(v: &Value, sep: &Value, maxsplit: &Value) -> PyResult {
    split_with(v, sep, maxsplit, split::rsplit, split::rsplit_space::<ByteUnits>)
}
pub fn splitlines(v: &Value, keepends: &Value) -> PyResult {
    let keepends = sequence::truth(keepends)?;
    let data = me(v)?.to_vec();
    Ok(pieces(v, &data, split::splitlines_bytes(&data, keepends)))
}

fn part(v: &Value, sep: &Value, find: fn(&[u8], &[u8]) -> Option<usize>, last: bool) -> PyResult {
    let needle = buffer::required(sep)?.to_vec();
    if needle.is_empty() {
        return Err(value_error("empty separator"));
    }
    let data = me(v)?.to_vec();
    let Some(at) = find(&data, &needle) else {
        let (whole, empty) = (unchanged(v)?, || like(v, Vec::new()));
        return Ok(tuple::new(if last { vec![empty(), empty(), whole] } else { vec![whole, empty(), empty()] }));
    };
    let middle = if v.downcast::<super::Bytes>().is_some() { sep.clone() } else { like(v, needle.clone()) };
    Ok(tuple::new(vec![like(v, data[..at].to_vec()), middle, like(v, data[at + needle.len()..].to_vec())]))
}
pub fn partition(v: &Value, sep: &Value) -> PyResult {
    part(v, sep, search::find, false)
}
pub fn rpartition(v: &Value, sep: &Value) -> PyResult {
    part(v, sep, search::rfind, true)
}

pub fn join(v: &Value, iterable: &Value) -> PyResult {
    let items = join_items(iterable)?;
    if let [only] = items.as_slice()
        && super::is_exact_bytes(only)
        && super::is_exact_bytes(v)
    {
        return Ok(only.clone());
    }
    let sep = me(v)?.to_vec();
    let mut out = Vec::new();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(&sep);
        }
        match buffer::view(item)? {
            Some(b) => out.extend_from_slice(&b),
            None => {
                let got = item.ty().full_name();
                return Err(type_error(format!("sequence item {i}: expected a bytes-like object, {got} found")));
            }
        }
    }
    Ok(like(v, out))
}
