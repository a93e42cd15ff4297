//! Owns: the abstract transport classes that programs derive from and test against.
//! Never: moves a byte; see `transports`, `datagram`, `base_subprocess`.
//! Source: CPython 3.13, Lib/asyncio/transports.py.

use crate::abstract_loop::abstract_method;
use crate::glue;
use rtcore::def::{F2, F3, Method, N, Raw};
use rtcore::error::PyResult;
use rtcore::name::Name;
use rtcore::object::{self, Native, Payload};
use rtcore::types::bytes;
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, Value};

/// The body of instances of a program's own subclasses.
pub struct Abstract;
impl Payload for Abstract {}
impl Native for Abstract {
    fn class() -> &'static Type {
        &BASE_TRANSPORT
    }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&BASE_TRANSPORT), Abstract))
}
fn init(v: &Value, extra: &Value) -> PyResult {
    glue::setattr(v, "_extra", if extra.is_none() { glue::dict(vec![]) } else { extra.clone() })?;
    Ok(NONE)
}
fn get_extra_info(v: &Value, name: &Value, default: &Value) -> PyResult {
    glue::call_method(&glue::getattr(v, "_extra")?, "get", &[name.clone(), default.clone()])
}
/// WriteTransport.writelines: one write of everything.
fn writelines(v: &Value, lines: &Value) -> PyResult {
    let data = glue::call_method(&bytes::from_slice(b""), "join", &[lines.clone()])?;
    glue::call_method(v, "write", &[data])?;
    Ok(NONE)
}

static BASE: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, extra=None)", F2(init)),
    Method::new("get_extra_info(self, name, default=None)", F3(get_extra_info)),
    Method::new("is_closing(self)", N(abstract_method)),
    Method::new("close(self)", N(abstract_method)),
    Method::new("set_protocol(self, protocol)", N(abstract_method)),
    Method::new("get_protocol(self)", N(abstract_method)),
];
static READ: &[Method] = &[
    Method::new("is_reading(self)", N(abstract_method)),
    Method::new("pause_reading(self)", N(abstract_method)),
    Method::new("resume_reading(self)", N(abstract_method)),
];
static WRITE: &[Method] = &[
    Method::new("writelines(self, list_of_data)", F2(writelines)),
    Method::new("set_write_buffer_limits(self, high=None, low=None)", N(abstract_method)),
    Method::new("get_write_buffer_size(self)", N(abstract_method)),
    Method::new("get_write_buffer_limits(self)", N(abstract_method)),
    Method::new("write(self, data)", N(abstract_method)),
    Method::new("write_eof(self)", N(abstract_method)),
    Method::new("can_write_eof(self)", N(abstract_method)),
    Method::new("abort(self)", N(abstract_method)),
];
static DATAGRAM: &[Method] = &[
    Method::new("sendto(self, data, addr=None)", N(abstract_method)),
    Method::new("abort(self)", N(abstract_method)),
];
static SUBPROCESS: &[Method] = &[
    Method::new("get_pid(self)", N(abstract_method)),
    Method::new("get_returncode(self)", N(abstract_method)),
    Method::new("get_pipe_transport(self, fd)", N(abstract_method)),
    Method::new("send_signal(self, signal)", N(abstract_method)),
    Method::new("terminate(self)", N(abstract_method)),
    Method::new("kill(self)", N(abstract_method)),
];
const FLAGS: u32 = TypeFlags::ATTRS | TypeFlags::PYTHON;
static BASE_DEF: ClassDef = ClassDef::new::<Abstract>("BaseTransport").module("asyncio.transports").methods(BASE).flags(FLAGS);
pub static BASE_TRANSPORT: Type = Type::builtin(&BASE_DEF);
macro_rules! kinds {
    ($($id:ident $def:ident $name:literal $base:ident $methods:expr;)*) => {
        $(static $def: ClassDef =
            ClassDef::new::<Abstract>($name).like(&$base, &BASE_TRANSPORT).module("asyncio.transports").methods($methods).flags(FLAGS);
        pub static $id: Type = Type::builtin(&$def);)*
    };
}
kinds! {
    READ_TRANSPORT READ_DEF "ReadTransport" BASE_TRANSPORT READ;
    WRITE_TRANSPORT WRITE_DEF "WriteTransport" BASE_TRANSPORT WRITE;
    DATAGRAM_TRANSPORT DATAGRAM_DEF "DatagramTransport" BASE_TRANSPORT DATAGRAM;
    SUBPROCESS_TRANSPORT SUBPROCESS_DEF "SubprocessTransport" BASE_TRANSPORT SUBPROCESS;
}
static TRANSPORT_DEF: ClassDef = ClassDef::new::<Abstract>("Transport")
    .like(&READ_TRANSPORT, &BASE_TRANSPORT)
    .mixins(&[&WRITE_TRANSPORT])
    .module("asyncio.transports")
    .flags(FLAGS);
pub static TRANSPORT: Type = Type::builtin(&TRANSPORT_DEF);
static FLOW_CONTROL_DEF: ClassDef =
    ClassDef::new::<Abstract>("_FlowControlMixin").like(&TRANSPORT, &BASE_TRANSPORT).module("asyncio.transports").flags(FLAGS);
/// What CPython's transports over a protocol derive from; here its name alone is needed.
pub static FLOW_CONTROL: Type = Type::builtin(&FLOW_CONTROL_DEF);
