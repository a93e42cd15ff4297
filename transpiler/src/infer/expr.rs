//! Owns: the types of expressions.
//! Never: statements, calls.

use super::{Body, Ty, ops};
use crate::hir::*;

impl Body<'_> {
    pub(super) fn expr(&mut self, id: ExprId) -> Ty {
        let ty = self.kind(id);
        self.exprs.insert(id, ty.clone());
        ty
    }

    pub(super) fn exprs(&mut self, ids: &[ExprId]) {
        for id in ids {
            self.expr(*id);
        }
    }

    fn kind(&mut self, id: ExprId) -> Ty {
        let module = self.module;
        let kind = &module.expr(id).kind;
        match kind {
            ExprKind::Const(value) => constant(value),
            ExprKind::Name(var) => self.place(&var.place),
            ExprKind::Walrus { target, value } => {
                let ty = self.expr(*value);
                self.bind_place(target, &ty);
                ty
            }
            ExprKind::Unary { op, operand } => {
                let operand = self.expr(*operand);
                ops::unary(*op, &operand)
            }
            ExprKind::Binary { op, left, right, op_span: _ } => {
                let left = self.expr(*left);
                let literal = self.int_literal(*right);
                let right = self.expr(*right);
                ops::binary(*op, &left, &right, literal)
            }
            ExprKind::Bool { op: _, values } => {
                values.iter().fold(Ty::Never, |all, value| all.join(&self.expr(*value)))
            }
            ExprKind::Compare { first, rest } => {
                let mut left = self.expr(*first);
                let mut all = Ty::Never;
                for (op, value) in rest {
                    let right = self.expr(*value);
                    all = all.join(&ops::compare(*op, &left, &right));
                    left = right;
                }
                all
            }
            ExprKind::Conditional { test, then, orelse } => {
                self.expr(*test);
                let then = self.expr(*then);
                then.join(&self.expr(*orelse))
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::Subscript { object, index, bracket_span: _ } => self.subscript(*object, *index),
            ExprKind::Tuple(all) => self.tuple(all),
            ExprKind::List(all) => {
                self.elements_of(all);
                Ty::list()
            }
            ExprKind::Set(all) => {
                self.elements_of(all);
                Ty::Set
            }
            ExprKind::Dict(_) => {
                self.exprs(&visit::children(kind));
                Ty::Dict
            }
            ExprKind::FString(_) => {
                self.exprs(&visit::children(kind));
                Ty::Str
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::Attribute { .. }
            | ExprKind::Slice { .. }
            | ExprKind::Lambda(_)
            | ExprKind::Genexpr { .. }
            | ExprKind::Await(_)
            | ExprKind::Yield(_)
            | ExprKind::YieldFrom(_) => {
                self.exprs(&visit::children(kind));
                Ty::Unknown
            }
        }
    }

    fn place(&self, place: &Place) -> Ty {
        match place {
            Place::Local(slot) => self.locals.get(slot.index()).cloned().unwrap_or_default(),
            Place::Cell(_)
            | Place::Free(_)
            | Place::Global(_)
            | Place::Builtin(_)
            | Place::ClassName(_)
            | Place::ClassOrFree(_, _) => Ty::Unknown,
        }
    }

    pub(super) fn bind_place(&mut self, place: &Place, ty: &Ty) {
        if let Place::Local(slot) = place {
            self.assign(*slot, ty);
        }
    }

    pub(super) fn int_literal(&self, id: ExprId) -> Option<i64> {
        if let ExprKind::Const(Const::Int(value)) = &self.module.expr(id).kind { Some(*value) } else { None }
    }

    fn elements_of(&mut self, all: &[Element]) {
        for element in all {
            match element {
                Element::Item(value) | Element::Star(value) => self.expr(*value),
            };
        }
    }

    fn tuple(&mut self, all: &[Element]) -> Ty {
        let starred = all.iter().any(|element| matches!(element, Element::Star(_)));
        let types: Vec<Ty> = all
            .iter()
            .map(|element| match element {
                Element::Item(value) | Element::Star(value) => self.expr(*value),
            })
            .collect();
        if starred { Ty::Unknown } else { Ty::Tuple(types.iter().map(shallow).collect()) }
    }

    fn subscript(&mut self, object: ExprId, index: ExprId) -> Ty {
        let literal = self.int_literal(index);
        let is_slice = matches!(self.module.expr(index).kind, ExprKind::Slice { .. });
        let object = self.expr(object);
        let index = self.expr(index);
        match (object, literal) {
            (Ty::Never, _) => Ty::Never,
            (Ty::Str, _) if is_slice || index.is_int() => Ty::Str,
            (Ty::Bytes, _) if is_slice => Ty::Bytes,
            (Ty::Bytes, _) if index.is_int() => Ty::Index,
            (Ty::List(element), _) if is_slice => Ty::List(element),
            (Ty::Tuple(all), Some(at)) => {
                let at = if at < 0 { at + all.len() as i64 } else { at };
                usize::try_from(at).ok().and_then(|at| all.get(at)).cloned().unwrap_or_default()
            }
            _ => Ty::Unknown,
        }
    }

    fn comprehension(&mut self, comprehension: &Comprehension) -> Ty {
        for clause in &comprehension.clauses {
            self.loop_target(&clause.target, clause.iter, clause.is_async);
            self.exprs(&clause.ifs);
        }
        match comprehension.kind {
            ComprehensionKind::List(value) => {
                self.expr(value);
                Ty::list()
            }
            ComprehensionKind::Set(value) => {
                self.expr(value);
                Ty::Set
            }
            ComprehensionKind::Dict(key, value) => {
                self.exprs(&[key, value]);
                Ty::Dict
            }
        }
    }

    /// The target of a loop over an expression.
    pub(super) fn loop_target(&mut self, target: &Target, iter: ExprId, is_async: bool) {
        let element = if is_async {
            self.expr(iter);
            Ty::Unknown
        } else {
            self.elements(iter)
        };
        if !is_async
            && self.is_range_call(iter)
            && matches!(target.kind, TargetKind::Name(Var { place: Place::Local(_), bound: _ }))
        {
            self.ranges.insert(iter);
        }
        self.target(target, &element);
    }

    pub(super) fn target(&mut self, target: &Target, ty: &Ty) {
        match &target.kind {
            TargetKind::Name(var) => self.bind_place(&var.place, ty),
            TargetKind::Attribute { object, .. } => {
                self.expr(*object);
            }
            TargetKind::Subscript { object, index, bracket_span: _ } => self.exprs(&[*object, *index]),
            TargetKind::Unpack { before, star, after } => {
                let parts = match ty {
                    Ty::Tuple(all) if star.is_none() && all.len() == before.len() + after.len() => all.clone(),
                    Ty::Never => vec![Ty::Never; before.len() + after.len()],
                    Ty::Str => vec![Ty::Str; before.len() + after.len()],
                    Ty::Unknown | Ty::None | Ty::Bool | Ty::Int | Ty::Index | Ty::Float | Ty::Bytes | Ty::List(_) | Ty::Tuple(_) | Ty::Dict
                    | Ty::Set | Ty::Range => vec![Ty::Unknown; before.len() + after.len()],
                };
                for (inner, ty) in before.iter().chain(after).zip(&parts) {
                    self.target(inner, ty);
                }
                if let Some(star) = star {
                    self.target(star, &Ty::list());
                }
            }
        }
    }
}

/// Nested tuples would let types grow without bound in a loop.
fn shallow(ty: &Ty) -> Ty {
    if matches!(ty, Ty::Tuple(_)) { Ty::Unknown } else { ty.clone() }
}

fn constant(value: &Const) -> Ty {
    match value {
        Const::None => Ty::None,
        Const::True | Const::False => Ty::Bool,
        Const::Int(_) => Ty::Index,
        Const::BigInt(_) => Ty::Int,
        Const::Float(_) => Ty::Float,
        Const::Str(_) | Const::StrPoints(_) => Ty::Str,
        Const::Bytes(_) => Ty::Bytes,
        Const::Ellipsis | Const::Imag(_) => Ty::Unknown,
    }
}
