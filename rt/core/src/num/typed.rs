//! Owns: `Int`, the integer that is an `i64` until it overflows and turns big in place: the result of integer
//! arithmetic and the unboxed proven int of generated code. Invariant: `Big` never holds a value that fits in `i64`.
//! Never: wraps, panics on overflow.

use super::int::{self, IntRef};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::cmp::Ordering;
use std::ops::{Add, AddAssign, BitAnd, BitOr, BitXor, Mul, MulAssign, Neg, Not, Sub, SubAssign};

#[derive(Debug, Clone)]
pub enum Int {
    Small(i64),
    Big(Box<BigInt>),
}

impl Int {
    /// From a big integer of any size; small ones become machine integers.
    #[inline]
    pub fn from_big(b: BigInt) -> Int {
        match b.to_i64() {
            Some(i) => Int::Small(i),
            None => Int::Big(Box::new(b)),
        }
    }
    #[inline]
    pub fn from_i128(i: i128) -> Int {
        match i64::try_from(i) {
            Ok(i) => Int::Small(i),
            Err(_) => Int::Big(Box::new(BigInt::from(i))),
        }
    }
    #[inline]
    pub fn as_ref(&self) -> IntRef<'_> {
        match self {
            Int::Small(i) => IntRef::Small(*i),
            Int::Big(b) => IntRef::Big(b),
        }
    }
    #[inline]
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Int::Small(i) => Some(*i),
            Int::Big(_) => None,
        }
    }
    pub fn is_zero(&self) -> bool {
        matches!(self, Int::Small(0))
    }
    pub fn is_negative(&self) -> bool {
        self.as_ref().signum() < 0
    }
    #[inline]
    pub fn truth(&self) -> bool {
        !self.is_zero()
    }
    pub fn abs(&self) -> Int {
        int::abs(self.as_ref())
    }
    pub fn to_big(&self) -> BigInt {
        self.as_ref().big().into_owned()
    }
}

impl Default for Int {
    fn default() -> Int {
        Int::Small(0)
    }
}
impl From<i64> for Int {
    #[inline(always)]
    fn from(i: i64) -> Int {
        Int::Small(i)
    }
}
impl From<i32> for Int {
    #[inline(always)]
    fn from(i: i32) -> Int {
        Int::Small(i64::from(i))
    }
}
impl From<u64> for Int {
    fn from(i: u64) -> Int {
        Int::from_i128(i128::from(i))
    }
}
impl From<usize> for Int {
    fn from(i: usize) -> Int {
        Int::from_i128(i as i128)
    }
}
impl From<bool> for Int {
    fn from(b: bool) -> Int {
        Int::Small(i64::from(b))
    }
}
impl From<BigInt> for Int {
    fn from(b: BigInt) -> Int {
        Int::from_big(b)
    }
}

/// A binary operator in the four forms generated code uses: `Int`/`&Int` on the left, `Int`/`&Int`/`i64` on the right.
macro_rules! operator {
    ($trait:ident, $method:ident, $checked:ident, $slow:path) => {
        impl $trait<i64> for Int {
            type Output = Int;
            #[inline(always)]
            fn $method(self, rhs: i64) -> Int {
                if let Int::Small(a) = self
                    && let Some(r) = a.$checked(rhs)
                {
                    return Int::Small(r);
                }
                $slow(self.as_ref(), IntRef::Small(rhs))
            }
        }
        impl $trait<i64> for &Int {
            type Output = Int;
            #[inline(always)]
            fn $method(self, rhs: i64) -> Int {
                if let Int::Small(a) = self
                    && let Some(r) = a.$checked(rhs)
                {
                    return Int::Small(r);
                }
                $slow(self.as_ref(), IntRef::Small(rhs))
            }
        }
        impl $trait<&Int> for &Int {
            type Output = Int;
            #[inline(always)]
            fn $method(self, rhs: &Int) -> Int {
                if let (Int::Small(a), Int::Small(b)) = (self, rhs)
                    && let Some(r) = a.$checked(*b)
                {
                    return Int::Small(r);
                }
                $slow(self.as_ref(), rhs.as_ref())
            }
        }
        impl $trait<&Int> for Int {
            type Output = Int;
            #[inline(always)]
            fn $method(self, rhs: &Int) -> Int {
                $trait::$method(&self, rhs)
            }
        }
        impl $trait<Int> for &Int {
            type Output = Int;
            #[inline(always)]
            fn $method(self, rhs: Int) -> Int {
                $trait::$method(self, &rhs)
            }
        }
        impl $trait<Int> for Int {
            type Output = Int;
            #[inline(always)]
            fn $method(self, rhs: Int) -> Int {
                $trait::$method(&self, &rhs)
            }
        }
        impl $trait<Int> for i64 {
            type Output = Int;
            #[inline(always)]
            fn $method(self, rhs: Int) -> Int {
                $trait::$method(&Int::Small(self), &rhs)
            }
        }
        impl $trait<&Int> for i64 {
            type Output = Int;
            #[inline(always)]
            fn $method(self, rhs: &Int) -> Int {
                $trait::$method(&Int::Small(self), rhs)
            }
        }
    };
}
operator!(Add, add, checked_add, add_slow);
operator!(Sub, sub, checked_sub, sub_slow);
operator!(Mul, mul, checked_mul, mul_slow);
operator!(BitAnd, bitand, some_and, int::and);
operator!(BitOr, bitor, some_or, int::or);
operator!(BitXor, bitxor, some_xor, int::xor);

#[cold]
#[inline(never)]
fn add_slow(a: IntRef, b: IntRef) -> Int {
    int::add(a, b)
}
#[cold]
#[inline(never)]
fn sub_slow(a: IntRef, b: IntRef) -> Int {
    int::sub(a, b)
}
#[cold]
#[inline(never)]
fn mul_slow(a: IntRef, b: IntRef) -> Int {
    int::mul(a, b)
}

/// Bit operations never overflow; these names let one macro serve all operators.
trait BitOps: Sized {
    fn some_and(self, o: i64) -> Option<i64>;
    fn some_or(self, o: i64) -> Option<i64>;
    fn some_xor(self, o: i64) -> Option<i64>;
}
impl BitOps for i64 {
    #[inline(always)]
    fn some_and(self, o: i64) -> Option<i64> {
        Some(self & o)
    }
    #[inline(always)]
    fn some_or(self, o: i64) -> Option<i64> {
        Some(self | o)
    }
    #[inline(always)]
    fn some_xor(self, o: i64) -> Option<i64> {
        Some(self ^ o)
    }
}

macro_rules! assign {
    ($trait:ident, $method:ident, $checked:ident, $slow:path) => {
        impl $trait<i64> for Int {
            #[inline(always)]
            fn $method(&mut self, rhs: i64) {
                if let Int::Small(a) = self
                    && let Some(r) = a.$checked(rhs)
                {
                    *a = r;
                    return;
                }
                *self = $slow(self.as_ref(), IntRef::Small(rhs));
            }
        }
        impl $trait<&Int> for Int {
            #[inline(always)]
            fn $method(&mut self, rhs: &Int) {
                if let (Int::Small(a), Int::Small(b)) = (&mut *self, rhs)
                    && let Some(r) = a.$checked(*b)
                {
                    *a = r;
                    return;
                }
                *self = $slow(self.as_ref(), rhs.as_ref());
            }
        }
        impl $trait<Int> for Int {
            #[inline(always)]
            fn $method(&mut self, rhs: Int) {
                $trait::$method(self, &rhs);
            }
        }
    };
}
assign!(AddAssign, add_assign, checked_add, add_slow);
assign!(SubAssign, sub_assign, checked_sub, sub_slow);
assign!(MulAssign, mul_assign, checked_mul, mul_slow);

impl Neg for Int {
    type Output = Int;
    #[inline]
    fn neg(self) -> Int {
        int::neg(self.as_ref())
    }
}
impl Neg for &Int {
    type Output = Int;
    #[inline]
    fn neg(self) -> Int {
        int::neg(self.as_ref())
    }
}
impl Not for Int {
    type Output = Int;
    fn not(self) -> Int {
        int::invert(self.as_ref())
    }
}

impl PartialEq for Int {
    #[inline(always)]
    fn eq(&self, o: &Int) -> bool {
        match (self, o) {
            (Int::Small(a), Int::Small(b)) => a == b,
            (Int::Big(a), Int::Big(b)) => a == b,
            (Int::Small(_), Int::Big(_)) | (Int::Big(_), Int::Small(_)) => false,
        }
    }
}
impl Eq for Int {}
impl PartialEq<i64> for Int {
    #[inline(always)]
    fn eq(&self, o: &i64) -> bool {
        matches!(self, Int::Small(a) if a == o)
    }
}
impl PartialOrd for Int {
    #[inline(always)]
    fn partial_cmp(&self, o: &Int) -> Option<Ordering> {
        Some(self.cmp(o))
    }
}
impl Ord for Int {
    #[inline(always)]
    fn cmp(&self, o: &Int) -> Ordering {
        int::cmp(self.as_ref(), o.as_ref())
    }
}
impl PartialOrd<i64> for Int {
    #[inline(always)]
    fn partial_cmp(&self, o: &i64) -> Option<Ordering> {
        Some(int::cmp(self.as_ref(), IntRef::Small(*o)))
    }
}
