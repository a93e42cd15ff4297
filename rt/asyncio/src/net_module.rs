//! Owns: `asyncio.streams` as a module: everything of asyncio that reaches the network, in one table of
//! functions, one of types and one of methods of the loop. A program that names none of them does not link them.
//! Never: opens anything itself.

use crate::connect::{self, Options};
use crate::loop_methods::EVENT_LOOP;
use crate::{datagram, glue, server, streams, transports};
use rtcore::def::{F2, F3, F4, Method, Raw};
use rtcore::error::{PyResult, type_error};
use rtcore::name::Name;
use rtcore::types::class::Type;
use rtcore::types::function::native;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::value::{NONE, Value};

/// Splits a raw call into `n` positional parameters with these names (missing ones None) and options.
fn bind<const N: usize>(who: &str, names: [&str; N], required: usize, values: &[Value], kw: &[Name]) -> PyResult<([Value; N], Options)> {
    let (pos, named) = glue::split(values, kw);
    let mut o = Options::new(named);
    if pos.len() > N {
        return Err(type_error(format!("{who}() takes {N} positional arguments but {} were given", pos.len())));
    }
    let mut out = [const { NONE }; N];
    for (i, slot) in out.iter_mut().enumerate() {
        *slot = match pos.get(i) {
            Some(v) => v.clone(),
            None => o.take(names[i]),
        };
        if i < required && slot.is_none() && pos.get(i).is_none() {
            return Err(type_error(format!("{who}() missing 1 required positional argument: '{}'", names[i])));
        }
    }
    Ok((out, o))
}
fn create_connection(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, f, host, port], o) = bind("create_connection", ["self", "protocol_factory", "host", "port"], 2, a, kw)?;
    Ok(crate::coro!("BaseEventLoop.create_connection", connect::create_connection(l, f, host, port, o)))
}
fn create_server(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, f, host, port], o) = bind("create_server", ["self", "protocol_factory", "host", "port"], 2, a, kw)?;
    Ok(crate::coro!("BaseEventLoop.create_server", connect::create_server(l, f, host, port, o)))
}
fn create_unix_connection(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, f, path], o) = bind("create_unix_connection", ["self", "protocol_factory", "path"], 2, a, kw)?;
    Ok(crate::coro!("_UnixSelectorEventLoop.create_unix_connection", connect::create_unix_connection(l, f, path, o)))
}
fn create_unix_server(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, f, path], o) = bind("create_unix_server", ["self", "protocol_factory", "path"], 2, a, kw)?;
    Ok(crate::coro!("_UnixSelectorEventLoop.create_unix_server", connect::create_unix_server(l, f, path, o)))
}
fn create_datagram_endpoint(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, f, local, remote], mut o) =
        bind("create_datagram_endpoint", ["self", "protocol_factory", "local_addr", "remote_addr"], 2, a, kw)?;
    o.put("local_addr", local);
    o.put("remote_addr", remote);
    Ok(crate::coro!("BaseEventLoop.create_datagram_endpoint", crate::datagram::create(l, f, o)))
}
fn getaddrinfo(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, host, port], o) = bind("getaddrinfo", ["self", "host", "port"], 3, a, kw)?;
    Ok(crate::coro!("BaseEventLoop.getaddrinfo", connect::getaddrinfo(l, host, port, o)))
}
fn sock_recv(l: &Value, s: &Value, n: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_recv", connect::sock_recv(l.clone(), s.clone(), n.clone())))
}
fn sock_recv_into(l: &Value, s: &Value, b: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_recv_into", connect::sock_recv_into(l.clone(), s.clone(), b.clone())))
}
fn sock_recvfrom(l: &Value, s: &Value, n: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_recvfrom", connect::sock_recvfrom(l.clone(), s.clone(), n.clone())))
}
fn sock_sendall(l: &Value, s: &Value, d: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_sendall", connect::sock_sendall(l.clone(), s.clone(), d.clone())))
}
fn sock_sendto(l: &Value, s: &Value, d: &Value, a: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_sendto", connect::sock_sendto(l.clone(), s.clone(), d.clone(), a.clone())))
}
fn sock_accept(l: &Value, s: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_accept", connect::sock_accept(l.clone(), s.clone())))
}
fn sock_connect(l: &Value, s: &Value, a: &Value) -> PyResult {
    Ok(crate::coro!("BaseSelectorEventLoop.sock_connect", connect::sock_connect(l.clone(), s.clone(), a.clone())))
}
fn open_connection(a: &[Value], kw: &[Name]) -> PyResult {
    let ([host, port], o) = bind("open_connection", ["host", "port"], 0, a, kw)?;
    Ok(crate::coro!("open_connection", connect::open_connection(host, port, o)))
}
fn start_server(a: &[Value], kw: &[Name]) -> PyResult {
    let ([cb, host, port], o) = bind("start_server", ["client_connected_cb", "host", "port"], 1, a, kw)?;
    Ok(crate::coro!("start_server", connect::start_server(cb, host, port, o)))
}
fn open_unix_connection(a: &[Value], kw: &[Name]) -> PyResult {
    let ([path], o) = bind("open_unix_connection", ["path"], 0, a, kw)?;
    Ok(crate::coro!("open_unix_connection", connect::open_unix_connection(path, o)))
}
fn start_unix_server(a: &[Value], kw: &[Name]) -> PyResult {
    let ([cb, path], o) = bind("start_unix_server", ["client_connected_cb", "path"], 1, a, kw)?;
    Ok(crate::coro!("start_unix_server", connect::start_unix_server(cb, path, o)))
}

static LOOP_METHODS: [Method; 13] = [
    Method::new("create_connection(self, *args, **kw)", Raw(create_connection)),
    Method::new("create_server(self, *args, **kw)", Raw(create_server)),
    Method::new("create_unix_connection(self, *args, **kw)", Raw(create_unix_connection)),
    Method::new("create_unix_server(self, *args, **kw)", Raw(create_unix_server)),
    Method::new("create_datagram_endpoint(self, *args, **kw)", Raw(create_datagram_endpoint)),
    Method::new("getaddrinfo(self, *args, **kw)", Raw(getaddrinfo)),
    Method::new("sock_recv(self, sock, n)", F3(sock_recv)),
    Method::new("sock_recv_into(self, sock, buf)", F3(sock_recv_into)),
    Method::new("sock_recvfrom(self, sock, bufsize)", F3(sock_recvfrom)),
    Method::new("sock_sendall(self, sock, data)", F3(sock_sendall)),
    Method::new("sock_sendto(self, sock, data, address)", F4(sock_sendto)),
    Method::new("sock_accept(self, sock)", F2(sock_accept)),
    Method::new("sock_connect(self, sock, address)", F3(sock_connect)),
];
static FUNCTIONS: [Method; 4] = [
    Method::new("open_connection(*args, **kw)", Raw(open_connection)),
    Method::new("start_server(*args, **kw)", Raw(start_server)),
    Method::new("open_unix_connection(*args, **kw)", Raw(open_unix_connection)),
    Method::new("start_unix_server(*args, **kw)", Raw(start_unix_server)),
];
static TYPES: [(&str, &Type); 10] = [
    ("BaseTransport", &transports::TRANSPORT),
    ("Transport", &transports::TRANSPORT),
    ("ReadTransport", &transports::TRANSPORT),
    ("WriteTransport", &transports::TRANSPORT),
    ("DatagramTransport", &datagram::DATAGRAM_TRANSPORT),
    ("StreamReader", &streams::STREAM_READER),
    ("StreamWriter", &streams::STREAM_WRITER),
    ("StreamReaderProtocol", &streams::STREAM_PROTOCOL),
    ("Server", &server::SERVER),
    ("AbstractServer", &server::SERVER),
];

/// Adds the types to `m`, and to the loop its methods. Called for `asyncio` itself too.
fn setup(m: &Value) -> PyResult<()> {
    for (name, t) in &TYPES {
        set_str(m, name, Value::of_type(t));
    }
    for method in &LOOP_METHODS {
        let name = Name::new(method.name());
        if EVENT_LOOP.own(name).is_none() {
            EVENT_LOOP.set_own(name, native::descriptor(&EVENT_LOOP, method));
        }
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("asyncio.streams", &FUNCTIONS, setup);

/// What a program must name to need this module.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().chain(&LOOP_METHODS).map(Method::name).chain(TYPES.iter().map(|(name, _)| *name))
}
