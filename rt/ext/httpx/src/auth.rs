//! Owns: authentication: `Auth`, `BasicAuth`, `DigestAuth`, `FunctionAuth`, `NetRCAuth` and their flows.
//! Never: sends a request: a flow yields them.
//! Source: httpx 0.28, _auth.py.

use crate::cookies;
use crate::errors::{self, PROTOCOL_ERROR};
use crate::headers::{self, Headers};
use crate::py::*;
use crate::request;
use crate::response;
use crate::url;
use md5::Md5;
use rtcore::def::{Def, Kind as DefKind};
use rtcore::frame::{generator, yield_};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

#[derive(Clone, Debug)]
struct Challenge {
    realm: String,
    nonce: String,
    algorithm: String,
    opaque: Option<String>,
    qop: Option<String>,
}
#[derive(Default)]
struct DigestState {
    username: Vec<u8>,
    password: Vec<u8>,
    last: Option<Challenge>,
    count: u32,
}
#[derive(Default)]
pub struct Auth {
    /// What `BasicAuth` sends.
    header: RefCell<String>,
    digest: RefCell<DigestState>,
    /// Machine (empty for the default), login, password of a netrc file.
    netrc: RefCell<Vec<(String, String, String)>>,
    func: RefCell<Value>,
}
impl Payload for Auth {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.func.borrow());
    }
}
impl Native for Auth {
    fn class() -> &'static Type {
        &AUTH
    }
}

fn base64(data: &[u8]) -> String {
    const TABLE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in data.chunks(3) {
        let n = part.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - part.len()));
        for i in 0..4 {
            let six = (n >> (18 - 6 * i) & 63) as usize;
            out.push(if i <= part.len() { TABLE.get(six).map_or('=', |b| *b as char) } else { '=' });
        }
    }
    out
}
/// `to_bytes`.
pub fn octets(v: &Value) -> PyResult<Vec<u8>> {
    match data_of(v) {
        Some(d) => Ok(d),
        None => Ok(text_of(v, "credentials")?.as_bytes().to_vec()),
    }
}
pub fn basic(user: &[u8], password: &[u8]) -> String {
    format!("Basic {}", base64(&[user, b":", password].concat()))
}
pub fn basic_auth(user: &str, password: &str) -> Value {
    let a = Auth::default();
    *a.header.borrow_mut() = basic(user.as_bytes(), password.as_bytes());
    object::new(&BASIC_AUTH, a)
}
/// `_build_auth`.
pub fn build(v: &Value) -> PyResult {
    if v.is_none() || v.downcast::<Auth>().is_some() {
        return Ok(v.clone());
    }
    if let [user, password] = rtcore::types::tuple::items(v) {
        let a = Auth::default();
        *a.header.borrow_mut() = basic(&octets(user)?, &octets(password)?);
        return Ok(object::new(&BASIC_AUTH, a));
    }
    if rtcore::frame::callable(v) {
        let a = Auth::default();
        *a.func.borrow_mut() = v.clone();
        return Ok(object::new(&FUNCTION_AUTH, a));
    }
    Err(type_error(format!("Invalid \"auth\" argument: {}", repr(v)?)))
}
/// True when the class defines the method itself.
pub fn overrides(v: &Value, name: &str) -> bool {
    v.ty().lookup_where(Name::new(name)).is_some_and(|(t, _)| !std::ptr::eq(t, &AUTH))
}

fn set_authorization(req: &Value, text: &str) -> PyResult<()> {
    let h = request::body(req)?.headers.get();
    headers::body(&h)?.set("Authorization", text);
    Ok(())
}
fn md<D: md5::Digest>(data: &[u8]) -> String {
    D::digest(data).iter().map(|b| format!("{b:02x}")).collect()
}
fn hash(algorithm: &str) -> PyResult<fn(&[u8]) -> String> {
    match algorithm.to_uppercase().as_str() {
        "MD5" | "MD5-SESS" => Ok(md::<Md5>),
        "SHA" | "SHA-SESS" => Ok(md::<Sha1>),
        "SHA-256" | "SHA-256-SESS" => Ok(md::<Sha256>),
        "SHA-512" | "SHA-512-SESS" => Ok(md::<Sha512>),
        other => Err(key_error(Value::str(other))),
    }
}
/// `parse_http_list`.
fn split_list(text: &str) -> Vec<String> {
    let (mut out, mut part, mut quoted, mut escaped) = (vec![], String::new(), false, false);
    for c in text.chars() {
        if escaped {
            part.push(c);
            escaped = false;
        } else if quoted && c == '\\' {
            escaped = true;
        } else if c == ',' && !quoted {
            out.push(std::mem::take(&mut part));
        } else {
            quoted ^= c == '"';
            part.push(c);
        }
    }
    if !part.is_empty() {
        out.push(part);
    }
    out.into_iter().map(|p| p.trim().to_owned()).collect()
}
fn challenge(header: &str, req: &Value) -> PyResult<Challenge> {
    let fields = header.split_once(' ').map_or("", |(_, f)| f);
    let found: Vec<(String, String)> = split_list(fields)
        .iter()
        .filter_map(|f| f.split_once('='))
        .map(|(k, v)| (k.trim().to_owned(), v.trim().trim_matches('"').to_owned()))
        .collect();
    let get = |name: &str| found.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone());
    match (get("realm"), get("nonce")) {
        (Some(realm), Some(nonce)) => {
            let algorithm = get("algorithm").unwrap_or_else(|| "MD5".into());
            Ok(Challenge { realm, nonce, algorithm, opaque: get("opaque"), qop: get("qop") })
        }
        _ => Err(errors::raise_for(&PROTOCOL_ERROR, "Malformed Digest WWW-Authenticate header", req)),
    }
}
fn digest_header(state: &mut DigestState, c: &Challenge, req: &Value) -> PyResult<String> {
    let digest = hash(&c.algorithm)?;
    let r = request::body(req)?;
    let path = url::parts(&r.url.get())?.raw_path();
    let join = |parts: &[&[u8]]| parts.join(&b":"[..]);
    let method = to_str(&r.method.get())?;
    let ha2 = digest(&join(&[method.as_bytes(), path.as_bytes()]));
    let nc = format!("{:08x}", state.count);
    let mut seed = state.count.to_string().into_bytes();
    seed.extend_from_slice(c.nonce.as_bytes());
    let mut random = [0u8; 16];
    // SAFETY: the pointer and the length describe the array.
    unsafe { libc::getrandom(random.as_mut_ptr().cast(), random.len(), 0) };
    seed.extend_from_slice(&random);
    let cnonce: String = md::<Sha1>(&seed).chars().take(16).collect();
    state.count += 1;
    let mut ha1 = digest(&join(&[&state.username, c.realm.as_bytes(), &state.password]));
    if c.algorithm.to_lowercase().ends_with("-sess") {
        ha1 = digest(&join(&[ha1.as_bytes(), c.nonce.as_bytes(), cnonce.as_bytes()]));
    }
    let qop = match c.qop.as_deref() {
        None => false,
        Some(q) => {
            let all: Vec<&str> = q.split(',').map(str::trim).collect();
            if all.contains(&"auth") {
                true
            } else if all == ["auth-int"] {
                return Err(error::not_implemented_error("Digest auth-int support is not yet implemented"));
            } else {
                return Err(errors::raise_for(&PROTOCOL_ERROR, format!("Unexpected qop value \"b'{q}'\" in digest auth"), req));
            }
        }
    };
    let answer = if qop {
        digest(&join(&[ha1.as_bytes(), c.nonce.as_bytes(), nc.as_bytes(), cnonce.as_bytes(), b"auth", ha2.as_bytes()]))
    } else {
        digest(&join(&[ha1.as_bytes(), c.nonce.as_bytes(), ha2.as_bytes()]))
    };
    let username = String::from_utf8_lossy(&state.username).into_owned();
    let mut text = format!(
        "Digest username=\"{username}\", realm=\"{}\", nonce=\"{}\", uri=\"{path}\", response=\"{answer}\", algorithm={}",
        c.realm, c.nonce, c.algorithm
    );
    if let Some(o) = c.opaque.as_deref().filter(|o| !o.is_empty()) {
        text.push_str(&format!(", opaque=\"{o}\""));
    }
    if qop {
        text.push_str(&format!(", qop=auth, nc={nc}, cnonce=\"{cnonce}\""));
    }
    Ok(text)
}
fn authorize(v: &Value, req: &Value) -> PyResult<()> {
    let mut state = this::<Auth>(v)?.digest.borrow_mut();
    if let Some(c) = state.last.clone() {
        let text = digest_header(&mut state, &c, req)?;
        set_authorization(req, &text)?;
    }
    Ok(())
}
async fn digest_flow(v: Value, req: Value) -> PyResult {
    authorize(&v, &req)?;
    let answer = yield_(req.clone()).await?;
    let r = response::body(&answer)?;
    let h = r.head();
    let own: &Headers = headers::body(&h)?;
    if r.status.get() != 401 {
        return Ok(NONE);
    }
    let Some(header) = own.all("www-authenticate").into_iter().find(|t| t.to_lowercase().starts_with("digest ")) else { return Ok(NONE) };
    let c = challenge(&header, &req)?;
    {
        let mut state = this::<Auth>(&v)?.digest.borrow_mut();
        state.last = Some(c);
        state.count = 1;
    }
    authorize(&v, &req)?;
    let set = getattr(&answer, "cookies")?;
    let mut jar = cookies::jar_of(&set)?;
    if !jar.is_empty() {
        let q = request::body(&req)?;
        let h = q.headers.get();
        cookies::set_header(&mut jar, &url::parts(&q.url.get())?, headers::body(&h)?);
    }
    yield_(req).await?;
    Ok(NONE)
}
fn netrc_header(v: &Value, req: &Value) -> PyResult<Option<String>> {
    let host = url::parts(&request::body(req)?.url.get())?.shown_host();
    let all = this::<Auth>(v)?.netrc.borrow();
    let found = all.iter().find(|(m, ..)| *m == host).or_else(|| all.iter().find(|(m, ..)| m.is_empty()));
    Ok(found.filter(|(_, _, p)| !p.is_empty()).map(|(_, u, p)| basic(u.as_bytes(), p.as_bytes())))
}
fn m_flow(v: &Value, req: &Value) -> PyResult {
    static FLOW: Def = Def::native("Auth.auth_flow", DefKind::Generator);
    let (v, req) = (v.clone(), req.clone());
    if is_a(&v, &DIGEST_AUTH) {
        return Ok(generator(&FLOW, digest_flow(v, req)));
    }
    Ok(generator(&FLOW, async move {
        let a = this::<Auth>(&v)?;
        let mut out = req;
        if is_a(&v, &BASIC_AUTH) {
            let text = a.header.borrow().clone();
            set_authorization(&out, &text)?;
        } else if is_a(&v, &NETRC_AUTH) {
            if let Some(text) = netrc_header(&v, &out)? {
                set_authorization(&out, &text)?;
            }
        } else if is_a(&v, &FUNCTION_AUTH) {
            let f = a.func.borrow().clone();
            out = call(&f, &[out])?;
        }
        yield_(out).await?;
        Ok(NONE)
    }))
}

fn new_as(all: &[Value], own: &'static Type) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(own), Auth::default()))
}
fn basic_init(v: &Value, user: &Value, password: &Value) -> PyResult {
    *this::<Auth>(v)?.header.borrow_mut() = basic(&octets(user)?, &octets(password)?);
    Ok(NONE)
}
fn digest_init(v: &Value, user: &Value, password: &Value) -> PyResult {
    let mut state = this::<Auth>(v)?.digest.borrow_mut();
    *state = DigestState { username: octets(user)?, password: octets(password)?, last: None, count: 1 };
    Ok(NONE)
}
fn function_init(v: &Value, f: &Value) -> PyResult {
    *this::<Auth>(v)?.func.borrow_mut() = f.clone();
    Ok(NONE)
}
fn netrc_init(v: &Value, file: &Value) -> PyResult {
    let path = match file.as_str() {
        Some(p) => p.to_owned(),
        None => format!("{}/.netrc", std::env::var("HOME").unwrap_or_default()),
    };
    let text = std::fs::read_to_string(&path).map_err(|e| rtcore::error::hierarchy::raise_os_error(&e, Some(Value::str(&path))))?;
    let mut all: Vec<(String, String, String)> = vec![];
    let mut words = text.split_whitespace();
    while let Some(w) = words.next() {
        match (w, all.last_mut()) {
            ("machine", _) => all.push((words.next().unwrap_or("").to_owned(), String::new(), String::new())),
            ("default", _) => all.push(Default::default()),
            ("login" | "user", Some(row)) => row.1 = words.next().unwrap_or("").to_owned(),
            ("password", Some(row)) => row.2 = words.next().unwrap_or("").to_owned(),
            _ => {}
        }
    }
    *this::<Auth>(v)?.netrc.borrow_mut() = all;
    Ok(NONE)
}
fn set_flags(t: &'static Type) {
    for name in ["requires_request_body", "requires_response_body"] {
        t.set_own(Name::new(name), FALSE);
    }
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(|all, _| new_as(all, &AUTH))),
    Method::new("__init__(self, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("auth_flow(self, request)", F2(m_flow)),
    // The client runs `auth_flow` itself unless a class has its own of these.
    Method::new("sync_auth_flow(self, request)", F2(|v, r| call_method(v, "auth_flow", std::slice::from_ref(r)))),
];
const FLAGS: u32 = TypeFlags::ATTRS | TypeFlags::PYTHON;
static DEF: ClassDef = ClassDef::new::<Auth>("Auth").module("httpx").methods(METHODS).flags(FLAGS).setup(set_flags);
pub static AUTH: Type = Type::builtin(&DEF);
macro_rules! kinds {
    ($($ty:ident $name:literal $init:expr;)*) => {
        $(pub static $ty: Type = {
            static METHODS: &[Method] = &[$init];
            static DEF: ClassDef = ClassDef::new::<Auth>($name).like(&AUTH, &AUTH).module("httpx").methods(METHODS).flags(FLAGS);
            Type::builtin(&DEF)
        };)*
    };
}
kinds! {
    BASIC_AUTH "BasicAuth" Method::new("__init__(self, username, password)", F3(basic_init));
    DIGEST_AUTH "DigestAuth" Method::new("__init__(self, username, password)", F3(digest_init));
    FUNCTION_AUTH "FunctionAuth" Method::new("__init__(self, func)", F2(function_init));
    NETRC_AUTH "NetRCAuth" Method::new("__init__(self, file=None)", F2(netrc_init));
}
