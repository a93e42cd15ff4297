//! Owns: `open`: modes, flags, and which streams are stacked for them.
//! Never: reads or writes.
//! Source: CPython 3.13, Modules/_io/_iomodule.c (`_io_open_impl`), Modules/_io/fileio.c.

use super::binary::{Access, BUFFER, from_fd};
use super::{raw, text};
use crate::error::hierarchy::raise_os_error;
use crate::error::{PyResult, type_error, value_error};
use crate::gil::allow_threads;
use crate::methods::*;
use crate::protocol::call::{call, try_special};
use crate::protocol::repr::repr_string;
use crate::protocol::sequence::{as_size, is_index, truth};
use crate::types::bytes;
use crate::types::class::special::Special;

struct Mode {
    access: Access,
    text: bool,
    exclusive: bool,
    truncate: bool,
    /// As the raw file shows it.
    shown: String,
}
fn parse(mode: &str) -> PyResult<Mode> {
    let bad = || value_error(format!("invalid mode: '{mode}'"));
    let (mut r, mut w, mut a, mut x, mut plus, mut t, mut b) = (false, false, false, false, false, false, false);
    for c in mode.chars() {
        let flag = match c {
            'r' => &mut r,
            'w' => &mut w,
            'a' => &mut a,
            'x' => &mut x,
            '+' => &mut plus,
            't' => &mut t,
            'b' => &mut b,
            _ => return Err(bad()),
        };
        if std::mem::replace(flag, true) {
            return Err(bad());
        }
    }
    if t && b {
        return Err(value_error("can't have text and binary mode at once"));
    }
    if [r, w, a, x].iter().filter(|f| **f).count() > 1 {
        return Err(value_error("must have exactly one of create/read/write/append mode"));
    }
    if !(r || w || a || x) {
        return Err(value_error("Must have exactly one of create/read/write/append mode and at most one plus"));
    }
    let access = Access { read: r || plus, write: w || a || x || plus, append: a, create: w || a || x };
    let kind = if r { "rb" } else if a { "ab" } else if x { "xb" } else { "wb" };
    let shown = match (plus, r || w) {
        (true, true) => "rb+".to_string(),
        (true, false) => format!("{kind}+"),
        (false, _) => kind.to_string(),
    };
    Ok(Mode { access, text: !b, exclusive: x, truncate: w, shown })
}

/// `open(file, mode, buffering, encoding, errors, newline, closefd, opener)`.
pub fn open(a: &[Value]) -> PyResult {
    let [file, mode, buffering, encoding, errors, newline, closefd, opener] = a else {
        return Err(type_error("open() missing required argument 'file' (pos 1)"));
    };
    let Some(mode_text) = mode.as_str() else {
        return Err(type_error(format!("open() argument 'mode' must be str, not {}", mode.ty().full_name())));
    };
    let path = if is_index(file) {
        file.clone()
    } else {
        match try_special(file, Special::Fspath, &[]) {
            Some(p) => p?,
            None => file.clone(),
        }
    };
    if !is_index(&path) && path.as_str_obj().is_none() && bytes::as_bytes(&path).is_none() {
        return Err(type_error(format!("expected str, bytes or os.PathLike object, not {}", path.ty().full_name())));
    }
    let buffering = as_size(buffering)?;
    let m = parse(mode_text)?;
    if !m.text {
        for (v, what) in [(encoding, "an encoding"), (errors, "an errors"), (newline, "a newline")] {
            if !v.is_none() {
                return Err(value_error(format!("binary mode doesn't take {what} argument")));
            }
        }
    }
    let closefd = truth(closefd)?;
    let fd = if is_index(&path) {
        let fd = as_size(&path)?;
        if fd < 0 {
            return Err(value_error("negative file descriptor"));
        }
        fd as i32
    } else {
        if !closefd {
            return Err(value_error("Cannot use closefd=False with file name"));
        }
        open_path(&path, &m, opener)?
    };
    if raw::is_dir(fd)? {
        if !is_index(&path) {
            raw::close(fd)?;
        }
        return Err(raise_os_error(&std::io::Error::from_raw_os_error(libc::EISDIR), Some(path)));
    }
    let tty = raw::is_tty(fd);
    let line_buffering = buffering == 1 || buffering < 0 && tty;
    if buffering == 0 && m.text {
        if !is_index(&path) {
            raw::close(fd)?;
        }
        return Err(value_error("can't have unbuffered text I/O"));
    }
    let capacity = if buffering < 0 || buffering == 1 { BUFFER } else { buffering as usize };
    let shown = &m.shown;
    let buffer = from_fd(fd, m.access, closefd, path.clone(), shown, capacity);
    if m.access.append {
        // The position starts at the end, as `tell` shows.
        let _ = raw::seek(fd, 0, libc::SEEK_END).map_err(|r| drop(crate::error::take(r)));
    }
    if !m.text {
        return Ok(buffer);
    }
    text::wrap(buffer, encoding, errors, newline, line_buffering, mode_text)
}

fn open_path(path: &Value, m: &Mode, opener: &Value) -> PyResult<i32> {
    let mut flags = libc::O_CLOEXEC
        | match (m.access.read, m.access.write) {
            (true, true) => libc::O_RDWR,
            (false, true) => libc::O_WRONLY,
            (true, false) | (false, false) => libc::O_RDONLY,
        };
    if m.access.create {
        flags |= libc::O_CREAT;
    }
    if m.exclusive {
        flags |= libc::O_EXCL;
    }
    if m.truncate {
        flags |= libc::O_TRUNC;
    }
    if m.access.append {
        flags |= libc::O_APPEND;
    }
    if !opener.is_none() {
        let fd = as_size(&call(opener, &[path.clone(), Value::int(i64::from(flags))])?)?;
        if fd < 0 {
            return Err(value_error(format!("opener returned {fd}")));
        }
        return Ok(fd as i32);
    }
    let raw_path = match (path.as_str_obj(), bytes::as_bytes(path)) {
        (Some(s), _) => match s.as_str() {
            Some(s) => s.as_bytes().to_vec(),
            None => text::encode_fs(s)?,
        },
        (None, Some(b)) => b.to_vec(),
        (None, None) => return Err(type_error(format!("invalid file: {}", repr_string(path)?))),
    };
    let Ok(c) = std::ffi::CString::new(raw_path) else { return Err(value_error("embedded null byte")) };
    loop {
        // SAFETY: a valid C string. Opening one end of a named pipe waits for the other.
        let (fd, e) = allow_threads(|| (unsafe { libc::open(c.as_ptr(), flags, 0o666) }, std::io::Error::last_os_error()));
        if fd >= 0 {
            return Ok(fd);
        }
        if e.raw_os_error() != Some(libc::EINTR) {
            return Err(raise_os_error(&e, Some(path.clone())));
        }
    }
}
