//! Owns: the connections of one client: opening, limits, keeping alive, handing out in the order of asking.
//! Never: sends a request.
//! Source: httpcore 1.0, AsyncConnectionPool._assign_requests_to_connections (the rules of limits and expiry).

use super::body::Outgoing;
use super::h1::{self, Received};
use super::stream::{self, Raw};
use super::{Kind, NetError, NetResult, Timeouts, within};
use ext_tls::{ClientConfig, Trust};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::thread::ThreadId;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    pub tls: bool,
    pub host: String,
    pub port: u16,
}

/// A proxy that requests go through.
#[derive(Clone, Debug)]
pub struct Proxy {
    pub origin: Origin,
    /// `Proxy-Authorization` first, when there is one.
    pub headers: h1::Rows,
    pub trust: Trust,
}
/// The headers that a request through a proxy carries: the proxy's, unless the request has its own.
pub fn merged(first: &h1::Rows, own: h1::Rows) -> h1::Rows {
    let given = |k: &[u8]| own.iter().any(|(o, _)| o.eq_ignore_ascii_case(k));
    let mut out: h1::Rows = first.iter().filter(|(k, _)| !given(k)).cloned().collect();
    out.extend(own);
    out
}

#[derive(Clone, Debug)]
pub struct Config {
    pub max_connections: Option<usize>,
    pub max_keepalive: Option<usize>,
    pub expiry: Option<Duration>,
    pub trust: Trust,
    pub http1: bool,
    pub http2: bool,
    pub retries: u32,
    pub local: Option<std::net::IpAddr>,
    pub uds: Option<String>,
    pub proxy: Option<Proxy>,
}
impl Config {
    fn alpn(&self) -> &'static [&'static [u8]] {
        if self.http2 { &[b"http/1.1", b"h2"] } else { &[b"http/1.1"] }
    }
}

/// A connection that speaks HTTP/1.1, and what of the next answer was read too early.
pub struct H1 {
    pub raw: Raw,
    pub received: Received,
}
pub enum Wire {
    H1(Box<H1>),
    H2(http2::SendRequest<Outgoing>, Arc<Driver>),
}

/// A place among the connections that the limits allow.
struct Place(Weak<Inner>);
impl Drop for Place {
    fn drop(&mut self) {
        if let Some(inner) = self.0.upgrade() {
            let pool = Pool(inner);
            pool.state().open -= 1;
            pool.assign();
        }
    }
}
/// Ends the task that drives an HTTP/2 connection, and with it the connection.
pub struct Driver(AbortHandle);
impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// An open connection, in use or idle.
pub struct Connection {
    pub wire: Wire,
    pub origin: Origin,
    place: Arc<Place>,
    since: Instant,
    /// Which of the connections it is, in the order of opening.
    serial: u64,
    /// The thread whose runtime watches it.
    home: ThreadId,
}

/// What a waiting request gets.
enum Turn {
    Use(Connection),
    Open(Place),
}
struct Waiting {
    id: u64,
    origin: Origin,
    home: ThreadId,
    turn: oneshot::Sender<Turn>,
}
#[derive(Default)]
struct State {
    /// The program's own TLS settings, instead of those of the configuration.
    context: Option<Arc<ClientConfig>>,
    open: usize,
    serial: u64,
    idle: Vec<Connection>,
    /// HTTP/2 connections, which several requests share.
    shared: Vec<Connection>,
    /// Origins to which a connection is being opened that may become a shared one.
    opening: Vec<Origin>,
    waiting: VecDeque<Waiting>,
}
struct Inner {
    config: Config,
    state: Mutex<State>,
}

#[derive(Clone)]
pub struct Pool(Arc<Inner>);

/// Takes a request that stopped waiting out of the queue.
struct InQueue<'a>(&'a Pool, u64);
impl Drop for InQueue<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        let at = state.waiting.iter().position(|w| w.id == self.1);
        let gone = at.and_then(|at| state.waiting.remove(at));
        drop(state);
        drop(gone);
    }
}
/// Ends the time in which others wait for a connection that is being opened.
struct Opening<'a>(&'a Pool, Option<Origin>);
impl Drop for Opening<'_> {
    fn drop(&mut self) {
        if let Some(origin) = self.1.take() {
            let mut state = self.0.state();
            if let Some(at) = state.opening.iter().position(|o| *o == origin) {
                state.opening.swap_remove(at);
            }
            drop(state);
            self.0.assign();
        }
    }
}

impl Pool {
    pub fn new(config: Config) -> Pool {
        Pool(Arc::new(Inner { config, state: Mutex::default() }))
    }
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(|e| e.into_inner())
    }
    pub fn config(&self) -> &Config {
        &self.0.config
    }
    /// Drops every idle connection.
    pub fn close(&self) {
        let mut state = self.state();
        let gone = (std::mem::take(&mut state.idle), std::mem::take(&mut state.shared));
        drop(state);
        drop(gone);
    }
    fn may_share(&self, origin: &Origin) -> bool {
        self.0.config.http2 && (origin.tls || !self.0.config.http1)
    }

    /// Closes what is over and gives turns to those who wait, in their order.
    fn assign(&self) {
        let mut closing = vec![];
        let mut turns = vec![];
        let mut state = self.state();
        let s = &mut *state;
        let c = &self.0.config;
        let over = |one: &Connection| {
            let expired = c.expiry.is_some_and(|limit| one.since.elapsed() > limit);
            expired || matches!(&one.wire, Wire::H1(h) if h.raw.is_readable())
        };
        closing.extend(s.idle.extract_if(.., |one| over(one)));
        closing.extend(s.shared.extract_if(.., |one| matches!(&one.wire, Wire::H2(sender, _) if sender.is_closed())));
        // Places of connections that close here are free at once.
        let mut open = s.open - closing.len();
        let keep = c.max_keepalive.unwrap_or(usize::MAX).min(c.max_connections.unwrap_or(usize::MAX));
        while open > keep && !s.idle.is_empty() {
            closing.push(s.idle.remove(0));
            open -= 1;
        }
        let mut at = 0;
        while let Some(w) = s.waiting.get(at) {
            let shared = s.shared.iter().find(|one| one.origin == w.origin && one.home == w.home);
            let turn = if let Some(Wire::H2(sender, driver)) = shared.map(|one| &one.wire)
                && let Some(one) = shared
            {
                let wire = Wire::H2(sender.clone(), driver.clone());
                Turn::Use(Connection { wire, origin: one.origin.clone(), place: one.place.clone(), since: one.since, serial: one.serial, home: w.home })
            } else if s.opening.contains(&w.origin) {
                at += 1;
                continue;
            } else if let Some(found) = s.idle.iter().position(|one| one.origin == w.origin) {
                Turn::Use(s.idle.remove(found))
            } else {
                if c.max_connections.is_some_and(|max| open >= max) {
                    let shared = s.shared.iter().position(|one| Arc::strong_count(&one.place) == 1);
                    let gone = if s.idle.is_empty() { shared.map(|at| s.shared.remove(at)) } else { Some(s.idle.remove(0)) };
                    let Some(gone) = gone else {
                        at += 1;
                        continue;
                    };
                    closing.push(gone);
                    open -= 1;
                }
                open += 1;
                s.open += 1;
                if self.may_share(&w.origin) {
                    s.opening.push(w.origin.clone());
                }
                Turn::Open(Place(Arc::downgrade(&self.0)))
            };
            let Some(w) = s.waiting.remove(at) else { break };
            turns.push((w.turn, turn));
        }
        drop(state);
        // Both may come back here: a place that nobody takes is given to the next.
        drop(closing);
        for (to, turn) in turns {
            drop(to.send(turn));
        }
    }

    /// A connection to the origin: an idle one, a share of one, or a new one when the limits allow.
    pub async fn acquire(&self, origin: &Origin, t: &Timeouts) -> NetResult<Connection> {
        loop {
            let (to, turn) = oneshot::channel();
            let id = {
                let mut state = self.state();
                state.serial += 1;
                let id = state.serial;
                state.waiting.push_back(Waiting { id, origin: origin.clone(), home: std::thread::current().id(), turn: to });
                id
            };
            let queued = InQueue(self, id);
            self.assign();
            let got = within(t.pool, Kind::PoolTimeout, async { turn.await.map_err(|_| NetError::new(Kind::PoolTimeout, "")) }).await?;
            drop(queued);
            match got {
                Turn::Use(c) => {
                    if let Some(c) = at_home(c) {
                        return Ok(c);
                    }
                }
                Turn::Open(place) => {
                    let opening = Opening(self, self.may_share(origin).then(|| origin.clone()));
                    let made = self.open(origin, t, place).await;
                    drop(opening);
                    return made;
                }
            }
        }
    }
    /// Gives a connection back whose answer was read to its end.
    pub fn release(&self, mut c: Connection) {
        match &c.wire {
            Wire::H1(_) => {
                c.since = Instant::now();
                let mut state = self.state();
                let at = state.idle.partition_point(|other| other.serial < c.serial);
                state.idle.insert(at, c);
            }
            Wire::H2(..) => drop(c),
        }
        self.assign();
    }

    async fn open(&self, origin: &Origin, t: &Timeouts, place: Place) -> NetResult<Connection> {
        let mut left = self.0.config.retries;
        let mut delay = Duration::ZERO;
        let (raw, h2) = loop {
            match self.connect(origin, t).await {
                Ok(made) => break made,
                Err(e) if left > 0 && matches!(e.kind, Kind::ConnectError | Kind::ConnectTimeout) => {
                    left -= 1;
                    tokio::time::sleep(delay).await;
                    delay = if delay.is_zero() { Duration::from_millis(500) } else { delay * 2 };
                }
                Err(e) => return Err(e),
            }
        };
        let place = Arc::new(place);
        let since = Instant::now();
        let home = std::thread::current().id();
        let serial = {
            let mut state = self.state();
            state.serial += 1;
            state.serial
        };
        let origin = origin.clone();
        if !h2 {
            let wire = Wire::H1(Box::new(H1 { raw, received: Received::default() }));
            return Ok(Connection { wire, origin, place, since, serial, home });
        }
        let lost = |e: hyper::Error| NetError::new(Kind::RemoteProtocolError, e.to_string());
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new());
        let (sender, driver) = builder.handshake(TokioIo::new(raw)).await.map_err(lost)?;
        let driver = Arc::new(Driver(tokio::spawn(async move { drop(driver.await) }).abort_handle()));
        let one = |sender: http2::SendRequest<Outgoing>| Connection {
            wire: Wire::H2(sender, driver.clone()),
            origin: origin.clone(),
            place: place.clone(),
            since,
            serial,
            home,
        };
        self.state().shared.push(one(sender.clone()));
        Ok(one(sender))
    }
    /// Takes TLS settings that the program may have changed since the last request.
    ///
    /// # Errors
    /// Settings that allow no connection.
    pub fn use_context(&self, make: impl FnOnce(&[&[u8]]) -> Option<Result<Arc<ClientConfig>, ext_tls::rustls::Error>>) -> NetResult<()> {
        if let Some(made) = make(self.0.config.alpn()) {
            self.state().context = Some(made.map_err(|e| NetError::new(Kind::ConnectError, format!("[SSL] {e}")))?);
        }
        Ok(())
    }
    async fn connect(&self, origin: &Origin, t: &Timeouts) -> NetResult<(Raw, bool)> {
        let c = &self.0.config;
        let prior_knowledge = c.http2 && !c.http1;
        let dial = |o: Origin| within(t.connect, Kind::ConnectTimeout, async move { stream::tcp(&o.host, o.port, c.local).await });
        let raw = match (&c.proxy, &c.uds) {
            (Some(proxy), _) => {
                let mut raw = dial(proxy.origin.clone()).await?;
                if proxy.origin.tls {
                    raw = secure(raw, &proxy.origin.host, configured(&proxy.trust, &[b"http/1.1"])?, t).await?.0;
                }
                if !origin.tls {
                    return Ok((raw, false));
                }
                tunnel(raw, proxy, origin, t).await?
            }
            (None, Some(path)) => within(t.connect, Kind::ConnectTimeout, stream::unix(path)).await?,
            (None, None) => dial(origin.clone()).await?,
        };
        if !origin.tls {
            return Ok((raw, prior_knowledge));
        }
        let context = self.state().context.clone();
        let config = match context {
            Some(config) => config,
            None => configured(&c.trust, c.alpn())?,
        };
        let (raw, h2) = secure(raw, &origin.host, config, t).await?;
        Ok((raw, h2 || prior_knowledge))
    }
}
fn configured(trust: &Trust, alpn: &[&[u8]]) -> NetResult<Arc<ClientConfig>> {
    ext_tls::config(trust, alpn).map_err(|e| NetError::new(Kind::ConnectError, super::os_text(&e)))
}
async fn secure(raw: Raw, host: &str, config: Arc<ClientConfig>, t: &Timeouts) -> NetResult<(Raw, bool)> {
    let late = |e: NetError| match e.kind {
        Kind::ConnectTimeout => NetError::two(Kind::ConnectTimeout, "_ssl.c:1003: The handshake operation timed out", ""),
        _ => e,
    };
    within(t.connect, Kind::ConnectTimeout, stream::tls(raw, host, config)).await.map_err(late)
}
/// The connection on the runtime of this thread; one that cannot move is closed.
fn at_home(mut c: Connection) -> Option<Connection> {
    let me = std::thread::current().id();
    if c.home == me {
        return Some(c);
    }
    c.wire = match c.wire {
        Wire::H1(h) => {
            let H1 { raw, received } = *h;
            Wire::H1(Box::new(H1 { raw: raw.rehome()?, received }))
        }
        Wire::H2(..) => return None,
    };
    c.home = me;
    Some(c)
}

/// `CONNECT` through a proxy.
async fn tunnel(mut raw: Raw, proxy: &Proxy, origin: &Origin, t: &Timeouts) -> NetResult<Raw> {
    let target = format!("{}:{}", origin.host, origin.port).into_bytes();
    let own: h1::Rows = vec![(b"Host".to_vec(), target.clone()), (b"Accept".to_vec(), b"*/*".to_vec())];
    let written = h1::write_head(b"CONNECT", &target, merged(&own, proxy.headers.clone()))?;
    raw.send(&written.head, t.write).await?;
    let mut received = Received::default();
    let mut buf = vec![];
    let head = loop {
        if let Some(head) = received.head()? {
            break head;
        }
        raw.receive(&mut buf, t.read).await?;
        if buf.is_empty() {
            return Err(NetError::new(Kind::RemoteProtocolError, "Server disconnected without sending a response."));
        }
        received.push(&buf);
    };
    if (200..300).contains(&head.status) {
        return Ok(raw);
    }
    let reason: String = head.reason.iter().filter(|c| c.is_ascii()).map(|c| char::from(*c)).collect();
    Err(NetError::new(Kind::ProxyError, format!("{} {reason}", head.status)))
}
