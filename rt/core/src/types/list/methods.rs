//! Owns: the type object `list` and its methods.
//! Never: touches storage but through `List`'s methods.
//! Source: CPython 3.13, Objects/listobject.c.

use super::List;
use crate::def::{F1, F2, F3, F4, Method, Raw};
use crate::error::{PyResult, index_error, memory_error, type_error, value_error};
use crate::name::Name;
use crate::object;
use crate::protocol::sequence::{self, as_clamped, as_index, as_size, as_ssize_arg, same_or_eq};
use crate::protocol::{iter, repr};
use crate::types::class::special::Special;
use crate::types::class::{ClassDef, Hooks, Type, TypeFlags};
use crate::types::none::not_implemented;
use crate::types::slice::Slice;
use crate::types::tuple::{compare_items, order_matches};
use crate::value::{NONE, Value};

/// The body of a receiver: descriptors have checked its type.
fn body(v: &Value) -> PyResult<&List> {
    match v.downcast::<List>() {
        Some(l) => Ok(l),
        None => Err(type_error(format!("descriptor requires a 'list' object but received a '{}'", v.ty().name()))),
    }
}

fn list_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(ty) => Ok(object::new(ty, List::new(vec![]))),
        None => Err(type_error("list.__new__(X): X is not a type object")),
    }
}
fn list_init(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(v) = pos.first() else { return Err(type_error("descriptor '__init__' of 'list' object needs an argument")) };
    if !kw.is_empty() && v.ty().special_is_native(Special::Init) && v.ty().is_static() {
        return Err(type_error("list() takes no keyword arguments"));
    }
    let l = body(v)?;
    if pos.len() > 2 {
        return Err(type_error(format!("list expected at most 1 argument, got {}", pos.len() - 1)));
    }
    drop(l.take_all());
    if let Some(source) = pos.get(1) {
        extend(v, source)?;
    }
    Ok(NONE)
}
fn list_repr(v: &Value) -> PyResult {
    let l = body(v)?;
    if l.is_empty() {
        return Ok(Value::str("[]"));
    }
    let Some(_guard) = repr::enter(v) else { return Ok(Value::str("[...]")) };
    repr::join("[", "]", usize::MAX, |i, b| match l.get(i) {
        Some(x) => repr::push_repr(b, &x).map(|()| true),
        None => Ok(false),
    })
}
fn list_len(v: &Value) -> PyResult {
    Ok(body(v)?.len().into())
}
fn list_contains(v: &Value, x: &Value) -> PyResult {
    Ok(body(v)?.position(x, 0, usize::MAX)?.is_some().into())
}
fn list_getitem(v: &Value, key: &Value) -> PyResult {
    let l = body(v)?;
    if let Some(s) = key.downcast::<Slice>() {
        let b = sequence::bounds(s, || l.len())?;
        if b.step == 1 {
            return Ok(List::value(l.slice(b.start as usize, b.start as usize + b.count)));
        }
        return Ok(List::value(b.indices().filter_map(|i| l.get(i)).collect()));
    }
    if !sequence::is_index(key) {
        return Err(bad_index(key));
    }
    l.get_signed(as_index(key)?).ok_or_else(|| index_error("list index out of range"))
}
fn bad_index(key: &Value) -> crate::error::Raised {
    type_error(format!("list indices must be integers or slices, not {}", key.ty().full_name()))
}
fn list_setitem(v: &Value, key: &Value, value: &Value) -> PyResult {
    let l = body(v)?;
    let Some(s) = key.downcast::<Slice>() else {
        if !sequence::is_index(key) {
            return Err(bad_index(key));
        }
        let i = as_index(key)?;
        return if l.set_signed(i, value.clone()) { Ok(NONE) } else { Err(index_error("list assignment index out of range")) };
    };
    let b = sequence::bounds(s, || l.len())?;
    if b.step == 1 {
        let items = collect_or(value, "can only assign an iterable")?;
        // The length may have changed while the iterable was read.
        let b = sequence::bounds(s, || l.len())?;
        let old = l.splice(b.start as usize, b.stop.max(b.start) as usize, items);
        super::drop_reversed(old);
        return Ok(NONE);
    }
    let items = collect_or(value, "must assign iterable to extended slice")?;
    let b = sequence::bounds(s, || l.len())?;
    if items.len() != b.count {
        return Err(value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {}",
            items.len(),
            b.count
        )));
    }
    for (i, x) in b.indices().zip(items) {
        l.set(i, x);
    }
    Ok(NONE)
}
fn collect_or(v: &Value, text: &str) -> PyResult<Vec<Value>> {
    use crate::error;
    match iter::collect(v) {
        Err(r) if error::matches(&r, &error::hierarchy::TYPE_ERROR) && !iterable(v) => {
            drop(error::take(r));
            Err(type_error(text))
        }
        other => other,
    }
}
fn iterable(v: &Value) -> bool {
    v.ty().hooks().iter.is_some() || v.ty().special(Special::Iter).is_some() || v.ty().special(Special::GetItem).is_some()
}
fn list_delitem(v: &Value, key: &Value) -> PyResult {
    let l = body(v)?;
    let Some(s) = key.downcast::<Slice>() else {
        if !sequence::is_index(key) {
            return Err(bad_index(key));
        }
        let i = as_index(key)?;
        let i = if i < 0 { i + l.len() as i64 } else { i };
        return match usize::try_from(i).ok().and_then(|i| l.remove(i)) {
            Some(old) => {
                drop(old);
                Ok(NONE)
            }
            None => Err(index_error("list assignment index out of range")),
        };
    };
    let b = sequence::bounds(s, || l.len())?;
    if b.step == 1 {
        let old = l.splice(b.start as usize, b.stop.max(b.start) as usize, vec![]);
        super::drop_reversed(old);
        return Ok(NONE);
    }
    let gone: std::collections::HashSet<usize> = b.indices().collect();
    let (mut keep, mut old) = (vec![], vec![]);
    for (i, x) in l.take_all().into_iter().enumerate() {
        if gone.contains(&i) { old.push(x) } else { keep.push(x) }
    }
    drop(l.replace_all(keep));
    drop(old);
    Ok(NONE)
}
fn list_add(v: &Value, w: &Value) -> PyResult {
    let (a, Some(b)) = (body(v)?, w.downcast::<List>()) else { return Ok(not_implemented()) };
    let new = a.copy();
    new.extend(b.to_vec());
    Ok(object::new(&LIST, new))
}
fn list_iadd(v: &Value, w: &Value) -> PyResult {
    extend(v, w)?;
    Ok(v.clone())
}
fn repeated(l: &List, n: &Value) -> PyResult<Option<List>> {
    if !sequence::is_index(n) {
        return Ok(None);
    }
    let n = as_size(n)?;
    if n <= 0 {
        return Ok(Some(List::new(vec![])));
    }
    if l.len().checked_mul(n as usize).is_none_or(|n| n > (1 << 40)) {
        return Err(memory_error(""));
    }
    Ok(Some(l.repeated(n as usize)))
}
fn list_mul(v: &Value, n: &Value) -> PyResult {
    Ok(match repeated(body(v)?, n)? {
        Some(l) => object::new(&LIST, l),
        None => not_implemented(),
    })
}
fn list_imul(v: &Value, n: &Value) -> PyResult {
    let l = body(v)?;
    match repeated(l, n)? {
        Some(new) => {
            let old = l.replace_all(new.take_all());
            drop(old);
            Ok(v.clone())
        }
        None => Ok(not_implemented()),
    }
}
fn list_compare(op: Special, v: &Value, w: &Value) -> PyResult {
    let (a, Some(b)) = (body(v)?, w.downcast::<List>()) else { return Ok(not_implemented()) };
    if a.len() != b.len() && matches!(op, Special::Eq | Special::Ne) {
        return Ok(Value::bool(op == Special::Ne));
    }
    if let (Some(x), Some(y)) = (a.as_ints(), b.as_ints()) {
        return Ok(Value::bool(order_matches(op, x.cmp(y))));
    }
    compare_items(op, &a.to_vec(), &b.to_vec())
}
fn list_iter(v: &Value) -> PyResult {
    Ok(crate::types::iterators::list_at(v.clone(), 0))
}
fn list_reversed(v: &Value) -> PyResult {
    Ok(crate::types::iterators::list_reversed(v.clone()))
}
fn append(v: &Value, x: &Value) -> PyResult {
    body(v)?.push(x.clone());
    Ok(NONE)
}
/// `list.extend`.
pub(crate) fn extend(v: &Value, source: &Value) -> PyResult {
    let l = body(v)?;
    if let Some(other) = source.downcast_exact::<List>() {
        l.extend(other.to_vec());
        return Ok(NONE);
    }
    let mut it = iter::Iter::new(source)?;
    if matches!(it, iter::Iter::Object(_)) {
        // Announced lengths are asked for as CPython does, though nothing depends on them here.
        sequence::length_hint(source, 8)?;
    }
    while let Some(x) = it.next()? {
        l.push(x);
    }
    Ok(NONE)
}
fn insert(v: &Value, at: &Value, x: &Value) -> PyResult {
    let l = body(v)?;
    let i = as_ssize_arg(at)?;
    let n = l.len() as i64;
    let i = if i < 0 { (i + n).max(0) } else { i.min(n) };
    l.insert(i as usize, x.clone());
    Ok(NONE)
}
fn pop(v: &Value, at: &Value) -> PyResult {
    let l = body(v)?;
    let i = as_ssize_arg(at)?;
    if l.is_empty() {
        return Err(index_error("pop from empty list"));
    }
    if i == -1 {
        return l.pop().ok_or_else(|| index_error("pop from empty list"));
    }
    let i = if i < 0 { i + l.len() as i64 } else { i };
    usize::try_from(i).ok().and_then(|i| l.remove(i)).ok_or_else(|| index_error("pop index out of range"))
}
fn remove(v: &Value, x: &Value) -> PyResult {
    let l = body(v)?;
    match l.position(x, 0, usize::MAX)? {
        Some(i) => {
            let old = l.remove(i);
            drop(old);
            Ok(NONE)
        }
        None => Err(value_error("list.remove(x): x not in list")),
    }
}
fn index(v: &Value, x: &Value, start: &Value, stop: &Value) -> PyResult {
    let l = body(v)?;
    let (start, stop) = (as_clamped(start)?, as_clamped(stop)?);
    let (start, stop) = sequence::clip_range(start, stop, l.len());
    match l.position(x, start, stop)? {
        Some(i) => Ok(i.into()),
        None => Err(value_error(format!("{} is not in list", repr::repr_string(x)?))),
    }
}
fn count(v: &Value, x: &Value) -> PyResult {
    let l = body(v)?;
    let (mut n, mut i) = (0i64, 0);
    while let Some(y) = l.get(i) {
        n += i64::from(same_or_eq(&y, x)?);
        i += 1;
    }
    Ok(Value::int(n))
}
fn clear(v: &Value) -> PyResult {
    let old = body(v)?.take_all();
    super::drop_reversed(old);
    Ok(NONE)
}
fn copy(v: &Value) -> PyResult {
    Ok(object::new(&LIST, body(v)?.copy()))
}
fn reverse(v: &Value) -> PyResult {
    body(v)?.reverse();
    Ok(NONE)
}
fn sort(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    if pos > 1 {
        return Err(type_error("sort() takes no positional arguments"));
    }
    let Some(v) = all.first() else { return Err(type_error("unbound method list.sort() needs an argument")) };
    let (key, reverse) = super::sort::options("sort", kw, &all[pos..])?;
    super::sort(body(v)?, &key, reverse)?;
    Ok(NONE)
}
fn sizeof(v: &Value) -> PyResult {
    Ok((56 + 8 * body(v)?.len()).into())
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(list_new)),
    Method::new("__init__(self, *args, **kw)", Raw(list_init)),
    Method::new("__repr__(self, /)", F1(list_repr)),
    Method::new("__len__(self, /)", F1(list_len)),
    Method::new("__contains__(self, key, /)", F2(list_contains)),
    Method::new("__getitem__(self, index, /)", F2(list_getitem)),
    Method::new("__setitem__(self, key, value, /)", F3(list_setitem)),
    Method::new("__delitem__(self, key, /)", F2(list_delitem)),
    Method::new("__iter__(self, /)", F1(list_iter)),
    Method::new("__reversed__(self, /)", F1(list_reversed)),
    Method::new("__add__(self, value, /)", F2(list_add)),
    Method::new("__iadd__(self, value, /)", F2(list_iadd)),
    Method::new("__mul__(self, value, /)", F2(list_mul)),
    Method::new("__rmul__(self, value, /)", F2(list_mul)),
    Method::new("__imul__(self, value, /)", F2(list_imul)),
    Method::new("__lt__(self, value, /)", F2(|a, b| list_compare(Special::Lt, a, b))),
    Method::new("__le__(self, value, /)", F2(|a, b| list_compare(Special::Le, a, b))),
    Method::new("__eq__(self, value, /)", F2(|a, b| list_compare(Special::Eq, a, b))),
    Method::new("__ne__(self, value, /)", F2(|a, b| list_compare(Special::Ne, a, b))),
    Method::new("__gt__(self, value, /)", F2(|a, b| list_compare(Special::Gt, a, b))),
    Method::new("__ge__(self, value, /)", F2(|a, b| list_compare(Special::Ge, a, b))),
    Method::new("__sizeof__(self, /)", F1(sizeof)),
    Method::new("append(self, object, /)", F2(append)),
    Method::new("extend(self, iterable, /)", F2(extend)),
    Method::new("insert(self, index, object, /)", F3(insert)),
    Method::new("pop(self, index=-1, /)", F2(pop)),
    Method::new("remove(self, value, /)", F2(remove)),
    Method::new("index(self, value, start=0, stop=9223372036854775807, /)", F4(index)),
    Method::new("count(self, value, /)", F2(count)),
    Method::new("clear(self, /)", F1(clear)),
    Method::new("copy(self, /)", F1(copy)),
    Method::new("reverse(self, /)", F1(reverse)),
    Method::new("sort(self, /, *, key=None, reverse=False)", Raw(sort)),
    Method::class("__class_getitem__(cls, object, /)", F2(crate::types::alias::new)),
];
fn setup(ty: &'static Type) {
    // Lists are not hashable.
    ty.dict.borrow_mut().insert(crate::name::names::__hash__.get(), NONE);
}
static DEF: ClassDef = ClassDef::new::<List>("list")
    .doc("Built-in mutable sequence.")
    .methods(METHODS)
    .hooks(Hooks { iter: Some(list_iter), ..Hooks::NONE })
    .setup(setup)
    .flags(TypeFlags::SEQUENCE);
pub static LIST: Type = Type::builtin(&DEF);
