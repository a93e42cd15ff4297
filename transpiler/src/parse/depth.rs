//! Owns: how deep a tree is.
//! Never: says why that matters.
//!
//! CPython's compiler stops at a depth of its own (CPython 3.13: Include/cpython/pystate.h, Py_C_RECURSION_LIMIT), and
//! the passes, which recurse as well, rely on it.

use rustpython_ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use rustpython_ast::{Expr, ModModule, Pattern, Stmt};
use rustpython_text_size::{Ranged, TextRange};

/// CPython 3.13 compiles a chain of this many additions, and not much more.
const MAX_DEPTH: u32 = 9_950;

/// The generated Rust nests as an expression does and is indented so: beyond this, its size and rustc's time explode.
pub const MAX_NESTING: u32 = 1_200;

/// What a tree's depth means.
pub enum Depth {
    Fine,
    /// For tauraro, at this expression.
    Long(TextRange),
    /// For CPython, too.
    Endless,
}

pub fn depth(module: &ModModule) -> Depth {
    let mut meter = Meter { depth: 0, chained: 0, exceeded: false, long: None, outermost: None };
    meter.visit_body(&module.body);
    match meter.long {
        _ if meter.exceeded => Depth::Endless,
        Some(range) => Depth::Long(range),
        None => Depth::Fine,
    }
}

struct Meter {
    depth: u32,
    /// Operands around this point that come after others of the same chain.
    chained: u32,
    exceeded: bool,
    long: Option<TextRange>,
    outermost: Option<TextRange>,
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
        let operands = match expr {
            Expr::BoolOp(e) => e.values.len(),
            Expr::Compare(e) => e.comparators.len(),
            Expr::Named(_) | Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::Lambda(_) | Expr::If(_) | Expr::Dict(_) | Expr::Set(_)
            | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) | Expr::Await(_) | Expr::Yield(_)
            | Expr::YieldFrom(_) | Expr::Call(_) | Expr::FString(_) | Expr::TString(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) | Expr::Attribute(_)
            | Expr::Subscript(_) | Expr::Starred(_) | Expr::Name(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Slice(_)
            | Expr::IpyEscapeCommand(_) => 0,
        };
        let outer = self.outermost;
        let outermost = *self.outermost.get_or_insert(expr.range());
        self.chained += operands as u32;
        if self.depth + self.chained > MAX_NESTING && self.long.is_none() {
            self.long = Some(outermost);
        }
        self.below(|meter| walk_expr(meter, expr));
        self.chained -= operands as u32;
        self.outermost = outer;
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.below(|meter| walk_pattern(meter, pattern));
    }
}
