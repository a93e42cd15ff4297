//! Owns: the functions of asyncio that generated code names: native `async fn`s awaited directly,
//! without a coroutine object, and `run`.
//! Never: differs from what the same call through the module object does.

use rtcore::error::PyResult;
use rtcore::value::{NONE, Value};

/// `asyncio.run(main)`.
pub fn run(main: &Value) -> PyResult {
    crate::runners::run(main, &NONE, &NONE)
}
/// `asyncio.gather(*args)`: the future.
pub fn gather(args: &[Value]) -> PyResult {
    crate::gather::gather(args, false)
}
/// `asyncio.create_task(coro)`.
pub fn create_task(coro: &Value) -> PyResult {
    crate::tasks::create_task(coro, &NONE, &NONE)
}
/// `await asyncio.wait_for(fut, timeout)`.
pub async fn wait_for(fut: Value, timeout: Value) -> PyResult {
    crate::wait::wait_for(fut, timeout).await
}
