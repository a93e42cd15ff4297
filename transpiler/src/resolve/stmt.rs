//! Owns: the names that statements use and bind; `global` and `nonlocal`.
//! Never: expressions.

use super::{Resolver, ScopeKind};
use crate::parse::{Ranged, ast, span};

impl Resolver<'_> {
    pub(super) fn block(&mut self, body: &[ast::Stmt]) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &ast::Stmt) {
        use ast::Stmt;
        match stmt {
            Stmt::FunctionDef(s) => self.function_def(s),
            Stmt::ClassDef(s) => self.class_def(s),
            Stmt::Return(s) => self.exprs(s.value.as_deref()),
            Stmt::Delete(s) => self.exprs(&s.targets),
            Stmt::TypeAlias(s) => {
                if let Some(params) = &s.type_params {
                    self.enter(ScopeKind::TypeParams, s.range, |this| {
                        this.type_params(params);
                        this.lazily("a type alias", &s.value);
                    });
                } else {
                    self.lazily("a type alias", &s.value);
                }
                self.expr(&s.name);
            }
            Stmt::Assign(s) => {
                self.expr(&s.value);
                self.exprs(&s.targets);
            }
            Stmt::AugAssign(s) => {
                self.expr(&s.value);
                self.expr(&s.target);
            }
            Stmt::AnnAssign(s) => self.ann_assign(s),
            Stmt::For(s) => {
                self.expr(&s.iter);
                self.expr(&s.target);
                self.block(&s.body);
                self.block(&s.orelse);
            }
            Stmt::While(s) => {
                self.expr(&s.test);
                self.block(&s.body);
                self.block(&s.orelse);
            }
            Stmt::If(s) => {
                self.expr(&s.test);
                self.block(&s.body);
                for clause in &s.elif_else_clauses {
                    self.exprs(&clause.test);
                    self.block(&clause.body);
                }
            }
            Stmt::With(s) => {
                for item in &s.items {
                    self.expr(&item.context_expr);
                    self.exprs(item.optional_vars.as_deref());
                }
                self.block(&s.body);
            }
            Stmt::Match(s) => {
                self.expr(&s.subject);
                for case in &s.cases {
                    self.pattern(&case.pattern);
                    self.exprs(case.guard.as_deref());
                    self.block(&case.body);
                }
            }
            Stmt::Raise(s) => {
                self.exprs(s.exc.as_deref());
                self.exprs(s.cause.as_deref());
            }
            Stmt::Try(s) => {
                self.block(&s.body);
                // The compiled code has `else` before the handlers.
                self.block(&s.orelse);
                for ast::ExceptHandler::ExceptHandler(handler) in &s.handlers {
                    self.exprs(handler.type_.as_deref());
                    if let Some(name) = &handler.name {
                        self.bind(name.as_str());
                    }
                    self.block(&handler.body);
                }
                self.block(&s.finalbody);
            }
            Stmt::Assert(s) => {
                self.expr(&s.test);
                self.exprs(s.msg.as_deref());
            }
            Stmt::Import(s) => {
                for alias in &s.names {
                    let bound = match &alias.asname {
                        Some(name) => name.as_str(),
                        None => alias.name.as_str().split('.').next().unwrap_or(""),
                    };
                    self.bind_import(bound);
                }
            }
            Stmt::ImportFrom(s) => {
                for alias in &s.names {
                    if alias.name.as_str() == "*" {
                        if self.kind() != ScopeKind::Module {
                            self.error("import * only allowed at module level".into(), alias.range);
                        }
                        continue;
                    }
                    self.bind_import(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
            }
            Stmt::Global(s) => self.declare(&s.names, "global", stmt),
            Stmt::Nonlocal(s) => self.declare(&s.names, "nonlocal", stmt),
            Stmt::Expr(s) => self.expr(&s.value),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn function_def(&mut self, s: &ast::StmtFunctionDef) {
        self.exprs(s.decorator_list.iter().map(|decorator| &decorator.expression));
        self.defaults(&s.parameters);
        match &s.type_params {
            Some(params) => self.enter(ScopeKind::TypeParams, s.range, |this| {
                this.type_params(params);
                this.function_body(s);
            }),
            None => self.function_body(s),
        }
        self.bind(s.name.as_str());
    }

    fn function_body(&mut self, s: &ast::StmtFunctionDef) {
        self.parameter_annotations(&s.parameters, s.returns.as_deref());
        self.enter(ScopeKind::Function, s.range, |this| {
            this.scopes.get_mut(this.current).is_async = s.is_async;
            this.parameters(&s.parameters);
            this.block(&s.body);
        });
    }

    fn class_def(&mut self, s: &ast::StmtClassDef) {
        self.exprs(s.decorator_list.iter().map(|decorator| &decorator.expression));
        match &s.type_params {
            Some(params) => self.enter(ScopeKind::TypeParams, s.range, |this| {
                this.type_params(params);
                this.class_body(s);
            }),
            None => self.class_body(s),
        }
        self.bind(s.name.as_str());
    }

    fn class_body(&mut self, s: &ast::StmtClassDef) {
        if let Some(arguments) = &s.arguments {
            self.exprs(&arguments.args);
            self.exprs(arguments.keywords.iter().map(|keyword| &keyword.value));
        }
        let outer = self.class.replace(s.name.as_str().to_owned());
        self.enter(ScopeKind::Class, s.range, |this| this.block(&s.body));
        self.class = outer;
    }

    /// CPython 3.13: symtable.c, symtable_visit_stmt, AnnAssign_kind. The annotation of a local is looked at too,
    /// though nothing evaluates it: a `yield` in it makes a generator.
    fn ann_assign(&mut self, s: &ast::StmtAnnAssign) {
        match s.target.as_name_expr().filter(|_| s.simple) {
            Some(name) => {
                let mangled = self.name(name.id.as_str());
                let kind = self.kind();
                let symbol = self.scopes.symbol_mut(self.current, &mangled);
                let declared = match (symbol.global, symbol.nonlocal) {
                    (Some(_), _) if kind != ScopeKind::Module => Some("global"),
                    (_, Some(_)) => Some("nonlocal"),
                    _ => None,
                };
                symbol.annotated = true;
                symbol.bound = true;
                if let Some(declared) = declared {
                    self.error(format!("annotated name '{mangled}' can't be {declared}"), s.range);
                }
            }
            None => match s.target.as_name_expr() {
                // `(x): int` without a value declares a local but binds nothing.
                Some(name) if s.value.is_none() => {
                    self.bind(name.id.as_str());
                }
                Some(_) | None => self.expr(&s.target),
            },
        }
        if !self.future_annotations {
            self.annotation(&s.annotation);
        }
        self.exprs(s.value.as_deref());
    }

    fn declare(&mut self, names: &[ast::Identifier], what: &str, stmt: &ast::Stmt) {
        let at = span(self.file, stmt.range());
        for name in names {
            let mangled = self.name(name.as_str());
            let symbol = self.scopes.symbol_mut(self.current, &mangled);
            let clash = if symbol.param {
                Some(format!("name '{mangled}' is parameter and {what}"))
            } else if symbol.used {
                Some(format!("name '{mangled}' is used prior to {what} declaration"))
            } else if symbol.annotated {
                Some(format!("annotated name '{mangled}' can't be {what}"))
            } else if symbol.assigned {
                Some(format!("name '{mangled}' is assigned to before {what} declaration"))
            } else {
                None
            };
            if what == "global" {
                symbol.global = Some(at);
            } else {
                symbol.nonlocal = Some(at);
            }
            if let Some(text) = clash {
                self.error_at(text, at);
            }
        }
    }

    fn pattern(&mut self, pattern: &ast::Pattern) {
        use ast::Pattern;
        match pattern {
            Pattern::MatchValue(p) => self.expr(&p.value),
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(p) => p.patterns.iter().for_each(|inner| self.pattern(inner)),
            Pattern::MatchMapping(p) => {
                self.exprs(&p.keys);
                p.patterns.iter().for_each(|inner| self.pattern(inner));
                if let Some(rest) = &p.rest {
                    self.bind(rest.as_str());
                }
            }
            Pattern::MatchClass(p) => {
                self.expr(&p.cls);
                p.arguments.patterns.iter().for_each(|inner| self.pattern(inner));
                p.arguments.keywords.iter().for_each(|keyword| self.pattern(&keyword.pattern));
            }
            Pattern::MatchStar(p) => {
                if let Some(name) = &p.name {
                    self.bind(name.as_str());
                }
            }
            Pattern::MatchAs(p) => {
                if let Some(inner) = &p.pattern {
                    self.pattern(inner);
                }
                if let Some(name) = &p.name {
                    self.bind(name.as_str());
                }
            }
            Pattern::MatchOr(p) => p.patterns.iter().for_each(|inner| self.pattern(inner)),
        }
    }
}
