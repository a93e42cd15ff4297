//! Owns: `serve`: listening, the opening handshake of a server, the handlers' tasks, shutting down.
//! Never: what happens on an open connection.
//! Source: websockets, asyncio/server.py, server.py.

use crate::connection::{self, body, within};
use crate::deflate::{self, Agreed};
use crate::handshake::{Head, Rows, derive_accept_key, read_head, write_head};
use crate::objects::{self, Exchange, Headers};
use crate::client::tls_error;
use crate::py::*;
use crate::wire::{self, Phase, Raw as Stream};
use ext_tls::TlsAcceptor;
use rtasyncio::futures;
use rtcore::error::hierarchy::{EXCEPTION, OS_ERROR, os_error_type, strerror, with_args};
use rtcore::types::dict::Dict;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, UnixListener};

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}
type Accepted = (Stream, Option<SocketAddr>, Option<SocketAddr>);
impl Listener {
    async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Listener::Tcp(l) => {
                let (s, remote) = l.accept().await?;
                let _ = s.set_nodelay(true);
                let local = s.local_addr().ok();
                Ok((Stream::Tcp(s), local, Some(remote)))
            }
            Listener::Unix(l) => Ok((Stream::Unix(l.accept().await?.0), None, None)),
        }
    }
}

pub struct Server {
    handler: Value,
    options: Value,
    listeners: RefCell<Vec<Rc<Listener>>>,
    sockets: VCell,
    accepting: RefCell<Vec<Value>>,
    connections: RefCell<Vec<Value>>,
    tasks: RefCell<Vec<Value>>,
    loop_: VCell,
    close_task: VCell,
    waiter: VCell,
    serving: Cell<bool>,
    started: Cell<bool>,
}
impl Payload for Server {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.handler);
        visit(&self.options);
        for all in [&self.accepting, &self.connections, &self.tasks] {
            all.borrow().iter().for_each(&mut *visit);
        }
        for c in [&self.loop_, &self.close_task, &self.waiter] {
            c.visit(visit);
        }
    }
}
impl Native for Server {
    fn class() -> &'static Type {
        &SERVER
    }
}
const NAMES: [&str; 22] = [
    "host", "port", "origins", "extensions", "subprotocols", "select_subprotocol", "compression", "process_request", "process_response",
    "server_header", "open_timeout", "ping_interval", "ping_timeout", "close_timeout", "max_size", "max_queue", "write_limit", "logger",
    "create_connection", "ssl", "sock", "start_serving",
];
pub const SERVE: &str = "serve(handler, host=None, port=None, *, origins=None, extensions=None, subprotocols=None, select_subprotocol=None, compression='deflate', process_request=None, process_response=None, server_header=..., open_timeout=10, ping_interval=20, ping_timeout=20, close_timeout=10, max_size=1048576, max_queue=16, write_limit=32768, logger=None, create_connection=None, ssl=None, sock=None, start_serving=True, **kwargs)";

pub fn serve(a: &[Value]) -> PyResult {
    let [handler, rest @ ..] = a else { return Ok(NONE) };
    let options = Dict::new_value();
    let d = this::<Dict>(&options)?;
    for (name, value) in NAMES.iter().zip(rest) {
        d.set_str(name, value.clone());
    }
    if let Some(extra) = rest.get(NAMES.len()) {
        rtcore::types::dict::update(d, extra)?;
    }
    crate::client::refuse_extensions(&d.get_str("extensions").unwrap_or(NONE))?;
    if !absent(&d.get_str("sock").unwrap_or(NONE)) {
        return Err(error::not_implemented_error("serve(sock=…) is not supported"));
    }
    let ssl = d.get_str("ssl").unwrap_or(NONE);
    if !ssl.is_none() && (ssl.as_bool().is_some() || ext_tls::context::server(&ssl).is_none()) {
        return Err(type_error("ssl argument must be an SSLContext or None"));
    }
    if !ssl.is_none() && !absent(&d.get_str("unix").unwrap_or(NONE)) {
        return Err(error::not_implemented_error("unix_serve(ssl=…) is not supported"));
    }
    let compression = d.get_str("compression").unwrap_or(NONE);
    if !compression.is_none() && compression.as_str() != Some("deflate") {
        return Err(value_error(format!("unsupported compression: {}", to_str(&compression)?)));
    }
    let l = rtasyncio::events::get_running_loop()?;
    Ok(object::new(
        &SERVER,
        Server {
            handler: handler.clone(),
            options,
            listeners: RefCell::default(),
            sockets: VCell::new(tuple(vec![])),
            accepting: RefCell::default(),
            connections: RefCell::default(),
            tasks: RefCell::default(),
            waiter: VCell::new(futures::create(l.clone())),
            loop_: VCell::new(l),
            close_task: VCell::none(),
            serving: Cell::new(false),
            started: Cell::new(false),
        },
    ))
}
pub fn unix_serve(all: &[Value], kw: &[Name]) -> PyResult {
    let n = all.len() - kw.len();
    let mut values: Vec<Value> = all.first().into_iter().cloned().collect();
    let (mut names, mut path) = (vec![], all.get(1).filter(|_| n > 1).cloned());
    for (i, k) in kw.iter().enumerate() {
        let v = all.get(n + i).cloned().unwrap_or(NONE);
        if k.as_str() == "path" {
            path = Some(v);
        } else {
            values.push(v);
            names.push(*k);
        }
    }
    values.extend([TRUE, path.unwrap_or(NONE)]);
    names.extend([Name::new("unix"), Name::new("path")]);
    call_kw(&rtcore::types::function::native::function(&crate::module::SERVE, "websockets"), &values, &names)
}

fn option(s: &Server, name: &str) -> Value {
    s.options.downcast::<Dict>().and_then(|d| d.get_str(name)).unwrap_or(NONE)
}
fn bind_error(e: &io::Error, a: &SocketAddr) -> Raised {
    let n = e.raw_os_error().unwrap_or(0);
    let text = format!("error while attempting to bind on address {}: {}", repr(&connection::address(Some(*a))).unwrap_or_default(), strerror(n).to_lowercase());
    raise_value(with_args(os_error_type(n), vec![Value::int(i64::from(n)), Value::string(text)]))
}
async fn listen(v: &Value) -> PyResult<()> {
    let s = this::<Server>(v)?;
    if truth(&option(s, "unix"))? {
        let path = to_str(&option(s, "path"))?;
        let _ = std::fs::remove_file(&path);
        let made = run(async move { UnixListener::bind(path) }).await?;
        let l = made.map_err(|e| rtcore::error::hierarchy::raise_os_error(&e, None))?;
        s.listeners.borrow_mut().push(Rc::new(Listener::Unix(l)));
        return Ok(());
    }
    let host = option(s, "host");
    let hosts = match (host.as_str(), host.is_none()) {
        (Some(""), _) | (None, true) => vec!["0.0.0.0".to_owned(), "::".to_owned()],
        (Some(h), _) => vec![h.to_owned()],
        (None, false) => collect(&host)?.iter().map(to_str).collect::<PyResult<Vec<_>>>()?,
    };
    let port = option(s, "port");
    let port = if port.is_none() { 0 } else { rtasyncio::glue::index(&port)? };
    let Ok(port) = u16::try_from(port) else { return Err(error::overflow_error("bind(): port must be 0-65535.")) };
    let mut socks = vec![];
    for h in hosts {
        let found = run(async move { ext_tls::resolve(&h, port).await }).await?;
        let all = found.map_err(|e| match e {
            ext_tls::Dial::Name(n, text) => raise_value(with_args(&rtstdlib::socket::addr::GAIERROR, vec![Value::int(i64::from(n)), Value::string(text)])),
            ext_tls::Dial::Refused(_) => raise_value(with_args(&OS_ERROR, vec![])),
        })?;
        let mut seen = vec![];
        for a in all {
            if seen.contains(&a) {
                continue;
            }
            seen.push(a);
            let made = run(async move { bind(a) }).await?;
            match made {
                Ok(l) => {
                    socks.push(object::new(&SOCKET, Socket { address: l.local_addr().ok() }));
                    s.listeners.borrow_mut().push(Rc::new(Listener::Tcp(l)));
                }
                // A machine without IPv6 still serves IPv4.
                Err(e) if matches!(e.raw_os_error(), Some(libc::EAFNOSUPPORT | libc::EADDRNOTAVAIL)) && a.is_ipv6() => {}
                Err(e) => return Err(bind_error(&e, &a)),
            }
        }
    }
    s.sockets.set(tuple(socks));
    Ok(())
}
/// Its own socket for each family, as asyncio's `create_server`.
fn bind(a: SocketAddr) -> io::Result<TcpListener> {
    let socket = if a.is_ipv4() { tokio::net::TcpSocket::new_v4()? } else { tokio::net::TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    if a.is_ipv6() {
        use std::os::fd::AsRawFd as _;
        let one: libc::c_int = 1;
        // SAFETY: the option's value is an int that lives during the call.
        unsafe { libc::setsockopt(socket.as_raw_fd(), libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, (&raw const one).cast(), 4) };
    }
    socket.bind(a)?;
    socket.listen(1024)
}
fn start_serving(v: &Value) -> PyResult<()> {
    let s = this::<Server>(v)?;
    if s.serving.replace(true) {
        return Ok(());
    }
    for l in s.listeners.borrow().iter() {
        let coroutine = rtasyncio::coro!("Server.accept", accept(v.clone(), l.clone()));
        let task = rtasyncio::tasks::create_task(&coroutine, &NONE, &NONE)?;
        s.accepting.borrow_mut().push(task);
    }
    Ok(())
}
async fn accept(v: Value, l: Rc<Listener>) -> PyResult {
    loop {
        let own = l.clone();
        let got = match run(async move { own.accept().await }).await? {
            Ok(got) => got,
            // It ended before it was taken.
            Err(e) if e.kind() == io::ErrorKind::ConnectionAborted => continue,
            // Too many are open: asyncio looks again after a second too (selector_events.py, ACCEPT_RETRY_DELAY).
            Err(_) => {
                run(async { tokio::time::sleep(std::time::Duration::from_secs(1)).await }).await?;
                continue;
            }
        };
        let coroutine = rtasyncio::coro!("serve.<locals>.protocol_handler", handle(v.clone(), got));
        let task = rtasyncio::tasks::create_task(&coroutine, &NONE, &NONE)?;
        let s = this::<Server>(&v)?;
        if let Some(f) = futures::as_future(&task) {
            f.add_callback(&task, futures::Callback::Native(task_done, v.clone()))?;
        }
        s.tasks.borrow_mut().push(task);
    }
}
fn task_done(task: &Value, server: &Value) -> PyResult<()> {
    let s = this::<Server>(server)?;
    let gone: Vec<Value> = {
        let mut all = s.tasks.borrow_mut();
        let (gone, kept) = std::mem::take(&mut *all).into_iter().partition(|t| t.is(task));
        *all = kept;
        gone
    };
    drop(gone);
    Ok(())
}

/// The TLS handshake of a server.
async fn secured(stream: Stream, acceptor: TlsAcceptor) -> io::Result<Stream> {
    match stream {
        Stream::Tcp(tcp) => Ok(Stream::Served(Box::new(acceptor.accept(tcp).await?))),
        other @ (Stream::Unix(_) | Stream::Tls(_) | Stream::Served(_)) => Ok(other),
    }
}
/// One connection from its first byte to its last.
async fn handle(v: Value, (stream, local, remote): Accepted) -> PyResult {
    let s = this::<Server>(&v)?;
    let limit = seconds(&option(s, "open_timeout"))?;
    let mut stream = match ext_tls::context::server(&option(s, "ssl")) {
        None => stream,
        Some(made) => {
            let acceptor = TlsAcceptor::from(made.map_err(tls_error)?);
            // A client that does not get through is not worth a word: asyncio logs it in debug mode only.
            match run(async move { within(limit, secured(stream, acceptor)).await }).await? {
                Some(Ok(stream)) => stream,
                Some(Err(_)) | None => return Ok(NONE),
            }
        }
    };
    let read = run(async move {
        let head = within(limit, read_head(&mut stream)).await;
        (stream, head)
    })
    .await?;
    let (mut stream, Some(Ok(head))) = read else { return Ok(NONE) };
    let path = head.line.split(' ').nth(1).unwrap_or("/").to_owned();
    let request = objects::request(&path, head.headers.clone());
    let c = connection::accepted(request.clone(), local, remote);
    body(&c)?.server.set(v.clone());
    let (mut answer, chosen, agreed) = respond_to(s, &c, &request, &head).await?;
    let hook = option(s, "process_response");
    if !hook.is_none() {
        let r = call(&hook, &[c.clone(), request.clone(), answer.clone()]);
        let r = match r {
            Ok(r) if rtcore::protocol::awaitable::is_awaitable(&r) => await_value(r).await,
            other => other,
        };
        match r {
            Ok(r) if r.is_none() => {}
            Ok(r) => answer = r,
            Err(r) => answer = hook_failed(r, "process_response failed")?,
        }
    }
    let e = this::<Exchange>(&answer)?;
    let (status, h) = (e.status.get(), e.headers.get());
    let rows = this::<Headers>(&h)?.rows.borrow().clone();
    let mut data = write_head(&format!("HTTP/1.1 {status} {}", e.reason.borrow()), &rows);
    if status != 101 {
        data.extend(data_of(&e.body.get())?.unwrap_or_default());
        run(async move {
            let _ = stream.write_all(&data).await;
            let _ = stream.shutdown().await;
        })
        .await?;
        return Ok(NONE);
    }
    let get = |n: &str| option(s, n);
    let mut settings = connection::settings(
        false,
        &get("ping_interval"),
        &get("ping_timeout"),
        &get("close_timeout"),
        &get("max_size"),
        &get("max_queue"),
        &get("write_limit"),
    )?;
    settings.deflate = agreed;
    let shared = run(async move {
        stream.write_all(&data).await?;
        Ok::<_, io::Error>(wire::start(stream, head.rest, settings).await)
    })
    .await?;
    let Ok(shared) = shared else { return Ok(NONE) };
    body(&c)?.opened(shared, answer, chosen);
    s.connections.borrow_mut().push(c.clone());
    let r = serve_one(s, &c).await;
    let gone: Vec<Value> = {
        let mut all = s.connections.borrow_mut();
        let (gone, kept) = std::mem::take(&mut *all).into_iter().partition(|o| o.is(&c));
        *all = kept;
        gone
    };
    drop(gone);
    match r {
        Err(r) if error::matches(&r, &EXCEPTION) => {
            report(&error::take(r), "connection handler failed");
            Ok(NONE)
        }
        other => other,
    }
}
async fn serve_one(s: &Server, c: &Value) -> PyResult {
    let r = match call(&s.handler, std::slice::from_ref(c)) {
        Ok(waiting) => await_value(waiting).await,
        Err(r) => Err(r),
    };
    let code = if r.is_ok() { 1000 } else { 1011 };
    let pending = r.err().map(error::take);
    let closed = connection::close(c.clone(), Value::int(code), Value::str("")).await;
    match pending {
        Some(exc) => {
            if let Err(r) = closed {
                drop(error::take(r));
            }
            Err(error::set_pending(exc))
        }
        None => closed,
    }
}
/// What the logger of the real package prints when nothing is configured.
fn report(exc: &Value, what: &str) {
    rtcore::error::print::write_stderr(&format!("{what}\n"));
    rtcore::error::print::report(exc);
}
fn hook_failed(r: Raised, what: &str) -> PyResult {
    if !error::matches(&r, &EXCEPTION) {
        return Err(r);
    }
    report(&error::take(r), what);
    Ok(reject(500, "Internal Server Error", "Failed to open a WebSocket connection.\nSee server log for more information.\n"))
}
/// The answer to a request, and the subprotocol.
async fn respond_to(s: &Server, c: &Value, request: &Value, head: &Head) -> PyResult<(Value, Option<String>, Option<Agreed>)> {
    let mut answer = None;
    let hook = option(s, "process_request");
    if !hook.is_none() {
        let r = call(&hook, &[c.clone(), request.clone()]);
        let r = match r {
            Ok(r) if rtcore::protocol::awaitable::is_awaitable(&r) => await_value(r).await,
            other => other,
        };
        match r {
            Ok(r) if r.is_none() => {}
            Ok(r) => answer = Some(r),
            Err(r) => answer = Some(hook_failed(r, "process_request failed")?),
        }
    }
    let (mut chosen, mut agreed) = (None, None);
    let mut answer = match answer {
        Some(a) => a,
        None => match accept_request(s, c, head)? {
            Ok((a, sub, compression)) => {
                (chosen, agreed) = (sub, compression);
                a
            }
            Err(a) => a,
        },
    };
    if this::<Exchange>(&answer)?.status.get() == 101 && !s.serving.get() {
        answer = reject(503, "Service Unavailable", "Server is shutting down.\n");
    }
    let server = option(s, "server_header");
    if !server.is_none() {
        let text = if server.is_unbound() { crate::SERVER_HEADER.to_owned() } else { to_str(&server)? };
        let h = this::<Exchange>(&answer)?.headers.get();
        this::<Headers>(&h)?.rows.borrow_mut().push(("Server".into(), text));
    }
    Ok((answer, chosen, agreed))
}
type Verdict = Result<(Value, Option<String>, Option<Agreed>), Value>;
/// `ServerProtocol.accept`.
fn accept_request(s: &Server, c: &Value, head: &Head) -> PyResult<Verdict> {
    let refuse = |why: &str| Ok(Err(reject(400, "Bad Request", &format!("Failed to open a WebSocket connection: {why}.\n"))));
    let upgrade = |name: &str, value: Option<String>| {
        let why = match value {
            None => format!("missing {name} header"),
            Some(v) if v.is_empty() => format!("empty {name} header"),
            Some(v) => format!("invalid {name} header: {v}"),
        };
        let text = format!(
            "Failed to open a WebSocket connection: {why}.\n\nYou cannot access a WebSocket server directly with a browser. You need a WebSocket client.\n"
        );
        let a = reject(426, "Upgrade Required", &text);
        let h = this::<Exchange>(&a)?.headers.get();
        this::<Headers>(&h)?.rows.borrow_mut().push(("Upgrade".into(), "websocket".into()));
        Ok(Err(a))
    };
    if !head.has_token("connection", "upgrade") {
        return upgrade("Connection", head.get("connection"));
    }
    if !head.has_token("upgrade", "websocket") {
        return upgrade("Upgrade", head.get("upgrade"));
    }
    let key = match (head.get("sec-websocket-key"), head.count("sec-websocket-key")) {
        (Some(k), 1) if k.len() == 24 && k.ends_with("==") => k,
        (Some(k), 1) => return refuse(&format!("invalid Sec-WebSocket-Key header: {k}")),
        (None, _) => return refuse("missing Sec-WebSocket-Key header"),
        (Some(_), _) => return refuse("invalid Sec-WebSocket-Key header: multiple values"),
    };
    match head.get("sec-websocket-version").as_deref() {
        Some("13") => {}
        None => return refuse("missing Sec-WebSocket-Version header"),
        Some(v) => return refuse(&format!("invalid Sec-WebSocket-Version header: {v}")),
    }
    let origins = option(s, "origins");
    if !origins.is_none() {
        let own = head.get("origin");
        let mut known = false;
        for o in collect(&origins)? {
            known |= match (o.as_str(), o.is_none()) {
                (Some(t), _) => own.as_deref() == Some(t),
                (None, true) => own.is_none(),
                (None, false) => match &own {
                    Some(t) => !call_method(&o, "fullmatch", &[Value::str(t)])?.is_none(),
                    None => false,
                },
            };
        }
        if !known {
            let why = own.map_or("missing Origin header".to_owned(), |o| format!("invalid Origin header: {o}"));
            return Ok(Err(reject(403, "Forbidden", &format!("Failed to open a WebSocket connection: {why}.\n"))));
        }
    }
    let offered: Vec<String> =
        head.get("sec-websocket-protocol").map(|t| t.split(',').map(|p| p.trim().to_owned()).collect()).unwrap_or_default();
    let select = option(s, "select_subprotocol");
    let known = option(s, "subprotocols");
    let chosen = if !select.is_none() {
        let list = list(offered.iter().map(|p| Value::str(p)).collect());
        let v = call(&select, &[c.clone(), list])?;
        if v.is_none() { None } else { Some(to_str(&v)?) }
    } else if known.is_none() {
        None
    } else {
        let known = collect(&known)?.iter().map(to_str).collect::<PyResult<Vec<_>>>()?;
        match known.iter().find(|k| offered.contains(k)) {
            Some(k) => Some(k.clone()),
            None if offered.is_empty() => return refuse("missing subprotocol"),
            None => return refuse(&format!("invalid subprotocol; expected one of {}", known.join(", "))),
        }
    };
    let mut rows: Rows = vec![
        ("Date".into(), http_date()),
        ("Upgrade".into(), "websocket".into()),
        ("Connection".into(), "Upgrade".into()),
        ("Sec-WebSocket-Accept".into(), derive_accept_key(&key)),
    ];
    let extensions = head.get("sec-websocket-extensions").filter(|_| !absent(&option(s, "compression")));
    let agreed = extensions.as_deref().and_then(deflate::choose).map(|(header, agreed)| {
        rows.push(("Sec-WebSocket-Extensions".into(), header));
        agreed
    });
    rows.extend(chosen.clone().map(|p| ("Sec-WebSocket-Protocol".into(), p)));
    Ok(Ok((objects::response(101, "Switching Protocols", rows, None), chosen, agreed)))
}
fn reject(status: i64, reason: &str, text: &str) -> Value {
    let rows = vec![
        ("Date".into(), http_date()),
        ("Connection".into(), "close".into()),
        ("Content-Length".into(), text.len().to_string()),
        ("Content-Type".into(), "text/plain; charset=utf-8".into()),
    ];
    objects::response(status, reason, rows, Some(text.as_bytes().to_vec()))
}
/// `connection.respond(status, text)`.
pub fn respond(status: &Value, text: &Value) -> PyResult {
    let code = rtasyncio::glue::index(status)?;
    let phrase = match getattr_opt(status, "phrase")? {
        Some(p) => to_str(&p)?,
        None => crate::handshake::phrase(code).to_owned(),
    };
    Ok(reject(code, &phrase, &to_str(text)?))
}
/// `email.utils.formatdate(usegmt=True)`.
fn http_date() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64);
    let (days, second) = (now.div_euclid(86_400), now.rem_euclid(86_400));
    // The civil date of a day number (Howard Hinnant's algorithm).
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z - era * 146_097;
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    let week = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = |all: &[&'static str], i: i64| all.get(i as usize).copied().unwrap_or("");
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} GMT",
        name(&week, days.rem_euclid(7)),
        name(&months, month - 1),
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

// ---- shutting down ----

async fn shut(v: Value, connections: bool, code: i64, reason: String) -> PyResult {
    let s = this::<Server>(&v)?;
    s.serving.set(false);
    for t in s.accepting.take() {
        futures::cancel(&t, NONE)?;
    }
    // The accepting tasks give their listeners up in the next pass.
    rtcore::frame::suspend(NONE).await?;
    let gone = s.listeners.take();
    drop(gone);
    if connections {
        let open: Vec<Value> = s.connections.borrow().clone();
        let mut closing = vec![];
        for c in open {
            if body(&c)?.shared()?.state().phase == Phase::Open {
                let coroutine = rtasyncio::coro!("Connection.close", connection::close(c, Value::int(code), Value::str(&reason)));
                closing.push(rtasyncio::tasks::create_task(&coroutine, &NONE, &NONE)?);
            }
        }
        for t in closing {
            await_value(t).await?;
        }
    }
    loop {
        let waiting = s.tasks.borrow().first().cloned();
        let Some(t) = waiting else { break };
        let shielded = rtasyncio::wait::wait(list(vec![t]), NONE, Value::str("ALL_COMPLETED"));
        shielded.await?;
        rtcore::frame::suspend(NONE).await?;
    }
    let w = s.waiter.get();
    if !futures::is_done(&w)? {
        futures::set_result(&w, NONE)?;
    }
    Ok(NONE)
}
fn m_close(v: &Value, connections: &Value, code: &Value, reason: &Value) -> PyResult {
    let s = this::<Server>(v)?;
    if s.close_task.is_none() {
        let (all, code, reason) = (truth(connections)?, rtasyncio::glue::index(code)?, to_str(reason)?);
        let coroutine = rtasyncio::coro!("Server._close", shut(v.clone(), all, code, reason));
        let task = rtasyncio::loop_::create_task(&s.loop_.get(), &coroutine, &NONE, &NONE)?;
        s.close_task.set(task);
    }
    Ok(NONE)
}
fn begin_close(v: &Value) -> PyResult {
    m_close(v, &TRUE, &Value::int(1001), &Value::str(""))
}
async fn wait_closed(v: Value) -> PyResult {
    let w = this::<Server>(&v)?.waiter.get();
    let shielded = rtasyncio::ensure::shield(&w)?;
    await_value(shielded).await
}
async fn start(v: Value) -> PyResult {
    let s = this::<Server>(&v)?;
    if !s.started.replace(true) {
        listen(&v).await?;
        if truth(&option(s, "start_serving"))? {
            start_serving(&v)?;
        }
    }
    Ok(v)
}
async fn serve_forever(v: Value) -> PyResult {
    start_serving(&v)?;
    match wait_closed(v.clone()).await {
        Err(r) if error::matches(&r, &rtasyncio::exceptions::CANCELLED_ERROR) => {
            let exc = error::take(r);
            begin_close(&v)?;
            wait_closed(v).await?;
            Err(error::set_pending(exc))
        }
        other => other,
    }
}
fn m_await(v: &Value) -> PyResult {
    let coroutine = rtasyncio::coro!("Server._await", start(v.clone()));
    call_method(&coroutine, "__await__", &[])
}
fn m_aenter(v: &Value) -> PyResult {
    Ok(rtasyncio::coro!("Server.__aenter__", start(v.clone())))
}
fn m_aexit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    let v = v.clone();
    Ok(rtasyncio::coro!("Server.__aexit__", async move {
        begin_close(&v)?;
        wait_closed(v).await
    }))
}
fn m_start_serving(v: &Value) -> PyResult {
    let v = v.clone();
    Ok(rtasyncio::coro!("Server.start_serving", async move {
        start_serving(&v)?;
        Ok(NONE)
    }))
}
fn get_connections(v: &Value) -> PyResult {
    let all: Vec<Value> = this::<Server>(v)?.connections.borrow().clone();
    let mut open = vec![];
    for c in all {
        if body(&c)?.shared()?.state().phase == Phase::Open {
            open.push(c);
        }
    }
    rtasyncio::glue::set(open)
}
static METHODS: &[Method] = &[
    Method::new("close(self, close_connections=True, code=1001, reason='')", F4(m_close)),
    Method::new("wait_closed(self)", F1(|v| Ok(rtasyncio::coro!("Server.wait_closed", wait_closed(v.clone()))))),
    Method::new("serve_forever(self)", F1(|v| Ok(rtasyncio::coro!("Server.serve_forever", serve_forever(v.clone()))))),
    Method::new("start_serving(self)", F1(m_start_serving)),
    Method::new("is_serving(self)", F1(|v| Ok(Value::bool(this::<Server>(v)?.serving.get())))),
    Method::new("get_loop(self)", F1(|v| Ok(this::<Server>(v)?.loop_.get()))),
    Method::new("__await__(self)", F1(m_await)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, exc_type, exc_value, traceback)", F4(m_aexit)),
];
static GETSET: &[GetSet] =
    &[GetSet::ro("connections", get_connections), GetSet::ro("sockets", |v| Ok(this::<Server>(v)?.sockets.get()))];
static DEF: ClassDef =
    ClassDef::new::<Server>("Server").module("websockets.asyncio.server").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static SERVER: Type = Type::builtin(&DEF);

/// What `server.sockets` shows: the address alone.
pub struct Socket {
    address: Option<SocketAddr>,
}
impl Payload for Socket {}
impl Native for Socket {
    fn class() -> &'static Type {
        &SOCKET
    }
}
static SOCKET_METHODS: &[Method] = &[Method::new("getsockname(self)", F1(|v| Ok(connection::address(this::<Socket>(v)?.address))))];
static SOCKET_GETSET: &[GetSet] = &[GetSet::ro("family", |v| {
    let v6 = this::<Socket>(v)?.address.is_some_and(|a| a.is_ipv6());
    Ok(Value::int(i64::from(if v6 { libc::AF_INET6 } else { libc::AF_INET })))
})];
static SOCKET_DEF: ClassDef = ClassDef::new::<Socket>("TransportSocket").module("asyncio.trsock").methods(SOCKET_METHODS).getset(SOCKET_GETSET);
pub static SOCKET: Type = Type::builtin(&SOCKET_DEF);
