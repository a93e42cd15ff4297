//! Owns: `type` itself: calling classes, attribute access on classes, and the attributes of classes.
//! Never: creates classes; that is `create`.
//! Source: CPython 3.13, Objects/typeobject.c (`type_call`, `type_getattro`, `type_getsets`).

use crate::def::{F1, F2, Method, Raw};
use crate::error::{PyResult, Raised, type_error};
use crate::name::{Name, names};
use crate::object::Payload;
use crate::protocol::attr::{self, bind, is_data_descriptor};
use crate::protocol::call::{call_special_kw, with_first};
use crate::protocol::instance;
use crate::types::class::special::Special;
use crate::types::class::{ClassDef, GetSet, Hooks, Type, TypeFlags, create};
use crate::types::dict::Dict;
use crate::types::function::{self, Function};
use crate::types::list::List;
use crate::types::{object_, tuple};
use crate::value::{NONE, UNBOUND, Value};

/// The body of `type` for its table; class objects are `Type`s and never freed.
struct TypeBody;
impl Payload for TypeBody {}

/// `cls(args…)`.
pub fn call_type(cls: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let Some(ty) = cls.as_type() else { return Err(type_error("not a class")) };
    if std::ptr::eq(ty, &TYPE) && values.len() == 1 && kw.is_empty() {
        return Ok(Value::of_type(values[0].ty()));
    }
    if ty.has_flag(crate::types::class::TypeFlags::EXCEPTION)
        && kw.is_empty()
        && let Some(exc) = crate::error::hierarchy::construct(ty, values)
    {
        return Ok(exc);
    }
    let obj = if object_::is_object_new(ty) {
        if (!values.is_empty() || !kw.is_empty()) && object_::is_object_init(ty) {
            return Err(type_error(format!("{}() takes no arguments", ty.name())));
        }
        object_::new_checked(ty)?
    } else {
        let Some(new) = ty.special(Special::New).cloned() else {
            return Err(type_error(format!("cannot create '{}' instances", ty.full_name())));
        };
        let new = bind(&new, &UNBOUND, ty)?;
        with_first(cls, values, |all| crate::protocol::call::call_kw(&new, all, kw))?
    };
    if !std::ptr::eq(obj.ty(), ty) && !obj.ty().is_subtype(ty) {
        return Ok(obj);
    }
    let Some(init) = obj.ty().special(Special::Init) else { return Ok(obj) };
    if let Some(f) = init.downcast_exact::<Function>() {
        let r = with_first(&obj, values, |all| function::call(f, crate::def::Args { values: all, kw }))?;
        if !r.is_none() {
            return Err(type_error(format!("__init__() should return None, not '{}'", r.ty().name())));
        }
        return Ok(obj);
    }
    if object_::is_object_init(obj.ty()) {
        return Ok(obj);
    }
    let init = init.clone();
    call_special_kw(&init, &obj, values, kw)?;
    Ok(obj)
}

fn getattr(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    let Some(ty) = v.as_type() else { return Ok(None) };
    let meta = v.ty();
    let meta_attr = meta.lookup(name);
    if let Some(a) = &meta_attr
        && is_data_descriptor(a)
    {
        return bind(a, v, meta).map(Some);
    }
    if let Some(a) = ty.lookup(name) {
        return bind(&a, &UNBOUND, ty).map(Some);
    }
    match meta_attr {
        Some(a) => bind(&a, v, meta).map(Some),
        None => Ok(None),
    }
}
fn setattr(v: &Value, name: Name, new: Option<Value>) -> Result<(), Raised> {
    let Some(ty) = v.as_type() else { return Ok(()) };
    if ty.is_static() {
        return Err(type_error(format!("cannot set '{name}' attribute of immutable type '{}'", ty.full_name())));
    }
    if let Some(a) = v.ty().lookup(name)
        && is_data_descriptor(&a)
    {
        return match a.ty().hooks().descr_set {
            Some(set) => set(&a, v, new),
            None => attr::set_generic(v, name, new),
        };
    }
    match new {
        Some(new) => ty.set_own(name, new),
        None => {
            if ty.delete_own(name).is_none() {
                return Err(attr::no_attribute(v, name));
            }
        }
    }
    Ok(())
}

fn this(v: &Value) -> PyResult<&'static Type> {
    v.as_type().ok_or_else(|| type_error(format!("descriptor requires a 'type' object but received a '{}'", v.ty().name())))
}
fn type_new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(meta) = all.first().and_then(Value::as_type) else {
        return Err(type_error("type.__new__(X): X is not a type object"));
    };
    match &all[1..pos] {
        [name, bases, ns] => {
            if ns.downcast::<Dict>().is_none() {
                return Err(type_error(format!("type.__new__() argument 3 must be dict, not {}", ns.ty().name())));
            }
            // A base's metaclass with its own `__new__` takes over.
            let winner = create::winner(meta, tuple::items(bases))?;
            if !std::ptr::eq(winner, meta)
                && let Some(new) = winner.special(Special::New)
                && !TYPE.special(Special::New).is_some_and(|own| own.is(new))
            {
                let new = bind(&new.clone(), &UNBOUND, winner)?;
                let mut values = vec![Value::of_type(winner)];
                values.extend_from_slice(&all[1..]);
                return crate::protocol::call::call_kw(&new, &values, kw);
            }
            let kw: Vec<(Name, Value)> = kw.iter().copied().zip(all[pos..].iter().cloned()).collect();
            create::type_new(meta, name, bases, ns, &kw)
        }
        [_] if kw.is_empty() && std::ptr::eq(meta, &TYPE) => Ok(Value::of_type(all[1].ty())),
        _ => Err(type_error("type() takes 1 or 3 arguments")),
    }
}
fn type_init(all: &[Value], kw: &[Name]) -> PyResult {
    let given = all.len() - kw.len();
    if given != 2 && given != 4 {
        return Err(type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(NONE)
}
fn type_call(all: &[Value], kw: &[Name]) -> PyResult {
    match all.split_first() {
        Some((cls, rest)) => call_type(cls, rest, kw),
        None => Err(type_error("descriptor '__call__' of 'type' object needs an argument")),
    }
}
fn prepare(_all: &[Value], _kw: &[Name]) -> PyResult {
    Ok(Dict::new_value())
}
fn repr(v: &Value) -> PyResult {
    let t = this(v)?;
    let m = t.module_name();
    let q = t.qualname();
    Ok(Value::string(if m == "builtins" { format!("<class '{q}'>") } else { format!("<class '{m}.{q}'>") }))
}
fn mro(v: &Value) -> PyResult {
    Ok(List::value(create::compute_mro(this(v)?, &this(v)?.bases.borrow())?.into_iter().map(Value::of_type).collect()))
}
fn subclasses(v: &Value) -> PyResult {
    let subs = this(v)?.subclasses.borrow().clone();
    Ok(List::value(subs.into_iter().map(Value::of_type).collect()))
}
fn instancecheck(cls: &Value, v: &Value) -> PyResult {
    Ok(Value::bool(instance::is_real_instance(v, this(cls)?)?))
}
fn subclasscheck(cls: &Value, sub: &Value) -> PyResult {
    match sub.as_type() {
        Some(s) => Ok(Value::bool(s.is_subtype(this(cls)?))),
        None => Err(type_error("issubclass() arg 1 must be a class")),
    }
}
fn dir(v: &Value) -> PyResult {
    let mut out = vec![];
    create::collect_names(this(v)?, &mut out);
    Ok(List::value(out.into_iter().map(Name::value).collect()))
}
fn or(a: &Value, b: &Value) -> PyResult {
    crate::types::alias::union(a, b)
}
fn ror(a: &Value, b: &Value) -> PyResult {
    crate::types::alias::union(b, a)
}

fn get_name(v: &Value) -> PyResult {
    Ok(Name::new(this(v)?.name()).value())
}
fn set_name(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    let t = this(v)?;
    match new.as_ref().and_then(Value::as_str) {
        Some(s) => {
            t.set_name(Box::leak(s.to_string().into_boxed_str()));
            Ok(())
        }
        None => Err(type_error(format!("can only assign string to {}.__name__, not '{}'", t.name(), new.map_or("NoneType", |n| n.ty().name())))),
    }
}
fn get_qualname(v: &Value) -> PyResult {
    Ok(Value::string(this(v)?.qualname()))
}
fn set_qualname(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    match new {
        Some(n) if n.as_str_obj().is_some() => {
            this(v)?.set_own(names::__qualname__.get(), n);
            Ok(())
        }
        Some(_) | None => Err(type_error("can only assign string to __qualname__")),
    }
}
fn get_module(v: &Value) -> PyResult {
    let t = this(v)?;
    Ok(t.own(names::__module__.get()).unwrap_or_else(|| Value::string(t.module_name())))
}
fn set_module(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    this(v)?.set_own(names::__module__.get(), new.unwrap_or(NONE));
    Ok(())
}
fn get_bases(v: &Value) -> PyResult {
    let t = this(v)?;
    t.mro();
    Ok(tuple::new(t.bases.borrow().iter().map(|t| Value::of_type(t)).collect()))
}
fn set_bases(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    let t = this(v)?;
    let Some(new) = new.filter(tuple::is_tuple) else {
        return Err(type_error(format!("can only assign tuple to {}.__bases__", t.name())));
    };
    let bases: Vec<&'static Type> = tuple::items(&new).iter().filter_map(Value::as_type).collect();
    let mro = create::compute_mro(t, &bases)?;
    for old in t.bases.borrow().iter() {
        old.subclasses.borrow_mut().retain(|s| !std::ptr::eq(*s, t));
    }
    for b in &bases {
        b.subclasses.borrow_mut().push(t);
    }
    *t.bases.borrow_mut() = bases;
    t.set_mro(mro);
    t.modified(names::__mro__.get());
    Ok(())
}
fn get_base(v: &Value) -> PyResult {
    Ok(this(v)?.base().map_or(NONE, Value::of_type))
}
fn get_mro(v: &Value) -> PyResult {
    Ok(tuple::new(this(v)?.mro().iter().map(|t| Value::of_type(t)).collect()))
}
fn get_dict(v: &Value) -> PyResult {
    crate::types::mappingproxy::of_type(this(v)?)
}
fn get_doc(v: &Value) -> PyResult {
    let t = this(v)?;
    match t.own(names::__doc__.get()) {
        Some(d) => bind(&d, &UNBOUND, t),
        None => Ok(NONE),
    }
}
fn set_doc(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    this(v)?.set_own(names::__doc__.get(), new.unwrap_or(NONE));
    Ok(())
}
fn own_or(v: &Value, name: Name, default: fn() -> Value, store: bool) -> PyResult {
    let t = this(v)?;
    Ok(match t.own(name) {
        Some(d) => d,
        None => {
            let d = default();
            if store && t.is_heap() {
                t.set_own(name, d.clone());
            }
            d
        }
    })
}
fn get_annotations(v: &Value) -> PyResult {
    if this(v)?.is_static() {
        return Err(attr::no_attribute(v, names::__annotations__.get()));
    }
    own_or(v, names::__annotations__.get(), Dict::new_value, true)
}
fn set_annotations(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    this(v)?.set_own(names::__annotations__.get(), new.unwrap_or(NONE));
    Ok(())
}
fn get_type_params(v: &Value) -> PyResult {
    own_or(v, names::__type_params__.get(), tuple::empty, false)
}
fn set_type_params(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    this(v)?.set_own(names::__type_params__.get(), new.unwrap_or(NONE));
    Ok(())
}
fn get_abstract(v: &Value) -> PyResult {
    match this(v)?.own(names::__abstractmethods__.get()) {
        Some(d) => Ok(d),
        None => Err(attr::attribute_error("__abstractmethods__".into(), v, names::__abstractmethods__.get())),
    }
}
fn set_abstract(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    let t = this(v)?;
    let new = new.unwrap_or(NONE);
    if crate::protocol::sequence::truth(&new)? {
        t.set_flag(TypeFlags::ABSTRACT);
    } else {
        t.clear_flag(TypeFlags::ABSTRACT);
    }
    t.set_own(names::__abstractmethods__.get(), new);
    Ok(())
}
fn get_flags(_: &Value) -> PyResult {
    Ok(Value::int(0))
}

static METHODS: &[Method] = &[
    Method::static_("__new__(*args, **kwargs)", Raw(type_new)),
    Method::new("__init__(self, /, *args, **kwargs)", Raw(type_init)),
    Method::new("__call__(self, /, *args, **kwargs)", Raw(type_call)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("mro(self, /)", F1(mro)),
    Method::new("__subclasses__(self, /)", F1(subclasses)),
    Method::new("__instancecheck__(self, instance, /)", F2(instancecheck)),
    Method::new("__subclasscheck__(self, subclass, /)", F2(subclasscheck)),
    Method::new("__dir__(self, /)", F1(dir)),
    Method::new("__or__(self, value, /)", F2(or)),
    Method::new("__ror__(self, value, /)", F2(ror)),
    Method::class("__prepare__(cls, /, *args, **kwargs)", Raw(prepare)),
];
static GETSET: &[GetSet] = &[
    GetSet::rw("__name__", get_name, set_name),
    GetSet::rw("__qualname__", get_qualname, set_qualname),
    GetSet::rw("__module__", get_module, set_module),
    GetSet::rw("__bases__", get_bases, set_bases),
    GetSet::ro("__base__", get_base),
    GetSet::ro("__mro__", get_mro),
    GetSet::ro("__dict__", get_dict),
    GetSet::rw("__doc__", get_doc, set_doc),
    GetSet::rw("__annotations__", get_annotations, set_annotations),
    GetSet::rw("__type_params__", get_type_params, set_type_params),
    GetSet::rw("__abstractmethods__", get_abstract, set_abstract),
    GetSet::ro("__flags__", get_flags),
];
/// The hooks of `type`, for builtin metaclasses too.
pub const HOOKS: Hooks = Hooks { call: Some(call_type), getattr: Some(getattr), setattr: Some(setattr), ..Hooks::NONE };
static DEF: ClassDef = ClassDef::new::<TypeBody>("type")
    .methods(METHODS)
    .getset(GETSET)
    .hooks(HOOKS)
    .flags(TypeFlags::METATYPE);
pub static TYPE: Type = Type::builtin(&DEF);
