//! Owns: `str(…)`. Never: what `str(x)` means for other types (`protocol::repr`).

use super::{Str, encode, me};
use crate::error::type_error;
use crate::methods::*;
use crate::protocol::repr;
use crate::types::bytes::buffer;

/// `str(object='', encoding='utf-8', errors='strict')`, called with the class first.
pub fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let positional = &all[..all.len() - kw.len()];
    let Some(ty) = positional.first().and_then(Value::as_type) else {
        return Err(type_error("str.__new__(X): X is not a type object"));
    };
    let given = &positional[1..];
    if given.len() > 3 {
        return Err(type_error(format!("str expected at most 3 arguments, got {}", given.len())));
    }
    let mut args = [UNBOUND, UNBOUND, UNBOUND];
    args[..given.len()].clone_from_slice(given);
    for (name, v) in kw.iter().zip(&all[positional.len()..]) {
        let Some(at) = ["object", "encoding", "errors"].iter().position(|n| *n == name.as_str()) else {
            return Err(type_error(format!("str() got an unexpected keyword argument '{name}'")));
        };
        if !args[at].is_unbound() {
            return Err(type_error(format!("argument for str() given by name ('{name}') and position ({})", at + 1)));
        }
        args[at] = v.clone();
    }
    let [object, encoding, errors] = args;
    let text = if object.is_unbound() {
        super::empty()
    } else if encoding.is_unbound() && errors.is_unbound() {
        repr::str_(&object)?
    } else {
        let name = |v: &Value, what: &str| -> PyResult<Option<String>> {
            if v.is_unbound() {
                return Ok(None);
            }
            let Some(text) = v.as_str_obj() else {
                return Err(type_error(format!("str() argument '{what}' must be str, not {}", super::methods::shown_type(v))));
            };
            Ok(Some(text.to_string_lossy()))
        };
        let (encoding, errors) = (name(&encoding, "encoding")?, name(&errors, "errors")?);
        if object.as_str_obj().is_some() {
            return Err(type_error("decoding str is not supported"));
        }
        let Some(bytes) = buffer::bytes_of(&object)? else {
            let got = object.ty().full_name();
            return Err(type_error(format!("decoding to str: need a bytes-like object, {got} found")));
        };
        encode::decode(&object, &bytes, encoding.as_deref().unwrap_or("utf-8"), errors.as_deref().unwrap_or("strict"))?
    };
    if std::ptr::eq(ty, &super::STR) {
        return Ok(text);
    }
    if !ty.is_subtype(&super::STR) {
        return Err(type_error(format!("str.__new__({0}): {0} is not a subtype of str", ty.name())));
    }
    Ok(object::new::<Str>(ty, me(&text)?.clone()))
}
