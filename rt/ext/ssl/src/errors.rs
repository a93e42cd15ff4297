//! Owns: the exception classes of `ssl`, and the words for what goes wrong, as OpenSSL and `_ssl.c` have them.
//! Never: talks to a peer.
//! Source: CPython 3.13, Modules/_ssl.c (`PySSL_SetError`, `fill_and_set_sslerror`).

use crate::verify;
use rtcore::error::hierarchy::{self, Exception, OS_ERROR, with_args};
use rtcore::error::{Raised, raise_value};
use rtcore::methods::*;
use rtcore::protocol::{attr, repr};
use rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible};

macro_rules! errors {
    ($($ty:ident $name:literal $base:expr;)*) => {
        $(pub static $ty: Type = {
            static DEF: ClassDef = ClassDef::new::<Exception>($name)
                .module("ssl")
                .like($base, &hierarchy::BASE_EXCEPTION)
                .methods(&[Method::new("__str__(self, /)", F1(text))])
                .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
            Type::builtin(&DEF)
        };)*
        pub static ALL: &[&Type] = &[$(&$ty),*];
    };
}
errors! {
    SSL_ERROR "SSLError" &OS_ERROR;
    ZERO_RETURN "SSLZeroReturnError" &SSL_ERROR;
    WANT_READ "SSLWantReadError" &SSL_ERROR;
    WANT_WRITE "SSLWantWriteError" &SSL_ERROR;
    SYSCALL "SSLSyscallError" &SSL_ERROR;
    EOF "SSLEOFError" &SSL_ERROR;
    CERT_VERIFICATION "SSLCertVerificationError" &SSL_ERROR;
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

fn make(ty: &'static Type, code: i64, words: String, library: Value, reason: Value, more: &[(&str, Value)]) -> Raised {
    let exc = with_args(ty, vec![Value::int(code), Value::string(words)]);
    let all = [("library", library), ("reason", reason)];
    for (name, v) in all.iter().chain(more) {
        if let Err(raised) = attr::setattr_name(&exc, Name::new(name), Some(v.clone())) {
            drop(rtcore::error::take(raised));
        }
    }
    raise_value(exc)
}
pub fn want_read(place: Place) -> Raised {
    make(&WANT_READ, 2, format!("The operation did not complete (read) (_ssl.c:{})", place as i64), NONE, NONE, &[])
}
pub fn want_write(place: Place) -> Raised {
    make(&WANT_WRITE, 3, format!("The operation did not complete (write) (_ssl.c:{})", place as i64), NONE, NONE, &[])
}
pub fn eof(place: Place) -> Raised {
    let words = format!("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:{})", place as i64);
    make(&EOF, 8, words, Value::str("SSL"), Value::str("UNEXPECTED_EOF_WHILE_READING"), &[])
}
/// An error with a reason of OpenSSL: `[SSL: REASON] reason (_ssl.c:N)`.
pub fn reason(code: i64, library: &str, reason: &str, place: Place) -> Raised {
    let words = format!("[{library}: {reason}] {} (_ssl.c:{})", reason.to_lowercase().replace('_', " "), place as i64);
    make(&SSL_ERROR, code, words, Value::str(library), Value::str(reason), &[])
}
/// An error without one: `[SSL] words (_ssl.c:N)`.
pub fn bare(code: i64, words: &str, place: Place) -> Raised {
    make(&SSL_ERROR, code, format!("[SSL] {words} (_ssl.c:{})", place as i64), Value::str("SSL"), NONE, &[])
}
/// An error of the module itself, with its words alone.
pub fn plain(words: &str) -> Raised {
    raise_value(with_args(&SSL_ERROR, vec![Value::str(words)]))
}

/// What rustls reports, in OpenSSL's words. `host` is the name that was asked for.
pub fn of_rustls(e: &Error, host: &str, place: Place) -> Raised {
    match e {
        Error::InvalidCertificate(problem) => {
            let (code, words) = verify::describe(problem, host);
            let text = format!("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {words} (_ssl.c:{})", place as i64);
            let more = [("verify_code", Value::int(code)), ("verify_message", Value::string(words))];
            make(&CERT_VERIFICATION, 1, text, Value::str("SSL"), Value::str("CERTIFICATE_VERIFY_FAILED"), &more)
        }
        Error::AlertReceived(alert) => reason(1, "SSL", &alert_reason(*alert), place),
        Error::NoCertificatesPresented => reason(1, "SSL", "PEER_DID_NOT_RETURN_A_CERTIFICATE", place),
        Error::InvalidMessage(problem) => reason(1, "SSL", message_reason(problem), place),
        Error::PeerIncompatible(problem) => reason(1, "SSL", incompatible(problem), place),
        Error::NoApplicationProtocol => reason(1, "SSL", "NO_APPLICATION_PROTOCOL", place),
        Error::DecryptError => reason(1, "SSL", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", place),
        Error::PeerSentOversizedRecord => reason(1, "SSL", "ENCRYPTED_LENGTH_TOO_LONG", place),
        Error::InappropriateHandshakeMessage { .. } | Error::InappropriateMessage { .. } => reason(1, "SSL", "UNEXPECTED_MESSAGE", place),
        other => bare(1, &other.to_string(), place),
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
