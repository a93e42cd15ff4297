//! Owns: numbers out of values (`__index__`, `__float__`, exact integers) and values out of numbers.
//! Never: parses text (types/int, types/float do).
//!
//! CPython 3.13: Objects/abstract.c (PyNumber_Index, PyNumber_Float), Objects/longobject.c.

use crate::error::{self, hierarchy, type_error};
use crate::methods::*;
use crate::num::complex::Complex;
use crate::num::int::IntRef;
use crate::num::{BigInt, Int, NumErr};
use crate::protocol::call::try_special;
use crate::types::class::special::Special;
use crate::value::Tag;

impl From<NumErr> for Raised {
    #[cold]
    fn from(e: NumErr) -> Raised {
        match e {
            NumErr::Value(t) => error::value_error(t),
            NumErr::Type(t) => error::type_error(t),
            NumErr::Overflow(t) => error::overflow_error(t),
            NumErr::ZeroDivision(t) => error::zero_division_error(t),
            NumErr::Index(t) => error::index_error(t),
            NumErr::Memory => error::raise_args(&hierarchy::MEMORY_ERROR, vec![]),
            NumErr::Range => {
                error::raise_args(&hierarchy::OVERFLOW_ERROR, vec![Value::int(34), Value::str("Numerical result out of range")])
            }
        }
    }
}

impl From<Int> for Value {
    #[inline(always)]
    fn from(i: Int) -> Value {
        match i {
            Int::Small(i) => Value::int(i),
            Int::Big(_) => big_value(i),
        }
    }
}
#[cold]
fn big_value(i: Int) -> Value {
    object::new(&crate::types::int::INT, i)
}
impl From<BigInt> for Value {
    fn from(b: BigInt) -> Value {
        Int::from_big(b).into()
    }
}
impl From<Complex> for Value {
    fn from(c: Complex) -> Value {
        object::new(&crate::types::complex::COMPLEX, c)
    }
}

impl Int {
    /// The int of a value whose type is exactly `int`; `None` for everything else, bools included.
    #[inline(always)]
    pub fn of(v: &Value) -> Option<Int> {
        match v.as_inline_int() {
            Some(i) => Some(Int::Small(i)),
            None => v.downcast_exact::<Int>().cloned(),
        }
    }
}

/// The integer that an `int`, `bool` or subclass instance is.
#[inline(always)]
pub fn int_ref(v: &Value) -> Option<IntRef<'_>> {
    match v.tag() {
        Tag::Int | Tag::Bool => Some(IntRef::Small(v.bits() as i64)),
        Tag::Obj => v.downcast::<Int>().map(Int::as_ref),
        Tag::None | Tag::Unbound | Tag::Float => None,
    }
}

/// The float that a `float` or subclass instance is.
#[inline(always)]
pub fn float_of(v: &Value) -> Option<f64> {
    match v.tag() {
        Tag::Float => Some(f64::from_bits(v.bits())),
        Tag::Obj => v.downcast::<crate::types::float::FloatObj>().map(|f| f.0),
        Tag::None | Tag::Unbound | Tag::Bool | Tag::Int => None,
    }
}

/// `operator.index(v)` as a number. TypeError for what has no `__index__`.
pub fn index_int(v: &Value) -> PyResult<Int> {
    if let Some(i) = int_ref(v) {
        return Ok(i.to_int());
    }
    match try_special(v, Special::Index, &[]) {
        Some(r) => {
            let r = r?;
            match int_ref(&r) {
                Some(i) => Ok(i.to_int()),
                None => Err(type_error(format!("__index__ returned non-int (type {})", r.ty().full_name()))),
            }
        }
        None => Err(type_error(format!("'{}' object cannot be interpreted as an integer", v.ty().full_name()))),
    }
}
/// `operator.index(v)`.
pub fn index_value(v: &Value) -> PyResult {
    if v.as_inline_int().is_some() || v.downcast_exact::<Int>().is_some() {
        return Ok(v.clone());
    }
    Ok(index_int(v)?.into())
}
/// True when `index_int` could work.
pub fn has_index(v: &Value) -> bool {
    int_ref(v).is_some() || v.ty().special(Special::Index).is_some()
}

/// An integer argument as a machine integer: OverflowError beyond (`PyLong_AsSsize_t`).
#[inline(always)]
pub fn index(v: &Value) -> PyResult<i64> {
    match v.as_inline_int() {
        Some(i) => Ok(i),
        None => index_slow(v),
    }
}
#[inline(never)]
fn index_slow(v: &Value) -> PyResult<i64> {
    index_int(v)?.to_i64().ok_or_else(|| error::overflow_error("Python int too large to convert to C ssize_t"))
}
/// A subscript: IndexError beyond the machine integers. CPython: `PyNumber_AsSsize_t(v, PyExc_IndexError)`.
pub fn index_subscript(v: &Value) -> PyResult<i64> {
    if let Some(i) = v.as_inline_int() {
        return Ok(i);
    }
    index_int(v)?
        .to_i64()
        .ok_or_else(|| error::index_error(format!("cannot fit '{}' into an index-sized integer", v.ty().full_name())))
}
/// An integer argument clamped to the machine integers (slices, sizes to compare).
pub fn index_clamped(v: &Value) -> PyResult<i64> {
    let i = index_int(v)?;
    Ok(i.to_i64().unwrap_or(if i.is_negative() { i64::MIN } else { i64::MAX }))
}

/// A slice bound: `None` is absent; TypeError with the slices' own text.
pub fn slice_index(v: &Value) -> PyResult<Option<i64>> {
    if let Some(i) = v.as_inline_int() {
        return Ok(Some(i));
    }
    if v.is_none() {
        return Ok(None);
    }
    if !has_index(v) {
        return Err(type_error("slice indices must be integers or None or have an __index__ method"));
    }
    index_clamped(v).map(Some)
}

/// A real number argument as a float (`PyFloat_AsDouble`): "must be real number, not str".
#[inline]
pub fn to_f64(v: &Value) -> PyResult<f64> {
    match v.as_inline_float() {
        Some(f) => Ok(f),
        None => to_f64_slow(v),
    }
}
fn to_f64_slow(v: &Value) -> PyResult<f64> {
    if let Some(f) = float_of(v) {
        return Ok(f);
    }
    if let Some(i) = int_ref(v) {
        return Ok(crate::num::int::to_float(i)?);
    }
    match float_method(v)? {
        Some(f) => Ok(f),
        None => Err(type_error(format!("must be real number, not {}", v.ty().full_name()))),
    }
}
/// What `__float__` or `__index__` gives; `None` when the type has neither.
pub fn float_method(v: &Value) -> PyResult<Option<f64>> {
    if let Some(r) = try_special(v, Special::Float, &[]) {
        let r = r?;
        return match float_of(&r) {
            Some(f) => Ok(Some(f)),
            None => {
                Err(type_error(format!("{}.__float__ returned non-float (type {})", v.ty().full_name(), r.ty().full_name())))
            }
        };
    }
    if v.ty().special(Special::Index).is_some() {
        return Ok(Some(crate::num::int::to_float(index_int(v)?.as_ref())?));
    }
    Ok(None)
}

/// A number for compensated sums and typed code: exact ints and floats only.
pub fn plain_f64(v: &Value) -> Option<f64> {
    match v.tag() {
        Tag::Float => Some(f64::from_bits(v.bits())),
        Tag::Int => Some(v.bits() as i64 as f64),
        Tag::None | Tag::Unbound | Tag::Bool | Tag::Obj => None,
    }
}

/// `__format__` of the builtin numbers.
pub fn format_number(v: &Value, spec: &Value) -> PyResult {
    use crate::text::format::number::AnyInt;
    use crate::text::format::{format_complex, format_float, format_int};
    let Some(s) = spec.as_str_obj() else {
        return Err(type_error(format!("__format__() argument must be str, not {}", spec.ty().full_name())));
    };
    if s.is_empty() {
        return crate::protocol::repr::str_(v);
    }
    let name = v.ty().name();
    let most = crate::num::int::max_str_digits();
    let text = match super::exact::num(v) {
        Some(super::Num::Int(IntRef::Small(i))) => format_int(AnyInt::Small(i), s, name, most),
        Some(super::Num::Int(IntRef::Big(b))) => format_int(AnyInt::Big(b), s, name, most),
        Some(super::Num::Float(f)) => format_float(f, s, name),
        Some(super::Num::Complex(c)) => format_complex(c.re, c.im, s, name),
        None => return Err(type_error(format!("unsupported format string passed to {name}.__format__"))),
    };
    match text {
        Ok(t) => Ok(object::new(&crate::types::str::STR, t)),
        Err(e) => Err(text_error(e)),
    }
}
fn text_error(e: crate::text::error::TextError) -> Raised {
    use crate::text::error::Kind;
    let ty = match e.kind {
        Kind::Value => &hierarchy::VALUE_ERROR,
        Kind::Type => &hierarchy::TYPE_ERROR,
        Kind::Overflow => &hierarchy::OVERFLOW_ERROR,
        Kind::Index => &hierarchy::INDEX_ERROR,
        Kind::Key => &hierarchy::KEY_ERROR,
        Kind::Memory => &hierarchy::MEMORY_ERROR,
    };
    error::raise(ty, e.message)
}

/// The content of bytes, bytearray or another object with a buffer; `None` for anything else.
pub fn bytes_of(v: &Value) -> Option<Vec<u8>> {
    if !v.is_obj() {
        return None;
    }
    match crate::types::bytes::buffer::bytes_of(v) {
        Ok(b) => b,
        Err(r) => {
            drop(error::take(r));
            None
        }
    }
}
/// A new bytes object.
pub fn bytes_value(bytes: Vec<u8>) -> Value {
    crate::types::bytes::value(bytes)
}

/// The setter of a read-only member (`PyMemberDef`), whose text differs from a computed attribute's.
pub fn readonly(_: &Value, _: Option<Value>) -> Result<(), Raised> {
    Err(error::attribute_error("readonly attribute"))
}

/// A NaN unlike any other: floats are inline, so identity (which containers look at first) is equality of bits. CPython's
/// `float("nan")` makes a new object; here it makes a new payload.
pub fn new_nan(negative: bool) -> f64 {
    use crate::gil::{Gil, GilCell};
    static NEXT: GilCell<u32> = Gil::new(std::cell::Cell::new(1));
    let n = NEXT.get();
    NEXT.set(n.wrapping_add(1));
    let sign = if negative { 1 << 63 } else { 0 };
    f64::from_bits(sign | 0x7ff8_0000_0000_0000 | u64::from(n))
}
