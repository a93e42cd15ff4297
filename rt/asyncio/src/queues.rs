//! Owns: Queue, PriorityQueue, LifoQueue.
//! Never: knows tasks; waiters are futures.
//! Source: CPython 3.13, Lib/asyncio/queues.py.

use crate::exceptions::{QUEUE_EMPTY, QUEUE_FULL, QUEUE_SHUT_DOWN, bare};
use crate::futures::{self, as_future};
use crate::glue::{self, VCell};
use crate::locks;
use crate::mixins::{LoopBound, Waiters};
use rtcore::def::{F1, F2, Method, Raw};
use rtcore::error::{self, PyResult, Raised, raise_value, type_error, value_error};
use rtcore::frame::Called;
use rtcore::frame::wait::{Ended, Next, Steps, waiting};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::value::{NONE, UNBOUND, Value};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

pub struct Queue {
    bound: LoopBound,
    maxsize: Cell<i64>,
    maxsize_given: VCell,
    items: RefCell<VecDeque<Value>>,
    getters: Waiters,
    putters: Waiters,
    unfinished: Cell<i64>,
    finished: VCell,
    is_shutdown: Cell<bool>,
}
impl Payload for Queue {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.bound.visit(visit);
        self.items.borrow().iter().for_each(&mut *visit);
        self.getters.visit(visit);
        self.putters.visit(visit);
        self.finished.visit(visit);
    }
    fn clear(&self) {
        let items = self.items.take();
        drop(items);
        self.getters.clear();
        self.putters.clear();
    }
}
impl Native for Queue {
    fn class() -> &'static Type {
        &QUEUE
    }
}

fn blank() -> Queue {
    Queue {
        bound: LoopBound::new(),
        maxsize: Cell::new(0),
        maxsize_given: VCell::new(Value::int(0)),
        items: RefCell::new(VecDeque::new()),
        getters: Waiters::new(),
        putters: Waiters::new(),
        unfinished: Cell::new(0),
        finished: VCell::none(),
        is_shutdown: Cell::new(false),
    }
}
pub fn new_queue() -> Value {
    object::new(&QUEUE, blank())
}
fn queue_new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&QUEUE), blank()))
}
fn queue_init(v: &Value, maxsize: &Value) -> PyResult {
    let q = body(v)?;
    // A float is a bound too: the queue is full at the next whole number.
    q.maxsize.set(match maxsize.as_inline_float() {
        Some(x) => x.ceil() as i64,
        None => glue::index(maxsize)?,
    });
    q.maxsize_given.set(maxsize.clone());
    if v.ty().is_heap() && v.ty().lookup(Name::new("_init")).is_some_and(|f| f.ty().name() == "function") {
        glue::call_method(v, "_init", &[maxsize.clone()])?;
    }
    Ok(NONE)
}
#[inline(always)]
fn body(v: &Value) -> PyResult<&Queue> {
    v.downcast::<Queue>().ok_or_else(|| type_error("expected an asyncio.Queue"))
}

/// How items are kept; user subclasses may override `_init`, `_get`, `_put`.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    Fifo,
    Lifo,
    Priority,
    Custom,
}
fn kind(v: &Value) -> Kind {
    let ty = v.ty();
    if std::ptr::eq(ty, &QUEUE) {
        Kind::Fifo
    } else if ty.is_heap() {
        Kind::Custom
    } else if std::ptr::eq(ty, &LIFO_QUEUE) {
        Kind::Lifo
    } else {
        Kind::Priority
    }
}

fn put_item(v: &Value, q: &Queue, item: Value) -> PyResult<()> {
    match kind(v) {
        Kind::Fifo | Kind::Lifo => {
            q.items.borrow_mut().push_back(item);
            Ok(())
        }
        Kind::Priority => heap_push(q, item),
        Kind::Custom => glue::call_method(v, "_put", &[item]).map(drop),
    }
}
fn get_item(v: &Value, q: &Queue) -> PyResult {
    match kind(v) {
        Kind::Fifo => q.items.borrow_mut().pop_front().ok_or_else(|| raise_value(bare(&rtcore::error::hierarchy::INDEX_ERROR))),
        Kind::Lifo | Kind::Priority => native_get(v, q),
        Kind::Custom => glue::call_method(v, "_get", &[]),
    }
}
fn native_get(v: &Value, q: &Queue) -> PyResult {
    if v.ty().is_subtype(&PRIORITY_QUEUE) {
        return heap_pop(q);
    }
    let item = if v.ty().is_subtype(&LIFO_QUEUE) { q.items.borrow_mut().pop_back() } else { q.items.borrow_mut().pop_front() };
    item.ok_or_else(|| raise_value(bare(&rtcore::error::hierarchy::INDEX_ERROR)))
}
/// CPython 3.13: Lib/heapq.py, heappush and heappop; comparisons run Python code, so the items
/// stand aside in a vector meanwhile.
fn heap_push(q: &Queue, item: Value) -> PyResult<()> {
    let mut heap: Vec<Value> = q.items.take().into();
    heap.push(item);
    let pos = heap.len() - 1;
    let r = siftdown(&mut heap, 0, pos);
    restore(q, heap);
    r
}
fn heap_pop(q: &Queue) -> PyResult {
    let mut heap: Vec<Value> = q.items.take().into();
    let Some(last) = heap.pop() else { return Err(raise_value(bare(&rtcore::error::hierarchy::INDEX_ERROR))) };
    if heap.is_empty() {
        return Ok(last);
    }
    let out = std::mem::replace(&mut heap[0], last);
    let r = siftup(&mut heap, 0);
    restore(q, heap);
    r.map(|()| out)
}
fn restore(q: &Queue, heap: Vec<Value>) {
    let added = q.items.replace(heap.into());
    for v in added {
        q.items.borrow_mut().push_back(v);
    }
}
fn lt(a: &Value, b: &Value) -> PyResult<bool> {
    rtcore::protocol::compare::lt(a, b)
}
fn siftdown(heap: &mut [Value], start: usize, mut pos: usize) -> PyResult<()> {
    while pos > start {
        let parent = (pos - 1) >> 1;
        if !lt(&heap[pos], &heap[parent])? {
            break;
        }
        heap.swap(pos, parent);
        pos = parent;
    }
    Ok(())
}
fn siftup(heap: &mut [Value], mut pos: usize) -> PyResult<()> {
    let (end, start) = (heap.len(), pos);
    let mut child = 2 * pos + 1;
    while child < end {
        let right = child + 1;
        if right < end && !lt(&heap[child], &heap[right])? {
            child = right;
        }
        heap.swap(pos, child);
        pos = child;
        child = 2 * pos + 1;
    }
    siftdown(heap, start, pos)
}

impl Queue {
    /// `full()` of a queue that keeps its own items.
    #[inline]
    fn is_full(&self) -> bool {
        let max = self.maxsize.get();
        max > 0 && self.items.borrow().len() as i64 >= max
    }
    #[inline(always)]
    fn qsize(&self, v: &Value) -> PyResult<usize> {
        if v.ty().is_heap() { self.custom_qsize(v) } else { Ok(self.items.borrow().len()) }
    }
    #[cold]
    fn custom_qsize(&self, v: &Value) -> PyResult<usize> {
        match custom_items(v)? {
            Some(items) => rtcore::protocol::sequence::len(&items).map(|n| n as usize),
            None => Ok(self.items.borrow().len()),
        }
    }
    fn full(&self, v: &Value) -> PyResult<bool> {
        let max = self.maxsize.get();
        Ok(max > 0 && self.qsize(v)? as i64 >= max)
    }
    fn empty(&self, v: &Value) -> PyResult<bool> {
        Ok(self.qsize(v)? == 0)
    }
}
/// `self._queue` that a user's `_init` made.
fn custom_items(v: &Value) -> PyResult<Option<Value>> {
    match v.header().and_then(|h| h.attrs()) {
        Some(attrs) => Ok(attrs.get(Name::new("_queue"))),
        None => Ok(None),
    }
}
#[inline]
fn wakeup_next(waiters: &Waiters) -> PyResult<()> {
    if waiters.is_empty() {
        return Ok(());
    }
    while let Some(w) = waiters.pop() {
        if let Some(f) = as_future(&w)
            && !f.done()
        {
            return f.finish_result(&w, NONE);
        }
    }
    Ok(())
}
fn shut_down() -> Raised {
    raise_value(bare(&QUEUE_SHUT_DOWN))
}

/// Queue.put.
pub async fn put(v: Value, item: Value) -> PyResult {
    let q = body(&v)?;
    while q.full(&v)? {
        if q.is_shutdown.get() {
            return Err(shut_down());
        }
        let putter = futures::create(q.bound.get(&v)?);
        q.putters.push(putter.clone());
        if let Err(r) = futures::wait(putter.clone()).await {
            return Err(put_failed(&v, q, &putter, r));
        }
    }
    put_nowait_any(&v, item)?;
    Ok(NONE)
}
fn put_nowait_any(v: &Value, item: Value) -> PyResult<()> {
    if v.ty().is_static() { put_nowait(v, item) } else { glue::call_method(v, "put_nowait", &[item]).map(drop) }
}
/// Queue.put_nowait.
pub fn put_nowait(v: &Value, item: Value) -> PyResult<()> {
    let q = body(v)?;
    if q.is_shutdown.get() {
        return Err(shut_down());
    }
    if q.full(v)? {
        return Err(raise_value(bare(&QUEUE_FULL)));
    }
    put_item(v, q, item)?;
    q.unfinished.set(q.unfinished.get() + 1);
    if !q.finished.is_none() {
        locks::event_clear(&q.finished.get())?;
    }
    wakeup_next(&q.getters)
}
/// Queue.get.
pub async fn get(v: Value) -> PyResult {
    let q = body(&v)?;
    while q.empty(&v)? {
        if q.is_shutdown.get() && q.empty(&v)? {
            return Err(shut_down());
        }
        let getter = futures::create(q.bound.get(&v)?);
        q.getters.push(getter.clone());
        if let Err(r) = futures::wait(getter.clone()).await {
            return Err(get_failed(&v, q, &getter, r));
        }
    }
    if v.ty().is_static() { get_nowait(&v) } else { glue::call_method(&v, "get_nowait", &[]) }
}
/// Queue.get_nowait.
pub fn get_nowait(v: &Value) -> PyResult {
    let q = body(v)?;
    if q.empty(v)? {
        if q.is_shutdown.get() {
            return Err(shut_down());
        }
        return Err(raise_value(bare(&QUEUE_EMPTY)));
    }
    let item = get_item(v, q)?;
    wakeup_next(&q.putters)?;
    Ok(item)
}
fn finish(q: &Queue) -> PyResult<()> {
    if q.finished.is_none() { Ok(()) } else { locks::event_set(&q.finished.get()) }
}
/// Queue.join. The event is made when somebody waits.
async fn join(v: Value) -> PyResult {
    let q = body(&v)?;
    if q.unfinished.get() > 0 {
        if q.finished.is_none() {
            q.finished.set(locks::new_event());
        }
        locks::event_wait(q.finished.get()).await?;
    }
    Ok(NONE)
}
/// `put`, awaited at once.
fn put_at_once(all: &[Value]) -> Option<Called> {
    let [v, item] = all else { return None };
    let q = v.downcast::<Queue>().filter(|_| v.ty().is_static())?;
    Some(match put_step(v, q, item) {
        Next::Done(outcome) => Called::Finished(outcome),
        Next::Wait(putter) => Called::Waiting(waiting(v.clone(), item.clone(), putter, &PUT)),
    })
}
static PUT: Steps = Steps { begin: futures::begin_wait, resume: put_resumed };
/// One turn of the loop in Queue.put.
fn put_step(v: &Value, q: &Queue, item: &Value) -> Next {
    if !q.is_full() {
        return Next::Done(put_nowait(v, item.clone()).map(|()| NONE));
    }
    if q.is_shutdown.get() {
        return Next::Done(Err(shut_down()));
    }
    match q.bound.get(v) {
        Ok(l) => {
            let putter = futures::create(l);
            q.putters.push(putter.clone());
            Next::Wait(putter)
        }
        Err(raised) => Next::Done(Err(raised)),
    }
}
fn put_resumed(ended: Ended) -> Next {
    let Ended { of: v, argument: item, what: putter, outcome } = ended;
    let q = match body(v) {
        Ok(q) => q,
        Err(raised) => return Next::Done(Err(raised)),
    };
    match outcome.and_then(|_| futures::end_wait(putter)) {
        Ok(_) => put_step(v, q, item),
        Err(raised) => Next::Done(Err(put_failed(v, q, putter, raised))),
    }
}
/// `get`, awaited at once.
fn get_at_once(all: &[Value]) -> Option<Called> {
    let [v] = all else { return None };
    let q = v.downcast::<Queue>().filter(|_| v.ty().is_static())?;
    Some(match get_step(v, q) {
        Next::Done(outcome) => Called::Finished(outcome),
        Next::Wait(getter) => Called::Waiting(waiting(v.clone(), UNBOUND, getter, &GET)),
    })
}
static GET: Steps = Steps { begin: futures::begin_wait, resume: get_resumed };
/// One turn of the loop in Queue.get.
fn get_step(v: &Value, q: &Queue) -> Next {
    if !q.items.borrow().is_empty() {
        return Next::Done(get_nowait(v));
    }
    if q.is_shutdown.get() {
        return Next::Done(Err(shut_down()));
    }
    match q.bound.get(v) {
        Ok(l) => {
            let getter = futures::create(l);
            q.getters.push(getter.clone());
            Next::Wait(getter)
        }
        Err(raised) => Next::Done(Err(raised)),
    }
}
fn get_resumed(ended: Ended) -> Next {
    let Ended { of: v, argument: _, what: getter, outcome } = ended;
    let q = match body(v) {
        Ok(q) => q,
        Err(raised) => return Next::Done(Err(raised)),
    };
    match outcome.and_then(|_| futures::end_wait(getter)) {
        Ok(_) => get_step(v, q),
        Err(raised) => Next::Done(Err(get_failed(v, q, getter, raised))),
    }
}
/// The `except` of Queue.get.
#[cold]
fn get_failed(v: &Value, q: &Queue, getter: &Value, raised: Raised) -> Raised {
    failed(raised, getter, &q.getters, || Ok(!q.empty(v)?))
}
/// The `except` of Queue.put.
#[cold]
fn put_failed(v: &Value, q: &Queue, putter: &Value, raised: Raised) -> Raised {
    failed(raised, putter, &q.putters, || Ok(!q.full(v)?))
}
/// Who was woken and cannot go on wakes the next one, if there is still something to do.
fn failed(raised: Raised, waiter: &Value, waiters: &Waiters, possible: impl FnOnce() -> PyResult<bool>) -> Raised {
    let exc = error::take(raised);
    let clean = || {
        futures::cancel(waiter, NONE)?;
        waiters.remove(waiter);
        if possible()? && !futures::is_cancelled(waiter)? {
            wakeup_next(waiters)?;
        }
        Ok(())
    };
    match clean() {
        Ok(()) => glue::reraise(exc),
        Err(raised) => raised,
    }
}
/// `join` where it need not wait.
fn join_at_once(all: &[Value]) -> Option<Called> {
    let [v] = all else { return None };
    let q = v.downcast::<Queue>()?;
    (q.unfinished.get() <= 0).then_some(Called::Finished(Ok(NONE)))
}
fn m_put(v: &Value, item: &Value) -> PyResult {
    Ok(crate::coro!("Queue.put", put(v.clone(), item.clone())))
}
fn m_get(v: &Value) -> PyResult {
    Ok(crate::coro!("Queue.get", get(v.clone())))
}
fn m_join(v: &Value) -> PyResult {
    Ok(crate::coro!("Queue.join", join(v.clone())))
}
fn m_put_nowait(v: &Value, item: &Value) -> PyResult {
    put_nowait(v, item.clone())?;
    Ok(NONE)
}
fn m_task_done(v: &Value) -> PyResult {
    let q = body(v)?;
    if q.unfinished.get() <= 0 {
        return Err(value_error("task_done() called too many times"));
    }
    q.unfinished.set(q.unfinished.get() - 1);
    if q.unfinished.get() == 0 {
        finish(q)?;
    }
    Ok(NONE)
}
fn m_shutdown(v: &Value, immediate: &Value) -> PyResult {
    let q = body(v)?;
    q.is_shutdown.set(true);
    if glue::truth(immediate)? {
        while !q.empty(v)? {
            drop(get_item(v, q)?);
            if q.unfinished.get() > 0 {
                q.unfinished.set(q.unfinished.get() - 1);
            }
        }
        if q.unfinished.get() == 0 {
            finish(q)?;
        }
    }
    for waiters in [&q.getters, &q.putters] {
        while let Some(w) = waiters.pop() {
            if let Some(f) = as_future(&w)
                && !f.done()
            {
                f.finish_result(&w, NONE)?;
            }
        }
    }
    Ok(NONE)
}
fn m_qsize(v: &Value) -> PyResult {
    Ok(Value::from(body(v)?.qsize(v)?))
}
fn m_empty(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.empty(v)?))
}
fn m_full(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.full(v)?))
}
fn m_native_put(v: &Value, item: &Value) -> PyResult {
    let q = body(v)?;
    if v.ty().is_subtype(&PRIORITY_QUEUE) {
        heap_push(q, item.clone())?;
    } else {
        q.items.borrow_mut().push_back(item.clone());
    }
    Ok(NONE)
}
fn m_native_get(v: &Value) -> PyResult {
    native_get(v, body(v)?)
}
fn m_init(_: &Value, _: &Value) -> PyResult {
    Ok(NONE)
}
fn format(v: &Value) -> PyResult<String> {
    let q = body(v)?;
    let mut s = format!("maxsize={}", glue::repr(&q.maxsize_given.get())?);
    let items: Vec<Value> = match custom_items(v)? {
        Some(c) => rtcore::protocol::iter::collect(&c)?,
        None => q.items.borrow().iter().cloned().collect(),
    };
    if !items.is_empty() {
        s.push_str(&format!(" _queue={}", glue::repr(&glue::list(items))?));
    }
    if !q.getters.is_empty() {
        s.push_str(&format!(" _getters[{}]", q.getters.len()));
    }
    if !q.putters.is_empty() {
        s.push_str(&format!(" _putters[{}]", q.putters.len()));
    }
    if q.unfinished.get() != 0 {
        s.push_str(&format!(" tasks={}", q.unfinished.get()));
    }
    if q.is_shutdown.get() {
        s.push_str(" shutdown");
    }
    Ok(s)
}
fn m_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("<{} at {:#x} {}>", v.ty().name(), v.bits(), format(v)?)))
}
fn m_str(v: &Value) -> PyResult {
    Ok(Value::string(format!("<{} {}>", v.ty().name(), format(v)?)))
}
fn get_maxsize(v: &Value) -> PyResult {
    Ok(body(v)?.maxsize_given.get())
}
fn get_unfinished(v: &Value) -> PyResult {
    Ok(Value::int(body(v)?.unfinished.get()))
}
fn class_getitem(cls: &Value, item: &Value) -> PyResult {
    rtcore::types::alias::new(cls, item)
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(queue_new)),
    Method::new("__init__(self, maxsize=0)", F2(queue_init)),
    Method::new("put(self, item)", F2(m_put)).at_once(put_at_once),
    Method::new("get(self)", F1(m_get)).at_once(get_at_once),
    Method::new("put_nowait(self, item)", F2(m_put_nowait)),
    Method::new("get_nowait(self)", F1(get_nowait)),
    Method::new("task_done(self)", F1(m_task_done)),
    Method::new("join(self)", F1(m_join)).at_once(join_at_once),
    Method::new("shutdown(self, immediate=False)", F2(m_shutdown)),
    Method::new("qsize(self)", F1(m_qsize)),
    Method::new("empty(self)", F1(m_empty)),
    Method::new("full(self)", F1(m_full)),
    Method::new("_init(self, maxsize)", F2(m_init)),
    Method::new("_put(self, item)", F2(m_native_put)),
    Method::new("_get(self)", F1(m_native_get)),
    Method::new("__repr__(self)", F1(m_repr)),
    Method::new("__str__(self)", F1(m_str)),
    Method::class("__class_getitem__(cls, item, /)", F2(class_getitem)),
];
static GETSET: &[GetSet] = &[GetSet::ro("maxsize", get_maxsize), GetSet::ro("_unfinished_tasks", get_unfinished)];
static DEF: ClassDef =
    ClassDef::new::<Queue>("Queue").module("asyncio.queues").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static QUEUE: Type = Type::builtin(&DEF);
static PRIORITY_DEF: ClassDef =
    ClassDef::new::<Queue>("PriorityQueue").like(&QUEUE, &QUEUE).module("asyncio.queues").flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static PRIORITY_QUEUE: Type = Type::builtin(&PRIORITY_DEF);
static LIFO_DEF: ClassDef = ClassDef::new::<Queue>("LifoQueue").like(&QUEUE, &QUEUE).module("asyncio.queues").flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static LIFO_QUEUE: Type = Type::builtin(&LIFO_DEF);
