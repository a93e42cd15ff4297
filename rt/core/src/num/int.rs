//! Owns: integer arithmetic with Python's rules over `i64`-or-big operands. Never: allocates for results that fit in
//! an `i64`, touches a `Value`.
//!
//! CPython 3.13: Objects/longobject.c.

use super::{Int, NumResult, overflow, value_err, zero_division};
use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use std::borrow::Cow;
use std::cmp::Ordering;

/// A borrowed integer operand.
#[derive(Debug, Clone, Copy)]
pub enum IntRef<'a> {
    Small(i64),
    Big(&'a BigInt),
}
use IntRef::{Big, Small};

impl<'a> From<&'a BigInt> for IntRef<'a> {
    fn from(b: &'a BigInt) -> Self {
        Big(b)
    }
}
impl From<i64> for IntRef<'_> {
    fn from(i: i64) -> Self {
        Small(i)
    }
}

impl<'a> IntRef<'a> {
    /// The operand as a big integer, made only when it is small.
    #[inline]
    pub fn big(self) -> Cow<'a, BigInt> {
        match self {
            Small(i) => Cow::Owned(BigInt::from(i)),
            Big(b) => Cow::Borrowed(b),
        }
    }
    #[inline]
    pub fn to_int(self) -> Int {
        match self {
            Small(i) => Int::Small(i),
            Big(b) => Int::from_big(b.clone()),
        }
    }
    #[inline]
    pub fn to_i64(self) -> Option<i64> {
        match self {
            Small(i) => Some(i),
            Big(b) => b.to_i64(),
        }
    }
    pub fn is_zero(self) -> bool {
        match self {
            Small(i) => i == 0,
            Big(b) => b.is_zero(),
        }
    }
    /// -1, 0 or 1.
    pub fn signum(self) -> i64 {
        match self {
            Small(i) => i.signum(),
            Big(b) => match b.sign() {
                Sign::Minus => -1,
                Sign::NoSign => 0,
                Sign::Plus => 1,
            },
        }
    }
    pub fn is_odd(self) -> bool {
        match self {
            Small(i) => i & 1 == 1,
            Big(b) => b.bit(0),
        }
    }
    pub fn bit_length(self) -> u64 {
        match self {
            Small(i) => u64::from(64 - i.unsigned_abs().leading_zeros()),
            Big(b) => b.bits(),
        }
    }
    pub fn bit_count(self) -> u64 {
        match self {
            Small(i) => u64::from(i.unsigned_abs().count_ones()),
            Big(b) => b.magnitude().count_ones(),
        }
    }
}

pub fn cmp(a: IntRef, b: IntRef) -> Ordering {
    match (a, b) {
        (Small(a), Small(b)) => a.cmp(&b),
        _ => a.big().as_ref().cmp(b.big().as_ref()),
    }
}

pub fn add(a: IntRef, b: IntRef) -> Int {
    match (a, b) {
        (Small(x), Small(y)) => match x.checked_add(y) {
            Some(r) => Int::Small(r),
            None => Int::from_i128(i128::from(x) + i128::from(y)),
        },
        (Big(x), Small(y)) | (Small(y), Big(x)) => Int::from_big(x + y),
        (Big(x), Big(y)) => Int::from_big(x + y),
    }
}

pub fn sub(a: IntRef, b: IntRef) -> Int {
    match (a, b) {
        (Small(x), Small(y)) => match x.checked_sub(y) {
            Some(r) => Int::Small(r),
            None => Int::from_i128(i128::from(x) - i128::from(y)),
        },
        (Big(x), Small(y)) => Int::from_big(x - y),
        (Small(x), Big(y)) => Int::from_big(x - y),
        (Big(x), Big(y)) => Int::from_big(x - y),
    }
}

pub fn mul(a: IntRef, b: IntRef) -> Int {
    match (a, b) {
        (Small(x), Small(y)) => match x.checked_mul(y) {
            Some(r) => Int::Small(r),
            None => Int::from_i128(i128::from(x) * i128::from(y)),
        },
        (Big(x), Small(y)) | (Small(y), Big(x)) => Int::from_big(x * y),
        (Big(x), Big(y)) => Int::from_big(x * y),
    }
}

pub fn neg(a: IntRef) -> Int {
    match a {
        Small(i) => i.checked_neg().map_or_else(|| Int::from_i128(-i128::from(i)), Int::Small),
        Big(b) => Int::from_big(-b),
    }
}

pub fn abs(a: IntRef) -> Int {
    if a.signum() < 0 { neg(a) } else { a.to_int() }
}

pub fn invert(a: IntRef) -> Int {
    match a {
        Small(i) => Int::Small(!i),
        Big(b) => Int::from_big(!b),
    }
}

/// Floor division of machine integers; `None` on overflow (`i64::MIN // -1`).
#[inline]
pub fn floordiv_i64(x: i64, y: i64) -> Option<i64> {
    let q = x.checked_div(y)?;
    Some(if (x % y != 0) && ((x < 0) != (y < 0)) { q - 1 } else { q })
}

/// Python's remainder of machine integers; `y` is not zero.
#[inline]
pub fn mod_i64(x: i64, y: i64) -> i64 {
    let r = x.wrapping_rem(y);
    if r != 0 && ((r < 0) != (y < 0)) { r + y } else { r }
}

pub fn floordiv(a: IntRef, b: IntRef) -> NumResult<Int> {
    if b.is_zero() {
        return zero_division("integer division or modulo by zero");
    }
    Ok(match (a, b) {
        (Small(x), Small(y)) => match floordiv_i64(x, y) {
            Some(q) => Int::Small(q),
            None => Int::from_i128(-i128::from(x)),
        },
        _ => Int::from_big(a.big().div_floor(b.big().as_ref())),
    })
}

pub fn modulo(a: IntRef, b: IntRef) -> NumResult<Int> {
    if b.is_zero() {
        return zero_division("integer modulo by zero");
    }
    Ok(match (a, b) {
        (Small(x), Small(y)) => Int::Small(mod_i64(x, y)),
        _ => Int::from_big(a.big().mod_floor(b.big().as_ref())),
    })
}

pub fn divmod(a: IntRef, b: IntRef) -> NumResult<(Int, Int)> {
    if b.is_zero() {
        return zero_division("integer division or modulo by zero");
    }
    if let (Small(_), Small(_)) = (a, b) {
        return Ok((floordiv(a, b)?, modulo(a, b)?));
    }
    let (q, r) = a.big().div_mod_floor(b.big().as_ref());
    Ok((Int::from_big(q), Int::from_big(r)))
}

pub fn and(a: IntRef, b: IntRef) -> Int {
    match (a, b) {
        (Small(x), Small(y)) => Int::Small(x & y),
        _ => Int::from_big(a.big().as_ref() & b.big().as_ref()),
    }
}
pub fn or(a: IntRef, b: IntRef) -> Int {
    match (a, b) {
        (Small(x), Small(y)) => Int::Small(x | y),
        _ => Int::from_big(a.big().as_ref() | b.big().as_ref()),
    }
}
pub fn xor(a: IntRef, b: IntRef) -> Int {
    match (a, b) {
        (Small(x), Small(y)) => Int::Small(x ^ y),
        _ => Int::from_big(a.big().as_ref() ^ b.big().as_ref()),
    }
}

/// Beyond this a result would not fit in memory; CPython's limit is a `size_t` of digits.
const MAX_SHIFT: i64 = 1 << 38;

pub fn shl(a: IntRef, b: IntRef) -> NumResult<Int> {
    if b.signum() < 0 {
        return value_err("negative shift count");
    }
    if a.is_zero() {
        return Ok(Int::Small(0));
    }
    let Some(n) = b.to_i64().filter(|n| *n < MAX_SHIFT) else {
        return match b.to_i64() {
            Some(_) => Err(super::NumErr::Memory),
            None => overflow("too many digits in integer"),
        };
    };
    if let Small(x) = a
        && n < 63
        && let r = x << n
        && r >> n == x
    {
        return Ok(Int::Small(r));
    }
    Ok(Int::from_big(a.big().into_owned() << (n as u64)))
}

pub fn shr(a: IntRef, b: IntRef) -> NumResult<Int> {
    if b.signum() < 0 {
        return value_err("negative shift count");
    }
    let n = b.to_i64().unwrap_or(i64::MAX);
    Ok(match a {
        Small(x) => Int::Small(x >> n.min(63)),
        Big(x) if x.bits() < n as u64 => Int::Small(if x.is_negative() { -1 } else { 0 }),
        Big(x) => Int::from_big(x >> (n as u64)),
    })
}

/// `a ** e` for `e >= 0`. A negative exponent is a float power, which the caller does.
pub fn pow(a: IntRef, e: IntRef) -> NumResult<Int> {
    let Some(exp) = e.to_i64() else {
        return match a.to_i64() {
            Some(0) => Ok(Int::Small(0)),
            Some(1) => Ok(Int::Small(1)),
            Some(-1) => Ok(Int::Small(if e.is_odd() { -1 } else { 1 })),
            _ => Err(super::NumErr::Memory),
        };
    };
    if let Small(x) = a {
        match x {
            0 => return Ok(Int::Small(i64::from(exp == 0))),
            1 => return Ok(Int::Small(1)),
            -1 => return Ok(Int::Small(if exp & 1 == 1 { -1 } else { 1 })),
            2 if exp < 62 => return Ok(Int::Small(1 << exp)),
            2 => return shl(Small(1), e),
            _ => {}
        }
        if let Ok(small) = u32::try_from(exp)
            && let Some(r) = x.checked_pow(small)
        {
            return Ok(Int::Small(r));
        }
    }
    let Ok(exp) = u32::try_from(exp) else { return Err(super::NumErr::Memory) };
    if a.bit_length().saturating_mul(u64::from(exp)) > MAX_SHIFT as u64 {
        return Err(super::NumErr::Memory);
    }
    Ok(Int::from_big(a.big().pow(exp)))
}

/// The inverse of `a` modulo `m` (`m > 0`), in `0..m`.
fn mod_inverse(a: &BigInt, m: &BigInt) -> NumResult<BigInt> {
    let ext = a.mod_floor(m).extended_gcd(m);
    if ext.gcd != BigInt::from(1) {
        return value_err("base is not invertible for the given modulus");
    }
    Ok(ext.x.mod_floor(m))
}

/// `pow(a, e, m)`; the result has the sign of `m`.
pub fn pow_mod(a: IntRef, e: IntRef, m: IntRef) -> NumResult<Int> {
    if m.is_zero() {
        return value_err("pow() 3rd argument cannot be 0");
    }
    if let (Small(x), Small(n), Small(k)) = (a, e, m)
        && n >= 0
    {
        return Ok(Int::Small(pow_mod_i64(x, n, k)));
    }
    let negative = m.signum() < 0;
    let modulus = m.big().abs();
    if modulus == BigInt::from(1) {
        return Ok(Int::Small(0));
    }
    let (mut base, mut exp) = (a.big().into_owned(), e.big().into_owned());
    if exp.is_negative() {
        exp = -exp;
        base = mod_inverse(&base, &modulus)?;
    }
    let r = base.mod_floor(&modulus).modpow(&exp, &modulus);
    Ok(Int::from_big(if negative && !r.is_zero() { r - modulus } else { r }))
}

fn pow_mod_i64(x: i64, mut n: i64, k: i64) -> i64 {
    let m = i128::from(k).abs();
    let mut base = i128::from(x).rem_euclid(m);
    let mut acc = 1 % m;
    while n > 0 {
        if n & 1 == 1 {
            acc = acc * base % m;
        }
        base = base * base % m;
        n >>= 1;
    }
    (if k < 0 && acc != 0 { acc - m } else { acc }) as i64
}

pub fn gcd(a: IntRef, b: IntRef) -> Int {
    match (a, b) {
        (Small(x), Small(y)) => Int::from_i128(i128::from(x.unsigned_abs().gcd(&y.unsigned_abs()))),
        _ => Int::from_big(a.big().gcd(b.big().as_ref())),
    }
}

/// The nearest float; ties to even. `None` beyond the range.
pub fn to_f64(a: IntRef) -> Option<f64> {
    match a {
        Small(i) => Some(i as f64),
        Big(b) => {
            let f = biguint_to_f64(b.magnitude())?;
            Some(if b.is_negative() { -f } else { f })
        }
    }
}

pub fn to_float(a: IntRef) -> NumResult<f64> {
    to_f64(a).map_or_else(|| overflow("int too large to convert to float"), Ok)
}

fn biguint_to_f64(b: &BigUint) -> Option<f64> {
    let bits = b.bits();
    if bits <= 64 {
        return b.to_u64().map(|u| u as f64);
    }
    if bits > 1024 {
        return None;
    }
    let shift = bits - 64;
    let top = (b >> shift).to_u64()?;
    let sticky = b.trailing_zeros().is_some_and(|z| z < shift);
    let f = (top | u64::from(sticky)) as f64 * f64::powi(2.0, shift as i32);
    f.is_finite().then_some(f)
}

/// `(m, e)` with the integer equal to about `m * 2**e`, `0.5 <= |m| < 1`. CPython: `_PyLong_Frexp`.
pub fn frexp(a: IntRef) -> (f64, i64) {
    let big = a.big();
    let bits = big.bits();
    if bits == 0 {
        return (0.0, 0);
    }
    let mag = big.magnitude();
    let (top, shift) = if bits > 64 { (mag >> (bits - 64), bits - 64) } else { (mag.clone(), 0) };
    let sticky = shift > 0 && mag.trailing_zeros().is_some_and(|z| z < shift);
    let top = top.to_u64().unwrap_or(0) | u64::from(sticky);
    let (m, e) = super::libm::frexp(top as f64);
    (if big.is_negative() { -m } else { m }, i64::from(e) + shift as i64)
}

/// The integer part of a finite float.
pub fn from_f64(f: f64) -> NumResult<Int> {
    if f.is_nan() {
        return value_err("cannot convert float NaN to integer");
    }
    if f.is_infinite() {
        return overflow("cannot convert float infinity to integer");
    }
    let t = f.trunc();
    if (-9.223_372_036_854_775e18..9.223_372_036_854_775e18).contains(&t) {
        return Ok(Int::Small(t as i64));
    }
    let (mantissa, exp, negative) = super::float::decode(t);
    let big = if exp >= 0 { BigInt::from(mantissa) << (exp as u64) } else { BigInt::from(mantissa) >> ((-exp) as u64) };
    Ok(Int::from_big(if negative { -big } else { big }))
}

/// Exact comparison of an integer and a float; `None` for NaN. CPython: `float_richcompare`.
pub fn cmp_float(a: IntRef, f: f64) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    if f.is_infinite() {
        return Some(if f > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    if let Small(i) = a {
        const EXACT: i64 = 1 << 53;
        if (-EXACT..=EXACT).contains(&i) {
            return (i as f64).partial_cmp(&f);
        }
    }
    let Ok(whole) = from_f64(f) else { return None };
    let order = cmp(a, whole.as_ref());
    Some(if order == Ordering::Equal { 0.0_f64.partial_cmp(&(f - f.trunc())).unwrap_or(order) } else { order })
}

/// `a / b` correctly rounded. CPython: `long_true_divide`.
pub fn truediv(a: IntRef, b: IntRef) -> NumResult<f64> {
    const TOO_LARGE: &str = "integer division result too large for a float";
    if b.is_zero() {
        return zero_division("division by zero");
    }
    const EXACT: u64 = 1 << 53;
    if let (Small(x), Small(y)) = (a, b)
        && x.unsigned_abs() <= EXACT
        && y.unsigned_abs() <= EXACT
    {
        return Ok(x as f64 / y as f64);
    }
    if a.is_zero() {
        return Ok(if b.signum() < 0 { -0.0 } else { 0.0 });
    }
    let negative = (a.signum() < 0) != (b.signum() < 0);
    let (x, y) = (a.big(), b.big());
    let (x, y) = (x.magnitude(), y.magnitude());
    let diff = x.bits() as i64 - y.bits() as i64;
    if diff > 1024 {
        return overflow(TOO_LARGE);
    }
    if diff < -1021 - 53 - 1 {
        return Ok(if negative { -0.0 } else { 0.0 });
    }
    let shift = diff.max(-1021) - 53 - 2;
    let (num, lost) = if shift <= 0 {
        (x << ((-shift) as u64), false)
    } else {
        (x >> (shift as u64), x.trailing_zeros().is_some_and(|z| z < shift as u64))
    };
    let (q, r) = num.div_rem(y);
    let inexact = lost || !r.is_zero();
    let Some(mut q) = q.to_u128() else { return overflow(TOO_LARGE) };
    let bits = 128 - i64::from(q.leading_zeros());
    let extra = bits.max(-1021 - shift) - 53;
    if inexact {
        q |= 1;
    }
    if extra > 0 {
        let mask = 1u128 << (extra - 1);
        let low = q | 1 & u128::from(inexact);
        if low & mask != 0 && low & (3 * mask - 1) != 0 {
            q += mask;
        }
        q &= !(2 * mask - 1);
    }
    let f = super::libm::ldexp(q as f64, shift as i32);
    if f.is_infinite() {
        return overflow(TOO_LARGE);
    }
    Ok(if negative { -f } else { f })
}

pub fn isqrt(a: IntRef) -> NumResult<Int> {
    if a.signum() < 0 {
        return value_err("isqrt() argument must be nonnegative");
    }
    Ok(match a {
        Small(i) => Int::Small((i as u64).isqrt() as i64),
        Big(b) => Int::from_big(b.sqrt()),
    })
}

pub fn to_bytes(a: IntRef, length: usize, little: bool, signed: bool) -> NumResult<Vec<u8>> {
    let negative = a.signum() < 0;
    if negative && !signed {
        return overflow("can't convert negative int to unsigned");
    }
    let mut out = if signed { a.big().to_signed_bytes_le() } else { a.big().to_bytes_le().1 };
    if a.is_zero() {
        out.clear();
    }
    if out.len() > length {
        return overflow("int too big to convert");
    }
    out.resize(length, if negative { 0xff } else { 0 });
    if !little {
        out.reverse();
    }
    Ok(out)
}

pub fn from_bytes(bytes: &[u8], little: bool, signed: bool) -> Int {
    Int::from_big(match (little, signed) {
        (true, true) => BigInt::from_signed_bytes_le(bytes),
        (false, true) => BigInt::from_signed_bytes_be(bytes),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
    })
}

/// `round(a, -digits)`: to a multiple of `10**digits`, ties to even. CPython: `int___round___impl`.
pub fn round_to(a: IntRef, digits: u32) -> Int {
    let unit = BigInt::from(10).pow(digits);
    let (q, r) = a.big().div_mod_floor(&unit);
    let up = match (&r * 2u32).cmp(&unit) {
        Ordering::Less => false,
        Ordering::Equal => q.bit(0),
        Ordering::Greater => true,
    };
    Int::from_big((if up { q + 1u32 } else { q }) * unit)
}

/// Digits above which `str` and `int` refuse; `sys.set_int_max_str_digits` writes it. CPython's default.
static MAX_STR_DIGITS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(4300);

pub fn max_str_digits() -> usize {
    MAX_STR_DIGITS.load(std::sync::atomic::Ordering::Relaxed)
}
pub fn set_max_str_digits(n: usize) {
    MAX_STR_DIGITS.store(n, std::sync::atomic::Ordering::Relaxed);
}

/// Decimal text, with CPython's limit on its length.
pub fn to_decimal(a: IntRef) -> NumResult<String> {
    let big = match a {
        Small(i) => return Ok(i.to_string()),
        Big(b) => b,
    };
    let limit = max_str_digits();
    let too_long = || {
        value_err(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
        ))
    };
    // More bits than `limit` digits can hold: refused before the quadratic conversion starts.
    if limit > 0 && big.bits() as f64 > (limit as f64 + 1.0) * std::f64::consts::LOG2_10 {
        return too_long();
    }
    let text = big.to_str_radix(10);
    let digits = text.len() - usize::from(big.is_negative());
    if limit > 0 && digits > limit { too_long() } else { Ok(text) }
}

/// Text in base 2, 8 or 16 with its prefix, as `bin`, `oct` and `hex` give.
pub fn to_prefixed(a: IntRef, base: u32) -> String {
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        _ => "0x",
    };
    let sign = if a.signum() < 0 { "-" } else { "" };
    match a {
        Small(i) => {
            let u = i.unsigned_abs();
            match base {
                2 => format!("{sign}0b{u:b}"),
                8 => format!("{sign}0o{u:o}"),
                _ => format!("{sign}0x{u:x}"),
            }
        }
        Big(b) => format!("{sign}{prefix}{}", b.magnitude().to_str_radix(base)),
    }
}
