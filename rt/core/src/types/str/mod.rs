//! Owns: the `str` type. Never: encodings and pure text algorithms (`text`).

pub mod value;

pub use value::{Str, StrBuilder};
