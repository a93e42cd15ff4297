//! Owns: the types of a module as text.
//! Never: computes them.

use std::fmt::Write;

use super::{FnTypes, Ty, Types};
use crate::hir::{Module, Scope};

/// The findings as text: only what is known.
pub fn print(module: &Module, types: &Types) -> String {
    let mut out = format!("module {}\n", module.name);
    slots(&mut out, &module.scope, &types.module.locals);
    for (class, found) in module.classes.iter().zip(&types.classes) {
        let _ = writeln!(out, "  class {}", class.qualname);
        slots(&mut out, &class.scope, &found.locals);
    }
    for (function, found) in module.functions.iter().zip(&types.functions) {
        let FnTypes { locals, returns } = found;
        let _ = writeln!(out, "  fn{} {} -> {}", function.id.0, function.qualname, name(returns));
        slots(&mut out, &function.scope, locals);
        if let Some(typed) = types.specialised.get(&function.id) {
            let params: Vec<String> = typed.params.iter().map(name).collect();
            let _ = writeln!(out, "    given ({}) -> {}", params.join(", "), name(&typed.returns));
            slots(&mut out, &function.scope, &typed.locals);
        }
    }
    let mut loops: Vec<_> = types.range_loops.iter().map(|id| module.expr(*id).span.start).collect();
    loops.sort();
    for at in loops {
        let _ = writeln!(out, "  range loop at {at}");
    }
    out
}

fn slots(out: &mut String, scope: &Scope, types: &[Ty]) {
    for (local, ty) in scope.locals.iter().zip(types) {
        if *ty != Ty::Unknown {
            let _ = writeln!(out, "    {}: {}", local.name, name(ty));
        }
    }
}

fn name(ty: &Ty) -> String {
    match ty {
        Ty::Never => "never".to_owned(),
        Ty::Unknown => "unknown".to_owned(),
        Ty::None => "None".to_owned(),
        Ty::Bool => "bool".to_owned(),
        Ty::Int => "int".to_owned(),
        Ty::Index => "index".to_owned(),
        Ty::Float => "float".to_owned(),
        Ty::Str => "str".to_owned(),
        Ty::Bytes => "bytes".to_owned(),
        Ty::List(element) => format!("list[{}]", name(element)),
        Ty::Tuple(all) => format!("tuple[{}]", all.iter().map(name).collect::<Vec<_>>().join(", ")),
        Ty::Dict => "dict".to_owned(),
        Ty::Set => "set".to_owned(),
        Ty::Range => "range".to_owned(),
    }
}
