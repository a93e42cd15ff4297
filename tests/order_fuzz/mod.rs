//! Owns: the order fuzzer: random asyncio programs, what CPython 3.13 and the compiled program print for them, and
//! the smallest program that still shows a difference.
//! Never: knows how asyncio works; it only compares.
//!
//! `make` writes programs, `tree` is their form, `source` puts many into one file, `compiled` and `oracle` run them,
//! `minimise` makes a failing one smaller, `traces` keeps what CPython printed for the programs of `cargo test`.

pub mod compiled;
pub mod make;
pub mod minimise;
pub mod oracle;
pub mod preload;
mod prng;
pub mod source;
pub mod traces;
pub mod tree;

/// How a program ended and what it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// 0, an exit status, minus a signal's number, or what kept it from running.
    pub status: String,
    pub text: String,
}

impl Trace {
    fn failed(why: impl Into<String>) -> Self {
        Self { status: why.into(), text: String::new() }
    }

    /// Of the status and the text, as it is kept in `tests/order_fuzz/traces.txt`.
    #[must_use]
    pub fn hash(&self) -> u64 {
        fnv(format!("{}\n{}", self.status, self.text).as_bytes())
    }
}

/// FNV-1a.
#[must_use]
pub fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
