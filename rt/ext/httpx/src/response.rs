//! Owns: the type `Response`: its parts, reading it whole.
//! Never: iterates (`iterate`), sends requests.
//! Source: httpx 0.28, _models.py, Response.

use crate::content;
use crate::cookies;
use crate::decode::{Decoder, TextDecoder};
use crate::errors::{self, with_request};
use crate::headers;
use crate::iterate;
use crate::jar::Jar;
use crate::py::*;
use crate::request;
use crate::status;
use crate::stream::{self, Kind, Pull};
use crate::url;
use rtasyncio::native_io::{Mode, complete};
use std::time::Instant;

pub struct Response {
    pub status: Cell<i64>,
    pub headers: VCell,
    pub request: VCell,
    pub next_request: VCell,
    pub extensions: VCell,
    pub history: VCell,
    pub stream: VCell,
    /// Bytes, or UNBOUND while unread.
    pub content: VCell,
    pub default_encoding: VCell,
    pub encoding: VCell,
    pub text: VCell,
    pub cookies: VCell,
    pub closed: Cell<bool>,
    pub consumed: Cell<bool>,
    pub downloaded: Cell<u64>,
    /// When the request was sent, and how long all of it took.
    pub start: Cell<Option<Instant>>,
    pub elapsed: VCell,
}
impl Payload for Response {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.request, &self.next_request, &self.extensions, &self.history, &self.stream, &self.default_encoding] {
            c.visit(visit);
        }
    }
}
impl Native for Response {
    fn class() -> &'static Type {
        &RESPONSE
    }
}
fn blank() -> Response {
    Response {
        status: Cell::new(0),
        headers: VCell::none(),
        request: VCell::none(),
        next_request: VCell::none(),
        extensions: VCell::none(),
        history: VCell::none(),
        stream: VCell::none(),
        content: VCell::new(UNBOUND),
        default_encoding: VCell::none(),
        encoding: VCell::new(UNBOUND),
        text: VCell::new(UNBOUND),
        cookies: VCell::new(UNBOUND),
        closed: Cell::new(false),
        consumed: Cell::new(false),
        downloaded: Cell::new(0),
        start: Cell::new(None),
        elapsed: VCell::new(UNBOUND),
    }
}
pub fn body(v: &Value) -> PyResult<&Response> {
    this::<Response>(v)
}
/// A response of the network.
pub fn make(status: u16, h: Vec<headers::Row>, extensions: Value, s: Value) -> Value {
    let r = blank();
    r.status.set(i64::from(status));
    r.headers.set(headers::make(h));
    r.extensions.set(extensions);
    r.history.set(list(vec![]));
    r.default_encoding.set(Value::str("utf-8"));
    r.stream.set(s);
    object::new(&RESPONSE, r)
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&RESPONSE), blank()))
}
fn init(a: &[Value]) -> PyResult {
    let [v, code, h, data, text, html, json, s, req, extensions, history, default_encoding] = a else { return Ok(NONE) };
    let r = body(v)?;
    r.status.set(rtasyncio::glue::index(code)?);
    let own = headers::make(headers::rows_of(h, None)?);
    r.headers.set(own.clone());
    r.request.set(req.clone());
    r.extensions.set(if absent(extensions) { Dict::new_value() } else { dict_of(pairs(extensions)?)? });
    r.history.set(if absent(history) { list(vec![]) } else { list(collect(history)?) });
    r.default_encoding.set(default_encoding.clone());
    if !absent(s) {
        r.stream.set(s.clone());
        return Ok(NONE);
    }
    let (defaults, s) = content::encode_response(data, text, html, json)?;
    let h = headers::body(&own)?;
    for (k, value) in defaults {
        if k == "Transfer-Encoding" && h.has("content-length") {
            continue;
        }
        h.set_default(k, &value);
    }
    r.stream.set(s.clone());
    if matches!(stream::kind(&s), Some(Kind::Whole(_))) {
        complete(read(v.clone(), Mode::Sync))?;
        // What was never on its way counts as nothing.
        r.downloaded.set(0);
    }
    Ok(NONE)
}

impl Response {
    pub fn head(&self) -> Value {
        self.headers.get()
    }
    fn header(&self, name: &str) -> PyResult<Option<String>> {
        let h = self.headers.get();
        Ok(headers::body(&h)?.get(name))
    }
    pub fn decoder(&self) -> PyResult<Decoder> {
        let h = self.headers.get();
        let values = headers::body(&h)?.all("content-encoding");
        let names: Vec<String> = values.iter().flat_map(|v| v.split(',')).map(str::to_owned).collect();
        Ok(Decoder::new(&names))
    }
    pub fn has_redirect_location(&self) -> PyResult<bool> {
        let h = self.headers.get();
        Ok(matches!(self.status.get(), 301 | 302 | 303 | 307 | 308) && headers::body(&h)?.has("location"))
    }
    /// What `iter_raw` checks before it begins.
    pub fn begin(&self, mode: Mode) -> PyResult<()> {
        if self.consumed.get() {
            return Err(errors::consumed());
        }
        if self.closed.get() {
            return Err(errors::closed());
        }
        let s = self.stream.get();
        match mode {
            Mode::Sync if !stream::is_sync(&s) => Err(runtime_error("Attempted to call a sync iterator on an async stream.")),
            Mode::Async if !stream::is_async(&s) => Err(runtime_error("Attempted to call an async iterator on an sync stream.")),
            Mode::Sync | Mode::Async => {
                self.consumed.set(true);
                self.downloaded.set(0);
                Ok(())
            }
        }
    }
    pub fn with_request(&self, r: Raised) -> Raised {
        with_request(r, &self.request.get())
    }
}

/// `close()` and `aclose()`.
pub async fn close(v: Value, mode: Mode) -> PyResult {
    let r = body(&v)?;
    let s = r.stream.get();
    match mode {
        Mode::Sync if !stream::is_sync(&s) => return Err(runtime_error("Attempted to call an sync close on an async stream.")),
        Mode::Async if !stream::is_async(&s) => return Err(runtime_error("Attempted to call an async close on an sync stream.")),
        Mode::Sync | Mode::Async => {}
    }
    if !r.closed.replace(true) {
        if let Some(start) = r.start.get() {
            r.elapsed.set(Value::float(start.elapsed().as_secs_f64()));
        }
        stream::close(&s, mode).await.map_err(|e| r.with_request(e))?;
    }
    Ok(NONE)
}
/// `read()` and `aread()`.
pub async fn read(v: Value, mode: Mode) -> PyResult {
    let r = body(&v)?;
    let known = r.content.get();
    if !known.is_unbound() {
        return Ok(known);
    }
    let mut decoder = r.decoder()?;
    r.begin(mode)?;
    let s = r.stream.get();
    let got = collect_all(r, &s, mode, &mut decoder).await;
    let data = match got {
        Ok(data) => data,
        Err(e) => return Err(r.with_request(e)),
    };
    close(v.clone(), mode).await?;
    let data = bytes::value(data);
    r.content.set(data.clone());
    Ok(data)
}
async fn collect_all(r: &Response, s: &Value, mode: Mode, decoder: &mut Decoder) -> PyResult<Vec<u8>> {
    let mut out = vec![];
    if matches!(stream::kind(s), Some(Kind::Net(..))) {
        for chunk in stream::rest_net(s, mode).await? {
            r.downloaded.set(r.downloaded.get() + chunk.len() as u64);
            if decoder.is_identity() { out.extend_from_slice(&chunk) } else { out.extend(decoder.push(&chunk)?) }
        }
    } else {
        let mut pull = Pull::new(s, mode)?;
        while let Some(chunk) = pull.next(mode).await? {
            let data = iterate::chunk_bytes(&chunk)?;
            r.downloaded.set(r.downloaded.get() + data.len() as u64);
            out.extend(decoder.push(&data)?);
        }
    }
    out.extend(decoder.finish()?);
    Ok(out)
}

fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|p| {
        let (k, v) = p.split_once('=')?;
        k.trim().eq_ignore_ascii_case("charset").then(|| v.trim().trim_matches('"').to_lowercase())
    })
}
fn charset_of(r: &Response) -> PyResult<Option<String>> {
    Ok(r.header("content-type")?.as_deref().and_then(charset))
}
pub fn encoding(v: &Value) -> PyResult<String> {
    let r = body(v)?;
    let known = r.encoding.get();
    if let Some(e) = known.as_str() {
        return Ok(e.to_owned());
    }
    let found = charset_of(r)?.filter(|e| rtcore::text::codec::lookup(e).is_some());
    let found = match found {
        Some(e) => Some(e),
        None => {
            let default = r.default_encoding.get();
            match (default.as_str(), r.content.get()) {
                (Some(e), _) => Some(e.to_owned()),
                (None, data) if !data.is_unbound() && !default.is_none() => call(&default, &[data])?.as_str().map(str::to_owned),
                (None, _) => None,
            }
        }
    };
    let e = found.filter(|e| !e.is_empty()).unwrap_or_else(|| "utf-8".into());
    r.encoding.set(Value::str(&e));
    Ok(e)
}
fn set_encoding(v: &Value, new: Option<Value>) -> PyResult<()> {
    let r = body(v)?;
    if !r.text.is_unbound() {
        return Err(value_error("Setting encoding after `text` has been accessed is not allowed."));
    }
    r.encoding.set(new.unwrap_or(UNBOUND));
    Ok(())
}
fn get_content(v: &Value) -> PyResult {
    let c = body(v)?.content.get();
    if c.is_unbound() { Err(errors::response_not_read()) } else { Ok(c) }
}
fn get_text(v: &Value) -> PyResult {
    let r = body(v)?;
    if r.text.is_unbound() {
        let data = get_content(v)?;
        let view = bytes::buffer::required(&data)?;
        let text = if view.is_empty() { String::new() } else { TextDecoder::new(&encoding(v)?).push(&view, true)? };
        r.text.set(Value::string(text));
    }
    Ok(r.text.get())
}
fn get_elapsed(v: &Value) -> PyResult {
    let seconds = body(v)?.elapsed.get();
    match seconds.as_inline_float() {
        // Python code may set any object.
        None if !seconds.is_unbound() => Ok(seconds),
        None => Err(runtime_error("'.elapsed' may only be accessed after the response has been read or closed.")),
        Some(s) => {
            let module = rtcore::types::module::import::import_module("datetime")?;
            call_kw(&getattr(&module, "timedelta")?, &[Value::float(s)], &[Name::new("seconds")])
        }
    }
}
pub fn get_request(v: &Value) -> PyResult {
    let r = body(v)?.request.get();
    if r.is_none() { Err(runtime_error("The request instance has not been set on this response.")) } else { Ok(r) }
}
fn get_url(v: &Value) -> PyResult {
    Ok(request::body(&get_request(v)?)?.url.get())
}
fn extension(r: &Response, name: &str) -> Option<String> {
    let e = r.extensions.get();
    let found = e.downcast::<Dict>()?.get_str(name)?;
    data_of(&found).map(|d| d.into_iter().filter(u8::is_ascii).map(char::from).collect())
}
pub fn http_version(v: &Value) -> PyResult<String> {
    Ok(extension(body(v)?, "http_version").unwrap_or_else(|| "HTTP/1.1".into()))
}
pub fn reason(v: &Value) -> PyResult<String> {
    let r = body(v)?;
    Ok(extension(r, "reason_phrase").unwrap_or_else(|| status::phrase(r.status.get()).to_owned()))
}
fn raise_for_status(v: &Value) -> PyResult {
    let r = body(v)?;
    let req = r.request.get();
    if req.is_none() {
        return Err(runtime_error("Cannot call `raise_for_status` as the request instance has not been set on this response."));
    }
    let code = r.status.get();
    if (200..300).contains(&code) {
        return Ok(v.clone());
    }
    let kind = match code / 100 {
        1 => "Informational response",
        3 => "Redirect response",
        4 => "Client error",
        5 => "Server error",
        _ => "Invalid status code",
    };
    let location = match r.has_redirect_location()? {
        true => format!("Redirect location: '{}'\n", r.header("location")?.unwrap_or_default()),
        false => String::new(),
    };
    let (phrase, u) = (reason(v)?, url::parts(&get_url(v)?)?.text());
    let text = format!(
        "{kind} '{code} {phrase}' for url '{u}'\n{location}For more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/{code}"
    );
    Err(errors::raise_status(text, req, v.clone()))
}
fn json(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(v) = all.first() else { return Ok(NONE) };
    let loads = getattr(&content::json_module()?, "loads")?;
    let mut values = vec![get_content(v)?];
    values.extend(all.iter().skip(1).cloned());
    call_kw(&loads, &values, kw)
}
fn get_cookies(v: &Value) -> PyResult {
    let r = body(v)?;
    if r.cookies.is_unbound() {
        let mut jar = Jar::default();
        let h = r.headers.get();
        cookies::extract(&mut jar, &url::parts(&get_url(v)?)?, headers::body(&h)?);
        r.cookies.set(cookies::make(jar));
    }
    Ok(r.cookies.get())
}
/// `_parse_header_links`.
fn get_links(v: &Value) -> PyResult {
    let Some(header) = body(v)?.header("link")? else { return Ok(Dict::new_value()) };
    let strip = |s: &str| s.trim_matches([' ', '\'', '"']).to_owned();
    let mut out = vec![];
    let text = strip(&header);
    let mut rest = text.as_str();
    let mut pieces = vec![];
    while let Some(at) = rest.find(',').and_then(|_| rest.match_indices(',').find(|(i, _)| rest[i + 1..].trim_start().starts_with('<'))) {
        pieces.push(&rest[..at.0]);
        rest = &rest[at.0 + 1..];
    }
    pieces.push(rest);
    for piece in pieces.into_iter().filter(|p| !p.is_empty()) {
        let (u, params) = piece.split_once(';').unwrap_or((piece, ""));
        let mut link = vec![("url".to_owned(), u.trim_matches(['<', '>', ' ', '\'', '"']).to_owned())];
        for p in params.split(';') {
            let Some((k, value)) = p.split_once('=') else { break };
            link.push((strip(k), strip(value)));
        }
        let key = link.iter().find(|(k, _)| k == "rel").or(link.first()).map_or(String::new(), |(_, t)| t.clone());
        out.push((Value::string(key), text_dict(link)?));
    }
    dict_of(out)
}
fn m_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("<{} [{} {}]>", v.ty().name(), body(v)?.status.get(), reason(v)?)))
}
fn m_read(v: &Value) -> PyResult {
    complete(read(v.clone(), Mode::Sync))
}
fn m_aread(v: &Value) -> PyResult {
    Ok(rtasyncio::coro!("Response.aread", read(v.clone(), Mode::Async)))
}
fn m_close(v: &Value) -> PyResult {
    complete(close(v.clone(), Mode::Sync))
}
fn m_aclose(v: &Value) -> PyResult {
    Ok(rtasyncio::coro!("Response.aclose", close(v.clone(), Mode::Async)))
}
/// An answer that is here already may be awaited: `await httpx.get(url)` through a variable.
fn m_await(v: &Value) -> PyResult {
    static AWAIT: rtcore::def::Def = rtcore::def::Def::native("Response.__await__", rtcore::def::Kind::Generator);
    let v = v.clone();
    Ok(rtcore::frame::generator(&AWAIT, async move { Ok(v) }))
}
fn between(v: &Value, low: i64, high: i64) -> PyResult {
    Ok(Value::bool((low..=high).contains(&body(v)?.status.get())))
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new(
        "__init__(self, status_code, *, headers=None, content=None, text=None, html=None, json=None, stream=None, request=None, extensions=None, history=None, default_encoding='utf-8')",
        N(init),
    ),
    Method::new("raise_for_status(self)", F1(raise_for_status)),
    Method::new("json(self, **kwargs)", Raw(json)),
    Method::new("read(self)", F1(m_read)),
    Method::new("aread(self)", F1(m_aread)),
    Method::new("close(self)", F1(m_close)),
    Method::new("aclose(self)", F1(m_aclose)),
    Method::new("iter_bytes(self, chunk_size=None)", F2(iterate::iter_bytes)),
    Method::new("iter_text(self, chunk_size=None)", F2(iterate::iter_text)),
    Method::new("iter_lines(self)", F1(iterate::iter_lines)),
    Method::new("iter_raw(self, chunk_size=None)", F2(iterate::iter_raw)),
    Method::new("aiter_bytes(self, chunk_size=None)", F2(iterate::aiter_bytes)),
    Method::new("aiter_text(self, chunk_size=None)", F2(iterate::aiter_text)),
    Method::new("aiter_lines(self)", F1(iterate::aiter_lines)),
    Method::new("aiter_raw(self, chunk_size=None)", F2(iterate::aiter_raw)),
    Method::new("__await__(self)", F1(m_await)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static GETSET: &[GetSet] = &[
    GetSet::rw("status_code", |v| Ok(Value::int(body(v)?.status.get())), |v, new| {
        body(v)?.status.set(rtasyncio::glue::index(&new.unwrap_or(NONE))?);
        Ok(())
    }),
    cell_attr!("headers", Response, headers),
    cell_attr!("next_request", Response, next_request),
    cell_attr!("extensions", Response, extensions),
    cell_attr!("history", Response, history),
    cell_attr!("stream", Response, stream),
    cell_attr!("default_encoding", Response, default_encoding),
    cell_attr!("_request", Response, request),
    GetSet::rw("request", get_request, |v, new| {
        body(v)?.request.set(new.unwrap_or(NONE));
        Ok(())
    }),
    GetSet::rw("elapsed", get_elapsed, |v, new| {
        body(v)?.elapsed.set(new.unwrap_or(UNBOUND));
        Ok(())
    }),
    GetSet::ro("content", get_content),
    GetSet::ro("text", get_text),
    GetSet::rw("encoding", |v| encoding(v).map(Value::string), set_encoding),
    GetSet::ro("charset_encoding", |v| Ok(Value::from(charset_of(body(v)?)?))),
    GetSet::ro("url", get_url),
    GetSet::ro("http_version", |v| http_version(v).map(Value::string)),
    GetSet::ro("reason_phrase", |v| reason(v).map(Value::string)),
    GetSet::ro("cookies", get_cookies),
    GetSet::ro("links", get_links),
    GetSet::ro("is_closed", |v| Ok(Value::bool(body(v)?.closed.get()))),
    GetSet::ro("is_stream_consumed", |v| Ok(Value::bool(body(v)?.consumed.get()))),
    GetSet::ro("num_bytes_downloaded", |v| Ok(Value::int(body(v)?.downloaded.get() as i64))),
    GetSet::ro("is_informational", |v| between(v, 100, 199)),
    GetSet::ro("is_success", |v| between(v, 200, 299)),
    GetSet::ro("is_redirect", |v| between(v, 300, 399)),
    GetSet::ro("is_client_error", |v| between(v, 400, 499)),
    GetSet::ro("is_server_error", |v| between(v, 500, 599)),
    GetSet::ro("is_error", |v| between(v, 400, 599)),
    GetSet::ro("has_redirect_location", |v| Ok(Value::bool(body(v)?.has_redirect_location()?))),
];
static DEF: ClassDef = ClassDef::new::<Response>("Response").module("httpx").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static RESPONSE: Type = Type::builtin(&DEF);
