//! Owns: the type `URL`. Never: parses (`urlparse`).
//! Source: httpx 0.28, _urls.py, URL.

use crate::errors::{self, INVALID_URL};
use crate::py::*;
use crate::query::{self, QueryParams};
use crate::urlparse::{self, Given, Parts};

pub struct Url {
    pub parts: RefCell<Parts>,
}
impl Payload for Url {}
impl Native for Url {
    fn class() -> &'static Type {
        &URL
    }
}

pub fn make(parts: Parts) -> Value {
    object::new(&URL, Url { parts: RefCell::new(parts) })
}
pub fn parts(v: &Value) -> PyResult<Parts> {
    Ok(this::<Url>(v)?.parts.borrow().clone())
}
fn invalid(text: String) -> Raised {
    errors::raise(&INVALID_URL, text)
}
/// The parts of a str or a URL.
pub fn parts_of(v: &Value) -> PyResult<Parts> {
    if let Some(u) = v.downcast::<Url>() {
        return Ok(u.parts.borrow().clone());
    }
    match v.as_str() {
        Some(text) => urlparse::parse(text, Given::default()).map_err(invalid),
        None => Err(type_error(format!("Invalid type for url.  Expected str or httpx.URL, got {}: {}", type_repr(v), repr(v)?))),
    }
}
/// `URL(v)`.
pub fn coerce(v: &Value) -> PyResult {
    if v.downcast_exact::<Url>().is_some() { Ok(v.clone()) } else { parts_of(v).map(make) }
}

const ALLOWED: &[(&str, &str)] = &[
    ("scheme", "str"),
    ("username", "str"),
    ("password", "str"),
    ("userinfo", "bytes"),
    ("host", "str"),
    ("port", "int"),
    ("netloc", "bytes"),
    ("path", "str"),
    ("query", "bytes"),
    ("raw_path", "bytes"),
    ("fragment", "str"),
    ("params", "object"),
];

fn given_of<'a>(keywords: impl Iterator<Item = (Name, &'a Value)>) -> PyResult<Option<Given>> {
    let mut g = Given::default();
    let mut any = false;
    for (k, v) in keywords {
        any = true;
        let key = k.as_str();
        let Some((_, wanted)) = ALLOWED.iter().find(|(n, _)| *n == key) else {
            return Err(type_error(format!("{} is an invalid keyword argument for URL()", py_repr(key))));
        };
        let fits = match *wanted {
            "str" => is_str(v),
            "bytes" => is_bytes(v),
            "int" => v.as_inline_int().is_some() || v.as_bool().is_some(),
            _ => true,
        };
        if !v.is_none() && !fits {
            return Err(type_error(format!("Argument {} must be {wanted} but got {}", py_repr(key), v.ty().name())));
        }
        if key == "params" {
            g.query = Some(if truth(v)? { Some(query::of(v)?.encoded()) } else { None });
            continue;
        }
        let text = match (v.is_none(), v.as_str(), data_of(v)) {
            (true, _, _) => None,
            (_, Some(t), _) => Some(t.to_owned()),
            (_, _, Some(b)) => Some(String::from_utf8_lossy(&b).into_owned()),
            (..) => Some(to_str(v)?),
        };
        let slot = match key {
            "scheme" => &mut g.scheme,
            "username" => &mut g.username,
            "password" => &mut g.password,
            "userinfo" => &mut g.userinfo,
            "host" => &mut g.host,
            "port" => &mut g.port,
            "netloc" => &mut g.netloc,
            "path" => &mut g.path,
            "query" => &mut g.query,
            "raw_path" => &mut g.raw_path,
            _ => &mut g.fragment,
        };
        *slot = Some(text);
    }
    Ok(any.then_some(g))
}

fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&URL), Url { parts: RefCell::default() }))
}
fn init(all: &[Value], kw: &[Name]) -> PyResult {
    let (pos, named) = rtasyncio::glue::split(all, kw);
    let [v, rest @ ..] = pos else { return Ok(NONE) };
    let mut url = rest.first().cloned();
    let mut others = vec![];
    for (k, given) in named {
        if k.as_str() == "url" { url = Some(given.clone()) } else { others.push((k, given)) }
    }
    let given = given_of(others.into_iter())?;
    let url = url.unwrap_or_else(|| Value::str(""));
    let made = match (url.as_str(), given) {
        (Some(text), given) => urlparse::parse(text, given.unwrap_or_default()).map_err(invalid)?,
        (None, None) => parts_of(&url)?,
        (None, Some(g)) => parts_of(&url)?.copy_with(g).map_err(invalid)?,
    };
    *this::<Url>(v)?.parts.borrow_mut() = made;
    Ok(NONE)
}
pub fn copy_with(v: &Value, given: Given) -> PyResult {
    parts(v)?.copy_with(given).map(make).map_err(invalid)
}
fn m_copy_with(all: &[Value], kw: &[Name]) -> PyResult {
    let (pos, named) = rtasyncio::glue::split(all, kw);
    let [v] = pos else { return Err(type_error("URL.copy_with() takes 1 positional argument")) };
    let p = parts(v)?;
    match given_of(named)? {
        Some(g) => p.copy_with(g).map(make).map_err(invalid),
        None => Ok(make(p)),
    }
}
/// `url.copy_with(params=…)`.
pub fn with_params(p: &Parts, q: &QueryParams) -> PyResult<Parts> {
    let text = q.encoded();
    let given = Given { query: Some((!text.is_empty()).then_some(text)), ..Given::default() };
    p.copy_with(given).map_err(invalid)
}
fn params_of(p: &Parts) -> QueryParams {
    QueryParams::parse(p.query.as_deref().unwrap_or(""))
}
fn m_set_param(v: &Value, k: &Value, new: &Value) -> PyResult {
    let p = parts(v)?;
    with_params(&p, &params_of(&p).set(&to_str(k)?, query::primitive(new)?)).map(make)
}
fn m_add_param(v: &Value, k: &Value, new: &Value) -> PyResult {
    let p = parts(v)?;
    with_params(&p, &params_of(&p).add(&to_str(k)?, query::primitive(new)?)).map(make)
}
fn m_remove_param(v: &Value, k: &Value) -> PyResult {
    let p = parts(v)?;
    with_params(&p, &params_of(&p).remove(&to_str(k)?)).map(make)
}
fn m_merge_params(v: &Value, new: &Value) -> PyResult {
    let p = parts(v)?;
    with_params(&p, &params_of(&p).merge(&query::of(new)?)).map(make)
}
pub fn join(base: &Parts, url: &Parts) -> PyResult<Parts> {
    urlparse::parse(&urlparse::join(&base.text(), &url.text()), Given::default()).map_err(invalid)
}
fn m_join(v: &Value, other: &Value) -> PyResult {
    join(&parts(v)?, &parts_of(other)?).map(make)
}
fn m_str(v: &Value) -> PyResult {
    Ok(Value::string(parts(v)?.text()))
}
fn m_repr(v: &Value) -> PyResult {
    let p = parts(v)?;
    let user = match p.userinfo.split_once(':') {
        Some((u, _)) => format!("{u}:[secure]"),
        None => p.userinfo.clone(),
    };
    let authority = if user.is_empty() { p.netloc() } else { format!("{user}@{}", p.netloc()) };
    Ok(Value::string(format!("{}({})", v.ty().name(), py_repr(&p.text_with(&authority)))))
}
fn m_eq(v: &Value, other: &Value) -> PyResult {
    if !is_str(other) && other.downcast::<Url>().is_none() {
        return Ok(FALSE);
    }
    Ok(Value::bool(parts(v)?.text() == parts_of(other)?.text()))
}
fn m_hash(v: &Value) -> PyResult {
    rtcore::protocol::hash::hash(&m_str(v)?).map(Value::int)
}
impl Parts {
    pub fn is_absolute(&self) -> bool {
        !self.scheme.is_empty() && !self.host.is_empty()
    }
    pub fn username(&self) -> String {
        urlparse::unquote(self.userinfo.split(':').next().unwrap_or(""))
    }
    pub fn password(&self) -> String {
        urlparse::unquote(self.userinfo.split_once(':').map_or("", |(_, p)| p))
    }
    pub fn shown_host(&self) -> String {
        if !self.host.starts_with("xn--") {
            return self.host.clone();
        }
        let label = |l: &str| match l.strip_prefix("xn--") {
            Some(p) => crate::punycode::decode(p).unwrap_or_else(|| l.to_owned()),
            None => l.to_owned(),
        };
        self.host.split('.').map(label).collect::<Vec<_>>().join(".")
    }
}

macro_rules! attrs {
    ($($name:literal $kind:ident |$p:ident| $e:expr;)*) => {
        &[$(GetSet::ro($name, |v| {
            let $p = this::<Url>(v)?.parts.borrow();
            attrs!(@$kind $e)
        })),*]
    };
    (@text $e:expr) => { Ok(Value::string($e)) };
    (@data $e:expr) => { Ok(bytes::value($e.into_bytes())) };
    (@any $e:expr) => { Ok(Value::from($e)) };
    (@object $e:expr) => { Ok($e) };
}
static GETSET: &[GetSet] = attrs! {
    "scheme" text |p| p.scheme.clone();
    "raw_scheme" data |p| p.scheme.clone();
    "userinfo" data |p| p.userinfo.clone();
    "username" text |p| p.username();
    "password" text |p| p.password();
    "host" text |p| p.shown_host();
    "raw_host" data |p| p.host.clone();
    "port" any |p| p.port;
    "netloc" data |p| p.netloc();
    "path" text |p| urlparse::unquote(if p.path.is_empty() { "/" } else { &p.path });
    "query" data |p| p.query.clone().unwrap_or_default();
    "params" object |p| query::make(params_of(&p));
    "raw_path" data |p| p.raw_path();
    "fragment" text |p| urlparse::unquote(p.fragment.as_deref().unwrap_or(""));
    "is_absolute_url" any |p| p.is_absolute();
    "is_relative_url" any |p| !p.is_absolute();
};
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, url='', **kwargs)", Raw(init)),
    Method::new("copy_with(self, **kwargs)", Raw(m_copy_with)),
    Method::new("copy_set_param(self, key, value=None)", F3(m_set_param)),
    Method::new("copy_add_param(self, key, value=None)", F3(m_add_param)),
    Method::new("copy_remove_param(self, key)", F2(m_remove_param)),
    Method::new("copy_merge_params(self, params)", F2(m_merge_params)),
    Method::new("join(self, url)", F2(m_join)),
    Method::new("__str__(self)", F1(m_str)),
    Method::new("__repr__(self)", F1(m_repr)),
    Method::new("__eq__(self, other)", F2(m_eq)),
    Method::new("__hash__(self)", F1(m_hash)),
];
static DEF: ClassDef = ClassDef::new::<Url>("URL").module("httpx").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static URL: Type = Type::builtin(&DEF);
