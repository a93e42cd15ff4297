//! Owns: diagnostics as plain data and their collection.
//! Never: formats or prints one (`diagnostics/render.rs` does).

pub mod codes;
pub mod json;
pub mod near;
pub mod render;

pub use codes::Code;
pub use near::near;

use crate::source::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

/// A span with a remark; the first label of a diagnostic is the primary one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// What CPython would have raised while compiling: `SyntaxError`, `IndentationError` or `TabError`.
/// Rendered in CPython's own format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonError {
    pub kind: &'static str,
    pub message: String,
    /// CPython gives no end for some errors and then draws a single caret.
    pub span: Span,
    /// What CPython says of the place where the span cannot say it.
    pub place: Option<PythonPlace>,
}

/// A place in CPython's terms: lines and offsets from 1, an offset of 0 where CPython has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PythonPlace {
    Nowhere,
    At { line: u32, offset: u32, end_line: u32, end_offset: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    pub message: String,
    pub labels: Vec<Label>,
    pub hint: Option<String>,
    pub python: Option<PythonError>,
}

impl Diagnostic {
    pub fn error(code: Code, message: impl Into<String>, span: Span) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: vec![Label { span, text: String::new() }],
            hint: None,
            python: None,
        }
    }

    pub fn warning(code: Code, message: impl Into<String>, span: Span) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, span) }
    }

    /// An error that CPython reports too, with its type and text.
    pub fn syntax(kind: &'static str, message: impl Into<String>, span: Span) -> Self {
        let message = message.into();
        Self {
            python: Some(PythonError { kind, message: message.clone(), span, place: None }),
            ..Self::error(codes::SYNTAX, message, span)
        }
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn with_label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }
}

/// Everything the passes have to say; a pass goes on after an error where it can.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity == Severity::Error)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.items.iter()
    }

    /// The first that CPython raises too.
    pub fn first_of_python(&self) -> Option<Diagnostic> {
        self.items.iter().find(|item| item.python.is_some() && item.severity == Severity::Error).cloned()
    }

    pub fn extend(&mut self, other: Diagnostics) {
        self.items.extend(other.items);
    }

    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.items.retain(keep);
    }

    /// `--strict`.
    pub fn deny_warnings(&mut self) {
        for item in &mut self.items {
            if item.severity == Severity::Warning {
                item.severity = Severity::Error;
            }
        }
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}
