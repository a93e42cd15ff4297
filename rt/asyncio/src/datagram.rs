//! Owns: datagram endpoints.
//! Never: stream transports (`transports`).
//! Source: CPython 3.13, Lib/asyncio/selector_events.py (_SelectorDatagramTransport),
//! Lib/asyncio/base_events.py (create_datagram_endpoint).

use crate::connect::{Options, int_or, socket_part};
use crate::futures;
use crate::glue::{self, VCell};
use crate::handles;
use crate::loop_::as_loop;
use crate::loop_methods::set_watch;
use crate::resolve;
use crate::server::socket_extra;
use crate::sock;
use crate::transports::HIGH_WATER;
use rtcore::def::{F1, F2, F3, Method};
use rtcore::error::hierarchy::{BLOCKING_IO_ERROR, OS_ERROR};
use rtcore::error::{self, PyResult, type_error, value_error};
use rtcore::object::{self, Native, Payload};
use rtcore::protocol::call::call;
use rtcore::types::bytes;
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use rtstdlib::socket;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

pub struct Datagram {
    loop_: Value,
    sock: VCell,
    fd: Cell<i32>,
    /// The descriptor that is shown, after the end too.
    number: i32,
    protocol: VCell,
    /// The address of a connected endpoint.
    address: Value,
    /// The socket has a peer, also one that the program gave it.
    connected: bool,
    extra: Vec<(String, Value)>,
    buffer: RefCell<VecDeque<(Value, Value)>>,
    /// Bytes in the buffer, a header counted for each datagram.
    size: Cell<usize>,
    high: Cell<usize>,
    low: Cell<usize>,
    protocol_paused: Cell<bool>,
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

/// What a program gave of the options that a socket of its own excludes, as a message shows it.
fn problems(options: &[(&str, &Value)]) -> PyResult<String> {
    let mut shown = vec![];
    for (name, v) in options {
        if glue::truth(v)? {
            shown.push(format!("{name}={}", rtcore::protocol::repr::str_string(v)?));
        }
    }
    Ok(shown.join(", "))
}
/// A family and protocol with the addresses to bind and to connect to.
struct Candidate {
    family: i32,
    proto: i32,
    ends: [Option<Value>; 2],
}
/// The families in which every address that was asked for is known.
async fn candidates(l: &Value, ends: [&Value; 2], family: i32, proto: i32, flags: i32) -> PyResult<Vec<Candidate>> {
    let mut found: Vec<Candidate> = vec![];
    for (i, end) in ends.into_iter().enumerate().filter(|(_, end)| !end.is_none()) {
        if !rtcore::types::tuple::is_tuple(end) || rtcore::types::tuple::items(end).len() != 2 {
            return Err(type_error("2-tuple is expected"));
        }
        let infos = resolve::ensure(l, end, family, libc::SOCK_DGRAM, proto, flags).await?;
        if infos.is_empty() {
            return Err(error::raise(&OS_ERROR, "getaddrinfo() returned empty list"));
        }
        for info in infos {
            let at = match found.iter().position(|c| c.family == info.family && c.proto == info.proto) {
                Some(at) => at,
                None => {
                    found.push(Candidate { family: info.family, proto: info.proto, ends: [None, None] });
                    found.len() - 1
                }
            };
            found[at].ends[i] = Some(info.address);
        }
    }
    let wanted = [glue::truth(ends[0])?, glue::truth(ends[1])?];
    found.retain(|c| wanted.iter().zip(&c.ends).all(|(wanted, end)| !wanted || end.is_some()));
    if found.is_empty() { Err(value_error("can not get address information")) } else { Ok(found) }
}
/// A unix address: a path; a socket that somebody left at the local one goes.
fn unix_candidate(local: &Value, remote: &Value, proto: i32) -> PyResult<Candidate> {
    for end in [local, remote] {
        if !end.is_none() && end.as_str_obj().is_none() {
            return Err(type_error("string is expected"));
        }
    }
    if let Some(path) = local.as_str().filter(|path| !path.is_empty() && !path.starts_with('\0'))
        && std::fs::metadata(path).is_ok_and(|m| std::os::unix::fs::FileTypeExt::is_socket(&m.file_type()))
        && let Err(e) = std::fs::remove_file(path)
    {
        let shown = glue::repr(&error::take(error::hierarchy::raise_os_error(&e, Some(local.clone()))))?;
        crate::handlers::log_error(&format!("Unable to check or remove stale UNIX socket {}: {shown}", glue::repr(local)?), &NONE);
    }
    let end = |v: &Value| if v.is_none() { None } else { Some(v.clone()) };
    Ok(Candidate { family: libc::AF_UNIX, proto, ends: [end(local), end(remote)] })
}
/// Opens, binds and connects one candidate; the connected address goes to `remote`.
async fn open(l: &Value, c: &Candidate, reuse_port: bool, broadcast: bool, remote: &mut Value) -> PyResult {
    let s = sock::open(c.family, libc::SOCK_DGRAM, c.proto)?;
    let r = async {
        let option = |name: i32| {
            let args = [libc::SOL_SOCKET, name, 1].map(|n| Value::int(i64::from(n)));
            glue::call_method(&s, "setsockopt", &args).map(drop)
        };
        if reuse_port {
            option(libc::SO_REUSEPORT)?;
        }
        if broadcast {
            option(libc::SO_BROADCAST)?;
        }
        if let Some(local) = &c.ends[0] {
            glue::call_method(&s, "bind", &[local.clone()])?;
        }
        if let Some(end) = &c.ends[1] {
            if !broadcast {
                sock::connect(l.clone(), s.clone(), end.clone()).await?;
            }
            *remote = end.clone();
        }
        Ok(())
    }
    .await;
    let Err(r) = r else { return Ok(s) };
    let exc = error::take(r);
    socket::close(&s)?;
    Err(glue::reraise(exc))
}
/// BaseEventLoop.create_datagram_endpoint.
pub async fn create(l: Value, factory: Value, mut o: Options) -> PyResult {
    let (local, remote, given) = (o.take("local_addr"), o.take("remote_addr"), o.take("sock"));
    let [family, proto, flags] = ["family", "proto", "flags"].map(|name| o.take_opt(name).unwrap_or(Value::int(0)));
    let (reuse_port, broadcast) = (o.take("reuse_port"), o.take("allow_broadcast"));
    o.finish("BaseEventLoop.create_datagram_endpoint")?;
    let mut address = NONE;
    let sock = if !given.is_none() {
        if socket_part(&given, "type")? == libc::SOCK_STREAM {
            return Err(value_error(format!("A datagram socket was expected, got {}", glue::repr(&given)?)));
        }
        let shown = problems(&[
            ("local_addr", &local),
            ("remote_addr", &remote),
            ("family", &family),
            ("proto", &proto),
            ("flags", &flags),
            ("reuse_port", &reuse_port),
            ("allow_broadcast", &broadcast),
        ])?;
        if !shown.is_empty() {
            return Err(value_error(format!("socket modifier keyword arguments can not be used when sock is specified. ({shown})")));
        }
        socket::body(&given)?.set_timeout(0.0)?;
        given
    } else {
        let number = |v: &Value| int_or(v, 0);
        let (family, proto, flags) = (number(&family)?, number(&proto)?, number(&flags)?);
        let all = if !glue::truth(&local)? && !glue::truth(&remote)? {
            if family == libc::AF_UNSPEC {
                return Err(value_error("unexpected address family"));
            }
            vec![Candidate { family, proto, ends: [None, None] }]
        } else if family == libc::AF_UNIX {
            vec![unix_candidate(&local, &remote, proto)?]
        } else {
            candidates(&l, [&local, &remote], family, proto, flags).await?
        };
        let (reuse_port, broadcast) = (glue::truth(&reuse_port)?, glue::truth(&broadcast)?);
        let mut first = None;
        let mut made = None;
        for c in &all {
            match open(&l, c, reuse_port, broadcast, &mut address).await {
                Ok(s) => {
                    made = Some(s);
                    break;
                }
                Err(r) if error::matches(&r, &OS_ERROR) => {
                    let exc = error::take(r);
                    first.get_or_insert(exc);
                }
                Err(r) => return Err(r),
            }
        }
        match (made, first) {
            (Some(s), _) => s,
            (None, Some(exc)) => return Err(glue::reraise(exc)),
            (None, None) => return Err(value_error("can not get address information")),
        }
    };
    let protocol = call(&factory, &[])?;
    let waiter = futures::create(l.clone());
    let fd = socket::body(&sock)?.fd.get();
    let extra = socket_extra(&sock, None)?;
    let v = object::new(
        &DATAGRAM_TRANSPORT,
        Datagram {
            loop_: l.clone(),
            sock: VCell::new(sock),
            fd: Cell::new(fd),
            number: fd,
            protocol: VCell::new(protocol.clone()),
            address,
            connected: extra.iter().any(|(name, v)| name == "peername" && !v.is_none()),
            extra,
            buffer: RefCell::new(VecDeque::new()),
            size: Cell::new(0),
            high: Cell::new(HIGH_WATER),
            low: Cell::new(HIGH_WATER / 4),
            protocol_paused: Cell::new(false),
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
    /// `_maybe_pause_protocol` and `_maybe_resume_protocol`.
    fn tell_flow(&self, v: &Value) -> PyResult<()> {
        let method = if self.size.get() > self.high.get() && !self.protocol_paused.get() {
            "pause_writing"
        } else if self.size.get() <= self.low.get() && self.protocol_paused.get() {
            "resume_writing"
        } else {
            return Ok(());
        };
        self.protocol_paused.set(method == "pause_writing");
        let protocol = self.protocol.get();
        let Err(r) = glue::call_method(&protocol, method, &[]) else { return Ok(()) };
        if glue::pending_is_base_error(&r) {
            return Err(r);
        }
        let items = vec![
            ("message", Value::string(format!("protocol.{method}() failed"))),
            ("exception", error::take(r)),
            ("transport", v.clone()),
            ("protocol", protocol),
        ];
        crate::handlers::call_exception_handler(&self.loop_, glue::dict(items))
    }
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
        if !self.connected {
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
        let n = bytes::buffer::required(&data)?.to_vec().len();
        d.size.set(d.size.get().saturating_sub(n));
        match d.send(&data, &address) {
            Ok(()) => {}
            Err(r) if error::matches(&r, &BLOCKING_IO_ERROR) => {
                drop(error::take(r));
                d.buffer.borrow_mut().push_front((data, address));
                d.size.set(d.size.get() + n);
                return d.tell_flow(v);
            }
            Err(r) => return d.error_received(r),
        }
    }
    d.tell_flow(v)?;
    if !d.buffer.borrow().is_empty() {
        return Ok(());
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
    // The header counts too (Lib/asyncio/selector_events.py, sendto).
    d.size.set(d.size.get() + bytes::buffer::required(&copy)?.to_vec().len() + 8);
    d.buffer.borrow_mut().push_back((copy, address));
    d.tell_flow(v)?;
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
fn m_set_protocol(v: &Value, p: &Value) -> PyResult {
    body(v)?.protocol.set(p.clone());
    Ok(NONE)
}
fn m_repr(v: &Value) -> PyResult {
    let d = body(v)?;
    let mut s = format!("<{}", v.ty().name());
    if d.sock.is_none() {
        s.push_str(" closed");
    } else if d.closing.get() {
        s.push_str(" closing");
    }
    s.push_str(&format!(" fd={}", d.number));
    if let Some(el) = as_loop(&d.loop_).filter(|el| !d.sock.is_none() && !el.is_closed()) {
        let (read, write) = el.selector.watched(d.fd.get());
        let polling = |on: bool| if on { "polling" } else { "idle" };
        let size = d.size.get();
        s.push_str(&format!(" read={} write=<{}, bufsize={size}>", polling(read), polling(write)));
    }
    s.push('>');
    Ok(Value::string(s))
}
fn m_get_write_buffer_size(v: &Value) -> PyResult {
    Ok(Value::from(body(v)?.size.get()))
}
fn m_get_write_buffer_limits(v: &Value) -> PyResult {
    let d = body(v)?;
    Ok(glue::tuple(vec![Value::from(d.low.get()), Value::from(d.high.get())]))
}
fn m_set_write_buffer_limits(v: &Value, high: &Value, low: &Value) -> PyResult {
    let d = body(v)?;
    let (low, high) = crate::transports::limits(high, low)?;
    d.high.set(high);
    d.low.set(low);
    if d.protocol_paused.get() { Ok(NONE) } else { d.tell_flow(v).map(|()| NONE) }
}
fn get_sock(v: &Value) -> PyResult {
    Ok(body(v)?.sock.get())
}
static METHODS: &[Method] = &[
    Method::new("sendto(self, data, addr=None)", F3(m_sendto)),
    Method::new("close(self)", F1(m_close)),
    Method::new("abort(self)", F1(m_abort)),
    Method::new("is_closing(self)", F1(m_is_closing)),
    Method::new("get_extra_info(self, name, default=None)", F3(m_get_extra_info)),
    Method::new("get_write_buffer_size(self)", F1(m_get_write_buffer_size)),
    Method::new("get_write_buffer_limits(self)", F1(m_get_write_buffer_limits)),
    Method::new("set_write_buffer_limits(self, high=None, low=None)", F3(m_set_write_buffer_limits)),
    Method::new("get_protocol(self)", F1(m_get_protocol)),
    Method::new("set_protocol(self, protocol)", F2(m_set_protocol)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static GETSET: &[GetSet] = &[GetSet::ro("_sock", get_sock)];
static DEF: ClassDef =
    ClassDef::new::<Datagram>("_SelectorDatagramTransport")
        .base(&crate::abstract_transports::TRANSPORT)
        .mixins(&[&crate::abstract_transports::DATAGRAM_TRANSPORT])
        .module("asyncio.selector_events")
        .methods(METHODS)
        .getset(GETSET)
        .flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static DATAGRAM_TRANSPORT: Type = Type::builtin(&DEF);
