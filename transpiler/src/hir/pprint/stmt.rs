//! Owns: statements and definitions as text.
//! Never: expressions.

use super::Printer;
use crate::hir::*;

impl<'m> Printer<'m> {
    pub(super) fn block(&mut self, block: &'m Block) {
        for stmt in block {
            self.stmt(stmt);
        }
    }

    fn nested(&mut self, head: &str, block: &'m Block) {
        if block.is_empty() && head != "try" {
            return;
        }
        self.line(head);
        self.inside(|this| this.block(block));
    }

    fn stmt(&mut self, stmt: &'m Stmt) {
        match &stmt.kind {
            StmtKind::Expr(value) => {
                let text = self.expr(*value);
                self.line(&text);
            }
            StmtKind::Assign { targets, value } => {
                let mut text = String::new();
                for target in targets {
                    text.push_str(&format!("{} = ", self.target(target)));
                }
                let text = text + &self.expr(*value);
                self.line(&text);
            }
            StmtKind::AugAssign { target, op, value } => {
                let mark = match &target.kind {
                    TargetKind::Name(var) => self.var(var),
                    TargetKind::Attribute { .. } | TargetKind::Subscript { .. } | TargetKind::Unpack { .. } => self.target(target),
                };
                let text = format!("{mark} {}= {}", super::expr::bin_op(*op), self.expr(*value));
                self.line(&text);
            }
            StmtKind::AnnAssign(s) => {
                let annotation = match &s.annotation {
                    AnnotationUse::Ignored => "ignored".to_owned(),
                    AnnotationUse::Stored { name, value } => format!("{name}: {}", self.annotation(value)),
                    AnnotationUse::Evaluated(value) => self.expr(*value),
                };
                let value = s.value.map_or(String::new(), |value| format!(" = {}", self.expr(value)));
                let text = format!("annotate [{annotation}] {}{value}", self.target(&s.target));
                self.line(&text);
            }
            StmtKind::Return(value) => {
                let text = format!("return {}", self.maybe(*value));
                self.line(text.trim_end());
            }
            StmtKind::Raise { exc, cause } => {
                let cause = cause.map_or(String::new(), |cause| format!(" from {}", self.expr(cause)));
                let text = format!("raise {}{cause}", self.maybe(*exc));
                self.line(text.trim_end());
            }
            StmtKind::Assert { test, message } => {
                let message = message.map_or(String::new(), |message| format!(", {}", self.expr(message)));
                let text = format!("assert {}{message}", self.expr(*test));
                self.line(&text);
            }
            StmtKind::Delete(targets) => {
                let all: Vec<String> = targets.iter().map(|target| self.target(target)).collect();
                self.line(&format!("del {}", all.join(", ")));
            }
            StmtKind::Pass => self.line("pass"),
            StmtKind::Break => self.line("break"),
            StmtKind::Continue => self.line("continue"),
            StmtKind::If { test, then, orelse } => {
                let head = format!("if {}", self.expr(*test));
                self.nested(&head, then);
                self.nested("else", orelse);
            }
            StmtKind::While { test, body, orelse } => {
                let head = format!("while {}", self.expr(*test));
                self.nested(&head, body);
                self.nested("else", orelse);
            }
            StmtKind::For(s) => {
                let for_ = if s.is_async { "async for" } else { "for" };
                let iterator = if s.is_iterator { "iterator " } else { "" };
                let head = format!("{for_} {} in {iterator}{}", self.target(&s.target), self.expr(s.iter));
                self.nested(&head, &s.body);
                self.nested("else", &s.orelse);
            }
            StmtKind::With(s) => {
                let item = |item: &WithItem| match &item.target {
                    Some(target) => format!("{} as {}", self.expr(item.context), self.target(target)),
                    None => self.expr(item.context),
                };
                let items: Vec<String> = s.items.iter().map(item).collect();
                let with = if s.is_async { "async with" } else { "with" };
                self.nested(&format!("{with} {}", items.join(", ")), &s.body);
            }
            StmtKind::Try(s) => {
                self.nested("try", &s.body);
                for handler in &s.handlers {
                    let name = handler.name.as_ref().map_or(String::new(), |name| format!(" as {}", self.place(name)));
                    let except = if s.star { "except*" } else { "except" };
                    let head = format!("{except} {}{name}", self.maybe(handler.kind));
                    self.nested(head.trim_end(), &handler.body);
                }
                self.nested("else", &s.orelse);
                self.nested("finally", &s.finally);
            }
            StmtKind::Match { subject, cases } => {
                let head = format!("match {}", self.expr(*subject));
                self.line(&head);
                self.inside(|this| {
                    for case in cases {
                        let guard = case.guard.map_or(String::new(), |guard| format!(" if {}", this.expr(guard)));
                        let head = format!("case {}{guard}", this.pattern(&case.pattern));
                        this.nested(&head, &case.body);
                    }
                });
            }
            StmtKind::FunctionDef(def) => self.function_def(def),
            StmtKind::ClassDef(def) => self.class_def(def),
            StmtKind::Import(s) => {
                let alias = if s.has_alias { " as alias" } else { "" };
                let text = format!("import {}{alias} -> {} [{:?}]", s.module, self.place(&s.target), s.guard);
                self.line(&text);
            }
            StmtKind::ImportFrom(s) => {
                let names = match &s.names {
                    ImportNames::Star => "*".to_owned(),
                    ImportNames::Names(names) => {
                        let one = |name: &ImportName| format!("{} -> {}", name.name, self.place(&name.target));
                        names.iter().map(one).collect::<Vec<_>>().join(", ")
                    }
                };
                let from = s.absolute.as_ref().map_or("(beyond the top)", |name| name.as_str());
                let text = format!("from {from} import {names} [{:?}]", s.guard);
                self.line(&text);
            }
            StmtKind::TypeAlias(s) => {
                let params = self.type_params(&s.type_params);
                let text = format!("type {}{params} = {}", self.place(&s.target.place), self.closure("lazy", &s.value));
                self.line(&text);
                self.function(s.value.function);
            }
            StmtKind::Unsupported(text) => self.line(&format!("unsupported {text}")),
        }
        self.inner_functions(stmt);
    }

    /// Lambdas, generator expressions and lazy type expressions are printed below their statement.
    fn inner_functions(&mut self, stmt: &'m Stmt) {
        let mut found = Vec::new();
        visit::exprs_of_stmt(self.module, stmt, &mut |_, expr| match &expr.kind {
            ExprKind::Lambda(closure) | ExprKind::Genexpr { closure, .. } => found.push(closure.function),
            ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
            | ExprKind::Bool { .. } | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_)
            | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_)
            | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Comprehension(_) | ExprKind::Await(_)
            | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {}
        });
        for id in found {
            self.function(id);
        }
    }

    fn annotation(&self, value: &AnnotationValue) -> String {
        match value {
            AnnotationValue::Expr(value) => self.expr(*value),
            AnnotationValue::Text(text) => format!("{text:?}"),
        }
    }

    fn type_params(&self, params: &[TypeParam]) -> String {
        if params.is_empty() {
            return String::new();
        }
        let one = |param: &TypeParam| {
            let lazy = |what: &str, closure: &Option<ClosureDef>| {
                closure.as_ref().map_or(String::new(), |closure| format!(" {what} {}", self.closure("lazy", closure)))
            };
            format!(
                "{:?} {}{}{}",
                param.kind,
                self.place(&param.slot),
                lazy("bound", &param.bound),
                lazy("default", &param.default)
            )
        };
        format!("[{}]", params.iter().map(one).collect::<Vec<_>>().join(", "))
    }

    fn lazy_functions(&mut self, params: &[TypeParam]) {
        for param in params {
            for closure in param.bound.iter().chain(&param.default) {
                self.function(closure.function);
            }
        }
    }

    fn function_def(&mut self, def: &'m FnDef) {
        for decorator in &def.decorators {
            let text = format!("@{}", self.expr(*decorator));
            self.line(&text);
        }
        let params = self.type_params(&def.type_params);
        let mut text = format!("{} = {}{params}", self.place(&def.target), self.closure("def", &def.closure));
        for (name, value) in &def.annotations {
            text.push_str(&format!(" {name}: {}", self.annotation(value)));
        }
        self.line(&text);
        self.lazy_functions(&def.type_params);
        self.function(def.closure.function);
    }

    fn function(&mut self, id: FnId) {
        let function = self.module.function(id);
        let params: Vec<String> = function
            .params
            .iter()
            .map(|param| {
                let mark = match param.kind {
                    ParamKind::PositionalOnly => "/",
                    ParamKind::Positional => "",
                    ParamKind::Star => "*",
                    ParamKind::KeywordOnly => "=",
                    ParamKind::DoubleStar => "**",
                };
                format!("{mark}{}", param.name)
            })
            .collect();
        let mut facts = Vec::new();
        for (holds, text) in [
            (function.facts.uses_locals, "uses locals"),
            (function.facts.uses_class_cell, "uses __class__"),
            (function.facts.suspends_in_try, "suspends in try"),
        ] {
            if holds {
                facts.push(text);
            }
        }
        let head = format!(
            "fn{} {:?} {}({}) line {} {}",
            id.0,
            function.kind,
            function.qualname,
            params.join(", "),
            function.def_line,
            facts.join(", ")
        );
        self.inside(|this| {
            this.line(head.trim_end());
            this.scoped(&function.scope, |this| {
                this.scope_lines();
                this.docstring(function.docstring);
                this.block(&function.body);
            });
        });
    }

    fn class_def(&mut self, def: &'m ClassDef) {
        for decorator in &def.decorators {
            let text = format!("@{}", self.expr(*decorator));
            self.line(&text);
        }
        let class = self.module.class(def.class);
        let text = format!(
            "{} = class {}{}({}) [{}]",
            self.place(&def.target),
            class.qualname,
            self.type_params(&def.type_params),
            self.arguments(&def.bases, &def.keywords),
            self.captures(&def.captures)
        );
        self.line(&text);
        self.lazy_functions(&def.type_params);
        self.scoped(&class.scope, |this| {
            this.scope_lines();
            this.docstring(class.docstring);
            this.block(&class.body);
        });
    }
}
