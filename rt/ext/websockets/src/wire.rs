//! Owns: the task that drives one connection: reads messages into the inbox, writes what is queued, answers
//! pings, keeps the connection alive, goes through the closing handshake. Without a Python value.
//! Never: performs the opening handshake.
//! Source: websockets, asyncio/connection.py and protocol.py (states, close codes, limits).

use crate::codec::{self, BINARY, CLOSE, CONT, Fail, Frame, Masks, PING, PONG, Received, TEXT};
use crate::deflate::{Agreed, Decoder, Encoder};
use ext_tls::{TlsStream, server};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};

/// Plain or TLS.
pub enum Raw {
    Tcp(TcpStream),
    Unix(tokio::net::UnixStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// The server's end of TLS.
    Served(Box<server::TlsStream<TcpStream>>),
}
impl Raw {
    fn is_tls(&self) -> bool {
        match self {
            Raw::Tls(_) | Raw::Served(_) => true,
            Raw::Tcp(_) | Raw::Unix(_) => false,
        }
    }
}
macro_rules! each {
    ($self:ident, $s:ident => $e:expr) => {
        match $self.get_mut() {
            Raw::Tcp($s) => $e,
            Raw::Unix($s) => $e,
            Raw::Tls($s) => $e,
            Raw::Served($s) => $e,
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
/// One frame of a message.
pub struct Incoming {
    /// `None` in a continuation.
    pub text: Option<bool>,
    pub data: Vec<u8>,
    pub fin: bool,
}
pub enum Outgoing {
    Text(String),
    Binary(Vec<u8>),
    /// One fragment: the first names its kind, the last is final.
    Fragment { first: bool, text: bool, data: Vec<u8>, fin: bool },
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(u16, String),
    /// Nothing more is written.
    End,
}
impl Outgoing {
    fn size(&self) -> usize {
        match self {
            Outgoing::Text(t) => t.len(),
            Outgoing::Binary(d) | Outgoing::Fragment { data: d, .. } | Outgoing::Ping(d) | Outgoing::Pong(d) => d.len(),
            Outgoing::Close(..) | Outgoing::End => 0,
        }
    }
}

pub struct Settings {
    pub client: bool,
    /// Compression that was negotiated.
    pub deflate: Option<Agreed>,
    pub ping_interval: Option<Duration>,
    pub ping_timeout: Option<Duration>,
    pub close_timeout: Option<Duration>,
    pub max_size: Option<usize>,
    /// The same for one frame.
    pub max_fragment: Option<usize>,
    pub max_queue: Option<usize>,
    pub write_limit: usize,
}

pub struct State {
    pub inbox: VecDeque<Incoming>,
    /// How many of them end a message.
    whole: usize,
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
    /// What still comes is not looked at.
    failed: Notify,
    client: bool,
    pub close_timeout: Option<Duration>,
    task: Mutex<Option<tokio::task::AbortHandle>>,
}
impl Shared {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
    /// The next frame, whatever message it belongs to.
    pub fn pop_frame(&self) -> Option<Incoming> {
        let mut s = self.state();
        let got = s.inbox.pop_front();
        if let Some(f) = &got {
            s.whole -= usize::from(f.fin);
            drop(s);
            self.room.notify_one();
        }
        got
    }
    /// The next message, once all of it is there: whether it is text, and its data.
    pub fn pop(&self) -> Option<(bool, Vec<u8>)> {
        let mut s = self.state();
        if s.whole == 0 {
            return None;
        }
        s.whole -= 1;
        let first = s.inbox.pop_front()?;
        let (text, mut data, mut fin) = (first.text == Some(true), first.data, first.fin);
        while !fin {
            let next = s.inbox.pop_front()?;
            data.extend(next.data);
            fin = next.fin;
        }
        drop(s);
        self.room.notify_one();
        Some((text, data))
    }
    pub fn is_closed(&self) -> bool {
        self.state().phase == Phase::Closed
    }
    /// What `take` gives as soon as it gives something; `None` when the connection is closed.
    async fn wait_for<T>(&self, take: impl Fn(&Shared) -> Option<T>) -> Option<T> {
        loop {
            let readable = self.readable.notified();
            if let Some(m) = take(self) {
                return Some(m);
            }
            if self.is_closed() {
                return None;
            }
            readable.await;
        }
    }
    pub async fn next(&self) -> Option<(bool, Vec<u8>)> {
        self.wait_for(Shared::pop).await
    }
    pub async fn next_frame(&self) -> Option<Incoming> {
        self.wait_for(Shared::pop_frame).await
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
    /// Begins the closing handshake, once; `python` asks for it, or one of the connection's own tasks.
    pub fn start_close(&self, code: u16, reason: &str, python: bool) {
        let mut s = self.state();
        if s.phase == Phase::Open {
            s.phase = Phase::Closing;
            s.sent = Some((code, reason.to_owned()));
            drop(s);
            let out = Outgoing::Close(code, reason.to_owned());
            if python { self.queue_later(out) } else { self.queue(out) }
        }
    }
    /// Fails the connection because of what the other side sent (protocol.py, `fail`).
    pub fn fail(&self, code: u16, reason: &str) {
        let mut s = self.state();
        if s.phase == Phase::Open {
            s.phase = Phase::Closing;
            s.sent = Some((code, reason.to_owned()));
            drop(s);
            self.queue(Outgoing::Close(code, reason.to_owned()));
        }
        if !self.client {
            self.queue(Outgoing::End);
        }
        self.failed.notify_one();
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
            whole: 0,
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
        failed: Notify::new(),
        client: settings.client,
        close_timeout: settings.close_timeout,
        task: Mutex::new(None),
    });
    let own = shared.clone();
    let task = tokio::spawn(async move {
        let cause = drive(raw, rest, &own, &settings).await;
        own.finish(cause);
    });
    *shared.task.lock().unwrap_or_else(|e| e.into_inner()) = Some(task.abort_handle());
    shared
}

/// Runs the connection to its end; gives what broke it.
async fn drive(raw: Raw, rest: Vec<u8>, shared: &Arc<Shared>, settings: &Settings) -> Option<String> {
    let tls = raw.is_tls();
    let (read, write) = tokio::io::split(raw);
    let mut writer = Box::pin(write_all(write, tls, shared, settings));
    let mut reader = Box::pin(read_all(read, rest, shared, settings));
    let mut keepalive = Box::pin(keep_alive(shared, settings));
    let (mut alive, mut writes) = (true, true);
    std::future::poll_fn(|cx| {
        // What was read may have queued answers: they are written in the same turn.
        let read = reader.as_mut().poll(cx);
        if writes && let Poll::Ready(broken) = writer.as_mut().poll(cx) {
            writes = false;
            if broken.is_some() {
                return Poll::Ready(broken);
            }
        }
        if read.is_ready() {
            return read;
        }
        if alive && keepalive.as_mut().poll(cx).is_ready() {
            alive = false;
        }
        Poll::Pending
    })
    .await
}

/// Writes what is queued until nothing more is to be written.
async fn write_all(mut to: WriteHalf<Raw>, tls: bool, shared: &Shared, settings: &Settings) -> Option<String> {
    let mut encoder = settings.deflate.map(Encoder::new);
    let mut masks = settings.client.then(Masks::new);
    let mut out = Vec::new();
    loop {
        let mut next = Some(shared.next_outgoing().await);
        let (mut size, mut end) = (0, false);
        out.clear();
        while let Some(one) = next {
            size += one.size();
            if matches!(one, Outgoing::End) {
                end = true;
                break;
            }
            serialize(one, &mut out, encoder.as_mut(), masks.as_mut());
            next = if out.len() < GATHER { shared.outbox().queue.pop_front() } else { None };
        }
        let wrote = async {
            to.write_all(&out).await?;
            // A plain stream keeps nothing back.
            if tls && !out.is_empty() { to.flush().await } else { Ok(()) }
        };
        let wrote = wrote.await;
        shared.queued.fetch_sub(size, Ordering::Relaxed);
        if !shared.is_full() {
            shared.drained.notify_waiters();
        }
        if let Err(e) = wrote {
            return Some(e.to_string());
        }
        if end {
            let _ = to.shutdown().await;
            return None;
        }
        if out.capacity() > GATHER * 4 {
            out = Vec::new();
        }
    }
}
/// How much is gathered for one write.
const GATHER: usize = 64 << 10;

fn serialize(one: Outgoing, out: &mut Vec<u8>, encoder: Option<&mut Encoder>, masks: Option<&mut Masks>) {
    let (opcode, first, fin, data) = match one {
        Outgoing::Text(t) => (TEXT, true, true, t.into_bytes()),
        Outgoing::Binary(d) => (BINARY, true, true, d),
        Outgoing::Fragment { first: true, text, data, fin } => (if text { TEXT } else { BINARY }, true, fin, data),
        Outgoing::Fragment { first: false, data, fin, .. } => (CONT, false, fin, data),
        Outgoing::Ping(d) => return codec::write(out, PING, true, false, &d, masks),
        Outgoing::Pong(d) => return codec::write(out, PONG, true, false, &d, masks),
        Outgoing::Close(code, reason) => return codec::write(out, CLOSE, true, false, &codec::close_payload(code, &reason), masks),
        Outgoing::End => return,
    };
    match encoder.and_then(|e| e.encode(&data, first, fin)) {
        Some(small) => codec::write(out, opcode, fin, first, &small, masks),
        None => codec::write(out, opcode, fin, false, &data, masks),
    }
}

thread_local! {
    /// Where bytes arrive before their connection is known to need room for them.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; 64 << 10]);
}
/// Reads once; `take` gets what came, which is nothing at the end.
async fn read_some<T>(from: &mut ReadHalf<Raw>, mut take: impl FnMut(&[u8]) -> T) -> io::Result<T> {
    std::future::poll_fn(|cx| {
        SCRATCH.with(|scratch| {
            let mut scratch = scratch.borrow_mut();
            let mut buf = ReadBuf::new(&mut scratch);
            match Pin::new(&mut *from).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) => Poll::Ready(Ok(take(buf.filled()))),
                Poll::Ready(Err(e)) => Poll::Ready(Err(e)),
                Poll::Pending => Poll::Pending,
            }
        })
    })
    .await
}

/// Reads frames until the closing handshake or a failure, then waits for the end of the stream.
async fn read_all(mut from: ReadHalf<Raw>, rest: Vec<u8>, shared: &Arc<Shared>, settings: &Settings) -> Option<String> {
    let mut parser = Parser { received: Received::new(rest), decoder: settings.deflate.map(Decoder::new), compressed: false, size: None };
    let broken = |e: io::Error| (e.kind() != io::ErrorKind::UnexpectedEof).then(|| e.to_string());
    loop {
        match parser.run(shared, settings) {
            Ok(true) => {}
            Ok(false) => break,
            Err(why) => {
                let (code, reason) = match why {
                    Fail::Protocol(text) => (1002, text.to_owned()),
                    Fail::Text(text, at) => (1007, format!("{text} at position {at}")),
                    Fail::TooBig(size, max) => {
                        let size = size.map_or(String::new(), |n| format!("with {n} bytes "));
                        let before = parser.size.map_or(String::new(), |n| format!("after reading {n} bytes "));
                        (1009, format!("frame {size}{before}exceeds limit of {} bytes", max + parser.size.unwrap_or(0)))
                    }
                };
                shared.fail(code, &reason);
                break;
            }
        }
        if let Some(max) = settings.max_queue {
            loop {
                let room = shared.room.notified();
                {
                    // A message that is not whole yet has to come in first.
                    let s = shared.state();
                    if s.whole == 0 || s.inbox.len() < max.max(1) {
                        break;
                    }
                }
                room.await;
            }
        }
        let failed = pin!(shared.failed.notified());
        let read = pin!(read_some(&mut from, |data| {
            parser.received.push(data);
            data.len()
        }));
        match first(read, failed).await {
            None => break,
            Some(Ok(0)) => {
                // The end without a closing handshake (RFC 6455, 7.1.5).
                if !settings.client {
                    shared.queue(Outgoing::End);
                }
                return None;
            }
            Some(Ok(_)) => {}
            Some(Err(e)) => return broken(e),
        }
    }
    parser.received.clear();
    let drained = async {
        loop {
            match read_some(&mut from, <[u8]>::len).await {
                Ok(0) => return None,
                Ok(_) => {}
                Err(e) => return broken(e),
            }
        }
    };
    match settings.close_timeout {
        None => drained.await,
        Some(limit) => tokio::time::timeout(limit, drained).await.unwrap_or(None),
    }
}
/// What `one` gives, or `None` when the other is ready before.
async fn first<F: Future, G: Future>(mut one: Pin<&mut F>, mut other: Pin<&mut G>) -> Option<F::Output> {
    std::future::poll_fn(|cx| {
        if let Poll::Ready(out) = one.as_mut().poll(cx) {
            return Poll::Ready(Some(out));
        }
        other.as_mut().poll(cx).map(|_| None)
    })
    .await
}

/// Takes frames out of what is received and acts on them.
struct Parser {
    received: Received,
    decoder: Option<Decoder>,
    /// The message in progress is compressed.
    compressed: bool,
    /// Bytes of the message in progress.
    size: Option<usize>,
}
impl Parser {
    /// False after a close frame.
    fn run(&mut self, shared: &Shared, settings: &Settings) -> Result<bool, Fail> {
        loop {
            let whole = settings.max_size.map(|max| max.saturating_sub(self.size.unwrap_or(0)));
            let limit = match (whole, settings.max_fragment) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            let Some(mut frame) = self.received.frame(!settings.client, limit)? else { return Ok(true) };
            self.expand(&mut frame, limit)?;
            frame.check()?;
            if !self.act(frame, shared)? {
                return Ok(false);
            }
        }
    }
    /// `PerMessageDeflate.decode`.
    fn expand(&mut self, frame: &mut Frame, limit: Option<usize>) -> Result<(), Fail> {
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        if frame.is_control() {
            return Ok(());
        }
        let first = frame.opcode != CONT;
        if first {
            if !frame.rsv1 {
                return Ok(());
            }
            frame.rsv1 = false;
            self.compressed = !frame.fin;
        } else {
            if !self.compressed {
                return Ok(());
            }
            if frame.rsv1 {
                return Err(Fail::Protocol("RSV1 bit set in continuation frame"));
            }
            self.compressed = !frame.fin;
        }
        frame.data = decoder.decode(std::mem::take(&mut frame.data), first, frame.fin, limit)?;
        Ok(())
    }
    /// `Protocol.recv_frame`.
    fn act(&mut self, frame: Frame, shared: &Shared) -> Result<bool, Fail> {
        let Frame { opcode, fin, data, .. } = frame;
        match opcode {
            TEXT | BINARY if self.size.is_some() => return Err(Fail::Protocol("expected a continuation frame")),
            CONT if self.size.is_none() => return Err(Fail::Protocol("unexpected continuation frame")),
            TEXT | BINARY | CONT => {
                self.size = if fin { None } else { Some(self.size.unwrap_or(0) + data.len()) };
                let text = (opcode != CONT).then_some(opcode == TEXT);
                {
                    let mut s = shared.state();
                    s.whole += usize::from(fin);
                    s.inbox.push_back(Incoming { text, data, fin });
                }
                shared.readable.notify_one();
            }
            PING => shared.queue(Outgoing::Pong(data)),
            PONG => shared.pong(&data),
            _ => {
                let info = codec::parse_close(&data)?;
                let mut s = shared.state();
                if self.size.is_some() {
                    s.rcvd = Some(info);
                    s.rcvd_then_sent = Some(s.sent.is_none());
                    return Err(Fail::Protocol("incomplete fragmented message"));
                }
                s.rcvd_then_sent = Some(s.sent.is_none());
                let answer = s.sent.is_none();
                s.sent.get_or_insert_with(|| info.clone());
                s.rcvd = Some(info.clone());
                s.phase = Phase::Closing;
                drop(s);
                if answer {
                    shared.queue(Outgoing::Close(info.0, info.1));
                }
                if !shared.client {
                    shared.queue(Outgoing::End);
                }
                return Ok(false);
            }
        }
        Ok(true)
    }
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
                shared.start_close(1011, "keepalive ping timeout", false);
                if let Some(t) = shared.close_timeout {
                    tokio::time::sleep(t).await;
                }
                shared.abort(None);
                return;
            }
        }
    }
}
