//! Owns: `with` and `try`.
//! Never: decides how they unwind.

use super::{Builder, Enclosing};
use crate::hir::*;
use crate::parse::ast;

impl Builder<'_> {
    pub(super) fn with(&mut self, s: &ast::StmtWith) -> StmtKind {
        if s.is_async {
            self.check_async("'async with'", s.range);
        }
        self.frame.facts.has_try = true;
        let mut items = Vec::new();
        for (at, item) in s.items.iter().enumerate() {
            let context = self.expr(&item.context_expr);
            if at > 0 && s.is_async {
                self.frame.facts.suspends_in_try = true;
            }
            let target = item.optional_vars.as_deref().map(|target| self.target(target));
            items.push(WithItem { context, target });
        }
        self.frame.protected += 1;
        let body = self.block(&s.body);
        self.frame.protected -= 1;
        StmtKind::With(With { is_async: s.is_async, items, body })
    }

    pub(super) fn try_(&mut self, s: &ast::StmtTry) -> StmtKind {
        self.frame.facts.has_try = true;
        self.frame.protected += 1;
        let catches = s.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(handler)| catches_import_error(handler));
        let body = if catches { self.guarded(ImportGuard::TryImportError, &s.body) } else { self.block(&s.body) };
        let mut handlers = Vec::new();
        let count = s.handlers.len();
        for (at, ast::ExceptHandler::ExceptHandler(handler)) in s.handlers.iter().enumerate() {
            if handler.type_.is_none() && at + 1 < count {
                self.error("default 'except:' must be last", handler.range);
            }
            handlers.push(self.handler(handler, s.is_star));
        }
        let orelse = self.block(&s.orelse);
        let finally = self.block(&s.finalbody);
        self.frame.protected -= 1;
        StmtKind::Try(Try { star: s.is_star, body, handlers, orelse, finally })
    }

    fn handler(&mut self, handler: &ast::ExceptHandlerExceptHandler, star: bool) -> Handler {
        let kind = self.maybe(handler.type_.as_deref());
        let name = handler.name.as_ref().map(|name| self.store_name(name.as_str(), handler.range));
        if star {
            self.frame.enclosing.push(Enclosing::ExceptStar);
        }
        let body = self.conditional(&handler.body);
        if star {
            self.frame.enclosing.pop();
        }
        Handler { kind, name, body, span: self.span(handler.range) }
    }
}

fn catches_import_error(handler: &ast::ExceptHandlerExceptHandler) -> bool {
    fn catches(kind: &ast::Expr) -> bool {
        match kind {
            ast::Expr::Name(name) => {
                matches!(name.id.as_str(), "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException")
            }
            ast::Expr::Tuple(tuple) => tuple.elts.iter().any(catches),
            ast::Expr::BoolOp(_) | ast::Expr::Named(_) | ast::Expr::BinOp(_) | ast::Expr::UnaryOp(_) | ast::Expr::Lambda(_)
            | ast::Expr::If(_) | ast::Expr::Dict(_) | ast::Expr::Set(_) | ast::Expr::ListComp(_) | ast::Expr::SetComp(_)
            | ast::Expr::DictComp(_) | ast::Expr::Generator(_) | ast::Expr::Await(_) | ast::Expr::Yield(_) | ast::Expr::YieldFrom(_)
            | ast::Expr::Compare(_) | ast::Expr::Call(_) | ast::Expr::FString(_) | ast::Expr::TString(_) | ast::Expr::StringLiteral(_)
            | ast::Expr::BytesLiteral(_) | ast::Expr::NumberLiteral(_) | ast::Expr::BooleanLiteral(_) | ast::Expr::NoneLiteral(_)
            | ast::Expr::EllipsisLiteral(_) | ast::Expr::Attribute(_) | ast::Expr::Subscript(_) | ast::Expr::Starred(_) | ast::Expr::List(_)
            | ast::Expr::Slice(_) | ast::Expr::IpyEscapeCommand(_) => false,
        }
    }
    handler.type_.as_deref().is_none_or(catches)
}
