//! Owns: starting a child process from the arguments that `subprocess.Popen` takes, and the small object that stands
//! for it as `get_extra_info('subprocess')`.
//! Never: waits for the child or moves its bytes; see `base_subprocess`.
//! Source: CPython 3.13, Lib/subprocess.py (Popen), Modules/_posixsubprocess.c.

use crate::connect::Options;
use crate::glue::{self, VCell};
use rtcore::def::{F1, F2, Method};
use rtcore::error::hierarchy::raise_os_error;
use rtcore::error::{PyResult, not_implemented_error, type_error, value_error};
use rtcore::object::{self, Native, Payload};
use rtcore::types::bytes;
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use std::cell::Cell;
use std::ffi::OsString;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};

pub const PIPE: i64 = -1;
pub const STDOUT: i64 = -2;
pub const DEVNULL: i64 = -3;

/// A started process.
pub struct Popen {
    pub pid: i32,
    /// What `poll` or the watcher found.
    pub returncode: Cell<Option<i32>>,
    args: Value,
    pub pipes: [VCell; 3],
}
impl Payload for Popen {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.args);
        self.pipes.iter().for_each(|p| p.visit(visit));
    }
}
impl Native for Popen {
    fn class() -> &'static Type {
        &POPEN
    }
}
pub fn popen(v: &Value) -> PyResult<&Popen> {
    v.downcast::<Popen>().ok_or_else(|| type_error("expected a Popen object"))
}

/// The file over one end of a pipe to the child.
pub struct PipeFile(Cell<i32>);
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
pub fn close(fd: i32) {
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
fn pipe_fileno(v: &Value) -> PyResult {
    match v.downcast::<PipeFile>().map(|p| p.0.get()) {
        Some(fd) if fd >= 0 => Ok(Value::int(i64::from(fd))),
        Some(_) | None => Err(value_error("I/O operation on closed file")),
    }
}
static PIPE_FILE_METHODS: &[Method] = &[Method::new("close(self)", F1(pipe_close)), Method::new("fileno(self)", F1(pipe_fileno))];
static PIPE_FILE_DEF: ClassDef = ClassDef::new::<PipeFile>("FileIO").module("_io").methods(PIPE_FILE_METHODS);
static PIPE_FILE: Type = Type::builtin(&PIPE_FILE_DEF);

/// `os.fsencode(v)`.
pub fn os_string(v: &Value) -> PyResult<OsString> {
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
/// What runs in the child between fork and exec: plain system calls only.
struct Child {
    session: bool,
    to_stdout: bool,
    close_others: bool,
    keep: Vec<i32>,
    umask: i64,
    restore_signals: bool,
}
impl Child {
    fn prepare(&self) -> std::io::Result<()> {
        // SAFETY: async-signal-safe calls over integers of ours.
        unsafe {
            if self.session {
                libc::setsid();
            }
            if self.umask >= 0 {
                libc::umask(self.umask as libc::mode_t);
            }
            // Rust's own start of a child makes SIGPIPE deadly again, whatever is asked.
            libc::signal(libc::SIGPIPE, if self.restore_signals { libc::SIG_DFL } else { libc::SIG_IGN });
            if self.restore_signals {
                libc::signal(libc::SIGXFSZ, libc::SIG_DFL);
            }
            if self.to_stdout && libc::dup2(1, 2) < 0 {
                return Err(std::io::Error::last_os_error());
            }
            if self.close_others {
                // At exec, so that the pipe by which a failure is told stays open until then.
                libc::syscall(libc::SYS_close_range, 3u32, u32::MAX, libc::CLOSE_RANGE_CLOEXEC);
            }
            for fd in &self.keep {
                libc::fcntl(*fd, libc::F_SETFD, 0);
            }
        }
        Ok(())
    }
}

/// Starts `args`; `streams` are stdin, stdout and stderr as `Popen` takes them.
pub fn spawn(args: &[Value], shell: bool, streams: &[Value; 3], mut o: Options) -> PyResult {
    let mut argv = vec![];
    if shell {
        argv.extend([OsString::from("/bin/sh"), OsString::from("-c")]);
    }
    for a in args {
        argv.push(os_string(a)?);
    }
    let [program, rest @ ..] = argv.as_slice() else { return Err(value_error("a program is expected")) };
    let executable = o.take("executable");
    let mut c = if executable.is_none() { Command::new(program) } else { Command::new(os_string(&executable)?) };
    c.arg0(program).args(rest);
    let (i, _) = redirect(&streams[0])?;
    let (out, _) = redirect(&streams[1])?;
    if let Some(i) = i {
        c.stdin(i);
    }
    if let Some(out) = out {
        c.stdout(out);
    }
    let to_stdout = streams[2].as_inline_int() == Some(STDOUT);
    if !to_stdout && let (Some(e), _) = redirect(&streams[2])? {
        c.stderr(e);
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
    let group = o.take("process_group");
    if !group.is_none() && glue::index(&group)? >= 0 {
        c.process_group(glue::index(&group)? as i32);
    }
    for (name, set) in [("user", true), ("group", false)] {
        let id = o.take(name);
        if id.as_inline_int().is_some_and(|n| n >= 0) {
            let id = glue::index(&id)? as u32;
            if set { c.uid(id) } else { c.gid(id) };
        } else if !id.is_none() {
            return Err(not_implemented_error(format!("asyncio subprocesses: {name} by name")));
        }
    }
    for name in ["preexec_fn", "extra_groups", "startupinfo"] {
        if !o.take(name).is_none() {
            return Err(not_implemented_error(format!("asyncio subprocesses: {name}")));
        }
    }
    let close_fds = o.take("close_fds");
    let pass_fds = o.take("pass_fds");
    let umask = o.take("umask");
    let restore_signals = o.take("restore_signals");
    let mut keep = vec![];
    if !pass_fds.is_none() {
        for fd in rtcore::protocol::iter::collect(&pass_fds)? {
            keep.push(glue::index(&fd)? as i32);
        }
    }
    let child = Child {
        session: glue::truth(&o.take("start_new_session"))?,
        to_stdout,
        close_others: close_fds.is_none() || glue::truth(&close_fds)?,
        keep,
        umask: if umask.is_none() { -1 } else { glue::index(&umask)? },
        restore_signals: restore_signals.is_none() || glue::truth(&restore_signals)?,
    };
    for known in ["creationflags", "pipesize"] {
        drop(o.take(known));
    }
    o.finish("Popen.__init__")?;
    // SAFETY: only async-signal-safe calls run between fork and exec.
    unsafe {
        c.pre_exec(move || child.prepare());
    }
    let mut child = match c.spawn() {
        Ok(child) => child,
        Err(e) => {
            let missing_cwd = e.raw_os_error() == Some(libc::ENOENT) && c.get_current_dir().is_some_and(|d| !d.exists());
            let name = if missing_cwd { c.get_current_dir().map(|d| d.as_os_str().to_owned()) } else { Some(c.get_program().to_owned()) };
            return Err(raise_os_error(&e, name.map(|n| Value::string(n.to_string_lossy().into_owned()))));
        }
    };
    let file = |fd: Option<i32>| VCell::new(fd.map_or(NONE, |fd| object::new(&PIPE_FILE, PipeFile(Cell::new(fd)))));
    let pipes = [
        file(child.stdin.take().map(IntoRawFd::into_raw_fd)),
        file(child.stdout.take().map(IntoRawFd::into_raw_fd)),
        file(child.stderr.take().map(IntoRawFd::into_raw_fd)),
    ];
    let args = if shell { args.first().cloned().unwrap_or(NONE) } else { glue::tuple(args.to_vec()) };
    // Dropping the child neither kills nor waits.
    Ok(object::new(&POPEN, Popen { pid: child.id() as i32, returncode: Cell::new(None), args, pipes }))
}
/// The exit status as `returncode` shows it.
pub fn code_of(status: i32) -> i32 {
    let s = std::process::ExitStatus::from_raw(status);
    s.code().unwrap_or_else(|| -s.signal().unwrap_or(0))
}
impl Popen {
    /// `poll()`: looks whether the child has ended.
    pub fn poll(&self) -> Option<i32> {
        if self.returncode.get().is_none() {
            let mut status = 0;
            // SAFETY: the status lives during the call.
            if unsafe { libc::waitpid(self.pid, &mut status, libc::WNOHANG) } == self.pid {
                self.returncode.set(Some(code_of(status)));
            }
        }
        self.returncode.get()
    }
    /// `os.kill(pid, n)`.
    pub fn kill(&self, n: i32) -> std::io::Result<()> {
        // SAFETY: a plain system call.
        if unsafe { libc::kill(self.pid, n) } < 0 { Err(std::io::Error::last_os_error()) } else { Ok(()) }
    }
    fn signal(&self, n: i32) -> PyResult {
        if self.poll().is_none() {
            self.kill(n).map_err(|e| raise_os_error(&e, None))?;
        }
        Ok(NONE)
    }
}
pub fn code_value(code: Option<i32>) -> Value {
    code.map_or(NONE, |n| Value::int(i64::from(n)))
}
fn m_poll(v: &Value) -> PyResult {
    Ok(code_value(popen(v)?.poll()))
}
fn m_send_signal(v: &Value, n: &Value) -> PyResult {
    popen(v)?.signal(glue::index(n)? as i32)
}
fn m_terminate(v: &Value) -> PyResult {
    popen(v)?.signal(libc::SIGTERM)
}
fn m_kill(v: &Value) -> PyResult {
    popen(v)?.signal(libc::SIGKILL)
}
fn get_pid(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(popen(v)?.pid)))
}
fn get_returncode(v: &Value) -> PyResult {
    Ok(code_value(popen(v)?.returncode.get()))
}
fn get_args(v: &Value) -> PyResult {
    Ok(popen(v)?.args.clone())
}
fn get_stdin(v: &Value) -> PyResult {
    Ok(popen(v)?.pipes[0].get())
}
fn get_stdout(v: &Value) -> PyResult {
    Ok(popen(v)?.pipes[1].get())
}
fn get_stderr(v: &Value) -> PyResult {
    Ok(popen(v)?.pipes[2].get())
}
/// Popen.__repr__.
fn m_repr(v: &Value) -> PyResult {
    let p = popen(v)?;
    let code = p.returncode.get().map_or("None".to_owned(), |n| n.to_string());
    Ok(Value::string(format!("<Popen: returncode: {code} args: {}>", glue::repr(&p.args)?)))
}
static METHODS: &[Method] = &[
    Method::new("poll(self)", F1(m_poll)),
    Method::new("send_signal(self, sig)", F2(m_send_signal)),
    Method::new("terminate(self)", F1(m_terminate)),
    Method::new("kill(self)", F1(m_kill)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("pid", get_pid),
    GetSet::ro("returncode", get_returncode),
    GetSet::ro("args", get_args),
    GetSet::ro("stdin", get_stdin),
    GetSet::ro("stdout", get_stdout),
    GetSet::ro("stderr", get_stderr),
];
static DEF: ClassDef =
    ClassDef::new::<Popen>("Popen").module("subprocess").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static POPEN: Type = Type::builtin(&DEF);
