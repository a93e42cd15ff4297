//! Owns: the types of calls.
//! Never: what a callee's name means at run time: guards are the back end's.

use super::{Body, Ty, builtins};
use crate::hir::*;

impl Body<'_> {
    pub(super) fn call(&mut self, call: &Call) -> Ty {
        let callee = &self.module.expr(call.callee).kind;
        let receiver = if let ExprKind::Attribute { object, name, name_span: _ } = callee { Some((*object, name)) } else { None };
        let callee = self.expr(call.callee);
        let mut plain = call.keywords.is_empty();
        let mut args = Vec::new();
        for arg in &call.args {
            match arg {
                Element::Item(value) => args.push(self.expr(*value)),
                Element::Star(value) => {
                    self.expr(*value);
                    plain = false;
                }
            }
        }
        for keyword in &call.keywords {
            match keyword {
                Keyword::Named { value, .. } | Keyword::Unpack(value) => {
                    self.expr(*value);
                }
            }
        }
        let _ = callee;
        if let Some((object, name)) = receiver {
            let ty = self.exprs.get(&object).cloned().unwrap_or_default();
            return if plain { builtins::method(&ty, name.as_str(), &args) } else { Ty::Unknown };
        }
        match self.builtin(call.callee) {
            Some("sorted") => Ty::list(),
            Some("print") => Ty::None,
            Some(name) if plain => builtins::function(name, &args),
            Some(_) | None => Ty::Unknown,
        }
    }

    /// The builtin an expression names.
    pub(super) fn builtin(&self, id: ExprId) -> Option<&str> {
        let ExprKind::Name(Var { place: Place::Builtin(name), bound: _ }) = &self.module.expr(id).kind else { return None };
        (!self.module.has_star_import).then_some(name.as_str())
    }

    /// A call `range(…)` of the builtin with one to three plain arguments.
    pub(super) fn is_range_call(&self, id: ExprId) -> bool {
        let ExprKind::Call(call) = &self.module.expr(id).kind else { return false };
        let plain = call.args.iter().all(|arg| matches!(arg, Element::Item(_)));
        self.builtin(call.callee) == Some("range")
            && plain
            && call.keywords.is_empty()
            && (1..=3).contains(&call.args.len())
    }

    /// The elements that iterating over an expression gives.
    pub(super) fn elements(&mut self, iter: ExprId) -> Ty {
        let ty = self.expr(iter);
        match ty {
            Ty::Never => Ty::Never,
            Ty::Range if self.is_range_call(iter) => Ty::Index,
            Ty::Range => Ty::Int,
            Ty::Str => Ty::Str,
            Ty::Bytes => Ty::Index,
            Ty::List(element) => *element,
            Ty::Tuple(all) => all.iter().fold(Ty::Never, |all, ty| all.join(ty)),
            Ty::Unknown | Ty::None | Ty::Bool | Ty::Int | Ty::Index | Ty::Float | Ty::Dict | Ty::Set => {
                self.iterator_elements(iter)
            }
        }
    }

    /// `enumerate(x)` gives pairs that begin with an index.
    fn iterator_elements(&mut self, iter: ExprId) -> Ty {
        let ExprKind::Call(call) = &self.module.expr(iter).kind else { return Ty::Unknown };
        match (self.builtin(call.callee), call.args.as_slice(), call.keywords.is_empty()) {
            (Some("enumerate"), [Element::Item(_)], true) => Ty::Tuple(vec![Ty::Index, Ty::Unknown]),
            _ => Ty::Unknown,
        }
    }
}
