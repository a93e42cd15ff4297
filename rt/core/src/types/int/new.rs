//! Owns: `int(…)`: numbers, text and bytes to integers. Never: parses digits itself (`num::parse`).

use crate::error::{type_error, value_error};
use crate::methods::*;
use crate::num::parse::{self, ParseErr};
use crate::num::{Int, int as algo};
use crate::protocol::call::try_special;
use crate::protocol::number::{float_of, index_int, int_ref};
use crate::protocol::repr::repr_string;
use crate::types::class::special::Special;

/// `int.__new__(cls, x=0, /, base=…)`.
pub fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(ty) = all.first().and_then(Value::as_type) else {
        return Err(type_error("int.__new__(): not enough arguments"));
    };
    let args = &all[1..pos];
    if args.len() + kw.len() > 2 {
        return Err(type_error(format!("int expected at most 2 arguments, got {}", args.len() + kw.len())));
    }
    let mut base = args.get(1);
    for (k, v) in kw.iter().zip(&all[pos..]) {
        if k.as_str() != "base" {
            return Err(type_error(format!("int() got an unexpected keyword argument '{k}'")));
        }
        base = Some(v);
    }
    let r = match (args.first(), base) {
        (None, None) => Int::Small(0),
        (None, Some(_)) => return Err(type_error("int() missing string argument")),
        (Some(x), None) => to_int(x)?,
        (Some(x), Some(b)) => with_base(x, b)?,
    };
    Ok(wrap(ty, r))
}

/// The integer as an instance of `int` or a subclass.
pub fn wrap(ty: &'static Type, i: Int) -> Value {
    if std::ptr::eq(ty, &super::INT) { i.into() } else { object::new(ty, i) }
}

fn with_base(x: &Value, base: &Value) -> PyResult<Int> {
    let base = crate::protocol::number::index_clamped(base)?;
    if base != 0 && !(2..=36).contains(&base) {
        return Err(value_error("int() base must be >= 2 and <= 36, or 0"));
    }
    match text_of(x)? {
        Some(text) => from_text(x, &text, base as u32),
        None => Err(type_error("int() can't convert non-string with explicit base")),
    }
}

/// The text of a str, bytes, bytearray; bytes that are no ASCII become `?`, which no number contains.
fn text_of(x: &Value) -> PyResult<Option<String>> {
    if let Some(s) = x.as_str_obj() {
        return Ok(Some(parse::to_ascii(&s.to_string_lossy()).into_owned()));
    }
    Ok(crate::protocol::number::bytes_of(x)
        .map(|b| b.iter().map(|c| if c.is_ascii() { char::from(*c) } else { '?' }).collect()))
}

/// Reads `text`; the error quotes `x`.
pub fn from_text(x: &Value, text: &str, base: u32) -> PyResult<Int> {
    match parse::int(text, base) {
        Ok(i) => Ok(i),
        Err(ParseErr::Num(e)) => Err(e.into()),
        Err(ParseErr::Invalid) => {
            let shown: String = repr_string(x)?.chars().take(200).collect();
            Err(value_error(format!("invalid literal for int() with base {base}: {shown}")))
        }
    }
}

/// `int(x)`. CPython: `PyNumber_Long`.
pub fn to_int(x: &Value) -> PyResult<Int> {
    if let Some(i) = Int::of(x) {
        return Ok(i);
    }
    if let Some(f) = x.as_inline_float() {
        return Ok(algo::from_f64(f)?);
    }
    if let Some(b) = x.as_bool() {
        return Ok(Int::from(b));
    }
    if let Some(r) = try_special(x, Special::Int, &[]) {
        let r = r?;
        return match int_ref(&r) {
            Some(i) => {
                if Int::of(&r).is_none() && r.as_bool().is_none() {
                    crate::warn::deprecated(&format!(
                        "__int__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and may not be supported in a future version of Python.",
                        r.ty().full_name()
                    ))?;
                }
                Ok(i.to_int())
            }
            None => Err(type_error(format!("__int__ returned non-int (type {})", r.ty().full_name()))),
        };
    }
    if x.ty().special(Special::Index).is_some() {
        return index_int(x);
    }
    if let Some(r) = try_special(x, Special::Trunc, &[]) {
        crate::warn::deprecated("The delegation of int() to __trunc__ is deprecated.")?;
        let r = r?;
        if let Some(i) = int_ref(&r) {
            return Ok(i.to_int());
        }
        if r.ty().special(Special::Index).is_none() {
            return Err(type_error(format!("__trunc__ returned non-Integral (type {})", r.ty().full_name())));
        }
        return index_int(&r);
    }
    if let Some(f) = float_of(x) {
        return Ok(algo::from_f64(f)?);
    }
    match text_of(x)? {
        Some(text) => from_text(x, &text, 10),
        None => Err(type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            x.ty().full_name()
        ))),
    }
}
