//! Owns: the `float` type. Never: arithmetic (`num::float`).
//!
//! CPython 3.13: Objects/floatobject.c.

use crate::error::{type_error, value_error};
use crate::methods::*;
use crate::num::{float, hash, int, parse};
use crate::protocol::compare::{Cmp, numbers};
use crate::protocol::number::exact::{self, Num};
use crate::protocol::number::{bytes_of, float_method, float_of, index_int, int_ref};
use crate::types::none::not_implemented;

/// The body of instances of subclasses; plain floats are inline.
pub struct FloatObj(pub f64);
impl Payload for FloatObj {}
impl Native for FloatObj {
    fn class() -> &'static Type {
        &FLOAT
    }
}

/// The receiver; its type was checked by the descriptor.
fn this(v: &Value) -> f64 {
    float_of(v).unwrap_or(0.0)
}

/// `float(x)`. CPython: `PyNumber_Float`, `PyFloat_FromString`.
pub fn to_float(x: &Value) -> PyResult<f64> {
    if let Some(f) = x.as_inline_float() {
        return Ok(f);
    }
    if let Some(i) = int_ref(x)
        && x.ty().is_static()
    {
        return Ok(int::to_float(i)?);
    }
    if let Some(s) = x.as_str_obj() {
        let text = s.to_string_lossy();
        return from_text(x, &parse::to_ascii(&text));
    }
    if let Some(f) = float_method(x)? {
        return Ok(f);
    }
    if let Some(f) = float_of(x) {
        return Ok(f);
    }
    if let Some(b) = bytes_of(x) {
        let text: String = b.iter().map(|c| if c.is_ascii() { char::from(*c) } else { '?' }).collect();
        return from_text(x, &text);
    }
    Err(type_error(format!("float() argument must be a string or a real number, not '{}'", x.ty().full_name())))
}

fn from_text(x: &Value, text: &str) -> PyResult<f64> {
    match parse::float(text) {
        Some(f) if f.is_nan() => Ok(crate::protocol::number::new_nan(f.is_sign_negative())),
        Some(f) => Ok(f),
        None => Err(value_error(format!("could not convert string to float: {}", crate::protocol::repr::repr_string(x)?))),
    }
}

fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else {
        return Err(type_error("float.__new__(): not enough arguments"));
    };
    if !kw.is_empty() && std::ptr::eq(ty, &FLOAT) {
        return Err(type_error("float() takes no keyword arguments"));
    }
    let f = match &all[1..all.len() - kw.len()] {
        [] => 0.0,
        [x] => to_float(x)?,
        more => return Err(type_error(format!("float expected at most 1 argument, got {}", more.len()))),
    };
    Ok(wrap(ty, f))
}
fn wrap(ty: &'static Type, f: f64) -> Value {
    if std::ptr::eq(ty, &FLOAT) { Value::float(f) } else { object::new(ty, FloatObj(f)) }
}

/// An operand of a float method: a float or an int.
fn operand(v: &Value) -> Option<Num<'_>> {
    match float_of(v) {
        Some(f) => Some(Num::Float(f)),
        None => int_ref(v).map(Num::Int),
    }
}

macro_rules! binary {
    ($($f:ident $r:ident $op:path;)*) => {
        $(
            fn $f(a: &Value, b: &Value) -> PyResult {
                match (operand(a), operand(b)) {
                    (Some(Num::Int(x)), Some(y)) => $op(Num::Float(int::to_float(x)?), y).unwrap_or_else(|| Ok(not_implemented())),
                    (Some(x), Some(y)) => $op(x, y).unwrap_or_else(|| Ok(not_implemented())),
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
    pow2 rpow2 exact::pow;
}
fn pow(a: &Value, b: &Value, m: &Value) -> PyResult {
    if !m.is_none() {
        return Err(type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    pow2(a, b)
}
fn rpow(a: &Value, b: &Value, m: &Value) -> PyResult {
    if m.is_none() { rpow2(a, b) } else { pow(b, a, m) }
}

macro_rules! compare {
    ($($f:ident $op:ident;)*) => {
        $(fn $f(a: &Value, b: &Value) -> PyResult {
            match (operand(a), operand(b)) {
                (Some(x), Some(y)) => Ok(numbers(x, y, Cmp::$op).map_or_else(not_implemented, Value::bool)),
                (Some(_) | None, _) => Ok(not_implemented()),
            }
        })*
    };
}
compare! { lt Lt; le Le; eq Eq; ne Ne; gt Gt; ge Ge; }

fn neg(v: &Value) -> PyResult {
    Ok(Value::float(-this(v)))
}
fn plain(v: &Value) -> PyResult {
    Ok(Value::float(this(v)))
}
fn abs(v: &Value) -> PyResult {
    Ok(Value::float(this(v).abs()))
}
fn bool_(v: &Value) -> PyResult {
    Ok(Value::bool(this(v) != 0.0))
}
fn trunc(v: &Value) -> PyResult {
    Ok(int::from_f64(this(v))?.into())
}
fn floor(v: &Value) -> PyResult {
    Ok(int::from_f64(this(v).floor())?.into())
}
fn ceil(v: &Value) -> PyResult {
    Ok(int::from_f64(this(v).ceil())?.into())
}
fn round(v: &Value, digits: &Value) -> PyResult {
    if digits.is_unbound() || digits.is_none() {
        return Ok(float::round_int(this(v))?.into());
    }
    let n = index_int(digits)?;
    let n = n.to_i64().unwrap_or(if n.is_negative() { i64::MIN } else { i64::MAX });
    Ok(Value::float(float::round_digits(this(v), n)?))
}
fn repr(v: &Value) -> PyResult {
    Ok(Value::string(float::repr(this(v))))
}
fn hash_(v: &Value) -> PyResult {
    Ok(Value::int(hash::float(this(v), v.bits() as i64 >> 4)))
}
fn hex(v: &Value) -> PyResult {
    Ok(Value::string(float::hex(this(v))))
}
fn is_integer(v: &Value) -> PyResult {
    let f = this(v);
    Ok(Value::bool(f.is_finite() && f == f.floor()))
}
fn as_integer_ratio(v: &Value) -> PyResult {
    let (n, d) = float::as_integer_ratio(this(v))?;
    Ok(crate::types::tuple::new(vec![n.into(), d.into()]))
}
fn format(v: &Value, spec: &Value) -> PyResult {
    crate::protocol::number::format_number(v, spec)
}
fn getnewargs(v: &Value) -> PyResult {
    Ok(crate::types::tuple::new(vec![plain(v)?]))
}
fn fromhex(cls: &Value, text: &Value) -> PyResult {
    let Some(s) = text.as_str_obj() else {
        return Err(type_error("bad argument type for built-in operation"));
    };
    let f = Value::float(float::from_hex(&s.to_string_lossy())?);
    match cls.as_type() {
        Some(t) if !std::ptr::eq(t, &FLOAT) => crate::protocol::call::call(cls, &[f]),
        Some(_) | None => Ok(f),
    }
}
fn getformat(_cls: &Value, kind: &Value) -> PyResult {
    match kind.as_str() {
        Some("double" | "float") => Ok(Value::str("IEEE, little-endian")),
        Some(_) | None => Err(value_error("__getformat__() argument 1 must be 'double' or 'float'")),
    }
}
fn zero(_: &Value) -> PyResult {
    Ok(Value::float(0.0))
}

static METHODS: &[Method] = &[
    Method::static_("__new__(cls, x=0, /)", Raw(new)),
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
    Method::new("__int__(self, /)", F1(trunc)),
    Method::new("__float__(self, /)", F1(plain)),
    Method::new("__floordiv__(self, value, /)", F2(floordiv)),
    Method::new("__rfloordiv__(self, value, /)", F2(rfloordiv)),
    Method::new("__truediv__(self, value, /)", F2(truediv)),
    Method::new("__rtruediv__(self, value, /)", F2(rtruediv)),
    Method::new("__trunc__(self, /)", F1(trunc)),
    Method::new("__floor__(self, /)", F1(floor)),
    Method::new("__ceil__(self, /)", F1(ceil)),
    Method::new("__round__(self, ndigits=None, /)", F2(round)),
    Method::new("__getnewargs__(self, /)", F1(getnewargs)),
    Method::new("__format__(self, format_spec, /)", F2(format)),
    Method::new("conjugate(self, /)", F1(plain)),
    Method::new("hex(self, /)", F1(hex)),
    Method::new("is_integer(self, /)", F1(is_integer)),
    Method::new("as_integer_ratio(self, /)", F1(as_integer_ratio)),
    Method::class("fromhex(cls, string, /)", F2(fromhex)),
    Method::class("__getformat__(cls, typestr, /)", F2(getformat)),
];
static GETSET: &[GetSet] = &[GetSet::ro("real", plain), GetSet::ro("imag", zero)];
static DEF: ClassDef = ClassDef::new::<FloatObj>("float")
    .doc("Convert a string or number to a floating-point number, if possible.")
    .methods(METHODS)
    .getset(GETSET);
pub static FLOAT: Type = Type::builtin(&DEF);
