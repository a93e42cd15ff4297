//! Owns: TAU0302: a task that nothing refers to.
//! Never: looks at tasks of a TaskGroup, which keeps them, or at tasks in a variable.

use super::dropped_calls;
use super::known::{Known, Thing};
use super::table;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Element, ExprKind};

pub fn look(known: &Known, found: &mut Vec<Diagnostic>) {
    dropped_calls(known, &mut |at, body, id| {
        let module = known.module(at);
        let ExprKind::Call(call) = &module.expr(id).kind else { return };
        let Some(Thing::Foreign(path)) = known.eval(at, body, call.callee) else { return };
        // `ensure_future` of a task that is in a variable gives that task.
        let starts = &*path != "asyncio.ensure_future"
            || match call.args.first() {
                Some(Element::Item(first)) => matches!(module.expr(*first).kind, ExprKind::Call(_)),
                Some(Element::Star(_)) | None => false,
            };
        if starts && table::TASKS.contains(&&*path) {
            let message = format!("nothing keeps the task of {}(): the loop does not, and may lose it before it is done", known.text(at, call.callee));
            let hint = "keep it in a variable or a set until it is done, or start it in an `asyncio.TaskGroup`";
            found.push(Diagnostic::warning(codes::DROPPED_TASK, message, module.expr(id).span).with_hint(hint));
        }
    });
}
