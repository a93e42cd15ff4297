//! Owns: rewriting expected files when the developer asks for it.
//! Never: rewrites what CPython printed (`cpython` does, with CPython).

use std::path::Path;
use std::{env, fs, io};

/// `TAURARO_BLESS=1 cargo test`: what comes out now is what is expected from now on.
pub fn blessing() -> bool {
    env::var_os("TAURARO_BLESS").is_some()
}

/// Compares with the file, or writes it when blessing; the error says what differs and how to bless.
pub fn expect(path: &Path, got: &str, runner: &str) -> Result<(), String> {
    let want = fs::read_to_string(path).ok();
    if want.as_deref() == Some(got) {
        return Ok(());
    }
    if blessing() {
        return write(path, got).map_err(|error| format!("{}: {error}", path.display()));
    }
    let difference = match want {
        Some(want) => super::first_difference(got, &want).unwrap_or_default(),
        None => "the expected file is missing".to_owned(),
    };
    Err(format!("{}: {difference}\n    (if it is right: {})", path.display(), how(runner)))
}

pub fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

pub fn how(runner: &str) -> String {
    format!("TAURARO_BLESS=1 cargo test -p tauraro-tests --test {runner}")
}
