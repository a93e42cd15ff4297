//! Owns: the byte stream under a connection, plain or TLS, and a record of when it last moved, so that a read
//! timeout is about silence and not about the length of an answer.
//! Never: speaks HTTP.

use super::{Kind, NetError, NetResult};
use ext_tls::{ClientConfig, Dial, TlsConnector, TlsStream};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

/// How much of an answer's beginning is kept for the message about one that is not HTTP.
const HEAD: usize = 256;

/// What the stream has done lately.
#[derive(Debug, Default)]
pub struct Activity {
    moved: AtomicU64,
    writing: AtomicBool,
    head: Mutex<Vec<u8>>,
    error: Mutex<Option<i32>>,
}
impl Activity {
    /// A new exchange begins.
    pub fn begin(&self) {
        self.head.lock().unwrap_or_else(|e| e.into_inner()).clear();
        *self.error.lock().unwrap_or_else(|e| e.into_inner()) = None;
    }
    /// The first bytes that came since `begin`.
    pub fn head(&self) -> Vec<u8> {
        self.head.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }
    /// The system's error that ended the stream.
    pub fn error(&self) -> Option<io::Error> {
        self.error.lock().unwrap_or_else(|e| e.into_inner()).map(io::Error::from_raw_os_error)
    }
    fn failed<T>(&self, r: &Poll<io::Result<T>>) {
        if let Poll::Ready(Err(e)) = r
            && let Some(n) = e.raw_os_error()
        {
            *self.error.lock().unwrap_or_else(|e| e.into_inner()) = Some(n);
        }
    }
    fn note(&self) {
        self.moved.store(now(), Ordering::Relaxed);
    }
    /// `future`, unless the stream is silent for the time that is allowed.
    pub async fn watch<T>(&self, read: Option<Duration>, write: Option<Duration>, future: impl Future<Output = NetResult<T>>) -> NetResult<T> {
        if read.is_none() && write.is_none() {
            return future.await;
        }
        let start = now();
        let mut future = std::pin::pin!(future);
        loop {
            let writing = self.writing.load(Ordering::Relaxed);
            let limit = if writing { write } else { read };
            let since = self.moved.load(Ordering::Relaxed).max(start);
            let silent = Duration::from_nanos(now().saturating_sub(since));
            let step = match limit {
                Some(limit) if silent >= limit => return Err(NetError::timeout(if writing { Kind::WriteTimeout } else { Kind::ReadTimeout })),
                Some(limit) => limit - silent,
                // A limit for the other direction may begin to count while this one waits.
                None => Duration::from_millis(50),
            };
            if let Ok(r) = tokio::time::timeout(step, future.as_mut()).await {
                return r;
            }
        }
    }
}
/// Nanoseconds since the first call.
fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// A stream in one of its forms.
pub enum Raw {
    Tcp(TcpStream),
    Unix(UnixStream),
    Tls(Box<TlsStream<Raw>>),
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
    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        each!(self, s => Pin::new(s).poll_write_vectored(cx, bufs))
    }
    fn is_write_vectored(&self) -> bool {
        true
    }
}

/// The stream that HTTP runs over.
pub struct Watched {
    pub raw: Raw,
    pub activity: Arc<Activity>,
}
impl AsyncRead for Watched {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let r = Pin::new(&mut this.raw).poll_read(cx, buf);
        this.activity.failed(&r);
        if r.is_ready() {
            this.activity.note();
            let mut head = this.activity.head.lock().unwrap_or_else(|e| e.into_inner());
            if head.len() < HEAD {
                let new = buf.filled().get(before..).unwrap_or(&[]);
                let room = HEAD - head.len();
                head.extend_from_slice(&new[..new.len().min(room)]);
            }
        }
        r
    }
}
impl Watched {
    fn wrote<T>(&self, r: &Poll<io::Result<T>>) {
        self.activity.failed(r);
        self.activity.writing.store(r.is_pending(), Ordering::Relaxed);
        if r.is_ready() {
            self.activity.note();
        }
    }
}
impl AsyncWrite for Watched {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let r = Pin::new(&mut this.raw).poll_write(cx, buf);
        this.wrote(&r);
        r
    }
    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let r = Pin::new(&mut this.raw).poll_write_vectored(cx, bufs);
        this.wrote(&r);
        r
    }
    fn is_write_vectored(&self) -> bool {
        self.raw.is_write_vectored()
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().raw).poll_flush(cx)
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().raw).poll_shutdown(cx)
    }
}

/// A TCP connection to a host.
pub async fn tcp(host: &str, port: u16, local: Option<std::net::IpAddr>) -> NetResult<Raw> {
    match ext_tls::dial(host, port, local).await {
        Ok(s) => Ok(Raw::Tcp(s)),
        Err(Dial::Name(n, why)) => Err(NetError::new(Kind::ConnectError, format!("[Errno {n}] {why}"))),
        Err(Dial::Refused(mut all)) => {
            let e = all.pop().map_or_else(|| io::Error::from_raw_os_error(111), |(_, e)| e);
            Err(NetError::os(Kind::ConnectError, &e, "All connection attempts failed"))
        }
    }
}
/// A connection to a socket in the file system.
pub async fn unix(path: &str) -> NetResult<Raw> {
    UnixStream::connect(path).await.map(Raw::Unix).map_err(|e| {
        let text = super::os_text(&e);
        NetError::new(Kind::ConnectError, text)
    })
}
/// TLS over a stream; true when the server chose HTTP/2.
pub async fn tls(raw: Raw, host: &str, config: Arc<ClientConfig>) -> NetResult<(Raw, bool)> {
    let bad = |e: &io::Error| NetError::new(Kind::ConnectError, ext_tls::describe(e, host));
    let name = ext_tls::server_name(host).map_err(|e| NetError::new(Kind::ConnectError, e.to_string()))?;
    let s = TlsConnector::from(config).connect(name, raw).await.map_err(|e| match e.raw_os_error() {
        Some(_) => NetError::os(Kind::ConnectError, &e, ""),
        None if e.kind() == io::ErrorKind::UnexpectedEof => {
            NetError::two(Kind::ConnectError, "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1020)", "")
        }
        None => bad(&e),
    })?;
    let h2 = s.get_ref().1.alpn_protocol() == Some(b"h2");
    Ok((Raw::Tls(Box::new(s)), h2))
}
