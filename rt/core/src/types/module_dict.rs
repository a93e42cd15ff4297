//! Owns: `globals()` and a module's `__dict__`: a dict whose changes are the module's. It is made when it is asked for, so
//! that it keeps no value alive that the module has given up.
//! Never: decides where a module keeps its names.

use crate::error::PyResult;
use crate::types::dict::Dict;
use crate::types::module::Module;
use crate::value::{NONE, Value};

/// The module's names and values as a dict that writes through, and reads again what has changed: the same object as
/// long as somebody holds it.
pub fn of(module: &Value) -> PyResult {
    let Some(m) = module.downcast::<Module>() else { return Ok(NONE) };
    let known = m.dict.borrow().clone();
    if let Some(d) = crate::weak::deref(&known) {
        return Ok(d);
    }
    let made = Dict::from_names(m.items());
    if let Some(d) = made.downcast::<Dict>() {
        drop(d.set_extra(module.clone()));
    }
    let old = m.dict.replace(crate::weak::hidden(&made));
    drop(old);
    Ok(made)
}
