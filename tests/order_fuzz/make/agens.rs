//! Owns: async generators: iterating, breaking out, asend, athrow, aclose, anext, and `@asynccontextmanager`.
//! Never: other iterators.

use super::{Awaitable, Choice, Gen, Place, Scope, awaitable, choice};
use crate::order_fuzz::tree::{Node, arm, block, line};

pub const STATEMENTS: &[Choice] = &[
    choice(4, "async for", async_for),
    choice(2, "async for, broken out of", broken),
    choice(3, "asend, athrow, aclose", driven),
    choice(1, "async comprehension", comprehension),
    choice(2, "aclosing", aclosing),
    choice(2, "asynccontextmanager", managed),
];

pub const AWAITABLES: &[Awaitable] = &[awaitable(1, "anext", |g, scope| match generator_name(g) {
    // A generator that asks itself for an item would never end.
    Some(name) if !matches!(scope.place, Place::Generator(_)) => format!("anext({name}(n + \".y\"), \"no more\")"),
    Some(_) | None => "asyncio.sleep(0)".to_owned(),
})];

fn generator_name(g: &mut Gen) -> Option<String> {
    if g.agens == 0 {
        return None;
    }
    let number = g.rng.below(g.agens);
    Some(g.name(&format!("g{number}")))
}

impl Gen {
    /// A generator function with a few `yield`s, each shown what was sent.
    pub fn generator(&mut self, number: usize) -> Node {
        let scope = Scope::of(Place::Generator(number));
        self.count("async generator");
        let mut body = vec![line("log(n, \"generator starts\")")];
        for round in 0..self.rng.between(1, 3) {
            self.budget = 1;
            if self.rng.chance(60) {
                body.extend(self.plain_statement(scope));
            }
            body.push(line(format!("log(n, \"sent\", show((yield {round})))")));
        }
        if self.rng.chance(60) {
            let mut handler = vec![line("log(n, \"thrown\", exc(e))")];
            match self.rng.below(5) {
                0 => handler.push(line("raise")),
                1 => handler.push(line("yield \"from handler\"")),
                2 => {
                    let error = self.plain_error();
                    handler.push(line(format!("raise {error}")));
                }
                _ => {}
            }
            let kind = self.rng.pick(&["Exception", "GeneratorExit", "asyncio.CancelledError", "BaseException"]);
            let mut last = vec![line("log(n, \"generator finally\", exc(sys.exception()))")];
            if self.rng.chance(50) {
                let delay = self.delay();
                last.push(line(format!("await asyncio.sleep({delay})")));
                last.push(line("log(n, \"generator finished\")"));
            }
            body = vec![Node::Block(vec![arm("try:", body), arm(format!("except {kind} as e:"), handler), arm("finally:", last)])];
        }
        block(format!("async def {}(n):", self.name(&format!("g{number}"))), body)
    }

    /// Without blocks: what a generator waits for between two `yield`s.
    fn plain_statement(&mut self, scope: Scope) -> Vec<Node> {
        let what = self.awaitable(scope);
        vec![line(format!("log(n, \"awaited\", show(await {what}))"))]
    }
}

fn or_note(g: &mut Gen, make: impl Fn(&mut Gen, &str) -> Vec<Node>) -> Vec<Node> {
    match generator_name(g) {
        Some(name) => make(g, &name),
        None => vec![g.note()],
    }
}

fn async_for(g: &mut Gen, scope: Scope) -> Vec<Node> {
    or_note(g, |g, generator| {
        let item = g.local();
        let mut body = vec![line(format!("log(n, \"item\", show({item}))"))];
        if g.rng.chance(50) {
            body.extend(g.body(Scope { in_loop: true, ..scope }, 1));
        }
        let mut arms = vec![arm(format!("async for {item} in {generator}(n + \".y\"):"), body)];
        if g.rng.chance(30) {
            arms.push(arm("else:", vec![line("log(n, \"exhausted\")")]));
        }
        vec![Node::Block(arms)]
    })
}

fn broken(g: &mut Gen, scope: Scope) -> Vec<Node> {
    or_note(g, |g, generator| {
        let item = g.local();
        let body = vec![line(format!("log(n, \"item\", show({item}))")), line("break")];
        let mut nodes = vec![block(format!("async for {item} in {generator}(n + \".y\"):"), body), line("log(n, \"broke out\")")];
        nodes.extend(g.body(scope, 1));
        nodes
    })
}

fn driven(g: &mut Gen, scope: Scope) -> Vec<Node> {
    or_note(g, |g, generator| {
        let name = g.local();
        let mut calls = vec![line(format!("log(n, \"first\", show(await anext({name})))"))];
        for _ in 0..g.rng.between(1, 3) {
            let value = g.value();
            let error = g.error();
            let call = match g.rng.below(6) {
                0 | 1 => format!("{name}.asend({value})"),
                2 | 3 => format!("{name}.athrow({error})"),
                4 => format!("{name}.aclose()"),
                _ => format!("anext({name}, \"end\")"),
            };
            calls.push(line(format!("log(n, \"driven\", show(await {call}))")));
            if g.rng.chance(20) {
                calls.extend(g.body(scope, 1));
            }
        }
        // The name goes on every way out: an exception's traceback would keep the frame, and the generator open,
        // until the collector finds it.
        let handler = arm("except BaseException as e:", vec![line("log(n, \"driver caught\", exc(e))")]);
        let mut nodes = vec![Node::Block(vec![arm("try:", calls), handler])];
        if g.rng.chance(70) {
            nodes.push(line(format!("log(n, \"closed\", await {name}.aclose())")));
        }
        vec![line(format!("{name} = {generator}(n + \".y\")")), Node::Block(vec![arm("try:", nodes), arm("finally:", vec![line(format!("del {name}"))])])]
    })
}

fn comprehension(g: &mut Gen, _: Scope) -> Vec<Node> {
    or_note(g, |g, generator| {
        let item = g.local();
        vec![line(format!("log(n, \"collected\", show([{item} async for {item} in {generator}(n + \".y\")]))"))]
    })
}

fn aclosing(g: &mut Gen, scope: Scope) -> Vec<Node> {
    or_note(g, |g, generator| {
        let (name, item) = (g.local(), g.local());
        let mut body = vec![line(format!("log(n, \"item\", show({item}))"))];
        body.extend(g.body(Scope { in_loop: true, ..scope.deeper() }, 1));
        let inner = block(format!("async for {item} in {name}:"), body);
        vec![block(format!("async with contextlib.aclosing({generator}(n + \".y\")) as {name}:"), vec![inner]), line("log(n, \"behind aclosing\")")]
    })
}

fn managed(g: &mut Gen, scope: Scope) -> Vec<Node> {
    or_note(g, |g, generator| {
        let name = g.local();
        let mut body = vec![line(format!("log(n, \"managed\", show({name}))"))];
        body.extend(g.body(scope, 2));
        vec![block(format!("async with contextlib.asynccontextmanager({generator})(n + \".y\") as {name}:"), body), line("log(n, \"behind managed\")")]
    })
}
