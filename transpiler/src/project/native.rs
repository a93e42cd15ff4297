//! Owns: which Python modules the embedded runtime provides, and which names belong to the standard library.
//! Never: links the runtime: the names are read from its source, so the two cannot disagree.
//!
//! `rt/src/native.rs` has one line per module, `pub use …::MODULE as collections__abc;`: the dotted name with
//! `__` for each dot, and a `_` behind a Rust keyword (`enum_`).

use super::rt_source;
use std::collections::BTreeSet;
use std::sync::OnceLock;

fn table() -> &'static BTreeSet<String> {
    static TABLE: OnceLock<BTreeSet<String>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = rt_source::FILES.iter().find(|file| file.0 == "src/native.rs").map_or(&[][..], |file| file.1);
        let text = String::from_utf8_lossy(text);
        let rows = text.lines().filter(|line| line.starts_with("pub use "));
        let names = rows.filter_map(|line| line.trim_end_matches(';').rsplit_once(" as "));
        names.map(|(_, name)| dotted(name)).collect()
    })
}

fn dotted(rust: &str) -> String {
    let name = rust.strip_suffix('_').filter(|plain| KEYWORDS.contains(plain)).unwrap_or(rust);
    if name.starts_with("__") { name.to_owned() } else { name.replace("__", ".") }
}

/// The runtime has a module of this dotted name.
pub fn exists(name: &str) -> bool {
    table().contains(name)
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static str> {
    table().iter().map(String::as_str)
}

const KEYWORDS: &[&str] = &["abstract", "async", "await", "box", "const", "dyn", "enum", "extern", "final", "gen", "static", "struct", "type"];

/// The name below `rt::native` for a dotted module name.
pub fn rust_name(name: &str) -> String {
    let plain = name.replace('.', "__");
    if KEYWORDS.contains(&name) { format!("{plain}_") } else { plain }
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
