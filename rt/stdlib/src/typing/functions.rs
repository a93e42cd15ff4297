//! Owns: the small functions: `overload`, `final`, `assert_never`, `reveal_type`, …
//! Never: anything about aliases.
//! Source: CPython 3.13, Lib/typing.py.

use super::params::{self, Which};
use rtcore::error::{assertion_error, not_implemented_error};
use rtcore::gil::{Gil, GilRefCell};
use rtcore::methods::*;
use rtcore::protocol::attr::{lookup_optional, setattr_name};
use rtcore::protocol::repr::repr_string;
use rtcore::protocol::sequence::{setitem, truth};
use rtcore::types::dict::Dict;
use rtcore::types::function::closure;
use rtcore::types::list::List;
use std::cell::RefCell;

pub fn assert_never(arg: &Value) -> PyResult {
    let mut shown = repr_string(arg)?;
    if shown.chars().count() > 100 {
        shown = shown.chars().take(100).collect::<String>() + "...";
    }
    Err(assertion_error(format!("Expected code to be unreachable, but got: {shown}")))
}
pub fn reveal_type(obj: &Value) -> PyResult {
    let text = format!("Runtime type is '{}'\n", obj.ty().name());
    let sys = rtcore::types::module::import::import_module("sys")?;
    let err = rtcore::protocol::attr::getattr_name(&sys, Name::new("stderr"))?;
    rtcore::protocol::call::call_method_name(&err, names::write.get(), &[Value::string(text)])?;
    Ok(obj.clone())
}
/// Sets a flag where the object takes attributes.
pub fn mark(f: &Value, name: &str) -> PyResult {
    if let Err(r) = setattr_name(f, Name::new(name), Some(TRUE)) {
        drop(rtcore::error::take(r));
    }
    Ok(f.clone())
}
struct Overload {
    module: String,
    name: String,
    f: Value,
}
static OVERLOADS: GilRefCell<Vec<Overload>> = Gil::new(RefCell::new(vec![]));
fn key(f: &Value) -> PyResult<(String, String)> {
    let f = lookup_optional(f, names::__func__.get())?.unwrap_or_else(|| f.clone());
    let text = |n: Name| -> PyResult<String> { Ok(lookup_optional(&f, n)?.and_then(|v| v.as_str().map(str::to_string)).unwrap_or_default()) };
    Ok((text(names::__module__.get())?, text(names::__qualname__.get())?))
}
fn dummy(_: &[Value], _: &[Value], _: &[Name]) -> PyResult {
    Err(not_implemented_error(
        "You should not call an overloaded function. A series of @overload-decorated functions outside a stub module should always be followed by an implementation that is not @overload-ed.",
    ))
}
pub fn overload(f: &Value) -> PyResult {
    let (module, name) = key(f)?;
    OVERLOADS.borrow_mut().push(Overload { module, name, f: f.clone() });
    Ok(closure::new("_overload_dummy", Value::str("typing"), dummy, vec![]))
}
pub fn get_overloads(f: &Value) -> PyResult {
    let (module, name) = key(f)?;
    let all = OVERLOADS.borrow();
    Ok(List::value(all.iter().filter(|o| o.module == module && o.name == name).map(|o| o.f.clone()).collect()))
}
pub fn clear_overloads() -> PyResult {
    let old = OVERLOADS.take();
    drop(old);
    Ok(NONE)
}
pub fn dataclass_transform(options: &Value) -> PyResult {
    fn decorate(captured: &[Value], all: &[Value], _: &[Name]) -> PyResult {
        let (Some(f), Some(options)) = (all.first(), captured.first()) else { return Ok(NONE) };
        setattr_name(f, Name::new("__dataclass_transform__"), Some(options.clone()))?;
        Ok(f.clone())
    }
    let table = Dict::new_value();
    let extra = Dict::new_value();
    let standard =
        [("eq_default", TRUE), ("order_default", FALSE), ("kw_only_default", FALSE), ("frozen_default", FALSE)];
    for (n, v) in standard {
        setitem(&table, &Value::str(n), v)?;
    }
    setitem(&table, &Value::str("field_specifiers"), rtcore::types::tuple::empty())?;
    for (k, v) in rtcore::types::dict::items_of(options)? {
        let own = table.downcast::<Dict>().is_some_and(|d| d.get(&k).is_ok_and(|f| f.is_some()));
        setitem(if own { &table } else { &extra }, &k, v)?;
    }
    setitem(&table, &Value::str("kwargs"), extra)?;
    Ok(closure::new("dataclass_transform.<locals>.decorator", Value::str("typing"), decorate, vec![table]))
}
/// A parameter of a `[T: bound = default]` list of compiled code.
pub fn type_param(a: &[Value]) -> PyResult {
    let [kind, name, bound, constraints, default] = a else { return Ok(NONE) };
    let which = match kind.as_inline_int() {
        Some(1) => Which::TypeVarTuple,
        Some(2) => Which::ParamSpec,
        Some(_) | None => Which::TypeVar,
    };
    Ok(params::declared(which, name, bound, truth(constraints)?, default))
}
