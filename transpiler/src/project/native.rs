//! Owns: which Python modules the embedded runtime provides, and which names belong to the standard library.
//! Never: links the runtime: the names are read from its source, so the two cannot disagree.
//!
//! `rt/src/native.rs` has one line per module, `pub use …::MODULE as collections__abc;`: the dotted name with
//! `__` for each dot, and a `_` behind a Rust keyword (`enum_`). `rt/extensions.txt` lists the modules in crates of their own.

use super::rt_source;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::OnceLock;

/// A module in a crate of its own: its dotted name, the folder below `rt/ext`, the static.
pub struct Extension {
    pub module: &'static str,
    pub folder: &'static str,
    item: &'static str,
    /// A program that says the word needs the module: word, module.
    pub with: Vec<(&'static str, &'static str)>,
}

fn extensions() -> &'static [Extension] {
    static TABLE: OnceLock<Vec<Extension>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = rt_source::FILES.iter().find(|file| file.0 == "extensions.txt").map_or(&[][..], |file| file.1);
        let lines = std::str::from_utf8(text).unwrap_or("").lines().filter(|line| !line.starts_with('#'));
        let row = |line: &'static str| match line.split(' ').collect::<Vec<_>>()[..] {
            [module, folder, item, ref with @ ..] => {
                let with = with.iter().filter_map(|pair| pair.split_once('=')).collect();
                Some(Extension { module, folder, item, with })
            }
            _ => None,
        };
        lines.filter_map(row).collect()
    })
}

/// The name that a module says is its own: an extension's further names are the module of its first row.
pub fn own_name(name: &str) -> &str {
    extension(name).and_then(|found| extensions().iter().find(|row| row.folder == found.folder)).map_or(name, |first| first.module)
}

/// The libraries that are no part of Python's own: `httpx, websockets`.
pub fn extensions_named() -> String {
    let names: Vec<&str> = extensions().iter().map(|row| row.module).filter(|name| !is_standard(name) && !name.contains('.')).collect();
    names.join(", ")
}

/// The extension that a dotted name would be a part of, and the modules that it has.
pub fn parts_of_an_extension(name: &str) -> Option<(&str, String)> {
    let (package, _) = name.split_once('.')?;
    let folder = extension(package)?.folder;
    let of_it = |row: &&Extension| row.folder == folder && (row.module == package || row.module.split_once('.').is_some_and(|(top, _)| top == package));
    let parts: Vec<&str> = extensions().iter().filter(of_it).map(|row| row.module).collect();
    Some((package, parts.join(", ")))
}

/// Parts of a package of the runtime that are CPython's own text all the same.
pub fn from_library(name: &str) -> bool {
    matches!(name, "asyncio.constants" | "asyncio.log" | "asyncio.sslproto")
}

/// The extension that provides the module.
pub fn extension(name: &str) -> Option<&'static Extension> {
    extensions().iter().find(|row| row.module == name)
}

/// One line of the table.
struct Row {
    name: String,
    /// Programs that import this package and say one of these words need the module too.
    with: Option<(String, Vec<String>)>,
}

fn table() -> &'static BTreeMap<String, Row> {
    static TABLE: OnceLock<BTreeMap<String, Row>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = rt_source::FILES.iter().find(|file| file.0 == "src/native.rs").map_or(&[][..], |file| file.1);
        let text = String::from_utf8_lossy(text);
        let rows = text.lines().filter(|line| line.starts_with("pub use ")).filter_map(row);
        let own = extensions().iter().map(|found| Row { name: found.module.to_owned(), with: None });
        rows.chain(own).map(|row| (row.name.clone(), row)).collect()
    })
}

fn row(line: &str) -> Option<Row> {
    let (code, comment) = line.split_once(';')?;
    let (_, name) = code.rsplit_once(" as ")?;
    let with = comment.trim().strip_prefix("// ").and_then(|text| text.split_once(": "));
    let with = with.map(|(package, words)| (package.to_owned(), words.split(' ').map(str::to_owned).collect()));
    Some(Row { name: dotted(name), with })
}

fn dotted(rust: &str) -> String {
    let name = rust.strip_suffix('_').filter(|plain| KEYWORDS.contains(plain)).unwrap_or(rust);
    if name.starts_with("__") { name.to_owned() } else { name.replace("__", ".") }
}

/// Words with which a program reaches attributes whose names it does not spell.
const BY_NAME: &[&str] = &[
    "getattr", "hasattr", "vars", "dir", "__dict__", "__getattribute__", "__all__", "attrgetter", "methodcaller", "import_module",
    "__import__", "exec", "eval", "getmembers", "patch",
];

/// The modules that programs of these texts need because of what they say, beside what they import.
///
/// Any mention counts, in a comment too: linking too much only costs room, so a look at the words is enough.
/// A star import and names that are not spelled out bring everything.
pub fn named<'t>(imported: &BTreeSet<String>, texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let packages = |package: &str| imported.iter().any(|name| name.split('.').next() == Some(package));
    let rows: Vec<(&Row, &Vec<String>)> =
        table().values().filter_map(|row| row.with.as_ref().filter(|(package, _)| packages(package)).map(|(_, words)| (row, words))).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let mut said = HashSet::new();
    let mut everything = false;
    for text in texts {
        said.extend(text.split(|c: char| !c.is_alphanumeric() && c != '_'));
        everything |= text.contains("import *") || text.contains("import*");
    }
    everything |= BY_NAME.iter().any(|word| said.contains(word));
    let needed = rows.iter().filter(|(_, words)| everything || words.iter().any(|word| said.contains(word.as_str())));
    needed.map(|(row, _)| row.name.clone()).collect()
}

/// The runtime has a module of this dotted name.
pub fn exists(name: &str) -> bool {
    table().contains_key(name)
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static str> {
    table().keys().map(String::as_str)
}

const KEYWORDS: &[&str] = &["abstract", "async", "await", "box", "const", "dyn", "enum", "extern", "final", "gen", "static", "struct", "type"];

/// The path of a module's static in Rust.
pub fn rust_path(name: &str) -> String {
    if let Some(found) = extension(name) {
        return format!("ext_{}::{}", found.folder, found.item);
    }
    let plain = name.replace('.', "__");
    if KEYWORDS.contains(&name) { format!("rt::native::{plain}_") } else { format!("rt::native::{plain}") }
}

/// The top-level name belongs to CPython 3.13's standard library (`sys.stdlib_module_names`).
pub fn is_standard(name: &str) -> bool {
    let top = name.split('.').next().unwrap_or(name);
    top.starts_with('_') || STANDARD.binary_search(&top).is_ok()
}

#[rustfmt::skip]
const STANDARD: &[&str] = &[
    "abc", "argparse", "array", "ast", "asyncio", "atexit", "base64", "bdb", "binascii", "bisect", "builtins",
    "bz2", "cProfile", "calendar", "cmath", "cmd", "code", "codecs", "codeop", "collections", "colorsys",
    "compileall", "concurrent", "configparser", "contextlib", "contextvars", "copy", "copyreg", "csv",
    "ctypes", "curses", "dataclasses", "datetime", "dbm", "decimal", "difflib", "dis", "doctest", "email",
    "encodings", "ensurepip", "enum", "errno", "faulthandler", "fcntl", "filecmp", "fileinput", "fnmatch",
    "fractions", "ftplib", "functools", "gc", "genericpath", "getopt", "getpass", "gettext", "glob",
    "graphlib", "grp", "gzip", "hashlib", "heapq", "hmac", "html", "http", "imaplib", "importlib", "inspect",
    "io", "ipaddress", "itertools", "json", "keyword", "linecache", "locale", "logging", "lzma", "mailbox",
    "marshal", "math", "mimetypes", "mmap", "modulefinder", "msvcrt", "multiprocessing", "netrc", "nt",
    "ntpath", "nturl2path", "numbers", "opcode", "operator", "optparse", "os", "pathlib", "pdb", "pickle",
    "pickletools", "pkgutil", "platform", "plistlib", "poplib", "posix", "posixpath", "pprint", "profile",
    "pstats", "pty", "pwd", "py_compile", "pyclbr", "pydoc", "pydoc_data", "pyexpat", "queue", "quopri",
    "random", "re", "readline", "reprlib", "resource", "rlcompleter", "runpy", "sched", "secrets", "select",
    "selectors", "shelve", "shlex", "shutil", "signal", "site", "smtplib", "socket", "socketserver",
    "sqlite3", "sre_compile", "sre_constants", "sre_parse", "ssl", "stat", "statistics", "string",
    "stringprep", "struct", "subprocess", "symtable", "sys", "sysconfig", "syslog", "tabnanny", "tarfile",
    "tempfile", "termios", "textwrap", "threading", "time", "timeit", "tkinter", "token", "tokenize",
    "tomllib", "trace", "traceback", "tracemalloc", "tty", "turtle", "types", "typing", "unicodedata",
    "unittest", "urllib", "uuid", "venv", "warnings", "wave", "weakref", "webbrowser", "winreg", "winsound",
    "wsgiref", "xml", "xmlrpc", "zipapp", "zipfile", "zipimport", "zlib", "zoneinfo",
];
