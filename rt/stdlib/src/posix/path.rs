//! Owns: path arguments and the errors that name them.
//! Never: makes a system call.
//! Source: CPython 3.13, Modules/posixmodule.c (path_converter, path_error).

use rtcore::error::hierarchy::{os_error_type, raise_os_error, strerror};
use rtcore::error::{Raised, overflow_error, raise_args, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::attr;
use rtcore::protocol::call::try_special;
use rtcore::protocol::sequence::{index_value, is_index};
use rtcore::types::class::special::Special;
use rtcore::types::{bytes, str};
use std::ffi::{CStr, CString};
use std::io;

/// A path, or a file descriptor that stands for one.
pub struct Path {
    pub c: CString,
    /// As errors show it.
    pub shown: Value,
    pub fd: Option<i32>,
    /// It was bytes: so are the names that come from it.
    pub bytes: bool,
}

/// What an argument may be beside a path.
#[derive(Clone, Copy)]
pub struct Accept {
    pub fd: bool,
    pub none: bool,
}
pub const PATH: Accept = Accept { fd: false, none: false };
pub const PATH_OR_FD: Accept = Accept { fd: true, none: false };
pub const ANY: Accept = Accept { fd: true, none: true };

impl Path {
    /// `what` is `function: argument`, as in "stat: path".
    pub fn of(v: &Value, what: &str, accept: Accept) -> PyResult<Path> {
        if accept.none && v.is_none() {
            return Ok(Path { c: c".".to_owned(), shown: NONE, fd: None, bytes: false });
        }
        if accept.fd && is_index(v) {
            return Ok(Path { c: CString::default(), shown: v.clone(), fd: Some(descriptor(v)?), bytes: false });
        }
        let shown = if v.as_str_obj().is_some() || v.downcast::<bytes::Bytes>().is_some() {
            v.clone()
        } else {
            match try_special(v, Special::Fspath, &[]) {
                Some(p) => p?,
                None => v.clone(),
            }
        };
        let raw = match raw(&shown)? {
            Some(raw) => raw,
            None => {
                let kinds = match (accept.fd, accept.none) {
                    (true, true) => "string, bytes, os.PathLike, integer or None",
                    (true, false) => "string, bytes, os.PathLike or integer",
                    (false, true) => "string, bytes, os.PathLike or None",
                    (false, false) => "string, bytes or os.PathLike",
                };
                return Err(type_error(format!("{what} should be {kinds}, not {}", v.ty().name())));
            }
        };
        let Ok(c) = CString::new(raw) else {
            let (function, argument) = what.split_once(": ").unwrap_or(("", what));
            return Err(value_error(format!("{function}: embedded null character in {argument}")));
        };
        let bytes = shown.as_str_obj().is_none();
        Ok(Path { c, shown, fd: None, bytes })
    }
    pub fn error(&self, e: &io::Error) -> Raised {
        raise_os_error(e, if self.shown.is_none() { None } else { Some(self.shown.clone()) })
    }
    /// The last system call's error, with the path.
    pub fn failed(&self) -> Raised {
        self.error(&io::Error::last_os_error())
    }
    pub fn check(&self, result: i32) -> PyResult {
        if result < 0 { Err(self.failed()) } else { Ok(NONE) }
    }
    /// A name found at this path, text or bytes as the path is.
    pub fn name(&self, raw: &[u8]) -> PyResult {
        if self.bytes { Ok(bytes::from_slice(raw)) } else { decode(raw) }
    }
}

/// The last system call's error of two paths. CPython: `path_error2`.
pub fn failed2(a: &Path, b: &Path) -> Raised {
    let errno = io::Error::last_os_error().raw_os_error().unwrap_or(0);
    let args = vec![Value::int(errno.into()), Value::string(strerror(errno)), a.shown.clone(), NONE, b.shown.clone()];
    raise_args(os_error_type(errno), args)
}
/// The last system call's error.
pub fn failed() -> Raised {
    raise_os_error(&io::Error::last_os_error(), None)
}
pub fn check(result: i32) -> PyResult {
    if result < 0 { Err(failed()) } else { Ok(NONE) }
}

/// The system's bytes of a str or bytes; `None` for anything else.
pub fn raw(v: &Value) -> PyResult<Option<Vec<u8>>> {
    if v.as_str_obj().is_some() {
        return match v.as_str() {
            Some(s) => Ok(Some(s.as_bytes().to_vec())),
            None => str::encode::encode(v, "utf-8", "surrogateescape").map(Some),
        };
    }
    Ok(v.downcast::<bytes::Bytes>().map(|b| b.data().to_vec()))
}
/// `os.fsdecode` of the system's bytes.
pub fn decode(raw: &[u8]) -> PyResult {
    match std::str::from_utf8(raw) {
        Ok(s) => Ok(Value::str(s)),
        Err(_) => str::encode::decode(&NONE, raw, "utf-8", "surrogateescape"),
    }
}
/// A C string that the system owns.
pub fn text(p: *const libc::c_char) -> PyResult {
    if p.is_null() {
        return Ok(NONE);
    }
    // SAFETY: the callers pass NUL-terminated strings of the C library.
    decode(unsafe { CStr::from_ptr(p) }.to_bytes())
}

/// `_fd_converter`.
pub fn descriptor(v: &Value) -> PyResult<i32> {
    let n = index_value(v)?;
    match n.as_inline_int() {
        Some(n) if n > i64::from(i32::MAX) => Err(overflow_error("fd is greater than maximum")),
        Some(n) => i32::try_from(n).map_err(|_| overflow_error("fd is less than minimum")),
        None => Err(overflow_error("fd is greater than maximum")),
    }
}
/// A descriptor, or an object with `fileno()`. CPython: `PyObject_AsFileDescriptor`.
pub fn fileno(v: &Value) -> PyResult<i32> {
    if is_index(v) {
        return descriptor(v);
    }
    let Some(f) = attr::lookup_optional(v, Name::new("fileno"))? else {
        return Err(type_error("argument must be an int, or have a fileno() method."));
    };
    let n = rtcore::protocol::call::call(&f, &[])?;
    if !is_index(&n) {
        return Err(type_error("fileno() returned a non-integer"));
    }
    let fd = descriptor(&n)?;
    if fd < 0 { Err(value_error(format!("file descriptor cannot be a negative integer ({fd})"))) } else { Ok(fd) }
}
/// `dir_fd=None`.
pub fn dir_fd(v: &Value) -> PyResult<i32> {
    if v.is_none() || v.is_unbound() {
        return Ok(libc::AT_FDCWD);
    }
    if !is_index(v) {
        return Err(type_error(format!("argument should be integer or None, not {}", v.ty().name())));
    }
    descriptor(v)
}
/// A C int.
pub fn int(v: &Value) -> PyResult<i32> {
    match index_value(v)?.as_inline_int() {
        Some(n) if n > i64::from(i32::MAX) => Err(overflow_error("signed integer is greater than maximum")),
        Some(n) => i32::try_from(n).map_err(|_| overflow_error("signed integer is less than minimum")),
        None => Err(overflow_error("Python int too large to convert to C int")),
    }
}
/// An unsigned number of the system, which may be beyond i64.
pub fn unsigned(n: u64) -> Value {
    match i64::try_from(n) {
        Ok(n) => Value::int(n),
        Err(_) => rtcore::num::Int::from(n).into(),
    }
}
/// An argument of a C function's id type: -1 is allowed for "unchanged".
pub fn id(v: &Value) -> PyResult<u32> {
    match index_value(v)?.as_inline_int() {
        Some(-1) => Ok(u32::MAX),
        Some(n) if n < 0 => Err(overflow_error("uid is less than minimum")),
        Some(n) => u32::try_from(n).map_err(|_| overflow_error("uid is greater than maximum")),
        None => Err(overflow_error("uid is greater than maximum")),
    }
}
