//! Owns: which calls of `httpx`'s functions are awaited: `await httpx.get(url)`, `gather(*[httpx.get(u) for u in
//! urls])`, a variable that is awaited later. The real `httpx.get` is synchronous; awaited it gives a coroutine here.
//! Never: decides what such a call does: `lower` asks the runtime for the function's coroutine twin, and any other
//! function has none.

use crate::hir::visit::{own_exprs, own_stmts};
use crate::hir::*;
use std::collections::HashSet;

const MODULES: &[&str] = &["httpx", "httpx2"];
const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "request"];
/// What takes awaitables and waits for them.
const CONSUMERS: &[&str] = &[
    "gather", "create_task", "ensure_future", "wait_for", "wait", "shield", "as_completed", "run", "run_until_complete",
    "run_coroutine_threadsafe",
];
/// Attributes of a collection or a task that say nothing against waiting for it.
const HARMLESS: &[&str] = &["append", "add", "extend", "insert", "cancel", "done", "result", "exception", "add_done_callback"];

pub(super) fn mark(module: &mut Module) {
    let mut names = Names::default();
    let mut bodies = vec![(&module.scope, &module.body)];
    bodies.extend(module.classes.iter().map(|class| (&class.scope, &class.body)));
    bodies.extend(module.functions.iter().map(|function| (&function.scope, &function.body)));
    for (scope, block) in &bodies {
        names.import(scope, block);
    }
    if names.modules.is_empty() && names.functions.is_empty() {
        return;
    }
    let mut calls = HashSet::new();
    for (scope, block) in bodies {
        let mut body = Body { module, scope, names: &names, calls: &mut calls, waited: HashSet::new() };
        body.look(block);
    }
    for id in calls {
        if let Some(Expr { kind: ExprKind::Call(call), span: _ }) = module.exprs.get_mut(id.index()) {
            call.awaited = true;
        }
    }
}

/// Names that stand for the module, and names that stand for one of its functions, anywhere in the text.
#[derive(Default)]
struct Names {
    modules: HashSet<PyName>,
    functions: HashSet<PyName>,
}

fn name_of<'a>(scope: &'a Scope, place: &'a Place) -> Option<&'a PyName> {
    match place {
        Place::Local(id) | Place::Cell(id) => scope.locals.get(id.index()).map(|local| &local.name),
        Place::Free(id) => scope.frees.get(id.index()),
        Place::Global(name) | Place::Builtin(name) | Place::ClassName(name) | Place::ClassOrFree(name, _) => Some(name),
    }
}

impl Names {
    fn import(&mut self, scope: &Scope, block: &Block) {
        own_stmts(block, &mut |stmt| {
            if let StmtKind::Import(import) = &stmt.kind
                && MODULES.contains(&import.module.as_str())
            {
                self.modules.extend(name_of(scope, &import.target).cloned());
            }
            if let StmtKind::ImportFrom(import) = &stmt.kind
                && import.level == 0
                && MODULES.contains(&import.module.as_str())
                && let ImportNames::Names(all) = &import.names
            {
                for one in all.iter().filter(|one| VERBS.contains(&one.name.as_str())) {
                    self.functions.extend(name_of(scope, &one.target).cloned());
                }
            }
        });
    }
}

/// One code body.
struct Body<'a> {
    module: &'a Module,
    scope: &'a Scope,
    names: &'a Names,
    calls: &'a mut HashSet<ExprId>,
    /// Variables that something waits for.
    waited: HashSet<PyName>,
}

impl<'a> Body<'a> {
    fn variable(&self, id: ExprId) -> Option<&'a PyName> {
        let ExprKind::Name(var) = &self.module.expr(id).kind else { return None };
        name_of(self.scope, &var.place)
    }

    fn is_ours(&self, call: &Call) -> bool {
        match &self.module.expr(call.callee).kind {
            ExprKind::Attribute { object, name, name_span: _ } => {
                VERBS.contains(&name.as_str()) && self.variable(*object).is_some_and(|object| self.names.modules.contains(object))
            }
            ExprKind::Name(var) => name_of(self.scope, &var.place).is_some_and(|name| self.names.functions.contains(name)),
            ExprKind::Const(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. } | ExprKind::Bool { .. }
            | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_) | ExprKind::Subscript { .. }
            | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::FString(_)
            | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_) | ExprKind::Await(_) | ExprKind::Yield(_)
            | ExprKind::YieldFrom(_) => false,
        }
    }

    fn all(&self, block: &Block) -> Vec<ExprId> {
        let mut found = Vec::new();
        own_exprs(self.module, block, &mut |id, _| found.push(id));
        found
    }

    /// The value is waited for: so is what it is made of.
    fn wait(&mut self, id: ExprId) {
        let module = self.module;
        match &module.expr(id).kind {
            ExprKind::Call(call) if self.is_ours(call) => {
                self.calls.insert(id);
            }
            ExprKind::Name(_) => self.waited.extend(self.variable(id).cloned()),
            ExprKind::Conditional { test: _, then, orelse } => {
                self.wait(*then);
                self.wait(*orelse);
            }
            ExprKind::Bool { op: _, values } => values.iter().for_each(|value| self.wait(*value)),
            ExprKind::Walrus { target: _, value } => self.wait(*value),
            ExprKind::Tuple(all) | ExprKind::List(all) | ExprKind::Set(all) => self.wait_elements(all),
            ExprKind::Comprehension(made) => match made.kind {
                ComprehensionKind::List(value) | ComprehensionKind::Set(value) => self.wait(value),
                ComprehensionKind::Dict(..) => {}
            },
            ExprKind::Genexpr { closure, first: _, async_first: _ } => {
                let function = module.function(closure.function);
                let mut inner = Body { module, scope: &function.scope, names: self.names, calls: self.calls, waited: HashSet::new() };
                for id in inner.all(&function.body) {
                    if let ExprKind::Yield(Some(value)) = &module.expr(id).kind {
                        inner.wait(*value);
                    }
                }
            }
            ExprKind::Const(_) | ExprKind::Unary { .. } | ExprKind::Binary { .. } | ExprKind::Compare { .. } | ExprKind::Call(_)
            | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Dict(_) | ExprKind::FString(_)
            | ExprKind::Lambda(_) | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {}
        }
    }

    fn wait_elements(&mut self, all: &[Element]) {
        for one in all {
            match one {
                Element::Item(id) | Element::Star(id) => self.wait(*id),
            }
        }
    }

    fn look(&mut self, block: &Block) {
        let module = self.module;
        let all = self.all(block);
        let mut used = HashSet::new();
        for id in &all {
            match &module.expr(*id).kind {
                ExprKind::Await(value) => self.wait(*value),
                ExprKind::Call(call) => {
                    let consumer = match &module.expr(call.callee).kind {
                        ExprKind::Attribute { object: _, name, name_span: _ } => Some(name),
                        ExprKind::Name(var) => name_of(self.scope, &var.place),
                        ExprKind::Const(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
                        | ExprKind::Bool { .. } | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_)
                        | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_)
                        | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. }
                        | ExprKind::Comprehension(_) | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => None,
                    };
                    if consumer.is_some_and(|name| CONSUMERS.contains(&name.as_str())) {
                        self.wait_elements(&call.args);
                    }
                }
                ExprKind::Attribute { object, name, name_span: _ } if !HARMLESS.contains(&name.as_str()) => {
                    used.extend(self.variable(*object).cloned());
                }
                ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
                | ExprKind::Bool { .. } | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Attribute { .. }
                | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_)
                | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_)
                | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {}
            }
        }
        // A variable is what was assigned to it, or what a loop takes from another one.
        for _ in 0..3 {
            self.waited.retain(|name| !used.contains(name));
            self.assigned(block);
            for id in &all {
                if let ExprKind::Call(call) = &module.expr(*id).kind
                    && let ExprKind::Attribute { object, name, name_span: _ } = &module.expr(call.callee).kind
                    && ["append", "add", "insert", "extend"].contains(&name.as_str())
                    && self.variable(*object).is_some_and(|object| self.waited.contains(object))
                {
                    self.wait_elements(&call.args);
                }
            }
        }
    }

    fn assigned(&mut self, block: &Block) {
        let mut values = Vec::new();
        let holds = |target: &Target| match &target.kind {
            TargetKind::Name(var) => name_of(self.scope, &var.place).is_some_and(|name| self.waited.contains(name)),
            TargetKind::Attribute { .. } | TargetKind::Subscript { .. } | TargetKind::Unpack { .. } => false,
        };
        own_stmts(block, &mut |stmt| match &stmt.kind {
            StmtKind::Assign { targets, value } if targets.iter().any(holds) => values.push(*value),
            StmtKind::AugAssign { target, op: _, value } if holds(target) => values.push(*value),
            StmtKind::AnnAssign(made) if holds(&made.target) => values.extend(made.value),
            StmtKind::For(made) if holds(&made.target) => values.push(made.iter),
            StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::Return(_)
            | StmtKind::Raise { .. } | StmtKind::Assert { .. } | StmtKind::Delete(_) | StmtKind::Pass | StmtKind::Break | StmtKind::Continue
            | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::For(_) | StmtKind::With(_) | StmtKind::Try(_)
            | StmtKind::Match { .. } | StmtKind::FunctionDef(_) | StmtKind::ClassDef(_) | StmtKind::Import(_) | StmtKind::ImportFrom(_)
            | StmtKind::TypeAlias(_) | StmtKind::Unsupported(_) => {}
        });
        values.into_iter().for_each(|value| self.wait(value));
    }
}
