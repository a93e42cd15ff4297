//! Owns: the built-in types, one folder each. Never: the protocols between types (`protocol`).

pub mod bytes;
pub mod str;
