//! Owns: `_SSLContext`: what a program sets, and the configurations of rustls made from it.
//! Never: moves bytes.
//! Source: CPython 3.13, Modules/_ssl.c (`_ssl__SSLContext`).

use crate::{certificate, ciphers, connection};
use ext_tls::{Check, errors};
use rtcore::error::hierarchy::raise_os_error;
use rtcore::error::{not_implemented_error, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::sequence::as_index;
use rtcore::types::bytes::buffer;
use rtcore::types::class::special::Special;
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedCipherSuite, SupportedProtocolVersion, version};
use std::cell::{Cell, RefCell};
use std::sync::Arc;

const TLS_CLIENT: i64 = 16;
const TLS_SERVER: i64 = 17;
const CERT_NONE: i64 = 0;
const CERT_REQUIRED: i64 = 2;
const TLS_1_2: i64 = 0x303;
const TLS_1_3: i64 = 0x304;
const MINIMUM: i64 = -2;
const MAXIMUM: i64 = -1;
const OP_NO_TLS_1_2: i64 = 0x0800_0000;
const OP_NO_TLS_1_3: i64 = 0x2000_0000;
/// What OpenSSL and `_ssl.c` switch on in every context.
const OPTIONS: i64 = 2_186_412_112;

#[derive(Default)]
struct State {
    chain: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    trusted: Vec<CertificateDer<'static>>,
    alpn: Vec<Vec<u8>>,
    suites: Option<Vec<SupportedCipherSuite>>,
    client: Option<Arc<ClientConfig>>,
    server: Option<Arc<ServerConfig>>,
}
pub struct Context {
    protocol: i64,
    verify_mode: Cell<i64>,
    check_hostname: Cell<bool>,
    options: Cell<i64>,
    verify_flags: Cell<i64>,
    minimum: Cell<i64>,
    maximum: Cell<i64>,
    host_flags: Cell<i64>,
    post_handshake_auth: Cell<bool>,
    tickets: Cell<i64>,
    pub sni_callback: RefCell<Value>,
    state: RefCell<State>,
}
impl Payload for Context {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.sni_callback.borrow());
    }
    fn clear(&self) {
        let old = self.sni_callback.replace(NONE);
        drop(old);
    }
}
impl Native for Context {
    fn class() -> &'static Type {
        &CONTEXT
    }
}
pub fn body(v: &Value) -> PyResult<&Context> {
    v.downcast::<Context>().ok_or_else(|| type_error(format!("expected an SSLContext, got {}", v.ty().name())))
}

impl Context {
    /// Changes what configurations are made from.
    fn change(&self, f: impl FnOnce(&mut State)) {
        let mut state = self.state.borrow_mut();
        state.client = None;
        state.server = None;
        f(&mut state);
    }
    pub fn verifies(&self) -> bool {
        self.verify_mode.get() != CERT_NONE
    }
    pub fn is_server_only(&self) -> bool {
        self.protocol == TLS_SERVER
    }
    pub fn is_client_only(&self) -> bool {
        self.protocol == TLS_CLIENT
    }
    fn versions(&self) -> Vec<&'static SupportedProtocolVersion> {
        let (low, high) = (self.minimum.get(), self.maximum.get());
        let allowed = |number: i64, off: i64| (low == MINIMUM || low == MAXIMUM && number == TLS_1_3 || low >= 0 && low <= number)
            && (high == MAXIMUM || high >= number)
            && self.options.get() & off == 0;
        let all = [(&version::TLS13, TLS_1_3, OP_NO_TLS_1_3), (&version::TLS12, TLS_1_2, OP_NO_TLS_1_2)];
        all.into_iter().filter(|(_, number, off)| allowed(*number, *off)).map(|row| row.0).collect()
    }
    fn provider(&self, state: &State) -> Arc<CryptoProvider> {
        let mut provider = ring::default_provider();
        if let Some(suites) = &state.suites {
            provider.cipher_suites = suites.clone();
        }
        Arc::new(provider)
    }
    fn roots(state: &State) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(state.trusted.iter().cloned());
        roots
    }
    /// The configuration of a client; without a name to check, `check_hostname` has nothing to do.
    pub fn client(&self, named: bool) -> Result<Arc<ClientConfig>, rustls::Error> {
        let mut state = self.state.borrow_mut();
        if named && let Some(made) = &state.client {
            return Ok(made.clone());
        }
        let provider = self.provider(&state);
        let check = Check::new(provider.clone(), state.trusted.clone(), self.verifies(), named && self.check_hostname.get());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(&self.versions())?;
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(check));
        let mut made = match &state.chain {
            Some((chain, key)) => builder.with_client_auth_cert(chain.clone(), key.clone_key())?,
            None => builder.with_no_client_auth(),
        };
        made.alpn_protocols.clone_from(&state.alpn);
        made.resumption = Resumption::disabled();
        let made = Arc::new(made);
        if named {
            state.client = Some(made.clone());
        }
        Ok(made)
    }
    /// The configuration of a server for a client that offers these protocols.
    pub fn server(&self, offered: &[Vec<u8>]) -> Result<Arc<ServerConfig>, rustls::Error> {
        let mut state = self.state.borrow_mut();
        let made = match &state.server {
            Some(made) => made.clone(),
            None => {
                let provider = self.provider(&state);
                let builder = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(&self.versions())?;
                let builder = if self.verifies() {
                    let asks = WebPkiClientVerifier::builder_with_provider(Arc::new(Self::roots(&state)), provider);
                    let asks = if self.verify_mode.get() == CERT_REQUIRED { asks } else { asks.allow_unauthenticated() };
                    builder.with_client_cert_verifier(asks.build().map_err(|e| rustls::Error::General(e.to_string()))?)
                } else {
                    builder.with_no_client_auth()
                };
                let Some((chain, key)) = &state.chain else {
                    return Err(rustls::Error::PeerIncompatible(rustls::PeerIncompatible::NoCipherSuitesInCommon));
                };
                let mut made = builder.with_single_cert(chain.clone(), key.clone_key())?;
                made.alpn_protocols.clone_from(&state.alpn);
                made.send_tls13_tickets = usize::try_from(self.tickets.get()).unwrap_or(0);
                let made = Arc::new(made);
                state.server = Some(made.clone());
                made
            }
        };
        // OpenSSL goes on without a protocol where rustls gives up.
        if !offered.is_empty() && !state.alpn.is_empty() && !offered.iter().any(|one| state.alpn.contains(one)) {
            let mut without = (*made).clone();
            without.alpn_protocols.clear();
            return Ok(Arc::new(without));
        }
        Ok(made)
    }
}

/// What `httpx` and `websockets` make of a context that a program gives them.
pub const CONTEXTS: ext_tls::context::Contexts = ext_tls::context::Contexts {
    client: |v| v.downcast::<Context>().map(|context| context.client(true)),
    server: |v| v.downcast::<Context>().map(|context| context.server(&[])),
};

fn new(cls: &Value, protocol: &Value) -> PyResult {
    let protocol = as_index(protocol)?;
    if ![2, 3, 4, 5, TLS_CLIENT, TLS_SERVER].contains(&protocol) {
        return Err(value_error("invalid or unsupported protocol version"));
    }
    let is_client = protocol == TLS_CLIENT;
    let (minimum, maximum) = match protocol {
        3 => (0x301, 0x301),
        4 => (0x302, 0x302),
        5 => (TLS_1_2, TLS_1_2),
        _ => (TLS_1_2, MAXIMUM),
    };
    let context = Context {
        protocol,
        verify_mode: Cell::new(if is_client { CERT_REQUIRED } else { CERT_NONE }),
        check_hostname: Cell::new(is_client),
        options: Cell::new(OPTIONS),
        verify_flags: Cell::new(0x8000),
        minimum: Cell::new(minimum),
        maximum: Cell::new(maximum),
        host_flags: Cell::new(4),
        post_handshake_auth: Cell::new(false),
        tickets: Cell::new(2),
        sni_callback: RefCell::new(NONE),
        state: RefCell::default(),
    };
    Ok(object::new(cls.as_type().unwrap_or(&CONTEXT), context))
}
fn path_of(v: &Value) -> PyResult<std::path::PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let v = rtcore::protocol::call::try_special(v, Special::Fspath, &[]).unwrap_or_else(|| Ok(v.clone()))?;
    if let Some(text) = v.as_str() {
        return Ok(text.into());
    }
    match buffer::bytes_of(&v)? {
        Some(raw) => Ok(std::ffi::OsString::from_vec(raw).into()),
        None => Err(type_error("certfile should be a valid filesystem path")),
    }
}
fn read(v: &Value) -> PyResult<Vec<u8>> {
    let path = path_of(v)?;
    std::fs::read(path).map_err(|e| raise_os_error(&e, None))
}
fn load_cert_chain(v: &Value, certfile: &Value, keyfile: &Value, password: &Value) -> PyResult {
    let context = body(v)?;
    let text = read(certfile)?;
    let key_text = if keyfile.is_none() { text.clone() } else { read(keyfile)? };
    let chain = certificate::certificates(&text);
    let Some(key) = certificate::key(&key_text).filter(|_| !chain.is_empty()) else {
        if key_text.windows(9).any(|part| part == b"ENCRYPTED") && !password.is_none() {
            return Err(not_implemented_error("private keys with a password are not supported"));
        }
        return Err(errors::bare(524_297, "PEM lib", errors::Place::LoadChain));
    };
    let provider = ring::default_provider();
    let signer = provider.key_provider.load_private_key(key.clone_key());
    let Ok(signer) = signer else { return Err(errors::bare(524_297, "PEM lib", errors::Place::LoadChain)) };
    match rustls::sign::CertifiedKey::new(chain.clone(), signer).keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {}
        Err(_) => return Err(errors::reason(116, "X509", "KEY_VALUES_MISMATCH", errors::Place::LoadChain)),
    }
    context.change(|state| state.chain = Some((chain, key)));
    Ok(NONE)
}
fn load_verify_locations(v: &Value, cafile: &Value, capath: &Value, cadata: &Value) -> PyResult {
    let context = body(v)?;
    if cafile.is_none() && capath.is_none() && cadata.is_none() {
        return Err(type_error("cafile, capath and cadata cannot be all omitted"));
    }
    let mut found = vec![];
    if !cadata.is_none() {
        match cadata.as_str() {
            Some(text) => found.extend(certificate::certificates(text.as_bytes())),
            None => {
                let raw = buffer::required(cadata)?.to_vec();
                found.extend(certificate::split_der(&raw));
            }
        }
        if found.is_empty() {
            return Err(errors::plain("not enough data: cadata does not contain a certificate"));
        }
    }
    if !cafile.is_none() {
        let all = certificate::certificates(&read(cafile)?);
        if all.is_empty() {
            return Err(errors::reason(136, "X509", "NO_CERTIFICATE_OR_CRL_FOUND", errors::Place::LoadLocations));
        }
        found.extend(all);
    }
    if !capath.is_none() {
        let folder = path_of(capath)?;
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        found.extend(files.filter_map(|file| std::fs::read(file.path()).ok()).flat_map(|text| certificate::certificates(&text)));
    }
    context.change(|state| {
        for cert in found {
            if !state.trusted.contains(&cert) {
                state.trusted.push(cert);
            }
        }
    });
    Ok(NONE)
}
fn set_default_verify_paths(v: &Value) -> PyResult {
    let found = rustls_native_certs::load_native_certs().certs;
    body(v)?.change(|state| state.trusted.extend(found));
    Ok(NONE)
}
fn set_alpn_protocols(v: &Value, protocols: &Value) -> PyResult {
    let raw = buffer::required(protocols)?.to_vec();
    let mut rest = raw.as_slice();
    let mut all = vec![];
    while let Some((n, tail)) = rest.split_first() {
        let n = usize::from(*n).min(tail.len());
        let (one, more) = tail.split_at(n);
        all.push(one.to_vec());
        rest = more;
    }
    body(v)?.change(|state| state.alpn = all);
    Ok(NONE)
}
fn set_ciphers(v: &Value, list: &Value) -> PyResult {
    let Some(list) = list.as_str() else { return Err(type_error("set_ciphers() argument must be str")) };
    match ciphers::choose(list, &ring::default_provider().cipher_suites) {
        Some(chosen) => {
            body(v)?.change(|state| state.suites = Some(chosen));
            Ok(NONE)
        }
        None => Err(errors::plain("No cipher can be selected.")),
    }
}
fn get_ciphers(v: &Value) -> PyResult {
    let context = body(v)?;
    let provider = context.provider(&context.state.borrow());
    let rows = provider.cipher_suites.iter().map(|suite| {
        let (name, bits) = ciphers::name(suite);
        dict(vec![
            ("name", Value::string(name)),
            ("protocol", Value::str(ciphers::version(suite))),
            ("strength_bits", Value::int(bits)),
            ("alg_bits", Value::int(bits)),
            ("aead", TRUE),
        ])
    });
    Ok(List::value(rows.collect()))
}
fn dict(rows: Vec<(&str, Value)>) -> Value {
    let v = Dict::new_value();
    if let Some(d) = v.downcast::<Dict>() {
        for (key, value) in rows {
            d.set_name(Name::new(key), value);
        }
    }
    v
}
fn cert_store_stats(v: &Value) -> PyResult {
    let context = body(v)?;
    let state = context.state.borrow();
    let authorities = state.trusted.iter().filter(|cert| certificate::is_authority(cert)).count();
    Ok(dict(vec![("x509", Value::from(state.trusted.len())), ("crl", Value::int(0)), ("x509_ca", Value::from(authorities))]))
}
fn get_ca_certs(v: &Value, binary: &Value) -> PyResult {
    let context = body(v)?;
    let binary = rtcore::protocol::sequence::truth(binary)?;
    let all: Vec<_> = context.state.borrow().trusted.iter().filter(|cert| certificate::is_authority(cert)).cloned().collect();
    let made: PyResult<Vec<Value>> = all.iter().map(|cert| if binary { Ok(certificate::der(cert)) } else { certificate::decode(cert) }).collect();
    Ok(List::value(made?))
}
fn session_stats(_: &Value) -> PyResult {
    let names = [
        "number", "connect", "connect_good", "connect_renegotiate", "accept", "accept_good", "accept_renegotiate", "hits", "misses", "timeouts",
        "cache_full",
    ];
    Ok(dict(names.into_iter().map(|name| (name, Value::int(0))).collect()))
}
fn ignored(v: &Value, _: &Value) -> PyResult {
    body(v)?;
    Ok(NONE)
}
fn no_psk(_: &Value, _: &Value) -> PyResult {
    Err(not_implemented_error("TLS-PSK is not supported"))
}
fn wrap_bio(a: &[Value]) -> PyResult {
    let [v, incoming, outgoing, server_side, host, owner, _session] = a else { return Err(type_error("_wrap_bio() takes two BIOs")) };
    connection::over_bio(v, incoming, outgoing, server_side, host, owner)
}
fn wrap_socket(a: &[Value]) -> PyResult {
    let [v, sock, server_side, host, owner, _session] = a else { return Err(type_error("_wrap_socket() takes a socket")) };
    connection::over_socket(v, sock, server_side, host, owner)
}

fn given(new: Option<Value>) -> PyResult {
    new.ok_or_else(|| rtcore::error::attribute_error("cannot delete attribute"))
}
fn set_number(cell: &Cell<i64>, new: Option<Value>) -> PyResult<()> {
    cell.set(as_index(&given(new)?)?);
    Ok(())
}
fn set_verify_mode(v: &Value, new: Option<Value>) -> PyResult<()> {
    let (context, mode) = (body(v)?, as_index(&given(new)?)?);
    if mode == CERT_NONE && context.check_hostname.get() {
        return Err(value_error("Cannot set verify_mode to CERT_NONE when check_hostname is enabled."));
    }
    if !(CERT_NONE..=CERT_REQUIRED).contains(&mode) {
        return Err(value_error("invalid value for verify_mode"));
    }
    context.change(|_| context.verify_mode.set(mode));
    Ok(())
}
/// Lists of revoked certificates are not read, so nobody may rely on them.
fn set_verify_flags(v: &Value, new: Option<Value>) -> PyResult<()> {
    const CRL_CHECK: i64 = 0xc;
    let flags = as_index(&given(new)?)?;
    if flags & CRL_CHECK != 0 {
        return Err(not_implemented_error("checking certificates against revocation lists is not supported"));
    }
    body(v)?.verify_flags.set(flags);
    Ok(())
}
fn set_check_hostname(v: &Value, new: Option<Value>) -> PyResult<()> {
    let (context, on) = (body(v)?, rtcore::protocol::sequence::truth(&given(new)?)?);
    if on && !context.verifies() {
        context.verify_mode.set(CERT_REQUIRED);
    }
    context.change(|_| context.check_hostname.set(on));
    Ok(())
}
fn set_options(v: &Value, new: Option<Value>) -> PyResult<()> {
    let context = body(v)?;
    context.change(|_| {});
    set_number(&context.options, new)
}
fn set_version(context: &Context, cell: &Cell<i64>, new: Option<Value>) -> PyResult<()> {
    let number = as_index(&given(new)?)?;
    if ![MINIMUM, MAXIMUM, 0x300, 0x301, 0x302, TLS_1_2, TLS_1_3].contains(&number) {
        return Err(value_error(format!("Unsupported TLS/SSL version 0x{number:x}")));
    }
    context.change(|_| cell.set(number));
    Ok(())
}
fn set_sni(v: &Value, new: Option<Value>) -> PyResult<()> {
    let (context, f) = (body(v)?, given(new)?);
    if context.is_client_only() {
        return Err(value_error("sni_callback cannot be set on TLS_CLIENT context"));
    }
    if !f.is_none() && !rtcore::frame::callable(&f) {
        return Err(type_error("not a callable object"));
    }
    let old = context.sni_callback.replace(f);
    drop(old);
    Ok(())
}
fn set_unsupported(v: &Value, new: Option<Value>) -> PyResult<()> {
    body(v)?;
    if given(new)?.is_none() { Ok(()) } else { Err(not_implemented_error("this attribute of an SSLContext is not supported")) }
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, protocol, /)", F2(new)),
    Method::new("load_cert_chain(self, /, certfile, keyfile=None, password=None)", F4(load_cert_chain)),
    Method::new("load_verify_locations(self, /, cafile=None, capath=None, cadata=None)", F4(load_verify_locations)),
    Method::new("set_default_verify_paths(self, /)", F1(set_default_verify_paths)),
    Method::new("_set_alpn_protocols(self, protos, /)", F2(set_alpn_protocols)),
    Method::new("set_ciphers(self, cipherlist, /)", F2(set_ciphers)),
    Method::new("get_ciphers(self, /)", F1(get_ciphers)),
    Method::new("cert_store_stats(self, /)", F1(cert_store_stats)),
    Method::new("get_ca_certs(self, /, binary_form=False)", F2(get_ca_certs)),
    Method::new("session_stats(self, /)", F1(session_stats)),
    Method::new("load_dh_params(self, filepath, /)", F2(ignored)),
    Method::new("set_ecdh_curve(self, name, /)", F2(ignored)),
    Method::new("set_psk_client_callback(self, callback, /)", F2(no_psk)),
    Method::new("set_psk_server_callback(self, callback, /)", F2(no_psk)),
    Method::new("_wrap_bio(self, /, incoming, outgoing, server_side, server_hostname=None, owner=None, session=None)", N(wrap_bio)),
    Method::new("_wrap_socket(self, /, sock, server_side, server_hostname=None, owner=None, session=None)", N(wrap_socket)),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("protocol", |v| Ok(Value::int(body(v)?.protocol))),
    GetSet::rw("verify_mode", |v| Ok(Value::int(body(v)?.verify_mode.get())), set_verify_mode),
    GetSet::rw("check_hostname", |v| Ok(Value::bool(body(v)?.check_hostname.get())), set_check_hostname),
    GetSet::rw("options", |v| Ok(Value::int(body(v)?.options.get())), set_options),
    GetSet::rw("verify_flags", |v| Ok(Value::int(body(v)?.verify_flags.get())), set_verify_flags),
    GetSet::rw("minimum_version", |v| Ok(Value::int(body(v)?.minimum.get())), |v, new| set_version(body(v)?, &body(v)?.minimum, new)),
    GetSet::rw("maximum_version", |v| Ok(Value::int(body(v)?.maximum.get())), |v, new| set_version(body(v)?, &body(v)?.maximum, new)),
    GetSet::rw("_host_flags", |v| Ok(Value::int(body(v)?.host_flags.get())), |v, new| set_number(&body(v)?.host_flags, new)),
    GetSet::rw("num_tickets", |v| Ok(Value::int(body(v)?.tickets.get())), |v, new| set_number(&body(v)?.tickets, new)),
    GetSet::rw(
        "post_handshake_auth",
        |v| Ok(Value::bool(body(v)?.post_handshake_auth.get())),
        |v, new| {
            body(v)?.post_handshake_auth.set(rtcore::protocol::sequence::truth(&given(new)?)?);
            Ok(())
        },
    ),
    GetSet::ro("security_level", |_| Ok(Value::int(2))),
    GetSet::rw("sni_callback", |v| Ok(body(v)?.sni_callback.borrow().clone()), set_sni),
    GetSet::rw("keylog_filename", |_| Ok(NONE), set_unsupported),
    GetSet::rw("_msg_callback", |_| Ok(NONE), set_unsupported),
];
static DEF: ClassDef = ClassDef::new::<Context>("_SSLContext").module("_ssl").methods(METHODS).getset(GETSET);
pub static CONTEXT: Type = Type::builtin(&DEF);
