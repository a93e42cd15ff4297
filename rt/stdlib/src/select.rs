//! Owns: the module `select`: `select`, `poll` objects, `epoll` objects.
//! Never: the event loop of asyncio, which waits by itself.
//! Source: CPython 3.13, Modules/selectmodule.c.

use crate::posix::path::{check, fileno};
use rtcore::error::hierarchy::raise_os_error;
use rtcore::error::{overflow_error, type_error, value_error};
use rtcore::gil::allow_threads;
use rtcore::methods::*;
use rtcore::protocol::iter::collect;
use rtcore::protocol::number::float_of;
use rtcore::protocol::sequence::{as_index, is_index};
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

/// A wait that signals interrupt: their handlers run and it goes on for the time that is left. The call gets the rest in
/// milliseconds, -1 without an end.
fn waited(timeout: Option<Duration>, mut call: impl FnMut(Option<Duration>) -> i32) -> PyResult<i32> {
    let end = timeout.map(|t| Instant::now() + t);
    let mut left = timeout;
    loop {
        let n = allow_threads(|| call(left));
        if n >= 0 {
            return Ok(n);
        }
        let e = io::Error::last_os_error();
        if e.raw_os_error() != Some(libc::EINTR) {
            return Err(raise_os_error(&e, None));
        }
        rtcore::signals::check()?;
        left = end.map(|e| e.saturating_duration_since(Instant::now()));
    }
}
fn milliseconds(left: Option<Duration>) -> i32 {
    left.map_or(-1, |d| i32::try_from(d.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX))
}
fn number(v: &Value, text: &str) -> PyResult<f64> {
    match float_of(v) {
        Some(x) => Ok(x),
        None if is_index(v) => Ok(as_index(v)? as f64),
        None => Err(type_error(text)),
    }
}
fn duration(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|_| overflow_error("timeout is too large"))
}

// ---- select ----

fn set_of(v: &Value) -> PyResult<(libc::fd_set, Vec<(Value, i32)>, i32)> {
    // SAFETY: `fd_set` is plain data; all zeros is the empty set.
    let mut set: libc::fd_set = unsafe { std::mem::zeroed() };
    let mut members = vec![];
    let mut most = -1;
    for item in collect(v).map_err(|r| {
        if rtcore::error::matches(&r, &rtcore::error::hierarchy::TYPE_ERROR) {
            drop(rtcore::error::take(r));
            return type_error("arguments 1-3 must be sequences");
        }
        r
    })? {
        let fd = fileno(&item)?;
        if !(0..libc::FD_SETSIZE as i32).contains(&fd) {
            return Err(value_error("filedescriptor out of range in select()"));
        }
        // SAFETY: the number was checked against the set's size.
        unsafe { libc::FD_SET(fd, &mut set) };
        most = most.max(fd);
        members.push((item, fd));
    }
    Ok((set, members, most))
}
fn select(r: &Value, w: &Value, x: &Value, timeout: &Value) -> PyResult {
    let timeout = if timeout.is_none() {
        None
    } else {
        let s = number(timeout, "timeout must be a float or None")?;
        if s < 0.0 {
            return Err(value_error("timeout must be non-negative"));
        }
        Some(duration(s)?)
    };
    let asked = [set_of(r)?, set_of(w)?, set_of(x)?];
    let most = asked.iter().map(|s| s.2).max().unwrap_or(-1);
    let mut sets = [asked[0].0, asked[1].0, asked[2].0];
    waited(timeout, |left| {
        sets = [asked[0].0, asked[1].0, asked[2].0];
        let mut tv = left.map(|d| libc::timeval { tv_sec: d.as_secs() as i64, tv_usec: i64::from(d.subsec_micros()) });
        let tv = tv.as_mut().map_or(std::ptr::null_mut(), |t| t as *mut libc::timeval);
        let [a, b, c] = &mut sets;
        // SAFETY: three sets and a time (or null) that live during the call.
        unsafe { libc::select(most + 1, a, b, c, tv) }
    })?;
    let ready = asked.iter().zip(&sets).map(|((_, members, _), set)| {
        // SAFETY: the numbers were checked against the set's size.
        let found = members.iter().filter(|(_, fd)| unsafe { libc::FD_ISSET(*fd, set) });
        List::value(found.map(|(v, _)| v.clone()).collect())
    });
    Ok(tuple::new(ready.collect()))
}

// ---- poll ----

struct Poll {
    masks: RefCell<BTreeMap<i32, i16>>,
    busy: Cell<bool>,
}
impl Payload for Poll {}
impl Native for Poll {
    fn class() -> &'static Type {
        &POLL
    }
}
fn poll_of(v: &Value) -> PyResult<&Poll> {
    v.downcast::<Poll>().ok_or_else(|| type_error("expected a poll object"))
}
fn poll() -> PyResult {
    Ok(object::new(&POLL, Poll { masks: RefCell::new(BTreeMap::new()), busy: Cell::new(false) }))
}
fn mask(v: &Value) -> PyResult<i16> {
    u16::try_from(as_index(v)?).map(|n| n as i16).map_err(|_| overflow_error("Python int too large for C unsigned short"))
}
fn poll_register(v: &Value, fd: &Value, events: &Value) -> PyResult {
    let (fd, events) = (fileno(fd)?, mask(events)?);
    poll_of(v)?.masks.borrow_mut().insert(fd, events);
    Ok(NONE)
}
fn poll_modify(v: &Value, fd: &Value, events: &Value) -> PyResult {
    let (fd, events) = (fileno(fd)?, mask(events)?);
    match poll_of(v)?.masks.borrow_mut().get_mut(&fd) {
        Some(m) => *m = events,
        None => return Err(raise_os_error(&io::Error::from_raw_os_error(libc::ENOENT), None)),
    }
    Ok(NONE)
}
fn poll_unregister(v: &Value, fd: &Value) -> PyResult {
    let fd = fileno(fd)?;
    match poll_of(v)?.masks.borrow_mut().remove(&fd) {
        Some(_) => Ok(NONE),
        None => Err(rtcore::error::key_error(Value::int(fd.into()))),
    }
}
fn poll_poll(v: &Value, timeout: &Value) -> PyResult {
    let timeout = if timeout.is_none() {
        None
    } else {
        let ms = number(timeout, "timeout must be an integer or None")?;
        if ms < 0.0 { None } else { Some(duration(ms / 1000.0)?) }
    };
    let p = poll_of(v)?;
    if p.busy.replace(true) {
        return Err(rtcore::error::runtime_error("concurrent poll() invocation"));
    }
    let mut fds: Vec<libc::pollfd> =
        p.masks.borrow().iter().map(|(fd, events)| libc::pollfd { fd: *fd, events: *events, revents: 0 }).collect();
    let at = fds.as_mut_ptr();
    // SAFETY: the pointer and length describe the array, which lives during the call.
    let r = waited(timeout, |left| unsafe { libc::poll(at, fds.len() as libc::nfds_t, milliseconds(left)) });
    p.busy.set(false);
    r?;
    let ready = fds.iter().filter(|f| f.revents != 0);
    let pair = |f: &libc::pollfd| tuple::new(vec![Value::int(f.fd.into()), Value::int(i64::from(f.revents as u16))]);
    Ok(List::value(ready.map(pair).collect()))
}
static POLL_DEF: ClassDef = ClassDef::new::<Poll>("poll").module("select").methods(&[
    Method::new("register(self, fd, eventmask=7, /)", F3(poll_register)),
    Method::new("modify(self, fd, eventmask, /)", F3(poll_modify)),
    Method::new("unregister(self, fd, /)", F2(poll_unregister)),
    Method::new("poll(self, timeout=None, /)", F2(poll_poll)),
]);
static POLL: Type = Type::builtin(&POLL_DEF);

// ---- epoll ----

struct Epoll(Cell<i32>);
impl Payload for Epoll {}
impl Native for Epoll {
    fn class() -> &'static Type {
        &EPOLL
    }
}
impl Drop for Epoll {
    fn drop(&mut self) {
        close_fd(self);
    }
}
fn close_fd(e: &Epoll) {
    let fd = e.0.replace(-1);
    if fd >= 0 {
        // SAFETY: the descriptor is this object's own.
        unsafe { libc::close(fd) };
    }
}
fn epoll_of(v: &Value) -> PyResult<&Epoll> {
    v.downcast::<Epoll>().ok_or_else(|| type_error("expected an epoll object"))
}
fn epoll_fd(v: &Value) -> PyResult<i32> {
    match epoll_of(v)?.0.get() {
        -1 => Err(value_error("I/O operation on closed epoll object")),
        fd => Ok(fd),
    }
}
fn epoll_new(_: &Value, size: &Value, _flags: &Value) -> PyResult {
    let size = as_index(size)?;
    if size < -1 || size == 0 {
        return Err(value_error("negative sizehint"));
    }
    // SAFETY: a plain system call.
    let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
    check(fd)?;
    Ok(object::new(&EPOLL, Epoll(Cell::new(fd))))
}
fn epoll_fromfd(_: &Value, fd: &Value) -> PyResult {
    Ok(object::new(&EPOLL, Epoll(Cell::new(as_index(fd)? as i32))))
}
fn control(v: &Value, op: i32, fd: &Value, events: u32) -> PyResult {
    let (epoll, fd) = (epoll_fd(v)?, fileno(fd)?);
    let mut e = libc::epoll_event { events, u64: fd as u64 };
    // SAFETY: the event lives during the call.
    check(unsafe { libc::epoll_ctl(epoll, op, fd, &mut e) })
}
fn events_of(v: &Value) -> PyResult<u32> {
    u32::try_from(as_index(v)?).map_err(|_| overflow_error("Python int too large to convert to C unsigned int"))
}
fn epoll_register(v: &Value, fd: &Value, events: &Value) -> PyResult {
    control(v, libc::EPOLL_CTL_ADD, fd, events_of(events)?)
}
fn epoll_modify(v: &Value, fd: &Value, events: &Value) -> PyResult {
    control(v, libc::EPOLL_CTL_MOD, fd, events_of(events)?)
}
fn epoll_unregister(v: &Value, fd: &Value) -> PyResult {
    control(v, libc::EPOLL_CTL_DEL, fd, 0)
}
fn epoll_poll(v: &Value, timeout: &Value, most: &Value) -> PyResult {
    let epoll = epoll_fd(v)?;
    let timeout = if timeout.is_none() {
        None
    } else {
        let s = number(timeout, "timeout must be an integer or None")?;
        if s < 0.0 { None } else { Some(duration(s)?) }
    };
    let most = match as_index(most)? {
        -1 => libc::FD_SETSIZE - 1,
        n if n < 1 => return Err(value_error(format!("maxevents must be greater than 0, got {n}"))),
        n => (n as usize).min(1 << 20),
    };
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; most];
    let at = events.as_mut_ptr();
    // SAFETY: the pointer and length describe the array, which lives during the call.
    let n = waited(timeout, |left| unsafe { libc::epoll_wait(epoll, at, most as i32, milliseconds(left)) })?;
    let pair = |e: &libc::epoll_event| tuple::new(vec![Value::int(e.u64 as i64), Value::int(i64::from(e.events))]);
    Ok(List::value(events[..n as usize].iter().map(pair).collect()))
}
fn epoll_close(v: &Value) -> PyResult {
    close_fd(epoll_of(v)?);
    Ok(NONE)
}
fn epoll_fileno(v: &Value) -> PyResult {
    Ok(Value::int(epoll_fd(v)?.into()))
}
fn epoll_closed(v: &Value) -> PyResult {
    Ok(Value::bool(epoll_of(v)?.0.get() < 0))
}
fn epoll_enter(v: &Value) -> PyResult {
    epoll_fd(v)?;
    Ok(v.clone())
}
fn epoll_exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    epoll_close(v)
}
static EPOLL_DEF: ClassDef = ClassDef::new::<Epoll>("epoll")
    .module("select")
    .methods(&[
        Method::static_("__new__(type, sizehint=-1, flags=0)", F3(epoll_new)),
        Method::class("fromfd(cls, fd, /)", F2(epoll_fromfd)),
        Method::new("register(self, fd, eventmask=7)", F3(epoll_register)),
        Method::new("modify(self, fd, eventmask)", F3(epoll_modify)),
        Method::new("unregister(self, fd)", F2(epoll_unregister)),
        Method::new("poll(self, timeout=None, maxevents=-1)", F3(epoll_poll)),
        Method::new("close(self)", F1(epoll_close)),
        Method::new("fileno(self)", F1(epoll_fileno)),
        Method::new("__enter__(self)", F1(epoll_enter)),
        Method::new("__exit__(self, kind=None, error=None, traceback=None, /)", F4(epoll_exit)),
    ])
    .getset(&[GetSet::ro("closed", epoll_closed)]);
static EPOLL: Type = Type::builtin(&EPOLL_DEF);

#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("POLLIN", libc::POLLIN as i64), ("POLLPRI", libc::POLLPRI as i64), ("POLLOUT", libc::POLLOUT as i64),
    ("POLLERR", libc::POLLERR as i64), ("POLLHUP", libc::POLLHUP as i64), ("POLLNVAL", libc::POLLNVAL as i64),
    ("POLLRDNORM", libc::POLLRDNORM as i64), ("POLLRDBAND", libc::POLLRDBAND as i64), ("POLLWRNORM", libc::POLLWRNORM as i64),
    ("POLLWRBAND", libc::POLLWRBAND as i64), ("POLLRDHUP", 0x2000), ("POLLMSG", 0x400),
    ("EPOLLIN", libc::EPOLLIN as i64), ("EPOLLOUT", libc::EPOLLOUT as i64), ("EPOLLPRI", libc::EPOLLPRI as i64),
    ("EPOLLERR", libc::EPOLLERR as i64), ("EPOLLHUP", libc::EPOLLHUP as i64), ("EPOLLRDHUP", libc::EPOLLRDHUP as i64),
    ("EPOLLET", 1 << 31), ("EPOLLONESHOT", libc::EPOLLONESHOT as i64), ("EPOLLEXCLUSIVE", libc::EPOLLEXCLUSIVE as i64),
    ("EPOLLRDNORM", libc::EPOLLRDNORM as i64), ("EPOLLRDBAND", libc::EPOLLRDBAND as i64), ("EPOLLWRNORM", libc::EPOLLWRNORM as i64),
    ("EPOLLWRBAND", libc::EPOLLWRBAND as i64), ("EPOLLMSG", libc::EPOLLMSG as i64), ("EPOLL_CLOEXEC", libc::EPOLL_CLOEXEC as i64),
    ("PIPE_BUF", libc::PIPE_BUF as i64),
];
static FUNCTIONS: &[Method] = &[
    Method::new("select(rlist, wlist, xlist, timeout=None, /)", F4(select)),
    Method::new("poll()", F0(poll)),
];
fn setup(m: &Value) -> PyResult<()> {
    for (name, n) in NUMBERS {
        set_str(m, name, Value::int(*n));
    }
    set_str(m, "epoll", Value::of_type(&EPOLL));
    set_str(m, "error", Value::of_type(&rtcore::error::hierarchy::OS_ERROR));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("select", FUNCTIONS, setup);
