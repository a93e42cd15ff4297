//! Owns: expressions wanted as a native `bool`: tests, comparisons. Never: anything wanted as a value only.

use super::body::Body;
use super::operand::Operand;
use crate::hir::{BoolOp, CmpOp, Const, ExprId, ExprKind, UnaryOp};
use crate::rir::{BinOp, Block, Expr};
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    /// A Rust expression of type `bool` that holds when the Python expression is true.
    pub fn cond(&mut self, id: ExprId) -> Expr {
        let module = self.cx.module;
        let expr = module.expr(id);
        match &expr.kind {
            ExprKind::Const(Const::True) => Expr::Bool(true),
            ExprKind::Const(Const::False | Const::None) => Expr::Bool(false),
            ExprKind::Const(Const::Int(i)) => Expr::Bool(*i != 0),
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.cond(*operand).not(),
            ExprKind::Bool { op, values } => self.bool_cond(*op, values),
            ExprKind::Compare { first, rest } if rest.len() == 1 => {
                let Some((op, right)) = rest.first() else { return Expr::Bool(true) };
                self.compare_cond(*first, *op, *right, expr.span)
            }
            ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
            | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_) | ExprKind::Attribute { .. }
            | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_)
            | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_)
            | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {
                let value = self.expr(id);
                self.truth(value, id)
            }
        }
    }

    /// The truth of a value.
    pub fn truth(&mut self, value: Operand, id: ExprId) -> Expr {
        match value {
            Operand::Bool(b) => b,
            Operand::I64(i) => Expr::binary(BinOp::Ne, i, Expr::Int(0)),
            Operand::Owned(_) | Operand::Place(_) | Operand::Ref(_) => {
                let span = self.expr_span(id);
                let site = self.site(span);
                self.fallible(Expr::rt("truth", vec![value.by_ref()]), site)
            }
        }
    }

    fn bool_cond(&mut self, op: BoolOp, values: &[ExprId]) -> Expr {
        let Some((first, rest)) = values.split_first() else { return Expr::Bool(op == BoolOp::And) };
        let left = self.cond(*first);
        if rest.is_empty() {
            return left;
        }
        let (stmts, right) = self.nested(|b| b.bool_cond(op, rest));
        let (native, skipped) = match op {
            BoolOp::And => (BinOp::And, false),
            BoolOp::Or => (BinOp::Or, true),
        };
        if stmts.is_empty() {
            return Expr::binary(native, left, right);
        }
        let inner = Block::value(stmts, right);
        let skip = Block::expr(Expr::Bool(skipped));
        let value = match op {
            BoolOp::And => Expr::if_(left, inner, Some(skip)),
            BoolOp::Or => Expr::if_(left, skip, Some(inner)),
        };
        let t = self.temp();
        self.push(crate::rir::Stmt::let_(&t, value));
        Expr::Local(t)
    }

    fn is_none(&self, id: ExprId) -> bool {
        matches!(self.cx.module.expr(id).kind, ExprKind::Const(Const::None))
    }

    fn compare_cond(&mut self, left: ExprId, op: CmpOp, right: ExprId, span: Span) -> Expr {
        if matches!(op, CmpOp::Is | CmpOp::IsNot) && self.is_none(right) {
            let test = self.expr(left).receiver().method("is_none", vec![]);
            return if op == CmpOp::Is { test } else { test.not() };
        }
        let site = self.site(span);
        let mut ops = self.exprs(&[left, right]).into_iter();
        let (Some(l), Some(r)) = (ops.next(), ops.next()) else { return Expr::Bool(true) };
        self.compare_ops(l, op, r, site)
    }

    pub fn compare_ops(&mut self, l: Operand, op: CmpOp, r: Operand, site: crate::rir::SiteName) -> Expr {
        if let (Operand::I64(a), Operand::I64(b)) = (&l, &r)
            && let Some(native) = native(op)
        {
            return Expr::binary(native, a.clone(), b.clone());
        }
        let name = match op {
            CmpOp::Is => return l.receiver().method("is", vec![r.by_ref()]),
            CmpOp::IsNot => return l.receiver().method("is", vec![r.by_ref()]).not(),
            CmpOp::In => "is_in",
            CmpOp::NotIn => {
                return self.fallible(Expr::rt("is_in", vec![l.by_ref(), r.by_ref()]), site).not();
            }
            CmpOp::Eq => "eq",
            CmpOp::Ne => "ne",
            CmpOp::Lt => "lt",
            CmpOp::Le => "le",
            CmpOp::Gt => "gt",
            CmpOp::Ge => "ge",
        };
        self.fallible(Expr::rt(name, vec![l.by_ref(), r.by_ref()]), site)
    }

    /// A comparison as a value: rich comparisons may return anything.
    pub fn compare_value(&mut self, first: ExprId, rest: &[(CmpOp, ExprId)], span: Span) -> Operand {
        let site = self.site(span);
        if let [(op, right)] = rest {
            if self.is_none(*right) || matches!(op, CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn) {
                return Operand::Bool(self.compare_cond(first, *op, *right, span));
            }
            let mut ops = self.exprs(&[first, *right]).into_iter();
            let (Some(l), Some(r)) = (ops.next(), ops.next()) else { return Operand::Owned(Expr::none()) };
            return self.compare_one(l, *op, r, site);
        }
        let left = self.expr(first);
        self.chain(left, rest, site)
    }

    fn compare_one(&mut self, l: Operand, op: CmpOp, r: Operand, site: crate::rir::SiteName) -> Operand {
        let name = match op {
            CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => return Operand::Bool(self.compare_ops(l, op, r, site)),
            CmpOp::Eq => "eq_value",
            CmpOp::Ne => "ne_value",
            CmpOp::Lt => "lt_value",
            CmpOp::Le => "le_value",
            CmpOp::Gt => "gt_value",
            CmpOp::Ge => "ge_value",
        };
        Operand::Owned(self.fallible(Expr::rt(name, vec![l.by_ref(), r.by_ref()]), site))
    }

    /// `left op a op b …`: each value once, stops at the first false result.
    fn chain(&mut self, left: Operand, rest: &[(CmpOp, ExprId)], site: crate::rir::SiteName) -> Operand {
        let Some(((op, right), more)) = rest.split_first() else { return left };
        let mut lefts = vec![left];
        let start = self.out.len();
        let right = self.expr(*right);
        if self.out.len() > start {
            self.spill(&mut lefts, start);
        }
        let Some(left) = lefts.pop() else { return right };
        if more.is_empty() {
            return self.compare_one(left, *op, right, site);
        }
        let left = if right.is_pure() || left.is_pure() {
            left
        } else {
            self.stable(left)
        };
        let right = self.stable(right);
        let result = self.compare_one(left, *op, right.clone(), site.clone());
        let t = self.temp();
        self.push(crate::rir::Stmt::let_(&t, result.value()));
        let test = self.fallible(Expr::rt("truth", vec![Expr::local(&t).by_ref()]), site.clone());
        let (stmts, value) = self.nested(|b| b.chain(right, more, site).value());
        let value = Expr::if_(test, Block::value(stmts, value), Some(Block::expr(Expr::Local(t))));
        self.temp_of(value)
    }
}

fn native(op: CmpOp) -> Option<BinOp> {
    match op {
        CmpOp::Eq => Some(BinOp::Eq),
        CmpOp::Ne => Some(BinOp::Ne),
        CmpOp::Lt => Some(BinOp::Lt),
        CmpOp::Le => Some(BinOp::Le),
        CmpOp::Gt => Some(BinOp::Gt),
        CmpOp::Ge => Some(BinOp::Ge),
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => None,
    }
}
