//! Owns: the order of the passes.
//! Never: reads files (a `Loader` does), does a pass's work.

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::project::RustFile;
use crate::source::SourceMap;

/// The script that a program starts with; the text is an error when it could not be decoded.
#[derive(Clone, Debug)]
pub struct Entry {
    pub path: String,
    pub text: Result<String, String>,
}

/// A module's source, as a `Loader` found it.
#[derive(Clone, Debug)]
pub struct Found {
    pub path: String,
    pub text: Result<String, String>,
    pub is_package: bool,
}

/// Where the modules of the program come from.
pub trait Loader {
    /// The module of this dotted absolute name, if it is one of the program's own.
    fn find(&self, dotted: &str) -> Option<Found>;
    /// The names directly below a package.
    fn children(&self, dotted: &str) -> Vec<String>;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Warnings are errors.
    pub strict: bool,
}

/// The generated crate, or why there is none.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    pub sources: SourceMap,
    pub diagnostics: Diagnostics,
    /// `main.rs` first; empty when there are errors.
    pub files: Vec<RustFile>,
}

/// An intermediate form as text.
#[derive(Clone, Debug, Default)]
pub struct Dumped {
    pub sources: SourceMap,
    pub diagnostics: Diagnostics,
    pub text: String,
}

/// The printable forms, in the order of the pipeline.
pub const STAGES: &[&str] = &["ast", "scopes", "hir", "types", "color", "rir"];

pub fn compile(entry: &Entry, _loader: &dyn Loader, _options: &Options) -> Compiled {
    let mut compiled = Compiled::default();
    let file = compiled.sources.add(&entry.path, entry.text.as_deref().unwrap_or(""));
    if let Err(message) = &entry.text {
        compiled.diagnostics.push(Diagnostic::syntax("SyntaxError", message.clone(), file.span(0, 0)));
        return compiled;
    }
    compiled.files = vec![RustFile { name: "main.rs".into(), text: "fn main() { println!(\"hello\"); }\n".into(), python: entry.path.clone(), lines: vec![1] }];
    compiled
}

pub fn dump(entry: &Entry, _loader: &dyn Loader, _options: &Options, _stage: &str) -> Dumped {
    let mut dumped = Dumped::default();
    dumped.sources.add(&entry.path, entry.text.as_deref().unwrap_or(""));
    dumped
}
