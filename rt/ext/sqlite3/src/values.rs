//! Owns: Python values to SQLite's and back: binding, adapters, columns, converters.
//! Never: steps a statement.
//! Source: CPython 3.13, Modules/_sqlite/cursor.c (bind_parameters, _pysqlite_fetch_one_row), microprotocols.c.

use crate::errors::{OPERATIONAL_ERROR, programming};
use crate::statement::Statement;
use libsqlite3_sys as ffi;
use rtcore::error::{PyResult, overflow_error, raise};
use rtcore::gil::{Gil, GilRefCell};
use rtcore::methods::*;
use rtcore::num::IntRef;
use rtcore::protocol::attr::lookup_optional;
use rtcore::protocol::call::call;
use rtcore::protocol::number::{float_of, int_ref};
use rtcore::protocol::sequence::{getitem, len};
use rtcore::types::bytes::{self, buffer};
use rtcore::types::dict::Dict;
use rtcore::types::{list, str, tuple};
use std::cell::RefCell;
use std::ffi::{CStr, c_void};

static ADAPTERS: GilRefCell<Option<Value>> = Gil::new(RefCell::new(None));
static CONVERTERS: GilRefCell<Option<Value>> = Gil::new(RefCell::new(None));
pub fn adapters() -> Value {
    ADAPTERS.borrow_mut().get_or_insert_with(Dict::new_value).clone()
}
pub fn converters() -> Value {
    CONVERTERS.borrow_mut().get_or_insert_with(Dict::new_value).clone()
}

pub struct PrepareProtocol;
impl Payload for PrepareProtocol {}
impl Native for PrepareProtocol {
    fn class() -> &'static Type {
        &PREPARE_PROTOCOL
    }
}
static PROTOCOL_DEF: ClassDef = ClassDef::new::<PrepareProtocol>("PrepareProtocol").module("sqlite3");
pub static PREPARE_PROTOCOL: Type = Type::builtin(&PROTOCOL_DEF);

pub fn register_adapter(ty: &Value, f: &Value) -> PyResult {
    if let Some(d) = adapters().downcast::<Dict>() {
        d.set(tuple::new(vec![ty.clone(), Value::of_type(&PREPARE_PROTOCOL)]), f.clone())?;
    }
    Ok(NONE)
}
pub fn register_converter(name: &Value, f: &Value) -> PyResult {
    let Some(text) = name.as_str() else {
        return Err(rtcore::error::type_error(format!("register_converter() argument 1 must be str, not {}", name.ty().full_name())));
    };
    if let Some(d) = converters().downcast::<Dict>() {
        d.set(Value::string(text.to_uppercase()), f.clone())?;
    }
    Ok(NONE)
}
/// `adapt(obj, proto, alt)`; without `alt` an object that nobody adapts is a ProgrammingError.
pub fn adapt(v: &Value, protocol: &Value, alternative: &Value) -> PyResult {
    let protocol = if protocol.is_unbound() { Value::of_type(&PREPARE_PROTOCOL) } else { protocol.clone() };
    let key = tuple::new(vec![Value::of_type(v.ty()), protocol.clone()]);
    if let Some(d) = adapters().downcast::<Dict>()
        && let Some(f) = d.get(&key)?
    {
        return call(&f, &[v.clone()]);
    }
    for (holder, name, argument) in [(&protocol, "__adapt__", v), (v, "__conform__", &protocol)] {
        if let Some(f) = lookup_optional(holder, Name::new(name))? {
            let made = call(&f, &[argument.clone()])?;
            if !made.is_none() {
                return Ok(made);
            }
        }
    }
    if alternative.is_unbound() { Err(programming("can't adapt")) } else { Ok(alternative.clone()) }
}
/// These go to SQLite as they are.
fn is_plain(v: &Value) -> bool {
    let exact = |t: &'static Type| std::ptr::eq(v.ty(), t);
    v.is_none() || v.as_inline_int().is_some() || v.as_inline_float().is_some() || exact(&str::STR) || exact(&bytes::BYTES) || exact(&bytes::BYTEARRAY)
}

fn bind_one(s: &Statement, at: i32, v: &Value, shown: &dyn Fn() -> String) -> PyResult<()> {
    let adapted = if is_plain(v) { v.clone() } else { adapt(v, &UNBOUND, v)? };
    let raw = s.raw();
    // SAFETY: a live statement; SQLite copies text and blobs (SQLITE_TRANSIENT).
    let code = unsafe {
        if adapted.is_none() {
            ffi::sqlite3_bind_null(raw, at)
        } else if let Some(b) = adapted.as_bool() {
            ffi::sqlite3_bind_int64(raw, at, b.into())
        } else if let Some(n) = int_ref(&adapted) {
            match n {
                IntRef::Small(n) => ffi::sqlite3_bind_int64(raw, at, n),
                IntRef::Big(_) => return Err(overflow_error("Python int too large to convert to SQLite INTEGER")),
            }
        } else if let Some(x) = float_of(&adapted) {
            ffi::sqlite3_bind_double(raw, at, x)
        } else if adapted.as_str_obj().is_some() {
            let text = str::encode::encode(&adapted, "utf-8", "strict")?;
            ffi::sqlite3_bind_text64(raw, at, text.as_ptr().cast(), text.len() as u64, ffi::SQLITE_TRANSIENT(), ffi::SQLITE_UTF8 as u8)
        } else if let Some(data) = buffer::view(&adapted)? {
            let place: *const c_void = if data.is_empty() { c"".as_ptr().cast() } else { data.as_ptr().cast() };
            ffi::sqlite3_bind_blob64(raw, at, place, data.len() as u64, ffi::SQLITE_TRANSIENT())
        } else {
            return Err(programming(format!("Error binding parameter {}: type '{}' is not supported", shown(), adapted.ty().name())));
        }
    };
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(s.error()) }
}
/// CPython: `bind_parameters`.
pub fn bind(s: &Statement, parameters: &Value) -> PyResult<()> {
    // SAFETY: a live statement.
    let needed = unsafe { ffi::sqlite3_bind_parameter_count(s.raw()) };
    // SAFETY: as above; the name lives as long as the statement.
    let name_of = |at: i32| unsafe {
        let p = ffi::sqlite3_bind_parameter_name(s.raw(), at);
        if p.is_null() { None } else { Some(CStr::from_ptr(p).to_string_lossy().into_owned()) }
    };
    let is_dict = parameters.downcast::<Dict>().is_some();
    let sequence = tuple::is_tuple(parameters)
        || parameters.downcast::<list::List>().is_some()
        || !is_dict && rtcore::protocol::attr::type_attr(parameters, Name::new("__getitem__"))?.is_some();
    if !sequence && !is_dict {
        return Err(programming("parameters are of unsupported type"));
    }
    if sequence {
        let given = len(parameters)?;
        if given != i64::from(needed) {
            return Err(programming(format!(
                "Incorrect number of bindings supplied. The current statement uses {needed}, and there are {given} supplied."
            )));
        }
        for at in 1..=needed {
            if let Some(name) = name_of(at).filter(|n| !n.starts_with('?')) {
                let text = format!(
                    "Binding {at} ('{name}') is a named parameter, but you supplied a sequence which requires nominal (qmark) placeholders. Starting with Python 3.14 an sqlite3.ProgrammingError will be raised."
                );
                rtcore::warn::warn(&rtcore::error::hierarchy::DEPRECATION_WARNING, &text, 1)?;
            }
            bind_one(s, at, &getitem(parameters, &Value::int((at - 1).into()))?, &|| at.to_string())?;
        }
        return Ok(());
    }
    for at in 1..=needed {
        let Some(name) = name_of(at) else {
            return Err(programming(format!("Binding {at} has no name, but you supplied a dictionary (which has only names).")));
        };
        let key = Value::str(&name[1..]);
        let v = getitem(parameters, &key).map_err(|r| {
            if rtcore::error::matches(&r, &rtcore::error::hierarchy::LOOKUP_ERROR) {
                drop(rtcore::error::take(r));
                return programming(format!("You did not supply a value for binding parameter :{}.", &name[1..]));
            }
            r
        })?;
        bind_one(s, at, &v, &|| format!("':{}'", &name[1..]))?;
    }
    Ok(())
}

/// The bytes of a column; `None` for NULL.
fn raw_column(s: &Statement, at: i32) -> Option<Vec<u8>> {
    // SAFETY: the statement stands on a row; the data is copied before the next call.
    unsafe {
        let p = ffi::sqlite3_column_blob(s.raw(), at).cast::<u8>();
        let n = ffi::sqlite3_column_bytes(s.raw(), at) as usize;
        if ffi::sqlite3_column_type(s.raw(), at) == ffi::SQLITE_NULL {
            None
        } else if p.is_null() {
            Some(vec![])
        } else {
            Some(std::slice::from_raw_parts(p, n).to_vec())
        }
    }
}
pub fn column(s: &Statement, at: i32, converter: Option<&Value>, text_factory: &Value) -> PyResult {
    if let Some(f) = converter {
        return match raw_column(s, at) {
            Some(data) => call(f, &[bytes::value(data)]),
            None => Ok(NONE),
        };
    }
    // SAFETY: the statement stands on a row.
    let kind = unsafe { ffi::sqlite3_column_type(s.raw(), at) };
    match kind {
        ffi::SQLITE_NULL => Ok(NONE),
        // SAFETY: as above.
        ffi::SQLITE_INTEGER => Ok(Value::int(unsafe { ffi::sqlite3_column_int64(s.raw(), at) })),
        // SAFETY: as above.
        ffi::SQLITE_FLOAT => Ok(Value::float(unsafe { ffi::sqlite3_column_double(s.raw(), at) })),
        ffi::SQLITE_TEXT => {
            let data = raw_column(s, at).unwrap_or_default();
            text(data, text_factory, || s.column_name(at))
        }
        _ => Ok(bytes::value(raw_column(s, at).unwrap_or_default())),
    }
}
fn text(data: Vec<u8>, factory: &Value, column: impl Fn() -> String) -> PyResult {
    let is = |t: &'static Type| factory.as_type().is_some_and(|f| std::ptr::eq(f, t));
    if factory.is_none() || is(&str::STR) {
        return match String::from_utf8(data) {
            Ok(s) => Ok(Value::string(s)),
            Err(e) => {
                let shown = String::from_utf8_lossy(e.as_bytes()).into_owned();
                Err(raise(&OPERATIONAL_ERROR, format!("Could not decode to UTF-8 column '{}' with text '{shown}'", column())))
            }
        };
    }
    if is(&bytes::BYTES) {
        return Ok(bytes::value(data));
    }
    call(factory, &[bytes::value(data)])
}

/// An argument of a function that SQL calls.
///
/// # Safety
/// `v` is a value that SQLite passed to the running callback.
pub unsafe fn argument(v: *mut ffi::sqlite3_value) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe {
        let data = |p: *const u8| {
            let n = ffi::sqlite3_value_bytes(v) as usize;
            if p.is_null() { vec![] } else { std::slice::from_raw_parts(p, n).to_vec() }
        };
        Ok(match ffi::sqlite3_value_type(v) {
            ffi::SQLITE_INTEGER => Value::int(ffi::sqlite3_value_int64(v)),
            ffi::SQLITE_FLOAT => Value::float(ffi::sqlite3_value_double(v)),
            ffi::SQLITE_TEXT => Value::string(String::from_utf8_lossy(&data(ffi::sqlite3_value_text(v))).into_owned()),
            ffi::SQLITE_BLOB => bytes::value(data(ffi::sqlite3_value_blob(v).cast())),
            _ => NONE,
        })
    }
}
/// Gives a callback's result to SQL; an error's text otherwise.
///
/// # Safety
/// `context` is the one of the running callback.
pub unsafe fn result(context: *mut ffi::sqlite3_context, v: &Value) -> Result<(), ()> {
    // SAFETY: the caller's promise; SQLite copies text and blobs.
    unsafe {
        if v.is_none() {
            ffi::sqlite3_result_null(context);
        } else if let Some(b) = v.as_bool() {
            ffi::sqlite3_result_int64(context, b.into());
        } else if let Some(n) = int_ref(v) {
            match n {
                IntRef::Small(n) => ffi::sqlite3_result_int64(context, n),
                IntRef::Big(_) => return Err(()),
            }
        } else if let Some(x) = float_of(v) {
            ffi::sqlite3_result_double(context, x);
        } else if let Some(s) = v.as_str() {
            ffi::sqlite3_result_text64(context, s.as_ptr().cast(), s.len() as u64, ffi::SQLITE_TRANSIENT(), ffi::SQLITE_UTF8 as u8);
        } else {
            match rtcore::error::quietly(|| buffer::bytes_of(v)).flatten() {
                Some(data) => ffi::sqlite3_result_blob64(context, data.as_ptr().cast(), data.len() as u64, ffi::SQLITE_TRANSIENT()),
                None => return Err(()),
            }
        }
    }
    Ok(())
}
