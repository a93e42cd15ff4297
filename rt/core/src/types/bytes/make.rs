//! Owns: `bytes(…)` and `bytearray(…)`, and text from and to bytes (hex, decode). Never: codecs.

use super::{BYTES, Bytes, as_bytes, buffer, me, value};
use crate::error::{self, hierarchy, type_error, value_error};
use crate::methods::*;
use crate::protocol::call::{call, try_special};
use crate::protocol::{iter, sequence};
use crate::text::escape;
use crate::types::class::special::Special;
use crate::types::str::encode::{self, name_arg};

/// The arguments `source`, `encoding` and `errors` of the constructor called `who`.
pub fn constructor_args(who: &str, given: &[Value], kw: &[Name], kw_values: &[Value]) -> PyResult<[Value; 3]> {
    if given.len() + kw.len() > 3 {
        return Err(type_error(format!("{who}() takes at most 3 arguments ({} given)", given.len() + kw.len())));
    }
    let mut args = [UNBOUND, UNBOUND, UNBOUND];
    args[..given.len()].clone_from_slice(given);
    for (name, v) in kw.iter().zip(kw_values) {
        let Some(at) = ["source", "encoding", "errors"].iter().position(|n| *n == name.as_str()) else {
            return Err(type_error(format!("{who}() got an unexpected keyword argument '{name}'")));
        };
        if !args[at].is_unbound() {
            return Err(type_error(format!("argument for {who}() given by name ('{name}') and position ({})", at + 1)));
        }
        args[at] = v.clone();
    }
    Ok(args)
}

/// The bytes that the constructor's arguments stand for.
pub fn contents(who: &str, args: &[Value; 3]) -> PyResult<Vec<u8>> {
    let [source, encoding, errors] = args;
    let name = |v: &Value, what: &str| -> PyResult<Option<String>> {
        if v.is_unbound() { Ok(None) } else { name_arg(v, who, what).map(|s| Some(s.into_owned())) }
    };
    let (encoding, errors) = (name(encoding, "encoding")?, name(errors, "errors")?);
    let needs_string = |what: &str| Err(type_error(format!("{what} without a string argument")));
    if let Some(text) = source.as_str_obj() {
        let Some(encoding) = encoding else { return Err(type_error("string argument without an encoding")) };
        return encode::encode_text(text, || source.clone(), &encoding, errors.as_deref().unwrap_or("strict"));
    }
    if encoding.is_some() {
        return needs_string("encoding");
    }
    if errors.is_some() {
        return needs_string("errors");
    }
    if source.is_unbound() {
        return Ok(Vec::new());
    }
    if who == "bytes" {
        if let Some(r) = try_special(source, Special::Bytes, &[]) {
            let r = r?;
            return match r.downcast::<Bytes>() {
                Some(b) => Ok(b.data().to_vec()),
                None => Err(type_error(format!("__bytes__ returned non-bytes (type {})", r.ty().full_name()))),
            };
        }
    }
    if sequence::is_index(source) {
        match sequence::as_size(source) {
            Ok(n) if n < 0 => return Err(value_error("negative count")),
            Ok(n) if n > 1 << 46 => return Err(error::memory_error("")),
            Ok(n) => return Ok(vec![0; n as usize]),
            // An `__index__` that is of no use: the object may be iterable.
            Err(raised) if error::matches(&raised, &hierarchy::TYPE_ERROR) => drop(error::take(raised)),
            Err(raised) => return Err(raised),
        }
    }
    if let Some(b) = buffer::bytes_of(source)? {
        return Ok(b);
    }
    let range = if who == "bytes" { "bytes must be in range(0, 256)" } else { "byte must be in range(0, 256)" };
    let it = iter::iter(source).map_err(|raised| {
        if error::matches(&raised, &hierarchy::TYPE_ERROR) {
            drop(error::take(raised));
            return type_error(format!("cannot convert '{}' object to {who}", source.ty().full_name()));
        }
        raised
    })?;
    collect(&it, range)
}

/// The items of an iterator as bytes.
pub fn collect(it: &Value, range: &str) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    while let Some(item) = iter::next(it)? {
        out.push(byte(&item, range)?);
    }
    Ok(out)
}

/// One item as a byte; `range` is the message when it does not fit.
pub fn byte(v: &Value, range: &str) -> PyResult<u8> {
    let n = match v.as_inline_int() {
        Some(n) => Some(n),
        None => sequence::index_value(v)?.as_inline_int(),
    };
    n.and_then(|n| u8::try_from(n).ok()).ok_or_else(|| value_error(range))
}

pub fn new_bytes(all: &[Value], kw: &[Name]) -> PyResult {
    let positional = &all[..all.len() - kw.len()];
    let Some(ty) = positional.first().and_then(Value::as_type) else {
        return Err(type_error("bytes.__new__(X): X is not a type object"));
    };
    let args = constructor_args("bytes", &positional[1..], kw, &all[positional.len()..])?;
    if std::ptr::eq(ty, &BYTES) && args[1].is_unbound() && args[2].is_unbound() && super::is_exact_bytes(&args[0]) {
        return Ok(args[0].clone());
    }
    let data = contents("bytes", &args)?;
    if !ty.is_subtype(&BYTES) {
        return Err(type_error(format!("bytes.__new__({0}): {0} is not a subtype of bytes", ty.name())));
    }
    Ok(object::new(ty, Bytes::new(data)))
}

pub fn decode(v: &Value, encoding: &Value, errors: &Value) -> PyResult {
    let encoding = name_arg(encoding, "decode", "encoding")?;
    let errors = name_arg(errors, "decode", "errors")?;
    if let Some(b) = v.downcast::<Bytes>() {
        return encode::decode(v, b.data(), &encoding, &errors);
    }
    // A handler may change a bytearray while it is read.
    let data = me(v)?.to_vec();
    encode::decode(v, &data, &encoding, &errors)
}

/// `hex(sep, bytes_per_sep)` of any bytes.
pub fn hex_text(data: &[u8], sep: &Value, group: &Value) -> PyResult {
    let sep = if sep.is_unbound() {
        None
    } else {
        if sequence::len(sep)? != 1 {
            return Err(value_error("sep must be length 1."));
        }
        if let Some(s) = sep.as_str_obj() {
            if !s.is_ascii() {
                return Err(value_error("sep must be ASCII."));
            }
            s.as_bytes().first().copied()
        } else {
            match as_bytes(sep).and_then(|b| b.first().copied()) {
                Some(byte) if byte < 128 => Some(byte),
                Some(_) => return Err(value_error("sep must be ASCII.")),
                None => return Err(type_error("sep must be str or bytes.")),
            }
        }
    };
    let group = sequence::as_ssize_arg(group)?;
    Ok(crate::types::str::value(crate::types::str::Str::from_ascii(escape::hex(data, sep, group))))
}
pub fn hex(v: &Value, sep: &Value, group: &Value) -> PyResult {
    let data = me(v)?.to_vec();
    hex_text(&data, sep, group)
}

pub fn fromhex(cls: &Value, text: &Value) -> PyResult {
    let Some(text) = text.as_str_obj() else {
        return Err(type_error(format!("fromhex() argument must be str, not {}", crate::types::str::methods::shown_type(text))));
    };
    let data = escape::from_hex(text).map_err(|at| {
        value_error(format!("non-hexadecimal number found in fromhex() arg at position {at}"))
    })?;
    let is = |t: &'static Type| cls.is_type(t);
    if is(&BYTES) {
        return Ok(value(data));
    }
    if is(&super::BYTEARRAY) {
        return Ok(super::bytearray::value(data));
    }
    call(cls, &[value(data)])
}
