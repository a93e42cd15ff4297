//! Owns: `tauraro check`.
//! Never: calls a Rust compiler.

use super::{Session, Stop};
use std::path::PathBuf;

pub fn check(session: &Session<'_>, files: &[PathBuf]) -> Result<(), Stop> {
    let mut result = Ok(());
    for file in files {
        match session.compile(file) {
            Ok(_) => {}
            Err(Stop::Reported) => result = Err(Stop::Reported),
            Err(other) => return Err(other),
        }
    }
    result
}
