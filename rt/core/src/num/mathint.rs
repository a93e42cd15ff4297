//! Owns: the integer functions of `math`: factorial, comb, perm, lcm, logarithms of any size.
//! Never: converts arguments.
//!
//! CPython 3.13: Modules/mathmodule.c.

use super::{Int, IntRef, NumResult, int, mathfn, overflow, value_err};
use num_bigint::BigUint;
use num_integer::Integer;

/// The product of `lo..=hi`, by halves so that factors stay of like size.
fn product(lo: u64, hi: u64) -> BigUint {
    if lo > hi {
        return BigUint::from(1u32);
    }
    if hi - lo < 12 {
        return (lo..=hi).fold(BigUint::from(1u32), |acc, n| acc * n);
    }
    let mid = lo + (hi - lo) / 2;
    product(lo, mid) * product(mid + 1, hi)
}

pub fn factorial(n: IntRef) -> NumResult<Int> {
    if n.signum() < 0 {
        return value_err("factorial() not defined for negative values");
    }
    let Some(n) = n.to_i64() else {
        return overflow(format!("factorial() argument should not exceed {}", i64::MAX));
    };
    if n <= 20 {
        return Ok(Int::Small((1..=n).product()));
    }
    Ok(Int::from_big(product(1, n as u64).into()))
}

/// `perm(n, k)`.
pub fn perm(n: IntRef, k: IntRef) -> NumResult<Int> {
    if n.signum() < 0 {
        return value_err("n must be a non-negative integer");
    }
    if k.signum() < 0 {
        return value_err("k must be a non-negative integer");
    }
    if int::cmp(n, k).is_lt() {
        return Ok(Int::Small(0));
    }
    let Some(count) = k.to_i64() else {
        return overflow(format!("k must not exceed {}", i64::MAX));
    };
    if let Some(n) = n.to_i64() {
        return Ok(Int::from_big(product((n - count + 1) as u64, n as u64).into()));
    }
    let mut r = Int::Small(1);
    for i in 0..count {
        r *= int::sub(n, IntRef::Small(i));
    }
    Ok(r)
}

/// `comb(n, k)`.
pub fn comb(n: IntRef, k: IntRef) -> NumResult<Int> {
    if n.signum() < 0 {
        return value_err("n must be a non-negative integer");
    }
    if k.signum() < 0 {
        return value_err("k must be a non-negative integer");
    }
    let rest = int::sub(n, k);
    if rest.is_negative() {
        return Ok(Int::Small(0));
    }
    let count = if int::cmp(k, rest.as_ref()).is_gt() { rest } else { k.to_int() };
    let Some(count) = count.to_i64() else {
        return overflow(format!("min(n - k, k) must not exceed {}", i64::MAX));
    };
    if let Some(n) = n.to_i64() {
        let top = product((n - count + 1) as u64, n as u64);
        return Ok(Int::from_big((top / product(1, count as u64)).into()));
    }
    let top = perm(n, IntRef::Small(count))?;
    int::floordiv(top.as_ref(), factorial(IntRef::Small(count))?.as_ref())
}

pub fn lcm(a: IntRef, b: IntRef) -> Int {
    if a.is_zero() || b.is_zero() {
        return Int::Small(0);
    }
    let (x, y) = (a.big(), b.big());
    Int::from_big(x.lcm(y.as_ref()).magnitude().clone().into())
}

/// A logarithm of an integer of any size. CPython: `loghelper`.
pub fn log(n: IntRef, f: fn(f64) -> f64) -> NumResult<f64> {
    if n.signum() <= 0 {
        return value_err(mathfn::DOMAIN);
    }
    if let Some(x) = int::to_f64(n) {
        return Ok(f(x));
    }
    let (m, e) = int::frexp(n);
    Ok(f(m) + f(2.0) * e as f64)
}
