//! Owns: `stat_result` and the functions that make one, `statvfs`.
//! Never: opens files.
//! Source: CPython 3.13, Modules/posixmodule.c (_pystat_fromstructstat, posix_do_stat).

use super::path::{self, ANY, PATH, PATH_OR_FD, Path};
use rtcore::error::{type_error, value_error};
use rtcore::gil::{Gil, GilCell, allow_threads};
use rtcore::methods::*;
use rtcore::protocol::sequence::truth;
use rtcore::types::structseq;
use std::cell::Cell;

/// A struct sequence type that is made at its first use.
pub struct Lazy {
    module: &'static str,
    name: &'static str,
    fields: &'static [&'static str],
    hidden: &'static [&'static str],
    made: GilCell<Option<&'static Type>>,
}
impl Lazy {
    pub const fn new(module: &'static str, name: &'static str, fields: &'static [&'static str], hidden: &'static [&'static str]) -> Lazy {
        Lazy { module, name, fields, hidden, made: Gil::new(Cell::new(None)) }
    }
    pub fn get(&self) -> PyResult<&'static Type> {
        if let Some(t) = self.made.get() {
            return Ok(t);
        }
        let t = structseq::make_with_hidden(self.module, self.name, self.fields, self.hidden)?;
        self.made.set(Some(t));
        Ok(t)
    }
    pub fn make(&self, values: Vec<Value>) -> PyResult {
        Ok(structseq::instance(self.get()?, values))
    }
}

pub static STAT_RESULT: Lazy = Lazy::new(
    "os",
    "stat_result",
    &["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime"],
    &["st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns", "st_blksize", "st_blocks", "st_rdev"],
);
pub static STATVFS_RESULT: Lazy = Lazy::new(
    "os",
    "statvfs_result",
    &["f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree", "f_favail", "f_flag", "f_namemax"],
    &["f_fsid"],
);

pub fn result(s: &libc::stat) -> PyResult {
    let times = [(s.st_atime, s.st_atime_nsec), (s.st_mtime, s.st_mtime_nsec), (s.st_ctime, s.st_ctime_nsec)];
    let mut v = vec![
        Value::int(s.st_mode.into()),
        path::unsigned(s.st_ino),
        path::unsigned(s.st_dev),
        path::unsigned(s.st_nlink as u64),
        Value::int(s.st_uid.into()),
        Value::int(s.st_gid.into()),
        Value::int(s.st_size),
    ];
    v.extend(times.map(|(sec, _)| Value::int(sec)));
    v.extend(times.map(|(sec, ns)| Value::float(sec as f64 + 1e-9 * ns as f64)));
    v.extend(times.map(|(sec, ns)| {
        let total = i128::from(sec) * 1_000_000_000 + i128::from(ns);
        i64::try_from(total).map_or_else(|_| rtcore::num::Int::from_i128(total).into(), Value::int)
    }));
    v.extend([Value::int(s.st_blksize as i64), Value::int(s.st_blocks), path::unsigned(s.st_rdev)]);
    STAT_RESULT.make(v)
}

fn empty() -> libc::stat {
    // SAFETY: `stat` is plain data; all zeros is a valid value.
    unsafe { std::mem::zeroed() }
}
/// `fstatat`, or `fstat` when the path is a descriptor.
pub fn of_path(p: &Path, dir: i32, follow: bool) -> std::io::Result<libc::stat> {
    let mut s = empty();
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    // SAFETY: a valid C string and a place for the result.
    let r = allow_threads(|| unsafe {
        match p.fd {
            Some(fd) => libc::fstat(fd, &mut s),
            None => libc::fstatat(dir, p.c.as_ptr(), &mut s, flags),
        }
    });
    if r < 0 { Err(std::io::Error::last_os_error()) } else { Ok(s) }
}
pub fn stat(p: &Value, dir: &Value, follow: &Value) -> PyResult {
    let p = Path::of(p, "stat: path", PATH_OR_FD)?;
    let dir = path::dir_fd(dir)?;
    let follow = truth(follow)?;
    if p.fd.is_some() && dir != libc::AT_FDCWD {
        return Err(value_error("stat: can't specify dir_fd without matching path"));
    }
    if p.fd.is_some() && !follow {
        return Err(value_error("stat: cannot use fd and follow_symlinks together"));
    }
    result(&of_path(&p, dir, follow).map_err(|e| p.error(&e))?)
}
fn lstat(p: &Value, dir: &Value) -> PyResult {
    let p = Path::of(p, "lstat: path", PATH)?;
    result(&of_path(&p, path::dir_fd(dir)?, false).map_err(|e| p.error(&e))?)
}
fn fstat(fd: &Value) -> PyResult {
    let fd = path::descriptor(fd)?;
    let mut s = empty();
    // SAFETY: a place for the result.
    if allow_threads(|| unsafe { libc::fstat(fd, &mut s) }) < 0 {
        return Err(path::failed());
    }
    result(&s)
}
fn statvfs(p: &Value) -> PyResult {
    let p = Path::of(p, "statvfs: path", PATH_OR_FD)?;
    // SAFETY: plain data, filled by the call.
    let mut s: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: a valid C string and a place for the result.
    let r = unsafe {
        match p.fd {
            Some(fd) => libc::fstatvfs(fd, &mut s),
            None => libc::statvfs(p.c.as_ptr(), &mut s),
        }
    };
    p.check(r)?;
    let numbers = [
        s.f_bsize, s.f_frsize, s.f_blocks, s.f_bfree, s.f_bavail, s.f_files, s.f_ffree, s.f_favail, s.f_flag, s.f_namemax, s.f_fsid,
    ];
    STATVFS_RESULT.make(numbers.map(path::unsigned).to_vec())
}
fn access(a: &[Value]) -> PyResult {
    let [p, mode, dir, effective, follow] = a else { return Err(type_error("access()")) };
    let p = Path::of(p, "access: path", PATH)?;
    let (mode, dir) = (path::int(mode)?, path::dir_fd(dir)?);
    let mut flags = 0;
    if truth(effective)? {
        flags |= libc::AT_EACCESS;
    }
    if !truth(follow)? {
        flags |= libc::AT_SYMLINK_NOFOLLOW;
    }
    // SAFETY: a valid C string.
    Ok(Value::bool(allow_threads(|| unsafe { libc::faccessat(dir, p.c.as_ptr(), mode, flags) }) == 0))
}
/// Extended attributes of a path or descriptor.
fn listxattr(p: &Value, follow: &Value) -> PyResult {
    let p = Path::of(p, "listxattr: path", ANY)?;
    let follow = truth(follow)?;
    let mut buffer = vec![0u8; 64 << 10];
    let at = buffer.as_mut_ptr().cast();
    // SAFETY: a valid C string; the pointer and length describe the buffer.
    let n = unsafe {
        match p.fd {
            Some(fd) => libc::flistxattr(fd, at, buffer.len()),
            None if follow => libc::listxattr(p.c.as_ptr(), at, buffer.len()),
            None => libc::llistxattr(p.c.as_ptr(), at, buffer.len()),
        }
    };
    if n < 0 {
        return Err(p.failed());
    }
    let names = buffer[..n as usize].split(|b| *b == 0).filter(|name| !name.is_empty());
    Ok(rtcore::types::list::List::value(names.map(path::decode).collect::<PyResult<_>>()?))
}

pub static FUNCTIONS: &[Method] = &[
    Method::new("stat(path, *, dir_fd=None, follow_symlinks=True)", F3(stat)),
    Method::new("lstat(path, *, dir_fd=None)", F2(lstat)),
    Method::new("fstat(fd)", F1(fstat)),
    Method::new("statvfs(path)", F1(statvfs)),
    Method::new("fstatvfs(fd, /)", F1(statvfs)),
    Method::new("access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)", N(access)),
    Method::new("listxattr(path=None, *, follow_symlinks=True)", F2(listxattr)),
];
