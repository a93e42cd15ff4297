//! Owns: functions on file descriptors.
//! Never: knows paths, except in `open`.
//! Source: CPython 3.13, Modules/posixmodule.c.

use super::path::{self, PATH, Path, check, descriptor, dir_fd, failed, int};
use super::stat::Lazy;
use rtcore::error::hierarchy::raise_os_error;
use rtcore::error::value_error;
use rtcore::gil::allow_threads;
use rtcore::methods::*;
use rtcore::protocol::sequence::{as_index, truth};
use rtcore::types::{bytes, tuple};
use std::io;

/// A call that a signal may interrupt: the handler runs, then it is made again (PEP 475).
pub fn again(mut call: impl FnMut() -> isize) -> PyResult<io::Result<isize>> {
    loop {
        let n = allow_threads(&mut call);
        if n >= 0 {
            return Ok(Ok(n));
        }
        let e = io::Error::last_os_error();
        if e.raw_os_error() != Some(libc::EINTR) {
            return Ok(Err(e));
        }
        rtcore::signals::check()?;
    }
}
fn repeated(call: impl FnMut() -> isize) -> PyResult<isize> {
    again(call)?.map_err(|e| raise_os_error(&e, None))
}

fn open(p: &Value, flags: &Value, mode: &Value, dir: &Value) -> PyResult {
    let p = Path::of(p, "open: path", PATH)?;
    let (flags, mode, dir) = (int(flags)? | libc::O_CLOEXEC, int(mode)?, dir_fd(dir)?);
    // SAFETY: a valid C string.
    let fd = again(|| unsafe { libc::openat(dir, p.c.as_ptr(), flags, mode) } as isize)?.map_err(|e| p.error(&e))?;
    Ok(Value::int(fd as i64))
}
fn close(fd: &Value) -> PyResult {
    let fd = descriptor(fd)?;
    // SAFETY: a plain system call. CPython does not repeat it either.
    match allow_threads(|| unsafe { libc::close(fd) }) {
        r if r < 0 && io::Error::last_os_error().raw_os_error() != Some(libc::EINTR) => Err(failed()),
        _ => Ok(NONE),
    }
}
fn closerange(low: &Value, high: &Value) -> PyResult {
    for fd in descriptor(low)?..descriptor(high)? {
        // SAFETY: a plain system call; errors are ignored.
        unsafe { libc::close(fd) };
    }
    Ok(NONE)
}
fn read(fd: &Value, length: &Value) -> PyResult {
    let (fd, length) = (descriptor(fd)?, as_index(length)?);
    let Ok(length) = usize::try_from(length) else {
        return Err(raise_os_error(&io::Error::from_raw_os_error(libc::EINVAL), None));
    };
    let mut buffer = vec![0u8; length];
    // SAFETY: the pointer and length describe the buffer.
    let n = repeated(|| unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), length) })?;
    buffer.truncate(n as usize);
    Ok(bytes::value(buffer))
}
fn write(fd: &Value, data: &Value) -> PyResult {
    let fd = descriptor(fd)?;
    let data = bytes::buffer::required(data)?.to_vec();
    // SAFETY: the pointer and length describe the data.
    Ok(Value::int(repeated(|| unsafe { libc::write(fd, data.as_ptr().cast(), data.len()) })? as i64))
}
fn pread(fd: &Value, length: &Value, offset: &Value) -> PyResult {
    let (fd, length, offset) = (descriptor(fd)?, as_index(length)?, as_index(offset)?);
    let Ok(length) = usize::try_from(length) else {
        return Err(raise_os_error(&io::Error::from_raw_os_error(libc::EINVAL), None));
    };
    let mut buffer = vec![0u8; length];
    // SAFETY: the pointer and length describe the buffer.
    let n = repeated(|| unsafe { libc::pread(fd, buffer.as_mut_ptr().cast(), length, offset) })?;
    buffer.truncate(n as usize);
    Ok(bytes::value(buffer))
}
fn pwrite(fd: &Value, data: &Value, offset: &Value) -> PyResult {
    let (fd, offset) = (descriptor(fd)?, as_index(offset)?);
    let data = bytes::buffer::required(data)?.to_vec();
    // SAFETY: the pointer and length describe the data.
    Ok(Value::int(repeated(|| unsafe { libc::pwrite(fd, data.as_ptr().cast(), data.len(), offset) })? as i64))
}
fn lseek(fd: &Value, position: &Value, whence: &Value) -> PyResult {
    let (fd, position, whence) = (descriptor(fd)?, as_index(position)?, int(whence)?);
    // SAFETY: a plain system call.
    let n = unsafe { libc::lseek(fd, position, whence) };
    if n < 0 { Err(failed()) } else { Ok(Value::int(n)) }
}
fn dup(fd: &Value) -> PyResult {
    let fd = descriptor(fd)?;
    // SAFETY: a plain system call.
    let n = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) };
    if n < 0 { Err(failed()) } else { Ok(Value::int(n.into())) }
}
fn dup2(fd: &Value, target: &Value, inheritable: &Value) -> PyResult {
    let (fd, target) = (descriptor(fd)?, descriptor(target)?);
    if fd < 0 || target < 0 {
        return Err(raise_os_error(&io::Error::from_raw_os_error(libc::EBADF), None));
    }
    let flags = if truth(inheritable)? { 0 } else { libc::O_CLOEXEC };
    // dup3 refuses equal numbers, which dup2 allows.
    // SAFETY: plain system calls.
    let n = unsafe { if fd == target { libc::dup2(fd, target) } else { libc::dup3(fd, target, flags) } };
    if n < 0 { Err(failed()) } else { Ok(Value::int(n.into())) }
}
fn pipe2(flags: &Value) -> PyResult {
    let flags = int(flags)?;
    let mut fds = [0i32; 2];
    // SAFETY: two places for the results.
    check(unsafe { libc::pipe2(fds.as_mut_ptr(), flags) })?;
    Ok(tuple::new(fds.iter().map(|fd| Value::int((*fd).into())).collect()))
}
fn pipe() -> PyResult {
    pipe2(&Value::int(libc::O_CLOEXEC.into()))
}
fn openpty() -> PyResult {
    let (mut main, mut second) = (0, 0);
    let null = std::ptr::null_mut();
    // SAFETY: two places for the results; name, settings and size are not asked for.
    check(unsafe { libc::openpty(&mut main, &mut second, null, null.cast(), null.cast()) })?;
    for fd in [main, second] {
        // SAFETY: a plain system call.
        check(unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) })?;
    }
    Ok(tuple::new(vec![Value::int(main.into()), Value::int(second.into())]))
}
macro_rules! on_descriptor {
    ($($name:ident $call:ident;)*) => {$(
        fn $name(fd: &Value) -> PyResult {
            let fd = path::fileno(fd)?;
            // SAFETY: a plain system call.
            repeated(|| unsafe { libc::$call(fd) } as isize)?;
            Ok(NONE)
        }
    )*};
}
on_descriptor! {
    fsync fsync;
    fdatasync fdatasync;
}
fn ftruncate(fd: &Value, length: &Value) -> PyResult {
    let (fd, length) = (descriptor(fd)?, as_index(length)?);
    // SAFETY: a plain system call.
    repeated(|| unsafe { libc::ftruncate(fd, length) } as isize)?;
    Ok(NONE)
}
fn posix_fallocate(fd: &Value, offset: &Value, length: &Value) -> PyResult {
    let (fd, offset, length) = (descriptor(fd)?, as_index(offset)?, as_index(length)?);
    // SAFETY: a plain system call; it returns its error.
    match allow_threads(|| unsafe { libc::posix_fallocate(fd, offset, length) }) {
        0 => Ok(NONE),
        e => Err(raise_os_error(&io::Error::from_raw_os_error(e), None)),
    }
}
fn lockf(fd: &Value, command: &Value, length: &Value) -> PyResult {
    let (fd, command, length) = (descriptor(fd)?, int(command)?, as_index(length)?);
    // SAFETY: a plain system call.
    repeated(|| unsafe { libc::lockf(fd, command, length) } as isize)?;
    Ok(NONE)
}
fn sendfile(out: &Value, source: &Value, offset: &Value, count: &Value) -> PyResult {
    let (out, source, count) = (descriptor(out)?, descriptor(source)?, as_index(count)?);
    let mut at = if offset.is_none() { None } else { Some(as_index(offset)?) };
    let at = at.as_mut().map_or(std::ptr::null_mut(), |o| o as *mut i64);
    // SAFETY: the offset is null or lives during the call.
    let n = again(|| unsafe { libc::sendfile(out, source, at, count as usize) })?;
    n.map(|n| Value::int(n as i64)).map_err(|e| raise_os_error(&e, None))
}
fn copy_file_range(a: &[Value]) -> PyResult {
    let [source, out, count, from, to] = a else { return Ok(NONE) };
    let (source, out, count) = (descriptor(source)?, descriptor(out)?, as_index(count)?);
    let Ok(count) = usize::try_from(count) else { return Err(value_error("negative value for 'count' not allowed")) };
    let place = |v: &Value| if v.is_none() { Ok(None) } else { as_index(v).map(Some) };
    let (mut from, mut to) = (place(from)?, place(to)?);
    let at = |o: &mut Option<i64>| o.as_mut().map_or(std::ptr::null_mut(), |o| o as *mut i64);
    let (from, to) = (at(&mut from), at(&mut to));
    // SAFETY: the offsets are null or live during the call.
    Ok(Value::int(repeated(|| unsafe { libc::copy_file_range(source, from, out, to, count, 0) })? as i64))
}
fn isatty(fd: &Value) -> PyResult {
    let fd = descriptor(fd)?;
    // SAFETY: a plain system call.
    Ok(Value::bool(unsafe { libc::isatty(fd) } == 1))
}
fn ttyname(fd: &Value) -> PyResult {
    let fd = descriptor(fd)?;
    let mut buffer = [0 as libc::c_char; 256];
    // SAFETY: the pointer and length describe the buffer.
    match unsafe { libc::ttyname_r(fd, buffer.as_mut_ptr(), buffer.len()) } {
        0 => path::text(buffer.as_ptr()),
        e => Err(raise_os_error(&io::Error::from_raw_os_error(e), None)),
    }
}
fn get_inheritable(fd: &Value) -> PyResult {
    let fd = descriptor(fd)?;
    // SAFETY: a plain system call.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFD) };
    if flags < 0 { Err(failed()) } else { Ok(Value::bool(flags & libc::FD_CLOEXEC == 0)) }
}
fn set_inheritable(fd: &Value, on: &Value) -> PyResult {
    let (fd, on) = (descriptor(fd)?, int(on)?);
    // SAFETY: a plain system call.
    check(unsafe { libc::fcntl(fd, libc::F_SETFD, if on != 0 { 0 } else { libc::FD_CLOEXEC }) })
}
fn get_blocking(fd: &Value) -> PyResult {
    let fd = descriptor(fd)?;
    // SAFETY: a plain system call.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    if flags < 0 { Err(failed()) } else { Ok(Value::bool(flags & libc::O_NONBLOCK == 0)) }
}
fn set_blocking(fd: &Value, on: &Value) -> PyResult {
    let (fd, on) = (descriptor(fd)?, truth(on)?);
    // SAFETY: plain system calls.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFL);
        check(flags)?;
        check(libc::fcntl(fd, libc::F_SETFL, if on { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK }))
    }
}
pub static TERMINAL_SIZE: Lazy = Lazy::new("os", "terminal_size", &["columns", "lines"], &[]);
fn get_terminal_size(fd: &Value) -> PyResult {
    let fd = descriptor(fd)?;
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: a place for the result.
    check(unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size) })?;
    TERMINAL_SIZE.make(vec![Value::int(size.ws_col.into()), Value::int(size.ws_row.into())])
}
fn device_encoding(fd: &Value) -> PyResult {
    let fd = descriptor(fd)?;
    // SAFETY: a plain system call.
    Ok(if unsafe { libc::isatty(fd) } == 1 { Value::str("utf-8") } else { NONE })
}
fn memfd_create(name: &Value, flags: &Value) -> PyResult {
    let (name, flags) = (Path::of(name, "memfd_create: name", PATH)?, int(flags)?);
    // SAFETY: a valid C string.
    let fd = unsafe { libc::memfd_create(name.c.as_ptr(), flags as u32) };
    if fd < 0 { Err(failed()) } else { Ok(Value::int(fd.into())) }
}

pub static FUNCTIONS: &[Method] = &[
    Method::new("open(path, flags, mode=511, *, dir_fd=None)", F4(open)),
    Method::new("close(fd)", F1(close)),
    Method::new("closerange(fd_low, fd_high, /)", F2(closerange)),
    Method::new("read(fd, length, /)", F2(read)),
    Method::new("write(fd, data, /)", F2(write)),
    Method::new("pread(fd, length, offset, /)", F3(pread)),
    Method::new("pwrite(fd, buffer, offset, /)", F3(pwrite)),
    Method::new("lseek(fd, position, whence, /)", F3(lseek)),
    Method::new("dup(fd, /)", F1(dup)),
    Method::new("dup2(fd, fd2, inheritable=True)", F3(dup2)),
    Method::new("pipe()", F0(pipe)),
    Method::new("pipe2(flags, /)", F1(pipe2)),
    Method::new("openpty()", F0(openpty)),
    Method::new("fsync(fd)", F1(fsync)),
    Method::new("fdatasync(fd)", F1(fdatasync)),
    Method::new("ftruncate(fd, length, /)", F2(ftruncate)),
    Method::new("posix_fallocate(fd, offset, length, /)", F3(posix_fallocate)),
    Method::new("lockf(fd, command, length, /)", F3(lockf)),
    Method::new("sendfile(out_fd, in_fd, offset, count)", F4(sendfile)),
    Method::new("copy_file_range(src, dst, count, offset_src=None, offset_dst=None)", N(copy_file_range)),
    Method::new("isatty(fd, /)", F1(isatty)),
    Method::new("ttyname(fd, /)", F1(ttyname)),
    Method::new("get_inheritable(fd, /)", F1(get_inheritable)),
    Method::new("set_inheritable(fd, inheritable, /)", F2(set_inheritable)),
    Method::new("get_blocking(fd, /)", F1(get_blocking)),
    Method::new("set_blocking(fd, blocking, /)", F2(set_blocking)),
    Method::new("get_terminal_size(fd=1, /)", F1(get_terminal_size)),
    Method::new("device_encoding(fd)", F1(device_encoding)),
    Method::new("memfd_create(name, flags=1)", F2(memfd_create)),
];
