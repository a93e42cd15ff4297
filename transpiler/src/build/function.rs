//! Owns: `def`, `lambda`, parameters, lazily evaluated type expressions, type parameters.
//! Never: classes.

use super::{Builder, Frame, FrameKind};
use super::target::{DEBUG, NO_DEBUG};
use crate::hir::*;
use crate::parse::{Ranged, TextRange, ast};
use crate::resolve::{ScopeId, ScopeKind, annotations_in_order};

impl Builder<'_> {
    pub(super) fn function_def(&mut self, s: &ast::StmtFunctionDef) -> StmtKind {
        self.check_params(&s.parameters);
        let decorators: Vec<ExprId> =
            s.decorator_list.iter().map(|decorator| self.expr(&decorator.expression)).collect();
        let defaults = self.defaults(&s.parameters);
        // Only the binding is mangled; the function keeps its name as written.
        let name = PyName::new(s.name.as_str());
        let qualname = self.qualname(&name);
        let outer = self.scope;
        if s.type_params.is_some() {
            self.scope = self.scope_of(ScopeKind::TypeParams, s.range);
        }
        let type_params = self.type_params(s.type_params.as_deref(), s.range);
        let annotations = self.annotations(s);
        let closure = self.function(s, &name, qualname, defaults);
        self.scope = outer;
        let target = self.store_name(s.name.as_str(), if s.decorator_list.is_empty() { s.range } else { s.name.range });
        let start = s.decorator_list.last().map_or(s.range.start(), |decorator| decorator.range.end());
        let keyword = if s.is_async { "async" } else { "def" };
        let def = self.find_between(start.into(), s.name.range.start().into(), keyword);
        let name_span = def.to(self.span(s.name.range));
        StmtKind::FunctionDef(FnDef { closure, target, decorators, annotations, type_params, name_span })
    }

    fn function(
        &mut self,
        s: &ast::StmtFunctionDef,
        name: &PyName,
        qualname: String,
        defaults: Vec<(usize, ExprId)>,
    ) -> ClosureDef {
        let id = self.reserve_function();
        let scope = self.scope_of(ScopeKind::Function, s.range);
        let kind = if s.is_async { FrameKind::AsyncFunction } else { FrameKind::Function };
        let mut frame = Frame::new(kind, Parent::Function(id), qualname.clone());
        frame.first_param = self.first_param(&s.parameters);
        let parent = self.frame.parent;
        let ((docstring, body), frame) = self.framed(scope, frame, |this| {
            let (docstring, rest) = this.docstring(&s.body);
            (docstring, this.block(rest))
        });
        let has_yield = self.scopes.get(scope).has_yield;
        let kind = match (s.is_async, has_yield) {
            (false, false) => FnKind::Sync,
            (false, true) => FnKind::Generator,
            (true, false) => FnKind::Coroutine,
            (true, true) => FnKind::AsyncGenerator,
        };
        let params = self.params(&s.parameters, scope);
        let span = self.span(s.range);
        let name_at = self.span(s.name.range);
        let first_line = match s.decorator_list.first() {
            Some(decorator) => self.file.line(decorator.range.start().into()),
            None => self.def_line(s, name_at.start),
        };
        let def_line = self.def_line(s, name_at.start);
        let function = Function {
            id,
            name: name.clone(),
            qualname: PyName::new(&qualname),
            kind,
            form: FnForm::Def,
            parent,
            params,
            scope: self.scopes.hir_scope(scope),
            body,
            docstring,
            facts: frame.facts,
            span,
            first_line,
            def_line,
        };
        self.finish_function(scope, function, defaults)
    }

    /// The line of `def`, which stands on the line of the name unless a backslash divides them.
    fn def_line(&self, s: &ast::StmtFunctionDef, name_start: u32) -> u32 {
        match s.decorator_list.last() {
            None => self.file.line(s.range.start().into()),
            Some(_) => self.file.line(name_start),
        }
    }

    fn finish_function(&mut self, scope: ScopeId, mut function: Function, defaults: Vec<(usize, ExprId)>) -> ClosureDef {
        function.facts.uses_class_cell = function.scope.frees.iter().any(|name| name.as_str() == "__class__");
        function.facts.has_yield |= self.scopes.get(scope).has_yield;
        let id = function.id;
        self.fill_function(id, function);
        ClosureDef { function: id, captures: self.scopes.captures(scope), defaults }
    }

    fn first_param(&self, parameters: &ast::Parameters) -> Option<PyName> {
        let first = parameters.posonlyargs.iter().chain(&parameters.args).next();
        first.map(|parameter| self.name(parameter.parameter.name.as_str()))
    }

    /// CPython 3.13: compile.c, compiler_check_debug_args, before anything else of the function.
    fn check_params(&mut self, parameters: &ast::Parameters) {
        for parameter in parameters.iter().map(|parameter| parameter.as_parameter()) {
            if parameter.name.as_str() == DEBUG {
                self.error(NO_DEBUG, TextRange::new(parameter.name.range.start(), parameter.range.end()));
            }
        }
    }

    /// Default values in evaluation order, with the index of their parameter in the signature.
    fn defaults(&mut self, parameters: &ast::Parameters) -> Vec<(usize, ExprId)> {
        let mut defaults = Vec::new();
        let positional = parameters.posonlyargs.len() + parameters.args.len();
        let star = usize::from(parameters.vararg.is_some());
        for (at, parameter) in parameters.posonlyargs.iter().chain(&parameters.args).enumerate() {
            if let Some(default) = &parameter.default {
                defaults.push((at, self.expr(default)));
            }
        }
        for (at, parameter) in parameters.kwonlyargs.iter().enumerate() {
            if let Some(default) = &parameter.default {
                defaults.push((positional + star + at, self.expr(default)));
            }
        }
        defaults
    }

    fn params(&mut self, parameters: &ast::Parameters, scope: ScopeId) -> Vec<Param> {
        let ast::Parameters { posonlyargs, args, vararg, kwonlyargs, kwarg, range: _, node_index: _ } = parameters;
        let mut params = Vec::new();
        for parameter in posonlyargs {
            self.param(&parameter.parameter, ParamKind::PositionalOnly, parameter.default.is_some(), scope, &mut params);
        }
        for parameter in args {
            self.param(&parameter.parameter, ParamKind::Positional, parameter.default.is_some(), scope, &mut params);
        }
        if let Some(parameter) = vararg {
            self.param(parameter, ParamKind::Star, false, scope, &mut params);
        }
        for parameter in kwonlyargs {
            self.param(&parameter.parameter, ParamKind::KeywordOnly, parameter.default.is_some(), scope, &mut params);
        }
        if let Some(parameter) = kwarg {
            self.param(parameter, ParamKind::DoubleStar, false, scope, &mut params);
        }
        params
    }

    fn param(
        &mut self,
        parameter: &ast::Parameter,
        kind: ParamKind,
        has_default: bool,
        scope: ScopeId,
        params: &mut Vec<Param>,
    ) {
        let name = self.name(parameter.name.as_str());
        let local = self.scopes.slot(scope, &name).unwrap_or(LocalId(0));
        params.push(Param { name, kind, local, has_default, span: self.span(parameter.range) });
    }

    fn annotations(&mut self, s: &ast::StmtFunctionDef) -> Vec<(PyName, AnnotationValue)> {
        let mut built = Vec::new();
        for (name, annotation) in annotations_in_order(&s.parameters) {
            let value = self.annotation(annotation);
            built.push((self.name(name.as_str()), value));
        }
        if let Some(returns) = &s.returns {
            built.push((PyName::new("return"), self.annotation(returns)));
        }
        built
    }

    pub(super) fn annotation(&mut self, annotation: &ast::Expr) -> AnnotationValue {
        if self.future_annotations {
            return AnnotationValue::Text(super::unparse::unparse(self.file, annotation).into());
        }
        AnnotationValue::Expr(self.maybe_starred(annotation))
    }

    /// `*args: *Ts` and `[*Ts = *tuple[int]]` mean `(*Ts,)[0]`: the only element that unpacking Ts gives.
    fn maybe_starred(&mut self, expr: &ast::Expr) -> ExprId {
        let ast::Expr::Starred(starred) = expr else { return self.expr(expr) };
        let at = self.span(starred.range);
        let value = self.expr(&starred.value);
        let tuple = self.add(ExprKind::Tuple(vec![Element::Star(value)]), at);
        let zero = self.add(ExprKind::Const(Const::Int(0)), at);
        self.add(ExprKind::Subscript { object: tuple, index: zero, bracket_span: at }, at)
    }

    pub(super) fn lambda(&mut self, e: &ast::ExprLambda) -> ClosureDef {
        if let Some(parameters) = e.parameters.as_deref() {
            self.check_params(parameters);
        }
        let defaults = e.parameters.as_deref().map(|parameters| self.defaults(parameters)).unwrap_or_default();
        let scope = self.scope_of(ScopeKind::Lambda, e.range);
        let first = e.parameters.as_deref().and_then(|parameters| self.first_param(parameters));
        let (id, qualname, parent, (body, frame)) =
            self.expression_function("<lambda>", FrameKind::Lambda, scope, first, &e.body);
        let params = e.parameters.as_deref().map(|parameters| self.params(parameters, scope)).unwrap_or_default();
        let span = self.span(e.range);
        let line = self.file.line(span.start);
        let has_yield = self.scopes.get(scope).has_yield;
        let function = Function {
            id,
            name: PyName::new("<lambda>"),
            qualname,
            kind: if has_yield { FnKind::Generator } else { FnKind::Sync },
            form: FnForm::Lambda,
            parent,
            params,
            scope: self.scopes.hir_scope(scope),
            body,
            docstring: None,
            facts: frame.facts,
            span,
            first_line: line,
            def_line: line,
        };
        self.finish_function(scope, function, defaults)
    }

    /// A function of no parameters whose only statement returns `value`, run when somebody asks.
    pub(super) fn lazy(&mut self, name: &PyName, value: &ast::Expr) -> ClosureDef {
        let scope = self.scope_of(ScopeKind::Lazy, value.range());
        let (id, qualname, parent, (body, frame)) =
            self.expression_function(name.as_str(), FrameKind::Lazy, scope, None, value);
        let span = self.span(value.range());
        let line = self.file.line(span.start);
        let function = Function {
            id,
            name: name.clone(),
            qualname,
            kind: FnKind::Sync,
            form: FnForm::Lazy,
            parent,
            params: Vec::new(),
            scope: self.scopes.hir_scope(scope),
            body,
            docstring: None,
            facts: frame.facts,
            span,
            first_line: line,
            def_line: line,
        };
        self.finish_function(scope, function, Vec::new())
    }

    fn expression_function(
        &mut self,
        name: &str,
        kind: FrameKind,
        scope: ScopeId,
        first: Option<PyName>,
        value: &ast::Expr,
    ) -> (FnId, PyName, Parent, (Block, Frame)) {
        let qualname = self.qualname(&PyName::new(name));
        let id = self.reserve_function();
        let parent = self.frame.parent;
        let mut frame = Frame::new(kind, Parent::Function(id), qualname.clone());
        frame.first_param = first;
        let built = self.framed(scope, frame, |this| {
            let id = this.maybe_starred(value);
            vec![Stmt { kind: StmtKind::Return(Some(id)), span: this.span(value.range()) }]
        });
        (id, PyName::new(&qualname), parent, built)
    }

    /// The parameters of `[T, *Ts, **P]`; the current scope already is theirs.
    pub(super) fn type_params(&mut self, params: Option<&ast::TypeParams>, _owner: TextRange) -> Vec<TypeParam> {
        let Some(params) = params else { return Vec::new() };
        let mut built = Vec::new();
        let mut seen_default = false;
        for param in &params.type_params {
            let span = self.span(param.range());
            let (name, kind, bound, default) = match param {
                ast::TypeParam::TypeVar(p) => (&p.name, TypeParamKind::TypeVar, p.bound.as_deref(), p.default.as_deref()),
                ast::TypeParam::TypeVarTuple(p) => (&p.name, TypeParamKind::TypeVarTuple, None, p.default.as_deref()),
                ast::TypeParam::ParamSpec(p) => (&p.name, TypeParamKind::ParamSpec, None, p.default.as_deref()),
            };
            let written = name.as_str();
            let name = self.name(written);
            let is_constraints = bound.is_some_and(ast::Expr::is_tuple_expr);
            let bound = bound.map(|bound| self.lazy(&name, bound));
            let default = default.map(|default| self.lazy(&name, default));
            // CPython 3.13: compile.c, compiler_type_params.
            seen_default |= default.is_some();
            if seen_default && default.is_none() {
                self.error(format!("non-default type parameter '{written}' follows default type parameter"), param.range());
            }
            if name.as_str() == DEBUG {
                self.error(NO_DEBUG, param.range());
            }
            let slot = match self.scopes.slot(self.scope, &name) {
                Some(slot) => self.scopes.own_place(self.scope, slot),
                None => self.store(&name),
            };
            built.push(TypeParam { name, slot, kind, bound, is_constraints, default, span });
        }
        built
    }
}
