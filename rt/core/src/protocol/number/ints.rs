//! Owns: the fallible operators of `Int` and of unboxed floats in generated code, raising as Python does.
//! Never: takes a `Value` apart.

use crate::methods::*;
use crate::num::int::{self, IntRef};
use crate::num::{Int, float};

/// An operand of an `Int` operator: another `Int` or a machine integer.
pub trait IntOperand {
    fn int_ref(&self) -> IntRef<'_>;
}
impl IntOperand for Int {
    #[inline(always)]
    fn int_ref(&self) -> IntRef<'_> {
        self.as_ref()
    }
}
impl IntOperand for &Int {
    #[inline(always)]
    fn int_ref(&self) -> IntRef<'_> {
        self.as_ref()
    }
}
impl IntOperand for i64 {
    #[inline(always)]
    fn int_ref(&self) -> IntRef<'_> {
        IntRef::Small(*self)
    }
}

impl Int {
    /// `self // other`.
    #[inline(always)]
    pub fn floordiv(&self, other: impl IntOperand) -> PyResult<Int> {
        if let (Int::Small(a), IntRef::Small(b)) = (self, other.int_ref())
            && b > 0
        {
            return Ok(Int::Small(a.div_euclid(b)));
        }
        floordiv_slow(self.as_ref(), other.int_ref())
    }
    /// `self % other`.
    #[inline(always)]
    pub fn mod_(&self, other: impl IntOperand) -> PyResult<Int> {
        if let (Int::Small(a), IntRef::Small(b)) = (self, other.int_ref())
            && b > 0
        {
            return Ok(Int::Small(a.rem_euclid(b)));
        }
        mod_slow(self.as_ref(), other.int_ref())
    }
    /// `self / other`.
    #[inline]
    pub fn truediv(&self, other: impl IntOperand) -> PyResult<f64> {
        Ok(int::truediv(self.as_ref(), other.int_ref())?)
    }
    #[inline]
    pub fn lshift(&self, other: impl IntOperand) -> PyResult<Int> {
        Ok(int::shl(self.as_ref(), other.int_ref())?)
    }
    #[inline]
    pub fn rshift(&self, other: impl IntOperand) -> PyResult<Int> {
        Ok(int::shr(self.as_ref(), other.int_ref())?)
    }
    /// `self ** other` for an exponent that is not negative; a negative one makes a float, hence a value.
    pub fn pow(&self, other: impl IntOperand) -> PyResult {
        crate::protocol::number::pow(&self.clone().into(), &other.int_ref().to_int().into())
    }
    pub fn to_float(&self) -> PyResult<f64> {
        Ok(int::to_float(self.as_ref())?)
    }
}
#[cold]
#[inline(never)]
fn floordiv_slow(a: IntRef, b: IntRef) -> PyResult<Int> {
    Ok(int::floordiv(a, b)?)
}
#[cold]
#[inline(never)]
fn mod_slow(a: IntRef, b: IntRef) -> PyResult<Int> {
    Ok(int::modulo(a, b)?)
}

/// `a / b` of floats.
#[inline(always)]
pub fn float_truediv(a: f64, b: f64) -> PyResult<f64> {
    if b != 0.0 { Ok(a / b) } else { Ok(float::truediv(a, b)?) }
}
/// `a // b` of floats.
#[inline]
pub fn float_floordiv(a: f64, b: f64) -> PyResult<f64> {
    Ok(float::floordiv(a, b)?)
}
/// `a % b` of floats.
#[inline]
pub fn float_mod(a: f64, b: f64) -> PyResult<f64> {
    Ok(float::modulo(a, b)?)
}
