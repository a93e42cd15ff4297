//! Owns: filter chains: dicts with `id` and options.
//! Never: compresses. Branch filters take no options here.
//! Source: CPython 3.13, Modules/_lzmamodule.c (lzma_filter_converter).

use crate::failed;
use liblzma::stream::{Filters, LzmaOptions, MatchFinder, Mode};
use rtcore::error::{PyResult, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::iter::collect;
use rtcore::protocol::sequence::as_index;
use rtcore::types::bytes::{self, buffer};
use rtcore::types::dict::Dict;

pub const LZMA1: i64 = 0x4000_0000_0000_0001;
pub const LZMA2: i64 = 0x21;

pub fn preset(n: u32) -> PyResult<LzmaOptions> {
    LzmaOptions::new_preset(n).map_err(|e| failed(&e))
}
fn field(spec: &Value, name: &str) -> PyResult<Option<i64>> {
    let Some(d) = spec.downcast::<Dict>() else {
        return Err(type_error("Filter specifier must be a dict or dict-like object"));
    };
    match d.get(&Value::str(name))? {
        Some(v) => as_index(&v).map(Some),
        None => Ok(None),
    }
}
fn id(spec: &Value) -> PyResult<i64> {
    field(spec, "id")?.ok_or_else(|| value_error("Filter specifier must have an \"id\" entry"))
}
fn options(spec: &Value) -> PyResult<LzmaOptions> {
    let mut o = preset(field(spec, "preset")?.unwrap_or(6) as u32)?;
    if let Some(n) = field(spec, "dict_size")? {
        o.dict_size(n as u32);
    }
    if let Some(n) = field(spec, "lc")? {
        o.literal_context_bits(n as u32);
    }
    if let Some(n) = field(spec, "lp")? {
        o.literal_position_bits(n as u32);
    }
    if let Some(n) = field(spec, "pb")? {
        o.position_bits(n as u32);
    }
    if let Some(n) = field(spec, "nice_len")? {
        o.nice_len(n as u32);
    }
    if let Some(n) = field(spec, "depth")? {
        o.depth(n as u32);
    }
    match field(spec, "mode")? {
        Some(1) => drop(o.mode(Mode::Fast)),
        Some(2) => drop(o.mode(Mode::Normal)),
        Some(_) | None => {}
    }
    let finder = match field(spec, "mf")? {
        Some(3) => Some(MatchFinder::HashChain3),
        Some(4) => Some(MatchFinder::HashChain4),
        Some(0x12) => Some(MatchFinder::BinaryTree2),
        Some(0x13) => Some(MatchFinder::BinaryTree3),
        Some(0x14) => Some(MatchFinder::BinaryTree4),
        Some(_) | None => None,
    };
    if let Some(f) = finder {
        o.match_finder(f);
    }
    Ok(o)
}
pub fn chain(specs: &Value) -> PyResult<Filters> {
    let mut filters = Filters::new();
    for spec in collect(specs)? {
        match id(&spec)? {
            LZMA1 => drop(filters.lzma1(&options(&spec)?)),
            LZMA2 => drop(filters.lzma2(&options(&spec)?)),
            4 => drop(filters.x86()),
            5 => drop(filters.powerpc()),
            6 => drop(filters.ia64()),
            7 => drop(filters.arm()),
            8 => drop(filters.arm_thumb()),
            9 => drop(filters.sparc()),
            3 => {
                let distance = field(&spec, "dist")?.unwrap_or(1);
                let properties = [(distance - 1) as u8];
                filters.delta_properties(&properties).map_err(|e| failed(&e))?;
            }
            other => return Err(value_error(format!("Invalid filter ID: {other}"))),
        }
    }
    Ok(filters)
}
/// The one filter of the old format.
pub fn alone(specs: &Value) -> PyResult<LzmaOptions> {
    match collect(specs)?.as_slice() {
        [spec] if id(spec)? == LZMA1 => options(spec),
        _ => Err(value_error("Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter")),
    }
}
/// LZMA1: `(pb * 5 + lp) * 9 + lc`, then the dictionary's size. What zip files need.
pub fn encode(spec: &Value) -> PyResult {
    let number = |name: &str, default: i64| -> PyResult<i64> { Ok(field(spec, name)?.unwrap_or(default)) };
    match id(spec)? {
        LZMA1 => {
            let (lc, lp, pb): (i64, i64, i64) = (number("lc", 3)?, number("lp", 0)?, number("pb", 2)?);
            let mut out = vec![((pb * 5 + lp) * 9 + lc) as u8];
            out.extend((number("dict_size", 8 << 20)? as u32).to_le_bytes());
            Ok(bytes::value(out))
        }
        other => Err(value_error(format!("filter {other} has no properties to encode here"))),
    }
}
pub fn decode(filter: &Value, encoded: &Value) -> PyResult {
    let encoded = buffer::required(encoded)?.to_vec();
    match (as_index(filter)?, encoded.as_slice()) {
        (LZMA1, [first, a, b, c, d]) => {
            let first = i64::from(*first);
            let size = u32::from_le_bytes([*a, *b, *c, *d]);
            Dict::from_items([
                (Value::str("id"), Value::int(LZMA1)),
                (Value::str("dict_size"), Value::int(size.into())),
                (Value::str("lc"), Value::int(first % 9)),
                (Value::str("lp"), Value::int(first / 9 % 5)),
                (Value::str("pb"), Value::int(first / 45)),
            ])
        }
        (other, _) => Err(value_error(format!("properties of filter {other} cannot be decoded here"))),
    }
}
