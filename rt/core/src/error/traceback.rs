//! Owns: error sites (where in the source an operation stands), traceback objects, and `At`, which
//! adds an entry when an operation raised.
//! Never: prints tracebacks; that is `error::print`.

use crate::error::hierarchy::{self, body};
use crate::error::{PyResult, Raised, peek};
use crate::object::{self, Native, Payload};
use crate::types::class::{ClassDef, GetSet, Type};
use crate::value::{NONE, Value};
use std::cell::{Cell, RefCell};

/// A function as tracebacks name it.
pub struct Scope {
    /// The source file as the program was started with.
    pub file: &'static str,
    /// `co_qualname`; tracebacks print `name`.
    pub qualname: &'static str,
    pub name: &'static str,
    pub first_line: u32,
    /// The file's source text for tracebacks; empty when stripped.
    pub source: &'static str,
}

/// A place in the source: lines and byte columns from 0 as in `co_positions`.
pub struct Site {
    pub scope: &'static Scope,
    pub line: u32,
    pub end_line: u32,
    pub col: u32,
    pub end_col: u32,
}

/// One entry of a traceback: a function, where it was, and the next inner entry.
pub struct Traceback {
    pub next: RefCell<Value>,
    pub site: &'static Site,
    pub lineno: Cell<u32>,
    /// The frame object: names, globals, and in the exact form of drop order the locals kept alive.
    pub frame: RefCell<Value>,
}
impl Payload for Traceback {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.next.borrow());
        visit(&self.frame.borrow());
    }
    fn clear(&self) {
        drop((self.next.replace(NONE), self.frame.replace(NONE)));
    }
}
impl Native for Traceback {
    fn class() -> &'static Type {
        &TRACEBACK
    }
}
pub fn is_traceback(v: &Value) -> bool {
    v.downcast::<Traceback>().is_some()
}

fn tb_next(v: &Value) -> PyResult {
    Ok(v.downcast::<Traceback>().map_or(NONE, |t| t.next.borrow().clone()))
}
fn set_tb_next(v: &Value, next: Option<Value>) -> Result<(), Raised> {
    let next = next.unwrap_or(NONE);
    if !next.is_none() && !is_traceback(&next) {
        return Err(crate::error::type_error(format!("expected traceback object, got '{}'", next.ty().name())));
    }
    if let Some(t) = v.downcast::<Traceback>() {
        let old = t.next.replace(next);
        drop(old);
    }
    Ok(())
}
fn tb_lineno(v: &Value) -> PyResult {
    Ok(v.downcast::<Traceback>().map_or(NONE, |t| Value::int(i64::from(t.lineno.get()))))
}
fn tb_lasti(_: &Value) -> PyResult {
    Ok(Value::int(0))
}
fn tb_frame(v: &Value) -> PyResult {
    let Some(t) = v.downcast::<Traceback>() else { return Ok(NONE) };
    if t.frame.borrow().is_none() {
        let f = crate::frame::object::for_site(t.site);
        *t.frame.borrow_mut() = f;
    }
    Ok(t.frame.borrow().clone())
}
static GETSET: &[GetSet] = &[
    GetSet::rw("tb_next", tb_next, set_tb_next),
    GetSet::ro("tb_lineno", tb_lineno),
    GetSet::ro("tb_lasti", tb_lasti),
    GetSet::ro("tb_frame", tb_frame),
];
static DEF: ClassDef = ClassDef::new::<Traceback>("traceback").getset(GETSET);
pub static TRACEBACK: Type = Type::builtin(&DEF);

/// Adds an entry for `site` in front of the pending exception's traceback.
#[cold]
#[inline(never)]
pub fn add(raised: &Raised, site: &'static Site) {
    let exc = peek(raised);
    add_to(&exc, site, NONE);
}
/// Adds an entry to an exception, with the frame object that keeps its locals.
pub fn add_to(exc: &Value, site: &'static Site, frame: Value) {
    let Some(e) = body(exc) else { return };
    let next = e.traceback.replace(NONE);
    let tb = object::new(&TRACEBACK, Traceback { next: RefCell::new(next), site, lineno: Cell::new(site.line), frame: RefCell::new(frame) });
    *e.traceback.borrow_mut() = tb;
}

/// `.at(SITE)?`: nothing on success, one traceback entry on an error.
pub trait At {
    fn at(self, site: &'static Site) -> Self;
}
impl<T> At for PyResult<T> {
    #[inline(always)]
    fn at(self, site: &'static Site) -> Self {
        if let Err(r) = &self {
            add(r, site);
        }
        self
    }
}

/// The entries from the outermost to the innermost.
pub fn entries(exc: &Value) -> Vec<Value> {
    let mut out = vec![];
    let mut tb = hierarchy::body(exc).map_or(NONE, |e| e.traceback.borrow().clone());
    while let Some(t) = tb.downcast::<Traceback>() {
        let next = t.next.borrow().clone();
        out.push(tb.clone());
        tb = next;
    }
    out
}

/// A site for a line of a scope, without columns; kept for the process's life.
pub fn site_at(scope: &'static Scope, line: u32) -> &'static Site {
    use crate::gil::{Gil, GilRefCell};
    static MADE: GilRefCell<Vec<&'static Site>> = Gil::new(RefCell::new(Vec::new()));
    if let Some(s) = MADE.borrow().iter().find(|s| std::ptr::eq(s.scope, scope) && s.line == line) {
        return s;
    }
    let site: &'static Site = Box::leak(Box::new(Site { scope, line, end_line: line, col: 0, end_col: 0 }));
    MADE.borrow_mut().push(site);
    site
}
