//! Owns: datagram endpoints.
//! Never: stream transports (`transports`).
//! Source: CPython 3.13, Lib/asyncio/selector_events.py (_SelectorDatagramTransport),
//! Lib/asyncio/base_events.py (create_datagram_endpoint).

use crate::connect::Options;
use crate::futures;
use crate::glue::{self, VCell};
use crate::handles;
use crate::loop_::as_loop;
use crate::loop_methods::set_watch;
use crate::server::socket_extra;
use rtcore::def::{F1, F3, Method};
use rtcore::error::hierarchy::{BLOCKING_IO_ERROR, OS_ERROR};
use rtcore::error::{self, PyResult, type_error, value_error};
use rtcore::object::{self, Native, Payload};
use rtcore::protocol::call::call;
use rtcore::types::bytes;
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use rtstdlib::socket::{self, addr};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

pub struct Datagram {
    loop_: Value,
    sock: VCell,
    fd: Cell<i32>,
    protocol: VCell,
    /// The address of a connected endpoint.
    address: Value,
    extra: Vec<(String, Value)>,
    buffer: RefCell<VecDeque<(Value, Value)>>,
    closing: Cell<bool>,
    lost: Cell<bool>,
}
impl Payload for Datagram {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.loop_);
        self.sock.visit(visit);
        self.protocol.visit(visit);
        self.extra.iter().for_each(|(_, v)| visit(v));
    }
}
impl Native for Datagram {
    fn class() -> &'static Type {
        &DATAGRAM_TRANSPORT
    }
}
fn body(v: &Value) -> PyResult<&Datagram> {
    v.downcast::<Datagram>().ok_or_else(|| type_error("expected a datagram transport"))
}

/// BaseEventLoop.create_datagram_endpoint.
pub async fn create(l: Value, factory: Value, mut o: Options) -> PyResult {
    let (local, remote, sock) = (o.take("local_addr"), o.take("remote_addr"), o.take("sock"));
    let family = o.take("family");
    let (reuse_port, broadcast) = (o.take("reuse_port"), o.take("allow_broadcast"));
    drop((o.take("proto"), o.take("flags")));
    o.finish("create_datagram_endpoint")?;
    let sock = if sock.is_none() {
        let mut fam = if family.is_none() { libc::AF_UNSPEC } else { glue::index(&family)? as i32 };
        if fam == libc::AF_UNSPEC && local.is_none() && remote.is_none() {
            return Err(value_error("unexpected address family"));
        }
        let mut resolve = |a: &Value| -> PyResult<Option<addr::Addr>> {
            if a.is_none() {
                return Ok(None);
            }
            if a.as_str_obj().is_some() {
                fam = libc::AF_UNIX;
                return addr::from_value(libc::AF_UNIX, a, "bind").map(Some);
            }
            let [host, port] = &rtcore::types::tuple::items(a)[..2.min(rtcore::types::tuple::items(a).len())] else {
                return Err(type_error("2-tuple is expected"));
            };
            let host = if host.is_none() { None } else { Some(rtcore::protocol::repr::str_string(host)?) };
            let port = rtcore::protocol::repr::str_string(port)?;
            let all = addr::lookup(host.as_deref(), Some(&port), fam, libc::SOCK_DGRAM, 0, 0)?;
            match all.into_iter().next() {
                Some(i) => {
                    fam = i.family;
                    Ok(Some(i.addr))
                }
                None => Err(error::raise(&OS_ERROR, "getaddrinfo() returned empty list")),
            }
        };
        let (la, ra) = (resolve(&local)?, resolve(&remote)?);
        let s = socket::open(fam, libc::SOCK_DGRAM, 0)?;
        let b = socket::body(&s)?;
        b.set_timeout(0.0)?;
        let option = |name: i32| {
            let args = [libc::SOL_SOCKET, name, 1].map(|n| Value::int(i64::from(n)));
            glue::call_method(&s, "setsockopt", &args).map(drop)
        };
        if glue::truth(&reuse_port)? {
            option(libc::SO_REUSEPORT)?;
        }
        if glue::truth(&broadcast)? {
            option(libc::SO_BROADCAST)?;
        }
        // SAFETY: the addresses live during the calls.
        unsafe {
            if la.is_some_and(|a| libc::bind(b.fd.get(), a.ptr(), a.len) < 0) {
                return Err(socket::last_error());
            }
            if ra.is_some_and(|a| libc::connect(b.fd.get(), a.ptr(), a.len) < 0) {
                return Err(socket::last_error());
            }
        }
        s
    } else {
        socket::body(&sock)?.set_timeout(0.0)?;
        sock
    };
    let protocol = call(&factory, &[])?;
    let waiter = futures::create(l.clone());
    let fd = socket::body(&sock)?.fd.get();
    let extra = socket_extra(&sock, None)?;
    let address = if remote.is_none() { NONE } else { socket::peername(&sock)? };
    let v = object::new(
        &DATAGRAM_TRANSPORT,
        Datagram {
            loop_: l.clone(),
            sock: VCell::new(sock),
            fd: Cell::new(fd),
            protocol: VCell::new(protocol.clone()),
            address,
            extra,
            buffer: RefCell::new(VecDeque::new()),
            closing: Cell::new(false),
            lost: Cell::new(false),
        },
    );
    let el = as_loop(&l).ok_or_else(|| type_error("expected an event loop"))?;
    handles::call_soon_native(&l, el, made_cb, v.clone(), NONE)?;
    handles::call_soon_native(&l, el, read_cb, v.clone(), NONE)?;
    handles::call_soon_native(&l, el, |w, _| futures::set_result_unless_cancelled(w, &NONE), waiter.clone(), NONE)?;
    futures::wait(waiter).await?;
    Ok(glue::tuple(vec![v, protocol]))
}
fn made_cb(v: &Value, _: &Value) -> PyResult<()> {
    glue::call_method(&body(v)?.protocol.get(), "connection_made", &[v.clone()]).map(drop)
}
fn read_cb(v: &Value, _: &Value) -> PyResult<()> {
    let d = body(v)?;
    if d.closing.get() { Ok(()) } else { d.watch(v, false, read_ready) }
}
impl Datagram {
    fn watch(&self, v: &Value, writer: bool, f: futures::NativeCallback) -> PyResult<()> {
        let Some(el) = as_loop(&self.loop_) else { return Ok(()) };
        let h = handles::new_native_handle(&self.loop_, f, v.clone(), NONE);
        set_watch(el, self.fd.get(), writer, Some(h)).map(drop)
    }
    fn unwatch(&self, writer: bool) -> PyResult<()> {
        match as_loop(&self.loop_) {
            Some(el) if !el.is_closed() => set_watch(el, self.fd.get(), writer, None).map(drop),
            Some(_) | None => Ok(()),
        }
    }
    fn close(&self, v: &Value, exc: Value, force: bool) -> PyResult<()> {
        if self.lost.get() {
            return Ok(());
        }
        if force {
            let pending = self.buffer.take();
            drop(pending);
            self.unwatch(true)?;
        }
        if !self.closing.replace(true) {
            self.unwatch(false)?;
        } else if !force {
            return Ok(());
        }
        if self.buffer.borrow().is_empty() {
            self.lost.set(true);
            self.unwatch(true)?;
            if let Some(el) = as_loop(&self.loop_) {
                handles::call_soon_native(&self.loop_, el, lost_cb, v.clone(), exc)?;
            }
        }
        Ok(())
    }
    fn error_received(&self, r: error::Raised) -> PyResult<()> {
        let exc = error::take(r);
        glue::call_method(&self.protocol.get(), "error_received", &[exc]).map(drop)
    }
    fn send(&self, data: &Value, address: &Value) -> PyResult<()> {
        let sock = self.sock.get();
        if self.address.is_none() {
            glue::call_method(&sock, "sendto", &[data.clone(), address.clone()]).map(drop)
        } else {
            glue::call_method(&sock, "send", &[data.clone()]).map(drop)
        }
    }
}
fn lost_cb(v: &Value, exc: &Value) -> PyResult<()> {
    let d = body(v)?;
    let r = glue::call_method(&d.protocol.take(), "connection_lost", &[exc.clone()]).map_err(error::take);
    let sock = d.sock.take();
    d.fd.set(-1);
    socket::close(&sock)?;
    r.map(drop).map_err(glue::reraise)
}
fn read_ready(v: &Value, _: &Value) -> PyResult<()> {
    let d = body(v)?;
    if d.lost.get() {
        return Ok(());
    }
    match glue::call_method(&d.sock.get(), "recvfrom", &[Value::int(256 * 1024)]) {
        Ok(pair) => glue::call_method(&d.protocol.get(), "datagram_received", rtcore::types::tuple::items(&pair)).map(drop),
        Err(r) if error::matches(&r, &BLOCKING_IO_ERROR) => {
            drop(error::take(r));
            Ok(())
        }
        Err(r) if error::matches(&r, &OS_ERROR) => d.error_received(r),
        Err(r) => {
            let exc = error::take(r);
            d.close(v, exc, true)
        }
    }
}
fn write_ready(v: &Value, _: &Value) -> PyResult<()> {
    let d = body(v)?;
    loop {
        let next = d.buffer.borrow_mut().pop_front();
        let Some((data, address)) = next else { break };
        match d.send(&data, &address) {
            Ok(()) => {}
            Err(r) if error::matches(&r, &BLOCKING_IO_ERROR) => {
                drop(error::take(r));
                d.buffer.borrow_mut().push_front((data, address));
                return Ok(());
            }
            Err(r) => return d.error_received(r),
        }
    }
    d.unwatch(true)?;
    if d.closing.get() && !d.lost.replace(true) { lost_cb(v, &NONE) } else { Ok(()) }
}
fn m_sendto(v: &Value, data: &Value, address: &Value) -> PyResult {
    let d = body(v)?;
    if bytes::buffer::view(data)?.is_none() {
        return Err(type_error(format!("data argument must be a bytes-like object, not '{}'", data.ty().name())));
    }
    let mut address = address.clone();
    if !d.address.is_none() {
        if !address.is_none() && !rtcore::protocol::compare::eq(&address, &d.address)? {
            return Err(value_error(format!("Invalid address: must be None or {}", rtcore::protocol::repr::str_string(&d.address)?)));
        }
        address = d.address.clone();
    }
    if d.lost.get() {
        return Ok(NONE);
    }
    if d.buffer.borrow().is_empty() {
        match d.send(data, &address) {
            Ok(()) => return Ok(NONE),
            Err(r) if error::matches(&r, &BLOCKING_IO_ERROR) => {
                drop(error::take(r));
                d.watch(v, true, write_ready)?;
            }
            Err(r) if error::matches(&r, &OS_ERROR) => {
                d.error_received(r)?;
                return Ok(NONE);
            }
            Err(r) => return Err(r),
        }
    }
    let copy = bytes::value(bytes::buffer::required(data)?.to_vec());
    d.buffer.borrow_mut().push_back((copy, address));
    Ok(NONE)
}
fn m_close(v: &Value) -> PyResult {
    body(v)?.close(v, NONE, false)?;
    Ok(NONE)
}
fn m_abort(v: &Value) -> PyResult {
    body(v)?.close(v, NONE, true)?;
    Ok(NONE)
}
fn m_is_closing(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.closing.get()))
}
fn m_get_extra_info(v: &Value, name: &Value, default: &Value) -> PyResult {
    let d = body(v)?;
    let n = name.as_str().unwrap_or("");
    Ok(d.extra.iter().find(|(k, _)| k == n).map_or_else(|| default.clone(), |(_, v)| v.clone()))
}
fn m_get_protocol(v: &Value) -> PyResult {
    Ok(body(v)?.protocol.get())
}
fn m_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("<{} fd={}>", v.ty().name(), body(v)?.fd.get())))
}
static METHODS: &[Method] = &[
    Method::new("sendto(self, data, addr=None)", F3(m_sendto)),
    Method::new("close(self)", F1(m_close)),
    Method::new("abort(self)", F1(m_abort)),
    Method::new("is_closing(self)", F1(m_is_closing)),
    Method::new("get_extra_info(self, name, default=None)", F3(m_get_extra_info)),
    Method::new("get_protocol(self)", F1(m_get_protocol)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static DEF: ClassDef =
    ClassDef::new::<Datagram>("_SelectorDatagramTransport").module("asyncio.selector_events").methods(METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static DATAGRAM_TRANSPORT: Type = Type::builtin(&DEF);
