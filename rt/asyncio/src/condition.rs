//! Owns: Condition and Barrier.
//! Never: implements the lock they stand on (`locks`).
//! Source: CPython 3.13, Lib/asyncio/locks.py.

use crate::exceptions::{BROKEN_BARRIER_ERROR, CANCELLED_ERROR};
use crate::futures::{self, as_future};
use crate::glue::{self, VCell};
use crate::locks::{self, LOCK, Lock, m_aenter, m_aexit, repr_with};
use crate::mixins::{LoopBound, Waiters};
use rtcore::def::{F1, F2, F4, Method, N, Raw};
use rtcore::error::{self, PyResult, runtime_error, type_error, value_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::protocol::call::call;
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::value::{FALSE, NONE, TRUE, Value};
use std::cell::Cell;

pub struct Condition {
    bound: LoopBound,
    waiters: Waiters,
    lock: VCell,
}
impl Payload for Condition {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.bound.visit(visit);
        self.waiters.visit(visit);
        self.lock.visit(visit);
    }
}
impl Native for Condition {
    fn class() -> &'static Type {
        &CONDITION
    }
}
fn blank() -> Condition {
    Condition { bound: LoopBound::new(), waiters: Waiters::new(), lock: VCell::none() }
}
fn condition_new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&CONDITION), blank()))
}
fn condition_init(v: &Value, lock: &Value) -> PyResult {
    body(v)?.lock.set(if lock.is_none() { locks::new_lock() } else { lock.clone() });
    Ok(NONE)
}
pub fn new_condition() -> Value {
    let c = blank();
    c.lock.set(locks::new_lock());
    object::new(&CONDITION, c)
}
fn body(v: &Value) -> PyResult<&Condition> {
    v.downcast::<Condition>().ok_or_else(|| type_error("expected an asyncio.Condition"))
}
fn native_lock(l: &Value) -> bool {
    std::ptr::eq(l.ty(), &LOCK) && l.downcast::<Lock>().is_some()
}
fn locked(v: &Value) -> PyResult<bool> {
    let l = body(v)?.lock.get();
    if native_lock(&l) { locks::lock_locked(&l) } else { glue::truth(&glue::call_method(&l, "locked", &[])?) }
}
fn release(v: &Value) -> PyResult<()> {
    let l = body(v)?.lock.get();
    if native_lock(&l) { locks::lock_release(&l) } else { glue::call_method(&l, "release", &[]).map(drop) }
}
async fn acquire(v: Value) -> PyResult {
    let l = body(&v)?.lock.get();
    if native_lock(&l) {
        return locks::lock_acquire(l).await;
    }
    let c = glue::call_method(&l, "acquire", &[])?;
    glue::await_value(c).await
}
/// Condition.wait.
pub async fn wait(v: Value) -> PyResult {
    if !locked(&v)? {
        return Err(runtime_error("cannot wait on un-acquired lock"));
    }
    let r = wait_inner(&v).await;
    if let Err(r) = r {
        // What would be awoken by a notify that this waiter consumed is awoken instead.
        let exc = error::take(r);
        notify_some(&v, 1)?;
        return Err(glue::reraise(exc));
    }
    r
}
async fn wait_inner(v: &Value) -> PyResult {
    let c = body(v)?;
    let fut = futures::create(c.bound.get(v)?);
    release(v)?;
    c.waiters.push(fut.clone());
    let r = futures::wait(fut.clone()).await;
    c.waiters.remove(&fut);
    let first = r.map_err(error::take);
    let mut err = None;
    loop {
        match acquire(v.clone()).await {
            Ok(_) => break,
            Err(r) if error::matches(&r, &CANCELLED_ERROR) => err = Some(error::take(r)),
            Err(r) => return Err(r),
        }
    }
    match (err, first) {
        (Some(e), _) => Err(error::raise_value(e)),
        (None, Err(e)) => Err(glue::reraise(e)),
        (None, Ok(_)) => Ok(TRUE),
    }
}
/// Condition.wait_for.
pub async fn wait_for(v: Value, predicate: Value) -> PyResult {
    let mut result = call(&predicate, &[])?;
    while !glue::truth(&result)? {
        if v.ty().is_static() {
            wait(v.clone()).await?;
        } else {
            let c = glue::call_method(&v, "wait", &[])?;
            glue::await_value(c).await?;
        }
        result = call(&predicate, &[])?;
    }
    Ok(result)
}
fn notify_some(v: &Value, n: i64) -> PyResult<()> {
    let c = body(v)?;
    let (mut woken, mut i) = (0, 0);
    while woken < n {
        let Some(fut) = c.waiters.get(i) else { break };
        i += 1;
        if let Some(f) = as_future(&fut)
            && !f.done()
        {
            woken += 1;
            f.finish_result(&fut, FALSE)?;
        }
    }
    Ok(())
}
fn notify(v: &Value, n: i64) -> PyResult<()> {
    if !locked(v)? {
        return Err(runtime_error("cannot notify on un-acquired lock"));
    }
    notify_some(v, n)
}
fn notify_all(v: &Value) -> PyResult<()> {
    let n = body(v)?.waiters.len() as i64;
    notify(v, n)
}
fn m_wait(v: &Value) -> PyResult {
    Ok(crate::coro!("Condition.wait", wait(v.clone())))
}
fn m_wait_for(v: &Value, predicate: &Value) -> PyResult {
    Ok(crate::coro!("Condition.wait_for", wait_for(v.clone(), predicate.clone())))
}
fn m_acquire(v: &Value) -> PyResult {
    glue::call_method(&body(v)?.lock.get(), "acquire", &[])
}
fn m_release(v: &Value) -> PyResult {
    release(v)?;
    Ok(NONE)
}
fn m_locked(v: &Value) -> PyResult {
    Ok(Value::bool(locked(v)?))
}
fn m_notify(v: &Value, n: &Value) -> PyResult {
    notify(v, glue::index(n)?)?;
    Ok(NONE)
}
fn m_notify_all(v: &Value) -> PyResult {
    notify_all(v)?;
    Ok(NONE)
}
fn m_repr(v: &Value) -> PyResult {
    let state = if locked(v)? { "locked" } else { "unlocked" };
    Ok(Value::string(repr_with(v, state.into(), body(v)?.waiters.len())))
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(condition_new)),
    Method::new("__init__(self, lock=None)", F2(condition_init)),
    Method::new("wait(self)", F1(m_wait)),
    Method::new("wait_for(self, predicate)", F2(m_wait_for)),
    Method::new("acquire(self)", F1(m_acquire)),
    Method::new("release(self)", F1(m_release)),
    Method::new("locked(self)", F1(m_locked)),
    Method::new("notify(self, n=1)", F2(m_notify)),
    Method::new("notify_all(self)", F1(m_notify_all)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, exc_type, exc, tb)", F4(m_aexit)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static DEF: ClassDef = ClassDef::new::<Condition>("Condition").module("asyncio.locks").methods(METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static CONDITION: Type = Type::builtin(&DEF);

// ---- Barrier ----

#[derive(Copy, Clone, PartialEq, Eq)]
enum State {
    Filling,
    Draining,
    Resetting,
    Broken,
}
pub struct Barrier {
    cond: Value,
    parties: Cell<i64>,
    state: Cell<State>,
    count: Cell<i64>,
}
impl Payload for Barrier {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.cond);
    }
}
impl Native for Barrier {
    fn class() -> &'static Type {
        &BARRIER
    }
}
fn barrier_new(all: &[Value], _: &[Name]) -> PyResult {
    let b = Barrier { cond: new_condition(), parties: Cell::new(1), state: Cell::new(State::Filling), count: Cell::new(0) };
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&BARRIER), b))
}
fn barrier_init(v: &Value, parties: &Value) -> PyResult {
    let n = glue::index(parties)?;
    if n < 1 {
        return Err(value_error("parties must be > 0"));
    }
    barrier(v)?.parties.set(n);
    Ok(NONE)
}
fn barrier(v: &Value) -> PyResult<&Barrier> {
    v.downcast::<Barrier>().ok_or_else(|| type_error("expected an asyncio.Barrier"))
}
fn broken(msg: &str) -> error::Raised {
    error::raise(&BROKEN_BARRIER_ERROR, msg)
}
/// Condition.wait_for with a native predicate.
async fn wait_until(b: &Barrier, ready: fn(State) -> bool) -> PyResult<()> {
    while !ready(b.state.get()) {
        wait(b.cond.clone()).await?;
    }
    Ok(())
}
/// Barrier.wait.
pub async fn barrier_wait(v: Value) -> PyResult {
    let b = barrier(&v)?;
    acquire(b.cond.clone()).await?;
    let r = barrier_wait_locked(b).await;
    leave(b, r)
}
/// `async with self._cond` at its end.
fn leave(b: &Barrier, r: PyResult) -> PyResult {
    match r {
        Ok(v) => release(&b.cond).map(|()| v),
        Err(r) => {
            let exc = error::take(r);
            release(&b.cond)?;
            Err(glue::reraise(exc))
        }
    }
}
async fn barrier_wait_locked(b: &Barrier) -> PyResult {
    wait_until(b, |s| !matches!(s, State::Draining | State::Resetting)).await?;
    if b.state.get() == State::Broken {
        return Err(broken("Barrier aborted"));
    }
    let index = b.count.get();
    b.count.set(index + 1);
    let r = if index + 1 == b.parties.get() {
        b.state.set(State::Draining);
        notify_all(&b.cond)
    } else {
        match wait_until(b, |s| s != State::Filling).await {
            Ok(()) if matches!(b.state.get(), State::Broken | State::Resetting) => Err(broken("Abort or reset of barrier")),
            other => other,
        }
    };
    let r = r.map_err(error::take);
    b.count.set(b.count.get() - 1);
    if b.count.get() == 0 {
        if matches!(b.state.get(), State::Resetting | State::Draining) {
            b.state.set(State::Filling);
        }
        notify_all(&b.cond)?;
    }
    match r {
        Ok(()) => Ok(Value::int(index)),
        Err(exc) => Err(glue::reraise(exc)),
    }
}
async fn barrier_reset(v: Value) -> PyResult {
    let b = barrier(&v)?;
    acquire(b.cond.clone()).await?;
    b.state.set(if b.count.get() > 0 { State::Resetting } else { State::Filling });
    let r = notify_all(&b.cond).map(|()| NONE);
    leave(b, r)
}
async fn barrier_abort(v: Value) -> PyResult {
    let b = barrier(&v)?;
    acquire(b.cond.clone()).await?;
    b.state.set(State::Broken);
    let r = notify_all(&b.cond).map(|()| NONE);
    leave(b, r)
}
async fn done() -> PyResult {
    Ok(NONE)
}
fn m_barrier_wait(v: &Value) -> PyResult {
    Ok(crate::coro!("Barrier.wait", barrier_wait(v.clone())))
}
fn m_barrier_aenter(v: &Value) -> PyResult {
    Ok(crate::coro!("Barrier.__aenter__", barrier_wait(v.clone())))
}
fn m_barrier_aexit(_: &[Value]) -> PyResult {
    Ok(crate::coro!("Barrier.__aexit__", done()))
}
fn m_barrier_reset(v: &Value) -> PyResult {
    Ok(crate::coro!("Barrier.reset", barrier_reset(v.clone())))
}
fn m_barrier_abort(v: &Value) -> PyResult {
    Ok(crate::coro!("Barrier.abort", barrier_abort(v.clone())))
}
fn get_parties(v: &Value) -> PyResult {
    Ok(Value::int(barrier(v)?.parties.get()))
}
fn waiting(b: &Barrier) -> i64 {
    if b.state.get() == State::Filling { b.count.get() } else { 0 }
}
fn get_n_waiting(v: &Value) -> PyResult {
    Ok(Value::int(waiting(barrier(v)?)))
}
fn get_broken(v: &Value) -> PyResult {
    Ok(Value::bool(barrier(v)?.state.get() == State::Broken))
}
fn m_barrier_repr(v: &Value) -> PyResult {
    let b = barrier(v)?;
    let mut extra = match b.state.get() {
        State::Filling => "filling",
        State::Draining => "draining",
        State::Resetting => "resetting",
        State::Broken => "broken",
    }
    .to_string();
    if b.state.get() != State::Broken {
        extra.push_str(&format!(", waiters:{}/{}", waiting(b), b.parties.get()));
    }
    Ok(Value::string(repr_with(v, extra, 0)))
}
static BARRIER_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(barrier_new)),
    Method::new("__init__(self, parties)", F2(barrier_init)),
    Method::new("wait(self)", F1(m_barrier_wait)),
    Method::new("reset(self)", F1(m_barrier_reset)),
    Method::new("abort(self)", F1(m_barrier_abort)),
    Method::new("__aenter__(self)", F1(m_barrier_aenter)),
    Method::new("__aexit__(self, *args)", N(m_barrier_aexit)),
    Method::new("__repr__(self)", F1(m_barrier_repr)),
];
static BARRIER_GETSET: &[GetSet] =
    &[GetSet::ro("parties", get_parties), GetSet::ro("n_waiting", get_n_waiting), GetSet::ro("broken", get_broken)];
static BARRIER_DEF: ClassDef = ClassDef::new::<Barrier>("Barrier")
    .module("asyncio.locks")
    .methods(BARRIER_METHODS)
    .getset(BARRIER_GETSET)
    .flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static BARRIER: Type = Type::builtin(&BARRIER_DEF);
