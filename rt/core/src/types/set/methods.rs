//! Owns: the type objects `set` and `frozenset`, their methods, and `set_iterator`.
//! Never: touches the table but through `Set`'s methods.
//! Source: CPython 3.13, Objects/setobject.c.

use super::{Set, changed, difference, difference_update, intersection, is_subset, merge, swap, symmetric_difference_update, update};
use crate::def::{F1, F2, Method, Raw};
use crate::error::{PyResult, key_error, type_error};
use crate::name::{Name, names};
use crate::num::hash::frozenset as frozenset_hash;
use crate::object::{self, Native, Payload};
use crate::protocol::{hash, iter, repr};
use crate::types::class::special::Special;
use crate::types::class::{ClassDef, Hooks, Type};
use crate::types::none::not_implemented;
use crate::types::{list, tuple};
use crate::value::{NONE, Value};
use std::cell::{Cell, RefCell};

fn body(v: &Value) -> PyResult<&Set> {
    match v.downcast::<Set>() {
        Some(s) => Ok(s),
        None => Err(type_error(format!("descriptor requires a 'set' object but received a '{}'", v.ty().name()))),
    }
}
fn is_set(v: &Value) -> bool {
    v.downcast::<Set>().is_some()
}
/// `set(v)`.
pub fn from_iterable(v: &Value) -> PyResult {
    let s = Set::new();
    update(&s, v)?;
    Ok(object::new(&SET, s))
}
pub(super) fn frozen_copy(v: &Value) -> PyResult {
    let s = Set::new();
    update(&s, v)?;
    Ok(object::new(&FROZENSET, s))
}
/// The type of results: the builtin one of the left operand.
fn base_type(v: &Value) -> &'static Type {
    if v.ty().is_subtype(&FROZENSET) { &FROZENSET } else { &SET }
}
fn copy_of(v: &Value) -> PyResult<Set> {
    let s = Set::new();
    merge(&s, body(v)?)?;
    Ok(s)
}

fn set_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(ty) => Ok(object::new(ty, Set::new())),
        None => Err(type_error("set.__new__(X): X is not a type object")),
    }
}
fn set_init(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(v) = pos.first() else { return Err(type_error("descriptor '__init__' of 'set' object needs an argument")) };
    if !kw.is_empty() {
        return Err(type_error("set() takes no keyword arguments"));
    }
    let s = body(v)?;
    if pos.len() > 2 {
        return Err(type_error(format!("set expected at most 1 argument, got {}", pos.len() - 1)));
    }
    s.clear();
    if let Some(source) = pos.get(1) {
        update(s, source)?;
    }
    Ok(NONE)
}
fn frozenset_new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(ty) = pos.first().and_then(Value::as_type) else { return Err(type_error("frozenset.__new__(X): X is not a type object")) };
    if !kw.is_empty() && std::ptr::eq(ty, &FROZENSET) {
        return Err(type_error("frozenset() takes no keyword arguments"));
    }
    match &pos[1..] {
        [] => Ok(object::new(ty, Set::new())),
        [v] if std::ptr::eq(ty, &FROZENSET) && v.is_obj() && std::ptr::eq(v.ty(), &FROZENSET) => Ok(v.clone()),
        [v] => {
            let s = Set::new();
            update(&s, v)?;
            Ok(object::new(ty, s))
        }
        more => Err(type_error(format!("frozenset expected at most 1 argument, got {}", more.len()))),
    }
}
fn set_repr(v: &Value) -> PyResult {
    let s = body(v)?;
    let name = v.ty().name();
    if s.is_empty() {
        return Ok(Value::string(format!("{name}()")));
    }
    let Some(_guard) = repr::enter(v) else { return Ok(Value::string(format!("{name}(...)"))) };
    let items = s.items();
    let plain = std::ptr::eq(v.ty(), &SET);
    let (open, close) = if plain { ("{".to_string(), "}") } else { (format!("{name}({{"), "})") };
    repr::join(&open, close, items.len(), |i, b| repr::push_repr(b, &items[i]).map(|()| true))
}
fn set_len(v: &Value) -> PyResult {
    Ok(body(v)?.len().into())
}
fn set_contains(v: &Value, k: &Value) -> PyResult {
    Ok(body(v)?.contains_or_set(k)?.into())
}
fn set_iter(v: &Value) -> PyResult {
    let used = body(v)?.len();
    Ok(object::new(&SET_ITER, SetIter { set: RefCell::new(v.clone()), at: Cell::new(0), used: Cell::new(used), left: Cell::new(used) }))
}
fn frozen_hash(v: &Value) -> PyResult {
    let s = body(v)?;
    if let Some(h) = s.cached_hash().get() {
        return Ok(Value::int(h));
    }
    let mut lanes = vec![];
    for k in s.items() {
        lanes.push(hash::hash(&k)?);
    }
    let h = frozenset_hash(lanes.into_iter());
    s.cached_hash().set(Some(h));
    Ok(Value::int(h))
}

fn add(v: &Value, k: &Value) -> PyResult {
    body(v)?.add(k.clone())?;
    Ok(NONE)
}
fn discard(v: &Value, k: &Value) -> PyResult {
    body(v)?.discard(k)?;
    Ok(NONE)
}
fn remove(v: &Value, k: &Value) -> PyResult {
    if body(v)?.discard(k)? { Ok(NONE) } else { Err(key_error(k.clone())) }
}
fn pop(v: &Value) -> PyResult {
    body(v)?.pop().ok_or_else(|| key_error(Value::str("pop from an empty set")))
}
fn clear(v: &Value) -> PyResult {
    body(v)?.clear();
    Ok(NONE)
}
fn copy(v: &Value) -> PyResult {
    if v.is_obj() && std::ptr::eq(v.ty(), &FROZENSET) {
        return Ok(v.clone());
    }
    Ok(object::new(base_type(v), copy_of(v)?))
}

/// Reads `self, *others`.
fn others<'a>(name: &str, all: &'a [Value], kw: &[Name]) -> PyResult<(&'a Value, &'a [Value])> {
    if !kw.is_empty() {
        return Err(type_error(format!("set.{name}() takes no keyword arguments")));
    }
    match all.split_first() {
        Some(p) => Ok(p),
        None => Err(type_error(format!("unbound method set.{name}() needs an argument"))),
    }
}
fn m_update(all: &[Value], kw: &[Name]) -> PyResult {
    let (v, rest) = others("update", all, kw)?;
    for o in rest {
        update(body(v)?, o)?;
    }
    Ok(NONE)
}
fn m_union(all: &[Value], kw: &[Name]) -> PyResult {
    let (v, rest) = others("union", all, kw)?;
    let s = copy_of(v)?;
    for o in rest {
        if !o.is(v) {
            update(&s, o)?;
        }
    }
    Ok(object::new(base_type(v), s))
}
fn m_intersection(all: &[Value], kw: &[Name]) -> PyResult {
    let (v, rest) = others("intersection", all, kw)?;
    if rest.is_empty() {
        return copy(v);
    }
    let mut s: Option<Set> = None;
    for o in rest {
        s = Some(match &s {
            None if o.is(v) => copy_of(v)?,
            None => intersection(body(v)?, o)?,
            Some(s) => intersection(s, o)?,
        });
    }
    Ok(object::new(base_type(v), s.unwrap_or_default()))
}
fn m_intersection_update(all: &[Value], kw: &[Name]) -> PyResult {
    let (v, _) = others("intersection_update", all, kw)?;
    let r = m_intersection(all, kw)?;
    swap(body(v)?, body(&r)?);
    Ok(NONE)
}
fn m_difference(all: &[Value], kw: &[Name]) -> PyResult {
    let (v, rest) = others("difference", all, kw)?;
    let Some((first, more)) = rest.split_first() else { return copy(v) };
    let s = difference(body(v)?, first)?;
    for o in more {
        difference_update(&s, o)?;
    }
    Ok(object::new(base_type(v), s))
}
fn m_difference_update(all: &[Value], kw: &[Name]) -> PyResult {
    let (v, rest) = others("difference_update", all, kw)?;
    for o in rest {
        difference_update(body(v)?, o)?;
    }
    Ok(NONE)
}
fn m_symmetric_difference(v: &Value, w: &Value) -> PyResult {
    // CPython copies the other side and takes this one out of it.
    let s = Set::new();
    update(&s, w)?;
    symmetric_difference_update(&s, v)?;
    Ok(object::new(base_type(v), s))
}
fn m_symmetric_difference_update(v: &Value, w: &Value) -> PyResult {
    symmetric_difference_update(body(v)?, w)?;
    Ok(NONE)
}
fn m_issubset(v: &Value, w: &Value) -> PyResult {
    if let Some(o) = w.downcast::<Set>() {
        return Ok(is_subset(body(v)?, o)?.into());
    }
    let s = body(v)?;
    let common = intersection(s, w)?;
    Ok((common.len() == s.len()).into())
}
fn m_issuperset(v: &Value, w: &Value) -> PyResult {
    let s = body(v)?;
    if let Some(o) = w.downcast::<Set>() {
        return Ok(is_subset(o, s)?.into());
    }
    let mut it = iter::Iter::new(w)?;
    while let Some(k) = it.next()? {
        if !s.contains(&k)? {
            return Ok(Value::bool(false));
        }
    }
    Ok(Value::bool(true))
}
fn m_isdisjoint(v: &Value, w: &Value) -> PyResult {
    let s = body(v)?;
    let mut it = iter::Iter::new(w)?;
    while let Some(k) = it.next()? {
        if s.contains(&k)? {
            return Ok(Value::bool(false));
        }
    }
    Ok(Value::bool(true))
}

macro_rules! operators {
    ($($f:ident($v:ident, $w:ident) $e:expr;)*) => {
        $(fn $f($v: &Value, $w: &Value) -> PyResult {
            if !is_set($v) || !is_set($w) {
                return Ok(not_implemented());
            }
            $e
        })*
    };
}
operators! {
    op_or(v, w) {
        let s = copy_of(v)?;
        update(&s, w)?;
        Ok(object::new(base_type(v), s))
    };
    op_and(v, w) Ok(object::new(base_type(v), intersection(body(v)?, w)?));
    op_sub(v, w) Ok(object::new(base_type(v), difference(body(v)?, w)?));
    op_xor(v, w) m_symmetric_difference(v, w);
    op_ior(v, w) {
        update(body(v)?, w)?;
        Ok(v.clone())
    };
    op_iand(v, w) {
        let r = object::new(&SET, intersection(body(v)?, w)?);
        swap(body(v)?, body(&r)?);
        Ok(v.clone())
    };
    op_isub(v, w) {
        difference_update(body(v)?, w)?;
        Ok(v.clone())
    };
    op_ixor(v, w) {
        symmetric_difference_update(body(v)?, w)?;
        Ok(v.clone())
    };
}
fn set_compare(op: Special, v: &Value, w: &Value) -> PyResult {
    let (Some(a), Some(b)) = (v.downcast::<Set>(), w.downcast::<Set>()) else { return Ok(not_implemented()) };
    let equal = || -> PyResult<bool> { Ok(a.len() == b.len() && is_subset(a, b)?) };
    Ok(if op == Special::Eq {
        equal()?
    } else if op == Special::Ne {
        !equal()?
    } else if op == Special::Lt {
        a.len() < b.len() && is_subset(a, b)?
    } else if op == Special::Le {
        is_subset(a, b)?
    } else if op == Special::Gt {
        a.len() > b.len() && is_subset(b, a)?
    } else {
        is_subset(b, a)?
    }
    .into())
}
fn reduce(v: &Value) -> PyResult {
    let items = list::List::value(body(v)?.items());
    Ok(tuple::of([Value::of_type(v.ty()), tuple::of([items]), NONE]))
}
fn sizeof(v: &Value) -> PyResult {
    Ok((216 + 16 * body(v)?.len()).into())
}

macro_rules! shared {
    ($($more:expr),* $(,)?) => {
        &[
            Method::new("__repr__(self, /)", F1(set_repr)),
            Method::new("__len__(self, /)", F1(set_len)),
            Method::new("__contains__(self, object, /)", F2(set_contains)),
            Method::new("__iter__(self, /)", F1(set_iter)),
            Method::new("__or__(self, value, /)", F2(op_or)),
            Method::new("__ror__(self, value, /)", F2(|a, b| op_or(b, a))),
            Method::new("__and__(self, value, /)", F2(op_and)),
            Method::new("__rand__(self, value, /)", F2(|a, b| op_and(b, a))),
            Method::new("__sub__(self, value, /)", F2(op_sub)),
            Method::new("__rsub__(self, value, /)", F2(|a, b| op_sub(b, a))),
            Method::new("__xor__(self, value, /)", F2(op_xor)),
            Method::new("__rxor__(self, value, /)", F2(|a, b| op_xor(b, a))),
            Method::new("__lt__(self, value, /)", F2(|a, b| set_compare(Special::Lt, a, b))),
            Method::new("__le__(self, value, /)", F2(|a, b| set_compare(Special::Le, a, b))),
            Method::new("__eq__(self, value, /)", F2(|a, b| set_compare(Special::Eq, a, b))),
            Method::new("__ne__(self, value, /)", F2(|a, b| set_compare(Special::Ne, a, b))),
            Method::new("__gt__(self, value, /)", F2(|a, b| set_compare(Special::Gt, a, b))),
            Method::new("__ge__(self, value, /)", F2(|a, b| set_compare(Special::Ge, a, b))),
            Method::new("__reduce__(self, /)", F1(reduce)),
            Method::new("__sizeof__(self, /)", F1(sizeof)),
            Method::new("copy(self, /)", F1(copy)),
            Method::new("union(self, /, *others)", Raw(m_union)),
            Method::new("intersection(self, /, *others)", Raw(m_intersection)),
            Method::new("difference(self, /, *others)", Raw(m_difference)),
            Method::new("symmetric_difference(self, other, /)", F2(m_symmetric_difference)),
            Method::new("issubset(self, other, /)", F2(m_issubset)),
            Method::new("issuperset(self, other, /)", F2(m_issuperset)),
            Method::new("isdisjoint(self, other, /)", F2(m_isdisjoint)),
            Method::class("__class_getitem__(cls, object, /)", F2(crate::types::alias::new)),
            $($more),*
        ]
    };
}
static SET_METHODS: &[Method] = shared![
    Method::static_("__new__(type, *args, **kw)", Raw(set_new)),
    Method::new("__init__(self, *args, **kw)", Raw(set_init)),
    Method::new("__ior__(self, value, /)", F2(op_ior)),
    Method::new("__iand__(self, value, /)", F2(op_iand)),
    Method::new("__isub__(self, value, /)", F2(op_isub)),
    Method::new("__ixor__(self, value, /)", F2(op_ixor)),
    Method::new("add(self, object, /)", F2(add)),
    Method::new("discard(self, object, /)", F2(discard)),
    Method::new("remove(self, object, /)", F2(remove)),
    Method::new("pop(self, /)", F1(pop)),
    Method::new("clear(self, /)", F1(clear)),
    Method::new("update(self, /, *others)", Raw(m_update)),
    Method::new("intersection_update(self, /, *others)", Raw(m_intersection_update)),
    Method::new("difference_update(self, /, *others)", Raw(m_difference_update)),
    Method::new("symmetric_difference_update(self, other, /)", F2(m_symmetric_difference_update)),
];
static FROZENSET_METHODS: &[Method] =
    shared![Method::static_("__new__(type, *args, **kw)", Raw(frozenset_new)), Method::new("__hash__(self, /)", F1(frozen_hash)),];
const HOOKS: Hooks = Hooks { iter: Some(set_iter), ..Hooks::NONE };
fn unhashable(ty: &'static Type) {
    ty.dict.borrow_mut().insert(names::__hash__.get(), NONE);
}
static SET_DEF: ClassDef = ClassDef::new::<Set>("set").methods(SET_METHODS).hooks(HOOKS).setup(unhashable);
pub static SET: Type = Type::builtin(&SET_DEF);
static FROZENSET_DEF: ClassDef = ClassDef::new::<Set>("frozenset")
    .like(&crate::types::object_::OBJECT, &SET)
    .methods(FROZENSET_METHODS)
    .hooks(HOOKS);
pub static FROZENSET: Type = Type::builtin(&FROZENSET_DEF);

/// The iterator over a set.
pub struct SetIter {
    set: RefCell<Value>,
    at: Cell<usize>,
    used: Cell<usize>,
    left: Cell<usize>,
}
impl Payload for SetIter {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.set.borrow());
    }
    fn clear(&self) {
        drop(self.set.replace(NONE));
    }
}
impl Native for SetIter {
    fn class() -> &'static Type {
        &SET_ITER
    }
}
fn set_iter_next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = v.downcast::<SetIter>() else { return Ok(None) };
    let set = it.set.borrow().clone();
    let Some(s) = set.downcast::<Set>() else { return Ok(None) };
    if s.len() != it.used.get() {
        it.used.set(usize::MAX);
        return Err(changed());
    }
    match s.next_from(it.at.get()) {
        Some((at, key)) => {
            it.at.set(at);
            it.left.set(it.left.get().saturating_sub(1));
            Ok(Some(key))
        }
        None => {
            it.left.set(0);
            drop(it.set.replace(NONE));
            Ok(None)
        }
    }
}
fn set_iter_hint(v: &Value) -> PyResult {
    Ok(v.downcast::<SetIter>().map_or(0, |it| it.left.get()).into())
}
static SET_ITER_METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(crate::types::iterators::itself)),
    Method::new("__next__(self, /)", F1(crate::types::iterators::next_or_stop)),
    Method::new("__length_hint__(self, /)", F1(set_iter_hint)),
];
static SET_ITER_DEF: ClassDef = ClassDef::new::<SetIter>("set_iterator").methods(SET_ITER_METHODS).hooks(Hooks {
    iter: Some(crate::types::iterators::itself),
    next: Some(set_iter_next),
    ..Hooks::NONE
});
pub static SET_ITER: Type = Type::builtin(&SET_ITER_DEF);
