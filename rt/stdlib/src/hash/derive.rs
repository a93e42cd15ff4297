//! Owns: keys from passwords: PBKDF2 (RFC 8018) and scrypt (RFC 7914).
//! Never: a hash.
//! Source of the argument checks: CPython 3.13, Modules/_hashopenssl.c.

use super::algorithm::{Algorithm, Hasher};
use super::keyed;
use rtcore::error::{overflow_error, type_error, value_error};
use rtcore::gil::allow_threads;
use rtcore::methods::*;
use rtcore::protocol::sequence::as_index;
use rtcore::types::bytes::{self, buffer};

fn pbkdf2(a: Algorithm, password: &[u8], salt: &[u8], rounds: u64, length: usize) -> Vec<u8> {
    let (inner, outer) = (keyed(a, password, true), keyed(a, password, false));
    let mac = |parts: &[&[u8]]| {
        let mut h: Hasher = inner.clone();
        for p in parts {
            h.update(p);
        }
        let mut o = outer.clone();
        o.update(&h.finish(a.size()));
        o.finish(a.size())
    };
    let mut out = Vec::with_capacity(length);
    let mut block = 1u32;
    while out.len() < length {
        let mut u = mac(&[salt, &block.to_be_bytes()]);
        let mut t = u.clone();
        for _ in 1..rounds {
            u = mac(&[&u]);
            for (t, u) in t.iter_mut().zip(&u) {
                *t ^= u;
            }
        }
        out.extend(t);
        block += 1;
    }
    out.truncate(length);
    out
}
pub fn pbkdf2_hmac(a: &[Value]) -> PyResult {
    let [name, password, salt, iterations, length] = a else { return Err(type_error("pbkdf2_hmac()")) };
    let Some(text) = name.as_str() else {
        return Err(type_error(format!("pbkdf2_hmac() argument 'hash_name' must be str, not {}", name.ty().full_name())));
    };
    let Some(algorithm) = Algorithm::of(text).filter(|a| !a.is_xof()) else {
        return Err(value_error(format!("unsupported hash type {text}")));
    };
    let (password, salt) = (buffer::required(password)?.to_vec(), buffer::required(salt)?.to_vec());
    let iterations = as_index(iterations)?;
    if iterations < 1 {
        return Err(value_error("iteration value must be greater than 0."));
    }
    if iterations > i64::from(i32::MAX) {
        return Err(overflow_error("iteration value is too great."));
    }
    let length = if length.is_none() { algorithm.size() as i64 } else { as_index(length)? };
    if length < 1 {
        return Err(value_error("key length must be greater than 0."));
    }
    if length > i64::from(i32::MAX) {
        return Err(overflow_error("key length is too great."));
    }
    Ok(bytes::value(allow_threads(|| pbkdf2(algorithm, &password, &salt, iterations as u64, length as usize))))
}

fn salsa(block: &mut [u32; 16]) {
    const ROUNDS: [[usize; 4]; 8] =
        [[0, 4, 8, 12], [5, 9, 13, 1], [10, 14, 2, 6], [15, 3, 7, 11], [0, 1, 2, 3], [5, 6, 7, 4], [10, 11, 8, 9], [15, 12, 13, 14]];
    let mut x = *block;
    for _ in 0..4 {
        for [a, b, c, d] in ROUNDS {
            x[b] ^= x[a].wrapping_add(x[d]).rotate_left(7);
            x[c] ^= x[b].wrapping_add(x[a]).rotate_left(9);
            x[d] ^= x[c].wrapping_add(x[b]).rotate_left(13);
            x[a] ^= x[d].wrapping_add(x[c]).rotate_left(18);
        }
    }
    for (b, x) in block.iter_mut().zip(x) {
        *b = b.wrapping_add(x);
    }
}
/// `scryptBlockMix`: blocks of 16 words, `2 r` of them.
fn mix(words: &[u32], out: &mut [u32]) {
    let blocks = words.len() / 16;
    let mut x = [0u32; 16];
    x.copy_from_slice(&words[words.len() - 16..]);
    for (i, block) in words.chunks_exact(16).enumerate() {
        for (x, w) in x.iter_mut().zip(block) {
            *x ^= w;
        }
        salsa(&mut x);
        let at = if i % 2 == 0 { i / 2 } else { blocks / 2 + i / 2 };
        out[at * 16..at * 16 + 16].copy_from_slice(&x);
    }
}
fn rom_mix(piece: &mut [u8], n: usize) {
    let mut x: Vec<u32> = piece.chunks_exact(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]])).collect();
    let mut next = vec![0; x.len()];
    let mut table = Vec::with_capacity(n * x.len());
    for _ in 0..n {
        table.extend_from_slice(&x);
        mix(&x, &mut next);
        std::mem::swap(&mut x, &mut next);
    }
    for _ in 0..n {
        let at = (x[x.len() - 16] as usize & (n - 1)) * x.len();
        let row = at..at + x.len();
        for (x, t) in x.iter_mut().zip(&table[row]) {
            *x ^= t;
        }
        mix(&x, &mut next);
        std::mem::swap(&mut x, &mut next);
    }
    for (bytes, word) in piece.chunks_exact_mut(4).zip(x) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
}
pub fn scrypt(a: &[Value]) -> PyResult {
    let [password, salt, n, r, p, max_memory, length] = a else { return Err(type_error("scrypt()")) };
    let password = buffer::required(password)?.to_vec();
    if salt.is_none() {
        return Err(type_error("salt is required"));
    }
    let salt = buffer::required(salt)?.to_vec();
    let number = |v: &Value, text: &str| match v.is_none() {
        true => Err(type_error(text)),
        false => as_index(v),
    };
    let n = number(n, "n is required and must be an unsigned int")?;
    if n < 2 || n & (n - 1) != 0 {
        return Err(value_error("n must be a power of 2."));
    }
    let r = number(r, "r is required and must be an unsigned int")?;
    let p = number(p, "p is required and must be an unsigned int")?;
    let (max_memory, length) = (as_index(max_memory)?, as_index(length)?);
    if !(0..=i64::from(i32::MAX)).contains(&max_memory) {
        return Err(value_error(format!("maxmem must be positive and smaller than {}", i32::MAX)));
    }
    if !(1..=i64::from(i32::MAX)).contains(&length) {
        return Err(value_error(format!("dklen must be greater than 0 and smaller than {}", i32::MAX)));
    }
    let limit = if max_memory == 0 { 32 << 20 } else { max_memory };
    let memory = r.checked_mul(128).and_then(|b| Some((b.checked_mul(n)?.checked_add(b.checked_mul(p)?)?, b)));
    let (r_ok, p_ok) = (r >= 1, p >= 1);
    let Some((_, block)) = memory.filter(|(m, _)| r_ok && p_ok && *m <= limit) else {
        return Err(value_error("Invalid parameter combination for n, r, p, maxmem."));
    };
    Ok(bytes::value(allow_threads(|| {
        let mut b = pbkdf2(Algorithm::Sha256, &password, &salt, 1, (block * p) as usize);
        for piece in b.chunks_exact_mut(block as usize) {
            rom_mix(piece, n as usize);
        }
        pbkdf2(Algorithm::Sha256, &password, &b, 1, length as usize)
    })))
}
