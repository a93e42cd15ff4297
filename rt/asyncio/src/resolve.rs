//! Owns: names of hosts and services to addresses: `getaddrinfo`, `getnameinfo`, and what needs neither.
//! Never: opens sockets.
//! Source: CPython 3.13, Lib/asyncio/base_events.py (_ipaddr_info, _ensure_resolved, _interleave_addrinfos).

use crate::connect::Options;
use crate::futures;
use crate::glue;
use rtcore::error::{PyResult, type_error};
use rtcore::name::Name;
use rtcore::protocol::iter::collect;
use rtcore::types::bytes;
use rtcore::value::{NONE, Value};
use std::net::IpAddr;

/// One row of what `getaddrinfo` gives.
#[derive(Clone)]
pub struct Info {
    pub family: i32,
    pub ty: i32,
    pub proto: i32,
    pub address: Value,
}
fn small(v: &Value) -> PyResult<i32> {
    Ok(glue::index(v)? as i32)
}
fn from_row(row: &Value) -> PyResult<Info> {
    let row = collect(row)?;
    let [family, ty, proto, _, address] = row.as_slice() else { return Err(type_error("getaddrinfo() rows have five items")) };
    Ok(Info { family: small(family)?, ty: small(ty)?, proto: small(proto)?, address: address.clone() })
}
/// `_ipaddr_info`: an address that is written in digits already.
fn digits(address: &[Value], family: i32, ty: i32, proto: i32) -> PyResult<Option<Info>> {
    let [host, port, rest @ ..] = address else { return Ok(None) };
    if ![0, libc::IPPROTO_TCP, libc::IPPROTO_UDP].contains(&proto) {
        return Ok(None);
    }
    let proto = match ty {
        libc::SOCK_STREAM => libc::IPPROTO_TCP,
        libc::SOCK_DGRAM => libc::IPPROTO_UDP,
        _ => return Ok(None),
    };
    let text = |v: &Value| -> PyResult<Option<String>> {
        match v.as_str() {
            Some(s) => Ok(Some(s.to_owned())),
            None if bytes::is_bytes(v) => Ok(bytes::buffer::bytes_of(v)?.and_then(|b| String::from_utf8(b).ok())),
            None => Ok(None),
        }
    };
    let Some(host) = text(host)? else { return Ok(None) };
    let port = match (port.as_inline_int(), text(port)?) {
        (Some(n), _) => n,
        (None, Some(s)) if s.is_empty() => 0,
        (None, Some(s)) => match s.trim().parse::<i64>() {
            Ok(n) => n,
            Err(_) => return Ok(None),
        },
        (None, None) if port.is_none() => 0,
        (None, None) => return Ok(None),
    };
    let Ok(ip) = host.parse::<IpAddr>() else { return Ok(None) };
    let found = if ip.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    if family != libc::AF_UNSPEC && family != found {
        return Ok(None);
    }
    let mut parts = vec![Value::string(host), Value::int(port)];
    if found == libc::AF_INET6 {
        parts.extend([0, 1].map(|i| rest.get(i).cloned().unwrap_or(Value::int(0))));
    }
    Ok(Some(Info { family: found, ty, proto, address: glue::tuple(parts) }))
}
/// `_ensure_resolved`: the loop's `getaddrinfo` is asked unless the host is written in digits.
pub async fn ensure(l: &Value, address: &Value, family: i32, ty: i32, proto: i32, flags: i32) -> PyResult<Vec<Info>> {
    let parts = collect(address)?;
    if let Some(info) = digits(&parts, family, ty, proto)? {
        return Ok(vec![info]);
    }
    let [host, port, ..] = parts.as_slice() else { return Err(type_error("a host and a port are expected")) };
    let number = |n: i32| Value::int(i64::from(n));
    let values = [host.clone(), port.clone(), number(family), number(ty), number(proto), number(flags)];
    let names = ["family", "type", "proto", "flags"].map(Name::new);
    let asked = rtcore::protocol::call::call_method_kw(l, Name::new("getaddrinfo"), &values, &names)?;
    let rows = glue::await_value(asked).await?;
    collect(&rows)?.iter().map(from_row).collect()
}
/// `_interleave_addrinfos`.
pub fn interleave(infos: Vec<Info>, first_count: usize) -> Vec<Info> {
    let mut families: Vec<(i32, Vec<Info>)> = vec![];
    for info in infos {
        match families.iter_mut().find(|(family, _)| *family == info.family) {
            Some((_, list)) => list.push(info),
            None => families.push((info.family, vec![info])),
        }
    }
    let mut out = vec![];
    if first_count > 1
        && let Some((_, first)) = families.first_mut()
    {
        let n = (first_count - 1).min(first.len());
        out.extend(first.drain(..n));
    }
    let longest = families.iter().map(|(_, list)| list.len()).max().unwrap_or(0);
    for i in 0..longest {
        out.extend(families.iter().filter_map(|(_, list)| list.get(i).cloned()));
    }
    out
}
fn socket_function(name: &str) -> PyResult {
    static SOCKET: &[&rtcore::types::module::NativeModule] = &[&rtstdlib::socket::MODULE];
    rtcore::types::module::import::register_native(SOCKET);
    glue::getattr(&rtcore::types::module::import::import_module("_socket")?, name)
}
pub async fn getaddrinfo(l: Value, host: Value, port: Value, mut o: Options) -> PyResult {
    let mut values = vec![host, port];
    for name in ["family", "type", "proto", "flags"] {
        values.push(o.take_opt(name).unwrap_or(Value::int(0)));
    }
    o.finish("BaseEventLoop.getaddrinfo")?;
    let f = crate::executor::run_in_executor(&l, &NONE, &socket_function("getaddrinfo")?, &values)?;
    futures::wait(f).await
}
pub async fn getnameinfo(l: Value, address: Value, flags: Value) -> PyResult {
    let f = crate::executor::run_in_executor(&l, &NONE, &socket_function("getnameinfo")?, &[address, flags])?;
    futures::wait(f).await
}
