//! Owns: httpx's exception types and how a failure of the network becomes one.
//! Never: raises on its own.
//! Source: httpx 0.28, _exceptions.py.

use crate::net::{Kind, NetError};
use crate::py::*;
use rtasyncio::native_io::Mode;
use rtcore::error::hierarchy::{BASE_EXCEPTION, EXCEPTION, Exception, RUNTIME_ERROR, with_args};

macro_rules! exceptions {
    ($($ty:ident $name:literal : $base:expr $(, methods $m:expr, $g:expr)?;)*) => {
        $(pub static $ty: Type = {
            static DEF: ClassDef = ClassDef::new::<Exception>($name)
                .like(&$base, &BASE_EXCEPTION)
                .module("httpx")
                $(.methods($m).getset($g))?
                .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS | TypeFlags::PYTHON);
            Type::builtin(&DEF)
        };)*
        pub static TYPES: &[(&str, &Type)] = &[$(($name, &$ty)),*];
    };
}

exceptions! {
    HTTP_ERROR "HTTPError": EXCEPTION, methods HTTP_METHODS, HTTP_GETSET;
    REQUEST_ERROR "RequestError": HTTP_ERROR, methods REQUEST_METHODS, &[];
    TRANSPORT_ERROR "TransportError": REQUEST_ERROR;
    TIMEOUT_EXCEPTION "TimeoutException": TRANSPORT_ERROR;
    CONNECT_TIMEOUT "ConnectTimeout": TIMEOUT_EXCEPTION;
    READ_TIMEOUT "ReadTimeout": TIMEOUT_EXCEPTION;
    WRITE_TIMEOUT "WriteTimeout": TIMEOUT_EXCEPTION;
    POOL_TIMEOUT "PoolTimeout": TIMEOUT_EXCEPTION;
    NETWORK_ERROR "NetworkError": TRANSPORT_ERROR;
    CONNECT_ERROR "ConnectError": NETWORK_ERROR;
    READ_ERROR "ReadError": NETWORK_ERROR;
    WRITE_ERROR "WriteError": NETWORK_ERROR;
    CLOSE_ERROR "CloseError": NETWORK_ERROR;
    PROTOCOL_ERROR "ProtocolError": TRANSPORT_ERROR;
    LOCAL_PROTOCOL_ERROR "LocalProtocolError": PROTOCOL_ERROR;
    REMOTE_PROTOCOL_ERROR "RemoteProtocolError": PROTOCOL_ERROR;
    PROXY_ERROR "ProxyError": TRANSPORT_ERROR;
    UNSUPPORTED_PROTOCOL "UnsupportedProtocol": TRANSPORT_ERROR;
    DECODING_ERROR "DecodingError": REQUEST_ERROR;
    TOO_MANY_REDIRECTS "TooManyRedirects": REQUEST_ERROR;
    HTTP_STATUS_ERROR "HTTPStatusError": HTTP_ERROR, methods STATUS_METHODS, STATUS_GETSET;
    INVALID_URL "InvalidURL": EXCEPTION, methods MESSAGE_METHODS, &[];
    COOKIE_CONFLICT "CookieConflict": EXCEPTION, methods MESSAGE_METHODS, &[];
    STREAM_ERROR "StreamError": RUNTIME_ERROR, methods MESSAGE_METHODS, &[];
    STREAM_CONSUMED "StreamConsumed": STREAM_ERROR, methods CONSUMED_METHODS, &[];
    STREAM_CLOSED "StreamClosed": STREAM_ERROR, methods CLOSED_METHODS, &[];
    RESPONSE_NOT_READ "ResponseNotRead": STREAM_ERROR, methods RESPONSE_METHODS, &[];
    REQUEST_NOT_READ "RequestNotRead": STREAM_ERROR, methods UNREAD_METHODS, &[];
}

const CONSUMED: &str = "Attempted to read or stream some content, but the content has already been streamed. For requests, this could be due to passing a generator as request content, and then receiving a redirect response or a secondary request as part of an authentication flow.For responses, this could be due to attempting to stream the response content more than once.";
const CLOSED: &str = "Attempted to read or stream content, but the stream has been closed.";
const RESPONSE: &str = "Attempted to access streaming response content, without having called `read()`.";
const UNREAD: &str = "Attempted to access streaming request content, without having called `read()`.";

fn set_args(v: &Value, args: Vec<Value>) {
    if let Some(e) = v.downcast::<Exception>() {
        let old = e.args.replace(tuple(args));
        drop(old);
    }
}
fn field(v: &Value, i: usize) -> Value {
    v.downcast::<Exception>().map_or(NONE, |e| e.field(i))
}
fn set_field(v: &Value, i: usize, new: Value) {
    if let Some(e) = v.downcast::<Exception>() {
        e.set_field(i, new);
    }
}
fn init_message(v: &Value, message: &Value) -> PyResult {
    set_args(v, vec![message.clone()]);
    Ok(NONE)
}
fn init_request(v: &Value, message: &Value, request: &Value) -> PyResult {
    set_args(v, vec![message.clone()]);
    set_field(v, 0, request.clone());
    Ok(NONE)
}
fn init_status(v: &Value, message: &Value, request: &Value, response: &Value) -> PyResult {
    set_args(v, vec![message.clone()]);
    set_field(v, 0, request.clone());
    set_field(v, 1, response.clone());
    Ok(NONE)
}
fn get_request(v: &Value) -> PyResult {
    let r = field(v, 0);
    if r.is_none() { Err(runtime_error("The .request property has not been set.")) } else { Ok(r) }
}
fn put_request(v: &Value, new: Option<Value>) -> PyResult<()> {
    set_field(v, 0, new.unwrap_or(NONE));
    Ok(())
}
fn put_response(v: &Value, new: Option<Value>) -> PyResult<()> {
    set_field(v, 1, new.unwrap_or(NONE));
    Ok(())
}
macro_rules! fixed {
    ($f:ident $text:ident) => {
        fn $f(v: &Value) -> PyResult {
            set_args(v, vec![Value::str($text)]);
            Ok(NONE)
        }
    };
}
fixed!(init_consumed CONSUMED);
fixed!(init_closed CLOSED);
fixed!(init_response RESPONSE);
fixed!(init_unread UNREAD);

static HTTP_METHODS: &[Method] = &[Method::new("__init__(self, message)", F2(init_message))];
static HTTP_GETSET: &[GetSet] = &[GetSet::rw("request", get_request, put_request), GetSet::rw("_request", |v| Ok(field(v, 0)), put_request)];
static REQUEST_METHODS: &[Method] = &[Method::new("__init__(self, message, *, request=None)", F3(init_request))];
static STATUS_METHODS: &[Method] = &[Method::new("__init__(self, message, *, request, response)", F4(init_status))];
static STATUS_GETSET: &[GetSet] = &[GetSet::rw("response", |v| Ok(field(v, 1)), put_response)];
static MESSAGE_METHODS: &[Method] = &[Method::new("__init__(self, message)", F2(init_message))];
static CONSUMED_METHODS: &[Method] = &[Method::new("__init__(self)", F1(init_consumed))];
static CLOSED_METHODS: &[Method] = &[Method::new("__init__(self)", F1(init_closed))];
static RESPONSE_METHODS: &[Method] = &[Method::new("__init__(self)", F1(init_response))];
static UNREAD_METHODS: &[Method] = &[Method::new("__init__(self)", F1(init_unread))];

/// An error without a request of its own.
#[cold]
pub fn raise(ty: &'static Type, message: impl Into<String>) -> Raised {
    raise_value(with_args(ty, vec![Value::string(message.into())]))
}
#[cold]
pub fn raise_for(ty: &'static Type, message: impl Into<String>, request: &Value) -> Raised {
    let exc = with_args(ty, vec![Value::string(message.into())]);
    set_field(&exc, 0, request.clone());
    raise_value(exc)
}
#[cold]
pub fn raise_status(message: String, request: Value, response: Value) -> Raised {
    let exc = with_args(&HTTP_STATUS_ERROR, vec![Value::string(message)]);
    set_field(&exc, 0, request);
    set_field(&exc, 1, response);
    raise_value(exc)
}
#[cold]
pub fn consumed() -> Raised {
    raise(&STREAM_CONSUMED, CONSUMED)
}
#[cold]
pub fn closed() -> Raised {
    raise(&STREAM_CLOSED, CLOSED)
}
#[cold]
pub fn response_not_read() -> Raised {
    raise(&RESPONSE_NOT_READ, RESPONSE)
}
#[cold]
pub fn request_not_read() -> Raised {
    raise(&REQUEST_NOT_READ, UNREAD)
}

fn type_of(kind: Kind) -> &'static Type {
    match kind {
        Kind::ConnectError => &CONNECT_ERROR,
        Kind::ConnectTimeout => &CONNECT_TIMEOUT,
        Kind::ReadError => &READ_ERROR,
        Kind::ReadTimeout => &READ_TIMEOUT,
        Kind::WriteError => &WRITE_ERROR,
        Kind::WriteTimeout => &WRITE_TIMEOUT,
        Kind::PoolTimeout => &POOL_TIMEOUT,
        Kind::LocalProtocolError => &LOCAL_PROTOCOL_ERROR,
        Kind::RemoteProtocolError => &REMOTE_PROTOCOL_ERROR,
        Kind::ProxyError => &PROXY_ERROR,
    }
}
/// The exception for a failure of the network.
#[cold]
pub fn network(e: NetError, mode: Mode, request: &Value) -> Raised {
    let text = match mode {
        Mode::Sync => e.sync_text,
        Mode::Async => e.async_text,
    };
    raise_for(type_of(e.kind), text, request)
}
/// `request_context`: an error that passes through learns which request it belongs to.
pub fn with_request(r: Raised, request: &Value) -> Raised {
    if !request.is_none() && error::matches(&r, &REQUEST_ERROR) {
        let exc = error::take(r);
        set_field(&exc, 0, request.clone());
        return error::set_pending(exc);
    }
    r
}
