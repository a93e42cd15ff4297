//! Owns: reading, setting and deleting attributes (descriptors, instance attributes, `__getattr__`),
//! and the inline caches of attribute sites.
//! Never: knows how instances store attributes; that is `shape`.
//! Source: CPython 3.13, Objects/object.c (`_PyObject_GenericGetAttrWithDict`), Objects/typeobject.c.

use crate::error::hierarchy::{ATTRIBUTE_ERROR, with_args};
use crate::error::{self, PyResult, Raised, raise_value, type_error};
use crate::gil::{Gil, GilCell};
use crate::name::Name;
use crate::object::Header;
use crate::protocol::call::{call, call_special};
use crate::shape::Shape;
use crate::types::class::special::Special;
use crate::types::class::{Type, TypeFlags};
use crate::types::function::{Function, native};
use crate::types::module::{Module, Place, Slot};
use crate::value::{UNBOUND, Value};
use std::cell::Cell;

/// What an attribute site has learnt.
pub struct InlineCache {
    name: GilCell<Option<Name>>,
    /// The shape (instances with attributes), the module or the type (others) it holds for.
    key: GilCell<usize>,
    version: GilCell<u32>,
    kind: GilCell<Hit>,
    slot: GilCell<u32>,
    value: GilCell<*const Header>,
}
#[derive(Copy, Clone, PartialEq)]
enum Hit {
    Nothing,
    /// Instance attribute in a slot.
    Slot,
    /// A function or other plain class attribute, to be bound or returned.
    Method,
    /// An attribute of the module at `key`.
    Module,
    /// A global of the module at `key`, which `value` points to.
    ModuleSlot,
}
impl Default for InlineCache {
    fn default() -> Self {
        InlineCache::new()
    }
}
impl InlineCache {
    pub const fn new() -> InlineCache {
        InlineCache {
            name: Gil::new(Cell::new(None)),
            key: Gil::new(Cell::new(0)),
            version: Gil::new(Cell::new(0)),
            kind: Gil::new(Cell::new(Hit::Nothing)),
            slot: Gil::new(Cell::new(0)),
            value: Gil::new(Cell::new(std::ptr::null())),
        }
    }
    #[inline(always)]
    fn name(&self, text: &'static str) -> Name {
        match self.name.get() {
            Some(n) => n,
            None => {
                let n = Name::new(text);
                self.name.set(Some(n));
                n
            }
        }
    }
}

/// `v.name`, by a cache at the site.
#[inline]
pub fn getattr(v: &Value, name: &'static str, ic: &InlineCache) -> PyResult {
    if let Some(h) = v.header()
        && let Some(attrs) = h.attrs()
    {
        let shape = attrs.shape();
        if ic.key.get() == shape as *const Shape as usize && ic.version.get() == shape.class.version() && ic.kind.get() == Hit::Slot {
            let found = attrs.slot(ic.slot.get() as usize);
            if !found.is_unbound() {
                return Ok(found);
            }
        }
    }
    getattr_miss(v, ic.name(name), ic)
}

#[inline(never)]
fn getattr_miss(v: &Value, name: Name, ic: &InlineCache) -> PyResult {
    if let Some(found) = of_module(v, ic) {
        return Ok(found);
    }
    learn(v, name, ic);
    getattr_name(v, name)
}

/// The attribute of a module that the site remembers.
#[inline]
fn of_module(v: &Value, ic: &InlineCache) -> Option<Value> {
    if ic.key.get() as u64 != v.bits() {
        return None;
    }
    v.downcast_exact::<Module>().filter(|m| m.version() == ic.version.get())?;
    match ic.kind.get() {
        // SAFETY: the version is unchanged, so the module still holds the value.
        Hit::Module => Some(Value::of_static(unsafe { &*ic.value.get() })),
        // SAFETY: `learn` put a global's static slot there.
        Hit::ModuleSlot => unsafe { &*(ic.value.get() as *const Slot) }.raw().bound_or_none(),
        Hit::Nothing | Hit::Slot | Hit::Method => None,
    }
}
fn learn_of_module(v: &Value, module: &Module, name: Name, ic: &InlineCache) {
    match module.place(name) {
        Some(Place::Slot(slot)) => {
            ic.kind.set(Hit::ModuleSlot);
            ic.value.set(slot as *const Slot as *const Header);
        }
        Some(Place::Extra(found)) => {
            let Some(h) = found.header() else { return };
            ic.kind.set(Hit::Module);
            ic.value.set(h);
        }
        None => return,
    }
    ic.key.set(v.bits() as usize);
    ic.version.set(module.version());
}

/// Remembers where `v.name` was found, when that can be cached.
fn learn(v: &Value, name: Name, ic: &InlineCache) {
    let ty = v.ty();
    if let Some(module) = v.downcast_exact::<Module>() {
        return learn_of_module(v, module, name, ic);
    }
    if ty.has_flag(TypeFlags::CUSTOM_GETATTR) || ty.hooks().getattr.is_some() {
        return;
    }
    let class_attr = ty.lookup(name);
    let data = class_attr.as_ref().is_some_and(is_data_descriptor);
    if data {
        return;
    }
    if let Some(attrs) = v.header().and_then(Header::attrs) {
        let shape = attrs.shape();
        if std::ptr::eq(shape, ty.dict_shape()) {
            return;
        }
        match (shape.find(name), class_attr) {
            (Some(i), _) => {
                ic.kind.set(Hit::Slot);
                ic.slot.set(i as u32);
            }
            (None, Some(m)) => {
                let Some(h) = m.header() else { return };
                ic.kind.set(Hit::Method);
                ic.value.set(h);
            }
            (None, None) => return,
        }
        ic.key.set(shape as *const Shape as usize);
        ic.version.set(ty.version());
    } else if let Some(m) = class_attr
        && let Some(h) = m.header()
    {
        ic.kind.set(Hit::Method);
        ic.value.set(h);
        ic.key.set(ty as *const Type as usize);
        ic.version.set(ty.version());
    }
}

/// `v.name`; AttributeError when there is none.
pub fn getattr_name(v: &Value, name: Name) -> PyResult {
    match lookup(v, name)? {
        Some(found) => Ok(found),
        None => Err(no_attribute(v, name)),
    }
}
/// `getattr(v, name)` for a str value.
pub fn getattr_value(v: &Value, name: &Value) -> PyResult {
    match Name::of(name) {
        Some(n) => getattr_name(v, n),
        None => Err(type_error(format!("attribute name must be string, not '{}'", name.ty().name()))),
    }
}
/// `v.name`, or `None` when that raises AttributeError (`hasattr`, `getattr` with a default).
pub fn lookup_optional(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    match lookup(v, name) {
        Err(r) if error::matches(&r, &ATTRIBUTE_ERROR) => {
            drop(error::take(r));
            Ok(None)
        }
        other => other,
    }
}

/// `v.name` with `__getattribute__` and `__getattr__`; `Ok(None)` when there is no such attribute
/// and nobody raised for it.
pub fn lookup(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    let ty = v.ty();
    if !ty.has_flag(TypeFlags::CUSTOM_GETATTR) {
        return lookup_plain(v, name);
    }
    let found = if ty.special_is_native(Special::GetAttribute) {
        lookup_plain(v, name)
    } else {
        match ty.special(Special::GetAttribute).cloned() {
            Some(f) => call_special(&f, v, &[name.value()]).map(Some),
            None => lookup_plain(v, name),
        }
    };
    let getattr = ty.special(Special::GetAttr).cloned();
    match (found, getattr) {
        (Ok(None), Some(g)) => call_special(&g, v, &[name.value()]).map(Some),
        (Err(r), Some(g)) if error::matches(&r, &ATTRIBUTE_ERROR) => {
            drop(error::take(r));
            call_special(&g, v, &[name.value()]).map(Some)
        }
        (other, _) => other,
    }
}

/// Attribute access of the type itself, without `__getattribute__`/`__getattr__` of `class` statements.
#[inline]
pub fn lookup_plain(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    match v.ty().hooks().getattr {
        Some(hook) => hook(v, name),
        None => lookup_generic(v, name),
    }
}

/// `object.__getattribute__`.
pub fn lookup_generic(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    let ty = v.ty();
    let class_attr = ty.lookup(name);
    if let Some(a) = &class_attr
        && is_data_descriptor(a)
    {
        return bind(a, v, ty).map(Some);
    }
    if let Some(attrs) = v.header().and_then(Header::attrs)
        && let Some(found) = attrs.get(name)
    {
        return Ok(Some(found));
    }
    match class_attr {
        Some(a) => bind(&a, v, ty).map(Some),
        None => Ok(None),
    }
}

/// True when the descriptor takes precedence over instance attributes.
pub fn is_data_descriptor(a: &Value) -> bool {
    let t = a.ty();
    if t.is_static() {
        return t.hooks().descr_set.is_some();
    }
    t.hooks().descr_set.is_some() || t.special(Special::Set).is_some() || t.special(Special::Delete).is_some()
}

/// What a class attribute gives when read through `receiver` (UNBOUND: through the class `ty`).
pub fn bind(a: &Value, receiver: &Value, ty: &'static Type) -> PyResult {
    let t = a.ty();
    if t.is_heap()
        && !t.special_is_native(Special::Get)
        && let Some(get) = t.special(Special::Get).cloned()
    {
        let instance = if receiver.is_unbound() { crate::value::NONE } else { receiver.clone() };
        return call_special(&get, a, &[instance, Value::of_type(ty)]);
    }
    match t.hooks().descr_get {
        Some(get) => get(a, receiver, ty),
        None => Ok(a.clone()),
    }
}

/// A method to call: with the receiver still to be passed, or as it is.
pub enum Method {
    Unbound(Value),
    Bound(Value),
}

fn is_method(f: &Value) -> bool {
    f.downcast_exact::<Function>().is_some() || f.downcast_exact::<native::MethodDescr>().is_some()
}

/// `v.name` for a call right after: functions of the class are not bound first.
pub fn load_method(v: &Value, name: Name) -> Result<Method, Raised> {
    let ty = v.ty();
    if ty.has_flag(TypeFlags::CUSTOM_GETATTR) || ty.hooks().getattr.is_some() {
        return getattr_name(v, name).map(Method::Bound);
    }
    let Some(f) = ty.lookup(name) else { return getattr_name(v, name).map(Method::Bound) };
    if !is_method(&f) {
        return getattr_name(v, name).map(Method::Bound);
    }
    if let Some(attrs) = v.header().and_then(Header::attrs)
        && let Some(own) = attrs.get(name)
    {
        return Ok(Method::Bound(own));
    }
    Ok(Method::Unbound(f))
}
/// The method the cache of the call site remembers for `v`, if it still holds.
#[inline(always)]
pub fn peek_method<'a>(v: &Value, ic: &'a InlineCache) -> Option<&'a Header> {
    let (key, version) = match v.header() {
        Some(h) => match h.attrs() {
            Some(a) => (a.shape() as *const Shape as usize, a.shape().class.version()),
            None => (h.ty() as *const Type as usize, h.ty().version()),
        },
        None => (v.ty() as *const Type as usize, v.ty().version()),
    };
    if ic.key.get() == key && ic.version.get() == version && ic.kind.get() == Hit::Method {
        // SAFETY: the version is unchanged, so the class still holds the attribute.
        Some(unsafe { &*ic.value.get() })
    } else {
        None
    }
}
#[inline]
pub fn load_method_cached(v: &Value, name: &'static str, ic: &InlineCache) -> Result<Method, Raised> {
    if let Some(found) = peek_method(v, ic) {
        // SAFETY: the class holds the attribute; this is a reference of our own.
        let f = unsafe {
            found.incref();
            Value::from_header(found)
        };
        if is_method(&f) {
            return Ok(Method::Unbound(f));
        }
    }
    if let Some(found) = of_module(v, ic) {
        return Ok(Method::Bound(found));
    }
    let name = ic.name(name);
    learn(v, name, ic);
    load_method(v, name)
}

/// The AttributeError for a missing attribute, carrying name and object for suggestions.
#[cold]
pub fn no_attribute(v: &Value, name: Name) -> Raised {
    let text = match v.as_type() {
        Some(t) => format!("type object '{}' has no attribute '{name}'", if t.is_heap() { t.full_name() } else { t.name().to_string() }),
        None => match crate::types::module::name_of(v) {
            Some(m) => format!("module '{m}' has no attribute '{name}'"),
            None => format!("'{}' object has no attribute '{name}'", v.ty().full_name()),
        },
    };
    attribute_error(text, v, name)
}
/// An AttributeError with `name` and `obj` set.
#[cold]
pub fn attribute_error(text: String, v: &Value, name: Name) -> Raised {
    let exc = with_args(&ATTRIBUTE_ERROR, vec![Value::string(text)]);
    if let Some(e) = error::hierarchy::body(&exc) {
        e.set_field(0, name.value());
        e.set_field(1, v.clone());
    }
    raise_value(exc)
}

/// `v.name = value` by a cache at the site.
#[inline]
pub fn setattr(v: &Value, name: &'static str, ic: &InlineCache, value: Value) -> PyResult<()> {
    if let Some(h) = v.header()
        && let Some(attrs) = h.attrs()
    {
        let shape = attrs.shape();
        if ic.key.get() == shape as *const Shape as usize && ic.version.get() == shape.class.version() && ic.kind.get() == Hit::Slot {
            attrs.set_slot(ic.slot.get() as usize, value);
            return Ok(());
        }
    }
    setattr_miss(v, ic.name(name), ic, value)
}
#[inline(never)]
fn setattr_miss(v: &Value, name: Name, ic: &InlineCache, value: Value) -> PyResult<()> {
    setattr_name(v, name, Some(value))?;
    let ty = v.ty();
    if ty.has_flag(TypeFlags::CUSTOM_SETATTR) || ty.hooks().setattr.is_some() {
        return Ok(());
    }
    if let Some(attrs) = v.header().and_then(Header::attrs) {
        let shape = attrs.shape();
        if !std::ptr::eq(shape, ty.dict_shape())
            && let Some(i) = shape.find(name)
            && !ty.lookup(name).as_ref().is_some_and(is_data_descriptor)
        {
            ic.kind.set(Hit::Slot);
            ic.slot.set(i as u32);
            ic.key.set(shape as *const Shape as usize);
            ic.version.set(ty.version());
        }
    }
    Ok(())
}
/// `setattr(v, name, value)` for a str value as name.
pub fn setattr_value(v: &Value, name: &Value, value: Value) -> PyResult<()> {
    match Name::of(name) {
        Some(n) => setattr_name(v, n, Some(value)),
        None => Err(type_error(format!("attribute name must be string, not '{}'", name.ty().name()))),
    }
}
/// `del v.name`.
pub fn delattr_name(v: &Value, name: Name) -> PyResult<()> {
    setattr_name(v, name, None)
}
/// Sets (`Some`) or deletes (`None`) an attribute.
pub fn setattr_name(v: &Value, name: Name, value: Option<Value>) -> PyResult<()> {
    let ty = v.ty();
    if ty.has_flag(TypeFlags::CUSTOM_SETATTR) {
        let (s, args) = match &value {
            Some(new) => (Special::SetAttr, vec![name.value(), new.clone()]),
            None => (Special::DelAttr, vec![name.value()]),
        };
        if !ty.special_is_native(s)
            && let Some(f) = ty.special(s).cloned()
        {
            return call_special(&f, v, &args).map(drop);
        }
    }
    set_plain(v, name, value)
}
/// Without `__setattr__`/`__delattr__` of `class` statements.
pub fn set_plain(v: &Value, name: Name, value: Option<Value>) -> PyResult<()> {
    match v.ty().hooks().setattr {
        Some(hook) => hook(v, name, value),
        None => set_generic(v, name, value),
    }
}
/// `object.__setattr__` and `object.__delattr__`.
pub fn set_generic(v: &Value, name: Name, value: Option<Value>) -> PyResult<()> {
    let ty = v.ty();
    let class_attr = ty.lookup(name);
    if let Some(a) = &class_attr {
        let t = a.ty();
        if t.is_heap() {
            let s = if value.is_some() { Special::Set } else { Special::Delete };
            if let Some(f) = t.special(s).cloned()
                && !t.special_is_native(s)
            {
                let mut args = vec![v.clone()];
                args.extend(value);
                return call_special(&f, a, &args).map(drop);
            }
            if t.hooks().descr_set.is_none() && is_data_descriptor(a) {
                return Err(attribute_error(if value.is_some() { "__set__".into() } else { "__delete__".into() }, v, name));
            }
        }
        if let Some(set) = t.hooks().descr_set {
            return set(a, v, value);
        }
    }
    if let Some(attrs) = v.header().and_then(Header::attrs)
        && !ty.has_flag(TypeFlags::NO_DICT)
    {
        match value {
            Some(new) => attrs.set(name, new),
            None => match attrs.delete(name) {
                Some(old) => drop(old),
                None => return Err(no_attribute(v, name)),
            },
        }
        return Ok(());
    }
    let tn = ty.full_name();
    let text = match (class_attr, value) {
        (Some(_), _) => format!("'{tn}' object attribute '{name}' is read-only"),
        (None, Some(_)) => format!("'{tn}' object has no attribute '{name}' and no __dict__ for setting new attributes"),
        (None, None) => format!("'{tn}' object has no attribute '{name}'"),
    };
    Err(attribute_error(text, v, name))
}

/// `hasattr(v, name)`.
pub fn hasattr(v: &Value, name: Name) -> PyResult<bool> {
    Ok(lookup_optional(v, name)?.is_some())
}

/// `type(v).name` bound to `v`, for special methods that have no number; `None` when absent.
pub fn type_attr(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    match v.ty().lookup(name) {
        Some(a) => bind(&a, v, v.ty()).map(Some),
        None => Ok(None),
    }
}
/// Calls the attribute `name` of the type when it has one.
pub fn call_type_attr(v: &Value, name: Name, args: &[Value]) -> Result<Option<Value>, Raised> {
    match type_attr(v, name)? {
        Some(f) => call(&f, args).map(Some),
        None => Ok(None),
    }
}
/// The receiver that stands for reading through the class.
pub const THROUGH_CLASS: Value = UNBOUND;
