//! Owns: comparison. (placeholder until the numbers land)
use crate::methods::*;
pub fn eq(a: &Value, b: &Value) -> PyResult<bool> {
    Ok(a.is(b))
}
