//! Owns: `_simple_enum` and `global_enum`: enumerations made of plain classes, and those whose members are names of their
//! module.
//! Never: makes members; that is `meta`.
//! Source: CPython 3.13, Lib/enum.py.

use super::{classes, flag, member_name, member_value, meta, n, text};
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::call::{call_kw, call_method_kw};
use rtcore::protocol::{repr, sequence};
use rtcore::types::class::create;
use rtcore::types::function::native;
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
