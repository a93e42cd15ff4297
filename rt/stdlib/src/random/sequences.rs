//! Owns: `choice`, `choices`, `shuffle` and `sample`. Never: touches the generator but through `below` and `random`.
//!
//! CPython 3.13: Lib/random.py.

use super::{Source, below};
use rtcore::error::{self, hierarchy, index_error, type_error, value_error};
use rtcore::methods::*;
use rtcore::num::Int;
use rtcore::num::dist::Source as _;
use rtcore::protocol::iter::collect;
use rtcore::protocol::number::{self, index, int_ref, to_f64};
use rtcore::protocol::{compare, sequence};
use rtcore::types::list::List;
use std::collections::HashSet;

fn size(v: &Value) -> PyResult<i64> {
    sequence::len(v)
}
fn below_i64(v: &Value, n: i64) -> PyResult<i64> {
    Ok(below(v, &Int::from(n))?.to_i64().unwrap_or(0))
}

pub fn choice(v: &Value, seq: &Value) -> PyResult {
    let n = size(seq)?;
    if n == 0 {
        return Err(index_error("Cannot choose from an empty sequence"));
    }
    sequence::getitem(seq, &Value::int(below_i64(v, n)?))
}

pub fn shuffle(v: &Value, x: &Value) -> PyResult {
    for i in (1..size(x)?).rev() {
        let j = Value::int(below_i64(v, i + 1)?);
        let i = Value::int(i);
        let (a, b) = (sequence::getitem(x, &i)?, sequence::getitem(x, &j)?);
        sequence::setitem(x, &i, b)?;
        sequence::setitem(x, &j, a)?;
    }
    Ok(NONE)
}

/// Running sums (`itertools.accumulate`).
fn accumulate(weights: &Value) -> PyResult<Vec<Value>> {
    let mut out: Vec<Value> = Vec::new();
    for w in collect(weights)? {
        out.push(match out.last() {
            Some(sum) => number::add(sum, &w)?,
            None => w,
        });
    }
    Ok(out)
}
/// The first position whose sum is greater than `x` (`bisect.bisect`), within `0..hi`.
fn bisect(sums: &[Value], x: &Value, hi: usize) -> PyResult<usize> {
    let (mut lo, mut hi) = (0, hi);
    while lo < hi {
        let mid = (lo + hi) / 2;
        match sums.get(mid) {
            Some(s) if compare::lt(x, s)? => hi = mid,
            Some(_) | None => lo = mid + 1,
        }
    }
    Ok(lo)
}

/// `choices(self, population, weights, cum_weights, k)`.
pub fn choices(a: &[Value]) -> PyResult {
    let [v, population, weights, cum, k] = a else { return Ok(NONE) };
    let n = size(population)?;
    let mut source = Source::new(v)?;
    let sums = if cum.is_none() {
        if weights.is_none() {
            let mut out = Vec::new();
            for _ in 0..index(k)?.max(0) {
                let i = (source.random()? * n as f64).floor() as i64;
                out.push(sequence::getitem(population, &Value::int(i))?);
            }
            return Ok(List::value(out));
        }
        match accumulate(weights) {
            Ok(s) => s,
            Err(r) if error::matches(&r, &hierarchy::TYPE_ERROR) && int_ref(weights).is_some() => {
                drop(error::take(r));
                let shown = rtcore::protocol::repr::repr_string(weights)?;
                return Err(type_error(format!("The number of choices must be a keyword argument: k={shown}")));
            }
            Err(r) => return Err(r),
        }
    } else if !weights.is_none() {
        return Err(type_error("Cannot specify both weights and cumulative weights"));
    } else {
        collect(cum)?
    };
    if sums.len() as i64 != n {
        return Err(value_error("The number of weights does not match the population"));
    }
    let Some(last) = sums.last() else { return Err(index_error("list index out of range")) };
    let total = to_f64(&number::add(last, &Value::float(0.0))?)?;
    if total <= 0.0 {
        return Err(value_error("Total of weights must be greater than zero"));
    }
    if !total.is_finite() {
        return Err(value_error("Total of weights must be finite"));
    }
    let mut out = Vec::new();
    for _ in 0..index(k)?.max(0) {
        let at = bisect(&sums, &Value::float(source.random()? * total), sums.len() - 1)?;
        out.push(sequence::getitem(population, &Value::int(at as i64))?);
    }
    Ok(List::value(out))
}

/// What `isinstance(x, collections.abc.Sequence)` accepts of builtin types; classes are taken by their methods.
fn is_sequence(v: &Value) -> bool {
    use rtcore::types::class::special::Special;
    let ty = v.ty();
    if ty.has_flag(TypeFlags::SEQUENCE) || v.as_str_obj().is_some() {
        return true;
    }
    ty.special(Special::GetItem).is_some() && ty.special(Special::Len).is_some() && ty.lookup(Name::new("keys")).is_none() && !v.is_none()
}

pub fn sample(v: &Value, population: &Value, k: &Value, counts: &Value) -> PyResult {
    if !is_sequence(population) {
        return Err(type_error("Population must be a sequence.  For dicts or sets, use sorted(d)."));
    }
    let n = size(population)?;
    if !counts.is_none() {
        return sample_counted(v, population, k, counts, n);
    }
    let k = index(k)?;
    if !(0..=n).contains(&k) {
        return Err(value_error("Sample larger than population or is negative"));
    }
    let mut setsize = 21i64;
    if k > 5 {
        let levels = ((k * 3) as f64).ln() / 4.0f64.ln();
        setsize += 4i64.saturating_pow(levels.ceil() as u32);
    }
    let mut out = Vec::with_capacity(k as usize);
    if n <= setsize {
        let mut pool = collect(population)?;
        for i in 0..k {
            let j = below_i64(v, n - i)? as usize;
            let last = (n - i - 1) as usize;
            if j < pool.len() && last < pool.len() {
                out.push(pool[j].clone());
                pool[j] = pool[last].clone();
            }
        }
    } else {
        let mut selected = HashSet::new();
        for _ in 0..k {
            let mut j = below_i64(v, n)?;
            while !selected.insert(j) {
                j = below_i64(v, n)?;
            }
            out.push(sequence::getitem(population, &Value::int(j))?);
        }
    }
    Ok(List::value(out))
}

fn sample_counted(v: &Value, population: &Value, k: &Value, counts: &Value, n: i64) -> PyResult {
    let mut sums = accumulate(counts)?;
    if sums.len() as i64 != n {
        return Err(value_error("The number of counts does not match the population"));
    }
    let total = sums.pop().unwrap_or(Value::int(0));
    let Some(t) = int_ref(&total) else { return Err(type_error("Counts must be integers")) };
    if t.signum() <= 0 {
        return Err(value_error("Total of counts must be greater than zero"));
    }
    let range = rtcore::types::range::value(Int::from(0), t.to_int(), Int::from(1));
    let picks = sample(v, &range, k, &NONE)?;
    let mut out = Vec::new();
    for s in collect(&picks)? {
        let at = bisect(&sums, &s, sums.len())?;
        out.push(sequence::getitem(population, &Value::int(at as i64))?);
    }
    Ok(List::value(out))
}
