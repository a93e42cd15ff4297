//! Owns: the module `_sqlite3`: its functions and constants. `sqlite3` stands on it.
//! Never: implements SQL; the C library SQLite does, compiled in.
//! Source: CPython 3.13, Modules/_sqlite/module.c.

mod connection;
mod constants;
mod cursor;
mod errors;
mod functions;
mod row;
mod statement;
mod values;

use libsqlite3_sys as ffi;
use rtcore::error::{PyResult, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::call_kw;
use rtcore::types::module::{NativeModule, set_str};
use std::ffi::{CStr, CString};

/// `connect(database, …, factory=Connection, …)`: the factory gets all arguments.
fn connect(all: &[Value], kw: &[Name]) -> PyResult {
    let positional = all.len() - kw.len();
    let named = kw.iter().position(|k| k.as_str() == "factory").and_then(|at| all.get(positional + at));
    let factory = all[..positional].get(5).or(named).cloned();
    call_kw(&factory.unwrap_or_else(|| Value::of_type(&connection::CONNECTION)), all, kw)
}
fn complete_statement(text: &Value) -> PyResult {
    let Some(s) = text.as_str() else {
        return Err(type_error(format!("complete_statement() argument 'statement' must be str, not {}", text.ty().full_name())));
    };
    let c = CString::new(s).unwrap_or_default();
    // SAFETY: a C string.
    Ok(Value::bool(unsafe { ffi::sqlite3_complete(c.as_ptr()) } != 0))
}
fn nothing(_: &Value) -> PyResult {
    Ok(NONE)
}
static FUNCTIONS: &[Method] = &[
    Method::new("connect(*args, **kw)", Raw(connect)),
    Method::new("complete_statement(statement)", F1(complete_statement)),
    Method::new("register_adapter(type, adapter, /)", F2(values::register_adapter)),
    Method::new("register_converter(typename, converter, /)", F2(values::register_converter)),
    Method::new("adapt(obj, proto=..., alt=..., /)", F3(values::adapt)),
    Method::new("enable_callback_tracebacks(enable, /)", F1(nothing)),
];
fn setup(m: &Value) -> PyResult<()> {
    for t in errors::ALL.iter().chain(&[&connection::CONNECTION, &cursor::CURSOR, &row::ROW, &values::PREPARE_PROTOCOL]) {
        set_str(m, t.name(), Value::of_type(t));
    }
    for (name, n) in constants::ERRORS.iter().chain(constants::OTHERS) {
        set_str(m, name, Value::int(*n));
    }
    set_str(m, "adapters", values::adapters());
    set_str(m, "converters", values::converters());
    // SAFETY: gives a static C string.
    let version = unsafe { CStr::from_ptr(ffi::sqlite3_libversion()) }.to_string_lossy().into_owned();
    set_str(m, "sqlite_version", Value::string(version));
    set_str(m, "threadsafety", Value::int(3));
    set_str(m, "_deprecated_version", Value::str("2.6.0"));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_sqlite3", FUNCTIONS, setup);
