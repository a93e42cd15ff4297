//! Owns: `Close`, `Headers`, `Request`, `Response`, and the enums `State`, `CloseCode`, `Opcode`.
//! Never: talks to the network.
//! Source: websockets, frames.py, http11.py, datastructures.py, protocol.py.

use crate::handshake::Rows;
use crate::py::*;

// ---- Close ----

pub struct Close {
    pub code: u16,
    pub reason: String,
}
impl Payload for Close {}
impl Native for Close {
    fn class() -> &'static Type {
        &CLOSE
    }
}
const EXPLANATIONS: &[(u16, &str)] = &[
    (1000, "OK"),
    (1001, "going away"),
    (1002, "protocol error"),
    (1003, "unsupported data"),
    (1005, "no status received [internal]"),
    (1006, "abnormal closure [internal]"),
    (1007, "invalid frame payload data"),
    (1008, "policy violation"),
    (1009, "message too big"),
    (1010, "mandatory extension"),
    (1011, "internal error"),
    (1012, "service restart"),
    (1013, "try again later"),
    (1014, "bad gateway"),
    (1015, "TLS handshake failure [internal]"),
];
pub fn close_text(code: u16, reason: &str) -> String {
    let why = match code {
        3000..=3999 => "registered",
        4000..=4999 => "private use",
        _ => EXPLANATIONS.iter().find(|(c, _)| *c == code).map_or("unknown", |(_, t)| t),
    };
    if reason.is_empty() { format!("{code} ({why})") } else { format!("{code} ({why}) {reason}") }
}
pub fn close(info: &(u16, String)) -> Value {
    object::new(&CLOSE, Close { code: info.0, reason: info.1.clone() })
}
fn close_new(all: &[Value], _: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&CLOSE);
    let code = all.get(1).map(rtasyncio::glue::index).transpose()?.unwrap_or(1000);
    let reason = all.get(2).and_then(Value::as_str).unwrap_or("").to_owned();
    Ok(object::new(ty, Close { code: code as u16, reason }))
}
fn close_repr(v: &Value) -> PyResult {
    let c = this::<Close>(v)?;
    Ok(Value::string(format!("Close(code={}, reason={})", c.code, repr(&Value::str(&c.reason))?)))
}
fn close_eq(v: &Value, other: &Value) -> PyResult {
    let (a, Some(b)) = (this::<Close>(v)?, other.downcast::<Close>()) else { return Ok(FALSE) };
    Ok(Value::bool(a.code == b.code && a.reason == b.reason))
}
static CLOSE_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(close_new)),
    Method::new("__init__(self, code, reason)", F3(|_, _, _| Ok(NONE))),
    Method::new("__repr__(self)", F1(close_repr)),
    Method::new("__eq__(self, other)", F2(close_eq)),
    Method::new("__str__(self)", F1(|v| {
        let c = this::<Close>(v)?;
        Ok(Value::string(close_text(c.code, &c.reason)))
    })),
];
static CLOSE_GETSET: &[GetSet] = &[
    GetSet::ro("code", |v| Ok(Value::int(i64::from(this::<Close>(v)?.code)))),
    GetSet::ro("reason", |v| Ok(Value::str(&this::<Close>(v)?.reason))),
];
static CLOSE_DEF: ClassDef = ClassDef::new::<Close>("Close").module("websockets.frames").methods(CLOSE_METHODS).getset(CLOSE_GETSET).flags(TypeFlags::PYTHON);
pub static CLOSE: Type = Type::builtin(&CLOSE_DEF);

// ---- Headers ----

#[derive(Default)]
pub struct Headers {
    pub rows: RefCell<Rows>,
}
impl Payload for Headers {}
impl Native for Headers {
    fn class() -> &'static Type {
        &HEADERS
    }
}
pub fn headers(rows: Rows) -> Value {
    object::new(&HEADERS, Headers { rows: RefCell::new(rows) })
}
/// The rows of a `HeadersLike`: Headers, a mapping, or pairs.
pub fn rows_of(v: &Value) -> PyResult<Rows> {
    if absent(v) {
        return Ok(vec![]);
    }
    if let Some(h) = v.downcast::<Headers>() {
        return Ok(h.rows.borrow().clone());
    }
    let items = if getattr_opt(v, "keys")?.is_some() { collect(&call_method(v, "items", &[])?)? } else { collect(v)? };
    let pair = |item: &Value| {
        let [k, x] = rtcore::protocol::iter::unpack::<2>(item)?;
        Ok((to_str(&k)?, to_str(&x)?))
    };
    items.iter().map(pair).collect()
}
fn h_get(v: &Value, k: &Value) -> PyResult<Vec<String>> {
    let name = to_str(k)?;
    Ok(this::<Headers>(v)?.rows.borrow().iter().filter(|(own, _)| own.eq_ignore_ascii_case(&name)).map(|(_, x)| x.clone()).collect())
}
fn h_getitem(v: &Value, k: &Value) -> PyResult {
    match h_get(v, k)?.as_slice() {
        [one] => Ok(Value::str(one)),
        [] => Err(key_error(k.clone())),
        _ => Err(crate::errors::raise(&crate::errors::MULTIPLE_VALUES_ERROR, vec![k.clone()])),
    }
}
fn h_setitem(v: &Value, k: &Value, new: &Value) -> PyResult {
    let row = (to_str(k)?, to_str(new)?);
    this::<Headers>(v)?.rows.borrow_mut().push(row);
    Ok(NONE)
}
fn h_delitem(v: &Value, k: &Value) -> PyResult {
    let name = to_str(k)?;
    this::<Headers>(v)?.rows.borrow_mut().retain(|(own, _)| !own.eq_ignore_ascii_case(&name));
    Ok(NONE)
}
fn pair_list(v: &Value) -> PyResult<Vec<Value>> {
    Ok(this::<Headers>(v)?.rows.borrow().iter().map(|(k, x)| tuple(vec![Value::str(k), Value::str(x)])).collect())
}
fn h_update(v: &Value, other: &Value) -> PyResult {
    let new = rows_of(other)?;
    let h = this::<Headers>(v)?;
    let mut rows = h.rows.borrow_mut();
    rows.retain(|(k, _)| !new.iter().any(|(n, _)| n.eq_ignore_ascii_case(k)));
    rows.extend(new);
    Ok(NONE)
}
fn h_new(all: &[Value], _: &[Name]) -> PyResult {
    let rows = all.get(1).map(rows_of).transpose()?.unwrap_or_default();
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&HEADERS), Headers { rows: RefCell::new(rows) }))
}
fn h_names(v: &Value) -> PyResult<Vec<Value>> {
    let mut seen: Vec<String> = vec![];
    for (k, _) in this::<Headers>(v)?.rows.borrow().iter() {
        let low = k.to_lowercase();
        if !seen.contains(&low) {
            seen.push(low);
        }
    }
    Ok(seen.into_iter().map(Value::string).collect())
}
static HEADERS_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(h_new)),
    Method::new("__init__(self, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("__getitem__(self, key)", F2(h_getitem)),
    Method::new("__setitem__(self, key, value)", F3(h_setitem)),
    Method::new("__delitem__(self, key)", F2(h_delitem)),
    Method::new("__contains__(self, key)", F2(|v, k| Ok(Value::bool(!h_get(v, k)?.is_empty())))),
    Method::new("__iter__(self)", F1(|v| rtcore::protocol::iter::iter(&list(h_names(v)?)))),
    Method::new("__len__(self)", F1(|v| Ok(Value::from(h_names(v)?.len())))),
    Method::new("keys(self)", F1(|v| Ok(list(h_names(v)?)))),
    Method::new("items(self)", F1(|v| Ok(list(pair_list(v)?)))),
    Method::new("raw_items(self)", F1(|v| rtcore::protocol::iter::iter(&list(pair_list(v)?)))),
    Method::new("get(self, key, default=None)", F3(|v, k, d| if h_get(v, k)?.is_empty() { Ok(d.clone()) } else { h_getitem(v, k) })),
    Method::new("get_all(self, key)", F2(|v, k| Ok(list(h_get(v, k)?.into_iter().map(Value::string).collect())))),
    Method::new("setdefault(self, key, value)", F3(|v, k, d| {
        if h_get(v, k)?.is_empty() {
            h_setitem(v, k, d)?;
        }
        h_getitem(v, k)
    })),
    Method::new("update(self, other)", F2(h_update)),
    Method::new("__repr__(self)", F1(|v| Ok(Value::string(format!("Headers({})", repr(&list(pair_list(v)?))?))))),
];
static HEADERS_DEF: ClassDef =
    ClassDef::new::<Headers>("Headers").module("websockets.datastructures").methods(HEADERS_METHODS).flags(TypeFlags::PYTHON | TypeFlags::ATTRS | TypeFlags::MAPPING);
pub static HEADERS: Type = Type::builtin(&HEADERS_DEF);

// ---- Request, Response ----

pub struct Exchange {
    pub path: RefCell<String>,
    pub status: Cell<i64>,
    pub reason: RefCell<String>,
    pub headers: VCell,
    pub body: VCell,
}
impl Payload for Exchange {}
impl Native for Exchange {
    fn class() -> &'static Type {
        &REQUEST
    }
}
fn blank() -> Exchange {
    Exchange { path: RefCell::default(), status: Cell::new(0), reason: RefCell::default(), headers: VCell::none(), body: VCell::none() }
}
pub fn request(path: &str, rows: Rows) -> Value {
    let e = blank();
    e.path.replace(path.to_owned());
    e.headers.set(headers(rows));
    object::new(&REQUEST, e)
}
pub fn response(status: i64, reason: &str, rows: Rows, body: Option<Vec<u8>>) -> Value {
    let e = blank();
    e.status.set(status);
    e.reason.replace(reason.to_owned());
    e.headers.set(headers(rows));
    // The real package reads a body into a bytearray.
    e.body.set(bytes::bytearray::value(body.unwrap_or_default()));
    object::new(&RESPONSE, e)
}
fn response_init(a: &[Value]) -> PyResult {
    let [v, status, reason, h, body] = a else { return Ok(NONE) };
    let e = this::<Exchange>(v)?;
    e.status.set(rtasyncio::glue::index(status)?);
    e.reason.replace(to_str(reason)?);
    e.headers.set(if h.downcast::<Headers>().is_some() { h.clone() } else { headers(rows_of(h)?) });
    e.body.set(if absent(body) { bytes::value(vec![]) } else { body.clone() });
    Ok(NONE)
}
fn request_init(v: &Value, path: &Value, h: &Value) -> PyResult {
    let e = this::<Exchange>(v)?;
    e.path.replace(to_str(path)?);
    e.headers.set(if h.downcast::<Headers>().is_some() { h.clone() } else { headers(rows_of(h)?) });
    Ok(NONE)
}
fn exchange_new(all: &[Value], own: &'static Type) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(own), blank()))
}
static REQUEST_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(|all, _| exchange_new(all, &REQUEST))),
    Method::new("__init__(self, path, headers)", F3(request_init)),
];
static RESPONSE_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(|all, _| exchange_new(all, &RESPONSE))),
    Method::new("__init__(self, status_code, reason_phrase, headers, body=b'')", N(response_init)),
];
static REQUEST_GETSET: &[GetSet] = &[
    GetSet::ro("path", |v| Ok(Value::string(this::<Exchange>(v)?.path.borrow().clone()))),
    GetSet::ro("method", |_| Ok(Value::str("GET"))),
    GetSet::ro("headers", |v| Ok(this::<Exchange>(v)?.headers.get())),
];
static RESPONSE_GETSET: &[GetSet] = &[
    GetSet::ro("status_code", |v| Ok(Value::int(this::<Exchange>(v)?.status.get()))),
    GetSet::ro("reason_phrase", |v| Ok(Value::string(this::<Exchange>(v)?.reason.borrow().clone()))),
    GetSet::ro("headers", |v| Ok(this::<Exchange>(v)?.headers.get())),
    GetSet::rw("body", |v| Ok(this::<Exchange>(v)?.body.get()), |v, new| {
        this::<Exchange>(v)?.body.set(new.unwrap_or(NONE));
        Ok(())
    }),
];
static REQUEST_DEF: ClassDef =
    ClassDef::new::<Exchange>("Request").module("websockets.http11").methods(REQUEST_METHODS).getset(REQUEST_GETSET).flags(TypeFlags::PYTHON | TypeFlags::ATTRS);
pub static REQUEST: Type = Type::builtin(&REQUEST_DEF);
static RESPONSE_DEF: ClassDef = ClassDef::new::<Exchange>("Response")
    .like(&rtcore::types::object_::OBJECT, &REQUEST)
    .module("websockets.http11")
    .methods(RESPONSE_METHODS)
    .getset(RESPONSE_GETSET)
    .flags(TypeFlags::PYTHON | TypeFlags::ATTRS);
pub static RESPONSE: Type = Type::builtin(&RESPONSE_DEF);

// ---- enums ----

/// An IntEnum of the package, made at the first look.
pub fn enumeration(name: &'static str) -> PyResult {
    static MADE: rtcore::gil::GilRefCell<Vec<(&'static str, Value)>> = rtcore::gil::Gil::new(RefCell::new(vec![]));
    if let Some((_, v)) = MADE.borrow().iter().find(|(n, _)| *n == name) {
        return Ok(v.clone());
    }
    let (module, members): (&str, &[(&str, i64)]) = match name {
        "State" => ("websockets.protocol", &[("CONNECTING", 0), ("OPEN", 1), ("CLOSING", 2), ("CLOSED", 3)]),
        "Opcode" => ("websockets.frames", &[("CONT", 0), ("TEXT", 1), ("BINARY", 2), ("CLOSE", 8), ("PING", 9), ("PONG", 10)]),
        _ => ("websockets.frames", CODES),
    };
    let enums = rtcore::types::module::native(&rtstdlib::enum_::MODULE)?;
    let rows = list(members.iter().map(|(n, x)| tuple(vec![Value::str(n), Value::int(*x)])).collect());
    let made = call_kw(&getattr(&enums, "IntEnum")?, &[Value::str(name), rows, Value::str(module)], &[Name::new("module")])?;
    MADE.borrow_mut().push((name, made.clone()));
    Ok(made)
}
const CODES: &[(&str, i64)] = &[
    ("NORMAL_CLOSURE", 1000),
    ("GOING_AWAY", 1001),
    ("PROTOCOL_ERROR", 1002),
    ("UNSUPPORTED_DATA", 1003),
    ("NO_STATUS_RCVD", 1005),
    ("ABNORMAL_CLOSURE", 1006),
    ("INVALID_DATA", 1007),
    ("POLICY_VIOLATION", 1008),
    ("MESSAGE_TOO_BIG", 1009),
    ("MANDATORY_EXTENSION", 1010),
    ("INTERNAL_ERROR", 1011),
    ("SERVICE_RESTART", 1012),
    ("TRY_AGAIN_LATER", 1013),
    ("BAD_GATEWAY", 1014),
    ("TLS_HANDSHAKE", 1015),
];
