//! Owns: sending files: the loop's `sock_sendfile` and `sendfile`, by the system call or by reading and writing.
//! Never: opens files.
//! Source: CPython 3.13, Lib/asyncio/base_events.py (sock_sendfile, sendfile, _sendfile_fallback),
//! Lib/asyncio/unix_events.py (_sock_sendfile_native).

use crate::connect::{Options, socket_part};
use crate::exceptions::SENDFILE_NOT_AVAILABLE_ERROR;
use crate::futures;
use crate::glue;
use crate::sock;
use crate::streams;
use crate::transports;
use rtcore::error::hierarchy::raise_os_error;
use rtcore::error::{self, PyResult, runtime_error, type_error, value_error};
use rtcore::types::bytes;
use rtcore::value::{NONE, Value};

/// Lib/asyncio/constants.py, SENDFILE_FALLBACK_READBUFFER_SIZE.
const READ_SIZE: i64 = 256 * 1024;

/// Where to start and how much to send.
#[derive(Clone, Copy)]
struct Part {
    offset: i64,
    count: Option<i64>,
}
/// `_check_sendfile_params`.
fn part(s: Option<&Value>, file: &Value, offset: &Value, count: &Value) -> PyResult<Part> {
    if let Some(mode) = glue::getattr_opt(file, "mode")?
        && mode.as_str().is_some_and(|mode| !mode.contains('b'))
    {
        return Err(value_error("file should be opened in binary mode"));
    }
    if let Some(s) = s
        && socket_part(s, "type")? != libc::SOCK_STREAM
    {
        return Err(value_error("only SOCK_STREAM type sockets are supported"));
    }
    let whole = |v: &Value| v.as_inline_int().or(v.as_bool().map(i64::from));
    let count = if count.is_none() {
        None
    } else {
        let text = || glue::repr(count).map(|shown| format!("count must be a positive integer (got {shown})"));
        match whole(count) {
            None => return Err(type_error(text()?)),
            Some(n) if n <= 0 => return Err(value_error(text()?)),
            Some(n) => Some(n),
        }
    };
    let text = || glue::repr(offset).map(|shown| format!("offset must be a non-negative integer (got {shown})"));
    match whole(offset) {
        None => Err(type_error(text()?)),
        Some(n) if n < 0 => Err(value_error(text()?)),
        Some(offset) => Ok(Part { offset, count }),
    }
}
fn unavailable(text: &str) -> error::Raised {
    error::raise(&SENDFILE_NOT_AVAILABLE_ERROR, text)
}
/// `_sock_sendfile_native`.
async fn native(l: &Value, s: &Value, file: &Value, at: Part) -> PyResult<i64> {
    let fileno = match glue::call_method(file, "fileno", &[]) {
        Ok(n) => glue::index(&n)? as i32,
        Err(r) => {
            drop(error::take(r));
            return Err(unavailable("not a regular file"));
        }
    };
    let Some(size) = transports::file_size(fileno) else { return Err(unavailable("not a regular file")) };
    let block = at.count.unwrap_or(size);
    if block == 0 {
        return Ok(0);
    }
    let (mut offset, mut total) = (at.offset, 0);
    let r = loop {
        let block = at.count.map_or(block, |count| count - total);
        if block <= 0 {
            break Ok(());
        }
        // SAFETY: the offset lives during the call; the descriptors are the program's.
        let sent = unsafe { libc::sendfile(sock::fd_of(s)?, fileno, &mut offset, block as usize) };
        if sent == 0 {
            break Ok(());
        }
        if sent < 0 {
            let e = std::io::Error::last_os_error();
            match e.kind() {
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::Interrupted => {}
                _ if total == 0 => break Err(unavailable("os.sendfile call failed")),
                _ => break Err(raise_os_error(&e, None)),
            }
        }
        total += sent.max(0) as i64;
        if let Err(r) = sock::writable(l, s).await {
            break Err(r);
        }
    };
    if total > 0 {
        // SAFETY: a plain system call.
        unsafe { libc::lseek(fileno, offset, libc::SEEK_SET) };
    }
    r.map(|()| total)
}
/// Reads the file in a thread, piece by piece; `write` takes each.
async fn by_hand(l: &Value, file: &Value, at: Part, size: i64, mut write: impl AsyncFnMut(Value) -> PyResult<()>) -> PyResult<i64> {
    if at.offset != 0 {
        glue::call_method(file, "seek", &[Value::int(at.offset)])?;
    }
    let mut total = 0;
    let r = loop {
        let block = at.count.map_or(size, |count| size.min(count - total));
        if block <= 0 {
            break Ok(());
        }
        let step = async {
            let reading = crate::executor::run_in_executor(l, &NONE, &glue::getattr(file, "read")?, &[Value::int(block)])?;
            let data = futures::wait(reading).await?;
            let n = bytes::buffer::required(&data)?.to_vec().len() as i64;
            if n > 0 {
                write(data).await?;
            }
            Ok(n)
        }
        .await;
        match step {
            Ok(0) => break Ok(()),
            Ok(n) => total += n,
            Err(r) => break Err(r),
        }
    };
    let r = r.map_err(error::take);
    if total > 0 && glue::getattr_opt(file, "seek")?.is_some() {
        glue::call_method(file, "seek", &[Value::int(at.offset + total)])?;
    }
    r.map(|()| total).map_err(glue::reraise)
}
/// BaseEventLoop.sock_sendfile.
pub async fn sock_sendfile(l: Value, s: Value, file: Value, offset: Value, mut o: Options) -> PyResult {
    let (count, fallback) = (o.take("count"), o.take_opt("fallback"));
    o.finish("BaseEventLoop.sock_sendfile")?;
    let at = part(Some(&s), &file, &offset, &count)?;
    match native(&l, &s, &file, at).await {
        Err(r) if error::matches(&r, &SENDFILE_NOT_AVAILABLE_ERROR) && fallback.as_ref().map_or(Ok(true), glue::truth)? => {
            drop(error::take(r));
        }
        other => return other.map(Value::int),
    }
    let size = at.count.map_or(READ_SIZE, |n| n.min(READ_SIZE));
    by_hand(&l, &file, at, size, async |data| sock::sendall(l.clone(), s.clone(), data).await.map(drop)).await.map(Value::int)
}
/// BaseEventLoop.sendfile.
pub async fn sendfile(l: Value, transport: Value, file: Value, offset: Value, mut o: Options) -> PyResult {
    let (count, fallback) = (o.take("count"), o.take_opt("fallback"));
    o.finish("BaseEventLoop.sendfile")?;
    if glue::truth(&glue::call_method(&transport, "is_closing", &[])?)? {
        return Err(runtime_error("Transport is closing"));
    }
    let Some(t) = transport.downcast::<transports::Transport>().filter(|t| t.is_socket()) else {
        return Err(runtime_error(format!("sendfile is not supported for transport {}", glue::repr(&transport)?)));
    };
    let reading = t.is_reading();
    t.pause_reading()?;
    let sent = async {
        futures::wait(t.wait_until_empty()?).await?;
        let s = t.socket();
        let at = part(Some(&s), &file, &offset, &count)?;
        native(&l, &s, &file, at).await
    }
    .await
    .map_err(error::take);
    t.forget_empty_waiter();
    if reading {
        t.resume_reading(&transport)?;
    }
    let exc = match sent {
        Ok(n) => return Ok(Value::int(n)),
        Err(exc) => exc,
    };
    if !glue::is_exc(&exc, &SENDFILE_NOT_AVAILABLE_ERROR) || !fallback.as_ref().map_or(Ok(true), glue::truth)? {
        return Err(glue::reraise(exc));
    }
    let at = part(None, &file, &offset, &count)?;
    // The protocol hears neither of the full buffer nor of data meanwhile.
    let flow = object_flow(&transport, t)?;
    let size = at.count.map_or(16384, |n| n.min(16384));
    let r = by_hand(&l, &file, at, size, async |data| {
        if let Some(f) = streams::flow(&flow.protocol) {
            f.drain(&l).await?;
        }
        glue::call_method(&transport, "write", &[data]).map(drop)
    })
    .await
    .map_err(error::take);
    flow.restore(&transport)?;
    r.map(Value::int).map_err(glue::reraise)
}
/// `_SendfileFallbackProtocol`: a protocol that only knows flow control, in place of the transport's own.
struct Stand {
    protocol: Value,
    original: Value,
    reading: bool,
}
fn object_flow(transport: &Value, t: &transports::Transport) -> PyResult<Stand> {
    let original = glue::call_method(transport, "get_protocol", &[])?;
    let reading = t.is_reading();
    t.pause_reading()?;
    let l = glue::getattr_opt(transport, "_loop")?.map_or_else(crate::events::get_running_loop, Ok)?;
    let protocol = streams::new_protocol(NONE, NONE, &l);
    glue::call_method(transport, "set_protocol", &[protocol.clone()])?;
    Ok(Stand { protocol, original, reading })
}
impl Stand {
    fn restore(&self, transport: &Value) -> PyResult<()> {
        glue::call_method(transport, "set_protocol", &[self.original.clone()])?;
        if self.reading {
            glue::call_method(transport, "resume_reading", &[])?;
        }
        Ok(())
    }
}
