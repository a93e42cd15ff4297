//! Owns: the event loop object: the ready queue, timers, running and stopping, one pass.
//! Never: waits in the kernel itself (`selector`); the table of methods is in `loop_methods`.
//! Source: CPython 3.13, Lib/asyncio/base_events.py, BaseEventLoop.

use crate::futures::{self, Future, TimerState};
use crate::glue::{self, VCell, monotonic};
use crate::handles::{self, Handle};
use crate::native_io::Operations;
use crate::selector::Selector;
use crate::tasks::{self, After, Task};
use crate::timers::{Heap, Timer};
use crate::glue::ObjectCell;
use rtcore::error::{self, PyResult, runtime_error};
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::Type;
use rtcore::prefetch;
use rtcore::value::{NONE, Value};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::VecDeque;

/// One entry of the ready queue. Steps and wake-ups of tasks are entries of their own kind, so that
/// they need no handle object.
pub enum Ready {
    Step(ObjectCell),
    /// A step that throws an exception into the coroutine.
    Throw(ObjectCell, ObjectCell),
    /// A task and the future that woke it.
    Wakeup(ObjectCell, ObjectCell),
    Native(crate::futures::NativeCallback, ObjectCell, ObjectCell),
    Handle(ObjectCell),
    /// The future of a sleep whose time has come.
    Sleep(ObjectCell),
}
// A turn of many tasks writes and reads one for each.
const _: () = assert!(std::mem::size_of::<Ready>() <= 32);

/// So many ready entries and timers do not fit into the processor's nearest memory together with their tasks.
const CROWD: usize = 4096;
/// How many entries are run while memory is fetched.
const AHEAD: usize = 4;

/// What stands in the heap of timers is a TimerHandle, or the future of a sleep that stands there for itself.
fn is_cancelled(timer: &Value) -> bool {
    match timer.downcast_exact::<Future>() {
        Some(f) => f.timer.get() == TimerState::Cancelled,
        None => timer.downcast::<Handle>().is_some_and(Handle::is_cancelled),
    }
}
fn set_scheduled(timer: &Value, scheduled: bool) {
    if let Some(f) = timer.downcast_exact::<Future>() {
        if scheduled {
            f.timer.set(TimerState::Scheduled);
        } else if f.timer.get() == TimerState::Scheduled {
            f.timer.set(TimerState::Over);
        }
    } else if let Some(h) = timer.downcast::<Handle>() {
        h.scheduled.set(scheduled);
    }
}
/// `handle.cancel()` of a sleep's own timer.
pub fn cancel_sleep(future: &Value) {
    let Some(f) = future.downcast_exact::<Future>() else { return };
    let state = f.timer.replace(TimerState::Cancelled);
    if state == TimerState::Scheduled
        && let Some(el) = as_loop(&f.loop_.get())
    {
        el.timer_cancelled();
    }
}

const MIN_SCHEDULED_TIMER_HANDLES: usize = 100;
const MIN_CANCELLED_TIMER_HANDLES_FRACTION: f64 = 0.5;
const MAXIMUM_SELECT_TIMEOUT: f64 = 24.0 * 3600.0;
/// `time.get_clock_info('monotonic').resolution`.
const CLOCK_RESOLUTION: f64 = 1e-9;

pub struct EventLoop {
    ready: UnsafeCell<VecDeque<Ready>>,
    scheduled: RefCell<Heap>,
    timer_cancelled_count: Cell<i64>,
    stopping: Cell<bool>,
    closed: Cell<bool>,
    running: Cell<bool>,
    thread: Cell<u64>,
    pub debug: Cell<bool>,
    pub slow_callback_duration: VCell,
    pub current_task: VCell,
    pub exception_handler: VCell,
    pub task_factory: VCell,
    pub default_executor: VCell,
    pub asyncgens: RefCell<Vec<Value>>,
    pub asyncgens_shutdown: Cell<bool>,
    pub executor_shutdown: Cell<bool>,
    /// The runtime's own threads have worked for this loop.
    pub pool_used: Cell<bool>,
    pub selector: Selector,
    pub native: Operations,
    pub signal_handlers: RefCell<Vec<(i32, Value)>>,
    pub watchers: RefCell<Vec<(i32, Value)>>,
}

impl EventLoop {
    pub fn new() -> EventLoop {
        EventLoop {
            ready: UnsafeCell::new(VecDeque::new()),
            scheduled: RefCell::new(Heap::new()),
            timer_cancelled_count: Cell::new(0),
            stopping: Cell::new(false),
            closed: Cell::new(false),
            running: Cell::new(false),
            thread: Cell::new(0),
            // Lib/asyncio/coroutines.py, _is_debug_mode.
            debug: Cell::new(std::env::var_os("PYTHONASYNCIODEBUG").is_some_and(|v| !v.is_empty())),
            slow_callback_duration: VCell::new(Value::float(0.1)),
            current_task: VCell::none(),
            exception_handler: VCell::none(),
            task_factory: VCell::none(),
            default_executor: VCell::none(),
            asyncgens: RefCell::new(Vec::new()),
            asyncgens_shutdown: Cell::new(false),
            executor_shutdown: Cell::new(false),
            pool_used: Cell::new(false),
            selector: Selector::new(),
            native: Operations::new(),
            signal_handlers: RefCell::new(Vec::new()),
            watchers: RefCell::new(Vec::new()),
        }
    }
    #[inline(always)]
    pub fn push(&self, r: Ready) {
        // SAFETY: the queue is only borrowed inside `push`, `pop` and `take_ready`, none of which
        // runs foreign code while it holds the borrow.
        unsafe { (*self.ready.get()).push_back(r) }
    }
    #[inline(always)]
    fn pop(&self) -> Option<Ready> {
        // SAFETY: as in `push`.
        unsafe { (*self.ready.get()).pop_front() }
    }
    #[inline(always)]
    pub fn ready_len(&self) -> usize {
        // SAFETY: as in `push`.
        unsafe { (*self.ready.get()).len() }
    }
    #[inline(always)]
    pub fn check_closed(&self) -> PyResult<()> {
        if self.closed.get() { Err(runtime_error("Event loop is closed")) } else { Ok(()) }
    }
    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }
    pub fn is_running(&self) -> bool {
        self.running.get()
    }
    /// The loop runs in another thread than this one.
    pub fn runs_elsewhere(&self) -> bool {
        self.thread.get() != 0 && self.thread.get() != crate::threads::ident()
    }
    pub fn schedule(&self, when: f64, h: &Value) {
        self.scheduled.borrow_mut().push(Timer { when, handle: h.clone() });
        set_scheduled(h, true);
    }
    pub fn timer_cancelled(&self) {
        self.timer_cancelled_count.set(self.timer_cancelled_count.get() + 1);
    }
    pub fn stop(&self) {
        self.stopping.set(true);
    }
    /// BaseEventLoop.close with BaseSelectorEventLoop.close.
    pub fn close(&self) -> PyResult<()> {
        if self.running.get() {
            return Err(runtime_error("Cannot close a running event loop"));
        }
        if self.closed.replace(true) {
            return Ok(());
        }
        crate::loop_signals::remove_all(self);
        // SAFETY: as in `push`; the entries are dropped after the queue is empty.
        let ready = unsafe { std::mem::take(&mut *self.ready.get()) };
        let timers = self.scheduled.borrow_mut().take();
        drop((ready, timers));
        self.executor_shutdown.set(true);
        let executor = self.default_executor.take();
        if !executor.is_none() {
            let wait = rtcore::name::Name::new("wait");
            let m = glue::getattr(&executor, "shutdown")?;
            rtcore::protocol::call::call_kw(&m, &[Value::bool(false)], &[wait])?;
        }
        self.native.clear();
        self.selector.close();
        Ok(())
    }
    pub fn check_running(&self) -> PyResult<()> {
        if self.running.get() {
            return Err(runtime_error("This event loop is already running"));
        }
        if crate::events::running().is_some() {
            return Err(runtime_error("Cannot run the event loop while another loop is running"));
        }
        Ok(())
    }

    /// BaseEventLoop.run_forever.
    pub fn run_forever(&self, l: &Value) -> PyResult<()> {
        self.check_closed()?;
        self.check_running()?;
        self.running.set(true);
        self.thread.set(crate::threads::ident());
        let hooks = crate::asyncgens::install(l);
        let old = crate::events::set_running(Some(l.clone()));
        if crate::threads::is_main() {
            crate::report::begin();
        }
        let r = loop {
            if let Err(r) = self.run_once(l) {
                break Err(r);
            }
            if self.stopping.get() {
                break Ok(());
            }
        };
        self.stopping.set(false);
        self.running.set(false);
        self.thread.set(0);
        drop(crate::events::set_running(old));
        crate::asyncgens::restore(hooks);
        if crate::threads::is_main() {
            rtcore::signals::set_loop_fd(-1);
            crate::report::end();
        }
        r
    }

    /// BaseEventLoop._run_once.
    fn run_once(&self, l: &Value) -> PyResult<()> {
        self.drop_cancelled_timers();
        self.native.deliver()?;
        let timeout = if self.ready_len() != 0 || self.stopping.get() {
            Some(0.0)
        } else {
            self.scheduled.borrow().first().map(|t| (t.when - monotonic()).clamp(0.0, MAXIMUM_SELECT_TIMEOUT))
        };
        let idle = timeout != Some(0.0);
        if idle || self.selector.has_files() || self.native.is_active() {
            for h in self.selector.select(&self.native, timeout)? {
                if !h.downcast::<Handle>().is_some_and(Handle::is_cancelled) {
                    self.push(Ready::Handle(h.into()));
                }
            }
        }
        self.native.deliver()?;
        crate::loop_signals::deliver(self)?;
        if !self.scheduled.borrow().is_empty() {
            let end = monotonic() + CLOCK_RESOLUTION;
            loop {
                let t = {
                    let mut heap = self.scheduled.borrow_mut();
                    match heap.first() {
                        Some(t) if t.when < end => heap.pop(),
                        Some(_) | None => None,
                    }
                };
                let Some(t) = t else { break };
                set_scheduled(&t.handle, false);
                self.push(if t.handle.downcast_exact::<Future>().is_some() { Ready::Sleep(t.handle.into()) } else { Ready::Handle(t.handle.into()) });
            }
        }
        let n = self.ready_len();
        if self.debug.get() {
            return self.run_ready_debug(l, n);
        }
        if n < 2 * AHEAD || n + self.scheduled.borrow().len() < CROWD {
            for _ in 0..n {
                let Some(r) = self.pop() else { break };
                self.run_ready(l, r)?;
            }
            return Ok(());
        }
        for _ in 0..n {
            self.look_ahead();
            let Some(r) = self.pop() else { break };
            self.run_ready(l, r)?;
        }
        Ok(())
    }
    #[inline]
    fn run_ready(&self, l: &Value, r: Ready) -> PyResult<()> {
        let t = match r {
            Ready::Step(t) => t.take(),
            other @ (Ready::Throw(..) | Ready::Wakeup(..) | Ready::Native(..) | Ready::Handle(_) | Ready::Sleep(_)) => return run_ready(l, other),
        };
        let Some(task) = t.downcast_exact::<Task>().filter(|task| !task.fut.done() && self.current_task.is_none() && self.owns(task)) else {
            return run_step(l, &t, None);
        };
        // The most frequent entry of all, with as few references counted as can be: the entry's own goes back into
        // the queue with a task that only let the others run.
        let ctx = task.context.get();
        let r = match crate::context::run(&ctx, || tasks::step_on(self, &t, task, None)) {
            Ok(After::Settled) => return Ok(()),
            Ok(After::NextTurn) => self.check_closed(),
            Err(r) => Err(r),
        };
        match r {
            Ok(()) => {
                self.push(Ready::Step(t.into()));
                Ok(())
            }
            Err(r) => step_failed(l, &t, r),
        }
    }
    #[inline(always)]
    fn owns(&self, task: &Task) -> bool {
        task.fut.loop_.header().and_then(of_header).is_some_and(|el| std::ptr::eq(el, self))
    }
    /// Asks for the memory of the entries that come next: with many tasks, most of a turn is waiting for it.
    #[inline(always)]
    fn look_ahead(&self) {
        // SAFETY: as in `push`.
        let ready = unsafe { &*self.ready.get() };
        match ready.get(2 * AHEAD) {
            Some(Ready::Step(t) | Ready::Throw(t, _)) => prefetch::object::<3>(t.header()),
            Some(Ready::Wakeup(t, f)) => {
                prefetch::object::<3>(t.header());
                prefetch::object::<2>(f.header());
            }
            Some(Ready::Sleep(f) | Ready::Native(_, f, _)) => prefetch::object::<2>(f.header()),
            Some(Ready::Handle(h)) => prefetch::object::<2>(h.header()),
            None => {}
        }
        // By now the task itself has come: what it runs can be asked for.
        match ready.get(AHEAD) {
            Some(Ready::Step(t) | Ready::Throw(t, _) | Ready::Wakeup(t, _)) => {
                if let Some(t) = t.header().and_then(|h| h.body_exact::<Task>()) {
                    prefetch::object::<4>(t.coro.header());
                }
            }
            Some(Ready::Native(..) | Ready::Handle(_) | Ready::Sleep(_)) | None => {}
        }
    }
    fn drop_cancelled_timers(&self) {
        let n = self.scheduled.borrow().len();
        if n == 0 {
            return;
        }
        let cancelled = |t: &Timer| is_cancelled(&t.handle);
        if n > MIN_SCHEDULED_TIMER_HANDLES
            && self.timer_cancelled_count.get() as f64 / n as f64 > MIN_CANCELLED_TIMER_HANDLES_FRACTION
        {
            let all = self.scheduled.borrow_mut().take();
            let (gone, kept): (Vec<Timer>, Vec<Timer>) = all.into_iter().partition(cancelled);
            gone.iter().for_each(|t| set_scheduled(&t.handle, false));
            *self.scheduled.borrow_mut() = Heap::heapify(kept);
            self.timer_cancelled_count.set(0);
            drop(gone);
            return;
        }
        while self.scheduled.borrow().first().is_some_and(cancelled) {
            self.timer_cancelled_count.set(self.timer_cancelled_count.get() - 1);
            let t = self.scheduled.borrow_mut().pop();
            if let Some(t) = t {
                set_scheduled(&t.handle, false);
            }
        }
    }
    #[cold]
    fn run_ready_debug(&self, l: &Value, n: usize) -> PyResult<()> {
        for _ in 0..n {
            let Some(r) = self.pop() else { break };
            let text = describe(&r)?;
            let t0 = monotonic();
            run_ready(l, r)?;
            let dt = monotonic() - t0;
            if dt >= glue::seconds(&self.slow_callback_duration.get())? {
                crate::handlers::log_warning(&format!("Executing {text} took {dt:.3} seconds"));
            }
        }
        Ok(())
    }
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.current_task, &self.exception_handler, &self.task_factory, &self.default_executor] {
            c.visit(visit);
        }
        // SAFETY: as in `push`; the collector does not run Python code while it visits.
        for r in unsafe { &*self.ready.get() } {
            match r {
                Ready::Step(a) | Ready::Handle(a) | Ready::Sleep(a) => a.visit(visit),
                Ready::Throw(a, b) | Ready::Wakeup(a, b) | Ready::Native(_, a, b) => {
                    a.visit(visit);
                    b.visit(visit);
                }
            }
        }
        for t in self.scheduled.borrow().iter() {
            visit(&t.handle);
        }
        self.asyncgens.borrow().iter().for_each(&mut *visit);
        self.signal_handlers.borrow().iter().for_each(|(_, h)| visit(h));
        self.selector.visit(visit);
        self.native.visit(visit);
    }
}

/// Every kind of entry, on any loop.
fn run_ready(l: &Value, r: Ready) -> PyResult<()> {
    match r {
        Ready::Step(t) => run_step(l, &t.take(), None),
        Ready::Throw(t, exc) => run_step(l, &t.take(), Some(exc.take())),
        Ready::Wakeup(t, fut) => {
            let (t, fut) = (t.take(), fut.take());
            let Some(b) = t.downcast::<Task>() else { return Ok(()) };
            let ctx = b.context.get();
            let r = crate::context::run(&ctx, || tasks::wakeup(&t, &fut));
            r.or_else(|r| step_failed(l, &t, r))
        }
        Ready::Native(f, a, b) => f(&a.take(), &b.take()).or_else(|r| handles::native_failed(r, l, "done callback")),
        Ready::Sleep(f) => {
            let f = f.take();
            if is_cancelled(&f) {
                return Ok(());
            }
            futures::set_result_unless_cancelled(&f, &NONE).or_else(|r| handles::native_failed(r, l, "_set_result_unless_cancelled()"))
        }
        Ready::Handle(h) => {
            let h = h.take();
            if h.downcast::<Handle>().is_some_and(Handle::is_cancelled) { Ok(()) } else { handles::run(&h) }
        }
    }
}
#[inline]
fn run_step(l: &Value, t: &Value, exc: Option<Value>) -> PyResult<()> {
    let Some(b) = t.downcast::<Task>() else { return Ok(()) };
    let ctx = b.context.get();
    let r = crate::context::run(&ctx, || tasks::step(t, exc));
    r.or_else(|r| step_failed(l, t, r))
}
#[cold]
fn step_failed(l: &Value, t: &Value, r: error::Raised) -> PyResult<()> {
    if glue::pending_is_base_error(&r) {
        return Err(r);
    }
    let text = format!("<TaskStepMethWrapper object at {:#x}>()", t.bits());
    handles::native_failed(r, l, &text)
}
fn describe(r: &Ready) -> PyResult<String> {
    match r {
        Ready::Step(t) | Ready::Throw(t, _) | Ready::Wakeup(t, _) | Ready::Handle(t) => glue::repr(&t.get()),
        Ready::Native(..) | Ready::Sleep(_) => Ok("<Handle>".into()),
    }
}

impl Payload for EventLoop {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(finalize);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.visit(visit);
    }
    fn clear(&self) {
        // SAFETY: as in `push`.
        let ready = unsafe { std::mem::take(&mut *self.ready.get()) };
        let timers = self.scheduled.borrow_mut().take();
        drop((ready, timers, self.exception_handler.take(), self.task_factory.take()));
    }
}
impl Native for EventLoop {
    fn class() -> &'static Type {
        &crate::loop_methods::EVENT_LOOP
    }
}
/// BaseEventLoop.__del__: a loop that nobody closed.
fn finalize(v: &Value) {
    if let Some(el) = as_loop(v)
        && !el.is_closed()
    {
        error::saving_pending(|| {
            if !el.is_running()
                && let Err(r) = el.close()
            {
                drop(error::take(r));
            }
        });
    }
}

#[inline(always)]
pub fn as_loop(v: &Value) -> Option<&EventLoop> {
    v.downcast::<EventLoop>()
}
/// The loop of that header. Exactly the runtime's own type, so that this is one comparison.
#[inline(always)]
pub fn of_header(h: &object::Header) -> Option<&EventLoop> {
    h.body_exact::<EventLoop>()
}
/// A new loop object (`new_event_loop()`).
pub fn new_loop() -> Value {
    object::new(&crate::loop_methods::EVENT_LOOP, EventLoop::new())
}
pub fn is_running(l: &Value) -> PyResult<bool> {
    match as_loop(l) {
        Some(el) => Ok(el.is_running()),
        None => glue::truth(&glue::call_method(l, "is_running", &[])?),
    }
}

/// `loop.create_task(coro, name=…, context=…)`.
pub fn create_task(l: &Value, coro: &Value, name: &Value, context: &Value) -> PyResult {
    use rtcore::name::Name;
    let Some(el) = as_loop(l) else {
        let (mut v, mut k) = (vec![coro.clone(), name.clone()], vec![Name::new("name")]);
        if !context.is_none() {
            v.push(context.clone());
            k.push(Name::new("context"));
        }
        return rtcore::protocol::call::call_method_kw(l, Name::new("create_task"), &v, &k);
    };
    el.check_closed()?;
    let factory = el.task_factory.get();
    if factory.is_none() {
        if !rtcore::protocol::awaitable::is_coroutine(coro) && !crate::coroutines::iscoroutine(coro)? {
            return Err(rtcore::error::type_error(format!("a coroutine was expected, got {}", glue::repr(coro)?)));
        }
        return tasks::spawn(l, coro.clone(), name.clone(), context.clone());
    }
    let (mut v, mut k) = (vec![l.clone(), coro.clone()], vec![]);
    if !context.is_none() {
        v.push(context.clone());
        k.push(Name::new("context"));
    }
    let task = rtcore::protocol::call::call_kw(&factory, &v, &k)?;
    // Without a name too: that makes it "None".
    glue::call_method(&task, "set_name", &[name.clone()])?;
    Ok(task)
}

/// BaseEventLoop.run_until_complete.
pub fn run_until_complete(l: &Value, future: &Value) -> PyResult {
    let Some(el) = as_loop(l) else { return glue::call_method(l, "run_until_complete", &[future.clone()]) };
    el.check_closed()?;
    el.check_running()?;
    let new_task = !crate::futures::isfuture(future)?;
    let fut = crate::ensure::ensure_future(future, l)?;
    if new_task && let Some(t) = fut.downcast::<Task>() {
        t.log_destroy_pending.set(false);
    }
    crate::futures::add_native(&fut, run_until_complete_cb, NONE)?;
    let r = el.run_forever(l);
    if let Err(r) = r {
        if new_task && crate::futures::is_done(&fut)? && !crate::futures::is_cancelled(&fut)? {
            // The coroutine raised a BaseException: consume it, so that it is not reported.
            let exc = error::take(r);
            if let Err(other) = crate::futures::exception_of(&fut) {
                drop(error::take(other));
            }
            crate::futures::remove_native(&fut, run_until_complete_cb, &NONE)?;
            return Err(glue::reraise(exc));
        }
        crate::futures::remove_native(&fut, run_until_complete_cb, &NONE)?;
        return Err(r);
    }
    crate::futures::remove_native(&fut, run_until_complete_cb, &NONE)?;
    if !crate::futures::is_done(&fut)? {
        return Err(runtime_error("Event loop stopped before Future completed."));
    }
    crate::futures::result_of(&fut)
}
/// base_events.py, _run_until_complete_cb.
pub fn run_until_complete_cb(fut: &Value, _: &Value) -> PyResult<()> {
    if !crate::futures::is_cancelled(fut)? {
        let exc = match crate::futures::as_future(fut) {
            // Without touching `_log_traceback`'s meaning: `exception()` marks it retrieved, as in CPython.
            Some(f) => f.exception()?,
            None => crate::futures::exception_of(fut)?,
        };
        if glue::is_base_error(&exc) {
            // run_forever stops by the exception itself.
            return Ok(());
        }
    }
    let l = crate::futures::get_loop(fut)?;
    match as_loop(&l) {
        Some(el) => el.stop(),
        None => {
            glue::call_method(&l, "stop", &[])?;
        }
    }
    Ok(())
}

// ---- current task ----

thread_local! {
    /// The current tasks of loops that are not ours.
    static FOREIGN: RefCell<Vec<(Value, Value)>> = const { RefCell::new(Vec::new()) };
}
pub fn foreign_current(l: &Value) -> Value {
    FOREIGN.with(|f| f.borrow().iter().find(|(k, _)| k.is(l)).map_or(NONE, |(_, t)| t.clone()))
}
pub fn enter_foreign(l: &Value, task: &Value) -> PyResult<()> {
    let current = foreign_current(l);
    if !current.is_none() {
        let text =
            format!("Cannot enter into task {} while another task {} is being executed.", glue::repr(task)?, glue::repr(&current)?);
        return Err(runtime_error(text));
    }
    FOREIGN.with(|f| f.borrow_mut().push((l.clone(), task.clone())));
    Ok(())
}
pub fn leave_foreign(l: &Value, task: &Value) -> PyResult<()> {
    let current = foreign_current(l);
    if !current.is(task) {
        let text = format!("Leaving task {} does not match the current task {}.", glue::repr(task)?, glue::repr(&current)?);
        return Err(runtime_error(text));
    }
    let gone = FOREIGN.with(|f| {
        let mut f = f.borrow_mut();
        f.iter().position(|(k, _)| k.is(l)).map(|i| f.remove(i))
    });
    drop(gone);
    Ok(())
}
pub fn swap_current_task(l: &Value, task: Value) -> PyResult {
    match as_loop(l) {
        Some(el) => Ok(el.current_task.replace(task)),
        None => {
            let old = foreign_current(l);
            if !old.is_none() {
                leave_foreign(l, &old)?;
            }
            if !task.is_none() {
                enter_foreign(l, &task)?;
            }
            Ok(old)
        }
    }
}
