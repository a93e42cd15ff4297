//! Owns: a stream of the C library zlib, and its buffers.
//! Never: touches a `Value`.

use libz_sys as z;
use std::alloc::Layout;
use std::ffi::CStr;
use std::mem::MaybeUninit;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Deflate,
    Inflate,
}
/// A stream at a fixed address: zlib's inner state points back at it.
pub struct Stream {
    raw: Box<z::z_stream>,
    kind: Kind,
}
// SAFETY: zlib's streams may move between threads; they are used by one at a time.
unsafe impl Send for Stream {}

/// What one call of `inflate_with` did.
pub struct Inflate {
    pub out: Vec<u8>,
    /// Bytes of the input.
    pub used: usize,
    /// The end of the compressed stream was seen.
    pub finished: bool,
}

const CHUNK: usize = 32 << 10;

/// In front of what zlib allocates; also its alignment.
const HEADER: usize = 16;
fn block(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(HEADER)?, HEADER).ok()
}
fn empty() -> Box<z::z_stream> {
    // The program's own allocator: the C library's takes a system call for every few streams. The size stands in
    // front of each block.
    unsafe extern "C" fn allocate(_: z::voidpf, items: z::uInt, size: z::uInt) -> z::voidpf {
        let Some(layout) = block(items as usize * size as usize) else { return std::ptr::null_mut() };
        // SAFETY: the layout is not of size zero; the header lies within the block and is aligned for a usize.
        unsafe {
            let start = std::alloc::alloc_zeroed(layout);
            if start.is_null() {
                return std::ptr::null_mut();
            }
            start.cast::<usize>().write(layout.size());
            start.add(HEADER).cast()
        }
    }
    unsafe extern "C" fn free(_: z::voidpf, address: z::voidpf) {
        // SAFETY: allocated by `allocate`, so the header with the size stands before it.
        unsafe {
            let start = address.cast::<u8>().sub(HEADER);
            let size = start.cast::<usize>().read();
            if let Ok(layout) = Layout::from_size_align(size, HEADER) {
                std::alloc::dealloc(start, layout);
            }
        }
    }
    // SAFETY: the fields that are pointers to functions are written before the value counts as made; all others are
    // numbers and pointers, for which zero is valid.
    unsafe {
        let mut s = Box::new(MaybeUninit::<z::z_stream>::zeroed());
        let p = s.as_mut_ptr();
        (&raw mut (*p).zalloc).write(allocate);
        (&raw mut (*p).zfree).write(free);
        s.assume_init()
    }
}
pub fn version() -> String {
    // SAFETY: gives a static C string.
    unsafe { CStr::from_ptr(z::zlibVersion()) }.to_string_lossy().into_owned()
}

impl Stream {
    pub fn deflate(level: i32, wbits: i32, memory: i32, strategy: i32) -> Result<Stream, i32> {
        let mut raw = empty();
        let size = size_of::<z::z_stream>() as i32;
        // SAFETY: a fresh stream of this size, the library's own version.
        let code = unsafe { z::deflateInit2_(&mut *raw, level, z::Z_DEFLATED, wbits, memory, strategy, z::zlibVersion(), size) };
        if code == z::Z_OK { Ok(Stream { raw, kind: Kind::Deflate }) } else { Err(code) }
    }
    pub fn inflate(wbits: i32) -> Result<Stream, i32> {
        let mut raw = empty();
        let size = size_of::<z::z_stream>() as i32;
        // SAFETY: as above.
        let code = unsafe { z::inflateInit2_(&mut *raw, wbits, z::zlibVersion(), size) };
        if code == z::Z_OK { Ok(Stream { raw, kind: Kind::Inflate }) } else { Err(code) }
    }
    /// The library's words about the last error.
    pub fn message(&self) -> Option<String> {
        let p = self.raw.msg;
        // SAFETY: null or a static C string.
        if p.is_null() { None } else { Some(unsafe { CStr::from_ptr(p) }.to_string_lossy().into_owned()) }
    }
    pub fn set_deflate_dictionary(&mut self, d: &[u8]) -> Result<(), i32> {
        // SAFETY: the pointer and length describe the dictionary, which is copied.
        let code = unsafe { z::deflateSetDictionary(&mut *self.raw, d.as_ptr(), d.len() as u32) };
        if code == z::Z_OK { Ok(()) } else { Err(code) }
    }
    pub fn set_inflate_dictionary(&mut self, d: &[u8]) -> Result<(), i32> {
        // SAFETY: as above.
        let code = unsafe { z::inflateSetDictionary(&mut *self.raw, d.as_ptr(), d.len() as u32) };
        if code == z::Z_OK { Ok(()) } else { Err(code) }
    }
    pub fn copy(&mut self) -> Result<Stream, i32> {
        let mut raw = empty();
        // SAFETY: the source is a live stream, the target is overwritten.
        let code = unsafe {
            match self.kind {
                Kind::Deflate => z::deflateCopy(&mut *raw, &mut *self.raw),
                Kind::Inflate => z::inflateCopy(&mut *raw, &mut *self.raw),
            }
        };
        if code == z::Z_OK { Ok(Stream { raw, kind: self.kind }) } else { Err(code) }
    }
    /// Compresses all of the input and gives what comes out with that flush mode.
    pub fn deflate_all(&mut self, data: &[u8], flush: i32) -> Result<Vec<u8>, i32> {
        let mut out = Vec::new();
        let mut rest = data;
        loop {
            // The library counts in 32 bits.
            let piece = &rest[..rest.len().min(1 << 30)];
            rest = &rest[piece.len()..];
            let mode = if rest.is_empty() { flush } else { z::Z_NO_FLUSH };
            self.raw.next_in = piece.as_ptr().cast_mut();
            self.raw.avail_in = piece.len() as u32;
            loop {
                let code = self.step(&mut out, piece.len() + 64, usize::MAX, mode);
                match code {
                    z::Z_OK | z::Z_BUF_ERROR | z::Z_STREAM_END => {}
                    code => return Err(code),
                }
                if self.raw.avail_out != 0 || code == z::Z_STREAM_END {
                    break;
                }
            }
            if rest.is_empty() {
                return Ok(out);
            }
        }
    }
    /// One call of the library into a new chunk of the output, whose size may be guessed.
    fn step(&mut self, out: &mut Vec<u8>, guess: usize, limit: usize, flush: i32) -> i32 {
        let at = out.len();
        let room = guess.clamp(256, CHUNK).max(at).min(limit - at).min(1 << 30);
        out.resize(at + room, 0);
        self.raw.next_out = out[at..].as_mut_ptr();
        self.raw.avail_out = room as u32;
        // SAFETY: input and output describe live buffers.
        let code = unsafe {
            match self.kind {
                Kind::Deflate => z::deflate(&mut *self.raw, flush),
                Kind::Inflate => z::inflate(&mut *self.raw, flush),
            }
        };
        out.truncate(at + room - self.raw.avail_out as usize);
        code
    }
    pub fn inflate_some(&mut self, data: &[u8], limit: usize, flush: i32) -> Result<Inflate, i32> {
        self.inflate_with(data, limit, flush, None)
    }
    /// Decompresses until the input or the stream ends or `limit` bytes came out.
    pub fn inflate_with(&mut self, data: &[u8], limit: usize, flush: i32, dictionary: Option<&[u8]>) -> Result<Inflate, i32> {
        let mut out = Vec::new();
        let mut used = 0;
        let mut finished = false;
        while !finished {
            let piece = &data[used..data.len().min(used + (1 << 30))];
            self.raw.next_in = piece.as_ptr().cast_mut();
            self.raw.avail_in = piece.len() as u32;
            let full = loop {
                if out.len() >= limit && limit != 0 {
                    break true;
                }
                match self.step(&mut out, piece.len() * 4, limit, flush) {
                    z::Z_OK | z::Z_BUF_ERROR => {}
                    z::Z_STREAM_END => {
                        finished = true;
                        break false;
                    }
                    z::Z_NEED_DICT => match dictionary {
                        Some(d) => {
                            self.set_inflate_dictionary(d)?;
                            continue;
                        }
                        None => return Err(z::Z_NEED_DICT),
                    },
                    code => return Err(code),
                }
                if self.raw.avail_out != 0 || limit == 0 {
                    break false;
                }
            };
            used += piece.len() - self.raw.avail_in as usize;
            if full || self.raw.avail_in != 0 || used >= data.len() {
                break;
            }
        }
        Ok(Inflate { out, used, finished })
    }
}
impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: a live stream, ended once.
        unsafe {
            match self.kind {
                Kind::Deflate => z::deflateEnd(&mut *self.raw),
                Kind::Inflate => z::inflateEnd(&mut *self.raw),
            };
        }
    }
}
