//! Owns: where each local of a function is declared: at its first binding when that block encloses all its uses,
//! else at the top. Never: emits anything.

use crate::hir::{
    AnnotationUse, Block, ClosureDef, DictItem, Element, ExprId, ExprKind, FPart, ImportNames, Keyword, LocalId, Module, Pattern,
    PatternKind, Place, StmtKind, Target, TargetKind, TypeParam,
};

struct Home {
    block: usize,
    lettable: bool,
    in_loop: bool,
}

struct Walk<'a> {
    module: &'a Module,
    /// Parent of each block.
    parents: Vec<usize>,
    loops: Vec<bool>,
    current: usize,
    homes: Vec<Option<Home>>,
    /// How many places bind, change or delete each local.
    writes: Vec<u32>,
}

/// What is known about a local's declaration.
#[derive(Clone, Copy, Default)]
pub(super) struct Placed {
    /// Its first binding stands in a block that encloses all its uses.
    pub lettable: bool,
    pub in_loop: bool,
    pub writes: u32,
}

pub(super) fn place(module: &Module, locals: usize, body: &Block) -> Vec<Placed> {
    let mut walk = Walk { module, parents: vec![0], loops: vec![false], current: 0, homes: (0..locals).map(|_| None).collect(), writes: vec![0; locals] };
    walk.block(body);
    let homes = walk.homes.iter().map(|h| h.as_ref().map_or((false, false), |h| (h.lettable, h.in_loop)));
    homes.zip(&walk.writes).map(|((lettable, in_loop), writes)| Placed { lettable, in_loop, writes: *writes }).collect()
}

impl Walk<'_> {
    fn inner(&mut self, is_loop: bool, f: impl FnOnce(&mut Self)) {
        let id = self.parents.len();
        self.parents.push(self.current);
        let in_loop = is_loop || self.loops.get(self.current).copied().unwrap_or(false);
        self.loops.push(in_loop);
        let saved = std::mem::replace(&mut self.current, id);
        f(self);
        self.current = saved;
    }

    fn seen(&mut self, place: &Place, store: bool) {
        let id = match place {
            Place::Local(id) | Place::Cell(id) => *id,
            Place::Free(_) | Place::Global(_) | Place::Builtin(_) | Place::ClassName(_) | Place::ClassOrFree(..) => return,
        };
        self.seen_id(id, store);
    }

    fn wrote(&mut self, place: &Place) {
        if let Place::Local(id) | Place::Cell(id) = place
            && let Some(n) = self.writes.get_mut(id.index())
        {
            *n += 1;
        }
    }

    fn seen_id(&mut self, id: LocalId, store: bool) {
        if store && let Some(n) = self.writes.get_mut(id.index()) {
            *n += 1;
        }
        let block = self.current;
        let in_loop = self.loops.get(block).copied().unwrap_or(false);
        let Some(home) = self.homes.get_mut(id.index()) else { return };
        match home {
            None => *home = Some(Home { block, lettable: store, in_loop }),
            Some(home) => {
                let mut at = block;
                while at != home.block && at != 0 {
                    at = self.parents.get(at).copied().unwrap_or(0);
                }
                if at != home.block {
                    home.lettable = false;
                }
            }
        }
    }

    fn block(&mut self, body: &Block) {
        for stmt in body {
            self.stmt(&stmt.kind);
        }
    }

    fn opt(&mut self, id: &Option<ExprId>) {
        if let Some(id) = id {
            self.expr(*id);
        }
    }

    fn stmt(&mut self, kind: &StmtKind) {
        match kind {
            StmtKind::Expr(e) => self.expr(*e),
            StmtKind::Assign { targets, value } => {
                self.expr(*value);
                targets.iter().for_each(|t| self.target(t, true));
            }
            StmtKind::AugAssign { target, op: _, value } => {
                self.target(target, false);
                self.expr(*value);
            }
            StmtKind::AnnAssign(a) => {
                self.opt(&a.value);
                if a.value.is_some() || !matches!(a.target.kind, TargetKind::Name(_)) {
                    self.target(&a.target, true);
                }
                match &a.annotation {
                    AnnotationUse::Evaluated(e) => self.expr(*e),
                    AnnotationUse::Stored { name: _, value: crate::hir::AnnotationValue::Expr(e) } => self.expr(*e),
                    AnnotationUse::Ignored | AnnotationUse::Stored { .. } => {}
                }
            }
            StmtKind::Return(e) => self.opt(e),
            StmtKind::Raise { exc, cause } => {
                self.opt(exc);
                self.opt(cause);
            }
            StmtKind::Assert { test, message } => {
                self.expr(*test);
                self.opt(message);
            }
            StmtKind::Delete(targets) => targets.iter().for_each(|t| self.target(t, false)),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue | StmtKind::Unsupported(_) => {}
            StmtKind::If { test, then, orelse } => {
                self.expr(*test);
                self.inner(false, |w| w.block(then));
                self.inner(false, |w| w.block(orelse));
            }
            StmtKind::While { test, body, orelse } => {
                self.inner(true, |w| {
                    w.expr(*test);
                    w.inner(true, |w| w.block(body));
                });
                self.inner(false, |w| w.block(orelse));
            }
            StmtKind::For(f) => {
                self.expr(f.iter);
                self.inner(true, |w| {
                    w.target(&f.target, true);
                    w.block(&f.body);
                });
                self.inner(false, |w| w.block(&f.orelse));
            }
            StmtKind::With(with) => self.with_items(&with.items, &with.body),
            StmtKind::Try(t) => {
                self.inner(false, |w| {
                    w.inner(false, |w| {
                        w.block(&t.body);
                        w.inner(false, |w| w.block(&t.orelse));
                    });
                    for h in &t.handlers {
                        w.inner(false, |w| {
                            w.opt(&h.kind);
                            if let Some(name) = &h.name {
                                w.seen(name, true);
                            }
                            w.block(&h.body);
                        });
                    }
                });
                self.inner(false, |w| w.block(&t.finally));
            }
            StmtKind::Match { subject, cases } => {
                self.expr(*subject);
                for case in cases {
                    self.inner(false, |w| {
                        w.pattern(&case.pattern);
                        w.opt(&case.guard);
                        w.inner(false, |w| w.block(&case.body));
                    });
                }
            }
            StmtKind::FunctionDef(f) => {
                f.decorators.iter().for_each(|e| self.expr(*e));
                self.type_params(&f.type_params);
                self.closure(&f.closure);
                for (_, a) in &f.annotations {
                    if let crate::hir::AnnotationValue::Expr(e) = a {
                        self.expr(*e);
                    }
                }
                self.seen(&f.target, true);
            }
            StmtKind::ClassDef(c) => {
                c.decorators.iter().for_each(|e| self.expr(*e));
                self.type_params(&c.type_params);
                self.elements(&c.bases);
                self.keywords(&c.keywords);
                self.captures(&c.captures);
                self.seen(&c.target, true);
            }
            StmtKind::Import(i) => self.seen(&i.target, true),
            StmtKind::ImportFrom(i) => {
                if let ImportNames::Names(names) = &i.names {
                    names.iter().for_each(|n| self.seen(&n.target, true));
                }
            }
            StmtKind::TypeAlias(t) => {
                self.type_params(&t.type_params);
                self.closure(&t.value);
                self.seen(&t.target.place, true);
            }
        }
    }

    fn with_items(&mut self, items: &[crate::hir::WithItem], body: &Block) {
        match items.split_first() {
            None => self.block(body),
            Some((first, rest)) => {
                self.expr(first.context);
                self.inner(false, |w| {
                    if let Some(t) = &first.target {
                        w.target(t, true);
                    }
                    w.with_items(rest, body);
                });
            }
        }
    }

    fn type_params(&mut self, params: &[TypeParam]) {
        for p in params {
            self.seen(&p.slot, false);
            for c in [&p.bound, &p.default].into_iter().flatten() {
                self.closure(c);
            }
        }
    }

    fn closure(&mut self, c: &ClosureDef) {
        c.defaults.iter().for_each(|(_, e)| self.expr(*e));
        self.captures(&c.captures);
    }

    fn captures(&mut self, captures: &[crate::hir::Capture]) {
        for capture in captures {
            if let crate::hir::Capture::Cell(id) = capture {
                self.seen_id(*id, false);
            }
        }
    }

    fn pattern(&mut self, p: &Pattern) {
        match &p.kind {
            PatternKind::Wildcard | PatternKind::Singleton(_) => {}
            PatternKind::Capture { target, pattern } => {
                if let Some(p) = pattern {
                    self.pattern(p);
                }
                self.seen(target, true);
            }
            PatternKind::Value(e) => self.expr(*e),
            PatternKind::Sequence { before, star, after } => {
                before.iter().chain(after).for_each(|p| self.pattern(p));
                if let Some(place) = star.as_ref().and_then(|s| s.target.as_ref()) {
                    self.seen(place, true);
                }
            }
            PatternKind::Mapping { keys, rest } => {
                for (k, p) in keys {
                    self.expr(*k);
                    self.pattern(p);
                }
                if let Some(place) = rest {
                    self.seen(place, true);
                }
            }
            PatternKind::Class { class, positional, keywords } => {
                self.expr(*class);
                positional.iter().for_each(|p| self.pattern(p));
                keywords.iter().for_each(|(_, p)| self.pattern(p));
            }
            PatternKind::Or(alternatives) => alternatives.iter().for_each(|p| self.pattern(p)),
        }
    }

    fn target(&mut self, target: &Target, store: bool) {
        match &target.kind {
            TargetKind::Name(var) => {
                self.seen(&var.place, store);
                if !store {
                    self.wrote(&var.place);
                }
            }
            TargetKind::Attribute { object, .. } => self.expr(*object),
            TargetKind::Subscript { object, index, .. } => {
                self.expr(*object);
                self.expr(*index);
            }
            TargetKind::Unpack { before, star, after } => {
                before.iter().for_each(|t| self.target(t, store));
                if let Some(t) = star {
                    self.target(t, store);
                }
                after.iter().for_each(|t| self.target(t, store));
            }
        }
    }

    fn elements(&mut self, elements: &[Element]) {
        for e in elements {
            match e {
                Element::Item(e) | Element::Star(e) => self.expr(*e),
            }
        }
    }

    fn keywords(&mut self, keywords: &[Keyword]) {
        for k in keywords {
            match k {
                Keyword::Named { value, .. } | Keyword::Unpack(value) => self.expr(*value),
            }
        }
    }

    fn parts(&mut self, parts: &[FPart]) {
        for part in parts {
            if let FPart::Value { value, conversion: _, spec } = part {
                self.expr(*value);
                if let Some(spec) = spec {
                    self.parts(spec);
                }
            }
        }
    }

    fn expr(&mut self, id: ExprId) {
        let module = self.module;
        match &module.expr(id).kind {
            ExprKind::Const(_) => {}
            ExprKind::Name(var) => self.seen(&var.place, false),
            ExprKind::Walrus { target, value } => {
                self.expr(*value);
                self.seen(target, false);
                self.wrote(target);
            }
            ExprKind::Unary { op: _, operand } => self.expr(*operand),
            ExprKind::Binary { left, right, .. } => {
                self.expr(*left);
                self.expr(*right);
            }
            ExprKind::Bool { op: _, values } => values.iter().for_each(|e| self.expr(*e)),
            ExprKind::Compare { first, rest } => {
                self.expr(*first);
                rest.iter().for_each(|(_, e)| self.expr(*e));
            }
            ExprKind::Conditional { test, then, orelse } => {
                self.expr(*test);
                self.expr(*then);
                self.expr(*orelse);
            }
            ExprKind::Call(call) => {
                self.expr(call.callee);
                self.elements(&call.args);
                self.keywords(&call.keywords);
                if let Some(zero) = &call.zero_super {
                    self.seen(&zero.class.place, false);
                    if let Some(first) = &zero.first {
                        self.seen(&first.place, false);
                    }
                }
            }
            ExprKind::Attribute { object, .. } => self.expr(*object),
            ExprKind::Subscript { object, index, .. } => {
                self.expr(*object);
                self.expr(*index);
            }
            ExprKind::Slice { lower, upper, step } => {
                self.opt(lower);
                self.opt(upper);
                self.opt(step);
            }
            ExprKind::Tuple(e) | ExprKind::List(e) | ExprKind::Set(e) => self.elements(e),
            ExprKind::Dict(items) => {
                for item in items {
                    match item {
                        DictItem::Pair(k, v) => {
                            self.expr(*k);
                            self.expr(*v);
                        }
                        DictItem::Unpack(e) => self.expr(*e),
                    }
                }
            }
            ExprKind::FString(parts) => self.parts(parts),
            ExprKind::Lambda(c) => self.closure(c),
            ExprKind::Genexpr { closure, first, .. } => {
                self.expr(*first);
                self.closure(closure);
            }
            ExprKind::Comprehension(c) => {
                for clause in &c.clauses {
                    self.expr(clause.iter);
                    self.target(&clause.target, false);
                    clause.ifs.iter().for_each(|e| self.expr(*e));
                }
                match c.kind {
                    crate::hir::ComprehensionKind::List(e) | crate::hir::ComprehensionKind::Set(e) => self.expr(e),
                    crate::hir::ComprehensionKind::Dict(k, v) => {
                        self.expr(k);
                        self.expr(v);
                    }
                }
            }
            ExprKind::Await(e) | ExprKind::YieldFrom(e) => self.expr(*e),
            ExprKind::Yield(e) => self.opt(e),
        }
    }
}
