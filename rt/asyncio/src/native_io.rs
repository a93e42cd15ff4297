//! Owns: native futures (tokio's, of the crates in `ext`) inside Python's coroutines: `run` polls one where
//! the coroutine stands, on the loop's own runtime; `block_on` runs one to its end where nobody awaits.
//! Never: knows a protocol. A native future never touches a `Value`: it may be polled without the GIL.
//!
//! A waker only notes the number of its operation; the loop looks at the notes once per pass and completes
//! the asyncio Future that the coroutine waits on, so native operations take their turn like any handle.
//! A cancelled coroutine drops the future, and with it the connection, at once.

use crate::futures::{self, as_future};
use crate::loop_::{self, EventLoop};
use rtcore::error::hierarchy::raise_os_error;
use rtcore::error::{PyResult, runtime_error};
use rtcore::value::{NONE, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::os::fd::RawFd;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::{Builder, Runtime};

/// The operations that want to be polled, and who is to be told.
#[derive(Default)]
struct Notes {
    ids: Vec<u64>,
    parked: Option<Waker>,
    /// Tasks of the runtime that Python code has given work to.
    deferred: Vec<Waker>,
}
/// Shared by a loop and the wakers of its operations, which any thread may use.
#[derive(Clone, Default)]
pub struct Wakes(Arc<Mutex<Notes>>);

impl Wakes {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }
    /// Wakes the tasks that Python code has given work to. Inside the runtime that is a push to its queue; from
    /// outside, each would be a write to its wake-up descriptor.
    pub fn wake_deferred(&self) {
        let all = std::mem::take(&mut self.notes().deferred);
        all.into_iter().for_each(Waker::wake);
    }
    /// What `future` gives, or `None` as soon as an operation wants to be polled.
    pub async fn or<F: Future>(&self, mut future: Pin<&mut F>) -> Option<F::Output> {
        std::future::poll_fn(|cx| {
            {
                let mut notes = self.notes();
                if !notes.ids.is_empty() {
                    return Poll::Ready(None);
                }
                match &notes.parked {
                    Some(w) if w.will_wake(cx.waker()) => {}
                    Some(_) | None => notes.parked = Some(cx.waker().clone()),
                }
            }
            future.as_mut().poll(cx).map(Some)
        })
        .await
    }
}

struct Note {
    wakes: Wakes,
    id: u64,
}
impl Wake for Note {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }
    fn wake_by_ref(self: &Arc<Self>) {
        let mut notes = self.wakes.notes();
        notes.ids.push(self.id);
        let parked = notes.parked.take();
        drop(notes);
        if let Some(w) = parked {
            w.wake();
        }
    }
}

/// The native operations of one loop.
pub struct Operations {
    wakes: Wakes,
    /// The asyncio Future that each suspended operation waits on.
    waiting: RefCell<HashMap<u64, Value>>,
    next: Cell<u64>,
    /// A task of the runtime waits to be woken.
    deferred: Cell<bool>,
}

impl Default for Operations {
    fn default() -> Operations {
        Operations::new()
    }
}
impl Operations {
    pub fn new() -> Operations {
        Operations { wakes: Wakes::default(), waiting: RefCell::new(HashMap::new()), next: Cell::new(1), deferred: Cell::new(false) }
    }
    pub fn wakes(&self) -> &Wakes {
        &self.wakes
    }
    #[inline(always)]
    pub fn is_active(&self) -> bool {
        !self.waiting.borrow().is_empty() || self.deferred.get()
    }
    /// Before the loop lets the runtime run.
    pub fn undefer(&self) {
        self.deferred.set(false);
    }
    /// Completes the Futures of the operations that want to be polled.
    #[inline]
    pub fn deliver(&self) -> PyResult<()> {
        if self.is_active() { self.deliver_all() } else { Ok(()) }
    }
    fn deliver_all(&self) -> PyResult<()> {
        let ids = std::mem::take(&mut self.wakes.notes().ids);
        for id in ids {
            let fut = self.waiting.borrow_mut().remove(&id);
            if let Some(v) = fut
                && let Some(f) = as_future(&v)
                && !f.done()
            {
                f.finish_result(&v, NONE)?;
            }
        }
        Ok(())
    }
    pub fn clear(&self) {
        let all = self.waiting.take();
        drop(all);
    }
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        self.waiting.borrow().values().for_each(visit);
    }
}

fn el(l: &Value) -> PyResult<&EventLoop> {
    loop_::as_loop(l).ok_or_else(|| runtime_error("native operations need the event loop of this runtime"))
}

/// Wakes a task of the running loop's runtime before the loop waits next; at once where no loop runs.
pub fn defer(waker: Waker) {
    match crate::events::running() {
        Some(l) => match loop_::as_loop(&l) {
            Some(e) => {
                e.native.wakes.notes().deferred.push(waker);
                e.native.deferred.set(true);
            }
            None => waker.wake(),
        },
        None => waker.wake(),
    }
}

/// Awaits a native future on the running loop.
pub async fn run<F: Future + 'static>(future: F) -> PyResult<F::Output> {
    let l = crate::events::get_running_loop()?;
    let (id, wakes, park) = {
        let e = el(&l)?;
        let id = e.native.next.get();
        e.native.next.set(id + 1);
        (id, e.native.wakes.clone(), e.selector.park()?)
    };
    let mut future = Box::pin(future);
    let waker = Waker::from(Arc::new(Note { wakes, id }));
    loop {
        let polled = {
            let _entered = park.handle().enter();
            future.as_mut().poll(&mut Context::from_waker(&waker))
        };
        if let Poll::Ready(out) = polled {
            return Ok(out);
        }
        let fut = futures::create(l.clone());
        el(&l)?.native.waiting.borrow_mut().insert(id, fut.clone());
        if let Err(r) = futures::wait(fut).await {
            let gone = el(&l).map(|e| e.native.waiting.borrow_mut().remove(&id));
            drop(gone);
            let _entered = park.handle().enter();
            drop(future);
            return Err(r);
        }
    }
}

thread_local! {
    /// The runtime of calls that are not awaited.
    static PRIVATE: RefCell<Option<std::rc::Rc<Runtime>>> = const { RefCell::new(None) };
}
fn private() -> PyResult<std::rc::Rc<Runtime>> {
    PRIVATE.with(|p| {
        if let Some(r) = p.borrow().as_ref() {
            return Ok(r.clone());
        }
        let made = Builder::new_current_thread().enable_io().enable_time().build().map_err(|e| raise_os_error(&e, None))?;
        let made = std::rc::Rc::new(made);
        *p.borrow_mut() = Some(made.clone());
        Ok(made)
    })
}

/// An eventfd that the signal handler writes to while a blocking call waits.
struct SignalFd {
    fd: RawFd,
    old: RawFd,
}
impl SignalFd {
    fn new() -> io::Result<SignalFd> {
        // SAFETY: a plain system call.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(SignalFd { fd, old: rtcore::signals::set_loop_fd(fd) })
    }
}
impl Drop for SignalFd {
    fn drop(&mut self) {
        rtcore::signals::set_loop_fd(self.old);
        // SAFETY: the descriptor is ours and closed once.
        unsafe { libc::close(self.fd) };
    }
}

/// Runs a native future to its end on a runtime of this thread; signals are handled meanwhile, and one whose
/// handler raises drops the future.
pub fn block_on<F: Future>(future: F) -> PyResult<F::Output> {
    let runtime = private()?;
    let mut future = Box::pin(future);
    if !crate::threads::is_main() {
        return Ok(rtcore::gil::allow_threads(|| runtime.block_on(future)));
    }
    let signals = SignalFd::new().map_err(|e| raise_os_error(&e, None))?;
    loop {
        rtcore::signals::check()?;
        let done = rtcore::gil::allow_threads(|| {
            runtime.block_on(async {
                // SAFETY: the descriptor is closed after the registration is gone.
                let Ok(fd) = (unsafe { AsyncFd::register_with_interest(signals.fd, Interest::READABLE) }) else { return Some(future.as_mut().await) };
                let mut signalled = Box::pin(async {
                    let ready = fd.readable().await;
                    drop(ready);
                });
                std::future::poll_fn(|cx| {
                    if let Poll::Ready(out) = future.as_mut().poll(cx) {
                        return Poll::Ready(Some(out));
                    }
                    signalled.as_mut().poll(cx).map(|()| None)
                })
                .await
            })
        });
        if let Some(out) = done {
            return Ok(out);
        }
        let mut buf = [0u8; 8];
        // SAFETY: reads eight bytes into a local from our eventfd.
        unsafe { libc::read(signals.fd, buf.as_mut_ptr().cast(), 8) };
    }
}

/// Whether the caller awaits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Sync,
    Async,
}
impl Mode {
    pub async fn io<F: Future + 'static>(self, future: F) -> PyResult<F::Output> {
        match self {
            Mode::Sync => block_on(future),
            Mode::Async => run(future).await,
        }
    }
}

/// The result of an `async fn` written for both modes and called in `Mode::Sync`: it never suspends.
pub fn complete(future: impl Future<Output = PyResult>) -> PyResult {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(r) => r,
        Poll::Pending => {
            let left = rtcore::frame::slot::take();
            drop(left);
            Err(runtime_error("a synchronous call reached an await"))
        }
    }
}
/// `asyncio.get_running_loop()` would succeed.
pub fn in_loop() -> bool {
    crate::events::running().is_some()
}
