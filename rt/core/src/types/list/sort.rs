//! Owns: `list.sort` and `sorted`: a stable merge sort whose comparisons may raise or change the list.
//! Never: leaves the list without its items when a comparison raises.
//! Source: CPython 3.13, Objects/listobject.c (`list_sort_impl`); binary insertion into runs of
//! CPython's minimal length, so that the number and order of comparisons stay near CPython's.

use super::List;
use crate::error::{PyResult, value_error};
use crate::name::Name;
use crate::protocol::call::call;
use crate::protocol::sequence::truth;
use crate::protocol::{compare, iter};
use crate::types::str::value::Str;
use crate::value::{FALSE, NONE, Tag, Value};

/// Reads `key` and `reverse`.
pub fn options(function: &str, kw: &[Name], values: &[Value]) -> PyResult<(Value, bool)> {
    let (mut key, mut reverse) = (NONE, FALSE);
    for (k, v) in kw.iter().zip(values) {
        match k.as_str() {
            "key" => key = v.clone(),
            "reverse" => reverse = v.clone(),
            other => return Err(crate::def::unexpected_keyword(function, other, ["key", "reverse"].into_iter())),
        }
    }
    let reverse = truth(&reverse)?;
    Ok((key, reverse))
}

/// `sorted(v, key=key, reverse=reverse)`.
pub fn sorted(v: &Value, key: &Value, reverse: bool) -> PyResult {
    let list = List::value(iter::collect(v)?);
    if let Some(l) = list.downcast::<List>() {
        sort(l, key, reverse)?;
    }
    Ok(list)
}

/// `list.sort(key=key, reverse=reverse)`.
pub fn sort(list: &List, key: &Value, reverse: bool) -> PyResult<()> {
    let mut items = list.take_all();
    list.sorting.set(true);
    let result = sort_items(&mut items, key, reverse);
    let modified = list.len() != 0 || !list.sorting.get();
    list.sorting.set(false);
    let junk = list.replace_all(items);
    drop(junk);
    result?;
    if modified { Err(value_error("list modified during sort")) } else { Ok(()) }
}

/// Sorts a vector; on an error it holds the same items in some order.
pub fn sort_items(items: &mut Vec<Value>, key: &Value, reverse: bool) -> PyResult<()> {
    if key.is_none() {
        let mut keys = std::mem::take(items).into_iter().map(|k| (k, NONE)).collect::<Vec<_>>();
        let r = sort_pairs(&mut keys, reverse);
        *items = keys.into_iter().map(|p| p.0).collect();
        return r;
    }
    let mut pairs = Vec::with_capacity(items.len());
    for x in items.iter() {
        pairs.push((call(key, std::slice::from_ref(x))?, x.clone()));
    }
    let r = sort_pairs(&mut pairs, reverse);
    let keys: Vec<Value>;
    (keys, *items) = pairs.into_iter().unzip();
    drop(keys);
    r
}

type Pair = (Value, Value);

fn sort_pairs(pairs: &mut [Pair], reverse: bool) -> PyResult<()> {
    // Sorting the reversed sequence and reversing again keeps equal items in order.
    if reverse {
        pairs.reverse();
    }
    let r = sort_forward(pairs);
    if reverse {
        pairs.reverse();
    }
    r
}
fn sort_forward(pairs: &mut [Pair]) -> PyResult<()> {
    match pairs.first().map(|p| p.0.tag()) {
        Some(Tag::Int) if pairs.iter().all(|p| p.0.tag() == Tag::Int) => pairs.sort_by_key(|p| p.0.bits() as i64),
        Some(Tag::Float) if pairs.iter().all(|p| p.0.as_inline_float().is_some_and(|f| !f.is_nan())) => {
            pairs.sort_by(|a, b| a.0.as_inline_float().partial_cmp(&b.0.as_inline_float()).unwrap_or(std::cmp::Ordering::Equal));
        }
        Some(Tag::Obj) if pairs.iter().all(|p| p.0.downcast_exact::<Str>().is_some_and(|s| !s.has_surrogates())) => {
            pairs.sort_by(|a, b| a.0.as_str().cmp(&b.0.as_str()));
        }
        Some(_) => merge_sort(pairs)?,
        None => {}
    }
    Ok(())
}

/// CPython's `merge_compute_minrun`.
fn min_run(mut n: usize) -> usize {
    let mut r = 0;
    while n >= 64 {
        r |= n & 1;
        n >>= 1;
    }
    n + r
}
fn lt(a: &Pair, b: &Pair) -> PyResult<bool> {
    truth(&compare::rich(crate::types::class::special::Special::Lt, &a.0, &b.0)?)
}

fn merge_sort(pairs: &mut [Pair]) -> PyResult<()> {
    let n = pairs.len();
    if n < 2 {
        return Ok(());
    }
    let min = min_run(n);
    let mut runs: Vec<(usize, usize)> = vec![];
    let mut lo = 0;
    while lo < n {
        let mut run = count_run(&mut pairs[lo..])?;
        if run < min {
            let force = min.min(n - lo);
            binary_insertion(&mut pairs[lo..lo + force], run)?;
            run = force;
        }
        runs.push((lo, run));
        lo += run;
        while runs.len() > 1 {
            let k = runs.len();
            let (a, b) = (runs[k - 2], runs[k - 1]);
            let third = (k > 2).then(|| runs[k - 3].1);
            if third.is_some_and(|c| c <= a.1 + b.1) || a.1 <= b.1 {
                merge_at(pairs, &mut runs, if third.is_some_and(|c| c < b.1) { k - 3 } else { k - 2 })?;
            } else {
                break;
            }
        }
    }
    while runs.len() > 1 {
        let k = runs.len();
        merge_at(pairs, &mut runs, k - 2)?;
    }
    Ok(())
}
/// The length of the run at the start; a strictly descending one is reversed.
fn count_run(a: &mut [Pair]) -> PyResult<usize> {
    if a.len() < 2 {
        return Ok(a.len());
    }
    let mut n = 2;
    if lt(&a[1], &a[0])? {
        while n < a.len() && lt(&a[n], &a[n - 1])? {
            n += 1;
        }
        a[..n].reverse();
    } else {
        while n < a.len() && !lt(&a[n], &a[n - 1])? {
            n += 1;
        }
    }
    Ok(n)
}
fn binary_insertion(a: &mut [Pair], sorted: usize) -> PyResult<()> {
    for i in sorted.max(1)..a.len() {
        let (mut l, mut r) = (0, i);
        while l < r {
            let mid = l + (r - l) / 2;
            if lt(&a[i], &a[mid])? { r = mid } else { l = mid + 1 }
        }
        a[l..=i].rotate_right(1);
    }
    Ok(())
}
fn merge_at(pairs: &mut [Pair], runs: &mut Vec<(usize, usize)>, i: usize) -> PyResult<()> {
    let ((lo, n1), (_, n2)) = (runs[i], runs[i + 1]);
    runs[i].1 = n1 + n2;
    runs.remove(i + 1);
    let a = &mut pairs[lo..lo + n1 + n2];
    // What already stands right needs no comparison in the merge.
    let (mut skip, mut hi) = (0, n1);
    while skip < hi {
        let mid = skip + (hi - skip) / 2;
        if lt(&a[n1], &a[mid])? { hi = mid } else { skip = mid + 1 }
    }
    if skip == n1 {
        return Ok(());
    }
    let mut order: Vec<usize> = Vec::with_capacity(a.len() - skip);
    let (mut l, mut r) = (skip, n1);
    let mut result = Ok(());
    while l < n1 && r < a.len() {
        match lt(&a[r], &a[l]) {
            Ok(true) => {
                order.push(r);
                r += 1;
            }
            Ok(false) => {
                order.push(l);
                l += 1;
            }
            Err(e) => {
                result = Err(e);
                break;
            }
        }
    }
    order.extend(l..n1);
    order.extend(r..a.len());
    let mut merged: Vec<Pair> = order.into_iter().map(|i| std::mem::take(&mut a[i])).collect();
    for (slot, p) in a[skip..].iter_mut().zip(merged.drain(..)) {
        *slot = p;
    }
    result
}
