//! Owns: the Python module `httpx` (and `httpx2`, the same): an HTTP client with the interface of httpx 0.28
//! over hyper and rustls. Linked only by programs that import it.
//! Never: runs an event loop: native futures run on the loop's runtime (`rtasyncio::native_io`).

#[macro_use]
mod py;

mod api;
mod application;
mod auth;
mod client;
mod config;
mod content;
mod cookies;
mod decode;
mod errors;
mod headers;
mod iterate;
mod jar;
mod module;
mod mounts;
mod multipart;
mod net;
mod punycode;
mod query;
mod request;
mod response;
mod send;
mod status;
mod stream;
mod transport;
mod url;
mod urlparse;

pub use module::{HTTPX2, MODULE};
