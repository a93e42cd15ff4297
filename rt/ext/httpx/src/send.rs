//! Owns: sending a request for a client: authentication, redirects, hooks, cookies.
//! Never: talks to the network (`transport`).
//! Source: httpx 0.28, _client.py, Client.send and what it calls.

use crate::auth;
use crate::client::{Client, State, body};
use crate::config;
use crate::cookies;
use crate::errors::{self, INVALID_URL, REMOTE_PROTOCOL_ERROR, TOO_MANY_REDIRECTS, with_request};
use crate::headers;
use crate::py::*;
use crate::request::{self, Args};
use crate::response::{self, close, read};
use crate::stream;
use crate::transport;
use crate::url;
use crate::urlparse::{self, Given, Parts};
use rtasyncio::glue::await_value;
use rtasyncio::native_io::Mode;
use rtcore::frame::{Input, Step, resume};
use std::time::Instant;

/// Ends a response because of an error, which is then raised.
async fn abandon(resp: &Value, r: Raised, mode: Mode) -> Raised {
    let exc = error::take(r);
    match close(resp.clone(), mode).await {
        Ok(_) => error::set_pending(exc),
        Err(r) => {
            error::chain_context(&error::peek(&r), &exc);
            r
        }
    }
}

/// `Client.send` and `AsyncClient.send`.
pub async fn send(v: Value, req: Value, streaming: bool, given_auth: Value, follow: Value, mode: Mode) -> PyResult {
    let c = body(&v)?;
    if c.state.get() == State::Closed {
        return Err(runtime_error("Cannot send a request, as the client has been closed."));
    }
    c.state.set(State::Opened);
    let follow = if follow.is_unbound() { c.follow_redirects.get() } else { follow };
    let follow = truth(&follow)?;
    let q = request::body(&req)?;
    let extensions = q.extensions.get();
    if let Some(d) = extensions.downcast::<Dict>()
        && d.get_str("timeout").is_none()
    {
        d.set_str("timeout", config::as_dict(&c.timeout.get())?);
    }
    let mut auth = if given_auth.is_unbound() { c.auth.get() } else { auth::build(&given_auth)? };
    if auth.is_none() {
        let p = url::parts(&q.url.get())?;
        if !p.userinfo.is_empty() {
            auth = auth::basic_auth(&p.username(), &p.password());
        }
    }
    let mut history = vec![];
    let resp = if auth.is_none() {
        redirects(c, req, follow, &mut history, mode).await?
    } else {
        authenticated(c, req, auth, follow, &mut history, mode).await?
    };
    if !streaming && let Err(r) = read(resp.clone(), mode).await {
        return Err(abandon(&resp, r, mode).await);
    }
    Ok(resp)
}

/// One of the three forms of a flow.
enum Flow {
    Generator(Value),
    Asynchronous(Value),
}
impl Flow {
    /// The next request, `None` when the flow is over.
    async fn next(&self, sent: Value) -> PyResult<Option<Value>> {
        match self {
            Flow::Generator(g) => match resume(g, Input::Send(sent)) {
                Step::Yielded(v) => Ok(Some(v)),
                Step::Returned(_) => Ok(None),
                Step::Raised(r) => Err(r),
            },
            Flow::Asynchronous(g) => {
                let step = call_method(g, "asend", &[sent])?;
                match await_value(step).await {
                    Ok(v) => Ok(Some(v)),
                    Err(r) if error::matches(&r, &rtcore::error::hierarchy::STOP_ASYNC_ITERATION) => {
                        drop(error::take(r));
                        Ok(None)
                    }
                    Err(r) => Err(r),
                }
            }
        }
    }
}
async fn authenticated(c: &Client, req: Value, auth: Value, follow: bool, history: &mut Vec<Value>, mode: Mode) -> PyResult {
    let own = match mode {
        Mode::Sync => "sync_auth_flow",
        Mode::Async => "async_auth_flow",
    };
    let custom = auth::overrides(&auth, own);
    let wants = |name: &str| truth(&getattr(&auth, name)?);
    let (request_body, response_body) = if custom { (false, false) } else { (wants("requires_request_body")?, wants("requires_response_body")?) };
    if request_body {
        request::read(req.clone(), mode).await?;
    }
    let made = call_method(&auth, if custom { own } else { "auth_flow" }, std::slice::from_ref(&req))?;
    let flow = if custom && mode == Mode::Async { Flow::Asynchronous(made) } else { Flow::Generator(made) };
    let Some(mut current) = flow.next(NONE).await? else { return Err(runtime_error("the auth flow yielded no request")) };
    loop {
        let resp = redirects(c, current.clone(), follow, history, mode).await?;
        let stepped = async {
            if response_body {
                read(resp.clone(), mode).await?;
            }
            let Some(next) = flow.next(resp.clone()).await? else { return Ok(None) };
            response::body(&resp)?.history.set(list(history.clone()));
            read(resp.clone(), mode).await?;
            Ok(Some(next))
        };
        match stepped.await {
            Ok(None) => return Ok(resp),
            Ok(Some(next)) => {
                current = next;
                history.push(resp);
            }
            Err(r) => return Err(abandon(&resp, r, mode).await),
        }
    }
}

async fn hooks(c: &Client, name: &str, v: &Value, mode: Mode) -> PyResult<()> {
    let all = c.event_hooks.get();
    let Some(found) = all.downcast::<Dict>().and_then(|d| d.get_str(name)) else { return Ok(()) };
    for hook in collect(&found)? {
        let r = call(&hook, std::slice::from_ref(v))?;
        if mode == Mode::Async {
            await_value(r).await?;
        }
    }
    Ok(())
}
async fn redirects(c: &Client, req: Value, follow: bool, history: &mut [Value], mode: Mode) -> PyResult {
    let mut req = req;
    let mut history = history.to_vec();
    loop {
        if history.len() as i64 > rtasyncio::glue::index(&c.max_redirects.get())? {
            return Err(errors::raise_for(&TOO_MANY_REDIRECTS, "Exceeded maximum allowed redirects.", &req));
        }
        hooks(c, "request", &req, mode).await?;
        let resp = single(c, &req, mode).await?;
        let stepped = async {
            hooks(c, "response", &resp, mode).await?;
            let r = response::body(&resp)?;
            r.history.set(list(history.clone()));
            if !r.has_redirect_location()? {
                return Ok(None);
            }
            let next = redirect(c, &req, &resp)?;
            if follow {
                read(resp.clone(), mode).await?;
                return Ok(Some(next));
            }
            r.next_request.set(next);
            Ok(None)
        };
        match stepped.await {
            Ok(None) => return Ok(resp),
            Ok(Some(next)) => {
                history.push(resp);
                req = next;
            }
            Err(r) => return Err(abandon(&resp, r, mode).await),
        }
    }
}
/// `_send_single_request`.
async fn single(c: &Client, req: &Value, mode: Mode) -> PyResult {
    let q = request::body(req)?;
    let target = url::parts(&q.url.get())?;
    let t = {
        let mounts = c.mounts.borrow();
        mounts.iter().find(|m| m.matches(&target)).map(|m| m.transport.clone()).filter(|t| !t.is_none())
    };
    let t = t.unwrap_or_else(|| c.transport.get());
    let start = Instant::now();
    let s = q.stream.get();
    if !s.is_none() {
        match mode {
            Mode::Sync if !stream::is_sync(&s) => return Err(runtime_error("Attempted to send an async request with a sync Client instance.")),
            Mode::Async if !stream::is_async(&s) => return Err(runtime_error("Attempted to send an sync request with an AsyncClient instance.")),
            Mode::Sync | Mode::Async => {}
        }
    }
    let got = if transport::is_native(&t) {
        transport::handle(t, req.clone(), mode).await
    } else if mode == Mode::Async {
        match call_method(&t, "handle_async_request", std::slice::from_ref(req)) {
            Ok(waiting) => await_value(waiting).await,
            Err(r) => Err(r),
        }
    } else {
        call_method(&t, "handle_request", std::slice::from_ref(req))
    };
    let resp = got.map_err(|r| with_request(r, req))?;
    let r = response::body(&resp)?;
    r.request.set(req.clone());
    r.start.set(Some(start));
    let (jar, h) = (c.cookies.get(), r.head());
    cookies::extract(&mut cookies::body(&jar)?.jar.borrow_mut(), &target, headers::body(&h)?);
    r.default_encoding.set(c.default_encoding.get());
    Ok(resp)
}

fn port_or_default(p: &Parts) -> Option<i64> {
    p.port.or(match p.scheme.as_str() {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    })
}
fn same_origin(a: &Parts, b: &Parts) -> bool {
    a.scheme == b.scheme && a.host == b.host && port_or_default(a) == port_or_default(b)
}
fn https_upgrade(from: &Parts, to: &Parts) -> bool {
    from.host == to.host && from.scheme == "http" && port_or_default(from) == Some(80) && to.scheme == "https" && port_or_default(to) == Some(443)
}
fn redirect_url(from: &Parts, location: &str, req: &Value) -> PyResult<Parts> {
    let mut to = urlparse::parse(location, Given::default())
        .map_err(|e| errors::raise_for(&REMOTE_PROTOCOL_ERROR, format!("Invalid URL in location header: {e}."), req))?;
    let bad = |e: String| errors::raise(&INVALID_URL, e);
    if !to.scheme.is_empty() && to.host.is_empty() {
        to = to.copy_with(Given { host: Some(Some(from.host.clone())), ..Given::default() }).map_err(bad)?;
    }
    if !to.is_absolute() {
        to = url::join(from, &to)?;
    }
    if from.fragment.as_deref().is_some_and(|f| !f.is_empty()) && to.fragment.as_deref().is_none_or(str::is_empty) {
        to = to.copy_with(Given { fragment: Some(from.fragment.clone()), ..Given::default() }).map_err(bad)?;
    }
    Ok(to)
}
/// `_build_redirect_request`.
fn redirect(c: &Client, req: &Value, resp: &Value) -> PyResult {
    let (q, r) = (request::body(req)?, response::body(resp)?);
    let old = q.method.get();
    let old = old.as_str().unwrap_or("GET");
    let method = match (r.status.get(), old) {
        (303 | 302, m) if m != "HEAD" => "GET",
        (301, "POST") => "GET",
        (_, m) => m,
    };
    let h = r.head();
    let location = headers::body(&h)?.get("location").unwrap_or_default();
    let from = url::parts(&q.url.get())?;
    let to = redirect_url(&from, &location, req)?;
    let old_headers = q.headers.get();
    let made = headers::make(headers::body(&old_headers)?.rows.borrow().clone());
    let own = headers::body(&made)?;
    if !same_origin(&to, &from) {
        if !https_upgrade(&from, &to) {
            own.remove("authorization");
        }
        own.set("Host", &to.netloc());
    }
    if method != old && method == "GET" {
        own.remove("content-length");
        own.remove("transfer-encoding");
    }
    own.remove("cookie");
    let s = if method != old && method == "GET" { NONE } else { q.stream.get() };
    request::make(
        method,
        &url::make(to),
        &Args {
            headers: made.clone(),
            cookies: c.cookies.get(),
            // Without a stream an empty body is encoded, which adds nothing but `Host` and a length.
            stream: s,
            extensions: q.extensions.get(),
            ..Args::default()
        },
    )
}
