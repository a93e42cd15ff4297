//! Owns: `connect`: the opening handshake of a client, redirects, the reconnecting iterator.
//! Never: what happens on an open connection.
//! Source: websockets, asyncio/client.py, client.py.

use crate::connection::{self, Opened, within};
use crate::deflate;
use crate::errors;
use crate::handshake::{Broken, Rows, Target, base64, derive_accept_key, generate_key, parse_uri, read_body, read_head, write_head};
use crate::objects;
use crate::py::*;
use crate::wire::{self, Raw as Stream, Settings, Shared};
use ext_tls::{Dial, Roots, TlsConnector, Trust};
use rtcore::error::hierarchy::{EXCEPTION, OS_ERROR, TIMEOUT_ERROR, os_error_type, with_args};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

/// The arguments of `connect`, by name.
pub struct Connect {
    uri: RefCell<String>,
    options: VCell,
    connection: VCell,
}
impl Payload for Connect {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.options.visit(visit);
        self.connection.visit(visit);
    }
}
impl Native for Connect {
    fn class() -> &'static Type {
        &CONNECT
    }
}
const NAMES: [&str; 17] = [
    "origin", "extensions", "subprotocols", "compression", "additional_headers", "user_agent_header", "proxy", "process_exception",
    "open_timeout", "ping_interval", "ping_timeout", "close_timeout", "max_size", "max_queue", "write_limit", "logger", "create_connection",
];
const INIT: &str = "__init__(self, uri, *, origin=None, extensions=None, subprotocols=None, compression='deflate', additional_headers=None, user_agent_header=..., proxy=True, process_exception=..., open_timeout=10, ping_interval=20, ping_timeout=20, close_timeout=10, max_size=1048576, max_queue=16, write_limit=32768, logger=None, create_connection=None, **kwargs)";

fn new(all: &[Value], _: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&CONNECT);
    Ok(object::new(ty, Connect { uri: RefCell::default(), options: VCell::none(), connection: VCell::none() }))
}
fn target(uri: &str) -> PyResult<Target> {
    parse_uri(uri).map_err(|msg| errors::invalid_uri(uri, msg))
}
fn init(a: &[Value]) -> PyResult {
    let [v, uri, rest @ ..] = a else { return Ok(NONE) };
    let c = this::<Connect>(v)?;
    let text = to_str(uri)?;
    let t = target(&text)?;
    let d = rtcore::types::dict::Dict::new_value();
    let own = this::<rtcore::types::dict::Dict>(&d)?;
    for (name, value) in NAMES.iter().zip(rest) {
        own.set_str(name, value.clone());
    }
    if let Some(extra) = rest.get(NAMES.len()) {
        rtcore::types::dict::update(own, extra)?;
    }
    let compression = own.get_str("compression").unwrap_or(NONE);
    if !compression.is_none() && compression.as_str() != Some("deflate") {
        return Err(value_error(format!("unsupported compression: {}", to_str(&compression)?)));
    }
    refuse_extensions(&own.get_str("extensions").unwrap_or(NONE))?;
    if !t.secure && !absent(&own.get_str("ssl").unwrap_or(NONE)) {
        return Err(value_error("ssl argument is incompatible with a ws:// URI"));
    }
    c.uri.replace(text);
    c.options.set(d);
    Ok(NONE)
}

/// Extensions of the program's own would have to see frames.
pub fn refuse_extensions(given: &Value) -> PyResult<()> {
    if absent(given) || !truth(given)? {
        return Ok(());
    }
    Err(error::not_implemented_error("extensions=… is not supported: permessage-deflate is negotiated by compression='deflate'"))
}
/// Settings of an `SSLContext` that allow no connection.
pub fn tls_error(e: ext_tls::rustls::Error) -> Raised {
    ext_tls::errors::of_rustls(&e, "", ext_tls::errors::Place::Handshake).raise()
}
/// Why there is no connection; becomes an exception where Python values may be touched.
enum Failed {
    Name(i32, String),
    Refused(Vec<(std::net::SocketAddr, io::Error)>),
    Io(io::Error),
    Tls(ext_tls::errors::Trouble),
    /// A name that no certificate can be for.
    ServerName(String),
    Eof(&'static str),
    Malformed(String),
    Timeout,
}
fn os_exc(e: &io::Error, text: Option<String>) -> Value {
    let n = e.raw_os_error().unwrap_or(0);
    if n == 0 {
        return with_args(&OS_ERROR, vec![Value::string(text.unwrap_or_else(|| e.to_string()))]);
    }
    let text = text.unwrap_or_else(|| rtcore::error::hierarchy::strerror(n));
    with_args(os_error_type(n), vec![Value::int(i64::from(n)), Value::string(text)])
}
impl Failed {
    fn raise(self) -> Raised {
        match self {
            Failed::Name(n, text) => {
                raise_value(with_args(&rtstdlib::socket::addr::GAIERROR, vec![Value::int(i64::from(n)), Value::string(text)]))
            }
            Failed::Refused(all) => {
                let text = |(a, _): &(std::net::SocketAddr, io::Error)| format!("Connect call failed {}", repr(&connection::address(Some(*a))).unwrap_or_default());
                match all.as_slice() {
                    [one] => raise_value(os_exc(&one.1, Some(text(one)))),
                    many => {
                        let parts: Vec<String> = many.iter().map(|one| format!("[Errno {}] {}", one.1.raw_os_error().unwrap_or(0), text(one))).collect();
                        raise_value(with_args(&OS_ERROR, vec![Value::string(format!("Multiple exceptions: {}", parts.join(", ")))]))
                    }
                }
            }
            Failed::Io(e) => raise_value(os_exc(&e, None)),
            Failed::Tls(trouble) => trouble.raise(),
            Failed::ServerName(why) => raise_value(with_args(&rtcore::error::hierarchy::VALUE_ERROR, vec![Value::string(why)])),
            Failed::Eof(what) => {
                let exc = with_args(&errors::INVALID_MESSAGE, vec![Value::str("did not receive a valid HTTP response")]);
                rtasyncio::glue::set_exc_cause(&exc, with_args(&rtcore::error::hierarchy::EOF_ERROR, vec![Value::str(what)]));
                raise_value(exc)
            }
            Failed::Malformed(why) => {
                let exc = with_args(&errors::INVALID_MESSAGE, vec![Value::str("did not receive a valid HTTP response")]);
                rtasyncio::glue::set_exc_cause(&exc, with_args(&rtcore::error::hierarchy::VALUE_ERROR, vec![Value::string(why)]));
                raise_value(exc)
            }
            Failed::Timeout => raise_value(with_args(&TIMEOUT_ERROR, vec![Value::str("timed out during opening handshake")])),
        }
    }
}
/// An answer that is no upgrade.
struct Refused {
    status: i64,
    reason: String,
    headers: Rows,
    body: Vec<u8>,
}
struct Accepted {
    shared: Arc<Shared>,
    reason: String,
    headers: Rows,
    local: Option<std::net::SocketAddr>,
    remote: Option<std::net::SocketAddr>,
}
enum Answer {
    Open(Accepted),
    Rejected(Refused),
    /// A header of an upgrade that is missing or wrong.
    Bad(&'static str, Option<String>),
    /// An extension that was not offered so.
    Negotiation(String),
}

/// How `wss` is secured.
enum Security {
    Roots(Roots),
    /// By the program's `ssl.SSLContext`.
    Context(Arc<ext_tls::ClientConfig>),
}
struct Plan {
    target: Target,
    host: Option<String>,
    port: Option<u16>,
    unix: Option<String>,
    headers: Rows,
    key: String,
    security: Security,
    /// The name that the server's certificate must be for, when it is not the address's.
    server_name: Option<String>,
    settings: Settings,
    /// Compression is offered.
    compress: bool,
    proxy: Option<(String, u16, Option<String>)>,
}
async fn open(plan: Plan) -> Result<Answer, Failed> {
    let (host, port) = (plan.host.as_deref().unwrap_or(&plan.target.host), plan.port.unwrap_or(plan.target.port));
    let (mut local, mut remote) = (None, None);
    let dialled = |e: Dial| match e {
        Dial::Name(n, text) => Failed::Name(n, text),
        Dial::Refused(all) => Failed::Refused(all),
    };
    let mut stream = match (&plan.unix, &plan.proxy) {
        (Some(path), _) => Stream::Unix(tokio::net::UnixStream::connect(path).await.map_err(Failed::Io)?),
        (None, Some((phost, pport, auth))) => {
            let mut tcp = ext_tls::dial(phost, *pport, None).await.map_err(dialled)?;
            tunnel(&mut tcp, host, port, auth.as_deref()).await?;
            (local, remote) = (tcp.local_addr().ok(), tcp.peer_addr().ok());
            Stream::Tcp(tcp)
        }
        (None, None) => {
            let tcp = ext_tls::dial(host, port, None).await.map_err(dialled)?;
            (local, remote) = (tcp.local_addr().ok(), tcp.peer_addr().ok());
            Stream::Tcp(tcp)
        }
    };
    if plan.target.secure
        && let Stream::Tcp(tcp) = stream
    {
        let config = match plan.security {
            Security::Roots(roots) => ext_tls::config(&Trust::new(roots), &[b"http/1.1"]).map_err(Failed::Io)?,
            Security::Context(config) => config,
        };
        let wanted = plan.server_name.as_deref().unwrap_or(&plan.target.host);
        let name = ext_tls::server_name(wanted).map_err(|e| Failed::ServerName(e.to_string()))?;
        let tls = TlsConnector::from(config).connect(name, tcp).await;
        stream = Stream::Tls(Box::new(tls.map_err(|e| match ext_tls::errors::of_handshake(&e, wanted) {
            Some(trouble) => Failed::Tls(trouble),
            None => Failed::Io(e),
        })?));
    }
    let line = format!("GET {} HTTP/1.1", plan.target.resource());
    stream.write_all(&write_head(&line, &plan.headers)).await.map_err(Failed::Io)?;
    let mut head = read_head(&mut stream).await.map_err(|e| match e {
        Broken::Eof => Failed::Eof("connection closed while reading HTTP status line"),
        Broken::Io(e) => Failed::Io(e),
        Broken::Malformed(why) => Failed::Malformed(why),
    })?;
    let mut words = head.line.splitn(3, ' ');
    let (version, status, reason) = (words.next().unwrap_or(""), words.next().unwrap_or(""), words.next().unwrap_or("").to_owned());
    if version != "HTTP/1.1" {
        return Err(Failed::Malformed(format!("unsupported HTTP version: {version}")));
    }
    let Ok(status) = status.parse::<i64>() else { return Err(Failed::Malformed(format!("invalid HTTP status code: {status}"))) };
    if status != 101 {
        let body = read_body(&mut stream, &mut head).await;
        return Ok(Answer::Rejected(Refused { status, reason, headers: head.headers, body }));
    }
    if !head.has_token("connection", "upgrade") {
        return Ok(Answer::Bad("Connection", head.get("connection")));
    }
    if !head.has_token("upgrade", "websocket") {
        return Ok(Answer::Bad("Upgrade", head.get("upgrade")));
    }
    let accept = head.get("sec-websocket-accept");
    if accept.as_deref() != Some(derive_accept_key(&plan.key).as_str()) {
        return Ok(Answer::Bad("Sec-WebSocket-Accept", accept));
    }
    let mut settings = plan.settings;
    match deflate::accept(&head.get("sec-websocket-extensions").unwrap_or_default(), plan.compress) {
        Ok(agreed) => settings.deflate = agreed,
        Err(why) => return Ok(Answer::Negotiation(why)),
    }
    let shared = wire::start(stream, head.rest, settings).await;
    Ok(Answer::Open(Accepted { shared, reason, headers: head.headers, local, remote }))
}
async fn tunnel(tcp: &mut tokio::net::TcpStream, host: &str, port: u16, auth: Option<&str>) -> Result<(), Failed> {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let mut headers = vec![("Host".to_owned(), format!("{host}:{port}"))];
    headers.extend(auth.map(|a| ("Proxy-Authorization".to_owned(), a.to_owned())));
    tcp.write_all(&write_head(&format!("CONNECT {host}:{port} HTTP/1.1"), &headers)).await.map_err(Failed::Io)?;
    match read_head(tcp).await {
        Ok(head) if head.line.split(' ').nth(1).is_some_and(|s| s.starts_with('2')) => Ok(()),
        Ok(head) => Err(Failed::Malformed(format!("proxy rejected connection: {}", head.line))),
        Err(Broken::Io(e)) => Err(Failed::Io(e)),
        Err(Broken::Eof | Broken::Malformed(_)) => Err(Failed::Eof("connection closed while reading HTTP status line")),
    }
}
/// The proxy that the environment names for the target.
fn environment_proxy(t: &Target) -> Option<String> {
    let get = |n: &str| std::env::var(n).ok().or_else(|| std::env::var(n.to_uppercase()).ok()).filter(|v| !v.is_empty());
    let no = get("no_proxy").unwrap_or_default();
    let skip = |p: &str| {
        let p = p.trim().trim_start_matches('.');
        p == "*" || (!p.is_empty() && (t.host == p || t.host.ends_with(&format!(".{p}"))))
    };
    if no.split(',').any(skip) {
        return None;
    }
    let own = if t.secure { &["wss_proxy", "https_proxy"][..] } else { &["ws_proxy", "https_proxy", "http_proxy"][..] };
    own.iter().find_map(|n| get(n)).or_else(|| get("all_proxy"))
}
fn proxy_of(text: &str) -> PyResult<(String, u16, Option<String>)> {
    let bad = |why: &str| errors::raise_text(&errors::INVALID_PROXY, format!("{text} isn't a valid proxy: {why}"));
    let rest = text.strip_prefix("http://").ok_or_else(|| bad("scheme isn't supported"))?;
    let authority = rest.split('/').next().unwrap_or("");
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(u, h)| (Some(u), h));
    let (host, port) = host.rsplit_once(':').map_or((host, 80), |(h, p)| (h, p.parse().unwrap_or(80)));
    if host.is_empty() {
        return Err(bad("hostname isn't provided"));
    }
    Ok((host.to_owned(), port, user.map(|u| format!("Basic {}", base64(u.as_bytes())))))
}

fn option(c: &Connect, name: &str) -> Value {
    let d = c.options.get();
    d.downcast::<rtcore::types::dict::Dict>().and_then(|d| d.get_str(name)).unwrap_or(NONE)
}
fn plan(c: &Connect, t: &Target) -> PyResult<Plan> {
    let key = generate_key();
    let mut headers: Rows = vec![("Host".into(), t.host_header())];
    if let Some((u, p)) = &t.user {
        headers.push(("Authorization".into(), format!("Basic {}", base64(format!("{u}:{p}").as_bytes()))));
    }
    let origin = option(c, "origin");
    if !origin.is_none() {
        headers.push(("Origin".into(), to_str(&origin)?));
    }
    headers.extend([
        ("Upgrade".into(), "websocket".into()),
        ("Connection".into(), "Upgrade".into()),
        ("Sec-WebSocket-Key".into(), key.clone()),
        ("Sec-WebSocket-Version".into(), "13".into()),
    ]);
    let compress = !absent(&option(c, "compression"));
    if compress {
        headers.push(("Sec-WebSocket-Extensions".into(), deflate::OFFER.into()));
    }
    let sub = option(c, "subprotocols");
    if !sub.is_none() {
        if sub.as_str().is_some() {
            return Err(type_error("subprotocols must be a list, not a str"));
        }
        let all = collect(&sub)?.iter().map(to_str).collect::<PyResult<Vec<_>>>()?;
        headers.push(("Sec-WebSocket-Protocol".into(), all.join(", ")));
    }
    let extra = objects::rows_of(&option(c, "additional_headers"))?;
    headers.retain(|(k, _)| !extra.iter().any(|(n, _)| n.eq_ignore_ascii_case(k)));
    headers.extend(extra);
    let agent = option(c, "user_agent_header");
    if !agent.is_none() && !headers.iter().any(|(k, _)| k.eq_ignore_ascii_case("user-agent")) {
        let text = if agent.is_unbound() { crate::USER_AGENT.to_owned() } else { to_str(&agent)? };
        headers.push(("User-Agent".into(), text));
    }
    let host = option(c, "host");
    let port = option(c, "port");
    let unix = truth(&option(c, "unix"))?;
    let proxy = option(c, "proxy");
    let proxy = match (proxy.as_bool(), proxy.as_str()) {
        _ if unix => None,
        (Some(true), _) => environment_proxy(t),
        (_, Some(text)) => Some(text.to_owned()),
        (..) => None,
    };
    let given = c.options.get();
    let ssl = given.downcast::<rtcore::types::dict::Dict>().and_then(|d| d.get_str("ssl"));
    let security = match ssl {
        _ if !t.secure => Security::Roots(Roots::Off),
        None => Security::Roots(Roots::environment()),
        Some(v) if v.is_none() => return Err(value_error("ssl=None is incompatible with a wss:// URI")),
        Some(v) => match (v.as_bool(), ext_tls::context::client(&v, &[])) {
            (Some(true), _) => Security::Roots(Roots::environment()),
            (Some(false), _) => return Err(value_error("server_hostname is only meaningful with ssl")),
            (None, Some(made)) => Security::Context(made.map_err(tls_error)?),
            (None, None) => return Err(type_error(format!("ssl must be True or an ssl.SSLContext, not {}", v.ty().name()))),
        },
    };
    let server_name = option(c, "server_hostname");
    let server_name = if absent(&server_name) { None } else { Some(to_str(&server_name)?) };
    let get = |n: &str| option(c, n);
    Ok(Plan {
        target: t.clone(),
        host: host.as_str().map(str::to_owned),
        port: port.as_inline_int().and_then(|p| u16::try_from(p).ok()),
        unix: if unix { Some(to_str(&option(c, "path"))?) } else { None },
        headers,
        key,
        security,
        server_name,
        settings: connection::settings(
            true,
            &get("ping_interval"),
            &get("ping_timeout"),
            &get("close_timeout"),
            &get("max_size"),
            &get("max_queue"),
            &get("write_limit"),
        )?,
        compress,
        proxy: proxy.as_deref().map(proxy_of).transpose()?,
    })
}
async fn connect(v: Value) -> PyResult {
    let c = this::<Connect>(&v)?;
    let deadline = seconds(&option(c, "open_timeout"))?.map(|d| std::time::Instant::now() + d);
    for _ in 0..10 {
        let uri = c.uri.borrow().clone();
        let t = target(&uri)?;
        let p = plan(c, &t)?;
        let request = objects::request(&t.resource(), p.headers.clone());
        let left = deadline.map(|d| d.saturating_duration_since(std::time::Instant::now()));
        let got = run(async move { within(left, open(p)).await.unwrap_or(Err(Failed::Timeout)) }).await?;
        match got.map_err(Failed::raise)? {
            Answer::Open(a) => {
                let chosen = subprotocol(c, &a.headers)?;
                let response = objects::response(101, &a.reason, a.headers, None);
                let o = Opened { shared: a.shared, request, response, subprotocol: chosen, local: a.local, remote: a.remote };
                return Ok(connection::make(o));
            }
            Answer::Bad(name, value) => {
                let ty = if name == "Sec-WebSocket-Accept" { &errors::INVALID_HEADER_VALUE } else { &errors::INVALID_UPGRADE };
                return Err(errors::invalid_header(ty, name, value));
            }
            Answer::Negotiation(why) => return Err(errors::raise_text(&errors::NEGOTIATION_ERROR, why)),
            Answer::Rejected(r) => {
                let location = r.headers.iter().find(|(k, _)| k.eq_ignore_ascii_case("location")).map(|(_, l)| l.clone());
                match (r.status, location) {
                    (300..=303 | 307 | 308, Some(l)) => redirect(c, &t, &l)?,
                    _ => return Err(errors::invalid_status(objects::response(r.status, &r.reason, r.headers, Some(r.body)))),
                }
            }
        }
    }
    Err(errors::raise_text(&errors::SECURITY_ERROR, "more than 10 redirects"))
}
fn redirect(c: &Connect, old: &Target, location: &str) -> PyResult<()> {
    let scheme = if old.secure { "wss" } else { "ws" };
    let new = if location.contains("://") {
        location.replacen("https://", "wss://", 1).replacen("http://", "ws://", 1)
    } else if let Some(rest) = location.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else {
        let slash = if location.starts_with('/') { "" } else { "/" };
        format!("{scheme}://{}{slash}{location}", old.host_header())
    };
    let t = target(&new)?;
    if old.secure && !t.secure {
        return Err(errors::raise_text(&errors::SECURITY_ERROR, format!("cannot follow redirect to non-secure URI {new}")));
    }
    c.uri.replace(new);
    Ok(())
}
fn subprotocol(c: &Connect, headers: &Rows) -> PyResult<Option<String>> {
    let given: Vec<&str> = headers.iter().filter(|(k, _)| k.eq_ignore_ascii_case("sec-websocket-protocol")).map(|(_, v)| v.as_str()).collect();
    let Some(first) = given.first() else { return Ok(None) };
    let offered = option(c, "subprotocols");
    if offered.is_none() {
        return Err(errors::raise_text(&errors::NEGOTIATION_ERROR, "no subprotocols supported"));
    }
    if given.len() > 1 {
        return Err(errors::raise_text(&errors::NEGOTIATION_ERROR, format!("multiple subprotocols: {}", given.join(", "))));
    }
    let known = collect(&offered)?.iter().map(to_str).collect::<PyResult<Vec<_>>>()?;
    if known.iter().any(|k| k == first) {
        return Ok(Some((*first).to_owned()));
    }
    Err(errors::raise_text(&errors::NEGOTIATION_ERROR, format!("unsupported subprotocol: {first}")))
}

// ---- the three ways to use it ----

fn m_await(v: &Value) -> PyResult {
    let coroutine = rtasyncio::coro!("connect.connect", connect(v.clone()));
    call_method(&coroutine, "__await__", &[])
}
async fn aenter(v: Value) -> PyResult {
    if !this::<Connect>(&v)?.connection.is_none() {
        return Err(runtime_error("connect() isn't reentrant"));
    }
    let c = connect(v.clone()).await?;
    this::<Connect>(&v)?.connection.set(c.clone());
    Ok(c)
}
fn m_aenter(v: &Value) -> PyResult {
    Ok(rtasyncio::coro!("connect.__aenter__", aenter(v.clone())))
}
fn m_aexit(v: &Value, exc: &Value, _: &Value, _: &Value) -> PyResult {
    let (v, code) = (v.clone(), if exc.is_none() { 1000 } else { 1011 });
    Ok(rtasyncio::coro!("connect.__aexit__", async move {
        let c = this::<Connect>(&v)?.connection.take();
        connection::close(c, Value::int(code), Value::str("")).await
    }))
}
/// `process_exception`: None for what is worth another try.
pub fn process_exception(exc: &Value) -> PyResult {
    let is = |t: &'static Type| exc.ty().is_subtype(t);
    if is(&OS_ERROR) || is(&TIMEOUT_ERROR) || is(&rtcore::error::hierarchy::EOF_ERROR) {
        return Ok(NONE);
    }
    if is(&errors::INVALID_MESSAGE) {
        let cause = getattr(exc, "__cause__")?;
        if cause.ty().is_subtype(&rtcore::error::hierarchy::EOF_ERROR) {
            return Ok(NONE);
        }
    }
    if is(&errors::INVALID_STATUS) {
        let code = getattr(&getattr(exc, "response")?, "status_code")?;
        if matches!(code.as_inline_int(), Some(500 | 502 | 503 | 504)) {
            return Ok(NONE);
        }
    }
    Ok(exc.clone())
}
/// Seconds before the next try (client.py, backoff).
fn delay(tries: u32) -> f64 {
    if tries == 0 {
        let mut b = [0u8; 4];
        // SAFETY: the pointer and the length describe the array.
        unsafe { libc::getrandom(b.as_mut_ptr().cast(), b.len(), 0) };
        return f64::from(u32::from_ne_bytes(b)) / f64::from(u32::MAX) * 5.0;
    }
    (3.1 * 1.618f64.powi(tries as i32 - 1)).min(90.0)
}
async fn iterate(v: Value) -> PyResult {
    let mut tries = 0;
    loop {
        let failed = match connect(v.clone()).await {
            Ok(c) => {
                tries = 0;
                let given = rtcore::frame::yield_item(c.clone()).await;
                let code = if given.is_ok() { 1000 } else { 1011 };
                let pending = given.err().map(error::take);
                let closed = connection::close(c, Value::int(code), Value::str("")).await;
                match (pending, closed) {
                    (Some(exc), closed) => {
                        if let Err(r) = closed {
                            drop(error::take(r));
                        }
                        error::set_pending(exc)
                    }
                    (None, Err(r)) => r,
                    (None, Ok(_)) => continue,
                }
            }
            Err(r) => r,
        };
        if !error::matches(&failed, &EXCEPTION) {
            return Err(failed);
        }
        let exc = error::take(failed);
        let own = option(this::<Connect>(&v)?, "process_exception");
        let verdict = if absent(&own) { process_exception(&exc)? } else { call(&own, std::slice::from_ref(&exc))? };
        if verdict.is(&exc) {
            return Err(error::set_pending(exc));
        }
        if !verdict.is_none() {
            rtasyncio::glue::set_exc_cause(&verdict, exc);
            return Err(raise_value(verdict));
        }
        let wait = Duration::from_secs_f64(delay(tries));
        tries += 1;
        run(tokio_sleep(wait)).await?;
    }
}
/// The timer is made where it is polled: inside the runtime.
async fn tokio_sleep(d: Duration) {
    tokio::time::sleep(d).await;
}
fn m_aiter(v: &Value) -> PyResult {
    static ITER: rtcore::def::Def = rtcore::def::Def::native("connect.__aiter__", rtcore::def::Kind::AsyncGenerator);
    Ok(rtcore::frame::async_generator(&ITER, iterate(v.clone())))
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new(INIT, N(init)),
    Method::new("__await__(self)", F1(m_await)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, exc_type, exc_value, traceback)", F4(m_aexit)),
    Method::new("__aiter__(self)", F1(m_aiter)),
];
static DEF: ClassDef =
    ClassDef::new::<Connect>("connect").module("websockets.asyncio.client").methods(METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static CONNECT: Type = Type::builtin(&DEF);
/// `unix_connect(path, uri=…, **kwargs)`.
pub fn unix_connect(all: &[Value], kw: &[Name]) -> PyResult {
    let n = all.len() - kw.len();
    let path = all.first().filter(|_| n > 0).cloned().unwrap_or(NONE);
    let uri = kw.iter().position(|k| k.as_str() == "uri").and_then(|i| all.get(n + i)).cloned();
    let mut values = vec![uri.or_else(|| all.get(1).filter(|_| n > 1).cloned()).unwrap_or_else(|| Value::str("ws://localhost/"))];
    let mut names = vec![];
    for (i, k) in kw.iter().enumerate().filter(|(_, k)| k.as_str() != "uri") {
        values.extend(all.get(n + i).cloned());
        names.push(*k);
    }
    values.extend([TRUE, path]);
    names.extend([Name::new("unix"), Name::new("path")]);
    call_kw(&Value::of_type(&CONNECT), &values, &names)
}
