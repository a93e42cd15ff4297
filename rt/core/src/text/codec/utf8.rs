//! Owns: UTF-8. Never: other encodings.

use super::{Failure, OnDecode, OnEncode};
use crate::types::str::{Str, StrBuilder};

pub const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];
const NAME: &str = "utf-8";

/// The length of the longest prefix that does not end inside a character (for incremental readers).
pub fn complete_prefix(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    match std::str::from_utf8(&bytes[tail..]) {
        Ok(_) => bytes.len(),
        Err(_) => {
            // Look for a leading byte near the end whose sequence is cut off.
            for back in 1..=bytes.len().min(3) {
                let at = bytes.len() - back;
                let byte = bytes[at];
                if byte & 0xC0 == 0x80 {
                    continue;
                }
                let cut = matches!(std::str::from_utf8(&bytes[at..]), Err(e) if e.error_len().is_none());
                return if cut { at } else { bytes.len() };
            }
            bytes.len()
        }
    }
}

pub fn decode<E>(bytes: &[u8], on_error: OnDecode<'_, E>) -> Result<Str, E> {
    if bytes.is_ascii() {
        return Ok(Str::from_ascii(bytes.to_vec()));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Str::from(text));
    }
    let mut out = StrBuilder::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let error = match std::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                break;
            }
            Err(error) => error,
        };
        let valid = error.valid_up_to();
        out.push_str(std::str::from_utf8(&rest[..valid]).unwrap_or(""));
        let start = at + valid;
        let (end, reason) = match error.error_len() {
            None => (bytes.len(), "unexpected end of data"),
            Some(_) if matches!(bytes[start], 0x80..0xC2 | 0xF5..) => (start + 1, "invalid start byte"),
            Some(len) => (start + len, "invalid continuation byte"),
        };
        let (text, next) = on_error(&Failure { encoding: NAME, start, end, reason })?;
        out.push_text(&text);
        at = next;
    }
    Ok(out.finish())
}

pub fn encode<E>(text: &Str, on_error: OnEncode<'_, E>) -> Result<Vec<u8>, E> {
    if !text.has_surrogates() {
        return Ok(text.as_bytes().to_vec());
    }
    super::narrow::encode_points(text, NAME, "surrogates not allowed", on_error, &|c, out| {
        if crate::types::str::value::is_surrogate(c) {
            return false;
        }
        crate::types::str::value::encode_into(c, out);
        true
    })
}
