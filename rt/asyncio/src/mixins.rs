//! Owns: the loop a primitive is bound to, found at the first wait.
//! Never: binds at construction: primitives are made before any loop runs.
//! Source: CPython 3.13, Lib/asyncio/mixins.py, _LoopBoundMixin.

use crate::events;
use crate::glue::{self, VCell};
use rtcore::error::{PyResult, runtime_error};
use rtcore::value::Value;

pub struct LoopBound(VCell);
impl LoopBound {
    pub const fn new() -> LoopBound {
        LoopBound(VCell::none())
    }
    /// `_get_loop()` of the primitive `v`.
    pub fn get(&self, v: &Value) -> PyResult {
        let l = events::get_running_loop()?;
        if self.0.is_none() {
            self.0.set(l.clone());
        }
        if !self.0.is(&l) {
            return Err(runtime_error(format!("{} is bound to a different event loop", glue::repr(v)?)));
        }
        Ok(l)
    }
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        self.0.visit(visit);
    }
}

/// The futures that wait for a primitive, first come first served.
#[derive(Default)]
pub struct Waiters(std::cell::RefCell<std::collections::VecDeque<Value>>);
impl Waiters {
    pub fn new() -> Waiters {
        Waiters::default()
    }
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
    pub fn to_vec(&self) -> Vec<Value> {
        self.0.borrow().iter().cloned().collect()
    }
    pub fn push(&self, v: Value) {
        self.0.borrow_mut().push_back(v);
    }
    pub fn pop(&self) -> Option<Value> {
        self.0.borrow_mut().pop_front()
    }
    pub fn get(&self, i: usize) -> Option<Value> {
        self.0.borrow().get(i).cloned()
    }
    /// Removes the future; false when it is not there.
    pub fn remove(&self, v: &Value) -> bool {
        let gone = {
            let mut q = self.0.borrow_mut();
            match q.front() {
                Some(f) if f.is(v) => q.pop_front(),
                Some(_) | None => q.iter().position(|w| w.is(v)).and_then(|i| q.remove(i)),
            }
        };
        gone.is_some()
    }
    /// The first future that is not done.
    pub fn first_pending(&self) -> Option<Value> {
        self.0.borrow().iter().find(|w| crate::futures::as_future(w).is_some_and(|f| !f.done())).cloned()
    }
    pub fn all_cancelled(&self) -> bool {
        self.0.borrow().iter().all(|w| crate::futures::as_future(w).is_some_and(|f| f.cancelled()))
    }
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        self.0.borrow().iter().for_each(visit);
    }
    pub fn clear(&self) {
        let old = self.0.take();
        drop(old);
    }
}
