//! Owns: Server: listening sockets, accepting, serving and waiting for the end.
//! Never: speaks a protocol.
//! Source: CPython 3.13, Lib/asyncio/base_events.py (Server), Lib/asyncio/selector_events.py
//! (_accept_connection).

use crate::futures;
use crate::glue::{self, VCell};
use crate::handles;
use crate::loop_::{self, as_loop};
use crate::loop_methods::set_watch;
use crate::mixins::Waiters;
use crate::tls::Tls;
use crate::transports;
use rtcore::def::{F1, Method};
use rtcore::error::{self, PyResult, runtime_error, type_error};
use rtcore::object::{self, Native, Payload};
use rtcore::protocol::call::call;
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use rtstdlib::socket;
use std::cell::{Cell, RefCell};

pub struct Server {
    loop_: Value,
    sockets: RefCell<Option<Vec<Value>>>,
    /// The transports of open connections.
    clients: RefCell<Vec<Value>>,
    waiters: RefCell<Option<Waiters>>,
    factory: Value,
    backlog: i32,
    serving: Cell<bool>,
    forever: VCell,
    /// The path of a unix socket, and its inode: it goes with the server unless somebody replaced it.
    unlink: RefCell<Option<(String, u64)>>,
    tls: Option<Tls>,
}
impl Payload for Server {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.loop_);
        visit(&self.factory);
        self.forever.visit(visit);
        self.tls.iter().for_each(|tls| tls.visit(visit));
        self.clients.borrow().iter().for_each(&mut *visit);
        self.sockets.borrow().iter().flatten().for_each(visit);
    }
}
impl Native for Server {
    fn class() -> &'static Type {
        &SERVER
    }
}
pub fn new(l: &Value, sockets: Vec<Value>, factory: &Value, backlog: i32, unlink: Option<(String, u64)>, tls: Option<Tls>) -> Value {
    object::new(
        &SERVER,
        Server {
            loop_: l.clone(),
            sockets: RefCell::new(Some(sockets)),
            clients: RefCell::new(vec![]),
            waiters: RefCell::new(Some(Waiters::new())),
            factory: factory.clone(),
            backlog,
            serving: Cell::new(false),
            forever: VCell::none(),
            unlink: RefCell::new(unlink),
            tls,
        },
    )
}
fn body(v: &Value) -> PyResult<&Server> {
    v.downcast::<Server>().ok_or_else(|| type_error("expected a Server"))
}
pub fn attach(v: &Value, transport: &Value) {
    if let Some(s) = v.downcast::<Server>() {
        s.clients.borrow_mut().push(transport.clone());
    }
}
pub fn detach(v: &Value, transport: &Value) -> PyResult<()> {
    let s = body(v)?;
    let gone = {
        let mut clients = s.clients.borrow_mut();
        clients.iter().position(|c| c.is(transport)).map(|i| clients.swap_remove(i))
    };
    drop(gone);
    if s.clients.borrow().is_empty() && s.sockets.borrow().is_none() { s.wake_up() } else { Ok(()) }
}
impl Server {
    fn wake_up(&self) -> PyResult<()> {
        let Some(waiters) = self.waiters.take() else { return Ok(()) };
        while let Some(w) = waiters.pop() {
            if !futures::is_done(&w)? {
                futures::set_result(&w, NONE)?;
            }
        }
        Ok(())
    }
    pub fn start(&self, v: &Value) -> PyResult<()> {
        if self.serving.replace(true) {
            return Ok(());
        }
        let el = as_loop(&self.loop_).ok_or_else(|| type_error("expected an event loop"))?;
        let sockets = self.sockets.borrow().clone().unwrap_or_default();
        for s in sockets {
            let b = socket::body(&s)?;
            // SAFETY: a plain system call.
            if unsafe { libc::listen(b.fd.get(), self.backlog) } < 0 {
                return Err(socket::last_error());
            }
            let h = handles::new_native_handle(&self.loop_, accept_ready, v.clone(), s.clone());
            set_watch(el, b.fd.get(), false, Some(h))?;
        }
        Ok(())
    }
    fn close(&self) -> PyResult<()> {
        let Some(sockets) = self.sockets.take() else { return Ok(()) };
        let el = as_loop(&self.loop_).ok_or_else(|| type_error("expected an event loop"))?;
        for s in sockets {
            let b = socket::body(&s)?;
            if !el.is_closed() {
                set_watch(el, b.fd.get(), false, None)?;
            }
            socket::close(&s)?;
        }
        if let Some((path, inode)) = self.unlink.take() {
            remove_path(&path, inode)?;
        }
        self.serving.set(false);
        let f = self.forever.take();
        if !f.is_none() && !futures::is_done(&f)? {
            futures::cancel(&f, NONE)?;
        }
        if self.clients.borrow().is_empty() {
            self.wake_up()?;
        }
        Ok(())
    }
}
/// _UnixSelectorEventLoop._stop_serving.
fn remove_path(path: &str, inode: u64) -> PyResult<()> {
    let failed = match std::fs::metadata(path) {
        Ok(found) if std::os::unix::fs::MetadataExt::ino(&found) != inode => return Ok(()),
        Ok(_) => std::fs::remove_file(path).err(),
        Err(e) => Some(e),
    };
    let Some(e) = failed.filter(|e| e.kind() != std::io::ErrorKind::NotFound) else { return Ok(()) };
    let path = Value::str(path);
    let shown = glue::repr(&error::take(error::hierarchy::raise_os_error(&e, Some(path.clone()))))?;
    crate::handlers::log_error(&format!("Unable to clean up listening UNIX socket {}: {shown}", glue::repr(&path)?), &NONE);
    Ok(())
}
/// A listening socket is ready: accepts up to `backlog` connections.
fn accept_ready(v: &Value, sock: &Value) -> PyResult<()> {
    let s = body(v)?;
    let b = socket::body(sock)?;
    for _ in 0..s.backlog + 1 {
        let mut a = socket::addr::Addr::blank();
        // SAFETY: the address buffer has the length given.
        let fd = unsafe { libc::accept4(b.fd.get(), a.ptr_mut(), &mut a.len, libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK) };
        if fd < 0 {
            let e = std::io::Error::last_os_error();
            return match e.raw_os_error() {
                Some(libc::EAGAIN | libc::EINTR | libc::ECONNABORTED) => Ok(()),
                Some(_) | None => Err(error::hierarchy::raise_os_error(&e, None)),
            };
        }
        let conn = socket::from_fd(fd, b.family, b.ty, b.proto);
        let peer = socket::addr::to_value(&a);
        let coro = crate::coro!("BaseSelectorEventLoop._accept_connection2", accept_connection(v.clone(), conn, peer));
        loop_::create_task(&s.loop_, &coro, &NONE, &NONE)?;
    }
    Ok(())
}
async fn accept_connection(v: Value, conn: Value, peer: Value) -> PyResult {
    let s = body(&v)?;
    let r = async {
        let protocol = call(&s.factory, &[])?;
        let waiter = futures::create(s.loop_.clone());
        let extra = socket_extra(&conn, Some(peer))?;
        if let Some(tls) = &s.tls {
            let t = tls.transport(&s.loop_, conn, &protocol, &waiter, extra, &v, true)?;
            if let Err(raised) = futures::wait(waiter).await {
                let exc = error::take(raised);
                glue::call_method(&t, "close", &[])?;
                return Err(glue::reraise(exc));
            }
            return Ok(NONE);
        }
        let fd = socket::body(&conn)?.fd.get();
        transports::new(transports::Kind::Socket, &s.loop_, fd, conn, &protocol, Some(&waiter), extra, &v)?;
        futures::wait(waiter).await
    }
    .await;
    if let Err(r) = r {
        if glue::pending_is_base_error(&r) {
            return Err(r);
        }
        let items = vec![
            ("message", Value::str("Error on transport creation for incoming connection")),
            ("exception", error::take(r)),
        ];
        let el = as_loop(&s.loop_);
        if el.is_some_and(|el| el.debug.get()) {
            crate::handlers::call_exception_handler(&s.loop_, glue::dict(items))?;
        }
    }
    Ok(NONE)
}
/// What `get_extra_info` knows of a socket.
pub fn socket_extra(sock: &Value, peer: Option<Value>) -> PyResult<Vec<(String, Value)>> {
    let quiet = |r: PyResult| r.map_err(|r| drop(error::take(r))).unwrap_or(NONE);
    let peer = match peer {
        Some(p) => p,
        None => quiet(socket::peername(sock)),
    };
    Ok(vec![("socket".into(), sock.clone()), ("sockname".into(), quiet(socket::sockname(sock))), ("peername".into(), peer)])
}

async fn start_serving(v: Value) -> PyResult {
    body(&v)?.start(&v)?;
    rtcore::frame::suspend(NONE).await?;
    Ok(NONE)
}
async fn serve_forever(v: Value) -> PyResult {
    let s = body(&v)?;
    if !s.forever.is_none() {
        return Err(runtime_error(format!("server {} is already being awaited on serve_forever()", glue::repr(&v)?)));
    }
    if s.sockets.borrow().is_none() {
        return Err(runtime_error(format!("server {} is closed", glue::repr(&v)?)));
    }
    s.start(&v)?;
    let f = futures::create(s.loop_.clone());
    s.forever.set(f.clone());
    let r = futures::wait(f).await;
    drop(s.forever.take());
    match r {
        Err(r) if error::matches(&r, &crate::exceptions::CANCELLED_ERROR) => {
            let exc = error::take(r);
            s.close()?;
            wait_closed(v.clone()).await?;
            Err(glue::reraise(exc))
        }
        other => other,
    }
}
async fn wait_closed(v: Value) -> PyResult {
    let s = body(&v)?;
    if s.waiters.borrow().is_none() {
        return Ok(NONE);
    }
    let w = futures::create(s.loop_.clone());
    if let Some(all) = &*s.waiters.borrow() {
        all.push(w.clone());
    }
    futures::wait(w).await?;
    Ok(NONE)
}
fn m_start_serving(v: &Value) -> PyResult {
    Ok(crate::coro!("Server.start_serving", start_serving(v.clone())))
}
fn m_serve_forever(v: &Value) -> PyResult {
    Ok(crate::coro!("Server.serve_forever", serve_forever(v.clone())))
}
fn m_wait_closed(v: &Value) -> PyResult {
    Ok(crate::coro!("Server.wait_closed", wait_closed(v.clone())))
}
fn m_close_clients(v: &Value) -> PyResult {
    each_client(v, "close")
}
fn m_abort_clients(v: &Value) -> PyResult {
    each_client(v, "abort")
}
fn each_client(v: &Value, method: &str) -> PyResult {
    let clients = body(v)?.clients.borrow().clone();
    for transport in clients {
        glue::call_method(&transport, method, &[])?;
    }
    Ok(NONE)
}
fn m_close(v: &Value) -> PyResult {
    body(v)?.close()?;
    Ok(NONE)
}
fn m_is_serving(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.serving.get()))
}
fn m_get_loop(v: &Value) -> PyResult {
    Ok(body(v)?.loop_.clone())
}
fn get_sockets(v: &Value) -> PyResult {
    Ok(glue::tuple(body(v)?.sockets.borrow().clone().unwrap_or_default()))
}
fn m_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("<Server sockets={}>", glue::repr(&get_sockets(v)?)?)))
}
static METHODS: &[Method] = &[
    Method::new("close(self)", F1(m_close)),
    Method::new("close_clients(self)", F1(m_close_clients)),
    Method::new("abort_clients(self)", F1(m_abort_clients)),
    Method::new("is_serving(self)", F1(m_is_serving)),
    Method::new("get_loop(self)", F1(m_get_loop)),
    Method::new("start_serving(self)", F1(m_start_serving)),
    Method::new("serve_forever(self)", F1(m_serve_forever)),
    Method::new("wait_closed(self)", F1(m_wait_closed)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static GETSET: &[GetSet] = &[GetSet::ro("sockets", get_sockets)];
static DEF: ClassDef = ClassDef::new::<Server>("Server")
    .base(&crate::abstract_loop::ABSTRACT_SERVER)
    .module("asyncio.base_events")
    .methods(METHODS)
    .getset(GETSET)
    .flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static SERVER: Type = Type::builtin(&DEF);
