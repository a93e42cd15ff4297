//! Owns: `_simple_enum` and `global_enum`: enumerations made of plain classes, and those whose members are names of their
//! module.
//! Never: makes members; that is `meta`.
//! Source: CPython 3.13, Lib/enum.py.

use super::{classes, flag, member_name, member_value, meta, n, text};
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::call::{call_kw, call_method_kw};
use rtcore::protocol::{attr, repr, sequence};
use rtcore::types::class::create;
use rtcore::types::function::native;
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rtcore::types::{module, tuple};

/// `_simple_enum(etype, *, boundary=None, use_args=None)`: the decorator.
pub fn simple_enum(a: &[Value]) -> PyResult {
    let [etype, boundary, _use_args] = a else { return Ok(NONE) };
    let kept = tuple::new(vec![etype.clone(), boundary.clone()]);
    Ok(native::bound(&CONVERT, kept, &rtcore::types::tuple::TUPLE))
}
static CONVERT: Method = Method::new("convert_class(self, cls)", F2(convert));

/// The enumeration with the names of a plain class.
fn convert(kept: &Value, cls: &Value) -> PyResult {
    let ([etype, boundary], Some(ty)) = (tuple::items(kept), cls.as_type()) else {
        return Err(type_error("_simple_enum() decorates classes"));
    };
    let meta = Value::of_type(etype.ty());
    let name = Name::new(ty.name()).value();
    let bases = tuple::new(vec![etype.clone()]);
    let ns = call_method_kw(&meta, Name::new("__prepare__"), &[name.clone(), bases.clone()], &[])?;
    let mut own = vec![];
    create::collect_own(ty, &mut own);
    for k in own {
        if matches!(k.as_str(), "__dict__" | "__weakref__" | "__static_attributes__" | "__firstlineno__") {
            continue;
        }
        if let Some(v) = ty.own(k) {
            sequence::setitem(&ns, &k.value(), v)?;
        }
    }
    if boundary.is_none() {
        return call_kw(&meta, &[name, bases, ns], &[]);
    }
    call_kw(&meta, &[name, bases, ns, boundary.clone()], &[Name::new("boundary")])
}

/// `EnumType._convert_`: an enumeration of the constants of a module, which then holds its members instead.
pub fn convert_names(a: &[Value]) -> PyResult {
    let [cls, name, module_name, filter, source, boundary, as_global] = a else { return Ok(NONE) };
    let target = sequence::getitem(&module::modules(), module_name)?;
    let items = match source.is_none() {
        true => target.downcast::<module::Module>().map_or_else(Vec::new, module::Module::items),
        false => source.downcast::<module::Module>().map_or_else(Vec::new, module::Module::items),
    };
    let mut members = vec![];
    for (n, v) in items {
        if sequence::truth(&call_kw(filter, &[n.value()], &[])?)? {
            members.push(tuple::new(vec![v, n.value()]));
        }
    }
    // By value, then by name; by name alone when the values have no order.
    let list = List::value(members);
    if let Err(r) = call_method_kw(&list, Name::new("sort"), &[], &[]) {
        if !rtcore::error::matches(&r, &rtcore::error::hierarchy::TYPE_ERROR) {
            return Err(r);
        }
        drop(rtcore::error::take(r));
        let mut by_name = rtcore::protocol::iter::collect(&list)?;
        by_name.sort_by_key(|pair| tuple::items(pair).get(1).map(text).unwrap_or_default());
        if let Some(l) = list.downcast::<List>() {
            drop(l.replace_all(by_name));
        }
    }
    let mut body = vec![];
    for pair in rtcore::protocol::iter::collect(&list)? {
        if let [v, n] = tuple::items(&pair)
            && let Some(n) = Name::of(n)
        {
            body.push((n, v.clone()));
        }
    }
    body.push((names::__module__.get(), module_name.clone()));
    let bases = tuple::new(vec![Value::of_type(&rtcore::types::object_::OBJECT)]);
    let plain = create::type_new(&rtcore::types::class::methods::TYPE, name, &bases, &Dict::from_names(body), &[])?;
    let boundary = if boundary.is_none() { Value::str("keep") } else { boundary.clone() };
    let made = convert(&tuple::new(vec![cls.clone(), boundary]), &plain)?;
    if sequence::truth(as_global)? {
        global_enum(&made, &FALSE)?;
    } else {
        let members = attr::getattr_name(&made, Name::new("__members__"))?;
        for key in rtcore::protocol::iter::collect(&members)? {
            attr::setattr_value(&target, &key, sequence::getitem(&members, &key)?)?;
        }
    }
    attr::setattr_value(&target, name, made.clone())?;
    Ok(made)
}

fn module_of(v: &Value) -> String {
    let m = v.ty().module_name();
    m.rsplit('.').next().unwrap_or("").to_string()
}
fn enum_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("{}.{}", module_of(v), text(&member_name(v)))))
}
fn flag_repr(v: &Value) -> PyResult {
    let module = module_of(v);
    let name = member_name(v);
    let value = member_value(v);
    if name.is_none() {
        return Ok(Value::string(format!("{module}.{}({})", v.ty().name(), repr::repr_string(&value)?)));
    }
    let name = text(&name);
    if flag::is_single_bit(&value) {
        return Ok(Value::string(format!("{module}.{name}")));
    }
    let parts: Vec<String> = name
        .split('|')
        .map(|p| if p.starts_with(|c: char| c.is_ascii_digit()) { p.to_string() } else { format!("{module}.{p}") })
        .collect();
    Ok(Value::string(parts.join("|")))
}
fn global_str(v: &Value) -> PyResult {
    let name = member_name(v);
    if name.is_none() {
        return Ok(Value::string(format!("{}({})", v.ty().name(), repr::repr_string(&member_value(v))?)));
    }
    Ok(name)
}
static ENUM_REPR: Method = Method::new("__repr__(self, /)", F1(enum_repr));
static FLAG_REPR: Method = Method::new("__repr__(self, /)", F1(flag_repr));
static GLOBAL_STR: Method = Method::new("__str__(self, /)", F1(global_str));

/// `global_enum(cls, update_str=False)`.
pub fn global_enum(cls: &Value, update_str: &Value) -> PyResult {
    let (Some(ty), Some(known)) = (cls.as_type(), classes()) else {
        return Err(type_error("global_enum() takes an enumeration"));
    };
    let row = if ty.is_subtype(known.flag) { &FLAG_REPR } else { &ENUM_REPR };
    ty.set_own(Name::new("__repr__"), native::descriptor(ty, row));
    if !ty.is_subtype(known.repr_enum) || sequence::truth(update_str)? {
        ty.set_own(Name::new("__str__"), native::descriptor(ty, &GLOBAL_STR));
    }
    let home = module::import::import_module(&ty.module_name())?;
    let map = meta::own_dict(ty, n::_member_map_.get());
    for (k, v) in rtcore::types::dict::items_of(&map)? {
        if let Some(name) = Name::of(&k) {
            module::set(&home, name, v);
        }
    }
    Ok(cls.clone())
}
