//! Owns: copying the state of one future to another, across threads (`_chain_future`), and
//! `run_coroutine_threadsafe`.
//! Never: blocks.
//! Source: CPython 3.13, Lib/asyncio/futures.py, Lib/asyncio/tasks.py.

use crate::futures::{self, as_future};
use crate::glue;
use crate::handles;
use crate::loop_::as_loop;
use rtcore::error::{self, PyResult, type_error};
use rtcore::value::{NONE, Value};

/// `_chain_future(source, destination)`, where one is an asyncio future and the other a concurrent one.
pub fn chain_future(source: &Value, dest: &Value) -> PyResult<()> {
    let pair = glue::tuple(vec![source.clone(), dest.clone()]);
    add_callback(dest, call_check_cancel, pair.clone())?;
    add_callback(source, call_set_state, pair)
}
fn add_callback(f: &Value, cb: futures::NativeCallback, data: Value) -> PyResult<()> {
    match as_future(f) {
        Some(_) => futures::add_native(f, cb, data),
        None => glue::call_method(f, "add_done_callback", &[handles::native_function(cb, data)]).map(drop),
    }
}
fn loop_of(f: &Value) -> Option<Value> {
    as_future(f).map(|b| b.loop_.get())
}
/// If the destination is cancelled, so is the source.
fn call_check_cancel(dest: &Value, pair: &Value) -> PyResult<()> {
    let [source, _] = rtcore::types::tuple::items(pair) else { return Ok(()) };
    if !futures::is_cancelled(dest)? {
        return Ok(());
    }
    match loop_of(source) {
        Some(l) if Some(l.bits()) != crate::events::running().map(|r| r.bits()) => {
            let Some(el) = as_loop(&l) else { return Ok(()) };
            handles::call_soon_native(&l, el, cancel_cb, source.clone(), NONE)?;
            el.selector.wake();
        }
        Some(_) => {
            futures::cancel(source, NONE)?;
        }
        None => {
            glue::call_method(source, "cancel", &[])?;
        }
    }
    Ok(())
}
fn cancel_cb(f: &Value, _: &Value) -> PyResult<()> {
    futures::cancel(f, NONE).map(drop)
}
/// The source is done: copy its state in the destination's thread.
fn call_set_state(_source: &Value, pair: &Value) -> PyResult<()> {
    let [source, dest] = rtcore::types::tuple::items(pair) else { return Ok(()) };
    match loop_of(dest) {
        Some(l) => {
            let Some(el) = as_loop(&l) else { return Ok(()) };
            if futures::is_cancelled(dest)? && el.is_closed() {
                return Ok(());
            }
            if crate::events::running().is_some_and(|r| r.is(&l)) {
                return set_state(dest, source);
            }
            if el.is_closed() {
                return Ok(());
            }
            handles::call_soon_native(&l, el, set_state, dest.clone(), source.clone())?;
            el.selector.wake();
            Ok(())
        }
        None => set_concurrent_state(dest, source),
    }
}
/// `_copy_future_state`.
fn set_state(dest: &Value, source: &Value) -> PyResult<()> {
    if futures::is_cancelled(dest)? || futures::is_done(dest)? {
        return Ok(());
    }
    if futures::is_cancelled(source)? {
        return futures::cancel(dest, NONE).map(drop);
    }
    let exc = futures::exception_of(source)?;
    if exc.is_none() { futures::set_result(dest, futures::result_of(source)?) } else { futures::set_exception(dest, &convert_exception(&exc)) }
}
/// `_convert_future_exc`: a concurrent future's own errors become asyncio's.
pub fn convert_exception(exc: &Value) -> Value {
    if exc.ty().is_static() || exc.ty().module_name() != "concurrent.futures._base" {
        return exc.clone();
    }
    let ty = match exc.ty().name() {
        "CancelledError" => &crate::exceptions::CANCELLED_ERROR,
        "InvalidStateError" => &crate::exceptions::INVALID_STATE_ERROR,
        _ => return exc.clone(),
    };
    let args = glue::getattr(exc, "args").map_err(error::take).map_or_else(|_| vec![], |args| rtcore::types::tuple::items(&args).to_vec());
    let new = error::hierarchy::with_args(ty, args);
    glue::set_exc_traceback(&new, glue::exc_traceback(exc));
    new
}
/// `_set_concurrent_future_state`.
fn set_concurrent_state(dest: &Value, source: &Value) -> PyResult<()> {
    if futures::is_cancelled(source)? {
        glue::call_method(dest, "cancel", &[])?;
    }
    if !glue::truth(&glue::call_method(dest, "set_running_or_notify_cancel", &[])?)? {
        return Ok(());
    }
    match futures::exception_of(source) {
        Ok(exc) if exc.is_none() => glue::call_method(dest, "set_result", &[futures::result_of(source)?]).map(drop),
        Ok(exc) => glue::call_method(dest, "set_exception", &[exc]).map(drop),
        Err(r) => Err(r),
    }
}

/// `run_coroutine_threadsafe(coro, loop)`.
pub fn run_coroutine_threadsafe(coro: &Value, l: &Value) -> PyResult {
    if !crate::coroutines::iscoroutine(coro)? {
        return Err(type_error("A coroutine object is required"));
    }
    let m = rtcore::types::module::import::import_module("concurrent.futures")?;
    let future = glue::call_method(&m, "Future", &[])?;
    let Some(el) = as_loop(l) else { return Err(type_error("expected an event loop")) };
    let data = glue::tuple(vec![coro.clone(), l.clone()]);
    handles::call_soon_native(l, el, start, data, future.clone())?;
    el.selector.wake();
    Ok(future)
}
fn start(data: &Value, future: &Value) -> PyResult<()> {
    let [coro, l] = rtcore::types::tuple::items(data) else { return Ok(()) };
    let r = crate::ensure::ensure_future(coro, l).and_then(|f| chain_future(&f, future));
    match r {
        Ok(()) => Ok(()),
        Err(r) if glue::pending_is_base_error(&r) => Err(r),
        Err(r) => {
            let exc = error::take(r);
            if glue::truth(&glue::call_method(future, "set_running_or_notify_cancel", &[])?)? {
                glue::call_method(future, "set_exception", &[exc.clone()])?;
            }
            Err(glue::reraise(exc))
        }
    }
}
