//! Owns: waiting: a tokio current_thread runtime in which the loop parks until its epoll instance is
//! readable or a deadline passes. Futures spawned on this runtime advance while the loop is parked.
//! Never: decides what is ready or in which order it runs; that is the loop's own queue.
//!
//! tokio's readiness is edge-triggered, CPython's selector is level-triggered. So the loop keeps its
//! own level-triggered epoll instance and registers only that one's descriptor with tokio; readiness
//! is cleared when a look at epoll finds nothing, never because an event was handled.

use crate::native_io::Wakes;
use std::io;
use std::os::fd::RawFd;
use std::pin::pin;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::{Instant, timeout_at};

/// The runtime of one loop and its registration of the loop's epoll descriptor.
pub struct Park {
    // Dropped before the runtime that it is registered with.
    epoll: AsyncFd<RawFd>,
    runtime: Runtime,
}

impl Park {
    /// A runtime for the loop whose epoll instance is `epoll`; the descriptor stays the caller's.
    ///
    /// # Errors
    /// What the system answers when no further descriptor or thread-local driver can be made.
    pub fn new(epoll: RawFd) -> io::Result<Park> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let entered = runtime.enter();
        // SAFETY: the caller keeps the descriptor open for as long as this registration lives.
        let epoll = unsafe { AsyncFd::register_with_interest(epoll, Interest::READABLE)? };
        drop(entered);
        Ok(Park { epoll, runtime })
    }
    /// Waits until `look` finds events or `milliseconds` have passed (`None`: no limit), and returns
    /// what `look` returned last: the number of events, 0 at the deadline, negative on an error.
    ///
    /// tokio gives one future 128 operations a poll and then pretends that nothing is ready; the
    /// loop's wait is the only future there is, so it runs unconstrained.
    pub fn wait(&self, wakes: &Wakes, milliseconds: Option<u64>, mut look: impl FnMut() -> i32) -> i32 {
        let deadline = milliseconds.map(|ms| Instant::now() + Duration::from_millis(ms));
        self.runtime.block_on(tokio::task::unconstrained(async {
            wakes.wake_deferred();
            loop {
                let event = async {
                    let readable = pin!(self.epoll.readable());
                    wakes.or(readable).await
                };
                let ready = match deadline {
                    None => event.await,
                    Some(d) => match timeout_at(d, event).await {
                        Ok(ready) => ready,
                        Err(_) => return look(),
                    },
                };
                // A native operation wants to be polled.
                let Some(ready) = ready else { return look() };
                let Ok(mut guard) = ready else { return -1 };
                let found = look();
                if found != 0 {
                    guard.retain_ready();
                    return found;
                }
                guard.clear_ready();
            }
        }))
    }
    /// Lets tokio look at its own files and timers and run its tasks, without waiting.
    pub fn turn(&self, wakes: &Wakes) {
        self.runtime.block_on(tokio::task::unconstrained(async {
            wakes.wake_deferred();
            tokio::task::yield_now().await;
        }));
    }
    pub fn handle(&self) -> &Handle {
        self.runtime.handle()
    }
}
