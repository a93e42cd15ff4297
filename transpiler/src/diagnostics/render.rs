//! Owns: the text of diagnostics: CPython's layout for what CPython would raise or warn of, our own for the rest.
//! Never: decides what is reported, or where the text goes.

use super::{Diagnostic, Diagnostics, PythonError, PythonPlace, Severity, codes};
use crate::source::{SourceFile, SourceMap, Span};
use std::fmt::Write as _;

/// Whether the reader's terminal takes colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Color,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Style::Plain => text.to_owned(),
            Style::Color => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// All diagnostics in the order they were found, with a blank line between two of ours.
pub fn render_all(diagnostics: &Diagnostics, sources: &SourceMap, style: Style) -> String {
    let mut out = String::new();
    let mut behind_warning = false;
    for item in diagnostics.iter() {
        let is_warning = item.code == codes::SYNTAX_WARNING;
        // CPython prints its warnings without a line between them.
        if !out.is_empty() && !(is_warning && behind_warning) {
            out.push('\n');
        }
        out.push_str(&render(item, sources, style));
        behind_warning = is_warning;
    }
    out
}

/// One diagnostic, ending in a line break.
pub fn render(item: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    match &item.python {
        Some(python) if item.code == codes::SYNTAX_WARNING => render_warning(python, sources, style),
        Some(python) => render_python(python, sources, style),
        None => render_own(item, sources, style),
    }
}

/// CPython 3.13: Python/_warnings.c, show_warning.
fn render_warning(warning: &PythonError, sources: &SourceMap, style: Style) -> String {
    let Some(file) = sources.get(warning.span.file) else { return String::new() };
    let line = place(warning, file).map_or(1, |place| place.0);
    let kind = style.paint("1;33", warning.kind);
    let text = file.line_text(line).trim();
    format!("{}:{line}: {kind}: {}\n  {text}\n", file.path, warning.message)
}

/// CPython 3.13: Lib/traceback.py, TracebackException._format_syntax_error.
fn render_python(error: &PythonError, sources: &SourceMap, style: Style) -> String {
    let mut out = String::new();
    if let Some(file) = sources.get(error.span.file)
        && let Some((line, offset, end_line, end_offset)) = place(error, file)
    {
        let path = style.paint("35", &format!("\"{}\"", file.path));
        let _ = writeln!(out, "  File {path}, line {}", style.paint("35", &line.to_string()));
        // C's strings end at a zero.
        let text = file.line_text(line).split('\0').next().unwrap_or("");
        let shown = text.trim_start_matches([' ', '\n', '\x0c']);
        // There is no line behind the end of the file.
        if (file.line_start(line) as usize) < file.text.len() {
            let length = text.chars().count();
            let spaces = length - shown.chars().count();
            let end = match end_offset {
                _ if end_line != line => length + 1,
                0 => offset,
                end => end,
            };
            // The line that CPython holds ends in a line break.
            let (offset, end) = (offset.min(length + 1), end.min(length + 1));
            let end = end.max(offset + 1);
            let _ = writeln!(out, "    {shown}");
            if let Some(column) = (offset.checked_sub(1)).and_then(|column| column.checked_sub(spaces)) {
                let pad: String = shown.chars().take(column).map(|c| if c.is_whitespace() { c } else { ' ' }).collect();
                let missing = column.saturating_sub(shown.chars().count());
                let carets = style.paint("1;31", &"^".repeat(end - offset));
                let _ = writeln!(out, "    {pad}{}{carets}", " ".repeat(missing));
            }
        }
    }
    let _ = writeln!(out, "{}: {}", style.paint("1;35", error.kind), style.paint("35", &error.message));
    out
}

/// Line and offset of the start and the end, from 1.
fn place(error: &PythonError, file: &SourceFile) -> Option<(u32, usize, u32, usize)> {
    match error.place {
        Some(PythonPlace::Nowhere) => None,
        Some(PythonPlace::At { line, offset, end_line, end_offset }) => Some((line, offset as usize, end_line, end_offset as usize)),
        // CPython's compiler counts bytes, and its traceback takes them for characters.
        // CPython 3.13: Python/compile.c, compiler_error; Python/errors.c, PyErr_RangedSyntaxLocationObject.
        None => {
            let at = file.position(error.span);
            Some((at.start.line, at.start.byte as usize + 1, at.end.line, at.end.byte as usize + 1))
        }
    }
}

fn render_own(item: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let (word, color) = match item.severity {
        Severity::Error => ("error", "1;31"),
        Severity::Warning => ("warning", "1;33"),
        Severity::Note => ("note", "1;36"),
    };
    let mut out = String::new();
    let head = style.paint(color, &format!("{word}[{}]", item.code));
    let _ = writeln!(out, "{head}: {}", style.paint("1", &item.message));
    let width = item
        .labels
        .iter()
        .filter_map(|label| sources.get(label.span.file).map(|file| file.line(label.span.start).to_string().len()))
        .max()
        .unwrap_or(1);
    for (index, label) in item.labels.iter().enumerate() {
        if let Some(file) = sources.get(label.span.file) {
            let mark = if index == 0 { ('^', color) } else { ('-', "1;34") };
            excerpt(&mut out, file, label.span, &label.text, width, mark, style);
        }
    }
    if let Some(hint) = &item.hint {
        let _ = writeln!(out, "{} {} {hint}", " ".repeat(width), style.paint("1;34", "= hint:"));
    }
    out
}

/// The line under a span, with the span marked; a span over several lines is marked to its first line's end.
fn excerpt(out: &mut String, file: &SourceFile, span: Span, text: &str, width: usize, mark: (char, &str), style: Style) {
    let at = file.position(span);
    let line = file.line_text(at.start.line);
    let bar = style.paint("1;34", "|");
    let pad = " ".repeat(width);
    let _ = writeln!(out, "{pad}{} {}:{}:{}", style.paint("1;34", "-->"), file.path, at.start.line, at.start.char + 1);
    let _ = writeln!(out, "{pad} {bar}");
    let _ = writeln!(out, "{} {bar} {line}", style.paint("1;34", &format!("{:>width$}", at.start.line)));
    let start = at.start.char as usize;
    let end = if at.end.line > at.start.line { line.chars().count() } else { at.end.char as usize };
    // Tabs stay tabs, so that the marks stand under what they mark in any terminal.
    let lead: String = line.chars().take(start).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let marks = style.paint(mark.1, &mark.0.to_string().repeat(end.saturating_sub(start).max(1)));
    let remark = if text.is_empty() { String::new() } else { format!(" {}", style.paint(mark.1, text)) };
    let _ = writeln!(out, "{pad} {bar} {lead}{marks}{remark}");
}
