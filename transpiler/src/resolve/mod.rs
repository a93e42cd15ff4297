//! Owns: syntax tree → scopes; the errors that CPython's symbol table raises.
//! Never: knows types, builds HIR.
//!
//! CPython 3.13: Python/symtable.c. Names are visited in the order in which the compiled code meets them
//! (values before targets), because that order decides `co_varnames`.

mod expr;
pub mod imports;
pub mod scope;
mod stmt;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::hir::PyName;
use crate::parse::{Ranged, TextRange, ast, span};
use crate::source::{SourceFile, Span};

pub use scope::{ScopeId, ScopeKind, Scopes, Symbol};

/// What `build` needs to know about the names of a file.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    pub scopes: Scopes,
    pub future_annotations: bool,
    /// The last `from __future__` at the beginning of the file.
    pub last_future: Option<TextRange>,
}

/// Resolves the names of a module.
pub fn resolve(file: &SourceFile, module: &ast::ModModule, diagnostics: &mut Diagnostics) -> Resolved {
    let mut resolver = Resolver {
        file,
        scopes: Scopes::default(),
        current: ScopeId::MODULE,
        class: None,
        in_iterable: 0,
        future_annotations: false,
        lazy: "",
        errors: Diagnostics::default(),
    };
    resolver.scopes.push(ScopeKind::Module, None, key(module.range));
    let last_future = resolver.futures(&module.body);
    resolver.block(&module.body);
    resolver.check_nonlocals();
    let Resolver { mut scopes, future_annotations, errors, .. } = resolver;
    diagnostics.extend(errors);
    scopes.finish();
    Resolved { scopes, future_annotations, last_future }
}

pub fn key(range: TextRange) -> (u32, u32) {
    (range.start().into(), range.end().into())
}

/// `__x` in class `C` becomes `_C__x` (CPython 3.13: Python/compile.c, _Py_Mangle).
pub fn mangle(class: Option<&str>, name: &str) -> PyName {
    let Some(class) = class else { return PyName::new(name) };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return PyName::new(name);
    }
    let class = class.trim_start_matches('_');
    if class.is_empty() {
        return PyName::new(name);
    }
    PyName::new(&format!("_{class}{name}"))
}

/// CPython gives some errors no end.
fn start_of(range: TextRange) -> TextRange {
    TextRange::empty(range.start())
}

struct Resolver<'a> {
    file: &'a SourceFile,
    scopes: Scopes,
    current: ScopeId,
    /// The innermost class, for mangling.
    class: Option<String>,
    /// Depth of comprehension iterables around this point.
    in_iterable: u32,
    future_annotations: bool,
    /// What the innermost lazily evaluated expression belongs to, in CPython's words.
    lazy: &'static str,
    errors: Diagnostics,
}

impl Resolver<'_> {
    fn error(&mut self, message: String, range: TextRange) {
        self.error_at(message, span(self.file, range));
    }

    fn error_at(&mut self, message: String, span: Span) {
        self.errors.push(Diagnostic::syntax("SyntaxError", message, span));
    }

    fn name(&self, name: &str) -> PyName {
        mangle(self.class.as_deref(), name)
    }

    fn kind(&self) -> ScopeKind {
        self.scopes.get(self.current).kind
    }

    fn bind(&mut self, name: &str) -> &mut Symbol {
        let symbol = self.bind_import(name);
        symbol.assigned = true;
        symbol
    }
    fn bind_import(&mut self, name: &str) -> &mut Symbol {
        let name = self.name(name);
        let symbol = self.scopes.symbol_mut(self.current, &name);
        symbol.bound = true;
        symbol
    }

    fn use_name(&mut self, name: &str) {
        let name = self.name(name);
        self.scopes.symbol_mut(self.current, &name).used = true;
        // Zero-argument super() needs the class (CPython: symtable_visit_expr, Name_kind).
        let function_like = !self.kind().is_namespace();
        if name.as_str() == "super" && function_like {
            self.scopes.symbol_mut(self.current, &PyName::new("__class__")).used = true;
        }
    }

    /// Runs `body` in a new scope.
    fn enter<R>(&mut self, kind: ScopeKind, range: TextRange, body: impl FnOnce(&mut Self) -> R) -> R {
        let id = self.scopes.push(kind, Some(self.current), key(range));
        let outer = std::mem::replace(&mut self.current, id);
        // A new code body inside an iterable is no longer part of it.
        let iterable = if kind.is_inlined() { self.in_iterable } else { 0 };
        let saved = std::mem::replace(&mut self.in_iterable, iterable);
        let result = body(self);
        self.in_iterable = saved;
        self.current = outer;
        result
    }

    /// The last `from __future__` before everything else. CPython 3.13: Python/future.c.
    fn futures(&mut self, body: &[ast::Stmt]) -> Option<TextRange> {
        const KNOWN: &[&str] = &[
            "nested_scopes", "generators", "division", "absolute_import", "with_statement", "print_function",
            "unicode_literals", "barry_as_FLUFL", "generator_stop", "annotations",
        ];
        let docstring = |stmt: &ast::Stmt| stmt.as_expr_stmt().is_some_and(|stmt| stmt.value.is_string_literal_expr());
        let rest = if body.first().is_some_and(docstring) { body.get(1..).unwrap_or_default() } else { body };
        let imports = rest.iter().map_while(ast::Stmt::as_import_from_stmt);
        let is_future = |import: &&ast::StmtImportFrom| import.level == 0 && import.module.as_deref() == Some("__future__");
        let mut last = None;
        for import in imports.take_while(is_future) {
            last = Some(import.range);
            for alias in &import.names {
                match alias.name.as_str() {
                    "annotations" => self.future_annotations = true,
                    "braces" => self.error("not a chance".into(), start_of(import.range)),
                    name if KNOWN.contains(&name) => {}
                    name => self.error(format!("future feature {name} is not defined"), start_of(import.range)),
                }
            }
        }
        last
    }

    fn check_nonlocals(&mut self) {
        // CPython notes a `global` of any scope with the module too (symtable.c, `symtable_add_def_helper`).
        let all: Vec<_> = self.scopes.ids().collect();
        let globals: std::collections::HashSet<PyName> = all
            .iter()
            .flat_map(|id| self.scopes.names(*id).iter().filter(|name| self.scopes.symbol(*id, name).is_some_and(|symbol| symbol.global.is_some())))
            .cloned()
            .collect();
        for id in self.scopes.ids() {
            for name in self.scopes.names(id).to_vec() {
                let Some(symbol) = self.scopes.symbol(id, &name) else { continue };
                let (global, nonlocal, param) = (symbol.global, symbol.nonlocal, symbol.param);
                let Some(at) = nonlocal else { continue };
                if self.scopes.get(id).kind == ScopeKind::Module {
                    if globals.contains(&name) {
                        self.error_at(format!("name '{name}' is nonlocal and global"), at);
                        continue;
                    }
                    self.error_at("nonlocal declaration not allowed at module level".into(), at);
                    continue;
                }
                if self.scopes.get(id).kind.is_inlined() || self.scopes.get(id).kind == ScopeKind::Genexpr {
                    continue;
                }
                if let Some(global) = global {
                    let first = if global.start < at.start { global } else { at };
                    self.error_at(format!("name '{name}' is nonlocal and global"), first);
                } else if !param {
                    match self.scopes.enclosing_binding(id, &name) {
                        None => self.error_at(format!("no binding for nonlocal '{name}' found"), at),
                        Some(found) if self.scopes.get(found).kind == ScopeKind::TypeParams => {
                            self.error_at(format!("nonlocal binding not allowed for type parameter '{name}'"), at);
                        }
                        Some(_) => {}
                    }
                }
            }
        }
    }

    fn parameters(&mut self, parameters: &ast::Parameters) {
        let ast::Parameters { posonlyargs, args, vararg, kwonlyargs, kwarg, range: _, node_index: _ } = parameters;
        let named = posonlyargs.iter().chain(args).chain(kwonlyargs).map(|p| &p.parameter);
        let rest = vararg.iter().chain(kwarg).map(|p| &**p);
        for parameter in named.chain(rest) {
            let symbol = self.bind(parameter.name.as_str());
            let twice = std::mem::replace(&mut symbol.param, true);
            if twice {
                let text = format!("duplicate argument '{}' in function definition", parameter.name.as_str());
                // Without the stars, which the node of CPython does not have.
                self.error(text, crate::parse::TextRange::new(parameter.name.range.start(), parameter.range.end()));
            }
        }
    }

    /// An expression that is evaluated when somebody asks for it.
    fn lazily(&mut self, of: &'static str, expr: &ast::Expr) {
        let outer = std::mem::replace(&mut self.lazy, of);
        self.enter(ScopeKind::Lazy, expr.range(), |this| this.expr(expr));
        self.lazy = outer;
    }

    fn defaults(&mut self, parameters: &ast::Parameters) {
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        for parameter in positional.chain(&parameters.kwonlyargs) {
            if let Some(default) = &parameter.default {
                self.expr(default);
            }
        }
    }

    fn parameter_annotations(&mut self, parameters: &ast::Parameters, returns: Option<&ast::Expr>) {
        if self.future_annotations {
            return;
        }
        for annotation in annotations_in_order(parameters) {
            self.annotation(annotation.1);
        }
        if let Some(returns) = returns {
            self.annotation(returns);
        }
    }

    /// `*args: *Ts` is a starred expression in annotation position.
    fn annotation(&mut self, annotation: &ast::Expr) {
        self.expr(annotation);
    }

    fn type_params(&mut self, params: &ast::TypeParams) {
        for param in &params.type_params {
            let name = match param {
                ast::TypeParam::TypeVar(p) => &p.name,
                ast::TypeParam::TypeVarTuple(p) => &p.name,
                ast::TypeParam::ParamSpec(p) => &p.name,
            };
            let mangled = self.name(name.as_str());
            if self.scopes.symbol(self.current, &mangled).is_some_and(|symbol| symbol.bound) {
                self.error(format!("duplicate type parameter '{}'", name.as_str()), param.range());
            }
            self.bind(name.as_str());
        }
        for param in &params.type_params {
            let (bound, default, of) = match param {
                ast::TypeParam::TypeVar(p) => (p.bound.as_deref(), p.default.as_deref(), "a TypeVar default"),
                ast::TypeParam::TypeVarTuple(p) => (None, p.default.as_deref(), "a TypeVarTuple default"),
                ast::TypeParam::ParamSpec(p) => (None, p.default.as_deref(), "a ParamSpec default"),
            };
            let bound_of = if bound.is_some_and(ast::Expr::is_tuple_expr) { "a TypeVar constraint" } else { "a TypeVar bound" };
            for (lazy, of) in bound.map(|bound| (bound, bound_of)).into_iter().chain(default.map(|default| (default, of))) {
                self.lazily(of, lazy);
            }
        }
    }
}

/// Annotated parameters in the order in which CPython evaluates their annotations
/// (compile.c, compiler_visit_annotations).
pub fn annotations_in_order(parameters: &ast::Parameters) -> Vec<(&ast::Identifier, &ast::Expr)> {
    let ast::Parameters { posonlyargs, args, vararg, kwonlyargs, kwarg, range: _, node_index: _ } = parameters;
    let named = posonlyargs.iter().chain(args).map(|p| &p.parameter);
    let rest = vararg.iter().map(|p| &**p).chain(kwonlyargs.iter().map(|p| &p.parameter));
    let all = named.chain(rest).chain(kwarg.iter().map(|p| &**p));
    all.filter_map(|p| p.annotation.as_deref().map(|annotation| (&p.name, annotation))).collect()
}
