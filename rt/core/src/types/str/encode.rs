//! Owns: `str.encode`, `bytes.decode` and their exceptions; the registry of error handlers. Never: the codecs
//! themselves (`text::codec`).

use super::{me, value};
use crate::error::{self, hierarchy, index_error, lookup_error, type_error};
use crate::gil::{Gil, GilRefCell};
use crate::methods::*;
use crate::protocol::call::call;
use crate::protocol::sequence::as_size;
use crate::text::codec::{self, Codec, Failure, Policy, Replacement};
use crate::types::str::Str;
use crate::types::{bytes, tuple};
use std::cell::RefCell;

/// Handlers that `codecs.register_error` has added.
static HANDLERS: GilRefCell<Vec<(String, Value)>> = Gil::new(RefCell::new(Vec::new()));

pub fn register_error(name: &str, handler: Value) {
    let mut all = HANDLERS.borrow_mut();
    let old = all.iter().position(|(n, _)| n == name).map(|i| all.remove(i));
    all.push((name.to_owned(), handler));
    drop(all);
    drop(old);
}
pub fn registered(name: &str) -> Option<Value> {
    HANDLERS.borrow().iter().find(|(n, _)| n == name).map(|(_, h)| h.clone())
}

enum Handler {
    Standard(Policy),
    Registered(Value),
}

/// Looked up only when something fails, as CPython does.
fn handler(name: &str) -> PyResult<Handler> {
    if let Some(h) = registered(name) {
        return Ok(Handler::Registered(h));
    }
    match Policy::of(name) {
        Some(p) => Ok(Handler::Standard(p)),
        None => Err(lookup_error(format!("unknown error handler name '{name}'"))),
    }
}

pub fn lookup(encoding: &str) -> PyResult<Codec> {
    codec::lookup(encoding).ok_or_else(|| lookup_error(format!("unknown encoding: {encoding}")))
}

/// A UnicodeDecodeError or UnicodeEncodeError.
pub fn failure(ty: &'static Type, object: Value, f: &Failure) -> Value {
    let args = vec![Value::str(f.encoding), object, f.start.into(), f.end.into(), Value::str(f.reason)];
    hierarchy::with_args(ty, args)
}

/// What a registered handler answered: the replacement and the place to go on.
fn answer(handler: &Value, exc: Value, len: usize, text_only: bool) -> PyResult<(Value, usize)> {
    let answer = call(handler, &[exc])?;
    let shape = || {
        type_error(if text_only {
            "decoding error handler must return (str, int) tuple"
        } else {
            "encoding error handler must return (str/bytes, int) tuple"
        })
    };
    let [replacement, place] = tuple::items(&answer) else { return Err(shape()) };
    let known = replacement.as_str_obj().is_some() || (!text_only && bytes::as_bytes(replacement).is_some());
    if !known {
        return Err(shape());
    }
    let place = as_size(place)?;
    let at = if place < 0 { place + len as i64 } else { place };
    if at < 0 || at > len as i64 {
        return Err(index_error(format!("position {place} from error handler out of bounds")));
    }
    Ok((replacement.clone(), at as usize))
}

/// Text from bytes; `object` is what the exception shows.
pub fn decode(object: &Value, input: &[u8], encoding: &str, errors: &str) -> PyResult {
    if input.is_empty() {
        // Not even the name is looked up.
        return Ok(super::empty());
    }
    let codec = lookup(encoding)?;
    let body = codec.body(input);
    let text = codec.decode(input, &mut |f: &Failure| {
        let exc = || {
            let shown = if body.len() == input.len() && bytes::is_exact_bytes(object) { object.clone() } else { bytes::value(body.to_vec()) };
            failure(&hierarchy::UNICODE_DECODE_ERROR, shown, f)
        };
        match handler(errors)? {
            Handler::Standard(policy) => match policy.decode(f, body) {
                Some(done) => Ok(done),
                None if policy == Policy::XmlCharRefReplace => {
                    Err(type_error("don't know how to handle UnicodeDecodeError in error callback"))
                }
                None => Err(error::raise_value(exc())),
            },
            Handler::Registered(h) => {
                let (text, at) = answer(&h, exc(), body.len(), true)?;
                Ok((me(&text)?.clone(), at))
            }
        }
    })?;
    Ok(value(text))
}

/// Bytes from text.
pub fn encode(v: &Value, encoding: &str, errors: &str) -> PyResult<Vec<u8>> {
    let s = me(v)?;
    encode_text(s, || v.clone(), encoding, errors)
}

/// The same for text that is not a value yet.
pub fn encode_text(s: &Str, object: impl Fn() -> Value, encoding: &str, errors: &str) -> PyResult<Vec<u8>> {
    if matches!(encoding, "utf-8" | "utf8") && !s.has_surrogates() {
        return Ok(s.as_bytes().to_vec());
    }
    lookup(encoding)?.encode(s, &mut |f: &Failure| {
        let exc = || failure(&hierarchy::UNICODE_ENCODE_ERROR, object(), f);
        match handler(errors)? {
            Handler::Standard(policy) => match policy.encode(f, s) {
                Some(done) => Ok(done),
                None => Err(error::raise_value(exc())),
            },
            Handler::Registered(h) => {
                let (replacement, at) = answer(&h, exc(), s.char_len(), false)?;
                Ok(match bytes::as_bytes(&replacement) {
                    Some(b) => (Replacement::Bytes(b.to_vec()), at),
                    None => (Replacement::Text(me(&replacement)?.clone()), at),
                })
            }
        }
    })
}

/// The encoding and errors arguments of `encode` and `decode`.
pub(crate) fn name_arg<'a>(v: &'a Value, method: &str, what: &str) -> PyResult<std::borrow::Cow<'a, str>> {
    match v.as_str_obj() {
        Some(s) => Ok(s.as_str().map_or_else(|| s.to_string_lossy().into(), Into::into)),
        None => Err(type_error(format!("{method}() argument '{what}' must be str, not {}", super::methods::shown_type(v)))),
    }
}

pub fn str_encode(v: &Value, encoding: &Value, errors: &Value) -> PyResult {
    let encoding = name_arg(encoding, "encode", "encoding")?;
    let errors = name_arg(errors, "encode", "errors")?;
    Ok(bytes::value(encode(v, &encoding, &errors)?))
}

/// `str(exc)` of the Unicode errors. `fields` are encoding, object, start, end, reason (no encoding when translating).
/// CPython 3.13: Objects/exceptions.c, UnicodeEncodeError_str and its siblings.
pub fn error_text(is_encode: bool, is_decode: bool, fields: &[Value]) -> PyResult {
    let text = |v: &Value| v.as_str_obj().map_or_else(String::new, Str::to_string_lossy);
    let int = |v: &Value| v.as_inline_int().unwrap_or(0);
    let (encoding, rest) = if is_encode || is_decode { (fields.first().map(text), fields.get(1..)) } else { (None, Some(fields)) };
    let Some([object, start, end, reason, ..]) = rest else { return Ok(super::empty()) };
    let (start, end, reason) = (int(start), int(end), text(reason));
    let encoding = encoding.unwrap_or_default();
    let verb = if is_encode { "encode" } else if is_decode { "decode" } else { "translate" };
    let who = if is_encode || is_decode { format!("'{encoding}' codec can't {verb}") } else { "can't translate".to_owned() };
    let single = end == start + 1;
    let shown = if is_decode {
        let byte = usize::try_from(start).ok().and_then(|at| bytes::as_bytes(object).and_then(|b| b.get(at).copied()));
        match byte {
            Some(byte) if single => format!("byte 0x{byte:02x} in position {start}"),
            _ => format!("bytes in position {start}-{}", end - 1),
        }
    } else {
        let point = object.as_str_obj().filter(|s| start >= 0 && (start as usize) < s.char_len()).map(|s| s.char_at(start as usize));
        match point {
            Some(point) if single => format!("character '{}' in position {start}", crate::text::escape::escape(point)),
            _ => format!("characters in position {start}-{}", end - 1),
        }
    };
    Ok(Value::string(format!("{who} {shown}: {reason}")))
}
