//! Owns: cells and possibly unbound locals as generated code reads them. Never: the cell type.

use crate::error::hierarchy::UNBOUND_LOCAL_ERROR;
use crate::error::traceback::Traceback;
use crate::error::{self, PyResult, Raised};
use crate::name::Name;
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

/// Runs the body of a function in the exact form of drop order: its locals are declared around it.
pub fn body(f: impl FnOnce() -> PyResult) -> PyResult {
    f()
}
/// The same for a function that suspends.
pub fn body_async<F: Future<Output = PyResult>>(f: F) -> F {
    f
}
/// Ends a function in the exact form: its locals die in CPython's order, or, on an error, live on in the frame
/// that the traceback entry keeps.
#[inline(never)]
pub fn leave(result: PyResult, params: &[(&'static str, &Value)], locals: &mut [(&'static str, &mut Value)]) -> PyResult {
    if let Err(raised) = &result {
        let exc = error::peek(raised);
        let entry = error::hierarchy::body(&exc).map_or(crate::value::NONE, |b| b.traceback.borrow().clone());
        if let Some(tb) = entry.downcast::<Traceback>() {
            let mut kept: Vec<(Name, Value)> = vec![];
            for (name, v) in params {
                kept.push((Name::new(name), (*v).clone()));
            }
            for (name, v) in locals.iter_mut() {
                let v = std::mem::replace(*v, UNBOUND);
                if !v.is_unbound() {
                    kept.push((Name::new(name), v));
                }
            }
            keep(tb, kept);
            return result;
        }
    }
    for (_, v) in locals.iter_mut() {
        let old = std::mem::replace(*v, UNBOUND);
        crate::error::saving_pending(|| drop(old));
    }
    result
}
fn keep(tb: &Traceback, kept: Vec<(Name, Value)>) {
    if tb.frame.borrow().is_none() {
        let frame = crate::frame::object::for_site(tb.site);
        *tb.frame.borrow_mut() = frame;
    }
    let frame = tb.frame.borrow().clone();
    if let Some(f) = frame.downcast::<crate::frame::object::FrameObject>()
        && f.locals.borrow().is_none()
    {
        *f.locals.borrow_mut() = crate::types::dict::Dict::from_names(kept);
    }
}
