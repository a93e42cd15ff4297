//! Owns: Python callables that SQLite calls: functions, aggregates, windows, collations, traces, progress, authorisers.
//! Never: executes statements.
//! Source: CPython 3.13, Modules/_sqlite/connection.c.

use crate::connection::{self, Connection};
use crate::errors::OPERATIONAL_ERROR;
use crate::values;
use libsqlite3_sys as ffi;
use rtcore::error::{PyResult, raise, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::{call, call_method_name};
use rtcore::protocol::sequence::{as_index, truth};
use std::ffi::{CStr, CString, c_char, c_int, c_void};

/// Calls into Python from below SQLite; an error is forgotten, its text is SQLite's to give.
fn guarded(f: impl FnOnce() -> PyResult) -> Option<Value> {
    rtcore::error::quietly(f)
}
unsafe extern "C" fn free(p: *mut c_void) {
    // SAFETY: made by `keep`; SQLite calls this once.
    drop(unsafe { Box::from_raw(p.cast::<Value>()) });
}
/// A callable that SQLite keeps.
fn keep(f: &Value) -> *mut c_void {
    Box::into_raw(Box::new(f.clone())).cast()
}
fn name_arg(v: &Value, function: &str) -> PyResult<CString> {
    let Some(text) = v.as_str() else {
        return Err(type_error(format!("{function}() argument 1 must be str, not {}", v.ty().full_name())));
    };
    CString::new(text).map_err(|_| rtcore::error::value_error("embedded null character"))
}

/// # Safety
/// Called by SQLite with the context and arguments of a function.
unsafe fn arguments(n: c_int, values: *mut *mut ffi::sqlite3_value) -> PyResult<Vec<Value>> {
    // SAFETY: SQLite passes as many values as it says.
    (0..n as usize).map(|i| unsafe { values::argument(*values.add(i)) }).collect()
}
/// # Safety
/// `context` is the one of the running callback.
unsafe fn fail(context: *mut ffi::sqlite3_context, text: &str) {
    // SAFETY: the text is copied.
    unsafe { ffi::sqlite3_result_error(context, text.as_ptr().cast(), text.len() as c_int) };
}
unsafe extern "C" fn on_function(context: *mut ffi::sqlite3_context, n: c_int, values: *mut *mut ffi::sqlite3_value) {
    // SAFETY: the user data is a callable made by `keep`.
    unsafe {
        let f = &*ffi::sqlite3_user_data(context).cast::<Value>();
        let done = guarded(|| call(f, &arguments(n, values)?));
        if done.is_none_or(|v| values::result(context, &v).is_err()) {
            fail(context, "user-defined function raised exception");
        }
    }
}
/// The aggregate's instance, made at its first step.
///
/// # Safety
/// As for the callbacks below.
unsafe fn instance(context: *mut ffi::sqlite3_context) -> Option<*mut *mut Value> {
    // SAFETY: SQLite gives zeroed memory that lives until the last call of the aggregate.
    unsafe {
        let place = ffi::sqlite3_aggregate_context(context, size_of::<*mut Value>() as c_int).cast::<*mut Value>();
        if (*place).is_null() {
            let class = &*ffi::sqlite3_user_data(context).cast::<Value>();
            match guarded(|| call(class, &[])) {
                Some(v) => *place = Box::into_raw(Box::new(v)),
                None => {
                    fail(context, "user-defined aggregate's '__init__' method raised error");
                    return None;
                }
            }
        }
        Some(place)
    }
}
/// # Safety
/// As for the callbacks below.
unsafe fn method(context: *mut ffi::sqlite3_context, n: c_int, values: *mut *mut ffi::sqlite3_value, name: &str) {
    // SAFETY: the place holds an instance.
    unsafe {
        let Some(place) = instance(context) else { return };
        if guarded(|| call_method_name(&**place, Name::new(name), &arguments(n, values)?)).is_none() {
            fail(context, &format!("user-defined aggregate's '{name}' method raised error"));
        }
    }
}
unsafe extern "C" fn on_step(context: *mut ffi::sqlite3_context, n: c_int, values: *mut *mut ffi::sqlite3_value) {
    // SAFETY: called by SQLite.
    unsafe { method(context, n, values, "step") }
}
unsafe extern "C" fn on_inverse(context: *mut ffi::sqlite3_context, n: c_int, values: *mut *mut ffi::sqlite3_value) {
    // SAFETY: called by SQLite.
    unsafe { method(context, n, values, "inverse") }
}
/// # Safety
/// As for the callbacks below.
unsafe fn outcome(context: *mut ffi::sqlite3_context, name: &str, last: bool) {
    // SAFETY: the place holds an instance or null.
    unsafe {
        let place = ffi::sqlite3_aggregate_context(context, 0).cast::<*mut Value>();
        if place.is_null() || (*place).is_null() {
            // No row came: the instance is made for its result alone.
            let Some(place) = instance(context) else { return };
            return finish(context, place, name, last);
        }
        finish(context, place, name, last);
    }
}
/// # Safety
/// `place` holds an instance.
unsafe fn finish(context: *mut ffi::sqlite3_context, place: *mut *mut Value, name: &str, last: bool) {
    // SAFETY: the caller's promise.
    unsafe {
        let done = guarded(|| call_method_name(&**place, Name::new(name), &[]));
        if done.is_none_or(|v| values::result(context, &v).is_err()) {
            fail(context, &format!("user-defined aggregate's '{name}' method raised error"));
        }
        if last {
            drop(Box::from_raw(*place));
            *place = std::ptr::null_mut();
        }
    }
}
unsafe extern "C" fn on_final(context: *mut ffi::sqlite3_context) {
    // SAFETY: called by SQLite.
    unsafe { outcome(context, "finalize", true) }
}
unsafe extern "C" fn on_value(context: *mut ffi::sqlite3_context) {
    // SAFETY: called by SQLite.
    unsafe { outcome(context, "value", false) }
}

fn open(v: &Value) -> PyResult<&Connection> {
    connection::check(v)?;
    connection::of(v)
}
pub fn create_function(a: &[Value]) -> PyResult {
    let [v, name, n, f, deterministic] = a else { return Ok(NONE) };
    let c = open(v)?;
    let (name, n) = (name_arg(name, "create_function")?, as_index(n)? as c_int);
    let flags = ffi::SQLITE_UTF8 | if truth(deterministic)? { ffi::SQLITE_DETERMINISTIC } else { 0 };
    let db = c.db()?;
    // SAFETY: an open database; the callable lives until SQLite frees it.
    let code = unsafe {
        if f.is_none() {
            ffi::sqlite3_create_function_v2(db.raw, name.as_ptr(), n, flags, std::ptr::null_mut(), None, None, None, None)
        } else {
            db.calls_python.set(true);
            ffi::sqlite3_create_function_v2(db.raw, name.as_ptr(), n, flags, keep(f), Some(on_function), None, None, Some(free))
        }
    };
    if code == ffi::SQLITE_OK { Ok(NONE) } else { Err(raise(&OPERATIONAL_ERROR, "Error creating function")) }
}
pub fn create_aggregate(v: &Value, name: &Value, n: &Value, class: &Value) -> PyResult {
    let c = open(v)?;
    let (name, n) = (name_arg(name, "create_aggregate")?, as_index(n)? as c_int);
    let db = c.db()?;
    // SAFETY: as above.
    let code = unsafe {
        if class.is_none() {
            ffi::sqlite3_create_function_v2(db.raw, name.as_ptr(), n, ffi::SQLITE_UTF8, std::ptr::null_mut(), None, None, None, None)
        } else {
            db.calls_python.set(true);
            ffi::sqlite3_create_function_v2(db.raw, name.as_ptr(), n, ffi::SQLITE_UTF8, keep(class), None, Some(on_step), Some(on_final), Some(free))
        }
    };
    if code == ffi::SQLITE_OK { Ok(NONE) } else { Err(raise(&OPERATIONAL_ERROR, "Error creating aggregate")) }
}
pub fn create_window_function(v: &Value, name: &Value, n: &Value, class: &Value) -> PyResult {
    let c = open(v)?;
    let (name, n) = (name_arg(name, "create_window_function")?, as_index(n)? as c_int);
    let db = c.db()?;
    // SAFETY: as above.
    let code = unsafe {
        if class.is_none() {
            let null = std::ptr::null_mut();
            ffi::sqlite3_create_window_function(db.raw, name.as_ptr(), n, ffi::SQLITE_UTF8, null, None, None, None, None, None)
        } else {
            db.calls_python.set(true);
            let (s, f, w, i) = (Some(on_step as _), Some(on_final as _), Some(on_value as _), Some(on_inverse as _));
            ffi::sqlite3_create_window_function(db.raw, name.as_ptr(), n, ffi::SQLITE_UTF8, keep(class), s, f, w, i, Some(free))
        }
    };
    if code == ffi::SQLITE_OK { Ok(NONE) } else { Err(db.error()) }
}
unsafe extern "C" fn on_compare(data: *mut c_void, n: c_int, a: *const c_void, m: c_int, b: *const c_void) -> c_int {
    // SAFETY: the data is a callable made by `keep`; the texts have these lengths.
    unsafe {
        let f = &*data.cast::<Value>();
        let text = |p: *const c_void, n: c_int| {
            let data = if n == 0 { &[][..] } else { std::slice::from_raw_parts(p.cast::<u8>(), n as usize) };
            Value::string(String::from_utf8_lossy(data).into_owned())
        };
        let order = guarded(|| call(f, &[text(a, n), text(b, m)]));
        order.and_then(|v| v.as_inline_int().or_else(|| v.as_bool().map(i64::from))).map_or(0, |n| n.signum() as c_int)
    }
}
pub fn create_collation(v: &Value, name: &Value, f: &Value) -> PyResult {
    let c = open(v)?;
    let name = name_arg(name, "create_collation")?;
    if !f.is_none() && !rtcore::frame::callable(f) {
        return Err(type_error("parameter must be callable"));
    }
    let db = c.db()?;
    // SAFETY: as above.
    let code = unsafe {
        if f.is_none() {
            ffi::sqlite3_create_collation_v2(db.raw, name.as_ptr(), ffi::SQLITE_UTF8, std::ptr::null_mut(), None, None)
        } else {
            db.calls_python.set(true);
            ffi::sqlite3_create_collation_v2(db.raw, name.as_ptr(), ffi::SQLITE_UTF8, keep(f), Some(on_compare), Some(free))
        }
    };
    if code == ffi::SQLITE_OK { Ok(NONE) } else { Err(db.error()) }
}
unsafe extern "C" fn on_trace(kind: u32, data: *mut c_void, statement: *mut c_void, text: *mut c_void) -> c_int {
    if kind != ffi::SQLITE_TRACE_STMT as u32 {
        return 0;
    }
    // SAFETY: the data is a callable; SQLite passes the statement and its text.
    unsafe {
        let f = &*data.cast::<Value>();
        let raw = CStr::from_ptr(text.cast::<c_char>());
        // A text that starts so is a trigger's; others are shown with their values.
        let shown = if raw.to_bytes().starts_with(b"--") {
            raw.to_string_lossy().into_owned()
        } else {
            let p = ffi::sqlite3_expanded_sql(statement.cast());
            if p.is_null() {
                raw.to_string_lossy().into_owned()
            } else {
                let shown = CStr::from_ptr(p).to_string_lossy().into_owned();
                ffi::sqlite3_free(p.cast());
                shown
            }
        };
        drop(guarded(|| call(f, &[Value::string(shown)])));
    }
    0
}
unsafe extern "C" fn on_progress(data: *mut c_void) -> c_int {
    // SAFETY: the data is a callable that the connection keeps.
    let f = unsafe { &*data.cast::<Value>() };
    match guarded(|| call(f, &[])) {
        Some(v) => rtcore::error::quietly(|| truth(&v)).map_or(1, c_int::from),
        None => 1,
    }
}
unsafe extern "C" fn on_authorize(data: *mut c_void, action: c_int, a: *const c_char, b: *const c_char, c: *const c_char, d: *const c_char) -> c_int {
    // SAFETY: the data is a callable; the texts are C strings or null.
    unsafe {
        let f = &*data.cast::<Value>();
        let text = |p: *const c_char| if p.is_null() { NONE } else { Value::string(CStr::from_ptr(p).to_string_lossy().into_owned()) };
        let answer = guarded(|| call(f, &[Value::int(action.into()), text(a), text(b), text(c), text(d)]));
        answer.and_then(|v| v.as_inline_int()).map_or(ffi::SQLITE_DENY, |n| n as c_int)
    }
}
/// The connection owns the callable; SQLite gets a pointer to it.
fn owned(c: &Connection, slot: usize, f: &Value) -> *mut c_void {
    let mut hooks = c.hooks.borrow_mut();
    let new = Box::new(f.clone());
    let at = &raw const *new as *mut c_void;
    if let Some(place) = hooks.get_mut(slot) {
        // The old one is dropped after SQLite has the new one; see the callers.
        let old = place.replace(new);
        c.retired.borrow_mut().extend(old);
    }
    at
}
pub fn set_trace_callback(v: &Value, f: &Value) -> PyResult {
    let c = open(v)?;
    let db = c.db()?;
    // SAFETY: an open database; the connection keeps the callable.
    unsafe {
        if f.is_none() {
            ffi::sqlite3_trace_v2(db.raw, 0, None, std::ptr::null_mut());
        } else {
            db.calls_python.set(true);
            ffi::sqlite3_trace_v2(db.raw, ffi::SQLITE_TRACE_STMT as u32, Some(on_trace), owned(c, 0, f));
        }
    }
    Ok(NONE)
}
pub fn set_progress_handler(v: &Value, f: &Value, n: &Value) -> PyResult {
    let c = open(v)?;
    let db = c.db()?;
    let n = as_index(n)? as c_int;
    // SAFETY: as above.
    unsafe {
        if f.is_none() {
            ffi::sqlite3_progress_handler(db.raw, 0, None, std::ptr::null_mut());
        } else {
            db.calls_python.set(true);
            ffi::sqlite3_progress_handler(db.raw, n, Some(on_progress), owned(c, 1, f));
        }
    }
    Ok(NONE)
}
pub fn set_authorizer(v: &Value, f: &Value) -> PyResult {
    let c = open(v)?;
    let db = c.db()?;
    // SAFETY: as above.
    unsafe {
        if f.is_none() {
            ffi::sqlite3_set_authorizer(db.raw, None, std::ptr::null_mut());
        } else {
            db.calls_python.set(true);
            ffi::sqlite3_set_authorizer(db.raw, Some(on_authorize), owned(c, 2, f));
        }
    }
    Ok(NONE)
}
pub fn backup(a: &[Value]) -> PyResult {
    let [v, target, pages, progress, name, sleep] = a else { return Ok(NONE) };
    let source = open(v)?;
    let Some(to) = target.downcast::<Connection>() else {
        return Err(type_error(format!("backup() argument 1 must be sqlite3.Connection, not {}", target.ty().full_name())));
    };
    connection::check(target)?;
    if target.is(v) {
        return Err(rtcore::error::value_error("target cannot be the same connection instance"));
    }
    let (from_db, to_db) = (source.db()?, to.db()?);
    let pages = match as_index(pages)? {
        0 => -1,
        n => n as c_int,
    };
    let name = name_arg(name, "backup")?;
    let wait = match rtcore::protocol::number::float_of(sleep) {
        Some(s) => s,
        None => as_index(sleep)? as f64,
    };
    // SAFETY: two open databases; the backup is finished on every path.
    unsafe {
        let b = ffi::sqlite3_backup_init(to_db.raw, c"main".as_ptr(), from_db.raw, name.as_ptr());
        if b.is_null() {
            return Err(to_db.error());
        }
        loop {
            let code = ffi::sqlite3_backup_step(b, pages);
            if !progress.is_none() {
                let (left, all) = (ffi::sqlite3_backup_remaining(b), ffi::sqlite3_backup_pagecount(b));
                if let Err(r) = call(progress, &[Value::int(code.into()), Value::int(left.into()), Value::int(all.into())]) {
                    ffi::sqlite3_backup_finish(b);
                    return Err(r);
                }
            }
            match code {
                ffi::SQLITE_OK => {}
                ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => {
                    rtcore::gil::allow_threads(|| std::thread::sleep(std::time::Duration::from_secs_f64(wait.max(0.0))));
                }
                _ => break,
            }
        }
        if ffi::sqlite3_backup_finish(b) != ffi::SQLITE_OK {
            return Err(to_db.error());
        }
    }
    Ok(NONE)
}
