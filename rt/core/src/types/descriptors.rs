//! Owns: `property`, `classmethod`, `staticmethod`, `super`, members of `__slots__`, and the
//! `__dict__`/`__weakref__` descriptors of classes.
//! Never: looks descriptors up; that is `protocol::attr`.
//! Source: CPython 3.13, Objects/descrobject.c, Objects/funcobject.c, Objects/typeobject.c (`super`).

use crate::def::{F1, F2, F3, Method, N, Raw};
use crate::error::{PyResult, Raised, type_error};
use crate::name::{Name, names};
use crate::object::{self, Native, Payload};
use crate::protocol::attr::{self, attribute_error, bind};
use crate::protocol::call::{call, call_kw};
use crate::types::class::{ClassDef, GetSet, Hooks, Type, TypeFlags};
use crate::value::{NONE, UNBOUND, Value};
use std::cell::RefCell;

/// `property`.
pub struct Property {
    pub get: RefCell<Value>,
    pub set: RefCell<Value>,
    pub del: RefCell<Value>,
    doc: RefCell<Value>,
    name: RefCell<Value>,
}
impl Payload for Property {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for v in [&self.get, &self.set, &self.del, &self.doc, &self.name] {
            visit(&v.borrow());
        }
    }
}
impl Native for Property {
    fn class() -> &'static Type {
        &PROPERTY
    }
}
fn property_new(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else { return Err(type_error("property.__new__(X): X is not a type object")) };
    let none = || RefCell::new(NONE);
    Ok(object::new(ty, Property { get: none(), set: none(), del: none(), doc: none(), name: none() }))
}
fn property_init(a: &[Value]) -> PyResult {
    let [v, get, set, del, doc] = a else { return Ok(NONE) };
    let Some(p) = v.downcast::<Property>() else { return Ok(NONE) };
    *p.get.borrow_mut() = get.clone();
    *p.set.borrow_mut() = set.clone();
    *p.del.borrow_mut() = del.clone();
    let doc = if doc.is_none() && !get.is_none() {
        attr::lookup_optional(get, names::__doc__.get())?.unwrap_or(NONE)
    } else {
        doc.clone()
    };
    *p.doc.borrow_mut() = doc;
    Ok(NONE)
}
fn property_name(p: &Property) -> PyResult<String> {
    let n = p.name.borrow().clone();
    let n = if n.is_none() {
        let g = p.get.borrow().clone();
        attr::lookup_optional(&g, names::__name__.get())?.unwrap_or(NONE)
    } else {
        n
    };
    Ok(if n.is_none() { String::new() } else { format!(" {}", crate::protocol::repr::repr_string(&n)?) })
}
fn property_get(v: &Value, receiver: &Value, _ty: &'static Type) -> PyResult {
    if receiver.is_unbound() {
        return Ok(v.clone());
    }
    let Some(p) = v.downcast::<Property>() else { return Ok(NONE) };
    let f = p.get.borrow().clone();
    if f.is_none() {
        let text = format!("property{} of '{}' object has no getter", property_name(p)?, receiver.ty().qualname());
        return Err(crate::error::attribute_error(text));
    }
    call(&f, std::slice::from_ref(receiver))
}
fn property_set(v: &Value, receiver: &Value, new: Option<Value>) -> Result<(), Raised> {
    let Some(p) = v.downcast::<Property>() else { return Ok(()) };
    let (f, what) = match new {
        Some(_) => (p.set.borrow().clone(), "setter"),
        None => (p.del.borrow().clone(), "deleter"),
    };
    if f.is_none() {
        let text = format!("property{} of '{}' object has no {what}", property_name(p)?, receiver.ty().qualname());
        return Err(crate::error::attribute_error(text));
    }
    let mut args = vec![receiver.clone()];
    args.extend(new);
    call(&f, &args).map(drop)
}
fn property_with(v: &Value, i: usize, f: &Value) -> PyResult {
    let Some(p) = v.downcast::<Property>() else { return Err(type_error("descriptor requires a 'property' object")) };
    let mut parts = [p.get.borrow().clone(), p.set.borrow().clone(), p.del.borrow().clone()];
    parts[i] = f.clone();
    let new = call(&Value::of_type(v.ty()), &parts)?;
    if let Some(q) = new.downcast::<Property>() {
        *q.name.borrow_mut() = p.name.borrow().clone();
        if i != 0 {
            *q.doc.borrow_mut() = p.doc.borrow().clone();
        }
    }
    Ok(new)
}
fn property_getter(v: &Value, f: &Value) -> PyResult {
    property_with(v, 0, f)
}
fn property_setter(v: &Value, f: &Value) -> PyResult {
    property_with(v, 1, f)
}
fn property_deleter(v: &Value, f: &Value) -> PyResult {
    property_with(v, 2, f)
}
fn property_set_name(v: &Value, _owner: &Value, name: &Value) -> PyResult {
    if let Some(p) = v.downcast::<Property>() {
        *p.name.borrow_mut() = name.clone();
    }
    Ok(NONE)
}
macro_rules! property_fields {
    ($($f:ident $field:ident;)*) => {
        $(fn $f(v: &Value) -> PyResult { Ok(v.downcast::<Property>().map_or(NONE, |p| p.$field.borrow().clone())) })*
    };
}
property_fields! { fget get; fset set; fdel del; fdoc doc; }
fn set_fdoc(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    if let Some(p) = v.downcast::<Property>() {
        *p.doc.borrow_mut() = new.unwrap_or(NONE);
    }
    Ok(())
}
fn pname(v: &Value) -> PyResult {
    Ok(v.downcast::<Property>().map_or(NONE, |p| p.name.borrow().clone()))
}
fn property_isabstract(v: &Value) -> PyResult {
    let Some(p) = v.downcast::<Property>() else { return Ok(NONE) };
    for f in [&p.get, &p.set, &p.del] {
        let f = f.borrow().clone();
        if is_abstract(&f)? {
            return Ok(crate::value::TRUE);
        }
    }
    Ok(crate::value::FALSE)
}
/// `f.__isabstractmethod__`, false when there is none.
pub fn is_abstract(f: &Value) -> PyResult<bool> {
    match attr::lookup_optional(f, Name::new("__isabstractmethod__"))? {
        Some(b) => crate::protocol::sequence::truth(&b),
        None => Ok(false),
    }
}
fn dunder_get(f: &Value, instance: &Value, ty: &Value) -> PyResult {
    let receiver = if instance.is_none() { &UNBOUND } else { instance };
    bind(f, receiver, ty.as_type().unwrap_or_else(|| instance.ty()))
}
fn dunder_set(f: &Value, instance: &Value, new: &Value) -> PyResult {
    property_set(f, instance, Some(new.clone()))?;
    Ok(NONE)
}
fn dunder_delete(f: &Value, instance: &Value) -> PyResult {
    property_set(f, instance, None)?;
    Ok(NONE)
}
static PROPERTY_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(property_new)),
    Method::new("__init__(self, fget=None, fset=None, fdel=None, doc=None)", N(property_init)),
    Method::new("getter(self, object, /)", F2(property_getter)),
    Method::new("setter(self, object, /)", F2(property_setter)),
    Method::new("deleter(self, object, /)", F2(property_deleter)),
    Method::new("__set_name__(self, owner, name, /)", F3(property_set_name)),
    Method::new("__get__(self, instance, owner=None, /)", F3(dunder_get)),
    Method::new("__set__(self, instance, value, /)", F3(dunder_set)),
    Method::new("__delete__(self, instance, /)", F2(dunder_delete)),
];
static PROPERTY_GETSET: &[GetSet] = &[
    GetSet::ro("fget", fget),
    GetSet::ro("fset", fset),
    GetSet::ro("fdel", fdel),
    GetSet::ro("__name__", pname),
    GetSet::rw("__doc__", fdoc, set_fdoc),
    GetSet::ro("__isabstractmethod__", property_isabstract),
];
static PROPERTY_DEF: ClassDef = ClassDef::new::<Property>("property").methods(PROPERTY_METHODS).getset(PROPERTY_GETSET).hooks(Hooks {
    descr_get: Some(property_get),
    descr_set: Some(property_set),
    ..Hooks::NONE
});
pub static PROPERTY: Type = Type::builtin(&PROPERTY_DEF);

/// The body of `classmethod` and `staticmethod`.
pub struct Wrapper {
    pub func: RefCell<Value>,
}
impl Payload for Wrapper {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.func.borrow());
    }
}
impl Native for Wrapper {
    fn class() -> &'static Type {
        &STATICMETHOD
    }
}
pub fn staticmethod(f: Value) -> Value {
    object::new(&STATICMETHOD, Wrapper { func: RefCell::new(f) })
}
pub fn classmethod(f: Value) -> Value {
    object::new(&CLASSMETHOD, Wrapper { func: RefCell::new(f) })
}
fn wrapped(v: &Value) -> Value {
    v.downcast::<Wrapper>().map_or(NONE, |w| w.func.borrow().clone())
}
fn wrapper_new(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else { return Err(type_error("X is not a type object")) };
    Ok(object::new(ty, Wrapper { func: RefCell::new(NONE) }))
}
fn wrapper_init(v: &Value, f: &Value) -> PyResult {
    if let Some(w) = v.downcast::<Wrapper>() {
        *w.func.borrow_mut() = f.clone();
    }
    if let Some(attrs) = v.header().and_then(|h| h.attrs()) {
        for n in [&names::__module__, &names::__name__, &names::__qualname__, &names::__doc__] {
            if let Some(x) = attr::lookup_optional(f, n.get())? {
                attrs.set(n.get(), x);
            }
        }
    }
    Ok(NONE)
}
fn static_get(v: &Value, _receiver: &Value, _ty: &'static Type) -> PyResult {
    Ok(wrapped(v))
}
fn class_get(v: &Value, _receiver: &Value, ty: &'static Type) -> PyResult {
    Ok(crate::types::function::bound::new(wrapped(v), Value::of_type(ty)))
}
fn static_call(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    call_kw(&wrapped(v), values, kw)
}
fn wrapper_func(v: &Value) -> PyResult {
    Ok(wrapped(v))
}
fn wrapper_abstract(v: &Value) -> PyResult {
    Ok(Value::bool(is_abstract(&wrapped(v))?))
}
fn wrapper_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("<{}({})>", v.ty().name(), crate::protocol::repr::repr_string(&wrapped(v))?)))
}
fn wrapper_dict(v: &Value) -> PyResult {
    Ok(v.header().and_then(|h| h.attrs()).map_or(NONE, |a| a.to_dict()))
}
static WRAPPER_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(wrapper_new)),
    Method::new("__init__(self, function, /)", F2(wrapper_init)),
    Method::new("__get__(self, instance, owner=None, /)", F3(dunder_get)),
    Method::new("__repr__(self, /)", F1(wrapper_repr)),
];
static WRAPPER_GETSET: &[GetSet] = &[
    GetSet::ro("__func__", wrapper_func),
    GetSet::ro("__wrapped__", wrapper_func),
    GetSet::ro("__isabstractmethod__", wrapper_abstract),
    GetSet::ro("__dict__", wrapper_dict),
];
static STATICMETHOD_DEF: ClassDef =
    ClassDef::new::<Wrapper>("staticmethod").methods(WRAPPER_METHODS).getset(WRAPPER_GETSET).flags(TypeFlags::ATTRS).hooks(Hooks {
        descr_get: Some(static_get),
        call: Some(static_call),
        ..Hooks::NONE
    });
pub static STATICMETHOD: Type = Type::builtin(&STATICMETHOD_DEF);
static CLASSMETHOD_DEF: ClassDef = ClassDef::new::<Wrapper>("classmethod")
    .like(&crate::types::object_::OBJECT, &STATICMETHOD)
    .methods(WRAPPER_METHODS)
    .getset(WRAPPER_GETSET)
    .flags(TypeFlags::ATTRS)
    .hooks(Hooks { descr_get: Some(class_get), ..Hooks::NONE });
pub static CLASSMETHOD: Type = Type::builtin(&CLASSMETHOD_DEF);

/// A member of `__slots__`.
pub struct Member {
    owner: &'static Type,
    name: Name,
}
impl Payload for Member {}
impl Native for Member {
    fn class() -> &'static Type {
        &MEMBER
    }
}
pub fn member(owner: &'static Type, name: Name) -> Value {
    object::new(&MEMBER, Member { owner, name })
}
fn member_get(v: &Value, receiver: &Value, _ty: &'static Type) -> PyResult {
    let Some(m) = v.downcast::<Member>() else { return Ok(NONE) };
    if receiver.is_unbound() {
        return Ok(v.clone());
    }
    match receiver.header().and_then(|h| h.attrs()).and_then(|a| a.get(m.name)) {
        Some(x) => Ok(x),
        None => Err(attribute_error(format!("'{}' object has no attribute '{}'", receiver.ty().name(), m.name), receiver, m.name)),
    }
}
fn member_set(v: &Value, receiver: &Value, new: Option<Value>) -> Result<(), Raised> {
    let Some(m) = v.downcast::<Member>() else { return Ok(()) };
    let Some(attrs) = receiver.header().and_then(|h| h.attrs()) else { return Ok(()) };
    match new {
        Some(new) => attrs.set(m.name, new),
        None => {
            if attrs.delete(m.name).is_none() {
                return Err(attribute_error(m.name.to_string(), receiver, m.name));
            }
        }
    }
    Ok(())
}
fn member_repr(v: &Value) -> PyResult {
    let Some(m) = v.downcast::<Member>() else { return Ok(NONE) };
    Ok(Value::string(format!("<member '{}' of '{}' objects>", m.name, m.owner.name())))
}
fn member_name(v: &Value) -> PyResult {
    Ok(v.downcast::<Member>().map_or(NONE, |m| m.name.value()))
}
fn member_class(v: &Value) -> PyResult {
    Ok(v.downcast::<Member>().map_or(NONE, |m| Value::of_type(m.owner)))
}
fn member_dset(f: &Value, instance: &Value, new: &Value) -> PyResult {
    member_set(f, instance, Some(new.clone()))?;
    Ok(NONE)
}
static MEMBER_METHODS: &[Method] = &[
    Method::new("__repr__(self, /)", F1(member_repr)),
    Method::new("__get__(self, instance, owner=None, /)", F3(dunder_get)),
    Method::new("__set__(self, instance, value, /)", F3(member_dset)),
];
/// A slot has no text of its own; the values of a `__slots__` dict are for `inspect` alone.
fn member_doc(_: &Value) -> PyResult {
    Ok(NONE)
}
static MEMBER_GETSET: &[GetSet] = &[GetSet::ro("__name__", member_name), GetSet::ro("__objclass__", member_class), GetSet::ro("__doc__", member_doc)];
static MEMBER_DEF: ClassDef = ClassDef::new::<Member>("member_descriptor").methods(MEMBER_METHODS).getset(MEMBER_GETSET).hooks(Hooks {
    descr_get: Some(member_get),
    descr_set: Some(member_set),
    ..Hooks::NONE
});
pub static MEMBER: Type = Type::builtin(&MEMBER_DEF);

fn instance_dict(v: &Value) -> PyResult {
    match v.header().and_then(|h| h.attrs()) {
        Some(a) => Ok(a.to_dict()),
        None => Err(attr::no_attribute(v, names::__dict__.get())),
    }
}
fn set_instance_dict(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    match new {
        Some(d) if d.downcast::<crate::types::dict::Dict>().is_some() => {
            if let Some(a) = v.header().and_then(|h| h.attrs()) {
                a.set_dict(d);
            }
            Ok(())
        }
        Some(d) => Err(type_error(format!("__dict__ must be set to a dictionary, not a '{}'", d.ty().name()))),
        None => Err(type_error("cannot delete __dict__")),
    }
}
static DICT_GETSET: GetSet = GetSet::rw("__dict__", instance_dict, set_instance_dict);
/// The `__dict__` attribute of a class whose instances have one.
pub fn dict_descriptor(owner: &'static Type) -> Value {
    crate::types::function::native::getset(owner, &DICT_GETSET)
}
fn instance_weakref(v: &Value) -> PyResult {
    Ok(crate::weak::first_ref(v))
}
static WEAKREF_GETSET: GetSet = GetSet::ro("__weakref__", instance_weakref);
pub fn weakref_descriptor(owner: &'static Type) -> Value {
    crate::types::function::native::getset(owner, &WEAKREF_GETSET)
}

/// `super`.
pub struct Super {
    after: RefCell<Option<&'static Type>>,
    receiver: RefCell<Value>,
    /// Where the search begins: the receiver's type, or the receiver itself when it is a class.
    start: RefCell<Option<&'static Type>>,
}
impl Payload for Super {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.receiver.borrow());
    }
}
impl Native for Super {
    fn class() -> &'static Type {
        &SUPER
    }
}
/// The class whose resolution order `super(after, receiver)` searches.
fn start_of(after: &'static Type, receiver: &Value) -> PyResult<&'static Type> {
    if let Some(t) = receiver.as_type()
        && t.is_subtype(after)
    {
        return Ok(t);
    }
    if receiver.ty().is_subtype(after) {
        return Ok(receiver.ty());
    }
    if let Some(c) = attr::lookup_optional(receiver, names::__class__.get())?
        && let Some(t) = c.as_type()
        && t.is_subtype(after)
    {
        return Ok(t);
    }
    let got = match receiver.as_type() {
        Some(t) => format!("type '{}'", t.name()),
        None => format!("instance of '{}'", receiver.ty().name()),
    };
    Err(type_error(format!("super(type, obj): obj ({got}) is not an instance or subtype of type ('{}').", after.name())))
}
/// `super(after, receiver)`; the zero-argument form passes `__class__` and the first argument.
pub fn super_(after: &Value, receiver: &Value) -> PyResult {
    let Some(t) = after.as_type() else {
        return Err(type_error(format!("super() argument 1 must be a type, not {}", after.ty().name())));
    };
    let start = if receiver.is_unbound() || receiver.is_none() { None } else { Some(start_of(t, receiver)?) };
    let receiver = if start.is_none() { NONE } else { receiver.clone() };
    Ok(object::new(&SUPER, Super { after: RefCell::new(Some(t)), receiver: RefCell::new(receiver), start: RefCell::new(start) }))
}
/// The attribute `super(after, receiver).name`, not bound, with the class to bind it to.
pub fn super_lookup(after: &'static Type, start: &'static Type, name: Name) -> Option<Value> {
    let mro = start.mro();
    let i = mro.iter().position(|t| std::ptr::eq(*t, after))?;
    mro[i + 1..].iter().find_map(|t| t.own(name))
}
/// `super().name(args…)` without making the super object.
pub fn super_method(after: &Value, receiver: &Value, name: Name, values: &[Value], kw: &[Name]) -> PyResult {
    let Some(t) = after.as_type() else { return Err(crate::error::runtime_error("super(): empty __class__ cell")) };
    let start = start_of(t, receiver)?;
    match super_lookup(t, start, name) {
        Some(f) if f.downcast_exact::<crate::types::function::Function>().is_some() && receiver.as_type().is_none_or(|r| !std::ptr::eq(r, start)) => {
            crate::protocol::call::call_special_kw(&f, receiver, values, kw)
        }
        _ => {
            let s = super_(after, receiver)?;
            call_kw(&attr::getattr_name(&s, name)?, values, kw)
        }
    }
}
fn super_getattr(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    let Some(s) = v.downcast::<Super>() else { return Ok(None) };
    let (after, start, receiver) = (*s.after.borrow(), *s.start.borrow(), s.receiver.borrow().clone());
    if let (Some(after), Some(start)) = (after, start)
        && name != names::__class__.get()
        && let Some(f) = super_lookup(after, start, name)
    {
        let through_class = receiver.as_type().is_some_and(|t| std::ptr::eq(t, start));
        let r = if through_class { UNBOUND } else { receiver };
        return bind(&f, &r, start).map(Some);
    }
    match attr::lookup_generic(v, name)? {
        Some(x) => Ok(Some(x)),
        None => Err(attribute_error(format!("'super' object has no attribute '{name}'"), v, name)),
    }
}
fn super_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all {
        [_, after] => super_(after, &UNBOUND),
        [_, after, receiver] => super_(after, receiver),
        [_] => Err(crate::error::runtime_error("super(): no arguments")),
        _ => Err(type_error(format!("super() takes at most 2 arguments ({} given)", all.len().saturating_sub(1)))),
    }
}
fn super_repr(v: &Value) -> PyResult {
    let Some(s) = v.downcast::<Super>() else { return Ok(NONE) };
    let after = s.after.borrow().map_or("NULL", Type::name);
    let text = match *s.start.borrow() {
        Some(t) => format!("<super: <class '{after}'>, <{} object>>", t.name()),
        None => format!("<super: <class '{after}'>, NULL>"),
    };
    Ok(Value::string(text))
}
fn super_this(v: &Value) -> PyResult {
    Ok(v.downcast::<Super>().and_then(|s| *s.after.borrow()).map_or(NONE, Value::of_type))
}
fn super_self(v: &Value) -> PyResult {
    Ok(v.downcast::<Super>().map_or(NONE, |s| s.receiver.borrow().clone()))
}
fn super_self_class(v: &Value) -> PyResult {
    Ok(v.downcast::<Super>().and_then(|s| *s.start.borrow()).map_or(NONE, Value::of_type))
}
static SUPER_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args)", Raw(super_new)),
    Method::new("__init__(self, /, *args)", Raw(|_, _| Ok(NONE))),
    Method::new("__repr__(self, /)", F1(super_repr)),
];
static SUPER_GETSET: &[GetSet] =
    &[GetSet::ro("__thisclass__", super_this), GetSet::ro("__self__", super_self), GetSet::ro("__self_class__", super_self_class)];
static SUPER_DEF: ClassDef =
    ClassDef::new::<Super>("super").methods(SUPER_METHODS).getset(SUPER_GETSET).hooks(Hooks { getattr: Some(super_getattr), ..Hooks::NONE });
pub static SUPER: Type = Type::builtin(&SUPER_DEF);
