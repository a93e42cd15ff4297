//! Owns: weak references: `weakref.ref`, proxies, callbacks, and the table from objects to their
//! references.
//! Never: keeps an object alive.
//! Source: CPython 3.13, Objects/weakrefobject.c.

use crate::error::hierarchy::REFERENCE_ERROR;
use crate::error::{self, type_error};
use crate::gil::{Gil, GilRefCell};
use crate::methods::*;
use crate::name::FxBuild;
use crate::object::{HAS_WEAKREFS, Header};
use crate::protocol::attr;
use crate::protocol::call::{call, call_kw};
use crate::protocol::compare;
use crate::protocol::hash;
use crate::types::class::special::Special;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// The body of `weakref.ref` and proxies.
pub struct WeakRef {
    target: Cell<*const Header>,
    callback: RefCell<Value>,
    hash: Cell<Option<i64>>,
}
impl Payload for WeakRef {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.callback.borrow());
    }
    fn clear(&self) {
        let old = self.callback.replace(NONE);
        drop(old);
    }
}
impl Native for WeakRef {
    fn class() -> &'static Type {
        &REF
    }
}
impl Drop for WeakRef {
    fn drop(&mut self) {
        let target = self.target.get();
        if target.is_null() {
            return;
        }
        let mut table = TABLE.borrow_mut();
        if let Some(refs) = table.get_mut(&(target as usize)) {
            let me = self as *const WeakRef;
            refs.retain(|r| !std::ptr::eq(body_of(*r), me));
            if refs.is_empty() {
                table.remove(&(target as usize));
                // SAFETY: the target is alive: its death would have cleared `self.target`.
                unsafe { (*target).clear_flag(HAS_WEAKREFS) };
            }
        }
    }
}

/// Objects with weak references, by address: their references in order of creation, not counted.
static TABLE: GilRefCell<HashMap<usize, Vec<usize>, FxBuild>> = Gil::new(RefCell::new(HashMap::with_hasher(FxBuild)));

fn body_of(r: usize) -> *const WeakRef {
    // SAFETY: entries are headers of live weak references: a reference leaves the table when it dies.
    unsafe { &raw const (*(r as *const object::Object<WeakRef>)).body }
}

impl WeakRef {
    /// The object, or `None` when it is gone.
    pub fn get(&self) -> Option<Value> {
        let t = self.target.get();
        // SAFETY: `target` is cleared before the object is freed; a count of zero means that it is
        // waiting to be freed.
        unsafe {
            if t.is_null() || (*t).refcount() == 0 {
                return None;
            }
            (*t).incref();
            Some(Value::from_header(t))
        }
    }
}

/// Takes the references of a dying object out of the table; each is dead from now on.
fn detach(h: *const Header) -> Vec<Value> {
    let refs = TABLE.borrow_mut().remove(&(h as usize)).unwrap_or_default();
    // SAFETY: the object is alive until its owner frees it, after this.
    unsafe { (*h).clear_flag(HAS_WEAKREFS) };
    refs.into_iter()
        .filter_map(|r| {
            // SAFETY: entries are live; one with a count of zero is being freed and needs no call.
            unsafe {
                (*body_of(r)).target.set(std::ptr::null());
                let h = r as *const Header;
                if (*h).refcount() == 0 {
                    return None;
                }
                (*h).incref();
                Some(Value::from_header(h))
            }
        })
        .collect()
}
/// Calls the callbacks, newest reference first.
fn run_callbacks(refs: Vec<Value>) {
    for r in refs.into_iter().rev() {
        let Some(w) = r.downcast::<WeakRef>() else { continue };
        let callback = w.callback.replace(NONE);
        if callback.is_none() {
            continue;
        }
        error::saving_pending(|| {
            if let Err(e) = call(&callback, std::slice::from_ref(&r)) {
                error::unraisable(e, "", &callback);
            }
        });
    }
}
/// The object dies: its references are cleared and their callbacks called.
///
/// # Safety
/// `h` is an object that is about to be freed, its count temporarily one.
pub unsafe fn clear_refs(h: *const Header) {
    run_callbacks(detach(h));
}
/// The collector's form: callbacks of references that are garbage themselves are not called.
pub(crate) fn clear_garbage(objects: &[Value], is_garbage: impl Fn(&Value) -> bool) {
    let mut all = vec![];
    for v in objects {
        if let Some(h) = v.header()
            && h.has_flag(HAS_WEAKREFS)
        {
            all.push(detach(h));
        }
    }
    for mut refs in all {
        refs.retain(|r| !is_garbage(r));
        run_callbacks(refs);
    }
}

fn referenceable(v: &Value) -> bool {
    let ty = v.ty();
    if !v.is_obj() {
        return false;
    }
    if ty.is_heap() {
        return ty.attrs_offset() != 0 && !ty.has_flag(TypeFlags::NO_DICT) || ty.is_metatype() || ty.lookup(names::__weakref__.get()).is_some();
    }
    !matches!(
        ty.name(),
        "int" | "str" | "bytes" | "bytearray" | "tuple" | "list" | "dict" | "complex" | "range" | "slice" | "object" | "ellipsis" | "NotImplementedType"
            | "mappingproxy" | "cell" | "traceback" | "frame" | "property" | "staticmethod" | "classmethod" | "super" | "enumerate" | "zip" | "map" | "filter"
            | "reversed" | "dict_keys" | "dict_values" | "dict_items" | "list_iterator" | "tuple_iterator" | "range_iterator" | "str_iterator"
    ) && !ty.has_flag(TypeFlags::EXCEPTION)
}
/// A weak reference of type `ty` to `target`.
fn make(ty: &'static Type, target: &Value, callback: Value) -> PyResult {
    let h = match target.header() {
        Some(h) if referenceable(target) => h,
        Some(_) | None => return Err(type_error(format!("cannot create weak reference to '{}' object", target.ty().full_name()))),
    };
    let key = h as *const Header as usize;
    if callback.is_none()
        && let Some(refs) = TABLE.borrow().get(&key)
    {
        for r in refs {
            // SAFETY: entries are live references.
            let (rh, w) = unsafe { (&*(*r as *const Header), &*body_of(*r)) };
            if std::ptr::eq(rh.ty(), ty) && ty.is_static() && w.callback.borrow().is_none() && rh.refcount() > 0 {
                rh.incref();
                // SAFETY: one reference was added above.
                return Ok(unsafe { Value::from_header(rh) });
            }
        }
    }
    Ok(register(ty, h, callback))
}
fn register(ty: &'static Type, h: &Header, callback: Value) -> Value {
    let v = object::new(ty, WeakRef { target: Cell::new(h), callback: RefCell::new(callback), hash: Cell::new(None) });
    TABLE.borrow_mut().entry(h as *const Header as usize).or_default().push(v.bits() as usize);
    h.set_flag(HAS_WEAKREFS);
    v
}
/// A reference for the runtime alone, to an object of any type; None for what is no object.
pub fn hidden(v: &Value) -> Value {
    v.header().map_or(NONE, |h| register(&REF, h, NONE))
}
/// `weakref.ref(v)`, for the runtime's own use.
pub fn reference(v: &Value, callback: Value) -> PyResult {
    make(&REF, v, callback)
}
/// What a weak reference value refers to.
pub fn deref(r: &Value) -> Option<Value> {
    r.downcast::<WeakRef>()?.get()
}
/// `v.__weakref__`: the first reference, or None.
pub fn first_ref(v: &Value) -> Value {
    refs_of(v).into_iter().next().unwrap_or(NONE)
}
/// `weakref.getweakrefs(v)`.
pub fn refs_of(v: &Value) -> Vec<Value> {
    let table = TABLE.borrow();
    let Some(refs) = v.header().and_then(|h| table.get(&(h as *const Header as usize))) else { return vec![] };
    refs.iter()
        .map(|r| {
            // SAFETY: entries are live references.
            unsafe {
                (*(*r as *const Header)).incref();
                Value::from_header(*r as *const Header)
            }
        })
        .collect()
}

fn weak(v: &Value) -> PyResult<&WeakRef> {
    v.downcast::<WeakRef>().ok_or_else(|| type_error("descriptor requires a 'weakref.ReferenceType' object"))
}
fn ref_new(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else { return Err(type_error("__new__ needs a type")) };
    match &all[1..all.len() - kw.len()] {
        [target] => make(ty, target, NONE),
        // A subclass's own arguments go to its `__init__`.
        [target, callback, ..] => make(ty, target, callback.clone()),
        [] => Err(type_error("__new__ expected at least 1 argument, got 0")),
    }
}
fn ref_init(_: &[Value], _: &[Name]) -> PyResult {
    Ok(NONE)
}
fn ref_call(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    if !values.is_empty() || !kw.is_empty() {
        return Err(type_error(format!("weakref.ReferenceType() takes no arguments ({} given)", values.len())));
    }
    Ok(weak(v)?.get().unwrap_or(NONE))
}
fn ref_call_method(all: &[Value], kw: &[Name]) -> PyResult {
    match all.split_first() {
        Some((v, rest)) => ref_call(v, rest, kw),
        None => Err(type_error("__call__ needs an argument")),
    }
}
fn ref_hash(v: &Value) -> PyResult {
    let w = weak(v)?;
    if let Some(h) = w.hash.get() {
        return Ok(Value::int(h));
    }
    let Some(t) = w.get() else { return Err(type_error("weak object has gone away")) };
    let h = hash::hash(&t)?;
    w.hash.set(Some(h));
    Ok(Value::int(h))
}
fn ref_eq(a: &Value, b: &Value) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<WeakRef>(), b.downcast::<WeakRef>()) else {
        return Ok(crate::types::none::not_implemented());
    };
    match (x.get(), y.get()) {
        (Some(p), Some(q)) => Ok(Value::bool(compare::eq(&p, &q)?)),
        (_, _) => Ok(Value::bool(a.is(b))),
    }
}
fn ref_repr(v: &Value) -> PyResult {
    let w = weak(v)?;
    let at = v.bits();
    let Some(t) = w.get() else { return Ok(Value::string(format!("<weakref at {at:#x}; dead>"))) };
    let kind = t.ty().full_name();
    let name = attr::lookup_optional(&t, names::__name__.get())?;
    Ok(Value::string(match name.as_ref().and_then(Value::as_str) {
        Some(n) => format!("<weakref at {at:#x}; to '{kind}' at {:#x} ({n})>", t.bits()),
        None => format!("<weakref at {at:#x}; to '{kind}' at {:#x}>", t.bits()),
    }))
}
fn class_getitem(ty: &Value, item: &Value) -> PyResult {
    crate::types::alias::new(ty, item)
}
static REF_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(ref_new)),
    Method::new("__init__(self, *args, **kw)", Raw(ref_init)),
    Method::new("__call__(self, *args, **kw)", Raw(ref_call_method)),
    Method::new("__hash__(self, /)", F1(ref_hash)),
    Method::new("__eq__(self, value, /)", F2(ref_eq)),
    Method::new("__repr__(self, /)", F1(ref_repr)),
    Method::class("__class_getitem__(type, item, /)", F2(class_getitem)),
];
static REF_GETSET: &[GetSet] = &[GetSet::ro("__callback__", |v| {
    let w = weak(v)?;
    Ok(w.callback.borrow().clone())
})];
static REF_DEF: ClassDef = ClassDef::new::<WeakRef>("ReferenceType")
    .module("weakref")
    .methods(REF_METHODS)
    .getset(REF_GETSET)
    .hooks(Hooks { call: Some(ref_call), ..Hooks::NONE });
pub static REF: Type = Type::builtin(&REF_DEF);

/// `weakref.proxy(v, callback)`.
pub fn proxy(v: &Value, callback: Value) -> PyResult {
    make(if crate::frame::callable(v) { &CALLABLE_PROXY } else { &PROXY }, v, callback)
}
fn strong(v: &Value) -> PyResult {
    match weak(v)?.get() {
        Some(t) => Ok(t),
        None => Err(error::raise(&REFERENCE_ERROR, "weakly-referenced object no longer exists")),
    }
}
/// The object behind a proxy; other values as they are.
fn open(v: &Value) -> PyResult {
    if std::ptr::eq(v.ty(), &PROXY) || std::ptr::eq(v.ty(), &CALLABLE_PROXY) { strong(v) } else { Ok(v.clone()) }
}
fn proxy_getattr(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    attr::lookup(&strong(v)?, name)
}
fn proxy_setattr(v: &Value, name: Name, new: Option<Value>) -> Result<(), Raised> {
    attr::setattr_name(&strong(v)?, name, new)
}
fn proxy_call(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    call_kw(&strong(v)?, values, kw)
}
fn proxy_repr(v: &Value) -> PyResult {
    let at = v.bits();
    Ok(Value::string(match weak(v)?.get() {
        Some(t) => format!("<weakproxy at {at:#x}; to '{}' at {:#x}>", t.ty().full_name(), t.bits()),
        None => format!("<weakproxy at {at:#x}; dead>"),
    }))
}
fn proxy_hash(v: &Value) -> PyResult {
    Err(type_error(format!("unhashable type: '{}'", v.ty().full_name())))
}
fn forward(v: &Value, s: Special, args: &[Value]) -> PyResult {
    let t = strong(v)?;
    match crate::protocol::call::try_special(&t, s, args) {
        Some(r) => r,
        None => Err(attr::no_attribute(&t, s.name())),
    }
}
macro_rules! forwards {
    ($($one:ident $two:literal $special:ident)*; $($b:ident $sig:literal $op:ident)*) => {
        $(fn $one(v: &Value) -> PyResult { forward(v, Special::$special, &[]) })*
        $(fn $b(v: &Value, other: &Value) -> PyResult {
            let t = strong(v)?;
            let other = open(other)?;
            match crate::protocol::call::try_special(&t, Special::$op, std::slice::from_ref(&other)) {
                Some(r) => r,
                None => Ok(crate::types::none::not_implemented()),
            }
        })*
        static PROXY_METHODS: &[Method] = &[
            Method::new("__repr__(self, /)", F1(proxy_repr)),
            Method::new("__hash__(self, /)", F1(proxy_hash)),
            Method::new("__str__(self, /)", F1(proxy_str)),
            Method::new("__bool__(self, /)", F1(proxy_bool)),
            Method::new("__setitem__(self, key, value, /)", F3(proxy_setitem)),
            $(Method::new($two, F1($one)),)*
            $(Method::new($sig, F2($b)),)*
        ];
    };
}
fn proxy_str(v: &Value) -> PyResult {
    crate::protocol::repr::str_(&strong(v)?)
}
fn proxy_bool(v: &Value) -> PyResult {
    Ok(Value::bool(crate::protocol::sequence::truth(&strong(v)?)?))
}
fn proxy_setitem(v: &Value, key: &Value, value: &Value) -> PyResult {
    forward(v, Special::SetItem, &[key.clone(), value.clone()])
}
forwards! {
    p_len "__len__(self, /)" Len
    p_iter "__iter__(self, /)" Iter
    p_next "__next__(self, /)" Next
    p_neg "__neg__(self, /)" Neg
    p_pos "__pos__(self, /)" Pos
    p_abs "__abs__(self, /)" Abs
    p_invert "__invert__(self, /)" Invert
    p_int "__int__(self, /)" Int
    p_float "__float__(self, /)" Float
    p_index "__index__(self, /)" Index
    p_reversed "__reversed__(self, /)" Reversed;
    p_getitem "__getitem__(self, key, /)" GetItem
    p_delitem "__delitem__(self, key, /)" DelItem
    p_contains "__contains__(self, key, /)" Contains
    p_eq "__eq__(self, value, /)" Eq
    p_ne "__ne__(self, value, /)" Ne
    p_lt "__lt__(self, value, /)" Lt
    p_le "__le__(self, value, /)" Le
    p_gt "__gt__(self, value, /)" Gt
    p_ge "__ge__(self, value, /)" Ge
    p_add "__add__(self, value, /)" Add
    p_sub "__sub__(self, value, /)" Sub
    p_mul "__mul__(self, value, /)" Mul
    p_truediv "__truediv__(self, value, /)" TrueDiv
    p_floordiv "__floordiv__(self, value, /)" FloorDiv
    p_mod "__mod__(self, value, /)" Mod
    p_and "__and__(self, value, /)" And
    p_or "__or__(self, value, /)" Or
    p_xor "__xor__(self, value, /)" Xor
    p_radd "__radd__(self, value, /)" Radd
    p_rsub "__rsub__(self, value, /)" Rsub
    p_rmul "__rmul__(self, value, /)" Rmul
}
const PROXY_HOOKS: Hooks = Hooks { getattr: Some(proxy_getattr), setattr: Some(proxy_setattr), ..Hooks::NONE };
static PROXY_DEF: ClassDef = ClassDef::new::<WeakRef>("ProxyType").module("weakref").like(&crate::types::object_::OBJECT, &REF).methods(PROXY_METHODS).hooks(PROXY_HOOKS);
pub static PROXY: Type = Type::builtin(&PROXY_DEF);
static CALLABLE_DEF: ClassDef = ClassDef::new::<WeakRef>("CallableProxyType")
    .module("weakref")
    .like(&crate::types::object_::OBJECT, &REF)
    .methods(PROXY_METHODS)
    .hooks(Hooks { call: Some(proxy_call), ..PROXY_HOOKS });
pub static CALLABLE_PROXY: Type = Type::builtin(&CALLABLE_DEF);
