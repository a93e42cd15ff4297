//! Owns: the numbers of the pattern code that Lib/re/_compiler.py emits, character categories and sets.
//! Never: matches.
//!
//! CPython 3.13: Lib/re/_constants.py, Modules/_sre/sre_lib.h (charset), Modules/_sre/sre.c (sre_category).

use rtcore::text::unicode;

pub const MAGIC: i64 = 20_230_612;
pub const MAXREPEAT: u32 = u32::MAX;
pub const MAXGROUPS: i64 = 1_073_741_823;

pub const FAILURE: u32 = 0;
pub const SUCCESS: u32 = 1;
pub const ANY: u32 = 2;
pub const ANY_ALL: u32 = 3;
pub const ASSERT: u32 = 4;
pub const ASSERT_NOT: u32 = 5;
pub const AT: u32 = 6;
pub const BRANCH: u32 = 7;
pub const CATEGORY: u32 = 8;
pub const CHARSET: u32 = 9;
pub const BIGCHARSET: u32 = 10;
pub const GROUPREF: u32 = 11;
pub const GROUPREF_EXISTS: u32 = 12;
pub const IN: u32 = 13;
pub const INFO: u32 = 14;
pub const JUMP: u32 = 15;
pub const LITERAL: u32 = 16;
pub const MARK: u32 = 17;
pub const MAX_UNTIL: u32 = 18;
pub const MIN_UNTIL: u32 = 19;
pub const NOT_LITERAL: u32 = 20;
pub const NEGATE: u32 = 21;
pub const RANGE: u32 = 22;
pub const REPEAT: u32 = 23;
pub const REPEAT_ONE: u32 = 24;
pub const MIN_REPEAT_ONE: u32 = 26;
pub const ATOMIC_GROUP: u32 = 27;
pub const POSSESSIVE_REPEAT: u32 = 28;
pub const POSSESSIVE_REPEAT_ONE: u32 = 29;
pub const GROUPREF_IGNORE: u32 = 30;
pub const IN_IGNORE: u32 = 31;
pub const LITERAL_IGNORE: u32 = 32;
pub const NOT_LITERAL_IGNORE: u32 = 33;
pub const GROUPREF_LOC_IGNORE: u32 = 34;
pub const IN_LOC_IGNORE: u32 = 35;
pub const LITERAL_LOC_IGNORE: u32 = 36;
pub const NOT_LITERAL_LOC_IGNORE: u32 = 37;
pub const GROUPREF_UNI_IGNORE: u32 = 38;
pub const IN_UNI_IGNORE: u32 = 39;
pub const LITERAL_UNI_IGNORE: u32 = 40;
pub const NOT_LITERAL_UNI_IGNORE: u32 = 41;
pub const RANGE_UNI_IGNORE: u32 = 42;

pub const INFO_PREFIX: u32 = 1;
pub const INFO_CHARSET: u32 = 4;

pub fn lower_ascii(c: u32) -> u32 {
    if (65..=90).contains(&c) { c + 32 } else { c }
}
pub fn upper_ascii(c: u32) -> u32 {
    if (97..=122).contains(&c) { c - 32 } else { c }
}
pub fn lower_unicode(c: u32) -> u32 {
    if c < 128 {
        return lower_ascii(c);
    }
    char::from_u32(c).and_then(|c| c.to_lowercase().next()).map_or(c, u32::from)
}
pub fn upper_unicode(c: u32) -> u32 {
    if c < 128 {
        return upper_ascii(c);
    }
    char::from_u32(c).and_then(|c| c.to_uppercase().next()).map_or(c, u32::from)
}

fn ascii(c: u32) -> Option<u8> {
    u8::try_from(c).ok().filter(u8::is_ascii)
}
pub fn is_word(c: u32) -> bool {
    ascii(c).is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
}
pub fn is_unicode_word(c: u32) -> bool {
    if c < 128 { is_word(c) } else { unicode::is_alnum(c) }
}
fn is_space(c: u32) -> bool {
    matches!(c, 32 | 9..=13)
}

pub fn category(which: u32, c: u32) -> bool {
    match which {
        0 => (48..=57).contains(&c),
        1 => !(48..=57).contains(&c),
        2 => is_space(c),
        3 => !is_space(c),
        4 | 8 => is_word(c),
        5 | 9 => !is_word(c),
        6 => c == 10,
        7 => c != 10,
        10 => unicode::is_decimal(c),
        11 => !unicode::is_decimal(c),
        12 => unicode::is_space(c),
        13 => !unicode::is_space(c),
        14 => is_unicode_word(c),
        15 => !is_unicode_word(c),
        16 => unicode::is_line_break(c),
        17 => !unicode::is_line_break(c),
        _ => false,
    }
}

/// Whether a character is in the set that starts at `code[at]`.
pub fn charset(code: &[u32], mut at: usize, c: u32) -> bool {
    let get = |i: usize| code.get(i).copied().unwrap_or(FAILURE);
    let mut ok = true;
    loop {
        let op = get(at);
        at += 1;
        match op {
            LITERAL => {
                if c == get(at) {
                    return ok;
                }
                at += 1;
            }
            CATEGORY => {
                if category(get(at), c) {
                    return ok;
                }
                at += 1;
            }
            CHARSET => {
                if c < 256 && get(at + (c >> 5) as usize) & (1 << (c & 31)) != 0 {
                    return ok;
                }
                at += 8;
            }
            RANGE => {
                if get(at) <= c && c <= get(at + 1) {
                    return ok;
                }
                at += 2;
            }
            RANGE_UNI_IGNORE => {
                let inside = |c: u32| get(at) <= c && c <= get(at + 1);
                if inside(c) || inside(upper_unicode(c)) {
                    return ok;
                }
                at += 2;
            }
            NEGATE => ok = !ok,
            BIGCHARSET => {
                let count = get(at) as usize;
                at += 1;
                if c < 0x10000 {
                    // 256 block numbers, a byte each, then the blocks' bitmaps.
                    let word = get(at + (c >> 10) as usize);
                    let block = word.to_le_bytes().get(((c >> 8) & 3) as usize).copied().unwrap_or(0) as usize;
                    let bit = block * 256 + (c & 255) as usize;
                    if get(at + 64 + (bit >> 5)) & (1 << (bit & 31)) != 0 {
                        return ok;
                    }
                }
                at += 64 + count * 8;
            }
            // FAILURE ends the set.
            _ => return !ok,
        }
    }
}
