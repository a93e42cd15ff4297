//! Owns: a connection as Python sees it: `ClientConnection` and `ServerConnection`.
//! Never: opens one (`client`, `server`), moves bytes (`wire`).
//! Source: websockets, asyncio/connection.py, Connection.

use crate::errors::{self, CONCURRENCY_ERROR};
use crate::objects;
use crate::py::*;
use crate::codec::{self, Fail};
use crate::wire::{Incoming, Outgoing, Phase, Settings, Shared};
use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

pub struct Connection {
    /// Set when the opening handshake is done.
    shared: OnceCell<Arc<Shared>>,
    pub request: VCell,
    pub response: VCell,
    pub subprotocol: VCell,
    pub local: Value,
    pub remote: Value,
    pub id: VCell,
    pub server: VCell,
    sending: Cell<bool>,
}
impl Payload for Connection {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(finalize);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.server.visit(visit);
    }
}
impl Native for Connection {
    fn class() -> &'static Type {
        &CLIENT_CONNECTION
    }
}
/// Nobody can reach the connection any more.
fn finalize(v: &Value) {
    if let Some(c) = v.downcast::<Connection>() {
        if let Some(shared) = c.shared.get() {
            shared.abort(None);
        }
    }
}
impl Connection {
    pub fn shared(&self) -> PyResult<Arc<Shared>> {
        self.shared.get().cloned().ok_or_else(|| runtime_error("the opening handshake is not done"))
    }
    /// The opening handshake is done.
    pub fn opened(&self, shared: Arc<Shared>, response: Value, subprotocol: Option<String>) {
        let _ = self.shared.set(shared);
        self.response.set(response);
        self.subprotocol.set(Value::from(subprotocol));
    }
}
/// What a finished opening handshake leaves.
pub struct Opened {
    pub shared: Arc<Shared>,
    pub request: Value,
    pub response: Value,
    pub subprotocol: Option<String>,
    pub local: Option<std::net::SocketAddr>,
    pub remote: Option<std::net::SocketAddr>,
}
pub fn address(a: Option<std::net::SocketAddr>) -> Value {
    match a {
        None => NONE,
        Some(std::net::SocketAddr::V4(a)) => tuple(vec![Value::string(a.ip().to_string()), Value::int(i64::from(a.port()))]),
        Some(std::net::SocketAddr::V6(a)) => tuple(vec![
            Value::string(a.ip().to_string()),
            Value::int(i64::from(a.port())),
            Value::int(i64::from(a.flowinfo())),
            Value::int(i64::from(a.scope_id())),
        ]),
    }
}
fn blank(request: Value, local: Option<std::net::SocketAddr>, remote: Option<std::net::SocketAddr>) -> Connection {
    Connection {
        shared: OnceCell::new(),
        request: VCell::new(request),
        response: VCell::none(),
        subprotocol: VCell::none(),
        local: address(local),
        remote: address(remote),
        id: VCell::none(),
        server: VCell::none(),
        sending: Cell::new(false),
    }
}
pub fn make(o: Opened) -> Value {
    let c = blank(o.request, o.local, o.remote);
    c.opened(o.shared, o.response, o.subprotocol);
    object::new(&CLIENT_CONNECTION, c)
}
/// A server's side before its answer.
pub fn accepted(request: Value, local: Option<std::net::SocketAddr>, remote: Option<std::net::SocketAddr>) -> Value {
    object::new(&SERVER_CONNECTION, blank(request, local, remote))
}
pub fn body(v: &Value) -> PyResult<&Connection> {
    this::<Connection>(v)
}
/// The keyword arguments that `connect` and `serve` share.
pub fn settings(client: bool, ping_interval: &Value, ping_timeout: &Value, close_timeout: &Value, max_size: &Value, max_queue: &Value, write_limit: &Value) -> PyResult<Settings> {
    Ok(Settings {
        client,
        deflate: None,
        ping_interval: seconds(ping_interval)?,
        ping_timeout: seconds(ping_timeout)?,
        close_timeout: seconds(close_timeout)?,
        max_size: limit(max_size)?,
        max_fragment: rtcore::types::tuple::items(max_size).get(1).map_or(Ok(None), limit)?,
        max_queue: limit(max_queue)?,
        write_limit: limit(write_limit)?.unwrap_or(usize::MAX),
    })
}

/// Waits for the end, by force after the time that closing may take, and gives the exception that tells how it was.
async fn ended(shared: Arc<Shared>) -> PyResult<Raised> {
    if !shared.is_closed() {
        let own = shared.clone();
        run(async move { wait_or_abort(&own).await }).await?;
    }
    let exc = errors::closed(&shared.state());
    Ok(raise_value(exc))
}
async fn wait_or_abort(shared: &Shared) {
    match shared.close_timeout {
        None => shared.wait_closed().await,
        Some(limit) => {
            if tokio::time::timeout(limit, shared.wait_closed()).await.is_err() {
                shared.state().timed_out = true;
                shared.abort(Some("timed out while closing connection"));
            }
        }
    }
}

// ---- receiving ----

/// A message or a piece of one, decoded. `rest` begins with bytes that the last piece left over and keeps those of
/// this one.
fn decoded(text: bool, data: Vec<u8>, decode: &Value, rest: &mut Vec<u8>, fin: bool) -> Result<Value, Fail> {
    if !decode.as_bool().unwrap_or(text) {
        return Ok(bytes::value(data));
    }
    let data = if rest.is_empty() { data } else { [std::mem::take(rest), data].concat() };
    match codec::text(&data) {
        Ok(t) => Ok(Value::str(t)),
        Err(Fail::Text("unexpected end of data", at)) if !fin => {
            let (whole, left) = data.split_at_checked(at).unwrap_or((&data, &[]));
            rest.extend_from_slice(left);
            codec::text(whole).map(Value::str)
        }
        Err(e) => Err(e),
    }
}
/// The connection fails: text that is none was received.
async fn undecodable(shared: Arc<Shared>, why: Fail) -> PyResult<Raised> {
    if let Fail::Text(text, at) = why {
        shared.fail(1007, &format!("{text} at position {at}"));
    }
    ended(shared).await
}
/// Clears the mark of a receiver however it ends.
struct Receiving(Arc<Shared>);
impl Drop for Receiving {
    fn drop(&mut self) {
        self.0.state().receiving = false;
    }
}
pub async fn recv(v: Value, decode: Value) -> PyResult {
    let shared = body(&v)?.shared()?;
    if std::mem::replace(&mut shared.state().receiving, true) {
        return Err(errors::raise_text(&CONCURRENCY_ERROR, "cannot call recv while another coroutine is already running recv or recv_streaming"));
    }
    let mark = Receiving(shared.clone());
    let got = match shared.pop() {
        Some(m) => Some(m),
        None => {
            let own = shared.clone();
            run(async move { own.next().await }).await?
        }
    };
    drop(mark);
    let Some((text, data)) = got else { return Err(ended(shared).await?) };
    match decoded(text, data, &decode, &mut vec![], true) {
        Ok(v) => Ok(v),
        Err(why) => Err(undecodable(shared, why).await?),
    }
}
fn m_recv(v: &Value, decode: &Value) -> PyResult {
    Ok(rtasyncio::coro!("Connection.recv", recv(v.clone(), decode.clone())))
}
fn m_iter(v: &Value) -> PyResult {
    static ITER: rtcore::def::Def = rtcore::def::Def::native("Connection.__aiter__", rtcore::def::Kind::AsyncGenerator);
    let v = v.clone();
    Ok(rtcore::frame::async_generator(&ITER, async move {
        loop {
            match recv(v.clone(), NONE).await {
                Ok(m) => drop(rtcore::frame::yield_item(m).await?),
                Err(r) if error::matches(&r, &errors::CONNECTION_CLOSED_OK) => {
                    drop(error::take(r));
                    return Ok(NONE);
                }
                Err(r) => return Err(r),
            }
        }
    }))
}
fn m_recv_streaming(v: &Value, decode: &Value) -> PyResult {
    static ITER: rtcore::def::Def = rtcore::def::Def::native("Connection.recv_streaming", rtcore::def::Kind::AsyncGenerator);
    let (v, decode) = (v.clone(), decode.clone());
    Ok(rtcore::frame::async_generator(&ITER, async move {
        let shared = body(&v)?.shared()?;
        if std::mem::replace(&mut shared.state().receiving, true) {
            return Err(errors::raise_text(&CONCURRENCY_ERROR, "cannot call recv_streaming while another coroutine is already running recv or recv_streaming"));
        }
        let _mark = Receiving(shared.clone());
        let (mut kind, mut rest) = (None, vec![]);
        loop {
            let got = match shared.pop_frame() {
                Some(f) => Some(f),
                None => {
                    let own = shared.clone();
                    run(async move { own.next_frame().await }).await?
                }
            };
            let Some(Incoming { text, data, fin }) = got else { return Err(ended(shared).await?) };
            let text = *kind.get_or_insert(text == Some(true));
            match decoded(text, data, &decode, &mut rest, fin) {
                Ok(v) => drop(rtcore::frame::yield_item(v).await?),
                Err(why) => return Err(undecodable(shared, why).await?),
            }
            if fin {
                return Ok(NONE);
            }
        }
    }))
}

// ---- sending ----

fn text_bytes(v: &Value) -> PyResult<Vec<u8>> {
    rtcore::types::str::encode::encode(v, "utf-8", "strict")
}
/// A str or bytes-like message; `None` for anything else.
pub fn outgoing(message: &Value, text: &Value) -> PyResult<Option<Outgoing>> {
    let as_text = text.as_bool();
    if message.as_str_obj().is_some() {
        let data = text_bytes(message)?;
        return Ok(Some(if as_text == Some(false) { Outgoing::Binary(data) } else { Outgoing::Text(utf8(data)?) }));
    }
    let Some(data) = data_of(message)? else { return Ok(None) };
    Ok(Some(if as_text == Some(true) { Outgoing::Text(utf8(data)?) } else { Outgoing::Binary(data) }))
}
fn utf8(data: Vec<u8>) -> PyResult<String> {
    String::from_utf8(data).map_err(|_| value_error("text messages must be valid UTF-8"))
}
async fn put(shared: &Arc<Shared>, out: Outgoing) -> PyResult<()> {
    if shared.state().phase != Phase::Open {
        return Err(ended(shared.clone()).await?);
    }
    shared.queue_later(out);
    if shared.is_full() {
        let own = shared.clone();
        run(async move { own.drain().await }).await?;
    }
    Ok(())
}
async fn send(v: Value, message: Value, text: Value) -> PyResult {
    let c = body(&v)?;
    let shared = c.shared()?;
    if let Some(out) = outgoing(&message, &text)? {
        put(&shared, out).await?;
        return Ok(NONE);
    }
    let is = |name: &str| message.is_obj() && message.ty().lookup(Name::new(name)).is_some();
    if message.ty().has_flag(TypeFlags::MAPPING) || getattr_opt(&message, "keys")?.is_some() {
        return Err(type_error("data is a dict-like object"));
    }
    if !is("__iter__") && !is("__aiter__") {
        return Err(type_error("data must be str, bytes, iterable, or async iterable"));
    }
    if c.sending.replace(true) {
        return Err(errors::raise_text(&CONCURRENCY_ERROR, "another coroutine is sending a fragmented message"));
    }
    let r = fragments(&shared, &message, &text, is("__aiter__") && !is("__iter__")).await;
    c.sending.set(false);
    r.map(|()| NONE)
}
async fn fragments(shared: &Arc<Shared>, message: &Value, text: &Value, asynchronous: bool) -> PyResult<()> {
    let source = if asynchronous { rtcore::frame::aiter(message)? } else { rtcore::protocol::iter::iter(message)? };
    let mut kind = None;
    loop {
        let next = if asynchronous { rtcore::frame::anext(&source).await? } else { rtcore::protocol::iter::next(&source)? };
        let Some(chunk) = next else { break };
        let is_str = chunk.as_str_obj().is_some();
        let data = if is_str { text_bytes(&chunk)? } else { data_of(&chunk)?.ok_or_else(|| type_error("iterable must contain bytes or str"))? };
        match kind {
            None => {
                kind = Some(is_str);
                let text = text.as_bool().unwrap_or(is_str);
                put(shared, Outgoing::Fragment { first: true, text, data, fin: false }).await?;
            }
            Some(k) if k != is_str => return Err(type_error("data iterable must contain uniform types")),
            Some(_) => put(shared, Outgoing::Fragment { first: false, text: false, data, fin: false }).await?,
        }
    }
    if kind.is_some() {
        put(shared, Outgoing::Fragment { first: false, text: false, data: vec![], fin: true }).await?;
    }
    Ok(())
}
fn m_send(v: &Value, message: &Value, text: &Value) -> PyResult {
    Ok(rtasyncio::coro!("Connection.send", send(v.clone(), message.clone(), text.clone())))
}

// ---- ping, pong, close ----

fn payload(v: &Value) -> PyResult<Option<Vec<u8>>> {
    if absent(v) {
        return Ok(None);
    }
    if v.as_str_obj().is_some() {
        return text_bytes(v).map(Some);
    }
    data_of(v)?.map(Some).ok_or_else(|| type_error("data must be str or bytes-like"))
}
fn random_id() -> Vec<u8> {
    let mut data = [0u8; 4];
    // SAFETY: the pointer and the length describe the array.
    unsafe { libc::getrandom(data.as_mut_ptr().cast(), data.len(), 0) };
    data.to_vec()
}
async fn ping(v: Value, data: Value) -> PyResult {
    let shared = body(&v)?.shared()?;
    if shared.state().phase != Phase::Open {
        return Err(ended(shared).await?);
    }
    let id = payload(&data)?.unwrap_or_else(random_id);
    let (tx, rx) = oneshot::channel();
    if !shared.ping(id, Some(tx)) {
        return Err(errors::raise_text(&CONCURRENCY_ERROR, "already waiting for a pong with the same data"));
    }
    let waiter = rtasyncio::coro!("pong_waiter", async move {
        match run(rx).await? {
            Ok(latency) => Ok(Value::float(latency)),
            Err(_) => Err(ended(shared).await?),
        }
    });
    let task = rtasyncio::tasks::create_task(&waiter, &NONE, &NONE)?;
    if let Some(f) = rtasyncio::futures::as_future(&task) {
        // Nobody has to await a pong.
        f.add_callback(&task, rtasyncio::futures::Callback::Native(forget, NONE))?;
    }
    Ok(task)
}
fn forget(task: &Value, _: &Value) -> PyResult<()> {
    if let Some(f) = rtasyncio::futures::as_future(task) {
        f.log_tb.set(false);
    }
    Ok(())
}
async fn pong(v: Value, data: Value) -> PyResult {
    let shared = body(&v)?.shared()?;
    let data = payload(&data)?.unwrap_or_default();
    put(&shared, Outgoing::Pong(data)).await?;
    Ok(NONE)
}
pub async fn close(v: Value, code: Value, reason: Value) -> PyResult {
    let shared = body(&v)?.shared()?;
    let code = rtasyncio::glue::index(&code)?;
    let reason = to_str(&reason)?;
    let allowed = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    if !allowed {
        return Err(errors::raise_text(&errors::PROTOCOL_ERROR, "invalid status code"));
    }
    if reason.len() > 123 {
        return Err(errors::raise_text(&errors::PROTOCOL_ERROR, "control frame too long"));
    }
    if !shared.is_closed() {
        shared.start_close(code as u16, &reason, true);
        run(async move { wait_or_abort(&shared).await }).await?;
    }
    Ok(NONE)
}
async fn exit(v: Value, exc: Value) -> PyResult {
    let code = if exc.is_none() { 1000 } else { 1011 };
    close(v, Value::int(code), Value::str("")).await
}
fn m_ping(v: &Value, data: &Value) -> PyResult {
    Ok(rtasyncio::coro!("Connection.ping", ping(v.clone(), data.clone())))
}
fn m_pong(v: &Value, data: &Value) -> PyResult {
    Ok(rtasyncio::coro!("Connection.pong", pong(v.clone(), data.clone())))
}
fn m_close(v: &Value, code: &Value, reason: &Value) -> PyResult {
    Ok(rtasyncio::coro!("Connection.close", close(v.clone(), code.clone(), reason.clone())))
}
fn m_wait_closed(v: &Value) -> PyResult {
    let shared = body(v)?.shared()?;
    Ok(rtasyncio::coro!("Connection.wait_closed", async move {
        if !shared.is_closed() {
            run(async move { shared.wait_closed().await }).await?;
        }
        Ok(NONE)
    }))
}
fn m_aenter(v: &Value) -> PyResult {
    let v = v.clone();
    Ok(rtasyncio::coro!("Connection.__aenter__", async move { Ok(v) }))
}
fn m_aexit(v: &Value, exc: &Value, _: &Value, _: &Value) -> PyResult {
    Ok(rtasyncio::coro!("Connection.__aexit__", exit(v.clone(), exc.clone())))
}

// ---- attributes ----

fn get_state(v: &Value) -> PyResult {
    let n = match body(v)?.shared.get().map(|s| s.state().phase) {
        None => 0,
        Some(Phase::Open) => 1,
        Some(Phase::Closing) => 2,
        Some(Phase::Closed) => 3,
    };
    call(&objects::enumeration("State")?, &[Value::int(n)])
}
fn get_close_code(v: &Value) -> PyResult {
    let shared = body(v)?.shared()?;
    let s = shared.state();
    if s.phase != Phase::Closed {
        return Ok(NONE);
    }
    Ok(Value::int(s.rcvd.as_ref().map_or(1006, |c| i64::from(c.0))))
}
fn get_close_reason(v: &Value) -> PyResult {
    let shared = body(v)?.shared()?;
    let s = shared.state();
    if s.phase != Phase::Closed {
        return Ok(NONE);
    }
    Ok(Value::str(s.rcvd.as_ref().map_or("", |c| &c.1)))
}
/// `uuid.uuid4()` as a str where the module is not linked.
fn get_id(v: &Value) -> PyResult {
    let c = body(v)?;
    if c.id.is_none() {
        let made = match rtcore::types::module::import::import_module("uuid") {
            Ok(m) => call_method(&m, "uuid4", &[])?,
            Err(r) => {
                drop(error::take(r));
                let hex: String = (0..4).flat_map(|_| random_id()).map(|b| format!("{b:02x}")).collect();
                Value::string(hex)
            }
        };
        c.id.set(made);
    }
    Ok(c.id.get())
}
fn m_respond(_: &Value, status: &Value, text: &Value) -> PyResult {
    crate::server::respond(status, text)
}
static METHODS: &[Method] = &[
    Method::new("recv(self, decode=None)", F2(m_recv)),
    Method::new("recv_streaming(self, decode=None)", F2(m_recv_streaming)),
    Method::new("send(self, message, *, text=None)", F3(m_send)),
    Method::new("ping(self, data=None)", F2(m_ping)),
    Method::new("pong(self, data=b'')", F2(m_pong)),
    Method::new("close(self, code=1000, reason='')", F3(m_close)),
    Method::new("wait_closed(self)", F1(m_wait_closed)),
    Method::new("__aiter__(self)", F1(m_iter)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, exc_type, exc_value, traceback)", F4(m_aexit)),
];
static SERVER_METHODS: &[Method] = &[Method::new("respond(self, status, text)", F3(m_respond))];
static GETSET: &[GetSet] = &[
    GetSet::ro("request", |v| Ok(body(v)?.request.get())),
    GetSet::ro("response", |v| Ok(body(v)?.response.get())),
    GetSet::ro("subprotocol", |v| Ok(body(v)?.subprotocol.get())),
    GetSet::ro("local_address", |v| Ok(body(v)?.local.clone())),
    GetSet::ro("remote_address", |v| Ok(body(v)?.remote.clone())),
    GetSet::ro("latency", |v| Ok(Value::float(body(v)?.shared()?.state().latency))),
    GetSet::ro("server", |v| Ok(body(v)?.server.get())),
    GetSet::ro("id", get_id),
    GetSet::ro("state", get_state),
    GetSet::ro("close_code", get_close_code),
    GetSet::ro("close_reason", get_close_reason),
];
const FLAGS: u32 = TypeFlags::ATTRS | TypeFlags::PYTHON;
static CLIENT_DEF: ClassDef =
    ClassDef::new::<Connection>("ClientConnection").module("websockets.asyncio.client").methods(METHODS).getset(GETSET).flags(FLAGS);
pub static CLIENT_CONNECTION: Type = Type::builtin(&CLIENT_DEF);
static SERVER_DEF: ClassDef = ClassDef::new::<Connection>("ServerConnection")
    .like(&CLIENT_CONNECTION, &CLIENT_CONNECTION)
    .module("websockets.asyncio.server")
    .methods(SERVER_METHODS)
    .flags(FLAGS);
pub static SERVER_CONNECTION: Type = Type::builtin(&SERVER_DEF);

/// `broadcast(connections, message)`: to every open connection, without waiting.
pub fn broadcast(connections: &Value, message: &Value, text: &Value) -> PyResult {
    for v in collect(connections)? {
        let c = body(&v)?;
        let Some(out) = outgoing(message, text)? else { return Err(type_error("data must be str or bytes")) };
        let shared = c.shared()?;
        if shared.state().phase == Phase::Open && !c.sending.get() {
            shared.queue_later(out);
        }
    }
    Ok(NONE)
}
/// A limit on how long something may take, in Python's words.
pub async fn within<T>(limit: Option<Duration>, future: impl Future<Output = T>) -> Option<T> {
    match limit {
        None => Some(future.await),
        Some(l) => tokio::time::timeout(l, future).await.ok(),
    }
}
