//! Owns: the pure-Python standard library of the CPython 3.13 that the developer has installed.
//! Never: copies it anywhere, runs it, offers what the runtime has itself.

use super::adapt::adapt;
use crate::Found;
use crate::project::{cache, native, toolchain};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::UNIX_EPOCH;
use std::{env, fs};

/// A module of the installed standard library.
pub fn find(dotted: &str) -> Option<Found> {
    if !native::is_standard(dotted) {
        return None;
    }
    let base = dotted.split('.').fold(folder()?.to_path_buf(), |path, part| path.join(part));
    let (path, is_package) = match base.join("__init__.py") {
        init if init.is_file() => (init, true),
        _ => (base.with_file_name(format!("{}.py", base.file_name()?.to_string_lossy())), false),
    };
    let bytes = fs::read(&path).ok()?;
    Some(Found { path: path.display().to_string(), text: super::decode(bytes, &path).map(|text| adapt(dotted, text)), is_package, is_library: true })
}

/// The installed CPython 3.13, looked for once.
struct Installed {
    python: PathBuf,
    /// Its `lib/python3.13`.
    library: PathBuf,
}

fn installed() -> Option<&'static Installed> {
    static INSTALLED: OnceLock<Option<Installed>> = OnceLock::new();
    INSTALLED.get_or_init(search).as_ref()
}

fn folder() -> Option<&'static Path> {
    installed().map(|found| found.library.as_path())
}

/// The interpreter that programs are compared with.
pub fn python() -> Option<&'static Path> {
    installed().map(|found| found.python.as_path())
}

fn search() -> Option<Installed> {
    let named = env::var_os("TAURARO_PYTHON").map(PathBuf::from);
    let active = env::var_os("VIRTUAL_ENV").map(|home| PathBuf::from(home).join("bin/python"));
    let on_path = ["python3.13", "python3"].into_iter().filter_map(toolchain::on_path);
    let pyenv = env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv/versions"));
    let mut installed: Vec<PathBuf> = pyenv.and_then(|versions| fs::read_dir(versions).ok()).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    installed.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("3.13")));
    installed.sort();
    let installed = installed.into_iter().rev().map(|home| home.join("bin/python3.13"));
    named.into_iter().chain(active).chain(on_path).chain(installed).find_map(|python| ask(&python).map(|library| Installed { python, library }))
}

/// The library's folder if this is CPython 3.13. Asking costs an interpreter's start, so the answer is kept.
fn ask(python: &Path) -> Option<PathBuf> {
    let time = fs::metadata(python).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let question = format!("{} {}", python.display(), time.as_nanos());
    let note = cache::base().ok()?.join("python");
    if let Ok(text) = fs::read_to_string(&note)
        && let Some((asked, answer)) = text.trim_end().split_once('\n')
        && asked == question
    {
        return Some(PathBuf::from(answer)).filter(|path| path.is_dir());
    }
    let program = "import sys, sysconfig; print(sys.implementation.name, *sys.version_info[:2]); print(sysconfig.get_path('stdlib'))";
    let output = Command::new(python).args(["-I", "-S", "-c", program]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let folder = text.strip_prefix("cpython 3 13\n")?.trim_end();
    // Losing the note only costs asking again.
    let _ = cache::write_atomically(&note, format!("{question}\n{folder}\n").as_bytes());
    Some(PathBuf::from(folder)).filter(|path| path.is_dir())
}
