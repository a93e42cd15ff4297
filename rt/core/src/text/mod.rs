//! Owns: pure text algorithms over `Str` and bytes. Never: a `Value`, an exception in flight, an object.

pub mod ascii;
pub mod case;
pub mod error;
pub mod escape;
pub mod format;
pub mod pad;
pub mod search;
pub mod split;
#[rustfmt::skip]
mod tables;
pub mod unicode;

/// Placeholder until the str type lands.
pub fn unicode_error_text(_encode: bool, _decode: bool, _fields: &[crate::value::Value]) -> crate::error::PyResult {
    Ok(crate::value::Value::str(""))
}
