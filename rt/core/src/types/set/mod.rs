//! Owns: `Set`, the body of `set` and `frozenset`, and the operations between sets.
//! Never: holds a borrow of its table while Python code may run.
//! Source: CPython 3.13, Objects/setobject.c.

mod methods;
mod table;

pub use methods::{FROZENSET, SET, SET_ITER, from_iterable};

use crate::error::hierarchy::TYPE_ERROR;
use crate::error::{self, PyResult, runtime_error};
use crate::object::{self, Native, Payload};
use crate::protocol::sequence::quick_eq;
use crate::protocol::{compare, iter};
use crate::types::class::Type;
use crate::types::dict::{Dict, key_hash};
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};
use table::{Probe, Table};

pub struct Set {
    table: UnsafeCell<Table>,
    /// The hash of a frozenset, once computed.
    hash: Cell<Option<i64>>,
}
impl Payload for Set {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.t().live().for_each(|s| visit(&s.key));
    }
    fn clear(&self) {
        Set::clear(self);
    }
}
impl Native for Set {
    fn class() -> &'static Type {
        &SET
    }
}
impl Default for Set {
    fn default() -> Self {
        Set::new()
    }
}

/// `set()`.
pub fn empty_set() -> Value {
    object::new(&SET, Set::new())
}
/// The set of a value that is a set or frozenset.
pub fn as_set(v: &Value) -> Option<&Set> {
    v.downcast::<Set>()
}

impl Set {
    pub fn new() -> Set {
        Set { table: UnsafeCell::new(Table::new()), hash: Cell::new(None) }
    }
    #[inline(always)]
    fn t(&self) -> &Table {
        // SAFETY: callers let go of the borrow before anything that can change the table.
        unsafe { &*self.table.get() }
    }
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    fn m(&self) -> &mut Table {
        // SAFETY: callers hold no other borrow and drop no value while they use this one.
        unsafe { &mut *self.table.get() }
    }
    #[inline]
    pub fn len(&self) -> usize {
        self.t().used()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Where the key is (`Ok`) or the free slot its probe ended at (`Err`).
    fn find(&self, hash: i64, key: &Value) -> PyResult<Result<usize, usize>> {
        'again: loop {
            let mut slow: Vec<usize> = Vec::new();
            let t = self.t();
            let end = match t.probe(hash, |at, s| match quick_eq(&s.key, key) {
                Some(same) => same,
                None => {
                    slow.push(at);
                    false
                }
            }) {
                Probe::Candidate(at) => Ok(at),
                Probe::Free(at) => Err(at),
            };
            if slow.is_empty() {
                return Ok(end);
            }
            let version = t.version();
            for at in slow {
                let Some(k) = self.t().slots().get(at).filter(|s| s.is_live()).map(|s| s.key.clone()) else { continue 'again };
                let same = compare::eq(&k, key)?;
                if self.t().version() != version {
                    continue 'again;
                }
                if same {
                    return Ok(Ok(at));
                }
            }
            return Ok(end);
        }
    }
    pub fn contains(&self, key: &Value) -> PyResult<bool> {
        let h = key_hash(key)?;
        Ok(self.find(h, key)?.is_ok())
    }
    fn contains_hashed(&self, h: i64, key: &Value) -> PyResult<bool> {
        Ok(self.find(h, key)?.is_ok())
    }
    /// `key in self`: an unhashable set is looked up as a frozenset.
    pub fn contains_or_set(&self, key: &Value) -> PyResult<bool> {
        self.with_set_key(key, |k| self.contains(k))
    }
    fn with_set_key<R>(&self, key: &Value, f: impl Fn(&Value) -> PyResult<R>) -> PyResult<R> {
        match f(key) {
            Err(r) if error::matches(&r, &TYPE_ERROR) && key.ty().is_subtype(&SET) => {
                drop(error::take(r));
                let frozen = methods::frozen_copy(key)?;
                f(&frozen)
            }
            other => other,
        }
    }
    pub fn add(&self, key: Value) -> PyResult<()> {
        let h = key_hash(&key)?;
        self.add_hashed(h, key)
    }
    pub fn add_hashed(&self, h: i64, key: Value) -> PyResult<()> {
        if let Err(free) = self.find(h, &key)? {
            self.m().occupy(free, key, h);
        }
        Ok(())
    }
    /// Removes the key; false when it was not there.
    pub fn discard(&self, key: &Value) -> PyResult<bool> {
        self.with_set_key(key, |k| {
            let h = key_hash(k)?;
            self.discard_hashed(h, k)
        })
    }
    fn discard_hashed(&self, h: i64, key: &Value) -> PyResult<bool> {
        match self.find(h, key)? {
            Ok(at) => {
                let old = self.m().vacate(at);
                drop(old);
                Ok(true)
            }
            Err(_) => Ok(false),
        }
    }
    /// Removes some key: the next live slot from where the last `pop` stopped.
    pub fn pop(&self) -> Option<Value> {
        let t = self.m();
        if t.used() == 0 {
            return None;
        }
        let mask = t.mask();
        let mut at = t.finger & mask;
        while !t.slots()[at].is_live() {
            at = (at + 1) & mask;
        }
        t.finger = (at + 1) & mask;
        Some(t.vacate(at))
    }
    pub fn clear(&self) {
        let old = self.m().take();
        drop(old);
    }
    pub fn items(&self) -> Vec<Value> {
        self.t().live().map(|s| s.key.clone()).collect()
    }
    fn hashed_items(&self) -> Vec<(i64, Value)> {
        self.t().live().map(|s| (s.hash, s.key.clone())).collect()
    }
    /// The next live slot at or after `at`, as the position behind it and the key.
    fn next_from(&self, mut at: usize) -> Option<(usize, Value)> {
        let slots = self.t().slots();
        while let Some(s) = slots.get(at) {
            at += 1;
            if s.is_live() {
                return Some((at, s.key.clone()));
            }
        }
        None
    }
    fn cached_hash(&self) -> &Cell<Option<i64>> {
        &self.hash
    }
}

/// Adds all keys of another set (`set_merge`).
fn merge(s: &Set, other: &Set) -> PyResult<()> {
    if std::ptr::eq(s, other) || other.is_empty() {
        return Ok(());
    }
    if s.m().merge_start(other.t()) {
        return Ok(());
    }
    for (h, k) in other.hashed_items() {
        s.add_hashed(h, k)?;
    }
    Ok(())
}
/// `s.update(v)`.
pub fn update(s: &Set, v: &Value) -> PyResult<()> {
    if let Some(other) = v.downcast::<Set>() {
        return merge(s, other);
    }
    if let Some(d) = v.downcast_exact::<Dict>() {
        let t = s.m();
        if (t.fill() + d.len()) * 5 >= t.mask() * 3 {
            t.resize((t.used() + d.len()) * 2);
        }
        for (h, k, _) in d.hashed_items() {
            s.add_hashed(h, k)?;
        }
        return Ok(());
    }
    let mut it = iter::Iter::new(v)?;
    while let Some(k) = it.next()? {
        s.add(k)?;
    }
    Ok(())
}
/// `s -= v` for any iterable.
pub fn difference_update(s: &Set, v: &Value) -> PyResult<()> {
    if let Some(other) = v.downcast::<Set>() {
        if std::ptr::eq(s, other) {
            s.clear();
            return Ok(());
        }
        for (h, k) in other.hashed_items() {
            s.discard_hashed(h, &k)?;
        }
    } else {
        iter::for_each(v, |k| {
            let h = key_hash(&k)?;
            s.discard_hashed(h, &k).map(drop)
        })?;
    }
    let t = s.m();
    // `set_difference_update_internal`: many dummies make the table shrink.
    if (t.fill() - t.used()) * 4 > t.mask() {
        let n = t.used();
        t.resize(if n > 50_000 { n * 2 } else { n * 4 });
    }
    Ok(())
}
/// `s ^= v` for any iterable.
pub fn symmetric_difference_update(s: &Set, v: &Value) -> PyResult<()> {
    let items = if let Some(other) = v.downcast::<Set>() {
        if std::ptr::eq(s, other) {
            s.clear();
            return Ok(());
        }
        other.hashed_items()
    } else if let Some(d) = v.downcast_exact::<Dict>() {
        d.hashed_items().into_iter().map(|(h, k, _)| (h, k)).collect()
    } else {
        let other = Set::new();
        update(&other, v)?;
        other.hashed_items()
    };
    for (h, k) in items {
        if !s.discard_hashed(h, &k)? {
            s.add_hashed(h, k)?;
        }
    }
    Ok(())
}
/// The keys of `s` that are in `v` too (`set_intersection`).
fn intersection(s: &Set, v: &Value) -> PyResult<Set> {
    let result = Set::new();
    if let Some(other) = v.downcast::<Set>() {
        // The smaller one is walked, so that its order decides.
        let (walk, look) = if other.len() > s.len() { (s, other) } else { (other, s) };
        for (h, k) in walk.hashed_items() {
            if look.contains_hashed(h, &k)? {
                result.add_hashed(h, k)?;
            }
        }
        return Ok(result);
    }
    iter::for_each(v, |k| {
        let h = key_hash(&k)?;
        if s.contains_hashed(h, &k)? { result.add_hashed(h, k) } else { Ok(()) }
    })?;
    Ok(result)
}
/// The keys of `s` that are not in `v` (`set_difference`).
fn difference(s: &Set, v: &Value) -> PyResult<Set> {
    let result = Set::new();
    let other_len = v.downcast::<Set>().map(Set::len).or_else(|| v.downcast_exact::<Dict>().map(Dict::len));
    match other_len {
        // A much smaller other side is taken out of a copy.
        Some(n) if (s.len() >> 2) <= n => {
            for (h, k) in s.hashed_items() {
                let there = match (v.downcast::<Set>(), v.downcast_exact::<Dict>()) {
                    (Some(o), _) => o.contains_hashed(h, &k)?,
                    (None, Some(d)) => d.get_hashed(h, &k)?.is_some(),
                    (None, None) => false,
                };
                if !there {
                    result.add_hashed(h, k)?;
                }
            }
        }
        Some(_) | None => {
            merge(&result, s)?;
            difference_update(&result, v)?;
        }
    }
    Ok(result)
}
/// `s <= other`.
fn is_subset(s: &Set, other: &Set) -> PyResult<bool> {
    if s.len() > other.len() {
        return Ok(false);
    }
    for (h, k) in s.hashed_items() {
        if !other.contains_hashed(h, &k)? {
            return Ok(false);
        }
    }
    Ok(true)
}
fn changed() -> error::Raised {
    runtime_error("Set changed size during iteration")
}
/// Exchanges the contents of two sets.
fn swap(a: &Set, b: &Set) {
    if !std::ptr::eq(a, b) {
        let (x, y) = (a.m(), b.m());
        std::mem::swap(x, y);
        let v = x.version().max(y.version()).wrapping_add(1);
        x.set_version(v);
        y.set_version(v);
    }
}
