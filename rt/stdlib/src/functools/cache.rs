//! Owns: `lru_cache` and `cache`.
//! Never: keeps more than `maxsize` results.
//! Source: CPython 3.13, Modules/_functoolsmodule.c (`lru_cache_make_key`, `bounded_lru_cache_wrapper`).

use super::partial;
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::call::call_kw;
use rtcore::protocol::sequence::{as_ssize_arg, is_index, truth};
use rtcore::protocol::{attr, hash};
use rtcore::types::dict::Dict;
use rtcore::types::function::{bound, closure};
use rtcore::types::str::value::Str;
use rtcore::types::tuple;
use rtcore::value::Tag;
use std::cell::{Cell, RefCell};

pub struct Cache {
    func: Value,
    table: Dict,
    /// `None`: no limit.
    maxsize: Option<usize>,
    typed: bool,
    hits: Cell<i64>,
    misses: Cell<i64>,
}
impl Payload for Cache {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.func);
        self.table.traverse(visit);
    }
    fn clear(&self) {
        self.table.clear();
    }
}
impl Native for Cache {
    fn class() -> &'static Type {
        &WRAPPER
    }
}
fn make(func: &Value, maxsize: Option<usize>, typed: bool) -> PyResult {
    let v = object::new(
        &WRAPPER,
        Cache {
            func: func.clone(),
            table: Dict::new(),
            maxsize,
            typed,
            hits: Cell::new(0),
            misses: Cell::new(0),
        },
    );
    closure::wraps(&v, func)?;
    Ok(v)
}
pub fn cache(func: &Value) -> PyResult {
    make(func, None, false)
}
pub fn lru_cache(maxsize: &Value, typed: &Value) -> PyResult {
    let typed = truth(typed)?;
    let limit = if is_index(maxsize) {
        Some(as_ssize_arg(maxsize)?.max(0) as usize)
    } else if maxsize.is_none() {
        None
    } else if maxsize.ty().hooks().call.is_some() {
        return make(maxsize, Some(128), typed);
    } else {
        return Err(type_error("Expected first argument to be an integer, a callable, or None"));
    };
    fn run(c: &[Value], values: &[Value], _: &[Name]) -> PyResult {
        match (c, values) {
            ([limit, typed], [f]) => make(f, limit.as_inline_int().map(|n| n as usize), typed.as_bool() == Some(true)),
            _ => Err(type_error("lru_cache.<locals>.decorating_function() takes 1 positional argument")),
        }
    }
    let captured = vec![limit.map_or(NONE, Value::from), typed.into()];
    Ok(closure::new("lru_cache.<locals>.decorating_function", Value::str("functools"), run, captured))
}

/// One argument that is an int or str stands for itself; else a tuple with the keywords behind a mark.
fn key(c: &Cache, values: &[Value], kw: &[Name]) -> Value {
    if let [only] = values
        && kw.is_empty()
        && !c.typed
        && (only.tag() == Tag::Int || only.downcast_exact::<Str>().is_some())
    {
        return only.clone();
    }
    let pos = values.len() - kw.len();
    let mut items = values[..pos].to_vec();
    if !kw.is_empty() {
        items.push(Value::of_type(&partial::PARTIAL));
        for (k, v) in kw.iter().zip(&values[pos..]) {
            items.push(k.value());
            items.push(v.clone());
        }
    }
    if c.typed {
        items.extend(values.iter().map(|v| Value::of_type(v.ty())));
    }
    tuple::new(items)
}
fn call(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let Some(c) = v.downcast::<Cache>() else { return Err(type_error("not a cache")) };
    if c.maxsize == Some(0) {
        c.misses.set(c.misses.get() + 1);
        return call_kw(&c.func, values, kw);
    }
    let key = key(c, values, kw);
    let h = match key.downcast_exact::<Str>() {
        Some(s) => s.hash(),
        None => hash::hash(&key)?,
    };
    if let Some(found) = c.table.get_hashed(h, &key)? {
        c.hits.set(c.hits.get() + 1);
        if c.maxsize.is_some() {
            c.table.move_to_end(&key, true)?;
        }
        return Ok(found);
    }
    c.misses.set(c.misses.get() + 1);
    let result = call_kw(&c.func, values, kw)?;
    if let Some(max) = c.maxsize {
        // The function may have filled the cache with the same key meanwhile.
        if c.table.get_hashed(h, &key)?.is_some() {
            return Ok(result);
        }
        if c.table.len() >= max {
            let old = c.table.pop_first();
            drop(old);
        }
    }
    c.table.set_hashed(h, key, result.clone())?;
    Ok(result)
}
fn body(v: &Value) -> PyResult<&Cache> {
    v.downcast::<Cache>().ok_or_else(|| type_error("not a cache"))
}
/// `functools._CacheInfo`, a named tuple made at its first use.
fn info_class() -> PyResult {
    use rtcore::gil::{Gil, GilRefCell};
    static CLASS: GilRefCell<Option<Value>> = Gil::new(RefCell::new(None));
    if let Some(c) = CLASS.borrow().as_ref() {
        return Ok(c.clone());
    }
    let c = crate::collections::named_tuple("CacheInfo", &["hits", "misses", "maxsize", "currsize"], "functools")?;
    *CLASS.borrow_mut() = Some(c.clone());
    Ok(c)
}
fn cache_info(v: &Value) -> PyResult {
    let c = body(v)?;
    let class = info_class()?;
    let items = [Value::int(c.hits.get()), Value::int(c.misses.get()), c.maxsize.map_or(NONE, Value::from), c.table.len().into()];
    rtcore::protocol::call::call(&class, &items)
}
fn cache_clear(v: &Value) -> PyResult {
    let c = body(v)?;
    c.hits.set(0);
    c.misses.set(0);
    c.table.clear();
    Ok(NONE)
}
fn cache_parameters(v: &Value) -> PyResult {
    let c = body(v)?;
    Ok(Dict::from_names(vec![
        (Name::new("maxsize"), c.maxsize.map_or(NONE, Value::from)),
        (Name::new("typed"), c.typed.into()),
    ]))
}
fn get(v: &Value, receiver: &Value, _ty: &'static Type) -> PyResult {
    if receiver.is_unbound() { Ok(v.clone()) } else { Ok(bound::new(v.clone(), receiver.clone())) }
}
fn repr(v: &Value) -> PyResult {
    let q = attr::lookup_optional(v, names::__qualname__.get())?.and_then(|q| q.as_str().map(str::to_string)).unwrap_or_default();
    Ok(Value::string(format!("<functools._lru_cache_wrapper object '{q}' at {:#x}>", v.bits())))
}
fn itself(v: &Value, _: &Value) -> PyResult {
    Ok(v.clone())
}
static METHODS: &[Method] = &[
    Method::new("cache_info(self, /)", F1(cache_info)),
    Method::new("cache_clear(self, /)", F1(cache_clear)),
    Method::new("cache_parameters(self, /)", F1(cache_parameters)),
    Method::new("__copy__(self, /)", F1(|v| Ok(v.clone()))),
    Method::new("__deepcopy__(self, memo, /)", F2(itself)),
    Method::new("__repr__(self, /)", F1(repr)),
];
static DEF: ClassDef = ClassDef::new::<Cache>("_lru_cache_wrapper")
    .module("functools")
    .methods(METHODS)
    .flags(TypeFlags::ATTRS)
    .hooks(Hooks { call: Some(call), descr_get: Some(get), ..Hooks::NONE });
pub static WRAPPER: Type = Type::builtin(&DEF);
