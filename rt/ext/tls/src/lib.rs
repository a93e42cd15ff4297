//! Owns: TLS client configurations (roots, verification, ALPN) and connecting over TCP, shared by the network
//! crates beside it. Errors are in the words that CPython's `ssl` and `socket` use.
//! Never: touches a Python value.

mod dial;
mod verify;

pub use dial::{Dial, dial, resolve};
pub use tokio_rustls::TlsConnector;
pub use tokio_rustls::client::TlsStream;
pub use tokio_rustls::rustls::ClientConfig;
pub use verify::{Roots, config, describe, server_name};
