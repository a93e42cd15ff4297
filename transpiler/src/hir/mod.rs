//! Owns: the high-level intermediate representation: names resolved, sugar removed, Python's structure kept.
//! Never: sees the parser's tree, decides how anything looks in Rust.
//!
//! Every expression lives in its module's arena and is named by an `ExprId`, so that later passes keep their
//! findings in side tables. Bodies are plain `Vec<Stmt>`. A module, a class and a function each are one
//! *code body* with its own slots (`Scope`), as CPython has one code object for each.

pub mod arguments;
pub mod expr;
pub mod item;
pub mod pattern;
pub mod pprint;
pub mod stmt;
pub mod visit;

pub use expr::*;
pub use item::*;
pub use pattern::*;
pub use stmt::*;

use std::fmt;
use std::sync::Arc;

/// A Python identifier, already mangled where `__private` names are.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PyName(pub Arc<str>);

impl PyName {
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<&str> for PyName {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An expression of a module.
    ExprId
    /// A function, lambda or generator expression of a module.
    FnId
    /// A class of a module.
    ClassId
    /// A slot of the enclosing code body.
    LocalId
    /// A captured variable of the enclosing code body.
    FreeId
    /// A module of the program.
    ModuleId
}

/// Where a name lives, seen from the code body that holds the expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A plain slot of this body.
    Local(LocalId),
    /// A slot of this body that an inner function captures: it holds a cell.
    Cell(LocalId),
    /// A cell captured from an enclosing body.
    Free(FreeId),
    /// A name that this module's text binds somewhere at module level. Reading falls back to builtins when unset.
    Global(PyName),
    /// A name that this module's text never binds: normally a builtin, but the module's dictionary goes first.
    Builtin(PyName),
    /// A name of the class namespace being built. Reading falls back to the global, then to the builtin.
    ClassName(PyName),
    /// Read in a class body: the class namespace first, then the captured cell.
    ClassOrFree(PyName, FreeId),
}

/// A name in the program text. `bound` tells a reader that every path to here has bound it
/// (only ever true for `Local` and `Cell`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Var {
    pub place: Place,
    pub bound: bool,
}

impl Var {
    pub fn new(place: Place) -> Self {
        Self { place, bound: false }
    }
}

/// The bodies of all modules, the script itself first.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub modules: Vec<Module>,
}
