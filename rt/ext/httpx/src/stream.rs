//! Owns: the byte streams that requests and responses carry, and pulling chunks out of any stream, awaited or not.
//! Never: decodes, or decides what is sent.
//! Source: httpx 0.28, _content.py, _types.py (SyncByteStream, AsyncByteStream).

use crate::errors;
use crate::multipart::Part;
use crate::net::exchange::Stream as NetStream;
use crate::py::*;
use rtasyncio::native_io::Mode;

pub enum Kind {
    /// A subclass of the user's.
    Custom,
    /// Bytes at hand.
    Whole(Value),
    /// An iterable of bytes, or something with `read`.
    Iter(Value),
    AsyncIter(Value),
    Parts(Vec<Part>),
    /// What a WSGI application returned: the first piece, when there is one, the rest, and its `close`.
    Wsgi(Vec<Value>, Value, Value),
    /// The answer of a server.
    Net(RefCell<Option<NetStream>>, Mode),
}
pub struct ByteStream {
    pub kind: Kind,
    consumed: Cell<bool>,
}
impl Payload for ByteStream {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        match &self.kind {
            Kind::Whole(v) | Kind::Iter(v) | Kind::AsyncIter(v) => visit(v),
            Kind::Parts(parts) => parts.iter().for_each(|p| p.visit(visit)),
            Kind::Wsgi(first, rest, close) => first.iter().chain([rest, close]).for_each(visit),
            Kind::Custom | Kind::Net(..) => {}
        }
    }
}
impl Native for ByteStream {
    fn class() -> &'static Type {
        &SYNC_BYTE_STREAM
    }
}

fn with(ty: &'static Type, kind: Kind) -> Value {
    object::new(ty, ByteStream { kind, consumed: Cell::new(false) })
}
pub fn whole(data: Vec<u8>) -> Value {
    with(&BYTE_STREAM, Kind::Whole(bytes::value(data)))
}
pub fn of_bytes(v: Value) -> Value {
    with(&BYTE_STREAM, Kind::Whole(v))
}
pub fn iterator(v: Value) -> Value {
    with(&ITERATOR_STREAM, Kind::Iter(v))
}
pub fn async_iterator(v: Value) -> Value {
    with(&ASYNC_ITERATOR_STREAM, Kind::AsyncIter(v))
}
pub fn multipart(parts: Vec<Part>) -> Value {
    with(&MULTIPART_STREAM, Kind::Parts(parts))
}
/// The body that an ASGI application sent.
pub fn application(data: Vec<u8>) -> Value {
    with(&APPLICATION_STREAM, Kind::Whole(bytes::value(data)))
}
pub fn wsgi(first: Vec<Value>, rest: Value, close: Value) -> Value {
    with(&WSGI_STREAM, Kind::Wsgi(first, rest, close))
}
pub fn net(s: NetStream, mode: Mode) -> Value {
    let ty = if mode == Mode::Sync { &SYNC_RESPONSE_STREAM } else { &ASYNC_RESPONSE_STREAM };
    with(ty, Kind::Net(RefCell::new(Some(s)), mode))
}
pub fn kind(v: &Value) -> Option<&Kind> {
    v.downcast::<ByteStream>().map(|s| &s.kind)
}
/// `isinstance(stream, SyncByteStream)`.
pub fn is_sync(v: &Value) -> bool {
    match kind(v) {
        Some(Kind::Whole(_) | Kind::Iter(_) | Kind::Parts(_) | Kind::Wsgi(..)) => true,
        Some(Kind::AsyncIter(_)) => false,
        Some(Kind::Net(_, mode)) => *mode == Mode::Sync,
        Some(Kind::Custom) | None => v.ty().lookup(Name::new("__iter__")).is_some() && !is_a(v, &ASYNC_BYTE_STREAM),
    }
}
/// `isinstance(stream, AsyncByteStream)`.
pub fn is_async(v: &Value) -> bool {
    match kind(v) {
        Some(Kind::Whole(_) | Kind::AsyncIter(_) | Kind::Parts(_)) => true,
        Some(Kind::Iter(_) | Kind::Wsgi(..)) => false,
        Some(Kind::Net(_, mode)) => *mode == Mode::Async,
        Some(Kind::Custom) | None => v.ty().lookup(Name::new("__aiter__")).is_some(),
    }
}

/// Gives the chunks of a stream one by one.
pub enum Pull {
    Done,
    Whole(Value),
    /// An iterator.
    Iter(Value),
    AsyncIter(Value),
    Wsgi(Vec<Value>, Value),
    /// Something with `read`, `aread`.
    File(Value),
    AsyncFile(Value),
    Parts(Value, usize, Option<Value>),
    Net(Value),
}
const CHUNK: i64 = 65_536;

impl Pull {
    pub fn new(stream: &Value, mode: Mode) -> PyResult<Pull> {
        let body = stream.downcast::<ByteStream>();
        let again = |source: &Value| {
            let spent = body.is_some_and(|b| b.consumed.replace(true));
            let generator = ["generator", "async_generator"].contains(&source.ty().name());
            if spent && generator { Err(errors::consumed()) } else { Ok(()) }
        };
        match body.map(|b| &b.kind) {
            Some(Kind::Whole(v)) => Ok(Pull::Whole(v.clone())),
            Some(Kind::Iter(v)) => {
                again(v)?;
                if getattr_opt(v, "read")?.is_some() { Ok(Pull::File(v.clone())) } else { rtcore::protocol::iter::iter(v).map(Pull::Iter) }
            }
            Some(Kind::AsyncIter(v)) => {
                again(v)?;
                if getattr_opt(v, "aread")?.is_some() { Ok(Pull::AsyncFile(v.clone())) } else { rtcore::frame::aiter(v).map(Pull::AsyncIter) }
            }
            Some(Kind::Parts(_)) => Ok(Pull::Parts(stream.clone(), 0, None)),
            Some(Kind::Wsgi(first, rest, _)) => Ok(Pull::Wsgi(first.clone(), rest.clone())),
            Some(Kind::Net(..)) => Ok(Pull::Net(stream.clone())),
            Some(Kind::Custom) | None if mode == Mode::Async && is_async(stream) => rtcore::frame::aiter(stream).map(Pull::AsyncIter),
            Some(Kind::Custom) | None => rtcore::protocol::iter::iter(stream).map(Pull::Iter),
        }
    }
    /// The next chunk as a value.
    pub async fn next(&mut self, mode: Mode) -> PyResult<Option<Value>> {
        match self {
            Pull::Done => Ok(None),
            Pull::Whole(v) => {
                let v = v.clone();
                *self = Pull::Done;
                Ok(Some(v))
            }
            Pull::Iter(it) => rtcore::protocol::iter::next(it),
            Pull::AsyncIter(it) => rtcore::frame::anext(it).await,
            Pull::Wsgi(first, rest) => match first.pop() {
                Some(piece) => Ok(Some(piece)),
                None => rtcore::protocol::iter::next(rest),
            },
            Pull::File(f) => {
                let chunk = call_method(f, "read", &[Value::int(CHUNK)])?;
                Ok(truth(&chunk)?.then_some(chunk))
            }
            Pull::AsyncFile(f) => {
                let waiting = call_method(f, "aread", &[Value::int(CHUNK)])?;
                let chunk = rtasyncio::glue::await_value(waiting).await?;
                Ok(truth(&chunk)?.then_some(chunk))
            }
            Pull::Parts(stream, at, open) => {
                let Some(Kind::Parts(parts)) = kind(stream) else { return Ok(None) };
                loop {
                    if let Some(file) = open {
                        let chunk = call_method(file, "read", &[Value::int(CHUNK)])?;
                        if truth(&chunk)? {
                            return Ok(Some(chunk));
                        }
                        *open = None;
                    }
                    let Some(part) = parts.get(*at) else { return Ok(None) };
                    *at += 1;
                    match part {
                        Part::Data(d) => return Ok(Some(bytes::from_slice(d))),
                        Part::File(f) => {
                            if let Some(seek) = getattr_opt(f, "seek")? {
                                call(&seek, &[Value::int(0)])?;
                            }
                            *open = Some(f.clone());
                        }
                    }
                }
            }
            Pull::Net(stream) => {
                let stream = stream.clone();
                let r = next_net(&stream, mode).await?;
                Ok(r.map(|b| bytes::from_slice(&b)))
            }
        }
    }
}

fn net_cell(v: &Value) -> PyResult<&RefCell<Option<NetStream>>> {
    match kind(v) {
        Some(Kind::Net(cell, _)) => Ok(cell),
        Some(_) | None => Err(type_error("not a stream of the network")),
    }
}
/// The next data of a server's answer. A failure carries no request yet.
pub async fn next_net(v: &Value, mode: Mode) -> PyResult<Option<::bytes::Bytes>> {
    let Some(mut s) = net_cell(v)?.take() else { return Ok(None) };
    let (s, got) = mode
        .io(async move {
            let got = s.next().await;
            (s, got)
        })
        .await?;
    match got {
        Ok(Some(data)) => {
            *net_cell(v)?.borrow_mut() = Some(s);
            Ok(Some(data))
        }
        Ok(None) => Ok(None),
        Err(e) => Err(errors::network(e, mode, &NONE)),
    }
}
/// All that is left of a server's answer, in one wait.
pub async fn rest_net(v: &Value, mode: Mode) -> PyResult<Vec<::bytes::Bytes>> {
    let Some(mut s) = net_cell(v)?.take() else { return Ok(vec![]) };
    let got = mode
        .io(async move {
            let mut all = vec![];
            while let Some(data) = s.next().await? {
                all.push(data);
            }
            Ok(all)
        })
        .await?;
    got.map_err(|e| errors::network(e, mode, &NONE))
}

/// Closes a stream: what is unread of an answer closes its connection.
pub async fn close(v: &Value, mode: Mode) -> PyResult<()> {
    match kind(v) {
        Some(Kind::Net(cell, _)) => {
            let left = cell.take();
            drop(left);
        }
        Some(Kind::Whole(_) | Kind::Iter(_) | Kind::AsyncIter(_) | Kind::Parts(_)) => {}
        Some(Kind::Wsgi(_, _, close)) => {
            if !close.is_none() {
                call(close, &[])?;
            }
        }
        Some(Kind::Custom) | None => {
            let name = if mode == Mode::Async { "aclose" } else { "close" };
            if let Some(f) = getattr_opt(v, name)? {
                let r = call(&f, &[])?;
                if mode == Mode::Async {
                    rtasyncio::glue::await_value(r).await?;
                }
            }
        }
    }
    Ok(())
}

fn new_as(all: &[Value], ty: &'static Type) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(ty);
    Ok(with(ty, Kind::Custom))
}
fn new_bytes(all: &[Value], _: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&BYTE_STREAM);
    Ok(with(ty, Kind::Whole(all.get(1).cloned().unwrap_or_else(|| bytes::value(vec![])))))
}
fn m_iter(v: &Value) -> PyResult {
    if matches!(kind(v), Some(Kind::Custom) | None) {
        return Err(error::not_implemented_error("The '__iter__' method must be implemented."));
    }
    static ITER: rtcore::def::Def = rtcore::def::Def::native("ByteStream.__iter__", rtcore::def::Kind::Generator);
    let v = v.clone();
    Ok(rtcore::frame::generator(&ITER, async move {
        let mut pull = Pull::new(&v, Mode::Sync)?;
        while let Some(chunk) = pull.next(Mode::Sync).await? {
            rtcore::frame::yield_(chunk).await?;
        }
        Ok(NONE)
    }))
}
fn m_aiter(v: &Value) -> PyResult {
    if matches!(kind(v), Some(Kind::Custom) | None) {
        return Err(error::not_implemented_error("The '__aiter__' method must be implemented."));
    }
    static ITER: rtcore::def::Def = rtcore::def::Def::native("ByteStream.__aiter__", rtcore::def::Kind::AsyncGenerator);
    let v = v.clone();
    Ok(rtcore::frame::async_generator(&ITER, async move {
        let mut pull = Pull::new(&v, Mode::Async)?;
        while let Some(chunk) = pull.next(Mode::Async).await? {
            rtcore::frame::yield_item(chunk).await?;
        }
        Ok(NONE)
    }))
}
/// Drops what is unread of an answer, and with it the connection.
pub fn abandon(v: &Value) {
    if let Some(Kind::Net(cell, _)) = kind(v) {
        let left = cell.take();
        drop(left);
    }
}
fn m_close(v: &Value) -> PyResult {
    abandon(v);
    Ok(NONE)
}
fn m_aclose(v: &Value) -> PyResult {
    let v = v.clone();
    Ok(rtasyncio::coro!("AsyncByteStream.aclose", async move { m_close(&v) }))
}
static SYNC_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(|all, _| new_as(all, &SYNC_BYTE_STREAM))),
    Method::new("__init__(self, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("__iter__(self)", F1(m_iter)),
    Method::new("close(self)", F1(m_close)),
];
static ASYNC_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(|all, _| new_as(all, &ASYNC_BYTE_STREAM))),
    Method::new("__init__(self, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("__aiter__(self)", F1(m_aiter)),
    Method::new("aclose(self)", F1(m_aclose)),
];
static BOTH_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new_bytes)),
    Method::new("__aiter__(self)", F1(m_aiter)),
    Method::new("aclose(self)", F1(m_aclose)),
];
const FLAGS: u32 = TypeFlags::ATTRS | TypeFlags::PYTHON;
static SYNC_DEF: ClassDef = ClassDef::new::<ByteStream>("SyncByteStream").module("httpx").methods(SYNC_METHODS).flags(FLAGS);
pub static SYNC_BYTE_STREAM: Type = Type::builtin(&SYNC_DEF);
macro_rules! streams {
    ($($ty:ident $name:literal : $base:expr, $methods:expr;)*) => {
        $(pub static $ty: Type = {
            static DEF: ClassDef = ClassDef::new::<ByteStream>($name).like(&$base, &SYNC_BYTE_STREAM).module("httpx").methods($methods).flags(FLAGS);
            Type::builtin(&DEF)
        };)*
    };
}
streams! {
    ASYNC_BYTE_STREAM "AsyncByteStream": rtcore::types::object_::OBJECT, ASYNC_METHODS;
    BYTE_STREAM "ByteStream": SYNC_BYTE_STREAM, BOTH_METHODS;
    ITERATOR_STREAM "IteratorByteStream": SYNC_BYTE_STREAM, &[];
    ASYNC_ITERATOR_STREAM "AsyncIteratorByteStream": ASYNC_BYTE_STREAM, &[];
    MULTIPART_STREAM "MultipartStream": SYNC_BYTE_STREAM, BOTH_METHODS;
    APPLICATION_STREAM "ASGIResponseStream": ASYNC_BYTE_STREAM, &[];
    WSGI_STREAM "WSGIByteStream": SYNC_BYTE_STREAM, &[];
    SYNC_RESPONSE_STREAM "BoundSyncStream": SYNC_BYTE_STREAM, &[];
    ASYNC_RESPONSE_STREAM "BoundAsyncStream": ASYNC_BYTE_STREAM, &[];
}
