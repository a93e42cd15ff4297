//! Owns: the module `_hashlib`: hash objects, `hmac`, key derivation. `hashlib` and `hmac` stand on it.
//! Never: computes a hash; the crates md-5, sha1, sha2, sha3 and blake2 do. BLAKE2 with parameters is in `blake2`.
//! Source: CPython 3.13, Modules/_hashopenssl.c.

pub mod algorithm;
pub mod blake2;
mod derive;

use algorithm::{Algorithm, Hasher};
use rtcore::error::hierarchy::{BASE_EXCEPTION, Exception, VALUE_ERROR};
use rtcore::error::{Raised, raise, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::sequence::as_index;
use rtcore::types::bytes::{self, buffer};
use rtcore::types::function::native;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::set;
use std::cell::RefCell;

static UNSUPPORTED_DEF: ClassDef = ClassDef::new::<Exception>("UnsupportedDigestmodError")
    .module("_hashlib")
    .like(&VALUE_ERROR, &BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
static UNSUPPORTED: Type = Type::builtin(&UNSUPPORTED_DEF);

/// The bytes of what is hashed. CPython: `GET_BUFFER_VIEW_OR_ERROUT`.
pub fn data(v: &Value) -> PyResult<Vec<u8>> {
    if v.as_str_obj().is_some() {
        return Err(type_error("Strings must be encoded before hashing"));
    }
    buffer::bytes_of(v)?.ok_or_else(|| type_error("object supporting the buffer API required"))
}
pub fn hex(data: &[u8]) -> Value {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    Value::string(data.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect())
}
/// Hashing much data lets other threads run, as in CPython (`HASHLIB_GIL_MINSIZE`).
pub fn fed(n: usize, f: impl FnOnce()) {
    if n >= 2048 { rtcore::gil::allow_threads(f) } else { f() }
}

// ---- hash objects ----

struct Hash {
    algorithm: Algorithm,
    state: RefCell<Hasher>,
}
impl Payload for Hash {}
impl Native for Hash {
    fn class() -> &'static Type {
        &HASH
    }
}
fn hash(v: &Value) -> PyResult<&Hash> {
    v.downcast::<Hash>().ok_or_else(|| type_error("expected a hash"))
}
fn object_of(algorithm: Algorithm, state: Hasher) -> Value {
    let ty = if algorithm.is_xof() { &HASH_XOF } else { &HASH };
    object::new(ty, Hash { algorithm, state: RefCell::new(state) })
}
fn made(algorithm: Algorithm, initial: &Value) -> PyResult {
    let mut state = Hasher::new(algorithm);
    if !initial.is_unbound() {
        let first = data(initial)?;
        fed(first.len(), || state.update(&first));
    }
    Ok(object_of(algorithm, state))
}
fn update(v: &Value, more: &Value) -> PyResult {
    let more = data(more)?;
    let h = hash(v)?;
    // Another thread that updates the same hash meanwhile starts from the state before.
    let mut state = h.state.borrow().clone();
    fed(more.len(), || state.update(&more));
    *h.state.borrow_mut() = state;
    Ok(NONE)
}
fn digest_bytes(v: &Value, length: &Value) -> PyResult<Vec<u8>> {
    let h = hash(v)?;
    let length = if h.algorithm.is_xof() {
        usize::try_from(as_index(length)?).map_err(|_| value_error("value must be positive"))?
    } else {
        h.algorithm.size()
    };
    Ok(h.state.borrow().clone().finish(length))
}
fn digest(v: &Value) -> PyResult {
    Ok(bytes::value(digest_bytes(v, &NONE)?))
}
fn hexdigest(v: &Value) -> PyResult {
    Ok(hex(&digest_bytes(v, &NONE)?))
}
fn digest_of(v: &Value, length: &Value) -> PyResult {
    Ok(bytes::value(digest_bytes(v, length)?))
}
fn hexdigest_of(v: &Value, length: &Value) -> PyResult {
    Ok(hex(&digest_bytes(v, length)?))
}
fn copy(v: &Value) -> PyResult {
    let h = hash(v)?;
    let state = h.state.borrow().clone();
    Ok(object_of(h.algorithm, state))
}
fn digest_size(v: &Value) -> PyResult {
    let a = hash(v)?.algorithm;
    Ok(Value::from(if a.is_xof() { 0 } else { a.size() }))
}
fn block_size(v: &Value) -> PyResult {
    Ok(Value::from(hash(v)?.algorithm.block()))
}
fn name(v: &Value) -> PyResult {
    Ok(Value::str(hash(v)?.algorithm.name()))
}
fn repr(v: &Value) -> PyResult {
    let ty = v.ty();
    Ok(Value::string(format!("<{} {}.{} object @ {:#x}>", hash(v)?.algorithm.name(), ty.module_name(), ty.name(), v.bits())))
}
static GETSET: &[GetSet] = &[GetSet::ro("digest_size", digest_size), GetSet::ro("block_size", block_size), GetSet::ro("name", name)];
static HASH_DEF: ClassDef = ClassDef::new::<Hash>("HASH")
    .module("_hashlib")
    .methods(&[
        Method::new("update(self, obj, /)", F2(update)),
        Method::new("digest(self, /)", F1(digest)),
        Method::new("hexdigest(self, /)", F1(hexdigest)),
        Method::new("copy(self, /)", F1(copy)),
        Method::new("__repr__(self, /)", F1(repr)),
    ])
    .getset(GETSET);
static HASH: Type = Type::builtin(&HASH_DEF);
static XOF_DEF: ClassDef = ClassDef::new::<Hash>("HASHXOF").module("_hashlib").like(&HASH, &HASH).methods(&[
    Method::new("digest(self, /, length)", F2(digest_of)),
    Method::new("hexdigest(self, /, length)", F2(hexdigest_of)),
]);
static HASH_XOF: Type = Type::builtin(&XOF_DEF);

fn named(v: &Value) -> PyResult<Algorithm> {
    let Some(text) = v.as_str() else { return Err(type_error("name must be a string")) };
    Algorithm::of(text).ok_or_else(|| raise(&UNSUPPORTED, format!("unsupported hash type {text}")))
}
fn new(name: &Value, string: &Value, _used_for_security: &Value) -> PyResult {
    let Some(text) = name.as_str() else {
        return Err(type_error(format!("new() argument 'name' must be str, not {}", name.ty().full_name())));
    };
    let algorithm = Algorithm::of(text).ok_or_else(|| value_error(format!("unsupported hash type {text}")))?;
    made(algorithm, string)
}
macro_rules! constructors {
    ($($f:ident $sig:literal $algorithm:ident;)*) => {
        $(
            fn $f(string: &Value, _used_for_security: &Value) -> PyResult {
                made(Algorithm::$algorithm, string)
            }
        )*
        static CONSTRUCTORS: &[Method] = &[$(Method::new($sig, F2($f)),)*];
    };
}
constructors! {
    md5 "openssl_md5(string=..., *, usedforsecurity=True)" Md5;
    sha1 "openssl_sha1(string=..., *, usedforsecurity=True)" Sha1;
    sha224 "openssl_sha224(string=..., *, usedforsecurity=True)" Sha224;
    sha256 "openssl_sha256(string=..., *, usedforsecurity=True)" Sha256;
    sha384 "openssl_sha384(string=..., *, usedforsecurity=True)" Sha384;
    sha512 "openssl_sha512(string=..., *, usedforsecurity=True)" Sha512;
    sha3_224 "openssl_sha3_224(string=..., *, usedforsecurity=True)" Sha3_224;
    sha3_256 "openssl_sha3_256(string=..., *, usedforsecurity=True)" Sha3_256;
    sha3_384 "openssl_sha3_384(string=..., *, usedforsecurity=True)" Sha3_384;
    sha3_512 "openssl_sha3_512(string=..., *, usedforsecurity=True)" Sha3_512;
    shake_128 "openssl_shake_128(string=..., *, usedforsecurity=True)" Shake128;
    shake_256 "openssl_shake_256(string=..., *, usedforsecurity=True)" Shake256;
}

// ---- hmac ----

/// The algorithm that a constructor or a name stands for. CPython: `py_digest_by_digestmod`.
fn digestmod(v: &Value) -> PyResult<Algorithm> {
    if v.as_str().is_some() {
        return named(v);
    }
    let constructor = rtcore::protocol::attr::lookup_optional(v, names::__name__.get())?;
    let found = constructor.as_ref().and_then(Value::as_str).and_then(|n| n.strip_prefix("openssl_")).and_then(Algorithm::of);
    found.ok_or_else(|| {
        let shown = rtcore::protocol::repr::repr_string(v).unwrap_or_default();
        raise(&UNSUPPORTED, format!("Unsupported digestmod {shown}"))
    })
}
fn no_hmac(a: Algorithm) -> Raised {
    raise(&UNSUPPORTED, format!("Unsupported digestmod {}", a.name()))
}
/// The hash after the padded key, `inner` or outer.
fn keyed(a: Algorithm, key: &[u8], inner: bool) -> Hasher {
    let mut block = if key.len() > a.block() { algorithm::hash(a, key) } else { key.to_vec() };
    block.resize(a.block(), 0);
    for b in &mut block {
        *b ^= if inner { 0x36 } else { 0x5c };
    }
    let mut h = Hasher::new(a);
    h.update(&block);
    h
}
struct Hmac {
    algorithm: Algorithm,
    inner: RefCell<Hasher>,
    outer: Hasher,
}
impl Payload for Hmac {}
impl Native for Hmac {
    fn class() -> &'static Type {
        &HMAC
    }
}
fn hmac(v: &Value) -> PyResult<&Hmac> {
    v.downcast::<Hmac>().ok_or_else(|| type_error("expected an HMAC"))
}
pub fn authenticate(a: Algorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    let (mut inner, mut outer) = (keyed(a, key, true), keyed(a, key, false));
    inner.update(message);
    outer.update(&inner.finish(a.size()));
    outer.finish(a.size())
}
fn hmac_new(key: &Value, message: &Value, mode: &Value) -> PyResult {
    if mode.is_unbound() || mode.is_none() {
        return Err(type_error("Missing required parameter 'digestmod'."));
    }
    let a = digestmod(mode)?;
    if a.is_xof() {
        return Err(no_hmac(a));
    }
    let key = buffer::required(key)?.to_vec();
    let mut inner = keyed(a, &key, true);
    if !message.is_none() && !message.is_unbound() {
        inner.update(&data(message)?);
    }
    Ok(object::new(&HMAC, Hmac { algorithm: a, inner: RefCell::new(inner), outer: keyed(a, &key, false) }))
}
fn hmac_digest_bytes(v: &Value) -> PyResult<Vec<u8>> {
    let h = hmac(v)?;
    let mut outer = h.outer.clone();
    outer.update(&h.inner.borrow().clone().finish(h.algorithm.size()));
    Ok(outer.finish(h.algorithm.size()))
}
fn hmac_update(v: &Value, message: &Value) -> PyResult {
    let message = data(message)?;
    hmac(v)?.inner.borrow_mut().update(&message);
    Ok(NONE)
}
fn hmac_digest_(v: &Value) -> PyResult {
    Ok(bytes::value(hmac_digest_bytes(v)?))
}
fn hmac_hexdigest(v: &Value) -> PyResult {
    Ok(hex(&hmac_digest_bytes(v)?))
}
fn hmac_copy(v: &Value) -> PyResult {
    let h = hmac(v)?;
    let inner = RefCell::new(h.inner.borrow().clone());
    Ok(object::new(&HMAC, Hmac { algorithm: h.algorithm, inner, outer: h.outer.clone() }))
}
fn hmac_digest_size(v: &Value) -> PyResult {
    Ok(Value::from(hmac(v)?.algorithm.size()))
}
fn hmac_block_size(v: &Value) -> PyResult {
    Ok(Value::from(hmac(v)?.algorithm.block()))
}
fn hmac_name(v: &Value) -> PyResult {
    Ok(Value::string(format!("hmac-{}", hmac(v)?.algorithm.name())))
}
static HMAC_DEF: ClassDef = ClassDef::new::<Hmac>("HMAC")
    .module("_hashlib")
    .methods(&[
        Method::new("update(self, msg)", F2(hmac_update)),
        Method::new("digest(self)", F1(hmac_digest_)),
        Method::new("hexdigest(self)", F1(hmac_hexdigest)),
        Method::new("copy(self)", F1(hmac_copy)),
    ])
    .getset(&[GetSet::ro("digest_size", hmac_digest_size), GetSet::ro("block_size", hmac_block_size), GetSet::ro("name", hmac_name)]);
static HMAC: Type = Type::builtin(&HMAC_DEF);
fn hmac_digest(key: &Value, message: &Value, mode: &Value) -> PyResult {
    let a = digestmod(mode)?;
    if a.is_xof() {
        return Err(no_hmac(a));
    }
    let (key, message) = (buffer::required(key)?.to_vec(), buffer::required(message)?.to_vec());
    Ok(bytes::value(authenticate(a, &key, &message)))
}

/// Takes as long for equal as for different arguments of one length.
pub fn compare_digest(a: &Value, b: &Value) -> PyResult {
    let side = |v: &Value| -> PyResult<Vec<u8>> {
        match v.as_str_obj() {
            Some(s) if s.is_ascii() => Ok(s.as_bytes().to_vec()),
            Some(_) => Err(type_error("comparing strings with non-ASCII characters is not supported")),
            None => Ok(buffer::required(v)?.to_vec()),
        }
    };
    let both = a.as_str_obj().is_some() && b.as_str_obj().is_some();
    let side = |v: &Value| if both { side(v) } else { Ok(buffer::required(v)?.to_vec()) };
    let (a, b) = (side(a)?, side(b)?);
    let same = a.iter().zip(&b).fold(0u8, |d, (x, y)| d | (x ^ y)) == 0;
    Ok(Value::bool(std::hint::black_box(same) && a.len() == b.len()))
}

fn get_fips_mode() -> PyResult {
    Ok(Value::int(0))
}
static FUNCTIONS: &[Method] = &[
    Method::new("new(name, string=..., *, usedforsecurity=True)", F3(new)),
    Method::new("hmac_new(key, msg=..., digestmod=...)", F3(hmac_new)),
    Method::new("hmac_digest(key, msg, digest)", F3(hmac_digest)),
    Method::new("compare_digest(a, b, /)", F2(compare_digest)),
    Method::new("pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None)", N(derive::pbkdf2_hmac)),
    Method::new("scrypt(password, *, salt=None, n=None, r=None, p=None, maxmem=0, dklen=64)", N(derive::scrypt)),
    Method::new("get_fips_mode()", F0(get_fips_mode)),
];
fn setup(m: &Value) -> PyResult<()> {
    for f in CONSTRUCTORS {
        set_str(m, f.name(), native::function(f, "_hashlib"));
    }
    let all = set::empty_set();
    if let Some(s) = set::as_set(&all) {
        for a in algorithm::ALL {
            s.add(Value::str(a.name()))?;
        }
    }
    let all = rtcore::protocol::call::call(&Value::of_type(&set::FROZENSET), &[all])?;
    set_str(m, "openssl_md_meth_names", all);
    set_str(m, "_constructors", rtcore::types::dict::Dict::new_value());
    for t in [&HASH, &HASH_XOF, &HMAC, &UNSUPPORTED] {
        set_str(m, t.name(), Value::of_type(t));
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_hashlib", FUNCTIONS, setup);
