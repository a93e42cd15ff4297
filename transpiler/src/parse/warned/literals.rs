//! Owns: escapes that are none, and numbers that a word follows at once.
//! Never: decodes a literal.
//!
//! CPython 3.13: Parser/string_parser.c, warn_invalid_escape_sequence; Parser/lexer/lexer.c, verify_end_of_number.

use super::super::ast::visitor::{Visitor, walk_expr};
use super::super::ast::{Expr, FStringPart, InterpolatedStringElement, InterpolatedStringElements, ModModule};
use super::Warned;
use crate::source::SourceFile;
use rustpython_text_size::{TextRange, TextSize};

pub fn look(file: &SourceFile, module: &ModModule) -> Vec<Warned> {
    let mut literals = Literals { file, found: Vec::new() };
    literals.visit_body(&module.body);
    // A string is looked at when all of it has been read: what stands in a replacement field before what stands around it.
    literals.found.sort_by_key(|(key, _)| *key);
    literals.found.into_iter().map(|(_, warned)| warned).collect()
}

struct Literals<'f> {
    file: &'f SourceFile,
    /// With the place in the text at which CPython comes to it.
    found: Vec<(TextSize, Warned)>,
}

impl<'a> Visitor<'a> for Literals<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(string) => {
                for part in string.value.iter().filter(|part| !part.flags.prefix().is_raw()) {
                    self.whole(part.range, string.range.end(), false);
                }
            }
            Expr::BytesLiteral(bytes) => {
                for part in bytes.value.iter().filter(|part| !part.flags.prefix().is_raw()) {
                    self.whole(part.range, bytes.range.end(), true);
                }
            }
            Expr::FString(string) => {
                for part in string.value.iter() {
                    match part {
                        FStringPart::Literal(part) if !part.flags.prefix().is_raw() => self.whole(part.range, string.range.end(), false),
                        FStringPart::FString(part) if !part.flags.prefix().is_raw() => self.elements(&part.elements, string.range.end()),
                        FStringPart::Literal(_) | FStringPart::FString(_) => {}
                    }
                }
            }
            Expr::NumberLiteral(number) => self.number(number.range),
            Expr::BoolOp(_) | Expr::Named(_) | Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::Lambda(_) | Expr::If(_) | Expr::Dict(_)
            | Expr::Set(_) | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) | Expr::Await(_) | Expr::Yield(_)
            | Expr::YieldFrom(_) | Expr::Compare(_) | Expr::Call(_) | Expr::TString(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) | Expr::Attribute(_) | Expr::Subscript(_) | Expr::Starred(_) | Expr::Name(_) | Expr::List(_)
            | Expr::Tuple(_) | Expr::Slice(_) | Expr::IpyEscapeCommand(_) => {}
        }
        walk_expr(self, expr);
    }
}

impl Literals<'_> {
    fn text(&self, range: TextRange) -> &str {
        self.file.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }

    fn push(&mut self, key: TextSize, range: TextRange, at: TextSize, message: String) {
        let line = self.file.line(at.into());
        self.found.push((key, Warned { range, line, message }));
    }

    fn whole(&mut self, range: TextRange, key: TextSize, is_bytes: bool) {
        if let Some((offset, message)) = invalid(self.text(range), is_bytes) {
            self.push(key, escape(range, offset), range.start(), message);
        }
    }

    fn elements(&mut self, elements: &InterpolatedStringElements, key: TextSize) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => self.pieces(literal.range, key),
                InterpolatedStringElement::Interpolation(field) => {
                    if let Some(spec) = &field.format_spec {
                        self.elements(&spec.elements, field.range.end());
                    }
                }
            }
        }
    }

    /// Doubled braces divide the text of an f-string into tokens, and each is looked at by itself.
    fn pieces(&mut self, range: TextRange, key: TextSize) {
        let text = self.text(range).to_owned();
        let mut start = 0;
        let bytes = text.as_bytes();
        let mut at = 0;
        while at <= bytes.len() {
            let brace = match (bytes.get(at), bytes.get(at + 1)) {
                (Some(b'{'), Some(b'{')) | (Some(b'}'), Some(b'}')) => true,
                (Some(_), _) => false,
                (None, _) => true,
            };
            if brace {
                let piece = TextRange::new(range.start() + size(start), range.start() + size(at));
                self.piece(piece, key);
                start = at + 2;
                at += 1;
            }
            at += 1;
        }
    }

    fn piece(&mut self, range: TextRange, key: TextSize) {
        let text = self.text(range);
        let found = invalid(text, false);
        let backslashes = text.len() - text.trim_end_matches('\\').len();
        let next = self.file.text.as_bytes().get(range.end().to_usize()).copied();
        if let (1, Some(brace @ (b'{' | b'}'))) = (backslashes % 2, next) {
            let message = format!("invalid escape sequence '\\{}'", char::from(brace));
            self.push(range.end(), TextRange::new(range.end() - size(1), range.end() + size(1)), range.end(), message);
        }
        if let Some((offset, message)) = found {
            self.push(key, escape(range, offset), range.end(), message);
        }
    }

    fn number(&mut self, range: TextRange) {
        let follows = self.file.text.as_bytes().get(range.end().to_usize()).is_some_and(u8::is_ascii_alphabetic);
        if !follows {
            return;
        }
        let text = self.text(range).to_ascii_lowercase();
        let kind = match text.get(..2) {
            Some("0x") => "hexadecimal",
            Some("0o") => "octal",
            Some("0b") => "binary",
            _ if text.ends_with('j') => "imaginary",
            _ => "decimal",
        };
        self.push(range.end(), range, range.end(), format!("invalid {kind} literal"));
    }
}

fn size(length: usize) -> TextSize {
    TextSize::new(u32::try_from(length).unwrap_or(u32::MAX))
}

fn escape(range: TextRange, offset: usize) -> TextRange {
    let start = range.start() + size(offset);
    TextRange::new(start, (start + size(2)).min(range.end()))
}

/// The first escape that is none, and what is said of it.
fn invalid(text: &str, is_bytes: bool) -> Option<(usize, String)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        let start = at + found;
        let rest = bytes.get(start + 1..).unwrap_or(&[]);
        match rest {
            [b'\n' | b'\r' | b'\\' | b'\'' | b'"' | b'b' | b'f' | b't' | b'n' | b'r' | b'v' | b'a' | b'x', ..] => {}
            [first @ b'4'..=b'7', second @ b'0'..=b'7', third @ b'0'..=b'7', ..] => {
                let digits: String = [*first, *second, *third].map(char::from).iter().collect();
                return Some((start, format!("invalid octal escape sequence '\\{digits}'")));
            }
            [b'0'..=b'7', ..] => {}
            [b'N' | b'u' | b'U', ..] if !is_bytes => {}
            // A backslash in front of a brace is the tokenizer's, one in front of what is no ASCII stands for itself.
            [] | [128..=255, ..] => {}
            [other, ..] => return Some((start, format!("invalid escape sequence '\\{}'", char::from(*other)))),
        }
        at = start + 2;
    }
    None
}
