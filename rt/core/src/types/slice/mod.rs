//! Owns: the `slice` type. Never: applies a slice to a sequence (`protocol::sequence`).
//!
//! CPython 3.13: Objects/sliceobject.c.

use crate::error::{type_error, value_error};
use crate::methods::*;
use crate::num::{Int, hash, range};
use crate::protocol::number::{has_index, index_int, readonly};
use crate::protocol::{compare, hash as hashing, repr};
use crate::types::class::special::Special;
use crate::types::none::not_implemented;
use crate::types::tuple;

pub struct Slice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}
impl Payload for Slice {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.start);
        visit(&self.stop);
        visit(&self.step);
    }
}
impl Native for Slice {
    fn class() -> &'static Type {
        &SLICE
    }
}

/// A slice object.
pub fn value(start: Value, stop: Value, step: Value) -> Value {
    object::new(&SLICE, Slice { start, stop, step })
}

fn new(all: &[Value], kw: &[Name]) -> PyResult {
    if !kw.is_empty() {
        return Err(type_error("slice() takes no keyword arguments"));
    }
    match &all[1..] {
        [] => Err(type_error("slice expected at least 1 argument, got 0")),
        [stop] => Ok(value(NONE, stop.clone(), NONE)),
        [start, stop] => Ok(value(start.clone(), stop.clone(), NONE)),
        [start, stop, step] => Ok(value(start.clone(), stop.clone(), step.clone())),
        more => Err(type_error(format!("slice expected at most 3 arguments, got {}", more.len()))),
    }
}

fn parts(v: &Value) -> [Value; 3] {
    match v.downcast::<Slice>() {
        Some(s) => [s.start.clone(), s.stop.clone(), s.step.clone()],
        None => [NONE, NONE, NONE],
    }
}
fn as_tuple(v: &Value) -> Value {
    tuple::new(parts(v).to_vec())
}
fn repr_(v: &Value) -> PyResult {
    let [a, b, c] = parts(v);
    Ok(Value::string(format!("slice({}, {}, {})", repr::repr_string(&a)?, repr::repr_string(&b)?, repr::repr_string(&c)?)))
}
fn hash_(v: &Value) -> PyResult {
    let [a, b, c] = parts(v);
    Ok(Value::int(hash::slice([hashing::hash(&a)?, hashing::hash(&b)?, hashing::hash(&c)?])))
}

macro_rules! comparisons {
    ($($f:ident $op:ident;)*) => {
        $(fn $f(a: &Value, b: &Value) -> PyResult {
            if b.downcast::<Slice>().is_none() {
                return Ok(not_implemented());
            }
            compare::rich(Special::$op, &as_tuple(a), &as_tuple(b))
        })*
    };
}
comparisons! { lt Lt; le Le; eq Eq; ne Ne; gt Gt; ge Ge; }

fn bound(v: &Value) -> PyResult<Option<Int>> {
    if v.is_none() {
        return Ok(None);
    }
    if !has_index(v) {
        return Err(type_error("slice indices must be integers or None or have an __index__ method"));
    }
    index_int(v).map(Some)
}
fn indices(v: &Value, len: &Value) -> PyResult {
    let len = index_int(len)?;
    if len.is_negative() {
        return Err(value_error("length should not be negative"));
    }
    let [start, stop, step] = parts(v);
    let step = bound(&step)?.unwrap_or(Int::Small(1));
    if step.is_zero() {
        return Err(value_error("slice step cannot be zero"));
    }
    let (a, b) = range::slice_indices(bound(&start)?, bound(&stop)?, &step, &len);
    Ok(tuple::new(vec![a.into(), b.into(), step.into()]))
}
fn reduce(v: &Value) -> PyResult {
    Ok(tuple::new(vec![Value::of_type(&SLICE), as_tuple(v)]))
}
fn start(v: &Value) -> PyResult {
    let [a, _, _] = parts(v);
    Ok(a)
}
fn stop(v: &Value) -> PyResult {
    let [_, b, _] = parts(v);
    Ok(b)
}
fn step(v: &Value) -> PyResult {
    let [_, _, c] = parts(v);
    Ok(c)
}

static METHODS: &[Method] = &[
    Method::static_("__new__(cls, *args)", Raw(new)),
    Method::new("__repr__(self, /)", F1(repr_)),
    Method::new("__hash__(self, /)", F1(hash_)),
    Method::new("__lt__(self, value, /)", F2(lt)),
    Method::new("__le__(self, value, /)", F2(le)),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__ne__(self, value, /)", F2(ne)),
    Method::new("__gt__(self, value, /)", F2(gt)),
    Method::new("__ge__(self, value, /)", F2(ge)),
    Method::new("indices(self, object, /)", F2(indices)),
    Method::new("__reduce__(self, /)", F1(reduce)),
];
static GETSET: &[GetSet] = &[GetSet::rw("start", start, readonly), GetSet::rw("stop", stop, readonly), GetSet::rw("step", step, readonly)];
static DEF: ClassDef = ClassDef::new::<Slice>("slice")
    .doc("slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing (e.g. a[0:10:2]).")
    .methods(METHODS)
    .getset(GETSET)
    .flags(TypeFlags::FINAL);
pub static SLICE: Type = Type::builtin(&DEF);
