//! Owns: expressions, assignment targets, literals and operators.
//! Never: statements, definitions.

use super::{ClosureDef, ExprId, LocalId, Place, PyName, Var};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Const(Const),
    Name(Var),
    /// `target := value`
    Walrus { target: Place, value: ExprId },
    Unary { op: UnaryOp, operand: ExprId },
    /// `op_span` covers the operator: CPython draws `~~^~~` around it.
    Binary { op: BinOp, left: ExprId, right: ExprId, op_span: Span },
    /// `and`, `or` over two or more values.
    Bool { op: BoolOp, values: Vec<ExprId> },
    /// `first op1 v1 op2 v2 …`; every value is evaluated once, the chain stops at the first false result.
    Compare { first: ExprId, rest: Vec<(CmpOp, ExprId)> },
    Conditional { test: ExprId, then: ExprId, orelse: ExprId },
    Call(Box<Call>),
    /// `name_span` covers the attribute's name.
    Attribute { object: ExprId, name: PyName, name_span: Span },
    /// `bracket_span` covers `[…]`: CPython draws `~~~^^^` around it.
    Subscript { object: ExprId, index: ExprId, bracket_span: Span },
    Slice { lower: Option<ExprId>, upper: Option<ExprId>, step: Option<ExprId> },
    Tuple(Vec<Element>),
    List(Vec<Element>),
    Set(Vec<Element>),
    Dict(Vec<DictItem>),
    FString(Vec<FPart>),
    Lambda(ClosureDef),
    /// A generator expression: `iter(first)` is taken here and passed to the function as its parameter `.0`.
    /// `async_first`: the first clause is `async for`, so `aiter(first)` is taken instead.
    Genexpr { closure: ClosureDef, first: ExprId, async_first: bool },
    /// An inlined list, set or dict comprehension (PEP 709).
    Comprehension(Box<Comprehension>),
    Await(ExprId),
    Yield(Option<ExprId>),
    YieldFrom(ExprId),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    /// Decimal digits of an int that does not fit an i64 (never negative).
    BigInt(Box<str>),
    Float(f64),
    /// The imaginary part of a complex literal.
    Imag(f64),
    Str(Box<str>),
    /// A str literal that holds lone surrogates, as code points.
    StrPoints(Box<[u32]>),
    Bytes(Box<[u8]>),
}

/// One element of a display: `x` or `*x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    Item(ExprId),
    Star(ExprId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DictItem {
    Pair(ExprId, ExprId),
    /// `**x`
    Unpack(ExprId),
}

/// A call. Evaluation order: callee, `args` in order, `keywords` in order.
#[derive(Clone, Debug)]
pub struct Call {
    pub callee: ExprId,
    pub args: Vec<Element>,
    pub keywords: Vec<Keyword>,
    /// `super()` without arguments inside a method: where `__class__` and the first argument are.
    pub zero_super: Option<ZeroSuper>,
    /// A function of `httpx` whose result is awaited: its coroutine twin is called.
    pub awaited: bool,
    /// Covers `(…)`: CPython draws `~~~^^^` around it.
    pub paren_span: Span,
}

#[derive(Clone, Debug)]
pub enum Keyword {
    /// `name=value`; the span covers both.
    Named { name: PyName, value: ExprId, span: Span },
    /// `**value`
    Unpack(ExprId),
}

#[derive(Clone, Debug)]
pub struct ZeroSuper {
    pub class: Var,
    /// The first parameter; `None` when the function has none (RuntimeError: super(): no arguments).
    pub first: Option<Var>,
}

/// A part of an f-string.
#[derive(Clone, Debug)]
pub enum FPart {
    Lit(Box<str>),
    /// Literal text with lone surrogates.
    LitPoints(Box<[u32]>),
    Value { value: ExprId, conversion: Conversion, spec: Option<Vec<FPart>> },
}

/// `!s`, `!r`, `!a`. `{x=}` has become a `Lit` and, without a format spec, a `Repr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    None,
    Str,
    Repr,
    Ascii,
}

#[derive(Clone, Debug)]
pub struct Comprehension {
    pub kind: ComprehensionKind,
    pub clauses: Vec<Clause>,
    /// Hidden slots bound by the clauses; those that are cells get a fresh cell on entry.
    /// Names keep their isolated slot, so nothing has to be saved or restored.
    pub locals: Vec<LocalId>,
    /// Holds an `async for` or an `await`.
    pub is_async: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum ComprehensionKind {
    List(ExprId),
    Set(ExprId),
    /// key, value
    Dict(ExprId, ExprId),
}

#[derive(Clone, Debug)]
pub struct Clause {
    pub target: Target,
    pub iter: ExprId,
    pub ifs: Vec<ExprId>,
    pub is_async: bool,
}

/// What an assignment, `for`, `with`, `del` or a comprehension binds.
#[derive(Clone, Debug)]
pub struct Target {
    pub kind: TargetKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum TargetKind {
    Name(Var),
    Attribute { object: ExprId, name: PyName, name_span: Span },
    Subscript { object: ExprId, index: ExprId, bracket_span: Span },
    /// `a, *b, c` or `[a, b]`. In `del` there is never a star.
    Unpack { before: Vec<Target>, star: Option<Box<Target>>, after: Vec<Target> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    Not,
    Neg,
    Pos,
    Invert,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    MatMul,
    TrueDiv,
    FloorDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    And,
    Or,
    Xor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CmpOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Is,
    IsNot,
    In,
    NotIn,
}
