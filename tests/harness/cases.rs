//! Owns: cases that are whole programs: compiling them, running them, comparing with what CPython printed, and the
//! book-keeping of known failures.
//! Never: writes an expected output except from CPython.

use crate::batch::{self, Lints, Unit};
use crate::directive::Xfail;
use crate::live::Live;
use crate::{bless, cpython, files, first_difference, is_partial, name_below, parallel, process, repository, selected};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};
use tauraro::driver;

const LIMIT: Duration = Duration::from_secs(20);

/// One program with what CPython printed for it.
pub struct Case {
    pub name: String,
    base: PathBuf,
    source: PathBuf,
    live: Option<Live>,
}

/// Why a case does not pass: a kind that xfail files name, and one line.
pub struct Miss {
    kind: String,
    why: String,
}

impl Miss {
    fn new(kind: &str, why: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), why: why.into() }
    }
}

impl Case {
    fn at(folder: &Path, out: &Path) -> Option<Self> {
        let base = out.with_extension("");
        let source = if base.is_dir() { base.join("main.py") } else { base.with_extension("py") };
        let name = name_below(folder, out);
        (source.is_file() && selected(&name)).then(|| Self { name, live: Live::of(&base), base, source })
    }

    fn side(&self, extension: &str) -> Option<String> {
        fs::read_to_string(self.base.with_extension(extension)).ok()
    }

    fn args(&self) -> Vec<String> {
        self.side("args").unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// The pipeline up to generated Rust.
    fn generate(&self, options: &tauraro::Options) -> Result<Unit, Miss> {
        match &self.live {
            None => generate(&self.name, &self.source, options),
            Some(live) => {
                let copy = live.source(&self.source, &self.name).map_err(|error| Miss::new("READ", error.to_string()))?;
                generate(&self.name, &copy, &tauraro::Options { without_libraries: options.without_libraries && !live.library, ..*options })
            }
        }
    }

    fn compare(&self, built: &batch::Built, server: Option<&batch::Built>) -> Result<(), Miss> {
        let mut command = match built {
            batch::Built::Rejected(why) => return Err(Miss::new("RUSTC", why.clone())),
            batch::Built::Program { .. } => built.command().ok_or_else(|| Miss::new("BATCH", "no program"))?,
        };
        command.args(self.args());
        if let Some(folder) = self.source.parent() {
            command.current_dir(folder);
        }
        let stdin = self.side("in").unwrap_or_default();
        let server = server.and_then(batch::Built::command);
        let ended = match &self.live {
            None => process::run(command, &stdin, LIMIT),
            Some(live) => live.run(command, server, &stdin, LIMIT),
        };
        let ended = ended.map_err(|error| Miss::new("START", error.to_string()))?;
        let stdout = self.live.as_ref().map_or_else(|| ended.stdout.clone(), |live| live.shown(&ended.stdout));
        let last = ended.stderr.trim_end().lines().last().unwrap_or("").trim().to_owned();
        let Some(status) = ended.status else { return Err(Miss::new("TIMEOUT", format!("no end in {} s", LIMIT.as_secs()))) };
        if let Some(panic) = ended.stderr.lines().find(|line| line.contains("panicked at")) {
            return Err(Miss::new("PANIC", panic));
        }
        if let Some(difference) = first_difference(&stdout, &self.side("out").unwrap_or_default()) {
            let hint = if last.is_empty() { String::new() } else { format!(" ({last})") };
            return Err(Miss::new("OUTPUT", format!("{difference}{hint}")));
        }
        let want: i32 = self.side("exit").and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        if status != want {
            return Err(Miss::new("EXIT", format!("{status} != {want} ({last})")));
        }
        match self.side("err") {
            Some(want) if want.trim() != last => Err(Miss::new("STDERR", format!("{last:?} != {:?}", want.trim()))),
            Some(_) | None => Ok(()),
        }
    }
}

/// The pipeline up to generated Rust.
fn generate(name: &str, source: &Path, options: &tauraro::Options) -> Result<Unit, Miss> {
    let compiled = driver::compile_file(source, options).map_err(|error| Miss::new("READ", error.to_string()))?;
    let error = compiled.diagnostics.iter().find(|item| item.severity == tauraro::diagnostics::Severity::Error);
    match error {
        Some(item) => Err(Miss::new(&item.code.to_string(), item.message.clone())),
        None => Ok(Unit { name: name.to_owned(), files: compiled.files, libraries: compiled.libraries, extensions: compiled.extensions }),
    }
}

/// Runs every case below `folder`, compiled with these options, and compares the counts with its SUMMARY.txt.
///
/// # Panics
/// When a case fails that is not known to, or passes that is known to fail.
pub fn run(runner: &str, folder: &Path, options: &tauraro::Options) {
    if env::var("TAURARO_BLESS").is_ok_and(|what| what == "cpython") {
        return ask_cpython(folder);
    }
    let cases: Vec<Case> = files(folder, "out").iter().filter_map(|out| Case::at(folder, out)).collect();
    let mut results: Vec<Option<Result<(), Miss>>> = cases.iter().map(|_| None).collect();
    let mut units = Vec::new();
    let mut owners = Vec::new();
    let library = cpython::find().is_some();
    for (index, generated) in parallel(&cases, |case| case.generate(options)).into_iter().enumerate() {
        match generated {
            _ if !library && cases[index].live.as_ref().is_some_and(|live| live.library) => results[index] = Some(Ok(())),
            Some(Ok(unit)) => {
                units.push(unit);
                owners.push(index);
            }
            Some(Err(miss)) => results[index] = Some(Err(miss)),
            None => results[index] = Some(Err(Miss::new("CRASH", "a pass panicked"))),
        }
    }
    let servers: BTreeSet<&PathBuf> = cases.iter().filter_map(|case| case.live.as_ref()?.server.as_ref()).collect();
    for server in &servers {
        match generate(&name_below(folder, server), server, options) {
            Ok(unit) => units.push(unit),
            Err(miss) => panic!("{}: {}", server.display(), miss.why),
        }
    }
    let mut built = batch::build(&batch::tools(), runner, &units, Lints::Ignored);
    let servers: BTreeMap<&PathBuf, batch::Built> = servers.into_iter().zip(built.split_off(owners.len())).collect();
    let jobs: Vec<(usize, batch::Built)> = owners.into_iter().zip(built).collect();
    let compared = parallel(&jobs, |(index, built)| {
        let case = &cases[*index];
        case.compare(built, case.live.as_ref().and_then(|live| servers.get(live.server.as_ref()?)))
    });
    for ((index, _), result) in jobs.iter().zip(compared) {
        results[*index] = Some(result.unwrap_or_else(|| Err(Miss::new("CRASH", "the runner panicked"))));
    }
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (case, result) in cases.iter().zip(&results) {
        let group = case.name.split('/').next().unwrap_or("");
        let count = counts.entry(group).or_default();
        count.1 += 1;
        let xfail = Xfail::of(&case.source, &case.base);
        let marker = case.base.with_extension("xfail");
        match result {
            Some(Ok(())) => {
                count.0 += 1;
                if xfail.is_some() && bless::blessing() {
                    let _ = fs::remove_file(&marker);
                } else if xfail.is_some() {
                    mistakes.push(format!("{} passes now; remove its xfail", case.name));
                }
            }
            Some(Err(miss)) => {
                println!("{:8} {}: {}", miss.kind, case.name, miss.why);
                let known = xfail.is_some();
                if bless::blessing() {
                    let text = format!("{} {}\n", miss.kind, miss.why.lines().next().unwrap_or(""));
                    bless::write(&marker, &without_paths(&text)).expect("the xfail file can be written");
                } else if !known {
                    mistakes.push(format!("{}: {} {}", case.name, miss.kind, miss.why));
                }
            }
            None => mistakes.push(format!("{} was lost", case.name)),
        }
    }
    let mut summary = String::new();
    for (group, (passed, all)) in &counts {
        let _ = writeln!(summary, "{group} {passed}/{all}");
    }
    let (passed, all) = counts.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let _ = writeln!(summary, "total {passed}/{all}");
    print!("{summary}");
    if !is_partial() && let Err(why) = bless::expect(&folder.join("SUMMARY.txt"), &summary, runner) {
        mistakes.push(why);
    }
    assert!(mistakes.is_empty(), "\n{}\n{} cases; to accept: {}\n", mistakes.join("\n"), mistakes.len(), bless::how(runner));
}

/// The reason must read the same on every machine.
fn without_paths(text: &str) -> String {
    text.replace(&repository().display().to_string(), ".")
}

/// A program that cases talk to is no case itself.
fn is_server(source: &Path) -> bool {
    source.parent().is_some_and(|folder| folder.ends_with("servers"))
}

/// Writes the expected output of new cases. Those that need a server or a signal are asked by hand.
fn ask_cpython(folder: &Path) {
    let python = cpython::find().expect("CPython 3.13 (TAURARO_PYTHON names it)");
    for source in files(folder, "py") {
        let is_main = source.file_name().is_some_and(|name| name == "main.py");
        let base = match source.parent() {
            Some(parent) if is_main => parent.to_path_buf(),
            Some(_) | None => source.with_extension(""),
        };
        let inside_package = !is_main && source.ancestors().skip(1).take_while(|dir| *dir != folder).any(|dir| dir.join("main.py").is_file());
        let out = base.with_extension("out");
        if inside_package || out.exists() || Live::of(&base).is_some_and(|live| !live.is_plain()) || is_server(&source) {
            continue;
        }
        let case = Case { name: name_below(folder, &base), base: base.clone(), source: source.clone(), live: None };
        let ended = cpython::run(&python, &source, &case.args(), &case.side("in").unwrap_or_default()).expect("CPython runs");
        bless::write(&out, &ended.stdout).expect("writable");
        if let Some(status) = ended.status.filter(|status| *status != 0) {
            bless::write(&base.with_extension("exit"), &format!("{status}\n")).expect("writable");
            let last = ended.stderr.trim_end().lines().last().unwrap_or("");
            bless::write(&base.with_extension("err"), &format!("{last}\n")).expect("writable");
        }
        println!("asked CPython: {}", case.name);
    }
}
