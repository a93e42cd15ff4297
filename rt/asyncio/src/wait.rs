//! Owns: `wait`, `wait_for`, `as_completed`.
//! Never: implements queues or timeouts.
//! Source: CPython 3.13, Lib/asyncio/tasks.py.

use crate::ensure::ensure_future;
use crate::events;
use crate::exceptions::CANCELLED_ERROR;
use crate::futures::{self, as_future};
use crate::glue::{self, VCell};
use crate::handles;
use crate::loop_;
use rtcore::def::{F1, Method};
use rtcore::error::hierarchy::{STOP_ASYNC_ITERATION, TIMEOUT_ERROR, with_args};
use rtcore::error::{self, PyResult, raise_value, type_error, value_error};
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, Hooks, Type};
use rtcore::value::{NONE, Value};
use std::cell::{Cell, RefCell};

/// `loop.call_later` of a native callback on any loop.
pub fn call_later(l: &Value, delay: f64, f: futures::NativeCallback, a: Value, b: Value) -> PyResult {
    match loop_::as_loop(l) {
        Some(el) if l.ty().is_static() => handles::call_at_native(l, el, glue::monotonic() + delay, f, a, b),
        Some(_) | None => {
            let cb = handles::native_function(f, b);
            glue::call_method(l, "call_later", &[Value::float(delay), cb, a])
        }
    }
}
/// `loop.call_at` of a native callback on any loop.
pub fn call_at(l: &Value, when: f64, f: futures::NativeCallback, a: Value, b: Value) -> PyResult {
    match loop_::as_loop(l) {
        Some(el) if l.ty().is_static() => handles::call_at_native(l, el, when, f, a, b),
        Some(_) | None => {
            let cb = handles::native_function(f, b);
            glue::call_method(l, "call_at", &[Value::float(when), cb, a])
        }
    }
}

pub fn release_waiter(waiter: &Value, _: &Value) -> PyResult<()> {
    if !futures::is_done(waiter)? {
        futures::set_result(waiter, NONE)?;
    }
    Ok(())
}

/// `set(items)` in the order of insertion: CPython's order is that of addresses, which no program can rely on.
fn distinct(items: Vec<Value>) -> PyResult<Vec<Value>> {
    let seen = rtcore::types::dict::Dict::new();
    for item in items {
        seen.set(item, NONE)?;
    }
    Ok(seen.keys())
}

const FIRST_COMPLETED: &str = "FIRST_COMPLETED";
const FIRST_EXCEPTION: &str = "FIRST_EXCEPTION";
const ALL_COMPLETED: &str = "ALL_COMPLETED";

/// The state that `_wait`'s `_on_completion` closes over.
struct Waiting {
    waiter: Value,
    timeout: VCell,
    counter: Cell<i64>,
    first_completed: bool,
    first_exception: bool,
}
impl Payload for Waiting {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.waiter);
        self.timeout.visit(visit);
    }
}
impl Native for Waiting {
    fn class() -> &'static Type {
        &WAITING
    }
}
static WAITING_DEF: ClassDef = ClassDef::new::<Waiting>("_wait.<locals>._on_completion");
static WAITING: Type = Type::builtin(&WAITING_DEF);

/// `await asyncio.wait(fs, timeout=…, return_when=…)`.
pub async fn wait(fs: Value, timeout: Value, return_when: Value) -> PyResult {
    if futures::isfuture(&fs)? || crate::coroutines::iscoroutine(&fs)? {
        return Err(type_error(format!("expect a list of futures, not {}", fs.ty().name())));
    }
    if !glue::truth(&fs)? {
        return Err(value_error("Set of Tasks/Futures is empty."));
    }
    let when = return_when.as_str().unwrap_or("").to_string();
    if ![FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED].contains(&when.as_str()) {
        return Err(value_error(format!("Invalid return_when value: {}", rtcore::protocol::repr::str_string(&return_when)?)));
    }
    let fs = distinct(rtcore::protocol::iter::collect(&fs)?)?;
    for f in &fs {
        if crate::coroutines::iscoroutine(f)? {
            return Err(type_error("Passing coroutines is forbidden, use tasks explicitly."));
        }
    }
    let l = events::get_running_loop()?;
    let waiter = futures::create(l.clone());
    let timer = if timeout.is_none() {
        NONE
    } else {
        call_later(&l, glue::seconds(&timeout)?, release_waiter, waiter.clone(), NONE)?
    };
    let state = object::new(
        &WAITING,
        Waiting {
            waiter: waiter.clone(),
            timeout: VCell::new(timer.clone()),
            counter: Cell::new(fs.len() as i64),
            first_completed: when == FIRST_COMPLETED,
            first_exception: when == FIRST_EXCEPTION,
        },
    );
    for f in &fs {
        futures::add_native(f, on_completion, state.clone())?;
    }
    let r = futures::wait(waiter).await;
    if !timer.is_none() {
        handles::cancel(&timer)?;
    }
    for f in &fs {
        futures::remove_native(f, on_completion, &state)?;
    }
    if let Err(raised) = r {
        return Err(error::kept_by(raised, glue::tuple(fs)));
    }
    let (mut done, mut pending) = (vec![], vec![]);
    for f in fs {
        if futures::is_done(&f)? { done.push(f) } else { pending.push(f) }
    }
    Ok(glue::tuple(vec![glue::set(done)?, glue::set(pending)?]))
}
/// The future that a `wait` waits for, from the data of its callbacks.
pub fn waiter(state: &Value) -> Option<Value> {
    state.downcast::<Waiting>().map(|w| w.waiter.clone())
}
pub fn on_completion(f: &Value, state: &Value) -> PyResult<()> {
    let Some(w) = state.downcast::<Waiting>() else { return Ok(()) };
    w.counter.set(w.counter.get() - 1);
    let enough = w.counter.get() <= 0
        || w.first_completed
        || (w.first_exception && !futures::is_cancelled(f)? && !futures::exception_of(f)?.is_none());
    if enough {
        let timer = w.timeout.get();
        if !timer.is_none() {
            handles::cancel(&timer)?;
        }
        release_waiter(&w.waiter, &NONE)?;
    }
    Ok(())
}

/// `_cancel_and_wait`.
async fn cancel_and_wait(fut: Value) -> PyResult<()> {
    let l = events::get_running_loop()?;
    let waiter = futures::create(l);
    futures::add_native(&fut, release_data, waiter.clone())?;
    let r = match futures::cancel(&fut, NONE) {
        Ok(_) => futures::wait(waiter.clone()).await.map(drop),
        Err(r) => Err(r),
    };
    futures::remove_native(&fut, release_data, &waiter)?;
    r
}
fn release_data(_fut: &Value, waiter: &Value) -> PyResult<()> {
    release_waiter(waiter, &NONE)
}

/// `await asyncio.wait_for(fut, timeout)`.
pub async fn wait_for(fut: Value, timeout: Value) -> PyResult {
    if !timeout.is_none() && glue::seconds(&timeout)? <= 0.0 {
        let fut = ensure_future(&fut, &NONE)?;
        if futures::is_done(&fut)? {
            return futures::result_of(&fut);
        }
        cancel_and_wait(fut.clone()).await?;
        return match futures::result_of(&fut) {
            Err(r) if error::matches(&r, &CANCELLED_ERROR) => {
                let exc = error::take(r);
                Err(raise_from(with_args(&TIMEOUT_ERROR, vec![]), exc))
            }
            other => other,
        };
    }
    let t = crate::timeouts::timeout(&timeout)?;
    crate::timeouts::enter(&t)?;
    let r = glue::await_value(fut.clone()).await;
    let raised = match r {
        Ok(v) => {
            crate::timeouts::exit(&t, &NONE)?;
            return Ok(v);
        }
        Err(r) => error::take(r),
    };
    let left = crate::timeouts::exit(&t, &raised).and_then(|_| Err(glue::reraise(raised)));
    left.map_err(|raised| error::kept_by(raised, fut))
}
/// `raise new from cause`, inside the handler of `cause`.
pub fn raise_from(new: Value, cause: Value) -> error::Raised {
    glue::set_exc_cause(&new, cause.clone());
    error::chain_context(&new, &cause);
    error::set_pending(new)
}

// ---- as_completed ----

pub struct AsCompleted {
    queue: Value,
    timer: VCell,
    todo: RefCell<Vec<Value>>,
    left: Cell<usize>,
}
impl Payload for AsCompleted {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.queue);
        self.timer.visit(visit);
        self.todo.borrow().iter().for_each(visit);
    }
}
impl Native for AsCompleted {
    fn class() -> &'static Type {
        &AS_COMPLETED
    }
}
/// `asyncio.as_completed(fs, timeout=…)`.
pub fn as_completed(fs: &Value, timeout: &Value) -> PyResult {
    if crate::coroutines::isawaitable(fs)? {
        return Err(type_error(format!("expects an iterable of awaitables, not {}", fs.ty().name())));
    }
    let queue = crate::queues::new_queue();
    let l = events::get_event_loop()?;
    let mut todo: Vec<Value> = vec![];
    for aw in distinct(rtcore::protocol::iter::collect(fs)?)? {
        let f = ensure_future(&aw, &l)?;
        if !todo.iter().any(|t| t.is(&f)) {
            todo.push(f);
        }
    }
    let v = object::new(
        &AS_COMPLETED,
        AsCompleted { queue, timer: VCell::none(), todo: RefCell::new(todo.clone()), left: Cell::new(todo.len()) },
    );
    for f in &todo {
        futures::add_native(f, handle_completion, v.clone())?;
    }
    if !todo.is_empty() && !timeout.is_none() {
        let timer = call_later(&l, glue::seconds(timeout)?, handle_timeout, v.clone(), NONE)?;
        if let Some(a) = v.downcast::<AsCompleted>() {
            a.timer.set(timer);
        }
    }
    Ok(v)
}
fn handle_timeout(v: &Value, _: &Value) -> PyResult<()> {
    let Some(a) = v.downcast::<AsCompleted>() else { return Ok(()) };
    let todo = a.todo.take();
    for f in &todo {
        futures::remove_native(f, handle_completion, v)?;
        crate::queues::put_nowait(&a.queue, NONE)?;
    }
    Ok(())
}
fn handle_completion(f: &Value, v: &Value) -> PyResult<()> {
    let Some(a) = v.downcast::<AsCompleted>() else { return Ok(()) };
    let (gone, empty) = {
        let mut todo = a.todo.borrow_mut();
        if todo.is_empty() {
            return Ok(());
        }
        let gone = todo.iter().position(|t| t.is(f)).map(|i| todo.remove(i));
        (gone, todo.is_empty())
    };
    drop(gone);
    crate::queues::put_nowait(&a.queue, f.clone())?;
    let timer = a.timer.get();
    if empty && !timer.is_none() {
        handles::cancel(&timer)?;
    }
    Ok(())
}
async fn wait_for_one(v: Value, resolve: bool) -> PyResult {
    next_done(&v, resolve).await.map_err(|raised| error::kept_by(raised, v))
}
async fn next_done(v: &Value, resolve: bool) -> PyResult {
    let queue = match v.downcast::<AsCompleted>() {
        Some(a) => a.queue.clone(),
        None => NONE,
    };
    let f = crate::queues::get(queue).await?;
    if f.is_none() {
        return Err(raise_value(with_args(&TIMEOUT_ERROR, vec![])));
    }
    if resolve { futures::result_of(&f) } else { Ok(f) }
}
async fn anext(v: Value) -> PyResult {
    if let Some(a) = v.downcast::<AsCompleted>() {
        if a.left.get() == 0 {
            return Err(raise_value(with_args(&STOP_ASYNC_ITERATION, vec![])));
        }
        a.left.set(a.left.get() - 1);
    }
    wait_for_one(v, false).await
}
fn m_anext(v: &Value) -> PyResult {
    Ok(crate::coro!("_AsCompletedIterator.__anext__", anext(v.clone())))
}
fn m_self(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn next(v: &Value) -> PyResult<Option<Value>> {
    let Some(a) = v.downcast::<AsCompleted>() else { return Ok(None) };
    if a.left.get() == 0 {
        return Ok(None);
    }
    a.left.set(a.left.get() - 1);
    Ok(Some(crate::coro!("_AsCompletedIterator._wait_for_one", wait_for_one(v.clone(), true))))
}
fn m_next(v: &Value) -> PyResult {
    match next(v)? {
        Some(c) => Ok(c),
        None => Err(error::stop_iteration(NONE)),
    }
}
static METHODS: &[Method] = &[
    Method::new("__aiter__(self)", F1(m_self)),
    Method::new("__iter__(self)", F1(m_self)),
    Method::new("__anext__(self)", F1(m_anext)),
    Method::new("__next__(self)", F1(m_next)),
];
static DEF: ClassDef = ClassDef::new::<AsCompleted>("_AsCompletedIterator")
    .module("asyncio.tasks")
    .methods(METHODS)
    .hooks(Hooks { iter: Some(m_self), next: Some(next), ..Hooks::NONE });
pub static AS_COMPLETED: Type = Type::builtin(&DEF);
#[allow(unused)]
fn keep(v: &Value) -> bool {
    as_future(v).is_some()
}
