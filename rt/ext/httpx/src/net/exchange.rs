//! Owns: one request and its answer over a connection of the pool, and the answer's body.
//! Never: redirects, decodes, or knows a client's settings.

use super::body::{Outgoing, next_data};
use super::pool::{Connection, Origin, Pool, Sender};
use super::stream::Activity;
use super::{Kind, NetError, NetResult, Timeouts};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri, Version};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use std::sync::Arc;

pub struct Ask {
    pub method: String,
    pub origin: Origin,
    /// Path and query.
    pub target: Vec<u8>,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub body: Outgoing,
    pub timeouts: Timeouts,
}

pub struct Answer {
    pub status: u16,
    pub version: &'static str,
    pub reason: Option<Vec<u8>>,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub body: Stream,
}

/// The body of an answer. Read to its end, the connection goes back to the pool; dropped before, it closes.
pub struct Stream {
    incoming: Incoming,
    connection: Option<Connection>,
    pool: Pool,
    expected: Option<u64>,
    received: u64,
    timeouts: Timeouts,
}

fn request(pool: &Pool, ask: &Ask, h2: bool, body: Outgoing) -> NetResult<Request<Outgoing>> {
    let local = |text: String| NetError::new(Kind::LocalProtocolError, text);
    let target = String::from_utf8_lossy(&ask.target).into_owned();
    let authority = || {
        let host = if ask.origin.host.contains(':') { format!("[{}]", ask.origin.host) } else { ask.origin.host.clone() };
        let usual = if ask.origin.tls { 443 } else { 80 };
        if ask.origin.port == usual { host } else { format!("{host}:{}", ask.origin.port) }
    };
    let proxied = pool.config().proxy.as_ref().filter(|_| !ask.origin.tls);
    let uri = if h2 || proxied.is_some() {
        format!("{}://{}{target}", if ask.origin.tls { "https" } else { "http" }, authority())
    } else {
        target
    };
    let uri: Uri = uri.parse().map_err(|e| local(format!("{e}")))?;
    let method = Method::from_bytes(ask.method.as_bytes()).map_err(|_| local("Illegal method characters".into()))?;
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    if h2 {
        *request.version_mut() = Version::HTTP_2;
    }
    let headers = request.headers_mut();
    let proxy_own = proxied.into_iter().flat_map(|p| {
        let own = p.authorization.iter().map(|v| (b"Proxy-Authorization".to_vec(), v.clone()));
        p.headers.iter().cloned().chain(own).collect::<Vec<_>>()
    });
    for (name, value) in ask.headers.iter().cloned().chain(proxy_own) {
        // HTTP/2 has no connection of its own to speak about.
        if h2 && [&b"host"[..], b"connection", b"transfer-encoding", b"keep-alive", b"upgrade", b"proxy-connection"].contains(&name.to_ascii_lowercase().as_slice()) {
            continue;
        }
        let shown = |b: &[u8]| rtcore::text::escape::repr_bytes(b);
        let header = HeaderName::from_bytes(&name).map_err(|_| local(format!("Illegal header name {}", shown(&name))))?;
        let value = HeaderValue::from_bytes(&value).map_err(|_| local(format!("Illegal header value {}", shown(&value))))?;
        headers.append(header, value);
    }
    Ok(request)
}

/// Sends the request and waits for the head of the answer.
pub async fn exchange(pool: Pool, mut ask: Ask) -> NetResult<Answer> {
    let mut body = std::mem::replace(&mut ask.body, Outgoing::Whole(None));
    loop {
        let (mut connection, reused) = pool.acquire(&ask.origin, &ask.timeouts).await?;
        let activity = connection.activity.clone();
        activity.begin();
        let h2 = matches!(connection.sender, Sender::H2(_));
        let request = request(&pool, &ask, h2, body)?;
        let sent = activity
            .watch(ask.timeouts.read, ask.timeouts.write, async {
                Ok(match &mut connection.sender {
                    Sender::H1(s) => s.try_send_request(request).await,
                    Sender::H2(s) => s.try_send_request(request).await,
                })
            })
            .await?;
        let answer = match sent {
            Ok(answer) => answer,
            Err(e) => match retry(e, reused) {
                Ok(again) => {
                    // The server had closed the idle connection; nothing was sent.
                    body = again;
                    continue;
                }
                Err(e) => return Err(head_error(&e, &activity)),
            },
        };
        let (mut head, incoming) = answer.into_parts();
        let reason = head.extensions.remove::<hyper::ext::ReasonPhrase>().map(|r| r.as_bytes().to_vec());
        let version = match head.version {
            Version::HTTP_2 => "HTTP/2",
            Version::HTTP_10 => "HTTP/1.0",
            _ => "HTTP/1.1",
        };
        let expected = match (h2, head.headers.get("content-length")) {
            (false, Some(n)) => n.to_str().ok().and_then(|n| n.parse().ok()),
            (true, _) | (_, None) => None,
        };
        let headers = head.headers.iter().map(|(k, v)| (k.as_str().as_bytes().to_vec(), v.as_bytes().to_vec())).collect();
        let body = Stream { incoming, connection: Some(connection), pool, expected, received: 0, timeouts: ask.timeouts };
        return Ok(Answer { status: head.status.as_u16(), version, reason, headers, body });
    }
}
fn retry(mut e: TrySendError<Request<Outgoing>>, reused: bool) -> Result<Outgoing, hyper::Error> {
    match e.take_message() {
        Some(request) if reused => Ok(request.into_body()),
        Some(_) | None => Err(e.into_error()),
    }
}

/// The system's error under hyper's.
fn os_error<'a>(e: &'a (dyn std::error::Error + 'static)) -> Option<&'a std::io::Error> {
    let mut at = e.source();
    while let Some(inner) = at {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return Some(io);
        }
        at = inner.source();
    }
    None
}
fn head_error(e: &hyper::Error, activity: &Arc<Activity>) -> NetError {
    if let Some(io) = activity.error() {
        let kind = if io.raw_os_error() == Some(32) { Kind::WriteError } else { Kind::ReadError };
        return NetError::os(kind, &io, "");
    }
    if e.is_incomplete_message() || e.is_closed() || e.is_canceled() {
        return NetError::new(Kind::RemoteProtocolError, "Server disconnected without sending a response.");
    }
    if e.is_parse() {
        return NetError::new(Kind::RemoteProtocolError, illegal(&activity.head()));
    }
    match os_error(e) {
        Some(io) if io.raw_os_error().is_some() => NetError::os(Kind::ReadError, io, ""),
        Some(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            NetError::new(Kind::RemoteProtocolError, "Server disconnected without sending a response.")
        }
        Some(_) | None => NetError::new(Kind::RemoteProtocolError, e.to_string()),
    }
}
/// h11's words for an answer that is not HTTP.
fn illegal(head: &[u8]) -> String {
    let mut lines = head.split(|b| *b == b'\n').map(|l| l.strip_suffix(b"\r").unwrap_or(l));
    let shown = |l: &[u8]| format!("bytearray({})", rtcore::text::escape::repr_bytes(l));
    let status = lines.next().unwrap_or(&[]);
    if !status.starts_with(b"HTTP/") {
        return format!("illegal status line: {}", shown(status));
    }
    let token = |name: &[u8]| !name.is_empty() && name.iter().all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(c));
    for line in lines.take_while(|l| !l.is_empty()) {
        let name = line.split(|b| *b == b':').next().unwrap_or(&[]);
        if !token(name) || name.len() == line.len() {
            return format!("illegal header line: {}", shown(line));
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            return "bad Content-Length".into();
        }
    }
    format!("illegal status line: {}", shown(status))
}

impl Stream {
    /// The next data, `None` at the end.
    pub async fn next(&mut self) -> NetResult<Option<Bytes>> {
        let Some(connection) = &self.connection else { return Ok(None) };
        let activity = connection.activity.clone();
        let incoming = &mut self.incoming;
        let got = activity.watch(self.timeouts.read, self.timeouts.write, async { Ok(next_data(incoming).await) }).await;
        match got {
            Ok(Some(Ok(data))) => {
                self.received += data.len() as u64;
                Ok(Some(data))
            }
            Ok(None) => {
                if let Some(c) = self.connection.take() {
                    self.pool.release(c);
                }
                Ok(None)
            }
            Ok(Some(Err(e))) => {
                self.connection = None;
                Err(self.body_error(&e, &activity))
            }
            Err(e) => {
                self.connection = None;
                Err(e)
            }
        }
    }
    fn body_error(&self, e: &hyper::Error, activity: &Arc<Activity>) -> NetError {
        if let Some(io) = activity.error() {
            return NetError::os(Kind::ReadError, &io, "");
        }
        let cut = os_error(e).is_some_and(|io| io.kind() == std::io::ErrorKind::UnexpectedEof);
        if cut || e.is_incomplete_message() {
            let how = match self.expected {
                Some(n) => format!("received {} bytes, expected {n}", self.received),
                None => "incomplete chunked read".into(),
            };
            return NetError::new(Kind::RemoteProtocolError, format!("peer closed connection without sending complete message body ({how})"));
        }
        NetError::new(Kind::RemoteProtocolError, os_error(e).map_or_else(|| e.to_string(), ToString::to_string))
    }
}
