//! Owns: small conveniences over the core that the modules of this crate share: a cell for values,
//! native coroutines, attribute and call shortcuts.
//! Never: implements asyncio.

use rtcore::error::hierarchy::{self, Exception};
use rtcore::error::{self, PyResult, Raised};
use rtcore::name::Name;
use rtcore::protocol::{attr, call};
use rtcore::types::class::Type;
use rtcore::value::{NONE, UNBOUND, Value};
use rtcore::object::Header;
use std::cell::{Cell, UnsafeCell};

/// A value that is replaced through a shared reference. The old value is dropped after the new
/// one is in place, so a finalizer sees a consistent cell.
pub struct VCell(UnsafeCell<Value>);
impl VCell {
    pub const fn new(v: Value) -> VCell {
        VCell(UnsafeCell::new(v))
    }
    pub const fn none() -> VCell {
        VCell(UnsafeCell::new(NONE))
    }
    #[inline(always)]
    pub fn get(&self) -> Value {
        // SAFETY: the borrow ends with the clone, which runs no foreign code.
        unsafe { Value::clone(&*self.0.get()) }
    }
    #[inline(always)]
    pub fn replace(&self, v: Value) -> Value {
        // SAFETY: no borrow of the content lives longer than a method of this cell.
        unsafe { std::mem::replace(&mut *self.0.get(), v) }
    }
    #[inline(always)]
    pub fn set(&self, v: Value) {
        drop(self.replace(v));
    }
    #[inline(always)]
    pub fn take(&self) -> Value {
        self.replace(NONE)
    }
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        // SAFETY: as in `get`.
        unsafe { (*self.0.get()).is_none() }
    }
    #[inline(always)]
    pub fn is_unbound(&self) -> bool {
        // SAFETY: as in `get`.
        unsafe { (*self.0.get()).is_unbound() }
    }
    #[inline(always)]
    pub fn is(&self, v: &Value) -> bool {
        // SAFETY: as in `get`.
        unsafe { (*self.0.get()).is(v) }
    }
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        // SAFETY: the collector's visitor does not touch the object that owns the cell.
        unsafe { visit(&*self.0.get()) }
    }
}

/// An object or None in one word, replaced like the content of a `VCell`. What is not an object counts as None.
pub struct ObjectCell(Cell<*const Header>);
impl ObjectCell {
    pub fn new(v: Value) -> ObjectCell {
        ObjectCell(Cell::new(Self::raw(v)))
    }
    pub const fn none() -> ObjectCell {
        ObjectCell(Cell::new(std::ptr::null()))
    }
    #[inline(always)]
    fn raw(v: Value) -> *const Header {
        let v = std::mem::ManuallyDrop::new(v);
        v.header().map_or(std::ptr::null(), |h| h)
    }
    #[inline(always)]
    fn value(h: *const Header) -> Value {
        // SAFETY: the caller passes on the reference that the cell owned.
        if h.is_null() { NONE } else { unsafe { Value::from_header(h) } }
    }
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        // SAFETY: the cell owns a reference.
        unsafe { self.0.get().as_ref() }
    }
    #[inline(always)]
    pub fn get(&self) -> Value {
        if let Some(h) = self.header() {
            h.incref();
        }
        Self::value(self.0.get())
    }
    #[inline(always)]
    pub fn replace(&self, v: Value) -> Value {
        Self::value(self.0.replace(Self::raw(v)))
    }
    #[inline(always)]
    pub fn set(&self, v: Value) {
        drop(self.replace(v));
    }
    #[inline(always)]
    pub fn take(&self) -> Value {
        Self::value(self.0.replace(std::ptr::null()))
    }
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.0.get().is_null()
    }
    #[inline(always)]
    pub fn same(&self, other: &ObjectCell) -> bool {
        std::ptr::eq(self.0.get(), other.0.get())
    }
    #[inline(always)]
    pub fn is(&self, v: &Value) -> bool {
        std::ptr::eq(self.0.get(), v.header().map_or(std::ptr::null(), |h| h))
    }
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        if !self.is_none() {
            visit(&std::mem::ManuallyDrop::new(Self::value(self.0.get())));
        }
    }
}
impl From<Value> for ObjectCell {
    #[inline(always)]
    fn from(v: Value) -> ObjectCell {
        ObjectCell::new(v)
    }
}
impl Drop for ObjectCell {
    #[inline(always)]
    fn drop(&mut self) {
        drop(self.take());
    }
}

/// A coroutine object over a native future: `coro!("Lock.acquire", fut)`.
#[macro_export]
macro_rules! coro {
    ($name:literal, $fut:expr) => {{
        static DEF: rtcore::def::Def =
            rtcore::def::Def::new($name, &[], rtcore::def::F0(|| Ok(rtcore::value::NONE))).kind(rtcore::def::Kind::Coroutine);
        rtcore::frame::native_coroutine(&DEF, $fut)
    }};
}

/// Awaits any value; futures of this crate without an iterator object.
pub async fn await_value(v: Value) -> PyResult {
    if crate::futures::as_future(&v).is_some() {
        return crate::futures::wait(v).await;
    }
    rtcore::frame::await_(v).await
}

pub fn getattr(v: &Value, name: &str) -> PyResult {
    attr::getattr_name(v, Name::new(name))
}
pub fn getattr_opt(v: &Value, name: &str) -> PyResult<Option<Value>> {
    attr::lookup_optional(v, Name::new(name))
}
pub fn setattr(v: &Value, name: &str, new: Value) -> PyResult<()> {
    attr::setattr_name(v, Name::new(name), Some(new))
}
pub fn call_method(v: &Value, name: &str, args: &[Value]) -> PyResult {
    call::call_method_name(v, Name::new(name), args)
}
pub fn repr(v: &Value) -> PyResult<String> {
    rtcore::protocol::repr::repr_string(v)
}
pub fn truth(v: &Value) -> PyResult<bool> {
    rtcore::protocol::sequence::truth(v)
}
/// `x if given else default` for table parameters with the default `...`.
pub fn given(v: &Value) -> Option<&Value> {
    if v.is_unbound() { None } else { Some(v) }
}
pub fn none_if_unbound(v: &Value) -> Value {
    if v.is_unbound() { NONE } else { v.clone() }
}
pub fn is_exc(exc: &Value, ty: &'static Type) -> bool {
    exc.ty().is_subtype(ty)
}
/// `SystemExit` or `KeyboardInterrupt`: what the loop lets through.
pub fn is_base_error(exc: &Value) -> bool {
    is_exc(exc, &hierarchy::SYSTEM_EXIT) || is_exc(exc, &hierarchy::KEYBOARD_INTERRUPT)
}
pub fn pending_is_base_error(r: &Raised) -> bool {
    error::matches(r, &hierarchy::SYSTEM_EXIT) || error::matches(r, &hierarchy::KEYBOARD_INTERRUPT)
}
/// Raises an instance without touching its context: for what was caught and is raised again.
pub fn reraise(exc: Value) -> Raised {
    error::set_pending(exc)
}
pub fn exc_context(exc: &Value) -> Value {
    exc.downcast::<Exception>().map_or(NONE, |e| e.context.borrow().clone())
}
pub fn set_exc_context(exc: &Value, context: Value) {
    if let Some(e) = exc.downcast::<Exception>() {
        let old = e.context.replace(context);
        drop(old);
    }
}
pub fn exc_traceback(exc: &Value) -> Value {
    exc.downcast::<Exception>().map_or(NONE, |e| e.traceback.borrow().clone())
}
pub fn set_exc_traceback(exc: &Value, tb: Value) {
    if let Some(e) = exc.downcast::<Exception>() {
        let old = e.traceback.replace(tb);
        drop(old);
    }
}
pub fn set_exc_cause(exc: &Value, cause: Value) {
    if let Some(e) = exc.downcast::<Exception>() {
        e.set_cause(cause);
    }
}
/// A number of seconds from an int, float or bool.
pub fn seconds(v: &Value) -> PyResult<f64> {
    if let Some(x) = v.as_inline_float() {
        return Ok(x);
    }
    if let Some(n) = v.as_inline_int() {
        return Ok(n as f64);
    }
    if let Some(b) = v.as_bool() {
        return Ok(f64::from(u8::from(b)));
    }
    let f = call::call(&Value::of_type(&rtcore::types::float::FLOAT), &[v.clone()])?;
    f.as_inline_float().ok_or_else(|| error::type_error(format!("must be real number, not {}", v.ty().name())))
}
pub fn index(v: &Value) -> PyResult<i64> {
    rtcore::protocol::sequence::as_index(v)
}
pub fn tuple(items: Vec<Value>) -> Value {
    rtcore::types::tuple::new(items)
}
pub fn list(items: Vec<Value>) -> Value {
    rtcore::types::list::List::value(items)
}
/// A set; the items are hashed.
pub fn set(items: Vec<Value>) -> PyResult {
    let v = rtcore::types::set::empty_set();
    if let Some(s) = rtcore::types::set::as_set(&v) {
        for i in items {
            s.add(i)?;
        }
    }
    Ok(v)
}
/// A dict with str keys.
pub fn dict(items: Vec<(&str, Value)>) -> Value {
    rtcore::types::dict::Dict::from_names(items.into_iter().map(|(k, v)| (Name::new(k), v)).collect())
}
/// The positional and keyword parts of a raw call.
pub fn split<'a>(values: &'a [Value], kw: &'a [Name]) -> (&'a [Value], impl Iterator<Item = (Name, &'a Value)>) {
    let n = values.len().saturating_sub(kw.len());
    let (pos, rest) = values.split_at(n);
    (pos, kw.iter().copied().zip(rest))
}
/// `object.__repr__`'s text: `<module.Qualname object at 0x…>`.
pub fn object_repr(v: &Value) -> String {
    let ty = v.ty();
    format!("<{}.{} object at {:#x}>", ty.module_name(), ty.qualname(), v.bits())
}
/// `isinstance(exc_type, …)` of a `__aexit__` argument.
pub fn type_is(t: &Value, ty: &'static Type) -> bool {
    t.as_type().is_some_and(|t| t.is_subtype(ty))
}
/// The object's methods are the runtime's own: neither its class nor the object itself replaces one.
pub fn is_plain(v: &Value) -> bool {
    v.ty().is_static() && v.header().and_then(|h| h.attrs()).is_none_or(|a| a.is_empty())
}
/// A free native function object.
pub fn function(m: &'static rtcore::def::Method) -> Value {
    rtcore::types::function::native::function(m, "asyncio")
}
/// A marker argument.
pub const NOT_GIVEN: Value = UNBOUND;

/// Monotonic seconds (`time.monotonic`).
pub fn monotonic() -> f64 {
    let mut ts = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `ts` is a valid out parameter.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut ts) };
    ts.tv_sec as f64 + ts.tv_nsec as f64 * 1e-9
}
