//! Owns: compiling files of programs, many in one crate, and running each program.
//! Never: compares.

use super::make::Program;
use super::source::{self, PER_FILE};
use super::Trace;
use crate::batch::{self, Built, Lints, Unit};
use crate::{options, parallel, process};
use std::path::Path;
use std::time::Duration;
use tauraro::cli::Tools;
use tauraro::diagnostics::Severity;
use tauraro::driver;

/// Time of the processor's, not the program's: sleeping costs none.
const LIMIT: Duration = Duration::from_secs(60);

/// What the compiled programs print, in their order. `folder` is a name below target/batches.
#[must_use]
pub fn run(tools: &Tools, folder: &str, clock: &Path, programs: &[Program]) -> Vec<Trace> {
    let files: Vec<&[Program]> = programs.chunks(PER_FILE).collect();
    let made = parallel(&files, |programs| unit(programs));
    let mut units = Vec::new();
    let mut failures = Vec::new();
    for (at, made) in made.into_iter().enumerate() {
        match made.unwrap_or_else(|| Err("a pass panicked".to_owned())) {
            Ok(unit) => {
                failures.push(None);
                units.push(unit);
            }
            Err(why) => {
                println!("file {at}: {why}");
                failures.push(Some(why));
            }
        }
    }
    let mut built = batch::build(tools, folder, &units, Lints::Ignored).into_iter();
    let jobs: Vec<(Result<Built, String>, &Program)> = Vec::new();
    let mut jobs = jobs;
    for (programs, failure) in files.iter().zip(failures) {
        let one = match failure {
            Some(why) => Err(why),
            None => built.next().ok_or_else(|| "the batch was lost".to_owned()),
        };
        for program in *programs {
            let same = match &one {
                Ok(Built::Program { path, index }) => Ok(Built::Program { path: path.clone(), index: *index }),
                Ok(Built::Rejected(why)) => Err(format!("rustc: {why}")),
                Err(why) => Err(why.clone()),
            };
            jobs.push((same, program));
        }
    }
    let traces = parallel(&jobs, |(built, program)| match built {
        Ok(built) => start(built, clock, program.index),
        Err(why) => Trace::failed(why.clone()),
    });
    traces.into_iter().map(|trace| trace.unwrap_or_else(|| Trace::failed("the runner panicked"))).collect()
}

fn unit(programs: &[Program]) -> Result<Unit, String> {
    let compiled = driver::compile_text("order.py", &source::file(programs), &options());
    match compiled.diagnostics.iter().find(|item| item.severity == Severity::Error) {
        Some(item) => Err(format!("{}: {}", item.code, item.message)),
        None => Ok(Unit { name: "order".to_owned(), files: compiled.files, libraries: compiled.libraries, extensions: compiled.extensions }),
    }
}

fn start(built: &Built, clock: &Path, index: u64) -> Trace {
    let Some(mut command) = built.command() else { return Trace::failed("no program") };
    // The clock ends a program that waits for ever at once: what it printed must be out by then.
    command.arg(index.to_string()).env("LD_PRELOAD", clock).env("PYTHONUNBUFFERED", "1");
    match process::run(command, "", LIMIT) {
        Ok(ended) => {
            let panic = ended.stderr.lines().find(|line| line.contains("panicked at"));
            let status = match (panic, ended.status) {
                (Some(panic), _) => panic.to_owned(),
                (None, Some(status)) => status.to_string(),
                (None, None) => "no end".to_owned(),
            };
            Trace { status, text: ended.stdout }
        }
        Err(error) => Trace::failed(error.to_string()),
    }
}
