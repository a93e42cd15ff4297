//! Owns: `async with` as generated code awaits it. Never: the protocol of awaiting.

use super::flow::{Flow, Manager, enter_async};
use crate::error::PyResult;
use crate::frame::{await_aenter, await_aexit};
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
