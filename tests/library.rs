//! Compiles the cases of tests/library, which import what tauraro compiles from the standard library of an installed
//! CPython 3.13, and compares what they print with what CPython printed. Files and marks are as in conformance.rs.
//!
//!     cargo test -p tauraro-tests --test library
//!
//! Without a CPython 3.13 on the machine there is nothing to compile, and no case is run.

use harness::{cases, cpython, root};

#[test]
fn library() {
    if cpython::find().is_none() {
        println!("no CPython 3.13 is installed: the cases of tests/library are not run");
        return;
    }
    cases::run("library", &root().join("library"), &tauraro::Options { strict: false, without_libraries: false });
}
