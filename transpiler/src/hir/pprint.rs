//! Owns: HIR as text, for `tauraro dump --stage hir` and the stage tests.
//! Never: changes or judges it.

use super::Module;

/// The module as readable text.
pub fn print(module: &Module) -> String {
    format!("{module:#?}\n")
}
