//! Owns: what a module's HIR tells about calls that will fail when they are reached.
//! Never: stops a build.

use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::hir::{ExprKind, Module, Place};

/// Builtins that need an interpreter at run time.
const OF_TEXT: &[&str] = &["exec", "eval", "compile"];

/// Calls of `exec`, `eval` and `compile`, which a program may guard, so they are no errors.
pub fn text_at_run_time(module: &Module, diagnostics: &mut Diagnostics) {
    for expr in &module.exprs {
        let ExprKind::Call(call) = &expr.kind else { continue };
        if let ExprKind::Name(var) = &module.expr(call.callee).kind
            && let Place::Builtin(name) = &var.place
            && OF_TEXT.contains(&name.as_str())
        {
            let message = format!("{name}() of text raises NotImplementedError when it is reached: the executable contains no interpreter");
            let hint = "`ast.literal_eval` reads literals; a dictionary of functions replaces dispatch by name";
            diagnostics.push(Diagnostic::warning(codes::EXEC, message, expr.span).with_hint(hint.to_owned()));
        }
    }
}
