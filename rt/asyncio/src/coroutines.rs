//! Owns: what counts as a coroutine, and its text in reprs.
//! Never: drives one.
//! Source: CPython 3.13, Lib/asyncio/coroutines.py.

use crate::glue;
use rtcore::error::PyResult;
use rtcore::name::Name;
use rtcore::value::Value;

/// `asyncio.iscoroutine`: a coroutine object, or an instance of `collections.abc.Coroutine`.
pub fn iscoroutine(v: &Value) -> PyResult<bool> {
    if !v.is_obj() {
        return Ok(false);
    }
    if v.ty().is_static() && (rtcore::protocol::awaitable::is_coroutine(v) || crate::futures::as_future(v).is_some()) {
        return Ok(rtcore::protocol::awaitable::is_coroutine(v));
    }
    // collections.abc.Coroutine.__subclasshook__ looks for these four methods.
    Ok(["__await__", "send", "throw", "close"].iter().all(|m| v.ty().lookup(Name::new(m)).is_some_and(|f| !f.is_none())))
}
/// `inspect.isawaitable`.
pub fn isawaitable(v: &Value) -> PyResult<bool> {
    if iscoroutine(v)? || crate::futures::as_future(v).is_some() {
        return Ok(true);
    }
    Ok(v.ty().lookup(rtcore::name::names::__await__.get()).is_some())
}
/// `asyncio.coroutines._is_coroutine`: what mocks carry to count as coroutine functions.
pub fn marker() -> Value {
    rtcore::name::Name::new("_is_coroutine").value()
}
/// `asyncio.iscoroutinefunction`.
pub fn iscoroutinefunction(v: &Value) -> PyResult<bool> {
    Ok(rtstdlib::inspect::is_coroutine_function(v)? || glue::getattr_opt(v, "_is_coroutine")?.is_some_and(|m| m.is(&marker())))
}

/// `_format_coroutine`.
pub fn format(coro: &Value) -> PyResult<String> {
    let name = match glue::getattr_opt(coro, "__qualname__")? {
        Some(q) if q.as_str().is_some_and(|s| !s.is_empty()) => q.as_str().unwrap_or("").to_string(),
        Some(_) | None => match glue::getattr_opt(coro, "__name__")? {
            Some(n) => n.as_str().unwrap_or("").to_string(),
            None => format!("<{} without __name__>", coro.ty().name()),
        },
    };
    let name = format!("{name}()");
    let code = match glue::getattr_opt(coro, "cr_code")? {
        Some(c) => c,
        None => match glue::getattr_opt(coro, "gi_code")? {
            Some(c) => c,
            None => return Ok(name),
        },
    };
    if code.is_none() {
        let running = glue::getattr_opt(coro, "cr_running")?.is_some_and(|r| r.as_bool() == Some(true));
        return Ok(if running { format!("{name} running") } else { name });
    }
    let frame = match glue::getattr_opt(coro, "cr_frame")? {
        Some(f) => f,
        None => glue::getattr_opt(coro, "gi_frame")?.unwrap_or(rtcore::value::NONE),
    };
    let file = rtcore::protocol::repr::str_string(&glue::getattr(&code, "co_filename")?)?;
    if frame.is_none() {
        let line = rtcore::protocol::repr::str_string(&glue::getattr(&code, "co_firstlineno")?)?;
        return Ok(format!("{name} done, defined at {file}:{line}"));
    }
    let line = rtcore::protocol::repr::str_string(&glue::getattr(&frame, "f_lineno")?)?;
    Ok(format!("{name} running at {file}:{line}"))
}
