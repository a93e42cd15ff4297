//! Owns: the running loop of each thread, the policy's current loop, and the functions over them.
//! Never: runs a loop.
//! Source: CPython 3.13, Lib/asyncio/events.py.

use crate::glue;
use crate::loop_;
use rtcore::error::{PyResult, runtime_error, type_error};
use rtcore::gil::Gil;
use rtcore::name::Name;
use rtcore::thread_state::RUNNING_LOOP;
use rtcore::value::{NONE, Value};
use std::cell::{Cell, RefCell};

thread_local! {
    /// BaseDefaultEventLoopPolicy._Local.
    static LOCAL: RefCell<Option<Value>> = const { RefCell::new(None) };
    static SET_CALLED: Cell<bool> = const { Cell::new(false) };
}
struct Policy {
    object: RefCell<Option<Value>>,
}
static POLICY: Gil<Policy> = Gil::new(Policy { object: RefCell::new(None) });

/// `_get_running_loop()`.
#[inline]
pub fn running() -> Option<Value> {
    RUNNING_LOOP.borrow().clone()
}
/// Sets the running loop and returns the old one.
pub fn set_running(l: Option<Value>) -> Option<Value> {
    RUNNING_LOOP.replace(l)
}
pub fn get_running_loop() -> PyResult {
    match running() {
        Some(l) => Ok(l),
        None => Err(runtime_error("no running event loop")),
    }
}
/// `get_event_loop()`: the running loop, or the policy's.
pub fn get_event_loop() -> PyResult {
    if let Some(l) = running() {
        return Ok(l);
    }
    if let Some(p) = custom_policy() {
        return glue::call_method(&p, "get_event_loop", &[]);
    }
    policy_get_event_loop()
}
/// BaseDefaultEventLoopPolicy.get_event_loop.
pub fn policy_get_event_loop() -> PyResult {
    if let Some(l) = LOCAL.with(|l| l.borrow().clone()) {
        return Ok(l);
    }
    if !SET_CALLED.get() && crate::threads::is_main() {
        rtcore::warn::warn(&rtcore::error::hierarchy::DEPRECATION_WARNING, "There is no current event loop", 1)?;
        let l = new_event_loop()?;
        set_event_loop(&l)?;
        return Ok(l);
    }
    Err(runtime_error(format!("There is no current event loop in thread {}.", glue::repr(&crate::threads::current_name())?)))
}
pub fn set_event_loop(l: &Value) -> PyResult<()> {
    if let Some(p) = custom_policy() {
        return glue::call_method(&p, "set_event_loop", &[l.clone()]).map(drop);
    }
    policy_set_event_loop(l)
}
pub fn policy_set_event_loop(l: &Value) -> PyResult<()> {
    SET_CALLED.set(true);
    if !l.is_none() && !l.ty().is_subtype(&crate::abstract_loop::ABSTRACT_EVENT_LOOP) {
        return Err(type_error(format!("loop must be an instance of AbstractEventLoop or None, not '{}'", l.ty().name())));
    }
    let old = LOCAL.with(|x| x.replace(if l.is_none() { None } else { Some(l.clone()) }));
    drop(old);
    Ok(())
}
pub fn new_event_loop() -> PyResult {
    if let Some(p) = custom_policy() {
        return glue::call_method(&p, "new_event_loop", &[]);
    }
    Ok(loop_::new_loop())
}
fn custom_policy() -> Option<Value> {
    let p = POLICY.object.borrow().clone()?;
    if glue::is_plain(&p) { None } else { Some(p) }
}
pub fn get_policy() -> PyResult {
    if let Some(p) = POLICY.object.borrow().clone() {
        return Ok(p);
    }
    let p = rtcore::protocol::call::call(&Value::of_type(&crate::policy::DEFAULT_POLICY), &[])?;
    *POLICY.object.borrow_mut() = Some(p.clone());
    Ok(p)
}
pub fn set_policy(p: &Value) -> PyResult {
    if !p.is_none() && !p.ty().is_subtype(&crate::policy::ABSTRACT_POLICY) {
        return Err(type_error(format!(
            "policy must be an instance of AbstractEventLoopPolicy or None, not '{}'",
            p.ty().name()
        )));
    }
    let old = POLICY.object.replace(if p.is_none() { None } else { Some(p.clone()) });
    drop(old);
    Ok(NONE)
}
#[allow(unused)]
fn unused(_: Name) {}
