//! Owns: `object`, the root of all classes, and the body of plain instances.
//! Never: stores attributes; instances of classes carry `shape::Attrs`.
//! Source: CPython 3.13, Objects/typeobject.c (`object_methods`).

use crate::def::{F1, F2, F3, Method, Raw};
use crate::error::{PyResult, Raised, type_error};
use crate::name::{Name, names};
use crate::object::{self, Native, Payload};
use crate::protocol::{attr, call, repr};
use crate::types::class::special::Special;
use crate::types::class::{ClassDef, GetSet, Type, TypeFlags, create};
use crate::types::none::not_implemented;
use crate::types::{dict::Dict, list::List, tuple};
use crate::value::{NONE, Value};

/// The empty body of instances of plain classes.
pub struct Instance;
impl Payload for Instance {}
impl Native for Instance {
    fn class() -> &'static Type {
        &OBJECT
    }
}

/// A new instance of a class whose solid base is `object`, without running `__init__`.
pub fn instance(ty: &'static Type) -> Value {
    object::new(ty, Instance)
}

fn object_new(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else {
        return Err(type_error("object.__new__(X): X is not a type object"));
    };
    if all.len() > 1 || !kw.is_empty() {
        if !is_object_new(ty) {
            return Err(type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if is_object_init(ty) {
            return Err(type_error(format!("{}() takes no arguments", ty.name())));
        }
    }
    new_checked(ty)
}
/// `object.__new__(ty)`: refuses abstract classes and classes with another layout.
pub fn new_checked(ty: &'static Type) -> PyResult {
    if ty.has_flag(TypeFlags::ABSTRACT) {
        return Err(abstract_error(ty));
    }
    if !std::ptr::eq(ty.solid(), &OBJECT) {
        return Err(type_error(format!("object.__new__({0}) is not safe, use {0}.__new__()", ty.name())));
    }
    Ok(instance(ty))
}
fn abstract_error(ty: &'static Type) -> Raised {
    let set = ty.lookup(names::__abstractmethods__.get()).unwrap_or(NONE);
    let mut list: Vec<String> = crate::protocol::iter::collect(&set)
        .map(|v| v.iter().filter_map(|n| n.as_str().map(|s| format!("'{s}'"))).collect())
        .unwrap_or_default();
    list.sort();
    let s = if list.len() == 1 { "" } else { "s" };
    type_error(format!("Can't instantiate abstract class {} without an implementation for abstract method{s} {}", ty.name(), list.join(", ")))
}
fn native_row(ty: &'static Type, s: Special) -> Option<*const Method> {
    let v = ty.special(s)?;
    v.downcast::<crate::types::function::native::Builtin>()
        .map(|b| b.method as *const Method)
        .or_else(|| v.downcast::<crate::types::function::native::MethodDescr>().map(|m| m.method as *const Method))
}
/// True when instances are made by `object.__new__`.
pub fn is_object_new(ty: &'static Type) -> bool {
    native_row(ty, Special::New) == Some(&METHODS[0] as *const Method)
}
/// True when `__init__` is object's own.
pub fn is_object_init(ty: &'static Type) -> bool {
    native_row(ty, Special::Init) == Some(&METHODS[1] as *const Method)
}
fn object_init(all: &[Value], kw: &[Name]) -> PyResult {
    if (all.len() > 1 || !kw.is_empty())
        && let Some(v) = all.first()
    {
        let ty = v.ty();
        if !is_object_init(ty) {
            return Err(type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
        }
        if is_object_new(ty) {
            return Err(type_error(format!("{}.__init__() takes exactly one argument (the instance to initialize)", ty.name())));
        }
    }
    Ok(NONE)
}

/// `<module.qualname object at 0x…>`.
fn object_repr(v: &Value) -> PyResult {
    let t = v.ty();
    let module = t.module_name();
    let prefix = if module == "builtins" { String::new() } else { format!("{module}.") };
    Ok(Value::string(format!("<{prefix}{} object at {:#x}>", t.qualname(), id(v))))
}
/// `id(v)`: the address; scalars get a number made from their value.
pub fn id(v: &Value) -> u64 {
    match v.tag() {
        crate::value::Tag::Obj => v.bits(),
        crate::value::Tag::None | crate::value::Tag::Unbound => 0x10_0000,
        crate::value::Tag::Bool => 0x10_0040 + v.bits() * 32,
        crate::value::Tag::Int => 0x7000_0000_0000_0000 ^ (v.bits() << 5),
        crate::value::Tag::Float => 0x6000_0000_0000_0000 ^ (v.bits() >> 1),
    }
}
/// The type's `__repr__`, unchecked: `str()` complains about what it returned.
fn object_str(v: &Value) -> PyResult {
    match call::try_special(v, Special::Repr, &[]) {
        Some(r) => r,
        None => repr::repr(v),
    }
}
fn object_eq(a: &Value, b: &Value) -> PyResult {
    Ok(if a.is(b) { crate::value::TRUE } else { not_implemented() })
}
fn object_ne(a: &Value, b: &Value) -> PyResult {
    match call::try_special(a, Special::Eq, std::slice::from_ref(b)) {
        Some(r) => {
            let r = r?;
            if crate::types::none::is_not_implemented(&r) { Ok(r) } else { Ok(Value::bool(!crate::protocol::sequence::truth(&r)?)) }
        }
        None => Ok(not_implemented()),
    }
}
fn no_order(_: &Value, _: &Value) -> PyResult {
    Ok(not_implemented())
}
fn object_hash(v: &Value) -> PyResult {
    Ok(Value::int((id(v) as i64).rotate_right(4)))
}
fn object_format(v: &Value, spec: &Value) -> PyResult {
    match spec.as_str() {
        Some("") => repr::str_(v),
        Some(_) => Err(type_error(format!("unsupported format string passed to {}.__format__", v.ty().name()))),
        None => Err(type_error(format!("__format__() argument must be str, not {}", spec.ty().name()))),
    }
}
fn attr_name(v: &Value) -> PyResult<Name> {
    Name::of(v).ok_or_else(|| type_error(format!("attribute name must be string, not '{}'", v.ty().name())))
}
fn object_getattribute(v: &Value, name: &Value) -> PyResult {
    let n = attr_name(name)?;
    match attr::lookup_plain(v, n)? {
        Some(found) => Ok(found),
        None => Err(attr::no_attribute(v, n)),
    }
}
fn object_setattr(v: &Value, name: &Value, new: &Value) -> PyResult {
    attr::set_plain(v, attr_name(name)?, Some(new.clone()))?;
    Ok(NONE)
}
fn object_delattr(v: &Value, name: &Value) -> PyResult {
    attr::set_plain(v, attr_name(name)?, None)?;
    Ok(NONE)
}
fn object_dir(v: &Value) -> PyResult {
    let mut out: Vec<Name> = vec![];
    if let Some(d) = attr::lookup_optional(v, names::__dict__.get())? {
        for (k, _) in crate::types::dict::items_of(&d).unwrap_or_default() {
            out.extend(Name::of(&k));
        }
    }
    create::collect_names(v.ty(), &mut out);
    Ok(List::value(out.into_iter().map(Name::value).collect()))
}
fn init_subclass(all: &[Value], kw: &[Name]) -> PyResult {
    if all.len() > 1 || !kw.is_empty() {
        let name = all.first().and_then(Value::as_type).map_or("object", Type::name);
        return Err(type_error(format!("{name}.__init_subclass__() takes no keyword arguments")));
    }
    Ok(NONE)
}
fn subclasshook(_: &Value, _: &Value) -> PyResult {
    Ok(not_implemented())
}
/// `copyreg.__reduce_ex__` reduced to what `copy` and `pickle` need: class, no arguments, state.
/// `object.__reduce_ex__` (CPython 3.13: Objects/typeobject.c, `object___reduce_ex__`, `reduce_newobj`).
fn reduce_ex(v: &Value, _protocol: &Value) -> PyResult {
    let ty = v.ty();
    if let Some((owner, f)) = ty.lookup_where(names::__reduce__.get())
        && !std::ptr::eq(owner, &OBJECT)
    {
        return call::call_special(&f, v, &[]);
    }
    reduce(v)
}
fn reduce(v: &Value) -> PyResult {
    use crate::types::{dict, list};
    let ty = v.ty();
    let mut args = vec![Value::of_type(ty)];
    let new_args = crate::protocol::attr::call_type_attr(v, Name::new("__getnewargs__"), &[])?;
    let has_args = new_args.is_some();
    if let Some(a) = new_args {
        args.extend_from_slice(tuple::items(&a));
    }
    let solid = ty.solid();
    let container = std::ptr::eq(solid, &list::LIST) || std::ptr::eq(solid, &dict::DICT);
    let own_state = ty.lookup_where(names::__getstate__.get()).is_some_and(|(o, _)| !std::ptr::eq(o, &OBJECT));
    if !has_args && !own_state && !container && !std::ptr::eq(solid, &OBJECT) {
        return Err(type_error(format!("cannot pickle '{}' object", ty.name())));
    }
    let state = call::call_method_name(v, names::__getstate__.get(), &[])?;
    let newobj = crate::protocol::attr::getattr_name(&Value::of_type(ty), names::__new__.get())?;
    let items = match (v.downcast::<list::List>(), v.downcast::<dict::Dict>()) {
        (Some(_), _) => [crate::protocol::iter::iter(v)?, NONE],
        (None, Some(_)) => {
            let view = call::call_method_name(v, names::items.get(), &[])?;
            [NONE, crate::protocol::iter::iter(&view)?]
        }
        (None, None) => [NONE, NONE],
    };
    let [list_items, dict_items] = items;
    Ok(tuple::new(vec![newobj, tuple::new(args), state, list_items, dict_items]))
}
/// The attributes; with `__slots__`, a pair of attributes and slots.
fn getstate(v: &Value) -> PyResult {
    let Some(a) = v.header().and_then(|h| h.attrs()) else { return Ok(NONE) };
    let slots = v.ty().slots.borrow().clone();
    let (in_slots, plain): (Vec<_>, Vec<_>) = a.items().into_iter().partition(|(n, _)| slots.contains(n));
    let dict = if plain.is_empty() { NONE } else { Dict::from_names(plain) };
    Ok(if in_slots.is_empty() { dict } else { tuple::new(vec![dict, Dict::from_names(in_slots)]) })
}
fn sizeof(v: &Value) -> PyResult {
    Ok(Value::int(v.ty().vtable().size as i64))
}
fn get_class(v: &Value) -> PyResult {
    Ok(Value::of_type(v.ty()))
}
fn set_class(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    let Some(new) = new else { return Err(type_error("can't delete __class__ attribute")) };
    let Some(t) = new.as_type() else {
        return Err(type_error(format!("__class__ must be set to a class, not '{}' object", new.ty().name())));
    };
    let old = v.ty();
    let Some(h) = v.header().filter(|_| old.is_heap() && t.is_heap()) else {
        return Err(type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    };
    if !std::ptr::eq(old.solid(), t.solid()) || old.attrs_offset() != t.attrs_offset() || old.slots.borrow().as_slice() != t.slots.borrow().as_slice() {
        return Err(type_error(format!("__class__ assignment: '{}' object layout differs from '{}'", t.name(), old.name())));
    }
    h.set_ty(t);
    if let Some(a) = h.attrs() {
        a.rebase(t);
    }
    Ok(())
}

static METHODS: &[Method] = &[
    Method::static_("__new__(*args, **kwargs)", Raw(object_new)),
    Method::new("__init__(self, /, *args, **kwargs)", Raw(object_init)),
    Method::new("__repr__(self, /)", F1(object_repr)),
    Method::new("__str__(self, /)", F1(object_str)),
    Method::new("__eq__(self, value, /)", F2(object_eq)),
    Method::new("__ne__(self, value, /)", F2(object_ne)),
    Method::new("__lt__(self, value, /)", F2(no_order)),
    Method::new("__le__(self, value, /)", F2(no_order)),
    Method::new("__gt__(self, value, /)", F2(no_order)),
    Method::new("__ge__(self, value, /)", F2(no_order)),
    Method::new("__hash__(self, /)", F1(object_hash)),
    Method::new("__format__(self, format_spec, /)", F2(object_format)),
    Method::new("__getattribute__(self, name, /)", F2(object_getattribute)),
    Method::new("__setattr__(self, name, value, /)", F3(object_setattr)),
    Method::new("__delattr__(self, name, /)", F2(object_delattr)),
    Method::new("__dir__(self, /)", F1(object_dir)),
    Method::new("__reduce_ex__(self, protocol, /)", F2(reduce_ex)),
    Method::new("__getstate__(self, /)", F1(getstate)),
    Method::new("__sizeof__(self, /)", F1(sizeof)),
    Method::class("__init_subclass__(cls, /, *args, **kw)", Raw(init_subclass)),
    Method::class("__subclasshook__(cls, subclass, /)", F2(subclasshook)),
];
static GETSET: &[GetSet] = &[GetSet::rw("__class__", get_class, set_class)];
static DEF: ClassDef = {
    let mut d = ClassDef::new::<Instance>("object");
    d.base = None;
    d.doc("The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n")
        .methods(METHODS)
        .getset(GETSET)
};
pub static OBJECT: Type = Type::builtin(&DEF);
