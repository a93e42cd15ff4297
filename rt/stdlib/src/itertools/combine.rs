//! Owns: `product permutations combinations combinations_with_replacement`.
//! Never: changes the pools it was given.
//! Source: CPython 3.13, Modules/itertoolsmodule.c.

use super::{It, body, call_of, iterators, make};
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::iter::collect;
use rtcore::protocol::sequence::as_ssize_arg;
use rtcore::types::tuple;

/// The pools are tuples in `sources`, the indices in `places`; `flag` is set after the first result,
/// `a` is 1 at the end.
fn start(ty: &'static Type, pools: Vec<Vec<Value>>, places: Vec<usize>, empty: bool) -> PyResult {
    let v = make(ty, pools.into_iter().map(tuple::new).collect(), NONE);
    let b = body(&v)?;
    *b.places.borrow_mut() = places;
    b.a.set(i64::from(empty));
    Ok(v)
}
/// The items that the indices select.
fn selected(b: &It) -> Value {
    let pools = b.sources.borrow();
    let places = b.places.borrow();
    let last = pools.len().saturating_sub(1);
    // Permutations keep all indices and show the first r.
    let r = if b.c.get() == 1 { b.b.get() as usize } else { places.len() };
    tuple::new(places.iter().take(r).enumerate().filter_map(|(i, p)| tuple::items(&pools[i.min(last)]).get(*p).cloned()).collect())
}
/// Shared frame: nothing at the end, the first result as it stands, else after one step.
fn advance(v: &Value, step: fn(&It) -> bool) -> PyResult<Option<Value>> {
    let b = body(v)?;
    if b.a.get() == 1 {
        return Ok(None);
    }
    if b.flag.replace(true) && !step(b) {
        b.a.set(1);
        return Ok(None);
    }
    Ok(Some(selected(b)))
}

fn product_new(all: &[Value], kw: &[Name]) -> PyResult {
    let c = call_of(all, kw)?;
    c.only(&["repeat"])?;
    let repeat = match c.kw.first() {
        Some((_, v)) => as_ssize_arg(v)?,
        None => 1,
    };
    if repeat < 0 {
        return Err(value_error("repeat argument cannot be negative"));
    }
    let mut pools = vec![];
    for a in c.args {
        pools.push(collect(a)?);
    }
    let n = pools.len();
    let pools: Vec<Vec<Value>> = (0..n * repeat as usize).map(|i| pools[i % n].clone()).collect();
    let empty = pools.iter().any(Vec::is_empty);
    let places = vec![0; pools.len()];
    start(c.ty, pools, places, empty)
}
fn product_step(b: &It) -> bool {
    let pools = b.sources.borrow();
    let mut places = b.places.borrow_mut();
    for i in (0..places.len()).rev() {
        places[i] += 1;
        if places[i] < tuple::items(&pools[i]).len() {
            return true;
        }
        places[i] = 0;
    }
    false
}
fn product_next(v: &Value) -> PyResult<Option<Value>> {
    advance(v, product_step)
}

fn pool_and_r(all: &[Value], kw: &[Name], optional: bool) -> PyResult<(&'static Type, Vec<Value>, usize)> {
    let c = call_of(all, kw)?;
    c.only(&["iterable", "r"])?;
    let pool = collect(&c.required(0, "iterable")?)?;
    let r = match c.get(1, "r") {
        Some(r) if optional && r.is_none() => pool.len() as i64,
        Some(r) if optional && r.as_inline_int().is_none() => {
            return Err(type_error("Expected int as r"));
        }
        Some(r) => as_ssize_arg(&r)?,
        None if optional => pool.len() as i64,
        None => return Err(type_error(format!("{}() missing required argument 'r' (pos 2)", c.ty.name()))),
    };
    if r < 0 {
        return Err(value_error("r must be non-negative"));
    }
    Ok((c.ty, pool, r as usize))
}
fn permutations_new(all: &[Value], kw: &[Name]) -> PyResult {
    let (ty, pool, r) = pool_and_r(all, kw, true)?;
    let n = pool.len();
    let v = start(ty, vec![pool], (0..n).collect(), r > n)?;
    let b = body(&v)?;
    b.b.set(r as i64);
    b.c.set(1);
    // The cycles of the algorithm count down from n, n-1, …
    *b.items.borrow_mut() = (0..r).map(|i| Value::int(n as i64 - i as i64)).collect();
    Ok(v)
}
fn permutations_step(b: &It) -> bool {
    let mut places = b.places.borrow_mut();
    let mut cycles = b.items.borrow_mut();
    let (n, r) = (places.len(), b.b.get() as usize);
    for i in (0..r).rev() {
        let c = cycles[i].as_inline_int().unwrap_or(0) - 1;
        if c == 0 {
            places[i..].rotate_left(1);
            cycles[i] = Value::int((n - i) as i64);
        } else {
            cycles[i] = Value::int(c);
            places.swap(i, n - c as usize);
            return true;
        }
    }
    false
}
fn permutations_next(v: &Value) -> PyResult<Option<Value>> {
    advance(v, permutations_step)
}

fn combinations_new(all: &[Value], kw: &[Name]) -> PyResult {
    let (ty, pool, r) = pool_and_r(all, kw, false)?;
    let n = pool.len();
    start(ty, vec![pool], (0..r).collect(), r > n)
}
fn combinations_step(b: &It) -> bool {
    let n = tuple::items(&b.sources.borrow()[0]).len();
    let mut places = b.places.borrow_mut();
    let r = places.len();
    let Some(i) = (0..r).rev().find(|&i| places[i] != i + n - r) else { return false };
    places[i] += 1;
    for j in i + 1..r {
        places[j] = places[j - 1] + 1;
    }
    true
}
fn combinations_next(v: &Value) -> PyResult<Option<Value>> {
    advance(v, combinations_step)
}
fn replacement_new(all: &[Value], kw: &[Name]) -> PyResult {
    let (ty, pool, r) = pool_and_r(all, kw, false)?;
    let empty = pool.is_empty() && r > 0;
    start(ty, vec![pool], vec![0; r], empty)
}
fn replacement_step(b: &It) -> bool {
    let n = tuple::items(&b.sources.borrow()[0]).len();
    let mut places = b.places.borrow_mut();
    let Some(i) = (0..places.len()).rev().find(|&i| places[i] + 1 != n) else { return false };
    let p = places[i] + 1;
    places[i..].fill(p);
    true
}
fn replacement_next(v: &Value) -> PyResult<Option<Value>> {
    advance(v, replacement_step)
}

iterators! {
    PRODUCT "product" product_new, product_next, [];
    PERMUTATIONS "permutations" permutations_new, permutations_next, [];
    COMBINATIONS "combinations" combinations_new, combinations_next, [];
    COMBINATIONS_WITH_REPLACEMENT "combinations_with_replacement" replacement_new, replacement_next, [];
}
