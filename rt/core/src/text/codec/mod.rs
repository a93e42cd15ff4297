//! Owns: the encodings `str.encode` and `bytes.decode` know, and the standard error handlers.
//! CPython 3.13: Objects/unicodeobject.c, Python/codecs.c, Lib/encodings/aliases.py. Never: raises; a failure goes to
//! the caller's handler, which replaces the text or gives up with an error of its own.

mod charmap;
#[rustfmt::skip]
mod charmap_tables;
mod escape;
mod handler;
mod idna;
mod narrow;
mod utf8;
mod wide;

pub use charmap::Charmap;
pub use handler::Policy;
pub use utf8::complete_prefix as utf8_complete_prefix;

use crate::types::str::Str;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Little,
    Big,
    /// With a byte order mark.
    Marked,
}

#[derive(Clone, Copy)]
pub enum Codec {
    Utf8,
    Utf8Sig,
    Utf16(Order),
    Utf32(Order),
    Latin1,
    Ascii,
    UnicodeEscape,
    RawUnicodeEscape,
    Idna,
    Charmap(&'static Charmap),
}

/// What a UnicodeDecodeError or UnicodeEncodeError says. Places are bytes when decoding, code points when encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub encoding: &'static str,
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

/// What a handler puts in place of text that cannot be encoded.
#[derive(Clone, Debug)]
pub enum Replacement {
    Text(Str),
    Bytes(Vec<u8>),
}

/// Gives the replacement and where to go on, or an error that ends the work.
pub type OnDecode<'a, E> = &'a mut dyn FnMut(&Failure) -> Result<(Str, usize), E>;
pub type OnEncode<'a, E> = &'a mut dyn FnMut(&Failure) -> Result<(Replacement, usize), E>;

/// Lower case, with a hyphen for each run of what is neither a letter, a digit nor a point (`normalize_encoding`).
fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('-');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// The codec of that name, under any of its usual spellings.
pub fn lookup(name: &str) -> Option<Codec> {
    let name = normalize(name);
    Some(match name.as_str() {
        "utf-8" | "utf8" | "u8" | "utf" | "utf8-ucs2" | "utf8-ucs4" | "cp65001" => Codec::Utf8,
        "utf-8-sig" | "utf8-sig" => Codec::Utf8Sig,
        "utf-16" | "utf16" | "u16" => Codec::Utf16(Order::Marked),
        "utf-16-le" | "utf-16le" | "utf16-le" | "utf16le" | "unicodelittleunmarked" => Codec::Utf16(Order::Little),
        "utf-16-be" | "utf-16be" | "utf16-be" | "utf16be" | "unicodebigunmarked" => Codec::Utf16(Order::Big),
        "utf-32" | "utf32" | "u32" => Codec::Utf32(Order::Marked),
        "utf-32-le" | "utf-32le" | "utf32-le" | "utf32le" => Codec::Utf32(Order::Little),
        "utf-32-be" | "utf-32be" | "utf32-be" | "utf32be" => Codec::Utf32(Order::Big),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" | "latin" | "l1" | "iso-ir-100"
        | "iso-8859-1-1987" | "ibm819" | "csisolatin1" => Codec::Latin1,
        "ascii" | "us-ascii" | "646" | "us" | "ansi-x3.4-1968" | "ansi-x3-4-1968" | "iso646-us" | "cp367" | "ibm367"
        | "csascii" | "iso-ir-6" => Codec::Ascii,
        "unicode-escape" | "unicodeescape" => Codec::UnicodeEscape,
        "raw-unicode-escape" | "rawunicodeescape" => Codec::RawUnicodeEscape,
        "idna" => Codec::Idna,
        _ => return charmap::lookup(&name).map(Codec::Charmap),
    })
}

impl Codec {
    /// The name `codecs.lookup(…).name` shows.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Utf8 => "utf-8",
            Codec::Utf8Sig => "utf-8-sig",
            Codec::Utf16(Order::Marked) => "utf-16",
            Codec::Utf16(Order::Little) => "utf-16-le",
            Codec::Utf16(Order::Big) => "utf-16-be",
            Codec::Utf32(Order::Marked) => "utf-32",
            Codec::Utf32(Order::Little) => "utf-32-le",
            Codec::Utf32(Order::Big) => "utf-32-be",
            Codec::Latin1 => "iso8859-1",
            Codec::Ascii => "ascii",
            Codec::UnicodeEscape => "unicode-escape",
            Codec::RawUnicodeEscape => "raw-unicode-escape",
            Codec::Idna => "idna",
            Codec::Charmap(map) => map.name,
        }
    }

    /// What the places in a decoding failure count in: utf-8-sig takes the mark off first (Lib/encodings/utf_8_sig.py).
    pub fn body(self, bytes: &[u8]) -> &[u8] {
        match self {
            Codec::Utf8Sig => bytes.strip_prefix(&utf8::MARK).unwrap_or(bytes),
            Codec::Utf8
            | Codec::Utf16(_)
            | Codec::Utf32(_)
            | Codec::Latin1
            | Codec::Ascii
            | Codec::UnicodeEscape
            | Codec::RawUnicodeEscape
            | Codec::Idna
            | Codec::Charmap(_) => bytes,
        }
    }

    pub fn decode<E>(self, bytes: &[u8], on_error: OnDecode<'_, E>) -> Result<Str, E> {
        match self {
            Codec::Utf8 => utf8::decode(bytes, on_error),
            Codec::Utf8Sig => utf8::decode(self.body(bytes), on_error),
            Codec::Utf16(order) => wide::decode16(bytes, order, on_error),
            Codec::Utf32(order) => wide::decode32(bytes, order, on_error),
            Codec::Latin1 => Ok(narrow::decode_latin1(bytes)),
            Codec::Ascii => narrow::decode_ascii(bytes, on_error),
            Codec::UnicodeEscape => escape::decode(bytes, on_error),
            Codec::RawUnicodeEscape => escape::decode_raw(bytes, on_error),
            Codec::Idna => idna::decode(bytes, on_error),
            Codec::Charmap(map) => map.decode(bytes, on_error),
        }
    }

    pub fn encode<E>(self, text: &Str, on_error: OnEncode<'_, E>) -> Result<Vec<u8>, E> {
        match self {
            Codec::Utf8 => utf8::encode(text, on_error),
            Codec::Utf8Sig => {
                let mut out = utf8::MARK.to_vec();
                out.extend(utf8::encode(text, on_error)?);
                Ok(out)
            }
            Codec::Utf16(order) => wide::encode16(text, order, on_error),
            Codec::Utf32(order) => wide::encode32(text, order, on_error),
            Codec::Latin1 => narrow::encode(text, 256, on_error),
            Codec::Ascii => narrow::encode(text, 128, on_error),
            Codec::UnicodeEscape => Ok(escape::encode(text)),
            Codec::RawUnicodeEscape => Ok(escape::encode_raw(text)),
            Codec::Idna => idna::encode(text, on_error),
            Codec::Charmap(map) => map.encode(text, on_error),
        }
    }

    /// With a standard error handler; the failure comes back when it gives up.
    pub fn decode_with(self, bytes: &[u8], policy: Policy) -> Result<Str, Failure> {
        self.decode(bytes, &mut |f| policy.decode(f, self.body(bytes)).ok_or_else(|| f.clone()))
    }

    pub fn encode_with(self, text: &Str, policy: Policy) -> Result<Vec<u8>, Failure> {
        self.encode(text, &mut |f| policy.encode(f, text).ok_or_else(|| f.clone()))
    }
}
