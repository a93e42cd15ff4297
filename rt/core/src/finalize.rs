//! Owns: the end of a program: `atexit` callbacks, finalizers of what is still alive, the modules'
//! globals, flushing.
//! Never: decides the exit status.
//! Source: CPython 3.13, Python/pylifecycle.c (`Py_FinalizeEx`), Python/import.c (`_PyImport_FiniExternal`, `finalize_modules`).

use crate::error;
use crate::gil::Gil;
use crate::name::Name;
use crate::types::class::TypeFlags;
use crate::types::module::ModuleDef;
use crate::value::Value;
use std::cell::{Cell, RefCell};

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
    clear_modules(modules);
    crate::io::std::flush_std(false) && flushed
}

/// A module's globals are reachable from its functions and the functions from its globals, so CPython
/// frees them by the cycle collector: first every finalizer in the order the objects were made, then
/// the globals in their order.
fn clear_modules(modules: &[&'static ModuleDef]) {
    for v in crate::gc::objects() {
        let Some(h) = v.header() else { continue };
        let ty = h.ty();
        if ty.has_flag(TypeFlags::HAS_DEL) && !h.has_flag(crate::object::FINALIZED) {
            h.set_flag(crate::object::FINALIZED);
            error::run_finalizer(&v);
        }
        // Streams stay open: what is dropped below may still print. They flush when they are dropped.
        if let Some(finalize) = ty.vtable().finalize
            && ty.module_name() == "_asyncio"
        {
            finalize(&v);
        }
    }
    for m in modules {
        for slot in m.globals {
            slot.clear();
        }
    }
}
