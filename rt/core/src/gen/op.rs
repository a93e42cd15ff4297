//! Owns: calls, operators and attribute writes in the form generated code spells them.
//! Never: the protocols themselves.

use super::Arg;
use crate::error::{PyResult, type_error};
use crate::name::Name;
use crate::protocol::attr::{self, InlineCache};
use crate::protocol::{call as calls, iter, sequence};
use crate::types::dict;
use crate::value::Value;

pub use crate::protocol::attr::{getattr, setattr};
pub use crate::protocol::call::{call, call_method};
pub use crate::protocol::compare::{
    eq, eq_value, ge, ge_value, gt, gt_value, le, le_value, lt, lt_value, ne, ne_value,
};
pub use crate::protocol::instance::isinstance;
pub use crate::protocol::number::{
    add, and_, floordiv, iadd, iand, ifloordiv, ilshift, imatmul, imod, imul, invert, ior, ipow, irshift, isub, itruediv, ixor,
    lshift, matmul, mod_, mul, neg, or_, pos, pow, rshift, sub, truediv, xor,
};
pub use crate::protocol::repr::{repr, str_};
pub use crate::protocol::sequence::{delitem, getitem, setitem, truth};

fn names_of(names: &[&'static str]) -> Vec<Name> {
    names.iter().map(|n| Name::new(n)).collect()
}

/// `f(args…, names=…)`: the last values belong to the names.
pub fn call_kw(f: &Value, values: &[Value], names: &[&'static str]) -> PyResult {
    calls::call_kw(f, values, &names_of(names))
}
pub fn call_method_kw(v: &Value, name: &'static str, ic: &InlineCache, values: &[Value], names: &[&'static str]) -> PyResult {
    calls::call_method_cached(v, name, ic, values, &names_of(names))
}

/// What a callable is called in argument errors (CPython 3.13: Objects/object.c, `_PyObject_FunctionStr`).
fn function_text(f: &Value) -> String {
    let part = |name: &str| attr::lookup_optional(f, Name::new(name)).ok().flatten().and_then(|v| v.as_str().map(str::to_string));
    let Some(qualname) = part("__qualname__") else {
        return crate::protocol::repr::repr_string(f).unwrap_or_else(|r| {
            drop(crate::error::take(r));
            String::from("?")
        });
    };
    match part("__module__") {
        Some(m) if m != "builtins" => format!("{m}.{qualname}()"),
        _ => format!("{qualname}()"),
    }
}

/// Positional values, then keyword values, and the keywords' names.
pub(super) fn spread(f: Option<&Value>, args: &[Arg]) -> PyResult<(Vec<Value>, Vec<Name>)> {
    let mut values = vec![];
    let mut named: Vec<(Name, Value)> = vec![];
    let text = || f.map_or_else(|| "type object".to_string(), function_text);
    for a in args {
        match a {
            Arg::One(v) => values.push(v.clone()),
            Arg::Star(v) => {
                let iterable = attr::type_attr(v, Name::new("__iter__"))?.is_some()
                    || attr::type_attr(v, Name::new("__getitem__"))?.is_some();
                if !iterable {
                    return Err(type_error(format!(
                        "{} argument after * must be an iterable, not {}",
                        text(),
                        v.ty().full_name()
                    )));
                }
                values.extend(iter::collect(v)?);
            }
            Arg::Named(name, v) => named.push((Name::new(name), v.clone())),
            Arg::Unpack(v) => {
                if attr::type_attr(v, Name::new("keys"))?.is_none() {
                    return Err(type_error(format!(
                        "{} argument after ** must be a mapping, not {}",
                        text(),
                        v.ty().full_name()
                    )));
                }
                for (k, v) in dict::items_of(v)? {
                    let Some(name) = Name::of(&k).or_else(|| k.as_str().map(Name::new)) else {
                        return Err(type_error("keywords must be strings"));
                    };
                    if named.iter().any(|(n, _)| *n == name) {
                        return Err(type_error(format!("{} got multiple values for keyword argument '{name}'", text())));
                    }
                    named.push((name, v));
                }
            }
        }
    }
    let names = named.iter().map(|(n, _)| *n).collect();
    values.extend(named.into_iter().map(|(_, v)| v));
    Ok((values, names))
}

/// A call with `*` or `**`.
pub fn call_spread(f: &Value, args: &[Arg]) -> PyResult {
    let (values, names) = spread(Some(f), args)?;
    calls::call_kw(f, &values, &names)
}

pub fn delattr(v: &Value, name: &'static str) -> PyResult<()> {
    attr::delattr_name(v, Name::new(name))
}
/// `item in container`
pub fn is_in(item: &Value, container: &Value) -> PyResult<bool> {
    sequence::contains(container, item)
}
pub fn len(v: &Value) -> PyResult<i64> {
    sequence::len(v)
}
/// A bound of `range`: any object with `__index__`, within an i64.
pub fn index(v: &Value) -> PyResult<i64> {
    match v.as_inline_int() {
        Some(i) => Ok(i),
        None => sequence::as_index(v),
    }
}
