//! Owns: the protocols between types (calls, attributes, iteration, numbers, …), one file each.
//! Never: a type's own methods.

pub mod attr;
pub mod awaitable;
pub mod call;
pub mod compare;
pub mod format;
pub mod hash;
pub mod instance;
pub mod iter;
pub mod number;
pub mod repr;
pub mod sequence;
