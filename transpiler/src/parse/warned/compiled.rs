//! Owns: comparisons with `is` that are no identities, assertions of tuples, calls and subscripts of literals.
//! Never: looks at what CPython's compiler does not compile: annotations of local variables.
//!
//! CPython 3.13: Python/compile.c, check_compare, check_caller, check_subscripter, check_index, compiler_assert, and the
//! order in which it visits.

use super::super::ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use super::super::ast::{CmpOp, Expr, ExprCompare, ExprContext, ExprSubscript, ModModule, Number, Operator, Parameters, Stmt, StmtTry, UnaryOp};
use super::Warned;
use crate::source::SourceFile;
use rustpython_text_size::{Ranged, TextRange};

pub fn look<'a>(file: &'a SourceFile, module: &'a ModModule) -> Vec<Warned> {
    let mut imports = module.body.iter().filter_map(Stmt::as_import_from_stmt).filter(|import| import.module.as_deref() == Some("__future__"));
    let future = imports.any(|import| import.names.iter().any(|alias| alias.name.as_str() == "annotations"));
    let mut compiler = Compiler { file, found: Vec::new(), in_function: false, future, around: Vec::new() };
    compiler.visit_body(&module.body);
    compiler.found
}

struct Compiler<'f> {
    file: &'f SourceFile,
    found: Vec<Warned>,
    in_function: bool,
    /// Annotations are texts.
    future: bool,
    /// What a jump out of here passes, the innermost last.
    around: Vec<Around<'f>>,
}

#[derive(Clone, Copy)]
enum Around<'a> {
    /// Its body is compiled once more at each jump.
    Finally(&'a [Stmt]),
    Loop,
}

impl<'a> Visitor<'a> for Compiler<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                def.decorator_list.iter().for_each(|one| self.visit_expr(&one.expression));
                self.defaults(&def.parameters);
                if !self.future {
                    def.parameters.iter().filter_map(|one| one.annotation()).for_each(|one| self.visit_expr(one));
                    def.returns.iter().for_each(|one| self.visit_expr(one));
                }
                self.body(true, |inner| walk_body(inner, &def.body));
            }
            Stmt::ClassDef(def) => {
                def.decorator_list.iter().for_each(|one| self.visit_expr(&one.expression));
                self.body(false, |inner| walk_body(inner, &def.body));
                def.arguments.iter().for_each(|all| self.visit_arguments(all));
            }
            Stmt::AnnAssign(made) => {
                made.value.iter().for_each(|value| self.visit_expr(value));
                self.visit_expr(&made.target);
                if !self.in_function && !self.future {
                    self.visit_expr(&made.annotation);
                }
            }
            Stmt::While(made) => {
                self.visit_expr(&made.test);
                self.in_loop(&made.body);
                // The test stands in front of the loop and at its end.
                self.visit_expr(&made.test);
                walk_body(self, &made.orelse);
            }
            Stmt::For(made) => {
                self.visit_expr(&made.iter);
                self.visit_expr(&made.target);
                self.in_loop(&made.body);
                walk_body(self, &made.orelse);
            }
            Stmt::Return(made) => {
                made.value.iter().for_each(|value| self.visit_expr(value));
                self.unwind(true);
            }
            Stmt::Break(_) | Stmt::Continue(_) => self.unwind(false),
            Stmt::Try(made) => self.attempt(made),
            Stmt::Assert(made) => {
                if made.test.as_tuple_expr().is_some_and(|tuple| !tuple.elts.is_empty()) {
                    self.warn(made.range, "assertion is always true, perhaps remove parentheses?".to_owned());
                }
                walk_stmt(self, stmt);
            }
            Stmt::Delete(_) | Stmt::TypeAlias(_) | Stmt::Assign(_) | Stmt::AugAssign(_) | Stmt::If(_) | Stmt::With(_) | Stmt::Match(_)
            | Stmt::Raise(_) | Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Expr(_) | Stmt::Pass(_)
            | Stmt::IpyEscapeCommand(_) => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Compare(compare) => self.compare(compare, false),
            // `not x is y` is compiled as `x is not y`.
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => {
                let (mut operand, mut negated) = (&*not.operand, true);
                while let Expr::UnaryOp(inner) = operand
                    && inner.op == UnaryOp::Not
                {
                    (operand, negated) = (&*inner.operand, !negated);
                }
                if let Expr::Compare(compare) = operand
                    && compare.ops.len() == 1
                {
                    self.compare(compare, negated);
                    return walk_expr(self, operand);
                }
            }
            Expr::Call(call) => {
                if let Some(kind) = uncallable(&call.func) {
                    self.warn(call.func.range(), format!("'{kind}' object is not callable; perhaps you missed a comma?"));
                }
            }
            Expr::Subscript(subscript) if subscript.ctx == ExprContext::Load => self.subscript(subscript),
            Expr::Lambda(lambda) => {
                lambda.parameters.iter().for_each(|all| self.defaults(all));
                return self.body(true, |inner| inner.visit_expr(&lambda.body));
            }
            Expr::BoolOp(_) | Expr::Named(_) | Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::If(_) | Expr::Dict(_) | Expr::Set(_)
            | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) | Expr::Await(_) | Expr::Yield(_)
            | Expr::YieldFrom(_) | Expr::FString(_) | Expr::TString(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) | Expr::Attribute(_)
            | Expr::Subscript(_) | Expr::Starred(_) | Expr::Name(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Slice(_)
            | Expr::IpyEscapeCommand(_) => {}
        }
        walk_expr(self, expr);
    }
}

impl<'a> Compiler<'a> {
    fn warn(&mut self, range: TextRange, message: String) {
        let line = self.file.line(range.start().into());
        self.found.push(Warned { range, line, message });
    }

    /// A code object of its own.
    fn body(&mut self, is_function: bool, look: impl FnOnce(&mut Self)) {
        let outer = (std::mem::replace(&mut self.in_function, is_function), std::mem::take(&mut self.around));
        look(self);
        (self.in_function, self.around) = outer;
    }

    fn in_loop(&mut self, body: &'a [Stmt]) {
        self.around.push(Around::Loop);
        walk_body(self, body);
        self.around.pop();
    }

    /// The `finally` blocks that a jump runs on its way out.
    fn unwind(&mut self, leaves_loops: bool) {
        let whole = self.around.clone();
        while let Some(around) = self.around.pop() {
            match around {
                Around::Finally(body) => walk_body(self, body),
                Around::Loop if leaves_loops => {}
                Around::Loop => break,
            }
        }
        self.around = whole;
    }

    fn defaults(&mut self, parameters: &'a Parameters) {
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        positional.chain(&parameters.kwonlyargs).filter_map(|one| one.default.as_ref()).for_each(|one| self.visit_expr(one));
    }

    fn attempt(&mut self, made: &'a StmtTry) {
        self.around.push(Around::Finally(&made.finalbody));
        walk_body(self, &made.body);
        walk_body(self, &made.orelse);
        made.handlers.iter().for_each(|handler| self.visit_except_handler(handler));
        self.around.pop();
        // Once for the way out without an exception, once for the way with one.
        for _ in 0..2 {
            walk_body(self, &made.finalbody);
        }
    }

    fn compare(&mut self, compare: &ExprCompare, negated: bool) {
        let operands: Vec<&Expr> = std::iter::once(&*compare.left).chain(&compare.comparators).collect();
        for (op, pair) in compare.ops.iter().zip(operands.windows(2)) {
            let is = match op {
                CmpOp::Is => !negated,
                CmpOp::IsNot => negated,
                CmpOp::Eq | CmpOp::NotEq | CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE | CmpOp::In | CmpOp::NotIn => continue,
            };
            if let Some(kind) = pair.iter().find_map(|operand| literal(operand)) {
                let (word, other) = if is { ("is", "==") } else { ("is not", "!=") };
                return self.warn(compare.range, format!("\"{word}\" with '{kind}' literal. Did you mean \"{other}\"?"));
            }
        }
    }

    fn subscript(&mut self, subscript: &ExprSubscript) {
        let value = &*subscript.value;
        if let Some(kind) = unsubscriptable(value) {
            return self.warn(value.range(), format!("'{kind}' object is not subscriptable; perhaps you missed a comma?"));
        }
        let (Some(kind), Some(index)) = (sequence(value), infer(&subscript.slice)) else { return };
        if !matches!(index, "int" | "bool") {
            self.warn(value.range(), format!("{kind} indices must be integers or slices, not {index}; perhaps you missed a comma?"));
        }
    }
}

/// The class of an expression that the compiler takes for a constant.
fn constant(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::NumberLiteral(number) => match number.value {
            Number::Int(_) => "int",
            Number::Float(_) => "float",
            Number::Complex { .. } => "complex",
        },
        Expr::StringLiteral(_) => "str",
        Expr::BytesLiteral(_) => "bytes",
        Expr::BooleanLiteral(_) => "bool",
        Expr::NoneLiteral(_) => "NoneType",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Tuple(tuple) if tuple.elts.iter().all(|one| constant(one).is_some()) => "tuple",
        Expr::UnaryOp(made) => match (made.op, constant(&made.operand)?) {
            (UnaryOp::Not, _) => "bool",
            (UnaryOp::Invert | UnaryOp::UAdd | UnaryOp::USub, "int" | "bool") => "int",
            (UnaryOp::UAdd | UnaryOp::USub, kind @ ("float" | "complex")) => kind,
            (UnaryOp::Invert | UnaryOp::UAdd | UnaryOp::USub, _) => return None,
        },
        Expr::BinOp(made) => match (constant(&made.left)?, made.op, constant(&made.right)?) {
            ("int", Operator::Add | Operator::Sub | Operator::Mult | Operator::BitAnd | Operator::BitOr | Operator::BitXor, "int") => "int",
            ("str", Operator::Add, "str") => "str",
            ("float", Operator::Add | Operator::Sub | Operator::Mult, "int" | "float") | ("int", Operator::Add | Operator::Sub | Operator::Mult, "float") => "float",
            ("int" | "float", Operator::Add | Operator::Sub | Operator::Mult, "complex") => "complex",
            _ => return None,
        },
        Expr::BoolOp(_) | Expr::Named(_) | Expr::Lambda(_) | Expr::If(_) | Expr::Dict(_) | Expr::Set(_) | Expr::ListComp(_)
        | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) | Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_)
        | Expr::Compare(_) | Expr::Call(_) | Expr::FString(_) | Expr::TString(_) | Expr::Attribute(_) | Expr::Subscript(_)
        | Expr::Starred(_) | Expr::Name(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Slice(_) | Expr::IpyEscapeCommand(_) => return None,
    })
}

/// A constant that is not one of those of which there is one object only.
fn literal(expr: &Expr) -> Option<&'static str> {
    constant(expr).filter(|kind| !matches!(*kind, "NoneType" | "bool" | "ellipsis"))
}

/// CPython 3.13: Python/compile.c, infer_type.
fn infer(expr: &Expr) -> Option<&'static str> {
    constant(expr).or(match expr {
        Expr::Tuple(_) => Some("tuple"),
        Expr::List(_) | Expr::ListComp(_) => Some("list"),
        Expr::Dict(_) | Expr::DictComp(_) => Some("dict"),
        Expr::Set(_) | Expr::SetComp(_) => Some("set"),
        Expr::Generator(_) => Some("generator"),
        Expr::Lambda(_) => Some("function"),
        Expr::FString(_) => Some("str"),
        Expr::BoolOp(_) | Expr::Named(_) | Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::If(_) | Expr::Await(_) | Expr::Yield(_)
        | Expr::YieldFrom(_) | Expr::Compare(_) | Expr::Call(_) | Expr::TString(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) | Expr::Attribute(_)
        | Expr::Subscript(_) | Expr::Starred(_) | Expr::Name(_) | Expr::Slice(_) | Expr::IpyEscapeCommand(_) => None,
    })
}

fn uncallable(expr: &Expr) -> Option<&'static str> {
    infer(expr).filter(|kind| *kind != "function")
}

fn unsubscriptable(expr: &Expr) -> Option<&'static str> {
    infer(expr).filter(|kind| matches!(*kind, "NoneType" | "ellipsis" | "int" | "bool" | "float" | "complex" | "set" | "generator" | "function"))
}

fn sequence(expr: &Expr) -> Option<&'static str> {
    infer(expr).filter(|kind| matches!(*kind, "str" | "bytes" | "tuple" | "list"))
}
