//! Owns: all file IO of the passes: reading the script and the modules beside it, decoding them.
//! Never: decides which modules a program needs (the pipeline asks for them by name).

mod adapt;
pub mod standard;

use crate::project::Failure;
use crate::{Compiled, Dumped, Entry, Found, Loader, Options};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// A script as it was named on the command line.
#[derive(Clone, Debug)]
pub struct Script {
    /// Absolute, as `__file__` and tracebacks show it.
    pub path: PathBuf,
    pub text: Result<String, String>,
}

/// Reads the script; a folder stands for the `__main__.py` in it, as in CPython.
pub fn script(file: &Path) -> Result<Script, Failure> {
    let here = env::current_dir().map_err(|e| Failure::io("cannot use", Path::new("."), &e))?;
    let mut path = here.join(file.strip_prefix(".").unwrap_or(file));
    if path.is_dir() {
        path.push("__main__.py");
        if !path.is_file() {
            return Err(Failure::user(format!("{} is a folder without a __main__.py", file.display())));
        }
    }
    let bytes = fs::read(&path).map_err(|e| Failure::io("cannot read", file, &e))?;
    let text = decode(bytes, &path);
    Ok(Script { path, text })
}

pub fn compile(script: &Script, options: &Options) -> Compiled {
    crate::compile(&entry(script), &Folder::of(script), options)
}

/// The script's folder has a module of this name.
pub fn provides(script: &Script, module: &str) -> bool {
    Folder::of(script).find(module).is_some()
}

pub fn dump(script: &Script, options: &Options, stage: &str) -> Dumped {
    crate::dump(&entry(script), &Folder::of(script), options, stage)
}

fn entry(script: &Script) -> Entry {
    Entry { path: script.path.display().to_string(), text: script.text.clone() }
}

/// The script's folder: the first entry of `sys.path`.
struct Folder {
    root: PathBuf,
}

impl Folder {
    fn of(script: &Script) -> Self {
        Self { root: script.path.parent().map(Path::to_path_buf).unwrap_or_default() }
    }

    fn place(&self, dotted: &str) -> PathBuf {
        dotted.split('.').fold(self.root.clone(), |path, part| path.join(part))
    }
}

impl Loader for Folder {
    /// CPython 3.13: Lib/importlib/_bootstrap_external.py, FileFinder.find_spec: a package goes before a module
    /// of the same name, a folder without `__init__.py` comes last.
    fn find(&self, dotted: &str) -> Option<Found> {
        let folder = self.place(dotted);
        let read = |path: PathBuf, is_package| {
            let text = match fs::read(&path) {
                Ok(bytes) => decode(bytes, &path),
                Err(error) => Err(format!("cannot read {}: {error}", path.display())),
            };
            Some(Found { path: path.display().to_string(), text, is_package, is_library: false })
        };
        let init = folder.join("__init__.py");
        if is_file(&init) {
            return read(init, true);
        }
        let module = folder.with_file_name(format!("{}.py", folder.file_name()?.to_string_lossy()));
        if is_file(&module) {
            return read(module, false);
        }
        // A namespace package has no text; only count it if there is Python inside.
        let inside = !self.children(dotted).is_empty();
        inside.then(|| Found { path: folder.display().to_string(), text: Ok(String::new()), is_package: true, is_library: false })
    }

    fn library(&self, dotted: &str) -> Option<Found> {
        standard::find(dotted)
    }

    fn children(&self, dotted: &str) -> Vec<String> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.place(dotted)).into_iter().flatten().flatten() {
            let path = entry.path();
            let Some(name) = path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned) else { continue };
            let module = path.extension().is_some_and(|ext| ext == "py") && name != "__init__" && name != "__main__";
            let package = path.is_dir() && is_file(&path.join("__init__.py"));
            if (module || package) && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                names.push(name);
            }
        }
        names.sort();
        names.dedup();
        names
    }
}

/// Exactly this spelling: file systems that ignore case do not make `import Random` find random.py.
fn is_file(path: &Path) -> bool {
    path.is_file()
        && (cfg!(not(any(windows, target_os = "macos")))
            || fs::canonicalize(path).is_ok_and(|real| real.file_name() == path.file_name()))
}

/// CPython 3.13: Parser/tokenizer/helpers.c, check_coding_spec and valid_utf8. The error is CPython's text.
fn decode(bytes: Vec<u8>, path: &Path) -> Result<String, String> {
    let (bytes, marked) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest.to_vec(), true),
        None => (bytes, false),
    };
    let name = coding(&bytes).map_or_else(|| "utf-8".to_owned(), |name| normal(&name));
    match name.as_str() {
        "utf-8" | "utf8" => {}
        other if marked => return Err(format!("encoding problem: {other} with BOM")),
        "iso-8859-1" => return Ok(bytes.into_iter().map(char::from).collect()),
        "ascii" | "us-ascii" if bytes.is_ascii() => {}
        other if OF_CPYTHON.iter().any(|prefix| other.starts_with(prefix)) => {
            return Err(format!("tauraro does not read the encoding {other}; convert {} to UTF-8", path.display()));
        }
        other => return Err(format!("encoding problem: {other}")),
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        let byte = bytes.get(at).copied().unwrap_or(0);
        format!(
            "Non-UTF-8 code starting with '\\x{byte:02x}' in file {} on line {line}, but no encoding declared; see https://peps.python.org/pep-0263/ for details",
            path.display()
        )
    })
}

/// What the names of CPython's other codecs begin with.
#[rustfmt::skip]
const OF_CPYTHON: &[&str] = &[
    "ascii", "us-ascii", "iso-8859", "iso8859", "cp", "windows-", "koi8", "mac", "utf-16", "utf-32", "utf-7", "big5", "euc", "gb", "shift", "sjis", "hz",
    "iso-2022", "johab", "kz1048", "ptcp154", "tis",
];

/// CPython 3.13: Parser/tokenizer/helpers.c, get_normal_name.
fn normal(name: &str) -> String {
    let is = |known: &str| name == known || name.strip_prefix(known).is_some_and(|rest| rest.starts_with('-'));
    if is("utf-8") {
        "utf-8".to_owned()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") || matches!(name, "latin1" | "iso8859-1" | "l1") {
        "iso-8859-1".to_owned()
    } else {
        name.to_owned()
    }
}

/// PEP 263: a comment in one of the first two lines, normalised.
fn coding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let text = String::from_utf8_lossy(line);
        let comment = text.trim_start_matches([' ', '\t', '\x0c']);
        if !comment.starts_with('#') {
            if comment.trim().is_empty() {
                continue;
            }
            return None;
        }
        if let Some((_, rest)) = comment.split_once("coding") {
            let Some(rest) = rest.strip_prefix([':', '=']) else { continue };
            let name: String = rest.trim_start_matches([' ', '\t']).chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
            if !name.is_empty() {
                return Some(name.to_ascii_lowercase().replace('_', "-"));
            }
        }
    }
    None
}

/// A program held in memory imports no files.
struct Nothing;

impl Loader for Nothing {
    fn find(&self, _: &str) -> Option<Found> {
        None
    }

    fn library(&self, dotted: &str) -> Option<Found> {
        standard::find(dotted)
    }

    fn children(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Used by the harness: a program held in memory.
pub fn compile_text(path: &str, text: &str, options: &Options) -> Compiled {
    crate::compile(&Entry { path: path.to_owned(), text: Ok(text.to_owned()) }, &Nothing, options)
}

/// Used by the harness: an intermediate form of a program held in memory.
pub fn dump_text(path: &str, text: &str, options: &Options, stage: &str) -> Dumped {
    crate::dump(&Entry { path: path.to_owned(), text: Ok(text.to_owned()) }, &Nothing, options, stage)
}

/// Used by the harness: the script at `path`, read and compiled.
pub fn compile_file(path: &Path, options: &Options) -> io::Result<Compiled> {
    let script = script(path).map_err(|failure| io::Error::other(failure.to_string()))?;
    Ok(compile(&script, options))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_pep_263() {
        assert_eq!(coding(b"#!/bin/python\n# -*- coding: Latin_1 -*-\n").as_deref(), Some("latin-1"));
        assert_eq!(coding(b"x = 1\n# coding: latin-1\n"), None);
        assert_eq!(decode(b"# coding=latin-1\ns = '\xe9'".to_vec(), Path::new("a.py")).unwrap(), "# coding=latin-1\ns = 'é'");
        let want = "Non-UTF-8 code starting with '\\xe9' in file a.py on line 2, but no encoding declared; see https://peps.python.org/pep-0263/ for details";
        assert_eq!(decode(b"\n'\xe9'".to_vec(), Path::new("a.py")), Err(want.to_owned()));
    }
}
