//! Owns: status codes and their phrases. Never: looks at a response.
//! Source: httpx 0.28, _status_codes.py.

use crate::py::*;

#[rustfmt::skip]
pub const CODES: &[(&str, i64, &str)] = &[
    ("CONTINUE", 100, "Continue"), ("SWITCHING_PROTOCOLS", 101, "Switching Protocols"), ("PROCESSING", 102, "Processing"),
    ("EARLY_HINTS", 103, "Early Hints"), ("OK", 200, "OK"), ("CREATED", 201, "Created"), ("ACCEPTED", 202, "Accepted"),
    ("NON_AUTHORITATIVE_INFORMATION", 203, "Non-Authoritative Information"), ("NO_CONTENT", 204, "No Content"),
    ("RESET_CONTENT", 205, "Reset Content"), ("PARTIAL_CONTENT", 206, "Partial Content"), ("MULTI_STATUS", 207, "Multi-Status"),
    ("ALREADY_REPORTED", 208, "Already Reported"), ("IM_USED", 226, "IM Used"), ("MULTIPLE_CHOICES", 300, "Multiple Choices"),
    ("MOVED_PERMANENTLY", 301, "Moved Permanently"), ("FOUND", 302, "Found"), ("SEE_OTHER", 303, "See Other"),
    ("NOT_MODIFIED", 304, "Not Modified"), ("USE_PROXY", 305, "Use Proxy"), ("TEMPORARY_REDIRECT", 307, "Temporary Redirect"),
    ("PERMANENT_REDIRECT", 308, "Permanent Redirect"), ("BAD_REQUEST", 400, "Bad Request"), ("UNAUTHORIZED", 401, "Unauthorized"),
    ("PAYMENT_REQUIRED", 402, "Payment Required"), ("FORBIDDEN", 403, "Forbidden"), ("NOT_FOUND", 404, "Not Found"),
    ("METHOD_NOT_ALLOWED", 405, "Method Not Allowed"), ("NOT_ACCEPTABLE", 406, "Not Acceptable"),
    ("PROXY_AUTHENTICATION_REQUIRED", 407, "Proxy Authentication Required"), ("REQUEST_TIMEOUT", 408, "Request Timeout"),
    ("CONFLICT", 409, "Conflict"), ("GONE", 410, "Gone"), ("LENGTH_REQUIRED", 411, "Length Required"),
    ("PRECONDITION_FAILED", 412, "Precondition Failed"), ("REQUEST_ENTITY_TOO_LARGE", 413, "Request Entity Too Large"),
    ("REQUEST_URI_TOO_LONG", 414, "Request-URI Too Long"), ("UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported Media Type"),
    ("REQUESTED_RANGE_NOT_SATISFIABLE", 416, "Requested Range Not Satisfiable"), ("EXPECTATION_FAILED", 417, "Expectation Failed"),
    ("IM_A_TEAPOT", 418, "I'm a teapot"), ("MISDIRECTED_REQUEST", 421, "Misdirected Request"),
    ("UNPROCESSABLE_ENTITY", 422, "Unprocessable Entity"), ("LOCKED", 423, "Locked"), ("FAILED_DEPENDENCY", 424, "Failed Dependency"),
    ("TOO_EARLY", 425, "Too Early"), ("UPGRADE_REQUIRED", 426, "Upgrade Required"), ("PRECONDITION_REQUIRED", 428, "Precondition Required"),
    ("TOO_MANY_REQUESTS", 429, "Too Many Requests"), ("REQUEST_HEADER_FIELDS_TOO_LARGE", 431, "Request Header Fields Too Large"),
    ("UNAVAILABLE_FOR_LEGAL_REASONS", 451, "Unavailable For Legal Reasons"), ("INTERNAL_SERVER_ERROR", 500, "Internal Server Error"),
    ("NOT_IMPLEMENTED", 501, "Not Implemented"), ("BAD_GATEWAY", 502, "Bad Gateway"), ("SERVICE_UNAVAILABLE", 503, "Service Unavailable"),
    ("GATEWAY_TIMEOUT", 504, "Gateway Timeout"), ("HTTP_VERSION_NOT_SUPPORTED", 505, "HTTP Version Not Supported"),
    ("VARIANT_ALSO_NEGOTIATES", 506, "Variant Also Negotiates"), ("INSUFFICIENT_STORAGE", 507, "Insufficient Storage"),
    ("LOOP_DETECTED", 508, "Loop Detected"), ("NOT_EXTENDED", 510, "Not Extended"),
    ("NETWORK_AUTHENTICATION_REQUIRED", 511, "Network Authentication Required"),
];

pub fn phrase(code: i64) -> &'static str {
    CODES.iter().find(|(_, n, _)| *n == code).map_or("", |(_, _, p)| p)
}

/// `httpx.codes`: an IntEnum, made at the first look.
pub fn codes() -> PyResult {
    static MADE: rtcore::gil::GilRefCell<Option<Value>> = rtcore::gil::Gil::new(RefCell::new(None));
    if let Some(v) = MADE.borrow().as_ref() {
        return Ok(v.clone());
    }
    let module = rtcore::types::module::native(&rtstdlib::enum_::MODULE)?;
    let members = list(CODES.iter().map(|(n, code, _)| tuple(vec![Value::str(n), Value::int(*code)])).collect());
    let made = call_kw(&getattr(&module, "IntEnum")?, &[Value::str("codes"), members, Value::str("httpx")], &[Name::new("module")])?;
    for (n, code, phrase) in CODES {
        setattr(&getattr(&made, n)?, "phrase", Value::str(phrase))?;
        setattr(&made, &n.to_lowercase(), Value::int(*code))?;
    }
    let of = made.as_type();
    for f in FUNCTIONS {
        let native = rtcore::types::function::native::function(f, "httpx");
        if let Some(t) = of {
            setattr(&Value::of_type(t), f.name(), rtcore::types::descriptors::staticmethod(native))?;
        }
    }
    *MADE.borrow_mut() = Some(made.clone());
    Ok(made)
}
fn between(v: &Value, low: i64, high: i64) -> PyResult {
    let n = rtasyncio::glue::index(v)?;
    Ok(Value::bool((low..=high).contains(&n)))
}
static FUNCTIONS: &[Method] = &[
    Method::new("get_reason_phrase(value)", F1(|v| Ok(Value::str(phrase(rtasyncio::glue::index(v)?))))),
    Method::new("is_informational(value)", F1(|v| between(v, 100, 199))),
    Method::new("is_success(value)", F1(|v| between(v, 200, 299))),
    Method::new("is_redirect(value)", F1(|v| between(v, 300, 399))),
    Method::new("is_client_error(value)", F1(|v| between(v, 400, 499))),
    Method::new("is_server_error(value)", F1(|v| between(v, 500, 599))),
    Method::new("is_error(value)", F1(|v| between(v, 400, 599))),
];
