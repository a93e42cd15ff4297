//! Owns: expressions.
//! Never: comprehensions, lambdas (`function`), literals, targets.

use super::{Builder, FrameKind};
use super::target::{DEBUG, NO_DEBUG};
use crate::hir::*;
use crate::parse::{Ranged, TextRange, ast};
use crate::source::Span;

impl Builder<'_> {
    pub(super) fn maybe(&mut self, expr: Option<&ast::Expr>) -> Option<ExprId> {
        expr.map(|expr| self.expr(expr))
    }

    pub(super) fn exprs(&mut self, exprs: &[ast::Expr]) -> Vec<ExprId> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    pub(super) fn expr(&mut self, expr: &ast::Expr) -> ExprId {
        let at = self.span(expr.range());
        let kind = self.expr_kind(expr, at);
        self.add(kind, at)
    }

    fn expr_kind(&mut self, expr: &ast::Expr, at: Span) -> ExprKind {
        use ast::Expr;
        match expr {
            Expr::BoolOp(e) => {
                let op = match e.op {
                    ast::BoolOp::And => BoolOp::And,
                    ast::BoolOp::Or => BoolOp::Or,
                };
                ExprKind::Bool { op, values: self.exprs(&e.values) }
            }
            Expr::Named(e) => {
                let value = self.expr(&e.value);
                // The parser takes nothing but a name here.
                let target = e.target.as_name_expr().map(|name| self.store_name(name.id.as_str(), name.range));
                let target = target.unwrap_or_else(|| Place::Global(PyName::new("")));
                ExprKind::Walrus { target, value }
            }
            Expr::BinOp(e) => {
                let left = self.expr(&e.left);
                let right = self.expr(&e.right);
                let op_span = self.find_between(e.left.end().into(), e.right.start().into(), e.op.as_str());
                ExprKind::Binary { op: bin_op(e.op), left, right, op_span }
            }
            Expr::UnaryOp(e) => self.unary(e),
            Expr::Lambda(e) => ExprKind::Lambda(self.lambda(e)),
            Expr::If(e) => {
                let test = self.expr(&e.test);
                let then = self.expr(&e.body);
                let orelse = self.expr(&e.orelse);
                ExprKind::Conditional { test, then, orelse }
            }
            Expr::Dict(e) => {
                let mut items = Vec::new();
                for item in &e.items {
                    items.push(match &item.key {
                        Some(key) => {
                            let key = self.expr(key);
                            DictItem::Pair(key, self.expr(&item.value))
                        }
                        None => DictItem::Unpack(self.expr(&item.value)),
                    });
                }
                ExprKind::Dict(items)
            }
            Expr::Set(e) => ExprKind::Set(self.elements_of(&e.elts)),
            Expr::List(e) => ExprKind::List(self.elements_of(&e.elts)),
            Expr::Tuple(e) => ExprKind::Tuple(self.elements_of(&e.elts)),
            Expr::ListComp(e) => self.list_comp(e),
            Expr::SetComp(e) => self.set_comp(e),
            Expr::DictComp(e) => self.dict_comp(e),
            Expr::Generator(e) => self.genexpr(e),
            Expr::Await(e) => {
                self.check_await(e.range, "'await'");
                let value = self.expr(&e.value);
                ExprKind::Await(value)
            }
            Expr::Yield(e) => {
                self.check_yield(e.range, false);
                let value = self.maybe(e.value.as_deref());
                ExprKind::Yield(value)
            }
            Expr::YieldFrom(e) => {
                self.check_yield(e.range, true);
                let value = self.expr(&e.value);
                ExprKind::YieldFrom(value)
            }
            Expr::Compare(e) => {
                let first = self.expr(&e.left);
                let ops = e.ops.iter().map(|op| cmp_op(*op));
                let values: Vec<ExprId> = e.comparators.iter().map(|value| self.expr(value)).collect();
                ExprKind::Compare { first, rest: ops.zip(values).collect() }
            }
            Expr::Call(e) => ExprKind::Call(Box::new(self.call(e))),
            Expr::FString(e) => self.fstring(&e.value),
            Expr::TString(e) => {
                self.error("invalid syntax", e.range);
                ExprKind::Const(Const::None)
            }
            Expr::StringLiteral(e) => ExprKind::Const(self.string(&e.value)),
            Expr::BytesLiteral(e) => ExprKind::Const(self.bytes(&e.value)),
            Expr::NumberLiteral(e) => ExprKind::Const(self.number(e)),
            Expr::BooleanLiteral(e) => ExprKind::Const(if e.value { Const::True } else { Const::False }),
            Expr::NoneLiteral(_) => ExprKind::Const(Const::None),
            Expr::EllipsisLiteral(_) => ExprKind::Const(Const::Ellipsis),
            Expr::Attribute(e) => {
                let object = self.expr(&e.value);
                ExprKind::Attribute { object, name: self.name(e.attr.as_str()), name_span: self.span(e.attr.range) }
            }
            Expr::Subscript(e) => {
                let object = self.expr(&e.value);
                let index = self.expr(&e.slice);
                ExprKind::Subscript { object, index, bracket_span: self.bracket_span(e) }
            }
            Expr::Starred(e) => {
                self.error("can't use starred expression here", e.range);
                ExprKind::Const(Const::None)
            }
            Expr::Name(e) => self.name_load(e.id.as_str(), at),
            Expr::Slice(e) => {
                let lower = self.maybe(e.lower.as_deref());
                let upper = self.maybe(e.upper.as_deref());
                let step = self.maybe(e.step.as_deref());
                ExprKind::Slice { lower, upper, step }
            }
            Expr::IpyEscapeCommand(e) => {
                self.error("invalid syntax", e.range);
                ExprKind::Const(Const::None)
            }
        }
    }

    fn name_load(&mut self, name: &str, _at: Span) -> ExprKind {
        // CPython compiles `__debug__` as a constant.
        if name == DEBUG {
            return ExprKind::Const(Const::True);
        }
        let name = self.name(name);
        if matches!(name.as_str(), "locals" | "vars" | "dir" | "eval" | "exec") {
            self.frame.facts.uses_locals = true;
        }
        ExprKind::Name(Var::new(self.load(&name)))
    }

    /// Where a plain name is stored; refuses `__debug__`.
    pub(super) fn store_name(&mut self, name: &str, range: TextRange) -> Place {
        if name == DEBUG {
            self.error(NO_DEBUG, range);
        }
        self.store(&self.name(name))
    }

    fn unary(&mut self, e: &ast::ExprUnaryOp) -> ExprKind {
        let operand = self.expr(&e.operand);
        let op = match e.op {
            ast::UnaryOp::Invert => UnaryOp::Invert,
            ast::UnaryOp::Not => UnaryOp::Not,
            ast::UnaryOp::UAdd => UnaryOp::Pos,
            ast::UnaryOp::USub => UnaryOp::Neg,
        };
        let folded = match (op, self.exprs.get(operand.index()).map(|operand| &operand.kind)) {
            (UnaryOp::Neg, Some(ExprKind::Const(Const::Int(value)))) => value.checked_neg().map(Const::Int),
            (UnaryOp::Neg, Some(ExprKind::Const(Const::Float(value)))) => Some(Const::Float(-value)),
            (UnaryOp::Neg, Some(ExprKind::Const(Const::BigInt(digits)))) if &**digits == "9223372036854775808" => {
                Some(Const::Int(i64::MIN))
            }
            _ => None,
        };
        match folded {
            Some(value) => ExprKind::Const(value),
            None => ExprKind::Unary { op, operand },
        }
    }

    pub(super) fn elements_of(&mut self, elements: &[ast::Expr]) -> Vec<Element> {
        let mut built = Vec::new();
        for element in elements {
            built.push(match element.as_starred_expr() {
                Some(starred) => Element::Star(self.expr(&starred.value)),
                None => Element::Item(self.expr(element)),
            });
        }
        built
    }

    fn call(&mut self, e: &ast::ExprCall) -> Call {
        let callee = self.expr(&e.func);
        let zero_super = self.zero_super(e);
        let (args, keywords) = self.arguments(&e.arguments);
        Call { callee, args, keywords, zero_super, awaited: false, paren_span: self.span(e.arguments.range) }
    }

    pub(super) fn arguments(&mut self, arguments: &ast::Arguments) -> (Vec<Element>, Vec<Keyword>) {
        let args = self.elements_of(&arguments.args);
        let mut keywords: Vec<Keyword> = Vec::new();
        for keyword in &arguments.keywords {
            let value = self.expr(&keyword.value);
            keywords.push(match &keyword.arg {
                Some(name) => {
                    let name = PyName::new(name.as_str());
                    let same = |other: &Keyword| matches!(other, Keyword::Named { name: n, .. } if *n == name);
                    if keywords.iter().any(same) {
                        self.error(format!("keyword argument repeated: {name}"), keyword.range);
                    }
                    if name.as_str() == DEBUG {
                        self.error(NO_DEBUG, keyword.range);
                    }
                    Keyword::Named { name, value, span: self.span(keyword.range) }
                }
                None => Keyword::Unpack(value),
            });
        }
        (args, keywords)
    }

    /// `super()` without arguments in a function (CPython: Objects/typeobject.c, super_init_without_args).
    fn zero_super(&mut self, e: &ast::ExprCall) -> Option<ZeroSuper> {
        let ast::Expr::Name(name) = &*e.func else { return None };
        if name.id.as_str() != "super" || !e.arguments.args.is_empty() || !e.arguments.keywords.is_empty() {
            return None;
        }
        if !self.frame.kind.is_function() {
            return None;
        }
        let class = self.load(&PyName::new("__class__"));
        if !matches!(class, Place::Free(_) | Place::Cell(_)) {
            return None;
        }
        let first = self.frame.first_param.clone().map(|name| {
            let body = self.scopes.get(self.scope).body;
            Var::new(self.scopes.load(body, &name))
        });
        Some(ZeroSuper { class: Var::new(class), first })
    }

    pub(super) fn bracket_span(&self, e: &ast::ExprSubscript) -> Span {
        let end = u32::from(e.range.end());
        let open = self.find_between(e.value.end().into(), end, "[");
        self.file.span(open.start, end)
    }

    /// The first occurrence of `text` between two offsets; an empty span at the start when there is none.
    pub(super) fn find_between(&self, start: u32, end: u32, text: &str) -> Span {
        let between = self.file.text.get(start as usize..end as usize).unwrap_or("");
        match between.find(text) {
            Some(at) => self.file.span(start + at as u32, start + (at + text.len()) as u32),
            None => self.file.span(start, start),
        }
    }

    /// CPython 3.13: compile.c, compiler_visit_expr1, Await_kind.
    pub(super) fn check_await(&mut self, range: TextRange, what: &str) {
        self.frame.facts.has_await = true;
        self.frame.facts.suspends_in_try |= self.frame.protected > 0;
        match self.frame.kind {
            FrameKind::AsyncFunction | FrameKind::Genexpr => {}
            FrameKind::Module | FrameKind::Class => self.error(format!("{what} outside function"), range),
            FrameKind::Function | FrameKind::Lambda | FrameKind::Lazy => {
                self.error(format!("{what} outside async function"), range);
            }
        }
    }

    fn check_yield(&mut self, range: TextRange, from: bool) {
        self.frame.facts.has_yield = true;
        self.frame.facts.suspends_in_try |= self.frame.protected > 0;
        if !self.frame.kind.is_function() {
            self.error(if from { "'yield from' outside function" } else { "'yield' outside function" }, range);
        } else if from && self.frame.kind == FrameKind::AsyncFunction {
            self.error("'yield from' inside async function", range);
        }
    }
}

pub(super) fn bin_op(op: ast::Operator) -> BinOp {
    match op {
        ast::Operator::Add => BinOp::Add,
        ast::Operator::Sub => BinOp::Sub,
        ast::Operator::Mult => BinOp::Mul,
        ast::Operator::MatMult => BinOp::MatMul,
        ast::Operator::Div => BinOp::TrueDiv,
        ast::Operator::Mod => BinOp::Mod,
        ast::Operator::Pow => BinOp::Pow,
        ast::Operator::LShift => BinOp::LShift,
        ast::Operator::RShift => BinOp::RShift,
        ast::Operator::BitOr => BinOp::Or,
        ast::Operator::BitXor => BinOp::Xor,
        ast::Operator::BitAnd => BinOp::And,
        ast::Operator::FloorDiv => BinOp::FloorDiv,
    }
}

fn cmp_op(op: ast::CmpOp) -> CmpOp {
    match op {
        ast::CmpOp::Eq => CmpOp::Eq,
        ast::CmpOp::NotEq => CmpOp::Ne,
        ast::CmpOp::Lt => CmpOp::Lt,
        ast::CmpOp::LtE => CmpOp::Le,
        ast::CmpOp::Gt => CmpOp::Gt,
        ast::CmpOp::GtE => CmpOp::Ge,
        ast::CmpOp::Is => CmpOp::Is,
        ast::CmpOp::IsNot => CmpOp::IsNot,
        ast::CmpOp::In => CmpOp::In,
        ast::CmpOp::NotIn => CmpOp::NotIn,
    }
}
