//! Owns: what a program says about its own compilation: `[tool.tauraro]` in pyproject.toml, and the script's
//! PEP 723 header.
//! Never: reads the command line, whose options win.

mod header;

use crate::diagnostics::near;
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::driver::Script;
use crate::project::Failure;
use crate::source::{SourceFile, SourceMap, Span};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::fs;
use toml::de::{DeTable, DeValue};

/// The keys of `[tool.tauraro]`.
const KEYS: &[&str] = &["strict", "release", "output-folder"];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Warnings are errors.
    pub strict: bool,
    /// `run` and `watch` optimise.
    pub release: bool,
    /// Where `build` puts executables without `-o`; relative to the file that says it.
    pub output_folder: Option<PathBuf>,
}

/// Settings and what there is to say about them.
#[derive(Default)]
pub struct Read {
    pub settings: Settings,
    pub diagnostics: Diagnostics,
    pub sources: SourceMap,
}

impl Read {
    /// The nearest pyproject.toml that has the table, from the script's folder upwards; then the script's header.
    pub fn of(script: &Script) -> Result<Self, Failure> {
        let mut read = Read::default();
        let folder = script.path.parent().unwrap_or(Path::new(""));
        for above in folder.ancestors() {
            let path = above.join("pyproject.toml");
            let text = match fs::read(&path) {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => continue,
                Err(error) => return Err(Failure::io("cannot read", &path, &error)),
            };
            // Another tool's file with a mistake in it is not ours to judge.
            if text.contains("tauraro") && read.pyproject(&path, &text, above) {
                break;
            }
        }
        if let Ok(text) = &script.text {
            header::read(&mut read, script, text);
        }
        Ok(read)
    }

    /// False when the file has no table of ours.
    fn pyproject(&mut self, path: &Path, text: &str, folder: &Path) -> bool {
        let file = self.sources.add(&path.display().to_string(), text);
        let place = |range: Range<usize>| file.span(range.start as u32, range.end as u32);
        match DeTable::parse(&file.text) {
            Err(error) => {
                self.diagnostics.push(malformed(&error, &file, &place));
                true
            }
            Ok(whole) => match tool(whole.get_ref()) {
                Some(table) => {
                    self.table(table, folder, &place);
                    true
                }
                None => false,
            },
        }
    }

    fn table(&mut self, table: &DeTable<'_>, folder: &Path, place: &dyn Fn(Range<usize>) -> Span) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let wrong = |what: &str| Diagnostic::error(codes::SETTING, format!("{name} in [tool.tauraro] is {what}"), place(value.span()));
            match (name, value.get_ref()) {
                ("strict", DeValue::Boolean(strict)) => self.settings.strict = *strict,
                ("release", DeValue::Boolean(release)) => self.settings.release = *release,
                ("output-folder", DeValue::String(path)) => self.settings.output_folder = Some(folder.join(path.as_ref())),
                ("strict" | "release", _) => self.diagnostics.push(wrong("true or false")),
                ("output-folder", _) => self.diagnostics.push(wrong("the path of a folder, as a string")),
                (other, _) => {
                    let hint = match near(other, KEYS.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("the keys are {}", KEYS.join(", ")),
                    };
                    let message = format!("unknown key '{other}' in [tool.tauraro]");
                    self.diagnostics.push(Diagnostic::error(codes::SETTING, message, place(key.span())).with_hint(hint));
                }
            }
        }
    }
}

fn tool<'t, 'i>(whole: &'t DeTable<'i>) -> Option<&'t DeTable<'i>> {
    let tool = table(whole, "tool")?;
    table(tool, "tauraro")
}

fn table<'t, 'i>(within: &'t DeTable<'i>, name: &str) -> Option<&'t DeTable<'i>> {
    match within.get(name)?.get_ref() {
        DeValue::Table(table) => Some(table),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_)
        | DeValue::Array(_) => None,
    }
}

fn malformed(error: &toml::de::Error, file: &SourceFile, place: &dyn Fn(Range<usize>) -> Span) -> Diagnostic {
    let at = error.span().map_or_else(|| file.span(0, 0), place);
    Diagnostic::error(codes::SETTING, format!("this is not TOML: {}", error.message()), at)
}
