//! Owns: one random program: how many tasks, children, callbacks and generators it has, and putting them together.
//! What the statements are is in the files beside this one, one for each concept.
//! Never: knows what CPython does with it.

mod agens;
mod callbacks;
mod combine;
mod context;
mod errors;
mod flow;
mod futures;
mod groups;
mod locks;
mod queues;
mod tasks;
mod timers;

use super::prng::Rng;
use super::tree::{Node, block, line, text};
use std::collections::BTreeMap;

/// How often a feature occurs, by name.
pub type Counts = BTreeMap<&'static str, usize>;

/// A program: its definitions, and the name and modes that start it.
#[derive(Clone)]
pub struct Program {
    pub index: u64,
    pub nodes: Vec<Node>,
    /// What stands behind its key in `PROGRAMS`.
    pub start: String,
    pub features: Counts,
}

/// Where a statement stands.
#[derive(Clone, Copy)]
struct Scope {
    place: Place,
    /// Blocks around it.
    depth: usize,
    /// `break` and `continue` have a loop; inside `except*` they may not leave it.
    in_loop: bool,
    in_star: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Main,
    Task,
    /// Children call only children of a higher number, so every program ends.
    Child(usize),
    Callback(usize),
    Generator(usize),
}

impl Scope {
    fn of(place: Place) -> Self {
        Self { place, depth: 0, in_loop: false, in_star: false }
    }

    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    /// The first child that may be called from here.
    fn first_child(self) -> usize {
        match self.place {
            Place::Main | Place::Task => 0,
            Place::Child(number) => number + 1,
            Place::Callback(_) | Place::Generator(_) => usize::MAX,
        }
    }

    fn first_callback(self) -> usize {
        match self.place {
            Place::Main | Place::Task | Place::Child(_) | Place::Generator(_) => 0,
            Place::Callback(number) => number + 1,
        }
    }
}

/// Statements that may be chosen, each as often as its weight says.
struct Choice {
    weight: u32,
    feature: &'static str,
    make: fn(&mut Gen, Scope) -> Vec<Node>,
}

/// Expressions that may be awaited.
struct Awaitable {
    weight: u32,
    feature: &'static str,
    make: fn(&mut Gen, Scope) -> String,
}

const fn choice(weight: u32, feature: &'static str, make: fn(&mut Gen, Scope) -> Vec<Node>) -> Choice {
    Choice { weight, feature, make }
}

const fn awaitable(weight: u32, feature: &'static str, make: fn(&mut Gen, Scope) -> String) -> Awaitable {
    Awaitable { weight, feature, make }
}

/// Statements with awaits in them, by concept.
const STATEMENTS: &[&[Choice]] = &[
    flow::STATEMENTS,
    errors::STATEMENTS,
    tasks::STATEMENTS,
    combine::STATEMENTS,
    locks::STATEMENTS,
    queues::STATEMENTS,
    groups::STATEMENTS,
    timers::STATEMENTS,
    agens::STATEMENTS,
    context::STATEMENTS,
];

/// Statements without awaits: they may stand in callbacks too.
const EFFECTS: &[&[Choice]] = &[
    flow::EFFECTS,
    tasks::EFFECTS,
    futures::EFFECTS,
    locks::EFFECTS,
    queues::EFFECTS,
    callbacks::EFFECTS,
    context::EFFECTS,
];

const AWAITABLES: &[&[Awaitable]] =
    &[flow::AWAITABLES, tasks::AWAITABLES, futures::AWAITABLES, combine::AWAITABLES, locks::AWAITABLES, queues::AWAITABLES, agens::AWAITABLES];

/// The objects that tasks meet in, and how each is made; `{}` is a small number.
const RESOURCES: &[(&str, &str)] = &[
    ("s.f0", "s.loop.create_future()"),
    ("s.f1", "s.loop.create_future()"),
    ("s.f2", "asyncio.Future()"),
    ("s.event0", "asyncio.Event()"),
    ("s.event1", "asyncio.Event()"),
    ("s.lock0", "asyncio.Lock()"),
    ("s.lock1", "asyncio.Lock()"),
    ("s.sem0", "asyncio.Semaphore({})"),
    ("s.bounded0", "asyncio.BoundedSemaphore({})"),
    ("s.cond0", "asyncio.Condition()"),
    ("s.barrier0", "asyncio.Barrier({} + 1)"),
    ("s.queue0", "asyncio.Queue({})"),
    ("s.queue1", "asyncio.Queue()"),
    ("s.lifo0", "asyncio.LifoQueue({})"),
    ("s.prio0", "asyncio.PriorityQueue({})"),
];

pub(in crate::order_fuzz) struct Gen {
    rng: Rng,
    prefix: String,
    tasks: usize,
    children: usize,
    callbacks: usize,
    agens: usize,
    /// Statements that may still be made in the function at hand.
    budget: usize,
    /// Awaitables inside awaitables.
    nesting: usize,
    locals: usize,
    features: Counts,
    /// Some programs lean on one concept, so that its parts meet often.
    favourite: usize,
}

impl Gen {
    fn count(&mut self, feature: &'static str) {
        *self.features.entry(feature).or_default() += 1;
    }

    fn name(&self, short: &str) -> String {
        format!("{}_{short}", self.prefix)
    }

    /// A local name that nothing else in the program has.
    fn local(&mut self) -> String {
        self.locals += 1;
        format!("v{}", self.locals)
    }

    fn value(&mut self) -> String {
        match self.rng.below(4) {
            0 => format!("\"r{}\"", self.rng.below(6)),
            1 => "None".to_owned(),
            _ => self.rng.below(10).to_string(),
        }
    }

    /// Few different delays, so that deadlines are often equal.
    fn delay(&mut self) -> &'static str {
        self.rng.pick(&["0", "0.125", "0.125", "0.125", "0.25", "0.25", "0.375", "0.5", "1.0"])
    }

    /// A name of a task that the program starts itself.
    fn peer(&mut self) -> String {
        let number = self.rng.below(self.tasks);
        format!("peer(\"t{number}\")")
    }

    /// A task that may be waited for here: `awaited` lets through only tasks of a lower number than the one at hand
    /// descends from, so that no two wait for each other. To cancel such a ring is a RecursionError at a depth that
    /// the machine decides.
    fn awaited_peer(&mut self) -> String {
        let number = self.rng.below(self.tasks);
        format!("awaited(n, {number})")
    }

    /// A task, a future, or something made of one.
    fn future(&mut self) -> String {
        match self.rng.below(6) {
            0 => "s.f0".to_owned(),
            1 => "s.f1".to_owned(),
            2 => "s.f2".to_owned(),
            3 => {
                let (delay, value) = (self.delay(), self.value());
                format!("later({delay}, {value})")
            }
            _ => self.awaited_peer(),
        }
    }

    fn pick_from<'a, T>(&mut self, menus: &'a [&'a [T]], weight: impl Fn(&T) -> u32) -> Option<&'a T> {
        let favourite = self.favourite;
        let all: Vec<(u32, &T)> = menus
            .iter()
            .enumerate()
            .flat_map(|(at, menu)| menu.iter().map(move |one| (at, one)))
            .map(|(at, one)| (weight(one) * if at == favourite { 4 } else { 1 }, one))
            .collect();
        let index = self.rng.weighted(all.iter().map(|(weight, _)| *weight));
        all.get(index).map(|(_, one)| *one)
    }

    /// One statement, with what it needs around it.
    fn statement(&mut self, scope: Scope) -> Vec<Node> {
        self.budget = self.budget.saturating_sub(1);
        if matches!(scope.place, Place::Callback(_)) || self.rng.chance(30) {
            return self.effect(scope);
        }
        let Some(chosen) = self.pick_from(STATEMENTS, |one| one.weight) else { return Vec::new() };
        self.count(chosen.feature);
        (chosen.make)(self, scope)
    }

    fn effect(&mut self, scope: Scope) -> Vec<Node> {
        let Some(chosen) = self.pick_from(EFFECTS, |one| one.weight) else { return Vec::new() };
        self.count(chosen.feature);
        (chosen.make)(self, scope)
    }

    /// Between one and `most` statements, while the function's budget lasts.
    fn body(&mut self, scope: Scope, most: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        for _ in 0..self.rng.between(1, most.max(1)) {
            if self.budget == 0 || scope.depth > 4 {
                break;
            }
            nodes.extend(self.statement(scope.deeper()));
        }
        if nodes.is_empty() {
            nodes.push(self.note());
        }
        nodes
    }

    /// A line of the trace.
    fn note(&mut self) -> Node {
        self.locals += 1;
        line(format!("log(n, \"step\", {})", self.locals))
    }

    /// Something to await, as an expression of any kind: coroutine, task, future or object.
    fn awaitable(&mut self, scope: Scope) -> String {
        self.nesting += 1;
        let made = if self.nesting > 2 {
            let delay = self.delay();
            format!("asyncio.sleep({delay})")
        } else {
            match self.pick_from(AWAITABLES, |one| one.weight) {
                Some(chosen) => {
                    self.count(chosen.feature);
                    (chosen.make)(self, scope)
                }
                None => "asyncio.sleep(0)".to_owned(),
            }
        };
        self.nesting -= 1;
        made
    }

    /// Something that is a task or a future already.
    fn waitable(&mut self, scope: Scope) -> String {
        if self.rng.chance(50) {
            return self.future();
        }
        match self.child(scope) {
            Some(child) => {
                let label = self.rng.below(100);
                format!("spawn({child}, n + \".w{label}\")")
            }
            None => self.future(),
        }
    }

    /// The name of a child that may be called from here.
    fn child(&mut self, scope: Scope) -> Option<String> {
        let first = scope.first_child();
        if first >= self.children {
            return None;
        }
        let number = self.rng.between(first, self.children - 1);
        Some(self.name(&format!("c{number}")))
    }

    fn callback(&mut self, scope: Scope) -> Option<String> {
        let first = scope.first_callback();
        if first >= self.callbacks {
            return None;
        }
        let number = self.rng.between(first, self.callbacks - 1);
        Some(self.name(&format!("k{number}")))
    }

    fn function(&mut self, short: &str, place: Place, budget: usize) -> Node {
        self.budget = budget;
        let scope = Scope::of(place);
        let mut body = Vec::new();
        while self.budget > 0 {
            body.extend(self.statement(scope));
        }
        if self.rng.chance(50) {
            let value = self.value();
            body.push(line(format!("return {value}")));
        }
        block(format!("async def {}(n):", self.name(short)), body)
    }

    fn main(&mut self) -> Vec<Node> {
        let mut body = Vec::new();
        let scope = Scope::of(Place::Main);
        for number in 0..self.tasks {
            let function = self.name(&format!("t{number}"));
            body.push(line(format!("spawn({function}, \"t{number}\")")));
            if self.rng.chance(15) {
                body.extend(self.effect(scope));
            }
        }
        if self.rng.chance(50) {
            self.count("ticker");
            let turns = self.rng.between(4, 12);
            body.insert(0, line(format!("register(\"ticker\", asyncio.create_task(ticker(\"ticker\", {turns}), name=\"ticker\"))")));
        }
        self.budget = self.rng.between(0, 2);
        while self.budget > 0 {
            body.extend(self.statement(scope));
        }
        if self.rng.chance(85) {
            body.push(line("await all_of(n)"));
        } else {
            self.count("tasks left at the end");
        }
        body
    }
}

/// The program of this number.
#[must_use]
pub fn program(seed: u64, index: u64) -> Program {
    let mut rng = Rng::new(seed, index);
    let favourite = rng.below(STATEMENTS.len() * 2);
    let (tasks, children, callbacks, agens) = (rng.between(2, 3), rng.between(1, 2), 1, rng.between(0, 1));
    let mut made =
        Gen { rng, prefix: format!("p{index}"), tasks, children, callbacks, agens, budget: 0, nesting: 0, locals: 0, features: Counts::new(), favourite };
    let mut nodes = Vec::new();
    for number in (0..made.agens).rev() {
        let node = made.generator(number);
        nodes.push(node);
    }
    for number in (0..made.callbacks).rev() {
        let node = made.callback_function(number);
        nodes.push(node);
    }
    for number in (0..made.children).rev() {
        let budget = made.rng.between(1, 3);
        let node = made.function(&format!("c{number}"), Place::Child(number), budget);
        nodes.push(node);
    }
    for number in 0..made.tasks {
        let budget = made.rng.between(2, 4);
        let node = made.function(&format!("t{number}"), Place::Task, budget);
        nodes.push(node);
    }
    let body = made.main();
    let used = format!("{}{}", text(&nodes), text(&body));
    let mut main = Vec::new();
    for (name, how) in RESOURCES {
        if used.contains(name) {
            let number = made.rng.between(1, 2).to_string();
            main.push(line(format!("{name} = {}", how.replace("{}", &number))));
        }
    }
    main.extend(body);
    let head = format!("async def {}(n):", made.name("main"));
    nodes.push(block(head, main));
    let eager = made.rng.chance(15);
    let debug = made.rng.chance(3);
    if eager {
        made.count("eager task factory");
    }
    if debug {
        made.count("debug mode");
    }
    let flag = |on: bool| if on { "True" } else { "False" };
    let start = format!("({}, {}, {})", made.name("main"), flag(eager), flag(debug));
    Program { index, nodes, start, features: made.features }
}
