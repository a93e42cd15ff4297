//! Owns: the `cmath` module: arguments in, `num::cmath` called. Never: the mathematics.
//!
//! CPython 3.13: Modules/cmathmodule.c.

use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::num::cmath as algo;
use rtcore::num::complex::{self, Complex};
use rtcore::protocol::number::to_f64;
use rtcore::types::complex::to_complex;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;

fn arg(v: &Value) -> PyResult<Complex> {
    match to_complex(v)? {
        Some(c) => Ok(c),
        None => Err(type_error(format!("must be real number, not {}", v.ty().full_name()))),
    }
}

macro_rules! plain {
    ($($f:ident $call:path;)*) => {
        $(fn $f(z: &Value) -> PyResult {
            Ok($call(arg(z)?).into())
        })*
    };
}
plain! { acos algo::acos; acosh algo::acosh; asin algo::asin; asinh algo::asinh; sqrt algo::sqrt; }
macro_rules! checked {
    ($($f:ident $call:path;)*) => {
        $(fn $f(z: &Value) -> PyResult {
            Ok($call(arg(z)?)?.into())
        })*
    };
}
checked! {
    atan algo::atan; atanh algo::atanh; cos algo::cos; cosh algo::cosh; exp algo::exp; log10 algo::log10;
    sin algo::sin; sinh algo::sinh; tan algo::tan; tanh algo::tanh;
}
fn log(z: &Value, base: &Value) -> PyResult {
    let r = algo::log(arg(z)?)?;
    if base.is_unbound() {
        return Ok(r.into());
    }
    Ok(complex::div(r, algo::log(arg(base)?)?)?.into())
}
fn phase(z: &Value) -> PyResult {
    Ok(Value::float(algo::phase(arg(z)?)))
}
fn polar(z: &Value) -> PyResult {
    let z = arg(z)?;
    let r = match complex::abs(z) {
        Ok(r) => r,
        Err(_) => return Err(rtcore::error::overflow_error("math range error")),
    };
    Ok(tuple::new(vec![Value::float(r), Value::float(algo::phase(z))]))
}
fn rect(r: &Value, phi: &Value) -> PyResult {
    Ok(algo::rect(to_f64(r)?, to_f64(phi)?)?.into())
}
fn isfinite(z: &Value) -> PyResult {
    let z = arg(z)?;
    Ok(Value::bool(z.re.is_finite() && z.im.is_finite()))
}
fn isinf(z: &Value) -> PyResult {
    let z = arg(z)?;
    Ok(Value::bool(z.re.is_infinite() || z.im.is_infinite()))
}
fn isnan(z: &Value) -> PyResult {
    let z = arg(z)?;
    Ok(Value::bool(z.re.is_nan() || z.im.is_nan()))
}
fn isclose(a: &[Value]) -> PyResult {
    let [x, y, rel, abs] = a else { return Ok(NONE) };
    Ok(Value::bool(algo::isclose(arg(x)?, arg(y)?, to_f64(rel)?, to_f64(abs)?)?))
}

static FUNCTIONS: &[Method] = &[
    Method::new("acos(z, /)", F1(acos)),
    Method::new("acosh(z, /)", F1(acosh)),
    Method::new("asin(z, /)", F1(asin)),
    Method::new("asinh(z, /)", F1(asinh)),
    Method::new("atan(z, /)", F1(atan)),
    Method::new("atanh(z, /)", F1(atanh)),
    Method::new("cos(z, /)", F1(cos)),
    Method::new("cosh(z, /)", F1(cosh)),
    Method::new("exp(z, /)", F1(exp)),
    Method::new("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", N(isclose)),
    Method::new("isfinite(z, /)", F1(isfinite)),
    Method::new("isinf(z, /)", F1(isinf)),
    Method::new("isnan(z, /)", F1(isnan)),
    Method::new("log(z, base=..., /)", F2(log)),
    Method::new("log10(z, /)", F1(log10)),
    Method::new("phase(z, /)", F1(phase)),
    Method::new("polar(z, /)", F1(polar)),
    Method::new("rect(r, phi, /)", F2(rect)),
    Method::new("sin(z, /)", F1(sin)),
    Method::new("sinh(z, /)", F1(sinh)),
    Method::new("sqrt(z, /)", F1(sqrt)),
    Method::new("tan(z, /)", F1(tan)),
    Method::new("tanh(z, /)", F1(tanh)),
];

fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "pi", Value::float(std::f64::consts::PI));
    set_str(m, "e", Value::float(std::f64::consts::E));
    set_str(m, "tau", Value::float(std::f64::consts::TAU));
    set_str(m, "inf", Value::float(f64::INFINITY));
    set_str(m, "nan", Value::float(f64::NAN));
    set_str(m, "infj", complex::new(0.0, f64::INFINITY).into());
    set_str(m, "nanj", complex::new(0.0, f64::NAN).into());
    Ok(())
}

pub static MODULE: NativeModule = NativeModule::new("cmath", FUNCTIONS, setup);
