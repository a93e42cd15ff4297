//! Owns: dialects: their attributes, defaults and checks.
//! Never: reads or writes.
//! Source: CPython 3.13, Modules/_csv.c (dialect_new).

use super::get_dialect;
use rtcore::error::{PyResult, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::attr;
use rtcore::protocol::sequence::{as_index, is_index, truth};
use rtcore::types::str::{Str, value};

pub const MINIMAL: i64 = 0;
pub const ALL: i64 = 1;
pub const NONNUMERIC: i64 = 2;
pub const NONE_: i64 = 3;
pub const STRINGS: i64 = 4;
pub const NOTNULL: i64 = 5;
/// By number.
pub const QUOTING: [&str; 6] = ["QUOTE_MINIMAL", "QUOTE_ALL", "QUOTE_NONNUMERIC", "QUOTE_NONE", "QUOTE_STRINGS", "QUOTE_NOTNULL"];

pub struct Dialect {
    pub delimiter: u32,
    pub doublequote: bool,
    pub escapechar: Option<u32>,
    pub lineterminator: Value,
    pub quotechar: Option<u32>,
    pub quoting: i64,
    pub skipinitialspace: bool,
    pub strict: bool,
}
impl Payload for Dialect {}
impl Native for Dialect {
    fn class() -> &'static Type {
        &DIALECT
    }
}

const FIELDS: [&str; 8] =
    ["delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"];

fn character(v: &Value, name: &str, optional: bool) -> PyResult<Option<u32>> {
    let or_none = if optional { " or None" } else { "" };
    if optional && v.is_none() {
        return Ok(None);
    }
    let Some(s) = v.as_str_obj() else {
        return Err(type_error(format!("\"{name}\" must be string{or_none}, not {}", v.ty().name())));
    };
    if s.char_len() != 1 {
        return Err(type_error(format!("\"{name}\" must be a 1-character string")));
    }
    Ok(Some(s.char_at(0)))
}
/// The dialect of a name, a class or an object with the attributes, with changes.
pub fn make(base: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let mut given: [Value; 8] = std::array::from_fn(|_| UNBOUND);
    for (name, v) in kw.iter().zip(values) {
        match FIELDS.iter().position(|f| *f == name.as_str()) {
            Some(at) => given[at] = v.clone(),
            None if name.as_str() == "dialect" => {}
            None => return Err(type_error(format!("this function got an unexpected keyword argument '{name}'"))),
        }
    }
    let base = if base.as_str_obj().is_some() { get_dialect(base)? } else { base.clone() };
    if !base.is_none() && !base.is_unbound() {
        if base.downcast::<Dialect>().is_some() && given.iter().all(Value::is_unbound) {
            return Ok(base);
        }
        for (slot, name) in given.iter_mut().zip(FIELDS) {
            if slot.is_unbound()
                && let Some(v) = attr::lookup_optional(&base, Name::new(name))?
            {
                *slot = v;
            }
        }
    }
    let [delimiter, doublequote, escapechar, lineterminator, quotechar, quoting, skip, strict] = given;
    let flag = |v: &Value, default: bool| if v.is_unbound() { Ok(default) } else { truth(v) };
    let delimiter = if delimiter.is_unbound() { u32::from(b',') } else { character(&delimiter, "delimiter", false)?.unwrap_or(0) };
    let doublequote = flag(&doublequote, true)?;
    let escapechar = if escapechar.is_unbound() { None } else { character(&escapechar, "escapechar", true)? };
    let quote_given = !quotechar.is_unbound();
    let quotechar_none = quotechar.is_none();
    let quotechar = if quote_given { character(&quotechar, "quotechar", true)? } else { Some(u32::from(b'"')) };
    let mut kind = MINIMAL;
    if !quoting.is_unbound() {
        if !is_index(&quoting) || quoting.as_bool().is_some() {
            return Err(type_error("\"quoting\" must be an integer"));
        }
        kind = as_index(&quoting)?;
    }
    let lineterminator = if lineterminator.is_unbound() { Value::str("\r\n") } else { lineterminator };
    let (skipinitialspace, strict) = (flag(&skip, false)?, flag(&strict, false)?);
    if !(0..QUOTING.len() as i64).contains(&kind) {
        return Err(type_error("bad \"quoting\" value"));
    }
    if quote_given && quotechar_none && quoting.is_unbound() {
        kind = NONE_;
    }
    if kind != NONE_ && quotechar.is_none() {
        return Err(type_error("quotechar must be set if quoting enabled"));
    }
    let Some(end) = lineterminator.as_str_obj() else {
        return Err(type_error("\"lineterminator\" must be a string"));
    };
    let bad = |name: &str| value_error(format!("bad {name} value"));
    let breaks = |c: u32| c == 10 || c == 13;
    let space = |c: u32| skipinitialspace && c == 32;
    if breaks(delimiter) || space(delimiter) {
        return Err(bad("delimiter"));
    }
    if escapechar.is_some_and(|c| breaks(c) || space(c)) {
        return Err(bad("escapechar"));
    }
    if quotechar.is_some_and(|c| breaks(c) || space(c)) {
        return Err(bad("quotechar"));
    }
    let both = |a: &str, b: &str| value_error(format!("bad {a} or {b} value"));
    if Some(delimiter) == escapechar {
        return Err(both("delimiter", "escapechar"));
    }
    if Some(delimiter) == quotechar {
        return Err(both("delimiter", "quotechar"));
    }
    if escapechar.is_some() && escapechar == quotechar {
        return Err(both("escapechar", "quotechar"));
    }
    for (c, name) in [(Some(delimiter), "delimiter"), (escapechar, "escapechar"), (quotechar, "quotechar")] {
        if c.is_some_and(|c| end.chars().any(|e| e == c)) {
            return Err(both(name, "lineterminator"));
        }
    }
    let made = Dialect { delimiter, doublequote, escapechar, lineterminator: lineterminator.clone(), quotechar, quoting: kind, skipinitialspace, strict };
    Ok(object::new(&DIALECT, made))
}
fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let positional = &all[..all.len() - kw.len()];
    let named = kw.iter().position(|k| k.as_str() == "dialect").and_then(|at| all.get(positional.len() + at));
    let base = positional.get(1).or(named).cloned().unwrap_or(NONE);
    make(&base, &all[positional.len()..], kw)
}
fn of(v: &Value) -> PyResult<&Dialect> {
    v.downcast::<Dialect>().ok_or_else(|| type_error("expected a dialect"))
}
fn shown(c: Option<u32>) -> Value {
    c.map_or(NONE, |c| value(Str::from_code_point(c)))
}
static GETSET: &[GetSet] = &[
    GetSet::ro("delimiter", |v| Ok(shown(Some(of(v)?.delimiter)))),
    GetSet::ro("doublequote", |v| Ok(Value::bool(of(v)?.doublequote))),
    GetSet::ro("escapechar", |v| Ok(shown(of(v)?.escapechar))),
    GetSet::ro("lineterminator", |v| Ok(of(v)?.lineterminator.clone())),
    GetSet::ro("quotechar", |v| Ok(shown(of(v)?.quotechar))),
    GetSet::ro("quoting", |v| Ok(Value::int(of(v)?.quoting))),
    GetSet::ro("skipinitialspace", |v| Ok(Value::bool(of(v)?.skipinitialspace))),
    GetSet::ro("strict", |v| Ok(Value::bool(of(v)?.strict))),
];
static DEF: ClassDef = ClassDef::new::<Dialect>("Dialect")
    .module("_csv")
    .methods(&[Method::static_("__new__(type, *args, **kw)", Raw(new))])
    .getset(GETSET);
pub static DIALECT: Type = Type::builtin(&DEF);
