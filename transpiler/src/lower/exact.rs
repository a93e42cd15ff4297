//! Owns: the exact form of drop order: temporaries that end with the operation that uses them, and function bodies
//! whose locals are declared around them. Never: the lean form.

use super::body::{Body, Slot};
use crate::hir::FnKind;
use crate::rir::visit::{self, Child};
use crate::rir::{Block, Expr, RustIdent, Stmt};

/// Whether Rust would keep a value of this expression alive to the end of the statement.
pub(super) fn has_temporaries(expr: &Expr) -> bool {
    let mut found = match expr {
        Expr::Ref(e) => matches!(**e, Expr::Call { .. } | Expr::Method { .. } | Expr::Try(_) | Expr::Array(_) | Expr::Block(_) | Expr::If { .. }),
        Expr::Block(_) | Expr::Closure { .. } | Expr::AsyncBlock(_) | Expr::Labelled { .. } => return false,
        Expr::Method { recv, .. } => matches!(**recv, Expr::Try(_) | Expr::Block(_)),
        Expr::Local(_) | Expr::Rt(_) | Expr::Path(_) | Expr::Site(_) | Expr::Str(_) | Expr::Bytes(_) | Expr::Int(_) | Expr::Float(_)
        | Expr::Bool(_) | Expr::Unit | Expr::StrConst(_) | Expr::Cache | Expr::Call { .. } | Expr::RefMut(_) | Expr::Deref(_)
        | Expr::Array(_) | Expr::Vec(_) | Expr::Tuple(_) | Expr::Try(_) | Expr::Await(_) | Expr::If { .. } | Expr::Match { .. }
        | Expr::Let { .. } | Expr::Not(_) | Expr::Neg(_) | Expr::Binary { .. } | Expr::Field { .. } | Expr::Index { .. } | Expr::Cast { .. }
        | Expr::Range { .. } | Expr::Break { .. } | Expr::Continue { .. } | Expr::Return(_) => false,
    };
    let mut copy = expr.clone();
    visit::each_child(&mut copy, &mut |child| match child {
        Child::Expr(e) => found |= has_temporaries(e),
        Child::Block(_) => {}
    });
    found
}

/// The locals an expression only borrows.
pub(super) fn borrowed(expr: &Expr) -> Vec<RustIdent> {
    let mut out = vec![];
    collect(&mut expr.clone(), &mut out);
    out
}
fn collect(expr: &mut Expr, out: &mut Vec<RustIdent>) {
    if let Expr::Ref(inner) = expr
        && let Expr::Local(name) = &**inner
    {
        out.push(name.clone());
    }
    visit::each_child(expr, &mut |child| match child {
        Child::Expr(e) => collect(e, out),
        Child::Block(_) => {}
    });
}

impl<'c, 'a> Body<'c, 'a> {
    /// Ends the temporaries an operation has used up.
    pub fn end_temporaries(&mut self, used: Vec<RustIdent>) {
        for name in used {
            if self.single_use.remove(&name) {
                self.push(Stmt::Expr(Expr::rt("drop", vec![Expr::Local(name)])));
            }
        }
    }

    /// The body in a closure or async block, its locals declared before and ended after it.
    pub fn exact_block(&mut self, prologue: Vec<Stmt>, stmts: Vec<Stmt>, tail: Expr) -> Block {
        let mut params = vec![];
        let mut locals = vec![];
        for (local, v) in self.scope.locals.iter().zip(&self.vars) {
            if local.is_hidden {
                continue;
            }
            let name = Expr::str(local.name.as_str());
            let place = Expr::Local(v.rust.clone());
            match v.slot {
                Slot::Param => params.push(Expr::Tuple(vec![name, place])),
                Slot::Hoisted | Slot::HoistedCell => locals.push(Expr::Tuple(vec![name, place.by_mut()])),
                Slot::Let if local.is_param => locals.push(Expr::Tuple(vec![name, place.by_mut()])),
                Slot::Let | Slot::LetCell | Slot::Index => {}
            }
        }
        let inner = Block::value(stmts, tail);
        let result = self.names.fresh("result");
        let run = if matches!(self.kind, Some(FnKind::Sync)) {
            Expr::rt("body", vec![Expr::Closure { params: vec![], body: Box::new(Expr::Block(inner)) }])
        } else {
            Expr::rt("body_async", vec![Expr::AsyncBlock(inner)]).awaited()
        };
        let mut all = prologue;
        all.push(Stmt::let_(&result, run));
        let ended = Expr::rt(
            "leave",
            vec![Expr::Local(result), Expr::slice(params), Expr::Array(locals).by_mut()],
        );
        Block::value(all, ended)
    }
}
