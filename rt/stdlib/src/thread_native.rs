//! Owns: the module `_thread`: threads, locks, thread-local data. `threading` and `queue` stand on it.
//! Never: the GIL; that is the core's `gil`.
//! Source: CPython 3.13, Modules/_threadmodule.c.

mod local;

use rtcore::error::hierarchy::{RUNTIME_ERROR, SYSTEM_EXIT};
use rtcore::error::{self, PyResult, overflow_error, runtime_error, type_error, value_error};
use rtcore::gil::{self, allow_threads};
use rtcore::methods::*;
use rtcore::protocol::call::call_kw;
use rtcore::protocol::sequence::{as_index, truth};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Something threads wait for: a lock that is free, a thread that is done.
#[derive(Clone)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);
impl Gate {
    fn new(open: bool) -> Gate {
        Gate(Arc::new((Mutex::new(open), Condvar::new())))
    }
    fn state(&self) -> std::sync::MutexGuard<'_, bool> {
        self.0.0.lock().unwrap_or_else(|e| e.into_inner())
    }
    fn is_open(&self) -> bool {
        *self.state()
    }
    fn set(&self, open: bool) {
        *self.state() = open;
        if open {
            self.0.1.notify_all();
        }
    }
    /// Waits until it is open; with `take` it is closed again at once. False when time is over.
    fn pass(&self, take: bool, end: Option<Instant>) -> PyResult<bool> {
        if let Some(done) = self.try_pass(take) {
            return Ok(done);
        }
        // The main thread looks for signals now and then; a condition variable does not hear them.
        let slice = if gil::is_main() { Duration::from_millis(50) } else { Duration::from_secs(3600) };
        loop {
            let left = end.map_or(slice, |e| e.saturating_duration_since(Instant::now()).min(slice));
            let passed = allow_threads(|| {
                let guard = self.state();
                let (mut guard, _) = self.0.1.wait_timeout_while(guard, left, |open| !*open).unwrap_or_else(|e| e.into_inner());
                if *guard && take {
                    *guard = false;
                    return true;
                }
                *guard
            });
            if passed {
                return Ok(true);
            }
            if gil::is_main() {
                rtcore::signals::check()?;
            }
            if end.is_some_and(|e| Instant::now() >= e) {
                return Ok(false);
            }
        }
    }
    fn try_pass(&self, take: bool) -> Option<bool> {
        let mut open = self.state();
        if !*open {
            return None;
        }
        if take {
            *open = false;
        }
        Some(true)
    }
}
fn number(v: &Value) -> PyResult<f64> {
    match (v.as_inline_float(), v.as_inline_int(), v.as_bool()) {
        (Some(x), ..) => Ok(x),
        (_, Some(n), _) => Ok(n as f64),
        (.., Some(b)) => Ok(f64::from(u8::from(b))),
        _ => Err(type_error(format!("'{}' object cannot be interpreted as an integer or float", v.ty().name()))),
    }
}
/// The end of a wait: `Some(None)` forever, `None` not at all.
fn deadline(blocking: &Value, timeout: &Value) -> PyResult<Option<Option<Instant>>> {
    let blocking = truth(blocking)?;
    let t = number(timeout)?;
    if !blocking {
        if t != -1.0 {
            return Err(value_error("can't specify a timeout for a non-blocking call"));
        }
        return Ok(None);
    }
    if t == -1.0 {
        return Ok(Some(None));
    }
    if t < 0.0 {
        return Err(value_error("timeout value must be a non-negative number"));
    }
    if t > 9_223_372_036.0 {
        return Err(overflow_error("timestamp out of range for platform time_t"));
    }
    Ok(Some(Some(Instant::now() + Duration::from_secs_f64(t))))
}
pub fn ident() -> i64 {
    // SAFETY: pthread_self has no preconditions.
    unsafe { libc::pthread_self() as i64 }
}

// ---- lock ----

struct Lock(Gate);
impl Payload for Lock {}
impl Native for Lock {
    fn class() -> &'static Type {
        &LOCK
    }
}
fn lock(v: &Value) -> PyResult<&Lock> {
    v.downcast::<Lock>().ok_or_else(|| type_error("expected a lock"))
}
fn lock_new(_: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(&LOCK, Lock(Gate::new(true))))
}
fn allocate_lock() -> PyResult {
    lock_new(&[], &[])
}
fn lock_acquire(v: &Value, blocking: &Value, timeout: &Value) -> PyResult {
    let l = lock(v)?;
    Ok(Value::bool(match deadline(blocking, timeout)? {
        None => l.0.try_pass(true).is_some(),
        Some(end) => l.0.pass(true, end)?,
    }))
}
fn lock_release(v: &Value) -> PyResult {
    let l = lock(v)?;
    if l.0.is_open() {
        return Err(runtime_error("release unlocked lock"));
    }
    l.0.set(true);
    Ok(NONE)
}
fn lock_locked(v: &Value) -> PyResult {
    Ok(Value::bool(!lock(v)?.0.is_open()))
}
fn lock_enter(v: &Value) -> PyResult {
    lock_acquire(v, &TRUE, &Value::int(-1))
}
fn lock_exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    lock_release(v)
}
fn lock_repr(v: &Value) -> PyResult {
    let state = if lock(v)?.0.is_open() { "unlocked" } else { "locked" };
    Ok(Value::string(format!("<{state} _thread.lock object at {:#x}>", v.bits())))
}
/// In the child of a fork nobody holds the lock.
fn lock_reinit(v: &Value) -> PyResult {
    lock(v)?.0.set(true);
    Ok(NONE)
}
fn rlock_reinit(v: &Value) -> PyResult {
    let l = rlock(v)?;
    l.owner.set(0);
    l.count.set(0);
    l.gate.set(true);
    Ok(NONE)
}
static LOCK_METHODS: &[Method] = &[
    Method::new("_at_fork_reinit(self)", F1(lock_reinit)),
    Method::static_("__new__(type, *args, **kw)", Raw(lock_new)),
    Method::new("acquire(self, blocking=True, timeout=-1)", F3(lock_acquire)),
    Method::new("release(self)", F1(lock_release)),
    Method::new("locked(self)", F1(lock_locked)),
    Method::new("acquire_lock(self, blocking=True, timeout=-1)", F3(lock_acquire)),
    Method::new("release_lock(self)", F1(lock_release)),
    Method::new("__enter__(self)", F1(lock_enter)),
    Method::new("__exit__(self, et, exc, tb)", F4(lock_exit)),
    Method::new("__repr__(self)", F1(lock_repr)),
];
static LOCK_DEF: ClassDef = ClassDef::new::<Lock>("lock").module("_thread").methods(LOCK_METHODS);
pub static LOCK: Type = Type::builtin(&LOCK_DEF);

// ---- RLock ----

struct RLock {
    gate: Gate,
    owner: Cell<i64>,
    count: Cell<i64>,
}
impl Payload for RLock {}
impl Native for RLock {
    fn class() -> &'static Type {
        &RLOCK
    }
}
fn rlock(v: &Value) -> PyResult<&RLock> {
    v.downcast::<RLock>().ok_or_else(|| type_error("expected an RLock"))
}
fn rlock_new(all: &[Value], _: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&RLOCK);
    Ok(object::new(ty, RLock { gate: Gate::new(true), owner: Cell::new(0), count: Cell::new(0) }))
}
fn rlock_acquire(v: &Value, blocking: &Value, timeout: &Value) -> PyResult {
    let l = rlock(v)?;
    let me = ident();
    if l.owner.get() == me && l.count.get() > 0 {
        l.count.set(l.count.get() + 1);
        return Ok(TRUE);
    }
    let got = match deadline(blocking, timeout)? {
        None => l.gate.try_pass(true).is_some(),
        Some(end) => l.gate.pass(true, end)?,
    };
    if got {
        l.owner.set(me);
        l.count.set(1);
    }
    Ok(Value::bool(got))
}
fn rlock_release(v: &Value) -> PyResult {
    let l = rlock(v)?;
    if l.owner.get() != ident() || l.count.get() == 0 {
        return Err(runtime_error("cannot release un-acquired lock"));
    }
    l.count.set(l.count.get() - 1);
    if l.count.get() == 0 {
        l.owner.set(0);
        l.gate.set(true);
    }
    Ok(NONE)
}
fn rlock_enter(v: &Value) -> PyResult {
    rlock_acquire(v, &TRUE, &Value::int(-1))
}
fn rlock_exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    rlock_release(v)
}
fn rlock_is_owned(v: &Value) -> PyResult {
    let l = rlock(v)?;
    Ok(Value::bool(l.owner.get() == ident() && l.count.get() > 0))
}
fn rlock_recursion_count(v: &Value) -> PyResult {
    let l = rlock(v)?;
    Ok(Value::int(if l.owner.get() == ident() { l.count.get() } else { 0 }))
}
fn rlock_release_save(v: &Value) -> PyResult {
    let l = rlock(v)?;
    if l.count.get() == 0 {
        return Err(runtime_error("cannot release un-acquired lock"));
    }
    let saved = tuple::new(vec![Value::int(l.count.replace(0)), Value::int(l.owner.replace(0))]);
    l.gate.set(true);
    Ok(saved)
}
fn rlock_acquire_restore(v: &Value, saved: &Value) -> PyResult {
    let l = rlock(v)?;
    l.gate.pass(true, None)?;
    if let [count, owner] = tuple::items(saved) {
        l.count.set(as_index(count)?);
        l.owner.set(as_index(owner)?);
    }
    Ok(NONE)
}
fn rlock_repr(v: &Value) -> PyResult {
    let l = rlock(v)?;
    let state = if l.count.get() > 0 { "locked" } else { "unlocked" };
    Ok(Value::string(format!(
        "<{state} {} object owner={} count={} at {:#x}>",
        v.ty().full_name(),
        l.owner.get(),
        l.count.get(),
        v.bits()
    )))
}
static RLOCK_METHODS: &[Method] = &[
    Method::new("_at_fork_reinit(self)", F1(rlock_reinit)),
    Method::static_("__new__(type, *args, **kw)", Raw(rlock_new)),
    Method::new("acquire(self, blocking=True, timeout=-1)", F3(rlock_acquire)),
    Method::new("release(self)", F1(rlock_release)),
    Method::new("_is_owned(self)", F1(rlock_is_owned)),
    Method::new("_recursion_count(self)", F1(rlock_recursion_count)),
    Method::new("_release_save(self)", F1(rlock_release_save)),
    Method::new("_acquire_restore(self, state, /)", F2(rlock_acquire_restore)),
    Method::new("__enter__(self)", F1(rlock_enter)),
    Method::new("__exit__(self, et, exc, tb)", F4(rlock_exit)),
    Method::new("__repr__(self)", F1(rlock_repr)),
];
static RLOCK_DEF: ClassDef = ClassDef::new::<RLock>("RLock").module("_thread").methods(RLOCK_METHODS);
pub static RLOCK: Type = Type::builtin(&RLOCK_DEF);

// ---- threads ----

/// `_ThreadHandle`: the identity of a thread and the gate that opens when it is done.
struct Handle {
    ident: Cell<i64>,
    started: Cell<bool>,
    done: Gate,
}
impl Payload for Handle {}
impl Native for Handle {
    fn class() -> &'static Type {
        &HANDLE
    }
}
static RUNNING: AtomicUsize = AtomicUsize::new(0);
/// The threads that the end of the program waits for.
static JOINED: Mutex<Vec<Gate>> = Mutex::new(Vec::new());

fn handle(v: &Value) -> PyResult<&Handle> {
    v.downcast::<Handle>().ok_or_else(|| type_error("'handle' must be a _ThreadHandle"))
}
fn handle_new(_: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(&HANDLE, Handle { ident: Cell::new(0), started: Cell::new(false), done: Gate::new(false) }))
}
fn make_handle(n: &Value) -> PyResult {
    let id = as_index(n)?;
    Ok(object::new(&HANDLE, Handle { ident: Cell::new(id), started: Cell::new(true), done: Gate::new(false) }))
}
fn handle_join(v: &Value, timeout: &Value) -> PyResult {
    let h = handle(v)?;
    if !h.started.get() {
        return Err(runtime_error("thread not started"));
    }
    if h.ident.get() == ident() && !h.done.is_open() {
        return Err(runtime_error("Cannot join current thread"));
    }
    let end = match timeout.is_none() {
        true => None,
        false => Some(Instant::now() + Duration::from_secs_f64(number(timeout)?.clamp(0.0, 4e9))),
    };
    h.done.pass(false, end)?;
    Ok(NONE)
}
fn handle_is_done(v: &Value) -> PyResult {
    Ok(Value::bool(handle(v)?.done.is_open()))
}
fn handle_set_done(v: &Value) -> PyResult {
    handle(v)?.done.set(true);
    Ok(NONE)
}
fn handle_ident(v: &Value) -> PyResult {
    Ok(Value::int(handle(v)?.ident.get()))
}
fn handle_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("<_ThreadHandle object: ident={}>", handle(v)?.ident.get())))
}
static HANDLE_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(handle_new)),
    Method::new("join(self, timeout=None, /)", F2(handle_join)),
    Method::new("is_done(self)", F1(handle_is_done)),
    Method::new("_set_done(self)", F1(handle_set_done)),
    Method::new("__repr__(self)", F1(handle_repr)),
];
static HANDLE_GETSET: &[GetSet] = &[GetSet::ro("ident", handle_ident)];
static HANDLE_DEF: ClassDef =
    ClassDef::new::<Handle>("_ThreadHandle").module("_thread").methods(HANDLE_METHODS).getset(HANDLE_GETSET);
static HANDLE: Type = Type::builtin(&HANDLE_DEF);

fn run(func: Value, values: Vec<Value>, kw: Vec<Name>) {
    if let Err(r) = call_kw(&func, &values, &kw) {
        if error::matches(&r, &SYSTEM_EXIT) {
            drop(error::take(r));
        } else {
            error::unraisable(r, "Exception ignored in thread started by ", &func);
        }
    }
}
fn start(func: Value, values: Vec<Value>, kw: Vec<Name>, h: Option<Value>, daemon: bool) -> PyResult<i64> {
    let gate = match &h {
        Some(v) => handle(v)?.done.clone(),
        None => Gate::new(false),
    };
    if !daemon {
        let mut all = JOINED.lock().unwrap_or_else(|e| e.into_inner());
        all.retain(|g| !g.is_open());
        all.push(gate.clone());
    }
    let (send, receive) = std::sync::mpsc::channel();
    RUNNING.fetch_add(1, Ordering::AcqRel);
    let keep = h.clone();
    // Names are not sent between threads; their str objects are.
    let kw: Vec<Value> = kw.into_iter().map(Name::value).collect();
    // The new thread needs the lock that this one holds: its identity is told before it asks for it.
    let r = gil::spawn_with("thread", move || { let _ = send.send(ident()); }, move || {
        run(func, values, kw.iter().filter_map(Name::of).collect());
        local::forget(ident());
        drop(keep);
        RUNNING.fetch_sub(1, Ordering::AcqRel);
        gate.set(true);
    });
    if r.is_err() {
        RUNNING.fetch_sub(1, Ordering::AcqRel);
        return Err(runtime_error("can't start new thread"));
    }
    let id = receive.recv().unwrap_or(0);
    if let Some(v) = &h {
        let b = handle(v)?;
        b.ident.set(id);
        b.started.set(true);
    }
    Ok(id)
}
fn start_new_thread(func: &Value, args: &Value, kwargs: &Value) -> PyResult {
    if !rtcore::frame::callable(func) {
        return Err(type_error("first arg must be callable"));
    }
    if !tuple::is_tuple(args) {
        return Err(type_error("2nd arg must be a tuple"));
    }
    let mut values = tuple::items(args).to_vec();
    let mut kw = vec![];
    if !kwargs.is_unbound() {
        for (k, v) in rtcore::types::dict::items_of(kwargs)? {
            kw.push(Name::of(&k).ok_or_else(|| type_error("keywords must be strings"))?);
            values.push(v);
        }
    }
    Ok(Value::int(start(func.clone(), values, kw, None, true)?))
}
fn start_joinable_thread(func: &Value, h: &Value, daemon: &Value) -> PyResult {
    if !rtcore::frame::callable(func) {
        return Err(type_error("thread function must be callable"));
    }
    let h = if h.is_none() { handle_new(&[], &[])? } else { h.clone() };
    if handle(&h)?.started.get() {
        return Err(runtime_error("thread already started"));
    }
    start(func.clone(), vec![], vec![], Some(h.clone()), truth(daemon)?)?;
    Ok(h)
}
/// Waits for every thread that is not a daemon.
fn shutdown() -> PyResult {
    loop {
        let next = JOINED.lock().unwrap_or_else(|e| e.into_inner()).pop();
        let Some(gate) = next else { return Ok(NONE) };
        gate.pass(false, None)?;
    }
}
/// At the end of the program: `threading._shutdown()`, or ours when `threading` is not loaded.
fn at_end() {
    let threading = rtcore::types::module::modules()
        .downcast::<rtcore::types::dict::Dict>()
        .and_then(|d| d.get_name(Name::new("threading")));
    let r = match threading {
        Some(m) => rtcore::protocol::call::call_method_name(&m, Name::new("_shutdown"), &[]),
        None => shutdown(),
    };
    if let Err(r) = r {
        error::unraisable(r, "Exception ignored on threading shutdown ", &NONE);
    }
}
fn get_ident() -> PyResult {
    Ok(Value::int(ident()))
}
fn get_native_id() -> PyResult {
    // SAFETY: a plain system call.
    Ok(Value::int(unsafe { libc::syscall(libc::SYS_gettid) }))
}
fn main_ident() -> i64 {
    use std::sync::OnceLock;
    static MAIN: OnceLock<i64> = OnceLock::new();
    *MAIN.get_or_init(ident)
}
fn get_main_thread_ident() -> PyResult {
    Ok(Value::int(main_ident()))
}
fn yes() -> PyResult {
    Ok(TRUE)
}
fn count() -> PyResult {
    Ok(Value::from(RUNNING.load(Ordering::Acquire)))
}
fn exit_thread() -> PyResult {
    Err(error::raise_args(&SYSTEM_EXIT, vec![]))
}
fn stack_size(_: &Value) -> PyResult {
    Ok(Value::int(0))
}
fn set_name(_: &Value) -> PyResult {
    Ok(NONE)
}
fn interrupt_main(n: &Value) -> PyResult {
    // SAFETY: a plain system call to our own process.
    unsafe { libc::kill(libc::getpid(), as_index(n)? as i32) };
    Ok(NONE)
}
/// `_excepthook(args)`: what a thread's uncaught exception prints.
fn excepthook(args: &Value) -> PyResult {
    let items = rtcore::protocol::iter::collect(args)?;
    let [ty, exc, _tb, thread] = items.as_slice() else { return Err(type_error("_excepthook argument type must be ExceptHookArgs")) };
    if ty.as_type().is_some_and(|t| t.is_subtype(&SYSTEM_EXIT)) {
        return Ok(NONE);
    }
    let name = if thread.is_none() {
        ident().to_string()
    } else {
        rtcore::protocol::repr::str_string(&rtcore::protocol::attr::getattr_name(thread, Name::new("name"))?)?
    };
    rtcore::error::print::write_stderr(&format!("Exception in thread {name}:\n{}", rtcore::error::format::full(exc)));
    Ok(NONE)
}
static HOOK_ARGS: crate::posix::stat::Lazy =
    crate::posix::stat::Lazy::new("_thread", "_ExceptHookArgs", &["exc_type", "exc_value", "exc_traceback", "thread"], &[]);

static FUNCTIONS: &[Method] = &[
    Method::new("start_new_thread(function, args, kwargs=..., /)", F3(start_new_thread)),
    Method::new("start_joinable_thread(function, handle=None, daemon=True)", F3(start_joinable_thread)),
    Method::new("daemon_threads_allowed()", F0(yes)),
    Method::new("allocate_lock()", F0(allocate_lock)),
    Method::new("allocate()", F0(allocate_lock)),
    Method::new("get_ident()", F0(get_ident)),
    Method::new("get_native_id()", F0(get_native_id)),
    Method::new("_get_main_thread_ident()", F0(get_main_thread_ident)),
    Method::new("_make_thread_handle(ident, /)", F1(make_handle)),
    Method::new("_is_main_interpreter()", F0(yes)),
    Method::new("_shutdown()", F0(shutdown)),
    Method::new("_count()", F0(count)),
    Method::new("exit()", F0(exit_thread)),
    Method::new("stack_size(size=0, /)", F1(stack_size)),
    Method::new("set_name(name)", F1(set_name)),
    Method::new("interrupt_main(signum=2, /)", F1(interrupt_main)),
    Method::new("_excepthook(args, /)", F1(excepthook)),
];
fn setup(m: &Value) -> PyResult<()> {
    main_ident();
    rtcore::finalize::before(at_end);
    set_str(m, "lock", Value::of_type(&LOCK));
    set_str(m, "_ExceptHookArgs", Value::of_type(HOOK_ARGS.get()?));
    set_str(m, "LockType", Value::of_type(&LOCK));
    set_str(m, "RLock", Value::of_type(&RLOCK));
    set_str(m, "_ThreadHandle", Value::of_type(&HANDLE));
    set_str(m, "_local", Value::of_type(&local::LOCAL));
    set_str(m, "error", Value::of_type(&RUNTIME_ERROR));
    set_str(m, "TIMEOUT_MAX", Value::float(9_223_372_036.0));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_thread", FUNCTIONS, setup);
