//! Owns: one request and its answer over a connection of the pool, and the answer's body.
//! Never: redirects, decodes, or knows a client's settings.
//! Source: httpcore 1.0, http11.py: the request is written to its end, then the answer is read.

use super::body::Outgoing;
use super::h1::{self, Body, Piece, Rows, Upload};
use super::h2::{self, Incoming};
use super::pool::{Connection, H1, Origin, Pool, Wire, merged};
use super::{Kind, NetError, NetResult, Timeouts};
use bytes::Bytes;
use tokio::sync::mpsc;

pub struct Ask {
    pub method: String,
    pub origin: Origin,
    /// Path and query.
    pub target: Vec<u8>,
    pub headers: Rows,
    pub timeouts: Timeouts,
}

pub struct Answer {
    pub status: u16,
    pub version: String,
    pub reason: Option<Vec<u8>>,
    pub headers: Rows,
    pub body: Stream,
}

/// A request whose head is written and whose body may follow.
pub struct Session {
    pool: Pool,
    ask: Ask,
    state: Writing,
}
enum Writing {
    H1 {
        connection: Connection,
        upload: Upload,
        /// The connection ends with this exchange.
        close: bool,
        /// Nothing more can be written; the server may have said why.
        broken: bool,
    },
    H2 {
        to: Option<mpsc::Sender<Bytes>>,
        running: h2::Running,
    },
}

fn wire(c: &mut Connection) -> NetResult<&mut H1> {
    match &mut c.wire {
        Wire::H1(h) => Ok(h),
        Wire::H2(..) => Err(NetError::new(Kind::LocalProtocolError, "the connection speaks HTTP/2")),
    }
}
/// What httpcore does with an error of writing: the answer is read all the same.
fn written(r: NetResult<()>, broken: &mut bool) -> NetResult<()> {
    match r {
        Err(e) if e.kind == Kind::WriteError => {
            *broken = true;
            Ok(())
        }
        Ok(()) | Err(_) => r,
    }
}

impl Session {
    /// Takes a connection and writes the head of the request, with its body when that is known.
    pub async fn begin(pool: Pool, mut ask: Ask, whole: Option<Vec<u8>>) -> NetResult<Session> {
        let mut connection = pool.acquire(&ask.origin, &ask.timeouts).await?;
        if let Wire::H2(sender, driver) = connection.wire {
            connection.wire = Wire::H2(sender.clone(), driver);
            let (to, body) = match whole {
                Some(data) => (None, Outgoing::whole(data)),
                None => {
                    let (to, from) = mpsc::channel(1);
                    (Some(to), Outgoing::Chunks(from))
                }
            };
            let running = h2::start(sender, connection, &ask, body)?;
            return Ok(Session { pool, ask, state: Writing::H2 { to, running } });
        }
        let mut headers = std::mem::take(&mut ask.headers);
        if let Some(proxy) = pool.config().proxy.as_ref().filter(|_| !ask.origin.tls) {
            let Origin { host, port, .. } = &ask.origin;
            let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
            let authority = if *port == 80 { host } else { format!("{host}:{port}") };
            let path = std::mem::take(&mut ask.target);
            ask.target = [b"http://", authority.as_bytes(), &path].concat();
            headers = merged(&proxy.headers, headers);
        }
        let h1::Written { mut head, mut upload, close } = h1::write_head(ask.method.as_bytes(), &ask.target, headers)?;
        if let Some(data) = whole {
            upload.data(&data, &mut head)?;
            upload.end(&mut head)?;
            // Nothing is left to come.
            upload = Upload::Length(0);
        }
        let mut broken = false;
        let sent = wire(&mut connection)?.raw.send(&head, ask.timeouts.write).await;
        written(sent, &mut broken)?;
        Ok(Session { pool, ask, state: Writing::H1 { connection, upload, close, broken } })
    }
    /// Writes a piece of the body. False when no more is wanted.
    pub async fn write(&mut self, data: Vec<u8>) -> NetResult<bool> {
        match &mut self.state {
            Writing::H1 { connection, upload, broken, .. } => {
                let mut out = vec![];
                upload.data(&data, &mut out)?;
                let sent = wire(connection)?.raw.send(&out, self.ask.timeouts.write).await;
                written(sent, broken)?;
                Ok(!*broken)
            }
            Writing::H2 { to: Some(to), .. } => Ok(data.is_empty() || to.send(data.into()).await.is_ok()),
            Writing::H2 { to: None, .. } => Ok(false),
        }
    }
    /// Ends the body and waits for the head of the answer.
    pub async fn finish(self) -> NetResult<Answer> {
        let Session { pool, ask, state } = self;
        let (mut connection, upload, mut close, mut broken) = match state {
            Writing::H2 { to, running } => {
                drop(to);
                return h2::finish(running, &ask.timeouts).await;
            }
            Writing::H1 { connection, upload, close, broken } => (connection, upload, close, broken),
        };
        let h = wire(&mut connection)?;
        let mut out = vec![];
        if !broken {
            upload.end(&mut out)?;
        }
        let sent = h.raw.send(&out, ask.timeouts.write).await;
        written(sent, &mut broken)?;
        let mut buf = vec![];
        let head = loop {
            if let Some(head) = h.received.head()? {
                break head;
            }
            h.raw.receive(&mut buf, ask.timeouts.read).await?;
            if buf.is_empty() {
                return Err(NetError::new(Kind::RemoteProtocolError, "Server disconnected without sending a response."));
            }
            h.received.push(&buf);
        };
        let body = Body::new(ask.method.as_bytes(), &head);
        close |= head.close || broken || head.status == 101 || body.until_closed();
        let from = From::H1 { connection, body, close };
        let body = Stream { from: Some(from), pool: Some(pool), timeouts: ask.timeouts, buf };
        let version = format!("HTTP/{}", String::from_utf8_lossy(&head.version));
        Ok(Answer { status: head.status, version, reason: Some(head.reason), headers: head.headers, body })
    }
}
/// All of an exchange whose body is known.
pub async fn exchange(pool: Pool, ask: Ask, body: Vec<u8>) -> NetResult<Answer> {
    Session::begin(pool, ask, Some(body)).await?.finish().await
}

enum From {
    H1 { connection: Connection, body: Body, close: bool },
    H2(Incoming),
}
/// The body of an answer. Read to its end, the connection goes back to the pool; dropped before, it closes.
pub struct Stream {
    from: Option<From>,
    pool: Option<Pool>,
    timeouts: Timeouts,
    buf: Vec<u8>,
}
impl Stream {
    pub fn h2(incoming: Incoming, timeouts: Timeouts) -> Stream {
        Stream { from: Some(From::H2(incoming)), pool: None, timeouts, buf: vec![] }
    }
    /// The next data, `None` at the end.
    pub async fn next(&mut self) -> NetResult<Option<Bytes>> {
        let (mut connection, mut body, close) = match self.from.take() {
            None => return Ok(None),
            Some(From::H2(mut incoming)) => {
                let got = incoming.next(self.timeouts.read).await?;
                if got.is_some() {
                    self.from = Some(From::H2(incoming));
                }
                return Ok(got);
            }
            Some(From::H1 { connection, body, close }) => (connection, body, close),
        };
        let h = wire(&mut connection)?;
        loop {
            match body.next(&mut h.received)? {
                Piece::Data(data) => {
                    self.from = Some(From::H1 { connection, body, close });
                    return Ok(Some(data.into()));
                }
                Piece::End => break,
                Piece::More => {
                    h.raw.receive(&mut self.buf, self.timeouts.read).await?;
                    if self.buf.is_empty() {
                        body.eof()?;
                        break;
                    }
                    h.received.push(&self.buf);
                }
            }
        }
        if let Some(pool) = self.pool.take()
            && !close
        {
            // The real client needs two passes of the loop from the last data to a connection that is free again
            // (a protocol's callback, a lock's checkpoint): time for a server in the same loop to close its end,
            // which the next request then sees.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            pool.release(connection);
        }
        Ok(None)
    }
}
