//! Owns: the module `fcntl`.
//! Never: `ioctl` with mutable arrays other than bytearray.
//! Source: CPython 3.13, Modules/fcntlmodule.c.

use crate::posix::path::{failed, fileno, int};
use rtcore::error::{type_error, value_error};
use rtcore::gil::allow_threads;
use rtcore::methods::*;
use rtcore::protocol::sequence::{as_index, is_index, truth};
use rtcore::types::bytes::{self, buffer};
use rtcore::types::module::{NativeModule, set_str};

/// The largest argument that is copied; CPython's limit.
const LIMIT: usize = 1024;

fn result(n: i32) -> PyResult {
    if n < 0 { Err(failed()) } else { Ok(Value::int(n.into())) }
}
/// Calls with a copy of the argument's bytes and gives back what the system made of it.
fn with_bytes(argument: &Value, what: &str, call: impl FnOnce(*mut u8) -> i32) -> PyResult<(i32, Vec<u8>)> {
    let data = match argument.as_str() {
        Some(s) => s.as_bytes().to_vec(),
        None => buffer::required(argument)?.to_vec(),
    };
    if data.len() > LIMIT {
        return Err(value_error(format!("{what} argument 3 is too long")));
    }
    let mut place = vec![0u8; LIMIT];
    place[..data.len()].copy_from_slice(&data);
    let n = allow_threads(|| call(place.as_mut_ptr()));
    if n < 0 {
        return Err(failed());
    }
    place.truncate(data.len());
    Ok((n, place))
}
fn fcntl(fd: &Value, command: &Value, argument: &Value) -> PyResult {
    let (fd, command) = (fileno(fd)?, int(command)?);
    if is_index(argument) {
        let n = as_index(argument)?;
        // SAFETY: a plain system call with a number.
        return result(allow_threads(|| unsafe { libc::fcntl(fd, command, n as libc::c_int) }));
    }
    // SAFETY: the place is larger than any structure that `fcntl` fills.
    let (_, data) = with_bytes(argument, "fcntl", |p| unsafe { libc::fcntl(fd, command, p) })?;
    Ok(bytes::value(data))
}
fn ioctl(fd: &Value, request: &Value, argument: &Value, mutate: &Value) -> PyResult {
    let (fd, request) = (fileno(fd)?, as_index(request)? as libc::c_ulong);
    if is_index(argument) {
        let n = as_index(argument)?;
        // SAFETY: a plain system call with a number.
        return result(allow_threads(|| unsafe { libc::ioctl(fd, request, n) }));
    }
    let changes = argument.downcast::<bytes::ByteArray>().is_some() && truth(mutate)?;
    // SAFETY: the place is larger than the structures of usual requests; CPython has the same limit.
    let (n, data) = with_bytes(argument, "ioctl", |p| unsafe { libc::ioctl(fd, request, p) })?;
    if !changes {
        return Ok(bytes::value(data));
    }
    let all = rtcore::types::slice::value(NONE, NONE, NONE);
    rtcore::protocol::sequence::setitem(argument, &all, bytes::value(data))?;
    Ok(Value::int(n.into()))
}
fn flock(fd: &Value, operation: &Value) -> PyResult {
    let (fd, operation) = (fileno(fd)?, int(operation)?);
    // SAFETY: a plain system call.
    result(allow_threads(|| unsafe { libc::flock(fd, operation) })).map(|_| NONE)
}
fn lockf(a: &[Value]) -> PyResult {
    let [fd, command, length, start, whence] = a else { return Err(type_error("lockf()")) };
    let (fd, command) = (fileno(fd)?, int(command)?);
    let kind = match command {
        libc::LOCK_UN => libc::F_UNLCK,
        c if c & libc::LOCK_SH != 0 => libc::F_RDLCK,
        c if c & libc::LOCK_EX != 0 => libc::F_WRLCK,
        _ => return Err(value_error("unrecognized lockf argument")),
    };
    let lock = libc::flock {
        l_type: kind as libc::c_short,
        l_whence: int(whence)? as libc::c_short,
        l_start: as_index(start)?,
        l_len: as_index(length)?,
        l_pid: 0,
    };
    let how = if command & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
    // SAFETY: the structure lives during the call.
    result(allow_threads(|| unsafe { libc::fcntl(fd, how, &lock) })).map(|_| NONE)
}
#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("LOCK_SH", libc::LOCK_SH as i64), ("LOCK_EX", libc::LOCK_EX as i64), ("LOCK_NB", libc::LOCK_NB as i64),
    ("LOCK_UN", libc::LOCK_UN as i64), ("F_DUPFD", libc::F_DUPFD as i64), ("F_DUPFD_CLOEXEC", libc::F_DUPFD_CLOEXEC as i64),
    ("F_GETFD", libc::F_GETFD as i64), ("F_SETFD", libc::F_SETFD as i64), ("F_GETFL", libc::F_GETFL as i64),
    ("F_SETFL", libc::F_SETFL as i64), ("F_GETLK", libc::F_GETLK as i64), ("F_SETLK", libc::F_SETLK as i64),
    ("F_SETLKW", libc::F_SETLKW as i64), ("F_GETOWN", libc::F_GETOWN as i64), ("F_SETOWN", libc::F_SETOWN as i64),
    ("F_RDLCK", libc::F_RDLCK as i64), ("F_WRLCK", libc::F_WRLCK as i64), ("F_UNLCK", libc::F_UNLCK as i64),
    ("F_SETPIPE_SZ", libc::F_SETPIPE_SZ as i64), ("F_GETPIPE_SZ", libc::F_GETPIPE_SZ as i64),
    ("F_ADD_SEALS", libc::F_ADD_SEALS as i64), ("F_GET_SEALS", libc::F_GET_SEALS as i64),
    ("F_SEAL_SEAL", libc::F_SEAL_SEAL as i64), ("F_SEAL_SHRINK", libc::F_SEAL_SHRINK as i64),
    ("F_SEAL_GROW", libc::F_SEAL_GROW as i64), ("F_SEAL_WRITE", libc::F_SEAL_WRITE as i64),
    ("FD_CLOEXEC", libc::FD_CLOEXEC as i64),
];
static FUNCTIONS: &[Method] = &[
    Method::new("fcntl(fd, cmd, arg=0, /)", F3(fcntl)),
    Method::new("ioctl(fd, request, arg=0, mutate_flag=True, /)", F4(ioctl)),
    Method::new("flock(fd, operation, /)", F2(flock)),
    Method::new("lockf(fd, cmd, len=0, start=0, whence=0, /)", N(lockf)),
];
fn setup(m: &Value) -> PyResult<()> {
    for (name, n) in NUMBERS {
        set_str(m, name, Value::int(*n));
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("fcntl", FUNCTIONS, setup);
