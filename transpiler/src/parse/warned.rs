//! Owns: the SyntaxWarnings that CPython prints when it compiles a text, in its order.
//! Never: rejects a text.

mod compiled;
mod literals;

use super::ast::ModModule;
use super::span;
use crate::diagnostics::{Diagnostic, Diagnostics, PythonError, PythonPlace, Severity, codes};
use crate::source::{SourceFile, Span};
use rustpython_text_size::TextRange;

/// One warning; `line` is where CPython says that it is, the range is what it is about.
struct Warned {
    range: TextRange,
    line: u32,
    message: String,
}

/// What the tokenizer and the parser say.
pub fn while_parsing(file: &SourceFile, module: &ModModule, diagnostics: &mut Diagnostics) {
    literals::look(file, module).into_iter().for_each(|warned| diagnostics.push(said(file, warned)));
}

/// What the compiler says; it does not come to a text with mistakes.
pub fn while_compiling(file: &SourceFile, module: &ModModule, diagnostics: &mut Diagnostics) {
    compiled::look(file, module).into_iter().for_each(|warned| diagnostics.push(said(file, warned)));
}

fn said(file: &SourceFile, warned: Warned) -> Diagnostic {
    let Warned { range, line, message } = warned;
    let span: Span = span(file, range);
    let place = PythonPlace::At { line, offset: 0, end_line: line, end_offset: 0 };
    let python = PythonError { kind: "SyntaxWarning", message: message.clone(), span, place: Some(place) };
    Diagnostic { severity: Severity::Warning, python: Some(python), ..Diagnostic::error(codes::SYNTAX_WARNING, message, span) }
}
