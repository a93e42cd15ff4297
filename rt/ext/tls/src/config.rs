//! Owns: the client configuration for a choice of roots, cached.
//! Never: opens connections.

use crate::check::Check;
use crate::identity::Identity;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName};
use tokio_rustls::rustls::{ClientConfig, Error};

/// Whom to trust.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Roots {
    /// The system's.
    System,
    /// One file of certificates, one folder of them.
    Paths(Option<PathBuf>, Option<PathBuf>),
    /// Everybody.
    Off,
}

impl Roots {
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` where set, otherwise the system's.
    pub fn environment() -> Roots {
        let get = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        match (get("SSL_CERT_FILE"), get("SSL_CERT_DIR")) {
            (None, None) => Roots::System,
            (file, folder) => Roots::Paths(file, folder),
        }
    }
}
/// Where distributions keep the roots in one file.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// What a client asks of the other side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Trust {
    pub roots: Roots,
    /// The certificate must be for the name that was asked for.
    pub hostname: bool,
    /// The client's own certificate.
    pub identity: Option<Identity>,
}
impl Trust {
    pub fn new(roots: Roots) -> Trust {
        Trust { roots, hostname: true, identity: None }
    }
}

type Key = (Trust, Vec<Vec<u8>>);
static CONFIGS: Mutex<Option<HashMap<Key, Arc<ClientConfig>>>> = Mutex::new(None);

/// The configuration; reading the roots costs milliseconds, so each is made once.
///
/// # Errors
/// Roots that cannot be read, an identity that is none.
pub fn config(trust: &Trust, alpn: &[&[u8]]) -> io::Result<Arc<ClientConfig>> {
    let key: Key = (trust.clone(), alpn.iter().map(|p| p.to_vec()).collect());
    let mut cache = CONFIGS.lock().unwrap_or_else(|e| e.into_inner());
    if let Some(found) = cache.get_or_insert_default().get(&key) {
        return Ok(found.clone());
    }
    let other = |e: Error| io::Error::other(e.to_string());
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().map_err(other)?;
    let (chain, trusted) = match &trust.roots {
        Roots::Off => (false, vec![]),
        Roots::System | Roots::Paths(..) => (true, read(&trust.roots)?),
    };
    let check = Check::new(provider, trusted, chain, trust.hostname);
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(check));
    let mut made = match &trust.identity {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let (chain, key) = own.parts()?;
            builder.with_client_auth_cert(chain, key).map_err(other)?
        }
    };
    made.alpn_protocols = key.1.clone();
    let made = Arc::new(made);
    cache.get_or_insert_default().insert(key, made.clone());
    Ok(made)
}

/// The certificates of PEM files and folders.
fn read(roots: &Roots) -> io::Result<Vec<CertificateDer<'static>>> {
    let found = match roots {
        Roots::Paths(file, folder) => rustls_native_certs::load_certs_from_paths(file.as_deref(), folder.as_deref()),
        Roots::System | Roots::Off => match BUNDLES.iter().map(Path::new).find(|file| file.is_file()) {
            // Not by the environment, which a program may choose to ignore.
            Some(file) => rustls_native_certs::load_certs_from_paths(Some(file), None),
            None => rustls_native_certs::load_native_certs(),
        },
    };
    if found.certs.is_empty()
        && let Some(e) = found.errors.into_iter().next()
    {
        return Err(match e.kind {
            rustls_native_certs::ErrorKind::Io { inner, .. } => inner,
            other => io::Error::other(format!("{other:?}")),
        });
    }
    Ok(found.certs)
}

/// # Errors
/// A name that no certificate can be for.
pub fn server_name(host: &str) -> Result<ServerName<'static>, InvalidDnsNameError> {
    ServerName::try_from(host.to_owned())
}
