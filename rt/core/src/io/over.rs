//! Owns: what a buffered stream asks of a raw stream that is written in Python, or of any object with its methods.
//! Never: buffers.
//! Source: CPython 3.13, Modules/_io/bufferedio.c (_bufferedreader_raw_read, _bufferedwriter_raw_write).

use crate::error::hierarchy::{OS_ERROR, RUNTIME_ERROR};
use crate::error::{PyResult, raise, type_error};
use crate::name::Name;
use crate::protocol::call::call_method_name;
use crate::protocol::sequence::{as_size, truth};
use crate::types::bytes;
use crate::value::Value;

/// One `readinto`; nothing when the stream has nothing now.
pub fn read(over: &Value, buf: &mut [u8]) -> PyResult<usize> {
    let room = crate::protocol::call::call(&Value::of_type(&bytes::BYTEARRAY), &[Value::from(buf.len())])?;
    let n = call_method_name(over, Name::new("readinto"), &[room.clone()])?;
    if n.is_none() {
        return Ok(0);
    }
    let n = as_size(&n)?;
    if n < 0 || n as usize > buf.len() {
        let text = format!("raw readinto() returned invalid length {n} (should have been between 0 and {})", buf.len());
        return Err(raise(&OS_ERROR, text));
    }
    let n = n as usize;
    let data = bytes::buffer::required(&room)?;
    let n = n.min(data.len());
    buf[..n].copy_from_slice(&data[..n]);
    Ok(n)
}
/// Writes everything and counts in `done` what it has written so far.
pub fn write_all(over: &Value, data: &[u8], done: &mut usize) -> PyResult<()> {
    while let Some(data) = data.get(*done..).filter(|rest| !rest.is_empty()) {
        let n = call_method_name(over, Name::new("write"), &[bytes::from_slice(data)])?;
        let n = if n.is_none() { 0 } else { as_size(&n)? };
        if n < 0 || n as usize > data.len() {
            let text = format!("raw write() returned invalid length {n} (should have been between 0 and {})", data.len());
            return Err(raise(&OS_ERROR, text));
        }
        if n == 0 {
            return Err(raise(&RUNTIME_ERROR, "the raw stream takes no data"));
        }
        *done += n as usize;
    }
    Ok(())
}
pub fn seek(over: &Value, offset: i64, whence: i32) -> PyResult<i64> {
    as_size(&call_method_name(over, Name::new("seek"), &[Value::int(offset), Value::int(whence.into())])?)
}
pub fn tell(over: &Value) -> PyResult<i64> {
    as_size(&call_method_name(over, Name::new("tell"), &[])?)
}
/// `readable()` and the like.
pub fn flag(over: &Value, method: &str) -> PyResult<bool> {
    truth(&call_method_name(over, Name::new(method), &[])?)
}
pub fn call(over: &Value, method: &str) -> PyResult {
    call_method_name(over, Name::new(method), &[])
}
/// What the stream needs to be buffered for reading or writing.
pub fn check(over: &Value, method: &str, text: &str) -> PyResult<()> {
    if flag(over, method)? { Ok(()) } else { Err(raise(&super::UNSUPPORTED_OPERATION, text)) }
}
/// The missing argument of a constructor.
pub fn missing(name: &str) -> crate::error::Raised {
    type_error(format!("{name}() missing required argument 'raw' (pos 1)"))
}
