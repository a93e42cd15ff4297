//! Owns: asking CPython what programs print: `oracle.py` runs many in one go.
//! Never: decides what is right, beyond that.

use super::make::Program;
use super::source::{self, PER_FILE};
use super::Trace;
use crate::parallel;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::fs;

const DRIVER: &str = include_str!("oracle.py");
/// Files per process.
const FILES: usize = 8;

/// What CPython prints, in the programs' order.
///
/// # Errors
/// When files cannot be written, or CPython does not start or ends early.
pub fn run(python: &Path, folder: &Path, clock: &Path, programs: &[Program]) -> Result<Vec<Trace>, String> {
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let driver = folder.join("oracle.py");
    fs::write(&driver, DRIVER).map_err(|error| error.to_string())?;
    let mut paths = Vec::new();
    for (number, programs) in programs.chunks(PER_FILE).enumerate() {
        let path = folder.join(format!("programs{number}.py"));
        fs::write(&path, source::file(programs)).map_err(|error| error.to_string())?;
        paths.push(path);
    }
    let groups: Vec<&[PathBuf]> = paths.chunks(FILES).collect();
    let answers = parallel(&groups, |paths| ask(python, &driver, clock, paths));
    let mut found = BTreeMap::new();
    for answer in answers {
        found.extend(answer.unwrap_or_else(|| Err("the runner panicked".to_owned()))?);
    }
    programs.iter().map(|program| found.remove(&program.index).ok_or_else(|| format!("CPython did not run program {}", program.index))).collect()
}

fn ask(python: &Path, driver: &Path, clock: &Path, paths: &[PathBuf]) -> Result<BTreeMap<u64, Trace>, String> {
    let output = Command::new(python).arg("-I").arg(driver).args(paths).env("LD_PRELOAD", clock).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let mut rest = output.stdout.as_slice();
    let mut found = BTreeMap::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or("a line without an end")?;
        let (head, behind) = rest.split_at(end + 1);
        let head = String::from_utf8_lossy(head);
        let words: Vec<&str> = head.split_whitespace().collect();
        let [_, key, status, length] = words.as_slice() else { return Err(format!("not a head line: {head}")) };
        let length: usize = length.parse().map_err(|_| format!("not a length: {length}"))?;
        let index: u64 = key.parse().map_err(|_| format!("not a number: {key}"))?;
        let text = behind.get(..length).ok_or("a program's output is cut")?;
        found.insert(index, Trace { status: (*status).to_owned(), text: String::from_utf8_lossy(text).into_owned() });
        rest = behind.get(length..).unwrap_or_default();
    }
    Ok(found)
}
