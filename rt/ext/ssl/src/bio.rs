//! Owns: MemoryBIO: bytes on their way to or from a peer.
//! Never: knows TLS.
//! Source: CPython 3.13, Modules/_ssl.c (`_ssl.MemoryBIO`).

use crate::errors;
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::sequence::as_size;
use rtcore::types::bytes::{self, buffer};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

#[derive(Default)]
pub struct MemoryBio {
    pub data: RefCell<VecDeque<u8>>,
    eof: Cell<bool>,
}
impl Payload for MemoryBio {}
impl Native for MemoryBio {
    fn class() -> &'static Type {
        &MEMORY_BIO
    }
}
impl MemoryBio {
    /// The writing end is closed and everything has been read.
    pub fn at_eof(&self) -> bool {
        self.eof.get() && self.data.borrow().is_empty()
    }
    pub fn take(&self, most: usize) -> Vec<u8> {
        let mut data = self.data.borrow_mut();
        let n = most.min(data.len());
        data.drain(..n).collect()
    }
}
pub fn body(v: &Value) -> PyResult<&MemoryBio> {
    v.downcast::<MemoryBio>().ok_or_else(|| type_error(format!("expected a MemoryBIO, got {}", v.ty().name())))
}
fn new(_: &Value) -> PyResult {
    Ok(object::new(&MEMORY_BIO, MemoryBio::default()))
}
fn read(v: &Value, size: &Value) -> PyResult {
    let most = usize::try_from(as_size(size)?).unwrap_or(usize::MAX);
    Ok(bytes::value(body(v)?.take(most)))
}
fn write(v: &Value, data: &Value) -> PyResult {
    let bio = body(v)?;
    let data = buffer::required(data)?.to_vec();
    if bio.eof.get() {
        return Err(errors::plain("cannot write() after write_eof()"));
    }
    bio.data.borrow_mut().extend(&data);
    Ok(Value::from(data.len()))
}
fn write_eof(v: &Value) -> PyResult {
    body(v)?.eof.set(true);
    Ok(NONE)
}
static DEF: ClassDef = ClassDef::new::<MemoryBio>("MemoryBIO")
    .module("_ssl")
    .methods(&[
        Method::static_("__new__(type)", F1(new)),
        Method::new("read(self, size=-1, /)", F2(read)),
        Method::new("write(self, b, /)", F2(write)),
        Method::new("write_eof(self, /)", F1(write_eof)),
    ])
    .getset(&[
        GetSet::ro("pending", |v| Ok(Value::from(body(v)?.data.borrow().len()))),
        GetSet::ro("eof", |v| Ok(Value::bool(body(v)?.at_eof()))),
    ]);
pub static MEMORY_BIO: Type = Type::builtin(&DEF);
