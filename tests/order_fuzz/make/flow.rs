//! Owns: sleeping, plain awaits, calls of child coroutines, loops and conditions.
//! Never: catches exceptions (`errors` does).

use super::{Awaitable, Choice, Gen, Place, Scope, awaitable, choice};
use crate::order_fuzz::tree::{Node, block, line};

pub const STATEMENTS: &[Choice] = &[
    choice(8, "await", plain),
    choice(6, "sleep(0)", turn),
    choice(4, "sleep", sleep),
    choice(4, "call of a child", call),
    choice(3, "for loop", for_loop),
    choice(2, "if", condition),
    choice(1, "return", early_return),
    choice(2, "several awaits in an expression", expression),
];

pub const EFFECTS: &[Choice] = &[choice(2, "step", step)];

pub const AWAITABLES: &[Awaitable] = &[
    awaitable(4, "await sleep", |g, _| {
        let (delay, value) = (g.delay(), g.value());
        format!("asyncio.sleep({delay}, {value})")
    }),
    awaitable(4, "await a child", |g, scope| match g.child(scope) {
        Some(child) => format!("{child}(n + \".c\")"),
        None => "asyncio.sleep(0)".to_owned(),
    }),
    awaitable(2, "__await__ that yields", |g, _| format!("Turns({}, {})", g.rng.below(4), g.value())),
    awaitable(2, "__await__ that delegates", |g, _| {
        let future = g.future();
        format!("Through(n, {future})")
    }),
];

fn step(g: &mut Gen, _: Scope) -> Vec<Node> {
    vec![g.note()]
}

fn plain(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let what = g.awaitable(scope);
    vec![line(format!("log(n, \"awaited\", show(await {what}))"))]
}

fn turn(g: &mut Gen, _: Scope) -> Vec<Node> {
    vec![line("await asyncio.sleep(0)"), g.note()]
}

fn sleep(g: &mut Gen, _: Scope) -> Vec<Node> {
    let delay = g.delay();
    vec![line(format!("await asyncio.sleep({delay})")), g.note()]
}

fn call(g: &mut Gen, scope: Scope) -> Vec<Node> {
    match g.child(scope) {
        Some(child) => vec![line(format!("log(n, \"child\", show(await {child}(n + \".c\")))"))],
        None => turn(g, scope),
    }
}

fn for_loop(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let (name, count) = (g.local(), g.rng.between(2, 3));
    let mut body = g.body(Scope { in_loop: true, ..scope }, 2);
    body.insert(0, line(format!("log(n, \"round\", {name})")));
    vec![block(format!("for {name} in range({count}):"), body)]
}

fn condition(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let test = match g.rng.below(5) {
        0 => format!("{}.done()", g.future()),
        1 => "s.event0.is_set()".to_owned(),
        2 => "s.lock0.locked()".to_owned(),
        3 => "s.queue0.empty()".to_owned(),
        _ => "now() > 0.25".to_owned(),
    };
    let (yes, no) = (g.body(scope, 2), g.body(scope, 1));
    vec![Node::Block(vec![crate::order_fuzz::tree::arm(format!("if {test}:"), yes), crate::order_fuzz::tree::arm("else:", no)])]
}

/// Leaves in the middle, when a condition says so: code behind it stays reachable.
fn early_return(g: &mut Gen, scope: Scope) -> Vec<Node> {
    if scope.in_star || matches!(scope.place, Place::Generator(_)) {
        return vec![g.note()];
    }
    let future = g.future();
    let value = g.value();
    let word = match g.rng.below(3) {
        0 if scope.in_loop => "break".to_owned(),
        1 if scope.in_loop => "continue".to_owned(),
        _ => format!("return {value}"),
    };
    vec![block(format!("if {future}.done():"), vec![line(format!("log(n, \"leaves\", {:?})", word.split(' ').next().unwrap_or(""))), line(word)])]
}

fn expression(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let (a, b) = (g.awaitable(scope), g.awaitable(scope));
    match g.rng.below(3) {
        0 => vec![line(format!("log(n, \"pair\", show([await {a}, await {b}]))"))],
        1 => vec![line(format!("log(n, \"or\", show(await {a} or await {b}))"))],
        _ => {
            let name = g.local();
            vec![line(format!("log(n, \"comprehension\", show([await {name} for {name} in [{a}, {b}]]))"))]
        }
    }
}
