//! Owns: the `__op__`/`__rop__`/`__iop__` protocol and its TypeErrors. Never: a fast path.
//!
//! CPython 3.13: Objects/abstract.c (binary_op1, PyNumber_Add, PyNumber_InPlaceAdd), Objects/typeobject.c (SLOT1BINFULL).

use super::exact::{Answer, Num, num_exact};
use super::{ADD, AND, MOD, MUL, OR, XOR};
use crate::error::type_error;
use crate::methods::*;
use crate::protocol::call::{call_special, try_special};
use crate::types::class::special::Special;
use crate::types::str::Str;
use crate::types::none::{is_not_implemented, not_implemented};

/// A binary operator: its special methods, its name in messages and its meaning on builtin numbers.
pub struct BinaryOp {
    pub forward: Special,
    pub reverse: Special,
    pub inplace: Special,
    pub symbol: &'static str,
    pub exact: fn(Num, Num) -> Answer,
}

fn is(a: &BinaryOp, b: &'static BinaryOp) -> bool {
    std::ptr::eq(a, b)
}

/// `a op b`.
pub fn binary(a: &Value, b: &Value, op: &'static BinaryOp) -> PyResult {
    if let Some(r) = exact(a, b, op) {
        return r;
    }
    if is(op, &ADD)
        && let (Some(x), Some(y)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>())
    {
        return Ok(object::new(&crate::types::str::STR, x.concat(y)));
    }
    let r = protocol(a, b, op)?;
    if !is_not_implemented(&r) {
        return Ok(r);
    }
    if let Some(r) = sequence(a, b, op) {
        return r;
    }
    Err(unsupported(a, b, op.symbol, op))
}

#[inline]
fn exact(a: &Value, b: &Value, op: &'static BinaryOp) -> Option<PyResult> {
    let (x, y) = (num_exact(a)?, num_exact(b)?);
    if let (Some(p), Some(q)) = (a.as_bool(), b.as_bool()) {
        if is(op, &AND) {
            return Some(Ok(Value::bool(p & q)));
        }
        if is(op, &OR) {
            return Some(Ok(Value::bool(p | q)));
        }
        if is(op, &XOR) {
            return Some(Ok(Value::bool(p ^ q)));
        }
    }
    (op.exact)(x, y)
}

/// True when the type's `+` and `*` are those of a sequence: CPython tries them after the operands' number methods.
/// Such builtin types have `__add__` (or `__mul__`) but no `__radd__`.
fn is_sequence_slot(ty: &'static Type, op: &'static BinaryOp) -> bool {
    if !(is(op, &ADD) || is(op, &MUL)) {
        return false;
    }
    let Some(add) = ty.special(Special::Add) else { return false };
    ty.special_is_native(op.forward)
        && add.downcast_exact::<crate::types::function::native::MethodDescr>().is_some()
        && ty.special(Special::Radd).is_none()
}

/// The operands' number methods, in CPython's order; NotImplemented when none answers.
fn protocol(a: &Value, b: &Value, op: &'static BinaryOp) -> PyResult {
    let (ta, tb) = (a.ty(), b.ty());
    let forward = if is_sequence_slot(ta, op) { None } else { ta.special(op.forward) };
    let same = std::ptr::eq(ta, tb);
    let reverse = if same || is_sequence_slot(tb, op) { None } else { tb.special(op.reverse) };
    // A subclass's own reflected method goes first.
    let first = match reverse {
        Some(r) if tb.is_subtype(ta) => {
            let inherited = ta.special(op.reverse);
            !inherited.is_some_and(|i| i.is(r))
        }
        Some(_) | None => false,
    };
    let call = |f: &Value, recv: &Value, arg: &Value| -> PyResult {
        if f.is_none() {
            return Err(type_error("'NoneType' object is not callable"));
        }
        let f = f.clone();
        call_special(&f, recv, std::slice::from_ref(arg))
    };
    if first && let Some(r) = reverse {
        let v = call(r, b, a)?;
        if !is_not_implemented(&v) {
            return Ok(v);
        }
    }
    if let Some(f) = forward {
        let v = call(f, a, b)?;
        if !is_not_implemented(&v) {
            return Ok(v);
        }
    }
    if !first && let Some(r) = reverse {
        return call(r, b, a);
    }
    Ok(not_implemented())
}

/// Concatenation and repetition, after the number methods have declined.
fn sequence(a: &Value, b: &Value, op: &'static BinaryOp) -> Option<PyResult> {
    if is(op, &ADD) {
        if !is_sequence_slot(a.ty(), op) {
            return None;
        }
        let r = try_special(a, Special::Add, std::slice::from_ref(b))?;
        return Some(match r {
            Ok(v) if is_not_implemented(&v) => {
                let (x, y) = (a.ty().full_name(), b.ty().full_name());
                Err(type_error(format!("can only concatenate {x} (not \"{y}\") to {x}")))
            }
            other => other,
        });
    }
    if is(op, &MUL) {
        let (seq, times) = if is_sequence_slot(a.ty(), op) {
            (a, b)
        } else if is_sequence_slot(b.ty(), op) {
            (b, a)
        } else {
            return None;
        };
        if times.ty().special(Special::Index).is_none() {
            let got = times.ty().full_name();
            return Some(Err(type_error(format!("can't multiply sequence by non-int of type '{got}'"))));
        }
        return try_special(seq, Special::Mul, std::slice::from_ref(times));
    }
    None
}

/// `a op= b`.
pub fn inplace(a: &mut Value, b: &Value, op: &'static BinaryOp) -> PyResult<()> {
    if let Some(r) = exact(a, b, op) {
        *a = r?;
        return Ok(());
    }
    let in_sequence = is_sequence_slot(a.ty(), op);
    if !in_sequence
        && op.inplace != op.forward
        && let Some(r) = try_special(a, op.inplace, std::slice::from_ref(b))
    {
        let r = r?;
        if !is_not_implemented(&r) {
            *a = r;
            return Ok(());
        }
    }
    let mut r = protocol(a, b, op)?;
    if is_not_implemented(&r)
        && in_sequence
        && a.ty().special(op.inplace).is_some()
    {
        if is(op, &MUL) && b.ty().special(Special::Index).is_none() {
            let got = b.ty().full_name();
            return Err(type_error(format!("can't multiply sequence by non-int of type '{got}'")));
        }
        if let Some(x) = try_special(a, op.inplace, std::slice::from_ref(b)) {
            r = x?;
        }
    }
    if is_not_implemented(&r) {
        r = match sequence(a, b, op) {
            Some(x) => x?,
            None => return Err(unsupported(a, b, inplace_symbol(op), op)),
        };
    }
    *a = r;
    Ok(())
}

fn inplace_symbol(op: &'static BinaryOp) -> &'static str {
    match op.symbol {
        "+" => "+=",
        "-" => "-=",
        "*" => "*=",
        "/" => "/=",
        "//" => "//=",
        "%" => "%=",
        "<<" => "<<=",
        ">>" => ">>=",
        "&" => "&=",
        "|" => "|=",
        "^" => "^=",
        "@" => "@=",
        "** or pow()" => "**=",
        other => other,
    }
}

#[cold]
fn unsupported(a: &Value, b: &Value, symbol: &str, op: &'static BinaryOp) -> Raised {
    let (x, y) = (a.ty().full_name(), b.ty().full_name());
    let hint = if op.symbol == ">>"
        && a.downcast::<crate::types::function::native::Builtin>().is_some_and(|f| f.method.name() == "print")
    {
        ". Did you mean \"print(<message>, file=<output_stream>)\"?"
    } else {
        ""
    };
    debug_assert!(!is(op, &MOD) || op.symbol == "%");
    type_error(format!("unsupported operand type(s) for {symbol}: '{x}' and '{y}'{hint}"))
}

/// A unary operator through its special method.
pub fn unary(a: &Value, s: Special, what: &str) -> PyResult {
    match try_special(a, s, &[]) {
        Some(r) => r,
        None => Err(type_error(format!("bad operand type for {what}: '{}'", a.ty().full_name()))),
    }
}
