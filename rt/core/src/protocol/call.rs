//! Owns: calling any value, with positional and keyword arguments, and calling methods without
//! making bound-method objects.
//! Never: binds parameters; that is `def`.

use crate::def::Args;
use crate::error::{PyResult, type_error};
use crate::name::{Name, StaticName};
use crate::protocol::attr::{self, InlineCache};
use crate::types::class::special::Special;
use crate::types::function::{self, Function};
use crate::value::Value;
use std::mem::{ManuallyDrop, MaybeUninit};

/// `f(args…)`.
#[inline]
pub fn call(f: &Value, args: &[Value]) -> PyResult {
    call_kw(f, args, &[])
}

/// `f(values…, names=values…)`: the last `kw.len()` values belong to the names.
#[inline]
pub fn call_kw(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let ty = f.ty();
    if ty.is_static()
        && let Some(call) = ty.hooks().call
    {
        return call(f, values, kw);
    }
    call_slow(f, values, kw)
}

#[inline(never)]
fn call_slow(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let ty = f.ty();
    match ty.special(Special::Call) {
        Some(c) => {
            let c = c.clone();
            call_special_kw(&c, f, values, kw)
        }
        None => match ty.hooks().call {
            Some(call) => call(f, values, kw),
            None => Err(type_error(format!("'{}' object is not callable", ty.full_name()))),
        },
    }
}

/// How many values are lent in place.
const INLINE: usize = 8;

/// Values put side by side for a call, without counting the references that their owners only lend.
pub struct Lent {
    values: [MaybeUninit<Value>; INLINE],
    len: usize,
}
impl Lent {
    #[inline(always)]
    pub fn new() -> Lent {
        Lent { values: [const { MaybeUninit::uninit() }; INLINE], len: 0 }
    }
    /// False when there is no place for so many.
    #[inline(always)]
    pub fn fits(len: usize) -> bool {
        len <= INLINE
    }
    /// # Safety
    /// `v` outlives `self`, and there is place for it (`fits`).
    #[inline(always)]
    pub unsafe fn push(&mut self, v: &Value) {
        // SAFETY: there is place; the copy does not count and is never dropped.
        unsafe { self.values.as_mut_ptr().add(self.len).write(MaybeUninit::new(ManuallyDrop::into_inner(v.borrowed()))) };
        self.len += 1;
    }
    #[inline(always)]
    pub fn as_slice(&self) -> &[Value] {
        // SAFETY: the first `len` are written.
        unsafe { std::slice::from_raw_parts(self.values.as_ptr() as *const Value, self.len) }
    }
}

/// Calls with `first` before the other values, without counting the references it only lends.
#[inline(always)]
pub fn with_first<R>(first: &Value, rest: &[Value], f: impl FnOnce(&[Value]) -> R) -> R {
    if Lent::fits(rest.len() + 1) {
        let mut all = Lent::new();
        // SAFETY: caller's values outlive the call, and they fit.
        unsafe {
            all.push(first);
            for v in rest {
                all.push(v);
            }
        }
        return f(all.as_slice());
    }
    with_first_of_many(first, rest, f)
}
#[inline(never)]
fn with_first_of_many<R>(first: &Value, rest: &[Value], f: impl FnOnce(&[Value]) -> R) -> R {
    let all: Vec<ManuallyDrop<Value>> = std::iter::once(first).chain(rest).map(Value::borrowed).collect();
    // SAFETY: `ManuallyDrop<Value>` has the layout of `Value`; the copies are not dropped.
    f(unsafe { std::slice::from_raw_parts(all.as_ptr() as *const Value, all.len()) })
}

/// Calls an attribute found on a type with `receiver` as its `self`, binding it as the descriptor
/// protocol would.
pub fn call_special(f: &Value, receiver: &Value, args: &[Value]) -> PyResult {
    call_special_kw(f, receiver, args, &[])
}
pub fn call_special_kw(f: &Value, receiver: &Value, args: &[Value], kw: &[Name]) -> PyResult {
    if let Some(func) = f.downcast_exact::<Function>() {
        return with_first(receiver, args, |all| function::call(func, Args { values: all, kw }));
    }
    if let Some(m) = f.downcast_exact::<function::native::MethodDescr>() {
        return with_first(receiver, args, |all| m.call_checked(all, kw));
    }
    let bound = attr::bind(f, receiver, receiver.ty())?;
    call_kw(&bound, args, kw)
}
/// `f.__call__(args…)` of builtin callables.
pub fn call_first(all: &[Value], kw: &[Name]) -> PyResult {
    match all.split_first() {
        Some((f, values)) => call_kw(f, values, kw),
        None => Err(type_error("descriptor '__call__' needs an argument")),
    }
}
/// Calls the special method `s` of `receiver`'s type when it has one.
pub fn try_special(receiver: &Value, s: Special, args: &[Value]) -> Option<PyResult> {
    let f = receiver.ty().special(s)?;
    if f.is_none() {
        return None;
    }
    let f = f.clone();
    Some(call_special(&f, receiver, args))
}

/// `v.name(args…)`.
pub fn call_method_name(v: &Value, name: Name, args: &[Value]) -> PyResult {
    call_method_kw(v, name, args, &[])
}
/// `v.name(args…)` for a name in a static.
pub fn call_method_static(v: &Value, name: &StaticName, args: &[Value]) -> PyResult {
    call_method_kw(v, name.get(), args, &[])
}
pub fn call_method_kw(v: &Value, name: Name, values: &[Value], kw: &[Name]) -> PyResult {
    match attr::load_method(v, name)? {
        attr::Method::Unbound(f) => call_special_kw(&f, v, values, kw),
        attr::Method::Bound(f) => call_kw(&f, values, kw),
    }
}
/// `v.name(args…)` through a cache at the call site.
#[inline]
pub fn call_method(v: &Value, name: &'static str, ic: &InlineCache, args: &[Value]) -> PyResult {
    call_method_cached(v, name, ic, args, &[])
}
pub fn call_method_cached(v: &Value, name: &'static str, ic: &InlineCache, values: &[Value], kw: &[Name]) -> PyResult {
    match attr::load_method_cached(v, name, ic)? {
        attr::Method::Unbound(f) => call_special_kw(&f, v, values, kw),
        attr::Method::Bound(f) => call_kw(&f, values, kw),
    }
}
