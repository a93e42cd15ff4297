//! Owns: the callee of each call.
//! Never: decides what a call looks like.

use super::{Callee, Colors};
use crate::hir::*;

pub(super) fn callees(module: &Module, colors: &mut Colors) {
    for (at, expr) in module.exprs.iter().enumerate() {
        let ExprKind::Call(call) = &expr.kind else { continue };
        let ExprKind::Name(var) = &module.expr(call.callee).kind else { continue };
        let callee = match &var.place {
            Place::Global(name) => match (colors.known_functions.get(name), colors.known_classes.get(name)) {
                (Some(function), _) => Callee::Function(*function),
                (None, Some(class)) => Callee::Class(*class),
                (None, None) => continue,
            },
            Place::Builtin(_) if !module.has_star_import => Callee::Builtin,
            Place::Builtin(_)
            | Place::Local(_)
            | Place::Cell(_)
            | Place::Free(_)
            | Place::ClassName(_)
            | Place::ClassOrFree(_, _) => continue,
        };
        colors.callees.insert(ExprId(at as u32), callee);
    }
    colors.shows_awaits = shows_awaits(module);
    if colors.shows_awaits {
        return;
    }
    for (at, expr) in module.exprs.iter().enumerate() {
        let ExprKind::Await(operand) = &expr.kind else { continue };
        let ExprKind::Call(call) = &module.expr(*operand).kind else { continue };
        if let Some((function, _)) = colors.known_call(module, *operand, call)
            && function.kind == FnKind::Coroutine
        {
            colors.direct_awaits.insert(ExprId(at as u32), function.id);
        }
    }
}

/// A direct frame cannot be seen from outside, so programs that look get objects.
fn shows_awaits(module: &Module) -> bool {
    const SHOWS: &[&str] = &["cr_await", "cr_frame", "cr_running", "cr_code", "gi_yieldfrom", "ag_await"];
    module.exprs.iter().any(|expr| matches!(&expr.kind, ExprKind::Attribute { name, .. } if SHOWS.contains(&name.as_str())))
}
