//! Owns: statements and blocks as tokens. Never: decides anything.

use super::{Cx, names};
use crate::rir::{Block, Expr, Label, Stmt};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

impl Cx<'_> {
    pub(super) fn block(&self, block: &Block) -> TokenStream {
        let Block { stmts, tail } = block;
        let stmts = stmts.iter().map(|s| self.stmt(s));
        let tail = tail.as_ref().map(|t| self.expr(t));
        quote!({ #(#stmts)* #tail })
    }

    fn label(&self, label: &Option<Label>) -> Option<TokenStream> {
        label.as_ref().map(|l| {
            let l = names::label(l);
            quote!(#l:)
        })
    }

    fn stmt(&self, stmt: &Stmt) -> TokenStream {
        match stmt {
            Stmt::Line(line) => {
                let line = Literal::u32_unsuffixed(*line);
                quote!(py!(#line);)
            }
            Stmt::Let { pat, ty, value, orelse } => {
                let pat = self.pat(pat);
                let ty = ty.as_ref().map(|t| {
                    let t = self.ty(t);
                    quote!(: #t)
                });
                let value = value.as_ref().map(|v| {
                    let v = self.expr(v);
                    quote!(= #v)
                });
                let orelse = orelse.as_ref().map(|o| {
                    let o = self.block(o);
                    quote!(else #o)
                });
                quote!(let #pat #ty #value #orelse;)
            }
            Stmt::Assign { place, value } => {
                let place = self.expr(place);
                let value = self.expr(value);
                quote!(#place = #value;)
            }
            Stmt::Expr(expr) => {
                let tokens = self.expr(expr);
                match expr {
                    Expr::If { .. } | Expr::Block(_) | Expr::Match { .. } | Expr::Labelled { .. } => tokens,
                    Expr::Local(_) | Expr::Rt(_) | Expr::Path(_) | Expr::Site(_) | Expr::Str(_) | Expr::Bytes(_) | Expr::Int(_)
                    | Expr::Float(_) | Expr::Bool(_) | Expr::Unit | Expr::StrConst(_) | Expr::Cache | Expr::Call { .. }
                    | Expr::Method { .. } | Expr::Ref(_) | Expr::RefMut(_) | Expr::Deref(_) | Expr::Array(_) | Expr::Vec(_) | Expr::Tuple(_)
                    | Expr::Try(_) | Expr::Await(_) | Expr::Closure { .. } | Expr::AsyncBlock(_) | Expr::Let { .. } | Expr::Not(_)
                    | Expr::Neg(_) | Expr::Binary { .. } | Expr::Field { .. } | Expr::Index { .. } | Expr::Cast { .. } | Expr::Range { .. }
                    | Expr::Break { .. } | Expr::Continue { .. } | Expr::Return(_) => quote!(#tokens;),
                }
            }
            Stmt::While { label, test, body } => {
                let label = self.label(label);
                let test = self.expr(test);
                let body = self.block(body);
                quote!(#label while #test #body)
            }
            Stmt::Loop { label, body } => {
                let label = self.label(label);
                let body = self.block(body);
                quote!(#label loop #body)
            }
            Stmt::For { label, pat, iter, body } => {
                let label = self.label(label);
                let pat = self.pat(pat);
                let iter = self.expr(iter);
                let body = self.block(body);
                quote!(#label for #pat in #iter #body)
            }
            Stmt::Item(item) => self.item(item),
        }
    }
}
