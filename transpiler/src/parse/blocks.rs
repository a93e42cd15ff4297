//! Owns: CPython's limit on loops, `with` and `try` inside one another.
//! Never: counts anything else.
//!
//! CPython 3.13: Python/compile.c, compiler_push_fblock and its callers; Include/cpython/code.h, CO_MAXBLOCKS.

use rustpython_ast::visitor::{Visitor, walk_expr, walk_stmt};
use rustpython_ast::{ExceptHandler, Expr, ModModule, Stmt};
use rustpython_text_size::{Ranged, TextRange};

const MAX_BLOCKS: u32 = 21;

/// Where the first block is that is one too many.
pub fn too_many(module: &ModModule) -> Option<TextRange> {
    let mut counter = Counter { open: 0, found: None };
    counter.body(&module.body);
    counter.found
}

struct Counter {
    open: u32,
    found: Option<TextRange>,
}

impl Counter {
    fn within(&mut self, blocks: u32, at: TextRange, inside: impl FnOnce(&mut Self)) {
        self.open += blocks;
        if self.open > MAX_BLOCKS && self.found.is_none() {
            self.found = Some(at);
        }
        inside(self);
        self.open -= blocks;
    }

    fn body(&mut self, body: &[Stmt]) {
        for stmt in body {
            if self.found.is_some() {
                return;
            }
            self.stmt(stmt);
        }
    }

    /// A code object of its own; coroutines and generators are one block already.
    fn code(&mut self, body: &[Stmt], blocks: u32) {
        let outer = std::mem::replace(&mut self.open, blocks);
        self.body(body);
        self.open = outer;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.code(&def.body, u32::from(def.is_async || yields(&def.body))),
            Stmt::ClassDef(class) => self.code(&class.body, 0),
            Stmt::If(s) => {
                self.body(&s.body);
                s.elif_else_clauses.iter().for_each(|clause| self.body(&clause.body));
            }
            Stmt::For(s) => {
                self.within(1, stmt.range(), |this| this.body(&s.body));
                self.body(&s.orelse);
            }
            Stmt::While(s) => {
                self.within(1, stmt.range(), |this| this.body(&s.body));
                self.body(&s.orelse);
            }
            Stmt::With(s) => {
                let outer = self.open;
                for item in &s.items {
                    self.open += 1;
                    if self.open > MAX_BLOCKS && self.found.is_none() {
                        self.found = Some(item.context_expr.range());
                    }
                }
                self.body(&s.body);
                self.open = outer;
            }
            Stmt::Match(s) => s.cases.iter().for_each(|case| self.body(&case.body)),
            Stmt::Try(s) => {
                let finally = u32::from(!s.finalbody.is_empty());
                self.within(finally, stmt.range(), |this| {
                    let catches = u32::from(!s.handlers.is_empty());
                    this.within(catches, stmt.range(), |this| this.body(&s.body));
                    for ExceptHandler::ExceptHandler(handler) in &s.handlers {
                        this.within(2, handler.range, |this| this.body(&handler.body));
                    }
                    this.body(&s.orelse);
                });
                self.within(finally, stmt.range(), |this| this.body(&s.finalbody));
            }
            Stmt::Return(_) | Stmt::Delete(_) | Stmt::TypeAlias(_) | Stmt::Assign(_) | Stmt::AugAssign(_) | Stmt::AnnAssign(_)
            | Stmt::Raise(_) | Stmt::Assert(_) | Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Expr(_)
            | Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }
}

/// The body is a generator's.
fn yields(body: &[Stmt]) -> bool {
    struct Finder(bool);
    impl<'a> Visitor<'a> for Finder {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            if !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                walk_stmt(self, stmt);
            }
        }
        fn visit_expr(&mut self, expr: &'a Expr) {
            self.0 |= matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_));
            if !matches!(expr, Expr::Lambda(_)) {
                walk_expr(self, expr);
            }
        }
    }
    let mut finder = Finder(false);
    finder.visit_body(body);
    finder.0
}
