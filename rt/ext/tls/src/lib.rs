//! Owns: TLS configurations (roots, verification, identities, ALPN) and connecting over TCP, shared by the network
//! crates beside it. Errors are in the words that CPython's `ssl` and `socket` use.
//! Never: touches a Python value, but for the seam to `ssl.SSLContext` (`context`) and the exceptions of `ssl` (`errors`).

mod check;
mod config;
pub mod context;
mod der;
mod dial;
pub mod errors;
mod identity;

pub use check::{Check, explain};
pub use config::{Roots, Trust, config, server_name};
pub use dial::{Dial, dial, resolve};
pub use identity::Identity;
pub use tokio_rustls::client::TlsStream;
pub use tokio_rustls::TlsConnector;
pub use tokio_rustls::rustls::ClientConfig;
pub use tokio_rustls::rustls;
pub use tokio_rustls::{TlsAcceptor, server};
