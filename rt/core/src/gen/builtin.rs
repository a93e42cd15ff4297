//! Owns: builtins by name, and those that generated code calls as plain functions. Never: their behaviour.

use crate::error::PyResult;
use crate::name::Name;
use crate::protocol::call::call;
use crate::types::module::global_fallback;
use crate::value::Value;

/// The value of a builtin name.
pub fn builtin(name: &'static str) -> PyResult {
    global_fallback(Name::new(name))
}
/// `print(args…)`
pub fn print(args: &[Value]) -> PyResult {
    call(&builtin("print")?, args)
}
/// Annotations of module-level variables.
pub fn annotate_module(slot: &'static crate::types::module::Slot, name: &'static str, value: Value) -> PyResult<()> {
    let raw = slot.raw();
    let dict = if raw.is_unbound() {
        let made = crate::types::dict::Dict::new_value();
        slot.set(made.clone());
        made
    } else {
        raw
    };
    crate::protocol::sequence::setitem(&dict, &Name::new(name).value(), value)
}
