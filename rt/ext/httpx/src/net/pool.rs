//! Owns: the connections of one client: opening, limits, keeping alive, handing out.
//! Never: sends a request.
//! Source: httpcore 1.0, AsyncConnectionPool (the rules of limits and expiry).

use super::body::Outgoing;
use super::stream::{self, Activity, Raw, Watched};
use super::{Kind, NetError, NetResult, Timeouts, within};
use ext_tls::Roots;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    pub tls: bool,
    pub host: String,
    pub port: u16,
}

/// A proxy that requests go through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    pub origin: Origin,
    /// The value of `Proxy-Authorization`.
    pub authorization: Option<Vec<u8>>,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
}

#[derive(Clone, Debug)]
pub struct Config {
    pub max_connections: Option<usize>,
    pub max_keepalive: Option<usize>,
    pub expiry: Option<Duration>,
    pub roots: Roots,
    pub http1: bool,
    pub http2: bool,
    pub retries: u32,
    pub local: Option<std::net::IpAddr>,
    pub uds: Option<String>,
    pub proxy: Option<Proxy>,
}

pub enum Sender {
    H1(http1::SendRequest<Outgoing>),
    H2(http2::SendRequest<Outgoing>),
}

/// A place among the connections that the limits allow.
struct Place(Arc<Inner>);
impl Drop for Place {
    fn drop(&mut self) {
        self.0.state().open -= 1;
        self.0.freed.notify_one();
    }
}
/// Ends the task that drives a connection, and with it the connection.
pub struct Driver(AbortHandle);
impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// An open connection, in use or idle.
pub struct Connection {
    pub sender: Sender,
    pub activity: Arc<Activity>,
    pub origin: Origin,
    driver: Arc<Driver>,
    place: Option<Arc<Place>>,
    since: Instant,
}

struct State {
    open: usize,
    idle: Vec<Connection>,
    /// HTTP/2 connections, which several requests share.
    shared: Vec<Connection>,
    /// Origins whose first HTTP/2 connection is being opened.
    closed: bool,
}
struct Inner {
    config: Config,
    state: Mutex<State>,
    freed: Notify,
}
impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
}

#[derive(Clone)]
pub struct Pool(Arc<Inner>);

impl Pool {
    pub fn new(config: Config) -> Pool {
        let state = State { open: 0, idle: Vec::new(), shared: Vec::new(), closed: false };
        Pool(Arc::new(Inner { config, state: Mutex::new(state), freed: Notify::new() }))
    }
    pub fn config(&self) -> &Config {
        &self.0.config
    }
    /// Drops every idle connection.
    pub fn close(&self) {
        let mut state = self.0.state();
        state.closed = true;
        let gone = (std::mem::take(&mut state.idle), std::mem::take(&mut state.shared));
        drop(state);
        drop(gone);
    }
    pub fn reopen(&self) {
        self.0.state().closed = false;
    }

    /// A connection to the origin: an idle one, a share of one, or a new one when the limits allow.
    pub async fn acquire(&self, origin: &Origin, t: &Timeouts) -> NetResult<(Connection, bool)> {
        let deadline = t.pool.map(|d| tokio::time::Instant::now() + d);
        loop {
            let freed = self.0.freed.notified();
            if let Some(found) = self.idle(origin) {
                if let Some(ready) = usable(found).await {
                    return Ok((ready, true));
                }
                continue;
            }
            if let Some(place) = self.place() {
                let made = self.open(origin, t, place).await?;
                return Ok((made, false));
            }
            match deadline {
                None => freed.await,
                Some(d) => {
                    if tokio::time::timeout_at(d, freed).await.is_err() {
                        return Err(NetError::timeout(Kind::PoolTimeout));
                    }
                }
            }
        }
    }
    fn idle(&self, origin: &Origin) -> Option<Connection> {
        let mut state = self.0.state();
        if let Some(expiry) = self.0.config.expiry {
            state.idle.retain(|c| c.since.elapsed() < expiry);
        }
        state.shared.retain(|c| match &c.sender {
            Sender::H2(s) => !s.is_closed(),
            Sender::H1(_) => false,
        });
        if let Some(c) = state.shared.iter().find(|c| c.origin == *origin)
            && let Sender::H2(s) = &c.sender
        {
            return Some(Connection {
                sender: Sender::H2(s.clone()),
                activity: c.activity.clone(),
                origin: origin.clone(),
                driver: c.driver.clone(),
                place: c.place.clone(),
                since: c.since,
            });
        }
        let at = state.idle.iter().position(|c| c.origin == *origin)?;
        Some(state.idle.remove(at))
    }
    fn place(&self) -> Option<Place> {
        let mut state = self.0.state();
        if self.0.config.max_connections.is_some_and(|max| state.open >= max) {
            // An idle connection to somebody else makes room.
            let gone = (!state.idle.is_empty()).then(|| state.idle.remove(0));
            drop(state);
            gone.as_ref()?;
            drop(gone);
            state = self.0.state();
        }
        state.open += 1;
        Some(Place(self.0.clone()))
    }
    /// Gives a connection back whose answer was read to its end.
    pub fn release(&self, mut c: Connection) {
        let mut state = self.0.state();
        let room = self.0.config.max_keepalive.is_none_or(|max| state.idle.len() < max);
        if let Sender::H1(s) = &c.sender
            && room
            && !state.closed
            && !s.is_closed()
        {
            c.since = Instant::now();
            state.idle.push(c);
            drop(state);
            self.0.freed.notify_one();
            return;
        }
        drop(state);
        drop(c);
    }

    async fn open(&self, origin: &Origin, t: &Timeouts, place: Place) -> NetResult<Connection> {
        let mut left = self.0.config.retries;
        let mut delay = Duration::ZERO;
        let (raw, h2) = loop {
            match within(t.connect, Kind::ConnectTimeout, self.connect(origin)).await {
                Ok(made) => break made,
                Err(e) if left > 0 && matches!(e.kind, Kind::ConnectError | Kind::ConnectTimeout) => {
                    left -= 1;
                    tokio::time::sleep(delay).await;
                    delay = if delay.is_zero() { Duration::from_millis(500) } else { delay * 2 };
                }
                Err(e) => return Err(e),
            }
        };
        let activity = Arc::new(Activity::default());
        let io = TokioIo::new(Watched { raw, activity: activity.clone() });
        let place = Some(Arc::new(place));
        let lost = |e: hyper::Error| NetError::new(Kind::RemoteProtocolError, e.to_string());
        let since = Instant::now();
        if h2 {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder.timer(TokioTimer::new());
            let (sender, driver) = builder.handshake(io).await.map_err(lost)?;
            let driver = Arc::new(Driver(tokio::spawn(async move { drop(driver.await) }).abort_handle()));
            let one = Connection { sender: Sender::H2(sender.clone()), activity, origin: origin.clone(), driver, place, since };
            let other = Connection {
                sender: Sender::H2(sender),
                activity: one.activity.clone(),
                origin: origin.clone(),
                driver: one.driver.clone(),
                place: one.place.clone(),
                since,
            };
            self.0.state().shared.push(other);
            return Ok(one);
        }
        let (sender, driver) = http1::Builder::new()
            .title_case_headers(true)
            .max_headers(256)
            .allow_obsolete_multiline_headers_in_responses(true)
            .handshake(io)
            .await
            .map_err(lost)?;
        let driver = Arc::new(Driver(tokio::spawn(async move { drop(driver.await) }).abort_handle()));
        Ok(Connection { sender: Sender::H1(sender), activity, origin: origin.clone(), driver, place, since })
    }
    async fn connect(&self, origin: &Origin) -> NetResult<(Raw, bool)> {
        let c = &self.0.config;
        let prior_knowledge = c.http2 && !c.http1;
        let raw = match (&c.proxy, &c.uds) {
            (Some(proxy), _) => {
                let mut raw = stream::tcp(&proxy.origin.host, proxy.origin.port, c.local).await?;
                if proxy.origin.tls {
                    raw = stream::tls(raw, &proxy.origin.host, self.tls_config(&[b"http/1.1"])?).await?.0;
                }
                if !origin.tls {
                    return Ok((raw, false));
                }
                tunnel(&mut raw, proxy, origin).await?;
                raw
            }
            (None, Some(path)) => stream::unix(path).await?,
            (None, None) => stream::tcp(&origin.host, origin.port, c.local).await?,
        };
        if !origin.tls {
            return Ok((raw, prior_knowledge));
        }
        let alpn: &[&[u8]] = match (c.http1, c.http2) {
            (true, true) => &[b"http/1.1", b"h2"],
            (false, true) => &[b"h2"],
            (true, false) | (false, false) => &[b"http/1.1"],
        };
        let (raw, h2) = stream::tls(raw, &origin.host, self.tls_config(alpn)?).await?;
        Ok((raw, h2 || prior_knowledge))
    }
    fn tls_config(&self, alpn: &[&[u8]]) -> NetResult<Arc<ext_tls::ClientConfig>> {
        ext_tls::config(&self.0.config.roots, alpn).map_err(|e| NetError::new(Kind::ConnectError, super::os_text(&e)))
    }
}

/// A connection that can take a request now; one that the server has closed meanwhile is dropped.
async fn usable(mut c: Connection) -> Option<Connection> {
    let ok = match &mut c.sender {
        Sender::H1(s) => s.ready().await.is_ok(),
        Sender::H2(s) => s.ready().await.is_ok(),
    };
    ok.then_some(c)
}

/// `CONNECT` through a proxy.
async fn tunnel(raw: &mut Raw, proxy: &Proxy, origin: &Origin) -> NetResult<()> {
    let lost = |e: std::io::Error| NetError::os(Kind::ProxyError, &e, "");
    let target = format!("{}:{}", origin.host, origin.port);
    let mut head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nAccept: */*\r\n").into_bytes();
    let given = proxy.headers.iter().map(|(k, v)| (k.as_slice(), v.as_slice()));
    let own = proxy.authorization.iter().map(|v| (&b"Proxy-Authorization"[..], v.as_slice()));
    for (k, v) in given.chain(own) {
        head.extend_from_slice(k);
        head.extend_from_slice(b": ");
        head.extend_from_slice(v);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    raw.write_all(&head).await.map_err(lost)?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") && answer.len() < 1 << 16 {
        match raw.read_u8().await {
            Ok(b) => answer.push(b),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Err(NetError::new(Kind::RemoteProtocolError, "Server disconnected without sending a response."));
            }
            Err(e) => return Err(lost(e)),
        }
    }
    let line = answer.split(|b| *b == b'\r').next().unwrap_or(&[]);
    let line = String::from_utf8_lossy(line).into_owned();
    let status = line.split_once(' ').map_or("", |(_, rest)| rest);
    if status.starts_with('2') { Ok(()) } else { Err(NetError::new(Kind::ProxyError, status)) }
}
