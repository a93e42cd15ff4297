//! Owns: which asynchronous generators a loop has seen, and closing them at its end.
//! Never: drives them; the core calls the two hooks.
//! Source: CPython 3.13, Lib/asyncio/base_events.py, _asyncgen_firstiter_hook and following.

use crate::glue;
use crate::handles;
use crate::loop_::{self, as_loop};
use rtcore::def::{F2, Method};
use rtcore::error::PyResult;
use rtcore::frame::async_generator::HOOKS;
use rtcore::value::{NONE, Value};

pub const FIRSTITER: Method = Method::new("_asyncgen_firstiter_hook(self, agen, /)", F2(first_iter));
pub const FINALIZER: Method = Method::new("_asyncgen_finalizer_hook(self, agen, /)", F2(finalizer));

/// Sets the hooks of the thread and returns the old ones.
pub fn install(l: &Value) -> (Value, Value) {
    // Programs and other loops override the two as attributes.
    let hook = |name: &str| match glue::getattr(l, name) {
        Ok(v) => v,
        Err(r) => {
            drop(rtcore::error::take(r));
            NONE
        }
    };
    HOOKS.replace((hook("_asyncgen_firstiter_hook"), hook("_asyncgen_finalizer_hook")))
}
pub fn restore(old: (Value, Value)) {
    let mine = HOOKS.replace(old);
    drop(mine);
}
/// The generator is kept by a weak reference, as in CPython's WeakSet.
fn first_iter(l: &Value, agen: &Value) -> PyResult {
    let Some(el) = as_loop(l) else { return Ok(NONE) };
    if el.asyncgens_shutdown.get() {
        let text = format!("asynchronous generator {} was scheduled after loop.shutdown_asyncgens() call", glue::repr(agen)?);
        rtcore::warn::warn(&rtcore::error::hierarchy::RESOURCE_WARNING, &text, 1)?;
    }
    let w = rtcore::weak::reference(agen, NONE)?;
    let dead: Vec<Value> = {
        let mut all = el.asyncgens.borrow_mut();
        let gone = if all.len() >= 64 && all.len().is_power_of_two() {
            let (dead, live) = std::mem::take(&mut *all).into_iter().partition(|w| rtcore::weak::deref(w).is_none());
            *all = live;
            dead
        } else {
            vec![]
        };
        all.push(w);
        gone
    };
    drop(dead);
    Ok(NONE)
}
fn finalizer(l: &Value, agen: &Value) -> PyResult {
    let Some(el) = as_loop(l) else { return Ok(NONE) };
    forget(el, agen);
    if !el.is_closed() {
        let aclose = glue::call_method(agen, "aclose", &[])?;
        handles::call_soon_native(l, el, create_task_cb, l.clone(), aclose)?;
        el.selector.wake();
    }
    Ok(NONE)
}
fn create_task_cb(l: &Value, aclose: &Value) -> PyResult<()> {
    // The step is the task's coroutine itself: cancelled before it starts, it throws the cancellation into the generator.
    loop_::create_task(l, aclose, &NONE, &NONE).map(drop)
}
fn forget(el: &loop_::EventLoop, agen: &Value) {
    let mut gone = vec![];
    {
        let mut all = el.asyncgens.borrow_mut();
        let mut i = 0;
        while i < all.len() {
            match rtcore::weak::deref(&all[i]) {
                Some(a) if !a.is(agen) => i += 1,
                Some(_) | None => gone.push(all.remove(i)),
            }
        }
    }
    drop(gone);
}
/// BaseEventLoop.shutdown_asyncgens.
pub async fn shutdown(l: Value) -> PyResult {
    let Some(el) = as_loop(&l) else { return Ok(NONE) };
    el.asyncgens_shutdown.set(true);
    let refs = el.asyncgens.take();
    let agens: Vec<Value> = refs.iter().filter_map(rtcore::weak::deref).collect();
    drop(refs);
    if agens.is_empty() {
        return Ok(NONE);
    }
    let mut closing = vec![];
    for a in &agens {
        closing.push(glue::call_method(a, "aclose", &[])?);
    }
    let g = crate::gather::gather(&closing, true)?;
    drop(closing);
    let results = crate::futures::wait(g).await?;
    for (r, a) in rtcore::protocol::iter::collect(&results)?.into_iter().zip(&agens) {
        if r.ty().is_subtype(&rtcore::error::hierarchy::EXCEPTION) {
            let items = vec![
                ("message", Value::string(format!("an error occurred during closing of asynchronous generator {}", glue::repr(a)?))),
                ("exception", r),
                ("asyncgen", a.clone()),
            ];
            crate::handlers::call_exception_handler(&l, glue::dict(items))?;
        }
    }
    Ok(NONE)
}
