//! Owns: `range`. (placeholder until the numbers land)
use crate::methods::*;
/// First item, step and count of a range within i64; `None` for other values.
pub fn small(_v: &Value) -> Option<(i64, i64, u64)> {
    None
}
/// A range iterator.
pub fn iterator(_next: i64, _step: i64, _left: u64) -> Value {
    NONE
}
