//! Owns: where a suspended frame stands: the await that it is in, and those of the coroutines that it awaits directly.
//! Never: resumes anything.
//!
//! A frame is asked by polling it with ASK in the slot: each await (`Awaiting`) passes the question inwards and notes its
//! site on the way back, the innermost leaf returns `Pending` as if it had just suspended. A suspension that nobody asks
//! about costs one comparison for each await that it passes through.

use super::header::{Frame, State, flags};
use super::slot::{self, Tag};
use super::stack;
use crate::error::PyResult;
use crate::error::traceback::{At, Site};
use crate::gil::{Gil, GilRefCell};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

static FOUND: GilRefCell<Vec<&'static Site>> = Gil::new(RefCell::new(Vec::new()));

/// `.at(SITE).await?`: what `.await.at(SITE)?` would be, and the place while it waits.
pub trait AtAwait: Future + Sized {
    #[inline(always)]
    fn at(self, site: &'static Site) -> Awaiting<Self> {
        Awaiting { site, future: self }
    }
}
impl<F: Future> AtAwait for F {}

#[must_use = "an await does nothing unless awaited"]
pub struct Awaiting<F> {
    site: &'static Site,
    future: F,
}
impl<T, F: Future<Output = PyResult<T>>> Future for Awaiting<F> {
    type Output = PyResult<T>;
    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<PyResult<T>> {
        let site = self.site;
        // SAFETY: the field is pinned with the struct and never moved out.
        let future = unsafe { self.map_unchecked_mut(|a| &mut a.future) };
        match future.poll(cx) {
            Poll::Ready(r) => Poll::Ready(r.at(site)),
            Poll::Pending => {
                if slot::tag() == Tag::Ask {
                    note(site);
                }
                Poll::Pending
            }
        }
    }
}
#[cold]
#[inline(never)]
fn note(site: &'static Site) {
    FOUND.borrow_mut().push(site);
}

/// The awaits that a suspended frame is in, its own first, then those of what it awaits directly. Empty for frames that
/// are not suspended and for those of the runtime.
pub fn places(f: &Frame) -> Vec<&'static Site> {
    if f.state() != State::Suspended || f.flag(flags::NATIVE) {
        return Vec::new();
    }
    f.ask();
    let mut found = FOUND.take();
    found.reverse();
    found
}
/// Where a frame is; at its `def` as long as it has not begun, or runs in a file that does not note statements.
pub fn of(f: &Frame) -> &'static Site {
    let site = match f.state() {
        State::Suspended => places(f).first().copied(),
        State::Running => stack::entries().iter().rfind(|e| e.def.is_some_and(|d| std::ptr::eq(d, f.def))).and_then(|e| e.site),
        State::Created | State::Done => None,
    };
    site.unwrap_or_else(|| stack::site_of(f.def))
}
