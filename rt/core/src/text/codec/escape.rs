//! Owns: the encodings unicode_escape and raw_unicode_escape. Never: `repr`.

use super::{Failure, OnDecode};
use crate::text::escape::escape as hex_escape;
use crate::types::str::{Str, StrBuilder};

const NAME: &str = "unicodeescape";
const RAW_NAME: &str = "rawunicodeescape";

pub fn encode(text: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.as_bytes().len());
    for c in text.chars() {
        match c {
            0x5C => out.extend(b"\\\\"),
            0x09 => out.extend(b"\\t"),
            0x0A => out.extend(b"\\n"),
            0x0D => out.extend(b"\\r"),
            32..127 => out.push(c as u8),
            _ => out.extend(hex_escape(c).into_bytes()),
        }
    }
    out
}

pub fn encode_raw(text: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.as_bytes().len());
    for c in text.chars() {
        match c {
            0..256 => out.push(c as u8),
            _ => out.extend(hex_escape(c).into_bytes()),
        }
    }
    out
}

/// Up to `digits` hexadecimal digits at `at`: their value and how many there were.
fn hex(bytes: &[u8], at: usize, digits: usize) -> (u32, usize) {
    let mut value = 0;
    let mut count = 0;
    while count < digits {
        let Some(digit) = bytes.get(at + count).and_then(|&b| char::from(b).to_digit(16)) else { break };
        value = value * 16 + digit;
        count += 1;
    }
    (value, count)
}

pub fn decode<E>(bytes: &[u8], on_error: OnDecode<'_, E>) -> Result<Str, E> {
    let mut out = StrBuilder::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\\' {
            out.push(byte.into());
            at += 1;
            continue;
        }
        let start = at;
        let Some(&letter) = bytes.get(at + 1) else {
            let failure = Failure { encoding: NAME, start, end: bytes.len(), reason: "\\ at end of string" };
            let (text, next) = on_error(&failure)?;
            out.push_text(&text);
            at = next;
            continue;
        };
        at += 2;
        let simple = match letter {
            b'\n' => continue,
            b'\\' | b'\'' | b'"' => letter,
            b'b' => 8,
            b'f' => 12,
            b't' => 9,
            b'n' => 10,
            b'r' => 13,
            b'v' => 11,
            b'a' => 7,
            _ => 0,
        };
        if simple != 0 {
            out.push(simple.into());
            continue;
        }
        let (digits, reason) = match letter {
            b'0'..=b'7' => {
                let mut value = u32::from(letter - b'0');
                for _ in 0..2 {
                    let Some(&d @ b'0'..=b'7') = bytes.get(at) else { break };
                    value = value * 8 + u32::from(d - b'0');
                    at += 1;
                }
                out.push(value);
                continue;
            }
            b'x' => (2, "truncated \\xXX escape"),
            b'u' => (4, "truncated \\uXXXX escape"),
            b'U' => (8, "truncated \\UXXXXXXXX escape"),
            b'N' => (0, "malformed \\N character escape"),
            _ => {
                // An unknown escape stays as it is.
                out.push('\\'.into());
                out.push(letter.into());
                continue;
            }
        };
        let (value, count) = hex(bytes, at, digits);
        let failure = if count < digits || digits == 0 {
            Failure { encoding: NAME, start, end: at + count, reason }
        } else if value > 0x10FFFF {
            Failure { encoding: NAME, start, end: at + count, reason: "illegal Unicode character" }
        } else {
            out.push(value);
            at += count;
            continue;
        };
        let (text, next) = on_error(&failure)?;
        out.push_text(&text);
        at = next;
    }
    Ok(out.finish())
}

pub fn decode_raw<E>(bytes: &[u8], on_error: OnDecode<'_, E>) -> Result<Str, E> {
    let mut out = StrBuilder::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = match (byte, bytes.get(at + 1)) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            (b'\\', Some(&other)) => {
                out.push(byte.into());
                out.push(other.into());
                at += 2;
                continue;
            }
            _ => {
                out.push(byte.into());
                at += 1;
                continue;
            }
        };
        let (value, count) = hex(bytes, at + 2, digits);
        let reason = match (count == digits, value > 0x10FFFF) {
            (false, _) if digits == 4 => "truncated \\uXXXX escape",
            (false, _) => "truncated \\UXXXXXXXX escape",
            (true, true) => "\\Uxxxxxxxx out of range",
            (true, false) => {
                out.push(value);
                at += 2 + count;
                continue;
            }
        };
        let (text, next) = on_error(&Failure { encoding: RAW_NAME, start: at, end: at + 2 + count, reason })?;
        out.push_text(&text);
        at = next;
    }
    Ok(out.finish())
}
