//! Owns: which callee a call has, which functions are on a recursion cycle, whether drop order can be seen.
//! Never: rewrites HIR. An unknown callee is explicit.

mod call_graph;
mod drops;
mod print;
mod solve;

use std::collections::{HashMap, HashSet};

use crate::hir::{Call, ClassId, ExprId, FnId, Function, Module, PyName};

pub use crate::hir::arguments::{Bound, bind_arguments};
pub use print::print;

/// What a call by name calls as long as the name still holds what the text put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Callee {
    /// A module-level `def` of this module, never rebound by the text (be guards it).
    Function(FnId),
    /// A module-level `class`, never rebound by the text.
    Class(ClassId),
    /// A name of the builtins that this module never binds (`print`, `len`, …).
    Builtin,
    Unknown,
}

/// Facts over the whole program that decide between the lean and the exact form of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DropFacts {
    /// Some class defines `__del__`.
    pub has_del: bool,
    pub uses_weakref: bool,
    /// Some generator may be dropped inside a `try` or `with`.
    pub suspends_in_try: bool,
    /// Something looks at frames or at their locals.
    pub reads_frames: bool,
    /// Something asks which line of a running function is at work: `logging`, `warnings`, stacks of `traceback`.
    pub reads_lines: bool,
}

impl DropFacts {
    /// Something can see when a value dies.
    pub fn observable(self) -> bool {
        let Self { has_del, uses_weakref, suspends_in_try, reads_frames, reads_lines: _ } = self;
        has_del || uses_weakref || suspends_in_try || reads_frames
    }

    pub fn or(self, other: DropFacts) -> DropFacts {
        DropFacts {
            has_del: self.has_del || other.has_del,
            uses_weakref: self.uses_weakref || other.uses_weakref,
            suspends_in_try: self.suspends_in_try || other.suspends_in_try,
            reads_frames: self.reads_frames || other.reads_frames,
            reads_lines: self.reads_lines || other.reads_lines,
        }
    }
}

/// The findings of one module.
#[derive(Clone, Debug, Default)]
pub struct Colors {
    /// Globals that always hold the same `def` as far as the text goes.
    pub known_functions: HashMap<PyName, FnId>,
    pub known_classes: HashMap<PyName, ClassId>,
    /// By call expression; absent means unknown.
    pub callees: HashMap<ExprId, Callee>,
    /// `await` expressions whose operand is a call of a known coroutine function of this module, with arguments
    /// that fit its signature: direct.
    pub direct_awaits: HashMap<ExprId, FnId>,
    /// The module looks at what coroutines wait for: every await has an object.
    pub shows_awaits: bool,
    /// Coroutine functions on a cycle of direct awaits: box them.
    pub cyclic: HashSet<FnId>,
    /// Static depth of direct awaits below a coroutine function (0: awaits nothing directly);
    /// box at every 32nd level.
    pub await_depth: HashMap<FnId, u32>,
    /// Synchronous functions on a cycle of known calls.
    pub recursive: HashSet<FnId>,
    pub drops: DropFacts,
}

impl Colors {
    pub fn callee(&self, call: ExprId) -> Callee {
        self.callees.get(&call).copied().unwrap_or(Callee::Unknown)
    }

    /// The known function a call reaches and where each of its parameters comes from, if the arguments fit.
    pub fn known_call<'m>(&self, module: &'m Module, id: ExprId, call: &Call) -> Option<(&'m Function, Vec<Bound>)> {
        let Callee::Function(function) = self.callee(id) else { return None };
        let function = module.function(function);
        bind_arguments(function, call).map(|bound| (function, bound))
    }
}

/// Colors one module, knowing nothing of the others.
pub fn color(module: &Module) -> Colors {
    let mut colors = Colors { drops: drops::facts(module), ..Colors::default() };
    for global in &module.globals {
        if global.bound_in_function {
            continue;
        }
        if let Some(function) = global.only_def {
            colors.known_functions.insert(global.name.clone(), function);
        }
        if let Some(class) = global.only_class {
            colors.known_classes.insert(global.name.clone(), class);
        }
    }
    call_graph::callees(module, &mut colors);
    solve::solve(module, &mut colors);
    colors
}

/// What one module can see of drops; the facts of a program are those of its modules together.
pub fn drops(module: &Module) -> DropFacts {
    drops::facts(module)
}
