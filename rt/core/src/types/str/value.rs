//! Owns: the storage of a Python `str`: UTF-8 bytes in which lone surrogates may stand as three bytes each
//! ("generalized UTF-8": two adjacent surrogates are never joined), an ASCII flag, the length in code points, the
//! cached hash and a lazily built index. Never: raises, allocates objects, or knows a `Value`.

use std::cell::{Cell, OnceCell};
use std::cmp::Ordering;
use std::fmt;

/// One entry of the index for this many code points.
const STRIDE: usize = 32;
/// "No hash computed yet"; CPython never hands out -1 as a hash either.
const NO_HASH: i64 = -1;

/// The text of a `str` object.
pub struct Str {
    bytes: Vec<u8>,
    /// Length in code points.
    len: usize,
    hash: Cell<i64>,
    /// Byte offset of every `STRIDE`th code point; built at the first index into non-ASCII text.
    index: OnceCell<Box<[usize]>>,
    surrogates: bool,
}

impl Str {
    pub fn new() -> Str {
        Str::raw(Vec::new(), 0, false)
    }

    fn raw(bytes: Vec<u8>, len: usize, surrogates: bool) -> Str {
        Str { bytes, len, hash: Cell::new(NO_HASH), index: OnceCell::new(), surrogates }
    }

    pub fn from_string(text: String) -> Str {
        let len = count_chars(text.as_bytes());
        Str::raw(text.into_bytes(), len, false)
    }

    /// Text known to be ASCII (the caller has checked).
    pub fn from_ascii(bytes: Vec<u8>) -> Str {
        debug_assert!(bytes.is_ascii());
        let len = bytes.len();
        Str::raw(bytes, len, false)
    }

    /// Generalized UTF-8: well-formed, except that surrogates may occur. Text that is neither is repaired with U+FFFD.
    pub fn from_wtf8(bytes: Vec<u8>) -> Str {
        if bytes.is_ascii() {
            return Str::from_ascii(bytes);
        }
        match String::from_utf8(bytes) {
            Ok(text) => Str::from_string(text),
            Err(error) => {
                let bytes = error.into_bytes();
                if is_generalized_utf8(&bytes) {
                    let len = count_chars(&bytes);
                    Str::raw(bytes, len, true)
                } else {
                    Str::from_string(String::from_utf8_lossy(&bytes).into_owned())
                }
            }
        }
    }

    /// From code points, surrogates allowed; anything above U+10FFFF becomes U+FFFD.
    pub fn from_code_points(points: impl IntoIterator<Item = u32>) -> Str {
        let mut builder = StrBuilder::new();
        for point in points {
            builder.push(point);
        }
        builder.finish()
    }

    pub fn from_code_point(point: u32) -> Str {
        Str::from_code_points([point])
    }

    /// The text as Rust text; `None` when it holds lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        if self.surrogates {
            return None;
        }
        // SAFETY: every constructor keeps `bytes` well-formed UTF-8 unless `surrogates` is set.
        Some(unsafe { std::str::from_utf8_unchecked(&self.bytes) })
    }

    /// The text with each lone surrogate replaced by U+FFFD.
    pub fn to_string_lossy(&self) -> String {
        match self.as_str() {
            Some(text) => text.to_owned(),
            None => self.chars().map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect(),
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub fn is_ascii(&self) -> bool {
        self.len == self.bytes.len()
    }

    pub fn has_surrogates(&self) -> bool {
        self.surrogates
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `len(s)`.
    pub fn char_len(&self) -> usize {
        self.len
    }

    /// The code point at `i`, which is below `char_len()`; 0 beyond the end.
    pub fn char_at(&self, i: usize) -> u32 {
        if self.is_ascii() {
            return self.bytes.get(i).copied().unwrap_or(0).into();
        }
        decode_at(&self.bytes, self.byte_offset(i)).map_or(0, |(point, _)| point)
    }

    /// The text of the code point at `i`.
    pub fn char_str(&self, i: usize) -> Str {
        self.slice(i, i + 1)
    }

    /// The byte offset of code point `i` (of the end, when `i` is not below the length).
    pub fn byte_offset(&self, i: usize) -> usize {
        if self.is_ascii() {
            return i.min(self.bytes.len());
        }
        if i >= self.len {
            return self.bytes.len();
        }
        let index = self.index.get_or_init(|| build_index(&self.bytes, self.len));
        let mut at = index.get(i / STRIDE).copied().unwrap_or(0);
        for _ in 0..i % STRIDE {
            at += width(self.bytes[at]);
        }
        at
    }

    /// How many code points start before byte `at`, a boundary.
    pub fn char_offset(&self, at: usize) -> usize {
        if self.is_ascii() {
            return at.min(self.len);
        }
        count_chars(&self.bytes[..at.min(self.bytes.len())])
    }

    pub fn chars(&self) -> Chars<'_> {
        Chars { bytes: &self.bytes, at: 0 }
    }

    /// `s[start:stop]`, both already clamped by the caller or beyond the end.
    pub fn slice(&self, start: usize, stop: usize) -> Str {
        let stop = stop.min(self.len);
        if start >= stop {
            return Str::new();
        }
        if start == 0 && stop == self.len {
            return self.clone();
        }
        let (from, to) = (self.byte_offset(start), self.byte_offset(stop));
        self.piece(from, to, stop - start)
    }

    /// The bytes `from..to` (boundaries) as text.
    pub fn slice_bytes(&self, from: usize, to: usize) -> Str {
        let len = if self.is_ascii() { to - from } else { count_chars(&self.bytes[from..to]) };
        self.piece(from, to, len)
    }

    fn piece(&self, from: usize, to: usize, len: usize) -> Str {
        let bytes = self.bytes[from..to].to_vec();
        let surrogates = self.surrogates && has_surrogate(&bytes);
        Str::raw(bytes, len, surrogates)
    }

    /// `count` code points from `start` in steps of `step` (the numbers of `slice.indices`).
    pub fn slice_step(&self, start: usize, step: isize, count: usize) -> Str {
        if step == 1 {
            return self.slice(start, start + count);
        }
        let place = |k: usize| (start as isize).wrapping_add(step.wrapping_mul(k as isize)) as usize;
        if self.is_ascii() {
            return Str::from_ascii((0..count).filter_map(|k| self.bytes.get(place(k)).copied()).collect());
        }
        Str::from_code_points((0..count).map(|k| self.char_at(place(k))))
    }

    pub fn concat(&self, other: &Str) -> Str {
        let mut bytes = Vec::with_capacity(self.bytes.len() + other.bytes.len());
        bytes.extend_from_slice(&self.bytes);
        bytes.extend_from_slice(&other.bytes);
        Str::raw(bytes, self.len + other.len, self.surrogates || other.surrogates)
    }

    /// Appends in place: `s += x` on the only reference.
    pub fn push(&mut self, other: &Str) {
        self.bytes.extend_from_slice(&other.bytes);
        self.len += other.len;
        self.surrogates |= other.surrogates;
        self.changed();
    }

    pub fn push_str(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.len += count_chars(text.as_bytes());
        self.changed();
    }

    fn changed(&mut self) {
        self.hash.set(NO_HASH);
        if self.index.get().is_some() {
            self.index = OnceCell::new();
        }
    }

    pub fn repeat(&self, times: usize) -> Str {
        Str::raw(self.bytes.repeat(times), self.len * times, self.surrogates && times > 0)
    }

    /// The hash, computed once; never -1, and 0 for the empty string as in CPython.
    pub fn hash(&self) -> i64 {
        let cached = self.hash.get();
        if cached != NO_HASH {
            return cached;
        }
        let hash = hash_bytes(&self.bytes);
        self.hash.set(hash);
        hash
    }
}

impl Default for Str {
    fn default() -> Str {
        Str::new()
    }
}

impl Clone for Str {
    fn clone(&self) -> Str {
        Str {
            bytes: self.bytes.clone(),
            len: self.len,
            hash: self.hash.clone(),
            index: OnceCell::new(),
            surrogates: self.surrogates,
        }
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Str {
        Str::from_string(text.to_owned())
    }
}

impl From<String> for Str {
    fn from(text: String) -> Str {
        Str::from_string(text)
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Str) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Str {}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        self.bytes == other.as_bytes()
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        self.bytes == other.as_bytes()
    }
}

impl Ord for Str {
    /// Generalized UTF-8 sorts bytewise as its code points do.
    fn cmp(&self, other: &Str) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Str) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::hash::Hash for Str {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_i64(Str::hash(self));
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) => f.write_str(text),
            None => f.write_str(&self.to_string_lossy()),
        }
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string_lossy(), f)
    }
}

/// Grows a `Str` code point by code point.
#[derive(Default)]
pub struct StrBuilder {
    bytes: Vec<u8>,
    len: usize,
    surrogates: bool,
}

impl StrBuilder {
    pub fn new() -> StrBuilder {
        StrBuilder::default()
    }

    pub fn with_capacity(bytes: usize) -> StrBuilder {
        StrBuilder { bytes: Vec::with_capacity(bytes), len: 0, surrogates: false }
    }

    pub fn push(&mut self, point: u32) {
        self.len += 1;
        if point < 0x80 {
            self.bytes.push(point as u8);
            return;
        }
        self.surrogates |= is_surrogate(point);
        encode_into(point, &mut self.bytes);
    }

    pub fn push_char(&mut self, c: char) {
        self.push(c.into());
    }

    pub fn push_str(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.len += count_chars(text.as_bytes());
    }

    pub fn push_text(&mut self, text: &Str) {
        self.bytes.extend_from_slice(&text.bytes);
        self.len += text.len;
        self.surrogates |= text.surrogates;
    }

    /// Bytes known to be ASCII.
    pub fn push_ascii(&mut self, bytes: &[u8]) {
        debug_assert!(bytes.is_ascii());
        self.bytes.extend_from_slice(bytes);
        self.len += bytes.len();
    }

    pub fn push_n(&mut self, point: u32, times: usize) {
        for _ in 0..times {
            self.push(point);
        }
    }

    pub fn char_len(&self) -> usize {
        self.len
    }

    pub fn finish(self) -> Str {
        Str::raw(self.bytes, self.len, self.surrogates)
    }
}

/// The code points of a string.
#[derive(Clone)]
pub struct Chars<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Chars<'a> {
    /// Over generalized UTF-8 that did not come from a `Str`.
    pub fn over(bytes: &'a [u8]) -> Chars<'a> {
        Chars { bytes, at: 0 }
    }

    /// The byte offset of the next code point.
    pub fn offset(&self) -> usize {
        self.at
    }
}

impl Iterator for Chars<'_> {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        let (point, width) = decode_at(self.bytes, self.at)?;
        self.at += width;
        Some(point)
    }
}

impl DoubleEndedIterator for Chars<'_> {
    fn next_back(&mut self) -> Option<u32> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let mut start = self.bytes.len() - 1;
        while start > self.at && self.bytes[start] & 0xC0 == 0x80 {
            start -= 1;
        }
        let (point, _) = decode_at(self.bytes, start)?;
        self.bytes = &self.bytes[..start];
        Some(point)
    }
}

pub fn is_surrogate(point: u32) -> bool {
    (0xD800..0xE000).contains(&point)
}

/// The width in bytes of the sequence that `first` begins.
pub fn width(first: u8) -> usize {
    match first {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..=0xFF => 4,
    }
}

/// The code point at byte `at` and its width; `None` at the end.
pub fn decode_at(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = *bytes.get(at)?;
    if first < 0x80 {
        return Some((first.into(), 1));
    }
    let next = |k: usize| u32::from(bytes.get(at + k).copied().unwrap_or(0) & 0x3F);
    Some(match width(first) {
        2 => ((u32::from(first & 0x1F) << 6) | next(1), 2),
        3 => ((u32::from(first & 0x0F) << 12) | (next(1) << 6) | next(2), 3),
        _ => ((u32::from(first & 0x07) << 18) | (next(1) << 12) | (next(2) << 6) | next(3), 4),
    })
}

/// Appends the generalized UTF-8 of `point`.
pub fn encode_into(point: u32, out: &mut Vec<u8>) {
    match char::from_u32(point) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None if is_surrogate(point) => {
            out.extend_from_slice(&[0xED, 0x80 | ((point >> 6) & 0x3F) as u8, 0x80 | (point & 0x3F) as u8]);
        }
        None => out.extend_from_slice("\u{fffd}".as_bytes()),
    }
}

pub fn count_chars(bytes: &[u8]) -> usize {
    // Bytes that are not continuation bytes; the cast form vectorizes.
    bytes.iter().filter(|&&b| (b as i8) >= -0x40).count()
}

fn has_surrogate(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair[0] == 0xED && pair[1] >= 0xA0)
}

fn is_generalized_utf8(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(_) => return true,
            Err(error) => match &rest[error.valid_up_to()..] {
                [0xED, 0xA0..=0xBF, 0x80..=0xBF, tail @ ..] => rest = tail,
                _ => return false,
            },
        }
    }
}

fn build_index(bytes: &[u8], len: usize) -> Box<[usize]> {
    let mut index = Vec::with_capacity(len / STRIDE + 1);
    let (mut at, mut count) = (0, 0);
    while at < bytes.len() {
        if count % STRIDE == 0 {
            index.push(at);
        }
        at += width(bytes[at]);
        count += 1;
    }
    index.into_boxed_slice()
}

/// The hash that `str` and `bytes` share (equal bytes, equal hash). CPython's is randomized, so any good one will do:
/// this is a folded multiply over eight-byte words.
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    if bytes.is_empty() {
        return 0;
    }
    const K0: u64 = 0x2d35_8dcc_aa6c_78a5;
    const K1: u64 = 0x8bb8_4b93_962e_acc9;
    let fold = |a: u64, b: u64| {
        let wide = u128::from(a) * u128::from(b);
        (wide as u64) ^ ((wide >> 64) as u64)
    };
    let mut state = K0 ^ (bytes.len() as u64).wrapping_mul(K1);
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let mut buffer = [0; 8];
        buffer.copy_from_slice(word);
        state = fold(state ^ u64::from_le_bytes(buffer), K1);
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        let mut buffer = [0; 8];
        buffer[..rest.len()].copy_from_slice(rest);
        state = fold(state ^ u64::from_le_bytes(buffer) ^ K0, K1);
    }
    match fold(state ^ K1, K0) as i64 {
        -1 => -2,
        hash => hash,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_and_slices_by_code_point() {
        let text = Str::from("aé漢😀b".repeat(40).as_str());
        assert_eq!(text.char_len(), 200);
        assert_eq!(text.char_at(197), 0x6F22);
        assert_eq!(text.slice(1, 4), "é漢😀");
        assert_eq!(text.slice_step(4, -2, 3), "b漢a");
        let reversed: Vec<u32> = Str::from("aé😀").chars().rev().collect();
        assert_eq!(reversed, [0x1F600, 0xE9, 0x61]);
    }

    #[test]
    fn surrogates_stay_apart() {
        let high = Str::from_code_point(0xD83D);
        let pair = high.concat(&Str::from_code_point(0xDE00));
        assert_eq!((pair.char_len(), pair.as_str()), (2, None));
        assert_eq!(Str::from_wtf8(pair.as_bytes().to_vec()), pair);
        assert!(high < Str::from("\u{e000}") && high > Str::from("\u{d7ff}"));
    }

    #[test]
    fn appends_in_place() {
        let mut text = Str::from("aé");
        let before = text.hash();
        assert_eq!(text.char_at(1), 0xE9);
        text.push(&Str::from("漢"));
        assert_eq!((text.char_len(), text.char_at(2)), (3, 0x6F22));
        assert_ne!(before, text.hash());
    }
}
