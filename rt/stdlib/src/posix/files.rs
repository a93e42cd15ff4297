//! Owns: functions that change the file system: make, remove, rename, link, permissions, times.
//! Never: reads or writes a file's content.
//! Source: CPython 3.13, Modules/posixmodule.c.

use super::path::{self, PATH, PATH_OR_FD, Path, dir_fd, failed2, int};
use rtcore::error::{type_error, value_error};
use rtcore::gil::allow_threads;
use rtcore::methods::*;
use rtcore::protocol::number::{float_of, index_int};
use rtcore::protocol::sequence::truth;
use rtcore::types::{bytes, tuple};
use std::ffi::CStr;

/// A system call without the lock; an error names the path.
fn on(p: &Path, call: impl FnOnce(&CStr) -> i32) -> PyResult {
    p.check(allow_threads(|| call(&p.c)))
}

fn mkdir(p: &Value, mode: &Value, dir: &Value) -> PyResult {
    let (p, mode, dir) = (Path::of(p, "mkdir: path", PATH)?, int(mode)?, dir_fd(dir)?);
    // SAFETY: a valid C string.
    on(&p, |c| unsafe { libc::mkdirat(dir, c.as_ptr(), mode as libc::mode_t) })
}
fn mkfifo(p: &Value, mode: &Value, dir: &Value) -> PyResult {
    let (p, mode, dir) = (Path::of(p, "mkfifo: path", PATH)?, int(mode)?, dir_fd(dir)?);
    // SAFETY: a valid C string.
    on(&p, |c| unsafe { libc::mkfifoat(dir, c.as_ptr(), mode as libc::mode_t) })
}
fn rmdir(p: &Value, dir: &Value) -> PyResult {
    let (p, dir) = (Path::of(p, "rmdir: path", PATH)?, dir_fd(dir)?);
    // SAFETY: a valid C string.
    on(&p, |c| unsafe { libc::unlinkat(dir, c.as_ptr(), libc::AT_REMOVEDIR) })
}
fn unlink_as(p: &Value, dir: &Value, what: &str) -> PyResult {
    let (p, dir) = (Path::of(p, what, PATH)?, dir_fd(dir)?);
    // SAFETY: a valid C string.
    on(&p, |c| unsafe { libc::unlinkat(dir, c.as_ptr(), 0) })
}
fn unlink(p: &Value, dir: &Value) -> PyResult {
    unlink_as(p, dir, "unlink: path")
}
fn remove(p: &Value, dir: &Value) -> PyResult {
    unlink_as(p, dir, "remove: path")
}
fn rename_as(a: [&Value; 4], function: &str) -> PyResult {
    let [from, to, from_dir, to_dir] = a;
    let from = Path::of(from, &format!("{function}: src"), PATH)?;
    let to = Path::of(to, &format!("{function}: dst"), PATH)?;
    let (from_dir, to_dir) = (dir_fd(from_dir)?, dir_fd(to_dir)?);
    // SAFETY: two valid C strings.
    let r = allow_threads(|| unsafe { libc::renameat(from_dir, from.c.as_ptr(), to_dir, to.c.as_ptr()) });
    if r < 0 { Err(failed2(&from, &to)) } else { Ok(NONE) }
}
fn rename(a: &Value, b: &Value, c: &Value, d: &Value) -> PyResult {
    rename_as([a, b, c, d], "rename")
}
fn replace(a: &Value, b: &Value, c: &Value, d: &Value) -> PyResult {
    rename_as([a, b, c, d], "replace")
}
fn link(a: &[Value]) -> PyResult {
    let [from, to, from_dir, to_dir, follow] = a else { return Err(type_error("link()")) };
    let (from, to) = (Path::of(from, "link: src", PATH)?, Path::of(to, "link: dst", PATH)?);
    let (from_dir, to_dir) = (dir_fd(from_dir)?, dir_fd(to_dir)?);
    let flags = if truth(follow)? && (from_dir, to_dir) != (libc::AT_FDCWD, libc::AT_FDCWD) { libc::AT_SYMLINK_FOLLOW } else { 0 };
    // SAFETY: two valid C strings.
    let r = allow_threads(|| unsafe { libc::linkat(from_dir, from.c.as_ptr(), to_dir, to.c.as_ptr(), flags) });
    if r < 0 { Err(failed2(&from, &to)) } else { Ok(NONE) }
}
fn symlink(from: &Value, to: &Value, _is_directory: &Value, dir: &Value) -> PyResult {
    let (from, to) = (Path::of(from, "symlink: src", PATH)?, Path::of(to, "symlink: dst", PATH)?);
    let dir = dir_fd(dir)?;
    // SAFETY: two valid C strings.
    let r = allow_threads(|| unsafe { libc::symlinkat(from.c.as_ptr(), dir, to.c.as_ptr()) });
    if r < 0 { Err(failed2(&from, &to)) } else { Ok(NONE) }
}
fn readlink(p: &Value, dir: &Value) -> PyResult {
    let (p, dir) = (Path::of(p, "readlink: path", PATH)?, dir_fd(dir)?);
    let mut buffer = vec![0u8; libc::PATH_MAX as usize + 1];
    // SAFETY: a valid C string; the pointer and length describe the buffer.
    let n = unsafe { libc::readlinkat(dir, p.c.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()) };
    if n < 0 {
        return Err(p.failed());
    }
    p.name(&buffer[..n as usize])
}
fn chdir(p: &Value) -> PyResult {
    let p = Path::of(p, "chdir: path", PATH_OR_FD)?;
    // SAFETY: a valid C string.
    on(&p, |c| unsafe { p.fd.map_or_else(|| libc::chdir(c.as_ptr()), |fd| libc::fchdir(fd)) })
}
fn fchdir(fd: &Value) -> PyResult {
    let fd = path::fileno(fd)?;
    // SAFETY: a plain system call.
    path::check(allow_threads(|| unsafe { libc::fchdir(fd) }))
}
fn chroot(p: &Value) -> PyResult {
    let p = Path::of(p, "chroot: path", PATH)?;
    // SAFETY: a valid C string.
    on(&p, |c| unsafe { libc::chroot(c.as_ptr()) })
}
fn chmod(p: &Value, mode: &Value, dir: &Value, follow: &Value) -> PyResult {
    let p = Path::of(p, "chmod: path", PATH_OR_FD)?;
    let (mode, dir, follow) = (int(mode)? as libc::mode_t, dir_fd(dir)?, truth(follow)?);
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    // SAFETY: a valid C string.
    on(&p, |c| unsafe { p.fd.map_or_else(|| libc::fchmodat(dir, c.as_ptr(), mode, flags), |fd| libc::fchmod(fd, mode)) })
}
fn fchmod(fd: &Value, mode: &Value) -> PyResult {
    let (fd, mode) = (path::descriptor(fd)?, int(mode)?);
    // SAFETY: a plain system call.
    path::check(allow_threads(|| unsafe { libc::fchmod(fd, mode as libc::mode_t) }))
}
fn chown(a: &[Value]) -> PyResult {
    let [p, uid, gid, dir, follow] = a else { return Err(type_error("chown()")) };
    let p = Path::of(p, "chown: path", PATH_OR_FD)?;
    let (uid, gid, dir) = (path::id(uid)?, path::id(gid)?, dir_fd(dir)?);
    let flags = if truth(follow)? { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    // SAFETY: a valid C string.
    on(&p, |c| unsafe { p.fd.map_or_else(|| libc::fchownat(dir, c.as_ptr(), uid, gid, flags), |fd| libc::fchown(fd, uid, gid)) })
}
fn fchown(fd: &Value, uid: &Value, gid: &Value) -> PyResult {
    let (fd, uid, gid) = (path::descriptor(fd)?, path::id(uid)?, path::id(gid)?);
    // SAFETY: a plain system call.
    path::check(allow_threads(|| unsafe { libc::fchown(fd, uid, gid) }))
}
fn lchown(p: &Value, uid: &Value, gid: &Value) -> PyResult {
    let (p, uid, gid) = (Path::of(p, "lchown: path", PATH)?, path::id(uid)?, path::id(gid)?);
    // SAFETY: a valid C string.
    on(&p, |c| unsafe { libc::lchown(c.as_ptr(), uid, gid) })
}
fn truncate(p: &Value, length: &Value) -> PyResult {
    let p = Path::of(p, "truncate: path", PATH_OR_FD)?;
    let n = rtcore::protocol::sequence::as_index(length)?;
    // SAFETY: a valid C string.
    on(&p, |c| unsafe { p.fd.map_or_else(|| libc::truncate(c.as_ptr(), n), |fd| libc::ftruncate(fd, n)) })
}

/// Seconds, an int or a float, as the system counts them.
fn seconds(v: &Value) -> PyResult<libc::timespec> {
    if let Some(f) = float_of(v) {
        if f.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        // CPython rounds to minus infinity (_PyTime_ROUND_FLOOR).
        let ns = ((f - f.floor()) * 1e9).floor() as i64;
        return Ok(libc::timespec { tv_sec: f.floor() as i64, tv_nsec: ns.min(999_999_999) });
    }
    let n = index_int(v)?.to_i64().ok_or_else(|| rtcore::error::overflow_error("timestamp out of range for platform time_t"))?;
    Ok(libc::timespec { tv_sec: n, tv_nsec: 0 })
}
fn nanoseconds(v: &Value) -> PyResult<libc::timespec> {
    let n = index_int(v)?.to_i64().ok_or_else(|| rtcore::error::overflow_error("timestamp out of range for platform time_t"))?;
    Ok(libc::timespec { tv_sec: n.div_euclid(1_000_000_000), tv_nsec: n.rem_euclid(1_000_000_000) })
}
fn utime(a: &[Value]) -> PyResult {
    let [p, times, ns, dir, follow] = a else { return Err(type_error("utime()")) };
    let p = Path::of(p, "utime: path", PATH_OR_FD)?;
    if !times.is_none() && !ns.is_unbound() {
        return Err(value_error("utime: you may specify either 'times' or 'ns' but not both"));
    }
    let pair = |v: &Value, read: fn(&Value) -> PyResult<libc::timespec>, text: &str| match tuple::items(v) {
        [a, m] if tuple::is_tuple(v) => Ok([read(a)?, read(m)?]),
        _ => Err(type_error(text)),
    };
    let spec = if !times.is_none() {
        Some(pair(times, seconds, "utime: 'times' must be either a tuple of two ints or None")?)
    } else if !ns.is_unbound() {
        Some(pair(ns, nanoseconds, "utime: 'ns' must be a tuple of two ints")?)
    } else {
        None
    };
    let at = spec.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
    let (dir, flags) = (dir_fd(dir)?, if truth(follow)? { 0 } else { libc::AT_SYMLINK_NOFOLLOW });
    // SAFETY: a valid C string; the times are null or two timespecs that live during the call.
    let r = unsafe { p.fd.map_or_else(|| libc::utimensat(dir, p.c.as_ptr(), at, flags), |fd| libc::futimens(fd, at)) };
    p.check(r)
}
fn umask(mask: &Value) -> PyResult {
    let mask = int(mask)?;
    // SAFETY: a plain system call.
    Ok(Value::int(unsafe { libc::umask(mask as libc::mode_t) }.into()))
}
fn sync() -> PyResult {
    // SAFETY: a plain system call.
    allow_threads(|| unsafe { libc::sync() });
    Ok(NONE)
}
fn fspath(v: &Value) -> PyResult {
    if v.as_str_obj().is_some() || v.downcast::<bytes::Bytes>().is_some() {
        return Ok(v.clone());
    }
    use rtcore::types::class::special::Special;
    let Some(p) = rtcore::protocol::call::try_special(v, Special::Fspath, &[]) else {
        return Err(type_error(format!("expected str, bytes or os.PathLike object, not {}", v.ty().name())));
    };
    let p = p?;
    if p.as_str_obj().is_some() || p.downcast::<bytes::Bytes>().is_some() {
        return Ok(p);
    }
    Err(type_error(format!("expected {}.__fspath__() to return str or bytes, not {}", v.ty().name(), p.ty().name())))
}

pub static FUNCTIONS: &[Method] = &[
    Method::new("mkdir(path, mode=511, *, dir_fd=None)", F3(mkdir)),
    Method::new("mkfifo(path, mode=438, *, dir_fd=None)", F3(mkfifo)),
    Method::new("rmdir(path, *, dir_fd=None)", F2(rmdir)),
    Method::new("unlink(path, *, dir_fd=None)", F2(unlink)),
    Method::new("remove(path, *, dir_fd=None)", F2(remove)),
    Method::new("rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)", F4(rename)),
    Method::new("replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)", F4(replace)),
    Method::new("link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)", N(link)),
    Method::new("symlink(src, dst, target_is_directory=False, *, dir_fd=None)", F4(symlink)),
    Method::new("readlink(path, *, dir_fd=None)", F2(readlink)),
    Method::new("chdir(path)", F1(chdir)),
    Method::new("fchdir(fd)", F1(fchdir)),
    Method::new("chroot(path)", F1(chroot)),
    Method::new("chmod(path, mode, *, dir_fd=None, follow_symlinks=True)", F4(chmod)),
    Method::new("fchmod(fd, mode)", F2(fchmod)),
    Method::new("chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)", N(chown)),
    Method::new("fchown(fd, uid, gid)", F3(fchown)),
    Method::new("lchown(path, uid, gid)", F3(lchown)),
    Method::new("truncate(path, length)", F2(truncate)),
    Method::new("utime(path, times=None, *, ns=..., dir_fd=None, follow_symlinks=True)", N(utime)),
    Method::new("umask(mask, /)", F1(umask)),
    Method::new("sync()", F0(sync)),
    Method::new("fspath(path)", F1(fspath)),
];
