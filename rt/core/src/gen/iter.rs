//! Owns: loops, displays and unpacking in the form generated code spells them. Never: iteration itself.

use super::{Arg, Item};
use crate::error::{PyResult, type_error};
use crate::name::Name;
use crate::protocol::iter as iteration;
use crate::types::dict::{self, Dict};
use crate::types::list::List;
use crate::types::tuple as tuples;
use crate::value::Value;

pub use crate::protocol::iter::{Iter, unpack};

/// The iterator of a `for` loop.
#[inline]
pub fn iter(v: &Value) -> PyResult<Iter> {
    Iter::new(v)
}
/// The iterator as an object: what a generator expression is given.
pub fn iter_value(v: &Value) -> PyResult {
    iteration::iter(v)
}
/// A loop over something that already is an iterator.
pub fn iter_of(v: &Value) -> Iter {
    Iter::Object(v.clone())
}

/// `a, *rest, b = v`
pub fn unpack_star<const B: usize, const A: usize>(v: &Value) -> PyResult<([Value; B], Value, [Value; A])> {
    let (before, rest, after) = iteration::unpack_star(v, B, A)?;
    match (before.try_into(), after.try_into()) {
        (Ok(before), Ok(after)) => Ok((before, rest, after)),
        _ => Err(type_error("unpacking")),
    }
}

pub fn list(items: impl Into<Vec<Value>>) -> Value {
    List::value(items.into())
}
pub fn tuple(items: impl Into<Vec<Value>>) -> Value {
    tuples::new(items.into())
}
/// The items of a display with stars.
pub fn collect(parts: &[Arg]) -> PyResult<Vec<Value>> {
    let mut out = vec![];
    for part in parts {
        match part {
            Arg::One(v) | Arg::Named(_, v) => out.push(v.clone()),
            Arg::Star(v) | Arg::Unpack(v) => {
                if crate::protocol::attr::type_attr(v, Name::new("__iter__"))?.is_none()
                    && crate::protocol::attr::type_attr(v, Name::new("__getitem__"))?.is_none()
                {
                    return Err(type_error(format!("Value after * must be an iterable, not {}", v.ty().full_name())));
                }
                out.extend(iteration::collect(v)?);
            }
        }
    }
    Ok(out)
}

/// An empty dict.
pub fn dict(_: [(); 0]) -> Value {
    Dict::new_value()
}
/// `{k: v, …}`
pub fn dict_of(items: &[(Value, Value)]) -> PyResult {
    let made = Dict::new_value();
    for (k, v) in items {
        dict_set(&made, k, v.clone())?;
    }
    Ok(made)
}
pub fn dict_spread(items: &[Item]) -> PyResult {
    let made = Dict::new_value();
    for item in items {
        match item {
            Item::Pair(k, v) => dict_set(&made, k, v.clone())?,
            Item::Unpack(m) => {
                if crate::protocol::attr::type_attr(m, Name::new("keys"))?.is_none() {
                    return Err(type_error(format!("'{}' object is not a mapping", m.ty().full_name())));
                }
                for (k, v) in dict::items_of(m)? {
                    dict_set(&made, &k, v)?;
                }
            }
        }
    }
    Ok(made)
}
/// Stores in a dict that generated code made itself.
pub fn dict_set(d: &Value, k: &Value, v: Value) -> PyResult<()> {
    match d.downcast_exact::<Dict>() {
        Some(d) => d.set(k.clone(), v),
        None => Ok(()),
    }
}

/// An empty set.
pub fn set(_: [(); 0]) -> Value {
    crate::types::set::empty_set()
}
pub fn set_of(items: &[Value]) -> PyResult {
    let made = crate::types::set::empty_set();
    for item in items {
        set_add(&made, item)?;
    }
    Ok(made)
}
pub fn set_spread(parts: &[Arg]) -> PyResult {
    set_of(&collect(parts)?)
}
pub fn set_add(set: &Value, item: &Value) -> PyResult<()> {
    match crate::types::set::as_set(set) {
        Some(s) => s.add(item.clone()),
        None => Ok(()),
    }
}

/// The items of `range(start, end, step)` as native ints.
pub fn range_step(start: i64, end: i64, step: i64) -> PyResult<impl Iterator<Item = i64>> {
    if step == 0 {
        return Err(crate::error::value_error("range() arg 3 must not be zero"));
    }
    let mut next = Some(start);
    Ok(std::iter::from_fn(move || {
        let at = next?;
        if (step > 0 && at >= end) || (step < 0 && at <= end) {
            return None;
        }
        next = at.checked_add(step);
        Some(at)
    }))
}
