//! Owns: Lock, Event, Semaphore, BoundedSemaphore.
//! Never: touches the loop except through futures; Condition and Barrier are in `condition`.
//! Source: CPython 3.13, Lib/asyncio/locks.py.

use crate::exceptions::CANCELLED_ERROR;
use crate::futures::{self, as_future};
use crate::glue;
use crate::mixins::{LoopBound, Waiters};
use rtcore::def::{F1, F2, F4, Method, Raw};
use rtcore::error::{self, PyResult, runtime_error, type_error, value_error};
use rtcore::frame::Called;
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::value::{NONE, TRUE, Value};
use std::cell::Cell;

/// `<asyncio.locks.Lock object at 0x… [locked, waiters:2]>`.
pub fn repr_with(v: &Value, state: String, waiters: usize) -> String {
    let base = glue::object_repr(v);
    let extra = if waiters > 0 { format!("{state}, waiters:{waiters}") } else { state };
    format!("{} [{extra}]>", &base[..base.len() - 1])
}

// ---- Lock ----

pub struct Lock {
    bound: LoopBound,
    waiters: Waiters,
    locked: Cell<bool>,
}
impl Payload for Lock {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.bound.visit(visit);
        self.waiters.visit(visit);
    }
}
impl Native for Lock {
    fn class() -> &'static Type {
        &LOCK
    }
}
pub fn new_lock() -> Value {
    object::new(&LOCK, blank_lock())
}
fn blank_lock() -> Lock {
    Lock { bound: LoopBound::new(), waiters: Waiters::new(), locked: Cell::new(false) }
}
fn lock_new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&LOCK), blank_lock()))
}
fn lock_body(v: &Value) -> PyResult<&Lock> {
    v.downcast::<Lock>().ok_or_else(|| type_error("expected an asyncio.Lock"))
}
impl Lock {
    fn wake_up_first(&self) -> PyResult<()> {
        let Some(fut) = self.waiters.get(0) else { return Ok(()) };
        match as_future(&fut) {
            Some(f) if !f.done() => f.finish_result(&fut, TRUE),
            Some(_) | None => Ok(()),
        }
    }
}
/// Lock.acquire.
pub async fn lock_acquire(v: Value) -> PyResult {
    let l = lock_body(&v)?;
    if !l.locked.get() && l.waiters.all_cancelled() {
        l.locked.set(true);
        return Ok(TRUE);
    }
    let fut = futures::create(l.bound.get(&v)?);
    l.waiters.push(fut.clone());
    let r = futures::wait(fut.clone()).await;
    l.waiters.remove(&fut);
    if let Err(r) = r {
        if error::matches(&r, &CANCELLED_ERROR) && !l.locked.get() {
            l.wake_up_first()?;
        }
        return Err(r);
    }
    l.locked.set(true);
    Ok(TRUE)
}
/// Lock.release.
pub fn lock_release(v: &Value) -> PyResult<()> {
    let l = lock_body(v)?;
    if !l.locked.replace(false) {
        return Err(runtime_error("Lock is not acquired."));
    }
    l.wake_up_first()
}
pub fn lock_locked(v: &Value) -> PyResult<bool> {
    Ok(lock_body(v)?.locked.get())
}
/// `acquire` where it need not wait.
fn lock_at_once(all: &[Value]) -> Option<Called> {
    let [v] = all else { return None };
    let l = v.downcast::<Lock>()?;
    if l.locked.get() || !l.waiters.all_cancelled() {
        return None;
    }
    l.locked.set(true);
    Some(Called::Finished(Ok(TRUE)))
}
fn m_lock_acquire(v: &Value) -> PyResult {
    Ok(crate::coro!("Lock.acquire", lock_acquire(v.clone())))
}
fn m_lock_release(v: &Value) -> PyResult {
    lock_release(v)?;
    Ok(NONE)
}
fn m_lock_locked(v: &Value) -> PyResult {
    Ok(Value::bool(lock_locked(v)?))
}
fn m_lock_repr(v: &Value) -> PyResult {
    let l = lock_body(v)?;
    let state = if l.locked.get() { "locked" } else { "unlocked" };
    Ok(Value::string(repr_with(v, state.into(), l.waiters.len())))
}

// ---- _ContextManagerMixin ----

async fn aenter(v: Value) -> PyResult {
    if v.ty().is_static() {
        if v.downcast::<Lock>().is_some() {
            lock_acquire(v).await?;
            return Ok(NONE);
        }
        if v.downcast::<Semaphore>().is_some() {
            semaphore_acquire(v).await?;
            return Ok(NONE);
        }
    }
    let c = glue::call_method(&v, "acquire", &[])?;
    glue::await_value(c).await?;
    Ok(NONE)
}
async fn aexit(v: Value) -> PyResult {
    if v.ty().is_static() {
        if v.downcast::<Lock>().is_some() {
            lock_release(&v)?;
            return Ok(NONE);
        }
        if v.downcast::<Semaphore>().is_some() {
            semaphore_release(&v)?;
            return Ok(NONE);
        }
    }
    glue::call_method(&v, "release", &[])?;
    Ok(NONE)
}
pub fn m_aenter(v: &Value) -> PyResult {
    Ok(crate::coro!("_ContextManagerMixin.__aenter__", aenter(v.clone())))
}
pub fn m_aexit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    Ok(crate::coro!("_ContextManagerMixin.__aexit__", aexit(v.clone())))
}
fn no_init(_: &Value) -> PyResult {
    Ok(NONE)
}

static LOCK_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(lock_new)),
    Method::new("__init__(self)", F1(no_init)),
    Method::new("acquire(self)", F1(m_lock_acquire)).at_once(lock_at_once),
    Method::new("release(self)", F1(m_lock_release)),
    Method::new("locked(self)", F1(m_lock_locked)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, exc_type, exc, tb)", F4(m_aexit)),
    Method::new("__repr__(self)", F1(m_lock_repr)),
];
static LOCK_DEF: ClassDef = ClassDef::new::<Lock>("Lock").module("asyncio.locks").methods(LOCK_METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static LOCK: Type = Type::builtin(&LOCK_DEF);

// ---- Event ----

pub struct Event {
    bound: LoopBound,
    waiters: Waiters,
    value: Cell<bool>,
}
impl Payload for Event {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.bound.visit(visit);
        self.waiters.visit(visit);
    }
}
impl Native for Event {
    fn class() -> &'static Type {
        &EVENT
    }
}
fn blank_event() -> Event {
    Event { bound: LoopBound::new(), waiters: Waiters::new(), value: Cell::new(false) }
}
fn event_new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&EVENT), blank_event()))
}
pub fn new_event() -> Value {
    object::new(&EVENT, blank_event())
}
fn event_body(v: &Value) -> PyResult<&Event> {
    v.downcast::<Event>().ok_or_else(|| type_error("expected an asyncio.Event"))
}
pub async fn event_wait(v: Value) -> PyResult {
    let e = event_body(&v)?;
    if e.value.get() {
        return Ok(TRUE);
    }
    let fut = futures::create(e.bound.get(&v)?);
    e.waiters.push(fut.clone());
    let r = futures::wait(fut.clone()).await;
    e.waiters.remove(&fut);
    r.map(|_| TRUE)
}
/// `wait` where it need not wait.
fn event_at_once(all: &[Value]) -> Option<Called> {
    let [v] = all else { return None };
    v.downcast::<Event>()?.value.get().then_some(Called::Finished(Ok(TRUE)))
}
pub fn event_set(v: &Value) -> PyResult<()> {
    let e = event_body(v)?;
    if e.value.replace(true) {
        return Ok(());
    }
    let mut i = 0;
    while let Some(fut) = e.waiters.get(i) {
        i += 1;
        if let Some(f) = as_future(&fut)
            && !f.done()
        {
            f.finish_result(&fut, TRUE)?;
        }
    }
    Ok(())
}
pub fn event_clear(v: &Value) -> PyResult<()> {
    event_body(v)?.value.set(false);
    Ok(())
}
fn m_event_wait(v: &Value) -> PyResult {
    Ok(crate::coro!("Event.wait", event_wait(v.clone())))
}
fn m_event_set(v: &Value) -> PyResult {
    event_set(v)?;
    Ok(NONE)
}
fn m_event_clear(v: &Value) -> PyResult {
    event_clear(v)?;
    Ok(NONE)
}
fn m_event_is_set(v: &Value) -> PyResult {
    Ok(Value::bool(event_body(v)?.value.get()))
}
fn m_event_repr(v: &Value) -> PyResult {
    let e = event_body(v)?;
    let state = if e.value.get() { "set" } else { "unset" };
    Ok(Value::string(repr_with(v, state.into(), e.waiters.len())))
}
static EVENT_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(event_new)),
    Method::new("__init__(self)", F1(no_init)),
    Method::new("wait(self)", F1(m_event_wait)).at_once(event_at_once),
    Method::new("set(self)", F1(m_event_set)),
    Method::new("clear(self)", F1(m_event_clear)),
    Method::new("is_set(self)", F1(m_event_is_set)),
    Method::new("__repr__(self)", F1(m_event_repr)),
];
static EVENT_DEF: ClassDef = ClassDef::new::<Event>("Event").module("asyncio.locks").methods(EVENT_METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static EVENT: Type = Type::builtin(&EVENT_DEF);

// ---- Semaphore ----

pub struct Semaphore {
    bound: LoopBound,
    waiters: Waiters,
    value: Cell<i64>,
    /// BoundedSemaphore's `_bound_value`.
    limit: Cell<i64>,
}
impl Payload for Semaphore {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.bound.visit(visit);
        self.waiters.visit(visit);
    }
}
impl Native for Semaphore {
    fn class() -> &'static Type {
        &SEMAPHORE
    }
}
fn semaphore_new(all: &[Value], _: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&SEMAPHORE);
    Ok(object::new(
        ty,
        Semaphore { bound: LoopBound::new(), waiters: Waiters::new(), value: Cell::new(1), limit: Cell::new(i64::MAX) },
    ))
}
fn semaphore_init(v: &Value, value: &Value) -> PyResult {
    let s = semaphore_body(v)?;
    let n = glue::index(value)?;
    if n < 0 {
        return Err(value_error("Semaphore initial value must be >= 0"));
    }
    s.value.set(n);
    if v.ty().is_subtype(&BOUNDED_SEMAPHORE) {
        s.limit.set(n);
    }
    Ok(NONE)
}
fn semaphore_body(v: &Value) -> PyResult<&Semaphore> {
    v.downcast::<Semaphore>().ok_or_else(|| type_error("expected an asyncio.Semaphore"))
}
impl Semaphore {
    fn locked(&self) -> bool {
        self.value.get() == 0 || !self.waiters.all_cancelled()
    }
    fn wake_up_next(&self) -> PyResult<bool> {
        let Some(fut) = self.waiters.first_pending() else { return Ok(false) };
        self.value.set(self.value.get() - 1);
        if let Some(f) = as_future(&fut) {
            f.finish_result(&fut, TRUE)?;
        }
        Ok(true)
    }
    fn wake_up_rest(&self) -> PyResult<()> {
        while self.value.get() > 0 {
            if !self.wake_up_next()? {
                break;
            }
        }
        Ok(())
    }
}
/// Semaphore.acquire.
pub async fn semaphore_acquire(v: Value) -> PyResult {
    let s = semaphore_body(&v)?;
    if !s.locked() {
        s.value.set(s.value.get() - 1);
        return Ok(TRUE);
    }
    let fut = futures::create(s.bound.get(&v)?);
    s.waiters.push(fut.clone());
    let r = futures::wait(fut.clone()).await;
    s.waiters.remove(&fut);
    if let Err(r) = r {
        if error::matches(&r, &CANCELLED_ERROR)
            && let Some(f) = as_future(&fut)
            && f.done()
            && !f.cancelled()
        {
            s.value.set(s.value.get() + 1);
        }
        s.wake_up_rest()?;
        return Err(r);
    }
    s.wake_up_rest()?;
    Ok(TRUE)
}
/// `acquire` where it need not wait.
fn semaphore_at_once(all: &[Value]) -> Option<Called> {
    let [v] = all else { return None };
    let s = v.downcast::<Semaphore>().filter(|s| !s.locked())?;
    s.value.set(s.value.get() - 1);
    Some(Called::Finished(Ok(TRUE)))
}
/// Semaphore.release, BoundedSemaphore.release.
pub fn semaphore_release(v: &Value) -> PyResult<()> {
    let s = semaphore_body(v)?;
    if s.value.get() >= s.limit.get() {
        return Err(value_error("BoundedSemaphore released too many times"));
    }
    s.value.set(s.value.get() + 1);
    s.wake_up_next()?;
    Ok(())
}
fn m_semaphore_acquire(v: &Value) -> PyResult {
    Ok(crate::coro!("Semaphore.acquire", semaphore_acquire(v.clone())))
}
fn m_semaphore_release(v: &Value) -> PyResult {
    semaphore_release(v)?;
    Ok(NONE)
}
fn m_semaphore_locked(v: &Value) -> PyResult {
    Ok(Value::bool(semaphore_body(v)?.locked()))
}
fn m_semaphore_repr(v: &Value) -> PyResult {
    let s = semaphore_body(v)?;
    let state = if s.locked() { "locked".to_string() } else { format!("unlocked, value:{}", s.value.get()) };
    Ok(Value::string(repr_with(v, state, s.waiters.len())))
}
fn get_semaphore_value(v: &Value) -> PyResult {
    Ok(Value::int(semaphore_body(v)?.value.get()))
}
static SEMAPHORE_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(semaphore_new)),
    Method::new("__init__(self, value=1)", F2(semaphore_init)),
    Method::new("acquire(self)", F1(m_semaphore_acquire)).at_once(semaphore_at_once),
    Method::new("release(self)", F1(m_semaphore_release)),
    Method::new("locked(self)", F1(m_semaphore_locked)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, exc_type, exc, tb)", F4(m_aexit)),
    Method::new("__repr__(self)", F1(m_semaphore_repr)),
];
static SEMAPHORE_GETSET: &[GetSet] = &[GetSet::ro("_value", get_semaphore_value)];
static SEMAPHORE_DEF: ClassDef = ClassDef::new::<Semaphore>("Semaphore")
    .module("asyncio.locks")
    .methods(SEMAPHORE_METHODS)
    .getset(SEMAPHORE_GETSET)
    .flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static SEMAPHORE: Type = Type::builtin(&SEMAPHORE_DEF);
/// What CPython's class replaces: messages name it.
static BOUNDED_METHODS: &[Method] =
    &[Method::new("__init__(self, value=1)", F2(semaphore_init)), Method::new("release(self)", F1(m_semaphore_release))];
static BOUNDED_DEF: ClassDef = ClassDef::new::<Semaphore>("BoundedSemaphore")
    .like(&SEMAPHORE, &SEMAPHORE)
    .module("asyncio.locks")
    .methods(BOUNDED_METHODS)
    .flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static BOUNDED_SEMAPHORE: Type = Type::builtin(&BOUNDED_DEF);
