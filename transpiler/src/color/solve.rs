//! Owns: cycles and depths of the graph of known calls and direct awaits.
//! Never: finds callees.

use std::collections::{HashMap, HashSet};

use super::{Callee, Colors};
use crate::hir::*;

type Graph = HashMap<FnId, Vec<FnId>>;

pub(super) fn solve(module: &Module, colors: &mut Colors) {
    let mut awaits: Graph = HashMap::new();
    let mut calls: Graph = HashMap::new();
    for function in &module.functions {
        let (awaited, called) = edges(module, function, colors);
        awaits.insert(function.id, awaited);
        calls.insert(function.id, called);
    }
    colors.cyclic = cycles(&awaits);
    let sync = |id: &FnId| module.function(*id).kind == FnKind::Sync;
    colors.recursive = cycles(&calls).into_iter().filter(sync).collect();
    let mut depths = HashMap::new();
    for function in &module.functions {
        if function.kind == FnKind::Coroutine {
            depth(function.id, &awaits, &colors.cyclic, &mut depths);
        }
    }
    colors.await_depth = depths;
}

/// The functions that the body of one function awaits directly, and those it calls by a known name.
fn edges(module: &Module, function: &Function, colors: &Colors) -> (Vec<FnId>, Vec<FnId>) {
    let mut awaited = Vec::new();
    let mut called = Vec::new();
    visit::own_exprs(module, &function.body, &mut |id, _| {
        awaited.extend(colors.direct_awaits.get(&id));
        if let Callee::Function(callee) = colors.callee(id) {
            called.push(callee);
        }
    });
    (awaited, called)
}

/// All functions on some cycle: those that reach themselves.
fn cycles(graph: &Graph) -> HashSet<FnId> {
    graph.keys().copied().filter(|start| reaches(graph, *start)).collect()
}

fn reaches(graph: &Graph, start: FnId) -> bool {
    let mut seen = HashSet::new();
    let mut waiting: Vec<FnId> = graph.get(&start).cloned().unwrap_or_default();
    while let Some(at) = waiting.pop() {
        if at == start {
            return true;
        }
        if seen.insert(at) {
            waiting.extend(graph.get(&at).into_iter().flatten());
        }
    }
    false
}

/// Boxed functions end a chain, so a cycle has no depth.
fn depth(id: FnId, graph: &Graph, cyclic: &HashSet<FnId>, depths: &mut HashMap<FnId, u32>) -> u32 {
    if cyclic.contains(&id) {
        depths.insert(id, 0);
        return 0;
    }
    if let Some(known) = depths.get(&id) {
        return *known;
    }
    let below = graph.get(&id).into_iter().flatten().map(|callee| depth(*callee, graph, cyclic, depths) + 1);
    let found = below.collect::<Vec<_>>().into_iter().max().unwrap_or(0);
    depths.insert(id, found);
    found
}
