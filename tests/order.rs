//! Random asyncio programs of a fixed seed: each prints the trace that CPython 3.13 printed, whose hash is kept.
//!
//!     cargo test -p tauraro-tests --test order
//!     TAURARO_BLESS=cpython …     ask CPython again, after a change of the generator
//!
//! A difference is looked at with `cargo run -p tauraro-tests --release --bin order_fuzz`.

#![cfg(target_os = "linux")]

use harness::order_fuzz::make::{self, Program};
use harness::order_fuzz::{compiled, oracle, preload, source, traces};
use harness::{batch, bless, cpython};
use std::{env, fs};

#[test]
fn random_programs_print_what_cpython_printed() {
    let programs: Vec<Program> = (0..traces::COUNT).map(|index| make::program(traces::SEED, index)).collect();
    let clock = preload::build(&batch::folder("order_clock")).expect("the clock compiles");
    if env::var("TAURARO_BLESS").is_ok_and(|what| what == "cpython") {
        let python = cpython::find().expect("CPython 3.13 (TAURARO_PYTHON names it)");
        let wanted = oracle::run(&python, &batch::folder("order_oracle"), &clock, &programs).expect("CPython runs the programs");
        bless::write(&traces::path(), &traces::text(&programs, &wanted)).expect("writable");
        return;
    }
    let kept = fs::read_to_string(traces::path()).unwrap_or_default();
    let got = compiled::run(&batch::tools(), "order", &clock, &programs);
    let mut mistakes = Vec::new();
    for (program, trace) in programs.iter().zip(&got) {
        match traces::find(&kept, program.index) {
            Some((text, _)) if text != source::hash(program) => mistakes.push(format!("program {} is another one now", program.index)),
            Some((_, hash)) if hash == trace.hash() => {}
            Some(_) => mistakes.push(format!("program {} prints another trace than CPython (status {})", program.index, trace.status)),
            None => mistakes.push(format!("program {} is not in {}", program.index, traces::path().display())),
        }
    }
    let how = "cargo run -p tauraro-tests --release --bin order_fuzz -- --first N --count 1 --small --seed";
    assert!(mistakes.is_empty(), "\n{}\nto look at program N: {how} {}\n", mistakes.join("\n"), traces::SEED);
}
