//! Owns: one script's generated crate on disk, rustc's call for it, and where its binary goes.
//! Never: generates Rust, compiles the runtime.
//!
//! The script's crate is compiled by rustc itself, with the flags cargo would pass: cargo adds 0.1 s to a
//! warm build and takes a lock on the whole target folder, while this takes only the script's own.

use super::cache::{self, Cache};
use super::runtime::Runtime;
use super::toolchain::Toolchain;
use super::{Crate, Failure, Profile, Report, RustFile, interrupt};
use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::UNIX_EPOCH;

/// All that compiling needs, found once for any number of scripts.
pub struct Builder<'a> {
    pub cache: &'a Cache,
    pub toolchain: &'a Toolchain,
    pub runtime: &'a Runtime,
    pub report: &'a dyn Report,
}

/// What became of one program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    New,
    Unchanged,
}

impl Builder<'_> {
    /// Compiles the crate and puts the binary at `out`, unless the one there is already this crate's.
    pub fn build(&self, unit: &Crate, profile: Profile, out: &Path) -> Result<Made, Failure> {
        let home = self.cache.script(&unit.script);
        fs::create_dir_all(&home).map_err(|e| Failure::io("cannot write into the cache", &home, &e))?;
        let _lock = lock(&home)?;
        let extensions = self.extensions(&unit.extensions)?;
        let key = self.key(unit, &extensions, profile);
        let note = home.join(match profile {
            Profile::Release => "made-release",
            Profile::Dev => "made-dev",
        });
        if let Some(now) = state(key, out) && fs::read_to_string(&note).is_ok_and(|then| then == now) {
            return Ok(Made::Unchanged);
        }
        let _ = fs::remove_file(&note);
        write_sources(unit, &home, &Runtime::source(self.cache)).map_err(|e| Failure::io("cannot write into the cache", &home, &e))?;
        let libraries = self.libraries(&unit.libraries, profile)?;
        let made = self.rustc(unit, &libraries, &extensions, profile, &home)?;
        place(&made, out).map_err(|e| Failure::io("cannot write", out, &e))?;
        if let Some(text) = state(key, out) {
            let _ = cache::write_atomically(&note, text.as_bytes());
        }
        Ok(Made::New)
    }

    /// Compiles the crate for `run` into the cache and says where the program lies.
    pub fn program(&self, unit: &Crate) -> Result<PathBuf, Failure> {
        let out = self.cache.script(&unit.script).join("program");
        self.build(unit, Profile::Dev, &out)?;
        Ok(out)
    }

    fn key(&self, unit: &Crate, extensions: &[(String, PathBuf)], profile: Profile) -> u64 {
        let mut hash = DefaultHasher::new();
        (profile as u8).hash(&mut hash);
        self.runtime.hash(&mut hash);
        self.toolchain.id.hash(&mut hash);
        for (_, rlib) in extensions {
            (rlib, fs::metadata(rlib).and_then(|meta| meta.modified()).ok()).hash(&mut hash);
        }
        for file in unit.files.iter().chain(unit.libraries.iter().flat_map(|library| &library.files)) {
            (&file.name, &file.text).hash(&mut hash);
        }
        hash.finish()
    }

    /// The compiled extensions of the runtime that the program links, by crate name.
    pub fn extensions(&self, folders: &BTreeSet<String>) -> Result<Vec<(String, PathBuf)>, Failure> {
        let one = |folder: &String| Ok((format!("ext_{folder}"), Runtime::extension(self.cache, self.toolchain, self.report, folder)?));
        folders.iter().map(one).collect()
    }

    fn rustc(&self, unit: &Crate, libraries: &[PathBuf], extensions: &[(String, PathBuf)], profile: Profile, home: &Path) -> Result<PathBuf, Failure> {
        let out = home.join("out");
        let mut command = rustc_command(self.toolchain, self.runtime, profile);
        command.args(["--crate-type", "bin", "--crate-name", &super::crate_name(&unit.script)]);
        for (library, rlib) in unit.libraries.iter().zip(libraries) {
            command.arg("--extern").arg(format!("{}={}", library.name, rlib.display()));
        }
        link_extensions(&mut command, self.toolchain, self.runtime, extensions);
        command.arg("-A").arg("warnings").arg("-o").arg(&out).arg("src/main.rs").current_dir(home);
        self.report.detail(&format!("{command:?}"));
        let output = command.output().map_err(|e| Failure::io("cannot start rustc", &self.toolchain.rustc, &e))?;
        if output.status.success() && out.is_file() && !interrupt::happened() {
            return Ok(out);
        }
        let text = format!("{}{}", String::from_utf8_lossy(&output.stderr), ended(&output));
        if interrupt::happened() {
            return Err(Failure::interrupted());
        }
        let _ = fs::write(home.join("rustc.log"), &text);
        Err(rejected(&text, &unit.files, &unit.script.display().to_string(), home))
    }
}

/// rustc with everything that does not depend on the crate: profile, runtime.
pub fn rustc_command(toolchain: &Toolchain, runtime: &Runtime, profile: Profile) -> Command {
    let mut command = Command::new(&toolchain.rustc);
    command.args(["--edition", "2024", "--color", "never", "-C", "panic=abort", "-C", "lto=off", "-C", "debug-assertions=off", "-C", "strip=symbols"]);
    match profile {
        Profile::Release => command.args(["-C", "opt-level=3", "-C", "codegen-units=16"]),
        Profile::Dev => command.args(["-C", "opt-level=0", "-C", "codegen-units=16"]),
    };
    command.args(toolchain.flags()).args(toolchain.link_flags(&runtime.source));
    command.arg("--extern").arg(format!("rt={}", runtime.rlib.display()));
    if let Some(deps) = runtime.rlib.parent() {
        command.arg("-L").arg(format!("dependency={}", deps.display()));
        if deps.file_name().is_none_or(|name| name != "deps") {
            command.arg("-L").arg(format!("dependency={}", deps.join("deps").display()));
        }
    }
    // Long chains of awaits nest deeply in rustc's own recursion.
    command.env("RUST_MIN_STACK", "268435456").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Tells rustc where the extensions are that a program links.
pub fn link_extensions(command: &mut Command, toolchain: &Toolchain, runtime: &Runtime, extensions: &[(String, PathBuf)]) {
    // Macros that their dependencies use lie with what was built for the compiling machine.
    let built_for = |folder: &&Path| folder.file_name().is_some_and(|name| name == toolchain.host.as_str());
    if !extensions.is_empty()
        && let Some(target) = runtime.rlib.ancestors().find(built_for).and_then(Path::parent)
    {
        command.arg("-L").arg(format!("dependency={}", target.join("release/deps").display()));
    }
    for (name, rlib) in extensions {
        command.arg("--extern").arg(format!("{name}={}", rlib.display()));
    }
}

/// The generated crate as a folder that `cargo build` takes too.
pub fn write_sources(unit: &Crate, home: &Path, rt: &Path) -> io::Result<()> {
    write_files(&unit.files, home)?;
    let name = cache::script_name(&unit.script);
    let mut manifest = super::manifest(&name, &super::crate_name(&unit.script), &unit.script.display().to_string(), rt);
    let mut needs = String::new();
    for library in &unit.libraries {
        let folder = home.join("libraries").join(&library.name);
        write_files(&library.files, &folder)?;
        needs.push_str(&format!("{} = {{ path = \"libraries/{0}\" }}\n", library.name));
        let rt = format!("{:?}", rt.display().to_string());
        let text = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\npath = \"src/lib.rs\"\n\n[dependencies]\nrt = {{ package = \"tauraro-rt\", path = {rt} }}\n",
            library.name
        );
        fs::write(folder.join("Cargo.toml"), text)?;
    }
    for folder in &unit.extensions {
        let path = format!("{:?}", rt.join("ext").join(folder).display().to_string());
        needs.push_str(&format!("ext_{folder} = {{ package = \"tauraro-ext-{folder}\", path = {path} }}\n"));
    }
    manifest = manifest.replace("\n# The profile", &format!("{needs}\n# The profile"));
    fs::write(home.join("Cargo.toml"), manifest)?;
    fs::write(home.join(".gitignore"), super::rt_source::GITIGNORE)?;
    fs::write(home.join("app.map"), line_maps(unit))
}

/// The files below `src/`, and nothing else there.
pub fn write_files(files: &[RustFile], home: &Path) -> io::Result<()> {
    let src = home.join("src");
    if src.exists() {
        fs::remove_dir_all(&src)?;
    }
    for file in files {
        let path = src.join(&file.name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, &file.text)?;
    }
    Ok(())
}

/// One line per mapped Rust line: `src/main.rs:12 /home/me/app.py:3`.
fn line_maps(unit: &Crate) -> String {
    let mut text = String::new();
    for file in &unit.files {
        for (at, line) in file.lines.iter().enumerate().filter(|(_, line)| **line != 0) {
            text.push_str(&format!("src/{}:{} {}:{line}\n", file.name, at + 1, file.python));
        }
    }
    text
}

fn lock(home: &Path) -> Result<File, Failure> {
    let path = home.join("lock");
    let open = || {
        let file = File::options().create(true).truncate(false).write(true).open(&path)?;
        file.lock()?;
        Ok(file)
    };
    open().map_err(|e: io::Error| Failure::io("cannot lock", &path, &e))
}

/// Identifies the binary that stands at `out` as the one made from `key`.
fn state(key: u64, out: &Path) -> Option<String> {
    let meta = fs::metadata(out).ok()?;
    let time = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{key:016x} {} {} {}\n", meta.len(), time.as_nanos(), out.display()))
}

/// Moves the binary to its place in one step; a running program keeps the old file.
fn place(made: &Path, out: &Path) -> io::Result<()> {
    if out.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder"));
    }
    if fs::rename(made, out).is_ok() {
        return Ok(());
    }
    // Another file system: copy beside it first.
    let temporary = cache::temporary_beside(out);
    let result = fs::copy(made, &temporary).and_then(|_| fs::rename(&temporary, out));
    if result.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    let _ = fs::remove_file(made);
    result
}

/// How rustc ended, if a signal ended it.
pub fn ended(output: &Output) -> String {
    match output.status.code() {
        Some(_) => String::new(),
        None => format!("\n{KILLED}{}\n", output.status),
    }
}

const KILLED: &str = "killed: ";

/// rustc's refusal is never the user's fault, except for a missing linker or a full disk.
pub fn rejected(text: &str, files: &[RustFile], whole: &str, home: &Path) -> Failure {
    if text.contains("linker `") && text.contains("not found") {
        return Failure::user(super::NO_LINKER);
    }
    if let Some(full) = Failure::full(text) {
        return full;
    }
    if let Some(how) = text.lines().find_map(|line| line.strip_prefix(KILLED)) {
        return Failure::user(format!("rustc was killed ({how}) while it compiled {whole}; that happens when memory runs out"));
    }
    // The runtime's crates are not what they were when they were compiled.
    if ["error[E0463]", "error[E0460]", "error[E0461]", "error[E0514]", "error[E0786]"].iter().any(|code| text.contains(code))
        || (text.contains("error: linking with") && text.contains(".rlib") && !text.contains("undefined symbol"))
    {
        let mut failure = Failure::user("the cache is damaged (`tauraro cache clean` removes it)");
        failure.damaged = true;
        return failure;
    }
    let first = text.lines().find(|line| line.starts_with("error")).unwrap_or("rustc gave no message");
    // An error that points into no text is not about the generated one: a crate of the runtime that is gone, say, for
    // which rustc has many words. Made again, the runtime either is whole or is not to blame.
    let at = first_error(text);
    let is_linker = text.contains("error: linking with");
    let damaged = at.is_none() && !is_linker;
    let place = at.and_then(|(file, line)| {
        let file = files.iter().find(|f| Path::new("src").join(&f.name) == Path::new(&file))?;
        Some(format!("{}:{}", file.python, python_line(file, line)?))
    });
    let place = place.unwrap_or_else(|| whole.to_owned());
    let mut failure = Failure::bug(
        format!("{place}: the generated Rust does not compile ({first})"),
        format!("please report it with the program (TAU0901). The generated crate lies in {}, rustc's words in rustc.log there", home.display()),
    );
    failure.damaged = damaged;
    failure
}

/// File and line of the first ` --> src/main.rs:12:5` after an `error` line.
pub fn first_error(text: &str) -> Option<(String, usize)> {
    let mut in_error = false;
    for line in text.lines() {
        in_error |= line.starts_with("error");
        if in_error && let Some(place) = line.trim_start().strip_prefix("--> ") {
            let mut parts = place.rsplitn(3, ':');
            let (_, row, file) = (parts.next()?, parts.next()?, parts.next()?);
            return Some((file.to_owned(), row.parse().ok()?));
        }
    }
    None
}

/// The Python line that a Rust line came from: its own, or that of the nearest line above.
pub fn python_line(file: &RustFile, line: usize) -> Option<u32> {
    file.lines.iter().take(line).rev().copied().find(|line| *line != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_is_found_behind_warnings() {
        let text = "warning: x\n --> src/main.rs:1:1\nerror[E0308]: mismatched\n   --> src/a/b.rs:12:5\n";
        assert_eq!(first_error(text), Some(("src/a/b.rs".to_owned(), 12)));
    }

    #[test]
    fn a_rust_line_leads_to_the_python_line_above_it() {
        let file = RustFile { name: "main.rs".into(), text: String::new(), python: "a.py".into(), lines: vec![0, 3, 0, 4] };
        assert_eq!([1, 2, 3, 4, 9].map(|line| python_line(&file, line)), [None, Some(3), Some(3), Some(4), Some(4)]);
    }
}
