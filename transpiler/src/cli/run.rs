//! Owns: `tauraro run`: compile into the cache, then become the program.
//! Never: stands between the program and its stdin, signals or exit status.

use super::{Session, Stop};
use crate::project::{Failure, Profile};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

pub fn run(session: &Session<'_>, file: &Path, args: &[OsString], release: bool) -> Result<(), Stop> {
    let (unit, settings) = session.generate(file)?;
    let tools = session.tools()?;
    let home = tools.cache.script(&unit.script);
    let (profile, program) = if release || settings.release { (Profile::Release, home.join("program-release")) } else { (Profile::Dev, home.join("program")) };
    tools.build(&unit, profile, &program, session.console)?;
    let mut command = Command::new(&program);
    command.args(args);
    named_as(&mut command, file);
    Err(become_it(command, &program).into())
}

/// `sys.argv[0]` is the script as it was named.
#[cfg(unix)]
pub fn named_as(command: &mut Command, file: &Path) {
    use std::os::unix::process::CommandExt;
    command.arg0(file);
}

#[cfg(not(unix))]
pub fn named_as(_: &mut Command, _: &Path) {}

#[cfg(unix)]
fn become_it(mut command: Command, program: &Path) -> Failure {
    use std::os::unix::process::CommandExt;
    Failure::io("cannot start", program, &command.exec())
}

#[cfg(not(unix))]
fn become_it(mut command: Command, program: &Path) -> Failure {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => Failure::io("cannot start", program, &error),
    }
}
