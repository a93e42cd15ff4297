//! Owns: what functions look like when their parameters are the numbers that all known calls give them.
//! Never: decides whether a typed version is worth its text.

use std::collections::{HashMap, HashSet};

use super::{Body, FnTypes, Specialised, Ty, Types};
use crate::hir::arguments::{Bound, bind_arguments};
use crate::hir::*;

/// The known calls of one function: by whom, with what.
struct Site<'m> {
    caller: Option<FnId>,
    callee: FnId,
    call: &'m Call,
}

pub(super) fn specialise(module: &Module, types: &Types) -> HashMap<FnId, Specialised> {
    let known: HashMap<&PyName, FnId> = module
        .globals
        .iter()
        .filter(|global| !global.bound_in_function)
        .filter_map(|global| global.only_def.map(|function| (&global.name, function)))
        .collect();
    let sites = sites(module, &known);
    let mut assumed: HashMap<FnId, Vec<Ty>> = HashMap::new();
    for (function, params) in first_guess(module, &sites) {
        assumed.insert(function, params);
    }
    let mut found: HashMap<FnId, Specialised> = HashMap::new();
    // Optimistic: parameters start with no type and grow by what the calls give, the calls inside typed versions
    // included. The lattice is flat, so few rounds suffice.
    for _ in 0..20 {
        found = assumed.iter().map(|(id, params)| (*id, body(module, *id, params))).collect();
        let mut grown = false;
        for site in &sites {
            let Some(arguments) = bind_arguments(module.function(site.callee), site.call) else { continue };
            let inside = site.caller.and_then(|caller| found.get(&caller));
            let Some(params) = assumed.get_mut(&site.callee) else { continue };
            for (param, bound) in params.iter_mut().zip(&arguments) {
                let given = match bound {
                    Bound::Arg(id) => match inside {
                        Some(typed) => typed.exprs.get(id).cloned().unwrap_or_default(),
                        None => types.expr(*id).clone(),
                    },
                    Bound::Default(_) | Bound::Star(_) | Bound::Keywords(_) => Ty::Unknown,
                };
                let joined = param.join(&widen(given));
                if joined != *param {
                    *param = joined;
                    grown = true;
                }
            }
        }
        if !grown {
            break;
        }
    }
    found.retain(|_, typed| typed.params.iter().any(|ty| matches!(ty, Ty::Int | Ty::Float)));
    found
}

/// A parameter is checked at the entry: it holds an int of any size, or a float.
fn widen(ty: Ty) -> Ty {
    match ty {
        Ty::Index | Ty::Int => Ty::Int,
        Ty::Float => Ty::Float,
        Ty::Never => Ty::Never,
        Ty::Unknown
        | Ty::None
        | Ty::Bool
        | Ty::Str
        | Ty::Bytes
        | Ty::List(_)
        | Ty::Tuple(_)
        | Ty::Dict
        | Ty::Set
        | Ty::Range => Ty::Unknown,
    }
}

fn first_guess(module: &Module, sites: &[Site<'_>]) -> Vec<(FnId, Vec<Ty>)> {
    let called: HashSet<FnId> = sites.iter().map(|site| site.callee).collect();
    let start = |function: &Function, param: &Param| {
        let cell = function.scope.locals.get(param.local.index()).is_none_or(|local| local.is_cell);
        let plain = !param.kind.is_variadic();
        if cell || !plain { Ty::Unknown } else { Ty::Never }
    };
    let params = |function: &Function| function.params.iter().map(|param| start(function, param)).collect();
    module
        .functions
        .iter()
        .filter(|function| called.contains(&function.id))
        .map(|function| (function.id, params(function)))
        .collect()
}

fn sites<'m>(module: &'m Module, known: &HashMap<&PyName, FnId>) -> Vec<Site<'m>> {
    let mut found = Vec::new();
    let mut body = |caller: Option<FnId>, block: &Block| {
        visit::own_exprs(module, block, &mut |_, expr| {
            let ExprKind::Call(call) = &expr.kind else { return };
            let ExprKind::Name(Var { place: Place::Global(name), bound: _ }) = &module.expr(call.callee).kind else { return };
            if let Some(callee) = known.get(name) {
                found.push(Site { caller, callee: *callee, call });
            }
        });
    };
    body(None, &module.body);
    module.classes.iter().for_each(|class| body(None, &class.body));
    module.functions.iter().for_each(|function| body(Some(function.id), &function.body));
    found
}

fn body(module: &Module, id: FnId, params: &[Ty]) -> Specialised {
    let function = module.function(id);
    let assumed: Vec<(LocalId, Ty)> =
        function.params.iter().zip(params).map(|(param, ty)| (param.local, ty.clone())).collect();
    let mut body = Body::new(module, &function.scope, &assumed);
    let FnTypes { locals, returns } = body.solve(&function.body, &mut HashSet::new());
    let exprs = body.exprs.clone();
    Specialised { params: params.to_vec(), locals, returns, exprs }
}
