//! Owns: `io.TextIOWrapper`: decoding, encoding and newline translation over a binary stream.
//! Never: touches descriptors.
//! Source: CPython 3.13, Modules/_io/textio.c.

use super::base::{TEXT_IO_BASE, unsupported};
use super::binary::{BUFFER, Binary};
use crate::error::hierarchy::{LOOKUP_ERROR, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR};
use crate::error::{PyResult, raise, raise_args, type_error, value_error};
use crate::methods::*;
use crate::protocol::call::{call_method_name, call_method_static};
use crate::protocol::sequence::{as_size, truth};
use crate::protocol::{attr, repr};
use crate::text::codec::{self, Codec, Failure, Policy};
use crate::types::bytes;
use crate::types::str::STR;
use crate::types::str::value::Str;
use std::cell::{Cell, RefCell};

/// What `newline=` asks for.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Newline {
    /// None: any line end is read as `\n`, `\n` is written as the system's.
    Universal,
    /// '': any line end ends a line and stays.
    Keep,
    Lf,
    Cr,
    CrLf,
}
impl Newline {
    pub fn of(v: &Value) -> PyResult<Newline> {
        if v.is_none() {
            return Ok(Newline::Universal);
        }
        match v.as_str() {
            Some("") => Ok(Newline::Keep),
            Some("\n") => Ok(Newline::Lf),
            Some("\r") => Ok(Newline::Cr),
            Some("\r\n") => Ok(Newline::CrLf),
            Some(_) => Err(value_error(format!("illegal newline value: {}", repr::str_string(v)?))),
            None => Err(type_error(format!("open() argument 'newline' must be str or None, not {}", v.ty().full_name()))),
        }
    }
    fn shown(self) -> Value {
        match self {
            Newline::Universal => NONE,
            Newline::Keep => Value::str(""),
            Newline::Lf => Value::str("\n"),
            Newline::Cr => Value::str("\r"),
            Newline::CrLf => Value::str("\r\n"),
        }
    }
    /// The end of the first line in decoded text, if it is there; `last` when no more text comes.
    pub fn line_end(self, text: &[u8], last: bool) -> Option<usize> {
        match self {
            Newline::Universal | Newline::Lf => memchr::memchr(b'\n', text).map(|i| i + 1),
            Newline::Cr => memchr::memchr(b'\r', text).map(|i| i + 1),
            Newline::CrLf => memchr::memmem::find(text, b"\r\n").map(|i| i + 2),
            Newline::Keep => {
                let i = memchr::memchr2(b'\n', b'\r', text)?;
                match (text[i], text.get(i + 1)) {
                    (b'\r', Some(b'\n')) => Some(i + 2),
                    (b'\r', None) if !last => None,
                    _ => Some(i + 1),
                }
            }
        }
    }
}

pub struct Text {
    buffer: RefCell<Value>,
    codec: Cell<Codec>,
    encoding: RefCell<String>,
    errors: RefCell<String>,
    policy: Cell<Policy>,
    newline: Cell<Newline>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    mode: RefCell<Value>,
    /// Bytes read that do not make a whole character yet.
    undecoded: RefCell<Vec<u8>>,
    /// Decoded text (generalized UTF-8) and how much of it the program has read.
    chars: RefCell<Vec<u8>>,
    at: Cell<usize>,
    /// Where in `chars` a `\n` stands for a `\r\n` that was read, for `tell`.
    pairs: RefCell<Vec<usize>>,
    /// A `\r` at the end of a chunk whose `\n` may still come.
    held_cr: Cell<bool>,
    started: Cell<bool>,
    detached: Cell<bool>,
}
impl Payload for Text {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.buffer.borrow());
    }
}
impl Native for Text {
    fn class() -> &'static Type {
        &TEXT_IO_WRAPPER
    }
}

pub(super) fn policy_of(errors: &str) -> PyResult<Policy> {
    Policy::of(errors).ok_or_else(|| raise(&LOOKUP_ERROR, format!("unknown error handler name '{errors}'")))
}
fn codec_of(encoding: &str) -> PyResult<Codec> {
    codec::lookup(encoding).ok_or_else(|| raise(&LOOKUP_ERROR, format!("unknown encoding: {encoding}")))
}
#[cold]
fn decode_error(f: &Failure, input: &[u8]) -> crate::error::Raised {
    let args = vec![Value::str(f.encoding), bytes::value(input.to_vec()), f.start.into(), f.end.into(), Value::str(f.reason)];
    raise_args(&UNICODE_DECODE_ERROR, args)
}
#[cold]
fn encode_error(f: &Failure, text: &Str) -> crate::error::Raised {
    let s = object::new(&STR, Str::from_wtf8(text.as_bytes().to_vec()));
    raise_args(&UNICODE_ENCODE_ERROR, vec![Value::str(f.encoding), s, f.start.into(), f.end.into(), Value::str(f.reason)])
}
/// A path with surrogates from `os.fsdecode`.
pub(super) fn encode_fs(s: &Str) -> PyResult<Vec<u8>> {
    Codec::Utf8.encode_with(s, Policy::SurrogateEscape).map_err(|f| encode_error(&f, s))
}

/// A text stream over a binary one.
pub fn wrap(buffer: Value, encoding: &Value, errors: &Value, newline: &Value, line_buffering: bool, mode: &str) -> PyResult {
    make(&TEXT_IO_WRAPPER, buffer, encoding, errors, newline, line_buffering, mode)
}
/// Keeps nothing back that is written.
pub fn write_through(v: &Value) {
    if let Some(t) = v.downcast::<Text>() {
        t.write_through.set(true);
    }
}
fn make(ty: &'static Type, buffer: Value, encoding: &Value, errors: &Value, newline: &Value, line_buffering: bool, mode: &str) -> PyResult {
    let newline = Newline::of(newline)?;
    let encoding = match encoding.as_str() {
        Some("locale") => "UTF-8",
        Some(e) => e,
        None if encoding.is_none() => "UTF-8",
        None => return Err(type_error(format!("open() argument 'encoding' must be str or None, not {}", encoding.ty().full_name()))),
    };
    let errors = match errors.as_str() {
        Some(e) => e,
        None if errors.is_none() => "strict",
        None => return Err(type_error(format!("open() argument 'errors' must be str or None, not {}", errors.ty().full_name()))),
    };
    // An unknown handler is only noticed when it is needed (outside the development mode).
    let (codec, policy) = (codec_of(encoding)?, Policy::of(errors).unwrap_or(Policy::Strict));
    Ok(object::new(
        ty,
        Text {
            buffer: RefCell::new(buffer),
            codec: Cell::new(codec),
            encoding: RefCell::new(encoding.to_string()),
            errors: RefCell::new(errors.to_string()),
            policy: Cell::new(policy),
            newline: Cell::new(newline),
            line_buffering: Cell::new(line_buffering),
            write_through: Cell::new(false),
            mode: RefCell::new(if mode.is_empty() { NONE } else { Value::str(mode) }),
            undecoded: RefCell::new(vec![]),
            chars: RefCell::new(vec![]),
            at: Cell::new(0),
            pairs: RefCell::new(vec![]),
            held_cr: Cell::new(false),
            started: Cell::new(false),
            detached: Cell::new(false),
        },
    ))
}

impl Text {
    pub fn buffer(&self) -> Value {
        self.buffer.borrow().clone()
    }
    fn open(&self) -> PyResult {
        if self.detached.get() {
            return Err(value_error("underlying buffer has been detached"));
        }
        let b = self.buffer();
        let closed = match b.downcast::<Binary>() {
            Some(f) => f.is_closed(),
            None => truth(&attr::getattr_name(&b, Name::new("closed"))?)?,
        };
        if closed { Err(value_error("I/O operation on closed file.")) } else { Ok(b) }
    }
    pub fn write(&self, s: &Str) -> PyResult<()> {
        let b = self.open()?;
        let text = s.as_bytes();
        let has_newline = memchr::memchr(b'\n', text).is_some();
        let translated;
        let s = match self.newline.get() {
            Newline::Cr | Newline::CrLf if has_newline => {
                let end: &[u8] = if self.newline.get() == Newline::Cr { b"\r" } else { b"\r\n" };
                let out = crate::text::search::replace(text, b"\n", end, usize::MAX);
                translated = Str::from_wtf8(out.unwrap_or_else(|| text.to_vec()));
                &translated
            }
            Newline::Universal | Newline::Keep | Newline::Lf | Newline::Cr | Newline::CrLf => s,
        };
        if !self.chars.borrow().is_empty() {
            self.chars.borrow_mut().clear();
            self.at.set(0);
        }
        let flush = self.line_buffering.get() && (has_newline || memchr::memchr(b'\r', text).is_some());
        let codec = self.codec.get();
        if matches!(codec, Codec::Utf8) && !s.has_surrogates()
            && let Some(f) = b.downcast::<Binary>()
        {
            write_binary(f, s.as_bytes())?;
            if flush || self.write_through.get() {
                f.flush()?;
            }
            return Ok(());
        }
        let mut data = codec.encode_with(s, self.policy.get()).map_err(|f| encode_error(&f, s))?;
        if self.started.replace(true) {
            // A byte order mark stands only at the start.
            let mark = match codec {
                Codec::Utf8Sig => 3,
                Codec::Utf16(codec::Order::Marked) => 2,
                Codec::Utf32(codec::Order::Marked) => 4,
                Codec::Utf8 | Codec::Utf16(_) | Codec::Utf32(_) | Codec::Latin1 | Codec::Ascii | Codec::UnicodeEscape | Codec::RawUnicodeEscape | Codec::Idna | Codec::Charmap(_) => 0,
            };
            data.drain(..mark.min(data.len()));
        }
        match b.downcast::<Binary>() {
            Some(f) => write_binary(f, &data)?,
            None => drop(call_method_static(&b, &names::write, &[bytes::value(data)])?),
        }
        if flush || self.write_through.get() {
            call_method_static(&b, &names::flush, &[])?;
        }
        Ok(())
    }
    /// Reads and decodes one more chunk; false at the end.
    fn fill(&self) -> PyResult<bool> {
        let b = self.open()?;
        let chunk = match b.downcast::<Binary>() {
            Some(f) => match f.read_some() {
                Err(r) if crate::error::matches(&r, &super::UNSUPPORTED_OPERATION) => {
                    drop(crate::error::take(r));
                    return Err(unsupported("not readable"));
                }
                other => other?,
            },
            None => {
                let name = if attr::lookup_optional(&b, Name::new("read1"))?.is_some() { "read1" } else { "read" };
                let v = call_method_name(&b, Name::new(name), &[Value::int(BUFFER as i64)])?;
                super::base::data_of(&v)?
            }
        };
        let last = chunk.is_empty();
        self.decode(chunk, last)?;
        Ok(!last)
    }
    fn decode(&self, chunk: Vec<u8>, last: bool) -> PyResult<()> {
        let mut data = self.undecoded.take();
        if data.is_empty() { data = chunk } else { data.extend(chunk) }
        let whole = if last {
            data.len()
        } else {
            match self.codec.get() {
                Codec::Utf8 | Codec::Utf8Sig => codec::utf8_complete_prefix(&data),
                Codec::Utf16(_) => data.len() & !1,
                Codec::Utf32(_) => data.len() & !3,
                Codec::Latin1 | Codec::Ascii | Codec::UnicodeEscape | Codec::RawUnicodeEscape | Codec::Idna | Codec::Charmap(_) => data.len(),
            }
        };
        let rest = data.split_off(whole);
        *self.undecoded.borrow_mut() = rest;
        let codec = match self.codec.get() {
            Codec::Utf8Sig if self.started.get() => Codec::Utf8,
            c => c,
        };
        if !data.is_empty() {
            self.started.set(true);
        }
        let s = codec.decode_with(&data, self.policy.get()).map_err(|f| decode_error(&f, &data))?;
        let mut out = s.into_bytes();
        let mut chars = self.chars.borrow_mut();
        let at = self.at.replace(0);
        chars.drain(..at);
        let mut pairs = self.pairs.borrow_mut();
        pairs.retain(|p| *p >= at);
        pairs.iter_mut().for_each(|p| *p -= at);
        if self.newline.get() == Newline::Universal {
            out = self.translate(out, last, chars.len(), &mut pairs);
        }
        if chars.is_empty() { *chars = out } else { chars.extend(out) }
        Ok(())
    }
    fn translate(&self, text: Vec<u8>, last: bool, base: usize, pairs: &mut Vec<usize>) -> Vec<u8> {
        if !self.held_cr.get() && memchr::memchr(b'\r', &text).is_none() {
            return text;
        }
        let mut out = Vec::with_capacity(text.len() + 1);
        let mut cr = self.held_cr.replace(false);
        for b in text {
            if cr {
                out.push(b'\n');
                cr = false;
                if b == b'\n' {
                    pairs.push(base + out.len() - 1);
                    continue;
                }
            }
            if b == b'\r' { cr = true } else { out.push(b) }
        }
        if cr {
            if last { out.push(b'\n') } else { self.held_cr.set(true) }
        }
        out
    }
    fn take(&self, n: usize) -> Vec<u8> {
        let mut chars = self.chars.borrow_mut();
        let at = self.at.get();
        if at == 0 && n >= chars.len() {
            self.pairs.borrow_mut().clear();
            return std::mem::take(&mut *chars);
        }
        let end = (at + n).min(chars.len());
        let out = chars[at..end].to_vec();
        if end == chars.len() {
            chars.clear();
            self.pairs.borrow_mut().clear();
            self.at.set(0);
        } else {
            self.at.set(end);
        }
        out
    }
    fn available(&self) -> usize {
        self.chars.borrow().len() - self.at.get()
    }
    fn flush_reads(&self) -> PyResult<()> {
        if let Some(f) = self.buffer().downcast::<Binary>()
            && !f.is_closed()
        {
            f.flush_writes()?;
        }
        Ok(())
    }
    pub fn readline(&self, limit: i64) -> PyResult<Vec<u8>> {
        self.open()?;
        let mut last = false;
        loop {
            let end = self.newline.get().line_end(&self.chars.borrow()[self.at.get()..], last);
            if let Some(end) = end {
                return Ok(self.limited(end, limit));
            }
            if last || limit >= 0 && self.available() > (limit as usize).saturating_mul(4) {
                return Ok(self.limited(self.available(), limit));
            }
            last = !self.fill()?;
        }
    }
    /// Takes `bytes` of the text, but no more than `limit` characters.
    fn limited(&self, bytes: usize, limit: i64) -> Vec<u8> {
        if limit < 0 {
            return self.take(bytes);
        }
        let n = {
            let chars = self.chars.borrow();
            prefix(&chars[self.at.get()..self.at.get() + bytes], limit as usize)
        };
        self.take(n)
    }
    fn read(&self, n: i64) -> PyResult<Vec<u8>> {
        let b = self.open()?;
        self.flush_reads()?;
        if n < 0 {
            let rest = match b.downcast::<Binary>() {
                Some(f) => match f.read_all() {
                    Err(r) if crate::error::matches(&r, &super::UNSUPPORTED_OPERATION) => {
                        drop(crate::error::take(r));
                        return Err(unsupported("not readable"));
                    }
                    other => other?,
                },
                None => {
                    let v = call_method_static(&b, &names::read, &[])?;
                    super::base::data_of(&v)?
                }
            };
            self.decode(rest, true)?;
            return Ok(self.take(usize::MAX));
        }
        let n = n as usize;
        loop {
            let have = crate::types::str::value::count_chars(&self.chars.borrow()[self.at.get()..]);
            if have >= n || !self.fill()? {
                break;
            }
        }
        Ok(self.limited(self.available(), n as i64))
    }
    fn forget(&self) {
        self.chars.borrow_mut().clear();
        self.pairs.borrow_mut().clear();
        self.at.set(0);
        self.undecoded.borrow_mut().clear();
        self.held_cr.set(false);
    }
}
/// The length of the first `n` characters.
pub(super) fn prefix(text: &[u8], n: usize) -> usize {
    let mut at = 0;
    for _ in 0..n {
        match text.get(at) {
            Some(b) => at += crate::types::str::value::width(*b),
            None => break,
        }
    }
    at.min(text.len())
}
fn write_binary(f: &Binary, data: &[u8]) -> PyResult<()> {
    match f.write(data) {
        Ok(_) => Ok(()),
        Err(r) if crate::error::matches(&r, &super::UNSUPPORTED_OPERATION) => {
            drop(crate::error::take(r));
            Err(unsupported("not writable"))
        }
        Err(r) => Err(r),
    }
}
fn string(bytes: Vec<u8>) -> Value {
    object::new(&STR, Str::from_wtf8(bytes))
}

fn body(v: &Value) -> PyResult<&Text> {
    v.downcast::<Text>().ok_or_else(|| type_error(format!("descriptor requires a text file but received '{}'", v.ty().name())))
}
fn size_arg(v: &Value) -> PyResult<i64> {
    if v.is_none() { Ok(-1) } else { as_size(v) }
}
fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(ty) = pos.first().and_then(Value::as_type) else { return Err(type_error("not a type")) };
    let keys = ["buffer", "encoding", "errors", "newline", "line_buffering", "write_through"];
    let mut args = [UNBOUND, NONE, NONE, NONE, FALSE, FALSE];
    for (slot, v) in args.iter_mut().zip(&pos[1..]) {
        *slot = v.clone();
    }
    for (k, v) in kw.iter().zip(&all[pos.len()..]) {
        match keys.iter().position(|n| *n == k.as_str()) {
            Some(i) => args[i] = v.clone(),
            None => return Err(type_error(format!("TextIOWrapper() got an unexpected keyword argument '{k}'"))),
        }
    }
    let [buffer, encoding, errors, newline, line_buffering, write_through] = args;
    if buffer.is_unbound() {
        return Err(type_error("TextIOWrapper() missing required argument 'buffer' (pos 1)"));
    }
    let v = make(ty, buffer, &encoding, &errors, &newline, truth(&line_buffering)?, "")?;
    body(&v)?.write_through.set(truth(&write_through)?);
    Ok(v)
}
fn read(v: &Value, n: &Value) -> PyResult {
    Ok(string(body(v)?.read(size_arg(n)?)?))
}
fn readline(v: &Value, n: &Value) -> PyResult {
    Ok(string(body(v)?.readline(size_arg(n)?)?))
}
fn write(v: &Value, s: &Value) -> PyResult {
    let Some(text) = s.as_str_obj() else {
        return Err(type_error(format!("write() argument must be str, not {}", s.ty().full_name())));
    };
    body(v)?.write(text)?;
    Ok(text.char_len().into())
}
fn flush(v: &Value) -> PyResult {
    let b = body(v)?.open()?;
    call_method_static(&b, &names::flush, &[])
}
fn close(v: &Value) -> PyResult {
    let t = body(v)?;
    if t.detached.get() {
        return Ok(NONE);
    }
    let buffer = t.buffer();
    if attr::lookup_optional(&buffer, Name::new("closed"))?.is_some_and(|closed| closed.as_bool() == Some(true)) {
        return Ok(NONE);
    }
    let flushed = call_method_static(v, &names::flush, &[]).map(drop);
    super::closing(flushed, || call_method_static(&buffer, &names::close, &[]).map(drop))?;
    Ok(NONE)
}
fn detach(v: &Value) -> PyResult {
    let t = body(v)?;
    let b = t.open()?;
    call_method_static(&b, &names::flush, &[])?;
    t.detached.set(true);
    Ok(b)
}
fn tell(v: &Value) -> PyResult {
    let t = body(v)?;
    let b = t.open()?;
    call_method_static(&b, &names::flush, &[])?;
    let at = as_size(&call_method_name(&b, Name::new("tell"), &[])?)?;
    let unread = {
        let chars = t.chars.borrow();
        let s = Str::from_wtf8(chars[t.at.get()..].to_vec());
        t.codec.get().encode_with(&s, t.policy.get()).map_err(|f| encode_error(&f, &s))?.len()
            + t.pairs.borrow().iter().filter(|p| **p >= t.at.get()).count()
    };
    Ok(Value::int(at - unread as i64 - t.undecoded.borrow().len() as i64))
}
fn seek(v: &Value, cookie: &Value, whence: &Value) -> PyResult {
    let t = body(v)?;
    let b = t.open()?;
    let (mut offset, mut whence) = (as_size(cookie)?, as_size(whence)?);
    match whence {
        1 if offset != 0 => return Err(unsupported("can't do nonzero cur-relative seeks")),
        2 if offset != 0 => return Err(unsupported("can't do nonzero end-relative seeks")),
        1 => {
            offset = as_size(&tell(v)?)?;
            whence = 0;
        }
        0 if offset < 0 => return Err(value_error(format!("negative seek position {offset}"))),
        0 | 2 => {}
        _ => return Err(value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    }
    call_method_static(&b, &names::flush, &[])?;
    t.forget();
    t.started.set(offset != 0 || whence != 0);
    call_method_name(&b, Name::new("seek"), &[Value::int(offset), Value::int(whence)])
}
fn truncate(v: &Value, size: &Value) -> PyResult {
    let b = body(v)?.open()?;
    call_method_static(&b, &names::flush, &[])?;
    call_method_name(&b, Name::new("truncate"), &[if size.is_none() { tell(v)? } else { size.clone() }])
}
fn next(v: &Value) -> PyResult<Option<Value>> {
    let line = body(v)?.readline(-1)?;
    Ok(if line.is_empty() { None } else { Some(string(line)) })
}
fn dunder_next(v: &Value) -> PyResult {
    next(v)?.ok_or_else(|| crate::error::stop_iteration(NONE))
}
fn iter_self(v: &Value) -> PyResult {
    body(v)?.open()?;
    Ok(v.clone())
}
fn reconfigure(a: &[Value]) -> PyResult {
    let [v, encoding, errors, newline, line_buffering, write_through] = a else { return Ok(NONE) };
    let t = body(v)?;
    if let Some(e) = encoding.as_str() {
        t.codec.set(codec_of(e)?);
        *t.encoding.borrow_mut() = e.to_string();
    }
    if let Some(e) = errors.as_str() {
        t.policy.set(policy_of(e)?);
        *t.errors.borrow_mut() = e.to_string();
    }
    if !newline.is_unbound() {
        t.newline.set(Newline::of(newline)?);
    }
    if !line_buffering.is_none() {
        t.line_buffering.set(truth(line_buffering)?);
    }
    if !write_through.is_none() {
        t.write_through.set(truth(write_through)?);
    }
    flush(v)
}
fn text_repr(v: &Value) -> PyResult {
    let t = body(v)?;
    let mut s = String::from("<_io.TextIOWrapper");
    if let Some(n) = attr::lookup_optional(&t.buffer(), names::name.get())? {
        s.push_str(&format!(" name={}", repr::repr_string(&n)?));
    }
    let mode = t.mode.borrow().clone();
    if !mode.is_none() {
        s.push_str(&format!(" mode={}", crate::protocol::repr::repr_string(&mode)?));
    }
    s.push_str(&format!(" encoding='{}'>", t.encoding.borrow()));
    Ok(Value::string(s))
}
macro_rules! forward {
    ($($f:ident $name:literal;)*) => {
        $(fn $f(v: &Value) -> PyResult {
            let b = body(v)?.open()?;
            call_method_name(&b, Name::new($name), &[])
        })*
    };
}
forward! { fileno "fileno"; isatty "isatty"; readable "readable"; writable "writable"; seekable "seekable"; }
fn get_name(v: &Value) -> PyResult {
    attr::getattr_name(&body(v)?.buffer(), names::name.get())
}
fn get_closed(v: &Value) -> PyResult {
    attr::getattr_name(&body(v)?.buffer(), Name::new("closed"))
}

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, /, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("__repr__(self, /)", F1(text_repr)),
    Method::new("__next__(self, /)", F1(dunder_next)),
    Method::new("read(self, size=-1, /)", F2(read)),
    Method::new("readline(self, size=-1, /)", F2(readline)),
    Method::new("write(self, text, /)", F2(write)),
    Method::new("flush(self, /)", F1(flush)),
    Method::new("close(self, /)", F1(close)),
    Method::new("detach(self, /)", F1(detach)),
    Method::new("seek(self, cookie, whence=0, /)", F3(seek)),
    Method::new("tell(self, /)", F1(tell)),
    Method::new("truncate(self, pos=None, /)", F2(truncate)),
    Method::new("fileno(self, /)", F1(fileno)),
    Method::new("isatty(self, /)", F1(isatty)),
    Method::new("readable(self, /)", F1(readable)),
    Method::new("writable(self, /)", F1(writable)),
    Method::new("seekable(self, /)", F1(seekable)),
    Method::new("reconfigure(self, /, *, encoding=None, errors=None, newline=..., line_buffering=None, write_through=None)", N(reconfigure)),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("closed", get_closed),
    GetSet::ro("name", get_name),
    GetSet::rw(
        "mode",
        |v| {
            let t = body(v)?;
            let mode = t.mode.borrow().clone();
            if mode.is_none() { attr::getattr_name(&t.buffer(), Name::new("mode")) } else { Ok(mode) }
        },
        |v, new| {
            drop(body(v)?.mode.replace(new.unwrap_or(NONE)));
            Ok(())
        },
    ),
    GetSet::ro("encoding", |v| Ok(Value::str(&body(v)?.encoding.borrow()))),
    GetSet::ro("errors", |v| Ok(Value::str(&body(v)?.errors.borrow()))),
    GetSet::ro("newlines", |v| Ok(if body(v)?.newline.get() == Newline::Universal { NONE } else { body(v)?.newline.get().shown() })),
    GetSet::ro("line_buffering", |v| Ok(body(v)?.line_buffering.get().into())),
    GetSet::ro("write_through", |v| Ok(body(v)?.write_through.get().into())),
    GetSet::ro("buffer", |v| {
        let t = body(v)?;
        if t.detached.get() { Err(value_error("underlying buffer has been detached")) } else { Ok(t.buffer()) }
    }),
];
static DEF: ClassDef = ClassDef::new::<Text>("TextIOWrapper").module("_io").base(&TEXT_IO_BASE).methods(METHODS).getset(GETSET).hooks(Hooks {
    iter: Some(iter_self),
    next: Some(next),
    ..Hooks::NONE
});
pub static TEXT_IO_WRAPPER: Type = Type::builtin(&DEF);
