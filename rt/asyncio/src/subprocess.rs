//! Owns: `create_subprocess_exec`, `create_subprocess_shell`, the Process they give, and the loop's `subprocess_exec`
//! and `subprocess_shell`.
//! Never: moves bytes (`transports`) or watches the process (`base_subprocess`).
//! Source: CPython 3.13, Lib/asyncio/subprocess.py, Lib/asyncio/base_events.py (subprocess_exec).

use crate::base_subprocess;
use crate::connect::Options;
use crate::futures;
use crate::glue::{self, VCell};
use crate::loop_methods::EVENT_LOOP;
use crate::protocols::SUBPROCESS_PROTOCOL;
use crate::spawn::{DEVNULL, PIPE, STDOUT};
use crate::streams::{self, Flow};
use rtcore::def::{F1, F2, F3, Method, Raw};
use rtcore::error::{self, PyResult, type_error, value_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::protocol::call::call;
use rtcore::types::bytes;
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::types::function::native;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::value::{NONE, Value};
use std::cell::{Cell, RefCell};

// ---- SubprocessStreamProtocol ----

pub struct StreamProtocol {
    flow: Flow,
    limit: Cell<i64>,
    loop_: VCell,
    transport: VCell,
    streams: [VCell; 3],
    exited: Cell<bool>,
    /// The pipes from the process that are open.
    pipes: RefCell<Vec<i64>>,
    stdin_closed: VCell,
}
impl Payload for StreamProtocol {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.loop_, &self.transport, &self.stdin_closed].into_iter().chain(&self.streams) {
            c.visit(visit);
        }
    }
    fn clear(&self) {
        drop((self.transport.take(), self.streams.each_ref().map(VCell::take)));
    }
}
impl Native for StreamProtocol {
    fn class() -> &'static Type {
        &STREAM_PROTOCOL
    }
}
fn protocol(v: &Value) -> PyResult<&StreamProtocol> {
    v.downcast::<StreamProtocol>().ok_or_else(|| type_error("expected a SubprocessStreamProtocol"))
}
fn blank(ty: &'static Type) -> Value {
    object::new(
        ty,
        StreamProtocol {
            flow: Flow::new(),
            limit: Cell::new(streams::DEFAULT_LIMIT),
            loop_: VCell::none(),
            transport: VCell::none(),
            streams: [VCell::none(), VCell::none(), VCell::none()],
            exited: Cell::new(false),
            pipes: RefCell::new(vec![]),
            stdin_closed: VCell::none(),
        },
    )
}
fn p_new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(blank(all.first().and_then(Value::as_type).unwrap_or(&STREAM_PROTOCOL)))
}
fn p_init(v: &Value, limit: &Value, l: &Value) -> PyResult {
    let p = protocol(v)?;
    p.limit.set(glue::index(limit)?);
    p.loop_.set(l.clone());
    p.stdin_closed.set(futures::create(l.clone()));
    Ok(NONE)
}
fn p_connection_made(v: &Value, transport: &Value) -> PyResult {
    let p = protocol(v)?;
    p.transport.set(transport.clone());
    let l = p.loop_.get();
    let pipe = |fd: i64| glue::call_method(transport, "get_pipe_transport", &[Value::int(fd)]);
    for fd in [1, 2] {
        let t = pipe(fd)?;
        if !t.is_none() {
            let reader = streams::new_reader(p.limit.get(), &l)?;
            glue::call_method(&reader, "set_transport", &[t])?;
            p.streams[fd as usize].set(reader);
            p.pipes.borrow_mut().push(fd);
        }
    }
    let t = pipe(0)?;
    if !t.is_none() {
        p.streams[0].set(streams::new_writer(t, v.clone(), NONE, &l)?);
    }
    Ok(NONE)
}
fn p_pipe_data_received(v: &Value, fd: &Value, data: &Value) -> PyResult {
    let p = protocol(v)?;
    if let Some(fd @ (1 | 2)) = fd.as_inline_int() {
        let reader = p.streams[fd as usize].get();
        if !reader.is_none() {
            glue::call_method(&reader, "feed_data", &[data.clone()])?;
        }
    }
    Ok(NONE)
}
fn p_pipe_connection_lost(v: &Value, fd: &Value, exc: &Value) -> PyResult {
    let p = protocol(v)?;
    let fd = glue::index(fd)?;
    if fd == 0 {
        let stdin = p.streams[0].get();
        if !stdin.is_none() {
            glue::call_method(&stdin, "close", &[])?;
        }
        p.flow.lost(exc)?;
        let closed = p.stdin_closed.get();
        if exc.is_none() {
            futures::set_result(&closed, NONE)?;
        } else if let Some(f) = futures::as_future(&closed) {
            f.finish_exception(&closed, exc)?;
            f.log_tb.set(false);
        }
        return Ok(NONE);
    }
    if let Some(reader) = p.streams.get(fd as usize).map(VCell::get).filter(|r| !r.is_none()) {
        if exc.is_none() { glue::call_method(&reader, "feed_eof", &[])? } else { glue::call_method(&reader, "set_exception", &[exc.clone()])? };
    }
    p.pipes.borrow_mut().retain(|open| *open != fd);
    p.maybe_close_transport()?;
    Ok(NONE)
}
impl StreamProtocol {
    fn maybe_close_transport(&self) -> PyResult<()> {
        if self.exited.get() && self.pipes.borrow().is_empty() {
            let t = self.transport.take();
            if !t.is_none() {
                glue::call_method(&t, "close", &[])?;
            }
        }
        Ok(())
    }
}
fn p_process_exited(v: &Value) -> PyResult {
    let p = protocol(v)?;
    p.exited.set(true);
    p.maybe_close_transport()?;
    Ok(NONE)
}
fn p_connection_lost(v: &Value, exc: &Value) -> PyResult {
    protocol(v)?.flow.lost(exc)?;
    Ok(NONE)
}
fn p_pause_writing(v: &Value) -> PyResult {
    protocol(v)?.flow.paused.set(true);
    Ok(NONE)
}
fn p_resume_writing(v: &Value) -> PyResult {
    protocol(v)?.flow.resume()?;
    Ok(NONE)
}
async fn drain_helper(v: Value) -> PyResult {
    let p = protocol(&v)?;
    p.flow.drain(&p.loop_.get()).await?;
    Ok(NONE)
}
fn p_drain_helper(v: &Value) -> PyResult {
    Ok(crate::coro!("FlowControlMixin._drain_helper", drain_helper(v.clone())))
}
fn p_get_close_waiter(v: &Value, stream: &Value) -> PyResult {
    let p = protocol(v)?;
    Ok(if p.streams[0].is(stream) { p.stdin_closed.get() } else { NONE })
}
fn p_repr(v: &Value) -> PyResult {
    let p = protocol(v)?;
    let mut s = format!("<{}", v.ty().name());
    for (name, stream) in ["stdin", "stdout", "stderr"].into_iter().zip(&p.streams) {
        if !stream.is_none() {
            s.push_str(&format!(" {name}={}", glue::repr(&stream.get())?));
        }
    }
    s.push('>');
    Ok(Value::string(s))
}
fn p_stdin(v: &Value) -> PyResult {
    Ok(protocol(v)?.streams[0].get())
}
fn p_stdout(v: &Value) -> PyResult {
    Ok(protocol(v)?.streams[1].get())
}
fn p_stderr(v: &Value) -> PyResult {
    Ok(protocol(v)?.streams[2].get())
}
static PROTOCOL_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(p_new)),
    Method::new("__init__(self, limit, loop)", F3(p_init)),
    Method::new("connection_made(self, transport)", F2(p_connection_made)),
    Method::new("connection_lost(self, exc)", F2(p_connection_lost)),
    Method::new("pause_writing(self)", F1(p_pause_writing)),
    Method::new("resume_writing(self)", F1(p_resume_writing)),
    Method::new("pipe_data_received(self, fd, data)", F3(p_pipe_data_received)),
    Method::new("pipe_connection_lost(self, fd, exc)", F3(p_pipe_connection_lost)),
    Method::new("process_exited(self)", F1(p_process_exited)),
    Method::new("_drain_helper(self)", F1(p_drain_helper)),
    Method::new("_get_close_waiter(self, stream)", F2(p_get_close_waiter)),
    Method::new("__repr__(self)", F1(p_repr)),
];
static PROTOCOL_GETSET: &[GetSet] = &[GetSet::ro("stdin", p_stdin), GetSet::ro("stdout", p_stdout), GetSet::ro("stderr", p_stderr)];
const FLAGS: u32 = TypeFlags::ATTRS | TypeFlags::PYTHON;
static PROTOCOL_DEF: ClassDef = ClassDef::new::<StreamProtocol>("SubprocessStreamProtocol")
    .base(&SUBPROCESS_PROTOCOL)
    .module("asyncio.subprocess")
    .methods(PROTOCOL_METHODS)
    .getset(PROTOCOL_GETSET)
    .flags(FLAGS);
pub static STREAM_PROTOCOL: Type = Type::builtin(&PROTOCOL_DEF);

// ---- starting ----

/// The body of `subprocess_exec` and `subprocess_shell` once the command is known.
async fn start(l: Value, factory: Value, command: Vec<Value>, shell: bool, mut o: Options) -> PyResult {
    if shell && command.first().is_none_or(|c| c.as_str_obj().is_none() && !bytes::is_bytes(c)) {
        return Err(value_error("cmd must be a string"));
    }
    for (name, want) in [("universal_newlines", false), ("shell", shell)] {
        let given = o.take_opt(name);
        if given.as_ref().map_or(Ok(want), glue::truth)? != want {
            return Err(value_error(format!("{name} must be {}", if want { "True" } else { "False" })));
        }
    }
    if let Some(size) = o.take_opt("bufsize")
        && size.as_inline_int() != Some(0)
    {
        return Err(value_error("bufsize must be 0"));
    }
    if glue::truth(&o.take("text"))? {
        return Err(value_error("text must be False"));
    }
    for name in ["encoding", "errors"] {
        if !o.take(name).is_none() {
            return Err(value_error(format!("{name} must be None")));
        }
    }
    let streams = ["stdin", "stdout", "stderr"].map(|name| o.take_opt(name).unwrap_or(Value::int(PIPE)));
    let protocol = call(&factory, &[])?;
    let t = base_subprocess::make(&l, &protocol, &command, shell, streams, o).await?;
    Ok(glue::tuple(vec![t, protocol]))
}
/// `loop.subprocess_exec(protocol_factory, program, *args, …)`.
fn subprocess_exec(values: &[Value], kw: &[Name]) -> PyResult {
    let (pos, named) = glue::split(values, kw);
    let o = Options::new(named);
    let [l, factory, command @ ..] = pos else {
        return Err(type_error("BaseEventLoop.subprocess_exec() missing 1 required positional argument: 'protocol_factory'"));
    };
    if command.is_empty() {
        return Err(type_error("BaseEventLoop.subprocess_exec() missing 1 required positional argument: 'program'"));
    }
    Ok(crate::coro!("BaseEventLoop.subprocess_exec", start(l.clone(), factory.clone(), command.to_vec(), false, o)))
}
/// `loop.subprocess_shell(protocol_factory, cmd, …)`.
fn subprocess_shell(values: &[Value], kw: &[Name]) -> PyResult {
    let (pos, named) = glue::split(values, kw);
    let mut o = Options::new(named);
    let [l, factory, rest @ ..] = pos else {
        return Err(type_error("BaseEventLoop.subprocess_shell() missing 1 required positional argument: 'protocol_factory'"));
    };
    let cmd = rest.first().cloned().unwrap_or_else(|| o.take("cmd"));
    Ok(crate::coro!("BaseEventLoop.subprocess_shell", start(l.clone(), factory.clone(), vec![cmd], true, o)))
}
/// `create_subprocess_exec` and `create_subprocess_shell`: the loop's method with a stream protocol.
async fn create(method: &'static str, command: Vec<Value>, mut o: Options) -> PyResult {
    let l = crate::events::get_running_loop()?;
    let limit = o.take_opt("limit").unwrap_or(Value::int(streams::DEFAULT_LIMIT));
    let p = blank(&STREAM_PROTOCOL);
    p_init(&p, &limit, &l)?;
    let mut values = vec![crate::connect::constant(&p)];
    values.extend(command);
    let mut names = vec![];
    for stream in ["stdin", "stdout", "stderr"] {
        let given = o.take(stream);
        o.put(stream, given);
    }
    for (name, v) in o.into_items() {
        names.push(name);
        values.push(v);
    }
    let started = rtcore::protocol::call::call_method_kw(&l, Name::new(method), &values, &names)?;
    let pair = glue::await_value(started).await?;
    let [t, p] = rtcore::types::tuple::items(&pair) else { return Err(type_error("a transport and a protocol are expected")) };
    let p = protocol(p)?;
    let streams = p.streams.each_ref().map(|s| VCell::new(s.get()));
    let pid = glue::call_method(t, "get_pid", &[])?;
    Ok(object::new(&PROCESS, Process { transport: t.clone(), loop_: l, streams, pid }))
}
/// `create_subprocess_exec(program, *args, stdin=None, …)`.
fn create_exec(values: &[Value], kw: &[Name]) -> PyResult {
    let (pos, named) = glue::split(values, kw);
    let mut o = Options::new(named);
    let mut command = pos.to_vec();
    if command.is_empty() {
        match o.take_opt("program") {
            Some(program) => command.push(program),
            None => return Err(type_error("create_subprocess_exec() missing 1 required positional argument: 'program'")),
        }
    }
    Ok(crate::coro!("create_subprocess_exec", create("subprocess_exec", command, o)))
}
/// `create_subprocess_shell(cmd, stdin=None, stdout=None, stderr=None, …)`.
fn create_shell(values: &[Value], kw: &[Name]) -> PyResult {
    let (pos, named) = glue::split(values, kw);
    let mut o = Options::new(named);
    for (name, v) in ["stdin", "stdout", "stderr", "limit"].into_iter().zip(pos.iter().skip(1)) {
        o.put(name, v.clone());
    }
    let cmd = match pos.first() {
        Some(cmd) => cmd.clone(),
        None => match o.take_opt("cmd") {
            Some(cmd) => cmd,
            None => return Err(type_error("create_subprocess_shell() missing 1 required positional argument: 'cmd'")),
        },
    };
    Ok(crate::coro!("create_subprocess_shell", create("subprocess_shell", vec![cmd], o)))
}

// ---- Process ----

pub struct Process {
    transport: Value,
    loop_: Value,
    streams: [VCell; 3],
    pid: Value,
}
impl Payload for Process {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.transport);
        visit(&self.loop_);
        self.streams.iter().for_each(|s| s.visit(visit));
    }
}
impl Native for Process {
    fn class() -> &'static Type {
        &PROCESS
    }
}
fn body(v: &Value) -> PyResult<&Process> {
    v.downcast::<Process>().ok_or_else(|| type_error("expected a Process"))
}
async fn wait(v: Value) -> PyResult {
    base_subprocess::wait(body(&v)?.transport.clone()).await
}
async fn feed_stdin(v: Value, input: Value) -> PyResult {
    let stdin = body(&v)?.streams[0].get();
    let r = async {
        if !input.is_none() {
            glue::call_method(&stdin, "write", &[input.clone()])?;
        }
        streams::drain(stdin.clone()).await
    }
    .await;
    match r {
        Ok(_) => {}
        Err(r) if error::matches(&r, &error::hierarchy::BROKEN_PIPE_ERROR) || error::matches(&r, &error::hierarchy::CONNECTION_RESET_ERROR) => {
            drop(error::take(r));
        }
        Err(r) => return Err(r),
    }
    glue::call_method(&stdin, "close", &[])?;
    Ok(NONE)
}
async fn read_stream(v: Value, fd: usize) -> PyResult {
    let p = body(&v)?;
    let t = glue::call_method(&p.transport, "get_pipe_transport", &[Value::from(fd)])?;
    let output = streams::read(p.streams[fd].get(), Value::int(-1)).await?;
    glue::call_method(&t, "close", &[])?;
    Ok(output)
}
async fn noop() -> PyResult {
    Ok(NONE)
}
async fn communicate(v: Value, input: Value) -> PyResult {
    let p = body(&v)?;
    let feed = if p.streams[0].is_none() {
        crate::coro!("Process._noop", noop())
    } else {
        crate::coro!("Process._feed_stdin", feed_stdin(v.clone(), input))
    };
    let read = |fd: usize| {
        if p.streams[fd].is_none() { crate::coro!("Process._noop", noop()) } else { crate::coro!("Process._read_stream", read_stream(v.clone(), fd)) }
    };
    let g = crate::gather::gather(&[feed, read(1), read(2)], false)?;
    let r = futures::wait(g).await?;
    let r = rtcore::protocol::iter::collect(&r)?;
    wait(v.clone()).await?;
    Ok(glue::tuple(r.into_iter().skip(1).collect()))
}
fn m_wait(v: &Value) -> PyResult {
    Ok(crate::coro!("Process.wait", wait(v.clone())))
}
fn m_communicate(v: &Value, input: &Value) -> PyResult {
    Ok(crate::coro!("Process.communicate", communicate(v.clone(), input.clone())))
}
fn m_send_signal(v: &Value, n: &Value) -> PyResult {
    glue::call_method(&body(v)?.transport, "send_signal", &[n.clone()])?;
    Ok(NONE)
}
fn m_terminate(v: &Value) -> PyResult {
    glue::call_method(&body(v)?.transport, "terminate", &[])?;
    Ok(NONE)
}
fn m_kill(v: &Value) -> PyResult {
    glue::call_method(&body(v)?.transport, "kill", &[])?;
    Ok(NONE)
}
fn m_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("<{} {}>", v.ty().name(), glue::repr(&body(v)?.pid)?)))
}
fn get_returncode(v: &Value) -> PyResult {
    glue::call_method(&body(v)?.transport, "get_returncode", &[])
}
fn get_pid(v: &Value) -> PyResult {
    Ok(body(v)?.pid.clone())
}
fn get_transport(v: &Value) -> PyResult {
    Ok(body(v)?.transport.clone())
}
macro_rules! stream_attribute {
    ($get:ident $set:ident $i:literal) => {
        fn $get(v: &Value) -> PyResult {
            Ok(body(v)?.streams[$i].get())
        }
        fn $set(v: &Value, new: Option<Value>) -> PyResult<()> {
            body(v)?.streams[$i].set(new.unwrap_or(NONE));
            Ok(())
        }
    };
}
stream_attribute!(get_stdin set_stdin 0);
stream_attribute!(get_stdout set_stdout 1);
stream_attribute!(get_stderr set_stderr 2);
static METHODS: &[Method] = &[
    Method::new("wait(self)", F1(m_wait)),
    Method::new("communicate(self, input=None)", F2(m_communicate)),
    Method::new("send_signal(self, signal)", F2(m_send_signal)),
    Method::new("terminate(self)", F1(m_terminate)),
    Method::new("kill(self)", F1(m_kill)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("returncode", get_returncode),
    GetSet::ro("pid", get_pid),
    GetSet::ro("_transport", get_transport),
    GetSet::rw("stdin", get_stdin, set_stdin),
    GetSet::rw("stdout", get_stdout, set_stdout),
    GetSet::rw("stderr", get_stderr, set_stderr),
];
static DEF: ClassDef = ClassDef::new::<Process>("Process").module("asyncio.subprocess").methods(METHODS).getset(GETSET).flags(FLAGS);
pub static PROCESS: Type = Type::builtin(&DEF);

pub static FUNCTIONS: [Method; 2] = [
    Method::new("create_subprocess_exec(*args, **kw)", Raw(create_exec)),
    Method::new("create_subprocess_shell(*args, **kw)", Raw(create_shell)),
];
static LOOP_METHODS: [Method; 2] = [
    Method::new("subprocess_exec(self, *args, **kw)", Raw(subprocess_exec)),
    Method::new("subprocess_shell(self, *args, **kw)", Raw(subprocess_shell)),
];
/// Gives the loop its methods.
pub fn install() {
    for method in &LOOP_METHODS {
        let name = Name::new(method.name());
        if EVENT_LOOP.own(name).is_none() {
            EVENT_LOOP.set_own(name, native::descriptor(&EVENT_LOOP, method));
        }
    }
}
fn setup(m: &Value) -> PyResult<()> {
    for (name, n) in [("PIPE", PIPE), ("STDOUT", STDOUT), ("DEVNULL", DEVNULL)] {
        set_str(m, name, Value::int(n));
    }
    set_str(m, "Process", Value::of_type(&PROCESS));
    set_str(m, "SubprocessStreamProtocol", Value::of_type(&STREAM_PROTOCOL));
    install();
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("asyncio.subprocess", &FUNCTIONS, setup);
