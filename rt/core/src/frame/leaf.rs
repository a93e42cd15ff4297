//! Owns: the innermost futures: what `yield` suspends in.
//! Never: polls anything else.

use super::slot::{self, Tag};
use crate::error::{PyResult, chain_context, set_pending, top_node};
use crate::value::{UNBOUND, Value};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Yields its value once, then gives what is sent or raises what is thrown.
#[must_use = "a yield does nothing unless awaited"]
pub struct Yield<const ITEM: bool>(Value);

impl<const ITEM: bool> Yield<ITEM> {
    /// A leaf that has yielded already: it takes what is sent or raises what is thrown.
    #[inline(always)]
    pub fn resumed() -> Self {
        Yield(UNBOUND)
    }
}
impl<const ITEM: bool> Unpin for Yield<ITEM> {}
impl<const ITEM: bool> Future for Yield<ITEM> {
    type Output = PyResult;
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<PyResult> {
        if !self.0.is_unbound() {
            let v = std::mem::replace(&mut self.0, UNBOUND);
            slot::set_awaited(std::ptr::null());
            slot::put(if ITEM { Tag::Item } else { Tag::Out }, v);
            return Poll::Pending;
        }
        let (tag, v) = slot::take();
        if tag == Tag::Send {
            return Poll::Ready(Ok(v));
        }
        not_sent(tag, v)
    }
}
#[cold]
fn not_sent(tag: Tag, v: Value) -> Poll<PyResult> {
    if tag == Tag::Ask {
        slot::put(tag, v);
        return Poll::Pending;
    }
    Poll::Ready(leaf_throw(v))
}

/// Raises what was thrown into a suspended leaf: the frame's handled exception becomes its context.
#[cold]
#[inline(never)]
pub fn leaf_throw(exc: Value) -> PyResult {
    let own = top_node().get();
    chain_context(&exc, &own);
    Err(set_pending(exc))
}

/// `yield v` in a generator.
#[inline(always)]
pub fn yield_(v: Value) -> Yield<false> {
    Yield(v)
}
/// `yield v` in an async generator.
#[inline(always)]
pub fn yield_item(v: Value) -> Yield<true> {
    Yield(v)
}
/// Suspends a native coroutine: its driver gets `v`.
#[inline(always)]
pub fn suspend(v: Value) -> Yield<false> {
    Yield(v)
}
