//! Owns: `str.translate` and `str.maketrans`. Never: tables of bytes.

use super::methods::str_arg;
use super::{StrBuilder, me, value};
use crate::error::{self, hierarchy, type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence;
use crate::types::dict::{self, Dict};

pub fn translate(v: &Value, table: &Value) -> PyResult {
    let s = me(v)?;
    let mut out = StrBuilder::with_capacity(s.as_bytes().len());
    for c in s.chars() {
        let to = match sequence::getitem(table, &Value::int(c.into())) {
            Ok(to) => to,
            Err(raised) if error::matches(&raised, &hierarchy::LOOKUP_ERROR) => {
                drop(error::take(raised));
                out.push(c);
                continue;
            }
            Err(raised) => return Err(raised),
        };
        if to.is_none() {
            continue;
        }
        if let Some(text) = to.as_str_obj() {
            out.push_text(text);
            continue;
        }
        if !to.ty().is_subtype(&crate::types::int::INT) {
            return Err(type_error("character mapping must return integer, None or str"));
        }
        match sequence::index_value(&to)?.as_inline_int().and_then(|n| u32::try_from(n).ok()) {
            Some(point) if point < 0x110000 => out.push(point),
            _ => return Err(value_error("character mapping must be in range(0x110000)")),
        }
    }
    Ok(value(out.finish()))
}

pub fn maketrans(x: &Value, y: &Value, z: &Value) -> PyResult {
    let table = Dict::new_value();
    let Some(entries) = table.downcast::<Dict>() else { return Ok(table) };
    if y.is_unbound() {
        if !x.ty().is_subtype(&dict::DICT) {
            return Err(type_error("if you give only one argument to maketrans it must be a dict"));
        }
        for (key, to) in dict::items_of(x)? {
            if let Some(text) = key.as_str_obj() {
                if text.char_len() != 1 {
                    return Err(value_error("string keys in translate table must be of length 1"));
                }
                entries.set(Value::int(text.char_at(0).into()), to)?;
            } else if key.ty().is_subtype(&crate::types::int::INT) {
                entries.set(key, to)?;
            } else {
                return Err(type_error("keys in translate table must be strings or integers"));
            }
        }
        return Ok(table.clone());
    }
    let to = str_arg(y, "maketrans() argument 2")?;
    let Some(from) = x.as_str_obj() else {
        return Err(type_error("first maketrans argument must be a string if there is a second argument"));
    };
    if from.char_len() != to.char_len() {
        return Err(value_error("the first two maketrans arguments must have equal length"));
    }
    for (a, b) in from.chars().zip(to.chars()) {
        entries.set(Value::int(a.into()), Value::int(b.into()))?;
    }
    if !z.is_unbound() {
        for c in str_arg(z, "maketrans() argument 3")?.chars() {
            entries.set(Value::int(c.into()), NONE)?;
        }
    }
    Ok(table.clone())
}
