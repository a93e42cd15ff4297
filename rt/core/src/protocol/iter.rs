//! Owns: iteration. (placeholder until the containers land)
use crate::methods::*;
pub fn iter(v: &Value) -> PyResult {
    Ok(v.clone())
}
pub fn collect(v: &Value) -> PyResult<Vec<Value>> {
    Ok(crate::types::tuple::items(v).to_vec())
}
