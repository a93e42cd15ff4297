//! Owns: builtins that need a compiler or the caller's frame, and the site module's helpers: `exec
//! eval compile __import__ globals locals breakpoint help exit quit copyright`.
//! Never: runs text; a compiled program has no compiler inside.
//! Source: CPython 3.13, Python/bltinmodule.c, Lib/_sitebuiltins.py.

use crate::error::hierarchy::SYSTEM_EXIT;
use crate::error::{PyResult, not_implemented_error, raise_args, type_error};
use crate::methods::*;
use crate::protocol::sequence::as_size;
use crate::types::module::{self, import};
use crate::types::tuple;

fn no_compiler(name: &str) -> PyResult {
    Err(not_implemented_error(format!("{name}() of text is not available in a compiled program")))
}
fn exec(_: &[Value], _: &[Name]) -> PyResult {
    no_compiler("exec")
}
/// Literals are what programs most often evaluate; they need no compiler.
fn eval(all: &[Value], _: &[Name]) -> PyResult {
    let text = all.first().and_then(Value::as_str).map(str::trim);
    match text {
        Some("None") => Ok(NONE),
        Some("True") => Ok(TRUE),
        Some("False") => Ok(FALSE),
        Some(t) => match t.parse::<i64>() {
            Ok(n) => Ok(Value::int(n)),
            Err(_) => no_compiler("eval"),
        },
        None => no_compiler("eval"),
    }
}
fn compile(_: &[Value], _: &[Name]) -> PyResult {
    no_compiler("compile")
}
fn import_(a: &[Value]) -> PyResult {
    let [name, globals, _locals, fromlist, level] = a else { return Err(type_error("__import__() missing required argument 'name' (pos 1)")) };
    let Some(text) = name.as_str() else {
        return Err(type_error(format!("__import__() argument 1 must be str, not {}", name.ty().full_name())));
    };
    let _ = globals;
    let level = as_size(level)?;
    let full = import::absolute(&module::current(), level.max(0) as usize, text)?;
    if tuple::items(fromlist).is_empty() && !crate::protocol::sequence::truth(fromlist)? { import::import_top(&full) } else { import::import_module(&full) }
}
fn globals() -> PyResult {
    module::dict_of(&module::current())
}
fn breakpoint(_: &[Value], _: &[Name]) -> PyResult {
    Err(not_implemented_error("breakpoint() is not available in a compiled program"))
}
fn help(_: &[Value], _: &[Name]) -> PyResult {
    Err(not_implemented_error("help() is not available in a compiled program"))
}
fn exit(code: &Value) -> PyResult {
    Err(raise_args(&SYSTEM_EXIT, vec![code.clone()]))
}

pub(super) static METHODS: &[Method] = &[
    Method::new("exec(source, globals=None, locals=None, /, *, closure=None)", Raw(exec)),
    Method::new("eval(source, globals=None, locals=None, /)", Raw(eval)),
    Method::new("compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1)", Raw(compile)),
    Method::new("__import__(name, globals=None, locals=None, fromlist=(), level=0)", N(import_)),
    Method::new("globals()", F0(globals)),
    Method::new("locals()", F0(globals)),
    Method::new("breakpoint(*args, **kws)", Raw(breakpoint)),
    Method::new("help(*args)", Raw(help)),
    Method::new("exit(code=None)", F1(exit)),
    Method::new("quit(code=None)", F1(exit)),
];
