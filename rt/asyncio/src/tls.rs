//! Owns: the `ssl` arguments of connections and servers, and putting asyncio's SSLProtocol between a transport and the
//! program's protocol.
//! Never: encrypts: that is CPython's own `asyncio.sslproto` over `ssl`, which programs link that import `ssl`.
//! Source: CPython 3.13, Lib/asyncio/base_events.py (`create_connection`, `create_server`, `start_tls`),
//! Lib/asyncio/selector_events.py (`_make_ssl_transport`), Lib/asyncio/streams.py (`StreamWriter.start_tls`).

use crate::connect::Options;
use crate::transports::{self, Kind};
use crate::streams::StreamProtocol;
use crate::{futures, glue, handles, stream_writer};
use rtcore::error::hierarchy::IMPORT_ERROR;
use rtcore::error::{self, PyResult, runtime_error, type_error, value_error};
use rtcore::name::Name;
use rtcore::protocol::call::call_kw;
use rtcore::types::module::import::import_module;
use rtcore::value::{NONE, Value};
use rtstdlib::socket;

/// What is said about TLS where a connection or a server is made.
pub struct Tls {
    /// None: SSLProtocol makes a default one.
    context: Value,
    hostname: Value,
    handshake_timeout: Value,
    shutdown_timeout: Value,
}

/// A program that does not import `ssl` does not link it; any other failure is its own.
fn no_ssl(raised: error::Raised) -> error::Raised {
    if !error::matches(&raised, &IMPORT_ERROR) {
        return raised;
    }
    drop(error::take(raised));
    runtime_error("Python ssl module is not available")
}
fn only_with_ssl(what: &str) -> error::Raised {
    value_error(format!("{what} is only meaningful with ssl"))
}
fn timeouts(o: &mut Options, on: bool) -> PyResult<(Value, Value)> {
    let found = (o.take("ssl_handshake_timeout"), o.take("ssl_shutdown_timeout"));
    for (v, name) in [(&found.0, "ssl_handshake_timeout"), (&found.1, "ssl_shutdown_timeout")] {
        if !v.is_none() && !on {
            return Err(only_with_ssl(name));
        }
    }
    Ok(found)
}
impl Tls {
    /// The arguments of a client; `None` without `ssl`.
    pub fn client(o: &mut Options, host: &Value, unix: bool) -> PyResult<Option<Tls>> {
        let (ssl, mut hostname) = (o.take("ssl"), o.take("server_hostname"));
        let on = glue::truth(&ssl)?;
        if !on && !hostname.is_none() {
            return Err(only_with_ssl("server_hostname"));
        }
        if on && hostname.is_none() {
            if unix {
                return Err(value_error("you have to pass server_hostname when using ssl"));
            }
            if !glue::truth(host)? {
                return Err(value_error("You must set server_hostname when using ssl without a host"));
            }
            hostname = host.clone();
        }
        let (handshake_timeout, shutdown_timeout) = timeouts(o, on)?;
        let context = if ssl.as_bool().is_some() { NONE } else { ssl };
        Ok(on.then_some(Tls { context, hostname, handshake_timeout, shutdown_timeout }))
    }
    /// The arguments of a server; `None` without `ssl`.
    pub fn server(o: &mut Options) -> PyResult<Option<Tls>> {
        let ssl = o.take("ssl");
        if ssl.as_bool().is_some() {
            return Err(type_error("ssl argument must be an SSLContext or None"));
        }
        let on = !ssl.is_none();
        let (handshake_timeout, shutdown_timeout) = timeouts(o, on)?;
        Ok(on.then_some(Tls { context: ssl, hostname: NONE, handshake_timeout, shutdown_timeout }))
    }
    /// The arguments for a connection that something else accepted.
    pub fn accepted(o: &mut Options) -> PyResult<Option<Tls>> {
        let ssl = o.take("ssl");
        let on = glue::truth(&ssl)?;
        let (handshake_timeout, shutdown_timeout) = timeouts(o, on)?;
        let context = if ssl.as_bool().is_some() { NONE } else { ssl };
        Ok(on.then_some(Tls { context, hostname: NONE, handshake_timeout, shutdown_timeout }))
    }
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        for v in [&self.context, &self.hostname, &self.handshake_timeout, &self.shutdown_timeout] {
            visit(v);
        }
    }
    fn protocol(&self, l: &Value, app: &Value, waiter: &Value, server_side: bool, made: bool) -> PyResult {
        let module = import_module("asyncio.sslproto").map_err(no_ssl)?;
        let class = glue::getattr(&module, "SSLProtocol")?;
        let mut names = vec![Name::new("server_hostname"), Name::new("call_connection_made")];
        let mut values = vec![l.clone(), app.clone(), self.context.clone(), waiter.clone(), Value::bool(server_side), self.hostname.clone(), Value::bool(made)];
        for (name, v) in [("ssl_handshake_timeout", &self.handshake_timeout), ("ssl_shutdown_timeout", &self.shutdown_timeout)] {
            names.push(Name::new(name));
            values.push(v.clone());
        }
        call_kw(&class, &values, &names)
    }
    /// `_make_ssl_transport`: the transport that the program sees.
    #[allow(clippy::too_many_arguments)]
    pub fn transport(&self, l: &Value, sock: Value, app: &Value, waiter: &Value, extra: Vec<(String, Value)>, server: &Value, server_side: bool) -> PyResult {
        let protocol = self.protocol(l, app, waiter, server_side, true)?;
        let fd = socket::body(&sock)?.fd.get();
        transports::new(Kind::Socket, l, fd, sock, &protocol, None, extra, server)?;
        glue::getattr(&protocol, "_app_transport")
    }
}

/// BaseEventLoop.start_tls.
pub async fn start_tls(l: Value, transport: Value, protocol: Value, context: Value, server_side: bool, mut o: Options) -> PyResult {
    let class = glue::getattr(&import_module("ssl").map_err(no_ssl)?, "SSLContext")?;
    if !rtcore::protocol::instance::isinstance(&context, &class)? {
        return Err(type_error(format!("sslcontext is expected to be an instance of ssl.SSLContext, got {}", glue::repr(&context)?)));
    }
    let fits = glue::getattr_opt(&transport, "_start_tls_compatible")?.map_or(Ok(false), |v| glue::truth(&v))?;
    if !fits {
        return Err(type_error(format!("transport {} is not supported by start_tls()", glue::repr(&transport)?)));
    }
    let (handshake_timeout, shutdown_timeout) = timeouts(&mut o, true)?;
    let tls = Tls { context, hostname: o.take("server_hostname"), handshake_timeout, shutdown_timeout };
    o.finish("start_tls")?;
    let waiter = futures::create(l.clone());
    let between = tls.protocol(&l, &protocol, &waiter, server_side, false)?;
    glue::call_method(&transport, "pause_reading", &[])?;
    glue::call_method(&transport, "set_protocol", &[between.clone()])?;
    let made = glue::call_method(&l, "call_soon", &[glue::getattr(&between, "connection_made")?, transport.clone()])?;
    let resumed = glue::call_method(&l, "call_soon", &[glue::getattr(&transport, "resume_reading")?])?;
    if let Err(raised) = futures::wait(waiter).await {
        let exc = error::take(raised);
        glue::call_method(&transport, "close", &[])?;
        handles::cancel(&made)?;
        handles::cancel(&resumed)?;
        return Err(glue::reraise(exc));
    }
    glue::getattr(&between, "_app_transport")
}
/// StreamWriter.start_tls.
pub async fn upgrade(writer: Value, context: Value, o: Options) -> PyResult {
    let (transport, protocol, l) = stream_writer::parts(&writer)?;
    let server_side = protocol.downcast::<StreamProtocol>().is_some_and(StreamProtocol::is_server);
    stream_writer::drain(writer.clone()).await?;
    let made = start_tls(l, transport, protocol, context, server_side, o).await?;
    stream_writer::replace_transport(&writer, &made)?;
    Ok(NONE)
}
