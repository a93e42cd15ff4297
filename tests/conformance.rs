//! Compiles every case of tests/conformance and compares what it prints with what CPython 3.13 printed.
//!
//! A case is NAME.py (or a folder NAME with a main.py) beside NAME.out; optional: NAME.exit (exit status),
//! NAME.err (last line of stderr), NAME.in (stdin), NAME.args (one argument a line), NAME.xfail.
//!
//!     cargo test -p tauraro-tests --test conformance
//!     TAURARO_CASES='async/*' cargo test -p tauraro-tests --test conformance -- --nocapture
//!     TAURARO_BLESS=1 …           rewrite the xfail files and SUMMARY.txt from what passes now
//!     TAURARO_BLESS=cpython …     write NAME.out where it is missing, from CPython 3.13

use harness::{cases, options, root};

#[test]
fn conformance() {
    cases::run("conformance", &root().join("conformance"), &options());
}
