//! Owns: assignment targets, augmented assignment, `del`. Never: the values assigned.

use super::body::{Body, Slot};
use super::expr::inplace;
use super::operand::Operand;
use crate::hir::{BinOp, ExprId, Place, Target, TargetKind};
use crate::rir::{Block, Expr, Pat, RustIdent, Stmt};
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    /// Assigns a value to a target.
    pub fn assign(&mut self, target: &'a Target, value: Operand) {
        match &target.kind {
            TargetKind::Name(var) => {
                let value = value.value();
                self.store(&var.place, value, target.span);
            }
            TargetKind::Attribute { object, name, name_span: _ } => {
                let site = self.site(target.span);
                let (mut ops, value) = self.after_value(value, &[*object]);
                let Some(object) = ops.pop() else { return };
                let set = Expr::rt("setattr", vec![object.by_ref(), Expr::str(name.as_str()), Expr::Cache, value]);
                self.fallible_stmt(set, site);
            }
            TargetKind::Subscript { object, index, bracket_span: _ } => {
                let site = self.site(target.span);
                let (ops, value) = self.after_value(value, &[*object, *index]);
                let mut ops = ops.into_iter();
                let (Some(o), Some(i)) = (ops.next(), ops.next()) else { return };
                self.fallible_stmt(Expr::rt("setitem", vec![o.by_ref(), i.by_ref(), value]), site);
            }
            TargetKind::Unpack { before, star, after } => self.unpack(target.span, before, star.as_deref(), after, value),
        }
    }

    /// The operands of a target, evaluated after the value.
    fn after_value(&mut self, value: Operand, ids: &[ExprId]) -> (Vec<Operand>, Expr) {
        let start = self.out.len();
        let ops = self.exprs(ids);
        let mut values = vec![value];
        let emitted = self.out.len() > start;
        let overtaken = !values.iter().all(Operand::is_pure) && !ops.iter().all(Operand::is_pure);
        if emitted || overtaken {
            self.spill(&mut values, start);
        }
        let value = values.pop().map_or(Expr::none(), Operand::value);
        (ops, value)
    }

    fn unpack(&mut self, span: Span, before: &'a [Target], star: Option<&'a Target>, after: &'a [Target], value: Operand) {
        let site = self.site(span);
        let mut later: Vec<(&'a Target, RustIdent)> = vec![];
        let first: Vec<Pat> = before.iter().map(|t| self.unpack_slot(t, &mut later)).collect();
        let middle = star.map(|t| self.unpack_slot(t, &mut later));
        let last: Vec<Pat> = after.iter().map(|t| self.unpack_slot(t, &mut later)).collect();
        let value = value.by_ref();
        let (pat, made) = match middle {
            None => (Pat::Array(first), Expr::rt("unpack", vec![value])),
            Some(middle) => {
                let parts = vec![Pat::Array(first), middle, Pat::Array(last)];
                (Pat::Tuple(parts), Expr::rt("unpack_star", vec![value]))
            }
        };
        self.fallible_pat(pat, made, site);
        for (target, temp) in later {
            self.assign(target, Operand::Owned(Expr::Local(temp)));
        }
    }

    /// `let pat = made.at(site)?;`
    pub fn fallible_pat(&mut self, pat: Pat, made: Expr, site: crate::rir::SiteName) {
        let made = made.at(site);
        let stmt = match self.error_jump() {
            None => Stmt::Let { pat, ty: None, value: Some(made.question()), orelse: None },
            Some(jump) => Stmt::let_else(Pat::ok(pat), made, Block::of(vec![Stmt::Expr(jump)])),
        };
        self.push(stmt);
    }

    /// The pattern of one unpacked value: the variable itself where it is declared here, else a temporary.
    fn unpack_slot(&mut self, target: &'a Target, later: &mut Vec<(&'a Target, RustIdent)>) -> Pat {
        if let TargetKind::Name(var) = &target.kind
            && let Place::Local(id) = &var.place
        {
            let v = self.var(*id).clone();
            if v.slot == Slot::Let && !self.declared.contains_key(&id.index()) {
                self.declared.insert(id.index(), ());
                return Pat::Name { name: v.rust, mutable: true };
            }
        }
        let t = self.temp();
        later.push((target, t.clone()));
        Pat::name(&t)
    }

    pub fn aug_assign(&mut self, target: &'a Target, op: BinOp, value: ExprId, span: Span) {
        let site = self.site(span);
        match &target.kind {
            TargetKind::Name(var) => {
                // A local changes in place; everything else is read, combined and stored.
                if let Place::Local(id) = &var.place {
                    let v = self.var(*id).clone();
                    let info = &self.scope.locals[id.index()];
                    let bound = var.bound || info.always_bound;
                    if bound && v.slot != Slot::Index {
                        let right = self.expr(value);
                        if !super::operand::mentions(right.expr(), &v.rust) {
                            let change = Expr::rt(inplace(op), vec![Expr::Local(v.rust).by_mut(), right.by_ref()]);
                            self.fallible_stmt(change, site);
                            return;
                        }
                        // The old value is loaded before the right side is evaluated.
                        let mut right = vec![right];
                        let at = self.out.len();
                        self.spill(&mut right, at);
                        let Some(right) = right.pop() else { return };
                        let right = match right {
                            Operand::Place(e) | Operand::Ref(e) if e == Expr::Local(v.rust.clone()) => {
                                self.temp_of(Operand::Place(e).value())
                            }
                            other @ (Operand::Owned(_) | Operand::Place(_) | Operand::Ref(_) | Operand::Bool(_) | Operand::I64(_)) => other,
                        };
                        let change = Expr::rt(inplace(op), vec![Expr::Local(v.rust).by_mut(), right.by_ref()]);
                        self.fallible_stmt(change, site);
                        return;
                    }
                }
                let old = self.read(var, target.span);
                let new = self.combine(old, op, value, site);
                self.store(&var.place, new, target.span);
            }
            TargetKind::Attribute { object, name, name_span: _ } => {
                let get_site = self.site(target.span);
                let object = self.expr(*object);
                let object = self.stable(object);
                let get = Expr::rt("getattr", vec![object.clone().by_ref(), Expr::str(name.as_str()), Expr::Cache]);
                let old = Operand::Owned(self.fallible(get, get_site.clone()));
                let new = self.combine(old, op, value, site);
                let t = self.temp();
                self.push(Stmt::let_(&t, new));
                let set = Expr::rt("setattr", vec![object.by_ref(), Expr::str(name.as_str()), Expr::Cache, Expr::Local(t)]);
                self.fallible_stmt(set, get_site);
            }
            TargetKind::Subscript { object, index, bracket_span: _ } => {
                let get_site = self.site(target.span);
                let set_site = self.site(target.span);
                let mut ops = self.exprs(&[*object, *index]);
                let at = self.out.len();
                // Both are used twice.
                let mut stable = vec![];
                self.spill(&mut ops, at);
                for operand in ops {
                    stable.push(self.stable(operand));
                }
                let mut stable = stable.into_iter();
                let (Some(o), Some(i)) = (stable.next(), stable.next()) else { return };
                let get = Expr::rt("getitem", vec![o.clone().by_ref(), i.clone().by_ref()]);
                let old = Operand::Owned(self.fallible(get, get_site));
                let new = self.combine(old, op, value, site);
                let t = self.temp();
                self.push(Stmt::let_(&t, new));
                self.fallible_stmt(Expr::rt("setitem", vec![o.by_ref(), i.by_ref(), Expr::Local(t)]), set_site);
            }
            TargetKind::Unpack { .. } => {}
        }
    }

    /// `old op= value` as a new value.
    fn combine(&mut self, old: Operand, op: BinOp, value: ExprId, site: crate::rir::SiteName) -> Expr {
        let t = self.temp();
        self.push(Stmt::let_mut(&t, old.value()));
        let right = self.expr(value);
        self.fallible_stmt(Expr::rt(inplace(op), vec![Expr::local(&t).by_mut(), right.by_ref()]), site);
        Expr::Local(t)
    }

    pub fn delete(&mut self, target: &'a Target) {
        match &target.kind {
            TargetKind::Name(var) => self.delete_name(&var.place, target.span),
            TargetKind::Attribute { object, name, name_span: _ } => {
                let site = self.site(target.span);
                let object = self.expr(*object);
                self.fallible_stmt(Expr::rt("delattr", vec![object.by_ref(), Expr::str(name.as_str())]), site);
            }
            TargetKind::Subscript { object, index, bracket_span: _ } => {
                let site = self.site(target.span);
                let mut ops = self.exprs(&[*object, *index]).into_iter();
                let (Some(o), Some(i)) = (ops.next(), ops.next()) else { return };
                self.fallible_stmt(Expr::rt("delitem", vec![o.by_ref(), i.by_ref()]), site);
            }
            TargetKind::Unpack { before, star: _, after } => before.iter().chain(after).for_each(|t| self.delete(t)),
        }
    }
}
