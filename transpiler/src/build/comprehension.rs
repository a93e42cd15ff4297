//! Owns: comprehensions (inlined, PEP 709) and generator expressions (functions of their own).
//! Never: other functions.

use super::{Builder, Frame, FrameKind};
use crate::hir::*;
use crate::parse::{Ranged, TextRange, ast};
use crate::resolve::ScopeKind;
use crate::source::Span;

impl Builder<'_> {
    pub(super) fn list_comp(&mut self, e: &ast::ExprListComp) -> ExprKind {
        self.comprehension(e.range, &e.generators, |this| ComprehensionKind::List(this.element(&e.elt)))
    }

    pub(super) fn set_comp(&mut self, e: &ast::ExprSetComp) -> ExprKind {
        self.comprehension(e.range, &e.generators, |this| ComprehensionKind::Set(this.element(&e.elt)))
    }

    pub(super) fn dict_comp(&mut self, e: &ast::ExprDictComp) -> ExprKind {
        self.comprehension(e.range, &e.generators, |this| {
            let key = this.expr(&e.key);
            ComprehensionKind::Dict(key, this.expr(&e.value))
        })
    }

    fn element(&mut self, element: &ast::Expr) -> ExprId {
        if element.is_starred_expr() {
            self.error("iterable unpacking cannot be used in comprehension", element.range());
        }
        self.expr(element)
    }

    fn comprehension(
        &mut self,
        range: TextRange,
        generators: &[ast::Comprehension],
        element: impl FnOnce(&mut Self) -> ComprehensionKind,
    ) -> ExprKind {
        let scope = self.scope_of(ScopeKind::Comprehension, range);
        let is_async = self.scopes.get(scope).awaits;
        if is_async {
            self.frame.facts.has_await = true;
            self.frame.facts.suspends_in_try |= self.frame.protected > 0;
        }
        if is_async && !self.frame.kind.may_be_async() {
            self.error("asynchronous comprehension outside of an asynchronous function", range);
        }
        let Some((first, rest)) = generators.split_first() else { return ExprKind::Const(Const::None) };
        let iter = self.expr(&first.iter);
        let (kind, clauses) = self.inlined(scope, |this| {
            let mut clauses = vec![this.clause(first, Some(iter))];
            for generator in rest {
                clauses.push(this.clause(generator, None));
            }
            (element(this), clauses)
        });
        let locals = self.scopes.slots(scope);
        ExprKind::Comprehension(Box::new(Comprehension { kind, clauses, locals, is_async }))
    }

    fn clause(&mut self, clause: &ast::Comprehension, iter: Option<ExprId>) -> Clause {
        let iter = iter.unwrap_or_else(|| self.expr(&clause.iter));
        let target = self.target(&clause.target);
        let ifs = self.exprs(&clause.ifs);
        Clause { target, iter, ifs, is_async: clause.is_async }
    }

    pub(super) fn genexpr(&mut self, e: &ast::ExprGenerator) -> ExprKind {
        let Some(first) = e.generators.first() else { return ExprKind::Const(Const::None) };
        let first_iter = self.expr(&first.iter);
        let scope = self.scope_of(ScopeKind::Genexpr, e.range);
        let is_async = self.scopes.get(scope).awaits;
        let name = PyName::new("<genexpr>");
        let qualname = self.qualname(&name);
        let id = self.reserve_function();
        let parent = self.frame.parent;
        let mut frame = Frame::new(FrameKind::Genexpr, Parent::Function(id), qualname.clone());
        frame.first_param = Some(PyName::new(".0"));
        let at = self.genexpr_span(e);
        let iterator = PyName::new(".0");
        let (body, frame) = self.framed(scope, frame, |this| {
            let place = this.load(&iterator);
            let iter = this.add(ExprKind::Name(Var { place, bound: true }), at);
            this.genexpr_body(e, &e.generators, Some(iter))
        });
        let mut facts = frame.facts;
        facts.has_yield = true;
        facts.has_await |= is_async;
        let scope_data = self.scopes.hir_scope(scope);
        facts.uses_class_cell = scope_data.frees.iter().any(|name| name.as_str() == "__class__");
        let param = Param {
            name: iterator.clone(),
            kind: ParamKind::PositionalOnly,
            local: self.scopes.slot(scope, &iterator).unwrap_or(LocalId(0)),
            has_default: false,
            span: at,
        };
        let line = self.file.line(at.start);
        let function = Function {
            id,
            name,
            qualname: PyName::new(&qualname),
            kind: if is_async { FnKind::AsyncGenerator } else { FnKind::Generator },
            form: FnForm::Genexpr,
            parent,
            params: vec![param],
            scope: scope_data,
            body,
            docstring: None,
            facts,
            span: at,
            first_line: line,
            def_line: line,
        };
        self.fill_function(id, function);
        let closure = ClosureDef { function: id, captures: self.scopes.captures(scope), defaults: Vec::new() };
        ExprKind::Genexpr { closure, first: first_iter, async_first: first.is_async }
    }

    /// The parentheses of a call with one argument are those of its generator expression too.
    fn genexpr_span(&self, e: &ast::ExprGenerator) -> Span {
        let span = self.span(e.range);
        if e.parenthesized {
            return span;
        }
        let before = self.file.text.get(..span.start as usize).unwrap_or("").trim_end();
        let after = self.file.text.get(span.end as usize..).unwrap_or("");
        let close = after.len() - after.trim_start().len();
        let start = if before.ends_with('(') { before.len() as u32 - 1 } else { span.start };
        let end = if after.trim_start().starts_with(')') { span.end + close as u32 + 1 } else { span.end };
        self.file.span(start, end)
    }

    /// `for … in …: if …:` nested as the clauses are, around one `yield`.
    fn genexpr_body(
        &mut self,
        e: &ast::ExprGenerator,
        clauses: &[ast::Comprehension],
        iter: Option<ExprId>,
    ) -> Block {
        let Some((clause, rest)) = clauses.split_first() else {
            let value = self.element(&e.elt);
            let at = self.span(e.elt.range());
            let element = self.add(ExprKind::Yield(Some(value)), at);
            return vec![Stmt { kind: StmtKind::Expr(element), span: at }];
        };
        let is_iterator = iter.is_some();
        let iter = iter.unwrap_or_else(|| self.expr(&clause.iter));
        let target = self.target(&clause.target);
        let tests: Vec<(ExprId, Span)> =
            clause.ifs.iter().map(|test| (self.expr(test), self.span(test.range()))).collect();
        let mut body = self.genexpr_body(e, rest, None);
        for (test, span) in tests.into_iter().rev() {
            body = vec![Stmt { kind: StmtKind::If { test, then: body, orelse: Vec::new() }, span }];
        }
        let span = self.span(clause.range);
        let kind =
            For { is_async: clause.is_async, target, iter, is_iterator, body, orelse: Vec::new() };
        vec![Stmt { kind: StmtKind::For(kind), span }]
    }
}
