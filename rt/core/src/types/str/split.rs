//! Owns: the str methods that take text apart or put it together. Never: the algorithms (`text::split`).

use super::{Str, StrBuilder, me, unchanged, value};
use crate::error::{self, type_error, value_error};
use crate::methods::*;
use crate::protocol::{iter, sequence};
use crate::text::split::{self, Piece, Points};
use crate::text::search;
use crate::types::list::List;
use crate::types::tuple;

fn pieces(s: &Str, pieces: Vec<Piece>) -> Value {
    List::value(pieces.into_iter().map(|p| value(s.slice_bytes(p.start, p.end))).collect())
}

type BySep = fn(&[u8], &[u8], usize) -> Vec<Piece>;
type BySpace = fn(&[u8], usize) -> Vec<Piece>;

fn split_with(v: &Value, sep: &Value, maxsplit: &Value, by_sep: BySep, by_space: BySpace) -> PyResult {
    let limit = split::limit(sequence::as_ssize_arg(maxsplit)?);
    let s = me(v)?;
    if sep.is_none() {
        return Ok(pieces(s, by_space(s.as_bytes(), limit)));
    }
    let Some(sep) = sep.as_str_obj() else {
        return Err(type_error(format!("must be str or None, not {}", sep.ty().full_name())));
    };
    if sep.is_empty() {
        return Err(value_error("empty separator"));
    }
    Ok(pieces(s, by_sep(s.as_bytes(), sep.as_bytes(), limit)))
}
pub fn split(v: &Value, sep: &Value, maxsplit: &Value) -> PyResult {
    split_with(v, sep, maxsplit, split::split, split::split_space::<Points>)
}
pub fn rsplit(v: &Value, sep: &Value, maxsplit: &Value) -> PyResult {
    split_with(v, sep, maxsplit, split::rsplit, split::rsplit_space::<Points>)
}
pub fn splitlines(v: &Value, keepends: &Value) -> PyResult {
    let keepends = sequence::truth(keepends)?;
    let s = me(v)?;
    Ok(pieces(s, split::splitlines(s.as_bytes(), keepends)))
}

fn sep_arg(sep: &Value) -> PyResult<&Str> {
    let Some(text) = sep.as_str_obj() else {
        return Err(type_error(format!("must be str, not {}", sep.ty().full_name())));
    };
    if text.is_empty() { Err(value_error("empty separator")) } else { Ok(text) }
}
fn parts(s: &Str, at: usize, sep: &Value, width: usize) -> PyResult {
    let end = s.as_bytes().len();
    Ok(tuple::new(vec![value(s.slice_bytes(0, at)), unchanged(sep)?, value(s.slice_bytes(at + width, end))]))
}
pub fn partition(v: &Value, sep: &Value) -> PyResult {
    let text = sep_arg(sep)?;
    let s = me(v)?;
    match search::find(s.as_bytes(), text.as_bytes()) {
        Some(at) => parts(s, at, sep, text.as_bytes().len()),
        None => Ok(tuple::new(vec![unchanged(v)?, super::empty(), super::empty()])),
    }
}
pub fn rpartition(v: &Value, sep: &Value) -> PyResult {
    let text = sep_arg(sep)?;
    let s = me(v)?;
    match search::rfind(s.as_bytes(), text.as_bytes()) {
        Some(at) => parts(s, at, sep, text.as_bytes().len()),
        None => Ok(tuple::new(vec![super::empty(), super::empty(), unchanged(v)?])),
    }
}

/// The items of an argument of `join`.
pub(crate) fn join_items(iterable: &Value) -> PyResult<Vec<Value>> {
    if tuple::is_tuple(iterable) {
        return Ok(tuple::items(iterable).to_vec());
    }
    if let Some(list) = iterable.downcast::<List>() {
        return Ok(list.to_vec());
    }
    let it = iter::iter(iterable).map_err(|raised| {
        if error::matches(&raised, &error::hierarchy::TYPE_ERROR) {
            drop(error::take(raised));
            return type_error("can only join an iterable");
        }
        raised
    })?;
    iter::collect(&it)
}
pub fn join(v: &Value, iterable: &Value) -> PyResult {
    let sep = me(v)?;
    let items = join_items(iterable)?;
    if let [only] = items.as_slice()
        && only.downcast_exact::<Str>().is_some()
    {
        return Ok(only.clone());
    }
    let mut size = sep.as_bytes().len() * items.len().saturating_sub(1);
    for (i, item) in items.iter().enumerate() {
        match item.as_str_obj() {
            Some(s) => size += s.as_bytes().len(),
            None => {
                let got = item.ty().full_name();
                return Err(type_error(format!("sequence item {i}: expected str instance, {got} found")));
            }
        }
    }
    let mut out = StrBuilder::with_capacity(size);
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_text(sep);
        }
        if let Some(s) = item.as_str_obj() {
            out.push_text(s);
        }
    }
    Ok(value(out.finish()))
}
