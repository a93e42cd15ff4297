//! Owns: cells, the variables that closures share.
//! Never: decides which variables are cells; that is the compiler's `resolve`.

use crate::error::{PyResult, Raised, name_error, type_error};
use crate::object::{self, Native, Payload};
use crate::types::class::{ClassDef, GetSet, Type};
use crate::value::{UNBOUND, Value};
use std::cell::RefCell;

pub struct CellBody(RefCell<Value>);
impl Payload for CellBody {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.0.borrow());
    }
    fn clear(&self) {
        let old = self.0.replace(UNBOUND);
        drop(old);
    }
}
impl Native for CellBody {
    fn class() -> &'static Type {
        &CELL
    }
}

pub fn new(v: Value) -> Value {
    object::new(&CELL, CellBody(RefCell::new(v)))
}
pub fn empty() -> Value {
    new(UNBOUND)
}
/// What the cell holds; UNBOUND when empty.
#[inline]
pub fn get(cell: &Value) -> Value {
    cell.downcast_exact::<CellBody>().map_or(UNBOUND, |c| c.0.borrow().clone())
}
/// Stores; the old content is dropped after the store.
#[inline]
pub fn set(cell: &Value, v: Value) {
    if let Some(c) = cell.downcast_exact::<CellBody>() {
        let old = c.0.replace(v);
        drop(old);
    }
}
/// Reads a free variable or one's own cell variable.
#[inline]
pub fn load(cell: &Value, name: &str, own: bool) -> PyResult {
    let v = get(cell);
    if v.is_unbound() { Err(unbound(name, own)) } else { Ok(v) }
}
#[cold]
fn unbound(name: &str, own: bool) -> Raised {
    if own {
        return crate::error::raise(
            &crate::error::hierarchy::UNBOUND_LOCAL_ERROR,
            format!("cannot access local variable '{name}' where it is not associated with a value"),
        );
    }
    name_error(format!("cannot access free variable '{name}' where it is not associated with a value in enclosing scope"))
}
fn contents(v: &Value) -> PyResult {
    let c = get(v);
    if c.is_unbound() { Err(crate::error::value_error("cell is empty")) } else { Ok(c) }
}
fn set_contents(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    if v.downcast::<CellBody>().is_none() {
        return Err(type_error("not a cell"));
    }
    set(v, new.unwrap_or(UNBOUND));
    Ok(())
}
static GETSET: &[GetSet] = &[GetSet::rw("cell_contents", contents, set_contents)];
static DEF: ClassDef = ClassDef::new::<CellBody>("cell").getset(GETSET);
pub static CELL: Type = Type::builtin(&DEF);
