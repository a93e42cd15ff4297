//! Owns: `ASGITransport` and `WSGITransport`: requests that go to an application in the same program.
//! Never: touches the network.
//! Source: httpx 0.28, _transports/asgi.py, _transports/wsgi.py.

use crate::headers;
use crate::py::*;
use crate::request;
use crate::response::RESPONSE;
use crate::stream::{self, Pull};
use crate::transport::{ASYNC_BASE_TRANSPORT, BASE_TRANSPORT, Transport};
use crate::url;
use rtasyncio::glue::await_value;
use rtasyncio::locks;
use rtasyncio::native_io::Mode;
use rtcore::error::assertion_error;
use rtcore::error::hierarchy::EXCEPTION;

fn attr(v: &Value, name: &str) -> PyResult {
    getattr(v, name)
}
fn keep(v: &Value, all: &[(&str, &Value)]) -> PyResult {
    for (name, value) in all {
        setattr(v, name, (*value).clone())?;
    }
    Ok(NONE)
}
fn respond(status: Value, h: Value, s: Value) -> PyResult {
    call_kw(&Value::of_type(&RESPONSE), &[status, h, s], &[Name::new("headers"), Name::new("stream")])
}

// ---- ASGI ----

/// What the application's `receive` and `send` share.
struct Talk {
    body: RefCell<Option<Pull>>,
    body_done: Cell<bool>,
    complete: Value,
    is_head: bool,
    status: VCell,
    headers: VCell,
    started: Cell<bool>,
    parts: RefCell<Vec<u8>>,
}
impl Payload for Talk {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.complete);
        self.headers.visit(visit);
    }
}
impl Native for Talk {
    fn class() -> &'static Type {
        &TALK
    }
}
static TALK_DEF: ClassDef = ClassDef::new::<Talk>("ASGIExchange").module("httpx");
static TALK: Type = Type::builtin(&TALK_DEF);

/// One of the two callables.
struct Side {
    talk: Value,
    receives: bool,
}
impl Payload for Side {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.talk);
    }
}
impl Native for Side {
    fn class() -> &'static Type {
        &SIDE
    }
}
static SIDE_METHODS: &[Method] = &[Method::new("__call__(self, *args, **kw)", Raw(|all, _| side_call(all)))];
static SIDE_DEF: ClassDef = ClassDef::new::<Side>("function").module("httpx").methods(SIDE_METHODS);
static SIDE: Type = Type::builtin(&SIDE_DEF);

fn side_call(all: &[Value]) -> PyResult {
    let [v, args @ ..] = all else { return Ok(NONE) };
    let side = this::<Side>(v)?;
    let talk = side.talk.clone();
    match (side.receives, args) {
        (true, []) => Ok(rtasyncio::coro!("ASGITransport.handle_async_request.<locals>.receive", receive(talk))),
        (false, [message]) => {
            let message = message.clone();
            Ok(rtasyncio::coro!("ASGITransport.handle_async_request.<locals>.send", async move { sent(&talk, &message) }))
        }
        (true, all) => Err(type_error(format!("receive() takes 0 positional arguments but {} were given", all.len()))),
        (false, all) => Err(type_error(format!("send() takes 1 positional argument but {} were given", all.len()))),
    }
}
async fn receive(talk: Value) -> PyResult {
    let t = this::<Talk>(&talk)?;
    if t.body_done.get() {
        locks::event_wait(t.complete.clone()).await?;
        return Ok(dict(vec![("type", Value::str("http.disconnect"))]));
    }
    let Some(mut pull) = t.body.take() else { return Err(runtime_error("asynchronous generator is already running")) };
    let got = pull.next(Mode::Async).await;
    *t.body.borrow_mut() = Some(pull);
    let (data, more) = match got? {
        Some(data) => (data, TRUE),
        None => {
            t.body_done.set(true);
            (bytes::value(vec![]), FALSE)
        }
    };
    Ok(dict(vec![("type", Value::str("http.request")), ("body", data), ("more_body", more)]))
}
fn item(message: &Value, key: &str) -> PyResult {
    call_method(message, "__getitem__", &[Value::str(key)])
}
fn item_or(message: &Value, key: &str, default: Value) -> PyResult {
    call_method(message, "get", &[Value::str(key), default])
}
fn is_complete(t: &Talk) -> PyResult<bool> {
    truth(&call_method(&t.complete, "is_set", &[])?)
}
fn sent(talk: &Value, message: &Value) -> PyResult {
    let t = this::<Talk>(talk)?;
    let kind = item(message, "type")?;
    match kind.as_str() {
        Some("http.response.start") => {
            if t.started.get() {
                return Err(assertion_error(""));
            }
            t.status.set(item(message, "status")?);
            t.headers.set(item_or(message, "headers", list(vec![]))?);
            t.started.set(true);
        }
        Some("http.response.body") => {
            if is_complete(t)? {
                return Err(assertion_error(""));
            }
            let data = item_or(message, "body", bytes::value(vec![]))?;
            let more = item_or(message, "more_body", FALSE)?;
            if truth(&data)? && !t.is_head {
                let data = data_of(&data).ok_or_else(|| type_error(format!("sequence item 0: expected a bytes-like object, {} found", data.ty().name())))?;
                t.parts.borrow_mut().extend(data);
            }
            if !truth(&more)? {
                locks::event_set(&t.complete)?;
            }
        }
        Some(_) | None => {}
    }
    Ok(NONE)
}
async fn asgi(v: Value, req: Value) -> PyResult {
    let q = request::body(&req)?;
    let parts = url::parts(&q.url.get())?;
    let u = q.url.get();
    let h = q.headers.get();
    let rows = headers::body(&h)?.raw();
    let rows = rows.into_iter().map(|(k, x)| tuple(vec![bytes::value(k.to_ascii_lowercase()), bytes::value(x)])).collect();
    let raw = parts.raw_path();
    let raw = raw.split('?').next().unwrap_or("");
    let scope = dict(vec![
        ("type", Value::str("http")),
        ("asgi", dict(vec![("version", Value::str("3.0"))])),
        ("http_version", Value::str("1.1")),
        ("method", q.method.get()),
        ("headers", list(rows)),
        ("scheme", attr(&u, "scheme")?),
        ("path", attr(&u, "path")?),
        ("raw_path", bytes::from_slice(raw.as_bytes())),
        ("query_string", attr(&u, "query")?),
        ("server", tuple(vec![attr(&u, "host")?, attr(&u, "port")?])),
        ("client", attr(&v, "client")?),
        ("root_path", attr(&v, "root_path")?),
    ]);
    let s = q.stream.get();
    let talk = object::new(
        &TALK,
        Talk {
            body: RefCell::new(Some(Pull::new(&s, Mode::Async)?)),
            body_done: Cell::new(false),
            complete: locks::new_event(),
            is_head: q.method.get().as_str() == Some("HEAD"),
            status: VCell::none(),
            headers: VCell::none(),
            started: Cell::new(false),
            parts: RefCell::default(),
        },
    );
    let side = |receives: bool| object::new(&SIDE, Side { talk: talk.clone(), receives });
    let ran = match call(&attr(&v, "app")?, &[scope, side(true), side(false)]) {
        Ok(waiting) => await_value(waiting).await,
        Err(r) => Err(r),
    };
    let t = this::<Talk>(&talk)?;
    if let Err(r) = ran {
        if !error::matches(&r, &EXCEPTION) || truth(&attr(&v, "raise_app_exceptions")?)? {
            return Err(r);
        }
        drop(error::take(r));
        locks::event_set(&t.complete)?;
        if t.status.is_none() {
            t.status.set(Value::int(500));
        }
        if t.headers.is_none() {
            t.headers.set(Dict::new_value());
        }
    }
    if !is_complete(t)? || t.status.is_none() || t.headers.is_none() {
        return Err(assertion_error(""));
    }
    let s = stream::application(t.parts.take());
    respond(t.status.get(), t.headers.get(), s)
}
fn asgi_init(a: &[Value]) -> PyResult {
    let [v, app, raises, root, client] = a else { return Ok(NONE) };
    let client = if client.is_unbound() { tuple(vec![Value::str("127.0.0.1"), Value::int(123)]) } else { client.clone() };
    keep(v, &[("app", app), ("raise_app_exceptions", raises), ("root_path", root), ("client", &client)])
}
static ASGI_METHODS: &[Method] = &[
    Method::new("__init__(self, app, raise_app_exceptions=True, root_path='', client=...)", N(asgi_init)),
    Method::new("handle_async_request(self, request)", F2(|v, req| {
        Ok(rtasyncio::coro!("ASGITransport.handle_async_request", asgi(v.clone(), req.clone())))
    })),
];

// ---- WSGI ----

/// `start_response`, and what the application gave it.
struct Start {
    status: VCell,
    headers: VCell,
    exc_info: VCell,
}
impl Payload for Start {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.status, &self.headers, &self.exc_info] {
            c.visit(visit);
        }
    }
}
impl Native for Start {
    fn class() -> &'static Type {
        &START
    }
}
fn start_call(v: &Value, status: &Value, h: &Value, exc_info: &Value) -> PyResult {
    let s = this::<Start>(v)?;
    s.status.set(status.clone());
    s.headers.set(h.clone());
    s.exc_info.set(exc_info.clone());
    // The `write` of WSGI, which does nothing here.
    static WRITE: Method = Method::new("write(data, /)", F1(|_| Ok(NONE)));
    Ok(rtcore::types::function::native::function(&WRITE, "httpx"))
}
static START_METHODS: &[Method] = &[Method::new("__call__(self, status, response_headers, exc_info=None)", F4(start_call))];
static START_DEF: ClassDef = ClassDef::new::<Start>("function").module("httpx").methods(START_METHODS);
static START: Type = Type::builtin(&START_DEF);

fn ascii(data: &[u8]) -> PyResult<String> {
    let text = Value::of_type(&rtcore::types::str::STR);
    to_str(&call(&text, &[bytes::from_slice(data), Value::str("ascii")])?)
}
fn environ(v: &Value, req: &Value) -> PyResult {
    let q = request::body(req)?;
    let u = q.url.get();
    let scheme = attr(&u, "scheme")?;
    let port = attr(&u, "port")?;
    let port = match (truth(&port)?, scheme.as_str()) {
        (true, _) => to_str(&port)?,
        (false, Some("http")) => "80".into(),
        (false, Some("https")) => "443".into(),
        (false, _) => return Err(key_error(scheme)),
    };
    let errors = attr(v, "wsgi_errors")?;
    let errors = if truth(&errors)? { errors } else { attr(&rtcore::types::module::import::import_module("sys")?, "stderr")? };
    let input = call(&Value::of_type(&rtcore::io::BYTES_IO), &[attr(req, "content")?])?;
    let query = attr(&u, "query")?;
    let out = dict(vec![
        ("wsgi.version", tuple(vec![Value::int(1), Value::int(0)])),
        ("wsgi.url_scheme", scheme),
        ("wsgi.input", input),
        ("wsgi.errors", errors),
        ("wsgi.multithread", TRUE),
        ("wsgi.multiprocess", FALSE),
        ("wsgi.run_once", FALSE),
        ("REQUEST_METHOD", q.method.get()),
        ("SCRIPT_NAME", attr(v, "script_name")?),
        ("PATH_INFO", attr(&u, "path")?),
        ("QUERY_STRING", Value::string(ascii(&data_of(&query).unwrap_or_default())?)),
        ("SERVER_NAME", attr(&u, "host")?),
        ("SERVER_PORT", Value::string(port)),
        ("SERVER_PROTOCOL", Value::str("HTTP/1.1")),
        ("REMOTE_ADDR", attr(v, "remote_addr")?),
    ]);
    let d = this::<Dict>(&out)?;
    let h = q.headers.get();
    for (k, x) in headers::body(&h)?.raw() {
        let mut key = ascii(&k)?.to_uppercase().replace('-', "_");
        if key != "CONTENT_TYPE" && key != "CONTENT_LENGTH" {
            key.insert_str(0, "HTTP_");
        }
        d.set_str(&key, Value::string(ascii(&x)?));
    }
    Ok(out)
}
fn wsgi(v: &Value, req: &Value) -> PyResult {
    call_method(req, "read", &[])?;
    let env = environ(v, req)?;
    let start = object::new(&START, Start { status: VCell::none(), headers: VCell::none(), exc_info: VCell::none() });
    let result = call(&attr(v, "app")?, &[env, start.clone()])?;
    let s = wsgi_stream(&result)?;
    let seen = this::<Start>(&start)?;
    let (status, h, exc_info) = (seen.status.get(), seen.headers.get(), seen.exc_info.get());
    if status.is_none() || h.is_none() {
        return Err(assertion_error(""));
    }
    if truth(&exc_info)?
        && let [ty, exc, ..] = rtcore::types::tuple::items(&exc_info)
        && truth(ty)?
        && truth(&attr(v, "raise_app_exceptions")?)?
    {
        return Err(raise_value(exc.clone()));
    }
    let text = text_of(&status, "status")?;
    let code = text.split_whitespace().next().unwrap_or("");
    let int = Value::of_type(&rtcore::types::int::INT);
    let code = call(&int, &[Value::str(code)])?;
    let mut rows = vec![];
    for pair in collect(&h)? {
        let parts = collect(&pair)?;
        let [k, x] = parts.as_slice() else { return Err(value_error("not enough values to unpack (expected 2)")) };
        let encoded = |t: &Value| call_method(t, "encode", &[Value::str("ascii")]);
        rows.push(tuple(vec![encoded(k)?, encoded(x)?]));
    }
    respond(code, list(rows), s)
}
/// `WSGIByteStream`: empty pieces at the beginning are skipped, so that `start_response` has been called.
fn wsgi_stream(result: &Value) -> PyResult {
    let it = rtcore::protocol::iter::iter(result)?;
    let mut first = vec![];
    while let Some(chunk) = rtcore::protocol::iter::next(&it)? {
        if truth(&chunk)? {
            first.push(chunk);
            break;
        }
    }
    let close = getattr_opt(result, "close")?;
    Ok(stream::wsgi(first, it, close.unwrap_or(NONE)))
}
fn wsgi_init(a: &[Value]) -> PyResult {
    let [v, app, raises, script, remote, errors] = a else { return Ok(NONE) };
    keep(v, &[("app", app), ("raise_app_exceptions", raises), ("script_name", script), ("remote_addr", remote), ("wsgi_errors", errors)])
}
static WSGI_METHODS: &[Method] = &[
    Method::new("__init__(self, app, raise_app_exceptions=True, script_name='', remote_addr='127.0.0.1', wsgi_errors=None)", N(wsgi_init)),
    Method::new("handle_request(self, request)", F2(wsgi)),
];

const FLAGS: u32 = TypeFlags::ATTRS | TypeFlags::PYTHON;
static ASGI_DEF: ClassDef =
    ClassDef::new::<Transport>("ASGITransport").like(&ASYNC_BASE_TRANSPORT, &BASE_TRANSPORT).module("httpx").methods(ASGI_METHODS).flags(FLAGS);
pub static ASGI_TRANSPORT: Type = Type::builtin(&ASGI_DEF);
static WSGI_DEF: ClassDef = ClassDef::new::<Transport>("WSGITransport").like(&BASE_TRANSPORT, &BASE_TRANSPORT).module("httpx").methods(WSGI_METHODS).flags(FLAGS);
pub static WSGI_TRANSPORT: Type = Type::builtin(&WSGI_DEF);
