//! Owns: the short names that this crate's modules share.
//! Never: knows WebSockets.

pub use rtasyncio::glue::{VCell, await_value, call_method, getattr, getattr_opt, list, repr, truth, tuple};
pub use rtasyncio::native_io::run;
pub use rtcore::error::{self, key_error, raise_value, runtime_error, type_error, value_error};
pub use rtcore::methods::*;
pub use rtcore::protocol::call::{call, call_kw};
pub use rtcore::types::bytes;
pub use std::cell::{Cell, RefCell};

/// The body of a receiver.
pub fn this<T: Native>(v: &Value) -> PyResult<&T> {
    v.downcast::<T>().ok_or_else(|| type_error(format!("expected a {}, got {}", T::class().name(), v.ty().name())))
}
pub fn to_str(v: &Value) -> PyResult<String> {
    rtcore::protocol::repr::str_string(v)
}
pub fn data_of(v: &Value) -> PyResult<Option<Vec<u8>>> {
    bytes::buffer::bytes_of(v)
}
pub fn collect(v: &Value) -> PyResult<Vec<Value>> {
    rtcore::protocol::iter::collect(v)
}
pub fn absent(v: &Value) -> bool {
    v.is_unbound() || v.is_none()
}
/// Seconds, `None` for Python's None.
pub fn seconds(v: &Value) -> PyResult<Option<std::time::Duration>> {
    if absent(v) {
        return Ok(None);
    }
    let s = rtasyncio::glue::seconds(v)?;
    Ok(Some(std::time::Duration::try_from_secs_f64(s.max(0.0)).unwrap_or(std::time::Duration::MAX)))
}
/// A limit: an int, None, or the first of a pair.
pub fn limit(v: &Value) -> PyResult<Option<usize>> {
    let first = rtcore::types::tuple::items(v).first();
    let v = first.unwrap_or(v);
    if absent(v) { Ok(None) } else { Ok(Some(rtasyncio::glue::index(v)?.max(0) as usize)) }
}
