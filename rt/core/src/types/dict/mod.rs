//! Owns: `Dict`, the insertion-ordered hash table behind `dict` and its subclasses.
//! Never: holds a borrow of its table while Python code may run; equality and hashing of keys are
//! called between two looks at the table, and the look is repeated when the table changed meanwhile.
//! Source: CPython 3.13, Objects/dictobject.c (behaviour; the layout is our own).

mod methods;
mod table;
pub mod views;

pub use methods::{DICT, items_of, merge, merge_pairs, missing, update};

use crate::error::{PyResult, runtime_error};
use crate::name::Name;
use crate::object::{self, Native, Payload};
use crate::protocol::{compare, hash};
use crate::protocol::sequence::quick_eq;
use crate::types::class::Type;
use crate::types::str::value::Str;
use crate::value::{NONE, Value};
use std::cell::UnsafeCell;
use table::{Entry, Table};

pub struct Dict {
    table: UnsafeCell<Table>,
    /// What subclasses in the runtime keep beside the table (`defaultdict.default_factory`).
    extra: UnsafeCell<Value>,
}
impl Payload for Dict {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for e in self.t().live() {
            visit(&e.key);
            visit(&e.value);
        }
        // SAFETY: as in `t`.
        visit(unsafe { &*self.extra.get() });
    }
    fn clear(&self) {
        Dict::clear(self);
        drop(self.set_extra(NONE));
    }
}
impl Native for Dict {
    fn class() -> &'static Type {
        &DICT
    }
}

/// A position in a dictionary, for iteration.
#[derive(Copy, Clone)]
pub struct DictCursor {
    at: usize,
    used: usize,
    left: usize,
}
impl DictCursor {
    /// How many items are still to come.
    pub fn left(&self) -> usize {
        self.left
    }
}

impl Default for Dict {
    fn default() -> Self {
        Dict::new()
    }
}

impl Dict {
    pub fn new() -> Dict {
        Dict { table: UnsafeCell::new(Table::new()), extra: UnsafeCell::new(NONE) }
    }
    /// An empty dict object.
    pub fn new_value() -> Value {
        object::new(&DICT, Dict::new())
    }
    /// A dict object with names as keys.
    pub fn from_names(items: Vec<(Name, Value)>) -> Value {
        let d = Dict::new();
        for (k, v) in items {
            d.set_name(k, v);
        }
        object::new(&DICT, d)
    }
    /// A dict object with these keys; hashes and compares them.
    pub fn from_items(items: impl IntoIterator<Item = (Value, Value)>) -> PyResult {
        let d = Dict::new();
        for (k, v) in items {
            d.set(k, v)?;
        }
        Ok(object::new(&DICT, d))
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
    pub fn extra(&self) -> Value {
        // SAFETY: the borrow ends with the clone.
        unsafe { Value::clone(&*self.extra.get()) }
    }
    pub fn set_extra(&self, v: Value) -> Value {
        // SAFETY: no borrow is alive; the old value is handed out.
        std::mem::replace(unsafe { &mut *self.extra.get() }, v)
    }
    /// Before anything is read: a module's names may have changed since.
    #[inline(always)]
    fn sync(&self) {
        if self.is_linked() {
            self.sync_linked();
        }
    }
    #[cold]
    #[inline(never)]
    fn sync_linked(&self) {
        let extra = self.extra();
        let Some(module) = extra.downcast::<crate::types::module::Module>() else { return };
        let items = module.items();
        let mut old = Vec::new();
        for (name, value) in &items {
            match self.raw_name(*name) {
                Some(i) if self.t().entry(i).is_some_and(|e| e.value.is(value)) => {}
                Some(i) => old.push(self.m().replace_value(i, value.clone())),
                None => self.m().push(Entry { hash: name.str_obj().hash(), key: name.value(), value: value.clone() }),
            }
        }
        if self.t().len() > items.len() {
            let known = |name: &Name| items.iter().any(|item| item.0 == *name);
            let gone: Vec<Name> = self.t().live().filter_map(|e| Name::of(&e.key)).filter(|name| !known(name)).collect();
            for name in gone {
                old.extend(self.raw_name(name).and_then(|i| self.m().remove(i)).map(|(_, v)| Some(v)));
            }
        }
        // Finalizers run when the dictionary is whole again.
        drop(old);
    }
    #[inline]
    pub fn len(&self) -> usize {
        self.sync();
        self.t().len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the key is. Re-entrant: an `__eq__` may change the dictionary.
    fn find(&self, hash: i64, key: &Value) -> PyResult<Option<usize>> {
        self.sync();
        'again: loop {
            let mut slow: Vec<usize> = Vec::new();
            let t = self.t();
            let found = t.search(hash, |i, e| match quick_eq(&e.key, key) {
                Some(same) => same,
                None => {
                    slow.push(i);
                    false
                }
            });
            // Keys that stand before the identical one are compared first, as in CPython's probing.
            if let Some(at) = found {
                slow.retain(|i| *i < at);
            }
            if slow.is_empty() {
                return Ok(found);
            }
            slow.sort_unstable();
            let version = t.version();
            for i in slow {
                let Some(k) = self.t().entry(i).map(|e| e.key.clone()) else { continue 'again };
                let same = compare::eq(&k, key)?;
                if self.t().version() != version {
                    continue 'again;
                }
                if same {
                    return Ok(Some(i as usize));
                }
            }
            return Ok(found);
        }
    }
    fn find_str(&self, hash: i64, bytes: &[u8]) -> Option<usize> {
        self.sync();
        self.t().search(hash, |_, e| e.key.downcast_exact::<Str>().is_some_and(|s| s.as_bytes() == bytes))
    }
    fn find_name(&self, name: Name) -> Option<usize> {
        self.sync();
        self.raw_name(name)
    }
    fn raw_name(&self, name: Name) -> Option<usize> {
        let s = name.str_obj();
        self.t().search(s.hash(), |_, e| match e.key.downcast_exact::<Str>() {
            Some(k) => std::ptr::eq(k, s) || k.as_bytes() == s.as_bytes(),
            None => false,
        })
    }

    pub fn get(&self, key: &Value) -> PyResult<Option<Value>> {
        let h = key_hash(key)?;
        self.get_hashed(h, key)
    }
    pub fn get_hashed(&self, h: i64, key: &Value) -> PyResult<Option<Value>> {
        Ok(self.find(h, key)?.and_then(|i| self.t().entry(i)).map(|e| e.value.clone()))
    }
    pub fn contains(&self, key: &Value) -> PyResult<bool> {
        let h = key_hash(key)?;
        Ok(self.find(h, key)?.is_some())
    }
    pub fn set(&self, key: Value, value: Value) -> PyResult<()> {
        let h = key_hash(&key)?;
        self.set_hashed(h, key, value)
    }
    pub fn set_hashed(&self, hash: i64, key: Value, value: Value) -> PyResult<()> {
        if self.is_linked() {
            self.mirror(&key, Some(&value));
        }
        match self.find(hash, &key)? {
            Some(i) => self.store(i, value),
            None => self.m().push(Entry { hash, key, value }),
        }
        Ok(())
    }
    fn store(&self, i: usize, value: Value) {
        let old = self.m().replace_value(i, value);
        drop(old);
    }
    /// The value of the key, set to `default` first when there is none.
    pub fn setdefault(&self, key: &Value, default: &Value) -> PyResult {
        let hash = key_hash(key)?;
        if let Some(i) = self.find(hash, key)?
            && let Some(e) = self.t().entry(i)
        {
            return Ok(e.value.clone());
        }
        if self.is_linked() {
            self.mirror(key, Some(default));
        }
        self.m().push(Entry { hash, key: key.clone(), value: default.clone() });
        Ok(default.clone())
    }
    /// Removes the key and returns its value.
    pub fn remove(&self, key: &Value) -> PyResult<Option<Value>> {
        let h = key_hash(key)?;
        let Some(i) = self.find(h, key)? else { return Ok(None) };
        let Some((k, v)) = self.m().remove(i) else { return Ok(None) };
        if self.is_linked() {
            self.mirror(&k, None);
        }
        drop(k);
        Ok(Some(v))
    }
    pub fn pop_last(&self) -> Option<(Value, Value)> {
        self.m().pop_last()
    }
    pub fn pop_first(&self) -> Option<(Value, Value)> {
        self.m().pop_first()
    }
    /// Moves a key to one end; false when it is not there.
    pub fn move_to_end(&self, key: &Value, last: bool) -> PyResult<bool> {
        let hash = key_hash(key)?;
        let Some(i) = self.find(hash, key)? else { return Ok(false) };
        if let Some((key, value)) = self.m().remove(i) {
            let e = Entry { hash, key, value };
            if last { self.m().push(e) } else { self.m().push_front(e) }
        }
        Ok(true)
    }
    pub fn clear(&self) {
        let old = std::mem::replace(self.m(), Table::new());
        self.m().inherit_version(&old);
        // Dropped here, after the dictionary is empty: finalizers may look at it.
        drop(old);
    }
    pub fn get_name(&self, name: Name) -> Option<Value> {
        let i = self.find_name(name)?;
        self.t().entry(i).map(|e| e.value.clone())
    }
    pub fn set_name(&self, name: Name, value: Value) {
        if self.is_linked() {
            self.mirror(&name.value(), Some(&value));
        }
        self.set_name_only(name, value);
    }
    /// True for the `__dict__` of a module, whose changes are the module's.
    #[inline(always)]
    fn is_linked(&self) -> bool {
        // SAFETY: as in `t`.
        !unsafe { &*self.extra.get() }.is_none()
    }
    /// Passes a change on to the module this dictionary shows.
    #[cold]
    fn mirror(&self, key: &Value, value: Option<&Value>) {
        let extra = self.extra();
        let Some(module) = extra.downcast::<crate::types::module::Module>() else { return };
        let Some(name) = Name::of(key) else { return };
        match value {
            Some(v) => module.set(name, v.clone()),
            None => {
                module.delete(name);
            }
        }
    }
    /// Sets a name in the table alone.
    pub(crate) fn set_name_only(&self, name: Name, value: Value) {
        match self.raw_name(name) {
            Some(i) => self.store(i, value),
            None => self.m().push(Entry { hash: name.str_obj().hash(), key: name.value(), value }),
        }
    }
    pub fn delete_name(&self, name: Name) -> Option<Value> {
        if self.is_linked() {
            self.mirror(&name.value(), None);
        }
        self.delete_name_only(name)
    }
    /// Removes a name from the table alone.
    pub(crate) fn delete_name_only(&self, name: Name) -> Option<Value> {
        let i = self.raw_name(name)?;
        self.m().remove(i).map(|(_, v)| v)
    }
    pub fn get_str(&self, key: &str) -> Option<Value> {
        let i = self.find_str(Str::from(key).hash(), key.as_bytes())?;
        self.t().entry(i).map(|e| e.value.clone())
    }
    pub fn set_str(&self, key: &str, value: Value) {
        self.set_name(Name::new(key), value);
    }
    /// The items whose keys are str.
    pub fn name_items(&self) -> Vec<(Name, Value)> {
        self.items().into_iter().filter_map(|(k, v)| Name::of(&k).map(|n| (n, v))).collect()
    }
    pub fn items(&self) -> Vec<(Value, Value)> {
        self.sync();
        self.t().live().map(|e| (e.key.clone(), e.value.clone())).collect()
    }
    pub(crate) fn hashed_items(&self) -> Vec<(i64, Value, Value)> {
        self.t().live().map(|e| (e.hash, e.key.clone(), e.value.clone())).collect()
    }
    pub fn keys(&self) -> Vec<Value> {
        self.sync();
        self.t().live().map(|e| e.key.clone()).collect()
    }
    pub fn values(&self) -> Vec<Value> {
        self.sync();
        self.t().live().map(|e| e.value.clone()).collect()
    }
    pub fn first(&self) -> Option<(Value, Value)> {
        self.t().live().next().map(|e| (e.key.clone(), e.value.clone()))
    }
    /// A copy of the table.
    pub fn copy(&self) -> Dict {
        let d = Dict::new();
        for e in self.t().live() {
            d.m().push(Entry { hash: e.hash, key: e.key.clone(), value: e.value.clone() });
        }
        d
    }

    #[inline]
    pub fn cursor(&self) -> DictCursor {
        self.sync();
        DictCursor { at: 0, used: self.len(), left: self.len() }
    }
    pub fn cursor_back(&self) -> DictCursor {
        DictCursor { at: self.t().slots(), used: self.len(), left: self.len() }
    }
    /// The next item in order.
    #[inline]
    pub fn advance(&self, c: &mut DictCursor) -> PyResult<Option<(Value, Value)>> {
        let t = self.t();
        if t.len() != c.used {
            c.used = usize::MAX;
            return Err(runtime_error("dictionary changed size during iteration"));
        }
        while c.at < t.slots() {
            let e = t.entry(c.at);
            c.at += 1;
            if let Some(e) = e {
                if c.left == 0 {
                    return Err(runtime_error("dictionary keys changed during iteration"));
                }
                c.left -= 1;
                return Ok(Some((e.key.clone(), e.value.clone())));
            }
        }
        Ok(None)
    }
    /// The next item in reverse order.
    pub fn advance_back(&self, c: &mut DictCursor) -> PyResult<Option<(Value, Value)>> {
        let t = self.t();
        if t.len() != c.used {
            c.used = usize::MAX;
            return Err(runtime_error("dictionary changed size during iteration"));
        }
        while c.at > 0 {
            c.at -= 1;
            if let Some(e) = t.entry(c.at) {
                c.left = c.left.saturating_sub(1);
                return Ok(Some((e.key.clone(), e.value.clone())));
            }
        }
        Ok(None)
    }
}

/// `hash(key)`, with the cached hash of strings.
#[inline]
pub fn key_hash(key: &Value) -> PyResult<i64> {
    match key.downcast_exact::<Str>() {
        Some(s) => Ok(s.hash()),
        None => hash::hash(key),
    }
}
