//! Owns: `yield from`, and `await` of any object: one future that passes the slot through to what it
//! delegates to.
//! Never: drives a known callee; that is `direct`.
//! Source: CPython 3.13, Objects/genobject.c (`_gen_throw`, `gen_close_iter`), Python/bytecodes.c (SEND).

use super::header::Frame;
use super::leaf::leaf_throw;
use super::slot::{self, Tag};
use super::{Step, next_step, returned_or_raised, wait};
use crate::def::Kind;
use crate::error::{self, PyResult, Raised, chain_context, peek, set_top, top, top_node};
use crate::name::names;
use crate::protocol::awaitable::{self, Wanted};
use crate::value::{NONE, Value};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// How to drive what is delegated to.
enum Via {
    /// Not resolved yet.
    Start(Wanted),
    /// A coroutine or generator of ours: the slot passes straight through.
    Frame,
    /// A builtin awaitable with its own hook.
    Hook(awaitable::Resume),
    /// A user's iterator, through its methods.
    Foreign,
    /// Nothing is left to wait for; a failure is pending.
    Finished(Option<Raised>),
    /// A `wait` object that has not been asked yet.
    Waiting,
}

/// What a call whose result is awaited at once came to.
pub enum Called {
    Awaitable(Value),
    /// The outcome of a native coroutine that did not have to suspend, and so was not made.
    Finished(PyResult),
    /// What stands for a native coroutine that has to (`wait`).
    Waiting(Value),
}

/// Waits for an awaitable or iterator.
#[must_use = "an await does nothing unless awaited"]
pub struct Delegate {
    it: Value,
    via: Via,
}
impl Unpin for Delegate {}

/// `await v`.
#[inline(always)]
pub fn await_(v: Value) -> Delegate {
    Delegate { it: v, via: Via::Start(Wanted::Await) }
}
/// `await f(x)` where the call has been made already.
#[inline(always)]
pub fn await_called(called: Called) -> Delegate {
    match called {
        Called::Awaitable(v) => await_(v),
        Called::Finished(Ok(v)) => Delegate { it: v, via: Via::Finished(None) },
        Called::Waiting(v) => Delegate { it: v, via: Via::Waiting },
        Called::Finished(Err(raised)) => Delegate { it: NONE, via: Via::Finished(Some(raised)) },
    }
}
/// `await` of what `__aenter__` gave.
pub fn await_aenter(v: Value) -> Delegate {
    Delegate { it: v, via: Via::Start(Wanted::Aenter) }
}
/// `await` of what `__aexit__` gave.
pub fn await_aexit(v: Value) -> Delegate {
    Delegate { it: v, via: Via::Start(Wanted::Aexit) }
}
/// `await` of what `__anext__` gave.
pub fn await_anext(v: Value) -> Delegate {
    Delegate { it: v, via: Via::Start(Wanted::Anext) }
}
/// `yield from v`.
#[inline(always)]
pub fn yield_from(v: Value) -> Delegate {
    Delegate { it: v, via: Via::Start(Wanted::YieldFrom) }
}

impl Future for Delegate {
    type Output = PyResult;
    #[inline]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<PyResult> {
        let this = &mut *self;
        let tag = slot::tag();
        if tag == Tag::Send {
            return this.drive(false);
        }
        if let Via::Finished(failure) = &mut this.via {
            return Poll::Ready(match failure.take() {
                Some(raised) => Err(raised),
                None => Ok(std::mem::replace(&mut this.it, NONE)),
            });
        }
        if let Via::Waiting = this.via {
            this.via = Via::Hook(wait::resume);
            slot::put(Tag::Send, NONE);
            return this.drive(true);
        }
        if let Via::Start(wanted) = this.via {
            return match this.start(wanted) {
                Ok(()) => {
                    slot::put(Tag::Send, NONE);
                    this.drive(true)
                }
                Err(r) => Poll::Ready(Err(r)),
            };
        }
        this.thrown(tag)
    }
}

impl Delegate {
    fn start(&mut self, wanted: Wanted) -> Result<(), Raised> {
        let v = std::mem::replace(&mut self.it, NONE);
        self.it = awaitable::get(v, wanted)?;
        self.via = match self.it.downcast::<Frame>() {
            Some(f) if f.kind() != Kind::AsyncGenerator => Via::Frame,
            Some(_) | None => match self.it.ty().hooks().resume {
                Some(hook) if self.it.ty().is_static() => Via::Hook(hook),
                Some(_) | None => Via::Foreign,
            },
        };
        Ok(())
    }
    #[inline]
    fn drive(&mut self, first: bool) -> Poll<PyResult> {
        match self.via {
            Via::Frame => match self.it.downcast::<Frame>() {
                Some(f) => f.resume(&self.it),
                None => Poll::Ready(Ok(NONE)),
            },
            Via::Hook(hook) => {
                let r = hook(&self.it, first);
                if r.is_pending() {
                    self.note();
                }
                r
            }
            Via::Foreign | Via::Start(_) | Via::Finished(_) | Via::Waiting => self.drive_foreign(),
        }
    }
    /// What the enclosing frame waits for is this object, not something behind it.
    fn note(&self) {
        slot::set_awaited(self.it.header().map_or(std::ptr::null(), |h| h));
    }
    fn drive_foreign(&mut self) -> Poll<PyResult> {
        let (tag, v) = slot::take();
        let step = match tag {
            Tag::Send if v.is_none() => next_step(&self.it),
            Tag::Send => match crate::protocol::call::call_method_name(&self.it, names::send.get(), &[v]) {
                Ok(v) => Step::Yielded(v),
                Err(r) => returned_or_raised(r),
            },
            Tag::Throw | Tag::Exit | Tag::Empty | Tag::Out | Tag::Item | Tag::Ask => {
                match crate::protocol::attr::lookup_optional(&self.it, names::throw.get()) {
                    Ok(Some(throw)) => match crate::protocol::call::call(&throw, &[v]) {
                        Ok(v) => Step::Yielded(v),
                        Err(r) => returned_or_raised(r),
                    },
                    Ok(None) => Step::Raised(error::set_pending(v)),
                    Err(r) => Step::Raised(r),
                }
            }
        };
        match step {
            Step::Yielded(v) => {
                self.note();
                slot::put(Tag::Out, v);
                Poll::Pending
            }
            Step::Returned(v) => Poll::Ready(Ok(v)),
            Step::Raised(r) => Poll::Ready(Err(r)),
        }
    }

    /// THROW and EXIT run the inner frame without the outer's handled exception.
    #[cold]
    #[inline(never)]
    fn thrown(&mut self, tag: Tag) -> Poll<PyResult> {
        if tag == Tag::Ask {
            return Poll::Pending;
        }
        let own = top();
        let node = top_node();
        if tag == Tag::Exit {
            let (_, exc) = slot::take();
            set_top(node.prev());
            let closed = close(&self.it);
            set_top(own);
            return Poll::Ready(match closed {
                Ok(()) => leaf_throw(exc),
                Err(r) => leaf_throw(error::take(r)),
            });
        }
        set_top(node.prev());
        let r = self.drive(false);
        set_top(own);
        if let Poll::Ready(Err(r)) = &r {
            chain_context(&peek(r), &node.get());
        }
        r
    }
}

/// Closes what a frame delegates to, if it can be closed (`gen_close_iter`).
pub fn close(it: &Value) -> PyResult<()> {
    if let Some(f) = it.downcast::<Frame>()
        && f.kind() != Kind::AsyncGenerator
    {
        return f.close(it).map(drop);
    }
    match crate::protocol::attr::lookup_optional(it, names::close.get()) {
        Ok(Some(c)) => crate::protocol::call::call(&c, &[]).map(drop),
        Ok(None) => Ok(()),
        Err(r) => {
            error::unraisable(r, "", it);
            Ok(())
        }
    }
}
