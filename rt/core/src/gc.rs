//! Owns: the list of all containers, and the collector of cycles among them.
//! Never: runs Python code while linking or unlinking; collections start at function entries
//! (`poll`), as in CPython they start at the eval breaker.
//! Source: CPython 3.13, Python/gc.c (`deduce_unreachable`, `handle_weakrefs`, `finalize_garbage`,
//! `handle_resurrected_objects`, `delete_garbage`).

use crate::error;
use crate::gil::{Gil, GilCell, GilRefCell};
use crate::name::FxBuild;
use crate::object::{FINALIZED, GcHead, Header, gc_head, gc_object};
use crate::types::class::TypeFlags;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

struct List {
    head: Cell<*const GcHead>,
    count: Cell<usize>,
}

static ALL: Gil<List> = Gil::new(List { head: Cell::new(std::ptr::null()), count: Cell::new(0) });
/// Collect when the count of containers reaches this.
static LIMIT: GilCell<usize> = Gil::new(Cell::new(SMALLEST));
static ENABLED: GilCell<bool> = Gil::new(Cell::new(true));
static COLLECTING: GilCell<bool> = Gil::new(Cell::new(false));
/// `gc.get_threshold()`.
pub static THRESHOLDS: GilCell<[i64; 3]> = Gil::new(Cell::new([2000, 10, 0]));
/// Collections, collected objects (`gc.get_stats()`).
pub static STATS: GilCell<[usize; 2]> = Gil::new(Cell::new([0, 0]));
/// `gc.callbacks`.
pub static CALLBACKS: GilRefCell<Option<Value>> = Gil::new(RefCell::new(None));
/// The fewest containers that start an automatic collection.
const SMALLEST: usize = 20_000;

/// # Safety
/// `g` is the unlinked head of a new object.
#[inline]
pub unsafe fn link(g: *const GcHead) {
    // SAFETY: `g` and the current head are live links.
    unsafe {
        let head = ALL.head.get();
        (*(g as *mut GcHead)).prev = Cell::new(std::ptr::null());
        (*(g as *mut GcHead)).next = Cell::new(head);
        if !head.is_null() {
            (*head).prev.set(g);
        }
        ALL.head.set(g);
        let n = ALL.count.get() + 1;
        ALL.count.set(n);
        if n >= LIMIT.get() {
            ask();
        }
    }
}

/// # Safety
/// `g` is linked.
#[inline]
pub unsafe fn unlink(g: *const GcHead) {
    // SAFETY: neighbours of a linked head are live.
    unsafe {
        let (prev, next) = ((*g).prev.get(), (*g).next.get());
        if prev.is_null() { ALL.head.set(next) } else { (*prev).next.set(next) }
        if !next.is_null() {
            (*next).prev.set(prev);
        }
        ALL.count.set(ALL.count.get() - 1);
    }
}

/// How many containers are alive.
pub fn tracked() -> usize {
    ALL.count.get()
}
pub fn is_enabled() -> bool {
    ENABLED.get()
}
pub fn enable(on: bool) {
    ENABLED.set(on);
}
/// Wants a collection at the next function entry.
#[cold]
#[inline(never)]
fn ask() {
    if ENABLED.get() && THRESHOLDS.get()[0] > 0 && !COLLECTING.get() {
        crate::frame::stack::interrupt();
    }
}
/// Runs the collection that was asked for; called at a function entry.
#[cold]
pub fn poll() {
    if ALL.count.get() >= LIMIT.get() && ENABLED.get() && !COLLECTING.get() {
        collect(2);
    }
}

/// True when the value is a container known to the collector.
pub fn is_tracked(v: &Value) -> bool {
    v.header().is_some_and(has_links)
}
#[inline]
fn has_links(h: &Header) -> bool {
    let ty = h.ty();
    (ty.vtable().gc || ty.attrs_offset() != 0) && !ty.is_metatype()
}
/// Visits what an object refers to.
///
/// # Safety
/// `h` is a live object.
unsafe fn traverse(h: *const Header, visit: &mut dyn FnMut(&Value)) {
    // SAFETY: the object is alive, and visiting runs no Python code.
    unsafe {
        ((*h).ty().vtable().traverse)(h, visit);
        if let Some(attrs) = (*h).attrs() {
            attrs.traverse(visit);
        }
    }
}
/// Everything an object refers to (`gc.get_referents`).
pub fn referents(v: &Value) -> Vec<Value> {
    let mut out = vec![];
    if let Some(h) = v.header()
        && has_links(h)
    {
        // SAFETY: `v` keeps the object alive.
        unsafe { traverse(h, &mut |x| if x.is_obj() { out.push(x.clone()) }) };
    }
    out
}
/// Whether something that a container refers to is such.
pub fn any_referent(v: &Value, such: impl Fn(&Value) -> bool) -> bool {
    let mut found = false;
    if let Some(h) = v.header()
        && has_links(h)
    {
        // SAFETY: `v` keeps the object alive.
        unsafe { traverse(h, &mut |x| found = found || such(x)) };
    }
    found
}
/// All containers, oldest first.
pub fn objects() -> Vec<Value> {
    let mut out = vec![];
    let mut g = ALL.head.get();
    while !g.is_null() {
        // SAFETY: linked heads belong to live objects.
        unsafe {
            let h = gc_object(g);
            if (*h).refcount() > 0 {
                (*h).incref();
                out.push(Value::from_header(h));
            }
            g = (*g).next.get();
        }
    }
    out.reverse();
    out
}

// While a collection looks for garbage, `prev` holds `count << 3 | passed << 2 | reachable << 1 | 1`.
const MARK: usize = 1;
const REACHABLE: usize = 2;
const PASSED: usize = 4;
const ONE: usize = 8;

unsafe fn state(g: *const GcHead) -> usize {
    // SAFETY: `g` is linked.
    unsafe { (*g).prev.get() as usize }
}
unsafe fn set_state(g: *const GcHead, s: usize) {
    // SAFETY: `g` is linked; the value is an encoded number until `restore_links`.
    unsafe { (*g).prev.set(s as *const GcHead) }
}

/// Finds the containers that only containers of the same kind refer to; oldest first, each counted.
fn unreachable() -> Vec<Value> {
    let mut out = vec![];
    // SAFETY: no Python code runs in here, so the list and all objects stay as they are; `prev` is
    // restored before returning.
    unsafe {
        let mut g = ALL.head.get();
        while !g.is_null() {
            let rc = (*gc_object(g)).refcount() as usize;
            // An object that waits to be freed is nobody's garbage.
            set_state(g, rc * ONE | MARK | if rc == 0 { REACHABLE } else { 0 });
            g = (*g).next.get();
        }
        let mut g = ALL.head.get();
        while !g.is_null() {
            traverse(gc_object(g), &mut |v| {
                if let Some(h) = v.header()
                    && has_links(h)
                {
                    let c = gc_head(h);
                    let s = state(c);
                    if s >= ONE {
                        set_state(c, s - ONE);
                    }
                }
            });
            g = (*g).next.get();
        }
        // In the order of the list, which is nearly that of memory; only what is found reachable behind the walk
        // needs a place in `work`.
        let mut work: Vec<*const GcHead> = vec![];
        let mut g = ALL.head.get();
        while !g.is_null() {
            let s = state(g) | PASSED;
            if s >= ONE || s & REACHABLE != 0 {
                set_state(g, s | REACHABLE);
                work.push(g);
            } else {
                set_state(g, s);
            }
            while let Some(found) = work.pop() {
                traverse(gc_object(found), &mut |v| {
                    if let Some(h) = v.header()
                        && has_links(h)
                    {
                        let c = gc_head(h);
                        let s = state(c);
                        if s & REACHABLE == 0 {
                            set_state(c, s | REACHABLE);
                            if s & PASSED != 0 {
                                work.push(c);
                            }
                        }
                    }
                });
            }
            g = (*g).next.get();
        }
        let (mut g, mut prev) = (ALL.head.get(), std::ptr::null());
        while !g.is_null() {
            if state(g) & REACHABLE == 0 {
                let h = gc_object(g);
                (*h).incref();
                out.push(Value::from_header(h));
            }
            (*g).prev.set(prev);
            prev = g;
            g = (*g).next.get();
        }
    }
    out.reverse();
    out
}
/// Of objects that were garbage, those that still are after finalizers ran.
fn still_garbage(all: Vec<Value>) -> Vec<Value> {
    let mut index: HashMap<u64, usize, FxBuild> = HashMap::with_hasher(FxBuild);
    for (i, v) in all.iter().enumerate() {
        index.insert(v.bits(), i);
    }
    // One reference of each is ours.
    let mut refs: Vec<i64> = all.iter().map(|v| v.header().map_or(0, |h| i64::from(h.refcount())) - 1).collect();
    let visit_all = |h: &Header, f: &mut dyn FnMut(usize)| {
        // SAFETY: `all` keeps the objects alive.
        unsafe {
            traverse(h, &mut |v| {
                if let Some(&i) = index.get(&v.bits())
                    && v.is_obj()
                {
                    f(i);
                }
            });
        }
    };
    for v in &all {
        if let Some(h) = v.header() {
            visit_all(h, &mut |i| refs[i] -= 1);
        }
    }
    let mut alive: Vec<bool> = refs.iter().map(|n| *n > 0).collect();
    let mut work: Vec<usize> = (0..all.len()).filter(|&i| alive[i]).collect();
    while let Some(i) = work.pop() {
        if let Some(h) = all[i].header() {
            visit_all(h, &mut |j| {
                if !alive[j] {
                    alive[j] = true;
                    work.push(j);
                }
            });
        }
    }
    all.into_iter().zip(alive).filter(|(_, a)| !a).map(|(v, _)| v).collect()
}

/// `gc.collect()`: the number of unreachable objects found.
pub fn collect(generation: i64) -> usize {
    if COLLECTING.replace(true) {
        return 0;
    }
    callbacks("start", generation, 0);
    let garbage = unreachable();
    let found = garbage.len();
    if found > 0 {
        let set: std::collections::HashSet<u64, FxBuild> = garbage.iter().map(Value::bits).collect();
        crate::weak::clear_garbage(&garbage, |r| set.contains(&r.bits()));
        for v in &garbage {
            if let Some(h) = v.header()
                && h.ty().has_flag(TypeFlags::HAS_DEL)
                && !h.has_flag(FINALIZED)
            {
                h.set_flag(FINALIZED);
                error::run_finalizer(v);
            }
        }
        let garbage = still_garbage(garbage);
        for v in &garbage {
            let Some(h) = v.header() else { continue };
            // SAFETY: `v` keeps the object alive.
            unsafe { (h.ty().vtable().clear)(h) };
            if let Some(attrs) = h.attrs() {
                attrs.clear();
            }
        }
        drop(garbage);
    }
    // A look that finds little was not worth its time: programs with a hundred thousand tasks have no garbage.
    let count = ALL.count.get();
    let growth = if found * 8 < count { 4 } else { 2 };
    LIMIT.set((count * growth).max(SMALLEST));
    let [n, total] = STATS.get();
    STATS.set([n + 1, total + found]);
    callbacks("stop", generation, found);
    COLLECTING.set(false);
    found
}
fn callbacks(phase: &str, generation: i64, collected: usize) {
    let list = CALLBACKS.borrow().clone();
    let Some(list) = list else { return };
    let Some(l) = list.downcast::<crate::types::list::List>() else { return };
    if l.is_empty() {
        return;
    }
    let info = crate::types::dict::Dict::new_value();
    if let Some(d) = info.downcast::<crate::types::dict::Dict>() {
        d.set_str("generation", Value::int(generation));
        d.set_str("collected", Value::from(collected));
        d.set_str("uncollectable", Value::int(0));
    }
    for f in l.to_vec() {
        error::saving_pending(|| {
            if let Err(r) = crate::protocol::call::call(&f, &[Value::str(phase), info.clone()]) {
                error::unraisable(r, "", &f);
            }
        });
    }
}
