//! Owns: what `@dataclass` does to a class: collects its fields and adds its methods.
//! Never: runs a generated method.
//! Source: CPython 3.13, Lib/dataclasses.py (`_process_class`, `_get_field`, `_add_slots`).

use super::fields::{self, FieldKind, is_field, missing};
use super::{Options, generated, n};
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::attr::{delattr_name, lookup_optional, setattr_name};
use rtcore::protocol::repr::repr_string;
use rtcore::types::class::special::Special;
use rtcore::types::descriptors::Member;
use rtcore::types::dict::{Dict, items_of};
use rtcore::types::namespace;
use rtcore::types::tuple;

pub fn process(cls: &Value, o: Options) -> PyResult {
    let Some(ty) = cls.as_type() else {
        return Err(type_error(format!("dataclass() should be used on a class, not {}", repr_string(cls)?)));
    };
    let table = Dict::new_value();
    let Some(all) = table.downcast::<Dict>() else { return Ok(NONE) };
    let (mut any_frozen, mut has_bases, mut all_frozen) = (false, false, true);
    for base in ty.mro()[1..].iter().rev() {
        let Some(inherited) = base.own(n::__dataclass_fields__.get()) else { continue };
        has_bases = true;
        for (k, f) in items_of(&inherited)? {
            all.set(k, f)?;
        }
        let frozen = base.own(n::__dataclass_params__.get()).is_some_and(|p| params_flag(&p, "frozen"));
        any_frozen |= frozen;
        all_frozen &= frozen;
    }
    let annotations = match ty.own(names::__annotations__.get()) {
        Some(a) => items_of(&a)?,
        None => vec![],
    };
    let mut kw_only_seen = false;
    let mut own = vec![];
    for (name, annotation) in &annotations {
        let Some(name) = Name::of(name) else { continue };
        if fields::is_kw_only(annotation) {
            if kw_only_seen {
                return Err(type_error(format!("'{name}' is KW_ONLY, but KW_ONLY has already been specified")));
            }
            kw_only_seen = true;
            continue;
        }
        own.push(make_field(cls, name, annotation, o.kw_only || kw_only_seen)?);
    }
    for f in &own {
        all.set_name(fields::name(f), f.clone());
        let default = ty.own(fields::name(f));
        if default.as_ref().is_some_and(is_field) {
            if fields::get(f, "default").is(&missing()) {
                delattr_name(cls, fields::name(f))?;
            } else {
                setattr_name(cls, fields::name(f), Some(fields::get(f, "default")))?;
            }
        }
    }
    let own_items: Vec<(Name, Value)> = items_of(&rtcore::types::mappingproxy::of_type(ty)?)?.into_iter().filter_map(|(k, v)| Name::of(&k).map(|n| (n, v))).collect();
    for (k, v) in &own_items {
        if is_field(v) && !annotations.iter().any(|(a, _)| a.as_str() == Some(k.as_str())) {
            return Err(type_error(format!("'{k}' is a field but has no type annotation")));
        }
    }
    if has_bases {
        if any_frozen && !o.frozen {
            return Err(type_error("cannot inherit non-frozen dataclass from a frozen one"));
        }
        if !all_frozen && o.frozen {
            return Err(type_error("cannot inherit frozen dataclass from a non-frozen one"));
        }
    }
    ty.set_own(n::__dataclass_fields__.get(), table.clone());
    ty.set_own(n::__dataclass_params__.get(), params(o));
    let fs: Vec<Value> = all.values();
    let real: Vec<Value> = fs.iter().filter(|f| fields::kind(f) == FieldKind::Field).cloned().collect();
    let explicit_hash = match ty.own(Special::Hash.name()) {
        None => false,
        Some(h) => !(h.is_none() && ty.own(Special::Eq.name()).is_some()),
    };
    if o.init {
        generated::add_init(ty, cls, &fs, o)?;
    }
    let defined = |name: &str| ty.own(Name::new(name)).is_some();
    if o.repr && !defined("__repr__") {
        generated::add_repr(ty, &real);
    }
    if o.eq && !defined("__eq__") {
        generated::add_eq(ty, &real);
    }
    if o.order {
        if !o.eq {
            return Err(value_error("eq must be true if order is true"));
        }
        for name in ["__lt__", "__le__", "__gt__", "__ge__"] {
            if defined(name) {
                return Err(type_error(format!("Cannot overwrite attribute {name} in class {}. Consider using functools.total_ordering", ty.name())));
            }
        }
        generated::add_order(ty, &real);
    }
    if o.frozen {
        for name in ["__setattr__", "__delattr__"] {
            if defined(name) {
                return Err(type_error(format!("Cannot overwrite attribute {name} in class {}", ty.name())));
            }
        }
        generated::add_frozen(ty, cls, &real);
    }
    if o.unsafe_hash && explicit_hash {
        return Err(type_error(format!("Cannot overwrite attribute __hash__ in class {}", ty.name())));
    }
    if o.unsafe_hash || o.eq && o.frozen && !explicit_hash {
        generated::add_hash(ty, &real);
    } else if o.eq && !o.frozen && !explicit_hash {
        ty.set_own(Special::Hash.name(), NONE);
    }
    generated::add_replace(ty);
    if ty.own(names::__doc__.get()).is_none_or(|d| d.is_none()) {
        ty.set_own(names::__doc__.get(), Value::string(generated::signature_text(ty, &fs)?));
    }
    if o.match_args && ty.own(n::__match_args__.get()).is_none() {
        let positional = fs.iter().filter(|f| fields::kind(f) != FieldKind::ClassVar && fields::flag(f, "init") && !fields::flag(f, "kw_only"));
        ty.set_own(n::__match_args__.get(), tuple::new(positional.map(|f| fields::name(f).value()).collect()));
    }
    if o.weakref_slot && !o.slots {
        return Err(type_error("weakref_slot is True but slots is False"));
    }
    if o.slots { add_slots(ty, cls, &real, o) } else {
        rtcore::types::abc::update_if_abstract(ty)?;
        Ok(cls.clone())
    }
}

fn params(o: Options) -> Value {
    let b = Value::bool;
    namespace::new(vec![
        (Name::new("init"), b(o.init)),
        (Name::new("repr"), b(o.repr)),
        (Name::new("eq"), b(o.eq)),
        (Name::new("order"), b(o.order)),
        (Name::new("unsafe_hash"), b(o.unsafe_hash)),
        (Name::new("frozen"), b(o.frozen)),
        (Name::new("match_args"), b(o.match_args)),
        (Name::new("kw_only"), b(o.kw_only)),
        (Name::new("slots"), b(o.slots)),
        (Name::new("weakref_slot"), b(o.weakref_slot)),
    ])
}
fn params_flag(p: &Value, name: &str) -> bool {
    p.header().and_then(|h| h.attrs()).and_then(|a| a.get(Name::new(name))).is_some_and(|v| v.as_bool() == Some(true))
}

fn make_field(cls: &Value, name: Name, annotation: &Value, kw_only: bool) -> PyResult {
    let default = lookup_optional(cls, name)?;
    let f = match default {
        Some(f) if is_field(&f) => f,
        Some(d) if d.downcast::<Member>().is_some() => fields::with_default(missing())?,
        Some(d) => fields::with_default(d)?,
        None => fields::with_default(missing())?,
    };
    fields::set(&f, "name", name.value());
    fields::set(&f, "type", annotation.clone());
    let kind = fields::kind_of_annotation(annotation)?;
    fields::set_kind(&f, kind);
    let factory = fields::get(&f, "default_factory");
    if kind != FieldKind::Field && !factory.is(&missing()) {
        return Err(type_error(format!("field {name} cannot have a default factory")));
    }
    if fields::get(&f, "kw_only").is(&missing()) {
        fields::set(&f, "kw_only", Value::bool(kw_only && kind != FieldKind::ClassVar));
    } else if kind == FieldKind::ClassVar {
        return Err(type_error(format!("field {name} is a ClassVar but specifies kw_only")));
    }
    let default = fields::get(&f, "default");
    if kind == FieldKind::Field && default.ty().lookup(Special::Hash.name()).is_none_or(|h| h.is_none()) {
        return Err(value_error(format!(
            "mutable default {} for field {name} is not allowed: use default_factory",
            repr_string(&Value::of_type(default.ty()))?
        )));
    }
    Ok(f)
}

/// `slots=True`: the class again, with `__slots__`.
fn add_slots(ty: &'static Type, cls: &Value, real: &[Value], o: Options) -> PyResult {
    if ty.own(n::__slots__.get()).is_some() {
        return Err(type_error(format!("{} already specifies __slots__", ty.name())));
    }
    let mut inherited: Vec<String> = vec![];
    for b in &ty.mro()[1..] {
        if let Some(s) = b.own(n::__slots__.get()) {
            for x in rtcore::protocol::iter::collect(&s)? {
                inherited.extend(x.as_str().map(str::to_string));
            }
        }
    }
    let mut slots: Vec<Value> = real.iter().map(|f| fields::name(f)).filter(|n| !inherited.iter().any(|i| i == n.as_str())).map(Name::value).collect();
    if o.weakref_slot {
        slots.push(Value::str("__weakref__"));
    }
    let bases: Vec<Value> = rtcore::protocol::attr::getattr_name(cls, names::__bases__.get()).map(|b| tuple::items(&b).to_vec())?;
    let ns = Dict::new_value();
    if let Some(d) = ns.downcast::<Dict>() {
        for (k, v) in items_of(&rtcore::types::mappingproxy::of_type(ty)?)? {
            let key = k.as_str().unwrap_or("");
            let is_slot = real.iter().any(|f| fields::name(f).as_str() == key);
            if key == "__dict__" || key == "__weakref__" || is_slot {
                continue;
            }
            d.set(k, v)?;
        }
        d.set_name(n::__slots__.get(), tuple::new(slots));
        d.set_name(names::__qualname__.get(), Value::string(ty.qualname()));
    }
    let new = rtcore::protocol::call::call(&Value::of_type(cls.ty()), &[Value::str(ty.name()), tuple::new(bases), ns])?;
    if let Some(t) = new.as_type() {
        generated::rebind(ty, t);
    }
    Ok(new)
}
