//! Owns: the threads behind `to_thread` and `run_in_executor(None, …)`.
//! Never: an executor that the program can name; that is `concurrent.futures`.
//! Source: CPython 3.13, Lib/concurrent/futures/thread.py: at most `min(32, cpus + 4)` threads, a new
//! one only when none is idle.

use crate::futures;
use crate::handles;
use crate::loop_::as_loop;
use rtcore::error::{self, PyResult};
use rtcore::gil;
use rtcore::value::{NONE, Value};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

struct Job {
    l: Value,
    future: Value,
    func: Value,
    args: Vec<Value>,
}
struct State {
    queue: VecDeque<Job>,
    threads: usize,
    idle: usize,
    /// Jobs queued or running, by loop.
    busy: Vec<u64>,
    /// Who waits until a loop has no more of them.
    waiting: Vec<(u64, Value)>,
}
static STATE: Mutex<State> = Mutex::new(State { queue: VecDeque::new(), threads: 0, idle: 0, busy: Vec::new(), waiting: Vec::new() });
static WORK: Condvar = Condvar::new();
/// An idle thread ends after this time.
const PATIENCE: Duration = Duration::from_secs(10);

fn state() -> std::sync::MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(|e| e.into_inner())
}
/// `os.process_cpu_count()`: the processors that this process may run on, which is what CPython's default executor
/// counts (Lib/concurrent/futures/thread.py).
fn usable_cpus() -> usize {
    // SAFETY: an all-zero set is a valid empty one, and the kernel writes no more than its size.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        match libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set) {
            0 => (libc::CPU_COUNT(&set) as usize).max(1),
            _ => 1,
        }
    }
}
/// Runs `func(*args)` in a thread; the future gets what comes of it.
pub fn submit(l: &Value, func: Value, args: Vec<Value>) -> PyResult {
    let future = futures::create(l.clone());
    let most = usable_cpus().saturating_add(4).min(32);
    let start = {
        let mut s = state();
        s.busy.push(l.bits());
        s.queue.push_back(Job { l: l.clone(), future: future.clone(), func, args });
        let start = s.idle < s.queue.len() && s.threads < most;
        if start {
            s.threads += 1;
        }
        start.then_some(s.threads - 1)
    };
    match start {
        Some(n) => {
            if let Err(e) = gil::spawn(&format!("asyncio_{n}"), work) {
                return Err(error::runtime_error(format!("can't start new thread: {e}")));
            }
        }
        None => WORK.notify_one(),
    }
    Ok(future)
}
/// A future that is done when no job of this loop is queued or runs.
pub fn when_idle(l: &Value) -> PyResult {
    let future = futures::create(l.clone());
    let idle = {
        let mut s = state();
        let idle = !s.busy.contains(&l.bits());
        if !idle {
            s.waiting.push((l.bits(), future.clone()));
        }
        idle
    };
    if idle {
        tell(l, &future)?;
    }
    Ok(future)
}
/// Has the loop set the future's result, from any thread.
fn tell(l: &Value, future: &Value) -> PyResult<()> {
    if let Some(el) = as_loop(l)
        && !el.is_closed()
    {
        handles::call_soon_native(l, el, futures::set_result_unless_cancelled, future.clone(), NONE)?;
        el.selector.wake();
    }
    Ok(())
}
fn next() -> Option<Job> {
    gil::allow_threads(|| {
        let mut s = state();
        s.idle += 1;
        loop {
            if let Some(job) = s.queue.pop_front() {
                s.idle -= 1;
                return Some(job);
            }
            let (guard, late) = WORK.wait_timeout(s, PATIENCE).unwrap_or_else(|e| e.into_inner());
            s = guard;
            if late.timed_out() && s.queue.is_empty() {
                s.idle -= 1;
                s.threads -= 1;
                return None;
            }
        }
    })
}
fn work() {
    while let Some(Job { l, future, func, args }) = next() {
        let r = rtcore::protocol::call::call(&func, &args);
        drop((func, args));
        let (ok, v) = match r {
            Ok(v) => (true, v),
            Err(r) => (false, error::take(r)),
        };
        if let Some(el) = as_loop(&l)
            && !el.is_closed()
        {
            let data = crate::glue::tuple(vec![Value::bool(ok), v]);
            match handles::call_soon_native(&l, el, deliver, future.clone(), data) {
                Ok(_) => el.selector.wake(),
                Err(r) => drop(error::take(r)),
            }
        }
        for waiting in finished(l.bits()) {
            if let Err(r) = tell(&l, &waiting) {
                drop(error::take(r));
            }
        }
        drop((l, future));
    }
}
/// One job of the loop less; those who wait for its last one.
fn finished(l: u64) -> Vec<Value> {
    let mut s = state();
    if let Some(i) = s.busy.iter().position(|b| *b == l) {
        s.busy.swap_remove(i);
    }
    if s.busy.contains(&l) {
        return Vec::new();
    }
    s.waiting.extract_if(.., |w| w.0 == l).map(|w| w.1).collect()
}
fn deliver(future: &Value, data: &Value) -> PyResult<()> {
    let [ok, v] = rtcore::types::tuple::items(data) else { return Ok(()) };
    if futures::is_done(future)? {
        return Ok(());
    }
    if ok.as_bool() == Some(true) { futures::set_result(future, v.clone()) } else { futures::set_exception(future, &crate::chain::convert_exception(v)) }
}
