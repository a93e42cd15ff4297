//! Owns: number operators. (placeholder until the numbers land)
use crate::methods::*;
pub fn or_(a: &Value, _b: &Value) -> PyResult {
    Ok(a.clone())
}
pub fn add(a: &Value, _b: &Value) -> PyResult {
    Ok(a.clone())
}
