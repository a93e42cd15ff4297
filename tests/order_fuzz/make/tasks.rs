//! Owns: tasks: starting, cancelling, uncancelling, waiting for and asking them.
//! Never: groups them (`groups`, `combine`).

use super::{Awaitable, Choice, Gen, Place, Scope, awaitable, choice};
use crate::order_fuzz::tree::{Node, block, line};

pub const STATEMENTS: &[Choice] = &[
    choice(5, "create_task", create),
    choice(4, "create_task and await", create_and_await),
    choice(2, "cancel itself", cancel_self),
    choice(3, "cancel and await", cancel_and_await),
    choice(2, "swallow a cancel", swallow),
    choice(1, "current_task and all_tasks", whose),
    choice(1, "await itself", |_, _| vec![line("log(n, \"awaits itself\", await asyncio.current_task())")]),
];

pub const EFFECTS: &[Choice] = &[
    choice(8, "cancel", cancel),
    choice(2, "cancel twice", cancel_twice),
    choice(2, "task state", ask),
    choice(2, "task callback", task_callback),
    choice(1, "task result", task_result),
    choice(1, "set_name", set_name),
];

pub const AWAITABLES: &[Awaitable] = &[
    awaitable(5, "await a task", |g, _| g.awaited_peer()),
    awaitable(2, "await a new task", |g, scope| match g.child(scope) {
        Some(child) => format!("spawn({child}, n + \".n\")"),
        None => g.awaited_peer(),
    }),
];

impl Gen {
    pub fn message(&mut self) -> String {
        if self.rng.chance(50) { String::new() } else { format!("\"m{}\"", self.rng.below(9)) }
    }
}

fn create(g: &mut Gen, scope: Scope) -> Vec<Node> {
    match g.child(scope) {
        Some(child) => vec![line(format!("spawn({child}, n + \".k\")")), g.note()],
        None => vec![g.note()],
    }
}

fn create_and_await(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let Some(child) = g.child(scope) else { return vec![g.note()] };
    let name = g.local();
    let mut nodes = vec![line(format!("{name} = spawn({child}, n + \".a\")"))];
    nodes.extend(g.body(scope, 2));
    if g.rng.chance(40) {
        let message = g.message();
        nodes.push(line(format!("log(n, \"cancel child\", {name}.cancel({message}))")));
    }
    nodes.push(line(format!("log(n, \"joined\", show(await {name}))")));
    nodes
}

fn cancel_self(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let message = g.message();
    let mut nodes = vec![line(format!("log(n, \"cancel itself\", asyncio.current_task().cancel({message}), cancelling())"))];
    match g.rng.below(3) {
        0 => nodes.push(line("log(n, \"uncancel\", asyncio.current_task().uncancel())")),
        1 => {
            let what = g.awaitable(scope);
            nodes.push(line(format!("log(n, \"awaited\", show(await {what}))")));
        }
        _ => nodes.push(line("await asyncio.sleep(0)")),
    }
    nodes
}

fn cancel_and_await(g: &mut Gen, _: Scope) -> Vec<Node> {
    let name = g.local();
    let (peer, message) = (g.awaited_peer(), g.message());
    vec![
        line(format!("{name} = {peer}")),
        line(format!("log(n, \"cancel\", {name}.cancel({message}))")),
        line(format!("log(n, \"joined\", show(await {name}))")),
    ]
}

fn swallow(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let what = g.awaitable(scope);
    let after = g.awaitable(scope);
    vec![
        Node::Block(vec![
            crate::order_fuzz::tree::arm("try:", vec![line(format!("log(n, \"awaited\", show(await {what}))"))]),
            crate::order_fuzz::tree::arm("except asyncio.CancelledError as e:", vec![line("log(n, \"swallowed\", exc(e), cancelling())")]),
        ]),
        line(format!("log(n, \"goes on\", show(await {after}))")),
    ]
}

fn whose(g: &mut Gen, _: Scope) -> Vec<Node> {
    let _ = g;
    vec![line("log(n, \"tasks\", asyncio.current_task().get_name(), sorted([task.get_name().partition(\"-\")[0] for task in asyncio.all_tasks()]))")]
}

fn cancel(g: &mut Gen, _: Scope) -> Vec<Node> {
    let (peer, message) = (g.peer(), g.message());
    vec![line(format!("log(n, \"cancel\", {peer}.cancel({message}))"))]
}

fn cancel_twice(g: &mut Gen, _: Scope) -> Vec<Node> {
    let name = g.local();
    let (peer, first, second) = (g.peer(), g.message(), g.message());
    vec![line(format!("{name} = {peer}")), line(format!("log(n, \"cancel twice\", {name}.cancel({first}), {name}.cancel({second}), state({name}))"))]
}

fn ask(g: &mut Gen, _: Scope) -> Vec<Node> {
    let peer = g.peer();
    vec![line(format!("log(n, \"state\", state({peer}))"))]
}

fn task_callback(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let peer = g.peer();
    match g.callback(scope) {
        Some(callback) => vec![line(format!("log(n, \"callback\", {peer}.add_done_callback({callback}))"))],
        None => vec![g.note()],
    }
}

fn task_result(g: &mut Gen, scope: Scope) -> Vec<Node> {
    let peer = g.peer();
    let which = g.rng.pick(&["result", "exception"]);
    let node = line(format!("log(n, \"{which}\", show({peer}.{which}()))"));
    if matches!(scope.place, Place::Callback(_)) || g.rng.chance(30) {
        return vec![node];
    }
    vec![Node::Block(vec![
        crate::order_fuzz::tree::arm("try:", vec![node]),
        crate::order_fuzz::tree::arm("except (Exception, asyncio.CancelledError) as e:", vec![line("log(n, \"no result\", exc(e))")]),
    ])]
}

fn set_name(g: &mut Gen, scope: Scope) -> Vec<Node> {
    if matches!(scope.place, Place::Callback(_) | Place::Generator(_)) {
        return vec![g.note()];
    }
    let number = g.rng.below(9);
    vec![block("if asyncio.current_task() is not None:", vec![line(format!("asyncio.current_task().set_name(\"named{number}\")"))])]
}
