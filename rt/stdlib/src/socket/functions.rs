//! Owns: the functions and constants of the module `socket`.
//! Never: the socket type itself.
//! Source: CPython 3.13, Modules/socketmodule.c, Lib/socket.py.

use super::constants::CONSTANTS;
use super::addr::{self, GAIERROR, HERROR};
use super::{SOCKET, body, from_fd, last_error, open};
use rtcore::error::hierarchy::{OS_ERROR, TIMEOUT_ERROR};
use rtcore::error::{self, PyResult, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::{call_kw, call_method_name};
use rtcore::protocol::sequence::as_index;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::{bytes, list::List, tuple};

pub fn family_name(n: i32) -> String {
    match n {
        libc::AF_INET | libc::AF_INET6 | libc::AF_UNIX => n.to_string(),
        _ => n.to_string(),
    }
}
pub fn type_name(n: i32) -> String {
    n.to_string()
}

/// `getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)`.
fn getaddrinfo(a: &[Value]) -> PyResult {
    let [host, port, family, ty, proto, flags] = a else { return Err(type_error("getaddrinfo() takes host and port")) };
    let host = if host.is_none() { None } else { Some(text(host)?) };
    let service = if port.is_none() { None } else { Some(text(port)?) };
    let n = |v: &Value| as_index(v).map(|n| n as i32);
    let all = addr::lookup(host.as_deref(), service.as_deref(), n(family)?, n(ty)?, n(proto)?, n(flags)?)?;
    let rows = all.into_iter().map(|i| {
        tuple::new(vec![
            Value::int(i64::from(i.family)),
            Value::int(i64::from(i.ty)),
            Value::int(i64::from(i.proto)),
            Value::string(i.canonical),
            addr::to_value(&i.addr),
        ])
    });
    Ok(List::value(rows.collect()))
}
fn text(v: &Value) -> PyResult<String> {
    if let Some(b) = bytes::buffer::bytes_of(v)? {
        return Ok(String::from_utf8_lossy(&b).into_owned());
    }
    if v.as_str_obj().is_some() || v.as_inline_int().is_some() {
        return rtcore::protocol::repr::str_string(v);
    }
    Err(type_error("getaddrinfo() argument 1 must be string or None"))
}
fn gethostname() -> PyResult {
    let mut buf = [0u8; 256];
    // SAFETY: the buffer has the length given.
    if unsafe { libc::gethostname(buf.as_mut_ptr().cast(), buf.len()) } < 0 {
        return Err(last_error());
    }
    let n = buf.iter().position(|b| *b == 0).unwrap_or(buf.len());
    Ok(Value::string(String::from_utf8_lossy(&buf[..n]).into_owned()))
}
fn gethostbyname(host: &Value) -> PyResult {
    let a = addr::resolve_one(host.as_str().unwrap_or(""), 0, libc::AF_INET)?;
    Ok(tuple::items(&addr::to_value(&a)).first().cloned().unwrap_or(NONE))
}
fn socketpair(family: &Value, ty: &Value, proto: &Value) -> PyResult {
    let family = if family.is_none() { libc::AF_UNIX } else { as_index(family)? as i32 };
    let (ty, proto) = (as_index(ty)? as i32, as_index(proto)? as i32);
    let mut fds = [0i32; 2];
    // SAFETY: the array holds two descriptors.
    if unsafe { libc::socketpair(family, ty | libc::SOCK_CLOEXEC, proto, fds.as_mut_ptr()) } < 0 {
        return Err(last_error());
    }
    Ok(tuple::new(vec![from_fd(fds[0], family, ty, proto), from_fd(fds[1], family, ty, proto)]))
}
/// socket.py, create_connection.
fn create_connection(address: &Value, timeout: &Value, source: &Value) -> PyResult {
    let [host, port] = tuple::items(address) else { return Err(type_error("address must be a pair")) };
    let host = text(host)?;
    let mut last = None;
    for i in addr::lookup(Some(&host), Some(&text(port)?), 0, libc::SOCK_STREAM, 0, 0)? {
        let attempt = (|| {
            let s = open(i.family, i.ty, i.proto)?;
            if !timeout.is_unbound() {
                call_method_name(&s, Name::new("settimeout"), &[timeout.clone()])?;
            }
            if !source.is_none() {
                call_method_name(&s, Name::new("bind"), &[source.clone()])?;
            }
            call_method_name(&s, Name::new("connect"), &[addr::to_value(&i.addr)])?;
            Ok(s)
        })();
        match attempt {
            Ok(s) => return Ok(s),
            Err(r) if error::matches(&r, &OS_ERROR) => last = Some(error::take(r)),
            Err(r) => return Err(r),
        }
    }
    match last {
        Some(exc) => Err(error::set_pending(exc)),
        None => Err(error::raise(&OS_ERROR, "getaddrinfo returns an empty list")),
    }
}
/// socket.py, create_server, for the common arguments.
fn create_server(address: &Value, family: &Value, backlog: &Value, reuse_port: &Value) -> PyResult {
    let s = open(as_index(family)? as i32, libc::SOCK_STREAM, 0)?;
    let opt = |name: i32| call_method_name(&s, Name::new("setsockopt"), &[Value::int(i64::from(libc::SOL_SOCKET)), Value::int(i64::from(name)), Value::int(1)]);
    if body(&s)?.family != libc::AF_UNIX {
        opt(libc::SO_REUSEADDR)?;
    }
    if reuse_port.as_bool() == Some(true) {
        opt(libc::SO_REUSEPORT)?;
    }
    call_method_name(&s, Name::new("bind"), &[address.clone()])?;
    call_method_name(&s, Name::new("listen"), &[backlog.clone()])?;
    Ok(s)
}
fn inet_aton(s: &Value) -> PyResult {
    match s.as_str().unwrap_or("").parse::<std::net::Ipv4Addr>() {
        Ok(ip) => Ok(bytes::from_slice(&ip.octets())),
        Err(_) => Err(error::raise(&OS_ERROR, "illegal IP address string passed to inet_aton")),
    }
}
fn inet_ntoa(b: &Value) -> PyResult {
    match bytes::buffer::bytes_of(b)?.as_deref() {
        Some([a, b, c, d]) => Ok(Value::string(format!("{a}.{b}.{c}.{d}"))),
        Some(_) | None => Err(error::raise(&OS_ERROR, "packed IP wrong length")),
    }
}
fn inet_pton(family: &Value, s: &Value) -> PyResult {
    let text = s.as_str().unwrap_or("");
    if as_index(family)? == i64::from(libc::AF_INET) {
        if let Ok(ip) = text.parse::<std::net::Ipv4Addr>() {
            return Ok(bytes::from_slice(&ip.octets()));
        }
    } else if let Ok(ip) = text.parse::<std::net::Ipv6Addr>() {
        return Ok(bytes::from_slice(&ip.octets()));
    }
    Err(error::raise(&OS_ERROR, "illegal IP address string passed to inet_pton"))
}
fn inet_ntop(_family: &Value, b: &Value) -> PyResult {
    let b = bytes::buffer::bytes_of(b)?.unwrap_or_default();
    if let Ok(four) = <[u8; 4]>::try_from(b.as_slice()) {
        return Ok(Value::string(std::net::Ipv4Addr::from(four).to_string()));
    }
    match <[u8; 16]>::try_from(b.as_slice()) {
        Ok(six) => Ok(Value::string(std::net::Ipv6Addr::from(six).to_string())),
        Err(_) => Err(error::value_error("invalid length of packed IP address string")),
    }
}
fn swap16(v: &Value) -> PyResult {
    Ok(Value::int(i64::from((as_index(v)? as u16).to_be())))
}
fn swap32(v: &Value) -> PyResult {
    Ok(Value::int(i64::from((as_index(v)? as u32).to_be())))
}
fn getdefaulttimeout() -> PyResult {
    Ok(NONE)
}
fn setdefaulttimeout(_: &Value) -> PyResult {
    Ok(NONE)
}
fn close_number(fd: &Value) -> PyResult {
    // SAFETY: the caller says that the descriptor is a socket of its own.
    if unsafe { libc::close(as_index(fd)? as i32) } < 0 { Err(last_error()) } else { Ok(NONE) }
}
fn dup_number(fd: &Value) -> PyResult {
    // SAFETY: a plain system call.
    let n = unsafe { libc::fcntl(as_index(fd)? as i32, libc::F_DUPFD_CLOEXEC, 0) };
    if n < 0 { Err(last_error()) } else { Ok(Value::int(n.into())) }
}
static FUNCTIONS: &[Method] = &[
    Method::new("close(fd, /)", F1(close_number)),
    Method::new("dup(fd, /)", F1(dup_number)),
    Method::new("getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)", N(getaddrinfo)),
    Method::new("gethostname()", F0(gethostname)),
    Method::new("getfqdn(name='')", F1(|_| gethostname())),
    Method::new("gethostbyname(host, /)", F1(gethostbyname)),
    Method::new("socketpair(family=None, type=1, proto=0)", F3(socketpair)),
    Method::new("create_connection(address, timeout=..., source_address=None)", F3(create_connection)),
    Method::new("create_server(address, *, family=2, backlog=None, reuse_port=False)", F4(create_server)),
    Method::new("inet_aton(ip, /)", F1(inet_aton)),
    Method::new("inet_ntoa(packed, /)", F1(inet_ntoa)),
    Method::new("inet_pton(family, ip, /)", F2(inet_pton)),
    Method::new("inet_ntop(family, packed, /)", F2(inet_ntop)),
    Method::new("htons(n, /)", F1(swap16)),
    Method::new("ntohs(n, /)", F1(swap16)),
    Method::new("htonl(n, /)", F1(swap32)),
    Method::new("ntohl(n, /)", F1(swap32)),
    Method::new("getdefaulttimeout()", F0(getdefaulttimeout)),
    Method::new("setdefaulttimeout(timeout, /)", F1(setdefaulttimeout)),
];
fn setup(m: &Value) -> PyResult<()> {
    for f in super::names::FUNCTIONS {
        set_str(m, f.name(), rtcore::types::function::native::function(f, "_socket"));
    }
    for (name, n) in CONSTANTS {
        set_str(m, name, Value::int(i64::from(*n)));
    }
    set_str(m, "socket", Value::of_type(&SOCKET));
    set_str(m, "SocketType", Value::of_type(&SOCKET));
    set_str(m, "error", Value::of_type(&OS_ERROR));
    set_str(m, "timeout", Value::of_type(&TIMEOUT_ERROR));
    set_str(m, "gaierror", Value::of_type(&GAIERROR));
    set_str(m, "herror", Value::of_type(&HERROR));
    set_str(m, "has_ipv6", TRUE);
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_socket", FUNCTIONS, setup);
#[allow(unused)]
const _: fn(&Value, &[Value], &[Name]) -> PyResult = call_kw;
