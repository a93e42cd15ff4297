//! Owns: the `math` module: arguments in, `num::mathfn` and `num::mathint` called. Never: the mathematics.
//!
//! CPython 3.13: Modules/mathmodule.c.

use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::num::{Int, IntRef, int, mathfn, mathint, sum};
use rtcore::protocol::call::try_special;
use rtcore::protocol::iter::{Iter, collect};
use rtcore::protocol::number::{self, index_clamped, index_int, int_ref, to_f64};
use rtcore::types::class::special::Special;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;

/// Functions of one float from `mathfn::FUNCS1`, by name.
macro_rules! float_functions {
    ($($f:ident $name:literal;)*) => {
        $(fn $f(x: &Value) -> PyResult {
            const ROW: &mathfn::Func1 = find($name);
            let x = to_f64(x)?;
            Ok(Value::float(mathfn::checked(x, (ROW.call)(x), ROW.overflows)?))
        })*
    };
}
/// The row of a function, found at compile time.
#[allow(clippy::panic)]
const fn find(name: &str) -> &'static mathfn::Func1 {
    let mut i = 0;
    while i < mathfn::FUNCS1.len() {
        if same(mathfn::FUNCS1[i].name, name) {
            return &mathfn::FUNCS1[i];
        }
        i += 1;
    }
    panic!("no such function")
}
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
float_functions! {
    acos "acos"; acosh "acosh"; asin "asin"; asinh "asinh"; atan "atan"; atanh "atanh"; cbrt "cbrt"; cos "cos";
    cosh "cosh"; erf "erf"; erfc "erfc"; exp "exp"; exp2 "exp2"; expm1 "expm1"; fabs "fabs"; sin "sin"; sinh "sinh";
    sqrt "sqrt"; tan "tan"; tanh "tanh";
}

/// Other functions of one float to a float.
macro_rules! one {
    ($($f:ident $call:expr;)*) => {
        $(fn $f(x: &Value) -> PyResult {
            let call: fn(f64) -> rtcore::num::NumResult<f64> = $call;
            Ok(Value::float(call(to_f64(x)?)?))
        })*
    };
}
one! {
    gamma mathfn::gamma;
    lgamma mathfn::lgamma;
    log1p mathfn::log1p;
    degrees |x| Ok(mathfn::degrees(x));
    radians |x| Ok(mathfn::radians(x));
    ulp |x| Ok(mathfn::ulp(x));
}
macro_rules! two {
    ($($f:ident $call:expr;)*) => {
        $(fn $f(x: &Value, y: &Value) -> PyResult {
            let call: fn(f64, f64) -> rtcore::num::NumResult<f64> = $call;
            Ok(Value::float(call(to_f64(x)?, to_f64(y)?)?))
        })*
    };
}
two! {
    atan2 |y, x| Ok(y.atan2(x));
    copysign |x, y| Ok(x.copysign(y));
    fmod mathfn::fmod;
    pow mathfn::pow;
    remainder mathfn::remainder;
}
macro_rules! tests {
    ($($f:ident $call:path;)*) => {
        $(fn $f(x: &Value) -> PyResult {
            Ok(Value::bool($call(to_f64(x)?)))
        })*
    };
}
tests! { isfinite f64::is_finite; isinf f64::is_infinite; isnan f64::is_nan; }

fn fma(x: &Value, y: &Value, z: &Value) -> PyResult {
    Ok(Value::float(mathfn::fma(to_f64(x)?, to_f64(y)?, to_f64(z)?)?))
}
fn ldexp(x: &Value, e: &Value) -> PyResult {
    let x = to_f64(x)?;
    if int_ref(e).is_none() {
        return Err(type_error("Expected an int as second argument to ldexp."));
    }
    Ok(Value::float(mathfn::ldexp(x, index_clamped(e)?)?))
}
fn frexp(x: &Value) -> PyResult {
    let (m, e) = mathfn::frexp(to_f64(x)?);
    Ok(tuple::new(vec![Value::float(m), Value::int(i64::from(e))]))
}
fn modf(x: &Value) -> PyResult {
    let (frac, whole) = mathfn::modf(to_f64(x)?);
    Ok(tuple::new(vec![Value::float(frac), Value::float(whole)]))
}
fn nextafter(x: &Value, y: &Value, steps: &Value) -> PyResult {
    let (a, b) = (to_f64(x)?, to_f64(y)?);
    if steps.is_none() {
        return Ok(Value::float(mathfn::nextafter(a, b, None)));
    }
    let n = index_int(steps)?;
    if n.is_negative() {
        return Err(value_error("steps must be a non-negative integer"));
    }
    let n = match n.as_ref() {
        IntRef::Small(i) => i as u64,
        IntRef::Big(_) => u64::MAX,
    };
    Ok(Value::float(mathfn::nextafter(a, b, Some(n))))
}
fn isclose(a: &[Value]) -> PyResult {
    let [x, y, rel, abs] = a else { return Ok(NONE) };
    Ok(Value::bool(mathfn::isclose(to_f64(x)?, to_f64(y)?, to_f64(rel)?, to_f64(abs)?)?))
}

/// A logarithm of an int of any size or of a float.
fn logarithm(x: &Value, f: fn(f64) -> f64, checked: fn(f64) -> rtcore::num::NumResult<f64>) -> PyResult<f64> {
    match int_ref(x) {
        Some(i) => Ok(mathint::log(i, f)?),
        None => Ok(checked(to_f64(x)?)?),
    }
}
fn log(x: &Value, base: &Value) -> PyResult {
    let n = logarithm(x, f64::ln, mathfn::ln)?;
    if base.is_unbound() {
        return Ok(Value::float(n));
    }
    let d = logarithm(base, f64::ln, mathfn::ln)?;
    number::truediv(&Value::float(n), &Value::float(d))
}
fn log2(x: &Value) -> PyResult {
    Ok(Value::float(logarithm(x, f64::log2, mathfn::log2_checked)?))
}
fn log10(x: &Value) -> PyResult {
    Ok(Value::float(logarithm(x, f64::log10, mathfn::log10)?))
}

fn rounding(x: &Value, special: Special, f: fn(f64) -> f64) -> PyResult {
    if let Some(x) = x.as_inline_float() {
        return Ok(int::from_f64(f(x))?.into());
    }
    match try_special(x, special, &[]) {
        Some(r) => r,
        None => Ok(int::from_f64(f(to_f64(x)?))?.into()),
    }
}
fn ceil(x: &Value) -> PyResult {
    rounding(x, Special::Ceil, f64::ceil)
}
fn floor(x: &Value) -> PyResult {
    rounding(x, Special::Floor, f64::floor)
}
fn trunc(x: &Value) -> PyResult {
    match try_special(x, Special::Trunc, &[]) {
        Some(r) => r,
        None => Err(type_error(format!("type {} doesn't define __trunc__ method", x.ty().full_name()))),
    }
}

fn factorial(n: &Value) -> PyResult {
    Ok(mathint::factorial(index_int(n)?.as_ref())?.into())
}
fn comb(n: &Value, k: &Value) -> PyResult {
    Ok(mathint::comb(index_int(n)?.as_ref(), index_int(k)?.as_ref())?.into())
}
fn perm(n: &Value, k: &Value) -> PyResult {
    if k.is_none() {
        return factorial(n);
    }
    Ok(mathint::perm(index_int(n)?.as_ref(), index_int(k)?.as_ref())?.into())
}
fn isqrt(n: &Value) -> PyResult {
    Ok(int::isqrt(index_int(n)?.as_ref())?.into())
}
fn fold(args: &Value, start: i64, f: fn(IntRef, IntRef) -> Int) -> PyResult {
    let mut acc = Int::from(start);
    for (i, v) in tuple::items(args).iter().enumerate() {
        let n = index_int(v)?;
        acc = if i == 0 { n.abs() } else { f(acc.as_ref(), n.as_ref()) };
    }
    Ok(acc.into())
}
fn gcd(args: &[Value]) -> PyResult {
    fold(args.first().unwrap_or(&NONE), 0, int::gcd)
}
fn lcm(args: &[Value]) -> PyResult {
    fold(args.first().unwrap_or(&NONE), 1, mathint::lcm)
}

fn floats(v: &[Value]) -> PyResult<Vec<f64>> {
    v.iter().map(to_f64).collect()
}
fn hypot(args: &[Value]) -> PyResult {
    let mut v = floats(tuple::items(args.first().unwrap_or(&NONE)))?;
    v.iter_mut().for_each(|x| *x = x.abs());
    Ok(Value::float(sum::vector_norm(&mut v)))
}
fn dist(p: &Value, q: &Value) -> PyResult {
    let (p, q) = (collect(p)?, collect(q)?);
    if p.len() != q.len() {
        return Err(value_error("both points must have the same number of dimensions"));
    }
    let mut v = Vec::with_capacity(p.len());
    for (a, b) in p.iter().zip(&q) {
        v.push((to_f64(a)? - to_f64(b)?).abs());
    }
    Ok(Value::float(sum::vector_norm(&mut v)))
}
fn fsum(seq: &Value) -> PyResult {
    let mut acc = sum::Fsum::default();
    let mut it = Iter::new(seq)?;
    while let Some(x) = it.next()? {
        acc.add(to_f64(&x)?)?;
    }
    Ok(Value::float(acc.total()?))
}
fn prod(seq: &Value, start: &Value) -> PyResult {
    let mut acc = start.clone();
    let mut it = Iter::new(seq)?;
    while let Some(x) = it.next()? {
        acc = number::mul(&acc, &x)?;
    }
    Ok(acc)
}
/// CPython: `math_sumprod_impl`: exact ints and floats are summed apart, anything else through the operators.
fn sumprod(p: &Value, q: &Value) -> PyResult {
    let (mut a, mut b) = (Iter::new(p)?, Iter::new(q)?);
    let mut total = Value::int(0);
    let mut ints = Int::from(0);
    let (mut exact, mut any_float) = (sum::TripleLength::default(), false);
    let flush = |total: &mut Value, ints: &mut Int, exact: &mut sum::TripleLength, any: &mut bool| -> PyResult<()> {
        *total = number::add(total, &std::mem::take(ints).into())?;
        if std::mem::take(any) {
            *total = number::add(total, &Value::float(std::mem::take(exact).total()))?;
        }
        Ok(())
    };
    loop {
        let (x, y) = match (a.next()?, b.next()?) {
            (Some(x), Some(y)) => (x, y),
            (None, None) => break,
            (Some(_), None) | (None, Some(_)) => return Err(value_error("Inputs are not the same length")),
        };
        match (Int::of(&x), Int::of(&y)) {
            (Some(i), Some(j)) if !any_float => {
                ints += i * j;
                continue;
            }
            _ => {}
        }
        let plain = |v: &Value| v.as_inline_float().or_else(|| v.as_inline_int().map(|i| i as f64));
        if (x.as_inline_float().is_some() || y.as_inline_float().is_some() || any_float)
            && let (Some(f), Some(g)) = (plain(&x), plain(&y))
        {
            if !any_float {
                flush(&mut total, &mut ints, &mut exact, &mut any_float)?;
            }
            any_float = true;
            exact = exact.fma(f, g);
            if exact.total().is_finite() {
                continue;
            }
            exact = sum::TripleLength::default();
            any_float = false;
        }
        flush(&mut total, &mut ints, &mut exact, &mut any_float)?;
        total = number::add(&total, &number::mul(&x, &y)?)?;
    }
    flush(&mut total, &mut ints, &mut exact, &mut any_float)?;
    Ok(total)
}

static FUNCTIONS: &[Method] = &[
    Method::new("acos(x, /)", F1(acos)),
    Method::new("acosh(x, /)", F1(acosh)),
    Method::new("asin(x, /)", F1(asin)),
    Method::new("asinh(x, /)", F1(asinh)),
    Method::new("atan(x, /)", F1(atan)),
    Method::new("atan2(y, x, /)", F2(atan2)),
    Method::new("atanh(x, /)", F1(atanh)),
    Method::new("cbrt(x, /)", F1(cbrt)),
    Method::new("ceil(x, /)", F1(ceil)),
    Method::new("comb(n, k, /)", F2(comb)),
    Method::new("copysign(x, y, /)", F2(copysign)),
    Method::new("cos(x, /)", F1(cos)),
    Method::new("cosh(x, /)", F1(cosh)),
    Method::new("degrees(x, /)", F1(degrees)),
    Method::new("dist(p, q, /)", F2(dist)),
    Method::new("erf(x, /)", F1(erf)),
    Method::new("erfc(x, /)", F1(erfc)),
    Method::new("exp(x, /)", F1(exp)),
    Method::new("exp2(x, /)", F1(exp2)),
    Method::new("expm1(x, /)", F1(expm1)),
    Method::new("fabs(x, /)", F1(fabs)),
    Method::new("factorial(n, /)", F1(factorial)),
    Method::new("floor(x, /)", F1(floor)),
    Method::new("fma(x, y, z, /)", F3(fma)),
    Method::new("fmod(x, y, /)", F2(fmod)),
    Method::new("frexp(x, /)", F1(frexp)),
    Method::new("fsum(seq, /)", F1(fsum)),
    Method::new("gamma(x, /)", F1(gamma)),
    Method::new("gcd(*integers)", N(gcd)),
    Method::new("hypot(*coordinates)", N(hypot)),
    Method::new("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", N(isclose)),
    Method::new("isfinite(x, /)", F1(isfinite)),
    Method::new("isinf(x, /)", F1(isinf)),
    Method::new("isnan(x, /)", F1(isnan)),
    Method::new("isqrt(n, /)", F1(isqrt)),
    Method::new("lcm(*integers)", N(lcm)),
    Method::new("ldexp(x, i, /)", F2(ldexp)),
    Method::new("lgamma(x, /)", F1(lgamma)),
    Method::new("log(x, base=..., /)", F2(log)),
    Method::new("log10(x, /)", F1(log10)),
    Method::new("log1p(x, /)", F1(log1p)),
    Method::new("log2(x, /)", F1(log2)),
    Method::new("modf(x, /)", F1(modf)),
    Method::new("nextafter(x, y, /, *, steps=None)", F3(nextafter)),
    Method::new("perm(n, k=None, /)", F2(perm)),
    Method::new("pow(x, y, /)", F2(pow)),
    Method::new("prod(iterable, /, *, start=1)", F2(prod)),
    Method::new("radians(x, /)", F1(radians)),
    Method::new("remainder(x, y, /)", F2(remainder)),
    Method::new("sin(x, /)", F1(sin)),
    Method::new("sinh(x, /)", F1(sinh)),
    Method::new("sqrt(x, /)", F1(sqrt)),
    Method::new("sumprod(p, q, /)", F2(sumprod)),
    Method::new("tan(x, /)", F1(tan)),
    Method::new("tanh(x, /)", F1(tanh)),
    Method::new("trunc(x, /)", F1(trunc)),
    Method::new("ulp(x, /)", F1(ulp)),
];

fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "pi", Value::float(std::f64::consts::PI));
    set_str(m, "e", Value::float(std::f64::consts::E));
    set_str(m, "tau", Value::float(std::f64::consts::TAU));
    set_str(m, "inf", Value::float(f64::INFINITY));
    set_str(m, "nan", Value::float(f64::NAN));
    Ok(())
}

pub static MODULE: NativeModule = NativeModule::new("math", FUNCTIONS, setup);
