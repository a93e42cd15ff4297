//! Owns: the module `zlib`: compressing, decompressing, checksums.
//! Never: implements DEFLATE; the C library zlib does, so that results are byte for byte CPython's.
//! Source: CPython 3.13, Modules/zlibmodule.c.

pub mod stream;

use libz_sys as z;
use rtcore::error::hierarchy::{BASE_EXCEPTION, EXCEPTION, Exception};
use rtcore::error::{Raised, raise, type_error, value_error};
use rtcore::gil::allow_threads;
use rtcore::methods::*;
use rtcore::protocol::sequence::{as_index, as_size};
use rtcore::types::bytes::{self, buffer};
use rtcore::types::module::{NativeModule, set_str};
use std::cell::{Cell, RefCell};
use stream::{Inflate, Stream};

static ERROR_DEF: ClassDef = ClassDef::new::<Exception>("error")
    .module("zlib")
    .like(&EXCEPTION, &BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
static ERROR: Type = Type::builtin(&ERROR_DEF);

/// CPython: `zlib_error`.
fn fail(code: i32, detail: Option<String>, what: &str) -> Raised {
    let detail = detail.or_else(|| {
        Some(match code {
            z::Z_BUF_ERROR => "incomplete or truncated stream".to_string(),
            z::Z_STREAM_ERROR => "inconsistent stream state".to_string(),
            z::Z_DATA_ERROR => "invalid input data".to_string(),
            _ => return None,
        })
    });
    match detail {
        Some(detail) => raise(&ERROR, format!("Error {code} {what}: {detail}")),
        None => raise(&ERROR, format!("Error {code} {what}")),
    }
}
fn int(v: &Value) -> PyResult<i32> {
    i32::try_from(as_index(v)?).map_err(|_| rtcore::error::overflow_error("Python int too large to convert to C int"))
}

fn compress(data: &Value, level: &Value, wbits: &Value) -> PyResult {
    let data = buffer::required(data)?.to_vec();
    let mut s = Stream::deflate(int(level)?, int(wbits)?, 8, 0).map_err(|code| match code {
        z::Z_STREAM_ERROR => raise(&ERROR, "Bad compression level"),
        code => fail(code, None, "while compressing data"),
    })?;
    let made = allow_threads(|| s.deflate_all(&data, z::Z_FINISH));
    made.map(bytes::value).map_err(|code| fail(code, s.message(), "while compressing data"))
}
fn decompress(data: &Value, wbits: &Value, size: &Value) -> PyResult {
    let data = buffer::required(data)?.to_vec();
    let size = as_size(size)?;
    if size < 0 {
        return Err(value_error("bufsize must be non-negative"));
    }
    let mut s = Stream::inflate(int(wbits)?).map_err(|code| fail(code, None, "while preparing to decompress data"))?;
    let done = allow_threads(|| s.inflate_some(&data, usize::MAX, z::Z_SYNC_FLUSH));
    match done {
        Ok(Inflate { out, finished: true, .. }) => Ok(bytes::value(out)),
        Ok(_) => Err(fail(z::Z_BUF_ERROR, None, "while decompressing data")),
        Err(code) => Err(fail(code, s.message(), "while decompressing data")),
    }
}

// ---- compressobj ----

struct Compress {
    stream: RefCell<Stream>,
    ended: Cell<bool>,
}
impl Payload for Compress {}
impl Native for Compress {
    fn class() -> &'static Type {
        &COMPRESS
    }
}
fn compressobj(a: &[Value]) -> PyResult {
    let [level, method, wbits, memory, strategy, dictionary] = a else { return Ok(NONE) };
    if int(method)? != z::Z_DEFLATED {
        return Err(value_error("Invalid initialization option"));
    }
    let mut s = Stream::deflate(int(level)?, int(wbits)?, int(memory)?, int(strategy)?).map_err(|code| match code {
        z::Z_STREAM_ERROR => value_error("Invalid initialization option"),
        code => fail(code, None, "while creating compression object"),
    })?;
    if !dictionary.is_unbound() && !dictionary.is_none() {
        let dictionary = buffer::required(dictionary)?.to_vec();
        s.set_deflate_dictionary(&dictionary).map_err(|_| value_error("Invalid dictionary"))?;
    }
    Ok(object::new(&COMPRESS, Compress { stream: RefCell::new(s), ended: Cell::new(false) }))
}
fn compress_of(v: &Value) -> PyResult<&Compress> {
    v.downcast::<Compress>().ok_or_else(|| type_error("expected a compression object"))
}
/// The stream, taken out so that another thread that comes meanwhile gets an error and not a clash.
fn with_stream<R>(cell: &RefCell<Stream>, f: impl FnOnce(&mut Stream) -> R) -> PyResult<R> {
    match cell.try_borrow_mut() {
        Ok(mut s) => Ok(allow_threads(|| f(&mut s))),
        Err(_) => Err(raise(&ERROR, "the object is in use by another thread")),
    }
}
fn compress_more(v: &Value, data: &Value) -> PyResult {
    let data = buffer::required(data)?.to_vec();
    let c = compress_of(v)?;
    let made = with_stream(&c.stream, |s| s.deflate_all(&data, z::Z_NO_FLUSH).map_err(|code| (code, s.message())))?;
    made.map(bytes::value).map_err(|(code, text)| fail(code, text, "while compressing data"))
}
fn compress_flush(v: &Value, mode: &Value) -> PyResult {
    let mode = int(mode)?;
    if mode == z::Z_NO_FLUSH {
        return Ok(bytes::value(vec![]));
    }
    let c = compress_of(v)?;
    if mode == z::Z_FINISH && c.ended.replace(true) {
        return Err(fail(z::Z_STREAM_ERROR, None, "while flushing"));
    }
    let made = with_stream(&c.stream, |s| s.deflate_all(&[], mode).map_err(|code| (code, s.message())))?;
    made.map(bytes::value).map_err(|(code, text)| fail(code, text, "while flushing"))
}
fn compress_copy(v: &Value) -> PyResult {
    let c = compress_of(v)?;
    if c.ended.get() {
        return Err(value_error("Inconsistent stream state"));
    }
    let copy = with_stream(&c.stream, |s| s.copy())?.map_err(|code| fail(code, None, "while copying compression object"))?;
    Ok(object::new(&COMPRESS, Compress { stream: RefCell::new(copy), ended: Cell::new(false) }))
}
fn deepcopy(v: &Value, _: &Value) -> PyResult {
    if v.downcast::<Compress>().is_some() { compress_copy(v) } else { decompress_copy(v) }
}
static COMPRESS_DEF: ClassDef = ClassDef::new::<Compress>("Compress").module("zlib").methods(&[
    Method::new("compress(self, data, /)", F2(compress_more)),
    Method::new("flush(self, mode=4, /)", F2(compress_flush)),
    Method::new("copy(self)", F1(compress_copy)),
    Method::new("__copy__(self)", F1(compress_copy)),
    Method::new("__deepcopy__(self, memo, /)", F2(deepcopy)),
]);
static COMPRESS: Type = Type::builtin(&COMPRESS_DEF);

// ---- decompressobj ----

struct Decompress {
    stream: RefCell<Stream>,
    dictionary: Option<Vec<u8>>,
    unused: RefCell<Vec<u8>>,
    tail: RefCell<Vec<u8>>,
    eof: Cell<bool>,
}
impl Payload for Decompress {}
impl Native for Decompress {
    fn class() -> &'static Type {
        &DECOMPRESS
    }
}
fn decompressobj(wbits: &Value, dictionary: &Value) -> PyResult {
    let wbits = int(wbits)?;
    let mut s = Stream::inflate(wbits).map_err(|code| match code {
        z::Z_STREAM_ERROR => value_error("Invalid initialization option"),
        code => fail(code, None, "while creating decompression object"),
    })?;
    let dictionary = if dictionary.is_unbound() { None } else { Some(buffer::required(dictionary)?.to_vec()) };
    // Raw streams do not ask for it.
    if let Some(d) = dictionary.as_ref().filter(|_| wbits < 0) {
        s.set_inflate_dictionary(d).map_err(|code| fail(code, None, "while setting zdict"))?;
    }
    let body = Decompress {
        stream: RefCell::new(s),
        dictionary,
        unused: RefCell::new(vec![]),
        tail: RefCell::new(vec![]),
        eof: Cell::new(false),
    };
    Ok(object::new(&DECOMPRESS, body))
}
fn decompress_of(v: &Value) -> PyResult<&Decompress> {
    v.downcast::<Decompress>().ok_or_else(|| type_error("expected a decompression object"))
}
/// Decompresses and keeps what is left. CPython: `save_unconsumed_input`.
fn feed(d: &Decompress, data: &[u8], limit: usize, flush: i32, what: &str) -> PyResult<Vec<u8>> {
    if d.eof.get() {
        d.unused.borrow_mut().extend_from_slice(data);
        return Ok(vec![]);
    }
    let dictionary = d.dictionary.as_deref();
    let done = with_stream(&d.stream, |s| s.inflate_with(data, limit, flush, dictionary).map_err(|code| (code, s.message())))?;
    let Inflate { out, used, finished } = done.map_err(|(code, text)| fail(code, text, what))?;
    let rest = data.get(used..).unwrap_or(&[]).to_vec();
    if finished {
        d.eof.set(true);
        d.unused.borrow_mut().extend_from_slice(&rest);
        d.tail.borrow_mut().clear();
    } else {
        *d.tail.borrow_mut() = rest;
    }
    Ok(out)
}
fn decompress_more(v: &Value, data: &Value, most: &Value) -> PyResult {
    let data = buffer::required(data)?.to_vec();
    let most = as_size(most)?;
    let limit = match most {
        n if n < 0 => return Err(value_error("max_length must be non-negative")),
        0 => usize::MAX,
        n => n as usize,
    };
    feed(decompress_of(v)?, &data, limit, z::Z_SYNC_FLUSH, "while decompressing data").map(bytes::value)
}
fn decompress_flush(v: &Value, length: &Value) -> PyResult {
    if as_size(length)? <= 0 {
        return Err(value_error("length must be greater than zero"));
    }
    let d = decompress_of(v)?;
    let tail = std::mem::take(&mut *d.tail.borrow_mut());
    if d.eof.get() {
        return Ok(bytes::value(vec![]));
    }
    feed(d, &tail, usize::MAX, z::Z_FINISH, "while flushing").map(bytes::value)
}
fn decompress_copy(v: &Value) -> PyResult {
    let d = decompress_of(v)?;
    let copy = with_stream(&d.stream, |s| s.copy())?.map_err(|code| fail(code, None, "while copying decompression object"))?;
    let body = Decompress {
        stream: RefCell::new(copy),
        dictionary: d.dictionary.clone(),
        unused: RefCell::new(d.unused.borrow().clone()),
        tail: RefCell::new(d.tail.borrow().clone()),
        eof: Cell::new(d.eof.get()),
    };
    Ok(object::new(&DECOMPRESS, body))
}
fn unused_data(v: &Value) -> PyResult {
    Ok(bytes::value(decompress_of(v)?.unused.borrow().clone()))
}
fn unconsumed_tail(v: &Value) -> PyResult {
    Ok(bytes::value(decompress_of(v)?.tail.borrow().clone()))
}
fn eof(v: &Value) -> PyResult {
    Ok(Value::bool(decompress_of(v)?.eof.get()))
}
static DECOMPRESS_DEF: ClassDef = ClassDef::new::<Decompress>("Decompress")
    .module("zlib")
    .methods(&[
        Method::new("decompress(self, data, /, max_length=0)", F3(decompress_more)),
        Method::new("flush(self, length=16384, /)", F2(decompress_flush)),
        Method::new("copy(self)", F1(decompress_copy)),
        Method::new("__copy__(self)", F1(decompress_copy)),
        Method::new("__deepcopy__(self, memo, /)", F2(deepcopy)),
    ])
    .getset(&[GetSet::ro("unused_data", unused_data), GetSet::ro("unconsumed_tail", unconsumed_tail), GetSet::ro("eof", eof)]);
static DECOMPRESS: Type = Type::builtin(&DECOMPRESS_DEF);

// ---- _ZlibDecompressor: what gzip reads with ----

struct Decompressor {
    stream: RefCell<Stream>,
    dictionary: Option<Vec<u8>>,
    /// Input that an earlier call did not come to.
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
fn decompressor_new(_: &Value, wbits: &Value, dictionary: &Value) -> PyResult {
    let wbits = int(wbits)?;
    let mut s = Stream::inflate(wbits).map_err(|_| value_error("Invalid initialization option"))?;
    let dictionary = if dictionary.is_unbound() { None } else { Some(buffer::required(dictionary)?.to_vec()) };
    if let Some(d) = dictionary.as_ref().filter(|_| wbits < 0) {
        s.set_inflate_dictionary(d).map_err(|code| fail(code, None, "while setting zdict"))?;
    }
    let body = Decompressor {
        stream: RefCell::new(s),
        dictionary,
        waiting: RefCell::new(vec![]),
        unused: RefCell::new(vec![]),
        eof: Cell::new(false),
        needs_input: Cell::new(true),
    };
    Ok(object::new(&DECOMPRESSOR, body))
}
fn decompressor_of(v: &Value) -> PyResult<&Decompressor> {
    v.downcast::<Decompressor>().ok_or_else(|| type_error("expected a decompressor"))
}
fn decompressor_decompress(v: &Value, data: &Value, most: &Value) -> PyResult {
    let d = decompressor_of(v)?;
    let most = as_size(most)?;
    if d.eof.get() {
        return Err(rtcore::error::raise(&rtcore::error::hierarchy::EOF_ERROR, "End of stream already reached"));
    }
    let mut input = std::mem::take(&mut *d.waiting.borrow_mut());
    input.extend_from_slice(&buffer::required(data)?);
    let limit = usize::try_from(most).unwrap_or(usize::MAX);
    let dictionary = d.dictionary.as_deref();
    let done = with_stream(&d.stream, |s| {
        s.inflate_with(&input, limit, z::Z_SYNC_FLUSH, dictionary).map_err(|code| (code, s.message()))
    })?;
    let Inflate { out, used, finished } = done.map_err(|(code, text)| fail(code, text, "while decompressing data"))?;
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
fn decompressor_eof(v: &Value) -> PyResult {
    Ok(Value::bool(decompressor_of(v)?.eof.get()))
}
fn decompressor_unused(v: &Value) -> PyResult {
    Ok(bytes::value(decompressor_of(v)?.unused.borrow().clone()))
}
fn decompressor_needs(v: &Value) -> PyResult {
    Ok(Value::bool(decompressor_of(v)?.needs_input.get()))
}
static DECOMPRESSOR_DEF: ClassDef = ClassDef::new::<Decompressor>("_ZlibDecompressor")
    .module("zlib")
    .methods(&[
        Method::static_("__new__(type, wbits=15, zdict=...)", F3(decompressor_new)),
        Method::new("decompress(self, data, max_length=-1)", F3(decompressor_decompress)),
    ])
    .getset(&[
        GetSet::ro("eof", decompressor_eof),
        GetSet::ro("unused_data", decompressor_unused),
        GetSet::ro("needs_input", decompressor_needs),
    ]);
static DECOMPRESSOR: Type = Type::builtin(&DECOMPRESSOR_DEF);

/// The low 32 bits of any int.
fn start(v: &Value) -> PyResult<u32> {
    Ok(as_index(&rtcore::protocol::number::and_(v, &Value::int(0xffff_ffff))?)? as u32)
}
fn adler32(data: &Value, value: &Value) -> PyResult {
    let start = start(value)?;
    let data = buffer::required(data)?;
    let (mut a, mut b) = (start & 0xffff, start >> 16);
    for chunk in data.chunks(5552) {
        for &byte in chunk {
            a += u32::from(byte);
            b += a;
        }
        a %= 65_521;
        b %= 65_521;
    }
    Ok(Value::int(i64::from(b << 16 | a)))
}
fn crc32(data: &Value, value: &Value) -> PyResult {
    let start = start(value)?;
    let data = buffer::required(data)?;
    // SAFETY: the pointer and length describe the data.
    let crc = data.chunks(1 << 30).fold(start.into(), |crc, c| unsafe { z::crc32(crc, c.as_ptr(), c.len() as u32) });
    Ok(Value::int(crc as i64))
}

static FUNCTIONS: &[Method] = &[
    Method::new("compress(data, /, level=-1, wbits=15)", F3(compress)),
    Method::new("decompress(data, /, wbits=15, bufsize=16384)", F3(decompress)),
    Method::new("compressobj(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=...)", N(compressobj)),
    Method::new("decompressobj(wbits=15, zdict=...)", F2(decompressobj)),
    Method::new("adler32(data, value=1, /)", F2(adler32)),
    Method::new("crc32(data, value=0, /)", F2(crc32)),
];
const NUMBERS: &[(&str, i64)] = &[
    ("MAX_WBITS", 15),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", 16384),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_NO_COMPRESSION", 0),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_FINISH", 4),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
];
fn setup(m: &Value) -> PyResult<()> {
    for (name, n) in NUMBERS {
        set_str(m, name, Value::int(*n));
    }
    set_str(m, "error", Value::of_type(&ERROR));
    set_str(m, "_ZlibDecompressor", Value::of_type(&DECOMPRESSOR));
    set_str(m, "ZLIB_VERSION", Value::str("1.3.1"));
    set_str(m, "ZLIB_RUNTIME_VERSION", Value::string(stream::version()));
    set_str(m, "__version__", Value::str("1.0"));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("zlib", FUNCTIONS, setup);
