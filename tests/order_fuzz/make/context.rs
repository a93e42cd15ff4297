//! Owns: context variables: set, reset, copies for tasks and callbacks, `context=`.
//! Never: other state.

use super::{Choice, Gen, Place, Scope, choice};
use crate::order_fuzz::tree::{Node, line};

pub const STATEMENTS: &[Choice] = &[choice(2, "create_task(context=)", with_context), choice(1, "ContextVar.reset behind an await", reset)];

pub const EFFECTS: &[Choice] = &[
    choice(2, "ContextVar.set", |g, _| {
        let number = g.rng.below(9);
        vec![line(format!("VAR.set(n + \":{number}\")"))]
    }),
    choice(2, "ContextVar.get", |_, _| vec![line("log(n, \"context\", VAR.get())")]),
    choice(1, "Context.run", |g, scope| match (g.callback(scope), scope.place) {
        (Some(callback), Place::Main | Place::Task | Place::Child(_) | Place::Generator(_)) => vec![line(format!("contextvars.copy_context().run({callback}, \"run\")"))],
        (Some(_) | None, _) => vec![line("log(n, \"context\", VAR.get())")],
    }),
];

fn with_context(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let Some(child) = g.child(scope) else { return vec![line("log(n, \"context\", VAR.get())")] };
    let name = g.local();
    vec![
        line(format!("{name} = contextvars.copy_context()")),
        line(format!("{name}.run(VAR.set, n + \":own\")")),
        line(format!("spawn({child}, n + \".v\", context={name})")),
        line(format!("log(n, \"context\", VAR.get(), {name}[VAR])")),
    ]
}

fn reset(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let name = g.local();
    let mut nodes = vec![line(format!("{name} = VAR.set(n + \":token\")"))];
    nodes.extend(g.body(scope, 1));
    nodes.push(line(format!("VAR.reset({name})")));
    nodes.push(line("log(n, \"context\", VAR.get())"));
    nodes
}
