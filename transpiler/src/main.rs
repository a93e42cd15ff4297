//! Owns: the process: a stack deep enough for the passes, and the exit status.
//! Never: does anything a library user would miss.

use std::process::ExitCode;
use std::{env, panic, process, thread};

/// Python nests up to 200 brackets and thousands of statements; recursive passes need room for that.
const STACK: usize = 512 << 20;

fn main() -> ExitCode {
    panic::set_hook(Box::new(|info| {
        eprintln!("error: tauraro stopped unexpectedly: {info}\nThis is a bug in tauraro, not in your program.");
        process::exit(1);
    }));
    let work = || tauraro::cli::main(env::args_os().skip(1));
    match thread::Builder::new().stack_size(STACK).spawn(work) {
        Ok(worker) => ExitCode::from(worker.join().unwrap_or(1)),
        Err(_) => ExitCode::from(work()),
    }
}
