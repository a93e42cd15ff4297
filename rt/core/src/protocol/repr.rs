//! Owns: repr and str. (placeholder until the containers land)
use crate::methods::*;
pub fn repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("{v:?}")))
}
pub fn str_(v: &Value) -> PyResult {
    if v.as_str_obj().is_some() { Ok(v.clone()) } else { repr(v) }
}
pub fn repr_string(v: &Value) -> PyResult<String> {
    Ok(repr(v)?.as_str().unwrap_or("").to_string())
}
pub fn str_string(v: &Value) -> PyResult<String> {
    Ok(str_(v)?.as_str().unwrap_or("").to_string())
}
