//! Owns: `tauraro cache`.
//! Never: removes anything outside tauraro's own folder.

use super::{Session, Stop, print};
use crate::project::{Failure, Report, cache};
use std::{fs, io};

pub fn path() -> Result<(), Stop> {
    print(&format!("{}\n", cache::base()?.display()))
}

pub fn clean(session: &Session<'_>) -> Result<(), Stop> {
    let base = cache::base()?;
    match fs::remove_dir_all(&base) {
        Ok(()) => session.console.line(&format!("removed {}", base.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => session.console.line("the cache is empty"),
        Err(error) => return Err(Failure::io("cannot remove", &base, &error).into()),
    }
    Ok(())
}
