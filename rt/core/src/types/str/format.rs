//! Owns: `str.format` and `str.format_map`: fetching fields and putting the text together.
//! Never: reads templates (`text::format::template`). Source: CPython 3.13, Objects/stringlib/unicode_format.h.

use super::{Str, StrBuilder, me, raise_text, value};
use crate::error::{index_error, type_error, value_error};
use crate::methods::*;
use crate::protocol::{attr, format as formatting, repr, sequence};
use crate::text::format::template::{self, Access, Field, First, Markups};
use std::ops::Range;

/// Where fields come from.
struct Sources<'a> {
    /// `None` under `format_map`.
    positional: Option<&'a [Value]>,
    keywords: Keywords<'a>,
    numbering: Numbering,
    next: usize,
}
enum Keywords<'a> {
    Names(&'a [Name], &'a [Value]),
    Mapping(&'a Value),
}
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    Unknown,
    Automatic,
    Manual,
}

/// How deep specifications may hold fields of their own.
const DEPTH: u32 = 2;

/// `template.format(*args, **kwargs)`.
pub fn format(all: &[Value], kw: &[Name]) -> PyResult {
    let positional = &all[..all.len() - kw.len()];
    let Some((receiver, args)) = positional.split_first() else {
        return Err(type_error("unbound method str.format() needs an argument"));
    };
    run(receiver, Some(args), Keywords::Names(kw, &all[positional.len()..]))
}

/// `template.format_map(mapping)`.
pub fn format_map(receiver: &Value, mapping: &Value) -> PyResult {
    run(receiver, None, Keywords::Mapping(mapping))
}

fn run(receiver: &Value, positional: Option<&[Value]>, keywords: Keywords<'_>) -> PyResult {
    let points: Vec<u32> = me(receiver)?.chars().collect();
    let mut sources = Sources { positional, keywords, numbering: Numbering::Unknown, next: 0 };
    Ok(value(sources.build(&points, DEPTH)?))
}

fn text_of(points: &[u32], range: Range<usize>) -> Str {
    Str::from_code_points(points.get(range).unwrap_or(&[]).iter().copied())
}

impl Sources<'_> {
    fn build(&mut self, points: &[u32], depth: u32) -> PyResult<Str> {
        if depth == 0 {
            return Err(value_error("Max string recursion exceeded"));
        }
        let mut out = StrBuilder::with_capacity(points.len());
        let mut markups = Markups::new(points);
        while let Some(markup) = markups.next().map_err(raise_text)? {
            for &c in points.get(markup.literal).unwrap_or(&[]) {
                out.push(c);
            }
            if let Some(field) = markup.field {
                let text = self.field(points, field, depth)?;
                if let Some(s) = text.as_str_obj() {
                    out.push_text(s);
                }
            }
        }
        Ok(out.finish())
    }

    fn field(&mut self, points: &[u32], field: Field, depth: u32) -> PyResult {
        let v = self.fetch(points, field.name)?;
        let v = match field.conversion.map(char::from_u32) {
            None => v,
            Some(Some('r')) => repr::repr(&v)?,
            Some(Some('s')) => repr::str_(&v)?,
            Some(Some('a')) => repr::ascii(&v)?,
            Some(other) => {
                let shown = match other {
                    Some(c @ '!'..='~') => c.to_string(),
                    _ => format!("\\x{:x}", field.conversion.unwrap_or(0)),
                };
                return Err(value_error(format!("Unknown conversion specifier {shown}")));
            }
        };
        let spec = if field.nested {
            self.build(points.get(field.spec).unwrap_or(&[]), depth - 1)?
        } else {
            text_of(points, field.spec)
        };
        formatting::format(&v, &value(spec))
    }

    fn fetch(&mut self, points: &[u32], name: Range<usize>) -> PyResult {
        let (first, mut at) = template::first(points, name.clone()).map_err(raise_text)?;
        let mut v = match first {
            First::Name(range) => self.keyword(text_of(points, range))?,
            First::Auto => {
                self.number(Numbering::Automatic)?;
                self.next += 1;
                self.at(self.next - 1)?
            }
            First::Index(index) => {
                self.number(Numbering::Manual)?;
                self.at(index)?
            }
        };
        while let Some((access, after)) = template::access(points, at, name.end).map_err(raise_text)? {
            v = match access {
                Access::Attribute(range) => attr::getattr_value(&v, &value(text_of(points, range)))?,
                Access::Index(index) => sequence::getitem(&v, &Value::from(index))?,
                Access::Key(range) => sequence::getitem(&v, &value(text_of(points, range)))?,
            };
            at = after;
        }
        Ok(v)
    }

    fn number(&mut self, kind: Numbering) -> PyResult<()> {
        match (self.numbering, kind) {
            (Numbering::Unknown, _) => self.numbering = kind,
            (Numbering::Automatic, Numbering::Manual) => {
                let text = "cannot switch from automatic field numbering to manual field specification";
                return Err(value_error(text));
            }
            (Numbering::Manual, Numbering::Automatic) => {
                let text = "cannot switch from manual field specification to automatic field numbering";
                return Err(value_error(text));
            }
            (Numbering::Automatic | Numbering::Manual, _) => {}
        }
        Ok(())
    }

    fn at(&self, index: usize) -> PyResult {
        let Some(positional) = self.positional else {
            return Err(value_error("Format string contains positional fields"));
        };
        positional.get(index).cloned().ok_or_else(|| {
            index_error(format!("Replacement index {index} out of range for positional args tuple"))
        })
    }

    fn keyword(&self, name: Str) -> PyResult {
        match &self.keywords {
            Keywords::Mapping(mapping) => sequence::getitem(mapping, &value(name)),
            Keywords::Names(names, values) => {
                let found = names.iter().zip(*values).find(|(n, _)| *n.str_obj() == name);
                found.map(|(_, v)| v.clone()).ok_or_else(|| crate::error::key_error(value(name)))
            }
        }
    }
}
