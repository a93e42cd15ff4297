//! Owns: find, index, count, startswith and their kin on bytes. Never: the algorithms (`text::search`).

use super::{buffer, me, ops::needle};
use crate::error::{type_error, value_error};
use crate::methods::*;
use crate::text::search;
use crate::types::str::methods::range;
use crate::types::tuple;

type Search = fn(&[u8], &[u8]) -> Option<usize>;

fn place(v: &Value, sub: &Value, start: &Value, end: &Value, search: Search) -> PyResult<Option<usize>> {
    let sub = needle(sub)?;
    let len = me(v)?.len();
    let Some((from, to)) = range(start, end, len)? else { return Ok(None) };
    let data = me(v)?;
    Ok(data.get(from..to).and_then(|part| search(part, &sub)).map(|at| at + from))
}
fn or_error(at: Option<usize>) -> PyResult {
    at.map(Value::from).ok_or_else(|| value_error("subsection not found"))
}
pub fn find(v: &Value, sub: &Value, start: &Value, end: &Value) -> PyResult {
    Ok(place(v, sub, start, end, search::find)?.map_or(Value::int(-1), Value::from))
}
pub fn rfind(v: &Value, sub: &Value, start: &Value, end: &Value) -> PyResult {
    Ok(place(v, sub, start, end, search::rfind)?.map_or(Value::int(-1), Value::from))
}
pub fn index(v: &Value, sub: &Value, start: &Value, end: &Value) -> PyResult {
    or_error(place(v, sub, start, end, search::find)?)
}
pub fn rindex(v: &Value, sub: &Value, start: &Value, end: &Value) -> PyResult {
    or_error(place(v, sub, start, end, search::rfind)?)
}
pub fn count(v: &Value, sub: &Value, start: &Value, end: &Value) -> PyResult {
    let sub = needle(sub)?;
    let len = me(v)?.len();
    let Some((from, to)) = range(start, end, len)? else { return Ok(Value::int(0)) };
    if sub.is_empty() {
        return Ok(Value::from(to - from + 1));
    }
    let data = me(v)?;
    Ok(Value::from(data.get(from..to).map_or(0, |part| search::count(part, &sub, usize::MAX))))
}

fn affix(v: &Value, affix: &Value, start: &Value, end: &Value, name: &str, test: fn(&[u8], &[u8]) -> bool) -> PyResult {
    let len = me(v)?.len();
    let range = range(start, end, len)?;
    let matches = |affix: &[u8]| -> PyResult<bool> {
        let data = me(v)?;
        Ok(range.and_then(|(from, to)| data.get(from..to)).is_some_and(|part| test(part, affix)))
    };
    if tuple::is_tuple(affix) {
        for one in tuple::items(affix) {
            let one = buffer::required(one)?;
            if matches(&one)? {
                return Ok(TRUE);
            }
        }
        return Ok(FALSE);
    }
    match buffer::view(affix)? {
        Some(one) => Ok(Value::bool(matches(&one)?)),
        None => {
            let got = affix.ty().full_name();
            Err(type_error(format!("{name} first arg must be bytes or a tuple of bytes, not {got}")))
        }
    }
}
pub fn startswith(v: &Value, prefix: &Value, start: &Value, end: &Value) -> PyResult {
    affix(v, prefix, start, end, "startswith", |text, prefix| text.starts_with(prefix))
}
pub fn endswith(v: &Value, suffix: &Value, start: &Value, end: &Value) -> PyResult {
    affix(v, suffix, start, end, "endswith", |text, suffix| text.ends_with(suffix))
}
