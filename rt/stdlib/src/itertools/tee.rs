//! Owns: `tee` and `groupby`.
//! Never: draws an item before somebody asks for it.
//! Source: CPython 3.13, Modules/itertoolsmodule.c.

use super::{It, body, call_of, iterators, make};
use rtcore::error::value_error;
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::protocol::iter::{iter, next};
use rtcore::protocol::sequence::{as_ssize_arg, same_or_eq};
use rtcore::types::tuple;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A link of the chain of items that the iterators of one `tee` share.
struct Link {
    value: RefCell<Option<Value>>,
    next: RefCell<Option<Rc<Link>>>,
}
impl Drop for Link {
    fn drop(&mut self) {
        // A long chain is freed link by link, not by recursion.
        let mut next = self.next.take();
        while let Some(link) = next {
            match Rc::try_unwrap(link) {
                Ok(l) => next = l.next.take(),
                Err(_) => break,
            }
        }
    }
}
struct Tee {
    source: Value,
    link: RefCell<Rc<Link>>,
    running: Rc<Cell<bool>>,
}
impl Payload for Tee {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.source);
    }
}
impl Native for Tee {
    fn class() -> &'static Type {
        &TEE
    }
}
fn empty_link() -> Rc<Link> {
    Rc::new(Link { value: RefCell::new(None), next: RefCell::new(None) })
}
pub fn tee(source: &Value, n: &Value) -> PyResult {
    let n = as_ssize_arg(n)?;
    if n < 0 {
        return Err(value_error("n must be >= 0"));
    }
    if n == 0 {
        return Ok(tuple::empty());
    }
    let it = iter(source)?;
    let (source, link, running) = match it.downcast::<Tee>() {
        Some(t) => (t.source.clone(), t.link.borrow().clone(), t.running.clone()),
        None => (it.clone(), empty_link(), Rc::new(Cell::new(false))),
    };
    let new = |_| object::new(&TEE, Tee { source: source.clone(), link: RefCell::new(link.clone()), running: running.clone() });
    Ok(tuple::new((0..n).map(new).collect()))
}
fn tee_next(v: &Value) -> PyResult<Option<Value>> {
    let Some(t) = v.downcast::<Tee>() else { return Ok(None) };
    let link = t.link.borrow().clone();
    let known = link.value.borrow().clone();
    let value = match known {
        Some(v) => v,
        None => {
            if t.running.replace(true) {
                return Err(rtcore::error::runtime_error("cannot re-enter the tee iterator"));
            }
            let r = next(&t.source);
            t.running.set(false);
            let Some(v) = r? else { return Ok(None) };
            *link.value.borrow_mut() = Some(v.clone());
            *link.next.borrow_mut() = Some(empty_link());
            v
        }
    };
    if let Some(n) = link.next.borrow().clone() {
        let old = t.link.replace(n);
        drop(old);
    }
    Ok(Some(value))
}
fn tee_copy(v: &Value) -> PyResult {
    match v.downcast::<Tee>() {
        Some(t) => Ok(object::new(
            &TEE,
            Tee { source: t.source.clone(), link: RefCell::new(t.link.borrow().clone()), running: t.running.clone() },
        )),
        None => Ok(NONE),
    }
}
pub static TEE: Type = {
    static METHODS: &[Method] = &[
        Method::new("__iter__(self, /)", F1(rtcore::types::iterators::itself)),
        Method::new("__next__(self, /)", F1(rtcore::types::iterators::next_or_stop)),
        Method::new("__copy__(self, /)", F1(tee_copy)),
    ];
    static DEF: ClassDef = ClassDef::new::<Tee>("_tee").module("itertools").methods(METHODS).hooks(Hooks {
        iter: Some(rtcore::types::iterators::itself),
        next: Some(tee_next),
        ..Hooks::NONE
    });
    Type::builtin(&DEF)
};

// groupby: `sources[0]` is drawn from, `items` is [current key, current value, target key].

fn groupby_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&["iterable", "key"])?;
    let source = iter(&c.required(0, "iterable")?)?;
    let v = make(c.ty, vec![source], c.get(1, "key").unwrap_or(NONE));
    *body(&v)?.items.borrow_mut() = vec![UNBOUND, UNBOUND, UNBOUND];
    Ok(v)
}
fn slot(g: &It, i: usize) -> Value {
    g.items.borrow().get(i).cloned().unwrap_or(UNBOUND)
}
fn put(g: &It, i: usize, v: Value) {
    let old = g.items.borrow_mut().get_mut(i).map(|s| std::mem::replace(s, v));
    drop(old);
}
/// Draws the next item; false at the end.
fn step(g: &It) -> PyResult<bool> {
    let Some(source) = g.source(0) else { return Ok(false) };
    let Some(x) = next(&source)? else { return Ok(false) };
    let f = g.function();
    let key = if f.is_none() { x.clone() } else { call(&f, std::slice::from_ref(&x))? };
    put(g, 1, x);
    put(g, 0, key);
    Ok(true)
}
fn groupby_next(v: &Value) -> PyResult<Option<Value>> {
    let g = body(v)?;
    // The group handed out before is no longer the current one.
    drop(g.held.replace(NONE));
    loop {
        let key = slot(g, 0);
        if !key.is_unbound() {
            let target = slot(g, 2);
            if target.is_unbound() || !same_or_eq(&target, &key)? {
                break;
            }
        }
        if !step(g)? {
            return Ok(None);
        }
    }
    let key = slot(g, 0);
    put(g, 2, key.clone());
    let group = make(&GROUPER, vec![v.clone()], key.clone());
    // The identity of the current group, without keeping it alive.
    *g.held.borrow_mut() = Value::int(group.bits() as i64);
    Ok(Some(tuple::of([key, group])))
}
fn grouper_next(v: &Value) -> PyResult<Option<Value>> {
    let group = body(v)?;
    let Some(parent) = group.source(0) else { return Ok(None) };
    let g = body(&parent)?;
    if g.held.borrow().as_inline_int() != Some(v.bits() as i64) {
        return Ok(None);
    }
    if slot(g, 1).is_unbound() && !step(g)? {
        return Ok(None);
    }
    if !same_or_eq(&group.function(), &slot(g, 0))? {
        return Ok(None);
    }
    let x = slot(g, 1);
    put(g, 1, UNBOUND);
    Ok(Some(x))
}
fn no_new(_: &[Value], _: &[Name]) -> PyResult {
    Err(rtcore::error::type_error("cannot create 'itertools._grouper' instances"))
}
iterators! {
    GROUPBY "groupby" groupby_new, groupby_next, [];
    GROUPER "_grouper" no_new, grouper_next, [];
}
