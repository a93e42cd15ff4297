//! Owns: "Did you mean": the distance between names and the best candidate.
//! Never: prints.
//! Source: CPython 3.13, Python/suggestions.c, Lib/traceback.py (`_compute_suggestion_error`).

use super::hierarchy::{ATTRIBUTE_ERROR, IMPORT_ERROR, NAME_ERROR, body};
use crate::name::Name;
use crate::types::module::{self, Module};
use crate::value::Value;

const MAX_CANDIDATES: usize = 750;
const MAX_SIZE: usize = 40;
const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;

fn substitution(a: char, b: char) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

/// The edit distance, or more than `max_cost` when it exceeds that.
fn distance(a: &str, b: &str, max_cost: usize) -> usize {
    if a == b {
        return 0;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let pre = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[pre..], &b[pre..]);
    let post = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (mut a, mut b) = (&a[..a.len() - post], &b[..b.len() - post]);
    if a.is_empty() || b.is_empty() {
        return MOVE_COST * (a.len() + b.len());
    }
    if a.len() > MAX_SIZE || b.len() > MAX_SIZE {
        return max_cost + 1;
    }
    if b.len() < a.len() {
        std::mem::swap(&mut a, &mut b);
    }
    if (b.len() - a.len()) * MOVE_COST > max_cost {
        return max_cost + 1;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|i| i * MOVE_COST).collect();
    let mut result = 0;
    for (bi, bc) in b.iter().enumerate() {
        let mut dist = bi * MOVE_COST;
        result = dist;
        let mut minimum = usize::MAX;
        for (slot, ac) in row.iter_mut().zip(a) {
            let substitute = dist + substitution(*bc, *ac);
            dist = *slot;
            let insert_delete = result.min(dist) + MOVE_COST;
            result = insert_delete.min(substitute);
            *slot = result;
            minimum = minimum.min(result);
        }
        if minimum > max_cost {
            return max_cost + 1;
        }
    }
    result
}

/// The closest of the known names, if one is close enough.
pub fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.collect();
    let size = name.chars().count();
    if known.len() > MAX_CANDIDATES || size > MAX_SIZE {
        return None;
    }
    let (mut best, mut found) = (size, None);
    for k in known {
        if k == name {
            continue;
        }
        let max = ((k.chars().count() + size + 3) * MOVE_COST / 6).min(best.saturating_sub(1));
        let d = distance(name, k, max);
        if d <= max && (found.is_none() || d < best) {
            found = Some(k);
            best = d;
        }
    }
    found
}

/// What is appended to the message of an AttributeError, NameError or ImportError.
pub fn for_exception(exc: &Value) -> String {
    let Some(e) = body(exc) else { return String::new() };
    let ty = exc.ty();
    if ty.is_subtype(&IMPORT_ERROR) {
        let wrong = e.field(3);
        let Some(wrong) = wrong.as_str() else { return String::new() };
        let module = e.field(1);
        let names = match module.as_str().and_then(module_by_name) {
            Some(m) => dir(&m, !wrong.starts_with('_')),
            None => return String::new(),
        };
        return suffix(closest(wrong, names.iter().map(String::as_str)));
    }
    if !ty.is_subtype(&NAME_ERROR) && !ty.is_subtype(&ATTRIBUTE_ERROR) {
        return String::new();
    }
    let wrong = e.field(0);
    let Some(wrong) = wrong.as_str() else { return String::new() };
    if ty.is_subtype(&ATTRIBUTE_ERROR) {
        let obj = e.field(1);
        let names = dir(&obj, !wrong.starts_with('_'));
        return suffix(closest(wrong, names.iter().map(String::as_str)));
    }
    let names = visible_names(exc);
    let mut out = suffix(closest(wrong, names.iter().map(String::as_str)));
    if STDLIB_MODULES.contains(&wrong) {
        let lead = if out.is_empty() { ". Did" } else { " Or did" };
        out.push_str(&format!("{lead} you forget to import '{wrong}'?"));
    }
    out
}
fn suffix(found: Option<&str>) -> String {
    found.map_or(String::new(), |s| format!(". Did you mean: '{s}'?"))
}
fn module_by_name(name: &str) -> Option<Value> {
    let modules = module::modules();
    modules.downcast::<crate::types::dict::Dict>()?.get_name(Name::new(name))
}
/// The names of `dir(v)`; errors give none.
fn dir(v: &Value, hide_underscored: bool) -> Vec<String> {
    let listed = super::quietly(|| {
        let d = crate::protocol::call::call_method_static(v, &crate::name::names::__dir__, &[])?;
        let mut items = crate::protocol::iter::collect(&d)?;
        items.retain(|i| i.as_str().is_some());
        Ok(items)
    });
    let mut names: Vec<String> = listed.unwrap_or_default().iter().filter_map(|i| i.as_str().map(str::to_string)).collect();
    if hide_underscored {
        names.retain(|n| !n.starts_with('_'));
    }
    names.sort();
    names
}
/// Names that the place of a NameError could have meant: its module's globals and the builtins.
fn visible_names(exc: &Value) -> Vec<String> {
    let entries = super::traceback::entries(exc);
    let Some(last) = entries.last().and_then(|v| v.downcast::<super::traceback::Traceback>()) else { return vec![] };
    let file = last.site.scope.file;
    let mut out: Vec<String> = vec![];
    let modules = module::modules();
    if let Some(d) = modules.downcast::<crate::types::dict::Dict>() {
        for (_, m) in d.name_items() {
            if let Some(m) = m.downcast::<Module>()
                && m.def().is_some_and(|d| d.file == file)
            {
                out.extend(m.items().iter().map(|(n, _)| n.as_str().to_string()));
            }
        }
    }
    if let Some(b) = module_by_name("builtins") {
        out.extend(b.downcast::<Module>().map_or(vec![], Module::items).iter().map(|(n, _)| n.as_str().to_string()));
    }
    out
}

/// `sys.stdlib_module_names` without the private ones.
pub static STDLIB_MODULES: &[&str] = &[
    "abc", "argparse", "array", "ast", "asyncio", "atexit", "base64", "bdb", "binascii", "bisect", "builtins", "bz2", "cProfile",
    "calendar", "cmath", "cmd", "code", "codecs", "codeop", "collections", "colorsys", "compileall", "concurrent", "configparser",
    "contextlib", "contextvars", "copy", "copyreg", "csv", "ctypes", "curses", "dataclasses", "datetime", "dbm", "decimal", "difflib",
    "dis", "doctest", "email", "encodings", "ensurepip", "enum", "errno", "faulthandler", "fcntl", "filecmp", "fileinput", "fnmatch",
    "fractions", "ftplib", "functools", "gc", "genericpath", "getopt", "getpass", "gettext", "glob", "graphlib", "grp", "gzip",
    "hashlib", "heapq", "hmac", "html", "http", "idlelib", "imaplib", "importlib", "inspect", "io", "ipaddress", "itertools", "json",
    "keyword", "linecache", "locale", "logging", "lzma", "mailbox", "marshal", "math", "mimetypes", "mmap", "modulefinder",
    "multiprocessing", "netrc", "nt", "ntpath", "nturl2path", "numbers", "opcode", "operator", "optparse", "os", "pathlib", "pdb",
    "pickle", "pickletools", "pkgutil", "platform", "plistlib", "poplib", "posix", "posixpath", "pprint", "profile", "pstats", "pty",
    "pwd", "py_compile", "pyclbr", "pydoc", "pydoc_data", "pyexpat", "queue", "quopri", "random", "re", "readline", "reprlib",
    "resource", "rlcompleter", "runpy", "sched", "secrets", "select", "selectors", "shelve", "shlex", "shutil", "signal", "site",
    "smtplib", "socket", "socketserver", "sqlite3", "sre_compile", "sre_constants", "sre_parse", "ssl", "stat", "statistics", "string",
    "stringprep", "struct", "subprocess", "symtable", "sys", "sysconfig", "syslog", "tabnanny", "tarfile", "tempfile", "termios",
    "textwrap", "this", "threading", "time", "timeit", "tkinter", "token", "tokenize", "tomllib", "trace", "traceback", "tracemalloc",
    "tty", "turtle", "turtledemo", "types", "typing", "unicodedata", "unittest", "urllib", "uuid", "venv", "warnings", "wave",
    "weakref", "webbrowser", "winreg", "winsound", "wsgiref", "xml", "xmlrpc", "zipapp", "zipfile", "zipimport", "zlib", "zoneinfo",
];
