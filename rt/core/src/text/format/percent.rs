//! Owns: reading a printf-style template piece by piece, and laying out what a conversion produced.
//! CPython 3.13: Objects/unicodeobject.c, unicode_format_arg_parse and unicode_format_arg_output.
//! Never: fetches arguments.

use super::float::{self, Flags as FloatFlags, Style};
use super::number::AnyInt;
use crate::text::error::{TextError, TextResult};
use crate::types::str::{Str, StrBuilder};
use std::ops::Range;

/// A width or precision in a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    None,
    /// `*`: the next argument.
    Star,
    Fixed(usize),
}

#[derive(Clone, Debug)]
pub struct Conversion {
    /// The code points of the mapping key between the parentheses.
    pub key: Option<Range<usize>>,
    pub left: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: Size,
    pub precision: Size,
    /// The conversion character; `None` at the end of the template ("incomplete format").
    pub type_: Option<u32>,
    /// Where the conversion character stands.
    pub at: usize,
}

pub enum Piece {
    Literal(Range<usize>),
    Conversion(Conversion),
}

/// Reads a template of code points.
pub struct Template<'a> {
    points: &'a [u32],
    at: usize,
}

impl<'a> Template<'a> {
    pub fn new(points: &'a [u32]) -> Template<'a> {
        Template { points, at: 0 }
    }

    fn peek(&self) -> Option<char> {
        self.points.get(self.at).map(|&c| char::from_u32(c).unwrap_or('\u{fffd}'))
    }

    /// The next piece, or `None` at the end. `%%` comes as a conversion of type `%`.
    pub fn next(&mut self) -> TextResult<Option<Piece>> {
        let start = self.at;
        while self.peek().is_some_and(|c| c != '%') {
            self.at += 1;
        }
        if self.at > start {
            return Ok(Some(Piece::Literal(start..self.at)));
        }
        if self.peek().is_none() {
            return Ok(None);
        }
        self.at += 1;
        self.conversion().map(|c| Some(Piece::Conversion(c)))
    }

    fn conversion(&mut self) -> TextResult<Conversion> {
        let key = if self.peek() == Some('(') { Some(self.key()?) } else { None };
        let mut c = Conversion {
            key,
            left: false,
            plus: false,
            space: false,
            alternate: false,
            zero: false,
            width: Size::None,
            precision: Size::None,
            type_: None,
            at: 0,
        };
        loop {
            match self.peek() {
                Some('-') => c.left = true,
                Some('+') => c.plus = true,
                Some(' ') => c.space = true,
                Some('#') => c.alternate = true,
                Some('0') => c.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        c.width = self.size("width too big")?.unwrap_or(Size::None);
        if self.peek() == Some('.') {
            self.at += 1;
            c.precision = self.size("precision too big")?.unwrap_or(Size::Fixed(0));
        }
        if matches!(self.peek(), Some('h' | 'l' | 'L')) {
            self.at += 1;
        }
        c.at = self.at;
        c.type_ = self.points.get(self.at).copied();
        self.at += 1;
        Ok(c)
    }

    fn key(&mut self) -> TextResult<Range<usize>> {
        self.at += 1;
        let start = self.at;
        let mut depth = 1;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                ')' => depth -= 1,
                '(' => depth += 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(start..self.at - 1);
            }
        }
        Err(TextError::value("incomplete format key"))
    }

    fn size(&mut self, too_big: &str) -> TextResult<Option<Size>> {
        if self.peek() == Some('*') {
            self.at += 1;
            return Ok(Some(Size::Star));
        }
        let mut value: Option<i64> = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(digit.into()));
            value = Some(next.filter(|&v| v < i64::MAX / 2).ok_or_else(|| TextError::value(too_big))?);
            self.at += 1;
        }
        if too_big.starts_with("prec") && value.is_some_and(|v| v > i32::MAX.into()) {
            return Err(TextError::value(too_big));
        }
        Ok(value.map(|v| Size::Fixed(v as usize)))
    }
}

pub fn incomplete() -> TextError {
    TextError::value("incomplete format")
}

pub fn unsupported(c: u32, at: usize) -> TextError {
    let shown = if (32..127).contains(&c) { char::from(c as u8) } else { '?' };
    TextError::value(format!("unsupported format character '{shown}' ({c:#x}) at index {at}"))
}

/// A conversion with its width and precision resolved.
pub struct Layout {
    pub left: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: usize,
    pub precision: Option<usize>,
    pub type_: char,
}

impl Layout {
    /// `%s`, `%r`, `%a` and `%c`: cut to the precision (not `%c`), padded with spaces.
    pub fn text(&self, text: &Str) -> Str {
        let keep = if self.type_ == 'c' { usize::MAX } else { self.precision.unwrap_or(usize::MAX) };
        let len = text.char_len().min(keep);
        let pad = self.width.saturating_sub(len);
        let mut out = StrBuilder::with_capacity(text.as_bytes().len() + pad);
        if !self.left {
            out.push_n(' '.into(), pad);
        }
        if len == text.char_len() { out.push_text(text) } else { out.push_text(&text.slice(0, len)) }
        if self.left {
            out.push_n(' '.into(), pad);
        }
        out.finish()
    }

    /// `%d %i %u %o %x %X` of an integer.
    pub fn int(&self, n: AnyInt<'_>, max_digits: usize) -> TextResult<String> {
        let (radix, prefix) = match self.type_ {
            'o' => (8, "0o"),
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            _ => (10, ""),
        };
        let mut digits = n.digits(radix, max_digits)?;
        if self.type_ == 'X' {
            digits.make_ascii_uppercase();
        }
        let least = self.precision.unwrap_or(0);
        if digits.len() < least {
            digits.insert_str(0, &"0".repeat(least - digits.len()));
        }
        let negative = matches!(n, AnyInt::Small(i) if i < 0) || matches!(n, AnyInt::Big(b) if b.sign() == num_bigint::Sign::Minus);
        Ok(self.number(negative, if self.alternate { prefix } else { "" }, &digits))
    }

    /// `%e %f %g` and their capitals.
    pub fn float(&self, x: f64) -> String {
        let style = match self.type_ {
            'e' | 'E' => Style::Exponent,
            'f' | 'F' => Style::Fixed,
            _ => Style::General,
        };
        let flags = FloatFlags { alternate: self.alternate, ..FloatFlags::default() };
        let mut text = float::text(x, style, self.precision.unwrap_or(6), flags);
        if self.type_.is_ascii_uppercase() {
            text.make_ascii_uppercase();
        }
        match text.strip_prefix('-') {
            Some(rest) => self.number(true, "", rest),
            None => self.number(false, "", &text),
        }
    }

    fn number(&self, negative: bool, prefix: &str, digits: &str) -> String {
        let sign = if negative {
            "-"
        } else if self.plus {
            "+"
        } else if self.space {
            " "
        } else {
            ""
        };
        let pad = self.width.saturating_sub(sign.len() + prefix.len() + digits.len());
        if self.left {
            format!("{sign}{prefix}{digits}{}", " ".repeat(pad))
        } else if self.zero {
            format!("{sign}{prefix}{}{digits}", "0".repeat(pad))
        } else {
            format!("{}{sign}{prefix}{digits}", " ".repeat(pad))
        }
    }
}
