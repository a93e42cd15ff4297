//! Owns: simple statements and `if`; sends compound ones to their files. Never: expressions.

use super::body::{Body, Jump};
use super::operand::Operand;
use crate::hir::{
    AnnAssign, AnnotationUse, AnnotationValue, Block as PyBlock, ExprId, ExprKind, FnKind, Place, Stmt as Py, StmtKind, TargetKind, visit,
};
use crate::rir::{Block, Expr, Stmt};
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    pub fn block(&mut self, body: &'a PyBlock) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &'a Py) {
        let Py { kind, span } = stmt;
        let span = *span;
        match kind {
            StmtKind::FunctionDef(_) | StmtKind::ClassDef(_) => {}
            StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::Return(_)
            | StmtKind::Raise { .. } | StmtKind::Assert { .. } | StmtKind::Delete(_) | StmtKind::Pass | StmtKind::Break | StmtKind::Continue
            | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::For(_) | StmtKind::With(_) | StmtKind::Try(_)
            | StmtKind::Match { .. } | StmtKind::Import(_) | StmtKind::ImportFrom(_) | StmtKind::TypeAlias(_)
            | StmtKind::Unsupported(_) => self.line(span),
        }
        if self.cx.colors.drops.reads_lines {
            self.note_line(stmt);
        }
        match kind {
            StmtKind::Expr(e) => self.expr_stmt(*e),
            StmtKind::Assign { targets, value } => {
                let value = self.expr(*value);
                if let [target] = targets.as_slice() {
                    self.assign(target, value);
                    return;
                }
                let value = self.stable(value);
                for (i, target) in targets.iter().enumerate() {
                    let last = i + 1 == targets.len();
                    let value = match value.clone() {
                        // The temporary ends with its last use.
                        Operand::Place(Expr::Local(t)) if last && !self.cx.is_python_name(&t) => Operand::Owned(Expr::Local(t)),
                        other @ (Operand::Owned(_) | Operand::Place(_) | Operand::Ref(_) | Operand::Bool(_) | Operand::I64(_)) => other,
                    };
                    self.assign(target, value);
                }
            }
            StmtKind::AugAssign { target, op, value } => self.aug_assign(target, *op, *value, span),
            StmtKind::AnnAssign(a) => self.ann_assign(a, span),
            StmtKind::Return(value) => {
                let value = match value {
                    Some(v) => match self.expr(*v) {
                        // A local's last use: it leaves with the function.
                        Operand::Place(Expr::Local(x)) if self.leaves_directly() => Expr::Local(x),
                        other @ (
                            Operand::Owned(_) | Operand::Place(_) | Operand::Ref(_) | Operand::Bool(_) | Operand::I64(_)
                        ) => other.value(),
                    },
                    None => Expr::none(),
                };
                if self.kind == Some(FnKind::AsyncGenerator) {
                    let value = if value == Expr::none() { value } else { Expr::none() };
                    self.return_value(value);
                } else {
                    self.return_value(value);
                }
            }
            StmtKind::Raise { exc, cause } => self.raise(*exc, *cause, span),
            StmtKind::Assert { test, message } => self.assert(*test, *message),
            StmtKind::Delete(targets) => targets.iter().for_each(|t| self.delete(t)),
            StmtKind::Pass => {}
            StmtKind::Break => self.jump(Jump::Break),
            StmtKind::Continue => self.jump(Jump::Continue),
            StmtKind::If { test, then, orelse } => self.if_(*test, then, orelse),
            StmtKind::While { test, body, orelse } => self.while_(*test, body, orelse, span),
            StmtKind::For(f) => self.for_(f, span),
            StmtKind::With(with) => self.with(&with.items, &with.body, with.is_async, span),
            StmtKind::Try(t) => self.try_(t, span),
            StmtKind::Match { subject, cases } => self.match_(*subject, cases, span),
            StmtKind::FunctionDef(def) => self.function_def(def, span),
            StmtKind::ClassDef(def) => self.class_def(def, span),
            StmtKind::Import(import) => self.import(import, span),
            StmtKind::ImportFrom(import) => self.import_from(import, span),
            StmtKind::TypeAlias(alias) => self.type_alias(alias, span),
            StmtKind::Unsupported(text) => {
                let site = self.site(span);
                let raise = Expr::rt("unsupported", vec![Expr::str(text.as_str())]).at(site);
                self.leave_raising(raise);
            }
        }
    }

    /// `here(L6);` before a simple statement that calls something.
    fn note_line(&mut self, stmt: &Py) {
        match &stmt.kind {
            StmtKind::Expr(_)
            | StmtKind::Assign { .. }
            | StmtKind::AugAssign { .. }
            | StmtKind::AnnAssign(_)
            | StmtKind::Return(_)
            | StmtKind::Raise { .. }
            | StmtKind::Assert { .. }
            | StmtKind::Delete(_)
            | StmtKind::If { .. }
            | StmtKind::For(_)
            | StmtKind::With(_)
            | StmtKind::Match { .. } => {}
            StmtKind::While { .. }
            | StmtKind::Try(_)
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::FunctionDef(_)
            | StmtKind::ClassDef(_)
            | StmtKind::Import(_)
            | StmtKind::ImportFrom(_)
            | StmtKind::TypeAlias(_)
            | StmtKind::Unsupported(_) => return,
        }
        let module = self.cx.module;
        let mut call = None;
        visit::exprs_of_stmt(module, stmt, &mut |_, expr| {
            if matches!(expr.kind, ExprKind::Call(_)) && call.is_none() {
                call = Some(expr.span);
            }
        });
        if let Some(span) = call {
            let site = self.site(span);
            self.push(Stmt::Expr(Expr::rt("here", vec![Expr::Site(site)])));
        }
    }

    fn expr_stmt(&mut self, id: ExprId) {
        if matches!(self.cx.module.expr(id).kind, ExprKind::Const(_)) {
            return;
        }
        let value = self.expr(id);
        match value {
            // The protected form has bound a temporary: it is dropped at once.
            Operand::Owned(Expr::Local(t)) | Operand::Bool(Expr::Local(t)) | Operand::I64(Expr::Local(t)) => self.discard(&t),
            Operand::Place(Expr::Local(_)) | Operand::Ref(Expr::Local(_)) => {}
            Operand::Owned(e) | Operand::Bool(e) | Operand::I64(e) | Operand::Ref(e) | Operand::Place(e) => {
                if super::operand::pure(&e) {
                    return;
                }
                self.push(if matches!(e, Expr::Try(_)) {
                    Stmt::Expr(e)
                } else {
                    Stmt::Let { pat: crate::rir::Pat::Wild, ty: None, value: Some(e), orelse: None }
                });
            }
        }
    }

    /// Turns the last `let Ok(t) = …` into `let Ok(_) = …`.
    fn discard(&mut self, t: &crate::rir::RustIdent) {
        use crate::rir::Pat;
        if let Some(Stmt::Let { pat, .. }) = self.out.last_mut() {
            if *pat == Pat::ok(Pat::name(t)) {
                *pat = Pat::ok(Pat::Wild);
                return;
            }
            if *pat == Pat::name(t) {
                *pat = Pat::Wild;
                return;
            }
        }
        if self.cx.exact {
            self.push(Stmt::Expr(Expr::rt("drop", vec![Expr::Local(t.clone())])));
        }
    }

    fn ann_assign(&mut self, a: &'a AnnAssign, span: Span) {
        let AnnAssign { target, value, annotation } = a;
        if let Some(value) = value {
            let value = self.expr(*value);
            self.assign(target, value);
        } else {
            // `f().x: int` evaluates `f()`.
            match &target.kind {
                TargetKind::Name(_) | TargetKind::Unpack { .. } => {}
                TargetKind::Attribute { object, .. } => self.expr_stmt(*object),
                TargetKind::Subscript { object, index, .. } => {
                    self.expr_stmt(*object);
                    self.expr_stmt(*index);
                }
            }
        }
        match annotation {
            AnnotationUse::Ignored => {}
            AnnotationUse::Evaluated(e) => self.expr_stmt(*e),
            AnnotationUse::Stored { name, value } => {
                let site = self.site(span);
                let value = self.annotation(value);
                if self.class_ns.is_some() {
                    let ns = self.ns();
                    self.fallible_stmt(ns.method("annotate", vec![Expr::str(name.as_str()), value]), site);
                } else {
                    let slot = self.cx.global(&crate::hir::PyName::new("__annotations__")).by_ref();
                    self.fallible_stmt(Expr::rt("annotate_module", vec![slot, Expr::str(name.as_str()), value]), site);
                }
            }
        }
    }

    pub fn annotation(&mut self, value: &AnnotationValue) -> Expr {
        match value {
            AnnotationValue::Expr(e) => self.expr(*e).value(),
            AnnotationValue::Text(text) => Expr::StrConst(text.to_string()),
        }
    }

    fn if_(&mut self, test: ExprId, then: &'a PyBlock, orelse: &'a PyBlock) {
        let test = self.cond(test);
        let (then, ()) = self.nested(|b| b.block(then));
        if orelse.is_empty() {
            self.push(Stmt::Expr(Expr::if_(test, Block::of(then), None)));
            return;
        }
        let is_elif = matches!(orelse.as_slice(), [Py { kind: StmtKind::If { .. }, span }]
            if self.cx.source.slice(*span).starts_with("elif"));
        let (other, ()) = self.nested(|b| {
            if !is_elif {
                b.else_line(orelse);
            }
            b.block(orelse);
        });
        // `else { if … }` without anything else in the block reads as `else if`.
        let other = match other.as_slice() {
            [Stmt::Expr(inner @ Expr::If { .. })] => Block::expr(inner.clone()),
            _ => Block::of(other),
        };
        self.push(Stmt::Expr(Expr::if_(test, Block::of(then), Some(other))));
    }

    fn raise(&mut self, exc: Option<ExprId>, cause: Option<ExprId>, span: Span) {
        let site = self.site(span);
        let made = match (exc, cause) {
            (None, _) => {
                self.leave_raising(Expr::rt("reraise", vec![Expr::Site(site)]));
                return;
            }
            (Some(e), None) => {
                let value = self.expr(e).value();
                Expr::rt("raise", vec![value])
            }
            (Some(e), Some(c)) => {
                let values = self.exprs(&[e, c]).into_iter().map(Operand::value).collect();
                Expr::rt("raise_from", values)
            }
        };
        self.leave_raising(made.at(site));
    }

    fn assert(&mut self, test: ExprId, message: Option<ExprId>) {
        let span = self.expr_span(test);
        let site = self.site(span);
        let test = self.cond(test);
        let (stmts, ()) = self.nested(|b| {
            let value = match message {
                Some(m) => b.expr(m).value(),
                None => Expr::Rt("UNBOUND"),
            };
            b.leave_raising(Expr::rt("assertion_failed", vec![value]).at(site));
        });
        self.push(Stmt::Expr(Expr::if_(test.not(), Block::of(stmts), None)));
    }

    fn type_alias(&mut self, alias: &'a crate::hir::TypeAlias, span: Span) {
        let crate::hir::TypeAlias { name, target, type_params, value } = alias;
        let params = self.type_params(type_params);
        let value = self.closure(value);
        let made = Expr::rt("type_alias", vec![Expr::str(name.as_str()), Expr::slice(params), value]);
        let place: Place = target.place.clone();
        self.store(&place, made, span);
    }
}
