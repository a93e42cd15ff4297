//! Owns: gather, wait, wait_for, shield, as_completed.
//! Never: task groups (`groups`) or timeouts as blocks (`timers`).

use super::{Awaitable, Choice, Gen, Scope, awaitable, choice};
use crate::order_fuzz::tree::{Arm, Node, arm, block, line};

pub const STATEMENTS: &[Choice] = &[
    choice(5, "gather statement", gather_statement),
    choice(5, "wait", wait),
    choice(4, "as_completed", as_completed),
    choice(2, "async for over as_completed", as_completed_async),
    choice(2, "gather cancelled from outside", gather_cancelled),
    choice(2, "shield cancelled from outside", shield_cancelled),
];

pub const AWAITABLES: &[Awaitable] = &[
    awaitable(4, "gather", |g, scope| gather(g, scope)),
    awaitable(5, "wait_for", |g, scope| {
        let (what, delay) = (g.awaitable(scope), g.delay());
        format!("asyncio.wait_for({what}, {delay})")
    }),
    awaitable(1, "wait_for without a limit", |g, scope| format!("asyncio.wait_for({}, None)", g.awaitable(scope))),
    awaitable(3, "shield", |g, scope| format!("asyncio.shield({})", g.waitable(scope))),
    awaitable(1, "wait_for of shield", |g, scope| {
        let (what, delay) = (g.waitable(scope), g.delay());
        format!("asyncio.wait_for(asyncio.shield({what}), {delay})")
    }),
];

impl Gen {
    /// Two or three awaitables, or the same one twice.
    fn several(&mut self, scope: Scope) -> String {
        let mut all: Vec<String> = (0..self.rng.between(1, 3)).map(|_| self.some(scope)).collect();
        if self.rng.chance(10) {
            let peer = self.awaited_peer();
            all.extend([peer.clone(), peer]);
        }
        all.join(", ")
    }

    /// Something that gather, wait_for and as_completed take: a coroutine, a task, a future or an awaitable.
    fn some(&mut self, scope: Scope) -> String {
        if self.rng.chance(50) { self.awaitable(scope) } else { self.waitable(scope) }
    }

    fn waitables(&mut self, scope: Scope) -> String {
        let all: Vec<String> = (0..self.rng.between(1, 3)).map(|_| self.waitable(scope)).collect();
        all.join(", ")
    }
}

fn gather(g: &mut Gen, scope: Scope) -> String {
    let all = g.several(scope);
    let rest = g.rng.pick(&["", ", return_exceptions=True"]);
    format!("asyncio.gather({all}{rest})")
}

fn gather_statement(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let what = gather(g, scope);
    vec![guarded(g, vec![line(format!("log(n, \"gathered\", show(await {what}))"))])]
}

/// Mostly inside a `try`, so that the program goes on.
fn guarded(g: &mut Gen, body: Vec<Node>) -> Node {
    let kind = g.rng.pick(&["Exception", "Exception", "(Exception, asyncio.CancelledError)", "ValueError"]);
    let handler: Arm = arm(format!("except {kind} as e:"), vec![line("log(n, \"caught\", exc(e), cancelling())")]);
    Node::Block(vec![arm("try:", body), handler])
}

fn wait(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let all = g.waitables(scope);
    let when = g.rng.pick(&["FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"]);
    let limit = if g.rng.chance(50) { format!(", timeout={}", g.delay()) } else { String::new() };
    let (done, pending) = (g.local(), g.local());
    let mut nodes = vec![
        line(format!("{done}, {pending} = await asyncio.wait([{all}], return_when=asyncio.{when}{limit})")),
        line(format!("log(n, \"waited\", show({done}), show({pending}))")),
    ];
    if g.rng.chance(30) {
        let item = g.local();
        let message = g.message();
        nodes.push(block(
            format!("for {item} in sorted({pending}, key=show):"),
            vec![line(format!("log(n, \"cancel pending\", {item}.cancel({message}))"))],
        ));
    }
    nodes
}

fn as_completed(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let all = g.several(scope);
    let limit = if g.rng.chance(40) { format!(", timeout={}", g.delay()) } else { String::new() };
    let item = g.local();
    let mut inner = vec![guarded(g, vec![line(format!("log(n, \"completed\", show(await {item}))"))])];
    if g.rng.chance(15) {
        inner.push(line("break"));
    }
    vec![block(format!("for {item} in asyncio.as_completed([{all}]{limit}):"), inner)]
}

fn as_completed_async(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let all = g.waitables(scope);
    let limit = if g.rng.chance(40) { format!(", timeout={}", g.delay()) } else { String::new() };
    let item = g.local();
    let inner = block(format!("async for {item} in asyncio.as_completed([{all}]{limit}):"), vec![line(format!("log(n, \"completed\", show({item}))"))]);
    vec![guarded(g, vec![inner])]
}

fn gather_cancelled(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let name = g.local();
    let (what, message) = (gather(g, scope), g.message());
    let mut body = vec![line(format!("{name} = {what}"))];
    body.extend(g.body(scope, 1));
    body.push(line(format!("log(n, \"cancel gather\", {name}.cancel({message}))")));
    body.push(line(format!("log(n, \"gathered\", show(await {name}))")));
    vec![guarded(g, body)]
}

fn shield_cancelled(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let name = g.local();
    let (what, message) = (g.waitable(scope), g.message());
    let mut body = vec![line(format!("{name} = asyncio.shield({what})"))];
    body.extend(g.body(scope, 1));
    body.push(line(format!("log(n, \"cancel shield\", {name}.cancel({message}))")));
    body.push(line(format!("log(n, \"shielded\", show(await {name}))")));
    vec![guarded(g, body)]
}
