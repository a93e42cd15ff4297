//! Owns: CPython's numeric and tuple hashes, which are visible through set order and `hash()`.
//! Never: hashes strings (theirs is seeded).
//!
//! CPython 3.13: Python/pyhash.c, Objects/tupleobject.c, Objects/complexobject.c.

use super::int::IntRef;
use num_bigint::{BigInt, Sign};

pub const BITS: u32 = 61;
pub const MODULUS: u64 = (1 << BITS) - 1;
pub const INF: i64 = 314_159;
/// `hash(None)`.
pub const NONE: i64 = 0xFCA8_6420;
const IMAG: u64 = 1_000_003;

#[inline]
pub fn int_i64(i: i64) -> i64 {
    let m = (i.unsigned_abs() % MODULUS) as i64;
    let h = if i < 0 { -m } else { m };
    if h == -1 { -2 } else { h }
}

pub fn big(b: &BigInt) -> i64 {
    let mut h: u128 = 0;
    for digit in b.iter_u64_digits().rev() {
        // 2**64 is 8 modulo 2**61 - 1.
        h = (h * 8 + u128::from(digit)) % u128::from(MODULUS);
    }
    let h = h as i64;
    let h = if b.sign() == Sign::Minus { -h } else { h };
    if h == -1 { -2 } else { h }
}

pub fn int(i: IntRef) -> i64 {
    match i {
        IntRef::Small(i) => int_i64(i),
        IntRef::Big(b) => big(b),
    }
}

/// `identity` is what a NaN hashes to: its address, as in CPython since 3.10.
pub fn float(f: f64, identity: i64) -> i64 {
    if f.is_nan() {
        return identity;
    }
    if f.is_infinite() {
        return if f > 0.0 { INF } else { -INF };
    }
    let (mut m, mut e) = super::libm::frexp(f);
    let negative = m < 0.0;
    if negative {
        m = -m;
    }
    let mut x: u64 = 0;
    while m != 0.0 {
        x = ((x << 28) & MODULUS) | (x >> (BITS - 28));
        m *= 268_435_456.0;
        e -= 28;
        let y = m as u64;
        m -= y as f64;
        x += y;
        if x >= MODULUS {
            x -= MODULUS;
        }
    }
    let bits = BITS as i32;
    let e = if e >= 0 { e % bits } else { bits - 1 - ((-1 - e) % bits) } as u32;
    let x = if e == 0 { x } else { ((x << e) & MODULUS) | (x >> (BITS - e)) };
    let h = if negative { -(x as i64) } else { x as i64 };
    if h == -1 { -2 } else { h }
}

pub fn complex(re: f64, im: f64, identity: i64) -> i64 {
    let h = (float(re, identity) as u64).wrapping_add(IMAG.wrapping_mul(float(im, identity) as u64)) as i64;
    if h == -1 { -2 } else { h }
}

/// The running state of a tuple's hash (a form of xxHash).
pub struct TupleHash {
    acc: u64,
    len: u64,
}
const PRIME_1: u64 = 11_400_714_785_074_694_791;
const PRIME_2: u64 = 14_029_467_366_897_019_727;
const PRIME_5: u64 = 2_870_177_450_012_600_261;

impl TupleHash {
    #[allow(clippy::new_without_default)]
    pub fn new() -> TupleHash {
        TupleHash { acc: PRIME_5, len: 0 }
    }
    #[inline]
    pub fn add(&mut self, lane: i64) {
        self.acc = self.acc.wrapping_add((lane as u64).wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1);
        self.len += 1;
    }
    pub fn finish(self) -> i64 {
        let acc = self.acc.wrapping_add(self.len ^ (PRIME_5 ^ 3_527_539));
        if acc == u64::MAX { 1_546_275_796 } else { acc as i64 }
    }
}

pub fn tuple(lanes: &[i64]) -> i64 {
    let mut h = TupleHash::new();
    for lane in lanes {
        h.add(*lane);
    }
    h.finish()
}

/// A slice hashes like a tuple of three, without the length at the end. CPython: `slicehash`.
pub fn slice(lanes: [i64; 3]) -> i64 {
    let mut h = TupleHash::new();
    for lane in lanes {
        h.add(lane);
    }
    if h.acc == u64::MAX { 1_546_275_796 } else { h.acc as i64 }
}

/// The running state of a frozenset's hash. CPython: `frozenset_hash`.
pub fn frozenset(lanes: impl Iterator<Item = i64>) -> i64 {
    let (mut h, mut n) = (0u64, 0u64);
    for lane in lanes {
        let x = lane as u64;
        h ^= ((x ^ 89_869_747) ^ (x << 16)).wrapping_mul(3_644_798_167);
        n += 1;
    }
    h ^= n.wrapping_add(1).wrapping_mul(1_927_868_237);
    h ^= (h >> 11) ^ (h >> 25);
    h = h.wrapping_mul(69_069).wrapping_add(907_133_923);
    if h == u64::MAX { 590_923_713 } else { h as i64 }
}
