//! Owns: compiling the runtime with cargo, once per tauraro, rustc and cache, and remembering the result.
//! Never: compiles a script (`program` does).
//!
//! The runtime's folder is named by its content and never changes, so a note with cargo's result in it
//! proves that nothing is left to do, and a warm build need not ask cargo (0.1 s) or take the lock.

use super::cache::{self, Cache};
use super::toolchain::Toolchain;
use super::{Failure, Report, interrupt, rt_source};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs, thread};

/// The compiled runtime, ready to link.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Runtime {
    pub rlib: PathBuf,
    /// Changes when the runtime changes.
    pub id: String,
    /// Its folder.
    pub source: PathBuf,
}

/// Developers of the runtime point this at their `rt` folder: it is then built in place, crate by crate.
const IN_PLACE: &str = "TAURARO_RT";

impl Runtime {
    /// The folder of the runtime's source that generated crates depend on.
    pub fn source(cache: &Cache) -> PathBuf {
        match env::var_os(IN_PLACE) {
            Some(path) => path.into(),
            None => cache.rt().join("rt"),
        }
    }

    pub fn ensure(cache: &Cache, toolchain: &Toolchain, report: &dyn Report) -> Result<Self, Failure> {
        if let Some(path) = env::var_os(IN_PLACE) {
            let manifest = PathBuf::from(path).join("Cargo.toml");
            let _lock = cache.lock(|| report.line("waiting for another tauraro"))?;
            let rlib = compile(toolchain, &manifest, &cache.root.join("target-dev"), report, &Unit::runtime(), false)?;
            let stamp = fs::metadata(&rlib).and_then(|m| m.modified()).map(|t| format!("{t:?}")).unwrap_or_default();
            return Ok(Self { rlib, id: stamp, source: Self::source(cache) });
        }
        let note = cache.rt().join("built");
        if let Some(found) = recall(&note, cache) {
            return Ok(found);
        }
        let _lock = cache.lock(|| report.line("waiting for another tauraro that compiles the runtime"))?;
        if let Some(found) = recall(&note, cache) {
            return Ok(found);
        }
        let home = cache.unpack()?;
        let start = Instant::now();
        report.line("compiling the runtime, once for this version and toolchain");
        let compiled = compile(toolchain, &home.join("Cargo.toml"), &cache.target(), report, &Unit::runtime(), true);
        let rlib = match compiled {
            // The runtime compiles; what was unpacked or compiled before is not what it was.
            Err(failure) if failure.bug.is_some() => {
                report.line("the runtime's folder in the cache is damaged and is made again");
                cache.forget()?;
                let home = cache.unpack()?;
                compile(toolchain, &home.join("Cargo.toml"), &cache.target(), report, &Unit::runtime(), true)?
            }
            other => other?,
        };
        report.line(&format!("runtime ready in {:.0} s", start.elapsed().as_secs_f64()));
        cache::write_atomically(&note, format!("{}\n", rlib.display()).as_bytes())
            .map_err(|e| Failure::io("cannot write into the cache", &note, &e))?;
        Ok(Self { rlib, id: rt_source::HASH.to_owned(), source: Self::source(cache) })
    }
}

impl Runtime {
    /// The rlib of an extension: a crate below `rt/ext`, compiled when a program first imports its module.
    /// What it shares with the runtime is compiled already, with the same features.
    pub fn extension(cache: &Cache, toolchain: &Toolchain, report: &dyn Report, folder: &str) -> Result<PathBuf, Failure> {
        let unit = Unit { package: format!("tauraro-ext-{folder}"), library: format!("ext_{folder}") };
        if let Some(path) = env::var_os(IN_PLACE) {
            let manifest = PathBuf::from(path).join("Cargo.toml");
            let _lock = cache.lock(|| report.line("waiting for another tauraro"))?;
            return compile(toolchain, &manifest, &cache.root.join("target-dev"), report, &unit, false);
        }
        let home = cache.rt();
        let note = home.join(format!("built-{folder}"));
        if let Some(found) = noted(&note, cache) {
            return Ok(found);
        }
        let _lock = cache.lock(|| report.line("waiting for another tauraro that compiles the runtime"))?;
        if let Some(found) = noted(&note, cache) {
            return Ok(found);
        }
        let start = Instant::now();
        report.line(&format!("compiling {folder}, once for this version and toolchain"));
        let rlib = compile(toolchain, &home.join("Cargo.toml"), &cache.target(), report, &unit, true)?;
        report.line(&format!("{folder} ready in {:.0} s", start.elapsed().as_secs_f64()));
        cache::write_atomically(&note, format!("{}\n", rlib.display()).as_bytes())
            .map_err(|e| Failure::io("cannot write into the cache", &note, &e))?;
        Ok(rlib)
    }
}

/// What cargo is asked for: a package and the name of its library.
struct Unit {
    package: String,
    library: String,
}
impl Unit {
    fn runtime() -> Self {
        Self { package: "tauraro-rt".to_owned(), library: "rt".to_owned() }
    }
}

/// What a note says is compiled. A cache that was moved holds notes of the place it was at: they count for nothing.
fn noted(note: &Path, cache: &Cache) -> Option<PathBuf> {
    let rlib = PathBuf::from(fs::read_to_string(note).ok()?.lines().next()?);
    (rlib.starts_with(&cache.root) && rlib.is_file()).then_some(rlib)
}

fn recall(note: &Path, cache: &Cache) -> Option<Runtime> {
    noted(note, cache).map(|rlib| Runtime { rlib, id: rt_source::HASH.to_owned(), source: Runtime::source(cache) })
}

/// First without the network, since the crates may be there already; then with it.
fn compile(toolchain: &Toolchain, manifest: &Path, target: &Path, report: &dyn Report, unit: &Unit, shipped: bool) -> Result<PathBuf, Failure> {
    let total = if shipped { packages(rt_source::LOCK, &unit.package) } else { 0 };
    let offline = cargo(toolchain, manifest, target, report, unit, total, true)?;
    let outcome = match offline {
        Outcome::Failed(text) if lacks_crates(&text) => cargo(toolchain, manifest, target, report, unit, total, false)?,
        other @ (Outcome::Built(_) | Outcome::Failed(_)) => other,
    };
    match outcome {
        Outcome::Built(rlib) => Ok(rlib),
        Outcome::Failed(_) if interrupt::happened() => Err(Failure::interrupted()),
        Outcome::Failed(text) => Err(explain(&text, manifest)),
    }
}

/// Crates of which a program runs little, seldom: they are compiled for size.
const SMALL: &[&str] = &["tokio", "mio", "socket2", "num-bigint"];

enum Outcome {
    Built(PathBuf),
    Failed(String),
}

fn cargo(toolchain: &Toolchain, manifest: &Path, target: &Path, report: &dyn Report, unit: &Unit, total: usize, offline: bool) -> Result<Outcome, Failure> {
    let mut command = Command::new(&toolchain.cargo);
    command
        .args(["build", "--release", "--lib", "--package", &unit.package])
        .args(["--message-format", "json-render-diagnostics", "--config", "profile.release.lto=\"off\""])
        // Fewer units keep fewer copies of the same tables: 70 kB of a small program.
        .args(["--config", "profile.release.codegen-units=4"])
        .args(SMALL.iter().flat_map(|package| ["--config".to_owned(), format!("profile.release.package.{package}.opt-level=\"s\"")]))
        .arg("--manifest-path")
        .arg(manifest)
        .arg("--target-dir")
        .arg(target)
        // With a named target the flags do not reach build scripts and macros.
        .args(["--target", &toolchain.host, "--config"])
        .arg(format!("build.rustflags={:?}", toolchain.runtime_flags()))
        .env("RUSTC", &toolchain.rustc)
        .env_remove("CARGO_BUILD_TARGET")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // The runtime does not inherit what the user's own crates are built with.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER"] {
        command.env_remove(name);
    }
    if let Some(folder) = manifest.parent() {
        command.current_dir(folder);
    }
    if offline {
        command.arg("--offline");
    }
    report.detail(&format!("{command:?}"));
    let mut child = command.spawn().map_err(|e| Failure::io("cannot start cargo", &toolchain.cargo, &e))?;
    let stderr = child.stderr.take();
    let collector = thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut stream) = stderr {
            let _ = stream.read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut rlib = None;
    let mut done = 0;
    if let Some(stream) = child.stdout.take() {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if !line.starts_with("{\"reason\":\"compiler-artifact\"") {
                continue;
            }
            let name = after(&line, "\"target\":").and_then(|rest| string_after(rest, "\"name\":")).unwrap_or_default();
            let built = after(&line, "\"filenames\":[").map(strings).unwrap_or_default();
            if let Some(file) = built.iter().find(|file| name == unit.library && file.ends_with(".rlib")) {
                rlib = Some(PathBuf::from(file));
            }
            if name != "build-script-build" {
                done += 1;
                report.progress(done, total.max(done), &name);
            }
        }
    }
    let status = child.wait().map_err(|e| Failure::io("cargo was lost", &toolchain.cargo, &e))?;
    report.progress_end();
    let text = collector.join().unwrap_or_default();
    match rlib {
        Some(rlib) if status.success() => Ok(Outcome::Built(deps_twin(rlib, &unit.library))),
        _ => Ok(Outcome::Failed(text)),
    }
}

/// Cargo names `target/release/librt.rlib`, which the next version of the runtime overwrites; the file of the
/// same content in `deps/` carries a hash.
fn deps_twin(rlib: PathBuf, library: &str) -> PathBuf {
    let prefix = format!("lib{library}-");
    let twin = || {
        let wanted = fs::metadata(&rlib).ok()?;
        let deps = rlib.parent()?.join("deps");
        let mut best = None;
        for entry in fs::read_dir(deps).ok()? {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_string_lossy().into_owned();
            if name.starts_with(&prefix) && name.ends_with(".rlib") {
                let meta = fs::metadata(&path).ok()?;
                if meta.len() == wanted.len() && same_file(&meta, &wanted) {
                    best = Some(path);
                }
            }
        }
        best
    };
    twin().unwrap_or(rlib)
}

#[cfg(unix)]
fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    // Cargo links the two, or copies where links do not work.
    (a.ino() == b.ino() && a.dev() == b.dev()) || (a.nlink() == 1 && a.mtime() == b.mtime())
}

#[cfg(not(unix))]
fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    a.modified().ok() == b.modified().ok()
}

fn lacks_crates(text: &str) -> bool {
    text.contains("--offline") || text.contains("offline mode") || text.contains("no matching package")
}

fn explain(text: &str, manifest: &Path) -> Failure {
    if text.contains("linker `") && text.contains("not found") || text.contains("failed to find tool \"cc\"") {
        return Failure::user(super::NO_LINKER);
    }
    let network = ["failed to download", "Could not resolve host", "failed to get", "network", "spurious", "failed to fetch", "couldn't connect"];
    if network.iter().any(|sign| text.contains(sign)) {
        let why = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
        return Failure::user(format!(
            "the first build downloads the runtime's dependencies from the crate registry, and that failed: {why}. Connect to the network and try again; later builds need none."
        ));
    }
    if let Some(full) = Failure::full(text) {
        return full;
    }
    let Some(first) = text.lines().find(|line| line.starts_with("error")) else {
        let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it gave no message");
        return Failure::user(format!("cargo does not work: {last}"));
    };
    Failure::bug(format!("the runtime does not compile: {first}"), format!("in {}\n{text}", manifest.display()))
}

/// How many packages of a lock file the given one leads to: the length of the progress bar.
fn packages(lock: &str, root: &str) -> usize {
    let mut table: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut listing = false;
    for line in lock.lines() {
        let text = line.trim().trim_end_matches(',');
        if let Some(name) = text.strip_prefix("name = ") {
            table.push((name.trim_matches('"'), Vec::new()));
            listing = false;
        } else if text == "dependencies = [" {
            listing = true;
        } else if text == "]" {
            listing = false;
        } else if listing && let Some((_, needs)) = table.last_mut() {
            needs.push(text.trim_matches('"').split(' ').next().unwrap_or(""));
        }
    }
    let mut seen = vec![root];
    let mut at = 0;
    while let Some(name) = seen.get(at).copied() {
        at += 1;
        for (_, needs) in table.iter().filter(|row| row.0 == name) {
            for need in needs {
                // These are built for other systems only.
                if !need.starts_with("windows") && !need.starts_with("wasi") && !seen.contains(need) {
                    seen.push(need);
                }
            }
        }
    }
    seen.len()
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.find(mark).map(|at| &text[at + mark.len()..])
}

fn string_after(text: &str, mark: &str) -> Option<String> {
    strings(after(text, mark)?).into_iter().next()
}

/// The JSON strings at the start of a comma-separated list.
fn strings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.chars();
    while rest.next() == Some('"') {
        let mut one = String::new();
        while let Some(c) = rest.next() {
            match c {
                '"' => break,
                '\\' => one.extend(rest.next()),
                c => one.push(c),
            }
        }
        found.push(one);
        if rest.next() != Some(',') {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn artifact_messages_are_read() {
        let line = r#"{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"rt"},"filenames":["/a/librt.rlib","/a/librt.rmeta"]}"#;
        assert_eq!(string_after(after(line, "\"target\":").unwrap(), "\"name\":").unwrap(), "rt");
        assert_eq!(strings(after(line, "\"filenames\":[").unwrap()), ["/a/librt.rlib", "/a/librt.rmeta"]);
    }

    #[test]
    fn the_bar_counts_what_the_runtime_needs() {
        let lock = "[[package]]\nname = \"a\"\ndependencies = [\n \"b\",\n \"windows-sys\",\n]\n\n[[package]]\nname = \"b\"\n\n[[package]]\nname = \"c\"\n";
        assert_eq!(packages(lock, "a"), 2);
    }
}
