//! Owns: items and types as tokens. Never: decides anything.

use super::{Cx, names};
use crate::rir::{Doc, Function, Item, Param, Type};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

impl Cx<'_> {
    pub(super) fn item(&self, item: &Item) -> TokenStream {
        match item {
            Item::Function(function) => self.function(function),
            Item::Static { public, name, ty, value } => {
                let vis = public.then(|| quote!(pub));
                let name = names::ident(name);
                let ty = self.ty(ty);
                let value = self.expr(value);
                quote!(#vis static #name: #ty = #value;)
            }
            Item::Const { name, ty, value } => {
                let name = names::ident(name);
                let ty = self.ty(ty);
                let value = self.expr(value);
                quote!(const #name: #ty = #value;)
            }
            Item::Struct { doc, name } => {
                let doc = self.doc(doc);
                let name = names::ident(name);
                quote!(#doc enum #name {})
            }
            Item::Impl { name, items } => {
                let name = names::ident(name);
                let items = items.iter().map(|i| self.item(i));
                quote!(impl #name { #(#items)* })
            }
            Item::Mod { public, doc, name, items } => {
                let vis = public.then(|| quote!(pub));
                let name = names::ident(name);
                let items = items.iter().map(|i| self.item(i));
                let doc = format!(" {doc}");
                quote!(#[doc = #doc] #vis mod #name { use super::*; #(#items)* })
            }
        }
    }

    /// `format` replaces the marker by the text of the line.
    fn doc(&self, doc: &Option<Doc>) -> Option<TokenStream> {
        doc.as_ref().map(|Doc { line }| {
            let marker = format!("@{line}");
            quote!(#[doc = #marker])
        })
    }

    fn function(&self, function: &Function) -> TokenStream {
        let Function { doc, public, cold, asynchronous, name, params, ret, body } = function;
        let doc = self.doc(doc);
        let cold = cold.then(|| quote!(#[cold]));
        let vis = public.then(|| quote!(pub));
        let asynchronous = asynchronous.then(|| quote!(async));
        let name = names::ident(name);
        let params = params.iter().map(|Param { pat, ty }| {
            let pat = self.pat(pat);
            let ty = self.ty(ty);
            quote!(#pat: #ty)
        });
        let ret = (*ret != Type::Unit).then(|| {
            let ty = self.ty(ret);
            quote!(-> #ty)
        });
        let body = self.block(body);
        quote!(#doc #cold #vis #asynchronous fn #name(#(#params),*) #ret #body)
    }

    pub(super) fn ty(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Value => self.rt("Value"),
            Type::ValueRef => {
                let v = self.rt("Value");
                quote!(&#v)
            }
            Type::PyResult => self.rt("PyResult"),
            Type::BoolResult => {
                let r = self.rt("Fallible");
                quote!(#r<bool>)
            }
            Type::Int => self.rt("Int"),
            Type::I64 => quote!(i64),
            Type::F64 => quote!(f64),
            Type::Bool => quote!(bool),
            Type::Usize => quote!(usize),
            Type::Def => self.rt("Def"),
            Type::Slot => self.rt("Slot"),
            Type::ModuleDef => self.rt("ModuleDef"),
            Type::Iter => self.rt("Iter"),
            Type::CellsRef(n) => {
                let v = self.rt("Value");
                let n = Literal::usize_unsuffixed(*n);
                quote!(&[#v; #n])
            }
            Type::Cells(n) => {
                let v = self.rt("Value");
                let n = Literal::usize_unsuffixed(*n);
                quote!([#v; #n])
            }
            Type::Unit => quote!(()),
            Type::Namespace => self.rt("Namespace"),
        }
    }
}
