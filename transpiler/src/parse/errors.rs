//! Owns: the parser's errors in CPython 3.13's words.
//! Never: finds errors itself.

use rustpython_parser::{ParseError, UnsupportedSyntaxError};

use super::span;
use crate::diagnostics::Diagnostic;
use crate::source::SourceFile;

pub fn translate(file: &SourceFile, error: &ParseError) -> Diagnostic {
    let _ = &error.error;
    Diagnostic::syntax("SyntaxError", "invalid syntax", span(file, error.location))
}

pub fn unsupported(file: &SourceFile, error: &UnsupportedSyntaxError) -> Diagnostic {
    Diagnostic::syntax("SyntaxError", "invalid syntax", span(file, error.range))
}
