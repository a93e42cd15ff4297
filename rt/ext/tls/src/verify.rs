//! Owns: the client configuration for a choice of roots, cached, and the text of a failed handshake.
//! Never: opens connections.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use crate::der;
use crate::identity::Identity;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};

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
    let verifier: Arc<dyn ServerCertVerifier> = match &trust.roots {
        Roots::Off => Arc::new(Anybody(provider)),
        Roots::System | Roots::Paths(..) => Arc::new(Known::new(&trust.roots, trust.hostname, provider)?),
    };
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
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
fn read(roots: &Roots) -> io::Result<Vec<Vec<u8>>> {
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
    Ok(found.certs.into_iter().map(|c| c.to_vec()).collect())
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
            CertificateError::Other(other) if other.0.downcast_ref::<Unknown>().is_some() => other.to_string(),
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
        Error::InvalidMessage(_) => return "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1020)".to_owned(),
        other => return format!("[SSL] {other}"),
    };
    format!("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {why} (_ssl.c:1020)")
}

/// What OpenSSL calls a chain that leads to no root it knows.
#[derive(Debug)]
struct Unknown(&'static str);
impl std::fmt::Display for Unknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}
impl std::error::Error for Unknown {}

/// Certificates that lead to a root, or are one.
#[derive(Debug)]
struct Known {
    roots: RootCertStore,
    /// The same, whole: OpenSSL trusts a server that shows one of them.
    whole: Vec<Vec<u8>>,
    hostname: bool,
    provider: Arc<CryptoProvider>,
}
impl Known {
    fn new(roots: &Roots, hostname: bool, provider: Arc<CryptoProvider>) -> io::Result<Known> {
        let whole = read(roots)?;
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(whole.iter().map(|c| CertificateDer::from(c.clone())));
        Ok(Known { roots: store, whole, hostname, provider })
    }
    fn chain(&self, own: &CertificateDer<'_>, parsed: &ParsedCertificate<'_>, rest: &[CertificateDer<'_>], now: UnixTime) -> Result<(), Error> {
        let bad = |e: CertificateError| Err(Error::InvalidCertificate(e));
        if self.whole.iter().any(|c| c.as_slice() == own.as_ref()) {
            let seconds = now.as_secs();
            return match der::validity(own) {
                Some((from, _)) if seconds < from => bad(CertificateError::NotValidYet),
                Some((_, until)) if seconds > until => bad(CertificateError::Expired),
                Some(_) => Ok(()),
                None => bad(CertificateError::BadEncoding),
            };
        }
        let algorithms = self.provider.signature_verification_algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(parsed, &self.roots, rest, now, algorithms) {
            Err(Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_))) => {
                let why = if der::is_self_signed(own) {
                    "self-signed certificate"
                } else if rest.iter().any(|c| der::is_self_signed(c)) {
                    "self-signed certificate in certificate chain"
                } else {
                    "unable to get local issuer certificate"
                };
                bad(CertificateError::Other(OtherError(Arc::new(Unknown(why)))))
            }
            Ok(()) => Ok(()),
            Err(other) => Err(other),
        }
    }
}
macro_rules! signatures {
    ($provider:tt) => {
        fn verify_tls12_signature(&self, m: &[u8], c: &CertificateDer<'_>, d: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
            verify_tls12_signature(m, c, d, &self.$provider.signature_verification_algorithms)
        }
        fn verify_tls13_signature(&self, m: &[u8], c: &CertificateDer<'_>, d: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
            verify_tls13_signature(m, c, d, &self.$provider.signature_verification_algorithms)
        }
        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.$provider.signature_verification_algorithms.supported_schemes()
        }
    };
}
impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(own)?;
        self.chain(own, &parsed, rest, now)?;
        if self.hostname {
            verify_server_name(&parsed, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }
    signatures!(provider);
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
    signatures!(0);
}
