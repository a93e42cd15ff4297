//! Owns: expressions and patterns as tokens. Never: decides anything.

use super::{Cx, names};
use crate::rir::{BinOp, Block, Expr, MatchArm, Pat};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

impl Cx<'_> {
    pub(super) fn expr(&self, expr: &Expr) -> TokenStream {
        match expr {
            Expr::Local(name) => {
                let name = names::ident(name);
                quote!(#name)
            }
            Expr::Rt(name) => self.rt(name),
            Expr::Path(parts) => {
                let parts = parts.iter().map(names::ident);
                quote!(#(#parts)::*)
            }
            Expr::Site(site) => {
                let name = names::text(&site.0);
                quote!(#name)
            }
            Expr::Str(text) => quote!(#text),
            Expr::Bytes(bytes) => {
                let lit = Literal::byte_string(bytes);
                quote!(#lit)
            }
            Expr::Int(i) => int(*i),
            Expr::Float(f) => float(*f),
            Expr::Bool(b) => quote!(#b),
            Expr::Unit => quote!(()),
            Expr::StrConst(text) => quote!(s!(#text)),
            Expr::Cache => quote!(ic!()),
            Expr::Call { func, args } => {
                let func = self.operand(func);
                let args = args.iter().map(|a| self.expr(a));
                quote!(#func(#(#args),*))
            }
            Expr::Method { recv, name, args } => {
                let recv = self.operand(recv);
                let name = names::text(name);
                let args = args.iter().map(|a| self.expr(a));
                quote!(#recv.#name(#(#args),*))
            }
            Expr::Ref(e) => {
                let e = self.operand(e);
                quote!(&#e)
            }
            Expr::RefMut(e) => {
                let e = self.operand(e);
                quote!(&mut #e)
            }
            Expr::Deref(e) => {
                let e = self.operand(e);
                quote!(*#e)
            }
            Expr::Array(items) => {
                let items = items.iter().map(|i| self.expr(i));
                quote!([#(#items),*])
            }
            Expr::Vec(items) if items.is_empty() => quote!(Vec::new()),
            Expr::Vec(items) => {
                let items = items.iter().map(|i| self.expr(i));
                quote!(Vec::from([#(#items),*]))
            }
            Expr::Tuple(items) => {
                let items = items.iter().map(|i| self.expr(i));
                quote!((#(#items,)*))
            }
            Expr::Try(e) => {
                let e = self.operand(e);
                quote!(#e?)
            }
            Expr::Await(e) => {
                let e = self.operand(e);
                quote!(#e.await)
            }
            Expr::Closure { params, body } => {
                let params = params.iter().map(names::ident);
                let body = self.expr(body);
                quote!(|#(#params),*| #body)
            }
            Expr::If { test, then, orelse } => {
                let test = self.expr(test);
                let then = self.block(then);
                match orelse {
                    None => quote!(if #test #then),
                    Some(Block { stmts, tail: Some(tail) }) if stmts.is_empty() && matches!(**tail, Expr::If { .. }) => {
                        let tail = self.expr(tail);
                        quote!(if #test #then else #tail)
                    }
                    Some(orelse) => {
                        let orelse = self.block(orelse);
                        quote!(if #test #then else #orelse)
                    }
                }
            }
            Expr::Block(block) => self.block(block),
            Expr::Labelled { label, body } => {
                let label = names::label(label);
                let body = self.block(body);
                quote!(#label: #body)
            }
            Expr::AsyncBlock(block) => {
                let block = self.block(block);
                quote!(async #block)
            }
            Expr::Match { subject, arms } => {
                let subject = self.expr(subject);
                let arms = arms.iter().map(|a| self.arm(a));
                quote!(match #subject { #(#arms)* })
            }
            Expr::Let { pat, value } => {
                let pat = self.pat(pat);
                let value = self.expr(value);
                quote!(let #pat = #value)
            }
            Expr::Not(e) => {
                let e = self.operand(e);
                quote!(!#e)
            }
            Expr::Neg(e) => {
                let e = self.operand(e);
                quote!(-#e)
            }
            Expr::Binary { op, left, right } => {
                let (left, right) = (self.side(*op, left), self.side(*op, right));
                match op {
                    BinOp::And => quote!(#left && #right),
                    BinOp::Or => quote!(#left || #right),
                    BinOp::Add => quote!(#left + #right),
                    BinOp::Sub => quote!(#left - #right),
                    BinOp::Mul => quote!(#left * #right),
                    BinOp::Eq => quote!(#left == #right),
                    BinOp::Ne => quote!(#left != #right),
                    BinOp::Lt => quote!(#left < #right),
                    BinOp::Le => quote!(#left <= #right),
                    BinOp::Gt => quote!(#left > #right),
                    BinOp::Ge => quote!(#left >= #right),
                }
            }
            Expr::Field { value, name } => {
                let value = self.operand(value);
                let name = names::ident(name);
                quote!(#value.#name)
            }
            Expr::Index { value, index } => {
                let value = self.operand(value);
                let index = Literal::usize_unsuffixed(*index);
                quote!(#value[#index])
            }
            Expr::Cast { value, ty } => {
                let value = self.operand(value);
                let ty = self.ty(ty);
                quote!(#value as #ty)
            }
            Expr::Range { start, end } => {
                let start = self.operand(start);
                let end = self.operand(end);
                quote!(#start..#end)
            }
            Expr::Break { label, value } => {
                let label = label.as_ref().map(names::label);
                let value = value.as_ref().map(|v| self.expr(v));
                quote!(break #label #value)
            }
            Expr::Continue { label } => {
                let label = label.as_ref().map(names::label);
                quote!(continue #label)
            }
            Expr::Return(value) => {
                let value = value.as_ref().map(|v| self.expr(v));
                quote!(return #value)
            }
        }
    }

    /// An expression that stands where only a tightly binding one may: in parentheses otherwise.
    fn operand(&self, expr: &Expr) -> TokenStream {
        let tokens = self.expr(expr);
        let loose = match expr {
            Expr::Ref(_)
            | Expr::RefMut(_)
            | Expr::Deref(_)
            | Expr::Closure { .. }
            | Expr::Let { .. }
            | Expr::Not(_)
            | Expr::Neg(_)
            | Expr::Binary { .. }
            | Expr::Cast { .. }
            | Expr::Range { .. }
            | Expr::Break { .. }
            | Expr::Continue { .. }
            | Expr::Return(_)
            | Expr::If { .. }
            | Expr::Block(_)
            | Expr::Labelled { .. }
            | Expr::AsyncBlock(_)
            | Expr::Match { .. } => true,
            Expr::Int(i) => *i < 0,
            Expr::Float(f) => f.is_sign_negative(),
            Expr::Local(_)
            | Expr::Rt(_)
            | Expr::Path(_)
            | Expr::Site(_)
            | Expr::Str(_)
            | Expr::Bytes(_)
            | Expr::Bool(_)
            | Expr::Unit
            | Expr::StrConst(_)
            | Expr::Cache
            | Expr::Call { .. }
            | Expr::Method { .. }
            | Expr::Array(_)
            | Expr::Vec(_)
            | Expr::Tuple(_)
            | Expr::Try(_)
            | Expr::Await(_)
            | Expr::Field { .. }
            | Expr::Index { .. } => false,
        };
        if loose { quote!((#tokens)) } else { tokens }
    }

    /// One side of a binary operator.
    fn side(&self, op: BinOp, expr: &Expr) -> TokenStream {
        match expr {
            Expr::Binary { op: inner, .. } if *inner == op && matches!(op, BinOp::And | BinOp::Or) => self.expr(expr),
            Expr::Binary { op: inner, .. } if matches!(op, BinOp::And) && compares(*inner) => self.expr(expr),
            Expr::Let { .. } | Expr::Not(_) | Expr::Deref(_) => self.expr(expr),
            Expr::Local(_) | Expr::Rt(_) | Expr::Path(_) | Expr::Site(_) | Expr::Str(_) | Expr::Bytes(_) | Expr::Int(_) | Expr::Float(_)
            | Expr::Bool(_) | Expr::Unit | Expr::StrConst(_) | Expr::Cache | Expr::Call { .. } | Expr::Method { .. } | Expr::Ref(_)
            | Expr::RefMut(_) | Expr::Array(_) | Expr::Vec(_) | Expr::Tuple(_) | Expr::Try(_) | Expr::Await(_) | Expr::Closure { .. }
            | Expr::If { .. } | Expr::Block(_) | Expr::Labelled { .. } | Expr::AsyncBlock(_) | Expr::Match { .. } | Expr::Neg(_)
            | Expr::Binary { .. } | Expr::Field { .. } | Expr::Index { .. } | Expr::Cast { .. } | Expr::Range { .. } | Expr::Break { .. }
            | Expr::Continue { .. } | Expr::Return(_) => self.operand(expr),
        }
    }

    fn arm(&self, arm: &MatchArm) -> TokenStream {
        let MatchArm { pat, guard, body } = arm;
        let pat = self.pat(pat);
        let guard = guard.as_ref().map(|g| {
            let g = self.expr(g);
            quote!(if #g)
        });
        let body = self.expr(body);
        quote!(#pat #guard => #body,)
    }

    pub(super) fn pat(&self, pat: &Pat) -> TokenStream {
        match pat {
            Pat::Wild => quote!(_),
            Pat::Unit => quote!(()),
            Pat::Name { name, mutable } => {
                let name = names::ident(name);
                if *mutable { quote!(mut #name) } else { quote!(#name) }
            }
            Pat::Variant { path, args } if args.is_empty() => self.rt(path),
            Pat::Variant { path, args } => {
                let path = self.rt(path);
                let args = args.iter().map(|a| self.pat(a));
                quote!(#path(#(#args),*))
            }
            Pat::Array(items) => {
                let items = items.iter().map(|i| self.pat(i));
                quote!([#(#items),*])
            }
            Pat::Tuple(items) => {
                let items = items.iter().map(|i| self.pat(i));
                quote!((#(#items),*))
            }
            Pat::Bool(b) => quote!(#b),
            Pat::Int(i) => int(*i),
        }
    }
}

fn compares(op: BinOp) -> bool {
    match op {
        BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => true,
        BinOp::And | BinOp::Or | BinOp::Add | BinOp::Sub | BinOp::Mul => false,
    }
}

fn int(i: i64) -> TokenStream {
    if i == i64::MIN {
        return quote!(i64::MIN);
    }
    let lit = Literal::i64_unsuffixed(i.abs());
    if i < 0 { quote!(-#lit) } else { quote!(#lit) }
}

fn float(f: f64) -> TokenStream {
    if f.is_infinite() {
        return quote!(f64::INFINITY);
    }
    let lit = Literal::f64_unsuffixed(f.abs());
    if f.is_sign_negative() { quote!(-#lit) } else { quote!(#lit) }
}
