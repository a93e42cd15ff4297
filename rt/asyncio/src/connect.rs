//! Owns: opening connections and servers: `create_connection`, `create_server`, their unix forms,
//! `open_connection`, `start_server`, and the loop's `sock_*` coroutines.
//! Never: moves bytes once a transport exists.
//! Source: CPython 3.13, Lib/asyncio/base_events.py, Lib/asyncio/selector_events.py,
//! Lib/asyncio/unix_events.py, Lib/asyncio/streams.py.

use crate::futures;
use crate::glue;
use crate::handles;
use crate::loop_::as_loop;
use crate::loop_methods::set_watch;
use crate::server::{self, socket_extra};
use crate::streams;
use crate::transports::{self, Kind};
use rtcore::error::hierarchy::{OS_ERROR, raise_os_error};
use rtcore::error::{self, PyResult, type_error, value_error};
use rtcore::name::Name;
use rtcore::protocol::call::call;
use rtcore::value::{NONE, Value};
use rtstdlib::socket::{self, addr};

/// Keyword arguments of the connection functions, by name.
pub struct Options(Vec<(Name, Value)>);
impl Options {
    pub fn new<'a>(kw: impl Iterator<Item = (Name, &'a Value)>) -> Options {
        Options(kw.map(|(k, v)| (k, v.clone())).collect())
    }
    pub fn put(&mut self, name: &str, v: Value) {
        self.0.push((Name::new(name), v));
    }
    /// Takes one option; None when not given.
    pub fn take(&mut self, name: &str) -> Value {
        match self.0.iter().position(|(k, _)| k.as_str() == name) {
            Some(i) => self.0.remove(i).1,
            None => NONE,
        }
    }
    /// What nobody took is an error, except options without effect here.
    pub fn finish(self, who: &str) -> PyResult<()> {
        const IGNORED: &[&str] = &[
            "ssl", "server_hostname", "ssl_handshake_timeout", "ssl_shutdown_timeout", "happy_eyeballs_delay", "interleave",
            "all_errors", "keep_alive", "flags", "cleanup_socket",
        ];
        match self.0.iter().find(|(k, _)| !IGNORED.contains(&k.as_str())) {
            Some((k, _)) => Err(type_error(format!("{who}() got an unexpected keyword argument '{k}'"))),
            None => Ok(()),
        }
    }
}
fn int_or(v: &Value, default: i32) -> PyResult<i32> {
    if v.is_none() { Ok(default) } else { glue::index(v).map(|n| n as i32) }
}
fn text(v: &Value) -> PyResult<Option<String>> {
    if v.is_none() { Ok(None) } else { rtcore::protocol::repr::str_string(v).map(Some) }
}

/// Waits until the descriptor is readable or writable.
pub async fn ready(l: Value, fd: i32, writer: bool) -> PyResult<()> {
    let el = as_loop(&l).ok_or_else(|| type_error("expected an event loop"))?;
    let fut = futures::create(l.clone());
    let h = handles::new_native_handle(&l, ready_cb, fut.clone(), NONE);
    set_watch(el, fd, writer, Some(h))?;
    let r = futures::wait(fut).await;
    if !el.is_closed() {
        set_watch(el, fd, writer, None)?;
    }
    r.map(drop)
}
fn ready_cb(fut: &Value, _: &Value) -> PyResult<()> {
    crate::wait::release_waiter(fut, &NONE)
}

/// `sock_connect` to a C address.
async fn connect(l: Value, sock: Value, a: addr::Addr) -> PyResult<()> {
    let fd = socket::body(&sock)?.fd.get();
    // SAFETY: the address lives during the call.
    let r = unsafe { libc::connect(fd, a.ptr(), a.len) };
    let mut errno = if r == 0 { 0 } else { std::io::Error::last_os_error().raw_os_error().unwrap_or(0) };
    if matches!(errno, libc::EINPROGRESS | libc::EAGAIN | libc::EINTR) {
        ready(l, fd, true).await?;
        let mut len = 4 as libc::socklen_t;
        // SAFETY: the option value is four bytes.
        unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_ERROR, (&raw mut errno).cast(), &mut len) };
        if errno != 0 {
            let text = format!("Connect call failed {}", glue::repr(&addr::to_value(&a))?);
            let args = vec![Value::int(i64::from(errno)), Value::string(text)];
            return Err(error::raise_args(rtcore::error::hierarchy::os_error_type(errno), args));
        }
        return Ok(());
    }
    if errno != 0 {
        return Err(raise_os_error(&std::io::Error::from_raw_os_error(errno), None));
    }
    Ok(())
}
fn open(family: i32, ty: i32, proto: i32) -> PyResult {
    let s = socket::open(family, ty, proto)?;
    socket::body(&s)?.set_timeout(0.0)?;
    Ok(s)
}

/// BaseEventLoop.create_connection.
pub async fn create_connection(l: Value, factory: Value, host: Value, port: Value, mut o: Options) -> PyResult {
    let (family, proto, flags) = (int_or(&o.take("family"), 0)?, int_or(&o.take("proto"), 0)?, int_or(&o.take("flags"), 0)?);
    let (sock, local) = (o.take("sock"), o.take("local_addr"));
    if !o.take("ssl").is_none() {
        return Err(rtcore::error::not_implemented_error("ssl is not supported yet"));
    }
    o.finish("create_connection")?;
    let sock = if host.is_none() && port.is_none() {
        if sock.is_none() {
            return Err(value_error("host and port was not specified and no sock specified"));
        }
        socket::body(&sock)?.set_timeout(0.0)?;
        sock
    } else {
        if !sock.is_none() {
            return Err(value_error("host/port and sock can not be specified at the same time"));
        }
        let infos = addr::lookup(text(&host)?.as_deref(), text(&port)?.as_deref(), family, libc::SOCK_STREAM, proto, flags)?;
        if infos.is_empty() {
            return Err(error::raise(&OS_ERROR, "getaddrinfo() returned empty list"));
        }
        let mut failures: Vec<Value> = vec![];
        let mut found = None;
        for i in infos {
            let s = open(i.family, i.ty, i.proto)?;
            if !local.is_none() {
                glue::call_method(&s, "bind", &[local.clone()])?;
            }
            match connect(l.clone(), s.clone(), i.addr).await {
                Ok(()) => {
                    found = Some(s);
                    break;
                }
                Err(r) if error::matches(&r, &OS_ERROR) => {
                    failures.push(error::take(r));
                    socket::close(&s)?;
                }
                Err(r) => {
                    let exc = error::take(r);
                    socket::close(&s)?;
                    return Err(glue::reraise(exc));
                }
            }
        }
        match found {
            Some(s) => s,
            None => return Err(connection_failed(failures)?),
        }
    };
    finish_connection(&l, &factory, sock).await
}
/// One failure is raised itself, equal ones the first, different ones as one OSError.
fn connection_failed(mut all: Vec<Value>) -> PyResult<error::Raised> {
    let mut texts = vec![];
    for e in &all {
        texts.push(rtcore::protocol::repr::str_string(e)?);
    }
    if texts.windows(2).all(|w| w[0] == w[1]) {
        return Ok(glue::reraise(all.swap_remove(0)));
    }
    Ok(error::raise(&OS_ERROR, format!("Multiple exceptions: {}", texts.join(", "))))
}
async fn finish_connection(l: &Value, factory: &Value, sock: Value) -> PyResult {
    let protocol = call(factory, &[])?;
    let waiter = futures::create(l.clone());
    let extra = socket_extra(&sock, None)?;
    let fd = socket::body(&sock)?.fd.get();
    let t = transports::new(Kind::Socket, l, fd, sock, &protocol, Some(&waiter), extra, &NONE)?;
    futures::wait(waiter).await?;
    Ok(glue::tuple(vec![t, protocol]))
}
/// _UnixSelectorEventLoop.create_unix_connection.
pub async fn create_unix_connection(l: Value, factory: Value, path: Value, mut o: Options) -> PyResult {
    let sock = o.take("sock");
    o.finish("create_unix_connection")?;
    let sock = if path.is_none() {
        if sock.is_none() {
            return Err(value_error("no path and sock were specified"));
        }
        socket::body(&sock)?.set_timeout(0.0)?;
        sock
    } else {
        let s = open(libc::AF_UNIX, libc::SOCK_STREAM, 0)?;
        let a = addr::from_value(libc::AF_UNIX, &path, "connect")?;
        connect(l.clone(), s.clone(), a).await?;
        s
    };
    finish_connection(&l, &factory, sock).await
}
/// BaseEventLoop.create_server.
pub async fn create_server(l: Value, factory: Value, host: Value, port: Value, mut o: Options) -> PyResult {
    let family = int_or(&o.take("family"), libc::AF_UNSPEC)?;
    let flags = int_or(&o.take("flags"), libc::AI_PASSIVE)?;
    let backlog = int_or(&o.take("backlog"), 100)?;
    let (sock, reuse_address, reuse_port, start) =
        (o.take("sock"), o.take("reuse_address"), o.take("reuse_port"), o.take("start_serving"));
    if !o.take("ssl").is_none() {
        return Err(rtcore::error::not_implemented_error("ssl is not supported yet"));
    }
    o.finish("create_server")?;
    let mut sockets = vec![];
    if host.is_none() && port.is_none() {
        if sock.is_none() {
            return Err(value_error("Neither host/port nor sock were specified"));
        }
        socket::body(&sock)?.set_timeout(0.0)?;
        sockets.push(sock);
    } else {
        if !sock.is_none() {
            return Err(value_error("host/port and sock can not be specified at the same time"));
        }
        let hosts: Vec<Value> = if host.as_str().is_some_and(str::is_empty) || host.is_none() {
            vec![NONE]
        } else if host.as_str_obj().is_some() {
            vec![host.clone()]
        } else {
            rtcore::protocol::iter::collect(&host)?
        };
        let service = text(&port)?.unwrap_or_else(|| "0".into());
        for h in hosts {
            for i in addr::lookup(text(&h)?.as_deref(), Some(&service), family, libc::SOCK_STREAM, 0, flags)? {
                let Ok(s) = open(i.family, i.ty, i.proto).map_err(|r| drop(error::take(r))) else { continue };
                let option = |level: i32, name: i32| {
                    let args = [level, name, 1].map(|n| Value::int(i64::from(n)));
                    glue::call_method(&s, "setsockopt", &args).map(drop)
                };
                if reuse_address.is_none() || glue::truth(&reuse_address)? {
                    option(libc::SOL_SOCKET, libc::SO_REUSEADDR)?;
                }
                if glue::truth(&reuse_port)? {
                    option(libc::SOL_SOCKET, libc::SO_REUSEPORT)?;
                }
                if i.family == libc::AF_INET6 {
                    option(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY)?;
                }
                // SAFETY: the address lives during the call.
                if unsafe { libc::bind(socket::body(&s)?.fd.get(), i.addr.ptr(), i.addr.len) } < 0 {
                    let e = std::io::Error::last_os_error();
                    let n = e.raw_os_error().unwrap_or(0);
                    let reason = rtcore::error::hierarchy::strerror(n).to_lowercase();
                    let what = glue::repr(&addr::to_value(&i.addr))?;
                    let text = format!("error while attempting to bind on address {what}: {reason}");
                    for s in sockets {
                        socket::close(&s)?;
                    }
                    return Err(error::raise_args(
                        rtcore::error::hierarchy::os_error_type(n),
                        vec![Value::int(i64::from(n)), Value::string(text)],
                    ));
                }
                sockets.push(s);
            }
        }
    }
    serve(&l, sockets, &factory, backlog, &start).await
}
async fn serve(l: &Value, sockets: Vec<Value>, factory: &Value, backlog: i32, start: &Value) -> PyResult {
    let v = server::new(l, sockets, factory, backlog);
    if start.is_none() || glue::truth(start)? {
        if let Some(s) = v.downcast::<server::Server>() {
            s.start(&v)?;
        }
        // One pass lets the socket be watched before a client connects.
        rtcore::frame::suspend(NONE).await?;
    }
    Ok(v)
}
/// _UnixSelectorEventLoop.create_unix_server.
pub async fn create_unix_server(l: Value, factory: Value, path: Value, mut o: Options) -> PyResult {
    let backlog = int_or(&o.take("backlog"), 100)?;
    let (sock, start) = (o.take("sock"), o.take("start_serving"));
    o.finish("create_unix_server")?;
    let s = if path.is_none() {
        if sock.is_none() {
            return Err(value_error("path was not specified, and no sock specified"));
        }
        socket::body(&sock)?.set_timeout(0.0)?;
        sock
    } else {
        let p = rtcore::protocol::repr::str_string(&path)?;
        if std::fs::metadata(&p).is_ok_and(|m| std::os::unix::fs::FileTypeExt::is_socket(&m.file_type())) {
            drop(std::fs::remove_file(&p));
        }
        let s = open(libc::AF_UNIX, libc::SOCK_STREAM, 0)?;
        if let Err(r) = glue::call_method(&s, "bind", &[path.clone()]) {
            let exc = error::take(r);
            socket::close(&s)?;
            if glue::getattr(&exc, "errno")?.as_inline_int() == Some(i64::from(libc::EADDRINUSE)) {
                let text = format!("Address {} is already in use", glue::repr(&path)?);
                return Err(error::raise_args(&OS_ERROR, vec![Value::int(i64::from(libc::EADDRINUSE)), Value::string(text)]));
            }
            return Err(glue::reraise(exc));
        }
        s
    };
    serve(&l, vec![s], &factory, backlog, &start).await
}

// ---- streams.py ----

static RETURN: rtcore::def::Method = rtcore::def::Method::new("<lambda>(self, /)", rtcore::def::F1(returns));
fn returns(v: &Value) -> PyResult {
    Ok(v.clone())
}
/// `lambda: v`.
fn constant(v: &Value) -> Value {
    rtcore::types::function::native::bound(&RETURN, v.clone(), v.ty())
}
static FACTORY: rtcore::def::Method = rtcore::def::Method::new("factory(self, /)", rtcore::def::F1(stream_factory));
/// start_server's `factory`: a reader and a protocol for each connection.
fn stream_factory(data: &Value) -> PyResult {
    let [callback, limit, l] = rtcore::types::tuple::items(data) else { return Ok(NONE) };
    let r = streams::new_reader(glue::index(limit)?, l)?;
    Ok(streams::new_protocol(r, callback.clone(), l))
}
async fn stream_pair(l: &Value, limit: Value, unix: bool, a: Value, b: Value, o: Options) -> PyResult {
    let limit = if limit.is_none() { streams::DEFAULT_LIMIT } else { glue::index(&limit)? };
    let r = streams::new_reader(limit, l)?;
    let p = streams::new_protocol(r.clone(), NONE, l);
    let made = if unix {
        create_unix_connection(l.clone(), constant(&p), a, o).await?
    } else {
        create_connection(l.clone(), constant(&p), a, b, o).await?
    };
    let t = rtcore::types::tuple::items(&made).first().cloned().unwrap_or(NONE);
    let w = streams::new_writer(t, p, r.clone(), l)?;
    Ok(glue::tuple(vec![r, w]))
}
pub async fn open_connection(host: Value, port: Value, mut o: Options) -> PyResult {
    let l = crate::events::get_running_loop()?;
    let limit = o.take("limit");
    stream_pair(&l, limit, false, host, port, o).await
}
pub async fn open_unix_connection(path: Value, mut o: Options) -> PyResult {
    let l = crate::events::get_running_loop()?;
    let limit = o.take("limit");
    stream_pair(&l, limit, true, path, NONE, o).await
}
fn server_factory(l: &Value, callback: Value, limit: Value) -> Value {
    let limit = if limit.is_none() { Value::int(streams::DEFAULT_LIMIT) } else { limit };
    let data = glue::tuple(vec![callback, limit, l.clone()]);
    rtcore::types::function::native::bound(&FACTORY, data.clone(), data.ty())
}
pub async fn start_server(callback: Value, host: Value, port: Value, mut o: Options) -> PyResult {
    let l = crate::events::get_running_loop()?;
    let f = server_factory(&l, callback, o.take("limit"));
    create_server(l, f, host, port, o).await
}
pub async fn start_unix_server(callback: Value, path: Value, mut o: Options) -> PyResult {
    let l = crate::events::get_running_loop()?;
    let f = server_factory(&l, callback, o.take("limit"));
    create_unix_server(l, f, path, o).await
}

// ---- sock_* ----

/// Calls a method of a non-blocking socket until it does not raise BlockingIOError.
async fn retry(l: Value, sock: Value, writer: bool, method: &'static str, args: Vec<Value>) -> PyResult {
    loop {
        match glue::call_method(&sock, method, &args) {
            Err(r) if error::matches(&r, &rtcore::error::hierarchy::BLOCKING_IO_ERROR) => drop(error::take(r)),
            other => return other,
        }
        let fd = socket::body(&sock)?.fd.get();
        ready(l.clone(), fd, writer).await?;
    }
}
pub async fn sock_recv(l: Value, sock: Value, n: Value) -> PyResult {
    retry(l, sock, false, "recv", vec![n]).await
}
pub async fn sock_recv_into(l: Value, sock: Value, buf: Value) -> PyResult {
    retry(l, sock, false, "recv_into", vec![buf]).await
}
pub async fn sock_recvfrom(l: Value, sock: Value, n: Value) -> PyResult {
    retry(l, sock, false, "recvfrom", vec![n]).await
}
pub async fn sock_sendto(l: Value, sock: Value, data: Value, address: Value) -> PyResult {
    retry(l, sock, true, "sendto", vec![data, address]).await
}
pub async fn sock_sendall(l: Value, sock: Value, data: Value) -> PyResult {
    let data = rtcore::types::bytes::buffer::required(&data)?.to_vec();
    let mut at = 0;
    while at < data.len() {
        let rest = rtcore::types::bytes::from_slice(&data[at..]);
        let n = retry(l.clone(), sock.clone(), true, "send", vec![rest]).await?;
        at += glue::index(&n)? as usize;
    }
    Ok(NONE)
}
pub async fn sock_accept(l: Value, sock: Value) -> PyResult {
    let r = retry(l, sock, false, "accept", vec![]).await?;
    if let Some(conn) = rtcore::types::tuple::items(&r).first() {
        socket::body(conn)?.set_timeout(0.0)?;
    }
    Ok(r)
}
pub async fn sock_connect(l: Value, sock: Value, address: Value) -> PyResult {
    let a = addr::from_value(socket::body(&sock)?.family, &address, "connect")?;
    connect(l, sock, a).await?;
    Ok(NONE)
}
pub async fn getaddrinfo(l: Value, host: Value, port: Value, mut o: Options) -> PyResult {
    let _ = l;
    static SOCKET: &[&rtcore::types::module::NativeModule] = &[&rtstdlib::socket::MODULE];
    rtcore::types::module::import::register_native(SOCKET);
    let m = rtcore::types::module::import::import_module("_socket")?;
    let f = glue::getattr(&m, "getaddrinfo")?;
    let names = ["family", "type", "proto", "flags"];
    let mut values = vec![host, port];
    for n in names {
        let v = o.take(n);
        values.push(if v.is_none() { Value::int(0) } else { v });
    }
    o.finish("getaddrinfo")?;
    rtcore::frame::suspend(NONE).await?;
    call(&f, &values)
}
