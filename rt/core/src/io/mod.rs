//! Owns: streams: `open`, binary and text files, in-memory streams, `sys.stdin/stdout/stderr`.
//! Never: blocks while it could know better; asynchronous IO is not here.
//! Source: CPython 3.13, Modules/_io, Lib/_pyio.py.

mod base;
mod binary;
mod busy;
mod bytesio;
mod open;
mod over;
mod raw;
pub mod std;
mod stringio;
mod text;

pub use base::{BUFFERED_IO_BASE, IO_BASE, RAW_IO_BASE, TEXT_IO_BASE, UNSUPPORTED_OPERATION};
pub use binary::{BUFFERED_RANDOM, BUFFERED_RW_PAIR, BUFFERED_READER, BUFFERED_WRITER, Binary, FILE_IO, from_fd};
pub use bytesio::BYTES_IO;
pub use open::open;
pub use std::flush_std;
pub use stringio::STRING_IO;
pub use text::{TEXT_IO_WRAPPER, Text};

use crate::error::{self, PyResult};
use crate::types::str::value::Str;
use crate::value::Value;

/// True for text streams whose `write` is the runtime's own.
pub fn is_native_text(v: &Value) -> bool {
    v.downcast_exact::<Text>().is_some() || v.downcast_exact::<stringio::StringIo>().is_some()
}
/// Writes to a native text stream.
pub fn write_text(file: &Value, s: &Str) -> PyResult<()> {
    if let Some(t) = file.downcast::<Text>() {
        return t.write(s);
    }
    match file.downcast::<stringio::StringIo>() {
        Some(t) => t.write(s),
        None => Ok(()),
    }
}
/// Flushing failed, or not, and then the stream below was closed: the second error has the first as its context.
/// Source: CPython 3.13, Python/errors.c (`_PyErr_ChainExceptions1`).
fn closing(flushed: PyResult<()>, close: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    let first = flushed.map_err(error::take);
    match (first, close()) {
        (Ok(()), closed) => closed,
        (Err(first), Ok(())) => Err(error::set_pending(first)),
        (Err(first), Err(second)) => {
            let second = error::take(second);
            error::chain_context(&second, &first);
            Err(error::set_pending(second))
        }
    }
}
