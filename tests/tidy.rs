//! Checks what no compiler checks: the shape of files and who may name whom.

use harness::{files, repository};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const MAX_LINES: usize = 800;

/// Each pass and the parts of the transpiler that it must not name: passes meet in the pipeline only.
const WALLS: &[(&str, &[&str])] = &[
    ("parse", &["build", "infer", "color", "lower", "rir", "emit", "format", "project", "cli"]),
    ("resolve", &["build", "infer", "color", "lower", "rir", "emit", "format", "project", "cli"]),
    ("hir", &["parse", "resolve", "build", "infer", "color", "lower", "rir", "emit", "format", "project", "cli"]),
    ("build", &["infer", "color", "lower", "rir", "emit", "format", "project", "cli"]),
    ("infer", &["parse", "resolve", "build", "lower", "rir", "emit", "format", "project", "cli"]),
    ("color", &["parse", "resolve", "build", "lower", "rir", "emit", "format", "project", "cli"]),
    ("lint", &["parse", "resolve", "build", "infer", "color", "lower", "rir", "emit", "format", "project", "cli"]),
    ("rir", &["parse", "resolve", "build", "hir", "infer", "color", "lower", "emit", "format", "project", "cli"]),
    ("lower", &["parse", "resolve", "build", "emit", "format", "project", "cli"]),
    ("emit", &["parse", "resolve", "build", "hir", "infer", "color", "lower", "format", "project", "cli"]),
    ("format", &["parse", "resolve", "build", "hir", "infer", "color", "lower", "project", "cli"]),
    ("project", &["parse", "resolve", "build", "hir", "infer", "color", "lower", "rir", "emit", "format", "cli"]),
    ("diagnostics", &["parse", "resolve", "build", "hir", "infer", "color", "lower", "rir", "emit", "format", "project", "cli"]),
];

fn sources() -> Vec<PathBuf> {
    let top = repository();
    let mut found = Vec::new();
    for folder in ["transpiler", "rt"] {
        found.extend(files(&top.join(folder), "rs"));
    }
    found.extend(files(&top.join("tests"), "rs"));
    found.retain(|path| {
        let name = path.strip_prefix(&top).unwrap_or(path).display().to_string();
        !name.starts_with("tests/golden/") && !name.contains("/target/") && !name.contains("/generated/")
    });
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(repository()).unwrap_or(path).display().to_string()
}

fn fail_if_any(mistakes: Vec<String>) {
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

#[test]
fn every_file_says_what_it_owns() {
    let silent = sources().into_iter().filter(|path| {
        let text = fs::read_to_string(path).unwrap_or_default();
        !text.lines().take(5).any(|line| line.starts_with("//!"))
    });
    fail_if_any(silent.map(|path| format!("{}: no opening //!", shown(&path))).collect());
}

#[test]
fn no_file_is_too_long() {
    let lengths = sources().into_iter().map(|path| (fs::read_to_string(&path).unwrap_or_default().lines().count(), path));
    fail_if_any(lengths.filter(|(lines, _)| *lines > MAX_LINES).map(|(lines, path)| format!("{}: {lines} lines, over {MAX_LINES}; split along a concept", shown(&path))).collect());
}

#[test]
fn passes_do_not_name_each_other() {
    let src = repository().join("transpiler/src");
    let mut mistakes = Vec::new();
    for (pass, banned) in WALLS {
        let mut members = files(&src.join(pass), "rs");
        members.extend(Some(src.join(format!("{pass}.rs"))).filter(|path| path.is_file()));
        for path in members {
            let text = fs::read_to_string(&path).unwrap_or_default();
            for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
                for other in *banned {
                    let named = [format!("crate::{other}::"), format!("crate::{other};"), format!("tauraro::{other}::")];
                    if named.iter().any(|name| line.contains(name.as_str())) {
                        mistakes.push(format!("{}:{}: {pass} names {other}", shown(&path), number + 1));
                    }
                }
            }
        }
    }
    fail_if_any(mistakes);
}

#[test]
fn only_driver_project_and_cli_touch_the_system() {
    let src = repository().join("transpiler/src");
    let mut mistakes = Vec::new();
    for path in files(&src, "rs") {
        let name = path.strip_prefix(&src).unwrap_or(&path).display().to_string();
        if ["cli/", "project/", "driver", "main.rs"].iter().any(|allowed| name.starts_with(allowed)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            if ["std::fs", "std::env", "std::process", "std::net", "println!", "eprintln!"].iter().any(|name| code.contains(name)) {
                mistakes.push(format!("{}:{}: only cli, driver and project do IO", shown(&path), number + 1));
            }
        }
    }
    fail_if_any(mistakes);
}

#[test]
fn transpiler_and_runtime_do_not_know_each_other() {
    let top = repository();
    let mut mistakes = Vec::new();
    for (folder, word) in [("transpiler", "tauraro-rt\""), ("rt", "tauraro = ")] {
        for path in files(&top.join(folder), "toml") {
            for (number, line) in fs::read_to_string(&path).unwrap_or_default().lines().enumerate() {
                let is_name = line.trim_start().starts_with("name");
                if !is_name && line.contains(word) && folder == "transpiler" || line.starts_with(word) {
                    mistakes.push(format!("{}:{}: {line}", shown(&path), number + 1));
                }
            }
        }
    }
    fail_if_any(mistakes);
}

#[test]
fn only_asyncio_names_tokio() {
    let rt = repository().join("rt");
    let mut mistakes = Vec::new();
    for path in files(&rt, "rs") {
        let name = path.strip_prefix(&rt).unwrap_or(&path).display().to_string();
        if name.starts_with("asyncio/") || name.starts_with("ext/") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let lines = text.lines().enumerate().filter(|(_, line)| line.split("//").next().unwrap_or("").contains("tokio::"));
        mistakes.extend(lines.map(|(number, _)| format!("{}:{}: tokio belongs to rt/asyncio", shown(&path), number + 1)));
    }
    fail_if_any(mistakes);
}

/// The crates that a package leads to, each with its features.
fn tree(package: &str) -> Vec<(String, String)> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--locked", "-p", package, "-e", "normal", "--prefix", "none", "-f", "{p}|{f}"]).current_dir(repository());
    let output = match cargo.output() {
        Ok(output) if output.status.success() => output,
        Ok(output) => panic!("cargo tree -p {package}: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("cargo tree: {error}"),
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows = text.lines().filter_map(|line| line.trim_end_matches(" (*)").split_once('|'));
    rows.map(|(package, features)| (package.to_owned(), features.to_owned())).collect()
}

#[test]
fn extensions_share_the_crates_of_the_runtime() {
    let mut own: BTreeMap<String, String> = tree("tauraro-rt").into_iter().collect();
    let mut mistakes = Vec::new();
    for heavy in ["hyper", "h2", "rustls", "ring", "tungstenite", "ruzstd", "x509-parser"] {
        mistakes.extend(own.keys().filter(|name| name.starts_with(&format!("{heavy} "))).map(|name| format!("every program compiles {name}")));
    }
    // What two extensions share is one crate too: it may hold the seam between them.
    for extension in ["tls", "httpx", "websockets", "ssl", "sqlite3", "bz2", "lzma"] {
        for (package, features) in tree(&format!("tauraro-ext-{extension}")) {
            match own.get(&package) {
                None => drop(own.insert(package, features)),
                Some(known) if *known == features => {}
                Some(known) => mistakes.push(format!("importing {extension} compiles {package} again, with {features} instead of {known}")),
            }
        }
    }
    fail_if_any(mistakes);
}

#[test]
fn nothing_names_a_developers_machine() {
    let top = repository();
    let mut mistakes = Vec::new();
    let mut all = sources();
    for (folder, extension) in [("docs", "md"), ("examples", "md"), ("templates", "in"), ("tests", "md"), ("tests", "xfail"), ("tests", "stderr")] {
        all.extend(files(&top.join(folder), extension));
    }
    all.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| top.join(name)));
    // Written in pieces, so that this file does not name them.
    let banned = [["/ro", "ot/"].concat(), ["/wo", "rk/"].concat(), ["/home/", "ubuntu"].concat()];
    for path in all {
        let text = fs::read_to_string(&path).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            if banned.iter().any(|word| line.contains(word.as_str())) {
                mistakes.push(format!("{}:{}: {}", shown(&path), number + 1, line.trim()));
            }
        }
    }
    fail_if_any(mistakes);
}
