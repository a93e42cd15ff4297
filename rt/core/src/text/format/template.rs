//! Owns: reading a `str.format` template: literals, replacement fields, field names.
//! CPython 3.13: Objects/stringlib/unicode_format.h, MarkupIterator_next and FieldNameIterator.
//! Never: looks up a field.

use crate::text::error::{TextError, TextResult};
use std::ops::Range;

/// One step through a template. Ranges are code points.
#[derive(Clone, Debug)]
pub struct Markup {
    pub literal: Range<usize>,
    pub field: Option<Field>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: Range<usize>,
    /// `r`, `s`, `a` or anything else the template says.
    pub conversion: Option<u32>,
    pub spec: Range<usize>,
    /// The specification holds fields of its own.
    pub nested: bool,
}

pub struct Markups<'a> {
    points: &'a [u32],
    at: usize,
}

const OPEN: u32 = '{' as u32;
const CLOSE: u32 = '}' as u32;
const BRACKET: u32 = '[' as u32;
const BRACKET_END: u32 = ']' as u32;
const DOT: u32 = '.' as u32;

impl<'a> Markups<'a> {
    pub fn new(points: &'a [u32]) -> Markups<'a> {
        Markups::from(points, 0)
    }

    /// From code point `at` to the end of `points`.
    pub fn from(points: &'a [u32], at: usize) -> Markups<'a> {
        Markups { points, at }
    }

    pub fn next(&mut self) -> TextResult<Option<Markup>> {
        let points = self.points;
        if self.at >= points.len() {
            return Ok(None);
        }
        let start = self.at;
        let mut brace = None;
        while let Some(&c) = points.get(self.at) {
            self.at += 1;
            if c == OPEN || c == CLOSE {
                brace = Some(c);
                break;
            }
        }
        let Some(brace) = brace else {
            return Ok(Some(Markup { literal: start..self.at, field: None }));
        };
        let next = points.get(self.at).copied();
        if brace == CLOSE && next != Some(CLOSE) {
            return Err(TextError::value("Single '}' encountered in format string"));
        }
        if next.is_none() {
            return Err(TextError::value("Single '{' encountered in format string"));
        }
        if next == Some(brace) {
            // A doubled brace stands for one: it ends the literal.
            self.at += 1;
            return Ok(Some(Markup { literal: start..self.at - 1, field: None }));
        }
        let literal = start..self.at - 1;
        let field = self.field()?;
        Ok(Some(Markup { literal, field: Some(field) }))
    }

    /// `parse_field`: the name up to `!`, `:` or the closing brace, then conversion and specification.
    fn field(&mut self) -> TextResult<Field> {
        let points = self.points;
        let expected = || TextError::value("expected '}' before end of string");
        let start = self.at;
        let mut in_bracket = false;
        let mut stop = None;
        while let Some(&c) = points.get(self.at) {
            self.at += 1;
            match c {
                OPEN => return Err(TextError::value("unexpected '{' in field name")),
                BRACKET => in_bracket = true,
                BRACKET_END => in_bracket = false,
                _ if in_bracket => {}
                CLOSE => {
                    stop = Some('}');
                    break;
                }
                _ if c == u32::from(':') => {
                    stop = Some(':');
                    break;
                }
                _ if c == u32::from('!') => {
                    stop = Some('!');
                    break;
                }
                _ => {}
            }
        }
        let Some(stop) = stop else { return Err(expected()) };
        let name = start..self.at - 1;
        let mut field = Field { name, conversion: None, spec: self.at..self.at, nested: false };
        if stop == '}' {
            return Ok(field);
        }
        if stop == '!' {
            let Some(&conversion) = points.get(self.at) else {
                return Err(TextError::value("end of string while looking for conversion specifier"));
            };
            field.conversion = Some(conversion);
            self.at += 1;
            match points.get(self.at) {
                None => return Err(TextError::value("unmatched '{' in format spec")),
                Some(&CLOSE) => {
                    self.at += 1;
                    field.spec = self.at..self.at;
                    return Ok(field);
                }
                Some(&c) if c == u32::from(':') => self.at += 1,
                Some(_) => return Err(TextError::value("expected ':' after conversion specifier")),
            }
        }
        let spec_start = self.at;
        let mut depth = 1;
        while let Some(&c) = points.get(self.at) {
            self.at += 1;
            match c {
                OPEN => {
                    field.nested = true;
                    depth += 1;
                }
                CLOSE => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                field.spec = spec_start..self.at - 1;
                return Ok(field);
            }
        }
        Err(TextError::value("unmatched '{' in format spec"))
    }
}

/// The first part of a field name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// Nothing: automatic numbering.
    Auto,
    Index(usize),
    Name(Range<usize>),
}

/// What follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Attribute(Range<usize>),
    Index(usize),
    Key(Range<usize>),
}

/// `get_integer`: all decimal digits, or `None`.
fn integer(points: &[u32], range: Range<usize>) -> TextResult<Option<usize>> {
    let part = points.get(range).unwrap_or(&[]);
    let mut value: i64 = 0;
    for &c in part {
        let Some(digit) = crate::text::unicode::decimal_value(c) else { return Ok(None) };
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(digit.into()))
            .ok_or_else(|| TextError::value("Too many decimal digits in format string"))?;
    }
    Ok(if part.is_empty() { None } else { Some(value as usize) })
}

/// Splits a field name into its first part and the place where the accesses begin.
pub fn first(points: &[u32], name: Range<usize>) -> TextResult<(First, usize)> {
    let end = name.clone().find(|&i| matches!(points.get(i), Some(&(DOT | BRACKET)))).unwrap_or(name.end);
    let first = match integer(points, name.start..end)? {
        Some(index) => First::Index(index),
        None if end == name.start => First::Auto,
        None => First::Name(name.start..end),
    };
    Ok((first, end))
}

/// The access at `at`, and the place after it; `None` at the end of the name.
pub fn access(points: &[u32], at: usize, end: usize) -> TextResult<Option<(Access, usize)>> {
    if at >= end {
        return Ok(None);
    }
    let empty = || TextError::value("Empty attribute in format string");
    match points.get(at) {
        Some(&DOT) => {
            let from = at + 1;
            let to = (from..end).find(|&i| matches!(points.get(i), Some(&(DOT | BRACKET)))).unwrap_or(end);
            if from == to { Err(empty()) } else { Ok(Some((Access::Attribute(from..to), to))) }
        }
        Some(&BRACKET) => {
            let from = at + 1;
            let Some(to) = (from..end).find(|&i| points.get(i) == Some(&BRACKET_END)) else {
                return Err(TextError::value("Missing ']' in format string"));
            };
            if from == to {
                return Err(empty());
            }
            let access = match integer(points, from..to)? {
                Some(index) => Access::Index(index),
                None => Access::Key(from..to),
            };
            Ok(Some((access, to + 1)))
        }
        _ => Err(TextError::value("Only '.' or '[' may follow ']' in format field specifier")),
    }
}
