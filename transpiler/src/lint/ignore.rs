//! Owns: the comments `# tauraro: ignore[CODE, …]` of a file, and which warnings they silence.
//! Never: finds comments in a text (`parse` does), silences an error.

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity, codes};
use crate::source::{FileId, SourceFile, SourceMap, Span};
use std::collections::HashSet;

/// The word behind `# tauraro:`.
pub const WORD: &str = "tauraro:";

/// The codes that are silenced, with file and line.
#[derive(Debug, Default)]
pub struct Ignores {
    at: HashSet<(FileId, u32, Code)>,
}

impl Ignores {
    /// Reads the comments of one file; says which of them silence nothing because they name no code.
    pub fn read(&mut self, file: &SourceFile, comments: &[Span], diagnostics: &mut Diagnostics) {
        for comment in comments {
            let Some((before, rest)) = file.slice(*comment).split_once(WORD) else { continue };
            let Some(rest) = rest.trim_start().strip_prefix("ignore").filter(|_| before.trim_end().ends_with('#')) else { continue };
            if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let list = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(list, _)| list);
            let Some(list) = list else {
                diagnostics.push(Diagnostic::warning(codes::IGNORE, "an ignore comment says in brackets what it ignores", *comment).with_hint("# tauraro: ignore[TAU0303]"));
                continue;
            };
            let line = file.line(comment.start);
            for name in list.split(',').map(str::trim) {
                match known(name) {
                    Some(code) => {
                        self.at.insert((file.id, line, code));
                    }
                    None => {
                        let message = format!("no diagnostic has the code '{name}'");
                        diagnostics.push(Diagnostic::warning(codes::IGNORE, message, *comment).with_hint("`tauraro explain` lists them"));
                    }
                }
            }
        }
    }

    /// A comment on the first or the last line of the span names the code.
    pub fn covers(&self, code: Code, span: Span, sources: &SourceMap) -> bool {
        if self.at.is_empty() {
            return false;
        }
        let Some(file) = sources.get(span.file) else { return false };
        [span.start, span.end].iter().any(|offset| self.at.contains(&(span.file, file.line(*offset), code)))
    }

    /// Takes out the warnings that have such a comment on a line that they mark.
    pub fn apply(&self, diagnostics: &mut Diagnostics, sources: &SourceMap) {
        let silenced = |item: &Diagnostic| item.severity == Severity::Warning && item.labels.iter().any(|label| self.covers(item.code, label.span, sources));
        diagnostics.retain(|item| !silenced(item));
    }
}

fn known(name: &str) -> Option<Code> {
    codes::ALL.iter().map(|row| row.0).find(|code| code.to_string() == name)
}
