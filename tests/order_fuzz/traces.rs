//! Owns: the file of what CPython printed for the programs that `cargo test` runs: a line for each program, with
//! the hash of its text and of its trace.
//! Never: writes a hash that CPython did not give.

use super::Trace;
use super::make::Program;
use super::source;
use std::fmt::Write as _;
use std::path::PathBuf;

/// The programs of `cargo test`.
pub const SEED: u64 = 20_260_000;
pub const COUNT: u64 = 120;

#[must_use]
pub fn path() -> PathBuf {
    crate::root().join("order_fuzz/traces.txt")
}

#[must_use]
pub fn text(programs: &[Program], traces: &[Trace]) -> String {
    let mut out = String::new();
    for (program, trace) in programs.iter().zip(traces) {
        let _ = writeln!(out, "{} {:016x} {:016x}", program.index, source::hash(program), trace.hash());
    }
    out
}

/// The hash of the program's text and of its trace.
#[must_use]
pub fn find(kept: &str, index: u64) -> Option<(u64, u64)> {
    let line = kept.lines().find(|line| line.split(' ').next() == Some(index.to_string().as_str()))?;
    let mut words = line.split(' ').skip(1).map(|word| u64::from_str_radix(word, 16));
    Some((words.next()?.ok()?, words.next()?.ok()?))
}
