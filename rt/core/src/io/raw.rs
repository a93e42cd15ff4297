//! Owns: system calls on file descriptors, repeated when a signal interrupts them.
//! Never: buffers.

use crate::error::hierarchy::raise_os_error;
use crate::error::{PyResult, Raised};

fn last() -> std::io::Error {
    std::io::Error::last_os_error()
}
fn again(e: &std::io::Error) -> bool {
    e.raw_os_error() == Some(libc::EINTR)
}
#[cold]
pub fn raised() -> Raised {
    raise_os_error(&last(), None)
}
/// One `read`; empty at the end of the file.
pub fn read(fd: i32, buf: &mut [u8]) -> PyResult<usize> {
    loop {
        // SAFETY: the pointer and length describe the buffer.
        let n = unsafe { libc::read(fd, buf.as_mut_ptr().cast(), buf.len()) };
        if n >= 0 {
            return Ok(n as usize);
        }
        let e = last();
        if !again(&e) {
            return Err(raise_os_error(&e, None));
        }
        crate::signals::check()?;
    }
}
/// Writes everything.
pub fn write_all(fd: i32, mut data: &[u8]) -> PyResult<()> {
    while !data.is_empty() {
        let n = write(fd, data)?;
        data = &data[n..];
    }
    Ok(())
}
/// One `write`.
pub fn write(fd: i32, data: &[u8]) -> PyResult<usize> {
    loop {
        // SAFETY: the pointer and length describe the data.
        let n = unsafe { libc::write(fd, data.as_ptr().cast(), data.len()) };
        if n >= 0 {
            return Ok(n as usize);
        }
        let e = last();
        if e.raw_os_error() == Some(libc::EAGAIN) {
            // A full pipe that somebody made non-blocking: wait until it takes more.
            let mut p = libc::pollfd { fd, events: libc::POLLOUT, revents: 0 };
            // SAFETY: one valid pollfd.
            unsafe { libc::poll(&raw mut p, 1, -1) };
        } else if !again(&e) {
            return Err(raise_os_error(&e, None));
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
