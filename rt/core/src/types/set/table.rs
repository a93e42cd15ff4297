//! Owns: the open-addressing table of sets, with CPython's probing and resizing, so that the order
//! of iteration is CPython's.
//! Never: compares keys by itself; `Set` does, between two looks at the table.
//! Source: CPython 3.13, Objects/setobject.c.

use crate::value::{UNBOUND, Value};

const MIN_SIZE: usize = 8;
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

#[derive(Clone)]
pub(super) struct Slot {
    /// UNBOUND: never used, or a dummy when `hash` is -1.
    pub key: Value,
    pub hash: i64,
}
impl Slot {
    const EMPTY: Slot = Slot { key: UNBOUND, hash: 0 };
    #[inline(always)]
    pub fn is_live(&self) -> bool {
        !self.key.is_unbound()
    }
}

pub(super) struct Table {
    slots: Vec<Slot>,
    mask: usize,
    /// Live and dummy slots.
    fill: usize,
    used: usize,
    pub finger: usize,
    version: u32,
}

/// What a probe met.
pub(super) enum Probe {
    /// A slot that was never used: the key is not there.
    Free(usize),
    /// A live slot with the same hash.
    Candidate(usize),
}

impl Table {
    pub fn new() -> Table {
        Table { slots: vec![Slot::EMPTY; MIN_SIZE], mask: MIN_SIZE - 1, fill: 0, used: 0, finger: 0, version: 0 }
    }
    #[inline(always)]
    pub fn used(&self) -> usize {
        self.used
    }
    pub fn fill(&self) -> usize {
        self.fill
    }
    pub fn mask(&self) -> usize {
        self.mask
    }
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.version
    }
    pub fn set_version(&mut self, v: u32) {
        self.version = v;
    }
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }
    /// Walks the probe sequence of a hash until `f` says stop or a free slot is met.
    pub fn probe(&self, hash: i64, mut f: impl FnMut(usize, &Slot) -> bool) -> Probe {
        let mut perturb = hash as u64;
        let mut i = hash as usize & self.mask;
        loop {
            let probes = if i + LINEAR_PROBES <= self.mask { LINEAR_PROBES } else { 0 };
            for at in i..=i + probes {
                let s = &self.slots[at];
                if s.hash == 0 && !s.is_live() {
                    return Probe::Free(at);
                }
                if s.hash == hash && s.is_live() && f(at, s) {
                    return Probe::Candidate(at);
                }
            }
            perturb >>= PERTURB_SHIFT;
            i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & self.mask;
        }
    }
    /// Puts a key that is not there into the free slot a probe found.
    pub fn occupy(&mut self, at: usize, key: Value, hash: i64) {
        self.slots[at] = Slot { key, hash };
        self.fill += 1;
        self.used += 1;
        self.version = self.version.wrapping_add(1);
        if self.fill * 5 >= self.mask * 3 {
            self.resize(if self.used > 50_000 { self.used * 2 } else { self.used * 4 });
        }
    }
    /// Gives up a live slot and returns its key.
    pub fn vacate(&mut self, at: usize) -> Value {
        let s = &mut self.slots[at];
        s.hash = -1;
        self.used -= 1;
        self.version = self.version.wrapping_add(1);
        std::mem::replace(&mut s.key, UNBOUND)
    }
    pub fn resize(&mut self, min_used: usize) {
        let mut size = MIN_SIZE;
        while size <= min_used {
            size <<= 1;
        }
        let old = std::mem::replace(&mut self.slots, vec![Slot::EMPTY; size]);
        self.mask = size - 1;
        self.fill = self.used;
        self.version = self.version.wrapping_add(1);
        for s in old {
            if s.is_live() {
                self.insert_clean(s.key, s.hash);
            }
        }
    }
    /// Inserts a key known to be absent into a table without dummies.
    pub fn insert_clean(&mut self, key: Value, hash: i64) {
        let mut perturb = hash as u64;
        let mut i = hash as usize & self.mask;
        loop {
            let probes = if i + LINEAR_PROBES <= self.mask { LINEAR_PROBES } else { 0 };
            for at in i..=i + probes {
                if !self.slots[at].is_live() {
                    self.slots[at] = Slot { key, hash };
                    return;
                }
            }
            perturb >>= PERTURB_SHIFT;
            i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & self.mask;
        }
    }
    /// `set_merge` of another table: the capacity it asks for first, then one of its two fast paths;
    /// false when the keys have to be added one by one.
    pub fn merge_start(&mut self, other: &Table) -> bool {
        if (self.fill + other.used) * 5 >= self.mask * 3 {
            self.resize((self.used + other.used) * 2);
        }
        if self.fill == 0 && self.mask == other.mask && other.fill == other.used {
            self.slots = other.slots.clone();
            self.fill = other.fill;
            self.used = other.used;
            self.version = self.version.wrapping_add(1);
            return true;
        }
        if self.fill == 0 {
            self.fill = other.used;
            self.used = other.used;
            self.version = self.version.wrapping_add(1);
            for s in &other.slots {
                if s.is_live() {
                    self.insert_clean(s.key.clone(), s.hash);
                }
            }
            return true;
        }
        false
    }
    /// Empties the table and hands out what it held.
    pub fn take(&mut self) -> Table {
        let v = self.version.wrapping_add(1);
        let old = std::mem::replace(self, Table::new());
        self.version = v;
        old
    }
    pub fn live(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|s| s.is_live())
    }
}
