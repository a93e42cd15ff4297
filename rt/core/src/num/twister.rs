//! Owns: MT19937 as CPython's `_random.Random` drives it: seeding, floats, bits, state. Never: picks seeds from the
//! operating system, knows a distribution.
//!
//! CPython 3.13: Modules/_randommodule.c.

use super::{Int, IntRef};
use num_bigint::{BigInt, Sign};

const N: usize = 624;
const M: usize = 397;

#[derive(Clone)]
pub struct Twister {
    state: [u32; N],
    index: usize,
}

impl Twister {
    fn init(s: u32) -> Twister {
        let mut state = [0u32; N];
        let mut prev = s;
        for (i, slot) in state.iter_mut().enumerate() {
            if i > 0 {
                prev = 1_812_433_253u32.wrapping_mul(prev ^ (prev >> 30)).wrapping_add(i as u32);
            }
            *slot = prev;
        }
        Twister { state, index: N }
    }

    /// Seeds from 32-bit words, least significant first.
    pub fn from_words(key: &[u32]) -> Twister {
        let key = if key.is_empty() { &[0][..] } else { key };
        let mut t = Twister::init(19_650_218);
        let mt = &mut t.state;
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let prev = mt[i - 1];
            mt[i] = (mt[i] ^ (prev ^ (prev >> 30)).wrapping_mul(1_664_525)).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= N {
                mt[0] = mt[N - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..N - 1 {
            let prev = mt[i - 1];
            mt[i] = (mt[i] ^ (prev ^ (prev >> 30)).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                mt[0] = mt[N - 1];
                i = 1;
            }
        }
        mt[0] = 0x8000_0000;
        t
    }

    /// Seeds from the absolute value of an integer.
    pub fn from_int(seed: IntRef) -> Twister {
        Twister::from_words(&seed.big().magnitude().to_u32_digits())
    }

    /// Seeds as `seed(text)` of version 2: the bytes followed by their SHA-512, read big-endian.
    pub fn from_bytes(bytes: &[u8]) -> Twister {
        let mut all = bytes.to_vec();
        all.extend_from_slice(&sha512(bytes));
        let n = BigInt::from_bytes_be(Sign::Plus, &all);
        Twister::from_words(&n.magnitude().to_u32_digits())
    }

    fn refill(&mut self) {
        let mt = &mut self.state;
        let mix = |a: u32, b: u32| {
            let y = (a & 0x8000_0000) | (b & 0x7fff_ffff);
            (y >> 1) ^ if y & 1 == 1 { 0x9908_b0df } else { 0 }
        };
        for k in 0..N {
            mt[k] = mt[(k + M) % N] ^ mix(mt[k], mt[(k + 1) % N]);
        }
        self.index = 0;
    }

    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// `random()`: 53 bits in `[0, 1)`.
    #[inline]
    pub fn random(&mut self) -> f64 {
        let a = f64::from(self.next_u32() >> 5);
        let b = f64::from(self.next_u32() >> 6);
        (a * 67_108_864.0 + b) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `getrandbits(k)`.
    pub fn bits(&mut self, k: u64) -> Int {
        if k == 0 {
            return Int::Small(0);
        }
        if k <= 32 {
            return Int::Small(i64::from(self.next_u32() >> (32 - k)));
        }
        let words = k.div_ceil(32) as usize;
        let mut digits = Vec::with_capacity(words);
        let mut left = k;
        for _ in 0..words {
            let mut r = self.next_u32();
            if left < 32 {
                r >>= 32 - left;
            }
            digits.push(r);
            left = left.saturating_sub(32);
        }
        if let [lo, hi] = digits[..] {
            return Int::from(u64::from(lo) | u64::from(hi) << 32);
        }
        Int::from_big(BigInt::new(Sign::Plus, digits))
    }

    /// `_randbelow(n)` for `n > 0`: bits until they are below. CPython: `_randbelow_with_getrandbits`.
    pub fn below(&mut self, n: IntRef) -> Int {
        let k = n.bit_length();
        loop {
            let r = self.bits(k);
            if super::int::cmp(r.as_ref(), n) == std::cmp::Ordering::Less {
                return r;
            }
        }
    }

    #[inline]
    pub fn below_usize(&mut self, n: usize) -> usize {
        if n == 0 {
            return 0;
        }
        let k = u64::from(usize::BITS - n.leading_zeros());
        loop {
            let r = if k <= 32 { (self.next_u32() >> (32 - k)) as usize } else { self.bits(k).to_i64().unwrap_or(0) as usize };
            if r < n {
                return r;
            }
        }
    }

    /// The 625 numbers of `getstate()`.
    pub fn state(&self) -> Vec<u32> {
        let mut all = self.state.to_vec();
        all.push(self.index as u32);
        all
    }

    /// From the 625 numbers of `setstate()`.
    pub fn from_state(words: &[u32]) -> Option<Twister> {
        let (index, rest) = words.split_last()?;
        let state: [u32; N] = rest.try_into().ok()?;
        let index = *index as usize;
        (index <= N).then_some(Twister { state, index })
    }
}

/// SHA-512 (FIPS 180-4); seeding by text is its only use here.
pub fn sha512(data: &[u8]) -> [u8; 64] {
    let primes = first_primes();
    let k: [u64; 80] = std::array::from_fn(|i| frac_root(primes[i], 3));
    let mut h: [u64; 8] = std::array::from_fn(|i| frac_root(primes[i], 2));
    let mut msg = data.to_vec();
    msg.push(0x80);
    while msg.len() % 128 != 112 {
        msg.push(0);
    }
    msg.extend_from_slice(&((data.len() as u128) * 8).to_be_bytes());
    for block in msg.chunks_exact(128) {
        let mut w = [0u64; 80];
        for (slot, bytes) in w.iter_mut().zip(block.chunks_exact(8)) {
            *slot = bytes.iter().fold(0, |acc, b| acc << 8 | u64::from(*b));
        }
        for i in 16..80 {
            let s0 = w[i - 15].rotate_right(1) ^ w[i - 15].rotate_right(8) ^ (w[i - 15] >> 7);
            let s1 = w[i - 2].rotate_right(19) ^ w[i - 2].rotate_right(61) ^ (w[i - 2] >> 6);
            w[i] = w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut x] = h;
        for i in 0..80 {
            let s1 = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
            let ch = (e & f) ^ (!e & g);
            let t1 = x.wrapping_add(s1).wrapping_add(ch).wrapping_add(k[i]).wrapping_add(w[i]);
            let s0 = a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39);
            let maj = (a & b) ^ (a & c) ^ (b & c);
            let t2 = s0.wrapping_add(maj);
            (x, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(t1), c, b, a, t1.wrapping_add(t2));
        }
        for (slot, v) in h.iter_mut().zip([a, b, c, d, e, f, g, x]) {
            *slot = slot.wrapping_add(v);
        }
    }
    let mut out = [0; 64];
    for (chunk, v) in out.chunks_exact_mut(8).zip(h) {
        chunk.copy_from_slice(&v.to_be_bytes());
    }
    out
}

fn first_primes() -> [u64; 80] {
    let mut found = [0; 80];
    let (mut n, mut count) = (2u64, 0);
    while count < 80 {
        if (2..n).take_while(|d| d * d <= n).all(|d| n % d != 0) {
            found[count] = n;
            count += 1;
        }
        n += 1;
    }
    found
}

/// The first 64 fractional bits of the square or cube root of `n`: the constants of SHA-512 by their definition.
fn frac_root(n: u64, degree: u32) -> u64 {
    let scaled = num_bigint::BigUint::from(n) << (64 * degree);
    let root = scaled.nth_root(degree);
    root.iter_u64_digits().next().unwrap_or(0)
}
