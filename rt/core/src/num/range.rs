//! Owns: the arithmetic of `range` and of slice bounds, for machine integers and beyond. Never: iterates.
//!
//! CPython 3.13: Objects/rangeobject.c, Objects/sliceobject.c.

use super::{Int, IntRef, int};
use std::cmp::Ordering;

/// The number of items of `range(start, stop, step)`, `step != 0`.
pub fn len(start: IntRef, stop: IntRef, step: IntRef) -> Int {
    if let (IntRef::Small(a), IntRef::Small(b), IntRef::Small(s)) = (start, stop, step) {
        let (a, b, s) = (i128::from(a), i128::from(b), i128::from(s));
        return Int::from_i128(if s > 0 && a < b {
            (b - a - 1) / s + 1
        } else if s < 0 && a > b {
            (a - b - 1) / -s + 1
        } else {
            0
        });
    }
    let (lo, hi, step) = if step.signum() > 0 { (start, stop, step.to_int()) } else { (stop, start, int::neg(step)) };
    if int::cmp(lo, hi) != Ordering::Less {
        return Int::Small(0);
    }
    let span = int::sub(hi, lo) - 1;
    match int::floordiv(span.as_ref(), step.as_ref()) {
        Ok(q) => q + 1,
        Err(_) => Int::Small(0),
    }
}

/// Item `i` (already within bounds).
pub fn item(start: IntRef, step: IntRef, i: IntRef) -> Int {
    int::add(start, int::mul(i, step).as_ref())
}

/// The position of an integer in a range, if it is there.
pub fn index_of(start: IntRef, stop: IntRef, step: IntRef, x: IntRef) -> Option<Int> {
    let inside = if step.signum() > 0 {
        int::cmp(start, x).is_le() && int::cmp(x, stop).is_lt()
    } else {
        int::cmp(x, start).is_le() && int::cmp(stop, x).is_lt()
    };
    if !inside {
        return None;
    }
    let (q, r) = int::divmod(int::sub(x, start).as_ref(), step).ok()?;
    r.is_zero().then_some(q)
}

/// The bounds of a slice over a sequence of `len` items: `(start, stop)` clamped, `step != 0`; `None` is absent.
/// CPython: PySlice_AdjustIndices.
pub fn slice_bounds(start: Option<i64>, stop: Option<i64>, step: i64, len: i64) -> (i64, i64) {
    let clamp = |i: i64| {
        if i < 0 {
            let i = i.saturating_add(len);
            if i >= 0 {
                i
            } else if step < 0 {
                -1
            } else {
                0
            }
        } else if i >= len {
            if step < 0 { len - 1 } else { len }
        } else {
            i
        }
    };
    let start = start.map_or(if step < 0 { len - 1 } else { 0 }, clamp);
    let stop = stop.map_or(if step < 0 { -1 } else { len }, clamp);
    (start, stop)
}

/// How many items lie in clamped bounds.
pub fn slice_len(start: i64, stop: i64, step: i64) -> i64 {
    if step < 0 {
        if stop < start { (start - stop - 1) / step.saturating_neg() + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    }
}

/// `slice.indices(len)` for integers of any size. CPython: `_PySlice_GetLongIndices`.
pub fn slice_indices(start: Option<Int>, stop: Option<Int>, step: &Int, len: &Int) -> (Int, Int) {
    let negative = step.is_negative();
    let (lower, upper) =
        if negative { (Int::Small(-1), len - 1) } else { (Int::Small(0), len.clone()) };
    let clamp = |i: Int| {
        if i.is_negative() {
            let i = i + len;
            if i < lower { lower.clone() } else { i }
        } else if i > upper {
            upper.clone()
        } else {
            i
        }
    };
    let first = match start {
        Some(i) => clamp(i),
        None => (if negative { &upper } else { &lower }).clone(),
    };
    let last = match stop {
        Some(i) => clamp(i),
        None => (if negative { &lower } else { &upper }).clone(),
    };
    (first, last)
}
