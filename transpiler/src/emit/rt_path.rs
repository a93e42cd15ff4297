//! Owns: the spelling of runtime names, the only place that writes `rt::`. Never: knows what they do.

use super::{Cx, names};
use proc_macro2::TokenStream;
use quote::quote;

impl Cx<'_> {
    /// A prelude name, or its full path where this file hides it.
    pub(super) fn rt(&self, name: &str) -> TokenStream {
        let mut parts = name.split("::");
        let first = parts.next().unwrap_or(name);
        let head = names::text(first);
        let rest = parts.map(names::text);
        if self.shadowed.contains(first) { quote!(rt::prelude::#head #(::#rest)*) } else { quote!(#head #(::#rest)*) }
    }
}
