//! Owns: `collections.deque` and its iterators.
//! Never: holds a borrow of the items while Python code may run.
//! Source: CPython 3.13, Modules/_collectionsmodule.c.

use rtcore::error::{PyResult, index_error, runtime_error, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::iter::for_each;
use rtcore::protocol::sequence::{as_clamped, as_index, as_size, as_ssize_arg, clip_range, is_index, same_or_eq};
use rtcore::protocol::repr;
use rtcore::types::class::special::Special;
use rtcore::types::none::not_implemented;
use rtcore::types::tuple::{self, compare_items};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

pub struct Deque {
    items: RefCell<VecDeque<Value>>,
    maxlen: Cell<Option<usize>>,
    /// Counts changes, for iterators.
    state: Cell<u64>,
}
impl Payload for Deque {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.items.borrow().iter().for_each(visit);
    }
    fn clear(&self) {
        drop(self.items.take());
    }
}
impl Native for Deque {
    fn class() -> &'static Type {
        &DEQUE
    }
}
impl Deque {
    fn changed(&self) {
        self.state.set(self.state.get() + 1);
    }
    fn len(&self) -> usize {
        self.items.borrow().len()
    }
    fn get(&self, i: usize) -> Option<Value> {
        self.items.borrow().get(i).cloned()
    }
    fn to_vec(&self) -> Vec<Value> {
        self.items.borrow().iter().cloned().collect()
    }
    fn push_back(&self, v: Value) {
        self.changed();
        if self.maxlen.get() == Some(0) {
            return;
        }
        let old = {
            let mut d = self.items.borrow_mut();
            d.push_back(v);
            if self.maxlen.get().is_some_and(|m| d.len() > m) { d.pop_front() } else { None }
        };
        drop(old);
    }
    fn push_front(&self, v: Value) {
        self.changed();
        if self.maxlen.get() == Some(0) {
            return;
        }
        let old = {
            let mut d = self.items.borrow_mut();
            d.push_front(v);
            if self.maxlen.get().is_some_and(|m| d.len() > m) { d.pop_back() } else { None }
        };
        drop(old);
    }
}
fn body(v: &Value) -> PyResult<&Deque> {
    v.downcast::<Deque>().ok_or_else(|| type_error(format!("descriptor requires a 'collections.deque' object but received a '{}'", v.ty().name())))
}
fn make(ty: &'static Type, items: VecDeque<Value>, maxlen: Option<usize>) -> Value {
    object::new(ty, Deque { items: RefCell::new(items), maxlen: Cell::new(maxlen), state: Cell::new(0) })
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(ty) => Ok(make(ty, VecDeque::new(), None)),
        None => Err(type_error("not a type")),
    }
}
fn init(v: &Value, source: &Value, maxlen: &Value) -> PyResult {
    let d = body(v)?;
    let limit = if maxlen.is_none() {
        None
    } else {
        let n = as_ssize_arg(maxlen)?;
        if n < 0 {
            return Err(value_error("maxlen must be non-negative"));
        }
        Some(n as usize)
    };
    d.maxlen.set(limit);
    let old = d.items.take();
    drop(old);
    if !source.is_unbound() {
        for_each(source, |x| {
            d.push_back(x);
            Ok(())
        })?;
    }
    Ok(NONE)
}
fn append(v: &Value, x: &Value) -> PyResult {
    body(v)?.push_back(x.clone());
    Ok(NONE)
}
fn appendleft(v: &Value, x: &Value) -> PyResult {
    body(v)?.push_front(x.clone());
    Ok(NONE)
}
fn extend(v: &Value, source: &Value) -> PyResult {
    let d = body(v)?;
    if source.is(v) {
        for x in d.to_vec() {
            d.push_back(x);
        }
        return Ok(NONE);
    }
    for_each(source, |x| {
        d.push_back(x);
        Ok(())
    })?;
    Ok(NONE)
}
fn extendleft(v: &Value, source: &Value) -> PyResult {
    let d = body(v)?;
    if source.is(v) {
        for x in d.to_vec() {
            d.push_front(x);
        }
        return Ok(NONE);
    }
    for_each(source, |x| {
        d.push_front(x);
        Ok(())
    })?;
    Ok(NONE)
}
fn pop(v: &Value) -> PyResult {
    let d = body(v)?;
    d.changed();
    let x = d.items.borrow_mut().pop_back();
    x.ok_or_else(|| index_error("pop from an empty deque"))
}
fn popleft(v: &Value) -> PyResult {
    let d = body(v)?;
    d.changed();
    let x = d.items.borrow_mut().pop_front();
    x.ok_or_else(|| index_error("pop from an empty deque"))
}
fn clear(v: &Value) -> PyResult {
    let d = body(v)?;
    d.changed();
    let old = d.items.take();
    drop(old);
    Ok(NONE)
}
fn copy(v: &Value) -> PyResult {
    let d = body(v)?;
    if std::ptr::eq(v.ty(), &DEQUE) {
        return Ok(make(&DEQUE, d.items.borrow().clone(), d.maxlen.get()));
    }
    let class = Value::of_type(v.ty());
    match d.maxlen.get() {
        Some(n) => rtcore::protocol::call::call(&class, &[v.clone(), n.into()]),
        None => rtcore::protocol::call::call(&class, std::slice::from_ref(v)),
    }
}
fn deepcopy_free(v: &Value) -> PyResult {
    let d = body(v)?;
    let state = rtcore::protocol::attr::lookup_optional(v, names::__dict__.get())?.unwrap_or(NONE);
    let args = match d.maxlen.get() {
        Some(n) => tuple::of([tuple::empty(), n.into()]),
        None => tuple::empty(),
    };
    Ok(tuple::of([Value::of_type(v.ty()), args, state, iter(v)?]))
}
fn count(v: &Value, x: &Value) -> PyResult {
    let d = body(v)?;
    let (state, mut n) = (d.state.get(), 0i64);
    let mut i = 0;
    while let Some(y) = d.get(i) {
        n += i64::from(same_or_eq(&y, x)?);
        if d.state.get() != state {
            return Err(runtime_error("deque mutated during iteration"));
        }
        i += 1;
    }
    Ok(Value::int(n))
}
fn find(d: &Deque, x: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let state = d.state.get();
    for i in start..stop {
        let Some(y) = d.get(i) else { break };
        let same = same_or_eq(&y, x)?;
        if d.state.get() != state {
            return Err(runtime_error("deque mutated during iteration"));
        }
        if same {
            return Ok(Some(i));
        }
    }
    Ok(None)
}
fn index(v: &Value, x: &Value, start: &Value, stop: &Value) -> PyResult {
    let d = body(v)?;
    let (start, stop) = clip_range(as_clamped(start)?, as_clamped(stop)?, d.len());
    match find(d, x, start, stop)? {
        Some(i) => Ok(i.into()),
        None => Err(value_error(format!("{} is not in deque", repr::repr_string(x)?))),
    }
}
fn contains(v: &Value, x: &Value) -> PyResult {
    Ok(find(body(v)?, x, 0, usize::MAX)?.is_some().into())
}
fn remove(v: &Value, x: &Value) -> PyResult {
    let d = body(v)?;
    let n = d.len();
    match find(d, x, 0, n) {
        Ok(Some(i)) => {
            d.changed();
            let old = d.items.borrow_mut().remove(i);
            drop(old);
            Ok(NONE)
        }
        Ok(None) => Err(value_error(format!("{} is not in deque", repr::repr_string(x)?))),
        Err(r) if d.len() != n => {
            drop(rtcore::error::take(r));
            Err(index_error("deque mutated during remove()."))
        }
        Err(r) => Err(r),
    }
}
fn insert(v: &Value, at: &Value, x: &Value) -> PyResult {
    let d = body(v)?;
    if d.maxlen.get() == Some(d.len()) {
        return Err(index_error("deque already at its maximum size"));
    }
    let n = d.len() as i64;
    let i = as_ssize_arg(at)?;
    let i = if i < 0 { (i + n).max(0) } else { i.min(n) };
    d.changed();
    d.items.borrow_mut().insert(i as usize, x.clone());
    Ok(NONE)
}
fn rotate(v: &Value, n: &Value) -> PyResult {
    let d = body(v)?;
    let n = as_ssize_arg(n)?;
    let len = d.len() as i64;
    if len > 1 {
        d.changed();
        d.items.borrow_mut().rotate_right(n.rem_euclid(len) as usize);
    }
    Ok(NONE)
}
fn reverse(v: &Value) -> PyResult {
    let d = body(v)?;
    d.items.borrow_mut().make_contiguous().reverse();
    Ok(NONE)
}
fn len(v: &Value) -> PyResult {
    Ok(body(v)?.len().into())
}
fn at(d: &Deque, key: &Value) -> PyResult<usize> {
    if !is_index(key) {
        return Err(type_error(format!("sequence index must be integer, not '{}'", key.ty().full_name())));
    }
    let i = as_index(key)?;
    let n = d.len() as i64;
    let i = if i < 0 { i + n } else { i };
    if i < 0 || i >= n { Err(index_error("deque index out of range")) } else { Ok(i as usize) }
}
fn getitem(v: &Value, key: &Value) -> PyResult {
    let d = body(v)?;
    d.get(at(d, key)?).ok_or_else(|| index_error("deque index out of range"))
}
fn setitem(v: &Value, key: &Value, x: &Value) -> PyResult {
    let d = body(v)?;
    let i = at(d, key)?;
    let old = d.items.borrow_mut().get_mut(i).map(|s| std::mem::replace(s, x.clone()));
    drop(old);
    Ok(NONE)
}
fn delitem(v: &Value, key: &Value) -> PyResult {
    let d = body(v)?;
    let i = at(d, key)?;
    d.changed();
    let old = d.items.borrow_mut().remove(i);
    drop(old);
    Ok(NONE)
}
fn deque_repr(v: &Value) -> PyResult {
    let d = body(v)?;
    let Some(_guard) = repr::enter(v) else { return Ok(Value::str("[...]")) };
    let items = rtcore::types::list::List::value(d.to_vec());
    let items = repr::repr_string(&items)?;
    let name = v.ty().name();
    Ok(Value::string(match d.maxlen.get() {
        Some(n) => format!("{name}({items}, maxlen={n})"),
        None => format!("{name}({items})"),
    }))
}
fn compare(op: Special, v: &Value, w: &Value) -> PyResult {
    let (Some(a), Some(b)) = (v.downcast::<Deque>(), w.downcast::<Deque>()) else { return Ok(not_implemented()) };
    if a.len() != b.len() && matches!(op, Special::Eq | Special::Ne) {
        return Ok((op == Special::Ne).into());
    }
    compare_items(op, &a.to_vec(), &b.to_vec())
}
fn add(v: &Value, w: &Value) -> PyResult {
    let (Some(_), Some(b)) = (v.downcast::<Deque>(), w.downcast::<Deque>()) else {
        if v.downcast::<Deque>().is_some() {
            return Err(type_error(format!("can only concatenate deque (not \"{}\") to deque", w.ty().full_name())));
        }
        return Ok(not_implemented());
    };
    let new = copy(v)?;
    for x in b.to_vec() {
        append(&new, &x)?;
    }
    Ok(new)
}
fn iadd(v: &Value, w: &Value) -> PyResult {
    extend(v, w)?;
    Ok(v.clone())
}
fn repeated(d: &Deque, n: &Value) -> PyResult<VecDeque<Value>> {
    let n = as_size(n)?.max(0) as usize;
    let items = d.to_vec();
    let total = items.len().saturating_mul(n);
    let skip = d.maxlen.get().map_or(0, |m| total.saturating_sub(m));
    Ok((skip..total).map(|i| items[i % items.len()].clone()).collect())
}
fn mul(v: &Value, n: &Value) -> PyResult {
    if !is_index(n) {
        return Ok(not_implemented());
    }
    let d = body(v)?;
    Ok(make(v.ty(), repeated(d, n)?, d.maxlen.get()))
}
fn imul(v: &Value, n: &Value) -> PyResult {
    if !is_index(n) {
        return Ok(not_implemented());
    }
    let d = body(v)?;
    let new = repeated(d, n)?;
    d.changed();
    let old = d.items.replace(new);
    drop(old);
    Ok(v.clone())
}

struct DequeIter {
    deque: Value,
    at: Cell<usize>,
    state: u64,
    back: bool,
}
impl Payload for DequeIter {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.deque);
    }
}
impl Native for DequeIter {
    fn class() -> &'static Type {
        &DEQUE_ITER
    }
}
fn iter(v: &Value) -> PyResult {
    Ok(object::new(&DEQUE_ITER, DequeIter { deque: v.clone(), at: Cell::new(0), state: body(v)?.state.get(), back: false }))
}
fn reversed(v: &Value) -> PyResult {
    Ok(object::new(&DEQUE_REVERSE, DequeIter { deque: v.clone(), at: Cell::new(0), state: body(v)?.state.get(), back: true }))
}
fn iter_next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = v.downcast::<DequeIter>() else { return Ok(None) };
    let d = body(&it.deque)?;
    if d.state.get() != it.state {
        it.at.set(usize::MAX);
        return Err(runtime_error("deque mutated during iteration"));
    }
    let i = it.at.get();
    let x = if it.back { d.len().checked_sub(i.saturating_add(1)).and_then(|i| d.get(i)) } else { d.get(i) };
    if x.is_some() {
        it.at.set(i + 1);
    }
    Ok(x)
}
fn iter_hint(v: &Value) -> PyResult {
    let Some(it) = v.downcast::<DequeIter>() else { return Ok(Value::int(0)) };
    Ok(body(&it.deque)?.len().saturating_sub(it.at.get()).into())
}
rtcore::iterator_type!(DEQUE_ITER, "_collections._deque_iterator", DequeIter, iter_next, [Method::new("__length_hint__(self, /)", F1(iter_hint))]);
rtcore::iterator_type!(DEQUE_REVERSE, "_collections._deque_reverse_iterator", DequeIter, like DEQUE_ITER, iter_next, [
    Method::new("__length_hint__(self, /)", F1(iter_hint)),
]);

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, iterable=..., maxlen=None)", F3(init)),
    Method::new("__repr__(self, /)", F1(deque_repr)),
    Method::new("__len__(self, /)", F1(len)),
    Method::new("__iter__(self, /)", F1(iter)),
    Method::new("__reversed__(self, /)", F1(reversed)),
    Method::new("__contains__(self, key, /)", F2(contains)),
    Method::new("__getitem__(self, key, /)", F2(getitem)),
    Method::new("__setitem__(self, key, value, /)", F3(setitem)),
    Method::new("__delitem__(self, key, /)", F2(delitem)),
    Method::new("__add__(self, value, /)", F2(add)),
    Method::new("__iadd__(self, value, /)", F2(iadd)),
    Method::new("__mul__(self, value, /)", F2(mul)),
    Method::new("__rmul__(self, value, /)", F2(mul)),
    Method::new("__imul__(self, value, /)", F2(imul)),
    Method::new("__lt__(self, value, /)", F2(|a, b| compare(Special::Lt, a, b))),
    Method::new("__le__(self, value, /)", F2(|a, b| compare(Special::Le, a, b))),
    Method::new("__eq__(self, value, /)", F2(|a, b| compare(Special::Eq, a, b))),
    Method::new("__ne__(self, value, /)", F2(|a, b| compare(Special::Ne, a, b))),
    Method::new("__gt__(self, value, /)", F2(|a, b| compare(Special::Gt, a, b))),
    Method::new("__ge__(self, value, /)", F2(|a, b| compare(Special::Ge, a, b))),
    Method::new("__copy__(self, /)", F1(copy)),
    Method::new("__reduce__(self, /)", F1(deepcopy_free)),
    Method::new("append(self, item, /)", F2(append)),
    Method::new("appendleft(self, item, /)", F2(appendleft)),
    Method::new("extend(self, iterable, /)", F2(extend)),
    Method::new("extendleft(self, iterable, /)", F2(extendleft)),
    Method::new("pop(self, /)", F1(pop)),
    Method::new("popleft(self, /)", F1(popleft)),
    Method::new("clear(self, /)", F1(clear)),
    Method::new("copy(self, /)", F1(copy)),
    Method::new("count(self, value, /)", F2(count)),
    Method::new("index(self, value, start=0, stop=9223372036854775807, /)", F4(index)),
    Method::new("insert(self, index, value, /)", F3(insert)),
    Method::new("remove(self, value, /)", F2(remove)),
    Method::new("reverse(self, /)", F1(reverse)),
    Method::new("rotate(self, n=1, /)", F2(rotate)),
    Method::class("__class_getitem__(cls, object, /)", F2(rtcore::types::alias::new)),
];
static GETSET: &[GetSet] = &[GetSet::ro("maxlen", |v| Ok(body(v)?.maxlen.get().map_or(NONE, Value::from)))];
static DEF: ClassDef = ClassDef::new::<Deque>("deque")
    .module("collections")
    .methods(METHODS)
    .getset(GETSET)
    .hooks(Hooks { iter: Some(iter), ..Hooks::NONE })
    .setup(|t| t.set_own(names::__hash__.get(), NONE))
    .flags(TypeFlags::SEQUENCE);
pub static DEQUE: Type = Type::builtin(&DEF);
