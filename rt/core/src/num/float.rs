//! Owns: float arithmetic with Python's rules (floor division, power, rounding), its text forms and exact ratios.
//! Never: formats with a specification (text/ does).
//!
//! CPython 3.13: Objects/floatobject.c.

use super::{Int, NumErr, NumResult, libm, overflow, value_err, zero_division};
use num_bigint::BigInt;
use num_integer::Integer;
use std::cmp::Ordering;

/// `(mantissa, exponent, negative)` of a finite float: `mantissa * 2**exponent`.
pub fn decode(f: f64) -> (u64, i32, bool) {
    let bits = f.to_bits();
    let exp = ((bits >> 52) & 0x7ff) as i32;
    let frac = bits & ((1 << 52) - 1);
    let (m, e) = if exp == 0 { (frac, -1074) } else { (frac | 1 << 52, exp - 1075) };
    (m, e, f.is_sign_negative())
}

pub fn truediv(a: f64, b: f64) -> NumResult<f64> {
    if b == 0.0 { zero_division("float division by zero") } else { Ok(a / b) }
}

pub fn modulo(a: f64, b: f64) -> NumResult<f64> {
    if b == 0.0 {
        return zero_division("float modulo by zero");
    }
    let r = a % b;
    Ok(if r == 0.0 {
        0.0_f64.copysign(b)
    } else if (b < 0.0) != (r < 0.0) {
        r + b
    } else {
        r
    })
}

fn div_mod(a: f64, b: f64) -> (f64, f64) {
    let mut r = a % b;
    let mut div = (a - r) / b;
    if r == 0.0 {
        r = 0.0_f64.copysign(b);
    } else if (b < 0.0) != (r < 0.0) {
        r += b;
        div -= 1.0;
    }
    let q = if div == 0.0 {
        0.0_f64.copysign(a / b)
    } else {
        let floor = div.floor();
        if div - floor > 0.5 { floor + 1.0 } else { floor }
    };
    (q, r)
}

pub fn floordiv(a: f64, b: f64) -> NumResult<f64> {
    if b == 0.0 { zero_division("float floor division by zero") } else { Ok(div_mod(a, b).0) }
}

pub fn divmod(a: f64, b: f64) -> NumResult<(f64, f64)> {
    if b == 0.0 { zero_division("float divmod()") } else { Ok(div_mod(a, b)) }
}

/// `a ** b`; `None` when the result is complex (negative base, fractional exponent).
pub fn pow(a: f64, b: f64) -> NumResult<Option<f64>> {
    let odd = || (b.abs() % 2.0) == 1.0;
    if b == 0.0 {
        return Ok(Some(1.0));
    }
    if a.is_nan() {
        return Ok(Some(a));
    }
    if b.is_nan() {
        return Ok(Some(if a == 1.0 { 1.0 } else { b }));
    }
    if b.is_infinite() {
        let a = a.abs();
        return Ok(Some(if a == 1.0 {
            1.0
        } else if (b > 0.0) == (a > 1.0) {
            b.abs()
        } else {
            0.0
        }));
    }
    if a.is_infinite() {
        return Ok(Some(match (b > 0.0, odd()) {
            (true, true) => a,
            (true, false) => a.abs(),
            (false, true) => 0.0_f64.copysign(a),
            (false, false) => 0.0,
        }));
    }
    if a == 0.0 {
        if b < 0.0 {
            return zero_division("0.0 cannot be raised to a negative power");
        }
        return Ok(Some(if odd() { a } else { 0.0 }));
    }
    let mut base = a;
    let mut negate = false;
    if a < 0.0 {
        if b != b.floor() {
            return Ok(None);
        }
        negate = odd();
        base = -a;
    }
    if base == 1.0 {
        return Ok(Some(if negate { -1.0 } else { 1.0 }));
    }
    let r = libm::pow(base, b);
    if r.is_infinite() {
        return Err(NumErr::Range);
    }
    Ok(Some(if negate { -r } else { r }))
}

/// `round(f)`: to the nearest integer, ties to even.
pub fn round_int(f: f64) -> NumResult<Int> {
    super::int::from_f64(if f.is_finite() { f.round_ties_even() } else { f })
}

/// `round(f, digits)`, correctly rounded from the exact decimal value.
pub fn round_digits(f: f64, digits: i64) -> NumResult<f64> {
    if !f.is_finite() || digits > 323 || f == 0.0 {
        return Ok(f);
    }
    if digits < -308 {
        return Ok(0.0 * f);
    }
    if digits >= 0 {
        // Rust prints the exact value with ties to even, as dtoa's mode 3 does.
        let text = format!("{f:.*}", digits as usize);
        return Ok(text.parse().unwrap_or(f));
    }
    let whole = super::int::from_f64(f.abs())?.to_big();
    let unit = BigInt::from(10).pow(digits.unsigned_abs() as u32);
    let (q, r) = whole.div_mod_floor(&unit);
    let up = match (r * 2u32).cmp(&unit) {
        Ordering::Less => false,
        Ordering::Equal => f.fract() != 0.0 || q.bit(0),
        Ordering::Greater => true,
    };
    let rounded = Int::from_big(if up { q + 1u32 } else { q } * unit);
    match super::int::to_f64(rounded.as_ref()) {
        Some(r) => Ok(r.copysign(f)),
        None => overflow("rounded value too large to represent"),
    }
}

pub fn as_integer_ratio(f: f64) -> NumResult<(Int, Int)> {
    if f.is_infinite() {
        return overflow("cannot convert Infinity to integer ratio");
    }
    if f.is_nan() {
        return value_err("cannot convert NaN to integer ratio");
    }
    let (mut m, mut e, negative) = decode(f);
    if m == 0 {
        return Ok((Int::Small(0), Int::Small(1)));
    }
    let zeros = m.trailing_zeros();
    m >>= zeros;
    e += zeros as i32;
    let mut n = BigInt::from(m);
    let mut d = BigInt::from(1);
    if e >= 0 {
        n <<= e as u32;
    } else {
        d <<= e.unsigned_abs();
    }
    Ok((Int::from_big(if negative { -n } else { n }), Int::from_big(d)))
}

/// Shortest digits that read back, and the position of the decimal point after the first `point` of them.
pub fn shortest(f: f64) -> (String, i32) {
    let mut text = format!("{:e}", f.abs());
    // Where two shortest texts are equally near, Rust takes the upper and CPython the even one. Such a tie has an
    // exact expansion one digit longer, which needs at least 15 digits to be no shortest text itself.
    if text.len() > 16 {
        let digits = text.find('e').unwrap_or(0).saturating_sub(2);
        let exact = format!("{:.*e}", digits, f.abs());
        if exact != text && exact.parse() == Ok(f.abs()) {
            text = exact;
        }
    }
    let (mantissa, exp) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    (digits, exp.parse::<i32>().unwrap_or(0) + 1)
}

fn repr_with(f: f64, suffix: &str) -> String {
    if f.is_nan() {
        return "nan".into();
    }
    let sign = if f.is_sign_negative() { "-" } else { "" };
    if f.is_infinite() {
        return format!("{sign}inf");
    }
    let (digits, point) = shortest(f);
    if f == 0.0 {
        return format!("{sign}0{suffix}");
    }
    let len = digits.len() as i32;
    if point <= -4 || point > 16 {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let e = point - 1;
        let esign = if e < 0 { '-' } else { '+' };
        return format!("{sign}{first}{dot}{rest}e{esign}{:02}", e.abs());
    }
    if point <= 0 {
        format!("{sign}0.{}{digits}", "0".repeat(-point as usize))
    } else if point >= len {
        format!("{sign}{digits}{}{suffix}", "0".repeat((point - len) as usize))
    } else {
        let (whole, frac) = digits.split_at(point as usize);
        format!("{sign}{whole}.{frac}")
    }
}

/// `repr(f)`.
pub fn repr(f: f64) -> String {
    repr_with(f, ".0")
}
/// `repr(f)` as a part of a complex number: no `.0`.
pub fn repr_short(f: f64) -> String {
    repr_with(f, "")
}

/// `float.hex()`.
pub fn hex(f: f64) -> String {
    if !f.is_finite() {
        return repr(f);
    }
    let sign = if f.is_sign_negative() { "-" } else { "" };
    if f == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = f.to_bits();
    let exp = ((bits >> 52) & 0x7ff) as i32;
    let frac = bits & ((1 << 52) - 1);
    let (lead, e) = if exp == 0 { (0, -1022) } else { (1, exp - 1023) };
    format!("{sign}0x{lead}.{frac:013x}p{}{}", if e < 0 { '-' } else { '+' }, e.abs())
}

const BAD_HEX: &str = "invalid hexadecimal floating-point string";
const HUGE_HEX: &str = "hexadecimal value too large to represent as a float";

/// `float.fromhex(text)`.
pub fn from_hex(text: &str) -> NumResult<f64> {
    let t = text.trim_matches(|c: char| matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r'));
    let (negative, body) = match t.as_bytes().first() {
        Some(b'-') => (true, &t[1..]),
        Some(b'+') => (false, &t[1..]),
        _ => (false, t),
    };
    let signed = |f: f64| if negative { -f } else { f };
    let lower = body.to_ascii_lowercase();
    match lower.as_str() {
        "inf" | "infinity" => return Ok(signed(f64::INFINITY)),
        "nan" => return Ok(signed(f64::NAN)),
        _ => {}
    }
    let digits = lower.strip_prefix("0x").unwrap_or(&lower);
    let (mantissa, exp) = match digits.split_once('p') {
        Some((m, e)) => {
            let unsigned = e.strip_prefix(['+', '-']).unwrap_or(e);
            if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
                return value_err(BAD_HEX);
            }
            let big = if e.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
            (m, e.parse::<i64>().unwrap_or(big).clamp(i64::MIN / 4, i64::MAX / 4))
        }
        None => (digits, 0),
    };
    let (whole, frac) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{frac}");
    if all.is_empty() || !all.bytes().all(|b| b.is_ascii_hexdigit()) {
        return value_err(BAD_HEX);
    }
    let m = BigInt::parse_bytes(all.as_bytes(), 16).unwrap_or_default();
    if m == BigInt::from(0) {
        return Ok(signed(0.0));
    }
    let exp = exp - 4 * frac.len() as i64;
    let top = exp.saturating_add(m.bits() as i64);
    if top > 1024 {
        return overflow(HUGE_HEX);
    }
    if top < -1075 {
        return Ok(signed(0.0));
    }
    // Both directions stay small here: the magnitude is within the float range.
    let f = if exp >= 0 {
        super::int::to_f64(super::IntRef::Big(&(m << (exp as u64))))
    } else {
        super::int::truediv(super::IntRef::Big(&m), super::IntRef::Big(&(BigInt::from(1) << ((-exp) as u64)))).ok()
    };
    f.map_or_else(|| overflow(HUGE_HEX), |f| Ok(signed(f)))
}
