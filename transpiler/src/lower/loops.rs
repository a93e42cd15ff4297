//! Owns: `while` and `for` statements with `else`. Never: how an iterable becomes a Rust loop (`comprehension`).

use super::body::{Body, Scoped};
use crate::hir::{Block as PyBlock, ExprId, For, StmtKind};
use crate::rir::{Block, Expr, Label, Stmt};
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    pub fn while_(&mut self, test: ExprId, body: &'a PyBlock, orelse: &'a PyBlock, span: Span) {
        let label = self.label("loop", span);
        let site = self.site(self.expr_span(test));
        self.with_else(&label, body, orelse, span, |b, exit| {
            b.loop_depth += 1;
            let (mut stmts, test) = b.nested(|b| b.cond(test));
            let (inner, ()) = b.nested(|b| {
                b.scopes.push(Scoped::Loop { label: label.clone(), exit });
                // Signals and other threads interrupt a loop that calls nothing.
                b.fallible_stmt(Expr::rt("tick", vec![]), site);
                b.block(body);
                b.scopes.pop();
            });
            b.loop_depth -= 1;
            let label = Some(label.clone());
            if test == Expr::Bool(true) && stmts.is_empty() {
                b.push(Stmt::Loop { label, body: Block::of(inner) });
            } else if stmts.is_empty() {
                b.push(Stmt::While { label, test, body: Block::of(inner) });
            } else {
                let stop = Stmt::Expr(Expr::Break { label: label.clone(), value: None });
                stmts.push(Stmt::Expr(Expr::if_(test.not(), Block::of(vec![stop]), None)));
                stmts.extend(inner);
                b.push(Stmt::Loop { label, body: Block::of(stmts) });
            }
        });
    }

    pub fn for_(&mut self, f: &'a For, span: Span) {
        let For { is_async, target, iter, is_iterator, body, orelse } = f;
        let label = self.label("loop", span);
        let iter_span = self.expr_span(*iter);
        let site = self.site(iter_span);
        let operand = self.iterable(*iter, *is_async);
        self.with_else(&label, body, orelse, span, |b, exit| {
            b.iterate(operand, *is_async, *is_iterator, &label, target, iter_span, |b| {
                b.scopes.push(Scoped::Loop { label: label.clone(), exit });
                if !*is_async {
                    b.fallible_stmt(Expr::rt("tick", vec![]), site);
                }
                b.block(body);
                b.scopes.pop();
            });
        });
    }

    /// Runs `make` with the label `break` goes to; a loop with `else` and `break` stands in a block of its own.
    fn with_else(
        &mut self,
        label: &Label,
        body: &'a PyBlock,
        orelse: &'a PyBlock,
        span: Span,
        make: impl FnOnce(&mut Self, Option<Label>),
    ) {
        let _ = label;
        if orelse.is_empty() {
            make(self, None);
            return;
        }
        let breaks = has_break(body);
        if !breaks {
            make(self, None);
            self.else_line(orelse);
            self.block(orelse);
            return;
        }
        let outer = self.label("else", span);
        let (stmts, ()) = self.nested(|b| {
            make(b, Some(outer.clone()));
            b.else_line(orelse);
            b.block(orelse);
        });
        self.push(Stmt::Expr(Expr::Labelled { label: outer, body: Block::of(stmts) }));
    }

    /// The comment of the line that holds `else:` or `finally:`, found above the block's first statement.
    pub fn else_line(&mut self, block: &'a PyBlock) {
        let Some(first) = block.first() else { return };
        let mut line = self.line_of(first.span);
        for _ in 0..20 {
            if line == 0 {
                return;
            }
            let text = self.cx.source.line_text(line).trim();
            if text.starts_with("else") || text.starts_with("finally") {
                if let Some(marker) = self.cx.line_marker(line) {
                    self.push(marker);
                }
                return;
            }
            if !text.is_empty() && !text.starts_with('#') && line != self.line_of(first.span) && !text.starts_with('@') {
                return;
            }
            line -= 1;
        }
    }
}

/// The block holds a `break` of its own loop.
fn has_break(body: &PyBlock) -> bool {
    body.iter().any(|s| match &s.kind {
        StmtKind::Break => true,
        StmtKind::If { test: _, then, orelse } => has_break(then) || has_break(orelse),
        StmtKind::While { orelse, .. } => has_break(orelse),
        StmtKind::For(f) => has_break(&f.orelse),
        StmtKind::With(w) => has_break(&w.body),
        StmtKind::Try(t) => {
            has_break(&t.body)
                || t.handlers.iter().any(|h| has_break(&h.body))
                || has_break(&t.orelse)
                || has_break(&t.finally)
        }
        StmtKind::Match { subject: _, cases } => cases.iter().any(|c| has_break(&c.body)),
        StmtKind::Expr(_)
        | StmtKind::Assign { .. }
        | StmtKind::AugAssign { .. }
        | StmtKind::AnnAssign(_)
        | StmtKind::Return(_)
        | StmtKind::Raise { .. }
        | StmtKind::Assert { .. }
        | StmtKind::Delete(_)
        | StmtKind::Pass
        | StmtKind::Continue
        | StmtKind::FunctionDef(_)
        | StmtKind::ClassDef(_)
        | StmtKind::Import(_)
        | StmtKind::ImportFrom(_)
        | StmtKind::TypeAlias(_)
        | StmtKind::Unsupported(_) => false,
    })
}
