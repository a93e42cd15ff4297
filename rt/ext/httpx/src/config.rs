//! Owns: `Timeout`, `Limits`, `Proxy`. Never: applies them.
//! Source: httpx 0.28, _config.py.

use crate::headers;
use crate::net::Timeouts;
use crate::py::*;
use crate::url;
use crate::urlparse::Given;

/// Connect, read, write, pool: floats or None as they were given.
pub struct Timeout {
    parts: [VCell; 4],
}
impl Payload for Timeout {}
impl Native for Timeout {
    fn class() -> &'static Type {
        &TIMEOUT
    }
}
const NAMES: [&str; 4] = ["connect", "read", "write", "pool"];

fn blank_timeout() -> Timeout {
    Timeout { parts: [const { VCell::none() }; 4] }
}
fn timeout_new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&TIMEOUT), blank_timeout()))
}
fn timeout_init(a: &[Value]) -> PyResult {
    let [v, timeout, parts @ ..] = a else { return Ok(NONE) };
    let t = this::<Timeout>(v)?;
    if let Some(other) = timeout.downcast::<Timeout>() {
        if parts.iter().any(|p| !p.is_unbound()) {
            return Err(error::assertion_error(""));
        }
        for (own, other) in t.parts.iter().zip(&other.parts) {
            own.set(other.get());
        }
    } else if is_tuple(timeout) {
        let items = rtcore::types::tuple::items(timeout);
        if items.len() < 2 {
            return Err(error::index_error("tuple index out of range"));
        }
        for (i, own) in t.parts.iter().enumerate() {
            own.set(items.get(i).cloned().unwrap_or(NONE));
        }
    } else if parts.iter().all(|p| !p.is_unbound()) {
        for (own, p) in t.parts.iter().zip(parts) {
            own.set(p.clone());
        }
    } else {
        if timeout.is_unbound() {
            return Err(value_error("httpx.Timeout must either include a default, or set all four parameters explicitly."));
        }
        for (own, p) in t.parts.iter().zip(parts) {
            own.set(if p.is_unbound() { timeout.clone() } else { p.clone() });
        }
    }
    Ok(NONE)
}
/// `Timeout(v)`.
pub fn timeout_of(v: &Value) -> PyResult {
    let made = object::new(&TIMEOUT, blank_timeout());
    timeout_init(&[made.clone(), v.clone(), UNBOUND, UNBOUND, UNBOUND, UNBOUND])?;
    Ok(made)
}
pub fn as_dict(v: &Value) -> PyResult {
    let t = this::<Timeout>(v)?;
    Ok(dict(NAMES.into_iter().zip(&t.parts).map(|(n, p)| (n, p.get())).collect()))
}
/// The `timeout` extension of a request as durations.
pub fn timeouts(extension: &Value) -> PyResult<Timeouts> {
    let Some(d) = extension.downcast::<Dict>() else { return Ok(Timeouts::default()) };
    let part = |name: &str| seconds(&d.get_str(name).unwrap_or(NONE));
    Ok(Timeouts { connect: part("connect")?, read: part("read")?, write: part("write")?, pool: part("pool")? })
}
fn timeout_eq(v: &Value, other: &Value) -> PyResult {
    let (a, Some(b)) = (this::<Timeout>(v)?, other.downcast::<Timeout>()) else { return Ok(FALSE) };
    for (x, y) in a.parts.iter().zip(&b.parts) {
        if !rtcore::protocol::compare::same(&x.get(), &y.get())? {
            return Ok(FALSE);
        }
    }
    Ok(TRUE)
}
fn timeout_repr(v: &Value) -> PyResult {
    let t = this::<Timeout>(v)?;
    let all = t.parts.iter().map(|p| to_str(&p.get())).collect::<PyResult<Vec<_>>>()?;
    let first = all.first().cloned().unwrap_or_default();
    if all.iter().all(|p| *p == first) {
        return Ok(Value::string(format!("{}(timeout={first})", v.ty().name())));
    }
    let named: Vec<String> = NAMES.iter().zip(&all).map(|(n, p)| format!("{n}={p}")).collect();
    Ok(Value::string(format!("{}({})", v.ty().name(), named.join(", "))))
}
macro_rules! part {
    ($name:literal $i:literal) => {
        GetSet::rw(
            $name,
            |v| Ok(this::<Timeout>(v)?.parts[$i].get()),
            |v, new| {
                this::<Timeout>(v)?.parts[$i].set(new.unwrap_or(NONE));
                Ok(())
            },
        )
    };
}
static TIMEOUT_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(timeout_new)),
    Method::new("__init__(self, timeout=..., *, connect=..., read=..., write=..., pool=...)", N(timeout_init)),
    Method::new("as_dict(self)", F1(as_dict)),
    Method::new("__eq__(self, other)", F2(timeout_eq)),
    Method::new("__repr__(self)", F1(timeout_repr)),
];
static TIMEOUT_GETSET: &[GetSet] = &[part!("connect" 0), part!("read" 1), part!("write" 2), part!("pool" 3)];
static TIMEOUT_DEF: ClassDef =
    ClassDef::new::<Timeout>("Timeout").module("httpx").methods(TIMEOUT_METHODS).getset(TIMEOUT_GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static TIMEOUT: Type = Type::builtin(&TIMEOUT_DEF);

pub struct Limits {
    pub max: VCell,
    pub keepalive: VCell,
    pub expiry: VCell,
}
impl Payload for Limits {}
impl Native for Limits {
    fn class() -> &'static Type {
        &LIMITS
    }
}
fn limits_new(all: &[Value], _: &[Name]) -> PyResult {
    let blank = Limits { max: VCell::none(), keepalive: VCell::none(), expiry: VCell::none() };
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&LIMITS), blank))
}
fn limits_init(v: &Value, max: &Value, keepalive: &Value, expiry: &Value) -> PyResult {
    let l = this::<Limits>(v)?;
    l.max.set(max.clone());
    l.keepalive.set(keepalive.clone());
    l.expiry.set(expiry.clone());
    Ok(NONE)
}
/// `Limits(max_connections=100, max_keepalive_connections=20)`.
pub fn default_limits() -> Value {
    object::new(&LIMITS, Limits { max: VCell::new(Value::int(100)), keepalive: VCell::new(Value::int(20)), expiry: VCell::new(Value::float(5.0)) })
}
fn limits_eq(v: &Value, other: &Value) -> PyResult {
    let (a, Some(b)) = (this::<Limits>(v)?, other.downcast::<Limits>()) else { return Ok(FALSE) };
    for (x, y) in [(&a.max, &b.max), (&a.keepalive, &b.keepalive), (&a.expiry, &b.expiry)] {
        if !rtcore::protocol::compare::same(&x.get(), &y.get())? {
            return Ok(FALSE);
        }
    }
    Ok(TRUE)
}
fn limits_repr(v: &Value) -> PyResult {
    let l = this::<Limits>(v)?;
    let (a, b, c) = (to_str(&l.max.get())?, to_str(&l.keepalive.get())?, to_str(&l.expiry.get())?);
    Ok(Value::string(format!("{}(max_connections={a}, max_keepalive_connections={b}, keepalive_expiry={c})", v.ty().name())))
}
static LIMITS_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(limits_new)),
    Method::new("__init__(self, *, max_connections=None, max_keepalive_connections=None, keepalive_expiry=5.0)", F4(limits_init)),
    Method::new("__eq__(self, other)", F2(limits_eq)),
    Method::new("__repr__(self)", F1(limits_repr)),
];
static LIMITS_GETSET: &[GetSet] = &[
    cell_attr!("max_connections", Limits, max),
    cell_attr!("max_keepalive_connections", Limits, keepalive),
    cell_attr!("keepalive_expiry", Limits, expiry),
];
static LIMITS_DEF: ClassDef =
    ClassDef::new::<Limits>("Limits").module("httpx").methods(LIMITS_METHODS).getset(LIMITS_GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static LIMITS: Type = Type::builtin(&LIMITS_DEF);

pub struct Proxy {
    pub url: VCell,
    pub auth: VCell,
    pub headers: VCell,
    ssl_context: VCell,
}
impl Payload for Proxy {}
impl Native for Proxy {
    fn class() -> &'static Type {
        &PROXY
    }
}
fn proxy_new(all: &[Value], _: &[Name]) -> PyResult {
    let blank = Proxy { url: VCell::none(), auth: VCell::none(), headers: VCell::none(), ssl_context: VCell::none() };
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&PROXY), blank))
}
fn proxy_init(a: &[Value]) -> PyResult {
    let [v, u, ssl_context, auth, h] = a else { return Ok(NONE) };
    let p = this::<Proxy>(v)?;
    let mut u = url::coerce(u)?;
    let mut auth = auth.clone();
    let parts = url::parts(&u)?;
    if !["http", "https", "socks5", "socks5h"].contains(&parts.scheme.as_str()) {
        return Err(value_error(format!("Unknown scheme for proxy URL {}", repr(&u)?)));
    }
    if !parts.userinfo.is_empty() {
        auth = tuple(vec![Value::string(parts.username()), Value::string(parts.password())]);
        u = url::copy_with(&u, Given { userinfo: Some(None), authority: Some(Some(parts.netloc())), ..Given::default() })?;
    }
    p.url.set(u);
    p.auth.set(auth);
    p.headers.set(headers::make(headers::rows_of(h, None)?));
    p.ssl_context.set(ssl_context.clone());
    Ok(NONE)
}
/// `Proxy(url=v)` of a str or URL.
pub fn proxy_of(v: &Value) -> PyResult {
    if v.downcast::<Proxy>().is_some() { Ok(v.clone()) } else { call(&Value::of_type(&PROXY), std::slice::from_ref(v)) }
}
fn proxy_repr(v: &Value) -> PyResult {
    let p = this::<Proxy>(v)?;
    let auth = p.auth.get();
    let auth = match rtcore::types::tuple::items(&auth).first() {
        Some(user) => format!(", auth=({}, '********')", repr(user)?),
        None => String::new(),
    };
    let h = p.headers.get();
    let shown = if len(&h)? == 0 { String::new() } else { format!(", headers={}", repr(&dict_of(pairs(&h)?)?)?) };
    Ok(Value::string(format!("Proxy({}{auth}{shown})", py_repr(&to_str(&p.url.get())?))))
}
static PROXY_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(proxy_new)),
    Method::new("__init__(self, url, *, ssl_context=None, auth=None, headers=None)", N(proxy_init)),
    Method::new("__repr__(self)", F1(proxy_repr)),
];
static PROXY_GETSET: &[GetSet] = &[
    cell_attr!("url", Proxy, url),
    cell_attr!("auth", Proxy, auth),
    GetSet::ro("raw_auth", |v| {
        let auth = this::<Proxy>(v)?.auth.get();
        match rtcore::types::tuple::items(&auth) {
            [user, password] => {
                let raw = |t: &Value| -> PyResult { Ok(bytes::value(crate::auth::octets(t)?)) };
                Ok(tuple(vec![raw(user)?, raw(password)?]))
            }
            _ => Ok(NONE),
        }
    }),
    cell_attr!("headers", Proxy, headers),
    cell_attr!("ssl_context", Proxy, ssl_context),
];
static PROXY_DEF: ClassDef =
    ClassDef::new::<Proxy>("Proxy").module("httpx").methods(PROXY_METHODS).getset(PROXY_GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static PROXY: Type = Type::builtin(&PROXY_DEF);
