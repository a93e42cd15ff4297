//! Owns: a certificate with its key, from PEM files.
//! Never: judges other certificates (`verify`).

use std::io;
use std::path::Path;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A chain of certificates and its key, as DER.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    chain: Vec<Vec<u8>>,
    /// The PEM text: which kind of key it is stands there.
    key: Vec<u8>,
}
fn pem(e: PemError) -> io::Error {
    match e {
        PemError::Io(e) => e,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}
impl Identity {
    /// A chain and its key, which may lie in the same file.
    ///
    /// # Errors
    /// Files that cannot be read or are not PEM.
    pub fn load(chain: &Path, key: &Path) -> io::Result<Identity> {
        let chain = certificates(&std::fs::read(chain)?)?;
        let key = std::fs::read(key)?;
        let made = Identity { chain, key };
        made.parts().map(|_| made)
    }
    /// # Errors
    /// A text without a key.
    pub fn parts(&self) -> io::Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(pem)?;
        if self.chain.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no certificate"));
        }
        Ok((self.chain.iter().map(|c| CertificateDer::from(c.clone())).collect(), key))
    }
}
/// The certificates of a PEM text, as DER.
///
/// # Errors
/// A text that is not PEM.
fn certificates(text: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    CertificateDer::pem_slice_iter(text).map(|c| c.map(|c| c.to_vec()).map_err(pem)).collect()
}
