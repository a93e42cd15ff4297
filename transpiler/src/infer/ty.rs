//! Owns: the lattice of types.
//! Never: looks at HIR.

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
    /// Exactly `list`, with what all elements are (`Unknown` wherever the list may be aliased).
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

    /// A number whose arithmetic with another such number gives a number again.
    pub fn is_number(&self) -> bool {
        matches!(self, Ty::Int | Ty::Index | Ty::Float | Ty::Bool)
    }

    pub fn list() -> Ty {
        Ty::List(Box::new(Ty::Unknown))
    }

    /// The least type that holds the values of both.
    pub fn join(&self, other: &Ty) -> Ty {
        match (self, other) {
            (Ty::Never, other) | (other, Ty::Never) => other.clone(),
            (a, b) if a == b => a.clone(),
            (Ty::Int, Ty::Index) | (Ty::Index, Ty::Int) => Ty::Int,
            (Ty::List(a), Ty::List(b)) => Ty::List(Box::new(a.join(b))),
            (Ty::Tuple(a), Ty::Tuple(b)) if a.len() == b.len() => {
                Ty::Tuple(a.iter().zip(b).map(|(a, b)| a.join(b)).collect())
            }
            _ => Ty::Unknown,
        }
    }
}
