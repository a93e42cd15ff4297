//! Owns: what the core adds to the module `sys`: streams and hooks.
//! Never: the rest of `sys`, which is in the standard library crate.

use crate::error::PyResult;
use crate::value::Value;

/// Fills the module's attributes that belong to the core.
pub fn setup(sys: &Value) -> PyResult<()> {
    crate::io::std::install(sys);
    Ok(())
}
