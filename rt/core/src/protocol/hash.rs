//! Owns: hashing. (placeholder until the numbers land)
use crate::methods::*;
pub fn hash(v: &Value) -> PyResult<i64> {
    Ok(v.bits() as i64)
}
