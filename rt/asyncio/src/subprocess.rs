//! Owns: `create_subprocess_exec`, `create_subprocess_shell` and the Process they give.
//! Never: moves bytes (`transports`) or parses them (`streams`).
//! Source: CPython 3.13, Lib/asyncio/subprocess.py, Lib/asyncio/base_subprocess.py,
//! Lib/asyncio/unix_events.py (PidfdChildWatcher).

use crate::connect::Options;
use crate::futures;
use crate::glue::{self, VCell};
use crate::handles;
use crate::loop_::as_loop;
use crate::loop_methods::set_watch;
use crate::mixins::Waiters;
use crate::streams;
use crate::transports::{self, Kind};
use rtcore::def::{F1, F2, Method, Raw};
use rtcore::error::hierarchy::{PROCESS_LOOKUP_ERROR, raise_os_error};
use rtcore::error::{self, PyResult, type_error, value_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::bytes;
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::value::{NONE, Value};
use std::cell::Cell;
use std::ffi::OsString;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};

const PIPE: i64 = -1;
const STDOUT: i64 = -2;
const DEVNULL: i64 = -3;

pub struct Process {
    loop_: Value,
    pid: i32,
    pidfd: Cell<i32>,
    returncode: Cell<Option<i32>>,
    finished: Cell<bool>,
    stdin: VCell,
    stdout: VCell,
    stderr: VCell,
    /// Pipes that are still connected.
    pipes: Cell<u32>,
    waiters: Waiters,
}
impl Payload for Process {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.loop_);
        for c in [&self.stdin, &self.stdout, &self.stderr] {
            c.visit(visit);
        }
        self.waiters.visit(visit);
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

fn os_string(v: &Value) -> PyResult<OsString> {
    if let Some(s) = v.as_str() {
        return Ok(OsString::from(s));
    }
    if let Some(b) = bytes::buffer::bytes_of(v)? {
        return Ok(OsString::from_vec(b));
    }
    if let Some(f) = glue::getattr_opt(v, "__fspath__")? {
        return os_string(&rtcore::protocol::call::call(&f, &[])?);
    }
    Err(type_error(format!("expected str, bytes or os.PathLike object, not {}", v.ty().name())))
}
/// How one of the three standard streams is set up, and whether a pipe to it is kept.
fn redirect(v: &Value) -> PyResult<(Option<Stdio>, bool)> {
    if v.is_none() {
        return Ok((None, false));
    }
    let n = match v.as_inline_int() {
        Some(n) => n,
        None => glue::index(&glue::call_method(v, "fileno", &[])?)?,
    };
    Ok(match n {
        PIPE => (Some(Stdio::piped()), true),
        DEVNULL => (Some(Stdio::null()), false),
        n => {
            // SAFETY: a copy of the descriptor, which the command owns.
            let fd = unsafe { libc::fcntl(n as i32, libc::F_DUPFD_CLOEXEC, 0) };
            if fd < 0 {
                return Err(raise_os_error(&std::io::Error::last_os_error(), None));
            }
            // SAFETY: `fd` was just made and belongs to nobody else.
            (Some(Stdio::from(unsafe { OwnedFd::from_raw_fd(fd) })), false)
        }
    })
}
fn nonblocking(fd: i32) {
    // SAFETY: plain system calls on a descriptor of ours.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFL);
        libc::fcntl(fd, libc::F_SETFL, flags | libc::O_NONBLOCK);
    }
}
/// An object that closes a pipe's descriptor.
struct PipeFile(Cell<i32>);
impl Payload for PipeFile {}
impl Native for PipeFile {
    fn class() -> &'static Type {
        &PIPE_FILE
    }
}
impl Drop for PipeFile {
    fn drop(&mut self) {
        close(self.0.replace(-1));
    }
}
fn close(fd: i32) {
    if fd >= 0 {
        // SAFETY: the descriptor is ours and closed once.
        unsafe { libc::close(fd) };
    }
}
fn pipe_close(v: &Value) -> PyResult {
    if let Some(p) = v.downcast::<PipeFile>() {
        close(p.0.replace(-1));
    }
    Ok(NONE)
}
static PIPE_FILE_METHODS: &[Method] = &[Method::new("close(self)", F1(pipe_close))];
static PIPE_FILE_DEF: ClassDef = ClassDef::new::<PipeFile>("Pipe").methods(PIPE_FILE_METHODS);
static PIPE_FILE: Type = Type::builtin(&PIPE_FILE_DEF);

/// The stream over one pipe of the process.
fn attach(l: &Value, process: &Value, fd: i32, write: bool, limit: i64) -> PyResult {
    nonblocking(fd);
    let file = object::new(&PIPE_FILE, PipeFile(Cell::new(fd)));
    let r = if write { NONE } else { streams::new_reader(limit, l)? };
    let p = streams::new_protocol(r.clone(), NONE, l);
    *streams::protocol(&p)?.on_lost.borrow_mut() = Some((pipe_lost, process.clone()));
    let kind = if write { Kind::WritePipe } else { Kind::ReadPipe };
    let t = transports::new(kind, l, fd, file, &p, None, vec![], &NONE)?;
    if write { streams::new_writer(t, p, NONE, l) } else { Ok(r) }
}
fn pipe_lost(v: &Value, _exc: &Value) -> PyResult<()> {
    let p = body(v)?;
    p.pipes.set(p.pipes.get().saturating_sub(1));
    p.try_finish(v)
}
impl Process {
    /// The process has ended and every pipe is closed: who waits goes on.
    fn try_finish(&self, v: &Value) -> PyResult<()> {
        if self.returncode.get().is_none() || self.finished.get() {
            return Ok(());
        }
        if self.pipes.get() > 0 {
            return Ok(());
        }
        self.finished.set(true);
        let Some(el) = as_loop(&self.loop_) else { return Ok(()) };
        if el.is_closed() { Ok(()) } else { handles::call_soon_native(&self.loop_, el, finished_cb, v.clone(), NONE).map(drop) }
    }
    fn send_signal(&self, n: i32) -> PyResult<()> {
        if self.returncode.get().is_some() {
            return Err(error::raise_args(&PROCESS_LOOKUP_ERROR, vec![]));
        }
        // SAFETY: a plain system call; the process is ours and not waited for yet.
        if unsafe { libc::kill(self.pid, n) } < 0 {
            return Err(raise_os_error(&std::io::Error::last_os_error(), None));
        }
        Ok(())
    }
}
fn finished_cb(v: &Value, _: &Value) -> PyResult<()> {
    let p = body(v)?;
    while let Some(w) = p.waiters.pop() {
        if !futures::is_done(&w)? {
            futures::set_result(&w, p.code())?;
        }
    }
    Ok(())
}
impl Process {
    fn code(&self) -> Value {
        self.returncode.get().map_or(NONE, |n| Value::int(i64::from(n)))
    }
}
/// The process has ended: its descriptor is readable.
fn exited(v: &Value, _: &Value) -> PyResult<()> {
    let p = body(v)?;
    if let Some(el) = as_loop(&p.loop_) {
        set_watch(el, p.pidfd.get(), false, None)?;
    }
    close(p.pidfd.replace(-1));
    let mut status = 0;
    // SAFETY: the status lives during the call.
    let r = unsafe { libc::waitpid(p.pid, &mut status, 0) };
    let code = if r < 0 {
        255
    } else {
        let s = std::process::ExitStatus::from_raw(status);
        s.code().unwrap_or_else(|| -s.signal().unwrap_or(0))
    };
    p.returncode.set(Some(code));
    // What the process wrote is read even when nobody else closes the pipe to its input.
    let stdin = p.stdin.get();
    if !stdin.is_none() && p.pipes.get() > 0 {
        let t = glue::getattr(&stdin, "transport")?;
        transports::body(&t)?.close(&t)?;
    }
    p.try_finish(v)
}

async fn create(command: Vec<OsString>, mut o: Options) -> PyResult {
    let l = crate::events::get_running_loop()?;
    let el = as_loop(&l).ok_or_else(|| type_error("expected an event loop"))?;
    let [program, args @ ..] = command.as_slice() else { return Err(value_error("a program is expected")) };
    let limit = o.take("limit");
    let limit = if limit.is_none() { streams::DEFAULT_LIMIT } else { glue::index(&limit)? };
    let (stdin, stdout, stderr) = (o.take("stdin"), o.take("stdout"), o.take("stderr"));
    let mut c = Command::new(program);
    c.args(args);
    let (i, keep_in) = redirect(&stdin)?;
    let (out, keep_out) = redirect(&stdout)?;
    if let Some(i) = i {
        c.stdin(i);
    }
    if let Some(out) = out {
        c.stdout(out);
    }
    let mut keep_err = false;
    let to_stdout = stderr.as_inline_int() == Some(STDOUT);
    if !to_stdout {
        let (e, keep) = redirect(&stderr)?;
        keep_err = keep;
        if let Some(e) = e {
            c.stderr(e);
        }
    }
    let cwd = o.take("cwd");
    if !cwd.is_none() {
        c.current_dir(os_string(&cwd)?);
    }
    let env = o.take("env");
    if !env.is_none() {
        c.env_clear();
        for (k, v) in rtcore::types::dict::items_of(&env)? {
            c.env(os_string(&k)?, os_string(&v)?);
        }
    }
    let session = glue::truth(&o.take("start_new_session"))?;
    let group = o.take("process_group");
    if !group.is_none() {
        c.process_group(glue::index(&group)? as i32);
    }
    for known in ["close_fds", "restore_signals", "pass_fds", "preexec_fn", "executable", "shell", "universal_newlines", "bufsize", "umask"] {
        drop(o.take(known));
    }
    o.finish("create_subprocess_exec")?;
    // SAFETY: only async-signal-safe calls run between fork and exec.
    unsafe {
        c.pre_exec(move || {
            if session {
                libc::setsid();
            }
            if to_stdout && libc::dup2(1, 2) < 0 {
                return Err(std::io::Error::last_os_error());
            }
            Ok(())
        });
    }
    let mut child = match c.spawn() {
        Ok(child) => child,
        Err(e) => {
            let missing_cwd = e.raw_os_error() == Some(libc::ENOENT) && c.get_current_dir().is_some_and(|d| !d.exists());
            let name = if missing_cwd { c.get_current_dir().map(|d| d.as_os_str().to_owned()) } else { Some(program.clone()) };
            return Err(raise_os_error(&e, name.map(|n| Value::string(n.to_string_lossy().into_owned()))));
        }
    };
    let pid = child.id() as i32;
    // SAFETY: a plain system call.
    let pidfd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) } as i32;
    if pidfd < 0 {
        return Err(raise_os_error(&std::io::Error::last_os_error(), None));
    }
    let v = object::new(
        &PROCESS,
        Process {
            loop_: l.clone(),
            pid,
            pidfd: Cell::new(pidfd),
            returncode: Cell::new(None),
            finished: Cell::new(false),
            stdin: VCell::none(),
            stdout: VCell::none(),
            stderr: VCell::none(),
            pipes: Cell::new(u32::from(keep_in) + u32::from(keep_out) + u32::from(keep_err)),
            waiters: Waiters::new(),
        },
    );
    let p = body(&v)?;
    if let Some(f) = child.stdin.take() {
        p.stdin.set(attach(&l, &v, f.into_raw_fd(), true, limit)?);
    }
    if let Some(f) = child.stdout.take() {
        p.stdout.set(attach(&l, &v, f.into_raw_fd(), false, limit)?);
    }
    if let Some(f) = child.stderr.take() {
        p.stderr.set(attach(&l, &v, f.into_raw_fd(), false, limit)?);
    }
    // Dropping the child neither kills nor waits.
    drop(child);
    let h = handles::new_native_handle(&l, exited, v.clone(), NONE);
    set_watch(el, pidfd, false, Some(h))?;
    // The pipes are connected in the next pass.
    rtcore::frame::suspend(NONE).await?;
    Ok(v)
}
/// `create_subprocess_exec(program, *args, stdin=…, …)`.
fn create_exec(values: &[Value], kw: &[Name]) -> PyResult {
    let (pos, named) = glue::split(values, kw);
    let o = Options::new(named);
    let mut command = vec![];
    for a in pos {
        if a.as_str_obj().is_none() && bytes::buffer::view(a)?.is_none() && glue::getattr_opt(a, "__fspath__")?.is_none() {
            return Err(type_error(format!("program arguments must be a bytes or text string, not {}", a.ty().name())));
        }
        command.push(os_string(a)?);
    }
    Ok(crate::coro!("create_subprocess_exec", create(command, o)))
}
/// `create_subprocess_shell(cmd, stdin=…, …)`.
fn create_shell(values: &[Value], kw: &[Name]) -> PyResult {
    let (pos, named) = glue::split(values, kw);
    let o = Options::new(named);
    let cmd = pos.first().cloned().unwrap_or(NONE);
    Ok(crate::coro!("create_subprocess_shell", async move {
        if cmd.as_str_obj().is_none() && bytes::buffer::view(&cmd)?.is_none() {
            return Err(value_error("cmd must be a string"));
        }
        create(vec!["/bin/sh".into(), "-c".into(), os_string(&cmd)?], o).await
    }))
}

async fn wait(v: Value) -> PyResult {
    let p = body(&v)?;
    if p.returncode.get().is_some() {
        return Ok(p.code());
    }
    let w = futures::create(p.loop_.clone());
    p.waiters.push(w.clone());
    futures::wait(w).await
}
async fn feed_stdin(v: Value, input: Value) -> PyResult {
    let p = body(&v)?;
    let stdin = p.stdin.get();
    let r = async {
        if !input.is_none() {
            glue::call_method(&stdin, "write", &[input.clone()])?;
        }
        streams::drain(stdin.clone()).await
    }
    .await;
    match r {
        Ok(_) => {}
        Err(r)
            if error::matches(&r, &error::hierarchy::BROKEN_PIPE_ERROR)
                || error::matches(&r, &error::hierarchy::CONNECTION_RESET_ERROR) =>
        {
            drop(error::take(r));
        }
        Err(r) => return Err(r),
    }
    glue::call_method(&stdin, "close", &[])?;
    Ok(NONE)
}
async fn read_all(reader: Value) -> PyResult {
    if reader.is_none() {
        return Ok(NONE);
    }
    streams::read(reader, Value::int(-1)).await
}
async fn noop() -> PyResult {
    Ok(NONE)
}
async fn communicate(v: Value, input: Value) -> PyResult {
    let p = body(&v)?;
    let feed = if p.stdin.is_none() { crate::coro!("Process._noop", noop()) } else { crate::coro!("Process._feed_stdin", feed_stdin(v.clone(), input)) };
    let out = crate::coro!("Process._read_stream", read_all(p.stdout.get()));
    let err = crate::coro!("Process._read_stream", read_all(p.stderr.get()));
    let g = crate::gather::gather(&[feed, out, err], false)?;
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
    body(v)?.send_signal(glue::index(n)? as i32)?;
    Ok(NONE)
}
fn m_terminate(v: &Value) -> PyResult {
    body(v)?.send_signal(libc::SIGTERM)?;
    Ok(NONE)
}
fn m_kill(v: &Value) -> PyResult {
    body(v)?.send_signal(libc::SIGKILL)?;
    Ok(NONE)
}
fn m_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("<Process {}>", body(v)?.pid)))
}
fn get_returncode(v: &Value) -> PyResult {
    Ok(body(v)?.code())
}
fn get_pid(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(body(v)?.pid)))
}
fn get_stdin(v: &Value) -> PyResult {
    Ok(body(v)?.stdin.get())
}
fn get_stdout(v: &Value) -> PyResult {
    Ok(body(v)?.stdout.get())
}
fn get_stderr(v: &Value) -> PyResult {
    Ok(body(v)?.stderr.get())
}
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
    GetSet::ro("stdin", get_stdin),
    GetSet::ro("stdout", get_stdout),
    GetSet::ro("stderr", get_stderr),
];
static DEF: ClassDef = ClassDef::new::<Process>("Process").module("asyncio.subprocess").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static PROCESS: Type = Type::builtin(&DEF);

pub static FUNCTIONS: [Method; 2] = [
    Method::new("create_subprocess_exec(*args, **kw)", Raw(create_exec)),
    Method::new("create_subprocess_shell(*args, **kw)", Raw(create_shell)),
];
fn setup(m: &Value) -> PyResult<()> {
    for (name, n) in [("PIPE", PIPE), ("STDOUT", STDOUT), ("DEVNULL", DEVNULL)] {
        set_str(m, name, Value::int(n));
    }
    set_str(m, "Process", Value::of_type(&PROCESS));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("asyncio.subprocess", &FUNCTIONS, setup);
