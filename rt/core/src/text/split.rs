//! Owns: split, rsplit, splitlines, partition and strip, as byte ranges of the text they were given.
//! CPython 3.13: Objects/stringlib/split.h. Never: copies text.

use super::search;
use super::unicode;
use crate::types::str::value::Chars;
use std::ops::Range;

pub type Piece = Range<usize>;

/// `maxsplit` as Python counts it: negative is no limit.
pub fn limit(maxsplit: i64) -> usize {
    usize::try_from(maxsplit).unwrap_or(usize::MAX)
}

/// Splits at a non-empty separator.
pub fn split(text: &[u8], sep: &[u8], max: usize) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut from = 0;
    for at in search::places(text, sep).take(max) {
        out.push(from..at);
        from = at + sep.len();
    }
    out.push(from..text.len());
    out
}

pub fn rsplit(text: &[u8], sep: &[u8], max: usize) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut to = text.len();
    while out.len() < max {
        let Some(at) = search::rfind(&text[..to], sep) else { break };
        out.push(at + sep.len()..to);
        to = at;
    }
    out.push(0..to);
    out.reverse();
    out
}

/// What `bytes` methods call white space.
pub fn is_byte_space(byte: u8) -> bool {
    matches!(byte, 9..=13 | 32)
}

/// The characters of a text: each with its range, from either end. `str` and `bytes` differ only in this.
pub trait Units {
    /// The first unit of `text[at..]`: white space or not, and the place after it.
    fn forward(text: &[u8], at: usize) -> (bool, usize);
    /// The last unit of `text[..at]`.
    fn backward(text: &[u8], at: usize) -> (bool, usize);
}

/// Code points of generalized UTF-8.
pub struct Points;
/// Single bytes.
pub struct Bytes;

impl Units for Points {
    fn forward(text: &[u8], at: usize) -> (bool, usize) {
        let byte = text[at];
        if byte < 0x80 {
            return (unicode::is_space(byte.into()), at + 1);
        }
        let mut chars = Chars::over(&text[at..]);
        let point = chars.next().unwrap_or(0);
        (unicode::is_space(point), at + chars.offset())
    }
    fn backward(text: &[u8], at: usize) -> (bool, usize) {
        let mut from = at - 1;
        while from > 0 && text[from] & 0xC0 == 0x80 {
            from -= 1;
        }
        (Points::forward(text, from).0, from)
    }
}

impl Units for Bytes {
    fn forward(text: &[u8], at: usize) -> (bool, usize) {
        (is_byte_space(text[at]), at + 1)
    }
    fn backward(text: &[u8], at: usize) -> (bool, usize) {
        (is_byte_space(text[at - 1]), at - 1)
    }
}

fn skip<U: Units>(text: &[u8], mut at: usize, space: bool) -> usize {
    while at < text.len() {
        let (is, next) = U::forward(text, at);
        if is != space {
            break;
        }
        at = next;
    }
    at
}

fn skip_back<U: Units>(text: &[u8], mut at: usize, space: bool) -> usize {
    while at > 0 {
        let (is, previous) = U::backward(text, at);
        if is != space {
            break;
        }
        at = previous;
    }
    at
}

/// Splits at runs of white space; none at the ends counts.
pub fn split_space<U: Units>(text: &[u8], max: usize) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut at = skip::<U>(text, 0, true);
    while at < text.len() {
        if out.len() == max {
            out.push(at..text.len());
            break;
        }
        let end = skip::<U>(text, at, false);
        out.push(at..end);
        at = skip::<U>(text, end, true);
    }
    out
}

pub fn rsplit_space<U: Units>(text: &[u8], max: usize) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut at = skip_back::<U>(text, text.len(), true);
    while at > 0 {
        if out.len() == max {
            out.push(0..at);
            break;
        }
        let start = skip_back::<U>(text, at, false);
        out.push(start..at);
        at = skip_back::<U>(text, start, true);
    }
    out.reverse();
    out
}

/// Lines of a `str`.
pub fn splitlines(text: &[u8], keepends: bool) -> Vec<Piece> {
    lines(text, keepends, |at| {
        let mut chars = Chars::over(&text[at..]);
        let point = chars.next().unwrap_or(0);
        (unicode::is_line_break(point), chars.offset())
    })
}

/// Lines of a `bytes`: only `\n`, `\r` and `\r\n` end one.
pub fn splitlines_bytes(text: &[u8], keepends: bool) -> Vec<Piece> {
    lines(text, keepends, |at| (matches!(text[at], b'\n' | b'\r'), 1))
}

fn lines(text: &[u8], keepends: bool, unit: impl Fn(usize) -> (bool, usize)) -> Vec<Piece> {
    let mut out = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < text.len() {
        let (breaks, width) = unit(at);
        let after = if text[at..].starts_with(b"\r\n") { at + 2 } else { at + width };
        if breaks {
            out.push(from..if keepends { after } else { at });
            from = after;
        }
        at = after;
    }
    if from < text.len() {
        out.push(from..text.len());
    }
    out
}

/// Which ends `strip` works on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    Both,
}

impl Side {
    fn left(self) -> bool {
        self != Side::Right
    }
    fn right(self) -> bool {
        self != Side::Left
    }
}

pub fn strip_space<U: Units>(text: &[u8], side: Side) -> Piece {
    let to = if side.right() { skip_back::<U>(text, text.len(), true) } else { text.len() };
    let from = if side.left() { skip::<U>(&text[..to], 0, true) } else { 0 };
    from..to
}

/// Strips the code points that occur in `set`.
pub fn strip_points(text: &[u8], set: &[u8], side: Side) -> Piece {
    if text.is_ascii() && set.is_ascii() {
        return strip_bytes(text, set, side);
    }
    let set: Vec<u32> = Chars::over(set).collect();
    let (mut from, mut to) = (0, text.len());
    if side.left() {
        let mut chars = Chars::over(text);
        while chars.next().is_some_and(|c| set.contains(&c)) {
            from = chars.offset();
        }
    }
    if side.right() {
        while to > from {
            let (_, previous) = Points::backward(text, to);
            if !Chars::over(&text[previous..to]).next().is_some_and(|c| set.contains(&c)) {
                break;
            }
            to = previous;
        }
    }
    from..to
}

pub fn strip_bytes(text: &[u8], set: &[u8], side: Side) -> Piece {
    let (mut from, mut to) = (0, text.len());
    while side.left() && from < to && set.contains(&text[from]) {
        from += 1;
    }
    while side.right() && to > from && set.contains(&text[to - 1]) {
        to -= 1;
    }
    from..to
}
