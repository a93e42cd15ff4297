//! Owns: `format(value, spec)`, f-strings, and the `__format__` of the built-in types.
//! Never: the specification language (`text::format`).
//! Source: CPython 3.13, Objects/abstract.c (`PyObject_Format`), Python/formatter_unicode.c.

use crate::error::{PyResult, type_error};
use crate::num::IntRef;
use crate::protocol::call::call_special;
use crate::protocol::repr;
use crate::text::format::float;
use crate::text::format::number::AnyInt;
use crate::text::format::{format_float, format_int, format_str};
use crate::types::class::special::Special;
use crate::types::str::{self as strs, Str, StrBuilder, raise_text};
use crate::value::{Tag, Value};

/// `format(v, spec)`; `spec` is a str.
pub fn format(v: &Value, spec: &Value) -> PyResult {
    let Some(text) = spec.as_str_obj() else {
        return Err(type_error(format!("Format specifier must be a string, not {}", spec.ty().full_name())));
    };
    match v.tag() {
        Tag::Int => return int_text(v, text),
        Tag::Float => return float_text(v, f64::from_bits(v.bits()), text),
        Tag::Obj if v.downcast_exact::<Str>().is_some() => return str_format(v, spec),
        Tag::Bool | Tag::None | Tag::Unbound | Tag::Obj => {}
    }
    dispatch(v, spec)
}

/// Through `__format__` of the type.
fn dispatch(v: &Value, spec: &Value) -> PyResult {
    let Some(f) = v.ty().special(Special::Format) else {
        return Err(type_error(format!("Type {} doesn't define __format__", v.ty().full_name())));
    };
    let f = f.clone();
    let text = call_special(&f, v, std::slice::from_ref(spec))?;
    if text.as_str_obj().is_none() {
        return Err(type_error(format!("__format__ must return a str, not {}", text.ty().full_name())));
    }
    Ok(text)
}

/// `str.__format__`.
pub fn str_format(v: &Value, spec: &Value) -> PyResult {
    let spec = spec_arg(spec)?;
    let text = strs::me(v)?;
    if spec.is_empty() {
        return if v.downcast_exact::<Str>().is_some() { Ok(v.clone()) } else { repr::str_(v) };
    }
    format_str(text, spec, &v.ty().full_name()).map(strs::value).map_err(raise_text)
}

/// The argument of a `__format__` method.
pub fn spec_arg(spec: &Value) -> PyResult<&Str> {
    spec.as_str_obj()
        .ok_or_else(|| type_error(format!("__format__() argument must be str, not {}", spec.ty().full_name())))
}

fn any_int(n: IntRef<'_>) -> AnyInt<'_> {
    match n {
        IntRef::Small(n) => AnyInt::Small(n),
        IntRef::Big(n) => AnyInt::Big(n),
    }
}

fn int_text(v: &Value, spec: &Str) -> PyResult {
    format_int(AnyInt::Small(v.bits() as i64), spec, v.ty().name(), 0).map(strs::value).map_err(raise_text)
}

fn float_text(v: &Value, x: f64, spec: &Str) -> PyResult {
    format_float(x, spec, v.ty().name()).map(strs::value).map_err(raise_text)
}

/// The digits of an integer for `%d` and its siblings.
pub fn int_layout(layout: &crate::text::format::percent::Layout, n: IntRef<'_>) -> PyResult<String> {
    layout.int(any_int(n), crate::num::int::max_str_digits()).map_err(raise_text)
}

/// One part of an f-string.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    Lit(&'a str),
    /// `{x}`.
    S(&'a Value),
    /// `{x!r}`, `{x!a}`, `{x!s}`.
    R(&'a Value),
    A(&'a Value),
    Str(&'a Value),
    /// `{x:>5}`, and with the specification made at run time.
    Spec(&'a Value, &'a str),
    Dynamic(&'a Value, &'a Value),
    /// `{x!r:>5}`: the conversion's letter stands between.
    Converted(&'a Value, &'a str, &'a str),
    ConvertedDynamic(&'a Value, &'a str, &'a Value),
}
pub use Part::{A, Lit, R, S, Spec};

/// `f"…"`.
pub fn fstring(parts: &[Part<'_>]) -> PyResult {
    let mut out = StrBuilder::with_capacity(parts.len() * 8);
    for part in parts {
        push(&mut out, *part)?;
    }
    Ok(strs::value(out.finish()))
}

/// `target += f"…"`, written into the target when nobody else refers to it.
pub fn iadd_fstring(target: &mut Value, parts: &[Part<'_>]) -> PyResult<()> {
    let text = fstring(parts)?;
    if strs::ops::append_in_place(target, &text) {
        return Ok(());
    }
    crate::protocol::number::iadd(target, &text)
}

fn push(out: &mut StrBuilder, part: Part<'_>) -> PyResult<()> {
    match part {
        Part::Lit(text) => out.push_str(text),
        Part::S(v) => return push_plain(out, v),
        Part::R(v) => push_value(out, &repr::repr(v)?),
        Part::A(v) => push_value(out, &repr::ascii(v)?),
        Part::Str(v) => push_value(out, &repr::str_(v)?),
        Part::Spec(v, spec) => match v.tag() {
            Tag::Int | Tag::Float => {
                let spec = Str::from(spec);
                let text = if v.tag() == Tag::Int { int_text(v, &spec)? } else { float_text(v, f64::from_bits(v.bits()), &spec)? };
                push_value(out, &text);
            }
            Tag::Bool | Tag::None | Tag::Unbound | Tag::Obj => push_value(out, &format(v, &Value::str(spec))?),
        },
        Part::Dynamic(v, spec) => push_value(out, &format(v, spec)?),
        Part::Converted(v, letter, spec) => push_value(out, &format(&convert(v, letter)?, &Value::str(spec))?),
        Part::ConvertedDynamic(v, letter, spec) => push_value(out, &format(&convert(v, letter)?, spec)?),
    }
    Ok(())
}

fn convert(v: &Value, letter: &str) -> PyResult {
    match letter {
        "r" => repr::repr(v),
        "a" => repr::ascii(v),
        _ => repr::str_(v),
    }
}

fn push_value(out: &mut StrBuilder, text: &Value) {
    if let Some(s) = text.as_str_obj() {
        out.push_text(s);
    }
}

/// `{v}`: `format(v, "")`.
fn push_plain(out: &mut StrBuilder, v: &Value) -> PyResult<()> {
    match v.tag() {
        Tag::Int => push_int(out, v.bits() as i64),
        Tag::Float => out.push_ascii(float::repr(f64::from_bits(v.bits())).as_bytes()),
        Tag::Bool => out.push_str(if v.bits() != 0 { "True" } else { "False" }),
        Tag::None => out.push_str("None"),
        Tag::Obj | Tag::Unbound => match v.downcast_exact::<Str>() {
            Some(s) => out.push_text(s),
            None => push_value(out, &dispatch(v, &strs::empty())?),
        },
    }
    Ok(())
}

/// Decimal digits without a temporary string.
fn push_int(out: &mut StrBuilder, n: i64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut left = n.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if n < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    out.push_ascii(&digits[at..]);
}
