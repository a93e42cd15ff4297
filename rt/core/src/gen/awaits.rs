//! Owns: `async with` as generated code awaits it, and the coroutine twins of functions that are awaited.
//! Never: the protocol of awaiting.

use super::flow::{Flow, Manager, enter_async};
use crate::error::PyResult;
use crate::frame::{await_aenter, await_aexit};
use crate::types::function::native::{self, Builtin};
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
