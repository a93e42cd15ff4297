//! Owns: TaskGroup: children that fail, are cancelled, arrive late; bodies that fail; groups in groups.
//! Never: gather and wait.

use super::{Choice, Gen, Scope, choice};
use crate::order_fuzz::tree::{Node, arm, block, line};

pub const STATEMENTS: &[Choice] = &[choice(8, "TaskGroup", group), choice(3, "TaskGroup that others use", shared_group)];

fn children(g: &mut Gen, scope: Scope, name: &str) -> Vec<Node> {
    let mut nodes = Vec::new();
    for _ in 0..g.rng.between(1, 3) {
        let label = g.rng.below(100);
        let made = match g.child(scope) {
            Some(child) if g.rng.chance(70) => format!("{name}.create_task({child}(n + \".g{label}\"), name=n + \".g{label}\")"),
            Some(_) | None => {
                let delay = g.delay();
                format!("{name}.create_task(asyncio.sleep({delay}, {label}), name=n + \".g{label}\")")
            }
        };
        nodes.push(line(format!("register(n + \".g{label}\", {made})")));
    }
    nodes
}

fn caught(g: &mut Gen, scope: Scope, body: Vec<Node>) -> Vec<Node> {
    match g.rng.below(4) {
        0 => body,
        1 => vec![Node::Block(vec![
            arm("try:", body),
            arm("except* (ValueError, KeyError, Odd) as e:", vec![line("log(n, \"star\", exc(e), cancelling())")]),
            arm("except* asyncio.CancelledError as e:", vec![line("log(n, \"star cancelled\", exc(e), cancelling())")]),
        ])],
        2 => vec![Node::Block(vec![
            arm("try:", body),
            arm("except BaseExceptionGroup as e:", vec![line("log(n, \"group failed\", exc(e), cancelling())")]),
            arm("except asyncio.CancelledError as e:", {
                let mut handler = vec![line("log(n, \"group cancelled\", exc(e), cancelling())")];
                if g.rng.chance(50) {
                    handler.push(line("raise"));
                }
                handler
            }),
        ])],
        _ => {
            let mut last = vec![line("log(n, \"finally\", exc(sys.exception()), cancelling())")];
            if g.rng.chance(40) {
                last.extend(g.body(Scope { in_loop: false, in_star: true, ..scope }, 1));
            }
            vec![Node::Block(vec![arm("try:", body), arm("finally:", last)])]
        }
    }
}

fn group(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let name = g.local();
    let mut inner = children(g, scope, &name);
    match g.rng.below(4) {
        0 => {
            let error = g.error();
            g.count("TaskGroup whose body raises");
            inner.push(line("await asyncio.sleep(0)"));
            inner.push(line(format!("raise {error}")));
        }
        1 => inner.extend(g.body(scope, 2)),
        2 => {
            inner.extend(g.body(scope, 1));
            inner.extend(children(g, scope, &name));
        }
        _ => {}
    }
    let body = vec![block(format!("async with asyncio.TaskGroup() as {name}:"), inner), line("log(n, \"group done\", cancelling())")];
    caught(g, scope, body)
}

/// Kept where other tasks find it: they add to it while it runs, ends or aborts.
fn shared_group(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let name = g.local();
    let mut inner = vec![line(format!("s.group = {name}"))];
    inner.extend(children(g, scope, &name));
    inner.extend(g.body(scope, 1));
    let body = vec![block(format!("async with asyncio.TaskGroup() as {name}:"), inner), line("log(n, \"group done\", cancelling())")];
    let mut nodes = caught(g, scope, body);
    let delay = g.delay();
    let late = format!("attempt(n, \"late child\", s.group.create_task, asyncio.sleep({delay}))");
    nodes.insert(0, block("if hasattr(s, \"group\"):", vec![line(late)]));
    nodes
}
