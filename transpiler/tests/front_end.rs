//! Runs the front end over every Python file of the conformance folders: no panic, no diagnostic.

use std::path::{Path, PathBuf};

use tauraro::diagnostics::Diagnostics;
use tauraro::hir::{Module, PyName};
use tauraro::source::SourceMap;

fn front_end(path: &str, text: &str) -> Result<Module, String> {
    let mut sources = SourceMap::default();
    let file = sources.add(path, text);
    let mut diagnostics = Diagnostics::default();
    let tree = tauraro::parse::parse(&file, &mut diagnostics);
    let module = tree.map(|tree| {
        let resolved = tauraro::resolve::resolve(&file, &tree, &mut diagnostics);
        tauraro::build::build(&file, &PyName::new("__main__"), false, &tree, &resolved, &mut diagnostics)
    });
    match (diagnostics.iter().next(), module) {
        (None, Some(module)) => Ok(module),
        (Some(first), _) => {
            let line = first.labels.first().map_or(0, |label| file.line(label.span.start));
            Err(format!("{path}:{line}: {}", first.message))
        }
        (None, None) => Err(format!("{path}: no module and no diagnostic")),
    }
}

fn python_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            python_files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "py") {
            found.push(path);
        }
    }
}

/// The folder to read can be named, to try the front end on any body of Python.
fn corpus() -> PathBuf {
    match std::env::var_os("TAURARO_CORPUS") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance"),
    }
}

#[test]
fn accepts_every_conformance_program() {
    let run = || {
        let mut files = Vec::new();
        python_files(&corpus(), &mut files);
        files.sort();
        let mut failures = Vec::new();
        for path in &files {
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            match front_end(&path.to_string_lossy(), &text) {
                Ok(module) => {
                    let types = tauraro::infer::infer(&module);
                    let colors = tauraro::color::color(&module);
                    let _ = (types, colors);
                }
                Err(message) => failures.push(message),
            }
        }
        assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), files.len(), failures.join("\n"));
    };
    let worker = std::thread::Builder::new().stack_size(256 << 20).spawn(run).expect("a thread");
    assert!(worker.join().is_ok(), "see the messages above");
}
