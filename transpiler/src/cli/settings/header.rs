//! Owns: the PEP 723 header of a script: `# /// script` … `# ///`.
//! Never: installs anything.

use super::{Read, malformed, tool};
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::driver::{self, Script};
use crate::project::native;
use crate::source::Span;
use std::ops::Range;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// The text of a header without its comment signs, and where each of its lines begins in the file.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    text: String,
    lines: Vec<(usize, usize)>,
}

impl Block {
    fn place(&self, offset: usize) -> usize {
        let at = self.lines.partition_point(|line| line.0 <= offset);
        self.lines.get(at.saturating_sub(1)).map_or(0, |(own, file)| file + (offset - own))
    }
}

/// Checks what the header asks for; its `[tool.tauraro]` goes before that of pyproject.toml.
pub fn read(read: &mut Read, script: &Script, text: &str) {
    let file = read.sources.add(&script.path.display().to_string(), text);
    let block = match block(text) {
        Ok(Some(block)) => block,
        Ok(None) => return,
        Err(at) => {
            let message = "a second `# /// script` block: PEP 723 allows one";
            read.diagnostics.push(Diagnostic::error(codes::SETTING, message, file.span(at as u32, at as u32)));
            return;
        }
    };
    let place = |range: Range<usize>| file.span(block.place(range.start) as u32, block.place(range.end) as u32);
    let whole = match DeTable::parse(&block.text) {
        Ok(whole) => whole,
        Err(error) => return read.diagnostics.push(malformed(&error, &file, &place)),
    };
    if let Some(value) = whole.get_ref().get("requires-python") {
        match value.get_ref() {
            DeValue::String(wanted) if admits(wanted) => {}
            DeValue::String(wanted) => {
                let message = format!("the script requires Python {wanted}, and tauraro compiles Python 3.13");
                read.diagnostics.push(Diagnostic::warning(codes::DEPENDENCY, message, place(value.span())));
            }
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_)
            | DeValue::Table(_) => read.diagnostics.push(Diagnostic::error(codes::SETTING, "requires-python is a string", place(value.span()))),
        }
    }
    if let Some(value) = whole.get_ref().get("dependencies") {
        match value.get_ref() {
            DeValue::Array(list) => {
                for item in list {
                    match item.get_ref() {
                        DeValue::String(wanted) => read.diagnostics.push(dependency(wanted, script, place(item.span()))),
                        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_)
                        | DeValue::Table(_) => read.diagnostics.push(Diagnostic::error(codes::SETTING, "a dependency is a string", place(item.span()))),
                    }
                }
            }
            DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_)
            | DeValue::Table(_) => read.diagnostics.push(Diagnostic::error(codes::SETTING, "dependencies is a list of strings", place(value.span()))),
        }
    }
    if let Some(table) = tool(whole.get_ref()) {
        let folder = script.path.parent().unwrap_or(Path::new("")).to_path_buf();
        read.table(table, &folder, &place);
    }
}

/// The header, or where a second one begins. PEP 723: the block ends at the last `# ///` of its comment lines.
fn block(text: &str) -> Result<Option<Block>, usize> {
    let mut found = None;
    let mut offset = 0;
    let mut lines = text.split_inclusive('\n').map(|line| {
        let start = offset;
        offset += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    });
    while let Some((start, line)) = lines.next() {
        if line != "# /// script" {
            continue;
        }
        if found.is_some() {
            return Err(start);
        }
        let mut inside: Vec<(usize, &str)> = Vec::new();
        for (start, line) in lines.by_ref() {
            if line != "#" && !line.starts_with("# ") {
                break;
            }
            inside.push((start, line));
        }
        let Some(end) = inside.iter().rposition(|line| line.1 == "# ///") else { continue };
        let mut block = Block { text: String::new(), lines: Vec::new() };
        for (start, line) in inside.iter().take(end) {
            block.lines.push((block.text.len(), start + 2));
            block.text.push_str(line.get(2..).unwrap_or(""));
            block.text.push('\n');
        }
        found = Some(block);
    }
    Ok(found)
}

/// What becomes of one dependency.
fn dependency(wanted: &str, script: &Script, span: Span) -> Diagnostic {
    let name = distribution(wanted);
    let module = name.replace('-', "_");
    let own = if native::exists(&module) {
        Some("native: the runtime has it")
    } else if driver::provides(script, &module) {
        Some("compiled: its source lies beside the script")
    } else {
        None
    };
    match own {
        Some(what) => {
            let mut note = Diagnostic::warning(codes::DEPENDENCY, format!("dependency {wanted} is {what}"), span);
            note.severity = Severity::Note;
            note.labels.clear();
            note
        }
        None => {
            let message = format!("dependency {wanted} is unsupported: neither the runtime nor the script's folder has a module '{module}'");
            let hint = format!("the runtime has {}; a pure-Python package can be put beside the script", native::extensions_named());
            Diagnostic::warning(codes::DEPENDENCY, message, span).with_hint(hint)
        }
    }
}

/// The normalised name that a requirement starts with (PEP 508, PEP 503).
fn distribution(requirement: &str) -> String {
    let end = requirement.trim_start().find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
    let name = requirement.trim_start().get(..end.unwrap_or(usize::MAX)).unwrap_or(requirement.trim());
    let mut out = String::new();
    for part in name.split(['-', '_', '.']).filter(|part| !part.is_empty()) {
        if !out.is_empty() {
            out.push('-');
        }
        out.push_str(&part.to_ascii_lowercase());
    }
    out
}

/// Whether Python 3.13 satisfies a version specifier (PEP 440, as far as releases go).
fn admits(specifier: &str) -> bool {
    const OWN: [u32; 3] = [3, 13, 0];
    specifier.split(',').map(str::trim).filter(|clause| !clause.is_empty()).all(|clause| {
        let (operator, version) = clause.split_at(clause.find(|c: char| !"<>=!~".contains(c)).unwrap_or(clause.len()));
        let version = version.trim();
        let prefix = version.ends_with(".*");
        let given: Vec<u32> = version.trim_end_matches(".*").split('.').map_while(|part| part.parse().ok()).collect();
        let at = |index: usize| given.get(index).copied().unwrap_or(0);
        let padded = [at(0), at(1), at(2)];
        let starts = |length: usize| given.iter().take(length).eq(OWN.iter().take(length));
        // Which 3.13.x counts is CPython's business, so a third number only decides where it must.
        match operator {
            "==" | "===" => starts(given.len().min(2)) && (prefix || given.len() < 3 || given.first() == Some(&3)),
            "!=" => !(starts(given.len().min(2)) && (prefix || given.len() < 3)),
            ">=" => given.len() > 2 && starts(2) || OWN >= padded,
            ">" => given.len() > 2 && starts(2) || OWN > padded && !starts(2),
            "<=" => OWN <= padded,
            "<" => OWN < padded,
            "~=" => OWN >= padded && starts(given.len().saturating_sub(1).min(2)),
            _ => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_the_comment_between_its_marks() {
        let text = "#!/x\n# /// script\n# dependencies = [\n#   \"a\",\n# ]\n#\n# ///\nimport a\n";
        let found = block(text).unwrap().unwrap();
        assert_eq!(found.text, "dependencies = [\n  \"a\",\n]\n\n");
        assert_eq!(found.place(found.text.find("\"a\"").unwrap()), text.find("\"a\"").unwrap());
        assert_eq!(block("# /// script\n# x = 1\nimport a\n"), Ok(None));
        assert!(block("# /// script\n# ///\n\n# /// script\n# ///\n").is_err());
    }

    #[test]
    fn names_and_versions_are_read() {
        for (wanted, name) in [("httpx>=0.27", "httpx"), ("Some_Thing[extra] ; x", "some-thing"), (" a.b", "a-b")] {
            assert_eq!(distribution(wanted), name);
        }
        for (wanted, admitted) in [
            (">=3.11", true), (">=3.14", false), ("<3.13", false), ("<4,>=3.8", true), ("==3.13.*", true), ("==3.12.*", false),
            ("!=3.13.*", false), ("~=3.12", true), (">=3.13.2", true), (">3.13", false), ("<=3.13", true), (">3.12", true),
        ] {
            assert_eq!(admits(wanted), admitted, "{wanted}");
        }
    }
}
