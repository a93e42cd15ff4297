//! Owns: transports over a descriptor: sockets and pipes, reading when ready, writing with a buffer
//! and flow control.
//! Never: interprets bytes; protocols do.
//! Source: CPython 3.13, Lib/asyncio/selector_events.py (_SelectorTransport,
//! _SelectorSocketTransport), Lib/asyncio/unix_events.py (pipe transports), Lib/asyncio/transports.py
//! (_FlowControlMixin).

use crate::abstract_transports as abstracts;
use crate::glue::{self, VCell};
use crate::handles;
use crate::loop_::{EventLoop, as_loop};
use crate::loop_methods::set_watch;
use crate::protocol_calls;
use crate::protocols;
use rtcore::def::{F1, F2, F3, Method};
use rtcore::error::hierarchy::{self, OS_ERROR, raise_os_error};
use rtcore::error::{self, PyResult, Raised, runtime_error, type_error};
use rtcore::object::{self, Native, Payload};
use rtcore::types::bytes;
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use std::cell::{Cell, RefCell};

const MAX_SIZE: usize = 256 * 1024;
pub const HIGH_WATER: usize = 64 * 1024;

#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Kind {
    Socket,
    ReadPipe,
    WritePipe,
}
pub struct Transport {
    kind: Kind,
    loop_: VCell,
    fd: Cell<i32>,
    /// The descriptor that is shown, after the end too.
    number: i32,
    /// The socket or file object that owns the descriptor.
    file: VCell,
    protocol: VCell,
    server: VCell,
    /// Who waits until everything is written, so that a file can be sent past the buffer.
    empty_waiter: VCell,
    extra: RefCell<Vec<(String, Value)>>,
    buffer: RefCell<Vec<u8>>,
    conn_lost: Cell<u32>,
    closing: Cell<bool>,
    /// The protocol's `connection_lost` is due.
    ending: Cell<bool>,
    paused: Cell<bool>,
    eof: Cell<bool>,
    protocol_paused: Cell<bool>,
    high: Cell<usize>,
    low: Cell<usize>,
}
impl Payload for Transport {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(finalize);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.loop_, &self.file, &self.protocol, &self.server, &self.empty_waiter] {
            c.visit(visit);
        }
        self.extra.borrow().iter().for_each(|(_, v)| visit(v));
    }
    fn clear(&self) {
        let gone = (self.protocol.take(), self.server.take(), self.extra.take());
        drop(gone);
    }
}
impl Native for Transport {
    fn class() -> &'static Type {
        &TRANSPORT
    }
}

/// `__del__`: the file of a transport that nobody closed is closed with it.
fn finalize(v: &Value) {
    let Ok(t) = body(v) else { return };
    if t.file.is_none() {
        return;
    }
    error::saving_pending(|| {
        let r = m_repr(v).and_then(|text| {
            rtcore::warn::warn(&hierarchy::RESOURCE_WARNING, &format!("unclosed transport {}", text.as_str().unwrap_or("")), 1)?;
            glue::call_method(&t.file.take(), "close", &[])
        });
        if let Err(r) = r {
            error::unraisable(r, "Exception ignored in: ", v);
        }
    });
}
/// A transport over `file`; the protocol hears of it in the next pass, then reading starts, then the
/// waiter is released.
pub fn new(kind: Kind, l: &Value, fd: i32, file: Value, protocol: &Value, waiter: Option<&Value>, extra: Vec<(String, Value)>, server: &Value) -> PyResult {
    let ty = match kind {
        Kind::Socket => &SOCKET_TRANSPORT,
        Kind::ReadPipe => &READ_PIPE_TRANSPORT,
        Kind::WritePipe => &WRITE_PIPE_TRANSPORT,
    };
    let v = object::new(
        ty,
        Transport {
            kind,
            loop_: VCell::new(l.clone()),
            fd: Cell::new(fd),
            number: fd,
            file: VCell::new(file),
            protocol: VCell::new(protocol.clone()),
            server: VCell::new(server.clone()),
            empty_waiter: VCell::none(),
            extra: RefCell::new(extra),
            buffer: RefCell::new(Vec::new()),
            conn_lost: Cell::new(0),
            closing: Cell::new(false),
            ending: Cell::new(false),
            paused: Cell::new(false),
            eof: Cell::new(false),
            protocol_paused: Cell::new(false),
            high: Cell::new(HIGH_WATER),
            low: Cell::new(HIGH_WATER / 4),
        },
    );
    let el = as_loop(l).ok_or_else(|| type_error("expected an event loop"))?;
    if kind == Kind::Socket {
        let one = 1i32;
        // SAFETY: the option value lives during the call; it fails harmlessly on other sockets.
        unsafe { libc::setsockopt(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, (&raw const one).cast(), 4) };
    }
    if !server.is_none() {
        crate::server::attach(server, &v);
    }
    handles::call_soon_native(l, el, made_cb, v.clone(), NONE)?;
    handles::call_soon_native(l, el, start_reading_cb, v.clone(), NONE)?;
    if let Some(w) = waiter {
        handles::call_soon_native(l, el, release_cb, w.clone(), NONE)?;
    }
    Ok(v)
}
fn made_cb(v: &Value, _: &Value) -> PyResult<()> {
    protocol_calls::connection_made(&body(v)?.protocol.get(), v)
}
fn start_reading_cb(v: &Value, _: &Value) -> PyResult<()> {
    let t = body(v)?;
    if t.closing.get() || t.paused.get() {
        return Ok(());
    }
    // A write pipe is watched too: readable means that the other end is gone. A device tells nothing that way.
    if t.kind == Kind::WritePipe && file_kind(t.fd.get()) == libc::S_IFCHR {
        return Ok(());
    }
    t.watch_reader(v)
}
fn release_cb(w: &Value, _: &Value) -> PyResult<()> {
    crate::futures::set_result_unless_cancelled(w, &NONE)
}
/// The size of a descriptor's file.
pub fn file_size(fd: i32) -> Option<i64> {
    let mut found = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the structure is written by the call before it is read.
    unsafe { if libc::fstat(fd, found.as_mut_ptr()) == 0 { Some(found.assume_init().st_size) } else { None } }
}
/// The `S_IF…` of a descriptor's file; 0 when it has none.
pub fn file_kind(fd: i32) -> libc::mode_t {
    let mut found = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the structure is written by the call before it is read.
    unsafe { if libc::fstat(fd, found.as_mut_ptr()) == 0 { found.assume_init().st_mode & libc::S_IFMT } else { 0 } }
}
pub fn body(v: &Value) -> PyResult<&Transport> {
    v.downcast::<Transport>().ok_or_else(|| type_error(format!("expected a transport, got {}", v.ty().name())))
}

enum Io {
    Done(usize),
    Again,
}
fn again(e: &std::io::Error) -> bool {
    matches!(e.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::Interrupted)
}

thread_local! {
    /// One read buffer for all transports of the thread.
    static READ_BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Transport {
    fn with_loop<R>(&self, f: impl FnOnce(&Value, &EventLoop) -> R) -> Option<R> {
        let l = self.loop_.get();
        as_loop(&l).map(|el| f(&l, el))
    }
    fn unwatch(&self, writer: bool) -> PyResult<()> {
        self.with_loop(|_, el| if el.is_closed() { Ok(false) } else { set_watch(el, self.fd.get(), writer, None) }).unwrap_or(Ok(false)).map(drop)
    }
    fn watch_reader(&self, v: &Value) -> PyResult<()> {
        self.with_loop(|l, el| {
            let h = handles::new_native_handle(l, read_ready, v.clone(), NONE);
            set_watch(el, self.fd.get(), false, Some(h)).map(drop)
        })
        .unwrap_or(Ok(()))
    }
    fn watch_writer(&self, v: &Value) -> PyResult<()> {
        self.with_loop(|l, el| {
            let h = handles::new_native_handle(l, write_ready, v.clone(), NONE);
            set_watch(el, self.fd.get(), true, Some(h)).map(drop)
        })
        .unwrap_or(Ok(()))
    }
    fn send(&self, data: &[u8]) -> std::io::Result<Io> {
        // SAFETY: the bytes live during the call.
        let n = unsafe {
            match self.kind {
                Kind::Socket => libc::send(self.fd.get(), data.as_ptr().cast(), data.len(), libc::MSG_NOSIGNAL),
                Kind::ReadPipe | Kind::WritePipe => libc::write(self.fd.get(), data.as_ptr().cast(), data.len()),
            }
        };
        if n >= 0 {
            return Ok(Io::Done(n as usize));
        }
        let e = std::io::Error::last_os_error();
        if again(&e) { Ok(Io::Again) } else { Err(e) }
    }
    pub fn is_closing(&self) -> bool {
        self.closing.get()
    }
    pub fn close(&self, v: &Value) -> PyResult<()> {
        if self.closing.replace(true) {
            return Ok(());
        }
        self.unwatch(false)?;
        if self.buffer.borrow().is_empty() {
            self.conn_lost.set(self.conn_lost.get() + 1);
            self.unwatch(true)?;
            self.lost_soon(v, NONE)?;
        }
        Ok(())
    }
    fn lost_soon(&self, v: &Value, exc: Value) -> PyResult<()> {
        self.ending.set(true);
        self.with_loop(|l, el| handles::call_soon_native(l, el, lost_cb, v.clone(), exc).map(drop)).unwrap_or(Ok(()))
    }
    /// The protocol has heard of the end, or is about to. A pipe's `conn_lost` counts writes that came too late only.
    fn is_lost(&self) -> bool {
        match self.kind {
            Kind::Socket => self.conn_lost.get() > 0,
            Kind::ReadPipe | Kind::WritePipe => self.ending.get(),
        }
    }
    fn force_close(&self, v: &Value, exc: Value) -> PyResult<()> {
        if self.is_lost() {
            return Ok(());
        }
        let pending = self.buffer.take();
        if !pending.is_empty() {
            self.unwatch(true)?;
        }
        if !self.closing.replace(true) {
            self.unwatch(false)?;
        }
        self.conn_lost.set(1);
        self.lost_soon(v, exc)
    }
    fn fatal(&self, v: &Value, r: Raised, message: &str) -> PyResult<()> {
        if glue::pending_is_base_error(&r) {
            return Err(r);
        }
        let exc = error::take(r);
        let quiet = match self.kind {
            Kind::Socket | Kind::WritePipe => glue::is_exc(&exc, &OS_ERROR),
            Kind::ReadPipe => {
                glue::is_exc(&exc, &OS_ERROR) && glue::getattr(&exc, "errno")?.as_inline_int() == Some(i64::from(libc::EIO))
            }
        };
        if !quiet {
            let items = vec![
                ("message", Value::str(message)),
                ("exception", exc.clone()),
                ("transport", v.clone()),
                ("protocol", self.protocol.get()),
            ];
            crate::handlers::call_exception_handler(&self.loop_.get(), glue::dict(items))?;
        }
        self.force_close(v, exc)
    }
    fn maybe_pause_protocol(&self, v: &Value) -> PyResult<()> {
        if self.buffer.borrow().len() <= self.high.get() || self.protocol_paused.replace(true) {
            return Ok(());
        }
        protocol_calls::pause_writing(&self.protocol.get()).or_else(|r| self.protocol_failed(v, r, "protocol.pause_writing() failed"))
    }
    fn maybe_resume_protocol(&self, v: &Value) -> PyResult<()> {
        if !self.protocol_paused.get() || self.buffer.borrow().len() > self.low.get() {
            return Ok(());
        }
        self.protocol_paused.set(false);
        protocol_calls::resume_writing(&self.protocol.get()).or_else(|r| self.protocol_failed(v, r, "protocol.resume_writing() failed"))
    }
    fn protocol_failed(&self, v: &Value, r: Raised, message: &str) -> PyResult<()> {
        if glue::pending_is_base_error(&r) {
            return Err(r);
        }
        let items = vec![
            ("message", Value::str(message)),
            ("exception", error::take(r)),
            ("transport", v.clone()),
            ("protocol", self.protocol.get()),
        ];
        crate::handlers::call_exception_handler(&self.loop_.get(), glue::dict(items))
    }
    /// _SelectorSocketTransport.write.
    pub fn write(&self, v: &Value, mut data: &[u8]) -> PyResult<()> {
        if self.eof.get() {
            return Err(runtime_error("Cannot call write() after write_eof()"));
        }
        if !self.empty_waiter.is_none() {
            return Err(runtime_error("unable to write; sendfile is in progress"));
        }
        if data.is_empty() {
            return Ok(());
        }
        if self.conn_lost.get() > 0 || (self.kind == Kind::WritePipe && self.closing.get()) {
            if self.conn_lost.get() >= 5 {
                crate::handlers::log_warning(match self.kind {
                    Kind::Socket => "socket.send() raised exception.",
                    Kind::ReadPipe | Kind::WritePipe => "pipe closed by peer or os.write(pipe, data) raised exception.",
                });
            }
            self.conn_lost.set(self.conn_lost.get() + 1);
            return Ok(());
        }
        if self.buffer.borrow().is_empty() {
            match self.send(data) {
                Ok(Io::Done(n)) => {
                    data = &data[n..];
                    if data.is_empty() {
                        return Ok(());
                    }
                }
                Ok(Io::Again) => {}
                Err(e) => return self.fatal(v, raise_os_error(&e, None), self.write_failed()),
            }
            self.watch_writer(v)?;
        }
        self.buffer.borrow_mut().extend_from_slice(data);
        self.maybe_pause_protocol(v)
    }
    fn read_failed(&self) -> &'static str {
        match self.kind {
            Kind::Socket => "Fatal read error on socket transport",
            Kind::ReadPipe | Kind::WritePipe => "Fatal read error on pipe transport",
        }
    }
    fn write_failed(&self) -> &'static str {
        match self.kind {
            Kind::Socket => "Fatal write error on socket transport",
            Kind::ReadPipe | Kind::WritePipe => "Fatal write error on pipe transport",
        }
    }
    /// `write_eof()`: no more data; a pipe is closed when its buffer is out.
    pub fn write_eof(&self, v: &Value) -> PyResult<()> {
        if self.kind == Kind::WritePipe {
            if self.closing.replace(true) {
                return Ok(());
            }
            if self.buffer.borrow().is_empty() {
                self.unwatch(false)?;
                self.lost_soon(v, NONE)?;
            }
            return Ok(());
        }
        if self.closing.get() || self.eof.replace(true) {
            return Ok(());
        }
        if self.buffer.borrow().is_empty() {
            self.shutdown_write();
        }
        Ok(())
    }
    fn shutdown_write(&self) {
        // SAFETY: a plain system call.
        unsafe { libc::shutdown(self.fd.get(), libc::SHUT_WR) };
    }
    fn release_empty_waiter(&self) -> PyResult<()> {
        let w = self.empty_waiter.get();
        if w.is_none() { Ok(()) } else { crate::futures::set_result_unless_cancelled(&w, &NONE) }
    }
    /// `_make_empty_waiter`.
    pub fn wait_until_empty(&self) -> PyResult {
        if !self.empty_waiter.is_none() {
            return Err(runtime_error("Empty waiter is already set"));
        }
        let w = crate::futures::create(self.loop_.get());
        self.empty_waiter.set(w.clone());
        if self.buffer.borrow().is_empty() {
            self.release_empty_waiter()?;
        }
        Ok(w)
    }
    /// `_reset_empty_waiter`.
    pub fn forget_empty_waiter(&self) {
        drop(self.empty_waiter.take());
    }
    pub fn is_socket(&self) -> bool {
        self.kind == Kind::Socket
    }
    pub fn is_reading(&self) -> bool {
        !self.closing.get() && !self.paused.get()
    }
    /// The socket under the transport.
    pub fn socket(&self) -> Value {
        self.file.get()
    }
    pub fn pause_reading(&self) -> PyResult<()> {
        if self.closing.get() || self.paused.replace(true) {
            return Ok(());
        }
        self.unwatch(false)
    }
    pub fn resume_reading(&self, v: &Value) -> PyResult<()> {
        if self.closing.get() || !self.paused.replace(false) {
            return Ok(());
        }
        self.watch_reader(v)
    }
    pub fn extra_info(&self, name: &str) -> Option<Value> {
        self.extra.borrow().iter().find(|(k, _)| k == name).map(|(_, v)| v.clone())
    }
}

fn read_ready(v: &Value, _: &Value) -> PyResult<()> {
    let t = body(v)?;
    if t.is_lost() {
        return Ok(());
    }
    if t.kind == Kind::WritePipe {
        // The reader hung up.
        let exc = if t.buffer.borrow().is_empty() { NONE } else { hierarchy::with_args(&hierarchy::BROKEN_PIPE_ERROR, vec![]) };
        return t.force_close(v, exc);
    }
    let protocol = t.protocol.get();
    let buffered = !protocol_calls::is_native(&protocol) && protocol.ty().is_subtype(&protocols::BUFFERED_PROTOCOL);
    let mut buf = READ_BUFFER.take();
    if buf.capacity() < MAX_SIZE {
        buf = Vec::with_capacity(MAX_SIZE);
    }
    // SAFETY: at most the capacity is read, and the length is set to what was written.
    let n = unsafe {
        let n = match t.kind {
            Kind::Socket => libc::recv(t.fd.get(), buf.as_mut_ptr().cast(), MAX_SIZE, 0),
            Kind::ReadPipe | Kind::WritePipe => libc::read(t.fd.get(), buf.as_mut_ptr().cast(), MAX_SIZE),
        };
        buf.set_len(n.max(0) as usize);
        n
    };
    let err = std::io::Error::last_os_error();
    let r = if n < 0 {
        if again(&err) { Ok(()) } else { t.fatal(v, raise_os_error(&err, None), t.read_failed()) }
    } else if n == 0 {
        read_eof(v, t, &protocol)
    } else if buffered {
        feed_buffered(&protocol, &buf).or_else(|r| t.fatal(v, r, "Fatal error: protocol.buffer_updated() call failed."))
    } else {
        protocol_calls::data_received(&protocol, &buf)
            .or_else(|r| t.fatal(v, r, "Fatal error: protocol.data_received() call failed."))
    };
    buf.clear();
    READ_BUFFER.replace(buf);
    r
}
fn feed_buffered(protocol: &Value, mut data: &[u8]) -> PyResult<()> {
    while !data.is_empty() {
        let target = glue::call_method(protocol, "get_buffer", &[Value::int(-1)])?;
        let room = rtcore::protocol::sequence::len(&target)? as usize;
        if room == 0 {
            return Err(runtime_error("get_buffer() returned an empty buffer"));
        }
        let n = room.min(data.len());
        let slice = rtcore::types::slice::value(Value::int(0), Value::from(n), NONE);
        rtcore::protocol::sequence::setitem(&target, &slice, bytes::from_slice(&data[..n]))?;
        drop(target);
        glue::call_method(protocol, "buffer_updated", &[Value::from(n)])?;
        data = &data[n..];
    }
    Ok(())
}
fn read_eof(v: &Value, t: &Transport, protocol: &Value) -> PyResult<()> {
    if t.kind == Kind::ReadPipe {
        t.closing.set(true);
        t.unwatch(false)?;
        t.with_loop(|l, el| handles::call_soon_native(l, el, pipe_eof_cb, v.clone(), NONE).map(drop)).unwrap_or(Ok(()))?;
        return t.lost_soon(v, NONE);
    }
    match protocol_calls::eof_received(protocol) {
        Ok(true) => t.unwatch(false),
        Ok(false) => t.close(v),
        Err(r) => t.fatal(v, r, "Fatal error: protocol.eof_received() call failed."),
    }
}
fn pipe_eof_cb(v: &Value, _: &Value) -> PyResult<()> {
    protocol_calls::eof_received(&body(v)?.protocol.get()).map(drop)
}
fn write_ready(v: &Value, _: &Value) -> PyResult<()> {
    let t = body(v)?;
    if t.is_lost() {
        return Ok(());
    }
    let mut buf = t.buffer.take();
    let sent = t.send(&buf);
    match sent {
        Ok(Io::Done(n)) => {
            buf.drain(..n);
            t.buffer.replace(buf);
        }
        Ok(Io::Again) => {
            t.buffer.replace(buf);
            return Ok(());
        }
        Err(e) => {
            t.unwatch(true)?;
            return t.fatal(v, raise_os_error(&e, None), t.write_failed());
        }
    }
    t.maybe_resume_protocol(v)?;
    if t.buffer.borrow().is_empty() {
        t.unwatch(true)?;
        t.release_empty_waiter()?;
        if t.closing.get() {
            if t.kind == Kind::WritePipe {
                t.unwatch(false)?;
            }
            return lost_cb(v, &NONE);
        }
        if t.eof.get() {
            t.shutdown_write();
        }
    }
    Ok(())
}
/// _call_connection_lost.
fn lost_cb(v: &Value, exc: &Value) -> PyResult<()> {
    let t = body(v)?;
    let protocol = t.protocol.get();
    let r = if protocol.is_none() { Ok(()) } else { protocol_calls::connection_lost(&protocol, exc) };
    let r = r.map_err(error::take);
    let file = t.file.take();
    t.fd.set(-1);
    if !file.is_none() {
        glue::call_method(&file, "close", &[])?;
    }
    drop(t.protocol.take());
    let server = t.server.take();
    if !server.is_none() {
        crate::server::detach(&server, v)?;
    }
    r.map_err(glue::reraise)
}

// ---- the tables ----

fn m_write(v: &Value, data: &Value) -> PyResult {
    let Some(b) = bytes::buffer::view(data)? else {
        return Err(type_error(format!("data argument must be a bytes-like object, not '{}'", data.ty().name())));
    };
    let copy;
    let slice: &[u8] = match &b {
        bytes::buffer::View::Plain(s) => s,
        bytes::buffer::View::Owned(_) | bytes::buffer::View::Cell(_) => {
            copy = b.to_vec();
            &copy
        }
    };
    body(v)?.write(v, slice)?;
    Ok(NONE)
}
fn m_writelines(v: &Value, lines: &Value) -> PyResult {
    let mut all = vec![];
    for l in rtcore::protocol::iter::collect(lines)? {
        all.extend(bytes::buffer::required(&l)?.to_vec());
    }
    body(v)?.write(v, &all)?;
    Ok(NONE)
}
fn m_write_eof(v: &Value) -> PyResult {
    body(v)?.write_eof(v)?;
    Ok(NONE)
}
fn m_can_write_eof(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.kind != Kind::ReadPipe))
}
fn m_close(v: &Value) -> PyResult {
    let t = body(v)?;
    match t.kind {
        Kind::WritePipe => t.write_eof(v)?,
        Kind::Socket | Kind::ReadPipe => t.close(v)?,
    }
    Ok(NONE)
}
fn m_abort(v: &Value) -> PyResult {
    body(v)?.force_close(v, NONE)?;
    Ok(NONE)
}
fn m_force_close(v: &Value, exc: &Value) -> PyResult {
    body(v)?.force_close(v, exc.clone())?;
    Ok(NONE)
}
fn m_start_tls_compatible(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.is_socket()))
}
fn m_is_closing(v: &Value) -> PyResult {
    Ok(Value::bool(body(v)?.closing.get()))
}
fn m_is_reading(v: &Value) -> PyResult {
    let t = body(v)?;
    Ok(Value::bool(!t.closing.get() && !t.paused.get()))
}
fn m_pause_reading(v: &Value) -> PyResult {
    body(v)?.pause_reading()?;
    Ok(NONE)
}
fn m_resume_reading(v: &Value) -> PyResult {
    body(v)?.resume_reading(v)?;
    Ok(NONE)
}
fn m_get_extra_info(v: &Value, name: &Value, default: &Value) -> PyResult {
    Ok(body(v)?.extra_info(name.as_str().unwrap_or("")).unwrap_or_else(|| default.clone()))
}
fn m_get_write_buffer_size(v: &Value) -> PyResult {
    Ok(Value::from(body(v)?.buffer.borrow().len()))
}
fn m_get_write_buffer_limits(v: &Value) -> PyResult {
    let t = body(v)?;
    Ok(glue::tuple(vec![Value::from(t.low.get()), Value::from(t.high.get())]))
}
/// `_set_write_buffer_limits`: the low and the high mark.
pub fn limits(high: &Value, low: &Value) -> PyResult<(usize, usize)> {
    let given = |x: &Value| -> PyResult<Option<i64>> { if x.is_none() { Ok(None) } else { glue::index(x).map(Some) } };
    let (high, low) = (given(high)?, given(low)?);
    let high = high.unwrap_or_else(|| low.map_or(HIGH_WATER as i64, |l| 4 * l));
    let low = low.unwrap_or(high / 4);
    if !(high >= low && low >= 0) {
        return Err(rtcore::error::value_error(format!("high ({high}) must be >= low ({low}) must be >= 0")));
    }
    Ok((low as usize, high as usize))
}
fn m_set_write_buffer_limits(v: &Value, high: &Value, low: &Value) -> PyResult {
    let t = body(v)?;
    let (low, high) = limits(high, low)?;
    t.high.set(high);
    t.low.set(low);
    t.maybe_pause_protocol(v)?;
    Ok(NONE)
}
fn m_get_protocol(v: &Value) -> PyResult {
    Ok(body(v)?.protocol.get())
}
fn m_set_protocol(v: &Value, p: &Value) -> PyResult {
    body(v)?.protocol.set(p.clone());
    Ok(NONE)
}
fn m_repr(v: &Value) -> PyResult {
    let t = body(v)?;
    let mut s = format!("<{}", v.ty().name());
    let open = t.fd.get() >= 0;
    if !open {
        s.push_str(" closed");
    } else if t.closing.get() {
        s.push_str(" closing");
    }
    s.push_str(&format!(" fd={}", t.number));
    let size = t.buffer.borrow().len();
    let polling = |on: bool| if on { "polling" } else { "idle" };
    let state = t.with_loop(|_, el| if el.is_closed() { None } else { Some(el.selector.watched(t.fd.get())) }).flatten();
    match (t.kind, state) {
        (Kind::Socket, Some((read, write))) if open => {
            s.push_str(&format!(" read={} write=<{}, bufsize={size}>", polling(read), polling(write)));
        }
        (Kind::ReadPipe, Some((read, _))) if open => s.push_str(&format!(" {}", polling(read))),
        (Kind::WritePipe, Some((_, write))) if open => s.push_str(&format!(" {} bufsize={size}", polling(write))),
        (Kind::ReadPipe | Kind::WritePipe, None) if open => s.push_str(" open"),
        (Kind::ReadPipe | Kind::WritePipe, Some(_) | None) => s.push_str(" closed"),
        (Kind::Socket, Some(_) | None) => {}
    }
    s.push('>');
    Ok(Value::string(s))
}
static METHODS: &[Method] = &[
    Method::new("write(self, data)", F2(m_write)),
    Method::new("writelines(self, list_of_data)", F2(m_writelines)),
    Method::new("write_eof(self)", F1(m_write_eof)),
    Method::new("can_write_eof(self)", F1(m_can_write_eof)),
    Method::new("close(self)", F1(m_close)),
    Method::new("abort(self)", F1(m_abort)),
    Method::new("_force_close(self, exc)", F2(m_force_close)),
    Method::new("is_closing(self)", F1(m_is_closing)),
    Method::new("is_reading(self)", F1(m_is_reading)),
    Method::new("pause_reading(self)", F1(m_pause_reading)),
    Method::new("resume_reading(self)", F1(m_resume_reading)),
    Method::new("get_extra_info(self, name, default=None)", F3(m_get_extra_info)),
    Method::new("get_write_buffer_size(self)", F1(m_get_write_buffer_size)),
    Method::new("get_write_buffer_limits(self)", F1(m_get_write_buffer_limits)),
    Method::new("set_write_buffer_limits(self, high=None, low=None)", F3(m_set_write_buffer_limits)),
    Method::new("get_protocol(self)", F1(m_get_protocol)),
    Method::new("set_protocol(self, protocol)", F2(m_set_protocol)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static READ_PIPE_METHODS: &[Method] = &[
    Method::new("close(self)", F1(m_close)),
    Method::new("is_closing(self)", F1(m_is_closing)),
    Method::new("is_reading(self)", F1(m_is_reading)),
    Method::new("pause_reading(self)", F1(m_pause_reading)),
    Method::new("resume_reading(self)", F1(m_resume_reading)),
    Method::new("get_extra_info(self, name, default=None)", F3(m_get_extra_info)),
    Method::new("get_protocol(self)", F1(m_get_protocol)),
    Method::new("set_protocol(self, protocol)", F2(m_set_protocol)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static WRITE_PIPE_METHODS: &[Method] = &[
    Method::new("write(self, data)", F2(m_write)),
    Method::new("write_eof(self)", F1(m_write_eof)),
    Method::new("can_write_eof(self)", F1(m_can_write_eof)),
    Method::new("close(self)", F1(m_close)),
    Method::new("abort(self)", F1(m_abort)),
    Method::new("is_closing(self)", F1(m_is_closing)),
    Method::new("get_extra_info(self, name, default=None)", F3(m_get_extra_info)),
    Method::new("get_write_buffer_size(self)", F1(m_get_write_buffer_size)),
    Method::new("get_write_buffer_limits(self)", F1(m_get_write_buffer_limits)),
    Method::new("set_write_buffer_limits(self, high=None, low=None)", F3(m_set_write_buffer_limits)),
    Method::new("get_protocol(self)", F1(m_get_protocol)),
    Method::new("set_protocol(self, protocol)", F2(m_set_protocol)),
    Method::new("__repr__(self)", F1(m_repr)),
];
const FLAGS: u32 = TypeFlags::ATTRS | TypeFlags::PYTHON;
static BASE_DEF: ClassDef = ClassDef::new::<Transport>("_SelectorTransport")
    .base(&abstracts::TRANSPORT)
    .module("asyncio.selector_events")
    .methods(METHODS)
    .getset(&[GetSet::ro("_start_tls_compatible", m_start_tls_compatible)])
    .flags(FLAGS);
/// The layout that every transport over a descriptor has.
pub static TRANSPORT: Type = Type::builtin(&BASE_DEF);
static SOCKET_DEF: ClassDef =
    ClassDef::new::<Transport>("_SelectorSocketTransport").like(&TRANSPORT, &TRANSPORT).module("asyncio.selector_events").flags(FLAGS);
pub static SOCKET_TRANSPORT: Type = Type::builtin(&SOCKET_DEF);
static READ_PIPE_DEF: ClassDef = ClassDef::new::<Transport>("_UnixReadPipeTransport")
    .like(&abstracts::READ_TRANSPORT, &TRANSPORT)
    .module("asyncio.unix_events")
    .methods(READ_PIPE_METHODS)
    .flags(FLAGS);
pub static READ_PIPE_TRANSPORT: Type = Type::builtin(&READ_PIPE_DEF);
static WRITE_PIPE_DEF: ClassDef = ClassDef::new::<Transport>("_UnixWritePipeTransport")
    .like(&abstracts::TRANSPORT, &TRANSPORT)
    .module("asyncio.unix_events")
    .methods(WRITE_PIPE_METHODS)
    .flags(FLAGS);
pub static WRITE_PIPE_TRANSPORT: Type = Type::builtin(&WRITE_PIPE_DEF);
