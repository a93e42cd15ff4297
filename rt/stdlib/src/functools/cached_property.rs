//! Owns: `cached_property`.
//! Never: computes a value twice for one instance.
//! Source: CPython 3.13, Lib/functools.py.

use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::attr;
use rtcore::protocol::call::call;
use std::cell::RefCell;

pub struct CachedProperty {
    func: Value,
    name: RefCell<Value>,
    doc: RefCell<Value>,
}
impl Payload for CachedProperty {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.func);
        visit(&self.doc.borrow());
    }
}
impl Native for CachedProperty {
    fn class() -> &'static Type {
        &CACHED_PROPERTY
    }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    let [ty, func] = all else {
        return Err(type_error("cached_property.__init__() missing 1 required positional argument: 'func'"));
    };
    let Some(ty) = ty.as_type() else { return Err(type_error("not a type")) };
    let doc = attr::lookup_optional(func, names::__doc__.get())?.unwrap_or(NONE);
    Ok(object::new(ty, CachedProperty { func: func.clone(), name: RefCell::new(NONE), doc: RefCell::new(doc) }))
}
fn body(v: &Value) -> PyResult<&CachedProperty> {
    v.downcast::<CachedProperty>().ok_or_else(|| type_error("not a cached_property"))
}
fn set_name(v: &Value, _owner: &Value, name: &Value) -> PyResult {
    let p = body(v)?;
    let old = p.name.borrow().clone();
    if old.is_none() {
        *p.name.borrow_mut() = name.clone();
    } else if old.as_str() != name.as_str() {
        return Err(type_error(format!(
            "Cannot assign the same cached_property to two different names ({} and {}).",
            rtcore::protocol::repr::repr_string(&old)?,
            rtcore::protocol::repr::repr_string(name)?
        )));
    }
    Ok(NONE)
}
fn get(v: &Value, receiver: &Value, ty: &'static Type) -> PyResult {
    if receiver.is_unbound() {
        return Ok(v.clone());
    }
    let p = body(v)?;
    let Some(name) = Name::of(&p.name.borrow()) else {
        return Err(type_error("Cannot use cached_property instance without calling __set_name__ on it."));
    };
    let attrs = receiver.header().and_then(|h| h.attrs()).filter(|_| !receiver.ty().has_flag(TypeFlags::NO_DICT));
    let Some(attrs) = attrs else {
        return Err(type_error(format!("No '__dict__' attribute on '{}' instance to cache '{name}' property.", ty.name())));
    };
    if let Some(found) = attrs.get(name) {
        return Ok(found);
    }
    let value = call(&p.func, std::slice::from_ref(receiver))?;
    attrs.set(name, value.clone());
    Ok(value)
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, func)", Raw(new)),
    Method::new("__init__(self, /, *args)", Raw(|_, _| Ok(NONE))),
    Method::new("__set_name__(self, owner, name, /)", F3(set_name)),
    Method::class("__class_getitem__(cls, object, /)", F2(rtcore::types::alias::new)),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("func", |v| Ok(body(v)?.func.clone())),
    GetSet::ro("attrname", |v| Ok(body(v)?.name.borrow().clone())),
    GetSet::ro("__doc__", |v| Ok(body(v)?.doc.borrow().clone())),
    GetSet::ro("__isabstractmethod__", |v| {
        Ok(attr::lookup_optional(&body(v)?.func, Name::new("__isabstractmethod__"))?.unwrap_or(FALSE))
    }),
];
static DEF: ClassDef = ClassDef::new::<CachedProperty>("cached_property")
    .module("functools")
    .methods(METHODS)
    .getset(GETSET)
    .flags(TypeFlags::ATTRS)
    .hooks(Hooks { descr_get: Some(get), ..Hooks::NONE });
pub static CACHED_PROPERTY: Type = Type::builtin(&DEF);
