//! Owns: the task that drives one connection: reads messages into the inbox, writes what is queued, answers
//! pings, keeps the connection alive, goes through the closing handshake. Without a Python value.
//! Never: performs the opening handshake.
//! Source: websockets, asyncio/connection.py and protocol.py (states, close codes, limits).

use ext_tls::TlsStream;
use futures_util::{SinkExt as _, StreamExt as _};
use std::collections::VecDeque;
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

/// Plain or TLS.
pub enum Raw {
    Tcp(TcpStream),
    Unix(tokio::net::UnixStream),
    Tls(Box<TlsStream<TcpStream>>),
}
macro_rules! each {
    ($self:ident, $s:ident => $e:expr) => {
        match $self.get_mut() {
            Raw::Tcp($s) => $e,
            Raw::Unix($s) => $e,
            Raw::Tls($s) => $e,
        }
    };
}
impl AsyncRead for Raw {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        each!(self, s => Pin::new(s).poll_read(cx, buf))
    }
}
impl AsyncWrite for Raw {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        each!(self, s => Pin::new(s).poll_write(cx, buf))
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, s => Pin::new(s).poll_flush(cx))
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, s => Pin::new(s).poll_shutdown(cx))
    }
}

/// Code and reason of a close frame.
pub type CloseInfo = (u16, String);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    Open,
    Closing,
    Closed,
}
pub enum Incoming {
    Text(String),
    Binary(Vec<u8>),
}
pub enum Outgoing {
    Text(String),
    Binary(Vec<u8>),
    /// One fragment: the first names its kind, the last is final.
    Fragment { first: bool, text: bool, data: Vec<u8>, fin: bool },
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(u16, String, Option<oneshot::Sender<()>>),
}
impl Outgoing {
    fn size(&self) -> usize {
        match self {
            Outgoing::Text(t) => t.len(),
            Outgoing::Binary(d) | Outgoing::Fragment { data: d, .. } | Outgoing::Ping(d) | Outgoing::Pong(d) => d.len(),
            Outgoing::Close(..) => 0,
        }
    }
}

pub struct Settings {
    pub client: bool,
    /// `compression` was left on; only messages depend on it.
    pub compressed: bool,
    pub ping_interval: Option<Duration>,
    pub ping_timeout: Option<Duration>,
    pub close_timeout: Option<Duration>,
    pub max_size: Option<usize>,
    pub max_queue: Option<usize>,
    pub write_limit: usize,
}

pub struct State {
    pub inbox: VecDeque<Incoming>,
    pub phase: Phase,
    pub rcvd: Option<CloseInfo>,
    pub sent: Option<CloseInfo>,
    pub rcvd_then_sent: Option<bool>,
    /// What broke the connection, in the system's or the library's words.
    pub cause: Option<String>,
    pub timed_out: bool,
    pings: Vec<(Vec<u8>, Instant, Option<oneshot::Sender<f64>>)>,
    pub latency: f64,
    pub receiving: bool,
}
/// What waits to be written, and the writer that waits for it.
#[derive(Default)]
struct Outbox {
    queue: VecDeque<Outgoing>,
    writer: Option<Waker>,
}
pub struct Shared {
    state: Mutex<State>,
    outbox: Mutex<Outbox>,
    queued: AtomicUsize,
    pub write_limit: usize,
    readable: Notify,
    room: Notify,
    drained: Notify,
    closed: Notify,
    pub close_timeout: Option<Duration>,
    task: Mutex<Option<tokio::task::AbortHandle>>,
}
impl Shared {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
    pub fn pop(&self) -> Option<Incoming> {
        let got = self.state().inbox.pop_front();
        if got.is_some() {
            self.room.notify_one();
        }
        got
    }
    pub fn is_closed(&self) -> bool {
        self.state().phase == Phase::Closed
    }
    /// The next message, `None` when the connection is closed.
    pub async fn next(&self) -> Option<Incoming> {
        loop {
            let readable = self.readable.notified();
            if let Some(m) = self.pop() {
                return Some(m);
            }
            if self.is_closed() {
                return None;
            }
            readable.await;
        }
    }
    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(|e| e.into_inner())
    }
    /// Queues something to write and gives the writer to wake.
    fn put(&self, out: Outgoing) -> Option<Waker> {
        self.queued.fetch_add(out.size(), Ordering::Relaxed);
        let mut b = self.outbox();
        b.queue.push_back(out);
        b.writer.take()
    }
    /// Queues something to write, from the connection's own tasks.
    pub fn queue(&self, out: Outgoing) {
        if let Some(w) = self.put(out) {
            w.wake();
        }
    }
    /// Queues something to write, from Python: the writer runs when the loop waits next.
    pub fn queue_later(&self, out: Outgoing) {
        if let Some(w) = self.put(out) {
            rtasyncio::native_io::defer(w);
        }
    }
    async fn next_outgoing(&self) -> Outgoing {
        std::future::poll_fn(|cx| {
            let mut b = self.outbox();
            match b.queue.pop_front() {
                Some(out) => Poll::Ready(out),
                None => {
                    b.writer = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
    fn nothing_queued(&self) -> bool {
        self.outbox().queue.is_empty()
    }
    pub fn is_full(&self) -> bool {
        self.queued.load(Ordering::Relaxed) > self.write_limit
    }
    /// Waits until the other side has taken enough.
    pub async fn drain(&self) {
        loop {
            let drained = self.drained.notified();
            if !self.is_full() || self.is_closed() {
                return;
            }
            drained.await;
        }
    }
    pub async fn wait_closed(&self) {
        loop {
            let closed = self.closed.notified();
            let mut closed = pin!(closed);
            closed.as_mut().enable();
            if self.is_closed() {
                return;
            }
            closed.await;
        }
    }
    /// Begins the closing handshake, once.
    pub fn start_close(&self, code: u16, reason: &str) {
        let mut s = self.state();
        if s.phase == Phase::Open {
            s.phase = Phase::Closing;
            s.sent = Some((code, reason.to_owned()));
            drop(s);
            self.queue(Outgoing::Close(code, reason.to_owned(), None));
        }
    }
    /// Ends the connection without further words.
    pub fn abort(&self, cause: Option<&str>) {
        let task = self.task.lock().unwrap_or_else(|e| e.into_inner()).take();
        if let Some(t) = task {
            t.abort();
        }
        self.finish(cause.map(str::to_owned));
    }
    fn finish(&self, cause: Option<String>) {
        let mut s = self.state();
        if s.phase == Phase::Closed {
            return;
        }
        s.phase = Phase::Closed;
        s.cause = s.cause.take().or(cause);
        let pings = std::mem::take(&mut s.pings);
        drop(s);
        drop(pings);
        self.readable.notify_waiters();
        self.readable.notify_one();
        self.drained.notify_waiters();
        self.closed.notify_waiters();
    }
    pub fn ping(&self, data: Vec<u8>, answer: Option<oneshot::Sender<f64>>) -> bool {
        let mut s = self.state();
        if s.pings.iter().any(|p| p.0 == data) {
            return false;
        }
        s.pings.push((data.clone(), Instant::now(), answer));
        drop(s);
        self.queue(Outgoing::Ping(data));
        true
    }
    fn pong(&self, data: &[u8]) {
        let mut s = self.state();
        let Some(at) = s.pings.iter().position(|p| p.0 == data) else { return };
        // A pong answers the pings before it too.
        let answered: Vec<_> = s.pings.drain(..=at).collect();
        for (own, sent, answer) in answered {
            let latency = sent.elapsed().as_secs_f64();
            if own == data {
                s.latency = latency;
            }
            if let Some(a) = answer {
                let _ = a.send(latency);
            }
        }
    }
}

/// Starts the task of a connection whose opening handshake is done; `rest` was read behind it.
pub async fn start(raw: Raw, rest: Vec<u8>, settings: Settings) -> Arc<Shared> {
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            inbox: VecDeque::new(),
            phase: Phase::Open,
            rcvd: None,
            sent: None,
            rcvd_then_sent: None,
            cause: None,
            timed_out: false,
            pings: vec![],
            latency: 0.0,
            receiving: false,
        }),
        outbox: Mutex::default(),
        queued: AtomicUsize::new(0),
        write_limit: settings.write_limit,
        readable: Notify::new(),
        room: Notify::new(),
        drained: Notify::new(),
        closed: Notify::new(),
        close_timeout: settings.close_timeout,
        task: Mutex::new(None),
    });
    let mut config = WebSocketConfig::default();
    config.max_message_size = settings.max_size;
    config.max_frame_size = settings.max_size;
    config.read_buffer_size = 8 << 10;
    config.write_buffer_size = 0;
    let role = if settings.client { Role::Client } else { Role::Server };
    let ws = WebSocketStream::from_partially_read(raw, rest, role, Some(config)).await;
    let own = shared.clone();
    let task = tokio::spawn(async move {
        let cause = drive(ws, &own, &settings).await;
        own.finish(cause);
    });
    *shared.task.lock().unwrap_or_else(|e| e.into_inner()) = Some(task.abort_handle());
    shared
}

fn message(out: Outgoing) -> (Message, Option<oneshot::Sender<()>>) {
    match out {
        Outgoing::Text(t) => (Message::Text(t.into()), None),
        Outgoing::Binary(d) => (Message::Binary(d.into()), None),
        Outgoing::Fragment { first, text, data, fin } => {
            let kind = match (first, text) {
                (true, true) => Data::Text,
                (true, false) => Data::Binary,
                (false, _) => Data::Continue,
            };
            (Message::Frame(Frame::message(data, OpCode::Data(kind), fin)), None)
        }
        Outgoing::Ping(d) => (Message::Ping(d.into()), None),
        Outgoing::Pong(d) => (Message::Pong(d.into()), None),
        Outgoing::Close(1005, _, done) => (Message::Close(None), done),
        Outgoing::Close(code, reason, done) => (Message::Close(Some(CloseFrame { code: CloseCode::from(code), reason: reason.into() })), done),
    }
}

/// Runs the connection to its end; gives what broke it.
async fn drive(ws: WebSocketStream<Raw>, shared: &Arc<Shared>, settings: &Settings) -> Option<String> {
    let (mut sink, mut stream) = ws.split();
    let mut writer = Box::pin(async {
        loop {
            let out = shared.next_outgoing().await;
            let size = out.size();
            let (m, done) = message(out);
            let last = matches!(m, Message::Close(_));
            let mut r = sink.feed(m).await;
            if r.is_ok() && (shared.nothing_queued() || last) {
                r = sink.flush().await;
            }
            shared.queued.fetch_sub(size, Ordering::Relaxed);
            if !shared.is_full() {
                shared.drained.notify_waiters();
            }
            if let Some(d) = done {
                let _ = d.send(());
            }
            match r {
                // What follows the close frame is never sent; the reader sees the end.
                Err(Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(ProtocolError::SendAfterClosing)) | Ok(()) => {}
                Err(e) => return Some(e.to_string()),
            }
        }
    });
    let mut reader = Box::pin(async {
        loop {
            if let Some(max) = settings.max_queue {
                loop {
                    let room = shared.room.notified();
                    if shared.state().inbox.len() < max.max(1) {
                        break;
                    }
                    room.await;
                }
            }
            let Some(got) = stream.next().await else { return None };
            match got {
                Ok(Message::Text(t)) => deliver(shared, Incoming::Text(t.as_str().to_owned())),
                Ok(Message::Binary(d)) => deliver(shared, Incoming::Binary(d.to_vec())),
                Ok(Message::Pong(d)) => shared.pong(&d),
                Ok(Message::Ping(_) | Message::Frame(_)) => {}
                Ok(Message::Close(frame)) => {
                    let info = frame.map_or((1005, String::new()), |f| (u16::from(f.code), f.reason.as_str().to_owned()));
                    let mut s = shared.state();
                    s.rcvd_then_sent = Some(s.sent.is_none());
                    s.sent.get_or_insert_with(|| info.clone());
                    s.rcvd = Some(info);
                    s.phase = Phase::Closing;
                }
                Err(Error::ConnectionClosed | Error::AlreadyClosed) => return None,
                Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => return None,
                Err(Error::Io(e)) => return (e.kind() != io::ErrorKind::UnexpectedEof).then(|| e.to_string()),
                Err(Error::Capacity(CapacityError::MessageTooLong { size, max_size })) => {
                    // The real package compresses by default, and then does not know the size beforehand.
                    let size = if settings.compressed { String::new() } else { format!("with {size} bytes ") };
                    return fail(shared, 1009, format!("frame {size}exceeds limit of {max_size} bytes")).await;
                }
                Err(Error::Utf8(_)) => return fail(shared, 1007, "invalid start byte at position 0".into()).await,
                Err(Error::Protocol(p)) => return fail(shared, 1002, p.to_string()).await,
                Err(e) => return Some(e.to_string()),
            }
        }
    });
    let mut keepalive = Box::pin(keep_alive(shared, settings));
    let mut alive = true;
    let cause = std::future::poll_fn(|cx| {
        if let Poll::Ready(cause) = reader.as_mut().poll(cx) {
            return Poll::Ready(cause);
        }
        if let Poll::Ready(cause) = writer.as_mut().poll(cx) {
            return Poll::Ready(cause);
        }
        if alive && keepalive.as_mut().poll(cx).is_ready() {
            alive = false;
        }
        Poll::Pending
    })
    .await;
    drop((writer, reader, keepalive));
    let failed = shared.state().rcvd.is_none();
    if cause.is_none()
        && shared.state().sent.is_some()
        && (failed || !settings.client)
        && let Ok(mut ws) = sink.reunite(stream)
    {
        linger(ws.get_mut(), settings).await;
    }
    cause
}
/// The server closes its half of the connection first; the end is when the other half is closed too.
async fn linger(raw: &mut Raw, settings: &Settings) {
    let end = async {
        if !settings.client && raw.shutdown().await.is_err() {
            return;
        }
        let mut rest = [0u8; 4096];
        while raw.read(&mut rest).await.is_ok_and(|n| n > 0) {}
    };
    let _ = tokio::time::timeout(settings.close_timeout.unwrap_or(Duration::from_secs(3600)), end).await;
}
fn deliver(shared: &Shared, m: Incoming) {
    shared.state().inbox.push_back(m);
    shared.readable.notify_one();
}
/// Closes because of what the other side did; its answer is not waited for.
async fn fail(shared: &Shared, code: u16, reason: String) -> Option<String> {
    {
        let mut s = shared.state();
        if s.sent.is_some() {
            return None;
        }
        s.sent = Some((code, reason.clone()));
        s.phase = Phase::Closing;
    }
    let (tx, rx) = oneshot::channel();
    shared.queue(Outgoing::Close(code, reason, Some(tx)));
    let _ = tokio::time::timeout(Duration::from_secs(1), rx).await;
    None
}
/// Sends pings; a missing answer fails the connection.
async fn keep_alive(shared: &Arc<Shared>, settings: &Settings) {
    let Some(interval) = settings.ping_interval else { return };
    let mut count = 0u32;
    let mut wait = interval;
    loop {
        tokio::time::sleep(wait).await;
        if shared.state().phase != Phase::Open {
            return;
        }
        count = count.wrapping_add(1);
        let (tx, rx) = oneshot::channel();
        if !shared.ping(format!("keepalive{count}").into_bytes(), Some(tx)) {
            return;
        }
        let Some(limit) = settings.ping_timeout else { continue };
        match tokio::time::timeout(limit, rx).await {
            Ok(Ok(latency)) => wait = interval.saturating_sub(Duration::from_secs_f64(latency.max(0.0))),
            Ok(Err(_)) => return,
            Err(_) => {
                shared.start_close(1011, "keepalive ping timeout");
                if let Some(t) = shared.close_timeout {
                    tokio::time::sleep(t).await;
                }
                shared.abort(None);
                return;
            }
        }
    }
}
