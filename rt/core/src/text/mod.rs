//! Owns: pure text algorithms over `Str` and bytes. Never: a `Value`, an exception in flight, an object.

pub mod ascii;
pub mod case;
pub mod codec;
pub mod error;
pub mod escape;
pub mod format;
pub mod pad;
pub mod search;
pub mod split;
#[rustfmt::skip]
mod tables;
pub mod unicode;
