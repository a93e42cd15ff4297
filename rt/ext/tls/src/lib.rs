//! Owns: TLS configurations (roots, verification, identities, ALPN) and connecting over TCP, shared by the network
//! crates beside it. Errors are in the words that CPython's `ssl` and `socket` use.
//! Never: touches a Python value.

mod der;
mod dial;
mod identity;
mod verify;

pub use dial::{Dial, dial, resolve};
pub use identity::{Identity, certificates, server};
pub use tokio_rustls::client::TlsStream;
pub use tokio_rustls::rustls::{ClientConfig, ServerConfig};
pub use tokio_rustls::server::TlsStream as ServerTlsStream;
pub use tokio_rustls::{TlsAcceptor, TlsConnector};
pub use verify::{Roots, Trust, config, describe, read, server_name};
