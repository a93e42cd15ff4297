//! Owns: comparison. (placeholder until the numbers land)
use crate::methods::*;
pub fn eq(a: &Value, b: &Value) -> PyResult<bool> {
    Ok(a.is(b))
}
pub fn lt(_a: &Value, _b: &Value) -> PyResult<bool> {
    Ok(false)
}
/// One of the six comparisons, by its special method.
pub fn rich(_op: crate::types::class::special::Special, _a: &Value, _b: &Value) -> PyResult {
    Ok(FALSE)
}
