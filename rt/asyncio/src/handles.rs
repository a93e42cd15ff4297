//! Owns: Handle and TimerHandle, the objects that `call_soon`, `call_later` and `call_at` give.
//! Never: keeps the queues they stand in.
//! Source: CPython 3.13, Lib/asyncio/events.py, Handle and TimerHandle.

use crate::futures::NativeCallback;
use crate::glue::{self, VCell};
use crate::loop_::{self, EventLoop, Ready};
use rtcore::def::{F1, F2, Method};
use rtcore::error::{self, PyResult, type_error};
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, GetSet, Type};
use rtcore::value::{NONE, Value};
use std::cell::Cell;

/// What a handle calls.
#[derive(Default)]
pub enum What {
    Py(Value, Box<[Value]>),
    Native(NativeCallback, Value, Value),
    /// Cancelled or already given up.
    #[default]
    Nothing,
}
pub struct Handle {
    loop_: VCell,
    what: Cell<What>,
    context: VCell,
    cancelled: Cell<bool>,
    /// The deadline of a TimerHandle.
    when: Cell<f64>,
    pub scheduled: Cell<bool>,
    /// The text from before it was cancelled, in debug mode.
    repr: Cell<Option<Box<str>>>,
}
impl Payload for Handle {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.loop_.visit(visit);
        self.context.visit(visit);
        self.peek(|what| match what {
            What::Py(f, args) => {
                visit(f);
                args.iter().for_each(visit);
            }
            What::Native(_, a, b) => {
                visit(a);
                visit(b);
            }
            What::Nothing => {}
        });
    }
    fn clear(&self) {
        drop((self.what.replace(What::Nothing), self.context.take()));
    }
}
impl Native for Handle {
    fn class() -> &'static Type {
        &HANDLE
    }
}

impl Handle {
    #[inline]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }
    pub fn when(&self) -> f64 {
        self.when.get()
    }
    /// Looks at what is to be called. `f` must not use the handle.
    fn peek<R>(&self, f: impl FnOnce(&What) -> R) -> R {
        let what = self.what.take();
        let result = f(&what);
        self.what.set(what);
        result
    }
}
fn body(v: &Value) -> PyResult<&Handle> {
    v.downcast::<Handle>().ok_or_else(|| type_error(format!("expected a Handle, got {}", v.ty().name())))
}

fn make(ty: &'static Type, l: &Value, what: What, context: Value, when: f64) -> Value {
    object::new(
        ty,
        Handle {
            loop_: VCell::new(l.clone()),
            what: Cell::new(what),
            context: VCell::new(context),
            cancelled: Cell::new(false),
            when: Cell::new(when),
            scheduled: Cell::new(false),
            repr: Cell::new(None),
        },
    )
}
/// `loop.call_soon(f, *args, context=ctx)`; None as context takes a copy of the current one.
pub fn call_soon(l: &Value, el: &EventLoop, f: Value, args: Vec<Value>, ctx: Value) -> PyResult {
    el.check_closed()?;
    let ctx = if ctx.is_none() { crate::context::copy_current() } else { ctx };
    let h = make(&HANDLE, l, What::Py(f, args.into()), ctx, 0.0);
    el.push(Ready::Handle(h.clone().into()));
    Ok(h)
}
pub fn call_soon_native(l: &Value, el: &EventLoop, f: NativeCallback, a: Value, b: Value) -> PyResult {
    el.check_closed()?;
    let h = make(&HANDLE, l, What::Native(f, a, b), NONE, 0.0);
    el.push(Ready::Handle(h.clone().into()));
    Ok(h)
}
/// A handle for a reader, writer or signal: not queued.
pub fn new_handle(l: &Value, f: Value, args: Vec<Value>) -> Value {
    make(&HANDLE, l, What::Py(f, args.into()), crate::context::copy_current(), 0.0)
}
/// The first argument of a handle of the runtime's own.
pub fn native_target(h: &Value) -> Option<Value> {
    let mut found = None;
    h.downcast::<Handle>()?.peek(|what| {
        if let What::Native(_, target, _) = what {
            found = Some(target.clone());
        }
    });
    found
}
pub fn new_native_handle(l: &Value, f: NativeCallback, a: Value, b: Value) -> Value {
    make(&HANDLE, l, What::Native(f, a, b), NONE, 0.0)
}
pub fn call_at(l: &Value, el: &EventLoop, when: f64, f: Value, args: Vec<Value>, ctx: Value) -> PyResult {
    el.check_closed()?;
    let ctx = if ctx.is_none() { crate::context::copy_current() } else { ctx };
    let h = make(&TIMER_HANDLE, l, What::Py(f, args.into()), ctx, when);
    el.schedule(when, &h);
    Ok(h)
}
pub fn call_at_native(l: &Value, el: &EventLoop, when: f64, f: NativeCallback, a: Value, b: Value) -> PyResult {
    el.check_closed()?;
    let h = make(&TIMER_HANDLE, l, What::Native(f, a, b), NONE, when);
    el.schedule(when, &h);
    Ok(h)
}
/// `handle.cancel()` for a handle of any loop.
pub fn cancel(h: &Value) -> PyResult<()> {
    let Some(b) = h.downcast::<Handle>() else { return glue::call_method(h, "cancel", &[]).map(drop) };
    if b.cancelled.replace(true) {
        return Ok(());
    }
    let l = b.loop_.get();
    let el = loop_::as_loop(&l);
    if el.is_some_and(|el| el.debug.get()) {
        let text = repr_text(h)?;
        b.repr.set(Some(text.into()));
    }
    drop(b.what.replace(What::Nothing));
    if b.scheduled.get()
        && let Some(el) = el
    {
        el.timer_cancelled();
    }
    Ok(())
}

/// Handle._run: errors go to the exception handler, SystemExit and KeyboardInterrupt through.
pub fn run(h: &Value) -> PyResult<()> {
    let Some(b) = h.downcast::<Handle>() else { return Ok(()) };
    let what = b.what.take();
    let r = match &what {
        What::Py(f, args) => {
            let ctx = b.context.get();
            crate::context::run(&ctx, || rtcore::protocol::call::call(f, args)).map(drop)
        }
        What::Native(f, x, y) => f(x, y),
        What::Nothing => Ok(()),
    };
    // A handle of a reader or writer runs again.
    if !b.cancelled.get() {
        let old = b.what.replace(what);
        drop(old);
    }
    match r {
        Ok(()) => Ok(()),
        Err(r) => failed(r, h),
    }
}
#[cold]
fn failed(r: error::Raised, h: &Value) -> PyResult<()> {
    if glue::pending_is_base_error(&r) {
        return Err(r);
    }
    let exc = error::take(r);
    let Some(b) = h.downcast::<Handle>() else { return Ok(()) };
    let cb = callback_text(b)?;
    let items =
        vec![("message", Value::string(format!("Exception in callback {cb}"))), ("exception", exc), ("handle", h.clone())];
    crate::handlers::call_exception_handler(&b.loop_.get(), glue::dict(items))
}
/// What an error in a callback without a handle object is reported as.
#[cold]
pub fn native_failed(r: error::Raised, l: &Value, what: &str) -> PyResult<()> {
    if glue::pending_is_base_error(&r) {
        return Err(r);
    }
    let exc = error::take(r);
    let items = vec![("message", Value::string(format!("Exception in callback {what}"))), ("exception", exc)];
    crate::handlers::call_exception_handler(l, glue::dict(items))
}

/// How CPython names the function that stands behind a native callback.
pub fn native_text(f: NativeCallback) -> String {
    let is = |g: NativeCallback| std::ptr::fn_addr_eq(f, g);
    if is(crate::gather::done_callback) {
        "gather.<locals>._done_callback()".into()
    } else if is(crate::taskgroups::on_task_done) {
        "TaskGroup._on_task_done()".into()
    } else if is(crate::wait::on_completion) {
        "_wait.<locals>._on_completion()".into()
    } else if is(crate::loop_::run_until_complete_cb) {
        "_run_until_complete_cb()".into()
    } else {
        "<native callback>()".into()
    }
}
fn callback_text(b: &Handle) -> PyResult<String> {
    let found = b.peek(|what| match what {
        What::Py(f, args) => Ok((f.clone(), args.to_vec())),
        What::Native(f, ..) => Err(native_text(*f)),
        What::Nothing => Err(String::new()),
    });
    let (f, args) = match found {
        Ok(found) => found,
        Err(text) => return Ok(text),
    };
    let debug = loop_::as_loop(&b.loop_.get()).is_some_and(|el| el.debug.get());
    crate::repr::format_callback_source(&f, &args, debug)
}
fn repr_text(v: &Value) -> PyResult<String> {
    let b = body(v)?;
    if let Some(text) = b.repr.take() {
        let shown = text.to_string();
        b.repr.set(Some(text));
        return Ok(shown);
    }
    let mut info = vec![v.ty().name().to_string()];
    if b.cancelled.get() {
        info.push("cancelled".into());
    }
    if v.ty().is_subtype(&TIMER_HANDLE) {
        info.push(format!("when={}", glue::repr(&Value::float(b.when.get()))?));
    }
    let cb = callback_text(b)?;
    if !cb.is_empty() {
        info.push(cb);
    }
    Ok(format!("<{}>", info.join(" ")))
}
fn m_repr(v: &Value) -> PyResult {
    repr_text(v).map(Value::string)
}
fn m_cancel(v: &Value) -> PyResult {
    cancel(v)?;
    Ok(NONE)
}
fn m_cancelled(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.cancelled.get()))
}
fn m_get_context(v: &Value) -> PyResult {
    Ok(body(v)?.context.get())
}
fn m_when(v: &Value) -> PyResult {
    Ok(Value::float(body(v)?.when.get()))
}
fn m_run(v: &Value) -> PyResult {
    run(v)?;
    Ok(NONE)
}
fn get_callback(v: &Value) -> PyResult {
    Ok(body(v)?.peek(|what| match what {
        What::Py(f, _) => f.clone(),
        What::Native(..) | What::Nothing => NONE,
    }))
}
fn get_args(v: &Value) -> PyResult {
    Ok(body(v)?.peek(|what| match what {
        What::Py(_, a) => glue::tuple(a.to_vec()),
        What::Native(..) | What::Nothing => NONE,
    }))
}
fn get_loop(v: &Value) -> PyResult {
    Ok(body(v)?.loop_.get())
}
fn get_scheduled(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.scheduled.get()))
}
fn compare(a: &Value, b: &Value, f: fn(f64, f64) -> bool) -> PyResult {
    match (a.downcast::<Handle>(), b.downcast::<Handle>()) {
        (Some(x), Some(y)) if b.ty().is_subtype(&TIMER_HANDLE) => Ok(Value::bool(f(x.when.get(), y.when.get()))),
        (Some(_) | None, _) => Ok(rtcore::types::none::not_implemented()),
    }
}
fn m_lt(a: &Value, b: &Value) -> PyResult {
    compare(a, b, |x, y| x < y)
}
fn m_le(a: &Value, b: &Value) -> PyResult {
    compare(a, b, |x, y| x <= y)
}
fn m_gt(a: &Value, b: &Value) -> PyResult {
    compare(a, b, |x, y| x > y)
}
fn m_ge(a: &Value, b: &Value) -> PyResult {
    compare(a, b, |x, y| x >= y)
}

static METHODS: &[Method] = &[
    Method::new("cancel(self)", F1(m_cancel)),
    Method::new("cancelled(self)", F1(m_cancelled)),
    Method::new("get_context(self)", F1(m_get_context)),
    Method::new("_run(self)", F1(m_run)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("_callback", get_callback),
    GetSet::ro("_args", get_args),
    GetSet::ro("_loop", get_loop),
    GetSet::ro("_cancelled", m_cancelled),
    GetSet::ro("_context", m_get_context),
];
static DEF: ClassDef = ClassDef::new::<Handle>("Handle").module("asyncio.events").methods(METHODS).getset(GETSET);
pub static HANDLE: Type = Type::builtin(&DEF);
static TIMER_METHODS: &[Method] = &[
    Method::new("when(self)", F1(m_when)),
    Method::new("__lt__(self, other)", F2(m_lt)),
    Method::new("__le__(self, other)", F2(m_le)),
    Method::new("__gt__(self, other)", F2(m_gt)),
    Method::new("__ge__(self, other)", F2(m_ge)),
];
static TIMER_GETSET: &[GetSet] = &[GetSet::ro("_when", m_when), GetSet::ro("_scheduled", get_scheduled)];
static TIMER_DEF: ClassDef =
    ClassDef::new::<Handle>("TimerHandle").like(&HANDLE, &HANDLE).module("asyncio.events").methods(TIMER_METHODS).getset(TIMER_GETSET);
pub static TIMER_HANDLE: Type = Type::builtin(&TIMER_DEF);

// ---- native callbacks as Python callables, where a foreign object must call them ----

struct NativeFunction {
    f: NativeCallback,
    data: Value,
}
impl Payload for NativeFunction {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.data);
    }
}
impl Native for NativeFunction {
    fn class() -> &'static Type {
        &NATIVE_FUNCTION
    }
}
pub fn native_function(f: NativeCallback, data: Value) -> Value {
    object::new(&NATIVE_FUNCTION, NativeFunction { f, data })
}
fn call_native(v: &Value, values: &[Value], _kw: &[rtcore::name::Name]) -> PyResult {
    if let (Some(n), [fut, ..]) = (v.downcast::<NativeFunction>(), values) {
        (n.f)(fut, &n.data)?;
    }
    Ok(NONE)
}
static NATIVE_DEF: ClassDef = ClassDef::new::<NativeFunction>("function")
    .hooks(rtcore::types::class::Hooks { call: Some(call_native), ..rtcore::types::class::Hooks::NONE });
static NATIVE_FUNCTION: Type = Type::builtin(&NATIVE_DEF);
