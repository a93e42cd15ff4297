//! Owns: what `str` asks of a single code point (predicates, case mappings, digit values). Never: looks at text as a
//! whole.

use super::tables;

fn within(table: &[(u32, u32)], c: u32) -> bool {
    table.binary_search_by(|&(first, last)| {
        if last < c {
            std::cmp::Ordering::Less
        } else if first > c {
            std::cmp::Ordering::Greater
        } else {
            std::cmp::Ordering::Equal
        }
    }).is_ok()
}

pub fn is_alpha(c: u32) -> bool {
    if c < 128 { (c as u8).is_ascii_alphabetic() } else { within(tables::ALPHA, c) }
}

pub fn is_decimal(c: u32) -> bool {
    if c < 128 { (c as u8).is_ascii_digit() } else { within(tables::DECIMAL, c) }
}

pub fn is_digit(c: u32) -> bool {
    if c < 128 { (c as u8).is_ascii_digit() } else { within(tables::DIGIT, c) }
}

pub fn is_numeric(c: u32) -> bool {
    if c < 128 { (c as u8).is_ascii_digit() } else { within(tables::NUMERIC, c) }
}

pub fn is_alnum(c: u32) -> bool {
    if c < 128 { (c as u8).is_ascii_alphanumeric() } else { is_alpha(c) || is_decimal(c) || is_digit(c) || is_numeric(c) }
}

pub fn is_printable(c: u32) -> bool {
    if c < 128 { (32..127).contains(&c) } else { !within(tables::UNPRINTABLE, c) }
}

pub fn is_lower(c: u32) -> bool {
    if c < 128 { (c as u8).is_ascii_lowercase() } else { within(tables::LOWER, c) }
}

pub fn is_upper(c: u32) -> bool {
    if c < 128 { (c as u8).is_ascii_uppercase() } else { within(tables::UPPER, c) }
}

pub fn is_title(c: u32) -> bool {
    c >= 128 && within(tables::TITLE, c)
}

pub fn is_cased(c: u32) -> bool {
    if c < 128 { (c as u8).is_ascii_alphabetic() } else { within(tables::CASED, c) }
}

pub fn is_case_ignorable(c: u32) -> bool {
    within(tables::CASE_IGNORABLE, c)
}

pub fn is_id_start(c: u32) -> bool {
    if c < 128 { (c as u8).is_ascii_alphabetic() || c == 0x5F } else { within(tables::ID_START, c) }
}

pub fn is_id_continue(c: u32) -> bool {
    if c < 128 { (c as u8).is_ascii_alphanumeric() || c == 0x5F } else { within(tables::ID_CONTINUE, c) }
}

/// `str.isspace` of one character, and what `split` and `strip` call white space.
pub fn is_space(c: u32) -> bool {
    matches!(
        c,
        9..=13 | 28..=32 | 0x85 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000
    )
}

/// Where `str.splitlines` breaks.
pub fn is_line_break(c: u32) -> bool {
    matches!(c, 10..=13 | 28..=30 | 0x85 | 0x2028 | 0x2029)
}

/// The value of a decimal digit of any script.
pub fn decimal_value(c: u32) -> Option<u32> {
    if c < 128 {
        return (c as u8).is_ascii_digit().then(|| c - 0x30);
    }
    let at = tables::DECIMAL.partition_point(|&(_, last)| last < c);
    // Every range of decimal digits is a whole number of runs 0 to 9.
    tables::DECIMAL.get(at).filter(|&&(first, _)| first <= c).map(|&(first, _)| (c - first) % 10)
}

/// One code point mapped to one, two or three.
pub enum Mapped {
    One(u32),
    Several(&'static str),
}

fn map(simple: &[(u32, u32, u32, i32)], special: &'static [(u32, &'static str)], c: u32) -> Mapped {
    if let Ok(at) = special.binary_search_by_key(&c, |&(from, _)| from) {
        return Mapped::Several(special[at].1);
    }
    let at = simple.partition_point(|&(_, last, _, _)| last < c);
    match simple.get(at) {
        Some(&(first, _, step, delta)) if first <= c && (c - first) % step == 0 => Mapped::One(c.wrapping_add_signed(delta)),
        _ => Mapped::One(c),
    }
}

pub fn to_upper(c: u32) -> Mapped {
    map(tables::TO_UPPER, tables::TO_UPPER_SPECIAL, c)
}

/// Without the rule for a final sigma, which needs the neighbours.
pub fn to_lower(c: u32) -> Mapped {
    map(tables::TO_LOWER, tables::TO_LOWER_SPECIAL, c)
}

pub fn to_title(c: u32) -> Mapped {
    map(tables::TO_TITLE, tables::TO_TITLE_SPECIAL, c)
}

pub fn fold(c: u32) -> Mapped {
    map(tables::FOLD, tables::FOLD_SPECIAL, c)
}
