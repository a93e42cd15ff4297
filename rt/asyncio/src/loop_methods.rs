//! Owns: the tables of the event loop types.
//! Never: implements more than argument handling; see `loop_`, `handles`, `loop_signals`, `executor`.
//! Source: CPython 3.13, Lib/asyncio/base_events.py, Lib/asyncio/events.py.

use crate::abstract_loop::ABSTRACT_EVENT_LOOP;
use crate::glue::{self, monotonic};
use crate::handles;
use crate::loop_::{self, EventLoop, as_loop};
use rtcore::def::{F1, F2, F3, F4, Method, N, Raw};
use rtcore::error::{PyResult, type_error};
use rtcore::name::Name;
use rtcore::object;
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::types::tuple;
use rtcore::value::{NONE, Value};

static BASE_DEF: ClassDef = ClassDef::new::<EventLoop>("BaseEventLoop")
    .base(&ABSTRACT_EVENT_LOOP)
    .module("asyncio.base_events")
    .methods(METHODS)
    .getset(GETSET)
    .flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static BASE_EVENT_LOOP: Type = Type::builtin(&BASE_DEF);
static DEF: ClassDef = ClassDef::new::<EventLoop>("_UnixSelectorEventLoop")
    .base(&BASE_EVENT_LOOP)
    .module("asyncio.unix_events")
    .methods(UNIX_METHODS)
    .flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static EVENT_LOOP: Type = Type::builtin(&DEF);

fn body(v: &Value) -> PyResult<&EventLoop> {
    as_loop(v).ok_or_else(|| type_error("expected an event loop"))
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&EVENT_LOOP), EventLoop::new()))
}
fn init(_: &[Value]) -> PyResult {
    Ok(NONE)
}
fn run_forever(v: &Value) -> PyResult {
    body(v)?.run_forever(v)?;
    Ok(NONE)
}
fn stop(v: &Value) -> PyResult {
    body(v)?.stop();
    Ok(NONE)
}
fn close(v: &Value) -> PyResult {
    body(v)?.close()?;
    Ok(NONE)
}
fn is_running(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.is_running()))
}
fn is_closed(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.is_closed()))
}
fn time(_: &Value) -> PyResult {
    Ok(Value::float(monotonic()))
}
fn create_future(v: &Value) -> PyResult {
    Ok(crate::futures::create(v.clone()))
}
fn create_task(v: &Value, coro: &Value, name: &Value, context: &Value) -> PyResult {
    loop_::create_task(v, coro, name, context)
}
/// `_check_thread` and `_check_callback`, of debug mode.
fn callable(el: &EventLoop, f: &Value, method: &str) -> PyResult<()> {
    if !el.debug.get() {
        return Ok(());
    }
    if !matches!(method, "call_soon_threadsafe" | "run_in_executor") && el.runs_elsewhere() {
        return Err(rtcore::error::runtime_error("Non-thread-safe operation invoked on an event loop other than the current one"));
    }
    if crate::coroutines::iscoroutine(f)? || crate::coroutines::iscoroutinefunction(f)? {
        return Err(type_error(format!("coroutines cannot be used with {method}()")));
    }
    if f.ty().hooks().call.is_none() && f.ty().lookup(rtcore::name::names::__call__.get()).is_none() {
        return Err(type_error(format!("a callable object was expected by {method}(), got {}", glue::repr(f)?)));
    }
    Ok(())
}
/// `call_soon(self, callback, *args, context=None)`: bound as (self, callback, context, args).
fn call_soon(a: &[Value]) -> PyResult {
    let [v, f, ctx, args] = a else { return Err(type_error("call_soon() takes a callback")) };
    let el = body(v)?;
    el.check_closed()?;
    callable(el, f, "call_soon")?;
    handles::call_soon(v, el, f.clone(), tuple::items(args).to_vec(), ctx.clone())
}
fn call_soon_threadsafe(a: &[Value]) -> PyResult {
    let [v, f, ctx, args] = a else { return Err(type_error("call_soon_threadsafe() takes a callback")) };
    let el = body(v)?;
    el.check_closed()?;
    callable(el, f, "call_soon_threadsafe")?;
    let h = handles::call_soon(v, el, f.clone(), tuple::items(args).to_vec(), ctx.clone())?;
    el.selector.wake();
    Ok(h)
}
fn call_later(a: &[Value]) -> PyResult {
    let [v, delay, f, ctx, args] = a else { return Err(type_error("call_later() takes a delay and a callback")) };
    if delay.is_none() {
        return Err(type_error("delay must not be None"));
    }
    let el = body(v)?;
    callable(el, f, "call_later")?;
    let when = loop_time(v)? + glue::seconds(delay)?;
    handles::call_at(v, el, when, f.clone(), tuple::items(args).to_vec(), ctx.clone())
}
fn loop_time(v: &Value) -> PyResult<f64> {
    if v.ty().is_static() { Ok(monotonic()) } else { glue::seconds(&glue::call_method(v, "time", &[])?) }
}
fn call_at(a: &[Value]) -> PyResult {
    let [v, when, f, ctx, args] = a else { return Err(type_error("call_at() takes a time and a callback")) };
    if when.is_none() {
        return Err(type_error("when cannot be None"));
    }
    let el = body(v)?;
    callable(el, f, "call_at")?;
    handles::call_at(v, el, glue::seconds(when)?, f.clone(), tuple::items(args).to_vec(), ctx.clone())
}
fn set_exception_handler(v: &Value, handler: &Value) -> PyResult {
    if !handler.is_none() && handler.ty().hooks().call.is_none() && handler.ty().lookup(rtcore::name::names::__call__.get()).is_none() {
        return Err(type_error(format!("A callable object or None is expected, got {}", glue::repr(handler)?)));
    }
    body(v)?.exception_handler.set(handler.clone());
    Ok(NONE)
}
fn get_exception_handler(v: &Value) -> PyResult {
    Ok(body(v)?.exception_handler.get())
}
fn call_exception_handler(v: &Value, context: &Value) -> PyResult {
    crate::handlers::handle(v, context.clone())?;
    Ok(NONE)
}
fn default_exception_handler(v: &Value, context: &Value) -> PyResult {
    crate::handlers::default_handler(v, context)?;
    Ok(NONE)
}
fn set_task_factory(v: &Value, factory: &Value) -> PyResult {
    if !factory.is_none() && factory.ty().hooks().call.is_none() && factory.ty().lookup(rtcore::name::names::__call__.get()).is_none() {
        return Err(type_error("task factory must be a callable or None"));
    }
    body(v)?.task_factory.set(factory.clone());
    Ok(NONE)
}
fn get_task_factory(v: &Value) -> PyResult {
    Ok(body(v)?.task_factory.get())
}
fn get_debug(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.debug.get()))
}
fn set_debug(v: &Value, on: &Value) -> PyResult {
    body(v)?.debug.set(glue::truth(on)?);
    Ok(NONE)
}
fn shutdown_asyncgens(v: &Value) -> PyResult {
    Ok(crate::coro!("BaseEventLoop.shutdown_asyncgens", crate::asyncgens::shutdown(v.clone())))
}
fn shutdown_default_executor(v: &Value, timeout: &Value) -> PyResult {
    Ok(crate::coro!("BaseEventLoop.shutdown_default_executor", crate::executor::shutdown(v.clone(), timeout.clone())))
}
fn run_in_executor(v: &Value, executor: &Value, func: &Value, args: &Value) -> PyResult {
    let el = body(v)?;
    el.check_closed()?;
    callable(el, func, "run_in_executor")?;
    crate::executor::run_in_executor(v, executor, func, tuple::items(args))
}
fn set_default_executor(v: &Value, executor: &Value) -> PyResult {
    if !executor.ty().mro().iter().any(|t| t.name() == "ThreadPoolExecutor") {
        return Err(type_error("executor must be ThreadPoolExecutor instance"));
    }
    body(v)?.default_executor.set(executor.clone());
    Ok(NONE)
}
fn repr(v: &Value) -> PyResult {
    let el = body(v)?;
    let b = |x: bool| if x { "True" } else { "False" };
    Ok(Value::string(format!(
        "<{} running={} closed={} debug={}>",
        v.ty().name(),
        b(el.is_running()),
        b(el.is_closed()),
        b(el.debug.get())
    )))
}
fn add_signal_handler(a: &[Value]) -> PyResult {
    let [v, sig, f, args] = a else { return Err(type_error("add_signal_handler() takes a signal and a callback")) };
    crate::loop_signals::add(v, body(v)?, sig, f, tuple::items(args))
}
fn remove_signal_handler(v: &Value, sig: &Value) -> PyResult {
    crate::loop_signals::remove(body(v)?, sig)
}
/// A descriptor from an int or an object with `fileno()`.
pub fn fileno(v: &Value) -> PyResult<i32> {
    let n = match v.as_inline_int() {
        Some(n) => n,
        None => match glue::getattr_opt(v, "fileno")? {
            Some(m) => glue::index(&rtcore::protocol::call::call(&m, &[])?)?,
            None => return Err(rtcore::error::value_error(format!("Invalid file object: {}", glue::repr(v)?))),
        },
    };
    if n < 0 {
        return Err(rtcore::error::value_error(format!("Invalid file descriptor: {n}")));
    }
    Ok(n as i32)
}
fn watch(v: &Value, fd: &Value, f: &Value, args: &Value, writer: bool) -> PyResult {
    let el = body(v)?;
    el.check_closed()?;
    let n = fileno(fd)?;
    ensure_no_transport(el, n, fd)?;
    let h = handles::new_handle(v, f.clone(), tuple::items(args).to_vec());
    set_watch(el, n, writer, Some(h))?;
    Ok(NONE)
}
/// `_ensure_fd_no_transport`: `shown` is the file as the program named it.
pub fn ensure_no_transport(el: &EventLoop, fd: i32, shown: &Value) -> PyResult<()> {
    let Some(t) = el.selector.owner(fd).filter(|t| t.ty().is_subtype(&crate::abstract_transports::BASE_TRANSPORT)) else { return Ok(()) };
    if glue::truth(&glue::call_method(&t, "is_closing", &[])?)? {
        return Ok(());
    }
    let text = format!("File descriptor {} is used by transport {}", glue::repr(shown)?, glue::repr(&t)?);
    Err(rtcore::error::runtime_error(text))
}
/// Sets or removes a reader or writer; the handle replaced is cancelled.
pub fn set_watch(el: &EventLoop, fd: i32, writer: bool, h: Option<Value>) -> PyResult<bool> {
    let old = el.selector.set(fd, writer, h)?;
    match old {
        Some(old) => {
            handles::cancel(&old)?;
            Ok(true)
        }
        None => Ok(false),
    }
}
fn add_reader(v: &Value, fd: &Value, f: &Value, args: &Value) -> PyResult {
    watch(v, fd, f, args, false)
}
fn add_writer(v: &Value, fd: &Value, f: &Value, args: &Value) -> PyResult {
    watch(v, fd, f, args, true)
}
fn unwatch(v: &Value, fd: &Value, writer: bool) -> PyResult {
    let el = body(v)?;
    if el.is_closed() {
        return Ok(Value::bool(false));
    }
    let n = fileno(fd)?;
    ensure_no_transport(el, n, fd)?;
    Ok(Value::bool(set_watch(el, n, writer, None)?))
}
fn remove_reader(v: &Value, fd: &Value) -> PyResult {
    unwatch(v, fd, false)
}
fn remove_writer(v: &Value, fd: &Value) -> PyResult {
    unwatch(v, fd, true)
}
fn get_slow(v: &Value) -> PyResult {
    Ok(body(v)?.slow_callback_duration.get())
}
fn set_slow(v: &Value, new: Option<Value>) -> PyResult<()> {
    body(v)?.slow_callback_duration.set(new.unwrap_or(NONE));
    Ok(())
}

static METHODS: &[Method] = &[
    crate::asyncgens::FIRSTITER,
    crate::asyncgens::FINALIZER,
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, *args)", N(init)),
    Method::new("run_forever(self)", F1(run_forever)),
    Method::new("run_until_complete(self, future)", F2(loop_::run_until_complete)),
    Method::new("stop(self)", F1(stop)),
    Method::new("close(self)", F1(close)),
    Method::new("is_running(self)", F1(is_running)),
    Method::new("is_closed(self)", F1(is_closed)),
    Method::new("time(self)", F1(time)),
    Method::new("create_future(self)", F1(create_future)),
    Method::new("create_task(self, coro, *, name=None, context=None)", F4(create_task)),
    Method::new("call_soon(self, callback, *args, context=None)", N(call_soon)),
    Method::new("call_soon_threadsafe(self, callback, *args, context=None)", N(call_soon_threadsafe)),
    Method::new("call_later(self, delay, callback, *args, context=None)", N(call_later)),
    Method::new("call_at(self, when, callback, *args, context=None)", N(call_at)),
    Method::new("set_exception_handler(self, handler)", F2(set_exception_handler)),
    Method::new("get_exception_handler(self)", F1(get_exception_handler)),
    Method::new("call_exception_handler(self, context)", F2(call_exception_handler)),
    Method::new("default_exception_handler(self, context)", F2(default_exception_handler)),
    Method::new("set_task_factory(self, factory)", F2(set_task_factory)),
    Method::new("get_task_factory(self)", F1(get_task_factory)),
    Method::new("get_debug(self)", F1(get_debug)),
    Method::new("set_debug(self, enabled)", F2(set_debug)),
    Method::new("shutdown_asyncgens(self)", F1(shutdown_asyncgens)),
    Method::new("shutdown_default_executor(self, timeout=None)", F2(shutdown_default_executor)),
    Method::new("run_in_executor(self, executor, func, *args)", F4(run_in_executor)),
    Method::new("set_default_executor(self, executor)", F2(set_default_executor)),
    Method::new("__repr__(self)", F1(repr)),
];
static UNIX_METHODS: &[Method] = &[
    Method::new("add_signal_handler(self, sig, callback, *args)", N(add_signal_handler)),
    Method::new("remove_signal_handler(self, sig)", F2(remove_signal_handler)),
    Method::new("add_reader(self, fd, callback, *args)", F4(add_reader)),
    Method::new("add_writer(self, fd, callback, *args)", F4(add_writer)),
    Method::new("remove_reader(self, fd)", F2(remove_reader)),
    Method::new("remove_writer(self, fd)", F2(remove_writer)),
];
static GETSET: &[GetSet] = &[GetSet::rw("slow_callback_duration", get_slow, set_slow), GetSet::ro("_debug", get_debug)];
#[allow(unused)]
const _: fn(fn(&Value, &Value, &Value) -> PyResult) -> rtcore::def::Body = F3;
