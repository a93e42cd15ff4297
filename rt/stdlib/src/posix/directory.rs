//! Owns: `listdir`, `scandir`, `DirEntry`.
//! Never: changes a directory.
//! Source: CPython 3.13, Modules/posixmodule.c (_posix_listdir, DirEntry, ScandirIterator).

use super::path::{self, ANY, Path};
use super::stat;
use rtcore::gil::allow_threads;
use rtcore::methods::*;
use rtcore::protocol::sequence::truth;
use rtcore::types::list::List;
use rtcore::types::{alias, bytes};
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString};
use std::io;

/// An open directory stream.
struct Stream(*mut libc::DIR);
impl Stream {
    fn open(p: &Path) -> PyResult<Stream> {
        // SAFETY: a valid C string, or a descriptor that the stream gets its own copy of.
        let dir = allow_threads(|| unsafe {
            match p.fd {
                Some(fd) => {
                    let copy = libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0);
                    if copy < 0 {
                        return std::ptr::null_mut();
                    }
                    let dir = libc::fdopendir(copy);
                    if dir.is_null() {
                        let e = io::Error::last_os_error().raw_os_error().unwrap_or(0);
                        libc::close(copy);
                        *libc::__errno_location() = e;
                    } else {
                        libc::rewinddir(dir);
                    }
                    dir
                }
                None => libc::opendir(p.c.as_ptr()),
            }
        });
        if dir.is_null() { Err(p.failed()) } else { Ok(Stream(dir)) }
    }
    /// The next entry but `.` and `..`: name, inode, type.
    fn next(&self) -> io::Result<Option<(CString, u64, u8)>> {
        loop {
            // SAFETY: the stream is open; errno tells its end from an error; the entry is copied before the next call.
            unsafe {
                *libc::__errno_location() = 0;
                let e = allow_threads(|| libc::readdir(self.0));
                if e.is_null() {
                    let error = io::Error::last_os_error();
                    return if error.raw_os_error() == Some(0) { Ok(None) } else { Err(error) };
                }
                let name = CStr::from_ptr((*e).d_name.as_ptr());
                if !matches!(name.to_bytes(), b"." | b"..") {
                    return Ok(Some((name.to_owned(), (*e).d_ino, (*e).d_type)));
                }
            }
        }
    }
}
impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: opened by `open`, closed once.
        unsafe { libc::closedir(self.0) };
    }
}

fn listdir(p: &Value) -> PyResult {
    let p = Path::of(p, "listdir: path", ANY)?;
    let stream = Stream::open(&p).map_err(|r| bare(&p, r))?;
    let mut names = vec![];
    while let Some((name, ..)) = stream.next().map_err(|e| p.error(&e))? {
        names.push(p.name(name.to_bytes())?);
    }
    Ok(List::value(names))
}
/// CPython's error of a bad descriptor names no file here.
fn bare(p: &Path, r: Raised) -> Raised {
    match p.fd {
        Some(_) => {
            let e = rtcore::error::take(r);
            let errno = rtcore::error::hierarchy::body(&e).and_then(|b| b.arg(0)).and_then(|n| n.as_inline_int()).unwrap_or(0);
            rtcore::error::hierarchy::raise_os_error(&io::Error::from_raw_os_error(errno as i32), None)
        }
        None => r,
    }
}

// ---- DirEntry ----

pub struct DirEntry {
    name: Value,
    path: Value,
    /// The path as the system takes it: joined, or the name below `dir`.
    raw: CString,
    dir: i32,
    inode: u64,
    kind: u8,
    stat: RefCell<Option<Value>>,
    lstat: RefCell<Option<Value>>,
}
impl Payload for DirEntry {}
impl Native for DirEntry {
    fn class() -> &'static Type {
        &DIR_ENTRY
    }
}
impl DirEntry {
    fn ask(&self, follow: bool) -> PyResult<libc::stat> {
        let p = Path { c: self.raw.clone(), shown: self.path.clone(), fd: None, bytes: false };
        stat::of_path(&p, self.dir, follow).map_err(|e| p.error(&e))
    }
    /// CPython: `DirEntry_test_mode`; a file that is gone is none of them.
    fn is_mode(&self, follow: bool, mode: u32) -> PyResult<bool> {
        let link = self.kind == libc::DT_LNK;
        if self.kind == libc::DT_UNKNOWN || follow && link {
            let r = self.ask(follow);
            return match r {
                Ok(s) => Ok(s.st_mode & libc::S_IFMT == mode),
                Err(r) if rtcore::error::matches(&r, &rtcore::error::hierarchy::FILE_NOT_FOUND_ERROR) => {
                    drop(rtcore::error::take(r));
                    Ok(false)
                }
                Err(r) => Err(r),
            };
        }
        Ok(match self.kind {
            libc::DT_LNK => mode == libc::S_IFLNK,
            libc::DT_DIR => mode == libc::S_IFDIR,
            libc::DT_REG => mode == libc::S_IFREG,
            _ => false,
        })
    }
}
fn entry(v: &Value) -> PyResult<&DirEntry> {
    v.downcast::<DirEntry>().ok_or_else(|| rtcore::error::type_error("expected a DirEntry"))
}
fn is_dir(v: &Value, follow: &Value) -> PyResult {
    entry(v)?.is_mode(truth(follow)?, libc::S_IFDIR).map(Value::bool)
}
fn is_file(v: &Value, follow: &Value) -> PyResult {
    entry(v)?.is_mode(truth(follow)?, libc::S_IFREG).map(Value::bool)
}
fn is_symlink(v: &Value) -> PyResult {
    entry(v)?.is_mode(false, libc::S_IFLNK).map(Value::bool)
}
fn is_junction(_: &Value) -> PyResult {
    Ok(FALSE)
}
fn entry_stat(v: &Value, follow: &Value) -> PyResult {
    let e = entry(v)?;
    let follow = truth(follow)? && e.is_mode(false, libc::S_IFLNK)?;
    let kept = if follow { &e.stat } else { &e.lstat };
    if let Some(s) = kept.borrow().as_ref() {
        return Ok(s.clone());
    }
    let s = stat::result(&e.ask(follow)?)?;
    *kept.borrow_mut() = Some(s.clone());
    Ok(s)
}
fn inode(v: &Value) -> PyResult {
    Ok(path::unsigned(entry(v)?.inode))
}
fn fspath(v: &Value) -> PyResult {
    Ok(entry(v)?.path.clone())
}
fn repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("<DirEntry {}>", rtcore::protocol::repr::repr_string(&entry(v)?.name)?)))
}
fn name(v: &Value) -> PyResult {
    Ok(entry(v)?.name.clone())
}
static ENTRY_METHODS: &[Method] = &[
    Method::new("is_dir(self, /, *, follow_symlinks=True)", F2(is_dir)),
    Method::new("is_file(self, /, *, follow_symlinks=True)", F2(is_file)),
    Method::new("is_symlink(self, /)", F1(is_symlink)),
    Method::new("is_junction(self, /)", F1(is_junction)),
    Method::new("stat(self, /, *, follow_symlinks=True)", F2(entry_stat)),
    Method::new("inode(self, /)", F1(inode)),
    Method::new("__fspath__(self, /)", F1(fspath)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::class("__class_getitem__(cls, item, /)", F2(alias::new)),
];
static ENTRY_DEF: ClassDef = ClassDef::new::<DirEntry>("DirEntry")
    .module("posix")
    .methods(ENTRY_METHODS)
    .getset(&[GetSet::ro("name", name), GetSet::ro("path", fspath)]);
pub static DIR_ENTRY: Type = Type::builtin(&ENTRY_DEF);

// ---- scandir ----

struct Scan {
    stream: RefCell<Option<Stream>>,
    path: Path,
    busy: Cell<bool>,
}
impl Payload for Scan {}
impl Native for Scan {
    fn class() -> &'static Type {
        &SCAN
    }
}
fn scandir(p: &Value) -> PyResult {
    let path = Path::of(p, "scandir: path", ANY)?;
    let stream = Stream::open(&path).map_err(|r| bare(&path, r))?;
    Ok(object::new(&SCAN, Scan { stream: RefCell::new(Some(stream)), path, busy: Cell::new(false) }))
}
fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut full = folder.to_vec();
    if !full.is_empty() && full.last() != Some(&b'/') {
        full.push(b'/');
    }
    full.extend_from_slice(name);
    full
}
fn next(v: &Value) -> PyResult<Option<Value>> {
    let Some(scan) = v.downcast::<Scan>() else { return Ok(None) };
    // Another thread may come here while `readdir` waits without the lock.
    if scan.busy.replace(true) {
        return Ok(None);
    }
    let found = match scan.stream.take() {
        None => Ok(None),
        Some(stream) => {
            let found = stream.next();
            if matches!(found, Ok(Some(_))) {
                *scan.stream.borrow_mut() = Some(stream);
            }
            found
        }
    };
    scan.busy.set(false);
    let p = &scan.path;
    let Some((raw, inode, kind)) = found.map_err(|e| p.error(&e))? else { return Ok(None) };
    let name = p.name(raw.to_bytes())?;
    let (path, full, dir) = match p.fd {
        Some(fd) => (name.clone(), raw, fd),
        None => {
            let full = join(p.c.as_bytes(), raw.to_bytes());
            // Scanning None shows "./name".
            (p.name(&full)?, CString::new(full).unwrap_or(raw), libc::AT_FDCWD)
        }
    };
    let entry = DirEntry { name, path, raw: full, dir, inode, kind, stat: RefCell::new(None), lstat: RefCell::new(None) };
    Ok(Some(object::new(&DIR_ENTRY, entry)))
}
fn scan_next(v: &Value) -> PyResult {
    next(v)?.ok_or_else(|| rtcore::error::stop_iteration(NONE))
}
fn same(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn close(v: &Value) -> PyResult {
    if let Some(scan) = v.downcast::<Scan>() {
        drop(scan.stream.take());
    }
    Ok(NONE)
}
fn exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    close(v)
}
static SCAN_METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(same)),
    Method::new("__next__(self, /)", F1(scan_next)),
    Method::new("close(self)", F1(close)),
    Method::new("__enter__(self)", F1(same)),
    Method::new("__exit__(self, kind=None, error=None, traceback=None, /)", F4(exit)),
];
static SCAN_DEF: ClassDef = ClassDef::new::<Scan>("ScandirIterator")
    .module("posix")
    .methods(SCAN_METHODS)
    .hooks(Hooks { iter: Some(same), next: Some(next), ..Hooks::NONE });
static SCAN: Type = Type::builtin(&SCAN_DEF);

fn getcwdb() -> PyResult {
    match std::env::current_dir() {
        Ok(p) => Ok(bytes::value(std::os::unix::ffi::OsStringExt::into_vec(p.into_os_string()))),
        Err(e) => Err(rtcore::error::hierarchy::raise_os_error(&e, None)),
    }
}
fn getcwd() -> PyResult {
    let raw = getcwdb()?;
    path::decode(raw.downcast::<bytes::Bytes>().map_or(&[][..], |b| b.data()))
}

pub static FUNCTIONS: &[Method] = &[
    Method::new("listdir(path=None)", F1(listdir)),
    Method::new("scandir(path=None)", F1(scandir)),
    Method::new("getcwd()", F0(getcwd)),
    Method::new("getcwdb()", F0(getcwdb)),
];
