//! Owns: socket addresses: Python values to `sockaddr` and back, name resolution.
//! Never: opens sockets.
//! Source: CPython 3.13, Modules/socketmodule.c (`getsockaddrarg`, `makesockaddr`).

use rtcore::error::hierarchy::{self, OS_ERROR, raise_os_error};
use rtcore::error::{self, PyResult, overflow_error, type_error};
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::types::{bytes, tuple};
use rtcore::value::Value;
use std::ffi::{CStr, CString};
use std::mem::{size_of, zeroed};

/// A C address with its length.
#[derive(Copy, Clone)]
pub struct Addr {
    pub storage: libc::sockaddr_storage,
    pub len: libc::socklen_t,
}
impl Addr {
    pub fn blank() -> Addr {
        // SAFETY: all-zero is a valid sockaddr_storage.
        Addr { storage: unsafe { zeroed() }, len: size_of::<libc::sockaddr_storage>() as libc::socklen_t }
    }
    pub fn ptr(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }
    pub fn ptr_mut(&mut self) -> *mut libc::sockaddr {
        (&raw mut self.storage).cast()
    }
    fn of<T>(value: T, len: usize) -> Addr {
        let mut a = Addr::blank();
        // SAFETY: every sockaddr type fits into sockaddr_storage.
        unsafe { (&raw mut a.storage).cast::<T>().write(value) };
        a.len = len as libc::socklen_t;
        a
    }
}

static GAIERROR_DEF: ClassDef = ClassDef::new::<hierarchy::Exception>("gaierror")
    .like(&OS_ERROR, &hierarchy::BASE_EXCEPTION)
    .module("socket")
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
pub static GAIERROR: Type = Type::builtin(&GAIERROR_DEF);
static HERROR_DEF: ClassDef = ClassDef::new::<hierarchy::Exception>("herror")
    .like(&OS_ERROR, &hierarchy::BASE_EXCEPTION)
    .module("socket")
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
pub static HERROR: Type = Type::builtin(&HERROR_DEF);

pub fn port(v: &Value) -> PyResult<u16> {
    match v.as_inline_int() {
        Some(n) if (0..=65535).contains(&n) => Ok(n as u16),
        Some(_) => Err(overflow_error("port must be 0-65535.")),
        None => Err(type_error(format!("'{}' object cannot be interpreted as an integer", v.ty().name()))),
    }
}

/// An address argument of a socket of this family.
pub fn from_value(family: i32, v: &Value, who: &str) -> PyResult<Addr> {
    match family {
        libc::AF_INET => {
            let [host, p] = tuple::items(v) else {
                if rtcore::types::tuple::is_tuple(v) {
                    return Err(type_error(format!("{who}(): wrong format for AF_INET address")));
                }
                return Err(type_error(format!("{who}(): AF_INET address must be tuple, not {}", v.ty().name())));
            };
            let p = port(p)?;
            let host = host.as_str().ok_or_else(|| type_error("str, bytes or bytearray expected"))?;
            resolve_one(host, p, libc::AF_INET)
        }
        libc::AF_INET6 => {
            let items = tuple::items(v);
            let [host, p, rest @ ..] = items else {
                return Err(type_error(format!("{who}(): AF_INET6 address must be tuple, not {}", v.ty().name())));
            };
            let p = port(p)?;
            let host = host.as_str().ok_or_else(|| type_error("str, bytes or bytearray expected"))?;
            let mut a = resolve_one(host, p, libc::AF_INET6)?;
            // SAFETY: the address was resolved for AF_INET6.
            let six = unsafe { &mut *(&raw mut a.storage).cast::<libc::sockaddr_in6>() };
            if let Some(flow) = rest.first().and_then(Value::as_inline_int) {
                six.sin6_flowinfo = (flow as u32).to_be();
            }
            if let Some(scope) = rest.get(1).and_then(Value::as_inline_int) {
                six.sin6_scope_id = scope as u32;
            }
            Ok(a)
        }
        libc::AF_UNIX => {
            let path: Vec<u8> = match v.as_str() {
                Some(s) => s.as_bytes().to_vec(),
                None => match bytes::buffer::bytes_of(v)? {
                    Some(b) => b,
                    None => rtcore::protocol::repr::str_string(v)?.into_bytes(),
                },
            };
            // SAFETY: all-zero is a valid sockaddr_un.
            let mut un: libc::sockaddr_un = unsafe { zeroed() };
            un.sun_family = libc::AF_UNIX as libc::sa_family_t;
            if path.len() >= un.sun_path.len() {
                return Err(error::raise(&OS_ERROR, "AF_UNIX path too long"));
            }
            for (d, s) in un.sun_path.iter_mut().zip(&path) {
                *d = *s as libc::c_char;
            }
            let abstract_ = path.first() == Some(&0);
            let len = size_of::<libc::sa_family_t>() + path.len() + usize::from(!abstract_);
            Ok(Addr::of(un, len))
        }
        _ => Err(error::raise(&OS_ERROR, format!("{who}(): bad family"))),
    }
}

/// The Python value of an address.
pub fn to_value(a: &Addr) -> Value {
    // SAFETY: the family says which sockaddr type the storage holds.
    unsafe {
        match i32::from(a.storage.ss_family) {
            libc::AF_INET => {
                let s = &*a.ptr().cast::<libc::sockaddr_in>();
                let ip = std::net::Ipv4Addr::from(u32::from_be(s.sin_addr.s_addr));
                tuple::new(vec![Value::string(ip.to_string()), Value::int(i64::from(u16::from_be(s.sin_port)))])
            }
            libc::AF_INET6 => {
                let s = &*a.ptr().cast::<libc::sockaddr_in6>();
                let ip = std::net::Ipv6Addr::from(s.sin6_addr.s6_addr);
                tuple::new(vec![
                    Value::string(ip.to_string()),
                    Value::int(i64::from(u16::from_be(s.sin6_port))),
                    Value::int(i64::from(u32::from_be(s.sin6_flowinfo))),
                    Value::int(i64::from(s.sin6_scope_id)),
                ])
            }
            libc::AF_UNIX => {
                let s = &*a.ptr().cast::<libc::sockaddr_un>();
                let n = (a.len as usize).saturating_sub(size_of::<libc::sa_family_t>()).min(s.sun_path.len());
                let raw: Vec<u8> = s.sun_path[..n].iter().map(|c| *c as u8).collect();
                if raw.first() == Some(&0) {
                    return bytes::value(raw);
                }
                let end = raw.iter().position(|b| *b == 0).unwrap_or(raw.len());
                Value::string(String::from_utf8_lossy(&raw[..end]).into_owned())
            }
            _ => rtcore::value::NONE,
        }
    }
}

/// What `getaddrinfo` gave.
pub struct Info {
    pub family: i32,
    pub ty: i32,
    pub proto: i32,
    pub canonical: String,
    pub addr: Addr,
}
/// `getaddrinfo`, without the GIL.
pub fn lookup(host: Option<&str>, service: Option<&str>, family: i32, ty: i32, proto: i32, flags: i32) -> PyResult<Vec<Info>> {
    let c = |s: &str| CString::new(s).map_err(|_| error::value_error("embedded null character"));
    let host = host.map(c).transpose()?;
    let service = service.map(c).transpose()?;
    let (rc, out) = rtcore::gil::allow_threads(|| {
        // SAFETY: the hints are zeroed and filled; the strings live during the call; the result list is
        // walked before it is freed.
        unsafe {
            let mut hints: libc::addrinfo = zeroed();
            hints.ai_family = family;
            hints.ai_socktype = ty;
            hints.ai_protocol = proto;
            hints.ai_flags = flags;
            let mut list = std::ptr::null_mut();
            let h = host.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
            let s = service.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
            let rc = libc::getaddrinfo(h, s, &hints, &mut list);
            let mut out = vec![];
            if rc == 0 {
                let mut p = list;
                while !p.is_null() {
                    let i = &*p;
                    let mut a = Addr::blank();
                    std::ptr::copy_nonoverlapping(i.ai_addr.cast::<u8>(), a.ptr_mut().cast::<u8>(), i.ai_addrlen as usize);
                    a.len = i.ai_addrlen;
                    let canonical =
                        if i.ai_canonname.is_null() { String::new() } else { CStr::from_ptr(i.ai_canonname).to_string_lossy().into_owned() };
                    out.push(Info { family: i.ai_family, ty: i.ai_socktype, proto: i.ai_protocol, canonical, addr: a });
                    p = i.ai_next;
                }
                libc::freeaddrinfo(list);
            }
            (rc, out)
        }
    });
    if rc != 0 {
        return Err(gai_error(rc));
    }
    Ok(out)
}
fn gai_error(rc: i32) -> error::Raised {
    if rc == libc::EAI_SYSTEM {
        return raise_os_error(&std::io::Error::last_os_error(), None);
    }
    // SAFETY: gai_strerror returns a static C string.
    let text = unsafe { CStr::from_ptr(libc::gai_strerror(rc)).to_string_lossy().into_owned() };
    let exc = hierarchy::with_args(&GAIERROR, vec![Value::int(i64::from(rc)), Value::string(text)]);
    error::raise_value(exc)
}
/// The first address of a host name or literal.
pub fn resolve_one(host: &str, port: u16, family: i32) -> PyResult<Addr> {
    let host = if host.is_empty() { "0.0.0.0" } else { host };
    if family == libc::AF_INET {
        let ip: Option<std::net::Ipv4Addr> =
            if host == "<broadcast>" { Some(std::net::Ipv4Addr::BROADCAST) } else { host.parse().ok() };
        if let Some(ip) = ip {
            // SAFETY: all-zero is a valid sockaddr_in.
            let mut s: libc::sockaddr_in = unsafe { zeroed() };
            s.sin_family = libc::AF_INET as libc::sa_family_t;
            s.sin_port = port.to_be();
            s.sin_addr.s_addr = u32::from(ip).to_be();
            return Ok(Addr::of(s, size_of::<libc::sockaddr_in>()));
        }
    }
    let host6 = if family == libc::AF_INET6 && host == "0.0.0.0" { "::" } else { host };
    let all = lookup(Some(host6), Some(&port.to_string()), family, libc::SOCK_STREAM, 0, 0)?;
    match all.into_iter().next() {
        Some(i) => Ok(i.addr),
        None => Err(gai_error(libc::EAI_NONAME)),
    }
}
