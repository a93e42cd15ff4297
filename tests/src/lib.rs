//! The test suites of tauraro; each runner is one file beside this crate.
