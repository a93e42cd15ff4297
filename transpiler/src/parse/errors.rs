//! Owns: what is said when the parser crate rejects what CPython's grammar accepts.
//! Never: repeats what the grammar says (`cpython` does).

use rustpython_parser::{ParseError, UnsupportedSyntaxError};

use super::span;
use crate::diagnostics::{Diagnostic, codes};
use crate::source::SourceFile;

/// The first error of a text that the parser crate does not take.
pub fn translate(file: &SourceFile, error: &ParseError) -> Diagnostic {
    let message = format!("this is valid in CPython, but the parser does not take it: {}", error.error);
    Diagnostic::error(codes::UNSUPPORTED, message, span(file, error.location))
}

pub fn unsupported(file: &SourceFile, error: &UnsupportedSyntaxError) -> Diagnostic {
    let message = format!("this is valid in CPython, but the parser does not take it: {error}");
    Diagnostic::error(codes::UNSUPPORTED, message, span(file, error.range))
}
