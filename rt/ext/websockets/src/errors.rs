//! Owns: the package's exception types.
//! Never: raises on its own.
//! Source: websockets, exceptions.py.

use crate::objects::{self, Exchange};
use crate::py::*;
use crate::wire::State;
use rtcore::error::hierarchy::{BASE_EXCEPTION, EXCEPTION, Exception, LOOKUP_ERROR, with_args};

macro_rules! exceptions {
    ($($ty:ident $name:literal : $base:expr $(, methods $m:expr, $g:expr)?;)*) => {
        $(pub static $ty: Type = {
            static DEF: ClassDef = ClassDef::new::<Exception>($name)
                .like(&$base, &BASE_EXCEPTION)
                .module("websockets.exceptions")
                $(.methods($m).getset($g))?
                .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS | TypeFlags::PYTHON);
            Type::builtin(&DEF)
        };)*
        pub static TYPES: &[(&str, &Type)] = &[$(($name, &$ty)),*];
    };
}
exceptions! {
    WEB_SOCKET_EXCEPTION "WebSocketException": EXCEPTION;
    CONNECTION_CLOSED "ConnectionClosed": WEB_SOCKET_EXCEPTION, methods CLOSED_METHODS, CLOSED_GETSET;
    CONNECTION_CLOSED_OK "ConnectionClosedOK": CONNECTION_CLOSED;
    CONNECTION_CLOSED_ERROR "ConnectionClosedError": CONNECTION_CLOSED;
    INVALID_URI "InvalidURI": WEB_SOCKET_EXCEPTION, methods URI_METHODS, URI_GETSET;
    INVALID_PROXY "InvalidProxy": WEB_SOCKET_EXCEPTION;
    INVALID_HANDSHAKE "InvalidHandshake": WEB_SOCKET_EXCEPTION;
    SECURITY_ERROR "SecurityError": INVALID_HANDSHAKE;
    REQUEST_LINE_TOO_LONG "RequestLineTooLong": SECURITY_ERROR;
    STATUS_LINE_TOO_LONG "StatusLineTooLong": SECURITY_ERROR;
    HEADER_LINE_TOO_LONG "HeaderLineTooLong": SECURITY_ERROR;
    TOO_MANY_HEADERS "TooManyHeaders": SECURITY_ERROR;
    PROXY_ERROR "ProxyError": INVALID_HANDSHAKE;
    INVALID_PROXY_MESSAGE "InvalidProxyMessage": PROXY_ERROR;
    INVALID_PROXY_STATUS "InvalidProxyStatus": PROXY_ERROR;
    INVALID_METHOD "InvalidMethod": INVALID_HANDSHAKE;
    INVALID_PROTOCOL "InvalidProtocol": INVALID_HANDSHAKE;
    INVALID_MESSAGE "InvalidMessage": INVALID_HANDSHAKE;
    INVALID_STATUS "InvalidStatus": INVALID_HANDSHAKE, methods STATUS_METHODS, STATUS_GETSET;
    INVALID_HEADER "InvalidHeader": INVALID_HANDSHAKE, methods HEADER_METHODS, HEADER_GETSET;
    INVALID_HEADER_FORMAT "InvalidHeaderFormat": INVALID_HEADER;
    INVALID_HEADER_VALUE "InvalidHeaderValue": INVALID_HEADER;
    INVALID_ORIGIN "InvalidOrigin": INVALID_HEADER;
    INVALID_UPGRADE "InvalidUpgrade": INVALID_HEADER;
    NEGOTIATION_ERROR "NegotiationError": INVALID_HANDSHAKE;
    DUPLICATE_PARAMETER "DuplicateParameter": NEGOTIATION_ERROR;
    INVALID_PARAMETER_NAME "InvalidParameterName": NEGOTIATION_ERROR;
    INVALID_PARAMETER_VALUE "InvalidParameterValue": NEGOTIATION_ERROR;
    PROTOCOL_ERROR "ProtocolError": WEB_SOCKET_EXCEPTION;
    PAYLOAD_TOO_BIG "PayloadTooBig": WEB_SOCKET_EXCEPTION;
    TOO_MANY_FRAGMENTS "TooManyFragments": WEB_SOCKET_EXCEPTION;
    INVALID_STATE "InvalidState": WEB_SOCKET_EXCEPTION;
    CONCURRENCY_ERROR "ConcurrencyError": WEB_SOCKET_EXCEPTION;
    MULTIPLE_VALUES_ERROR "MultipleValuesError": LOOKUP_ERROR;
}

fn field(v: &Value, i: usize) -> Value {
    v.downcast::<Exception>().map_or(NONE, |e| e.field(i))
}
fn set(v: &Value, i: usize, new: Value) {
    if let Some(e) = v.downcast::<Exception>() {
        e.set_field(i, new);
    }
}
#[cold]
pub fn raise(ty: &'static Type, args: Vec<Value>) -> Raised {
    raise_value(with_args(ty, args))
}
#[cold]
pub fn raise_text(ty: &'static Type, text: impl Into<String>) -> Raised {
    raise(ty, vec![Value::string(text.into())])
}

// ---- ConnectionClosed ----

fn closed_init(v: &Value, rcvd: &Value, sent: &Value, order: &Value) -> PyResult {
    set(v, 0, rcvd.clone());
    set(v, 1, sent.clone());
    set(v, 2, order.clone());
    Ok(NONE)
}
fn closed_str(v: &Value) -> PyResult {
    let (rcvd, sent) = (field(v, 0), field(v, 1));
    let text = match (rcvd.is_none(), sent.is_none()) {
        (true, true) => "no close frame received or sent".to_owned(),
        (true, false) => format!("sent {}; no close frame received", to_str(&sent)?),
        (false, true) => format!("received {}; no close frame sent", to_str(&rcvd)?),
        (false, false) if truth(&field(v, 2))? => format!("received {}; then sent {}", to_str(&rcvd)?, to_str(&sent)?),
        (false, false) => format!("sent {}; then received {}", to_str(&sent)?, to_str(&rcvd)?),
    };
    Ok(Value::string(text))
}
fn deprecated(text: &str) -> PyResult<()> {
    rtcore::warn::warn(&rtcore::error::hierarchy::DEPRECATION_WARNING, text, 1)
}
fn closed_code(v: &Value) -> PyResult {
    deprecated("ConnectionClosed.code is deprecated; use Protocol.close_code or ConnectionClosed.rcvd.code")?;
    let rcvd = field(v, 0);
    if rcvd.is_none() { Ok(Value::int(1006)) } else { getattr(&rcvd, "code") }
}
fn closed_reason(v: &Value) -> PyResult {
    deprecated("ConnectionClosed.reason is deprecated; use Protocol.close_reason or ConnectionClosed.rcvd.reason")?;
    let rcvd = field(v, 0);
    if rcvd.is_none() { Ok(Value::str("")) } else { getattr(&rcvd, "reason") }
}
static CLOSED_METHODS: &[Method] =
    &[Method::new("__init__(self, rcvd, sent, rcvd_then_sent=None)", F4(closed_init)), Method::new("__str__(self)", F1(closed_str))];
static CLOSED_GETSET: &[GetSet] = &[
    GetSet::ro("rcvd", |v| Ok(field(v, 0))),
    GetSet::ro("sent", |v| Ok(field(v, 1))),
    GetSet::ro("rcvd_then_sent", |v| Ok(field(v, 2))),
    GetSet::ro("code", closed_code),
    GetSet::ro("reason", closed_reason),
];
/// The exception for how a connection ended.
pub fn closed(s: &State) -> Value {
    let ok = |c: &Option<(u16, String)>| c.as_ref().is_some_and(|c| matches!(c.0, 1000 | 1001 | 1005));
    let ty = if ok(&s.rcvd) && ok(&s.sent) { &CONNECTION_CLOSED_OK } else { &CONNECTION_CLOSED_ERROR };
    let frame = |c: &Option<(u16, String)>| c.as_ref().map_or(NONE, objects::close);
    let (rcvd, sent) = (frame(&s.rcvd), frame(&s.sent));
    let order = if rcvd.is_none() || sent.is_none() { NONE } else { Value::from(s.rcvd_then_sent) };
    let exc = with_args(ty, vec![rcvd.clone(), sent.clone(), order.clone()]);
    set(&exc, 0, rcvd);
    set(&exc, 1, sent);
    set(&exc, 2, order);
    if let Some(why) = &s.cause {
        let ty = if s.timed_out { &rtcore::error::hierarchy::TIMEOUT_ERROR } else { &rtcore::error::hierarchy::OS_ERROR };
        let cause = with_args(ty, vec![Value::str(why)]);
        if let Some(e) = exc.downcast::<Exception>() {
            e.set_cause(cause);
        }
    }
    exc
}

// ---- InvalidURI, InvalidStatus, InvalidHeader ----

fn uri_init(v: &Value, uri: &Value, msg: &Value) -> PyResult {
    set(v, 0, uri.clone());
    set(v, 1, msg.clone());
    Ok(NONE)
}
fn uri_str(v: &Value) -> PyResult {
    Ok(Value::string(format!("{} isn't a valid URI: {}", to_str(&field(v, 0))?, to_str(&field(v, 1))?)))
}
static URI_METHODS: &[Method] = &[Method::new("__init__(self, uri, msg)", F3(uri_init)), Method::new("__str__(self)", F1(uri_str))];
static URI_GETSET: &[GetSet] = &[GetSet::ro("uri", |v| Ok(field(v, 0))), GetSet::ro("msg", |v| Ok(field(v, 1)))];
#[cold]
pub fn invalid_uri(uri: &str, msg: &str) -> Raised {
    let exc = with_args(&INVALID_URI, vec![Value::str(uri), Value::str(msg)]);
    set(&exc, 0, Value::str(uri));
    set(&exc, 1, Value::str(msg));
    raise_value(exc)
}
fn status_init(v: &Value, response: &Value) -> PyResult {
    set(v, 0, response.clone());
    Ok(NONE)
}
fn status_str(v: &Value) -> PyResult {
    let r = field(v, 0);
    let code = this::<Exchange>(&r)?.status.get();
    Ok(Value::string(format!("server rejected WebSocket connection: HTTP {code}")))
}
static STATUS_METHODS: &[Method] = &[Method::new("__init__(self, response)", F2(status_init)), Method::new("__str__(self)", F1(status_str))];
static STATUS_GETSET: &[GetSet] = &[GetSet::ro("response", |v| Ok(field(v, 0)))];
#[cold]
pub fn invalid_status(response: Value) -> Raised {
    let exc = with_args(&INVALID_STATUS, vec![response.clone()]);
    set(&exc, 0, response);
    raise_value(exc)
}
fn header_init(v: &Value, name: &Value, value: &Value) -> PyResult {
    set(v, 0, name.clone());
    set(v, 1, value.clone());
    Ok(NONE)
}
fn header_str(v: &Value) -> PyResult {
    let (name, value) = (to_str(&field(v, 0))?, field(v, 1));
    Ok(Value::string(match value.as_str() {
        None => format!("missing {name} header"),
        Some("") => format!("empty {name} header"),
        Some(t) => format!("invalid {name} header: {t}"),
    }))
}
static HEADER_METHODS: &[Method] = &[Method::new("__init__(self, name, value=None)", F3(header_init)), Method::new("__str__(self)", F1(header_str))];
static HEADER_GETSET: &[GetSet] = &[GetSet::ro("name", |v| Ok(field(v, 0))), GetSet::ro("value", |v| Ok(field(v, 1)))];
#[cold]
pub fn invalid_header(ty: &'static Type, name: &str, value: Option<String>) -> Raised {
    let (name, value) = (Value::str(name), Value::from(value));
    let exc = with_args(ty, vec![name.clone(), value.clone()]);
    set(&exc, 0, name);
    set(&exc, 1, value);
    raise_value(exc)
}
