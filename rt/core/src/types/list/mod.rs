//! Owns: `List`, the body of `list`, with storage strategies (values, machine ints, floats).
//! Never: holds a borrow of its storage while Python code may run: items are taken out first and old
//! values are dropped after the storage is consistent again.
//! Source: CPython 3.13, Objects/listobject.c.

mod methods;
mod sort;

pub use methods::LIST;
pub use sort::{options as sort_options, sort, sort_items, sorted};

use crate::error::PyResult;
use crate::object::{self, Native, Payload};
use crate::protocol::sequence::{quick_eq, same_or_eq};
use crate::types::class::Type;
use crate::types::tuple;
use crate::value::{Tag, Value};
use std::cell::{Cell, UnsafeCell};

/// How a list keeps its items.
pub(crate) enum Storage {
    Values(Vec<Value>),
    Ints(Vec<i64>),
    Floats(Vec<f64>),
}
use Storage::{Floats, Ints, Values};

pub struct List {
    storage: UnsafeCell<Storage>,
    /// Counts changes, for "list modified during sort".
    sorting: Cell<bool>,
}
impl Payload for List {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        if let Values(v) = self.s() {
            v.iter().for_each(visit);
        }
    }
    fn clear(&self) {
        drop_reversed(self.take_all());
    }
}
/// Drops items as CPython does, the last first (CPython 3.13: Objects/listobject.c, `list_clear`).
pub fn drop_reversed(mut items: Vec<Value>) {
    while let Some(v) = items.pop() {
        drop(v);
    }
}
impl Drop for List {
    fn drop(&mut self) {
        if let Values(v) = self.storage.get_mut() {
            while let Some(x) = v.pop() {
                drop(x);
            }
        }
    }
}
impl Native for List {
    fn class() -> &'static Type {
        &LIST
    }
}

impl Storage {
    pub(crate) fn of(items: Vec<Value>) -> Storage {
        match items.first().map(Value::tag) {
            Some(Tag::Int) if items.iter().all(|v| v.tag() == Tag::Int) => Ints(items.iter().map(|v| v.bits() as i64).collect()),
            Some(Tag::Float) if items.iter().all(|v| v.tag() == Tag::Float) => {
                Floats(items.iter().map(|v| f64::from_bits(v.bits())).collect())
            }
            Some(_) | None => Values(items),
        }
    }
    fn len(&self) -> usize {
        match self {
            Values(v) => v.len(),
            Ints(v) => v.len(),
            Floats(v) => v.len(),
        }
    }
    fn get(&self, i: usize) -> Option<Value> {
        match self {
            Values(v) => v.get(i).cloned(),
            Ints(v) => v.get(i).map(|n| Value::int(*n)),
            Floats(v) => v.get(i).map(|x| Value::float(*x)),
        }
    }
    fn into_vec(self) -> Vec<Value> {
        match self {
            Values(v) => v,
            Ints(v) => v.into_iter().map(Value::int).collect(),
            Floats(v) => v.into_iter().map(Value::float).collect(),
        }
    }
}

impl List {
    pub fn new(items: Vec<Value>) -> List {
        List { storage: UnsafeCell::new(Storage::of(items)), sorting: Cell::new(false) }
    }
    pub fn ints(items: Vec<i64>) -> List {
        List { storage: UnsafeCell::new(Ints(items)), sorting: Cell::new(false) }
    }
    pub fn floats(items: Vec<f64>) -> List {
        List { storage: UnsafeCell::new(Floats(items)), sorting: Cell::new(false) }
    }
    /// A list object of these items.
    pub fn value(items: Vec<Value>) -> Value {
        object::new(&LIST, List::new(items))
    }
    #[inline(always)]
    fn s(&self) -> &Storage {
        // SAFETY: callers let go of the borrow before anything that can change the list.
        unsafe { &*self.storage.get() }
    }
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    fn m(&self) -> &mut Storage {
        // SAFETY: callers hold no other borrow and run no Python code (no drop of a value) meanwhile.
        unsafe { &mut *self.storage.get() }
    }
    /// The storage as values, converted in place.
    #[allow(clippy::mut_from_ref)]
    fn widen(&self) -> &mut Vec<Value> {
        let s = self.m();
        if !matches!(s, Values(_)) {
            let old = std::mem::replace(s, Values(Vec::new()));
            *s = Values(old.into_vec());
        }
        match s {
            Values(v) => v,
            Ints(_) | Floats(_) => unreachable!("converted above"),
        }
    }
    #[inline]
    pub fn len(&self) -> usize {
        self.s().len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    #[inline]
    pub fn get(&self, i: usize) -> Option<Value> {
        self.s().get(i)
    }
    /// The item at an index that may count from the end.
    #[inline]
    pub fn get_signed(&self, i: i64) -> Option<Value> {
        let i = if i < 0 { i.wrapping_add(self.len() as i64) } else { i };
        if i < 0 { None } else { self.get(i as usize) }
    }
    /// Replaces an item; false when there is none at `i`.
    #[inline]
    pub fn set(&self, i: usize, v: Value) -> bool {
        let s = self.m();
        match (s, v.tag()) {
            (Ints(a), Tag::Int) => match a.get_mut(i) {
                Some(x) => *x = v.bits() as i64,
                None => return false,
            },
            (Floats(a), Tag::Float) => match a.get_mut(i) {
                Some(x) => *x = f64::from_bits(v.bits()),
                None => return false,
            },
            (Values(_) | Ints(_) | Floats(_), _) => {
                if i >= self.len() {
                    return false;
                }
                let old = std::mem::replace(&mut self.widen()[i], v);
                drop(old);
            }
        }
        true
    }
    #[inline]
    pub fn set_signed(&self, i: i64, v: Value) -> bool {
        let i = if i < 0 { i.wrapping_add(self.len() as i64) } else { i };
        i >= 0 && self.set(i as usize, v)
    }
    #[inline]
    pub fn push(&self, v: Value) {
        let s = self.m();
        match (s, v.tag()) {
            (Values(a), Tag::None | Tag::Unbound | Tag::Bool | Tag::Obj) => a.push(v),
            (Ints(a), Tag::Int) => a.push(v.bits() as i64),
            (Floats(a), Tag::Float) => a.push(f64::from_bits(v.bits())),
            (Values(_) | Ints(_) | Floats(_), _) => self.push_slow(v),
        }
    }
    #[inline(never)]
    fn push_slow(&self, v: Value) {
        if self.len() == 0 {
            let mut items = vec![];
            if let Values(old) = self.m() {
                items.reserve(old.capacity());
            }
            items.push(v);
            *self.m() = Storage::of(items);
            return;
        }
        self.widen().push(v);
    }
    pub fn to_vec(&self) -> Vec<Value> {
        match self.s() {
            Values(v) => v.clone(),
            Ints(v) => v.iter().map(|n| Value::int(*n)).collect(),
            Floats(v) => v.iter().map(|x| Value::float(*x)).collect(),
        }
    }
    /// All ints, when the list stores only machine ints.
    pub fn as_ints(&self) -> Option<&[i64]> {
        match self.s() {
            Ints(v) => Some(v),
            Values(_) | Floats(_) => None,
        }
    }
    pub fn as_floats(&self) -> Option<&[f64]> {
        match self.s() {
            Floats(v) => Some(v),
            Values(_) | Ints(_) => None,
        }
    }
    /// Empties the list and returns what was in it.
    pub fn take_all(&self) -> Vec<Value> {
        std::mem::replace(self.m(), Values(Vec::new())).into_vec()
    }
    /// Replaces everything; the old items are returned so that the caller drops them.
    #[must_use]
    pub fn replace_all(&self, items: Vec<Value>) -> Vec<Value> {
        std::mem::replace(self.m(), Storage::of(items)).into_vec()
    }
    pub fn extend(&self, items: Vec<Value>) {
        if self.len() == 0 {
            let old = self.replace_all(items);
            drop(old);
            return;
        }
        match self.m() {
            Values(a) => a.extend(items),
            Ints(a) if items.iter().all(|v| v.tag() == Tag::Int) => a.extend(items.iter().map(|v| v.bits() as i64)),
            Floats(a) if items.iter().all(|v| v.tag() == Tag::Float) => a.extend(items.iter().map(|v| f64::from_bits(v.bits()))),
            Ints(_) | Floats(_) => self.widen().extend(items),
        }
    }
    pub fn insert(&self, i: usize, v: Value) {
        if i >= self.len() {
            return self.push(v);
        }
        match (self.m(), v.tag()) {
            (Ints(a), Tag::Int) => a.insert(i, v.bits() as i64),
            (Floats(a), Tag::Float) => a.insert(i, f64::from_bits(v.bits())),
            (Values(_) | Ints(_) | Floats(_), _) => self.widen().insert(i, v),
        }
    }
    /// Removes and returns an item.
    pub fn remove(&self, i: usize) -> Option<Value> {
        if i >= self.len() {
            return None;
        }
        Some(match self.m() {
            Values(a) => a.remove(i),
            Ints(a) => Value::int(a.remove(i)),
            Floats(a) => Value::float(a.remove(i)),
        })
    }
    pub fn pop(&self) -> Option<Value> {
        match self.m() {
            Values(a) => a.pop(),
            Ints(a) => a.pop().map(Value::int),
            Floats(a) => a.pop().map(Value::float),
        }
    }
    /// Replaces the items `start..stop` by others and returns the old ones.
    #[must_use]
    pub fn splice(&self, start: usize, stop: usize, items: Vec<Value>) -> Vec<Value> {
        let n = self.len();
        let (start, stop) = (start.min(n), stop.min(n).max(start.min(n)));
        let typed = match (self.s(), Storage::of(Vec::new())) {
            (Ints(_), _) => items.iter().all(|v| v.tag() == Tag::Int),
            (Values(_) | Floats(_), _) => false,
        };
        if typed && let Ints(a) = self.m() {
            return a.splice(start..stop, items.iter().map(|v| v.bits() as i64)).map(Value::int).collect();
        }
        self.widen().splice(start..stop, items).collect()
    }
    /// Items `start..stop` as a new vector.
    pub fn slice(&self, start: usize, stop: usize) -> Vec<Value> {
        let n = self.len();
        let (start, stop) = (start.min(n), stop.min(n));
        if start >= stop {
            return vec![];
        }
        match self.s() {
            Values(v) => v[start..stop].to_vec(),
            Ints(v) => v[start..stop].iter().map(|n| Value::int(*n)).collect(),
            Floats(v) => v[start..stop].iter().map(|x| Value::float(*x)).collect(),
        }
    }
    pub fn reverse(&self) {
        match self.m() {
            Values(v) => v.reverse(),
            Ints(v) => v.reverse(),
            Floats(v) => v.reverse(),
        }
    }
    /// A list of the same items, `n` times.
    pub(crate) fn repeated(&self, n: usize) -> List {
        let storage = match self.s() {
            Values(v) => Values(tuple::repeat(v, n)),
            Ints(v) => Ints(v.repeat(n)),
            Floats(v) => Floats(v.repeat(n)),
        };
        List { storage: UnsafeCell::new(storage), sorting: Cell::new(false) }
    }
    pub(crate) fn copy(&self) -> List {
        self.repeated(1)
    }
    /// The first index of an equal item from `start` on and before `stop`.
    pub fn position(&self, item: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
        if let (Ints(a), Tag::Int | Tag::Bool) = (self.s(), item.tag()) {
            let n = item.bits() as i64;
            let stop = stop.min(a.len());
            return Ok(a.get(start..stop).and_then(|s| s.iter().position(|x| *x == n)).map(|i| i + start));
        }
        let mut i = start;
        while i < stop {
            // The borrow ends with the quick test; a slow comparison may change the list.
            let x = match self.s() {
                Values(a) => match a.get(i) {
                    None => break,
                    Some(x) => match quick_eq(x, item) {
                        Some(true) => return Ok(Some(i)),
                        Some(false) => {
                            i += 1;
                            continue;
                        }
                        None => x.clone(),
                    },
                },
                Ints(_) | Floats(_) => match self.get(i) {
                    None => break,
                    Some(x) => x,
                },
            };
            if same_or_eq(&x, item)? {
                return Ok(Some(i));
            }
            i += 1;
        }
        Ok(None)
    }
}
