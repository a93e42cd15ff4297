//! Owns: the abstract types `io.IOBase` and its children, `io.UnsupportedOperation`, and what all
//! streams share (context manager, iteration, `readlines`, `writelines`).
//! Never: reads or writes.
//! Source: CPython 3.13, Modules/_io/iobase.c.

use crate::error::hierarchy::{Exception, OS_ERROR, VALUE_ERROR};
use crate::error::{PyResult, Raised, raise, value_error};
use crate::methods::*;
use crate::protocol::call::{call_method_name, call_method_static};
use crate::protocol::iter::Iter;
use crate::protocol::sequence::{as_size, truth};
use crate::protocol::{attr, repr, sequence};
use crate::types::list::List;
use crate::types::object_::OBJECT;

static UNSUPPORTED_DEF: ClassDef = ClassDef::new::<Exception>("UnsupportedOperation")
    .module("io")
    .like(&OS_ERROR, &crate::error::hierarchy::BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS)
    .setup(|ty| {
        // OSError and ValueError: the only builtin type with two bases.
        let mut mro = vec![ty];
        mro.push(&OS_ERROR);
        mro.extend_from_slice(VALUE_ERROR.mro());
        ty.set_mro(mro);
        ty.bases.borrow_mut().push(&VALUE_ERROR);
    });
pub static UNSUPPORTED_OPERATION: Type = Type::builtin(&UNSUPPORTED_DEF);

#[cold]
pub(super) fn unsupported(text: &str) -> Raised {
    raise(&UNSUPPORTED_OPERATION, text)
}

/// Streams written in Python derive from these without a body of their own.
pub struct Plain;
impl Payload for Plain {}
impl Native for Plain {
    fn class() -> &'static Type {
        &IO_BASE
    }
}

fn is_closed(v: &Value) -> PyResult<bool> {
    match attr::lookup_optional(v, Name::new("closed"))? {
        Some(c) => truth(&c),
        None => Ok(false),
    }
}
pub(super) fn check_open(v: &Value) -> PyResult<()> {
    if is_closed(v)? { Err(value_error("I/O operation on closed file.")) } else { Ok(()) }
}
/// Stores bytes at the start of a writable buffer.
pub(super) fn write_into(target: &Value, data: &[u8]) -> PyResult<()> {
    let slice = crate::types::slice::value(Value::int(0), data.len().into(), NONE);
    sequence::setitem(target, &slice, crate::types::bytes::from_slice(data))
}
/// The bytes of a bytes-like argument.
pub(super) fn data_of(v: &Value) -> PyResult<Vec<u8>> {
    Ok(crate::types::bytes::buffer::required(v)?.to_vec())
}
fn enter(v: &Value) -> PyResult {
    check_open(v)?;
    Ok(v.clone())
}
fn exit(all: &[Value], _: &[Name]) -> PyResult {
    match all.first() {
        Some(v) => call_method_static(v, &names::close, &[]),
        None => Ok(NONE),
    }
}
fn iter(v: &Value) -> PyResult {
    check_open(v)?;
    Ok(v.clone())
}
fn next(v: &Value) -> PyResult<Option<Value>> {
    let line = call_method_name(v, Name::new("readline"), &[])?;
    Ok(if sequence::len(&line)? == 0 { None } else { Some(line) })
}
fn dunder_next(v: &Value) -> PyResult {
    next(v)?.ok_or_else(|| crate::error::stop_iteration(NONE))
}
pub(super) fn readlines(v: &Value, hint: &Value) -> PyResult {
    let hint = if hint.is_none() { 0 } else { as_size(hint)? };
    let (mut lines, mut total) = (vec![], 0i64);
    let mut it = Iter::new(v)?;
    while let Some(line) = it.next()? {
        total += sequence::len(&line)? as i64;
        lines.push(line);
        if hint > 0 && total >= hint {
            break;
        }
    }
    Ok(List::value(lines))
}
fn writelines(v: &Value, lines: &Value) -> PyResult {
    check_open(v)?;
    let mut it = Iter::new(lines)?;
    while let Some(line) = it.next()? {
        call_method_static(v, &names::write, &[line])?;
    }
    Ok(NONE)
}
fn close(v: &Value) -> PyResult {
    if attr::lookup_optional(v, Name::new("__IOBase_closed"))?.is_none() {
        let r = call_method_static(v, &names::flush, &[]);
        if let Err(e) = attr::setattr_name(v, Name::new("__IOBase_closed"), Some(TRUE)) {
            drop(crate::error::take(e));
        }
        r?;
    }
    Ok(NONE)
}
fn closed(v: &Value) -> PyResult {
    Ok(attr::lookup_optional(v, Name::new("__IOBase_closed"))?.is_some().into())
}
fn no(_: &Value) -> PyResult {
    Ok(FALSE)
}
fn nothing(_: &Value) -> PyResult {
    Ok(NONE)
}
fn check_closed(all: &[Value], _: &[Name]) -> PyResult {
    if let Some(v) = all.first() {
        check_open(v)?;
    }
    Ok(NONE)
}
macro_rules! checked {
    ($($f:ident $method:literal $text:literal;)*) => {
        $(fn $f(all: &[Value], _: &[Name]) -> PyResult {
            match all.first() {
                Some(v) if !truth(&call_method_name(v, Name::new($method), &[])?)? => Err(unsupported($text)),
                Some(_) | None => Ok(TRUE),
            }
        })*
    };
}
checked! {
    check_readable "readable" "File or stream is not readable.";
    check_writable "writable" "File or stream is not writable.";
    check_seekable "seekable" "File or stream is not seekable.";
}
/// CPython: `_io__IOBase_tell_impl`.
fn tell(v: &Value) -> PyResult {
    call_method_name(v, Name::new("seek"), &[Value::int(0), Value::int(1)])
}
fn io_repr(v: &Value) -> PyResult {
    Ok(Value::string(repr::default_repr(v)))
}
macro_rules! refused {
    ($($f:ident $text:literal;)*) => { $(fn $f(_: &[Value], _: &[Name]) -> PyResult { Err(unsupported($text)) })* };
}
refused! { no_fileno "fileno"; no_seek "seek"; no_truncate "truncate"; no_read "read"; no_write "write"; no_detach "detach"; no_readline "readline"; }

fn new(all: &[Value], _: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(ty) => Ok(object::new(ty, Plain)),
        None => Err(crate::error::type_error("not a type")),
    }
}
/// `RawIOBase.read`: through the subclass's `readinto`.
fn raw_read(v: &Value, size: &Value) -> PyResult {
    let n = if size.is_none() { -1 } else { as_size(size)? };
    if n < 0 {
        return call_method_name(v, Name::new("readall"), &[]);
    }
    let Some(readinto) = attr::lookup_optional(v, Name::new("readinto"))? else {
        return Err(crate::error::raise_args(&crate::error::hierarchy::NOT_IMPLEMENTED_ERROR, vec![]));
    };
    let buffer = crate::types::bytes::bytearray::value(vec![0; n as usize]);
    let got = crate::protocol::call::call(&readinto, std::slice::from_ref(&buffer))?;
    if got.is_none() {
        return Ok(got);
    }
    let n = as_size(&got)?.max(0) as usize;
    let data = data_of(&buffer)?;
    Ok(crate::types::bytes::from_slice(&data[..n.min(data.len())]))
}
fn raw_readall(v: &Value) -> PyResult {
    let mut out = vec![];
    loop {
        let part = call_method_static(v, &names::read, &[Value::int(8192)])?;
        if part.is_none() {
            return Ok(if out.is_empty() { NONE } else { crate::types::bytes::value(out) });
        }
        let data = data_of(&part)?;
        if data.is_empty() {
            return Ok(crate::types::bytes::value(out));
        }
        out.extend(data);
    }
}
/// `IOBase.readline`: byte by byte through `read`.
fn base_readline(v: &Value, limit: &Value) -> PyResult {
    let limit = if limit.is_none() { -1 } else { as_size(limit)? };
    let mut out = vec![];
    while limit < 0 || (out.len() as i64) < limit {
        let part = call_method_static(v, &names::read, &[Value::int(1)])?;
        let data = data_of(&part)?;
        out.extend_from_slice(&data);
        if data.is_empty() || data == b"\n" {
            break;
        }
    }
    Ok(crate::types::bytes::value(out))
}

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, /, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("readline(self, size=-1, /)", F2(base_readline)),
    Method::new("_checkClosed(self, msg=None)", Raw(check_closed)),
    Method::new("_checkReadable(self, msg=None)", Raw(check_readable)),
    Method::new("_checkWritable(self, msg=None)", Raw(check_writable)),
    Method::new("_checkSeekable(self, msg=None)", Raw(check_seekable)),
    Method::new("__enter__(self, /)", F1(enter)),
    Method::new("__exit__(self, *args)", Raw(exit)),
    Method::new("__iter__(self, /)", F1(iter)),
    Method::new("__next__(self, /)", F1(dunder_next)),
    Method::new("__repr__(self, /)", F1(io_repr)),
    Method::new("readlines(self, hint=-1, /)", F2(readlines)),
    Method::new("writelines(self, lines, /)", F2(writelines)),
    Method::new("close(self, /)", F1(close)),
    Method::new("flush(self, /)", F1(nothing)),
    Method::new("isatty(self, /)", F1(no)),
    Method::new("readable(self, /)", F1(no)),
    Method::new("writable(self, /)", F1(no)),
    Method::new("seekable(self, /)", F1(no)),
    Method::new("fileno(self, /)", Raw(no_fileno)),
    Method::new("seek(self, offset, whence=0, /)", Raw(no_seek)),
    Method::new("tell(self, /)", F1(tell)),
    Method::new("truncate(self, size=None, /)", Raw(no_truncate)),
];
static CLOSED: &[GetSet] = &[GetSet::ro("closed", closed)];
static IO_BASE_DEF: ClassDef = ClassDef::new::<Plain>("_IOBase")
    .module("_io")
    .base(&OBJECT)
    .methods(METHODS)
    .getset(CLOSED)
    .hooks(Hooks { iter: Some(iter), next: Some(next), ..Hooks::NONE });
pub static IO_BASE: Type = Type::builtin(&IO_BASE_DEF);
const HOOKS: Hooks = Hooks { iter: Some(iter), next: Some(next), ..Hooks::NONE };
static RAW_DEF: ClassDef = ClassDef::new::<Plain>("_RawIOBase")
    .module("_io")
    .like(&IO_BASE, &IO_BASE)
    .methods(RAW_METHODS)
    .hooks(HOOKS);
static RAW_METHODS: &[Method] =
    &[Method::new("read(self, size=-1, /)", F2(raw_read)), Method::new("readall(self, /)", F1(raw_readall))];
pub static RAW_IO_BASE: Type = Type::builtin(&RAW_DEF);
static BUFFERED_METHODS: &[Method] = &[
    Method::new("read(self, size=-1, /)", Raw(no_read)),
    Method::new("write(self, b, /)", Raw(no_write)),
    Method::new("detach(self, /)", Raw(no_detach)),
];
static BUFFERED_DEF: ClassDef =
    ClassDef::new::<Plain>("_BufferedIOBase").module("_io").like(&IO_BASE, &IO_BASE).methods(BUFFERED_METHODS).hooks(HOOKS);
pub static BUFFERED_IO_BASE: Type = Type::builtin(&BUFFERED_DEF);
static TEXT_METHODS: &[Method] = &[
    Method::new("read(self, size=-1, /)", Raw(no_read)),
    Method::new("readline(self, size=-1, /)", Raw(no_readline)),
    Method::new("write(self, s, /)", Raw(no_write)),
    Method::new("detach(self, /)", Raw(no_detach)),
];
static TEXT_GETSET: &[GetSet] = &[GetSet::ro("encoding", nothing), GetSet::ro("newlines", nothing), GetSet::ro("errors", nothing)];
static TEXT_DEF: ClassDef = ClassDef::new::<Plain>("_TextIOBase")
    .module("_io")
    .like(&IO_BASE, &IO_BASE)
    .methods(TEXT_METHODS)
    .getset(TEXT_GETSET)
    .hooks(HOOKS);
pub static TEXT_IO_BASE: Type = Type::builtin(&TEXT_DEF);
