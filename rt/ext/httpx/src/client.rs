//! Owns: `Client` and `AsyncClient`: their settings, merging them into requests, methods.
//! Never: follows redirects or runs authentication (`send`).
//! Source: httpx 0.28, _client.py, BaseClient, Client, AsyncClient.

use crate::api::Call;
use crate::auth;
use crate::config;
use crate::cookies;
use crate::errors;
use crate::headers;
use crate::mounts::{self, Mount};
use crate::py::*;
use crate::query;
use crate::request;
use crate::send;
use crate::transport::{self, Settings};
use crate::url;
use crate::urlparse::{Given, Parts};
use rtasyncio::native_io::{Mode, complete};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Unopened,
    Opened,
    Closed,
}
pub struct Client {
    pub mode: Cell<Mode>,
    pub auth: VCell,
    pub params: VCell,
    pub headers: VCell,
    pub cookies: VCell,
    pub timeout: VCell,
    pub follow_redirects: VCell,
    pub max_redirects: VCell,
    pub event_hooks: VCell,
    pub base_url: VCell,
    pub default_encoding: VCell,
    pub transport: VCell,
    pub mounts: RefCell<Vec<Mount>>,
    pub trust_env: Cell<bool>,
    pub state: Cell<State>,
}
impl Payload for Client {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.auth, &self.event_hooks, &self.default_encoding, &self.transport] {
            c.visit(visit);
        }
        self.mounts.borrow().iter().for_each(|m| visit(&m.transport));
    }
}
impl Native for Client {
    fn class() -> &'static Type {
        &BASE_CLIENT
    }
}
fn blank(mode: Mode) -> Client {
    Client {
        mode: Cell::new(mode),
        auth: VCell::none(),
        params: VCell::none(),
        headers: VCell::none(),
        cookies: VCell::none(),
        timeout: VCell::none(),
        follow_redirects: VCell::none(),
        max_redirects: VCell::none(),
        event_hooks: VCell::none(),
        base_url: VCell::none(),
        default_encoding: VCell::none(),
        transport: VCell::none(),
        mounts: RefCell::default(),
        trust_env: Cell::new(true),
        state: Cell::new(State::Unopened),
    }
}
pub fn body(v: &Value) -> PyResult<&Client> {
    this::<Client>(v)
}

/// What clients are made of; the fields are the keywords.
pub struct Make {
    pub auth: Value,
    pub params: Value,
    pub headers: Value,
    pub cookies: Value,
    pub verify: Value,
    pub cert: Value,
    pub trust_env: bool,
    pub http1: bool,
    pub http2: bool,
    pub proxy: Value,
    pub mounts: Value,
    pub timeout: Value,
    pub follow_redirects: Value,
    pub limits: Value,
    pub max_redirects: Value,
    pub event_hooks: Value,
    pub base_url: Value,
    pub transport: Value,
    pub default_encoding: Value,
}
impl Default for Make {
    fn default() -> Make {
        Make {
            auth: NONE,
            params: NONE,
            headers: NONE,
            cookies: NONE,
            verify: TRUE,
            cert: NONE,
            trust_env: true,
            http1: true,
            http2: false,
            proxy: NONE,
            mounts: NONE,
            timeout: UNBOUND,
            follow_redirects: FALSE,
            limits: UNBOUND,
            max_redirects: Value::int(20),
            event_hooks: NONE,
            base_url: NONE,
            transport: NONE,
            default_encoding: Value::str("utf-8"),
        }
    }
}

pub fn make(mode: Mode, m: &Make) -> PyResult {
    let v = object::new(if mode == Mode::Sync { &CLIENT } else { &ASYNC_CLIENT }, blank(mode));
    fill(&v, m)?;
    Ok(v)
}
fn with_slash(p: Parts) -> PyResult<Parts> {
    if p.raw_path().ends_with('/') {
        return Ok(p);
    }
    let given = Given { raw_path: Some(Some(format!("{}/", p.raw_path()))), ..Given::default() };
    p.copy_with(given).map_err(|e| errors::raise(&errors::INVALID_URL, e))
}
fn base_url_of(v: &Value) -> PyResult {
    let p = if absent(v) { Parts::default() } else { url::parts_of(v)? };
    with_slash(p).map(url::make)
}
fn client_headers(v: &Value) -> PyResult {
    let h = headers::make(vec![
        headers::row(b"Accept", b"*/*"),
        headers::row(b"Accept-Encoding", b"gzip, deflate, br, zstd"),
        headers::row(b"Connection", b"keep-alive"),
        headers::row(b"User-Agent", concat!("python-httpx/", "0.28.1").as_bytes()),
    ]);
    headers::body(&h)?.update(headers::rows_of(v, None)?);
    Ok(h)
}
fn hooks_of(v: &Value) -> PyResult {
    let part = |name: &str| -> PyResult {
        if absent(v) {
            return Ok(list(vec![]));
        }
        let found = call_method(v, "get", &[Value::str(name), list(vec![])])?;
        Ok(list(collect(&found)?))
    };
    Ok(dict(vec![("request", part("request")?), ("response", part("response")?)]))
}
pub fn default_timeout() -> PyResult {
    config::timeout_of(&Value::float(5.0))
}
fn fill(v: &Value, m: &Make) -> PyResult<()> {
    let c = body(v)?;
    let mode = c.mode.get();
    c.base_url.set(base_url_of(&m.base_url)?);
    c.auth.set(auth::build(&m.auth)?);
    c.params.set(query::make(query::of(&m.params)?));
    c.headers.set(client_headers(&m.headers)?);
    c.cookies.set(cookies::make(cookies::jar_of(&m.cookies)?));
    c.timeout.set(if m.timeout.is_unbound() { default_timeout()? } else { config::timeout_of(&m.timeout)? });
    c.follow_redirects.set(m.follow_redirects.clone());
    c.max_redirects.set(m.max_redirects.clone());
    c.event_hooks.set(hooks_of(&m.event_hooks)?);
    c.default_encoding.set(m.default_encoding.clone());
    c.trust_env.set(m.trust_env);
    let settings = |proxy: &Value| {
        transport::make(
            mode,
            &Settings {
                verify: &m.verify,
                cert: &m.cert,
                trust_env: m.trust_env,
                http1: m.http1,
                http2: m.http2,
                limits: &m.limits,
                proxy,
                uds: &NONE,
                local_address: &NONE,
                retries: 0,
            },
        )
    };
    let mut all = vec![];
    if !m.proxy.is_none() {
        all.push(Mount::new("all://", settings(&m.proxy)?)?);
    } else if m.trust_env && m.transport.is_none() {
        for (pattern, proxy) in mounts::environment() {
            let t = match proxy {
                Some(p) => settings(&Value::string(p))?,
                None => NONE,
            };
            all.push(Mount::new(&pattern, t)?);
        }
    }
    c.transport.set(if m.transport.is_none() { settings(&NONE)? } else { m.transport.clone() });
    if !absent(&m.mounts) {
        for (k, t) in pairs(&m.mounts)? {
            let made = Mount::new(text_of(&k, "mount")?, t)?;
            all.retain(|old: &Mount| old.pattern != made.pattern);
            all.push(made);
        }
    }
    all.sort_by_key(Mount::priority);
    *c.mounts.borrow_mut() = all;
    Ok(())
}

const INIT: &str = "__init__(self, *, auth=None, params=None, headers=None, cookies=None, verify=True, cert=None, trust_env=True, http1=True, http2=False, proxy=None, mounts=None, timeout=..., follow_redirects=False, limits=..., max_redirects=20, event_hooks=None, base_url='', transport=None, default_encoding='utf-8')";
fn init(a: &[Value]) -> PyResult {
    let [
        v,
        auth,
        params,
        headers,
        cookies,
        verify,
        cert,
        trust_env,
        http1,
        http2,
        proxy,
        mounts,
        timeout,
        follow_redirects,
        limits,
        max_redirects,
        event_hooks,
        base_url,
        transport,
        default_encoding,
    ] = a
    else {
        return Ok(NONE);
    };
    fill(
        v,
        &Make {
            auth: auth.clone(),
            params: params.clone(),
            headers: headers.clone(),
            cookies: cookies.clone(),
            verify: verify.clone(),
            cert: cert.clone(),
            trust_env: truth(trust_env)?,
            http1: truth(http1)?,
            http2: truth(http2)?,
            proxy: proxy.clone(),
            mounts: mounts.clone(),
            timeout: timeout.clone(),
            follow_redirects: follow_redirects.clone(),
            limits: limits.clone(),
            max_redirects: max_redirects.clone(),
            event_hooks: event_hooks.clone(),
            base_url: base_url.clone(),
            transport: transport.clone(),
            default_encoding: default_encoding.clone(),
        },
    )?;
    Ok(NONE)
}

/// `build_request`.
pub fn build_request(v: &Value, method: &str, u: &Value, call: &Call) -> PyResult {
    let c = body(v)?;
    let own = url::parts_of(u)?;
    let merged = if own.is_absolute() {
        own
    } else {
        let base = url::parts(&c.base_url.get())?;
        let raw = format!("{}{}", base.raw_path(), own.raw_path().trim_start_matches('/'));
        base.copy_with(Given { raw_path: Some(Some(raw)), ..Given::default() }).map_err(|e| errors::raise(&errors::INVALID_URL, e))?
    };
    let h = c.headers.get();
    let merged_headers = headers::make(headers::body(&h)?.rows.borrow().clone());
    headers::body(&merged_headers)?.update(headers::rows_of(&call.headers, None)?);
    let jar = c.cookies.get();
    let mut jar = cookies::jar_of(&jar)?;
    jar.update(&cookies::jar_of(&call.cookies)?);
    let own_params = query::of(&c.params.get())?;
    let given = !absent(&call.params) && (!is_str(&call.params) || truth(&call.params)?);
    let params = if given || !own_params.is_empty() { query::make(own_params.merge(&query::of(&call.params)?)) } else { call.params.clone() };
    let extensions = if absent(&call.extensions) { Dict::new_value() } else { dict_of(pairs(&call.extensions)?)? };
    if let Some(d) = extensions.downcast::<Dict>()
        && d.get_str("timeout").is_none()
    {
        let t = if call.timeout.is_unbound() { c.timeout.get() } else { config::timeout_of(&call.timeout)? };
        d.set_str("timeout", config::as_dict(&t)?);
    }
    request::make(
        method,
        &url::make(merged),
        &request::Args {
            params,
            headers: merged_headers,
            cookies: if jar.is_empty() { NONE } else { cookies::make(jar) },
            content: or_none(&call.content),
            data: or_none(&call.data),
            files: or_none(&call.files),
            json: or_none(&call.json),
            stream: NONE,
            extensions,
        },
    )
}
/// `request`.
pub async fn perform(v: Value, method: String, u: Value, call: Call, mode: Mode) -> PyResult {
    let req = build_request(&v, &method, &u, &call)?;
    send::send(v, req, false, call.auth, call.follow_redirects, mode).await
}
fn start(v: &Value, method: String, u: &Value, call: Call) -> PyResult {
    match body(v)?.mode.get() {
        Mode::Sync => complete(perform(v.clone(), method, u.clone(), call, Mode::Sync)),
        Mode::Async => Ok(rtasyncio::coro!("AsyncClient.request", perform(v.clone(), method, u.clone(), call, Mode::Async))),
    }
}

macro_rules! verbs {
    ($($f:ident $name:literal $with_body:literal;)*) => {
        $(fn $f(a: &[Value]) -> PyResult {
            let [v, u, rest @ ..] = a else { return Ok(NONE) };
            start(v, $name.to_owned(), u, Call::of(rest, $with_body))
        })*
    };
}
verbs! {
    m_get "GET" false; m_options "OPTIONS" false; m_head "HEAD" false; m_delete "DELETE" false;
    m_post "POST" true; m_put "PUT" true; m_patch "PATCH" true;
}
fn m_request(a: &[Value]) -> PyResult {
    let [v, method, u, rest @ ..] = a else { return Ok(NONE) };
    start(v, text_of(method, "method")?.to_owned(), u, Call::of(rest, true))
}
fn m_build(a: &[Value]) -> PyResult {
    let [v, method, u, content, data, files, json, params, headers, cookies, timeout, extensions] = a else { return Ok(NONE) };
    let call = Call {
        content: content.clone(),
        data: data.clone(),
        files: files.clone(),
        json: json.clone(),
        params: params.clone(),
        headers: headers.clone(),
        cookies: cookies.clone(),
        timeout: crate::api::unset(timeout),
        extensions: extensions.clone(),
        ..Call::default()
    };
    build_request(v, text_of(method, "method")?, u, &call)
}
fn m_send(a: &[Value]) -> PyResult {
    let [v, req, stream, auth, follow] = a else { return Ok(NONE) };
    let (auth, follow) = (crate::api::unset(auth), crate::api::unset(follow));
    let (v, req, stream) = (v.clone(), req.clone(), truth(stream)?);
    match body(&v)?.mode.get() {
        Mode::Sync => complete(send::send(v, req, stream, auth, follow, Mode::Sync)),
        Mode::Async => Ok(rtasyncio::coro!("AsyncClient.send", send::send(v, req, stream, auth, follow, Mode::Async))),
    }
}
fn m_stream(a: &[Value]) -> PyResult {
    let [v, method, u, rest @ ..] = a else { return Ok(NONE) };
    crate::api::streaming(v.clone(), false, text_of(method, "method")?.to_owned(), u.clone(), Call::of(rest, true))
}

/// `close()` and `aclose()`.
pub async fn close(v: Value, mode: Mode) -> PyResult {
    let c = body(&v)?;
    if c.state.replace(State::Closed) == State::Closed {
        return Ok(NONE);
    }
    for t in transports(c) {
        if transport::is_native(&t) {
            transport::close(&t)?;
        } else if mode == Mode::Async {
            let waiting = call_method(&t, "aclose", &[])?;
            rtasyncio::glue::await_value(waiting).await?;
        } else {
            call_method(&t, "close", &[])?;
        }
    }
    Ok(NONE)
}
fn transports(c: &Client) -> Vec<Value> {
    let mut all = vec![c.transport.get()];
    all.extend(c.mounts.borrow().iter().map(|m| m.transport.clone()).filter(|t| !t.is_none()));
    all
}
async fn enter(v: Value, mode: Mode) -> PyResult {
    let c = body(&v)?;
    match c.state.get() {
        State::Unopened => {}
        State::Opened => return Err(runtime_error("Cannot open a client instance more than once.")),
        State::Closed => return Err(runtime_error("Cannot reopen a client instance, once it has been closed.")),
    }
    c.state.set(State::Opened);
    for t in transports(c) {
        if transport::is_native(&t) {
            continue;
        }
        if mode == Mode::Async {
            let waiting = call_method(&t, "__aenter__", &[])?;
            rtasyncio::glue::await_value(waiting).await?;
        } else {
            call_method(&t, "__enter__", &[])?;
        }
    }
    Ok(v)
}
async fn exit(v: Value, exc: [Value; 3], mode: Mode) -> PyResult {
    let c = body(&v)?;
    c.state.set(State::Closed);
    for t in transports(c) {
        if transport::is_native(&t) {
            transport::close(&t)?;
        } else if mode == Mode::Async {
            let waiting = call_method(&t, "__aexit__", &exc)?;
            rtasyncio::glue::await_value(waiting).await?;
        } else {
            call_method(&t, "__exit__", &exc)?;
        }
    }
    Ok(NONE)
}
fn m_close(v: &Value) -> PyResult {
    complete(close(v.clone(), Mode::Sync))
}
fn m_aclose(v: &Value) -> PyResult {
    Ok(rtasyncio::coro!("AsyncClient.aclose", close(v.clone(), Mode::Async)))
}
fn m_enter(v: &Value) -> PyResult {
    complete(enter(v.clone(), Mode::Sync))
}
fn m_aenter(v: &Value) -> PyResult {
    Ok(rtasyncio::coro!("AsyncClient.__aenter__", enter(v.clone(), Mode::Async)))
}
fn m_exit(v: &Value, a: &Value, b: &Value, c: &Value) -> PyResult {
    complete(exit(v.clone(), [a.clone(), b.clone(), c.clone()], Mode::Sync))
}
fn m_aexit(v: &Value, a: &Value, b: &Value, c: &Value) -> PyResult {
    Ok(rtasyncio::coro!("AsyncClient.__aexit__", exit(v.clone(), [a.clone(), b.clone(), c.clone()], Mode::Async)))
}
fn new_as(all: &[Value], own: &'static Type, mode: Mode) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(own), blank(mode)))
}

macro_rules! common {
    ($($own:expr,)*) => {
        &[
            $($own,)*
            Method::new(INIT, N(init)),
            Method::new("build_request(self, method, url, *, content=None, data=None, files=None, json=None, params=None, headers=None, cookies=None, timeout=..., extensions=None)", N(m_build)),
            Method::new("request(self, method, url, *, content=None, data=None, files=None, json=None, params=None, headers=None, cookies=None, auth=..., follow_redirects=..., timeout=..., extensions=None)", N(m_request)),
            Method::new("stream(self, method, url, *, content=None, data=None, files=None, json=None, params=None, headers=None, cookies=None, auth=..., follow_redirects=..., timeout=..., extensions=None)", N(m_stream)),
            Method::new("send(self, request, *, stream=False, auth=..., follow_redirects=...)", N(m_send)),
            Method::new("get(self, url, *, params=None, headers=None, cookies=None, auth=..., follow_redirects=..., timeout=..., extensions=None)", N(m_get)),
            Method::new("options(self, url, *, params=None, headers=None, cookies=None, auth=..., follow_redirects=..., timeout=..., extensions=None)", N(m_options)),
            Method::new("head(self, url, *, params=None, headers=None, cookies=None, auth=..., follow_redirects=..., timeout=..., extensions=None)", N(m_head)),
            Method::new("delete(self, url, *, params=None, headers=None, cookies=None, auth=..., follow_redirects=..., timeout=..., extensions=None)", N(m_delete)),
            Method::new("post(self, url, *, content=None, data=None, files=None, json=None, params=None, headers=None, cookies=None, auth=..., follow_redirects=..., timeout=..., extensions=None)", N(m_post)),
            Method::new("put(self, url, *, content=None, data=None, files=None, json=None, params=None, headers=None, cookies=None, auth=..., follow_redirects=..., timeout=..., extensions=None)", N(m_put)),
            Method::new("patch(self, url, *, content=None, data=None, files=None, json=None, params=None, headers=None, cookies=None, auth=..., follow_redirects=..., timeout=..., extensions=None)", N(m_patch)),
        ]
    };
}
static CLIENT_METHODS: &[Method] = common! {
    Method::static_("__new__(type, *args, **kw)", Raw(|all, _| new_as(all, &CLIENT, Mode::Sync))),
    Method::new("close(self)", F1(m_close)),
    Method::new("__enter__(self)", F1(m_enter)),
    Method::new("__exit__(self, exc_type=None, exc_value=None, traceback=None)", F4(m_exit)),
};
static ASYNC_METHODS: &[Method] = common! {
    Method::static_("__new__(type, *args, **kw)", Raw(|all, _| new_as(all, &ASYNC_CLIENT, Mode::Async))),
    Method::new("aclose(self)", F1(m_aclose)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, exc_type=None, exc_value=None, traceback=None)", F4(m_aexit)),
};
macro_rules! through {
    ($name:literal $field:ident $of:expr) => {
        GetSet::rw(
            $name,
            |v| Ok(body(v)?.$field.get()),
            |v, new| {
                let made = $of(&new.unwrap_or(NONE))?;
                body(v)?.$field.set(made);
                Ok(())
            },
        )
    };
}
static GETSET: &[GetSet] = &[
    through!("auth" auth auth::build),
    through!("params" params |v: &Value| query::of(v).map(query::make)),
    through!("headers" headers client_headers),
    through!("cookies" cookies |v: &Value| cookies::jar_of(v).map(cookies::make)),
    through!("timeout" timeout config::timeout_of),
    through!("event_hooks" event_hooks hooks_of),
    through!("base_url" base_url base_url_of),
    cell_attr!("follow_redirects", Client, follow_redirects),
    cell_attr!("max_redirects", Client, max_redirects),
    cell_attr!("_transport", Client, transport),
    GetSet::ro("trust_env", |v| Ok(Value::bool(body(v)?.trust_env.get()))),
    GetSet::ro("is_closed", |v| Ok(Value::bool(body(v)?.state.get() == State::Closed))),
];
const FLAGS: u32 = TypeFlags::ATTRS | TypeFlags::PYTHON;
static BASE_DEF: ClassDef = ClassDef::new::<Client>("BaseClient").module("httpx").getset(GETSET).flags(FLAGS);
pub static BASE_CLIENT: Type = Type::builtin(&BASE_DEF);
static CLIENT_DEF: ClassDef = ClassDef::new::<Client>("Client").like(&BASE_CLIENT, &BASE_CLIENT).module("httpx").methods(CLIENT_METHODS).flags(FLAGS);
pub static CLIENT: Type = Type::builtin(&CLIENT_DEF);
static ASYNC_DEF: ClassDef = ClassDef::new::<Client>("AsyncClient").like(&BASE_CLIENT, &BASE_CLIENT).module("httpx").methods(ASYNC_METHODS).flags(FLAGS);
pub static ASYNC_CLIENT: Type = Type::builtin(&ASYNC_DEF);
