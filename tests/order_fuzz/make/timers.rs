//! Owns: timeout, timeout_at, reschedule.
//! Never: call_later and call_at (`callbacks`), wait_for (`combine`).

use super::{Choice, Gen, Scope, choice};
use crate::order_fuzz::tree::{Node, arm, block, line};

pub const STATEMENTS: &[Choice] =
    &[choice(6, "timeout", timeout), choice(2, "timeout_at", timeout_at), choice(2, "timeout in timeout", nested), choice(2, "reschedule", reschedule)];

fn caught(g: &mut Gen, body: Vec<Node>, name: &str) -> Vec<Node> {
    let report = line(format!("log(n, \"timeout over\", {name}.expired(), cancelling())"));
    match g.rng.below(4) {
        0 => {
            let mut nodes = body;
            nodes.push(report);
            nodes
        }
        1 => vec![Node::Block(vec![
            arm("try:", body),
            arm("except (TimeoutError, asyncio.CancelledError) as e:", vec![line(format!("log(n, \"out of time\", exc(e), {name}.expired(), cancelling())"))]),
        ])],
        2 => vec![Node::Block(vec![arm("try:", body), arm("finally:", vec![report])])],
        _ => vec![Node::Block(vec![arm("try:", body), arm("except TimeoutError as e:", vec![line("log(n, \"out of time\", exc(e), cancelling())")])])],
    }
}

fn timeout(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let (name, delay) = (g.local(), g.delay());
    let inner = g.body(scope, 3);
    let body = vec![block(format!("async with asyncio.timeout({delay}) as {name}:"), inner)];
    caught(g, body, &name)
}

fn timeout_at(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let (name, delay) = (g.local(), g.delay());
    let inner = g.body(scope, 2);
    let body = vec![block(format!("async with asyncio.timeout_at(s.start + {delay}) as {name}:"), inner)];
    caught(g, body, &name)
}

/// Deadlines that are often equal: which of the two expires decides who turns the cancellation into TimeoutError.
fn nested(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let (outer, inner) = (g.local(), g.local());
    let (first, second) = (g.delay(), g.delay());
    let statements = g.body(scope, 2);
    let within = vec![block(format!("async with asyncio.timeout({second}) as {inner}:"), statements)];
    let within = caught(g, within, &inner);
    let body = vec![block(format!("async with asyncio.timeout({first}) as {outer}:"), within)];
    caught(g, body, &outer)
}

fn reschedule(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let (name, first, second) = (g.local(), g.delay(), g.delay());
    let mut inner = g.body(scope, 1);
    inner.push(match g.rng.below(3) {
        0 => line(format!("{name}.reschedule(None)")),
        _ => line(format!("{name}.reschedule(s.loop.time() + {second})")),
    });
    inner.extend(g.body(scope, 2));
    let start = g.rng.pick(&["None", ""]);
    let start = if start.is_empty() { first } else { start };
    let body = vec![block(format!("async with asyncio.timeout({start}) as {name}:"), inner)];
    caught(g, body, &name)
}
