//! Owns: TAU0304: a handler around an `await` that ends a cancellation.
//! Never: takes a handler that raises, or passes the exception on, for one that swallows; nor one that awaits a task
//! that somebody else cancelled, as in `task.cancel()` and `try: await task`.

use super::known::{Known, Thing};
use super::table;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::visit::{children, own_exprs, own_stmts, stmt_exprs};
use crate::hir::*;
use crate::source::Span;
use std::collections::HashSet;

/// Functions and methods that look at an exception and keep nothing of it.
const LOOKERS: &[&str] = &[
    "print", "str", "repr", "type", "format", "isinstance", "len", "debug", "info", "warning", "error", "exception", "critical", "log",
    "print_exception", "format_exception", "print_exc",
];

pub fn look(known: &Known, found: &mut Vec<Diagnostic>) {
    for (at, (module, _)) in known.modules.iter().enumerate() {
        for function in &module.functions {
            if !function.kind.is_async() {
                continue;
            }
            // Whoever counts cancellations knows what to do with one.
            let mut counts = false;
            own_exprs(module, &function.body, &mut |_, expr| {
                counts |= matches!(&expr.kind, ExprKind::Attribute { name, .. } if matches!(name.as_str(), "uncancel" | "cancelling"));
            });
            if counts {
                continue;
            }
            let place = Looker { known, module, at, function, cancelled: cancelled(known, at, &function.body) };
            own_stmts(&function.body, &mut |stmt| found.extend(place.stmt(stmt)));
        }
    }
}

/// What the texts of a body call `.cancel()` on, as it is written.
fn cancelled(known: &Known, at: usize, block: &Block) -> HashSet<String> {
    let mut texts = HashSet::new();
    own_exprs(known.module(at), block, &mut |_, expr| {
        if let ExprKind::Attribute { object, name, name_span: _ } = &expr.kind
            && name.as_str() == "cancel"
        {
            texts.insert(known.text(at, *object));
        }
    });
    texts
}

struct Looker<'k, 'a> {
    known: &'k Known<'a>,
    module: &'a Module,
    at: usize,
    function: &'a Function,
    cancelled: HashSet<String>,
}

impl Looker<'_, '_> {
    fn eval(&self, id: ExprId) -> Option<Thing> {
        self.known.eval(self.at, Parent::Function(self.function.id), id)
    }

    fn path_is(&self, id: ExprId, paths: &[&str]) -> bool {
        matches!(self.eval(id), Some(Thing::Foreign(path)) if paths.contains(&&*path))
    }

    fn stmt(&self, stmt: &Stmt) -> Option<Diagnostic> {
        match &stmt.kind {
            StmtKind::Try(made) if !made.star => {
                let handler = made.handlers.iter().find(|handler| handler.kind.is_none_or(|kind| self.catches(kind)))?;
                if !self.waits(&made.body) || self.leads_on(handler, stmt.span) || self.raises(&made.finally) {
                    return None;
                }
                Some(self.warning(self.known.first_line(handler.span), "the handler ends it"))
            }
            StmtKind::With(with) => {
                let context = with.items.iter().map(|item| item.context).find(|context| {
                    let ExprKind::Call(call) = &self.module.expr(*context).kind else { return false };
                    let catches = |arg: &Element| matches!(arg, Element::Item(kind) if self.catches(*kind));
                    self.path_is(call.callee, &["contextlib.suppress"]) && call.args.iter().any(catches)
                })?;
                self.waits(&with.body).then(|| self.warning(self.module.expr(context).span, "it ends here"))
            }
            StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::Return(_)
            | StmtKind::Raise { .. } | StmtKind::Assert { .. } | StmtKind::Delete(_) | StmtKind::Pass | StmtKind::Break | StmtKind::Continue
            | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::For(_) | StmtKind::Try(_) | StmtKind::Match { .. }
            | StmtKind::FunctionDef(_) | StmtKind::ClassDef(_) | StmtKind::Import(_) | StmtKind::ImportFrom(_) | StmtKind::TypeAlias(_)
            | StmtKind::Unsupported(_) => None,
        }
    }

    fn warning(&self, span: Span, label: &str) -> Diagnostic {
        let message = format!("a cancellation of {}() is swallowed: its task goes on, and ends as if nobody had cancelled it", self.function.qualname);
        let mut warning = Diagnostic::warning(codes::SWALLOWED_CANCELLATION, message, span);
        if let Some(first) = warning.labels.first_mut() {
            first.text = label.to_owned();
        }
        warning.with_hint("`raise` at the end of the handler passes it on; `finally` cleans up in any case")
    }

    fn catches(&self, kind: ExprId) -> bool {
        let ExprKind::Tuple(all) = &self.module.expr(kind).kind else { return self.path_is(kind, table::CATCH_CANCELLED) };
        all.iter().any(|one| matches!(one, Element::Item(kind) if self.catches(*kind)))
    }

    /// The block waits for something that only a cancellation of this very task ends early.
    fn waits(&self, block: &Block) -> bool {
        let mut found = false;
        own_stmts(block, &mut |stmt| match &stmt.kind {
            StmtKind::For(made) => found |= made.is_async,
            StmtKind::With(with) if with.is_async => {
                found |= with.items.iter().any(|item| match self.eval(item.context) {
                    Some(Thing::Object(path)) => table::WAITING_CONTEXTS.contains(&&*path),
                    Some(_) | None => false,
                });
            }
            StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::Return(_)
            | StmtKind::Raise { .. } | StmtKind::Assert { .. } | StmtKind::Delete(_) | StmtKind::Pass | StmtKind::Break | StmtKind::Continue
            | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::With(_) | StmtKind::Try(_) | StmtKind::Match { .. }
            | StmtKind::FunctionDef(_) | StmtKind::ClassDef(_) | StmtKind::Import(_) | StmtKind::ImportFrom(_) | StmtKind::TypeAlias(_)
            | StmtKind::Unsupported(_) => {}
        });
        own_exprs(self.module, block, &mut |_, expr| {
            if let ExprKind::Await(operand) = &expr.kind {
                found |= !self.by_others(*operand);
            }
        });
        found
    }

    /// Awaiting it raises CancelledError when something else than this task was cancelled.
    fn by_others(&self, operand: ExprId) -> bool {
        let ExprKind::Call(call) = &self.module.expr(operand).kind else { return true };
        let mut args = call.args.iter().map(|arg| match arg {
            Element::Item(value) | Element::Star(value) => *value,
        });
        let callee = self.eval(call.callee);
        if let Some(Thing::Foreign(path)) = &callee {
            if table::CANCELLED_BY_OTHERS.contains(&&**path) {
                return true;
            }
            if table::AS_SLOW_AS.contains(&&**path) {
                return args.all(|arg| self.by_others(arg));
            }
        }
        let own = callee.and_then(|callee| self.known.callable(&callee));
        if let Some((at, function, _)) = own
            && !cancelled(self.known, at, &self.known.function(at, function).body).is_empty()
        {
            return true;
        }
        args.any(|arg| matches!(self.eval(arg), Some(Thing::Object(class)) if &*class == "asyncio.Task") || self.cancelled.contains(&self.known.text(self.at, arg)))
    }

    /// The handler lets the cancellation go on, or hands it to somebody.
    fn leads_on(&self, handler: &Handler, whole: Span) -> bool {
        if self.raises(&handler.body) {
            return true;
        }
        let (mut cancels, mut awaits, mut notes) = (false, false, false);
        own_exprs(self.module, &handler.body, &mut |_, expr| match &expr.kind {
            ExprKind::Attribute { object: _, name, name_span: _ } => cancels |= name.as_str() == "cancel",
            ExprKind::Await(_) => awaits = true,
            ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
            | ExprKind::Bool { .. } | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_)
            | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_)
            | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_)
            | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {}
        });
        own_stmts(&handler.body, &mut |stmt| notes |= matches!(stmt.kind, StmtKind::Assign { .. } | StmtKind::AnnAssign(_)));
        // Awaiting what the handler cancels raises the cancellation again; who cancels its own task knows of it.
        if (cancels && awaits) || self.cancelled.iter().any(|text| text.ends_with("current_task()")) {
            return true;
        }
        let mut raises_later = false;
        own_stmts(&self.function.body, &mut |stmt| raises_later |= stmt.span.start > whole.end && matches!(stmt.kind, StmtKind::Raise { .. }));
        (notes && raises_later) || handler.name.as_ref().is_some_and(|name| self.hands_on(&handler.body, name))
    }

    fn raises(&self, block: &Block) -> bool {
        let mut found = false;
        own_stmts(block, &mut |stmt| found |= matches!(stmt.kind, StmtKind::Raise { .. }));
        own_exprs(self.module, block, &mut |_, expr| {
            if let ExprKind::Call(call) = &expr.kind {
                found |= self.path_is(call.callee, table::RAISE);
            }
        });
        found
    }

    /// The exception is stored, returned or given to a function that may keep it.
    fn hands_on(&self, block: &Block, name: &Place) -> bool {
        let mut found = false;
        own_stmts(block, &mut |stmt| found |= stmt_exprs(stmt).into_iter().any(|id| self.keeps(id, name)));
        found
    }

    fn keeps(&self, id: ExprId, name: &Place) -> bool {
        let kind = &self.module.expr(id).kind;
        match kind {
            ExprKind::Name(var) => var.place == *name,
            ExprKind::FString(_) | ExprKind::Compare { .. } | ExprKind::Binary { .. } | ExprKind::Attribute { .. } => false,
            ExprKind::Call(call) => {
                let callee = self.known.text(self.at, call.callee);
                let last = callee.rsplit('.').next().unwrap_or("");
                !LOOKERS.contains(&last) && children(kind).into_iter().any(|child| self.keeps(child, name))
            }
            ExprKind::Const(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Bool { .. } | ExprKind::Conditional { .. }
            | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_)
            | ExprKind::Dict(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_) | ExprKind::Await(_)
            | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => children(kind).into_iter().any(|child| self.keeps(child, name)),
        }
    }
}
