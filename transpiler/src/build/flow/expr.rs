//! Owns: the flow of bound slots through expressions: short circuits, walrus, comprehensions.
//! Never: statements.

use super::{Flow, State, join};
use crate::hir::*;

impl Flow<'_> {
    pub(super) fn exprs(&mut self, ids: impl IntoIterator<Item = ExprId>) {
        for id in ids {
            self.expr(id);
        }
    }

    pub(super) fn expr(&mut self, id: ExprId) {
        let Some(expr) = self.exprs.get_mut(id.index()) else { return };
        // Taken out while its parts are visited: they are other entries of the same arena.
        let mut kind = std::mem::replace(&mut expr.kind, ExprKind::Const(Const::None));
        self.kind(&mut kind);
        if let Some(expr) = self.exprs.get_mut(id.index()) {
            expr.kind = kind;
        }
    }

    fn kind(&mut self, kind: &mut ExprKind) {
        match kind {
            ExprKind::Name(var) => {
                // Set by the builder for the iterator of a generator expression.
                let bound = self.read(&var.place);
                var.bound |= bound;
            }
            ExprKind::Walrus { target, value } => {
                self.expr(*value);
                self.bind(target);
            }
            ExprKind::Bool { .. } | ExprKind::Unary { op: UnaryOp::Not, operand: _ } => {
                let (yes, no) = self.condition_kind(kind);
                self.state = join(yes, no);
            }
            ExprKind::Compare { first, rest } => {
                self.expr(*first);
                let mut after = None;
                for (at, (_, value)) in rest.iter().enumerate() {
                    self.expr(*value);
                    if at == 0 {
                        after = self.state.clone();
                    }
                }
                self.state = after;
            }
            ExprKind::Conditional { test, then, orelse } => {
                let (yes, no) = self.condition(*test);
                self.state = yes;
                self.expr(*then);
                let after_then = std::mem::replace(&mut self.state, no);
                self.expr(*orelse);
                self.state = join(after_then, self.state.take());
            }
            ExprKind::Call(call) => {
                if let Some(found) = &mut call.zero_super {
                    found.class.bound = self.read(&found.class.place);
                    if let Some(first) = &mut found.first {
                        first.bound = self.read(&first.place);
                    }
                }
                let ids = crate::hir::visit::children(kind);
                self.exprs(ids);
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::Const(_)
            | ExprKind::Unary { .. }
            | ExprKind::Binary { .. }
            | ExprKind::Attribute { .. }
            | ExprKind::Subscript { .. }
            | ExprKind::Slice { .. }
            | ExprKind::Tuple(_)
            | ExprKind::List(_)
            | ExprKind::Set(_)
            | ExprKind::Dict(_)
            | ExprKind::FString(_)
            | ExprKind::Lambda(_)
            | ExprKind::Genexpr { .. }
            | ExprKind::Await(_)
            | ExprKind::Yield(_)
            | ExprKind::YieldFrom(_) => {
                let ids = crate::hir::visit::children(kind);
                self.exprs(ids);
            }
        }
    }

    fn comprehension(&mut self, comprehension: &mut Comprehension) {
        let mut after = None;
        self.loops += 1;
        for (at, clause) in comprehension.clauses.iter_mut().enumerate() {
            self.expr(clause.iter);
            if at == 0 {
                after = self.state.clone();
            }
            self.target(&mut clause.target);
            for test in &clause.ifs {
                let (yes, _) = self.condition(*test);
                self.state = yes;
            }
        }
        match comprehension.kind {
            ComprehensionKind::List(value) | ComprehensionKind::Set(value) => self.expr(value),
            ComprehensionKind::Dict(key, value) => self.exprs([key, value]),
        }
        self.loops -= 1;
        self.state = after;
    }

    /// The states in which a test comes out true and false.
    pub(super) fn condition(&mut self, id: ExprId) -> (State, State) {
        let Some(expr) = self.exprs.get_mut(id.index()) else { return (self.state.clone(), self.state.clone()) };
        let mut kind = std::mem::replace(&mut expr.kind, ExprKind::Const(Const::None));
        let states = self.condition_kind(&mut kind);
        if let Some(expr) = self.exprs.get_mut(id.index()) {
            expr.kind = kind;
        }
        states
    }

    fn condition_kind(&mut self, kind: &mut ExprKind) -> (State, State) {
        match kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => {
                let (yes, no) = self.condition(*operand);
                (no, yes)
            }
            ExprKind::Bool { op, values } => {
                let mut short = None;
                for value in values.iter() {
                    let (yes, no) = self.condition(*value);
                    let (stop, go) = match op {
                        BoolOp::And => (no, yes),
                        BoolOp::Or => (yes, no),
                    };
                    short = join(short, stop);
                    self.state = go;
                }
                let long = self.state.clone();
                match op {
                    BoolOp::And => (long, short),
                    BoolOp::Or => (short, long),
                }
            }
            ExprKind::Const(Const::True) => (self.state.clone(), None),
            ExprKind::Const(Const::Int(value)) if *value != 0 => (self.state.clone(), None),
            other @ (
                ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
                | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_) | ExprKind::Attribute { .. }
                | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_)
                | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_)
                | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_)
            ) => {
                self.kind(other);
                (self.state.clone(), self.state.clone())
            }
        }
    }

    /// Binds what a target binds; its sub-expressions are evaluated here.
    pub(super) fn target(&mut self, target: &mut Target) {
        match &mut target.kind {
            TargetKind::Name(var) => self.bind(&var.place),
            TargetKind::Attribute { object, .. } => self.expr(*object),
            TargetKind::Subscript { object, index, bracket_span: _ } => self.exprs([*object, *index]),
            TargetKind::Unpack { before, star, after } => {
                let star = star.iter_mut().map(|star| &mut **star);
                for inner in before.iter_mut().chain(star).chain(after.iter_mut()) {
                    self.target(inner);
                }
            }
        }
    }
}
