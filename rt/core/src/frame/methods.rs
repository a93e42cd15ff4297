//! Owns: the attributes that generators, coroutines and async generators share
//! (`__name__`, `gi_*`, `cr_*`, `ag_*`) and their repr.
//! Never: resumes.
//! Source: CPython 3.13, Objects/genobject.c.

use super::header::{Frame, State, flags};
use crate::def::Kind;
use crate::error::{PyResult, Raised, type_error};
use crate::name::Name;
use crate::types::class::GetSet;
use crate::value::{FALSE, NONE, TRUE, Value};

fn body(v: &Value) -> PyResult<&Frame> {
    v.downcast::<Frame>().ok_or_else(|| type_error("descriptor requires a generator object"))
}
/// `__qualname__` as text.
pub fn qualname_text(f: &Frame) -> String {
    f.peek_side(|s| s.qualname.as_ref().and_then(|q| q.as_str()).map(str::to_string)).unwrap_or_else(|| f.def.qualname.to_string())
}
fn get_name(v: &Value) -> PyResult {
    let f = body(v)?;
    Ok(f.peek_side(|s| s.name.clone()).unwrap_or_else(|| Name::new(f.def.name()).value()))
}
fn get_qualname(v: &Value) -> PyResult {
    let f = body(v)?;
    Ok(f.peek_side(|s| s.qualname.clone()).unwrap_or_else(|| Name::new(f.def.qualname).value()))
}
fn set_name(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    match new {
        Some(n) if n.as_str_obj().is_some() => {
            let old = body(v)?.side(|s| s.name.replace(n));
            drop(old);
            Ok(())
        }
        Some(_) | None => Err(type_error("__name__ must be set to a string object")),
    }
}
fn set_qualname(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    match new {
        Some(n) if n.as_str_obj().is_some() => {
            let old = body(v)?.side(|s| s.qualname.replace(n));
            drop(old);
            Ok(())
        }
        Some(_) | None => Err(type_error("__qualname__ must be set to a string object")),
    }
}
fn get_running(v: &Value) -> PyResult {
    Ok(if body(v)?.state() == State::Running { TRUE } else { FALSE })
}
fn get_ag_running(v: &Value) -> PyResult {
    Ok(if body(v)?.flag(flags::RUNNING_ASYNC) { TRUE } else { FALSE })
}
fn get_suspended(v: &Value) -> PyResult {
    Ok(if body(v)?.state() == State::Suspended { TRUE } else { FALSE })
}
fn get_awaiting(v: &Value) -> PyResult {
    Ok(body(v)?.awaiting())
}
fn get_code(v: &Value) -> PyResult {
    Ok(crate::types::code::new(body(v)?.def))
}
fn get_frame(v: &Value) -> PyResult {
    let f = body(v)?;
    Ok(if f.state() == State::Done { NONE } else { super::object::for_frame(f) })
}
fn get_origin(_: &Value) -> PyResult {
    Ok(NONE)
}

/// `<generator object f at 0x…>`.
pub fn frame_repr(v: &Value) -> PyResult {
    let f = body(v)?;
    let kind = match f.kind() {
        Kind::Generator | Kind::Function => "generator",
        Kind::Coroutine => "coroutine",
        Kind::AsyncGenerator => "async_generator",
    };
    Ok(Value::string(format!("<{kind} object {} at {:#x}>", qualname_text(f), v.bits())))
}

pub static GETSET_GENERATOR: &[GetSet] = &[
    GetSet::rw("__name__", get_name, set_name),
    GetSet::rw("__qualname__", get_qualname, set_qualname),
    GetSet::ro("gi_yieldfrom", get_awaiting),
    GetSet::ro("gi_running", get_running),
    GetSet::ro("gi_suspended", get_suspended),
    GetSet::ro("gi_frame", get_frame),
    GetSet::ro("gi_code", get_code),
];
pub static GETSET_COROUTINE: &[GetSet] = &[
    GetSet::rw("__name__", get_name, set_name),
    GetSet::rw("__qualname__", get_qualname, set_qualname),
    GetSet::ro("cr_await", get_awaiting),
    GetSet::ro("cr_running", get_running),
    GetSet::ro("cr_suspended", get_suspended),
    GetSet::ro("cr_frame", get_frame),
    GetSet::ro("cr_code", get_code),
    GetSet::ro("cr_origin", get_origin),
];
pub static GETSET_ASYNC_GENERATOR: &[GetSet] = &[
    GetSet::rw("__name__", get_name, set_name),
    GetSet::rw("__qualname__", get_qualname, set_qualname),
    GetSet::ro("ag_await", get_awaiting),
    GetSet::ro("ag_running", get_ag_running),
    GetSet::ro("ag_suspended", get_suspended),
    GetSet::ro("ag_frame", get_frame),
    GetSet::ro("ag_code", get_code),
];
