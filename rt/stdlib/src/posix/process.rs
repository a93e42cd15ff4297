//! Owns: this process and others: ids, environment, signals, fork, exec, wait, scheduling.
//! Never: starts threads.
//! Source: CPython 3.13, Modules/posixmodule.c.

use super::descriptors::again;
use super::path::{self, PATH, Path, check, failed, id, int};
use super::stat::Lazy;
use rtcore::error::hierarchy::{raise_os_error, strerror as text_of};
use rtcore::error::{type_error, value_error};
use rtcore::gil::{Gil, GilRefCell, allow_threads};
use rtcore::methods::*;
use rtcore::protocol::iter::{Iter, collect};
use rtcore::protocol::sequence::as_index;
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rtcore::types::{bytes, set, tuple};
use std::cell::RefCell;
use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStringExt;

macro_rules! ids {
    ($($name:ident;)*) => {$(
        fn $name() -> PyResult {
            // SAFETY: a plain system call without arguments.
            Ok(Value::int(unsafe { libc::$name() }.into()))
        }
    )*};
}
ids! {
    getpid;
    getppid;
    getuid;
    geteuid;
    getgid;
    getegid;
    getpgrp;
}
macro_rules! set_ids {
    ($($name:ident;)*) => {$(
        fn $name(v: &Value) -> PyResult {
            let v = id(v)?;
            // SAFETY: a plain system call.
            check(unsafe { libc::$name(v) })
        }
    )*};
}
set_ids! {
    setuid;
    seteuid;
    setgid;
    setegid;
}
fn setreuid(a: &Value, b: &Value) -> PyResult {
    let (a, b) = (id(a)?, id(b)?);
    // SAFETY: a plain system call.
    check(unsafe { libc::setreuid(a, b) })
}
fn setregid(a: &Value, b: &Value) -> PyResult {
    let (a, b) = (id(a)?, id(b)?);
    // SAFETY: a plain system call.
    check(unsafe { libc::setregid(a, b) })
}
fn getgroups() -> PyResult {
    let mut groups = vec![0 as libc::gid_t; 65_536];
    // SAFETY: the pointer and length describe the places for the results.
    let n = unsafe { libc::getgroups(groups.len() as i32, groups.as_mut_ptr()) };
    if n < 0 {
        return Err(failed());
    }
    Ok(List::value(groups[..n as usize].iter().map(|g| Value::int((*g).into())).collect()))
}
fn result(n: i32) -> PyResult {
    if n < 0 { Err(failed()) } else { Ok(Value::int(n.into())) }
}
fn getpgid(pid: &Value) -> PyResult {
    let pid = int(pid)?;
    // SAFETY: a plain system call.
    result(unsafe { libc::getpgid(pid) })
}
fn getsid(pid: &Value) -> PyResult {
    let pid = int(pid)?;
    // SAFETY: a plain system call.
    result(unsafe { libc::getsid(pid) })
}
fn setsid() -> PyResult {
    // SAFETY: a plain system call.
    check(unsafe { libc::setsid() })
}
fn setpgid(pid: &Value, group: &Value) -> PyResult {
    let (pid, group) = (int(pid)?, int(group)?);
    // SAFETY: a plain system call.
    check(unsafe { libc::setpgid(pid, group) })
}
fn tcgetpgrp(fd: &Value) -> PyResult {
    let fd = path::descriptor(fd)?;
    // SAFETY: a plain system call.
    result(unsafe { libc::tcgetpgrp(fd) })
}
fn getlogin() -> PyResult {
    // SAFETY: gives a C string or null.
    let name = unsafe { libc::getlogin() };
    if name.is_null() { Err(failed()) } else { path::text(name) }
}
fn nice(n: &Value) -> PyResult {
    let n = int(n)?;
    // SAFETY: errno tells an error from the value -1.
    unsafe {
        *libc::__errno_location() = 0;
        let r = libc::nice(n);
        if r == -1 && *libc::__errno_location() != 0 { Err(failed()) } else { Ok(Value::int(r.into())) }
    }
}
fn getpriority(which: &Value, who: &Value) -> PyResult {
    let (which, who) = (int(which)?, int(who)?);
    // SAFETY: errno tells an error from the value -1.
    unsafe {
        *libc::__errno_location() = 0;
        let r = libc::getpriority(which as _, who as _);
        if r == -1 && *libc::__errno_location() != 0 { Err(failed()) } else { Ok(Value::int(r.into())) }
    }
}
fn setpriority(which: &Value, who: &Value, n: &Value) -> PyResult {
    let (which, who, n) = (int(which)?, int(who)?, int(n)?);
    // SAFETY: a plain system call.
    check(unsafe { libc::setpriority(which as _, who as _, n) })
}

// ---- environment ----

/// The environment at the start, as bytes: `os.environ` is built on it.
pub fn environ() -> PyResult {
    let d = Dict::new_value();
    if let Some(dict) = d.downcast::<Dict>() {
        for (name, value) in std::env::vars_os() {
            dict.set(bytes::value(name.into_vec()), bytes::value(value.into_vec()))?;
        }
    }
    Ok(d)
}
fn c_string(v: &Value) -> PyResult<CString> {
    let raw = path::raw(v)?.ok_or_else(|| type_error(format!("expected str, bytes or os.PathLike object, not {}", v.ty().name())))?;
    CString::new(raw).map_err(|_| value_error("embedded null byte"))
}
fn putenv(name: &Value, value: &Value) -> PyResult {
    let (name, value) = (c_string(name)?, c_string(value)?);
    if name.as_bytes().is_empty() || name.as_bytes().contains(&b'=') {
        return Err(value_error("illegal environment variable name"));
    }
    // SAFETY: two C strings; the environment is only changed under the GIL.
    check(unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) })
}
fn unsetenv(name: &Value) -> PyResult {
    let name = c_string(name)?;
    // SAFETY: a C string; the environment is only changed under the GIL.
    check(unsafe { libc::unsetenv(name.as_ptr()) })
}

// ---- other processes ----

fn kill(pid: &Value, signal: &Value) -> PyResult {
    let (pid, signal) = (int(pid)?, int(signal)?);
    // SAFETY: a plain system call.
    check(unsafe { libc::kill(pid, signal) })?;
    rtcore::signals::check()?;
    Ok(NONE)
}
fn killpg(group: &Value, signal: &Value) -> PyResult {
    let (group, signal) = (int(group)?, int(signal)?);
    // SAFETY: a plain system call.
    check(unsafe { libc::killpg(group, signal) })?;
    rtcore::signals::check()?;
    Ok(NONE)
}

/// What `register_at_fork` was given: before (called in reverse), in the parent, in the child.
static AT_FORK: GilRefCell<[Vec<Value>; 3]> = Gil::new(RefCell::new([Vec::new(), Vec::new(), Vec::new()]));
fn register_at_fork(before: &Value, child: &Value, parent: &Value) -> PyResult {
    let given = [before, parent, child];
    if given.iter().all(|f| f.is_unbound()) {
        return Err(type_error("At least one argument is required."));
    }
    for f in given.iter().filter(|f| !f.is_unbound()) {
        if !rtcore::frame::callable(f) {
            return Err(type_error("'before' must be callable, not ".to_string() + f.ty().name()));
        }
    }
    let mut lists = AT_FORK.borrow_mut();
    for (list, f) in lists.iter_mut().zip(given) {
        if !f.is_unbound() {
            list.push(f.clone());
        }
    }
    Ok(NONE)
}
pub fn run_hooks(which: usize) {
    let mut hooks = AT_FORK.borrow().get(which).cloned().unwrap_or_default();
    if which == 0 {
        hooks.reverse();
    }
    for f in hooks {
        if let Err(r) = rtcore::protocol::call::call(&f, &[]) {
            rtcore::error::unraisable(r, "Exception ignored in", &f);
        }
    }
}
fn fork() -> PyResult {
    run_hooks(0);
    // SAFETY: the child goes on with this thread alone, which holds the lock.
    let pid = unsafe { libc::fork() };
    let e = io::Error::last_os_error();
    run_hooks(if pid == 0 { 2 } else { 1 });
    if pid < 0 { Err(raise_os_error(&e, None)) } else { Ok(Value::int(pid.into())) }
}
fn strings(v: &Value, what: &str) -> PyResult<Vec<CString>> {
    if v.downcast::<List>().is_none() && !tuple::is_tuple(v) {
        return Err(type_error(format!("{what} must be a tuple or list")));
    }
    let items = collect(v)?;
    if items.is_empty() {
        return Err(value_error(format!("{what} must not be empty")));
    }
    items.iter().map(c_string).collect()
}
fn environment(v: &Value) -> PyResult<Vec<CString>> {
    let items = rtcore::protocol::call::call_method_name(v, Name::new("items"), &[])?;
    let mut it = Iter::new(&items)?;
    let mut out = vec![];
    while let Some(pair) = it.next()? {
        let [name, value] = rtcore::protocol::iter::unpack::<2>(&pair)?;
        let mut line = c_string(&name)?.into_bytes();
        line.push(b'=');
        line.extend(c_string(&value)?.into_bytes());
        out.push(CString::new(line).map_err(|_| value_error("embedded null byte"))?);
    }
    Ok(out)
}
/// A null-terminated array of C strings; it borrows them.
pub fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect()
}
fn execve(p: &Value, argv: &Value, env: &Value) -> PyResult {
    let p = Path::of(p, "execve: path", path::PATH_OR_FD)?;
    let (argv, env) = (strings(argv, "execve: argv")?, environment(env)?);
    let (a, e) = (pointers(&argv), pointers(&env));
    // SAFETY: C strings and null-terminated arrays that live during the call.
    unsafe { p.fd.map_or_else(|| libc::execve(p.c.as_ptr(), a.as_ptr(), e.as_ptr()), |fd| libc::fexecve(fd, a.as_ptr(), e.as_ptr())) };
    Err(p.failed())
}
fn execv(p: &Value, argv: &Value) -> PyResult {
    let p = Path::of(p, "execv: path", PATH)?;
    let argv = strings(argv, "execv() arg 2")?;
    let a = pointers(&argv);
    // SAFETY: as above.
    unsafe { libc::execv(p.c.as_ptr(), a.as_ptr()) };
    Err(p.failed())
}
fn waitpid(pid: &Value, options: &Value) -> PyResult {
    let (pid, options) = (int(pid)?, int(options)?);
    let mut status = 0;
    // SAFETY: a place for the result.
    let n = again(|| unsafe { libc::waitpid(pid, &mut status, options) } as isize)?.map_err(|e| raise_os_error(&e, None))?;
    Ok(tuple::new(vec![Value::int(n as i64), Value::int(status.into())]))
}
fn wait() -> PyResult {
    waitpid(&Value::int(-1), &Value::int(0))
}
macro_rules! statuses {
    ($($name:ident $kind:ident;)*) => {$(
        #[allow(non_snake_case)]
        fn $name(status: &Value) -> PyResult {
            Ok(Value::$kind(libc::$name(int(status)?).into()))
        }
    )*};
}
statuses! {
    WIFEXITED bool;
    WIFSIGNALED bool;
    WIFSTOPPED bool;
    WIFCONTINUED bool;
    WCOREDUMP bool;
    WEXITSTATUS int;
    WTERMSIG int;
    WSTOPSIG int;
}
fn waitstatus_to_exitcode(status: &Value) -> PyResult {
    let s = int(status)?;
    if libc::WIFEXITED(s) {
        return Ok(Value::int(libc::WEXITSTATUS(s).into()));
    }
    if libc::WIFSIGNALED(s) {
        return Ok(Value::int(-i64::from(libc::WTERMSIG(s))));
    }
    if libc::WIFSTOPPED(s) {
        return Err(value_error(format!("process stopped by delivery of signal {}", libc::WSTOPSIG(s))));
    }
    Err(value_error(format!("invalid wait status: {s}")))
}
fn system(command: &Value) -> PyResult {
    let command = c_string(command)?;
    // SAFETY: a valid C string.
    Ok(Value::int(allow_threads(|| unsafe { libc::system(command.as_ptr()) }).into()))
}
fn exit_now(status: &Value) -> PyResult {
    let status = int(status)?;
    // SAFETY: does not return.
    unsafe { libc::_exit(status) }
}
fn abort() -> PyResult {
    // SAFETY: does not return.
    unsafe { libc::abort() }
}

// ---- the machine ----

pub static UNAME_RESULT: Lazy = Lazy::new("posix", "uname_result", &["sysname", "nodename", "release", "version", "machine"], &[]);
fn uname() -> PyResult {
    // SAFETY: plain data, filled by the call.
    let mut u: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: a place for the result.
    check(unsafe { libc::uname(&mut u) })?;
    let fields = [&u.sysname, &u.nodename, &u.release, &u.version, &u.machine];
    UNAME_RESULT.make(fields.map(|f| path::text(f.as_ptr())).into_iter().collect::<PyResult<_>>()?)
}
pub static TIMES_RESULT: Lazy = Lazy::new("posix", "times_result", &["user", "system", "children_user", "children_system", "elapsed"], &[]);
fn times() -> PyResult {
    // SAFETY: plain data, filled by the call.
    let mut t: libc::tms = unsafe { std::mem::zeroed() };
    // SAFETY: a place for the result; sysconf has no preconditions.
    let (now, per_second) = unsafe { (libc::times(&mut t), libc::sysconf(libc::_SC_CLK_TCK) as f64) };
    let fields = [t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, now];
    TIMES_RESULT.make(fields.map(|n| Value::float(n as f64 / per_second)).to_vec())
}
fn cpu_count() -> PyResult {
    // SAFETY: no preconditions.
    let n = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    Ok(if n < 1 { NONE } else { Value::int(n) })
}
fn getloadavg() -> PyResult {
    let mut load = [0f64; 3];
    // SAFETY: three places for the results.
    if unsafe { libc::getloadavg(load.as_mut_ptr(), 3) } != 3 {
        return Err(rtcore::error::raise(&rtcore::error::hierarchy::OS_ERROR, "Load averages are unobtainable"));
    }
    Ok(tuple::new(load.map(Value::float).to_vec()))
}
fn sched_getaffinity(pid: &Value) -> PyResult {
    let pid = int(pid)?;
    // SAFETY: plain data, filled by the call.
    let mut cpus: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: a place for the result and its size.
    check(unsafe { libc::sched_getaffinity(pid, size_of::<libc::cpu_set_t>(), &mut cpus) })?;
    let v = set::empty_set();
    if let Some(s) = set::as_set(&v) {
        // SAFETY: within the set's size.
        for n in (0..libc::CPU_SETSIZE as usize).filter(|n| unsafe { libc::CPU_ISSET(*n, &cpus) }) {
            s.add(Value::from(n))?;
        }
    }
    Ok(v)
}
fn sched_setaffinity(pid: &Value, mask: &Value) -> PyResult {
    let pid = int(pid)?;
    // SAFETY: plain data.
    let mut cpus: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    for v in collect(mask)? {
        match usize::try_from(as_index(&v)?) {
            // SAFETY: within the set's size.
            Ok(n) if n < libc::CPU_SETSIZE as usize => unsafe { libc::CPU_SET(n, &mut cpus) },
            Ok(_) => return Err(rtcore::error::overflow_error("CPU number too large")),
            Err(_) => return Err(value_error("negative CPU number")),
        }
    }
    // SAFETY: the set and its size.
    check(unsafe { libc::sched_setaffinity(pid, size_of::<libc::cpu_set_t>(), &cpus) })
}
fn sched_yield() -> PyResult {
    // SAFETY: a plain system call.
    check(allow_threads(|| unsafe { libc::sched_yield() }))
}
fn urandom(n: &Value) -> PyResult {
    let Ok(n) = usize::try_from(as_index(n)?) else { return Err(value_error("negative argument not allowed")) };
    let mut data = vec![0u8; n];
    let mut done = 0;
    while done < n {
        // SAFETY: the pointer and length describe the rest of the buffer.
        let r = again(|| unsafe { libc::getrandom(data[done..].as_mut_ptr().cast(), n - done, 0) })?;
        done += r.map_err(|e| raise_os_error(&e, None))? as usize;
    }
    Ok(bytes::value(data))
}
fn getrandom(n: &Value, flags: &Value) -> PyResult {
    let Ok(n) = usize::try_from(as_index(n)?) else {
        return Err(raise_os_error(&io::Error::from_raw_os_error(libc::EINVAL), None));
    };
    let flags = int(flags)? as u32;
    let mut data = vec![0u8; n];
    // SAFETY: the pointer and length describe the buffer.
    let r = again(|| unsafe { libc::getrandom(data.as_mut_ptr().cast(), n, flags) })?;
    data.truncate(r.map_err(|e| raise_os_error(&e, None))? as usize);
    Ok(bytes::value(data))
}
fn strerror(code: &Value) -> PyResult {
    Ok(Value::string(text_of(int(code)?)))
}
/// A name of `names`, or its number.
fn configured(v: &Value, names: &[(&str, i32)]) -> PyResult<i32> {
    match v.as_str() {
        Some(s) => match names.iter().find(|(name, _)| *name == s) {
            Some((_, n)) => Ok(*n),
            None => Err(value_error("unrecognized configuration name")),
        },
        None if rtcore::protocol::sequence::is_index(v) => int(v),
        None => Err(type_error("configuration names must be strings or integers")),
    }
}
fn sysconf(name: &Value) -> PyResult {
    let name = configured(name, super::constants::SYSCONF)?;
    // SAFETY: errno tells an error from "no limit".
    unsafe {
        *libc::__errno_location() = 0;
        let n = libc::sysconf(name);
        if n == -1 && *libc::__errno_location() != 0 { Err(failed()) } else { Ok(Value::int(n)) }
    }
}
fn confstr(name: &Value) -> PyResult {
    let name = configured(name, super::constants::CONFSTR)?;
    let mut buffer = [0u8; 1024];
    // SAFETY: the pointer and length describe the buffer.
    let n = unsafe { libc::confstr(name, buffer.as_mut_ptr().cast(), buffer.len()) };
    if n == 0 { Ok(NONE) } else { path::decode(&buffer[..(n - 1).min(buffer.len())]) }
}
fn ctermid() -> PyResult {
    Ok(Value::str("/dev/tty"))
}

pub static FUNCTIONS: &[Method] = &[
    Method::new("getpid()", F0(getpid)),
    Method::new("getppid()", F0(getppid)),
    Method::new("getuid()", F0(getuid)),
    Method::new("geteuid()", F0(geteuid)),
    Method::new("getgid()", F0(getgid)),
    Method::new("getegid()", F0(getegid)),
    Method::new("getpgrp()", F0(getpgrp)),
    Method::new("getpgid(pid)", F1(getpgid)),
    Method::new("getsid(pid, /)", F1(getsid)),
    Method::new("getgroups()", F0(getgroups)),
    Method::new("getlogin()", F0(getlogin)),
    Method::new("setuid(uid, /)", F1(setuid)),
    Method::new("seteuid(euid, /)", F1(seteuid)),
    Method::new("setgid(gid, /)", F1(setgid)),
    Method::new("setegid(egid, /)", F1(setegid)),
    Method::new("setreuid(ruid, euid, /)", F2(setreuid)),
    Method::new("setregid(rgid, egid, /)", F2(setregid)),
    Method::new("setsid()", F0(setsid)),
    Method::new("setpgid(pid, pgrp, /)", F2(setpgid)),
    Method::new("tcgetpgrp(fd, /)", F1(tcgetpgrp)),
    Method::new("nice(increment, /)", F1(nice)),
    Method::new("getpriority(which, who)", F2(getpriority)),
    Method::new("setpriority(which, who, priority)", F3(setpriority)),
    Method::new("putenv(name, value, /)", F2(putenv)),
    Method::new("unsetenv(name, /)", F1(unsetenv)),
    Method::new("kill(pid, signal, /)", F2(kill)),
    Method::new("killpg(pgid, signal, /)", F2(killpg)),
    Method::new("register_at_fork(*, before=..., after_in_child=..., after_in_parent=...)", F3(register_at_fork)),
    Method::new("fork()", F0(fork)),
    Method::new("execv(path, argv, /)", F2(execv)),
    Method::new("execve(path, argv, env)", F3(execve)),
    Method::new("waitpid(pid, options, /)", F2(waitpid)),
    Method::new("wait()", F0(wait)),
    Method::new("WIFEXITED(status)", F1(WIFEXITED)),
    Method::new("WIFSIGNALED(status)", F1(WIFSIGNALED)),
    Method::new("WIFSTOPPED(status)", F1(WIFSTOPPED)),
    Method::new("WIFCONTINUED(status)", F1(WIFCONTINUED)),
    Method::new("WCOREDUMP(status, /)", F1(WCOREDUMP)),
    Method::new("WEXITSTATUS(status)", F1(WEXITSTATUS)),
    Method::new("WTERMSIG(status)", F1(WTERMSIG)),
    Method::new("WSTOPSIG(status)", F1(WSTOPSIG)),
    Method::new("waitstatus_to_exitcode(status)", F1(waitstatus_to_exitcode)),
    Method::new("system(command)", F1(system)),
    Method::new("_exit(status)", F1(exit_now)),
    Method::new("abort()", F0(abort)),
    Method::new("uname()", F0(uname)),
    Method::new("times()", F0(times)),
    Method::new("cpu_count()", F0(cpu_count)),
    Method::new("getloadavg()", F0(getloadavg)),
    Method::new("sched_getaffinity(pid, /)", F1(sched_getaffinity)),
    Method::new("sched_setaffinity(pid, mask, /)", F2(sched_setaffinity)),
    Method::new("sched_yield()", F0(sched_yield)),
    Method::new("urandom(size, /)", F1(urandom)),
    Method::new("getrandom(size, flags=0)", F2(getrandom)),
    Method::new("strerror(code, /)", F1(strerror)),
    Method::new("sysconf(name, /)", F1(sysconf)),
    Method::new("confstr(name, /)", F1(confstr)),
    Method::new("ctermid()", F0(ctermid)),
];
