//! Owns: the str methods on case, stripping, searching, replacing and padding. Never: the algorithms (`text`).

use super::{Str, me, raise_text, unchanged, value};
use crate::error::{type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence::{as_clamped, as_ssize_arg};
use crate::text::split::Side;
use crate::text::{case, pad, search, split};
use crate::types::tuple;

macro_rules! mapped {
    ($($name:ident)*) => { $(pub fn $name(v: &Value) -> PyResult { Ok(value(case::$name(me(v)?))) })* };
}
mapped! { upper lower title capitalize swapcase casefold }

macro_rules! predicates {
    ($($name:ident $is:ident;)*) => { $(pub fn $name(v: &Value) -> PyResult { Ok(Value::bool(case::$is(me(v)?))) })* };
}
predicates! {
    isalpha is_alpha; isalnum is_alnum; isdecimal is_decimal; isdigit is_digit; isnumeric is_numeric;
    isidentifier is_identifier; islower is_lower; isupper is_upper; istitle is_title; isspace is_space;
    isprintable is_printable;
}
pub fn isascii(v: &Value) -> PyResult {
    Ok(Value::bool(me(v)?.is_ascii()))
}

fn strip_side(v: &Value, chars: &Value, side: Side, name: &str) -> PyResult {
    let s = me(v)?;
    let piece = if chars.is_none() {
        split::strip_space::<split::Points>(s.as_bytes(), side)
    } else {
        let Some(set) = chars.as_str_obj() else {
            return Err(type_error(format!("{name} arg must be None or str")));
        };
        split::strip_points(s.as_bytes(), set.as_bytes(), side)
    };
    if piece == (0..s.as_bytes().len()) {
        return unchanged(v);
    }
    Ok(value(s.slice_bytes(piece.start, piece.end)))
}
pub fn strip(v: &Value, chars: &Value) -> PyResult {
    strip_side(v, chars, Side::Both, "strip")
}
pub fn lstrip(v: &Value, chars: &Value) -> PyResult {
    strip_side(v, chars, Side::Left, "lstrip")
}
pub fn rstrip(v: &Value, chars: &Value) -> PyResult {
    strip_side(v, chars, Side::Right, "rstrip")
}

/// How Argument Clinic names the type of a wrong argument (CPython 3.13: Python/getargs.c, `_PyArg_BadArgument`).
pub(crate) fn shown_type(v: &Value) -> String {
    if v.is_none() { "None".to_owned() } else { v.ty().full_name() }
}

/// A str argument of a method; `what` is as in "find() argument 1".
pub(super) fn str_arg<'a>(v: &'a Value, what: &str) -> PyResult<&'a Str> {
    v.as_str_obj().ok_or_else(|| type_error(format!("{what} must be str, not {}", shown_type(v))))
}

pub fn removeprefix(v: &Value, prefix: &Value) -> PyResult {
    let prefix = str_arg(prefix, "removeprefix() argument")?;
    let s = me(v)?;
    match s.as_bytes().strip_prefix(prefix.as_bytes()) {
        Some(_) if !prefix.is_empty() => Ok(value(s.slice_bytes(prefix.as_bytes().len(), s.as_bytes().len()))),
        _ => unchanged(v),
    }
}
pub fn removesuffix(v: &Value, suffix: &Value) -> PyResult {
    let suffix = str_arg(suffix, "removesuffix() argument")?;
    let s = me(v)?;
    match s.as_bytes().strip_suffix(suffix.as_bytes()) {
        Some(rest) if !suffix.is_empty() => Ok(value(s.slice_bytes(0, rest.len()))),
        _ => unchanged(v),
    }
}

/// Start and end arguments as code points: clamped, `None` when the range is empty backwards.
pub(crate) fn range(start: &Value, end: &Value, len: usize) -> PyResult<Option<(usize, usize)>> {
    let start = if start.is_none() { 0 } else { as_clamped(start)? };
    let end = if end.is_none() { i64::MAX } else { as_clamped(end)? };
    let len = len as i64;
    let fit = |i: i64| if i < 0 { i.saturating_add(len).max(0) } else { i };
    let (start, end) = (fit(start), fit(end).min(len));
    Ok((start <= end).then_some((start as usize, end as usize)))
}

/// The byte range of the start and end arguments.
fn byte_range(s: &Str, start: &Value, end: &Value) -> PyResult<Option<(usize, usize)>> {
    if start.is_none() && end.is_none() {
        return Ok(Some((0, s.as_bytes().len())));
    }
    Ok(range(start, end, s.char_len())?.map(|(from, to)| (s.byte_offset(from), s.byte_offset(to))))
}

type Search = fn(&[u8], &[u8]) -> Option<usize>;

fn place(v: &Value, sub: &Value, start: &Value, end: &Value, name: &str, search: Search) -> PyResult<Option<usize>> {
    let sub = str_arg(sub, name)?;
    let s = me(v)?;
    let Some((from, to)) = byte_range(s, start, end)? else { return Ok(None) };
    Ok(search(&s.as_bytes()[from..to], sub.as_bytes()).map(|at| s.char_offset(from + at)))
}
fn or_minus_one(at: Option<usize>) -> PyResult {
    Ok(at.map_or(Value::int(-1), Value::from))
}
fn or_error(at: Option<usize>) -> PyResult {
    at.map(Value::from).ok_or_else(|| value_error("substring not found"))
}
pub fn find(v: &Value, sub: &Value, start: &Value, end: &Value) -> PyResult {
    or_minus_one(place(v, sub, start, end, "find() argument 1", search::find)?)
}
pub fn rfind(v: &Value, sub: &Value, start: &Value, end: &Value) -> PyResult {
    or_minus_one(place(v, sub, start, end, "rfind() argument 1", search::rfind)?)
}
pub fn index(v: &Value, sub: &Value, start: &Value, end: &Value) -> PyResult {
    or_error(place(v, sub, start, end, "index() argument 1", search::find)?)
}
pub fn rindex(v: &Value, sub: &Value, start: &Value, end: &Value) -> PyResult {
    or_error(place(v, sub, start, end, "rindex() argument 1", search::rfind)?)
}
pub fn count(v: &Value, sub: &Value, start: &Value, end: &Value) -> PyResult {
    let sub = str_arg(sub, "count() argument 1")?;
    let s = me(v)?;
    if sub.is_empty() {
        return Ok(Value::from(range(start, end, s.char_len())?.map_or(0, |(from, to)| to - from + 1)));
    }
    let Some((from, to)) = byte_range(s, start, end)? else { return Ok(Value::int(0)) };
    Ok(Value::from(search::count(&s.as_bytes()[from..to], sub.as_bytes(), usize::MAX)))
}

fn affix(v: &Value, affix: &Value, start: &Value, end: &Value, name: &str, test: fn(&[u8], &[u8]) -> bool) -> PyResult {
    let s = me(v)?;
    let range = byte_range(s, start, end)?;
    let matches = |affix: &Str| range.is_some_and(|(from, to)| test(&s.as_bytes()[from..to], affix.as_bytes()));
    if let Some(one) = affix.as_str_obj() {
        return Ok(Value::bool(matches(one)));
    }
    let got = affix.ty().full_name();
    if !tuple::is_tuple(affix) {
        return Err(type_error(format!("{name} first arg must be str or a tuple of str, not {got}")));
    }
    for one in tuple::items(affix) {
        let Some(text) = one.as_str_obj() else {
            let got = one.ty().full_name();
            return Err(type_error(format!("tuple for {name} must only contain str, not {got}")));
        };
        if matches(text) {
            return Ok(TRUE);
        }
    }
    Ok(FALSE)
}
pub fn startswith(v: &Value, prefix: &Value, start: &Value, end: &Value) -> PyResult {
    affix(v, prefix, start, end, "startswith", |text, prefix| text.starts_with(prefix))
}
pub fn endswith(v: &Value, suffix: &Value, start: &Value, end: &Value) -> PyResult {
    affix(v, suffix, start, end, "endswith", |text, suffix| text.ends_with(suffix))
}

pub fn replace(v: &Value, old: &Value, new: &Value, count: &Value) -> PyResult {
    let old = str_arg(old, "replace() argument 1")?;
    let new = str_arg(new, "replace() argument 2")?;
    let limit = split::limit(as_ssize_arg(count)?);
    let s = me(v)?;
    if limit == 0 {
        return unchanged(v);
    }
    if old.is_empty() {
        if new.is_empty() {
            return unchanged(v);
        }
        return Ok(value(Str::from_wtf8(search::interleave(s.as_bytes(), new.as_bytes(), limit, super::value::width))));
    }
    match search::replace(s.as_bytes(), old.as_bytes(), new.as_bytes(), limit) {
        Some(bytes) => Ok(value(Str::from_wtf8(bytes))),
        None => unchanged(v),
    }
}

/// A width argument: negative is none.
fn width_arg(width: &Value) -> PyResult<usize> {
    Ok(usize::try_from(as_ssize_arg(width)?).unwrap_or(0))
}
fn fill_arg(fill: &Value) -> PyResult<u32> {
    let Some(text) = fill.as_str_obj() else {
        let got = fill.ty().full_name();
        return Err(type_error(format!("The fill character must be a unicode character, not {got}")));
    };
    if text.char_len() != 1 {
        return Err(type_error("The fill character must be exactly one character long"));
    }
    Ok(text.char_at(0))
}
fn padded(v: &Value, left: usize, right: usize, fill: u32) -> PyResult {
    if left == 0 && right == 0 {
        return unchanged(v);
    }
    if left + right > 1 << 46 {
        return Err(crate::error::memory_error(""));
    }
    Ok(value(pad::pad(me(v)?, left, right, fill)))
}
pub fn center(v: &Value, width: &Value, fill: &Value) -> PyResult {
    let width = width_arg(width)?;
    let (left, right) = pad::center_split(me(v)?.char_len(), width);
    padded(v, left, right, fill_arg(fill)?)
}
pub fn ljust(v: &Value, width: &Value, fill: &Value) -> PyResult {
    let width = width_arg(width)?;
    padded(v, 0, width.saturating_sub(me(v)?.char_len()), fill_arg(fill)?)
}
pub fn rjust(v: &Value, width: &Value, fill: &Value) -> PyResult {
    let width = width_arg(width)?;
    padded(v, width.saturating_sub(me(v)?.char_len()), 0, fill_arg(fill)?)
}
pub fn zfill(v: &Value, width: &Value) -> PyResult {
    let s = me(v)?;
    let width = width_arg(width)?;
    if width <= s.char_len() {
        return unchanged(v);
    }
    if width > 1 << 46 {
        return Err(crate::error::memory_error(""));
    }
    Ok(value(Str::from_wtf8(pad::zfill_bytes(s.as_bytes(), s.char_len(), width))))
}
pub fn expandtabs(v: &Value, tabsize: &Value) -> PyResult {
    let tabsize = width_arg(tabsize)?;
    if tabsize > i32::MAX as usize {
        return Err(raise_text(crate::text::error::TextError::overflow("Python int too large to convert to C int")));
    }
    let s = me(v)?;
    if memchr::memchr(b'\t', s.as_bytes()).is_none() {
        return unchanged(v);
    }
    Ok(value(Str::from_wtf8(pad::expandtabs(s.as_bytes(), tabsize, true))))
}
