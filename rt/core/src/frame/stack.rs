//! Owns: the stack of running Python functions: its depth (RecursionError), who runs, and sites for
//! whole functions.
//! Never: holds locals; those are Rust locals of the generated functions.

use crate::def::Def;
use crate::error::traceback::{Scope, Site};
use crate::error::{Raised, recursion_error as raise_recursion};
use crate::gil::{Gil, GilCell, GilRefCell};
use crate::types::module::ModuleDef;
use std::cell::{Cell, RefCell};

/// One running function.
#[derive(Copy, Clone)]
pub struct Entry {
    /// `None` for the module's body.
    pub def: Option<&'static Def>,
    /// The statement being executed, in files that ask for it (`here`).
    pub site: Option<&'static Site>,
}

/// Running functions, the module's body included.
static DEPTH: GilCell<u32> = Gil::new(Cell::new(1));
/// How deep `descend` goes without asking: the smaller of limit and the array's size.
static BOUND: GilCell<u32> = Gil::new(Cell::new(0));
/// An array with one entry for each depth; raw, so that pushing is a store.
static ENTRIES: GilCell<*mut Entry> = Gil::new(Cell::new(std::ptr::null_mut()));
static CAPACITY: GilCell<u32> = Gil::new(Cell::new(0));
static MODULE_NOTED: GilCell<bool> = Gil::new(Cell::new(false));
static INTERRUPTED: GilCell<bool> = Gil::new(Cell::new(false));

/// The stack of a thread that does not hold the GIL.
pub(crate) struct ThreadState {
    depth: u32,
    bound: u32,
    entries: *mut Entry,
    capacity: u32,
    module_noted: bool,
}
impl ThreadState {
    pub(crate) fn save() -> ThreadState {
        ThreadState { depth: DEPTH.get(), bound: BOUND.get(), entries: ENTRIES.get(), capacity: CAPACITY.get(), module_noted: MODULE_NOTED.get() }
    }
    pub(crate) fn fresh() -> ThreadState {
        ThreadState { depth: 1, bound: 0, entries: std::ptr::null_mut(), capacity: 0, module_noted: false }
    }
    pub(crate) fn restore(self) {
        DEPTH.set(self.depth);
        BOUND.set(self.bound);
        ENTRIES.set(self.entries);
        CAPACITY.set(self.capacity);
        MODULE_NOTED.set(self.module_noted);
    }
}
/// The thread has ended: its array goes.
pub(crate) fn end() {
    let (entries, capacity) = (ENTRIES.replace(std::ptr::null_mut()), CAPACITY.replace(0));
    BOUND.set(0);
    if let Ok(layout) = std::alloc::Layout::array::<Entry>(capacity as usize)
        && !entries.is_null()
    {
        // SAFETY: `widen` allocated it with this layout, and no function of the thread runs any more.
        unsafe { std::alloc::dealloc(entries.cast(), layout) };
    }
}
/// `sys.getrecursionlimit()`; change it with `set_limit`.
pub static LIMIT: GilCell<u32> = Gil::new(Cell::new(1000));

/// Leaves the function when dropped.
pub struct Guard(());
impl Drop for Guard {
    #[inline(always)]
    fn drop(&mut self) {
        ascend();
    }
}

/// Enters a function; RecursionError at CPython's depth (3.13: the module body counts as one).
#[inline(always)]
pub fn enter(def: &'static Def) -> Result<Guard, Raised> {
    if descend(def) { Ok(Guard(())) } else { Err(recursion_error()) }
}
/// One frame more; false when that would exceed the recursion limit (nothing is counted then).
#[inline(always)]
pub fn descend(def: &'static Def) -> bool {
    let d = DEPTH.get();
    if d >= BOUND.get() && !widen(d) {
        return false;
    }
    // SAFETY: `d < BOUND <= CAPACITY`, the size of the array; only this thread uses it.
    unsafe { ENTRIES.get().add(d as usize).write(Entry { def: Some(def), site: None }) };
    DEPTH.set(d + 1);
    true
}
/// One frame less.
#[inline(always)]
pub fn ascend() {
    DEPTH.set(DEPTH.get() - 1);
}
/// One more frame would not exceed the limit, as far as can be told without the slow path.
#[inline(always)]
pub fn has_room() -> bool {
    DEPTH.get() < BOUND.get()
}
/// Makes room for depth `d`, or says that the limit is reached.
#[cold]
#[inline(never)]
fn widen(d: u32) -> bool {
    if INTERRUPTED.replace(false) {
        // The evaluation breaker: a safe point, as Python code is about to run anyway.
        crate::gc::poll();
    }
    let limit = LIMIT.get();
    if d >= limit {
        return false;
    }
    let old = CAPACITY.get();
    if d >= old {
        let new = (d + 1).max(1024).next_power_of_two();
        let layout = |n: u32| std::alloc::Layout::array::<Entry>(n as usize);
        let (Ok(from), Ok(to)) = (layout(old), layout(new)) else { return false };
        // SAFETY: the block was allocated with the old layout, or does not exist yet.
        let p = unsafe {
            if old == 0 { std::alloc::alloc(to) } else { std::alloc::realloc(ENTRIES.get() as *mut u8, from, to.size()) }
        };
        if p.is_null() {
            return false;
        }
        ENTRIES.set(p as *mut Entry);
        CAPACITY.set(new);
    }
    BOUND.set(limit.min(CAPACITY.get()));
    true
}
/// Makes the next function entry of this thread take the slow path.
pub fn interrupt() {
    INTERRUPTED.set(true);
    BOUND.set(0);
}
/// The RecursionError of a call that `descend` refused.
#[cold]
pub fn recursion_error() -> Raised {
    raise_recursion("maximum recursion depth exceeded")
}
/// `sys.setrecursionlimit(n)`. Other threads follow when they next grow.
pub fn set_limit(n: u32) {
    LIMIT.set(n);
    BOUND.set(n.min(CAPACITY.get()));
}
/// How many Python functions run, the module's body included.
pub fn depth() -> u32 {
    DEPTH.get()
}
/// Counts `n` frames for what runs elsewhere (a thread that starts with an empty stack).
pub fn set_depth(n: u32) {
    DEPTH.set(n);
}
/// The running functions, outermost first, without the module's body.
pub fn entries() -> Vec<Entry> {
    let p = ENTRIES.get();
    // SAFETY: entries below DEPTH have been written by `descend`, from index 1.
    (1..DEPTH.get() as usize).filter(|_| !p.is_null()).map(|i| unsafe { *p.add(i) }).collect()
}
/// The innermost running function.
pub fn innermost() -> Option<&'static Def> {
    let d = DEPTH.get() as usize;
    let p = ENTRIES.get();
    // SAFETY: as in `entries`.
    if d > 1 && !p.is_null() { unsafe { (*p.add(d - 1)).def } } else { None }
}
/// Notes which statement runs, for files that look at line numbers of running code (`warnings`,
/// `logging`, `sys._getframe`); cheap enough to stand before their calls.
pub fn here(site: &'static Site) {
    let d = (DEPTH.get() as usize).saturating_sub(1);
    if ENTRIES.get().is_null() && !widen(0) {
        return;
    }
    // SAFETY: the array has an entry for every depth in use; index 0, the module's body, is written
    // here first when `d` is 0 and never read before (`module_site`).
    unsafe {
        let e = ENTRIES.get().add(d);
        if d == 0 {
            e.write(Entry { def: None, site: Some(site) });
            MODULE_NOTED.set(true);
        } else {
            (*e).site = Some(site);
        }
    }
}
/// Where the module's body is, when it said so.
pub fn module_site() -> Option<&'static Site> {
    // SAFETY: `here` wrote entry 0.
    if MODULE_NOTED.get() { unsafe { (*ENTRIES.get()).site } } else { None }
}
/// File and line of the running code, `level` frames up (0: the innermost); the line is that of the
/// `def` when the file does not note statements. `None` above the module's body.
pub fn location(level: usize) -> Option<(&'static str, u32, bool)> {
    let all = entries();
    if level > all.len() {
        return None;
    }
    if level == all.len() {
        if let Some(s) = module_site() {
            return Some((s.scope.file, s.line, true));
        }
        // No module runs any more at the end of the program.
        return crate::types::module::current_def().map(|d| (d.file, 1, false));
    }
    let e = all[all.len() - 1 - level];
    match (e.site, e.def) {
        (Some(s), _) => Some((s.scope.file, s.line, true)),
        (None, Some(d)) => Some((d.file(), d.line, false)),
        (None, None) => None,
    }
}
/// The module of the innermost running function.
pub fn current_module() -> Option<&'static ModuleDef> {
    innermost().and_then(|d| d.module)
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
        file: def.file(),
        qualname: def.qualname,
        name: def.name(),
        first_line: def.line,
        source: crate::error::print::source_of(def.file()),
    }));
    let site: &'static Site = Box::leak(Box::new(Site { scope, line: def.line, end_line: def.line, col: 0, end_col: 0 }));
    SITES.borrow_mut().push((key, site));
    site
}
