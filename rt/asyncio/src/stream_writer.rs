//! Owns: StreamWriter.
//! Never: buffers; the transport does.
//! Source: CPython 3.13, Lib/asyncio/streams.py.

use crate::glue::{self, VCell};
use crate::streams::{StreamProtocol, StreamReader};
use crate::transports::Transport;
use rtcore::def::{F1, F2, F3, Method, Raw};
use rtcore::error::hierarchy::RESOURCE_WARNING;
use rtcore::error::{self, PyResult, type_error};
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, GetSet, Type, TypeFlags};
use rtcore::value::{NONE, Value};

pub struct StreamWriter {
    transport: VCell,
    protocol: VCell,
    reader: VCell,
    loop_: VCell,
}
impl Payload for StreamWriter {
    const GC: bool = true;
    const FINALIZE: Option<fn(&Value)> = Some(finalize);
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.transport, &self.protocol, &self.reader, &self.loop_] {
            c.visit(visit);
        }
    }
}
impl Native for StreamWriter {
    fn class() -> &'static Type {
        &STREAM_WRITER
    }
}
/// StreamWriter.__del__: a writer that nobody closed closes its transport.
fn finalize(v: &Value) {
    error::saving_pending(|| {
        if let Err(r) = abandon(v) {
            error::unraisable(r, "Exception ignored in: ", v);
        }
    });
}
fn abandon(v: &Value) -> PyResult<()> {
    let w = writer(v)?;
    let t = w.transport.get();
    if t.is_none() || is_closing(&t)? {
        return Ok(());
    }
    if glue::truth(&glue::call_method(&w.loop_.get(), "is_closed", &[])?)? {
        return rtcore::warn::warn(&RESOURCE_WARNING, "loop is closed", 1).map(drop);
    }
    glue::call_method(v, "close", &[])?;
    let text = format!("unclosed {}", glue::repr(v)?);
    rtcore::warn::warn(&RESOURCE_WARNING, &text, 1).map(drop)
}
fn is_closing(transport: &Value) -> PyResult<bool> {
    match transport.downcast::<Transport>() {
        Some(t) => Ok(t.is_closing()),
        None => glue::truth(&glue::call_method(transport, "is_closing", &[])?),
    }
}
fn writer_new(all: &[Value], _: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&STREAM_WRITER);
    Ok(object::new(ty, StreamWriter { transport: VCell::none(), protocol: VCell::none(), reader: VCell::none(), loop_: VCell::none() }))
}
fn writer_init(a: &[Value]) -> PyResult {
    let [v, t, p, r, l] = a else { return Err(type_error("StreamWriter() takes 4 arguments")) };
    let w = writer(v)?;
    w.transport.set(t.clone());
    w.protocol.set(p.clone());
    w.reader.set(r.clone());
    w.loop_.set(l.clone());
    Ok(NONE)
}
pub fn new_writer(transport: Value, protocol: Value, reader: Value, l: &Value) -> PyResult {
    Ok(object::new(
        &STREAM_WRITER,
        StreamWriter {
            transport: VCell::new(transport),
            protocol: VCell::new(protocol),
            reader: VCell::new(reader),
            loop_: VCell::new(l.clone()),
        },
    ))
}
fn writer(v: &Value) -> PyResult<&StreamWriter> {
    v.downcast::<StreamWriter>().ok_or_else(|| type_error("expected a StreamWriter"))
}
/// Transport, protocol and loop of a writer.
pub fn parts(v: &Value) -> PyResult<(Value, Value, Value)> {
    let w = writer(v)?;
    Ok((w.transport.get(), w.protocol.get(), w.loop_.get()))
}
pub fn replace_transport(v: &Value, new: &Value) -> PyResult<()> {
    let w = writer(v)?;
    w.transport.set(new.clone());
    if let Some(p) = w.protocol.get().downcast::<StreamProtocol>() {
        p.replace_transport(new);
    }
    Ok(())
}
/// StreamWriter.drain.
pub async fn drain(v: Value) -> PyResult {
    let w = writer(&v)?;
    if let Some(r) = w.reader.get().downcast::<StreamReader>() {
        r.check()?;
    }
    let t = w.transport.get();
    if is_closing(&t)? {
        rtcore::frame::suspend(NONE).await?;
    }
    let p = w.protocol.get();
    match p.downcast::<StreamProtocol>() {
        Some(b) if p.ty().is_static() => b.flow.drain(&w.loop_.get()).await?,
        Some(_) | None => {
            let c = glue::call_method(&p, "_drain_helper", &[])?;
            glue::await_value(c).await?;
        }
    }
    Ok(NONE)
}
async fn wait_closed(v: Value) -> PyResult {
    let w = writer(&v)?;
    let f = glue::call_method(&w.protocol.get(), "_get_close_waiter", &[v.clone()])?;
    glue::await_value(f).await?;
    Ok(NONE)
}
fn m_drain(v: &Value) -> PyResult {
    Ok(crate::coro!("StreamWriter.drain", drain(v.clone())))
}
fn m_wait_closed(v: &Value) -> PyResult {
    Ok(crate::coro!("StreamWriter.wait_closed", wait_closed(v.clone())))
}
fn m_forward(v: &Value, name: &str, args: &[Value]) -> PyResult {
    glue::call_method(&writer(v)?.transport.get(), name, args)
}
fn m_write(v: &Value, data: &Value) -> PyResult {
    m_forward(v, "write", &[data.clone()])
}
fn m_writelines(v: &Value, data: &Value) -> PyResult {
    m_forward(v, "writelines", &[data.clone()])
}
fn m_write_eof(v: &Value) -> PyResult {
    m_forward(v, "write_eof", &[])
}
fn m_can_write_eof(v: &Value) -> PyResult {
    m_forward(v, "can_write_eof", &[])
}
fn m_close(v: &Value) -> PyResult {
    m_forward(v, "close", &[])
}
fn m_is_closing(v: &Value) -> PyResult {
    m_forward(v, "is_closing", &[])
}
fn m_get_extra_info(v: &Value, name: &Value, default: &Value) -> PyResult {
    m_forward(v, "get_extra_info", &[name.clone(), default.clone()])
}
fn get_transport(v: &Value) -> PyResult {
    Ok(writer(v)?.transport.get())
}
fn m_writer_repr(v: &Value) -> PyResult {
    let w = writer(v)?;
    let mut s = format!("<{} transport={}", v.ty().name(), glue::repr(&w.transport.get())?);
    if !w.reader.is_none() {
        s.push_str(&format!(" reader={}", glue::repr(&w.reader.get())?));
    }
    s.push('>');
    Ok(Value::string(s))
}
static WRITER_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(writer_new)),
    Method::new("__init__(self, transport, protocol, reader, loop)", rtcore::def::N(writer_init)),
    Method::new("write(self, data)", F2(m_write)),
    Method::new("writelines(self, data)", F2(m_writelines)),
    Method::new("write_eof(self)", F1(m_write_eof)),
    Method::new("can_write_eof(self)", F1(m_can_write_eof)),
    Method::new("close(self)", F1(m_close)),
    Method::new("is_closing(self)", F1(m_is_closing)),
    Method::new("wait_closed(self)", F1(m_wait_closed)),
    Method::new("drain(self)", F1(m_drain)),
    Method::new("get_extra_info(self, name, default=None)", F3(m_get_extra_info)),
    Method::new("__repr__(self)", F1(m_writer_repr)),
];
static WRITER_GETSET: &[GetSet] = &[GetSet::ro("transport", get_transport)];
static WRITER_DEF: ClassDef = ClassDef::new::<StreamWriter>("StreamWriter")
    .module("asyncio.streams")
    .methods(WRITER_METHODS)
    .getset(WRITER_GETSET)
    .flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static STREAM_WRITER: Type = Type::builtin(&WRITER_DEF);
