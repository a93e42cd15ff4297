//! Owns: the `int` type: construction and its method table. Never: arithmetic (`num::int`).
//!
//! CPython 3.13: Objects/longobject.c.

mod methods;
mod new;

use crate::methods::*;
use crate::num::Int;
pub use new::{from_text, to_int};

/// The body of integers beyond `i64` and of instances of subclasses (which may be small).
impl Payload for Int {}
impl Native for Int {
    fn class() -> &'static Type {
        &INT
    }
}

static DEF: ClassDef = ClassDef::new::<Int>("int")
    .doc("int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if no arguments\nare given.  If x is a number, return x.__int__().  For floating-point\nnumbers, this truncates towards zero.\n\nIf x is not a number or if base is given, then x must be a string,\nbytes, or bytearray instance representing an integer literal in the\ngiven base.  The literal can be preceded by '+' or '-' and be surrounded\nby whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\nBase 0 means to interpret the base from the string as an integer literal.\n>>> int('0b100', base=0)\n4")
    .methods(methods::METHODS)
    .getset(methods::GETSET);
pub static INT: Type = Type::builtin(&DEF);

/// The plain int of an int, bool or instance of a subclass; other values as they are.
pub fn plain(v: &Value) -> Value {
    match crate::protocol::number::int_ref(v) {
        Some(i) => i.to_int().into(),
        None => v.clone(),
    }
}
