//! Owns: which reads of slots are proven bound, and the facts about slots (`rebound`, `deleted`, …).
//! Never: guesses: where a path is unclear, a read counts as possibly unbound.

mod expr;
mod stmt;

use crate::hir::*;

/// Fills in `Var::bound` and the facts of `Local` for every code body.
pub(super) fn analyse(module: &mut Module) {
    let Module { exprs, functions, classes, scope, body, .. } = module;
    let deleted_frees = deleted_frees(functions, classes);
    let mut run = |scope: &mut Scope, block: &mut Block| {
        let mut flow = Flow::new(exprs, &mut scope.locals, &deleted_frees);
        flow.block(block);
        flow.finish();
    };
    run(scope, body);
    for class in classes {
        run(&mut class.scope, &mut class.body);
    }
    for function in functions {
        run(&mut function.scope, &mut function.body);
    }
}

/// Names that some inner function unbinds through `nonlocal`.
fn deleted_frees(functions: &[Function], classes: &[Class]) -> Vec<PyName> {
    let mut found = Vec::new();
    let bodies = functions.iter().map(|f| (&f.scope, &f.body)).chain(classes.iter().map(|c| (&c.scope, &c.body)));
    for (scope, body) in bodies {
        visit::own_stmts(body, &mut |stmt| {
            for place in visit::unbound(stmt) {
                if let Place::Free(free) = place {
                    found.extend(scope.frees.get(free.index()).cloned());
                }
            }
        });
    }
    found
}

/// The slots bound on every path to a point; `None` where no path leads.
type State = Option<Vec<u64>>;

struct Flow<'m> {
    exprs: &'m mut Vec<Expr>,
    locals: &'m mut [Local],
    deleted_frees: &'m [PyName],
    state: State,
    /// Joined states of the `break`s of the loops around this point.
    breaks: Vec<State>,
    /// Slots unbound on the way out of the handlers and `finally` blocks around this point.
    leaving: Vec<LocalId>,
    loops: u32,
    bindings: Vec<u32>,
}

impl<'m> Flow<'m> {
    fn new(exprs: &'m mut Vec<Expr>, locals: &'m mut [Local], deleted_frees: &'m [PyName]) -> Self {
        let mut state = vec![0; locals.len() / 64 + 1];
        for (at, local) in locals.iter_mut().enumerate() {
            local.always_bound = true;
            if local.is_param {
                set(&mut state, at);
            }
        }
        let bindings = locals.iter().map(|local| u32::from(local.is_param)).collect();
        Self { exprs, locals, deleted_frees, state: Some(state), breaks: Vec::new(), leaving: Vec::new(), loops: 0, bindings }
    }

    fn finish(self) {
        for (local, bindings) in self.locals.iter_mut().zip(self.bindings) {
            local.rebound = bindings > 1;
            local.always_bound &= !local.deleted;
        }
    }

    fn slot(place: &Place) -> Option<LocalId> {
        match place {
            Place::Local(slot) | Place::Cell(slot) => Some(*slot),
            Place::Free(_)
            | Place::Global(_)
            | Place::Builtin(_)
            | Place::ClassName(_)
            | Place::ClassOrFree(_, _) => None,
        }
    }

    /// Whether a read here finds the slot bound; remembers the read.
    fn read(&mut self, place: &Place) -> bool {
        let Some(slot) = Self::slot(place) else { return false };
        let Some(local) = self.locals.get_mut(slot.index()) else { return false };
        local.read = true;
        let vulnerable = local.is_cell && self.deleted_frees.contains(&local.name);
        let bound = !vulnerable && self.state.as_ref().is_none_or(|state| get(state, slot.index()));
        local.always_bound &= bound;
        bound
    }

    fn bind(&mut self, place: &Place) {
        let Some(slot) = Self::slot(place) else { return };
        if let Some(count) = self.bindings.get_mut(slot.index()) {
            *count += if self.loops > 0 { 2 } else { 1 };
        }
        if let Some(state) = &mut self.state {
            set(state, slot.index());
        }
    }

    fn unbind(&mut self, slot: LocalId) {
        if let Some(local) = self.locals.get_mut(slot.index()) {
            local.deleted = true;
        }
        if let Some(state) = &mut self.state {
            clear(state, slot.index());
        }
    }

    /// The state without some slots.
    fn without(state: &State, slots: &[LocalId]) -> State {
        let mut state = state.clone();
        if let Some(bits) = &mut state {
            slots.iter().for_each(|slot| clear(bits, slot.index()));
        }
        state
    }
}

fn join(a: State, b: State) -> State {
    match (a, b) {
        (None, other) | (other, None) => other,
        (Some(a), Some(b)) => Some(a.iter().zip(&b).map(|(a, b)| a & b).collect()),
    }
}

fn get(bits: &[u64], at: usize) -> bool {
    bits.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
}

fn set(bits: &mut [u64], at: usize) {
    if let Some(word) = bits.get_mut(at / 64) {
        *word |= 1 << (at % 64);
    }
}

fn clear(bits: &mut [u64], at: usize) {
    if let Some(word) = bits.get_mut(at / 64) {
        *word &= !(1 << (at % 64));
    }
}
