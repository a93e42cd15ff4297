//! Owns: diagnostics as JSON, one object per line, for editors and scripts.
//! Never: decides what is reported, or where the text goes.
//!
//! ```text
//! {"reason":"diagnostic","code":"TAU0101","severity":"error","message":"…","labels":[{"file":"…","line":1,…}],…}
//! {"reason":"failure","severity":"error","message":"…","bug":null}
//! {"reason":"executable","path":"…","fresh":false}
//! ```
//!
//! Lines and columns count from 1, columns count characters, an end is behind the last character.

use super::{Diagnostic, Diagnostics, Severity};
use crate::source::{SourceMap, Span};
use std::fmt::Write as _;
use std::path::Path;

pub fn render_all(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    diagnostics.iter().map(|item| render(item, sources)).collect()
}

fn render(item: &Diagnostic, sources: &SourceMap) -> String {
    let Diagnostic { code, severity, message, labels, hint, python } = item;
    let severity = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let labels: Vec<String> = labels.iter().map(|label| place(label.span, &label.text, sources)).collect();
    let exception = python.as_ref().map_or("null".to_owned(), |python| string(python.kind));
    format!(
        "{{\"reason\":\"diagnostic\",\"code\":\"{code}\",\"severity\":\"{severity}\",\"message\":{},\"exception\":{exception},\"hint\":{},\"labels\":[{}]}}\n",
        string(message),
        optional(hint.as_deref()),
        labels.join(",")
    )
}

fn place(span: Span, text: &str, sources: &SourceMap) -> String {
    let Some(file) = sources.get(span.file) else { return format!("{{\"text\":{}}}", string(text)) };
    let at = file.position(span);
    format!(
        "{{\"file\":{},\"line\":{},\"column\":{},\"end_line\":{},\"end_column\":{},\"text\":{}}}",
        string(&file.path),
        at.start.line,
        at.start.char + 1,
        at.end.line,
        at.end.char + 1,
        string(text)
    )
}

/// Why nothing came out, when no place in a program is to blame.
pub fn failure(message: &str, bug: Option<&str>) -> String {
    format!("{{\"reason\":\"failure\",\"severity\":\"error\",\"message\":{},\"bug\":{}}}\n", string(message), optional(bug))
}

/// A program that was made, or that was up to date.
pub fn executable(path: &Path, fresh: bool) -> String {
    format!("{{\"reason\":\"executable\",\"path\":{},\"fresh\":{fresh}}}\n", string(&path.display().to_string()))
}

fn optional(text: Option<&str>) -> String {
    text.map_or("null".to_owned(), string)
}

/// RFC 8259, section 7.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(string("a\"b\\\n\u{1}é"), "\"a\\\"b\\\\\\n\\u0001é\"");
    }
}
