//! Owns: the float functions of `math` with CPython's domain and range errors. Never: converts arguments, handles
//! integers beyond the range of floats (mathint.rs does).
//!
//! CPython 3.13: Modules/mathmodule.c.

use super::{NumResult, libm, overflow, value_err};
use std::f64::consts::PI;

pub const DOMAIN: &str = "math domain error";
pub const RANGE: &str = "math range error";

/// One function of one float. `overflows`: an infinite result of a finite argument is a range error, else a domain error.
pub struct Func1 {
    pub name: &'static str,
    pub call: fn(f64) -> f64,
    pub overflows: bool,
}

/// The functions whose errors follow from their result alone. CPython: `math_1`.
pub const FUNCS1: [Func1; 20] = [
    f1("acos", f64::acos, false),
    f1("acosh", |x| libm::acosh(x), false),
    f1("asin", f64::asin, false),
    f1("asinh", |x| libm::asinh(x), false),
    f1("atan", f64::atan, false),
    f1("atanh", |x| libm::atanh(x), false),
    f1("cbrt", |x| libm::cbrt(x), false),
    f1("cos", f64::cos, false),
    f1("cosh", f64::cosh, true),
    f1("erf", |x| libm::erf(x), false),
    f1("erfc", |x| libm::erfc(x), false),
    f1("exp", f64::exp, true),
    f1("exp2", |x| libm::exp2(x), true),
    f1("expm1", |x| libm::expm1(x), true),
    f1("fabs", f64::abs, false),
    f1("sin", f64::sin, false),
    f1("sinh", f64::sinh, true),
    f1("sqrt", f64::sqrt, false),
    f1("tan", f64::tan, false),
    f1("tanh", f64::tanh, false),
];

const fn f1(name: &'static str, call: fn(f64) -> f64, overflows: bool) -> Func1 {
    Func1 { name, call, overflows }
}

#[inline]
pub fn checked(x: f64, r: f64, overflows: bool) -> NumResult<f64> {
    if r.is_finite() {
        return Ok(r);
    }
    if r.is_nan() && !x.is_nan() {
        return value_err(DOMAIN);
    }
    if r.is_infinite() && x.is_finite() {
        return if overflows { overflow(RANGE) } else { value_err(DOMAIN) };
    }
    Ok(r)
}

pub fn sqrt(x: f64) -> NumResult<f64> {
    if x < 0.0 { value_err(DOMAIN) } else { Ok(x.sqrt()) }
}

pub fn log1p(x: f64) -> NumResult<f64> {
    checked(x, if x == 0.0 { x } else { libm::log1p(x) }, false)
}

fn log_with(x: f64, f: fn(f64) -> f64) -> NumResult<f64> {
    if x > 0.0 || x.is_nan() { Ok(f(x)) } else { value_err(DOMAIN) }
}
pub fn ln(x: f64) -> NumResult<f64> {
    log_with(x, f64::ln)
}
pub fn log10(x: f64) -> NumResult<f64> {
    log_with(x, f64::log10)
}
pub fn log2(x: f64) -> f64 {
    x.log2()
}
pub fn log2_checked(x: f64) -> NumResult<f64> {
    log_with(x, f64::log2)
}

pub fn fmod(x: f64, y: f64) -> NumResult<f64> {
    if y.is_infinite() && x.is_finite() {
        return Ok(x);
    }
    let r = libm::fmod(x, y);
    if r.is_nan() && !x.is_nan() && !y.is_nan() { value_err(DOMAIN) } else { Ok(r) }
}

pub fn remainder(x: f64, y: f64) -> NumResult<f64> {
    if x.is_finite() && y.is_infinite() {
        return Ok(x);
    }
    let r = libm::remainder(x, y);
    if r.is_nan() && !x.is_nan() && !y.is_nan() { value_err(DOMAIN) } else { Ok(r) }
}

pub fn pow(x: f64, y: f64) -> NumResult<f64> {
    let r = libm::pow(x, y);
    if x.is_finite() && y.is_finite() {
        if r.is_nan() {
            return value_err(DOMAIN);
        }
        if r.is_infinite() {
            return if x == 0.0 { value_err(DOMAIN) } else { overflow(RANGE) };
        }
    }
    Ok(r)
}

/// `ldexp(x, e)`; `e` is clamped by the caller.
pub fn ldexp(x: f64, e: i64) -> NumResult<f64> {
    if x == 0.0 || !x.is_finite() {
        return Ok(x);
    }
    if e > i64::from(i32::MAX) {
        return overflow(RANGE);
    }
    let Ok(e) = i32::try_from(e) else { return Ok(0.0_f64.copysign(x)) };
    let r = libm::ldexp(x, e);
    if r.is_infinite() { overflow(RANGE) } else { Ok(r) }
}

pub fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() { (x, 0) } else { libm::frexp(x) }
}

/// `(fraction, whole)`.
pub fn modf(x: f64) -> (f64, f64) {
    if x.is_infinite() {
        return (0.0_f64.copysign(x), x);
    }
    if x.is_nan() {
        return (x, x);
    }
    let whole = x.trunc();
    ((x - whole).copysign(x), whole)
}

pub fn fma(x: f64, y: f64, z: f64) -> NumResult<f64> {
    let r = libm::fma(x, y, z);
    if r.is_finite() {
        return Ok(r);
    }
    if r.is_nan() {
        if !x.is_nan() && !y.is_nan() && !z.is_nan() {
            return value_err("invalid operation in fma");
        }
    } else if x.is_finite() && y.is_finite() && z.is_finite() {
        return overflow("overflow in fma");
    }
    Ok(r)
}

/// `nextafter(x, y, steps=n)`.
pub fn nextafter(x: f64, y: f64, steps: Option<u64>) -> f64 {
    let Some(steps) = steps else { return libm::nextafter(x, y) };
    if steps == 0 {
        return x;
    }
    if x.is_nan() {
        return x;
    }
    if y.is_nan() || x == y {
        return y;
    }
    const SIGN: u64 = 1 << 63;
    let (a, b) = (x.to_bits(), y.to_bits());
    let (am, bm) = (a & !SIGN, b & !SIGN);
    if (a ^ b) & SIGN != 0 {
        // Opposite signs: the way leads through zero.
        if am.saturating_add(bm) <= steps {
            return y;
        }
        return f64::from_bits(if am < steps { (b & SIGN) | (steps - am) } else { a - steps });
    }
    f64::from_bits(if am > bm {
        if am - bm >= steps { a - steps } else { b }
    } else if bm - am >= steps {
        a + steps
    } else {
        b
    })
}

pub fn ulp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let x = x.abs();
    if x.is_infinite() {
        return x;
    }
    let up = libm::nextafter(x, f64::INFINITY);
    if up.is_infinite() { x - libm::nextafter(x, f64::NEG_INFINITY) } else { up - x }
}

pub fn isclose(a: f64, b: f64, rel: f64, abs: f64) -> NumResult<bool> {
    if rel < 0.0 || abs < 0.0 {
        return value_err("tolerances must be non-negative");
    }
    if a == b {
        return Ok(true);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(false);
    }
    let diff = (b - a).abs();
    Ok(diff <= (rel * b).abs() || diff <= (rel * a).abs() || diff <= abs)
}

pub fn degrees(x: f64) -> f64 {
    x * (180.0 / PI)
}
pub fn radians(x: f64) -> f64 {
    x * (PI / 180.0)
}

/// `sin(pi * x)` of a finite `x`, accurate near integers.
fn sinpi(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let r = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    r * 1.0_f64.copysign(x)
}

// Lanczos' approximation with N = 13 (Boost's lanczos13m53): g and the coefficients of the rational form.
const G: f64 = 6.024_680_040_776_729_583_740_234_375;
const G_HALF: f64 = 5.524_680_040_776_729_583_740_234_375;
#[allow(clippy::excessive_precision)]
const NUM: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786772,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];
const DEN: [f64; 13] = [
    0.0, 39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0, 2637558.0, 357423.0, 32670.0,
    1925.0, 66.0, 1.0,
];

fn lanczos(x: f64) -> f64 {
    let (mut num, mut den) = (0.0, 0.0);
    if x < 5.0 {
        for (n, d) in NUM.iter().zip(&DEN).rev() {
            num = num * x + n;
            den = den * x + d;
        }
    } else {
        for (n, d) in NUM.iter().zip(&DEN) {
            num = num / x + n;
            den = den / x + d;
        }
    }
    num / den
}

pub fn gamma(x: f64) -> NumResult<f64> {
    if !x.is_finite() {
        return if x == f64::NEG_INFINITY { value_err(DOMAIN) } else { Ok(x) };
    }
    if x == 0.0 {
        return value_err(DOMAIN);
    }
    if x == x.floor() {
        if x < 0.0 {
            return value_err(DOMAIN);
        }
        if x <= 23.0 {
            return Ok((1..x as u64).fold(1.0, |acc, n| acc * n as f64));
        }
    }
    let a = x.abs();
    if a < 1e-20 {
        return ranged(1.0 / x);
    }
    if a > 200.0 {
        return if x < 0.0 { Ok(0.0 / sinpi(x)) } else { overflow(RANGE) };
    }
    let y = a + G_HALF;
    let z = if a > G_HALF { (y - a) - G_HALF } else { (y - G_HALF) - a };
    let z = z * G / y;
    let r = if x < 0.0 {
        let mut r = -PI / sinpi(a) / a * y.exp() / lanczos(a);
        r -= z * r;
        if a < 140.0 {
            r / libm::pow(y, a - 0.5)
        } else {
            let root = libm::pow(y, a / 2.0 - 0.25);
            r / root / root
        }
    } else {
        let mut r = lanczos(a) / y.exp();
        r += z * r;
        if a < 140.0 {
            r * libm::pow(y, a - 0.5)
        } else {
            let root = libm::pow(y, a / 2.0 - 0.25);
            r * root * root
        }
    };
    ranged(r)
}

fn ranged(r: f64) -> NumResult<f64> {
    if r.is_infinite() { overflow(RANGE) } else { Ok(r) }
}

pub fn lgamma(x: f64) -> NumResult<f64> {
    if x.is_nan() {
        return Ok(x);
    }
    if x.is_infinite() {
        return Ok(f64::INFINITY);
    }
    if x == x.floor() && x <= 0.0 {
        return value_err(DOMAIN);
    }
    ranged(lgamma_raw(x))
}

/// The logarithm of the absolute value of gamma, for a finite `x` that is no pole.
pub fn lgamma_raw(x: f64) -> f64 {
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    let a = x.abs();
    if a < 1e-20 {
        return -a.ln();
    }
    let mut r = lanczos(a).ln() - G;
    r += (a - 0.5) * ((a + G - 0.5).ln() - 1.0);
    if x < 0.0 {
        const LOG_PI: f64 = 1.144_729_885_849_400_174_143_427_351_353_058_711_647;
        r = LOG_PI - sinpi(a).abs().ln() - a.ln() - r;
    }
    r
}
