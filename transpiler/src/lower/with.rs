//! Owns: `with` and `async with`. Never: `try`.

use super::body::{Body, Scoped};
use super::operand::Operand;
use crate::hir::{Block as PyBlock, WithItem};
use crate::rir::{Block, Expr, Pat, Stmt};
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    /// `let (manager, c) = enter(context)?; let flow = 'with15: { … }; manager.exit(flow)?`
    pub fn with(&mut self, items: &'a [WithItem], body: &'a PyBlock, is_async: bool, span: Span) {
        let Some((item, rest)) = items.split_first() else {
            self.block(body);
            return;
        };
        let WithItem { context, target } = item;
        let context_span = self.expr_span(*context);
        let site = self.site(context_span);
        let value = self.expr(*context);
        let manager = self.names.fresh("manager");
        let entered = self.temp();
        let made = if is_async {
            Expr::rt("aenter", vec![value.value()]).awaited()
        } else {
            Expr::rt("enter", vec![value.value()])
        };
        let shown = if target.is_some() { Pat::name(&entered) } else { Pat::Wild };
        self.fallible_pat(Pat::Tuple(vec![Pat::name(&manager), shown]), made, site.clone());
        let label = self.label("with", span);
        let (stmts, ()) = self.nested(|b| {
            b.scopes.push(Scoped::Barrier(label.clone()));
            if let Some(target) = target {
                b.assign(target, Operand::Owned(Expr::Local(entered)));
            }
            b.with(rest, body, is_async, span);
            b.scopes.pop();
        });
        let block = Block::value(stmts, Expr::Rt("Flow::Next"));
        let jumps = super::tidy::flows(&block, &label);
        let flow = self.names.fresh("flow");
        self.push(Stmt::let_(&flow, Expr::Labelled { label, body: block }));
        let exit = if is_async {
            Expr::rt("aexit", vec![Expr::Local(manager), Expr::Local(flow)])
        } else {
            Expr::Local(manager).method("exit", vec![Expr::Local(flow)])
        };
        let exit = if is_async { exit.awaited() } else { exit };
        let left = self.fallible(exit, site);
        self.leave_flow(left, jumps);
    }
}
