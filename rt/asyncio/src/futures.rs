//! Owns: the Future object: its state, callbacks, result protocol and how it is awaited.
//! Never: drives coroutines (`tasks`) or runs callbacks (`loop_`).
//! Source: CPython 3.13, Modules/_asynciomodule.c (FutureObj), Lib/asyncio/futures.py.

use crate::exceptions::{CANCELLED_ERROR, invalid_state};
use crate::glue::{self, ObjectCell, VCell};
use crate::loop_::{self, Ready};
use crate::tasks::Task;
use rtcore::def::{F1, F2, F3, Method, Raw};
use rtcore::error::hierarchy::{self, is_exception, with_args};
use rtcore::error::{self, PyResult, raise_value, runtime_error, type_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, GetSet, Hooks, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use std::cell::Cell;
use std::task::Poll;

#[repr(u8)]
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum State {
    Pending,
    Cancelled,
    Finished,
}
impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Pending => "PENDING",
            State::Cancelled => "CANCELLED",
            State::Finished => "FINISHED",
        }
    }
}
/// What runs when a future is done: with the future and the data given at registration.
pub type NativeCallback = fn(&Value, &Value) -> PyResult<()>;

pub enum Callback {
    /// A Python callable and the context it runs in.
    Py(Box<(Value, Value)>),
    /// The wake-up of a task.
    Wakeup(Value),
    Native(NativeCallback, Value),
}
/// Where the timer of a sleep is, whose future stands for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TimerState {
    /// There is none, or it has fired.
    Over,
    Scheduled,
    Cancelled,
}
/// What few futures have.
#[derive(Default)]
pub struct Rare {
    pub exception_tb: Value,
    pub cancel_message: Value,
    pub cancelled_exc: Value,
    pub source_traceback: Value,
    /// The callbacks behind the first; none when there is no first.
    more: Vec<Callback>,
}
/// Looks at what a cell holds. `f` must not use the cell.
fn peek<T: Default, R>(cell: &Cell<T>, f: impl FnOnce(&mut T) -> R) -> R {
    let mut content = cell.take();
    let result = f(&mut content);
    cell.set(content);
    result
}
/// The body of a Future: there may be a million of them, so what few have is in `rare`.
pub struct Future {
    pub loop_: ObjectCell,
    pub outcome: VCell,
    pub state: Cell<State>,
    pub blocking: Cell<bool>,
    pub log_tb: Cell<bool>,
    pub has_exception: Cell<bool>,
    pub timer: Cell<TimerState>,
    callback0: Cell<Option<Callback>>,
    rare: Cell<Option<Box<Rare>>>,
}

// Programs have a million of them.
const _: () = assert!(std::mem::size_of::<Future>() <= 64);

impl Future {
    #[inline]
    pub fn new(loop_: Value) -> Future {
        Future {
            loop_: ObjectCell::new(loop_),
            outcome: VCell::none(),
            state: Cell::new(State::Pending),
            blocking: Cell::new(false),
            log_tb: Cell::new(false),
            has_exception: Cell::new(false),
            timer: Cell::new(TimerState::Over),
            callback0: Cell::new(None),
            rare: Cell::new(None),
        }
    }
    #[inline(always)]
    pub fn done(&self) -> bool {
        self.state.get() != State::Pending
    }
    #[inline(always)]
    pub fn cancelled(&self) -> bool {
        self.state.get() == State::Cancelled
    }
    fn has_rare(&self) -> bool {
        peek(&self.rare, |r| r.is_some())
    }
    fn rare(&self, f: impl FnOnce(&Rare) -> Value) -> Value {
        peek(&self.rare, |r| r.as_deref().map_or(NONE, f))
    }
    /// Every callback, in order.
    fn each_callback(&self, mut f: impl FnMut(&Callback)) {
        peek(&self.callback0, |first| first.iter().for_each(&mut f));
        peek(&self.rare, |rare| rare.iter().flat_map(|r| &r.more).for_each(&mut f));
    }
    /// The tasks that wait for this future, and what its native callbacks belong to.
    pub fn waiting(&self) -> (Vec<Value>, Vec<Value>) {
        let (mut tasks, mut others) = (Vec::new(), Vec::new());
        self.each_callback(|c| match c {
            Callback::Wakeup(task) => tasks.push(task.clone()),
            Callback::Native(_, v) => others.push(v.clone()),
            Callback::Py(_) => {}
        });
        (tasks, others)
    }
    fn take_callbacks(&self) -> (Option<Callback>, Vec<Callback>) {
        (self.callback0.take(), peek(&self.rare, |rare| rare.as_mut().map(|r| std::mem::take(&mut r.more)).unwrap_or_default()))
    }
    pub fn cancel_message(&self) -> Value {
        self.rare(|r| r.cancel_message.clone())
    }
    pub fn set_cancel_message(&self, msg: Value) {
        if msg.is_none() && !self.has_rare() {
            return;
        }
        let old = peek(&self.rare, |r| std::mem::replace(&mut r.get_or_insert_default().cancel_message, msg));
        drop(old);
    }
    pub fn set_cancelled_exc(&self, exc: Value) {
        let old = peek(&self.rare, |r| std::mem::replace(&mut r.get_or_insert_default().cancelled_exc, exc));
        drop(old);
    }
    fn exception_tb(&self) -> Value {
        self.rare(|r| r.exception_tb.clone())
    }
    fn set_exception_tb(&self, tb: Value) {
        if tb.is_none() && !self.has_rare() {
            return;
        }
        let old = peek(&self.rare, |r| std::mem::replace(&mut r.get_or_insert_default().exception_tb, tb));
        drop(old);
    }
    pub fn source_traceback(&self) -> Value {
        self.rare(|r| r.source_traceback.clone())
    }
    /// futures.py, Future._make_cancelled_error.
    pub fn make_cancelled_error(&self) -> Value {
        let made = peek(&self.rare, |r| r.as_mut().map_or(NONE, |r| std::mem::take(&mut r.cancelled_exc)));
        if !made.is_none() {
            return made;
        }
        let msg = self.cancel_message();
        with_args(&CANCELLED_ERROR, if msg.is_none() { vec![] } else { vec![msg] })
    }
    pub fn has_callbacks(&self) -> bool {
        peek(&self.callback0, |first| first.is_some())
    }
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        self.loop_.visit(visit);
        self.outcome.visit(visit);
        self.each_callback(|c| match c {
            Callback::Py(called) => {
                visit(&called.0);
                visit(&called.1);
            }
            Callback::Wakeup(v) | Callback::Native(_, v) => visit(v),
        });
        peek(&self.rare, |rare| {
            if let Some(r) = rare {
                for v in [&r.exception_tb, &r.cancel_message, &r.cancelled_exc, &r.source_traceback] {
                    visit(v);
                }
            }
        });
    }
    pub fn clear_values(&self) {
        let taken = (self.callback0.take(), self.rare.take(), self.outcome.take());
        drop(taken);
    }
    pub fn add_callback(&self, v: &Value, cb: Callback) -> PyResult<()> {
        if self.done() {
            return schedule(&self.loop_.get(), v, cb);
        }
        self.push_callback(cb);
        Ok(())
    }
    /// Adds a callback to a pending future.
    #[inline]
    pub fn push_callback(&self, cb: Callback) {
        match self.callback0.take() {
            None => self.callback0.set(Some(cb)),
            first => {
                self.callback0.set(first);
                peek(&self.rare, |rare| rare.get_or_insert_default().more.push(cb));
            }
        }
    }
    /// The callbacks for reprs: Python callables, or the text of native ones.
    pub fn callback_list(&self) -> Vec<Result<Value, String>> {
        let text = |c: &Callback| match c {
            Callback::Py(called) => Ok(called.0.clone()),
            Callback::Wakeup(_) => Err("Task.task_wakeup()".to_string()),
            Callback::Native(f, _) => Err(crate::handles::native_text(*f)),
        };
        let mut all = Vec::new();
        self.each_callback(|c| all.push(text(c)));
        all
    }
    /// Removes what a native function registered with this data.
    pub fn remove_native(&self, f: NativeCallback, data: &Value) -> usize {
        let hit = |c: &Callback| matches!(c, Callback::Native(g, d) if std::ptr::fn_addr_eq(*g, f) && d.is(data));
        let mut removed = Vec::new();
        if peek(&self.callback0, |first| first.as_ref().is_some_and(hit)) {
            removed.extend(self.callback0.take());
        }
        peek(&self.rare, |rare| {
            if let Some(r) = rare {
                removed.extend(r.more.extract_if(.., |c| hit(c)));
                if !r.more.is_empty() && peek(&self.callback0, |first| first.is_none()) {
                    self.callback0.set(Some(r.more.remove(0)));
                }
            }
        });
        removed.len()
    }
    /// Runs at the end of a future: its callbacks go to the ready queue.
    #[inline]
    fn schedule_callbacks(&self, v: &Value) -> PyResult<()> {
        let Some(first) = self.callback0.take() else { return Ok(()) };
        match (first, self.loop_.header().and_then(loop_::of_header)) {
            (Callback::Wakeup(task), Some(el)) => {
                el.check_closed()?;
                el.push(Ready::Wakeup(task.into(), v.clone().into()));
            }
            (first, _) => schedule(&self.loop_.get(), v, first)?,
        }
        if !self.has_rare() {
            return Ok(());
        }
        let l = self.loop_.get();
        if let Some(mut rare) = self.rare.take() {
            let more = std::mem::take(&mut rare.more);
            self.rare.set(Some(rare));
            for cb in more {
                schedule(&l, v, cb)?;
            }
        }
        Ok(())
    }
    /// Marks the future cancelled whatever subclass it belongs to (FutureObj's `future_cancel`).
    pub fn cancel_plain(&self, v: &Value, msg: Value) -> PyResult<bool> {
        self.log_tb.set(false);
        if self.done() {
            return Ok(false);
        }
        self.state.set(State::Cancelled);
        self.set_cancel_message(msg);
        self.schedule_callbacks(v)?;
        Ok(true)
    }
    pub fn finish_result(&self, v: &Value, result: Value) -> PyResult<()> {
        if self.done() {
            return Err(invalid_state("invalid state"));
        }
        self.outcome.set(result);
        self.state.set(State::Finished);
        self.schedule_callbacks(v)
    }
    /// `future_set_exception`.
    pub fn finish_exception(&self, v: &Value, exception: &Value) -> PyResult<()> {
        if self.done() {
            return Err(invalid_state("invalid state"));
        }
        let mut exc = exception.clone();
        if let Some(t) = exception.as_type() {
            if !t.has_flag(TypeFlags::EXCEPTION) {
                return Err(type_error("invalid exception object"));
            }
            exc = rtcore::protocol::call::call(exception, &[])?;
        }
        if !is_exception(&exc) {
            return Err(type_error("invalid exception object"));
        }
        if glue::is_exc(&exc, &hierarchy::STOP_ITERATION) {
            let new = crate::exceptions::runtime_error_value(
                "StopIteration interacts badly with generators and cannot be raised into a Future".into(),
            );
            glue::set_exc_cause(&new, exc.clone());
            glue::set_exc_context(&new, exc);
            exc = new;
        }
        self.set_exception_tb(glue::exc_traceback(&exc));
        self.outcome.set(exc);
        self.has_exception.set(true);
        self.state.set(State::Finished);
        self.log_tb.set(true);
        self.schedule_callbacks(v)
    }
    /// `future_get_result`: the result, or the exception as a value (cancelled: a new one).
    #[inline]
    pub fn outcome(&self) -> PyResult<Result<Value, Value>> {
        match self.state.get() {
            State::Pending => Err(invalid_state("Result is not set.")),
            State::Cancelled => Ok(Err(self.make_cancelled_error())),
            State::Finished => {
                self.log_tb.set(false);
                let v = self.outcome.get();
                if !self.has_exception.get() {
                    return Ok(Ok(v));
                }
                glue::set_exc_traceback(&v, self.exception_tb());
                Ok(Err(v))
            }
        }
    }
    #[inline]
    pub fn result(&self) -> PyResult {
        match self.outcome()? {
            Ok(v) => Ok(v),
            Err(exc) => Err(raise_value(exc)),
        }
    }
    /// `exception()`.
    pub fn exception(&self) -> PyResult {
        match self.state.get() {
            State::Pending => Err(invalid_state("Exception is not set.")),
            State::Cancelled => Err(raise_value(self.make_cancelled_error())),
            State::Finished => {
                self.log_tb.set(false);
                Ok(if self.has_exception.get() { self.outcome.get() } else { NONE })
            }
        }
    }
}

impl Payload for Future {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(finalize);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.visit(visit);
    }
    fn clear(&self) {
        self.clear_values();
    }
}
impl Native for Future {
    fn class() -> &'static Type {
        &FUTURE
    }
}
/// The future part of a Future, Task or gathering future.
#[inline]
pub fn as_future(v: &Value) -> Option<&Future> {
    if let Some(f) = v.downcast_exact::<Future>() {
        return Some(f);
    }
    if let Some(t) = v.downcast_exact::<Task>() {
        return Some(&t.fut);
    }
    if let Some(f) = v.downcast::<Future>() {
        return Some(f);
    }
    if let Some(t) = v.downcast::<Task>() {
        return Some(&t.fut);
    }
    v.downcast::<crate::gather::Gathering>().map(|g| &g.fut)
}
pub(crate) fn body(v: &Value) -> PyResult<&Future> {
    match as_future(v) {
        Some(f) if !f.loop_.is_none() => Ok(f),
        Some(_) => Err(runtime_error("Future object is not initialized.")),
        None => Err(type_error(format!("expected a Future, got {}", v.ty().name()))),
    }
}
/// A new pending future of the loop (`loop.create_future()`).
#[inline]
pub fn create(loop_: Value) -> Value {
    object::new(&FUTURE, Future::new(loop_))
}
/// Puts one callback of the done future `v` into the loop's ready queue.
fn schedule(l: &Value, v: &Value, cb: Callback) -> PyResult<()> {
    let Some(el) = loop_::as_loop(l) else { return schedule_foreign(l, v, cb) };
    el.check_closed()?;
    match cb {
        Callback::Wakeup(task) => el.push(Ready::Wakeup(task.into(), v.clone().into())),
        Callback::Native(f, data) => el.push(Ready::Native(f, v.clone().into(), data.into())),
        Callback::Py(called) => {
            let (f, ctx) = *called;
            crate::handles::call_soon(l, el, f, vec![v.clone()], ctx)?;
        }
    }
    Ok(())
}
/// A loop that is not ours: through its `call_soon`.
fn schedule_foreign(l: &Value, v: &Value, cb: Callback) -> PyResult<()> {
    let (f, ctx) = match cb {
        Callback::Py(called) => *called,
        Callback::Wakeup(task) => {
            let ctx = task.downcast::<Task>().map_or(NONE, |t| t.context.get());
            (crate::tasks::wakeup_method(&task), ctx)
        }
        Callback::Native(f, data) => (crate::handles::native_function(f, data), crate::context::current()),
    };
    rtcore::protocol::call::call_method_kw(l, Name::new("call_soon"), &[f, v.clone(), ctx], &[Name::new("context")])?;
    Ok(())
}
/// `isfuture`: duck-typed by `_asyncio_future_blocking`.
pub fn isfuture(v: &Value) -> PyResult<bool> {
    if as_future(v).is_some() {
        return Ok(true);
    }
    let name = Name::new("_asyncio_future_blocking");
    // Objects that stand for one of another class say so by their `__class__`.
    let known = |v: &Value| -> PyResult<bool> {
        let class = glue::getattr(v, "__class__")?;
        rtcore::protocol::attr::hasattr(&class, name)
    };
    if !v.is_obj() || v.ty().is_static() || !known(v)? {
        return Ok(false);
    }
    Ok(glue::getattr_opt(v, "_asyncio_future_blocking")?.is_some_and(|b| !b.is_none()))
}
/// futures.py, _get_loop.
pub fn get_loop(v: &Value) -> PyResult {
    if let Some(f) = as_future(v) {
        return Ok(f.loop_.get());
    }
    match glue::getattr_opt(v, "get_loop")? {
        Some(m) => rtcore::protocol::call::call(&m, &[]),
        None => glue::getattr(v, "_loop"),
    }
}
/// `fut.done()` for any future-like value.
pub fn is_done(v: &Value) -> PyResult<bool> {
    match as_future(v) {
        Some(f) => Ok(f.done()),
        None => glue::truth(&glue::call_method(v, "done", &[])?),
    }
}
pub fn is_cancelled(v: &Value) -> PyResult<bool> {
    match as_future(v) {
        Some(f) => Ok(f.cancelled()),
        None => glue::truth(&glue::call_method(v, "cancelled", &[])?),
    }
}
pub fn exception_of(v: &Value) -> PyResult {
    match as_future(v) {
        Some(f) => f.exception(),
        None => glue::call_method(v, "exception", &[]),
    }
}
pub fn result_of(v: &Value) -> PyResult {
    match as_future(v) {
        Some(f) => f.result(),
        None => glue::call_method(v, "result", &[]),
    }
}
/// `v.cancel(msg)`, by the rules of its type.
pub fn cancel(v: &Value, msg: Value) -> PyResult<bool> {
    if v.ty().is_static() {
        if let Some(f) = v.downcast::<Future>() {
            return f.cancel_plain(v, msg);
        }
        if let Some(t) = v.downcast::<Task>() {
            return t.cancel(v, msg);
        }
        if v.downcast::<crate::gather::Gathering>().is_some() {
            return crate::gather::cancel(v, &msg);
        }
    }
    let r = rtcore::protocol::call::call_method_kw(v, Name::new("cancel"), &[msg], &[Name::new("msg")])?;
    glue::truth(&r)
}
pub fn set_result(v: &Value, result: Value) -> PyResult<()> {
    match as_future(v) {
        Some(f) if v.ty().is_static() => f.finish_result(v, result),
        Some(_) | None => glue::call_method(v, "set_result", &[result]).map(drop),
    }
}
pub fn set_exception(v: &Value, exc: &Value) -> PyResult<()> {
    match as_future(v) {
        Some(f) if v.ty().is_static() => f.finish_exception(v, exc),
        Some(_) | None => glue::call_method(v, "set_exception", &[exc.clone()]).map(drop),
    }
}
/// futures.py, _set_result_unless_cancelled.
pub fn set_result_unless_cancelled(v: &Value, result: &Value) -> PyResult<()> {
    if is_cancelled(v)? {
        return Ok(());
    }
    set_result(v, result.clone())
}
/// Registers a native callback on any future-like value.
pub fn add_native(v: &Value, f: NativeCallback, data: Value) -> PyResult<()> {
    match as_future(v) {
        Some(b) => b.add_callback(v, Callback::Native(f, data)),
        None => glue::call_method(v, "add_done_callback", &[crate::handles::native_function(f, data)]).map(drop),
    }
}
pub fn remove_native(v: &Value, f: NativeCallback, data: &Value) -> PyResult<()> {
    if let Some(b) = as_future(v) {
        b.remove_native(f, data);
    }
    Ok(())
}
/// The parts of `await fut` for `frame::wait`: true when there is nothing to wait for, which is an error of
/// `end_wait` when somebody already waits whom no task has taken note of.
pub fn begin_wait(v: &Value) -> bool {
    match as_future(v) {
        Some(f) if !f.done() => f.blocking.replace(true),
        Some(_) | None => true,
    }
}
/// What `await fut` gives after the wait.
pub fn end_wait(v: &Value) -> PyResult {
    match as_future(v) {
        Some(f) if f.done() => f.result(),
        Some(_) | None => Err(runtime_error("await wasn't used with future")),
    }
}
/// `await fut` in native code: FutureIter without the object.
pub async fn wait(v: Value) -> PyResult {
    if let Some(f) = as_future(&v) {
        if !f.done() {
            if f.blocking.replace(true) {
                return Err(runtime_error("await wasn't used with future"));
            }
            rtcore::frame::suspend(v.clone()).await?;
            if !f.done() {
                return Err(runtime_error("await wasn't used with future"));
            }
        }
        return f.result();
    }
    rtcore::frame::await_(v).await
}

// ---- the type's table ----

fn new_future(all: &[Value], _kw: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&FUTURE);
    Ok(object::new(ty, Future::new(NONE)))
}
fn init(v: &Value, l: &Value) -> PyResult {
    let Some(f) = as_future(v) else { return Err(type_error("expected a Future")) };
    let l = if l.is_none() { crate::events::get_event_loop()? } else { l.clone() };
    f.loop_.set(l);
    f.state.set(State::Pending);
    Ok(NONE)
}
/// What `result` and `exception` ask first: `__init__` has run.
fn initialized(v: &Value) -> PyResult<&Future> {
    match as_future(v) {
        Some(f) if f.loop_.is_none() => Err(invalid_state("Future object is not initialized.")),
        Some(_) | None => body(v),
    }
}
fn m_result(v: &Value) -> PyResult {
    initialized(v)?.result()
}
fn m_exception(v: &Value) -> PyResult {
    initialized(v)?.exception()
}
fn m_done(v: &Value) -> PyResult {
    Ok(Value::bool(as_future(v).is_some_and(|f| !f.loop_.is_none() && f.done())))
}
fn m_cancelled(v: &Value) -> PyResult {
    Ok(Value::bool(as_future(v).is_some_and(|f| !f.loop_.is_none() && f.cancelled())))
}
fn m_get_loop(v: &Value) -> PyResult {
    Ok(body(v)?.loop_.get())
}
fn m_set_result(v: &Value, result: &Value) -> PyResult {
    body(v)?.finish_result(v, result.clone())?;
    Ok(NONE)
}
fn m_set_exception(v: &Value, exc: &Value) -> PyResult {
    body(v)?.finish_exception(v, exc)?;
    Ok(NONE)
}
fn m_cancel(v: &Value, msg: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.cancel_plain(v, msg.clone())?))
}
fn m_add_done_callback(v: &Value, f: &Value, context: &Value) -> PyResult {
    if as_future(v).is_some_and(|f| f.loop_.is_none()) {
        return Err(runtime_error("uninitialized Future object"));
    }
    let ctx = if context.is_none() { crate::context::copy_current() } else { context.clone() };
    body(v)?.add_callback(v, Callback::Py(Box::new((f.clone(), ctx))))?;
    Ok(NONE)
}
fn all_callbacks(f: &Future) -> Vec<Callback> {
    let (first, rest) = f.take_callbacks();
    first.into_iter().chain(rest).collect()
}
fn m_remove_done_callback(v: &Value, f: &Value) -> PyResult {
    let b = body(v)?;
    let mut count = 0i64;
    // The comparison may run Python code: the callbacks stay out of the future meanwhile, and what
    // was added is appended.
    let all: Vec<Callback> = all_callbacks(b);
    let mut kept = Vec::with_capacity(all.len());
    let mut failed = None;
    for cb in all {
        let same = match &cb {
            Callback::Py(called) if failed.is_none() => rtcore::protocol::compare::eq(&called.0, f),
            Callback::Py(..) | Callback::Wakeup(_) | Callback::Native(..) => Ok(false),
        };
        match same {
            Ok(true) => {
                count += 1;
                drop(cb);
            }
            Ok(false) => kept.push(cb),
            Err(r) => {
                failed = Some(r);
                kept.push(cb);
            }
        }
    }
    let added: Vec<Callback> = all_callbacks(b);
    for cb in kept.into_iter().chain(added) {
        b.push_callback(cb);
    }
    match failed {
        Some(r) => Err(r),
        None => Ok(Value::int(count)),
    }
}
fn m_make_cancelled_error(v: &Value) -> PyResult {
    Ok(body(v)?.make_cancelled_error())
}
fn m_iter(v: &Value) -> PyResult {
    body(v)?;
    Ok(crate::future_iter::new(v))
}
fn m_repr(v: &Value) -> PyResult {
    crate::repr::future_repr(v).map(Value::string)
}
fn class_getitem(cls: &Value, item: &Value) -> PyResult {
    rtcore::types::alias::new(cls, item)
}
fn get_state(v: &Value) -> PyResult {
    Ok(Value::str(body(v)?.state.get().name()))
}
fn get_blocking(v: &Value) -> PyResult {
    Ok(Value::bool(as_future(v).is_some_and(|f| f.blocking.get())))
}
fn set_blocking(v: &Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(rtcore::error::attribute_error("cannot delete attribute")) };
    body(v)?.blocking.set(glue::truth(&new)?);
    Ok(())
}
fn get_loop_attr(v: &Value) -> PyResult {
    Ok(as_future(v).map_or(NONE, |f| f.loop_.get()))
}
fn get_callbacks(v: &Value) -> PyResult {
    let b = body(v)?;
    let mut out = vec![];
    b.each_callback(|cb| {
        let (f, ctx) = match cb {
            Callback::Py(called) => (**called).clone(),
            Callback::Wakeup(t) => (crate::tasks::wakeup_method(t), NONE),
            Callback::Native(f, data) => (crate::handles::native_function(*f, data.clone()), NONE),
        };
        out.push(glue::tuple(vec![f, ctx]));
    });
    Ok(if out.is_empty() { NONE } else { glue::list(out) })
}
fn get_result_attr(v: &Value) -> PyResult {
    let b = body(v)?;
    Ok(if b.has_exception.get() { NONE } else { b.outcome.get() })
}
fn get_exception_attr(v: &Value) -> PyResult {
    let b = body(v)?;
    Ok(if b.has_exception.get() { b.outcome.get() } else { NONE })
}
fn get_log_tb(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.log_tb.get()))
}
fn set_log_tb(v: &Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(rtcore::error::attribute_error("cannot delete attribute")) };
    if glue::truth(&new)? {
        return Err(rtcore::error::value_error("_log_traceback can only be set to False"));
    }
    body(v)?.log_tb.set(false);
    Ok(())
}
fn get_source_traceback(v: &Value) -> PyResult {
    Ok(body(v)?.source_traceback())
}
fn get_cancel_message(v: &Value) -> PyResult {
    Ok(body(v)?.cancel_message())
}
fn set_cancel_message(v: &Value, new: Option<Value>) -> PyResult<()> {
    body(v)?.set_cancel_message(new.unwrap_or(NONE));
    Ok(())
}
/// The rows that Task replaces are looked up on Task first.
pub static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new_future)),
    Method::new("__init__(self, *, loop=None)", F2(init)),
    Method::new("result(self, /)", F1(m_result)),
    Method::new("exception(self, /)", F1(m_exception)),
    Method::new("done(self, /)", F1(m_done)),
    Method::new("cancelled(self, /)", F1(m_cancelled)),
    Method::new("cancel(self, /, msg=None)", F2(m_cancel)),
    Method::new("get_loop(self, /)", F1(m_get_loop)),
    Method::new("set_result(self, result, /)", F2(m_set_result)),
    Method::new("set_exception(self, exception, /)", F2(m_set_exception)),
    Method::new("add_done_callback(self, fn, /, *, context=None)", F3(m_add_done_callback)),
    Method::new("remove_done_callback(self, fn, /)", F2(m_remove_done_callback)),
    Method::new("_make_cancelled_error(self, /)", F1(m_make_cancelled_error)),
    Method::new("__await__(self, /)", F1(m_iter)),
    Method::new("__iter__(self, /)", F1(m_iter)),
    Method::new("__repr__(self, /)", F1(m_repr)),
    Method::class("__class_getitem__(cls, item, /)", F2(class_getitem)),
];
pub static GETSET: &[GetSet] = &[
    GetSet::ro("_state", get_state),
    GetSet::rw("_asyncio_future_blocking", get_blocking, set_blocking),
    GetSet::ro("_loop", get_loop_attr),
    GetSet::ro("_callbacks", get_callbacks),
    GetSet::ro("_result", get_result_attr),
    GetSet::ro("_exception", get_exception_attr),
    GetSet::rw("_log_traceback", get_log_tb, set_log_tb),
    GetSet::ro("_source_traceback", get_source_traceback),
    GetSet::rw("_cancel_message", get_cancel_message, set_cancel_message),
];
static DEF: ClassDef = ClassDef::new::<Future>("Future")
    .module("_asyncio")
    .methods(METHODS)
    .getset(GETSET)
    .hooks(Hooks { iter: Some(m_iter), resume: Some(resume), ..Hooks::NONE });
pub static FUTURE: Type = Type::builtin(&DEF);

/// `FutureObj_finalize`: the report of an exception that nobody looked at.
pub fn finalize(v: &Value) {
    let Some(f) = as_future(v) else { return };
    if !f.log_tb.get() {
        return;
    }
    f.log_tb.set(false);
    let exc = f.outcome.get();
    error::saving_pending(|| {
        let what = v.ty().name();
        let mut items = vec![
            ("message", Value::string(format!("{what} exception was never retrieved"))),
            ("exception", exc),
            ("future", v.clone()),
        ];
        let tb = f.source_traceback();
        if !tb.is_none() {
            items.push(("source_traceback", tb));
        }
        if let Err(r) = crate::handlers::call_exception_handler(&f.loop_.get(), glue::dict(items)) {
            error::unraisable(r, "Exception ignored in: ", v);
        }
    });
}
/// `await fut`: the future is its own awaiter (see the core's `protocol::awaitable`).
pub fn resume(v: &Value, _first: bool) -> Poll<PyResult> {
    use rtcore::frame::slot::{self, Tag};
    let (tag, sent) = slot::take();
    if tag != Tag::Send {
        // `FutureIter_throw` restores the exception: nothing is chained to what is handled further out.
        return Poll::Ready(Err(error::set_pending(sent)));
    }
    drop(sent);
    let Some(f) = as_future(v) else { return Poll::Ready(Ok(NONE)) };
    if f.done() {
        return Poll::Ready(f.result());
    }
    if f.blocking.replace(true) {
        return Poll::Ready(Err(runtime_error("await wasn't used with future")));
    }
    slot::put(Tag::Out, v.clone());
    Poll::Pending
}
