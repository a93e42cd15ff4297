//! tauraro compiles Python ahead of time into native Rust.

pub mod backend;
pub mod build;
pub mod cli;
pub mod color;
pub mod diagnostics;
pub mod driver;
pub mod emit;
pub mod format;
pub mod hir;
pub mod infer;
pub mod lint;
pub mod lower;
pub mod parse;
pub mod pipeline;
pub mod project;
pub mod resolve;
pub mod rir;
pub mod source;

pub use pipeline::{Compiled, Dumped, Entry, Found, Loader, Options, STAGES, compile, dump};
