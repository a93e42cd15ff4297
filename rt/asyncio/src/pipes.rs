//! Owns: the loop's transports over pipes: `connect_read_pipe`, `connect_write_pipe`.
//! Never: moves bytes (`transports`).
//! Source: CPython 3.13, Lib/asyncio/base_events.py (connect_read_pipe), Lib/asyncio/unix_events.py.

use crate::futures;
use crate::glue;
use crate::transports::{self, Kind};
use rtcore::def::{F3, Method};
use rtcore::error::{self, PyResult, value_error};
use rtcore::protocol::call::call;
use rtcore::value::{NONE, Value};

/// The transport over `pipe`, connected with the protocol.
pub async fn connect(l: &Value, protocol: &Value, pipe: Value, kind: Kind) -> PyResult {
    let fd = glue::index(&glue::call_method(&pipe, "fileno", &[])?)? as i32;
    let file = transports::file_kind(fd);
    if !matches!(file, libc::S_IFIFO | libc::S_IFSOCK | libc::S_IFCHR) {
        return Err(value_error(match kind {
            Kind::WritePipe => "Pipe transport is only for pipes, sockets and character devices",
            Kind::Socket | Kind::ReadPipe => "Pipe transport is for pipes/sockets only.",
        }));
    }
    // SAFETY: plain system calls on an open descriptor.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFL);
        libc::fcntl(fd, libc::F_SETFL, flags | libc::O_NONBLOCK);
    }
    let waiter = futures::create(l.clone());
    let extra = vec![("pipe".to_owned(), pipe.clone())];
    let t = transports::new(kind, l, fd, pipe, protocol, Some(&waiter), extra, &NONE)?;
    if let Err(r) = futures::wait(waiter).await {
        let exc = error::take(r);
        glue::call_method(&t, "close", &[])?;
        return Err(glue::reraise(exc));
    }
    Ok(t)
}
async fn connect_pair(l: Value, factory: Value, pipe: Value, kind: Kind) -> PyResult {
    let protocol = call(&factory, &[])?;
    let t = connect(&l, &protocol, pipe, kind).await?;
    Ok(glue::tuple(vec![t, protocol]))
}
fn connect_read_pipe(l: &Value, factory: &Value, pipe: &Value) -> PyResult {
    let fut = connect_pair(l.clone(), factory.clone(), pipe.clone(), Kind::ReadPipe);
    Ok(crate::coro!("BaseEventLoop.connect_read_pipe", fut))
}
fn connect_write_pipe(l: &Value, factory: &Value, pipe: &Value) -> PyResult {
    let fut = connect_pair(l.clone(), factory.clone(), pipe.clone(), Kind::WritePipe);
    Ok(crate::coro!("BaseEventLoop.connect_write_pipe", fut))
}
pub static LOOP_METHODS: [Method; 2] = [
    Method::new("connect_read_pipe(self, protocol_factory, pipe)", F3(connect_read_pipe)),
    Method::new("connect_write_pipe(self, protocol_factory, pipe)", F3(connect_write_pipe)),
];
