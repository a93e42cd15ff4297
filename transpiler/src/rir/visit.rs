//! Owns: walking RIR. Never: changes meaning.

use super::{Block, Expr, Pat, Stmt};

/// Calls `f` on every direct child expression.
pub fn each_child(expr: &mut Expr, f: &mut dyn FnMut(&mut Expr), b: &mut dyn FnMut(&mut Block)) {
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
            f(func);
            args.iter_mut().for_each(f);
        }
        Expr::Method { recv, name: _, args } => {
            f(recv);
            args.iter_mut().for_each(f);
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
        | Expr::Cast { value: e, ty: _ } => f(e),
        Expr::Array(items) | Expr::Vec(items) | Expr::Tuple(items) => items.iter_mut().for_each(f),
        Expr::If { test, then, orelse } => {
            f(test);
            b(then);
            if let Some(e) = orelse {
                b(e);
            }
        }
        Expr::Block(block) | Expr::AsyncBlock(block) | Expr::Labelled { label: _, body: block } => b(block),
        Expr::Match { subject, arms } => {
            f(subject);
            for arm in arms {
                if let Some(g) = &mut arm.guard {
                    f(g);
                }
                f(&mut arm.body);
            }
        }
        Expr::Binary { op: _, left, right } => {
            f(left);
            f(right);
        }
        Expr::Range { start, end } => {
            f(start);
            f(end);
        }
        Expr::Break { label: _, value } | Expr::Return(value) => {
            if let Some(v) = value {
                f(v);
            }
        }
    }
}

/// Calls `f` on every expression directly in a statement, `b` on its blocks.
pub fn each_in_stmt(stmt: &mut Stmt, f: &mut dyn FnMut(&mut Expr), b: &mut dyn FnMut(&mut Block)) {
    match stmt {
        Stmt::Line(_) | Stmt::Item(_) => {}
        Stmt::Let { pat: _, ty: _, value, orelse } => {
            if let Some(v) = value {
                f(v);
            }
            if let Some(o) = orelse {
                b(o);
            }
        }
        Stmt::Assign { place, value } => {
            f(value);
            f(place);
        }
        Stmt::Expr(e) => f(e),
        Stmt::While { label: _, test, body } => {
            f(test);
            b(body);
        }
        Stmt::Loop { label: _, body } => b(body),
        Stmt::For { label: _, pat: _, iter, body } => {
            f(iter);
            b(body);
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
