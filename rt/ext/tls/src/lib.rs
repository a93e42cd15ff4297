//! Owns: TLS configurations (roots, verification, identities, ALPN) and connecting over TCP, shared by the network
//! crates beside it. Errors are in the words that CPython's `ssl` and `socket` use.
//! Never: touches a Python value.

mod der;
mod dial;
mod identity;
mod verify;

pub use dial::{Dial, dial, resolve};
pub use identity::Identity;
pub use tokio_rustls::client::TlsStream;
pub use tokio_rustls::TlsConnector;
pub use tokio_rustls::rustls::ClientConfig;
pub use verify::{Roots, Trust, config, describe, server_name};
