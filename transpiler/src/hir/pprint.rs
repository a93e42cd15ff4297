//! Owns: HIR as text, for `tauraro dump --stage hir` and the stage tests.
//! Never: changes or judges it.
//!
//! Names show where they live: `x` a slot, `^x` an own cell, `^^x` a captured cell, `:x` a global,
//! `::x` a builtin, `.x` a class name; `?` after a name: possibly unbound here.

mod expr;
mod stmt;

use std::fmt::Write;

use super::*;

/// The module as readable text.
pub fn print(module: &Module) -> String {
    let mut printer = Printer { module, scope: &module.scope, out: String::new(), depth: 0 };
    let _ = writeln!(printer.out, "module {}", module.name);
    for global in &module.globals {
        let mut facts = format!("bound {}", global.bindings);
        for (holds, text) in [
            (global.deleted, "deleted"),
            (global.bound_in_function, "in function"),
            (global.only_def.is_some(), "only def"),
            (global.only_class.is_some(), "only class"),
        ] {
            if holds {
                let _ = write!(facts, ", {text}");
            }
        }
        let _ = writeln!(printer.out, "  global {}: {facts}", global.name);
    }
    printer.scope_lines();
    printer.docstring(module.docstring);
    printer.block(&module.body);
    printer.out
}

struct Printer<'m> {
    module: &'m Module,
    /// The scope of the code body being printed.
    scope: &'m Scope,
    out: String,
    depth: usize,
}

impl<'m> Printer<'m> {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(self.depth + 1));
    }

    fn inside(&mut self, print: impl FnOnce(&mut Self)) {
        self.depth += 1;
        print(self);
        self.depth -= 1;
    }

    fn scoped(&mut self, scope: &'m Scope, print: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.scope, scope);
        self.inside(print);
        self.scope = outer;
    }

    fn scope_lines(&mut self) {
        let scope = self.scope;
        for (at, local) in scope.locals.iter().enumerate() {
            let mut facts = Vec::new();
            for (holds, text) in [
                (local.is_param, "param"),
                (local.is_cell, "cell"),
                (local.is_hidden, "hidden"),
                (local.rebound, "rebound"),
                (local.deleted, "deleted"),
                (!local.always_bound, "maybe unbound"),
                (!local.read, "never read"),
            ] {
                if holds {
                    facts.push(text);
                }
            }
            self.line(&format!("local {at} {}: {}", local.name, facts.join(", ")));
        }
        for name in &scope.frees {
            self.line(&format!("free {name}"));
        }
    }

    fn docstring(&mut self, id: Option<ExprId>) {
        if let Some(id) = id {
            let text = self.expr(id);
            self.line(&format!("docstring {text}"));
        }
    }

    fn place(&self, place: &Place) -> String {
        let local = |slot: &LocalId| self.scope.locals.get(slot.index()).map_or("?", |local| local.name.as_str());
        let free = |free: &FreeId| self.scope.frees.get(free.index()).map_or("?", |name| name.as_str());
        match place {
            Place::Local(slot) => local(slot).to_owned(),
            Place::Cell(slot) => format!("^{}", local(slot)),
            Place::Free(slot) => format!("^^{}", free(slot)),
            Place::Global(name) => format!(":{name}"),
            Place::Builtin(name) => format!("::{name}"),
            Place::ClassName(name) => format!(".{name}"),
            Place::ClassOrFree(name, _) => format!(".^^{name}"),
        }
    }

    fn var(&self, var: &Var) -> String {
        let slot = matches!(var.place, Place::Local(_) | Place::Cell(_));
        let mark = if slot && !var.bound { "?" } else { "" };
        format!("{}{mark}", self.place(&var.place))
    }

    fn captures(&self, captures: &[Capture]) -> String {
        let one = |capture: &Capture| match capture {
            Capture::Cell(slot) => self.place(&Place::Cell(*slot)),
            Capture::Free(free) => self.place(&Place::Free(*free)),
        };
        captures.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}
