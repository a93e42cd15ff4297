//! Owns: `ABCMeta`, abstract methods and virtual subclasses.
//! Never: defines an abstract base class; `collections.abc` and others do.
//! Source: CPython 3.13, Modules/_abc.c, Lib/abc.py.

use crate::error::type_error;
use crate::gil::{Gil, GilCell};
use crate::methods::*;
use crate::protocol::sequence::truth;
use crate::protocol::{attr, call, instance};
use crate::types::class::create;
use crate::types::class::methods::TYPE;
use crate::types::dict::Dict;
use crate::types::{descriptors, tuple};
use std::cell::{Cell, RefCell};

struct MetaBody;
impl Payload for MetaBody {}

/// Virtual subclasses by class.
static REGISTRY: Gil<RefCell<Vec<(&'static Type, &'static Type)>>> = Gil::new(RefCell::new(Vec::new()));
static TOKEN: GilCell<i64> = Gil::new(Cell::new(0));

/// Recomputes `__abstractmethods__` from the class's own table and its bases'.
pub fn update_abstract(ty: &'static Type) -> PyResult<()> {
    let mut abstracts: Vec<Name> = vec![];
    let own: Vec<(Name, Value)> = ty.dict.borrow().iter().map(|(n, v)| (n, v.clone())).collect();
    for (n, v) in &own {
        if descriptors::is_abstract(v)? {
            abstracts.push(*n);
        }
    }
    for base in &ty.mro()[1..] {
        let Some(set) = base.own(names::__abstractmethods__.get()) else { continue };
        for n in crate::protocol::iter::collect(&set)? {
            let Some(name) = Name::of(&n) else { continue };
            if let Some(v) = attr::lookup_optional(&Value::of_type(ty), name)?
                && descriptors::is_abstract(&v)?
                && !abstracts.contains(&name)
            {
                abstracts.push(name);
            }
        }
    }
    if abstracts.is_empty() {
        ty.clear_flag(TypeFlags::ABSTRACT);
    } else {
        ty.set_flag(TypeFlags::ABSTRACT);
    }
    let set = crate::protocol::call::call(
        &Value::of_type(&crate::types::set::FROZENSET),
        &[tuple::new(abstracts.into_iter().map(Name::value).collect())],
    )?;
    ty.set_own(names::__abstractmethods__.get(), set);
    Ok(())
}

fn meta_new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(meta) = all.first().and_then(Value::as_type) else {
        return Err(type_error("ABCMeta.__new__(X): X is not a type object"));
    };
    let [name, bases, ns] = &all[1..pos] else {
        return Err(type_error("ABCMeta.__new__() missing required arguments"));
    };
    if ns.downcast::<Dict>().is_none() {
        return Err(type_error(format!("type.__new__() argument 3 must be dict, not {}", ns.ty().name())));
    }
    let kw: Vec<(Name, Value)> = kw.iter().copied().zip(all[pos..].iter().cloned()).collect();
    let class = create::type_new(meta, name, bases, ns, &kw)?;
    if let Some(t) = class.as_type() {
        update_abstract(t)?;
    }
    Ok(class)
}
fn this(v: &Value) -> PyResult<&'static Type> {
    v.as_type().ok_or_else(|| type_error("descriptor requires a class"))
}
/// `cls.register(subclass)`.
pub fn register(cls: &Value, sub: &Value) -> PyResult {
    let (t, Some(s)) = (this(cls)?, sub.as_type()) else { return Err(type_error("Can only register classes")) };
    if subclass_of(s, cls)? {
        return Ok(sub.clone());
    }
    if subclass_of(t, sub)? {
        return Err(crate::error::runtime_error("Refusing to create an inheritance cycle"));
    }
    REGISTRY.borrow_mut().push((t, s));
    TOKEN.set(TOKEN.get() + 1);
    Ok(sub.clone())
}
/// Registers builtin types with an abstract class of the runtime.
pub fn register_native(t: &'static Type, subs: &[&'static Type]) {
    REGISTRY.borrow_mut().extend(subs.iter().map(|s| (t, *s)));
}
/// `_abc_subclasscheck`.
fn subclass_of(s: &'static Type, cls: &Value) -> PyResult<bool> {
    let t = this(cls)?;
    if let Some(hook) = attr::lookup_optional(cls, names::__subclasshook__.get())? {
        let r = call::call(&hook, &[Value::of_type(s)])?;
        if !crate::types::none::is_not_implemented(&r) {
            return truth(&r);
        }
    }
    if s.is_subtype(t) {
        return Ok(true);
    }
    let registered: Vec<&'static Type> = REGISTRY.borrow().iter().filter(|(c, _)| std::ptr::eq(*c, t)).map(|(_, s)| *s).collect();
    for r in registered {
        if s.is_subtype(r) || instance::issubclass(&Value::of_type(s), &Value::of_type(r))? {
            return Ok(true);
        }
    }
    let subs = t.subclasses.borrow().clone();
    for c in subs {
        if instance::issubclass(&Value::of_type(s), &Value::of_type(c))? {
            return Ok(true);
        }
    }
    Ok(false)
}
fn instancecheck(cls: &Value, v: &Value) -> PyResult {
    if call_subclasscheck(cls, &Value::of_type(v.ty()))? {
        return Ok(TRUE);
    }
    if v.ty().is_heap()
        && let Some(c) = attr::lookup_optional(v, names::__class__.get())?
        && c.as_type().is_some_and(|t| !std::ptr::eq(t, v.ty()))
    {
        return Ok(Value::bool(call_subclasscheck(cls, &c)?));
    }
    Ok(FALSE)
}
fn call_subclasscheck(cls: &Value, sub: &Value) -> PyResult<bool> {
    match call::try_special(cls, crate::types::class::special::Special::SubclassCheck, std::slice::from_ref(sub)) {
        Some(r) => truth(&r?),
        None => Ok(false),
    }
}
fn subclasscheck(cls: &Value, sub: &Value) -> PyResult {
    match sub.as_type() {
        Some(s) => Ok(Value::bool(subclass_of(s, cls)?)),
        None => Err(type_error("issubclass() arg 1 must be a class")),
    }
}

static METHODS: &[Method] = &[
    Method::static_("__new__(mcls, name, bases, namespace, /, **kwargs)", Raw(meta_new)),
    Method::new("register(cls, subclass)", F2(register)),
    Method::new("__instancecheck__(cls, instance)", F2(instancecheck)),
    Method::new("__subclasscheck__(cls, subclass)", F2(subclasscheck)),
];
static DEF: ClassDef =
    ClassDef::new::<MetaBody>("ABCMeta").module("abc").like(&TYPE, &TYPE).methods(METHODS).flags(TypeFlags::METATYPE).hooks(TYPE_HOOKS);
/// The metaclass of abstract base classes.
pub static ABC_META: Type = Type::builtin(&DEF);
const TYPE_HOOKS: Hooks = crate::types::class::methods::HOOKS;

static ABC_DEF: ClassDef = ClassDef::new::<crate::types::object_::Instance>("ABC")
    .module("abc")
    .like(&crate::types::object_::OBJECT, &crate::types::object_::OBJECT);
/// `abc.ABC`.
pub static ABC: Type = Type::with_meta(&ABC_DEF, &raw const ABC_META);

/// `abc.get_cache_token()`.
pub fn cache_token() -> i64 {
    TOKEN.get()
}
/// Recomputes the abstract methods of a class whose methods a decorator changed.
pub fn update_if_abstract(ty: &'static Type) -> PyResult<()> {
    if ty.own(names::__abstractmethods__.get()).is_some() { update_abstract(ty) } else { Ok(()) }
}
