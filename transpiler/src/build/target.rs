//! Owns: assignment, loop, `with` and `del` targets.
//! Never: what is assigned.

use super::Builder;
use crate::hir::{Target, TargetKind, Var};
use crate::parse::{Ranged, TextRange, ast};

/// The name that nothing can be bound to. CPython 3.13: compile.c, forbidden_name.
pub(super) const DEBUG: &str = "__debug__";
pub(super) const NO_DEBUG: &str = "cannot assign to __debug__";

impl Builder<'_> {
    pub(super) fn target(&mut self, target: &ast::Expr) -> Target {
        let span = self.span(target.range());
        let kind = match target {
            ast::Expr::Name(name) => {
                if name.id.as_str() == DEBUG && name.ctx == ast::ExprContext::Del {
                    self.error("cannot delete __debug__", name.range);
                }
                TargetKind::Name(Var::new(self.store_name(name.id.as_str(), name.range)))
            }
            ast::Expr::Attribute(e) => {
                let object = self.expr(&e.value);
                let name = self.name(e.attr.as_str());
                if name.as_str() == DEBUG && e.ctx == ast::ExprContext::Store {
                    self.error(NO_DEBUG, e.range);
                }
                // CPython 3.13: compile.c, maybe_add_static_attribute_to_class.
                if e.ctx == ast::ExprContext::Store
                    && let ast::Expr::Name(owner) = &*e.value
                    && owner.id.as_str() == "self"
                    && let Some(names) = self.static_attributes.last_mut()
                {
                    names.insert(name.clone());
                }
                TargetKind::Attribute { object, name, name_span: self.span(e.attr.range) }
            }
            ast::Expr::Subscript(e) => {
                let object = self.expr(&e.value);
                let index = self.expr(&e.slice);
                TargetKind::Subscript { object, index, bracket_span: self.bracket_span(e) }
            }
            ast::Expr::Tuple(e) => self.unpack(&e.elts, e.range),
            ast::Expr::List(e) => self.unpack(&e.elts, e.range),
            ast::Expr::Starred(e) => {
                self.error("starred assignment target must be in a list or tuple", e.range);
                self.unpack(&[], e.range)
            }
            other @ (
                ast::Expr::BoolOp(_) | ast::Expr::Named(_) | ast::Expr::BinOp(_) | ast::Expr::UnaryOp(_) | ast::Expr::Lambda(_)
                | ast::Expr::If(_) | ast::Expr::Dict(_) | ast::Expr::Set(_) | ast::Expr::ListComp(_) | ast::Expr::SetComp(_)
                | ast::Expr::DictComp(_) | ast::Expr::Generator(_) | ast::Expr::Await(_) | ast::Expr::Yield(_) | ast::Expr::YieldFrom(_)
                | ast::Expr::Compare(_) | ast::Expr::Call(_) | ast::Expr::FString(_) | ast::Expr::TString(_) | ast::Expr::StringLiteral(_)
                | ast::Expr::BytesLiteral(_) | ast::Expr::NumberLiteral(_) | ast::Expr::BooleanLiteral(_) | ast::Expr::NoneLiteral(_)
                | ast::Expr::EllipsisLiteral(_) | ast::Expr::Slice(_) | ast::Expr::IpyEscapeCommand(_)
            ) => {
                self.error("cannot assign to expression here. Maybe you meant '==' instead of '='?", other.range());
                self.unpack(&[], other.range())
            }
        };
        Target { kind, span }
    }

    /// The target of `target op= value`. CPython 3.13: compile.c, compiler_augassign.
    pub(super) fn augmented(&mut self, target: &ast::Expr) -> Target {
        match target.as_attribute_expr() {
            Some(e) => self.unvisited(e),
            None => self.target(target),
        }
    }

    /// The target of `target: annotation`, with a value or without. CPython 3.13: compile.c, compiler_annassign, which
    /// names the whole statement where nothing is stored.
    pub(super) fn annotated(&mut self, s: &ast::StmtAnnAssign) -> Target {
        if s.value.is_some() {
            return self.target(&s.target);
        }
        let attribute = s.target.as_attribute_expr();
        let name = s.target.as_name_expr().map(|name| name.id.as_str()).or_else(|| attribute.map(|e| e.attr.as_str()));
        if name == Some(DEBUG) {
            self.error(NO_DEBUG, s.range);
        }
        match attribute {
            Some(e) => self.unvisited(e),
            None => self.target(&s.target),
        }
    }

    /// An attribute that CPython's compiler does not visit as one that is stored: it may be `__debug__`, and is not noted
    /// for `__static_attributes__`.
    fn unvisited(&mut self, e: &ast::ExprAttribute) -> Target {
        let object = self.expr(&e.value);
        let kind = TargetKind::Attribute { object, name: self.name(e.attr.as_str()), name_span: self.span(e.attr.range) };
        Target { kind, span: self.span(e.range) }
    }

    fn unpack(&mut self, elements: &[ast::Expr], range: TextRange) -> TargetKind {
        let mut before = Vec::new();
        let mut star = None;
        let mut after = Vec::new();
        for element in elements {
            if let ast::Expr::Starred(starred) = element {
                if star.is_some() {
                    self.error("multiple starred expressions in assignment", range);
                }
                star = Some(Box::new(self.target(&starred.value)));
            } else if star.is_some() {
                after.push(self.target(element));
            } else {
                before.push(self.target(element));
            }
        }
        TargetKind::Unpack { before, star, after }
    }
}
