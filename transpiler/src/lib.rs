//! tauraro compiles Python ahead of time into native Rust.

pub mod color;
pub mod diagnostics;
pub mod hir;
pub mod infer;
pub mod source;
