//! Owns: `template % args` of `str` and `bytes`: fetching arguments and converting them.
//! Never: reads templates or lays out numbers (`text::format::percent`).
//! Source: CPython 3.13, Objects/unicodeobject.c (`PyUnicode_Format`), Objects/bytesobject.c (`_PyBytes_FormatEx`).

use super::{Str, StrBuilder, me, raise_text, value};
use crate::error::{self, hierarchy, overflow_error, type_error};
use crate::methods::*;
use crate::protocol::call::{call, try_special};
use crate::protocol::{format as formatting, repr, sequence};
use crate::text::format::percent::{self, Conversion, Layout, Piece, Size, Template};
use crate::types::class::special::Special;
use crate::types::{bytes, float, int, none, tuple};

/// `template % args` for a str.
pub fn format(template: &Value, args: &Value) -> PyResult {
    let points: Vec<u32> = me(template)?.chars().collect();
    Ok(value(run(&points, args, false)?))
}

/// `template % args` for bytes; the result's code points are bytes.
pub fn format_bytes(template: &[u8], args: &Value) -> PyResult<Vec<u8>> {
    let points: Vec<u32> = template.iter().map(|&b| b.into()).collect();
    Ok(run(&points, args, true)?.chars().map(|c| c as u8).collect())
}

/// The arguments not yet consumed.
struct Arguments {
    items: Vec<Value>,
    at: usize,
    /// The mapping of `%(key)s`, when the argument is one.
    mapping: Option<Value>,
}

impl Arguments {
    fn new(args: &Value, is_bytes: bool) -> Arguments {
        if tuple::is_tuple(args) {
            return Arguments { items: tuple::items(args).to_vec(), at: 0, mapping: None };
        }
        let text = args.as_str_obj().is_some() || (is_bytes && bytes::as_bytes(args).is_some());
        let mapping = (!text && args.ty().special(Special::GetItem).is_some()).then(|| args.clone());
        Arguments { items: vec![args.clone()], at: 0, mapping }
    }
    fn next(&mut self) -> PyResult {
        let v = self.items.get(self.at).cloned();
        self.at += 1;
        v.ok_or_else(|| type_error("not enough arguments for format string"))
    }
}

fn run(points: &[u32], args: &Value, is_bytes: bool) -> PyResult<Str> {
    let mut arguments = Arguments::new(args, is_bytes);
    let mut out = StrBuilder::with_capacity(points.len() + 16);
    let mut template = Template::new(points);
    while let Some(piece) = template.next().map_err(raise_text)? {
        match piece {
            Piece::Literal(range) => points[range].iter().for_each(|&c| out.push(c)),
            Piece::Conversion(c) => convert(&c, points, &mut arguments, is_bytes, &mut out)?,
        }
    }
    if arguments.at < arguments.items.len() && arguments.mapping.is_none() {
        let kind = if is_bytes { "bytes" } else { "string" };
        return Err(type_error(format!("not all arguments converted during {kind} formatting")));
    }
    Ok(out.finish())
}

/// A `*` width or precision.
fn star(arguments: &mut Arguments) -> PyResult {
    let v = arguments.next()?;
    if v.ty().is_subtype(&int::INT) { Ok(v) } else { Err(type_error("* wants int")) }
}

fn convert(c: &Conversion, points: &[u32], arguments: &mut Arguments, is_bytes: bool, out: &mut StrBuilder) -> PyResult<()> {
    let plain = c.key.is_none() && !(c.left || c.plus || c.space || c.alternate || c.zero) && c.width == Size::None;
    if plain && c.precision == Size::None && c.type_ == Some('%'.into()) {
        out.push('%'.into());
        return Ok(());
    }
    if let Some(key) = &c.key {
        let Some(mapping) = arguments.mapping.clone() else { return Err(type_error("format requires a mapping")) };
        let name = points[key.clone()].iter().copied();
        let key = if is_bytes { bytes::value(name.map(|c| c as u8).collect()) } else { value(Str::from_code_points(name)) };
        let v = sequence::getitem(&mapping, &key)?;
        arguments.items = vec![v];
        arguments.at = 0;
    }
    let mut left = c.left;
    let width = match c.width {
        Size::None => 0,
        Size::Fixed(n) => n,
        Size::Star => {
            let n = sequence::as_ssize_arg(&star(arguments)?)?;
            left |= n < 0;
            n.unsigned_abs() as usize
        }
    };
    let precision = match c.precision {
        Size::None => None,
        Size::Fixed(n) => Some(n),
        Size::Star => {
            let n = sequence::index_value(&star(arguments)?)?.as_inline_int().and_then(|n| i32::try_from(n).ok());
            let n = n.ok_or_else(|| overflow_error("Python int too large to convert to C int"))?;
            Some(usize::try_from(n).unwrap_or(0))
        }
    };
    let Some(type_) = c.type_ else { return Err(raise_text(percent::incomplete())) };
    let v = arguments.next()?;
    let letter = char::from_u32(type_).unwrap_or('\u{fffd}');
    let layout = Layout {
        left,
        plus: c.plus,
        space: c.space,
        alternate: c.alternate,
        zero: c.zero,
        width,
        precision,
        type_: letter,
    };
    if width > 1 << 40 || precision.is_some_and(|p| p > 1 << 40) {
        return Err(error::memory_error(""));
    }
    match letter {
        's' | 'b' if is_bytes => out.push_text(&layout.text(&latin1(&bytes_of(&v)?))),
        'r' | 'a' if is_bytes => out.push_text(&layout.text(me(&repr::ascii(&v)?)?)),
        's' => {
            let text = repr::str_(&v)?;
            out.push_text(&layout.text(me(&text)?));
        }
        'r' => out.push_text(&layout.text(me(&repr::repr(&v)?)?)),
        'a' => out.push_text(&layout.text(me(&repr::ascii(&v)?)?)),
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => out.push_str(&integer(&v, &layout, is_bytes)?),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => out.push_str(&layout.float(real(&v, is_bytes)?)),
        'c' => {
            let point = if is_bytes { byte(&v)? } else { character(&v)? };
            out.push_text(&layout.text(&Str::from_code_point(point)));
        }
        _ => return Err(raise_text(percent::unsupported(type_, c.at))),
    }
    Ok(())
}

fn latin1(bytes: &[u8]) -> Str {
    Str::from_code_points(bytes.iter().map(|&b| b.into()))
}

/// What `%b` and `%s` of bytes take: a buffer, or what `__bytes__` gives.
fn bytes_of(v: &Value) -> PyResult<Vec<u8>> {
    if let Some(b) = bytes::as_bytes(v) {
        return Ok(b.to_vec());
    }
    if let Some(r) = try_special(v, Special::Bytes, &[]) {
        let r = r?;
        return match bytes::as_bytes(&r) {
            Some(b) => Ok(b.to_vec()),
            None => Err(type_error(format!("__bytes__ returned non-bytes (type {})", r.ty().full_name()))),
        };
    }
    if let Some(b) = bytes::buffer::bytes_of(v)? {
        return Ok(b);
    }
    let got = v.ty().full_name();
    let text = format!("%b requires a bytes-like object, or an object that implements __bytes__, not '{got}'");
    Err(type_error(text))
}

/// `PyNumber_Check`.
fn is_number(v: &Value) -> bool {
    let has = |s: Special| v.ty().special(s).is_some_and(|f| !f.is_none());
    has(Special::Index) || has(Special::Int) || has(Special::Float)
}

fn integer(v: &Value, layout: &Layout, is_bytes: bool) -> PyResult<String> {
    // Bytes read %i and %u as %d.
    let c = if is_bytes && matches!(layout.type_, 'i' | 'u') { 'd' } else { layout.type_ };
    let needs_int = matches!(c, 'o' | 'x' | 'X');
    let wrong = || {
        let what = if needs_int { "an integer" } else { "a real number" };
        type_error(format!("%{c} format: {what} is required, not {}", v.ty().full_name()))
    };
    let n = if v.ty().is_subtype(&int::INT) {
        sequence::index_value(v)?
    } else {
        if !is_number(v) {
            return Err(wrong());
        }
        let made = if needs_int { sequence::index_value(v) } else { call(&Value::of_type(&int::INT), std::slice::from_ref(v)) };
        match made {
            Ok(n) => n,
            Err(raised) if error::matches(&raised, &hierarchy::TYPE_ERROR) => {
                drop(error::take(raised));
                return Err(wrong());
            }
            Err(raised) => return Err(raised),
        }
    };
    match crate::protocol::number::int_ref(&n) {
        Some(n) => formatting::int_layout(layout, n),
        None => Err(wrong()),
    }
}

/// `PyFloat_AsDouble`.
fn real(v: &Value, is_bytes: bool) -> PyResult<f64> {
    if let Some(x) = v.as_inline_float() {
        return Ok(x);
    }
    if let Some(n) = v.as_inline_int() {
        return Ok(n as f64);
    }
    let wrong = || {
        let got = v.ty().full_name();
        type_error(if is_bytes { format!("float argument required, not {got}") } else { format!("must be real number, not {got}") })
    };
    let has = |s: Special| v.ty().special(s).is_some_and(|f| !f.is_none());
    if !has(Special::Float) && !has(Special::Index) {
        return Err(wrong());
    }
    call(&Value::of_type(&float::FLOAT), std::slice::from_ref(v))?.as_inline_float().ok_or_else(wrong)
}

fn character(v: &Value) -> PyResult<u32> {
    if let Some(s) = v.as_str_obj() {
        return if s.char_len() == 1 { Ok(s.char_at(0)) } else { Err(type_error("%c requires int or char")) };
    }
    if !sequence::is_index(v) {
        return Err(type_error("%c requires int or char"));
    }
    let n = sequence::index_value(v)?.as_inline_int().and_then(|n| u32::try_from(n).ok());
    n.filter(|&n| n < 0x110000).ok_or_else(|| overflow_error("%c arg not in range(0x110000)"))
}

fn byte(v: &Value) -> PyResult<u32> {
    let wrong = || type_error("%c requires an integer in range(256) or a single byte");
    if let Some(b) = bytes::as_bytes(v) {
        return if let [only] = &b[..] { Ok((*only).into()) } else { Err(wrong()) };
    }
    if !sequence::is_index(v) || none::is_not_implemented(v) {
        return Err(wrong());
    }
    let n = sequence::index_value(v)?.as_inline_int().and_then(|n| u8::try_from(n).ok());
    n.map(u32::from).ok_or_else(|| overflow_error("%c arg not in range(256)"))
}
