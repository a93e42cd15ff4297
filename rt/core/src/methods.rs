//! Owns: the short names that method tables use.
//! Never: anything but re-exports.

pub use crate::def::{C0, C1, C2, C3, CN, F0, F1, F2, F3, F4, Method, N, Raw};
pub use crate::error::{PyResult, Raised};
pub use crate::name::{Name, names};
pub use crate::object::{self, Native, Payload};
pub use crate::types::class::{ClassDef, GetSet, Hooks, Type, TypeFlags};
pub use crate::value::{FALSE, NONE, TRUE, UNBOUND, Value};
