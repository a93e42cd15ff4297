//! Owns: `Generic`: its subscription and what it does to subclasses; `TypeAliasType`.
//! Never: checks instances.
//! Source: CPython 3.13, Lib/typing.py (`_generic_class_getitem`, `_generic_init_subclass`), Objects/typevarobject.c.

use super::alias::{self, Kind, TAlias};
use super::check::{collect_parameters, convert};
use super::{forms, params, protocol};
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::attr::{self, lookup_optional};
use rtcore::protocol::call::call_kw;
use rtcore::protocol::repr::str_string;
use rtcore::types::object_::{Instance, OBJECT};
use rtcore::types::{descriptors, tuple};
use std::cell::RefCell;

/// `cls.__parameters__`.
pub fn class_parameters(cls: &Value) -> PyResult<Vec<Value>> {
    Ok(match lookup_optional(cls, names::__parameters__.get())? {
        Some(p) if tuple::is_tuple(&p) => tuple::items(&p).to_vec(),
        Some(_) | None => vec![],
    })
}
pub fn class_getitem(cls: &Value, item: &Value) -> PyResult {
    let items = if tuple::is_tuple(item) { tuple::items(item).to_vec() } else { vec![item.clone()] };
    let mut args = items.iter().map(convert).collect::<PyResult<Vec<_>>>()?;
    if cls.is_type(&GENERIC) || cls.is_type(&protocol::PROTOCOL) {
        let name = cls.as_type().map_or("", Type::name);
        if args.is_empty() {
            return Err(type_error(format!("Parameter list to {name}[...] cannot be empty")));
        }
        let fine = |p: &Value| {
            matches!(params::kind(p), Some(params::Which::TypeVar | params::Which::ParamSpec)) || alias::is_unpacked_tuple_var(p)
        };
        if !args.iter().all(fine) {
            let text = format!("Parameters to {name}[...] must all be type variables or parameter specification variables.");
            return Err(type_error(text));
        }
        for (i, p) in args.iter().enumerate() {
            if args[..i].iter().any(|q| q.is(p)) {
                return Err(type_error(format!("Parameters to {name}[...] must all be unique")));
            }
        }
        return alias::generic(cls.clone(), args, Kind::Generic, "");
    }
    let own = class_parameters(cls)?;
    for p in &own {
        args = params::prepare(p, cls, &own, args)?;
    }
    if own.is_empty() {
        return Err(type_error(format!("{} is not a generic class", str_string(cls)?)));
    }
    if args.len() != own.len() {
        return Err(wrong_count(cls, &own, args.len())?);
    }
    let mut flat = vec![];
    for (p, a) in own.iter().zip(args) {
        if params::kind(p) == Some(params::Which::TypeVarTuple) {
            flat.extend_from_slice(tuple::items(&a));
        } else {
            flat.push(a);
        }
    }
    alias::generic(cls.clone(), flat, Kind::Generic, "")
}
fn wrong_count(cls: &Value, own: &[Value], actual: usize) -> PyResult<Raised> {
    let mut expected = own.len();
    let mut least = "";
    if actual < expected {
        for p in own {
            expected -= usize::from(params::has_default(p)?);
        }
        least = "at least ";
    }
    let many = if actual > own.len() { "many" } else { "few" };
    Ok(type_error(format!("Too {many} arguments for {}; actual {actual}, expected {least}{expected}", str_string(cls)?)))
}
/// `Generic[T, *Ts, **P]` of a class with a parameter list.
pub fn of_parameters(list: &Value) -> PyResult {
    let mut args = vec![];
    for p in tuple::items(list) {
        if params::kind(p) == Some(params::Which::TypeVarTuple) {
            args.push(forms::subscript(&forms::UNPACK.value(), p)?);
        } else {
            args.push(p.clone());
        }
    }
    alias::generic(Value::of_type(&GENERIC), args, Kind::Generic, "")
}
fn init_subclass(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(cls) = all.first() else { return Ok(NONE) };
    let Some(ty) = cls.as_type() else { return Ok(NONE) };
    if let Some(f) = descriptors::super_lookup(&GENERIC, ty, names::__init_subclass__.get()) {
        let bound = attr::bind(&f, &UNBOUND, ty)?;
        call_kw(&bound, &all[1..], kw)?;
    }
    record_parameters(cls, ty)?;
    Ok(NONE)
}
/// Sets `__parameters__` from the bases as they were written.
pub fn record_parameters(cls: &Value, ty: &'static Type) -> PyResult<()> {
    let orig = ty.own(names::__orig_bases__.get());
    let plain = match &orig {
        Some(o) => tuple::items(o).iter().any(|b| b.is_type(&GENERIC)),
        None => tuple::items(&attr::getattr_name(cls, names::__bases__.get())?).iter().any(|b| b.is_type(&GENERIC)) && ty.name() != "Protocol" && !super::records::is_typed_dict(cls),
    };
    if plain {
        return Err(type_error("Cannot inherit from plain Generic"));
    }
    let mut own = vec![];
    if let Some(o) = &orig {
        own = collect_parameters(tuple::items(o), true)?;
        let mut declared: Option<Vec<Value>> = None;
        for b in tuple::items(o) {
            if let Some(a) = b.downcast::<TAlias>()
                && a.origin.is_type(&GENERIC)
            {
                if declared.is_some() {
                    return Err(type_error("Cannot inherit from Generic[...] multiple times."));
                }
                declared = Some(super::check::parameters_of(b)?);
            }
        }
        if let Some(g) = declared {
            let missing: Vec<&Value> = own.iter().filter(|t| !g.iter().any(|x| x.is(t))).collect();
            if !missing.is_empty() {
                let vars = missing.iter().map(|t| str_string(t)).collect::<PyResult<Vec<_>>>()?.join(", ");
                let args = g.iter().map(str_string).collect::<PyResult<Vec<_>>>()?.join(", ");
                return Err(type_error(format!("Some type variables ({vars}) are not listed in Generic[{args}]")));
            }
            own = g;
        }
    }
    ty.set_own(names::__parameters__.get(), tuple::new(own));
    Ok(())
}
fn setup(t: &'static Type) {
    t.set_own(Name::new("_is_protocol"), FALSE);
}
static DEF: ClassDef = ClassDef::new::<Instance>("Generic")
    .module("typing")
    .like(&OBJECT, &OBJECT)
    .methods(&[
        Method::class("__class_getitem__(cls, args, /)", F2(class_getitem)),
        Method::class("__init_subclass__(cls, /, *args, **kwargs)", Raw(init_subclass)),
    ])
    .setup(setup);
pub static GENERIC: Type = Type::builtin(&DEF);

// ---- type aliases ----

/// `type Name[params] = value`; the value is computed when it is first asked for.
pub struct TypeAlias {
    name: Value,
    params: Value,
    value: RefCell<Value>,
    pending: RefCell<Value>,
    module: Value,
}
impl Payload for TypeAlias {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.params);
        visit(&self.value.borrow());
        visit(&self.pending.borrow());
    }
}
impl Native for TypeAlias {
    fn class() -> &'static Type {
        &TYPE_ALIAS_TYPE
    }
}
pub fn lazy_alias(name: &Value, params: &Value, pending: &Value) -> Value {
    let body = TypeAlias {
        name: name.clone(),
        params: params.clone(),
        value: RefCell::new(UNBOUND),
        pending: RefCell::new(pending.clone()),
        module: params::caller_module(),
    };
    object::new(&TYPE_ALIAS_TYPE, body)
}
fn alias_new(a: &[Value]) -> PyResult {
    let [_cls, name, value, params] = a else { return Ok(NONE) };
    if name.as_str_obj().is_none() {
        return Err(type_error(format!("typealias() argument 'name' must be str, not {}", name.ty().name())));
    }
    if !tuple::is_tuple(params) {
        return Err(type_error("type_params must be a tuple"));
    }
    let body = TypeAlias {
        name: name.clone(),
        params: params.clone(),
        value: RefCell::new(value.clone()),
        pending: RefCell::new(NONE),
        module: params::caller_module(),
    };
    Ok(object::new(&TYPE_ALIAS_TYPE, body))
}
fn alias_body(v: &Value) -> PyResult<&TypeAlias> {
    v.downcast::<TypeAlias>().ok_or_else(|| type_error("descriptor requires a 'typing.TypeAliasType' object"))
}
fn alias_value(v: &Value) -> PyResult {
    let b = alias_body(v)?;
    let now = b.value.borrow().clone();
    if !now.is_unbound() {
        return Ok(now);
    }
    let f = b.pending.borrow().clone();
    let v = rtcore::protocol::call::call(&f, &[])?;
    drop(b.value.replace(v.clone()));
    Ok(v)
}
fn alias_item(v: &Value, item: &Value) -> PyResult {
    if tuple::items(&alias_body(v)?.params).is_empty() {
        return Err(type_error("Only generic type aliases are subscriptable"));
    }
    rtcore::types::alias::new(v, item)
}
fn alias_parameters(v: &Value) -> PyResult {
    let mut out = vec![];
    for p in tuple::items(&alias_body(v)?.params) {
        if params::kind(p) == Some(params::Which::TypeVarTuple) {
            out.push(forms::subscript(&forms::UNPACK.value(), p)?);
        } else {
            out.push(p.clone());
        }
    }
    Ok(tuple::new(out))
}
static ALIAS_METHODS: &[Method] = &[
    Method::static_("__new__(cls, name, value, *, type_params=())", N(alias_new)),
    Method::new("__repr__(self, /)", F1(|v| Ok(alias_body(v)?.name.clone()))),
    Method::new("__getitem__(self, key, /)", F2(alias_item)),
    Method::new("__or__(self, value, /)", F2(union)),
    Method::new("__ror__(self, value, /)", F2(|a, b| union(b, a))),
    Method::new("__reduce__(self, /)", F1(|v| Ok(alias_body(v)?.name.clone()))),
];
fn union(a: &Value, b: &Value) -> PyResult {
    let r = rtcore::types::alias::union(a, b)?;
    if rtcore::types::none::is_not_implemented(&r) { forms::or_(a, b) } else { Ok(r) }
}
static ALIAS_GETSET: &[GetSet] = &[
    GetSet::ro("__name__", |v| Ok(alias_body(v)?.name.clone())),
    GetSet::ro("__value__", alias_value),
    GetSet::ro("__type_params__", |v| Ok(alias_body(v)?.params.clone())),
    GetSet::ro("__parameters__", alias_parameters),
    GetSet::ro("__module__", |v| Ok(alias_body(v)?.module.clone())),
];
static ALIAS_DEF: ClassDef = ClassDef::new::<TypeAlias>("TypeAliasType")
    .module("typing")
    .methods(ALIAS_METHODS)
    .getset(ALIAS_GETSET)
    .flags(TypeFlags::FINAL);
pub static TYPE_ALIAS_TYPE: Type = Type::builtin(&ALIAS_DEF);
