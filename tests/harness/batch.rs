//! Owns: compiling many generated programs as the modules of a few crates, so that rustc starts a dozen times
//! and not hundreds. Each program still runs as a process of its own.
//! Never: compares outputs.
//!
//! A case's `main.rs` becomes `src/cN/mod.rs`; the batch's own `main` calls `cN::main()` for the N in the
//! environment, so that the program sees its own arguments.

use super::parallel;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};
use tauraro::cli::Tools;
use tauraro::project::program::{link_extensions, rustc_command};
use tauraro::project::{Library, Profile, Report, RustFile};

const SELECT: &str = "TAURARO_BATCH_CASE";
/// Lines of Rust per crate: enough to spread the fixed cost, few enough to keep both processors busy.
const SHARD: usize = 12_000;

/// One program of a batch: its name and its generated files.
pub struct Unit {
    pub name: String,
    pub files: Vec<RustFile>,
    /// Crates of its own: compiled once each, shared by all units that link the same.
    pub libraries: Vec<Library>,
    /// Crates of the runtime beside `rt` that it links.
    pub extensions: BTreeSet<String>,
}

/// What became of a unit: a command that runs it, or rustc's first words against it.
pub enum Built {
    Program { path: PathBuf, index: usize },
    Rejected(String),
}

impl Built {
    /// The command that runs the program, if there is one.
    pub fn command(&self) -> Option<Command> {
        match self {
            Built::Program { path, index } => {
                let mut command = Command::new(path);
                command.env(SELECT, index.to_string());
                Some(command)
            }
            Built::Rejected(_) => None,
        }
    }
}

/// Progress of a long first build belongs on the terminal of whoever runs the tests.
pub struct Loud;

impl Report for Loud {
    fn line(&self, text: &str) {
        eprintln!("tauraro: {text}");
    }
    fn detail(&self, _: &str) {}
    fn progress(&self, _: usize, _: usize, _: &str) {}
    fn progress_end(&self) {}
}

/// Compiler and runtime, from the same cache that the command uses.
pub fn tools() -> Tools {
    match Tools::find(&Loud) {
        Ok(tools) => tools,
        Err(failure) => panic!("{failure}"),
    }
}

/// The folder that a runner's crates are written to.
pub fn folder(runner: &str) -> PathBuf {
    let target = super::repository().join("target");
    target.join("batches").join(runner)
}

/// How strict rustc is with the generated code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lints {
    Ignored,
    Denied,
}

/// Compiles all units; the results are in their order.
pub fn build(tools: &Tools, runner: &str, units: &[Unit], lints: Lints) -> Vec<Built> {
    let home = folder(runner);
    let compiled = libraries(tools, units);
    let mut shards: Vec<Vec<usize>> = vec![Vec::new()];
    let mut lines = 0;
    for (index, unit) in units.iter().enumerate() {
        let size: usize = unit.files.iter().map(|file| file.text.lines().count()).sum();
        if unit.libraries.iter().any(|library| matches!(compiled.get(&library.name), Some(Err(_)) | None)) {
            continue;
        }
        if lines + size > SHARD && lines > 0 {
            shards.push(Vec::new());
            lines = 0;
        }
        lines += size;
        if let Some(last) = shards.last_mut() {
            last.push(index);
        }
    }
    let numbered: Vec<(usize, Vec<usize>)> = shards.into_iter().enumerate().collect();
    let built = parallel(&numbered, |(number, members)| shard(tools, &home.join(format!("shard{number}")), units, members, &compiled, lints));
    let mut results: Vec<Built> = units.iter().map(|_| Built::Rejected("the batch was lost".to_owned())).collect();
    for (result, unit) in results.iter_mut().zip(units) {
        if let Some(why) = unit.libraries.iter().find_map(|library| compiled.get(&library.name)?.as_ref().err()) {
            *result = Built::Rejected(why.clone());
        }
    }
    for (index, one) in built.into_iter().flatten().flatten() {
        results[index] = one;
    }
    results
}

type Compiled = BTreeMap<String, Result<PathBuf, String>>;

/// Every library that some unit links, by name.
fn libraries(tools: &Tools, units: &[Unit]) -> Compiled {
    let all: BTreeMap<&str, &Library> = units.iter().flat_map(|unit| &unit.libraries).map(|library| (library.name.as_str(), library)).collect();
    let all: Vec<&Library> = all.into_values().collect();
    let done = parallel(&all, |library| {
        let built = tools.builder(&Loud).libraries(std::slice::from_ref(*library), Profile::Dev);
        built.map_err(|failure| failure.to_string()).and_then(|paths| paths.into_iter().next().ok_or_else(String::new))
    });
    all.iter().zip(done).map(|(library, done)| (library.name.clone(), done.unwrap_or_else(|| Err("the runner panicked".to_owned())))).collect()
}

/// One crate. Units that rustc refuses are taken out and the rest is compiled again.
fn shard(tools: &Tools, home: &Path, units: &[Unit], members: &[usize], compiled: &Compiled, lints: Lints) -> Vec<(usize, Built)> {
    let mut alive: BTreeSet<usize> = members.iter().copied().collect();
    let mut results = BTreeMap::new();
    while !alive.is_empty() {
        if let Err(error) = write(home, units, &alive) {
            return members.iter().map(|index| (*index, Built::Rejected(format!("cannot write the batch: {error}")))).collect();
        }
        let mut command = rustc_command(&tools.toolchain, &tools.runtime, Profile::Dev);
        let program = home.join("program");
        command.args(["--crate-type", "bin", "--crate-name", "batch", "src/main.rs", "-o"]).arg(&program).current_dir(home);
        let extensions: BTreeSet<String> = alive.iter().filter_map(|index| units.get(*index)).flat_map(|unit| unit.extensions.iter().cloned()).collect();
        let found = tools.builder(&Loud).extensions(&extensions);
        match found {
            Ok(found) => link_extensions(&mut command, &tools.toolchain, &tools.runtime, &found),
            Err(failure) => return members.iter().map(|index| (*index, Built::Rejected(failure.to_string()))).collect(),
        }
        let linked: BTreeSet<&str> = alive.iter().filter_map(|index| units.get(*index)).flat_map(|unit| &unit.libraries).map(|library| library.name.as_str()).collect();
        for name in linked {
            if let Some(Ok(path)) = compiled.get(name) {
                command.arg("--extern").arg(format!("{name}={}", path.display()));
            }
        }
        command.args(match lints {
            Lints::Ignored => ["-A", "warnings"],
            Lints::Denied => ["-D", "warnings"],
        });
        let output = match command.output() {
            Ok(output) => output,
            Err(error) => return members.iter().map(|index| (*index, Built::Rejected(error.to_string()))).collect(),
        };
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let _ = fs::write(home.join("rustc.log"), &text);
        if output.status.success() {
            results.extend(alive.iter().map(|index| (*index, Built::Program { path: program.clone(), index: *index })));
            break;
        }
        let mut refused = refusals(&text);
        refused.retain(|index, _| alive.contains(index));
        if refused.is_empty() {
            // An error that names no unit (the linker, a limit): find the culprit by halves.
            if alive.len() == 1 {
                let first = text.lines().find(|line| line.starts_with("error")).unwrap_or("rustc gave no message").to_owned();
                results.extend(alive.iter().map(|index| (*index, Built::Rejected(first.clone()))));
                break;
            }
            let all: Vec<usize> = alive.iter().copied().collect();
            for (side, half) in all.chunks(all.len().div_ceil(2)).enumerate() {
                results.extend(shard(tools, &home.join(format!("half{side}")), units, half, compiled, lints));
            }
            break;
        }
        for (index, why) in refused {
            alive.remove(&index);
            results.insert(index, Built::Rejected(why));
        }
    }
    results.into_iter().collect()
}

fn write(home: &Path, units: &[Unit], alive: &BTreeSet<usize>) -> io::Result<()> {
    let src = home.join("src");
    if src.exists() {
        fs::remove_dir_all(&src)?;
    }
    fs::create_dir_all(&src)?;
    let mut main = String::from("//! A batch of test programs.\n#![recursion_limit = \"512\"]\n\n");
    let mut arms = String::new();
    for index in alive {
        let Some(unit) = units.get(*index) else { continue };
        let _ = writeln!(main, "mod c{index};");
        let _ = writeln!(arms, "        Ok(\"{index}\") => {{ c{index}::main(); }}");
        for file in &unit.files {
            let path = if file.name == "main.rs" { src.join(format!("c{index}/mod.rs")) } else { src.join(format!("c{index}")).join(&file.name) };
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, as_module(&file.text))?;
        }
    }
    let _ = write!(main, "\nfn main() {{\n    match std::env::var(\"{SELECT}\").as_deref() {{\n{arms}        _ => std::process::exit(99),\n    }}\n}}\n");
    fs::write(src.join("main.rs"), main)
}

/// What only a crate's root may say is left out; `main` becomes visible to the batch.
fn as_module(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        if line.starts_with("#![recursion_limit") {
            continue;
        }
        if line.starts_with("fn main()") {
            out.push_str("pub ");
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// For each unit that an error points into, the error's first line and place.
fn refusals(text: &str) -> BTreeMap<usize, String> {
    let mut found = BTreeMap::new();
    let mut error: Option<&str> = None;
    for line in text.lines() {
        if line.starts_with("error") {
            error = Some(line);
        } else if line.starts_with("warning") {
            error = None;
        } else if let (Some(message), Some(place)) = (error, line.trim_start().strip_prefix("--> src/c")) {
            let digits: String = place.chars().take_while(char::is_ascii_digit).collect();
            if let Ok(index) = digits.parse() {
                found.entry(index).or_insert_with(|| format!("{message} at c{place}"));
            }
        }
    }
    found
}
