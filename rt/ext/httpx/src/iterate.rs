//! Owns: iterating over a response: raw, bytes, text, lines; awaited or not.
//! Never: reads it whole (`response`).
//! Source: httpx 0.28, _models.py, Response.iter_*.

use crate::decode::{ByteChunks, Decoder, Lines, TextChunks, TextDecoder};
use crate::py::*;
use crate::response::{self, body, close};
use crate::stream::Pull;
use rtasyncio::native_io::Mode;
use rtcore::def::{Def, Kind};
use rtcore::frame::{async_generator, generator, yield_, yield_item};

/// The bytes of one chunk of a stream.
pub fn chunk_bytes(v: &Value) -> PyResult<Vec<u8>> {
    data_of(v).ok_or_else(|| type_error(format!("a bytes-like object is required, not '{}'", v.ty().name())))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Raw,
    Bytes,
    Text,
    Lines,
}
/// What becomes of the raw data on its way.
struct Pipe {
    what: What,
    decoder: Decoder,
    bytes: ByteChunks,
    text: TextDecoder,
    chars: TextChunks,
    lines: Lines,
}
impl Pipe {
    fn new(v: &Value, what: What, size: Option<usize>) -> PyResult<Pipe> {
        let textual = matches!(what, What::Text | What::Lines);
        let decoder = if what == What::Raw { Decoder::new(&[]) } else { body(v)?.decoder()? };
        let encoding = if textual { response::encoding(v)? } else { String::new() };
        let text_size = if what == What::Text { size } else { None };
        Ok(Pipe {
            what,
            decoder,
            bytes: ByteChunks::new(if textual { None } else { size }),
            text: TextDecoder::new(&encoding),
            chars: TextChunks::new(text_size),
            lines: Lines::default(),
        })
    }
    fn push(&mut self, raw: &[u8]) -> PyResult<Vec<Value>> {
        let data = self.decoder.push(raw)?;
        self.decoded(data, false)
    }
    fn decoded(&mut self, data: Vec<u8>, end: bool) -> PyResult<Vec<Value>> {
        match self.what {
            What::Raw | What::Bytes => Ok(self.bytes.push(data).into_iter().map(bytes::value).collect()),
            What::Text => {
                let t = self.text.push(&data, end)?;
                Ok(self.chars.push(t).into_iter().map(Value::string).collect())
            }
            What::Lines => {
                let t = self.text.push(&data, end)?;
                Ok(self.lines.push(&t).into_iter().map(Value::string).collect())
            }
        }
    }
    fn finish(&mut self) -> PyResult<Vec<Value>> {
        let rest = self.decoder.finish()?;
        let mut out = self.decoded(rest, true)?;
        match self.what {
            What::Raw | What::Bytes => out.extend(self.bytes.finish().into_iter().map(bytes::value)),
            What::Text => out.extend(self.chars.finish().into_iter().map(Value::string)),
            What::Lines => out.extend(self.lines.finish().into_iter().map(Value::string)),
        }
        Ok(out)
    }
}
async fn emit(v: Value, mode: Mode) -> PyResult<()> {
    match mode {
        Mode::Sync => yield_(v).await.map(drop),
        Mode::Async => yield_item(v).await.map(drop),
    }
}
/// Whoever stops in the middle of an answer closes its connection, as httpcore's stream does.
struct Abandoned<'a>(&'a Value);
impl Drop for Abandoned<'_> {
    fn drop(&mut self) {
        crate::stream::abandon(self.0);
    }
}
async fn run(v: Value, mode: Mode, what: What, size: Option<usize>) -> PyResult {
    let r = body(&v)?;
    let known = r.content.get();
    if what != What::Raw && !known.is_unbound() {
        let data = chunk_bytes(&known)?;
        if what == What::Bytes {
            for part in data.chunks(size.unwrap_or(data.len()).max(1)) {
                emit(bytes::from_slice(part), mode).await?;
            }
            return Ok(NONE);
        }
        let mut pipe = Pipe::new(&v, what, size)?;
        let mut out = pipe.decoded(data, true)?;
        pipe.decoder = Decoder::new(&[]);
        out.extend(pipe.finish()?);
        for one in out {
            emit(one, mode).await?;
        }
        return Ok(NONE);
    }
    let mut pipe = Pipe::new(&v, what, size)?;
    r.begin(mode)?;
    let s = r.stream.get();
    let mut pull = Pull::new(&s, mode)?;
    let abandoned = Abandoned(&s);
    loop {
        let got = pull.next(mode).await;
        let Some(chunk) = got.map_err(|e| r.with_request(e))? else { break };
        let data = chunk_bytes(&chunk)?;
        drop(chunk);
        r.downloaded.set(r.downloaded.get() + data.len() as u64);
        for one in pipe.push(&data).map_err(|e| r.with_request(e))? {
            emit(one, mode).await?;
        }
    }
    std::mem::forget(abandoned);
    if what == What::Raw {
        for one in pipe.finish()? {
            emit(one, mode).await?;
        }
        close(v.clone(), mode).await?;
        return Ok(NONE);
    }
    close(v.clone(), mode).await?;
    for one in pipe.finish().map_err(|e| r.with_request(e))? {
        emit(one, mode).await?;
    }
    Ok(NONE)
}
fn size_of(v: &Value) -> PyResult<Option<usize>> {
    Ok(optional_int(v)?.map(|n| n.max(0) as usize))
}
macro_rules! iterators {
    ($($sync:ident $asynchronous:ident $name:literal $aname:literal $what:ident;)*) => {
        $(pub fn $sync(v: &Value, size: &Value) -> PyResult {
            static DEF: Def = Def::native($name, Kind::Generator);
            Ok(generator(&DEF, run(v.clone(), Mode::Sync, What::$what, size_of(size)?)))
        }
        pub fn $asynchronous(v: &Value, size: &Value) -> PyResult {
            static DEF: Def = Def::native($aname, Kind::AsyncGenerator);
            Ok(async_generator(&DEF, run(v.clone(), Mode::Async, What::$what, size_of(size)?)))
        })*
    };
}
iterators! {
    iter_raw aiter_raw "Response.iter_raw" "Response.aiter_raw" Raw;
    iter_bytes aiter_bytes "Response.iter_bytes" "Response.aiter_bytes" Bytes;
    iter_text aiter_text "Response.iter_text" "Response.aiter_text" Text;
    lines_of alines_of "Response.iter_lines" "Response.aiter_lines" Lines;
}
pub fn iter_lines(v: &Value) -> PyResult {
    lines_of(v, &NONE)
}
pub fn aiter_lines(v: &Value) -> PyResult {
    alines_of(v, &NONE)
}
