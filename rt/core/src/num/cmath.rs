//! Owns: the functions of `cmath` on complex numbers. Never: converts arguments.
//!
//! CPython 3.13: Modules/cmathmodule.c. Infinite and NaN arguments follow the limits of the formulas instead of
//! CPython's tables, with the same domain errors where a result would be undefined.

use super::complex::{Complex, new};
use super::mathfn::{DOMAIN, RANGE};
use super::{NumResult, libm, overflow, value_err};
use std::f64::consts::{LN_2, LN_10};

const LARGE: f64 = f64::MAX / 4.0;
const LOG_LARGE: f64 = 709.782_712_893_384 - 1.386_294_361_119_890_6;

fn finite(z: Complex) -> bool {
    z.re.is_finite() && z.im.is_finite()
}

pub fn sqrt(z: Complex) -> Complex {
    if z.im.is_infinite() {
        return new(f64::INFINITY, z.im);
    }
    if z.re.is_infinite() {
        let im = if z.im.is_nan() { z.im } else { 0.0 };
        return if z.re > 0.0 { new(z.re, im.copysign(z.im)) } else { new(im.abs(), f64::INFINITY.copysign(z.im)) };
    }
    if z.re == 0.0 && z.im == 0.0 {
        return new(0.0, z.im);
    }
    let (mut ax, ay) = (z.re.abs(), z.im.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE && (ax > 0.0 || ay > 0.0) {
        ax = libm::ldexp(ax, 53);
        libm::ldexp((ax + libm::hypot(ax, libm::ldexp(ay, 53))).sqrt(), -27)
    } else {
        ax /= 8.0;
        2.0 * (ax + libm::hypot(ax, ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    if z.re >= 0.0 { new(s, d.copysign(z.im)) } else { new(d, s.copysign(z.im)) }
}

pub fn acos(z: Complex) -> Complex {
    if z.re.abs() > LARGE || z.im.abs() > LARGE {
        let re = z.im.abs().atan2(z.re);
        let im = if z.re < 0.0 {
            -(libm::hypot(z.re / 2.0, z.im / 2.0).ln() + LN_2 * 2.0).copysign(z.im)
        } else {
            (libm::hypot(z.re / 2.0, z.im / 2.0).ln() + LN_2 * 2.0).copysign(-z.im)
        };
        return new(re, im);
    }
    let s1 = sqrt(new(1.0 - z.re, -z.im));
    let s2 = sqrt(new(1.0 + z.re, z.im));
    new(2.0 * s1.re.atan2(s2.re), libm::asinh(s2.re * s1.im - s2.im * s1.re))
}

pub fn acosh(z: Complex) -> Complex {
    if z.re.abs() > LARGE || z.im.abs() > LARGE {
        return new(libm::hypot(z.re / 2.0, z.im / 2.0).ln() + LN_2 * 2.0, z.im.atan2(z.re));
    }
    let s1 = sqrt(new(z.re - 1.0, z.im));
    let s2 = sqrt(new(z.re + 1.0, z.im));
    new(libm::asinh(s1.re * s2.re + s1.im * s2.im), 2.0 * s1.im.atan2(s2.re))
}

pub fn asinh(z: Complex) -> Complex {
    if z.re.abs() > LARGE || z.im.abs() > LARGE {
        let re = (libm::hypot(z.re / 2.0, z.im / 2.0).ln() + LN_2 * 2.0).copysign(z.re);
        return new(re, z.im.atan2(z.re.abs()));
    }
    let s1 = sqrt(new(1.0 + z.im, -z.re));
    let s2 = sqrt(new(1.0 - z.im, z.re));
    new(libm::asinh(s1.re * s2.im - s2.re * s1.im), z.im.atan2(s1.re * s2.re - s1.im * s2.im))
}

pub fn asin(z: Complex) -> Complex {
    let s = asinh(new(-z.im, z.re));
    new(s.im, -s.re)
}

pub fn atanh(z: Complex) -> NumResult<Complex> {
    if z.re < 0.0 || (z.re == 0.0 && z.re.is_sign_negative()) {
        let r = atanh(new(-z.re, -z.im))?;
        return Ok(new(-r.re, -r.im));
    }
    let ay = z.im.abs();
    let small = f64::MIN_POSITIVE.sqrt();
    if z.re > LARGE.sqrt() || ay > LARGE.sqrt() {
        let h = libm::hypot(z.re / 2.0, z.im / 2.0);
        let re = if h.is_infinite() { 0.0 } else { z.re / 4.0 / h / h };
        return Ok(new(re, -(std::f64::consts::FRAC_PI_2.copysign(-z.im))));
    }
    if z.re == 1.0 && ay < small {
        if ay == 0.0 {
            return value_err(DOMAIN);
        }
        let re = -(ay.sqrt() / libm::hypot(ay, 2.0).sqrt()).ln();
        return Ok(new(re, (2.0_f64.atan2(-ay) / 2.0).copysign(z.im)));
    }
    let d = 1.0 - z.re;
    Ok(new(libm::log1p(4.0 * z.re / (d * d + ay * ay)) / 4.0, -(-2.0 * z.im).atan2(d * (1.0 + z.re) - ay * ay) / 2.0))
}

pub fn atan(z: Complex) -> NumResult<Complex> {
    let s = atanh(new(-z.im, z.re))?;
    Ok(new(s.im, -s.re))
}

fn overflowed(z: Complex, r: Complex) -> NumResult<Complex> {
    if finite(z) && (r.re.is_infinite() || r.im.is_infinite()) {
        return overflow(RANGE);
    }
    if z.im.is_infinite() && !z.re.is_nan() && z.re != f64::NEG_INFINITY {
        return value_err(DOMAIN);
    }
    Ok(r)
}

/// `len * (cos(a) + i sin(a))`, keeping zeros and infinities apart from NaN.
fn polar(len_c: f64, len_s: f64, a: f64) -> Complex {
    if a == 0.0 { new(len_c, if len_s.is_infinite() { a } else { len_s * a }) } else { new(len_c * a.cos(), len_s * a.sin()) }
}

pub fn exp(z: Complex) -> NumResult<Complex> {
    if z.re == f64::NEG_INFINITY && !z.im.is_finite() {
        return Ok(new(0.0, 0.0_f64.copysign(z.im)));
    }
    let r = if z.re > LOG_LARGE && z.re.is_finite() {
        let l = (z.re - 1.0).exp();
        let e = std::f64::consts::E;
        new(l * z.im.cos() * e, l * z.im.sin() * e)
    } else {
        polar(z.re.exp(), z.re.exp(), z.im)
    };
    overflowed(z, r)
}

pub fn cosh(z: Complex) -> NumResult<Complex> {
    let r = if z.re.abs() > LOG_LARGE && z.re.is_finite() {
        let x = z.re - 1.0_f64.copysign(z.re);
        let e = std::f64::consts::E;
        new(z.im.cos() * x.cosh() * e, z.im.sin() * x.sinh() * e)
    } else {
        polar(z.re.cosh(), z.re.sinh(), z.im)
    };
    overflowed(z, r)
}

pub fn sinh(z: Complex) -> NumResult<Complex> {
    let r = if z.re.abs() > LOG_LARGE && z.re.is_finite() {
        let x = z.re - 1.0_f64.copysign(z.re);
        let e = std::f64::consts::E;
        new(z.im.cos() * x.sinh() * e, z.im.sin() * x.cosh() * e)
    } else {
        polar(z.re.sinh(), z.re.cosh(), z.im)
    };
    overflowed(z, r)
}

pub fn tanh(z: Complex) -> NumResult<Complex> {
    if z.re.is_infinite() {
        let im = if z.im.is_finite() { 2.0 * z.im.sin() * z.im.cos() } else { 0.0 };
        return Ok(new(1.0_f64.copysign(z.re), 0.0_f64.copysign(im)));
    }
    if z.im.is_infinite() {
        return value_err(DOMAIN);
    }
    if z.re.abs() > LOG_LARGE {
        let im = 4.0 * z.im.sin() * z.im.cos() * (-2.0 * z.re.abs()).exp();
        return Ok(new(1.0_f64.copysign(z.re), im));
    }
    let (tx, ty, cx) = (z.re.tanh(), z.im.tan(), 1.0 / z.re.cosh());
    let txty = tx * ty;
    let denom = 1.0 + txty * txty;
    Ok(new(tx * (1.0 + ty * ty) / denom, ((ty / denom) * cx) * cx))
}

/// A function of `iz` turned back: `f(iz) / i`, which gives the circular functions from the hyperbolic ones.
pub fn sin(z: Complex) -> NumResult<Complex> {
    let s = sinh(new(-z.im, z.re))?;
    Ok(new(s.im, -s.re))
}
pub fn cos(z: Complex) -> NumResult<Complex> {
    cosh(new(-z.im, z.re))
}
pub fn tan(z: Complex) -> NumResult<Complex> {
    let s = tanh(new(-z.im, z.re))?;
    Ok(new(s.im, -s.re))
}

pub fn log(z: Complex) -> NumResult<Complex> {
    let (ax, ay) = (z.re.abs(), z.im.abs());
    let re = if ax > LARGE || ay > LARGE {
        libm::hypot(ax / 2.0, ay / 2.0).ln() + LN_2
    } else if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        if ax == 0.0 && ay == 0.0 {
            return value_err(DOMAIN);
        }
        libm::hypot(libm::ldexp(ax, 53), libm::ldexp(ay, 53)).ln() - 53.0 * LN_2
    } else {
        let h = libm::hypot(ax, ay);
        if (0.71..=1.73).contains(&h) {
            let (am, an) = if ax > ay { (ax, ay) } else { (ay, ax) };
            libm::log1p((am - 1.0) * (am + 1.0) + an * an) / 2.0
        } else {
            h.ln()
        }
    };
    Ok(new(re, z.im.atan2(z.re)))
}

pub fn log10(z: Complex) -> NumResult<Complex> {
    let r = log(z)?;
    Ok(new(r.re / LN_10, r.im / LN_10))
}

pub fn phase(z: Complex) -> f64 {
    z.im.atan2(z.re)
}

pub fn rect(r: f64, phi: f64) -> NumResult<Complex> {
    if phi.is_infinite() && r != 0.0 && !r.is_nan() {
        return value_err(DOMAIN);
    }
    Ok(if phi == 0.0 { new(r, r * phi) } else { new(r * phi.cos(), r * phi.sin()) })
}

pub fn isclose(a: Complex, b: Complex, rel: f64, abs: f64) -> NumResult<bool> {
    if rel < 0.0 || abs < 0.0 {
        return value_err("tolerances must be non-negative");
    }
    if a == b {
        return Ok(true);
    }
    if a.re.is_infinite() || a.im.is_infinite() || b.re.is_infinite() || b.im.is_infinite() {
        return Ok(false);
    }
    let size = |z: Complex| libm::hypot(z.re, z.im);
    let diff = size(new(a.re - b.re, a.im - b.im));
    Ok(diff <= rel * size(b) || diff <= rel * size(a) || diff <= abs)
}
