//! Owns: the flow of bound slots through statements: branches, loops, exceptions.
//! Never: expressions.

use super::{Flow, State, join};
use crate::hir::*;

impl Flow<'_> {
    pub(super) fn block(&mut self, block: &mut Block) {
        for stmt in block {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Expr(value) => self.expr(*value),
            StmtKind::Assign { targets, value } => {
                self.expr(*value);
                targets.iter_mut().for_each(|target| self.target(target));
            }
            StmtKind::AugAssign { target, op: _, value } => {
                if let TargetKind::Name(var) = &mut target.kind {
                    var.bound = self.read(&var.place);
                    self.expr(*value);
                    self.target(target);
                } else {
                    self.target(target);
                    self.expr(*value);
                }
            }
            StmtKind::AnnAssign(s) => {
                if let Some(value) = s.value {
                    self.expr(value);
                    self.target(&mut s.target);
                } else if !matches!(s.target.kind, TargetKind::Name(_)) {
                    self.target(&mut s.target);
                }
                match &s.annotation {
                    AnnotationUse::Evaluated(value) => self.expr(*value),
                    AnnotationUse::Stored { name: _, value: AnnotationValue::Expr(value) } => self.expr(*value),
                    AnnotationUse::Stored { name: _, value: AnnotationValue::Text(_) } | AnnotationUse::Ignored => {}
                }
            }
            StmtKind::Return(value) => {
                self.exprs(*value);
                self.state = None;
            }
            StmtKind::Raise { exc, cause } => {
                self.exprs(*exc);
                self.exprs(*cause);
                self.state = None;
            }
            StmtKind::Assert { test, message } => {
                let (yes, no) = self.condition(*test);
                self.state = no;
                self.exprs(*message);
                self.state = yes;
            }
            StmtKind::Delete(targets) => targets.iter_mut().for_each(|target| self.delete(target)),
            StmtKind::Pass | StmtKind::Unsupported(_) => {}
            StmtKind::Break => {
                let state = Self::without(&self.state, &self.leaving);
                if let Some(breaks) = self.breaks.last_mut() {
                    *breaks = join(breaks.take(), state);
                }
                self.state = None;
            }
            StmtKind::Continue => self.state = None,
            StmtKind::If { test, then, orelse } => {
                let (yes, no) = self.condition(*test);
                self.state = yes;
                self.block(then);
                let after_then = std::mem::replace(&mut self.state, no);
                self.block(orelse);
                self.state = join(after_then, self.state.take());
            }
            StmtKind::While { test, body, orelse } => {
                self.state = Self::without(&self.state, &kills(body));
                let (yes, no) = self.condition(*test);
                self.state = yes;
                let breaks = self.looped(|this| this.block(body));
                self.state = no;
                self.block(orelse);
                self.state = join(self.state.take(), breaks);
            }
            StmtKind::For(s) => {
                self.expr(s.iter);
                let head = Self::without(&self.state, &kills(&s.body));
                self.state = head.clone();
                let breaks = self.looped(|this| {
                    this.target(&mut s.target);
                    this.block(&mut s.body);
                });
                self.state = head;
                self.block(&mut s.orelse);
                self.state = join(self.state.take(), breaks);
            }
            StmtKind::With(s) => {
                for item in &mut s.items {
                    self.expr(item.context);
                    if let Some(target) = &mut item.target {
                        self.target(target);
                    }
                }
                // Any manager may swallow an exception raised anywhere in the body, or by a later manager.
                let mut swallowed = Self::without(&self.state, &kills(&s.body));
                let late: Vec<LocalId> = s.items.iter().enumerate().flat_map(late_slots).collect();
                swallowed = Self::without(&swallowed, &late);
                self.block(&mut s.body);
                self.state = join(self.state.take(), swallowed);
            }
            StmtKind::Try(s) => self.try_(s),
            StmtKind::Match { subject, cases } => self.match_(*subject, cases),
            StmtKind::FunctionDef(def) => {
                self.exprs(def.decorators.clone());
                self.exprs(def.closure.defaults.iter().map(|(_, value)| *value).collect::<Vec<_>>());
                self.type_params(&def.type_params);
                for (_, annotation) in &def.annotations {
                    if let AnnotationValue::Expr(value) = annotation {
                        self.expr(*value);
                    }
                }
                self.bind(&def.target);
            }
            StmtKind::ClassDef(def) => {
                self.exprs(def.decorators.clone());
                self.type_params(&def.type_params);
                for base in &def.bases {
                    match base {
                        Element::Item(value) | Element::Star(value) => self.expr(*value),
                    }
                }
                for keyword in &def.keywords {
                    match keyword {
                        Keyword::Named { value, .. } | Keyword::Unpack(value) => self.expr(*value),
                    }
                }
                self.bind(&def.target);
            }
            StmtKind::Import(s) => self.bind(&s.target),
            StmtKind::ImportFrom(s) => {
                if let ImportNames::Names(names) = &s.names {
                    names.iter().for_each(|name| self.bind(&name.target));
                }
            }
            StmtKind::TypeAlias(s) => {
                self.type_params(&s.type_params);
                self.bind(&s.target.place);
            }
        }
    }

    fn type_params(&mut self, params: &[TypeParam]) {
        for param in params {
            self.bind(&param.slot);
            if let Some(slot) = Self::slot(&param.slot)
                && let Some(local) = self.locals.get_mut(slot.index())
            {
                local.read = true;
            }
        }
    }

    /// Runs a loop's body and returns the state of its `break`s.
    fn looped(&mut self, body: impl FnOnce(&mut Self)) -> State {
        let leaving = std::mem::take(&mut self.leaving);
        self.breaks.push(None);
        self.loops += 1;
        body(self);
        self.loops -= 1;
        self.leaving = leaving;
        self.breaks.pop().flatten()
    }

    fn delete(&mut self, target: &mut Target) {
        match &mut target.kind {
            TargetKind::Name(var) => {
                var.bound = self.read(&var.place);
                if let Some(slot) = Self::slot(&var.place) {
                    self.unbind(slot);
                }
            }
            TargetKind::Unpack { before, star: _, after } => {
                before.iter_mut().chain(after.iter_mut()).for_each(|inner| self.delete(inner));
            }
            TargetKind::Attribute { .. } | TargetKind::Subscript { .. } => self.target(target),
        }
    }

    fn try_(&mut self, s: &mut Try) {
        let entry = self.state.clone();
        let finally_kills = kills(&s.finally);
        let depth = self.leaving.len();
        self.leaving.extend(&finally_kills);
        self.block(&mut s.body);
        let mut killed = kills(&s.body);
        let at_handlers = Self::without(&entry, &killed);
        self.block(&mut s.orelse);
        killed.extend(kills(&s.orelse));
        let mut end = self.state.take();
        for handler in &mut s.handlers {
            self.state = at_handlers.clone();
            self.exprs(handler.kind);
            let slot = handler.name.as_ref().and_then(Self::slot);
            if let Some(name) = &handler.name {
                self.bind(name);
            }
            self.leaving.extend(slot);
            self.block(&mut handler.body);
            killed.extend(kills(&handler.body));
            if let Some(slot) = slot {
                self.leaving.pop();
                killed.push(slot);
                self.unbind(slot);
            }
            // `except*` handlers run one after the other; the state before any of them is the safe one.
            end = join(end, self.state.take());
            if s.star {
                end = end.map(|_| ()).and_then(|()| at_handlers.clone());
            }
        }
        self.leaving.truncate(depth);
        self.state = end;
        if s.finally.is_empty() {
            return;
        }
        let end = std::mem::replace(&mut self.state, Self::without(&entry, &killed));
        // Unreachable only when the whole statement is.
        self.block(&mut s.finally);
        self.state = match (self.state.take(), Self::without(&end, &finally_kills)) {
            (Some(after), Some(end)) => Some(after.iter().zip(&end).map(|(a, b)| a | b).collect()),
            (None, _) | (_, None) => None,
        };
    }

    fn match_(&mut self, subject: ExprId, cases: &mut [Case]) {
        self.expr(subject);
        let base = self.state.clone();
        let mut end = None;
        let mut exhausted = false;
        for case in cases {
            self.state = base.clone();
            let mut values = Vec::new();
            visit::pattern_exprs(&case.pattern, &mut values);
            self.exprs(values);
            let mut places = Vec::new();
            visit::pattern_places(&case.pattern, &mut places);
            let places: Vec<Place> = places.into_iter().cloned().collect();
            places.iter().for_each(|place| self.bind(place));
            if let Some(guard) = case.guard {
                let (yes, _) = self.condition(guard);
                self.state = yes;
            } else if is_irrefutable(&case.pattern) {
                exhausted = true;
            }
            self.block(&mut case.body);
            end = join(end, self.state.take());
        }
        self.state = if exhausted { end } else { join(end, base) };
    }
}

fn is_irrefutable(pattern: &Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Wildcard => true,
        PatternKind::Capture { target: _, pattern } => pattern.as_deref().is_none_or(is_irrefutable),
        PatternKind::Or(patterns) => patterns.iter().any(is_irrefutable),
        PatternKind::Value(_)
        | PatternKind::Singleton(_)
        | PatternKind::Sequence { .. }
        | PatternKind::Mapping { .. }
        | PatternKind::Class { .. } => false,
    }
}

/// Slots that a `with` item may have left unbound when a manager swallows an exception. Only the plain name of
/// the first item is bound before anything that its own manager guards.
fn late_slots((at, item): (usize, &WithItem)) -> Vec<LocalId> {
    let mut vars = Vec::new();
    match &item.target {
        Some(Target { kind: TargetKind::Name(_), span: _ }) if at == 0 => {}
        Some(target) => visit::target_names(target, &mut vars),
        None => {}
    }
    vars.into_iter().filter_map(|var| Flow::slot(&var.place)).collect()
}

/// Slots that some statement of the block unbinds.
fn kills(block: &Block) -> Vec<LocalId> {
    let mut found = Vec::new();
    visit::own_stmts(block, &mut |stmt| found.extend(visit::unbound(stmt).into_iter().filter_map(Flow::slot)));
    found
}
