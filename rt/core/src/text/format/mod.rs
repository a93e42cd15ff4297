//! Owns: formatting as pure functions: float text, the format specification language and its engines, and the parsers
//! of `%` templates and `str.format` templates. Never: calls `__format__` or looks up a field.

pub mod float;
pub mod number;
pub mod percent;
pub mod spec;
pub mod template;

pub use number::{format_complex, format_float, format_int, format_str};
pub use spec::Spec;
