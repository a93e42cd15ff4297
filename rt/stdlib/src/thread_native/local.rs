//! Owns: `_thread._local`: an object with other attributes in every thread.
//! Never: starts threads.
//! Source: CPython 3.13, Modules/_threadmodule.c (localobject).

use super::ident;
use rtcore::error::{PyResult, Raised, type_error};
use rtcore::gil::{Gil, GilRefCell};
use rtcore::methods::*;
use rtcore::protocol::attr;
use rtcore::types::dict::Dict;
use std::cell::RefCell;
use std::collections::HashMap;

pub struct Local {
    dicts: RefCell<HashMap<i64, Value>>,
    /// The arguments of the constructor: a subclass's `__init__` runs again in each thread.
    args: Vec<Value>,
    kw: Vec<Name>,
}
impl Payload for Local {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.dicts.borrow().values().for_each(&mut *visit);
        self.args.iter().for_each(visit);
    }
    fn clear(&self) {
        let old = self.dicts.take();
        drop(old);
    }
}
impl Native for Local {
    fn class() -> &'static Type {
        &LOCAL
    }
}
/// Weak references to every local object, to forget a thread's attributes at its end.
static ALL: GilRefCell<Vec<Value>> = Gil::new(RefCell::new(Vec::new()));

pub fn forget(thread: i64) {
    let all: Vec<Value> = ALL.borrow().iter().filter_map(rtcore::weak::deref).collect();
    for v in all {
        let gone = v.downcast::<Local>().and_then(|l| l.dicts.borrow_mut().remove(&thread));
        drop(gone);
    }
}
fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&LOCAL);
    let args = all.get(1..).unwrap_or(&[]).to_vec();
    if !args.is_empty() && ty.is_static() {
        return Err(type_error("Initialization arguments are not supported"));
    }
    let mine = HashMap::from([(ident(), Dict::new_value())]);
    let v = object::new(ty, Local { dicts: RefCell::new(mine), args, kw: kw.to_vec() });
    let w = rtcore::weak::reference(&v, NONE)?;
    let dead: Vec<Value> = {
        let mut table = ALL.borrow_mut();
        let (live, dead) = std::mem::take(&mut *table).into_iter().partition(|w| rtcore::weak::deref(w).is_some());
        *table = live;
        table.push(w);
        dead
    };
    drop(dead);
    Ok(v)
}
fn init(_: &[Value], _: &[Name]) -> PyResult {
    Ok(NONE)
}
/// This thread's attributes; made (and the subclass's `__init__` run) at the first use.
fn dict(v: &Value) -> PyResult {
    let Some(l) = v.downcast::<Local>() else { return Ok(NONE) };
    let id = ident();
    if let Some(d) = l.dicts.borrow().get(&id) {
        return Ok(d.clone());
    }
    let d = Dict::new_value();
    l.dicts.borrow_mut().insert(id, d.clone());
    if v.ty().is_heap() {
        let init = attr::getattr_name(v, names::__init__.get())?;
        rtcore::protocol::call::call_kw(&init, &l.args, &l.kw)?;
    }
    Ok(d)
}
fn getattr(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    let d = dict(v)?;
    if name == names::__dict__.get() {
        return Ok(Some(d));
    }
    if let Some(found) = d.downcast::<Dict>().and_then(|d| d.get_name(name)) {
        return Ok(Some(found));
    }
    attr::lookup_generic(v, name)
}
fn setattr(v: &Value, name: Name, new: Option<Value>) -> Result<(), Raised> {
    let d = dict(v)?;
    let Some(d) = d.downcast::<Dict>() else { return Ok(()) };
    match new {
        Some(new) => {
            d.set_name(name, new);
            Ok(())
        }
        None => match d.delete_name(name) {
            Some(_) => Ok(()),
            None => Err(attr::no_attribute(v, name)),
        },
    }
}
static METHODS: &[Method] =
    &[Method::static_("__new__(type, *args, **kw)", Raw(new)), Method::new("__init__(self, *args, **kw)", Raw(init))];
static DEF: ClassDef = ClassDef::new::<Local>("_local").module("_thread").methods(METHODS).hooks(Hooks {
    getattr: Some(getattr),
    setattr: Some(setattr),
    ..Hooks::NONE
});
pub static LOCAL: Type = Type::builtin(&DEF);
