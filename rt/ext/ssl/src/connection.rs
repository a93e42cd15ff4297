//! Owns: `_SSLSocket`: one connection, over two MemoryBIOs or over a socket: handshake, reading, writing, shutdown.
//! Never: makes configurations (`context`), decides whom to trust (`verify`).
//! Source: CPython 3.13, Modules/_ssl.c (`_ssl__SSLSocket`).

use ext_tls::errors::{self, Place};
use crate::{bio, certificate, ciphers, context};
use rtcore::error::hierarchy::TIMEOUT_ERROR;
use rtcore::error::{self, PyResult, Raised, not_implemented_error, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::sequence::{self, as_index};
use rtcore::types::bytes::{self, buffer};
use rtcore::types::list::List;
use rtcore::types::tuple;
use rtcore::weak;
use rustls::pki_types::ServerName;
use rustls::server::{Accepted, Acceptor};
use rustls::{Connection as Tls, Error};
use rtstdlib::socket;
use std::cell::{Cell, RefCell};

enum Stage {
    /// A server that has not read the client's first message.
    Accepting(Box<Acceptor>),
    Running(Box<Tls>),
    /// Failed, or in use by a call further out.
    Gone,
}
enum Link {
    Bio(Value, Value),
    /// A weak reference: the socket owns the connection.
    Socket(Value),
}
/// What a look for the peer's bytes brought.
enum Came {
    Bytes,
    Nothing,
    End,
}
pub struct Connection {
    context: RefCell<Value>,
    owner: RefCell<Value>,
    link: Link,
    stage: RefCell<Stage>,
    server_side: bool,
    host: Value,
    ready: Cell<bool>,
    sent_close: Cell<bool>,
    got_close: Cell<bool>,
    /// The peer has ended the connection with an alert.
    refused: Cell<bool>,
    /// Encrypted bytes that a socket has not taken yet.
    waiting: RefCell<Vec<u8>>,
}
impl Payload for Connection {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.context.borrow());
        visit(&self.owner.borrow());
        match &self.link {
            Link::Bio(incoming, outgoing) => {
                visit(incoming);
                visit(outgoing);
            }
            Link::Socket(sock) => visit(sock),
        }
    }
}
impl Native for Connection {
    fn class() -> &'static Type {
        &CONNECTION
    }
}
fn body(v: &Value) -> PyResult<&Connection> {
    v.downcast::<Connection>().ok_or_else(|| type_error(format!("expected an _SSLSocket, got {}", v.ty().name())))
}
fn weakly(v: &Value) -> PyResult {
    if v.is_none() { Ok(NONE) } else { weak::reference(v, NONE) }
}
pub fn over_bio(ctx: &Value, incoming: &Value, outgoing: &Value, server_side: &Value, host: &Value, owner: &Value) -> PyResult {
    bio::body(incoming)?;
    bio::body(outgoing)?;
    new(ctx, Link::Bio(incoming.clone(), outgoing.clone()), server_side, host, owner)
}
pub fn over_socket(ctx: &Value, sock: &Value, server_side: &Value, host: &Value, owner: &Value) -> PyResult {
    socket::body(sock)?;
    new(ctx, Link::Socket(weakly(sock)?), server_side, host, owner)
}
fn new(ctx: &Value, link: Link, server_side: &Value, host: &Value, owner: &Value) -> PyResult {
    let settings = context::body(ctx)?;
    let server_side = sequence::truth(server_side)?;
    if server_side && settings.is_client_only() {
        return Err(errors::plain("Cannot create a server socket with a PROTOCOL_TLS_CLIENT context"));
    }
    if !server_side && settings.is_server_only() {
        return Err(errors::plain("Cannot create a client socket with a PROTOCOL_TLS_SERVER context"));
    }
    let name = host.as_str().unwrap_or("");
    if !host.is_none() && (name.is_empty() || name.starts_with('.')) {
        return Err(value_error("server_hostname cannot be an empty string or start with a leading dot."));
    }
    let stage = if server_side {
        Stage::Accepting(Box::default())
    } else {
        // An address is not sent to the server; without a name there is none to send or to check.
        let unnamed = || ServerName::from(std::net::Ipv4Addr::UNSPECIFIED);
        let wanted = if host.is_none() { unnamed() } else { ServerName::try_from(name.to_owned()).unwrap_or_else(|_| unnamed()) };
        let config = settings.client(!host.is_none()).map_err(|e| errors::of_rustls(&e, name, Place::Handshake).raise())?;
        let client = rustls::ClientConnection::new(config, wanted).map_err(|e| errors::of_rustls(&e, name, Place::Handshake).raise())?;
        Stage::Running(Box::new(client.into()))
    };
    let made = Connection {
        context: RefCell::new(ctx.clone()),
        owner: RefCell::new(weakly(owner)?),
        link,
        stage: RefCell::new(stage),
        server_side,
        host: host.clone(),
        ready: Cell::new(false),
        sent_close: Cell::new(false),
        got_close: Cell::new(false),
        refused: Cell::new(false),
        waiting: RefCell::default(),
    };
    Ok(object::new(&CONNECTION, made))
}

fn timed_out(raised: Raised, what: &str) -> Raised {
    if !error::matches(&raised, &TIMEOUT_ERROR) {
        return raised;
    }
    drop(error::take(raised));
    error::raise(&TIMEOUT_ERROR, format!("The {what} operation timed out"))
}
fn verb(place: Place) -> &'static str {
    match place {
        Place::Handshake | Place::LoadChain | Place::LoadLocations => "handshake",
        Place::Read => "read",
        Place::Write => "write",
        Place::Shutdown => "shutdown",
    }
}

impl Connection {
    fn failed(&self, e: &Error, place: Place) -> Raised {
        self.refused.set(matches!(e, Error::AlertReceived(_)));
        errors::of_rustls(e, self.host.as_str().unwrap_or(""), place).raise()
    }
    fn sock(&self, r: &Value) -> PyResult {
        weak::deref(r).ok_or_else(|| errors::plain("Underlying socket connection gone"))
    }
    /// Gives the link what there is to send.
    fn send(&self, data: Vec<u8>, place: Place) -> PyResult<()> {
        match &self.link {
            Link::Bio(_, outgoing) => {
                bio::body(outgoing)?.data.borrow_mut().extend(data);
                Ok(())
            }
            Link::Socket(r) => {
                let mut all = self.waiting.take();
                all.extend(data);
                let sock = self.sock(r)?;
                while !all.is_empty() {
                    match socket::body(&sock)?.transmit(&all) {
                        Ok(Some(n)) => drop(all.drain(..n)),
                        Ok(None) => {
                            self.waiting.replace(all);
                            return Err(errors::want_write(place));
                        }
                        Err(raised) => return Err(timed_out(raised, verb(place))),
                    }
                }
                Ok(())
            }
        }
    }
    fn flush(&self, tls: &mut Tls, place: Place) -> PyResult<()> {
        let mut out = Vec::new();
        while tls.wants_write() {
            // Writing to a vector does not fail.
            if tls.write_tls(&mut out).is_err() {
                break;
            }
        }
        if out.is_empty() && self.waiting.borrow().is_empty() { Ok(()) } else { self.send(out, place) }
    }
    /// Takes bytes from the link; `take` says how many of them it used.
    fn receive(&self, place: Place, take: &mut dyn FnMut(&[u8]) -> usize) -> PyResult<Came> {
        match &self.link {
            Link::Bio(incoming, _) => {
                let incoming = bio::body(incoming)?;
                if incoming.data.borrow().is_empty() {
                    return Ok(if incoming.at_eof() { Came::End } else { Came::Nothing });
                }
                let mut data = incoming.data.borrow_mut();
                let used = take(data.make_contiguous());
                data.drain(..used);
                Ok(Came::Bytes)
            }
            Link::Socket(r) => {
                let sock = self.sock(r)?;
                // No more than a record at a time: what is taken from a socket cannot be put back.
                let mut room = [0; 4096];
                match socket::body(&sock)?.receive(&mut room) {
                    Ok(Some(0)) => Ok(Came::End),
                    Ok(Some(n)) => {
                        let mut rest = room.get(..n).unwrap_or(&[]);
                        while !rest.is_empty() {
                            let used = take(rest);
                            if used == 0 {
                                break;
                            }
                            rest = rest.get(used..).unwrap_or(&[]);
                        }
                        Ok(Came::Bytes)
                    }
                    Ok(None) => Ok(Came::Nothing),
                    Err(raised) => Err(timed_out(raised, verb(place))),
                }
            }
        }
    }
    /// Reads from the peer once and works on it; answers are sent.
    fn pump(&self, tls: &mut Tls, place: Place) -> PyResult<Came> {
        let mut failure = None;
        let came = self.receive(place, &mut |mut data| {
            let used = tls.read_tls(&mut data).unwrap_or(0);
            if failure.is_none()
                && let Err(e) = tls.process_new_packets()
            {
                failure = Some(e);
            }
            used
        })?;
        let sent = self.flush(tls, place);
        if let Some(e) = failure {
            if let Err(raised) = sent {
                drop(error::take(raised));
            }
            return Err(self.failed(&e, place));
        }
        sent.map(|()| came)
    }
    /// Takes the connection out, so that Python code may run meanwhile; `f` works on it.
    fn with<R>(&self, place: Place, f: impl FnOnce(&mut Tls) -> PyResult<R>) -> PyResult<R> {
        match self.stage.replace(Stage::Gone) {
            Stage::Running(mut tls) => {
                let r = f(&mut tls);
                self.stage.replace(Stage::Running(tls));
                r
            }
            other => {
                self.stage.replace(other);
                Err(errors::reason(1, "SSL", "UNINITIALIZED", place))
            }
        }
    }
    /// The first message of a client, up to a running connection.
    fn accept(&self, this: &Value) -> PyResult<()> {
        let place = Place::Handshake;
        loop {
            let mut acceptor = match self.stage.replace(Stage::Gone) {
                Stage::Accepting(acceptor) => acceptor,
                other => {
                    self.stage.replace(other);
                    return Ok(());
                }
            };
            let mut first = Vec::new();
            let came = self.receive(place, &mut |mut data| {
                first.extend(data.iter().take(5));
                acceptor.read_tls(&mut data).unwrap_or(0)
            });
            match came {
                Ok(Came::Bytes) => {}
                Ok(Came::Nothing) => {
                    self.stage.replace(Stage::Accepting(acceptor));
                    return Err(errors::want_read(place));
                }
                Ok(Came::End) => return Err(errors::eof(place)),
                Err(raised) => {
                    self.stage.replace(Stage::Accepting(acceptor));
                    return Err(raised);
                }
            }
            match acceptor.accept() {
                Ok(None) => {
                    self.stage.replace(Stage::Accepting(acceptor));
                }
                Ok(Some(accepted)) => return self.accepted(this, accepted),
                Err((e, mut alert)) => {
                    let mut out = Vec::new();
                    if alert.write_all(&mut out).is_ok()
                        && let Err(raised) = self.send(out, place)
                    {
                        drop(error::take(raised));
                    }
                    let spoken = [b"GET ".as_slice(), b"POST", b"HEAD", b"PUT "].iter().any(|word| first.starts_with(word));
                    return Err(if spoken { errors::reason(1, "SSL", "HTTP_REQUEST", place) } else { self.failed(&e, place) });
                }
            }
        }
    }
    fn accepted(&self, this: &Value, accepted: Accepted) -> PyResult<()> {
        let place = Place::Handshake;
        let hello = accepted.client_hello();
        let name = hello.server_name().map(str::to_owned);
        let offered: Vec<Vec<u8>> = hello.alpn().map(|all| all.map(<[u8]>::to_vec).collect()).unwrap_or_default();
        let ctx = self.context.borrow().clone();
        let callback = context::body(&ctx)?.sni_callback.borrow().clone();
        if !callback.is_none() {
            let owner = weak::deref(&self.owner.borrow()).unwrap_or_else(|| this.clone());
            let name = name.map_or(NONE, Value::string);
            match rtcore::protocol::call::call(&callback, &[owner, name, ctx]) {
                Ok(answer) if answer.is_none() => {}
                Ok(_) => return Err(errors::reason(1, "SSL", "CALLBACK_FAILED", place)),
                Err(raised) => {
                    error::unraisable(raised, "", &callback);
                    return Err(errors::reason(1, "SSL", "CALLBACK_FAILED", place));
                }
            }
        }
        let ctx = self.context.borrow().clone();
        let config = context::body(&ctx)?.server(&offered).map_err(|e| self.failed(&e, place))?;
        match accepted.into_connection(config) {
            Ok(made) => {
                let mut tls: Box<Tls> = Box::new(made.into());
                let sent = self.flush(&mut tls, place);
                self.stage.replace(Stage::Running(tls));
                sent
            }
            Err((e, mut alert)) => {
                let mut out = Vec::new();
                if alert.write_all(&mut out).is_ok()
                    && let Err(raised) = self.send(out, place)
                {
                    drop(error::take(raised));
                }
                Err(self.failed(&e, place))
            }
        }
    }
    fn handshake(&self, this: &Value) -> PyResult<()> {
        let place = Place::Handshake;
        self.accept(this)?;
        self.with(place, |tls| {
            self.flush(tls, place)?;
            while tls.is_handshaking() {
                match self.pump(tls, place)? {
                    Came::Bytes => {}
                    Came::Nothing => return Err(errors::want_read(place)),
                    Came::End => return Err(errors::eof(place)),
                }
            }
            self.ready.set(true);
            Ok(())
        })
    }
    /// Up to `most` bytes; none when the peer has ended the connection.
    fn read(&self, this: &Value, most: usize) -> PyResult<Vec<u8>> {
        use std::io::{ErrorKind, Read};
        let place = Place::Read;
        if self.refused.get() || self.got_close.get() {
            return Ok(vec![]);
        }
        if !self.ready.get() {
            self.handshake(this).map_err(|raised| if error::matches(&raised, &errors::WANT_READ) { reread(raised) } else { raised })?;
        }
        self.with(place, |tls| {
            let mut out = vec![0; most];
            loop {
                match tls.reader().read(&mut out) {
                    Ok(0) if most > 0 => {
                        self.got_close.set(true);
                        return Ok(vec![]);
                    }
                    Ok(n) => {
                        out.truncate(n);
                        return Ok(out);
                    }
                    Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                    Err(_) => return Err(errors::eof(place)),
                }
                match self.pump(tls, place)? {
                    Came::Bytes => {}
                    Came::Nothing => return Err(errors::want_read(place)),
                    Came::End => return Err(errors::eof(place)),
                }
            }
        })
    }
    fn write(&self, this: &Value, data: &[u8]) -> PyResult<usize> {
        use std::io::Write;
        let place = Place::Write;
        if self.sent_close.get() {
            return Err(errors::reason(1, "SSL", "PROTOCOL_IS_SHUTDOWN", place));
        }
        if !self.ready.get() {
            self.handshake(this)?;
        }
        self.with(place, |tls| {
            self.flush(tls, place)?;
            let mut rest = data;
            while !rest.is_empty() {
                let Ok(n) = tls.writer().write(rest) else { break };
                rest = rest.get(n..).unwrap_or(&[]);
                match self.flush(tls, place) {
                    Ok(()) => {}
                    // What rustls took is as good as written; the rest of it goes with the next call.
                    Err(raised) if error::matches(&raised, &errors::WANT_WRITE) => {
                        drop(error::take(raised));
                        break;
                    }
                    Err(raised) => return Err(raised),
                }
                if n == 0 {
                    break;
                }
            }
            Ok(data.len() - rest.len())
        })
    }
    fn shutdown(&self) -> PyResult<()> {
        let place = Place::Shutdown;
        self.with(place, |tls| {
            if !self.sent_close.replace(true) {
                tls.send_close_notify();
            }
            self.flush(tls, place)?;
            loop {
                let state = tls.process_new_packets().map_err(|e| self.failed(&e, place))?;
                if state.peer_has_closed() {
                    self.got_close.set(true);
                }
                if self.got_close.get() {
                    return Ok(());
                }
                if state.plaintext_bytes_to_read() > 0 {
                    return Err(errors::reason(1, "SSL", "APPLICATION_DATA_AFTER_CLOSE_NOTIFY", place));
                }
                match self.pump(tls, place)? {
                    Came::Bytes => {}
                    Came::Nothing => return Err(errors::want_read(place)),
                    Came::End => return Err(errors::eof(place)),
                }
            }
        })
    }
    /// Looks at the connection; `none` when there is none yet.
    fn look<R>(&self, none: R, f: impl FnOnce(&mut Tls) -> R) -> R {
        match &mut *self.stage.borrow_mut() {
            Stage::Running(tls) => f(tls),
            Stage::Accepting(_) | Stage::Gone => none,
        }
    }
}
/// The wait of a handshake that a read began.
fn reread(raised: Raised) -> Raised {
    drop(error::take(raised));
    errors::want_read(Place::Read)
}

fn do_handshake(v: &Value) -> PyResult {
    body(v)?.handshake(v)?;
    Ok(NONE)
}
fn read(a: &[Value]) -> PyResult {
    let [v, most, into] = a else { return Err(type_error("read() takes a length")) };
    let c = body(v)?;
    let most = as_index(most)?;
    if into.is_unbound() {
        let Ok(most) = usize::try_from(most) else { return Err(value_error("size should not be negative")) };
        return if most == 0 { Ok(bytes::value(vec![])) } else { c.read(v, most).map(bytes::value) };
    }
    let room = sequence::len(into)?;
    let most = if most <= 0 || most > room { room } else { most };
    if most == 0 {
        return Ok(Value::int(0));
    }
    let got = c.read(v, usize::try_from(most).unwrap_or(0))?;
    let n = Value::from(got.len());
    let slice = rtcore::types::slice::value(Value::int(0), n.clone(), NONE);
    sequence::setitem(into, &slice, bytes::value(got))?;
    Ok(n)
}
fn write(v: &Value, data: &Value) -> PyResult {
    let data = buffer::required(data)?.to_vec();
    body(v)?.write(v, &data).map(Value::from)
}
fn pending(v: &Value) -> PyResult {
    let c = body(v)?;
    Ok(c.look(Value::int(0), |tls| tls.process_new_packets().map_or(Value::int(0), |state| Value::from(state.plaintext_bytes_to_read()))))
}
fn shutdown(v: &Value) -> PyResult {
    let c = body(v)?;
    c.shutdown()?;
    match &c.link {
        Link::Bio(..) => Ok(NONE),
        Link::Socket(r) => c.sock(r),
    }
}
fn peer(c: &Connection) -> PyResult<Option<Vec<rustls::pki_types::CertificateDer<'static>>>> {
    if !c.ready.get() {
        return Err(value_error("handshake not done yet"));
    }
    Ok(c.look(None, |tls| tls.peer_certificates().map(<[_]>::to_vec)))
}
fn getpeercert(v: &Value, binary: &Value) -> PyResult {
    let c = body(v)?;
    let binary = sequence::truth(binary)?;
    let Some(cert) = peer(c)?.and_then(|all| all.into_iter().next()) else { return Ok(NONE) };
    if binary {
        return Ok(certificate::der(&cert));
    }
    let verifies = context::body(&c.context.borrow())?.verifies();
    certificate::decode(if verifies { cert.as_ref() } else { &[] })
}
fn chain(v: &Value) -> PyResult {
    match peer(body(v)?)? {
        Some(all) => Ok(List::value(all.iter().map(|cert| object::new(&CERTIFICATE, Certificate(cert.to_vec()))).collect())),
        None => Ok(NONE),
    }
}
fn cipher(v: &Value) -> PyResult {
    let suite = body(v)?.look(None, |tls| tls.negotiated_cipher_suite());
    Ok(suite.map_or(NONE, |suite| {
        let (name, bits) = ciphers::name(&suite);
        tuple::new(vec![Value::string(name), Value::str(ciphers::version(&suite)), Value::int(bits)])
    }))
}
fn shared_ciphers(v: &Value) -> PyResult {
    let c = body(v)?;
    Ok(if c.server_side && c.ready.get() { List::value(vec![cipher(v)?]) } else { NONE })
}
fn version(v: &Value) -> PyResult {
    let found = body(v)?.look(None, |tls| if tls.is_handshaking() { None } else { tls.negotiated_cipher_suite() });
    Ok(found.map_or(NONE, |suite| Value::str(ciphers::version(&suite))))
}
fn selected_alpn_protocol(v: &Value) -> PyResult {
    let found = body(v)?.look(None, |tls| tls.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()));
    Ok(found.map_or(NONE, Value::string))
}
fn nothing(v: &Value) -> PyResult {
    body(v)?;
    Ok(NONE)
}
fn get_channel_binding(v: &Value, kind: &Value) -> PyResult {
    body(v)?;
    match kind.as_str() {
        Some("tls-unique") => Ok(NONE),
        other => Err(value_error(format!("'{}' channel binding type not implemented", other.unwrap_or("?")))),
    }
}
fn post_handshake(v: &Value) -> PyResult {
    body(v)?;
    Err(not_implemented_error("Post-handshake auth is not supported by your OpenSSL version."))
}
fn set_context(v: &Value, new: Option<Value>) -> PyResult<()> {
    let new = new.filter(|new| new.downcast::<context::Context>().is_some()).ok_or_else(|| type_error("The value must be a SSLContext"))?;
    let old = body(v)?.context.replace(new);
    drop(old);
    Ok(())
}
fn set_owner(v: &Value, new: Option<Value>) -> PyResult<()> {
    let old = body(v)?.owner.replace(weakly(&new.unwrap_or(NONE))?);
    drop(old);
    Ok(())
}
fn set_session(v: &Value, new: Option<Value>) -> PyResult<()> {
    body(v)?;
    if new.is_none_or(|new| new.is_none()) { Ok(()) } else { Err(not_implemented_error("resuming sessions is not supported")) }
}
static METHODS: &[Method] = &[
    Method::new("do_handshake(self, /)", F1(do_handshake)),
    Method::new("read(self, len, buffer=..., /)", N(read)),
    Method::new("write(self, b, /)", F2(write)),
    Method::new("pending(self, /)", F1(pending)),
    Method::new("shutdown(self, /)", F1(shutdown)),
    Method::new("getpeercert(self, binary_mode=False, /)", F2(getpeercert)),
    Method::new("get_verified_chain(self, /)", F1(chain)),
    Method::new("get_unverified_chain(self, /)", F1(chain)),
    Method::new("cipher(self, /)", F1(cipher)),
    Method::new("shared_ciphers(self, /)", F1(shared_ciphers)),
    Method::new("compression(self, /)", F1(nothing)),
    Method::new("version(self, /)", F1(version)),
    Method::new("selected_alpn_protocol(self, /)", F1(selected_alpn_protocol)),
    Method::new("get_channel_binding(self, /, cb_type='tls-unique')", F2(get_channel_binding)),
    Method::new("verify_client_post_handshake(self, /)", F1(post_handshake)),
];
static GETSET: &[GetSet] = &[
    GetSet::rw("context", |v| Ok(body(v)?.context.borrow().clone()), set_context),
    GetSet::rw("owner", |v| Ok(weak::deref(&body(v)?.owner.borrow()).unwrap_or(NONE)), set_owner),
    GetSet::rw("session", nothing, set_session),
    GetSet::ro("session_reused", |v| body(v).map(|_| FALSE)),
    GetSet::ro("server_side", |v| Ok(Value::bool(body(v)?.server_side))),
    GetSet::ro("server_hostname", |v| Ok(body(v)?.host.clone())),
];
static DEF: ClassDef = ClassDef::new::<Connection>("_SSLSocket").module("_ssl").methods(METHODS).getset(GETSET);
pub static CONNECTION: Type = Type::builtin(&DEF);

/// A certificate of a chain.
struct Certificate(Vec<u8>);
impl Payload for Certificate {}
impl Native for Certificate {
    fn class() -> &'static Type {
        &CERTIFICATE
    }
}
fn der_of(v: &Value) -> PyResult<&[u8]> {
    v.downcast::<Certificate>().map(|c| c.0.as_slice()).ok_or_else(|| type_error("expected a Certificate"))
}
/// `public_bytes(ENCODING_DER)`; PEM is what `ssl.DER_cert_to_PEM_cert` makes.
fn public_bytes(v: &Value, format: &Value) -> PyResult {
    match as_index(format)? {
        2 => Ok(bytes::from_slice(der_of(v)?)),
        _ => Err(value_error("Unsupported format")),
    }
}
fn get_info(v: &Value) -> PyResult {
    certificate::decode(der_of(v)?)
}
static CERTIFICATE_DEF: ClassDef = ClassDef::new::<Certificate>("Certificate").module("_ssl").methods(&[
    Method::new("public_bytes(self, /, format=1)", F2(public_bytes)),
    Method::new("get_info(self, /)", F1(get_info)),
]);
pub static CERTIFICATE: Type = Type::builtin(&CERTIFICATE_DEF);
