//! Owns: `asyncio.streams` as a module: everything of asyncio that reaches the network, in one table of
//! functions, one of types and one of methods of the loop. A program that names none of them does not link them.
//! Never: opens anything itself.

use crate::abstract_loop::ABSTRACT_SERVER;
use crate::abstract_transports as abstracts;
use crate::connect::{self, Options};
use crate::loop_methods::EVENT_LOOP;
use crate::{glue, pipes, resolve, sendfile, serve, server, sock, streams, tls};
use rtcore::def::{F3, Method, Raw};
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
    Ok(crate::coro!("BaseEventLoop.create_server", serve::create_server(l, f, host, port, o)))
}
fn create_unix_connection(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, f, path], o) = bind("create_unix_connection", ["self", "protocol_factory", "path"], 2, a, kw)?;
    Ok(crate::coro!("_UnixSelectorEventLoop.create_unix_connection", connect::create_unix_connection(l, f, path, o)))
}
fn create_unix_server(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, f, path], o) = bind("create_unix_server", ["self", "protocol_factory", "path"], 2, a, kw)?;
    Ok(crate::coro!("_UnixSelectorEventLoop.create_unix_server", serve::create_unix_server(l, f, path, o)))
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
    Ok(crate::coro!("BaseEventLoop.getaddrinfo", resolve::getaddrinfo(l, host, port, o)))
}
fn getnameinfo(l: &Value, address: &Value, flags: &Value) -> PyResult {
    Ok(crate::coro!("BaseEventLoop.getnameinfo", resolve::getnameinfo(l.clone(), address.clone(), flags.clone())))
}
fn connect_accepted_socket(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, f, s], o) = bind("connect_accepted_socket", ["self", "protocol_factory", "sock"], 3, a, kw)?;
    Ok(crate::coro!("BaseEventLoop.connect_accepted_socket", connect::connect_accepted_socket(l, f, s, o)))
}
fn sock_sendfile(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, s, file, offset, count], mut o) = bind("sock_sendfile", ["self", "sock", "file", "offset", "count"], 3, a, kw)?;
    o.put("count", count);
    let offset = if offset.is_none() { Value::int(0) } else { offset };
    Ok(crate::coro!("BaseEventLoop.sock_sendfile", sendfile::sock_sendfile(l, s, file, offset, o)))
}
fn sendfile_(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, t, file, offset, count], mut o) = bind("sendfile", ["self", "transport", "file", "offset", "count"], 3, a, kw)?;
    o.put("count", count);
    let offset = if offset.is_none() { Value::int(0) } else { offset };
    Ok(crate::coro!("BaseEventLoop.sendfile", sendfile::sendfile(l, t, file, offset, o)))
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

fn start_tls(a: &[Value], kw: &[Name]) -> PyResult {
    let ([l, transport, protocol, context], mut o) = bind("BaseEventLoop.start_tls", ["self", "transport", "protocol", "sslcontext"], 4, a, kw)?;
    let server_side = glue::truth(&o.take("server_side"))?;
    Ok(crate::coro!("BaseEventLoop.start_tls", tls::start_tls(l, transport, protocol, context, server_side, o)))
}
fn upgrade(a: &[Value], kw: &[Name]) -> PyResult {
    let ([writer, context], o) = bind("StreamWriter.start_tls", ["self", "sslcontext"], 2, a, kw)?;
    Ok(crate::coro!("StreamWriter.start_tls", tls::upgrade(writer, context, o)))
}
static UPGRADE: Method = Method::new("start_tls(self, *args, **kw)", Raw(upgrade));
static LOOP_METHODS: [Method; 11] = [
    Method::new("start_tls(self, *args, **kw)", Raw(start_tls)),
    Method::new("create_connection(self, *args, **kw)", Raw(create_connection)),
    Method::new("create_server(self, *args, **kw)", Raw(create_server)),
    Method::new("create_unix_connection(self, *args, **kw)", Raw(create_unix_connection)),
    Method::new("create_unix_server(self, *args, **kw)", Raw(create_unix_server)),
    Method::new("create_datagram_endpoint(self, *args, **kw)", Raw(create_datagram_endpoint)),
    Method::new("connect_accepted_socket(self, *args, **kw)", Raw(connect_accepted_socket)),
    Method::new("sock_sendfile(self, *args, **kw)", Raw(sock_sendfile)),
    Method::new("sendfile(self, *args, **kw)", Raw(sendfile_)),
    Method::new("getaddrinfo(self, *args, **kw)", Raw(getaddrinfo)),
    Method::new("getnameinfo(self, sockaddr, flags=0)", F3(getnameinfo)),
];
fn loop_methods() -> impl Iterator<Item = &'static Method> {
    LOOP_METHODS.iter().chain(&sock::LOOP_METHODS).chain(&pipes::LOOP_METHODS)
}
static FUNCTIONS: [Method; 4] = [
    Method::new("open_connection(*args, **kw)", Raw(open_connection)),
    Method::new("start_server(*args, **kw)", Raw(start_server)),
    Method::new("open_unix_connection(*args, **kw)", Raw(open_unix_connection)),
    Method::new("start_unix_server(*args, **kw)", Raw(start_unix_server)),
];
static TYPES: [(&str, &Type); 12] = [
    ("_FlowControlMixin", &abstracts::FLOW_CONTROL),
    ("BaseTransport", &abstracts::BASE_TRANSPORT),
    ("Transport", &abstracts::TRANSPORT),
    ("ReadTransport", &abstracts::READ_TRANSPORT),
    ("WriteTransport", &abstracts::WRITE_TRANSPORT),
    ("DatagramTransport", &abstracts::DATAGRAM_TRANSPORT),
    ("SubprocessTransport", &abstracts::SUBPROCESS_TRANSPORT),
    ("StreamReader", &streams::STREAM_READER),
    ("StreamWriter", &crate::stream_writer::STREAM_WRITER),
    ("StreamReaderProtocol", &streams::STREAM_PROTOCOL),
    ("Server", &server::SERVER),
    ("AbstractServer", &ABSTRACT_SERVER),
];

/// Adds the types to `m`, and to the loop its methods. Called for `asyncio` itself too.
fn setup(m: &Value) -> PyResult<()> {
    for (name, t) in &TYPES {
        set_str(m, name, Value::of_type(t));
    }
    let writer = &crate::stream_writer::STREAM_WRITER;
    if writer.own(Name::new(UPGRADE.name())).is_none() {
        writer.set_own(Name::new(UPGRADE.name()), native::descriptor(writer, &UPGRADE));
    }
    for method in loop_methods() {
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
    FUNCTIONS.iter().chain(loop_methods()).map(Method::name).chain(TYPES.iter().map(|(name, _)| *name))
}
