//! Feeds mutated programs to the passes, from parsing to generated Rust, and looks for panics, endless loops, overflown stacks,
//! and verdicts that differ from CPython's.
//!
//!     cargo run -p tauraro-tests --release --bin fuzz -- [--seed N] [--count M] [--no-python] [--keep DIR] [--rustc N]
//!
//! The passes run in a child process, which a crash or a hang costs; CPython's `compile()` answers in another. `--rustc N`
//! compiles the first N accepted programs. Exit status 1 if anything was found; `--keep` writes what was.
//! Never: decides what a message should say (`tests/ui` does).

mod mutate;
mod passes;
mod python;

use harness::batch::{self, Built, Lints, Unit};
use harness::cpython;
use mutate::Mutator;
use passes::{Passes, Verdict};
use python::Python;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs};
use tauraro::diagnostics::Severity;
use tauraro::driver;

struct Request {
    seed: u64,
    count: u64,
    python: Option<PathBuf>,
    keep: Option<PathBuf>,
    rustc: usize,
}

fn request() -> Request {
    let mut request = Request { seed: 1, count: 1_000, python: cpython::find(), keep: None, rustc: 0 };
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|value| value.parse().ok()).unwrap_or(0);
        match arg.as_str() {
            "--seed" => request.seed = number(),
            "--count" => request.count = number(),
            "--rustc" => request.rustc = number() as usize,
            "--no-python" => request.python = None,
            "--keep" => request.keep = args.next().map(PathBuf::from),
            other => {
                eprintln!("unknown option {other}");
                std::process::exit(2);
            }
        }
    }
    request
}

fn main() -> ExitCode {
    if env::args().nth(1).as_deref() == Some(passes::CHILD) {
        return passes::child();
    }
    let request = request();
    let mut python = request.python.as_deref().map(Python::start);
    let mut passes = Passes::start();
    let mut mutator = Mutator::new(request.seed);
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    let mut units: Vec<Unit> = Vec::new();
    let (mut rejected, start) = (0u64, Instant::now());
    for number in 0..request.count {
        let text = mutator.next();
        let verdict = passes.ask(&text);
        let theirs = python.as_mut().and_then(|python| python.ask(&text));
        let problem = match (&verdict, &theirs) {
            (Verdict::Died(how), _) => Some(format!("DIED {how}")),
            (Verdict::Accepted, Some(Err(error))) => Some(format!("ACCEPTED what CPython rejects: {error}")),
            (Verdict::Rejected { python: Some(error), code: _ }, Some(Ok(()))) => Some(format!("REJECTED what CPython accepts: {error}")),
            (Verdict::Rejected { python: None, code: 901 }, _) => Some("BUG TAU0901".to_owned()),
            (Verdict::Rejected { python: Some(ours), code: _ }, Some(Err(theirs))) if ours != theirs => Some(format!("DIFFERENT {ours} / {theirs}")),
            (Verdict::Accepted | Verdict::Rejected { .. }, _) => None,
        };
        match &verdict {
            Verdict::Accepted if units.len() < request.rustc => units.extend(unit(number, &text)),
            Verdict::Rejected { .. } => rejected += 1,
            Verdict::Accepted | Verdict::Died(_) => {}
        }
        if let Some(problem) = problem {
            let kind: String = problem.chars().take(100).collect();
            let seen = found.entry(kind.clone()).or_default();
            *seen += 1;
            if *seen == 1 {
                println!("{number}: {kind}");
                if let Some(folder) = &request.keep {
                    let _ = fs::create_dir_all(folder);
                    let _ = fs::write(folder.join(format!("{}-{number}.py", request.seed)), &text);
                }
            }
        }
        if number % 100_000 == 99_999 {
            println!("{} programs, {rejected} rejected, {:.0} s", number + 1, start.elapsed().as_secs_f64());
        }
    }
    println!("{} programs, {rejected} rejected, {} kinds of problems, {:.0} s", request.count, found.len(), start.elapsed().as_secs_f64());
    for (kind, times) in &found {
        println!("{times:6} {kind}");
    }
    let refused = compile(&units);
    if found.is_empty() && refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Nothing for a program whose only mistake is an import of a module that is not there.
fn unit(number: u64, text: &str) -> Option<Unit> {
    let compiled = harness::parallel(&[text], |text| driver::compile_text("fuzz.py", text, &harness::options())).pop().flatten()?;
    let whole = compiled.diagnostics.iter().all(|item| item.severity != Severity::Error);
    whole.then(|| Unit { name: format!("fuzz {number}"), files: compiled.files, libraries: compiled.libraries, extensions: compiled.extensions })
}

/// How many of the programs rustc refuses.
fn compile(units: &[Unit]) -> usize {
    if units.is_empty() {
        return 0;
    }
    let built = batch::build(&batch::tools(), "fuzz", units, Lints::Ignored);
    let mut refused = 0;
    for (unit, built) in units.iter().zip(built) {
        if let Built::Rejected(why) = built {
            refused += 1;
            println!("{}: rustc: {why}", unit.name);
        }
    }
    println!("{} accepted programs compiled, {refused} refused by rustc", units.len());
    refused
}
