//! Owns: cells whose access is serialised by the global interpreter lock.
//! Never: locks by itself; holding the GIL is the precondition of touching any `Value`.

use crate::thread_state;
use std::cell::{Cell, RefCell};
use std::ops::Deref;

/// A value that is only touched by the thread that holds the GIL.
#[repr(transparent)]
pub struct Gil<T>(T);

// SAFETY: every access happens on the thread that holds the GIL (DESIGN: threads), so no two
// threads touch the content at the same time and the lock orders the accesses.
unsafe impl<T> Sync for Gil<T> {}
// SAFETY: as above; the content moves between threads only through the GIL's hand-over.
unsafe impl<T> Send for Gil<T> {}

impl<T> Gil<T> {
    pub const fn new(value: T) -> Self {
        Gil(value)
    }
}

impl<T> Deref for Gil<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Gil<T> {
    /// As `LocalKey::with`.
    #[inline(always)]
    pub fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        f(&self.0)
    }
}

/// A `Cell` in a static.
pub type GilCell<T> = Gil<Cell<T>>;
/// A `RefCell` in a static.
pub type GilRefCell<T> = Gil<RefCell<T>>;

// ---- the lock ----

use crate::error::PyResult;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, OnceLock};
use std::time::{Duration, Instant};

/// The main thread holds the lock from the start. Until a second thread exists nothing is locked.
static HELD: Mutex<bool> = Mutex::new(true);
static FREE: Condvar = Condvar::new();
static THREADED: AtomicBool = AtomicBool::new(false);
/// How many threads wait for the lock.
static WAITING: AtomicU32 = AtomicU32::new(0);

/// True on the thread that Python runs on first: every other one is started by `spawn`.
pub fn is_main() -> bool {
    !SECONDARY.get()
}
thread_local! {
    static SECONDARY: Cell<bool> = const { Cell::new(false) };
}
/// Tells living threads apart; never 0.
pub fn thread_id() -> usize {
    SECONDARY.with(|here| std::ptr::from_ref(here).addr())
}
/// True once a second thread was started.
#[inline(always)]
pub fn is_threaded() -> bool {
    THREADED.load(Ordering::Acquire)
}
/// What threads wait at for a change of something that the lock guards: whoever changes it rings.
pub struct Bell {
    count: Mutex<u64>,
    rung: Condvar,
}
impl Bell {
    pub const fn new() -> Bell {
        Bell { count: Mutex::new(0), rung: Condvar::new() }
    }
    pub fn ring(&self) {
        *self.count.lock().unwrap_or_else(|e| e.into_inner()) += 1;
        self.rung.notify_all();
    }
    /// Gives the lock away until somebody rings. What the caller looked at before cannot have changed without a ring
    /// that this sees.
    pub fn wait(&self) {
        let seen = *self.count.lock().unwrap_or_else(|e| e.into_inner());
        allow_threads(|| {
            let mut count = self.count.lock().unwrap_or_else(|e| e.into_inner());
            while *count == seen {
                count = self.rung.wait(count).unwrap_or_else(|e| e.into_inner());
            }
        });
    }
}
/// The machine stack of a thread; only what is touched costs memory.
const STACK: usize = 256 << 20;
/// Starts a thread that runs `f` with the lock held.
pub fn spawn(name: &str, f: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    spawn_with(name, || {}, f)
}
/// The same, with something to do before the lock is asked for.
pub fn spawn_with(name: &str, before: impl FnOnce() + Send + 'static, f: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    start_threads();
    std::thread::Builder::new().name(name.into()).stack_size(STACK).spawn(move || {
        crate::signals::block_here();
        SECONDARY.set(true);
        before();
        acquire();
        thread_state::restore(thread_state::fresh());
        f();
        crate::frame::stack::end();
        release();
    })?;
    Ok(())
}
/// Called before the first thread beside the main one starts.
pub fn start_threads() {
    THREADED.store(true, Ordering::Release);
}
pub fn acquire() {
    let mut held = HELD.lock().unwrap_or_else(|e| e.into_inner());
    WAITING.fetch_add(1, Ordering::AcqRel);
    while *held {
        held = FREE.wait(held).unwrap_or_else(|e| e.into_inner());
    }
    WAITING.fetch_sub(1, Ordering::AcqRel);
    *held = true;
    SWITCHES.fetch_add(1, Ordering::AcqRel);
    SINCE.store(clock().as_micros() as u64, Ordering::Relaxed);
}
pub fn release() {
    *HELD.lock().unwrap_or_else(|e| e.into_inner()) = false;
    FREE.notify_one();
}
/// Runs code that touches no `Value` and may block, without the lock.
#[inline]
pub fn allow_threads<R>(f: impl FnOnce() -> R) -> R {
    if !THREADED.load(Ordering::Acquire) {
        return f();
    }
    let state = thread_state::save();
    release();
    let r = f();
    acquire();
    thread_state::restore(state);
    r
}
/// At the back-edges of loops: handlers of signals run, and a thread that has waited long enough gets the lock.
#[inline(always)]
pub fn tick() -> PyResult<()> {
    if WAITING.load(Ordering::Relaxed) != 0 || crate::signals::pending() { tick_slowly() } else { Ok(()) }
}
#[cold]
#[inline(never)]
fn tick_slowly() -> PyResult<()> {
    if is_main() {
        crate::signals::check()?;
    }
    if WAITING.load(Ordering::Relaxed) != 0 && held_since() >= INTERVAL {
        hand_over();
    }
    Ok(())
}
/// CPython's switch interval.
const INTERVAL: Duration = Duration::from_millis(5);
/// How often the lock changed hands, and when it last did, in microseconds.
static SWITCHES: AtomicU32 = AtomicU32::new(0);
static SINCE: AtomicU64 = AtomicU64::new(0);
fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
fn held_since() -> Duration {
    clock().saturating_sub(Duration::from_micros(SINCE.load(Ordering::Relaxed)))
}
fn hand_over() {
    let state = thread_state::save();
    let before = SWITCHES.load(Ordering::Acquire);
    release();
    // Without waiting for it, this thread would have the lock again before another wakes up.
    while SWITCHES.load(Ordering::Acquire) == before && WAITING.load(Ordering::Acquire) != 0 {
        std::thread::yield_now();
    }
    acquire();
    thread_state::restore(state);
}
