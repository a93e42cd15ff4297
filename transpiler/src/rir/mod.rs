//! Owns: RIR, the Rust-shaped form between `lower` and `emit`: temporaries, clones, moves, `?`, `.await` and
//! labelled blocks are all explicit. Never: Python semantics, token streams.

pub mod expr;
pub mod item;
pub mod pprint;
pub mod stmt;
pub mod visit;

pub use expr::{BinOp, Expr, MatchArm, Pat};
pub use item::{Doc, File, Function, Item, Param, Site, SiteGroup, Type};
pub use stmt::{Block, Stmt};

/// A name as Rust spells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RustIdent(String);

impl RustIdent {
    pub fn new(text: impl Into<String>) -> RustIdent {
        RustIdent(text.into())
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A label without its quote: `except3`, `loop7`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label(pub String);

/// The constant that names one error site: `L4`, `L4B`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SiteName(pub String);
