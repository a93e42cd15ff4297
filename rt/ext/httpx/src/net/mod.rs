//! Owns: the client's side of HTTP without a Python value: connections, their pool, one exchange, TLS, proxies.
//! Never: touches a `Value`: everything here may run without the GIL.

pub mod body;
pub mod exchange;
pub mod h1;
pub mod h2;
pub mod pool;
pub mod stream;

use std::io;
use std::time::Duration;

/// What httpx's exceptions tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    ConnectError,
    ConnectTimeout,
    ReadError,
    ReadTimeout,
    WriteError,
    WriteTimeout,
    PoolTimeout,
    LocalProtocolError,
    RemoteProtocolError,
    ProxyError,
}

/// Why an exchange failed. The real httpx says other words over sockets (sync) than over anyio (async).
#[derive(Clone, Debug)]
pub struct NetError {
    pub kind: Kind,
    pub sync_text: String,
    pub async_text: String,
}
impl NetError {
    pub fn new(kind: Kind, text: impl Into<String>) -> NetError {
        let text = text.into();
        NetError { kind, sync_text: text.clone(), async_text: text }
    }
    pub fn two(kind: Kind, sync_text: impl Into<String>, async_text: impl Into<String>) -> NetError {
        NetError { kind, sync_text: sync_text.into(), async_text: async_text.into() }
    }
    pub fn timeout(kind: Kind) -> NetError {
        let sync_text = if kind == Kind::PoolTimeout { "" } else { "timed out" };
        NetError::two(kind, sync_text, "")
    }
    /// An error of the system in the words of Python's OSError.
    pub fn os(kind: Kind, e: &io::Error, async_text: &str) -> NetError {
        NetError::two(kind, os_text(e), async_text)
    }
}
pub fn os_text(e: &io::Error) -> String {
    match e.raw_os_error() {
        Some(n) => {
            let text = io::Error::from_raw_os_error(n).to_string();
            let text = text.rsplit_once(" (os error").map_or(text.as_str(), |(t, _)| t).to_owned();
            format!("[Errno {n}] {text}")
        }
        None => e.to_string(),
    }
}

pub type NetResult<T> = Result<T, NetError>;

/// Seconds for each kind of wait; `None` waits forever.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timeouts {
    pub connect: Option<Duration>,
    pub read: Option<Duration>,
    pub write: Option<Duration>,
    pub pool: Option<Duration>,
}

/// Runs `future` for at most `limit`.
pub async fn within<T>(limit: Option<Duration>, kind: Kind, future: impl Future<Output = NetResult<T>>) -> NetResult<T> {
    match limit {
        None => future.await,
        Some(limit) => match tokio::time::timeout(limit, future).await {
            Ok(r) => r,
            Err(_) => Err(NetError::timeout(kind)),
        },
    }
}
