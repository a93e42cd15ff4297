//! Owns: the `_sre` module, the engine under CPython's own `re` (Lib/re is compiled from its source).
//! Never: parses or compiles patterns; that is Lib/re.
//!
//! CPython 3.13: Modules/_sre/sre.c.

mod engine;
mod matched;
mod ops;
mod pattern;
mod subject;

use rtcore::methods::*;
use rtcore::protocol::number::index;
use rtcore::types::module::{NativeModule, set_str};

fn code_point(v: &Value) -> PyResult<u32> {
    Ok(u32::try_from(index(v)?).unwrap_or(0))
}
fn ascii_iscased(c: &Value) -> PyResult {
    let c = code_point(c)?;
    Ok(Value::bool(ops::lower_ascii(c) != c || ops::upper_ascii(c) != c))
}
fn unicode_iscased(c: &Value) -> PyResult {
    let c = code_point(c)?;
    Ok(Value::bool(ops::lower_unicode(c) != c || ops::upper_unicode(c) != c))
}
fn ascii_tolower(c: &Value) -> PyResult {
    Ok(Value::int(i64::from(ops::lower_ascii(code_point(c)?))))
}
fn unicode_tolower(c: &Value) -> PyResult {
    Ok(Value::int(i64::from(ops::lower_unicode(code_point(c)?))))
}
fn getcodesize() -> PyResult {
    Ok(Value::int(4))
}

static FUNCTIONS: &[Method] = &[
    Method::new("compile(pattern, flags, code, groups, groupindex, indexgroup)", N(pattern::compile)),
    Method::new("template(pattern, template, /)", F2(pattern::template)),
    Method::new("getcodesize()", F0(getcodesize)),
    Method::new("ascii_iscased(character, /)", F1(ascii_iscased)),
    Method::new("unicode_iscased(character, /)", F1(unicode_iscased)),
    Method::new("ascii_tolower(character, /)", F1(ascii_tolower)),
    Method::new("unicode_tolower(character, /)", F1(unicode_tolower)),
];

fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "MAGIC", Value::int(ops::MAGIC));
    set_str(m, "CODESIZE", Value::int(4));
    set_str(m, "MAXREPEAT", Value::int(i64::from(ops::MAXREPEAT)));
    set_str(m, "MAXGROUPS", Value::int(ops::MAXGROUPS));
    set_str(m, "copyright", Value::str(" SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB "));
    Ok(())
}

pub static MODULE: NativeModule = NativeModule::new("_sre", FUNCTIONS, setup);
