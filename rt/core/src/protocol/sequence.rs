//! Owns: sequences and mappings. (placeholder until the containers land)
use crate::methods::*;
pub fn truth(v: &Value) -> PyResult<bool> {
    Ok(v.as_bool().unwrap_or(true))
}
pub fn len(_v: &Value) -> PyResult<usize> {
    Ok(0)
}
pub fn getitem(v: &Value, _k: &Value) -> PyResult {
    Ok(v.clone())
}
pub fn setitem(_v: &Value, _k: &Value, _x: Value) -> PyResult<()> {
    Ok(())
}
pub fn delitem(_v: &Value, _k: &Value) -> PyResult<()> {
    Ok(())
}
pub fn contains(_v: &Value, _k: &Value) -> PyResult<bool> {
    Ok(false)
}
