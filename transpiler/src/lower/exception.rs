//! Owns: `try` with handlers, `else`, `finally`, and `except*`, as labelled blocks. Never: `with`.

use super::body::{Body, Scoped};
use super::operand::Operand;
use crate::hir::{Block as PyBlock, ExprKind, Handler, Place, Try, Var};
use crate::rir::{Block, Expr, MatchArm, Pat, Stmt};
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    pub fn try_(&mut self, t: &'a Try, span: Span) {
        let Try { star, body, handlers, orelse, finally } = t;
        if finally.is_empty() {
            self.handled(*star, body, handlers, orelse, span);
            return;
        }
        let label = self.label("finally", span);
        let (mut stmts, ()) = self.nested(|b| {
            b.scopes.push(Scoped::Barrier(label.clone()));
            if handlers.is_empty() {
                b.block(body);
                b.block(orelse);
            } else {
                b.handled(*star, body, handlers, orelse, span);
            }
            b.scopes.pop();
        });
        let block = Block::value(std::mem::take(&mut stmts), Expr::Rt("Flow::Next"));
        let jumps = super::tidy::flows(&block, &label);
        let flow = self.names.fresh("flow");
        let made = Expr::rt("finally", vec![Expr::Labelled { label, body: block }]);
        self.push(Stmt::let_(&flow, made));
        self.else_line(finally);
        self.handler_depth += 1;
        self.block(finally);
        self.handler_depth -= 1;
        let ended = Expr::Local(flow).method("end", vec![]);
        self.leave_flow(ended, jumps);
    }

    /// Goes on as a finished `Flow` says.
    pub fn leave_flow(&mut self, flow: Expr, jumps: super::tidy::Flows) {
        let super::tidy::Flows { returns, breaks, continues } = jumps;
        let barrier = self.scopes.iter().rev().find_map(|s| match s {
            Scoped::Barrier(label) => Some(label.clone()),
            Scoped::Loop { .. } | Scoped::Except(_) | Scoped::Unbind(_) => None,
        });
        let _ = barrier;
        if !breaks && !continues {
            let left = self.fallible_bare(flow.method("leave", vec![]));
            if !returns {
                if !matches!(left, Expr::Local(_)) {
                    self.push(Stmt::Expr(left));
                } else if let Some(Stmt::Let { pat, .. }) = self.out.last_mut() {
                    // The protected form bound a temporary that nobody wants.
                    *pat = Pat::ok(Pat::Wild);
                }
                return;
            }
            let value = self.temp();
            let (stmts, ()) = self.nested(|b| b.return_value(Expr::Local(value.clone())));
            let test = Expr::Let { pat: Pat::some(Pat::name(&value)), value: Box::new(left) };
            self.push(Stmt::Expr(Expr::if_(test, Block::of(stmts), None)));
            return;
        }
        let mut arms = vec![MatchArm { pat: variant("Flow::Next", vec![]), guard: None, body: Expr::Block(Block::default()) }];
        let mut arm = |b: &mut Self, pat: Pat, f: &mut dyn FnMut(&mut Self)| {
            let (stmts, ()) = b.nested(|b| f(b));
            let body = match stmts.as_slice() {
                [Stmt::Expr(single)] => single.clone(),
                _ => Expr::Block(Block::of(stmts)),
            };
            arms.push(MatchArm { pat, guard: None, body });
        };
        arm(self, variant("Flow::Break", vec![]), &mut |b| b.jump(super::body::Jump::Break));
        arm(self, variant("Flow::Continue", vec![]), &mut |b| b.jump(super::body::Jump::Continue));
        let value = self.temp();
        arm(self, variant("Flow::Return", vec![Pat::name(&value)]), &mut |b| b.return_value(Expr::Local(value.clone())));
        let exc = self.temp();
        arm(self, variant("Flow::Raise", vec![Pat::name(&exc)]), &mut |b| {
            b.leave_raising(Expr::rt("restore", vec![Expr::Local(exc.clone())]));
        });
        self.push(Stmt::Expr(Expr::Match { subject: Box::new(flow), arms }));
    }

    /// `try` with handlers and without `finally`.
    fn handled(&mut self, star: bool, body: &'a PyBlock, handlers: &'a [Handler], orelse: &'a PyBlock, span: Span) {
        let done = self.label("try", span);
        let caught = self.label("except", span);
        let (stmts, ()) = self.nested(|b| {
            let (protected, ()) = b.nested(|b| {
                b.scopes.push(Scoped::Except(caught.clone()));
                b.block(body);
                b.scopes.pop();
                b.else_line(orelse);
                b.block(orelse);
                b.push(Stmt::Expr(Expr::break_to(&done, None)));
            });
            b.push(Stmt::Expr(Expr::Labelled { label: caught, body: Block::of(protected) }));
            if star { b.star_handlers(handlers, span) } else { b.handlers(handlers) }
        });
        self.push(Stmt::Expr(Expr::Labelled { label: done, body: Block::of(stmts) }));
    }

    fn handlers(&mut self, handlers: &'a [Handler]) {
        let handling = self.names.fresh("handling");
        self.push(Stmt::let_(&handling, Expr::rt("handle", vec![])));
        self.handler_chain(handlers, &Expr::Local(handling));
    }

    fn handler_chain(&mut self, handlers: &'a [Handler], handling: &Expr) {
        let Some((handler, rest)) = handlers.split_first() else {
            // Nothing matched: the exception goes on as it is.
            self.leave_raising(handling.clone().method("reraise", vec![]));
            return;
        };
        let Handler { kind, name, body, span } = handler;
        self.line(*span);
        let Some(kind) = kind else {
            self.handler_body(name.as_ref(), body, handling, *span);
            return;
        };
        let kind_span = self.expr_span(*kind);
        let builtin = if let ExprKind::Name(Var { place: Place::Builtin(n), bound: _ }) = &self.cx.module.expr(*kind).kind {
            super::names::EXCEPTIONS.iter().find(|e| **e == n.as_str()).copied()
        } else {
            None
        };
        let test = match builtin {
            Some(known) => handling.clone().method("is", vec![Expr::Rt(known)]),
            None => {
                let site = self.site(kind_span);
                let value = self.expr(*kind);
                self.fallible(handling.clone().method("matches", vec![value.by_ref()]), site)
            }
        };
        let (then, ()) = self.nested(|b| b.handler_body(name.as_ref(), body, handling, *span));
        let (other, ()) = self.nested(|b| b.handler_chain(rest, handling));
        self.push(Stmt::Expr(Expr::if_(test, Block::of(then), Some(Block::of(other)))));
    }

    fn handler_body(&mut self, name: Option<&Place>, body: &'a PyBlock, handling: &Expr, span: Span) {
        self.handler_depth += 1;
        self.named_handler_body(name, body, handling, span);
        self.handler_depth -= 1;
    }
    fn named_handler_body(&mut self, name: Option<&Place>, body: &'a PyBlock, handling: &Expr, span: Span) {
        let Some(place) = name else {
            self.block(body);
            return;
        };
        let value = Operand::Owned(handling.clone().method("exc", vec![])).value();
        self.store(place, value, span);
        // A name that lives in this handler alone ends with it.
        let local_only = match place {
            Place::Local(id) => self.var(*id).slot == super::body::Slot::Let,
            Place::Cell(_)
            | Place::Free(_)
            | Place::Global(_)
            | Place::Builtin(_)
            | Place::ClassName(_)
            | Place::ClassOrFree(..)
            => false,
        };
        if local_only {
            self.block(body);
            return;
        }
        self.scopes.push(Scoped::Unbind(place.clone()));
        self.block(body);
        self.scopes.pop();
        self.unbind(place);
    }

    /// `except*`: each handler takes its part of the group; what is left and what handlers raise goes on together.
    fn star_handlers(&mut self, handlers: &'a [Handler], span: Span) {
        let handling = self.names.fresh("handling");
        let split = self.names.fresh("split");
        self.push(Stmt::let_(&handling, Expr::rt("handle", vec![])));
        self.push(Stmt::let_mut(&split, Expr::rt("Split::of", vec![Expr::local(&handling).by_ref()])));
        for handler in handlers {
            let Handler { kind, name, body, span } = handler;
            self.line(*span);
            let Some(kind) = kind else { continue };
            let kind_span = self.expr_span(*kind);
            let site = self.site(kind_span);
            let value = self.expr(*kind);
            let took = Expr::local(&split).method("take", vec![value.by_ref()]);
            let took = self.fallible(took, site);
            let part = self.temp();
            let label = self.label("part", *span);
            let (then, ()) = self.nested(|b| {
                let guard = b.names.fresh("_handling");
                b.push(Stmt::let_(&guard, Expr::rt("handling", vec![Expr::local(&part).by_ref()])));
                let (inner, ()) = b.nested(|b| {
                    b.scopes.push(Scoped::Barrier(label.clone()));
                    if let Some(place) = name {
                        b.store(place, Expr::local(&part).cloned(), *span);
                        b.scopes.push(Scoped::Unbind(place.clone()));
                    }
                    b.handler_depth += 1;
                    b.block(body);
                    b.handler_depth -= 1;
                    if let Some(place) = name {
                        b.scopes.pop();
                        if !matches!(place, Place::Local(id) if b.var(*id).slot == super::body::Slot::Let) {
                            b.unbind(place);
                        }
                    }
                    b.scopes.pop();
                });
                let block = Block::value(inner, Expr::Rt("Flow::Next"));
                let flow = Expr::Labelled { label: label.clone(), body: block };
                b.push(Stmt::Expr(Expr::local(&split).method("handled", vec![flow])));
            });
            let test = Expr::Let { pat: Pat::some(Pat::name(&part)), value: Box::new(took) };
            self.push(Stmt::Expr(Expr::if_(test, Block::of(then), None)));
        }
        let site = self.site(span);
        let _ = site;
        self.fallible_stmt_bare(Expr::local(&split).method("finish", vec![]));
    }
}

pub(super) fn variant(path: &'static str, args: Vec<Pat>) -> Pat {
    Pat::Variant { path, args }
}

