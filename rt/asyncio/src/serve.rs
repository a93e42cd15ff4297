//! Owns: making servers: `create_server` and `create_unix_server`.
//! Never: accepts connections (`server`).
//! Source: CPython 3.13, Lib/asyncio/base_events.py (create_server), Lib/asyncio/unix_events.py (create_unix_server).

use crate::connect::{Options, check_stream, check_unix_stream, fspath, int_or, lowered, os_error};
use crate::glue;
use crate::resolve::{self, Info};
use crate::server;
use crate::sock;
use crate::tls::Tls;
use rtcore::error::hierarchy::OS_ERROR;
use rtcore::error::{self, PyResult, value_error};
use rtcore::types::bytes;
use rtcore::value::{NONE, Value};
use rtstdlib::socket;
use std::os::unix::fs::{FileTypeExt, MetadataExt};

/// BaseEventLoop.create_server.
pub async fn create_server(l: Value, factory: Value, host: Value, port: Value, mut o: Options) -> PyResult {
    let tls = Tls::server(&mut o)?;
    let family = int_or(&o.take("family"), libc::AF_UNSPEC)?;
    let flags = int_or(&o.take("flags"), libc::AI_PASSIVE)?;
    let backlog = int_or(&o.take("backlog"), 100)?;
    let (given, reuse_address, reuse_port) = (o.take("sock"), o.take("reuse_address"), o.take("reuse_port"));
    let (keep_alive, start) = (o.take("keep_alive"), o.take_opt("start_serving"));
    o.finish("BaseEventLoop.create_server")?;
    let sockets = if host.is_none() && port.is_none() {
        if given.is_none() {
            return Err(value_error("Neither host/port nor sock were specified"));
        }
        check_stream(&given)?;
        vec![given]
    } else {
        if !given.is_none() {
            return Err(value_error("host/port and sock can not be specified at the same time"));
        }
        let single = host.as_str_obj().is_some() || rtcore::protocol::iter::iter(&host).map_err(|r| drop(error::take(r))).is_err();
        let hosts: Vec<Value> = if host.as_str().is_some_and(str::is_empty) {
            vec![NONE]
        } else if single {
            vec![host.clone()]
        } else {
            rtcore::protocol::iter::collect(&host)?
        };
        let infos = addresses(&l, hosts, &port, family, flags).await?;
        let options = [
            (reuse_address.is_none() || glue::truth(&reuse_address)?, libc::SO_REUSEADDR),
            (glue::truth(&reuse_port)?, libc::SO_REUSEPORT),
            (glue::truth(&keep_alive)?, libc::SO_KEEPALIVE),
        ];
        let mut sockets = vec![];
        if let Err(r) = bind_all(&infos, &options, &mut sockets) {
            let exc = error::take(r);
            for s in sockets {
                socket::close(&s)?;
            }
            return Err(glue::reraise(exc));
        }
        sockets
    };
    serve(&l, sockets, &factory, backlog, start, None, tls).await
}
/// Where the hosts are, each address once. All are asked for at once, as `gather` does.
async fn addresses(l: &Value, hosts: Vec<Value>, port: &Value, family: i32, flags: i32) -> PyResult<Vec<Info>> {
    let mut infos: Vec<Info> = vec![];
    for host in hosts {
        let address = glue::tuple(vec![host.clone(), port.clone()]);
        let found = resolve::ensure(l, &address, family, libc::SOCK_STREAM, 0, flags).await?;
        if found.is_empty() {
            return Err(error::raise(&OS_ERROR, format!("getaddrinfo({}) returned empty list", glue::repr(&host)?)));
        }
        for info in found {
            let mut known = false;
            for other in &infos {
                known |= other.family == info.family && rtcore::protocol::compare::eq(&other.address, &info.address)?;
            }
            if !known {
                infos.push(info);
            }
        }
    }
    Ok(infos)
}
fn bind_all(infos: &[Info], options: &[(bool, i32)], sockets: &mut Vec<Value>) -> PyResult<()> {
    for info in infos {
        let Ok(s) = sock::open(info.family, info.ty, info.proto).map_err(|r| drop(error::take(r))) else { continue };
        sockets.push(s.clone());
        let set = |level: i32, name: i32| {
            let args = [level, name, 1].map(|n| Value::int(i64::from(n)));
            glue::call_method(&s, "setsockopt", &args).map(drop)
        };
        for (_, name) in options.iter().filter(|(wanted, _)| *wanted) {
            set(libc::SOL_SOCKET, *name)?;
        }
        if info.family == libc::AF_INET6 {
            set(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY)?;
        }
        let Err(r) = glue::call_method(&s, "bind", &[info.address.clone()]) else { continue };
        if !error::matches(&r, &OS_ERROR) {
            return Err(r);
        }
        let exc = error::take(r);
        let text = format!("error while attempting to bind on address {}: {}", glue::repr(&info.address)?, lowered(&exc)?);
        if glue::getattr(&exc, "errno")?.as_inline_int() == Some(i64::from(libc::EADDRNOTAVAIL)) {
            // The family is not enabled, it seems.
            sockets.pop();
            socket::close(&s)?;
            continue;
        }
        return Err(os_error(&exc, text)?);
    }
    if !sockets.is_empty() {
        return Ok(());
    }
    let all = glue::list(infos.iter().map(|info| info.address.clone()).collect());
    Err(error::raise(&OS_ERROR, format!("could not bind on any address out of {}", glue::repr(&all)?)))
}
async fn serve(l: &Value, sockets: Vec<Value>, factory: &Value, backlog: i32, start: Option<Value>, unlink: Option<(String, u64)>, tls: Option<Tls>) -> PyResult {
    for s in &sockets {
        socket::body(s)?.set_timeout(0.0)?;
    }
    let v = server::new(l, sockets, factory, backlog, unlink, tls);
    if start.as_ref().map_or(Ok(true), glue::truth)? {
        if let Some(s) = v.downcast::<server::Server>() {
            s.start(&v)?;
        }
        // One pass lets the socket be watched before a client connects.
        rtcore::frame::suspend(NONE).await?;
    }
    Ok(v)
}
/// The path of a unix socket that lies in the file system.
fn path_text(path: &Value) -> PyResult<Option<String>> {
    let text = match path.as_str() {
        Some(s) => s.to_owned(),
        None => String::from_utf8_lossy(&bytes::buffer::required(path)?.to_vec()).into_owned(),
    };
    Ok(Some(text).filter(|s| !s.is_empty() && !s.starts_with('\0')))
}
/// _UnixSelectorEventLoop.create_unix_server.
pub async fn create_unix_server(l: Value, factory: Value, path: Value, mut o: Options) -> PyResult {
    let tls = Tls::server(&mut o)?;
    let backlog = int_or(&o.take("backlog"), 100)?;
    let (given, start, cleanup) = (o.take("sock"), o.take_opt("start_serving"), o.take_opt("cleanup_socket"));
    o.finish("_UnixSelectorEventLoop.create_unix_server")?;
    let s = if path.is_none() {
        if given.is_none() {
            return Err(value_error("path was not specified, and no sock specified"));
        }
        check_unix_stream(&given)?;
        given
    } else {
        if !given.is_none() {
            return Err(value_error("path and sock can not be specified at the same time"));
        }
        let path = fspath(&path)?;
        bind_path(&path)?
    };
    let mut unlink = None;
    if cleanup.as_ref().map_or(Ok(true), glue::truth)?
        && let Some(path) = path_text(&socket::sockname(&s)?)?
        && let Ok(found) = std::fs::metadata(&path)
    {
        unlink = Some((path, found.ino()));
    }
    serve(&l, vec![s], &factory, backlog, start, unlink, tls).await
}
/// A socket bound to the path; a socket that somebody left there goes.
fn bind_path(path: &Value) -> PyResult {
    if let Some(text) = path_text(path)?
        && std::fs::metadata(&text).is_ok_and(|m| m.file_type().is_socket())
        && let Err(e) = std::fs::remove_file(&text)
    {
        let shown = glue::repr(&error::take(error::hierarchy::raise_os_error(&e, Some(path.clone()))))?;
        crate::handlers::log_error(&format!("Unable to check or remove stale UNIX socket {}: {shown}", glue::repr(path)?), &NONE);
    }
    let s = sock::open(libc::AF_UNIX, libc::SOCK_STREAM, 0)?;
    let Err(r) = glue::call_method(&s, "bind", &[path.clone()]) else { return Ok(s) };
    let exc = error::take(r);
    socket::close(&s)?;
    if glue::getattr(&exc, "errno")?.as_inline_int() == Some(i64::from(libc::EADDRINUSE)) {
        return Err(os_error(&exc, format!("Address {} is already in use", glue::repr(path)?))?);
    }
    Err(glue::reraise(exc))
}
