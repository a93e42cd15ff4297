//! Owns: the module object `websockets` and the names of its submodules. Never: implements what they export.

use crate::py::*;
use crate::{client, connection, errors, objects, server};
use rtcore::types::function::native::function;
use rtcore::types::module::{NativeModule, set_str};

pub static SERVE: Method = Method::new(server::SERVE, N(server::serve));
static FUNCTIONS: &[Method] = &[
    Method::new(server::SERVE, N(server::serve)),
    Method::new("unix_serve(handler, path=None, **kwargs)", Raw(server::unix_serve)),
    Method::new("unix_connect(path=None, uri=None, **kwargs)", Raw(client::unix_connect)),
    Method::new("broadcast(connections, message, *, text=None)", F3(connection::broadcast)),
    Method::new("process_exception(exc)", F1(client::process_exception)),
];
static TYPES: &[(&str, &Type)] = &[
    ("connect", &client::CONNECT),
    ("ClientConnection", &connection::CLIENT_CONNECTION),
    ("ServerConnection", &connection::SERVER_CONNECTION),
    ("Server", &server::SERVER),
    ("Close", &objects::CLOSE),
    ("Headers", &objects::HEADERS),
    ("Request", &objects::REQUEST),
    ("Response", &objects::RESPONSE),
];
static GETATTR: Method = Method::new("__getattr__(name, /)", F1(lazy));
fn lazy(name: &Value) -> PyResult {
    match name.as_str() {
        Some("State") => objects::enumeration("State"),
        Some("CloseCode") => objects::enumeration("CloseCode"),
        Some("Opcode") => objects::enumeration("Opcode"),
        // Each submodule shows the whole surface.
        Some(sub) if ["asyncio", "client", "server", "exceptions", "frames", "http11", "datastructures", "typing", "protocol"].contains(&sub) => {
            rtcore::types::module::import::import_module("websockets")
        }
        Some("Data" | "Origin" | "Subprotocol" | "ExtensionName") => Ok(Value::of_type(&rtcore::types::str::STR)),
        // Parts of the real package that are not there (docs/websockets.md).
        Some(name) if MISSING.contains(&name) => Err(rtcore::error::attribute_error(format!("'websockets.{name}' is not supported in compiled programs"))),
        other => Err(rtcore::error::attribute_error(format!("module 'websockets' has no attribute '{}'", other.unwrap_or("?")))),
    }
}
const MISSING: &[&str] = &[
    "basic_auth", "route", "unix_route", "Router", "Protocol", "ClientProtocol", "ServerProtocol", "Side", "Frame", "ExtensionParameter",
    "HeadersLike", "LoggerLike", "StatusLike", "sync", "legacy", "extensions", "trio", "auth", "http",
];
fn setup(m: &Value) -> PyResult<()> {
    let mut all: Vec<&str> = vec!["State", "CloseCode", "Opcode"];
    all.extend(FUNCTIONS.iter().map(Method::name));
    for (name, t) in TYPES.iter().chain(errors::TYPES) {
        set_str(m, name, Value::of_type(t));
        all.push(name);
    }
    set_str(m, "__getattr__", function(&GETATTR, "websockets"));
    set_str(m, "__version__", Value::str(crate::VERSION));
    set_str(m, "__path__", list(vec![]));
    set_str(m, "__all__", list(all.into_iter().map(Value::str).collect()));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("websockets", FUNCTIONS, setup);
macro_rules! aliases {
    ($($id:ident $name:literal)*) => {
        $(pub static $id: NativeModule = NativeModule::alias($name, &MODULE);)*
    };
}
aliases! {
    ASYNCIO "websockets.asyncio" ASYNCIO_CLIENT "websockets.asyncio.client" ASYNCIO_SERVER "websockets.asyncio.server"
    ASYNCIO_CONNECTION "websockets.asyncio.connection" CLIENT "websockets.client" SERVER "websockets.server"
    EXCEPTIONS "websockets.exceptions" FRAMES "websockets.frames" HTTP11 "websockets.http11"
    DATASTRUCTURES "websockets.datastructures" TYPING "websockets.typing" PROTOCOL "websockets.protocol"
}
