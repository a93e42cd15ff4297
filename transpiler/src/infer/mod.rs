//! Owns: what is known about the types of expressions, locals and returns.
//! Never: rewrites HIR, reports anything. `Ty::Unknown` is always right.
//!
//! An optimistic fixpoint per function: locals start with no type and grow by what is assigned to them.
//! Parameters are unknown. Names of builtins that the module never binds count as the builtins.

mod builtins;
mod call;
mod expr;
mod ops;
mod print;
mod specialise;
mod stmt;
mod ty;

use std::collections::{HashMap, HashSet};

use crate::hir::{ExprId, FnId, LocalId, Module, Scope};

pub use print::print;
pub use ty::Ty;

/// The findings of one function.
#[derive(Clone, Debug, Default)]
pub struct FnTypes {
    /// By `LocalId`: what the slot always holds when it is bound.
    pub locals: Vec<Ty>,
    /// What it returns (`None` included where the end of the body can be reached).
    pub returns: Ty,
}

/// The findings of one module.
#[derive(Clone, Debug, Default)]
pub struct Types {
    /// By `ExprId`.
    pub exprs: Vec<Ty>,
    /// By `FnId`.
    pub functions: Vec<FnTypes>,
    /// Slots of the module's own body (comprehension variables), and of each class body by `ClassId`.
    pub module: FnTypes,
    pub classes: Vec<FnTypes>,
    /// Loops over the builtin `range`: the `iter` expression of a `For` or clause whose target is one plain slot,
    /// so that it can run as an i64.
    pub range_loops: HashSet<ExprId>,
    /// Functions of which every known call gives numbers for some parameters: what a typed version of the body
    /// may assume, once its entry has checked the parameters.
    pub specialised: HashMap<FnId, Specialised>,
}

/// A function under assumptions about its parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Specialised {
    /// By index in the signature; `Unknown` where nothing is assumed. `Int`, `Float` or `Unknown` only.
    pub params: Vec<Ty>,
    pub locals: Vec<Ty>,
    pub returns: Ty,
    /// Expressions of the body.
    pub exprs: HashMap<ExprId, Ty>,
}

impl Types {
    pub fn expr(&self, id: ExprId) -> &Ty {
        self.exprs.get(id.index()).unwrap_or(&Ty::Unknown)
    }

    pub fn local(&self, function: FnId, local: LocalId) -> &Ty {
        self.functions.get(function.index()).and_then(|f| f.locals.get(local.index())).unwrap_or(&Ty::Unknown)
    }

    pub fn returns(&self, function: FnId) -> &Ty {
        self.functions.get(function.index()).map_or(&Ty::Unknown, |f| &f.returns)
    }

    pub fn is_range_loop(&self, iter: ExprId) -> bool {
        self.range_loops.contains(&iter)
    }
}

/// Infers the types of a module.
pub fn infer(module: &Module) -> Types {
    let mut types = Types { exprs: vec![Ty::Unknown; module.exprs.len()], ..Types::default() };
    let mut body = Body::new(module, &module.scope, &[]);
    types.module = body.solve(&module.body, &mut types.range_loops);
    body.store(&mut types.exprs);
    for class in &module.classes {
        let mut body = Body::new(module, &class.scope, &[]);
        types.classes.push(body.solve(&class.body, &mut types.range_loops));
        body.store(&mut types.exprs);
    }
    for function in &module.functions {
        let mut body = Body::new(module, &function.scope, &[]);
        types.functions.push(body.solve(&function.body, &mut types.range_loops));
        body.store(&mut types.exprs);
    }
    types.specialised = specialise::specialise(module, &types);
    types
}

/// One code body while its types are being found.
struct Body<'m> {
    module: &'m Module,
    scope: &'m Scope,
    locals: Vec<Ty>,
    exprs: HashMap<ExprId, Ty>,
    returns: Ty,
    ranges: HashSet<ExprId>,
    changed: bool,
}

impl<'m> Body<'m> {
    /// `params` gives what is assumed of the first slots.
    fn new(module: &'m Module, scope: &'m Scope, params: &[(LocalId, Ty)]) -> Self {
        let assumed = |at: usize| params.iter().find(|(slot, _)| slot.index() == at).map(|(_, ty)| ty.clone());
        let start = |(at, local): (usize, &crate::hir::Local)| match local {
            local if local.is_cell => Ty::Unknown,
            local if local.is_param => assumed(at).unwrap_or(Ty::Unknown),
            _ => Ty::Never,
        };
        let locals = scope.locals.iter().enumerate().map(start).collect();
        Self { module, scope, locals, exprs: HashMap::new(), returns: Ty::Never, ranges: HashSet::new(), changed: false }
    }

    fn solve(&mut self, block: &crate::hir::Block, ranges: &mut HashSet<ExprId>) -> FnTypes {
        loop {
            self.changed = false;
            self.returns = Ty::Never;
            self.block(block);
            if !self.changed {
                break;
            }
        }
        if stmt::falls_through(block, self.module) {
            self.returns = self.returns.join(&Ty::None);
        }
        ranges.extend(&self.ranges);
        // A slot that nothing reaches holds nothing; `Unknown` is what a reader expects then.
        let settle = |ty: &Ty| if *ty == Ty::Never { Ty::Unknown } else { ty.clone() };
        FnTypes { locals: self.locals.iter().map(settle).collect(), returns: settle(&self.returns) }
    }

    fn store(&self, exprs: &mut [Ty]) {
        for (id, ty) in &self.exprs {
            if let Some(slot) = exprs.get_mut(id.index())
                && *ty != Ty::Never
            {
                *slot = ty.clone();
            }
        }
    }

    fn assign(&mut self, slot: LocalId, ty: &Ty) {
        if self.scope.locals.get(slot.index()).is_none_or(|local| local.is_cell) {
            return;
        }
        let Some(known) = self.locals.get_mut(slot.index()) else { return };
        let joined = known.join(ty);
        if joined != *known {
            *known = joined;
            self.changed = true;
        }
    }
}
