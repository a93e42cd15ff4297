//! Owns: the module `functools`: its table; the parts are in the files beside.
//! Never: binds parameters of wrapped functions.
//! Source: CPython 3.13, Lib/functools.py, Modules/_functoolsmodule.c.

mod cache;
mod cached_property;
mod dispatch;
mod ordering;
mod partial;

use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::attr::{lookup_optional, setattr_name, setattr_value};
use rtcore::protocol::call::{call, call_method_name};
use rtcore::protocol::iter::{Iter, collect};
use rtcore::types::dict;
use rtcore::types::function::closure;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;

fn reduce(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let (f, source, initial) = match pos {
        [f, s] => (f, s, None),
        [f, s, i] => (f, s, Some(i.clone())),
        more => {
            let (bound, n) = if more.len() < 2 { ("at least 2 arguments", more.len()) } else { ("at most 3 arguments", more.len()) };
            return Err(type_error(format!("reduce expected {bound}, got {n}")));
        }
    };
    let mut it = match Iter::new(source) {
        Ok(it) => it,
        Err(r) if rtcore::error::matches(&r, &rtcore::error::hierarchy::TYPE_ERROR) => {
            drop(rtcore::error::take(r));
            return Err(type_error("reduce() arg 2 must support iteration"));
        }
        Err(r) => return Err(r),
    };
    let mut total = match initial {
        Some(i) => i,
        None => match it.next()? {
            Some(x) => x,
            None => return Err(type_error("reduce() of empty iterable with no initial value")),
        },
    };
    while let Some(x) = it.next()? {
        total = call(f, &[total, x])?;
    }
    Ok(total)
}

const ASSIGNMENTS: [&str; 6] = ["__module__", "__name__", "__qualname__", "__doc__", "__annotations__", "__type_params__"];
fn update_wrapper(wrapper: &Value, wrapped: &Value, assigned: &Value, updated: &Value) -> PyResult {
    let names: Vec<Value> = if assigned.is_unbound() { ASSIGNMENTS.iter().map(|n| Value::str(n)).collect() } else { collect(assigned)? };
    for n in names {
        let Some(name) = Name::of(&n) else { return Err(type_error("attribute name must be string")) };
        if let Some(v) = lookup_optional(wrapped, name)? {
            setattr_name(wrapper, name, Some(v))?;
        }
    }
    let updates: Vec<Value> = if updated.is_unbound() { vec![Value::str("__dict__")] } else { collect(updated)? };
    for n in updates {
        let Some(name) = Name::of(&n) else { return Err(type_error("attribute name must be string")) };
        let Some(source) = lookup_optional(wrapped, name)? else { continue };
        if name.as_str() == "__dict__" {
            for (k, v) in dict::items_of(&source)? {
                setattr_value(wrapper, &k, v)?;
            }
        } else {
            let target = rtcore::protocol::attr::getattr_name(wrapper, name)?;
            call_method_name(&target, Name::new("update"), &[source])?;
        }
    }
    setattr_name(wrapper, names::__wrapped__.get(), Some(wrapped.clone()))?;
    Ok(wrapper.clone())
}
fn wraps(wrapped: &Value, assigned: &Value, updated: &Value) -> PyResult {
    fn run(c: &[Value], values: &[Value], _: &[Name]) -> PyResult {
        match (c, values) {
            ([wrapped, assigned, updated], [wrapper]) => update_wrapper(wrapper, wrapped, assigned, updated),
            _ => Err(type_error("wraps() decorator takes exactly one argument")),
        }
    }
    Ok(closure::new("wraps.<locals>.decorator", Value::str("functools"), run, vec![wrapped.clone(), assigned.clone(), updated.clone()]))
}
static FUNCTIONS: &[Method] = &[
    Method::new("reduce(function, iterable, initial=..., /)", Raw(reduce)),
    Method::new("update_wrapper(wrapper, wrapped, assigned=..., updated=...)", F4(update_wrapper)),
    Method::new("wraps(wrapped, assigned=..., updated=...)", F3(wraps)),
    Method::new("lru_cache(maxsize=128, typed=False)", F2(cache::lru_cache)),
    Method::new("cache(user_function, /)", F1(cache::cache)),
    Method::new("cmp_to_key(mycmp)", F1(ordering::cmp_to_key)),
    Method::new("total_ordering(cls)", F1(ordering::total_ordering)),
    Method::new("singledispatch(func)", F1(dispatch::singledispatch)),
];
fn setup(m: &Value) -> PyResult<()> {
    for t in [&partial::PARTIAL, &partial::PARTIALMETHOD, &cached_property::CACHED_PROPERTY, &dispatch::SINGLEDISPATCHMETHOD] {
        set_str(m, t.name(), Value::of_type(t));
    }
    set_str(m, "_lru_cache_wrapper", Value::of_type(&cache::WRAPPER));
    set_str(m, "WRAPPER_ASSIGNMENTS", tuple::new(ASSIGNMENTS.iter().map(|n| Value::str(n)).collect()));
    set_str(m, "WRAPPER_UPDATES", tuple::of([Value::str("__dict__")]));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("functools", FUNCTIONS, setup);
