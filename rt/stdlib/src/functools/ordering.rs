//! Owns: `cmp_to_key` and `total_ordering`.
//! Never: replaces a comparison that the class defines.
//! Source: CPython 3.13, Modules/_functoolsmodule.c, Lib/functools.py.

use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::protocol::compare;
use rtcore::protocol::sequence::truth;
use rtcore::types::class::special::Special;
use rtcore::types::function::closure;
use rtcore::types::none::{is_not_implemented, not_implemented};

struct Key {
    cmp: Value,
    obj: Value,
}
impl Payload for Key {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.cmp);
        visit(&self.obj);
    }
}
impl Native for Key {
    fn class() -> &'static Type {
        &KEY
    }
}
/// `cmp_to_key(f)`: a key object without a value, which makes others when called.
pub fn cmp_to_key(cmp: &Value) -> PyResult {
    Ok(object::new(&KEY, Key { cmp: cmp.clone(), obj: UNBOUND }))
}
fn key_call(k: &Value, values: &[Value], _: &[Name]) -> PyResult {
    match (k.downcast::<Key>(), values) {
        (Some(k), [obj]) => Ok(object::new(&KEY, Key { cmp: k.cmp.clone(), obj: obj.clone() })),
        (Some(_) | None, _) => Err(type_error("K() missing required argument 'obj' (pos 1)")),
    }
}
fn key_compare(op: Special, a: &Value, b: &Value) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<Key>(), b.downcast::<Key>()) else {
        return Err(type_error("other argument must be K instance"));
    };
    if x.obj.is_unbound() || y.obj.is_unbound() {
        return Err(rtcore::error::attribute_error("object"));
    }
    let r = call(&x.cmp, &[x.obj.clone(), y.obj.clone()])?;
    compare::rich(op, &r, &Value::int(0))
}
static KEY_METHODS: &[Method] = &[
    Method::new("__lt__(self, value, /)", F2(|a, b| key_compare(Special::Lt, a, b))),
    Method::new("__le__(self, value, /)", F2(|a, b| key_compare(Special::Le, a, b))),
    Method::new("__eq__(self, value, /)", F2(|a, b| key_compare(Special::Eq, a, b))),
    Method::new("__ne__(self, value, /)", F2(|a, b| key_compare(Special::Ne, a, b))),
    Method::new("__gt__(self, value, /)", F2(|a, b| key_compare(Special::Gt, a, b))),
    Method::new("__ge__(self, value, /)", F2(|a, b| key_compare(Special::Ge, a, b))),
];
static KEY_GETSET: &[GetSet] = &[GetSet::ro("obj", |v| Ok(v.downcast::<Key>().map_or(NONE, |k| k.obj.clone())))];
static KEY_DEF: ClassDef = ClassDef::new::<Key>("KeyWrapper")
    .module("functools")
    .methods(KEY_METHODS)
    .getset(KEY_GETSET)
    .setup(|t| {
        t.set_own(names::__hash__.get(), NONE);
    })
    .hooks(Hooks { call: Some(key_call), ..Hooks::NONE });
static KEY: Type = Type::builtin(&KEY_DEF);

/// How the missing comparisons follow from the defined one: (missing, negate, and/or with `!=`/`==`).
type Rule = (&'static str, bool, Option<(bool, bool)>);
/// `(op result negated?, combine: Some((with_and, test_equal)))`, Lib/functools.py `_gt_from_lt` and siblings.
const RULES: [(&str, [Rule; 3]); 4] = [
    ("__lt__", [("__gt__", true, Some((true, false))), ("__le__", false, Some((false, true))), ("__ge__", true, None)]),
    ("__le__", [("__ge__", true, Some((false, true))), ("__lt__", false, Some((true, false))), ("__gt__", true, None)]),
    ("__gt__", [("__lt__", true, Some((true, false))), ("__ge__", false, Some((false, true))), ("__le__", true, None)]),
    ("__ge__", [("__le__", true, Some((false, true))), ("__gt__", false, Some((true, false))), ("__lt__", true, None)]),
];
pub fn total_ordering(cls: &Value) -> PyResult {
    let Some(ty) = cls.as_type() else { return Err(type_error("total_ordering() argument must be a class")) };
    let object = &rtcore::types::object_::OBJECT;
    let defined = |name: &str| {
        let n = Name::new(name);
        match (ty.lookup(n), object.lookup(n)) {
            (Some(a), Some(b)) => !a.is(&b),
            (Some(_), None) => true,
            (None, _) => false,
        }
    };
    let roots: Vec<&str> = ["__lt__", "__le__", "__gt__", "__ge__"].into_iter().filter(|n| defined(n)).collect();
    // CPython takes the greatest name: __lt__ before __le__ before __gt__ before __ge__.
    let Some(root) = roots.iter().max() else {
        return Err(value_error("must define at least one ordering operation: < > <= >="));
    };
    let Some((_, rules)) = RULES.iter().find(|(n, _)| n == root) else { return Ok(cls.clone()) };
    for (name, negate, combine) in rules {
        if roots.contains(name) {
            continue;
        }
        fn run(c: &[Value], values: &[Value], _: &[Name]) -> PyResult {
            let ([root, negate, combine, with_and, equal], [a, b]) = (c, values) else {
                return Err(type_error("comparison expected 2 arguments"));
            };
            let Some(f) = Name::of(root).and_then(|n| a.ty().lookup(n)) else { return Ok(not_implemented()) };
            let r = rtcore::protocol::call::call_special(&f, a, std::slice::from_ref(b))?;
            if is_not_implemented(&r) {
                return Ok(r);
            }
            let mut result = r;
            if negate.as_bool() == Some(true) {
                result = Value::bool(!truth(&result)?);
            }
            if combine.as_bool() == Some(true) {
                let want_and = with_and.as_bool() == Some(true);
                let t = truth(&result)?;
                if t == want_and {
                    // `x and a != b` / `x or a == b`
                    let op = if equal.as_bool() == Some(true) { Special::Eq } else { Special::Ne };
                    return compare::rich(op, a, b);
                }
            }
            Ok(result)
        }
        let (with_and, equal) = combine.unwrap_or((false, false));
        let captured = vec![Value::str(root), (*negate).into(), combine.is_some().into(), with_and.into(), equal.into()];
        let f = closure::new(name, Value::str("functools"), run, captured);
        ty.set_own(Name::new(name), f);
    }
    Ok(cls.clone())
}
