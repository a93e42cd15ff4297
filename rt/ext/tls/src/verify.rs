//! Owns: the client configuration for a choice of roots, cached, and the text of a failed handshake.
//! Never: opens connections.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName, UnixTime};
use tokio_rustls::rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Whom to trust.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Roots {
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` when set, otherwise the system's.
    System,
    /// One file of certificates, one folder of them.
    Paths(Option<PathBuf>, Option<PathBuf>),
    /// Everybody.
    Off,
}

type Key = (Roots, Vec<Vec<u8>>);
static CONFIGS: Mutex<Option<HashMap<Key, Arc<ClientConfig>>>> = Mutex::new(None);

/// The configuration; reading the roots costs milliseconds, so each is made once.
///
/// # Errors
/// Roots that cannot be read.
pub fn config(roots: &Roots, alpn: &[&[u8]]) -> io::Result<Arc<ClientConfig>> {
    let key: Key = (roots.clone(), alpn.iter().map(|p| p.to_vec()).collect());
    let mut cache = CONFIGS.lock().unwrap_or_else(|e| e.into_inner());
    if let Some(found) = cache.get_or_insert_default().get(&key) {
        return Ok(found.clone());
    }
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|e| io::Error::other(e.to_string()))?;
    let mut made = match roots {
        Roots::Off => builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider))).with_no_client_auth(),
        Roots::System | Roots::Paths(..) => builder.with_root_certificates(read(roots)?).with_no_client_auth(),
    };
    made.alpn_protocols = key.1.clone();
    let made = Arc::new(made);
    cache.get_or_insert_default().insert(key, made.clone());
    Ok(made)
}

fn read(roots: &Roots) -> io::Result<RootCertStore> {
    let found = match roots {
        Roots::Paths(file, folder) => rustls_native_certs::load_certs_from_paths(file.as_deref(), folder.as_deref()),
        Roots::System | Roots::Off => rustls_native_certs::load_native_certs(),
    };
    if found.certs.is_empty()
        && let Some(e) = found.errors.into_iter().next()
    {
        return Err(match e.kind {
            rustls_native_certs::ErrorKind::Io { inner, .. } => inner,
            other => io::Error::other(format!("{other:?}")),
        });
    }
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(found.certs);
    Ok(store)
}

/// # Errors
/// A name that no certificate can be for.
pub fn server_name(host: &str) -> Result<ServerName<'static>, InvalidDnsNameError> {
    ServerName::try_from(host.to_owned())
}

/// What OpenSSL says, as CPython 3.13's `ssl.SSLCertVerificationError` shows it.
pub fn describe(e: &io::Error, host: &str) -> String {
    let Some(e) = e.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else { return e.to_string() };
    let why = match e {
        Error::InvalidCertificate(c) => match c {
            CertificateError::UnknownIssuer => "unable to get local issuer certificate".to_owned(),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "certificate has expired".to_owned(),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "certificate is not yet valid".to_owned(),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                let what = if host.parse::<std::net::IpAddr>().is_ok() { "IP address" } else { "Hostname" };
                format!("{what} mismatch, certificate is not valid for '{host}'.")
            }
            CertificateError::Revoked => "certificate revoked".to_owned(),
            // rustls refuses a certificate of an authority in the server's place; OpenSSL calls that one self-signed.
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => "self-signed certificate".to_owned(),
            other => format!("{other:?}"),
        },
        other => return format!("[SSL] {other}"),
    };
    format!("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {why} (_ssl.c:1020)")
}

/// `verify=False`: signatures are checked, identities are not.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(&self, m: &[u8], c: &CertificateDer<'_>, d: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(m, c, d, &self.0.signature_verification_algorithms)
    }
    fn verify_tls13_signature(&self, m: &[u8], c: &CertificateDer<'_>, d: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(m, c, d, &self.0.signature_verification_algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
