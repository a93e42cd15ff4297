//! Owns: the names that expressions use and bind.
//! Never: statements.

use super::{Resolver, ScopeId, ScopeKind};
use crate::parse::{Ranged, ast, span};

impl Resolver<'_> {
    pub(super) fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e ast::Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    pub(super) fn expr(&mut self, expr: &ast::Expr) {
        use ast::Expr;
        match expr {
            Expr::BoolOp(e) => self.exprs(&e.values),
            Expr::Named(e) => {
                self.expr(&e.value);
                self.walrus(e);
            }
            Expr::BinOp(e) => {
                self.expr(&e.left);
                self.expr(&e.right);
            }
            Expr::UnaryOp(e) => self.expr(&e.operand),
            Expr::Lambda(e) => {
                if let Some(parameters) = &e.parameters {
                    self.defaults(parameters);
                }
                self.enter(ScopeKind::Lambda, e.range, |this| {
                    if let Some(parameters) = &e.parameters {
                        this.parameters(parameters);
                    }
                    this.expr(&e.body);
                });
            }
            Expr::If(e) => {
                self.expr(&e.test);
                self.expr(&e.body);
                self.expr(&e.orelse);
            }
            Expr::Dict(e) => {
                for item in &e.items {
                    if let Some(key) = &item.key {
                        self.expr(key);
                    }
                    self.expr(&item.value);
                }
            }
            Expr::Set(e) => self.exprs(&e.elts),
            Expr::ListComp(e) => {
                self.comprehension(ScopeKind::Comprehension, e.range, &e.generators, &[&e.elt], "list comprehension");
            }
            Expr::SetComp(e) => {
                self.comprehension(ScopeKind::Comprehension, e.range, &e.generators, &[&e.elt], "set comprehension");
            }
            Expr::DictComp(e) => {
                let elements: &[&ast::Expr] = &[&e.key, &e.value];
                self.comprehension(ScopeKind::Comprehension, e.range, &e.generators, elements, "dict comprehension");
            }
            Expr::Generator(e) => {
                self.comprehension(ScopeKind::Genexpr, e.range, &e.generators, &[&e.elt], "generator expression");
            }
            Expr::Await(e) => {
                self.expr(&e.value);
                self.scopes.get_mut(self.current).awaits = true;
            }
            Expr::Yield(e) => {
                if let Some(value) = &e.value {
                    self.expr(value);
                }
                self.yields(expr);
            }
            Expr::YieldFrom(e) => {
                self.expr(&e.value);
                self.yields(expr);
            }
            Expr::Compare(e) => {
                self.expr(&e.left);
                self.exprs(&e.comparators);
            }
            Expr::Call(e) => {
                self.expr(&e.func);
                self.exprs(&e.arguments.args);
                self.exprs(e.arguments.keywords.iter().map(|keyword| &keyword.value));
            }
            Expr::FString(e) => {
                for part in &e.value {
                    if let ast::FStringPart::FString(string) = part {
                        self.fstring_elements(&string.elements);
                    }
                }
            }
            Expr::TString(e) => {
                for string in &e.value {
                    self.fstring_elements(&string.elements);
                }
            }
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => {}
            Expr::Attribute(e) => self.expr(&e.value),
            Expr::Subscript(e) => {
                self.expr(&e.value);
                self.expr(&e.slice);
            }
            Expr::Starred(e) => self.expr(&e.value),
            Expr::Name(e) => match e.ctx {
                ast::ExprContext::Load => self.use_name(e.id.as_str()),
                ast::ExprContext::Store | ast::ExprContext::Del => {
                    self.bind(e.id.as_str());
                }
                ast::ExprContext::Invalid => {}
            },
            Expr::List(e) => self.exprs(&e.elts),
            Expr::Tuple(e) => self.exprs(&e.elts),
            Expr::Slice(e) => {
                for part in [&e.lower, &e.upper, &e.step].into_iter().flatten() {
                    self.expr(part);
                }
            }
        }
    }

    fn fstring_elements(&mut self, elements: &ast::InterpolatedStringElements) {
        for element in elements {
            if let ast::InterpolatedStringElement::Interpolation(value) = element {
                self.expr(&value.expression);
                if let Some(spec) = &value.format_spec {
                    self.fstring_elements(&spec.elements);
                }
            }
        }
    }

    fn yields(&mut self, expr: &ast::Expr) {
        let inside = match self.kind() {
            ScopeKind::Comprehension => "list comprehension",
            ScopeKind::Genexpr => "generator expression",
            ScopeKind::TypeParams | ScopeKind::Lazy => {
                self.in_type("yield expression", expr.range());
                return;
            }
            ScopeKind::Module | ScopeKind::Class | ScopeKind::Function | ScopeKind::Lambda => {
                self.scopes.get_mut(self.current).has_yield = true;
                return;
            }
        };
        self.error(format!("'yield' inside {inside}"), expr.range());
    }

    /// CPython 3.13: symtable.c, symtable_raise_if_annotation_block. True when it is an error.
    pub(super) fn in_type(&mut self, what: &str, range: crate::parse::TextRange) -> bool {
        let place = match self.kind() {
            ScopeKind::TypeParams => "the definition of a generic",
            ScopeKind::Lazy => self.lazy,
            ScopeKind::Module | ScopeKind::Class | ScopeKind::Function | ScopeKind::Lambda | ScopeKind::Genexpr | ScopeKind::Comprehension => return false,
        };
        self.error(format!("{what} cannot be used within {place}"), range);
        true
    }

    fn comprehension(
        &mut self,
        kind: ScopeKind,
        range: crate::parse::TextRange,
        clauses: &[ast::Comprehension],
        elements: &[&ast::Expr],
        _what: &str,
    ) {
        let Some((first, rest)) = clauses.split_first() else { return };
        self.in_iterable += 1;
        self.expr(&first.iter);
        self.in_iterable -= 1;
        let awaits = self.enter(kind, range, |this| {
            if kind == ScopeKind::Genexpr {
                this.bind(".0").param = true;
            }
            this.scopes.get_mut(this.current).awaits |= first.is_async;
            this.iter_target(&first.target);
            this.exprs(&first.ifs);
            for clause in rest {
                this.scopes.get_mut(this.current).awaits |= clause.is_async;
                this.in_iterable += 1;
                this.expr(&clause.iter);
                this.in_iterable -= 1;
                this.iter_target(&clause.target);
                this.exprs(&clause.ifs);
            }
            this.exprs(elements.iter().copied());
            this.scopes.get(this.current).awaits
        });
        // An asynchronous comprehension makes the one around it asynchronous; a generator expression does not.
        let inside = self.kind().is_comprehension();
        if awaits && kind == ScopeKind::Comprehension && inside {
            self.scopes.get_mut(self.current).awaits = true;
        }
    }

    fn iter_target(&mut self, target: &ast::Expr) {
        self.expr(target);
        let mut names = Vec::new();
        collect_names(target, &mut names);
        for name in names {
            let mangled = self.name(name);
            let symbol = self.scopes.symbol_mut(self.current, &mangled);
            if symbol.nonlocal.is_some() || symbol.global.is_some() {
                let text = format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
                self.error(text, target.range());
            } else {
                symbol.iter_target = true;
            }
        }
    }

    /// CPython 3.13: symtable.c, symtable_extend_namedexpr_scope.
    fn walrus(&mut self, named: &ast::ExprNamed) {
        let ast::Expr::Name(target) = &*named.target else { return };
        if self.in_type("named expression", named.range) {
            return;
        }
        let text = target.id.as_str();
        if self.in_iterable > 0 {
            let message = "assignment expression cannot be used in a comprehension iterable expression";
            return self.error(message.into(), named.range);
        }
        let name = self.name(text);
        let at = span(self.file, named.range);
        let mut path: Vec<ScopeId> = Vec::new();
        let mut scope = self.current;
        while self.scopes.get(scope).kind.is_comprehension() {
            if self.scopes.symbol(scope, &name).is_some_and(|symbol| symbol.iter_target) {
                let message = format!("assignment expression cannot rebind comprehension iteration variable '{text}'");
                return self.error(message, target.range);
            }
            path.push(scope);
            let Some(parent) = self.scopes.get(scope).parent else { break };
            scope = parent;
        }
        let kind = self.scopes.get(scope).kind;
        let refused = match kind {
            ScopeKind::Class => Some("in a class body"),
            ScopeKind::TypeParams => Some("within the definition of a generic"),
            ScopeKind::Lazy if self.lazy == "a type alias" => Some("in a type alias"),
            ScopeKind::Lazy => Some("in a TypeVar bound"),
            ScopeKind::Module | ScopeKind::Function | ScopeKind::Lambda | ScopeKind::Genexpr | ScopeKind::Comprehension => None,
        };
        if let Some(place) = refused.filter(|_| !path.is_empty()) {
            return self.error(format!("assignment expression within a comprehension cannot be used {place}"), target.range);
        }
        let is_global = kind == ScopeKind::Module
            || self.scopes.symbol(scope, &name).is_some_and(|symbol| symbol.global.is_some());
        let symbol = self.scopes.symbol_mut(scope, &name);
        symbol.bound = true;
        symbol.assigned = true;
        for inner in path {
            let symbol: &mut super::Symbol = self.scopes.symbol_mut(inner, &name);
            if is_global {
                symbol.global = Some(at);
            } else {
                symbol.nonlocal = Some(at);
            }
        }
    }
}

/// The plain names that a target binds.
pub fn collect_names<'e>(target: &'e ast::Expr, into: &mut Vec<&'e str>) {
    match target {
        ast::Expr::Name(name) => into.push(name.id.as_str()),
        ast::Expr::Tuple(tuple) => tuple.elts.iter().for_each(|target| collect_names(target, into)),
        ast::Expr::List(list) => list.elts.iter().for_each(|target| collect_names(target, into)),
        ast::Expr::Starred(starred) => collect_names(&starred.value, into),
        ast::Expr::BoolOp(_) | ast::Expr::Named(_) | ast::Expr::BinOp(_) | ast::Expr::UnaryOp(_) | ast::Expr::Lambda(_) | ast::Expr::If(_)
        | ast::Expr::Dict(_) | ast::Expr::Set(_) | ast::Expr::ListComp(_) | ast::Expr::SetComp(_) | ast::Expr::DictComp(_)
        | ast::Expr::Generator(_) | ast::Expr::Await(_) | ast::Expr::Yield(_) | ast::Expr::YieldFrom(_) | ast::Expr::Compare(_)
        | ast::Expr::Call(_) | ast::Expr::FString(_) | ast::Expr::TString(_) | ast::Expr::StringLiteral(_) | ast::Expr::BytesLiteral(_)
        | ast::Expr::NumberLiteral(_) | ast::Expr::BooleanLiteral(_) | ast::Expr::NoneLiteral(_) | ast::Expr::EllipsisLiteral(_)
        | ast::Expr::Attribute(_) | ast::Expr::Subscript(_) | ast::Expr::Slice(_) | ast::Expr::IpyEscapeCommand(_) => {}
    }
}

