//! Owns: `import` statements. Never: finds or runs modules.

use crate::error::{PyResult, hierarchy};
use crate::name::Name;
use crate::types::module::{self, ModuleDef};
use crate::value::Value;

/// `import a.b.c`: the value bound to `a`.
pub fn import(_here: &'static ModuleDef, name: &'static str) -> PyResult {
    module::import::import_top(name)
}
/// `import a.b.c as x`
pub fn import_as(_here: &'static ModuleDef, name: &'static str) -> PyResult {
    module::import::import_module(name)
}
/// The module of `from name import …`.
pub fn import_from(_here: &'static ModuleDef, name: &'static str) -> PyResult {
    module::import::import_module(name)
}
/// One name of `from module import name`.
pub fn import_name(from: &Value, name: &'static str) -> PyResult {
    module::import::import_from(from, Name::new(name))
}
/// `from module import *`
pub fn import_star(here: &'static ModuleDef, from: &Value) -> PyResult<()> {
    let target = here.module();
    for (name, value) in module::import::import_star(from)? {
        module::set(&target, name, value);
    }
    Ok(())
}
/// A relative import with more dots than packages.
#[cold]
pub fn import_beyond(here: &'static ModuleDef) -> PyResult {
    let text = if here.name.contains('.') || here.package {
        "attempted relative import beyond top-level package"
    } else {
        "attempted relative import with no known parent package"
    };
    Err(crate::error::raise(&hierarchy::IMPORT_ERROR, text))
}
