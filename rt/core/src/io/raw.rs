//! Owns: system calls on file descriptors, repeated when a signal interrupts them. Those that may block run without the
//! interpreter's lock.
//! Never: buffers.

use crate::error::hierarchy::raise_os_error;
use crate::error::{PyResult, Raised};
use crate::gil::allow_threads;

fn last() -> std::io::Error {
    std::io::Error::last_os_error()
}
fn again(e: &std::io::Error) -> bool {
    e.raw_os_error() == Some(libc::EINTR)
}
/// What a call moved, or its error before anything else can change it.
fn checked(n: isize) -> std::io::Result<usize> {
    if n >= 0 { Ok(n as usize) } else { Err(last()) }
}
#[cold]
pub fn raised() -> Raised {
    raise_os_error(&last(), None)
}
/// One `read`; empty at the end of the file.
pub fn read(fd: i32, buf: &mut [u8]) -> PyResult<usize> {
    loop {
        // SAFETY: the pointer and length describe the buffer.
        let r = allow_threads(|| checked(unsafe { libc::read(fd, buf.as_mut_ptr().cast(), buf.len()) }));
        match r {
            Ok(n) => return Ok(n),
            Err(e) if !again(&e) => return Err(raise_os_error(&e, None)),
            Err(_) => {}
        }
        crate::signals::check()?;
    }
}
/// Writes everything and counts in `done` what it has written so far.
pub fn write_all(fd: i32, data: &[u8], done: &mut usize) -> PyResult<()> {
    while let Some(rest) = data.get(*done..).filter(|rest| !rest.is_empty()) {
        *done += write(fd, rest)?;
    }
    Ok(())
}
/// One `write`.
pub fn write(fd: i32, data: &[u8]) -> PyResult<usize> {
    loop {
        // SAFETY: the pointer and length describe the data.
        let r = allow_threads(|| checked(unsafe { libc::write(fd, data.as_ptr().cast(), data.len()) }));
        match r {
            Ok(n) => return Ok(n),
            Err(e) if e.raw_os_error() == Some(libc::EAGAIN) => {
                // A full pipe that somebody made non-blocking: wait until it takes more.
                let mut p = libc::pollfd { fd, events: libc::POLLOUT, revents: 0 };
                // SAFETY: one valid pollfd.
                allow_threads(|| unsafe { libc::poll(&raw mut p, 1, -1) });
            }
            Err(e) if !again(&e) => return Err(raise_os_error(&e, None)),
            Err(_) => crate::signals::check()?,
        }
    }
}
pub fn seek(fd: i32, offset: i64, whence: i32) -> PyResult<i64> {
    // SAFETY: a plain system call.
    let n = unsafe { libc::lseek(fd, offset, whence) };
    if n < 0 { Err(raised()) } else { Ok(n) }
}
pub fn can_seek(fd: i32) -> bool {
    // SAFETY: a plain system call.
    unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) >= 0 }
}
pub fn truncate(fd: i32, size: i64) -> PyResult<()> {
    // SAFETY: a plain system call.
    if unsafe { libc::ftruncate(fd, size) } < 0 { Err(raised()) } else { Ok(()) }
}
pub fn close(fd: i32) -> PyResult<()> {
    // SAFETY: the caller owns the descriptor.
    if unsafe { libc::close(fd) } < 0 && last().raw_os_error() != Some(libc::EINTR) { Err(raised()) } else { Ok(()) }
}
pub fn is_tty(fd: i32) -> bool {
    // SAFETY: a plain system call.
    unsafe { libc::isatty(fd) == 1 }
}
/// Whether an open descriptor is a directory; EBADF when it is not open.
pub fn is_dir(fd: i32) -> PyResult<bool> {
    // SAFETY: `stat` is plain data filled by the call.
    unsafe {
        let mut s: libc::stat = std::mem::zeroed();
        if libc::fstat(fd, &raw mut s) != 0 {
            return Err(raised());
        }
        Ok(s.st_mode & libc::S_IFMT == libc::S_IFDIR)
    }
}
