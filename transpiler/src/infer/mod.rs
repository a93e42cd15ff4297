//! Owns: what is known about the types of expressions, locals and returns.
//! Never: rewrites HIR, reports anything. `Ty::Unknown` is always right.

use crate::hir::{ExprId, FnId, LocalId, Module};

/// What every value of an expression is known to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Ty {
    /// No value reaches it (the bottom of the lattice, before anything is known).
    Never,
    #[default]
    Unknown,
    None,
    Bool,
    /// Exactly `int` (not bool), any size.
    Int,
    /// Exactly `int`, proven to fit an i64: the variable of a `for … in range(…)` loop, `len(…)`.
    Index,
    Float,
    Str,
    Bytes,
    /// Exactly `list`, with what all elements are, as far as this function sees (aliases make it `Unknown`).
    List(Box<Ty>),
    Tuple(Vec<Ty>),
    Dict,
    Set,
    Range,
}

impl Ty {
    pub fn is_int(&self) -> bool {
        matches!(self, Ty::Int | Ty::Index)
    }
}

/// The findings of one function.
#[derive(Clone, Debug, Default)]
pub struct FnTypes {
    /// By `LocalId`: what the slot always holds when it is bound.
    pub locals: Vec<Ty>,
    pub returns: Ty,
}

/// The findings of one module.
#[derive(Clone, Debug, Default)]
pub struct Types {
    /// By `ExprId`.
    pub exprs: Vec<Ty>,
    /// By `FnId`.
    pub functions: Vec<FnTypes>,
    /// Loops over `range` of the builtin name: the `iter` expression of a `For` or clause whose variable
    /// can run as an i64 as long as `range` still is the builtin.
    pub range_loops: Vec<ExprId>,
}

impl Types {
    pub fn expr(&self, id: ExprId) -> &Ty {
        self.exprs.get(id.index()).unwrap_or(&Ty::Unknown)
    }

    pub fn local(&self, function: FnId, local: LocalId) -> &Ty {
        self.functions.get(function.index()).and_then(|f| f.locals.get(local.index())).unwrap_or(&Ty::Unknown)
    }

    pub fn returns(&self, function: FnId) -> &Ty {
        self.functions.get(function.index()).map_or(&Ty::Unknown, |f| &f.returns)
    }

    pub fn is_range_loop(&self, iter: ExprId) -> bool {
        self.range_loops.contains(&iter)
    }
}

/// Infers the types of a module.
pub fn infer(_module: &Module) -> Types {
    Types::default()
}

/// The findings as text.
pub fn print(_module: &Module, types: &Types) -> String {
    format!("{types:#?}\n")
}
