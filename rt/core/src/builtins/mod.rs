//! Owns: the table of builtins (functions, types, exceptions, constants) as the module `builtins`,
//! where names that are no globals are looked up.
//! Never: implements a function; each group has its own file.
//! Source: CPython 3.13, Python/bltinmodule.c.

mod aggregate;
mod code;
mod convert;
mod objects;
mod print;

pub use aggregate::{all, any, max, min, sum};
pub use objects::id_of;
pub use print::print;

use crate::error::hierarchy;
use crate::gil::{Gil, GilCell};
use crate::methods::*;
use crate::types::module::{self, Module, NativeModule};
use crate::types::{bool_, bytes, class, complex, descriptors, dict, float, int, iterators, list, none, object_, range, set, slice, str, tuple};
use std::cell::Cell;

/// The module `builtins`.
pub static MODULE: NativeModule = NativeModule {
    name: "builtins",
    doc: Some("Built-in functions, types, exceptions, and other objects."),
    functions: &[],
    setup,
    alias: None,
};
static TABLES: &[&[Method]] = &[aggregate::METHODS, code::METHODS, convert::METHODS, objects::METHODS, print::METHODS];
static TYPES: &[&Type] = &[
    &object_::OBJECT,
    &class::methods::TYPE,
    &int::INT,
    &float::FLOAT,
    &bool_::BOOL,
    &complex::COMPLEX,
    &str::STR,
    &bytes::BYTES,
    &bytes::BYTEARRAY,
    &bytes::MEMORYVIEW,
    &list::LIST,
    &tuple::TUPLE,
    &dict::DICT,
    &set::SET,
    &set::FROZENSET,
    &range::RANGE,
    &slice::SLICE,
    &iterators::ENUMERATE,
    &iterators::ZIP,
    &iterators::MAP,
    &iterators::FILTER,
    &iterators::REVERSED,
    &descriptors::PROPERTY,
    &descriptors::CLASSMETHOD,
    &descriptors::STATICMETHOD,
    &descriptors::SUPER,
];

fn setup(m: &Value) -> PyResult<()> {
    for method in TABLES.iter().copied().flatten() {
        module::set(m, Name::new(method.name()), crate::types::function::native::function(method, "builtins"));
    }
    for t in TYPES.iter().chain(hierarchy::ALL) {
        module::set(m, Name::new(t.name()), Value::of_type(t));
    }
    module::set_str(m, "EnvironmentError", Value::of_type(&hierarchy::OS_ERROR));
    module::set_str(m, "IOError", Value::of_type(&hierarchy::OS_ERROR));
    module::set_str(m, "None", NONE);
    module::set_str(m, "True", TRUE);
    module::set_str(m, "False", FALSE);
    module::set_str(m, "Ellipsis", none::ellipsis());
    module::set_str(m, "NotImplemented", none::not_implemented());
    module::set_str(m, "__debug__", TRUE);
    Ok(())
}

static OBJECT: GilCell<Option<&'static object::Header>> = Gil::new(Cell::new(None));
/// The module object; made at its first use and never freed.
pub fn module() -> Value {
    if let Some(h) = OBJECT.get() {
        return Value::of_static(h);
    }
    let m = match module::native(&MODULE) {
        Ok(m) => m,
        Err(r) => {
            drop(crate::error::take(r));
            return NONE;
        }
    };
    let keep = std::mem::ManuallyDrop::new(m.clone());
    if let Some(h) = keep.header() {
        h.make_immortal();
        // SAFETY: immortal objects are never freed.
        OBJECT.set(Some(unsafe { &*(h as *const object::Header) }));
    }
    if let Some(d) = module::modules().downcast::<dict::Dict>() {
        d.set_name(names::builtins.get(), m.clone());
    }
    m
}
/// A builtin by name.
pub fn lookup(name: Name) -> Option<Value> {
    let m = module();
    // Every module's namespace has it in CPython.
    m.downcast::<Module>()?.get(name).or_else(|| (name == names::__builtins__.get()).then_some(m))
}
/// A builtin by its text; None when there is no such builtin.
pub fn by_name(name: &str) -> Value {
    lookup(Name::new(name)).unwrap_or(NONE)
}
