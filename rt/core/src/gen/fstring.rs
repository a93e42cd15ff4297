//! Owns: the names generated code uses for f-strings. Never: formats (`protocol::format`).

pub use crate::protocol::format::{A, Lit, Part, R, S, Spec, fstring};
