//! Checks that transpiler and runtime agree where they share a list: every module that the transpiler believes
//! the runtime has is imported by a compiled program and says its own name.

use harness::batch::{self, Built, Lints, Unit};
use harness::{parallel, process};
use std::time::Duration;
use tauraro::project::native;
use tauraro::driver;

#[test]
fn native_modules_are_what_they_are_called() {
    let names: Vec<&str> = native::all().collect();
    let units: Vec<Unit> = names
        .iter()
        .map(|name| {
            let text = format!("import {name} as module\nprint(module.__name__)\n");
            let compiled = driver::compile_text("mirror.py", &text, &harness::options());
            Unit { name: (*name).to_owned(), files: compiled.files, libraries: compiled.libraries, extensions: compiled.extensions }
        })
        .collect();
    let built: Vec<(&str, Built)> = names.into_iter().zip(batch::build(&batch::tools(), "mirror", &units, Lints::Ignored)).collect();
    let mistakes: Vec<String> = parallel(&built, |(name, built)| {
        let command = match built {
            Built::Rejected(why) => return Some(format!("{name}: {why}")),
            Built::Program { .. } => built.command()?,
        };
        match process::run(command, "", Duration::from_secs(20)) {
            Ok(ended) if ended.stdout.trim_end() == native::own_name(name) => None,
            Ok(ended) => Some(format!("{name}: {:?} {}", ended.stdout, ended.stderr.lines().last().unwrap_or(""))),
            Err(error) => Some(format!("{name}: {error}")),
        }
    })
    .into_iter()
    .flatten()
    .flatten()
    .collect();
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}
