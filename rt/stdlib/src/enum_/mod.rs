//! Owns: the module `enum`: `EnumType`, `Enum` and its kinds, `Flag`, `auto`, `unique`, `member`, `nonmember`.
//! Never: knows a particular enumeration.
//! Source: CPython 3.13, Lib/enum.py.

mod flag;
mod global;
mod meta;
mod namespace;

use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::{attr, call, compare, repr};
use rtcore::types::class::create;
use rtcore::types::function::native;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::{descriptors, dict::Dict, tuple};
use std::cell::Cell;

pub use meta::ENUM_TYPE;
pub use namespace::{AUTO, MEMBER, NONMEMBER};

rtcore::name_table! {
    pub mod n {
        _value_ _name_ _sort_order_ _member_map_ _member_names_ _value2member_map_ _member_type_ _missing_
        _generate_next_value_ _flag_mask_ _singles_mask_ _all_bits_ _boundary_ _inverted_ _ignore_ _use_args_ _new_member_
        _hashable_values_ _unhashable_values_ _add_alias_ _add_value_alias_ __new_member__ name value
    }
}

/// The classes `setup` makes, for the metaclass to recognise.
pub struct Classes {
    pub base: &'static Type,
    pub repr_enum: &'static Type,
    pub flag: &'static Type,
}
thread_local! {
    static CLASSES: Cell<Option<&'static Classes>> = const { Cell::new(None) };
}
/// `Enum`, `ReprEnum` and `Flag`; `None` while they are being made.
pub fn classes() -> Option<&'static Classes> {
    CLASSES.with(Cell::get)
}

pub fn member_value(v: &Value) -> Value {
    attr_of(v, n::_value_.get())
}
pub fn member_name(v: &Value) -> Value {
    attr_of(v, n::_name_.get())
}
pub fn attr_of(v: &Value, name: Name) -> Value {
    v.header().and_then(|h| h.attrs()).and_then(|a| a.get(name)).unwrap_or(NONE)
}
pub fn set_attr(v: &Value, name: Name, x: Value) {
    if let Some(a) = v.header().and_then(|h| h.attrs()) {
        a.set(name, x);
    }
}
pub fn text(v: &Value) -> String {
    v.as_str().unwrap_or("").to_string()
}

fn enum_repr(v: &Value) -> PyResult {
    let class = v.ty();
    let value = member_value(v);
    // A mixed-in data type that defines its own repr shows the value its way.
    let shown = match class.lookup(Name::new("_value_repr_")) {
        Some(f) if !f.is_none() => text(&call::call(&f, &[value])?),
        Some(_) | None => repr::repr_string(&value)?,
    };
    Ok(Value::string(format!("<{}.{}: {shown}>", class.name(), text(&member_name(v)))))
}
fn enum_str(v: &Value) -> PyResult {
    Ok(Value::string(format!("{}.{}", v.ty().name(), text(&member_name(v)))))
}
fn enum_format(v: &Value, spec: &Value) -> PyResult {
    let s = repr::str_(v)?;
    call::call_method_name(&s, Name::new("__format__"), std::slice::from_ref(spec))
}
fn enum_hash(v: &Value) -> PyResult {
    Ok(Value::int(rtcore::protocol::hash::hash(&member_name(v))?))
}
fn enum_reduce(v: &Value, _proto: &Value) -> PyResult {
    Ok(tuple::new(vec![Value::of_type(v.ty()), tuple::new(vec![member_value(v)])]))
}
fn enum_copy(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn enum_deepcopy(v: &Value, _memo: &Value) -> PyResult {
    Ok(v.clone())
}
fn enum_dir(v: &Value) -> PyResult {
    let mut out: Vec<Value> = ["__class__", "__doc__", "__eq__", "__hash__", "__module__", "name", "value"].iter().map(|s| Value::str(s)).collect();
    for t in v.ty().mro() {
        if t.is_heap() && !std::ptr::eq(*t, classes().map_or(*t, |c| c.base)) {
            let own = attr::getattr_name(&Value::of_type(t), names::__dict__.get())?;
            for (k, x) in rtcore::types::dict::items_of(&call::call_method_name(&own, Name::new("copy"), &[])?)? {
                if !text(&k).starts_with('_') && !x.ty().is_subtype(t) {
                    out.push(k);
                }
            }
        }
    }
    Ok(rtcore::types::list::List::value(out))
}
fn missing(_cls: &Value, _value: &Value) -> PyResult {
    Ok(NONE)
}
/// `_generate_next_value_(name, start, count, last_values)`: one more than the highest so far.
fn next_value(_name: &Value, start: &Value, _count: &Value, last: &Value) -> PyResult {
    let values = rtcore::protocol::iter::collect(last)?;
    if values.is_empty() {
        return Ok(start.clone());
    }
    let mut highest = values[0].clone();
    for v in &values[1..] {
        match compare::lt(&highest, v) {
            Ok(true) => highest = v.clone(),
            Ok(false) => {}
            Err(r) => {
                drop(rtcore::error::take(r));
                return Err(type_error("unable to sort non-numeric values"));
            }
        }
    }
    match rtcore::protocol::number::add(&highest, &Value::int(1)) {
        Ok(v) => Ok(v),
        Err(r) => {
            drop(rtcore::error::take(r));
            Err(type_error(format!("unable to increment {}", repr::repr_string(&highest)?)))
        }
    }
}
fn str_next_value(name: &Value, _start: &Value, _count: &Value, _last: &Value) -> PyResult {
    call::call_method_name(name, Name::new("lower"), &[])
}
fn str_enum_new(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some((cls, values)) = all.split_first() else { return Err(type_error("StrEnum.__new__ needs a class")) };
    if values.len() > 3 {
        return Err(type_error(format!("too many arguments for str(): {}", repr::repr_string(&tuple::new(values.to_vec()))?)));
    }
    if let Some(first) = values.first()
        && first.as_str_obj().is_none()
    {
        return Err(type_error(format!("{} is not a string", repr::repr_string(first)?)));
    }
    let new = attr::getattr_name(&Value::of_type(&rtcore::types::str::STR), names::__new__.get())?;
    let mut args = vec![cls.clone()];
    args.extend_from_slice(values);
    let v = call::call(&new, &args)?;
    let plain = call::call(&Value::of_type(&rtcore::types::str::STR), values)?;
    set_attr(&v, n::_value_.get(), plain);
    Ok(v)
}
fn get_name(v: &Value) -> PyResult {
    Ok(member_name(v))
}
fn get_value(v: &Value) -> PyResult {
    Ok(member_value(v))
}

static ENUM_METHODS: &[Method] = &[
    Method::new("__repr__(self, /)", F1(enum_repr)),
    Method::new("__str__(self, /)", F1(enum_str)),
    Method::new("__format__(self, format_spec, /)", F2(enum_format)),
    Method::new("__hash__(self, /)", F1(enum_hash)),
    Method::new("__reduce_ex__(self, proto, /)", F2(enum_reduce)),
    Method::new("__copy__(self, /)", F1(enum_copy)),
    Method::new("__deepcopy__(self, memo, /)", F2(enum_deepcopy)),
    Method::new("__dir__(self, /)", F1(enum_dir)),
    Method::class("_missing_(cls, value, /)", F2(missing)),
    Method::static_("_generate_next_value_(name, start, count, last_values)", F4(next_value)),
];
static ENUM_FIELDS: &[GetSet] = &[GetSet::ro("name", get_name), GetSet::ro("value", get_value)];
static STR_ENUM_METHODS: &[Method] = &[
    Method::static_("__new__(cls, *values)", Raw(str_enum_new)),
    Method::static_("_generate_next_value_(name, start, count, last_values)", F4(str_next_value)),
];

/// `@unique`.
fn unique(cls: &Value) -> PyResult {
    let members = attr::getattr_name(cls, n::_member_map_.get())?;
    let mut dups = vec![];
    for (k, v) in rtcore::types::dict::items_of(&members)? {
        if text(&k) != text(&member_name(&v)) {
            dups.push(format!("{} -> {}", text(&k), text(&member_name(&v))));
        }
    }
    if dups.is_empty() {
        return Ok(cls.clone());
    }
    Err(value_error(format!("duplicate values found in {}: {}", repr::repr_string(cls)?, dups.join(", "))))
}
/// `@verify(UNIQUE)`. The checks that are not there yet are refused, never skipped.
fn verify(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.iter().find(|c| c.as_str() != Some("one name per value")) {
        Some(check) => Err(rtcore::error::not_implemented_error(format!("enum.verify: {} is not available yet", repr::repr_string(check)?))),
        None => Ok(native::function(if all.is_empty() { &IDENTITY } else { &UNIQUE }, "enum")),
    }
}
fn identity(v: &Value) -> PyResult {
    Ok(v.clone())
}
static UNIQUE: Method = Method::new("unique(enumeration)", F1(unique));
static IDENTITY: Method = Method::new("verify(enumeration)", F1(identity));
static FUNCTIONS: &[Method] = &[
    Method::new("unique(enumeration)", F1(unique)),
    Method::new("verify(*checks)", Raw(verify)),
    Method::new("global_enum(cls, update_str=False)", F2(global::global_enum)),
    Method::new("_simple_enum(etype=None, *, boundary=None, use_args=None)", N(global::simple_enum)),
];

fn make(meta: &'static Type, name: &str, bases: &[&'static Type], methods: &'static [Method], fields: &'static [GetSet]) -> PyResult<&'static Type> {
    let ns = Dict::from_names(vec![(names::__module__.get(), Value::str("enum"))]);
    let bases = tuple::new(bases.iter().map(|t| Value::of_type(t)).collect());
    let class = create::type_new(meta, &Value::str(name), &bases, &ns, &[])?;
    let Some(ty) = class.as_type() else { return Err(type_error("enum")) };
    for m in methods {
        ty.set_own(Name::new(m.name()), native::descriptor(ty, m));
    }
    for g in fields {
        ty.set_own(Name::new(g.name), native::getset(ty, g));
    }
    meta::init_class(ty, Value::of_type(&rtcore::types::object_::OBJECT));
    Ok(ty)
}

fn setup(m: &Value) -> PyResult<()> {
    use rtcore::types::{int::INT, object_::OBJECT, str::STR};
    let base = make(&ENUM_TYPE, "Enum", &[&OBJECT], ENUM_METHODS, ENUM_FIELDS)?;
    let repr_enum = make(&ENUM_TYPE, "ReprEnum", &[base], &[], &[])?;
    let flag = make(&ENUM_TYPE, "Flag", &[base], flag::METHODS, &[])?;
    CLASSES.with(|c| c.set(Some(Box::leak(Box::new(Classes { base, repr_enum, flag })))));
    let int_enum = make(&ENUM_TYPE, "IntEnum", &[&INT, repr_enum], &[], &[])?;
    let str_enum = make(&ENUM_TYPE, "StrEnum", &[&STR, repr_enum], STR_ENUM_METHODS, &[])?;
    let int_flag = make(&ENUM_TYPE, "IntFlag", &[&INT, repr_enum, flag], flag::INT_METHODS, &[])?;
    for (t, data) in [(int_enum, &INT), (str_enum, &STR), (int_flag, &INT)] {
        t.set_own(n::_member_type_.get(), Value::of_type(data));
        meta::keep_enum_methods(t, if std::ptr::eq(t, int_flag) { flag } else { base }, &Value::of_type(data));
        // ReprEnum keeps the data type's own str and format.
        for special in ["__str__", "__format__"] {
            let from = if special == "__str__" && std::ptr::eq(data, &raw const INT) { "__repr__" } else { special };
            if let Some(f) = data.lookup(Name::new(from)) {
                t.set_own(Name::new(special), f);
            }
        }
    }
    for f in ["__or__", "__and__", "__xor__", "__ror__", "__rand__", "__rxor__", "__invert__"] {
        if let Some(own) = flag.lookup(Name::new(f)) {
            int_flag.set_own(Name::new(f), own);
        }
    }
    let boundary = flag::boundary_class(int_enum)?;
    for (name, t) in [("Enum", base), ("ReprEnum", repr_enum), ("Flag", flag), ("IntEnum", int_enum), ("StrEnum", str_enum), ("IntFlag", int_flag)] {
        set_str(m, name, Value::of_type(t));
    }
    flag.set_own(n::_boundary_.get(), Value::str("strict"));
    int_flag.set_own(n::_boundary_.get(), Value::str("keep"));
    for (k, v) in boundary {
        set_str(m, k, v);
    }
    for (name, t) in [("EnumType", &ENUM_TYPE), ("EnumMeta", &ENUM_TYPE), ("auto", &AUTO), ("member", &MEMBER), ("nonmember", &NONMEMBER)] {
        set_str(m, name, Value::of_type(t));
    }
    set_str(m, "property", Value::of_type(&descriptors::PROPERTY));
    set_str(m, "UNIQUE", Value::str("one name per value"));
    set_str(m, "CONTINUOUS", Value::str("no skipped integer values"));
    set_str(m, "NAMED_FLAGS", Value::str("multi-flag aliases may not contain unnamed flags"));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("enum", FUNCTIONS, setup);
