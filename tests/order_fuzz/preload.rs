//! Owns: building the library of `clock.rs`.
//! Never: runs programs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const SOURCE: &str = include_str!("clock.rs");

/// The library that makes time stand still, compiled into this folder; only Linux has what it needs.
///
/// # Errors
/// When rustc does not compile it.
pub fn build(folder: &Path) -> Result<PathBuf, String> {
    let (source, library) = (folder.join("clock.rs"), folder.join("libclock.so"));
    if library.is_file() && fs::read_to_string(&source).is_ok_and(|text| text == SOURCE) {
        return Ok(library);
    }
    fs::create_dir_all(folder).and_then(|()| fs::write(&source, SOURCE)).map_err(|error| format!("{}: {error}", source.display()))?;
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let fresh = folder.join(format!("libclock-{}.so", std::process::id()));
    let output = Command::new(rustc).args(["--edition", "2024", "--crate-type", "cdylib", "-O", "-o"]).arg(&fresh).arg(&source).output();
    match output {
        Ok(output) if output.status.success() => fs::rename(&fresh, &library).map(|()| library).map_err(|error| error.to_string()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(format!("rustc: {error}")),
    }
}
