//! Owns: what the parameters of the program's functions are, where every call of a function says the same.
//! Never: trusts a function that is used as a value: others may call it with anything.

use super::known::{Known, Thing};
use super::table;
use crate::hir::arguments::{Bound, bind_arguments};
use crate::hir::visit::{bodies, own_exprs};
use crate::hir::*;
use std::collections::{HashMap, HashSet};

/// A parameter: module, function, index.
type Param = (usize, FnId, usize);

pub fn infer(known: &Known) -> HashMap<Param, Thing> {
    let mut said = Said::default();
    for (at, (module, facts)) in known.modules.iter().enumerate() {
        let mut callees = HashSet::new();
        for (body, id) in &facts.calls {
            let ExprKind::Call(call) = &module.expr(*id).kind else { continue };
            callees.insert(call.callee);
            said.call(known, at, *body, call);
            said.handed_over(known, at, *body, call);
        }
        for (body, block) in bodies(module) {
            own_exprs(module, block, &mut |id, expr| {
                if matches!(expr.kind, ExprKind::Name(_) | ExprKind::Attribute { .. })
                    && !callees.contains(&id)
                    && let Some(Thing::Function(home, function) | Thing::Method(home, function)) = known.eval(at, body, id)
                {
                    said.values.insert((home, function));
                }
            });
        }
    }
    said.found()
}

/// What a parameter is when nothing is given for it.
fn default(known: &Known, home: usize, id: FnId, index: usize) -> Option<Thing> {
    let (body, def) = known.modules[home].1.defs.get(&id)?;
    let (_, value) = def.closure.defaults.iter().find(|(param, _)| *param == index)?;
    known.eval(home, *body, *value)
}

#[derive(Default)]
struct Said {
    by_calls: HashMap<Param, Vec<Option<Thing>>>,
    by_hands: HashMap<Param, Thing>,
    /// Functions that are used as values.
    values: HashSet<(usize, FnId)>,
}

impl Said {
    fn found(self) -> HashMap<Param, Thing> {
        let Self { by_calls, by_hands, values } = self;
        let mut found = by_hands;
        for ((at, function, index), things) in by_calls {
            if values.contains(&(at, function)) {
                continue;
            }
            let mut all = things.iter().filter(|thing| **thing != Some(Thing::None));
            if let Some(Some(first)) = all.next()
                && all.all(|thing| thing.as_ref() == Some(first))
            {
                found.insert((at, function, index), first.clone());
            }
        }
        found
    }

    fn call(&mut self, known: &Known, at: usize, body: Parent, call: &Call) {
        let Some(callee) = known.eval(at, body, call.callee) else { return };
        let target = match &callee {
            Thing::Class(..) => known.definition(&callee, "__init__").map(|(home, function)| (home, function, true)),
            Thing::Function(..) | Thing::Method(..) => known.callable(&callee),
            Thing::Module(_) | Thing::Foreign(_) | Thing::Object(_) | Thing::Instance(..) | Thing::Super(..) | Thing::None => None,
        };
        let Some((home, id, bound)) = target else { return };
        let function = known.function(home, id);
        let mut whole = call.clone();
        if bound {
            whole.args.insert(0, Element::Item(call.callee));
        }
        let arguments = bind_arguments(function, &whole);
        for index in usize::from(bound)..function.params.len() {
            let thing = match arguments.as_ref().and_then(|arguments| arguments.get(index)) {
                Some(Bound::Arg(value)) => known.eval(at, body, *value),
                Some(Bound::Default(index)) => default(known, home, id, *index),
                Some(Bound::Star(_) | Bound::Keywords(_)) | None => None,
            };
            self.by_calls.entry((home, id, index)).or_default().push(thing);
        }
    }

    /// `asyncio.start_server(handle, …)` calls `handle` with streams.
    fn handed_over(&mut self, known: &Known, at: usize, body: Parent, call: &Call) {
        let Some(Thing::Foreign(path)) = known.eval(at, body, call.callee) else { return };
        let Some((_, classes)) = table::HANDED.iter().find(|row| row.0 == &*path) else { return };
        let Some(Element::Item(first)) = call.args.first() else { return };
        let (home, function, skip) = match known.eval(at, body, *first) {
            Some(Thing::Function(home, function)) => (home, function, 0),
            Some(Thing::Method(home, function)) => (home, function, 1),
            Some(_) | None => return,
        };
        let hands = classes.iter().enumerate().map(|(param, class)| ((home, function, param + skip), Thing::Object((*class).into())));
        self.by_hands.extend(hands);
    }
}
