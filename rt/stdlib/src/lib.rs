//! Owns: the modules of the standard library that the runtime provides, one file or folder each. A
//! program links only those it imports.
//! Never: knows asyncio.

pub mod abc;
pub mod atexit;
pub mod json;
pub mod typing;
pub mod types;
pub mod inspect;
pub mod contextlib;
pub mod dataclasses;
pub mod enum_;
pub mod cmath;
pub mod math;
pub mod signal;
pub mod thread_native;
pub mod socket;
pub mod sys;
pub mod time;
pub mod random;
pub mod sre;
pub mod contextvars;
pub mod gc;
pub mod weakref_native;
pub mod operator;
pub mod heapq;
pub mod bisect;
pub mod itertools;
pub mod warnings;
pub mod traceback;
pub mod functools;
pub mod collections;
pub mod copy;
pub mod io;
pub mod struct_;
pub mod binascii;
pub mod codecs;
pub mod array;
pub mod posix;
pub mod importlib;
pub mod subprocess_native;
pub mod accounts;
pub mod fcntl;
pub mod select;
pub mod errno;
pub mod hash;
pub mod string_native;
