//! Owns: the module `socket`: the socket type, its constants and functions.
//! Never: waits in an event loop; asyncio has its own readiness.
//! Source: CPython 3.13, Modules/socketmodule.c, Lib/socket.py.

pub mod addr;
mod constants;
mod names;
mod functions;

use addr::Addr;
use rtcore::error::hierarchy::{BLOCKING_IO_ERROR, TIMEOUT_ERROR, raise_os_error};
use rtcore::error::{self, PyResult, Raised, type_error, value_error};
use rtcore::gil::allow_threads;
use rtcore::methods::*;
use rtcore::protocol::sequence::as_index;
use rtcore::types::{bytes, tuple};
use std::cell::Cell;

pub use functions::MODULE;

/// The body of a socket. A timeout below zero blocks forever, zero never blocks.
pub struct Socket {
    pub fd: Cell<i32>,
    pub family: i32,
    pub ty: i32,
    pub proto: i32,
    timeout: Cell<f64>,
}
impl Payload for Socket {}
impl Native for Socket {
    fn class() -> &'static Type {
        &SOCKET
    }
}
impl Drop for Socket {
    fn drop(&mut self) {
        close_fd(self.fd.replace(-1));
    }
}
fn close_fd(fd: i32) {
    if fd >= 0 {
        // SAFETY: the descriptor belongs to the socket and is closed once.
        unsafe { libc::close(fd) };
    }
}
pub fn last_error() -> Raised {
    raise_os_error(&std::io::Error::last_os_error(), None)
}

/// A socket object over an open descriptor.
pub fn from_fd(fd: i32, family: i32, ty: i32, proto: i32) -> Value {
    object::new(&SOCKET, Socket { fd: Cell::new(fd), family, ty, proto, timeout: Cell::new(-1.0) })
}
/// A new socket; `socket.socket(family, type, proto)`.
pub fn open(family: i32, ty: i32, proto: i32) -> PyResult {
    // SAFETY: a plain system call.
    let fd = unsafe { libc::socket(family, ty | libc::SOCK_CLOEXEC, proto) };
    if fd < 0 {
        return Err(last_error());
    }
    Ok(from_fd(fd, family, ty & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC), proto))
}
pub fn body(v: &Value) -> PyResult<&Socket> {
    v.downcast::<Socket>().ok_or_else(|| type_error(format!("expected a socket, got {}", v.ty().name())))
}

impl Socket {
    pub fn set_nonblocking(&self, on: bool) -> PyResult<()> {
        // SAFETY: plain system calls on the socket's descriptor.
        unsafe {
            let flags = libc::fcntl(self.fd.get(), libc::F_GETFL);
            let new = if on { flags | libc::O_NONBLOCK } else { flags & !libc::O_NONBLOCK };
            if flags < 0 || libc::fcntl(self.fd.get(), libc::F_SETFL, new) < 0 {
                return Err(last_error());
            }
        }
        Ok(())
    }
    pub fn set_timeout(&self, t: f64) -> PyResult<()> {
        self.timeout.set(t);
        self.set_nonblocking(t >= 0.0)
    }
    /// Runs a system call until it succeeds, the timeout is over or it fails.
    fn retry(&self, writing: bool, mut f: impl FnMut() -> isize) -> PyResult<usize> {
        let t = self.timeout.get();
        let end = std::time::Instant::now() + std::time::Duration::from_secs_f64(t.max(0.0));
        loop {
            if t > 0.0 {
                self.wait(writing, end)?;
            }
            let (n, err) = allow_threads(|| {
                let n = f();
                (n, std::io::Error::last_os_error())
            });
            if n >= 0 {
                return Ok(n as usize);
            }
            match err.raw_os_error() {
                Some(libc::EINTR) => rtcore::signals::check()?,
                Some(libc::EAGAIN) if t > 0.0 => {}
                Some(_) | None => return Err(raise_os_error(&err, None)),
            }
        }
    }
    /// Bytes from the peer, none at its end; `None` where a socket that does not wait has none.
    ///
    /// # Errors
    /// What the system reports; TimeoutError when the socket's timeout is over.
    pub fn receive(&self, room: &mut [u8]) -> PyResult<Option<usize>> {
        // SAFETY: the room lives during the call.
        self.no_wait(self.retry(false, || unsafe { libc::recv(self.fd.get(), room.as_mut_ptr().cast(), room.len(), 0) }))
    }
    /// How many bytes the system took; `None` where a socket that does not wait takes none.
    ///
    /// # Errors
    /// As `receive`.
    pub fn transmit(&self, data: &[u8]) -> PyResult<Option<usize>> {
        // SAFETY: the bytes live during the call.
        self.no_wait(self.retry(true, || unsafe { libc::send(self.fd.get(), data.as_ptr().cast(), data.len(), libc::MSG_NOSIGNAL) }))
    }
    fn no_wait(&self, done: PyResult<usize>) -> PyResult<Option<usize>> {
        match done {
            Ok(n) => Ok(Some(n)),
            Err(raised) if self.timeout.get() == 0.0 && rtcore::error::matches(&raised, &BLOCKING_IO_ERROR) => {
                drop(rtcore::error::take(raised));
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }
    fn wait(&self, writing: bool, end: std::time::Instant) -> PyResult<()> {
        loop {
            let left = end.saturating_duration_since(std::time::Instant::now());
            let events = if writing { libc::POLLOUT } else { libc::POLLIN };
            let mut p = libc::pollfd { fd: self.fd.get(), events, revents: 0 };
            let ms = left.as_secs_f64() * 1e3;
            // SAFETY: one pollfd lives during the call.
            let n = allow_threads(|| unsafe { libc::poll(&mut p, 1, ms.ceil() as i32) });
            match n {
                0 => return Err(error::raise(&TIMEOUT_ERROR, "timed out")),
                n if n > 0 => return Ok(()),
                _ => rtcore::signals::check()?,
            }
        }
    }
}

fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&SOCKET);
    let mut args = [-1i64, -1, -1];
    let mut fileno = NONE;
    let n = all.len() - kw.len();
    for (slot, v) in args.iter_mut().zip(&all[1..n]) {
        *slot = as_index(v)?;
    }
    if let Some(v) = all[1..n].get(3) {
        fileno = v.clone();
    }
    for (k, v) in kw.iter().zip(&all[n..]) {
        match k.as_str() {
            "family" => args[0] = as_index(v)?,
            "type" => args[1] = as_index(v)?,
            "proto" => args[2] = as_index(v)?,
            "fileno" => fileno = v.clone(),
            _ => return Err(type_error(format!("socket() got an unexpected keyword argument '{k}'"))),
        }
    }
    let or = |n: i64, d: i32| if n < 0 { d } else { n as i32 };
    let (mut family, mut kind, proto) = (or(args[0], libc::AF_INET), or(args[1], libc::SOCK_STREAM), or(args[2], 0));
    let fd = if fileno.is_none() {
        // SAFETY: a plain system call.
        let fd = unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, proto) };
        if fd < 0 {
            return Err(last_error());
        }
        fd
    } else {
        let fd = as_index(&fileno)? as i32;
        if args[0] < 0 {
            let mut a = Addr::blank();
            // SAFETY: the address buffer has the length given.
            unsafe { libc::getsockname(fd, a.ptr_mut(), &mut a.len) };
            family = i32::from(a.storage.ss_family);
        }
        if args[1] < 0 {
            kind = get_int_option(fd, libc::SOL_SOCKET, libc::SO_TYPE).unwrap_or(kind);
        }
        fd
    };
    let kind = kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC);
    Ok(object::new(ty, Socket { fd: Cell::new(fd), family, ty: kind, proto, timeout: Cell::new(-1.0) }))
}
fn init(_: &[Value], _: &[Name]) -> PyResult {
    Ok(NONE)
}
fn get_int_option(fd: i32, level: i32, name: i32) -> Option<i32> {
    let (mut n, mut len) = (0i32, 4 as libc::socklen_t);
    // SAFETY: the option value is four bytes.
    let r = unsafe { libc::getsockopt(fd, level, name, (&raw mut n).cast(), &mut len) };
    (r == 0).then_some(n)
}
fn accept(v: &Value) -> PyResult {
    let s = body(v)?;
    let mut a = Addr::blank();
    let fd = s.retry(false, || {
        a = Addr::blank();
        // SAFETY: the address buffer has the length given.
        unsafe { libc::accept4(s.fd.get(), a.ptr_mut(), &mut a.len, libc::SOCK_CLOEXEC) as isize }
    })?;
    Ok(tuple::new(vec![from_fd(fd as i32, s.family, s.ty, s.proto), addr::to_value(&a)]))
}
/// What `socket.accept` in Lib/socket.py makes its socket from.
fn accept_number(v: &Value) -> PyResult {
    let pair = accept(v)?;
    let [made, address] = tuple::items(&pair) else { return Ok(pair) };
    Ok(tuple::new(vec![detach(made)?, address.clone()]))
}
fn bind(v: &Value, address: &Value) -> PyResult {
    let s = body(v)?;
    let a = addr::from_value(s.family, address, "bind")?;
    // SAFETY: the address lives during the call.
    if unsafe { libc::bind(s.fd.get(), a.ptr(), a.len) } < 0 {
        return Err(last_error());
    }
    Ok(NONE)
}
fn listen(v: &Value, backlog: &Value) -> PyResult {
    let n = if backlog.is_none() { 128 } else { as_index(backlog)?.max(0) as i32 };
    // SAFETY: a plain system call.
    if unsafe { libc::listen(body(v)?.fd.get(), n) } < 0 {
        return Err(last_error());
    }
    Ok(NONE)
}
/// The errno of a connect, waiting as the timeout says.
fn connect_errno(s: &Socket, a: &Addr) -> PyResult<i32> {
    let t = s.timeout.get();
    // SAFETY: the address lives during the call.
    let r = allow_threads(|| unsafe { libc::connect(s.fd.get(), a.ptr(), a.len) });
    if r == 0 {
        return Ok(0);
    }
    let e = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    if e == libc::EINPROGRESS && t > 0.0 {
        s.wait(true, std::time::Instant::now() + std::time::Duration::from_secs_f64(t))?;
        return Ok(get_int_option(s.fd.get(), libc::SOL_SOCKET, libc::SO_ERROR).unwrap_or(0));
    }
    Ok(e)
}
fn connect(v: &Value, address: &Value) -> PyResult {
    let s = body(v)?;
    let a = addr::from_value(s.family, address, "connect")?;
    match connect_errno(s, &a)? {
        0 => Ok(NONE),
        e => Err(raise_os_error(&std::io::Error::from_raw_os_error(e), None)),
    }
}
fn connect_ex(v: &Value, address: &Value) -> PyResult {
    let s = body(v)?;
    let a = addr::from_value(s.family, address, "connect_ex")?;
    Ok(Value::int(i64::from(connect_errno(s, &a)?)))
}
fn recv(v: &Value, n: &Value, flags: &Value) -> PyResult {
    let (s, n, flags) = (body(v)?, as_index(n)?, as_index(flags)? as i32);
    if n < 0 {
        return Err(value_error("negative buffersize in recv"));
    }
    let mut buf = vec![0u8; n as usize];
    // SAFETY: the buffer has the length given.
    let got = s.retry(false, || unsafe { libc::recv(s.fd.get(), buf.as_mut_ptr().cast(), buf.len(), flags) })?;
    buf.truncate(got);
    Ok(bytes::value(buf))
}
fn recvfrom(v: &Value, n: &Value, flags: &Value) -> PyResult {
    let (s, n, flags) = (body(v)?, as_index(n)?, as_index(flags)? as i32);
    let mut buf = vec![0u8; n.max(0) as usize];
    let mut a = Addr::blank();
    let got = s.retry(false, || {
        a = Addr::blank();
        // SAFETY: buffer and address have the lengths given.
        unsafe { libc::recvfrom(s.fd.get(), buf.as_mut_ptr().cast(), buf.len(), flags, a.ptr_mut(), &mut a.len) }
    })?;
    buf.truncate(got);
    Ok(tuple::new(vec![bytes::value(buf), addr::to_value(&a)]))
}
fn recv_into(v: &Value, buffer: &Value, n: &Value, flags: &Value) -> PyResult {
    let size = as_index(n)?;
    let room = rtcore::protocol::sequence::len(buffer)? as i64;
    let size = if size == 0 { room } else { size.min(room) };
    let data = recv(v, &Value::int(size), flags)?;
    let got = rtcore::protocol::sequence::len(&data)?;
    let slice = rtcore::types::slice::value(Value::int(0), Value::from(got), NONE);
    rtcore::protocol::sequence::setitem(buffer, &slice, data)?;
    Ok(Value::from(got))
}
fn recvfrom_into(v: &Value, buffer: &Value, n: &Value, flags: &Value) -> PyResult {
    let size = as_index(n)?;
    let room = rtcore::protocol::sequence::len(buffer)? as i64;
    if size < 0 {
        return Err(value_error("negative buffersize in recvfrom_into"));
    }
    if size > room {
        return Err(value_error("nbytes is greater than the length of the buffer"));
    }
    let pair = recvfrom(v, &Value::int(if size == 0 { room } else { size }), flags)?;
    let [data, address] = tuple::items(&pair) else { return Ok(pair) };
    let got = rtcore::protocol::sequence::len(data)?;
    let slice = rtcore::types::slice::value(Value::int(0), Value::from(got), NONE);
    rtcore::protocol::sequence::setitem(buffer, &slice, data.clone())?;
    Ok(tuple::new(vec![Value::from(got), address.clone()]))
}
fn send(v: &Value, data: &Value, flags: &Value) -> PyResult {
    let (s, flags) = (body(v)?, as_index(flags)? as i32);
    let data = bytes::buffer::required(data)?;
    // SAFETY: the bytes are pinned by the view during the call.
    let n = s.retry(true, || unsafe { libc::send(s.fd.get(), data.as_ptr().cast(), data.len(), flags | libc::MSG_NOSIGNAL) })?;
    Ok(Value::from(n))
}
fn sendall(v: &Value, data: &Value, flags: &Value) -> PyResult {
    let (s, flags) = (body(v)?, as_index(flags)? as i32);
    let data = bytes::buffer::required(data)?;
    let mut rest: &[u8] = &data;
    while !rest.is_empty() {
        // SAFETY: as in `send`.
        let n = s.retry(true, || unsafe { libc::send(s.fd.get(), rest.as_ptr().cast(), rest.len(), flags | libc::MSG_NOSIGNAL) })?;
        rest = &rest[n..];
    }
    Ok(NONE)
}
fn sendto(all: &[Value]) -> PyResult {
    let (v, data, address) = match all {
        [v, data, address, third] if third.is_unbound() => (v, data, address),
        [v, data, _flags, address] => (v, data, address),
        _ => return Err(type_error("sendto() takes 2 or 3 arguments")),
    };
    let s = body(v)?;
    let a = addr::from_value(s.family, address, "sendto")?;
    let data = bytes::buffer::required(data)?;
    // SAFETY: as in `send`; the address lives during the call.
    let n = s.retry(true, || unsafe {
        libc::sendto(s.fd.get(), data.as_ptr().cast(), data.len(), libc::MSG_NOSIGNAL, a.ptr(), a.len)
    })?;
    Ok(Value::from(n))
}
/// `getsockname()`.
pub fn sockname(v: &Value) -> PyResult {
    let mut a = Addr::blank();
    // SAFETY: the address buffer has the length given.
    if unsafe { libc::getsockname(body(v)?.fd.get(), a.ptr_mut(), &mut a.len) } < 0 {
        return Err(last_error());
    }
    Ok(addr::to_value(&a))
}
/// `getpeername()`.
pub fn peername(v: &Value) -> PyResult {
    let mut a = Addr::blank();
    // SAFETY: the address buffer has the length given.
    if unsafe { libc::getpeername(body(v)?.fd.get(), a.ptr_mut(), &mut a.len) } < 0 {
        return Err(last_error());
    }
    Ok(addr::to_value(&a))
}
fn getsockopt(v: &Value, level: &Value, name: &Value, size: &Value) -> PyResult {
    let s = body(v)?;
    let (level, name, size) = (as_index(level)? as i32, as_index(name)? as i32, as_index(size)?);
    if size == 0 {
        return match get_int_option(s.fd.get(), level, name) {
            Some(n) => Ok(Value::int(i64::from(n))),
            None => Err(last_error()),
        };
    }
    let mut buf = vec![0u8; size.clamp(0, 1024) as usize];
    let mut len = buf.len() as libc::socklen_t;
    // SAFETY: the buffer has the length given.
    if unsafe { libc::getsockopt(s.fd.get(), level, name, buf.as_mut_ptr().cast(), &mut len) } < 0 {
        return Err(last_error());
    }
    buf.truncate(len as usize);
    Ok(bytes::value(buf))
}
fn setsockopt(v: &Value, level: &Value, name: &Value, value: &Value) -> PyResult {
    let s = body(v)?;
    let (level, name) = (as_index(level)? as i32, as_index(name)? as i32);
    let data = match bytes::buffer::bytes_of(value)? {
        Some(b) => b,
        None => (as_index(value)? as i32).to_ne_bytes().to_vec(),
    };
    // SAFETY: the bytes live during the call.
    if unsafe { libc::setsockopt(s.fd.get(), level, name, data.as_ptr().cast(), data.len() as libc::socklen_t) } < 0 {
        return Err(last_error());
    }
    Ok(NONE)
}
fn shutdown(v: &Value, how: &Value) -> PyResult {
    // SAFETY: a plain system call.
    if unsafe { libc::shutdown(body(v)?.fd.get(), as_index(how)? as i32) } < 0 {
        return Err(last_error());
    }
    Ok(NONE)
}
pub fn close(v: &Value) -> PyResult {
    close_fd(body(v)?.fd.replace(-1));
    Ok(NONE)
}
fn detach(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(body(v)?.fd.replace(-1))))
}
fn fileno(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(body(v)?.fd.get())))
}
fn setblocking(v: &Value, on: &Value) -> PyResult {
    body(v)?.set_timeout(if rtcore::protocol::sequence::truth(on)? { -1.0 } else { 0.0 })?;
    Ok(NONE)
}
fn settimeout(v: &Value, t: &Value) -> PyResult {
    let t = match (t.is_none(), t.as_inline_float(), t.as_inline_int()) {
        (true, ..) => -1.0,
        (_, Some(x), _) => x,
        (_, _, Some(n)) => n as f64,
        _ => return Err(type_error(format!("'{}' object cannot be interpreted as an integer", t.ty().name()))),
    };
    body(v)?.set_timeout(t)?;
    Ok(NONE)
}
fn gettimeout(v: &Value) -> PyResult {
    let t = body(v)?.timeout.get();
    Ok(if t < 0.0 { NONE } else { Value::float(t) })
}
fn getblocking(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.timeout.get() != 0.0))
}
fn dup(v: &Value) -> PyResult {
    let s = body(v)?;
    // SAFETY: a plain system call.
    let fd = unsafe { libc::fcntl(s.fd.get(), libc::F_DUPFD_CLOEXEC, 0) };
    if fd < 0 {
        return Err(last_error());
    }
    Ok(from_fd(fd, s.family, s.ty, s.proto))
}
fn enter(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    close(v)
}
/// A buffered file over the socket.
fn makefile(v: &Value, mode: &Value) -> PyResult {
    let copy = dup(v)?;
    let fd = detach(&copy)?;
    let open = rtcore::builtins::lookup(Name::new("open")).ok_or_else(|| error::runtime_error("open is not there"))?;
    let m = mode.as_str().unwrap_or("r").to_string();
    rtcore::protocol::call::call(&open, &[fd, Value::string(m)])
}
fn repr(v: &Value) -> PyResult {
    let s = body(v)?;
    let fd = s.fd.get();
    let closed = if fd < 0 { " [closed]" } else { "" };
    let mut text = format!(
        "<socket.{}{closed} fd={fd}, family={}, type={}, proto={}",
        v.ty().name(),
        functions::family_name(s.family),
        functions::type_name(s.ty),
        s.proto
    );
    if fd >= 0 {
        for (what, r) in [("laddr", sockname(v)), ("raddr", peername(v))] {
            match r {
                Ok(a) => text.push_str(&format!(", {what}={}", rtcore::protocol::repr::repr_string(&a)?)),
                Err(r) => drop(error::take(r)),
            }
        }
    }
    text.push('>');
    Ok(Value::string(text))
}
fn get_family(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(body(v)?.family)))
}
fn get_type(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(body(v)?.ty)))
}
fn get_proto(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(body(v)?.proto)))
}

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, *args, **kw)", Raw(init)),
    Method::new("accept(self, /)", F1(accept)),
    Method::new("_accept(self, /)", F1(accept_number)),
    Method::new("bind(self, address, /)", F2(bind)),
    Method::new("listen(self, backlog=None, /)", F2(listen)),
    Method::new("connect(self, address, /)", F2(connect)),
    Method::new("connect_ex(self, address, /)", F2(connect_ex)),
    Method::new("recv(self, bufsize, flags=0, /)", F3(recv)),
    Method::new("recvfrom(self, bufsize, flags=0, /)", F3(recvfrom)),
    Method::new("recv_into(self, buffer, nbytes=0, flags=0)", F4(recv_into)),
    Method::new("recvfrom_into(self, buffer, nbytes=0, flags=0)", F4(recvfrom_into)),
    Method::new("send(self, data, flags=0, /)", F3(send)),
    Method::new("sendall(self, data, flags=0, /)", F3(sendall)),
    Method::new("sendto(self, data, a, b=..., /)", N(sendto)),
    Method::new("getsockname(self, /)", F1(sockname)),
    Method::new("getpeername(self, /)", F1(peername)),
    Method::new("getsockopt(self, level, optname, buflen=0, /)", F4(getsockopt)),
    Method::new("setsockopt(self, level, optname, value, /)", F4(setsockopt)),
    Method::new("shutdown(self, how, /)", F2(shutdown)),
    Method::new("close(self, /)", F1(close)),
    Method::new("detach(self, /)", F1(detach)),
    Method::new("fileno(self, /)", F1(fileno)),
    Method::new("setblocking(self, flag, /)", F2(setblocking)),
    Method::new("settimeout(self, timeout, /)", F2(settimeout)),
    Method::new("gettimeout(self, /)", F1(gettimeout)),
    Method::new("getblocking(self, /)", F1(getblocking)),
    Method::new("dup(self)", F1(dup)),
    Method::new("makefile(self, mode='r')", F2(makefile)),
    Method::new("__enter__(self)", F1(enter)),
    Method::new("__exit__(self, et, exc, tb)", F4(exit)),
    Method::new("__repr__(self)", F1(repr)),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("family", get_family),
    GetSet::ro("type", get_type),
    GetSet::ro("proto", get_proto),
    GetSet::ro("timeout", gettimeout),
];
static DEF: ClassDef = ClassDef::new::<Socket>("socket").module("socket").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS);
pub static SOCKET: Type = Type::builtin(&DEF);
