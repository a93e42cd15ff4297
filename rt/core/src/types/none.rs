//! Owns: `None`'s type, `NotImplemented` and `Ellipsis`.
//! Never: anything else.

use crate::def::{F1, Method, Raw};
use crate::error::PyResult;
use crate::name::Name;
use crate::object::{Header, Object, Payload};
use crate::types::class::{ClassDef, Type, TypeFlags};
use crate::value::{FALSE, NONE, Value};

/// The empty body of a singleton.
pub struct Singleton;
impl Payload for Singleton {}
struct Static(Object<Singleton>);
// SAFETY: see `gil`.
unsafe impl Sync for Static {}

fn none_new(_: &[Value], _: &[Name]) -> PyResult {
    Ok(NONE)
}
fn none_repr(_: &Value) -> PyResult {
    Ok(Value::str("None"))
}
fn none_bool(_: &Value) -> PyResult {
    Ok(FALSE)
}
fn none_hash(_: &Value) -> PyResult {
    Ok(Value::int(0xfca86420))
}
static NONE_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args)", Raw(none_new)),
    Method::new("__repr__(self, /)", F1(none_repr)),
    Method::new("__bool__(self, /)", F1(none_bool)),
    Method::new("__hash__(self, /)", F1(none_hash)),
];
static NONE_DEF: ClassDef = ClassDef::new::<Singleton>("NoneType").methods(NONE_METHODS).flags(TypeFlags::FINAL);
pub static NONE_TYPE: Type = Type::builtin(&NONE_DEF);

fn not_implemented_repr(_: &Value) -> PyResult {
    Ok(Value::str("NotImplemented"))
}
fn not_implemented_bool(_: &Value) -> PyResult {
    crate::warn::deprecated("NotImplemented should not be used in a boolean context")?;
    Ok(crate::value::TRUE)
}
static NOT_IMPLEMENTED_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args)", Raw(|_, _| Ok(not_implemented()))),
    Method::new("__repr__(self, /)", F1(not_implemented_repr)),
    Method::new("__bool__(self, /)", F1(not_implemented_bool)),
];
static NOT_IMPLEMENTED_DEF: ClassDef = ClassDef::new::<Singleton>("NotImplementedType").methods(NOT_IMPLEMENTED_METHODS).flags(TypeFlags::FINAL);
pub static NOT_IMPLEMENTED_TYPE: Type = Type::builtin(&NOT_IMPLEMENTED_DEF);
static NOT_IMPLEMENTED: Static = Static(Object { header: Header::immortal(&raw const NOT_IMPLEMENTED_TYPE), body: Singleton });
pub fn not_implemented() -> Value {
    Value::of_static(&NOT_IMPLEMENTED.0.header)
}
#[inline]
pub fn is_not_implemented(v: &Value) -> bool {
    v.is_obj() && v.bits() == &NOT_IMPLEMENTED.0.header as *const Header as u64
}

fn ellipsis_repr(_: &Value) -> PyResult {
    Ok(Value::str("Ellipsis"))
}
static ELLIPSIS_METHODS: &[Method] =
    &[Method::static_("__new__(type, *args)", Raw(|_, _| Ok(ellipsis()))), Method::new("__repr__(self, /)", F1(ellipsis_repr))];
static ELLIPSIS_DEF: ClassDef = ClassDef::new::<Singleton>("ellipsis").methods(ELLIPSIS_METHODS).flags(TypeFlags::FINAL);
pub static ELLIPSIS_TYPE: Type = Type::builtin(&ELLIPSIS_DEF);
static ELLIPSIS: Static = Static(Object { header: Header::immortal(&raw const ELLIPSIS_TYPE), body: Singleton });
pub fn ellipsis() -> Value {
    Value::of_static(&ELLIPSIS.0.header)
}
