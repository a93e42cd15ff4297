//! Owns: `Frame`, the header of a suspendable body, and the state machine of resuming and closing it.
//! Never: knows a body's type; that is behind `FutureTable`.
//! Source: CPython 3.13, Objects/genobject.c (`gen_send_ex2`, `gen_close`, `_PyGen_Finalize`).

use super::slot::{self, Tag};
use super::stack;
use crate::def::{Def, Kind};
use crate::error::hierarchy::{self, GENERATOR_EXIT, RUNTIME_ERROR, STOP_ASYNC_ITERATION, STOP_ITERATION};
use crate::error::{self, Node, PyResult, Raised, runtime_error, set_pending, type_error, value_error};
use crate::object::{self, Header, Native, Object, Payload};
use crate::types::class::Type;
use crate::value::{NONE, Value};
use std::cell::{Cell, UnsafeCell};
use std::future::Future;
use std::mem::{ManuallyDrop, size_of};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Where a frame is in its life.
#[repr(u8)]
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum State {
    Created,
    Suspended,
    Running,
    Done,
}

/// How one type of body is polled and dropped.
pub struct FutureTable {
    poll: unsafe fn(*const Header) -> Poll<PyResult>,
    drop: unsafe fn(*const Header),
    tail: usize,
}

/// What only some frames have.
#[derive(Default)]
pub struct Side {
    /// `__name__` and `__qualname__` when assigned.
    pub name: Option<Value>,
    pub qualname: Option<Value>,
    /// The hook that finalizes an async generator.
    pub finalizer: Option<Value>,
}

/// Bits of [`Frame::flag`].
pub mod flags {
    /// An async generator's hooks have been initialised.
    pub const HOOKS: u8 = 1;
    /// An async generator is closed: no more values.
    pub const CLOSED: u8 = 2;
    /// `asend`, `athrow` or `aclose` is in progress.
    pub const RUNNING_ASYNC: u8 = 4;
    /// `close` has run because the object was dropped.
    pub const FINALIZED: u8 = 8;
    /// A generator that may be awaited (`types.coroutine`).
    pub const ITERABLE_COROUTINE: u8 = 16;
    /// A coroutine of the runtime itself: no frame in tracebacks.
    pub const NATIVE: u8 = 32;
}

/// The body of a coroutine, generator or async generator object; its future follows in place.
pub struct Frame {
    table: &'static FutureTable,
    state: Cell<State>,
    kind: Kind,
    flags: Cell<u8>,
    pub node: Node,
    pub def: &'static Def,
    awaiting: Cell<*const Header>,
    side: UnsafeCell<Option<Box<Side>>>,
}

/// The whole allocation.
#[repr(C)]
struct Full<F> {
    object: Object<Frame>,
    future: ManuallyDrop<F>,
}

impl Payload for Frame {
    const FINALIZE: Option<fn(&Value)> = Some(finalize);
    const TAIL: bool = true;
    fn tail(&self) -> usize {
        self.table.tail
    }
    // The values a suspended body owns are inside an opaque future, so the collector counts them as
    // referenced from outside: cycles through a suspended frame live until the process ends.
}
impl Native for Frame {
    fn class() -> &'static Type {
        &super::generator::GENERATOR
    }
}
impl Drop for Frame {
    fn drop(&mut self) {
        // `finalize` has run, so the future is gone unless the frame was never started.
        debug_assert!(self.state.get() != State::Running);
    }
}

impl FutureTable {
    const fn of<F: Future<Output = PyResult>>() -> FutureTable {
        unsafe fn poll<F: Future<Output = PyResult>>(h: *const Header) -> Poll<PyResult> {
            let mut cx = Context::from_waker(Waker::noop());
            // SAFETY: `h` is a `Full<F>` whose future is alive (state Running); the object never moves,
            // and the Running state keeps a second poll out.
            unsafe { Pin::new_unchecked(&mut *(*(h as *mut Full<F>)).future).poll(&mut cx) }
        }
        unsafe fn drop_future<F>(h: *const Header) {
            // SAFETY: called once, when the state leaves Created or the body finished.
            unsafe { ManuallyDrop::drop(&mut (*(h as *mut Full<F>)).future) }
        }
        FutureTable { poll: poll::<F>, drop: drop_future::<F>, tail: size_of::<Full<F>>() - size_of::<Object<Frame>>() }
    }
}

struct Tables<F>(std::marker::PhantomData<F>);
impl<F: Future<Output = PyResult>> Tables<F> {
    const TABLE: &'static FutureTable = &FutureTable::of::<F>();
}

/// Makes the object: one allocation, the future moved in place.
#[inline]
pub fn new<F: Future<Output = PyResult> + 'static>(ty: &'static Type, kind: Kind, flags: u8, def: &'static Def, future: F) -> Value {
    const { assert!(std::mem::align_of::<F>() <= 16) };
    let frame = Frame {
        table: Tables::<F>::TABLE,
        state: Cell::new(State::Created),
        kind,
        flags: Cell::new(flags),
        node: Node::new(),
        def,
        awaiting: Cell::new(std::ptr::null()),
        side: UnsafeCell::new(None),
    };
    // SAFETY: `new_with_tail` allocated `tail` bytes behind the object, where `Full<F>` has its
    // future, and the object is not visible to anyone before the write.
    unsafe {
        let v = object::new_with_tail(ty, frame, size_of::<Full<F>>() - size_of::<Object<Frame>>());
        let full = v.bits() as *mut Full<F>;
        (&raw mut (*full).future).write(ManuallyDrop::new(future));
        v
    }
}

#[inline(always)]
fn header_of(f: &Frame) -> *const Header {
    // SAFETY: every `Frame` is the body of an `Object<Frame>`.
    unsafe { (f as *const Frame as *const u8).sub(std::mem::offset_of!(Object<Frame>, body)) as *const Header }
}

/// The noun of error messages.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Generator | Kind::Function => "generator",
        Kind::Coroutine => "coroutine",
        Kind::AsyncGenerator => "async generator",
    }
}

impl Frame {
    #[inline(always)]
    pub fn kind(&self) -> Kind {
        self.kind
    }
    #[inline(always)]
    pub fn state(&self) -> State {
        self.state.get()
    }
    #[inline(always)]
    pub fn flag(&self, bit: u8) -> bool {
        self.flags.get() & bit != 0
    }
    /// A coroutine of the runtime itself.
    pub fn is_native(&self) -> bool {
        self.flag(flags::NATIVE)
    }
    pub fn set_flag(&self, bit: u8, on: bool) {
        let f = self.flags.get();
        self.flags.set(if on { f | bit } else { f & !bit });
    }
    /// What the suspended frame waits for (`cr_await`, `gi_yieldfrom`), or None.
    pub fn awaiting(&self) -> Value {
        let h = self.awaiting.get();
        if h.is_null() || self.state.get() != State::Suspended {
            return NONE;
        }
        // SAFETY: the suspended future owns the object it delegates to until it is resumed.
        unsafe {
            (*h).incref();
            Value::from_header(h)
        }
    }
    /// True when the frame is suspended in an `await` or `yield from`.
    pub fn is_delegating(&self) -> bool {
        self.state.get() == State::Suspended && (self.kind == Kind::Coroutine || !self.awaiting.get().is_null())
    }
    /// Reads or changes the rarely needed fields. `f` must not run Python code.
    pub fn side<R>(&self, f: impl FnOnce(&mut Side) -> R) -> R {
        // SAFETY: `f` runs no Python code, so there is one borrow at a time.
        f(unsafe { (*self.side.get()).get_or_insert_with(Box::default) })
    }
    pub fn peek_side<R>(&self, f: impl FnOnce(&Side) -> Option<R>) -> Option<R> {
        // SAFETY: as in `side`.
        unsafe { (*self.side.get()).as_deref().and_then(f) }
    }

    /// Polls the body once with what the slot holds. `Pending`: the slot holds what it yielded.
    /// The caller owns a reference to `this` (the object of `self`) until this returns.
    #[inline]
    pub fn resume(&self, _this: &Value) -> Poll<PyResult> {
        if self.state.get() != State::Suspended
            && let Some(r) = self.prologue()
        {
            return Poll::Ready(r);
        }
        if !stack::descend(self.def) {
            return self.too_deep();
        }
        self.state.set(State::Running);
        self.node.push();
        // SAFETY: the state was Suspended or Created, so the future is alive and not being polled.
        let r = unsafe { (self.table.poll)(header_of(self)) };
        self.node.pop();
        stack::ascend();
        match r {
            Poll::Pending => {
                let w = slot::awaited();
                self.awaiting.set(w);
                self.state.set(State::Suspended);
                // The enclosing frame, if any, waits for this one.
                slot::set_awaited(header_of(self));
                Poll::Pending
            }
            Poll::Ready(r) => {
                self.finish();
                Poll::Ready(match r {
                    Ok(v) => Ok(v),
                    Err(e) => Err(stop_to_runtime(self.kind, e)),
                })
            }
        }
    }

    /// Polls a suspended body with a question that all its leaves leave unanswered (`place`).
    pub(super) fn ask(&self) {
        slot::put(slot::Tag::Ask, NONE);
        // SAFETY: the state is Suspended, so the future is alive and not being polled; no code of the body runs.
        let r = unsafe { (self.table.poll)(header_of(self)) };
        drop(slot::take());
        if r.is_ready() {
            // A leaf that took the question for its result: the body has ended and must not be polled again.
            self.finish();
        }
    }

    /// The body has ended: its future goes, with an exception possibly pending.
    #[inline]
    fn finish(&self) {
        self.state.set(State::Done);
        // SAFETY: the body has ended or never ran; the state Done keeps everybody else away.
        unsafe { (self.table.drop)(header_of(self)) };
        let old = self.node.replace(NONE);
        if old.is_obj() {
            drop(old);
        }
    }

    /// Everything but the plain resumption of a suspended frame. Always empties the slot when it
    /// refuses; leaves it EMPTY for the first poll of the body.
    #[cold]
    #[inline(never)]
    fn prologue(&self) -> Option<PyResult> {
        let (tag, v) = slot::take();
        let thrown = matches!(tag, Tag::Throw | Tag::Exit);
        match self.state.get() {
            State::Running => Some(Err(value_error(format!("{} already executing", kind_name(self.kind))))),
            State::Done => Some(match (self.kind, thrown) {
                (Kind::Coroutine, _) => Err(runtime_error("cannot reuse already awaited coroutine")),
                (_, true) => Err(set_pending(v)),
                (_, false) => Ok(NONE),
            }),
            State::Created if thrown => {
                self.finish();
                let r = set_pending(v);
                if !self.flag(flags::NATIVE) {
                    error::traceback::add(&r, stack::site_of(self.def));
                }
                Some(Err(r))
            }
            State::Created if !v.is_none() => {
                Some(Err(type_error(format!("can't send non-None value to a just-started {}", kind_name(self.kind)))))
            }
            State::Created => None,
            State::Suspended => None,
        }
    }

    /// The frame would exceed the recursion limit: it ends without running any handler, as a frame
    /// that cannot be entered does in `_PyEval_EvalFrameDefault` (`exit_unwind`).
    #[cold]
    fn too_deep(&self) -> Poll<PyResult> {
        drop(slot::take());
        let r = stack::recursion_error();
        self.finish();
        Poll::Ready(Err(r))
    }

    /// Ends a frame that was never started.
    pub(super) fn abandon(&self) {
        if self.state.get() == State::Created {
            self.finish();
        }
    }

    /// `close()`: GeneratorExit at the innermost suspended leaf. `Ok` holds what the body returned.
    pub fn close(&self, this: &Value) -> PyResult {
        match self.state.get() {
            State::Created => {
                self.finish();
                return Ok(NONE);
            }
            State::Done => return Ok(NONE),
            State::Running | State::Suspended => {}
        }
        slot::put(Tag::Exit, generator_exit(&error::handled()));
        match self.resume(this) {
            Poll::Pending => {
                drop(slot::take());
                Err(runtime_error(format!("{} ignored GeneratorExit", kind_name(self.kind))))
            }
            Poll::Ready(Ok(v)) => Ok(v),
            Poll::Ready(Err(r)) if error::matches(&r, &GENERATOR_EXIT) || error::matches(&r, &STOP_ITERATION) => {
                drop(error::take(r));
                Ok(NONE)
            }
            Poll::Ready(Err(r)) => Err(r),
        }
    }
}

/// A new GeneratorExit whose context is the closer's handled exception.
pub fn generator_exit(context: &Value) -> Value {
    let e = hierarchy::with_args(&GENERATOR_EXIT, vec![]);
    error::chain_context(&e, context);
    e
}

/// PEP 479: a StopIteration that leaves a body becomes a RuntimeError.
/// Source: CPython 3.13, Python/intrinsics.c, `stopiteration_error`.
#[inline]
pub fn stop_to_runtime(kind: Kind, r: Raised) -> Raised {
    let stop = error::matches(&r, &STOP_ITERATION) || kind == Kind::AsyncGenerator && error::matches(&r, &STOP_ASYNC_ITERATION);
    if stop { convert_stop(kind, r) } else { r }
}
#[cold]
fn convert_stop(kind: Kind, r: Raised) -> Raised {
    let exc = error::take(r);
    let name = if exc.ty().is_subtype(&STOP_ITERATION) { "StopIteration" } else { "StopAsyncIteration" };
    let new = hierarchy::instance(&RUNTIME_ERROR, format!("{} raised {name}", kind_name(kind)));
    if let Some(e) = hierarchy::body(&new) {
        e.set_cause(exc.clone());
        drop(e.context.replace(exc));
    }
    set_pending(new)
}

/// Runs when the last reference goes, with the count back at one.
/// Source: CPython 3.13, Objects/genobject.c, `_PyGen_Finalize`.
fn finalize(this: &Value) {
    let Some(f) = this.downcast::<Frame>() else { return };
    match f.state.get() {
        State::Done => return,
        State::Created if f.kind != Kind::Coroutine => {
            f.finish();
            return;
        }
        State::Running => return,
        State::Created | State::Suspended => {}
    }
    if f.flag(flags::FINALIZED) {
        // Closed once already and still suspended: the locals go without another chance.
        if f.state.get() != State::Done {
            error::saving_pending(|| f.finish());
        }
        return;
    }
    f.set_flag(flags::FINALIZED, true);
    error::saving_pending(|| {
        if f.kind == Kind::AsyncGenerator
            && !f.flag(flags::CLOSED)
            && let Some(hook) = f.peek_side(|s| s.finalizer.clone())
        {
            if let Err(r) = crate::protocol::call::call(&hook, std::slice::from_ref(this)) {
                error::unraisable(r, "", this);
            }
            return;
        }
        if f.kind == Kind::Coroutine && f.state.get() == State::Created {
            super::coroutine::warn_never_awaited(f, this);
            f.finish();
            return;
        }
        if let Err(r) = f.close(this) {
            error::unraisable(r, "", this);
        }
    });
    // A body that yielded while being closed stays suspended; unless someone kept the object, its
    // locals are dropped now.
    if this.is_unique() && matches!(f.state.get(), State::Suspended | State::Created) {
        error::saving_pending(|| f.finish());
    }
}
