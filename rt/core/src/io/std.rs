//! Owns: `sys.stdin`, `sys.stdout`, `sys.stderr`: their creation, their current values, and flushing
//! them at the end.
//! Never: prints.
//! Source: CPython 3.13, Python/pylifecycle.c (`create_stdio`).

use super::binary::{Access, BUFFER, from_fd};
use super::{raw, text};
use crate::error::PyResult;
use crate::gil::{Gil, GilRefCell};
use crate::name::names;
use crate::protocol::call::call_method_static;
use crate::value::{NONE, Value};
use std::cell::RefCell;

/// The streams as the program sees them now, and as they were made.
struct Streams {
    current: [Option<Value>; 3],
    original: [Option<Value>; 3],
}
static STREAMS: GilRefCell<Streams> = Gil::new(RefCell::new(Streams { current: [None, None, None], original: [None, None, None] }));

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
    text::wrap(buffer, &Value::str("utf-8"), &errors, &NONE, line_buffering, mode)
}
fn get(i: usize) -> Option<Value> {
    if let Some(v) = &STREAMS.borrow().current[i] {
        return Some(v.clone());
    }
    let v = match make(i as i32) {
        Ok(v) => v,
        Err(r) => {
            drop(crate::error::take(r));
            return None;
        }
    };
    let mut s = STREAMS.borrow_mut();
    s.original[i] = Some(v.clone());
    s.current[i] = Some(v.clone());
    Some(v)
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
/// `sys.__stdin__`, `sys.__stdout__`, `sys.__stderr__` by descriptor.
pub fn original(fd: usize) -> Option<Value> {
    get(fd)?;
    STREAMS.borrow().original.get(fd)?.clone()
}
/// `sys.stdout = v` (by descriptor).
pub fn set(fd: usize, v: Value) {
    let _ = get(fd);
    let old = match STREAMS.borrow_mut().current.get_mut(fd) {
        Some(slot) => slot.replace(v),
        None => None,
    };
    drop(old);
}
/// Flushes standard output and error at the end of the program or before it aborts; false when that
/// failed.
pub fn flush_std() -> bool {
    let mut ok = true;
    for fd in [1, 2] {
        let (a, b) = {
            let s = STREAMS.borrow();
            (s.current[fd].clone(), s.original[fd].clone())
        };
        for v in [a, b].into_iter().flatten() {
            if v.is_none() {
                continue;
            }
            if let Err(r) = call_method_static(&v, &names::flush, &[]) {
                drop(crate::error::take(r));
                ok = false;
            }
        }
    }
    ok
}
