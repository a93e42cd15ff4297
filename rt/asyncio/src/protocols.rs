//! Owns: the protocol base classes.
//! Never: calls a protocol; that is `protocol_calls`.
//! Source: CPython 3.13, Lib/asyncio/protocols.py.

use rtcore::def::{Method, Raw};
use rtcore::error::PyResult;
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, Value};

pub struct Protocol;
impl Payload for Protocol {}
impl Native for Protocol {
    fn class() -> &'static Type {
        &BASE_PROTOCOL
    }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&BASE_PROTOCOL), Protocol))
}
fn nothing(_: &[Value], _: &[Name]) -> PyResult {
    Ok(NONE)
}
static BASE: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("connection_made(self, transport)", Raw(nothing)),
    Method::new("connection_lost(self, exc)", Raw(nothing)),
    Method::new("pause_writing(self)", Raw(nothing)),
    Method::new("resume_writing(self)", Raw(nothing)),
];
static STREAM: &[Method] = &[Method::new("data_received(self, data)", Raw(nothing)), Method::new("eof_received(self)", Raw(nothing))];
static BUFFERED: &[Method] = &[
    Method::new("get_buffer(self, sizehint)", Raw(nothing)),
    Method::new("buffer_updated(self, nbytes)", Raw(nothing)),
    Method::new("eof_received(self)", Raw(nothing)),
];
static DATAGRAM: &[Method] =
    &[Method::new("datagram_received(self, data, addr)", Raw(nothing)), Method::new("error_received(self, exc)", Raw(nothing))];
static SUBPROCESS: &[Method] = &[
    Method::new("pipe_data_received(self, fd, data)", Raw(nothing)),
    Method::new("pipe_connection_lost(self, fd, exc)", Raw(nothing)),
    Method::new("process_exited(self)", Raw(nothing)),
];
macro_rules! protocols {
    ($($id:ident $def:ident $name:literal $methods:expr;)*) => {
        $(static $def: ClassDef = ClassDef::new::<Protocol>($name)
            .like(&BASE_PROTOCOL, &BASE_PROTOCOL).module("asyncio.protocols").methods($methods).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
        pub static $id: Type = Type::builtin(&$def);)*
    };
}
static BASE_DEF: ClassDef = ClassDef::new::<Protocol>("BaseProtocol").module("asyncio.protocols").methods(BASE).flags(TypeFlags::ATTRS | TypeFlags::PYTHON);
pub static BASE_PROTOCOL: Type = Type::builtin(&BASE_DEF);
protocols! {
    PROTOCOL PROTOCOL_DEF "Protocol" STREAM;
    BUFFERED_PROTOCOL BUFFERED_DEF "BufferedProtocol" BUFFERED;
    DATAGRAM_PROTOCOL DATAGRAM_DEF "DatagramProtocol" DATAGRAM;
    SUBPROCESS_PROTOCOL SUBPROCESS_DEF "SubprocessProtocol" SUBPROCESS;
}
