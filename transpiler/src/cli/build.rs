//! Owns: `tauraro build`.
//! Never: starts the program.

use super::{Session, Stop, Tools};
use crate::diagnostics::json;
use crate::project::{self, Crate, Failure, Made, Profile, Report, Runtime, interrupt, program};
use std::collections::HashSet;
use std::path::{self, Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

pub fn build(session: &Session<'_>, files: &[PathBuf], out: Option<&Path>, dev: bool, keep: Option<&Path>) -> Result<(), Stop> {
    let start = Instant::now();
    let profile = if dev { Profile::Dev } else { Profile::Release };
    // All scripts are read before the first is compiled, so that mistakes are seen at once.
    let mut units = Vec::new();
    let mut stopped = false;
    for file in files {
        match session.generate(file) {
            Ok((unit, settings)) => units.push((unit, target(file, out, settings.output_folder.as_deref())?)),
            Err(Stop::Reported) => stopped = true,
            Err(other) => return Err(other),
        }
    }
    if stopped {
        return Err(Stop::Reported);
    }
    let mut taken = HashSet::new();
    if let Some((unit, out)) = units.iter().find(|(_, out)| !taken.insert(out.clone())) {
        let message = format!("two scripts would both become {} (the second is {}); build them separately with -o", out.display(), unit.script.display());
        return Err(Failure::user(message).into());
    }
    let tools = session.tools()?;
    if let Some(folder) = keep {
        for (unit, _) in &units {
            let home = if units.len() == 1 { folder.to_path_buf() } else { folder.join(project::crate_name(&unit.script)) };
            fs::create_dir_all(&home).map_err(|e| Failure::io("cannot create", &home, &e))?;
            program::write_sources(unit, &home, &Runtime::source(&tools.cache)).map_err(|e| Failure::io("cannot write to", &home, &e))?;
        }
    }
    compile_all(session, &tools, &units, profile, start)
}

/// As many at a time as there are processors; the first failure is the result, the others are still built.
fn compile_all(session: &Session<'_>, tools: &Tools, units: &[(Crate, PathBuf)], profile: Profile, start: Instant) -> Result<(), Stop> {
    let next = AtomicUsize::new(0);
    let failure: Mutex<Option<Failure>> = Mutex::new(None);
    let work = || {
        while let Some((unit, out)) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            if interrupt::happened() {
                break;
            }
            match tools.build(unit, profile, out, session.console) {
                Ok(made) if session.console.json() => session.console.record(&json::executable(out, matches!(made, Made::Unchanged))),
                Ok(made) => session.console.line(&result(out, made, start)),
                Err(error) => {
                    if let Ok(mut first) = failure.lock() {
                        first.get_or_insert(error);
                    }
                }
            }
        }
    };
    let workers = thread::available_parallelism().map_or(1, |n| n.get()).min(units.len());
    if workers <= 1 {
        work();
    } else {
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(work);
            }
        });
    }
    match failure.into_inner() {
        Ok(Some(error)) => Err(error.into()),
        Ok(None) | Err(_) if interrupt::happened() => Err(Failure::interrupted().into()),
        Ok(None) | Err(_) => Ok(()),
    }
}

fn result(out: &Path, made: Made, start: Instant) -> String {
    let size = fs::metadata(out).map_or(0.0, |meta| meta.len() as f64 / 1e6);
    match made {
        Made::New => format!("{} ({size:.1} MB, {:.1} s)", shown(out).display(), start.elapsed().as_secs_f64()),
        Made::Unchanged => format!("{} is up to date", shown(out).display()),
    }
}

/// Relative to the current folder where it is inside.
fn shown(path: &Path) -> &Path {
    match env::current_dir() {
        Ok(here) => path.strip_prefix(here).unwrap_or(path),
        Err(_) => path,
    }
}

/// The executable's absolute path: `-o`, or the script's stem in the folder of the settings or the current one.
fn target(file: &Path, out: Option<&Path>, folder: Option<&Path>) -> Result<PathBuf, Failure> {
    let name = match out {
        Some(out) => out.to_path_buf(),
        None => {
            let stem = file.file_stem().unwrap_or(file.as_os_str());
            let name = format!("{}{}", stem.to_string_lossy(), env::consts::EXE_SUFFIX);
            match folder {
                Some(folder) => {
                    fs::create_dir_all(folder).map_err(|e| Failure::io("cannot create", folder, &e))?;
                    folder.join(name)
                }
                None => PathBuf::from(name),
            }
        }
    };
    let path = path::absolute(&name).map_err(|e| Failure::io("cannot write", &name, &e))?;
    if path.is_dir() {
        return Err(Failure::user(format!("cannot write {}: a folder of that name is there; choose another with -o", name.display())));
    }
    if path::absolute(file).is_ok_and(|script| script == path) {
        return Err(Failure::user(format!("{} would overwrite the script; choose another with -o", name.display())));
    }
    match path.parent() {
        Some(folder) if !folder.is_dir() => Err(Failure::user(format!("cannot write {}: no such folder {}", name.display(), folder.display()))),
        Some(_) | None => Ok(path),
    }
}
