//! Compiles the programs of tests/load, which put asyncio under load and break what it stands on, and compares what they
//! print at small sizes with what CPython 3.13 printed. tests/load/README.md has the large sizes.
//!
//!     cargo test -p tauraro-tests --test load
//!
//! Files are as in conformance.rs. A program with `library` in its `.live` needs the library of an installed CPython.

#![cfg(target_os = "linux")]

use harness::{cases, cpython, root};

#[test]
fn load() {
    let without_libraries = cpython::find().is_none();
    cases::run("load", &root().join("load"), &tauraro::Options { strict: false, without_libraries });
}
