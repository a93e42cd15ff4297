//! Owns: arithmetic between the builtin numbers int, bool, float and complex, seen through their values.
//! Never: looks at `__op__` methods. Each function answers `None` when an operand is no such number.

use super::convert::int_ref;
use crate::methods::*;
use crate::num::complex::{self, Complex};
use crate::num::int::{self, IntRef};
use crate::num::{Int, NumErr, float};
use crate::value::Tag;

/// A builtin number.
#[derive(Clone, Copy)]
pub enum Num<'a> {
    Int(IntRef<'a>),
    Float(f64),
    Complex(Complex),
}

/// The number a value is, instances of subclasses left out: their methods may differ.
#[inline]
pub fn num_exact(v: &Value) -> Option<Num<'_>> {
    match v.tag() {
        Tag::Int => Some(Num::Int(IntRef::Small(v.bits() as i64))),
        Tag::Float => Some(Num::Float(f64::from_bits(v.bits()))),
        Tag::Bool => Some(Num::Int(IntRef::Small(v.bits() as i64))),
        Tag::Obj => {
            if let Some(i) = v.downcast_exact::<Int>() {
                return Some(Num::Int(i.as_ref()));
            }
            v.downcast_exact::<Complex>().map(|c| Num::Complex(*c))
        }
        Tag::None | Tag::Unbound => None,
    }
}

/// The number a value is, instances of subclasses included.
#[inline]
pub fn num(v: &Value) -> Option<Num<'_>> {
    if let Some(i) = int_ref(v) {
        return Some(Num::Int(i));
    }
    if let Some(f) = super::convert::float_of(v) {
        return Some(Num::Float(f));
    }
    v.downcast::<Complex>().map(|c| Num::Complex(*c))
}

impl Num<'_> {
    pub fn to_float(self) -> Result<f64, NumErr> {
        match self {
            Num::Int(i) => int::to_float(i),
            Num::Float(f) => Ok(f),
            Num::Complex(c) => Ok(c.re),
        }
    }
    pub fn to_complex(self) -> Result<Complex, NumErr> {
        match self {
            Num::Complex(c) => Ok(c),
            Num::Int(_) | Num::Float(_) => Ok(complex::new(self.to_float()?, 0.0)),
        }
    }
}

/// What an exact operator answers: `None` is "not these operands".
pub type Answer = Option<PyResult>;

type Ints = fn(IntRef, IntRef) -> Result<Value, NumErr>;
type Floats = fn(f64, f64) -> Result<Value, NumErr>;
type Complexes = fn(Complex, Complex) -> Result<Value, NumErr>;

#[inline]
fn apply(a: Num, b: Num, ints: Ints, floats: Floats, complexes: Option<Complexes>) -> Answer {
    let r = match (a, b) {
        (Num::Int(x), Num::Int(y)) => ints(x, y),
        (Num::Complex(_), _) | (_, Num::Complex(_)) => {
            let f = complexes?;
            a.to_complex().and_then(|x| b.to_complex().and_then(|y| f(x, y)))
        }
        (Num::Float(_), _) | (_, Num::Float(_)) => a.to_float().and_then(|x| b.to_float().and_then(|y| floats(x, y))),
    };
    Some(r.map_err(Raised::from))
}

macro_rules! numeric {
    ($($f:ident: |$x:ident, $y:ident| $ints:expr, $floats:expr, $complexes:expr;)*) => {
        $(
            pub fn $f(a: Num, b: Num) -> Answer {
                apply(a, b, |$x, $y| $ints, |$x, $y| $floats, $complexes)
            }
        )*
    };
}
numeric! {
    add: |x, y| Ok(int::add(x, y).into()), Ok(Value::float(x + y)), Some(|x, y| Ok(complex::add(x, y).into()));
    sub: |x, y| Ok(int::sub(x, y).into()), Ok(Value::float(x - y)), Some(|x, y| Ok(complex::sub(x, y).into()));
    mul: |x, y| Ok(int::mul(x, y).into()), Ok(Value::float(x * y)), Some(|x, y| Ok(complex::mul(x, y).into()));
    truediv: |x, y| Ok(Value::float(int::truediv(x, y)?)), Ok(Value::float(float::truediv(x, y)?)), Some(|x, y| Ok(complex::div(x, y)?.into()));
    floordiv: |x, y| Ok(int::floordiv(x, y)?.into()), Ok(Value::float(float::floordiv(x, y)?)), None;
    modulo: |x, y| Ok(int::modulo(x, y)?.into()), Ok(Value::float(float::modulo(x, y)?)), None;
    divmod: |x, y| { let (q, r) = int::divmod(x, y)?; Ok(pair(q.into(), r.into())) }, { let (q, r) = float::divmod(x, y)?; Ok(pair(Value::float(q), Value::float(r))) }, None;
    pow: |x, y| int_pow(x, y), float_pow(x, y), Some(|x, y| Ok(complex::pow(x, y)?.into()));
}

fn pair(a: Value, b: Value) -> Value {
    crate::types::tuple::new(vec![a, b])
}

fn int_pow(x: IntRef, y: IntRef) -> Result<Value, NumErr> {
    if y.signum() < 0 {
        return float_pow(int::to_float(x)?, int::to_float(y)?);
    }
    Ok(int::pow(x, y)?.into())
}

fn float_pow(x: f64, y: f64) -> Result<Value, NumErr> {
    Ok(match float::pow(x, y)? {
        Some(r) => Value::float(r),
        None => complex::pow(complex::new(x, 0.0), complex::new(y, 0.0))?.into(),
    })
}

macro_rules! integral {
    ($($f:ident $op:expr;)*) => {
        $(
            pub fn $f(a: Num, b: Num) -> Answer {
                let (Num::Int(x), Num::Int(y)) = (a, b) else { return None };
                let op: fn(IntRef, IntRef) -> Result<Int, NumErr> = $op;
                Some(op(x, y).map(Value::from).map_err(Raised::from))
            }
        )*
    };
}
integral! {
    lshift int::shl;
    rshift int::shr;
    and |x, y| Ok(int::and(x, y));
    or |x, y| Ok(int::or(x, y));
    xor |x, y| Ok(int::xor(x, y));
}

/// For `@`, which no builtin number has.
pub fn none(_: Num, _: Num) -> Answer {
    None
}
