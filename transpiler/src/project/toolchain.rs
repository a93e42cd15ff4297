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
    /// The compiler is 1.MINOR.
    pub minor: u32,
    /// The symbol in the standard library that prints a Rust backtrace; empty when there is none to be found.
    backtrace: String,
}

/// What the runtime is written for: `rust-version` in the manifests.
const OLDEST: u32 = 95;

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
        let release = version.lines().find_map(|line| line.strip_prefix("release: 1.")).unwrap_or_default();
        let minor = release.split('.').next().and_then(|minor| minor.parse().ok()).unwrap_or(0);
        if minor < OLDEST {
            let release = if release.is_empty() { "of an unknown version" } else { release };
            return Err(Failure::user(format!(
                "{} is Rust 1.{release}, and tauraro needs 1.{OLDEST} or newer: `rustup update` installs it.",
                rustc.display()
            )));
        }
        let backtrace = backtrace_symbol(&Path::new(text.trim()).join("lib/rustlib").join(&host).join("lib")).unwrap_or_default();
        let found = Self { cargo, rustc, id: format!("{:08x}", hash.finish() as u32), host, minor, backtrace };
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

    /// The runtime has more calls than heat: with the usual thresholds for inlining it is a seventh larger and 2 % faster.
    pub fn runtime_flags(&self) -> Vec<&'static str> {
        let mut flags = self.flags();
        flags.extend(["-Cllvm-args=-inline-threshold=40", "-Cllvm-args=-inlinehint-threshold=100"]);
        flags
    }

    /// Flags for linking a program with the lld that rustc brings for this target: equal functions are kept once,
    /// and what serves only unwinding and Rust backtraces goes (`rt/program.ld`, `rt/src/backtrace.rs`).
    pub fn link_flags(&self, runtime: &Path) -> Vec<String> {
        if !self.has_lld() {
            return Vec::new();
        }
        let mut flags = vec!["-Clink-arg=-Wl,--icf=safe".to_owned(), format!("-Clink-arg=-Wl,-T,{}", runtime.join("program.ld").display())];
        if !self.backtrace.is_empty() {
            flags.push(format!("-Clink-arg=-Wl,--defsym={}=tauraro_no_backtrace", self.backtrace));
        }
        flags
    }

    /// rustc links with its own lld for this target since 1.90.
    fn has_lld(&self) -> bool {
        self.host == "x86_64-unknown-linux-gnu" && self.minor >= 90
    }

    fn recall(note: &Path) -> Option<Self> {
        let text = fs::read_to_string(note).ok()?;
        let mut lines = text.lines();
        let (cargo, rustc, id, stamp) = (lines.next()?, lines.next()?, lines.next()?, lines.next()?);
        let (host, minor, backtrace) = (lines.next()?, lines.next()?.parse().ok()?, lines.next()?);
        let (id, host, backtrace) = (id.to_owned(), host.to_owned(), backtrace.to_owned());
        let found = Self { cargo: cargo.into(), rustc: rustc.into(), id, host, minor, backtrace };
        (stamp == modified(&found.rustc)?.to_string() && found.cargo.is_file()).then_some(found)
    }

    /// A lost note only costs the next call a question to rustc, so errors are of no interest.
    fn remember(&self, note: &Path) {
        if let Some(stamp) = modified(&self.rustc) {
            let Self { cargo, rustc, id, host, minor, backtrace } = self;
            let text = format!("{}\n{}\n{id}\n{stamp}\n{host}\n{minor}\n{backtrace}\n", cargo.display(), rustc.display());
            let _ = super::cache::write_atomically(note, text.as_bytes());
        }
    }
}

/// The name under which `libstd` exports the `Display` implementation of its backtrace printer. It holds hashes of
/// the compiler's version, so it is looked up in the archive's table of symbols, where names end with a zero.
fn backtrace_symbol(libraries: &Path) -> Option<String> {
    let mut files = fs::read_dir(libraries).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let is_std = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("libstd-") && name.ends_with(".rlib"));
    let bytes = fs::read(files.find(is_std)?).ok()?;
    let found = bytes.split(|byte| *byte == 0).find(|name| {
        let has = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
        name.starts_with(b"_RNv") && name.len() < 400 && name.ends_with(b"7Display3fmt") && has(b"3std3sys9backtrace") && has(b"16DisplayBacktrace")
    })?;
    String::from_utf8(found.to_vec()).ok()
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
