//! Owns: list, set and dict comprehensions (inlined loops) and generator expressions.
//! Never: `for` statements.

use super::body::{Body, Slot};
use super::operand::Operand;
use crate::hir::{Clause, ClosureDef, Comprehension, ComprehensionKind, Const, Element, ExprId, ExprKind, TargetKind};
use crate::rir::{Block, Expr, Label, Pat, RustIdent, Stmt};
use crate::source::Span;

/// What a loop runs over.
pub(crate) enum Iterable {
    Value(Operand),
    /// A Rust expression that iterates over `i64`.
    Range(Expr),
}

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
                (Some(self.iterable(clause.iter, clause.is_async)), start)
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

    /// What a loop runs over: a native range, or any value.
    pub fn iterable(&mut self, iter: ExprId, is_async: bool) -> Iterable {
        if !is_async && let Some(range) = self.native_range(iter) {
            return Iterable::Range(range);
        }
        Iterable::Value(self.expr(iter))
    }

    fn clauses(&mut self, kind: &ComprehensionKind, clauses: &'a [Clause], first: Option<Iterable>, out: &RustIdent, span: Span) {
        let Some((clause, rest)) = clauses.split_first() else {
            self.element(kind, out, span);
            return;
        };
        let label = self.label("each", span);
        let site_span = self.expr_span(clause.iter);
        let operand = match first {
            Some(operand) => operand,
            None => self.iterable(clause.iter, clause.is_async),
        };
        self.iterate(operand, clause.is_async, false, &label, &clause.target, site_span, |b| {
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
        iterable: Iterable,
        is_async: bool,
        is_iterator: bool,
        label: &Label,
        target: &'a crate::hir::Target,
        span: Span,
        body: impl FnOnce(&mut Self),
    ) {
        self.loop_depth += 1;
        match iterable {
            Iterable::Range(range) => self.range_loop(range, label, target, body),
            Iterable::Value(v) if is_async => self.async_loop(v, label, target, span, body),
            Iterable::Value(v) => self.value_loop(v, is_iterator, label, target, span, body),
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
        let spent = spent(&iterable);
        let made = Expr::rt("aiter", vec![iterable.by_ref()]);
        self.fallible_pat(Pat::name(&it), made, site.clone());
        self.end_iterable(spent);
        let (stmts, ()) = self.nested(|b| {
            let next = b.fallible(Expr::rt("anext", vec![Expr::Local(it.clone()).by_ref()]).awaited(), site);
            let stop = Block::of(vec![Stmt::Expr(Expr::break_to(label, None))]);
            b.bind_item(target, next, stop);
            body(b);
        });
        self.push(Stmt::Loop { label: Some(label.clone()), body: Block::of(stmts) });
        self.end_iterator(it);
    }

    /// The iterator alone keeps what the loop runs over: a temporary that was a generator would keep it open.
    fn end_iterable(&mut self, spent: Option<RustIdent>) {
        // In the exact form the operation that took it may have ended it already.
        if let Some(name) = spent
            && (self.single_use.remove(&name) || !self.cx.exact)
        {
            self.end_iterator(name);
        }
    }

    /// Leaving a loop drops its iterator: a generator's `finally` runs now.
    fn end_iterator(&mut self, it: RustIdent) {
        if self.cx.exact {
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
        let spent = spent(&iterable);
        if is_iterator {
            self.push(Stmt::let_mut(&it, Expr::rt("iter_of", vec![iterable.by_ref()])));
        } else {
            self.fallible_mut(&it, Expr::rt("iter", vec![iterable.by_ref()]), site.clone());
        }
        self.end_iterable(spent);
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

    fn range_loop(&mut self, range: Expr, label: &Label, target: &'a crate::hir::Target, body: impl FnOnce(&mut Self)) {
        let native = match &target.kind {
            TargetKind::Name(var) => match &var.place {
                crate::hir::Place::Local(id) => self.native_variable(*id),
                crate::hir::Place::Cell(_)
                | crate::hir::Place::Free(_)
                | crate::hir::Place::Global(_)
                | crate::hir::Place::Builtin(_)
                | crate::hir::Place::ClassName(_)
                | crate::hir::Place::ClassOrFree(..) => None,
            },
            TargetKind::Attribute { .. } | TargetKind::Subscript { .. } | TargetKind::Unpack { .. } => None,
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
        self.push(Stmt::For { label: Some(label.clone()), pat: Pat::name(&name), iter: range, body: Block::of(stmts) });
    }

    /// The variable itself as an `i64`: this loop alone binds it, and all its uses stand inside.
    fn native_variable(&mut self, id: crate::hir::LocalId) -> Option<RustIdent> {
        let i = id.index();
        let hidden = self.comprehension_locals.contains(&i);
        let only = hidden || self.writes.get(i) == Some(&1);
        let v = self.var(id).clone();
        if v.slot != Slot::Let || self.declared.contains_key(&i) || !only {
            return None;
        }
        self.declared.insert(i, ());
        if let Some(v) = self.vars.get_mut(i) {
            v.slot = Slot::Index;
        }
        Some(v.rust)
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

    /// The native iterator of `for … in range(…)`, where the loop can run on ints of 64 bits.
    pub fn native_range(&mut self, iter: ExprId) -> Option<Expr> {
        let module = self.cx.module;
        if !self.cx.types.is_range_loop(iter) {
            return None;
        }
        let ExprKind::Call(call) = &module.expr(iter).kind else { return None };
        if !call.keywords.is_empty() || call.args.iter().any(|a| matches!(a, Element::Star(_))) {
            return None;
        }
        let ids = super::call::arg_ids(call);
        let span = self.expr_span(iter);
        let site = self.site(span);
        let mut bounds = vec![];
        let mut operands = self.exprs(&ids);
        for (id, operand) in ids.iter().zip(operands.drain(..)) {
            let constant = if let ExprKind::Const(Const::Int(i)) = &module.expr(*id).kind { Some(*i) } else { None };
            bounds.push(match (constant, operand) {
                (Some(i), _) => Expr::Int(i),
                (None, Operand::I64(e)) => e,
                (None, operand) => {
                    let start = self.out.len();
                    let bound = self.fallible(Expr::rt("index", vec![operand.by_ref()]), site.clone());
                    let _ = start;
                    bound
                }
            });
        }
        let range = |start: Expr, end: Expr| Expr::Range { start: Box::new(start), end: Box::new(end) };
        let mut bounds = bounds.into_iter();
        match (bounds.next(), bounds.next(), bounds.next()) {
            (Some(end), None, None) => Some(range(Expr::Int(0), end)),
            (Some(start), Some(end), None) => Some(range(start, end)),
            (Some(start), Some(end), Some(step)) => {
                Some(self.fallible(Expr::rt("range_step", vec![start, end, step]), site))
            }
            _ => None,
        }
    }

    pub fn genexpr(&mut self, closure: &'a ClosureDef, first: ExprId, async_first: bool) -> Operand {
        let span = self.expr_span(first);
        let site = self.site(span);
        let operand = self.expr(first);
        let taken = if async_first { "aiter" } else { "iter_value" };
        let spent = spent(&operand);
        let it = self.fallible(Expr::rt(taken, vec![operand.by_ref()]), site);
        self.end_iterable(spent);
        let start = self.out.len();
        let function = closure.function;
        let made = self.suspended_object(function, &closure.captures, vec![it]);
        // Items may stand anywhere in a block: they are not statements that overtake an operand.
        let _ = start;
        Operand::Owned(made)
    }
}

/// The temporary that holds the operand, if one does.
fn spent(operand: &Operand) -> Option<RustIdent> {
    match operand {
        Operand::Owned(Expr::Local(name)) => Some(name.clone()),
        Operand::Owned(_) | Operand::Place(_) | Operand::Ref(_) | Operand::Bool(_) | Operand::I64(_) => None,
    }
}
