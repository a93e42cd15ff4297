//! Owns: `globals()` and a module's `__dict__`: a dict that reads and writes the module's globals.
//! Never: keeps values of its own.

use crate::error::PyResult;
use crate::types::dict::Dict;
use crate::types::module::Module;
use crate::value::{NONE, Value};

/// The module's names and values as a dict.
pub fn of(module: &Value) -> PyResult {
    match module.downcast::<Module>() {
        Some(m) => Ok(Dict::from_names(m.items())),
        None => Ok(NONE),
    }
}
