//! Owns: `run_in_executor`, `to_thread`, the default executor and its shutdown.
//! Never: implements thread pools; that is `concurrent.futures`.
//! Source: CPython 3.13, Lib/asyncio/base_events.py, Lib/asyncio/threads.py, Lib/asyncio/futures.py.

use crate::glue;
use crate::loop_::as_loop;
use rtcore::error::{self, PyResult, hierarchy, runtime_error};
use rtcore::value::{NONE, Value};

/// BaseEventLoop.run_in_executor.
pub fn run_in_executor(l: &Value, executor: &Value, func: &Value, args: &[Value]) -> PyResult {
    let Some(el) = as_loop(l) else { return Ok(NONE) };
    el.check_closed()?;
    let mut executor = executor.clone();
    if executor.is_none() {
        if el.executor_shutdown.get() {
            return Err(runtime_error("Executor shutdown has been called"));
        }
        executor = el.default_executor.get();
        if executor.is_none() {
            el.pool_used.set(true);
            return crate::pool::submit(l, func.clone(), args.to_vec());
        }
    }
    let mut all = vec![func.clone()];
    all.extend_from_slice(args);
    let f = glue::call_method(&executor, "submit", &all)?;
    wrap_future(&f, l)
}
/// futures.py, wrap_future: an asyncio future that mirrors a concurrent one.
pub fn wrap_future(f: &Value, l: &Value) -> PyResult {
    if crate::futures::isfuture(f)? {
        return Ok(f.clone());
    }
    let l = if l.is_none() { crate::events::get_event_loop()? } else { l.clone() };
    let new = crate::futures::create(l);
    crate::chain::chain_future(f, &new)?;
    Ok(new)
}
/// BaseEventLoop.shutdown_default_executor: the program's own executor is shut down in a thread, the runtime's says
/// when its last job for this loop is over; `timeout` is in seconds.
pub async fn shutdown(l: Value, timeout: Value) -> PyResult {
    let Some(el) = as_loop(&l) else { return Ok(NONE) };
    el.executor_shutdown.set(true);
    let executor = el.default_executor.get();
    let over = if !executor.is_none() {
        crate::pool::submit(&l, glue::getattr(&executor, "shutdown")?, vec![])?
    } else if el.pool_used.get() {
        crate::pool::when_idle(&l)?
    } else {
        return Ok(NONE);
    };
    let Err(raised) = crate::wait::wait_for(over, timeout.clone()).await else { return Ok(NONE) };
    if timeout.is_none() || !error::matches(&raised, &hierarchy::TIMEOUT_ERROR) {
        return Err(raised);
    }
    drop(error::take(raised));
    let text = format!("The executor did not finishing joining its threads within {} seconds.", rtcore::protocol::repr::str_string(&timeout)?);
    rtcore::warn::warn(&hierarchy::RUNTIME_WARNING, &text, 2)?;
    if !executor.is_none() {
        let m = glue::getattr(&executor, "shutdown")?;
        rtcore::protocol::call::call_kw(&m, &[Value::bool(false)], &[rtcore::name::Name::new("wait")])?;
    }
    Ok(NONE)
}
