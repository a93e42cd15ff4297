//! Owns: iterating over any value: `iter`, `next`, collecting, unpacking, and `Iter`, the iterator of
//! loops in generated code, which walks lists, tuples, ranges and dictionaries without an object.
//! Never: defines iterator types; those are in `types::iterators`.
//! Source: CPython 3.13, Objects/abstract.c (`PyObject_GetIter`, `PyIter_Next`), Python/ceval.c
//! (`_PyEval_UnpackIterable`).

use crate::error::hierarchy::STOP_ITERATION;
use crate::error::{self, PyResult, type_error, value_error};
use crate::protocol::call::call_special;
use crate::types::class::special::Special;
use crate::types::dict::{Dict, DictCursor};
use crate::types::list::List;
use crate::types::tuple::{self, Tuple};
use crate::value::{Tag, Value};

/// `iter(v)`.
pub fn iter(v: &Value) -> PyResult {
    let ty = v.ty();
    if let Some(hook) = ty.hooks().iter
        && ty.special_is_native(Special::Iter)
    {
        return hook(v);
    }
    if let Some(f) = ty.special(Special::Iter) {
        if f.is_none() {
            return Err(not_iterable(v));
        }
        let f = f.clone();
        let it = call_special(&f, v, &[])?;
        if !is_iterator(&it) {
            return Err(type_error(format!("iter() returned non-iterator of type '{}'", it.ty().full_name())));
        }
        return Ok(it);
    }
    if ty.special(Special::GetItem).is_some() && !v.is_none() {
        return Ok(crate::types::iterators::sequence(v.clone()));
    }
    Err(not_iterable(v))
}
#[cold]
fn not_iterable(v: &Value) -> error::Raised {
    type_error(format!("'{}' object is not iterable", v.ty().full_name()))
}
/// True when the value has `__next__`.
pub fn is_iterator(v: &Value) -> bool {
    v.ty().hooks().next.is_some() || v.ty().special(Special::Next).is_some_and(|f| !f.is_none())
}

/// The next item of an iterator; `None` at its end.
#[inline]
pub fn next(it: &Value) -> PyResult<Option<Value>> {
    let ty = it.ty();
    if let Some(hook) = ty.hooks().next
        && (ty.is_static() || ty.special_is_native(Special::Next))
    {
        let r = hook(it);
        return if r.is_err() { ended(r) } else { r };
    }
    next_slow(it)
}
/// A StopIteration that a native iterator lets through (from the function of `map`) ends it too.
#[cold]
fn ended(r: PyResult<Option<Value>>) -> PyResult<Option<Value>> {
    match r {
        Err(e) if crate::error::matches(&e, &crate::error::hierarchy::STOP_ITERATION) => {
            drop(crate::error::take(e));
            Ok(None)
        }
        other => other,
    }
}
#[inline(never)]
fn next_slow(it: &Value) -> PyResult<Option<Value>> {
    let Some(f) = it.ty().special(Special::Next).filter(|f| !f.is_none()) else {
        return Err(type_error(format!("'{}' object is not an iterator", it.ty().full_name())));
    };
    let f = f.clone();
    match call_special(&f, it, &[]) {
        Ok(v) => Ok(Some(v)),
        Err(r) if error::matches(&r, &STOP_ITERATION) => {
            drop(error::take(r));
            Ok(None)
        }
        Err(r) => Err(r),
    }
}

/// An iterator for loops.
pub enum Iter {
    List { list: Value, at: usize },
    Tuple { tuple: Value, at: usize },
    Range { next: i64, step: i64, left: u64 },
    Keys { dict: Value, cursor: DictCursor },
    Object(Value),
    Done,
}

impl Iter {
    #[inline]
    pub fn new(v: &Value) -> PyResult<Iter> {
        if v.tag() == Tag::Obj {
            if v.downcast_exact::<List>().is_some() {
                return Ok(Iter::List { list: v.clone(), at: 0 });
            }
            if v.downcast_exact::<Tuple>().is_some() {
                return Ok(Iter::Tuple { tuple: v.clone(), at: 0 });
            }
            if let Some(d) = v.downcast_exact::<Dict>() {
                return Ok(Iter::Keys { dict: v.clone(), cursor: d.cursor() });
            }
            if let Some((next, step, left)) = crate::types::range::small(v) {
                return Ok(Iter::Range { next, step, left });
            }
        }
        iter(v).map(Iter::Object)
    }
    /// The next item; `None` at the end.
    #[inline]
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> PyResult<Option<Value>> {
        match self {
            Iter::List { list, at } => {
                if let Some(x) = list.downcast_exact::<List>().and_then(|l| l.get(*at)) {
                    *at += 1;
                    return Ok(Some(x));
                }
            }
            Iter::Tuple { tuple, at } => {
                if let Some(x) = tuple::items(tuple).get(*at) {
                    *at += 1;
                    return Ok(Some(x.clone()));
                }
            }
            Iter::Range { next, step, left } => {
                if *left > 0 {
                    *left -= 1;
                    let v = *next;
                    *next = v.wrapping_add(*step);
                    return Ok(Some(Value::int(v)));
                }
            }
            Iter::Keys { dict, cursor } => {
                if let Some(d) = dict.downcast_exact::<Dict>()
                    && let Some((k, _)) = d.advance(cursor)?
                {
                    return Ok(Some(k));
                }
            }
            Iter::Object(it) => return next(it),
            Iter::Done => return Ok(None),
        }
        *self = Iter::Done;
        Ok(None)
    }
    /// The iterator as an object, for code that needs one.
    pub fn into_value(self) -> PyResult {
        match self {
            Iter::Object(it) => Ok(it),
            Iter::List { list, at } => Ok(crate::types::iterators::list_at(list, at)),
            Iter::Tuple { tuple, at } => Ok(crate::types::iterators::tuple_at(tuple, at)),
            Iter::Keys { dict, .. } => iter(&dict),
            Iter::Range { next, step, left } => Ok(crate::types::range::iterator(next, step, left)),
            Iter::Done => iter(&tuple::empty()),
        }
    }
}

/// All items of an iterable (`list(v)`).
pub fn collect(v: &Value) -> PyResult<Vec<Value>> {
    if let Some(l) = v.downcast_exact::<List>() {
        return Ok(l.to_vec());
    }
    if let Some(t) = v.downcast_exact::<Tuple>() {
        return Ok(t.items().to_vec());
    }
    let mut it = Iter::new(v)?;
    let hint = match &it {
        Iter::Range { left, .. } => *left as usize,
        Iter::List { .. } | Iter::Tuple { .. } | Iter::Keys { .. } | Iter::Object(_) | Iter::Done => super::sequence::length_hint(v, 0)?,
    };
    let mut out = Vec::with_capacity(hint.min(1 << 20));
    while let Some(x) = it.next()? {
        out.push(x);
    }
    Ok(out)
}
/// Calls `f` with every item.
pub fn for_each(v: &Value, mut f: impl FnMut(Value) -> PyResult<()>) -> PyResult<()> {
    let mut it = Iter::new(v)?;
    while let Some(x) = it.next()? {
        f(x)?;
    }
    Ok(())
}

fn unpack_iter(v: &Value) -> PyResult<Iter> {
    match Iter::new(v) {
        Ok(it) => Ok(it),
        Err(r) if error::matches(&r, &error::hierarchy::TYPE_ERROR) && !has_iteration(v) => {
            drop(error::take(r));
            Err(type_error(format!("cannot unpack non-iterable {} object", v.ty().full_name())))
        }
        Err(r) => Err(r),
    }
}
fn has_iteration(v: &Value) -> bool {
    let ty = v.ty();
    ty.hooks().iter.is_some() || ty.special(Special::Iter).is_some() || ty.special(Special::GetItem).is_some()
}
#[cold]
fn too_few(want: usize, got: usize) -> error::Raised {
    value_error(format!("not enough values to unpack (expected {want}, got {got})"))
}
#[cold]
fn too_many(want: usize) -> error::Raised {
    value_error(format!("too many values to unpack (expected {want})"))
}

/// `a, b, … = v`.
#[inline]
pub fn unpack<const N: usize>(v: &Value) -> PyResult<[Value; N]> {
    if let Some(t) = v.downcast_exact::<Tuple>() {
        let items = t.items();
        if let Ok(a) = <&[Value; N]>::try_from(items) {
            return Ok(a.clone());
        }
        return Err(if items.len() < N { too_few(N, items.len()) } else { too_many(N) });
    }
    let items = unpack_vec(v, N)?;
    match <[Value; N]>::try_from(items) {
        Ok(a) => Ok(a),
        Err(items) => Err(too_few(N, items.len())),
    }
}
/// Exactly `n` items of an iterable.
pub fn unpack_vec(v: &Value, n: usize) -> PyResult<Vec<Value>> {
    let mut it = unpack_iter(v)?;
    let mut out = Vec::with_capacity(n);
    while out.len() < n {
        match it.next()? {
            Some(x) => out.push(x),
            None => return Err(too_few(n, out.len())),
        }
    }
    match it.next()? {
        None => Ok(out),
        Some(_) => Err(too_many(n)),
    }
}
/// `a, *rest, b = v`: `before` items, the list of the rest, `after` items.
pub fn unpack_star(v: &Value, before: usize, after: usize) -> PyResult<(Vec<Value>, Value, Vec<Value>)> {
    let mut it = unpack_iter(v)?;
    let least = before + after;
    let few = |got: usize| value_error(format!("not enough values to unpack (expected at least {least}, got {got})"));
    let mut head = Vec::with_capacity(before);
    while head.len() < before {
        match it.next()? {
            Some(x) => head.push(x),
            None => return Err(few(head.len())),
        }
    }
    let mut rest = vec![];
    if let Iter::Object(o) = &it {
        super::sequence::length_hint(o, 0)?;
    }
    while let Some(x) = it.next()? {
        rest.push(x);
    }
    if rest.len() < after {
        return Err(few(before + rest.len()));
    }
    let tail = rest.split_off(rest.len() - after);
    Ok((head, List::value(rest), tail))
}
/// `a, *rest, b = v` with the number of names known: all values in order, the rest as a list at
/// position `star`.
pub fn unpack_ex<const N: usize>(v: &Value, star: usize) -> PyResult<[Value; N]> {
    let (mut all, rest, tail) = unpack_star(v, star, N - 1 - star)?;
    all.push(rest);
    all.extend(tail);
    match <[Value; N]>::try_from(all) {
        Ok(a) => Ok(a),
        Err(all) => Err(too_few(N, all.len())),
    }
}
