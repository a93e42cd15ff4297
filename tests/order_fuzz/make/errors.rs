//! Owns: raising and catching: `try` in all its forms, `except*`, groups, chains, `finally` with awaits.
//! Never: cancels (`tasks` does).

use super::{Choice, Gen, Place, Scope, choice};
use crate::order_fuzz::tree::{Arm, Node, arm, block, line};

pub const STATEMENTS: &[Choice] = &[
    choice(12, "try/except", try_except),
    choice(5, "try/finally", try_finally),
    choice(4, "except*", try_star),
    choice(3, "raise", raise),
    choice(2, "contextlib.suppress", suppress),
    choice(3, "async with of a class", manager),
    choice(2, "AsyncExitStack", exit_stack),
];

impl Gen {
    /// An exception that is not a cancellation.
    pub fn plain_error(&mut self) -> String {
        let text = self.rng.below(9);
        match self.rng.below(12) {
            0..=3 => format!("ValueError(\"e{text}\")"),
            4 | 5 => format!("KeyError(\"e{text}\")"),
            6 | 7 => format!("Odd(\"e{text}\", {text})"),
            8 => format!("TimeoutError(\"e{text}\")"),
            9 => format!("RuntimeError(\"e{text}\")"),
            10 => "StopAsyncIteration()".to_owned(),
            _ => {
                let (a, b) = (self.rng.below(9), self.rng.below(9));
                self.count("ExceptionGroup");
                format!("ExceptionGroup(\"g{text}\", [ValueError(\"e{a}\"), KeyError(\"e{b}\")])")
            }
        }
    }

    /// Any exception.
    pub fn error(&mut self) -> String {
        let text = self.rng.below(9);
        match self.rng.below(40) {
            0..=2 => format!("asyncio.CancelledError(\"own{text}\")"),
            3 => "asyncio.CancelledError()".to_owned(),
            4 | 5 => format!("Base(\"b{text}\")"),
            6 => "StopIteration(3)".to_owned(),
            7 if self.rng.chance(30) => {
                self.count("SystemExit");
                "SystemExit(3)".to_owned()
            }
            8 if self.rng.chance(30) => {
                self.count("KeyboardInterrupt");
                "KeyboardInterrupt()".to_owned()
            }
            _ => self.plain_error(),
        }
    }

    /// What stands behind a caught exception `e`: going on, raising again, another one.
    fn handling(&mut self, scope: Scope, label: &str) -> Vec<Node> {
        let mut body = vec![line(format!("log(n, \"{label}\", exc(e)"))];
        if let Some(Node::Line(text)) = body.first_mut() {
            text.push_str(if matches!(scope.place, Place::Callback(_)) { ")" } else { ", cancelling())" });
        }
        match self.rng.below(12) {
            0..=2 => body.push(line("raise")),
            3 => {
                let error = self.plain_error();
                self.count("raise … from");
                body.push(line(format!("raise {error} from e")));
            }
            4 => {
                let error = self.plain_error();
                self.count("raise in a handler");
                body.push(line(format!("raise {error}")));
            }
            5 => {
                let error = self.plain_error();
                self.count("raise … from None");
                body.push(line(format!("raise {error} from None")));
            }
            6 if scope.in_loop && !scope.in_star => body.push(line("continue")),
            7 if scope.in_loop && !scope.in_star => body.push(line("break")),
            8 if !scope.in_star && !matches!(scope.place, Place::Generator(_)) => {
                let value = self.value();
                body.push(line(format!("return {value}")));
            }
            9 => {
                self.count("await in a handler");
                body.extend(self.body(scope, 1));
            }
            10 => {
                self.count("uncancel");
                body.push(line("log(n, \"uncancel\", asyncio.current_task().uncancel())"));
            }
            _ => {}
        }
        body
    }
}

const CAUGHT: &[&str] =
    &["asyncio.CancelledError", "asyncio.CancelledError", "Exception", "Exception", "BaseException", "(ValueError, KeyError)", "TimeoutError", "ExceptionGroup", "RuntimeError"];

fn try_except(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let mut arms = vec![arm("try:", g.body(scope, 3))];
    for _ in 0..g.rng.between(1, 2) {
        let kind = g.rng.pick(CAUGHT);
        if kind == "asyncio.CancelledError" {
            g.count("except CancelledError");
        }
        let body = g.handling(scope, "caught");
        arms.push(arm(format!("except {kind} as e:"), body));
    }
    if g.rng.chance(15) {
        g.count("try/else");
        let body = g.body(scope, 1);
        arms.push(arm("else:", body));
    }
    if g.rng.chance(25) {
        let body = finally(g, scope);
        arms.push(body);
    }
    vec![Node::Block(arms)]
}

fn finally(g: &mut Gen, scope: Scope) -> Arm {
    let mut body = vec![line("log(n, \"finally\", exc(sys.exception()))")];
    if g.rng.chance(40) {
        g.count("await in finally");
        // No jump out of `finally`: it would be hard to tell what it swallowed.
        body.extend(g.body(Scope { in_loop: false, in_star: true, ..scope }, 1));
    }
    arm("finally:", body)
}

fn try_finally(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let body = g.body(scope, 2);
    let last = finally(g, scope);
    vec![Node::Block(vec![arm("try:", body), last])]
}

fn try_star(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let inner = Scope { in_star: true, in_loop: false, ..scope };
    let body = if g.rng.chance(60) {
        let error = g.plain_error();
        let other = g.plain_error();
        vec![g.note(), line(format!("raise ExceptionGroup(\"star\", [{error}, {other}])"))]
    } else {
        g.body(scope, 2)
    };
    let mut arms = vec![arm("try:", body)];
    let kinds: &[&str] = if g.rng.chance(50) { &["ValueError", "(KeyError, Odd)"] } else { &["asyncio.CancelledError", "Exception"] };
    for kind in kinds {
        let handler = g.handling(inner, "star");
        arms.push(arm(format!("except* {kind} as e:"), handler));
    }
    if g.rng.chance(20) {
        let last = finally(g, scope);
        arms.push(last);
    }
    vec![Node::Block(arms)]
}

fn raise(g: &mut Gen, _: Scope) -> Vec<Node> {
    let error = g.error();
    vec![line("log(n, \"raises\")"), line(format!("raise {error}"))]
}

fn suppress(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let kind = g.rng.pick(&["asyncio.CancelledError", "Exception", "ValueError, TimeoutError"]);
    let body = g.body(scope, 2);
    vec![block(format!("with contextlib.suppress({kind}):"), body), line("log(n, \"behind suppress\")")]
}

fn manager(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let (enter, leave) = (g.awaitable(scope), g.awaitable(scope));
    let swallow = g.rng.pick(&["()", "()", "ValueError", "asyncio.CancelledError", "Exception"]);
    let body = g.body(scope, 2);
    vec![block(format!("async with Manager(n + \".m\", {enter}, {leave}, {swallow}):"), body), line("log(n, \"behind with\")")]
}

fn exit_stack(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let name = g.local();
    let mut body = Vec::new();
    for _ in 0..g.rng.between(1, 2) {
        let (enter, leave) = (g.awaitable(scope), g.awaitable(scope));
        body.push(line(format!("await {name}.enter_async_context(Manager(n + \".s\", {enter}, {leave}))")));
    }
    match g.child(scope) {
        Some(child) => body.push(line(format!("{name}.push_async_callback({child}, n + \".x\")"))),
        None => body.push(line(format!("{name}.callback(log, n, \"stack callback\")"))),
    }
    body.extend(g.body(scope, 2));
    vec![block(format!("async with contextlib.AsyncExitStack() as {name}:"), body), line("log(n, \"behind stack\")")]
}
