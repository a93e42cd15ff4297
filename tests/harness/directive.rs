//! Owns: what the first lines of a case say about how to run it.
//! Never: reads the rest of the case.

use std::path::Path;
use std::fs;

/// `# xfail: CODE reason`, as the case's first line or as the file `NAME.xfail` beside a case that must stay as
/// it is: it does not pass yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Xfail {
    pub code: String,
    pub reason: String,
}

impl Xfail {
    pub fn of(source: &Path, base: &Path) -> Option<Self> {
        if let Ok(text) = fs::read_to_string(base.with_extension("xfail")) {
            return Some(Self::parse(text.trim()));
        }
        let text = fs::read_to_string(source).ok()?;
        text.lines().next()?.strip_prefix("# xfail: ").map(Self::parse)
    }

    fn parse(text: &str) -> Self {
        let (code, reason) = text.split_once(' ').unwrap_or((text, ""));
        Self { code: code.to_owned(), reason: reason.to_owned() }
    }
}
