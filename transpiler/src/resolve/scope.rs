//! Owns: the scopes of a file: which names each binds, and where each use of a name is found.
//! Never: knows about HIR expressions or types.
//!
//! CPython 3.13: Python/symtable.c. A scope is *real* when it becomes a code body of its own (module, class,
//! function, lambda, generator expression, lazy type expression) and *inlined* when its variables are hidden
//! slots of the enclosing body (comprehensions as in PEP 709, type parameters).

use std::collections::HashMap;

use crate::hir::{Capture, FreeId, Local, LocalId, Place, PyName};
use crate::source::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

impl ScopeId {
    pub const MODULE: ScopeId = ScopeId(0);

    fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    Genexpr,
    Comprehension,
    TypeParams,
    Lazy,
}

impl ScopeKind {
    pub fn is_inlined(self) -> bool {
        match self {
            ScopeKind::Comprehension | ScopeKind::TypeParams => true,
            ScopeKind::Module | ScopeKind::Class | ScopeKind::Function | ScopeKind::Lambda | ScopeKind::Genexpr | ScopeKind::Lazy => false,
        }
    }

    /// Its names live in a namespace: the module's, or that of the class being built.
    pub fn is_namespace(self) -> bool {
        match self {
            ScopeKind::Module | ScopeKind::Class => true,
            ScopeKind::Function | ScopeKind::Lambda | ScopeKind::Genexpr | ScopeKind::Comprehension | ScopeKind::TypeParams | ScopeKind::Lazy => false,
        }
    }

    /// It begins with `for` clauses.
    pub fn is_comprehension(self) -> bool {
        match self {
            ScopeKind::Comprehension | ScopeKind::Genexpr => true,
            ScopeKind::Module | ScopeKind::Class | ScopeKind::Function | ScopeKind::Lambda | ScopeKind::TypeParams | ScopeKind::Lazy => false,
        }
    }
}

/// What a scope's text does with a name.
#[derive(Clone, Debug, Default)]
pub struct Symbol {
    pub bound: bool,
    /// Bound by anything but an import: `global` and `nonlocal` may not follow (CPython: DEF_LOCAL).
    pub assigned: bool,
    pub param: bool,
    pub used: bool,
    pub annotated: bool,
    pub iter_target: bool,
    /// A walrus inside a comprehension of this scope binds it.
    pub global: Option<Span>,
    pub nonlocal: Option<Span>,
}

#[derive(Clone, Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    /// The real scope whose body holds this one's variables: itself unless inlined.
    pub body: ScopeId,
    pub is_async: bool,
    pub has_yield: bool,
    /// Comprehension or generator expression that awaits.
    pub awaits: bool,
    names: Vec<PyName>,
    symbols: HashMap<PyName, Symbol>,
    slots: HashMap<PyName, LocalId>,
}

/// The variables of a real scope.
#[derive(Clone, Debug, Default)]
struct Body {
    locals: Vec<Local>,
    frees: Vec<PyName>,
}

/// Where a name is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Binding {
    Scope(ScopeId),
    Class,
    Global,
}

/// All scopes of a file.
#[derive(Clone, Debug, Default)]
pub struct Scopes {
    scopes: Vec<Scope>,
    by_key: HashMap<(ScopeKind, u32, u32), ScopeId>,
    bodies: HashMap<ScopeId, Body>,
    /// The names of each body in the order in which its code first meets them, inlined scopes included:
    /// that is the order of `co_varnames`.
    met: HashMap<ScopeId, HashMap<PyName, usize>>,
    module_names: HashMap<PyName, ()>,
}

/// Set in every module before its body runs (CPython: `PyModule_Type` and importlib).
pub const MODULE_ATTRIBUTES: &[&str] =
    &["__name__", "__doc__", "__package__", "__loader__", "__spec__", "__file__", "__cached__", "__builtins__"];

impl Scopes {
    pub fn push(&mut self, kind: ScopeKind, parent: Option<ScopeId>, key: (u32, u32)) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        let body = match parent {
            Some(parent) if kind.is_inlined() => self.get(parent).body,
            Some(_) | None => id,
        };
        self.scopes.push(Scope {
            kind,
            parent,
            body,
            is_async: false,
            has_yield: false,
            awaits: false,
            names: Vec::new(),
            symbols: HashMap::new(),
            slots: HashMap::new(),
        });
        self.by_key.insert((kind, key.0, key.1), id);
        id
    }

    pub fn get(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.index()]
    }

    pub fn get_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.index()]
    }

    /// The scope that the node of this kind and range opens.
    pub fn find(&self, kind: ScopeKind, start: u32, end: u32) -> ScopeId {
        self.by_key.get(&(kind, start, end)).copied().unwrap_or(ScopeId::MODULE)
    }

    pub fn symbol(&self, scope: ScopeId, name: &PyName) -> Option<&Symbol> {
        self.get(scope).symbols.get(name)
    }

    pub fn symbol_mut(&mut self, scope: ScopeId, name: &PyName) -> &mut Symbol {
        let met = self.met.entry(self.get(scope).body).or_default();
        let count = met.len();
        met.entry(name.clone()).or_insert(count);
        let scope = self.get_mut(scope);
        if !scope.symbols.contains_key(name) {
            scope.names.push(name.clone());
        }
        scope.symbols.entry(name.clone()).or_default()
    }

    pub fn ids(&self) -> impl Iterator<Item = ScopeId> + use<> {
        (0..self.scopes.len() as u32).map(ScopeId)
    }

    pub fn names(&self, scope: ScopeId) -> &[PyName] {
        &self.get(scope).names
    }

    /// The scope an enclosing function-like scope of `scope` binds `name` in, if any.
    pub fn enclosing_binding(&self, scope: ScopeId, name: &PyName) -> Option<ScopeId> {
        match self.enclosing(scope, name) {
            Binding::Scope(found) => Some(found),
            Binding::Class | Binding::Global => None,
        }
    }

    fn binding(&self, id: ScopeId, name: &PyName) -> Binding {
        let scope = self.get(id);
        if let Some(symbol) = scope.symbols.get(name) {
            if symbol.global.is_some() {
                return Binding::Global;
            }
            if symbol.nonlocal.is_some() {
                return self.enclosing(id, name);
            }
            if symbol.bound {
                return match scope.kind {
                    ScopeKind::Module => Binding::Global,
                    ScopeKind::Class => Binding::Class,
                    ScopeKind::Function
                    | ScopeKind::Lambda
                    | ScopeKind::Genexpr
                    | ScopeKind::Comprehension
                    | ScopeKind::TypeParams
                    | ScopeKind::Lazy => Binding::Scope(id),
                };
            }
        }
        match self.enclosing(id, name) {
            Binding::Global if scope.kind == ScopeKind::Class => Binding::Class,
            found @ (Binding::Scope(_) | Binding::Class | Binding::Global) => found,
        }
    }

    fn enclosing(&self, id: ScopeId, name: &PyName) -> Binding {
        let mut from = id;
        while let Some(parent) = self.get(from).parent {
            let scope = self.get(parent);
            let symbol = scope.symbols.get(name);
            match scope.kind {
                ScopeKind::Module => return Binding::Global,
                ScopeKind::Class => {
                    // Annotations and bases beside type parameters see the class namespace.
                    if self.get(from).kind == ScopeKind::TypeParams {
                        return self.binding(parent, name);
                    }
                    if name.as_str() == "__class__" {
                        return Binding::Scope(parent);
                    }
                }
                ScopeKind::Function
                | ScopeKind::Lambda
                | ScopeKind::Genexpr
                | ScopeKind::Comprehension
                | ScopeKind::TypeParams
                | ScopeKind::Lazy => match symbol {
                    Some(symbol) if symbol.global.is_some() => return Binding::Global,
                    Some(symbol) if symbol.nonlocal.is_some() => {}
                    Some(symbol) if symbol.bound => return Binding::Scope(parent),
                    Some(_) | None => {}
                },
            }
            from = parent;
        }
        Binding::Global
    }

    /// Gives every variable its slot and every captured one its cell. Called once, after all names are known.
    pub fn finish(&mut self) {
        self.make_slots();
        let mut captures = Vec::new();
        for id in self.ids() {
            for name in self.names(id) {
                if let Binding::Scope(owner) = self.binding(id, name) {
                    captures.push((id, owner, name.clone()));
                }
            }
        }
        for (user, owner, name) in captures {
            self.capture(user, owner, &name);
        }
        for body in self.bodies.values_mut() {
            body.frees.sort();
        }
        self.module_names = self.collect_module_names();
    }

    fn make_slots(&mut self) {
        for id in self.ids() {
            let scope = self.get(id);
            let body = scope.body;
            let hidden = scope.kind.is_inlined();
            let names: Vec<PyName> = match scope.kind {
                ScopeKind::Module | ScopeKind::Class => Vec::new(),
                ScopeKind::Function
                | ScopeKind::Lambda
                | ScopeKind::Genexpr
                | ScopeKind::Comprehension
                | ScopeKind::TypeParams
                | ScopeKind::Lazy => {
                    let mine = |name: &&PyName| self.binding(id, name) == Binding::Scope(id);
                    let mut names: Vec<PyName> = scope.names.iter().filter(mine).cloned().collect();
                    // Parameters keep their places in front: they are named before anything else.
                    let met = self.met.get(&body);
                    let is_param = |name: &PyName| scope.symbols.get(name).is_some_and(|symbol| symbol.param);
                    let place = |name: &PyName| met.and_then(|met| met.get(name)).copied().unwrap_or(0);
                    names.sort_by_key(|name| (!is_param(name), place(name)));
                    names
                }
            };
            self.bodies.entry(body).or_default();
            for name in names {
                let is_param = self.symbol(id, &name).is_some_and(|symbol| symbol.param);
                self.add_slot(id, body, name, is_param, hidden);
            }
        }
    }

    fn add_slot(&mut self, scope: ScopeId, body: ScopeId, name: PyName, is_param: bool, is_hidden: bool) -> LocalId {
        let entry = self.bodies.entry(body).or_default();
        let slot = LocalId(entry.locals.len() as u32);
        entry.locals.push(Local {
            name: name.clone(),
            is_param,
            is_cell: false,
            is_hidden,
            rebound: false,
            deleted: false,
            always_bound: false,
            read: false,
        });
        self.get_mut(scope).slots.insert(name, slot);
        slot
    }

    fn capture(&mut self, user: ScopeId, owner: ScopeId, name: &PyName) {
        let home = self.get(owner).body;
        let mut body = self.get(user).body;
        if !self.get(owner).slots.contains_key(name) {
            // Only the `__class__` of a class has no slot yet.
            self.add_slot(owner, home, name.clone(), false, true);
        }
        if body == home {
            return;
        }
        if let Some(slot) = self.get(owner).slots.get(name).copied()
            && let Some(local) = self.bodies.entry(home).or_default().locals.get_mut(slot.index())
        {
            local.is_cell = true;
            local.read = true;
        }
        while body != home {
            let frees = &mut self.bodies.entry(body).or_default().frees;
            if !frees.contains(name) {
                frees.push(name.clone());
            }
            let Some(parent) = self.get(body).parent else { return };
            body = self.get(parent).body;
        }
    }

    fn collect_module_names(&self) -> HashMap<PyName, ()> {
        let mut names: HashMap<PyName, ()> =
            MODULE_ATTRIBUTES.iter().map(|name| (PyName::new(name), ())).collect();
        for id in self.ids() {
            let scope = self.get(id);
            for (name, symbol) in &scope.symbols {
                let at_module = scope.kind == ScopeKind::Module && (symbol.bound || symbol.annotated);
                if at_module || (symbol.global.is_some() && symbol.bound) {
                    names.insert(name.clone(), ());
                }
            }
        }
        names
    }

    /// Where a read of `name` in `scope` finds its value.
    pub fn load(&self, scope: ScopeId, name: &PyName) -> Place {
        match self.binding(scope, name) {
            Binding::Class => Place::ClassName(name.clone()),
            Binding::Global => self.global(name),
            Binding::Scope(owner) => {
                let place = self.variable(scope, owner, name);
                match (place, self.class_view(scope, name)) {
                    (Place::Free(free), true) => Place::ClassOrFree(name.clone(), free),
                    (place, _) => place,
                }
            }
        }
    }

    /// Where `scope` stores `name`.
    pub fn store(&self, scope: ScopeId, name: &PyName) -> Place {
        match self.binding(scope, name) {
            Binding::Class => Place::ClassName(name.clone()),
            Binding::Global => Place::Global(name.clone()),
            Binding::Scope(owner) => self.variable(scope, owner, name),
        }
    }

    /// A read here looks into a class namespace first.
    fn class_view(&self, scope: ScopeId, name: &PyName) -> bool {
        let mut at = scope;
        loop {
            let here = self.get(at);
            let declared = here.symbols.get(name).is_some_and(|symbol| symbol.nonlocal.is_some());
            match here.kind {
                ScopeKind::Class => return !declared,
                ScopeKind::TypeParams => {
                    if here.slots.contains_key(name) {
                        return false;
                    }
                }
                ScopeKind::Module
                | ScopeKind::Function
                | ScopeKind::Lambda
                | ScopeKind::Genexpr
                | ScopeKind::Comprehension
                | ScopeKind::Lazy => return false,
            }
            let Some(parent) = here.parent else { return false };
            at = parent;
        }
    }

    fn global(&self, name: &PyName) -> Place {
        if self.module_names.contains_key(name) {
            Place::Global(name.clone())
        } else {
            Place::Builtin(name.clone())
        }
    }

    fn variable(&self, user: ScopeId, owner: ScopeId, name: &PyName) -> Place {
        let home = self.get(owner).body;
        let body = self.get(user).body;
        if body != home {
            return Place::Free(self.free(body, name));
        }
        match self.get(owner).slots.get(name) {
            Some(slot) if self.bodies.get(&home).and_then(|b| b.locals.get(slot.index())).is_some_and(|l| l.is_cell) => {
                Place::Cell(*slot)
            }
            Some(slot) => Place::Local(*slot),
            None => Place::Global(name.clone()),
        }
    }

    fn free(&self, body: ScopeId, name: &PyName) -> FreeId {
        let frees = self.bodies.get(&body).map_or(&[][..], |body| &body.frees);
        FreeId(frees.iter().position(|free| free == name).unwrap_or(0) as u32)
    }

    /// The slot of a scope's own variable.
    pub fn slot(&self, scope: ScopeId, name: &PyName) -> Option<LocalId> {
        self.get(scope).slots.get(name).copied()
    }

    /// All slots of an inlined scope.
    pub fn slots(&self, scope: ScopeId) -> Vec<LocalId> {
        let mut slots: Vec<LocalId> = self.get(scope).slots.values().copied().collect();
        slots.sort();
        slots
    }

    /// The slot as a place of its own body.
    pub fn own_place(&self, scope: ScopeId, slot: LocalId) -> Place {
        let body = self.get(scope).body;
        match self.bodies.get(&body).and_then(|body| body.locals.get(slot.index())) {
            Some(local) if local.is_cell => Place::Cell(slot),
            Some(_) | None => Place::Local(slot),
        }
    }

    /// The cells that the code body of `inner` takes from the body around it.
    pub fn captures(&self, inner: ScopeId) -> Vec<Capture> {
        let Some(body) = self.bodies.get(&inner) else { return Vec::new() };
        let Some(outside) = self.get(inner).parent else { return Vec::new() };
        let capture = |name: &PyName| match self.enclosing(inner, name) {
            Binding::Scope(owner) => match self.variable(outside, owner, name) {
                Place::Local(slot) | Place::Cell(slot) => Capture::Cell(slot),
                Place::Free(free) | Place::ClassOrFree(_, free) => Capture::Free(free),
                Place::Global(_) | Place::Builtin(_) | Place::ClassName(_) => Capture::Free(FreeId(0)),
            },
            Binding::Class | Binding::Global => Capture::Free(FreeId(0)),
        };
        body.frees.iter().map(capture).collect()
    }

    /// The slots and captured names of a real scope.
    pub fn hir_scope(&self, body: ScopeId) -> crate::hir::Scope {
        let found = self.bodies.get(&body).cloned().unwrap_or_default();
        crate::hir::Scope { locals: found.locals, frees: found.frees }
    }
}
