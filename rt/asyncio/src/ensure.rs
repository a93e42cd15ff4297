//! Owns: `ensure_future`, `shield`, `run_coroutine_threadsafe`'s callback.
//! Never: drives what it wraps.
//! Source: CPython 3.13, Lib/asyncio/tasks.py.

use crate::futures::{self, as_future};
use crate::glue;
use crate::loop_;
use crate::{coroutines, events};
use rtcore::error::hierarchy::RUNTIME_ERROR;
use rtcore::error::{self, PyResult, type_error, value_error};
use rtcore::value::{NONE, Value};

/// `ensure_future(x, loop=l)`; None for no loop.
pub fn ensure_future(x: &Value, l: &Value) -> PyResult {
    if futures::isfuture(x)? {
        if !l.is_none() && !l.is(&futures::get_loop(x)?) {
            return Err(value_error("The future belongs to a different loop than the one specified as the loop argument"));
        }
        return Ok(x.clone());
    }
    let mut close = true;
    let mut coro = x.clone();
    if !rtcore::protocol::awaitable::is_coroutine(x) && !coroutines::iscoroutine(x)? {
        if !coroutines::isawaitable(x)? {
            return Err(type_error("An asyncio.Future, a coroutine or an awaitable is required"));
        }
        coro = crate::coro!("ensure_future.<locals>._wrap_awaitable", glue::await_value(x.clone()));
        close = false;
    }
    let l = if l.is_none() { events::get_event_loop() } else { Ok(l.clone()) };
    let l = match l {
        Ok(l) => l,
        Err(r) => return Err(r),
    };
    match loop_::create_task(&l, &coro, &NONE, &NONE) {
        Err(r) if close && error::matches(&r, &RUNTIME_ERROR) => {
            let exc = error::take(r);
            glue::call_method(&coro, "close", &[])?;
            Err(glue::reraise(exc))
        }
        other => other,
    }
}

/// `shield(arg)`.
pub fn shield(arg: &Value) -> PyResult {
    let inner = ensure_future(arg, &NONE)?;
    if futures::is_done(&inner)? {
        return Ok(inner);
    }
    let outer = futures::create(futures::get_loop(&inner)?);
    futures::add_native(&inner, inner_done, outer.clone())?;
    futures::add_native(&outer, outer_done, inner)?;
    Ok(outer)
}
fn inner_done(inner: &Value, outer: &Value) -> PyResult<()> {
    let Some(o) = as_future(outer) else { return Ok(()) };
    if o.cancelled() {
        if !futures::is_cancelled(inner)? {
            // Mark the inner's exception as retrieved.
            futures::exception_of(inner)?;
        }
        return Ok(());
    }
    if futures::is_cancelled(inner)? {
        o.cancel_plain(outer, NONE)?;
        return Ok(());
    }
    let exc = futures::exception_of(inner)?;
    if exc.is_none() { o.finish_result(outer, futures::result_of(inner)?) } else { o.finish_exception(outer, &exc) }
}
fn outer_done(outer: &Value, inner: &Value) -> PyResult<()> {
    if !futures::is_done(inner)? {
        futures::remove_native(inner, inner_done, outer)?;
    }
    Ok(())
}
