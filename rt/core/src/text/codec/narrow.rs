//! Owns: ASCII, Latin-1 and the loop every encoder shares. Never: tables.

use super::{Failure, OnDecode, OnEncode, Replacement};
use crate::types::str::{Str, StrBuilder};

pub fn decode_latin1(bytes: &[u8]) -> Str {
    if bytes.is_ascii() { Str::from_ascii(bytes.to_vec()) } else { Str::from_code_points(bytes.iter().map(|&b| b.into())) }
}

pub fn decode_ascii<E>(bytes: &[u8], on_error: OnDecode<'_, E>) -> Result<Str, E> {
    let mut out = StrBuilder::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|b| b.is_ascii()).count();
        out.push_ascii(&bytes[at..at + run]);
        at += run;
        if at < bytes.len() {
            let failure = Failure { encoding: "ascii", start: at, end: at + 1, reason: "ordinal not in range(128)" };
            let (text, next) = on_error(&failure)?;
            out.push_text(&text);
            at = next;
        }
    }
    Ok(out.finish())
}

/// ASCII (`limit` 128) or Latin-1 (256).
pub fn encode<E>(text: &Str, limit: u32, on_error: OnEncode<'_, E>) -> Result<Vec<u8>, E> {
    if text.is_ascii() {
        return Ok(text.as_bytes().to_vec());
    }
    let (name, reason) =
        if limit == 128 { ("ascii", "ordinal not in range(128)") } else { ("latin-1", "ordinal not in range(256)") };
    encode_points(text, name, reason, on_error, &|c, out| {
        let fits = c < limit;
        if fits {
            out.push(c as u8);
        }
        fits
    })
}

/// Encodes code point by code point. `put` writes one or says that it cannot; a run of such ones is one failure. The
/// text of a replacement is encoded in turn, and what of it cannot be is the same failure again.
pub fn encode_points<E>(
    text: &Str,
    encoding: &'static str,
    reason: &'static str,
    on_error: OnEncode<'_, E>,
    put: &dyn Fn(u32, &mut Vec<u8>) -> bool,
) -> Result<Vec<u8>, E> {
    run(text, encoding, reason, on_error, put, true)
}

/// The same, where each code point that does not fit is a failure of its own.
pub fn encode_singly<E>(
    text: &Str,
    encoding: &'static str,
    reason: &'static str,
    on_error: OnEncode<'_, E>,
    put: &dyn Fn(u32, &mut Vec<u8>) -> bool,
) -> Result<Vec<u8>, E> {
    run(text, encoding, reason, on_error, put, false)
}

fn run<E>(
    text: &Str,
    encoding: &'static str,
    reason: &'static str,
    on_error: OnEncode<'_, E>,
    put: &dyn Fn(u32, &mut Vec<u8>) -> bool,
    together: bool,
) -> Result<Vec<u8>, E> {
    let points: Vec<u32> = text.chars().collect();
    let mut out = Vec::with_capacity(text.as_bytes().len());
    let mut at = 0;
    // A handler that answers a bad replacement with another bad one would go on for ever; CPython raises after one.
    let mut retried = None;
    while let Some(&c) = points.get(at) {
        if put(c, &mut out) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while together && points.get(end).is_some_and(|&c| !put(c, &mut Vec::new())) {
            end += 1;
        }
        let failure = Failure { encoding, start: at, end, reason };
        let (replacement, next) = on_error(&failure)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(bytes),
            Replacement::Text(text) => {
                let mark = out.len();
                if !text.chars().all(|c| put(c, &mut out)) {
                    out.truncate(mark);
                    if retried == Some(at) {
                        at = next.max(end);
                        continue;
                    }
                    retried = Some(at);
                    continue;
                }
            }
        }
        at = next;
    }
    Ok(out)
}
