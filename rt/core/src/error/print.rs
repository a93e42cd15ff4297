//! Owns: what an uncaught or unraisable exception writes on standard error, and the exit status.
//! Never: lays the text out; that is `format`.
//! Source: CPython 3.13, Python/pythonrun.c (`handle_system_exit`, `PyErr_PrintEx`), Python/errors.c
//! (`write_unraisable_exc_file`).

use super::format::{full, rows, safe_str, type_text};
use super::hierarchy::{KEYBOARD_INTERRUPT, SYSTEM_EXIT, body};
use super::{quietly, take};
use crate::gil::{Gil, GilRefCell};
use crate::name::{Name, names};
use crate::object::{self, Native, Payload};
use crate::protocol::attr;
use crate::protocol::call::call;
use crate::protocol::repr::{repr_string, str_string};
use crate::types::class::{ClassDef, GetSet, Type};
use crate::types::dict::Dict;
use crate::types::function::native::Builtin;
use crate::types::module;
use crate::value::{NONE, Value};
use std::cell::RefCell;
use std::io::Write;

static SOURCES: GilRefCell<Vec<(&'static str, &'static str)>> = Gil::new(RefCell::new(Vec::new()));

/// Makes the source text of a file known, for frames that have no site.
pub fn register_source(file: &'static str, source: &'static str) {
    let mut all = SOURCES.borrow_mut();
    if !all.iter().any(|(f, _)| *f == file) {
        all.push((file, source));
    }
}
/// The source text of a file of the program; empty when unknown.
pub fn source_of(file: &str) -> &'static str {
    SOURCES.borrow().iter().find(|(f, _)| *f == file).map_or("", |(_, s)| s)
}

/// An attribute of the `sys` module, when `sys` has been imported.
pub fn sys_attr(name: &str) -> Option<Value> {
    let modules = module::modules();
    let sys = modules.downcast::<Dict>()?.get_name(Name::new("sys"))?;
    quietly(|| attr::lookup_optional(&sys, Name::new(name))).flatten()
}
/// Writes to `sys.stderr`, or to the descriptor when that fails.
pub fn write_stderr(text: &str) {
    if let Some(err) = sys_attr("stderr")
        && !err.is_none()
    {
        let done = quietly(|| crate::protocol::call::call_method_static(&err, &names::write, &[Value::str(text)]));
        if done.is_some() {
            quietly(|| crate::protocol::call::call_method_name(&err, Name::new("flush"), &[]));
            return;
        }
    }
    // Nothing is left to report a failure to.
    drop(std::io::stderr().write_all(text.as_bytes()));
}

/// Handles an exception that left the program: prints it and gives the exit status.
/// KeyboardInterrupt gives 130; the caller then ends the process by the signal.
pub fn uncaught(exc: &Value) -> i32 {
    if exc.ty().is_subtype(&SYSTEM_EXIT) {
        return system_exit(exc);
    }
    report(exc);
    if exc.ty().is_subtype(&KEYBOARD_INTERRUPT) { 130 } else { 1 }
}
/// True when a hook is still the runtime's own.
pub fn is_default(hook: &Value, name: &str) -> bool {
    hook.downcast::<Builtin>().is_some_and(|b| b.receiver.is_unbound() && b.method.name().trim_matches('_') == name)
}
/// Prints by `sys.excepthook` when the program set one.
pub fn report(exc: &Value) {
    if let Some(hook) = sys_attr("excepthook")
        && !is_default(&hook, "excepthook")
    {
        let tb = body(exc).map_or(NONE, |e| e.traceback.borrow().clone());
        match call(&hook, &[Value::of_type(exc.ty()), exc.clone(), tb]) {
            Ok(_) => return,
            Err(r) => {
                let second = take(r);
                write_stderr("Error in sys.excepthook:\n");
                write_stderr(&full(&second));
                write_stderr("\nOriginal exception was:\n");
            }
        }
    }
    write_stderr(&full(exc));
}
/// Source: `_Py_HandleSystemExit`.
fn system_exit(exc: &Value) -> i32 {
    let mut code = body(exc).map_or(NONE, |e| e.field(0));
    if let Some(own) = quietly(|| attr::lookup_optional(exc, names::code.get())).flatten() {
        code = own;
    }
    if code.is_none() {
        return 0;
    }
    if let Some(n) = code.as_inline_int().or(code.as_bool().map(i64::from)) {
        return (n & 0xff) as i32;
    }
    if let Some(s) = quietly(|| str_string(&code)) {
        write_stderr(&format!("{s}\n"));
    }
    1
}

/// What `sys.unraisablehook` gets.
struct HookArgs {
    exc: Value,
    message: Value,
    object: Value,
}
impl Payload for HookArgs {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.exc);
        visit(&self.message);
        visit(&self.object);
    }
}
impl Native for HookArgs {
    fn class() -> &'static Type {
        &HOOK_ARGS
    }
}
fn arg(v: &Value, f: impl FnOnce(&HookArgs) -> Value) -> super::PyResult {
    Ok(v.downcast::<HookArgs>().map_or(NONE, f))
}
static GETSET: &[GetSet] = &[
    GetSet::ro("exc_type", |v| arg(v, |a| Value::of_type(a.exc.ty()))),
    GetSet::ro("exc_value", |v| arg(v, |a| a.exc.clone())),
    GetSet::ro("exc_traceback", |v| arg(v, |a| body(&a.exc).map_or(NONE, |e| e.traceback.borrow().clone()))),
    GetSet::ro("err_msg", |v| arg(v, |a| a.message.clone())),
    GetSet::ro("object", |v| arg(v, |a| a.object.clone())),
];
static DEF: ClassDef = ClassDef::new::<HookArgs>("UnraisableHookArgs").module("sys").getset(GETSET);
static HOOK_ARGS: Type = Type::builtin(&DEF);

/// Reports an exception that nobody can catch. `message` is empty for "Exception ignored in".
pub fn unraisable(exc: &Value, message: &str, object: &Value) {
    let message = if message.starts_with("Exception ignored in") { "" } else { message };
    if let Some(hook) = sys_attr("unraisablehook")
        && !hook.is_none()
        && !is_default(&hook, "unraisablehook")
    {
        let msg = if message.is_empty() { NONE } else { Value::str(message) };
        let args = object::new(&HOOK_ARGS, HookArgs { exc: exc.clone(), message: msg, object: object.clone() });
        match call(&hook, &[args]) {
            Ok(_) => return,
            Err(r) => {
                let second = take(r);
                write_unraisable(&second, "Exception ignored in sys.unraisablehook", &hook);
                return;
            }
        }
    }
    write_unraisable(exc, message, object);
}
/// `sys.__unraisablehook__(args)`.
pub fn default_hook(args: &Value) {
    if let Some(a) = args.downcast::<HookArgs>() {
        write_unraisable(&a.exc, a.message.as_str().unwrap_or(""), &a.object);
    }
}
fn write_unraisable(exc: &Value, message: &str, object: &Value) {
    let shown = || quietly(|| repr_string(object)).unwrap_or_else(|| "<object repr() failed>".into());
    let mut out = match (message.is_empty(), object.is_none()) {
        (false, true) => format!("{message}:\n"),
        (false, false) => format!("{message}: {}\n", shown()),
        (true, true) => String::new(),
        (true, false) => format!("Exception ignored in: {}\n", shown()),
    };
    let rows = rows(exc);
    if !rows.is_empty() {
        out.push_str("Traceback (most recent call last):\n");
        for r in rows {
            out.push_str(&format!("  File \"{}\", line {}, in {}\n", r.site.scope.file, r.line, r.site.scope.name));
            let text = r.site.scope.source.lines().nth((r.line as usize).saturating_sub(1)).unwrap_or("").trim();
            if !text.is_empty() {
                out.push_str(&format!("    {text}\n"));
            }
        }
    }
    let text = safe_str(exc);
    let ty = type_text(exc);
    out.push_str(&if text.is_empty() { format!("{ty}\n") } else { format!("{ty}: {text}\n") });
    write_stderr(&out);
}
