//! Owns: modules, functions, classes: the code bodies and the statements that define them.
//! Never: control flow.

use super::{AnnotationValue, Block, ClassId, Element, Expr, ExprId, FnId, FreeId, Keyword, LocalId, Place, PyName};
use crate::source::{FileId, Span};

/// One Python module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Dotted absolute name; `__main__` for the script.
    pub name: PyName,
    /// It is the `__init__` of a package.
    pub is_package: bool,
    pub file: FileId,
    pub exprs: Vec<Expr>,
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    pub scope: Scope,
    pub body: Block,
    pub docstring: Option<ExprId>,
    /// Names bound anywhere at module level or through `global`, in the order of first binding.
    pub globals: Vec<Global>,
    pub future_annotations: bool,
    /// `from x import *` stands at module level: any name may be bound by it.
    pub has_star_import: bool,
    /// The body stores annotations, so `__annotations__` exists.
    pub has_annotations: bool,
}

impl Module {
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    pub fn function(&self, id: FnId) -> &Function {
        &self.functions[id.index()]
    }

    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.index()]
    }
}

/// A module-level name and what the text does with it.
#[derive(Clone, Debug)]
pub struct Global {
    pub name: PyName,
    /// Number of statements that bind it, anywhere in the module (a loop counts as two).
    pub bindings: u32,
    pub deleted: bool,
    /// Bound by a `global` statement's function.
    pub bound_in_function: bool,
    /// The only binding is this unconditional module-level `def`.
    pub only_def: Option<FnId>,
    /// The only binding is this unconditional module-level `class`.
    pub only_class: Option<ClassId>,
}

/// The slots of one code body.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Functions: `co_varnames` order (parameters first), then cells that are not parameters, then hidden slots.
    /// Modules and classes have hidden slots only (comprehension variables, type parameters, `__class__`).
    pub locals: Vec<Local>,
    /// `co_freevars`, in CPython's (alphabetical) order.
    pub frees: Vec<PyName>,
}

#[derive(Clone, Debug)]
pub struct Local {
    pub name: PyName,
    pub is_param: bool,
    /// An inner function captures it: every access is `Place::Cell`.
    pub is_cell: bool,
    /// A slot of a comprehension, a type parameter or `__class__`: not in `locals()` nor `co_varnames`.
    pub is_hidden: bool,
    /// Bound again after its first binding (for a parameter: bound at all), or bound inside a loop.
    pub rebound: bool,
    pub deleted: bool,
    /// Every read is proven bound and it is never deleted.
    pub always_bound: bool,
    /// Some expression reads it (captures count).
    pub read: bool,
}

/// A variable that a new function, lambda or class body takes from the body that creates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    Cell(LocalId),
    Free(FreeId),
}

/// Where a code body stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parent {
    Module,
    Class(ClassId),
    Function(FnId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FnKind {
    Sync,
    Coroutine,
    Generator,
    AsyncGenerator,
}

impl FnKind {
    /// It stands behind `async def`: its body may await.
    pub fn is_async(self) -> bool {
        match self {
            FnKind::Coroutine | FnKind::AsyncGenerator => true,
            FnKind::Sync | FnKind::Generator => false,
        }
    }

    pub fn is_generator(self) -> bool {
        match self {
            FnKind::Generator | FnKind::AsyncGenerator => true,
            FnKind::Sync | FnKind::Coroutine => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FnForm {
    Def,
    Lambda,
    Genexpr,
    /// Lazily evaluated: a type alias' value, the bound or default of a type parameter.
    Lazy,
}

#[derive(Clone, Debug)]
pub struct Function {
    pub id: FnId,
    /// As in tracebacks: `f`, `<lambda>`, `<genexpr>`.
    pub name: PyName,
    pub qualname: PyName,
    pub kind: FnKind,
    pub form: FnForm,
    pub parent: Parent,
    pub params: Vec<Param>,
    pub scope: Scope,
    pub body: Block,
    pub docstring: Option<ExprId>,
    pub facts: FnFacts,
    /// From the first decorator, `def` or `lambda` to the end of the body.
    pub span: Span,
    /// `co_firstlineno`: the line of the first decorator, or of `def`.
    pub first_line: u32,
    /// The line of the `def` keyword.
    pub def_line: u32,
}

impl Function {
    pub fn local(&self, id: LocalId) -> &Local {
        &self.scope.locals[id.index()]
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FnFacts {
    /// Names `locals`, `vars`, `dir`, `eval` or `exec` as a builtin: its locals may be looked at by name.
    pub uses_locals: bool,
    /// Captures `__class__` (names `super` or `__class__` in a method).
    pub uses_class_cell: bool,
    /// A `yield` or `await` stands inside `try`/`finally`/`with`/`except`.
    pub suspends_in_try: bool,
    pub has_try: bool,
    pub has_await: bool,
    pub has_yield: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamKind {
    PositionalOnly,
    Positional,
    /// `*args`
    Star,
    KeywordOnly,
    /// `**kwargs`
    DoubleStar,
}

impl ParamKind {
    /// One positional argument can be its value.
    pub fn is_positional(self) -> bool {
        match self {
            ParamKind::PositionalOnly | ParamKind::Positional => true,
            ParamKind::Star | ParamKind::KeywordOnly | ParamKind::DoubleStar => false,
        }
    }

    /// It collects what is left: `*args`, `**kwargs`.
    pub fn is_variadic(self) -> bool {
        match self {
            ParamKind::Star | ParamKind::DoubleStar => true,
            ParamKind::PositionalOnly | ParamKind::Positional | ParamKind::KeywordOnly => false,
        }
    }
}

/// A parameter, in the order of the signature.
#[derive(Clone, Debug)]
pub struct Param {
    pub name: PyName,
    pub kind: ParamKind,
    pub local: LocalId,
    pub has_default: bool,
    pub span: Span,
}

/// The making of a function object: which code, which captured cells, default values by parameter.
/// Order: positional defaults, keyword-only defaults, annotations.
#[derive(Clone, Debug)]
pub struct ClosureDef {
    pub function: FnId,
    /// One per name in the function's `frees`, in that order.
    pub captures: Vec<Capture>,
    /// Default values with the index of their parameter, in evaluation order.
    pub defaults: Vec<(usize, ExprId)>,
}

/// `def` and `async def`. Order: decorators, defaults, annotations, function object,
/// decorators applied from the last to the first, store.
#[derive(Clone, Debug)]
pub struct FnDef {
    pub closure: ClosureDef,
    pub target: Place,
    pub decorators: Vec<ExprId>,
    pub annotations: Vec<(PyName, AnnotationValue)>,
    pub type_params: Vec<TypeParam>,
    /// Covers `def name`.
    pub name_span: Span,
}

/// `class`. Order: decorators, type parameters, bases, keywords, body, decorators applied, store.
#[derive(Clone, Debug)]
pub struct ClassDef {
    pub class: ClassId,
    pub target: Place,
    pub captures: Vec<Capture>,
    pub decorators: Vec<ExprId>,
    pub bases: Vec<Element>,
    pub keywords: Vec<Keyword>,
    /// When not empty, `typing.Generic[…]` is appended to the bases.
    pub type_params: Vec<TypeParam>,
    pub name_span: Span,
}

/// A class body: a code body whose names go to the class namespace (`Place::ClassName`).
#[derive(Clone, Debug)]
pub struct Class {
    pub id: ClassId,
    pub name: PyName,
    pub qualname: PyName,
    pub parent: Parent,
    pub scope: Scope,
    pub body: Block,
    pub docstring: Option<ExprId>,
    /// The slot of the `__class__` cell, when a method names `super` or `__class__`.
    pub class_cell: Option<LocalId>,
    /// Names that methods assign on their first parameter, sorted: `__static_attributes__`.
    pub static_attributes: Vec<PyName>,
    pub has_annotations: bool,
    pub span: Span,
    pub first_line: u32,
    /// The line of the `class` keyword.
    pub def_line: u32,
}

/// A PEP 695 type parameter: a hidden slot of the enclosing body holds its object.
#[derive(Clone, Debug)]
pub struct TypeParam {
    pub name: PyName,
    pub slot: Place,
    pub kind: TypeParamKind,
    /// Bound, or the tuple of constraints: evaluated lazily.
    pub bound: Option<ClosureDef>,
    pub is_constraints: bool,
    /// PEP 696 default: evaluated lazily.
    pub default: Option<ClosureDef>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeParamKind {
    TypeVar,
    TypeVarTuple,
    ParamSpec,
}
