//! Owns: names of hosts and services from numbers.
//! Never: connects.
//! Source: CPython 3.13, Modules/socketmodule.c.

use super::addr::{self, HERROR};
use rtcore::error::hierarchy::OS_ERROR;
use rtcore::error::{PyResult, raise, raise_args, type_error};
use rtcore::methods::*;
use rtcore::protocol::sequence::as_index;
use rtcore::types::list::List;
use rtcore::types::tuple;
use std::ffi::{CStr, CString};

fn text(v: &Value) -> PyResult<&str> {
    v.as_str().ok_or_else(|| type_error(format!("argument must be str, not {}", v.ty().full_name())))
}
/// Host and service as `getnameinfo` says them.
fn names(a: &addr::Addr, flags: i32) -> Option<(String, String)> {
    let mut host = [0 as libc::c_char; 1025];
    let mut service = [0 as libc::c_char; 32];
    // SAFETY: the address and both buffers have the lengths given.
    let code = rtcore::gil::allow_threads(|| unsafe {
        libc::getnameinfo(a.ptr(), a.len, host.as_mut_ptr(), host.len() as u32, service.as_mut_ptr(), service.len() as u32, flags)
    });
    // SAFETY: filled with C strings when the call succeeds.
    let text = |p: &[libc::c_char]| unsafe { CStr::from_ptr(p.as_ptr()) }.to_string_lossy().into_owned();
    (code == 0).then(|| (text(&host), text(&service)))
}
fn triple(name: String, address: &str) -> Value {
    tuple::new(vec![Value::string(name), List::value(vec![]), List::value(vec![Value::str(address)])])
}
fn gethostbyaddr(host: &Value) -> PyResult {
    let found = addr::lookup(Some(text(host)?), None, 0, 0, 0, 0)?;
    let Some(first) = found.first() else { return Err(raise(&OS_ERROR, "getaddrinfo returns an empty list")) };
    let shown = addr::to_value(&first.addr);
    let address = tuple::items(&shown).first().and_then(|v| v.as_str().map(str::to_string)).unwrap_or_default();
    match names(&first.addr, libc::NI_NAMEREQD) {
        Some((name, _)) => Ok(triple(name, &address)),
        None => Err(raise_args(&HERROR, vec![Value::int(1), Value::str("Unknown host")])),
    }
}
fn gethostbyname_ex(host: &Value) -> PyResult {
    let found = addr::lookup(Some(text(host)?), None, libc::AF_INET, libc::SOCK_STREAM, 0, 0)?;
    let addresses = found.iter().filter_map(|i| tuple::items(&addr::to_value(&i.addr)).first().cloned()).collect();
    Ok(tuple::new(vec![host.clone(), List::value(vec![]), List::value(addresses)]))
}
fn getnameinfo(address: &Value, flags: &Value) -> PyResult {
    let [host, port, ..] = tuple::items(address) else { return Err(type_error("getnameinfo() argument 1 must be a tuple")) };
    let found = addr::lookup(Some(text(host)?), Some(&as_index(port)?.to_string()), 0, libc::SOCK_DGRAM, 0, libc::AI_NUMERICHOST)?;
    let Some(first) = found.first() else { return Err(raise(&OS_ERROR, "getaddrinfo returns an empty list")) };
    match names(&first.addr, as_index(flags)? as i32) {
        Some((host, service)) => Ok(tuple::new(vec![Value::string(host), Value::string(service)])),
        None => Err(raise_args(&addr::GAIERROR, vec![Value::int(libc::EAI_NONAME.into()), Value::str("Name or service not known")])),
    }
}
fn protocol(v: &Value) -> PyResult<Option<CString>> {
    if v.is_unbound() { Ok(None) } else { Ok(CString::new(text(v)?).ok()) }
}
fn getservbyname(name: &Value, proto: &Value) -> PyResult {
    let (name, proto) = (CString::new(text(name)?).unwrap_or_default(), protocol(proto)?);
    // SAFETY: C strings; the entry is read under the GIL before the next call.
    unsafe {
        let e = libc::getservbyname(name.as_ptr(), proto.as_ref().map_or(std::ptr::null(), |p| p.as_ptr()));
        if e.is_null() { Err(raise(&OS_ERROR, "service/proto not found")) } else { Ok(Value::int(u16::from_be((*e).s_port as u16).into())) }
    }
}
fn getservbyport(port: &Value, proto: &Value) -> PyResult {
    let (port, proto) = (as_index(port)? as u16, protocol(proto)?);
    // SAFETY: as above.
    unsafe {
        let e = libc::getservbyport(port.to_be().into(), proto.as_ref().map_or(std::ptr::null(), |p| p.as_ptr()));
        if e.is_null() {
            return Err(raise(&OS_ERROR, "port/proto not found"));
        }
        Ok(Value::string(CStr::from_ptr((*e).s_name).to_string_lossy().into_owned()))
    }
}
fn getprotobyname(name: &Value) -> PyResult {
    let name = CString::new(text(name)?).unwrap_or_default();
    // SAFETY: as above.
    unsafe {
        let e = libc::getprotobyname(name.as_ptr());
        if e.is_null() { Err(raise(&OS_ERROR, "protocol not found")) } else { Ok(Value::int((*e).p_proto.into())) }
    }
}
pub static FUNCTIONS: &[Method] = &[
    Method::new("gethostbyaddr(host, /)", F1(gethostbyaddr)),
    Method::new("gethostbyname_ex(host, /)", F1(gethostbyname_ex)),
    Method::new("getnameinfo(sockaddr, flags, /)", F2(getnameinfo)),
    Method::new("getservbyname(servicename, protocolname=..., /)", F2(getservbyname)),
    Method::new("getservbyport(port, protocolname=..., /)", F2(getservbyport)),
    Method::new("getprotobyname(name, /)", F1(getprotobyname)),
];
