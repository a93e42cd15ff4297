//! Owns: futures: settling, cancelling, asking, callbacks added and removed.
//! Never: combines them.

use super::{Awaitable, Choice, Gen, Scope, awaitable, choice};
use crate::order_fuzz::tree::{Node, line};

pub const EFFECTS: &[Choice] = &[
    choice(6, "set_result", set_result),
    choice(3, "set_exception", set_exception),
    choice(2, "cancel a future", cancel),
    choice(3, "add_done_callback", add_callback),
    choice(1, "remove_done_callback", remove_callback),
    choice(1, "future state", ask),
];

pub const AWAITABLES: &[Awaitable] = &[
    awaitable(4, "await a future", |g, _| g.rng.pick(&["s.f0", "s.f1", "s.f2"]).to_owned()),
    awaitable(2, "await a timed future", |g, _| {
        let delay = g.delay();
        let value = match g.rng.below(4) {
            0 => "\"cancel\"".to_owned(),
            1 => g.plain_error(),
            _ => g.value(),
        };
        format!("later({delay}, {value})")
    }),
    awaitable(1, "wrap_future and ensure_future", |g, _| {
        let future = g.future();
        format!("asyncio.ensure_future({future})")
    }),
];

impl Gen {
    fn own_future(&mut self) -> &'static str {
        self.rng.pick(&["s.f0", "s.f1", "s.f2"])
    }

    /// A call that logs its result; mostly guarded against InvalidStateError.
    pub fn attempt(&mut self, what: &str, function: &str, arguments: &str) -> Vec<Node> {
        let comma = if arguments.is_empty() { "" } else { ", " };
        if self.rng.chance(80) {
            vec![line(format!("attempt(n, \"{what}\", {function}{comma}{arguments})"))]
        } else {
            vec![line(format!("log(n, \"{what}\", show({function}({arguments})))"))]
        }
    }
}

fn set_result(g: &mut Gen, _: Scope) -> Vec<Node> {
    let (future, value) = (g.own_future(), g.value());
    g.attempt("set_result", &format!("{future}.set_result"), &value)
}

fn set_exception(g: &mut Gen, _: Scope) -> Vec<Node> {
    let future = g.own_future();
    let error = if g.rng.chance(8) { g.rng.pick(&["ValueError", "StopIteration(3)", "asyncio.CancelledError()"]).to_owned() } else { g.plain_error() };
    g.attempt("set_exception", &format!("{future}.set_exception"), &error)
}

fn cancel(g: &mut Gen, _: Scope) -> Vec<Node> {
    let (future, message) = (g.own_future(), g.message());
    g.attempt("cancel future", &format!("{future}.cancel"), &message)
}

fn add_callback(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let future = g.own_future();
    match g.callback(scope) {
        Some(callback) => g.attempt("add_done_callback", &format!("{future}.add_done_callback"), &callback),
        None => vec![g.note()],
    }
}

fn remove_callback(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let future = g.future();
    match g.callback(scope) {
        Some(callback) => g.attempt("remove_done_callback", &format!("{future}.remove_done_callback"), &callback),
        None => vec![g.note()],
    }
}

fn ask(g: &mut Gen, _: Scope) -> Vec<Node> {
    let future = g.own_future();
    vec![line(format!("log(n, \"state\", state({future}))"))]
}
