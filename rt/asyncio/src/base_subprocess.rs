//! Owns: the transport of a child process: its pipes, its exit, the order in which the protocol hears of them.
//! Never: starts the process (`spawn`) or reads streams (`subprocess`).
//! Source: CPython 3.13, Lib/asyncio/base_subprocess.py, Lib/asyncio/unix_events.py (_make_subprocess_transport,
//! PidfdChildWatcher).

use crate::abstract_transports::SUBPROCESS_TRANSPORT;
use crate::connect::Options;
use crate::futures;
use crate::glue::{self, VCell};
use crate::handles;
use crate::loop_::{self, as_loop};
use crate::loop_methods::set_watch;
use crate::mixins::Waiters;
use crate::pipes;
use crate::protocols;
use crate::spawn::{self, Popen, code_value, popen};
use crate::transports::Kind;
use rtcore::def::{F1, F2, F3, Method};
use rtcore::error::hierarchy::{PROCESS_LOOKUP_ERROR, RESOURCE_WARNING, raise_os_error};
use rtcore::error::{self, PyResult, type_error};
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use std::cell::{Cell, RefCell};

/// A call that waits until the pipes are connected.
type Call = (Value, Vec<Value>);

pub struct ProcessTransport {
    loop_: VCell,
    protocol: VCell,
    /// The Popen object; None at the end.
    process: VCell,
    pid: i32,
    pidfd: Cell<i32>,
    returncode: Cell<Option<i32>>,
    closed: Cell<bool>,
    finished: Cell<bool>,
    /// None once the protocol has been told of the transport.
    pending: RefCell<Option<Vec<Call>>>,
    /// The protocols of the three pipes; None for a pipe that is not connected yet.
    pipes: [VCell; 3],
    wanted: [bool; 3],
    waiters: Waiters,
    extra: Value,
}
impl Payload for ProcessTransport {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(finalize);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.loop_, &self.protocol, &self.process].into_iter().chain(&self.pipes) {
            c.visit(visit);
        }
        for (f, args) in self.pending.borrow().iter().flatten() {
            visit(f);
            args.iter().for_each(&mut *visit);
        }
        visit(&self.extra);
        self.waiters.visit(visit);
    }
    fn clear(&self) {
        drop((self.protocol.take(), self.pending.take()));
    }
}
impl Native for ProcessTransport {
    fn class() -> &'static Type {
        &PROCESS_TRANSPORT
    }
}
pub fn body(v: &Value) -> PyResult<&ProcessTransport> {
    v.downcast::<ProcessTransport>().ok_or_else(|| type_error("expected a subprocess transport"))
}

/// `_make_subprocess_transport`.
pub async fn make(l: &Value, protocol: &Value, args: &[Value], shell: bool, streams: [Value; 3], o: Options) -> PyResult {
    let el = as_loop(l).ok_or_else(|| type_error("expected an event loop"))?;
    let waiter = futures::create(l.clone());
    let process = spawn::spawn(args, shell, &streams, o)?;
    let p = popen(&process)?;
    let extra = glue::dict(vec![("subprocess", process.clone())]);
    let v = object::new(
        &PROCESS_TRANSPORT,
        ProcessTransport {
            loop_: VCell::new(l.clone()),
            protocol: VCell::new(protocol.clone()),
            process: VCell::new(process.clone()),
            pid: p.pid,
            pidfd: Cell::new(-1),
            returncode: Cell::new(None),
            closed: Cell::new(false),
            finished: Cell::new(false),
            pending: RefCell::new(Some(vec![])),
            pipes: [VCell::none(), VCell::none(), VCell::none()],
            wanted: [0, 1, 2].map(|i: usize| !p.pipes[i].is_none()),
            waiters: Waiters::new(),
            extra,
        },
    );
    let connecting = crate::coro!("BaseSubprocessTransport._connect_pipes", connect_pipes(v.clone(), waiter.clone()));
    loop_::create_task(l, &connecting, &NONE, &NONE)?;
    let t = body(&v)?;
    // SAFETY: a plain system call.
    let pidfd = unsafe { libc::syscall(libc::SYS_pidfd_open, p.pid, 0) } as i32;
    if pidfd < 0 {
        return Err(raise_os_error(&std::io::Error::last_os_error(), None));
    }
    t.pidfd.set(pidfd);
    let h = handles::new_native_handle(l, exited, v.clone(), NONE);
    set_watch(el, pidfd, false, Some(h))?;
    if let Err(r) = futures::wait(waiter).await {
        if glue::pending_is_base_error(&r) {
            return Err(r);
        }
        let exc = error::take(r);
        t.close()?;
        wait(v.clone()).await?;
        return Err(glue::reraise(exc));
    }
    Ok(v)
}
async fn connect_pipes(v: Value, waiter: Value) -> PyResult {
    match connect_all(&v).await {
        Ok(()) => {
            if !futures::is_cancelled(&waiter)? {
                futures::set_result(&waiter, NONE)?;
            }
        }
        Err(r) if glue::pending_is_base_error(&r) => return Err(r),
        Err(r) => {
            let exc = error::take(r);
            if !futures::is_cancelled(&waiter)? {
                glue::call_method(&waiter, "set_exception", &[exc])?;
            }
        }
    }
    Ok(NONE)
}
async fn connect_all(v: &Value) -> PyResult<()> {
    let t = body(v)?;
    let l = t.loop_.get();
    let process = t.process.get();
    let p = popen(&process)?;
    for (i, file) in p.pipes.iter().enumerate() {
        if file.is_none() {
            continue;
        }
        let (ty, kind) = if i == 0 { (&WRITE_PROTO, Kind::WritePipe) } else { (&READ_PROTO, Kind::ReadPipe) };
        let proto = object::new(ty, PipeProto { process: VCell::new(v.clone()), fd: i, pipe: VCell::none(), disconnected: Cell::new(false) });
        pipes::connect(&l, &proto, file.get(), kind).await?;
        t.pipes[i].set(proto);
    }
    call_soon(&l, glue::getattr(&t.protocol.get(), "connection_made")?, vec![v.clone()])?;
    for (f, args) in t.pending.take().unwrap_or_default() {
        call_soon(&l, f, args)?;
    }
    Ok(())
}
fn call_soon(l: &Value, f: Value, args: Vec<Value>) -> PyResult<()> {
    match as_loop(l) {
        Some(el) => {
            el.check_closed()?;
            handles::call_soon(l, el, f, args, NONE).map(drop)
        }
        None => Ok(()),
    }
}
/// The process has ended: its descriptor is readable.
fn exited(v: &Value, _: &Value) -> PyResult<()> {
    let t = body(v)?;
    let l = t.loop_.get();
    if let Some(el) = as_loop(&l) {
        set_watch(el, t.pidfd.get(), false, None)?;
    }
    spawn::close(t.pidfd.replace(-1));
    let mut status = 0;
    // SAFETY: the status lives during the call.
    let code = if unsafe { libc::waitpid(t.pid, &mut status, 0) } < 0 {
        let text = format!("child process pid {} exit status already read:  will report returncode 255", t.pid);
        crate::handlers::log_warning(&text);
        255
    } else {
        spawn::code_of(status)
    };
    let told = if t.heard_an_end() { after_the_pipes } else { process_exited };
    soon(&l, told, v, Value::int(i64::from(code)))
}
fn soon(l: &Value, f: fn(&Value, &Value) -> PyResult<()>, v: &Value, code: Value) -> PyResult<()> {
    match as_loop(l) {
        Some(el) => handles::call_soon_native(l, el, f, v.clone(), code).map(drop),
        None => Ok(()),
    }
}
/// The kernel closes the pipes of a dying process some microseconds before its pidfd becomes readable. Whether a
/// pass of the loop falls between the two decides whether the transport is gone when who read to the end of the
/// pipe runs on: CPython leaves that to chance (1 in 20 programs). Two passes more make the exit always come after
/// that reader, the outcome that CPython has nearly always.
fn after_the_pipes(v: &Value, code: &Value) -> PyResult<()> {
    soon(&body(v)?.loop_.get(), after_the_reader, v, code.clone())
}
fn after_the_reader(v: &Value, code: &Value) -> PyResult<()> {
    soon(&body(v)?.loop_.get(), process_exited, v, code.clone())
}
fn process_exited(v: &Value, code: &Value) -> PyResult<()> {
    let t = body(v)?;
    let code = code.as_inline_int().map(|n| n as i32);
    t.returncode.set(code);
    if let Some(p) = t.process.get().downcast::<Popen>()
        && p.returncode.get().is_none()
    {
        p.returncode.set(code);
    }
    t.tell("process_exited", vec![])?;
    t.try_finish(v)
}
impl ProcessTransport {
    /// `_call`: the protocol hears in the next pass, once it knows the transport.
    fn tell(&self, method: &str, args: Vec<Value>) -> PyResult<()> {
        let f = glue::getattr(&self.protocol.get(), method)?;
        self.later(f, args)
    }
    fn later(&self, f: Value, args: Vec<Value>) -> PyResult<()> {
        if let Some(pending) = &mut *self.pending.borrow_mut() {
            pending.push((f, args));
            return Ok(());
        }
        call_soon(&self.loop_.get(), f, args)
    }
    fn try_finish(&self, v: &Value) -> PyResult<()> {
        if self.returncode.get().is_none() || self.finished.get() {
            return Ok(());
        }
        if self.wanted.iter().zip(&self.pipes).any(|(wanted, pipe)| *wanted && !disconnected(pipe)) {
            return Ok(());
        }
        self.finished.set(true);
        self.later(handles::native_function(connection_lost, v.clone()), vec![NONE])
    }
    /// Whether a pipe of the process has been lost already.
    fn heard_an_end(&self) -> bool {
        self.pipes.iter().any(disconnected)
    }
    fn close(&self) -> PyResult<()> {
        if self.closed.replace(true) {
            return Ok(());
        }
        for pipe in &self.pipes {
            if let Some(p) = pipe.get().downcast::<PipeProto>() {
                glue::call_method(&p.pipe.get(), "close", &[])?;
            }
        }
        if let Some(p) = self.process.get().downcast::<Popen>()
            && self.returncode.get().is_none()
            && p.poll().is_none()
        {
            // It may be over already, or not be ours any more: both are as good as killed.
            let _ = p.kill(libc::SIGKILL);
        }
        Ok(())
    }
    fn send_signal(&self, n: i32) -> PyResult<()> {
        let process = self.process.get();
        let Some(p) = process.downcast::<Popen>() else { return Err(error::raise_args(&PROCESS_LOOKUP_ERROR, vec![])) };
        match p.kill(n) {
            Err(e) if e.raw_os_error() != Some(libc::ESRCH) => Err(raise_os_error(&e, None)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
fn disconnected(pipe: &VCell) -> bool {
    pipe.get().downcast::<PipeProto>().is_some_and(|p| p.disconnected.get())
}
/// `_call_connection_lost`; the native form of a callback takes the future first, which is None here.
fn connection_lost(_exc: &Value, v: &Value) -> PyResult<()> {
    let t = body(v)?;
    let r = glue::call_method(&t.protocol.get(), "connection_lost", &[NONE]).map_err(error::take);
    while let Some(w) = t.waiters.pop() {
        if !futures::is_cancelled(&w)? {
            futures::set_result(&w, code_value(t.returncode.get()))?;
        }
    }
    drop((t.loop_.take(), t.process.take(), t.protocol.take()));
    r.map(drop).map_err(glue::reraise)
}
/// `_wait`.
pub async fn wait(v: Value) -> PyResult {
    let t = body(&v)?;
    if t.returncode.get().is_some() {
        return Ok(code_value(t.returncode.get()));
    }
    let w = futures::create(t.loop_.get());
    t.waiters.push(w.clone());
    futures::wait(w).await
}
/// `__del__`: a transport that nobody closed takes its process with it.
fn finalize(v: &Value) {
    let Ok(t) = body(v) else { return };
    if t.closed.get() {
        return;
    }
    error::saving_pending(|| {
        let r = repr(v).and_then(|text| rtcore::warn::warn(&RESOURCE_WARNING, &format!("unclosed transport {}", text.as_str().unwrap_or("")), 1));
        if let Err(r) = r.and_then(|_| t.close()) {
            error::unraisable(r, "Exception ignored in: ", v);
        }
    });
}

// ---- the pipes' protocols ----

/// What stands between a pipe's transport and the process's.
pub struct PipeProto {
    process: VCell,
    fd: usize,
    pipe: VCell,
    disconnected: Cell<bool>,
}
impl Payload for PipeProto {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.process.visit(visit);
        self.pipe.visit(visit);
    }
}
impl Native for PipeProto {
    fn class() -> &'static Type {
        &WRITE_PROTO
    }
}
fn proto(v: &Value) -> PyResult<&PipeProto> {
    v.downcast::<PipeProto>().ok_or_else(|| type_error("expected a pipe's protocol"))
}
fn p_connection_made(v: &Value, transport: &Value) -> PyResult {
    proto(v)?.pipe.set(transport.clone());
    Ok(NONE)
}
fn p_connection_lost(v: &Value, exc: &Value) -> PyResult {
    let p = proto(v)?;
    p.disconnected.set(true);
    let process = p.process.take();
    let t = body(&process)?;
    t.tell("pipe_connection_lost", vec![Value::from(p.fd), exc.clone()])?;
    t.try_finish(&process)?;
    Ok(NONE)
}
fn p_pause_writing(v: &Value) -> PyResult {
    glue::call_method(&body(&proto(v)?.process.get())?.protocol.get(), "pause_writing", &[])
}
fn p_resume_writing(v: &Value) -> PyResult {
    glue::call_method(&body(&proto(v)?.process.get())?.protocol.get(), "resume_writing", &[])
}
fn p_data_received(v: &Value, data: &Value) -> PyResult {
    let p = proto(v)?;
    body(&p.process.get())?.tell("pipe_data_received", vec![Value::from(p.fd), data.clone()])?;
    Ok(NONE)
}
fn p_repr(v: &Value) -> PyResult {
    let p = proto(v)?;
    Ok(Value::string(format!("<{} fd={} pipe={}>", v.ty().name(), p.fd, glue::repr(&p.pipe.get())?)))
}
static PROTO_METHODS: &[Method] = &[
    Method::new("connection_made(self, transport)", F2(p_connection_made)),
    Method::new("connection_lost(self, exc)", F2(p_connection_lost)),
    Method::new("pause_writing(self)", F1(p_pause_writing)),
    Method::new("resume_writing(self)", F1(p_resume_writing)),
    Method::new("__repr__(self)", F1(p_repr)),
];
static READ_PROTO_METHODS: &[Method] = &[Method::new("data_received(self, data)", F2(p_data_received))];
const FLAGS: u32 = TypeFlags::ATTRS | TypeFlags::PYTHON;
static WRITE_PROTO_DEF: ClassDef = ClassDef::new::<PipeProto>("WriteSubprocessPipeProto")
    .base(&protocols::BASE_PROTOCOL)
    .module("asyncio.base_subprocess")
    .methods(PROTO_METHODS)
    .flags(FLAGS);
static WRITE_PROTO: Type = Type::builtin(&WRITE_PROTO_DEF);
static READ_PROTO_DEF: ClassDef = ClassDef::new::<PipeProto>("ReadSubprocessPipeProto")
    .like(&WRITE_PROTO, &WRITE_PROTO)
    .mixins(&[&protocols::PROTOCOL])
    .module("asyncio.base_subprocess")
    .methods(READ_PROTO_METHODS)
    .flags(FLAGS);
static READ_PROTO: Type = Type::builtin(&READ_PROTO_DEF);

// ---- the transport's table ----

fn m_close(v: &Value) -> PyResult {
    body(v)?.close()?;
    Ok(NONE)
}
fn m_is_closing(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.closed.get()))
}
fn m_get_protocol(v: &Value) -> PyResult {
    Ok(body(v)?.protocol.get())
}
fn m_set_protocol(v: &Value, p: &Value) -> PyResult {
    body(v)?.protocol.set(p.clone());
    Ok(NONE)
}
fn m_get_extra_info(v: &Value, name: &Value, default: &Value) -> PyResult {
    glue::call_method(&body(v)?.extra, "get", &[name.clone(), default.clone()])
}
fn m_get_pid(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(body(v)?.pid)))
}
fn m_get_returncode(v: &Value) -> PyResult {
    Ok(code_value(body(v)?.returncode.get()))
}
fn m_get_pipe_transport(v: &Value, fd: &Value) -> PyResult {
    let t = body(v)?;
    let pipe = fd.as_inline_int().and_then(|n| t.pipes.get(usize::try_from(n).ok()?)).map_or(NONE, VCell::get);
    Ok(pipe.downcast::<PipeProto>().map_or(NONE, |p| p.pipe.get()))
}
fn m_send_signal(v: &Value, n: &Value) -> PyResult {
    body(v)?.send_signal(glue::index(n)? as i32)?;
    Ok(NONE)
}
/// `terminate` and `kill` come by `send_signal`, which a subclass or the program may replace.
fn m_terminate(v: &Value) -> PyResult {
    glue::call_method(v, "send_signal", &[Value::int(i64::from(libc::SIGTERM))])
}
fn m_kill(v: &Value) -> PyResult {
    glue::call_method(v, "send_signal", &[Value::int(i64::from(libc::SIGKILL))])
}
fn m_wait(v: &Value) -> PyResult {
    Ok(crate::coro!("BaseSubprocessTransport._wait", wait(v.clone())))
}
fn repr(v: &Value) -> PyResult {
    let t = body(v)?;
    let mut s = format!("<{}", v.ty().name());
    if t.closed.get() {
        s.push_str(" closed");
    }
    s.push_str(&format!(" pid={}", t.pid));
    match t.returncode.get() {
        Some(n) => s.push_str(&format!(" returncode={n}")),
        None => s.push_str(" running"),
    }
    for (name, pipe) in ["stdin", "stdout", "stderr"].into_iter().zip(&t.pipes) {
        if let Some(p) = pipe.get().downcast::<PipeProto>() {
            s.push_str(&format!(" {name}={}", glue::repr(&p.pipe.get())?));
        }
    }
    s.push('>');
    Ok(Value::string(s))
}
static METHODS: &[Method] = &[
    Method::new("close(self)", F1(m_close)),
    Method::new("is_closing(self)", F1(m_is_closing)),
    Method::new("get_protocol(self)", F1(m_get_protocol)),
    Method::new("set_protocol(self, protocol)", F2(m_set_protocol)),
    Method::new("get_extra_info(self, name, default=None)", F3(m_get_extra_info)),
    Method::new("get_pid(self)", F1(m_get_pid)),
    Method::new("get_returncode(self)", F1(m_get_returncode)),
    Method::new("get_pipe_transport(self, fd)", F2(m_get_pipe_transport)),
    Method::new("send_signal(self, signal)", F2(m_send_signal)),
    Method::new("terminate(self)", F1(m_terminate)),
    Method::new("kill(self)", F1(m_kill)),
    Method::new("_wait(self)", F1(m_wait)),
    Method::new("__repr__(self)", F1(repr)),
];
static DEF: ClassDef = ClassDef::new::<ProcessTransport>("_UnixSubprocessTransport")
    .base(&SUBPROCESS_TRANSPORT)
    .module("asyncio.unix_events")
    .methods(METHODS)
    .flags(FLAGS);
pub static PROCESS_TRANSPORT: Type = Type::builtin(&DEF);
