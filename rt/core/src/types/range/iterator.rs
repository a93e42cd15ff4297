//! Owns: `range_iterator` and `longrange_iterator`. Never: the range itself.

use crate::methods::*;
use crate::num::Int;
use crate::protocol::number::index_int;
use crate::types::tuple;
use std::cell::{Cell, RefCell};

/// Over machine integers.
pub struct Small {
    next: Cell<i64>,
    step: i64,
    left: Cell<u64>,
}
impl Payload for Small {}
impl Native for Small {
    fn class() -> &'static Type {
        &RANGE_ITERATOR
    }
}
/// Over integers of any size.
pub struct Long {
    next: RefCell<Int>,
    step: Int,
    left: RefCell<Int>,
}
impl Payload for Long {}
impl Native for Long {
    fn class() -> &'static Type {
        &LONGRANGE_ITERATOR
    }
}

/// An iterator that gives `left` integers from `next` on.
pub fn iterator(next: i64, step: i64, left: u64) -> Value {
    object::new(&RANGE_ITERATOR, Small { next: Cell::new(next), step, left: Cell::new(left) })
}
pub fn long(next: Int, step: Int, left: Int) -> Value {
    object::new(&LONGRANGE_ITERATOR, Long { next: RefCell::new(next), step, left: RefCell::new(left) })
}

fn step(v: &Value) -> Result<Option<Value>, Raised> {
    if let Some(r) = v.downcast::<Small>() {
        let left = r.left.get();
        if left == 0 {
            return Ok(None);
        }
        r.left.set(left - 1);
        let i = r.next.get();
        r.next.set(i.wrapping_add(r.step));
        return Ok(Some(Value::int(i)));
    }
    let Some(r) = v.downcast::<Long>() else { return Ok(None) };
    if r.left.borrow().is_zero() {
        return Ok(None);
    }
    *r.left.borrow_mut() -= 1;
    let next = &*r.next.borrow() + &r.step;
    Ok(Some(r.next.replace(next).into()))
}
fn next(v: &Value) -> PyResult {
    match step(v)? {
        Some(x) => Ok(x),
        None => Err(crate::error::stop_iteration(NONE)),
    }
}
fn this(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn state(v: &Value) -> (Int, Int, Int) {
    if let Some(r) = v.downcast::<Small>() {
        return (Int::Small(r.next.get()), Int::Small(r.step), Int::from(r.left.get()));
    }
    match v.downcast::<Long>() {
        Some(r) => (r.next.borrow().clone(), r.step.clone(), r.left.borrow().clone()),
        None => (Int::Small(0), Int::Small(1), Int::Small(0)),
    }
}
fn length_hint(v: &Value) -> PyResult {
    Ok(state(v).2.into())
}
fn reduce(v: &Value) -> PyResult {
    let (next, step, left) = state(v);
    let stop = &next + &(&step * &left);
    let range = super::value(next, stop, step);
    let iter = crate::builtins::lookup(Name::new("iter")).unwrap_or(NONE);
    Ok(tuple::new(vec![iter, tuple::new(vec![range]), NONE]))
}
fn setstate(v: &Value, to: &Value) -> PyResult {
    let to = index_int(to)?.to_i64().unwrap_or(0).max(0) as u64;
    if let Some(r) = v.downcast::<Small>() {
        let skip = to.min(r.left.get());
        r.left.set(r.left.get() - skip);
        r.next.set(r.next.get().wrapping_add(r.step.wrapping_mul(skip as i64)));
    }
    Ok(NONE)
}

static METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(this)),
    Method::new("__next__(self, /)", F1(next)),
    Method::new("__length_hint__(self, /)", F1(length_hint)),
    Method::new("__reduce__(self, /)", F1(reduce)),
    Method::new("__setstate__(self, object, /)", F2(setstate)),
];
const HOOKS: Hooks = Hooks { iter: Some(this), next: Some(step), ..Hooks::NONE };
static SMALL_DEF: ClassDef = ClassDef::new::<Small>("range_iterator").methods(METHODS).hooks(HOOKS);
pub static RANGE_ITERATOR: Type = Type::builtin(&SMALL_DEF);
static LONG_DEF: ClassDef = ClassDef::new::<Long>("longrange_iterator").methods(METHODS).hooks(HOOKS);
pub static LONGRANGE_ITERATOR: Type = Type::builtin(&LONG_DEF);
