//! Owns: the colors of a module as text.
//! Never: computes them.

use std::fmt::Write;

use super::Colors;
use crate::hir::Module;

/// The findings as text.
pub fn print(module: &Module, colors: &Colors) -> String {
    let mut out = format!("module {}\n", module.name);
    for function in &module.functions {
        let mut facts = Vec::new();
        if colors.known_functions.values().any(|id| *id == function.id) {
            facts.push("known by name".to_owned());
        }
        if colors.cyclic.contains(&function.id) {
            facts.push("on a cycle of awaits".to_owned());
        }
        if colors.recursive.contains(&function.id) {
            facts.push("recursive".to_owned());
        }
        if let Some(depth) = colors.await_depth.get(&function.id) {
            facts.push(format!("awaits {depth} deep"));
        }
        let _ = writeln!(out, "  fn{} {:?} {}: {}", function.id.0, function.kind, function.qualname, facts.join(", "));
    }
    let mut awaits: Vec<String> = colors
        .direct_awaits
        .iter()
        .map(|(id, function)| {
            let span = module.expr(*id).span;
            format!("  await at {}..{}: {} directly\n", span.start, span.end, module.function(*function).qualname)
        })
        .collect();
    awaits.sort();
    awaits.iter().for_each(|line| out.push_str(line));
    let drops = colors.drops;
    let _ = writeln!(
        out,
        "  drops: __del__ {}, weakref {}, suspended in try {}, frames {}",
        drops.has_del, drops.uses_weakref, drops.suspends_in_try, drops.reads_frames
    );
    out
}
