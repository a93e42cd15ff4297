//! Owns: the tests of `match` patterns. Never: binds names.
//! Source: CPython 3.13, Python/ceval.c (`match_class`, `_PyEval_MatchKeys`), Python/bytecodes.c.

use crate::error::{PyResult, type_error};
use crate::name::Name;
use crate::protocol::attr;
use crate::protocol::call::call_method_name;
use crate::protocol::{instance, iter, sequence};
use crate::types::class::{Type, TypeFlags};
use crate::types::dict::{self, Dict};
use crate::types::list::List;
use crate::types::tuple;
use crate::value::Value;

fn is_sequence(v: &Value) -> bool {
    v.ty().has_flag(TypeFlags::SEQUENCE)
}
fn is_mapping(v: &Value) -> bool {
    v.ty().has_flag(TypeFlags::MAPPING)
}

/// `[a, b]`: exactly so many items.
pub fn match_sequence<const N: usize>(v: &Value) -> PyResult<Option<[Value; N]>> {
    if !is_sequence(v) || sequence::len(v)? != N as i64 {
        return Ok(None);
    }
    Ok(items(v, 0, N)?.try_into().ok())
}
/// `[a, *rest, b]`
pub fn match_sequence_star<const B: usize, const A: usize>(v: &Value) -> PyResult<Option<([Value; B], Value, [Value; A])>> {
    if !is_sequence(v) || sequence::len(v)? < (B + A) as i64 {
        return Ok(None);
    }
    let mut all = iter::collect(v)?;
    let after: Vec<Value> = all.split_off(all.len().saturating_sub(A));
    let rest = List::value(all.split_off(B.min(all.len())));
    match (all.try_into(), after.try_into()) {
        (Ok(before), Ok(after)) => Ok(Some((before, rest, after))),
        _ => Ok(None),
    }
}
fn items(v: &Value, from: usize, to: usize) -> PyResult<Vec<Value>> {
    if let Some(l) = v.downcast_exact::<List>() {
        return Ok((from..to).filter_map(|i| l.get(i)).collect());
    }
    if tuple::is_tuple(v) {
        return Ok(tuple::items(v).get(from..to).unwrap_or(&[]).to_vec());
    }
    (from..to).map(|i| sequence::getitem(v, &Value::int(i as i64))).collect()
}

fn keys(v: &Value, keys: &[Value]) -> PyResult<Option<Vec<Value>>> {
    if !is_mapping(v) || sequence::len(v)? < keys.len() as i64 {
        return Ok(None);
    }
    let mut out = vec![];
    for (i, k) in keys.iter().enumerate() {
        for other in keys.get(..i).unwrap_or(&[]) {
            if crate::protocol::compare::eq(other, k)? {
                let shown = crate::protocol::repr::repr_string(k)?;
                return Err(crate::error::value_error(format!("mapping pattern checks duplicate key ({shown})")));
            }
        }
        let found = match v.downcast_exact::<Dict>() {
            Some(d) => d.get(k)?,
            None => {
                let missing = crate::types::object_::instance(&crate::types::object_::OBJECT);
                let got = call_method_name(v, Name::new("get"), &[k.clone(), missing.clone()])?;
                if got.is(&missing) { None } else { Some(got) }
            }
        };
        match found {
            Some(x) => out.push(x),
            None => return Ok(None),
        }
    }
    Ok(Some(out))
}
/// `{"k": v}`
pub fn match_keys<const N: usize>(v: &Value, wanted: &[Value; N]) -> PyResult<Option<[Value; N]>> {
    Ok(keys(v, wanted)?.and_then(|f| f.try_into().ok()))
}
/// `{"k": v, **rest}`
pub fn match_keys_rest<const N: usize>(v: &Value, wanted: &[Value; N]) -> PyResult<Option<([Value; N], Value)>> {
    let Some(found) = keys(v, wanted)? else { return Ok(None) };
    let rest = Dict::new_value();
    if let Some(d) = rest.downcast_exact::<Dict>() {
        for (k, v) in dict::items_of(v)? {
            let mut taken = false;
            for w in wanted {
                taken |= crate::protocol::compare::eq(w, &k)?;
            }
            if !taken {
                d.set(k, v)?;
            }
        }
    }
    Ok(found.try_into().ok().map(|f| (f, rest)))
}

/// `Class(a, b, name=c)`: the attributes in that order.
pub fn match_class<const N: usize>(v: &Value, class: &Value, names: &[&'static str]) -> PyResult<Option<[Value; N]>> {
    Ok(class_parts(v, class, N - names.len(), names)?.and_then(|p| p.try_into().ok()))
}
fn class_parts(v: &Value, class: &Value, positional: usize, names: &[&'static str]) -> PyResult<Option<Vec<Value>>> {
    let Some(ty) = class.as_type() else {
        return Err(type_error("called match pattern must be a class"));
    };
    if !instance::isinstance(v, class)? {
        return Ok(None);
    }
    let mut out = vec![];
    let mut seen: Vec<Name> = vec![];
    if positional > 0 {
        match attr::lookup_optional(class, Name::new("__match_args__"))? {
            Some(args) => {
                if !tuple::is_tuple(&args) {
                    return Err(type_error(format!(
                        "{}.__match_args__ must be a tuple (got {})",
                        ty.name(),
                        args.ty().full_name()
                    )));
                }
                let args = tuple::items(&args).to_vec();
                if positional > args.len() {
                    return Err(too_many(ty, args.len(), positional));
                }
                for a in args.iter().take(positional) {
                    let Some(text) = a.as_str() else {
                        return Err(type_error(format!("__match_args__ elements must be strings (got {})", a.ty().full_name())));
                    };
                    let name = Name::new(text);
                    if seen.contains(&name) {
                        return Err(duplicate(ty, name));
                    }
                    seen.push(name);
                    match attr::lookup_optional(v, name)? {
                        Some(x) => out.push(x),
                        None => return Ok(None),
                    }
                }
            }
            None if matches_self(ty) => {
                if positional > 1 {
                    return Err(too_many(ty, 1, positional));
                }
                out.push(v.clone());
            }
            None => return Err(too_many(ty, 0, positional)),
        }
    }
    for name in names {
        let name = Name::new(name);
        if seen.contains(&name) {
            return Err(duplicate(ty, name));
        }
        seen.push(name);
        match attr::lookup_optional(v, name)? {
            Some(x) => out.push(x),
            None => return Ok(None),
        }
    }
    Ok(Some(out))
}
fn too_many(ty: &'static Type, allowed: usize, given: usize) -> crate::error::Raised {
    let plural = if allowed == 1 { "" } else { "s" };
    type_error(format!("{}() accepts {allowed} positional sub-pattern{plural} ({given} given)", ty.name()))
}
fn duplicate(ty: &'static Type, name: Name) -> crate::error::Raised {
    type_error(format!("{}() got multiple sub-patterns for attribute '{name}'", ty.name()))
}
/// `int(x)` captures the value itself: these types and their subclasses.
fn matches_self(ty: &'static Type) -> bool {
    const SELF: &[&str] =
        &["bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"];
    ty.mro().iter().any(|t| t.is_static() && SELF.contains(&t.name()))
}
