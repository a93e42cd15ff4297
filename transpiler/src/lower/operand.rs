//! Owns: what a lowered expression is: an owned value, a place, a reference, or a native bool or int.
//! Never: emits statements.

use crate::rir::visit::{self, Child};
use crate::rir::{Expr, RustIdent, Stmt};

#[derive(Clone, Debug)]
pub(crate) enum Operand {
    /// An expression of type `Value`.
    Owned(Expr),
    /// A variable of type `Value`.
    Place(Expr),
    /// An expression of type `&Value`.
    Ref(Expr),
    /// An expression of type `bool`.
    Bool(Expr),
    /// An expression of type `i64`.
    I64(Expr),
}

impl Operand {
    /// As `Value`.
    pub fn value(self) -> Expr {
        match self {
            Operand::Owned(e) => e,
            Operand::Place(e) => e.cloned(),
            Operand::Ref(Expr::Ref(e)) => e.cloned(),
            Operand::Ref(e) => e.cloned(),
            Operand::Bool(e) => Expr::rt("bool_", vec![e]),
            Operand::I64(e) => Expr::rt("int", vec![e]),
        }
    }

    /// As `&Value`.
    pub fn by_ref(self) -> Expr {
        match self {
            Operand::Ref(e) => e,
            Operand::Place(e) => e.by_ref(),
            Operand::Owned(_) | Operand::Bool(_) | Operand::I64(_) => self.value().by_ref(),
        }
    }

    /// As the receiver of a method that takes `&self`.
    pub fn receiver(self) -> Expr {
        match self {
            Operand::Ref(Expr::Ref(e)) => *e,
            Operand::Ref(e) | Operand::Place(e) => e,
            Operand::Owned(_) | Operand::Bool(_) | Operand::I64(_) => self.value(),
        }
    }

    pub fn expr(&self) -> &Expr {
        match self {
            Operand::Owned(e) | Operand::Place(e) | Operand::Ref(e) | Operand::Bool(e) | Operand::I64(e) => e,
        }
    }

    /// Nothing that runs later can change it, and evaluating it later changes nothing.
    pub fn is_pure(&self) -> bool {
        pure(self.expr())
    }
}

pub(crate) fn pure(expr: &Expr) -> bool {
    match expr {
        Expr::Local(_)
        | Expr::Rt(_)
        | Expr::Site(_)
        | Expr::Str(_)
        | Expr::Bytes(_)
        | Expr::Int(_)
        | Expr::Float(_)
        | Expr::Bool(_)
        | Expr::Unit
        | Expr::StrConst(_)
        | Expr::Cache => true,
        Expr::Ref(e) | Expr::Deref(e) | Expr::Neg(e) | Expr::Not(e) => pure(e),
        Expr::Binary { op: _, left, right } => pure(left) && pure(right),
        Expr::Call { func, args } => {
            matches!(&**func, Expr::Rt("int" | "float" | "bool_" | "bytes" | "bigint" | "complex")) && args.iter().all(pure)
        }
        Expr::Method { recv, name, args } => matches!(*name, "clone" | "ty" | "is_none") && pure(recv) && args.is_empty(),
        Expr::Path(_)
        | Expr::RefMut(_)
        | Expr::Array(_)
        | Expr::Vec(_)
        | Expr::Tuple(_)
        | Expr::Try(_)
        | Expr::Await(_)
        | Expr::Closure { .. }
        | Expr::If { .. }
        | Expr::Block(_)
        | Expr::Labelled { .. }
        | Expr::AsyncBlock(_)
        | Expr::Match { .. }
        | Expr::Let { .. }
        | Expr::Field { .. }
        | Expr::Index { .. }
        | Expr::Cast { .. }
        | Expr::Range { .. }
        | Expr::Break { .. }
        | Expr::Continue { .. }
        | Expr::Return(_) => false,
    }
}

/// Whether an expression mentions a local.
pub(crate) fn mentions(expr: &Expr, name: &RustIdent) -> bool {
    let found = std::cell::Cell::new(false);
    let mut copy = expr.clone();
    mention_walk(&mut copy, name, &found);
    found.get()
}

fn mention_walk(expr: &mut Expr, name: &RustIdent, found: &std::cell::Cell<bool>) {
    if let Expr::Local(n) = expr
        && n == name
    {
        found.set(true);
    }
    visit::each_child(expr, &mut |child| match child {
        Child::Expr(e) => mention_walk(e, name, found),
        Child::Block(b) => mention_block(b, name, found),
    });
}

fn mention_block(block: &mut crate::rir::Block, name: &RustIdent, found: &std::cell::Cell<bool>) {
    for stmt in &mut block.stmts {
        visit::each_in_stmt(stmt, &mut |child| match child {
            Child::Expr(e) => mention_walk(e, name, found),
            Child::Block(b) => mention_block(b, name, found),
        });
    }
    if let Some(tail) = &mut block.tail {
        mention_walk(tail, name, found);
    }
}

/// The locals that statements assign (not those they declare), nested blocks included.
pub(crate) fn assigned(stmts: &[Stmt]) -> Vec<RustIdent> {
    let mut out = vec![];
    let mut copy = stmts.to_vec();
    for stmt in &mut copy {
        assigned_stmt(stmt, &mut out);
    }
    out
}

fn assigned_stmt(stmt: &mut Stmt, out: &mut Vec<RustIdent>) {
    if let Stmt::Assign { place: Expr::Local(name), .. } = stmt {
        out.push(name.clone());
    }
    visit::each_in_stmt(stmt, &mut |child| assigned_child(child, out));
}

fn assigned_child(child: Child, out: &mut Vec<RustIdent>) {
    match child {
        Child::Expr(e) => visit::each_child(e, &mut |child| assigned_child(child, out)),
        Child::Block(b) => {
            b.stmts.iter_mut().for_each(|s| assigned_stmt(s, out));
            if let Some(t) = &mut b.tail {
                assigned_child(Child::Expr(t), out);
            }
        }
    }
}
