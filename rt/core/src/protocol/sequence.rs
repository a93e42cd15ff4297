//! Owns: length, truth, membership, subscripts, slice bounds and index conversion of any value.
//! Never: iterates on its own; that is `protocol::iter`.
//! Source: CPython 3.13, Objects/abstract.c, Objects/sliceobject.c.

use crate::error::hierarchy::INDEX_ERROR;
use crate::error::{self, PyResult, Raised, index_error, overflow_error, type_error, value_error};
use crate::name::names;
use crate::protocol::attr;
use crate::protocol::call::{call, call_special, try_special};
use crate::protocol::compare;
use crate::types::class::special::Special;
use crate::types::dict::{DICT, Dict};
use crate::types::list::{LIST, List};
use crate::types::set::Set;
use crate::types::slice::Slice;
use crate::types::str::value::Str;
use crate::types::tuple::{self, TUPLE, Tuple};
use crate::value::{Tag, Value};

/// `a is b or a == b`: how containers compare their items.
#[inline]
pub fn same_or_eq(a: &Value, b: &Value) -> PyResult<bool> {
    match quick_eq(a, b) {
        Some(same) => Ok(same),
        None => compare::eq(a, b),
    }
}

/// Identity or equality of two values, decided without running Python code; `None` when that takes
/// a real comparison.
#[inline]
pub fn quick_eq(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    match (a.tag(), b.tag()) {
        (Tag::Obj, Tag::Obj) => match (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
            (Some(x), Some(y)) => Some(x.as_bytes() == y.as_bytes()),
            (Some(_), None) | (None, Some(_)) | (None, None) => None,
        },
        (Tag::Obj, _) => a.downcast_exact::<Str>().map(|_| false),
        (_, Tag::Obj) => b.downcast_exact::<Str>().map(|_| false),
        (Tag::None | Tag::Unbound, _) | (_, Tag::None | Tag::Unbound) => Some(false),
        (Tag::Float, Tag::Float) => Some(a.as_inline_float() == b.as_inline_float()),
        (Tag::Float, Tag::Int | Tag::Bool) => Some(float_is_int(a, b)),
        (Tag::Int | Tag::Bool, Tag::Float) => Some(float_is_int(b, a)),
        (Tag::Int | Tag::Bool, Tag::Int | Tag::Bool) => Some(a.bits() == b.bits()),
    }
}
fn float_is_int(f: &Value, i: &Value) -> bool {
    let (f, i) = (f.as_inline_float().unwrap_or(f64::NAN), i.bits() as i64);
    f.abs() < 9.3e18 && f == i as f64 && f as i128 == i128::from(i)
}

/// `bool(v)`.
#[inline]
pub fn truth(v: &Value) -> PyResult<bool> {
    match v.tag() {
        Tag::None | Tag::Unbound => Ok(false),
        Tag::Bool | Tag::Int => Ok(v.bits() != 0),
        Tag::Float => Ok(f64::from_bits(v.bits()) != 0.0),
        Tag::Obj => truth_object(v),
    }
}
fn truth_object(v: &Value) -> PyResult<bool> {
    if v.ty().is_static()
        && let Some(n) = builtin_len(v)
    {
        return Ok(n != 0);
    }
    if let Some(r) = try_special(v, Special::Bool, &[]) {
        let r = r?;
        return match r.as_bool() {
            Some(b) => Ok(b),
            None => Err(type_error(format!("__bool__ should return bool, returned {}", r.ty().full_name()))),
        };
    }
    match try_special(v, Special::Len, &[]) {
        Some(r) => Ok(check_len(&r?)? != 0),
        None => Ok(true),
    }
}

/// The length of the common builtin containers (or subclasses, whose own `__len__` the caller has
/// ruled out).
#[inline]
fn builtin_len(v: &Value) -> Option<usize> {
    if let Some(s) = v.downcast::<Str>() {
        return Some(s.char_len());
    }
    if let Some(l) = v.downcast::<List>() {
        return Some(l.len());
    }
    if let Some(t) = v.downcast::<Tuple>() {
        return Some(t.items().len());
    }
    if let Some(d) = v.downcast::<Dict>() {
        return Some(d.len());
    }
    v.downcast::<Set>().map(Set::len)
}

fn check_len(v: &Value) -> PyResult<usize> {
    let n = as_size(v)?;
    if n < 0 { Err(value_error("__len__() should return >= 0")) } else { Ok(n as usize) }
}

/// `len(v)`.
#[inline]
pub fn len(v: &Value) -> PyResult<i64> {
    if v.is_obj()
        && v.ty().is_static()
        && let Some(n) = builtin_len(v)
    {
        return Ok(n as i64);
    }
    len_slow(v)
}
fn len_slow(v: &Value) -> PyResult<i64> {
    match try_special(v, Special::Len, &[]) {
        Some(r) => check_len(&r?).map(|n| n as i64),
        None => Err(type_error(format!("object of type '{}' has no len()", v.ty().full_name()))),
    }
}

/// `v.__index__()` as an int value.
pub fn index_value(v: &Value) -> PyResult {
    if v.tag() == Tag::Int {
        return Ok(v.clone());
    }
    if let Some(b) = v.as_bool() {
        return Ok(Value::int(i64::from(b)));
    }
    if v.ty().is_subtype(&crate::types::int::INT) {
        return Ok(crate::types::int::plain(v));
    }
    let Some(r) = try_special(v, Special::Index, &[]) else {
        return Err(type_error(format!("'{}' object cannot be interpreted as an integer", v.ty().full_name())));
    };
    let r = r?;
    if r.ty().is_subtype(&crate::types::int::INT) {
        return Ok(crate::types::int::plain(&r));
    }
    Err(type_error(format!("__index__ returned non-int (type {})", r.ty().full_name())))
}
/// True when the value has `__index__`.
pub fn is_index(v: &Value) -> bool {
    matches!(v.tag(), Tag::Int | Tag::Bool) || v.is_obj() && v.ty().special(Special::Index).is_some_and(|f| !f.is_none())
}
/// An index of a subscript: IndexError when it does not fit.
#[inline]
pub fn as_index(v: &Value) -> PyResult<i64> {
    match v.tag() {
        Tag::Int | Tag::Bool => Ok(v.bits() as i64),
        Tag::None | Tag::Unbound | Tag::Float | Tag::Obj => match index_value(v)?.as_inline_int() {
            Some(n) => Ok(n),
            None => Err(index_error("cannot fit 'int' into an index-sized integer")),
        },
    }
}
/// A count or size: OverflowError when it does not fit.
pub fn as_size(v: &Value) -> PyResult<i64> {
    match index_value(v)?.as_inline_int() {
        Some(n) => Ok(n),
        None => Err(overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}
/// An int argument of C type `ssize_t`.
pub fn as_ssize_arg(v: &Value) -> PyResult<i64> {
    match index_value(v)?.as_inline_int() {
        Some(n) => Ok(n),
        None => Err(overflow_error("Python int too large to convert to C ssize_t")),
    }
}
/// A bound of a slice: clamped when it does not fit.
pub fn as_clamped(v: &Value) -> PyResult<i64> {
    if !is_index(v) {
        return Err(type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let n = index_value(v)?;
    match n.as_inline_int() {
        Some(n) => Ok(n),
        None => Ok(if compare::lt(&n, &Value::int(0))? { i64::MIN } else { i64::MAX }),
    }
}

/// The bounds of a slice over a sequence of `len` items (`PySlice_Unpack`, `PySlice_AdjustIndices`).
#[derive(Copy, Clone, Debug)]
pub struct Bounds {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
    pub count: usize,
}
impl Bounds {
    /// The indices the slice selects, in order.
    pub fn indices(self) -> impl Iterator<Item = usize> {
        (0..self.count as i64).map(move |i| (self.start + i * self.step) as usize)
    }
}
/// Reads start, stop and step of a slice; `len` is asked after they were converted.
pub fn bounds(s: &Slice, len: impl FnOnce() -> usize) -> PyResult<Bounds> {
    let step = if s.step.is_none() { 1 } else { as_clamped(&s.step)? };
    if step == 0 {
        return Err(value_error("slice step cannot be zero"));
    }
    let step = step.max(-i64::MAX);
    let start = if s.start.is_none() { if step < 0 { i64::MAX } else { 0 } } else { as_clamped(&s.start)? };
    let stop = if s.stop.is_none() { if step < 0 { i64::MIN } else { i64::MAX } } else { as_clamped(&s.stop)? };
    Ok(adjust(start, stop, step, len() as i64))
}
pub fn adjust(start: i64, stop: i64, step: i64, len: i64) -> Bounds {
    let fit = |i: i64| {
        if i < 0 {
            let i = i.saturating_add(len);
            if i < 0 { if step < 0 { -1 } else { 0 } } else { i }
        } else if i >= len {
            if step < 0 { len - 1 } else { len }
        } else {
            i
        }
    };
    let (start, stop) = (fit(start), fit(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    Bounds { start, stop, step, count: count as usize }
}
/// Start and stop arguments of `index` methods: negative ones count from the end.
pub fn clip_range(start: i64, stop: i64, len: usize) -> (usize, usize) {
    let fit = |i: i64| if i < 0 { (i.saturating_add(len as i64)).max(0) as usize } else { (i as usize).min(len) };
    (fit(start), fit(stop))
}

/// `item in container`.
pub fn contains(container: &Value, item: &Value) -> PyResult<bool> {
    if container.ty().is_static() {
        if let Some(l) = container.downcast::<List>() {
            return l.position(item, 0, usize::MAX).map(|p| p.is_some());
        }
        if let Some(t) = container.downcast::<Tuple>() {
            for x in t.items() {
                if same_or_eq(x, item)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(d) = container.downcast::<Dict>() {
            return d.contains(item);
        }
        if let Some(s) = container.downcast::<Set>() {
            return s.contains_or_set(item);
        }
    }
    if let Some(f) = container.ty().special(Special::Contains) {
        if f.is_none() {
            return Err(type_error(format!("'{}' object is not a container", container.ty().full_name())));
        }
        let f = f.clone();
        return truth(&call_special(&f, container, &[item.clone()])?);
    }
    contains_by_iteration(container, item)
}
/// Membership by iterating (`_PySequence_IterSearch`).
pub fn contains_by_iteration(container: &Value, item: &Value) -> PyResult<bool> {
    let mut it = match super::iter::Iter::new(container) {
        Ok(it) => it,
        Err(r) if error::matches(&r, &error::hierarchy::TYPE_ERROR) => {
            drop(error::take(r));
            return Err(type_error(format!("argument of type '{}' is not iterable", container.ty().full_name())));
        }
        Err(r) => return Err(r),
    };
    while let Some(x) = it.next()? {
        if same_or_eq(&x, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `v[key]`.
#[inline]
pub fn getitem(v: &Value, key: &Value) -> PyResult {
    if let Some(l) = v.downcast_exact::<List>() {
        if let Some(i) = key.as_inline_int() {
            return match l.get_signed(i) {
                Some(x) => Ok(x),
                None => Err(index_error("list index out of range")),
            };
        }
    } else if let Some(d) = v.downcast_exact::<Dict>() {
        return match d.get(key)? {
            Some(x) => Ok(x),
            None => Err(error::key_error(key.clone())),
        };
    } else if let Some(t) = v.downcast_exact::<Tuple>()
        && let Some(i) = key.as_inline_int()
    {
        let items = t.items();
        let at = if i < 0 { i + items.len() as i64 } else { i };
        return match items.get(at as usize) {
            Some(x) if at >= 0 => Ok(x.clone()),
            Some(_) | None => Err(index_error("tuple index out of range")),
        };
    }
    getitem_slow(v, key)
}
#[inline(never)]
fn getitem_slow(v: &Value, key: &Value) -> PyResult {
    if let Some(s) = v.downcast_exact::<Str>()
        && let Some(i) = key.as_inline_int()
    {
        let n = s.char_len() as i64;
        let at = if i < 0 { i + n } else { i };
        if at < 0 || at >= n {
            return Err(index_error("string index out of range"));
        }
        return Ok(crate::types::str::of_code_point(s.char_at(at as usize)));
    }
    if let Some(r) = try_special(v, Special::GetItem, &[key.clone()]) {
        return r;
    }
    if let Some(t) = v.as_type() {
        return class_getitem(v, t.name(), key);
    }
    Err(type_error(format!("'{}' object is not subscriptable", v.ty().full_name())))
}
/// `Class[key]`.
fn class_getitem(class: &Value, name: &str, key: &Value) -> PyResult {
    if class.is_type(&crate::types::class::methods::TYPE) {
        return crate::types::alias::new(class, key);
    }
    match attr::lookup_optional(class, names::__class_getitem__.get())? {
        Some(f) if !f.is_none() => call(&f, &[key.clone()]),
        Some(_) | None => Err(type_error(format!("type '{name}' is not subscriptable"))),
    }
}

/// `v[key] = value`.
#[inline]
pub fn setitem(v: &Value, key: &Value, value: Value) -> PyResult<()> {
    if let Some(l) = v.downcast_exact::<List>() {
        if let Some(i) = key.as_inline_int() {
            return if l.set_signed(i, value) { Ok(()) } else { Err(index_error("list assignment index out of range")) };
        }
    } else if let Some(d) = v.downcast_exact::<Dict>() {
        return d.set(key.clone(), value);
    }
    setitem_slow(v, key, value)
}
#[inline(never)]
fn setitem_slow(v: &Value, key: &Value, value: Value) -> PyResult<()> {
    match try_special(v, Special::SetItem, &[key.clone(), value]) {
        Some(r) => r.map(drop),
        None => Err(type_error(format!("'{}' object does not support item assignment", v.ty().full_name()))),
    }
}

/// `del v[key]`.
pub fn delitem(v: &Value, key: &Value) -> PyResult<()> {
    if let Some(d) = v.downcast_exact::<Dict>() {
        return match d.remove(key)? {
            Some(old) => {
                drop(old);
                Ok(())
            }
            None => Err(error::key_error(key.clone())),
        };
    }
    match try_special(v, Special::DelItem, &[key.clone()]) {
        Some(r) => r.map(drop),
        None => {
            // CPython words it differently for types with `tp_as_sequence` and an integer key.
            let n = v.ty().full_name();
            let sequence = v.is_obj() && (v.ty().is_heap() || v.ty().special(Special::Len).is_some());
            let verb = if sequence && is_index(key) { "doesn't" } else { "does not" };
            Err(type_error(format!("'{n}' object {verb} support item deletion")))
        }
    }
}

/// How many items an iterable says it has, or `default` (`PyObject_LengthHint`).
pub fn length_hint(v: &Value, default: usize) -> PyResult<usize> {
    if v.ty().special(Special::Len).is_some_and(|f| !f.is_none()) {
        return match len(v) {
            Ok(n) => Ok(n as usize),
            Err(r) if error::matches(&r, &error::hierarchy::TYPE_ERROR) => {
                drop(error::take(r));
                Ok(default)
            }
            Err(r) => Err(r),
        };
    }
    let Some(r) = try_special(v, Special::LengthHint, &[]) else { return Ok(default) };
    let r = match r {
        Ok(r) => r,
        Err(e) if error::matches(&e, &error::hierarchy::TYPE_ERROR) => {
            drop(error::take(e));
            return Ok(default);
        }
        Err(e) => return Err(e),
    };
    if r.is(&crate::types::none::not_implemented()) {
        return Ok(default);
    }
    match r.as_inline_int() {
        Some(n) if n >= 0 => Ok(n as usize),
        Some(_) => Err(value_error("__length_hint__() should return >= 0")),
        None => Err(type_error(format!("__length_hint__ must be an integer, not {}", r.ty().full_name()))),
    }
}

/// True when the exception is the IndexError or StopIteration that ends the old sequence protocol.
pub(crate) fn ends_sequence(r: &Raised) -> bool {
    error::matches(r, &INDEX_ERROR) || error::matches(r, &error::hierarchy::STOP_ITERATION)
}
/// True for exact lists, tuples and dicts, whose protocol nobody can have overridden.
pub fn is_plain_container(v: &Value) -> bool {
    v.is_obj() && [&LIST, &TUPLE, &DICT].iter().any(|t| std::ptr::eq(v.ty(), *t)) || tuple::is_tuple(v) && v.ty().is_static()
}
