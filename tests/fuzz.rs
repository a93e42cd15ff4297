//! A short run of the fuzzer with a fixed seed and without CPython: nothing dies, nothing hangs, nothing is a bug of tauraro's.
//! Never: compares verdicts (the fuzzer does, where there is a CPython).

use std::process::Command;

#[test]
fn mutated_programs_do_no_harm() {
    let output = Command::new(env!("CARGO_BIN_EXE_fuzz")).args(["--seed", "1", "--count", "1500", "--no-python"]).output().expect("the fuzzer");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
