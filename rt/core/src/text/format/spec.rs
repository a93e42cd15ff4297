//! Owns: the format specification mini-language. CPython 3.13: Python/formatter_unicode.c,
//! parse_internal_render_format_spec. Never: formats.

use crate::text::error::{TextError, TextResult};
use crate::text::unicode;
use crate::types::str::Str;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grouping {
    None,
    Comma,
    Underscore,
    /// Underscores every four digits (b, o, x, X).
    UnderscoreFour,
}

impl Grouping {
    pub fn separator(self) -> Option<(char, i64)> {
        match self {
            Grouping::None => None,
            Grouping::Comma => Some((',', 3)),
            Grouping::Underscore => Some(('_', 3)),
            Grouping::UnderscoreFour => Some(('_', 4)),
        }
    }
}

/// A parsed specification. Code points stand as `u32`; `sign` and `type_` are 0 when left out.
#[derive(Clone, Debug)]
pub struct Spec {
    pub fill: u32,
    pub align: u32,
    pub sign: u32,
    pub no_negative_zero: bool,
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Grouping,
    pub precision: Option<usize>,
    pub type_: u32,
}

pub(super) const LESS: u32 = '<' as u32;
pub(super) const GREATER: u32 = '>' as u32;
pub(super) const CARET: u32 = '^' as u32;
pub(super) const EQUALS: u32 = '=' as u32;

fn is_align(c: Option<&u32>) -> bool {
    matches!(c, Some(&(LESS | GREATER | CARET | EQUALS)))
}

/// Reads a decimal number, or `None` when there is none.
fn integer(points: &[u32], at: &mut usize) -> TextResult<Option<usize>> {
    let mut value: Option<i64> = None;
    while let Some(digit) = points.get(*at).and_then(|&c| unicode::decimal_value(c)) {
        let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(digit.into()));
        value = Some(next.ok_or_else(|| TextError::value("Too many decimal digits in format string"))?);
        *at += 1;
    }
    Ok(value.map(|v| v as usize))
}

impl Spec {
    /// `type_name` is the type of the object, for the message; `align` and `type_` are its defaults.
    pub fn parse(text: &Str, type_name: &str, align: char, type_: u32) -> TextResult<Spec> {
        let points: Vec<u32> = text.chars().collect();
        let default_align = align as u32;
        let mut spec = Spec {
            fill: ' '.into(),
            align: default_align,
            sign: 0,
            no_negative_zero: false,
            alternate: false,
            width: None,
            grouping: Grouping::None,
            precision: None,
            type_,
        };
        let mut at = 0;
        let (mut has_fill, mut has_align) = (false, false);
        if is_align(points.get(1)) {
            (spec.fill, spec.align) = (points[0], points[1]);
            (has_fill, has_align) = (true, true);
            at = 2;
        } else if is_align(points.first()) {
            spec.align = points[0];
            has_align = true;
            at = 1;
        }
        let accept = |at: &mut usize, set: &str| {
            let found = points.get(*at).copied().filter(|&c| set.chars().any(|s| u32::from(s) == c));
            *at += usize::from(found.is_some());
            found
        };
        spec.sign = accept(&mut at, "+- ").unwrap_or(0);
        spec.no_negative_zero = accept(&mut at, "z").is_some();
        spec.alternate = accept(&mut at, "#").is_some();
        if !has_fill && accept(&mut at, "0").is_some() {
            spec.fill = '0'.into();
            if !has_align && default_align == GREATER {
                spec.align = EQUALS;
            }
        }
        spec.width = integer(&points, &mut at)?;
        let both = || TextError::value("Cannot specify both ',' and '_'.");
        if accept(&mut at, ",").is_some() {
            spec.grouping = Grouping::Comma;
        }
        if accept(&mut at, "_").is_some() {
            if spec.grouping != Grouping::None {
                return Err(both());
            }
            spec.grouping = Grouping::Underscore;
        }
        if spec.grouping == Grouping::Underscore && points.get(at) == Some(&u32::from(',')) {
            return Err(both());
        }
        if accept(&mut at, ".").is_some() {
            spec.precision = integer(&points, &mut at)?;
            if spec.precision.is_none() {
                return Err(TextError::value("Format specifier missing precision"));
            }
        }
        match points.get(at..).unwrap_or(&[]) {
            [] => {}
            [only] => spec.type_ = *only,
            _ => {
                let message = format!("Invalid format specifier '{text}' for object of type '{type_name}'");
                return Err(TextError::value(message));
            }
        }
        spec.check_grouping()?;
        Ok(spec)
    }

    fn check_grouping(&mut self) -> TextResult<()> {
        let separator = match self.grouping {
            Grouping::None => return Ok(()),
            Grouping::Comma => ',',
            Grouping::Underscore | Grouping::UnderscoreFour => '_',
        };
        match char::from_u32(self.type_) {
            Some('\0' | 'd' | 'e' | 'f' | 'g' | 'E' | 'F' | 'G' | '%') => Ok(()),
            Some('b' | 'o' | 'x' | 'X') if separator == '_' => {
                self.grouping = Grouping::UnderscoreFour;
                Ok(())
            }
            _ => Err(TextError::value(format!("Cannot specify '{separator}' with {}.", quoted_code(self.type_)))),
        }
    }

    pub fn unknown_type(&self, type_name: &str) -> TextError {
        let code = quoted_code(self.type_);
        TextError::value(format!("Unknown format code {code} for object of type '{type_name}'"))
    }
}

fn quoted_code(c: u32) -> String {
    match c {
        33..128 => format!("'{}'", char::from(c as u8)),
        _ => format!("'\\x{c:x}'"),
    }
}
