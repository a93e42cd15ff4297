//! Owns: weak references. (placeholder)
use crate::methods::*;
use crate::object::Header;
/// # Safety
/// placeholder
pub unsafe fn clear_refs(_h: *const Header) {}
pub fn first_ref(_v: &Value) -> Value {
    NONE
}
