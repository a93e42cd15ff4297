//! Owns: what is said when the parser crate rejects what CPython's grammar accepts.
//! Never: repeats what the grammar says (`cpython` does).
//!
//! CPython's compiler finds these after its parser, so they are no part of the grammar.

use rustpython_parser::{ParseError, ParseErrorType, UnsupportedSyntaxError};

use super::span;
use crate::diagnostics::{Diagnostic, codes};
use crate::source::SourceFile;

/// The first error of a text that the parser crate does not take.
pub fn translate(file: &SourceFile, error: &ParseError) -> Diagnostic {
    let at = span(file, error.location);
    match &error.error {
        ParseErrorType::DuplicateKeywordArgumentError(name) => Diagnostic::syntax("SyntaxError", format!("keyword argument repeated: {name}"), at),
        other => Diagnostic::error(codes::UNSUPPORTED, format!("this is valid in CPython, but the parser does not take it: {other}"), at),
    }
}

pub fn unsupported(file: &SourceFile, error: &UnsupportedSyntaxError) -> Diagnostic {
    let message = format!("this is valid in CPython, but the parser does not take it: {error}");
    Diagnostic::error(codes::UNSUPPORTED, message, span(file, error.range))
}
