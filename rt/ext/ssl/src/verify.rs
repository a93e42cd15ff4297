//! Owns: whom a context trusts: checking a peer's certificates as its `verify_mode` and `check_hostname` ask, and the
//! words for a refusal.
//! Never: opens files or sockets.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::Arc;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Checks a server's certificates as a client context asks.
#[derive(Debug)]
pub struct Check {
    pub provider: Arc<CryptoProvider>,
    pub roots: Arc<RootCertStore>,
    /// The certificates behind `roots`: one of them may be the server's own.
    pub trusted: Arc<Vec<CertificateDer<'static>>>,
    /// `verify_mode` is not CERT_NONE.
    pub chain: bool,
    pub hostname: bool,
}

/// A certificate that is trusted itself needs no chain, but must be valid today.
pub fn is_trusted(trusted: &[CertificateDer], cert: &CertificateDer, now: UnixTime) -> Option<Result<(), Error>> {
    if !trusted.iter().any(|one| one.as_ref() == cert.as_ref()) {
        return None;
    }
    let Ok((_, parsed)) = X509Certificate::from_der(cert) else { return Some(Err(CertificateError::BadEncoding.into())) };
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    Some(if parsed.validity().not_before.timestamp() > now {
        Err(CertificateError::NotValidYet.into())
    } else if parsed.validity().not_after.timestamp() < now {
        Err(CertificateError::Expired.into())
    } else {
        Ok(())
    })
}

impl ServerCertVerifier for Check {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if !self.chain {
            return Ok(ServerCertVerified::assertion());
        }
        let parsed = ParsedCertificate::try_from(end)?;
        match is_trusted(&self.trusted, end, now) {
            Some(answer) => answer?,
            None => {
                let algorithms = self.provider.signature_verification_algorithms.all;
                verify_server_cert_signed_by_trust_anchor(&parsed, &self.roots, between, now, algorithms).map_err(|e| self_signed(e, end))?;
            }
        }
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

/// OpenSSL has words of its own for an unknown certificate that signs itself.
#[derive(Debug)]
struct SelfSigned;
impl std::fmt::Display for SelfSigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("self-signed certificate")
    }
}
impl std::error::Error for SelfSigned {}
fn self_signed(e: Error, end: &CertificateDer) -> Error {
    let signs_itself = X509Certificate::from_der(end).is_ok_and(|(_, cert)| cert.subject() == cert.issuer());
    let unknown = matches!(&e, Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_)));
    if signs_itself && unknown { CertificateError::Other(rustls::OtherError(Arc::new(SelfSigned))).into() } else { e }
}

/// OpenSSL's number and words (`X509_verify_cert_error_string`).
pub fn describe(problem: &CertificateError, host: &str) -> (i64, String) {
    match problem {
        CertificateError::UnknownIssuer => (20, "unable to get local issuer certificate".to_owned()),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (10, "certificate has expired".to_owned()),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (9, "certificate is not yet valid".to_owned()),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            if host.parse::<std::net::IpAddr>().is_ok() {
                (64, format!("IP address mismatch, certificate is not valid for '{host}'."))
            } else {
                (62, format!("Hostname mismatch, certificate is not valid for '{host}'."))
            }
        }
        CertificateError::Revoked => (23, "certificate revoked".to_owned()),
        CertificateError::BadSignature => (7, "certificate signature failure".to_owned()),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => (26, "unsuitable certificate purpose".to_owned()),
        CertificateError::Other(other) if other.to_string() == "self-signed certificate" => (18, other.to_string()),
        other => (1, other.to_string()),
    }
}
