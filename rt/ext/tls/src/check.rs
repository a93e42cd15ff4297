//! Owns: judging a server's certificates, and OpenSSL's words for a refusal.
//! Never: opens files or sockets, chooses whom to trust.

use crate::der;
use std::sync::Arc;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};

/// What a client asks of a server's certificates.
#[derive(Debug)]
pub struct Check {
    provider: Arc<CryptoProvider>,
    roots: RootCertStore,
    /// The certificates behind `roots`: OpenSSL trusts a server that shows one of them.
    trusted: Vec<CertificateDer<'static>>,
    /// They must lead to a trusted one. Signatures are checked in any case.
    chain: bool,
    /// The first must be for the name that was asked for.
    hostname: bool,
}
impl Check {
    pub fn new(provider: Arc<CryptoProvider>, trusted: Vec<CertificateDer<'static>>, chain: bool, hostname: bool) -> Check {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted.iter().cloned());
        Check { provider, roots, trusted, chain, hostname }
    }
    fn lead(&self, own: &CertificateDer<'_>, parsed: &ParsedCertificate<'_>, rest: &[CertificateDer<'_>], now: UnixTime) -> Result<(), Error> {
        let bad = |e: CertificateError| Err(Error::InvalidCertificate(e));
        if self.trusted.iter().any(|c| c.as_ref() == own.as_ref()) {
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
                    Unknown::Itself
                } else if rest.iter().any(|c| der::is_self_signed(c)) {
                    Unknown::InChain
                } else {
                    // rustls tells the server so with the alert that OpenSSL sends.
                    return bad(CertificateError::UnknownIssuer);
                };
                bad(CertificateError::Other(OtherError(Arc::new(why))))
            }
            Ok(()) => Ok(()),
            Err(other) => Err(other),
        }
    }
}
impl ServerCertVerifier for Check {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if !self.chain {
            return Ok(ServerCertVerified::assertion());
        }
        let parsed = ParsedCertificate::try_from(own)?;
        self.lead(own, &parsed, rest, now)?;
        if self.hostname {
            verify_server_name(&parsed, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(&self, m: &[u8], c: &CertificateDer<'_>, d: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(m, c, d, &self.provider.signature_verification_algorithms)
    }
    fn verify_tls13_signature(&self, m: &[u8], c: &CertificateDer<'_>, d: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(m, c, d, &self.provider.signature_verification_algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// How a chain leads to no root that is known; OpenSSL tells the three apart.
#[derive(Debug)]
enum Unknown {
    Itself,
    InChain,
}
impl Unknown {
    fn words(&self) -> (i64, &'static str) {
        match self {
            Unknown::Itself => (18, "self-signed certificate"),
            Unknown::InChain => (19, "self-signed certificate in certificate chain"),
        }
    }
}
impl std::fmt::Display for Unknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words().1)
    }
}
impl std::error::Error for Unknown {}

/// OpenSSL's number and words (`X509_verify_cert_error_string`); `host` is the name that was asked for.
pub fn explain(problem: &CertificateError, host: &str) -> (i64, String) {
    let (number, words) = match problem {
        CertificateError::UnknownIssuer => (20, "unable to get local issuer certificate"),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (10, "certificate has expired"),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (9, "certificate is not yet valid"),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let (number, what) = if host.parse::<std::net::IpAddr>().is_ok() { (64, "IP address") } else { (62, "Hostname") };
            return (number, format!("{what} mismatch, certificate is not valid for '{host}'."));
        }
        CertificateError::Revoked => (23, "certificate revoked"),
        CertificateError::BadSignature => (7, "certificate signature failure"),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => (26, "unsuitable certificate purpose"),
        CertificateError::Other(other) => match other.0.downcast_ref::<Unknown>() {
            Some(why) => why.words(),
            // rustls refuses a certificate of an authority in the server's place; OpenSSL calls that one self-signed.
            None if other.to_string().contains("CaUsedAsEndEntity") => Unknown::Itself.words(),
            None => return (1, other.to_string()),
        },
        other => return (1, other.to_string()),
    };
    (number, words.to_owned())
}
