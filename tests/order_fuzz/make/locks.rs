//! Owns: Lock, Event, Condition, Semaphore, BoundedSemaphore, Barrier.
//! Never: queues.

use super::{Awaitable, Choice, Gen, Scope, awaitable, choice};
use crate::order_fuzz::tree::{Node, block, line};

pub const STATEMENTS: &[Choice] = &[
    choice(6, "async with Lock", with_lock),
    choice(3, "async with Semaphore", with_semaphore),
    choice(2, "async with BoundedSemaphore", with_bounded),
    choice(4, "Condition.wait", condition_wait),
    choice(4, "Condition.notify", condition_notify),
    choice(2, "Condition.wait_for", condition_wait_for),
    choice(3, "Lock.acquire and release", acquire_release),
    choice(2, "async with Barrier", with_barrier),
];

pub const EFFECTS: &[Choice] = &[
    choice(4, "Event.set", |g, _| {
        let event = event(g);
        vec![line(format!("log(n, \"event set\", {event}.set())"))]
    }),
    choice(2, "Event.clear", |g, _| {
        let event = event(g);
        vec![line(format!("log(n, \"event clear\", {event}.clear(), {event}.is_set())"))]
    }),
    choice(1, "Event.set and clear", |g, _| {
        let event = event(g);
        vec![line(format!("{event}.set()")), line(format!("{event}.clear()")), line("log(n, \"event pulse\")")]
    }),
    choice(1, "Lock.release", |g, _| {
        let lock = lock(g);
        g.attempt("release", &format!("{lock}.release"), "")
    }),
    choice(2, "Semaphore.release", |g, _| g.attempt("semaphore release", "s.sem0.release", "")),
    choice(1, "BoundedSemaphore.release", |g, _| g.attempt("bounded release", "s.bounded0.release", "")),
    choice(1, "Condition.notify without its lock", |g, _| g.attempt("notify", "s.cond0.notify", "")),
    choice(1, "locked", |_, _| vec![line("log(n, \"locked\", s.lock0.locked(), s.sem0.locked(), s.event0.is_set())")]),
];

pub const AWAITABLES: &[Awaitable] = &[
    awaitable(4, "Event.wait", |g, _| format!("{}.wait()", event(g))),
    awaitable(2, "Lock.acquire", |g, _| format!("{}.acquire()", lock(g))),
    awaitable(2, "Semaphore.acquire", |_, _| "s.sem0.acquire()".to_owned()),
    awaitable(1, "BoundedSemaphore.acquire", |_, _| "s.bounded0.acquire()".to_owned()),
    awaitable(3, "Barrier.wait", |_, _| "s.barrier0.wait()".to_owned()),
    awaitable(1, "Barrier.reset", |_, _| "s.barrier0.reset()".to_owned()),
    awaitable(1, "Barrier.abort", |_, _| "s.barrier0.abort()".to_owned()),
];

fn event(g: &mut Gen) -> &'static str {
    g.rng.pick(&["s.event0", "s.event0", "s.event1"])
}

fn lock(g: &mut Gen) -> &'static str {
    g.rng.pick(&["s.lock0", "s.lock0", "s.lock1"])
}

fn held(g: &mut Gen, scope: Scope, what: &str, label: &str) -> Vec<Node> {
    let mut body = vec![line(format!("log(n, \"has {label}\")"))];
    body.extend(g.body(scope, 2));
    vec![block(format!("async with {what}:"), body), line(format!("log(n, \"left {label}\")"))]
}

fn with_lock(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let lock = lock(g);
    held(g, scope, lock, "lock")
}

fn with_semaphore(g: &mut Gen, scope: Scope) -> Vec<Node> {
    held(g, scope, "s.sem0", "semaphore")
}

fn with_bounded(g: &mut Gen, scope: Scope) -> Vec<Node> {
    held(g, scope, "s.bounded0", "bounded")
}

fn with_barrier(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let name = g.local();
    let mut body = vec![line(format!("log(n, \"passed\", {name}, s.barrier0.n_waiting, s.barrier0.broken)"))];
    body.extend(g.body(scope, 1));
    vec![block(format!("async with s.barrier0 as {name}:"), body), line("log(n, \"behind barrier\", s.barrier0.n_waiting, s.barrier0.broken)")]
}

fn condition_wait(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let mut body = match g.rng.below(3) {
        0 => {
            let delay = g.delay();
            vec![line(format!("log(n, \"notified\", await asyncio.wait_for(s.cond0.wait(), {delay}))"))]
        }
        _ => vec![line("log(n, \"notified\", await s.cond0.wait())")],
    };
    if g.rng.chance(30) {
        body.extend(g.body(scope, 1));
    }
    vec![block("async with s.cond0:", body), line("log(n, \"behind condition\", s.cond0.locked())")]
}

fn condition_notify(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let how = g.rng.pick(&["notify()", "notify(2)", "notify_all()"]);
    let mut body = vec![line(format!("log(n, \"notify\", s.cond0.{how})"))];
    if g.rng.chance(30) {
        body.extend(g.body(scope, 1));
    }
    vec![block("async with s.cond0:", body)]
}

fn condition_wait_for(g: &mut Gen, _: Scope) -> Vec<Node> {
    let future = g.future();
    let name = g.local();
    vec![line(format!("{name} = {future}")), block("async with s.cond0:", vec![line(format!("log(n, \"predicate\", await s.cond0.wait_for(lambda: {name}.done()))"))])]
}

fn acquire_release(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let lock = lock(g);
    let mut nodes = vec![line(format!("log(n, \"acquired\", await {lock}.acquire())"))];
    nodes.extend(g.body(scope, 1));
    nodes.extend(g.attempt("release", &format!("{lock}.release"), ""));
    nodes
}
