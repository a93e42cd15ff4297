//! Owns: awaiting a known coroutine function without making an object for it.
//! Never: allocates, but for `boxed`.

use super::header::{generator_exit, stop_to_runtime};
use super::slot::{self, Tag};
use super::stack;
use crate::def::{Def, Kind};
use crate::error::hierarchy::GENERATOR_EXIT;
use crate::error::{self, Node, PyResult, chain_context, peek, runtime_error, saving_pending, set_pending, set_top, top, top_node};
use crate::value::NONE;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A direct await: the callee's future inside the caller's.
#[must_use = "an await does nothing unless awaited"]
pub struct Direct<F> {
    def: &'static Def,
    future: F,
}

/// `await f(x)` with a known `f`.
#[inline(always)]
pub fn direct<F: Future<Output = PyResult>>(def: &'static Def, future: F) -> Direct<F> {
    Direct { def, future }
}
/// A boxed future, for callees on a recursion cycle and for very large ones.
pub fn boxed<F: Future<Output = PyResult> + 'static>(future: F) -> Pin<Box<dyn Future<Output = PyResult>>> {
    Box::pin(future)
}

impl<F: Future<Output = PyResult>> Future for Direct<F> {
    type Output = PyResult;
    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<PyResult> {
        let def = self.def;
        // SAFETY: the field is pinned with the struct and never moved out.
        let mut f: Pin<&mut F> = unsafe { self.map_unchecked_mut(|d| &mut d.future) };
        if slot::tag() == Tag::Exit {
            return Poll::Ready(exit(def, &mut || f.as_mut().poll(cx)));
        }
        if !stack::descend(def) {
            if slot::tag() == Tag::Ask {
                return Poll::Pending;
            }
            drop(slot::take());
            return Poll::Ready(Err(stack::recursion_error()));
        }
        let r = f.poll(cx);
        stack::ascend();
        match r {
            Poll::Ready(Err(e)) => Poll::Ready(Err(stop_to_runtime(Kind::Coroutine, e))),
            r => r,
        }
    }
}

/// GeneratorExit at a direct await closes the inner frame first, then is raised in the outer one.
#[cold]
#[inline(never)]
fn exit(def: &'static Def, poll: &mut dyn FnMut() -> Poll<PyResult>) -> PyResult {
    let (_, exc) = slot::take();
    let own = top();
    set_top(top_node().prev());
    let context = error::handled();
    set_top(own);
    slot::put(Tag::Exit, generator_exit(&context));
    match poll() {
        Poll::Pending => {
            drop(slot::take());
            // Raised where `close` was called: the inner frame's handled exception is not seen there.
            set_top(top_node().prev());
            let r = runtime_error("coroutine ignored GeneratorExit");
            set_top(own);
            // The inner coroutine object would now lose its last reference and be finalized.
            saving_pending(|| {
                slot::put(Tag::Exit, generator_exit(&NONE));
                match poll() {
                    Poll::Pending => {
                        drop(slot::take());
                        error::unraisable(runtime_error("coroutine ignored GeneratorExit"), "", &super::coroutine::husk(def));
                    }
                    Poll::Ready(Ok(_)) => {}
                    Poll::Ready(Err(r)) if error::matches(&r, &GENERATOR_EXIT) => drop(error::take(r)),
                    Poll::Ready(Err(r)) => error::unraisable(r, "", &super::coroutine::husk(def)),
                }
            });
            Err(r)
        }
        Poll::Ready(Ok(_)) => Err(set_pending(exc)),
        Poll::Ready(Err(r)) if error::matches(&r, &GENERATOR_EXIT) => {
            drop(error::take(r));
            Err(set_pending(exc))
        }
        Poll::Ready(Err(r)) => Err(stop_to_runtime(Kind::Coroutine, r)),
    }
}

/// A direct await inside an `except` or `finally` block: the callee has its own handled exception.
#[must_use = "an await does nothing unless awaited"]
pub struct OwnExc<F> {
    node: Node,
    future: F,
}

/// Gives a direct await its own handled exception, inside a handler.
pub fn handling_own<F: Future<Output = PyResult>>(future: F) -> OwnExc<F> {
    OwnExc { node: Node::new(), future }
}

impl<F: Future<Output = PyResult>> Future for OwnExc<F> {
    type Output = PyResult;
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<PyResult> {
        // SAFETY: the future is pinned with the struct; the node is only borrowed.
        let (node, future) = unsafe {
            let this = self.get_unchecked_mut();
            (&this.node, Pin::new_unchecked(&mut this.future))
        };
        let (own, outer) = (top(), top_node());
        let thrown = matches!(slot::tag(), Tag::Throw | Tag::Exit);
        if thrown {
            set_top(outer.prev());
        }
        node.push();
        let r = future.poll(cx);
        set_top(own);
        if thrown && let Poll::Ready(Err(r)) = &r {
            chain_context(&peek(r), &outer.get());
        }
        r
    }
}
