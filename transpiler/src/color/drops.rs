//! Owns: whether a module can see when a value dies.
//! Never: decides a form.

use super::DropFacts;
use crate::hir::*;

pub(super) fn facts(module: &Module) -> DropFacts {
    let mut facts = DropFacts::default();
    for class in &module.classes {
        visit::own_stmts(&class.body, &mut |stmt| {
            let mut vars = Vec::new();
            visit::targets(stmt).into_iter().for_each(|target| visit::target_names(target, &mut vars));
            let defined = if let StmtKind::FunctionDef(def) = &stmt.kind { Some(&def.target) } else { None };
            let places = vars.into_iter().map(|var| &var.place).chain(defined);
            facts.has_del |= places.into_iter().any(|place| named(place, "__del__"));
        });
    }
    visit::every_stmt(module, &mut |stmt| {
        for target in visit::targets(stmt) {
            if let TargetKind::Attribute { name, .. } = &target.kind {
                facts.has_del |= name.as_str() == "__del__";
            }
        }
        match &stmt.kind {
            StmtKind::Import(import) => facts.import(import.module.as_str()),
            StmtKind::ImportFrom(import) => facts.import(import.module.as_str()),
            StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::Return(_)
            | StmtKind::Raise { .. } | StmtKind::Assert { .. } | StmtKind::Delete(_) | StmtKind::Pass | StmtKind::Break | StmtKind::Continue
            | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::For(_) | StmtKind::With(_) | StmtKind::Try(_)
            | StmtKind::Match { .. } | StmtKind::FunctionDef(_) | StmtKind::ClassDef(_) | StmtKind::TypeAlias(_)
            | StmtKind::Unsupported(_) => {}
        }
    });
    for expr in &module.exprs {
        if let ExprKind::Attribute { name, .. } = &expr.kind {
            facts.reads_frames |=
                matches!(name.as_str(), "tb_frame" | "f_locals" | "gi_frame" | "ag_frame" | "cr_frame" | "_getframe");
            facts.reads_lines |= matches!(
                name.as_str(),
                "_getframe" | "currentframe" | "print_stack" | "format_stack" | "extract_stack" | "walk_stack" | "get_stack" | "stack"
            );
        }
    }
    let managers = context_managers(module);
    for function in &module.functions {
        let generator = function.kind.is_generator();
        facts.suspends_in_try |= generator && function.facts.suspends_in_try && !managers.contains(&function.id);
    }
    facts
}

impl DropFacts {
    fn import(&mut self, module: &str) {
        self.uses_weakref |= module == "weakref";
        self.reads_lines |= matches!(module.split('.').next(), Some("logging" | "warnings"));
    }
}

fn named(place: &Place, text: &str) -> bool {
    matches!(place, Place::ClassName(name) if name.as_str() == text)
}

/// Generators that only ever run under `with` (decorated by contextlib) are not dropped while suspended.
fn context_managers(module: &Module) -> Vec<FnId> {
    let mut found = Vec::new();
    visit::every_stmt(module, &mut |stmt| {
        let StmtKind::FunctionDef(def) = &stmt.kind else { return };
        let decorated = def.decorators.iter().any(|id| {
            let name = match &module.expr(*id).kind {
                ExprKind::Name(Var { place: Place::Global(name), bound: _ }) => name,
                ExprKind::Attribute { name, .. } => name,
                ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
                | ExprKind::Bool { .. } | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_)
                | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_)
                | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_)
                | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => return false,
            };
            matches!(name.as_str(), "contextmanager" | "asynccontextmanager")
        });
        if decorated {
            found.push(def.closure.function);
        }
    });
    found
}
