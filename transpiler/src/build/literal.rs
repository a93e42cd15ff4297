//! Owns: literals: numbers of any size, strings with lone surrogates, docstring cleaning.
//! Never: f-strings.

use super::Builder;
use crate::hir::Const;
use crate::parse::ast::StringFlags as _;
use crate::parse::{Ranged, TextRange, ast};

impl Builder<'_> {
    pub(super) fn number(&mut self, number: &ast::ExprNumberLiteral) -> Const {
        match &number.value {
            ast::Number::Int(int) => match int.as_i64() {
                Some(value) => Const::Int(value),
                None => {
                    let text = self.file.slice(self.span(number.range)).replace('_', "");
                    Const::BigInt(decimal(&text).into())
                }
            },
            ast::Number::Float(value) => Const::Float(*value),
            ast::Number::Complex { real: _, imag } => Const::Imag(*imag),
        }
    }

    pub(super) fn string(&mut self, value: &ast::StringLiteralValue) -> Const {
        let mut text = Text::default();
        for part in value.iter() {
            let prefix = part.flags.prefix().as_str().len() as u32;
            let quote = if part.flags.is_triple_quoted() { 3 } else { 1 };
            let (start, end): (u32, u32) = (part.range.start().into(), part.range.end().into());
            let start = start + prefix + quote;
            let inner = TextRange::new(start.into(), end.saturating_sub(quote).max(start).into());
            text.push(&part.value, self.file.slice(self.span(inner)), matches!(part.flags.prefix(), ast::str_prefix::StringLiteralPrefix::Raw { .. }));
        }
        text.into_const()
    }

    pub(super) fn bytes(&mut self, value: &ast::BytesLiteralValue) -> Const {
        Const::Bytes(value.bytes().collect::<Vec<u8>>().into())
    }

    /// The literal text of an f-string element.
    pub(super) fn fstring_literal(&self, element: &ast::InterpolatedStringLiteralElement, raw: bool) -> Text {
        let mut text = Text::default();
        text.push(&element.value, self.file.slice(self.span(element.range())), raw);
        text
    }
}

/// A literal's value while its parts are joined.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    /// Set once a lone surrogate has been met.
    points: Option<Vec<u32>>,
}

impl Text {
    /// `value` is the parser's reading, in which a lone surrogate has become U+FFFD; `source` is the literal's text.
    pub(super) fn push(&mut self, value: &str, source: &str, raw: bool) {
        let surrogates = if raw || !value.contains('\u{fffd}') { Vec::new() } else { surrogates(source) };
        if surrogates.is_empty() {
            self.push_plain(value);
            return;
        }
        let mut surrogates = surrogates.into_iter().peekable();
        for (at, c) in value.chars().enumerate() {
            match surrogates.peek() {
                Some((index, point)) if *index == at => {
                    let point = *point;
                    let text = &self.text;
                    let points = self.points.get_or_insert_with(|| text.chars().map(u32::from).collect());
                    points.push(point);
                    surrogates.next();
                }
                Some(_) | None => self.push_plain(c.encode_utf8(&mut [0; 4])),
            }
        }
    }

    pub(super) fn push_plain(&mut self, value: &str) {
        match &mut self.points {
            Some(points) => points.extend(value.chars().map(u32::from)),
            None => self.text.push_str(value),
        }
    }

    pub(super) fn append(&mut self, other: Text) {
        match other.points {
            None => self.push_plain(&other.text),
            Some(more) => {
                let text = &self.text;
                self.points.get_or_insert_with(|| text.chars().map(u32::from).collect()).extend(more);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.points.is_none()
    }

    pub(super) fn into_parts(self) -> (String, Option<Vec<u32>>) {
        (self.text, self.points)
    }

    fn into_const(self) -> Const {
        match self.points {
            Some(points) => Const::StrPoints(points.into()),
            None => Const::Str(self.text.into()),
        }
    }
}

/// Positions (in characters of the value) and code points of the surrogate escapes of a literal.
/// Every character or escape of the source is one character of the value, but for `\` before a line break,
/// doubled braces in f-strings and `\r\n`.
fn surrogates(source: &str) -> Vec<(usize, u32)> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\r' && chars.peek() == Some(&'\n') {
            continue;
        }
        if c != '\\' {
            at += 1;
            continue;
        }
        let digits = match chars.next() {
            Some('\r') => {
                chars.next_if_eq(&'\n');
                continue;
            }
            Some('\n') => continue,
            Some('u') => 4,
            Some('U') => 8,
            Some('x') => 2,
            Some('N') => {
                while chars.next().is_some_and(|c| c != '}') {}
                at += 1;
                continue;
            }
            Some(c @ '0'..='7') => {
                let mut value = c.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    if let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) {
                        value = value * 8 + digit;
                        chars.next();
                    }
                }
                at += 1;
                continue;
            }
            // An unknown escape keeps its backslash.
            Some('\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v') | None => {
                at += 1;
                continue;
            }
            Some(_) => {
                at += 2;
                continue;
            }
        };
        let mut value = 0;
        for _ in 0..digits {
            value = value * 16 + chars.next().and_then(|c| c.to_digit(16)).unwrap_or(0);
        }
        if (0xd800..=0xdfff).contains(&value) {
            found.push((at, value));
        }
        at += 1;
    }
    found
}

/// Decimal digits of an int literal in any base.
fn decimal(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        Some(_) | None => return lower.trim_start_matches('0').to_owned(),
    };
    const LIMB: u64 = 1_000_000_000;
    let mut limbs: Vec<u64> = vec![0];
    for digit in digits.chars().filter_map(|c| c.to_digit(radix)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = *limb * u64::from(radix) + carry;
            *limb = value % LIMB;
            carry = value / LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut out = String::new();
    for (at, limb) in limbs.iter().rev().enumerate() {
        if at == 0 {
            out.push_str(&limb.to_string());
        } else {
            out.push_str(&format!("{limb:09}"));
        }
    }
    out
}

/// CPython 3.13: compile.c, _PyCompile_CleanDoc: expands tabs, strips the common margin of all lines but the first.
pub(super) fn clean_docstring(text: &str) -> String {
    let expanded = expand_tabs(text);
    let mut lines = expanded.split('\n');
    let first = lines.next().unwrap_or("");
    let rest: Vec<&str> = lines.collect();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let margin = rest.iter().filter(|line| indent(line) < line.len()).map(|line| indent(line)).min().unwrap_or(0);
    let mut out = first.trim_start_matches(' ').to_owned();
    for line in rest {
        out.push('\n');
        out.push_str(line.get(margin.min(indent(line))..).unwrap_or(""));
    }
    out
}

fn expand_tabs(text: &str) -> String {
    if !text.contains('\t') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let width = 8 - column % 8;
                out.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            '\n' | '\r' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    out
}
