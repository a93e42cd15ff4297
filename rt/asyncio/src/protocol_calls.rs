//! Owns: calling a protocol whatever it is: the native stream protocol directly, the program's own
//! classes by method.
//! Never: moves bytes; that is `transports`.
//! Source: CPython 3.13, Lib/asyncio/protocols.py.

use crate::glue;
use crate::streams::{self, StreamProtocol};
use rtcore::error::PyResult;
use rtcore::value::Value;

fn native(p: &Value) -> Option<&StreamProtocol> {
    if p.ty().is_static() { p.downcast::<StreamProtocol>() } else { None }
}
pub fn is_native(p: &Value) -> bool {
    native(p).is_some()
}
pub fn connection_made(p: &Value, transport: &Value) -> PyResult<()> {
    match native(p) {
        Some(s) => streams::connection_made(p, s, transport),
        None => glue::call_method(p, "connection_made", &[transport.clone()]).map(drop),
    }
}
pub fn connection_lost(p: &Value, exc: &Value) -> PyResult<()> {
    match native(p) {
        Some(s) => s.connection_lost(exc),
        None => glue::call_method(p, "connection_lost", &[exc.clone()]).map(drop),
    }
}
pub fn data_received(p: &Value, data: &[u8]) -> PyResult<()> {
    match native(p) {
        Some(s) => s.data_received(data),
        None => glue::call_method(p, "data_received", &[rtcore::types::bytes::from_slice(data)]).map(drop),
    }
}
/// True: the transport stays open for writing.
pub fn eof_received(p: &Value) -> PyResult<bool> {
    match native(p) {
        Some(s) => s.eof_received(),
        None => glue::truth(&glue::call_method(p, "eof_received", &[])?),
    }
}
pub fn pause_writing(p: &Value) -> PyResult<()> {
    match native(p) {
        Some(s) => {
            s.flow.paused.set(true);
            Ok(())
        }
        None => glue::call_method(p, "pause_writing", &[]).map(drop),
    }
}
pub fn resume_writing(p: &Value) -> PyResult<()> {
    match native(p) {
        Some(s) => s.flow.resume(),
        None => glue::call_method(p, "resume_writing", &[]).map(drop),
    }
}
