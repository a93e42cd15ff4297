//! core

pub mod text;
pub mod types;
pub mod num;
