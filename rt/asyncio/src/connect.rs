//! Owns: opening connections and servers: `create_connection`, `create_unix_connection`, `connect_accepted_socket`,
//! `open_connection`, `start_server`; the options that these functions share.
//! Never: moves bytes once a transport exists; servers are made in `serve`.
//! Source: CPython 3.13, Lib/asyncio/base_events.py, Lib/asyncio/unix_events.py, Lib/asyncio/streams.py.

use crate::futures;
use crate::glue;
use crate::resolve::{self, Info};
use crate::serve::{create_server, create_unix_server};
use crate::server::socket_extra;
use crate::sock;
use crate::streams;
use crate::tls::Tls;
use crate::transports::{self, Kind};
use rtcore::error::hierarchy::OS_ERROR;
use rtcore::error::{self, PyResult, type_error, value_error};
use rtcore::name::Name;
use rtcore::protocol::call::call;
use rtcore::value::{NONE, Value};
use rtstdlib::socket;

/// Keyword arguments of the connection functions, by name.
pub struct Options(Vec<(Name, Value)>);
impl Options {
    pub fn new<'a>(kw: impl Iterator<Item = (Name, &'a Value)>) -> Options {
        Options(kw.map(|(k, v)| (k, v.clone())).collect())
    }
    pub fn put(&mut self, name: &str, v: Value) {
        self.0.push((Name::new(name), v));
    }
    /// Takes one option; None when not given.
    pub fn take(&mut self, name: &str) -> Value {
        self.take_opt(name).unwrap_or(NONE)
    }
    pub fn take_opt(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(k, _)| k.as_str() == name)?;
        Some(self.0.remove(at).1)
    }
    pub fn into_items(self) -> Vec<(Name, Value)> {
        self.0
    }
    /// What nobody took is an error.
    pub fn finish(self, who: &str) -> PyResult<()> {
        match self.0.first() {
            Some((k, _)) => Err(type_error(format!("{who}() got an unexpected keyword argument '{k}'"))),
            None => Ok(()),
        }
    }
}
/// An int, or the default for a missing one.
pub fn int_or(v: &Value, default: i32) -> PyResult<i32> {
    if v.is_none() { Ok(default) } else { glue::index(v).map(|n| n as i32) }
}
/// `sock.type` or `sock.family`.
pub fn socket_part(s: &Value, name: &str) -> PyResult<i32> {
    Ok(glue::index(&glue::getattr(s, name)?)? as i32)
}
/// A stream socket is expected.
pub fn check_stream(s: &Value) -> PyResult<()> {
    if socket_part(s, "type")? == libc::SOCK_STREAM {
        return Ok(());
    }
    Err(value_error(format!("A Stream Socket was expected, got {}", glue::repr(s)?)))
}
pub fn check_unix_stream(s: &Value) -> PyResult<()> {
    if socket_part(s, "family")? == libc::AF_UNIX && socket_part(s, "type")? == libc::SOCK_STREAM {
        return Ok(());
    }
    Err(value_error(format!("A UNIX Domain Stream Socket was expected, got {}", glue::repr(s)?)))
}
/// A message over an OSError of the same number.
pub fn os_error(exc: &Value, text: String) -> PyResult<error::Raised> {
    let errno = glue::getattr(exc, "errno")?;
    let ty = errno.as_inline_int().map_or(&OS_ERROR, |n| error::hierarchy::os_error_type(n as i32));
    Ok(error::raise_args(ty, vec![errno, Value::string(text)]))
}
pub fn lowered(exc: &Value) -> PyResult<String> {
    Ok(rtcore::protocol::repr::str_string(exc)?.to_lowercase())
}

/// `_connect_sock`; the failures on the way are noted.
async fn connect_sock(l: &Value, failures: &mut Vec<Value>, info: &Info, local: Option<&[Info]>) -> PyResult<Option<Value>> {
    let mut made = None;
    let r = async {
        let s = sock::open(info.family, info.ty, info.proto)?;
        made = Some(s.clone());
        if let Some(local) = local {
            bind_local(&s, failures, info.family, local)?;
        }
        sock::connect(l.clone(), s.clone(), info.address.clone()).await?;
        Ok(s)
    }
    .await;
    let Err(r) = r else { return r.map(Some) };
    let recoverable = error::matches(&r, &OS_ERROR);
    let exc = error::take(r);
    if let Some(s) = made {
        socket::close(&s)?;
    }
    if !recoverable {
        return Err(glue::reraise(exc));
    }
    failures.push(exc);
    Ok(None)
}
fn bind_local(s: &Value, failures: &mut Vec<Value>, family: i32, local: &[Info]) -> PyResult<()> {
    for at in local.iter().filter(|at| at.family == family) {
        match glue::call_method(s, "bind", &[at.address.clone()]) {
            Ok(_) => return Ok(()),
            Err(r) if error::matches(&r, &OS_ERROR) => {
                let exc = error::take(r);
                let text = format!("error while attempting to bind on address {}: {}", glue::repr(&at.address)?, lowered(&exc)?);
                failures.push(error::take(os_error(&exc, text)?));
            }
            Err(r) => return Err(r),
        }
    }
    match failures.pop() {
        Some(exc) => Err(glue::reraise(exc)),
        None => Err(error::raise(&OS_ERROR, format!("no matching local address with family={} found", family_text(family)))),
    }
}
fn family_text(family: i32) -> String {
    let name = match family {
        libc::AF_INET => "AF_INET",
        libc::AF_INET6 => "AF_INET6",
        libc::AF_UNIX => "AF_UNIX",
        other => return other.to_string(),
    };
    format!("<AddressFamily.{name}: {family}>")
}
/// BaseEventLoop.create_connection.
pub async fn create_connection(l: Value, factory: Value, host: Value, port: Value, mut o: Options) -> PyResult {
    let tls = Tls::client(&mut o, &host, false)?;
    let (family, proto, flags) = (int_or(&o.take("family"), 0)?, int_or(&o.take("proto"), 0)?, int_or(&o.take("flags"), 0)?);
    let (given, local) = (o.take("sock"), o.take("local_addr"));
    let (delay, interleave, all_errors) = (o.take("happy_eyeballs_delay"), o.take("interleave"), o.take("all_errors"));
    o.finish("BaseEventLoop.create_connection")?;
    let s = if host.is_none() && port.is_none() {
        if given.is_none() {
            return Err(value_error("host and port was not specified and no sock specified"));
        }
        check_stream(&given)?;
        given
    } else {
        if !given.is_none() {
            return Err(value_error("host/port and sock can not be specified at the same time"));
        }
        let address = glue::tuple(vec![host, port]);
        let mut infos = resolved(&l, &address, family, proto, flags).await?;
        let local = if local.is_none() { None } else { Some(resolved(&l, &local, family, proto, flags).await?) };
        let count = if interleave.is_none() { i64::from(!delay.is_none()) } else { glue::index(&interleave)? };
        if count > 0 {
            infos = resolve::interleave(infos, count as usize);
        }
        // Attempts are made one after the other: a delay only says when a slow one gets company.
        let mut failures: Vec<Value> = vec![];
        let mut found = None;
        for info in &infos {
            found = connect_sock(&l, &mut failures, info, local.as_deref()).await?;
            if found.is_some() {
                break;
            }
        }
        match found {
            Some(s) => s,
            None => return Err(connection_failed(failures, glue::truth(&all_errors)?)?),
        }
    };
    finish_connection(&l, &factory, s, tls.as_ref(), false).await
}
async fn resolved(l: &Value, address: &Value, family: i32, proto: i32, flags: i32) -> PyResult<Vec<Info>> {
    let infos = resolve::ensure(l, address, family, libc::SOCK_STREAM, proto, flags).await?;
    if infos.is_empty() { Err(error::raise(&OS_ERROR, "getaddrinfo() returned empty list")) } else { Ok(infos) }
}
/// One failure is raised itself, equal ones the first, different ones as one OSError.
fn connection_failed(mut all: Vec<Value>, group: bool) -> PyResult<error::Raised> {
    if group {
        let class = Value::of_type(&error::hierarchy::EXCEPTION_GROUP);
        let exc = call(&class, &[Value::str("create_connection failed"), glue::list(all)])?;
        return Ok(error::raise_value(exc));
    }
    let mut texts = vec![];
    for e in &all {
        texts.push(rtcore::protocol::repr::str_string(e)?);
    }
    if !all.is_empty() && texts.windows(2).all(|w| w[0] == w[1]) {
        return Ok(glue::reraise(all.swap_remove(0)));
    }
    Ok(error::raise(&OS_ERROR, format!("Multiple exceptions: {}", texts.join(", "))))
}
/// `_create_connection_transport`.
async fn finish_connection(l: &Value, factory: &Value, s: Value, tls: Option<&Tls>, server_side: bool) -> PyResult {
    socket::body(&s)?.set_timeout(0.0)?;
    let protocol = call(factory, &[])?;
    let waiter = futures::create(l.clone());
    let extra = socket_extra(&s, None)?;
    let fd = socket::body(&s)?.fd.get();
    let t = match tls {
        Some(tls) => tls.transport(l, s, &protocol, &waiter, extra, &NONE, server_side)?,
        None => transports::new(Kind::Socket, l, fd, s, &protocol, Some(&waiter), extra, &NONE)?,
    };
    if let Err(r) = futures::wait(waiter).await {
        let exc = error::take(r);
        glue::call_method(&t, "close", &[])?;
        return Err(glue::reraise(exc));
    }
    Ok(glue::tuple(vec![t, protocol]))
}
/// BaseEventLoop.connect_accepted_socket.
pub async fn connect_accepted_socket(l: Value, factory: Value, s: Value, mut o: Options) -> PyResult {
    check_stream(&s)?;
    let tls = Tls::accepted(&mut o)?;
    o.finish("BaseEventLoop.connect_accepted_socket")?;
    finish_connection(&l, &factory, s, tls.as_ref(), true).await
}
/// _UnixSelectorEventLoop.create_unix_connection.
pub async fn create_unix_connection(l: Value, factory: Value, path: Value, mut o: Options) -> PyResult {
    let tls = Tls::client(&mut o, &NONE, true)?;
    let given = o.take("sock");
    o.finish("_UnixSelectorEventLoop.create_unix_connection")?;
    let s = if path.is_none() {
        if given.is_none() {
            return Err(value_error("no path and sock were specified"));
        }
        check_unix_stream(&given)?;
        given
    } else {
        if !given.is_none() {
            return Err(value_error("path and sock can not be specified at the same time"));
        }
        let path = fspath(&path)?;
        let s = sock::open(libc::AF_UNIX, libc::SOCK_STREAM, 0)?;
        if let Err(r) = sock::connect(l.clone(), s.clone(), path).await {
            let exc = error::take(r);
            socket::close(&s)?;
            return Err(glue::reraise(exc));
        }
        s
    };
    finish_connection(&l, &factory, s, tls.as_ref(), false).await
}
/// `os.fspath(v)`.
pub fn fspath(v: &Value) -> PyResult {
    if v.as_str_obj().is_some() || rtcore::types::bytes::is_bytes(v) {
        return Ok(v.clone());
    }
    match v.ty().lookup(Name::new("__fspath__")) {
        Some(_) => glue::call_method(v, "__fspath__", &[]),
        None => Err(type_error(format!("expected str, bytes or os.PathLike object, not {}", v.ty().name()))),
    }
}

// ---- streams.py ----

static RETURN: rtcore::def::Method = rtcore::def::Method::new("<lambda>(self, /)", rtcore::def::F1(returns));
fn returns(v: &Value) -> PyResult {
    Ok(v.clone())
}
/// `lambda: v`.
pub fn constant(v: &Value) -> Value {
    rtcore::types::function::native::bound(&RETURN, v.clone(), v.ty())
}
static FACTORY: rtcore::def::Method = rtcore::def::Method::new("factory(self, /)", rtcore::def::F1(stream_factory));
/// start_server's `factory`: a reader and a protocol for each connection.
fn stream_factory(data: &Value) -> PyResult {
    let [callback, limit, l] = rtcore::types::tuple::items(data) else { return Ok(NONE) };
    let r = streams::new_reader(glue::index(limit)?, l)?;
    Ok(streams::new_protocol(r, callback.clone(), l))
}
async fn stream_pair(l: &Value, limit: Value, unix: bool, a: Value, b: Value, o: Options) -> PyResult {
    let limit = if limit.is_none() { streams::DEFAULT_LIMIT } else { glue::index(&limit)? };
    let r = streams::new_reader(limit, l)?;
    let p = streams::new_protocol(r.clone(), NONE, l);
    let made = if unix {
        create_unix_connection(l.clone(), constant(&p), a, o).await?
    } else {
        create_connection(l.clone(), constant(&p), a, b, o).await?
    };
    let t = rtcore::types::tuple::items(&made).first().cloned().unwrap_or(NONE);
    let w = streams::new_writer(t, p, r.clone(), l)?;
    Ok(glue::tuple(vec![r, w]))
}
pub async fn open_connection(host: Value, port: Value, mut o: Options) -> PyResult {
    let l = crate::events::get_running_loop()?;
    let limit = o.take("limit");
    stream_pair(&l, limit, false, host, port, o).await
}
pub async fn open_unix_connection(path: Value, mut o: Options) -> PyResult {
    let l = crate::events::get_running_loop()?;
    let limit = o.take("limit");
    stream_pair(&l, limit, true, path, NONE, o).await
}
fn server_factory(l: &Value, callback: Value, limit: Value) -> Value {
    let limit = if limit.is_none() { Value::int(streams::DEFAULT_LIMIT) } else { limit };
    let data = glue::tuple(vec![callback, limit, l.clone()]);
    rtcore::types::function::native::bound(&FACTORY, data.clone(), data.ty())
}
pub async fn start_server(callback: Value, host: Value, port: Value, mut o: Options) -> PyResult {
    let l = crate::events::get_running_loop()?;
    let f = server_factory(&l, callback, o.take("limit"));
    create_server(l, f, host, port, o).await
}
pub async fn start_unix_server(callback: Value, path: Value, mut o: Options) -> PyResult {
    let l = crate::events::get_running_loop()?;
    let f = server_factory(&l, callback, o.take("limit"));
    create_unix_server(l, f, path, o).await
}
