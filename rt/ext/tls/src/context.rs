//! Owns: the seam between `ssl.SSLContext` and the network crates: `_ssl` says how a context becomes a configuration,
//! the others ask for it. So neither links the other.
//! Never: makes a configuration.

use rtcore::value::Value;
use std::sync::{Arc, OnceLock};
use tokio_rustls::rustls::{ClientConfig, Error, ServerConfig};

/// How `_ssl` reads its contexts; `None` for a value that is none.
pub struct Contexts {
    pub client: fn(&Value) -> Option<Result<Arc<ClientConfig>, Error>>,
    pub server: fn(&Value) -> Option<Result<Arc<ServerConfig>, Error>>,
}
static CONTEXTS: OnceLock<Contexts> = OnceLock::new();

/// Called once, when the program's `_ssl` is set up.
pub fn register(contexts: Contexts) {
    // A second setup brings the same functions.
    drop(CONTEXTS.set(contexts));
}
/// The configuration of a client by an `SSLContext`, for these protocols instead of its own where some are given;
/// `None` when the value is no context.
pub fn client(v: &Value, alpn: &[&[u8]]) -> Option<Result<Arc<ClientConfig>, Error>> {
    let made = (CONTEXTS.get()?.client)(v)?;
    Some(made.map(|config| {
        if alpn.is_empty() {
            return config;
        }
        let mut own = (*config).clone();
        own.alpn_protocols = alpn.iter().map(|p| p.to_vec()).collect();
        Arc::new(own)
    }))
}
/// The configuration of a server by an `SSLContext`; `None` when the value is no context.
pub fn server(v: &Value) -> Option<Result<Arc<ServerConfig>, Error>> {
    (CONTEXTS.get()?.server)(v)
}
