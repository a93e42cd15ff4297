//! Owns: the distributions of `random.Random` as arithmetic over a source of `random()` floats. Never: keeps state
//! except gauss's spare value, which the caller stores.
//!
//! CPython 3.13: Lib/random.py.

use super::{NumErr, NumResult, libm, value_err};
use std::f64::consts::{E, PI};

const TAU: f64 = 2.0 * PI;

/// `self.random()`: native, or a Python override that may raise through the caller's error type.
pub trait Source {
    type Error: From<NumErr>;
    fn random(&mut self) -> Result<f64, Self::Error>;
}

impl Source for super::twister::Twister {
    type Error = NumErr;
    fn random(&mut self) -> NumResult<f64> {
        Ok(super::twister::Twister::random(self))
    }
}

fn log(x: f64) -> NumResult<f64> {
    if x <= 0.0 { value_err("math domain error") } else { Ok(x.ln()) }
}

pub fn uniform<S: Source>(s: &mut S, a: f64, b: f64) -> Result<f64, S::Error> {
    Ok(a + (b - a) * s.random()?)
}

pub fn triangular<S: Source>(s: &mut S, low: f64, high: f64, mode: Option<f64>) -> Result<f64, S::Error> {
    let mut u = s.random()?;
    let mut c = match mode {
        None => 0.5,
        Some(_) if high == low => return Ok(low),
        Some(mode) => (mode - low) / (high - low),
    };
    let (mut low, mut high) = (low, high);
    if u > c {
        u = 1.0 - u;
        c = 1.0 - c;
        (low, high) = (high, low);
    }
    Ok(low + (high - low) * (u * c).sqrt())
}

/// `4 * exp(-0.5) / sqrt(2.0)`, as Lib/random.py computes it.
fn nv_magic() -> f64 {
    4.0 * (-0.5f64).exp() / 2.0f64.sqrt()
}

pub fn normalvariate<S: Source>(s: &mut S, mu: f64, sigma: f64) -> Result<f64, S::Error> {
    let magic = nv_magic();
    loop {
        let u1 = s.random()?;
        let u2 = 1.0 - s.random()?;
        let z = magic * (u1 - 0.5) / u2;
        if z * z / 4.0 <= -log(u2)? {
            return Ok(mu + z * sigma);
        }
    }
}

/// `gauss`; `spare` is `gauss_next`.
pub fn gauss<S: Source>(s: &mut S, spare: &mut Option<f64>, mu: f64, sigma: f64) -> Result<f64, S::Error> {
    let z = match spare.take() {
        Some(z) => z,
        None => {
            let x2pi = s.random()? * TAU;
            let g2rad = (-2.0 * log(1.0 - s.random()?)?).sqrt();
            *spare = Some(x2pi.sin() * g2rad);
            x2pi.cos() * g2rad
        }
    };
    Ok(mu + z * sigma)
}

pub fn lognormvariate<S: Source>(s: &mut S, mu: f64, sigma: f64) -> Result<f64, S::Error> {
    Ok(normalvariate(s, mu, sigma)?.exp())
}

pub fn expovariate<S: Source>(s: &mut S, lambd: f64) -> Result<f64, S::Error> {
    let l = log(1.0 - s.random()?)?;
    if lambd == 0.0 {
        return Err(NumErr::ZeroDivision("float division by zero".into()).into());
    }
    Ok(-l / lambd)
}

pub fn vonmisesvariate<S: Source>(s: &mut S, mu: f64, kappa: f64) -> Result<f64, S::Error> {
    if kappa <= 1e-6 {
        return Ok(TAU * s.random()?);
    }
    let half = 0.5 / kappa;
    let r = half + (1.0 + half * half).sqrt();
    let z = loop {
        let u1 = s.random()?;
        let z = (PI * u1).cos();
        let d = z / (r + z);
        let u2 = s.random()?;
        if u2 < 1.0 - d * d || u2 <= (1.0 - d) * d.exp() {
            break z;
        }
    };
    let q = 1.0 / r;
    let f = (q + z) / (1.0 + q * z);
    let u3 = s.random()?;
    let theta = if u3 > 0.5 { mu + f.acos() } else { mu - f.acos() };
    Ok(super::float::modulo(theta, TAU)?)
}

pub fn gammavariate<S: Source>(s: &mut S, alpha: f64, beta: f64) -> Result<f64, S::Error> {
    if alpha <= 0.0 || beta <= 0.0 {
        return Err(NumErr::Value("gammavariate: alpha and beta must be > 0.0".into()).into());
    }
    if alpha > 1.0 {
        let ainv = (2.0 * alpha - 1.0).sqrt();
        let bbb = alpha - 4.0f64.ln();
        let ccc = alpha + ainv;
        let magic = 1.0 + 4.5f64.ln();
        loop {
            let u1 = s.random()?;
            if !(1e-7 < u1 && u1 < 0.999_999_9) {
                continue;
            }
            let u2 = 1.0 - s.random()?;
            let v = (u1 / (1.0 - u1)).ln() / ainv;
            let x = alpha * v.exp();
            let z = u1 * u1 * u2;
            let r = bbb + ccc * v - x;
            if r + magic - 4.5 * z >= 0.0 || r >= log(z)? {
                return Ok(x * beta);
            }
        }
    }
    if alpha == 1.0 {
        return Ok(-log(1.0 - s.random()?)? * beta);
    }
    loop {
        let u = s.random()?;
        let b = (E + alpha) / E;
        let p = b * u;
        let x = if p <= 1.0 { libm::pow(p, 1.0 / alpha) } else { -log((b - p) / alpha)? };
        let u1 = s.random()?;
        if p > 1.0 {
            if u1 <= libm::pow(x, alpha - 1.0) {
                return Ok(x * beta);
            }
        } else if u1 <= (-x).exp() {
            return Ok(x * beta);
        }
    }
}

pub fn betavariate<S: Source>(s: &mut S, alpha: f64, beta: f64) -> Result<f64, S::Error> {
    let y = gammavariate(s, alpha, 1.0)?;
    Ok(if y == 0.0 { 0.0 } else { y / (y + gammavariate(s, beta, 1.0)?) })
}

pub fn paretovariate<S: Source>(s: &mut S, alpha: f64) -> Result<f64, S::Error> {
    let u = 1.0 - s.random()?;
    Ok(power(u, -1.0 / alpha)?)
}

pub fn weibullvariate<S: Source>(s: &mut S, alpha: f64, beta: f64) -> Result<f64, S::Error> {
    let u = 1.0 - s.random()?;
    Ok(alpha * power(-log(u)?, 1.0 / beta)?)
}

fn power(a: f64, b: f64) -> NumResult<f64> {
    Ok(super::float::pow(a, b)?.unwrap_or(f64::NAN))
}

/// `binomialvariate(n, p)` for a checked `n >= 0`, `0 <= p <= 1`.
pub fn binomialvariate<S: Source>(s: &mut S, n: i64, p: f64) -> Result<i64, S::Error> {
    if n < 0 {
        return Err(NumErr::Value("n must be non-negative".into()).into());
    }
    if p <= 0.0 || p >= 1.0 {
        return match p {
            0.0 => Ok(0),
            1.0 => Ok(n),
            _ => Err(NumErr::Value("p must be in the range 0.0 <= p <= 1.0".into()).into()),
        };
    }
    if n == 1 {
        return Ok(i64::from(s.random()? < p));
    }
    if p > 0.5 {
        return Ok(n - binomialvariate(s, n, 1.0 - p)?);
    }
    if (n as f64) * p < 10.0 {
        let (mut x, mut y) = (0, 0i64);
        let c = (1.0 - p).log2();
        if c == 0.0 {
            return Ok(x);
        }
        loop {
            y = y.saturating_add((super::mathfn::log2_checked(s.random()?)? / c).floor() as i64).saturating_add(1);
            if y > n {
                return Ok(x);
            }
            x += 1;
        }
    }
    let nf = n as f64;
    let spq = (nf * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * spq;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let c = nf * p + 0.5;
    let vr = 0.92 - 4.2 / b;
    let mut setup: Option<(f64, f64, f64, f64)> = None;
    loop {
        let mut u = s.random()?;
        u -= 0.5;
        let us = 0.5 - u.abs();
        let kf = ((2.0 * a / us + b) * u + c).floor();
        if kf < 0.0 || kf > nf {
            continue;
        }
        let mut v = s.random()?;
        if us >= 0.07 && v <= vr {
            return Ok(kf as i64);
        }
        let (alpha, lpq, m, h) = *setup.get_or_insert_with(|| {
            let alpha = (2.83 + 5.1 / b) * spq;
            let lpq = (p / (1.0 - p)).ln();
            let m = ((nf + 1.0) * p).floor();
            let h = super::mathfn::lgamma_raw(m + 1.0) + super::mathfn::lgamma_raw(nf - m + 1.0);
            (alpha, lpq, m, h)
        });
        v *= alpha / (a / (us * us) + b);
        if v.ln() <= h - super::mathfn::lgamma_raw(kf + 1.0) - super::mathfn::lgamma_raw(nf - kf + 1.0) + (kf - m) * lpq {
            return Ok(kf as i64);
        }
    }
}
