//! Owns: sums of floats that lose nothing: the compensated `sum()` of 3.12, `math.fsum`, `math.sumprod`'s exact
//! accumulation. Never: iterates over Python objects.
//!
//! CPython 3.13: Python/bltinmodule.c (cs_add), Modules/mathmodule.c (fsum, TripleLength).

use super::{NumResult, libm, overflow, value_err};

/// Neumaier's compensated sum, as `sum()` of floats uses it.
#[derive(Debug, Clone, Copy)]
pub struct Compensated {
    hi: f64,
    lo: f64,
}

impl Compensated {
    pub fn new(start: f64) -> Compensated {
        Compensated { hi: start, lo: 0.0 }
    }
    #[inline(always)]
    pub fn add(&mut self, x: f64) {
        let t = self.hi + x;
        if self.hi.abs() >= x.abs() {
            self.lo += (self.hi - t) + x;
        } else {
            self.lo += (x - t) + self.hi;
        }
        self.hi = t;
    }
    /// An integer term goes to the high part alone, as in CPython.
    pub fn add_int(&mut self, x: f64) {
        self.hi += x;
    }
    pub fn total(self) -> f64 {
        // Avoid losing the sign of a negative zero, and do not make a NaN from an infinity.
        if self.lo != 0.0 && self.lo.is_finite() { self.hi + self.lo } else { self.hi }
    }
}

/// The running state of `math.fsum`: Shewchuk's partials.
#[derive(Debug, Default)]
pub struct Fsum {
    partials: Vec<f64>,
    special: f64,
    inf: f64,
}

impl Fsum {
    pub fn add(&mut self, item: f64) -> NumResult<()> {
        let mut x = item;
        let mut kept = 0;
        for j in 0..self.partials.len() {
            let mut y = self.partials[j];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let hi = x + y;
            let lo = y - (hi - x);
            if lo != 0.0 {
                self.partials[kept] = lo;
                kept += 1;
            }
            x = hi;
        }
        self.partials.truncate(kept);
        if x != 0.0 {
            if !x.is_finite() {
                if item.is_finite() {
                    return overflow("intermediate overflow in fsum");
                }
                if item.is_infinite() {
                    self.inf += item;
                }
                self.special += item;
                self.partials.clear();
            } else {
                self.partials.push(x);
            }
        }
        Ok(())
    }

    pub fn total(self) -> NumResult<f64> {
        if self.special != 0.0 {
            return if self.inf.is_nan() { value_err("-inf + inf in fsum") } else { Ok(self.special) };
        }
        let mut p = self.partials;
        let Some(mut hi) = p.pop() else { return Ok(0.0) };
        let mut lo = 0.0;
        while let Some(y) = p.pop() {
            let x = hi;
            hi = x + y;
            lo = y - (hi - x);
            if lo != 0.0 {
                break;
            }
        }
        if let Some(next) = p.last()
            && ((lo < 0.0 && *next < 0.0) || (lo > 0.0 && *next > 0.0))
        {
            let y = lo * 2.0;
            let x = hi + y;
            if y == x - hi {
                hi = x;
            }
        }
        Ok(hi)
    }
}

/// The triple-length accumulator of `math.sumprod` (and `statistics`).
#[derive(Debug, Clone, Copy, Default)]
pub struct TripleLength {
    hi: f64,
    lo: f64,
    tiny: f64,
}

fn fast_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    (x, (a - x) + b)
}
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    let z = x - a;
    (x, (a - (x - z)) + (b - z))
}
fn two_mul(x: f64, y: f64) -> (f64, f64) {
    let z = x * y;
    (z, libm::fma(x, y, -z))
}

impl TripleLength {
    pub fn fma(self, x: f64, y: f64) -> TripleLength {
        let (p, pl) = two_mul(x, y);
        let (hi, s1) = two_sum(self.hi, p);
        let (lo, s2) = two_sum(self.lo, pl);
        let (lo, s3) = two_sum(lo, s1);
        TripleLength { hi, lo, tiny: self.tiny + s2 + s3 }
    }
    pub fn total(self) -> f64 {
        let (hi, lo) = two_sum(self.lo, self.hi);
        self.tiny + lo + hi
    }
}

/// `math.hypot` / `math.dist` on non-negative coordinates. CPython: `vector_norm`.
pub fn vector_norm(v: &mut [f64]) -> f64 {
    let max = v.iter().fold(0.0f64, |m, x| if *x > m { *x } else { m });
    let nan = v.iter().any(|x| x.is_nan());
    if max.is_infinite() {
        return max;
    }
    if nan {
        return f64::NAN;
    }
    if max == 0.0 || v.len() <= 1 {
        return max;
    }
    let (_, max_e) = libm::frexp(max);
    if max_e < -1023 {
        // Subnormal scale: lift the vector first.
        for x in v.iter_mut() {
            *x /= f64::MIN_POSITIVE;
        }
        return f64::MIN_POSITIVE * vector_norm(v);
    }
    let scale = libm::ldexp(1.0, -max_e);
    let (mut csum, mut frac1, mut frac2) = (1.0, 0.0, 0.0);
    for x in v.iter() {
        let x = x * scale;
        let (p, pl) = two_mul(x, x);
        let (s, sl) = fast_sum(csum, p);
        csum = s;
        frac1 += pl;
        frac2 += sl;
    }
    let h = (csum - 1.0 + (frac1 + frac2)).sqrt();
    let (p, pl) = two_mul(-h, h);
    let (s, sl) = fast_sum(csum, p);
    csum = s;
    frac1 += pl;
    frac2 += sl;
    let x = csum - 1.0 + (frac1 + frac2);
    (h + x / (2.0 * h)) / scale
}
