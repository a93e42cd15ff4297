//! Owns: cells and possibly unbound locals as generated code reads them. Never: the cell type.

use crate::error::hierarchy::UNBOUND_LOCAL_ERROR;
use crate::error::{self, PyResult, Raised};
use crate::types::cell as cells;
use crate::value::{UNBOUND, Value};

pub fn cell(v: Value) -> Value {
    cells::new(v)
}
pub fn empty_cell() -> Value {
    cells::empty()
}
/// The captured cells of a function, by reference.
pub fn cells<const N: usize>(captured: &[Value]) -> &[Value; N] {
    // SAFETY: generated code captures exactly N cells; the check is for the impossible case.
    match captured.try_into() {
        Ok(a) => a,
        Err(_) => unreachable!("captured cells do not fit the function"),
    }
}
/// The captured cells of a function that suspends: it owns them.
pub fn owned_cells<const N: usize>(captured: &[Value]) -> [Value; N] {
    cells::<N>(captured).clone()
}

#[cold]
fn unbound_local(name: &str) -> Raised {
    error::raise(
        &UNBOUND_LOCAL_ERROR,
        format!("cannot access local variable '{name}' where it is not associated with a value"),
    )
}
/// `del local`
pub fn del(local: &mut Value, name: &'static str) -> PyResult<()> {
    if local.is_unbound() {
        return Err(unbound_local(name));
    }
    let old = std::mem::replace(local, UNBOUND);
    drop(old);
    Ok(())
}

/// What generated code does with locals and cells.
pub trait Variable {
    /// A local that may be unbound.
    fn bound(&self, name: &'static str) -> PyResult<&Value>;
    /// Reads one's own cell.
    fn load(&self, name: &'static str) -> PyResult;
    /// Reads a cell of an enclosing function.
    fn load_free(&self, name: &'static str) -> PyResult;
    fn store(&self, v: Value);
    /// What a cell holds, UNBOUND if nothing.
    fn peek(&self) -> Value;
    fn del(&self, name: &'static str) -> PyResult<()>;
    fn del_free(&self, name: &'static str) -> PyResult<()>;
}
impl Variable for Value {
    #[inline(always)]
    fn bound(&self, name: &'static str) -> PyResult<&Value> {
        if self.is_unbound() { Err(unbound_local(name)) } else { Ok(self) }
    }
    #[inline]
    fn load(&self, name: &'static str) -> PyResult {
        cells::load(self, name, true)
    }
    #[inline]
    fn load_free(&self, name: &'static str) -> PyResult {
        cells::load(self, name, false)
    }
    #[inline]
    fn store(&self, v: Value) {
        cells::set(self, v);
    }
    fn peek(&self) -> Value {
        cells::get(self)
    }
    fn del(&self, name: &'static str) -> PyResult<()> {
        cells::load(self, name, true)?;
        cells::set(self, UNBOUND);
        Ok(())
    }
    fn del_free(&self, name: &'static str) -> PyResult<()> {
        cells::load(self, name, false)?;
        cells::set(self, UNBOUND);
        Ok(())
    }
}
