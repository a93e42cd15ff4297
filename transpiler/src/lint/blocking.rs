//! Owns: TAU0303: a call that blocks the event loop, reached from a coroutine through any chain of synchronous calls.
//! Never: follows a function that is handed to a thread or an executor: only calls count.

use super::known::{Known, Thing, Wrapping};
use super::number;
use super::table::{self, Blocking, When};
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::hir::visit::{exprs_of_stmt, own_stmts};
use crate::hir::*;
use crate::source::Span;
use std::collections::{HashMap, VecDeque};

/// A function of the program.
type Node = (usize, FnId);

#[derive(Clone)]
enum Target {
    Own(Node),
    /// A blocking function, and as the program names it.
    Blocks { path: &'static str, name: String, instead: &'static str },
}

/// A call in a function's body.
#[derive(Clone)]
struct Step {
    span: Span,
    target: Target,
}

impl Step {
    fn is_of(&self, prefix: &str) -> bool {
        match &self.target {
            Target::Blocks { path, name: _, instead: _ } => path.starts_with(prefix),
            Target::Own(_) => false,
        }
    }
}

pub fn look(known: &Known, ignored: &dyn Fn(Code, Span) -> bool, found: &mut Vec<Diagnostic>) {
    let mut steps: HashMap<Node, Vec<Step>> = HashMap::new();
    let mut order = Vec::new();
    for (at, (module, _)) in known.modules.iter().enumerate() {
        let sockets_wait = !sets_non_blocking(module);
        for function in &module.functions {
            let mut calls = Calls { known, at, body: Parent::Function(function.id), sockets_wait, found: Vec::new() };
            calls.look(&function.body);
            // Whoever opens a file need not be told of each line that is read.
            if calls.found.iter().any(|step| step.is_of("builtins.open")) {
                calls.found.retain(|step| !step.is_of("file."));
            }
            calls.found.retain(|step| !ignored(codes::BLOCKING_CALL, step.span));
            steps.insert((at, function.id), calls.found);
            order.push((at, function.id));
        }
    }
    let ways = ways(known, &order, &steps);
    for node in order {
        let function = known.function(node.0, node.1);
        if !function.kind.is_async() {
            continue;
        }
        let mut told = Vec::new();
        for step in steps.get(&node).into_iter().flatten() {
            match &step.target {
                Target::Blocks { path: _, name, instead } => {
                    let message = format!("{name}() blocks the event loop in the coroutine {}()", function.qualname);
                    found.push(Diagnostic::warning(codes::BLOCKING_CALL, message, step.span).with_hint(*instead));
                }
                Target::Own(next) if !told.contains(next) && ways.contains_key(next) => {
                    told.push(*next);
                    found.push(chain(known, function, step, *next, &ways));
                }
                Target::Own(_) => {}
            }
        }
    }
}

/// For each synchronous function that can come to a blocking call, the call in it that is the shortest way there.
fn ways(known: &Known, order: &[Node], steps: &HashMap<Node, Vec<Step>>) -> HashMap<Node, Step> {
    let synchronous = |node: &Node| !known.function(node.0, node.1).kind.is_async();
    let mut callers: HashMap<Node, Vec<(Node, &Step)>> = HashMap::new();
    let mut ways: HashMap<Node, Step> = HashMap::new();
    let mut open = VecDeque::new();
    for node in order.iter().filter(|node| synchronous(node)) {
        for step in steps.get(node).into_iter().flatten() {
            match &step.target {
                Target::Own(next) => callers.entry(*next).or_default().push((*node, step)),
                Target::Blocks { .. } if !ways.contains_key(node) => {
                    ways.insert(*node, step.clone());
                    open.push_back(*node);
                }
                Target::Blocks { .. } => {}
            }
        }
    }
    while let Some(node) = open.pop_front() {
        for (caller, step) in callers.get(&node).into_iter().flatten() {
            if !ways.contains_key(caller) {
                ways.insert(*caller, (*step).clone());
                open.push_back(*caller);
            }
        }
    }
    ways
}

fn chain(known: &Known, function: &Function, first: &Step, next: Node, ways: &HashMap<Node, Step>) -> Diagnostic {
    let mut labels = Vec::new();
    let mut names = Vec::new();
    let mut node = next;
    // Each way is one call shorter than the one before it.
    while let Some(step) = ways.get(&node) {
        let name = known.function(node.0, node.1).qualname.to_string();
        let end = match &step.target {
            Target::Own(further) => {
                labels.push((step.span, format!("{name}() calls {}()", known.function(further.0, further.1).qualname)));
                node = *further;
                None
            }
            Target::Blocks { path: _, name: blocking, instead } => {
                labels.push((step.span, format!("{name}() calls {blocking}()")));
                Some((blocking, instead))
            }
        };
        names.push(format!("{name}()"));
        if let Some((blocking, instead)) = end {
            let message = format!("{blocking}() blocks the event loop: the coroutine {}() comes to it through {}", function.qualname, names.join(", "));
            let mut warning = Diagnostic::warning(codes::BLOCKING_CALL, message, first.span).with_hint(*instead);
            if let Some(label) = warning.labels.first_mut() {
                label.text = format!("{}() calls {}", function.qualname, names.first().map_or("", String::as_str));
            }
            return labels.into_iter().fold(warning, |warning, (span, text)| warning.with_label(span, text));
        }
    }
    Diagnostic::warning(codes::BLOCKING_CALL, "", first.span)
}

/// Some socket of the module does not wait, and which one is not known.
fn sets_non_blocking(module: &Module) -> bool {
    module.exprs.iter().any(|expr| matches!(&expr.kind, ExprKind::Attribute { name, .. } if matches!(name.as_str(), "setblocking" | "settimeout" | "setdefaulttimeout")))
}

/// The calls that running a body makes.
struct Calls<'k, 'a> {
    known: &'k Known<'a>,
    at: usize,
    body: Parent,
    sockets_wait: bool,
    found: Vec<Step>,
}

impl Calls<'_, '_> {
    fn look(&mut self, block: &Block) {
        let module = self.known.module(self.at);
        own_stmts(block, &mut |stmt| {
            exprs_of_stmt(module, stmt, &mut |id, expr| self.expr(id, expr));
            match &stmt.kind {
                StmtKind::With(with) if !with.is_async => with.items.iter().for_each(|item| self.enters(item.context)),
                StmtKind::For(made) if !made.is_async => self.iterates(made.iter),
                StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::Return(_)
                | StmtKind::Raise { .. } | StmtKind::Assert { .. } | StmtKind::Delete(_) | StmtKind::Pass | StmtKind::Break
                | StmtKind::Continue | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::For(_) | StmtKind::With(_)
                | StmtKind::Try(_) | StmtKind::Match { .. } | StmtKind::FunctionDef(_) | StmtKind::ClassDef(_) | StmtKind::Import(_)
                | StmtKind::ImportFrom(_) | StmtKind::TypeAlias(_) | StmtKind::Unsupported(_) => {}
            }
        });
    }

    fn eval(&self, id: ExprId) -> Option<Thing> {
        self.known.eval(self.at, self.body, id)
    }

    fn push(&mut self, id: ExprId, target: Target) {
        self.found.push(Step { span: self.known.module(self.at).expr(id).span, target });
    }

    fn own(&mut self, id: ExprId, node: Node) {
        self.push(id, Target::Own(node));
    }

    fn expr(&mut self, id: ExprId, expr: &Expr) {
        match &expr.kind {
            ExprKind::Call(call) => self.call(id, call),
            ExprKind::Attribute { object, name, name_span: _ } => {
                if let Some(thing) = self.eval(*object)
                    && let Some(node) = self.known.definition(&thing, name.as_str())
                    && self.known.wrapping(node.0, node.1) == Wrapping::Property
                {
                    self.own(id, node);
                }
            }
            // What a generator expression does happens where it stands, in all but the rarest programs.
            ExprKind::Genexpr { closure, first: _, async_first: false } => {
                let module = self.known.module(self.at);
                let mut inner = Calls { known: self.known, at: self.at, body: Parent::Function(closure.function), sockets_wait: self.sockets_wait, found: Vec::new() };
                inner.look(&module.function(closure.function).body);
                self.found.append(&mut inner.found);
            }
            ExprKind::Comprehension(made) => {
                made.clauses.iter().filter(|clause| !clause.is_async).for_each(|clause| self.iterates(clause.iter));
            }
            ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
            | ExprKind::Bool { .. } | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Subscript { .. }
            | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::FString(_)
            | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {}
        }
    }

    fn call(&mut self, id: ExprId, call: &Call) {
        let Some(callee) = self.eval(call.callee) else { return };
        match &callee {
            Thing::Foreign(path) => self.foreign(id, call, path),
            Thing::Function(..) | Thing::Method(..) => {
                if let Some((at, function, _)) = self.known.callable(&callee)
                    && self.known.function(at, function).kind == FnKind::Sync
                {
                    self.own(id, (at, function));
                }
            }
            Thing::Class(home, class) => {
                for name in ["__init__", "__post_init__"] {
                    self.definition(id, &Thing::Class(*home, *class), name);
                }
            }
            Thing::Instance(..) => self.definition(id, &callee, "__call__"),
            Thing::Module(_) | Thing::Object(_) | Thing::Super(..) | Thing::None => {}
        }
    }

    fn definition(&mut self, id: ExprId, object: &Thing, name: &str) {
        if let Some(node) = self.known.definition(object, name)
            && self.known.wrapping(node.0, node.1) == Wrapping::Plain
            && self.known.function(node.0, node.1).kind == FnKind::Sync
        {
            self.own(id, node);
        }
    }

    fn foreign(&mut self, id: ExprId, call: &Call, path: &str) {
        if let Some((_, index)) = table::CALLBACKS.iter().find(|row| row.0 == path)
            && let Some(Element::Item(callback)) = call.args.get(*index)
            && let Some((at, function, _)) = self.eval(*callback).and_then(|thing| self.known.callable(&thing))
            && self.known.function(at, function).kind == FnKind::Sync
        {
            self.own(*callback, (at, function));
            return;
        }
        let found = table::BLOCKING.iter().find_map(|row| Some((row, row.paths.iter().find(|known| **known == path)?)));
        let Some((row, path)) = found else { return };
        // A function of httpx whose result is awaited does not block.
        if !call.awaited && self.blocks(row, call) {
            let name = self.known.text(self.at, call.callee);
            self.push(id, Target::Blocks { path, name, instead: row.instead });
        }
    }

    fn blocks(&self, row: &Blocking, call: &Call) -> bool {
        let module = self.known.module(self.at);
        let zero = |element: &Element| match element {
            Element::Item(value) => number(module, *value) == Some(0.0),
            Element::Star(_) => true,
        };
        let bare = call.args.is_empty() && call.keywords.is_empty();
        match row.when {
            When::Always => true,
            When::NotForZero => !call.args.first().is_some_and(zero),
            When::WithoutArguments => bare,
            When::WithArguments => !bare,
            When::OnBlockingSockets => self.sockets_wait,
        }
    }

    /// `with f():`, where f is a context manager of the program.
    fn enters(&mut self, context: ExprId) {
        let module = self.known.module(self.at);
        if let ExprKind::Call(call) = &module.expr(context).kind
            && let Some(Thing::Function(at, function) | Thing::Method(at, function)) = self.eval(call.callee)
        {
            if self.known.wrapping(at, function) == Wrapping::Context && self.known.function(at, function).kind == FnKind::Generator {
                self.own(context, (at, function));
            }
            return;
        }
        if let Some(object @ Thing::Instance(..)) = self.eval(context) {
            self.definition(context, &object, "__enter__");
            self.definition(context, &object, "__exit__");
        }
    }

    /// `for x in f():`, where f is a generator function of the program, or over an object of it.
    fn iterates(&mut self, iter: ExprId) {
        let module = self.known.module(self.at);
        if let ExprKind::Call(call) = &module.expr(iter).kind
            && let Some((at, function, _)) = self.eval(call.callee).and_then(|thing| self.known.callable(&thing))
        {
            if self.known.function(at, function).kind == FnKind::Generator {
                self.own(iter, (at, function));
            }
            return;
        }
        if let Some(object @ Thing::Instance(..)) = self.eval(iter) {
            self.definition(iter, &object, "__iter__");
            self.definition(iter, &object, "__next__");
        }
    }
}
