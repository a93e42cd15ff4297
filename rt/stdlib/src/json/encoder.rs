//! Owns: `JSONEncoder`, and the options that its attributes hold.
//! Never: writes; that is `write`.
//! Source: CPython 3.13, Lib/json/encoder.py.

use super::write::{self, Options, Writer};
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::attr::{getattr_name, setattr_name};
use rtcore::protocol::call::call_method_kw;
use rtcore::protocol::sequence::truth;
use rtcore::types::list::List;
use rtcore::types::object_::{Instance, OBJECT};

fn bytes_of(v: &Value) -> PyResult<Vec<u8>> {
    match v.as_str_obj() {
        Some(s) => Ok(s.as_bytes().to_vec()),
        None => Err(type_error(format!("make_encoder() argument must be str, not {}", v.ty().name()))),
    }
}
/// The text of one level: a string as it is, a number as that many spaces.
pub fn indent_of(v: &Value) -> PyResult<Option<Vec<u8>>> {
    if v.is_none() {
        return Ok(None);
    }
    if let Some(s) = v.as_str_obj() {
        return Ok(Some(s.as_bytes().to_vec()));
    }
    let n = rtcore::protocol::sequence::as_index(v)?;
    Ok(Some(vec![b' '; n.max(0) as usize]))
}
/// `item_separator, key_separator = separators`.
pub fn separators_of(v: &Value) -> PyResult<(Value, Value)> {
    let [item, key] = rtcore::protocol::iter::unpack::<2>(v)?;
    Ok((item, key))
}
/// The options as an encoder's attributes say.
pub fn options(this: &Value) -> PyResult<Options> {
    let get = |n: &str| getattr_name(this, Name::new(n));
    let flag = |n: &str| truth(&get(n)?);
    let default = get("default")?;
    let own = default
        .downcast::<rtcore::types::function::native::Builtin>()
        .is_some_and(|b| b.method.name() == "default" && b.owner.is_some_and(|o| std::ptr::eq(o, &ENCODER)));
    Ok(Options {
        ensure_ascii: flag("ensure_ascii")?,
        check_circular: flag("check_circular")?,
        allow_nan: flag("allow_nan")?,
        sort_keys: flag("sort_keys")?,
        skipkeys: flag("skipkeys")?,
        indent: indent_of(&get("indent")?)?,
        item_separator: bytes_of(&get("item_separator")?)?,
        key_separator: bytes_of(&get("key_separator")?)?,
        default: if own { UNBOUND } else { default },
    })
}
const KEYS: [&str; 8] = ["skipkeys", "ensure_ascii", "check_circular", "allow_nan", "sort_keys", "indent", "separators", "default"];

fn init(a: &[Value]) -> PyResult {
    let [this, rest @ ..] = a else { return Ok(NONE) };
    let set = |n: &str, v: Value| setattr_name(this, Name::new(n), Some(v));
    for (k, v) in KEYS.iter().zip(rest) {
        match *k {
            "separators" | "default" => {}
            _ => set(k, v.clone())?,
        }
    }
    let (indent, separators, default) = (&rest[5], &rest[6], &rest[7]);
    if !separators.is_none() {
        let (item, key) = separators_of(separators)?;
        set("item_separator", item)?;
        set("key_separator", key)?;
    } else if !indent.is_none() {
        set("item_separator", Value::str(","))?;
    }
    if !default.is_none() {
        set("default", default.clone())?;
    }
    Ok(NONE)
}
fn default(_this: &Value, o: &Value) -> PyResult {
    Err(write::not_serializable(o))
}
fn own_iterencode(this: &Value) -> bool {
    let n = Name::new("iterencode");
    match (this.ty().lookup(n), ENCODER.own(n)) {
        (Some(a), Some(b)) => a.is(&b),
        (Some(_) | None, _) => false,
    }
}
fn encode(this: &Value, o: &Value) -> PyResult {
    if own_iterencode(this) {
        let options = options(this)?;
        let mut w = Writer::new(&options);
        w.value(o, 0)?;
        return Ok(w.finish());
    }
    let parts = call_method_kw(this, Name::new("iterencode"), &[o.clone(), TRUE], &[Name::new("_one_shot")])?;
    rtcore::protocol::call::call_method_name(&rtcore::types::str::empty(), Name::new("join"), &[parts])
}
/// The pieces that `iterencode` yields, and what was raised after them.
pub fn pieces(options: &Options, o: &Value) -> (Vec<Value>, PyResult<()>) {
    let mut w = Writer::new(options);
    w.marks = Some(vec![]);
    let r = w.value(o, 0);
    let marks = w.marks.take().unwrap_or_default();
    let mut out = vec![];
    let mut start = 0;
    for m in marks {
        out.push(write::text(w.out[start..m].to_vec()));
        start = m;
    }
    (out, r)
}
fn iterencode(this: &Value, o: &Value, one_shot: &Value) -> PyResult {
    let options = options(this)?;
    if truth(one_shot)? {
        let mut w = Writer::new(&options);
        w.value(o, 0)?;
        return Ok(List::value(vec![w.finish()]));
    }
    let (parts, r) = pieces(&options, o);
    r?;
    rtcore::protocol::iter::iter(&List::value(parts))
}
fn setup(t: &'static Type) {
    t.set_own(Name::new("item_separator"), Value::str(", "));
    t.set_own(Name::new("key_separator"), Value::str(": "));
}
static METHODS: &[Method] = &[
    Method::new(
        "__init__(self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, sort_keys=False, indent=None, separators=None, default=None)",
        N(init),
    ),
    Method::new("default(self, o)", F2(default)),
    Method::new("encode(self, o)", F2(encode)),
    Method::new("iterencode(self, o, _one_shot=False)", F3(iterencode)),
];
static DEF: ClassDef =
    ClassDef::new::<Instance>("JSONEncoder").module("json.encoder").like(&OBJECT, &OBJECT).methods(METHODS).flags(TypeFlags::ATTRS).setup(setup);
pub static ENCODER: Type = Type::builtin(&DEF);

/// `encode_basestring(s)` and `encode_basestring_ascii(s)`.
fn quoted(v: &Value, ensure_ascii: bool) -> PyResult {
    let Some(s) = v.as_str_obj() else {
        return Err(type_error(format!("first argument must be a string, not {}", v.ty().name())));
    };
    let mut out = vec![];
    write::push_string(&mut out, s, ensure_ascii);
    Ok(write::text(out))
}
pub fn encode_basestring(v: &Value) -> PyResult {
    quoted(v, false)
}
pub fn encode_basestring_ascii(v: &Value) -> PyResult {
    quoted(v, true)
}
