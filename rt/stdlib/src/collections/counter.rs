//! Owns: `collections.Counter`.
//! Never: removes counts below one but in the results of its operators.
//! Source: CPython 3.13, Lib/collections/__init__.py (`Counter`).

use rtcore::error::hierarchy::TYPE_ERROR;
use rtcore::error::{self, not_implemented_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::{call, call_method_name};
use rtcore::protocol::sequence::{getitem, truth};
use rtcore::protocol::{attr, compare, iter, number, repr};
use rtcore::types::class::special::Special;
use rtcore::types::dict::{DICT, Dict, items_of, views};
use rtcore::types::list::{List, sort_items};
use rtcore::types::none::not_implemented;
use rtcore::types::tuple;

const ZERO: Value = Value::int(0);

fn body(v: &Value) -> PyResult<&Dict> {
    v.downcast::<Dict>().ok_or_else(|| type_error("not a Counter"))
}
fn is_counter(v: &Value) -> bool {
    v.is_obj() && v.ty().is_subtype(&COUNTER)
}
fn is_mapping(v: &Value) -> PyResult<bool> {
    Ok(v.downcast::<Dict>().is_some()
        || v.ty().has_flag(TypeFlags::MAPPING)
        || attr::lookup_optional(v, names::keys.get())?.is_some() && attr::lookup_optional(v, names::items.get())?.is_some())
}
fn count_of(d: &Dict, key: &Value) -> PyResult {
    Ok(d.get(key)?.unwrap_or(ZERO))
}
fn gt0(n: &Value) -> PyResult<bool> {
    truth(&compare::rich(Special::Gt, n, &ZERO)?)
}

fn init(all: &[Value], kw: &[Name]) -> PyResult {
    apply("__init__", all, kw, false)
}
fn update(all: &[Value], kw: &[Name]) -> PyResult {
    apply("update", all, kw, false)
}
fn subtract(all: &[Value], kw: &[Name]) -> PyResult {
    apply("subtract", all, kw, true)
}
fn apply(name: &str, all: &[Value], kw: &[Name], minus: bool) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(v) = pos.first() else { return Err(type_error(format!("unbound method Counter.{name}() needs an argument"))) };
    if pos.len() > 2 {
        return Err(type_error(format!("Counter.{name}() takes from 1 to 2 positional arguments but {} were given", pos.len())));
    }
    let d = body(v)?;
    if let Some(source) = pos.get(1).filter(|s| !s.is_none()) {
        if is_mapping(source)? {
            let items = if source.downcast::<Dict>().is_some() { items_of(source)? } else { pairs(source)? };
            for (k, n) in items {
                change(d, &k, &n, minus)?;
            }
        } else {
            let mut it = iter::Iter::new(source)?;
            while let Some(k) = it.next()? {
                let old = count_of(d, &k)?;
                let new = match old.as_inline_int().and_then(|n| n.checked_add(if minus { -1 } else { 1 })) {
                    Some(n) => Value::int(n),
                    None if minus => number::sub(&old, &Value::int(1))?,
                    None => number::add(&old, &Value::int(1))?,
                };
                d.set(k, new)?;
            }
        }
    }
    for (k, n) in kw.iter().zip(&all[pos.len()..]) {
        change(d, &k.value(), n, minus)?;
    }
    Ok(NONE)
}
fn pairs(source: &Value) -> PyResult<Vec<(Value, Value)>> {
    let items = call_method_name(source, names::items.get(), &[])?;
    iter::collect(&items)?.iter().map(|p| iter::unpack::<2>(p).map(|[k, n]| (k, n))).collect()
}
fn change(d: &Dict, k: &Value, n: &Value, minus: bool) -> PyResult<()> {
    let old = d.get(k)?;
    let new = match (old, minus) {
        (Some(old), false) => number::add(n, &old)?,
        (None, false) if d.is_empty() => n.clone(),
        (None, false) => number::add(n, &ZERO)?,
        (old, true) => number::sub(&old.unwrap_or(ZERO), n)?,
    };
    d.set(k.clone(), new)
}
fn missing(_v: &Value, _key: &Value) -> PyResult {
    Ok(ZERO)
}
fn delitem(v: &Value, key: &Value) -> PyResult {
    let old = body(v)?.remove(key)?;
    drop(old);
    Ok(NONE)
}
/// The items by falling count; equal counts keep their order.
fn ranked(d: &Dict) -> PyResult<Vec<Value>> {
    let mut items: Vec<Value> = d.items().into_iter().map(|(k, n)| tuple::of([k, n])).collect();
    let key = rtcore::types::function::closure::new(
        "itemgetter",
        NONE,
        |_, values, _| match values {
            [pair] => getitem(pair, &Value::int(1)),
            _ => Err(type_error("itemgetter expected 1 argument")),
        },
        vec![],
    );
    sort_items(&mut items, &key, true)?;
    Ok(items)
}
fn most_common(v: &Value, n: &Value) -> PyResult {
    let mut items = ranked(body(v)?)?;
    if !n.is_none() {
        items.truncate(rtcore::protocol::sequence::as_size(n)?.max(0) as usize);
    }
    Ok(List::value(items))
}
fn elements(v: &Value) -> PyResult {
    let mut out = vec![];
    for (k, n) in body(v)?.items() {
        for _ in 0..rtcore::protocol::sequence::as_ssize_arg(&n)?.max(0) {
            out.push(k.clone());
        }
    }
    iter::iter(&List::value(out))
}
fn total(v: &Value) -> PyResult {
    rtcore::builtins::sum(&List::value(body(v)?.values()), &ZERO)
}
fn fromkeys(_: &[Value], _: &[Name]) -> PyResult {
    Err(not_implemented_error("Counter.fromkeys() is undefined.  Use Counter(iterable) instead."))
}
fn copy(v: &Value) -> PyResult {
    call(&Value::of_type(v.ty()), std::slice::from_ref(v))
}
fn reduce(v: &Value) -> PyResult {
    Ok(tuple::of([Value::of_type(v.ty()), tuple::of([object::new(&DICT, body(v)?.copy())])]))
}
fn counter_repr(v: &Value) -> PyResult {
    let d = body(v)?;
    let name = v.ty().name();
    if d.is_empty() {
        return Ok(Value::string(format!("{name}()")));
    }
    let plain = match ranked(d) {
        Ok(items) => Dict::from_items(items.iter().map(|p| {
            let [k, n] = tuple::items(p) else { return (NONE, NONE) };
            (k.clone(), n.clone())
        }))?,
        Err(r) if error::matches(&r, &TYPE_ERROR) => {
            drop(error::take(r));
            object::new(&DICT, d.copy())
        }
        Err(r) => return Err(r),
    };
    Ok(Value::string(format!("{name}({})", repr::repr_string(&plain)?)))
}

/// `a op b` per key, keys of `a` first; only positive counts stay.
fn combine(v: &Value, w: &Value, both: bool, f: fn(&Value, &Value) -> PyResult) -> PyResult {
    if !is_counter(v) || !is_counter(w) {
        return Ok(not_implemented());
    }
    let (a, b) = (body(v)?, body(w)?);
    let result = call(&Value::of_type(&COUNTER), &[])?;
    let out = body(&result)?;
    for (k, n) in a.items() {
        let n = f(&n, &count_of(b, &k)?)?;
        if gt0(&n)? {
            out.set(k, n)?;
        }
    }
    if both {
        for (k, n) in b.items() {
            if !a.contains(&k)? {
                let n = f(&ZERO, &n)?;
                if gt0(&n)? {
                    out.set(k, n)?;
                }
            }
        }
    }
    Ok(result)
}
fn lesser(a: &Value, b: &Value) -> PyResult {
    Ok(if truth(&compare::rich(Special::Lt, a, b)?)? { a.clone() } else { b.clone() })
}
fn greater(a: &Value, b: &Value) -> PyResult {
    Ok(if truth(&compare::rich(Special::Lt, a, b)?)? { b.clone() } else { a.clone() })
}
fn add(v: &Value, w: &Value) -> PyResult {
    combine(v, w, true, number::add)
}
fn sub(v: &Value, w: &Value) -> PyResult {
    combine(v, w, true, number::sub)
}
fn and(v: &Value, w: &Value) -> PyResult {
    combine(v, w, false, lesser)
}
fn or(v: &Value, w: &Value) -> PyResult {
    combine(v, w, true, greater)
}
fn pos(v: &Value) -> PyResult {
    combine(v, &call(&Value::of_type(&COUNTER), &[])?, false, number::add)
}
fn neg(v: &Value) -> PyResult {
    combine(&call(&Value::of_type(&COUNTER), &[])?, v, true, number::sub)
}
fn keep_positive(v: &Value) -> PyResult {
    let d = body(v)?;
    for (k, n) in d.items() {
        if !gt0(&n)? {
            drop(d.remove(&k)?);
        }
    }
    Ok(v.clone())
}
fn iadd(v: &Value, w: &Value) -> PyResult {
    for (k, n) in items_of(w)? {
        let d = body(v)?;
        d.set(k.clone(), number::add(&count_of(d, &k)?, &n)?)?;
    }
    keep_positive(v)
}
fn isub(v: &Value, w: &Value) -> PyResult {
    for (k, n) in items_of(w)? {
        let d = body(v)?;
        d.set(k.clone(), number::sub(&count_of(d, &k)?, &n)?)?;
    }
    keep_positive(v)
}
fn ior(v: &Value, w: &Value) -> PyResult {
    let d = body(v)?;
    for (k, n) in items_of(w)? {
        if truth(&compare::rich(Special::Gt, &n, &count_of(d, &k)?)?)? {
            d.set(k, n)?;
        }
    }
    keep_positive(v)
}
fn iand(v: &Value, w: &Value) -> PyResult {
    let d = body(v)?;
    for (k, n) in d.items() {
        let other = getitem(w, &k)?;
        if truth(&compare::rich(Special::Lt, &other, &n)?)? {
            d.set(k, other)?;
        }
    }
    keep_positive(v)
}
/// `all(self[e] op other[e] for e in either)`.
fn every(op: Special, v: &Value, w: &Value) -> PyResult {
    if !is_counter(w) {
        return Ok(not_implemented());
    }
    let (a, b) = (body(v)?, body(w)?);
    for k in a.keys().into_iter().chain(b.keys()) {
        if !truth(&compare::rich(op, &count_of(a, &k)?, &count_of(b, &k)?)?)? {
            return Ok(FALSE);
        }
    }
    Ok(TRUE)
}
fn eq(v: &Value, w: &Value) -> PyResult {
    every(Special::Eq, v, w)
}
fn ne(v: &Value, w: &Value) -> PyResult {
    let r = eq(v, w)?;
    Ok(r.as_bool().map_or(r, |b| Value::bool(!b)))
}
fn strict(op: Special, v: &Value, w: &Value) -> PyResult {
    let r = every(op, v, w)?;
    if r.as_bool() == Some(true) { ne(v, w) } else { Ok(r) }
}
static METHODS: &[Method] = &[
    Method::new("__init__(self, iterable=None, /, **kwds)", Raw(init)),
    Method::new("update(self, iterable=None, /, **kwds)", Raw(update)),
    Method::new("subtract(self, iterable=None, /, **kwds)", Raw(subtract)),
    Method::new("__missing__(self, key, /)", F2(missing)),
    Method::new("__delitem__(self, elem, /)", F2(delitem)),
    Method::new("most_common(self, n=None)", F2(most_common)),
    Method::new("elements(self)", F1(elements)),
    Method::new("total(self)", F1(total)),
    Method::class("fromkeys(cls, iterable, v=None)", Raw(fromkeys)),
    Method::new("copy(self)", F1(copy)),
    Method::new("__copy__(self)", F1(copy)),
    Method::new("__reduce__(self)", F1(reduce)),
    Method::new("__repr__(self)", F1(counter_repr)),
    Method::new("__add__(self, other)", F2(add)),
    Method::new("__sub__(self, other)", F2(sub)),
    Method::new("__and__(self, other)", F2(and)),
    Method::new("__or__(self, other)", F2(or)),
    Method::new("__pos__(self)", F1(pos)),
    Method::new("__neg__(self)", F1(neg)),
    Method::new("__iadd__(self, other)", F2(iadd)),
    Method::new("__isub__(self, other)", F2(isub)),
    Method::new("__ior__(self, other)", F2(ior)),
    Method::new("__iand__(self, other)", F2(iand)),
    Method::new("__eq__(self, other)", F2(eq)),
    Method::new("__ne__(self, other)", F2(ne)),
    Method::new("__le__(self, other)", F2(|a, b| every(Special::Le, a, b))),
    Method::new("__ge__(self, other)", F2(|a, b| every(Special::Ge, a, b))),
    Method::new("__lt__(self, other)", F2(|a, b| strict(Special::Le, a, b))),
    Method::new("__gt__(self, other)", F2(|a, b| strict(Special::Ge, a, b))),
];
static DEF: ClassDef = ClassDef::new::<Dict>("Counter")
    .module("collections")
    .like(&DICT, &DICT)
    .methods(METHODS)
    .flags(TypeFlags::ATTRS | TypeFlags::MAPPING)
    .setup(|t| t.set_own(names::__hash__.get(), NONE))
    .hooks(Hooks { iter: Some(|v| views::iterator(v, views::Part::Keys, false)), ..Hooks::NONE });
pub static COUNTER: Type = Type::builtin(&DEF);
