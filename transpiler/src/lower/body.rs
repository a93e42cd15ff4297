//! Owns: the state of one code body being lowered: its variables, temporaries, sites and control stack.
//! Never: knows a single construct of Python.

use super::exact;
use super::operand::{self, Operand};
use super::{Cx, names, names::Names};
use crate::hir::{ExprId, FnKind, LocalId, Place, Scope};
use crate::rir::{Block, Expr, Label, Pat, RustIdent, SiteName, Stmt};
use crate::source::Span;
use std::collections::BTreeMap;

/// How a slot of the body lives in Rust.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Slot {
    /// A `&Value` parameter that is never rebound.
    Param,
    /// A variable of type `Value`, declared where it is first bound.
    Let,
    /// A variable of type `Value`, declared at the top of the body; may be unbound.
    Hoisted,
    /// A cell declared where it is first bound.
    LetCell,
    /// A cell declared at the top of the body.
    HoistedCell,
    /// An `i64`: the variable of a range loop.
    Index,
}

#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub rust: RustIdent,
    pub slot: Slot,
}

/// What an enclosing construct does with control that leaves it.
#[derive(Clone, Debug)]
pub(crate) enum Scoped {
    Loop { label: Label, exit: Option<Label> },
    /// A protected block: an error leaves it with the exception in the pending slot.
    Except(Label),
    /// A protected block that yields a `Flow`.
    Barrier(Label),
    /// Runs on leaving by `return`, `break` or `continue`.
    Unbind(Place),
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Jump {
    Break,
    Continue,
}

pub(crate) struct Body<'c, 'a> {
    pub cx: &'c mut Cx<'a>,
    pub scope: &'a Scope,
    pub vars: Vec<Variable>,
    /// Captured variables by `FreeId`; true: captured by value, not as a cell.
    pub frees: Vec<(RustIdent, bool)>,
    pub names: Names,
    pub out: Vec<Stmt>,
    pub prologue: Vec<Stmt>,
    pub scopes: Vec<Scoped>,
    pub group: usize,
    pub kind: Option<FnKind>,
    /// The class body's namespace variable.
    pub class_ns: Option<RustIdent>,
    pub loop_depth: u32,
    /// How many `except` and `finally` blocks enclose this place.
    pub handler_depth: u32,
    pub declared: BTreeMap<usize, ()>,
    /// By slot: how many places bind or change it; empty where nobody counted.
    pub writes: Vec<u32>,
    /// Temporaries of the exact form that the next operation ends.
    pub single_use: std::collections::BTreeSet<RustIdent>,
    /// Slots of the comprehensions being lowered.
    pub comprehension_locals: Vec<usize>,
    /// Names of the functions defined inside this body.
    pub item_names: Names,
    /// The Rust struct of the class whose body this is.
    pub class_struct: Option<RustIdent>,
    pub module_items: Option<ModuleItems>,
}

/// Where the items of module-level definitions go.
#[derive(Default)]
pub(crate) struct ModuleItems {
    pub items: Vec<crate::rir::Item>,
    pub defs: Vec<crate::rir::Item>,
    /// Names taken beside each other (methods of one impl).
    pub names: Names,
}

impl<'c, 'a> Body<'c, 'a> {
    pub fn new(cx: &'c mut Cx<'a>, scope: &'a Scope, group: usize, kind: Option<FnKind>) -> Self {
        let mut body = Body {
            cx,
            scope,
            vars: vec![],
            frees: vec![],
            names: Names::default(),
            out: vec![],
            prologue: vec![],
            scopes: vec![],
            group,
            kind,
            class_ns: None,
            loop_depth: 0,
            handler_depth: 0,
            declared: BTreeMap::new(),
            writes: vec![],
            single_use: Default::default(),
            comprehension_locals: vec![],
            item_names: Names::default(),
            class_struct: None,
            module_items: None,
        };
        body.names.reserve("module");
        for local in &scope.locals {
            let wanted = body.local_name(local.name.as_str());
            let mut rust = body.names.fresh(&wanted);
            while body.cx.statics.contains(rust.as_str()) && rust.as_str() != wanted {
                rust = body.names.fresh(&wanted);
            }
            body.cx.statics.reserve(rust.as_str());
            let slot = if local.is_cell { Slot::HoistedCell } else { Slot::Hoisted };
            body.vars.push(Variable { rust, slot });
        }
        for free in &scope.frees {
            let wanted = if free.as_str() == "__class__" { "class_".to_string() } else { names::plain(free.as_str()) };
            let rust = body.names.fresh(&wanted);
            body.frees.push((rust, false));
        }
        let locals = body.vars.iter().map(|v| &v.rust).chain(body.frees.iter().map(|(r, _)| r));
        let locals = locals.map(|r| r.as_str().to_string()).collect();
        body.cx.enclosing.push(locals);
        body
    }

    fn local_name(&self, name: &str) -> String {
        match name {
            ".0" => "iterable".to_string(),
            "__class__" => "class_".to_string(),
            other => names::plain(other),
        }
    }

    pub fn var(&self, id: LocalId) -> &Variable {
        &self.vars[id.index()]
    }

    pub fn temp(&mut self) -> RustIdent {
        self.names.temp()
    }

    pub fn push(&mut self, stmt: Stmt) {
        self.out.push(stmt);
    }

    pub fn line(&mut self, span: Span) {
        let line = self.cx.source.line(span.start);
        if let Some(marker) = self.cx.line_marker(line) {
            self.out.push(marker);
        }
    }

    pub fn line_of(&self, span: Span) -> u32 {
        self.cx.source.line(span.start)
    }

    pub fn label(&mut self, word: &str, span: Span) -> Label {
        let line = self.line_of(span);
        let name = self.names.fresh(&format!("{word}{line}"));
        Label(name.as_str().to_string())
    }

    pub fn site(&mut self, span: Span) -> SiteName {
        self.cx.site(self.group, span)
    }

    pub fn expr_span(&self, id: ExprId) -> Span {
        self.cx.module.expr(id).span
    }

    /// Where an error goes from here; `None`: out of the function.
    pub fn error_jump(&self) -> Option<Expr> {
        self.scopes.iter().rev().find_map(|s| match s {
            Scoped::Except(label) => Some(Expr::break_to(label, None)),
            Scoped::Barrier(label) => Some(Expr::break_to(label, Some(Expr::rt("Flow::raised", vec![])))),
            Scoped::Loop { .. } | Scoped::Unbind(_) => None,
        })
    }

    pub fn protected(&self) -> bool {
        self.error_jump().is_some()
    }

    /// An expression of type `Result<T>` as one of type `T`: `?`, or a statement in a protected block.
    pub fn fallible(&mut self, expr: Expr, site: SiteName) -> Expr {
        self.fallible_bare(expr.at(site))
    }

    /// The same without a site: the error already carries one, or stems from no place of its own.
    pub fn fallible_bare(&mut self, expr: Expr) -> Expr {
        match self.error_jump() {
            // In the exact form an operation's temporaries end with it.
            None if self.cx.exact && exact::has_temporaries(&expr) => Expr::Block(Block::expr(expr.question())),
            None => expr.question(),
            Some(jump) => {
                let t = self.temp();
                let used = exact::borrowed(&expr);
                self.push(Stmt::let_else(Pat::ok(Pat::name(&t)), expr, Block::of(vec![Stmt::Expr(jump)])));
                self.end_temporaries(used);
                if self.cx.exact {
                    self.single_use.insert(t.clone());
                }
                Expr::Local(t)
            }
        }
    }

    /// As `fallible`, but the value is thrown away (dropped at the end of the statement).
    pub fn fallible_stmt(&mut self, expr: Expr, site: SiteName) {
        self.fallible_stmt_bare(expr.at(site));
    }

    pub fn fallible_stmt_bare(&mut self, expr: Expr) {
        match self.error_jump() {
            None => self.push(Stmt::Expr(expr.question())),
            Some(jump) => {
                let used = exact::borrowed(&expr);
                self.push(Stmt::let_else(Pat::ok(Pat::Wild), expr, Block::of(vec![Stmt::Expr(jump)])));
                self.end_temporaries(used);
            }
        }
    }

    /// As `fallible`, into a variable of that name.
    pub fn fallible_mut(&mut self, name: &RustIdent, expr: Expr, site: SiteName) {
        let pat = Pat::Name { name: name.clone(), mutable: true };
        match self.error_jump() {
            None => self.push(Stmt::Let { pat, ty: None, value: Some(expr.at(site).question()), orelse: None }),
            Some(jump) => self.push(Stmt::let_else(Pat::ok(pat), expr.at(site), Block::of(vec![Stmt::Expr(jump)]))),
        }
    }

    /// Leaves with an exception that stands in the pending slot; `error` is a `Raised`.
    pub fn leave_raising(&mut self, result: Expr) {
        // `result` is of type `PyResult` and always `Err`.
        match self.error_jump() {
            None => self.push(Stmt::Expr(Expr::Return(Some(Box::new(result))))),
            Some(jump) => {
                self.push(Stmt::Let { pat: Pat::Wild, ty: None, value: Some(result), orelse: None });
                self.push(Stmt::Expr(jump));
            }
        }
    }

    /// Statements of `f` as a buffer of their own.
    pub fn nested<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> (Vec<Stmt>, T) {
        let saved = std::mem::take(&mut self.out);
        let value = f(self);
        let stmts = std::mem::replace(&mut self.out, saved);
        (stmts, value)
    }

    pub fn exprs(&mut self, ids: &[ExprId]) -> Vec<Operand> {
        let mut done: Vec<Operand> = vec![];
        for id in ids {
            let start = self.out.len();
            let operand = self.expr(*id);
            if self.out.len() > start {
                self.spill(&mut done, start);
            }
            done.push(operand);
        }
        done
    }

    /// Puts operands in temporaries before statement `start` if what follows could change or overtake them.
    pub fn spill(&mut self, operands: &mut [Operand], start: usize) {
        if self.out.get(start..).unwrap_or(&[]).iter().all(|s| matches!(s, Stmt::Item(_))) && start < self.out.len() {
            return;
        }
        let assigned = operand::assigned(self.out.get(start..).unwrap_or(&[]));
        let mut at = start;
        for operand in operands.iter_mut() {
            let touched = assigned.iter().any(|name| operand::mentions(operand.expr(), name));
            if operand.is_pure() && !touched {
                continue;
            }
            let t = self.names.temp();
            let (stmt, replaced) = match operand.clone() {
                Operand::Ref(e) if touched => (Stmt::let_(&t, Operand::Ref(e).value()), Operand::Place(Expr::Local(t))),
                Operand::Ref(Expr::Ref(e)) => (Stmt::let_(&t, *e), Operand::Place(Expr::Local(t))),
                Operand::Ref(e) => (Stmt::let_(&t, e), Operand::Ref(Expr::Local(t))),
                Operand::Place(e) => (Stmt::let_(&t, e.cloned()), Operand::Owned(Expr::Local(t))),
                Operand::Owned(e) => (Stmt::let_(&t, e), Operand::Owned(Expr::Local(t))),
                Operand::Bool(e) => (Stmt::let_(&t, e), Operand::Bool(Expr::Local(t))),
                Operand::I64(e) => (Stmt::let_(&t, e), Operand::I64(Expr::Local(t))),
            };
            self.out.insert(at, stmt);
            at += 1;
            *operand = replaced;
        }
    }

    /// An operand that can be read any number of times.
    pub fn stable(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Ref(Expr::Local(_)) | Operand::Place(Expr::Local(_)) => operand,
            Operand::Ref(e) => {
                let t = self.temp();
                self.push(Stmt::let_(&t, e));
                Operand::Ref(Expr::Local(t))
            }
            Operand::Owned(Expr::Local(t)) => {
                self.single_use.remove(&t);
                Operand::Place(Expr::Local(t))
            }
            Operand::Owned(e) if matches!(&e, Expr::Rt("NONE") | Expr::StrConst(_)) => Operand::Owned(e),
            other @ (Operand::Owned(_) | Operand::Place(_) | Operand::Bool(_) | Operand::I64(_)) => {
                let t = self.temp();
                self.push(Stmt::let_(&t, other.value()));
                Operand::Place(Expr::Local(t))
            }
        }
    }

    pub fn return_value(&mut self, value: Expr) {
        let mut barrier = None;
        let mut unbinds = vec![];
        for scope in self.scopes.iter().rev() {
            match scope {
                Scoped::Barrier(label) => {
                    barrier = Some(label.clone());
                    break;
                }
                Scoped::Unbind(place) => unbinds.push(place.clone()),
                Scoped::Loop { .. } | Scoped::Except(_) => {}
            }
        }
        let value = if unbinds.is_empty() || operand::pure(&value) && !matches!(value, Expr::Method { .. }) {
            value
        } else {
            let t = self.temp();
            self.push(Stmt::let_(&t, value));
            Expr::Local(t)
        };
        for place in unbinds {
            self.unbind(&place);
        }
        let stmt = match barrier {
            Some(label) => Expr::break_to(&label, Some(Expr::rt("Flow::Return", vec![value]))),
            None => Expr::Return(Some(Box::new(ok(value)))),
        };
        self.push(Stmt::Expr(stmt));
    }

    /// `return` here is Rust's: nothing runs between it and the end of the function.
    pub fn leaves_directly(&self) -> bool {
        !self.cx.exact && !self.scopes.iter().any(|s| matches!(s, Scoped::Barrier(_) | Scoped::Unbind(_)))
    }

    pub fn jump(&mut self, jump: Jump) {
        let mut unbinds = vec![];
        let mut target = None;
        for scope in self.scopes.iter().rev() {
            match scope {
                Scoped::Barrier(label) => {
                    let flow = if jump == Jump::Break { "Flow::Break" } else { "Flow::Continue" };
                    target = Some(Expr::break_to(label, Some(Expr::Rt(flow))));
                    break;
                }
                Scoped::Loop { label, exit } => {
                    target = Some(match jump {
                        Jump::Break => Expr::break_to(exit.as_ref().unwrap_or(label), None),
                        Jump::Continue => Expr::Continue { label: Some(label.clone()) },
                    });
                    break;
                }
                Scoped::Unbind(place) => unbinds.push(place.clone()),
                Scoped::Except(_) => {}
            }
        }
        for place in unbinds {
            self.unbind(&place);
        }
        if let Some(target) = target {
            self.push(Stmt::Expr(target));
        }
    }
}

/// `Ok(value)`, or the result itself where the value is just its `?`.
pub(crate) fn ok(value: Expr) -> Expr {
    if let Expr::Try(result) = value { *result } else { Expr::ok(value) }
}
