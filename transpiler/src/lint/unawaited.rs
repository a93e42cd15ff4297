//! Owns: TAU0301: a coroutine function that is called where nobody can await what comes out.
//! Never: looks at what is passed on, stored or returned.

use super::dropped_calls;
use super::known::{Known, Thing};
use super::table;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::arguments::bind_arguments;
use crate::hir::visit::own_stmts;
use crate::hir::*;

pub fn look(known: &Known, found: &mut Vec<Diagnostic>) {
    dropped_calls(known, &mut |at, body, id| {
        if let Some(name) = coroutine(known, at, body, id) {
            found.push(warning(known, at, body, id, &name, "nothing runs"));
        }
    });
    for (at, (module, _)) in known.modules.iter().enumerate() {
        for function in &module.functions {
            own_stmts(&function.body, &mut |stmt| {
                let StmtKind::Assign { targets, value } = &stmt.kind else { return };
                let [Target { kind: TargetKind::Name(Var { place: Place::Local(local), bound: _ }), span: _ }] = targets.as_slice() else { return };
                let slot = function.local(*local);
                if !slot.read
                    && !slot.deleted
                    && !function.facts.uses_locals
                    && let Some(name) = coroutine(known, at, Parent::Function(function.id), *value)
                {
                    found.push(warning(known, at, Parent::Function(function.id), *value, &name, &format!("'{}' is never used, nothing runs", slot.name)));
                }
            });
        }
    }
}

fn warning(known: &Known, at: usize, body: Parent, id: ExprId, name: &str, label: &str) -> Diagnostic {
    let span = known.module(at).expr(id).span;
    let mut warning = Diagnostic::warning(codes::NEVER_AWAITED, format!("the coroutine of {name}() is never awaited"), span);
    if let Some(first) = warning.labels.first_mut() {
        first.text = label.to_owned();
    }
    let can_await = match body {
        Parent::Function(function) => known.function(at, function).kind.is_async(),
        Parent::Module | Parent::Class(_) => false,
    };
    warning.with_hint(if can_await {
        format!("`await {name}(…)` runs it here; a task that is kept, `task = asyncio.create_task({name}(…))`, runs it beside")
    } else {
        format!("`asyncio.run({name}(…))` runs it where no loop runs; only an `async def` can await it")
    })
}

/// The name of the coroutine function that the expression calls.
pub fn coroutine(known: &Known, at: usize, body: Parent, id: ExprId) -> Option<String> {
    let module = known.module(at);
    let ExprKind::Call(call) = &module.expr(id).kind else { return None };
    let callee = known.eval(at, body, call.callee)?;
    if let Thing::Foreign(path) = &callee {
        return table::COROUTINES.contains(&&**path).then(|| known.text(at, call.callee));
    }
    let (home, function, bound) = known.callable(&callee)?;
    let function = known.function(home, function);
    // A call that does not fit raises TypeError, which may be what it is for.
    let unpacks = call.args.iter().any(|arg| matches!(arg, Element::Star(_))) || call.keywords.iter().any(|one| matches!(one, Keyword::Unpack(_)));
    let fits = || {
        let mut whole = call.clone();
        if bound {
            whole.args.insert(0, Element::Item(call.callee));
        }
        unpacks || bind_arguments(function, &whole).is_some()
    };
    (function.kind == FnKind::Coroutine && fits()).then(|| known.text(at, call.callee))
}
