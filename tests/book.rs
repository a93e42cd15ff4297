//! Runs the documentation: the programs of README.md, of docs/**/*.md and of examples must do what their pages say
//! (`harness::pages` tells how a page says it).
//!
//!     cargo test -p tauraro-tests --test book
//!     TAURARO_BLESS=cpython cargo test -p tauraro-tests --test book      writes outputs, from CPython 3.13
//!     TAURARO_BLESS=1 cargo test -p tauraro-tests --test book            writes what `tauraro check` reports
//!
//! A page that imports httpx or websockets is blessed by a CPython that has them: TAURARO_PYTHON names it.

use harness::batch::{self, Built, Lints, Unit};
use harness::pages::{self, Block, Program, Shown};
use harness::process::Ended;
use harness::{bless, cpython, files, first_difference, parallel, process, repository};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs, io};
use tauraro::diagnostics::{Severity, codes};
use tauraro::{Compiled, Options, driver};

const LIMIT: Duration = Duration::from_secs(30);
/// The name under which the programs of pages are compiled and run.
const NAME: &str = "app.py";

#[test]
fn every_code_has_a_page() {
    let folder = repository().join("docs/errors");
    let missing: Vec<String> = codes::ALL
        .iter()
        .filter(|(code, title, _)| {
            let page = fs::read_to_string(folder.join(format!("{code}.md"))).unwrap_or_default();
            !page.starts_with(&format!("# {code}: {title}\n"))
        })
        .map(|(code, title, _)| format!("docs/errors/{code}.md must start with `# {code}: {title}`"))
        .collect();
    assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
}

#[test]
fn links_lead_somewhere() {
    let top = repository();
    let mut mistakes = Vec::new();
    for page in files(&top.join("docs"), "md").into_iter().chain(files(&top.join("examples"), "md")).chain([top.join("README.md")]) {
        let text = pages::prose(&fs::read_to_string(&page).unwrap_or_default());
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            let file = target.split('#').next().unwrap_or("");
            let there = file.is_empty() || file.contains("://") || page.with_file_name(file).exists();
            if !there {
                mistakes.push(format!("{}: nothing is at {target}", page.display()));
            }
        }
    }
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

#[test]
fn book() {
    let mut shown = pages::all();
    shown.retain(|one| harness::selected(&one.place()));
    assert!(!shown.is_empty() || harness::is_partial(), "the documentation has no programs");
    let blessed = env::var("TAURARO_BLESS").unwrap_or_default();
    if blessed == "cpython" {
        return ask_cpython(&shown);
    }
    let (mistakes, reports) = compile_and_run(&shown);
    if bless::blessing() {
        return write(reports).expect("the pages can be written");
    }
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

/// What is wrong, and what `tauraro check` reports now where a page shows something else.
fn compile_and_run(shown: &[Shown]) -> (Vec<String>, Vec<(PathBuf, Block, String)>) {
    let (mut mistakes, mut reports) = (Vec::new(), Vec::new());
    let (mut units, mut owners) = (Vec::new(), Vec::new());
    for (one, compiled) in shown.iter().zip(parallel(shown, compile)) {
        let Some(compiled) = compiled else {
            mistakes.push(format!("{}: a pass panicked", one.place()));
            continue;
        };
        if let Some(block) = &one.check {
            let report = report(one);
            if let Some(why) = first_difference(&report, &block.text) {
                mistakes.push(format!("{}: the report differs: {why} ({})", one.place(), bless::how("book")));
                reports.push((one.page.clone(), block.clone(), report));
            }
        }
        if one.stdout.is_none() && one.stderr.is_none() {
            continue;
        }
        match compiled.diagnostics.iter().find(|item| item.severity == Severity::Error) {
            Some(item) if item.code == codes::NO_MODULE && cpython::find().is_none() => {
                println!("{}: not run, no CPython 3.13 is installed: {}", one.place(), item.message);
            }
            Some(item) => mistakes.push(format!("{}: {}", one.place(), item.message)),
            None => {
                units.push(Unit { name: one.place(), files: compiled.files, libraries: compiled.libraries, extensions: compiled.extensions });
                owners.push(one);
            }
        }
    }
    let built = batch::build(&batch::tools(), "book", &units, Lints::Ignored);
    let jobs: Vec<_> = owners.into_iter().zip(built).collect();
    for ((one, _), result) in jobs.iter().zip(parallel(&jobs, |(one, built)| run(one, built))) {
        let result = result.unwrap_or_else(|| Some("the runner panicked".to_owned()));
        mistakes.extend(result.map(|why| format!("{}: {why}", one.place())));
    }
    (mistakes, reports)
}

/// What the command itself says, as a user sees it.
fn report(shown: &Shown) -> String {
    let folder = batch::folder("book-check").join(format!("{}-{}", shown.page.file_stem().unwrap_or_default().display(), shown.line));
    let Program::Text(text) = &shown.program else { return String::new() };
    bless::write(&folder.join(NAME), text).expect("writable");
    let mut command = Command::new(env!("CARGO_BIN_EXE_command"));
    command.args(["check", NAME]).current_dir(&folder);
    let ended = process::run(command, "", LIMIT).expect("the command runs");
    ended.stderr.replace(&format!("{}/", folder.display()), "")
}

/// First without an installed library, as the conformance cases; what needs one is compiled with it.
fn compile(shown: &Shown) -> Compiled {
    let compile = |options: &Options| match &shown.program {
        Program::Text(text) => driver::compile_text(NAME, text, options),
        Program::File(path) => driver::compile_file(path, options).expect("an example has a main.py"),
    };
    let alone = compile(&harness::options());
    let lacks = alone.diagnostics.iter().any(|item| item.code == codes::NO_MODULE);
    if lacks && shown.check.is_none() { compile(&Options { strict: false, without_libraries: false }) } else { alone }
}

fn run(shown: &Shown, built: &Built) -> Option<String> {
    let mut command = match built {
        Built::Rejected(why) => return Some(why.clone()),
        Built::Program { .. } => built.command()?,
    };
    command.args(&shown.args);
    let ended = match run_as_shown(command, shown) {
        Ok(ended) => ended,
        Err(error) => return Some(error.to_string()),
    };
    let last = ended.stderr.lines().last().unwrap_or("").to_owned();
    if ended.status.is_none() {
        return Some(format!("no end in {} s", LIMIT.as_secs()));
    }
    if let Some(why) = shown.stdout.as_ref().and_then(|block| first_difference(&ended.stdout, &block.text)) {
        return Some(format!("{why} {last}"));
    }
    match &shown.stderr {
        Some(block) => first_difference(&without_folder(&ended.stderr, shown), &block.text).map(|why| format!("stderr: {why}")),
        None if ended.status != Some(0) => Some(format!("exit status {:?} {last}", ended.status)),
        None => None,
    }
}

fn run_as_shown(command: Command, shown: &Shown) -> io::Result<Ended> {
    process::run_and_signal(command, "", LIMIT, shown.signal.as_ref().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// Tracebacks name the script by its path, pages by its name.
fn without_folder(text: &str, shown: &Shown) -> String {
    let folder = match &shown.program {
        Program::Text(_) => cpython_folder(),
        Program::File(path) => path.parent().map(Path::to_path_buf).unwrap_or_default(),
    };
    text.replace(&format!("{}/", folder.display()), "")
}

fn cpython_folder() -> PathBuf {
    batch::folder("book-cpython")
}

/// Writes what CPython prints into the pages. What differs from it in the error output, a traceback's marks say, is a
/// defect of ours and stays visible.
fn ask_cpython(shown: &[Shown]) {
    let python = cpython::find().expect("CPython 3.13 (TAURARO_PYTHON names it)");
    let mut mistakes = Vec::new();
    let mut changes = Vec::new();
    for one in shown.iter().filter(|one| one.stdout.is_some() || one.stderr.is_some()) {
        let script = match &one.program {
            Program::Text(text) => {
                let script = cpython_folder().join(NAME);
                bless::write(&script, text).expect("writable");
                script
            }
            Program::File(path) => path.clone(),
        };
        let mut command = Command::new(&python);
        command.arg(&script).args(&one.args).env("PYTHONDONTWRITEBYTECODE", "1").env_remove("PYTHONPATH");
        let ended = run_as_shown(command, one).expect("CPython runs");
        if one.stderr.is_none() && ended.status != Some(0) {
            mistakes.push(format!("{}: CPython ends with {:?}: {}", one.place(), ended.status, ended.stderr.lines().last().unwrap_or("")));
            continue;
        }
        let stderr = without_folder(&ended.stderr, one);
        for (block, got) in [(&one.stdout, ended.stdout), (&one.stderr, stderr)] {
            if let Some(block) = block.as_ref().filter(|block| block.text != got) {
                println!("asked CPython: {}", one.place());
                changes.push((one.page.clone(), block.clone(), got));
            }
        }
    }
    write(changes).expect("the pages can be written");
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

fn write(changes: Vec<(PathBuf, Block, String)>) -> io::Result<()> {
    let mut of_page: BTreeMap<PathBuf, Vec<(Block, String)>> = BTreeMap::new();
    for (page, block, text) in changes {
        of_page.entry(page).or_default().push((block, text));
    }
    of_page.into_iter().try_for_each(|(page, changes)| pages::rewrite(&page, changes))
}
