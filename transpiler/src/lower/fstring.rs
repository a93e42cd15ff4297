//! Owns: f-strings: one call with the parts in order. Never: parses format specs.

use super::body::Body;
use super::operand::Operand;
use crate::hir::{Conversion, Element, ExprId, ExprKind, FPart, Place};
use crate::rir::Expr;
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    pub fn fstring(&mut self, parts: &[FPart], span: Span) -> Operand {
        if parts.iter().all(|p| matches!(p, FPart::Lit(_))) {
            let text: String = parts
                .iter()
                .map(|p| match p {
                    FPart::Lit(t) => &**t,
                    FPart::LitPoints(_) | FPart::Value { .. } => "",
                })
                .collect();
            return Operand::Owned(Expr::StrConst(text));
        }
        let site = self.site(span);
        let parts = self.fparts(parts, span);
        Operand::Owned(self.fallible(Expr::rt("fstring", vec![Expr::slice(parts)]), site))
    }

    /// `Lit("a")`, `S(&x)`, `Spec(&y, ">5")`. A value whose evaluation could be seen by an earlier part's
    /// `__format__` makes every earlier value a text first.
    fn fparts(&mut self, parts: &[FPart], span: Span) -> Vec<Expr> {
        let effects = parts
            .iter()
            .filter(|p| match p {
                FPart::Value { value, .. } => self.may_run_code(*value),
                FPart::Lit(_) | FPart::LitPoints(_) => false,
            })
            .count();
        let mut values: Vec<Operand> = vec![];
        let mut specs = vec![];
        let mut seen = 0;
        for part in parts {
            let FPart::Value { value, conversion, spec } = part else { continue };
            let start = self.out.len();
            let runs = self.may_run_code(*value);
            let mut operand = self.expr(*value);
            if runs {
                seen += 1;
            }
            let before_spec = self.out.len();
            let text = spec.as_ref().map(|s| self.spec(s, span));
            if self.out.len() > before_spec {
                let mut one = [operand];
                self.spill(&mut one, before_spec);
                let [spilled] = one;
                operand = spilled;
            }
            if self.out.len() > start {
                self.spill(&mut values, start);
            }
            // Later values run code: format this one now, as CPython does.
            if seen < effects {
                let at = self.out.len();
                self.spill(&mut values, at);
                let site = self.site(span);
                let one = part_of(operand.by_ref(), *conversion, text);
                let made = self.fallible(Expr::rt("fstring", vec![Expr::slice(vec![one])]), site);
                let t = self.temp_of(made);
                operand = t;
                specs.push((Conversion::None, None));
            } else {
                specs.push((*conversion, text));
            }
            values.push(operand);
        }
        let mut values = values.into_iter().zip(specs);
        let mut out = vec![];
        for part in parts {
            match part {
                FPart::Lit(text) => out.push(Expr::rt("Lit", vec![Expr::str(&**text)])),
                FPart::LitPoints(points) => {
                    let made = super::expr::constant(&crate::hir::Const::StrPoints(points.clone()));
                    out.push(Expr::rt("S", vec![made.by_ref()]));
                }
                FPart::Value { .. } => {
                    if let Some((value, (conversion, text))) = values.next() {
                        out.push(part_of(value.by_ref(), conversion, text));
                    }
                }
            }
        }
        out
    }

    fn spec(&mut self, parts: &[FPart], span: Span) -> SpecText {
        let literal: Option<String> = parts
            .iter()
            .map(|p| match p {
                FPart::Lit(t) => Some(&**t),
                FPart::LitPoints(_) | FPart::Value { .. } => None,
            })
            .collect();
        match literal {
            Some(text) => SpecText::Literal(text),
            None => {
                let value = self.fstring(parts, span);
                let value = self.stable(value);
                SpecText::Value(value.by_ref())
            }
        }
    }

    /// Evaluating it calls something that could change what an earlier part shows.
    fn may_run_code(&self, id: ExprId) -> bool {
        let module = self.cx.module;
        match &module.expr(id).kind {
            ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) | ExprKind::Walrus { .. } => true,
            ExprKind::Call(call) => {
                let harmless = matches!(&module.expr(call.callee).kind,
                    ExprKind::Name(v) if matches!(&v.place, Place::Builtin(n) if HARMLESS.contains(&n.as_str())));
                !harmless
                    || call.args.iter().any(|a| match a {
                        Element::Item(e) | Element::Star(e) => self.may_run_code(*e),
                    })
            }
            ExprKind::Binary { left, right, .. } => self.may_run_code(*left) || self.may_run_code(*right),
            ExprKind::Subscript { object, index, .. } => self.may_run_code(*object) || self.may_run_code(*index),
            ExprKind::Attribute { object, .. } => self.may_run_code(*object),
            ExprKind::Conditional { test, then, orelse } => {
                [*test, *then, *orelse].into_iter().any(|e| self.may_run_code(e))
            }
            ExprKind::Bool { op: _, values } => values.iter().any(|e| self.may_run_code(*e)),
            ExprKind::Unary { op: _, operand } => self.may_run_code(*operand),
            ExprKind::Compare { first, rest } => {
                self.may_run_code(*first) || rest.iter().any(|(_, e)| self.may_run_code(*e))
            }
            ExprKind::Const(_)
            | ExprKind::Name(_)
            | ExprKind::Slice { .. }
            | ExprKind::Tuple(_)
            | ExprKind::List(_)
            | ExprKind::Set(_)
            | ExprKind::Dict(_)
            | ExprKind::FString(_)
            | ExprKind::Lambda(_)
            | ExprKind::Genexpr { .. }
            | ExprKind::Comprehension(_) => false,
        }
    }
}

/// Builtins that only look at their arguments.
const HARMLESS: &[&str] = &[
    "len", "sum", "min", "max", "round", "abs", "str", "repr", "sorted", "int", "float", "bool", "type", "isinstance", "id",
    "hash", "list", "tuple", "dict", "set", "any", "all", "ord", "chr", "hex", "bin", "oct", "divmod", "pow", "ascii", "format",
];

#[derive(Clone, Debug)]
enum SpecText {
    Literal(String),
    Value(Expr),
}

fn part_of(value: Expr, conversion: Conversion, spec: Option<SpecText>) -> Expr {
    match (conversion, spec) {
        (Conversion::None, None) => Expr::rt("S", vec![value]),
        (Conversion::None, Some(SpecText::Literal(t))) => Expr::rt("Spec", vec![value, Expr::Str(t)]),
        (Conversion::None, Some(SpecText::Value(t))) => Expr::rt("Part::Dynamic", vec![value, t]),
        (Conversion::Str, None) => Expr::rt("Part::Str", vec![value]),
        (Conversion::Repr, None) => Expr::rt("R", vec![value]),
        (Conversion::Ascii, None) => Expr::rt("A", vec![value]),
        (c, Some(t)) => {
            let c = match c {
                Conversion::None | Conversion::Str => "s",
                Conversion::Repr => "r",
                Conversion::Ascii => "a",
            };
            match t {
                SpecText::Literal(t) => Expr::rt("Part::Converted", vec![value, Expr::str(c), Expr::Str(t)]),
                SpecText::Value(t) => Expr::rt("Part::ConvertedDynamic", vec![value, Expr::str(c), t]),
            }
        }
    }
}
