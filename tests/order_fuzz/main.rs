//! Random asyncio programs, compiled and under CPython 3.13: both must print the same trace.
//!
//!     cargo run -p tauraro-tests --release --bin order_fuzz -- [--seed N] [--count N] [--first N] [--python PATH] [--small] [--twice] [--quiet]
//!
//! Program N of a seed is always the same. `--first N` starts with program N, `--small` minimises the first
//! difference of each chunk, `--twice` asks CPython twice and reports programs whose trace is not the same both
//! times, `--show` prints each program and its trace. Exit status 1 if a trace differs.

use harness::order_fuzz::make::{self, Counts, Program};
use harness::order_fuzz::minimise::Bench;
use harness::order_fuzz::{Trace, compiled, oracle, preload, tree};
use harness::{batch, cpython};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Programs generated, compiled and compared at a time.
const CHUNK: u64 = 480;

struct Request {
    seed: u64,
    first: u64,
    count: u64,
    python: PathBuf,
    small: bool,
    twice: bool,
    show: bool,
    table: bool,
}

fn request() -> Result<Request, String> {
    let mut python = None;
    let (mut seed, mut first, mut count) = (1, 0, 1000);
    let (mut small, mut twice, mut show, mut table) = (false, false, false, true);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|text| text.parse::<u64>().ok()).ok_or(format!("{word} needs a number"));
        match word.as_str() {
            "--seed" => seed = number()?,
            "--first" => first = number()?,
            "--count" => count = number()?,
            "--python" => python = Some(PathBuf::from(words.next().ok_or("--python needs a path")?)),
            "--small" => small = true,
            "--twice" => twice = true,
            "--show" => show = true,
            "--quiet" => table = false,
            other => return Err(format!("unknown argument {other}")),
        }
    }
    let python = python.or_else(cpython::find).ok_or("CPython 3.13 was not found; name it with --python")?;
    Ok(Request { seed, first, count, python, small, twice, show, table })
}

#[derive(Default)]
struct Tally {
    programs: usize,
    lines: usize,
    different: Vec<u64>,
    unsteady: Vec<u64>,
    /// In the programs' text: how many programs, how many places.
    written: BTreeMap<&'static str, (usize, usize)>,
    /// In CPython's traces, by what a line says happened.
    happened: BTreeMap<String, (usize, usize)>,
}

impl Tally {
    fn count(&mut self, program: &Program, trace: &Trace) {
        self.programs += 1;
        self.lines += trace.text.lines().count();
        let Counts { .. } = program.features;
        for (feature, times) in &program.features {
            let entry = self.written.entry(feature).or_default();
            entry.0 += 1;
            entry.1 += times;
        }
        let mut here: BTreeMap<String, usize> = BTreeMap::new();
        for line in trace.text.lines() {
            for kind in kinds(line) {
                *here.entry(kind).or_default() += 1;
            }
        }
        for (kind, times) in here {
            let entry = self.happened.entry(kind).or_default();
            entry.0 += 1;
            entry.1 += times;
        }
    }
}

/// What a line of a trace shows: its words up to the first value, and the exceptions it names.
fn kinds(line: &str) -> Vec<String> {
    let what: Vec<&str> = line.split(' ').skip(2).take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !word.is_empty()).take(3).collect();
    let mut found = vec![what.join(" ")];
    for name in ["CancelledError", "TimeoutError", "ExceptionGroup", "BaseExceptionGroup", "InvalidStateError", "QueueShutDown", "QueueEmpty", "QueueFull", "BrokenBarrierError", "GeneratorExit", "during [", "from [", "instead of ["] {
        if line.contains(name) {
            found.push(format!("  {name}"));
        }
    }
    found
}

fn difference(got: &Trace, wanted: &Trace) -> String {
    if got.text == wanted.text {
        return format!("    status: {} and CPython {}\n", got.status, wanted.status);
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (got.text.lines().collect(), wanted.text.lines().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let mut out = String::new();
    let cut = |line: &str| line.chars().take(160).collect::<String>();
    for line in b.iter().take(same).skip(same.saturating_sub(3)) {
        out.push_str(&format!("      {}\n", cut(line)));
    }
    for line in a.iter().skip(same).take(3) {
        out.push_str(&format!("    - {}\n", cut(line)));
    }
    for line in b.iter().skip(same).take(3) {
        out.push_str(&format!("    + {}\n", cut(line)));
    }
    if a.len() == same {
        out.push_str(&format!("    - <end, status {}>\n", got.status));
    }
    out
}

fn run(request: &Request) -> Result<Tally, String> {
    let tools = batch::tools();
    let folder = batch::folder("order_oracle");
    let clock = preload::build(&batch::folder("order_clock"))?;
    let bench = Bench { tools: &tools, python: &request.python, folder: &folder, clock: &clock };
    let mut tally = Tally::default();
    let start = Instant::now();
    let end = request.first + request.count;
    let mut next = request.first;
    while next < end {
        let last = end.min(next + CHUNK);
        let programs: Vec<Program> = (next..last).map(|index| make::program(request.seed, index)).collect();
        let wanted = oracle::run(&request.python, &folder, &clock, &programs)?;
        if request.twice {
            let again = oracle::run(&request.python, &folder, &clock, &programs)?;
            for ((program, a), b) in programs.iter().zip(&wanted).zip(&again).filter(|((_, a), b)| a != b) {
                println!("UNSTEADY seed {} program {}\n{}", request.seed, program.index, difference(a, b));
                tally.unsteady.push(program.index);
            }
        }
        let got = compiled::run(&tools, "order_fuzz", &clock, &programs);
        let mut first = true;
        for ((program, got), wanted) in programs.iter().zip(&got).zip(&wanted) {
            tally.count(program, wanted);
            if request.show {
                println!("{}\n{}", tree::text(&program.nodes), wanted.text);
            }
            if got == wanted {
                continue;
            }
            tally.different.push(program.index);
            println!("DIFFERENT seed {} program {} (- compiled, + CPython)\n{}", request.seed, program.index, difference(got, wanted));
            if request.small && first {
                let (small, got, wanted) = bench.minimise(program)?;
                println!("smallest:\n{}\n# start: {}\n{}", tree::text(&small.nodes), small.start, difference(&got, &wanted));
            }
            first = false;
        }
        println!("{} programs, {} different, {:.0} s", tally.programs, tally.different.len(), start.elapsed().as_secs_f64());
        next = last;
    }
    Ok(tally)
}

fn print(tally: &Tally) {
    println!("\nfeature in the text                       programs   places");
    for (feature, (programs, places)) in &tally.written {
        println!("{feature:40} {programs:>9} {places:>8}");
    }
    println!("\nin CPython's traces                       programs    lines");
    for (kind, (programs, lines)) in tally.happened.iter().filter(|(_, (_, lines))| *lines > 1) {
        println!("{kind:40} {programs:>9} {lines:>8}");
    }
}

fn main() -> ExitCode {
    let request = match request() {
        Ok(request) => request,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    match run(&request) {
        Ok(tally) => {
            if request.table {
                print(&tally);
            }
            println!("\nseed {}: {} programs, {} lines of trace, {} different", request.seed, tally.programs, tally.lines, tally.different.len());
            if !tally.different.is_empty() {
                println!("programs: {:?}", tally.different);
            }
            if tally.different.is_empty() && tally.unsteady.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}
