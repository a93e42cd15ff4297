//! Owns: `enumerate`, `zip`, `map`, `filter`, `reversed`, the iterator over `__getitem__` and
//! `iter(callable, sentinel)`.
//! Never: runs ahead of what it was asked for.
//! Source: CPython 3.13, Objects/enumobject.c, Objects/iterobject.c, Python/bltinmodule.c.

use crate::def::{F1, Method, Raw};
use crate::error::hierarchy::STOP_ITERATION;
use crate::error::{self, PyResult, type_error, value_error};
use crate::name::Name;
use crate::object::{self, Native, Payload};
use crate::protocol::call::{call, call_special, try_special};
use crate::protocol::iter::{iter, next};
use crate::protocol::sequence::{self, ends_sequence, index_value, truth};
use crate::types::class::Type;
use crate::types::class::special::Special;
use crate::types::tuple;
use crate::value::{NONE, Value};
use std::cell::{Cell, RefCell};

/// Iterators, a function or a counter: what all adapters are made of.
pub struct Adapter {
    /// The iterators to draw from; emptied at the end where CPython does so.
    sources: RefCell<Vec<Value>>,
    /// The function, sentinel or sequence.
    f: RefCell<Value>,
    count: RefCell<Value>,
    at: Cell<i64>,
    strict: Cell<bool>,
}
impl Payload for Adapter {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.sources.borrow().iter().for_each(&mut *visit);
        visit(&self.f.borrow());
        visit(&self.count.borrow());
    }
    fn clear(&self) {
        drop(self.sources.take());
        drop(self.f.replace(NONE));
    }
}
impl Native for Adapter {
    fn class() -> &'static Type {
        &ENUMERATE
    }
}
fn make(ty: &'static Type, sources: Vec<Value>, f: Value, at: i64) -> Value {
    object::new(
        ty,
        Adapter { sources: RefCell::new(sources), f: RefCell::new(f), count: RefCell::new(NONE), at: Cell::new(at), strict: Cell::new(false) },
    )
}
fn body(v: &Value) -> PyResult<&Adapter> {
    v.downcast::<Adapter>().ok_or_else(|| type_error("not an iterator"))
}
impl Adapter {
    fn source(&self, i: usize) -> Option<Value> {
        self.sources.borrow().get(i).cloned()
    }
}

/// Splits `cls, *args` and reads the class.
fn class_of<'a>(all: &'a [Value], kw: &[Name]) -> PyResult<(&'static Type, &'a [Value])> {
    let pos = &all[..all.len() - kw.len()];
    match pos.first().and_then(Value::as_type) {
        Some(ty) => Ok((ty, &pos[1..])),
        None => Err(type_error("X is not a type object")),
    }
}
/// Keyword arguments are refused by the builtin types, left to `__init__` by subclasses.
fn no_keywords(ty: &'static Type, name: &str, kw: &[Name]) -> PyResult<()> {
    if !kw.is_empty() && ty.is_static() { Err(type_error(format!("{name}() takes no keyword arguments"))) } else { Ok(()) }
}

// enumerate

fn enumerate_new(all: &[Value], kw: &[Name]) -> PyResult {
    let (ty, args) = class_of(all, kw)?;
    let (mut iterable, mut start) = (args.first().cloned(), args.get(1).cloned());
    for (k, v) in kw.iter().zip(&all[all.len() - kw.len()..]) {
        match k.as_str() {
            "iterable" if iterable.is_none() => iterable = Some(v.clone()),
            "start" if start.is_none() => start = Some(v.clone()),
            other => return Err(type_error(format!("'{other}' is an invalid keyword argument for enumerate()"))),
        }
    }
    if args.len() > 2 {
        return Err(type_error(format!("enumerate() takes at most 2 arguments ({} given)", args.len() + kw.len())));
    }
    let Some(iterable) = iterable else { return Err(type_error("enumerate() missing required argument 'iterable'")) };
    let start = match start {
        Some(s) => index_value(&s)?,
        None => Value::int(0),
    };
    let it = make(ty, vec![iter(&iterable)?], NONE, start.as_inline_int().unwrap_or(0));
    if start.as_inline_int().is_none() {
        *body(&it)?.count.borrow_mut() = start;
    }
    Ok(it)
}
fn enumerate_next(v: &Value) -> PyResult<Option<Value>> {
    let e = body(v)?;
    let Some(source) = e.source(0) else { return Ok(None) };
    let Some(x) = next(&source)? else { return Ok(None) };
    let big = e.count.borrow().clone();
    let n = if big.is_none() { Value::int(e.at.get()) } else { big.clone() };
    match e.at.get().checked_add(1).filter(|_| big.is_none()) {
        Some(i) => e.at.set(i),
        None => {
            let more = crate::protocol::number::add(&n, &Value::int(1))?;
            drop(e.count.replace(more));
        }
    }
    Ok(Some(tuple::of([n, x])))
}
crate::iterator_type!(ENUMERATE, "enumerate", Adapter, enumerate_next, [
    Method::static_("__new__(type, *args, **kw)", Raw(enumerate_new)),
    Method::class("__class_getitem__(cls, object, /)", crate::def::F2(crate::types::alias::new)),
]);

// zip

fn zip_new(all: &[Value], kw: &[Name]) -> PyResult {
    let (ty, args) = class_of(all, kw)?;
    let mut strict = false;
    for (k, v) in kw.iter().zip(&all[all.len() - kw.len()..]) {
        match k.as_str() {
            "strict" => strict = truth(v)?,
            other => return Err(type_error(format!("zip() got an unexpected keyword argument '{other}'"))),
        }
    }
    let sources = args.iter().map(iter).collect::<PyResult<Vec<_>>>()?;
    let z = make(ty, sources, NONE, 0);
    body(&z)?.strict.set(strict);
    Ok(z)
}
fn zip_next(v: &Value) -> PyResult<Option<Value>> {
    let z = body(v)?;
    let n = z.sources.borrow().len();
    if n == 0 {
        return Ok(None);
    }
    let mut items = Vec::with_capacity(n);
    for i in 0..n {
        let Some(source) = z.source(i) else { return Ok(None) };
        match next(&source)? {
            Some(x) => items.push(x),
            None if z.strict.get() => return zip_strict(z, i, n),
            None => return Ok(None),
        }
    }
    Ok(Some(tuple::new(items)))
}
/// One iterator ended: the others must end too.
fn zip_strict(z: &Adapter, ended: usize, n: usize) -> PyResult<Option<Value>> {
    if ended > 0 {
        let s = if ended == 1 { " " } else { "s 1-" };
        return Err(value_error(format!("zip() argument {} is shorter than argument{s}{ended}", ended + 1)));
    }
    for i in 1..n {
        let Some(source) = z.source(i) else { return Ok(None) };
        if next(&source)?.is_some() {
            let s = if i == 1 { " " } else { "s 1-" };
            return Err(value_error(format!("zip() argument {} is longer than argument{s}{i}", i + 1)));
        }
    }
    Ok(None)
}
crate::iterator_type!(ZIP, "zip", Adapter, like ENUMERATE, zip_next, [
    Method::static_("__new__(type, *args, **kw)", Raw(zip_new)),
]);

// map, filter

fn map_new(all: &[Value], kw: &[Name]) -> PyResult {
    let (ty, args) = class_of(all, kw)?;
    no_keywords(ty, "map", kw)?;
    match args {
        [f, first, more @ ..] => {
            let mut sources = vec![iter(first)?];
            for m in more {
                sources.push(iter(m)?);
            }
            Ok(make(ty, sources, f.clone(), 0))
        }
        [] | [_] => Err(type_error("map() must have at least two arguments.")),
    }
}
fn map_next(v: &Value) -> PyResult<Option<Value>> {
    let m = body(v)?;
    let n = m.sources.borrow().len();
    let f = m.f.borrow().clone();
    if n == 1 {
        let Some(source) = m.source(0) else { return Ok(None) };
        return match next(&source)? {
            Some(x) => call(&f, &[x]).map(Some),
            None => Ok(None),
        };
    }
    let mut args = Vec::with_capacity(n);
    for i in 0..n {
        let Some(source) = m.source(i) else { return Ok(None) };
        match next(&source)? {
            Some(x) => args.push(x),
            None => return Ok(None),
        }
    }
    if n == 0 { Ok(None) } else { call(&f, &args).map(Some) }
}
crate::iterator_type!(MAP, "map", Adapter, like ENUMERATE, map_next, [
    Method::static_("__new__(type, *args, **kw)", Raw(map_new)),
]);

fn filter_new(all: &[Value], kw: &[Name]) -> PyResult {
    let (ty, args) = class_of(all, kw)?;
    no_keywords(ty, "filter", kw)?;
    match args {
        [f, source] => Ok(make(ty, vec![iter(source)?], f.clone(), 0)),
        other => Err(type_error(format!("filter expected 2 arguments, got {}", other.len()))),
    }
}
fn filter_next(v: &Value) -> PyResult<Option<Value>> {
    let m = body(v)?;
    let f = m.f.borrow().clone();
    let plain = f.is_none() || f.is_type(&crate::types::bool_::BOOL);
    let Some(source) = m.source(0) else { return Ok(None) };
    while let Some(x) = next(&source)? {
        let keep = if plain { truth(&x)? } else { truth(&call(&f, std::slice::from_ref(&x))?)? };
        if keep {
            return Ok(Some(x));
        }
    }
    Ok(None)
}
crate::iterator_type!(FILTER, "filter", Adapter, like ENUMERATE, filter_next, [
    Method::static_("__new__(type, *args, **kw)", Raw(filter_new)),
]);

// reversed

/// `reversed(v)`.
pub fn reversed(v: &Value) -> PyResult {
    reversed_new(&[Value::of_type(&REVERSED), v.clone()], &[])
}
fn reversed_new(all: &[Value], kw: &[Name]) -> PyResult {
    let (ty, args) = class_of(all, kw)?;
    no_keywords(ty, "reversed", kw)?;
    let [v] = args else { return Err(type_error(format!("reversed expected 1 argument, got {}", args.len()))) };
    if let Some(f) = v.ty().special(Special::Reversed) {
        if f.is_none() {
            return Err(type_error(format!("'{}' object is not reversible", v.ty().full_name())));
        }
        let f = f.clone();
        return call_special(&f, v, &[]);
    }
    let is_sequence = v.ty().special(Special::GetItem).is_some()
        && v.ty().special(Special::Len).is_some()
        && v.downcast::<crate::types::dict::Dict>().is_none();
    if !is_sequence {
        return Err(type_error(format!("'{}' object is not reversible", v.ty().full_name())));
    }
    let n = sequence::len(v)?;
    Ok(make(ty, vec![], v.clone(), n as i64 - 1))
}
fn reversed_next(v: &Value) -> PyResult<Option<Value>> {
    let r = body(v)?;
    let i = r.at.get();
    let seq = r.f.borrow().clone();
    if i >= 0 && !seq.is_none() {
        match sequence::getitem(&seq, &Value::int(i)) {
            Ok(x) => {
                r.at.set(i - 1);
                return Ok(Some(x));
            }
            Err(e) if ends_sequence(&e) => drop(error::take(e)),
            Err(e) => return Err(e),
        }
    }
    r.at.set(-1);
    drop(r.f.replace(NONE));
    Ok(None)
}
fn reversed_hint(v: &Value) -> PyResult {
    let r = body(v)?;
    let seq = r.f.borrow().clone();
    if seq.is_none() {
        return Ok(Value::int(0));
    }
    let n = sequence::len(&seq)? as i64;
    Ok(Value::int(if n < r.at.get() { 0 } else { r.at.get() + 1 }))
}
crate::iterator_type!(REVERSED, "reversed", Adapter, like ENUMERATE, reversed_next, [
    Method::static_("__new__(type, *args, **kw)", Raw(reversed_new)),
    Method::new("__length_hint__(self, /)", F1(reversed_hint)),
]);

// __getitem__, iter(f, sentinel)

/// The iterator over an object that has only `__getitem__`.
pub fn sequence(v: Value) -> Value {
    make(&SEQ_ITER, vec![], v, 0)
}
fn seq_next(v: &Value) -> PyResult<Option<Value>> {
    let s = body(v)?;
    let seq = s.f.borrow().clone();
    if seq.is_none() {
        return Ok(None);
    }
    let Some(r) = try_special(&seq, Special::GetItem, &[Value::int(s.at.get())]) else { return Ok(None) };
    match r {
        Ok(x) => {
            s.at.set(s.at.get() + 1);
            Ok(Some(x))
        }
        Err(e) if ends_sequence(&e) => {
            drop(error::take(e));
            drop(s.f.replace(NONE));
            Ok(None)
        }
        Err(e) => Err(e),
    }
}
fn seq_hint(v: &Value) -> PyResult {
    let s = body(v)?;
    let seq = s.f.borrow().clone();
    if seq.is_none() || seq.ty().special(Special::Len).is_none() {
        return Ok(if seq.is_none() { Value::int(0) } else { crate::types::none::not_implemented() });
    }
    Ok(Value::int((sequence::len(&seq)? as i64 - s.at.get()).max(0)))
}
crate::iterator_type!(SEQ_ITER, "iterator", Adapter, like ENUMERATE, seq_next, [
    Method::new("__length_hint__(self, /)", F1(seq_hint)),
]);

/// `iter(f, sentinel)`.
pub fn callable(f: Value, sentinel: Value) -> Value {
    make(&CALLABLE_ITER, vec![sentinel], f, 0)
}
fn callable_next(v: &Value) -> PyResult<Option<Value>> {
    let c = body(v)?;
    let f = c.f.borrow().clone();
    let Some(sentinel) = c.source(0) else { return Ok(None) };
    match call(&f, &[]) {
        Ok(x) => {
            if sequence::same_or_eq(&sentinel, &x)? {
                drop(c.sources.take());
                return Ok(None);
            }
            Ok(Some(x))
        }
        Err(e) if error::matches(&e, &STOP_ITERATION) => {
            drop(error::take(e));
            drop(c.sources.take());
            Ok(None)
        }
        Err(e) => Err(e),
    }
}
crate::iterator_type!(CALLABLE_ITER, "callable_iterator", Adapter, like ENUMERATE, callable_next, []);
