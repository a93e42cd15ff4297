//! Owns: finding cargo and rustc, and a short name for the compiler in use.
//! Never: compiles anything.

use super::Failure;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;
use std::{env, fs};

/// The Rust toolchain that builds the programs.
#[derive(Clone, Debug)]
pub struct Toolchain {
    pub cargo: PathBuf,
    pub rustc: PathBuf,
    /// Names the compiler's exact version in cache paths.
    pub id: String,
    /// The target triple that it compiles for by itself.
    pub host: String,
}

const MISSING: &str = "tauraro compiles through Rust, and no `rustc` and `cargo` are on PATH. Install them from https://rustup.rs and try again.";

impl Toolchain {
    /// `rustc` on PATH is often rustup's proxy, which costs about as much as a small compilation, so the real
    /// compiler behind it is remembered in `memory` until the proxy, its settings or the compiler change.
    pub fn find(memory: &Path) -> Result<Self, Failure> {
        let shown = match env::var_os("RUSTC") {
            Some(path) => PathBuf::from(path),
            None => on_path("rustc").ok_or_else(|| Failure::user(MISSING))?,
        };
        let question = fingerprint(&shown);
        let note = memory.join(format!("toolchain-{question:016x}"));
        if let Some(found) = Self::recall(&note) {
            return Ok(found);
        }
        let text = ask(&shown, &["--print", "sysroot"], memory)?;
        let bin = Path::new(text.trim()).join("bin");
        let direct = |name: &str| Some(bin.join(exe(name))).filter(|path| path.is_file());
        let rustc = direct("rustc").unwrap_or(shown);
        let cargo = direct("cargo").or_else(|| on_path("cargo")).ok_or_else(|| Failure::user(MISSING))?;
        let version = ask(&rustc, &["-vV"], memory)?;
        let mut hash = DefaultHasher::new();
        version.hash(&mut hash);
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned();
        let found = Self { cargo, rustc, id: format!("{:08x}", hash.finish() as u32), host };
        found.remember(&note);
        Ok(found)
    }

    /// Code generation flags for the runtime and the scripts alike. With panic=abort nobody unwinds, and a fixed
    /// address spares an executable its relocations: together a fifth of a small program.
    pub fn flags(&self) -> Vec<&'static str> {
        let mut flags = vec!["-Cforce-unwind-tables=no"];
        if self.host.ends_with("-linux-gnu") {
            flags.push("-Crelocation-model=static");
        }
        flags
    }

    /// Flags for linking a program. rustc brings its own lld for this target.
    pub fn link_flags(&self) -> Vec<&'static str> {
        if self.host == "x86_64-unknown-linux-gnu" { vec!["-Clink-arg=-Wl,--icf=safe"] } else { Vec::new() }
    }

    fn recall(note: &Path) -> Option<Self> {
        let text = fs::read_to_string(note).ok()?;
        let mut lines = text.lines();
        let (cargo, rustc, id, stamp, host) = (lines.next()?, lines.next()?, lines.next()?, lines.next()?, lines.next()?);
        let found = Self { cargo: cargo.into(), rustc: rustc.into(), id: id.to_owned(), host: host.to_owned() };
        (stamp == modified(&found.rustc)?.to_string() && found.cargo.is_file()).then_some(found)
    }

    /// A lost note only costs the next call a question to rustc, so errors are of no interest.
    fn remember(&self, note: &Path) {
        if let Some(stamp) = modified(&self.rustc) {
            let text = format!("{}\n{}\n{}\n{stamp}\n{}\n", self.cargo.display(), self.rustc.display(), self.id, self.host);
            let _ = super::cache::write_atomically(note, text.as_bytes());
        }
    }
}

fn ask(program: &Path, args: &[&str], cwd: &Path) -> Result<String, Failure> {
    let output = Command::new(program).args(args).current_dir(cwd).output();
    match output {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(Failure::user(format!(
            "{} does not work: {}",
            program.display(),
            String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("no message")
        ))),
        Err(_) => Err(Failure::user(MISSING)),
    }
}

/// Changes when PATH leads to another compiler or rustup's default changes.
fn fingerprint(shown: &Path) -> u64 {
    let mut hash = DefaultHasher::new();
    shown.hash(&mut hash);
    modified(shown).hash(&mut hash);
    env::var_os("RUSTUP_TOOLCHAIN").hash(&mut hash);
    let home = env::var_os("RUSTUP_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".rustup")));
    if let Some(home) = home {
        modified(&home.join("settings.toml")).hash(&mut hash);
    }
    hash.finish()
}

fn modified(path: &Path) -> Option<u128> {
    let time = fs::metadata(path).ok()?.modified().ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_nanos())
}

fn exe(name: &str) -> String {
    format!("{name}{}", env::consts::EXE_SUFFIX)
}

/// The first executable of this name on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(exe(name))).find(|candidate| candidate.is_file())
}
