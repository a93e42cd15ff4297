//! Owns: everything that suspends. A coroutine, a generator and an async generator are one kind of
//! object: a header (`Frame`) with a native Rust future in place behind it. Polling the future *is*
//! `send`: what is sent, thrown or yielded travels through the per-thread `slot`.
//! Never: schedules; that is asyncio.
//!
//! For generated code:
//! - `coroutine(&DEF, fut)`, `generator(&DEF, fut)`, `async_generator(&DEF, fut)` make the objects;
//!   `fut` is what the `async fn` returned (`Future<Output = PyResult>`, not yet polled).
//! - in a generator: `yield_(v).await?`, `yield_from(v).await?`; in an async generator:
//!   `yield_item(v).await?`; in all async code `await_(v).await?` for any awaitable value,
//!   `await_aenter(v)` / `await_aexit(v)` for the results of `__aenter__` / `__aexit__`.
//! - a known callee is awaited directly: `direct(&F, f(x)).await?` (`F` is its `Def`); inside an
//!   `except` or `finally` block `handling_own(…).await?` around it, which has its own handled
//!   exception. Neither the body nor its caller calls `stack::enter`: the runtime counts frames
//!   while they are polled.
//!   `boxed(f(x))` before either, where `f` is on a recursion cycle.
//! - `aiter(&v)?`, `anext(&it).await?` (`None` at the end) for `async for`.
//!
//! For native async code (asyncio):
//! - `suspend(v).await?` yields `v` to the driver and gives what is sent (`Err` when thrown into).
//! - `resume(&coro, Input::Send(v) | Input::Throw(exc)) -> Step` drives any coroutine without
//!   making StopIteration objects.
//! - a builtin type whose instances are awaitable natively sets `Hooks::resume`
//!   (see `protocol::awaitable`).
//! - `native_coroutine(&DEF, fut)` is `coroutine` for functions of the runtime.

mod anext;
pub mod async_generator;
pub mod coroutine;
pub mod delegate;
pub mod direct;
pub mod generator;
pub mod header;
pub mod leaf;
pub mod methods;
pub mod object;
pub mod place;
pub mod slot;
pub mod stack;
pub mod throw;
pub mod wrapper;
pub mod wait;

pub use async_generator::{aiter, anext, async_generator};
pub use coroutine::{coroutine, native_coroutine};
pub use delegate::{Called, Delegate, await_, await_aenter, await_aexit, await_called, yield_from};
pub use direct::{Direct, OwnExc, boxed, direct, handling_own};
pub use generator::generator;
pub use header::{Frame, State};
pub use place::AtAwait;
pub use leaf::{Yield, suspend, yield_, yield_item};

use crate::error::hierarchy::{GENERATOR_EXIT, STOP_ITERATION};
use crate::error::{self, PyResult, Raised};
use crate::name::names;
use crate::types::class::special::Special;
use crate::value::{NONE, Value};
use slot::Tag;
use std::task::Poll;

/// What a driver gives to what it drives.
pub enum Input {
    Send(Value),
    /// An exception instance.
    Throw(Value),
}

/// What came of one resumption.
pub enum Step {
    Yielded(Value),
    Returned(Value),
    Raised(Raised),
}

/// Puts the input where the innermost suspended leaf takes it.
#[inline]
pub fn put(input: Input) {
    match input {
        Input::Send(v) => slot::put(Tag::Send, v),
        Input::Throw(e) => {
            let tag = if e.ty().is_subtype(&GENERATOR_EXIT) { Tag::Exit } else { Tag::Throw };
            slot::put(tag, e);
        }
    }
}

/// Drives a coroutine, generator or anything with `send` and `throw` one step.
#[inline]
pub fn resume(coro: &Value, input: Input) -> Step {
    match coro.downcast::<Frame>() {
        Some(f) if f.kind() != crate::def::Kind::AsyncGenerator => {
            put(input);
            finish(f.resume(coro))
        }
        Some(_) | None => match coro.ty().hooks().resume {
            Some(hook) if coro.ty().is_static() => {
                put(input);
                finish(hook(coro, false))
            }
            Some(_) | None => resume_foreign(coro, input),
        },
    }
}

/// Empties the slot after a poll.
#[inline]
pub fn finish(p: Poll<PyResult>) -> Step {
    match p {
        Poll::Pending => Step::Yielded(slot::take().1),
        Poll::Ready(Ok(v)) => Step::Returned(v),
        Poll::Ready(Err(r)) => Step::Raised(r),
    }
}

/// A step of an object that is not ours, through its methods.
fn resume_foreign(coro: &Value, input: Input) -> Step {
    let r = match input {
        // An iterator is advanced; what only has `send` hears a None (Python/bytecodes.c, SEND; Objects/genobject.c, PyIter_Send).
        Input::Send(v) if v.is_none() && (coro.ty().hooks().next.is_some() || coro.ty().special(Special::Next).is_some()) => return next_step(coro),
        Input::Send(v) => crate::protocol::call::call_method_name(coro, names::send.get(), &[v]),
        Input::Throw(e) => crate::protocol::call::call_method_name(coro, names::throw.get(), &[e]),
    };
    match r {
        Ok(v) => Step::Yielded(v),
        Err(r) => returned_or_raised(r),
    }
}

/// One `next` of any iterator, keeping what its StopIteration carries.
pub fn next_step(it: &Value) -> Step {
    let ty = it.ty();
    if ty.special_is_native(Special::Next)
        && let Some(next) = ty.hooks().next
    {
        return match next(it) {
            Ok(Some(v)) => Step::Yielded(v),
            Ok(None) => Step::Returned(NONE),
            Err(r) => returned_or_raised(r),
        };
    }
    match crate::protocol::call::try_special(it, Special::Next, &[]) {
        Some(Ok(v)) => Step::Yielded(v),
        Some(Err(r)) => returned_or_raised(r),
        None => Step::Raised(error::type_error(format!("'{}' object is not an iterator", ty.full_name()))),
    }
}

/// StopIteration carries a result; anything else is an error.
pub fn returned_or_raised(r: Raised) -> Step {
    match stop_value(r) {
        Ok(v) => Step::Returned(v),
        Err(r) => Step::Raised(r),
    }
}
/// The value of a pending StopIteration, which is taken; otherwise the error as it is.
pub fn stop_value(r: Raised) -> PyResult {
    if !error::matches(&r, &STOP_ITERATION) {
        return Err(r);
    }
    let exc = error::take(r);
    Ok(error::hierarchy::body(&exc).map_or(NONE, |e| e.field(0)))
}

/// True for what `callable(v)` accepts.
pub fn callable(v: &Value) -> bool {
    let ty = v.ty();
    ty.hooks().call.is_some() || ty.special(Special::Call).is_some()
}
