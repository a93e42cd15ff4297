//! Owns: expressions, targets and patterns as text.
//! Never: statements.

use super::Printer;
use crate::hir::*;

impl Printer<'_> {
    pub(super) fn maybe(&self, id: Option<ExprId>) -> String {
        id.map_or(String::new(), |id| self.expr(id))
    }

    pub(super) fn expr(&self, id: ExprId) -> String {
        match &self.module.expr(id).kind {
            ExprKind::Const(value) => constant(value),
            ExprKind::Name(var) => self.var(var),
            ExprKind::Walrus { target, value } => format!("({} := {})", self.place(target), self.expr(*value)),
            ExprKind::Unary { op, operand } => {
                let op = match op {
                    UnaryOp::Not => "not ",
                    UnaryOp::Neg => "-",
                    UnaryOp::Pos => "+",
                    UnaryOp::Invert => "~",
                };
                format!("({op}{})", self.expr(*operand))
            }
            ExprKind::Binary { op, left, right, op_span: _ } => {
                format!("({} {} {})", self.expr(*left), bin_op(*op), self.expr(*right))
            }
            ExprKind::Bool { op, values } => {
                let op = match op {
                    BoolOp::And => " and ",
                    BoolOp::Or => " or ",
                };
                format!("({})", values.iter().map(|id| self.expr(*id)).collect::<Vec<_>>().join(op))
            }
            ExprKind::Compare { first, rest } => {
                let mut out = format!("({}", self.expr(*first));
                for (op, value) in rest {
                    out.push_str(&format!(" {} {}", cmp_op(*op), self.expr(*value)));
                }
                out + ")"
            }
            ExprKind::Conditional { test, then, orelse } => {
                format!("({} if {} else {})", self.expr(*then), self.expr(*test), self.expr(*orelse))
            }
            ExprKind::Call(call) => {
                let callee = match &call.zero_super {
                    Some(found) => format!("super<{}>", self.var(&found.class)),
                    None => self.expr(call.callee),
                };
                format!("{callee}({})", self.arguments(&call.args, &call.keywords))
            }
            ExprKind::Attribute { object, name, name_span: _ } => format!("{}.{name}", self.expr(*object)),
            ExprKind::Subscript { object, index, bracket_span: _ } => {
                format!("{}[{}]", self.expr(*object), self.expr(*index))
            }
            ExprKind::Slice { lower, upper, step } => {
                format!("{}:{}:{}", self.maybe(*lower), self.maybe(*upper), self.maybe(*step))
            }
            ExprKind::Tuple(all) => format!("({},)", self.elements(all)),
            ExprKind::List(all) => format!("[{}]", self.elements(all)),
            ExprKind::Set(all) => format!("{{{}}}", self.elements(all)),
            ExprKind::Dict(items) => {
                let item = |item: &DictItem| match item {
                    DictItem::Pair(key, value) => format!("{}: {}", self.expr(*key), self.expr(*value)),
                    DictItem::Unpack(value) => format!("**{}", self.expr(*value)),
                };
                format!("{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(", "))
            }
            ExprKind::FString(parts) => format!("f\"{}\"", self.parts(parts)),
            ExprKind::Lambda(closure) => self.closure("lambda", closure),
            ExprKind::Genexpr { closure, first, async_first } => {
                let iter = if *async_first { "aiter" } else { "iter" };
                format!("{}({iter} {})", self.closure("genexpr", closure), self.expr(*first))
            }
            ExprKind::Comprehension(c) => self.comprehension(c),
            ExprKind::Await(value) => format!("(await {})", self.expr(*value)),
            ExprKind::Yield(value) => format!("(yield {})", self.maybe(*value)),
            ExprKind::YieldFrom(value) => format!("(yield from {})", self.expr(*value)),
        }
    }

    pub(super) fn closure(&self, what: &str, closure: &ClosureDef) -> String {
        let mut out = format!("{what} fn{}", closure.function.0);
        if !closure.captures.is_empty() {
            out.push_str(&format!(" [{}]", self.captures(&closure.captures)));
        }
        for (at, value) in &closure.defaults {
            out.push_str(&format!(" default {at} = {}", self.expr(*value)));
        }
        out
    }

    fn comprehension(&self, c: &Comprehension) -> String {
        let (open, element, close) = match c.kind {
            ComprehensionKind::List(value) => ("[", self.expr(value), "]"),
            ComprehensionKind::Set(value) => ("{", self.expr(value), "}"),
            ComprehensionKind::Dict(key, value) => ("{", format!("{}: {}", self.expr(key), self.expr(value)), "}"),
        };
        let mut out = format!("{open}{element}");
        for clause in &c.clauses {
            let for_ = if clause.is_async { "async for" } else { "for" };
            out.push_str(&format!(" {for_} {} in {}", self.target(&clause.target), self.expr(clause.iter)));
            for test in &clause.ifs {
                out.push_str(&format!(" if {}", self.expr(*test)));
            }
        }
        out + close
    }

    fn elements(&self, all: &[Element]) -> String {
        let one = |element: &Element| match element {
            Element::Item(value) => self.expr(*value),
            Element::Star(value) => format!("*{}", self.expr(*value)),
        };
        all.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn arguments(&self, args: &[Element], keywords: &[Keyword]) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !args.is_empty() {
            parts.push(self.elements(args));
        }
        for keyword in keywords {
            parts.push(match keyword {
                Keyword::Named { name, value, span: _ } => format!("{name}={}", self.expr(*value)),
                Keyword::Unpack(value) => format!("**{}", self.expr(*value)),
            });
        }
        parts.join(", ")
    }

    fn parts(&self, parts: &[FPart]) -> String {
        let mut out = String::new();
        for part in parts {
            match part {
                FPart::Lit(text) => out.push_str(&format!("{text:?}").trim_matches('"').replace('{', "{{")),
                FPart::LitPoints(points) => out.push_str(&format!("{points:x?}")),
                FPart::Value { value, conversion, spec } => {
                    let conversion = match conversion {
                        Conversion::None => "",
                        Conversion::Str => "!s",
                        Conversion::Repr => "!r",
                        Conversion::Ascii => "!a",
                    };
                    let spec = spec.as_ref().map_or(String::new(), |spec| format!(":{}", self.parts(spec)));
                    out.push_str(&format!("{{{}{conversion}{spec}}}", self.expr(*value)));
                }
            }
        }
        out
    }

    pub(super) fn target(&self, target: &Target) -> String {
        match &target.kind {
            TargetKind::Name(var) => self.place(&var.place),
            TargetKind::Attribute { object, name, name_span: _ } => format!("{}.{name}", self.expr(*object)),
            TargetKind::Subscript { object, index, bracket_span: _ } => {
                format!("{}[{}]", self.expr(*object), self.expr(*index))
            }
            TargetKind::Unpack { before, star, after } => {
                let mut parts: Vec<String> = before.iter().map(|inner| self.target(inner)).collect();
                parts.extend(star.iter().map(|star| format!("*{}", self.target(star))));
                parts.extend(after.iter().map(|inner| self.target(inner)));
                format!("({})", parts.join(", "))
            }
        }
    }

    pub(super) fn pattern(&self, pattern: &Pattern) -> String {
        let list = |all: &[Pattern]| all.iter().map(|inner| self.pattern(inner)).collect::<Vec<_>>();
        match &pattern.kind {
            PatternKind::Wildcard => "_".to_owned(),
            PatternKind::Capture { target, pattern } => match pattern {
                Some(inner) => format!("{} as {}", self.pattern(inner), self.place(target)),
                None => self.place(target),
            },
            PatternKind::Value(value) => format!("== {}", self.expr(*value)),
            PatternKind::Singleton(value) => format!("is {value:?}"),
            PatternKind::Sequence { before, star, after } => {
                let mut parts = list(before);
                let target = |star: &StarPattern| star.target.as_ref().map_or("_".to_owned(), |place| self.place(place));
                parts.extend(star.iter().map(|star| format!("*{}", target(star))));
                parts.extend(list(after));
                format!("[{}]", parts.join(", "))
            }
            PatternKind::Mapping { keys, rest } => {
                let mut parts: Vec<String> =
                    keys.iter().map(|(key, value)| format!("{}: {}", self.expr(*key), self.pattern(value))).collect();
                parts.extend(rest.iter().map(|place| format!("**{}", self.place(place))));
                format!("{{{}}}", parts.join(", "))
            }
            PatternKind::Class { class, positional, keywords } => {
                let mut parts = list(positional);
                parts.extend(keywords.iter().map(|(name, inner)| format!("{name}={}", self.pattern(inner))));
                format!("{}({})", self.expr(*class), parts.join(", "))
            }
            PatternKind::Or(all) => list(all).join(" | "),
        }
    }
}

fn constant(value: &Const) -> String {
    match value {
        Const::None => "None".to_owned(),
        Const::True => "True".to_owned(),
        Const::False => "False".to_owned(),
        Const::Ellipsis => "...".to_owned(),
        Const::Int(value) => value.to_string(),
        Const::BigInt(digits) => digits.to_string(),
        Const::Float(value) => format!("{value:?}"),
        Const::Imag(value) => format!("{value:?}j"),
        Const::Str(text) => format!("{text:?}"),
        Const::StrPoints(points) => format!("str{points:x?}"),
        Const::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
    }
}

pub(super) fn bin_op(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "+",
        BinOp::Sub => "-",
        BinOp::Mul => "*",
        BinOp::MatMul => "@",
        BinOp::TrueDiv => "/",
        BinOp::FloorDiv => "//",
        BinOp::Mod => "%",
        BinOp::Pow => "**",
        BinOp::LShift => "<<",
        BinOp::RShift => ">>",
        BinOp::And => "&",
        BinOp::Or => "|",
        BinOp::Xor => "^",
    }
}

fn cmp_op(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "==",
        CmpOp::Ne => "!=",
        CmpOp::Lt => "<",
        CmpOp::Le => "<=",
        CmpOp::Gt => ">",
        CmpOp::Ge => ">=",
        CmpOp::Is => "is",
        CmpOp::IsNot => "is not",
        CmpOp::In => "in",
        CmpOp::NotIn => "not in",
    }
}
