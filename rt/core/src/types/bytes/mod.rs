//! Owns: the `bytes` type and what it shares with `bytearray`: values from bytes, the receiver's bytes, tables.
//! Never: encodings (`text::codec`), other buffers (`buffer`).
//! Source: CPython 3.13, Objects/bytesobject.c.

pub mod bytearray;
pub mod buffer;
mod case;
pub mod element;
pub mod iter;
mod make;
pub mod memory;
mod memory_methods;
mod methods;
mod ops;
mod search;
mod split;

pub use buffer::View;
pub use bytearray::{BYTEARRAY, ByteArray};
pub use memory::MEMORYVIEW;

use crate::error::type_error;
use crate::methods::*;
use crate::types::str::value::hash_bytes;
use std::cell::Cell;

/// The body of `bytes`.
pub struct Bytes {
    data: Box<[u8]>,
    /// -1 until computed.
    hash: Cell<i64>,
}
impl Payload for Bytes {}
impl Native for Bytes {
    fn class() -> &'static Type {
        &BYTES
    }
}

impl Bytes {
    pub fn new(data: Vec<u8>) -> Bytes {
        Bytes { data: data.into(), hash: Cell::new(-1) }
    }
    pub fn data(&self) -> &[u8] {
        &self.data
    }
    pub fn hash(&self) -> i64 {
        if self.hash.get() == -1 {
            self.hash.set(hash_bytes(&self.data));
        }
        self.hash.get()
    }
}

/// A bytes value.
pub fn value(data: Vec<u8>) -> Value {
    object::new(&BYTES, Bytes::new(data))
}
pub fn from_slice(data: &[u8]) -> Value {
    value(data.to_vec())
}

pub fn is_exact_bytes(v: &Value) -> bool {
    v.downcast_exact::<Bytes>().is_some()
}

/// `isinstance(v, bytes)`.
pub fn is_bytes(v: &Value) -> bool {
    v.downcast::<Bytes>().is_some()
}

/// The contents of a bytes or bytearray.
pub fn as_bytes(v: &Value) -> Option<View<'_>> {
    if let Some(b) = v.downcast::<Bytes>() {
        return Some(View::Plain(&b.data));
    }
    v.downcast::<ByteArray>().map(|b| View::Cell(b.data.borrow()))
}

/// The contents of a receiver, which its descriptor has checked.
fn me(v: &Value) -> PyResult<View<'_>> {
    as_bytes(v).ok_or_else(|| type_error(format!("expected bytes, got {}", v.ty().full_name())))
}

/// A result of the receiver's kind.
fn like(v: &Value, data: Vec<u8>) -> Value {
    if v.downcast::<ByteArray>().is_some() { bytearray::value(data) } else { value(data) }
}

/// The receiver itself when it is exactly bytes, otherwise a copy of its kind.
fn unchanged(v: &Value) -> PyResult {
    if is_exact_bytes(v) { Ok(v.clone()) } else { Ok(like(v, me(v)?.to_vec())) }
}

macro_rules! shared_methods {
    ($($own:expr,)*) => {
        &[
            $($own,)*
            Method::new("__len__(self, /)", F1(ops::len)),
            Method::new("__contains__(self, key, /)", F2(ops::contains)),
            Method::new("__getitem__(self, key, /)", F2(ops::getitem)),
            Method::new("__add__(self, value, /)", F2(ops::add)),
            Method::new("__mul__(self, value, /)", F2(ops::mul)),
            Method::new("__rmul__(self, value, /)", F2(ops::mul)),
            Method::new("__mod__(self, value, /)", F2(ops::mod_)),
            Method::new("__rmod__(self, value, /)", F2(ops::rmod)),
            Method::new("__eq__(self, value, /)", F2(ops::eq)),
            Method::new("__ne__(self, value, /)", F2(ops::ne)),
            Method::new("__lt__(self, value, /)", F2(ops::lt)),
            Method::new("__le__(self, value, /)", F2(ops::le)),
            Method::new("__gt__(self, value, /)", F2(ops::gt)),
            Method::new("__ge__(self, value, /)", F2(ops::ge)),
            Method::new("decode(self, /, encoding='utf-8', errors='strict')", F3(make::decode)),
            Method::new("hex(self, /, sep=..., bytes_per_sep=1)", F3(make::hex)),
            Method::class("fromhex(type, string, /)", F2(make::fromhex)),
            Method::static_("maketrans(frm, to, /)", F2(methods::maketrans)),
            Method::new("translate(self, table, /, delete=...)", F3(methods::translate)),
            Method::new("split(self, /, sep=None, maxsplit=-1)", F3(split::split)),
            Method::new("rsplit(self, /, sep=None, maxsplit=-1)", F3(split::rsplit)),
            Method::new("splitlines(self, /, keepends=False)", F2(split::splitlines)),
            Method::new("partition(self, sep, /)", F2(split::partition)),
            Method::new("rpartition(self, sep, /)", F2(split::rpartition)),
            Method::new("join(self, iterable_of_bytes, /)", F2(split::join)),
            Method::new("strip(self, bytes=None, /)", F2(methods::strip)),
            Method::new("lstrip(self, bytes=None, /)", F2(methods::lstrip)),
            Method::new("rstrip(self, bytes=None, /)", F2(methods::rstrip)),
            Method::new("removeprefix(self, prefix, /)", F2(methods::removeprefix)),
            Method::new("removesuffix(self, suffix, /)", F2(methods::removesuffix)),
            Method::new("find(self, sub, start=None, end=None, /)", F4(search::find)),
            Method::new("rfind(self, sub, start=None, end=None, /)", F4(search::rfind)),
            Method::new("index(self, sub, start=None, end=None, /)", F4(search::index)),
            Method::new("rindex(self, sub, start=None, end=None, /)", F4(search::rindex)),
            Method::new("count(self, sub, start=None, end=None, /)", F4(search::count)),
            Method::new("startswith(self, prefix, start=None, end=None, /)", F4(search::startswith)),
            Method::new("endswith(self, suffix, start=None, end=None, /)", F4(search::endswith)),
            Method::new("replace(self, old, new, count=-1, /)", F4(methods::replace)),
            Method::new("center(self, width, fillchar=..., /)", F3(methods::center)),
            Method::new("ljust(self, width, fillchar=..., /)", F3(methods::ljust)),
            Method::new("rjust(self, width, fillchar=..., /)", F3(methods::rjust)),
            Method::new("zfill(self, width, /)", F2(methods::zfill)),
            Method::new("expandtabs(self, /, tabsize=8)", F2(methods::expandtabs)),
            Method::new("upper(self, /)", F1(case::upper)),
            Method::new("lower(self, /)", F1(case::lower)),
            Method::new("title(self, /)", F1(case::title)),
            Method::new("capitalize(self, /)", F1(case::capitalize)),
            Method::new("swapcase(self, /)", F1(case::swapcase)),
            Method::new("isalpha(self, /)", F1(case::isalpha)),
            Method::new("isalnum(self, /)", F1(case::isalnum)),
            Method::new("isascii(self, /)", F1(case::isascii)),
            Method::new("isdigit(self, /)", F1(case::isdigit)),
            Method::new("islower(self, /)", F1(case::islower)),
            Method::new("isupper(self, /)", F1(case::isupper)),
            Method::new("istitle(self, /)", F1(case::istitle)),
            Method::new("isspace(self, /)", F1(case::isspace)),
        ]
    };
}
use shared_methods;

fn repr(v: &Value) -> PyResult {
    Ok(Value::string(crate::text::escape::repr_bytes(&me(v)?)))
}
fn hash(v: &Value) -> PyResult {
    Ok(Value::int(v.downcast::<Bytes>().map_or(0, Bytes::hash)))
}
fn dunder_bytes(v: &Value) -> PyResult {
    unchanged(v)
}
fn getnewargs(v: &Value) -> PyResult {
    Ok(crate::types::tuple::new(vec![from_slice(&me(v)?)]))
}

static METHODS: &[Method] = shared_methods![
    Method::static_("__new__(type, *args)", Raw(make::new_bytes)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__str__(self, /)", F1(repr)),
    Method::new("__hash__(self, /)", F1(hash)),
    Method::new("__iter__(self, /)", F1(iter::iter)),
    Method::new("__bytes__(self, /)", F1(dunder_bytes)),
    Method::new("__getnewargs__(self, /)", F1(getnewargs)),
];

static DOC: &str = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> \
immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null \
bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding integers in \
range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the buffer API.\n  - an integer";

static DEF: ClassDef =
    ClassDef::new::<Bytes>("bytes").doc(DOC).methods(METHODS).hooks(Hooks { iter: Some(iter::iter), ..Hooks::NONE });
pub static BYTES: Type = Type::builtin(&DEF);
