//! Owns: generic aliases and unions. (placeholder until the containers land)
use crate::methods::*;
pub fn union(_a: &Value, _b: &Value) -> PyResult {
    Ok(crate::types::none::not_implemented())
}
pub fn union_members(_v: &Value) -> Option<Vec<Value>> {
    None
}
