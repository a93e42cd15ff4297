//! Owns: files of bytes: `io.FileIO`, `BufferedReader`, `BufferedWriter`, `BufferedRandom`, one body
//! with a read buffer and a write buffer over a descriptor.
//! Never: decodes.
//! Source: CPython 3.13, Modules/_io/fileio.c, Modules/_io/bufferedio.c.

use super::base::{BUFFERED_IO_BASE, RAW_IO_BASE, unsupported};
use super::busy::Busy;
use super::{over, raw};
use crate::error::{PyResult, type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence::{as_size, is_index};
use crate::types::bytes;
use std::cell::{Cell, RefCell};

pub const BUFFER: usize = 8192;

pub struct Binary {
    fd: Cell<i32>,
    closed: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    append: bool,
    closefd: bool,
    /// A raw stream written in Python below this buffer, in the descriptor's place; None without one.
    over: RefCell<Value>,
    /// The other stream of a pair, which takes what is written; None without one.
    writer: RefCell<Value>,
    /// No buffers: `io.FileIO`.
    direct: bool,
    name: RefCell<Value>,
    mode: String,
    rbuf: RefCell<Vec<u8>>,
    rpos: Cell<usize>,
    wbuf: RefCell<Vec<u8>>,
    capacity: usize,
    busy: Busy,
}
impl Payload for Binary {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(finalize);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.name.borrow());
        visit(&self.over.borrow());
        visit(&self.writer.borrow());
    }
}
impl Native for Binary {
    fn class() -> &'static Type {
        &FILE_IO
    }
}
fn finalize(v: &Value) {
    crate::error::saving_pending(|| {
        if let Some(b) = v.downcast::<Binary>()
            && !b.closed.get()
        {
            // The standard streams are flushed and stay open until the process ends.
            let r = if b.closefd { b.close() } else { b.flush_writes() };
            if let Err(r) = r {
                drop(crate::error::take(r));
            }
        }
    });
}

/// What a file is opened for.
#[derive(Clone, Copy, Default, Debug)]
pub struct Access {
    pub read: bool,
    pub write: bool,
    pub append: bool,
    pub create: bool,
}

/// A binary stream over a descriptor; `capacity` 0 means unbuffered.
pub fn from_fd(fd: i32, access: Access, closefd: bool, name: Value, mode: &str, capacity: usize) -> Value {
    let ty = match (capacity, access.read, access.write) {
        (0, _, _) => &FILE_IO,
        (_, true, true) => &BUFFERED_RANDOM,
        (_, true, false) => &BUFFERED_READER,
        (_, false, _) => &BUFFERED_WRITER,
    };
    object::new(ty, stream(fd, access, closefd, name, mode, capacity))
}
fn stream(fd: i32, access: Access, closefd: bool, name: Value, mode: &str, capacity: usize) -> Binary {
    Binary {
        fd: Cell::new(fd),
        closed: Cell::new(false),
        readable: Cell::new(access.read),
        writable: Cell::new(access.write),
        append: access.append,
        closefd,
        over: RefCell::new(NONE),
        writer: RefCell::new(NONE),
        direct: capacity == 0,
        name: RefCell::new(name),
        mode: mode.to_string(),
        rbuf: RefCell::new(vec![]),
        rpos: Cell::new(0),
        wbuf: RefCell::new(vec![]),
        capacity: capacity.max(1),
        busy: Busy::default(),
    }
}

impl Binary {
    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }
    pub fn fd(&self) -> i32 {
        self.fd.get()
    }
    pub fn is_tty(&self) -> bool {
        raw::is_tty(self.fd.get())
    }
    /// The Python object below, if there is one.
    fn below(&self) -> Option<Value> {
        let over = self.over.borrow();
        if over.is_none() { None } else { Some(over.clone()) }
    }
    /// Reading and writing do not share a position.
    fn is_pair(&self) -> bool {
        !self.writer.borrow().is_none()
    }
    fn raw_read(&self, fd: i32, buf: &mut [u8]) -> PyResult<usize> {
        match self.below() {
            Some(o) => over::read(&o, buf),
            None => raw::read(fd, buf),
        }
    }
    fn raw_seek(&self, fd: i32, offset: i64, whence: i32) -> PyResult<i64> {
        match self.below() {
            Some(o) if offset == 0 && whence == libc::SEEK_CUR => over::tell(&o),
            Some(o) => over::seek(&o, offset, whence),
            None => raw::seek(fd, offset, whence),
        }
    }
    pub fn mode(&self) -> &str {
        &self.mode
    }
    pub fn name(&self) -> Value {
        self.name.borrow().clone()
    }
    fn open(&self, what: &str) -> PyResult<i32> {
        if self.closed.get() {
            return Err(value_error(if self.direct { "I/O operation on closed file".to_string() } else { format!("{what} of closed file") }));
        }
        Ok(self.fd.get())
    }
    fn check_readable(&self) -> PyResult<i32> {
        let fd = self.open("read")?;
        if !self.readable.get() {
            return Err(unsupported(if self.direct { "File not open for reading" } else { "read" }));
        }
        Ok(fd)
    }
    fn check_writable(&self) -> PyResult<i32> {
        if self.closed.get() {
            return Err(value_error(if self.direct { "I/O operation on closed file" } else { "write to closed file" }));
        }
        if !self.writable.get() {
            return Err(unsupported(if self.direct { "File not open for writing" } else { "write" }));
        }
        Ok(self.fd.get())
    }
    /// Bytes read ahead of the program.
    fn ahead(&self) -> usize {
        self.rbuf.borrow().len() - self.rpos.get()
    }
    fn take_ahead(&self, n: usize) -> Vec<u8> {
        let buf = self.rbuf.borrow();
        let at = self.rpos.get();
        let n = n.min(buf.len() - at);
        self.rpos.set(at + n);
        buf[at..at + n].to_vec()
    }
    /// Fills the empty read buffer by one system call; false at the end.
    pub fn fill(&self) -> PyResult<bool> {
        let _entered = self.busy.enter();
        let fd = self.check_readable()?;
        if !self.is_pair() {
            self.flush_writes()?;
        }
        let mut buf = self.rbuf.take();
        buf.resize(self.capacity.max(BUFFER), 0);
        let r = self.raw_read(fd, &mut buf);
        buf.truncate(*r.as_ref().unwrap_or(&0));
        let n = buf.len();
        *self.rbuf.borrow_mut() = buf;
        self.rpos.set(0);
        r?;
        Ok(n > 0)
    }
    /// What one system call at most gives.
    pub fn read_some(&self) -> PyResult<Vec<u8>> {
        let _entered = self.busy.enter();
        if self.ahead() == 0 && !self.fill()? {
            return Ok(vec![]);
        }
        Ok(self.take_ahead(usize::MAX))
    }
    pub fn read_all(&self) -> PyResult<Vec<u8>> {
        let _entered = self.busy.enter();
        let fd = self.check_readable()?;
        self.flush_writes()?;
        let mut out = self.take_ahead(usize::MAX);
        let mut chunk = vec![0u8; 1 << 16];
        loop {
            let n = self.raw_read(fd, &mut chunk)?;
            if n == 0 {
                return Ok(out);
            }
            out.extend_from_slice(&chunk[..n]);
        }
    }
    pub fn read(&self, n: i64) -> PyResult<Vec<u8>> {
        let _entered = self.busy.enter();
        if n < 0 {
            return self.read_all();
        }
        let fd = self.check_readable()?;
        let n = n as usize;
        if self.direct {
            let mut buf = vec![0u8; n];
            let got = raw::read(fd, &mut buf)?;
            buf.truncate(got);
            return Ok(buf);
        }
        let mut out = self.take_ahead(n);
        while out.len() < n {
            if !self.fill()? {
                break;
            }
            out.extend(self.take_ahead(n - out.len()));
        }
        Ok(out)
    }
    pub fn readline(&self, limit: i64) -> PyResult<Vec<u8>> {
        let _entered = self.busy.enter();
        self.check_readable()?;
        let limit = if limit < 0 { usize::MAX } else { limit as usize };
        let mut out = vec![];
        while out.len() < limit {
            if self.ahead() == 0 {
                if self.direct {
                    let b = self.read(1)?;
                    if b.is_empty() {
                        break;
                    }
                    out.extend_from_slice(&b);
                    if b == b"\n" {
                        break;
                    }
                    continue;
                }
                if !self.fill()? {
                    break;
                }
            }
            let end = {
                let buf = self.rbuf.borrow();
                memchr::memchr(b'\n', &buf[self.rpos.get()..]).map(|i| i + 1)
            };
            let room = limit - out.len();
            let part = self.take_ahead(end.unwrap_or(usize::MAX).min(room));
            out.extend_from_slice(&part);
            if out.ends_with(b"\n") {
                break;
            }
        }
        Ok(out)
    }
    /// Gives read-ahead back to the descriptor, so that its position is the program's.
    fn rewind_ahead(&self) -> PyResult<()> {
        let n = self.ahead();
        self.rbuf.borrow_mut().clear();
        self.rpos.set(0);
        if n > 0 {
            self.raw_seek(self.fd.get(), -(n as i64), libc::SEEK_CUR)?;
        }
        Ok(())
    }
    pub fn write(&self, data: &[u8]) -> PyResult<usize> {
        let _entered = self.busy.enter();
        let fd = self.check_writable()?;
        if self.direct {
            return raw::write(fd, data);
        }
        if self.ahead() > 0 && !self.is_pair() {
            self.rewind_ahead()?;
        }
        let room = self.capacity.max(BUFFER);
        if self.wbuf.borrow().len() + data.len() <= room {
            self.wbuf.borrow_mut().extend_from_slice(data);
            return Ok(data.len());
        }
        // What is old goes first; when that fails nothing of the new is taken.
        self.flush_writes()?;
        let mut done = 0;
        if data.len() > room {
            self.write_through(data, &mut done)?;
        }
        self.wbuf.borrow_mut().extend_from_slice(data.get(done..).unwrap_or_default());
        Ok(data.len())
    }
    fn write_through(&self, data: &[u8], done: &mut usize) -> PyResult<()> {
        let target = if self.is_pair() { Some(self.writer.borrow().clone()) } else { self.below() };
        match target {
            Some(o) => over::write_all(&o, data, done),
            None => raw::write_all(self.fd.get(), data, done),
        }
    }
    /// Writes the buffer out. What could not be written stays in it.
    pub fn flush_writes(&self) -> PyResult<()> {
        if self.wbuf.borrow().is_empty() {
            return Ok(());
        }
        let _entered = self.busy.enter();
        let mut data = self.wbuf.take();
        let mut done = 0;
        let r = self.write_through(&data, &mut done);
        data.drain(..done);
        let mut now = self.wbuf.borrow_mut();
        data.append(&mut now);
        *now = data;
        r
    }
    pub fn flush(&self) -> PyResult<()> {
        self.open("flush")?;
        self.flush_writes()?;
        let target = if self.is_pair() { Some(self.writer.borrow().clone()) } else { self.below() };
        match target {
            Some(o) => over::call(&o, "flush").map(drop),
            None => Ok(()),
        }
    }
    pub fn close(&self) -> PyResult<()> {
        let _entered = self.busy.enter();
        if self.closed.replace(true) {
            return Ok(());
        }
        let r = super::closing(self.flush_writes(), || {
            let Some(o) = self.below() else {
                let fd = self.fd.replace(-1);
                return if self.closefd && fd >= 0 { raw::close(fd) } else { Ok(()) };
            };
            if !self.is_pair() {
                return over::call(&o, "close").map(drop);
            }
            let writer = self.writer.borrow().clone();
            super::closing(over::call(&writer, "close").map(drop), || over::call(&o, "close").map(drop))
        });
        self.wbuf.borrow_mut().clear();
        r
    }
    pub fn seekable(&self) -> bool {
        match self.below() {
            Some(o) => over::flag(&o, "seekable").unwrap_or_else(|r| {
                drop(crate::error::take(r));
                false
            }),
            None => raw::can_seek(self.fd.get()),
        }
    }
    pub fn seek(&self, offset: i64, whence: i32) -> PyResult<i64> {
        let _entered = self.busy.enter();
        let fd = self.open("seek")?;
        self.flush_writes()?;
        let offset = if whence == libc::SEEK_CUR { offset - self.ahead() as i64 } else { offset };
        self.rbuf.borrow_mut().clear();
        self.rpos.set(0);
        self.raw_seek(fd, offset, whence)
    }
    pub fn tell(&self) -> PyResult<i64> {
        let _entered = self.busy.enter();
        let fd = self.open("tell")?;
        let at = self.raw_seek(fd, 0, libc::SEEK_CUR)?;
        if self.append && !self.wbuf.borrow().is_empty() {
            self.flush_writes()?;
            return self.raw_seek(fd, 0, libc::SEEK_CUR);
        }
        Ok(at - self.ahead() as i64 + self.wbuf.borrow().len() as i64)
    }
}

fn body(v: &Value) -> PyResult<&Binary> {
    v.downcast::<Binary>().ok_or_else(|| type_error(format!("descriptor requires a binary file but received '{}'", v.ty().name())))
}
fn size_arg(v: &Value) -> PyResult<i64> {
    if v.is_none() {
        return Ok(-1);
    }
    if !is_index(v) {
        return Err(type_error(format!("argument should be integer or None, not '{}'", v.ty().full_name())));
    }
    as_size(v)
}
fn read(v: &Value, n: &Value) -> PyResult {
    Ok(bytes::value(body(v)?.read(size_arg(n)?)?))
}
fn read1(v: &Value, n: &Value) -> PyResult {
    let b = body(v)?;
    let _entered = b.busy.enter();
    let n = size_arg(n)?;
    if n == 0 {
        return Ok(bytes::value(vec![]));
    }
    if b.ahead() == 0 {
        b.fill()?;
    }
    Ok(bytes::value(b.take_ahead(if n < 0 { usize::MAX } else { n as usize })))
}
fn peek(v: &Value, _n: &Value) -> PyResult {
    let b = body(v)?;
    let _entered = b.busy.enter();
    if b.ahead() == 0 {
        b.fill()?;
    }
    let data = b.rbuf.borrow()[b.rpos.get()..].to_vec();
    Ok(bytes::value(data))
}
fn readinto(v: &Value, target: &Value) -> PyResult {
    let n = crate::protocol::sequence::len(target)? as i64;
    let data = body(v)?.read(n)?;
    let got = data.len();
    super::base::write_into(target, &data)?;
    Ok(got.into())
}
fn readline(v: &Value, n: &Value) -> PyResult {
    Ok(bytes::value(body(v)?.readline(size_arg(n)?)?))
}
fn readall(v: &Value) -> PyResult {
    Ok(bytes::value(body(v)?.read_all()?))
}
fn write(v: &Value, data: &Value) -> PyResult {
    let b = body(v)?;
    b.check_writable()?;
    match bytes::buffer::required(data)? {
        // Another thread may change it while it is written.
        bytes::buffer::View::Cell(d) => {
            let copy = d.to_vec();
            drop(d);
            Ok(b.write(&copy)?.into())
        }
        d @ (bytes::buffer::View::Plain(_) | bytes::buffer::View::Owned(_)) => Ok(b.write(&d)?.into()),
    }
}
fn flush(v: &Value) -> PyResult {
    body(v)?.flush()?;
    Ok(NONE)
}
fn close(v: &Value) -> PyResult {
    body(v)?.close()?;
    Ok(NONE)
}
fn seek(v: &Value, offset: &Value, whence: &Value) -> PyResult {
    let (offset, whence) = (as_size(offset)?, as_size(whence)?);
    if !(0..=4).contains(&whence) {
        return Err(value_error(format!("whence value {whence} unsupported")));
    }
    Ok(Value::int(body(v)?.seek(offset, whence as i32)?))
}
fn tell(v: &Value) -> PyResult {
    Ok(Value::int(body(v)?.tell()?))
}
fn truncate(v: &Value, size: &Value) -> PyResult {
    let b = body(v)?;
    let fd = b.check_writable()?;
    b.flush_writes()?;
    let size = if size.is_none() { b.tell()? } else { as_size(size)? };
    match b.below() {
        Some(o) => crate::protocol::call::call_method_name(&o, Name::new("truncate"), &[Value::int(size)])?,
        None => {
            raw::truncate(fd, size)?;
            NONE
        }
    };
    Ok(Value::int(size))
}
fn fileno(v: &Value) -> PyResult {
    let fd = body(v)?.open("fileno")?;
    match body(v)?.below() {
        Some(o) => over::call(&o, "fileno"),
        None => Ok(Value::int(i64::from(fd))),
    }
}
fn isatty(v: &Value) -> PyResult {
    let fd = body(v)?.open("isatty")?;
    match body(v)?.below() {
        Some(o) => over::call(&o, "isatty"),
        None => Ok(raw::is_tty(fd).into()),
    }
}
fn readable(v: &Value) -> PyResult {
    body(v)?.open("readable")?;
    Ok(body(v)?.readable.get().into())
}
fn writable(v: &Value) -> PyResult {
    body(v)?.open("writable")?;
    Ok(body(v)?.writable.get().into())
}
fn seekable(v: &Value) -> PyResult {
    body(v)?.open("seekable")?;
    Ok(body(v)?.seekable().into())
}
fn repr(v: &Value) -> PyResult {
    let b = body(v)?;
    let name = crate::protocol::repr::repr_string(&b.name())?;
    if b.direct {
        if b.closed.get() {
            return Ok(Value::str("<_io.FileIO [closed]>"));
        }
        let closefd = if b.closefd { "True" } else { "False" };
        return Ok(Value::string(format!("<_io.FileIO name={name} mode='{}' closefd={closefd}>", b.mode)));
    }
    Ok(Value::string(format!("<{} name={name}>", v.ty().full_name())))
}
fn next(v: &Value) -> PyResult<Option<Value>> {
    let line = body(v)?.readline(-1)?;
    Ok(if line.is_empty() { None } else { Some(bytes::value(line)) })
}
fn iter_self(v: &Value) -> PyResult {
    super::base::check_open(v)?;
    Ok(v.clone())
}
fn dunder_next(v: &Value) -> PyResult {
    next(v)?.ok_or_else(|| crate::error::stop_iteration(NONE))
}
fn get_closed(v: &Value) -> PyResult {
    Ok(body(v)?.closed.get().into())
}
fn get_name(v: &Value) -> PyResult {
    Ok(body(v)?.name())
}
fn set_name(v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(body(v)?.name.replace(new.unwrap_or(NONE)));
    Ok(())
}
fn get_mode(v: &Value) -> PyResult {
    Ok(Value::str(&body(v)?.mode))
}
fn get_raw(v: &Value) -> PyResult {
    Ok(body(v)?.below().unwrap_or_else(|| v.clone()))
}
fn get_closefd(v: &Value) -> PyResult {
    Ok(body(v)?.closefd.into())
}
/// The raw argument of a buffered stream.
fn raw_arg<'a>(all: &'a [Value], kw: &[Name]) -> Option<&'a Value> {
    let given = all.len() - kw.len();
    let named = || kw.iter().position(|k| k.as_str() == "raw").and_then(|at| all.get(given + at));
    all[..given].get(1).or_else(named)
}
/// `io.FileIO(name, mode)`; a buffered stream gets what it buffers from `__init__`, as classes derived from it pass it on.
fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(ty) = pos.first().and_then(Value::as_type) else { return Err(type_error("not a type")) };
    if !ty.is_subtype(&FILE_IO) {
        let unopened = Access { read: true, ..Access::default() };
        return Ok(object::new(ty, stream(-1, unopened, false, NONE, "rb", BUFFER)));
    }
    let Some(source) = pos.get(1).or_else(|| all.get(pos.len())) else {
        return Err(type_error(format!("{}() missing required argument 'file' (pos 1)", ty.name())));
    };
    let mode = pos.get(2).and_then(Value::as_str).unwrap_or("r").replace('b', "") + "b";
    super::open(&[source.clone(), Value::string(mode), Value::int(0), NONE, NONE, NONE, TRUE, NONE])
}
/// `BufferedReader(raw)` and its siblings.
fn init(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(v) = all.first() else { return Ok(NONE) };
    if v.ty().is_subtype(&FILE_IO) {
        return Ok(NONE);
    }
    let Some(source) = raw_arg(all, kw) else { return Err(over::missing(v.ty().name())) };
    let b = body(v)?;
    let (reads, writes) = match (v.ty().is_subtype(&BUFFERED_READER), v.ty().is_subtype(&BUFFERED_WRITER)) {
        (true, _) => (true, false),
        (_, true) => (false, true),
        (false, false) => (true, true),
    };
    if reads {
        over::check(source, "readable", "File or stream is not readable.")?;
    }
    if writes && !v.ty().is_subtype(&BUFFERED_RW_PAIR) {
        over::check(source, "writable", "File or stream is not writable.")?;
    }
    if v.ty().is_subtype(&BUFFERED_RW_PAIR) {
        let given = all.len() - kw.len();
        let named = || kw.iter().position(|k| k.as_str() == "writer").and_then(|at| all.get(given + at));
        let Some(writer) = all[..given].get(2).or_else(named) else {
            return Err(type_error("BufferedRWPair() missing required argument 'writer' (pos 2)"));
        };
        over::check(writer, "writable", "File or stream is not writable.")?;
        drop(b.writer.replace(writer.clone()));
    }
    b.readable.set(reads);
    b.writable.set(writes);
    b.closed.set(false);
    let name = crate::protocol::attr::lookup_optional(source, names::name.get())?.unwrap_or(NONE);
    drop(b.name.replace(name));
    drop(b.over.replace(source.clone()));
    Ok(NONE)
}

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, /, *args, **kw)", Raw(init)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__next__(self, /)", F1(dunder_next)),
    Method::new("read(self, size=-1, /)", F2(read)),
    Method::new("read1(self, size=-1, /)", F2(read1)),
    Method::new("readall(self, /)", F1(readall)),
    Method::new("peek(self, size=0, /)", F2(peek)),
    Method::new("readinto(self, buffer, /)", F2(readinto)),
    Method::new("readinto1(self, buffer, /)", F2(readinto)),
    Method::new("readline(self, size=-1, /)", F2(readline)),
    Method::new("write(self, buffer, /)", F2(write)),
    Method::new("flush(self, /)", F1(flush)),
    Method::new("close(self, /)", F1(close)),
    Method::new("seek(self, target, whence=0, /)", F3(seek)),
    Method::new("tell(self, /)", F1(tell)),
    Method::new("truncate(self, pos=None, /)", F2(truncate)),
    Method::new("fileno(self, /)", F1(fileno)),
    Method::new("isatty(self, /)", F1(isatty)),
    Method::new("readable(self, /)", F1(readable)),
    Method::new("writable(self, /)", F1(writable)),
    Method::new("seekable(self, /)", F1(seekable)),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("closed", get_closed),
    GetSet::rw("name", get_name, set_name),
    GetSet::ro("mode", get_mode),
    GetSet::ro("raw", get_raw),
    GetSet::ro("closefd", get_closefd),
];
const HOOKS: Hooks = Hooks { iter: Some(iter_self), next: Some(next), ..Hooks::NONE };
static FILE_IO_DEF: ClassDef =
    ClassDef::new::<Binary>("FileIO").module("_io").base(&RAW_IO_BASE).methods(METHODS).getset(GETSET).hooks(HOOKS);
pub static FILE_IO: Type = Type::builtin(&FILE_IO_DEF);
macro_rules! buffered {
    ($($ty:ident $name:literal)*) => { $(pub static $ty: Type = {
        static DEF: ClassDef =
            ClassDef::new::<Binary>($name).module("_io").like(&BUFFERED_IO_BASE, &FILE_IO).methods(METHODS).getset(GETSET).hooks(HOOKS);
        Type::builtin(&DEF)
    };)* };
}
buffered! { BUFFERED_READER "BufferedReader" BUFFERED_WRITER "BufferedWriter" BUFFERED_RANDOM "BufferedRandom" BUFFERED_RW_PAIR "BufferedRWPair" }
