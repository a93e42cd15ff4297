//! Owns: the module objects `httpx` and `httpx2`. Never: implements what they export.

use crate::py::*;
use crate::{api, application, auth, client, config, cookies, errors, headers, query, request, response, status, stream, transport, url};
use rtcore::types::module::{NativeModule, set_str};

macro_rules! table {
    ($($name:literal $tail:literal $f:ident $af:ident;)*) => {
        /// The real functions are synchronous; where a call's result is awaited, its twin makes a coroutine.
        static FUNCTIONS: &[Method] = &[$({
            static TWIN: Method = Method::new(concat!($name, $tail), N(api::$af));
            Method::new(concat!($name, $tail), N(api::$f)).awaited(&TWIN)
        }),*];
    };
}
table! {
    "get" "(url, *, params=None, headers=None, cookies=None, auth=None, proxy=None, follow_redirects=False, verify=True, timeout=..., trust_env=True)" get aget;
    "options" "(url, *, params=None, headers=None, cookies=None, auth=None, proxy=None, follow_redirects=False, verify=True, timeout=..., trust_env=True)" options aoptions;
    "head" "(url, *, params=None, headers=None, cookies=None, auth=None, proxy=None, follow_redirects=False, verify=True, timeout=..., trust_env=True)" head ahead;
    "delete" "(url, *, params=None, headers=None, cookies=None, auth=None, proxy=None, follow_redirects=False, verify=True, timeout=..., trust_env=True)" delete adelete;
    "post" "(url, *, content=None, data=None, files=None, json=None, params=None, headers=None, cookies=None, auth=None, proxy=None, follow_redirects=False, verify=True, timeout=..., trust_env=True)" post apost;
    "put" "(url, *, content=None, data=None, files=None, json=None, params=None, headers=None, cookies=None, auth=None, proxy=None, follow_redirects=False, verify=True, timeout=..., trust_env=True)" put aput;
    "patch" "(url, *, content=None, data=None, files=None, json=None, params=None, headers=None, cookies=None, auth=None, proxy=None, follow_redirects=False, verify=True, timeout=..., trust_env=True)" patch apatch;
    "request" "(method, url, *, params=None, content=None, data=None, files=None, json=None, headers=None, cookies=None, auth=None, proxy=None, timeout=..., follow_redirects=False, verify=True, trust_env=True)" request arequest;
}
static STREAM: Method = Method::new(
    "stream(method, url, *, params=None, content=None, data=None, files=None, json=None, headers=None, cookies=None, auth=None, proxy=None, timeout=..., follow_redirects=False, verify=True, trust_env=True)",
    N(api::stream),
);

static CREATE_SSL_CONTEXT: Method = Method::new("create_ssl_context(verify=True, cert=None, trust_env=True)", F3(transport::create_ssl_context));

static TYPES: &[(&str, &Type)] = &[
    ("URL", &url::URL),
    ("QueryParams", &query::QUERY_PARAMS),
    ("Headers", &headers::HEADERS),
    ("Cookies", &cookies::COOKIES),
    ("Request", &request::REQUEST),
    ("Response", &response::RESPONSE),
    ("Timeout", &config::TIMEOUT),
    ("Limits", &config::LIMITS),
    ("Proxy", &config::PROXY),
    ("Client", &client::CLIENT),
    ("AsyncClient", &client::ASYNC_CLIENT),
    ("Auth", &auth::AUTH),
    ("BasicAuth", &auth::BASIC_AUTH),
    ("DigestAuth", &auth::DIGEST_AUTH),
    ("NetRCAuth", &auth::NETRC_AUTH),
    ("SyncByteStream", &stream::SYNC_BYTE_STREAM),
    ("AsyncByteStream", &stream::ASYNC_BYTE_STREAM),
    ("ByteStream", &stream::BYTE_STREAM),
    ("BaseTransport", &transport::BASE_TRANSPORT),
    ("AsyncBaseTransport", &transport::ASYNC_BASE_TRANSPORT),
    ("HTTPTransport", &transport::HTTP_TRANSPORT),
    ("AsyncHTTPTransport", &transport::ASYNC_HTTP_TRANSPORT),
    ("MockTransport", &transport::MOCK_TRANSPORT),
    ("ASGITransport", &application::ASGI_TRANSPORT),
    ("WSGITransport", &application::WSGI_TRANSPORT),
];

/// The marker of arguments that the client decides.
struct UseClientDefault;
impl Payload for UseClientDefault {}
impl Native for UseClientDefault {
    fn class() -> &'static Type {
        &USE_CLIENT_DEFAULT
    }
}
static USE_DEF: ClassDef = ClassDef::new::<UseClientDefault>("UseClientDefault").module("httpx._client");
static USE_CLIENT_DEFAULT: Type = Type::builtin(&USE_DEF);

static GETATTR: Method = Method::new("__getattr__(name, /)", F1(lazy));
/// What is made at the first look.
fn lazy(name: &Value) -> PyResult {
    match name.as_str() {
        Some("codes") => status::codes(),
        Some(name @ ("create_ssl_context" | "main" | "FunctionAuth")) => {
            Err(rtcore::error::attribute_error(format!("'httpx.{name}' is not supported in compiled programs")))
        }
        Some(other) => Err(rtcore::error::attribute_error(format!("module 'httpx' has no attribute '{other}'"))),
        None => Err(type_error("attribute name must be string")),
    }
}
fn setup(m: &Value) -> PyResult<()> {
    let mut all: Vec<&str> = vec!["codes", "create_ssl_context", "stream", "USE_CLIENT_DEFAULT"];
    all.extend(FUNCTIONS.iter().map(Method::name));
    for (name, t) in TYPES.iter().chain(errors::TYPES) {
        set_str(m, name, Value::of_type(t));
        all.push(name);
    }
    for f in [&STREAM, &CREATE_SSL_CONTEXT, &GETATTR] {
        set_str(m, f.name(), rtcore::types::function::native::function(f, "httpx"));
    }
    set_str(m, "USE_CLIENT_DEFAULT", object::new(&USE_CLIENT_DEFAULT, UseClientDefault));
    set_str(m, "__version__", Value::str("0.28.1"));
    set_str(m, "__title__", Value::str("httpx"));
    set_str(m, "__description__", Value::str("A next generation HTTP client, for Python 3."));
    all.sort_unstable();
    set_str(m, "__all__", list(all.into_iter().map(Value::str).collect()));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("httpx", FUNCTIONS, setup);
pub static HTTPX2: NativeModule = NativeModule::alias("httpx2", &MODULE);
