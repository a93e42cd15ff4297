//! Owns: the `complex` type. Never: arithmetic (`num::complex`).
//!
//! CPython 3.13: Objects/complexobject.c.

use crate::error::type_error;
use crate::methods::*;
use crate::num::complex::{self, Complex};
use crate::num::{hash, parse};
use crate::protocol::call::try_special;
use crate::protocol::compare::{Cmp, numbers};
use crate::protocol::number::exact::{self, Num, num};
use crate::protocol::number::{float_method, float_of, readonly};
use crate::types::class::special::Special;
use crate::types::none::not_implemented;

impl Payload for Complex {}
impl Native for Complex {
    fn class() -> &'static Type {
        &COMPLEX
    }
}

fn this(v: &Value) -> Complex {
    v.downcast::<Complex>().copied().unwrap_or(complex::new(0.0, 0.0))
}
fn wrap(ty: &'static Type, c: Complex) -> Value {
    object::new(ty, c)
}

/// A number argument: `__complex__` first, then a real number; `None` when it is neither.
pub fn to_complex(v: &Value) -> PyResult<Option<Complex>> {
    if let Some(c) = v.downcast_exact::<Complex>() {
        return Ok(Some(*c));
    }
    if let Some(r) = try_special(v, Special::Complex, &[]) {
        let r = r?;
        return match r.downcast::<Complex>() {
            Some(c) => Ok(Some(*c)),
            None => Err(type_error(format!("{}.__complex__() must return a complex, not {}", v.ty().full_name(), r.ty().full_name()))),
        };
    }
    if let Some(c) = v.downcast::<Complex>() {
        return Ok(Some(*c));
    }
    match num(v) {
        Some(n) if float_of(v).is_none() || v.ty().is_static() => Ok(Some(n.to_complex()?)),
        Some(_) | None => Ok(float_method(v)?.map(|f| complex::new(f, 0.0))),
    }
}

fn new(a: &[Value]) -> PyResult {
    let [cls, re, im] = a else { return Ok(NONE) };
    let Some(ty) = cls.as_type() else { return Err(type_error("complex.__new__(X): X is not a type object")) };
    if re.is_unbound() && im.is_unbound() {
        return Ok(wrap(ty, complex::new(0.0, 0.0)));
    }
    if let Some(s) = re.as_str_obj() {
        if !im.is_unbound() {
            return Err(type_error("complex() can't take second arg if first is a string"));
        }
        return Ok(wrap(ty, complex::parse(&parse::to_ascii(&s.to_string_lossy()))?));
    }
    if im.as_str_obj().is_some() {
        return Err(type_error("complex() second arg can't be a string"));
    }
    let real = if re.is_unbound() {
        complex::new(0.0, 0.0)
    } else {
        match to_complex(re)? {
            Some(c) => c,
            None => {
                return Err(type_error(format!(
                    "complex() first argument must be a string or a number, not '{}'",
                    re.ty().full_name()
                )));
            }
        }
    };
    if im.is_unbound() {
        return Ok(if std::ptr::eq(ty, &COMPLEX) && re.downcast_exact::<Complex>().is_some() { re.clone() } else { wrap(ty, real) });
    }
    let imag = match to_complex(im)? {
        Some(c) => c,
        None => {
            return Err(type_error(format!("complex() second argument must be a number, not '{}'", im.ty().full_name())));
        }
    };
    // A complex second argument is turned by i and added; parts that are absent are not added as zeros, which would
    // lose the sign of a negative zero.
    let re_part = if im.downcast::<Complex>().is_some() { real.re - imag.im } else { real.re };
    let im_part = if re.downcast::<Complex>().is_some() { imag.re + real.im } else { imag.re };
    Ok(wrap(ty, complex::new(re_part, im_part)))
}

macro_rules! binary {
    ($($f:ident $r:ident $op:path;)*) => {
        $(
            fn $f(a: &Value, b: &Value) -> PyResult {
                match (num(a), num(b)) {
                    (Some(x), Some(y)) => $op(Num::Complex(x.to_complex()?), y).unwrap_or_else(|| Ok(not_implemented())),
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
    pow2 rpow2 exact::pow;
}
fn pow(a: &Value, b: &Value, m: &Value) -> PyResult {
    if m.is_none() { pow2(a, b) } else { Err(crate::error::value_error("complex modulo")) }
}
fn rpow(a: &Value, b: &Value, m: &Value) -> PyResult {
    if m.is_none() { rpow2(a, b) } else { Err(crate::error::value_error("complex modulo")) }
}
fn equality(a: &Value, b: &Value, op: Cmp) -> PyResult {
    match (num(a), num(b)) {
        (Some(x), Some(y)) => Ok(numbers(x, y, op).map_or_else(not_implemented, Value::bool)),
        (Some(_) | None, _) => Ok(not_implemented()),
    }
}
fn eq(a: &Value, b: &Value) -> PyResult {
    equality(a, b, Cmp::Eq)
}
fn ne(a: &Value, b: &Value) -> PyResult {
    equality(a, b, Cmp::Ne)
}
fn unordered(_: &Value, _: &Value) -> PyResult {
    Ok(not_implemented())
}
fn neg(v: &Value) -> PyResult {
    Ok(complex::neg(this(v)).into())
}
fn plain(v: &Value) -> PyResult {
    Ok(this(v).into())
}
fn abs(v: &Value) -> PyResult {
    Ok(Value::float(complex::abs(this(v))?))
}
fn bool_(v: &Value) -> PyResult {
    let c = this(v);
    Ok(Value::bool(c.re != 0.0 || c.im != 0.0))
}
fn repr(v: &Value) -> PyResult {
    Ok(Value::string(complex::repr(this(v))))
}
fn hash_(v: &Value) -> PyResult {
    let c = this(v);
    Ok(Value::int(hash::complex(c.re, c.im, v.bits() as i64 >> 4)))
}
fn conjugate(v: &Value) -> PyResult {
    let c = this(v);
    Ok(complex::new(c.re, -c.im).into())
}
fn format(v: &Value, spec: &Value) -> PyResult {
    crate::protocol::number::format_number(v, spec)
}
fn getnewargs(v: &Value) -> PyResult {
    let c = this(v);
    Ok(crate::types::tuple::new(vec![Value::float(c.re), Value::float(c.im)]))
}
fn real(v: &Value) -> PyResult {
    Ok(Value::float(this(v).re))
}
fn imag(v: &Value) -> PyResult {
    Ok(Value::float(this(v).im))
}

static METHODS: &[Method] = &[
    Method::static_("__new__(cls, real=..., imag=...)", N(new)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__hash__(self, /)", F1(hash_)),
    Method::new("__lt__(self, value, /)", F2(unordered)),
    Method::new("__le__(self, value, /)", F2(unordered)),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__ne__(self, value, /)", F2(ne)),
    Method::new("__gt__(self, value, /)", F2(unordered)),
    Method::new("__ge__(self, value, /)", F2(unordered)),
    Method::new("__add__(self, value, /)", F2(add)),
    Method::new("__radd__(self, value, /)", F2(radd)),
    Method::new("__sub__(self, value, /)", F2(sub)),
    Method::new("__rsub__(self, value, /)", F2(rsub)),
    Method::new("__mul__(self, value, /)", F2(mul)),
    Method::new("__rmul__(self, value, /)", F2(rmul)),
    Method::new("__pow__(self, value, mod=None, /)", F3(pow)),
    Method::new("__rpow__(self, value, mod=None, /)", F3(rpow)),
    Method::new("__neg__(self, /)", F1(neg)),
    Method::new("__pos__(self, /)", F1(plain)),
    Method::new("__abs__(self, /)", F1(abs)),
    Method::new("__bool__(self, /)", F1(bool_)),
    Method::new("__truediv__(self, value, /)", F2(truediv)),
    Method::new("__rtruediv__(self, value, /)", F2(rtruediv)),
    Method::new("__complex__(self, /)", F1(plain)),
    Method::new("__getnewargs__(self, /)", F1(getnewargs)),
    Method::new("__format__(self, format_spec, /)", F2(format)),
    Method::new("conjugate(self, /)", F1(conjugate)),
];
static GETSET: &[GetSet] = &[GetSet::rw("real", real, readonly), GetSet::rw("imag", imag, readonly)];
static DEF: ClassDef = ClassDef::new::<Complex>("complex")
    .doc("Create a complex number from a string or numbers.\n\nIf a string is given, parse it as a complex number.\nIf a single number is given, convert it to a complex number.\nIf the 'real' or 'imag' arguments are given, create a complex number\nwith the specified real and imaginary components.")
    .methods(METHODS)
    .getset(GETSET);
pub static COMPLEX: Type = Type::builtin(&DEF);
