//! Owns: the module `gc`.
//! Never: collects; that is `rtcore::gc`.

use rtcore::gc;
use rtcore::methods::*;
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;

fn collect(generation: &Value) -> PyResult {
    let g = generation.as_inline_int().unwrap_or(2);
    if !(0..=2).contains(&g) {
        return Err(rtcore::error::value_error("invalid generation"));
    }
    let found = gc::collect(g);
    if g == 2 {
        rtcore::memory::give_back();
    }
    Ok(Value::from(found))
}
fn get_threshold() -> PyResult {
    Ok(tuple::new(gc::THRESHOLDS.get().map(Value::int).to_vec()))
}
fn set_threshold(a: &[Value]) -> PyResult {
    let mut t = gc::THRESHOLDS.get();
    for (slot, v) in t.iter_mut().zip(a) {
        if let Some(n) = v.as_inline_int() {
            *slot = n;
        }
    }
    gc::THRESHOLDS.set(t);
    Ok(NONE)
}
fn get_stats() -> PyResult {
    let [n, collected] = gc::STATS.get();
    let one = |n: usize, c: usize| {
        let d = Dict::new_value();
        if let Some(x) = d.downcast::<Dict>() {
            x.set_str("collections", Value::from(n));
            x.set_str("collected", Value::from(c));
            x.set_str("uncollectable", Value::int(0));
        }
        d
    };
    Ok(List::value(vec![one(0, 0), one(0, 0), one(n, collected)]))
}
fn get_referents(a: &[Value]) -> PyResult {
    let out = rtcore::protocol::iter::collect(&a[0])?.iter().flat_map(gc::referents).collect();
    Ok(List::value(out))
}
fn get_referrers(a: &[Value]) -> PyResult {
    let wanted = rtcore::protocol::iter::collect(&a[0])?;
    let out = gc::objects().into_iter().filter(|o| gc::referents(o).iter().any(|r| wanted.iter().any(|w| w.is(r)))).collect();
    Ok(List::value(out))
}
static FUNCTIONS: &[Method] = &[
    Method::new("collect(generation=2)", F1(collect)),
    Method::new("enable()", F0(|| {
        gc::enable(true);
        Ok(NONE)
    })),
    Method::new("disable()", F0(|| {
        gc::enable(false);
        Ok(NONE)
    })),
    Method::new("isenabled()", F0(|| Ok(Value::bool(gc::is_enabled())))),
    Method::new("get_threshold()", F0(get_threshold)),
    Method::new("set_threshold(threshold0, threshold1=..., threshold2=..., /)", N(set_threshold)),
    Method::new("get_count()", F0(|| Ok(tuple::new(vec![Value::from(gc::tracked()), Value::int(0), Value::int(0)])))),
    Method::new("get_stats()", F0(get_stats)),
    Method::new("get_objects(generation=None)", F1(|_| Ok(List::value(gc::objects())))),
    Method::new("get_referents(*objs)", N(get_referents)),
    Method::new("get_referrers(*objs)", N(get_referrers)),
    Method::new("is_tracked(obj, /)", F1(|v| Ok(Value::bool(gc::is_tracked(v))))),
    Method::new("is_finalized(obj, /)", F1(|v| Ok(Value::bool(v.header().is_some_and(|h| h.has_flag(rtcore::object::FINALIZED)))))),
    Method::new("freeze()", F0(|| Ok(NONE))),
    Method::new("unfreeze()", F0(|| Ok(NONE))),
    Method::new("get_freeze_count()", F0(|| Ok(Value::int(0)))),
    Method::new("set_debug(flags, /)", F1(|_| Ok(NONE))),
    Method::new("get_debug()", F0(|| Ok(Value::int(0)))),
];
fn setup(m: &Value) -> PyResult<()> {
    let callbacks = List::value(vec![]);
    *gc::CALLBACKS.borrow_mut() = Some(callbacks.clone());
    set_str(m, "callbacks", callbacks);
    set_str(m, "garbage", List::value(vec![]));
    for (name, n) in [("DEBUG_STATS", 1), ("DEBUG_COLLECTABLE", 2), ("DEBUG_UNCOLLECTABLE", 4), ("DEBUG_SAVEALL", 32), ("DEBUG_LEAK", 38)] {
        set_str(m, name, Value::int(n));
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("gc", FUNCTIONS, setup);
