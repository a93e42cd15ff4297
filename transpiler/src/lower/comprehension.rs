//! Owns: list, set and dict comprehensions (inlined loops) and generator expressions.
//! Never: `for` statements.

use super::body::{Body, Slot};
use super::operand::Operand;
use crate::hir::{Clause, ClosureDef, Comprehension, ComprehensionKind, ExprId, TargetKind};
use crate::rir::{Block, Expr, Label, Pat, RustIdent, Stmt};
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    pub fn comprehension(&mut self, c: &'a Comprehension, span: Span) -> Operand {
        let Comprehension { kind, clauses, locals, is_async: _ } = c;
        for id in locals {
            let info = &self.scope.locals[id.index()];
            let rust = self.var(*id).rust.clone();
            self.declared.remove(&id.index());
            if info.is_cell {
                self.push(Stmt::let_(&rust, Expr::rt("empty_cell", vec![])));
                self.vars[id.index()].slot = Slot::HoistedCell;
            } else {
                self.vars[id.index()].slot = Slot::Let;
            }
        }
        let out = self.temp();
        let start = match kind {
            ComprehensionKind::List(_) => Expr::Vec(vec![]),
            ComprehensionKind::Set(_) => Expr::rt("set", vec![Expr::Array(vec![])]),
            ComprehensionKind::Dict(..) => Expr::rt("dict", vec![Expr::Array(vec![])]),
        };
        // The first iterable is evaluated before the result exists.
        let (first, before) = match clauses.first() {
            Some(clause) => {
                let start = self.out.len();
                let operand = self.expr(clause.iter);
                (Some(operand), start)
            }
            None => (None, 0),
        };
        let _ = before;
        match kind {
            ComprehensionKind::List(_) => self.push(Stmt::let_mut(&out, start)),
            ComprehensionKind::Set(_) | ComprehensionKind::Dict(..) => self.push(Stmt::let_(&out, start)),
        }
        let active = self.comprehension_locals.len();
        self.comprehension_locals.extend(locals.iter().map(|id| id.index()));
        self.clauses(kind, clauses, first, &out, span);
        self.comprehension_locals.truncate(active);
        match kind {
            ComprehensionKind::List(_) => Operand::Owned(Expr::rt("list", vec![Expr::Local(out)])),
            ComprehensionKind::Set(_) | ComprehensionKind::Dict(..) => Operand::Owned(Expr::Local(out)),
        }
    }

    fn clauses(&mut self, kind: &ComprehensionKind, clauses: &'a [Clause], first: Option<Operand>, out: &RustIdent, span: Span) {
        let Some((clause, rest)) = clauses.split_first() else {
            self.element(kind, out, span);
            return;
        };
        let label = self.label("each", span);
        let site_span = self.expr_span(clause.iter);
        let operand = match first {
            Some(operand) => operand,
            None => self.expr(clause.iter),
        };
        self.iterate(operand, Some(clause.iter), clause.is_async, false, &label, &clause.target, site_span, |b| {
            for test in &clause.ifs {
                let test = b.cond(*test).not();
                let skip = Stmt::Expr(Expr::Continue { label: Some(label.clone()) });
                b.push(Stmt::Expr(Expr::if_(test, Block::of(vec![skip]), None)));
            }
            b.clauses(kind, rest, None, out, span);
        });
    }

    fn element(&mut self, kind: &ComprehensionKind, out: &RustIdent, span: Span) {
        let target = Expr::Local(out.clone());
        match kind {
            ComprehensionKind::List(e) => {
                let value = self.expr(*e).value();
                self.push(Stmt::Expr(target.method("push", vec![value])));
            }
            ComprehensionKind::Set(e) => {
                let site = self.site(span);
                let value = self.expr(*e);
                self.fallible_stmt(Expr::rt("set_add", vec![target.by_ref(), value.by_ref()]), site);
            }
            ComprehensionKind::Dict(k, v) => {
                let site = self.site(span);
                let mut ops = self.exprs(&[*k, *v]).into_iter();
                let (Some(k), Some(v)) = (ops.next(), ops.next()) else { return };
                self.fallible_stmt(Expr::rt("dict_set", vec![target.by_ref(), k.by_ref(), v.value()]), site);
            }
        }
    }

    /// The loop of a `for` clause or statement: binds the target, then runs `body`, inside the block of the loop.
    #[allow(clippy::too_many_arguments)]
    pub fn iterate(
        &mut self,
        iterable: Operand,
        iter_id: Option<ExprId>,
        is_async: bool,
        is_iterator: bool,
        label: &Label,
        target: &'a crate::hir::Target,
        span: Span,
        body: impl FnOnce(&mut Self),
    ) {
        self.loop_depth += 1;
        if is_async {
            self.async_loop(iterable, label, target, span, body);
        } else if let Some((start, end)) = iter_id.and_then(|id| self.native_range(id, target)) {
            self.range_loop(start, end, label, target, body);
        } else {
            self.value_loop(iterable, is_iterator, label, target, span, body);
        }
        self.loop_depth -= 1;
    }

    fn async_loop(
        &mut self,
        iterable: Operand,
        label: &Label,
        target: &'a crate::hir::Target,
        span: Span,
        body: impl FnOnce(&mut Self),
    ) {
        let site = self.site(span);
        let it = self.names.fresh("it");
        let made = Expr::rt("aiter", vec![iterable.by_ref()]);
        self.fallible_pat(Pat::name(&it), made, site.clone());
        let (stmts, ()) = self.nested(|b| {
            let next = b.fallible(Expr::rt("anext", vec![Expr::Local(it.clone()).by_ref()]).awaited(), site);
            let stop = Block::of(vec![Stmt::Expr(Expr::break_to(label, None))]);
            b.bind_item(target, next, stop);
            body(b);
        });
        self.push(Stmt::Loop { label: Some(label.clone()), body: Block::of(stmts) });
        self.end_iterator(it);
    }

    /// Leaving a loop drops its iterator: a generator's `finally` runs now.
    fn end_iterator(&mut self, it: RustIdent) {
        if self.cx.exact || self.cx.colors.drops.suspends_in_try {
            self.push(Stmt::Expr(Expr::rt("drop", vec![Expr::Local(it)])));
        }
    }

    fn value_loop(
        &mut self,
        iterable: Operand,
        is_iterator: bool,
        label: &Label,
        target: &'a crate::hir::Target,
        span: Span,
        body: impl FnOnce(&mut Self),
    ) {
        let site = self.site(span);
        let it = self.names.fresh("it");
        if is_iterator {
            self.push(Stmt::let_mut(&it, Expr::rt("iter_of", vec![iterable.by_ref()])));
        } else {
            self.fallible_mut(&it, Expr::rt("iter", vec![iterable.by_ref()]), site.clone());
        }
        let next = Expr::Local(it.clone()).method("next", vec![]);
        if self.protected() {
            let (stmts, ()) = self.nested(|b| {
                let next = b.fallible(next, site);
                let stop = Block::of(vec![Stmt::Expr(Expr::break_to(label, None))]);
                b.bind_item(target, next, stop);
                body(b);
            });
            self.push(Stmt::Loop { label: Some(label.clone()), body: Block::of(stmts) });
            self.end_iterator(it);
            return;
        }
        let (pat, after) = self.item_pattern(target);
        let test = Expr::Let { pat: Pat::some(pat), value: Box::new(next.at(site).question()) };
        let (stmts, ()) = self.nested(|b| {
            if let Some(t) = after {
                b.assign(target, Operand::Owned(Expr::Local(t)));
            }
            body(b);
        });
        self.push(Stmt::While { label: Some(label.clone()), test, body: Block::of(stmts) });
        self.end_iterator(it);
    }

    fn range_loop(&mut self, start: Expr, end: Expr, label: &Label, target: &'a crate::hir::Target, body: impl FnOnce(&mut Self)) {
        let native = match &target.kind {
            TargetKind::Name(var) => match &var.place {
                crate::hir::Place::Local(id) if self.var(*id).slot == Slot::Index => Some(self.var(*id).rust.clone()),
                _ => None,
            },
            _ => None,
        };
        let (name, boxed) = match native {
            Some(name) => (name, false),
            None => (self.temp(), true),
        };
        let (stmts, ()) = self.nested(|b| {
            if boxed {
                b.assign(target, Operand::I64(Expr::Local(name.clone())));
            }
            body(b);
        });
        self.push(Stmt::For {
            label: Some(label.clone()),
            pat: Pat::name(&name),
            iter: Expr::Range { start: Box::new(start), end: Box::new(end) },
            body: Block::of(stmts),
        });
    }

    /// `let Some(target) = next else { stop };`
    fn bind_item(&mut self, target: &'a crate::hir::Target, next: Expr, stop: Block) {
        let (pat, after) = self.item_pattern(target);
        self.push(Stmt::let_else(Pat::some(pat), next, stop));
        if let Some(t) = after {
            self.assign(target, Operand::Owned(Expr::Local(t)));
        }
    }

    /// The pattern of one item: the variable itself where this declares it.
    fn item_pattern(&mut self, target: &'a crate::hir::Target) -> (Pat, Option<RustIdent>) {
        if let TargetKind::Name(var) = &target.kind
            && let crate::hir::Place::Local(id) = &var.place
        {
            let v = self.var(*id).clone();
            if v.slot == Slot::Let && !self.declared.contains_key(&id.index()) {
                self.declared.insert(id.index(), ());
                return (Pat::Name { name: v.rust, mutable: true }, None);
            }
        }
        let t = self.temp();
        (Pat::name(&t), Some(t))
    }

    /// The bounds of `range(…)` as `i64` expressions, where the loop can run natively.
    fn native_range(&mut self, _iter: ExprId, _target: &crate::hir::Target) -> Option<(Expr, Expr)> {
        None
    }

    pub fn genexpr(&mut self, closure: &'a ClosureDef, first: ExprId, async_first: bool) -> Operand {
        let span = self.expr_span(first);
        let site = self.site(span);
        let operand = self.expr(first);
        let taken = if async_first { "aiter" } else { "iter_value" };
        let it = self.fallible(Expr::rt(taken, vec![operand.by_ref()]), site);
        let start = self.out.len();
        let function = closure.function;
        let made = self.suspended_object(function, &closure.captures, vec![it]);
        // Items may stand anywhere in a block: they are not statements that overtake an operand.
        let _ = start;
        Operand::Owned(made)
    }
}
