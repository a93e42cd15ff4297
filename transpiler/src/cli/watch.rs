//! Owns: `tauraro watch`: build and run again whenever a file of the program changes.
//! Never: decides what belongs to the program; the pipeline's sources do.

use super::{Session, Stop, Tools};
use crate::driver;
use crate::project::{Crate, Failure, Profile, Report, interrupt};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, SystemTime};
use std::{fs, thread};

/// How often the files are looked at. Editors write several times in a row, and this is below what a person notices.
const PAUSE: Duration = Duration::from_millis(150);

pub fn watch(session: &Session<'_>, file: &Path, args: &[OsString]) -> Result<(), Stop> {
    let tools = session.tools()?;
    let mut first = true;
    loop {
        // Editors that replace a file leave a moment in which it is not there.
        while !first && !file.exists() && !interrupt::happened() {
            thread::sleep(PAUSE);
        }
        first = false;
        let (watched, unit) = compile(session, file)?;
        let before = stamps(&watched);
        let mut child = match unit {
            Some(unit) => start(session, &tools, file, args, &unit)?,
            None => None,
        };
        let mut said = false;
        while stamps(&watched) == before {
            if interrupt::happened() {
                stop(child);
                return Err(Failure::interrupted().into());
            }
            if let Some(ended) = child.as_mut().and_then(|child| child.try_wait().ok().flatten())
                && !said
            {
                session.console.line(&format!("{} ended with {ended}; waiting for a change", file.display()));
                said = true;
            }
            thread::sleep(PAUSE);
        }
        stop(child);
        session.console.line(&format!("{} has changed", file.display()));
    }
}

/// The files to look at, and the program if there are no errors. Mistakes are for the next change to mend.
fn compile(session: &Session<'_>, file: &Path) -> Result<(Vec<PathBuf>, Option<Crate>), Stop> {
    let script = driver::script(file)?;
    let settings = session.settings(&script)?;
    let compiled = driver::compile(&script, &session.options(&settings));
    let mut watched: Vec<PathBuf> = compiled.sources.iter().map(|source| PathBuf::from(&*source.path)).collect();
    watched.push(file.to_path_buf());
    let unit = match session.report(&compiled.diagnostics, &compiled.sources) {
        Ok(()) => Some(Crate { script: script.path, files: compiled.files, libraries: compiled.libraries, extensions: compiled.extensions }),
        Err(Stop::Reported) => None,
        Err(other) => return Err(other),
    };
    Ok((watched, unit))
}

fn start(session: &Session<'_>, tools: &Tools, file: &Path, args: &[OsString], unit: &Crate) -> Result<Option<Child>, Stop> {
    let program = tools.cache.script(&unit.script).join("program");
    tools.build(unit, Profile::Dev, &program, session.console)?;
    let mut command = Command::new(&program);
    super::run::named_as(&mut command, file);
    command.args(args);
    Ok(Some(command.spawn().map_err(|e| Failure::io("cannot start", &program, &e))?))
}

fn stop(child: Option<Child>) {
    if let Some(mut child) = child {
        // It may have ended by itself.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// When each file was last written; a missing one has no time.
fn stamps(files: &[PathBuf]) -> Vec<Option<SystemTime>> {
    files.iter().map(|file| fs::metadata(file).and_then(|data| data.modified()).ok()).collect()
}
