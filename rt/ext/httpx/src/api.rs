//! Owns: the functions of the module (`get`, `post`, …), the arguments that requests share, `stream()`.
//! Never: keeps a connection: each call has a client of its own.
//! Source: httpx 0.28, _api.py.

use crate::client::{self, Make};
use crate::py::*;
use crate::response;
use crate::send;
use rtasyncio::native_io::{Mode, complete};

/// The keyword arguments of one request. UNBOUND: the client's own.
pub struct Call {
    pub content: Value,
    pub data: Value,
    pub files: Value,
    pub json: Value,
    pub params: Value,
    pub headers: Value,
    pub cookies: Value,
    pub auth: Value,
    pub follow_redirects: Value,
    pub timeout: Value,
    pub extensions: Value,
}
impl Default for Call {
    fn default() -> Call {
        Call {
            content: NONE,
            data: NONE,
            files: NONE,
            json: NONE,
            params: NONE,
            headers: NONE,
            cookies: NONE,
            auth: UNBOUND,
            follow_redirects: UNBOUND,
            timeout: UNBOUND,
            extensions: NONE,
        }
    }
}
/// `USE_CLIENT_DEFAULT` is the same as not given.
pub fn unset(v: &Value) -> Value {
    if v.ty().name() == "UseClientDefault" { UNBOUND } else { v.clone() }
}
impl Call {
    /// From the bound parameters of a client's method.
    pub fn of(a: &[Value], with_body: bool) -> Call {
        let mut c = Call::default();
        let mut rest = a.iter();
        let mut next = || rest.next().cloned().unwrap_or(NONE);
        if with_body {
            c.content = next();
            c.data = next();
            c.files = next();
            c.json = next();
        }
        c.params = next();
        c.headers = next();
        c.cookies = next();
        c.auth = unset(&next());
        c.follow_redirects = unset(&next());
        c.timeout = unset(&next());
        c.extensions = next();
        c
    }
}

/// A call of the module's functions: the request and the client that it gets.
struct Once {
    method: String,
    url: Value,
    call: Call,
    make: Make,
}
impl Once {
    /// From the bound parameters of a function of the module, behind `method` and `url`.
    fn of(method: &str, url: &Value, a: &[Value], with_body: bool) -> PyResult<Once> {
        let mut call = Call::default();
        let mut rest = a.iter();
        let mut next = || rest.next().cloned().unwrap_or(NONE);
        if with_body {
            call.content = next();
            call.data = next();
            call.files = next();
            call.json = next();
        }
        call.params = next();
        call.headers = next();
        let cookies = next();
        call.auth = next();
        let proxy = next();
        call.follow_redirects = next();
        let verify = next();
        let timeout = next();
        let trust_env = truth(&next())?;
        let make = Make { cookies, proxy, verify, timeout, trust_env, ..Make::default() };
        Ok(Once { method: method.to_owned(), url: url.clone(), call, make })
    }
    async fn run(self, mode: Mode) -> PyResult {
        let Once { method, url, call, make } = self;
        let c = client::make(mode, &make)?;
        let r = client::perform(c.clone(), method, url, call, mode).await;
        match r {
            Ok(v) => {
                client::close(c, mode).await?;
                Ok(v)
            }
            Err(r) => {
                let exc = error::take(r);
                client::close(c, mode).await?;
                Err(error::set_pending(exc))
            }
        }
    }
}

macro_rules! functions {
    ($($f:ident $af:ident $verb:literal $with_body:literal;)*) => {
        $(pub fn $f(a: &[Value]) -> PyResult {
            let [u, rest @ ..] = a else { return Ok(NONE) };
            complete(Once::of($verb, u, rest, $with_body)?.run(Mode::Sync))
        }
        pub fn $af(a: &[Value]) -> PyResult {
            let [u, rest @ ..] = a else { return Ok(NONE) };
            let once = Once::of($verb, u, rest, $with_body)?;
            Ok(rtasyncio::coro!("request", once.run(Mode::Async)))
        })*
    };
}
functions! {
    get aget "GET" false; options aoptions "OPTIONS" false; head ahead "HEAD" false; delete adelete "DELETE" false;
    post apost "POST" true; put aput "PUT" true; patch apatch "PATCH" true;
}
/// `request(method, url, *, params, content, data, files, json, headers, cookies, auth, proxy, timeout, follow_redirects, verify, trust_env)`.
fn once(a: &[Value]) -> PyResult<Once> {
    let [method, url, params, content, data, files, json, headers, cookies, auth, proxy, timeout, follow, verify, trust_env] = a else {
        return Err(type_error("request() takes a method and a URL"));
    };
    let call = Call {
        content: content.clone(),
        data: data.clone(),
        files: files.clone(),
        json: json.clone(),
        params: params.clone(),
        headers: headers.clone(),
        auth: auth.clone(),
        follow_redirects: follow.clone(),
        ..Call::default()
    };
    let make = Make {
        cookies: cookies.clone(),
        proxy: proxy.clone(),
        verify: verify.clone(),
        timeout: timeout.clone(),
        trust_env: truth(trust_env)?,
        ..Make::default()
    };
    Ok(Once { method: text_of(method, "method")?.to_owned(), url: url.clone(), call, make })
}
pub fn request(a: &[Value]) -> PyResult {
    complete(once(a)?.run(Mode::Sync))
}
pub fn arequest(a: &[Value]) -> PyResult {
    let once = once(a)?;
    Ok(rtasyncio::coro!("request", once.run(Mode::Async)))
}
/// `httpx.stream(…)`.
pub fn stream(a: &[Value]) -> PyResult {
    let Once { method, url, call, make } = once(a)?;
    streaming(client::make(Mode::Sync, &make)?, true, method, url, call)
}

/// The context manager of `stream()`.
pub struct Streaming {
    client: Value,
    /// The client was made for this request alone.
    owned: bool,
    call: RefCell<Option<(String, Value, Call)>>,
    response: VCell,
}
impl Payload for Streaming {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.client);
        self.response.visit(visit);
    }
}
impl Native for Streaming {
    fn class() -> &'static Type {
        &STREAMING
    }
}
pub fn streaming(client: Value, owned: bool, method: String, url: Value, call: Call) -> PyResult {
    let s = Streaming { client, owned, call: RefCell::new(Some((method, url, call))), response: VCell::none() };
    Ok(object::new(&STREAMING, s))
}
async fn enter(v: Value, mode: Mode) -> PyResult {
    let s = this::<Streaming>(&v)?;
    let Some((method, url, call)) = s.call.take() else { return Err(runtime_error("generator didn't yield")) };
    let req = client::build_request(&s.client, &method, &url, &call)?;
    let r = send::send(s.client.clone(), req, true, call.auth, call.follow_redirects, mode).await?;
    s.response.set(r.clone());
    Ok(r)
}
async fn exit(v: Value, mode: Mode) -> PyResult {
    let s = this::<Streaming>(&v)?;
    let r = s.response.take();
    if !r.is_none() {
        response::close(r, mode).await?;
    }
    if s.owned {
        client::close(s.client.clone(), mode).await?;
    }
    Ok(FALSE)
}
fn m_enter(v: &Value) -> PyResult {
    complete(enter(v.clone(), Mode::Sync))
}
fn m_aenter(v: &Value) -> PyResult {
    Ok(rtasyncio::coro!("stream.__aenter__", enter(v.clone(), Mode::Async)))
}
fn m_exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    complete(exit(v.clone(), Mode::Sync))
}
fn m_aexit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    Ok(rtasyncio::coro!("stream.__aexit__", exit(v.clone(), Mode::Async)))
}
static STREAMING_METHODS: &[Method] = &[
    Method::new("__enter__(self)", F1(m_enter)),
    Method::new("__exit__(self, typ, value, traceback)", F4(m_exit)),
    Method::new("__aenter__(self)", F1(m_aenter)),
    Method::new("__aexit__(self, typ, value, traceback)", F4(m_aexit)),
];
static STREAMING_DEF: ClassDef = ClassDef::new::<Streaming>("_GeneratorContextManager").module("contextlib").methods(STREAMING_METHODS);
pub static STREAMING: Type = Type::builtin(&STREAMING_DEF);
