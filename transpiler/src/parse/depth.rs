//! Owns: how deep a tree is.
//! Never: says why that matters.
//!
//! CPython's compiler stops at a depth of its own (CPython 3.13: Include/cpython/pystate.h, Py_C_RECURSION_LIMIT), and
//! the passes, which recurse as well, rely on it.

use rustpython_ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use rustpython_ast::{Expr, ModModule, Pattern, Stmt};

/// CPython 3.13 compiles a chain of this many additions, and not much more.
const MAX_DEPTH: u32 = 9_950;

pub fn is_too_deep(module: &ModModule) -> bool {
    let mut meter = Meter { depth: 0, exceeded: false };
    meter.visit_body(&module.body);
    meter.exceeded
}

struct Meter {
    depth: u32,
    exceeded: bool,
}

impl Meter {
    fn below(&mut self, walk: impl FnOnce(&mut Self)) {
        if self.depth >= MAX_DEPTH {
            self.exceeded = true;
        }
        if self.exceeded {
            return;
        }
        self.depth += 1;
        walk(self);
        self.depth -= 1;
    }
}

impl<'a> Visitor<'a> for Meter {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.below(|meter| walk_stmt(meter, stmt));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.below(|meter| walk_expr(meter, expr));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.below(|meter| walk_pattern(meter, pattern));
    }
}
