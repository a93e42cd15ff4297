//! Owns: the module `_lzma`: compressor and decompressor objects. `lzma` stands on it.
//! Never: implements LZMA; the C library liblzma does, through the crate liblzma.
//! Source: CPython 3.13, Modules/_lzmamodule.c.

mod filters;

use liblzma::stream::{Action, Check, Error, Status, Stream};
use rtcore::error::hierarchy::{BASE_EXCEPTION, EOF_ERROR, EXCEPTION, Exception};
use rtcore::error::{PyResult, Raised, raise, type_error, value_error};
use rtcore::gil::allow_threads;
use rtcore::methods::*;
use rtcore::protocol::sequence::{as_index, as_size};
use rtcore::types::bytes::{self, buffer};
use rtcore::types::module::{NativeModule, set_str};
use std::cell::{Cell, RefCell};

static ERROR_DEF: ClassDef = ClassDef::new::<Exception>("LZMAError")
    .module("_lzma")
    .like(&EXCEPTION, &BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
static ERROR: Type = Type::builtin(&ERROR_DEF);

/// CPython: `catch_lzma_error`.
pub fn failed(e: &Error) -> Raised {
    let text = match e {
        Error::Data => "Corrupt input data",
        Error::Options => "Invalid or unsupported options",
        Error::Format => "Input format not supported by decoder",
        Error::MemLimit => "Memory usage limit exceeded",
        Error::Mem => return rtcore::error::memory_error(""),
        Error::Program => "Internal error",
        Error::NoCheck => "Unsupported integrity check",
        Error::UnsupportedCheck => "Unsupported integrity check",
    };
    raise(&ERROR, text)
}

const AUTO: i64 = 0;
const XZ: i64 = 1;
const ALONE: i64 = 2;
const RAW: i64 = 3;
const CHUNK: usize = 32 << 10;

fn check_of(n: i64) -> Option<Check> {
    Some(match n {
        -1 | 4 => Check::Crc64,
        0 => Check::None,
        1 => Check::Crc32,
        10 => Check::Sha256,
        _ => return None,
    })
}

struct Coder {
    stream: RefCell<Stream>,
    flushed: Cell<bool>,
    waiting: RefCell<Vec<u8>>,
    unused: RefCell<Vec<u8>>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
    check: Cell<i64>,
}
impl Payload for Coder {}
impl Native for Coder {
    fn class() -> &'static Type {
        &COMPRESSOR
    }
}
fn coder(v: &Value) -> PyResult<&Coder> {
    v.downcast::<Coder>().ok_or_else(|| type_error("expected an LZMA object"))
}
fn made(ty: &'static Type, stream: Stream, check: i64) -> Value {
    let c = Coder {
        stream: RefCell::new(stream),
        flushed: Cell::new(false),
        waiting: RefCell::new(vec![]),
        unused: RefCell::new(vec![]),
        eof: Cell::new(false),
        needs_input: Cell::new(true),
        check: Cell::new(check),
    };
    object::new(ty, c)
}
fn compressor_new(a: &[Value]) -> PyResult {
    let [_, format, check, preset, specs] = a else { return Ok(NONE) };
    let (format, check) = (as_index(format)?, as_index(check)?);
    if !preset.is_none() && !specs.is_none() {
        return Err(value_error("Cannot specify both preset and filter chain"));
    }
    let preset = if preset.is_none() { 6 } else { as_index(preset)? as u32 };
    if format != XZ && check != -1 && check != 0 {
        return Err(value_error("Integrity checks are only supported by FORMAT_XZ"));
    }
    let stream = match format {
        XZ => {
            let Some(check) = check_of(check) else { return Err(raise(&ERROR, "Unsupported integrity check")) };
            if specs.is_none() {
                Stream::new_easy_encoder(preset, check)
            } else {
                Stream::new_stream_encoder(&filters::chain(specs)?, check)
            }
        }
        ALONE => {
            let options = if specs.is_none() { filters::preset(preset) } else { filters::alone(specs) };
            Stream::new_lzma_encoder(&options?)
        }
        RAW => {
            if specs.is_none() {
                return Err(value_error("Must specify filters for FORMAT_RAW"));
            }
            Stream::new_raw_encoder(&filters::chain(specs)?)
        }
        other => return Err(value_error(format!("Invalid container format: {other}"))),
    };
    Ok(made(&COMPRESSOR, stream.map_err(|e| failed(&e))?, 0))
}
fn run(c: &Coder, data: &[u8], action: Action) -> PyResult {
    let Ok(mut stream) = c.stream.try_borrow_mut() else { return Err(value_error("the compressor is in use by another thread")) };
    let mut out = Vec::new();
    let mut rest = data;
    let done = allow_threads(|| {
        loop {
            out.reserve(CHUNK);
            let before = stream.total_in();
            let status = stream.process_vec(rest, &mut out, action);
            rest = &rest[(stream.total_in() - before) as usize..];
            match status {
                Ok(Status::StreamEnd) => return Ok(()),
                Ok(_) if matches!(action, Action::Run) && rest.is_empty() && out.len() < out.capacity() => return Ok(()),
                Ok(_) => {}
                Err(e) => return Err(e),
            }
        }
    });
    done.map(|()| bytes::value(out)).map_err(|e| failed(&e))
}
fn compress(v: &Value, data: &Value) -> PyResult {
    let c = coder(v)?;
    if c.flushed.get() {
        return Err(value_error("Compressor has been flushed"));
    }
    let data = buffer::required(data)?.to_vec();
    run(c, &data, Action::Run)
}
fn flush(v: &Value) -> PyResult {
    let c = coder(v)?;
    if c.flushed.replace(true) {
        return Err(value_error("Repeated call to flush()"));
    }
    run(c, &[], Action::Finish)
}
static COMPRESSOR_DEF: ClassDef = ClassDef::new::<Coder>("LZMACompressor").module("_lzma").methods(&[
    Method::static_("__new__(type, format=1, check=-1, preset=None, filters=None)", N(compressor_new)),
    Method::new("compress(self, data, /)", F2(compress)),
    Method::new("flush(self)", F1(flush)),
]);
static COMPRESSOR: Type = Type::builtin(&COMPRESSOR_DEF);

fn decompressor_new(_: &Value, format: &Value, memory: &Value, specs: &Value) -> PyResult {
    let format = as_index(format)?;
    let limit = if memory.is_none() { u64::MAX } else { as_index(memory)? as u64 };
    if format == RAW && !memory.is_none() {
        return Err(value_error("Cannot specify memory limit with FORMAT_RAW"));
    }
    if format == RAW && specs.is_none() {
        return Err(value_error("Must specify filters for FORMAT_RAW"));
    }
    if format != RAW && !specs.is_none() {
        return Err(value_error("Cannot specify filters except with FORMAT_RAW"));
    }
    const TELL_ANY_CHECK: u32 = 0;
    let stream = match format {
        AUTO => Stream::new_auto_decoder(limit, TELL_ANY_CHECK),
        XZ => Stream::new_stream_decoder(limit, TELL_ANY_CHECK),
        ALONE => Stream::new_lzma_decoder(limit),
        RAW => Stream::new_raw_decoder(&filters::chain(specs)?),
        other => return Err(value_error(format!("Invalid container format: {other}"))),
    };
    let check = if matches!(format, RAW | ALONE) { 0 } else { 16 };
    Ok(made(&DECOMPRESSOR, stream.map_err(|e| failed(&e))?, check))
}
/// The check of an .xz stream stands in the eighth byte of its header.
fn note_check(c: &Coder, input: &[u8]) {
    if c.check.get() == 16 && input.len() >= 8 {
        c.check.set(if input.starts_with(b"\xfd7zXZ\0") { i64::from(input[7] & 15) } else { 0 });
    }
}
fn decompress(v: &Value, data: &Value, most: &Value) -> PyResult {
    let c = coder(v)?;
    let limit = usize::try_from(as_size(most)?).unwrap_or(usize::MAX);
    if c.eof.get() {
        return Err(raise(&EOF_ERROR, "Already at end of stream"));
    }
    let mut input = std::mem::take(&mut *c.waiting.borrow_mut());
    input.extend_from_slice(&buffer::required(data)?);
    note_check(c, &input);
    let Ok(mut stream) = c.stream.try_borrow_mut() else { return Err(value_error("the decompressor is in use by another thread")) };
    let mut out = Vec::new();
    let mut used = 0;
    let done = allow_threads(|| {
        while out.len() < limit {
            let mut chunk = Vec::with_capacity(CHUNK.min(limit - out.len()));
            let before = stream.total_in();
            let status = stream.process_vec(&input[used..], &mut chunk, Action::Run);
            used += (stream.total_in() - before) as usize;
            out.extend_from_slice(&chunk);
            match status {
                Ok(Status::StreamEnd) => return Ok(true),
                Ok(_) if chunk.len() < chunk.capacity() && used >= input.len() => return Ok(false),
                Ok(_) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(false)
    });
    drop(stream);
    let finished = done.map_err(|e| failed(&e))?;
    let rest = input.split_off(used.min(input.len()));
    if finished {
        c.eof.set(true);
        c.needs_input.set(false);
        *c.unused.borrow_mut() = rest;
    } else {
        c.needs_input.set(rest.is_empty() && out.len() < limit);
        *c.waiting.borrow_mut() = rest;
    }
    Ok(bytes::value(out))
}
static DECOMPRESSOR_DEF: ClassDef = ClassDef::new::<Coder>("LZMADecompressor")
    .module("_lzma")
    .like(&rtcore::types::object_::OBJECT, &COMPRESSOR)
    .methods(&[
        Method::static_("__new__(type, format=0, memlimit=None, filters=None)", F4(decompressor_new)),
        Method::new("decompress(self, data, max_length=-1)", F3(decompress)),
    ])
    .getset(&[
        GetSet::ro("eof", |v| Ok(Value::bool(coder(v)?.eof.get()))),
        GetSet::ro("needs_input", |v| Ok(Value::bool(coder(v)?.needs_input.get()))),
        GetSet::ro("unused_data", |v| Ok(bytes::value(coder(v)?.unused.borrow().clone()))),
        GetSet::ro("check", |v| Ok(Value::int(coder(v)?.check.get()))),
    ]);
static DECOMPRESSOR: Type = Type::builtin(&DECOMPRESSOR_DEF);

fn is_check_supported(n: &Value) -> PyResult {
    Ok(Value::bool(matches!(as_index(n)?, 0 | 1 | 4 | 10)))
}
static FUNCTIONS: &[Method] = &[
    Method::new("is_check_supported(check_id, /)", F1(is_check_supported)),
    Method::new("_encode_filter_properties(filter, /)", F1(filters::encode)),
    Method::new("_decode_filter_properties(filter_id, encoded_props, /)", F2(filters::decode)),
];
#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("FORMAT_AUTO", AUTO), ("FORMAT_XZ", XZ), ("FORMAT_ALONE", ALONE), ("FORMAT_RAW", RAW),
    ("CHECK_NONE", 0), ("CHECK_CRC32", 1), ("CHECK_CRC64", 4), ("CHECK_SHA256", 10), ("CHECK_ID_MAX", 15), ("CHECK_UNKNOWN", 16),
    ("FILTER_LZMA1", filters::LZMA1), ("FILTER_LZMA2", filters::LZMA2), ("FILTER_DELTA", 3), ("FILTER_X86", 4), ("FILTER_POWERPC", 5),
    ("FILTER_IA64", 6), ("FILTER_ARM", 7), ("FILTER_ARMTHUMB", 8), ("FILTER_SPARC", 9),
    ("MF_HC3", 3), ("MF_HC4", 4), ("MF_BT2", 0x12), ("MF_BT3", 0x13), ("MF_BT4", 0x14), ("MODE_FAST", 1), ("MODE_NORMAL", 2),
    ("PRESET_DEFAULT", 6), ("PRESET_EXTREME", 1 << 31),
];
fn setup(m: &Value) -> PyResult<()> {
    for (name, n) in NUMBERS {
        set_str(m, name, Value::int(*n));
    }
    for t in [&COMPRESSOR, &DECOMPRESSOR, &ERROR] {
        set_str(m, t.name(), Value::of_type(t));
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_lzma", FUNCTIONS, setup);
