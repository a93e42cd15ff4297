//! Owns: the `range` type and its iterators. Never: the arithmetic of ranges (`num::range`).
//!
//! CPython 3.13: Objects/rangeobject.c.

mod iterator;

use crate::error::{index_error, overflow_error, type_error, value_error};
use crate::methods::*;
use crate::num::range as algo;
use crate::num::{Int, IntRef};
use crate::protocol::number::{index_int, int_ref, readonly};
use crate::protocol::{compare, hash as hashing, repr};
use crate::types::none::not_implemented;
use crate::types::slice::Slice;
use crate::types::tuple;
pub use iterator::{LONGRANGE_ITERATOR, RANGE_ITERATOR, iterator};

/// Bounds beyond `i64` are kept as they are; `len` is computed once.
pub struct Range {
    pub start: Int,
    pub stop: Int,
    pub step: Int,
    pub len: Int,
}
impl Payload for Range {}
impl Native for Range {
    fn class() -> &'static Type {
        &RANGE
    }
}

/// `range(start, stop, step)`; the step is not zero.
pub fn value(start: Int, stop: Int, step: Int) -> Value {
    let len = algo::len(start.as_ref(), stop.as_ref(), step.as_ref());
    object::new(&RANGE, Range { start, stop, step, len })
}

/// First item, step and number of items when all items are machine integers.
pub fn small(v: &Value) -> Option<(i64, i64, u64)> {
    let r = v.downcast_exact::<Range>()?;
    let (start, step, len) = (r.start.to_i64()?, r.step.to_i64()?, r.len.to_i64()?);
    r.stop.to_i64()?;
    Some((start, step, len as u64))
}

fn new(all: &[Value], kw: &[Name]) -> PyResult {
    if !kw.is_empty() {
        return Err(type_error("range() takes no keyword arguments"));
    }
    match &all[1..] {
        [] => Err(type_error("range expected at least 1 argument, got 0")),
        [stop] => Ok(value(Int::Small(0), index_int(stop)?, Int::Small(1))),
        [start, stop] => Ok(value(index_int(start)?, index_int(stop)?, Int::Small(1))),
        [start, stop, step] => {
            let (start, stop, step) = (index_int(start)?, index_int(stop)?, index_int(step)?);
            if step.is_zero() {
                return Err(value_error("range() arg 3 must not be zero"));
            }
            Ok(value(start, stop, step))
        }
        more => Err(type_error(format!("range expected at most 3 arguments, got {}", more.len()))),
    }
}

fn this(v: &Value) -> PyResult<&Range> {
    v.downcast::<Range>().ok_or_else(|| type_error("descriptor requires a 'range' object"))
}
fn item(r: &Range, i: IntRef) -> Int {
    algo::item(r.start.as_ref(), r.step.as_ref(), i)
}

fn len(v: &Value) -> PyResult {
    match this(v)?.len.to_i64() {
        Some(n) => Ok(Value::int(n)),
        None => Err(overflow_error("Python int too large to convert to C ssize_t")),
    }
}
fn bool_(v: &Value) -> PyResult {
    Ok(Value::bool(!this(v)?.len.is_zero()))
}
fn repr_(v: &Value) -> PyResult {
    let r = this(v)?;
    let text = |i: &Int| crate::num::int::to_decimal(i.as_ref());
    let (a, b) = (text(&r.start)?, text(&r.stop)?);
    Ok(Value::string(if r.step == 1 { format!("range({a}, {b})") } else { format!("range({a}, {b}, {})", text(&r.step)?) }))
}
fn getitem(v: &Value, key: &Value) -> PyResult {
    let r = this(v)?;
    if let Some(s) = key.downcast::<Slice>() {
        return slice(r, key, s);
    }
    if !crate::protocol::number::has_index(key) {
        return Err(type_error(format!("range indices must be integers or slices, not {}", key.ty().full_name())));
    }
    let mut i = index_int(key)?;
    if i.is_negative() {
        i += &r.len;
    }
    if i.is_negative() || i >= r.len {
        return Err(index_error("range object index out of range"));
    }
    Ok(item(r, i.as_ref()).into())
}
fn slice(r: &Range, key: &Value, s: &Slice) -> PyResult {
    let n = Value::from(r.len.clone());
    let found = crate::protocol::call::call_method_name(key, Name::new("indices"), &[n])?;
    let step = if s.step.is_none() { Int::Small(1) } else { index_int(&s.step)? };
    let bounds = tuple::items(&found);
    let at = |i: usize| bounds.get(i).map_or(Ok(Int::Small(0)), index_int);
    let (a, b) = (at(0)?, at(1)?);
    Ok(value(item(r, a.as_ref()), item(r, b.as_ref()), &r.step * &step))
}
/// The position of a value: arithmetic for exact ints and bools, a search with `==` for anything else.
fn position(r: &Range, x: &Value) -> PyResult<Option<Int>> {
    if Int::of(x).is_some() || x.as_bool().is_some() {
        let i = int_ref(x).unwrap_or(IntRef::Small(0));
        return Ok(algo::index_of(r.start.as_ref(), r.stop.as_ref(), r.step.as_ref(), i));
    }
    let mut i = Int::Small(0);
    while i < r.len {
        if compare::eq(&item(r, i.as_ref()).into(), x)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}
fn contains(v: &Value, x: &Value) -> PyResult {
    Ok(Value::bool(position(this(v)?, x)?.is_some()))
}
fn index(v: &Value, x: &Value) -> PyResult {
    match position(this(v)?, x)? {
        Some(i) => Ok(i.into()),
        None if Int::of(x).is_some() || x.as_bool().is_some() => {
            Err(value_error(format!("{} is not in range", repr::repr_string(x)?)))
        }
        None => Err(value_error("sequence.index(x): x not in sequence")),
    }
}
fn count(v: &Value, x: &Value) -> PyResult {
    let r = this(v)?;
    if Int::of(x).is_some() || x.as_bool().is_some() {
        return Ok(Value::int(i64::from(position(r, x)?.is_some())));
    }
    let (mut n, mut i) = (0, Int::Small(0));
    while i < r.len {
        n += i64::from(compare::eq(&item(r, i.as_ref()).into(), x)?);
        i += 1;
    }
    Ok(Value::int(n))
}
fn same(a: &Range, b: &Range) -> bool {
    a.len == b.len && (a.len.is_zero() || (a.start == b.start && (a.len == 1 || a.step == b.step)))
}
fn eq(a: &Value, b: &Value) -> PyResult {
    match (a.downcast::<Range>(), b.downcast::<Range>()) {
        (Some(x), Some(y)) => Ok(Value::bool(same(x, y))),
        (Some(_) | None, _) => Ok(not_implemented()),
    }
}
fn ne(a: &Value, b: &Value) -> PyResult {
    match (a.downcast::<Range>(), b.downcast::<Range>()) {
        (Some(x), Some(y)) => Ok(Value::bool(!same(x, y))),
        (Some(_) | None, _) => Ok(not_implemented()),
    }
}
fn hash_(v: &Value) -> PyResult {
    let r = this(v)?;
    let empty = r.len.is_zero();
    let part = |i: &Int, absent: bool| if absent { NONE } else { Value::from(i.clone()) };
    let lanes = [part(&r.len, false), part(&r.start, empty), part(&r.step, empty || r.len == 1)];
    let mut h = crate::num::hash::TupleHash::new();
    for lane in &lanes {
        h.add(hashing::hash(lane)?);
    }
    Ok(Value::int(h.finish()))
}
fn iter(v: &Value) -> PyResult {
    if let Some((next, step, left)) = small(v) {
        return Ok(iterator(next, step, left));
    }
    let r = this(v)?;
    Ok(iterator::long(r.start.clone(), r.step.clone(), r.len.clone()))
}
fn reversed(v: &Value) -> PyResult {
    let r = this(v)?;
    let last = item(r, (&r.len - 1).as_ref());
    let step = -&r.step;
    match (last.to_i64(), step.to_i64(), r.len.to_i64(), (&last + &step).to_i64()) {
        (Some(next), Some(step), Some(left), Some(_)) => Ok(iterator(next, step, left as u64)),
        _ => Ok(iterator::long(last, step, r.len.clone())),
    }
}
fn reduce(v: &Value) -> PyResult {
    let r = this(v)?;
    let args = vec![r.start.clone().into(), r.stop.clone().into(), r.step.clone().into()];
    Ok(tuple::new(vec![Value::of_type(&RANGE), tuple::new(args)]))
}
fn start(v: &Value) -> PyResult {
    Ok(this(v)?.start.clone().into())
}
fn stop(v: &Value) -> PyResult {
    Ok(this(v)?.stop.clone().into())
}
fn step(v: &Value) -> PyResult {
    Ok(this(v)?.step.clone().into())
}

static METHODS: &[Method] = &[
    Method::static_("__new__(cls, *args)", Raw(new)),
    Method::new("__repr__(self, /)", F1(repr_)),
    Method::new("__hash__(self, /)", F1(hash_)),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__ne__(self, value, /)", F2(ne)),
    Method::new("__bool__(self, /)", F1(bool_)),
    Method::new("__len__(self, /)", F1(len)),
    Method::new("__getitem__(self, key, /)", F2(getitem)),
    Method::new("__contains__(self, key, /)", F2(contains)),
    Method::new("__iter__(self, /)", F1(iter)),
    Method::new("__reversed__(self, /)", F1(reversed)),
    Method::new("__reduce__(self, /)", F1(reduce)),
    Method::new("count(self, object, /)", F2(count)),
    Method::new("index(self, object, /)", F2(index)),
];
static GETSET: &[GetSet] = &[GetSet::rw("start", start, readonly), GetSet::rw("stop", stop, readonly), GetSet::rw("step", step, readonly)];
static DEF: ClassDef = ClassDef::new::<Range>("range")
    .doc("range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).")
    .methods(METHODS)
    .getset(GETSET)
    .hooks(Hooks { iter: Some(iter), ..Hooks::NONE })
    .flags(TypeFlags::FINAL | TypeFlags::SEQUENCE);
pub static RANGE: Type = Type::builtin(&DEF);
