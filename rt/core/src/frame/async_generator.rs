//! Owns: async generator objects, their `asend`/`athrow`/`aclose` steps, the hooks of
//! `sys.set_asyncgen_hooks`, and `async for`.
//! Never: knows the body.
//! Source: CPython 3.13, Objects/genobject.c (`async_gen_asend_send`, `async_gen_athrow_send`,
//! `async_gen_unwrap_value`, `async_gen_init_hooks`).

use super::delegate::{Delegate, await_anext};
use super::generator::{GENERATOR, frame, surface};
use super::header::{self, Frame, State, flags};
use super::leaf::leaf_throw;
use super::methods::{GETSET_ASYNC_GENERATOR, frame_repr, qualname_text};
use super::slot::{self, Tag};
use super::{Input, finish, put, throw};
use crate::def::{Def, F1, F2, Kind, Method, Raw};
use crate::error::hierarchy::{GENERATOR_EXIT, RUNTIME_WARNING, STOP_ASYNC_ITERATION, STOP_ITERATION};
use crate::error::{self, PyResult, Raised, chain_context, peek, raise_args, runtime_error, set_top, top, top_node, type_error};
use crate::gil::{Gil, GilRefCell};
use crate::name::Name;
use crate::object::{self, Native, Payload};
use crate::protocol::call::{call, call_special};
use crate::types::class::special::Special;
use crate::types::class::{ClassDef, Hooks, Type, TypeFlags};
use crate::types::object_::OBJECT;
use crate::value::{NONE, UNBOUND, Value};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The async generator object of a call of `def`.
#[inline]
pub fn async_generator<F: Future<Output = PyResult> + 'static>(def: &'static Def, future: F) -> Value {
    header::new(&ASYNC_GENERATOR, Kind::AsyncGenerator, 0, def, future)
}

/// `sys.get_asyncgen_hooks()`: firstiter and finalizer. Per thread in CPython; swapped with the GIL.
pub static HOOKS: GilRefCell<(Value, Value)> = Gil::new(RefCell::new((NONE, NONE)));

/// Source: `async_gen_init_hooks`.
#[inline]
fn init_hooks(f: &Frame, gen_: &Value) -> PyResult<()> {
    if f.flag(flags::HOOKS) {
        return Ok(());
    }
    f.set_flag(flags::HOOKS, true);
    let (firstiter, finalizer) = HOOKS.borrow().clone();
    if !finalizer.is_none() {
        f.side(|s| s.finalizer = Some(finalizer));
    }
    if !firstiter.is_none() {
        call(&firstiter, std::slice::from_ref(gen_))?;
    }
    Ok(())
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Phase {
    Init,
    Iter,
    Closed,
}
#[derive(Copy, Clone, PartialEq, Eq)]
enum Mode {
    Asend,
    Athrow,
    Aclose,
}

/// One `asend`, `__anext__`, `athrow` or `aclose` in progress.
pub(super) struct Operation {
    generator: Value,
    /// What to send, or the exception to throw; UNBOUND for `aclose`.
    argument: Value,
    mode: Mode,
    phase: Cell<Phase>,
}

fn stop_async() -> Raised {
    raise_args(&STOP_ASYNC_ITERATION, vec![])
}
fn ends(r: &Raised) -> bool {
    error::matches(r, &STOP_ASYNC_ITERATION) || error::matches(r, &GENERATOR_EXIT)
}

/// The consumer's view of a poll of the body: an item is the operation's result.
#[inline]
fn unwrap(f: &Frame, r: Poll<PyResult>) -> Poll<PyResult> {
    match r {
        Poll::Pending if slot::tag() == Tag::Item => {
            f.set_flag(flags::RUNNING_ASYNC, false);
            Poll::Ready(Ok(slot::take().1))
        }
        Poll::Pending => Poll::Pending,
        Poll::Ready(r) => {
            let r = match r {
                Ok(_) => stop_async(),
                Err(r) => r,
            };
            if ends(&r) {
                f.set_flag(flags::CLOSED, true);
            }
            f.set_flag(flags::RUNNING_ASYNC, false);
            Poll::Ready(Err(r))
        }
    }
}

impl Operation {
    fn frame(&self) -> Option<&Frame> {
        self.generator.downcast::<Frame>()
    }
    fn refuse(&self, text: &str) -> Poll<PyResult> {
        drop(slot::take());
        Poll::Ready(Err(runtime_error(text)))
    }
    /// Resumes with what the slot holds.
    fn step(&self) -> Poll<PyResult> {
        let Some(f) = self.frame() else { return self.refuse("not an async generator") };
        let thrown = matches!(slot::tag(), Tag::Throw | Tag::Exit);
        let r = match (self.mode, thrown) {
            (Mode::Asend, _) => self.step_send(f, thrown),
            (Mode::Athrow | Mode::Aclose, false) => self.step_throw(f),
            (Mode::Athrow | Mode::Aclose, true) => self.thrown_into(f),
        };
        if r.is_ready() {
            self.phase.set(Phase::Closed);
        }
        r
    }
    /// `async_gen_asend_send` and `async_gen_asend_throw`.
    #[inline]
    fn step_send(&self, f: &Frame, thrown: bool) -> Poll<PyResult> {
        match self.phase.get() {
            Phase::Closed => return self.refuse("cannot reuse already awaited __anext__()/asend()"),
            Phase::Init => {
                if f.flag(flags::RUNNING_ASYNC) {
                    return self.refuse("anext(): asynchronous generator is already running");
                }
                if !thrown {
                    let (_, v) = slot::take();
                    slot::put(Tag::Send, if v.is_none() { self.argument.clone() } else { v });
                }
                self.phase.set(Phase::Iter);
            }
            Phase::Iter => {}
        }
        f.set_flag(flags::RUNNING_ASYNC, true);
        unwrap(f, f.resume(&self.generator))
    }
    /// `async_gen_athrow_send`.
    fn step_throw(&self, f: &Frame) -> Poll<PyResult> {
        let aclose = self.mode == Mode::Aclose;
        if self.phase.get() == Phase::Closed {
            return self.refuse("cannot reuse already awaited aclose()/athrow()");
        }
        if f.state() == State::Done {
            drop(slot::take());
            return Poll::Ready(Ok(NONE));
        }
        if self.phase.get() == Phase::Init {
            if f.flag(flags::RUNNING_ASYNC) {
                return self.refuse(if aclose {
                    "aclose(): asynchronous generator is already running"
                } else {
                    "athrow(): asynchronous generator is already running"
                });
            }
            if f.flag(flags::CLOSED) {
                drop(slot::take());
                return Poll::Ready(Err(stop_async()));
            }
            let (_, arg) = slot::take();
            if !arg.is_none() {
                return Poll::Ready(Err(runtime_error("can't send non-None value to a just-started coroutine")));
            }
            self.phase.set(Phase::Iter);
            f.set_flag(flags::RUNNING_ASYNC, true);
            // GeneratorExit too is thrown, not an exit: `close_on_genexit` is 0 here. `_gen_throw` makes it and does not
            // chain it to what the caller handles.
            if aclose {
                f.set_flag(flags::CLOSED, true);
                slot::put(Tag::Throw, header::generator_exit(&NONE));
            } else {
                slot::put(Tag::Throw, self.argument.clone());
            }
        }
        let r = f.resume(&self.generator);
        if aclose { self.aclose_result(f, r) } else { unwrap(f, r) }
    }
    fn aclose_result(&self, f: &Frame, r: Poll<PyResult>) -> Poll<PyResult> {
        match r {
            Poll::Pending if slot::tag() == Tag::Item => {
                drop(slot::take());
                f.set_flag(flags::RUNNING_ASYNC, false);
                Poll::Ready(Err(runtime_error("async generator ignored GeneratorExit")))
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(_)) => {
                f.set_flag(flags::RUNNING_ASYNC, false);
                Poll::Ready(Ok(NONE))
            }
            Poll::Ready(Err(r)) => {
                f.set_flag(flags::RUNNING_ASYNC, false);
                if ends(&r) {
                    drop(error::take(r));
                    return Poll::Ready(Ok(NONE));
                }
                Poll::Ready(Err(r))
            }
        }
    }
    /// `async_gen_athrow_throw`.
    fn thrown_into(&self, f: &Frame) -> Poll<PyResult> {
        match self.phase.get() {
            Phase::Closed => return self.refuse("cannot reuse already awaited aclose()/athrow()"),
            Phase::Init => {
                if f.flag(flags::RUNNING_ASYNC) {
                    return self.refuse(if self.mode == Mode::Aclose {
                        "aclose(): asynchronous generator is already running"
                    } else {
                        "athrow(): asynchronous generator is already running"
                    });
                }
                self.phase.set(Phase::Iter);
                f.set_flag(flags::RUNNING_ASYNC, true);
            }
            Phase::Iter => {}
        }
        let r = f.resume(&self.generator);
        if self.mode == Mode::Aclose { self.aclose_result(f, r) } else { unwrap(f, r) }
    }
    /// `close()` of the operation object (3.13: `async_gen_asend_close`).
    fn close(&self) -> PyResult<()> {
        if self.phase.get() == Phase::Closed {
            return Ok(());
        }
        slot::put(Tag::Exit, header::generator_exit(&NONE));
        match self.step() {
            Poll::Pending => {
                drop(slot::take());
                Err(runtime_error("coroutine ignored GeneratorExit"))
            }
            Poll::Ready(Ok(_)) => Ok(()),
            Poll::Ready(Err(r)) if ends(&r) || error::matches(&r, &STOP_ITERATION) => {
                drop(error::take(r));
                Ok(())
            }
            Poll::Ready(Err(r)) => Err(r),
        }
    }
}

impl Payload for Operation {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(finalize);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.generator);
        visit(&self.argument);
    }
}
impl Native for Operation {
    fn class() -> &'static Type {
        &ASEND
    }
}
/// Source: Python/_warnings.c, `_PyErr_WarnUnawaitedAgenMethod`.
fn finalize(v: &Value) {
    let Some(op) = v.downcast::<Operation>() else { return };
    if op.phase.replace(Phase::Closed) != Phase::Init {
        return;
    }
    let Some(f) = op.frame() else { return };
    let method = match op.mode {
        Mode::Asend => "asend",
        Mode::Athrow => "athrow",
        Mode::Aclose => "aclose",
    };
    let text = format!("coroutine method '{method}' of '{}' was never awaited", qualname_text(f));
    error::saving_pending(|| {
        if let Err(r) = crate::warn::warn(&RUNTIME_WARNING, &text, 1) {
            error::unraisable(r, "", v);
        }
    });
}

fn operation(v: &Value, argument: Value, mode: Mode) -> PyResult {
    let f = frame(v, Kind::AsyncGenerator)?;
    init_hooks(f, v)?;
    let ty = if mode == Mode::Asend { &ASEND } else { &ATHROW };
    Ok(object::new(ty, Operation { generator: v.clone(), argument, mode, phase: Cell::new(Phase::Init) }))
}
fn aiter_self(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn anext_method(v: &Value) -> PyResult {
    operation(v, NONE, Mode::Asend)
}
fn asend(v: &Value, arg: &Value) -> PyResult {
    operation(v, arg.clone(), Mode::Asend)
}
fn athrow(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some((v, args)) = all.split_first() else { return Err(type_error("athrow needs an async generator")) };
    frame(v, Kind::AsyncGenerator)?;
    operation(v, throw::exception(args)?, Mode::Athrow)
}
fn aclose(v: &Value) -> PyResult {
    operation(v, UNBOUND, Mode::Aclose)
}

fn op(v: &Value) -> PyResult<&Operation> {
    v.downcast::<Operation>().ok_or_else(|| type_error("not an async generator operation"))
}
fn op_next(v: &Value) -> PyResult {
    op_send(v, &NONE)
}
fn op_send(v: &Value, arg: &Value) -> PyResult {
    let o = op(v)?;
    slot::put(Tag::Send, arg.clone());
    surface(finish(o.step()))
}
fn op_throw(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some((v, args)) = all.split_first() else { return Err(type_error("throw needs an operation")) };
    let o = op(v)?;
    put(Input::Throw(throw::exception(args)?));
    surface(finish(o.step()))
}
fn op_close(v: &Value) -> PyResult {
    op(v)?.close().map(|()| NONE)
}
fn op_resume(v: &Value, _first: bool) -> Poll<PyResult> {
    match v.downcast::<Operation>() {
        Some(o) => o.step(),
        None => Poll::Ready(Ok(NONE)),
    }
}
fn op_step(v: &Value) -> Result<Option<Value>, Raised> {
    match op_next(v) {
        Ok(v) => Ok(Some(v)),
        Err(r) => super::stop_value(r).map(|_| None),
    }
}

static OP_METHODS: &[Method] = &[
    Method::new("__await__(self, /)", F1(aiter_self)),
    Method::new("__iter__(self, /)", F1(aiter_self)),
    Method::new("__next__(self, /)", F1(op_next)),
    Method::new("send(self, arg, /)", F2(op_send)),
    Method::new("throw(self, /, *args)", Raw(op_throw)),
    Method::new("close(self, /)", F1(op_close)),
];
const OP_HOOKS: Hooks = Hooks { next: Some(op_step), iter: Some(aiter_self), resume: Some(op_resume), ..Hooks::NONE };
static ASEND_DEF: ClassDef = ClassDef::new::<Operation>("async_generator_asend").methods(OP_METHODS).hooks(OP_HOOKS);
pub static ASEND: Type = Type::builtin(&ASEND_DEF);
static ATHROW_DEF: ClassDef = ClassDef::new::<Operation>("async_generator_athrow").like(&OBJECT, &ASEND).methods(OP_METHODS).hooks(OP_HOOKS);
pub static ATHROW: Type = Type::builtin(&ATHROW_DEF);

static METHODS: &[Method] = &[
    Method::new("__aiter__(self, /)", F1(aiter_self)),
    Method::new("__anext__(self, /)", F1(anext_method)),
    Method::new("__repr__(self, /)", F1(frame_repr)),
    Method::new("asend(self, arg, /)", F2(asend)),
    Method::new("athrow(self, /, *args)", Raw(athrow)),
    Method::new("aclose(self, /)", F1(aclose)),
];
static DEF: ClassDef = ClassDef::new::<Frame>("async_generator")
    .like(&OBJECT, &GENERATOR)
    .methods(METHODS)
    .getset(GETSET_ASYNC_GENERATOR)
    .flags(TypeFlags::FINAL);
pub static ASYNC_GENERATOR: Type = Type::builtin(&DEF);

/// `aiter(v)` as `async for` does it.
pub fn aiter(v: &Value) -> PyResult {
    let ty = v.ty();
    if std::ptr::eq(ty, &ASYNC_GENERATOR) {
        return Ok(v.clone());
    }
    let Some(method) = ty.special(Special::Aiter).cloned() else {
        return Err(type_error(format!("'async for' requires an object with __aiter__ method, got {}", ty.full_name())));
    };
    let it = call_special(&method, v, &[])?;
    if it.ty().special(Special::Anext).is_none() {
        let name = it.ty().full_name();
        return Err(type_error(format!("'async for' received an object from __aiter__ that does not implement __anext__: {name}")));
    }
    Ok(it)
}

/// The next item of `async for`: `None` at the end.
#[inline]
pub fn anext(it: &Value) -> Anext {
    let native = std::ptr::eq(it.ty(), &ASYNC_GENERATOR);
    Anext(if native { Next::Ours { generator: it.clone(), started: false } } else { Next::Start(it.clone()) })
}
/// The future of `anext`.
#[must_use = "an await does nothing unless awaited"]
pub struct Anext(Next);
impl Unpin for Anext {}
enum Next {
    /// An async generator, driven without an `asend` object.
    Ours { generator: Value, started: bool },
    /// Any other async iterator, `__anext__` not yet called.
    Start(Value),
    Other(Delegate),
}

impl Future for Anext {
    type Output = PyResult<Option<Value>>;
    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<PyResult<Option<Value>>> {
        let r = match &mut self.0 {
            Next::Ours { generator, started } => poll_ours(generator, started),
            Next::Start(it) => {
                let it = std::mem::replace(it, NONE);
                match start_other(&it) {
                    Ok(d) => {
                        self.0 = Next::Other(d);
                        return self.poll(cx);
                    }
                    Err(r) => Poll::Ready(Err(r)),
                }
            }
            Next::Other(d) => Pin::new(d).poll(cx),
        };
        match r {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(v)) => Poll::Ready(Ok(Some(v))),
            Poll::Ready(Err(r)) if error::matches(&r, &STOP_ASYNC_ITERATION) => {
                drop(error::take(r));
                Poll::Ready(Ok(None))
            }
            Poll::Ready(Err(r)) => Poll::Ready(Err(r)),
        }
    }
}
fn start_other(it: &Value) -> PyResult<Delegate> {
    let ty = it.ty();
    let Some(method) = ty.special(Special::Anext).cloned() else {
        return Err(type_error(format!("'async for' requires an iterator with __anext__ method, got {}", ty.full_name())));
    };
    Ok(await_anext(call_special(&method, it, &[])?))
}
#[inline]
fn poll_ours(generator: &Value, started: &mut bool) -> Poll<PyResult> {
    let Some(f) = generator.downcast::<Frame>() else { return Poll::Ready(Err(stop_async())) };
    if !*started {
        *started = true;
        if let Err(r) = init_hooks(f, generator) {
            return Poll::Ready(Err(r));
        }
        if f.flag(flags::RUNNING_ASYNC) {
            return Poll::Ready(Err(runtime_error("anext(): asynchronous generator is already running")));
        }
        f.set_flag(flags::RUNNING_ASYNC, true);
        slot::put(Tag::Send, NONE);
        return unwrap(f, f.resume(generator));
    }
    match slot::tag() {
        Tag::Throw | Tag::Exit | Tag::Ask => throw_ours(f, generator),
        Tag::Send | Tag::Empty | Tag::Out | Tag::Item => unwrap(f, f.resume(generator)),
    }
}
/// What is thrown into the consumer while it waits for an item (see `Delegate::thrown`).
#[cold]
fn throw_ours(f: &Frame, generator: &Value) -> Poll<PyResult> {
    if slot::tag() == Tag::Ask {
        return Poll::Pending;
    }
    let (own, node) = (top(), top_node());
    if slot::tag() == Tag::Exit {
        let (_, exc) = slot::take();
        set_top(node.prev());
        let o = Operation { generator: generator.clone(), argument: NONE, mode: Mode::Asend, phase: Cell::new(Phase::Iter) };
        let closed = o.close();
        set_top(own);
        return Poll::Ready(match closed {
            Ok(()) => leaf_throw(exc),
            Err(r) => leaf_throw(error::take(r)),
        });
    }
    set_top(node.prev());
    let r = unwrap(f, f.resume(generator));
    set_top(own);
    if let Poll::Ready(Err(r)) = &r {
        chain_context(&peek(r), &node.get());
    }
    r
}

/// The builtin `aiter(v)`.
pub fn builtin_aiter(v: &Value) -> PyResult {
    let ty = v.ty();
    let Some(method) = ty.special(Special::Aiter).cloned() else {
        return Err(type_error(format!("'{}' object is not an async iterable", ty.full_name())));
    };
    let it = call_special(&method, v, &[])?;
    if it.ty().special(Special::Anext).is_none() {
        return Err(type_error(format!("aiter() returned not an async iterator of type '{}'", it.ty().full_name())));
    }
    Ok(it)
}
/// The builtin `anext(it[, default])`; `default` is UNBOUND when not given.
pub fn builtin_anext(it: &Value, default: &Value) -> PyResult {
    let ty = it.ty();
    let Some(method) = ty.special(Special::Anext).cloned() else {
        return Err(type_error(format!("'{}' object is not an async iterator", ty.full_name())));
    };
    let awaitable = call_special(&method, it, &[])?;
    if default.is_unbound() {
        return Ok(awaitable);
    }
    Ok(super::anext::new(awaitable, default.clone()))
}
/// `sys.set_asyncgen_hooks`: UNBOUND leaves a hook as it is.
pub fn set_hooks(firstiter: &Value, finalizer: &Value) -> PyResult<()> {
    for (v, name) in [(firstiter, "firstiter"), (finalizer, "finalizer")] {
        if !v.is_unbound() && !v.is_none() && !super::callable(v) {
            return Err(type_error(format!("callable {name} expected, got {}", v.ty().full_name())));
        }
    }
    let old = {
        let mut h = HOOKS.borrow_mut();
        let new = (
            if firstiter.is_unbound() { h.0.clone() } else { firstiter.clone() },
            if finalizer.is_unbound() { h.1.clone() } else { finalizer.clone() },
        );
        std::mem::replace(&mut *h, new)
    };
    drop(old);
    Ok(())
}
