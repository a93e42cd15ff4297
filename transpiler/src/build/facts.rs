//! Owns: what the text of a module does with each global.
//! Never: slots (`flow`).

use std::collections::HashMap;

use crate::hir::*;
use crate::resolve::scope::MODULE_ATTRIBUTES;

pub(super) fn globals(module: &Module) -> Vec<Global> {
    let mut facts = Facts { order: Vec::new(), by_name: HashMap::new() };
    facts.body(&module.body, false);
    for class in &module.classes {
        // A class body binds a global only through a `global` statement.
        facts.body(&class.body, true);
    }
    for function in &module.functions {
        facts.body(&function.body, true);
    }
    for expr in &module.exprs {
        match &expr.kind {
            ExprKind::Walrus { target: Place::Global(name), value: _ } => facts.entry(name).bindings += 2,
            ExprKind::Name(Var { place: Place::Global(name), bound: _ })
                if MODULE_ATTRIBUTES.contains(&name.as_str()) =>
            {
                let entry = facts.entry(name);
                entry.bindings = entry.bindings.max(1);
            }
            ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
            | ExprKind::Bool { .. } | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_)
            | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_)
            | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. }
            | ExprKind::Comprehension(_) | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {}
        }
    }
    let mut globals: Vec<Global> = facts.order.iter().filter_map(|name| facts.by_name.get(name)).cloned().collect();
    for global in &mut globals {
        if global.bindings != 1 || global.deleted {
            global.only_def = None;
            global.only_class = None;
        }
    }
    globals
}

struct Facts {
    order: Vec<PyName>,
    by_name: HashMap<PyName, Global>,
}

impl Facts {
    fn entry(&mut self, name: &PyName) -> &mut Global {
        if !self.by_name.contains_key(name) {
            self.order.push(name.clone());
        }
        self.by_name.entry(name.clone()).or_insert_with(|| Global {
            name: name.clone(),
            bindings: 0,
            deleted: false,
            bound_in_function: false,
            only_def: None,
            only_class: None,
        })
    }

    fn body(&mut self, body: &Block, inner: bool) {
        for stmt in body {
            self.stmt(stmt, inner, true, 1);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, inner: bool, top: bool, weight: u32) {
        let mut places: Vec<&Place> = Vec::new();
        let mut vars = Vec::new();
        for place in visit::unbound(stmt) {
            if let Place::Global(name) = place {
                self.entry(name).deleted = true;
            }
        }
        match &stmt.kind {
            StmtKind::FunctionDef(def) => {
                if let (Place::Global(name), true, false, true) = (&def.target, top, inner, def.decorators.is_empty()) {
                    self.entry(name).only_def = Some(def.closure.function);
                }
                places.push(&def.target);
                places.extend(def.type_params.iter().map(|param| &param.slot));
            }
            StmtKind::ClassDef(def) => {
                if let (Place::Global(name), true, false, true) = (&def.target, top, inner, def.decorators.is_empty()) {
                    self.entry(name).only_class = Some(def.class);
                }
                places.push(&def.target);
            }
            StmtKind::Import(import) => places.push(&import.target),
            StmtKind::ImportFrom(import) => {
                if let ImportNames::Names(names) = &import.names {
                    places.extend(names.iter().map(|name| &name.target));
                }
            }
            StmtKind::TypeAlias(alias) => places.push(&alias.target.place),
            StmtKind::Try(s) => places.extend(s.handlers.iter().filter_map(|handler| handler.name.as_ref())),
            StmtKind::Match { subject: _, cases } => {
                cases.iter().for_each(|case| visit::pattern_places(&case.pattern, &mut places));
            }
            StmtKind::AnnAssign(s) if s.value.is_none() => {
                visit::target_names(&s.target, &mut vars);
                for var in vars.drain(..) {
                    if let Place::Global(name) = &var.place {
                        self.entry(name);
                    }
                }
            }
            StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::For(_) | StmtKind::With(_) => {
                visit::targets(stmt).into_iter().for_each(|target| visit::target_names(target, &mut vars));
            }
            StmtKind::Expr(_) | StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Assert { .. } | StmtKind::Delete(_) | StmtKind::Pass
            | StmtKind::Break | StmtKind::Continue | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::Unsupported(_) => {}
        }
        let is_loop = matches!(stmt.kind, StmtKind::While { .. } | StmtKind::For(_));
        let inside = if is_loop { 2 } else { weight };
        // A loop's own target is bound once per turn.
        let own = if is_loop { 2 } else { weight };
        for place in places.into_iter().chain(vars.into_iter().map(|var| &var.place)) {
            if let Place::Global(name) = place {
                let entry = self.entry(name);
                entry.bindings += own;
                entry.bound_in_function |= inner;
            }
        }
        for block in visit::blocks(stmt) {
            for stmt in block {
                self.stmt(stmt, inner, false, inside);
            }
        }
    }
}
