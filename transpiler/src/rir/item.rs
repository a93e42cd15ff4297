//! Owns: RIR items, types and the error-site table of one generated file. Never: decides what to build.

use super::{Block, Expr, Pat, RustIdent, SiteName};

/// One generated file: one Python module.
#[derive(Clone, Debug, Default)]
pub struct File {
    pub source_name: String,
    /// The exact form of drop order: braces that rustc takes for unused end temporaries.
    pub exact: bool,
    pub items: Vec<Item>,
    pub sites: Vec<SiteGroup>,
    /// What stands below the site table: the module definition and, in the script itself, `main`.
    pub tail: Vec<Item>,
    /// Names of this file that hide names of the prelude: those are spelled with their full path.
    pub shadowed: std::collections::BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Function(Function),
    Static { public: bool, name: RustIdent, ty: Type, value: Expr },
    Const { name: RustIdent, ty: Type, value: Expr },
    Struct { doc: Option<Doc>, name: RustIdent },
    Impl { name: RustIdent, items: Vec<Item> },
    Mod { public: bool, doc: &'static str, name: RustIdent, items: Vec<Item> },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    pub doc: Option<Doc>,
    pub public: bool,
    pub cold: bool,
    pub asynchronous: bool,
    pub name: RustIdent,
    pub params: Vec<Param>,
    pub ret: Type,
    pub body: Block,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub pat: Pat,
    pub ty: Type,
}

/// The Python line a Rust item stands for; its text is filled in by `format`.
#[derive(Clone, Debug, PartialEq)]
pub struct Doc {
    pub line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Type {
    Value,
    /// `&Value`
    ValueRef,
    PyResult,
    /// `Result<bool>`
    BoolResult,
    Int,
    I64,
    F64,
    Bool,
    Def,
    Slot,
    ModuleDef,
    Iter,
    /// `&[Value; N]`
    CellsRef(usize),
    /// `[Value; N]`
    Cells(usize),
    Unit,
    Usize,
    Namespace,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SiteGroup {
    pub konst: RustIdent,
    pub qualname: String,
    /// `co_firstlineno`
    pub line: u32,
    pub sites: Vec<Site>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    pub name: SiteName,
    pub line: u32,
    pub end_line: u32,
    pub col: u32,
    pub end_col: u32,
}
