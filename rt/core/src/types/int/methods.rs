//! Owns: the rows of `int`'s method table. Never: the operators' fast paths (`protocol::number`).

use super::new;
use crate::error::{type_error, value_error};
use crate::methods::*;
use crate::num::int::{self, IntRef};
use crate::num::hash;
use crate::protocol::number::exact::{self, Num};
use crate::protocol::number::{index_int, int_ref};
use crate::types::none::not_implemented;

/// The receiver; its type was checked by the descriptor.
fn this(v: &Value) -> IntRef<'_> {
    int_ref(v).unwrap_or(IntRef::Small(0))
}

/// A binary method and its reflection: both operands must be integers.
macro_rules! binary {
    ($($f:ident $r:ident $op:path;)*) => {
        $(
            fn $f(a: &Value, b: &Value) -> PyResult {
                match (int_ref(a), int_ref(b)) {
                    (Some(x), Some(y)) => $op(Num::Int(x), Num::Int(y)).unwrap_or_else(|| Ok(not_implemented())),
                    (Some(_) | None, _) => Ok(not_implemented()),
                }
            }
            fn $r(a: &Value, b: &Value) -> PyResult {
                $f(b, a)
            }
        )*
    };
}
binary! {
    add radd exact::add;
    sub rsub exact::sub;
    mul rmul exact::mul;
    truediv rtruediv exact::truediv;
    floordiv rfloordiv exact::floordiv;
    modulo rmodulo exact::modulo;
    divmod rdivmod exact::divmod;
    lshift rlshift exact::lshift;
    rshift rrshift exact::rshift;
    and rand exact::and;
    or ror exact::or;
    xor rxor exact::xor;
    pow2 rpow2 exact::pow;
}

fn pow(a: &Value, b: &Value, m: &Value) -> PyResult {
    if m.is_none() {
        return pow2(a, b);
    }
    match (int_ref(a), int_ref(b), int_ref(m)) {
        (Some(x), Some(y), Some(z)) => Ok(int::pow_mod(x, y, z)?.into()),
        _ => Ok(not_implemented()),
    }
}
fn rpow(a: &Value, b: &Value, m: &Value) -> PyResult {
    if m.is_none() { rpow2(a, b) } else { pow(b, a, m) }
}

macro_rules! compare {
    ($($f:ident $op:ident;)*) => {
        $(fn $f(a: &Value, b: &Value) -> PyResult {
            match (int_ref(a), int_ref(b)) {
                (Some(x), Some(y)) => Ok(Value::bool(int::cmp(x, y).$op())),
                (Some(_) | None, _) => Ok(not_implemented()),
            }
        })*
    };
}
compare! { lt is_lt; le is_le; eq is_eq; ne is_ne; gt is_gt; ge is_ge; }

fn neg(a: &Value) -> PyResult {
    Ok(int::neg(this(a)).into())
}
fn plain(a: &Value) -> PyResult {
    Ok(this(a).to_int().into())
}
fn abs(a: &Value) -> PyResult {
    Ok(int::abs(this(a)).into())
}
fn invert(a: &Value) -> PyResult {
    Ok(int::invert(this(a)).into())
}
fn bool_(a: &Value) -> PyResult {
    Ok(Value::bool(!this(a).is_zero()))
}
fn float_(a: &Value) -> PyResult {
    Ok(Value::float(int::to_float(this(a))?))
}
fn hash_(a: &Value) -> PyResult {
    Ok(Value::int(hash::int(this(a))))
}
fn repr(a: &Value) -> PyResult {
    Ok(Value::string(int::to_decimal(this(a))?))
}
fn round(a: &Value, digits: &Value) -> PyResult {
    if digits.is_unbound() || digits.is_none() {
        return plain(a);
    }
    let n = index_int(digits)?;
    if !n.is_negative() {
        return plain(a);
    }
    // More digits than the number has leave zero; that also keeps the power of ten small.
    match n.abs().to_i64() {
        Some(d) if (d as f64) < this(a).bit_length() as f64 * 0.302 + 2.0 => Ok(int::round_to(this(a), d as u32).into()),
        Some(_) | None => Ok(Value::int(0)),
    }
}
fn bit_length(a: &Value) -> PyResult {
    Ok(Value::int(this(a).bit_length() as i64))
}
fn bit_count(a: &Value) -> PyResult {
    Ok(Value::int(this(a).bit_count() as i64))
}
fn as_integer_ratio(a: &Value) -> PyResult {
    Ok(crate::types::tuple::new(vec![plain(a)?, Value::int(1)]))
}
fn is_integer(_: &Value) -> PyResult {
    Ok(TRUE)
}
fn getnewargs(a: &Value) -> PyResult {
    Ok(crate::types::tuple::new(vec![plain(a)?]))
}
fn format(a: &Value, spec: &Value) -> PyResult {
    crate::protocol::number::format_number(a, spec)
}
fn sizeof(a: &Value) -> PyResult {
    Ok(Value::int(24 + 4 * this(a).bit_length().div_ceil(30).max(1) as i64))
}

fn little(order: &Value) -> PyResult<bool> {
    match order.as_str() {
        Some("little") => Ok(true),
        Some("big") => Ok(false),
        Some(_) | None if order.as_str_obj().is_some() => Err(value_error("byteorder must be either 'little' or 'big'")),
        Some(_) | None => Err(type_error(format!("to_bytes() argument 'byteorder' must be str, not {}", order.ty().full_name()))),
    }
}
fn to_bytes(a: &[Value]) -> PyResult {
    let [v, length, order, signed] = a else { return Ok(NONE) };
    let n = crate::protocol::number::index(length)?;
    let little = little(order)?;
    let Ok(n) = usize::try_from(n) else { return Err(value_error("length argument must be non-negative")) };
    let signed = crate::protocol::sequence::truth(signed)?;
    Ok(crate::protocol::number::bytes_value(int::to_bytes(this(v), n, little, signed)?))
}
fn from_bytes(a: &[Value]) -> PyResult {
    let [cls, bytes, order, signed] = a else { return Ok(NONE) };
    let little = little(order)?;
    let data = byte_values(bytes)?;
    let signed = crate::protocol::sequence::truth(signed)?;
    let v = Value::from(int::from_bytes(&data, little, signed));
    match cls.as_type() {
        Some(t) if !std::ptr::eq(t, &super::INT) => crate::protocol::call::call(cls, &[v]),
        Some(_) | None => Ok(v),
    }
}
/// The bytes of a bytes-like object or of an iterable of small integers (`PyObject_Bytes`).
fn byte_values(v: &Value) -> PyResult<Vec<u8>> {
    if let Some(b) = crate::protocol::number::bytes_of(v) {
        return Ok(b);
    }
    if let Some(r) = crate::protocol::call::try_special(v, crate::types::class::special::Special::Bytes, &[]) {
        let r = r?;
        if let Some(b) = crate::protocol::number::bytes_of(&r) {
            return Ok(b);
        }
        return Err(type_error(format!("__bytes__ returned non-bytes (type {})", r.ty().full_name())));
    }
    if v.as_str_obj().is_some() || int_ref(v).is_some() || v.is_none() || v.tag() == crate::value::Tag::Float {
        return Err(type_error(format!("cannot convert '{}' object to bytes", v.ty().full_name())));
    }
    let mut out = Vec::new();
    for item in crate::protocol::iter::collect(v)? {
        match u8::try_from(crate::protocol::number::index_clamped(&item)?) {
            Ok(b) => out.push(b),
            Err(_) => return Err(value_error("bytes must be in range(0, 256)")),
        }
    }
    Ok(out)
}

fn numerator(v: &Value) -> PyResult {
    plain(v)
}
fn zero(_: &Value) -> PyResult {
    Ok(Value::int(0))
}
fn one(_: &Value) -> PyResult {
    Ok(Value::int(1))
}

pub static METHODS: &[Method] = &[
    Method::static_("__new__(cls, x=0, /, base=10)", Raw(new::new)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__hash__(self, /)", F1(hash_)),
    Method::new("__lt__(self, value, /)", F2(lt)),
    Method::new("__le__(self, value, /)", F2(le)),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__ne__(self, value, /)", F2(ne)),
    Method::new("__gt__(self, value, /)", F2(gt)),
    Method::new("__ge__(self, value, /)", F2(ge)),
    Method::new("__add__(self, value, /)", F2(add)),
    Method::new("__radd__(self, value, /)", F2(radd)),
    Method::new("__sub__(self, value, /)", F2(sub)),
    Method::new("__rsub__(self, value, /)", F2(rsub)),
    Method::new("__mul__(self, value, /)", F2(mul)),
    Method::new("__rmul__(self, value, /)", F2(rmul)),
    Method::new("__mod__(self, value, /)", F2(modulo)),
    Method::new("__rmod__(self, value, /)", F2(rmodulo)),
    Method::new("__divmod__(self, value, /)", F2(divmod)),
    Method::new("__rdivmod__(self, value, /)", F2(rdivmod)),
    Method::new("__pow__(self, value, mod=None, /)", F3(pow)),
    Method::new("__rpow__(self, value, mod=None, /)", F3(rpow)),
    Method::new("__neg__(self, /)", F1(neg)),
    Method::new("__pos__(self, /)", F1(plain)),
    Method::new("__abs__(self, /)", F1(abs)),
    Method::new("__bool__(self, /)", F1(bool_)),
    Method::new("__invert__(self, /)", F1(invert)),
    Method::new("__lshift__(self, value, /)", F2(lshift)),
    Method::new("__rlshift__(self, value, /)", F2(rlshift)),
    Method::new("__rshift__(self, value, /)", F2(rshift)),
    Method::new("__rrshift__(self, value, /)", F2(rrshift)),
    Method::new("__and__(self, value, /)", F2(and)),
    Method::new("__rand__(self, value, /)", F2(rand)),
    Method::new("__xor__(self, value, /)", F2(xor)),
    Method::new("__rxor__(self, value, /)", F2(rxor)),
    Method::new("__or__(self, value, /)", F2(or)),
    Method::new("__ror__(self, value, /)", F2(ror)),
    Method::new("__int__(self, /)", F1(plain)),
    Method::new("__float__(self, /)", F1(float_)),
    Method::new("__floordiv__(self, value, /)", F2(floordiv)),
    Method::new("__rfloordiv__(self, value, /)", F2(rfloordiv)),
    Method::new("__truediv__(self, value, /)", F2(truediv)),
    Method::new("__rtruediv__(self, value, /)", F2(rtruediv)),
    Method::new("__index__(self, /)", F1(plain)),
    Method::new("__trunc__(self, /)", F1(plain)),
    Method::new("__floor__(self, /)", F1(plain)),
    Method::new("__ceil__(self, /)", F1(plain)),
    Method::new("__round__(self, ndigits=..., /)", F2(round)),
    Method::new("__getnewargs__(self, /)", F1(getnewargs)),
    Method::new("__format__(self, format_spec, /)", F2(format)),
    Method::new("__sizeof__(self, /)", F1(sizeof)),
    Method::new("conjugate(self, /)", F1(plain)),
    Method::new("bit_length(self, /)", F1(bit_length)),
    Method::new("bit_count(self, /)", F1(bit_count)),
    Method::new("to_bytes(self, /, length=1, byteorder='big', *, signed=False)", N(to_bytes)),
    Method::class("from_bytes(cls, /, bytes, byteorder='big', *, signed=False)", N(from_bytes)),
    Method::new("as_integer_ratio(self, /)", F1(as_integer_ratio)),
    Method::new("is_integer(self, /)", F1(is_integer)),
];

pub static GETSET: &[GetSet] = &[
    GetSet::ro("real", plain),
    GetSet::ro("imag", zero),
    GetSet::ro("numerator", numerator),
    GetSet::ro("denominator", one),
];

