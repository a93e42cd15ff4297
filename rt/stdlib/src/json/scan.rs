//! Owns: reading JSON text into values.
//! Never: reads attributes of a decoder object.
//! Source: CPython 3.13, Modules/_json.c (`scan_once_unicode`, `scanstring_unicode`, `_parse_object_unicode`,
//! `_parse_array_unicode`, `_match_number_unicode`): texts and positions of errors are its.

use super::error::fail;
use super::write::MAX_NESTING;
use rtcore::error::raise;
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::types::dict::{DICT, Dict};
use rtcore::types::int::INT;
use rtcore::types::list::List;
use rtcore::types::str::value::{Str, StrBuilder};
use rtcore::types::tuple;

/// What a decoder calls for parts of the text; None: the standard value.
pub struct Callbacks {
    pub object_hook: Value,
    pub object_pairs_hook: Value,
    pub parse_float: Value,
    pub parse_int: Value,
    pub parse_constant: Value,
    pub strict: bool,
}
impl Callbacks {
    pub fn none() -> Callbacks {
        Callbacks {
            object_hook: NONE,
            object_pairs_hook: NONE,
            parse_float: NONE,
            parse_int: NONE,
            parse_constant: NONE,
            strict: true,
        }
    }
}

/// Keys seen in this text, so that equal ones are one object (and hashed once).
const MEMO: usize = 128;

pub struct Scanner<'a> {
    doc: &'a Value,
    s: &'a Str,
    b: &'a [u8],
    calls: &'a Callbacks,
    memo: Vec<Value>,
    depth: usize,
}

fn is_space(c: u8) -> bool {
    matches!(c, b' ' | b'\t' | b'\n' | b'\r')
}

impl<'a> Scanner<'a> {
    pub fn new(doc: &'a Value, s: &'a Str, calls: &'a Callbacks) -> Scanner<'a> {
        Scanner { doc, s, b: s.as_bytes(), calls, memo: vec![], depth: 0 }
    }
    #[cold]
    fn fail(&self, msg: &str, at: usize) -> Raised {
        fail(msg, self.doc, self.s.char_offset(at))
    }
    #[inline]
    fn at(&self, i: usize) -> u8 {
        self.b.get(i).copied().unwrap_or(0)
    }
    #[inline]
    pub fn space(&self, mut i: usize) -> usize {
        while i < self.b.len() && is_space(self.b[i]) {
            i += 1;
        }
        i
    }
    /// The whole text: one value between white space.
    pub fn document(&mut self) -> PyResult {
        let start = self.space(0);
        let (v, end) = self.value(start)?;
        let end = self.space(end);
        if end != self.b.len() {
            return Err(self.fail("Extra data", end));
        }
        Ok(v)
    }
    /// The value that begins at byte `i`, and where it ends.
    pub fn value(&mut self, i: usize) -> PyResult<(Value, usize)> {
        match self.at(i) {
            b'"' => {
                let (s, end) = self.string(i + 1)?;
                Ok((s, end))
            }
            b'{' => self.nested(i, "object"),
            b'[' => self.nested(i, "array"),
            b'n' if self.b[i..].starts_with(b"null") => Ok((NONE, i + 4)),
            b't' if self.b[i..].starts_with(b"true") => Ok((TRUE, i + 4)),
            b'f' if self.b[i..].starts_with(b"false") => Ok((FALSE, i + 5)),
            b'N' if self.b[i..].starts_with(b"NaN") => Ok((self.constant("NaN", f64::NAN)?, i + 3)),
            b'I' if self.b[i..].starts_with(b"Infinity") => Ok((self.constant("Infinity", f64::INFINITY)?, i + 8)),
            b'-' if self.b[i..].starts_with(b"-Infinity") => Ok((self.constant("-Infinity", f64::NEG_INFINITY)?, i + 9)),
            b'-' | b'0'..=b'9' => self.number(i),
            _ => Err(self.fail("Expecting value", i)),
        }
    }
    fn constant(&self, name: &str, f: f64) -> PyResult {
        if self.calls.parse_constant.is_none() {
            return Ok(Value::float(f));
        }
        call(&self.calls.parse_constant, &[Value::str(name)])
    }
    fn nested(&mut self, i: usize, what: &str) -> PyResult<(Value, usize)> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            let text = format!("maximum recursion depth exceeded while decoding a JSON {what} from a unicode string");
            return Err(raise(&rtcore::error::hierarchy::RECURSION_ERROR, text));
        }
        let r = if what == "array" { self.array(i + 1)? } else { self.object(i + 1)? };
        self.depth -= 1;
        Ok(r)
    }
    fn array(&mut self, i: usize) -> PyResult<(Value, usize)> {
        let mut items = vec![];
        let mut i = self.space(i);
        if self.at(i) != b']' || i >= self.b.len() {
            loop {
                let (v, end) = self.value(i)?;
                items.push(v);
                i = self.space(end);
                match self.at(i) {
                    b']' => break,
                    b',' => {}
                    _ => return Err(self.fail("Expecting ',' delimiter", i)),
                }
                let comma = i;
                i = self.space(i + 1);
                if self.at(i) == b']' {
                    return Err(self.fail("Illegal trailing comma before end of array", comma));
                }
            }
        }
        Ok((List::value(items), i + 1))
    }
    fn object(&mut self, i: usize) -> PyResult<(Value, usize)> {
        let mut pairs = vec![];
        let dict = Dict::new();
        let as_pairs = !self.calls.object_pairs_hook.is_none();
        let mut i = self.space(i);
        if self.at(i) != b'}' {
            loop {
                if self.at(i) != b'"' {
                    return Err(self.fail("Expecting property name enclosed in double quotes", i));
                }
                let (key, end) = self.key(i + 1)?;
                i = self.space(end);
                if self.at(i) != b':' {
                    return Err(self.fail("Expecting ':' delimiter", i));
                }
                i = self.space(i + 1);
                let (v, end) = self.value(i)?;
                if as_pairs {
                    pairs.push(tuple::of([key, v]));
                } else {
                    dict.set(key, v)?;
                }
                i = self.space(end);
                match self.at(i) {
                    b'}' => break,
                    b',' => {}
                    _ => return Err(self.fail("Expecting ',' delimiter", i)),
                }
                let comma = i;
                i = self.space(i + 1);
                if self.at(i) == b'}' {
                    return Err(self.fail("Illegal trailing comma before end of object", comma));
                }
            }
        }
        if as_pairs {
            return Ok((call(&self.calls.object_pairs_hook, &[List::value(pairs)])?, i + 1));
        }
        let made = object::new(&DICT, dict);
        if !self.calls.object_hook.is_none() {
            return Ok((call(&self.calls.object_hook, &[made])?, i + 1));
        }
        Ok((made, i + 1))
    }
    fn key(&mut self, i: usize) -> PyResult<(Value, usize)> {
        let mut end = i;
        while end < self.b.len() && self.b[end] != b'"' && self.b[end] != b'\\' && self.b[end] >= b' ' && self.b[end] < 128 {
            end += 1;
        }
        if self.at(end) != b'"' || end == i {
            return self.string(i);
        }
        let text = &self.b[i..end];
        let mut h = text.len();
        for c in text.iter().take(16) {
            h = h.wrapping_mul(31).wrapping_add(*c as usize);
        }
        if self.memo.is_empty() {
            self.memo.resize(MEMO, NONE);
        }
        let slot = &mut self.memo[h % MEMO];
        if let Some(s) = slot.as_str_obj()
            && s.as_bytes() == text
        {
            return Ok((slot.clone(), end + 1));
        }
        let v = rtcore::types::str::value(Str::from_ascii(text.to_vec()));
        *slot = v.clone();
        Ok((v, end + 1))
    }
    /// The string whose first character is at byte `begin`, after its quote.
    pub fn string(&mut self, begin: usize) -> PyResult<(Value, usize)> {
        let mut out: Option<StrBuilder> = None;
        let mut i = begin;
        loop {
            let start = i;
            let mut ascii = true;
            while i < self.b.len() {
                let c = self.b[i];
                if c == b'"' || c == b'\\' {
                    break;
                }
                if c < b' ' && self.calls.strict {
                    return Err(self.fail("Invalid control character at", i));
                }
                ascii &= c < 128;
                i += 1;
            }
            if i >= self.b.len() {
                return Err(self.fail("Unterminated string starting at", begin - 1));
            }
            let quote = self.b[i] == b'"';
            if quote && out.is_none() {
                let text = if ascii { Str::from_ascii(self.b[start..i].to_vec()) } else { self.s.slice_bytes(start, i) };
                return Ok((rtcore::types::str::value(text), i + 1));
            }
            let b = out.get_or_insert_with(StrBuilder::new);
            if i > start {
                if ascii {
                    b.push_ascii(&self.b[start..i]);
                } else {
                    b.push_text(&self.s.slice_bytes(start, i));
                }
            }
            i += 1;
            if quote {
                let text = out.take().unwrap_or_default().finish();
                return Ok((rtcore::types::str::value(text), i));
            }
            if i >= self.b.len() {
                return Err(self.fail("Unterminated string starting at", begin - 1));
            }
            let c = self.b[i];
            i += 1;
            let plain = match c {
                b'"' | b'\\' | b'/' => u32::from(c),
                b'b' => 8,
                b'f' => 12,
                b'n' => 10,
                b'r' => 13,
                b't' => 9,
                b'u' => {
                    let (point, end) = self.unicode_escape(i)?;
                    if let Some(b) = &mut out {
                        b.push(point);
                    }
                    i = end;
                    continue;
                }
                _ => return Err(self.fail("Invalid \\escape", i - 2)),
            };
            if let Some(b) = &mut out {
                b.push(plain);
            }
        }
    }
    fn hex4(&self, i: usize) -> Option<u32> {
        let mut n = 0;
        for c in self.b.get(i..i + 4)? {
            n = n << 4 | char::from(*c).to_digit(16)?;
        }
        Some(n)
    }
    /// The character of `\uXXXX` (a pair is joined) whose digits begin at `i`, and what follows it.
    fn unicode_escape(&mut self, i: usize) -> PyResult<(u32, usize)> {
        if i + 4 >= self.b.len() {
            return Err(self.fail("Invalid \\uXXXX escape", i - 1));
        }
        let Some(c) = self.hex4(i) else { return Err(self.fail("Invalid \\uXXXX escape", i - 1)) };
        let end = i + 4;
        if (0xd800..0xdc00).contains(&c) && end + 6 < self.b.len() && self.b[end] == b'\\' && self.b[end + 1] == b'u' {
            let Some(low) = self.hex4(end + 2) else { return Err(self.fail("Invalid \\uXXXX escape", end + 1)) };
            if (0xdc00..0xe000).contains(&low) {
                return Ok((0x1_0000 + ((c - 0xd800) << 10 | (low - 0xdc00)), end + 6));
            }
        }
        Ok((c, end))
    }
    fn digits(&self, mut i: usize) -> usize {
        while self.at(i).is_ascii_digit() {
            i += 1;
        }
        i
    }
    fn number(&mut self, start: usize) -> PyResult<(Value, usize)> {
        let mut i = start + usize::from(self.at(start) == b'-');
        i = match self.at(i) {
            b'1'..=b'9' => self.digits(i),
            b'0' => i + 1,
            _ => return Err(self.fail("Expecting value", start)),
        };
        let mut is_float = false;
        if self.at(i) == b'.' && self.at(i + 1).is_ascii_digit() {
            is_float = true;
            i = self.digits(i + 1);
        }
        if matches!(self.at(i), b'e' | b'E') {
            let mut j = i + 1;
            if matches!(self.at(j), b'+' | b'-') {
                j += 1;
            }
            if self.at(j).is_ascii_digit() {
                is_float = true;
                i = self.digits(j);
            }
        }
        // All of them are ASCII.
        let text = std::str::from_utf8(&self.b[start..i]).unwrap_or("0");
        let custom = if is_float { &self.calls.parse_float } else { &self.calls.parse_int };
        if !custom.is_none() {
            return Ok((call(custom, &[Value::str(text)])?, i));
        }
        if is_float {
            return Ok((Value::float(text.parse().unwrap_or(0.0)), i));
        }
        match text.parse::<i64>() {
            Ok(n) => Ok((Value::int(n), i)),
            Err(_) => Ok((call(&Value::of_type(&INT), &[Value::str(text)])?, i)),
        }
    }
}
