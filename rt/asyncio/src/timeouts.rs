//! Owns: Timeout, `timeout`, `timeout_at`.
//! Never: waits.
//! Source: CPython 3.13, Lib/asyncio/timeouts.py.

use crate::events;
use crate::exceptions::CANCELLED_ERROR;
use crate::futures;
use crate::glue::{self, VCell};
use crate::handles;
use crate::loop_;
use crate::tasks::{self, Task};
use rtcore::def::{F1, F2, F4, Method, Raw};
use rtcore::error::hierarchy::{TIMEOUT_ERROR, with_args};
use rtcore::error::{self, PyResult, runtime_error, type_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use std::cell::Cell;

#[derive(Copy, Clone, PartialEq, Eq)]
enum State {
    Created,
    Entered,
    Expiring,
    Expired,
    Exited,
}
impl State {
    fn text(self) -> &'static str {
        match self {
            State::Created => "created",
            State::Entered => "active",
            State::Expiring => "expiring",
            State::Expired => "expired",
            State::Exited => "finished",
        }
    }
}
pub struct Timeout {
    state: Cell<State>,
    handler: VCell,
    task: VCell,
    when: VCell,
    cancelling: Cell<u32>,
}
impl Payload for Timeout {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.handler, &self.task, &self.when] {
            c.visit(visit);
        }
    }
    fn clear(&self) {
        drop((self.handler.take(), self.task.take()));
    }
}
impl Native for Timeout {
    fn class() -> &'static Type {
        &TIMEOUT
    }
}
fn make(when: Value) -> Value {
    object::new(
        &TIMEOUT,
        Timeout {
            state: Cell::new(State::Created),
            handler: VCell::none(),
            task: VCell::none(),
            when: VCell::new(when),
            cancelling: Cell::new(0),
        },
    )
}
/// `timeout(delay)`.
pub fn timeout(delay: &Value) -> PyResult {
    let l = events::get_running_loop()?;
    Ok(make(if delay.is_none() { NONE } else { Value::float(loop_time(&l)? + glue::seconds(delay)?) }))
}
pub fn timeout_at(when: &Value) -> PyResult {
    Ok(make(when.clone()))
}
fn loop_time(l: &Value) -> PyResult<f64> {
    match loop_::as_loop(l) {
        Some(_) if l.ty().is_static() => Ok(glue::monotonic()),
        Some(_) | None => glue::seconds(&glue::call_method(l, "time", &[])?),
    }
}
fn body(v: &Value) -> PyResult<&Timeout> {
    v.downcast::<Timeout>().ok_or_else(|| type_error("expected a Timeout"))
}
fn reschedule(v: &Value, t: &Timeout, when: &Value) -> PyResult<()> {
    match t.state.get() {
        State::Entered => {}
        State::Created => return Err(runtime_error("Timeout has not been entered")),
        s @ (State::Expiring | State::Expired | State::Exited) => {
            return Err(runtime_error(format!("Cannot change state of {} Timeout", s.text())));
        }
    }
    t.when.set(when.clone());
    let old = t.handler.take();
    if !old.is_none() {
        handles::cancel(&old)?;
    }
    if when.is_none() {
        return Ok(());
    }
    let l = events::get_running_loop()?;
    let at = glue::seconds(when)?;
    let h = if at <= loop_time(&l)? {
        match loop_::as_loop(&l) {
            Some(el) => handles::call_soon_native(&l, el, on_timeout, v.clone(), NONE)?,
            None => glue::call_method(&l, "call_soon", &[handles::native_function(on_timeout, NONE), v.clone()])?,
        }
    } else {
        crate::wait::call_at(&l, at, on_timeout, v.clone(), NONE)?
    };
    t.handler.set(h);
    Ok(())
}
fn on_timeout(v: &Value, _: &Value) -> PyResult<()> {
    let t = body(v)?;
    futures::cancel(&t.task.get(), NONE)?;
    t.state.set(State::Expiring);
    drop(t.handler.take());
    Ok(())
}
/// Timeout.__aenter__.
pub fn enter(v: &Value) -> PyResult<()> {
    let t = body(v)?;
    if t.state.get() != State::Created {
        return Err(runtime_error("Timeout has already been entered"));
    }
    let task = tasks::current_task(&NONE)?;
    if task.is_none() {
        return Err(runtime_error("Timeout should be used inside a task"));
    }
    t.state.set(State::Entered);
    t.cancelling.set(cancelling(&task)?);
    t.task.set(task);
    reschedule(v, t, &t.when.get())
}
pub fn cancelling(task: &Value) -> PyResult<u32> {
    match task.downcast::<Task>() {
        Some(t) => Ok(t.num_cancels()),
        None => Ok(glue::index(&glue::call_method(task, "cancelling", &[])?)? as u32),
    }
}
pub fn uncancel(task: &Value) -> PyResult<u32> {
    match task.downcast::<Task>() {
        Some(t) => Ok(t.uncancel()),
        None => Ok(glue::index(&glue::call_method(task, "uncancel", &[])?)? as u32),
    }
}
/// Timeout.__aexit__ with the exception that leaves the block, or None.
pub fn exit(v: &Value, exc: &Value) -> PyResult<()> {
    let t = body(v)?;
    let h = t.handler.take();
    if !h.is_none() {
        handles::cancel(&h)?;
    }
    match t.state.get() {
        State::Expiring => {
            t.state.set(State::Expired);
            if uncancel(&t.task.get())? <= t.cancelling.get() && !exc.is_none() {
                if glue::is_exc(exc, &CANCELLED_ERROR) {
                    return Err(crate::wait::raise_from(with_args(&TIMEOUT_ERROR, vec![]), exc.clone()));
                }
                insert_timeout_error(exc);
                if exc.ty().mro().iter().any(|c| c.name() == "ExceptionGroup") {
                    for e in rtcore::protocol::iter::collect(&glue::getattr(exc, "exceptions")?)? {
                        insert_timeout_error(&e);
                    }
                }
            }
        }
        State::Entered => t.state.set(State::Exited),
        State::Created | State::Expired | State::Exited => {}
    }
    Ok(())
}
fn insert_timeout_error(exc: &Value) {
    let mut e = exc.clone();
    loop {
        let ctx = glue::exc_context(&e);
        if ctx.is_none() {
            return;
        }
        if glue::is_exc(&ctx, &CANCELLED_ERROR) {
            let te = with_args(&TIMEOUT_ERROR, vec![]);
            glue::set_exc_cause(&te, ctx.clone());
            glue::set_exc_context(&te, ctx);
            glue::set_exc_context(&e, te);
            return;
        }
        e = ctx;
    }
}

async fn aenter(v: Value) -> PyResult {
    enter(&v)?;
    Ok(v)
}
async fn aexit(v: Value, exc: Value) -> PyResult {
    exit(&v, &exc)?;
    Ok(NONE)
}
fn m_aenter(v: &Value) -> PyResult {
    Ok(crate::coro!("Timeout.__aenter__", aenter(v.clone())))
}
fn m_aexit(v: &Value, _et: &Value, exc: &Value, _tb: &Value) -> PyResult {
    Ok(crate::coro!("Timeout.__aexit__", aexit(v.clone(), exc.clone())))
}
fn m_when(v: &Value) -> PyResult {
    Ok(body(v)?.when.get())
}
fn m_reschedule(v: &Value, when: &Value) -> PyResult {
    reschedule(v, body(v)?, when)?;
    Ok(NONE)
}
fn m_expired(v: &Value) -> PyResult {
    Ok(Value::bool(matches!(body(v)?.state.get(), State::Expiring | State::Expired)))
}
fn m_repr(v: &Value) -> PyResult {
    let t = body(v)?;
    let mut s = format!("<Timeout [{}]", t.state.get().text());
    if t.state.get() == State::Entered {
        let when = t.when.get();
        let when = if when.is_none() { NONE } else { Value::float((glue::seconds(&when)? * 1000.0).round() / 1000.0) };
        s.push_str(&format!(" when={}", glue::repr(&when)?));
    }
    s.push('>');
    Ok(Value::string(s))
}
fn timeout_new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(make(all.get(1).cloned().unwrap_or(NONE)))
}
fn timeout_init(v: &Value, when: &Value) -> PyResult {
    body(v)?.when.set(when.clone());
    Ok(NONE)
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(timeout_new)),
    Method::new("__init__(self, when)", F2(timeout_init)),
    Method::new("when(self)", F1(m_when)),
    Method::new("reschedule(self, when)", F2(m_reschedule)),
    Method::new("expired(self)", F1(m_expired)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, exc_type, exc_val, exc_tb)", F4(m_aexit)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static DEF: ClassDef = ClassDef::new::<Timeout>("Timeout").module("asyncio.timeouts").methods(METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static TIMEOUT: Type = Type::builtin(&DEF);
#[allow(unused)]
fn keep() {
    let _ = error::handled();
}
