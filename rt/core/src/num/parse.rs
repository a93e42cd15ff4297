//! Owns: reading numbers from text as `int()` and `float()` do. Never: words the "invalid literal" error, which
//! quotes the original object.
//!
//! CPython 3.13: PyLong_FromString, _Py_string_to_number_with_underscores, _PyUnicode_TransformDecimalAndSpaceToASCII.

use super::{Int, NumErr, int};
use num_bigint::BigInt;
use std::borrow::Cow;

/// The code points of every decimal zero outside ASCII (Unicode 15.1, category Nd).
const ZEROS: [u32; 67] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0,
    0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50,
    0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950,
    0x1fbf0,
];

/// Text that is no number, or a limit that was passed.
#[derive(Debug)]
pub enum ParseErr {
    Invalid,
    Num(NumErr),
}

/// Unicode's decimal digits and spaces as ASCII; anything else outside ASCII becomes `?`.
pub fn to_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|c| {
                if c.is_ascii() {
                    c
                } else if c.is_whitespace() {
                    ' '
                } else {
                    digit_value(c).map_or('?', |d| char::from(b'0' + d))
                }
            })
            .collect(),
    )
}

/// The value of a decimal digit of any script.
pub fn digit_value(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).map(|d| d as u8);
    }
    let c = c as u32;
    let at = ZEROS.partition_point(|z| *z <= c);
    let zero = ZEROS.get(at.checked_sub(1)?)?;
    (c - zero < 10).then(|| (c - zero) as u8)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

/// `int(text, base)`; the base is 0 or 2 to 36, checked by the caller; `text` came through `to_ascii`.
pub fn int(text: &str, base: u32) -> Result<Int, ParseErr> {
    let t = text.trim_matches(is_space);
    let (negative, t) = match t.as_bytes().first() {
        Some(b'-') => (true, &t[1..]),
        Some(b'+') => (false, &t[1..]),
        _ => (false, t),
    };
    let prefix = match t.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let mut digits = t;
    let mut radix = base;
    if base == 0 {
        radix = if prefix == 0 { 10 } else { prefix };
    }
    if prefix != 0 && prefix == radix {
        // One underscore may follow the prefix.
        let body = &t[2..];
        digits = body.strip_prefix('_').unwrap_or(body);
    }
    if base == 0 && prefix == 0 && t.starts_with('0') && t.bytes().any(|b| b != b'0' && b != b'_') {
        return Err(ParseErr::Invalid);
    }
    let mut small: Option<i64> = Some(0);
    let mut count = 0usize;
    let mut last = b'_';
    for b in digits.bytes() {
        if b == b'_' {
            if last == b'_' {
                return Err(ParseErr::Invalid);
            }
        } else {
            let Some(d) = (b as char).to_digit(radix) else { return Err(ParseErr::Invalid) };
            count += 1;
            small = small.and_then(|s| s.checked_mul(i64::from(radix))?.checked_add(i64::from(d)));
        }
        last = b;
    }
    if last == b'_' {
        return Err(ParseErr::Invalid);
    }
    if let Some(s) = small {
        return Ok(Int::Small(if negative { -s } else { s }));
    }
    let limit = int::max_str_digits();
    if !radix.is_power_of_two() && limit > 0 && count > limit {
        return Err(ParseErr::Num(NumErr::Value(
            format!(
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} digits; use sys.set_int_max_str_digits() to increase the limit"
            )
            .into(),
        )));
    }
    let clean: Vec<u8> = digits.bytes().filter(|b| *b != b'_').collect();
    let big = BigInt::parse_bytes(&clean, radix).ok_or(ParseErr::Invalid)?;
    Ok(Int::from_big(if negative { -big } else { big }))
}

/// The text without its underscores; `None` unless each stands between two digits.
pub fn strip_underscores(text: &str) -> Option<String> {
    let b = text.as_bytes();
    for (i, c) in b.iter().enumerate() {
        if *c == b'_' {
            let before = i.checked_sub(1).and_then(|j| b.get(j));
            let digit = |d: Option<&u8>| d.is_some_and(u8::is_ascii_digit);
            if !digit(before) || !digit(b.get(i + 1)) {
                return None;
            }
        }
    }
    Some(text.replace('_', ""))
}

/// A float literal without spaces or underscores.
pub fn plain_float(t: &str) -> Option<f64> {
    let unsigned = t.strip_prefix(['+', '-']).unwrap_or(t);
    let first = unsigned.bytes().next()?;
    if first.is_ascii_digit() || first == b'.' {
        // Rust's grammar for what follows is C's: digits, point, exponent.
        return t.parse().ok();
    }
    let value = match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    };
    Some(if t.starts_with('-') { -value } else { value })
}

/// `float(text)`; `text` came through `to_ascii`. `None`: no float.
pub fn float(text: &str) -> Option<f64> {
    let t = text.trim_matches(is_space);
    if t.contains('_') { plain_float(&strip_underscores(t)?) } else { plain_float(t) }
}
