//! Owns: `tauraro dump`.
//! Never: prints a form itself (each form has its printer).

use super::{Session, Stop, print};
use crate::project::Failure;
use crate::{STAGES, driver};
use std::path::Path;

pub fn dump(session: &Session<'_>, file: &Path, stage: Option<&str>) -> Result<(), Stop> {
    let known = || STAGES.join(", ");
    let Some(stage) = stage else { return Err(Failure::user(format!("dump needs --stage, one of: {}", known())).into()) };
    if !STAGES.contains(&stage) {
        return Err(Failure::user(format!("no stage {stage}; there are: {}", known())).into());
    }
    let script = driver::script(file)?;
    let dumped = driver::dump(&script, &session.options(&session.settings(&script)?), stage);
    session.report(&dumped.diagnostics, &dumped.sources)?;
    print(&dumped.text)
}
