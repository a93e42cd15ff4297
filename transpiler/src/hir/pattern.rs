//! Owns: the patterns of `match`.
//! Never: the cases' bodies.

use super::{ExprId, Place, PyName};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

/// Captures are stored only when the whole pattern has matched (before the guard), left to right.
#[derive(Clone, Debug)]
pub enum PatternKind {
    Wildcard,
    /// `name` or `pattern as name`
    Capture { target: Place, pattern: Option<Box<Pattern>> },
    /// A literal or a dotted name, compared with `==`.
    Value(ExprId),
    /// `None`, `True`, `False`, compared with `is`.
    Singleton(Singleton),
    Sequence { before: Vec<Pattern>, star: Option<StarPattern>, after: Vec<Pattern> },
    Mapping { keys: Vec<(ExprId, Pattern)>, rest: Option<Place> },
    Class { class: ExprId, positional: Vec<Pattern>, keywords: Vec<(PyName, Pattern)> },
    Or(Vec<Pattern>),
}

/// `*name`, or `*_` without a target.
#[derive(Clone, Debug)]
pub struct StarPattern {
    pub target: Option<Place>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Singleton {
    None,
    True,
    False,
}
