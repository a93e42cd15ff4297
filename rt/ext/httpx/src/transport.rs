//! Owns: the transports: over the network (`HTTPTransport`, `AsyncHTTPTransport`), of a function
//! (`MockTransport`), and the bases that users derive from.
//! Never: redirects, authenticates, merges settings.
//! Source: httpx 0.28, _transports/{base,default,mock}.py.

use crate::config::{self, Limits, Proxy};
use crate::errors::{self, UNSUPPORTED_PROTOCOL};
use crate::headers;
use crate::net::NetResult;
use crate::net::exchange::{Answer, Ask, Session, exchange};
use crate::net::pool::{Config, Origin, Pool, Proxy as NetProxy};
use crate::py::*;
use crate::request::{self, Request};
use crate::response;
use crate::stream::{self, Kind, Pull};
use crate::url;
use ext_tls::{Identity, Roots, Trust};
use rtasyncio::native_io::{Mode, complete};

pub struct Transport {
    pool: RefCell<Option<Pool>>,
    /// The program's `ssl.SSLContext`, or None: read for each request, since a program may change it.
    context: VCell,
    handler: VCell,
}
impl Payload for Transport {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.context.visit(visit);
        self.handler.visit(visit);
    }
}
impl Native for Transport {
    fn class() -> &'static Type {
        &BASE_TRANSPORT
    }
}
fn blank() -> Transport {
    Transport { pool: RefCell::new(None), context: VCell::none(), handler: VCell::none() }
}

/// The settings of a network transport.
pub struct Settings<'a> {
    pub verify: &'a Value,
    pub cert: &'a Value,
    pub trust_env: bool,
    pub http1: bool,
    pub http2: bool,
    pub limits: &'a Value,
    pub proxy: &'a Value,
    pub uds: &'a Value,
    pub local_address: &'a Value,
    pub retries: i64,
}
/// `create_ssl_context`.
fn roots(verify: &Value, trust_env: bool) -> PyResult<Roots> {
    let found = match (verify.as_bool(), verify.as_str()) {
        (Some(false), _) => return Ok(Roots::Off),
        (Some(true), _) => match if trust_env { Roots::environment() } else { Roots::System } {
            // A file goes before a folder.
            Roots::Paths(Some(file), Some(_)) => Roots::Paths(Some(file), None),
            other => other,
        },
        (None, Some(path)) => {
            rtcore::warn::warn(
                &rtcore::error::hierarchy::DEPRECATION_WARNING,
                "`verify=<str>` is deprecated. Use `verify=ssl.create_default_context(cafile=...)` or `verify=ssl.create_default_context(capath=...)` instead.",
                1,
            )?;
            let path = std::path::PathBuf::from(path);
            if path.is_dir() { Roots::Paths(None, Some(path)) } else { Roots::Paths(Some(path), None) }
        }
        (None, None) => {
            return Err(type_error(format!("verify must be True, False, the path of a CA file or an ssl.SSLContext, not {}", verify.ty().name())));
        }
    };
    if let Roots::Paths(Some(file), _) = &found
        && let Err(e) = std::fs::File::open(file)
    {
        return Err(rtcore::error::hierarchy::raise_os_error(&e, None));
    }
    Ok(found)
}
/// `create_ssl_context`: an `ssl.SSLContext` as the network transports would make themselves. Programs that name this
/// function link `ssl`. Without a choice the system's roots are trusted, not those of the package certifi.
pub fn create_ssl_context(verify: &Value, cert: &Value, trust_env: &Value) -> PyResult {
    let ssl = rtcore::types::module::import::import_module("ssl")?;
    let make = |name: &str, path: &std::path::Path| {
        call_kw(&getattr(&ssl, "create_default_context")?, &[Value::string(path.to_string_lossy().into_owned())], &[Name::new(name)])
    };
    let context = if verify.as_bool().is_none() && verify.as_str().is_none() {
        verify.clone()
    } else {
        match roots(verify, truth(trust_env)?)? {
            Roots::Off => {
                let made = call(&getattr(&ssl, "SSLContext")?, &[getattr(&ssl, "PROTOCOL_TLS_CLIENT")?])?;
                rtasyncio::glue::setattr(&made, "check_hostname", rtcore::value::FALSE)?;
                rtasyncio::glue::setattr(&made, "verify_mode", getattr(&ssl, "CERT_NONE")?)?;
                made
            }
            Roots::Paths(Some(file), _) => make("cafile", &file)?,
            Roots::Paths(None, Some(folder)) => make("capath", &folder)?,
            Roots::Paths(None, None) | Roots::System => call(&getattr(&ssl, "create_default_context")?, &[])?,
        }
    };
    identity(cert, &context)?;
    Ok(context)
}
/// `cert`: one file, or a pair of files; a key in it may not be locked by a password.
fn identity(cert: &Value, context: &Value) -> PyResult<Option<Identity>> {
    if !truth(cert)? {
        return Ok(None);
    }
    rtcore::warn::warn(
        &rtcore::error::hierarchy::DEPRECATION_WARNING,
        "`cert=...` is deprecated. Use `verify=<ssl_context>` instead,with `.load_cert_chain()` to configure the certificate chain.",
        1,
    )?;
    if !context.is_none() {
        let files = match rtcore::types::tuple::items(cert) {
            [] => vec![cert.clone()],
            all => all.to_vec(),
        };
        return call_method(context, "load_cert_chain", &files).map(|_| None);
    }
    let (chain, key) = match rtcore::types::tuple::items(cert) {
        [] => (cert.clone(), cert.clone()),
        [chain] => (chain.clone(), chain.clone()),
        [chain, key] => (chain.clone(), key.clone()),
        [chain, key, password] if password.is_none() => (chain.clone(), key.clone()),
        _ => return Err(error::not_implemented_error("cert=(file, key, password): keys with a password are not supported")),
    };
    let path = |v: &Value| text_of(v, "cert").map(std::path::PathBuf::from);
    Identity::load(&path(&chain)?, &path(&key)?).map(Some).map_err(|e| match e.raw_os_error() {
        Some(_) => rtcore::error::hierarchy::raise_os_error(&e, None),
        None => rtcore::error::raise(&rtcore::error::hierarchy::OS_ERROR, "[SSL] PEM lib (_ssl.c:3916)"),
    })
}
fn net_proxy(v: &Value) -> PyResult<Option<NetProxy>> {
    if v.is_none() {
        return Ok(None);
    }
    let v = config::proxy_of(v)?;
    let p = this::<Proxy>(&v)?;
    let parts = url::parts(&p.url.get())?;
    let tls = match parts.scheme.as_str() {
        "http" => false,
        "https" => true,
        other => return Err(value_error(format!("{other} proxies are not supported"))),
    };
    let port = parts.port.unwrap_or(if tls { 443 } else { 80 }) as u16;
    let auth = p.auth.get();
    let mut headers = vec![];
    if let [user, password] = rtcore::types::tuple::items(&auth) {
        let value = crate::auth::basic(&crate::auth::octets(user)?, &crate::auth::octets(password)?);
        headers.push((b"Proxy-Authorization".to_vec(), value.into_bytes()));
    }
    let h = p.headers.get();
    headers.extend(headers::body(&h)?.raw());
    Ok(Some(NetProxy { origin: Origin { tls, host: parts.host, port }, headers, trust: Trust::new(Roots::environment()) }))
}
/// `verify` as an `ssl.SSLContext`, otherwise None.
fn context_of(verify: &Value) -> Value {
    if ext_tls::context::client(verify, &[]).is_some() { verify.clone() } else { NONE }
}
fn pool_of(s: &Settings<'_>) -> PyResult<Pool> {
    let context = context_of(s.verify);
    // With a context nothing is read from files here.
    let mut trust = Trust::new(if context.is_none() { roots(s.verify, s.trust_env)? } else { Roots::Off });
    trust.identity = identity(s.cert, &context)?;
    let limits = if absent(s.limits) { config::default_limits() } else { s.limits.clone() };
    let l = this::<Limits>(&limits)?;
    let count = |c: &VCell| Ok::<_, Raised>(optional_int(&c.get())?.map(|n| n.max(0) as usize));
    let local = s.local_address.as_str().and_then(|a| a.parse().ok());
    Ok(Pool::new(Config {
        max_connections: count(&l.max)?,
        max_keepalive: count(&l.keepalive)?,
        expiry: seconds(&l.expiry.get())?,
        trust,
        http1: s.http1,
        http2: s.http2,
        retries: s.retries.max(0) as u32,
        local,
        uds: s.uds.as_str().map(str::to_owned),
        proxy: net_proxy(s.proxy)?,
    }))
}
pub fn make(mode: Mode, s: &Settings<'_>) -> PyResult {
    let ty = if mode == Mode::Sync { &HTTP_TRANSPORT } else { &ASYNC_HTTP_TRANSPORT };
    let t = blank();
    *t.pool.borrow_mut() = Some(pool_of(s)?);
    t.context.set(context_of(s.verify));
    Ok(object::new(ty, t))
}
/// True for a transport whose requests need no Python call.
pub fn is_native(v: &Value) -> bool {
    std::ptr::eq(v.ty(), &HTTP_TRANSPORT) || std::ptr::eq(v.ty(), &ASYNC_HTTP_TRANSPORT)
}

fn ask_of(r: &Request) -> PyResult<Ask> {
    let parts = url::parts(&r.url.get())?;
    let tls = match parts.scheme.as_str() {
        "http" if !parts.host.is_empty() => false,
        "https" if !parts.host.is_empty() => true,
        "" | "http" | "https" => return Err(errors::raise(&UNSUPPORTED_PROTOCOL, "Request URL is missing an 'http://' or 'https://' protocol.")),
        other => return Err(errors::raise(&UNSUPPORTED_PROTOCOL, format!("Request URL has an unsupported protocol '{other}://'."))),
    };
    let port = parts.port.unwrap_or(if tls { 443 } else { 80 }) as u16;
    let extensions = r.extensions.get();
    let d = extensions.downcast::<Dict>();
    for name in ["trace", "sni_hostname"] {
        if d.and_then(|d| d.get_str(name)).is_some() {
            return Err(error::not_implemented_error(format!("extensions={{{name:?}: …}} is not supported")));
        }
    }
    let timeouts = config::timeouts(&d.and_then(|d| d.get_str("timeout")).unwrap_or(NONE))?;
    let target = match d.and_then(|d| d.get_str("target")).as_ref().and_then(data_of) {
        Some(given) => given,
        None => parts.raw_path().into_bytes(),
    };
    let h = r.headers.get();
    let method = r.method.get().as_str().unwrap_or("GET").to_owned();
    Ok(Ask { method, origin: Origin { tls, host: parts.host, port }, target, headers: headers::body(&h)?.raw(), timeouts })
}

/// Sends the request over the network.
pub async fn handle(v: Value, req: Value, mode: Mode) -> PyResult {
    let t = this::<Transport>(&v)?;
    let Some(pool) = t.pool.borrow().clone() else { return Err(runtime_error("the transport has no connections")) };
    let context = t.context.get();
    if !context.is_none()
        && let Err(e) = pool.use_context(|alpn| ext_tls::context::client(&context, alpn))
    {
        return Err(errors::network(e, mode, &req));
    }
    let r = request::body(&req)?;
    let s = r.stream.get();
    let known = match stream::kind(&s) {
        Some(Kind::Whole(data)) => Some(data_of(data).unwrap_or_default()),
        Some(_) => None,
        None if s.is_none() => Some(vec![]),
        None => None,
    };
    let got = match known {
        Some(data) => {
            let ask = ask_of(r)?;
            mode.io(exchange(pool, ask, data)).await?
        }
        None => upload(pool, r, &s, mode).await?,
    };
    let answer = match got {
        Ok(a) => a,
        Err(e) => return Err(errors::network(e, mode, &req)),
    };
    let Answer { status, version, reason, headers: h, body } = answer;
    let mut extensions = vec![("http_version", bytes::from_slice(version.as_bytes()))];
    if let Some(phrase) = reason {
        extensions.push(("reason_phrase", bytes::value(phrase)));
    }
    let rows = h.into_iter().map(|(k, x)| (k.clone(), k.to_ascii_lowercase(), x)).collect();
    Ok(response::make(status, rows, dict(extensions), stream::net(body, mode)))
}
/// Sends a body that Python gives piece by piece.
async fn upload(pool: Pool, r: &Request, s: &Value, mode: Mode) -> PyResult<NetResult<Answer>> {
    let mut pull = Pull::new(s, mode)?;
    let ask = ask_of(r)?;
    let mut session = match mode.io(Session::begin(pool, ask, None)).await? {
        Ok(begun) => begun,
        Err(e) => return Ok(Err(e)),
    };
    while let Some(chunk) = pull.next(mode).await? {
        let data = data_of(&chunk).ok_or_else(|| type_error(format!("a bytes-like object is required, not '{}'", chunk.ty().name())))?;
        let (back, wrote) = mode
            .io(async move {
                let wrote = session.write(data).await;
                (session, wrote)
            })
            .await?;
        session = back;
        match wrote {
            Ok(true) => {}
            Ok(false) => break,
            Err(e) => return Ok(Err(e)),
        }
    }
    mode.io(session.finish()).await
}

// ---- types ----

fn new_as(all: &[Value], own: &'static Type) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(own), blank()))
}
fn http_init(a: &[Value]) -> PyResult {
    let [v, verify, cert, trust_env, http1, http2, limits, proxy, uds, local_address, retries, _options] = a else { return Ok(NONE) };
    let settings = Settings {
        verify,
        cert,
        trust_env: truth(trust_env)?,
        http1: truth(http1)?,
        http2: truth(http2)?,
        limits,
        proxy,
        uds,
        local_address,
        retries: rtasyncio::glue::index(retries)?,
    };
    let t = this::<Transport>(v)?;
    *t.pool.borrow_mut() = Some(pool_of(&settings)?);
    t.context.set(context_of(verify));
    Ok(NONE)
}
/// Drops what is idle.
pub fn close(v: &Value) -> PyResult<()> {
    if let Some(t) = v.downcast::<Transport>()
        && let Some(p) = t.pool.borrow().as_ref()
    {
        p.close();
    }
    Ok(())
}
fn m_close(v: &Value) -> PyResult {
    close(v)?;
    Ok(NONE)
}
fn m_enter(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn m_exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    call_method(v, "close", &[])?;
    Ok(NONE)
}
fn m_handle(v: &Value, req: &Value) -> PyResult {
    complete(handle(v.clone(), req.clone(), Mode::Sync))
}
fn m_ahandle(v: &Value, req: &Value) -> PyResult {
    Ok(rtasyncio::coro!("AsyncHTTPTransport.handle_async_request", handle(v.clone(), req.clone(), Mode::Async)))
}
fn abstract_handle(_: &Value, _: &Value) -> PyResult {
    Err(error::not_implemented_error("The 'handle_request' method must be implemented."))
}
fn abstract_ahandle(_: &Value, _: &Value) -> PyResult {
    Err(error::not_implemented_error("The 'handle_async_request' method must be implemented."))
}
fn m_aclose(v: &Value) -> PyResult {
    let v = v.clone();
    Ok(rtasyncio::coro!("AsyncBaseTransport.aclose", async move { m_close(&v) }))
}
fn m_aenter(v: &Value) -> PyResult {
    let v = v.clone();
    Ok(rtasyncio::coro!("AsyncBaseTransport.__aenter__", async move { Ok(v) }))
}
fn m_aexit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    let v = v.clone();
    Ok(rtasyncio::coro!("AsyncBaseTransport.__aexit__", async move {
        let waiting = call_method(&v, "aclose", &[])?;
        rtasyncio::glue::await_value(waiting).await
    }))
}
fn mock_init(v: &Value, handler: &Value) -> PyResult {
    this::<Transport>(v)?.handler.set(handler.clone());
    Ok(NONE)
}
fn mock_handle(v: &Value, req: &Value) -> PyResult {
    call_method(req, "read", &[])?;
    call(&this::<Transport>(v)?.handler.get(), std::slice::from_ref(req))
}
fn mock_ahandle(v: &Value, req: &Value) -> PyResult {
    let (v, req) = (v.clone(), req.clone());
    Ok(rtasyncio::coro!("MockTransport.handle_async_request", async move {
        let waiting = call_method(&req, "aread", &[])?;
        rtasyncio::glue::await_value(waiting).await?;
        let answer = call(&this::<Transport>(&v)?.handler.get(), std::slice::from_ref(&req))?;
        // The handler may be a coroutine function; a Response itself is awaitable too.
        if answer.downcast::<response::Response>().is_none() && rtcore::protocol::awaitable::is_awaitable(&answer) {
            return rtasyncio::glue::await_value(answer).await;
        }
        Ok(answer)
    }))
}

static BASE_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(|all, _| new_as(all, &BASE_TRANSPORT))),
    Method::new("__init__(self, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("handle_request(self, request)", F2(abstract_handle)),
    Method::new("close(self)", F1(m_close)),
    Method::new("__enter__(self)", F1(m_enter)),
    Method::new("__exit__(self, exc_type=None, exc_value=None, traceback=None)", F4(m_exit)),
];
static ASYNC_BASE_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(|all, _| new_as(all, &ASYNC_BASE_TRANSPORT))),
    Method::new("__init__(self, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("handle_async_request(self, request)", F2(abstract_ahandle)),
    Method::new("aclose(self)", F1(m_aclose)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, exc_type=None, exc_value=None, traceback=None)", F4(m_aexit)),
];
const INIT: &str = "__init__(self, verify=True, cert=None, trust_env=True, http1=True, http2=False, limits=..., proxy=None, uds=None, local_address=None, retries=0, socket_options=None)";
static HTTP_METHODS: &[Method] = &[Method::new(INIT, N(http_init)), Method::new("handle_request(self, request)", F2(m_handle))];
static ASYNC_HTTP_METHODS: &[Method] = &[Method::new(INIT, N(http_init)), Method::new("handle_async_request(self, request)", F2(m_ahandle))];
static MOCK_METHODS: &[Method] = &[
    Method::new("__init__(self, handler)", F2(mock_init)),
    Method::new("handle_request(self, request)", F2(mock_handle)),
    Method::new("handle_async_request(self, request)", F2(mock_ahandle)),
    Method::new("aclose(self)", F1(m_aclose)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, exc_type=None, exc_value=None, traceback=None)", F4(m_aexit)),
];
const FLAGS: u32 = TypeFlags::ATTRS | TypeFlags::PYTHON;
static BASE_DEF: ClassDef = ClassDef::new::<Transport>("BaseTransport").module("httpx").methods(BASE_METHODS).flags(FLAGS);
pub static BASE_TRANSPORT: Type = Type::builtin(&BASE_DEF);
macro_rules! transports {
    ($($ty:ident $name:literal : $base:expr, $methods:expr;)*) => {
        $(pub static $ty: Type = {
            static DEF: ClassDef = ClassDef::new::<Transport>($name).like(&$base, &BASE_TRANSPORT).module("httpx").methods($methods).flags(FLAGS);
            Type::builtin(&DEF)
        };)*
    };
}
transports! {
    ASYNC_BASE_TRANSPORT "AsyncBaseTransport": rtcore::types::object_::OBJECT, ASYNC_BASE_METHODS;
    HTTP_TRANSPORT "HTTPTransport": BASE_TRANSPORT, HTTP_METHODS;
    ASYNC_HTTP_TRANSPORT "AsyncHTTPTransport": ASYNC_BASE_TRANSPORT, ASYNC_HTTP_METHODS;
    MOCK_TRANSPORT "MockTransport": BASE_TRANSPORT, MOCK_METHODS;
}
