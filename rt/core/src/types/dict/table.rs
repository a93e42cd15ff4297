//! Owns: the entries of a dictionary in insertion order and the index over them.
//! Never: compares keys; the caller decides which candidate is the one.

use crate::value::{UNBOUND, Value};
use hashbrown::HashTable;

pub(super) struct Entry {
    pub hash: i64,
    /// UNBOUND in a removed entry.
    pub key: Value,
    pub value: Value,
}

pub(super) struct Table {
    entries: Vec<Entry>,
    /// Positions of live entries; empty while a scan over the entries is as fast.
    index: HashTable<u32>,
    live: usize,
    /// No live entry stands before this one.
    head: usize,
    /// Changes whenever positions or keys do.
    version: u32,
}

/// Up to this many entries are scanned.
const SMALL: usize = 8;

#[inline(always)]
fn spread(h: i64) -> u64 {
    let m = (h as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    m ^ (m >> 32)
}

impl Table {
    pub const fn new() -> Table {
        Table { entries: Vec::new(), index: HashTable::new(), live: 0, head: 0, version: 0 }
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.live
    }
    /// How many entries there are, removed ones included.
    #[inline(always)]
    pub fn slots(&self) -> usize {
        self.entries.len()
    }
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.version
    }
    pub fn inherit_version(&mut self, old: &Table) {
        self.version = old.version.wrapping_add(1);
    }
    #[inline(always)]
    pub fn entry(&self, i: usize) -> Option<&Entry> {
        self.entries.get(i).filter(|e| !e.key.is_unbound())
    }
    pub fn live(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries[self.head.min(self.entries.len())..].iter().filter(|e| !e.key.is_unbound())
    }
    /// The first entry with this hash that `is_it` accepts.
    #[inline]
    pub fn search(&self, hash: i64, mut is_it: impl FnMut(usize, &Entry) -> bool) -> Option<usize> {
        if self.index.is_empty() {
            for (i, e) in self.entries.iter().enumerate() {
                if e.hash == hash && !e.key.is_unbound() && is_it(i, e) {
                    return Some(i);
                }
            }
            return None;
        }
        for &i in self.index.iter_hash(spread(hash)) {
            let e = &self.entries[i as usize];
            if e.hash == hash && is_it(i as usize, e) {
                return Some(i as usize);
            }
        }
        None
    }
    #[must_use]
    pub fn replace_value(&mut self, i: usize, value: Value) -> Option<Value> {
        self.entries.get_mut(i).map(|e| std::mem::replace(&mut e.value, value))
    }
    /// Appends an entry whose key is not there yet.
    pub fn push(&mut self, e: Entry) {
        self.version = self.version.wrapping_add(1);
        if self.entries.len() == self.entries.capacity() && self.live * 2 <= self.entries.len() && !self.entries.is_empty() {
            self.compact();
        }
        let hash = spread(e.hash);
        let at = self.entries.len() as u32;
        self.entries.push(e);
        self.live += 1;
        if self.index.is_empty() {
            if self.entries.len() > SMALL {
                self.compact();
                self.reindex();
            }
        } else {
            let entries = &self.entries;
            self.index.insert_unique(hash, at, |&i| spread(entries[i as usize].hash));
        }
    }
    pub fn push_front(&mut self, e: Entry) {
        self.compact();
        self.version = self.version.wrapping_add(1);
        self.entries.insert(0, e);
        self.live += 1;
        self.index.clear();
        if self.entries.len() > SMALL {
            self.reindex();
        }
    }
    /// Removed entries hold no values, so dropping them runs no code.
    fn compact(&mut self) {
        if self.live == self.entries.len() {
            return;
        }
        self.entries.retain(|e| !e.key.is_unbound());
        self.head = 0;
        self.version = self.version.wrapping_add(1);
        if !self.index.is_empty() {
            self.index.clear();
            self.reindex();
        }
    }
    fn reindex(&mut self) {
        let entries = &self.entries;
        self.index.reserve(entries.len(), |&i| spread(entries[i as usize].hash));
        for (i, e) in entries.iter().enumerate() {
            if !e.key.is_unbound() {
                self.index.insert_unique(spread(e.hash), i as u32, |&i| spread(entries[i as usize].hash));
            }
        }
    }
    /// Removes the entry at `i` and hands out what it held.
    pub fn remove(&mut self, i: usize) -> Option<(Value, Value)> {
        let e = self.entries.get_mut(i).filter(|e| !e.key.is_unbound())?;
        let out = (std::mem::replace(&mut e.key, UNBOUND), std::mem::replace(&mut e.value, UNBOUND));
        let hash = e.hash;
        self.version = self.version.wrapping_add(1);
        self.live -= 1;
        if !self.index.is_empty()
            && let Ok(slot) = self.index.find_entry(spread(hash), |&k| k as usize == i)
        {
            slot.remove();
        }
        if self.live == 0 {
            // Iterators see the size change, so the positions may start again.
            self.entries.clear();
            self.index.clear();
            self.head = 0;
        } else {
            while self.entries.get(self.head).is_some_and(|e| e.key.is_unbound()) {
                self.head += 1;
            }
        }
        Some(out)
    }
    pub fn pop_last(&mut self) -> Option<(Value, Value)> {
        while self.entries.last().is_some_and(|e| e.key.is_unbound()) {
            self.entries.pop();
        }
        let i = self.entries.len().checked_sub(1)?;
        let out = self.remove(i);
        while self.entries.last().is_some_and(|e| e.key.is_unbound()) {
            self.entries.pop();
        }
        out
    }
    pub fn pop_first(&mut self) -> Option<(Value, Value)> {
        self.remove(self.head)
    }
}
