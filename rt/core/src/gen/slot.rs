//! Owns: calls and unbinding through a global's slot. Never: the slot itself.

use crate::def::Def;
use crate::error::PyResult;
use crate::frame::stack::{self, Guard};
use crate::protocol::call::call;
use crate::types::module::Slot;
use crate::value::{UNBOUND, Value};

/// The cold side of a guarded call: whatever the global holds now.
pub trait Global {
    fn call0(&self) -> PyResult;
    fn call1(&self, a: &Value) -> PyResult;
    fn call2(&self, a: &Value, b: &Value) -> PyResult;
    fn call3(&self, a: &Value, b: &Value, c: &Value) -> PyResult;
    fn call(&self, args: &[Value]) -> PyResult;
    fn call_kw(&self, args: &[Value], names: &[&'static str]) -> PyResult;
    fn unbind(&self);
}
impl Global for Slot {
    #[cold]
    #[inline(never)]
    fn call0(&self) -> PyResult {
        call(&self.get()?, &[])
    }
    #[cold]
    #[inline(never)]
    fn call1(&self, a: &Value) -> PyResult {
        call(&self.get()?, std::slice::from_ref(a))
    }
    #[cold]
    #[inline(never)]
    fn call2(&self, a: &Value, b: &Value) -> PyResult {
        call(&self.get()?, &[a.clone(), b.clone()])
    }
    #[cold]
    #[inline(never)]
    fn call3(&self, a: &Value, b: &Value, c: &Value) -> PyResult {
        call(&self.get()?, &[a.clone(), b.clone(), c.clone()])
    }
    fn call(&self, args: &[Value]) -> PyResult {
        call(&self.get()?, args)
    }
    fn call_kw(&self, args: &[Value], names: &[&'static str]) -> PyResult {
        super::op::call_kw(&self.get()?, args, names)
    }
    fn unbind(&self) {
        self.set(UNBOUND);
    }
}

/// The guard of a direct call.
pub trait Direct {
    /// Counts the frame when the global still holds the function; `None`: call what it holds.
    fn enter(&'static self) -> PyResult<Option<Guard>>;
}
impl Direct for Def {
    #[inline(always)]
    fn enter(&'static self) -> PyResult<Option<Guard>> {
        if self.intact() { stack::enter(self).map(Some) } else { Ok(None) }
    }
}
