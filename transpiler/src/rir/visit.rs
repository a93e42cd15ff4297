//! Owns: walking RIR. Never: changes meaning.

use super::{Block, Expr, Pat, Stmt};

/// A direct part of an expression or statement.
pub enum Child<'a> {
    Expr(&'a mut Expr),
    Block(&'a mut Block),
}

/// Calls `visit` on every direct child of an expression, in the order of the text.
pub fn each_child(expr: &mut Expr, visit: &mut dyn FnMut(Child)) {
    match expr {
        Expr::Local(_)
        | Expr::Rt(_)
        | Expr::Path(_)
        | Expr::Site(_)
        | Expr::Str(_)
        | Expr::Bytes(_)
        | Expr::Int(_)
        | Expr::Float(_)
        | Expr::Bool(_)
        | Expr::Unit
        | Expr::StrConst(_)
        | Expr::Cache
        | Expr::Continue { .. } => {}
        Expr::Call { func, args } => {
            visit(Child::Expr(func));
            args.iter_mut().for_each(|e| visit(Child::Expr(e)));
        }
        Expr::Method { recv, name: _, args } => {
            visit(Child::Expr(recv));
            args.iter_mut().for_each(|e| visit(Child::Expr(e)));
        }
        Expr::Ref(e)
        | Expr::RefMut(e)
        | Expr::Deref(e)
        | Expr::Try(e)
        | Expr::Await(e)
        | Expr::Not(e)
        | Expr::Neg(e)
        | Expr::Closure { params: _, body: e }
        | Expr::Let { pat: _, value: e }
        | Expr::Field { value: e, name: _ }
        | Expr::Index { value: e, index: _ }
        | Expr::Cast { value: e, ty: _ } => visit(Child::Expr(e)),
        Expr::Array(items) | Expr::Vec(items) | Expr::Tuple(items) => items.iter_mut().for_each(|e| visit(Child::Expr(e))),
        Expr::If { test, then, orelse } => {
            visit(Child::Expr(test));
            visit(Child::Block(then));
            if let Some(e) = orelse {
                visit(Child::Block(e));
            }
        }
        Expr::Block(block) | Expr::AsyncBlock(block) | Expr::Labelled { label: _, body: block } => visit(Child::Block(block)),
        Expr::Match { subject, arms } => {
            visit(Child::Expr(subject));
            for arm in arms {
                if let Some(g) = &mut arm.guard {
                    visit(Child::Expr(g));
                }
                visit(Child::Expr(&mut arm.body));
            }
        }
        Expr::Binary { op: _, left, right } => {
            visit(Child::Expr(left));
            visit(Child::Expr(right));
        }
        Expr::Range { start, end } => {
            visit(Child::Expr(start));
            visit(Child::Expr(end));
        }
        Expr::Break { label: _, value } | Expr::Return(value) => {
            if let Some(v) = value {
                visit(Child::Expr(v));
            }
        }
    }
}

/// Calls `visit` on every expression directly in a statement and on its blocks.
pub fn each_in_stmt(stmt: &mut Stmt, visit: &mut dyn FnMut(Child)) {
    match stmt {
        Stmt::Line(_) | Stmt::Item(_) => {}
        Stmt::Let { pat: _, ty: _, value, orelse } => {
            if let Some(v) = value {
                visit(Child::Expr(v));
            }
            if let Some(o) = orelse {
                visit(Child::Block(o));
            }
        }
        Stmt::Assign { place, value } => {
            visit(Child::Expr(value));
            visit(Child::Expr(place));
        }
        Stmt::Expr(e) => visit(Child::Expr(e)),
        Stmt::While { label: _, test, body } => {
            visit(Child::Expr(test));
            visit(Child::Block(body));
        }
        Stmt::Loop { label: _, body } => visit(Child::Block(body)),
        Stmt::For { label: _, pat: _, iter, body } => {
            visit(Child::Expr(iter));
            visit(Child::Block(body));
        }
    }
}

/// Calls `f` on every name a pattern binds.
pub fn each_name(pat: &mut Pat, f: &mut dyn FnMut(&mut super::RustIdent, &mut bool)) {
    match pat {
        Pat::Wild | Pat::Unit | Pat::Bool(_) | Pat::Int(_) => {}
        Pat::Name { name, mutable } => f(name, mutable),
        Pat::Variant { path: _, args: items } | Pat::Array(items) | Pat::Tuple(items) => {
            items.iter_mut().for_each(|p| each_name(p, f));
        }
    }
}
