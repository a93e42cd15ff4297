//! Owns: `tuple`.
//! Never: changes its items after construction.
//! Source: CPython 3.13, Objects/tupleobject.c.

use crate::def::{F1, F2, F4, Method, Raw};
use crate::error::{PyResult, index_error, type_error, value_error};
use crate::gil::{Gil, GilRefCell};
use crate::name::Name;
use crate::num::hash::TupleHash;
use crate::object::{self, Native, Payload};
use crate::protocol::sequence::{self, as_clamped, as_index, as_size, same_or_eq};
use crate::protocol::{hash, iter, repr};
use crate::types::class::special::Special;
use crate::types::class::{ClassDef, Hooks, Type, TypeFlags};
use crate::types::none::not_implemented;
use crate::types::slice::Slice;
use crate::value::Value;
use std::cell::RefCell;

pub struct Tuple {
    items: Box<[Value]>,
}
impl Tuple {
    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        &self.items
    }
}
impl Payload for Tuple {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.items.iter().for_each(visit);
    }
}
impl Drop for Tuple {
    fn drop(&mut self) {
        // CPython 3.13: Objects/tupleobject.c, `tupledealloc`: the last first.
        if self.items.len() > 1 {
            let mut items = std::mem::take(&mut self.items).into_vec();
            while let Some(v) = items.pop() {
                drop(v);
            }
        }
    }
}
impl Native for Tuple {
    fn class() -> &'static Type {
        &TUPLE
    }
}

/// A tuple of these items.
pub fn new(items: Vec<Value>) -> Value {
    if items.is_empty() {
        return empty();
    }
    object::new(&TUPLE, Tuple { items: items.into_boxed_slice() })
}
/// A tuple of a fixed number of items.
pub fn of<const N: usize>(items: [Value; N]) -> Value {
    if N == 0 {
        return empty();
    }
    object::new(&TUPLE, Tuple { items: Box::new(items) })
}
/// An instance of a subclass of tuple.
pub fn with_type(ty: &'static Type, items: Vec<Value>) -> Value {
    if std::ptr::eq(ty, &TUPLE) {
        return new(items);
    }
    object::new(ty, Tuple { items: items.into_boxed_slice() })
}
static EMPTY: GilRefCell<Option<Value>> = Gil::new(RefCell::new(None));
/// The empty tuple, one object.
pub fn empty() -> Value {
    EMPTY.borrow_mut().get_or_insert_with(|| object::new(&TUPLE, Tuple { items: Box::new([]) })).clone()
}
/// The items of a tuple; nothing when the value is not one.
#[inline]
pub fn items(v: &Value) -> &[Value] {
    match v.downcast::<Tuple>() {
        Some(t) => t.items(),
        None => &[],
    }
}
#[inline]
pub fn is_tuple(v: &Value) -> bool {
    v.downcast::<Tuple>().is_some()
}

/// The items, `n` times over.
pub(crate) fn repeat(items: &[Value], n: usize) -> Vec<Value> {
    let mut out = Vec::with_capacity(items.len() * n);
    for _ in 0..n {
        out.extend_from_slice(items);
    }
    out
}

fn tuple_new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(ty) = pos.first().and_then(Value::as_type) else { return Err(type_error("tuple.__new__(X): X is not a type object")) };
    if !kw.is_empty() && std::ptr::eq(ty, &TUPLE) {
        return Err(type_error("tuple() takes no keyword arguments"));
    }
    match &pos[1..] {
        [] => Ok(with_type(ty, vec![])),
        [v] if std::ptr::eq(ty, &TUPLE) && v.downcast_exact::<Tuple>().is_some() => Ok(v.clone()),
        [v] => Ok(with_type(ty, iter::collect(v)?)),
        more => Err(type_error(format!("tuple expected at most 1 argument, got {}", more.len()))),
    }
}
fn tuple_repr(v: &Value) -> PyResult {
    let items = items(v);
    if items.is_empty() {
        return Ok(Value::str("()"));
    }
    let Some(_guard) = repr::enter(v) else { return Ok(Value::str("(...)")) };
    let close = if items.len() == 1 { ",)" } else { ")" };
    repr::join("(", close, items.len(), |i, b| repr::push_repr(b, &items[i]).map(|()| true))
}
fn tuple_hash(v: &Value) -> PyResult {
    let mut h = TupleHash::new();
    let items = items(v);
    for x in items {
        h.add(hash::hash(x)?);
    }
    Ok(Value::int(h.finish()))
}
fn tuple_len(v: &Value) -> PyResult {
    Ok(items(v).len().into())
}
fn tuple_contains(v: &Value, x: &Value) -> PyResult {
    for y in items(v) {
        if same_or_eq(y, x)? {
            return Ok(Value::bool(true));
        }
    }
    Ok(Value::bool(false))
}
fn tuple_getitem(v: &Value, key: &Value) -> PyResult {
    let items = items(v);
    if let Some(s) = key.downcast::<Slice>() {
        let b = sequence::bounds(s, || items.len())?;
        if b.count == items.len() && b.step == 1 && std::ptr::eq(v.ty(), &TUPLE) {
            return Ok(v.clone());
        }
        return Ok(new(b.indices().map(|i| items[i].clone()).collect()));
    }
    if !sequence::is_index(key) {
        return Err(type_error(format!("tuple indices must be integers or slices, not {}", key.ty().full_name())));
    }
    let i = as_index(key)?;
    let i = if i < 0 { i + items.len() as i64 } else { i };
    match usize::try_from(i).ok().and_then(|i| items.get(i)) {
        Some(x) => Ok(x.clone()),
        None => Err(index_error("tuple index out of range")),
    }
}
fn tuple_add(v: &Value, w: &Value) -> PyResult {
    if !is_tuple(w) {
        return Ok(not_implemented());
    }
    let (a, b) = (items(v), items(w));
    if b.is_empty() && std::ptr::eq(v.ty(), &TUPLE) {
        return Ok(v.clone());
    }
    if a.is_empty() && std::ptr::eq(w.ty(), &TUPLE) {
        return Ok(w.clone());
    }
    Ok(new([a, b].concat()))
}
fn tuple_mul(v: &Value, n: &Value) -> PyResult {
    if !sequence::is_index(n) {
        return Ok(not_implemented());
    }
    let n = as_size(n)?;
    let a = items(v);
    if n <= 0 || a.is_empty() {
        return Ok(empty());
    }
    if n == 1 && std::ptr::eq(v.ty(), &TUPLE) {
        return Ok(v.clone());
    }
    if a.len().checked_mul(n as usize).is_none_or(|n| n > (1 << 40)) {
        return Err(crate::error::memory_error(""));
    }
    Ok(new(repeat(a, n as usize)))
}
fn tuple_index(v: &Value, x: &Value, start: &Value, stop: &Value) -> PyResult {
    let a = items(v);
    let (start, stop) = sequence::clip_range(as_clamped(start)?, as_clamped(stop)?, a.len());
    for (i, y) in a.iter().enumerate().take(stop).skip(start) {
        if same_or_eq(y, x)? {
            return Ok(i.into());
        }
    }
    Err(value_error("tuple.index(x): x not in tuple"))
}
fn tuple_count(v: &Value, x: &Value) -> PyResult {
    let mut n = 0i64;
    for y in items(v) {
        n += i64::from(same_or_eq(y, x)?);
    }
    Ok(Value::int(n))
}
/// Compares two sequences of items as lists and tuples do. `None`: equal up to the shorter length.
pub fn first_difference(a: &[Value], b: &[Value]) -> PyResult<Option<usize>> {
    for (i, (x, y)) in a.iter().zip(b).enumerate() {
        if !same_or_eq(x, y)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}
fn tuple_compare(op: Special, v: &Value, w: &Value) -> PyResult {
    if !is_tuple(w) {
        return Ok(not_implemented());
    }
    let (a, b) = (items(v), items(w));
    compare_items(op, a, b)
}
/// The rich comparison of two sequences.
pub fn compare_items(op: Special, a: &[Value], b: &[Value]) -> PyResult {
    match first_difference(a, b)? {
        Some(i) => {
            if op == Special::Eq {
                return Ok(Value::bool(false));
            }
            if op == Special::Ne {
                return Ok(Value::bool(true));
            }
            crate::protocol::compare::rich(op, &a[i], &b[i])
        }
        None => Ok(Value::bool(order_matches(op, a.len().cmp(&b.len())))),
    }
}
/// Whether the ordering satisfies the comparison.
pub fn order_matches(op: Special, o: std::cmp::Ordering) -> bool {
    if op == Special::Lt {
        o.is_lt()
    } else if op == Special::Le {
        o.is_le()
    } else if op == Special::Eq {
        o.is_eq()
    } else if op == Special::Ne {
        o.is_ne()
    } else if op == Special::Gt {
        o.is_gt()
    } else {
        o.is_ge()
    }
}
fn tuple_iter(v: &Value) -> PyResult {
    Ok(crate::types::iterators::tuple_at(v.clone(), 0))
}
fn tuple_getnewargs(v: &Value) -> PyResult {
    Ok(of([new(items(v).to_vec())]))
}

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(tuple_new)),
    Method::new("__repr__(self, /)", F1(tuple_repr)),
    Method::new("__hash__(self, /)", F1(tuple_hash)),
    Method::new("__len__(self, /)", F1(tuple_len)),
    Method::new("__contains__(self, key, /)", F2(tuple_contains)),
    Method::new("__getitem__(self, key, /)", F2(tuple_getitem)),
    Method::new("__iter__(self, /)", F1(tuple_iter)),
    Method::new("__add__(self, value, /)", F2(tuple_add)),
    Method::new("__mul__(self, value, /)", F2(tuple_mul)),
    Method::new("__rmul__(self, value, /)", F2(tuple_mul)),
    Method::new("__lt__(self, value, /)", F2(|a, b| tuple_compare(Special::Lt, a, b))),
    Method::new("__le__(self, value, /)", F2(|a, b| tuple_compare(Special::Le, a, b))),
    Method::new("__eq__(self, value, /)", F2(|a, b| tuple_compare(Special::Eq, a, b))),
    Method::new("__ne__(self, value, /)", F2(|a, b| tuple_compare(Special::Ne, a, b))),
    Method::new("__gt__(self, value, /)", F2(|a, b| tuple_compare(Special::Gt, a, b))),
    Method::new("__ge__(self, value, /)", F2(|a, b| tuple_compare(Special::Ge, a, b))),
    Method::new("__getnewargs__(self, /)", F1(tuple_getnewargs)),
    Method::new("index(self, value, start=0, stop=9223372036854775807, /)", F4(tuple_index)),
    Method::new("count(self, value, /)", F2(tuple_count)),
    Method::class("__class_getitem__(cls, object, /)", F2(crate::types::alias::new)),
];
static DEF: ClassDef = ClassDef::new::<Tuple>("tuple")
    .doc("Built-in immutable sequence.")
    .methods(METHODS)
    .hooks(Hooks { iter: Some(tuple_iter), ..Hooks::NONE })
    .flags(TypeFlags::SEQUENCE);
pub static TUPLE: Type = Type::builtin(&DEF);

