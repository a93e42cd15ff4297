//! Owns: tuple, list, set and dict displays. Never: comprehensions.

use super::body::Body;
use super::operand::Operand;
use crate::hir::{DictItem, Element, ExprId};
use crate::rir::Expr;
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    /// `list([…])`, `tuple([…])`; with a star the parts are collected first.
    pub fn display(&mut self, kind: &'static str, items: &[Element], span: Span) -> Operand {
        if let Some(plain) = plain(items) {
            let values = self.exprs(&plain).into_iter().map(Operand::value).collect();
            return Operand::Owned(Expr::rt(kind, vec![Expr::Array(values)]));
        }
        let site = self.site(span);
        let parts = self.parts(items);
        let collected = self.fallible(Expr::rt("collect", vec![Expr::slice(parts)]), site);
        Operand::Owned(Expr::rt(kind, vec![collected]))
    }

    /// `Arg::One(v)`, `Arg::Star(v)` for each element.
    pub fn parts(&mut self, items: &[Element]) -> Vec<Expr> {
        let ids: Vec<ExprId> = items
            .iter()
            .map(|e| match e {
                Element::Item(id) | Element::Star(id) => *id,
            })
            .collect();
        let values = self.exprs(&ids);
        items
            .iter()
            .zip(values)
            .map(|(item, value)| match item {
                Element::Item(_) => Expr::rt("Arg::One", vec![value.value()]),
                Element::Star(_) => Expr::rt("Arg::Star", vec![value.value()]),
            })
            .collect()
    }

    pub fn set_display(&mut self, items: &[Element], span: Span) -> Operand {
        let site = self.site(span);
        let made = match plain(items) {
            Some(ids) => {
                let values = self.exprs(&ids).into_iter().map(Operand::value).collect();
                Expr::rt("set_of", vec![Expr::slice(values)])
            }
            None => {
                let parts = self.parts(items);
                Expr::rt("set_spread", vec![Expr::slice(parts)])
            }
        };
        Operand::Owned(self.fallible(made, site))
    }

    pub fn dict_display(&mut self, items: &[DictItem], span: Span) -> Operand {
        if items.is_empty() {
            return Operand::Owned(Expr::rt("dict", vec![Expr::Array(vec![])]));
        }
        let site = self.site(span);
        let mut ids = vec![];
        for item in items {
            match item {
                DictItem::Pair(k, v) => ids.extend([*k, *v]),
                DictItem::Unpack(v) => ids.push(*v),
            }
        }
        let mut values = self.exprs(&ids).into_iter().map(Operand::value);
        let plain = items.iter().all(|i| matches!(i, DictItem::Pair(..)));
        let mut parts = vec![];
        for item in items {
            match item {
                DictItem::Pair(..) => {
                    let (Some(k), Some(v)) = (values.next(), values.next()) else { continue };
                    parts.push(if plain { Expr::Tuple(vec![k, v]) } else { Expr::rt("Item::Pair", vec![k, v]) });
                }
                DictItem::Unpack(_) => {
                    let Some(v) = values.next() else { continue };
                    parts.push(Expr::rt("Item::Unpack", vec![v]));
                }
            }
        }
        let name = if plain { "dict_of" } else { "dict_spread" };
        Operand::Owned(self.fallible(Expr::rt(name, vec![Expr::slice(parts)]), site))
    }
}

/// The expressions of a display without stars.
pub(super) fn plain(items: &[Element]) -> Option<Vec<ExprId>> {
    items
        .iter()
        .map(|e| match e {
            Element::Item(id) => Some(*id),
            Element::Star(_) => None,
        })
        .collect()
}
