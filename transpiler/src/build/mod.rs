//! Owns: syntax tree + scopes → HIR; the errors that CPython's compiler raises. The last pass to see the tree.
//! Never: knows types or anything of Rust.

mod awaited;
mod class;
mod comprehension;
mod expr;
mod facts;
mod flow;
mod fstring;
mod function;
mod import;
mod literal;
mod match_;
mod stmt;
mod target;
mod unparse;
mod with_try;

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::hir::*;
use crate::parse::{TextRange, ast, span};
use crate::resolve::{Resolved, ScopeId, ScopeKind, Scopes, mangle};
use crate::source::{SourceFile, Span};

/// Builds the HIR of a module whose absolute name is `name`.
pub fn build(
    file: &SourceFile,
    name: &PyName,
    is_package: bool,
    tree: &ast::ModModule,
    resolved: &Resolved,
    diagnostics: &mut Diagnostics,
) -> Module {
    let mut builder = Builder {
        file,
        module_name: name.clone(),
        is_package,
        scopes: &resolved.scopes,
        future_annotations: resolved.future_annotations,
        last_future: resolved.last_future,
        scope: ScopeId::MODULE,
        class: None,
        exprs: Vec::new(),
        functions: Vec::new(),
        classes: Vec::new(),
        static_attributes: Vec::new(),
        has_star_import: false,
        frame: Frame::new(FrameKind::Module, Parent::Module, String::new()),
        errors: Diagnostics::default(),
    };
    let (docstring, rest) = builder.docstring(&tree.body);
    let body = builder.block(rest);
    let Builder { exprs, functions, classes, frame, errors, has_star_import, .. } = builder;
    diagnostics.extend(errors);
    let mut module = Module {
        name: name.clone(),
        is_package,
        file: file.id,
        exprs,
        functions: functions.into_iter().flatten().collect(),
        classes: classes.into_iter().flatten().collect(),
        scope: resolved.scopes.hir_scope(ScopeId::MODULE),
        body,
        docstring,
        globals: Vec::new(),
        future_annotations: resolved.future_annotations,
        has_star_import,
        has_annotations: frame.has_annotations,
    };
    awaited::mark(&mut module);
    flow::analyse(&mut module);
    module.globals = facts::globals(&module);
    module
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FrameKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Genexpr,
    Lazy,
}

impl FrameKind {
    fn is_function(self) -> bool {
        match self {
            FrameKind::Module | FrameKind::Class => false,
            FrameKind::Function | FrameKind::AsyncFunction | FrameKind::Lambda | FrameKind::Genexpr | FrameKind::Lazy => true,
        }
    }

    /// `async for` and the like may stand in it; a generator expression becomes asynchronous by them.
    fn may_be_async(self) -> bool {
        match self {
            FrameKind::AsyncFunction | FrameKind::Genexpr => true,
            FrameKind::Module | FrameKind::Class | FrameKind::Function | FrameKind::Lambda | FrameKind::Lazy => false,
        }
    }
}

/// What encloses a statement inside its code body (CPython: fblocks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enclosing {
    Loop,
    ExceptStar,
}

/// The code body being built.
struct Frame {
    kind: FrameKind,
    /// What definitions in this body have as parent.
    parent: Parent,
    /// Qualified name of this body, empty for the module.
    qualname: String,
    enclosing: Vec<Enclosing>,
    guards: Vec<ImportGuard>,
    protected: u32,
    facts: FnFacts,
    has_annotations: bool,
    first_param: Option<PyName>,
}

impl Frame {
    fn new(kind: FrameKind, parent: Parent, qualname: String) -> Self {
        Self {
            kind,
            parent,
            qualname,
            enclosing: Vec::new(),
            guards: Vec::new(),
            protected: 0,
            facts: FnFacts::default(),
            has_annotations: false,
            first_param: None,
        }
    }
}

struct Builder<'a> {
    file: &'a SourceFile,
    module_name: PyName,
    is_package: bool,
    scopes: &'a Scopes,
    future_annotations: bool,
    last_future: Option<TextRange>,
    /// The current scope; may be one inlined in the frame's.
    scope: ScopeId,
    class: Option<String>,
    exprs: Vec<Expr>,
    /// Reserved when entered, filled when left, so that ids follow the text.
    functions: Vec<Option<Function>>,
    classes: Vec<Option<Class>>,
    /// Names assigned on `self`, per class around this point.
    static_attributes: Vec<BTreeSet<PyName>>,
    has_star_import: bool,
    frame: Frame,
    errors: Diagnostics,
}

impl<'a> Builder<'a> {
    fn span(&self, range: TextRange) -> Span {
        span(self.file, range)
    }

    fn error(&mut self, message: impl Into<String>, range: TextRange) {
        let at = self.span(range);
        self.errors.push(Diagnostic::syntax("SyntaxError", message, at));
    }

    fn name(&self, name: &str) -> PyName {
        mangle(self.class.as_deref(), name)
    }

    fn add(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let id = ExprId(self.exprs.len() as u32);
        self.exprs.push(Expr { kind, span });
        id
    }

    fn load(&self, name: &PyName) -> Place {
        self.scopes.load(self.scope, name)
    }

    fn store(&self, name: &PyName) -> Place {
        self.scopes.store(self.scope, name)
    }

    /// The scope a node opens.
    fn scope_of(&self, kind: ScopeKind, range: TextRange) -> ScopeId {
        self.scopes.find(kind, range.start().into(), range.end().into())
    }

    /// Builds in a scope that is inlined in this body.
    fn inlined<R>(&mut self, scope: ScopeId, build: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = build(self);
        self.scope = outer;
        result
    }

    /// Builds a code body of its own.
    fn framed<R>(&mut self, scope: ScopeId, frame: Frame, build: impl FnOnce(&mut Self) -> R) -> (R, Frame) {
        let outer_scope = std::mem::replace(&mut self.scope, scope);
        let outer_frame = std::mem::replace(&mut self.frame, frame);
        let result = build(self);
        self.scope = outer_scope;
        (result, std::mem::replace(&mut self.frame, outer_frame))
    }

    /// CPython 3.13: compile.c, compiler_set_qualname.
    fn qualname(&self, name: &PyName) -> String {
        let declared_global =
            self.scopes.symbol(self.scope, &self.name(name.as_str())).is_some_and(|symbol| symbol.global.is_some());
        if declared_global || self.frame.qualname.is_empty() {
            return name.as_str().to_owned();
        }
        let outer = &self.frame.qualname;
        match self.frame.kind {
            FrameKind::Function | FrameKind::AsyncFunction | FrameKind::Lambda => format!("{outer}.<locals>.{name}"),
            FrameKind::Module | FrameKind::Class | FrameKind::Genexpr | FrameKind::Lazy => format!("{outer}.{name}"),
        }
    }

    fn reserve_function(&mut self) -> FnId {
        self.functions.push(None);
        FnId(self.functions.len() as u32 - 1)
    }

    fn fill_function(&mut self, id: FnId, function: Function) {
        if let Some(slot) = self.functions.get_mut(id.index()) {
            *slot = Some(function);
        }
    }

    /// The docstring, cleaned as CPython 3.13 does, and the statements after it.
    fn docstring<'b>(&mut self, body: &'b [ast::Stmt]) -> (Option<ExprId>, &'b [ast::Stmt]) {
        if let Some((ast::Stmt::Expr(first), rest)) = body.split_first()
            && let ast::Expr::StringLiteral(string) = &*first.value
        {
            let kind = match self.string(&string.value) {
                Const::Str(text) => Const::Str(literal::clean_docstring(&text).into()),
                other @ (
                    Const::None | Const::True | Const::False | Const::Ellipsis | Const::Int(_) | Const::BigInt(_) | Const::Float(_)
                    | Const::Imag(_) | Const::StrPoints(_) | Const::Bytes(_)
                ) => other,
            };
            let at = self.span(string.range);
            return (Some(self.add(ExprKind::Const(kind), at)), rest);
        }
        (None, body)
    }
}
