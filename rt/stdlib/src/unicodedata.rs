//! Owns: the module `unicodedata`.
//! Never: normalises itself or keeps names; the crates unicode-normalization and unicode_names2 do.
//! Source: CPython 3.13, Modules/unicodedata.c.

mod tables;

use rtcore::error::{PyResult, raise_args, type_error, value_error};
use rtcore::methods::*;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::str::{Str, value};
use tables::{DECOMPOSITIONS, DIGITS, NUMERICS, RECORDS, RUNS, VERSION};
use unicode_normalization::UnicodeNormalization;

type Record = (&'static str, &'static str, u8, &'static str, bool);

fn point(v: &Value, function: &str, first_of_many: bool) -> PyResult<u32> {
    let argument = if first_of_many { "argument 1" } else { "argument" };
    let Some(s) = v.as_str_obj() else {
        return Err(type_error(format!("{function}() {argument} must be a unicode character, not {}", v.ty().full_name())));
    };
    if s.char_len() != 1 {
        return Err(type_error(format!("{function}() {argument} must be a unicode character, not str")));
    }
    Ok(s.char_at(0))
}
fn record(c: u32) -> &'static Record {
    const NOTHING: Record = ("Cn", "", 0, "N", false);
    let at = RUNS.partition_point(|run| run.0 <= c);
    at.checked_sub(1).and_then(|at| RECORDS.get(usize::from(RUNS[at].1))).unwrap_or(&NOTHING)
}
fn find<T: Copy>(table: &[(u32, T)], c: u32) -> Option<T> {
    table.binary_search_by_key(&c, |row| row.0).ok().map(|at| table[at].1)
}
fn category(c: &Value) -> PyResult {
    Ok(Value::str(record(point(c, "category", false)?).0))
}
fn bidirectional(c: &Value) -> PyResult {
    Ok(Value::str(record(point(c, "bidirectional", false)?).1))
}
fn combining(c: &Value) -> PyResult {
    Ok(Value::int(record(point(c, "combining", false)?).2.into()))
}
fn east_asian_width(c: &Value) -> PyResult {
    Ok(Value::str(record(point(c, "east_asian_width", false)?).3))
}
fn mirrored(c: &Value) -> PyResult {
    Ok(Value::int(record(point(c, "mirrored", false)?).4.into()))
}
fn decomposition(c: &Value) -> PyResult {
    let c = point(c, "decomposition", false)?;
    Ok(Value::str(find(DECOMPOSITIONS, c).unwrap_or("")))
}
fn or_default(found: Option<Value>, default: &Value, text: &str) -> PyResult {
    match found {
        Some(v) => Ok(v),
        None if default.is_unbound() => Err(value_error(text)),
        None => Ok(default.clone()),
    }
}
fn decimal(c: &Value, default: &Value) -> PyResult {
    let c = point(c, "decimal", true)?;
    or_default(rtcore::text::unicode::decimal_value(c).map(|n| Value::int(n.into())), default, "not a decimal")
}
fn digit(c: &Value, default: &Value) -> PyResult {
    let c = point(c, "digit", true)?;
    let found = rtcore::text::unicode::decimal_value(c).or_else(|| find(DIGITS, c).map(u32::from));
    or_default(found.map(|n| Value::int(n.into())), default, "not a digit")
}
fn numeric(c: &Value, default: &Value) -> PyResult {
    let c = point(c, "numeric", true)?;
    or_default(find(NUMERICS, c).map(Value::float), default, "not a numeric character")
}
/// The name of a character; `None` for those without.
pub fn name_of(c: u32) -> Option<String> {
    // What is newer than the tables has no name yet.
    if matches!(record(c).0, "Cn" | "Cc" | "Co" | "Cs") {
        return None;
    }
    char::from_u32(c).and_then(unicode_names2::name).map(|n| n.to_string())
}
pub fn by_name(name: &str) -> Option<char> {
    unicode_names2::character(name).filter(|c| record(u32::from(*c)).0 != "Cn")
}
fn name(c: &Value, default: &Value) -> PyResult {
    let c = point(c, "name", true)?;
    or_default(name_of(c).map(Value::string), default, "no such name")
}
fn lookup(name: &Value) -> PyResult {
    let Some(text) = name.as_str() else {
        return Err(type_error(format!("lookup() argument must be str, not {}", name.ty().full_name())));
    };
    match by_name(text) {
        Some(c) => Ok(Value::string(c.to_string())),
        None => {
            Err(raise_args(&rtcore::error::hierarchy::KEY_ERROR, vec![Value::string(format!("undefined character name '{text}'"))]))
        }
    }
}

#[derive(Clone, Copy)]
enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}
fn form(v: &Value, function: &str) -> PyResult<Form> {
    match v.as_str() {
        Some("NFC") => Ok(Form::Nfc),
        Some("NFD") => Ok(Form::Nfd),
        Some("NFKC") => Ok(Form::Nfkc),
        Some("NFKD") => Ok(Form::Nfkd),
        Some(_) => Err(value_error("invalid normalization form")),
        None => Err(type_error(format!("{function}() argument 1 must be str, not {}", v.ty().full_name()))),
    }
}
fn normalized(text: &str, form: Form) -> String {
    match form {
        Form::Nfc => text.nfc().collect(),
        Form::Nfd => text.nfd().collect(),
        Form::Nfkc => text.nfkc().collect(),
        Form::Nfkd => text.nfkd().collect(),
    }
}
fn apply(form: Form, v: &Value, function: &str) -> PyResult {
    let Some(s) = v.as_str_obj() else {
        return Err(type_error(format!("{function}() argument 2 must be str, not {}", v.ty().full_name())));
    };
    if s.is_ascii() {
        return Ok(v.clone());
    }
    if let Some(text) = s.as_str() {
        return Ok(Value::string(normalized(text, form)));
    }
    // Surrogates stay where they are and end what could be composed.
    let mut out = rtcore::types::str::StrBuilder::new();
    let mut run = String::new();
    for c in s.chars() {
        match char::from_u32(c) {
            Some(c) => run.push(c),
            None => {
                out.push_str(&normalized(&run, form));
                run.clear();
                out.push(c);
            }
        }
    }
    out.push_str(&normalized(&run, form));
    let made: Str = out.finish();
    Ok(value(made))
}
fn normalize(f: &Value, v: &Value) -> PyResult {
    apply(form(f, "normalize")?, v, "normalize")
}
fn is_normalized(f: &Value, v: &Value) -> PyResult {
    let made = apply(form(f, "is_normalized")?, v, "is_normalized")?;
    Ok(Value::bool(match (made.as_str_obj(), v.as_str_obj()) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }))
}

static FUNCTIONS: &[Method] = &[
    Method::new("category(chr, /)", F1(category)),
    Method::new("bidirectional(chr, /)", F1(bidirectional)),
    Method::new("combining(chr, /)", F1(combining)),
    Method::new("east_asian_width(chr, /)", F1(east_asian_width)),
    Method::new("mirrored(chr, /)", F1(mirrored)),
    Method::new("decomposition(chr, /)", F1(decomposition)),
    Method::new("decimal(chr, default=..., /)", F2(decimal)),
    Method::new("digit(chr, default=..., /)", F2(digit)),
    Method::new("numeric(chr, default=..., /)", F2(numeric)),
    Method::new("name(chr, default=..., /)", F2(name)),
    Method::new("lookup(name, /)", F1(lookup)),
    Method::new("normalize(form, unistr, /)", F2(normalize)),
    Method::new("is_normalized(form, unistr, /)", F2(is_normalized)),
];
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "unidata_version", Value::str(VERSION));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("unicodedata", FUNCTIONS, setup);
