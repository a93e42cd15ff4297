//! Owns: the module objects `asyncio` and its submodules.
//! Never: implements what they export.

use crate::glue;
use crate::{chain, condition, coroutines, ensure, events, exceptions, executor, futures, gather, handles, locks, loop_methods};
use crate::{policy, queues, runners, taskgroups, tasks, timeouts, wait};
use rtcore::def::{F0, F1, F2, F3, Method, N, Raw};
use rtcore::error::PyResult;
use rtcore::name::Name;
use rtcore::types::class::Type;
use rtcore::types::module::import::find_native;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::value::{NONE, Value};

fn sleep(delay: &Value, result: &Value) -> PyResult {
    Ok(crate::coro!("sleep", crate::sleep::Sleep::new(delay.clone(), result.clone())))
}
fn gather_(values: &[Value], kw: &[Name]) -> PyResult {
    let (args, named) = glue::split(values, kw);
    let mut return_exceptions = false;
    for (k, v) in named {
        if k.as_str() != "return_exceptions" {
            return Err(rtcore::error::type_error(format!("gather() got an unexpected keyword argument '{k}'")));
        }
        return_exceptions = glue::truth(v)?;
    }
    gather::gather(args, return_exceptions)
}
fn wait_(fs: &Value, timeout: &Value, return_when: &Value) -> PyResult {
    Ok(crate::coro!("wait", wait::wait(fs.clone(), timeout.clone(), return_when.clone())))
}
fn wait_for(fut: &Value, timeout: &Value) -> PyResult {
    Ok(crate::coro!("wait_for", wait::wait_for(fut.clone(), timeout.clone())))
}
fn iscoroutine(v: &Value) -> PyResult {
    Ok(Value::bool(coroutines::iscoroutine(v)?))
}
fn iscoroutinefunction(v: &Value) -> PyResult {
    Ok(Value::bool(coroutines::iscoroutinefunction(v)?))
}
fn isfuture(v: &Value) -> PyResult {
    Ok(Value::bool(futures::isfuture(v)?))
}
fn get_running() -> PyResult {
    Ok(events::running().unwrap_or(NONE))
}
fn set_running(l: &Value) -> PyResult {
    let old = events::set_running(if l.is_none() { None } else { Some(l.clone()) });
    drop(old);
    Ok(NONE)
}
fn set_event_loop(l: &Value) -> PyResult {
    events::set_event_loop(l)?;
    Ok(NONE)
}
static IN_CONTEXT: Method = Method::new("to_thread.<locals>.func_call(self, /)", F1(in_context));
fn in_context(data: &Value) -> PyResult {
    let [run, values, names] = rtcore::types::tuple::items(data) else { return Ok(NONE) };
    let kw: Vec<Name> = rtcore::types::tuple::items(names).iter().filter_map(Name::of).collect();
    rtcore::protocol::call::call_kw(run, rtcore::types::tuple::items(values), &kw)
}
/// `to_thread(func, /, *args, **kwargs)`.
fn to_thread(values: &[Value], kw: &[Name]) -> PyResult {
    let Some((func, rest)) = values.split_first().filter(|_| values.len() > kw.len()) else {
        return Err(rtcore::error::type_error("to_thread() missing 1 required positional argument: 'func'"));
    };
    let (func, rest) = (func.clone(), rest.to_vec());
    let names = glue::tuple(kw.iter().map(|k| k.value()).collect());
    Ok(crate::coro!("to_thread", async move {
        let l = events::get_running_loop()?;
        let ctx = crate::context::copy_current();
        let run = glue::getattr(&ctx, "run")?;
        let mut all = vec![func];
        all.extend(rest);
        // The context's `run` calls the function with its arguments.
        let call = rtcore::types::function::native::bound(&IN_CONTEXT, glue::tuple(vec![run, glue::tuple(all), names]), l.ty());
        let f = glue::call_method(&l, "run_in_executor", &[NONE, call])?;
        glue::await_value(f).await
    }))
}
fn eager_task_factory(a: &[Value]) -> PyResult {
    let [l, coro, name, context] = a else { return Ok(NONE) };
    let ty = Value::of_type(&tasks::TASK);
    eager(&ty, l, coro, name, context)
}
fn eager(ctor: &Value, l: &Value, coro: &Value, name: &Value, context: &Value) -> PyResult {
    let names = ["loop", "name", "context", "eager_start"].map(Name::new);
    rtcore::protocol::call::call_kw(
        ctor,
        &[coro.clone(), l.clone(), name.clone(), context.clone(), Value::bool(true)],
        &names,
    )
}
static FACTORY: Method = Method::new("factory(self, loop, coro, *, name=None, context=None)", N(custom_factory));
fn custom_factory(a: &[Value]) -> PyResult {
    let [ctor, l, coro, name, context] = a else { return Ok(NONE) };
    eager(ctor, l, coro, name, context)
}
fn create_eager_task_factory(ctor: &Value) -> PyResult {
    Ok(rtcore::types::function::native::bound(&FACTORY, ctor.clone(), ctor.ty()))
}
fn register_task(_: &Value) -> PyResult {
    Ok(NONE)
}
fn enter_task(l: &Value, t: &Value) -> PyResult {
    crate::loop_::swap_current_task(l, t.clone())?;
    Ok(NONE)
}
fn leave_task(l: &Value, _: &Value) -> PyResult {
    crate::loop_::swap_current_task(l, NONE)?;
    Ok(NONE)
}
fn new_event_loop() -> PyResult {
    events::new_event_loop()
}

static FUNCTIONS: &[Method] = &[
    Method::new("sleep(delay, result=None)", F2(sleep)),
    Method::new("gather(*coros_or_futures, return_exceptions=False)", Raw(gather_)),
    Method::new("wait(fs, *, timeout=None, return_when='ALL_COMPLETED')", F3(wait_)),
    Method::new("wait_for(fut, timeout)", F2(wait_for)),
    Method::new("as_completed(fs, *, timeout=None)", F2(wait::as_completed)),
    Method::new("shield(arg)", F1(ensure::shield)),
    Method::new("ensure_future(coro_or_future, *, loop=None)", F2(ensure::ensure_future)),
    Method::new("create_task(coro, *, name=None, context=None)", F3(tasks::create_task)),
    Method::new("current_task(loop=None)", F1(tasks::current_task)),
    Method::new("all_tasks(loop=None)", F1(tasks::all_tasks)),
    Method::new("run(main, *, debug=None, loop_factory=None)", F3(runners::run)),
    Method::new("timeout(delay)", F1(timeouts::timeout)),
    Method::new("timeout_at(when)", F1(timeouts::timeout_at)),
    Method::new("iscoroutine(obj)", F1(iscoroutine)),
    Method::new("iscoroutinefunction(func)", F1(iscoroutinefunction)),
    Method::new("isfuture(obj)", F1(isfuture)),
    Method::new("wrap_future(future, *, loop=None)", F2(executor::wrap_future)),
    Method::new("get_running_loop()", F0(events::get_running_loop)),
    Method::new("_get_running_loop()", F0(get_running)),
    Method::new("_set_running_loop(loop, /)", F1(set_running)),
    Method::new("get_event_loop()", F0(events::get_event_loop)),
    Method::new("set_event_loop(loop)", F1(set_event_loop)),
    Method::new("new_event_loop()", F0(new_event_loop)),
    Method::new("get_event_loop_policy()", F0(events::get_policy)),
    Method::new("set_event_loop_policy(policy)", F1(events::set_policy)),
    Method::new("run_coroutine_threadsafe(coro, loop)", F2(chain::run_coroutine_threadsafe)),
    Method::new("to_thread(func, /, *args, **kwargs)", Raw(to_thread)),
    Method::new("create_eager_task_factory(custom_task_constructor)", F1(create_eager_task_factory)),
    Method::new("eager_task_factory(loop, coro, *, name=None, context=None)", N(eager_task_factory)),
    Method::new("_register_task(task)", F1(register_task)),
    Method::new("_unregister_task(task)", F1(register_task)),
    Method::new("_enter_task(loop, task)", F2(enter_task)),
    Method::new("_leave_task(loop, task)", F2(leave_task)),
];

static TYPES: &[(&str, &Type)] = &[
    ("Future", &futures::FUTURE),
    ("Task", &tasks::TASK),
    ("Handle", &handles::HANDLE),
    ("TimerHandle", &handles::TIMER_HANDLE),
    ("AbstractEventLoop", &crate::abstract_loop::ABSTRACT_EVENT_LOOP),
    ("BaseEventLoop", &loop_methods::BASE_EVENT_LOOP),
    ("SelectorEventLoop", &loop_methods::EVENT_LOOP),
    ("EventLoop", &loop_methods::EVENT_LOOP),
    ("AbstractEventLoopPolicy", &policy::ABSTRACT_POLICY),
    ("DefaultEventLoopPolicy", &policy::DEFAULT_POLICY),
    ("Lock", &locks::LOCK),
    ("Event", &locks::EVENT),
    ("Condition", &condition::CONDITION),
    ("Semaphore", &locks::SEMAPHORE),
    ("BoundedSemaphore", &locks::BOUNDED_SEMAPHORE),
    ("Barrier", &condition::BARRIER),
    ("Queue", &queues::QUEUE),
    ("PriorityQueue", &queues::PRIORITY_QUEUE),
    ("LifoQueue", &queues::LIFO_QUEUE),
    ("QueueEmpty", &exceptions::QUEUE_EMPTY),
    ("QueueFull", &exceptions::QUEUE_FULL),
    ("QueueShutDown", &exceptions::QUEUE_SHUT_DOWN),
    ("Runner", &runners::RUNNER),
    ("TaskGroup", &taskgroups::TASK_GROUP),
    ("Timeout", &timeouts::TIMEOUT),
    ("CancelledError", &exceptions::CANCELLED_ERROR),
    ("InvalidStateError", &exceptions::INVALID_STATE_ERROR),
    ("TimeoutError", &rtcore::error::hierarchy::TIMEOUT_ERROR),
    ("IncompleteReadError", &exceptions::INCOMPLETE_READ_ERROR),
    ("LimitOverrunError", &exceptions::LIMIT_OVERRUN_ERROR),
    ("SendfileNotAvailableError", &exceptions::SENDFILE_NOT_AVAILABLE_ERROR),
    ("BrokenBarrierError", &exceptions::BROKEN_BARRIER_ERROR),
    ("BaseProtocol", &crate::protocols::BASE_PROTOCOL),
    ("Protocol", &crate::protocols::PROTOCOL),
    ("BufferedProtocol", &crate::protocols::BUFFERED_PROTOCOL),
    ("DatagramProtocol", &crate::protocols::DATAGRAM_PROTOCOL),
    ("SubprocessProtocol", &crate::protocols::SUBPROCESS_PROTOCOL),
];

const STREAMS: &str = "asyncio.streams";
/// What `asyncio.streams` adds to `__all__`.
const STREAM_TYPES: [&str; 11] = [
    "AbstractServer", "Server", "BaseTransport", "ReadTransport", "WriteTransport", "Transport", "DatagramTransport", "SubprocessTransport", "StreamReader",
    "StreamReaderProtocol", "StreamWriter",
];
/// Submodules that a program links only when it names something of theirs; their functions are `asyncio`'s too.
const PARTS: [&str; 2] = [STREAMS, "asyncio.subprocess"];

fn fill(m: &Value) -> PyResult<()> {
    for (name, t) in TYPES {
        set_str(m, name, Value::of_type(t));
    }
    for name in PARTS {
        if let Some(part) = find_native(name) {
            for f in part.functions {
                set_str(m, f.name(), rtcore::types::function::native::function(f, part.name));
            }
        }
    }
    if let Some(streams) = find_native(STREAMS) {
        (streams.setup)(m)?;
    }
    if let Some(subprocess) = find_native("asyncio.subprocess") {
        // Its setup gives the loop its methods.
        rtcore::types::module::native(subprocess)?;
    }
    for s in ["FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"] {
        set_str(m, s, Value::str(s));
    }
    set_str(m, "_is_coroutine", coroutines::marker());
    Ok(())
}
static SUBMODULE: Method = Method::new("__getattr__(name, /)", F1(submodule));
/// `asyncio.tasks` and its like, without an import statement: made at the first look.
fn submodule(name: &Value) -> PyResult {
    let text = name.as_str().unwrap_or("").to_string();
    let full = format!("asyncio.{text}");
    match SUBMODULES.iter().find(|m| m.name == full).copied().or_else(|| find_native(&full)) {
        Some(def) => {
            let m = rtcore::types::module::native(def)?;
            if let Some(d) = rtcore::types::module::modules().downcast::<rtcore::types::dict::Dict>() {
                if let Some(known) = d.get_name(Name::new(&full)) {
                    return Ok(known);
                }
                d.set_name(Name::new(&full), m.clone());
                if let Some(package) = d.get_name(Name::new("asyncio")) {
                    set_str(&package, &text, m.clone());
                }
            }
            Ok(m)
        }
        None => {
            let package = rtcore::types::module::modules().downcast::<rtcore::types::dict::Dict>().and_then(|d| d.get_name(Name::new("asyncio")));
            Err(rtcore::protocol::attr::no_attribute(&package.unwrap_or(NONE), Name::new(&text)))
        }
    }
}
fn setup(m: &Value) -> PyResult<()> {
    fill(m)?;
    // All are there once the package is, whoever looks for them by name.
    rtcore::types::module::import::register_native(SUBMODULES);
    set_str(m, "__path__", glue::list(vec![]));
    set_str(m, "__getattr__", rtcore::types::function::native::function(&SUBMODULE, "asyncio"));
    let mut all: Vec<&str> = FUNCTIONS.iter().map(Method::name).filter(|n| *n != "isfuture" || n.starts_with('i')).collect();
    all.extend(TYPES.iter().map(|(n, _)| *n));
    if find_native(STREAMS).is_some() {
        all.extend(STREAM_TYPES);
    }
    all.extend(PARTS.iter().filter_map(|name| find_native(name)).flat_map(|part| part.functions).map(Method::name));
    all.extend(["FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"]);
    set_str(m, "__all__", glue::list(all.into_iter().map(Value::str).collect()));
    Ok(())
}
macro_rules! modules {
    ($($id:ident $name:literal)*) => {
        $(pub mod $id {
            pub static MODULE: rtcore::types::module::NativeModule = rtcore::types::module::NativeModule::new($name, super::FUNCTIONS, super::fill);
        })*
        static SUBMODULES: &[&NativeModule] = &[$(&$id::MODULE),*];
    };
}
/// The package itself.
pub static MODULE: NativeModule = NativeModule::new("asyncio", FUNCTIONS, setup);
// The submodules that programs name; each shows the whole surface.
modules! {
    tasks_ "asyncio.tasks" futures_ "asyncio.futures" events_ "asyncio.events" locks_ "asyncio.locks" queues_ "asyncio.queues"
    timeouts_ "asyncio.timeouts" taskgroups_ "asyncio.taskgroups" runners_ "asyncio.runners" exceptions_ "asyncio.exceptions"
    protocols_ "asyncio.protocols" transports_ "asyncio.transports"
    coroutines_ "asyncio.coroutines" base_events_ "asyncio.base_events" unix_events_ "asyncio.unix_events"
}
