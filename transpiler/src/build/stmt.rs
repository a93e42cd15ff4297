//! Owns: simple statements, `if`, loops.
//! Never: definitions, `try`, `with`, `match`, imports.

use super::{Builder, Enclosing, FrameKind};
use crate::hir::*;
use crate::parse::{Ranged, TextRange, ast};

impl Builder<'_> {
    pub(super) fn block(&mut self, body: &[ast::Stmt]) -> Block {
        let mut built = Vec::new();
        for stmt in body {
            self.stmt(stmt, &mut built);
        }
        built
    }

    fn stmt(&mut self, stmt: &ast::Stmt, into: &mut Block) {
        use ast::Stmt as S;
        let span = self.span(stmt.range());
        let kind = match stmt {
            S::FunctionDef(s) => self.function_def(s),
            S::ClassDef(s) => self.class_def(s),
            S::Return(s) => {
                self.check_return(s);
                let value = self.maybe(s.value.as_deref());
                if self.frame.enclosing.contains(&Enclosing::ExceptStar) {
                    self.except_star_jump(s.range);
                }
                StmtKind::Return(value)
            }
            S::Delete(s) => StmtKind::Delete(s.targets.iter().map(|target| self.target(target)).collect()),
            S::TypeAlias(s) => self.type_alias(s),
            S::Assign(s) => {
                let value = self.expr(&s.value);
                StmtKind::Assign { targets: s.targets.iter().map(|target| self.target(target)).collect(), value }
            }
            S::AugAssign(s) => {
                let target = self.augmented(&s.target);
                let value = self.expr(&s.value);
                StmtKind::AugAssign { target, op: super::expr::bin_op(s.op), value }
            }
            S::AnnAssign(s) => StmtKind::AnnAssign(self.ann_assign(s)),
            S::For(s) => self.for_(s),
            S::While(s) => {
                let test = self.expr(&s.test);
                self.frame.enclosing.push(Enclosing::Loop);
                let body = self.conditional(&s.body);
                self.frame.enclosing.pop();
                StmtKind::While { test, body, orelse: self.block(&s.orelse) }
            }
            S::If(s) => {
                let clauses = &s.elif_else_clauses;
                self.if_(&s.test, &s.body, clauses)
            }
            S::With(s) => self.with(s),
            S::Match(s) => self.match_(s),
            S::Raise(s) => {
                let exc = self.maybe(s.exc.as_deref());
                StmtKind::Raise { exc, cause: self.maybe(s.cause.as_deref()) }
            }
            S::Try(s) => self.try_(s),
            S::Assert(s) => {
                let test = self.expr(&s.test);
                StmtKind::Assert { test, message: self.maybe(s.msg.as_deref()) }
            }
            S::Import(s) => return self.import(s, span, into),
            S::ImportFrom(s) => self.import_from(s),
            // Resolved away: their effect is in the places of the names.
            S::Global(_) | S::Nonlocal(_) | S::Pass(_) => StmtKind::Pass,
            S::Expr(s) => StmtKind::Expr(self.expr(&s.value)),
            S::Break(s) => {
                self.check_loop(s.range, "'break' outside loop");
                StmtKind::Break
            }
            S::Continue(s) => {
                self.check_loop(s.range, "'continue' not properly in loop");
                StmtKind::Continue
            }
            S::IpyEscapeCommand(s) => {
                self.error("invalid syntax", s.range);
                StmtKind::Pass
            }
        };
        into.push(Stmt { kind, span });
    }

    /// A block that may not run: imports in it are conditional.
    pub(super) fn conditional(&mut self, body: &[ast::Stmt]) -> Block {
        self.guarded(ImportGuard::Conditional, body)
    }

    pub(super) fn guarded(&mut self, guard: ImportGuard, body: &[ast::Stmt]) -> Block {
        self.frame.guards.push(guard);
        let built = self.block(body);
        self.frame.guards.pop();
        built
    }

    fn if_(&mut self, test: &ast::Expr, body: &[ast::Stmt], clauses: &[ast::ElifElseClause]) -> StmtKind {
        let (then_guard, else_guard) = guards_of(test);
        let built_test = self.expr(test);
        let then = self.guarded(then_guard, body);
        self.frame.guards.push(else_guard);
        let orelse = match clauses.split_first() {
            None => Vec::new(),
            Some((clause, rest)) => match &clause.test {
                None => self.block(&clause.body),
                Some(test) => {
                    let kind = self.if_(test, &clause.body, rest);
                    let end = rest.last().map_or(clause.range.end(), |last| last.range.end());
                    vec![Stmt { kind, span: self.span(TextRange::new(clause.range.start(), end)) }]
                }
            },
        };
        self.frame.guards.pop();
        StmtKind::If { test: built_test, then, orelse }
    }

    fn for_(&mut self, s: &ast::StmtFor) -> StmtKind {
        if s.is_async {
            self.check_async("'async for'", s.range);
        }
        let iter = self.expr(&s.iter);
        let target = self.target(&s.target);
        self.frame.enclosing.push(Enclosing::Loop);
        let body = self.conditional(&s.body);
        self.frame.enclosing.pop();
        let orelse = self.block(&s.orelse);
        StmtKind::For(For { is_async: s.is_async, target, iter, is_iterator: false, body, orelse })
    }

    fn ann_assign(&mut self, s: &ast::StmtAnnAssign) -> AnnAssign {
        let value = self.maybe(s.value.as_deref());
        let at_function = self.frame.kind.is_function();
        let target = self.annotated(s);
        let annotation = match s.target.as_name_expr().filter(|_| s.simple) {
            Some(_) | None if at_function => AnnotationUse::Ignored,
            Some(name) => {
                self.frame.has_annotations = true;
                let name = self.name(name.id.as_str());
                AnnotationUse::Stored { name, value: self.annotation(&s.annotation) }
            }
            None if self.future_annotations => AnnotationUse::Ignored,
            None => AnnotationUse::Evaluated(self.expr(&s.annotation)),
        };
        AnnAssign { target, value, annotation }
    }

    fn type_alias(&mut self, s: &ast::StmtTypeAlias) -> StmtKind {
        let ast::Expr::Name(name) = &*s.name else { return StmtKind::Pass };
        let outer = self.scope;
        if s.type_params.is_some() {
            self.scope = self.scope_of(crate::resolve::ScopeKind::TypeParams, s.range);
        }
        let type_params = self.type_params(s.type_params.as_deref(), s.range);
        let mangled = self.name(name.id.as_str());
        let value = self.lazy(&mangled, &s.value);
        self.scope = outer;
        let target = Var::new(self.store_name(name.id.as_str(), s.range));
        StmtKind::TypeAlias(TypeAlias { name: mangled, target, type_params, value })
    }

    pub(super) fn check_async(&mut self, what: &str, range: TextRange) {
        self.frame.facts.has_await = true;
        self.frame.facts.suspends_in_try |= self.frame.protected > 0;
        if !self.frame.kind.may_be_async() {
            self.error(format!("{what} outside async function"), range);
        }
    }

    /// CPython 3.13: compile.c, compiler_return, in front of the value.
    fn check_return(&mut self, s: &ast::StmtReturn) {
        if !self.frame.kind.is_function() {
            self.error("'return' outside function", s.range);
        } else if self.frame.kind == FrameKind::AsyncFunction && s.value.is_some() && self.scopes.get(self.scope).has_yield {
            self.error("'return' with value in async generator", s.range);
        }
    }

    /// CPython 3.13: compile.c, compiler_break and compiler_unwind_fblock.
    fn check_loop(&mut self, range: TextRange, outside: &str) {
        match self.frame.enclosing.last() {
            Some(Enclosing::Loop) => {}
            Some(Enclosing::ExceptStar) => self.except_star_jump(range),
            None => self.error(outside, range),
        }
    }

    fn except_star_jump(&mut self, range: TextRange) {
        self.error("'break', 'continue' and 'return' cannot appear in an except* block", range);
    }
}

/// The import guards of the two branches of an `if`.
fn guards_of(test: &ast::Expr) -> (ImportGuard, ImportGuard) {
    let name = match test {
        ast::Expr::Name(name) => name.id.as_str(),
        ast::Expr::Attribute(attribute) => attribute.attr.as_str(),
        ast::Expr::UnaryOp(unary) if unary.op == ast::UnaryOp::Not => {
            let (then, orelse) = guards_of(&unary.operand);
            return (orelse, then);
        }
        ast::Expr::Compare(compare) => {
            let is_name = compare.left.as_name_expr().is_some_and(|name| name.id.as_str() == "__name__");
            let guard = if is_name { ImportGuard::Always } else { ImportGuard::Conditional };
            return (guard, ImportGuard::Conditional);
        }
        ast::Expr::BoolOp(_) | ast::Expr::Named(_) | ast::Expr::BinOp(_) | ast::Expr::UnaryOp(_) | ast::Expr::Lambda(_) | ast::Expr::If(_)
        | ast::Expr::Dict(_) | ast::Expr::Set(_) | ast::Expr::ListComp(_) | ast::Expr::SetComp(_) | ast::Expr::DictComp(_)
        | ast::Expr::Generator(_) | ast::Expr::Await(_) | ast::Expr::Yield(_) | ast::Expr::YieldFrom(_) | ast::Expr::Call(_)
        | ast::Expr::FString(_) | ast::Expr::TString(_) | ast::Expr::StringLiteral(_) | ast::Expr::BytesLiteral(_)
        | ast::Expr::NumberLiteral(_) | ast::Expr::BooleanLiteral(_) | ast::Expr::NoneLiteral(_) | ast::Expr::EllipsisLiteral(_)
        | ast::Expr::Subscript(_) | ast::Expr::Starred(_) | ast::Expr::List(_) | ast::Expr::Tuple(_) | ast::Expr::Slice(_)
        | ast::Expr::IpyEscapeCommand(_) => "",
    };
    if name == "TYPE_CHECKING" {
        (ImportGuard::TypeChecking, ImportGuard::Always)
    } else {
        (ImportGuard::Conditional, ImportGuard::Conditional)
    }
}
