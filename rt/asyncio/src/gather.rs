//! Owns: `gather` and the future it gives.
//! Never: wraps awaitables itself (`ensure`).
//! Source: CPython 3.13, Lib/asyncio/tasks.py, gather and _GatheringFuture.

use crate::ensure::ensure_future;
use crate::exceptions::CANCELLED_ERROR;
use crate::futures::{self, Callback, FUTURE, Future, as_future};
use crate::glue;
use crate::tasks::Task;
use rtcore::def::{F2, Method};
use rtcore::error::hierarchy::with_args;
use rtcore::error::{PyResult, type_error};
use rtcore::frame::stack;
use rtcore::gil::{Gil, GilCell};
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, Hooks, Type};
use rtcore::value::{NONE, Value};
use std::cell::{Cell, RefCell};

pub struct Gathering {
    pub fut: Future,
    children: RefCell<Vec<Value>>,
    cancel_requested: Cell<bool>,
    return_exceptions: bool,
    nfuts: Cell<usize>,
    nfinished: Cell<usize>,
}
impl Payload for Gathering {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(futures::finalize);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.fut.visit(visit);
        self.children.borrow().iter().for_each(visit);
    }
    fn clear(&self) {
        self.fut.clear_values();
        drop(self.children.take());
    }
}
impl Native for Gathering {
    fn class() -> &'static Type {
        &GATHERING_FUTURE
    }
}

/// `gather(*args, return_exceptions=…)`.
pub fn gather(args: &[Value], return_exceptions: bool) -> PyResult {
    if args.is_empty() {
        let l = crate::events::get_event_loop()?;
        let outer = futures::create(l);
        futures::set_result(&outer, glue::list(vec![]))?;
        return Ok(outer);
    }
    let mut loop_ = NONE;
    let mut children: Vec<Value> = Vec::with_capacity(args.len());
    let mut nfuts = 0;
    let unique = all_distinct_objects(args);
    let mut fresh = Vec::with_capacity(args.len());
    for (i, arg) in args.iter().enumerate() {
        if !unique && let Some(at) = position_equal(&args[..i], arg)? {
            children.push(children[at].clone());
            continue;
        }
        let fut = ensure_future(arg, &loop_)?;
        if loop_.is_none() {
            loop_ = futures::get_loop(&fut)?;
        }
        if !fut.is(arg) && let Some(t) = fut.downcast::<Task>() {
            t.log_destroy_pending.set(false);
        }
        nfuts += 1;
        fresh.push(fut.clone());
        children.push(fut);
    }
    let outer = object::new(
        &GATHERING_FUTURE,
        Gathering {
            fut: Future::new(loop_),
            children: RefCell::new(children),
            cancel_requested: Cell::new(false),
            return_exceptions,
            nfuts: Cell::new(nfuts),
            nfinished: Cell::new(0),
        },
    );
    // Callbacks are added after the outer future exists; nothing runs in between, so the order of
    // what the loop sees is CPython's.
    let mut done = vec![];
    for fut in fresh {
        match as_future(&fut) {
            Some(f) if !f.done() => f.push_callback(Callback::Native(done_callback, outer.clone())),
            Some(_) => done.push(fut),
            None if futures::is_done(&fut)? => done.push(fut),
            None => futures::add_native(&fut, done_callback, outer.clone())?,
        }
    }
    for fut in done {
        done_callback(&fut, &outer)?;
    }
    Ok(outer)
}
/// Coroutines and futures are equal when they are the same object: sort the addresses.
fn all_distinct_objects(args: &[Value]) -> bool {
    if args.iter().any(|a| !a.is_obj() || (a.ty().is_heap())) {
        return false;
    }
    let mut bits: Vec<u64> = args.iter().map(Value::bits).collect();
    bits.sort_unstable();
    bits.windows(2).all(|w| w[0] != w[1])
}
fn position_equal(seen: &[Value], arg: &Value) -> PyResult<Option<usize>> {
    for (i, s) in seen.iter().enumerate() {
        if s.is(arg) || (s.ty().is_heap() && rtcore::protocol::compare::eq(s, arg)?) {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

pub fn done_callback(fut: &Value, outer: &Value) -> PyResult<()> {
    let Some(g) = outer.downcast::<Gathering>() else { return Ok(()) };
    g.nfinished.set(g.nfinished.get() + 1);
    if g.fut.done() {
        if !futures::is_cancelled(fut)? {
            futures::exception_of(fut)?;
        }
        return Ok(());
    }
    if !g.return_exceptions {
        if futures::is_cancelled(fut)? {
            let exc = make_cancelled_error(fut)?;
            return g.fut.finish_exception(outer, &exc);
        }
        let exc = futures::exception_of(fut)?;
        if !exc.is_none() {
            return g.fut.finish_exception(outer, &exc);
        }
    }
    if g.nfinished.get() != g.nfuts.get() {
        return Ok(());
    }
    let children = g.children.borrow().clone();
    let mut results = Vec::with_capacity(children.len());
    for c in &children {
        results.push(if futures::is_cancelled(c)? {
            let msg = as_future(c).map_or(NONE, Future::cancel_message);
            with_args(&CANCELLED_ERROR, vec![if msg.is_none() { Value::str("") } else { msg }])
        } else {
            let exc = futures::exception_of(c)?;
            if exc.is_none() { futures::result_of(c)? } else { exc }
        });
    }
    if g.cancel_requested.get() {
        // CPython's loop over the children has rebound `fut`: the last child decides the message.
        let exc = make_cancelled_error(children.last().unwrap_or(fut))?;
        return g.fut.finish_exception(outer, &exc);
    }
    g.fut.finish_result(outer, glue::list(results))
}
fn make_cancelled_error(fut: &Value) -> PyResult {
    match as_future(fut) {
        Some(f) => Ok(f.make_cancelled_error()),
        None => glue::call_method(fut, "_make_cancelled_error", &[]),
    }
}

/// _GatheringFuture.cancel.
pub fn cancel(v: &Value, msg: &Value) -> PyResult<bool> {
    let Some(g) = v.downcast::<Gathering>() else { return Err(type_error("expected a gathering future")) };
    if g.fut.done() {
        return Ok(false);
    }
    // A Python function in CPython: futures that wait for each other in a ring end in its RecursionError.
    let nested = CANCELS.get() + 1;
    if stack::depth() + nested >= stack::LIMIT.get() {
        return Err(stack::recursion_error());
    }
    CANCELS.set(nested);
    let r = cancel_children(g, msg);
    CANCELS.set(nested - 1);
    r
}
/// Calls of `cancel` inside each other.
static CANCELS: GilCell<u32> = Gil::new(Cell::new(0));

fn cancel_children(g: &Gathering, msg: &Value) -> PyResult<bool> {
    let children = g.children.borrow().clone();
    let mut ret = false;
    for c in &children {
        if futures::cancel(c, msg.clone())? {
            ret = true;
        }
    }
    if ret {
        g.cancel_requested.set(true);
    }
    Ok(ret)
}
fn m_cancel(v: &Value, msg: &Value) -> PyResult {
    Ok(Value::bool(cancel(v, msg)?))
}
static METHODS: &[Method] = &[Method::new("cancel(self, msg=None)", F2(m_cancel))];
static DEF: ClassDef = ClassDef::new::<Gathering>("_GatheringFuture")
    .module("asyncio.tasks")
    .base(&FUTURE)
    .methods(METHODS)
    .hooks(Hooks { resume: Some(futures::resume), ..Hooks::NONE });
pub static GATHERING_FUTURE: Type = Type::builtin(&DEF);
