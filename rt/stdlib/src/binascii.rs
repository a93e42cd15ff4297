//! Owns: the module `binascii`: hexadecimal, base64, checksums. Never: quoted-printable and uuencode.
//! Source: CPython 3.13, Modules/binascii.c.

use rtcore::error::hierarchy::{BASE_EXCEPTION, EXCEPTION, Exception, VALUE_ERROR};
use rtcore::error::{Raised, raise, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::sequence::{index_value, truth};
use rtcore::protocol::call::call_method_name;
use rtcore::types::bytes::{self, buffer};
use rtcore::types::module::{NativeModule, set_str};

static ERROR_DEF: ClassDef = ClassDef::new::<Exception>("Error")
    .module("binascii")
    .like(&VALUE_ERROR, &BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
static ERROR: Type = Type::builtin(&ERROR_DEF);
static INCOMPLETE_DEF: ClassDef = ClassDef::new::<Exception>("Incomplete")
    .module("binascii")
    .like(&EXCEPTION, &BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
static INCOMPLETE: Type = Type::builtin(&INCOMPLETE_DEF);

fn fail(text: impl Into<String>) -> Raised {
    raise(&ERROR, text)
}

/// `ascii_buffer_converter`: bytes, a buffer, or text of ASCII.
fn ascii_arg(v: &Value) -> PyResult<Vec<u8>> {
    if let Some(s) = v.as_str_obj() {
        if !s.is_ascii() {
            return Err(value_error("string argument should contain only ASCII characters"));
        }
        return Ok(s.as_bytes().to_vec());
    }
    match buffer::bytes_of(v)? {
        Some(b) => Ok(b),
        None => {
            let got = v.ty().full_name();
            Err(type_error(format!("argument should be bytes, buffer or ASCII string, not '{got}'")))
        }
    }
}

fn hexlify(data: &Value, sep: &Value, group: &Value) -> PyResult {
    let plain = bytes::value(buffer::required(data)?.to_vec());
    let args = if sep.is_unbound() { vec![] } else { vec![sep.clone(), group.clone()] };
    let text = call_method_name(&plain, Name::new("hex"), &args)?;
    Ok(bytes::from_slice(text.as_str().unwrap_or("").as_bytes()))
}
fn unhexlify(text: &Value) -> PyResult {
    let text = ascii_arg(text)?;
    if text.len() % 2 != 0 {
        return Err(fail("Odd-length string"));
    }
    let digit = |b: u8| char::from(b).to_digit(16).ok_or_else(|| fail("Non-hexadecimal digit found"));
    let mut out = Vec::with_capacity(text.len() / 2);
    for pair in text.chunks_exact(2) {
        out.push((digit(pair[0])? * 16 + digit(pair[1])?) as u8);
    }
    Ok(bytes::value(out))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn b2a_base64(data: &Value, newline: &Value) -> PyResult {
    let newline = truth(newline)?;
    let data = buffer::required(data)?;
    let mut out = Vec::with_capacity(data.len().div_ceil(3) * 4 + 1);
    for chunk in data.chunks(3) {
        let word = chunk.iter().fold(0u32, |w, &b| (w << 8) | u32::from(b)) << (8 * (3 - chunk.len()));
        for k in 0..4 {
            let digit = ALPHABET[(word >> (18 - 6 * k)) as usize & 63];
            out.push(if k <= chunk.len() { digit } else { b'=' });
        }
    }
    if newline {
        out.push(b'\n');
    }
    Ok(bytes::value(out))
}

fn digit_of(b: u8) -> Option<u8> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

fn a2b_base64(text: &Value, strict: &Value) -> PyResult {
    let strict = truth(strict)?;
    let text = ascii_arg(text)?;
    if strict && text.first() == Some(&b'=') {
        return Err(fail("Leading padding not allowed"));
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut place, mut left, mut pads, mut padded) = (0u8, 0u8, 0u8, false);
    for (i, &b) in text.iter().enumerate() {
        if b == b'=' {
            padded = true;
            if strict && place == 0 {
                return Err(fail("Excess padding not allowed"));
            }
            if place >= 2 {
                pads += 1;
                if place + pads >= 4 {
                    if strict && i + 1 < text.len() {
                        return Err(fail("Excess data after padding"));
                    }
                    return Ok(bytes::value(out));
                }
            }
            continue;
        }
        let Some(digit) = digit_of(b) else {
            if strict {
                return Err(fail("Only base64 data is allowed"));
            }
            continue;
        };
        if strict && padded {
            return Err(fail("Discontinuous padding not allowed"));
        }
        pads = 0;
        match place {
            0 => left = digit,
            1 => {
                out.push((left << 2) | (digit >> 4));
                left = digit & 0x0F;
            }
            2 => {
                out.push((left << 4) | (digit >> 2));
                left = digit & 0x03;
            }
            _ => {
                out.push((left << 6) | digit);
                left = 0;
            }
        }
        place = (place + 1) % 4;
    }
    match place {
        0 => Ok(bytes::value(out)),
        1 => Err(fail(format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            out.len() / 3 * 4 + 1
        ))),
        _ => Err(fail("Incorrect padding")),
    }
}

/// The checksum so far, of any int: only the low bits count.
fn start(v: &Value) -> PyResult<u32> {
    let n = index_value(v)?;
    Ok(match rtcore::protocol::number::int_ref(&n) {
        Some(rtcore::num::IntRef::Small(n)) => n as u32,
        Some(rtcore::num::IntRef::Big(n)) => n.iter_u32_digits().next().unwrap_or(0),
        None => 0,
    })
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0u32; 256];
    let mut i = 0;
    while i < 256 {
        let mut c = i as u32;
        let mut k = 0;
        while k < 8 {
            c = if c & 1 != 0 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 };
            k += 1;
        }
        table[i] = c;
        i += 1;
    }
    table
};
fn crc32(data: &Value, value: &Value) -> PyResult {
    let start = !start(value)?;
    let crc = buffer::required(data)?.iter().fold(start, |c, &b| CRC_TABLE[usize::from(c as u8 ^ b)] ^ (c >> 8));
    Ok(Value::int((!crc).into()))
}
fn crc_hqx(data: &Value, value: &Value) -> PyResult {
    let mut crc = start(value)? as u16;
    for &b in buffer::required(data)?.iter() {
        crc ^= u16::from(b) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 != 0 { (crc << 1) ^ 0x1021 } else { crc << 1 };
        }
    }
    Ok(Value::int(crc.into()))
}

static FUNCTIONS: &[Method] = &[
    Method::new("hexlify(data, sep=..., bytes_per_sep=1)", F3(hexlify)),
    Method::new("b2a_hex(data, sep=..., bytes_per_sep=1)", F3(hexlify)),
    Method::new("unhexlify(hexstr, /)", F1(unhexlify)),
    Method::new("a2b_hex(hexstr, /)", F1(unhexlify)),
    Method::new("b2a_base64(data, /, *, newline=True)", F2(b2a_base64)),
    Method::new("a2b_base64(data, /, *, strict_mode=False)", F2(a2b_base64)),
    Method::new("crc32(data, crc=0, /)", F2(crc32)),
    Method::new("crc_hqx(data, crc, /)", F2(crc_hqx)),
];
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "Error", Value::of_type(&ERROR));
    set_str(m, "Incomplete", Value::of_type(&INCOMPLETE));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("binascii", FUNCTIONS, setup);
