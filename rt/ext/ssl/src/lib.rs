//! Owns: the module `_ssl` over rustls; CPython's own `ssl` stands on it.
//! Never: opens connections, speaks anything older than TLS 1.2.
//! Source: CPython 3.13, Modules/_ssl.c.

mod bio;
mod certificate;
mod ciphers;
mod connection;
mod constants;
mod context;

use ext_tls::errors;
use rtcore::error::{value_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::sequence::{as_index, truth};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::{bytes, tuple};

/// Numbers, names and identifiers of what `ssl` itself asks for.
const OBJECTS: &[(i64, &str, &str, &str)] = &[
    (129, "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1"),
    (130, "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2"),
    (131, "codeSigning", "Code Signing", "1.3.6.1.5.5.7.3.3"),
    (132, "emailProtection", "E-mail Protection", "1.3.6.1.5.5.7.3.4"),
    (13, "CN", "commonName", "2.5.4.3"),
    (14, "C", "countryName", "2.5.4.6"),
    (17, "O", "organizationName", "2.5.4.10"),
];
fn object_tuple(row: &(i64, &str, &str, &str)) -> Value {
    tuple::new(vec![Value::int(row.0), Value::str(row.1), Value::str(row.2), Value::str(row.3)])
}
fn txt2obj(text: &Value, by_name: &Value) -> PyResult {
    let Some(wanted) = text.as_str() else { return Err(type_error("txt2obj() argument 'txt' must be str")) };
    let by_name = truth(by_name)?;
    match OBJECTS.iter().find(|row| row.3 == wanted || by_name && (row.1 == wanted || row.2 == wanted)) {
        Some(row) => Ok(object_tuple(row)),
        None => Err(value_error(format!("unknown object '{wanted}'"))),
    }
}
fn nid2obj(nid: &Value) -> PyResult {
    let nid = as_index(nid)?;
    match OBJECTS.iter().find(|row| row.0 == nid) {
        Some(row) => Ok(object_tuple(row)),
        None => Err(value_error(format!("unknown NID {nid}"))),
    }
}
fn rand_bytes(n: &Value) -> PyResult {
    let Ok(n) = usize::try_from(as_index(n)?) else { return Err(value_error("num must be positive")) };
    let mut out = vec![0; n];
    match rustls::crypto::ring::default_provider().secure_random.fill(&mut out) {
        Ok(()) => Ok(bytes::value(out)),
        Err(_) => Err(errors::plain("the system gives no random numbers")),
    }
}
fn rand_add(_: &Value, _: &Value) -> PyResult {
    Ok(NONE)
}
fn default_verify_paths() -> PyResult {
    Ok(tuple::new(["SSL_CERT_FILE", "/usr/lib/ssl/cert.pem", "SSL_CERT_DIR", "/usr/lib/ssl/certs"].map(Value::str).to_vec()))
}
static FUNCTIONS: &[Method] = &[
    Method::new("txt2obj(txt, name=False)", F2(txt2obj)),
    Method::new("nid2obj(nid, /)", F1(nid2obj)),
    Method::new("RAND_bytes(n, /)", F1(rand_bytes)),
    Method::new("RAND_add(string, entropy, /)", F2(rand_add)),
    Method::new("RAND_status()", F0(|| Ok(TRUE))),
    Method::new("get_default_verify_paths()", F0(default_verify_paths)),
];

/// `SSLSession`: named by `ssl`, never made: sessions are not resumed.
struct Session;
impl Payload for Session {}
impl Native for Session {
    fn class() -> &'static Type {
        &SESSION
    }
}
static SESSION_DEF: ClassDef = ClassDef::new::<Session>("SSLSession").module("_ssl");
static SESSION: Type = Type::builtin(&SESSION_DEF);

fn setup(m: &Value) -> PyResult<()> {
    ext_tls::context::register(context::CONTEXTS);
    for t in errors::ALL.iter().chain(&[&context::CONTEXT, &connection::CONNECTION, &connection::CERTIFICATE, &bio::MEMORY_BIO, &SESSION]) {
        set_str(m, t.name(), Value::of_type(t));
    }
    for (name, n) in constants::NUMBERS {
        set_str(m, name, Value::int(*n));
    }
    for (name, on) in constants::FLAGS {
        set_str(m, name, Value::bool(*on));
    }
    let version = |parts: [i64; 5]| tuple::new(parts.map(Value::int).to_vec());
    // What OpenSSL 3.0 would say: programs compare it with the versions they need.
    set_str(m, "OPENSSL_VERSION", Value::str("OpenSSL 3.0.0 (rustls)"));
    set_str(m, "OPENSSL_VERSION_NUMBER", Value::int(0x3000_0000));
    set_str(m, "OPENSSL_VERSION_INFO", version([3, 0, 0, 0, 0]));
    set_str(m, "_OPENSSL_API_VERSION", version([3, 0, 0, 0, 0]));
    set_str(m, "_DEFAULT_CIPHERS", Value::str("@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_ssl", FUNCTIONS, setup);
