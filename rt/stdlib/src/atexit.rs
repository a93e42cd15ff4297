//! Owns: the module `atexit`.
//! Never: runs the callbacks at the end; that is the core's `finalize`.
//! Source: CPython 3.13, Modules/atexitmodule.c.

use rtcore::error::type_error;
use rtcore::finalize;
use rtcore::methods::*;
use rtcore::types::module::NativeModule;

fn register(all: &[Value], kw: &[Name]) -> PyResult {
    let Some((f, values)) = all.split_first().filter(|_| all.len() > kw.len()) else {
        return Err(type_error("register() takes at least 1 argument (0 given)"));
    };
    if !rtcore::frame::callable(f) {
        return Err(type_error("the first argument must be callable"));
    }
    finalize::register(f.clone(), values.to_vec(), kw.to_vec());
    Ok(f.clone())
}
fn unregister(f: &Value) -> PyResult {
    finalize::unregister(f)?;
    Ok(NONE)
}
fn run_exitfuncs() -> PyResult {
    finalize::run_callbacks();
    Ok(NONE)
}
fn clear() -> PyResult {
    finalize::clear_callbacks();
    Ok(NONE)
}
fn ncallbacks() -> PyResult {
    Ok(Value::from(finalize::count_callbacks()))
}
static FUNCTIONS: &[Method] = &[
    Method::new("register(func, /, *args, **kwargs)", Raw(register)),
    Method::new("unregister(func, /)", F1(unregister)),
    Method::new("_run_exitfuncs()", F0(run_exitfuncs)),
    Method::new("_clear()", F0(clear)),
    Method::new("_ncallbacks()", F0(ncallbacks)),
];
pub static MODULE: NativeModule = NativeModule::new("atexit", FUNCTIONS, |_| Ok(()));
