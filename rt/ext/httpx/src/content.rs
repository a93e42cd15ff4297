//! Owns: turning `content`, `data`, `files`, `json`, `text`, `html` into a stream and its headers.
//! Never: sends it.
//! Source: httpx 0.28, _content.py.

use crate::multipart;
use crate::py::*;
use crate::query;
use crate::stream;
use crate::urlparse;
use rtcore::error::hierarchy::DEPRECATION_WARNING;

type Encoded = (Vec<(&'static str, String)>, Value);

/// `peek_filelike_length`.
pub fn file_length(v: &Value) -> PyResult<Option<u64>> {
    let quiet = |f: &dyn Fn() -> PyResult<Value>| match f() {
        Ok(v) => Ok(Some(v)),
        Err(r) if error::matches(&r, &rtcore::error::hierarchy::ATTRIBUTE_ERROR) || error::matches(&r, &rtcore::error::hierarchy::OS_ERROR) => {
            drop(error::take(r));
            Ok(None)
        }
        Err(r) => Err(r),
    };
    if let Some(fd) = quiet(&|| call_method(v, "fileno", &[]))?
        && let Some(fd) = fd.as_inline_int()
    {
        // SAFETY: the structure is plain data that the call fills.
        let mut st: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is valid during the call.
        if unsafe { libc::fstat(fd as i32, &mut st) } == 0 {
            return Ok(Some(st.st_size as u64));
        }
    }
    let by_seeking = || {
        let at = call_method(v, "tell", &[])?;
        let end = call_method(v, "seek", &[Value::int(0), Value::int(2)])?;
        call_method(v, "seek", &[at])?;
        Ok(end)
    };
    Ok(quiet(&by_seeking)?.and_then(|n| n.as_inline_int()).map(|n| n as u64))
}
fn bytes_body(data: Vec<u8>, content_type: Option<&str>) -> Encoded {
    let mut headers = vec![("Content-Length", data.len().to_string())];
    if let Some(t) = content_type {
        headers.push(("Content-Type", t.to_owned()));
    }
    (headers, stream::whole(data))
}
pub fn encode_content(v: &Value) -> PyResult<Encoded> {
    let plain = match v.as_str_obj() {
        Some(_) => Some(rtcore::types::str::encode::encode(v, "utf-8", "strict")?),
        None if is_bytes(v) => data_of(v),
        None => None,
    };
    if let Some(data) = plain {
        let headers = if data.is_empty() { vec![] } else { vec![("Content-Length", data.len().to_string())] };
        return Ok((headers, stream::whole(data)));
    }
    let has = |name: &str| v.is_obj() && v.ty().lookup(Name::new(name)).is_some();
    if has("__iter__") && v.downcast::<Dict>().is_none() {
        let headers = match file_length(v)? {
            Some(n) => vec![("Content-Length", n.to_string())],
            None => vec![("Transfer-Encoding", "chunked".to_owned())],
        };
        return Ok((headers, stream::iterator(v.clone())));
    }
    if has("__aiter__") {
        return Ok((vec![("Transfer-Encoding", "chunked".to_owned())], stream::async_iterator(v.clone())));
    }
    Err(type_error(format!("Unexpected type for 'content', {}", type_repr(v))))
}
/// The module `json`, whether or not the program imports it.
pub fn json_module() -> PyResult {
    static MODULE: rtcore::gil::GilRefCell<Option<Value>> = rtcore::gil::Gil::new(RefCell::new(None));
    if let Some(m) = MODULE.borrow().as_ref() {
        return Ok(m.clone());
    }
    let m = rtcore::types::module::native(&rtstdlib::json::MODULE)?;
    *MODULE.borrow_mut() = Some(m.clone());
    Ok(m)
}
fn encode_json(v: &Value) -> PyResult<Encoded> {
    let dumps = getattr(&json_module()?, "dumps")?;
    let names = ["ensure_ascii", "separators", "allow_nan"].map(Name::new);
    let separators = tuple(vec![Value::str(","), Value::str(":")]);
    let text = call_kw(&dumps, &[v.clone(), FALSE, separators, FALSE], &names)?;
    let data = rtcore::types::str::encode::encode(&text, "utf-8", "strict")?;
    Ok(bytes_body(data, Some("application/json")))
}
fn encode_form(v: &Value) -> PyResult<Encoded> {
    let mut items = vec![];
    for (k, value) in pairs(v)? {
        let all = if is_list(&value) || is_tuple(&value) { collect(&value)? } else { vec![value] };
        for one in all {
            items.push((to_str(&k)?, query::primitive(&one)?));
        }
    }
    Ok(bytes_body(urlparse::urlencode(&items).into_bytes(), Some("application/x-www-form-urlencoded")))
}
/// `encode_request`.
pub fn encode_request(content: &Value, data: &Value, files: &Value, json: &Value, boundary: Option<String>) -> PyResult<Encoded> {
    if !absent(data) && !is_mapping(data)? {
        rtcore::warn::warn(&DEPRECATION_WARNING, "Use 'content=<...>' to upload raw bytes/text content.", 1)?;
        return encode_content(data);
    }
    if !absent(content) {
        return encode_content(content);
    }
    if !absent(files) && truth(files)? {
        let m = multipart::encode(data, files, boundary)?;
        let first = match m.length {
            Some(n) => ("Content-Length", n.to_string()),
            None => ("Transfer-Encoding", "chunked".to_owned()),
        };
        return Ok((vec![first, ("Content-Type", m.content_type)], stream::multipart(m.parts)));
    }
    if !absent(data) && truth(data)? {
        return encode_form(data);
    }
    if !absent(json) {
        return encode_json(json);
    }
    Ok((vec![], stream::whole(vec![])))
}
/// `encode_response`.
pub fn encode_response(content: &Value, text: &Value, html: &Value, json: &Value) -> PyResult<Encoded> {
    if !absent(content) {
        return encode_content(content);
    }
    for (v, kind) in [(text, "text/plain; charset=utf-8"), (html, "text/html; charset=utf-8")] {
        if !absent(v) {
            return Ok(bytes_body(rtcore::types::str::encode::encode(v, "utf-8", "strict")?, Some(kind)));
        }
    }
    if !absent(json) {
        return encode_json(json);
    }
    Ok((vec![], stream::whole(vec![])))
}
