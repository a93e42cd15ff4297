//! Owns: the Python module `websockets`: clients and servers with the interface of the package's asyncio
//! implementation, over tokio and rustls. Linked only by programs that import it.
//! Never: runs an event loop.

mod client;
mod codec;
mod connection;
mod deflate;
mod errors;
mod handshake;
mod module;
mod objects;
mod py;
mod server;
mod wire;

pub use module::{
    ASYNCIO, ASYNCIO_CLIENT, ASYNCIO_CONNECTION, ASYNCIO_SERVER, CLIENT, DATASTRUCTURES, EXCEPTIONS, FRAMES, HTTP11, MODULE, PROTOCOL, SERVER,
    TYPING,
};

/// The release of the package whose interface this is.
const VERSION: &str = "17.4";
const USER_AGENT: &str = "Python/3.13 websockets/17.4";
const SERVER_HEADER: &str = "Python/3.13 websockets/17.4";
