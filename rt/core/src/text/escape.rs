//! Owns: `repr` and `ascii` of text and bytes. Never: decodes escapes (`codec`).

use super::unicode;
use crate::types::str::{Str, StrBuilder};
use std::fmt::Write;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// `repr(s)`.
pub fn repr(text: &Str) -> Str {
    quoted(text, unicode::is_printable)
}

/// `ascii(s)`.
pub fn ascii(text: &Str) -> Str {
    quoted(text, |c| (32..127).contains(&c))
}

fn quote_for(single: bool, double: bool) -> u8 {
    if single && !double { b'"' } else { b'\'' }
}

fn quoted(text: &Str, printable: impl Fn(u32) -> bool) -> Str {
    let bytes = text.as_bytes();
    let quote = quote_for(memchr::memchr(b'\'', bytes).is_some(), memchr::memchr(b'"', bytes).is_some());
    let mut out = StrBuilder::with_capacity(bytes.len() + 2);
    out.push(quote.into());
    for c in text.chars() {
        match c {
            0x5C => out.push_ascii(b"\\\\"),
            0x0A => out.push_ascii(b"\\n"),
            0x0D => out.push_ascii(b"\\r"),
            0x09 => out.push_ascii(b"\\t"),
            _ if c == u32::from(quote) => out.push_ascii(&[b'\\', quote]),
            _ if printable(c) => out.push(c),
            _ => push_escape(&mut out, c),
        }
    }
    out.push(quote.into());
    out.finish()
}

/// `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub fn push_escape(out: &mut StrBuilder, c: u32) {
    out.push_str(&escape(c));
}

pub fn escape(c: u32) -> String {
    match c {
        0..=0xFF => format!("\\x{c:02x}"),
        0x100..=0xFFFF => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

/// `repr(b)`.
pub fn repr_bytes(bytes: &[u8]) -> String {
    quoted_bytes(bytes, false)
}

/// What stands inside `bytearray(…)`: a single quote is escaped even between double ones (`bytearray_repr`).
pub fn repr_bytearray(bytes: &[u8]) -> String {
    quoted_bytes(bytes, true)
}

fn quoted_bytes(bytes: &[u8], escape_single: bool) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    out.push(quote.into());
    for &byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ if byte == quote || (escape_single && byte == b'\'') => {
                out.push('\\');
                out.push(byte.into());
            }
            32..127 => out.push(byte.into()),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote.into());
    out
}

/// `bytes.hex(sep, bytes_per_sep)`: positive groups count from the right, negative from the left.
pub fn hex(bytes: &[u8], sep: Option<u8>, group: i64) -> Vec<u8> {
    let size = usize::try_from(group.unsigned_abs()).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(bytes.len() * 3);
    for (i, &byte) in bytes.iter().enumerate() {
        let place = if group < 0 { i } else { bytes.len() - i };
        if let Some(sep) = sep {
            if i > 0 && size > 0 && place % size == 0 {
                out.push(sep);
            }
        }
        out.push(HEX[usize::from(byte >> 4)]);
        out.push(HEX[usize::from(byte & 15)]);
    }
    out
}

/// `bytes.fromhex`: the bytes, or the place of the first character that is not a hexadecimal digit.
pub fn from_hex(text: &Str) -> Result<Vec<u8>, usize> {
    let points: Vec<u32> = text.chars().collect();
    let digit = |i: usize| points.get(i).and_then(|&c| char::from_u32(c)).and_then(|c| c.to_digit(16));
    let mut out = Vec::with_capacity(points.len() / 2);
    let mut i = 0;
    while i < points.len() {
        if matches!(points[i], 9..=13 | 32) {
            i += 1;
            continue;
        }
        let high = digit(i).ok_or(i)?;
        let low = digit(i + 1).ok_or(i + 1)?;
        out.push((high * 16 + low) as u8);
        i += 2;
    }
    Ok(out)
}
