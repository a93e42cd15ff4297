//! Owns: turning generated Rust into a program: cache, templates, cargo for the runtime, rustc for the script.
//! Never: sees Python or any form of the passes; prints (a `Report` does).

pub mod cache;
pub mod interrupt;
pub mod library;
pub mod native;
pub mod program;
pub mod rt_source;
pub mod runtime;
pub mod toolchain;

pub use cache::Cache;
pub use program::{Builder, Made};
pub use runtime::Runtime;
pub use toolchain::Toolchain;

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// One file of a generated crate.
#[derive(Clone, Debug)]
pub struct RustFile {
    /// Below `src/`.
    pub name: String,
    pub text: String,
    /// The Python file it came from.
    pub python: String,
    /// For each line of `text` the Python line, 0 where there is none.
    pub lines: Vec<u32>,
}

/// A generated program; its first file is `main.rs`.
#[derive(Clone, Debug)]
pub struct Crate {
    /// Absolute path of the script: the crate's identity.
    pub script: PathBuf,
    pub files: Vec<RustFile>,
    pub libraries: Vec<Library>,
    /// Crates of the runtime beside `rt` that it links: folders below `rt/ext`.
    pub extensions: BTreeSet<String>,
}

/// A generated crate that programs link; its first file is `lib.rs`. The name carries a hash of the content.
#[derive(Clone, Debug)]
pub struct Library {
    pub name: String,
    pub files: Vec<RustFile>,
}

/// How the script's own crate is compiled; the runtime is always optimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    Release,
    Dev,
}

/// Where progress goes.
pub trait Report: Sync {
    /// A line that everyone but `-q` sees.
    fn line(&self, text: &str);
    /// A line for `-v`.
    fn detail(&self, text: &str);
    fn progress(&self, done: usize, total: usize, name: &str);
    fn progress_end(&self);
}

/// Why no program came out, in words for the user.
#[derive(Clone, Debug)]
pub struct Failure {
    pub message: String,
    /// tauraro's own fault, with details for the report.
    pub bug: Option<String>,
    /// Something in the cache is not what was put there; making it again may help.
    pub damaged: bool,
}

const NO_LINKER: &str = "no C linker found: Rust needs one to make a program. Install gcc or clang (Debian, Ubuntu: build-essential; Fedora: gcc; macOS: xcode-select --install).";

impl Failure {
    pub fn user(message: impl Into<String>) -> Self {
        Self { message: message.into(), bug: None, damaged: false }
    }

    pub fn bug(message: impl Into<String>, details: impl Into<String>) -> Self {
        Self { message: message.into(), bug: Some(details.into()), damaged: false }
    }

    pub fn io(what: &str, path: &Path, error: &io::Error) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the standard library may add kinds")]
        let why = match error.kind() {
            io::ErrorKind::NotFound => "no such file or folder".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::FileTooLarge => "the file would be larger than is allowed here".to_owned(),
            io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "no space left on the device".to_owned(),
            _ => error.to_string(),
        };
        Self::user(format!("{what} {}: {why}", path.display()))
    }

    /// What a full disk looks like in the words of compilers and linkers.
    pub fn full(text: &str) -> Option<Self> {
        let signs = ["No space left on device", "File too large", "Disk quota exceeded", "SIGXFSZ"];
        let full = signs.iter().any(|sign| text.contains(sign));
        full.then(|| Self::user("no space left on the device that holds the cache (`tauraro cache path`)"))
    }

    pub fn interrupted() -> Self {
        Self::user("interrupted")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.bug {
            None => f.write_str(&self.message),
            Some(details) => write!(f, "{}\nThis is a bug in tauraro, not in your program: {details}", self.message),
        }
    }
}

/// A crate name from a file name: `my-app.py` is `my_app`.
pub fn crate_name(script: &Path) -> String {
    let stem = script.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = name.trim_start_matches('_').to_owned();
    match name.chars().next() {
        Some(c) if c.is_ascii_alphabetic() => name,
        Some(_) | None => format!("app_{name}"),
    }
}

/// The manifest template, filled.
pub fn manifest(name: &str, bin: &str, script: &str, rt: &Path) -> String {
    rt_source::MANIFEST
        .replace("{version}", env!("CARGO_PKG_VERSION"))
        .replace("{script}", script)
        .replace("{name}", name)
        .replace("{bin}", bin)
        .replace("{rt}", &format!("{:?}", rt.display().to_string()))
}
