//! Owns: the depth of Python frames on this thread and its limit, and sites for whole functions.
//! Never: allocates on the way down.

use crate::def::Def;
use crate::error::traceback::{Scope, Site};
use crate::error::{PyResult, Raised, recursion_error as raise_recursion};
use crate::gil::{Gil, GilCell, GilRefCell};
use std::cell::{Cell, RefCell};

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}
static LIMIT: GilCell<u32> = Gil::new(Cell::new(1000));

/// One Python frame more; false when that would exceed the recursion limit (nothing is counted then).
#[inline(always)]
pub fn descend() -> bool {
    DEPTH.with(|d| {
        let n = d.get() + 1;
        if n > LIMIT.get() {
            return false;
        }
        d.set(n);
        true
    })
}
/// One Python frame less.
#[inline(always)]
pub fn ascend() {
    DEPTH.with(|d| d.set(d.get() - 1));
}
/// The RecursionError of a call that `descend` refused.
#[cold]
pub fn recursion_error() -> Raised {
    raise_recursion("maximum recursion depth exceeded")
}

/// Counts one frame while it is alive.
pub struct Entered(());
impl Drop for Entered {
    #[inline(always)]
    fn drop(&mut self) {
        ascend();
    }
}
/// Counts the frame of a function until the guard is dropped.
#[inline(always)]
pub fn enter() -> PyResult<Entered> {
    if descend() { Ok(Entered(())) } else { Err(recursion_error()) }
}

/// `sys.getrecursionlimit()`.
pub fn limit() -> u32 {
    LIMIT.get()
}
/// `sys.setrecursionlimit(n)`.
pub fn set_limit(n: u32) {
    LIMIT.set(n);
}
pub fn depth() -> u32 {
    DEPTH.with(Cell::get)
}

static SITES: GilRefCell<Vec<(usize, &'static Site)>> = Gil::new(RefCell::new(Vec::new()));

/// The place of a function's `def` line, for a frame that never ran.
#[cold]
pub fn site_of(def: &'static Def) -> &'static Site {
    let key = def as *const Def as usize;
    if let Some((_, s)) = SITES.borrow().iter().find(|(k, _)| *k == key) {
        return s;
    }
    let scope: &'static Scope = Box::leak(Box::new(Scope {
        file: def.file,
        qualname: def.qualname,
        name: def.name(),
        first_line: def.line,
        source: crate::error::print::source_of(def.file),
    }));
    let site: &'static Site = Box::leak(Box::new(Site { scope, line: def.line, end_line: def.line, col: 0, end_col: 0 }));
    SITES.borrow_mut().push((key, site));
    site
}
