//! Owns: the module `resource`: limits of the process and what it has used.
//! Never: enforces anything; the system does.
//! Source: CPython 3.13, Modules/resource.c.

use crate::posix::path::{failed, int};
use crate::posix::stat::Lazy;
use rtcore::error::{overflow_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::{iter, sequence::index_value};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;

static RUSAGE: Lazy = Lazy::new(
    "resource",
    "struct_rusage",
    &[
        "ru_utime", "ru_stime", "ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt", "ru_majflt", "ru_nswap", "ru_inblock",
        "ru_oublock", "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw", "ru_nivcsw",
    ],
    &[],
);

#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("RLIMIT_CPU", libc::RLIMIT_CPU as i64), ("RLIMIT_FSIZE", libc::RLIMIT_FSIZE as i64), ("RLIMIT_DATA", libc::RLIMIT_DATA as i64),
    ("RLIMIT_STACK", libc::RLIMIT_STACK as i64), ("RLIMIT_CORE", libc::RLIMIT_CORE as i64), ("RLIMIT_RSS", libc::RLIMIT_RSS as i64),
    ("RLIMIT_NPROC", libc::RLIMIT_NPROC as i64), ("RLIMIT_NOFILE", libc::RLIMIT_NOFILE as i64), ("RLIMIT_OFILE", libc::RLIMIT_NOFILE as i64),
    ("RLIMIT_MEMLOCK", libc::RLIMIT_MEMLOCK as i64), ("RLIMIT_AS", libc::RLIMIT_AS as i64), ("RLIMIT_SIGPENDING", libc::RLIMIT_SIGPENDING as i64),
    ("RLIMIT_MSGQUEUE", libc::RLIMIT_MSGQUEUE as i64), ("RLIMIT_NICE", libc::RLIMIT_NICE as i64), ("RLIMIT_RTPRIO", libc::RLIMIT_RTPRIO as i64),
    ("RLIMIT_RTTIME", libc::RLIMIT_RTTIME as i64), ("RLIM_INFINITY", -1),
    ("RUSAGE_SELF", libc::RUSAGE_SELF as i64), ("RUSAGE_CHILDREN", libc::RUSAGE_CHILDREN as i64), ("RUSAGE_THREAD", libc::RUSAGE_THREAD as i64),
];
/// `RLIM_NLIMITS` of Linux, which the libc crate does not have for every target.
const LIMITS: i32 = libc::RLIMIT_RTTIME as i32 + 1;

fn getrusage(who: &Value) -> PyResult {
    let who = int(who)?;
    // SAFETY: plain data, filled by the call.
    let mut u: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the structure lives during the call.
    if unsafe { libc::getrusage(who, &mut u) } < 0 {
        let error = std::io::Error::last_os_error();
        return Err(if error.raw_os_error() == Some(libc::EINVAL) { value_error("invalid who parameter") } else { failed() });
    }
    let seconds = |t: libc::timeval| Value::float(t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    let counts = [
        u.ru_maxrss, u.ru_ixrss, u.ru_idrss, u.ru_isrss, u.ru_minflt, u.ru_majflt, u.ru_nswap, u.ru_inblock, u.ru_oublock, u.ru_msgsnd,
        u.ru_msgrcv, u.ru_nsignals, u.ru_nvcsw, u.ru_nivcsw,
    ];
    RUSAGE.make([u.ru_utime, u.ru_stime].map(seconds).into_iter().chain(counts.map(Value::int)).collect())
}
fn which(v: &Value) -> PyResult<libc::__rlimit_resource_t> {
    match int(v)? {
        n @ 0..LIMITS => Ok(n as libc::__rlimit_resource_t),
        _ => Err(value_error("invalid resource specified")),
    }
}
/// `py2rlim`: a limit is a signed number for Python, and -1 means none.
fn limit(v: &Value) -> PyResult<libc::rlim_t> {
    let n = index_value(v)?.as_inline_int();
    n.map(|n| n as libc::rlim_t).ok_or_else(|| overflow_error("Python int too large to convert to C long"))
}
fn from_python(limits: &Value) -> PyResult<libc::rlimit> {
    match iter::collect(limits)?.as_slice() {
        [soft, hard] => Ok(libc::rlimit { rlim_cur: limit(soft)?, rlim_max: limit(hard)? }),
        _ => Err(value_error("expected a tuple of 2 integers")),
    }
}
fn to_python(l: &libc::rlimit) -> Value {
    tuple::new(vec![Value::int(l.rlim_cur as i64), Value::int(l.rlim_max as i64)])
}
fn empty() -> libc::rlimit {
    libc::rlimit { rlim_cur: 0, rlim_max: 0 }
}
fn getrlimit(resource: &Value) -> PyResult {
    let (resource, mut found) = (which(resource)?, empty());
    // SAFETY: the structure lives during the call.
    if unsafe { libc::getrlimit(resource, &mut found) } < 0 { Err(failed()) } else { Ok(to_python(&found)) }
}
fn setrlimit(resource: &Value, limits: &Value) -> PyResult {
    let (resource, new) = (which(resource)?, from_python(limits)?);
    // SAFETY: the structure lives during the call.
    if unsafe { libc::setrlimit(resource, &new) } == 0 {
        return Ok(NONE);
    }
    Err(match std::io::Error::last_os_error().raw_os_error() {
        Some(libc::EINVAL) => value_error("current limit exceeds maximum limit"),
        Some(libc::EPERM) => value_error("not allowed to raise maximum limit"),
        Some(_) | None => failed(),
    })
}
fn prlimit(pid: &Value, resource: &Value, limits: &Value) -> PyResult {
    let (pid, resource) = (int(pid)?, which(resource)?);
    let new = if limits.is_none() { None } else { Some(from_python(limits)?) };
    let mut old = empty();
    let new = new.as_ref().map_or(std::ptr::null(), |new| new as *const libc::rlimit);
    // SAFETY: null or a structure that lives during the call, and a place for the old limits.
    if unsafe { libc::prlimit(pid, resource, new, &mut old) } == 0 {
        return Ok(to_python(&old));
    }
    Err(match std::io::Error::last_os_error().raw_os_error() {
        Some(libc::EINVAL) => value_error("current limit exceeds maximum limit"),
        Some(_) | None => failed(),
    })
}
fn getpagesize() -> PyResult {
    // SAFETY: a plain system call.
    Ok(Value::int(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }))
}
static FUNCTIONS: &[Method] = &[
    Method::new("getrusage(who, /)", F1(getrusage)),
    Method::new("getrlimit(resource, /)", F1(getrlimit)),
    Method::new("prlimit(pid, resource, limits=None, /)", F3(prlimit)),
    Method::new("setrlimit(resource, limits, /)", F2(setrlimit)),
    Method::new("getpagesize()", F0(getpagesize)),
];
fn setup(m: &Value) -> PyResult<()> {
    for (name, n) in NUMBERS {
        set_str(m, name, Value::int(*n));
    }
    set_str(m, "error", Value::of_type(&rtcore::error::hierarchy::OS_ERROR));
    set_str(m, "struct_rusage", Value::of_type(RUSAGE.get()?));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("resource", FUNCTIONS, setup);
