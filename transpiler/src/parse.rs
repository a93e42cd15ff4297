//! Owns: text → syntax tree; the only importer of the parser crate (others name its tree through `parse::ast`).
//! Never: resolves names, reads files.
//!
//! Whether a text is Python, and what is said when it is not, is CPython's own grammar's to decide (`cpython`); the
//! parser crate then makes the tree.

mod blocks;
pub mod cpython;
mod depth;
mod errors;
pub mod warned;

pub use rustpython_ast as ast;
pub use rustpython_text_size::{Ranged, TextRange};

use rustpython_ast::token::TokenKind;
use rustpython_parser::{Mode, ParseError, ParseErrorType, ParseOptions, parse_unchecked};

use crate::diagnostics::{Diagnostic, Diagnostics, PythonPlace, codes};
use crate::source::{SourceFile, Span};
use cpython::Wrong;

/// The parser recurses over the tree; deep but legal programs need more than a default thread's stack.
pub const STACK_BYTES: usize = 1 << 30;

/// Parses a file. `None` when there is a syntax error (reported in `diagnostics`).
pub fn parse(file: &SourceFile, diagnostics: &mut Diagnostics) -> Option<ast::ModModule> {
    match cpython::check(&file.text) {
        Ok(()) => tree(file, diagnostics),
        Err(wrong) => {
            diagnostics.push(said(file, &wrong));
            None
        }
    }
}

/// The tree of a text that is known to be valid, as an installed library's is.
pub fn parse_trusted(file: &SourceFile, diagnostics: &mut Diagnostics) -> Option<ast::ModModule> {
    tree(file, diagnostics)
}

/// The comments of a text that the grammar takes.
pub fn comments(file: &SourceFile) -> Vec<Span> {
    let options = ParseOptions::from(Mode::Module).with_target_version(ast::PythonVersion::PY313);
    let parsed = parse_unchecked(&file.text, options);
    parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment).map(|token| span(file, token.range())).collect()
}

fn tree(file: &SourceFile, diagnostics: &mut Diagnostics) -> Option<ast::ModModule> {
    let options = ParseOptions::from(Mode::Module).with_target_version(ast::PythonVersion::PY313);
    let parsed = parse_unchecked(&file.text, options);
    // A keyword argument given twice is for the compiler to find, behind mistakes further up.
    let grammatical = |error: &&ParseError| !matches!(error.error, ParseErrorType::DuplicateKeywordArgumentError(_));
    if let Some(error) = parsed.errors().iter().find(grammatical) {
        diagnostics.push(errors::translate(file, error));
        return None;
    }
    if let Some(error) = parsed.unsupported_syntax_errors().first() {
        diagnostics.push(errors::unsupported(file, error));
        return None;
    }
    let ast::Mod::Module(module) = parsed.into_syntax() else { return None };
    match depth::depth(&module) {
        depth::Depth::Fine => Some(module),
        depth::Depth::Endless => {
            diagnostics.push(said(file, &Wrong::too_deep()));
            None
        }
        depth::Depth::Long(range) => {
            let message = format!("this expression chains or nests more than {} operations", depth::MAX_NESTING);
            let start = TextRange::empty(range.start());
            diagnostics.push(Diagnostic::error(codes::UNSUPPORTED, message, span(file, start)).with_hint("split it over several statements, or build it in a loop"));
            None
        }
    }
}

/// What CPython's compiler refuses and no other pass looks at.
pub fn compiler_limits(file: &SourceFile, module: &ast::ModModule, diagnostics: &mut Diagnostics) {
    if let Some(range) = blocks::too_many(module) {
        diagnostics.push(Diagnostic::syntax("SyntaxError", "too many statically nested blocks", span(file, range)));
    }
}

/// CPython's error as a diagnostic.
fn said(file: &SourceFile, wrong: &Wrong) -> Diagnostic {
    let Wrong { kind, message, place } = wrong;
    let Some(place) = place else {
        let mut diagnostic = Diagnostic::syntax(kind, message.clone(), file.span(0, 0));
        diagnostic.labels.clear();
        if let Some(python) = &mut diagnostic.python {
            python.place = Some(PythonPlace::Nowhere);
        }
        return diagnostic;
    };
    let offset = |line: u32, column: u32| {
        let start = file.line_start(line);
        let end = start + file.line_text(line).len() as u32;
        (start + column.saturating_sub(1)).min(end)
    };
    // CPython counts characters, and beyond the end of the line where that is where it stands.
    let characters = |line: u32, column: u32| {
        let text = file.line_text(line);
        let beyond = (column as usize).saturating_sub(text.len());
        let inside = text.char_indices().take_while(|(at, _)| *at < column as usize).count();
        (inside + beyond) as u32
    };
    let start = offset(place.line, place.column);
    let one = file.text.get(start as usize..).and_then(|rest| rest.chars().next()).map_or(0, |c| c.len_utf8() as u32);
    let end = offset(place.end_line, place.end_column).max(start + one);
    let mut diagnostic = Diagnostic::syntax(kind, message.clone(), file.span(start, end));
    if let Some(python) = &mut diagnostic.python {
        let (line, end_line) = (place.line, place.end_line);
        python.place = Some(PythonPlace::At {
            line,
            offset: characters(line, place.column),
            end_line,
            end_offset: characters(end_line, place.end_column),
        });
    }
    diagnostic
}

/// A range of the tree as a span of the file.
pub fn span(file: &SourceFile, range: TextRange) -> Span {
    file.span(range.start().into(), range.end().into())
}
