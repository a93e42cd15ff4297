//! Owns: `io.StringIO`.
//! Never: encodes.
//! Source: CPython 3.13, Modules/_io/stringio.c.

use super::base::TEXT_IO_BASE;
use super::text::{Newline, prefix};
use crate::error::{PyResult, type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence::as_size;
use crate::types::str::STR;
use crate::types::str::value::{Str, count_chars};
use std::cell::{Cell, RefCell};

/// Text as generalized UTF-8; the position counts characters and bytes side by side.
pub struct StringIo {
    data: RefCell<Vec<u8>>,
    /// Position in bytes; `beyond` characters past the end after a far seek.
    at: Cell<usize>,
    beyond: Cell<usize>,
    newline: Cell<Newline>,
    closed: Cell<bool>,
}
impl Payload for StringIo {}
impl Native for StringIo {
    fn class() -> &'static Type {
        &STRING_IO
    }
}
impl StringIo {
    pub fn write(&self, s: &Str) -> PyResult<()> {
        if self.closed.get() {
            return Err(value_error("I/O operation on closed file"));
        }
        let translated;
        let new: &[u8] = match self.newline.get() {
            Newline::Universal => {
                translated = universal(s.as_bytes());
                &translated
            }
            Newline::Cr => {
                translated = crate::text::search::replace(s.as_bytes(), b"\n", b"\r", usize::MAX).unwrap_or_else(|| s.as_bytes().to_vec());
                &translated
            }
            Newline::CrLf => {
                translated = crate::text::search::replace(s.as_bytes(), b"\n", b"\r\n", usize::MAX).unwrap_or_else(|| s.as_bytes().to_vec());
                &translated
            }
            Newline::Keep | Newline::Lf => s.as_bytes(),
        };
        let mut d = self.data.borrow_mut();
        for _ in 0..self.beyond.replace(0) {
            d.push(0);
        }
        let at = if self.at.get() >= d.len() { d.len() } else { self.at.get() };
        if at == d.len() {
            d.extend_from_slice(new);
        } else {
            // As many characters are replaced as are written.
            let end = at + prefix(&d[at..], count_chars(new));
            d.splice(at..end, new.iter().copied());
        }
        self.at.set(at + new.len());
        Ok(())
    }
}
fn universal(text: &[u8]) -> Vec<u8> {
    if memchr::memchr(b'\r', text).is_none() {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        if text[i] == b'\r' {
            out.push(b'\n');
            i += if text.get(i + 1) == Some(&b'\n') { 2 } else { 1 };
        } else {
            out.push(text[i]);
            i += 1;
        }
    }
    out
}
fn body(v: &Value) -> PyResult<&StringIo> {
    let b = v.downcast::<StringIo>().ok_or_else(|| type_error("descriptor requires a '_io.StringIO' object"))?;
    if b.closed.get() { Err(value_error("I/O operation on closed file")) } else { Ok(b) }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(ty) => Ok(object::new(
            ty,
            StringIo {
                data: RefCell::new(vec![]),
                at: Cell::new(0),
                beyond: Cell::new(0),
                newline: Cell::new(Newline::Lf),
                closed: Cell::new(false),
            },
        )),
        None => Err(type_error("not a type")),
    }
}
fn init(v: &Value, initial: &Value, newline: &Value) -> PyResult {
    let b = body(v)?;
    b.newline.set(Newline::of(newline)?);
    b.data.borrow_mut().clear();
    b.at.set(0);
    if !initial.is_none() {
        let Some(s) = initial.as_str_obj() else {
            return Err(type_error(format!("initial_value must be str or None, not {}", initial.ty().full_name())));
        };
        b.write(s)?;
        b.at.set(0);
    }
    Ok(NONE)
}
fn take(b: &StringIo, end: usize) -> Value {
    let d = b.data.borrow();
    let at = b.at.get().min(d.len());
    let end = end.min(d.len()).max(at);
    b.at.set(end);
    object::new(&STR, Str::from_wtf8(d[at..end].to_vec()))
}
fn size_arg(v: &Value) -> PyResult<i64> {
    if v.is_none() { Ok(-1) } else { as_size(v) }
}
fn read(v: &Value, n: &Value) -> PyResult {
    let b = body(v)?;
    let n = size_arg(n)?;
    let end = {
        let d = b.data.borrow();
        let at = b.at.get().min(d.len());
        if n < 0 { d.len() } else { at + prefix(&d[at..], n as usize) }
    };
    Ok(take(b, end))
}
fn line_end(b: &StringIo, limit: i64) -> usize {
    let d = b.data.borrow();
    let at = b.at.get().min(d.len());
    let rest = &d[at..];
    let newline = if b.newline.get() == Newline::Universal { Newline::Lf } else { b.newline.get() };
    let n = newline.line_end(rest, true).unwrap_or(rest.len());
    at + if limit < 0 { n } else { prefix(&rest[..n], limit as usize) }
}
fn readline(v: &Value, n: &Value) -> PyResult {
    let b = body(v)?;
    let end = line_end(b, size_arg(n)?);
    Ok(take(b, end))
}
fn next(v: &Value) -> PyResult<Option<Value>> {
    let b = body(v)?;
    let end = line_end(b, -1);
    Ok(if end <= b.at.get() { None } else { Some(take(b, end)) })
}
fn dunder_next(v: &Value) -> PyResult {
    next(v)?.ok_or_else(|| crate::error::stop_iteration(NONE))
}
fn iter_self(v: &Value) -> PyResult {
    body(v)?;
    Ok(v.clone())
}
fn write(v: &Value, s: &Value) -> PyResult {
    let b = body(v)?;
    let Some(text) = s.as_str_obj() else {
        return Err(type_error(format!("string argument expected, got '{}'", s.ty().full_name())));
    };
    b.write(text)?;
    Ok(text.char_len().into())
}
fn getvalue(v: &Value) -> PyResult {
    Ok(object::new(&STR, Str::from_wtf8(body(v)?.data.borrow().clone())))
}
fn seek(v: &Value, offset: &Value, whence: &Value) -> PyResult {
    let b = body(v)?;
    let (offset, whence) = (as_size(offset)?, as_size(whence)?);
    match whence {
        0 if offset < 0 => return Err(value_error(format!("Negative seek position {offset}"))),
        0 => {
            let d = b.data.borrow();
            let n = offset as usize;
            let at = prefix(&d, n);
            b.beyond.set(n - count_chars(&d[..at]));
            b.at.set(at);
        }
        1 | 2 if offset != 0 => return Err(super::base::unsupported("Can't do nonzero cur-relative seeks")),
        1 => {}
        2 => {
            b.beyond.set(0);
            b.at.set(b.data.borrow().len());
        }
        w => return Err(value_error(format!("Invalid whence ({w}, should be 0, 1 or 2)"))),
    }
    tell(v)
}
fn tell(v: &Value) -> PyResult {
    let b = body(v)?;
    let d = b.data.borrow();
    Ok((count_chars(&d[..b.at.get().min(d.len())]) + b.beyond.get()).into())
}
fn truncate(v: &Value, size: &Value) -> PyResult {
    let b = body(v)?;
    let n = if size.is_none() { as_size(&tell(v)?)? } else { as_size(size)? };
    if n < 0 {
        return Err(value_error(format!("Negative size value {n}")));
    }
    let mut d = b.data.borrow_mut();
    let end = prefix(&d, n as usize);
    d.truncate(end);
    Ok(Value::int(n))
}
fn close(v: &Value) -> PyResult {
    if let Some(b) = v.downcast::<StringIo>() {
        b.closed.set(true);
        b.data.borrow_mut().clear();
    }
    Ok(NONE)
}
fn closed(v: &Value) -> PyResult {
    Ok(v.downcast::<StringIo>().is_some_and(|b| b.closed.get()).into())
}
fn yes(v: &Value) -> PyResult {
    body(v)?;
    Ok(TRUE)
}
fn flush(v: &Value) -> PyResult {
    body(v)?;
    Ok(NONE)
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, initial_value='', newline='\n')", F3(init)),
    Method::new("__next__(self, /)", F1(dunder_next)),
    Method::new("read(self, size=-1, /)", F2(read)),
    Method::new("readline(self, size=-1, /)", F2(readline)),
    Method::new("write(self, s, /)", F2(write)),
    Method::new("getvalue(self, /)", F1(getvalue)),
    Method::new("seek(self, pos, whence=0, /)", F3(seek)),
    Method::new("tell(self, /)", F1(tell)),
    Method::new("truncate(self, pos=None, /)", F2(truncate)),
    Method::new("close(self, /)", F1(close)),
    Method::new("flush(self, /)", F1(flush)),
    Method::new("readable(self, /)", F1(yes)),
    Method::new("writable(self, /)", F1(yes)),
    Method::new("seekable(self, /)", F1(yes)),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("closed", closed),
    GetSet::ro("newlines", |_| Ok(NONE)),
    GetSet::ro("line_buffering", |_| Ok(FALSE)),
];
static DEF: ClassDef = ClassDef::new::<StringIo>("StringIO").module("_io").base(&TEXT_IO_BASE).methods(METHODS).getset(GETSET).hooks(Hooks {
    iter: Some(iter_self),
    next: Some(next),
    ..Hooks::NONE
});
pub static STRING_IO: Type = Type::builtin(&DEF);
