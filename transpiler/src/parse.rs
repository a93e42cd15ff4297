//! Owns: text → syntax tree; the only importer of the parser crate (others name its tree through `parse::ast`).
//! Never: resolves names, reads files.
//!
//! Errors carry CPython 3.13's type and text for the commonest mistakes.

mod errors;
mod lexical;
mod targets;

pub use rustpython_ast as ast;
pub use rustpython_text_size::{Ranged, TextRange};

use rustpython_parser::{Mode, ParseOptions, parse_unchecked};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{SourceFile, Span};

/// CPython 3.13: Parser/lexer/state.h, MAXLEVEL.
const MAX_NESTING: usize = 200;
/// The parser recurses over the tree; deep but legal programs need more than a default thread's stack.
pub const STACK_BYTES: usize = 1 << 30;

/// Parses a file. `None` when there is a syntax error (reported in `diagnostics`).
pub fn parse(file: &SourceFile, diagnostics: &mut Diagnostics) -> Option<ast::ModModule> {
    if let Some(at) = file.text.bytes().position(|byte| byte == 0) {
        let span = file.span(at as u32, at as u32);
        diagnostics.push(Diagnostic::syntax("SyntaxError", "source code cannot contain null bytes", span));
        return None;
    }
    if let Some(diagnostic) = too_deep(file) {
        diagnostics.push(diagnostic);
        return None;
    }
    let options = ParseOptions::from(Mode::Module).with_target_version(ast::PythonVersion::PY313);
    let parsed = parse_unchecked(&file.text, options);
    if let Some(error) = parsed.errors().first() {
        diagnostics.push(errors::translate(file, &parsed, error));
        return None;
    }
    if let Some(error) = parsed.unsupported_syntax_errors().first() {
        diagnostics.push(errors::unsupported(file, error));
        return None;
    }
    let module = parsed.try_into_module()?;
    Some(module.into_syntax())
}

/// Counts brackets outside strings and comments, before the recursive parser sees them.
fn too_deep(file: &SourceFile) -> Option<Diagnostic> {
    // A cheap bound first: almost no program has this many opening brackets in nesting distance.
    let opening = file.text.bytes().filter(|byte| matches!(byte, b'(' | b'[' | b'{')).count();
    if opening < MAX_NESTING {
        return None;
    }
    let bytes = file.text.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                if depth >= MAX_NESTING {
                    let span = file.span(at as u32 + 1, at as u32 + 1);
                    return Some(Diagnostic::syntax("SyntaxError", "too many nested parentheses", span));
                }
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'#' => at = bytes.iter().skip(at).position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n),
            b'"' | b'\'' => at = skip_string(bytes, at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The index of the last byte of the string literal that opens at `at`.
fn skip_string(bytes: &[u8], at: usize) -> usize {
    let quote = bytes.get(at).copied().unwrap_or(b'"');
    let triple = bytes.get(at..at + 3) == Some(&[quote, quote, quote]);
    let mut at = at + if triple { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !triple => return at,
            _ if byte == quote && !triple => return at,
            _ if byte == quote && bytes.get(at..at + 3) == Some(&[quote, quote, quote]) => return at + 2,
            _ => {}
        }
        at += 1;
    }
    at
}

/// A range of the tree as a span of the file.
pub fn span(file: &SourceFile, range: TextRange) -> Span {
    file.span(range.start().into(), range.end().into())
}
