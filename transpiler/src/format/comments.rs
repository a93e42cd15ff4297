//! Owns: the marker lines `py!(N);` and doc markers becoming Python comments, and blank lines between items.
//! Never: looks at Rust beyond the first word of a line.

use super::LineMap;
use crate::source::SourceFile;

/// Appends `rust` to `out` with its markers replaced.
pub(super) fn fill(rust: &str, source: &SourceFile, out: &mut String, map: &mut LineMap) {
    let short = source.path.rsplit('/').next().unwrap_or(&source.path);
    let mut line_number = out.matches('\n').count() as u32;
    let mut previous_opens = true;
    let mut after_doc = false;
    for line in rust.lines() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let pad = line.get(..indent).unwrap_or("");
        let written = if let Some(n) = marker(code, "py!(", ");") {
            map.enter(line_number + 1, n);
            format!("{pad}// {n} | {}", source.line_text(n).trim())
        } else if let Some(n) = marker(code, "///@", "") {
            map.enter(line_number + 1, n);
            format!("{pad}/// {}    {short}:{n}", source.line_text(n).trim())
        } else {
            line.to_string()
        };
        let begins_item = opens_item(written.trim_start());
        if begins_item && !previous_opens && !after_doc && !(indent > 0 && is_static(code)) {
            out.push('\n');
            line_number += 1;
        }
        after_doc = written.trim_start().starts_with("///") || written.trim_start().starts_with("#[");
        previous_opens = written.ends_with('{') || (is_static(code) && indent == 0) || written.trim_start().starts_with("use ");
        if is_static(code) {
            previous_opens = true;
        }
        out.push_str(&written);
        out.push('\n');
        line_number += 1;
    }
    if !rust.is_empty() {
        out.push('\n');
    }
}

fn marker(code: &str, before: &str, after: &str) -> Option<u32> {
    code.strip_prefix(before)?.strip_suffix(after)?.trim().parse().ok()
}

fn is_static(code: &str) -> bool {
    code.starts_with("static ") || code.starts_with("pub static ")
}

fn opens_item(code: &str) -> bool {
    ["fn ", "async fn ", "pub fn ", "pub async fn ", "mod ", "pub mod ", "struct ", "impl ", "static ", "pub static ", "/// ", "#[cold]"]
        .iter()
        .any(|w| code.starts_with(w))
}
