//! Owns: complex arithmetic, parsing and repr. Never: compares magnitudes, touches real-only rules.
//!
//! CPython 3.13: Objects/complexobject.c.

use super::{NumErr, NumResult, float, libm, overflow, parse, value_err, zero_division};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

pub const fn new(re: f64, im: f64) -> Complex {
    Complex { re, im }
}

const ONE: Complex = new(1.0, 0.0);

pub fn add(a: Complex, b: Complex) -> Complex {
    new(a.re + b.re, a.im + b.im)
}
pub fn sub(a: Complex, b: Complex) -> Complex {
    new(a.re - b.re, a.im - b.im)
}
pub fn mul(a: Complex, b: Complex) -> Complex {
    new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
}
pub fn neg(a: Complex) -> Complex {
    new(-a.re, -a.im)
}

pub fn div(a: Complex, b: Complex) -> NumResult<Complex> {
    quot(a, b).map_or_else(|| zero_division("complex division by zero"), Ok)
}

fn quot(a: Complex, b: Complex) -> Option<Complex> {
    let (re, im) = (b.re.abs(), b.im.abs());
    if re >= im {
        if re == 0.0 {
            return None;
        }
        let ratio = b.im / b.re;
        let denom = b.re + b.im * ratio;
        Some(new((a.re + a.im * ratio) / denom, (a.im - a.re * ratio) / denom))
    } else if im >= re {
        let ratio = b.re / b.im;
        let denom = b.re * ratio + b.im;
        Some(new((a.re * ratio + a.im) / denom, (a.im * ratio - a.re) / denom))
    } else {
        Some(new(f64::NAN, f64::NAN))
    }
}

fn powu(x: Complex, n: u32) -> Complex {
    let (mut r, mut p, mut mask) = (ONE, x, 1u32);
    while n >= mask {
        if n & mask != 0 {
            r = mul(r, p);
        }
        mask <<= 1;
        p = mul(p, p);
    }
    r
}

pub fn pow(a: Complex, b: Complex) -> NumResult<Complex> {
    const ZERO: &str = "0.0 to a negative or complex power";
    let small = b.im == 0.0 && b.re == b.re.floor() && b.re.abs() <= 100.0;
    let r = if small {
        let n = b.re as i32;
        if n > 0 {
            powu(a, n as u32)
        } else {
            match quot(ONE, powu(a, n.unsigned_abs())) {
                Some(r) => r,
                None => return zero_division(ZERO),
            }
        }
    } else if b.re == 0.0 && b.im == 0.0 {
        ONE
    } else if a.re == 0.0 && a.im == 0.0 {
        if b.im != 0.0 || b.re < 0.0 {
            return zero_division(ZERO);
        }
        new(0.0, 0.0)
    } else {
        let vabs = libm::hypot(a.re, a.im);
        let mut len = libm::pow(vabs, b.re);
        let at = a.im.atan2(a.re);
        let mut phase = at * b.re;
        if b.im != 0.0 {
            len /= (at * b.im).exp();
            phase += b.im * vabs.ln();
        }
        // The C library reports the cosine of an infinity through errno, which CPython takes for this error.
        if phase.is_infinite() {
            return zero_division(ZERO);
        }
        new(len * phase.cos(), len * phase.sin())
    };
    if r.re.is_infinite() || r.im.is_infinite() {
        return overflow("complex exponentiation");
    }
    Ok(r)
}

pub fn abs(a: Complex) -> NumResult<f64> {
    if a.re.is_infinite() || a.im.is_infinite() {
        return Ok(f64::INFINITY);
    }
    if a.re.is_nan() || a.im.is_nan() {
        return Ok(f64::NAN);
    }
    let r = libm::hypot(a.re, a.im);
    if r.is_infinite() { overflow("absolute value too large") } else { Ok(r) }
}

pub fn repr(c: Complex) -> String {
    let imag = float::repr_short(c.im);
    if c.re == 0.0 && c.re.is_sign_positive() {
        return format!("{imag}j");
    }
    let plus = if imag.starts_with('-') { "" } else { "+" };
    format!("({}{plus}{imag}j)", float::repr_short(c.re))
}

/// Reads the longest float at the start of `s`, as `strtod` would, and what follows it.
fn leading_float(s: &str) -> Option<(f64, &str)> {
    let b = s.as_bytes();
    let mut i = usize::from(matches!(b.first(), Some(b'+' | b'-')));
    let rest = s.get(i..)?.to_ascii_lowercase();
    for word in ["infinity", "inf", "nan"] {
        if rest.starts_with(word) {
            let end = i + word.len();
            return Some((parse::plain_float(s.get(..end)?)?, s.get(end..)?));
        }
    }
    let digits = |mut i: usize| {
        while b.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    };
    let start = i;
    i = digits(i);
    let mut count = i - start;
    if b.get(i) == Some(&b'.') {
        let end = digits(i + 1);
        count += end - i - 1;
        i = end;
    }
    if count == 0 {
        return None;
    }
    if matches!(b.get(i), Some(b'e' | b'E')) {
        let j = i + 1 + usize::from(matches!(b.get(i + 1), Some(b'+' | b'-')));
        let end = digits(j);
        if end > j {
            i = end;
        }
    }
    Some((parse::plain_float(s.get(..i)?)?, s.get(i..)?))
}

/// The value of `complex(text)`; `text` has ASCII digits and spaces already.
pub fn parse(text: &str) -> NumResult<Complex> {
    let cleaned;
    let text = if text.contains('_') {
        match parse::strip_underscores(text) {
            Some(t) => {
                cleaned = t;
                &cleaned
            }
            None => return value_err(format!("could not convert string to complex: '{text}'")),
        }
    } else {
        text
    };
    parse_inner(text).ok_or(NumErr::Value("complex() arg is a malformed string".into()))
}

fn parse_inner(text: &str) -> Option<Complex> {
    let space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r');
    let mut s = text.trim_matches(space);
    if let Some(inner) = s.strip_prefix('(') {
        s = inner.strip_suffix(')')?.trim_matches(space);
    }
    let is_j = |s: &str| matches!(s, "j" | "J");
    if let Some((z, rest)) = leading_float(s) {
        if rest.is_empty() {
            return Some(new(z, 0.0));
        }
        if is_j(rest) {
            return Some(new(0.0, z));
        }
        if !rest.starts_with(['+', '-']) {
            return None;
        }
        let (y, tail) = match leading_float(rest) {
            Some(found) => found,
            None => (if rest.starts_with('-') { -1.0 } else { 1.0 }, rest.get(1..)?),
        };
        return is_j(tail).then(|| new(z, y));
    }
    // No number at all: only `j`, `+j`, `-j`.
    let (y, rest) = match s.as_bytes().first() {
        Some(b'+') => (1.0, &s[1..]),
        Some(b'-') => (-1.0, &s[1..]),
        _ => (1.0, s),
    };
    is_j(rest).then(|| new(0.0, y))
}
