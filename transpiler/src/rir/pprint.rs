//! Owns: RIR as text for `tauraro dump --stage rir`. Never: output that is compiled.

use super::File;
use std::fmt::Write;

pub fn print(file: &File) -> String {
    let mut out = String::new();
    for item in file.items.iter().chain(&file.tail) {
        let _ = writeln!(out, "{item:#?}");
    }
    for group in &file.sites {
        let _ = writeln!(out, "{group:?}");
    }
    out
}
