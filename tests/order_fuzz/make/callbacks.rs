//! Owns: call_soon, call_later, call_at, handles, and the callback functions of a program.
//! Never: awaits: a callback cannot.

use super::{Choice, Gen, Place, Scope, choice};
use crate::order_fuzz::tree::{Node, block, line};

pub const EFFECTS: &[Choice] = &[
    choice(4, "call_soon", |g, scope| schedule(g, scope, "call_soon", "")),
    choice(4, "call_later", |g, scope| {
        let delay = g.delay();
        schedule(g, scope, "call_later", delay)
    }),
    choice(2, "call_at", |g, scope| {
        let delay = g.delay();
        schedule(g, scope, "call_at", &format!("s.start + {delay}"))
    }),
    choice(1, "call_soon_threadsafe", |g, scope| schedule(g, scope, "call_soon_threadsafe", "")),
    choice(2, "Handle.cancel", cancel),
];

impl Gen {
    /// A callback takes what it is called with: nothing, a future, a value.
    pub fn callback_function(&mut self, number: usize) -> Node {
        self.budget = self.rng.between(1, 2);
        let scope = Scope::of(Place::Callback(number));
        let mut body = vec![line(format!("n = \"k{number}\"")), line("log(n, \"called\", *[show(one) for one in arguments])")];
        while self.budget > 0 {
            body.extend(self.statement(scope));
        }
        if self.rng.chance(12) {
            let error = self.plain_error();
            self.count("callback that raises");
            body.push(line(format!("raise {error}")));
        }
        block(format!("def {}(*arguments):", self.name(&format!("k{number}"))), body)
    }
}

fn schedule(g: &mut Gen, scope: Scope, method: &str, first: &str) -> Vec<Node> {
    let Some(callback) = g.callback(scope) else { return vec![g.note()] };
    let value = g.value();
    let comma = if first.is_empty() { "" } else { ", " };
    let context = if g.rng.chance(15) { ", context=contextvars.copy_context()" } else { "" };
    vec![line(format!("s.loop.{method}({first}{comma}{callback}, {value}{context})")), line(format!("log(n, \"{method}\")"))]
}

/// The handle is cancelled at once, by a callback, or by a timer of the same deadline.
fn cancel(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let Some(callback) = g.callback(scope) else { return vec![g.note()] };
    let name = g.local();
    let (delay, other) = (g.delay(), g.delay());
    let made = match g.rng.below(2) {
        0 => format!("{name} = s.loop.call_soon({callback})"),
        _ => format!("{name} = s.loop.call_later({delay}, {callback})"),
    };
    let cancelled = match g.rng.below(3) {
        0 => line(format!("{name}.cancel()")),
        1 => line(format!("s.loop.call_soon({name}.cancel)")),
        _ => line(format!("s.loop.call_later({other}, {name}.cancel)")),
    };
    vec![line(made), cancelled, line(format!("log(n, \"handle\", {name}.cancelled())"))]
}
