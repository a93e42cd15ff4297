//! Owns: `asyncio.sleep` as one small future: programs hold one in the frame of every sleeping task.
//! Never: keeps timers; `loop_` does.
//! Source: CPython 3.13, Lib/asyncio/tasks.py, `sleep` and `__sleep0`.

use crate::loop_::{as_loop, cancel_sleep};
use crate::wait::call_later;
use crate::{events, futures, glue, handles};
use rtcore::error::{PyResult, Raised, runtime_error, value_error};
use rtcore::frame::{Delegate, Yield, suspend};
use rtcore::value::{NONE, Value};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// `await asyncio.sleep(delay, result)`. Written by hand: an `async fn` keeps each of its values twice.
#[must_use = "a sleep does nothing unless awaited"]
pub struct Sleep(State);

enum State {
    New { delay: Value, result: Value },
    /// `sleep(0)`: one turn of the loop.
    Turn { pause: Yield<false>, result: Value },
    /// `handle` is None where the future is its own timer.
    Timer { future: Value, handle: Value, begun: bool },
    /// What a program put in the place of `asyncio.sleep`.
    Foreign(Delegate),
    Failed(Raised),
    Over,
}

impl Sleep {
    #[inline]
    pub fn new(delay: Value, result: Value) -> Sleep {
        match delay.as_inline_int() {
            Some(0) => Sleep(State::Turn { pause: suspend(NONE), result }),
            Some(_) | None => Sleep(State::New { delay, result }),
        }
    }
    #[cold]
    pub fn foreign(awaited: Delegate) -> Sleep {
        Sleep(State::Foreign(awaited))
    }
    #[cold]
    pub fn failed(raised: Raised) -> Sleep {
        Sleep(State::Failed(raised))
    }
}

/// The first part, up to the await.
fn begin(delay: Value, result: Value) -> PyResult<State> {
    let seconds = match delay.as_inline_int() {
        Some(n) => n as f64,
        None if delay.as_inline_float().is_none() && delay.as_bool().is_none() => {
            // Neither int nor float: by the comparison the source has.
            if rtcore::protocol::compare::le(&delay, &Value::int(0))? {
                return Ok(State::Turn { pause: suspend(NONE), result });
            }
            return timer(glue::seconds(&delay)?, result);
        }
        None => glue::seconds(&delay)?,
    };
    if seconds <= 0.0 {
        return Ok(State::Turn { pause: suspend(NONE), result });
    }
    if seconds.is_nan() {
        return Err(value_error("Invalid delay: NaN (not a number)"));
    }
    timer(seconds, result)
}
fn timer(seconds: f64, result: Value) -> PyResult<State> {
    let l = events::get_running_loop()?;
    let future = futures::create(l.clone());
    // A future of the runtime's own loop is its own timer, so a sleeping task needs no handle. Slow callbacks are
    // reported with their handle.
    let handle = match as_loop(&l) {
        Some(el) if l.ty().is_static() && result.is_none() && !el.debug.get() => {
            el.check_closed()?;
            el.schedule(glue::monotonic() + seconds, &future);
            NONE
        }
        Some(_) | None => call_later(&l, seconds, futures::set_result_unless_cancelled, future.clone(), result)?,
    };
    if let Some(f) = futures::as_future(&future) {
        f.blocking.set(true);
    }
    Ok(State::Timer { future, handle, begun: false })
}
/// After the await: the outcome, and in any case the end of the timer.
fn end(woken: PyResult, future: &Value, handle: &Value) -> PyResult {
    let outcome = woken.and_then(|_| match futures::as_future(future) {
        Some(f) if f.done() => f.result(),
        Some(_) | None => Err(runtime_error("await wasn't used with future")),
    });
    if handle.is_none() { cancel_sleep(future) } else { handles::cancel(handle)? }
    outcome
}

impl Unpin for Sleep {}
impl Future for Sleep {
    type Output = PyResult;
    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<PyResult> {
        if let State::Turn { pause, result } = &mut self.0 {
            return Pin::new(pause).poll(cx).map_ok(|_| std::mem::take(result));
        }
        self.poll_timer(cx)
    }
}
impl Sleep {
    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<PyResult> {
        if let State::New { delay, result } = &mut self.0 {
            let (delay, result) = (std::mem::take(delay), std::mem::take(result));
            match begin(delay, result) {
                Ok(state) => self.0 = state,
                Err(raised) => return Poll::Ready(Err(raised)),
            }
        }
        let woken = match &mut self.0 {
            State::Turn { pause, result: _ } => Pin::new(pause).poll(cx),
            State::Timer { future, handle: _, begun: begun @ false } => {
                *begun = true;
                Pin::new(&mut suspend(future.clone())).poll(cx)
            }
            State::Timer { .. } => Pin::new(&mut Yield::<false>::resumed()).poll(cx),
            State::Foreign(awaited) => return Pin::new(awaited).poll(cx),
            State::New { .. } | State::Failed(_) | State::Over => Poll::Ready(Ok(NONE)),
        };
        let Poll::Ready(woken) = woken else { return Poll::Pending };
        Poll::Ready(match std::mem::replace(&mut self.0, State::Over) {
            State::Turn { result, .. } => woken.map(|_| result),
            State::Timer { future, handle, begun: _ } => end(woken, &future, &handle),
            State::Failed(raised) => Err(raised),
            State::New { .. } | State::Foreign(_) | State::Over => woken,
        })
    }
}
