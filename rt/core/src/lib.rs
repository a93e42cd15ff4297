//! Owns: the runtime's core: values, objects, types, calls, exceptions, frames, builtins.
//! Never: knows the transpiler, tokio, or a module of the standard library.

pub mod builtins;
pub mod contextvars;
pub mod def;
pub mod error;
pub mod finalize;
pub mod frame;
pub mod gc;
#[path = "gen/mod.rs"]
pub mod gen_;
pub mod gil;
pub mod io;
pub mod memory;
pub mod methods;
pub mod name;
pub mod num;
pub mod object;
pub mod prefetch;
pub mod protocol;
pub mod shape;
pub mod sys_hooks;
pub mod signals;
pub mod text;
pub mod thread_state;
pub mod types;
pub mod value;
pub mod warn;
pub mod weak;

pub use error::{PyResult, Raised};
pub use name::{Name, StaticName, names};
pub use value::{FALSE, NONE, TRUE, UNBOUND, Value};
