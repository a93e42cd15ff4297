//! Owns: the event loop policy types, minimal: they forward to `events`.
//! Never: keeps state of its own.
//! Source: CPython 3.13, Lib/asyncio/events.py.

use crate::events;
use rtcore::def::{F1, F2, Method, Raw};
use rtcore::error::{PyResult, not_implemented_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, Value};

pub struct Policy;
impl Payload for Policy {}
impl Native for Policy {
    fn class() -> &'static Type {
        &ABSTRACT_POLICY
    }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&DEFAULT_POLICY), Policy))
}
fn abstract_method(_: &Value) -> PyResult {
    Err(not_implemented_error(""))
}
fn abstract_set(_: &Value, _: &Value) -> PyResult {
    Err(not_implemented_error(""))
}
fn get(_: &Value) -> PyResult {
    events::policy_get_event_loop()
}
fn set(_: &Value, l: &Value) -> PyResult {
    events::policy_set_event_loop(l)?;
    Ok(NONE)
}
fn new_loop(_: &Value) -> PyResult {
    Ok(crate::loop_::new_loop())
}
static ABSTRACT_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("get_event_loop(self)", F1(abstract_method)),
    Method::new("set_event_loop(self, loop)", F2(abstract_set)),
    Method::new("new_event_loop(self)", F1(abstract_method)),
    Method::new("get_child_watcher(self)", F1(abstract_method)),
    Method::new("set_child_watcher(self, watcher)", F2(abstract_set)),
];
static ABSTRACT_DEF: ClassDef =
    ClassDef::new::<Policy>("AbstractEventLoopPolicy").module("asyncio.events").methods(ABSTRACT_METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static ABSTRACT_POLICY: Type = Type::builtin(&ABSTRACT_DEF);
static METHODS: &[Method] = &[
    Method::new("get_event_loop(self)", F1(get)),
    Method::new("set_event_loop(self, loop)", F2(set)),
    Method::new("new_event_loop(self)", F1(new_loop)),
];
static DEFAULT_DEF: ClassDef = ClassDef::new::<Policy>("_UnixDefaultEventLoopPolicy")
    .like(&ABSTRACT_POLICY, &ABSTRACT_POLICY)
    .module("asyncio.unix_events")
    .methods(METHODS)
    .flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static DEFAULT_POLICY: Type = Type::builtin(&DEFAULT_DEF);
