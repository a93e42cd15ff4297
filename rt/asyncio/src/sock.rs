//! Owns: the loop's `sock_*` coroutines over a program's own non-blocking sockets.
//! Never: makes transports.
//! Source: CPython 3.13, Lib/asyncio/selector_events.py (sock_recv … _sock_accept).

use crate::futures;
use crate::glue;
use crate::handles::{self, Handle};
use crate::loop_::as_loop;
use crate::loop_methods::{ensure_no_transport, set_watch};
use crate::resolve;
use rtcore::def::{F2, F3, F4, Method};
use rtcore::error::hierarchy::{BLOCKING_IO_ERROR, INTERRUPTED_ERROR};
use rtcore::error::{self, PyResult, Raised, type_error, value_error};
use rtcore::types::{bytes, tuple};
use rtcore::value::{NONE, Value};
use rtstdlib::socket;

/// BlockingIOError or InterruptedError: the operation is tried again.
fn again(r: &Raised) -> bool {
    error::matches(r, &BLOCKING_IO_ERROR) || error::matches(r, &INTERRUPTED_ERROR)
}
pub fn fd_of(sock: &Value) -> PyResult<i32> {
    Ok(glue::index(&glue::call_method(sock, "fileno", &[])?)? as i32)
}
/// In debug mode a socket that blocks is refused.
fn check(l: &Value, sock: &Value) -> PyResult<()> {
    if as_loop(l).is_some_and(|el| el.debug.get()) {
        let t = glue::call_method(sock, "gettimeout", &[])?;
        if t.is_none() || glue::seconds(&t)? != 0.0 {
            return Err(value_error("the socket must be non-blocking"));
        }
    }
    Ok(())
}
/// Calls `step(future, data)` whenever the socket is ready, until the future is done.
fn watch(l: &Value, sock: &Value, writer: bool, step: futures::NativeCallback, data: Value) -> PyResult<Value> {
    let el = as_loop(l).ok_or_else(|| type_error("expected an event loop"))?;
    el.check_closed()?;
    let fd = fd_of(sock)?;
    ensure_no_transport(el, fd, sock)?;
    let fut = futures::create(l.clone());
    let h = handles::new_native_handle(l, step, fut.clone(), data);
    set_watch(el, fd, writer, Some(h.clone()))?;
    let key = glue::tuple(vec![l.clone(), Value::int(i64::from(fd)), Value::bool(writer), h]);
    futures::add_native(&fut, done, key)?;
    Ok(fut)
}
/// `_sock_read_done`, `_sock_write_done`: a handle that another operation has replaced is left alone.
fn done(_fut: &Value, key: &Value) -> PyResult<()> {
    let [l, fd, writer, h] = tuple::items(key) else { return Ok(()) };
    if let Some(el) = as_loop(l)
        && !el.is_closed()
        && !h.downcast::<Handle>().is_some_and(Handle::is_cancelled)
    {
        set_watch(el, glue::index(fd)? as i32, glue::truth(writer)?, None)?;
    }
    Ok(())
}
/// Sets what came of a try; nothing when it must be tried again.
fn settle(fut: &Value, r: PyResult) -> PyResult<()> {
    match r {
        Ok(v) => futures::set_result(fut, v),
        Err(r) if again(&r) => {
            drop(error::take(r));
            Ok(())
        }
        Err(r) if glue::pending_is_base_error(&r) => Err(r),
        Err(r) => {
            let exc = error::take(r);
            glue::call_method(fut, "set_exception", &[exc]).map(drop)
        }
    }
}
/// Waits until the socket can be written.
pub async fn writable(l: &Value, sock: &Value) -> PyResult<()> {
    let fut = watch(l, sock, true, |fut, _| if futures::is_done(fut)? { Ok(()) } else { futures::set_result(fut, NONE) }, NONE)?;
    futures::wait(fut).await.map(drop)
}
/// `data` is a socket, the name of its method, and the arguments.
fn try_method(fut: &Value, data: &Value) -> PyResult<()> {
    let [sock, method, args @ ..] = tuple::items(data) else { return Ok(()) };
    if futures::is_done(fut)? {
        return Ok(());
    }
    settle(fut, glue::call_method(sock, method.as_str().unwrap_or(""), args))
}
async fn operation(l: Value, sock: Value, writer: bool, method: &'static str, args: Vec<Value>) -> PyResult {
    check(&l, &sock)?;
    match glue::call_method(&sock, method, &args) {
        Err(r) if again(&r) => drop(error::take(r)),
        other => return other,
    }
    let mut data = vec![sock.clone(), Value::str(method)];
    data.extend(args);
    let fut = watch(&l, &sock, writer, try_method, glue::tuple(data))?;
    futures::wait(fut).await
}
async fn recvfrom_into(l: Value, sock: Value, buf: Value, n: Value) -> PyResult {
    let n = if glue::truth(&n)? { n } else { Value::int(rtcore::protocol::sequence::len(&buf)? as i64) };
    operation(l, sock, false, "recvfrom_into", vec![buf, n]).await
}
pub async fn sendall(l: Value, sock: Value, data: Value) -> PyResult {
    check(&l, &sock)?;
    let sent = match glue::call_method(&sock, "send", &[data.clone()]) {
        Err(r) if again(&r) => {
            drop(error::take(r));
            0
        }
        other => glue::index(&other?)?,
    };
    let size = bytes::buffer::required(&data)?.to_vec().len() as i64;
    if sent == size {
        return Ok(NONE);
    }
    let at = glue::list(vec![Value::int(sent)]);
    let fut = watch(&l, &sock, true, send_more, glue::tuple(vec![sock.clone(), data, at]))?;
    futures::wait(fut).await
}
fn send_more(fut: &Value, data: &Value) -> PyResult<()> {
    let [sock, data, at] = tuple::items(data) else { return Ok(()) };
    if futures::is_done(fut)? {
        return Ok(());
    }
    let index = Value::int(0);
    let start = glue::index(&rtcore::protocol::sequence::getitem(at, &index)?)? as usize;
    let all = bytes::buffer::required(data)?.to_vec();
    let rest = bytes::from_slice(all.get(start..).unwrap_or_default());
    match glue::call_method(sock, "send", &[rest]) {
        Ok(n) => {
            let start = start + glue::index(&n)? as usize;
            if start >= all.len() {
                return futures::set_result(fut, NONE);
            }
            rtcore::protocol::sequence::setitem(at, &index, Value::from(start))
        }
        Err(r) => settle(fut, Err(r)),
    }
}
pub async fn connect(l: Value, sock: Value, address: Value) -> PyResult {
    check(&l, &sock)?;
    let part = |name: &str| glue::index(&glue::getattr(&sock, name)?).map(|n| n as i32);
    let family = part("family")?;
    let address = if matches!(family, libc::AF_INET | libc::AF_INET6) {
        let found = resolve::ensure(&l, &address, family, part("type")?, part("proto")?, 0).await?;
        match found.into_iter().next() {
            Some(info) => info.address,
            None => return Err(error::raise(&error::hierarchy::OS_ERROR, "getaddrinfo() returned empty list")),
        }
    } else {
        address
    };
    match glue::call_method(&sock, "connect", &[address.clone()]) {
        Err(r) if again(&r) => drop(error::take(r)),
        other => {
            other?;
            return Ok(NONE);
        }
    }
    let fut = watch(&l, &sock, true, connected, glue::tuple(vec![sock.clone(), address]))?;
    futures::wait(fut).await
}
fn connected(fut: &Value, data: &Value) -> PyResult<()> {
    let [sock, address] = tuple::items(data) else { return Ok(()) };
    if futures::is_done(fut)? {
        return Ok(());
    }
    let args = [libc::SOL_SOCKET, libc::SO_ERROR].map(|n| Value::int(i64::from(n)));
    let errno = match glue::call_method(sock, "getsockopt", &args) {
        Ok(n) => glue::index(&n)? as i32,
        Err(r) => return settle(fut, Err(r)),
    };
    if errno == 0 {
        return futures::set_result(fut, NONE);
    }
    let text = format!("Connect call failed {}", rtcore::protocol::repr::str_string(address)?);
    let failure = error::raise_args(error::hierarchy::os_error_type(errno), vec![Value::int(i64::from(errno)), Value::string(text)]);
    settle(fut, Err(failure))
}
async fn accept(l: Value, sock: Value) -> PyResult {
    check(&l, &sock)?;
    match accepted(&sock) {
        Err(r) if again(&r) => drop(error::take(r)),
        other => return other,
    }
    let fut = watch(&l, &sock, false, try_accept, sock.clone())?;
    futures::wait(fut).await
}
fn accepted(sock: &Value) -> PyResult {
    let pair = glue::call_method(sock, "accept", &[])?;
    if let Some(conn) = tuple::items(&pair).first() {
        glue::call_method(conn, "setblocking", &[Value::bool(false)])?;
    }
    Ok(pair)
}
fn try_accept(fut: &Value, sock: &Value) -> PyResult<()> {
    if futures::is_done(fut)? { Ok(()) } else { settle(fut, accepted(sock)) }
}
fn m_recv(l: &Value, s: &Value, n: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_recv", operation(l.clone(), s.clone(), false, "recv", vec![n.clone()])))
}
fn m_recv_into(l: &Value, s: &Value, b: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_recv_into", operation(l.clone(), s.clone(), false, "recv_into", vec![b.clone()])))
}
fn m_recvfrom(l: &Value, s: &Value, n: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_recvfrom", operation(l.clone(), s.clone(), false, "recvfrom", vec![n.clone()])))
}
fn m_recvfrom_into(l: &Value, s: &Value, b: &Value, n: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_recvfrom_into", recvfrom_into(l.clone(), s.clone(), b.clone(), n.clone())))
}
fn m_sendall(l: &Value, s: &Value, d: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_sendall", sendall(l.clone(), s.clone(), d.clone())))
}
fn m_sendto(l: &Value, s: &Value, d: &Value, a: &Value) -> PyResult {
    let fut = operation(l.clone(), s.clone(), true, "sendto", vec![d.clone(), a.clone()]);
    Ok(crate::coro!("BaseSelectorEventLoop.sock_sendto", fut))
}
fn m_accept(l: &Value, s: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_accept", accept(l.clone(), s.clone())))
}
fn m_connect(l: &Value, s: &Value, a: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_connect", connect(l.clone(), s.clone(), a.clone())))
}
pub static LOOP_METHODS: [Method; 8] = [
    Method::new("sock_recv(self, sock, n)", F3(m_recv)),
    Method::new("sock_recv_into(self, sock, buf)", F3(m_recv_into)),
    Method::new("sock_recvfrom(self, sock, bufsize)", F3(m_recvfrom)),
    Method::new("sock_recvfrom_into(self, sock, buf, nbytes=0)", F4(m_recvfrom_into)),
    Method::new("sock_sendall(self, sock, data)", F3(m_sendall)),
    Method::new("sock_sendto(self, sock, data, address)", F4(m_sendto)),
    Method::new("sock_accept(self, sock)", F2(m_accept)),
    Method::new("sock_connect(self, sock, address)", F3(m_connect)),
];
/// A new non-blocking socket.
pub fn open(family: i32, ty: i32, proto: i32) -> PyResult {
    let s = socket::open(family, ty, proto)?;
    socket::body(&s)?.set_timeout(0.0)?;
    Ok(s)
}
