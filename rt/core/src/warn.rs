//! Owns: warnings that the runtime issues. (placeholder)
use crate::methods::*;
pub fn deprecated(_text: &str) -> PyResult<()> {
    Ok(())
}
