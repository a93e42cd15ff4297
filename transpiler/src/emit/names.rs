//! Owns: RIR names as tokens. Never: chooses names.

use crate::rir::{Label, RustIdent};
use proc_macro2::{Ident, Span};

pub(super) fn ident(name: &RustIdent) -> Ident {
    text(name.as_str())
}

pub(super) fn text(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

pub(super) fn label(label: &Label) -> syn::Lifetime {
    syn::Lifetime::new(&format!("'{}", label.0), Span::call_site())
}
