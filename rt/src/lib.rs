//! The facade of the runtime: generated code names this crate alone.

pub mod native;
pub mod prelude;
