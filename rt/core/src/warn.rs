//! Owns: warnings that the runtime issues.
//! Never: decides filters of programs.
use crate::methods::*;
pub fn deprecated(text: &str) -> PyResult<()> {
    warn(&crate::error::hierarchy::DEPRECATION_WARNING, text, 1)
}
pub fn warn(_category: &'static Type, _text: &str, _stacklevel: u32) -> PyResult<()> {
    Ok(())
}
pub fn warn_with_source(_category: &'static Type, _text: &str, _stacklevel: u32, _source: &Value) -> PyResult<()> {
    Ok(())
}
