//! Owns: what CPython calls an expression that cannot be assigned to.
//! Never: finds out that it cannot.

use rustpython_ast::visitor::{Visitor, walk_expr, walk_stmt};
use rustpython_ast::{Expr, Mod, Stmt};
use rustpython_text_size::{Ranged, TextRange};

/// The outermost expression with exactly this range, and whether it starts an assignment of one target.
pub fn find(module: &Mod, range: TextRange) -> Option<(&Expr, bool)> {
    let mut finder = Finder { range, found: None, opens: false, opening: None };
    match module {
        Mod::Module(module) => finder.visit_body(&module.body),
        Mod::Expression(expression) => finder.visit_expr(&expression.body),
    }
    finder.found.map(|expr| (expr, finder.opens))
}

struct Finder<'a> {
    range: TextRange,
    found: Option<&'a Expr>,
    opens: bool,
    /// The only target of the assignment being visited.
    opening: Option<TextRange>,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.opening = match stmt {
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [only] => Some(only.range()),
                _ => None,
            },
            _ => None,
        };
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.found.is_none() && expr.range() == self.range {
            self.found = Some(expr);
            self.opens = self.opening == Some(self.range);
        }
        walk_expr(self, expr);
    }
}

/// CPython 3.13: Parser/pegen.c, _PyPegen_get_expr_name.
pub fn name(expr: &Expr) -> &'static str {
    match expr {
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Starred(_) => "starred",
        Expr::Name(_) => "name",
        Expr::List(_) => "list",
        Expr::Tuple(_) => "tuple",
        Expr::Lambda(_) => "lambda",
        Expr::Call(_) => "function call",
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "expression",
        Expr::Generator(_) => "generator expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Await(_) => "await expression",
        Expr::ListComp(_) => "list comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::FString(_) | Expr::TString(_) => "f-string expression",
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => "literal",
        Expr::BooleanLiteral(literal) => {
            if literal.value {
                "True"
            } else {
                "False"
            }
        }
        Expr::NoneLiteral(_) => "None",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Compare(_) => "comparison",
        Expr::If(_) => "conditional expression",
        Expr::Named(_) => "named expression",
        Expr::Slice(_) | Expr::IpyEscapeCommand(_) => "expression",
    }
}

/// CPython 3.13: Grammar/python.gram, invalid_named_expression: the operand of `=` was taken for a comparison.
pub fn suggests_equality(expr: &Expr) -> bool {
    match expr {
        Expr::List(_)
        | Expr::Tuple(_)
        | Expr::Generator(_)
        | Expr::NoneLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::Compare(_)
        | Expr::If(_)
        | Expr::Lambda(_)
        | Expr::BoolOp(_)
        | Expr::Starred(_)
        | Expr::Named(_) => false,
        Expr::UnaryOp(unary) => unary.op != rustpython_ast::UnaryOp::Not,
        _ => true,
    }
}
