//! Owns: `repr`, `str`, `ascii` of any value, and the guard against endless recursion in containers.
//! Never: knows how a type prints itself.
//! Source: CPython 3.13, Objects/object.c (`PyObject_Repr`, `PyObject_Str`, `Py_ReprEnter`).

use crate::error::{PyResult, type_error};
use crate::gil::{Gil, GilRefCell};
use crate::protocol::call::try_special;
use crate::types::class::special::Special;
use crate::types::str::value::{Str, StrBuilder};
use crate::value::{Tag, Value};
use std::cell::RefCell;

/// `repr(v)`.
pub fn repr(v: &Value) -> PyResult {
    match v.tag() {
        Tag::None | Tag::Unbound => return Ok(Value::str("None")),
        Tag::Bool => return Ok(Value::str(if v.bits() != 0 { "True" } else { "False" })),
        Tag::Int => return Ok(Value::string((v.bits() as i64).to_string())),
        Tag::Float => return Ok(Value::string(crate::num::float::repr(f64::from_bits(v.bits())))),
        Tag::Obj => {}
    }
    match try_special(v, Special::Repr, &[]) {
        Some(r) => {
            let r = r?;
            if r.as_str_obj().is_none() {
                return Err(type_error(format!("__repr__ returned non-string (type {})", r.ty().full_name())));
            }
            Ok(r)
        }
        None => Ok(Value::string(default_repr(v))),
    }
}
/// `<module.Class object at 0x…>`.
pub fn default_repr(v: &Value) -> String {
    let ty = v.ty();
    let (module, name) = (ty.module_name(), ty.qualname());
    let at = crate::builtins::id_of(v);
    if module == "builtins" { format!("<{name} object at {at:#x}>") } else { format!("<{module}.{name} object at {at:#x}>") }
}
/// `repr(v)` as Rust text; lone surrogates are replaced.
pub fn repr_string(v: &Value) -> PyResult<String> {
    text(&repr(v)?)
}
/// `str(v)`.
pub fn str_(v: &Value) -> PyResult {
    if v.tag() != Tag::Obj {
        return repr(v);
    }
    if v.downcast_exact::<Str>().is_some() {
        return Ok(v.clone());
    }
    match try_special(v, Special::Str, &[]) {
        Some(r) => {
            let r = r?;
            if r.as_str_obj().is_none() {
                return Err(type_error(format!("__str__ returned non-string (type {})", r.ty().full_name())));
            }
            Ok(r)
        }
        None => repr(v),
    }
}
/// `str(v)` as Rust text; lone surrogates are replaced.
pub fn str_string(v: &Value) -> PyResult<String> {
    text(&str_(v)?)
}
fn text(v: &Value) -> PyResult<String> {
    Ok(v.as_str_obj().map_or_else(String::new, Str::to_string_lossy))
}
/// `ascii(v)`.
pub fn ascii(v: &Value) -> PyResult {
    let r = repr(v)?;
    let Some(s) = r.as_str_obj() else { return Ok(r.clone()) };
    if s.is_ascii() {
        return Ok(r.clone());
    }
    let mut out = String::with_capacity(s.as_bytes().len() * 2);
    for c in s.chars() {
        match c {
            0..0x80 => out.push(c as u8 as char),
            0x80..0x100 => out.push_str(&format!("\\x{c:02x}")),
            0x100..0x1_0000 => out.push_str(&format!("\\u{c:04x}")),
            _ => out.push_str(&format!("\\U{c:08x}")),
        }
    }
    Ok(Value::string(out))
}

static ACTIVE: GilRefCell<Vec<u64>> = Gil::new(RefCell::new(Vec::new()));
/// Marks a container as being printed until it is dropped.
pub struct ReprGuard(());
impl Drop for ReprGuard {
    fn drop(&mut self) {
        ACTIVE.borrow_mut().pop();
    }
}
/// `None` when the container is already being printed further out.
pub fn enter(v: &Value) -> Option<ReprGuard> {
    let mut active = ACTIVE.borrow_mut();
    if active.contains(&v.bits()) {
        return None;
    }
    active.push(v.bits());
    Some(ReprGuard(()))
}

/// The text of containers: `open`, the items' reprs separated by commas, `close`.
pub fn join(open: &str, close: &str, n: usize, mut item: impl FnMut(usize, &mut StrBuilder) -> PyResult<bool>) -> PyResult {
    let mut b = StrBuilder::new();
    b.push_str(open);
    let mut i = 0;
    while i < n || n == usize::MAX {
        let mut part = StrBuilder::new();
        if !item(i, &mut part)? {
            break;
        }
        if i > 0 {
            b.push_str(", ");
        }
        b.push_text(&part.finish());
        i += 1;
    }
    b.push_str(close);
    Ok(crate::object::new(&crate::types::str::STR, b.finish()))
}
/// Appends `repr(v)`.
pub fn push_repr(b: &mut StrBuilder, v: &Value) -> PyResult<()> {
    match v.tag() {
        Tag::Int => b.push_str(&(v.bits() as i64).to_string()),
        Tag::None | Tag::Unbound | Tag::Bool | Tag::Float | Tag::Obj => {
            let r = repr(v)?;
            if let Some(s) = r.as_str_obj() {
                b.push_text(s);
            }
        }
    }
    Ok(())
}
