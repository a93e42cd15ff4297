//! Owns: builtins that convert or compute one value: `abs ascii bin chr divmod format hash hex oct
//! ord pow repr round`.
//! Never: implements numbers.
//! Source: CPython 3.13, Python/bltinmodule.c.

use crate::error::{overflow_error, type_error, value_error};
use crate::methods::*;
use crate::protocol::call::try_special;
use crate::protocol::sequence::index_value;
use crate::protocol::{format, hash, number, repr};
use crate::types::class::special::Special;
use crate::types::{bytes, str};

fn hash_(v: &Value) -> PyResult {
    Ok(Value::int(hash::hash(v)?))
}
fn in_base(v: &Value, prefix: &str, spec: &str) -> PyResult {
    let n = index_value(v)?;
    let Some(i) = n.as_inline_int() else {
        return format::format(&n, &Value::str(spec));
    };
    let sign = if i < 0 { "-" } else { "" };
    let u = i.unsigned_abs();
    Ok(Value::string(match prefix {
        "0x" => format!("{sign}0x{u:x}"),
        "0o" => format!("{sign}0o{u:o}"),
        _ => format!("{sign}0b{u:b}"),
    }))
}
fn bin(v: &Value) -> PyResult {
    in_base(v, "0b", "#b")
}
fn hex(v: &Value) -> PyResult {
    in_base(v, "0x", "#x")
}
fn oct(v: &Value) -> PyResult {
    in_base(v, "0o", "#o")
}
fn chr(v: &Value) -> PyResult {
    let n = index_value(v)?;
    match n.as_inline_int() {
        Some(n) if (0..0x11_0000).contains(&n) => Ok(str::of_code_point(n as u32)),
        Some(_) => Err(value_error("chr() arg not in range(0x110000)")),
        None => Err(overflow_error("Python int too large to convert to C int")),
    }
}
fn ord(v: &Value) -> PyResult {
    let n = if let Some(s) = v.as_str_obj() {
        if s.char_len() == 1 {
            return Ok(Value::int(i64::from(s.char_at(0))));
        }
        s.char_len()
    } else if let Some(b) = bytes::as_bytes(v) {
        if let [one] = &b[..] {
            return Ok(Value::int(i64::from(*one)));
        }
        b.len()
    } else {
        return Err(type_error(format!("ord() expected string of length 1, but {} found", v.ty().full_name())));
    };
    Err(type_error(format!("ord() expected a character, but string of length {n} found")))
}
fn round(v: &Value, digits: &Value) -> PyResult {
    let args = if digits.is_none() { vec![] } else { vec![digits.clone()] };
    match try_special(v, Special::Round, &args) {
        Some(r) => r,
        None => Err(type_error(format!("type {} doesn't define __round__ method", v.ty().full_name()))),
    }
}
fn pow(a: &Value, b: &Value, m: &Value) -> PyResult {
    if m.is_none() { number::pow(a, b) } else { number::pow3(a, b, m) }
}
fn format_(v: &Value, spec: &Value) -> PyResult {
    if spec.as_str_obj().is_none() {
        return Err(type_error(format!("format() argument 2 must be str, not {}", spec.ty().full_name())));
    }
    format::format(v, spec)
}

pub(super) static METHODS: &[Method] = &[
    Method::new("abs(x, /)", F1(number::abs)),
    Method::new("ascii(obj, /)", F1(repr::ascii)),
    Method::new("bin(number, /)", F1(bin)),
    Method::new("chr(i, /)", F1(chr)),
    Method::new("divmod(x, y, /)", F2(number::divmod)),
    Method::new("format(value, format_spec='', /)", F2(format_)),
    Method::new("hash(obj, /)", F1(hash_)),
    Method::new("hex(number, /)", F1(hex)),
    Method::new("oct(number, /)", F1(oct)),
    Method::new("ord(c, /)", F1(ord)),
    Method::new("pow(base, exp, mod=None)", F3(pow)),
    Method::new("repr(obj, /)", F1(repr::repr)),
    Method::new("round(number, ndigits=None)", F2(round)),
];
