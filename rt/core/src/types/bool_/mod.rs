//! Owns: `bool`, whose instances are inline values. Never: arithmetic (an int's).
//!
//! CPython 3.13: Objects/boolobject.c.

use crate::error::type_error;
use crate::methods::*;
use crate::num::Int;
use crate::protocol::sequence::truth;

fn new(all: &[Value], kw: &[Name]) -> PyResult {
    if !kw.is_empty() {
        return Err(type_error("bool() takes no keyword arguments"));
    }
    match &all[1..] {
        [] => Ok(FALSE),
        [v] => Ok(Value::bool(truth(v)?)),
        more => Err(type_error(format!("bool expected at most 1 argument, got {}", more.len()))),
    }
}
fn repr(v: &Value) -> PyResult {
    Ok(Value::str(if v.as_bool() == Some(true) { "True" } else { "False" }))
}

/// `op` when both operands are bools, else int's method.
macro_rules! logical {
    ($($f:ident $op:tt $general:path;)*) => {
        $(fn $f(a: &Value, b: &Value) -> PyResult {
            if let (Some(x), Some(y)) = (a.as_bool(), b.as_bool()) {
                return Ok(Value::bool(x $op y));
            }
            match (crate::protocol::number::int_ref(a), crate::protocol::number::int_ref(b)) {
                (Some(x), Some(y)) => Ok($general(x, y).into()),
                (Some(_) | None, _) => Ok(crate::types::none::not_implemented()),
            }
        })*
    };
}
logical! { and & crate::num::int::and; or | crate::num::int::or; xor ^ crate::num::int::xor; }
fn invert(v: &Value) -> PyResult {
    crate::protocol::number::invert(v)
}

static METHODS: &[Method] = &[
    Method::static_("__new__(cls, object=False, /)", Raw(new)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__and__(self, value, /)", F2(and)),
    Method::new("__rand__(self, value, /)", F2(and)),
    Method::new("__or__(self, value, /)", F2(or)),
    Method::new("__ror__(self, value, /)", F2(or)),
    Method::new("__xor__(self, value, /)", F2(xor)),
    Method::new("__rxor__(self, value, /)", F2(xor)),
    Method::new("__invert__(self, /)", F1(invert)),
];
static DEF: ClassDef = ClassDef::new::<Int>("bool")
    .like(&crate::types::int::INT, &crate::types::int::INT)
    .doc("Returns True when the argument is true, False otherwise.\nThe builtins True and False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed.")
    .methods(METHODS)
    .flags(TypeFlags::FINAL);
pub static BOOL: Type = Type::builtin(&DEF);
