//! Owns: finding CPython 3.13 and asking it what a program prints. Blessing and benchmarks ask it; for the cases of tests/library
//! its standard library is compiled.
//! Never: decides what a plain `cargo test` expects.

use super::process::{self, Ended};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

/// `TAURARO_PYTHON`, `python3.13` on PATH, or pyenv's.
pub fn find() -> Option<PathBuf> {
    let mut candidates: Vec<PathBuf> = env::var_os("TAURARO_PYTHON").map(PathBuf::from).into_iter().collect();
    candidates.push("python3.13".into());
    if let Some(home) = env::var_os("HOME") {
        let versions = PathBuf::from(home).join(".pyenv/versions");
        let mut installed: Vec<PathBuf> = fs::read_dir(versions).into_iter().flatten().flatten().map(|e| e.path()).collect();
        installed.sort();
        candidates.extend(installed.into_iter().rev().map(|path| path.join("bin/python3")));
    }
    candidates.push("python3".into());
    candidates.into_iter().find(|python| {
        let asked = Command::new(python).arg("--version").output();
        asked.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).starts_with("Python 3.13."))
    })
}

/// Runs a script as a user would, in its folder.
pub fn run(python: &Path, script: &Path, args: &[String], stdin: &str) -> std::io::Result<Ended> {
    let mut command = Command::new(python);
    command.arg(script).args(args).env("PYTHONDONTWRITEBYTECODE", "1").env_remove("PYTHONPATH");
    if let Some(folder) = script.parent() {
        command.current_dir(folder);
    }
    process::run(command, stdin, Duration::from_secs(60))
}
