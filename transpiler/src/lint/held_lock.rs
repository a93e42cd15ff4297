//! Owns: TAU0305: a lock that is held while its holder waits for something slow.
//! Never: calls a semaphore a lock, or `asyncio.Condition.wait` a wait: it gives the lock back.

use super::known::{Known, Thing};
use super::{number, table};
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::visit::{blocks, exprs_of_stmt, own_exprs, own_stmts};
use crate::hir::*;
use crate::source::Span;
use std::collections::HashMap;

type Node = (usize, FnId);

/// The first slow wait in a coroutine function: where, what it says, and what it goes through.
#[derive(Clone)]
struct Slow {
    name: String,
    through: Vec<(Span, String)>,
}

/// What is held, where it was taken, and while what runs.
struct Held<'b> {
    taken: ExprId,
    body: &'b Block,
    by_threads: bool,
}

pub fn look(known: &Known, found: &mut Vec<Diagnostic>) {
    let mut slow = Waits { known, memo: HashMap::new() };
    for (at, (module, _)) in known.modules.iter().enumerate() {
        for function in &module.functions {
            if !function.kind.is_async() {
                continue;
            }
            let mut held = Vec::new();
            holds(known, at, function, &function.body, &mut held);
            found.extend(held.into_iter().filter_map(|held| slow.warning(at, function, &held)));
        }
    }
}

fn holds<'b>(known: &Known, at: usize, function: &Function, block: &'b Block, held: &mut Vec<Held<'b>>) {
    let body = Parent::Function(function.id);
    let class = |id: ExprId| match known.eval(at, body, id) {
        Some(Thing::Object(class)) => Some(class),
        Some(_) | None => None,
    };
    for (stmt, next) in block.iter().zip(block.iter().skip(1).map(Some).chain([None])) {
        match &stmt.kind {
            StmtKind::With(with) => {
                let (locks, by_threads) = if with.is_async { (table::LOCKS, false) } else { (table::THREAD_LOCKS, true) };
                let taken = with.items.iter().map(|item| item.context).find(|context| class(*context).is_some_and(|class| locks.contains(&&*class)));
                held.extend(taken.map(|taken| Held { taken, body: &with.body, by_threads }));
            }
            // `await lock.acquire()` and `try: … finally: lock.release()`
            StmtKind::Expr(value) => {
                let module = known.module(at);
                if let ExprKind::Await(operand) = &module.expr(*value).kind
                    && let ExprKind::Call(call) = &module.expr(*operand).kind
                    && let ExprKind::Attribute { object, name, name_span: _ } = &module.expr(call.callee).kind
                    && name.as_str() == "acquire"
                    && class(*object).is_some_and(|class| table::LOCKS.contains(&&*class))
                    && let Some(Stmt { kind: StmtKind::Try(made), span: _ }) = next
                    && releases(module, &made.finally)
                {
                    held.push(Held { taken: *object, body: &made.body, by_threads: false });
                }
            }
            StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::Return(_) | StmtKind::Raise { .. }
            | StmtKind::Assert { .. } | StmtKind::Delete(_) | StmtKind::Pass | StmtKind::Break | StmtKind::Continue | StmtKind::If { .. }
            | StmtKind::While { .. } | StmtKind::For(_) | StmtKind::Try(_) | StmtKind::Match { .. } | StmtKind::FunctionDef(_)
            | StmtKind::ClassDef(_) | StmtKind::Import(_) | StmtKind::ImportFrom(_) | StmtKind::TypeAlias(_)
            | StmtKind::Unsupported(_) => {}
        }
        for inner in blocks(stmt) {
            holds(known, at, function, inner, held);
        }
    }
}

fn releases(module: &Module, block: &Block) -> bool {
    let mut found = false;
    own_exprs(module, block, &mut |_, expr| found |= matches!(&expr.kind, ExprKind::Attribute { name, .. } if name.as_str() == "release"));
    found
}

struct Waits<'k, 'a> {
    known: &'k Known<'a>,
    memo: HashMap<Node, Option<Slow>>,
}

impl Waits<'_, '_> {
    fn warning(&mut self, at: usize, function: &Function, held: &Held) -> Option<Diagnostic> {
        let module = self.known.module(at);
        if releases(module, held.body) {
            return None;
        }
        let (span, slow) = if held.by_threads { self.any(at, held.body)? } else { self.first(at, function, held.body)? };
        let lock = self.known.text(at, held.taken);
        let (message, hint) = if held.by_threads {
            let message = format!("{lock}, a lock of threads, is held across an await: a task that wants it meanwhile stops the loop, and nothing ends this wait");
            (message, "`asyncio.Lock` with `async with` lets the other tasks run while they wait for it")
        } else {
            let message = format!("{lock} is held while {}() is awaited: every other task that wants it waits as long", slow.name);
            (message, "do the slow part before or behind the block, and hold the lock for what must not be interrupted")
        };
        let mut warning = Diagnostic::warning(codes::HELD_LOCK, message, span);
        if let (Some(label), Some(_)) = (warning.labels.first_mut(), slow.through.first()) {
            label.text = format!("{} comes to {}()", function.qualname, slow.name);
        }
        warning = warning.with_label(module.expr(held.taken).span, "taken here");
        Some(slow.through.into_iter().fold(warning, |warning, (span, text)| warning.with_label(span, text)).with_hint(hint))
    }

    /// Any await at all.
    fn any(&self, at: usize, block: &Block) -> Option<(Span, Slow)> {
        let mut found = None;
        own_exprs(self.known.module(at), block, &mut |_, expr| {
            if let (ExprKind::Await(_), None) = (&expr.kind, &found) {
                found = Some((expr.span, Slow { name: String::new(), through: Vec::new() }));
            }
        });
        found
    }

    /// The first slow wait of a block of the function.
    fn first(&mut self, at: usize, function: &Function, block: &Block) -> Option<(Span, Slow)> {
        let body = Parent::Function(function.id);
        let module = self.known.module(at);
        let mut awaits = Vec::new();
        own_stmts(block, &mut |stmt| {
            if let StmtKind::For(made) = &stmt.kind
                && made.is_async
            {
                awaits.push((made.iter, true));
            }
            exprs_of_stmt(module, stmt, &mut |_, expr| {
                if let ExprKind::Await(operand) = &expr.kind {
                    awaits.push((*operand, false));
                }
            });
        });
        awaits.into_iter().find_map(|(operand, is_loop)| {
            let span = module.expr(operand).span;
            if is_loop {
                let reads = matches!(self.known.eval(at, body, operand), Some(Thing::Object(class)) if &*class == "asyncio.StreamReader");
                return reads.then(|| (span, Slow { name: format!("{}.readline", self.known.text(at, operand)), through: Vec::new() }));
            }
            self.operand(at, body, operand).map(|slow| (span, slow))
        })
    }

    fn operand(&mut self, at: usize, body: Parent, operand: ExprId) -> Option<Slow> {
        let module = self.known.module(at);
        let ExprKind::Call(call) = &module.expr(operand).kind else { return None };
        let callee = self.known.eval(at, body, call.callee)?;
        if let Thing::Foreign(path) = &callee {
            let mut args = call.args.iter().filter_map(|arg| match arg {
                Element::Item(value) => Some(*value),
                Element::Star(_) => None,
            });
            let slow = match &**path {
                "asyncio.sleep" => args.next().and_then(|delay| number(module, delay)).is_some_and(|delay| delay != 0.0),
                path if table::AS_SLOW_AS.contains(&path) => return args.find_map(|arg| self.operand(at, body, arg)),
                path => table::SLOW.contains(&path),
            };
            return slow.then(|| Slow { name: self.known.text(at, call.callee), through: Vec::new() });
        }
        let (home, id, _) = self.known.callable(&callee)?;
        let function = self.known.function(home, id);
        if function.kind != FnKind::Coroutine {
            return None;
        }
        if let Some(known) = self.memo.get(&(home, id)) {
            return known.clone();
        }
        // A circle of coroutines is not slow by itself.
        self.memo.insert((home, id), None);
        let slow = self.first(home, function, &function.body).map(|(span, mut slow)| {
            slow.through.insert(0, (span, format!("{}() awaits it", function.qualname)));
            slow
        });
        self.memo.insert((home, id), slow.clone());
        slow
    }
}
