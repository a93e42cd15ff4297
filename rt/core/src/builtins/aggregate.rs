//! Owns: builtins that consume an iterable: `all any sum min max sorted`, and `iter next len zip`'s
//! function part.
//! Never: defines iterator types.
//! Source: CPython 3.13, Python/bltinmodule.c.

use crate::error::{stop_iteration, type_error, value_error};
use crate::methods::*;
use crate::num::sum::Compensated;
use crate::protocol::call::call;
use crate::protocol::iter::{self, Iter};
use crate::protocol::sequence::{self, truth};
use crate::protocol::{compare, number};
use crate::types::class::special::Special;
use crate::types::{bytes, iterators, list};
use crate::value::Tag;

pub fn all(v: &Value) -> PyResult {
    let mut it = Iter::new(v)?;
    while let Some(x) = it.next()? {
        if !truth(&x)? {
            return Ok(FALSE);
        }
    }
    Ok(TRUE)
}
pub fn any(v: &Value) -> PyResult {
    let mut it = Iter::new(v)?;
    while let Some(x) = it.next()? {
        if truth(&x)? {
            return Ok(TRUE);
        }
    }
    Ok(FALSE)
}

/// `sum(v, start)`: machine ints and floats (compensated) in registers while the items are such.
pub fn sum(v: &Value, start: &Value) -> PyResult {
    if start.as_str_obj().is_some() {
        return Err(type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    if start.is_obj() && start.ty().is_subtype(&bytes::BYTES) {
        return Err(type_error("sum() can't sum bytes [use b''.join(seq) instead]"));
    }
    if start.is_obj() && start.ty().is_subtype(&bytes::BYTEARRAY) {
        return Err(type_error("sum() can't sum bytearray [use b''.join(seq) instead]"));
    }
    let mut it = Iter::new(v)?;
    let mut total = start.clone();
    loop {
        if let Some(mut n) = total.as_inline_int() {
            let next = loop {
                match it.next()? {
                    None => return Ok(Value::int(n)),
                    Some(x) if matches!(x.tag(), Tag::Int | Tag::Bool) => match n.checked_add(x.bits() as i64) {
                        Some(m) => n = m,
                        None => break x,
                    },
                    Some(x) => break x,
                }
            };
            total = number::add(&Value::int(n), &next)?;
        } else if let Some(f) = total.as_inline_float() {
            let mut c = Compensated::new(f);
            let next = loop {
                match it.next()? {
                    None => return Ok(Value::float(c.total())),
                    Some(x) => match x.tag() {
                        Tag::Float => c.add(f64::from_bits(x.bits())),
                        Tag::Int | Tag::Bool => c.add_int(x.bits() as i64 as f64),
                        Tag::None | Tag::Unbound | Tag::Obj => break x,
                    },
                }
            };
            total = number::add(&Value::float(c.total()), &next)?;
        } else {
            match it.next()? {
                None => return Ok(total),
                Some(x) => total = number::add(&total, &x)?,
            }
        }
    }
}

fn extreme(name: &str, op: Special, all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let (mut key, mut default) = (NONE, UNBOUND);
    for (k, v) in kw.iter().zip(&all[pos.len()..]) {
        match k.as_str() {
            "key" => key = v.clone(),
            "default" => default = v.clone(),
            other => return Err(crate::def::unexpected_keyword(name, other, ["key", "default"].into_iter())),
        }
    }
    let mut it = match pos {
        [] => return Err(type_error(format!("{name} expected at least 1 argument, got 0"))),
        [v] => Iter::new(v)?,
        more => {
            if !default.is_unbound() {
                return Err(type_error(format!("Cannot specify a default for {name}() with multiple positional arguments")));
            }
            Iter::Tuple { tuple: crate::types::tuple::new(more.to_vec()), at: 0 }
        }
    };
    let mut best: Option<(Value, Value)> = None;
    while let Some(x) = it.next()? {
        let k = if key.is_none() { x.clone() } else { call(&key, std::slice::from_ref(&x))? };
        best = Some(match best {
            None => (k, x),
            Some((bk, bx)) => {
                if truth(&compare::rich(op, &k, &bk)?)? {
                    (k, x)
                } else {
                    (bk, bx)
                }
            }
        });
    }
    match best {
        Some((_, x)) => Ok(x),
        None if default.is_unbound() => Err(value_error(format!("{name}() iterable argument is empty"))),
        None => Ok(default),
    }
}
pub fn min(all: &[Value], kw: &[Name]) -> PyResult {
    extreme("min", Special::Lt, all, kw)
}
pub fn max(all: &[Value], kw: &[Name]) -> PyResult {
    extreme("max", Special::Gt, all, kw)
}
fn sorted(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    if pos != 1 {
        return Err(type_error(format!("sorted expected 1 argument, got {pos}")));
    }
    let (key, reverse) = list::sort_options("sort", kw, &all[pos..])?;
    list::sorted(&all[0], &key, reverse)
}
fn iter_(v: &Value, sentinel: &Value) -> PyResult {
    if sentinel.is_unbound() {
        return iter::iter(v);
    }
    if !super::objects::is_callable(v) {
        return Err(type_error("iter(v, w): v must be callable"));
    }
    Ok(iterators::callable(v.clone(), sentinel.clone()))
}
fn next(it: &Value, default: &Value) -> PyResult {
    if !iter::is_iterator(it) {
        return Err(type_error(format!("'{}' object is not an iterator", it.ty().full_name())));
    }
    if default.is_unbound() {
        // The StopIteration of a `__next__` in Python passes through as it is, value included.
        if let Some(f) = it.ty().special(Special::Next).cloned()
            && (!it.ty().special_is_native(Special::Next) || it.ty().hooks().next.is_none())
        {
            return crate::protocol::call::call_special(&f, it, &[]);
        }
        if it.ty().name() == "generator"
            && let Some(f) = it.ty().special(Special::Next).cloned()
        {
            return crate::protocol::call::call_special(&f, it, &[]);
        }
        return iter::next(it)?.ok_or_else(|| stop_iteration(NONE));
    }
    Ok(iter::next(it)?.unwrap_or_else(|| default.clone()))
}
fn len(v: &Value) -> PyResult {
    Ok(Value::int(sequence::len(v)?))
}

pub(super) static METHODS: &[Method] = &[
    Method::new("all(iterable, /)", F1(all)),
    Method::new("any(iterable, /)", F1(any)),
    Method::new("sum(iterable, /, start=0)", F2(sum)),
    Method::new("min(*args, key=None, default=...)", Raw(min)),
    Method::new("max(*args, key=None, default=...)", Raw(max)),
    Method::new("sorted(iterable, /, *, key=None, reverse=False)", Raw(sorted)),
    Method::new("iter(object, sentinel=..., /)", F2(iter_)),
    Method::new("next(iterator, default=..., /)", F2(next)),
    Method::new("len(obj, /)", F1(len)),
    Method::new("aiter(async_iterable, /)", F1(crate::frame::async_generator::builtin_aiter)),
    Method::new("anext(async_iterator, default=..., /)", F2(crate::frame::async_generator::builtin_anext)),
];
