//! Owns: TaskGroup.
//! Never: makes exception groups itself; that is the core's.
//! Source: CPython 3.13, Lib/asyncio/taskgroups.py.

use crate::events;
use crate::exceptions::CANCELLED_ERROR;
use crate::futures::{self, Callback, as_future};
use crate::glue::{self, VCell};
use crate::loop_;
use crate::mixins::Waiters;
use crate::tasks;
use crate::timeouts::{cancelling, uncancel};
use rtcore::def::{F1, F4, Method, N, Raw};
use rtcore::error::{self, PyResult, runtime_error, type_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, TRUE, Value};
use std::cell::{Cell, RefCell};

pub struct TaskGroup {
    entered: Cell<bool>,
    exiting: Cell<bool>,
    aborting: Cell<bool>,
    loop_: VCell,
    parent_task: VCell,
    parent_cancel_requested: Cell<bool>,
    tasks: Waiters,
    errors: RefCell<Vec<Value>>,
    base_error: VCell,
    on_completed: VCell,
}
impl Payload for TaskGroup {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.loop_, &self.parent_task, &self.base_error, &self.on_completed] {
            c.visit(visit);
        }
        self.tasks.visit(visit);
        self.errors.borrow().iter().for_each(visit);
    }
    fn clear(&self) {
        self.tasks.clear();
        let gone = (self.errors.take(), self.parent_task.take(), self.on_completed.take());
        drop(gone);
    }
}
impl Native for TaskGroup {
    fn class() -> &'static Type {
        &TASK_GROUP
    }
}
fn group_new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(
        all.first().and_then(Value::as_type).unwrap_or(&TASK_GROUP),
        TaskGroup {
            entered: Cell::new(false),
            exiting: Cell::new(false),
            aborting: Cell::new(false),
            loop_: VCell::none(),
            parent_task: VCell::none(),
            parent_cancel_requested: Cell::new(false),
            tasks: Waiters::new(),
            errors: RefCell::new(Vec::new()),
            base_error: VCell::none(),
            on_completed: VCell::none(),
        },
    ))
}
fn group_init(_: &Value) -> PyResult {
    Ok(NONE)
}
fn body(v: &Value) -> PyResult<&TaskGroup> {
    v.downcast::<TaskGroup>().ok_or_else(|| type_error("expected a TaskGroup"))
}

pub async fn aenter(v: Value) -> PyResult {
    let g = body(&v)?;
    if g.entered.get() {
        return Err(runtime_error(format!("TaskGroup {} has already been entered", glue::repr(&v)?)));
    }
    if g.loop_.is_none() {
        g.loop_.set(events::get_running_loop()?);
    }
    g.parent_task.set(tasks::current_task(&g.loop_.get())?);
    if g.parent_task.is_none() {
        return Err(runtime_error(format!("TaskGroup {} cannot determine the parent task", glue::repr(&v)?)));
    }
    g.entered.set(true);
    Ok(v)
}

pub async fn aexit(v: Value, et: Value, exc: Value) -> PyResult {
    let g = body(&v)?;
    let r = aexit_inner(g, &et, &exc).await;
    // `finally`: break the reference cycles.
    let gone = (g.parent_task.take(), g.errors.take());
    drop(gone);
    r
}
async fn aexit_inner(g: &TaskGroup, et: &Value, exc: &Value) -> PyResult {
    g.exiting.set(true);
    if !exc.is_none() && glue::is_base_error(exc) && g.base_error.is_none() {
        g.base_error.set(exc.clone());
    }
    let mut propagate = if glue::type_is(et, &CANCELLED_ERROR) { Some(exc.clone()) } else { None };
    if !et.is_none() && !g.aborting.get() {
        g.abort()?;
    }
    while !g.tasks.is_empty() {
        if g.on_completed.is_none() {
            g.on_completed.set(futures::create(g.loop_.get()));
        }
        if let Err(r) = futures::wait(g.on_completed.get()).await {
            if !error::matches(&r, &CANCELLED_ERROR) {
                return Err(r);
            }
            let exc = error::take(r);
            if !g.aborting.get() {
                // Our parent task is being cancelled.
                propagate = Some(exc);
                g.abort()?;
            }
        }
        drop(g.on_completed.take());
    }
    if !g.base_error.is_none() {
        return Err(error::raise_value(g.base_error.get()));
    }
    if g.parent_cancel_requested.get() && uncancel(&g.parent_task.get())? == 0 {
        propagate = None;
    }
    if let Some(exc) = propagate
        && g.errors.borrow().is_empty()
    {
        return Err(error::raise_value(exc));
    }
    if !et.is_none() && !glue::type_is(et, &CANCELLED_ERROR) {
        g.errors.borrow_mut().push(exc.clone());
    }
    if !g.errors.borrow().is_empty() {
        let parent = g.parent_task.get();
        if cancelling(&parent)? > 0 {
            uncancel(&parent)?;
            futures::cancel(&parent, NONE)?;
        }
        let errors = g.errors.take();
        let group = new_group("unhandled errors in a TaskGroup", errors)?;
        glue::set_exc_cause(&group, NONE);
        return Err(error::raise_value(group));
    }
    Ok(NONE)
}
/// `BaseExceptionGroup(msg, errors)`.
fn new_group(msg: &str, errors: Vec<Value>) -> PyResult {
    let ty = rtcore::builtins::lookup(Name::new("BaseExceptionGroup"))
        .ok_or_else(|| error::system_error("BaseExceptionGroup is not there"))?;
    rtcore::protocol::call::call(&ty, &[Value::str(msg), glue::list(errors)])
}

impl TaskGroup {
    /// The task that runs the group's block; None outside of it.
    pub fn parent(&self) -> Value {
        self.parent_task.get()
    }
    fn abort(&self) -> PyResult<()> {
        self.aborting.set(true);
        for t in self.tasks.to_vec() {
            if !futures::is_done(&t)? {
                futures::cancel(&t, NONE)?;
            }
        }
        Ok(())
    }
}
fn create_task(a: &[Value]) -> PyResult {
    let [v, coro, name, context] = a else { return Err(type_error("create_task() takes a coroutine")) };
    let g = body(v)?;
    let refuse = |what: &str| -> PyResult {
        glue::call_method(coro, "close", &[])?;
        Err(runtime_error(format!("TaskGroup {} {what}", glue::repr(v)?)))
    };
    if !g.entered.get() {
        return refuse("has not been entered");
    }
    if g.exiting.get() && g.tasks.is_empty() {
        return refuse("is finished");
    }
    if g.aborting.get() {
        return refuse("is shutting down");
    }
    let task = loop_::create_task(&g.loop_.get(), coro, name, context)?;
    if futures::is_done(&task)? {
        on_task_done(&task, v)?;
        return Ok(task);
    }
    g.tasks.push(task.clone());
    match as_future(&task) {
        Some(f) => f.push_callback(Callback::Native(on_task_done, v.clone())),
        None => futures::add_native(&task, on_task_done, v.clone())?,
    }
    Ok(task)
}
pub fn on_task_done(task: &Value, v: &Value) -> PyResult<()> {
    let g = body(v)?;
    g.tasks.remove(task);
    let fut = g.on_completed.get();
    if !fut.is_none()
        && g.tasks.is_empty()
        && let Some(f) = as_future(&fut)
        && !f.done()
    {
        f.finish_result(&fut, TRUE)?;
    }
    if futures::is_cancelled(task)? {
        return Ok(());
    }
    let exc = futures::exception_of(task)?;
    if exc.is_none() {
        return Ok(());
    }
    g.errors.borrow_mut().push(exc.clone());
    if glue::is_base_error(&exc) && g.base_error.is_none() {
        g.base_error.set(exc.clone());
    }
    let parent = g.parent_task.get();
    if !parent.is_none() && futures::is_done(&parent)? {
        let text = format!(
            "Task {} has errored out but its parent task {} is already completed",
            glue::repr(task)?,
            glue::repr(&parent)?
        );
        let items = vec![("message", Value::string(text)), ("exception", exc), ("task", task.clone())];
        return crate::handlers::call_exception_handler(&g.loop_.get(), glue::dict(items));
    }
    if !g.aborting.get() && !g.parent_cancel_requested.get() {
        g.abort()?;
        g.parent_cancel_requested.set(true);
        futures::cancel(&parent, NONE)?;
    }
    Ok(())
}
fn m_aenter(v: &Value) -> PyResult {
    Ok(crate::coro!("TaskGroup.__aenter__", aenter(v.clone())))
}
fn m_aexit(v: &Value, et: &Value, exc: &Value, _tb: &Value) -> PyResult {
    Ok(crate::coro!("TaskGroup.__aexit__", aexit(v.clone(), et.clone(), exc.clone())))
}
fn m_repr(v: &Value) -> PyResult {
    let g = body(v)?;
    let mut s = String::from("<TaskGroup");
    let (tasks, errors) = (g.tasks.len(), g.errors.borrow().len());
    if tasks > 0 {
        s.push_str(&format!(" tasks={tasks}"));
    }
    if errors > 0 {
        s.push_str(&format!(" errors={errors}"));
    }
    if g.aborting.get() {
        s.push_str(" cancelling");
    } else if g.entered.get() {
        s.push_str(" entered");
    }
    s.push('>');
    Ok(Value::string(s))
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(group_new)),
    Method::new("__init__(self)", F1(group_init)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, et, exc, tb)", F4(m_aexit)),
    Method::new("create_task(self, coro, *, name=None, context=None)", N(create_task)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static DEF: ClassDef = ClassDef::new::<TaskGroup>("TaskGroup").module("asyncio.taskgroups").methods(METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static TASK_GROUP: Type = Type::builtin(&DEF);
