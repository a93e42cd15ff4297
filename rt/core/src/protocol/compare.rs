//! Owns: rich comparison: fast paths for builtin numbers and str, then the `__lt__`… protocol; the forms that containers
//! use (identity first). Never: orders types by name.
//!
//! CPython 3.13: Objects/object.c (do_richcompare, PyObject_RichCompareBool).

use crate::error::type_error;
use crate::methods::*;
use crate::num::int;
use crate::protocol::call::call_special;
use crate::protocol::number::{Num, num_exact};
use crate::protocol::sequence::truth;
use crate::types::class::special::Special;
use crate::types::none::{is_not_implemented, not_implemented};
use crate::types::str::Str;
use std::cmp::Ordering;

/// A comparison operator.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Cmp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl Cmp {
    pub fn special(self) -> Special {
        match self {
            Cmp::Lt => Special::Lt,
            Cmp::Le => Special::Le,
            Cmp::Eq => Special::Eq,
            Cmp::Ne => Special::Ne,
            Cmp::Gt => Special::Gt,
            Cmp::Ge => Special::Ge,
        }
    }
    /// The operator of a comparison method; `==` for anything else.
    pub fn of(s: Special) -> Cmp {
        let all = [Cmp::Lt, Cmp::Le, Cmp::Ne, Cmp::Gt, Cmp::Ge];
        all.into_iter().find(|c| c.special() == s).unwrap_or(Cmp::Eq)
    }
    /// The operator with its operands exchanged.
    pub fn swapped(self) -> Cmp {
        match self {
            Cmp::Lt => Cmp::Gt,
            Cmp::Le => Cmp::Ge,
            Cmp::Eq => Cmp::Eq,
            Cmp::Ne => Cmp::Ne,
            Cmp::Gt => Cmp::Lt,
            Cmp::Ge => Cmp::Le,
        }
    }
    pub fn symbol(self) -> &'static str {
        match self {
            Cmp::Lt => "<",
            Cmp::Le => "<=",
            Cmp::Eq => "==",
            Cmp::Ne => "!=",
            Cmp::Gt => ">",
            Cmp::Ge => ">=",
        }
    }
    /// The answer for an ordering; `None` is unordered (NaN).
    #[inline(always)]
    pub fn holds(self, o: Option<Ordering>) -> bool {
        match self {
            Cmp::Lt => o == Some(Ordering::Less),
            Cmp::Le => matches!(o, Some(Ordering::Less | Ordering::Equal)),
            Cmp::Eq => o == Some(Ordering::Equal),
            Cmp::Ne => o != Some(Ordering::Equal),
            Cmp::Gt => o == Some(Ordering::Greater),
            Cmp::Ge => matches!(o, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

/// Compares builtin numbers; `None` when they are none or the operator does not order them.
pub fn numbers(a: Num, b: Num, op: Cmp) -> Option<bool> {
    let order = match (a, b) {
        (Num::Int(x), Num::Int(y)) => Some(int::cmp(x, y)),
        (Num::Float(x), Num::Float(y)) => x.partial_cmp(&y),
        (Num::Int(x), Num::Float(y)) => int::cmp_float(x, y),
        (Num::Float(x), Num::Int(y)) => int::cmp_float(y, x).map(Ordering::reverse),
        (Num::Complex(z), other) | (other, Num::Complex(z)) => {
            let equal = match other {
                Num::Complex(w) => z == w,
                Num::Float(f) => z.im == 0.0 && z.re == f,
                Num::Int(i) => z.im == 0.0 && int::cmp_float(i, z.re) == Some(Ordering::Equal),
            };
            return match op {
                Cmp::Eq => Some(equal),
                Cmp::Ne => Some(!equal),
                Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge => None,
            };
        }
    };
    Some(op.holds(order))
}

/// The answer for exact builtin numbers and strs, which no method can change.
#[inline]
fn exact(a: &Value, b: &Value, op: Cmp) -> Option<bool> {
    if let (Some(x), Some(y)) = (num_exact(a), num_exact(b)) {
        return numbers(x, y, op);
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        return Some(match op {
            Cmp::Eq => a.is(b) || x == y,
            Cmp::Ne => !a.is(b) && x != y,
            Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge => op.holds(Some(x.cmp(y))),
        });
    }
    None
}

/// `compare` by the number of the comparison method.
pub fn rich(s: Special, a: &Value, b: &Value) -> PyResult {
    compare(a, b, Cmp::of(s))
}

/// `a op b` as a value: what the `__op__` methods return, truth not taken.
pub fn compare(a: &Value, b: &Value, op: Cmp) -> PyResult {
    if let Some(r) = exact(a, b, op) {
        return Ok(Value::bool(r));
    }
    let (ta, tb) = (a.ty(), b.ty());
    let mut reflected_done = false;
    if !std::ptr::eq(ta, tb)
        && tb.is_subtype(ta)
        && let Some(f) = tb.special(op.swapped().special())
    {
        reflected_done = true;
        let f = f.clone();
        let r = call_special(&f, b, std::slice::from_ref(a))?;
        if !is_not_implemented(&r) {
            return Ok(r);
        }
    }
    if let Some(r) = method(a, b, op)? {
        return Ok(r);
    }
    if !reflected_done && let Some(r) = method(b, a, op.swapped())? {
        return Ok(r);
    }
    match op {
        Cmp::Eq => Ok(Value::bool(a.is(b))),
        Cmp::Ne => Ok(Value::bool(!a.is(b))),
        Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge => Err(unordered(a, b, op)),
    }
}

fn method(a: &Value, b: &Value, op: Cmp) -> PyResult<Option<Value>> {
    let Some(f) = a.ty().special(op.special()) else { return Ok(None) };
    if f.is_none() {
        return Err(type_error("'NoneType' object is not callable"));
    }
    let f = f.clone();
    let r = call_special(&f, a, std::slice::from_ref(b))?;
    Ok(if is_not_implemented(&r) { None } else { Some(r) })
}

#[cold]
fn unordered(a: &Value, b: &Value, op: Cmp) -> Raised {
    type_error(format!(
        "'{}' not supported between instances of '{}' and '{}'",
        op.symbol(),
        a.ty().full_name(),
        b.ty().full_name()
    ))
}

/// `bool(a op b)`.
pub fn test(a: &Value, b: &Value, op: Cmp) -> PyResult<bool> {
    if let Some(r) = exact(a, b, op) {
        return Ok(r);
    }
    let r = compare(a, b, op)?;
    match r.as_bool() {
        Some(t) => Ok(t),
        None => truth(&r),
    }
}
#[inline(never)]
fn test_slow(a: &Value, b: &Value, op: Cmp) -> PyResult<bool> {
    test(a, b, op)
}

macro_rules! comparisons {
    ($($f:ident $value:ident $op:ident $sym:tt;)*) => {
        $(
            /// The truth of the comparison.
            #[inline(always)]
            pub fn $f(a: &Value, b: &Value) -> PyResult<bool> {
                if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int()) {
                    return Ok(x $sym y);
                }
                if let (Some(x), Some(y)) = (a.as_inline_float(), b.as_inline_float()) {
                    return Ok(x $sym y);
                }
                test_slow(a, b, Cmp::$op)
            }
            /// The comparison as a value (an `__op__` may return anything).
            #[inline]
            pub fn $value(a: &Value, b: &Value) -> PyResult {
                if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int()) {
                    return Ok(Value::bool(x $sym y));
                }
                compare(a, b, Cmp::$op)
            }
        )*
    };
}
comparisons! {
    eq eq_value Eq ==;
    ne ne_value Ne !=;
    lt lt_value Lt <;
    le le_value Le <=;
    gt gt_value Gt >;
    ge ge_value Ge >=;
}

/// `a is b or a == b`, as containers compare their items.
#[inline]
pub fn same(a: &Value, b: &Value) -> PyResult<bool> {
    if a.is(b) {
        return Ok(true);
    }
    eq(a, b)
}

/// For tables of types that order by a Rust ordering: the answer as a value.
pub fn ordered(o: Option<Ordering>, op: Cmp) -> PyResult {
    Ok(Value::bool(op.holds(o)))
}
/// For tables: "not these operands".
pub fn declined() -> PyResult {
    Ok(not_implemented())
}
