//! Owns: which callee a call has, which functions are on a recursion cycle, whether drop order can be seen.
//! Never: rewrites HIR. An unknown callee is explicit.

use std::collections::{HashMap, HashSet};

use crate::hir::{ClassId, ExprId, FnId, Module, PyName};

/// What a call by name calls as long as the global still holds what the text put there.
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
    pub has_del: bool,
    pub uses_weakref: bool,
    pub suspends_in_try: bool,
    pub reads_frames: bool,
}

impl DropFacts {
    /// Something can see when a value dies.
    pub fn observable(self) -> bool {
        let Self { has_del, uses_weakref, suspends_in_try, reads_frames } = self;
        has_del || uses_weakref || suspends_in_try || reads_frames
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
    /// `await` expressions whose operand is a call of a known coroutine function of this module: direct.
    pub direct_awaits: HashMap<ExprId, FnId>,
    /// Coroutine functions on a cycle of direct awaits: box them.
    pub cyclic: HashSet<FnId>,
    /// Static depth of direct awaits below a coroutine function (0: awaits nothing directly);
    /// box at every 32nd level.
    pub await_depth: HashMap<FnId, u32>,
    pub drops: DropFacts,
}

impl Colors {
    pub fn callee(&self, call: ExprId) -> Callee {
        self.callees.get(&call).copied().unwrap_or(Callee::Unknown)
    }
}

/// Colors one module, knowing nothing of the others.
pub fn color(_module: &Module) -> Colors {
    Colors::default()
}

/// The findings as text.
pub fn print(_module: &Module, colors: &Colors) -> String {
    format!("{colors:#?}\n")
}
