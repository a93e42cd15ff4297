//! Owns: `ExitStack` and `AsyncExitStack`.
//! Never: enters anything on its own.
//! Source: CPython 3.13, Lib/contextlib.py (`_BaseExitStack`).

use rtcore::def::{Def, Kind};
use rtcore::error::hierarchy::body;
use rtcore::error::{self, type_error};
use rtcore::frame::{await_, native_coroutine};
use rtcore::methods::*;
use rtcore::protocol::attr;
use rtcore::protocol::call::{call, call_kw};
use rtcore::protocol::sequence::truth;
use rtcore::types::object_::OBJECT;
use rtcore::types::tuple;
use std::cell::RefCell;

/// One thing to do when the stack is left.
#[derive(Clone)]
enum Callback {
    /// Called with the exception triple; a true result swallows.
    Exit(Value),
    AsyncExit(Value),
    /// Called with its own arguments; the result is ignored.
    Plain { func: Value, values: Vec<Value>, kw: Vec<Name>, is_async: bool },
}
pub struct Stack {
    callbacks: RefCell<Vec<Callback>>,
}
impl Payload for Stack {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in self.callbacks.borrow().iter() {
            match c {
                Callback::Exit(f) | Callback::AsyncExit(f) => visit(f),
                Callback::Plain { func, values, .. } => {
                    visit(func);
                    values.iter().for_each(&mut *visit);
                }
            }
        }
    }
}
impl Native for Stack {
    fn class() -> &'static Type {
        &EXIT_STACK
    }
}

/// The triple that `__exit__` takes.
fn triple(exc: &Value) -> [Value; 3] {
    if exc.is_none() {
        return [NONE, NONE, NONE];
    }
    let tb = body(exc).map_or(NONE, |b| b.traceback.borrow().clone());
    [Value::of_type(exc.ty()), exc.clone(), tb]
}
/// Runs `cm.__exit__` for an exception, which is the handled one meanwhile; true when swallowed.
pub fn leave(cm: &Value, exc: &Value) -> PyResult<bool> {
    let f = attr::getattr_name(cm, names::__exit__.get())?;
    call_exit(&f, exc)
}
fn call_exit(f: &Value, exc: &Value) -> PyResult<bool> {
    let node = error::top_node();
    let saved = if exc.is_none() { None } else { Some(node.replace(exc.clone())) };
    let r = call(f, &triple(exc)).and_then(|v| truth(&v));
    if let Some(s) = saved {
        drop(node.replace(s));
    }
    r
}
pub async fn leave_async(cm: &Value, exc: &Value) -> PyResult<bool> {
    let f = attr::getattr_name(cm, names::__aexit__.get())?;
    let r = await_(call(&f, &triple(exc))?).await?;
    truth(&r)
}

fn stack(v: &Value) -> PyResult<&Stack> {
    v.downcast::<Stack>().ok_or_else(|| type_error("not an exit stack"))
}
fn stack_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(t) => Ok(object::new(t, Stack { callbacks: RefCell::new(vec![]) })),
        None => Err(type_error("X is not a type object")),
    }
}
fn push_callback(v: &Value, c: Callback) -> PyResult<()> {
    stack(v)?.callbacks.borrow_mut().push(c);
    Ok(())
}
fn bound_special(cm: &Value, name: Name) -> PyResult<Option<Value>> {
    match cm.ty().lookup(name) {
        Some(f) => attr::bind(&f, cm, cm.ty()).map(Some),
        None => Ok(None),
    }
}
fn no_protocol(cm: &Value, kind: &str) -> Raised {
    let t = cm.ty();
    type_error(format!("'{}.{}' object does not support the {kind} protocol", t.module_name(), t.qualname()))
}
fn enter_context(v: &Value, cm: &Value) -> PyResult {
    let (Some(enter), Some(exit)) = (bound_special(cm, names::__enter__.get())?, bound_special(cm, names::__exit__.get())?) else {
        return Err(no_protocol(cm, "context manager"));
    };
    let result = call(&enter, &[])?;
    push_callback(v, Callback::Exit(exit))?;
    Ok(result)
}
fn push(v: &Value, exit: &Value) -> PyResult {
    let f = bound_special(exit, names::__exit__.get())?.unwrap_or_else(|| exit.clone());
    push_callback(v, Callback::Exit(f))?;
    Ok(exit.clone())
}
fn plain(all: &[Value], kw: &[Name], is_async: bool) -> PyResult {
    let [v, func, values @ ..] = all else {
        return Err(type_error("callback expected at least 1 argument, got 0"));
    };
    push_callback(v, Callback::Plain { func: func.clone(), values: values.to_vec(), kw: kw.to_vec(), is_async })?;
    Ok(func.clone())
}
fn callback(all: &[Value], kw: &[Name]) -> PyResult {
    plain(all, kw, false)
}
fn push_async_callback(all: &[Value], kw: &[Name]) -> PyResult {
    plain(all, kw, true)
}
fn push_async_exit(v: &Value, exit: &Value) -> PyResult {
    let f = bound_special(exit, names::__aexit__.get())?.unwrap_or_else(|| exit.clone());
    push_callback(v, Callback::AsyncExit(f))?;
    Ok(exit.clone())
}
fn pop_all(v: &Value) -> PyResult {
    let callbacks = std::mem::take(&mut *stack(v)?.callbacks.borrow_mut());
    Ok(object::new(v.ty(), Stack { callbacks: RefCell::new(callbacks) }))
}
fn pop(v: &Value) -> PyResult<Option<Callback>> {
    Ok(stack(v)?.callbacks.borrow_mut().pop())
}

/// The state of an unwinding: what is in flight, and whether anything was swallowed.
struct Unwind {
    received: bool,
    current: Value,
    handled_outside: Value,
    suppressed: bool,
    pending_raise: bool,
}
impl Unwind {
    fn new(exc: Value) -> Unwind {
        let outside = error::handled();
        Unwind { received: !exc.is_none(), current: exc, handled_outside: outside, suppressed: false, pending_raise: false }
    }
    fn ok(&mut self, swallowed: bool) {
        if swallowed {
            self.suppressed = true;
            self.pending_raise = false;
            self.current = NONE;
        }
    }
    /// A callback raised: the new exception's context ends at what was in flight (`_fix_exception_context`).
    fn err(&mut self, r: Raised) {
        let new = error::take(r);
        let mut e = new.clone();
        loop {
            let context = body(&e).map_or(NONE, |b| b.context.borrow().clone());
            if context.is_none() || context.is(&self.current) {
                break;
            }
            if context.is(&self.handled_outside) {
                if let Some(b) = body(&e)
                    && !e.is(&self.current)
                {
                    let old = b.context.replace(self.current.clone());
                    drop(old);
                }
                break;
            }
            e = context;
        }
        self.current = new;
        self.pending_raise = true;
    }
    fn finish(self) -> PyResult {
        if self.pending_raise {
            return Err(error::set_pending(self.current));
        }
        Ok(Value::bool(self.received && self.suppressed))
    }
}

fn exit(v: &Value, _ty: &Value, exc: &Value, _tb: &Value) -> PyResult {
    let mut u = Unwind::new(exc.clone());
    while let Some(c) = pop(v)? {
        let r = match c {
            Callback::Exit(f) | Callback::AsyncExit(f) => call_exit(&f, &u.current),
            Callback::Plain { func, values, kw, .. } => call_kw(&func, &values, &kw).map(|_| false),
        };
        match r {
            Ok(b) => u.ok(b),
            Err(r) => u.err(r),
        }
    }
    u.finish()
}
fn close(v: &Value) -> PyResult {
    exit(v, &NONE, &NONE, &NONE)?;
    Ok(NONE)
}
fn enter(v: &Value) -> PyResult {
    Ok(v.clone())
}

static AENTER: Def = Def::native("AsyncExitStack.__aenter__", Kind::Coroutine);
static AEXIT: Def = Def::native("AsyncExitStack.__aexit__", Kind::Coroutine);
static ACLOSE: Def = Def::native("AsyncExitStack.aclose", Kind::Coroutine);
static ENTER_ASYNC: Def = Def::native("AsyncExitStack.enter_async_context", Kind::Coroutine);
async fn give(v: Value) -> PyResult {
    Ok(v)
}
fn aenter(v: &Value) -> PyResult {
    Ok(native_coroutine(&AENTER, give(v.clone())))
}
async fn aexit_body(v: Value, exc: Value) -> PyResult {
    let mut u = Unwind::new(exc);
    while let Some(c) = pop(&v)? {
        let r = match c {
            Callback::Exit(f) => call_exit(&f, &u.current),
            Callback::AsyncExit(f) => match call(&f, &triple(&u.current)) {
                Ok(aw) => match await_(aw).await {
                    Ok(x) => truth(&x),
                    Err(r) => Err(r),
                },
                Err(r) => Err(r),
            },
            Callback::Plain { func, values, kw, is_async } => match call_kw(&func, &values, &kw) {
                Ok(aw) if is_async => await_(aw).await.map(|_| false),
                Ok(_) => Ok(false),
                Err(r) => Err(r),
            },
        };
        match r {
            Ok(b) => u.ok(b),
            Err(r) => u.err(r),
        }
    }
    u.finish()
}
fn aexit(v: &Value, _ty: &Value, exc: &Value, _tb: &Value) -> PyResult {
    Ok(native_coroutine(&AEXIT, aexit_body(v.clone(), exc.clone())))
}
async fn aclose_body(v: Value) -> PyResult {
    aexit_body(v, NONE).await?;
    Ok(NONE)
}
fn aclose(v: &Value) -> PyResult {
    Ok(native_coroutine(&ACLOSE, aclose_body(v.clone())))
}
async fn enter_async_body(v: Value, cm: Value) -> PyResult {
    let (Some(enter), Some(exit)) = (bound_special(&cm, names::__aenter__.get())?, bound_special(&cm, names::__aexit__.get())?) else {
        return Err(no_protocol(&cm, "asynchronous context manager"));
    };
    let result = await_(call(&enter, &[])?).await?;
    push_callback(&v, Callback::AsyncExit(exit))?;
    Ok(result)
}
fn enter_async_context(v: &Value, cm: &Value) -> PyResult {
    Ok(native_coroutine(&ENTER_ASYNC, enter_async_body(v.clone(), cm.clone())))
}

static SYNC_METHODS: &[Method] = &[
    Method::static_("__new__(cls, *args, **kw)", Raw(stack_new)),
    Method::new("__enter__(self)", F1(enter)),
    Method::new("__exit__(self, *exc_details)", N(|a| with_details(a, exit))),
    Method::new("enter_context(self, cm)", F2(enter_context)),
    Method::new("push(self, exit)", F2(push)),
    Method::new("callback(self, callback, /, *args, **kwds)", Raw(callback)),
    Method::new("pop_all(self)", F1(pop_all)),
    Method::new("close(self)", F1(close)),
];
fn with_details(a: &[Value], f: fn(&Value, &Value, &Value, &Value) -> PyResult) -> PyResult {
    match (a, a.get(1).map(tuple::items)) {
        ([v, ..], Some([t, e, tb])) => f(v, t, e, tb),
        ([v, ..], _) => f(v, &NONE, &NONE, &NONE),
        ([], _) => Ok(NONE),
    }
}
static SYNC_DEF: ClassDef = ClassDef::new::<Stack>("ExitStack").module("contextlib").methods(SYNC_METHODS).flags(TypeFlags::ATTRS);
pub static EXIT_STACK: Type = Type::builtin(&SYNC_DEF);
static ASYNC_METHODS: &[Method] = &[
    Method::static_("__new__(cls, *args, **kw)", Raw(stack_new)),
    Method::new("__aenter__(self)", F1(aenter)),
    Method::new("__aexit__(self, *exc_details)", N(|a| with_details(a, aexit))),
    Method::new("enter_context(self, cm)", F2(enter_context)),
    Method::new("enter_async_context(self, cm)", F2(enter_async_context)),
    Method::new("push(self, exit)", F2(push)),
    Method::new("push_async_exit(self, exit)", F2(push_async_exit)),
    Method::new("callback(self, callback, /, *args, **kwds)", Raw(callback)),
    Method::new("push_async_callback(self, callback, /, *args, **kwds)", Raw(push_async_callback)),
    Method::new("pop_all(self)", F1(pop_all)),
    Method::new("aclose(self)", F1(aclose)),
];
static ASYNC_DEF: ClassDef = ClassDef::new::<Stack>("AsyncExitStack").module("contextlib").like(&OBJECT, &EXIT_STACK).methods(ASYNC_METHODS).flags(TypeFlags::ATTRS);
pub static ASYNC_EXIT_STACK: Type = Type::builtin(&ASYNC_DEF);
