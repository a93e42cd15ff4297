//! Owns: `io.BytesIO`.
//! Never: touches descriptors.
//! Source: CPython 3.13, Modules/_io/bytesio.c.

use super::base::{BUFFERED_IO_BASE, data_of};
use crate::error::{PyResult, type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence::as_size;
use crate::types::bytes;
use std::cell::{Cell, RefCell};

pub struct BytesIo {
    data: RefCell<Vec<u8>>,
    at: Cell<usize>,
    closed: Cell<bool>,
}
impl Payload for BytesIo {}
impl Native for BytesIo {
    fn class() -> &'static Type {
        &BYTES_IO
    }
}
fn body(v: &Value) -> PyResult<&BytesIo> {
    let b = v.downcast::<BytesIo>().ok_or_else(|| type_error("descriptor requires a '_io.BytesIO' object"))?;
    if b.closed.get() { Err(value_error("I/O operation on closed file.")) } else { Ok(b) }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(ty) => Ok(object::new(ty, BytesIo { data: RefCell::new(vec![]), at: Cell::new(0), closed: Cell::new(false) })),
        None => Err(type_error("not a type")),
    }
}
fn init(v: &Value, initial: &Value) -> PyResult {
    if let Some(b) = v.downcast::<BytesIo>() {
        *b.data.borrow_mut() = if initial.is_none() { vec![] } else { data_of(initial)? };
        b.at.set(0);
    }
    Ok(NONE)
}
fn take(b: &BytesIo, end: usize) -> Value {
    let d = b.data.borrow();
    let at = b.at.get().min(d.len());
    let end = end.min(d.len()).max(at);
    b.at.set(b.at.get().max(end));
    bytes::value(d[at..end].to_vec())
}
fn size_arg(v: &Value) -> PyResult<i64> {
    if v.is_none() { Ok(-1) } else { as_size(v) }
}
fn read(v: &Value, n: &Value) -> PyResult {
    let b = body(v)?;
    let n = size_arg(n)?;
    Ok(take(b, if n < 0 { usize::MAX } else { b.at.get().saturating_add(n as usize) }))
}
fn line_end(b: &BytesIo, limit: i64) -> usize {
    let d = b.data.borrow();
    let at = b.at.get().min(d.len());
    let end = memchr::memchr(b'\n', &d[at..]).map_or(d.len(), |i| at + i + 1);
    if limit < 0 { end } else { end.min(at.saturating_add(limit as usize)) }
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
fn readinto(v: &Value, target: &Value) -> PyResult {
    let n = crate::protocol::sequence::len(target)?;
    let got = read(v, &Value::int(n as i64))?;
    let data = data_of(&got)?;
    super::base::write_into(target, &data)?;
    Ok(data.len().into())
}
fn write(v: &Value, data: &Value) -> PyResult {
    let b = body(v)?;
    let new = data_of(data)?;
    let mut d = b.data.borrow_mut();
    let at = b.at.get();
    if d.len() < at {
        d.resize(at, 0);
    }
    let over = new.len().min(d.len() - at);
    d[at..at + over].copy_from_slice(&new[..over]);
    d.extend_from_slice(&new[over..]);
    b.at.set(at + new.len());
    Ok(new.len().into())
}
fn getvalue(v: &Value) -> PyResult {
    Ok(bytes::value(body(v)?.data.borrow().clone()))
}
fn getbuffer(v: &Value) -> PyResult {
    crate::protocol::call::call(&Value::of_type(&bytes::MEMORYVIEW), &[getvalue(v)?])
}
fn seek(v: &Value, offset: &Value, whence: &Value) -> PyResult {
    let b = body(v)?;
    let offset = as_size(offset)?;
    let base = match as_size(whence)? {
        0 if offset < 0 => return Err(value_error(format!("negative seek value {offset}"))),
        0 => 0,
        1 => b.at.get() as i64,
        2 => b.data.borrow().len() as i64,
        w => return Err(value_error(format!("invalid whence ({w}, should be 0, 1 or 2)"))),
    };
    b.at.set((base + offset).max(0) as usize);
    Ok(b.at.get().into())
}
fn tell(v: &Value) -> PyResult {
    Ok(body(v)?.at.get().into())
}
fn truncate(v: &Value, size: &Value) -> PyResult {
    let b = body(v)?;
    let n = if size.is_none() { b.at.get() as i64 } else { as_size(size)? };
    if n < 0 {
        return Err(value_error(format!("negative size value {n}")));
    }
    b.data.borrow_mut().truncate(n as usize);
    Ok(Value::int(n))
}
fn close(v: &Value) -> PyResult {
    if let Some(b) = v.downcast::<BytesIo>() {
        b.closed.set(true);
    }
    Ok(NONE)
}
fn closed(v: &Value) -> PyResult {
    Ok(v.downcast::<BytesIo>().is_some_and(|b| b.closed.get()).into())
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
    Method::new("__init__(self, initial_bytes=None)", F2(init)),
    Method::new("__next__(self, /)", F1(dunder_next)),
    Method::new("read(self, size=-1, /)", F2(read)),
    Method::new("read1(self, size=-1, /)", F2(read)),
    Method::new("readline(self, size=-1, /)", F2(readline)),
    Method::new("readinto(self, buffer, /)", F2(readinto)),
    Method::new("write(self, b, /)", F2(write)),
    Method::new("getvalue(self, /)", F1(getvalue)),
    Method::new("getbuffer(self, /)", F1(getbuffer)),
    Method::new("seek(self, pos, whence=0, /)", F3(seek)),
    Method::new("tell(self, /)", F1(tell)),
    Method::new("truncate(self, size=None, /)", F2(truncate)),
    Method::new("close(self, /)", F1(close)),
    Method::new("flush(self, /)", F1(flush)),
    Method::new("readable(self, /)", F1(yes)),
    Method::new("writable(self, /)", F1(yes)),
    Method::new("seekable(self, /)", F1(yes)),
];
static GETSET: &[GetSet] = &[GetSet::ro("closed", closed)];
static DEF: ClassDef = ClassDef::new::<BytesIo>("BytesIO").module("_io").base(&BUFFERED_IO_BASE).methods(METHODS).getset(GETSET).hooks(Hooks {
    iter: Some(iter_self),
    next: Some(next),
    ..Hooks::NONE
});
pub static BYTES_IO: Type = Type::builtin(&DEF);
