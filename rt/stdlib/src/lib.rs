//! stdlib

pub mod math;
