//! Owns: AbstractEventLoop and AbstractServer: what a program's own loop or server derives from.
//! Never: implements a method; each raises NotImplementedError, the coroutines when they are awaited.
//! Source: CPython 3.13, Lib/asyncio/events.py.

use rtcore::def::{Method, N, Raw};
use rtcore::error::{PyResult, not_implemented_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, Value};

/// The body of instances of a program's own subclasses.
pub struct Abstract;
impl Payload for Abstract {}
impl Native for Abstract {
    fn class() -> &'static Type {
        &ABSTRACT_EVENT_LOOP
    }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&ABSTRACT_EVENT_LOOP), Abstract))
}
/// The body of an abstract method, whatever its parameters are.
pub fn abstract_method(_: &[Value]) -> PyResult {
    Err(not_implemented_error(""))
}
macro_rules! abstract_coroutine {
    ($name:literal) => {{
        fn body(_: &[Value]) -> PyResult {
            Ok(crate::coro!($name, async { Err(not_implemented_error("")) }))
        }
        N(body)
    }};
}
async fn enter(v: Value) -> PyResult {
    Ok(v)
}
fn aenter(a: &[Value]) -> PyResult {
    Ok(crate::coro!("AbstractServer.__aenter__", enter(a.first().cloned().unwrap_or(NONE))))
}
async fn leave(v: Value) -> PyResult {
    crate::glue::call_method(&v, "close", &[])?;
    let closed = crate::glue::call_method(&v, "wait_closed", &[])?;
    crate::glue::await_value(closed).await?;
    Ok(NONE)
}
fn aexit(a: &[Value]) -> PyResult {
    Ok(crate::coro!("AbstractServer.__aexit__", leave(a.first().cloned().unwrap_or(NONE))))
}

static LOOP_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("run_forever(self)", N(abstract_method)),
    Method::new("run_until_complete(self, future)", N(abstract_method)),
    Method::new("stop(self)", N(abstract_method)),
    Method::new("is_running(self)", N(abstract_method)),
    Method::new("is_closed(self)", N(abstract_method)),
    Method::new("close(self)", N(abstract_method)),
    Method::new("shutdown_asyncgens(self)", abstract_coroutine!("AbstractEventLoop.shutdown_asyncgens")),
    Method::new("shutdown_default_executor(self)", abstract_coroutine!("AbstractEventLoop.shutdown_default_executor")),
    Method::new("_timer_handle_cancelled(self, handle)", N(abstract_method)),
    Method::new("call_soon(self, callback, *args, context=None)", N(abstract_method)),
    Method::new("call_later(self, delay, callback, *args, context=None)", N(abstract_method)),
    Method::new("call_at(self, when, callback, *args, context=None)", N(abstract_method)),
    Method::new("time(self)", N(abstract_method)),
    Method::new("create_future(self)", N(abstract_method)),
    Method::new("create_task(self, coro, *, name=None, context=None)", N(abstract_method)),
    Method::new("call_soon_threadsafe(self, callback, *args, context=None)", N(abstract_method)),
    Method::new("run_in_executor(self, executor, func, *args)", N(abstract_method)),
    Method::new("set_default_executor(self, executor)", N(abstract_method)),
    Method::new("getaddrinfo(self, host, port, *, family=0, type=0, proto=0, flags=0)", abstract_coroutine!("AbstractEventLoop.getaddrinfo")),
    Method::new("getnameinfo(self, sockaddr, flags=0)", abstract_coroutine!("AbstractEventLoop.getnameinfo")),
    Method::new("create_connection(self, protocol_factory, host=None, port=None, *, ssl=None, family=0, proto=0, flags=0, sock=None, local_addr=None, server_hostname=None, ssl_handshake_timeout=None, ssl_shutdown_timeout=None, happy_eyeballs_delay=None, interleave=None)", abstract_coroutine!("AbstractEventLoop.create_connection")),
    Method::new("create_server(self, protocol_factory, host=None, port=None, *, family=0, flags=1, sock=None, backlog=100, ssl=None, reuse_address=None, reuse_port=None, keep_alive=None, ssl_handshake_timeout=None, ssl_shutdown_timeout=None, start_serving=True)", abstract_coroutine!("AbstractEventLoop.create_server")),
    Method::new("sendfile(self, transport, file, offset=0, count=None, *, fallback=True)", abstract_coroutine!("AbstractEventLoop.sendfile")),
    Method::new("start_tls(self, transport, protocol, sslcontext, *, server_side=False, server_hostname=None, ssl_handshake_timeout=None, ssl_shutdown_timeout=None)", abstract_coroutine!("AbstractEventLoop.start_tls")),
    Method::new("create_unix_connection(self, protocol_factory, path=None, *, ssl=None, sock=None, server_hostname=None, ssl_handshake_timeout=None, ssl_shutdown_timeout=None)", abstract_coroutine!("AbstractEventLoop.create_unix_connection")),
    Method::new("create_unix_server(self, protocol_factory, path=None, *, sock=None, backlog=100, ssl=None, ssl_handshake_timeout=None, ssl_shutdown_timeout=None, start_serving=True)", abstract_coroutine!("AbstractEventLoop.create_unix_server")),
    Method::new("connect_accepted_socket(self, protocol_factory, sock, *, ssl=None, ssl_handshake_timeout=None, ssl_shutdown_timeout=None)", abstract_coroutine!("AbstractEventLoop.connect_accepted_socket")),
    Method::new("create_datagram_endpoint(self, protocol_factory, local_addr=None, remote_addr=None, *, family=0, proto=0, flags=0, reuse_address=None, reuse_port=None, allow_broadcast=None, sock=None)", abstract_coroutine!("AbstractEventLoop.create_datagram_endpoint")),
    Method::new("connect_read_pipe(self, protocol_factory, pipe)", abstract_coroutine!("AbstractEventLoop.connect_read_pipe")),
    Method::new("connect_write_pipe(self, protocol_factory, pipe)", abstract_coroutine!("AbstractEventLoop.connect_write_pipe")),
    Method::new("subprocess_shell(self, protocol_factory, cmd, *, stdin=-1, stdout=-1, stderr=-1, **kwargs)", abstract_coroutine!("AbstractEventLoop.subprocess_shell")),
    Method::new("subprocess_exec(self, protocol_factory, *args, stdin=-1, stdout=-1, stderr=-1, **kwargs)", abstract_coroutine!("AbstractEventLoop.subprocess_exec")),
    Method::new("add_reader(self, fd, callback, *args)", N(abstract_method)),
    Method::new("remove_reader(self, fd)", N(abstract_method)),
    Method::new("add_writer(self, fd, callback, *args)", N(abstract_method)),
    Method::new("remove_writer(self, fd)", N(abstract_method)),
    Method::new("sock_recv(self, sock, nbytes)", abstract_coroutine!("AbstractEventLoop.sock_recv")),
    Method::new("sock_recv_into(self, sock, buf)", abstract_coroutine!("AbstractEventLoop.sock_recv_into")),
    Method::new("sock_recvfrom(self, sock, bufsize)", abstract_coroutine!("AbstractEventLoop.sock_recvfrom")),
    Method::new("sock_recvfrom_into(self, sock, buf, nbytes=0)", abstract_coroutine!("AbstractEventLoop.sock_recvfrom_into")),
    Method::new("sock_sendall(self, sock, data)", abstract_coroutine!("AbstractEventLoop.sock_sendall")),
    Method::new("sock_sendto(self, sock, data, address)", abstract_coroutine!("AbstractEventLoop.sock_sendto")),
    Method::new("sock_connect(self, sock, address)", abstract_coroutine!("AbstractEventLoop.sock_connect")),
    Method::new("sock_accept(self, sock)", abstract_coroutine!("AbstractEventLoop.sock_accept")),
    Method::new("sock_sendfile(self, sock, file, offset=0, count=None, *, fallback=None)", abstract_coroutine!("AbstractEventLoop.sock_sendfile")),
    Method::new("add_signal_handler(self, sig, callback, *args)", N(abstract_method)),
    Method::new("remove_signal_handler(self, sig)", N(abstract_method)),
    Method::new("set_task_factory(self, factory)", N(abstract_method)),
    Method::new("get_task_factory(self)", N(abstract_method)),
    Method::new("get_exception_handler(self)", N(abstract_method)),
    Method::new("set_exception_handler(self, handler)", N(abstract_method)),
    Method::new("default_exception_handler(self, context)", N(abstract_method)),
    Method::new("call_exception_handler(self, context)", N(abstract_method)),
    Method::new("get_debug(self)", N(abstract_method)),
    Method::new("set_debug(self, enabled)", N(abstract_method)),
];
static LOOP_DEF: ClassDef =
    ClassDef::new::<Abstract>("AbstractEventLoop").module("asyncio.events").methods(LOOP_METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static ABSTRACT_EVENT_LOOP: Type = Type::builtin(&LOOP_DEF);

static SERVER_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("close(self)", N(abstract_method)),
    Method::new("close_clients(self)", N(abstract_method)),
    Method::new("abort_clients(self)", N(abstract_method)),
    Method::new("get_loop(self)", N(abstract_method)),
    Method::new("is_serving(self)", N(abstract_method)),
    Method::new("start_serving(self)", abstract_coroutine!("AbstractServer.start_serving")),
    Method::new("serve_forever(self)", abstract_coroutine!("AbstractServer.serve_forever")),
    Method::new("wait_closed(self)", abstract_coroutine!("AbstractServer.wait_closed")),
    Method::new("__aenter__(self)", N(aenter)),
    Method::new("__aexit__(self, *exc)", N(aexit)),
];
static SERVER_DEF: ClassDef =
    ClassDef::new::<Abstract>("AbstractServer").module("asyncio.events").methods(SERVER_METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static ABSTRACT_SERVER: Type = Type::builtin(&SERVER_DEF);
