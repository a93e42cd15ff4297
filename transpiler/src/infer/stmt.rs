//! Owns: the flow of types through statements.
//! Never: expressions.

use super::{Body, Ty, ops};
use crate::hir::*;

impl Body<'_> {
    pub(super) fn block(&mut self, block: &Block) {
        for stmt in block {
            self.stmt(stmt);
            for inner in visit::blocks(stmt) {
                self.block(inner);
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                let ty = self.expr(*value);
                targets.iter().for_each(|target| self.target(target, &ty));
            }
            StmtKind::AugAssign { target, op, value } => self.aug_assign(target, *op, *value),
            StmtKind::AnnAssign(s) => {
                if let Some(value) = s.value {
                    let ty = self.expr(value);
                    self.target(&s.target, &ty);
                }
                self.exprs(&visit::stmt_exprs(stmt));
            }
            StmtKind::Return(value) => {
                let ty = value.map_or(Ty::None, |value| self.expr(value));
                self.returns = self.returns.join(&ty);
            }
            StmtKind::For(s) => self.loop_target(&s.target, s.iter, s.is_async),
            StmtKind::With(s) => {
                for item in &s.items {
                    self.expr(item.context);
                    if let Some(target) = &item.target {
                        self.target(target, &Ty::Unknown);
                    }
                }
            }
            StmtKind::Try(s) => {
                for handler in &s.handlers {
                    if let Some(kind) = handler.kind {
                        self.expr(kind);
                    }
                    if let Some(name) = &handler.name {
                        self.bind_place(name, &Ty::Unknown);
                    }
                }
            }
            StmtKind::Match { subject: _, cases } => {
                self.exprs(&visit::stmt_exprs(stmt));
                for case in cases {
                    let mut places = Vec::new();
                    visit::pattern_places(&case.pattern, &mut places);
                    places.into_iter().for_each(|place| self.bind_place(place, &Ty::Unknown));
                }
            }
            StmtKind::FunctionDef(def) => {
                self.exprs(&visit::stmt_exprs(stmt));
                self.bind_place(&def.target, &Ty::Unknown);
                def.type_params.iter().for_each(|param| self.bind_place(&param.slot, &Ty::Unknown));
            }
            StmtKind::ClassDef(def) => {
                self.exprs(&visit::stmt_exprs(stmt));
                self.bind_place(&def.target, &Ty::Unknown);
                def.type_params.iter().for_each(|param| self.bind_place(&param.slot, &Ty::Unknown));
            }
            StmtKind::Import(s) => self.bind_place(&s.target, &Ty::Unknown),
            StmtKind::ImportFrom(s) => {
                if let ImportNames::Names(names) = &s.names {
                    names.iter().for_each(|name| self.bind_place(&name.target, &Ty::Unknown));
                }
            }
            StmtKind::TypeAlias(s) => {
                self.bind_place(&s.target.place, &Ty::Unknown);
                s.type_params.iter().for_each(|param| self.bind_place(&param.slot, &Ty::Unknown));
            }
            StmtKind::Expr(_)
            | StmtKind::Raise { .. }
            | StmtKind::Assert { .. }
            | StmtKind::Delete(_)
            | StmtKind::If { .. }
            | StmtKind::While { .. } => self.exprs(&visit::stmt_exprs(stmt)),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue | StmtKind::Unsupported(_) => {}
        }
    }

    /// In-place operators of exact builtin types give what the plain ones give, or the same object.
    fn aug_assign(&mut self, target: &Target, op: BinOp, value: ExprId) {
        let literal = self.int_literal(value);
        let TargetKind::Name(var) = &target.kind else {
            self.target(target, &Ty::Unknown);
            self.expr(value);
            return;
        };
        let old = match &var.place {
            Place::Local(slot) => self.locals.get(slot.index()).cloned().unwrap_or_default(),
            Place::Cell(_) | Place::Free(_) | Place::Global(_) | Place::Builtin(_) | Place::ClassName(_)
            | Place::ClassOrFree(..) => Ty::Unknown,
        };
        let value = self.expr(value);
        let new = match (&old, op) {
            // `list += iterable` keeps the list.
            (Ty::List(_), BinOp::Add) => Ty::list(),
            _ => ops::binary(op, &old, &value, literal),
        };
        self.bind_place(&var.place, &new);
    }
}

/// Whether the end of a block can be reached, as far as its last statement tells.
pub(super) fn falls_through(block: &Block, module: &Module) -> bool {
    let Some(last) = block.last() else { return true };
    match &last.kind {
        StmtKind::Return(_) | StmtKind::Raise { .. } => false,
        StmtKind::If { test: _, then, orelse } => {
            orelse.is_empty() || falls_through(then, module) || falls_through(orelse, module)
        }
        StmtKind::While { test, body, orelse: _ } => {
            let forever = match &module.expr(*test).kind {
                ExprKind::Const(Const::True) => true,
                ExprKind::Const(Const::Int(value)) => *value != 0,
                ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
                | ExprKind::Bool { .. } | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_)
                | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_)
                | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. }
                | ExprKind::Comprehension(_) | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => false,
            };
            let mut breaks = false;
            visit::own_stmts(body, &mut |stmt| breaks |= matches!(stmt.kind, StmtKind::Break));
            !forever || breaks
        }
        StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::Assert { .. }
        | StmtKind::Delete(_) | StmtKind::Pass | StmtKind::Break | StmtKind::Continue | StmtKind::For(_) | StmtKind::With(_)
        | StmtKind::Try(_) | StmtKind::Match { .. } | StmtKind::FunctionDef(_) | StmtKind::ClassDef(_) | StmtKind::Import(_)
        | StmtKind::ImportFrom(_) | StmtKind::TypeAlias(_) | StmtKind::Unsupported(_) => true,
    }
}
