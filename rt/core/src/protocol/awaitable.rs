//! Owns: what an `await` or `yield from` delegates to: resolving `__await__`, `iter`, and the rules
//! about which objects may be awaited.
//! Never: drives; that is `frame`.
//! Source: CPython 3.13, Objects/genobject.c (`_PyCoro_GetAwaitableIter`), Python/ceval.c.
//!
//! Natively awaitable builtin types (asyncio's Future, async generator steps) set `Hooks::resume`:
//! the object is its own awaiter, no iterator is made for it. The hook always finds the slot full:
//! SEND (of None when `first`), THROW or EXIT. It takes the slot, then either puts OUT and returns
//! `Pending`, or returns the result. `first` is true for the first poll of an `await`.

use crate::def::Kind;
use crate::error::{PyResult, runtime_error, type_error};
use crate::frame::header::{Frame, State, flags};
use crate::gil::{Gil, GilCell};
use crate::protocol::call::call_special;
use crate::types::class::special::Special;
use crate::value::Value;
use std::cell::Cell;
use std::task::Poll;

/// Resumes a natively awaitable object; see the module's description.
pub type Resume = fn(&Value, bool) -> Poll<PyResult>;

/// What the delegation stands in the program for: decides rules and texts.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    Await,
    Aenter,
    Aexit,
    Anext,
    YieldFrom,
}

/// `types.coroutine` has been used, so a plain generator may be one that can await.
pub static GENERATOR_COROUTINES: GilCell<bool> = Gil::new(Cell::new(false));

/// The object to drive for `v`.
pub fn get(v: Value, wanted: Wanted) -> PyResult {
    if wanted != Wanted::Anext {
        return resolve(v, wanted);
    }
    let name = v.ty().full_name();
    resolve(v, wanted).map_err(|r| invalid_anext(r, &name))
}
/// Source: CPython 3.13, Python/bytecodes.c (GET_ANEXT, `_PyErr_FormatFromCause`).
#[cold]
fn invalid_anext(r: crate::error::Raised, name: &str) -> crate::error::Raised {
    use crate::error::{hierarchy, set_pending, take};
    let cause = take(r);
    let text = format!("'async for' received an invalid object from __anext__: {name}");
    let exc = hierarchy::instance(&hierarchy::TYPE_ERROR, text);
    if let Some(e) = hierarchy::body(&exc) {
        e.set_cause(cause.clone());
        drop(e.context.replace(cause));
    }
    set_pending(exc)
}
fn resolve(v: Value, wanted: Wanted) -> PyResult {
    let frame = v.downcast::<Frame>();
    if wanted == Wanted::YieldFrom {
        return match frame.map(Frame::kind) {
            Some(Kind::Generator) => Ok(v),
            Some(Kind::Coroutine) if GENERATOR_COROUTINES.get() => Ok(v),
            Some(Kind::Coroutine) => Err(type_error("cannot 'yield from' a coroutine object in a non-coroutine generator")),
            Some(Kind::AsyncGenerator | Kind::Function) | None => crate::protocol::iter::iter(&v),
        };
    }
    match frame {
        Some(f) if f.kind() == Kind::Coroutine => {
            if f.state() == State::Suspended {
                return Err(runtime_error("coroutine is being awaited already"));
            }
            return Ok(v);
        }
        Some(f) if f.flag(flags::ITERABLE_COROUTINE) => return Ok(v),
        Some(_) | None => {}
    }
    let ty = v.ty();
    if ty.is_static() && ty.hooks().resume.is_some() && ty.special(Special::Await).is_some() {
        return Ok(v);
    }
    let Some(method) = ty.special(Special::Await).cloned() else {
        return Err(unawaitable(&v, wanted));
    };
    let it = call_special(&method, &v, &[])?;
    if let Some(f) = it.downcast::<Frame>()
        && (f.kind() == Kind::Coroutine || f.flag(flags::ITERABLE_COROUTINE))
    {
        return Err(type_error("__await__() returned a coroutine"));
    }
    let t = it.ty();
    if t.hooks().next.is_none() && t.special(Special::Next).is_none() {
        return Err(type_error(format!("__await__() returned non-iterator of type '{}'", t.full_name())));
    }
    Ok(it)
}

/// Source: CPython 3.13, Python/ceval.c, `_PyEval_FormatAwaitableError`.
fn unawaitable(v: &Value, wanted: Wanted) -> crate::error::Raised {
    let name = v.ty().full_name();
    type_error(match wanted {
        Wanted::Await | Wanted::YieldFrom | Wanted::Anext => format!("object {name} can't be used in 'await' expression"),
        Wanted::Aenter => format!("'async with' received an object from __aenter__ that does not implement __await__: {name}"),
        Wanted::Aexit => format!("'async with' received an object from __aexit__ that does not implement __await__: {name}"),
    })
}

/// True for what `inspect.isawaitable` accepts.
pub fn is_awaitable(v: &Value) -> bool {
    match v.downcast::<Frame>() {
        Some(f) => f.kind() == Kind::Coroutine || f.flag(flags::ITERABLE_COROUTINE),
        None => v.ty().special(Special::Await).is_some(),
    }
}
/// True for a coroutine object.
pub fn is_coroutine(v: &Value) -> bool {
    v.downcast::<Frame>().is_some_and(|f| f.kind() == Kind::Coroutine)
}
