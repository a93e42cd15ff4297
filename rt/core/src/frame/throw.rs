//! Owns: the arguments of `throw()` in its three forms.
//! Never: throws.
//! Source: CPython 3.13, Objects/genobject.c (`_gen_throw`, `gen_throw`).

use crate::error::hierarchy::{self, DEPRECATION_WARNING, is_exception};
use crate::error::{PyResult, type_error};
use crate::types::class::TypeFlags;
use crate::value::Value;

/// The exception instance that `throw(typ[, val[, tb]])` throws; `args` are without `self`.
pub fn exception(args: &[Value]) -> PyResult {
    let (typ, val, tb) = match args {
        [t] => (t, None, None),
        [t, v] => (t, Some(v), None),
        [t, v, tb] => (t, Some(v), Some(tb)),
        [] => return Err(type_error("throw expected at least 1 argument, got 0")),
        more => return Err(type_error(format!("throw expected at most 3 arguments, got {}", more.len()))),
    };
    if args.len() > 1 {
        let text = "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
        crate::warn::warn(&DEPRECATION_WARNING, text, 1)?;
    }
    let val = val.filter(|v| !v.is_none());
    let tb = tb.filter(|t| !t.is_none());
    if let Some(t) = tb
        && !crate::error::traceback::is_traceback(t)
    {
        return Err(type_error("throw() third argument must be a traceback object"));
    }
    let exc = if let Some(t) = typ.as_type()
        && t.has_flag(TypeFlags::EXCEPTION)
    {
        match val {
            Some(v) if is_exception(v) && v.ty().is_subtype(t) => v.clone(),
            Some(v) => {
                let args = crate::types::tuple::items(v);
                let made = if crate::types::tuple::is_tuple(v) { crate::protocol::call::call(typ, args)? } else { crate::protocol::call::call(typ, std::slice::from_ref(v))? };
                checked(made)?
            }
            None => hierarchy::from_raise_operand(typ)?,
        }
    } else if is_exception(typ) {
        if val.is_some() {
            return Err(type_error("instance exception may not have a separate value"));
        }
        typ.clone()
    } else {
        return Err(type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            typ.ty().full_name()
        )));
    };
    if let (Some(t), Some(e)) = (tb, hierarchy::body(&exc)) {
        drop(e.traceback.replace(t.clone()));
    }
    Ok(exc)
}

fn checked(v: Value) -> PyResult {
    if is_exception(&v) { Ok(v) } else { Err(type_error("exceptions must derive from BaseException")) }
}
