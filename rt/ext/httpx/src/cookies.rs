//! Owns: the type `Cookies` and the cookies its jar shows. Never: the rules (`jar`).
//! Source: httpx 0.28, _models.py, Cookies.

use crate::errors::{self, COOKIE_CONFLICT};
use crate::headers::Headers;
use crate::jar::{Cookie, Jar, Target};
use crate::py::*;
use crate::urlparse::Parts;

#[derive(Default)]
pub struct Cookies {
    pub jar: RefCell<Jar>,
}
impl Payload for Cookies {}
impl Native for Cookies {
    fn class() -> &'static Type {
        &COOKIES
    }
}
/// A cookie as the jar shows it.
pub struct Shown(Cookie);
impl Payload for Shown {}
impl Native for Shown {
    fn class() -> &'static Type {
        &COOKIE
    }
}

pub fn make(jar: Jar) -> Value {
    object::new(&COOKIES, Cookies { jar: RefCell::new(jar) })
}
pub fn body(v: &Value) -> PyResult<&Cookies> {
    this::<Cookies>(v)
}
/// The jar of `Cookies(v)`.
pub fn jar_of(v: &Value) -> PyResult<Jar> {
    if absent(v) {
        return Ok(Jar::default());
    }
    if let Some(c) = v.downcast::<Cookies>() {
        return Ok(c.jar.borrow().clone());
    }
    let mut jar = Jar::default();
    let items = if is_mapping(v)? {
        pairs(v)?
    } else if is_list(v) {
        collect(v)?.iter().map(|i| rtcore::protocol::iter::unpack::<2>(i).map(|[a, b]| (a, b))).collect::<PyResult<Vec<_>>>()?
    } else {
        return Err(type_error(format!("cookies must be a dict, a list of pairs or httpx.Cookies, not {}", v.ty().name())));
    };
    for (k, value) in items {
        jar.set_plain(text_of(&k, "cookie name")?, text_of(&value, "cookie value")?, "", "/");
    }
    Ok(jar)
}
pub fn target(url: &Parts) -> (String, String, bool) {
    (url.host.clone(), if url.path.is_empty() { "/".into() } else { url.path.clone() }, url.scheme == "https")
}
/// `Cookies.set_cookie_header(request)`.
pub fn set_header(jar: &mut Jar, url: &Parts, headers: &Headers) {
    let (host, path, secure) = target(url);
    if !headers.has("cookie")
        && let Some(text) = jar.header(&Target { host: &host, path: &path, secure })
    {
        headers.set("Cookie", &text);
    }
}
/// `Cookies.extract_cookies(response)`.
pub fn extract(jar: &mut Jar, url: &Parts, headers: &Headers) {
    let found = headers.all("set-cookie");
    if found.is_empty() {
        return;
    }
    let (host, path, secure) = target(url);
    jar.extract(found.iter().map(String::as_str), &Target { host: &host, path: &path, secure });
}

fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&COOKIES), Cookies::default()))
}
fn init(v: &Value, cookies: &Value) -> PyResult {
    let jar = jar_of(cookies)?;
    *body(v)?.jar.borrow_mut() = jar;
    Ok(NONE)
}
fn m_set(a: &[Value]) -> PyResult {
    let [v, name, value, domain, path] = a else { return Ok(NONE) };
    let (n, x) = (text_of(name, "cookie name")?, text_of(value, "cookie value")?);
    body(v)?.jar.borrow_mut().set_plain(n, x, text_of(domain, "domain")?, text_of(path, "path")?);
    Ok(NONE)
}
fn find(v: &Value, name: &Value, domain: &Value, path: &Value) -> PyResult<Option<String>> {
    let jar = body(v)?.jar.borrow().clone();
    let mut found = None;
    for c in jar.all() {
        let fits = |given: &Value, own: &str| given.is_none() || given.as_str() == Some(own);
        if Some(c.name.as_str()) == name.as_str() && fits(domain, &c.domain) && fits(path, &c.path) {
            if found.is_some() {
                return Err(errors::raise(&COOKIE_CONFLICT, format!("Multiple cookies exist with name={}", to_str(name)?)));
            }
            found = c.value.clone();
        }
    }
    Ok(found)
}
fn m_get(a: &[Value]) -> PyResult {
    let [v, name, default, domain, path] = a else { return Ok(NONE) };
    Ok(find(v, name, domain, path)?.map_or_else(|| default.clone(), Value::string))
}
fn m_getitem(v: &Value, name: &Value) -> PyResult {
    find(v, name, &NONE, &NONE)?.map(Value::string).ok_or_else(|| key_error(name.clone()))
}
fn m_delete(v: &Value, name: &Value, domain: &Value, path: &Value) -> PyResult {
    let fits = |given: &Value, own: &str| given.is_none() || given.as_str() == Some(own);
    body(v)?.jar.borrow_mut().retain(|c| Some(c.name.as_str()) != name.as_str() || !fits(domain, &c.domain) || !fits(path, &c.path));
    Ok(NONE)
}
fn m_clear(v: &Value, domain: &Value, path: &Value) -> PyResult {
    if domain.is_none() && !path.is_none() {
        return Err(error::assertion_error(""));
    }
    if body(v)?.jar.borrow_mut().clear(domain.as_str(), path.as_str()) {
        return Ok(NONE);
    }
    let known = body(v)?.jar.borrow().all().iter().any(|c| Some(c.domain.as_str()) == domain.as_str());
    Err(key_error(if known { path.clone() } else { domain.clone() }))
}
fn m_update(v: &Value, other: &Value) -> PyResult {
    let jar = jar_of(other)?;
    body(v)?.jar.borrow_mut().update(&jar);
    Ok(NONE)
}
fn names(v: &Value) -> PyResult<Vec<Value>> {
    Ok(body(v)?.jar.borrow().all().iter().map(|c| Value::str(&c.name)).collect())
}
/// A name that occurs twice is given twice, as `KeysView` does.
fn keys(v: &Value) -> PyResult {
    let all = names(v)?;
    let made = dict_of(all.iter().map(|n| (n.clone(), NONE)).collect())?;
    if len(&made)? as usize == all.len() { call_method(&made, "keys", &[]) } else { Ok(list(all)) }
}
fn m_extract(v: &Value, resp: &Value) -> PyResult {
    let u = crate::url::parts(&getattr(resp, "url")?)?;
    let h = getattr(resp, "headers")?;
    extract(&mut body(v)?.jar.borrow_mut(), &u, crate::headers::body(&h)?);
    Ok(NONE)
}
fn m_set_header(v: &Value, req: &Value) -> PyResult {
    let u = crate::url::parts(&getattr(req, "url")?)?;
    let h = getattr(req, "headers")?;
    set_header(&mut body(v)?.jar.borrow_mut(), &u, crate::headers::body(&h)?);
    Ok(NONE)
}
fn as_dict(v: &Value) -> PyResult {
    let jar = body(v)?.jar.borrow().clone();
    let mut items = vec![];
    for c in jar.all() {
        items.push((Value::str(&c.name), m_getitem(v, &Value::str(&c.name))?));
    }
    dict_of(items)
}
fn m_eq(v: &Value, other: &Value) -> PyResult {
    // `Mapping.__eq__`: as dicts.
    let theirs = if other.downcast::<Cookies>().is_some() { as_dict(other)? } else { other.clone() };
    if theirs.downcast::<Dict>().is_none() {
        return Ok(FALSE);
    }
    rtcore::protocol::compare::same(&as_dict(v)?, &theirs).map(Value::bool)
}
fn m_repr(v: &Value) -> PyResult {
    let all: Vec<String> = body(v)?
        .jar
        .borrow()
        .all()
        .iter()
        .map(|c| format!("<Cookie {}={} for {} />", c.name, c.value.as_deref().unwrap_or("None"), c.domain))
        .collect();
    Ok(Value::string(format!("<Cookies[{}]>", all.join(", "))))
}
fn get_jar(v: &Value) -> PyResult {
    Ok(list(body(v)?.jar.borrow().all().into_iter().map(|c| object::new(&COOKIE, Shown(c.clone()))).collect()))
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, cookies=None)", F2(init)),
    Method::new("set(self, name, value, domain='', path='/')", N(m_set)),
    Method::new("get(self, name, default=None, domain=None, path=None)", N(m_get)),
    Method::new("delete(self, name, domain=None, path=None)", F4(m_delete)),
    Method::new("clear(self, domain=None, path=None)", F3(m_clear)),
    Method::new("update(self, cookies=None)", F2(m_update)),
    Method::new("pop(self, key, default=...)", F3(mapping_pop)),
    Method::new("popitem(self)", F1(mapping_popitem)),
    Method::new("setdefault(self, key, default=None)", F3(mapping_setdefault)),
    Method::new("extract_cookies(self, response)", F2(m_extract)),
    Method::new("set_cookie_header(self, request)", F2(m_set_header)),
    Method::new("keys(self)", F1(keys)),
    Method::new("values(self)", F1(|v| call_method(&as_dict(v)?, "values", &[]))),
    Method::new("items(self)", F1(|v| call_method(&as_dict(v)?, "items", &[]))),
    Method::new("__getitem__(self, name)", F2(m_getitem)),
    Method::new("__setitem__(self, name, value)", F3(|v, n, x| m_set(&[v.clone(), n.clone(), x.clone(), Value::str(""), Value::str("/")]))),
    Method::new("__delitem__(self, name)", F2(|v, n| m_delete(v, n, &NONE, &NONE))),
    Method::new("__contains__(self, name)", F2(|v, n| Ok(Value::bool(find(v, n, &NONE, &NONE)?.is_some())))),
    Method::new("__iter__(self)", F1(|v| rtcore::protocol::iter::iter(&list(names(v)?)))),
    Method::new("__len__(self)", F1(|v| Ok(Value::from(body(v)?.jar.borrow().len())))),
    Method::new("__bool__(self)", F1(|v| Ok(Value::bool(!body(v)?.jar.borrow().is_empty())))),
    Method::new("__eq__(self, other)", F2(m_eq)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static GETSET: &[GetSet] = &[GetSet::ro("jar", get_jar)];
static DEF: ClassDef =
    ClassDef::new::<Cookies>("Cookies").module("httpx").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON | TypeFlags::MAPPING);
pub static COOKIES: Type = Type::builtin(&DEF);

fn shown_repr(v: &Value) -> PyResult {
    let c = &this::<Shown>(v)?.0;
    let value = c.value.as_deref().unwrap_or("None");
    Ok(Value::string(format!("<Cookie {}={value} for {}{}>", c.name, c.domain, c.path)))
}
static SHOWN_METHODS: &[Method] = &[Method::new("__repr__(self)", F1(shown_repr)), Method::new("__str__(self)", F1(shown_repr))];
static SHOWN_GETSET: &[GetSet] = &[
    GetSet::ro("name", |v| Ok(Value::str(&this::<Shown>(v)?.0.name))),
    GetSet::ro("value", |v| Ok(Value::from(this::<Shown>(v)?.0.value.clone()))),
    GetSet::ro("domain", |v| Ok(Value::str(&this::<Shown>(v)?.0.domain))),
    GetSet::ro("path", |v| Ok(Value::str(&this::<Shown>(v)?.0.path))),
    GetSet::ro("secure", |v| Ok(Value::bool(this::<Shown>(v)?.0.secure))),
    GetSet::ro("expires", |v| Ok(Value::from(this::<Shown>(v)?.0.expires))),
    GetSet::ro("discard", |v| Ok(Value::bool(this::<Shown>(v)?.0.expires.is_none()))),
];
static SHOWN_DEF: ClassDef = ClassDef::new::<Shown>("Cookie").module("http.cookiejar").methods(SHOWN_METHODS).getset(SHOWN_GETSET);
pub static COOKIE: Type = Type::builtin(&SHOWN_DEF);
