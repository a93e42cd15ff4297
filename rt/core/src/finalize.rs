//! Owns: the end of a program: `atexit` callbacks, finalizers of what is still alive, the modules'
//! globals, flushing.
//! Never: decides the exit status.
//! Source: CPython 3.13, Python/pylifecycle.c (`Py_FinalizeEx`), Python/import.c (`_PyImport_FiniExternal`, `finalize_modules`).

use crate::error;
use crate::frame::header::Frame;
use crate::gil::Gil;
use crate::name::{FxBuild, Name};
use crate::object::FINALIZED;
use crate::types::class::{Type, TypeFlags};
use crate::types::module::{ModuleDef, Slot};
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::{HashSet, VecDeque};

/// One `atexit.register` call.
struct AtExit {
    func: Value,
    values: Vec<Value>,
    kw: Vec<Name>,
}
static AT_EXIT: Gil<RefCell<Vec<AtExit>>> = Gil::new(RefCell::new(Vec::new()));
/// What other parts of the runtime want done first (threads joined, executors stopped).
static BEFORE: Gil<RefCell<Vec<fn()>>> = Gil::new(RefCell::new(Vec::new()));
static FINALIZING: Gil<Cell<bool>> = Gil::new(Cell::new(false));

pub fn register(func: Value, values: Vec<Value>, kw: Vec<Name>) {
    AT_EXIT.borrow_mut().push(AtExit { func, values, kw });
}
/// Removes every registration of a function equal to `func`.
pub fn unregister(func: &Value) -> error::PyResult<()> {
    let all = std::mem::take(&mut *AT_EXIT.borrow_mut());
    let mut kept = vec![];
    for a in all {
        if !crate::protocol::compare::eq(&a.func, func)? {
            kept.push(a);
        }
    }
    *AT_EXIT.borrow_mut() = kept;
    Ok(())
}
/// Runs the callbacks, last registered first.
pub fn run_callbacks() {
    loop {
        let next = AT_EXIT.borrow_mut().pop();
        let Some(AtExit { func, values, kw }) = next else { break };
        if let Err(r) = crate::protocol::call::call_kw(&func, &values, &kw) {
            error::unraisable(r, "Exception ignored in atexit callback ", &func);
        }
    }
}
pub fn clear_callbacks() {
    let old = std::mem::take(&mut *AT_EXIT.borrow_mut());
    drop(old);
}
pub fn count_callbacks() -> usize {
    AT_EXIT.borrow().len()
}
/// Has `f` called before the `atexit` callbacks, once.
pub fn before(f: fn()) {
    let mut all = BEFORE.borrow_mut();
    if !all.contains(&f) {
        all.push(f);
    }
}
/// `sys.is_finalizing()`.
pub fn is_finalizing() -> bool {
    FINALIZING.get()
}

/// Ends the program in CPython's order; returns false when stdout could not be flushed.
pub fn finalize(modules: &[&'static ModuleDef]) -> bool {
    let before = std::mem::take(&mut *BEFORE.borrow_mut());
    for f in before {
        f();
    }
    run_callbacks();
    let flushed = crate::io::std::flush_std(true);
    FINALIZING.set(true);
    if crate::gc::is_enabled() {
        crate::gc::collect(2);
    }
    clear_modules(modules);
    crate::io::std::flush_std(false) && flushed
}

/// A module's globals are reachable from its functions and the functions from its globals, so CPython frees them by
/// the cycle collector: first every finalizer in the order of the collector's list, then the globals in their order.
fn clear_modules(modules: &[&'static ModuleDef]) {
    let globals: Vec<&'static Slot> = modules.iter().flat_map(|m| m.bound()).collect();
    if globals.iter().any(|slot| has_finalizer(&slot.raw())) || crate::gc::objects().iter().any(observed) {
        if crate::gc::is_enabled() {
            by_distance(&globals).iter().for_each(finalize_one);
        }
        by_age().iter().for_each(finalize_one);
    }
    for slot in globals {
        slot.clear();
    }
}

/// Something could see when this dies, or what it refers to.
fn observed(v: &Value) -> bool {
    has_finalizer(v) || crate::gc::any_referent(v, has_finalizer)
}
fn has_finalizer(v: &Value) -> bool {
    let Some(h) = v.header() else { return false };
    let ty = h.ty();
    ty.has_flag(TypeFlags::HAS_DEL) && !h.has_flag(FINALIZED) || is_asynchronous(ty) || v.downcast::<Frame>().is_some()
}
/// Streams are not among those that are finalized here: what is dropped later may still print. They flush when they are
/// dropped.
fn is_asynchronous(ty: &'static Type) -> bool {
    ty.vtable().finalize.is_some() && ty.module_name() == "_asyncio"
}
fn finalize_one(v: &Value) {
    let Some(h) = v.header() else { return };
    let ty = h.ty();
    if ty.has_flag(TypeFlags::HAS_DEL) && !h.has_flag(FINALIZED) {
        h.set_flag(FINALIZED);
        error::run_finalizer(v);
    }
    if let Some(finalize) = ty.vtable().finalize
        && (is_asynchronous(ty) || v.downcast::<Frame>().is_some())
    {
        finalize(v);
    }
}

/// The collection at the end rescues the modules last and appends what they lead to as it finds it
/// (CPython 3.13: Python/gc.c, `move_unreachable`). A class leads to its dict, and that to its attributes.
fn by_distance(globals: &[&'static Slot]) -> Vec<Value> {
    enum Found {
        Object(Value),
        DictOf(&'static Type),
    }
    let mut seen: HashSet<u64, FxBuild> = HashSet::default();
    let mut queue: VecDeque<Found> = globals.iter().map(|slot| Found::Object(slot.raw())).collect();
    let mut all = vec![];
    while let Some(found) = queue.pop_front() {
        let v = match found {
            Found::Object(v) if !v.is_obj() || !seen.insert(v.bits()) => continue,
            Found::Object(v) => v,
            Found::DictOf(ty) => {
                queue.extend(ty.own_values().into_iter().map(Found::Object));
                continue;
            }
        };
        match v.as_type() {
            Some(ty) => queue.push_back(Found::DictOf(ty)),
            None => queue.extend(crate::gc::referents(&v).into_iter().map(Found::Object)),
        }
        all.push(v);
    }
    all
}
/// Without that collection the list is in the order in which the objects were made; so is what no module leads to.
/// Frames are not in our list: each comes with the first object that refers to it.
fn by_age() -> Vec<Value> {
    let mut seen: HashSet<u64, FxBuild> = HashSet::default();
    let mut all = vec![];
    for v in crate::gc::objects() {
        for frame in crate::gc::referents(&v).into_iter().filter(|v| v.downcast::<Frame>().is_some()) {
            if seen.insert(frame.bits()) {
                all.push(frame);
            }
        }
        all.push(v);
    }
    all
}
