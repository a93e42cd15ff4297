//! Owns: the byte stream under a connection, plain or TLS: opening it, reading and writing within a time.
//! Never: speaks HTTP.

use super::{Kind, NetError, NetResult, within};
use ext_tls::{ClientConfig, Dial, TlsConnector, TlsStream};
use std::io;
use std::os::fd::{AsRawFd as _, RawFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

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

impl Raw {
    fn fd(&self) -> RawFd {
        match self {
            Raw::Tcp(s) => s.as_raw_fd(),
            Raw::Unix(s) => s.as_raw_fd(),
            Raw::Tls(s) => s.get_ref().0.fd(),
        }
    }
    fn is_tls(&self) -> bool {
        match self {
            Raw::Tls(_) => true,
            Raw::Tcp(_) | Raw::Unix(_) => false,
        }
    }
    /// True when something could be read: of an idle connection, that is its end.
    pub fn is_readable(&self) -> bool {
        let mut one = libc::pollfd { fd: self.fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one valid pollfd, and no waiting.
        unsafe { libc::poll(&mut one, 1, 0) != 0 }
    }
    /// The same stream, watched by the runtime that runs now; `None` when it cannot change its runtime.
    pub fn rehome(self) -> Option<Raw> {
        match self {
            Raw::Tcp(s) => s.into_std().and_then(TcpStream::from_std).ok().map(Raw::Tcp),
            Raw::Unix(s) => s.into_std().and_then(UnixStream::from_std).ok().map(Raw::Unix),
            Raw::Tls(_) => None,
        }
    }
    /// A timeout in the words of the layer that waited.
    fn late(&self, kind: Kind) -> NetError {
        let what = if kind == Kind::ReadTimeout { "read" } else { "write" };
        if self.is_tls() { NetError::two(kind, format!("The {what} operation timed out"), "") } else { NetError::timeout(kind) }
    }
    /// What came, at most 64 KiB of it, into `buf`; nothing at the end.
    pub async fn receive(&mut self, buf: &mut Vec<u8>, limit: Option<Duration>) -> NetResult<()> {
        buf.clear();
        buf.reserve(1 << 16);
        let read = async { Ok(self.read_buf(buf).await) };
        match within(limit, Kind::ReadTimeout, read).await {
            Ok(Ok(_)) => Ok(()),
            // A peer that ends TLS without saying so; CPython's `ssl` takes that for the end too.
            Ok(Err(e)) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
            Ok(Err(e)) => Err(NetError::os(Kind::ReadError, &e, "")),
            Err(_) => Err(self.late(Kind::ReadTimeout)),
        }
    }
    /// Writes all of `data`; the time is that of each step.
    pub async fn send(&mut self, mut data: &[u8], limit: Option<Duration>) -> NetResult<()> {
        while !data.is_empty() {
            let write = async { Ok(self.write(data).await) };
            match within(limit, Kind::WriteTimeout, write).await {
                Ok(Ok(n)) => data = data.get(n..).unwrap_or(&[]),
                Ok(Err(e)) => return Err(NetError::os(Kind::WriteError, &e, "")),
                Err(_) => return Err(self.late(Kind::WriteTimeout)),
            }
        }
        if !self.is_tls() {
            return Ok(());
        }
        let flush = async { Ok(self.flush().await) };
        match within(limit, Kind::WriteTimeout, flush).await {
            Ok(r) => r.map_err(|e| NetError::os(Kind::WriteError, &e, "")),
            Err(_) => Err(self.late(Kind::WriteTimeout)),
        }
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
    let name = ext_tls::server_name(host).map_err(|e| NetError::new(Kind::ConnectError, e.to_string()))?;
    let s = TlsConnector::from(config).connect(name, raw).await.map_err(|e| match ext_tls::errors::of_handshake(&e, host) {
        Some(trouble) if e.kind() == io::ErrorKind::UnexpectedEof => NetError::two(Kind::ConnectError, trouble.words(), ""),
        Some(trouble) => NetError::new(Kind::ConnectError, trouble.words()),
        None => NetError::os(Kind::ConnectError, &e, ""),
    })?;
    let h2 = s.get_ref().1.alpn_protocol() == Some(b"h2");
    Ok((Raw::Tls(Box::new(s)), h2))
}
