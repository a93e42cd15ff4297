//! Owns: the number operators on values: the inline fast paths, then exact builtin numbers, then the `__op__` protocol.
//! Never: implements a type's own arithmetic (`num`, `types/*`).
//!
//! CPython 3.13: Objects/abstract.c.

pub mod convert;
pub mod dispatch;
pub mod exact;
pub mod ints;

use crate::methods::*;
use crate::types::class::special::Special;
pub use convert::*;
use dispatch::{BinaryOp, binary, inplace, unary};
pub use exact::{Num, num, num_exact};
pub use ints::{float_floordiv, float_mod, float_truediv};

macro_rules! operators {
    ($($konst:ident $f:ident $inplace:ident $fwd:ident $rev:ident $inp:ident $symbol:literal $exact:path;)*) => {
        $(
            pub static $konst: BinaryOp = BinaryOp {
                forward: Special::$fwd, reverse: Special::$rev, inplace: Special::$inp,
                symbol: $symbol, exact: $exact,
            };
        )*
    };
}
operators! {
    ADD add iadd Add Radd Iadd "+" exact::add;
    SUB sub isub Sub Rsub Isub "-" exact::sub;
    MUL mul imul Mul Rmul Imul "*" exact::mul;
    TRUEDIV truediv itruediv TrueDiv Rtruediv Itruediv "/" exact::truediv;
    FLOORDIV floordiv ifloordiv FloorDiv Rfloordiv Ifloordiv "//" exact::floordiv;
    MOD mod_ imod Mod Rmod Imod "%" exact::modulo;
    LSHIFT lshift ilshift LShift Rlshift Ilshift "<<" exact::lshift;
    RSHIFT rshift irshift RShift Rrshift Irshift ">>" exact::rshift;
    AND and_ iand And Rand Iand "&" exact::and;
    OR or_ ior Or Ror Ior "|" exact::or;
    XOR xor ixor Xor Rxor Ixor "^" exact::xor;
    MATMUL matmul imatmul MatMul Rmatmul Imatmul "@" exact::none;
    DIVMOD divmod idivmod DivMod Rdivmod DivMod "divmod()" exact::divmod;
    POW pow ipow Pow Rpow Ipow "** or pow()" exact::pow;
}

/// An operator whose fast path is a checked operation on inline integers and a plain one on inline floats.
macro_rules! arithmetic {
    ($f:ident $inplace:ident $slow:ident $konst:ident $checked:ident $float:tt) => {
        #[inline(always)]
        pub fn $f(a: &Value, b: &Value) -> PyResult {
            if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int()) {
                if let Some(r) = x.$checked(y) {
                    return Ok(Value::int(r));
                }
            } else if let (Some(x), Some(y)) = (a.as_inline_float(), b.as_inline_float()) {
                return Ok(Value::float(x $float y));
            }
            $slow(a, b)
        }
        #[inline(never)]
        fn $slow(a: &Value, b: &Value) -> PyResult {
            binary(a, b, &$konst)
        }
        #[inline(always)]
        pub fn $inplace(a: &mut Value, b: &Value) -> PyResult<()> {
            if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int())
                && let Some(r) = x.$checked(y)
            {
                *a = Value::int(r);
                return Ok(());
            }
            inplace(a, b, &$konst)
        }
    };
}
arithmetic!(add iadd_number add_slow ADD checked_add +);
arithmetic!(sub isub sub_slow SUB checked_sub -);
arithmetic!(mul imul mul_slow MUL checked_mul *);

/// `a += b`; a uniquely owned str grows in place.
#[inline(always)]
pub fn iadd(a: &mut Value, b: &Value) -> PyResult<()> {
    if a.is_obj() {
        return iadd_object(a, b);
    }
    iadd_number(a, b)
}
#[inline(never)]
fn iadd_object(a: &mut Value, b: &Value) -> PyResult<()> {
    if append_str(a, b) {
        return Ok(());
    }
    inplace(a, b, &ADD)
}

/// Appends to a str in place when `a` is its only reference.
fn append_str(a: &mut Value, b: &Value) -> bool {
    use crate::types::str::Str;
    let Some(text) = b.downcast_exact::<Str>() else { return false };
    if a.downcast_exact::<Str>().is_none() || !a.is_unique() {
        return false;
    }
    // SAFETY: `a` is an exact str (checked above) and holds its only reference, which is borrowed mutably here.
    let body = unsafe { &mut (*(a.bits() as *mut crate::object::Object<Str>)).body };
    body.push(text);
    true
}

macro_rules! plain {
    ($($f:ident $inplace:ident $konst:ident;)*) => {
        $(
            #[inline(never)]
            pub fn $f(a: &Value, b: &Value) -> PyResult {
                binary(a, b, &$konst)
            }
            #[inline(never)]
            pub fn $inplace(a: &mut Value, b: &Value) -> PyResult<()> {
                inplace(a, b, &$konst)
            }
        )*
    };
}
plain! {
    truediv_slow itruediv TRUEDIV;
    floordiv_slow ifloordiv FLOORDIV;
    mod_slow imod MOD;
    lshift ilshift LSHIFT;
    rshift irshift RSHIFT;
    and_slow iand AND;
    or_slow ior OR;
    xor_slow ixor XOR;
    matmul imatmul MATMUL;
    divmod idivmod DIVMOD;
    pow_slow ipow POW;
}

#[inline(always)]
pub fn truediv(a: &Value, b: &Value) -> PyResult {
    if let (Some(x), Some(y)) = (a.as_inline_float(), b.as_inline_float())
        && y != 0.0
    {
        return Ok(Value::float(x / y));
    }
    truediv_slow(a, b)
}
#[inline(always)]
pub fn floordiv(a: &Value, b: &Value) -> PyResult {
    if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int())
        && y > 0
    {
        return Ok(Value::int(x.div_euclid(y)));
    }
    floordiv_slow(a, b)
}
#[inline(always)]
pub fn mod_(a: &Value, b: &Value) -> PyResult {
    if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int())
        && y > 0
    {
        return Ok(Value::int(x.rem_euclid(y)));
    }
    mod_slow(a, b)
}
#[inline(always)]
pub fn and_(a: &Value, b: &Value) -> PyResult {
    if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int()) {
        return Ok(Value::int(x & y));
    }
    and_slow(a, b)
}
#[inline(always)]
pub fn or_(a: &Value, b: &Value) -> PyResult {
    if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int()) {
        return Ok(Value::int(x | y));
    }
    or_slow(a, b)
}
#[inline(always)]
pub fn xor(a: &Value, b: &Value) -> PyResult {
    if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int()) {
        return Ok(Value::int(x ^ y));
    }
    xor_slow(a, b)
}
/// `a ** b`.
#[inline]
pub fn pow(a: &Value, b: &Value) -> PyResult {
    pow_slow(a, b)
}

/// `pow(a, b, m)`; `m` None is `a ** b`. CPython: `ternary_op`.
pub fn pow3(a: &Value, b: &Value, m: &Value) -> PyResult {
    if m.is_none() {
        return pow(a, b);
    }
    if let (Some(x), Some(y), Some(z)) = (convert::int_ref(a), convert::int_ref(b), convert::int_ref(m)) {
        return Ok(crate::num::int::pow_mod(x, y, z)?.into());
    }
    let native = |v: &Value| v.ty().special_is_native(Special::Pow);
    if !native(a)
        && let Some(r) = crate::protocol::call::try_special(a, Special::Pow, &[b.clone(), m.clone()])
    {
        let r = r?;
        if !crate::types::none::is_not_implemented(&r) {
            return Ok(r);
        }
    }
    if native(a) {
        match (num(a), num(b), num(m)) {
            (Some(Num::Complex(_)), Some(_), Some(_)) | (Some(_), Some(Num::Complex(_)), Some(_)) | (Some(_), Some(_), Some(Num::Complex(_))) => {
                return Err(crate::error::value_error("complex modulo"));
            }
            (Some(Num::Float(_)), Some(_), _) | (Some(_), Some(Num::Float(_)), _) | (Some(_), Some(_), Some(Num::Float(_))) => {
                return Err(crate::error::type_error("pow() 3rd argument not allowed unless all arguments are integers"));
            }
            _ => {}
        }
    }
    let names = [a, b, m].map(|v| v.ty().full_name());
    Err(crate::error::type_error(format!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        names[0], names[1], names[2]
    )))
}

#[inline]
pub fn neg(a: &Value) -> PyResult {
    if let Some(x) = a.as_inline_int()
        && let Some(r) = x.checked_neg()
    {
        return Ok(Value::int(r));
    }
    match num_exact(a) {
        Some(Num::Int(i)) => Ok(crate::num::int::neg(i).into()),
        Some(Num::Float(f)) => Ok(Value::float(-f)),
        Some(Num::Complex(c)) => Ok(crate::num::complex::neg(c).into()),
        None => unary(a, Special::Neg, "unary -"),
    }
}
#[inline]
pub fn pos(a: &Value) -> PyResult {
    match num_exact(a) {
        Some(Num::Int(i)) => Ok(i.to_int().into()),
        Some(Num::Float(f)) => Ok(Value::float(f)),
        Some(Num::Complex(c)) => Ok(c.into()),
        None => unary(a, Special::Pos, "unary +"),
    }
}
#[inline]
pub fn invert(a: &Value) -> PyResult {
    if a.as_bool().is_some() {
        crate::warn::deprecated(
            "Bitwise inversion '~' on bool is deprecated. This returns the bitwise inversion of the underlying int object and is usually not what you expect from the negation of a bool. Use the 'not' operator for boolean negation or ~int(x) for the bitwise inversion of the underlying int.",
        )?;
    }
    match num_exact(a) {
        Some(Num::Int(i)) => Ok(crate::num::int::invert(i).into()),
        Some(Num::Float(_) | Num::Complex(_)) | None => unary(a, Special::Invert, "unary ~"),
    }
}
/// `abs(a)`.
pub fn abs(a: &Value) -> PyResult {
    match num_exact(a) {
        Some(Num::Int(i)) => Ok(crate::num::int::abs(i).into()),
        Some(Num::Float(f)) => Ok(Value::float(f.abs())),
        Some(Num::Complex(c)) => Ok(Value::float(crate::num::complex::abs(c)?)),
        None => unary(a, Special::Abs, "abs()"),
    }
}
