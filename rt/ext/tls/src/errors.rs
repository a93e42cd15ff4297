//! Owns: the exception classes of `ssl`, which network crates raise too, and the words for what goes wrong, as OpenSSL and `_ssl.c` have them.
//! Never: talks to a peer.
//! Source: CPython 3.13, Modules/_ssl.c (`PySSL_SetError`, `fill_and_set_sslerror`).

use crate::check;
use rtcore::error::hierarchy::{self, Exception, OS_ERROR, VALUE_ERROR, with_args};
use rtcore::error::{Raised, raise_value};
use rtcore::methods::*;
use rtcore::protocol::{attr, repr};
use std::io;
use tokio_rustls::rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible};

macro_rules! errors {
    ($($ty:ident $name:literal $base:expr, $mixins:expr;)*) => {
        $(pub static $ty: Type = {
            static DEF: ClassDef = ClassDef::new::<Exception>($name)
                .module("ssl")
                .like($base, &hierarchy::BASE_EXCEPTION)
                .mixins($mixins)
                .methods(&[Method::new("__str__(self, /)", F1(text))])
                .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
            Type::builtin(&DEF)
        };)*
        pub static ALL: &[&Type] = &[$(&$ty),*];
    };
}
errors! {
    SSL_ERROR "SSLError" &OS_ERROR, &[];
    ZERO_RETURN "SSLZeroReturnError" &SSL_ERROR, &[];
    WANT_READ "SSLWantReadError" &SSL_ERROR, &[];
    WANT_WRITE "SSLWantWriteError" &SSL_ERROR, &[];
    SYSCALL "SSLSyscallError" &SSL_ERROR, &[];
    EOF "SSLEOFError" &SSL_ERROR, &[];
    CERT_VERIFICATION "SSLCertVerificationError" &SSL_ERROR, &[&VALUE_ERROR];
}

/// `SSLError_str`: the words, where there are any.
fn text(v: &Value) -> PyResult {
    let words = attr::getattr_name(v, Name::new("strerror"))?;
    if words.as_str_obj().is_some() {
        return Ok(words);
    }
    repr::str_(&attr::getattr_name(v, Name::new("args"))?)
}

/// The lines of `_ssl.c` that CPython 3.13.0 names in its messages.
#[derive(Clone, Copy)]
pub enum Place {
    Handshake = 1020,
    Write = 2427,
    Read = 2580,
    Shutdown = 2706,
    LoadChain = 3937,
    LoadLocations = 4168,
}

/// One error of the module: everything but the exception object, so that it can be made where no Python value may be.
pub struct Trouble {
    ty: &'static Type,
    code: i64,
    words: String,
    library: Option<String>,
    reason: Option<String>,
    /// `verify_code` and `verify_message`.
    verify: Option<(i64, String)>,
}
impl Trouble {
    fn new(ty: &'static Type, code: i64, words: String) -> Trouble {
        Trouble { ty, code, words, library: None, reason: None, verify: None }
    }
    fn named(self, library: &str, reason: &str) -> Trouble {
        Trouble { library: Some(library.to_owned()), reason: Some(reason.to_owned()), ..self }
    }
    pub fn words(&self) -> &str {
        &self.words
    }
    pub fn raise(self) -> Raised {
        let exc = with_args(self.ty, vec![Value::int(self.code), Value::string(self.words)]);
        let text = |v: Option<String>| v.map_or(NONE, Value::string);
        let mut all = vec![("library", text(self.library)), ("reason", text(self.reason))];
        if let Some((code, words)) = self.verify {
            all.extend([("verify_code", Value::int(code)), ("verify_message", Value::string(words))]);
        }
        for (name, v) in all {
            if let Err(raised) = attr::setattr_name(&exc, Name::new(name), Some(v)) {
                drop(rtcore::error::take(raised));
            }
        }
        raise_value(exc)
    }
}
pub fn want_read(place: Place) -> Raised {
    Trouble::new(&WANT_READ, 2, format!("The operation did not complete (read) (_ssl.c:{})", place as i64)).raise()
}
pub fn want_write(place: Place) -> Raised {
    Trouble::new(&WANT_WRITE, 3, format!("The operation did not complete (write) (_ssl.c:{})", place as i64)).raise()
}
fn ended(place: Place) -> Trouble {
    let words = format!("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:{})", place as i64);
    Trouble::new(&EOF, 8, words).named("SSL", "UNEXPECTED_EOF_WHILE_READING")
}
pub fn eof(place: Place) -> Raised {
    ended(place).raise()
}
fn because(code: i64, library: &str, reason: &str, place: Place) -> Trouble {
    let words = format!("[{library}: {reason}] {} (_ssl.c:{})", reason.to_lowercase().replace('_', " "), place as i64);
    Trouble::new(&SSL_ERROR, code, words).named(library, reason)
}
/// An error with a reason of OpenSSL: `[SSL: REASON] reason (_ssl.c:N)`.
pub fn reason(code: i64, library: &str, reason: &str, place: Place) -> Raised {
    because(code, library, reason, place).raise()
}
fn nameless(code: i64, words: &str, place: Place) -> Trouble {
    Trouble { library: Some("SSL".to_owned()), ..Trouble::new(&SSL_ERROR, code, format!("[SSL] {words} (_ssl.c:{})", place as i64)) }
}
/// An error without one: `[SSL] words (_ssl.c:N)`.
pub fn bare(code: i64, words: &str, place: Place) -> Raised {
    nameless(code, words, place).raise()
}
/// An error of the module itself, with its words alone.
pub fn plain(words: &str) -> Raised {
    raise_value(with_args(&SSL_ERROR, vec![Value::str(words)]))
}

/// What rustls reports, in OpenSSL's words. `host` is the name that was asked for.
pub fn of_rustls(e: &Error, host: &str, place: Place) -> Trouble {
    match e {
        Error::InvalidCertificate(problem) => {
            let (code, words) = check::explain(problem, host);
            let text = format!("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {words} (_ssl.c:{})", place as i64);
            let trouble = Trouble::new(&CERT_VERIFICATION, 1, text).named("SSL", "CERTIFICATE_VERIFY_FAILED");
            Trouble { verify: Some((code, words)), ..trouble }
        }
        Error::AlertReceived(alert) => because(1, "SSL", &alert_reason(*alert), place),
        Error::NoCertificatesPresented => because(1, "SSL", "PEER_DID_NOT_RETURN_A_CERTIFICATE", place),
        Error::InvalidMessage(problem) => because(1, "SSL", message_reason(problem), place),
        Error::PeerIncompatible(problem) => because(1, "SSL", incompatible(problem), place),
        Error::NoApplicationProtocol => because(1, "SSL", "NO_APPLICATION_PROTOCOL", place),
        Error::DecryptError => because(1, "SSL", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", place),
        Error::PeerSentOversizedRecord => because(1, "SSL", "ENCRYPTED_LENGTH_TOO_LONG", place),
        Error::InappropriateHandshakeMessage { .. } | Error::InappropriateMessage { .. } => because(1, "SSL", "UNEXPECTED_MESSAGE", place),
        other => nameless(1, &other.to_string(), place),
    }
}
/// What broke a handshake; `None` for an error of the system's.
pub fn of_handshake(e: &io::Error, host: &str) -> Option<Trouble> {
    match e.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(inner) => Some(of_rustls(inner, host, Place::Handshake)),
        None if e.raw_os_error().is_none() && e.kind() == io::ErrorKind::UnexpectedEof => Some(ended(Place::Handshake)),
        None => None,
    }
}
fn message_reason(problem: &InvalidMessage) -> &'static str {
    match problem {
        InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion => "WRONG_VERSION_NUMBER",
        InvalidMessage::MessageTooLarge | InvalidMessage::HandshakePayloadTooLarge => "ENCRYPTED_LENGTH_TOO_LONG",
        _ => "BAD_RECORD_TYPE",
    }
}
fn incompatible(problem: &PeerIncompatible) -> &'static str {
    match problem {
        PeerIncompatible::NoCipherSuitesInCommon => "NO_SHARED_CIPHER",
        PeerIncompatible::NoSignatureSchemesInCommon => "NO_SUITABLE_SIGNATURE_ALGORITHM",
        _ => "UNSUPPORTED_PROTOCOL",
    }
}
/// Alerts have the names of the protocol's version that brought them.
fn alert_reason(alert: AlertDescription) -> String {
    let name = match alert {
        AlertDescription::CloseNotify => "CLOSE_NOTIFY",
        AlertDescription::UnexpectedMessage => "UNEXPECTED_MESSAGE",
        AlertDescription::BadRecordMac => "BAD_RECORD_MAC",
        AlertDescription::HandshakeFailure => "HANDSHAKE_FAILURE",
        AlertDescription::BadCertificate => "BAD_CERTIFICATE",
        AlertDescription::UnsupportedCertificate => "UNSUPPORTED_CERTIFICATE",
        AlertDescription::CertificateRevoked => "CERTIFICATE_REVOKED",
        AlertDescription::CertificateExpired => "CERTIFICATE_EXPIRED",
        AlertDescription::CertificateUnknown => "CERTIFICATE_UNKNOWN",
        AlertDescription::IllegalParameter => "ILLEGAL_PARAMETER",
        AlertDescription::UnknownCA => "UNKNOWN_CA",
        AlertDescription::AccessDenied => "ACCESS_DENIED",
        AlertDescription::DecodeError => "DECODE_ERROR",
        AlertDescription::DecryptError => "DECRYPT_ERROR",
        AlertDescription::ProtocolVersion => "PROTOCOL_VERSION",
        AlertDescription::InsufficientSecurity => "INSUFFICIENT_SECURITY",
        AlertDescription::InternalError => "INTERNAL_ERROR",
        AlertDescription::UserCanceled => "USER_CANCELLED",
        AlertDescription::UnrecognisedName => "UNRECOGNIZED_NAME",
        AlertDescription::CertificateRequired => "CERTIFICATE_REQUIRED",
        AlertDescription::NoApplicationProtocol => "NO_APPLICATION_PROTOCOL",
        _ => "UNKNOWN",
    };
    let version = match alert {
        AlertDescription::CertificateRequired => "TLSV13",
        AlertDescription::UnknownCA
        | AlertDescription::AccessDenied
        | AlertDescription::DecodeError
        | AlertDescription::DecryptError
        | AlertDescription::ProtocolVersion
        | AlertDescription::InsufficientSecurity
        | AlertDescription::InternalError
        | AlertDescription::UserCanceled
        | AlertDescription::UnrecognisedName
        | AlertDescription::NoApplicationProtocol => "TLSV1",
        _ => "SSLV3",
    };
    format!("{version}_ALERT_{name}")
}
