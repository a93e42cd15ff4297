//! Owns: StreamReader, StreamReaderProtocol. StreamWriter is in `stream_writer`.
//! Never: opens connections (`connect`) or moves bytes (`transports`).
//! Source: CPython 3.13, Lib/asyncio/streams.py.

use crate::exceptions;
use crate::futures::{self, as_future};
use crate::glue::{self, VCell};
use crate::loop_;
use crate::mixins::Waiters;
pub use crate::stream_writer::{drain, new_writer};
use crate::transports::Transport;
use rtcore::def::{F1, F2, F3, F4, Method, Raw};
use rtcore::error::hierarchy::{CONNECTION_RESET_ERROR, STOP_ASYNC_ITERATION};
use rtcore::error::{self, PyResult, raise_value, runtime_error, type_error, value_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::protocol::call::call;
use rtcore::types::bytes;
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, Value};
use std::cell::{Cell, RefCell};
pub const DEFAULT_LIMIT: i64 = 1 << 16;
// ---- StreamReader ----
pub struct StreamReader {
    limit: Cell<usize>,
    loop_: VCell,
    buffer: RefCell<Vec<u8>>,
    /// Bytes at the front of the buffer that were read already.
    start: Cell<usize>,
    eof: Cell<bool>,
    waiter: VCell,
    exception: VCell,
    transport: VCell,
    paused: Cell<bool>,
}
impl Payload for StreamReader {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.loop_, &self.waiter, &self.exception, &self.transport] {
            c.visit(visit);
        }
    }
    fn clear(&self) {
        drop((self.waiter.take(), self.transport.take()));
    }
}
impl Native for StreamReader {
    fn class() -> &'static Type {
        &STREAM_READER
    }
}
fn blank_reader() -> StreamReader {
    StreamReader {
        limit: Cell::new(DEFAULT_LIMIT as usize),
        loop_: VCell::none(),
        buffer: RefCell::new(Vec::new()),
        start: Cell::new(0),
        eof: Cell::new(false),
        waiter: VCell::none(),
        exception: VCell::none(),
        transport: VCell::none(),
        paused: Cell::new(false),
    }
}
fn reader_new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&STREAM_READER), blank_reader()))
}
fn reader_init(v: &Value, limit: &Value, l: &Value) -> PyResult {
    let r = reader(v)?;
    let n = glue::index(limit)?;
    if n <= 0 {
        return Err(value_error("Limit cannot be <= 0"));
    }
    r.limit.set(n as usize);
    r.loop_.set(if l.is_none() { crate::events::get_event_loop()? } else { l.clone() });
    Ok(NONE)
}
pub fn new_reader(limit: i64, l: &Value) -> PyResult {
    let v = object::new(&STREAM_READER, blank_reader());
    reader_init(&v, &Value::int(limit), l)?;
    Ok(v)
}
pub fn reader(v: &Value) -> PyResult<&StreamReader> {
    v.downcast::<StreamReader>().ok_or_else(|| type_error("expected a StreamReader"))
}
impl StreamReader {
    fn len(&self) -> usize {
        self.buffer.borrow().len() - self.start.get()
    }
    /// Takes `n` bytes from the front.
    fn take(&self, n: usize) -> Value {
        let mut b = self.buffer.borrow_mut();
        let s = self.start.get();
        let end = (s + n).min(b.len());
        let out = bytes::from_slice(&b[s..end]);
        if end == b.len() {
            b.clear();
            self.start.set(0);
        } else if end > 1 << 16 {
            b.drain(..end);
            self.start.set(0);
        } else {
            self.start.set(end);
        }
        out
    }
    fn find(&self, sep: &[u8], from: usize) -> Option<usize> {
        let b = self.buffer.borrow();
        let data = b.get(self.start.get() + from..)?;
        let at = match sep {
            [one] => data.iter().position(|c| c == one),
            _ => data.windows(sep.len()).position(|w| w == sep),
        };
        at.map(|i| i + from)
    }
    fn wakeup(&self) -> PyResult<()> {
        let w = self.waiter.take();
        match as_future(&w) {
            Some(f) if !f.cancelled() => f.finish_result(&w, NONE),
            Some(_) | None => Ok(()),
        }
    }
    pub fn feed_eof(&self) -> PyResult<()> {
        self.eof.set(true);
        self.wakeup()
    }
    pub fn feed_data(&self, data: &[u8]) -> PyResult<()> {
        if self.eof.get() {
            return Err(error::assertion_error("feed_data after feed_eof"));
        }
        if data.is_empty() {
            return Ok(());
        }
        self.buffer.borrow_mut().extend_from_slice(data);
        self.wakeup()?;
        if !self.paused.get() && !self.transport.is_none() && self.len() > 2 * self.limit.get() {
            let t = self.transport.get();
            match t.downcast::<Transport>() {
                Some(b) => b.pause_reading()?,
                None => {
                    glue::call_method(&t, "pause_reading", &[])?;
                }
            }
            self.paused.set(true);
        }
        Ok(())
    }
    pub fn set_exception(&self, exc: &Value) -> PyResult<()> {
        self.exception.set(exc.clone());
        let w = self.waiter.take();
        match as_future(&w) {
            Some(f) if !f.cancelled() => f.finish_exception(&w, exc),
            Some(_) | None => Ok(()),
        }
    }
    fn resume_transport(&self) -> PyResult<()> {
        self.paused.set(false);
        let t = self.transport.get();
        match t.downcast::<Transport>() {
            Some(b) => b.resume_reading(&t),
            None => glue::call_method(&t, "resume_reading", &[]).map(drop),
        }
    }
    fn maybe_resume(&self) -> PyResult<()> {
        if self.paused.get() && self.len() <= self.limit.get() { self.resume_transport() } else { Ok(()) }
    }
    pub fn check(&self) -> PyResult<()> {
        if self.exception.is_none() { Ok(()) } else { Err(raise_value(self.exception.get())) }
    }
    async fn wait_for_data(&self, who: &str) -> PyResult<()> {
        if !self.waiter.is_none() {
            return Err(runtime_error(format!("{who}() called while another coroutine is already waiting for incoming data")));
        }
        if self.paused.get() {
            self.resume_transport()?;
        }
        let w = futures::create(self.loop_.get());
        self.waiter.set(w.clone());
        let r = futures::wait(w).await;
        drop(self.waiter.take());
        r.map(drop)
    }
    async fn read_until(&self, seps: &[Vec<u8>]) -> PyResult {
        let (min, max) = match (seps.first(), seps.last()) {
            (Some(a), Some(b)) => (a.len(), b.len()),
            _ => return Err(value_error("Separator should contain at least one element")),
        };
        if min == 0 {
            return Err(value_error("Separator should be at least one-byte string"));
        }
        self.check()?;
        let mut offset = 0;
        let (start, end) = loop {
            let n = self.len();
            if n - offset.min(n) >= min {
                let mut best: Option<(usize, usize)> = None;
                for s in seps {
                    if let Some(i) = self.find(s, offset)
                        && best.is_none_or(|(_, e)| i + s.len() < e)
                    {
                        best = Some((i, i + s.len()));
                    }
                }
                if let Some(b) = best {
                    break b;
                }
                offset = (n + 1).saturating_sub(max);
                if offset > self.limit.get() {
                    return Err(exceptions::limit_overrun("Separator is not found, and chunk exceed the limit", offset));
                }
            }
            if self.eof.get() {
                let chunk = self.take(self.len());
                return Err(exceptions::incomplete_read(chunk, NONE));
            }
            self.wait_for_data("readuntil").await?;
        };
        if start > self.limit.get() {
            return Err(exceptions::limit_overrun("Separator is found, but chunk is longer than limit", start));
        }
        let chunk = self.take(end);
        self.maybe_resume()?;
        Ok(chunk)
    }
}
/// StreamReader.readline.
pub async fn readline(v: Value) -> PyResult {
    let r = reader(&v)?;
    let sep = [b"\n".to_vec()];
    match r.read_until(&sep).await {
        Ok(line) => Ok(line),
        Err(raised) if error::matches(&raised, &exceptions::INCOMPLETE_READ_ERROR) => glue::getattr(&error::take(raised), "partial"),
        Err(raised) if error::matches(&raised, &exceptions::LIMIT_OVERRUN_ERROR) => {
            let exc = error::take(raised);
            let consumed = glue::index(&glue::getattr(&exc, "consumed")?)? as usize;
            let at_sep = r.buffer.borrow().get(r.start.get() + consumed) == Some(&b'\n');
            drop(r.take(if at_sep { consumed + 1 } else { r.len() }));
            r.maybe_resume()?;
            let text = rtcore::protocol::repr::str_string(&exc)?;
            let new = error::hierarchy::instance(&error::hierarchy::VALUE_ERROR, text);
            error::chain_context(&new, &exc);
            Err(glue::reraise(new))
        }
        Err(raised) => Err(raised),
    }
}
/// StreamReader.readuntil.
pub async fn readuntil(v: Value, separator: Value) -> PyResult {
    let mut seps = vec![];
    if rtcore::types::tuple::is_tuple(&separator) {
        for s in rtcore::types::tuple::items(&separator) {
            seps.push(bytes::buffer::required(s)?.to_vec());
        }
        seps.sort_by_key(Vec::len);
    } else {
        seps.push(bytes::buffer::required(&separator)?.to_vec());
    }
    reader(&v)?.read_until(&seps).await
}
/// StreamReader.read.
pub async fn read(v: Value, n: Value) -> PyResult {
    let r = reader(&v)?;
    r.check()?;
    let n = glue::index(&n)?;
    if n == 0 {
        return Ok(bytes::from_slice(b""));
    }
    if n < 0 {
        let mut all = vec![];
        loop {
            r.check()?;
            if r.len() == 0 && !r.eof.get() {
                r.wait_for_data("read").await?;
            }
            if r.len() == 0 {
                break;
            }
            let block = r.take(r.limit.get());
            all.extend(bytes::buffer::required(&block)?.to_vec());
            r.maybe_resume()?;
        }
        return Ok(bytes::value(all));
    }
    if r.len() == 0 && !r.eof.get() {
        r.wait_for_data("read").await?;
    }
    let data = r.take(n as usize);
    r.maybe_resume()?;
    Ok(data)
}
/// StreamReader.readexactly.
pub async fn readexactly(v: Value, n: Value) -> PyResult {
    let r = reader(&v)?;
    let want = glue::index(&n)?;
    if want < 0 {
        return Err(value_error("readexactly size can not be less than zero"));
    }
    r.check()?;
    let want = want as usize;
    while r.len() < want {
        if r.eof.get() {
            let partial = r.take(r.len());
            return Err(exceptions::incomplete_read(partial, n));
        }
        r.wait_for_data("readexactly").await?;
    }
    let data = r.take(want);
    r.maybe_resume()?;
    Ok(data)
}
async fn reader_anext(v: Value) -> PyResult {
    let line = readline(v).await?;
    if rtcore::protocol::sequence::len(&line)? == 0 {
        return Err(raise_value(exceptions::bare(&STOP_ASYNC_ITERATION)));
    }
    Ok(line)
}
fn m_readline(v: &Value) -> PyResult {
    Ok(crate::coro!("StreamReader.readline", readline(v.clone())))
}
fn m_readuntil(v: &Value, sep: &Value) -> PyResult {
    let sep = if sep.is_unbound() { bytes::from_slice(b"\n") } else { sep.clone() };
    Ok(crate::coro!("StreamReader.readuntil", readuntil(v.clone(), sep)))
}
fn m_read(v: &Value, n: &Value) -> PyResult {
    Ok(crate::coro!("StreamReader.read", read(v.clone(), n.clone())))
}
fn m_readexactly(v: &Value, n: &Value) -> PyResult {
    Ok(crate::coro!("StreamReader.readexactly", readexactly(v.clone(), n.clone())))
}
fn m_anext(v: &Value) -> PyResult {
    Ok(crate::coro!("StreamReader.__anext__", reader_anext(v.clone())))
}
fn m_self(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn m_feed_data(v: &Value, data: &Value) -> PyResult {
    let data = bytes::buffer::required(data)?.to_vec();
    reader(v)?.feed_data(&data)?;
    Ok(NONE)
}
fn m_feed_eof(v: &Value) -> PyResult {
    reader(v)?.feed_eof()?;
    Ok(NONE)
}
fn m_at_eof(v: &Value) -> PyResult {
    let r = reader(v)?;
    Ok(Value::bool(r.eof.get() && r.len() == 0))
}
fn m_exception(v: &Value) -> PyResult {
    Ok(reader(v)?.exception.get())
}
fn m_set_exception(v: &Value, exc: &Value) -> PyResult {
    reader(v)?.set_exception(exc)?;
    Ok(NONE)
}
fn m_set_transport(v: &Value, t: &Value) -> PyResult {
    reader(v)?.transport.set(t.clone());
    Ok(NONE)
}
fn m_reader_repr(v: &Value) -> PyResult {
    let r = reader(v)?;
    let mut s = String::from("<StreamReader");
    if r.len() > 0 {
        s.push_str(&format!(" {} bytes", r.len()));
    }
    if r.eof.get() {
        s.push_str(" eof");
    }
    if r.limit.get() != DEFAULT_LIMIT as usize {
        s.push_str(&format!(" limit={}", r.limit.get()));
    }
    for (name, cell) in [("waiter", &r.waiter), ("exception", &r.exception), ("transport", &r.transport)] {
        if !cell.is_none() {
            s.push_str(&format!(" {name}={}", glue::repr(&cell.get())?));
        }
    }
    if r.paused.get() {
        s.push_str(" paused");
    }
    s.push('>');
    Ok(Value::string(s))
}
static READER_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(reader_new)),
    Method::new("__init__(self, limit=65536, loop=None)", F3(reader_init)),
    Method::new("readline(self)", F1(m_readline)),
    Method::new("readuntil(self, separator=...)", F2(m_readuntil)),
    Method::new("read(self, n=-1)", F2(m_read)),
    Method::new("readexactly(self, n)", F2(m_readexactly)),
    Method::new("feed_data(self, data)", F2(m_feed_data)),
    Method::new("feed_eof(self)", F1(m_feed_eof)),
    Method::new("at_eof(self)", F1(m_at_eof)),
    Method::new("exception(self)", F1(m_exception)),
    Method::new("set_exception(self, exc)", F2(m_set_exception)),
    Method::new("set_transport(self, transport)", F2(m_set_transport)),
    Method::new("__aiter__(self)", F1(m_self)),
    Method::new("__anext__(self)", F1(m_anext)),
    Method::new("__repr__(self)", F1(m_reader_repr)),
];
static READER_DEF: ClassDef =
    ClassDef::new::<StreamReader>("StreamReader").module("asyncio.streams").methods(READER_METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static STREAM_READER: Type = Type::builtin(&READER_DEF);
// ---- StreamReaderProtocol ----
/// FlowControlMixin.
pub struct Flow {
    pub paused: Cell<bool>,
    waiters: Waiters,
    lost: Cell<bool>,
}
impl Flow {
    pub fn new() -> Flow {
        Flow { paused: Cell::new(false), waiters: Waiters::new(), lost: Cell::new(false) }
    }
    pub fn resume(&self) -> PyResult<()> {
        self.paused.set(false);
        for w in self.waiters.to_vec() {
            if let Some(f) = as_future(&w)
                && !f.done()
            {
                f.finish_result(&w, NONE)?;
            }
        }
        Ok(())
    }
    pub fn lost(&self, exc: &Value) -> PyResult<()> {
        self.lost.set(true);
        if !self.paused.get() {
            return Ok(());
        }
        for w in self.waiters.to_vec() {
            if let Some(f) = as_future(&w)
                && !f.done()
            {
                if exc.is_none() { f.finish_result(&w, NONE)? } else { f.finish_exception(&w, exc)? }
            }
        }
        Ok(())
    }
    pub async fn drain(&self, l: &Value) -> PyResult<()> {
        if self.lost.get() {
            return Err(error::raise(&CONNECTION_RESET_ERROR, "Connection lost"));
        }
        if !self.paused.get() {
            return Ok(());
        }
        let w = futures::create(l.clone());
        self.waiters.push(w.clone());
        let r = futures::wait(w.clone()).await;
        self.waiters.remove(&w);
        r.map(drop)
    }
}
/// The flow control of a native stream protocol.
pub fn flow(v: &Value) -> Option<&Flow> {
    v.downcast::<StreamProtocol>().map(|p| &p.flow)
}
pub struct StreamProtocol {
    pub flow: Flow,
    loop_: VCell,
    reader: VCell,
    transport: VCell,
    callback: VCell,
    closed: VCell,
    task: VCell,
    /// A TLS connection has no half that stays open.
    pub over_tls: Cell<bool>,
}
impl Payload for StreamProtocol {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(protocol_del);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.loop_, &self.reader, &self.transport, &self.callback, &self.closed, &self.task] {
            c.visit(visit);
        }
    }
    fn clear(&self) {
        drop((self.reader.take(), self.transport.take(), self.callback.take(), self.task.take()));
    }
}
impl Native for StreamProtocol {
    fn class() -> &'static Type {
        &STREAM_PROTOCOL
    }
}
/// StreamReaderProtocol.__del__: the end was heard of.
fn protocol_del(v: &Value) {
    if let Some(p) = v.downcast::<StreamProtocol>()
        && let Some(f) = as_future(&p.closed.get())
    {
        f.log_tb.set(false);
    }
}
pub fn new_protocol(reader: Value, callback: Value, l: &Value) -> Value {
    object::new(
        &STREAM_PROTOCOL,
        StreamProtocol {
            flow: Flow::new(),
            loop_: VCell::new(l.clone()),
            reader: VCell::new(reader),
            transport: VCell::none(),
            callback: VCell::new(callback),
            closed: VCell::new(futures::create(l.clone())),
            task: VCell::none(),
            over_tls: Cell::new(false),
        },
    )
}
fn protocol_new(all: &[Value], _: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&STREAM_PROTOCOL);
    Ok(object::new(
        ty,
        StreamProtocol {
            flow: Flow::new(),
            loop_: VCell::none(),
            reader: VCell::none(),
            transport: VCell::none(),
            callback: VCell::none(),
            closed: VCell::none(),
            task: VCell::none(),
            over_tls: Cell::new(false),
        },
    ))
}
fn protocol_init(v: &Value, reader: &Value, callback: &Value, l: &Value) -> PyResult {
    let p = protocol(v)?;
    let l = if l.is_none() { crate::events::get_event_loop()? } else { l.clone() };
    p.reader.set(reader.clone());
    p.callback.set(callback.clone());
    p.closed.set(futures::create(l.clone()));
    p.loop_.set(l);
    Ok(NONE)
}
pub fn protocol(v: &Value) -> PyResult<&StreamProtocol> {
    v.downcast::<StreamProtocol>().ok_or_else(|| type_error("expected a StreamReaderProtocol"))
}
/// StreamReaderProtocol.connection_made.
pub fn connection_made(v: &Value, p: &StreamProtocol, transport: &Value) -> PyResult<()> {
    p.transport.set(transport.clone());
    if transport.downcast::<Transport>().is_none() {
        let context = glue::call_method(transport, "get_extra_info", &[Value::str("sslcontext")])?;
        p.over_tls.set(!context.is_none());
    }
    let r = p.reader.get();
    if let Some(b) = r.downcast::<StreamReader>() {
        b.transport.set(transport.clone());
    }
    let callback = p.callback.get();
    if callback.is_none() {
        return Ok(());
    }
    let l = p.loop_.get();
    let writer = new_writer(transport.clone(), v.clone(), r.clone(), &l)?;
    let res = call(&callback, &[r, writer])?;
    if crate::coroutines::iscoroutine(&res)? {
        let task = loop_::create_task(&l, &res, &NONE, &NONE)?;
        p.task.set(task.clone());
        futures::add_native(&task, client_done, transport.clone())?;
    }
    Ok(())
}
fn client_done(task: &Value, transport: &Value) -> PyResult<()> {
    let close = || match transport.downcast::<Transport>() {
        Some(t) => t.close(transport),
        None => glue::call_method(transport, "close", &[]).map(drop),
    };
    if futures::is_cancelled(task)? {
        return close();
    }
    let exc = futures::exception_of(task)?;
    if exc.is_none() {
        return Ok(());
    }
    let items = vec![
        ("message", Value::str("Unhandled exception in client_connected_cb")),
        ("exception", exc),
        ("transport", transport.clone()),
    ];
    crate::handlers::call_exception_handler(&futures::get_loop(task)?, glue::dict(items))?;
    close()
}
impl StreamProtocol {
    pub fn connection_lost(&self, exc: &Value) -> PyResult<()> {
        let r = self.reader.get();
        if let Some(b) = r.downcast::<StreamReader>() {
            if exc.is_none() { b.feed_eof()? } else { b.set_exception(exc)? }
        }
        let c = self.closed.get();
        if let Some(f) = as_future(&c)
            && !f.done()
        {
            if exc.is_none() { f.finish_result(&c, NONE)? } else { f.finish_exception(&c, exc)? }
        }
        self.flow.lost(exc)?;
        drop((self.reader.take(), self.task.take(), self.transport.take()));
        Ok(())
    }
    pub fn data_received(&self, data: &[u8]) -> PyResult<()> {
        match self.reader.get().downcast::<StreamReader>() {
            Some(b) => b.feed_data(data),
            None => Ok(()),
        }
    }
    /// The protocol of a writer whose connection is TLS from now on.
    pub fn replace_transport(&self, new: &Value) {
        self.transport.set(new.clone());
        self.over_tls.set(true);
        if let Some(r) = self.reader.get().downcast::<StreamReader>() {
            r.transport.set(new.clone());
        }
    }
    /// A server's: it has a callback for connections.
    pub fn is_server(&self) -> bool {
        !self.callback.is_none()
    }
    pub fn eof_received(&self) -> PyResult<bool> {
        if let Some(b) = self.reader.get().downcast::<StreamReader>() {
            b.feed_eof()?;
        }
        Ok(!self.over_tls.get())
    }
}
fn m_made(v: &Value, t: &Value) -> PyResult {
    connection_made(v, protocol(v)?, t)?;
    Ok(NONE)
}
fn m_lost(v: &Value, exc: &Value) -> PyResult {
    protocol(v)?.connection_lost(exc)?;
    Ok(NONE)
}
fn m_data(v: &Value, data: &Value) -> PyResult {
    let data = bytes::buffer::required(data)?.to_vec();
    protocol(v)?.data_received(&data)?;
    Ok(NONE)
}
fn m_eof(v: &Value) -> PyResult {
    Ok(Value::bool(protocol(v)?.eof_received()?))
}
fn m_pause(v: &Value) -> PyResult {
    protocol(v)?.flow.paused.set(true);
    Ok(NONE)
}
fn m_resume(v: &Value) -> PyResult {
    protocol(v)?.flow.resume()?;
    Ok(NONE)
}
fn m_close_waiter(v: &Value, _: &Value) -> PyResult {
    Ok(protocol(v)?.closed.get())
}
static PROTOCOL_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(protocol_new)),
    Method::new("__init__(self, stream_reader, client_connected_cb=None, loop=None)", F4(protocol_init)),
    Method::new("connection_made(self, transport)", F2(m_made)),
    Method::new("connection_lost(self, exc)", F2(m_lost)),
    Method::new("data_received(self, data)", F2(m_data)),
    Method::new("eof_received(self)", F1(m_eof)),
    Method::new("pause_writing(self)", F1(m_pause)),
    Method::new("resume_writing(self)", F1(m_resume)),
    Method::new("_get_close_waiter(self, stream)", F2(m_close_waiter)),
];
static PROTOCOL_DEF: ClassDef = ClassDef::new::<StreamProtocol>("StreamReaderProtocol")
    .base(&crate::protocols::PROTOCOL)
    .module("asyncio.streams")
    .methods(PROTOCOL_METHODS)
    .flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static STREAM_PROTOCOL: Type = Type::builtin(&PROTOCOL_DEF);
