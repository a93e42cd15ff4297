//! Owns: the methods that the abstract base classes give to their subclasses.
//! Never: touches an object but by its own special methods.
//! Source: CPython 3.13, Lib/_collections_abc.py.

use super::user;
use rtcore::error::hierarchy::{GENERATOR_EXIT, INDEX_ERROR, STOP_ITERATION};
use rtcore::error::{self, key_error, runtime_error};
use rtcore::methods::*;
use rtcore::protocol::call::{call, call_method_name};
use rtcore::protocol::sequence::{contains, delitem, getitem, len, same_or_eq, setitem};
use rtcore::protocol::{attr, compare, hash, iter, repr};
use rtcore::types::class::special::Special;
use rtcore::types::dict::Dict;
use rtcore::types::none::not_implemented;
use rtcore::types::{iterators, set, tuple};

fn itself(v: &Value) -> PyResult {
    Ok(v.clone())
}
pub(super) static ITER: &[Method] = &[Method::new("__iter__(self)", F1(itself))];
pub(super) static AITER: &[Method] = &[Method::new("__aiter__(self)", F1(itself))];

/// `close` of generators and coroutines written as classes.
fn close(v: &Value) -> PyResult {
    match call_method_name(v, names::throw.get(), &[Value::of_type(&GENERATOR_EXIT)]) {
        Ok(_) => Err(runtime_error(format!("{} ignored GeneratorExit", if v.ty().lookup(names::__await__.get()).is_some() { "coroutine" } else { "generator" }))),
        Err(r) if error::matches(&r, &GENERATOR_EXIT) || error::matches(&r, &STOP_ITERATION) => {
            drop(error::take(r));
            Ok(NONE)
        }
        Err(r) => Err(r),
    }
}
fn next(v: &Value) -> PyResult {
    call_method_name(v, names::send.get(), &[NONE])
}
pub(super) static CLOSE: &[Method] = &[Method::new("close(self)", F1(close))];
pub(super) static GENERATOR: &[Method] = &[Method::new("__next__(self)", F1(next)), Method::new("close(self)", F1(close))];

// Sequence

fn seq_iter(v: &Value) -> PyResult {
    Ok(iterators::sequence(v.clone()))
}
fn seq_contains(v: &Value, x: &Value) -> PyResult {
    let mut it = iter::Iter::new(v)?;
    while let Some(y) = it.next()? {
        if same_or_eq(&y, x)? {
            return Ok(TRUE);
        }
    }
    Ok(FALSE)
}
fn seq_reversed(v: &Value) -> PyResult {
    let n = len(v)?;
    let f = rtcore::types::function::closure::new(
        "__reversed__",
        NONE,
        |c, _, _| {
            let [v, at] = c else { return Ok(NONE) };
            let Some(l) = at.downcast::<rtcore::types::list::List>() else { return Ok(NONE) };
            match l.pop() {
                Some(i) => getitem(v, &i),
                None => Err(error::stop_iteration(NONE)),
            }
        },
        vec![v.clone(), rtcore::types::list::List::value((0..n).map(Value::int).collect())],
    );
    Ok(iterators::callable(f, rtcore::types::none::ellipsis()))
}
fn seq_index(v: &Value, x: &Value, start: &Value, stop: &Value) -> PyResult {
    let bound = |b: &Value| -> PyResult<Option<i64>> {
        if b.is_none() {
            return Ok(None);
        }
        let i = rtcore::protocol::sequence::as_size(b)?;
        Ok(Some(if i < 0 { (len(v)? + i).max(0) } else { i }))
    };
    let (mut i, stop) = (bound(start)?.unwrap_or(0), bound(stop)?);
    while stop.is_none_or(|s| i < s) {
        match getitem(v, &Value::int(i)) {
            Ok(y) if same_or_eq(&y, x)? => return Ok(Value::int(i)),
            Ok(_) => i += 1,
            Err(r) if error::matches(&r, &INDEX_ERROR) => {
                drop(error::take(r));
                break;
            }
            Err(r) => return Err(r),
        }
    }
    Err(error::raise_args(&error::hierarchy::VALUE_ERROR, vec![]))
}
fn seq_count(v: &Value, x: &Value) -> PyResult {
    let mut n = 0;
    iter::for_each(v, |y| {
        n += i64::from(same_or_eq(&y, x)?);
        Ok(())
    })?;
    Ok(Value::int(n))
}
pub(super) static SEQUENCE: &[Method] = &[
    Method::new("__iter__(self)", F1(seq_iter)),
    Method::new("__contains__(self, value)", F2(seq_contains)),
    Method::new("__reversed__(self)", F1(seq_reversed)),
    Method::new("index(self, value, start=0, stop=None)", F4(seq_index)),
    Method::new("count(self, value)", F2(seq_count)),
];
fn insert(v: &Value, i: i64, x: &Value) -> PyResult {
    call_method_name(v, Name::new("insert"), &[Value::int(i), x.clone()])
}
fn mseq_append(v: &Value, x: &Value) -> PyResult {
    insert(v, len(v)?, x)
}
fn mseq_pop(v: &Value, at: &Value) -> PyResult {
    let x = getitem(v, at)?;
    delitem(v, at)?;
    Ok(x)
}
fn mseq_clear(v: &Value) -> PyResult {
    loop {
        match call_method_name(v, Name::new("pop"), &[]) {
            Ok(_) => {}
            Err(r) if error::matches(&r, &INDEX_ERROR) => {
                drop(error::take(r));
                return Ok(NONE);
            }
            Err(r) => return Err(r),
        }
    }
}
fn mseq_reverse(v: &Value) -> PyResult {
    let n = len(v)?;
    for i in 0..n / 2 {
        let (a, b) = (Value::int(i), Value::int(n - i - 1));
        let (x, y) = (getitem(v, &b)?, getitem(v, &a)?);
        setitem(v, &a, x)?;
        setitem(v, &b, y)?;
    }
    Ok(NONE)
}
fn mseq_extend(v: &Value, values: &Value) -> PyResult {
    let source = if values.is(v) { rtcore::types::list::List::value(iter::collect(values)?) } else { values.clone() };
    iter::for_each(&source, |x| call_method_name(v, names::append.get(), &[x]).map(drop))?;
    Ok(NONE)
}
fn mseq_remove(v: &Value, x: &Value) -> PyResult {
    let i = call_method_name(v, Name::new("index"), std::slice::from_ref(x))?;
    delitem(v, &i)?;
    Ok(NONE)
}
fn mseq_iadd(v: &Value, values: &Value) -> PyResult {
    call_method_name(v, Name::new("extend"), std::slice::from_ref(values))?;
    Ok(v.clone())
}
pub(super) static MUTABLE_SEQUENCE: &[Method] = &[
    Method::new("append(self, value)", F2(mseq_append)),
    Method::new("clear(self)", F1(mseq_clear)),
    Method::new("reverse(self)", F1(mseq_reverse)),
    Method::new("extend(self, values)", F2(mseq_extend)),
    Method::new("pop(self, index=-1)", F2(mseq_pop)),
    Method::new("remove(self, value)", F2(mseq_remove)),
    Method::new("__iadd__(self, values)", F2(mseq_iadd)),
];

// Mapping

fn map_get(v: &Value, key: &Value, default: &Value) -> PyResult {
    match getitem(v, key) {
        Ok(x) => Ok(x),
        Err(r) if error::matches(&r, &error::hierarchy::KEY_ERROR) => {
            drop(error::take(r));
            Ok(default.clone())
        }
        Err(r) => Err(r),
    }
}
fn map_contains(v: &Value, key: &Value) -> PyResult {
    match getitem(v, key) {
        Ok(_) => Ok(TRUE),
        Err(r) if error::matches(&r, &error::hierarchy::KEY_ERROR) => {
            drop(error::take(r));
            Ok(FALSE)
        }
        Err(r) => Err(r),
    }
}
fn view_of(v: &Value, name: &str) -> PyResult {
    let m = rtcore::types::module::import::import_module("collections.abc")?;
    call(&attr::getattr_name(&m, Name::new(name))?, std::slice::from_ref(v))
}
fn as_dict(v: &Value) -> PyResult {
    let d = Dict::new();
    iter::for_each(v, |k| {
        let x = getitem(v, &k)?;
        d.set(k, x)
    })?;
    Ok(object::new(&rtcore::types::dict::DICT, d))
}
fn is_mapping(v: &Value) -> bool {
    v.downcast::<Dict>().is_some() || v.ty().has_flag(TypeFlags::MAPPING) || v.ty().mro().iter().any(|t| t.has_flag(TypeFlags::MAPPING))
}
fn map_eq(v: &Value, w: &Value) -> PyResult {
    if !is_mapping(w) {
        return Ok(not_implemented());
    }
    let other = if w.downcast::<Dict>().is_some() { w.clone() } else { as_dict(w)? };
    Ok(compare::eq(&as_dict(v)?, &other)?.into())
}
pub(super) static MAPPING: &[Method] = &[
    Method::new("get(self, key, default=None)", F3(map_get)),
    Method::new("__contains__(self, key)", F2(map_contains)),
    Method::new("keys(self)", F1(|v| view_of(v, "KeysView"))),
    Method::new("items(self)", F1(|v| view_of(v, "ItemsView"))),
    Method::new("values(self)", F1(|v| view_of(v, "ValuesView"))),
    Method::new("__eq__(self, other)", F2(map_eq)),
];
pub(super) static MUTABLE_MAPPING: &[Method] = &[
    Method::new("pop(self, key, default=...)", F3(user::dict_pop)),
    Method::new("popitem(self)", F1(user::dict_popitem)),
    Method::new("clear(self)", F1(map_clear)),
    Method::new("update(self, other=(), /, **kwds)", Raw(user::dict_update)),
    Method::new("setdefault(self, key, default=None)", F3(user::dict_setdefault)),
];
fn map_clear(v: &Value) -> PyResult {
    loop {
        match call_method_name(v, Name::new("popitem"), &[]) {
            Ok(_) => {}
            Err(r) if error::matches(&r, &error::hierarchy::KEY_ERROR) => {
                drop(error::take(r));
                return Ok(NONE);
            }
            Err(r) => return Err(r),
        }
    }
}

// Views: the mapping is the attribute `_mapping`.

static MAPPING_ATTR: rtcore::name::StaticName = rtcore::name::StaticName::new("_mapping");
fn mapping(v: &Value) -> PyResult {
    attr::getattr_name(v, MAPPING_ATTR.get())
}
fn view_init(v: &Value, m: &Value) -> PyResult {
    attr::setattr_name(v, MAPPING_ATTR.get(), Some(m.clone()))?;
    Ok(NONE)
}
fn view_len(v: &Value) -> PyResult {
    Ok(Value::int(len(&mapping(v)?)?))
}
fn view_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("{}({})", v.ty().name(), repr::repr_string(&mapping(v)?)?)))
}
pub(super) static VIEW: &[Method] = &[
    Method::new("__init__(self, mapping)", F2(view_init)),
    Method::new("__len__(self)", F1(view_len)),
    Method::new("__repr__(self)", F1(view_repr)),
];
fn keys_iter(v: &Value) -> PyResult {
    iter::iter(&mapping(v)?)
}
fn keys_contains(v: &Value, key: &Value) -> PyResult {
    Ok(contains(&mapping(v)?, key)?.into())
}
/// An iterator that looks each key up as it goes.
fn looked_up(v: &Value, pairs: bool) -> PyResult {
    let m = mapping(v)?;
    let f = rtcore::types::function::closure::new(
        "__iter__",
        NONE,
        |c, values, _| {
            let ([m, pairs], [k]) = (c, values) else { return Ok(NONE) };
            let x = getitem(m, k)?;
            Ok(if pairs.as_bool() == Some(true) { tuple::of([k.clone(), x]) } else { x })
        },
        vec![m.clone(), pairs.into()],
    );
    call(&Value::of_type(&iterators::MAP), &[f, m])
}
fn items_contains(v: &Value, item: &Value) -> PyResult {
    let [k, x] = iter::unpack::<2>(item)?;
    match getitem(&mapping(v)?, &k) {
        Ok(y) => Ok(same_or_eq(&y, &x)?.into()),
        Err(r) if error::matches(&r, &error::hierarchy::KEY_ERROR) => {
            drop(error::take(r));
            Ok(FALSE)
        }
        Err(r) => Err(r),
    }
}
fn values_contains(v: &Value, x: &Value) -> PyResult {
    let it = looked_up(v, false)?;
    Ok(rtcore::protocol::sequence::contains_by_iteration(&it, x)?.into())
}
fn view_from_iterable(_cls: &Value, it: &Value) -> PyResult {
    set::from_iterable(it)
}
pub(super) static KEYS_VIEW: &[Method] = &[
    Method::new("__iter__(self)", F1(keys_iter)),
    Method::new("__contains__(self, key)", F2(keys_contains)),
    Method::class("_from_iterable(cls, it)", F2(view_from_iterable)),
];
pub(super) static ITEMS_VIEW: &[Method] = &[
    Method::new("__iter__(self)", F1(|v| looked_up(v, true))),
    Method::new("__contains__(self, item)", F2(items_contains)),
    Method::class("_from_iterable(cls, it)", F2(view_from_iterable)),
];
pub(super) static VALUES_VIEW: &[Method] = &[
    Method::new("__iter__(self)", F1(|v| looked_up(v, false))),
    Method::new("__contains__(self, value)", F2(values_contains)),
];

// Set

fn is_set(v: &Value) -> PyResult<bool> {
    if v.downcast::<set::Set>().is_some() || v.ty().name().starts_with("dict_") {
        return Ok(true);
    }
    let m = rtcore::types::module::import::import_module("collections.abc")?;
    rtcore::protocol::instance::isinstance(v, &attr::getattr_name(&m, Name::new("Set"))?)
}
fn is_iterable(v: &Value) -> bool {
    v.ty().hooks().iter.is_some() || v.ty().special(Special::Iter).is_some()
}
fn all_in(v: &Value, w: &Value) -> PyResult<bool> {
    let mut it = iter::Iter::new(v)?;
    while let Some(x) = it.next()? {
        if !contains(w, &x)? {
            return Ok(false);
        }
    }
    Ok(true)
}
fn set_compare(op: Special, v: &Value, w: &Value) -> PyResult {
    if !is_set(w)? {
        return Ok(not_implemented());
    }
    let (a, b) = (len(v)?, len(w)?);
    Ok(if op == Special::Eq {
        a == b && all_in(v, w)?
    } else if op == Special::Lt {
        a < b && all_in(v, w)?
    } else if op == Special::Le {
        a <= b && all_in(v, w)?
    } else if op == Special::Gt {
        a > b && all_in(w, v)?
    } else {
        a >= b && all_in(w, v)?
    }
    .into())
}
fn from_iterable(cls: &Value, it: &Value) -> PyResult {
    call(cls, std::slice::from_ref(it))
}
fn made(v: &Value, items: Vec<Value>) -> PyResult {
    call_method_name(v, Name::new("_from_iterable"), &[rtcore::types::list::List::value(items)])
}
/// `a op b` with the operand the class's methods belong to first in `v`.
fn set_op(v: &Value, a: &Value, b: &Value, op: fn(&Value, &Value) -> PyResult<Vec<Value>>) -> PyResult {
    if !is_iterable(a) || !is_iterable(b) {
        return Ok(not_implemented());
    }
    made(v, op(a, b)?)
}
/// The operand as something with a membership test.
fn as_set(v: &Value, w: &Value) -> PyResult {
    if is_set(w)? { Ok(w.clone()) } else { made(v, iter::collect(w)?) }
}
fn both(a: &Value, b: &Value) -> PyResult<Vec<Value>> {
    let mut out = vec![];
    iter::for_each(b, |x| {
        if contains(a, &x)? {
            out.push(x);
        }
        Ok(())
    })?;
    Ok(out)
}
fn either(a: &Value, b: &Value) -> PyResult<Vec<Value>> {
    let mut out = iter::collect(a)?;
    out.extend(iter::collect(b)?);
    Ok(out)
}
fn minus(a: &Value, b: &Value) -> PyResult<Vec<Value>> {
    let mut out = vec![];
    iter::for_each(a, |x| {
        if !contains(b, &x)? {
            out.push(x);
        }
        Ok(())
    })?;
    Ok(out)
}
fn set_and(v: &Value, w: &Value) -> PyResult {
    set_op(v, v, w, both)
}
fn set_or(v: &Value, w: &Value) -> PyResult {
    set_op(v, v, w, either)
}
fn set_sub(v: &Value, w: &Value) -> PyResult {
    if !is_iterable(w) {
        return Ok(not_implemented());
    }
    set_op(v, v, &as_set(v, w)?, minus)
}
fn set_rsub(v: &Value, w: &Value) -> PyResult {
    if !is_iterable(w) {
        return Ok(not_implemented());
    }
    set_op(v, &as_set(v, w)?, v, minus)
}
fn set_xor(v: &Value, w: &Value) -> PyResult {
    if !is_iterable(w) {
        return Ok(not_implemented());
    }
    let w = as_set(v, w)?;
    rtcore::protocol::number::or_(&rtcore::protocol::number::sub(v, &w)?, &rtcore::protocol::number::sub(&w, v)?)
}
fn isdisjoint(v: &Value, w: &Value) -> PyResult {
    let mut it = iter::Iter::new(w)?;
    while let Some(x) = it.next()? {
        if contains(v, &x)? {
            return Ok(FALSE);
        }
    }
    Ok(TRUE)
}
fn set_hash(v: &Value) -> PyResult {
    let mut lanes = vec![];
    iter::for_each(v, |x| {
        lanes.push(hash::hash(&x)?);
        Ok(())
    })?;
    Ok(Value::int(rtcore::num::hash::frozenset(lanes.into_iter())))
}
pub(super) static SET: &[Method] = &[
    Method::new("__le__(self, other)", F2(|a, b| set_compare(Special::Le, a, b))),
    Method::new("__lt__(self, other)", F2(|a, b| set_compare(Special::Lt, a, b))),
    Method::new("__gt__(self, other)", F2(|a, b| set_compare(Special::Gt, a, b))),
    Method::new("__ge__(self, other)", F2(|a, b| set_compare(Special::Ge, a, b))),
    Method::new("__eq__(self, other)", F2(|a, b| set_compare(Special::Eq, a, b))),
    Method::class("_from_iterable(cls, it)", F2(from_iterable)),
    Method::new("__and__(self, other)", F2(set_and)),
    Method::new("__rand__(self, other)", F2(set_and)),
    Method::new("__or__(self, other)", F2(set_or)),
    Method::new("__ror__(self, other)", F2(set_or)),
    Method::new("__sub__(self, other)", F2(set_sub)),
    Method::new("__rsub__(self, other)", F2(set_rsub)),
    Method::new("__xor__(self, other)", F2(set_xor)),
    Method::new("__rxor__(self, other)", F2(set_xor)),
    Method::new("isdisjoint(self, other)", F2(isdisjoint)),
    Method::new("_hash(self)", F1(set_hash)),
];
fn add(v: &Value, x: Value) -> PyResult<()> {
    call_method_name(v, Name::new("add"), &[x]).map(drop)
}
fn discard(v: &Value, x: Value) -> PyResult<()> {
    call_method_name(v, Name::new("discard"), &[x]).map(drop)
}
fn mset_remove(v: &Value, x: &Value) -> PyResult {
    if !contains(v, x)? {
        return Err(key_error(x.clone()));
    }
    discard(v, x.clone())?;
    Ok(NONE)
}
fn mset_pop(v: &Value) -> PyResult {
    let it = iter::iter(v)?;
    match iter::next(&it)? {
        Some(x) => {
            discard(v, x.clone())?;
            Ok(x)
        }
        None => Err(error::raise_args(&error::hierarchy::KEY_ERROR, vec![])),
    }
}
fn mset_clear(v: &Value) -> PyResult {
    while len(v)? > 0 {
        call_method_name(v, Name::new("pop"), &[])?;
    }
    Ok(NONE)
}
fn mset_ior(v: &Value, w: &Value) -> PyResult {
    iter::for_each(w, |x| add(v, x))?;
    Ok(v.clone())
}
fn mset_iand(v: &Value, w: &Value) -> PyResult {
    for x in minus(v, w)? {
        discard(v, x)?;
    }
    Ok(v.clone())
}
fn mset_isub(v: &Value, w: &Value) -> PyResult {
    if v.is(w) {
        call_method_name(v, Name::new("clear"), &[])?;
    } else {
        iter::for_each(w, |x| discard(v, x))?;
    }
    Ok(v.clone())
}
fn mset_ixor(v: &Value, w: &Value) -> PyResult {
    if v.is(w) {
        call_method_name(v, Name::new("clear"), &[])?;
        return Ok(v.clone());
    }
    let other = as_set(v, w)?;
    iter::for_each(&other, |x| if contains(v, &x)? { discard(v, x) } else { add(v, x) })?;
    Ok(v.clone())
}
pub(super) static MUTABLE_SET: &[Method] = &[
    Method::new("remove(self, value)", F2(mset_remove)),
    Method::new("pop(self)", F1(mset_pop)),
    Method::new("clear(self)", F1(mset_clear)),
    Method::new("__ior__(self, it)", F2(mset_ior)),
    Method::new("__iand__(self, it)", F2(mset_iand)),
    Method::new("__ixor__(self, it)", F2(mset_ixor)),
    Method::new("__isub__(self, it)", F2(mset_isub)),
];
