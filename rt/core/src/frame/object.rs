//! Owns: frame objects, as far as introspection reads them (`tb_frame`, `gi_frame`).
//! Never: holds locals of running functions; those are Rust locals.

use super::stack;
use crate::def::{Def, F1, Method};
use crate::error::traceback::{Scope, Site};
use crate::error::{PyResult, type_error};
use crate::name::Name;
use crate::object::{self, Native, Payload};
use crate::types::class::{ClassDef, GetSet, Type};
use crate::types::dict::Dict;
use crate::types::module;
use crate::value::{NONE, Value};
use std::cell::{Cell, RefCell};

/// The body of a frame object.
pub struct FrameObject {
    pub scope: &'static Scope,
    pub def: Option<&'static Def>,
    pub line: Cell<u32>,
    /// The calling function's frame, or None.
    pub back: RefCell<Value>,
    /// Locals that a traceback keeps alive, or None.
    pub locals: RefCell<Value>,
}
impl Payload for FrameObject {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.back.borrow());
        visit(&self.locals.borrow());
    }
    fn clear(&self) {
        drop((self.back.replace(NONE), self.locals.replace(NONE)));
    }
}
impl Native for FrameObject {
    fn class() -> &'static Type {
        &FRAME
    }
}
fn new(scope: &'static Scope, def: Option<&'static Def>, line: u32, back: Value) -> Value {
    object::new(&FRAME, FrameObject { scope, def, line: Cell::new(line), back: RefCell::new(back), locals: RefCell::new(NONE) })
}
/// The frame object of a traceback entry.
pub fn for_site(site: &'static Site) -> Value {
    new(site.scope, None, site.line, NONE)
}
/// The frame object of a generator or coroutine.
pub fn for_frame(f: &super::Frame) -> Value {
    let site = super::place::of(f);
    new(site.scope, Some(f.def), site.line, NONE)
}
/// `sys._getframe(depth)`: the running functions as frames; `None` beyond the stack.
pub fn current(depth: usize) -> Option<Value> {
    let mut frames = stack::entries();
    frames.reverse();
    let mut back = module_frame();
    for e in frames.iter().skip(depth).rev() {
        let Some(def) = e.def else { continue };
        back = new(stack::site_of(def).scope, Some(def), e.site.map_or(def.line, |s| s.line), back);
    }
    if depth > frames.len() { None } else { Some(back) }
}
fn module_frame() -> Value {
    let scope: &'static Scope = module_scope(module::current_def().map_or("", |d| d.file));
    new(scope, None, stack::module_site().map_or(1, |s| s.line), NONE)
}
fn module_scope(file: &'static str) -> &'static Scope {
    thread_local! { static SCOPE: Cell<Option<&'static Scope>> = const { Cell::new(None) }; }
    SCOPE.with(|s| match s.get() {
        Some(scope) => scope,
        None => {
            let scope: &'static Scope = Box::leak(Box::new(Scope {
                file,
                qualname: "<module>",
                name: "<module>",
                first_line: 1,
                source: crate::error::print::source_of(file),
            }));
            s.set(Some(scope));
            scope
        }
    })
}

fn body(v: &Value) -> PyResult<&FrameObject> {
    v.downcast::<FrameObject>().ok_or_else(|| type_error("descriptor requires a 'frame' object"))
}
fn f_lineno(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(body(v)?.line.get())))
}
fn f_back(v: &Value) -> PyResult {
    Ok(body(v)?.back.borrow().clone())
}
fn f_code(v: &Value) -> PyResult {
    let f = body(v)?;
    Ok(match f.def {
        Some(d) => crate::types::code::new(d),
        None => object::new(&SCOPE_CODE, ScopeCode(f.scope)),
    })
}
fn f_locals(v: &Value) -> PyResult {
    let f = body(v)?;
    if f.locals.borrow().is_none() {
        let d = Dict::new_value();
        *f.locals.borrow_mut() = d;
    }
    Ok(f.locals.borrow().clone())
}
fn f_globals(v: &Value) -> PyResult {
    let f = body(v)?;
    let m = match f.def.and_then(|d| d.module) {
        Some(m) => m.module(),
        // The frame of a traceback knows its file alone.
        None => match module::import::compiled().find(|m| m.file == f.scope.file) {
            Some(m) => m.module(),
            None => module::current(),
        },
    };
    if m.is_none() { Ok(Dict::new_value()) } else { module::dict_of(&m) }
}
fn f_lasti(_: &Value) -> PyResult {
    Ok(Value::int(0))
}
fn f_trace(_: &Value) -> PyResult {
    Ok(NONE)
}
fn clear(v: &Value) -> PyResult {
    let old = body(v)?.locals.replace(NONE);
    drop(old);
    Ok(NONE)
}
fn repr(v: &Value) -> PyResult {
    let f = body(v)?;
    Ok(Value::string(format!("<frame at {:#x}, file '{}', line {}, code {}>", v.bits(), f.scope.file, f.line.get(), f.scope.name)))
}
static METHODS: &[Method] = &[Method::new("clear(self, /)", F1(clear)), Method::new("__repr__(self, /)", F1(repr))];
static GETSET: &[GetSet] = &[
    GetSet::ro("f_lineno", f_lineno),
    GetSet::ro("f_back", f_back),
    GetSet::ro("f_code", f_code),
    GetSet::ro("f_locals", f_locals),
    GetSet::ro("f_globals", f_globals),
    GetSet::ro("f_lasti", f_lasti),
    GetSet::ro("f_trace", f_trace),
];
static DEF: ClassDef = ClassDef::new::<FrameObject>("frame").methods(METHODS).getset(GETSET);
pub static FRAME: Type = Type::builtin(&DEF);

/// The code object of a traceback entry: names only.
struct ScopeCode(&'static Scope);
impl Payload for ScopeCode {}
impl Native for ScopeCode {
    fn class() -> &'static Type {
        &SCOPE_CODE
    }
}
fn scope(v: &Value) -> PyResult<&'static Scope> {
    v.downcast::<ScopeCode>().map(|s| s.0).ok_or_else(|| type_error("descriptor requires a 'code' object"))
}
fn co_name(v: &Value) -> PyResult {
    Ok(Name::new(scope(v)?.name).value())
}
fn co_qualname(v: &Value) -> PyResult {
    Ok(Name::new(scope(v)?.qualname).value())
}
fn co_filename(v: &Value) -> PyResult {
    Ok(Value::str(scope(v)?.file))
}
fn co_firstlineno(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(scope(v)?.first_line)))
}
fn code_repr(v: &Value) -> PyResult {
    let s = scope(v)?;
    Ok(Value::string(format!("<code object {} at {:#x}, file \"{}\", line {}>", s.name, v.bits(), s.file, s.first_line)))
}
static CODE_METHODS: &[Method] = &[Method::new("__repr__(self, /)", F1(code_repr))];
static CODE_GETSET: &[GetSet] = &[
    GetSet::ro("co_name", co_name),
    GetSet::ro("co_qualname", co_qualname),
    GetSet::ro("co_filename", co_filename),
    GetSet::ro("co_firstlineno", co_firstlineno),
];
static CODE_DEF: ClassDef = ClassDef::new::<ScopeCode>("code").methods(CODE_METHODS).getset(CODE_GETSET);
static SCOPE_CODE: Type = Type::builtin(&CODE_DEF);
