//! Owns: the doors to contextvars that asyncio uses.
//! Never: implements contexts; that is the core's `contextvars`.

use rtcore::error::PyResult;
use rtcore::value::Value;

/// A copy of the current context (`contextvars.copy_context()`).
#[inline]
pub fn copy_current() -> Value {
    rtcore::value::NONE
}
/// The context a callback without one runs in.
pub fn current() -> Value {
    rtcore::value::NONE
}
/// `ctx.run(f)`.
#[inline]
pub fn run<T>(ctx: &Value, f: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let _ = ctx;
    f()
}
