//! Owns: the built-in types, one folder each. Never: the protocols between types (`protocol`).

pub mod alias;
pub mod bool_;
pub mod bytes;
pub mod cell;
pub mod class;
pub mod code;
pub mod complex;
pub mod descriptors;
pub mod dict;
pub mod float;
pub mod function;
pub mod int;
pub mod iterators;
pub mod list;
pub mod mappingproxy;
pub mod module;
pub mod module_dict;
pub mod none;
pub mod object_;
pub mod range;
pub mod set;
pub mod slice;
pub mod str;
pub mod tuple;
