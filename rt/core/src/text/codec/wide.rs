//! Owns: UTF-16 and UTF-32. Never: other encodings.

use super::narrow::encode_singly;
use super::{Failure, OnDecode, OnEncode, Order};
use crate::types::str::value::is_surrogate;
use crate::types::str::{Str, StrBuilder};

/// The byte order to use, and how many bytes a byte order mark takes.
fn order_of(bytes: &[u8], order: Order, unit: usize) -> (bool, usize) {
    let marks: [&[u8]; 2] = if unit == 2 { [&[0xFF, 0xFE], &[0xFE, 0xFF]] } else { [&[0xFF, 0xFE, 0, 0], &[0, 0, 0xFE, 0xFF]] };
    match order {
        Order::Little => (false, 0),
        Order::Big => (true, 0),
        Order::Marked if bytes.starts_with(marks[1]) => (true, unit),
        Order::Marked if bytes.starts_with(marks[0]) => (false, unit),
        Order::Marked => (cfg!(target_endian = "big"), 0),
    }
}

pub fn decode16<E>(bytes: &[u8], order: Order, on_error: OnDecode<'_, E>) -> Result<Str, E> {
    let (big, mut at) = order_of(bytes, order, 2);
    let encoding = if big { "utf-16-be" } else { "utf-16-le" };
    let unit = |at: usize| -> Option<u32> {
        let pair = bytes.get(at..at + 2)?;
        Some(if big { u16::from_be_bytes([pair[0], pair[1]]) } else { u16::from_le_bytes([pair[0], pair[1]]) }.into())
    };
    let mut out = StrBuilder::with_capacity(bytes.len());
    while at < bytes.len() {
        let (end, reason) = match unit(at) {
            None => (bytes.len(), "truncated data"),
            Some(c) if !is_surrogate(c) => {
                out.push(c);
                at += 2;
                continue;
            }
            Some(high) if high < 0xDC00 => match unit(at + 2) {
                Some(low @ 0xDC00..0xE000) => {
                    out.push(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
                    at += 4;
                    continue;
                }
                Some(_) => (at + 2, "illegal UTF-16 surrogate"),
                None => (bytes.len(), "unexpected end of data"),
            },
            Some(_) => (at + 2, "illegal encoding"),
        };
        let (text, next) = on_error(&Failure { encoding, start: at, end, reason })?;
        out.push_text(&text);
        at = next;
    }
    Ok(out.finish())
}

pub fn decode32<E>(bytes: &[u8], order: Order, on_error: OnDecode<'_, E>) -> Result<Str, E> {
    let (big, mut at) = order_of(bytes, order, 4);
    let encoding = if big { "utf-32-be" } else { "utf-32-le" };
    let mut out = StrBuilder::with_capacity(bytes.len());
    while at < bytes.len() {
        let unit = bytes.get(at..at + 4).and_then(|b| <[u8; 4]>::try_from(b).ok());
        let (end, reason) = match unit.map(|b| if big { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) }) {
            None => (bytes.len(), "truncated data"),
            Some(c) if is_surrogate(c) => (at + 4, "code point in surrogate code point range(0xd800, 0xe000)"),
            Some(c) if c >= 0x110000 => (at + 4, "code point not in range(0x110000)"),
            Some(c) => {
                out.push(c);
                at += 4;
                continue;
            }
        };
        let (text, next) = on_error(&Failure { encoding, start: at, end, reason })?;
        out.push_text(&text);
        at = next;
    }
    Ok(out.finish())
}

fn is_big(order: Order) -> bool {
    order == Order::Big || (order == Order::Marked && cfg!(target_endian = "big"))
}

pub fn encode16<E>(text: &Str, order: Order, on_error: OnEncode<'_, E>) -> Result<Vec<u8>, E> {
    let encoding = super::Codec::Utf16(order).name();
    let put_unit = |unit: u32, out: &mut Vec<u8>| {
        let unit = unit as u16;
        out.extend(if is_big(order) { unit.to_be_bytes() } else { unit.to_le_bytes() });
    };
    let mut out = Vec::new();
    if order == Order::Marked {
        put_unit(0xFEFF, &mut out);
    }
    out.extend(encode_singly(text, encoding, "surrogates not allowed", on_error, &|c, out| {
        if is_surrogate(c) {
            return false;
        }
        if c < 0x10000 {
            put_unit(c, out);
        } else {
            put_unit(0xD800 + ((c - 0x10000) >> 10), out);
            put_unit(0xDC00 + ((c - 0x10000) & 0x3FF), out);
        }
        true
    })?);
    Ok(out)
}

pub fn encode32<E>(text: &Str, order: Order, on_error: OnEncode<'_, E>) -> Result<Vec<u8>, E> {
    let encoding = super::Codec::Utf32(order).name();
    let put_unit = |unit: u32, out: &mut Vec<u8>| {
        out.extend(if is_big(order) { unit.to_be_bytes() } else { unit.to_le_bytes() });
    };
    let mut out = Vec::new();
    if order == Order::Marked {
        put_unit(0xFEFF, &mut out);
    }
    out.extend(encode_singly(text, encoding, "surrogates not allowed", on_error, &|c, out| {
        if is_surrogate(c) {
            return false;
        }
        put_unit(c, out);
        true
    })?);
    Ok(out)
}
