//! Owns: f-strings. Never: format specifications themselves.

use crate::error::PyResult;
use crate::protocol::call::try_special;
use crate::protocol::repr;
use crate::types::class::special::Special;
use crate::types::str::{STR, StrBuilder};
use crate::value::Value;

/// A part of an f-string.
pub enum Part<'a> {
    Lit(&'static str),
    /// `{v}`
    S(&'a Value),
    /// `{v!s}`
    Str(&'a Value),
    /// `{v!r}`
    R(&'a Value),
    /// `{v!a}`
    A(&'a Value),
    /// `{v:spec}`
    Spec(&'a Value, &'static str),
    /// `{v:{…}}`
    Dynamic(&'a Value, &'a Value),
    /// `{v!r:spec}`
    Converted(&'a Value, &'static str, &'static str),
    ConvertedDynamic(&'a Value, &'static str, &'a Value),
}
pub use Part::{A, Lit, R, S, Spec};

fn convert(v: &Value, how: &str) -> PyResult {
    match how {
        "r" => repr::repr(v),
        "a" => repr::ascii(v),
        _ => repr::str_(v),
    }
}
fn push(out: &mut StrBuilder, v: &Value) {
    if let Some(s) = v.as_str_obj() {
        out.push_text(s);
    }
}
fn format(v: &Value, spec: &Value) -> PyResult {
    match try_special(v, Special::Format, std::slice::from_ref(spec)) {
        Some(r) => r,
        None => repr::str_(v),
    }
}
fn format_str(v: &Value, spec: &'static str) -> PyResult {
    format(v, &Value::str(spec))
}

pub fn fstring(parts: &[Part]) -> PyResult {
    let mut out = StrBuilder::new();
    for part in parts {
        match part {
            Part::Lit(text) => out.push_str(text),
            Part::S(v) if v.is_type(&STR) => push(&mut out, v),
            Part::S(v) => push(&mut out, &format_str(v, "")?),
            Part::Str(v) => push(&mut out, &repr::str_(v)?),
            Part::R(v) => push(&mut out, &repr::repr(v)?),
            Part::A(v) => push(&mut out, &repr::ascii(v)?),
            Part::Spec(v, spec) => push(&mut out, &format_str(v, spec)?),
            Part::Dynamic(v, spec) => push(&mut out, &format(v, spec)?),
            Part::Converted(v, how, spec) => push(&mut out, &format_str(&convert(v, how)?, spec)?),
            Part::ConvertedDynamic(v, how, spec) => push(&mut out, &format(&convert(v, how)?, spec)?),
        }
    }
    Ok(crate::object::new(&STR, out.finish()))
}
