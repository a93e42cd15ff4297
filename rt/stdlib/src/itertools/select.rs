//! Owns: iterators that pass items on: `chain compress dropwhile takewhile filterfalse starmap islice
//! zip_longest pairwise batched`.
//! Never: keeps more items than the next result needs.
//! Source: CPython 3.13, Modules/itertoolsmodule.c.

use super::{It, body, call_of, iterators, make};
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::protocol::iter::{collect, iter, next};
use rtcore::protocol::sequence::{as_ssize_arg, index_value, is_index, truth};
use rtcore::types::tuple;

// chain

fn chain_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&[])?;
    let source = iter(&tuple::new(c.args.to_vec()))?;
    Ok(make(c.ty, vec![source], NONE))
}
fn from_iterable(class: &Value, source: &Value) -> PyResult {
    let ty = class.as_type().ok_or_else(|| type_error("not a type"))?;
    Ok(make(ty, vec![iter(source)?], NONE))
}
fn chain_next(v: &Value) -> PyResult<Option<Value>> {
    let c = body(v)?;
    loop {
        let active = c.held.borrow().clone();
        if !active.is_unbound() {
            if let Some(x) = next(&active)? {
                return Ok(Some(x));
            }
            drop(c.held.replace(UNBOUND));
        }
        let Some(source) = c.source(0) else { return Ok(None) };
        let next_iterable = match next(&source) {
            Ok(Some(x)) => x,
            Ok(None) => {
                drop(c.sources.take());
                return Ok(None);
            }
            Err(r) => {
                drop(c.sources.take());
                return Err(r);
            }
        };
        match iter(&next_iterable) {
            Ok(it) => drop(c.held.replace(it)),
            Err(r) => {
                drop(c.sources.take());
                return Err(r);
            }
        }
    }
}

// compress, dropwhile, takewhile, filterfalse, starmap

fn compress_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&["data", "selectors"])?;
    let (data, selectors) = (c.required(0, "data")?, c.required(1, "selectors")?);
    Ok(make(c.ty, vec![iter(&data)?, iter(&selectors)?], NONE))
}
fn compress_next(v: &Value) -> PyResult<Option<Value>> {
    let c = body(v)?;
    let (Some(data), Some(selectors)) = (c.source(0), c.source(1)) else { return Ok(None) };
    loop {
        let Some(x) = next(&data)? else { return Ok(None) };
        let Some(s) = next(&selectors)? else { return Ok(None) };
        if truth(&s)? {
            return Ok(Some(x));
        }
    }
}
fn predicate_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&[])?;
    c.count(2, 2)?;
    Ok(make(c.ty, vec![iter(&c.args[1])?], c.args[0].clone()))
}
fn dropwhile_next(v: &Value) -> PyResult<Option<Value>> {
    let d = body(v)?;
    let Some(source) = d.source(0) else { return Ok(None) };
    while let Some(x) = next(&source)? {
        if d.flag.get() {
            return Ok(Some(x));
        }
        if !truth(&call(&d.function(), std::slice::from_ref(&x))?)? {
            d.flag.set(true);
            return Ok(Some(x));
        }
    }
    Ok(None)
}
fn takewhile_next(v: &Value) -> PyResult<Option<Value>> {
    let t = body(v)?;
    if t.flag.get() {
        return Ok(None);
    }
    let Some(source) = t.source(0) else { return Ok(None) };
    let Some(x) = next(&source)? else { return Ok(None) };
    if truth(&call(&t.function(), std::slice::from_ref(&x))?)? {
        return Ok(Some(x));
    }
    t.flag.set(true);
    Ok(None)
}
fn filterfalse_next(v: &Value) -> PyResult<Option<Value>> {
    let t = body(v)?;
    let Some(source) = t.source(0) else { return Ok(None) };
    let f = t.function();
    while let Some(x) = next(&source)? {
        let hit = if f.is_none() || f.is_type(&rtcore::types::bool_::BOOL) { truth(&x)? } else { truth(&call(&f, std::slice::from_ref(&x))?)? };
        if !hit {
            return Ok(Some(x));
        }
    }
    Ok(None)
}
fn starmap_next(v: &Value) -> PyResult<Option<Value>> {
    let t = body(v)?;
    let Some(source) = t.source(0) else { return Ok(None) };
    match next(&source)? {
        Some(args) => call(&t.function(), &collect(&args)?).map(Some),
        None => Ok(None),
    }
}

// islice

fn islice_bound(v: &Value, text: &str) -> PyResult<Option<i64>> {
    if v.is_none() {
        return Ok(None);
    }
    let n = if is_index(v) { index_value(v)?.as_inline_int() } else { None };
    match n {
        Some(n) if n >= 0 => Ok(Some(n)),
        Some(_) | None => Err(value_error(text)),
    }
}
fn islice_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&[])?;
    c.count(2, 4)?;
    let indices = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    let (start, stop, step) = match c.args {
        [_, stop] => (0, islice_bound(stop, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")?, 1),
        [_, start, stop, rest @ ..] => {
            let stop = islice_bound(stop, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")?;
            let start = islice_bound(start, indices)?.unwrap_or(0);
            let step_text = "Step for islice() must be a positive integer or None.";
            let step = match rest.first() {
                Some(s) => islice_bound(s, step_text)?.unwrap_or(1),
                None => 1,
            };
            if step < 1 {
                return Err(value_error(step_text));
            }
            (start, stop, step)
        }
        _ => (0, None, 1),
    };
    let v = make(c.ty, vec![iter(&c.args[0])?], NONE);
    let b = body(&v)?;
    b.a.set(start);
    b.b.set(stop.unwrap_or(-1));
    b.c.set(step);
    b.places.borrow_mut().push(0);
    Ok(v)
}
fn islice_next(v: &Value) -> PyResult<Option<Value>> {
    let s = body(v)?;
    let Some(source) = s.source(0) else { return Ok(None) };
    let (target, stop) = (s.a.get(), s.b.get());
    let mut at = s.places.borrow()[0] as i64;
    let end = |s: &It| drop(s.sources.take());
    while at < target {
        if stop >= 0 && at >= stop {
            break;
        }
        at += 1;
        s.places.borrow_mut()[0] = at as usize;
        if next(&source)?.is_none() {
            end(s);
            return Ok(None);
        }
    }
    if stop >= 0 && at >= stop {
        end(s);
        return Ok(None);
    }
    let Some(x) = next(&source)? else {
        end(s);
        return Ok(None);
    };
    s.places.borrow_mut()[0] = at as usize + 1;
    let after = target.saturating_add(s.c.get());
    s.a.set(if stop >= 0 && after > stop { stop } else { after });
    Ok(Some(x))
}

// zip_longest, pairwise, batched

fn zip_longest_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    if c.kw.iter().any(|(n, _)| n.as_str() != "fillvalue") {
        return Err(type_error("zip_longest() got an unexpected keyword argument"));
    }
    let fill = c.kw.first().map_or(NONE, |(_, v)| v.clone());
    let sources = c.args.iter().map(iter).collect::<PyResult<Vec<_>>>()?;
    let v = make(c.ty, sources, fill);
    let b = body(&v)?;
    b.a.set(c.args.len() as i64);
    Ok(v)
}
fn zip_longest_next(v: &Value) -> PyResult<Option<Value>> {
    let z = body(v)?;
    let n = z.sources.borrow().len();
    if n == 0 || z.a.get() == 0 {
        return Ok(None);
    }
    let mut items = Vec::with_capacity(n);
    for i in 0..n {
        let source = z.source(i).unwrap_or(NONE);
        if source.is_none() {
            items.push(z.function());
            continue;
        }
        match next(&source) {
            Ok(Some(x)) => items.push(x),
            Ok(None) => {
                z.a.set(z.a.get() - 1);
                if z.a.get() == 0 {
                    return Ok(None);
                }
                let old = std::mem::replace(&mut z.sources.borrow_mut()[i], NONE);
                drop(old);
                items.push(z.function());
            }
            Err(r) => {
                z.a.set(0);
                return Err(r);
            }
        }
    }
    Ok(Some(tuple::new(items)))
}
fn pairwise_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&[])?;
    c.count(1, 1)?;
    Ok(make(c.ty, vec![iter(&c.args[0])?], NONE))
}
fn pairwise_next(v: &Value) -> PyResult<Option<Value>> {
    let p = body(v)?;
    let Some(source) = p.source(0) else { return Ok(None) };
    let mut old = p.held.borrow().clone();
    if old.is_unbound() {
        let Some(x) = next(&source)? else {
            drop(p.sources.take());
            return Ok(None);
        };
        drop(p.held.replace(x.clone()));
        old = x;
    }
    let Some(new) = next(&source)? else {
        drop(p.sources.take());
        return Ok(None);
    };
    drop(p.held.replace(new.clone()));
    Ok(Some(tuple::of([old, new])))
}
fn batched_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&["iterable", "n", "strict"])?;
    let (source, n) = (c.required(0, "iterable")?, c.required(1, "n")?);
    let n = as_ssize_arg(&n)?;
    if n < 1 {
        return Err(value_error("n must be at least one"));
    }
    let strict = match c.kw.iter().find(|(k, _)| k.as_str() == "strict") {
        Some((_, v)) => truth(v)?,
        None => false,
    };
    let v = make(c.ty, vec![iter(&source)?], NONE);
    let b = body(&v)?;
    b.a.set(n);
    b.flag.set(strict);
    Ok(v)
}
fn batched_next(v: &Value) -> PyResult<Option<Value>> {
    let b = body(v)?;
    let Some(source) = b.source(0) else { return Ok(None) };
    let n = b.a.get() as usize;
    let mut items = vec![];
    while items.len() < n {
        match next(&source) {
            Ok(Some(x)) => items.push(x),
            Ok(None) => {
                drop(b.sources.take());
                break;
            }
            Err(r) => {
                drop(b.sources.take());
                return Err(r);
            }
        }
    }
    if items.is_empty() {
        return Ok(None);
    }
    if items.len() < n && b.flag.get() {
        return Err(value_error("batched(): incomplete batch"));
    }
    Ok(Some(tuple::new(items)))
}

iterators! {
    CHAIN "chain" chain_new, chain_next, [
        Method::class("from_iterable(type, iterable, /)", F2(from_iterable)),
        Method::class("__class_getitem__(cls, object, /)", F2(rtcore::types::alias::new))
    ];
    COMPRESS "compress" compress_new, compress_next, [];
    DROPWHILE "dropwhile" predicate_new, dropwhile_next, [];
    TAKEWHILE "takewhile" predicate_new, takewhile_next, [];
    FILTERFALSE "filterfalse" predicate_new, filterfalse_next, [];
    STARMAP "starmap" predicate_new, starmap_next, [];
    ISLICE "islice" islice_new, islice_next, [];
    ZIP_LONGEST "zip_longest" zip_longest_new, zip_longest_next, [];
    PAIRWISE "pairwise" pairwise_new, pairwise_next, [];
    BATCHED "batched" batched_new, batched_next, [];
}
