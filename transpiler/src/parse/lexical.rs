//! Owns: the errors of CPython's tokenizer, which win over those of its parser.
//! Never: the grammar.
//!
//! CPython 3.13: Parser/lexer/lexer.c; Parser/pegen_errors.c, _PyPegen_tokenize_full_source_to_check_for_errors.

use rustpython_ast::token::{Token, TokenKind};
use rustpython_parser::{InterpolatedStringErrorType, LexicalErrorType};
use rustpython_text_size::Ranged;

use crate::source::{SourceFile, Span};

/// An error's type, text and place.
pub struct Found {
    pub kind: &'static str,
    pub message: String,
    pub span: Span,
}

impl Found {
    pub fn syntax(message: impl Into<String>, span: Span) -> Self {
        Self { kind: "SyntaxError", message: message.into(), span }
    }
}

/// The first bracket or number that the tokenizer refuses.
pub fn first_error(file: &SourceFile, tokens: &[Token]) -> Option<Found> {
    let mut open: Vec<(char, u32)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let (start, end) = (u32::from(token.start()), u32::from(token.end()));
        match token.kind() {
            TokenKind::Lpar => open.push(('(', start)),
            TokenKind::Lsqb => open.push(('[', start)),
            TokenKind::Lbrace => open.push(('{', start)),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                if let Some(found) = close(file, &mut open, start) {
                    return Some(found);
                }
            }
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => {
                if let Some(found) = number(file, start, end, tokens.get(at + 1)) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

fn close(file: &SourceFile, open: &mut Vec<(char, u32)>, at: u32) -> Option<Found> {
    let span = file.span(at, at + 1);
    let closing = file.slice(span).chars().next().unwrap_or(')');
    let wanted = match closing {
        ')' => '(',
        ']' => '[',
        _ => '{',
    };
    match open.pop() {
        None => Some(Found::syntax(format!("unmatched '{closing}'"), span)),
        Some((opening, _)) if opening == wanted => None,
        Some((opening, from)) => {
            let base = format!("closing parenthesis '{closing}' does not match opening parenthesis '{opening}'");
            let (here, there) = (file.line(at), file.line(from));
            let text = if here == there { base } else { format!("{base} on line {there}") };
            Some(Found::syntax(text, span))
        }
    }
}

/// The bracket that is still open at an offset, if any.
pub fn unclosed(tokens: &[Token], before: u32) -> Option<(char, u32)> {
    let mut open = Vec::new();
    for token in tokens.iter().take_while(|token| u32::from(token.start()) < before) {
        match token.kind() {
            TokenKind::Lpar => open.push(('(', token.start().into())),
            TokenKind::Lsqb => open.push(('[', token.start().into())),
            TokenKind::Lbrace => open.push(('{', token.start().into())),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop()
}

pub fn never_closed(file: &SourceFile, (bracket, at): (char, u32)) -> Found {
    Found::syntax(format!("'{bracket}' was never closed"), file.span(at, at + 1))
}

fn number(file: &SourceFile, start: u32, end: u32, next: Option<&Token>) -> Option<Found> {
    let text = file.slice(file.span(start, end)).to_ascii_lowercase();
    let (kind, digits) = match text.get(..2) {
        Some("0x") => ("hexadecimal", 16),
        Some("0o") => ("octal", 8),
        Some("0b") => ("binary", 2),
        Some(_) | None => ("decimal", 10),
    };
    let touching = next.filter(|next| u32::from(next.start()) == end);
    let follower = touching.map(|next| file.slice(file.span(next.start().into(), next.end().into()))).unwrap_or("");
    let first = follower.chars().next().unwrap_or(' ');
    let last = file.span(end.saturating_sub(1).max(start), end);
    if digits != 10 {
        let bad = text.chars().skip(2).find(|c| !c.is_digit(digits) && *c != '_');
        let bad = bad.or(Some(first).filter(|c| c.is_ascii_digit()));
        if let Some(bad) = bad.filter(char::is_ascii_digit) {
            let at = file.slice(file.span(start, end + 1)).char_indices().skip(2).find(|(_, c)| *c == bad);
            let at = at.map_or(start, |(at, _)| start + at as u32);
            return Some(Found::syntax(format!("invalid digit '{bad}' in {kind} literal"), file.span(at, at + 1)));
        }
        if text.len() == 2 || text.ends_with('_') || first.is_alphabetic() && !is_keyword(follower) {
            return Some(Found::syntax(format!("invalid {kind} literal"), last));
        }
        if text.chars().nth(2).is_some_and(|c| !c.is_digit(digits)) {
            return Some(Found::syntax(format!("invalid {kind} literal"), file.span(start + 1, start + 2)));
        }
        return None;
    }
    let whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    if whole && text.len() > 1 && text.starts_with('0') && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        let message = "leading zeros in decimal integer literals are not permitted; \
                       use an 0o prefix for octal integers";
        return Some(Found::syntax(message, file.span(start, start + 1)));
    }
    if first == '_' {
        return Some(Found::syntax("invalid decimal literal", file.span(end, end + 1)));
    }
    if text.ends_with('_') || (first.is_alphabetic() && !is_keyword(follower)) {
        return Some(Found::syntax("invalid decimal literal", last));
    }
    None
}

/// Keywords that may touch a number (`1if x else 2`).
fn is_keyword(text: &str) -> bool {
    matches!(text, "and" | "else" | "for" | "if" | "in" | "is" | "or" | "not")
}

/// The parser crate's lexical errors in CPython's words.
pub fn translate(file: &SourceFile, error: &LexicalErrorType, span: Span) -> Found {
    match error {
        LexicalErrorType::UnclosedStringError => unterminated(file, span),
        LexicalErrorType::FStringError(inner) => fstring(file, inner, span),
        LexicalErrorType::TStringError(_) => Found::syntax("invalid syntax", span),
        LexicalErrorType::InvalidByteLiteral => {
            Found::syntax("bytes can only contain ASCII literal characters", span)
        }
        LexicalErrorType::UnicodeError
        | LexicalErrorType::MissingUnicodeLbrace
        | LexicalErrorType::MissingUnicodeRbrace
        | LexicalErrorType::StringError => escape(file, span),
        LexicalErrorType::IndentationError => {
            let line = file.line(span.start);
            let end = file.line_start(line) + file.line_text(line).len() as u32;
            Found {
                kind: "IndentationError",
                message: "unindent does not match any outer indentation level".into(),
                span: file.span(end, end),
            }
        }
        LexicalErrorType::UnrecognizedToken { tok } => character(*tok, span),
        LexicalErrorType::LineContinuationError => {
            let next = span.start + 1;
            if file.slice(file.span(next, next + 1)).is_empty() {
                Found::syntax("unexpected EOF while parsing", file.span(next, next))
            } else {
                Found::syntax("unexpected character after line continuation character", file.span(next, next))
            }
        }
        LexicalErrorType::Eof => Found::syntax("invalid syntax", span),
        LexicalErrorType::OtherError(_) => {
            let rest = file.text.get(span.start as usize..).unwrap_or("");
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            // A number that the lexer could not read, with whatever letters touch it.
            let found = number(file, span.start, span.start + length as u32, None);
            found.unwrap_or_else(|| Found::syntax("invalid syntax", span))
        }
    }
}

fn character(c: char, span: Span) -> Found {
    if c.is_ascii_graphic() {
        return Found::syntax("invalid syntax", span);
    }
    let point = format!("U+{:04X}", c as u32);
    // CPython asks unicodedata whether the character can be printed; separators and controls cannot.
    if c.is_control() || c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{feff}') {
        return Found::syntax(format!("invalid non-printable character {point}"), span);
    }
    Found::syntax(format!("invalid character '{c}' ({point})"), span)
}

fn unterminated(file: &SourceFile, span: Span) -> Found {
    let text = file.slice(span);
    let start = text.find(['\'', '"']).unwrap_or(0);
    let (prefix, body) = text.split_at(start);
    let triple = body.starts_with("\"\"\"") || body.starts_with("'''");
    let f = if prefix.to_ascii_lowercase().contains('f') { "f-string" } else { "string" };
    let (message, line) = if triple {
        let last = file.text.trim_end_matches(['\n', '\r']).len() as u32;
        (format!("unterminated triple-quoted {f} literal"), file.line(last))
    } else {
        (format!("unterminated {f} literal"), file.line(span.start))
    };
    let at = span.start + if f == "f-string" { 0 } else { start as u32 };
    Found::syntax(format!("{message} (detected at line {line})"), file.span(at, at + 1))
}

/// An escape that cannot be decoded (CPython: Objects/unicodeobject.c, _PyUnicode_DecodeUnicodeEscapeInternal).
fn escape(file: &SourceFile, span: Span) -> Found {
    let line_start = file.line_start(file.line(span.start)) as usize;
    let before = file.text.get(line_start..span.end as usize).unwrap_or("");
    let backslash = before.rfind('\\').map_or(line_start, |at| line_start + at);
    let quote = file.text.get(line_start..backslash).and_then(|t| t.rfind(['\'', '"'])).map_or(line_start, |at| line_start + at);
    let rest = file.text.get(backslash..).unwrap_or("");
    let kind = rest.chars().nth(1).unwrap_or('x');
    let digits = rest.chars().skip(2).take_while(char::is_ascii_hexdigit).count();
    let from = backslash.saturating_sub(quote + 1);
    let (what, length) = match kind {
        'x' => ("truncated \\xXX escape", 2 + digits.min(2)),
        'u' => ("truncated \\uXXXX escape", 2 + digits.min(4)),
        'U' if digits >= 8 => ("illegal Unicode character", 10),
        'U' => ("truncated \\UXXXXXXXX escape", 2 + digits.min(8)),
        _ => match rest.find('}') {
            Some(end) if rest.starts_with("\\N{") && end > 3 => ("unknown Unicode character name", end + 1),
            Some(_) | None => ("malformed \\N character escape", 2),
        },
    };
    let last = from + length.max(1) - 1;
    let text = format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {from}-{last}: {what}");
    let start = file.text.get(..quote).map_or(quote, |text| text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len());
    Found::syntax(text, file.span(start as u32, span.end))
}

pub fn fstring(file: &SourceFile, error: &InterpolatedStringErrorType, span: Span) -> Found {
    use InterpolatedStringErrorType as E;
    let text = file.slice(span);
    let message = match error {
        E::UnclosedLbrace => "f-string: expecting '}'".to_owned(),
        E::InvalidConversionFlag if text.starts_with('}') || text.starts_with(':') || text.is_empty() => {
            "f-string: missing conversion character".to_owned()
        }
        E::InvalidConversionFlag => {
            format!("f-string: invalid conversion character '{text}': expected 's', 'r', or 'a'")
        }
        E::SingleRbrace => "f-string: single '}' is not allowed".to_owned(),
        E::UnterminatedString => format!("unterminated f-string literal (detected at line {})", file.line(span.start)),
        E::UnterminatedTripleQuotedString => {
            let last = file.text.trim_end_matches(['\n', '\r']).len() as u32;
            format!("unterminated triple-quoted f-string literal (detected at line {})", file.line(last))
        }
        E::LambdaWithoutParentheses => "f-string: lambda expressions are not allowed without parentheses".to_owned(),
        E::ConversionFlagNotImmediatelyAfterExclamation => {
            "f-string: conversion type must come right after the exclamation mark".to_owned()
        }
        E::NewlineInFormatSpec => "f-string: newlines are not allowed in format specifiers for single quoted f-strings".to_owned(),
    };
    Found::syntax(message, span)
}
