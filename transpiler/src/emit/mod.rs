//! Owns: RIR → token stream, one `quote!` per variant. Never: decides anything, fails, sees HIR.

mod expr;
mod item;
mod names;
mod rt_path;
mod stmt;

use crate::rir::File;
use proc_macro2::TokenStream;
use std::collections::BTreeSet;

/// What every emitting function may look at.
pub(crate) struct Cx<'a> {
    shadowed: &'a BTreeSet<String>,
}

/// The tokens of one file: those above the site table, those below it.
pub fn emit(file: &File) -> (TokenStream, TokenStream) {
    let File { source_name: _, exact: _, items, sites: _, tail, shadowed } = file;
    let cx = Cx { shadowed };
    (items.iter().map(|i| cx.item(i)).collect(), tail.iter().map(|i| cx.item(i)).collect())
}
