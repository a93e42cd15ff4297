//! Owns: one request and its answer over a shared HTTP/2 connection, through hyper.
//! Never: HTTP/1.1 (`h1`).

use super::body::{Outgoing, next_data};
use super::exchange::{Answer, Ask, Stream};
use super::pool::{Connection, Origin};
use super::{Kind, NetError, NetResult, Timeouts, within};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri, Version};
use hyper::client::conn::http2::SendRequest;
use std::time::Duration;
use tokio::task::JoinHandle;

type Sent = Result<http::Response<hyper::body::Incoming>, hyper::Error>;
/// A request on its way: a task of its own that ends when nobody waits for it.
pub struct Running {
    task: JoinHandle<Sent>,
    connection: Option<Connection>,
}
impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn request(ask: &Ask, body: Outgoing) -> NetResult<Request<Outgoing>> {
    let local = |text: String| NetError::new(Kind::LocalProtocolError, text);
    let Origin { tls, host, port } = &ask.origin;
    let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    let usual = if *tls { 443 } else { 80 };
    let authority = if *port == usual { host } else { format!("{host}:{port}") };
    let uri = format!("{}://{authority}{}", if *tls { "https" } else { "http" }, String::from_utf8_lossy(&ask.target));
    let uri: Uri = uri.parse().map_err(|e| local(format!("{e}")))?;
    let method = Method::from_bytes(ask.method.as_bytes()).map_err(|_| local("Illegal method characters".into()))?;
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.version_mut() = Version::HTTP_2;
    // HTTP/2 has no connection of its own to speak about.
    let dropped = [&b"host"[..], b"connection", b"transfer-encoding", b"keep-alive", b"upgrade", b"proxy-connection"];
    for (name, value) in &ask.headers {
        if dropped.contains(&name.to_ascii_lowercase().as_slice()) {
            continue;
        }
        let shown = |b: &[u8]| rtcore::text::escape::repr_bytes(b);
        let header = HeaderName::from_bytes(name).map_err(|_| local(format!("Illegal header name {}", shown(name))))?;
        let value = HeaderValue::from_bytes(value).map_err(|_| local(format!("Illegal header value {}", shown(value))))?;
        request.headers_mut().append(header, value);
    }
    Ok(request)
}
pub fn start(mut sender: SendRequest<Outgoing>, connection: Connection, ask: &Ask, body: Outgoing) -> NetResult<Running> {
    let request = request(ask, body)?;
    let task = tokio::spawn(async move {
        sender.ready().await?;
        sender.send_request(request).await
    });
    Ok(Running { task, connection: Some(connection) })
}
fn failed(e: &hyper::Error) -> NetError {
    let mut at = std::error::Error::source(e);
    while let Some(inner) = at {
        if let Some(io) = inner.downcast_ref::<std::io::Error>()
            && io.raw_os_error().is_some()
        {
            return NetError::os(Kind::ReadError, io, "");
        }
        at = inner.source();
    }
    if e.is_closed() || e.is_incomplete_message() || e.is_canceled() {
        return NetError::new(Kind::RemoteProtocolError, "Server disconnected");
    }
    NetError::new(Kind::RemoteProtocolError, std::error::Error::source(e).map_or_else(|| e.to_string(), ToString::to_string))
}
pub async fn finish(mut running: Running, timeouts: &Timeouts) -> NetResult<Answer> {
    let waiting = async { Ok((&mut running.task).await) };
    let sent = within(timeouts.read, Kind::ReadTimeout, waiting).await?;
    let answer = match sent {
        Ok(Ok(answer)) => answer,
        Ok(Err(e)) => return Err(failed(&e)),
        Err(_) => return Err(NetError::new(Kind::RemoteProtocolError, "Server disconnected")),
    };
    let (head, body) = answer.into_parts();
    let headers = head.headers.iter().map(|(k, v)| (k.as_str().as_bytes().to_vec(), v.as_bytes().to_vec())).collect();
    let incoming = Incoming { body, _connection: running.connection.take() };
    let body = Stream::h2(incoming, *timeouts);
    Ok(Answer { status: head.status.as_u16(), version: "HTTP/2".into(), reason: None, headers, body })
}

/// The body of an answer; it keeps its share of the connection.
pub struct Incoming {
    body: hyper::body::Incoming,
    _connection: Option<Connection>,
}
impl Incoming {
    pub async fn next(&mut self, limit: Option<Duration>) -> NetResult<Option<Bytes>> {
        let got = within(limit, Kind::ReadTimeout, async { Ok(next_data(&mut self.body).await) }).await?;
        got.transpose().map_err(|e| failed(&e))
    }
}
