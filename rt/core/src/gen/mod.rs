//! Owns: the functions that only generated code calls, non-generic where that is possible so that user
//! crates compile fast. Never: behaviour that another part of the runtime could want.

pub mod awaits;
pub mod builtin;
pub mod cell;
pub mod class;
pub mod exceptions;
pub mod flow;
pub mod fstring;
pub mod import;
pub mod iter;
pub mod make;
pub mod op;
pub mod pattern;
pub mod run;
pub mod sites;
pub mod slot;

use crate::protocol::attr::InlineCache;
use crate::value::Value;

/// Makes a static hold an inline cache; generated code says `ic!()`.
#[macro_export]
macro_rules! ic {
    () => {{
        static CACHE: $crate::protocol::attr::InlineCache = $crate::protocol::attr::InlineCache::new();
        &CACHE
    }};
}

/// An interned string constant.
#[macro_export]
macro_rules! s {
    ($text:literal) => {{
        static TEXT: $crate::name::StaticName = $crate::name::StaticName::new($text);
        TEXT.value()
    }};
}

/// What attribute sites pass.
pub type Cache = InlineCache;

/// One argument of a call with stars.
pub enum Arg {
    One(Value),
    Star(Value),
    Named(&'static str, Value),
    Unpack(Value),
}

/// One entry of a dict display with `**`.
pub enum Item {
    Pair(Value, Value),
    Unpack(Value),
}
