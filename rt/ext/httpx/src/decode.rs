//! Owns: content decoding (gzip, deflate, brotli, zstd), incremental text decoding, lines, chunking.
//! Never: reads a stream.
//! Source: httpx 0.28, _decoders.py.

use crate::errors::{DECODING_ERROR, raise};
use crate::py::*;
use brotli_decompressor::DecompressorWriter;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::{Read as _, Write as _};

enum One {
    /// With the bytes of the magic number that were seen.
    Gzip(Box<MultiGzDecoder<Vec<u8>>>, usize),
    /// The first bytes decide between zlib's format and raw deflate.
    Deflate(Option<Box<ZlibDecoder<Vec<u8>>>>, Box<DeflateDecoder<Vec<u8>>>, bool),
    Brotli(Box<DecompressorWriter<Vec<u8>>>),
    /// Frames are decoded when complete blocks are there.
    Zstd(Vec<u8>),
}

/// What a `Content-Encoding` header asks for; several in turn.
pub struct Decoder(Vec<One>);

fn bad(text: &str) -> Raised {
    raise(&DECODING_ERROR, text)
}
fn zlib_error(e: &std::io::Error) -> Raised {
    let text = e.to_string();
    let why = if text.contains("header") || text.contains("invalid") && !text.contains("deflate") {
        "incorrect header check"
    } else {
        "invalid block type"
    };
    bad(&format!("Error -3 while decompressing data: {why}"))
}

impl One {
    fn of(name: &str) -> Option<One> {
        match name {
            "gzip" => Some(One::Gzip(Box::new(MultiGzDecoder::new(Vec::new())), 0)),
            "deflate" => Some(One::Deflate(
                Some(Box::new(ZlibDecoder::new(Vec::new()))),
                Box::new(DeflateDecoder::new(Vec::new())),
                true,
            )),
            "br" => Some(One::Brotli(Box::new(DecompressorWriter::new(Vec::new(), 1 << 14)))),
            "zstd" => Some(One::Zstd(Vec::new())),
            _ => None,
        }
    }
    fn push(&mut self, data: &[u8]) -> PyResult<Vec<u8>> {
        match self {
            One::Gzip(d, seen) => {
                // zlib refuses another format at its first byte, not when the header is complete.
                for b in data.iter().take(2usize.saturating_sub(*seen)) {
                    if *b != if *seen == 0 { 0x1f } else { 0x8b } {
                        return Err(bad("Error -3 while decompressing data: incorrect header check"));
                    }
                    *seen += 1;
                }
                d.write_all(data).and_then(|()| d.flush()).map_err(|e| zlib_error(&e))?;
                Ok(std::mem::take(d.get_mut()))
            }
            One::Deflate(zlib, raw, first) => {
                let was_first = std::mem::replace(first, false);
                if let Some(d) = zlib {
                    match d.write_all(data).and_then(|()| d.flush()) {
                        Ok(()) => return Ok(std::mem::take(d.get_mut())),
                        Err(e) if !was_first => return Err(zlib_error(&e)),
                        Err(_) => *zlib = None,
                    }
                }
                raw.write_all(data).and_then(|()| raw.flush()).map_err(|e| zlib_error(&e))?;
                Ok(std::mem::take(raw.get_mut()))
            }
            One::Brotli(d) => {
                d.write_all(data).and_then(|()| d.flush()).map_err(|_| bad("brotli: decoder process called with data when 'can_accept_more_data()' is False"))?;
                Ok(std::mem::take(d.get_mut()))
            }
            One::Zstd(all) => {
                all.extend_from_slice(data);
                Ok(Vec::new())
            }
        }
    }
    fn finish(&mut self) -> PyResult<Vec<u8>> {
        match self {
            One::Gzip(..) | One::Deflate(..) | One::Brotli(_) => Ok(Vec::new()),
            One::Zstd(all) if all.is_empty() => Ok(Vec::new()),
            One::Zstd(all) => {
                let mut out = Vec::new();
                let mut rest = all.as_slice();
                while !rest.is_empty() {
                    let mut frame = ruzstd::decoding::StreamingDecoder::new(&mut rest).map_err(|e| bad(&format!("zstd decompress error: {e}")))?;
                    frame.read_to_end(&mut out).map_err(|_| bad("Zstandard data is incomplete"))?;
                }
                Ok(out)
            }
        }
    }
}
impl Decoder {
    /// For the values of `Content-Encoding`, split at commas; unknown ones are passed over.
    pub fn new(names: &[String]) -> Decoder {
        Decoder(names.iter().rev().filter_map(|n| One::of(n.trim().to_lowercase().as_str())).collect())
    }
    pub fn is_identity(&self) -> bool {
        self.0.is_empty()
    }
    pub fn push(&mut self, data: &[u8]) -> PyResult<Vec<u8>> {
        let mut at = data.to_vec();
        for one in &mut self.0 {
            if at.is_empty() {
                break;
            }
            at = one.push(&at)?;
        }
        Ok(at)
    }
    pub fn finish(&mut self) -> PyResult<Vec<u8>> {
        let mut at = Vec::new();
        for one in &mut self.0 {
            let mut next = if at.is_empty() { Vec::new() } else { one.push(&at)? };
            next.extend(one.finish()?);
            at = next;
        }
        Ok(at)
    }
}

/// `codecs.getincrementaldecoder(encoding)(errors="replace")`.
pub struct TextDecoder {
    encoding: String,
    utf8: bool,
    tail: Vec<u8>,
}
impl TextDecoder {
    pub fn new(encoding: &str) -> TextDecoder {
        let plain = encoding.to_ascii_lowercase().replace('_', "-");
        TextDecoder { encoding: encoding.to_owned(), utf8: plain == "utf-8" || plain == "utf8", tail: Vec::new() }
    }
    pub fn push(&mut self, data: &[u8], end: bool) -> PyResult<String> {
        if !self.utf8 {
            let v = rtcore::types::str::encode::decode(&NONE, data, &self.encoding, "replace")?;
            return Ok(v.as_str().unwrap_or("").to_owned());
        }
        let mut all = std::mem::take(&mut self.tail);
        all.extend_from_slice(data);
        if !end {
            // The beginning of a character whose rest is still to come waits.
            let from = all.len().saturating_sub(3);
            let cut = (from..all.len()).find(|at| matches!(std::str::from_utf8(&all[*at..]), Err(e) if e.valid_up_to() == 0 && e.error_len().is_none()));
            if let Some(at) = cut {
                self.tail = all.split_off(at);
            }
        }
        Ok(String::from_utf8_lossy(&all).into_owned())
    }
}

/// `LineDecoder`.
#[derive(Default)]
pub struct Lines {
    buffer: String,
    has_buffer: bool,
    trailing_cr: bool,
}
fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{0b}' | '\u{0c}' | '\u{1c}' | '\u{1d}' | '\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
fn split_lines(text: &str) -> Vec<String> {
    let mut out = vec![];
    let mut line = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if is_newline(c) {
            if c == '\r' && chars.peek() == Some(&'\n') {
                chars.next();
            }
            out.push(std::mem::take(&mut line));
        } else {
            line.push(c);
        }
    }
    if !line.is_empty() {
        out.push(line);
    }
    out
}
impl Lines {
    pub fn push(&mut self, text: &str) -> Vec<String> {
        let mut text = text.to_owned();
        if std::mem::take(&mut self.trailing_cr) {
            text.insert(0, '\r');
        }
        if text.ends_with('\r') {
            self.trailing_cr = true;
            text.pop();
        }
        let Some(last) = text.chars().last() else { return vec![] };
        let ended = is_newline(last);
        let mut lines = split_lines(&text);
        if lines.len() == 1 && !ended {
            self.buffer.push_str(&lines.remove(0));
            self.has_buffer = true;
            return vec![];
        }
        if std::mem::take(&mut self.has_buffer)
            && let Some(first) = lines.first_mut()
        {
            first.insert_str(0, &std::mem::take(&mut self.buffer));
        }
        if !ended && let Some(rest) = lines.pop() {
            self.buffer = rest;
            self.has_buffer = true;
        }
        lines
    }
    pub fn finish(&mut self) -> Vec<String> {
        if !self.has_buffer && !self.trailing_cr {
            return vec![];
        }
        self.has_buffer = false;
        self.trailing_cr = false;
        vec![std::mem::take(&mut self.buffer)]
    }
}

/// `ByteChunker`.
pub struct ByteChunks {
    size: Option<usize>,
    buffer: Vec<u8>,
}
impl ByteChunks {
    pub fn new(size: Option<usize>) -> ByteChunks {
        ByteChunks { size: size.map(|n| n.max(1)), buffer: Vec::new() }
    }
    pub fn push(&mut self, data: Vec<u8>) -> Vec<Vec<u8>> {
        let Some(size) = self.size else { return if data.is_empty() { vec![] } else { vec![data] } };
        self.buffer.extend(data);
        let whole = self.buffer.len() / size * size;
        let rest = self.buffer.split_off(whole);
        std::mem::replace(&mut self.buffer, rest).chunks(size).map(<[u8]>::to_vec).collect()
    }
    pub fn finish(&mut self) -> Vec<Vec<u8>> {
        if self.buffer.is_empty() { vec![] } else { vec![std::mem::take(&mut self.buffer)] }
    }
}
/// `TextChunker`.
pub struct TextChunks {
    size: Option<usize>,
    buffer: Vec<char>,
}
impl TextChunks {
    pub fn new(size: Option<usize>) -> TextChunks {
        TextChunks { size: size.map(|n| n.max(1)), buffer: Vec::new() }
    }
    pub fn push(&mut self, text: String) -> Vec<String> {
        let Some(size) = self.size else { return if text.is_empty() { vec![] } else { vec![text] } };
        self.buffer.extend(text.chars());
        let whole = self.buffer.len() / size * size;
        let rest = self.buffer.split_off(whole);
        std::mem::replace(&mut self.buffer, rest).chunks(size).map(|c| c.iter().collect()).collect()
    }
    pub fn finish(&mut self) -> Vec<String> {
        if self.buffer.is_empty() { vec![] } else { vec![std::mem::take(&mut self.buffer).into_iter().collect()] }
    }
}
