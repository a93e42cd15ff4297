//! Owns: the subject of a search: its characters for the engine and slices of it as values.
//! Never: matches.

use super::engine::Engine;
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::types::bytes;
use rtcore::types::str::Str;

/// The characters of a str or bytes-like object.
pub enum Chars<'a> {
    Narrow(&'a [u8]),
    Owned(Vec<u8>),
    Wide(Vec<u32>),
}

/// A subject with its length in characters.
pub struct Subject<'a> {
    pub value: &'a Value,
    pub chars: Chars<'a>,
    pub len: usize,
}

impl<'a> Subject<'a> {
    /// The characters of `value`; a pattern of text takes only text, one of bytes only bytes.
    pub fn new(value: &'a Value, bytes_pattern: Option<bool>) -> PyResult<Subject<'a>> {
        if let Some(s) = value.as_str_obj() {
            if bytes_pattern == Some(true) {
                return Err(type_error("cannot use a bytes pattern on a string-like object"));
            }
            let chars = if s.is_ascii() { Chars::Narrow(s.as_bytes()) } else { Chars::Wide(s.chars().collect()) };
            return Ok(Subject { value, chars, len: s.char_len() });
        }
        let Some(b) = bytes::buffer::bytes_of(value)? else {
            return Err(type_error(format!("expected string or bytes-like object, got '{}'", value.ty().full_name())));
        };
        if bytes_pattern == Some(false) {
            return Err(type_error("cannot use a string pattern on a bytes-like object"));
        }
        let len = b.len();
        Ok(Subject { value, chars: Chars::Owned(b), len })
    }

    /// Start and end clamped to the subject.
    pub fn clamp(&self, pos: i64, endpos: i64) -> (usize, usize) {
        let n = self.len as i64;
        let end = endpos.clamp(0, n);
        let start = pos.clamp(0, n).min(end);
        (start as usize, end as usize)
    }

    /// A slice as a value of the subject's own type.
    pub fn slice(&self, start: usize, end: usize) -> Value {
        if let Some(s) = self.value.as_str_obj() {
            if start == 0 && end == self.len && self.value.downcast_exact::<Str>().is_some() {
                return self.value.clone();
            }
            return object::new(&rtcore::types::str::STR, s.slice(start, end));
        }
        if start == 0 && end == self.len && bytes::is_exact_bytes(self.value) {
            return self.value.clone();
        }
        match &self.chars {
            Chars::Owned(b) => bytes::from_slice(b.get(start..end).unwrap_or(&[])),
            Chars::Narrow(b) => bytes::from_slice(b.get(start..end).unwrap_or(&[])),
            Chars::Wide(_) => bytes::from_slice(&[]),
        }
    }

    /// Runs `f` with an engine over the characters.
    pub fn with<R>(&self, code: &[u32], groups: usize, start: usize, end: usize, f: impl FnOnce(&mut dyn Matcher) -> R) -> R {
        match &self.chars {
            Chars::Narrow(b) => f(&mut Engine::new(code, groups, *b, start, end)),
            Chars::Owned(b) => f(&mut Engine::new(code, groups, b.as_slice(), start, end)),
            Chars::Wide(w) => f(&mut Engine::new(code, groups, w.as_slice(), start, end)),
        }
    }
}

/// What the module needs of an engine, whatever the width of its characters.
pub trait Matcher {
    fn search(&mut self) -> bool;
    fn run_match(&mut self, all: bool) -> bool;
    fn group(&self, i: usize) -> Option<(usize, usize)>;
    fn lastindex(&self) -> i64;
    fn span(&self) -> (usize, usize);
    /// Continues after the match that was found; an empty match is not found again.
    fn advance(&mut self);
    fn set_advance(&mut self, must: bool);
}
impl<T: super::engine::Text> Matcher for Engine<'_, T> {
    fn search(&mut self) -> bool {
        Engine::search(self)
    }
    fn run_match(&mut self, all: bool) -> bool {
        Engine::run_match(self, all)
    }
    fn group(&self, i: usize) -> Option<(usize, usize)> {
        Engine::group(self, i)
    }
    fn lastindex(&self) -> i64 {
        self.lastindex
    }
    fn span(&self) -> (usize, usize) {
        (self.start, self.ptr)
    }
    fn advance(&mut self) {
        self.must_advance = self.ptr == self.start;
        self.start = self.ptr;
    }
    fn set_advance(&mut self, must: bool) {
        self.must_advance = must;
    }
}
