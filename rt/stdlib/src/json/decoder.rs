//! Owns: `JSONDecoder`, and the callbacks that its attributes hold.
//! Never: scans; that is `scan`.
//! Source: CPython 3.13, Lib/json/decoder.py.

use super::scan::{Callbacks, Scanner};
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::attr::{getattr_name, setattr_name};
use rtcore::protocol::sequence::{as_index, truth};
use rtcore::types::float::FLOAT;
use rtcore::types::int::INT;
use rtcore::types::object_::{Instance, OBJECT};
use rtcore::types::tuple;

/// `float` and `int` themselves are the standard parsers.
pub fn number_callback(v: Value, standard: &'static Type) -> Value {
    if v.is_type(standard) { NONE } else { v }
}
fn callbacks(this: &Value) -> PyResult<Callbacks> {
    let get = |n: &str| getattr_name(this, Name::new(n));
    Ok(Callbacks {
        object_hook: get("object_hook")?,
        object_pairs_hook: get("object_pairs_hook")?,
        parse_float: number_callback(get("parse_float")?, &FLOAT),
        parse_int: number_callback(get("parse_int")?, &INT),
        parse_constant: get("parse_constant")?,
        strict: truth(&get("strict")?)?,
    })
}
fn init(a: &[Value]) -> PyResult {
    let [this, object_hook, parse_float, parse_int, parse_constant, strict, pairs] = a else { return Ok(NONE) };
    let set = |n: &str, v: Value| setattr_name(this, Name::new(n), Some(v));
    let or_type = |v: &Value, t: &'static Type| if v.is_none() { Value::of_type(t) } else { v.clone() };
    set("object_hook", object_hook.clone())?;
    set("parse_float", or_type(parse_float, &FLOAT))?;
    set("parse_int", or_type(parse_int, &INT))?;
    set("parse_constant", parse_constant.clone())?;
    set("strict", strict.clone())?;
    set("object_pairs_hook", pairs.clone())?;
    Ok(NONE)
}
fn text(s: &Value) -> PyResult<&rtcore::types::str::value::Str> {
    s.as_str_obj().ok_or_else(|| type_error(format!("first argument must be a string, not {}", s.ty().name())))
}
fn own_raw_decode(this: &Value) -> bool {
    let n = Name::new("raw_decode");
    match (this.ty().lookup(n), DECODER.own(n)) {
        (Some(a), Some(b)) => a.is(&b),
        (Some(_) | None, _) => false,
    }
}
fn decode(this: &Value, s: &Value, _w: &Value) -> PyResult {
    let t = text(s)?;
    if own_raw_decode(this) {
        return Scanner::new(s, t, &callbacks(this)?).document();
    }
    let calls = Callbacks::none();
    let scanner = Scanner::new(s, t, &calls);
    let start = t.char_offset(scanner.space(0));
    let r = rtcore::protocol::call::call_method_kw(
        this,
        Name::new("raw_decode"),
        &[s.clone(), Value::int(start as i64)],
        &[Name::new("idx")],
    )?;
    let [v, end] = rtcore::protocol::iter::unpack::<2>(&r)?;
    let end = scanner.space(t.byte_offset(as_index(&end)?.max(0) as usize));
    if end != t.as_bytes().len() {
        return Err(super::error::fail("Extra data", s, t.char_offset(end)));
    }
    Ok(v)
}
fn raw_decode(this: &Value, s: &Value, idx: &Value) -> PyResult {
    let t = text(s)?;
    let idx = as_index(idx)?;
    if idx < 0 {
        return Err(value_error("idx cannot be negative"));
    }
    let (v, end) = Scanner::new(s, t, &callbacks(this)?).value(t.byte_offset(idx as usize))?;
    Ok(tuple::of([v, Value::int(t.char_offset(end) as i64)]))
}
static METHODS: &[Method] = &[
    Method::new(
        "__init__(self, *, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, strict=True, object_pairs_hook=None)",
        N(init),
    ),
    Method::new("decode(self, s, _w=None)", F3(decode)),
    Method::new("raw_decode(self, s, idx=0)", F3(raw_decode)),
];
static DEF: ClassDef =
    ClassDef::new::<Instance>("JSONDecoder").module("json.decoder").like(&OBJECT, &OBJECT).methods(METHODS).flags(TypeFlags::ATTRS);
pub static DECODER: Type = Type::builtin(&DEF);

/// `scanstring(string, end, strict=True)`.
pub fn scanstring(s: &Value, end: &Value, strict: &Value) -> PyResult {
    let t = text(s)?;
    let end = as_index(end)?;
    if end < 0 || end as usize > t.char_len() {
        return Err(value_error("end is out of bounds"));
    }
    let calls = Callbacks { strict: truth(strict)?, ..Callbacks::none() };
    let (v, end) = Scanner::new(s, t, &calls).string(t.byte_offset(end as usize))?;
    Ok(tuple::of([v, Value::int(t.char_offset(end) as i64)]))
}
