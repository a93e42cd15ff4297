//! Owns: `JSONDecodeError`: its attributes and its message.
//! Never: parses.
//! Source: CPython 3.13, Lib/json/decoder.py (`JSONDecodeError`).

use rtcore::error::hierarchy::{self, BASE_EXCEPTION, Exception, VALUE_ERROR};
use rtcore::error::{raise_value, type_error};
use rtcore::methods::*;
use rtcore::types::tuple;

const FIELDS: [&str; 5] = ["msg", "doc", "pos", "lineno", "colno"];

/// Line and column (both from 1) of a character position in the text.
fn place(doc: &Value, pos: i64) -> (i64, i64) {
    let mut line = 1;
    let mut last = -1;
    if let Some(s) = doc.as_str_obj() {
        for (i, c) in s.chars().take(pos.max(0) as usize).enumerate() {
            if c == u32::from(b'\n') {
                line += 1;
                last = i as i64;
            }
        }
    }
    (line, pos - last)
}
fn init(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let mut given: [Value; 3] = [UNBOUND, UNBOUND, UNBOUND];
    for (slot, v) in given.iter_mut().zip(all.iter().take(pos).skip(1)) {
        *slot = v.clone();
    }
    for (k, v) in kw.iter().zip(&all[pos..]) {
        if let Some(i) = FIELDS[..3].iter().position(|f| *f == k.as_str()) {
            given[i] = v.clone();
        }
    }
    let (Some(this), [msg, doc, at]) = (all.first(), &given) else { return Ok(NONE) };
    if at.is_unbound() {
        return Err(type_error("JSONDecodeError.__init__() missing required arguments"));
    }
    fill(this, msg, doc, rtcore::protocol::sequence::as_index(at)?);
    Ok(NONE)
}
fn fill(this: &Value, msg: &Value, doc: &Value, pos: i64) {
    let (line, col) = place(doc, pos);
    let text = format!("{}: line {line} column {col} (char {pos})", msg.as_str().unwrap_or(""));
    if let Some(e) = hierarchy::body(this) {
        let old = e.args.replace(tuple::of([Value::string(text)]));
        drop(old);
    }
    if let Some(a) = this.header().and_then(|h| h.attrs()) {
        let values = [msg.clone(), doc.clone(), Value::int(pos), Value::int(line), Value::int(col)];
        for (f, v) in FIELDS.iter().zip(values) {
            a.set(Name::new(f), v);
        }
    }
}
fn reduce(v: &Value) -> PyResult {
    let get = |n: &str| v.header().and_then(|h| h.attrs()).and_then(|a| a.get(Name::new(n))).unwrap_or(NONE);
    Ok(tuple::of([Value::of_type(v.ty()), tuple::of([get("msg"), get("doc"), get("pos")])]))
}
/// Raises the error at a character position.
#[cold]
pub fn fail(msg: &str, doc: &Value, pos: usize) -> Raised {
    let exc = object::new(&DECODE_ERROR, Exception::new(vec![]));
    fill(&exc, &Value::str(msg), doc, pos as i64);
    raise_value(exc)
}

static DEF: ClassDef = ClassDef::new::<Exception>("JSONDecodeError")
    .module("json.decoder")
    .like(&VALUE_ERROR, &BASE_EXCEPTION)
    .methods(&[Method::new("__init__(self, /, *args, **kw)", Raw(init)), Method::new("__reduce__(self)", F1(reduce))])
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
pub static DECODE_ERROR: Type = Type::builtin(&DEF);
