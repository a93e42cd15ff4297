//! Owns: warnings about what a program does wrong and still runs, its coroutines above all: HIR of the program's own modules →
//! diagnostics. One file per warning.
//! Never: stops a build, changes HIR, looks into installed libraries.
//!
//! A warning that is wrong costs more than one that is missing: what `known` cannot tell is left alone.

mod blocking;
mod dropped_task;
mod facts;
mod held_lock;
pub mod ignore;
mod known;
mod missing;
pub mod names;
mod params;
mod swallowed;
mod table;
mod unawaited;

pub use ignore::Ignores;

use crate::diagnostics::Diagnostics;
use crate::hir::visit::{bodies, own_stmts};
use crate::hir::{Const, ExprId, ExprKind, Module, Parent, StmtKind};
use crate::source::SourceMap;
use known::Known;

/// Everything that is wrong with these modules, in the order of the text.
pub fn lint(modules: &[&Module], ignores: &Ignores, sources: &SourceMap) -> Diagnostics {
    let known = Known::new(modules, sources);
    let mut found = Vec::new();
    unawaited::look(&known, &mut found);
    dropped_task::look(&known, &mut found);
    blocking::look(&known, &|code, span| ignores.covers(code, span, sources), &mut found);
    swallowed::look(&known, &mut found);
    held_lock::look(&known, &mut found);
    missing::look(&known, sources, &mut found);
    found.sort_by_key(|item| (item.labels.first().map(|label| (label.span.file, label.span.start)), item.code));
    let mut diagnostics = Diagnostics::default();
    found.into_iter().for_each(|item| diagnostics.push(item));
    diagnostics
}

/// The calls whose results the expression statements of the program drop.
fn dropped_calls(known: &Known, visit: &mut dyn FnMut(usize, Parent, ExprId)) {
    for (at, (module, _)) in known.modules.iter().enumerate() {
        for (body, block) in bodies(module) {
            own_stmts(block, &mut |stmt| {
                if let StmtKind::Expr(value) = &stmt.kind {
                    dropped(module, *value, &mut |call| visit(at, body, call));
                }
            });
        }
    }
}

/// The number that the text says.
fn number(module: &Module, id: ExprId) -> Option<f64> {
    let ExprKind::Const(said) = &module.expr(id).kind else { return None };
    match said {
        Const::Int(value) => Some(*value as f64),
        Const::Float(value) => Some(*value),
        Const::None | Const::True | Const::False | Const::Ellipsis | Const::BigInt(_) | Const::Imag(_) | Const::Str(_) | Const::StrPoints(_)
        | Const::Bytes(_) => None,
    }
}

/// `f()`, and the ends of `x and f()`, `f() if x else g()`.
fn dropped(module: &Module, id: ExprId, visit: &mut dyn FnMut(ExprId)) {
    match &module.expr(id).kind {
        ExprKind::Call(_) => visit(id),
        ExprKind::Conditional { test: _, then, orelse } => {
            dropped(module, *then, visit);
            dropped(module, *orelse, visit);
        }
        ExprKind::Bool { op: _, values } => {
            if let Some(last) = values.last() {
                dropped(module, *last, visit);
            }
        }
        ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
        | ExprKind::Compare { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_)
        | ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. }
        | ExprKind::Comprehension(_) | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {}
    }
}
