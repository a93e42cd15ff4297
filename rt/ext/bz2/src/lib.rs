//! Owns: the module `_bz2`: compressor and decompressor objects. `bz2` stands on it.
//! Never: implements bzip2; the crate bzip2 does.
//! Source: CPython 3.13, Modules/_bz2module.c.

use bzip2::{Action, Compress, Compression, Decompress, Status};
use rtcore::error::hierarchy::{EOF_ERROR, OS_ERROR};
use rtcore::error::{PyResult, raise, type_error, value_error};
use rtcore::gil::allow_threads;
use rtcore::methods::*;
use rtcore::protocol::sequence::{as_index, as_size};
use rtcore::types::bytes::{self, buffer};
use rtcore::types::module::{NativeModule, set_str};
use std::cell::{Cell, RefCell};

const CHUNK: usize = 32 << 10;

struct Compressor {
    stream: RefCell<Compress>,
    flushed: Cell<bool>,
}
impl Payload for Compressor {}
impl Native for Compressor {
    fn class() -> &'static Type {
        &COMPRESSOR
    }
}
fn compressor_new(_: &Value, level: &Value) -> PyResult {
    let level = as_index(level)?;
    let Some(level) = u32::try_from(level).ok().filter(|n| (1..=9).contains(n)) else {
        return Err(value_error("compresslevel must be between 1 and 9"));
    };
    let stream = RefCell::new(Compress::new(Compression::new(level), 0));
    Ok(object::new(&COMPRESSOR, Compressor { stream, flushed: Cell::new(false) }))
}
fn compressor(v: &Value) -> PyResult<&Compressor> {
    v.downcast::<Compressor>().ok_or_else(|| type_error("expected a BZ2Compressor"))
}
fn run(c: &Compressor, data: &[u8], action: Action) -> PyResult {
    let Ok(mut stream) = c.stream.try_borrow_mut() else { return Err(value_error("the compressor is in use by another thread")) };
    let mut out = Vec::with_capacity(CHUNK);
    let mut rest = data;
    let done = allow_threads(|| {
        loop {
            out.reserve(CHUNK);
            let before = stream.total_in();
            let status = stream.compress_vec(rest, &mut out, action);
            rest = &rest[(stream.total_in() - before) as usize..];
            match status {
                Ok(Status::StreamEnd) => return Ok(()),
                Ok(Status::RunOk | Status::Ok) if rest.is_empty() => return Ok(()),
                Ok(Status::RunOk | Status::Ok | Status::FlushOk | Status::FinishOk | Status::MemNeeded) => {}
                Err(e) => return Err(e),
            }
        }
    });
    match done {
        Ok(()) => Ok(bytes::value(out)),
        Err(e) => Err(raise(&OS_ERROR, e.to_string())),
    }
}
fn compress(v: &Value, data: &Value) -> PyResult {
    let c = compressor(v)?;
    if c.flushed.get() {
        return Err(value_error("Compressor has been flushed"));
    }
    let data = buffer::required(data)?.to_vec();
    if data.is_empty() {
        return Ok(bytes::value(vec![]));
    }
    run(c, &data, Action::Run)
}
fn flush(v: &Value) -> PyResult {
    let c = compressor(v)?;
    if c.flushed.replace(true) {
        return Err(value_error("Repeated call to flush()"));
    }
    run(c, &[], Action::Finish)
}
static COMPRESSOR_DEF: ClassDef = ClassDef::new::<Compressor>("BZ2Compressor").module("_bz2").methods(&[
    Method::static_("__new__(type, compresslevel=9, /)", F2(compressor_new)),
    Method::new("compress(self, data, /)", F2(compress)),
    Method::new("flush(self)", F1(flush)),
]);
static COMPRESSOR: Type = Type::builtin(&COMPRESSOR_DEF);

struct Decompressor {
    stream: RefCell<Decompress>,
    waiting: RefCell<Vec<u8>>,
    unused: RefCell<Vec<u8>>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
}
impl Payload for Decompressor {}
impl Native for Decompressor {
    fn class() -> &'static Type {
        &DECOMPRESSOR
    }
}
fn decompressor_new(_: &Value) -> PyResult {
    let d = Decompressor {
        stream: RefCell::new(Decompress::new(false)),
        waiting: RefCell::new(vec![]),
        unused: RefCell::new(vec![]),
        eof: Cell::new(false),
        needs_input: Cell::new(true),
    };
    Ok(object::new(&DECOMPRESSOR, d))
}
fn decompressor(v: &Value) -> PyResult<&Decompressor> {
    v.downcast::<Decompressor>().ok_or_else(|| type_error("expected a BZ2Decompressor"))
}
fn decompress(v: &Value, data: &Value, most: &Value) -> PyResult {
    let d = decompressor(v)?;
    let limit = usize::try_from(as_size(most)?).unwrap_or(usize::MAX);
    if d.eof.get() {
        return Err(raise(&EOF_ERROR, "End of stream already reached"));
    }
    let mut input = std::mem::take(&mut *d.waiting.borrow_mut());
    input.extend_from_slice(&buffer::required(data)?);
    let Ok(mut stream) = d.stream.try_borrow_mut() else { return Err(value_error("the decompressor is in use by another thread")) };
    let mut out = Vec::new();
    let mut used = 0;
    let done = allow_threads(|| {
        while out.len() < limit {
            let mut chunk = Vec::with_capacity(CHUNK.min(limit - out.len()));
            let before = stream.total_in();
            let status = stream.decompress_vec(&input[used..], &mut chunk);
            used += (stream.total_in() - before) as usize;
            out.extend_from_slice(&chunk);
            match status {
                Ok(Status::StreamEnd) => return Ok(true),
                Ok(_) if chunk.len() < chunk.capacity() && used >= input.len() => return Ok(false),
                Ok(_) => {}
                Err(_) => return Err(()),
            }
        }
        Ok(false)
    });
    drop(stream);
    let Ok(finished) = done else { return Err(raise(&OS_ERROR, "Invalid data stream")) };
    let rest = input.split_off(used.min(input.len()));
    if finished {
        d.eof.set(true);
        d.needs_input.set(false);
        *d.unused.borrow_mut() = rest;
    } else {
        d.needs_input.set(rest.is_empty() && out.len() < limit);
        *d.waiting.borrow_mut() = rest;
    }
    Ok(bytes::value(out))
}
static DECOMPRESSOR_DEF: ClassDef = ClassDef::new::<Decompressor>("BZ2Decompressor")
    .module("_bz2")
    .methods(&[
        Method::static_("__new__(type)", F1(decompressor_new)),
        Method::new("decompress(self, data, max_length=-1)", F3(decompress)),
    ])
    .getset(&[
        GetSet::ro("eof", |v| Ok(Value::bool(decompressor(v)?.eof.get()))),
        GetSet::ro("needs_input", |v| Ok(Value::bool(decompressor(v)?.needs_input.get()))),
        GetSet::ro("unused_data", |v| Ok(bytes::value(decompressor(v)?.unused.borrow().clone()))),
    ]);
static DECOMPRESSOR: Type = Type::builtin(&DECOMPRESSOR_DEF);

fn setup(m: &Value) -> PyResult<()> {
    for t in [&COMPRESSOR, &DECOMPRESSOR] {
        set_str(m, t.name(), Value::of_type(t));
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_bz2", &[], setup);
