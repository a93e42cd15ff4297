//! Owns: the list of Python modules that the runtime provides, by dotted name with `__` for each dot and
//! a `_` behind a Rust keyword (`enum_`).
//! Never: defines one. tauraro reads this file's lines to know what exists, and a program links only the
//! modules that its generated `main` names, so each line is `pub use PATH::MODULE as NAME;`, and behind it at most
//! `// PACKAGE: WORD…`: a program that imports PACKAGE and says one of the words needs this module too.

pub use rtstdlib::math::MODULE as math;
pub use rtstdlib::abc::MODULE as abc;
pub use rtstdlib::binascii::MODULE as binascii;
pub use rtstdlib::codecs::MODULE as codecs;
pub use rtstdlib::struct_::MODULE as struct_;
pub use rtstdlib::contextlib::MODULE as contextlib;
pub use rtstdlib::enum_::MODULE as enum_;
pub use rtstdlib::sys::MODULE as sys;
pub use rtstdlib::random::MODULE as random;
pub use rtstdlib::dataclasses::MODULE as dataclasses;
pub use rtstdlib::time::MODULE as time;
pub use rtstdlib::contextvars::MODULE as contextvars;
pub use rtstdlib::gc::MODULE as gc;
pub use rtstdlib::weakref_native::MODULE as _weakref;
pub use rtstdlib::atexit::MODULE as atexit;
pub use rtasyncio::module::MODULE as asyncio;
pub use rtasyncio::module::tasks_::MODULE as asyncio__tasks;
pub use rtasyncio::module::futures_::MODULE as asyncio__futures;
pub use rtasyncio::module::events_::MODULE as asyncio__events;
pub use rtasyncio::module::locks_::MODULE as asyncio__locks;
pub use rtasyncio::module::queues_::MODULE as asyncio__queues;
pub use rtasyncio::module::timeouts_::MODULE as asyncio__timeouts;
pub use rtasyncio::module::taskgroups_::MODULE as asyncio__taskgroups;
pub use rtasyncio::module::runners_::MODULE as asyncio__runners;
pub use rtasyncio::module::exceptions_::MODULE as asyncio__exceptions;
pub use rtasyncio::module::coroutines_::MODULE as asyncio__coroutines;
pub use rtasyncio::module::base_events_::MODULE as asyncio__base_events;
pub use rtasyncio::module::unix_events_::MODULE as asyncio__unix_events;
pub use rtstdlib::operator::MODULE as operator;
pub use rtstdlib::heapq::MODULE as heapq;
pub use rtstdlib::bisect::MODULE as bisect;
pub use rtstdlib::itertools::MODULE as itertools;
pub use rtstdlib::json::MODULE as json;
pub use rtstdlib::json::DECODER_MODULE as json__decoder;
pub use rtstdlib::json::ENCODER_MODULE as json__encoder;
pub use rtstdlib::json::SCANNER_MODULE as json__scanner;
pub use rtstdlib::warnings::MODULE as warnings;
pub use rtstdlib::traceback::MODULE as traceback;
pub use rtstdlib::functools::MODULE as functools;
pub use rtstdlib::collections::MODULE as collections;
pub use rtstdlib::cmath::MODULE as cmath;
pub use rtstdlib::copy::MODULE as copy;
pub use rtstdlib::io::MODULE as io;
pub use rtstdlib::collections::abc::MODULE as collections__abc;
pub use rtstdlib::socket::MODULE as _socket;
pub use rtasyncio::net_module::MODULE as asyncio__streams; // asyncio: streams transports start_tls _FlowControlMixin open_connection start_server open_unix_connection start_unix_server create_connection create_server create_unix_connection create_unix_server create_datagram_endpoint getaddrinfo sock_recv sock_recv_into sock_recvfrom sock_sendall sock_sendto sock_accept sock_connect sock_recvfrom_into sock_sendfile sendfile getnameinfo connect_accepted_socket connect_read_pipe connect_write_pipe SubprocessTransport BaseTransport Transport ReadTransport WriteTransport DatagramTransport StreamReader StreamWriter StreamReaderProtocol Server AbstractServer
pub use rtasyncio::module::protocols_::MODULE as asyncio__protocols;
pub use rtasyncio::module::transports_::MODULE as asyncio__transports;
pub use rtstdlib::typing::MODULE as typing;
pub use rtasyncio::subprocess::MODULE as asyncio__subprocess; // asyncio: subprocess create_subprocess_exec create_subprocess_shell subprocess_exec subprocess_shell
pub use rtstdlib::signal::MODULE as _signal;
pub use rtstdlib::types::MODULE as types;
pub use rtstdlib::sre::MODULE as _sre;
pub use rtstdlib::thread_native::MODULE as _thread;
pub use rtstdlib::array::MODULE as array;
pub use rtstdlib::posix::MODULE as posix;
pub use rtstdlib::collections::abc::PRIVATE as _collections_abc;
pub use rtcore::builtins::MODULE as builtins;
pub use rtstdlib::string_native::MODULE as _string;
pub use rtstdlib::hash::MODULE as _hashlib;
pub use rtstdlib::hash::blake2::MODULE as _blake2;
pub use rtstdlib::errno::MODULE as errno;
pub use rtstdlib::select::MODULE as select;
pub use rtstdlib::fcntl::MODULE as fcntl;
pub use rtstdlib::accounts::PWD as pwd;
pub use rtstdlib::accounts::GRP as grp;
pub use rtstdlib::resource::MODULE as resource;
pub use rtstdlib::subprocess_native::MODULE as _posixsubprocess;
pub use rtstdlib::inspect::MODULE as inspect;
pub use rtstdlib::importlib::MODULE as importlib;
pub use rtstdlib::importlib::UTIL as importlib__util;
pub use rtstdlib::importlib::MACHINERY as importlib__machinery;
pub use rtstdlib::importlib::PKGUTIL as pkgutil;
pub use rtstdlib::zlib::MODULE as zlib;
pub use rtstdlib::csv::MODULE as _csv;
pub use rtstdlib::unicodedata::MODULE as unicodedata;
