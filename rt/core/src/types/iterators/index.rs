//! Owns: iterators over lists, tuples and strings: the sequence and a position.
//! Never: keeps the sequence after its end was reached.
//! Source: CPython 3.13, Objects/listobject.c, Objects/tupleobject.c, Objects/unicodeobject.c.

use crate::def::{F1, F2, Method};
use crate::error::PyResult;
use crate::object::{self, Native, Payload};
use crate::protocol::sequence::as_clamped;
use crate::types::class::Type;
use crate::types::list::List;
use crate::types::str::value::Str;
use crate::types::tuple;
use crate::value::{NONE, Value};
use std::cell::{Cell, RefCell};

pub struct IndexIter {
    /// None once the end was reached.
    seq: RefCell<Value>,
    at: Cell<usize>,
}
impl Payload for IndexIter {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.seq.borrow());
    }
    fn clear(&self) {
        drop(self.seq.replace(NONE));
    }
}
impl Native for IndexIter {
    fn class() -> &'static Type {
        &LIST_ITER
    }
}
fn make(ty: &'static Type, seq: Value, at: usize) -> Value {
    object::new(ty, IndexIter { seq: RefCell::new(seq), at: Cell::new(at) })
}
pub fn list_at(list: Value, at: usize) -> Value {
    make(&LIST_ITER, list, at)
}
pub fn tuple_at(tuple: Value, at: usize) -> Value {
    make(&TUPLE_ITER, tuple, at)
}
/// `reversed(list)`; the position is one past the next item.
pub fn list_reversed(list: Value) -> Value {
    let n = list.downcast::<List>().map_or(0, List::len);
    make(&LIST_REVERSE, list, n)
}
/// `iter(str)`; the position counts bytes.
pub fn str_iter(v: &Value) -> PyResult {
    let ascii = v.as_str_obj().is_some_and(Str::is_ascii);
    Ok(make(if ascii { &STR_ASCII_ITER } else { &STR_ITER }, v.clone(), 0))
}

fn body(v: &Value) -> Option<&IndexIter> {
    v.downcast::<IndexIter>()
}
fn finish(it: &IndexIter) {
    drop(it.seq.replace(NONE));
}
fn list_next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = body(v) else { return Ok(None) };
    let found = {
        let seq = it.seq.borrow();
        let Some(l) = seq.downcast::<List>() else { return Ok(None) };
        l.get(it.at.get())
    };
    match found {
        Some(x) => {
            it.at.set(it.at.get() + 1);
            Ok(Some(x))
        }
        None => {
            finish(it);
            Ok(None)
        }
    }
}
fn list_reverse_next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = body(v) else { return Ok(None) };
    let found = {
        let seq = it.seq.borrow();
        let Some(l) = seq.downcast::<List>() else { return Ok(None) };
        it.at.get().checked_sub(1).and_then(|i| l.get(i).map(|x| (i, x)))
    };
    match found {
        Some((i, x)) => {
            it.at.set(i);
            Ok(Some(x))
        }
        None => {
            finish(it);
            Ok(None)
        }
    }
}
fn tuple_next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = body(v) else { return Ok(None) };
    let found = tuple::items(&it.seq.borrow()).get(it.at.get()).cloned();
    match found {
        Some(x) => {
            it.at.set(it.at.get() + 1);
            Ok(Some(x))
        }
        None => {
            finish(it);
            Ok(None)
        }
    }
}
fn str_next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = body(v) else { return Ok(None) };
    let found = {
        let seq = it.seq.borrow();
        let Some(s) = seq.as_str_obj() else { return Ok(None) };
        let at = it.at.get();
        crate::types::str::value::decode_at(s.as_bytes(), at).map(|(point, width)| (at + width, point))
    };
    match found {
        Some((end, point)) => {
            it.at.set(end);
            Ok(Some(crate::types::str::of_code_point(point)))
        }
        None => {
            finish(it);
            Ok(None)
        }
    }
}
fn left(it: &IndexIter) -> usize {
    let seq = it.seq.borrow();
    if let Some(l) = seq.downcast::<List>() {
        return l.len().saturating_sub(it.at.get());
    }
    if let Some(s) = seq.as_str_obj() {
        return crate::types::str::value::count_chars(s.as_bytes().get(it.at.get()..).unwrap_or(&[]));
    }
    tuple::items(&seq).len().saturating_sub(it.at.get())
}
fn hint(v: &Value) -> PyResult {
    Ok(body(v).map_or(0, left).into())
}
fn reverse_hint(v: &Value) -> PyResult {
    let Some(it) = body(v) else { return Ok(Value::int(0)) };
    let n = it.seq.borrow().downcast::<List>().map_or(0, List::len);
    Ok((if it.at.get() > n { 0 } else { it.at.get() }).into())
}
fn reduce(v: &Value) -> PyResult {
    let iter = crate::builtins::by_name("iter");
    let Some(it) = body(v) else { return Ok(NONE) };
    let seq = it.seq.borrow().clone();
    if seq.is_none() {
        let empty = if std::ptr::eq(v.ty(), &TUPLE_ITER) { tuple::empty() } else { List::value(vec![]) };
        return Ok(tuple::of([iter, tuple::of([empty])]));
    }
    Ok(tuple::of([iter, tuple::of([seq]), it.at.get().into()]))
}
fn setstate(v: &Value, state: &Value) -> PyResult {
    if let Some(it) = body(v) {
        it.at.set(as_clamped(state)?.max(0) as usize);
    }
    Ok(NONE)
}

crate::iterator_type!(LIST_ITER, "list_iterator", IndexIter, list_next, [
    Method::new("__length_hint__(self, /)", F1(hint)),
    Method::new("__reduce__(self, /)", F1(reduce)),
    Method::new("__setstate__(self, state, /)", F2(setstate)),
]);
crate::iterator_type!(LIST_REVERSE, "list_reverseiterator", IndexIter, like LIST_ITER, list_reverse_next, [
    Method::new("__length_hint__(self, /)", F1(reverse_hint)),
]);
crate::iterator_type!(TUPLE_ITER, "tuple_iterator", IndexIter, like LIST_ITER, tuple_next, [
    Method::new("__length_hint__(self, /)", F1(hint)),
    Method::new("__reduce__(self, /)", F1(reduce)),
    Method::new("__setstate__(self, state, /)", F2(setstate)),
]);
crate::iterator_type!(STR_ITER, "str_iterator", IndexIter, like LIST_ITER, str_next, [
    Method::new("__length_hint__(self, /)", F1(hint)),
]);
crate::iterator_type!(STR_ASCII_ITER, "str_ascii_iterator", IndexIter, like LIST_ITER, str_next, [
    Method::new("__length_hint__(self, /)", F1(hint)),
]);
