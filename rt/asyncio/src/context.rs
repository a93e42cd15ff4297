//! Owns: the doors to contextvars that asyncio uses.
//! Never: implements contexts; that is the core's `contextvars`.

use rtcore::contextvars;
use rtcore::error::PyResult;
use rtcore::value::Value;

/// A copy of the current context (`contextvars.copy_context()`).
#[inline]
pub fn copy_current() -> Value {
    contextvars::copy_current()
}
/// The context a callback without one runs in.
pub fn current() -> Value {
    contextvars::copy_current()
}
/// `ctx.run(f)`.
#[inline]
pub fn run<T>(ctx: &Value, f: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    contextvars::run_in(ctx, f)
}
