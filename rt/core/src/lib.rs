//! core

pub mod text;
pub mod types;
