//! Owns: Runner and `run`.
//! Never: runs callbacks itself.
//! Source: CPython 3.13, Lib/asyncio/runners.py.

use crate::context;
use crate::events;
use crate::exceptions::CANCELLED_ERROR;
use crate::futures;
use crate::glue::{self, VCell};
use crate::loop_;
use crate::tasks;
use rtcore::def::{F1, F3, F4, Method, Raw};
use rtcore::error::hierarchy::{KEYBOARD_INTERRUPT, with_args};
use rtcore::error::{self, PyResult, raise_value, runtime_error, type_error, value_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::protocol::call::call;
use rtcore::signals::{self, Handler};
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use std::cell::Cell;

#[derive(Copy, Clone, PartialEq, Eq)]
enum State {
    Created,
    Initialized,
    Closed,
}
pub struct Runner {
    state: Cell<State>,
    debug: VCell,
    loop_factory: VCell,
    loop_: VCell,
    context: VCell,
    interrupt_count: Cell<u32>,
    set_event_loop: Cell<bool>,
}
impl Payload for Runner {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.debug, &self.loop_factory, &self.loop_, &self.context] {
            c.visit(visit);
        }
    }
}
impl Native for Runner {
    fn class() -> &'static Type {
        &RUNNER
    }
}
impl Runner {
    fn new() -> Runner {
        Runner {
            state: Cell::new(State::Created),
            debug: VCell::none(),
            loop_factory: VCell::none(),
            loop_: VCell::none(),
            context: VCell::none(),
            interrupt_count: Cell::new(0),
            set_event_loop: Cell::new(false),
        }
    }
    fn lazy_init(&self) -> PyResult<()> {
        match self.state.get() {
            State::Closed => return Err(runtime_error("Runner is closed")),
            State::Initialized => return Ok(()),
            State::Created => {}
        }
        let factory = self.loop_factory.get();
        if factory.is_none() {
            let l = events::new_event_loop()?;
            self.loop_.set(l.clone());
            if !self.set_event_loop.replace(true) {
                events::set_event_loop(&l)?;
            }
        } else {
            self.loop_.set(call(&factory, &[])?);
        }
        if !self.debug.is_none() {
            glue::call_method(&self.loop_.get(), "set_debug", &[self.debug.get()])?;
        }
        self.context.set(context::copy_current());
        self.state.set(State::Initialized);
        Ok(())
    }
    fn close(&self) -> PyResult<()> {
        if self.state.get() != State::Initialized {
            return Ok(());
        }
        let l = self.loop_.get();
        let r = close_steps(&l).map_err(error::take);
        if self.set_event_loop.get() {
            events::set_event_loop(&NONE)?;
        }
        match loop_::as_loop(&l) {
            Some(el) if l.ty().is_static() => el.close()?,
            Some(_) | None => {
                glue::call_method(&l, "close", &[])?;
            }
        }
        drop(self.loop_.take());
        self.state.set(State::Closed);
        r.map_err(glue::reraise)
    }
    fn run(&self, v: &Value, coro: &Value, ctx: &Value) -> PyResult {
        if !crate::coroutines::iscoroutine(coro)? {
            return Err(value_error(format!("a coroutine was expected, got {}", glue::repr(coro)?)));
        }
        if events::running().is_some() {
            return Err(runtime_error("Runner.run() cannot be called from a running event loop"));
        }
        self.lazy_init()?;
        let ctx = if ctx.is_none() { self.context.get() } else { ctx.clone() };
        let l = self.loop_.get();
        let task = loop_::create_task(&l, coro, &NONE, &ctx)?;
        let mut installed = false;
        if crate::threads::is_main() && matches!(signals::get(libc::SIGINT), Handler::Interrupt) {
            let data = glue::tuple(vec![v.clone(), task.clone()]);
            installed = signals::set(libc::SIGINT, Handler::Native(on_sigint, data)).is_ok();
        }
        self.interrupt_count.set(0);
        let r = loop_::run_until_complete(&l, &task);
        let r = match r {
            Err(r) if self.interrupt_count.get() > 0 && error::matches(&r, &CANCELLED_ERROR) => {
                let exc = error::take(r);
                match crate::timeouts::uncancel(&task) {
                    Ok(0) => {
                        let ki = with_args(&KEYBOARD_INTERRUPT, vec![]);
                        error::chain_context(&ki, &exc);
                        Err(glue::reraise(ki))
                    }
                    Ok(_) => Err(glue::reraise(exc)),
                    Err(r) => Err(r),
                }
            }
            other => other,
        };
        if installed && matches!(signals::get(libc::SIGINT), Handler::Native(f, _) if std::ptr::fn_addr_eq(f, on_sigint as fn(i32, &Value) -> PyResult<()>)) {
            drop(signals::set(libc::SIGINT, Handler::Interrupt));
        }
        r
    }
}
/// Seconds (Lib/asyncio/constants.py).
const THREAD_JOIN_TIMEOUT: i64 = 300;

/// Runner._on_sigint.
fn on_sigint(_n: i32, data: &Value) -> PyResult<()> {
    if let [v, task] = rtcore::types::tuple::items(data)
        && let Some(r) = v.downcast::<Runner>()
    {
        r.interrupt_count.set(r.interrupt_count.get() + 1);
        if r.interrupt_count.get() == 1 && !futures::is_done(task)? {
            futures::cancel(task, NONE)?;
            return Ok(());
        }
    }
    Err(raise_value(with_args(&KEYBOARD_INTERRUPT, vec![])))
}
fn close_steps(l: &Value) -> PyResult<()> {
    cancel_all_tasks(l)?;
    match loop_::as_loop(l) {
        Some(_) if l.ty().is_static() => {
            let c = crate::coro!("BaseEventLoop.shutdown_asyncgens", crate::asyncgens::shutdown(l.clone()));
            loop_::run_until_complete(l, &c)?;
            let c = crate::coro!("BaseEventLoop.shutdown_default_executor", crate::executor::shutdown(l.clone(), Value::int(THREAD_JOIN_TIMEOUT)));
            loop_::run_until_complete(l, &c)?;
        }
        Some(_) | None => {
            let c = glue::call_method(l, "shutdown_asyncgens", &[])?;
            loop_::run_until_complete(l, &c)?;
            let c = glue::call_method(l, "shutdown_default_executor", &[])?;
            loop_::run_until_complete(l, &c)?;
        }
    }
    Ok(())
}
/// `_cancel_all_tasks`.
fn cancel_all_tasks(l: &Value) -> PyResult<()> {
    let all = tasks::all_of(l);
    if all.is_empty() {
        return Ok(());
    }
    for t in &all {
        futures::cancel(t, NONE)?;
    }
    let g = crate::gather::gather(&all, true)?;
    loop_::run_until_complete(l, &g)?;
    for t in all {
        if futures::is_cancelled(&t)? {
            continue;
        }
        let exc = futures::exception_of(&t)?;
        if !exc.is_none() {
            let items = vec![
                ("message", Value::str("unhandled exception during asyncio.run() shutdown")),
                ("exception", exc),
                ("task", t.clone()),
            ];
            crate::handlers::call_exception_handler(l, glue::dict(items))?;
        }
    }
    Ok(())
}

/// `asyncio.run(main, *, debug=None, loop_factory=None)`.
pub fn run(main: &Value, debug: &Value, loop_factory: &Value) -> PyResult {
    if events::running().is_some() {
        return Err(runtime_error("asyncio.run() cannot be called from a running event loop"));
    }
    let runner = Runner::new();
    runner.debug.set(debug.clone());
    runner.loop_factory.set(loop_factory.clone());
    let v = object::new(&RUNNER, runner);
    let Some(r) = v.downcast::<Runner>() else { return Ok(NONE) };
    r.lazy_init()?;
    match r.run(&v, main, &NONE) {
        Ok(result) => r.close().map(|()| result),
        Err(raised) => {
            // The `with` block of CPython's `run` handles the exception while it closes the runner: what the tasks
            // that are left raise now has it as its context.
            let exc = error::take(raised);
            let node = error::top_node();
            let before = node.replace(exc.clone());
            let closed = r.close();
            drop(node.replace(before));
            if let Err(other) = closed {
                let new = error::take(other);
                error::chain_context(&new, &exc);
                return Err(glue::reraise(new));
            }
            Err(glue::reraise(exc))
        }
    }
}

fn body(v: &Value) -> PyResult<&Runner> {
    v.downcast::<Runner>().ok_or_else(|| type_error("expected a Runner"))
}
fn runner_new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&RUNNER), Runner::new()))
}
fn m_init(v: &Value, debug: &Value, loop_factory: &Value) -> PyResult {
    let r = body(v)?;
    r.debug.set(debug.clone());
    r.loop_factory.set(loop_factory.clone());
    Ok(NONE)
}
fn m_enter(v: &Value) -> PyResult {
    body(v)?.lazy_init()?;
    Ok(v.clone())
}
fn m_exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    body(v)?.close()?;
    Ok(NONE)
}
fn m_close(v: &Value) -> PyResult {
    body(v)?.close()?;
    Ok(NONE)
}
fn m_get_loop(v: &Value) -> PyResult {
    let r = body(v)?;
    r.lazy_init()?;
    Ok(r.loop_.get())
}
fn m_run(v: &Value, coro: &Value, ctx: &Value) -> PyResult {
    body(v)?.run(v, coro, ctx)
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(runner_new)),
    Method::new("__init__(self, *, debug=None, loop_factory=None)", F3(m_init)),
    Method::new("__enter__(self)", F1(m_enter)),
    Method::new("__exit__(self, exc_type, exc_val, exc_tb)", F4(m_exit)),
    Method::new("close(self)", F1(m_close)),
    Method::new("get_loop(self)", F1(m_get_loop)),
    Method::new("run(self, coro, *, context=None)", F3(m_run)),
];
static DEF: ClassDef = ClassDef::new::<Runner>("Runner").module("asyncio.runners").methods(METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static RUNNER: Type = Type::builtin(&DEF);
