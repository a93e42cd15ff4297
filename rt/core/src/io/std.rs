//! Owns: `sys.stdin`, `sys.stdout`, `sys.stderr`: their creation, their current values, and flushing
//! them at the end.
//! Never: prints.
//! Source: CPython 3.13, Python/pylifecycle.c (`create_stdio`).

use super::binary::{Access, BUFFER, from_fd};
use super::{raw, text};
use crate::error::PyResult;
use crate::gil::{Gil, GilRefCell};
use crate::name::{StaticName, names};
use crate::protocol::call::call_method_static;
use crate::types::module::{self, Module};
use crate::value::{NONE, Value};
use std::cell::RefCell;

/// The streams as they were made, and the module `sys`, whose attributes decide once it exists.
struct Streams {
    original: [Option<Value>; 3],
    sys: Option<Value>,
}
static STREAMS: GilRefCell<Streams> = Gil::new(RefCell::new(Streams { original: [None, None, None], sys: None }));
static NAMES: [StaticName; 3] = [StaticName::new("stdin"), StaticName::new("stdout"), StaticName::new("stderr")];

fn make(fd: i32) -> PyResult {
    let (access, name, mode) = if fd == 0 {
        (Access { read: true, ..Access::default() }, "<stdin>", "r")
    } else {
        (Access { write: true, ..Access::default() }, if fd == 1 { "<stdout>" } else { "<stderr>" }, "w")
    };
    let raw_mode = if fd == 0 { "rb" } else { "wb" };
    let buffer = from_fd(fd, access, false, Value::str(name), raw_mode, BUFFER);
    let errors = if fd == 2 { Value::str("backslashreplace") } else { Value::str("strict") };
    let line_buffering = fd == 2 || raw::is_tty(fd);
    let v = text::wrap(buffer, &Value::str("utf-8"), &errors, &NONE, line_buffering, mode)?;
    // What `python -u` does: each write reaches the system at once.
    if fd != 0 && std::env::var_os("PYTHONUNBUFFERED").is_some_and(|set| !set.is_empty()) {
        text::write_through(&v);
    }
    Ok(v)
}
/// A stream as it was made (`sys.__stdout__`), by descriptor.
pub fn original(fd: usize) -> Option<Value> {
    if let Some(v) = STREAMS.borrow().original.get(fd)? {
        return Some(v.clone());
    }
    let v = match make(fd as i32) {
        Ok(v) => v,
        Err(r) => {
            drop(crate::error::take(r));
            return None;
        }
    };
    STREAMS.borrow_mut().original[fd] = Some(v.clone());
    Some(v)
}
/// A stream as the program sees it now; `None` when it deleted the attribute.
fn get(fd: usize) -> Option<Value> {
    let sys = STREAMS.borrow().sys.clone();
    match sys.as_ref().and_then(|s| s.downcast::<Module>()) {
        Some(m) => m.get(NAMES[fd].get()),
        None => original(fd),
    }
}
/// Gives the module `sys` its streams.
pub fn install(sys: &Value) {
    for (fd, name) in NAMES.iter().enumerate() {
        if let Some(v) = original(fd) {
            module::set(sys, name.get(), v.clone());
            module::set_str(sys, &format!("__{}__", name.text()), v);
        }
    }
    let old = STREAMS.borrow_mut().sys.replace(sys.clone());
    drop(old);
}
pub fn stdin() -> Option<Value> {
    get(0)
}
pub fn stdout() -> Option<Value> {
    get(1)
}
pub fn stderr() -> Option<Value> {
    get(2)
}
/// pylifecycle.c, file_is_closed.
fn is_closed(v: &Value) -> bool {
    match crate::protocol::attr::lookup_optional(v, crate::name::Name::new("closed")) {
        Ok(c) => c.is_some_and(|c| c.as_bool() == Some(true)),
        Err(r) => {
            drop(crate::error::take(r));
            false
        }
    }
}
/// Flushes standard output and error at the end of the program or before it aborts; false when that failed. `report`
/// says what became of standard output on the other one.
/// Source: CPython 3.13, Python/pylifecycle.c (`flush_std_files`).
pub fn flush_std(report: bool) -> bool {
    let mut ok = true;
    for fd in [1, 2] {
        let made = STREAMS.borrow().original[fd].clone();
        let current = if STREAMS.borrow().sys.is_some() { get(fd) } else { made.clone() };
        let other = made.filter(|made| !current.as_ref().is_some_and(|current| current.is(made)));
        for (v, report) in [(current, report && fd == 1), (other, false)] {
            let Some(v) = v.filter(|v| !v.is_none() && !is_closed(v)) else { continue };
            if let Err(r) = call_method_static(&v, &names::flush, &[]) {
                ok = false;
                if report {
                    crate::error::unraisable(r, "Exception ignored on flushing sys.stdout", &NONE);
                } else {
                    drop(crate::error::take(r));
                }
            }
        }
    }
    ok
}
