//! Owns: the type `Request`. Never: sends one.
//! Source: httpx 0.28, _models.py, Request.

use crate::content;
use crate::cookies;
use crate::errors;
use crate::headers::{self, Headers, row};
use crate::multipart::boundary_of;
use crate::py::*;
use crate::query;
use crate::stream::{self, Kind, Pull};
use crate::url;
use rtasyncio::native_io::{Mode, complete};

pub struct Request {
    pub method: VCell,
    pub url: VCell,
    pub headers: VCell,
    pub extensions: VCell,
    pub stream: VCell,
    /// Bytes, or UNBOUND while unread.
    pub content: VCell,
}
impl Payload for Request {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.extensions, &self.stream, &self.content] {
            c.visit(visit);
        }
    }
}
impl Native for Request {
    fn class() -> &'static Type {
        &REQUEST
    }
}
fn blank() -> Request {
    Request {
        method: VCell::none(),
        url: VCell::none(),
        headers: VCell::none(),
        extensions: VCell::none(),
        stream: VCell::none(),
        content: VCell::new(UNBOUND),
    }
}
pub fn body(v: &Value) -> PyResult<&Request> {
    this::<Request>(v)
}

/// The arguments of `Request(…)` by name.
#[derive(Default)]
pub struct Args {
    pub params: Value,
    pub headers: Value,
    pub cookies: Value,
    pub content: Value,
    pub data: Value,
    pub files: Value,
    pub json: Value,
    pub stream: Value,
    pub extensions: Value,
}

pub fn make(method: &str, u: &Value, a: &Args) -> PyResult {
    let v = object::new(&REQUEST, blank());
    fill(&v, method, u, a)?;
    Ok(v)
}
fn fill(v: &Value, method: &str, u: &Value, a: &Args) -> PyResult<()> {
    let r = body(v)?;
    r.method.set(Value::string(method.to_uppercase()));
    let u = if absent(&a.params) {
        url::coerce(u)?
    } else {
        let given = query::of(&a.params)?;
        url::make(url::with_params(&url::parts_of(u)?, &given)?)
    };
    r.url.set(u);
    let h = headers::make(headers::rows_of(&a.headers, None)?);
    r.headers.set(h.clone());
    r.extensions.set(if absent(&a.extensions) { Dict::new_value() } else { dict_of(pairs(&a.extensions)?)? });
    let own = headers::body(&h)?;
    if !absent(&a.cookies) && truth(&a.cookies)? {
        let mut jar = cookies::jar_of(&a.cookies)?;
        cookies::set_header(&mut jar, &url::parts(&r.url.get())?, own);
    }
    if !absent(&a.stream) {
        r.stream.set(a.stream.clone());
        return Ok(());
    }
    let boundary = own.get("content-type").as_deref().and_then(boundary_of);
    let (defaults, s) = content::encode_request(&a.content, &a.data, &a.files, &a.json, boundary)?;
    prepare(r, own, &defaults)?;
    r.stream.set(s.clone());
    if let Some(Kind::Whole(data)) = stream::kind(&s) {
        r.content.set(data.clone());
    }
    Ok(())
}
fn prepare(r: &Request, own: &Headers, defaults: &[(&str, String)]) -> PyResult<()> {
    for (k, value) in defaults {
        // Ignored if the length has been set explicitly.
        if *k == "Transfer-Encoding" && own.has("content-length") {
            continue;
        }
        own.set_default(k, value);
    }
    let parts = url::parts(&r.url.get())?;
    let mut auto = vec![];
    if !own.has("host") && !parts.host.is_empty() {
        auto.push(row(b"Host", parts.netloc().as_bytes()));
    }
    let sized = own.has("content-length") || own.has("transfer-encoding");
    if !sized && matches!(r.method.get().as_str(), Some("POST" | "PUT" | "PATCH")) {
        auto.push(row(b"Content-Length", b"0"));
    }
    own.rows.borrow_mut().splice(0..0, auto);
    Ok(())
}

fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&REQUEST), blank()))
}
fn init(a: &[Value]) -> PyResult {
    let [v, method, u, params, headers, cookies, content, data, files, json, stream, extensions] = a else { return Ok(NONE) };
    let args = Args {
        params: params.clone(),
        headers: headers.clone(),
        cookies: cookies.clone(),
        content: content.clone(),
        data: data.clone(),
        files: files.clone(),
        json: json.clone(),
        stream: stream.clone(),
        extensions: extensions.clone(),
    };
    fill(v, text_of(method, "method")?, u, &args)?;
    Ok(NONE)
}
pub async fn read(v: Value, mode: Mode) -> PyResult {
    let r = body(&v)?;
    if r.content.is_unbound() {
        let s = r.stream.get();
        let mut pull = Pull::new(&s, mode)?;
        let mut all = vec![];
        while let Some(chunk) = pull.next(mode).await? {
            all.extend(data_of(&chunk).ok_or_else(|| type_error(format!("sequence item: expected a bytes-like object, {} found", chunk.ty().name())))?);
        }
        let data = bytes::value(all);
        r.content.set(data.clone());
        r.stream.set(stream::of_bytes(data));
    }
    Ok(r.content.get())
}
fn m_read(v: &Value) -> PyResult {
    complete(read(v.clone(), Mode::Sync))
}
fn m_aread(v: &Value) -> PyResult {
    Ok(rtasyncio::coro!("Request.aread", read(v.clone(), Mode::Async)))
}
fn get_content(v: &Value) -> PyResult {
    let c = body(v)?.content.get();
    if c.is_unbound() { Err(errors::request_not_read()) } else { Ok(c) }
}
fn m_repr(v: &Value) -> PyResult {
    let r = body(v)?;
    Ok(Value::string(format!("<{}({}, {})>", v.ty().name(), repr(&r.method.get())?, py_repr(&to_str(&r.url.get())?))))
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new(
        "__init__(self, method, url, *, params=None, headers=None, cookies=None, content=None, data=None, files=None, json=None, stream=None, extensions=None)",
        N(init),
    ),
    Method::new("read(self)", F1(m_read)),
    Method::new("aread(self)", F1(m_aread)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static GETSET: &[GetSet] = &[
    cell_attr!("method", Request, method),
    cell_attr!("url", Request, url),
    cell_attr!("headers", Request, headers),
    cell_attr!("extensions", Request, extensions),
    cell_attr!("stream", Request, stream),
    GetSet::ro("content", get_content),
];
static DEF: ClassDef = ClassDef::new::<Request>("Request").module("httpx").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static REQUEST: Type = Type::builtin(&DEF);
