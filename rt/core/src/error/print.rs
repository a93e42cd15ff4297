//! Owns: printing exceptions. (placeholder)
use crate::methods::*;
pub fn unraisable(_exc: &Value, _message: &str, _object: &Value) {}
