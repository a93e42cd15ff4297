//! Owns: Python names → Rust names. Never: looks at types.

use crate::rir::RustIdent;
use std::collections::BTreeSet;

/// Words Rust keeps for itself.
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn", "for", "if",
    "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self", "static", "struct",
    "super", "trait", "true", "type", "unsafe", "use", "where", "while", "abstract", "become", "box", "do", "final", "macro",
    "override", "priv", "typeof", "unsized", "virtual", "yield", "try", "gen", "union", "raw", "safe", "macro_rules",
];

/// Constants and constructors in scope: a binding of that name would be a pattern, not a variable.
const CONSTRUCTORS: &[&str] = &[
    "NONE", "TRUE", "FALSE", "UNBOUND", "Ok", "Err", "Some", "Lit", "S", "R", "A", "Spec",
    "F0", "F1", "F2", "F3", "F4", "N", "C0", "C1", "C2", "C3", "CN", "MODULE",
];

pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// The builtin exceptions: each is a constant of the prelude.
pub const EXCEPTIONS: &[&str] = &[
    "BaseException", "BaseExceptionGroup", "ExceptionGroup", "GeneratorExit", "KeyboardInterrupt", "SystemExit", "Exception",
    "ArithmeticError", "FloatingPointError", "OverflowError", "ZeroDivisionError", "AssertionError", "AttributeError",
    "BufferError", "EOFError", "ImportError", "ModuleNotFoundError", "LookupError", "IndexError", "KeyError", "MemoryError",
    "NameError", "UnboundLocalError", "OSError", "IOError", "EnvironmentError", "BlockingIOError", "ChildProcessError",
    "ConnectionError", "BrokenPipeError", "ConnectionAbortedError", "ConnectionRefusedError", "ConnectionResetError",
    "FileExistsError", "FileNotFoundError", "InterruptedError", "IsADirectoryError", "NotADirectoryError", "PermissionError",
    "ProcessLookupError", "TimeoutError", "ReferenceError", "RuntimeError", "NotImplementedError", "RecursionError",
    "PythonFinalizationError", "StopAsyncIteration", "StopIteration", "SyntaxError", "IndentationError", "TabError",
    "SystemError", "TypeError", "ValueError", "UnicodeError", "UnicodeDecodeError", "UnicodeEncodeError",
    "UnicodeTranslateError", "Warning", "BytesWarning", "DeprecationWarning", "EncodingWarning", "FutureWarning",
    "ImportWarning", "PendingDeprecationWarning", "ResourceWarning", "RuntimeWarning", "SyntaxWarning", "UnicodeWarning",
    "UserWarning",
];

/// A Python identifier as a Rust identifier; Rust's extra words and Python's letters outside Rust's set are changed.
pub fn plain(name: &str) -> String {
    let mut text: String = name.chars().map(|c| if c == '_' || c.is_alphanumeric() { c } else { '_' }).collect();
    if text.is_empty() || text.starts_with(|c: char| c.is_numeric()) {
        text.insert(0, '_');
    }
    if text == "_" {
        text = "__".into();
    }
    if is_keyword(&text) || CONSTRUCTORS.contains(&text.as_str()) || EXCEPTIONS.contains(&text.as_str()) {
        text.push('_');
    }
    text
}

/// Names given out in one Rust scope.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
    temps: u32,
}

impl Names {
    pub fn reserve(&mut self, name: &str) {
        self.taken.insert(name.to_string());
    }

    pub fn contains(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// `wanted`, or with a number behind it.
    pub fn fresh(&mut self, wanted: &str) -> RustIdent {
        if self.taken.insert(wanted.to_string()) {
            return RustIdent::new(wanted);
        }
        let mut n = 2;
        loop {
            let candidate = if wanted.ends_with('_') { format!("{wanted}{n}") } else { format!("{wanted}_{n}") };
            if self.taken.insert(candidate.clone()) {
                return RustIdent::new(candidate);
            }
            n += 1;
        }
    }

    pub fn temp(&mut self) -> RustIdent {
        loop {
            self.temps += 1;
            let name = format!("t{}", self.temps);
            if self.taken.insert(name.clone()) {
                return RustIdent::new(name);
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &String> {
        self.taken.iter()
    }
}

/// `Rect.grow` → `RECT_GROW`, `late.<locals>.<lambda>` → `LATE_LAMBDA`.
pub fn static_name(qualname: &str) -> String {
    let mut out = String::new();
    for part in qualname.split('.').filter(|p| *p != "<locals>") {
        let clean: String =
            part.chars().filter(|c| *c == '_' || c.is_alphanumeric()).flat_map(|c| c.to_uppercase()).collect();
        let clean = clean.trim_matches('_');
        if !out.is_empty() && !clean.is_empty() {
            out.push('_');
        }
        out.push_str(clean);
    }
    if out.is_empty() || out.starts_with(|c: char| c.is_numeric()) {
        out.insert_str(0, "F_");
    }
    out
}
