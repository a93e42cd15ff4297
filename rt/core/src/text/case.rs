//! Owns: case mapping and the `is…` predicates of whole strings. CPython 3.13: Objects/unicodeobject.c.
//! Never: tables (`unicode`).

use super::unicode::{self, Mapped};
use crate::types::str::{Str, StrBuilder};

fn push(out: &mut StrBuilder, mapped: Mapped) {
    match mapped {
        Mapped::One(c) => out.push(c),
        Mapped::Several(text) => out.push_str(text),
    }
}

fn map_ascii(text: &Str, map: impl FnOnce(&mut [u8])) -> Option<Str> {
    if !text.is_ascii() {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    map(&mut bytes);
    Some(Str::from_ascii(bytes))
}

pub fn upper(text: &Str) -> Str {
    map_ascii(text, |b| b.make_ascii_uppercase()).unwrap_or_else(|| {
        let mut out = StrBuilder::with_capacity(text.as_bytes().len());
        text.chars().for_each(|c| push(&mut out, unicode::to_upper(c)));
        out.finish()
    })
}

const CAPITAL_SIGMA: u32 = 0x3A3;

/// Lower case of `points[i]`; a capital sigma at the end of a word becomes the final form (`handle_capital_sigma`).
fn lower_at(points: &[u32], i: usize) -> Mapped {
    let c = points[i];
    if c != CAPITAL_SIGMA {
        return unicode::to_lower(c);
    }
    let cased = |c: &u32| unicode::is_cased(*c);
    let skipped = |c: &&u32| !unicode::is_case_ignorable(**c);
    let before = points[..i].iter().rev().find(skipped).is_some_and(cased);
    let after = points[i + 1..].iter().find(skipped).is_some_and(cased);
    Mapped::One(if before && !after { 0x3C2 } else { 0x3C3 })
}

pub fn lower(text: &Str) -> Str {
    map_ascii(text, |b| b.make_ascii_lowercase()).unwrap_or_else(|| {
        let points: Vec<u32> = text.chars().collect();
        let mut out = StrBuilder::with_capacity(text.as_bytes().len());
        (0..points.len()).for_each(|i| push(&mut out, lower_at(&points, i)));
        out.finish()
    })
}

pub fn casefold(text: &Str) -> Str {
    map_ascii(text, |b| b.make_ascii_lowercase()).unwrap_or_else(|| {
        let mut out = StrBuilder::with_capacity(text.as_bytes().len());
        text.chars().for_each(|c| push(&mut out, unicode::fold(c)));
        out.finish()
    })
}

pub fn swapcase(text: &Str) -> Str {
    let swap_ascii = |b: &mut [u8]| {
        for c in b {
            if c.is_ascii_alphabetic() {
                *c ^= 0x20;
            }
        }
    };
    map_ascii(text, swap_ascii).unwrap_or_else(|| {
        let points: Vec<u32> = text.chars().collect();
        let mut out = StrBuilder::with_capacity(text.as_bytes().len());
        for (i, &c) in points.iter().enumerate() {
            let mapped = if unicode::is_upper(c) {
                lower_at(&points, i)
            } else if unicode::is_lower(c) {
                unicode::to_upper(c)
            } else {
                Mapped::One(c)
            };
            push(&mut out, mapped);
        }
        out.finish()
    })
}

pub fn capitalize(text: &Str) -> Str {
    let ascii = |b: &mut [u8]| {
        b.make_ascii_lowercase();
        if let Some(first) = b.first_mut() {
            first.make_ascii_uppercase();
        }
    };
    map_ascii(text, ascii).unwrap_or_else(|| {
        let points: Vec<u32> = text.chars().collect();
        let mut out = StrBuilder::with_capacity(text.as_bytes().len());
        for (i, &c) in points.iter().enumerate() {
            push(&mut out, if i == 0 { unicode::to_title(c) } else { lower_at(&points, i) });
        }
        out.finish()
    })
}

pub fn title(text: &Str) -> Str {
    let ascii = |b: &mut [u8]| {
        let mut previous = false;
        for c in b {
            if previous { c.make_ascii_lowercase() } else { c.make_ascii_uppercase() }
            previous = c.is_ascii_alphabetic();
        }
    };
    map_ascii(text, ascii).unwrap_or_else(|| {
        let points: Vec<u32> = text.chars().collect();
        let mut out = StrBuilder::with_capacity(text.as_bytes().len());
        let mut previous = false;
        for (i, &c) in points.iter().enumerate() {
            push(&mut out, if previous { lower_at(&points, i) } else { unicode::to_title(c) });
            previous = unicode::is_cased(c);
        }
        out.finish()
    })
}

/// A predicate of every character, false of the empty string.
fn all(text: &Str, is: fn(u32) -> bool) -> bool {
    !text.is_empty() && text.chars().all(is)
}

pub fn is_alpha(text: &Str) -> bool {
    all(text, unicode::is_alpha)
}

pub fn is_alnum(text: &Str) -> bool {
    all(text, unicode::is_alnum)
}

pub fn is_decimal(text: &Str) -> bool {
    all(text, unicode::is_decimal)
}

pub fn is_digit(text: &Str) -> bool {
    all(text, unicode::is_digit)
}

pub fn is_numeric(text: &Str) -> bool {
    all(text, unicode::is_numeric)
}

pub fn is_space(text: &Str) -> bool {
    all(text, unicode::is_space)
}

/// True of the empty string too, unlike its siblings.
pub fn is_printable(text: &Str) -> bool {
    text.chars().all(unicode::is_printable)
}

pub fn is_identifier(text: &Str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(unicode::is_id_start) && chars.all(unicode::is_id_continue)
}

pub fn is_lower(text: &Str) -> bool {
    let mut cased = false;
    for c in text.chars() {
        if unicode::is_upper(c) || unicode::is_title(c) {
            return false;
        }
        cased |= unicode::is_lower(c);
    }
    cased
}

pub fn is_upper(text: &Str) -> bool {
    let mut cased = false;
    for c in text.chars() {
        if unicode::is_lower(c) || unicode::is_title(c) {
            return false;
        }
        cased |= unicode::is_upper(c);
    }
    cased
}

pub fn is_title(text: &Str) -> bool {
    let (mut cased, mut previous) = (false, false);
    for c in text.chars() {
        if unicode::is_upper(c) || unicode::is_title(c) {
            if previous {
                return false;
            }
            (cased, previous) = (true, true);
        } else if unicode::is_lower(c) {
            if !previous {
                return false;
            }
            (cased, previous) = (true, true);
        } else {
            previous = false;
        }
    }
    cased
}
