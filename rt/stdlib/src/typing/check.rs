//! Owns: the small shared checks: what may be an argument, how arguments are shown, which parameters they hold.
//! Never: makes aliases.
//! Source: CPython 3.13, Lib/typing.py (`_type_check`, `_type_repr`, `_collect_type_parameters`).

use super::alias::{self, Kind, TAlias};
use super::hints::forward_ref;
use super::{forms, generic, params, protocol};
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::attr::lookup_optional;
use rtcore::protocol::repr::{repr_string, str_string};
use rtcore::protocol::sequence::same_or_eq;
use rtcore::types::alias as core_alias;
use rtcore::types::none::{self, NONE_TYPE};
use rtcore::types::tuple;

/// None stands for its type, a string for a forward reference.
pub fn convert(arg: &Value) -> PyResult {
    if arg.is_none() {
        return Ok(Value::of_type(&NONE_TYPE));
    }
    if arg.as_str_obj().is_some() {
        return forward_ref(arg, true, false);
    }
    Ok(arg.clone())
}
fn is_generic_root(v: &Value) -> bool {
    v.is_type(&generic::GENERIC) || v.is_type(&protocol::PROTOCOL)
}
/// Refuses what is no type (`_type_check`).
pub fn type_check(arg: &Value, msg: &str, is_argument: bool, special: bool) -> PyResult {
    let arg = if arg.as_str_obj().is_some() { forward_ref(arg, true, special)? } else { convert(arg)? };
    if let Some(a) = arg.downcast::<TAlias>() {
        let bad = is_generic_root(&a.origin)
            || !special && (forms::CLASS_VAR.is(&a.origin) || is_argument && forms::FINAL.is(&a.origin));
        if bad && !a.is_special() {
            return Err(type_error(format!("{} is not valid as type argument", repr_string(&arg)?)));
        }
    }
    if let Some(f) = arg.downcast::<forms::Form>() {
        return match f.name {
            "LiteralString" | "NoReturn" | "Never" | "Self" | "TypeAlias" => Ok(arg),
            "ClassVar" | "Final" if special => Ok(arg),
            _ => Err(type_error(format!("Plain {} is not valid as type argument", repr_string(&arg)?))),
        };
    }
    if is_generic_root(&arg) {
        return Err(type_error(format!("Plain {} is not valid as type argument", repr_string(&arg)?)));
    }
    if tuple::is_tuple(&arg) {
        return Err(type_error(format!("{msg} Got {}.", short(&arg)?)));
    }
    Ok(arg)
}
fn short(v: &Value) -> PyResult<String> {
    Ok(repr_string(v)?.chars().take(100).collect())
}
/// How an argument stands in a repr (`_type_repr`).
pub fn type_repr(v: &Value) -> PyResult<String> {
    if let Some(t) = v.as_type() {
        let (m, q) = (t.module_name(), t.qualname());
        return Ok(if m == "builtins" { q } else { format!("{m}.{q}") });
    }
    if v.is(&none::ellipsis()) {
        return Ok("...".into());
    }
    if rtcore::types::function::is_function(v) {
        let n = lookup_optional(v, names::__name__.get())?.unwrap_or(NONE);
        return str_string(&n);
    }
    if tuple::is_tuple(v) {
        return Ok(format!("[{}]", type_reprs(tuple::items(v))?));
    }
    repr_string(v)
}
pub fn type_reprs(items: &[Value]) -> PyResult<String> {
    Ok(items.iter().map(type_repr).collect::<PyResult<Vec<_>>>()?.join(", "))
}
/// The type parameters in the arguments, in the order they appear.
pub fn collect_parameters(args: &[Value], enforce: bool) -> PyResult<Vec<Value>> {
    let mut out: Vec<Value> = vec![];
    let (mut defaults, mut tuple_var) = (false, false);
    for t in args {
        if t.as_type().is_some() {
            continue;
        }
        if tuple::is_tuple(t) {
            for p in collect_parameters(tuple::items(t), true)? {
                push_new(&mut out, p);
            }
        } else if params::kind(t).is_some() {
            if out.iter().any(|o| o.is(t)) {
                continue;
            }
            if enforce {
                let has = params::has_default(t)?;
                if tuple_var && has {
                    return Err(type_error("Type parameter with a default follows TypeVarTuple"));
                }
                if has {
                    defaults = true;
                } else if defaults {
                    let text = format!("Type parameter {} without a default follows type parameter with a default", repr_string(t)?);
                    return Err(type_error(text));
                }
            }
            out.push(t.clone());
        } else {
            tuple_var |= alias::is_unpacked_tuple_var(t);
            for p in parameters_of(t)? {
                push_new(&mut out, p);
            }
        }
    }
    Ok(out)
}
fn push_new(out: &mut Vec<Value>, p: Value) {
    if !out.iter().any(|o| o.is(&p)) {
        out.push(p);
    }
}
/// `getattr(t, '__parameters__', ())` of what is no class.
pub fn parameters_of(t: &Value) -> PyResult<Vec<Value>> {
    if !t.is_obj() || t.as_type().is_some() {
        return Ok(vec![]);
    }
    Ok(match lookup_optional(t, names::__parameters__.get())? {
        Some(p) if tuple::is_tuple(&p) => tuple::items(&p).to_vec(),
        Some(_) | None => vec![],
    })
}
/// Members of unions among the members, each once (`_remove_dups_flatten`).
pub fn flatten_union(members: &[Value]) -> PyResult<Vec<Value>> {
    let mut flat = vec![];
    for m in members {
        if let Some(inner) = core_alias::union_members(m) {
            flat.extend(inner);
            continue;
        }
        match m.downcast::<TAlias>() {
            Some(a) if a.kind == Kind::Union => flat.extend_from_slice(tuple::items(&a.args)),
            Some(_) | None => flat.push(m.clone()),
        }
    }
    dedupe(flat)
}
pub fn dedupe(items: Vec<Value>) -> PyResult<Vec<Value>> {
    let mut out: Vec<Value> = vec![];
    'next: for v in items {
        for o in &out {
            if same_or_eq(o, &v)? {
                continue 'next;
            }
        }
        out.push(v);
    }
    Ok(out)
}
/// Members of unpacked tuples in place (`_unpack_args`).
pub fn unpack_args(args: Vec<Value>) -> PyResult<Vec<Value>> {
    let mut out = vec![];
    for a in args {
        let inner = alias::unpacked_args(&a)?;
        match inner {
            Some(items) if !items.last().is_some_and(|l| l.is(&none::ellipsis())) => out.extend(items),
            Some(_) | None => out.push(a),
        }
    }
    Ok(out)
}
/// What may stand for a parameter list.
pub fn is_param_expr(v: &Value) -> bool {
    v.is(&none::ellipsis())
        || tuple::is_tuple(v)
        || v.downcast::<rtcore::types::list::List>().is_some()
        || params::kind(v) == Some(params::Which::ParamSpec)
        || v.downcast::<TAlias>().is_some_and(|a| a.kind == Kind::Concatenate)
}
