//! Owns: the Task object: steps of a coroutine, wake-ups, cancellation, the register of tasks.
//! Never: runs the queue that its steps stand in (`loop_`).
//! Source: CPython 3.13, Modules/_asynciomodule.c (TaskObj, task_step_impl), Lib/asyncio/tasks.py.

use crate::exceptions::{CANCELLED_ERROR, invalid_state, runtime_error_value};
use crate::futures::{self, Callback, Future, as_future};
use crate::glue::{self, ObjectCell, VCell};
use crate::loop_::{self, Ready};
use rtcore::def::{F1, F2, F3, Method, N, Raw};
use rtcore::error::{self, PyResult, runtime_error, type_error};
use rtcore::frame::{self, Input, Step};
use rtcore::gil::{Gil, GilCell};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, GetSet, Hooks, Type};
use rtcore::value::{NONE, Value};
use std::cell::Cell;

#[repr(C)]
pub struct Task {
    pub fut: Future,
    pub coro: ObjectCell,
    /// A str, or the number of `Task-N` as an int until somebody asks.
    name: VCell,
    pub context: ObjectCell,
    pub fut_waiter: ObjectCell,
    pub must_cancel: Cell<bool>,
    pub log_destroy_pending: Cell<bool>,
    linked: Cell<bool>,
    num_cancels: Cell<u32>,
    links: Links,
}

const _: () = assert!(std::mem::size_of::<Task>() <= 128);

/// Every task that is scheduled and not done (`_scheduled_tasks`, a weak set in CPython): a list
/// through the tasks themselves.
struct Links {
    prev: Cell<*const Task>,
    next: Cell<*const Task>,
}
static HEAD: GilCell<*const Task> = Gil::new(Cell::new(std::ptr::null()));

static NAME_COUNTER: GilCell<i64> = Gil::new(Cell::new(0));

impl Task {
    fn blank(loop_: Value) -> Task {
        Task {
            fut: Future::new(loop_),
            coro: ObjectCell::none(),
            name: VCell::none(),
            context: ObjectCell::none(),
            fut_waiter: ObjectCell::none(),
            must_cancel: Cell::new(false),
            log_destroy_pending: Cell::new(true),
            num_cancels: Cell::new(0),
            links: Links { prev: Cell::new(std::ptr::null()), next: Cell::new(std::ptr::null()) },
            linked: Cell::new(false),
        }
    }
    fn register(&self) {
        if self.linked.replace(true) {
            return;
        }
        let head = HEAD.get();
        self.links.next.set(head);
        self.links.prev.set(std::ptr::null());
        if !head.is_null() {
            // SAFETY: linked tasks are alive: dropping a task unlinks it.
            unsafe { (*head).links.prev.set(self) };
        }
        HEAD.set(self);
    }
    fn unregister(&self) {
        if !self.linked.replace(false) {
            return;
        }
        let (prev, next) = (self.links.prev.get(), self.links.next.get());
        // SAFETY: as in `register`: neighbours are linked and therefore alive.
        unsafe {
            if prev.is_null() { HEAD.set(next) } else { (*prev).links.next.set(next) }
            if !next.is_null() {
                (*next).links.prev.set(prev);
            }
        }
    }
    pub fn name(&self) -> Value {
        let n = self.name.get();
        match n.as_inline_int() {
            Some(i) => {
                let s = Value::string(format!("Task-{i}"));
                self.name.set(s.clone());
                s
            }
            None => n,
        }
    }
    pub fn num_cancels(&self) -> u32 {
        self.num_cancels.get()
    }
    pub fn uncancel(&self) -> u32 {
        let n = self.num_cancels.get().saturating_sub(1);
        self.num_cancels.set(n);
        if n == 0 {
            self.must_cancel.set(false);
        }
        n
    }
    /// `_asyncio_Task_cancel_impl`.
    pub fn cancel(&self, v: &Value, msg: Value) -> PyResult<bool> {
        let _ = v;
        self.fut.log_tb.set(false);
        if self.fut.done() {
            return Ok(false);
        }
        self.num_cancels.set(self.num_cancels.get() + 1);
        let waiter = self.fut_waiter.get();
        if !waiter.is_none() && cancel_waiter(&waiter, msg.clone())? {
            return Ok(true);
        }
        self.must_cancel.set(true);
        self.fut.set_cancel_message(msg);
        Ok(true)
    }
}
/// CPython 3.13: Include/cpython/pystate.h, Py_C_RECURSION_LIMIT.
const C_RECURSION_LIMIT: u32 = 10_000;
static CANCELS: GilCell<u32> = Gil::new(Cell::new(0));

/// Cancels what a task waits for. Tasks may wait for each other in a ring.
fn cancel_waiter(waiter: &Value, msg: Value) -> PyResult<bool> {
    let nested = CANCELS.get() + 1;
    if nested >= C_RECURSION_LIMIT {
        return Err(error::recursion_error("maximum recursion depth exceeded while calling a Python object"));
    }
    CANCELS.set(nested);
    let r = futures::cancel(waiter, msg);
    CANCELS.set(nested - 1);
    r
}

impl Drop for Task {
    fn drop(&mut self) {
        self.unregister();
    }
}
impl Payload for Task {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(finalize);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.fut.visit(visit);
        self.name.visit(visit);
        for c in [&self.coro, &self.context, &self.fut_waiter] {
            c.visit(visit);
        }
    }
    fn clear(&self) {
        self.fut.clear_values();
        drop((self.coro.take(), self.context.take(), self.fut_waiter.take()));
    }
}
impl Native for Task {
    fn class() -> &'static Type {
        &TASK
    }
}

/// `TaskObj_finalize`.
fn finalize(v: &Value) {
    let Some(t) = v.downcast::<Task>() else { return };
    if t.fut.state.get() == futures::State::Pending && t.log_destroy_pending.get() && !t.fut.loop_.is_none() {
        t.log_destroy_pending.set(false);
        error::saving_pending(|| {
            let mut items = vec![("task", v.clone()), ("message", Value::str("Task was destroyed but it is pending!"))];
            let tb = t.fut.source_traceback();
            if !tb.is_none() {
                items.push(("source_traceback", tb));
            }
            if let Err(r) = crate::handlers::call_exception_handler(&t.fut.loop_.get(), glue::dict(items)) {
                error::unraisable(r, "Exception ignored in: ", v);
            }
        });
    }
    futures::finalize(v);
}

/// A task on `loop_` for a native coroutine object, its first step queued: what
/// `loop.create_task(coro)` does.
pub fn spawn(loop_: &Value, coro: Value, name: Value, context: Value) -> PyResult {
    let t = Task::blank(loop_.clone());
    t.name.set(name_or_counter(&name)?);
    t.coro.set(coro);
    t.context.set(if context.is_none() { crate::context::copy_current() } else { context });
    let v = object::new(&TASK, t);
    start(&v)?;
    Ok(v)
}
fn name_or_counter(name: &Value) -> PyResult {
    if name.is_none() {
        let n = NAME_COUNTER.get() + 1;
        NAME_COUNTER.set(n);
        return Ok(Value::int(n));
    }
    if name.as_str_obj().is_some() { Ok(name.clone()) } else { rtcore::protocol::repr::str_(name) }
}
fn start(v: &Value) -> PyResult<()> {
    let Some(t) = v.downcast::<Task>() else { return Ok(()) };
    schedule_step(v, t, None)?;
    t.register();
    Ok(())
}
/// Queues a step of the task, with an exception to throw into the coroutine.
fn schedule_step(v: &Value, t: &Task, exc: Option<Value>) -> PyResult<()> {
    if let Some(el) = t.fut.loop_.header().and_then(loop_::of_header)
        && exc.is_none()
    {
        el.check_closed()?;
        el.push(Ready::Step(v.clone().into()));
        return Ok(());
    }
    let l = t.fut.loop_.get();
    if let Some(el) = loop_::as_loop(&l) {
        el.check_closed()?;
        el.push(match exc {
            None => Ready::Step(v.clone().into()),
            Some(e) => Ready::Throw(v.clone().into(), e.into()),
        });
        return Ok(());
    }
    let step = rtcore::types::function::native::bound(&STEP, glue::tuple(vec![v.clone(), exc.unwrap_or(NONE)]), &TASK);
    rtcore::protocol::call::call_method_kw(&l, Name::new("call_soon"), &[step, t.context.get()], &[Name::new("context")])?;
    Ok(())
}
static STEP: Method = Method::new("TaskStepMethWrapper(self, /)", F1(step_method));
fn step_method(parts: &Value) -> PyResult {
    if let [task, exc] = rtcore::types::tuple::items(parts) {
        step(task, if exc.is_none() { None } else { Some(exc.clone()) })?;
    }
    Ok(NONE)
}
static WAKEUP: Method = Method::new("task_wakeup(self, fut, /)", F2(wakeup_bound));
fn wakeup_bound(task: &Value, fut: &Value) -> PyResult {
    wakeup(task, fut)?;
    Ok(NONE)
}
/// The wake-up as a Python callable, for `_callbacks` and foreign loops.
pub fn wakeup_method(task: &Value) -> Value {
    rtcore::types::function::native::bound(&WAKEUP, task.clone(), &TASK)
}

// ---- the step ----

/// Runs in the task's context: see `run_step` and `run_wakeup`.
pub fn step(v: &Value, exc: Option<Value>) -> PyResult<()> {
    let Some(t) = v.downcast::<Task>() else { return Ok(()) };
    if t.fut.done() {
        return Err(done_already(v, exc));
    }
    if let Some(el) = t.fut.loop_.header().and_then(loop_::of_header)
        && el.current_task.is_none()
    {
        return match step_on(el, v, t, exc)? {
            After::Settled => Ok(()),
            After::NextTurn => schedule_step(v, t, None),
        };
    }
    let l = t.fut.loop_.get();
    enter_task(&l, v)?;
    let r = step_now(v, t, exc);
    leave_task(&l, v)?;
    r
}
/// What is left to do after a step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum After {
    Settled,
    /// A bare `yield`: the task wants a step in the next turn.
    NextTurn,
}
/// The step of a task that is not done, on its own loop, where no task runs.
#[inline]
pub fn step_on(el: &loop_::EventLoop, v: &Value, t: &Task, exc: Option<Value>) -> PyResult<After> {
    el.current_task.set(v.clone());
    let r = step_impl(v, t, exc);
    if el.current_task.is(v) {
        drop(el.current_task.take());
    } else {
        leave_task(&t.fut.loop_.get(), v)?;
    }
    r
}
fn step_now(v: &Value, t: &Task, exc: Option<Value>) -> PyResult<()> {
    match step_impl(v, t, exc)? {
        After::Settled => Ok(()),
        After::NextTurn => schedule_step(v, t, None),
    }
}
#[cold]
fn done_already(v: &Value, exc: Option<Value>) -> error::Raised {
    let text = || Ok(format!("__step(): already done: {} {}", glue::repr(v)?, glue::repr(&exc.unwrap_or(NONE))?));
    match text() {
        Ok(text) => invalid_state(&text),
        Err(raised) => raised,
    }
}

#[inline]
fn step_impl(v: &Value, t: &Task, mut exc: Option<Value>) -> PyResult<After> {
    if t.must_cancel.get() {
        let cancelled = exc.as_ref().is_some_and(|e| glue::is_exc(e, &CANCELLED_ERROR));
        if !cancelled {
            exc = Some(t.fut.make_cancelled_error());
        }
        t.must_cancel.set(false);
    }
    drop(t.fut_waiter.take());
    let coro = t.coro.get();
    let input = match exc {
        None => Input::Send(NONE),
        Some(e) => Input::Throw(e),
    };
    match frame::resume(&coro, input) {
        Step::Yielded(result) => {
            drop(coro);
            if result.is_none() { Ok(After::NextTurn) } else { yielded(v, t, result).map(|()| After::Settled) }
        }
        Step::Returned(result) => {
            drop(coro);
            let cancelled = t.must_cancel.get();
            let r = if cancelled {
                t.must_cancel.set(false);
                t.fut.cancel_plain(v, t.fut.cancel_message()).map(drop)
            } else {
                t.fut.finish_result(v, result)
            };
            finished(t);
            r.map(|()| After::Settled)
        }
        Step::Raised(r) => {
            drop(coro);
            let exc = error::take(r);
            if glue::is_exc(&exc, &CANCELLED_ERROR) {
                t.fut.set_cancelled_exc(exc);
                let r = t.fut.cancel_plain(v, NONE).map(drop);
                finished(t);
                return r.map(|()| After::Settled);
            }
            t.fut.finish_exception(v, &exc)?;
            finished(t);
            if glue::is_base_error(&exc) {
                return Err(glue::reraise(exc));
            }
            Ok(After::Settled)
        }
    }
}
/// A task that is done leaves the register (`task_clear_coro` happens at the end of a step in C
/// only for eager ones; the coroutine itself stays for `get_coro`).
#[inline]
fn finished(t: &Task) {
    t.unregister();
}

/// `task_step_handle_result_impl`.
#[inline]
fn yielded(v: &Value, t: &Task, result: Value) -> PyResult<()> {
    // A subclass's own `add_done_callback` is called (Modules/_asynciomodule.c, task_step_handle_result_impl).
    if let Some(f) = as_future(&result).filter(|_| result.ty().is_static()) {
        if result.is(v) {
            return fail(v, t, format!("Task cannot await on itself: {}", glue::repr(v)?));
        }
        if !f.loop_.same(&t.fut.loop_) {
            return fail(v, t, format!("Task {} got Future {} attached to a different loop", glue::repr(v)?, glue::repr(&result)?));
        }
        if !f.blocking.replace(false) {
            return fail(v, t, format!("yield was used instead of yield from in task {} with {}", glue::repr(v)?, glue::repr(&result)?));
        }
        f.add_callback(&result, Callback::Wakeup(v.clone()))?;
        t.fut_waiter.set(result.clone());
        if t.must_cancel.get() && futures::cancel(&result, t.fut.cancel_message())? {
            t.must_cancel.set(false);
        }
        return Ok(());
    }
    yielded_other(v, t, result)
}
#[cold]
fn yielded_other(v: &Value, t: &Task, result: Value) -> PyResult<()> {
    if result.is(v) {
        return fail(v, t, format!("Task cannot await on itself: {}", glue::repr(v)?));
    }
    let blocking = if futures::isfuture(&result)? { glue::getattr_opt(&result, "_asyncio_future_blocking")? } else { None };
    if let Some(b) = blocking {
        if !futures::get_loop(&result)?.is(&t.fut.loop_.get()) {
            return fail(v, t, format!("Task {} got Future {} attached to a different loop", glue::repr(v)?, glue::repr(&result)?));
        }
        if !glue::truth(&b)? {
            return fail(v, t, format!("yield was used instead of yield from in task {} with {}", glue::repr(v)?, glue::repr(&result)?));
        }
        glue::setattr(&result, "_asyncio_future_blocking", Value::bool(false))?;
        rtcore::protocol::call::call_method_kw(
            &result,
            Name::new("add_done_callback"),
            &[wakeup_method(v), t.context.get()],
            &[Name::new("context")],
        )?;
        t.fut_waiter.set(result.clone());
        if t.must_cancel.get() && futures::cancel(&result, t.fut.cancel_message())? {
            t.must_cancel.set(false);
        }
        return Ok(());
    }
    if result.ty().name() == "generator" {
        let text = format!("yield was used instead of yield from for generator in task {} with {}", glue::repr(v)?, glue::repr(&result)?);
        return fail(v, t, text);
    }
    fail(v, t, format!("Task got bad yield: {}", glue::repr(&result)?))
}
fn fail(v: &Value, t: &Task, msg: String) -> PyResult<()> {
    schedule_step(v, t, Some(runtime_error_value(msg)))
}

/// `task_wakeup`: in the task's context.
pub fn wakeup(v: &Value, fut: &Value) -> PyResult<()> {
    let outcome = match as_future(fut) {
        Some(f) => match f.outcome() {
            Ok(Err(exc)) if f.cancelled() || !is_exact(fut) => {
                // `future_get_result` raises that it was cancelled, `result()` of a subclass (gather's is one) any
                // exception: what is raised is chained to what is handled around the loop.
                error::chain_context(&exc, &error::handled());
                Some(exc)
            }
            Ok(o) => o.err(),
            Err(r) => Some(error::take(r)),
        },
        None => match glue::call_method(fut, "result", &[]) {
            Ok(_) => None,
            Err(r) => Some(error::take(r)),
        },
    };
    step(v, outcome)
}

/// A Future or a Task, not of a subclass (`Future_CheckExact`, `Task_CheckExact`).
fn is_exact(fut: &Value) -> bool {
    let ty = fut.ty();
    std::ptr::eq(ty, &futures::FUTURE) || std::ptr::eq(ty, &TASK)
}
fn enter_task(l: &Value, v: &Value) -> PyResult<()> {
    let Some(el) = loop_::as_loop(l) else { return loop_::enter_foreign(l, v) };
    if !el.current_task.is_none() {
        let current = el.current_task.get();
        return Err(runtime_error(format!(
            "Cannot enter into task {} while another task {} is being executed.",
            glue::repr(v)?,
            glue::repr(&current)?
        )));
    }
    el.current_task.set(v.clone());
    Ok(())
}
fn leave_task(l: &Value, v: &Value) -> PyResult<()> {
    let Some(el) = loop_::as_loop(l) else { return loop_::leave_foreign(l, v) };
    if !el.current_task.is(v) {
        let current = el.current_task.get();
        return Err(runtime_error(format!(
            "Leaving task {} does not match the current task {}.",
            glue::repr(v)?,
            glue::repr(&current)?
        )));
    }
    drop(el.current_task.take());
    Ok(())
}

/// All tasks of the loop that are not done (`all_tasks`).
pub fn all_of(l: &Value) -> Vec<Value> {
    select(|t| t.fut.loop_.is(l))
}
/// Those of every loop.
pub fn all() -> Vec<Value> {
    select(|_| true)
}
fn select(wanted: impl Fn(&Task) -> bool) -> Vec<Value> {
    let mut out = vec![];
    let mut p = HEAD.get();
    while !p.is_null() {
        // SAFETY: linked tasks are alive; the body stands behind the header of a counted object, so
        // a new reference can be made from it.
        unsafe {
            let t = &*p;
            if wanted(t) && !t.fut.done() {
                let h = (p as *const u8).sub(std::mem::offset_of!(object::Object<Task>, body)) as *const object::Header;
                (*h).incref();
                out.push(Value::from_header(h));
            }
            p = t.links.next.get();
        }
    }
    out.reverse();
    out
}

// ---- the type's table ----

fn new_task(all: &[Value], _kw: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&TASK);
    Ok(object::new(ty, Task::blank(NONE)))
}
/// `__init__(self, coro, *, loop=None, name=None, context=None, eager_start=False)`.
fn init(a: &[Value]) -> PyResult {
    let [v, coro, l, name, context, eager] = a else { return Err(type_error("Task() takes a coroutine")) };
    let Some(t) = v.downcast::<Task>() else { return Err(type_error("expected a Task")) };
    if !crate::coroutines::iscoroutine(coro)? {
        t.log_destroy_pending.set(false);
        return Err(type_error(format!("a coroutine was expected, got {}", glue::repr(coro)?)));
    }
    let l = if l.is_none() { crate::events::get_event_loop()? } else { l.clone() };
    t.fut.loop_.set(l.clone());
    t.context.set(if context.is_none() { crate::context::copy_current() } else { context.clone() });
    t.must_cancel.set(false);
    t.log_destroy_pending.set(true);
    t.num_cancels.set(0);
    t.coro.set(coro.clone());
    t.name.set(name_or_counter(name)?);
    if glue::truth(eager)? && loop_::is_running(&l)? {
        eager_step(v, t, &l)?;
        return Ok(NONE);
    }
    start(v)?;
    Ok(NONE)
}
/// `task_eager_start`.
fn eager_step(v: &Value, t: &Task, l: &Value) -> PyResult<()> {
    let prev = loop_::swap_current_task(l, v.clone())?;
    t.register();
    let r = crate::context::run(&t.context.get(), || step_now(v, t, None));
    loop_::swap_current_task(l, prev)?;
    // CPython keeps running eager tasks apart: one that waits joins the others now, behind those that it started.
    t.unregister();
    if t.fut.done() {
        drop(t.coro.take());
    } else {
        t.register();
    }
    r
}
fn body(v: &Value) -> PyResult<&Task> {
    v.downcast::<Task>().ok_or_else(|| type_error(format!("expected a Task, got {}", v.ty().name())))
}
fn m_cancel(v: &Value, msg: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.cancel(v, msg.clone())?))
}
fn m_cancelling(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(body(v)?.num_cancels())))
}
fn m_uncancel(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(body(v)?.uncancel())))
}
fn m_get_coro(v: &Value) -> PyResult {
    Ok(body(v)?.coro.get())
}
fn m_get_context(v: &Value) -> PyResult {
    Ok(body(v)?.context.get())
}
fn m_get_name(v: &Value) -> PyResult {
    Ok(body(v)?.name())
}
fn m_set_name(v: &Value, name: &Value) -> PyResult {
    let s = if name.as_str_obj().is_some() { name.clone() } else { rtcore::protocol::repr::str_(name)? };
    body(v)?.name.set(s);
    Ok(NONE)
}
fn m_set_result(_: &Value, _result: &Value) -> PyResult {
    Err(runtime_error("Task does not support set_result operation"))
}
fn m_set_exception(_: &Value, _exc: &Value) -> PyResult {
    Err(runtime_error("Task does not support set_exception operation"))
}
fn m_repr(v: &Value) -> PyResult {
    crate::repr::task_repr(v).map(Value::string)
}
fn m_get_stack(v: &Value, limit: &Value) -> PyResult {
    crate::repr::task_stack(v, limit)
}
fn m_print_stack(v: &Value, limit: &Value, file: &Value) -> PyResult {
    crate::repr::print_stack(v, limit, file)
}
fn get_must_cancel(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.must_cancel.get()))
}
fn get_fut_waiter(v: &Value) -> PyResult {
    Ok(body(v)?.fut_waiter.get())
}
fn get_log_destroy(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.log_destroy_pending.get()))
}
fn set_log_destroy(v: &Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(rtcore::error::attribute_error("cannot delete attribute")) };
    body(v)?.log_destroy_pending.set(glue::truth(&new)?);
    Ok(())
}
fn m_iter(v: &Value) -> PyResult {
    rtcore::protocol::call::call_method_name(v, rtcore::name::names::__await__.get(), &[])
}

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new_task)),
    Method::new("__init__(self, coro, *, loop=None, name=None, context=None, eager_start=False)", N(init)),
    Method::new("cancel(self, /, msg=None)", F2(m_cancel)),
    Method::new("cancelling(self, /)", F1(m_cancelling)),
    Method::new("uncancel(self, /)", F1(m_uncancel)),
    Method::new("get_coro(self, /)", F1(m_get_coro)),
    Method::new("get_context(self, /)", F1(m_get_context)),
    Method::new("get_name(self, /)", F1(m_get_name)),
    Method::new("set_name(self, value, /)", F2(m_set_name)),
    Method::new("set_result(self, result, /)", F2(m_set_result)),
    Method::new("set_exception(self, exception, /)", F2(m_set_exception)),
    Method::new("get_stack(self, /, *, limit=None)", F2(m_get_stack)),
    Method::new("print_stack(self, /, *, limit=None, file=None)", F3(m_print_stack)),
    Method::new("__repr__(self, /)", F1(m_repr)),
];
static GETSET: &[GetSet] = &[
    GetSet::rw("_log_destroy_pending", get_log_destroy, set_log_destroy),
    GetSet::ro("_must_cancel", get_must_cancel),
    GetSet::ro("_coro", m_get_coro),
    GetSet::ro("_fut_waiter", get_fut_waiter),
];
static DEF: ClassDef = ClassDef::new::<Task>("Task")
    .module("_asyncio")
    .base(&futures::FUTURE)
    .methods(METHODS)
    .getset(GETSET)
    .hooks(Hooks { iter: Some(m_iter), resume: Some(futures::resume), ..Hooks::NONE });
pub static TASK: Type = Type::builtin(&DEF);

// ---- module functions ----

/// `asyncio.current_task(loop=None)`.
pub fn current_task(l: &Value) -> PyResult {
    let l = if l.is_none() { crate::events::get_running_loop()? } else { l.clone() };
    Ok(match loop_::as_loop(&l) {
        Some(el) => el.current_task.get(),
        None => loop_::foreign_current(&l),
    })
}
/// `asyncio.all_tasks(loop=None)`.
pub fn all_tasks(l: &Value) -> PyResult {
    let l = if l.is_none() { crate::events::get_running_loop()? } else { l.clone() };
    glue::set(all_of(&l))
}
/// `asyncio.create_task(coro, *, name=None, context=None)`.
pub fn create_task(coro: &Value, name: &Value, context: &Value) -> PyResult {
    let l = crate::events::get_running_loop()?;
    loop_::create_task(&l, coro, name, context)
}
