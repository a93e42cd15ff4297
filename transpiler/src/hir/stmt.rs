//! Owns: statements.
//! Never: what a function or class consists of (`item`).

use super::{BinOp, ClassDef, ClosureDef, ExprId, FnDef, Pattern, Place, PyName, Target, TypeParam, Var};
use crate::source::Span;

pub type Block = Vec<Stmt>;

/// One statement; `span` covers all of it, a compound statement with its body.
#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    Expr(ExprId),
    /// `a = b = value`: the value first, then the targets from left to right.
    Assign { targets: Vec<Target>, value: ExprId },
    /// `target op= value`: object and index of the target are evaluated once, before the value.
    AugAssign { target: Target, op: BinOp, value: ExprId },
    AnnAssign(AnnAssign),
    Return(Option<ExprId>),
    Raise { exc: Option<ExprId>, cause: Option<ExprId> },
    Assert { test: ExprId, message: Option<ExprId> },
    Delete(Vec<Target>),
    Pass,
    Break,
    Continue,
    /// `elif` is an `If` alone in `orelse` (its span starts at the `elif` keyword).
    If { test: ExprId, then: Block, orelse: Block },
    While { test: ExprId, body: Block, orelse: Block },
    For(For),
    /// Several items are nested from left to right.
    With(With),
    Try(Try),
    Match { subject: ExprId, cases: Vec<Case> },
    FunctionDef(FnDef),
    ClassDef(ClassDef),
    Import(Import),
    ImportFrom(ImportFrom),
    TypeAlias(TypeAlias),
    /// Not compiled: raises NotImplementedError with this text when reached.
    Unsupported(String),
}

/// `target: annotation = value`. Order: value, store, annotation (CPython: compile.c, compiler_annassign).
#[derive(Clone, Debug)]
pub struct AnnAssign {
    pub target: Target,
    pub value: Option<ExprId>,
    pub annotation: AnnotationUse,
}

#[derive(Clone, Debug)]
pub enum AnnotationUse {
    /// In a function: never evaluated.
    Ignored,
    /// Evaluated and stored in `__annotations__` of the module or class being built.
    Stored { name: PyName, value: AnnotationValue },
    /// Evaluated and dropped: the target is not a plain name.
    Evaluated(ExprId),
}

/// An annotation: a value, or its text under `from __future__ import annotations`.
#[derive(Clone, Debug)]
pub enum AnnotationValue {
    Expr(ExprId),
    Text(Box<str>),
}

#[derive(Clone, Debug)]
pub struct For {
    pub is_async: bool,
    pub target: Target,
    pub iter: ExprId,
    /// `iter` already is an iterator (the parameter `.0` of a generator expression): don't call `iter()` on it.
    pub is_iterator: bool,
    pub body: Block,
    pub orelse: Block,
}

#[derive(Clone, Debug)]
pub struct With {
    pub is_async: bool,
    pub items: Vec<WithItem>,
    pub body: Block,
}

#[derive(Clone, Debug)]
pub struct WithItem {
    pub context: ExprId,
    pub target: Option<Target>,
}

#[derive(Clone, Debug)]
pub struct Try {
    /// `except*`
    pub star: bool,
    pub body: Block,
    pub handlers: Vec<Handler>,
    pub orelse: Block,
    pub finally: Block,
}

/// `except kind as name:`; the name is unbound again when the handler is left by any way.
#[derive(Clone, Debug)]
pub struct Handler {
    pub kind: Option<ExprId>,
    pub name: Option<Place>,
    pub body: Block,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub pattern: Pattern,
    pub guard: Option<ExprId>,
    pub body: Block,
    pub span: Span,
}

/// Why an import may be skipped or may fail quietly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImportGuard {
    /// Module-level code that always runs.
    Always,
    /// In a `try` whose handlers catch ImportError.
    TryImportError,
    /// Under `if TYPE_CHECKING:` (never runs).
    TypeChecking,
    /// In a function body.
    Function,
    /// Under another condition at module level.
    Conditional,
}

/// `import a.b.c` (binds `a`) or `import a.b.c as name` (binds `a.b.c`). One per alias.
#[derive(Clone, Debug)]
pub struct Import {
    pub module: PyName,
    pub has_alias: bool,
    pub target: Place,
    pub guard: ImportGuard,
    pub alias_span: Span,
}

/// `from module import names`.
#[derive(Clone, Debug)]
pub struct ImportFrom {
    /// Dots in front; 0 for an absolute import.
    pub level: u32,
    /// As written after the dots; empty in `from . import x`.
    pub module: PyName,
    /// The absolute dotted name that level and module stand for in this file's package;
    /// `None` when the dots climb beyond the top-level package (ImportError at run time).
    pub absolute: Option<PyName>,
    pub names: ImportNames,
    pub guard: ImportGuard,
}

#[derive(Clone, Debug)]
pub enum ImportNames {
    Star,
    Names(Vec<ImportName>),
}

#[derive(Clone, Debug)]
pub struct ImportName {
    pub name: PyName,
    pub target: Place,
    pub span: Span,
}

/// `type Name[T] = value`: the value is a function of no arguments that runs on first use.
#[derive(Clone, Debug)]
pub struct TypeAlias {
    pub name: PyName,
    pub target: Var,
    pub type_params: Vec<TypeParam>,
    pub value: ClosureDef,
}
