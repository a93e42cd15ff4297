//! Owns: the modules `json`, `json.decoder`, `json.encoder`, `json.scanner`.
//! Never: more than choosing a fast path or an encoder's methods.
//! Source: CPython 3.13, Lib/json/__init__.py.

mod decoder;
mod encoder;
mod error;
mod scan;
mod write;

use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::call::{call, call_kw, call_method_name};
use rtcore::protocol::sequence::truth;
use rtcore::types::dict::{Dict, items_of};
use rtcore::types::float::FLOAT;
use rtcore::types::int::INT;
use rtcore::types::list::List;
use rtcore::types::module::{self, NativeModule, modules, set_str};
use scan::{Callbacks, Scanner};
use write::{Options, Writer};

/// The options of a `dumps` call that uses the standard encoder: `a` holds the keyword arguments from
/// `skipkeys` on.
fn options(a: &[Value]) -> PyResult<Options> {
    let [skipkeys, ensure_ascii, check_circular, allow_nan, _cls, indent, separators, default, sort_keys, ..] = a else {
        return Ok(Options::standard());
    };
    let mut o = Options {
        skipkeys: truth(skipkeys)?,
        ensure_ascii: truth(ensure_ascii)?,
        check_circular: truth(check_circular)?,
        allow_nan: truth(allow_nan)?,
        sort_keys: truth(sort_keys)?,
        indent: encoder::indent_of(indent)?,
        ..Options::standard()
    };
    if !separators.is_none() {
        let (item, key) = encoder::separators_of(separators)?;
        for (slot, v) in [(&mut o.item_separator, item), (&mut o.key_separator, key)] {
            match v.as_str_obj() {
                Some(s) => *slot = s.as_bytes().to_vec(),
                None => return Err(type_error(format!("make_encoder() argument must be str, not {}", v.ty().name()))),
            }
        }
    } else if o.indent.is_some() {
        o.item_separator = b",".to_vec();
    }
    if !default.is_none() {
        o.default = default.clone();
    }
    Ok(o)
}
fn extra_keywords(v: Option<&Value>) -> PyResult<Vec<(Name, Value)>> {
    let Some(v) = v else { return Ok(vec![]) };
    Ok(items_of(v)?.into_iter().filter_map(|(k, v)| Name::of(&k).map(|n| (n, v))).collect())
}
/// The encoder object of a call with `cls` (or with keywords that only a class could take).
fn custom_encoder(a: &[Value]) -> PyResult<Option<Value>> {
    let cls = a.get(4).cloned().unwrap_or(NONE);
    let extra = extra_keywords(a.get(9))?;
    if cls.is_none() && extra.is_empty() || cls.is_type(&encoder::ENCODER) && extra.is_empty() {
        return Ok(None);
    }
    let cls = if cls.is_none() { Value::of_type(&encoder::ENCODER) } else { cls };
    let names = ["skipkeys", "ensure_ascii", "check_circular", "allow_nan", "indent", "separators", "default", "sort_keys"];
    let places = [0, 1, 2, 3, 5, 6, 7, 8];
    let mut kw: Vec<Name> = names.iter().map(|n| Name::new(n)).collect();
    let mut values: Vec<Value> = places.iter().filter_map(|i| a.get(*i).cloned()).collect();
    for (n, v) in extra {
        kw.push(n);
        values.push(v);
    }
    call_kw(&cls, &values, &kw).map(Some)
}
fn dumps(all: &[Value], kw: &[Name]) -> PyResult {
    // The plain call needs no binding.
    if let ([obj], []) = (all, kw) {
        return encode(obj, &Options::standard());
    }
    static PARAMS: rtcore::gil::Gil<std::cell::OnceCell<rtcore::def::Params>> = rtcore::gil::Gil::new(std::cell::OnceCell::new());
    let p = PARAMS.get_or_init(|| rtcore::def::Params::parse(DUMPS));
    let bound = rtcore::def::bind_native("dumps", &|| "dumps".to_owned(), p, 0, rtcore::def::Args { values: all, kw })?;
    let [obj, rest @ ..] = bound.as_slice() else { return Ok(NONE) };
    match custom_encoder(rest)? {
        Some(e) => call_method_name(&e, Name::new("encode"), std::slice::from_ref(obj)),
        None => encode(obj, &options(rest)?),
    }
}
fn encode(obj: &Value, o: &Options) -> PyResult {
    let mut w = Writer::new(o);
    w.value(obj, 0)?;
    Ok(w.finish())
}
fn dump(a: &[Value]) -> PyResult {
    let [obj, fp, rest @ ..] = a else { return Ok(NONE) };
    let write = |v: Value| call_method_name(fp, names::write.get(), &[v]);
    if let Some(e) = custom_encoder(rest)? {
        let parts = call_method_name(&e, Name::new("iterencode"), std::slice::from_ref(obj))?;
        let mut it = rtcore::protocol::iter::Iter::new(&parts)?;
        while let Some(p) = it.next()? {
            write(p)?;
        }
        return Ok(NONE);
    }
    let o = options(rest)?;
    // Only a file of the program's own can tell how the text is cut.
    if fp.ty().is_static() {
        let mut w = Writer::new(&o);
        let r = w.value(obj, 0);
        let saved = r.map_err(rtcore::error::take);
        write(write::text(std::mem::take(&mut w.out)))?;
        return match saved {
            Ok(()) => Ok(NONE),
            Err(exc) => Err(rtcore::error::set_pending(exc)),
        };
    }
    let (parts, r) = encoder::pieces(&o, obj);
    let saved = r.map_err(rtcore::error::take);
    for p in parts {
        write(p)?;
    }
    match saved {
        Ok(()) => Ok(NONE),
        Err(exc) => Err(rtcore::error::set_pending(exc)),
    }
}

/// The encoding of JSON bytes, by where the zeros are.
fn encoding_of(b: &[u8]) -> &'static str {
    if b.starts_with(&[0xff, 0xfe, 0, 0]) || b.starts_with(&[0, 0, 0xfe, 0xff]) {
        return "utf-32";
    }
    if b.starts_with(&[0xff, 0xfe]) || b.starts_with(&[0xfe, 0xff]) {
        return "utf-16";
    }
    if b.starts_with(&[0xef, 0xbb, 0xbf]) {
        return "utf-8-sig";
    }
    match b {
        [0, x, ..] if b.len() >= 4 => {
            if *x != 0 { "utf-16-be" } else { "utf-32-be" }
        }
        [_, 0, y, z, ..] => {
            if *y != 0 || *z != 0 { "utf-16-le" } else { "utf-32-le" }
        }
        [0, _] => "utf-16-be",
        [_, 0] => "utf-16-le",
        _ => "utf-8",
    }
}
fn detect_encoding(v: &Value) -> PyResult {
    Ok(Value::str(encoding_of(&bytes(v)?.unwrap_or_default())))
}
fn bytes(v: &Value) -> PyResult<Option<Vec<u8>>> {
    if v.ty().is_subtype(&rtcore::types::bytes::BYTES) || v.ty().is_subtype(&rtcore::types::bytes::bytearray::BYTEARRAY) {
        return rtcore::types::bytes::buffer::bytes_of(v);
    }
    Ok(None)
}
fn loads(all: &[Value], kw: &[Name]) -> PyResult {
    if let ([s], []) = (all, kw)
        && let Some(t) = s.as_str_obj()
        && !t.as_bytes().starts_with(b"\xef\xbb\xbf")
    {
        return Scanner::new(s, t, &Callbacks::none()).document();
    }
    static PARAMS: rtcore::gil::Gil<std::cell::OnceCell<rtcore::def::Params>> = rtcore::gil::Gil::new(std::cell::OnceCell::new());
    let p = PARAMS.get_or_init(|| rtcore::def::Params::parse(LOADS));
    let bound = rtcore::def::bind_native("loads", &|| "loads".to_owned(), p, 0, rtcore::def::Args { values: all, kw })?;
    let [s, cls, object_hook, parse_float, parse_int, parse_constant, pairs, extra] = bound.as_slice() else { return Ok(NONE) };
    let s = if let Some(t) = s.as_str_obj() {
        if t.as_bytes().starts_with(b"\xef\xbb\xbf") {
            return Err(error::fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", s, 0));
        }
        s.clone()
    } else {
        let Some(b) = bytes(s)? else {
            return Err(type_error(format!("the JSON object must be str, bytes or bytearray, not {}", s.ty().name())));
        };
        rtcore::types::str::encode::decode(s, &b, encoding_of(&b), "surrogatepass")?
    };
    let extra = extra_keywords(Some(extra))?;
    if cls.is_none() && extra.is_empty() {
        let calls = Callbacks {
            object_hook: object_hook.clone(),
            object_pairs_hook: pairs.clone(),
            parse_float: decoder::number_callback(parse_float.clone(), &FLOAT),
            parse_int: decoder::number_callback(parse_int.clone(), &INT),
            parse_constant: parse_constant.clone(),
            strict: true,
        };
        let Some(t) = s.as_str_obj() else { return Ok(NONE) };
        return Scanner::new(&s, t, &calls).document();
    }
    let cls = if cls.is_none() { Value::of_type(&decoder::DECODER) } else { cls.clone() };
    let given = [
        ("object_hook", object_hook),
        ("object_pairs_hook", pairs),
        ("parse_float", parse_float),
        ("parse_int", parse_int),
        ("parse_constant", parse_constant),
    ];
    let (mut names, mut values) = (vec![], vec![]);
    for (n, v) in given {
        if !v.is_none() {
            names.push(Name::new(n));
            values.push(v.clone());
        }
    }
    for (n, v) in extra {
        names.push(n);
        values.push(v);
    }
    let d = call_kw(&cls, &values, &names)?;
    call_method_name(&d, Name::new("decode"), &[s])
}
fn load(all: &[Value], kw: &[Name]) -> PyResult {
    let mut values = all.to_vec();
    let mut kw = kw.to_vec();
    let at = if all.len() > kw.len() {
        0
    } else {
        match kw.iter().position(|k| k.as_str() == "fp") {
            Some(i) => {
                // The file becomes the one positional argument.
                let fp = values.remove(i);
                kw.remove(i);
                values.insert(0, fp);
                0
            }
            None => return Err(type_error("load() missing 1 required positional argument: 'fp'")),
        }
    };
    values[at] = call_method_name(&values[at], names::read.get(), &[])?;
    loads(&values, &kw)
}

const DUMPS: &str = "dumps(obj, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, cls=None, indent=None, separators=None, default=None, sort_keys=False, **kw)";
const LOADS: &str =
    "loads(s, *, cls=None, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, object_pairs_hook=None, **kw)";
static FUNCTIONS: &[Method] = &[
    Method::new(DUMPS, Raw(dumps)),
    Method::new(
        "dump(obj, fp, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, cls=None, indent=None, separators=None, default=None, sort_keys=False, **kw)",
        N(dump),
    ),
    Method::new(LOADS, Raw(loads)),
    Method::new(
        "load(fp, *, cls=None, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, object_pairs_hook=None, **kw)",
        Raw(load),
    ),
    Method::new("detect_encoding(b)", F1(detect_encoding)),
];
/// Makes a submodule known with its parent, as importing `json` does.
fn submodule(parent: &Value, def: &'static NativeModule) -> PyResult<()> {
    let m = module::native(def)?;
    if let Some(d) = modules().downcast::<Dict>() {
        d.set_name(Name::new(def.name), m.clone());
    }
    set_str(parent, def.name.rsplit('.').next().unwrap_or(def.name), m);
    Ok(())
}
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "JSONEncoder", Value::of_type(&encoder::ENCODER));
    set_str(m, "JSONDecoder", Value::of_type(&decoder::DECODER));
    set_str(m, "JSONDecodeError", Value::of_type(&error::DECODE_ERROR));
    set_str(m, "__path__", List::value(vec![]));
    let all = ["dump", "dumps", "load", "loads", "JSONDecoder", "JSONDecodeError", "JSONEncoder"];
    set_str(m, "__all__", List::value(all.iter().map(|s| Value::str(s)).collect()));
    submodule(m, &DECODER_MODULE)?;
    submodule(m, &ENCODER_MODULE)?;
    submodule(m, &SCANNER_MODULE)?;
    set_str(m, "_default_encoder", call(&Value::of_type(&encoder::ENCODER), &[])?);
    set_str(m, "_default_decoder", call(&Value::of_type(&decoder::DECODER), &[])?);
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("json", FUNCTIONS, setup);

fn decoder_setup(m: &Value) -> PyResult<()> {
    set_str(m, "JSONDecoder", Value::of_type(&decoder::DECODER));
    set_str(m, "JSONDecodeError", Value::of_type(&error::DECODE_ERROR));
    Ok(())
}
pub static DECODER_MODULE: NativeModule =
    NativeModule::new("json.decoder", &[Method::new("scanstring(string, end, strict=True)", F3(decoder::scanstring))], decoder_setup);
fn encoder_setup(m: &Value) -> PyResult<()> {
    set_str(m, "JSONEncoder", Value::of_type(&encoder::ENCODER));
    set_str(m, "INFINITY", Value::float(f64::INFINITY));
    Ok(())
}
pub static ENCODER_MODULE: NativeModule = NativeModule::new(
    "json.encoder",
    &[
        Method::new("encode_basestring(string, /)", F1(encoder::encode_basestring)),
        Method::new("encode_basestring_ascii(string, /)", F1(encoder::encode_basestring_ascii)),
    ],
    encoder_setup,
);
pub static SCANNER_MODULE: NativeModule = NativeModule::new("json.scanner", &[], |_| Ok(()));
