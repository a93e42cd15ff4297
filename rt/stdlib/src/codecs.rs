//! Owns: the module `codecs`: encode, decode, lookup, error handlers, incremental decoders and encoders.
//! Never: the encodings themselves (`rtcore::text::codec`). Source: CPython 3.13, Lib/codecs.py, Modules/_codecsmodule.c.

use rtcore::error::hierarchy::{UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, UNICODE_ERROR_BASE};
use rtcore::error::{lookup_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::sequence::{as_size, truth};
use rtcore::protocol::{attr, iter};
use rtcore::text::codec::{self, Codec, Failure, Order, Policy, Replacement};
use rtcore::types::bytes::{self, buffer};
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::str::{Str, encode as encoding};
use rtcore::types::tuple;
use rtcore::gil::{Gil, GilRefCell};
use std::cell::{Cell, RefCell};

fn name_of(v: &Value, who: &str, what: &str) -> PyResult<String> {
    match v.as_str_obj() {
        Some(s) => Ok(s.to_string_lossy()),
        None => Err(type_error(format!("{who}() argument '{what}' must be str, not {}", v.ty().full_name()))),
    }
}

/// Encodings between texts, or between bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Other {
    Rot13,
    Hex,
}
fn other(name: &str) -> Option<Other> {
    match name.to_ascii_lowercase().replace('-', "_").as_str() {
        "rot13" | "rot_13" => Some(Other::Rot13),
        "hex" | "hex_codec" => Some(Other::Hex),
        _ => None,
    }
}
fn rot13(v: &Value) -> PyResult {
    let Some(s) = v.as_str_obj() else { return Err(type_error("expected str")) };
    let turn = |c: u32| match c {
        0x41..=0x5A => (c - 0x41 + 13) % 26 + 0x41,
        0x61..=0x7A => (c - 0x61 + 13) % 26 + 0x61,
        _ => c,
    };
    Ok(rtcore::types::str::value(Str::from_code_points(s.chars().map(turn))))
}

fn encode(obj: &Value, encoding_: &Value, errors: &Value) -> PyResult {
    let (name, errors) = (name_of(encoding_, "encode", "encoding")?, name_of(errors, "encode", "errors")?);
    match other(&name) {
        Some(Other::Rot13) => rot13(obj),
        Some(Other::Hex) => Ok(bytes::value(rtcore::text::escape::hex(&buffer::required(obj)?, None, 1))),
        None => match obj.as_str_obj() {
            Some(_) => Ok(bytes::value(encoding::encode(obj, &name, &errors)?)),
            None => {
                encoding::lookup(&name)?;
                Err(type_error(format!("{}_encode() argument 1 must be str, not {}", underscored(&name), obj.ty().full_name())))
            }
        },
    }
}
fn underscored(name: &str) -> String {
    codec::lookup(name).map_or_else(|| name.to_owned(), |c| c.name().to_owned()).replace('-', "_")
}
fn decode(obj: &Value, encoding_: &Value, errors: &Value) -> PyResult {
    let (name, errors) = (name_of(encoding_, "decode", "encoding")?, name_of(errors, "decode", "errors")?);
    match other(&name) {
        Some(Other::Rot13) => rot13(obj),
        Some(Other::Hex) => {
            let text = buffer::required(obj)?.to_vec();
            let text = Str::from_wtf8(text);
            match rtcore::text::escape::from_hex(&text) {
                Ok(data) => Ok(bytes::value(data)),
                Err(_) => Err(rtcore::error::value_error("Non-hexadecimal digit found")),
            }
        }
        None => {
            let data = buffer::required(obj)?.to_vec();
            encoding::decode(obj, &data, &name, &errors)
        }
    }
}

/// The body of `CodecInfo`, and of what it hands out: encoders, decoders, incremental classes.
struct Info {
    name: String,
    role: Role,
}
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Info,
    Encode,
    Decode,
    IncrementalEncoder,
    IncrementalDecoder,
}
impl Payload for Info {}
impl Native for Info {
    fn class() -> &'static Type {
        &INFO
    }
}
fn part(name: &str, role: Role) -> Value {
    let ty = if role == Role::Info { &INFO } else { &PART };
    object::new(ty, Info { name: name.to_owned(), role })
}
fn info(v: &Value) -> PyResult<&Info> {
    v.downcast::<Info>().ok_or_else(|| type_error("not a CodecInfo"))
}
/// An encoder or decoder: `(result, length consumed)`; an incremental class: an instance.
fn call_part(v: &Value, all: &[Value], kw: &[Name]) -> PyResult {
    let i = info(v)?;
    let errors_at = usize::from(matches!(i.role, Role::Encode | Role::Decode));
    let errors = match (all.get(errors_at), kw) {
        (Some(e), []) => e.clone(),
        (Some(e), [k]) if k.as_str() == "errors" => e.clone(),
        _ => Value::str("strict"),
    };
    match i.role {
        Role::Encode | Role::Decode => {
            let Some(obj) = all.first() else { return Err(type_error("missing required argument (pos 1)")) };
            let size = rtcore::protocol::sequence::len(obj)?;
            let made = if i.role == Role::Encode {
                encode(obj, &Value::str(&i.name), &errors)?
            } else {
                decode(obj, &Value::str(&i.name), &errors)?
            };
            Ok(tuple::new(vec![made, Value::int(size)]))
        }
        Role::IncrementalDecoder | Role::IncrementalEncoder | Role::Info => {
            let ty = if i.role == Role::IncrementalDecoder { &INCREMENTAL_DECODER } else { &INCREMENTAL_ENCODER };
            let state = State {
                codec: encoding::lookup(&i.name)?,
                errors: name_of(&errors, "IncrementalDecoder", "errors")?,
                pending: RefCell::new(Vec::new()),
                started: Cell::new(false),
                big: Cell::new(false),
            };
            Ok(object::new(ty, state))
        }
    }
}
fn info_attr<const ROLE: usize>(v: &Value) -> PyResult {
    const ROLES: [Role; 4] = [Role::Encode, Role::Decode, Role::IncrementalEncoder, Role::IncrementalDecoder];
    Ok(part(&info(v)?.name, ROLES[ROLE]))
}
fn info_name(v: &Value) -> PyResult {
    Ok(Value::str(&info(v)?.name))
}
fn info_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("<codecs.CodecInfo object for encoding {} at {:#x}>", info(v)?.name, v.bits())))
}
fn info_getitem(v: &Value, i: &Value) -> PyResult {
    let i_ = as_size(i)?;
    match i_ {
        0 => info_attr::<0>(v),
        1 => info_attr::<1>(v),
        _ => Err(rtcore::error::index_error("tuple index out of range")),
    }
}
static INFO_DEF: ClassDef = ClassDef::new::<Info>("CodecInfo")
    .module("codecs")
    .methods(&[Method::new("__repr__(self, /)", F1(info_repr)), Method::new("__getitem__(self, key, /)", F2(info_getitem))])
    .getset(&[
        GetSet::ro("name", info_name),
        GetSet::ro("encode", info_attr::<0>),
        GetSet::ro("decode", info_attr::<1>),
        GetSet::ro("incrementalencoder", info_attr::<2>),
        GetSet::ro("incrementaldecoder", info_attr::<3>),
    ]);
static INFO: Type = Type::builtin(&INFO_DEF);
static PART_DEF: ClassDef = ClassDef::new::<Info>("builtin_function_or_method")
    .like(&rtcore::types::object_::OBJECT, &INFO)
    .hooks(Hooks { call: Some(call_part), ..Hooks::NONE });
static PART: Type = Type::builtin(&PART_DEF);

/// What `register` has been given.
static SEARCHES: GilRefCell<Vec<Value>> = Gil::new(RefCell::new(Vec::new()));
fn register(search: &Value) -> PyResult {
    if !rtcore::frame::callable(search) {
        return Err(type_error("argument must be callable"));
    }
    SEARCHES.borrow_mut().push(search.clone());
    Ok(NONE)
}
fn unregister(search: &Value) -> PyResult {
    let old = {
        let mut all = SEARCHES.borrow_mut();
        all.iter().position(|s| s.is(search)).map(|at| all.remove(at))
    };
    drop(old);
    Ok(NONE)
}
/// The codec of an encoding that the runtime does not have, from the functions that were registered.
fn searched(name: &str) -> PyResult<Option<Value>> {
    let normal = Value::string(name.to_lowercase().replace([' ', '-'], "_"));
    let all = SEARCHES.borrow().clone();
    for search in all {
        let found = rtcore::protocol::call::call(&search, std::slice::from_ref(&normal))?;
        if !found.is_none() {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
fn lookup(name: &Value) -> PyResult {
    let text = name_of(name, "lookup", "encoding")?;
    if other(&text).is_none()
        && codec::lookup(&text).is_none()
        && let Some(found) = searched(&text)?
    {
        return Ok(found);
    }
    match other(&text) {
        Some(Other::Rot13) => Ok(part("rot13", Role::Info)),
        Some(Other::Hex) => Ok(part("hex", Role::Info)),
        None => Ok(part(encoding::lookup(&text)?.name(), Role::Info)),
    }
}
fn getter<const ROLE: usize>(name: &Value) -> PyResult {
    info_attr::<ROLE>(&lookup(name)?)
}

/// The body of incremental decoders and encoders.
struct State {
    codec: Codec,
    errors: String,
    pending: RefCell<Vec<u8>>,
    /// The byte order mark has been read or written.
    started: Cell<bool>,
    big: Cell<bool>,
}
impl Payload for State {}
impl Native for State {
    fn class() -> &'static Type {
        &INCREMENTAL_DECODER
    }
}
fn state(v: &Value) -> PyResult<&State> {
    v.downcast::<State>().ok_or_else(|| type_error("not an incremental codec"))
}

/// How many of the bytes are whole characters; `unit` is 2 or 4.
fn whole_units(data: &[u8], unit: usize, big: bool) -> usize {
    let end = data.len() / unit * unit;
    if unit == 2 && end >= 2 {
        let last = [data[end - 2], data[end - 1]];
        let last = if big { u16::from_be_bytes(last) } else { u16::from_le_bytes(last) };
        if (0xD800..0xDC00).contains(&last) {
            return end - 2;
        }
    }
    end
}
fn incremental_decode(v: &Value, input: &Value, last: &Value) -> PyResult {
    let s = state(v)?;
    let last = truth(last)?;
    let mut data = s.pending.take();
    data.extend_from_slice(&buffer::required(input)?);
    let mut codec = s.codec;
    let cut = match codec {
        Codec::Utf8 => codec::utf8_complete_prefix(&data),
        Codec::Utf8Sig => {
            if s.started.get() {
                codec = Codec::Utf8;
                codec::utf8_complete_prefix(&data)
            } else if data.len() < 3 && [0xEF, 0xBB, 0xBF].starts_with(&data) && !last {
                0
            } else {
                s.started.set(true);
                codec::utf8_complete_prefix(&data)
            }
        }
        Codec::Utf16(order) | Codec::Utf32(order) => {
            let unit = if matches!(codec, Codec::Utf16(_)) { 2 } else { 4 };
            let mut big = order == Order::Big;
            if order == Order::Marked {
                if s.started.get() {
                    big = s.big.get();
                    let order = if big { Order::Big } else { Order::Little };
                    codec = if unit == 2 { Codec::Utf16(order) } else { Codec::Utf32(order) };
                } else if data.len() >= unit {
                    big = if unit == 2 { data.starts_with(&[0xFE, 0xFF]) } else { data.starts_with(&[0, 0, 0xFE, 0xFF]) };
                    s.big.set(big);
                    s.started.set(true);
                }
            }
            whole_units(&data, unit, big)
        }
        Codec::Latin1 | Codec::Ascii | Codec::UnicodeEscape | Codec::RawUnicodeEscape | Codec::Idna | Codec::Charmap(_) => data.len(),
    };
    let cut = if last { data.len() } else { cut };
    let rest = data.split_off(cut);
    s.pending.replace(rest);
    if data.is_empty() {
        return Ok(Value::str(""));
    }
    encoding::decode(&NONE, &data, codec.name(), &s.errors)
}
fn incremental_encode(v: &Value, input: &Value, _last: &Value) -> PyResult {
    let s = state(v)?;
    let codec = match s.codec {
        // The mark comes once.
        Codec::Utf16(Order::Marked) if s.started.get() => Codec::Utf16(Order::Little),
        Codec::Utf32(Order::Marked) if s.started.get() => Codec::Utf32(Order::Little),
        Codec::Utf8Sig if s.started.get() => Codec::Utf8,
        other => other,
    };
    s.started.set(true);
    encode(input, &Value::str(codec.name()), &Value::str(&s.errors))
}
fn reset(v: &Value) -> PyResult {
    let s = state(v)?;
    s.pending.replace(Vec::new());
    s.started.set(false);
    Ok(NONE)
}
fn getstate(v: &Value) -> PyResult {
    let s = state(v)?;
    let pending = s.pending.borrow().clone();
    Ok(tuple::new(vec![bytes::value(pending), Value::int(s.started.get().into())]))
}
fn get_errors(v: &Value) -> PyResult {
    Ok(Value::str(&state(v)?.errors))
}
static STATE_GETSET: &[GetSet] = &[GetSet::ro("errors", get_errors)];
static DECODER_DEF: ClassDef = ClassDef::new::<State>("IncrementalDecoder")
    .module("codecs")
    .methods(&[
        Method::new("decode(self, input, final=False)", F3(incremental_decode)),
        Method::new("reset(self)", F1(reset)),
        Method::new("getstate(self)", F1(getstate)),
    ])
    .getset(STATE_GETSET);
static INCREMENTAL_DECODER: Type = Type::builtin(&DECODER_DEF);
static ENCODER_DEF: ClassDef = ClassDef::new::<State>("IncrementalEncoder")
    .module("codecs")
    .like(&rtcore::types::object_::OBJECT, &INCREMENTAL_DECODER)
    .methods(&[
        Method::new("encode(self, input, final=False)", F3(incremental_encode)),
        Method::new("reset(self)", F1(reset)),
    ])
    .getset(STATE_GETSET);
static INCREMENTAL_ENCODER: Type = Type::builtin(&ENCODER_DEF);

fn iterdecode(items: &Value, encoding_: &Value, errors: &Value) -> PyResult {
    let decoder = call_part(&getter::<3>(encoding_)?, std::slice::from_ref(errors), &[])?;
    let mut out = Vec::new();
    for item in iter::collect(items)? {
        out.push(incremental_decode(&decoder, &item, &FALSE)?);
    }
    out.push(incremental_decode(&decoder, &bytes::value(vec![]), &TRUE)?);
    out.retain(|s| s.as_str() != Some(""));
    iter::iter(&List::value(out))
}
fn iterencode(items: &Value, encoding_: &Value, errors: &Value) -> PyResult {
    let encoder = call_part(&getter::<2>(encoding_)?, std::slice::from_ref(errors), &[])?;
    let mut out = Vec::new();
    for item in iter::collect(items)? {
        out.push(incremental_encode(&encoder, &item, &FALSE)?);
    }
    iter::iter(&List::value(out))
}

fn register_error(name: &Value, handler: &Value) -> PyResult {
    let name = name_of(name, "register_error", "errors")?;
    if handler.ty().special(rtcore::types::class::special::Special::Call).is_none() && handler.ty().hooks().call.is_none() {
        return Err(type_error("handler must be callable"));
    }
    encoding::register_error(&name, handler.clone());
    Ok(NONE)
}
fn lookup_error_(name: &Value) -> PyResult {
    let name = name_of(name, "lookup_error", "name")?;
    if let Some(h) = encoding::registered(&name) {
        return Ok(h);
    }
    match Policy::of(&name) {
        Some(_) => Ok(object::new(&HANDLER, Handler(name))),
        None => Err(lookup_error(format!("unknown error handler name '{name}'"))),
    }
}

/// A standard error handler as a callable.
struct Handler(String);
impl Payload for Handler {}
impl Native for Handler {
    fn class() -> &'static Type {
        &HANDLER
    }
}
fn call_handler(v: &Value, all: &[Value], _kw: &[Name]) -> PyResult {
    let (Some(h), [exc]) = (v.downcast::<Handler>(), all) else { return Err(type_error("an error handler takes one argument")) };
    handle(&h.0, exc)
}
static HANDLER_DEF: ClassDef = ClassDef::new::<Handler>("builtin_function_or_method").hooks(Hooks { call: Some(call_handler), ..Hooks::NONE });
static HANDLER: Type = Type::builtin(&HANDLER_DEF);

/// What the standard handler `name` makes of a Unicode error.
fn handle(name: &str, exc: &Value) -> PyResult {
    let wrong = || type_error(format!("don't know how to handle {} in error callback", exc.ty().full_name()));
    if !exc.ty().is_subtype(&UNICODE_ERROR_BASE) {
        return Err(if name == "strict" { type_error("codec must pass exception instance") } else { wrong() });
    }
    let policy = Policy::of(name).ok_or_else(wrong)?;
    if policy == Policy::Strict {
        return Err(rtcore::error::raise_value(exc.clone()));
    }
    let field = |f: &str| attr::getattr_name(exc, Name::new(f));
    let (object, start, end) = (field("object")?, as_size(&field("start")?)?, as_size(&field("end")?)?);
    let name_text = field("encoding")?;
    let known = ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii", "latin-1"];
    let encoding = known.iter().find(|k| name_text.as_str() == Some(**k)).copied().unwrap_or("charmap");
    let place = |n: i64| usize::try_from(n).unwrap_or(0);
    let failure = Failure { encoding, start: place(start), end: place(end), reason: "" };
    let gave_up = || rtcore::error::raise_value(exc.clone());
    let (replacement, at) = if exc.ty().is_subtype(&UNICODE_ENCODE_ERROR) {
        let text = object.as_str_obj().ok_or_else(wrong)?;
        let (r, at) = policy.encode(&failure, text).ok_or_else(gave_up)?;
        let r = match r {
            Replacement::Text(t) => rtcore::types::str::value(t),
            Replacement::Bytes(b) => bytes::value(b),
        };
        (r, at)
    } else if exc.ty().is_subtype(&UNICODE_DECODE_ERROR) {
        let data = buffer::required(&object)?;
        if policy == Policy::XmlCharRefReplace {
            return Err(wrong());
        }
        let (t, at) = policy.decode(&failure, &data).ok_or_else(gave_up)?;
        (rtcore::types::str::value(t), at)
    } else {
        return Err(wrong());
    };
    Ok(tuple::new(vec![replacement, Value::from(at)]))
}
macro_rules! handlers {
    ($($f:ident $name:literal;)*) => { $(fn $f(exc: &Value) -> PyResult { handle($name, exc) })* };
}
handlers! {
    strict_errors "strict"; ignore_errors "ignore"; replace_errors "replace";
    backslashreplace_errors "backslashreplace"; xmlcharrefreplace_errors "xmlcharrefreplace";
}

static FUNCTIONS: &[Method] = &[
    Method::new("encode(obj, encoding='utf-8', errors='strict')", F3(encode)),
    Method::new("decode(obj, encoding='utf-8', errors='strict')", F3(decode)),
    Method::new("lookup(encoding, /)", F1(lookup)),
    Method::new("register(search_function, /)", F1(register)),
    Method::new("unregister(search_function, /)", F1(unregister)),
    Method::new("getencoder(encoding)", F1(getter::<0>)),
    Method::new("getdecoder(encoding)", F1(getter::<1>)),
    Method::new("getincrementalencoder(encoding)", F1(getter::<2>)),
    Method::new("getincrementaldecoder(encoding)", F1(getter::<3>)),
    Method::new("iterencode(iterator, encoding, errors='strict')", F3(iterencode)),
    Method::new("iterdecode(iterator, encoding, errors='strict')", F3(iterdecode)),
    Method::new("register_error(errors, handler, /)", F2(register_error)),
    Method::new("lookup_error(name, /)", F1(lookup_error_)),
    Method::new("strict_errors(exc, /)", F1(strict_errors)),
    Method::new("ignore_errors(exc, /)", F1(ignore_errors)),
    Method::new("replace_errors(exc, /)", F1(replace_errors)),
    Method::new("backslashreplace_errors(exc, /)", F1(backslashreplace_errors)),
    Method::new("xmlcharrefreplace_errors(exc, /)", F1(xmlcharrefreplace_errors)),
];
fn setup(m: &Value) -> PyResult<()> {
    let marks: [(&str, &[u8]); 10] = [
        ("BOM_UTF8", &[0xEF, 0xBB, 0xBF]),
        ("BOM_LE", &[0xFF, 0xFE]),
        ("BOM_UTF16_LE", &[0xFF, 0xFE]),
        ("BOM_BE", &[0xFE, 0xFF]),
        ("BOM_UTF16_BE", &[0xFE, 0xFF]),
        ("BOM_UTF32_LE", &[0xFF, 0xFE, 0, 0]),
        ("BOM_UTF32_BE", &[0, 0, 0xFE, 0xFF]),
        ("BOM", &[0xFF, 0xFE]),
        ("BOM_UTF16", &[0xFF, 0xFE]),
        ("BOM_UTF32", &[0xFF, 0xFE, 0, 0]),
    ];
    for (name, mark) in marks {
        set_str(m, name, bytes::from_slice(mark));
    }
    set_str(m, "CodecInfo", Value::of_type(&INFO));
    set_str(m, "IncrementalDecoder", Value::of_type(&INCREMENTAL_DECODER));
    set_str(m, "IncrementalEncoder", Value::of_type(&INCREMENTAL_ENCODER));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("codecs", FUNCTIONS, setup);
