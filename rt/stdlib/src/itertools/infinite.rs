//! Owns: `count`, `cycle`, `repeat`, `accumulate`.
//! Never: ends what has no end.
//! Source: CPython 3.13, Modules/itertoolsmodule.c.

use super::{It, body, call_of, iterators, make};
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::protocol::iter::{iter, next};
use rtcore::protocol::sequence::as_ssize_arg;
use rtcore::protocol::{number, repr};
use rtcore::types::class::special::Special;

fn is_number(v: &Value) -> bool {
    [Special::Index, Special::Float, Special::Complex, Special::Int].iter().any(|s| v.ty().special(*s).is_some()) && !v.is_none()
}
fn count_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&["start", "step"])?;
    let start = c.get(0, "start").unwrap_or(Value::int(0));
    let step = c.get(1, "step").unwrap_or(Value::int(1));
    if !is_number(&start) || !is_number(&step) {
        return Err(type_error("a number is required"));
    }
    let v = make(c.ty, vec![], step);
    *body(&v)?.held.borrow_mut() = start;
    Ok(v)
}
fn count_next(v: &Value) -> PyResult<Option<Value>> {
    let c = body(v)?;
    let now = c.held.borrow().clone();
    let after = number::add(&now, &c.function())?;
    drop(c.held.replace(after));
    Ok(Some(now))
}
fn count_repr(v: &Value) -> PyResult {
    let c = body(v)?;
    let now = repr::repr_string(&c.held.borrow().clone())?;
    let step = c.function();
    Ok(Value::string(if step.as_inline_int() == Some(1) {
        format!("count({now})")
    } else {
        format!("count({now}, {})", repr::repr_string(&step)?)
    }))
}

fn cycle_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&[])?;
    c.count(1, 1)?;
    Ok(make(c.ty, vec![iter(&c.args[0])?], NONE))
}
fn cycle_next(v: &Value) -> PyResult<Option<Value>> {
    let c = body(v)?;
    if let Some(source) = c.source(0) {
        if let Some(x) = next(&source)? {
            c.items.borrow_mut().push(x.clone());
            return Ok(Some(x));
        }
        drop(c.sources.take());
    }
    let items = c.items.borrow();
    if items.is_empty() {
        return Ok(None);
    }
    let i = c.a.get() as usize;
    c.a.set(((i + 1) % items.len()) as i64);
    Ok(items.get(i).cloned())
}

fn repeat_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&["object", "times"])?;
    let object = c.required(0, "object")?;
    let v = make(c.ty, vec![], object);
    let b = body(&v)?;
    match c.get(1, "times") {
        Some(n) => b.a.set(as_ssize_arg(&n)?.max(0)),
        None => b.a.set(-1),
    }
    Ok(v)
}
fn repeat_next(v: &Value) -> PyResult<Option<Value>> {
    let r = body(v)?;
    match r.a.get() {
        0 => return Ok(None),
        n if n > 0 => r.a.set(n - 1),
        _ => {}
    }
    Ok(Some(r.function()))
}
fn repeat_repr(v: &Value) -> PyResult {
    let r = body(v)?;
    let x = repr::repr_string(&r.function())?;
    Ok(Value::string(if r.a.get() < 0 { format!("repeat({x})") } else { format!("repeat({x}, {})", r.a.get()) }))
}
fn repeat_hint(v: &Value) -> PyResult {
    let n = body(v)?.a.get();
    if n < 0 { Err(type_error("len() of unsized object")) } else { Ok(Value::int(n)) }
}

fn accumulate_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&["iterable", "func", "initial"])?;
    let source = iter(&c.required(0, "iterable")?)?;
    let f = c.get(1, "func").unwrap_or(NONE);
    let v = make(c.ty, vec![source], f);
    if let Some(initial) = c.kw.iter().find(|(n, _)| n.as_str() == "initial").map(|(_, v)| v.clone())
        && !initial.is_none()
    {
        let b = body(&v)?;
        b.items.borrow_mut().push(initial);
    }
    Ok(v)
}
fn accumulate_next(v: &Value) -> PyResult<Option<Value>> {
    let a = body(v)?;
    let initial = a.items.borrow_mut().pop();
    if let Some(x) = initial {
        drop(a.held.replace(x.clone()));
        return Ok(Some(x));
    }
    let Some(source) = a.source(0) else { return Ok(None) };
    let Some(x) = next(&source)? else { return Ok(None) };
    let total = a.held.borrow().clone();
    let total = if total.is_unbound() {
        x
    } else {
        let f = a.function();
        if f.is_none() { number::add(&total, &x)? } else { call(&f, &[total, x])? }
    };
    drop(a.held.replace(total.clone()));
    Ok(Some(total))
}

/// The type that all iterators of the module share their body with.
pub static COUNT: Type = {
    static METHODS: &[Method] = &[
        Method::static_("__new__(type, *args, **kw)", Raw(count_new)),
        Method::new("__iter__(self, /)", F1(rtcore::types::iterators::itself)),
        Method::new("__next__(self, /)", F1(rtcore::types::iterators::next_or_stop)),
        Method::new("__repr__(self, /)", F1(count_repr)),
    ];
    static DEF: ClassDef = ClassDef::new::<It>("count").module("itertools").methods(METHODS).hooks(Hooks {
        iter: Some(rtcore::types::iterators::itself),
        next: Some(count_next),
        ..Hooks::NONE
    });
    Type::builtin(&DEF)
};
iterators! {
    CYCLE "cycle" cycle_new, cycle_next, [];
    REPEAT "repeat" repeat_new, repeat_next, [
        Method::new("__repr__(self, /)", F1(repeat_repr)),
        Method::new("__length_hint__(self, /)", F1(repeat_hint))
    ];
    ACCUMULATE "accumulate" accumulate_new, accumulate_next, [];
}
