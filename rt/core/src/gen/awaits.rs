//! Owns: `async with` as generated code awaits it, the coroutine twins of functions that are awaited, and calls whose
//! coroutine is awaited at once.
//! Never: the protocol of awaiting.

use super::flow::{Flow, Manager, enter_async};
use crate::error::PyResult;
use crate::frame::delegate::Called;
use crate::frame::{await_aenter, await_aexit, stack};
use crate::protocol::attr::{self, InlineCache};
use crate::protocol::call::{call_method_cached, with_first};
use crate::types::function::native::{self, Builtin, MethodDescr};
use crate::value::Value;

/// `async with value`: the manager and what the awaited `__aenter__` gave.
pub async fn aenter(value: Value) -> PyResult<(Manager, Value)> {
    let (manager, awaitable) = enter_async(value)?;
    let entered = await_aenter(awaitable).await?;
    Ok((manager, entered))
}
/// Calls and awaits `__aexit__`; a true result swallows the exception.
pub async fn aexit(manager: Manager, flow: Flow) -> PyResult<Flow> {
    let (awaitable, guard) = manager.exit_async(&flow)?;
    let result = await_aexit(awaitable).await?;
    let flow = Manager::finish_async(flow, &result)?;
    drop(guard);
    Ok(flow)
}
/// The coroutine twin of a native function that has one; any other callable as it is.
pub fn awaited(f: &Value) -> Value {
    match f.downcast::<Builtin>() {
        Some(b) => b.method.awaited.map_or_else(|| f.clone(), |twin| native::function(twin, b.module.as_str().unwrap_or(""))),
        None => f.clone(),
    }
}
/// `v.name(args…)` whose result is awaited at once: native coroutines that need no frame are not made.
pub fn call_awaited(v: &Value, name: &'static str, ic: &InlineCache, args: &[Value]) -> PyResult<Called> {
    if let Some(found) = attr::peek_method(v, ic)
        && let Some(descr) = found.body_exact::<MethodDescr>()
        && let Some(called) = at_once(descr, v, args)
    {
        return Ok(called);
    }
    call_method_cached(v, name, ic, args, &[]).map(Called::Awaitable)
}
#[inline(always)]
fn at_once(descr: &MethodDescr, receiver: &Value, args: &[Value]) -> Option<Called> {
    let f = descr.method.at_once?;
    if args.len() + 1 != descr.positional() || !stack::has_room() {
        return None;
    }
    with_first(receiver, args, f)
}
