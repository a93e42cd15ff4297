//! Owns: the module `bisect`.
//! Never: changes a sequence but by its `insert`.
//! Source: CPython 3.13, Modules/_bisectmodule.c.

use rtcore::error::value_error;
use rtcore::methods::*;
use rtcore::protocol::call::{call, call_method_name};
use rtcore::protocol::compare;
use rtcore::protocol::sequence::{as_size, getitem, len, truth};
use rtcore::types::class::special::Special;
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, set_str};

fn less(a: &Value, b: &Value) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int()) {
        return Ok(x < y);
    }
    truth(&compare::rich(Special::Lt, a, b)?)
}
fn search(a: &Value, x: &Value, lo: &Value, hi: &Value, key: &Value, right: bool) -> PyResult<i64> {
    let mut lo = as_size(lo)?;
    if lo < 0 {
        return Err(value_error("lo must be non-negative"));
    }
    let mut hi = if hi.is_none() { len(a)? as i64 } else { as_size(hi)? };
    while lo < hi {
        let mid = lo + (hi - lo) / 2;
        let item = match a.downcast_exact::<List>().and_then(|l| l.get(mid as usize)) {
            Some(v) => v,
            None => getitem(a, &Value::int(mid))?,
        };
        let item = if key.is_none() { item } else { call(key, &[item])? };
        if right {
            if less(x, &item)? { hi = mid } else { lo = mid + 1 }
        } else if less(&item, x)? {
            lo = mid + 1
        } else {
            hi = mid
        }
    }
    Ok(lo)
}
fn bisect_right(a: &[Value]) -> PyResult {
    let [s, x, lo, hi, key] = a else { return Ok(NONE) };
    Ok(Value::int(search(s, x, lo, hi, key, true)?))
}
fn bisect_left(a: &[Value]) -> PyResult {
    let [s, x, lo, hi, key] = a else { return Ok(NONE) };
    Ok(Value::int(search(s, x, lo, hi, key, false)?))
}
fn insert(a: &[Value], right: bool) -> PyResult {
    let [s, x, lo, hi, key] = a else { return Ok(NONE) };
    let k = if key.is_none() { x.clone() } else { call(key, std::slice::from_ref(x))? };
    let at = search(s, &k, lo, hi, key, right)?;
    match s.downcast_exact::<List>() {
        Some(l) => l.insert(at as usize, x.clone()),
        None => drop(call_method_name(s, Name::new("insert"), &[Value::int(at), x.clone()])?),
    }
    Ok(NONE)
}
fn insort_right(a: &[Value]) -> PyResult {
    insert(a, true)
}
fn insort_left(a: &[Value]) -> PyResult {
    insert(a, false)
}
static FUNCTIONS: &[Method] = &[
    Method::new("bisect_right(a, x, lo=0, hi=None, *, key=None)", N(bisect_right)),
    Method::new("bisect_left(a, x, lo=0, hi=None, *, key=None)", N(bisect_left)),
    Method::new("insort_right(a, x, lo=0, hi=None, *, key=None)", N(insort_right)),
    Method::new("insort_left(a, x, lo=0, hi=None, *, key=None)", N(insort_left)),
];
fn setup(m: &Value) -> PyResult<()> {
    for (alias, name) in [("bisect", "bisect_right"), ("insort", "insort_right")] {
        set_str(m, alias, rtcore::protocol::attr::getattr_name(m, Name::new(name))?);
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("bisect", FUNCTIONS, setup);
