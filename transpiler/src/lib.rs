//! tauraro compiles Python ahead of time into native Rust.

pub mod build;
pub mod cli;
pub mod color;
pub mod diagnostics;
pub mod driver;
pub mod hir;
pub mod infer;
pub mod parse;
pub mod pipeline;
pub mod project;
pub mod resolve;
pub mod source;

pub use pipeline::{Compiled, Dumped, Entry, Found, Loader, Options, STAGES, compile, dump};
