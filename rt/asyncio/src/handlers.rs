//! Owns: what happens to errors in callbacks: `call_exception_handler` and the default handler.
//! Never: raises them into the running code, except SystemExit and KeyboardInterrupt.
//! Source: CPython 3.13, Lib/asyncio/base_events.py, call_exception_handler, default_exception_handler.

use crate::glue;
use crate::loop_;
use rtcore::error::{self, PyResult, Raised};
use rtcore::name::Name;
use rtcore::protocol::call::call;
use rtcore::types::dict::Dict;
use rtcore::value::{NONE, Value};

fn item(context: &Value, key: &str) -> Value {
    context.downcast::<Dict>().and_then(|d| d.get_name(Name::new(key))).unwrap_or(NONE)
}
fn keep_base(r: Raised) -> PyResult<Value> {
    if glue::pending_is_base_error(&r) { Err(r) } else { Ok(error::take(r)) }
}

/// `loop.call_exception_handler(context)`.
pub fn call_exception_handler(l: &Value, context: Value) -> PyResult<()> {
    if glue::is_plain(l) {
        return handle(l, context);
    }
    glue::call_method(l, "call_exception_handler", &[context]).map(drop)
}
/// BaseEventLoop.call_exception_handler.
pub fn handle(l: &Value, context: Value) -> PyResult<()> {
    let Some(el) = loop_::as_loop(l) else { return run_default(l, &context) };
    let handler = el.exception_handler.get();
    if handler.is_none() {
        if let Err(r) = run_default(l, &context) {
            let exc = keep_base(r)?;
            log_error("Exception in default exception handler", &exc);
        }
        return Ok(());
    }
    let mut thing = item(&context, "task");
    if thing.is_none() {
        thing = item(&context, "future");
    }
    if thing.is_none() {
        thing = item(&context, "handle");
    }
    let mut ctx = NONE;
    if !thing.is_none()
        && let Some(m) = glue::getattr_opt(&thing, "get_context")?
    {
        ctx = call(&m, &[])?;
    }
    let args = [l.clone(), context.clone()];
    let r = if ctx.is_none() { call(&handler, &args) } else { crate::context::run(&ctx, || call(&handler, &args)) };
    if let Err(r) = r {
        let exc = keep_base(r)?;
        let inner = glue::dict(vec![
            ("message", Value::str("Unhandled error in exception handler")),
            ("exception", exc),
            ("context", context),
        ]);
        if let Err(r) = run_default(l, &inner) {
            let exc = keep_base(r)?;
            log_error("Exception in default exception handler while handling an unexpected error in custom exception handler", &exc);
        }
    }
    Ok(())
}
fn run_default(l: &Value, context: &Value) -> PyResult<()> {
    if glue::is_plain(l) {
        return default_handler(l, context);
    }
    glue::call_method(l, "default_exception_handler", &[context.clone()]).map(drop)
}

/// `loop.default_exception_handler(context)`.
pub fn default_handler(_l: &Value, context: &Value) -> PyResult<()> {
    let message = item(context, "message");
    let message =
        if message.is_none() { "Unhandled exception in event loop".to_string() } else { rtcore::protocol::repr::str_string(&message)? };
    let exc = item(context, "exception");
    let mut lines = vec![message];
    let mut keys: Vec<String> = vec![];
    if let Some(d) = context.downcast::<Dict>() {
        keys.extend(d.items().iter().filter_map(|(k, _)| k.as_str().map(str::to_owned)));
    }
    keys.sort();
    for k in keys {
        if k == "message" || k == "exception" {
            continue;
        }
        lines.push(format!("{k}: {}", glue::repr(&item(context, &k))?));
    }
    log_error(&lines.join("\n"), &exc);
    Ok(())
}

/// `logger.error(text, exc_info=exc)`: through the program's `logging` when it is loaded,
/// otherwise what logging's last resort prints: the text and the traceback, on stderr.
pub fn log_error(text: &str, exc: &Value) {
    if let Some(()) = log_through_logging("error", text, exc) {
        return;
    }
    let mut out = format!("{text}\n");
    if !exc.is_none() {
        out.push_str(&rtcore::error::format::full(exc));
    }
    rtcore::error::print::write_stderr(&out);
}
/// `logger.warning(text)`.
pub fn log_warning(text: &str) {
    if log_through_logging("warning", text, &NONE).is_none() {
        rtcore::error::print::write_stderr(&format!("{text}\n"));
    }
}
fn log_through_logging(level: &str, text: &str, exc: &Value) -> Option<()> {
    let logging = rtcore::types::module::modules().downcast::<Dict>()?.get_name(Name::new("logging"))?;
    let mut out = None;
    error::saving_pending(|| {
        let r = (|| {
            let logger = glue::call_method(&logging, "getLogger", &[Value::str("asyncio")])?;
            let exc_info = if exc.is_none() {
                NONE
            } else {
                glue::tuple(vec![Value::of_type(exc.ty()), exc.clone(), glue::exc_traceback(exc)])
            };
            let m = glue::getattr(&logger, level)?;
            rtcore::protocol::call::call_kw(&m, &[Value::str("%s"), Value::str(text), exc_info], &[Name::new("exc_info")])
        })();
        match r {
            Ok(_) => out = Some(()),
            Err(r) => drop(error::take(r)),
        }
    });
    out
}
