//! Compares type, text and line of syntax errors with CPython 3.13's, case by case.
//!
//! `tests/syntax/errors.tsv` holds CPython's verdicts: `SyntaxError: text <tab> line <tab> program as a JSON string`.
//! A new case is a new line, its first two fields printed by CPython's `compile`.

use std::path::Path;

use tauraro::diagnostics::Diagnostics;
use tauraro::hir::PyName;
use tauraro::source::SourceMap;

fn verdict(text: &str) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add("x.py", text);
    let mut diagnostics = Diagnostics::default();
    if let Some(tree) = tauraro::parse::parse(&file, &mut diagnostics) {
        let resolved = tauraro::resolve::resolve(&file, &tree, &mut diagnostics);
        tauraro::build::build(&file, &PyName::new("__main__"), false, &tree, &resolved, &mut diagnostics);
    }
    match diagnostics.iter().find_map(|diagnostic| diagnostic.python.as_ref()) {
        Some(error) => format!("{}: {}\t{}", error.kind, error.message, file.line(error.span.start)),
        None => "accepted".to_owned(),
    }
}

/// The escapes that JSON writers use.
fn unquote(json: &str) -> String {
    let mut out = String::new();
    let mut chars = json.trim_matches('"').chars();
    let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = inner {
        chars = inner.chars();
    }
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                out.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

#[test]
fn says_what_cpython_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax/errors.tsv");
    let cases = std::fs::read_to_string(path).expect("the cases");
    let mut failures = Vec::new();
    for line in cases.lines().filter(|line| !line.starts_with('#')) {
        let Some((expected, program)) = line.rsplit_once('\t') else { continue };
        let got = verdict(&unquote(program));
        if got != expected {
            failures.push(format!("{program}\n  CPython: {expected}\n  tauraro: {got}"));
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}
