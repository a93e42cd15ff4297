//! Owns: the short names and conversions that this crate's modules share.
//! Never: knows HTTP.

pub use rtasyncio::glue::{VCell, call_method, dict, getattr, getattr_opt, list, repr, setattr, truth, tuple};
pub use rtcore::error::{self, key_error, raise_value, runtime_error, type_error, value_error};
pub use rtcore::methods::*;
pub use rtcore::protocol::call::{call, call_kw};
pub use rtcore::types::bytes;
pub use rtcore::types::dict::Dict;
pub use std::cell::{Cell, RefCell};

/// The body of a receiver.
pub fn this<T: Native>(v: &Value) -> PyResult<&T> {
    v.downcast::<T>().ok_or_else(|| type_error(format!("expected a {}, got {}", T::class().name(), v.ty().name())))
}
/// The text of a str; other types are refused with `what`.
pub fn text_of<'a>(v: &'a Value, what: &str) -> PyResult<&'a str> {
    v.as_str().ok_or_else(|| type_error(format!("{what} must be str, not {}", v.ty().name())))
}
/// `str(v)`.
pub fn to_str(v: &Value) -> PyResult<String> {
    rtcore::protocol::repr::str_string(v)
}
pub fn py_repr(s: &str) -> String {
    rtcore::protocol::repr::repr_string(&Value::str(s)).unwrap_or_default()
}
/// `f"{v!r}"` of the type: `<class 'int'>`.
pub fn type_repr(v: &Value) -> String {
    rtcore::protocol::repr::repr_string(&Value::of_type(v.ty())).unwrap_or_default()
}
/// The bytes of a bytes-like value.
pub fn data_of(v: &Value) -> Option<Vec<u8>> {
    bytes::as_bytes(v).map(|b| b.to_vec())
}
pub fn is_str(v: &Value) -> bool {
    v.as_str_obj().is_some()
}
pub fn is_bytes(v: &Value) -> bool {
    v.downcast::<bytes::Bytes>().is_some()
}
/// A mapping, as `isinstance(v, collections.abc.Mapping)` would say of the types that occur.
pub fn is_mapping(v: &Value) -> PyResult<bool> {
    if v.downcast::<Dict>().is_some() || v.ty().has_flag(TypeFlags::MAPPING) {
        return Ok(true);
    }
    Ok(v.is_obj() && getattr_opt(v, "keys")?.is_some() && v.ty().lookup(Name::new("__getitem__")).is_some())
}
/// The pairs of a mapping.
pub fn pairs(v: &Value) -> PyResult<Vec<(Value, Value)>> {
    match v.downcast_exact::<Dict>() {
        Some(d) => Ok(d.items()),
        None => rtcore::types::dict::items_of(v),
    }
}
pub fn is_list(v: &Value) -> bool {
    v.downcast::<rtcore::types::list::List>().is_some()
}
pub fn is_tuple(v: &Value) -> bool {
    rtcore::types::tuple::is_tuple(v)
}
pub fn collect(v: &Value) -> PyResult<Vec<Value>> {
    rtcore::protocol::iter::collect(v)
}
/// A dict with any keys.
pub fn dict_of(items: Vec<(Value, Value)>) -> PyResult {
    Dict::from_items(items)
}
/// A dict of texts.
pub fn text_dict(items: Vec<(String, String)>) -> PyResult {
    Dict::from_items(items.into_iter().map(|(k, v)| (Value::string(k), Value::string(v))))
}
pub fn len(v: &Value) -> PyResult<i64> {
    rtcore::protocol::sequence::len(v)
}
/// `isinstance(v, t)` for a type of the runtime.
pub fn is_a(v: &Value, t: &'static Type) -> bool {
    v.ty().is_subtype(t)
}
/// `collections.abc.MutableMapping`'s methods over the type's own `__getitem__` and siblings.
pub fn mapping_pop(v: &Value, key: &Value, default: &Value) -> PyResult {
    match call_method(v, "__getitem__", std::slice::from_ref(key)) {
        Ok(found) => {
            call_method(v, "__delitem__", std::slice::from_ref(key))?;
            Ok(found)
        }
        Err(r) if !default.is_unbound() && error::matches(&r, &rtcore::error::hierarchy::KEY_ERROR) => {
            drop(error::take(r));
            Ok(default.clone())
        }
        Err(r) => Err(r),
    }
}
pub fn mapping_popitem(v: &Value) -> PyResult {
    let it = rtcore::protocol::iter::iter(v)?;
    let Some(key) = rtcore::protocol::iter::next(&it)? else { return Err(rtcore::error::raise(&rtcore::error::hierarchy::KEY_ERROR, "")) };
    let found = mapping_pop(v, &key, &UNBOUND)?;
    Ok(tuple(vec![key, found]))
}
pub fn mapping_setdefault(v: &Value, key: &Value, default: &Value) -> PyResult {
    match call_method(v, "__getitem__", std::slice::from_ref(key)) {
        Err(r) if error::matches(&r, &rtcore::error::hierarchy::KEY_ERROR) => {
            drop(error::take(r));
            call_method(v, "__setitem__", &[key.clone(), default.clone()])?;
            Ok(default.clone())
        }
        other => other,
    }
}
/// A number of seconds, `None` when Python's None.
pub fn seconds(v: &Value) -> PyResult<Option<std::time::Duration>> {
    if v.is_none() || v.is_unbound() {
        return Ok(None);
    }
    let s = rtasyncio::glue::seconds(v)?;
    Ok(Some(std::time::Duration::try_from_secs_f64(s.max(0.0)).unwrap_or(std::time::Duration::MAX)))
}
pub fn optional_int(v: &Value) -> PyResult<Option<i64>> {
    if v.is_none() { Ok(None) } else { rtasyncio::glue::index(v).map(Some) }
}
/// The value itself, or None when it was not given.
pub fn or_none(v: &Value) -> Value {
    if v.is_unbound() { NONE } else { v.clone() }
}
/// True when absent: not given or None.
pub fn absent(v: &Value) -> bool {
    v.is_unbound() || v.is_none()
}
/// An attribute kept in a cell: getter and setter for tables.
#[macro_export]
macro_rules! cell_attr {
    ($name:literal, $body:ty, $field:ident) => {
        GetSet::rw(
            $name,
            |v| Ok(this::<$body>(v)?.$field.get()),
            |v, new| {
                this::<$body>(v)?.$field.set(new.unwrap_or(NONE));
                Ok(())
            },
        )
    };
    ($name:literal, $body:ty, $field:ident, ro) => {
        GetSet::ro($name, |v| Ok(this::<$body>(v)?.$field.get()))
    };
}
