//! Owns: `dict_keys`, `dict_values`, `dict_items` and the iterators over dictionaries.
//! Never: copies a dictionary's items into a view; a view is the dictionary and a choice of part.
//! Source: CPython 3.13, Objects/dictobject.c.

use super::{Dict, DictCursor};
use crate::def::{F1, F2, Method};
use crate::error::{PyResult, type_error};
use crate::object::{self, Native, Payload};
use crate::protocol::sequence::{contains, same_or_eq};
use crate::protocol::{iter, repr, sequence};
use crate::types::class::special::Special;
use crate::types::class::{ClassDef, GetSet, Hooks, Type};
use crate::types::none::not_implemented;
use crate::types::set::{self, Set};
use crate::types::{list, tuple};
use crate::value::{NONE, Value};
use std::cell::{Cell, RefCell};

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Part {
    Keys,
    Values,
    Items,
}
impl Part {
    fn of(self, (k, v): (Value, Value)) -> Value {
        match self {
            Part::Keys => k,
            Part::Values => v,
            Part::Items => tuple::of([k, v]),
        }
    }
}

pub struct View {
    dict: Value,
    part: Part,
}
impl Payload for View {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.dict);
    }
}
impl Native for View {
    fn class() -> &'static Type {
        &DICT_KEYS
    }
}
/// A view of a dictionary.
pub fn view(dict: &Value, part: Part) -> Value {
    let ty = match part {
        Part::Keys => &DICT_KEYS,
        Part::Values => &DICT_VALUES,
        Part::Items => &DICT_ITEMS,
    };
    object::new(ty, View { dict: dict.clone(), part })
}

/// A view of an OrderedDict.
pub fn ordered_view(dict: &Value, part: Part) -> Value {
    let ty = match part {
        Part::Keys => &ODICT_KEYS,
        Part::Values => &ODICT_VALUES,
        Part::Items => &ODICT_ITEMS,
    };
    object::new(ty, View { dict: dict.clone(), part })
}
/// An iterator over an OrderedDict.
pub fn ordered_iterator(dict: &Value, part: Part, back: bool) -> PyResult {
    let Some(d) = dict.downcast::<Dict>() else { return Err(type_error("not a dict")) };
    let cursor = Cell::new(if back { d.cursor_back() } else { d.cursor() });
    Ok(object::new(&ODICT_ITER, DictIter { dict: RefCell::new(dict.clone()), part, back, cursor }))
}

pub struct DictIter {
    /// None once the iterator is exhausted.
    dict: RefCell<Value>,
    part: Part,
    back: bool,
    cursor: Cell<DictCursor>,
}
impl Payload for DictIter {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.dict.borrow());
    }
    fn clear(&self) {
        drop(self.dict.replace(NONE));
    }
}
impl Native for DictIter {
    fn class() -> &'static Type {
        &KEY_ITER
    }
}
/// An iterator over a dictionary.
pub fn iterator(dict: &Value, part: Part, back: bool) -> PyResult {
    let Some(d) = dict.downcast::<Dict>() else { return Err(type_error("not a dict")) };
    let ty = match (part, back) {
        (Part::Keys, false) => &KEY_ITER,
        (Part::Values, false) => &VALUE_ITER,
        (Part::Items, false) => &ITEM_ITER,
        (Part::Keys, true) => &KEY_REVERSE,
        (Part::Values, true) => &VALUE_REVERSE,
        (Part::Items, true) => &ITEM_REVERSE,
    };
    let cursor = Cell::new(if back { d.cursor_back() } else { d.cursor() });
    Ok(object::new(ty, DictIter { dict: RefCell::new(dict.clone()), part, back, cursor }))
}
fn iter_next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = v.downcast::<DictIter>() else { return Ok(None) };
    let dict = it.dict.borrow().clone();
    let Some(d) = dict.downcast::<Dict>() else { return Ok(None) };
    let mut c = it.cursor.get();
    let r = if it.back { d.advance_back(&mut c) } else { d.advance(&mut c) };
    it.cursor.set(c);
    match r? {
        Some(pair) => Ok(Some(it.part.of(pair))),
        None => {
            drop(it.dict.replace(NONE));
            Ok(None)
        }
    }
}
fn iter_hint(v: &Value) -> PyResult {
    let Some(it) = v.downcast::<DictIter>() else { return Ok(Value::int(0)) };
    let done = it.dict.borrow().is_none();
    Ok(if done { 0 } else { it.cursor.get().left() }.into())
}

fn parts(v: &Value) -> PyResult<(&Dict, Part)> {
    let Some(w) = v.downcast::<View>() else { return Err(type_error("not a dictionary view")) };
    match w.dict.downcast::<Dict>() {
        Some(d) => Ok((d, w.part)),
        None => Err(type_error("not a dictionary view")),
    }
}
fn view_iter(v: &Value) -> PyResult {
    let Some(w) = v.downcast::<View>() else { return Err(type_error("not a dictionary view")) };
    if is_ordered(v) { ordered_iterator(&w.dict, w.part, false) } else { iterator(&w.dict, w.part, false) }
}
fn is_ordered(v: &Value) -> bool {
    [&ODICT_KEYS, &ODICT_VALUES, &ODICT_ITEMS].iter().any(|t| std::ptr::eq(v.ty(), *t))
}
fn view_reversed(v: &Value) -> PyResult {
    let Some(w) = v.downcast::<View>() else { return Err(type_error("not a dictionary view")) };
    if is_ordered(v) { ordered_iterator(&w.dict, w.part, true) } else { iterator(&w.dict, w.part, true) }
}
fn view_len(v: &Value) -> PyResult {
    Ok(parts(v)?.0.len().into())
}
fn view_repr(v: &Value) -> PyResult {
    let Some(_guard) = repr::enter(v) else { return Ok(Value::str("...")) };
    let l = list::List::value(iter::collect(v)?);
    Ok(Value::string(format!("{}({})", v.ty().name(), repr::repr_string(&l)?)))
}
fn view_contains(v: &Value, x: &Value) -> PyResult {
    let (d, part) = parts(v)?;
    Ok(match part {
        Part::Keys => d.contains(x)?,
        Part::Values => sequence::contains_by_iteration(v, x)?,
        Part::Items => match tuple::items(x) {
            [k, y] => match d.get(k)? {
                Some(z) => same_or_eq(&z, y)?,
                None => false,
            },
            [..] => false,
        },
    }
    .into())
}
fn view_mapping(v: &Value) -> PyResult {
    match v.downcast::<View>() {
        Some(w) => Ok(crate::types::mappingproxy::new(w.dict.clone())),
        None => Ok(NONE),
    }
}

fn is_view_set(v: &Value) -> bool {
    v.downcast::<View>().is_some_and(|w| w.part != Part::Values)
}
fn as_set(v: &Value) -> PyResult {
    set::from_iterable(v)
}
fn set_op(v: &Value, w: &Value, op: fn(&Set, &Value) -> PyResult<()>) -> PyResult {
    let result = as_set(v)?;
    if let Some(s) = result.downcast::<Set>() {
        op(s, w)?;
    }
    Ok(result)
}
fn view_and(v: &Value, w: &Value) -> PyResult {
    // `_PyDictView_Intersect`: the longer side is searched, the shorter one walked.
    if !is_view_set(v) {
        return view_and(w, v);
    }
    let result = set::empty_set();
    let Some(s) = result.downcast::<Set>() else { return Ok(result.clone()) };
    if is_view_set(w) && sequence::len(w)? > sequence::len(v)? {
        iter::for_each(v, |x| if contains(w, &x)? { s.add(x) } else { Ok(()) })?;
        return Ok(result.clone());
    }
    iter::for_each(w, |x| if contains(v, &x)? { s.add(x) } else { Ok(()) })?;
    Ok(result.clone())
}
fn view_or(v: &Value, w: &Value) -> PyResult {
    set_op(v, w, set::update)
}
fn view_sub(v: &Value, w: &Value) -> PyResult {
    set_op(v, w, set::difference_update)
}
fn view_xor(v: &Value, w: &Value) -> PyResult {
    set_op(v, w, set::symmetric_difference_update)
}
fn isdisjoint(v: &Value, w: &Value) -> PyResult {
    let mut it = iter::Iter::new(w)?;
    while let Some(x) = it.next()? {
        if contains(v, &x)? {
            return Ok(Value::bool(false));
        }
    }
    Ok(Value::bool(true))
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
fn view_compare(op: Special, v: &Value, w: &Value) -> PyResult {
    if !is_view_set(w) && w.downcast::<Set>().is_none() {
        return Ok(not_implemented());
    }
    let (a, b) = (sequence::len(v)?, sequence::len(w)?);
    let ok = match op {
        Special::Eq => a == b && all_in(v, w)?,
        Special::Ne => !(a == b && all_in(v, w)?),
        Special::Lt => a < b && all_in(v, w)?,
        Special::Le => a <= b && all_in(v, w)?,
        Special::Gt => a > b && all_in(w, v)?,
        Special::Ge => a >= b && all_in(w, v)?,
        _ => return Ok(not_implemented()),
    };
    Ok(ok.into())
}

static SET_METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(view_iter)),
    Method::new("__reversed__(self, /)", F1(view_reversed)),
    Method::new("__len__(self, /)", F1(view_len)),
    Method::new("__repr__(self, /)", F1(view_repr)),
    Method::new("__contains__(self, key, /)", F2(view_contains)),
    Method::new("__and__(self, value, /)", F2(view_and)),
    Method::new("__rand__(self, value, /)", F2(|a, b| view_and(b, a))),
    Method::new("__or__(self, value, /)", F2(view_or)),
    Method::new("__ror__(self, value, /)", F2(|a, b| view_or(b, a))),
    Method::new("__sub__(self, value, /)", F2(view_sub)),
    Method::new("__rsub__(self, value, /)", F2(|a, b| view_sub(b, a))),
    Method::new("__xor__(self, value, /)", F2(view_xor)),
    Method::new("__rxor__(self, value, /)", F2(|a, b| view_xor(b, a))),
    Method::new("__lt__(self, value, /)", F2(|a, b| view_compare(Special::Lt, a, b))),
    Method::new("__le__(self, value, /)", F2(|a, b| view_compare(Special::Le, a, b))),
    Method::new("__eq__(self, value, /)", F2(|a, b| view_compare(Special::Eq, a, b))),
    Method::new("__ne__(self, value, /)", F2(|a, b| view_compare(Special::Ne, a, b))),
    Method::new("__gt__(self, value, /)", F2(|a, b| view_compare(Special::Gt, a, b))),
    Method::new("__ge__(self, value, /)", F2(|a, b| view_compare(Special::Ge, a, b))),
    Method::new("isdisjoint(self, other, /)", F2(isdisjoint)),
];
static VALUE_METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(view_iter)),
    Method::new("__reversed__(self, /)", F1(view_reversed)),
    Method::new("__len__(self, /)", F1(view_len)),
    Method::new("__repr__(self, /)", F1(view_repr)),
];
static GETSET: &[GetSet] = &[GetSet::ro("mapping", view_mapping)];
fn unhashable(ty: &'static Type) {
    ty.dict.borrow_mut().insert(crate::name::names::__hash__.get(), NONE);
}
const VIEW_HOOKS: Hooks = Hooks { iter: Some(view_iter), ..Hooks::NONE };
static KEYS_DEF: ClassDef =
    ClassDef::new::<View>("dict_keys").methods(SET_METHODS).getset(GETSET).hooks(VIEW_HOOKS).setup(unhashable);
pub static DICT_KEYS: Type = Type::builtin(&KEYS_DEF);
static ITEMS_DEF: ClassDef = ClassDef::new::<View>("dict_items")
    .like(&crate::types::object_::OBJECT, &DICT_KEYS)
    .methods(SET_METHODS)
    .getset(GETSET)
    .hooks(VIEW_HOOKS)
    .setup(unhashable);
pub static DICT_ITEMS: Type = Type::builtin(&ITEMS_DEF);
static VALUES_DEF: ClassDef = ClassDef::new::<View>("dict_values")
    .like(&crate::types::object_::OBJECT, &DICT_KEYS)
    .methods(VALUE_METHODS)
    .getset(GETSET)
    .hooks(VIEW_HOOKS);
pub static DICT_VALUES: Type = Type::builtin(&VALUES_DEF);

macro_rules! ordered {
    ($($ty:ident $name:literal $base:ident;)*) => { $(pub static $ty: Type = {
        static DEF: ClassDef = ClassDef::new::<View>($name).like(&$base, &DICT_KEYS).hooks(VIEW_HOOKS);
        Type::builtin(&DEF)
    };)* };
}
ordered! { ODICT_KEYS "odict_keys" DICT_KEYS; ODICT_VALUES "odict_values" DICT_VALUES; ODICT_ITEMS "odict_items" DICT_ITEMS; }

static ITER_METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(crate::types::iterators::itself)),
    Method::new("__next__(self, /)", F1(crate::types::iterators::next_or_stop)),
    Method::new("__length_hint__(self, /)", F1(iter_hint)),
];
const ITER_HOOKS: Hooks = Hooks { iter: Some(crate::types::iterators::itself), next: Some(iter_next), ..Hooks::NONE };
macro_rules! iterators {
    ($($ty:ident $name:literal)*) => { $(pub static $ty: Type = {
        static DEF: ClassDef = ClassDef::new::<DictIter>($name)
            .like(&crate::types::object_::OBJECT, &KEY_ITER)
            .methods(ITER_METHODS)
            .hooks(ITER_HOOKS);
        Type::builtin(&DEF)
    };)* };
}
static KEY_ITER_DEF: ClassDef = ClassDef::new::<DictIter>("dict_keyiterator").methods(ITER_METHODS).hooks(ITER_HOOKS);
pub static KEY_ITER: Type = Type::builtin(&KEY_ITER_DEF);
iterators! {
    VALUE_ITER "dict_valueiterator" ITEM_ITER "dict_itemiterator" KEY_REVERSE "dict_reversekeyiterator"
    VALUE_REVERSE "dict_reversevalueiterator" ITEM_REVERSE "dict_reverseitemiterator"
    ODICT_ITER "odict_iterator"
}
