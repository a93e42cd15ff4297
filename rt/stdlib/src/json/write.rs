//! Owns: writing a value as JSON text, with every option of `JSONEncoder`.
//! Never: reads attributes of an encoder object.
//! Source: CPython 3.13, Modules/_json.c (`encoder_listencode_*`), Lib/json/encoder.py (`_make_iterencode`).

use rtcore::error::{raise, type_error, value_error};
use rtcore::methods::*;
use rtcore::num::float;
use rtcore::protocol::call::call;
use rtcore::protocol::number::convert::{float_of, int_ref};
use rtcore::types::dict::{DICT, Dict, items_of};
use rtcore::types::list::{List, sort_items};
use rtcore::types::str::value::Str;
use rtcore::types::tuple;
use rtcore::value::Tag;

/// What C code of CPython may nest (`Py_C_RECURSION_LIMIT`).
pub const MAX_NESTING: usize = 10_000;

pub struct Options {
    pub ensure_ascii: bool,
    pub check_circular: bool,
    pub allow_nan: bool,
    pub sort_keys: bool,
    pub skipkeys: bool,
    pub indent: Option<Vec<u8>>,
    pub item_separator: Vec<u8>,
    pub key_separator: Vec<u8>,
    /// Called for what JSON has no form for; UNBOUND: the standard TypeError.
    pub default: Value,
}
impl Options {
    pub fn standard() -> Options {
        Options {
            ensure_ascii: true,
            check_circular: true,
            allow_nan: true,
            sort_keys: false,
            skipkeys: false,
            indent: None,
            item_separator: b", ".to_vec(),
            key_separator: b": ".to_vec(),
            default: UNBOUND,
        }
    }
}

pub struct Writer<'a> {
    o: &'a Options,
    pub out: Vec<u8>,
    /// Where each piece that `iterencode` yields ends, when somebody asks.
    pub marks: Option<Vec<usize>>,
    active: Vec<u64>,
    depth: usize,
}

/// 0 for bytes that stand for themselves, else the letter of the escape (`u`: four digits).
static ESCAPE: [u8; 128] = {
    let mut t = [0; 128];
    let mut i = 0;
    while i < 32 {
        t[i] = b'u';
        i += 1;
    }
    t[0x7f] = 0;
    t[b'"' as usize] = b'"';
    t[b'\\' as usize] = b'\\';
    t[b'\n' as usize] = b'n';
    t[b'\r' as usize] = b'r';
    t[b'\t' as usize] = b't';
    t[8] = b'b';
    t[12] = b'f';
    t
};

fn push_unit(out: &mut Vec<u8>, u: u32) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        out.push(HEX[(u >> shift & 15) as usize]);
    }
}
/// The quoted text.
pub fn push_string(out: &mut Vec<u8>, s: &Str, ensure_ascii: bool) {
    let b = s.as_bytes();
    out.reserve(b.len() + 2);
    out.push(b'"');
    let mut start = 0;
    let mut i = 0;
    while i < b.len() {
        let c = b[i];
        if c < 128 {
            let e = ESCAPE[c as usize];
            if e == 0 && (c != 0x7f || !ensure_ascii) {
                i += 1;
                continue;
            }
            out.extend_from_slice(&b[start..i]);
            if e == b'u' || e == 0 {
                push_unit(out, u32::from(c));
            } else {
                out.push(b'\\');
                out.push(e);
            }
            i += 1;
            start = i;
            continue;
        }
        let (point, width) = rtcore::types::str::value::decode_at(b, i).unwrap_or((0xfffd, 1));
        if ensure_ascii {
            out.extend_from_slice(&b[start..i]);
            if point > 0xffff {
                let v = point - 0x1_0000;
                push_unit(out, 0xd800 | v >> 10);
                push_unit(out, 0xdc00 | v & 0x3ff);
            } else {
                push_unit(out, point);
            }
            start = i + width;
        }
        i += width;
    }
    out.extend_from_slice(&b[start..]);
    out.push(b'"');
}
fn push_i64(out: &mut Vec<u8>, n: i64) {
    let mut buf = [0u8; 20];
    let mut at = buf.len();
    let mut u = n.unsigned_abs();
    loop {
        at -= 1;
        buf[at] = b'0' + (u % 10) as u8;
        u /= 10;
        if u == 0 {
            break;
        }
    }
    if n < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&buf[at..]);
}

impl<'a> Writer<'a> {
    pub fn new(o: &'a Options) -> Writer<'a> {
        Writer { o, out: Vec::with_capacity(128), marks: None, active: vec![], depth: 0 }
    }
    /// The text as a str value.
    pub fn finish(self) -> Value {
        text(self.out)
    }
    #[inline]
    fn mark(&mut self) {
        if let Some(m) = &mut self.marks
            && m.last().copied().unwrap_or(0) < self.out.len()
        {
            m.push(self.out.len());
        }
    }
    fn float_text(&mut self, v: &Value, f: f64) -> PyResult<()> {
        if f.is_finite() {
            self.out.extend_from_slice(float::repr(f).as_bytes());
            return Ok(());
        }
        if !self.o.allow_nan {
            let shown = rtcore::protocol::repr::repr_string(v)?;
            return Err(value_error(format!("Out of range float values are not JSON compliant: {shown}")));
        }
        let t: &[u8] = if f.is_nan() { b"NaN" } else if f > 0.0 { b"Infinity" } else { b"-Infinity" };
        self.out.extend_from_slice(t);
        Ok(())
    }
    fn int_text(&mut self, v: &Value) -> PyResult<bool> {
        let Some(n) = int_ref(v) else { return Ok(false) };
        match n.to_i64() {
            Some(n) => push_i64(&mut self.out, n),
            None => {
                // Raises for numbers beyond the digit limit, as `int.__repr__` does.
                let shown = rtcore::protocol::repr::repr(&Value::from(n.to_int()))?;
                self.out.extend_from_slice(shown.as_str().unwrap_or("").as_bytes());
            }
        }
        Ok(true)
    }
    fn newline(&mut self, level: usize) {
        if let Some(indent) = &self.o.indent {
            self.out.push(b'\n');
            for _ in 0..level {
                self.out.extend_from_slice(indent);
            }
        }
    }
    fn enter(&mut self, v: &Value) -> PyResult<()> {
        if self.o.check_circular {
            if self.active.contains(&v.bits()) {
                return Err(value_error("Circular reference detected"));
            }
            self.active.push(v.bits());
        }
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(raise(
                &rtcore::error::hierarchy::RECURSION_ERROR,
                "maximum recursion depth exceeded while encoding a JSON object",
            ));
        }
        Ok(())
    }
    fn leave(&mut self) {
        self.depth -= 1;
        if self.o.check_circular {
            self.active.pop();
        }
    }
    /// Writes any value; `level` is the indentation it stands at.
    pub fn value(&mut self, v: &Value, level: usize) -> PyResult<()> {
        match v.tag() {
            Tag::Int => push_i64(&mut self.out, v.bits() as i64),
            Tag::None | Tag::Unbound => self.out.extend_from_slice(b"null"),
            Tag::Bool => self.out.extend_from_slice(if v.bits() != 0 { b"true" } else { b"false" }),
            Tag::Float => self.float_text(v, f64::from_bits(v.bits()))?,
            Tag::Obj => return self.object(v, level),
        }
        self.mark();
        Ok(())
    }
    fn object(&mut self, v: &Value, level: usize) -> PyResult<()> {
        if let Some(s) = v.as_str_obj() {
            push_string(&mut self.out, s, self.o.ensure_ascii);
            self.mark();
            return Ok(());
        }
        if v.downcast::<Dict>().is_some() {
            return self.dict(v, level);
        }
        if let Some(l) = v.downcast::<List>() {
            if let Some(ints) = l.as_ints()
                && self.o.indent.is_none()
                && self.marks.is_none()
                && !ints.is_empty()
            {
                self.out.push(b'[');
                for (i, n) in ints.iter().enumerate() {
                    if i > 0 {
                        self.out.extend_from_slice(&self.o.item_separator);
                    }
                    push_i64(&mut self.out, *n);
                }
                self.out.push(b']');
                return Ok(());
            }
            return self.items(v, level, |i| l.get(i));
        }
        if tuple::is_tuple(v) {
            let all = tuple::items(v);
            return self.items(v, level, |i| all.get(i).cloned());
        }
        if self.int_text(v)? {
            self.mark();
            return Ok(());
        }
        if let Some(f) = float_of(v) {
            self.float_text(v, f)?;
            self.mark();
            return Ok(());
        }
        if self.o.default.is_unbound() {
            return Err(not_serializable(v));
        }
        self.enter(v)?;
        let made = call(&self.o.default, std::slice::from_ref(v))?;
        self.value(&made, level)?;
        self.leave();
        Ok(())
    }
    fn items(&mut self, v: &Value, level: usize, get: impl Fn(usize) -> Option<Value>) -> PyResult<()> {
        let Some(mut item) = get(0) else {
            self.out.extend_from_slice(b"[]");
            self.mark();
            return Ok(());
        };
        self.enter(v)?;
        self.out.push(b'[');
        self.newline(level + 1);
        let mut i = 0;
        loop {
            if is_container(&item) {
                self.mark();
            }
            self.value(&item, level + 1)?;
            i += 1;
            match get(i) {
                Some(next) => item = next,
                None => break,
            }
            self.out.extend_from_slice(&self.o.item_separator);
            self.newline(level + 1);
        }
        self.newline(level);
        self.mark();
        self.out.push(b']');
        self.mark();
        self.leave();
        Ok(())
    }
    fn dict(&mut self, v: &Value, level: usize) -> PyResult<()> {
        let Some(d) = v.downcast::<Dict>() else { return Ok(()) };
        let exact = std::ptr::eq(v.ty(), &DICT);
        if exact && d.is_empty() || !exact && rtcore::protocol::sequence::len(v)? == 0 {
            self.out.extend_from_slice(b"{}");
            self.mark();
            return Ok(());
        }
        self.enter(v)?;
        self.out.push(b'{');
        self.mark();
        self.newline(level + 1);
        self.mark();
        let mut first = true;
        if exact && !self.o.sort_keys {
            let mut c = d.cursor();
            while let Some((k, x)) = d.advance(&mut c)? {
                self.pair(&k, &x, level + 1, &mut first)?;
            }
        } else {
            let mut all = items_of(v)?;
            if self.o.sort_keys {
                all = sorted(all)?;
            }
            for (k, x) in all {
                self.pair(&k, &x, level + 1, &mut first)?;
            }
        }
        self.newline(level);
        self.mark();
        self.out.push(b'}');
        self.mark();
        self.leave();
        Ok(())
    }
    fn pair(&mut self, key: &Value, v: &Value, level: usize, first: &mut bool) -> PyResult<()> {
        let known = key.as_str_obj().is_some() || !key.is_obj() || int_ref(key).is_some() || float_of(key).is_some();
        if !known {
            if self.o.skipkeys {
                return Ok(());
            }
            let class = key.ty().name();
            return Err(type_error(format!("keys must be str, int, float, bool or None, not {class}")));
        }
        if !std::mem::take(first) {
            self.out.extend_from_slice(&self.o.item_separator);
            self.newline(level);
            self.mark();
        }
        if let Some(s) = key.as_str_obj() {
            push_string(&mut self.out, s, self.o.ensure_ascii);
        } else {
            self.out.push(b'"');
            match (key.tag(), float_of(key)) {
                (_, Some(f)) => self.float_text(key, f)?,
                (Tag::None | Tag::Unbound, None) => self.out.extend_from_slice(b"null"),
                (Tag::Bool, None) => self.out.extend_from_slice(if key.bits() != 0 { b"true" } else { b"false" }),
                (Tag::Int | Tag::Float | Tag::Obj, None) => drop(self.int_text(key)?),
            }
            self.out.push(b'"');
        }
        self.mark();
        self.out.extend_from_slice(&self.o.key_separator);
        self.mark();
        self.value(v, level)
    }
}

/// What `_make_iterencode` yields the separator for before it descends.
fn is_container(v: &Value) -> bool {
    v.is_obj() && v.as_str_obj().is_none() && int_ref(v).is_none() && float_of(v).is_none()
}
fn sorted(items: Vec<(Value, Value)>) -> PyResult<Vec<(Value, Value)>> {
    // Keys that are all text sort without asking anybody.
    if items.iter().all(|(k, _)| k.downcast_exact::<Str>().is_some()) {
        let mut items = items;
        items.sort_by(|a, b| match (a.0.as_str_obj(), b.0.as_str_obj()) {
            (Some(x), Some(y)) => x.cmp(y),
            (None, _) | (_, None) => std::cmp::Ordering::Equal,
        });
        return Ok(items);
    }
    let mut pairs: Vec<Value> = items.into_iter().map(|(k, v)| tuple::of([k, v])).collect();
    sort_items(&mut pairs, &NONE, false)?;

    Ok(pairs.iter().filter_map(|p| if let [k, v] = tuple::items(p) { Some((k.clone(), v.clone())) } else { None }).collect())
}
#[cold]
pub fn not_serializable(v: &Value) -> Raised {
    type_error(format!("Object of type {} is not JSON serializable", v.ty().name()))
}
/// Bytes of the writer as a str value.
pub fn text(out: Vec<u8>) -> Value {
    rtcore::types::str::value(Str::from_wtf8(out))
}
