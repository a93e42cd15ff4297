//! Owns: Queue, PriorityQueue, LifoQueue: put, get, join, task_done, shutdown.
//! Never: other primitives.

use super::{Awaitable, Choice, Gen, Scope, awaitable, choice};
use crate::order_fuzz::tree::{Node, arm, block, line};

pub const STATEMENTS: &[Choice] = &[
    choice(4, "Queue.put", |g, _| {
        let (queue, item) = (queue(g), g.rng.below(10));
        vec![line(format!("log(n, \"put\", await {queue}.put({item}), {queue}.qsize())"))]
    }),
    choice(4, "Queue.get", |g, _| {
        let queue = queue(g);
        vec![line(format!("log(n, \"got\", await {queue}.get(), {queue}.qsize())"))]
    }),
    choice(3, "producer loop", producer),
    choice(3, "consumer loop", consumer),
    choice(1, "Queue.join", |g, _| {
        let queue = queue(g);
        vec![line(format!("log(n, \"join\", await {queue}.join())"))]
    }),
];

pub const EFFECTS: &[Choice] = &[
    choice(3, "put_nowait", |g, _| {
        let (queue, item) = (queue(g), g.rng.below(10));
        g.attempt("put_nowait", &format!("{queue}.put_nowait"), &item.to_string())
    }),
    choice(3, "get_nowait", |g, _| {
        let queue = queue(g);
        g.attempt("get_nowait", &format!("{queue}.get_nowait"), "")
    }),
    choice(2, "task_done", |g, _| {
        let queue = queue(g);
        g.attempt("task_done", &format!("{queue}.task_done"), "")
    }),
    choice(1, "Queue.shutdown", |g, _| {
        let queue = queue(g);
        let how = g.rng.pick(&["", "immediate=True"]);
        g.attempt("shutdown", &format!("{queue}.shutdown"), how)
    }),
    choice(1, "queue state", |g, _| {
        let queue = queue(g);
        vec![line(format!("log(n, \"queue\", {queue}.qsize(), {queue}.empty(), {queue}.full(), {queue}.maxsize)"))]
    }),
];

pub const AWAITABLES: &[Awaitable] = &[
    awaitable(3, "await get", |g, _| format!("{}.get()", queue(g))),
    awaitable(2, "await put", |g, _| {
        let (queue, item) = (queue(g), g.rng.below(10));
        format!("{queue}.put({item})")
    }),
    awaitable(1, "await join", |g, _| format!("{}.join()", queue(g))),
];

fn queue(g: &mut Gen) -> &'static str {
    g.rng.pick(&["s.queue0", "s.queue0", "s.queue0", "s.queue1", "s.lifo0", "s.prio0"])
}

fn producer(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let (queue, name, count) = (queue(g), g.local(), g.rng.between(2, 4));
    let mut body = vec![line(format!("await {queue}.put({count} - {name})")), line(format!("log(n, \"put\", {count} - {name}, {queue}.qsize())"))];
    if g.rng.chance(30) {
        body.extend(g.body(scope, 1));
    }
    vec![block(format!("for {name} in range({count}):"), body)]
}

fn consumer(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let (queue, name, count) = (queue(g), g.local(), g.rng.between(2, 4));
    let mut body = vec![line(format!("log(n, \"got\", await {queue}.get())"))];
    if g.rng.chance(40) {
        body.extend(g.body(scope, 1));
    }
    if g.rng.chance(70) {
        body.extend(g.attempt("task_done", &format!("{queue}.task_done"), ""));
    }
    let whole = block(format!("for {name} in range({count}):"), body);
    if g.rng.chance(60) {
        return vec![whole];
    }
    let kind = g.rng.pick(&["asyncio.QueueShutDown", "(asyncio.QueueShutDown, asyncio.CancelledError)"]);
    vec![Node::Block(vec![arm("try:", vec![whole]), arm(format!("except {kind} as e:"), vec![line("log(n, \"no more\", exc(e))")])])]
}
